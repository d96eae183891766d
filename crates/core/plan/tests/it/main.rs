//! Tests of the plan, through its public face only.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

// The workspace calls the crate by its short name.
extern crate yijianshi_plan as plan;

mod answers;
mod compare;
mod properties;
mod proved;
mod scenarios;
mod standing;
mod stories;
mod support;
mod terms;
mod twins;
mod undecided;
