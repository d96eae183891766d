//! Tests of casework, through its public face only.

mod dates;
mod stories;
mod support;
