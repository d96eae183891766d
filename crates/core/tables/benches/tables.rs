//! How long one decision takes from typed inputs, and how long reading and checking a table takes.
//!
//! `cargo bench -p yijianshi-tables` prints one line of JSON per figure. No assertions: figures are compared side by
//! side, in one run, by whoever runs them.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark prints its figures, and has nothing to say when it cannot be set up"
)]

use std::hint::black_box;
use std::time::{Duration, Instant as Stopwatch};

use conditions::{NamedElement, Names, Type};
use vocabulary::{GroupId, Value};
use yijianshi_tables::{Rules, Wanted, read_csv};

const ROUNDS: u32 = 200_000;

struct Elements;

impl Names for Elements {
    fn element(&self, name: &str) -> Option<NamedElement> {
        let kinds = || Type::Choice(["a".into(), "b".into(), "c".into()].into());
        let ty = if name == "x.kind" { kinds() } else { Type::Number };
        Some(NamedElement { id: name.into(), ty, group: None })
    }

    fn group(&self, _: &str) -> Option<GroupId> {
        None
    }

    fn all(&self) -> Vec<String> {
        Vec::new()
    }
}

/// `rows` rows over two numbers and a choice.
fn table(rows: usize) -> String {
    let mut text = "x.age,x.hours,x.kind,-> x.fee\n< 0,-,-,0\n".to_owned();
    let blocks = rows.saturating_sub(2) / 3;
    for block in 0..blocks {
        let (from, to) = (block, block + 1);
        text.push_str(&format!("[{from}..{to}),< 20,-,{from}\n"));
        text.push_str(&format!("[{from}..{to}),>= 20,\"a, b\",{to}\n"));
        text.push_str(&format!("[{from}..{to}),>= 20,c,{}\n", to + 1));
    }
    text.push_str(&format!(">= {blocks},-,-,1000\n"));
    text
}

fn rules(text: &str) -> Rules {
    read_csv(text, &Elements, &Wanted::default()).rules.expect("the table is right")
}

fn measure(what: &str, rules: &Rules, inputs: [Option<Value>; 3]) {
    let inputs: Vec<Option<&Value>> = inputs.iter().map(Option::as_ref).collect();
    let watch = Stopwatch::now();
    for _ in 0..ROUNDS {
        black_box(rules.decide(black_box(&inputs)));
    }
    print(what, rules.rows.len(), watch.elapsed() / ROUNDS);
}

fn print(what: &str, rows: usize, took: Duration) {
    println!("{{\"what\":\"{what}\",\"rows\":{rows},\"nanoseconds\":{}}}", took.as_nanos());
}

fn main() {
    let number = |value: i64| Some(Value::Number(value.into()));
    for rows in [20, 200] {
        let text = table(rows);
        let rules = rules(&text);
        let last = i64::try_from(rows / 3 - 2).expect("a small number");
        measure("first row", &rules, [number(-1), number(1), Some(Value::text("a"))]);
        measure("late row", &rules, [number(last), number(30), Some(Value::text("c"))]);
        measure("one unknown", &rules, [number(last), number(30), None]);
        measure("all unknown", &rules, [None, None, None]);
        let watch = Stopwatch::now();
        black_box(self::rules(&text));
        print("read and check", rows, watch.elapsed());
    }
}
