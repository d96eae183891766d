//! Counting: facts in, one value for the whole and one for each part out. The order of facts changes nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::catalogue::Indicator;
use crate::facts::Fact;
use crate::scope::{Dimension, Scope};
use crate::value::{Distribution, IndicatorValue};

/// One indicator being counted.
#[derive(Clone, Debug)]
pub struct Tally {
    indicator: &'static Indicator,
    by: Option<Dimension>,
    whole: IndicatorValue,
    distribution: Distribution,
    /// Facts in the numerator and in the denominator.
    facts: (u64, u64),
    parts: BTreeMap<Arc<str>, (IndicatorValue, Distribution)>,
}

impl Tally {
    /// Nothing counted yet.
    pub const fn new(indicator: &'static Indicator, by: Option<Dimension>) -> Self {
        Self {
            indicator,
            by,
            whole: IndicatorValue { numerator: 0, denominator: 0 },
            distribution: Distribution::empty(),
            facts: (0, 0),
            parts: BTreeMap::new(),
        }
    }

    /// Takes a fact in, if it counts.
    pub fn put(&mut self, fact: Fact<'_>, scope: &Scope) {
        let Some(counted) = self.indicator.count(fact, scope) else { return };
        let value = IndicatorValue {
            numerator: counted.numerator.unwrap_or(0),
            denominator: counted.denominator,
        };
        self.whole.add(value);
        let (above, below) = &mut self.facts;
        *below = below.saturating_add(1);
        if let Some(numerator) = counted.numerator {
            *above = above.saturating_add(1);
            self.distribution.put(numerator);
        }
        if let Some(key) = self.by.and_then(|by| by.key(fact)) {
            let (part, distribution) = self.parts.entry(key).or_default();
            part.add(value);
            if let Some(numerator) = counted.numerator {
                distribution.put(numerator);
            }
        }
    }

    /// What is counted.
    pub const fn indicator(&self) -> &'static Indicator {
        self.indicator
    }

    /// The value of the whole.
    pub const fn value(&self) -> IndicatorValue {
        self.whole
    }

    /// How many facts stand in the numerator.
    pub const fn above(&self) -> u64 {
        self.facts.0
    }

    /// How many facts stand in the denominator.
    pub const fn below(&self) -> u64 {
        self.facts.1
    }

    /// The numerator's amounts, one per fact: net working times, say.
    pub const fn distribution(&self) -> &Distribution {
        &self.distribution
    }

    /// The parts in the order of their keys; they add up to the whole.
    pub fn parts(&self) -> impl Iterator<Item = (&Arc<str>, IndicatorValue, &Distribution)> {
        self.parts.iter().map(|(key, (value, distribution))| (key, *value, distribution))
    }

    /// One part.
    pub fn part(&self, key: &str) -> Option<IndicatorValue> {
        self.parts.get(key).map(|(value, _)| *value)
    }
}
