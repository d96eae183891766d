//! The real binary as its operator meets it: settings, tables, keys, stopping, figures, and everything that can
//! be wrong before it starts. What is wrong is told with a code and what to do, ends with exit code 2, and
//! leaves nothing half done.

#![expect(clippy::unwrap_used, clippy::panic, reason = "the helpers of tests fail as tests do")]

mod bad_input;
mod doctor;
mod drill;
mod explaining;
mod figures;
mod log;
mod node;
mod stopping;
mod tables;
mod unit;
