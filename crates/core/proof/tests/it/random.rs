//! Thousands of random small matters: the proof agrees with brute force.

use std::collections::{BTreeMap, BTreeSet};

use vocabulary::{Facts, MemberId, QuestionId, Slot};
use yijianshi_proof::{Asked, BigUint, Count, FeatureKey, Proof, Subject};

use crate::brute::{Brute, Person, Said, as_of};
use crate::generator::{Dice, matter, text};

/// So many matters are tried in every run.
const MATTERS: u64 = 2_000;
/// A matter with more people than this is left to others.
const MOST_PEOPLE: usize = 260;

#[test]
fn random_matters_agree_with_brute_force() {
    check_many(0..MATTERS);
}

#[test]
#[ignore = "a volume run of some minutes"]
fn many_more_random_matters_agree_with_brute_force() {
    check_many(1_000_000..1_020_000);
}

fn check_many(seeds: std::ops::Range<u64>) {
    let mut seen = Seen::default();
    for seed in seeds {
        check(seed, &mut seen);
    }
    // What is never met is not tested.
    assert!(seen.matters > 0 && seen.groups > 0 && seen.relevance > 0 && seen.orders > 0, "{seen:?}");
    eprintln!("{seen:?}");
}

#[derive(Debug, Default)]
struct Seen {
    matters: usize,
    people: usize,
    groups: usize,
    relevance: usize,
    orders: usize,
}

fn check(seed: u64, seen: &mut Seen) {
    let Some(catalogue) = matter(seed) else { return };
    let matter = catalogue.matter("m").unwrap();
    let proof = Proof::of(&catalogue, matter, as_of());
    let opaque = |subject: &Subject| matches!(subject, Subject::Opaque { .. });
    if proof.variables().iter().any(|variable| opaque(&variable.subject)) {
        return;
    }
    let brute = Brute::new(&catalogue, matter, &proof, 2);
    let people = brute.people(false);
    if people.len() > MOST_PEOPLE {
        return;
    }
    seen.matters += 1;
    seen.people += people.len();
    seen.groups += usize::from(brute.group().is_some());
    let shapes: Vec<_> = people.iter().map(|person| brute.shape(person, false)).collect();

    let cells: BTreeSet<Person> = people.iter().map(Brute::cell).collect();
    assert_eq!(proof.cells(), BigUint::from(cells.len()), "cells of {seed}\n{}", text(seed));
    let plans: BTreeSet<&BTreeSet<FeatureKey>> = shapes.iter().collect();
    let counted = Count::Exactly(BigUint::from(plans.len()));
    assert_eq!(proof.distinct_plans(), counted, "plans of {seed}\n{}", text(seed));
    features(seed, &proof, &brute, &shapes);

    let brute = Brute::new(&catalogue, matter, &proof, 3);
    let people = brute.people(true);
    if people.len() <= MOST_PEOPLE {
        let whole: Vec<_> = people.iter().map(|person| brute.shape(person, true)).collect();
        let world = World { brute: &brute, proof: &proof, people: &people, shapes: &whole };
        world.relevance(seed, seen);
    }
}

/// Each feature is where some plan has it, and not where all plans lack it.
fn features(seed: u64, proof: &Proof, brute: &Brute<'_>, shapes: &[BTreeSet<FeatureKey>]) {
    let all: BTreeSet<&FeatureKey> = proof.features().keys().chain(shapes.iter().flatten()).collect();
    for key in all {
        let cells = proof.when(key);
        let reached = shapes.iter().any(|shape| shape.contains(key));
        let missed = shapes.iter().any(|shape| !shape.contains(key));
        assert_eq!(!cells.is_empty(), reached, "{key:?} of {seed}\n{}", text(seed));
        let without = proof.space().minus(&cells);
        assert_eq!(!without.is_empty(), missed, "no {key:?} of {seed}\n{}", text(seed));
        for (cells, expected) in [(cells, true), (without, false)] {
            if let Some(example) = proof.example(&cells) {
                let plan = brute.plan(&example.facts);
                let shape = crate::shape::shape(&plan, false, brute.catalogue);
                assert_eq!(shape.contains(key), expected, "{key:?} by {example:#?} of {seed}\n{}", text(seed));
            }
        }
    }
}

/// Everything that can be, and its whole plans.
struct World<'w> {
    brute: &'w Brute<'w>,
    proof: &'w Proof,
    people: &'w [Person],
    shapes: &'w [BTreeSet<FeatureKey>],
}

impl World<'_> {
    fn relevance(&self, seed: u64, seen: &mut Seen) {
        let mut dice = Dice::new(seed ^ 0xABCD);
        for _ in 0..4 {
            let person = &self.people[dice.below(self.people.len())];
            let mut known = person.clone();
            // Sometimes not even who is there; then nothing about them.
            if dice.once_in(3)
                && let Some(group) = self.brute.group()
            {
                known.retain(|subject, _| match subject {
                    Subject::Size(_) => false,
                    Subject::Element(slot) => slot.member.is_none(),
                    _ => true,
                });
                let _ = group;
            }
            known.retain(|_, _| !dice.once_in(3));
            // That nobody told it is not in the facts.
            known.retain(|subject, said| {
                *said != Said::Unknown || self.brute.question_of(subject).is_some()
            });
            if !known.keys().all(|subject| self.is_whole(subject, &known)) {
                continue;
            }
            let facts = self.partial(&known);
            let expected = self.changing(&known);
            let found = self.proof.changes_by_itself(&facts);
            assert_eq!(found, Some(expected), "knowing {known:?} of {seed}\n{}", text(seed));
            seen.relevance += 1;
        }
    }

    /// Members are only known when it is known how many there are.
    fn is_whole(&self, subject: &Subject, known: &Person) -> bool {
        match subject {
            Subject::Element(Slot { member: Some(_), .. }) => {
                self.brute.group().is_some_and(|group| known.contains_key(&Subject::Size(group)))
            }
            _ => true,
        }
    }

    fn partial(&self, known: &Person) -> Facts {
        self.brute.facts(known)
    }

    /// Whether two people who agree on all but one thing have different plans, both agreeing with what is known.
    fn changing(&self, known: &Person) -> BTreeSet<Asked> {
        let agrees = |person: &Person| known.iter().all(|(a, b)| person.get(a) == Some(b));
        let agreeing: Vec<usize> =
            (0..self.people.len()).filter(|at| agrees(&self.people[*at])).collect();
        let open: BTreeSet<&Subject> = agreeing
            .iter()
            .flat_map(|at| self.people[*at].keys())
            .filter(|subject| !known.contains_key(*subject))
            .collect();
        let mut found = BTreeSet::new();
        for subject in open {
            let Some(question) = self.brute.question_of(subject) else { continue };
            let member = match subject {
                Subject::Element(Slot { member: Some(member), .. }) => Some(member.clone()),
                _ => None,
            };
            if member.is_some() && !self.has_known_size(known) {
                continue;
            }
            if self.changes(subject, &agreeing) {
                found.insert((question, member));
            }
        }
        found
    }

    fn has_known_size(&self, known: &Person) -> bool {
        self.brute
            .group()
            .is_some_and(|group| matches!(known.get(&Subject::Size(group)), Some(Said::Members(_))))
    }

    /// Two people who differ in this only. Who differs in the number of members agrees on those whom both have.
    fn changes(&self, subject: &Subject, among: &[usize]) -> bool {
        let sized = matches!(subject, Subject::Size(_));
        if !sized {
            let mut rest: BTreeMap<Person, &BTreeSet<FeatureKey>> = BTreeMap::new();
            for at in among {
                let mut others = self.people[*at].clone();
                if others.remove(subject).is_none() {
                    continue;
                }
                let shape = &self.shapes[*at];
                if **rest.entry(others).or_insert(shape) != *shape {
                    return true;
                }
            }
            return false;
        }
        among.iter().enumerate().any(|(position, one)| {
            among[position + 1..].iter().any(|other| {
                let (a, b) = (&self.people[*one], &self.people[*other]);
                a.get(subject) != b.get(subject)
                    && self.shapes[*one] != self.shapes[*other]
                    && a.iter().all(|(key, said)| {
                        key == subject || b.get(key).is_none_or(|other| other == said)
                    })
                    && b.iter().all(|(key, said)| {
                        key == subject || a.get(key).is_none_or(|other| other == said)
                    })
            })
        })
    }
}

#[test]
fn a_member_is_named_as_plans_name_him() {
    assert_eq!(yijianshi_proof::generic_member(), MemberId::new("1"));
    assert_eq!(yijianshi_proof::other_member(), MemberId::new("2"));
    let _: Option<QuestionId> = None;
}
