//! What the proof found, as people with plans: examples that plans are made of, and a covering set of scenario
//! tests.

use std::collections::BTreeSet;

use catalogue::{Binds, Catalogue, Matter};
use proof::words::{Words, in_every_language};
use proof::{About, Answer, Example, Proof, Said};
use vocabulary::{DataElementId, Instant, Localised, Slot};

use crate::Plan;
use crate::answers::Circumstances;
use crate::pinned::scenario_text;

/// Answers in a scenario's name, at most.
const MOST_NAMED: usize = 4;

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
    /// What sets this person apart.
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
    let usual = usual(matter, people.first().map(|person| &person.example));
    let mut covered: Vec<Covered> = Vec::new();
    for (number, person) in (1u32..).zip(&people) {
        let mut circumstances = Circumstances::of_example(&person.example, proof.at());
        for group in catalogue.groups.keys() {
            // That nobody said how many there are says nothing more than that it is not known.
            circumstances.facts.forget(&Slot::single(DataElementId::new(group.as_str())));
        }
        let plan = circumstances.plan(catalogue, matter);
        let mut name = in_every_language(catalogue, matter, |words| {
            name(words, &person.example, &usual, number == 1)
        });
        if covered.iter().any(|other| other.name == name) {
            name = in_every_language(catalogue, matter, |words| {
                format!("{}（{number}）", self::name(words, &person.example, &usual, false))
            });
        }
        let id = format!("{}{GENERATED}{number:02}", matter.id);
        covered.push(Covered { id, name, circumstances, plan });
    }
    covered
}

/// The answers that most people of the first example's kind give: nothing worth naming.
fn usual(matter: &Matter, first: Option<&Example>) -> Vec<Answer> {
    let answers = first.into_iter().flat_map(|example| example.answers.iter().cloned());
    answers
        .map(|mut answer| {
            let question =
                matter.questions.iter().find(|it| Some(&it.id) == answer.question.as_ref());
            if let (Some(question), Said::Members(_)) = (question, &answer.said)
                && let Binds::CountOf(_) = question.binds
            {
                let most = question.weights.iter().max_by_key(|(_, share)| **share);
                if let Some(Ok(count)) = most.map(|(count, _)| count.parse()) {
                    answer.said = Said::Members(count);
                }
            }
            answer
        })
        .collect()
}

fn name(words: &Words<'_>, example: &Example, usual: &[Answer], first: bool) -> String {
    if first {
        return words.say("第一种情形", "the first case", &[]);
    }
    let differs = |answer: &&Answer| {
        let same = |other: &&Answer| other.about == answer.about;
        usual.iter().find(same).is_none_or(|other| other.said != answer.said)
    };
    let asked = example.answers.iter().filter(|answer| answer.question.is_some());
    let mut parts: Vec<String> =
        asked.filter(differs).take(MOST_NAMED).map(|answer| words.answer(answer)).collect();
    parts.extend(
        example
            .skip
            .iter()
            .map(|service| words.say("不办“{0}”", "“{0}” left out", &[&words.service(service)])),
    );
    if parts.is_empty() {
        let other = example.answers.iter().find(|answer| differs(answer));
        parts.extend(other.map(|answer| words.answer(answer)));
    }
    parts.join(&words.say("；", "; ", &[]))
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
