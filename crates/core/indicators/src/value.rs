//! A measured value: numerator and denominator, kept apart. And a distribution, for medians.

use std::collections::BTreeMap;

/// Numerator and denominator; what is shown is made from them, never stored.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct IndicatorValue {
    pub numerator: u64,
    pub denominator: u64,
}

impl IndicatorValue {
    /// Tenths of a per cent, rounded half up; `None` when there is nothing to divide by.
    pub fn permille(self) -> Option<u64> {
        self.scaled(1000)
    }

    /// Hundredths of the ratio, rounded half up; `None` when there is nothing to divide by.
    pub fn hundredths(self) -> Option<u64> {
        self.scaled(100)
    }

    /// What is left out: `1 − ratio` in tenths of a per cent; below nought when it grew.
    pub fn saved_permille(self) -> Option<i64> {
        let left = i64::try_from(self.permille()?).unwrap_or(i64::MAX);
        Some(1000_i64.saturating_sub(left))
    }

    fn scaled(self, by: u128) -> Option<u64> {
        let denominator = u128::from(self.denominator);
        let twice = u128::from(self.numerator).saturating_mul(by).saturating_mul(2);
        let rounded =
            twice.saturating_add(denominator).checked_div(denominator.saturating_mul(2))?;
        Some(u64::try_from(rounded).unwrap_or(u64::MAX))
    }

    /// Adds up.
    pub const fn add(&mut self, other: Self) {
        self.numerator = self.numerator.saturating_add(other.numerator);
        self.denominator = self.denominator.saturating_add(other.denominator);
    }
}

/// How often each value came: as small as there are different values, whatever the number of cases.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Distribution {
    counts: BTreeMap<u64, u64>,
    all: u64,
}

impl Distribution {
    /// No value yet.
    pub const fn empty() -> Self {
        Self { counts: BTreeMap::new(), all: 0 }
    }

    /// Takes one value in.
    pub fn put(&mut self, value: u64) {
        let count = self.counts.entry(value).or_default();
        *count = count.saturating_add(1);
        self.all = self.all.saturating_add(1);
    }

    /// How many values there are.
    pub const fn len(&self) -> u64 {
        self.all
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.all == 0
    }

    /// The smallest value that at least `percent` of all do not exceed (nearest rank); `None` without values.
    pub fn percentile(&self, percent: u64) -> Option<u64> {
        let rank = self.all.saturating_mul(percent).div_ceil(100).max(1);
        let mut passed: u64 = 0;
        self.counts.iter().find_map(|(value, count)| {
            passed = passed.saturating_add(*count);
            (passed >= rank).then_some(*value)
        })
    }

    /// Each value with how often it came, in order.
    pub fn iter(&self) -> impl Iterator<Item = (u64, u64)> {
        self.counts.iter().map(|(value, count)| (*value, *count))
    }
}
