//! Identifier standards with check characters, and the hub's own numbers for people.
//!
//! Text goes in as people type it; a checked value comes out, or an error that says what is wrong and
//! where. Deliberately knows no list of areas, organisations or licences: only shapes and checks.

pub mod area;
pub mod case_number;
mod check;
pub mod citizen_id;
mod letters;
pub mod licence_id;
pub mod uscc;
pub mod verification_code;
