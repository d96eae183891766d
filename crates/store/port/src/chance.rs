//! Where ids and random numbers enter: the rim asks here, nothing below it ever does.
//!
//! With the feature `simulation`, which no product enables, [`seed`] makes everything drawn on the current thread
//! follow from a number, so that a simulated run can be repeated byte for byte.

use uuid::Uuid;

/// A fresh time-ordered id; ids are made at the rim only.
pub fn fresh_id() -> Uuid {
    #[cfg(feature = "simulation")]
    if let Some(id) = seeded::id() {
        return id;
    }
    Uuid::now_v7()
}

/// Fills `bytes` by chance that nobody can foresee: keys, numbers that must not be guessed.
pub fn fill(bytes: &mut [u8]) {
    #[cfg(feature = "simulation")]
    if seeded::fill(bytes) {
        return;
    }
    rand::RngCore::fill_bytes(&mut rand::rng(), bytes);
}

/// A number by chance, as [`fill`].
pub fn number() -> u64 {
    let mut bytes = [0; 8];
    fill(&mut bytes);
    u64::from_le_bytes(bytes)
}

/// A wide number by chance, as [`fill`].
pub fn wide_number() -> u128 {
    let mut bytes = [0; 16];
    fill(&mut bytes);
    u128::from_le_bytes(bytes)
}

#[cfg(feature = "simulation")]
pub use seeded::seed;

#[cfg(feature = "simulation")]
mod seeded {
    use std::cell::Cell;

    use uuid::{Builder, Uuid};

    thread_local! {
        static STATE: Cell<Option<u64>> = const { Cell::new(None) };
    }

    /// From here on everything drawn on this thread follows from `number`.
    pub fn seed(number: u64) {
        STATE.set(Some(number));
    }

    /// SplitMix64; `None` when this thread was not seeded.
    fn next() -> Option<u64> {
        let state = STATE.get()?.wrapping_add(0x9e37_79b9_7f4a_7c15);
        STATE.set(Some(state));
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Some(z ^ (z >> 31))
    }

    pub(super) fn id() -> Option<Uuid> {
        let (high, low) = (next()?, next()?);
        let number = (u128::from(high) << 64) | u128::from(low);
        Some(Builder::from_random_bytes(number.to_be_bytes()).into_uuid())
    }

    /// False when this thread was not seeded.
    pub(super) fn fill(bytes: &mut [u8]) -> bool {
        for part in bytes.chunks_mut(8) {
            let Some(number) = next() else { return false };
            for (to, from) in part.iter_mut().zip(number.to_le_bytes()) {
                *to = from;
            }
        }
        true
    }
}
