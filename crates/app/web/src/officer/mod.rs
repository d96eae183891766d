//! What an officer does: the worklist of the own department, one service of a case with exactly what was
//! handed over, and the decisions.

pub mod alike;
pub mod assign;
pub mod case;
pub mod columns;
pub mod decide;
pub mod desk;
pub mod filter;
pub mod history;
pub mod opinions;
pub mod outputs;
pub mod preview;
pub mod procedures;
pub mod received;
pub mod review;
pub mod saved;
pub mod viewer;
pub mod visits;
pub mod worklist;
