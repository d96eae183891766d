//! What fails in practice, done to real processes and real servers, all of them private to the test: processes killed,
//! paused and without room, servers killed, destroyed and promoted, clocks that are wrong. What was acknowledged is
//! kept, nothing is doubled, every case ends.
//!
//! `YIJIANSHI_LONG` runs more rounds, `YIJIANSHI_KILL_ROUNDS` as many as it says.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    reason = "the helpers of tests fail as tests do, and tell what they saw"
)]

mod clocks;
mod crowd;
mod disk;
mod kills;
mod outbox;
mod pauses;
mod place;
mod sealed;
mod standby;

/// How many rounds: in the ordinary run, and in a long one.
fn rounds(ordinary: u32, long: u32) -> u32 {
    let wished = std::env::var("YIJIANSHI_KILL_ROUNDS").ok();
    let is_long = std::env::var_os("YIJIANSHI_LONG").is_some_and(|value| !value.is_empty());
    let otherwise = if is_long { long } else { ordinary };
    wished.and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}
