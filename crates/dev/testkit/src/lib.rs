//! What tests of several crates share: a clock that the test moves, ids from a seed, a private PostgreSQL,
//! and the one suite that every store has to pass.
//!
//! Nothing here is part of the product; a failure here is a failed test.

pub mod clock;
pub mod engine_fixture;
pub mod ids;
pub mod postgres;
pub mod servers;
pub mod store_suite;
pub mod tables;

pub use clock::ManualClock;
pub use ids::SeededIds;
