//! Thousands of random small matters: the proof agrees with brute force.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use catalogue::Binds;
use conditions::Truth;
use interview::Turn;
use vocabulary::{Facts, QuestionId, Slot};
use yijianshi_proof::{Asked, BigUint, Count, FeatureKey, Proof, Subject};

use crate::brute::{Brute, Person, Said, as_of};
use crate::generator::{Dice, matter, text};

/// So many matters are tried in every run.
const MATTERS: usize = 2_000;
/// A matter with more people than this is left to others.
const MOST_PEOPLE: usize = 90;
/// The same where every order of questions is gone through.
const MOST_ORDERED: usize = 40;
const MOST_QUESTIONS: usize = 5;

#[test]
fn random_matters_agree_with_brute_force() {
    check_many(0, MATTERS);
}

#[test]
#[ignore = "a volume run of some minutes"]
fn many_more_random_matters_agree_with_brute_force() {
    check_many(1_000_000, 20_000);
}

fn check_many(first: u64, matters: usize) {
    let mut seen = Seen::default();
    let mut seed = first;
    while seen.matters < matters {
        check(seed, &mut seen);
        seed += 1;
    }
    // What is hardly ever met is not tested.
    let often = |count: usize| count * 10 > matters;
    assert!(
        often(seen.groups) && often(seen.relevance) && often(seen.orders) && often(seen.interviews),
        "{seen:?}"
    );
}

#[derive(Debug, Default)]
struct Seen {
    matters: usize,
    people: usize,
    groups: usize,
    relevance: usize,
    orders: usize,
    interviews: usize,
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
    let everyone = brute.people(false);
    if everyone.len() > MOST_PEOPLE {
        return;
    }
    let mut people = everyone.clone();
    people.retain(|person| brute.is_reachable(person));
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
    if seed.is_multiple_of(3) {
        crate::figures::check(seed, (&catalogue, matter), &proof, &brute, &people);
    }
    for (person, shape) in people.iter().zip(&shapes).step_by(5) {
        for other in brute.likes(person) {
            let like = brute.shape(&other, false);
            assert_eq!(like, *shape, "{other:?} like {person:?} of {seed}\n{}", text(seed));
        }
    }

    let few = people.len() <= MOST_ORDERED && matter.questions.len() <= MOST_QUESTIONS;
    if few && seed.is_multiple_of(3) {
        World::new(&brute, &proof, &everyone, true).order(seed, seen);
    }
    let brute = Brute::new(&catalogue, matter, &proof, 3);
    let people = brute.people(true);
    if people.len() <= MOST_PEOPLE {
        World::new(&brute, &proof, &people, false).relevance(seed, seen);
        if seed.is_multiple_of(3) {
            interviews(seed, &brute, &proof, &people, seen);
        }
    }
}

/// Whoever is asked only what the proof wants to know has the plan of whoever says everything.
fn interviews(seed: u64, brute: &Brute<'_>, proof: &Proof, people: &[Person], seen: &mut Seen) {
    // What sources tell meanwhile is another story.
    if brute.catalogue.elements.values().any(|element| element.source.is_some()) {
        return;
    }
    for person in people.iter().filter(|person| brute.is_reachable(person)).step_by(11) {
        let whole = brute.facts(person);
        let mut facts = Facts::new();
        while let Turn::Ask(asking) = interview::next_with(
            Some(proof),
            brute.catalogue,
            brute.matter,
            &facts,
            &|_| true,
            as_of(),
        ) {
            match &asking.question.binds {
                Binds::CountOf(group) => match whole.members(group) {
                    Some(members) => facts.set_members(group.clone(), members.to_vec()),
                    None => facts.decline(interview::size_slot(group)),
                },
                Binds::Element(id) => {
                    let slot = Slot { element: id.clone(), member: asking.member.clone() };
                    match whole.value(&slot) {
                        Some(value) => facts.answer(slot, value.clone()),
                        None => facts.decline(slot),
                    }
                }
            }
        }
        let shape = |facts: &Facts| crate::shape::shape(&brute.plan(facts), true, brute.catalogue);
        assert_eq!(shape(&facts), shape(&whole), "asked {person:?} of {seed}\n{}", text(seed));
        seen.interviews += 1;
    }
}

/// Each feature is where some plan has it, and not where all plans lack it.
fn features(seed: u64, proof: &Proof, brute: &Brute<'_>, shapes: &[BTreeSet<FeatureKey>]) {
    let all: BTreeSet<&FeatureKey> =
        proof.features().keys().chain(shapes.iter().flatten()).collect();
    for (at, key) in (seed..).zip(all) {
        let cells = proof.when(key);
        let reached = shapes.iter().any(|shape| shape.contains(key));
        let missed = shapes.iter().any(|shape| !shape.contains(key));
        assert_eq!(!cells.is_empty(), reached, "{key:?} of {seed}\n{}", text(seed));
        let without = proof.space().minus(&cells);
        assert_eq!(!without.is_empty(), missed, "no {key:?} of {seed}\n{}", text(seed));
        // Of some, people as well.
        for (cells, expected) in [(cells, true), (without, false)] {
            if at.is_multiple_of(4)
                && let Some(example) = proof.example(&cells)
            {
                let plan = brute.plan(&example.facts);
                let shape = crate::shape::shape(&plan, false, brute.catalogue);
                assert_eq!(
                    shape.contains(key),
                    expected,
                    "{key:?} by {example:#?} of {seed}\n{}",
                    text(seed)
                );
            }
        }
    }
}

/// Everybody who can be, with their plans and what sources tell of them.
struct World<'w> {
    brute: &'w Brute<'w>,
    proof: &'w Proof,
    /// Conceivable people; those who cannot be are looked at only for what nobody is asked.
    people: &'w [Person],
    reachable: Vec<bool>,
    shapes: Vec<BTreeSet<FeatureKey>>,
    told: Vec<BTreeSet<Slot>>,
    /// What matters to those who know so much, found once.
    known: RefCell<BTreeMap<Person, Rc<Matters>>>,
}

/// What matters to those who know something, and what a source surely tells them.
struct Matters {
    open: BTreeSet<Subject>,
    told: BTreeSet<Subject>,
}

impl<'w> World<'w> {
    /// `generic` = as far as plans are seen from the generic member and others like the second.
    fn new(brute: &'w Brute<'w>, proof: &'w Proof, people: &'w [Person], generic: bool) -> Self {
        let told = |person: &Person| {
            let facts = brute.facts(person);
            let slots = person.keys().filter_map(|subject| match subject {
                Subject::Element(slot) => Some(slot.clone()),
                _ => None,
            });
            slots.filter(|slot| brute.tells(slot, &facts) == Truth::True).collect()
        };
        Self {
            brute,
            proof,
            people,
            reachable: people.iter().map(|person| brute.is_reachable(person)).collect(),
            shapes: people.iter().map(|person| brute.seen_shape(person, generic)).collect(),
            told: people.iter().map(told).collect(),
            known: RefCell::default(),
        }
    }

    fn agreeing(&self, known: &Person) -> Vec<usize> {
        let agrees = |person: &Person| known.iter().all(|(a, b)| person.get(a) == Some(b));
        (0..self.people.len()).filter(|at| agrees(&self.people[*at])).collect()
    }

    /// Those who can be.
    fn reachable(&self, among: &[usize]) -> Vec<usize> {
        among.iter().copied().filter(|at| self.reachable[*at]).collect()
    }

    /// Whether it changes the plan by itself.
    fn changes_plan(&self, subject: &Subject, conceivable: &[usize], reachable: &[usize]) -> bool {
        let asked = self.brute.question_of(subject).is_some();
        let among = if asked { reachable } else { conceivable };
        self.changes(subject, among, |at| Some(&self.shapes[at]))
    }

    /// What still matters, by itself or for the sake of what does, with what a source surely tells.
    fn matters(&self, known: &Person) -> Rc<Matters> {
        if let Some(matters) = self.known.borrow().get(known) {
            return matters.clone();
        }
        let conceivable = self.agreeing(known);
        let agreeing = self.reachable(&conceivable);
        let all: BTreeSet<&Subject> = agreeing
            .iter()
            .flat_map(|at| self.people[*at].keys())
            .filter(|subject| !known.contains_key(*subject))
            .collect();
        let mut open: BTreeSet<Subject> = all
            .iter()
            .filter(|it| self.changes_plan(it, &conceivable, &agreeing))
            .map(|it| (*it).clone())
            .collect();
        loop {
            let mut more: BTreeSet<Subject> = BTreeSet::new();
            for subject in &open {
                let Subject::Element(slot) = subject else { continue };
                let size = self.brute.group().map(Subject::Size);
                more.extend(size.filter(|it| slot.member.is_some() && !known.contains_key(it)));
                let tells = |at: usize| {
                    self.people[at].contains_key(subject).then(|| self.told[at].contains(slot))
                };
                let decide = all
                    .iter()
                    .filter(|it| **it != subject && self.changes(it, &conceivable, tells));
                more.extend(decide.map(|it| (*it).clone()));
            }
            let before = open.len();
            open.extend(more);
            if open.len() == before {
                break;
            }
        }
        let surely = |subject: &&Subject| match subject {
            Subject::Element(slot) => agreeing.iter().all(|at| {
                !self.people[*at].contains_key(*subject) || self.told[*at].contains(slot)
            }),
            _ => false,
        };
        let told = all.iter().filter(|it| surely(it)).map(|it| (*it).clone()).collect();
        let matters = Rc::new(Matters { open, told });
        self.known.borrow_mut().insert(known.clone(), matters.clone());
        matters
    }

    /// How many questions this person is asked from here on.
    fn asked(&self, person: &Person, order: &[QuestionId], known: &Person) -> u64 {
        let mut known = known.clone();
        let mut asked = 0;
        for question in order {
            let subjects: Vec<&Subject> = person
                .keys()
                .filter(|subject| self.brute.question_of(subject).as_ref() == Some(question))
                .collect();
            for subject in subjects {
                if known.contains_key(subject) {
                    continue;
                }
                let matters = self.matters(&known);
                if !matters.open.contains(subject) {
                    continue;
                }
                asked += u64::from(!matters.told.contains(subject));
                known.insert(subject.clone(), person[subject].clone());
            }
        }
        asked
    }

    /// What has to come first: how many there are, and what tells whether a source can be asked.
    fn before(&self) -> BTreeSet<(QuestionId, QuestionId)> {
        let everybody: Vec<usize> = (0..self.people.len()).collect();
        let all: BTreeSet<&Subject> = self.people.iter().flat_map(BTreeMap::keys).collect();
        let mut before = BTreeSet::new();
        for later in &all {
            let Subject::Element(slot) = later else { continue };
            let Some(question) = self.brute.question_of(later) else { continue };
            for earlier in &all {
                let Some(first) = self.brute.question_of(earlier) else { continue };
                let sizes = slot.member.is_some() && matches!(earlier, Subject::Size(_));
                let tells = |at: usize| {
                    self.people[at].contains_key(*later).then(|| self.told[at].contains(slot))
                };
                if first != question
                    && (sizes || earlier != later && self.changes(earlier, &everybody, tells))
                {
                    before.insert((first, question.clone()));
                }
            }
        }
        before
    }

    /// The found order is one of those that cost least; the author's costs what is said.
    fn order(&self, seed: u64, seen: &mut Seen) {
        let before = self.before();
        let found = self.proof.order();
        let authors: Vec<QuestionId> =
            self.brute.matter.questions.iter().map(|it| it.id.clone()).collect();
        let weight = |(person, can_be): (&Person, &bool)| {
            if *can_be { self.brute.weight_of(person) } else { 0 }
        };
        let weights: Vec<u64> = self.people.iter().zip(&self.reachable).map(weight).collect();
        let whole: u64 = weights.iter().sum();
        let cost = |order: &[QuestionId]| -> u64 {
            let people = self.people.iter().zip(&weights).filter(|(_, weight)| **weight > 0);
            let asked: u64 = people
                .map(|(person, weight)| weight * self.asked(person, order, &Person::new()))
                .sum();
            asked * 1_000_000 / whole
        };
        let fits = |order: &[QuestionId]| {
            let place = |id: &QuestionId| order.iter().position(|it| it == id);
            before.iter().all(|(first, second)| place(first) < place(second))
        };
        let mut cheapest = u64::MAX;
        for order in orders(&authors) {
            if fits(&order) {
                cheapest = cheapest.min(cost(&order));
            }
        }
        if cheapest == u64::MAX {
            return; // They wait for each other in a circle.
        }
        let expected = found.cost.expected_millionths;
        assert_eq!(expected, cheapest, "order {found:?} of {seed}\n{}", text(seed));
        assert_eq!(expected, cost(&found.questions), "order {found:?} of {seed}\n{}", text(seed));
        if fits(&authors) {
            let said = found.authors.expected_millionths;
            assert_eq!(said, cost(&authors), "author's {found:?} of {seed}\n{}", text(seed));
        }
        seen.orders += 1;
    }

    fn relevance(&self, seed: u64, seen: &mut Seen) {
        let mut dice = Dice::new(seed ^ 0xABCD);
        for _ in 0..3 {
            let all: Vec<usize> = (0..self.people.len()).collect();
            let person = &self.people[*dice.pick(&self.reachable(&all))];
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
            let facts = self.brute.facts(&known);
            let matters = self.matters(&known);
            let expected = self.asks(&known, matters.open.iter());
            assert_eq!(
                self.proof.can_change(&facts),
                Some(expected),
                "knowing {known:?} of {seed}\n{}",
                text(seed)
            );
            let conceivable = self.agreeing(&known);
            let agreeing = self.reachable(&conceivable);
            let open: BTreeSet<&Subject> =
                agreeing.iter().flat_map(|at| self.people[*at].keys()).collect();
            let by_itself = open.into_iter().filter(|subject| {
                !known.contains_key(*subject) && self.changes_plan(subject, &conceivable, &agreeing)
            });
            let expected = self.asks(&known, by_itself);
            let found = self.proof.changes_by_itself(&facts);
            assert_eq!(found, Some(expected), "knowing {known:?} of {seed}\n{}", text(seed));
            let order = &self.proof.order().questions;
            let most = agreeing.iter().map(|at| self.asked(&self.people[*at], order, &known));
            let most = most.max().and_then(|most| u32::try_from(most).ok());
            let bound = self.proof.left_at_most(&facts);
            assert_eq!(bound, most, "left, knowing {known:?} of {seed}\n{}", text(seed));
            seen.relevance += 1;
        }
    }

    /// The questions that can be asked about these.
    fn asks<'s>(
        &self,
        known: &Person,
        subjects: impl Iterator<Item = &'s Subject>,
    ) -> BTreeSet<Asked> {
        let asked = subjects.filter_map(|subject| {
            let question = self.brute.question_of(subject)?;
            let member = match subject {
                Subject::Element(slot) => slot.member.clone(),
                _ => None,
            };
            (member.is_none() || self.has_known_size(known)).then_some((question, member))
        });
        asked.collect()
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

    fn has_known_size(&self, known: &Person) -> bool {
        self.brute
            .group()
            .is_some_and(|group| matches!(known.get(&Subject::Size(group)), Some(Said::Members(_))))
    }

    /// Whether two people who differ in this only look different. Who differs in the number of members agrees on
    /// those whom both have; whoever looks like nothing does not count.
    fn changes<T: PartialEq>(
        &self,
        subject: &Subject,
        among: &[usize],
        look: impl Fn(usize) -> Option<T>,
    ) -> bool {
        if !matches!(subject, Subject::Size(_)) {
            let mut rest: BTreeMap<Person, T> = BTreeMap::new();
            for at in among {
                let mut others = self.people[*at].clone();
                let (Some(_), Some(look)) = (others.remove(subject), look(*at)) else { continue };
                match rest.get(&others) {
                    Some(known) if *known != look => return true,
                    Some(_) => {}
                    None => drop(rest.insert(others, look)),
                }
            }
            return false;
        }
        let agree = |a: &Person, b: &Person| {
            let same = |(key, said): (&Subject, &Said)| {
                key == subject || b.get(key).is_none_or(|other| other == said)
            };
            a.iter().all(same)
        };
        among.iter().enumerate().any(|(position, one)| {
            among[position + 1..].iter().any(|other| {
                let (a, b) = (&self.people[*one], &self.people[*other]);
                a.get(subject) != b.get(subject)
                    && matches!((look(*one), look(*other)), (Some(a), Some(b)) if a != b)
                    && agree(a, b)
                    && agree(b, a)
            })
        })
    }
}

fn orders(of: &[QuestionId]) -> Vec<Vec<QuestionId>> {
    if of.is_empty() {
        return vec![Vec::new()];
    }
    let mut found = Vec::new();
    for at in 0..of.len() {
        let mut rest = of.to_vec();
        let first = rest.remove(at);
        for mut order in orders(&rest) {
            order.insert(0, first.clone());
            found.push(order);
        }
    }
    found
}
