//! Answers files, and everything that can be wrong with them.

use plan::answers::AnswersAsWritten;
use vocabulary::{Origin, Slot, Value};

use crate::support::SAMPLE;

/// The funnel: an answers file for the tea stall; its findings as `code place message | hint`.
#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let matter = SAMPLE.matter("open-a-tea-stall").unwrap();
    let clock = Some("2026-09-04T01:00:00Z".parse().unwrap());
    let found = AnswersAsWritten::parse(text)
        .map_err(|finding| vec![finding])
        .and_then(|written| written.resolve(&SAMPLE, matter, clock));
    let findings = found.err().unwrap_or_default();
    let lines: Vec<String> = findings
        .iter()
        .map(|it| {
            let hint = it.hint.as_ref().map(|hint| format!(" | {hint}")).unwrap_or_default();
            let message = it.message.lines().next().unwrap_or_default();
            format!("{} {} {message}{hint}", it.code, it.place)
        })
        .collect();
    assert_eq!(lines, expected);
}

#[test]
fn tells_everything_at_once() {
    check(
        r#"
            as_of = "04.09.2026"
            unavailable = ["resident-rol"]
            skip = ["water-tset", "stall-permit"]
            given = ["stall-scetch", "helper-photo", "stall-sketch~h1"]
            declined = ["stall.plaice"]
            [groups]
            helper = ["h1", "h2"]
            helpers = ["h1"]
            [answers]
            "owner.name" = "　"
            "owner.phone" = "82345"
            "stall.tables" = "many"
            "helper.name" = "Bo"
            "helper.name~h3" = "Bo"
            "stall.place~h1" = "market"
            "stall.price" = 3
        "#,
        &[
            "ANS0026 as_of `as_of` is not a date: `04.09.2026` | write `2026-11-23` or `2026-11-23T10:00`",
            "ANS0025 unavailable[0] no source is called `resident-rol` | did you mean `resident-roll`?",
            "ANS0023 groups.helpers group `helpers` is not defined | did you mean `helper`?",
            "ANS0022 answers.\"helper.name\" `helper.name` needs a member of `helper` | e.g. `helper.name~h1`",
            "ANS0022 answers.\"helper.name~h3\" `helper.name~h3` names no member of `helper` | did you mean `h1`?",
            "ANS0001 answers.\"owner.name\" nothing was entered",
            "ANS0013 answers.\"owner.phone\" not a telephone number: a mobile number, a fixed line with its area code, or + and the country code",
            "ANS0022 answers.\"stall.place~h1\" `stall.place~h1` is not repeated: leave out `~…`",
            "ANS0021 answers.\"stall.price\" no data element is called `stall.price` | did you mean `stall.place`?",
            "ANS0004 answers.\"stall.tables\" not a number",
            "ANS0021 declined: stall.plaice no data element is called `stall.plaice` | did you mean `stall.place`?",
            "ANS0024 skip[0] service `water-tset` is no part of this matter | did you mean `water-test`?",
            "ANS0024 skip[1] service `stall-permit` cannot be left out: it is required",
            "ANS0027 given[0] no evidence type is called `stall-scetch` | did you mean `stall-sketch`?",
            "ANS0022 given[1] `helper-photo` needs a member of `helper` | e.g. `helper-photo~h1`",
            "ANS0022 given[2] `stall-sketch~h1` is not repeated: leave out `~…`",
        ],
    );
}

#[test]
fn groups_have_their_limits() {
    check(
        "[groups]\nhelper = []",
        &["ANS0023 groups.helper group `helper` has 0 members; it may have 1 to 4"],
    );
    check(
        "[groups]\nhelper = [\"a\", \"a\"]",
        &["ANS0023 groups.helper group `helper` names a member twice"],
    );
    check(
        "[groups]\nhelper = [\"a~b\"]",
        &[
            "ANS0023 groups.helper group `helper` has a member whose id is not made of letters, digits, `-` and `_`",
        ],
    );
    check(
        "[answers]\n\"helper.name~h1\" = \"Bo\"",
        &[
            "ANS0022 answers.\"helper.name~h1\" `helper.name~h1` belongs to `helper`, whose members are not listed | add `helper = [\"h1\"]` under `[groups]`",
        ],
    );
}

#[test]
fn a_file_that_cannot_be_read_says_where() {
    check(
        "answer = {}",
        &["ANS0020  the file cannot be read: TOML parse error at line 1, column 1"],
    );
    check(
        "[answers]\n\"stall.tables\" = 2.5",
        &["ANS0020  the file cannot be read: TOML parse error at line 2, column 18"],
    );
    check(
        "{ \"as_of\": 3 }",
        &[
            "ANS0020  the file cannot be read: invalid type: integer `3`, expected a string at line 1 column 12",
        ],
    );
    check(
        "as_of = \"2026-09-04\"\nnow = \"2026-09-05T10:00\"",
        &[
            "ANS0026 now `now` lies on 2026-09-05, `as_of` on 2026-09-04 | write `2026-11-23` or `2026-11-23T10:00`",
        ],
    );
}

#[test]
fn toml_and_json_say_the_same() {
    let matter = SAMPLE.matter("open-a-tea-stall").unwrap();
    let toml = r#"
        now = "2026-09-04T10:30"
        declined = ["stall.note"]
        [groups]
        helper = ["h1"]
        [answers]
        "owner.resident" = true
        "owner.company_code" = "null:"
        "stall.opens_on" = 2026-10-01
        "stall.tables" = 3
        "owner.name" = "Mei"
    "#;
    let json = r#"{
        "now": "2026-09-04T10:30",
        "declined": ["stall.note"],
        "groups": { "helper": ["h1"] },
        "answers": {
            "owner.resident": true, "owner.company_code": null,
            "stall.opens_on": "2026年10月1日", "stall.tables": "3", "owner.name": "Mei"
        }
    }"#;
    let [first, second] = [toml, json]
        .map(|text| AnswersAsWritten::parse(text).unwrap().resolve(&SAMPLE, matter, None).unwrap());
    assert_eq!(first.facts, second.facts);
    assert_eq!(first.now, second.now);
    assert_eq!(first.now.to_string(), "2026-09-04T02:30:00Z");
    let facts = first.facts;
    assert_eq!(facts.value(&Slot::single("owner.company_code")), Some(&Value::Null));
    assert!(facts.is_declined(&Slot::single("stall.note")));
    let told = facts.get(&Slot::single("owner.name")).unwrap();
    assert!(matches!(told.origin, Origin::Source { .. }), "the roll knows residents");
    let tables = facts.get(&Slot::single("stall.tables")).unwrap();
    assert_eq!(tables.origin, Origin::Applicant);
}
