//! The real definitions: what is counted, and that examples show what they are examples of.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use catalogue::{Binds, Catalogue, Matter, SourceFile};
use interview::Turn;
use plan::{Plan, PlanInput};
use vocabulary::{Date, Facts, Origin, Slot};
use yijianshi_proof::{Count, Example, Proof};

use crate::shape::shape;

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../definitions/sample");
const NATIONAL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../definitions/cn/national");

static CATALOGUES: LazyLock<[Catalogue; 2]> = LazyLock::new(|| [SAMPLE, NATIONAL].map(read));

fn read(root: &str) -> Catalogue {
    let mut paths = Vec::new();
    list(Path::new(root), &mut paths);
    let file = |path: &PathBuf| SourceFile {
        name: path.strip_prefix(root).unwrap().display().to_string(),
        text: std::fs::read_to_string(path).unwrap(),
    };
    let compiled = catalogue::compile(&paths.iter().map(file).collect::<Vec<_>>());
    compiled.catalogue.unwrap_or_else(|| panic!("{:#?}", compiled.diagnostics))
}

fn list(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("scenarios") {
            list(&path, paths);
        } else if path.extension().is_some_and(|it| it == "toml" || it == "csv" || it == "dmn") {
            paths.push(path);
        }
    }
    paths.sort();
}

fn as_of() -> Date {
    Date::constant(2026, 11, 23)
}

fn plan(catalogue: &Catalogue, matter: &Matter, example: &Example) -> Plan {
    let noon = as_of().to_datetime(jiff::civil::Time::constant(12, 0, 0, 0));
    let zone = catalogue.jurisdiction.time_zone.clone();
    plan::make(&PlanInput {
        catalogue,
        matter,
        facts: &example.facts,
        skip: &example.skip,
        given: &BTreeSet::new(),
        unreachable: &BTreeSet::new(),
        standing: &plan::standing::NOTHING,
        now: noon.to_zoned(zone).unwrap().timestamp(),
    })
}

#[test]
fn every_feature_of_every_real_matter_is_shown_by_its_example() {
    for catalogue in &*CATALOGUES {
        for matter in catalogue.matters.values() {
            let proof = Proof::of(catalogue, matter, as_of());
            assert!(matches!(proof.distinct_plans(), Count::Exactly(_)));
            for (key, cells) in proof.features() {
                let example = proof.example(cells).unwrap();
                if example.possible {
                    continue;
                }
                let shown = shape(&plan(catalogue, matter, &example), true, catalogue);
                assert!(shown.contains(key), "{}: {key:?} by {example:#?}", matter.id);
                let without = proof.space().minus(cells);
                if let Some(example) = proof.example(&without) {
                    let shown = shape(&plan(catalogue, matter, &example), true, catalogue);
                    assert!(example.possible || !shown.contains(key), "{}: not {key:?}", matter.id);
                }
            }
        }
    }
}

/// Answers as the person would until enough is known; how many questions, and that the bound held.
fn interviewed(
    catalogue: &Catalogue,
    matter: &Matter,
    proof: Option<&Proof>,
    person: &Facts,
) -> (Facts, usize) {
    let mut facts = Facts::new();
    // What a source tells it tells from the beginning.
    let told = person.iter().filter(|(_, fact)| fact.origin != Origin::Applicant);
    for (slot, fact) in told.filter(|(slot, _)| slot.member.is_none()) {
        facts.set(slot.clone(), fact.clone());
    }
    for asked in 0.. {
        let turn = interview::next_with(proof, catalogue, matter, &facts, &|_| true, as_of());
        let Turn::Ask(asking) = turn else { return (facts, asked) };
        match &asking.question.binds {
            Binds::CountOf(group) => match person.members(group) {
                Some(members) => facts.set_members(group.clone(), members.to_vec()),
                None => facts.decline(interview::size_slot(group)),
            },
            Binds::Element(id) => {
                let slot = Slot { element: id.clone(), member: asking.member.clone() };
                match person.get(&slot) {
                    Some(fact) => facts.set(slot, fact.clone()),
                    None => facts.decline(slot),
                }
            }
        }
    }
    unreachable!()
}

#[test]
fn an_interview_with_proof_asks_no_more_and_leads_to_the_same_plan() {
    let (mut with, mut without) = (0, 0);
    for catalogue in &*CATALOGUES {
        for matter in catalogue.matters.values() {
            let proof = Proof::of(catalogue, matter, as_of());
            for cells in proof.features().values().step_by(3) {
                let example =
                    proof.example(&cells.and(proof.space())).or_else(|| proof.example(cells));
                let example = example.unwrap();
                let plan_of = |facts: Facts| {
                    let example = Example { facts, skip: BTreeSet::new(), ..example.clone() };
                    shape(&plan(catalogue, matter, &example), true, catalogue)
                };
                let (few, asked) = interviewed(catalogue, matter, Some(&proof), &example.facts);
                let (many, asked_before) = interviewed(catalogue, matter, None, &example.facts);
                assert_eq!(plan_of(few), plan_of(many), "{}: {:#?}", matter.id, example.facts);
                with += asked;
                without += asked_before;
            }
        }
    }
    assert!(with <= without, "{with} questions with the proof, {without} without");
}
