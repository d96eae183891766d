//! The real definitions: what is counted, and that examples show what they are examples of.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use catalogue::{Catalogue, Matter, SourceFile};
use plan::{Plan, PlanInput};
use vocabulary::Date;
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
