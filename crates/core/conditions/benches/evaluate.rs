//! How long one condition takes: read and checked, evaluated, explained. One line of JSON per figure, in
//! nanoseconds per call, the best and the middle of many rounds.
//!
//! `cargo bench -p yijianshi-conditions` prints them. No assertions: figures are compared side by side, in
//! one run, by whoever runs them.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark prints its figures, and has nothing to say when it cannot be set up"
)]

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant as Stopwatch;

use vocabulary::{Date, Facts, GroupId, MemberId, Slot, Value};
use yijianshi_conditions::{Condition, NamedElement, Names, Type};

const ROUNDS: usize = 200;
const CALLS: u32 = 1_000;

struct Family;

impl Names for Family {
    fn element(&self, name: &str) -> Option<NamedElement> {
        let options: Arc<[Arc<str>]> = ["local", "elsewhere"].map(Arc::from).into();
        let (id, ty, group) = match name {
            "mother.age" | "年龄" => ("mother.age", Type::Number, None),
            "mother.married" | "已婚" => ("mother.married", Type::Bool, None),
            "mother.residence" | "户籍地" => ("mother.residence", Type::Choice(options), None),
            "mother.wedding_date" => ("mother.wedding_date", Type::Date, None),
            "child.alive" => ("child.alive", Type::Bool, Some("child")),
            _ => return None,
        };
        Some(NamedElement { id: id.into(), ty, group: group.map(GroupId::new) })
    }

    fn group(&self, name: &str) -> Option<GroupId> {
        (name == "child").then(|| "child".into())
    }

    fn all(&self) -> Vec<String> {
        Vec::new()
    }
}

fn facts() -> Facts {
    let mut facts = Facts::new();
    facts.answer(Slot::single("mother.age"), Value::Number(30.into()));
    facts.answer(Slot::single("mother.married"), Value::Bool(true));
    facts.answer(Slot::single("mother.residence"), Value::text("local"));
    facts.answer(Slot::single("mother.wedding_date"), Value::Date(Date::constant(2020, 5, 20)));
    facts.set_members("child".into(), ["a", "b"].map(MemberId::new).into());
    for member in ["a", "b"] {
        facts.answer(Slot::of("child.alive", member), Value::Bool(member == "b"));
    }
    facts
}

fn main() {
    let as_of = Date::constant(2026, 3, 2);
    let facts = facts();
    for (name, source) in [
        ("three terms", "年龄 < 60 and 户籍地 = \"local\" and 已婚"),
        ("age from a date", "years and months duration(mother.wedding_date, today()).years >= 5"),
        ("one of a group", "some x in child satisfies x.alive"),
        ("count of a filter", "count(child[alive]) = 1"),
    ] {
        let compile = || Condition::compile(black_box(source), &Family, None);
        let condition = compile().expect("it compiles");
        figure(name, "compile", 20, || drop(black_box(compile())));
        figure(name, "evaluate", 1, || {
            black_box(condition.evaluate(black_box(&facts), None, as_of));
        });
        figure(name, "explain", 20, || {
            drop(black_box(condition.explain(black_box(&facts), None, as_of)));
        });
    }
}

/// Prints how long one call takes; `slower` ones are called less often.
fn figure(name: &str, what: &str, slower: u32, mut act: impl FnMut()) {
    let calls = CALLS / slower;
    let mut rounds: Vec<u128> = (0..ROUNDS)
        .map(|_| {
            let watch = Stopwatch::now();
            for _ in 0..calls {
                act();
            }
            watch.elapsed().as_nanos() / u128::from(calls)
        })
        .collect();
    rounds.sort_unstable();
    let best = rounds.first().copied().unwrap_or_default();
    let middle = rounds.get(ROUNDS / 2).copied().unwrap_or_default();
    println!(
        "{{\"condition\":\"{name}\",\"what\":\"{what}\",\"best_ns\":{best},\"median_ns\":{middle}}}"
    );
}
