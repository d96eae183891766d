//! A small set of people who together meet everything that can happen.

use crate::{Cells, Class, Example, FeatureKey, Out, Proof, Subject};

/// A person of the covering set.
#[derive(Clone, Debug)]
pub struct Covering {
    pub example: Example,
    /// What this person is the first to meet: positions in [`Proof::outcomes`].
    pub meets: Vec<usize>,
}

/// Something that happens to some people and not to others.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// Of a plan.
    Feature(FeatureKey),
    /// A group has a number of members of this class: position of the variable and of the class.
    Size(usize, usize),
    /// A service's own period, where others count elsewhere.
    OwnPromise(vocabulary::NodeKey),
}

impl Proof {
    /// Everything that some scenario reaches: services in and out, each way of each piece of evidence, periods,
    /// visits, fees, procedures, signatories, sizes of groups.
    pub fn outcomes(&self) -> Vec<(Outcome, Cells)> {
        let of_plan = |key: &&FeatureKey| {
            matches!(
                key,
                FeatureKey::In(_)
                    | FeatureKey::Out(..)
                    | FeatureKey::Promised(..)
                    | FeatureKey::Statutory(..)
                    | FeatureKey::Visits(..)
                    | FeatureKey::Fee(..)
                    | FeatureKey::Procedure(..)
                    | FeatureKey::Way(..)
                    | FeatureKey::Signs(..)
            )
        };
        let keys = self.features().keys().filter(of_plan);
        let mut outcomes: Vec<(Outcome, Cells)> = Vec::new();
        for key in keys {
            let cells = match self.when(key) {
                // Only what is skipped on purpose is worth a person who skips.
                cells if cells.is_empty() && matches!(key, FeatureKey::Out(_, Out::Skipped)) => {
                    self.features().get(key).cloned().unwrap_or(cells)
                }
                cells => cells,
            };
            outcomes.push((Outcome::Feature(key.clone()), cells));
            if let FeatureKey::Promised(node, _) = key {
                let is_in = self.when(&FeatureKey::In(node.clone()));
                let others = self
                    .features()
                    .keys()
                    .filter(|other| matches!(other, FeatureKey::Promised(of, _) if of == node));
                let own = others.fold(is_in, |own, other| own.minus(&self.when(other)));
                outcomes.push((Outcome::OwnPromise(node.clone()), own));
            }
        }
        for (at, variable) in self.variables().iter().enumerate() {
            if let Subject::Size(_) = variable.subject {
                for (class, what) in variable.classes.iter().enumerate() {
                    if matches!(what, Class::Members { .. }) {
                        let cells = self.having(at, class).and(self.space());
                        outcomes.push((Outcome::Size(at, class), cells));
                    }
                }
            }
        }
        outcomes.retain(|(_, cells)| !cells.is_empty());
        outcomes
    }

    /// A small set of people, always the same: each meets as much as can be met together with what he meets
    /// first and nobody before him met.
    pub fn cover(&self) -> Vec<Covering> {
        let outcomes = self.outcomes();
        let mut met = vec![false; outcomes.len()];
        let mut people = Vec::new();
        while let Some(first) = met.iter().position(|met| !met) {
            let mut here = match outcomes.get(first) {
                Some((_, cells)) => cells.clone(),
                None => break,
            };
            let mut meets = Vec::new();
            for (at, (_, cells)) in outcomes.iter().enumerate() {
                if met.get(at) != Some(&false) {
                    continue;
                }
                let both = here.and(cells);
                if !both.is_empty() {
                    here = both;
                    meets.push(at);
                    if let Some(slot) = met.get_mut(at) {
                        *slot = true;
                    }
                }
            }
            match self.example(&here) {
                Some(example) => people.push(Covering { example, meets }),
                None => break,
            }
        }
        people
    }
}
