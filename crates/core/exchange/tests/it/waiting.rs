//! When to try again.

use proptest::prelude::*;
use vocabulary::Instant;
use yijianshi_exchange::next_attempt;

fn wait_ms(attempts: u32, seed: u64) -> i64 {
    let now = Instant::from_second(1_709_258_400).unwrap();
    next_attempt(attempts, now, seed).as_millisecond() - now.as_millisecond()
}

proptest! {
    #[test]
    fn waits_grow_to_five_minutes_and_never_end(attempts in any::<u32>(), seed in any::<u64>()) {
        let full = 1000_i64.saturating_mul(1 << attempts.saturating_sub(1).min(20)).min(300_000);
        let wait = wait_ms(attempts, seed);
        prop_assert!(wait >= full / 2 && wait <= full, "{attempts}: {wait} of {full}");
        prop_assert_eq!(wait, wait_ms(attempts, seed), "the same seed waits the same");
    }
}

#[test]
fn what_failed_together_does_not_come_back_together() {
    let mut waits: Vec<i64> = (0..1000).map(|seed| wait_ms(20, seed)).collect();
    waits.sort_unstable();
    waits.dedup();
    assert!(waits.len() > 950, "{}", waits.len());
    let first_third = waits.iter().filter(|wait| **wait < 200_000).count();
    assert!((200..470).contains(&first_third), "spread evenly: {first_third}");
}

#[test]
fn the_end_of_time_is_no_trouble() {
    assert_eq!(next_attempt(u32::MAX, Instant::MAX, 1), Instant::MAX);
}
