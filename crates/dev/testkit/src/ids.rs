//! Ids from a seed: the same in every run, different for every seed.

use std::sync::atomic::{AtomicU64, Ordering};

use uuid::Uuid;

/// Makes ids one after another.
#[derive(Debug)]
pub struct SeededIds {
    state: AtomicU64,
}

impl SeededIds {
    /// A new row of ids.
    pub const fn new(seed: u64) -> Self {
        Self { state: AtomicU64::new(seed) }
    }

    /// The next id of the row.
    pub fn next(&self) -> Uuid {
        let mut bytes = [0u8; 16];
        let (high, low) = bytes.split_at_mut(8);
        high.copy_from_slice(&self.number().to_be_bytes());
        low.copy_from_slice(&self.number().to_be_bytes());
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }

    /// The next number of the row (SplitMix64).
    pub fn number(&self) -> u64 {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut z = self.state.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::SeededIds;

    #[test]
    fn a_seed_gives_the_same_ids_and_another_gives_others() {
        let row = |seed| {
            let ids = SeededIds::new(seed);
            (0..100).map(|_| ids.next()).collect::<std::collections::BTreeSet<_>>()
        };
        assert_eq!(row(1).len(), 100);
        assert_eq!(row(1), row(1));
        assert!(row(1).is_disjoint(&row(2)));
    }
}
