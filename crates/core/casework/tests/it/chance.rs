//! Random inputs from a number: the same seed gives the same input for ever, so a failure is replayed by its
//! seed: `YIJIANSHI_SEED=4711 cargo test -p yijianshi-casework NAME`. `YIJIANSHI_LONG` runs the volumes.

use std::ops::Range;

/// SplitMix64.
#[derive(Clone, Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) const fn of(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn within(&mut self, range: Range<i64>) -> i64 {
        let width = u64::try_from(range.end - range.start).unwrap();
        range.start + i64::try_from(self.next() % width).unwrap()
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.within(0..i64::try_from(end).unwrap())).unwrap()
    }

    /// True once in `times`.
    pub(crate) fn once_in(&mut self, times: i64) -> bool {
        self.within(0..times) == 0
    }

    pub(crate) fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}

/// Says which seed it was when a test panics.
struct Replay(u64);

impl Drop for Replay {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("replay with YIJIANSHI_SEED={}", self.0);
        }
    }
}

/// Runs `test` for the one seed that is asked for, or for so many; returns how many it were.
pub(crate) fn each_seed(ordinary: u64, long: u64, mut test: impl FnMut(&mut Chance)) -> u64 {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let seeds = match set("YIJIANSHI_SEED") {
        Some(seed) => {
            let seed: u64 = seed.parse().expect("YIJIANSHI_SEED is a number");
            seed..seed + 1
        }
        None if set("YIJIANSHI_LONG").is_some() => 0..long,
        None => 0..ordinary,
    };
    let count = seeds.end - seeds.start;
    for seed in seeds {
        let replay = Replay(seed);
        test(&mut Chance::of(seed));
        drop(replay);
    }
    count
}
