//! When to try again. The machine never gives up: only a receipt, a withdrawal or a person ends a sending.

use jiff::SignedDuration;
use vocabulary::Instant;

/// The first wait.
const FIRST: SignedDuration = SignedDuration::from_secs(1);

/// The longest wait: a department that comes back is served within this time.
const LONGEST: SignedDuration = SignedDuration::from_secs(300);

/// The instant of the next attempt after `attempts` failed ones. Waits double up to five minutes; each is
/// shortened by up to half, as `jitter_seed` says, so that what failed together does not come back together.
pub fn next_attempt(attempts: u32, now: Instant, jitter_seed: u64) -> Instant {
    let doublings = attempts.saturating_sub(1).min(30);
    let full = FIRST.as_millis().saturating_mul(1_i128 << doublings).min(LONGEST.as_millis());
    let half = full / 2;
    let spread = i128::from(mixed(jitter_seed ^ u64::from(attempts))) % (half + 1);
    let wait = i64::try_from(full - spread).unwrap_or(0);
    now.checked_add(SignedDuration::from_millis(wait)).unwrap_or(Instant::MAX)
}

/// SplitMix64's finaliser: near seeds give far numbers.
const fn mixed(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
