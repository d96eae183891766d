//! Simulated departments against a hub of the test: what it sends, and what it hears.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "the helpers of tests fail as tests do"
)]

extern crate yijianshi_departments as departments;

mod hub;

mod behaviours;
mod receiving;
mod register;
