//! The worker over the sample jurisdiction, against departments that are small HTTP servers of the test.

extern crate yijianshi_worker as worker;

mod hub;
mod office;

mod sending;
mod sources;
mod timers;
