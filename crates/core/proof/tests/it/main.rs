//! The proof against brute force and against real definitions.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod brute;
mod figures;
mod generator;
mod random;
mod real;
mod shape;
