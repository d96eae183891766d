//! The demo: one click per person, and the simulated departments' switches. Exists in demo mode only.

pub mod board;
pub mod examples;
pub mod time;
