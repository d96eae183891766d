//! How long the proof of every real matter takes and of a synthetic one with forty services and thirty questions,
//! and how long one interview step takes with it: figures as JSON, in microseconds.
//!
//! `cargo bench -p yijianshi-proof` prints one line per figure. No assertions: figures are compared side by
//! side, in one run, by whoever runs them.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark prints its figures, and has nothing to say when it cannot be set up"
)]

use std::fmt::Write as _;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant as Stopwatch};

use catalogue::{Catalogue, Matter, SourceFile};
use interview::{Turn, next_with};
use vocabulary::{Date, Facts};
use yijianshi_proof::{Count, Proof, Said};

/// Interviews per matter.
const ROUNDS: usize = 40;

fn as_of() -> Date {
    Date::constant(2026, 11, 23)
}

fn national() -> Catalogue {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../definitions/cn/national");
    let mut paths = Vec::new();
    list(Path::new(root), &mut paths);
    let read = |path: &PathBuf| SourceFile {
        name: path.strip_prefix(root).expect("a path below the root").display().to_string(),
        text: std::fs::read_to_string(path).expect("a definition file can be read"),
    };
    let compiled = catalogue::compile(&paths.iter().map(read).collect::<Vec<_>>());
    compiled.catalogue.expect("the national definitions compile")
}

fn list(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the definitions are there") {
        let path = entry.expect("a folder can be listed").path();
        let known = |it: &std::ffi::OsStr| it == "toml" || it == "csv" || it == "dmn";
        if path.is_dir() && !path.ends_with("scenarios") {
            list(&path, paths);
        } else if path.extension().is_some_and(known) {
            paths.push(path);
        }
    }
    paths.sort();
}

/// A matter of so many services and questions: each service hangs on some questions of its own neighbourhood, and
/// on the output of any one before it.
fn synthetic(services: usize, questions: usize) -> Catalogue {
    let mut text = include_str!("prelude.toml").to_owned();
    let mut state = 20_261_123_u64;
    let mut below = |end: usize| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((state >> 33) % u64::try_from(end.max(1)).unwrap_or(1)).unwrap_or_default()
    };
    // Written into a string: that cannot fail.
    for at in 0..questions {
        let ty = match at % 3 {
            0 => "type = \"bool\"",
            1 => {
                "type = \"choice\"\noptions = [{ id = \"a\", name = { en = \"A\" } }, { id = \"b\", name = { en = \"B\" } }, { id = \"c\", name = { en = \"C\" } }]"
            }
            _ => "type = \"number\"",
        };
        let _ = write!(
            text,
            "[[element]]\nid = \"one.e{at}\"\nname = {{ en = \"E{at}\" }}\nsensitivity = \"public\"\ntopic = \"all\"\n{ty}\n"
        );
    }
    let clause = |at: usize, value: usize| match at % 3 {
        0 => format!("one.e{at} = true"),
        1 => format!("one.e{at} = \"{}\"", ["a", "b", "c"].get(value % 3).unwrap_or(&"a")),
        _ => format!("one.e{at} > {}", 2 + value % 3 * 5),
    };
    for at in 0..services {
        let near = |offset: usize| (at * questions / services + offset) % questions;
        let _ = write!(
            text,
            "[[evidence_type]]\nid = \"paper{at}\"\nname = {{ en = \"P{at}\" }}\nformats = [\"pdf\"]\nsize_mib_max = 1\n\
             [[service]]\nid = \"s{at}\"\nname = {{ en = \"S{at}\" }}\nsummary = {{ en = \"S\" }}\nkind = \"01\"\n\
             authority = \"office\"\nregime = \"plain\"\nvisits = 0\nchannels = [\"online\", \"window\"]\n\
             promised = {{ count = \"3\", unit = \"working_day\", basis = {{ unverified = {{ en = \"I\" }} }} }}\n\
             basis = {{ unverified = {{ en = \"I\" }} }}\n\
             checklist = [{{ id = \"c{at}\", text = {{ en = \"All\" }} }}]\n\
             [[service.field]]\nelement = \"applicant.name\"\n\
             [[service.output]]\nid = \"o\"\nkind = \"facts\"\nname = {{ en = \"O\" }}\nevidence = \"paper{at}\"\n"
        );
        for _ in 0..2 {
            let (a, b) = (near(below(6)), near(below(6)));
            let _ = write!(
                text,
                "[[service.field]]\nelement = \"one.e{a}\"\nwhen = '{} or {}'\n",
                clause(a, below(3)),
                clause(b, below(3))
            );
        }
        if at > 0 {
            let _ = write!(
                text,
                "[[service.evidence]]\ntype = \"paper{}\"\nways = [\"output\", \"upload\"]\nreason = {{ en = \"R\" }}\nwhen = '{}'\n",
                below(at),
                clause(near(below(6)), below(3))
            );
        }
    }
    text.push_str(
        "[[matter]]\nid = \"m\"\nname = { en = \"M\" }\ntitle = { en = \"M\" }\nsummary = { en = \"M\" }\naudience = { en = \"All\" }\n\
         search_words = [\"m\"]\nlife_cycle = \"living\"\nlead = \"office\"\nanchor = \"s0\"\napplicant_name = \"applicant.name\"\n\
         basis = { unverified = { en = \"I\" } }\n",
    );
    for at in 0..services {
        let near = |offset: usize| (at * questions / services + offset) % questions;
        let _ = write!(
            text,
            "[[matter.service]]\nservice = \"s{at}\"\ninclusion = \"required\"\nwhen = '{} or {} and {}'\nout_reason = {{ en = \"O\" }}\n",
            clause(near(below(4)), below(3)),
            clause(near(below(4)), below(3)),
            clause(near(below(4)), below(3))
        );
    }
    for at in 0..questions {
        let _ = write!(
            text,
            "[[matter.question]]\nid = \"q{at}\"\nelement = \"one.e{at}\"\nask = {{ en = \"?\" }}\nwhy = {{ en = \"!\" }}\n"
        );
    }
    let compiled = catalogue::compile(&[SourceFile { name: "synthetic.toml".to_owned(), text }]);
    compiled.catalogue.unwrap_or_else(|| {
        println!("{:#?}", compiled.diagnostics);
        std::process::exit(1)
    })
}

fn measure(catalogue: &Catalogue, matter: &Matter) {
    let begun = Stopwatch::now();
    let proof = Proof::of(catalogue, matter, as_of());
    let proved = begun.elapsed();
    let begun = Stopwatch::now();
    let (plans, more) = match proof.distinct_plans() {
        Count::Exactly(plans) => (plans, false),
        Count::AtLeast(plans) => (plans, true),
    };
    let counted = begun.elapsed();
    let begun = Stopwatch::now();
    let spreads = proof.reductions(catalogue, matter);
    let compared = begun.elapsed();
    let begun = Stopwatch::now();
    let findings = proof.findings(catalogue, matter, &spreads).len();
    let checked = begun.elapsed();
    println!(
        "{{\"what\":\"prove\",\"matter\":\"{}\",\"cells\":\"{}\",\"plans\":\"{plans}\",\"at_least\":{more},\"features\":{},\
         \"us\":{},\"count_us\":{},\"reductions_us\":{},\"findings\":{findings},\"findings_us\":{}}}",
        matter.id,
        proof.cells(),
        proof.features().len(),
        proved.as_micros(),
        counted.as_micros(),
        compared.as_micros(),
        checked.as_micros()
    );
    steps(catalogue, matter, &proof);
}

/// Interviews of people out of the covering features: each step by itself.
fn steps(catalogue: &Catalogue, matter: &Matter, proof: &Proof) {
    let mut taken: Vec<Duration> = Vec::new();
    let people: Vec<_> = proof.features().values().take(ROUNDS).collect();
    for cells in people {
        let Some(example) = proof.example(cells) else {
            continue;
        };
        let mut facts = Facts::new();
        loop {
            let begun = Stopwatch::now();
            let turn = next_with(Some(proof), catalogue, matter, &facts, &|_| true, as_of());
            taken.push(begun.elapsed());
            let Turn::Ask(asking) = black_box(turn) else {
                break;
            };
            match &asking.question.binds {
                catalogue::Binds::CountOf(group) => match example.facts.members(group) {
                    Some(members) => facts.set_members(group.clone(), members.to_vec()),
                    None => facts.decline(interview::size_slot(group)),
                },
                catalogue::Binds::Element(id) => {
                    let slot =
                        vocabulary::Slot { element: id.clone(), member: asking.member.clone() };
                    match example.facts.value(&slot) {
                        Some(value) => facts.answer(slot, value.clone()),
                        None => facts.decline(slot),
                    }
                }
            }
        }
        black_box(example.answers.iter().filter(|answer| answer.said == Said::Declined).count());
    }
    taken.sort_unstable();
    let at = |share: usize| {
        let place = taken.len().saturating_sub(1) * share / 100;
        taken.get(place).map_or(0, Duration::as_micros)
    };
    println!(
        "{{\"what\":\"interview step\",\"matter\":\"{}\",\"steps\":{},\"p50_us\":{},\"p99_us\":{},\"max_us\":{}}}",
        matter.id,
        taken.len(),
        at(50),
        at(99),
        at(100)
    );
}

fn main() {
    // One matter by its name, or all.
    let only = std::env::args().nth(1).filter(|name| !name.starts_with('-'));
    let wanted = |matter: &&Matter| only.as_ref().is_none_or(|only| matter.id.as_str() == only);
    let national = national();
    for matter in national.matters.values().filter(wanted) {
        measure(&national, matter);
    }
    let synthetic = synthetic(40, 30);
    for matter in synthetic.matters.values().filter(wanted) {
        measure(&synthetic, matter);
    }
}
