//! What the proof found, as people with plans: examples that plans are made of, and a covering set of scenario
//! tests.

use std::collections::BTreeSet;

use catalogue::{Catalogue, Matter};
use proof::{About, Example, Proof};
use vocabulary::{DataElementId, Instant, Localised, Slot};

use crate::answers::Circumstances;
use crate::pinned::scenario_text;
use crate::{Plan, naming};

/// Stands in the id of every scenario of a covering set, and of no other.
const GENERATED: &str = "-covering-";

/// Whether a scenario test was made from a covering set, by its id.
pub fn is_generated(id: &str) -> bool {
    id.contains(GENERATED)
}

/// A person of the covering set.
#[derive(Clone, Debug)]
pub struct Covered {
    /// Unique in the matter, the same in every run.
    pub id: String,
    /// What sets this person apart, in few words.
    pub name: Localised,
    pub circumstances: Circumstances,
    pub plan: Plan,
}

impl Circumstances {
    /// The person of an example, who asks at that instant; every source can be reached.
    pub fn of_example(example: &Example, now: Instant) -> Self {
        Self {
            facts: example.facts.clone(),
            skip: example.skip.clone(),
            given: BTreeSet::new(),
            unreachable: BTreeSet::new(),
            now,
        }
    }
}

/// A small set of people who together meet everything that can happen, always the same.
pub fn covering(catalogue: &Catalogue, matter: &Matter, proof: &Proof) -> Vec<Covered> {
    let people = proof.cover();
    let examples: Vec<&Example> = people.iter().map(|person| &person.example).collect();
    let names = naming::names(catalogue, matter, &examples);
    let mut covered: Vec<Covered> = Vec::new();
    for ((number, person), name) in (1u32..).zip(&people).zip(names) {
        let mut circumstances = Circumstances::of_example(&person.example, proof.at());
        for group in catalogue.groups.keys() {
            // That nobody said how many there are says nothing more than that it is not known.
            circumstances.facts.forget(&Slot::single(DataElementId::new(group.as_str())));
        }
        let plan = circumstances.plan(catalogue, matter);
        let id = format!("{}{GENERATED}{number:02}", matter.id);
        covered.push(Covered { id, name, circumstances, plan });
    }
    covered
}

/// A scenario file of the covering set: what each must get, so that it is a test from now on.
pub fn scenario_file(covered: &[Covered]) -> String {
    let texts =
        covered.iter().map(|it| scenario_text(&it.id, &it.name, &it.circumstances, &it.plan));
    let head = "# Made by `yijianshi prove MATTER --write-scenarios FILE`: together these cases meet every outcome.\n\n";
    format!("{head}{}", texts.collect::<Vec<_>>().join("\n"))
}

/// What an answer is about, as a name of the answers file.
pub fn slot_name(about: &About) -> String {
    match about {
        About::Group(group) => group.to_string(),
        About::Slot(slot) => slot.to_string(),
    }
}
