//! What an officer does: the worklist of the own department, one service of a case with exactly what was
//! handed over, and the decisions.

pub mod case;
pub mod decide;
pub mod desk;
pub mod history;
pub mod outputs;
pub mod received;
pub mod worklist;
