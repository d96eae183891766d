//! Scenario tests: that they pass where they should, and say what differs where they should not.

use plan::scenario::{parse, run};

use crate::support::{NATIONAL, SAMPLE};

const TEA: &str = include_str!("../../../../../definitions/sample/scenarios/tea-stall.toml");

#[test]
fn the_definitions_pass_their_own() {
    let national =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../../definitions/cn/national/scenarios");
    let files = |folder: &str| {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.filter(|path| path.is_file()).collect::<Vec<_>>()
    };
    let covering = format!("{national}/covering");
    let mut ran = 0;
    for path in files(national).into_iter().chain(files(&covering)) {
        let text = std::fs::read_to_string(path).unwrap();
        for scenario in parse(&text).unwrap() {
            let outcome = run(&NATIONAL, &scenario);
            assert_eq!(outcome.differences, [], "{}", outcome.id);
            ran += 1;
        }
    }
    assert!(ran > 0);
    for scenario in parse(TEA).unwrap() {
        assert_eq!(run(&SAMPLE, &scenario).differences, [], "{}", scenario.id);
    }
}

/// The funnel: the first tea-stall scenario with `from` replaced, and the differences that follow.
#[track_caller]
fn check(from: &str, to: &str, expected: &[&str]) {
    let first = TEA.split("[[scenario]]").nth(1).unwrap();
    assert_eq!(first.matches(from).count(), 1, "`{from}` must stand once");
    let text = format!("[[scenario]]{}", first.replace(from, to));
    let outcome = run(&SAMPLE, &parse(&text).unwrap()[0]);
    let lines: Vec<String> = outcome.differences.iter().map(ToString::to_string).collect();
    assert_eq!(lines, expected);
    assert_eq!(outcome.passed(), expected.is_empty());
}

#[test]
fn says_what_differs() {
    check("bring = []", "bring = []", &[]);
    check(
        "bring = []",
        "bring = [\"stall-sketch\"]\ndays = \"2\"\nvisits = 0",
        &[
            "bring: `stall-sketch` is missing",
            "days: expected 2, got 3",
            "visits: expected 0, got 1",
        ],
    );
    check("done = [\"water-test\"]", "done = []", &["done: `water-test` is not expected"]);
    check(
        "\"stall.tables\" = 2",
        "\"stall.tables\" = \"two\"",
        &["ANS0004 answers.\"stall.tables\": not a number"],
    );
    check(
        "matter = \"open-a-tea-stall\"",
        "matter = \"open-a-tea-stal\"",
        &["ANS0028 matter: no matter is called `open-a-tea-stal`"],
    );
}

#[test]
fn a_file_with_an_unknown_key_is_not_read() {
    let problem = parse("[[scenario]]\nid = \"x\"\nexpects = {}").unwrap_err();
    assert!(problem.contains("line 3, column 1"), "{problem}");
}
