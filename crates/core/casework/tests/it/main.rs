//! Tests of casework, through its public face only.

mod codes;
mod commute;
mod dates;
mod samples;
mod stories;
mod support;
