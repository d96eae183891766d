//! The worker over the sample jurisdiction, against departments that are small HTTP servers of the test.

#![expect(clippy::unwrap_used, clippy::panic, reason = "the helpers of tests fail as tests do")]

extern crate yijianshi_worker as worker;

mod hub;
mod office;

mod outage;
mod sending;
mod sources;
mod timers;
