//! How long one interview step and one plan take for a real matter, at every point of the interview:
//! percentiles as JSON, in microseconds. A matter is measured for twins, and the largest, hiring, for twenty
//! people at once too.
//!
//! `cargo bench -p yijianshi-plan` prints one line per figure. No assertions: figures are compared side by
//! side, in one run, by whoever runs them.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark prints its figures, and has nothing to say when it cannot be set up"
)]

use std::collections::BTreeSet;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant as Stopwatch};

use catalogue::{Binds, Catalogue, ElementType, Matter, SourceFile};
use interview::{Asking, Turn};
use vocabulary::{Date, Facts, MemberId, Slot, Value};
use yijianshi_plan::{Plan, PlanInput, make};

const ROUNDS: usize = 2_000;

fn national() -> Catalogue {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../definitions/cn/national");
    let mut paths = Vec::new();
    list(Path::new(root), &mut paths);
    let read = |path: &PathBuf| SourceFile {
        name: path.display().to_string(),
        text: std::fs::read_to_string(path).expect("a definition file can be read"),
    };
    let compiled = catalogue::compile(&paths.iter().map(read).collect::<Vec<_>>());
    compiled.catalogue.expect("the national definitions compile")
}

fn list(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the definitions are there") {
        let path = entry.expect("a folder can be listed").path();
        if path.is_dir() && !path.ends_with("scenarios") {
            list(&path, paths);
        } else if path
            .extension()
            .is_some_and(|it| ["toml", "csv", "dmn"].iter().any(|known| it == *known))
        {
            paths.push(path);
        }
    }
    paths.sort();
}

fn as_of() -> Date {
    Date::constant(2026, 11, 23)
}

/// So many members; else the first option, yes, or the day before yesterday.
fn answer(catalogue: &Catalogue, asking: &Asking<'_>, members: u32, facts: &mut Facts) {
    match &asking.question.binds {
        Binds::CountOf(group) => {
            let ids = (1..=members).map(|number| MemberId::new(format!("m{number}")));
            facts.set_members(group.clone(), ids.collect());
        }
        Binds::Element(id) => {
            let value = match &catalogue.element(id).expect("the element exists").ty {
                ElementType::Bool => Value::Bool(true),
                ElementType::Choice(options) => {
                    Value::Text(options.first().expect("a choice has options").id.clone())
                }
                ElementType::Date => Value::Date(Date::constant(2026, 11, 21)),
                ElementType::Number => Value::Number(3.into()),
                _ => Value::text("x"),
            };
            facts.answer(Slot { element: id.clone(), member: asking.member.clone() }, value);
        }
    }
}

/// The facts before each question, and when enough is known.
fn states(catalogue: &Catalogue, matter: &Matter, members: u32) -> Vec<Facts> {
    let mut states = vec![Facts::new()];
    loop {
        let mut facts = states.last().expect("one state at least").clone();
        // Nothing can be reached, so that everything is asked.
        match interview::next(catalogue, matter, &facts, &|_| false, as_of()) {
            Turn::Enough => return states,
            Turn::Ask(asking) => answer(catalogue, &asking, members, &mut facts),
        }
        states.push(facts);
    }
}

fn report(what: &str, matter: &Matter, services: usize, mut times: Vec<Duration>) {
    times.sort();
    let at = |percent: usize| {
        let place = (times.len().saturating_sub(1)).saturating_mul(percent) / 100;
        times.get(place).expect("something was measured").as_nanos()
    };
    let micros = |nanos: u128| format!("{}.{:01}", nanos / 1000, nanos % 1000 / 100);
    println!(
        r#"{{"bench":"{what}","matter":"{}","services":{services},"samples":{},"p50_us":{},"p99_us":{},"max_us":{}}}"#,
        matter.id,
        times.len(),
        micros(at(50)),
        micros(at(99)),
        micros(at(100)),
    );
}

fn measure(rounds: usize, states: &[Facts], mut run: impl FnMut(&Facts)) -> Vec<Duration> {
    let mut times = Vec::with_capacity(rounds.saturating_mul(states.len()));
    // A first round warms the caches and is not counted.
    for round in 0..=rounds {
        for facts in states {
            let begun = Stopwatch::now();
            run(facts);
            let took = begun.elapsed();
            if round > 0 {
                times.push(took);
            }
        }
    }
    times
}

struct Bench {
    catalogue: Catalogue,
    now: vocabulary::Instant,
    nothing: PlanNothing,
}

/// Nothing skipped, nothing given, everything reachable.
#[derive(Default)]
struct PlanNothing {
    skip: BTreeSet<vocabulary::ServiceId>,
    given: BTreeSet<yijianshi_plan::EvidenceKey>,
    unreachable: BTreeSet<vocabulary::SourceId>,
}

impl Bench {
    fn plan(&self, matter: &Matter, facts: &Facts) -> Plan {
        make(&PlanInput {
            catalogue: &self.catalogue,
            matter,
            facts,
            skip: &self.nothing.skip,
            given: &self.nothing.given,
            unreachable: &self.nothing.unreachable,
            standing: &yijianshi_plan::standing::NOTHING,
            now: self.now,
        })
    }

    fn run(&self, id: &str, members: u32) {
        let matter = self.catalogue.matter(id).expect("the matter exists");
        let states = states(&self.catalogue, matter, members);
        let last = states.last().expect("one state at least");
        let services = self.plan(matter, last).services.len();
        let rounds = (ROUNDS / states.len()).max(1);
        let steps = measure(rounds, &states, |facts| {
            black_box(interview::next(&self.catalogue, matter, facts, &|_| true, as_of()));
        });
        report("interview_step", matter, services, steps);
        let plans = measure(rounds, &states, |facts| {
            black_box(self.plan(matter, facts));
        });
        report("plan", matter, services, plans);
        let hashes = measure(ROUNDS, std::slice::from_ref(last), |facts| {
            black_box(self.plan(matter, facts).hash());
        });
        report("plan_and_hash", matter, services, hashes);
    }
}

fn main() {
    let now = "2026-11-23T02:00:00Z".parse().expect("an instant");
    let bench = Bench { catalogue: national(), now, nothing: PlanNothing::default() };
    bench.run("newborn", 2);
    bench.run("enterprise-start-up", 2);
    bench.run("hiring", 2);
    bench.run("hiring", 20);
}
