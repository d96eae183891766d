//! Tests of the interview, through its public face only.

// The workspace calls the crate by its short name.
extern crate yijianshi_interview as interview;

mod answers;
mod properties;
mod questions;
mod support;
