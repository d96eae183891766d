//! Tests of the interview, through its public face only.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

// The workspace calls the crate by its short name.
extern crate yijianshi_interview as interview;

mod answers;
mod properties;
mod questions;
mod support;
