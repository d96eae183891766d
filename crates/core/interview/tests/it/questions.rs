//! What is asked, in which order, and what is not.

use interview::{Asking, Turn, answered, next};
use vocabulary::{Fact, Facts, Origin, Slot, Value};

use crate::support::{SAMPLE, changed_sample, give, matter, name, today};

/// The funnel: answers by question; the interview as it goes, each question with how many are left at most.
#[track_caller]
fn check(facts: Facts, down: &[&str], answers: &[(&str, &str)], expected: &str) -> Facts {
    let mut facts = facts;
    let mut asked = Vec::new();
    loop {
        let reachable = |source: &vocabulary::SourceId| !down.contains(&source.as_str());
        match next(&SAMPLE, matter(), &facts, &reachable, today()) {
            Turn::Enough => break,
            Turn::Ask(asking) => {
                let name = name(asking.question, asking.member.as_ref());
                asked.push(format!("{name} {}", asking.left_at_most));
                let answer = answers.iter().find(|(question, _)| *question == name);
                let (_, text) = answer.unwrap_or_else(|| panic!("no answer to {name}: {asked:?}"));
                give(&mut facts, &asking, text);
            }
        }
    }
    assert_eq!(asked.join(", "), expected);
    facts
}

const RESIDENT: &[(&str, &str)] = &[
    ("resident", "yes"),
    ("place", "market"),
    ("tables", "2"),
    ("helpers", "1"),
    ("pours~h1", "yes"),
    ("helper-age~h1", "1999-01-01"),
    ("water", "no"),
];

#[test]
fn asks_in_the_authors_order_and_never_what_a_source_tells() {
    check(
        Facts::new(),
        &[],
        RESIDENT,
        "resident 12, place 11, tables 10, helpers 9, pours~h1 2, helper-age~h1 1",
    );
}

#[test]
fn a_source_that_cannot_be_reached_is_replaced_by_the_person() {
    check(
        Facts::new(),
        &["water-archive"],
        RESIDENT,
        "resident 13, place 12, tables 11, helpers 10, pours~h1 3, helper-age~h1 2, water 1",
    );
}

#[test]
fn a_source_that_did_not_deliver_is_replaced_by_the_person() {
    let mut facts = Facts::new();
    facts.mark_unavailable(Slot::single("water.tested"), "water-archive".into());
    check(
        facts,
        &[],
        RESIDENT,
        "resident 13, place 12, tables 11, helpers 10, pours~h1 3, helper-age~h1 2, water 1",
    );
}

#[test]
fn what_is_known_is_not_asked() {
    let mut facts = Facts::new();
    let origin = Origin::Source {
        source: "resident-roll".into(),
        at: "2026-09-04T01:00:00Z".parse().unwrap(),
    };
    facts.set(Slot::single("owner.resident"), Fact { value: Value::Bool(true), origin });
    let facts =
        check(facts, &[], RESIDENT, "place 11, tables 10, helpers 9, pours~h1 2, helper-age~h1 1");
    let answers = answered(&SAMPLE, matter(), &facts, today());
    assert!(
        answers.iter().all(|answer| answer.question.id.as_str() != "resident"),
        "told by a source"
    );
}

#[test]
fn what_decides_nothing_any_more_is_not_asked() {
    // A helper who does not pour gets no card, so nobody asks for the age.
    let answers = [
        ("resident", "yes"),
        ("place", "riverside"),
        ("tables", "3"),
        ("helpers", "2"),
        ("pours~h1", "no"),
        ("pours~h2", "yes"),
        ("helper-age~h2", "2010-05-05"),
    ];
    check(
        Facts::new(),
        &[],
        &answers,
        "resident 12, place 11, tables 10, helpers 9, pours~h1 4, pours~h2 2, helper-age~h2 1",
    );
}

#[test]
fn who_does_not_know_is_not_asked_again() {
    let answers: Vec<_> = RESIDENT.iter().map(|(question, _)| (*question, "?")).collect();
    check(
        Facts::new(),
        &["water-archive"],
        &answers,
        "resident 13, place 12, tables 11, helpers 10, water 9",
    );
}

#[test]
fn says_for_whose_sake_it_asks() {
    // The water test asks only residents for their ward; it matters until the water is known to be tested.
    let catalogue = changed_sample(
        r#"{ element = "stall.area_code" }, { element = "owner.phone" }"#,
        r#"{ element = "stall.area_code", when = 'owner.resident = true' }, { element = "owner.phone" }"#,
    );
    let matter = catalogue.matter("open-a-tea-stall").unwrap();
    let mut facts = Facts::new();
    for (tested, expected) in [
        (None, "stall-permit, water-test"),
        (Some(false), "stall-permit, water-test"),
        (Some(true), "stall-permit"),
    ] {
        if let Some(tested) = tested {
            facts.answer(Slot::single("water.tested"), Value::Bool(tested));
        }
        let turn = next(&catalogue, matter, &facts, &|_| true, today());
        let Turn::Ask(Asking { question, matters_to, .. }) = turn else { panic!("{turn:?}") };
        assert_eq!(question.id.as_str(), "resident");
        let services: Vec<_> = matters_to.iter().map(|id| id.as_str()).collect();
        assert_eq!(services.join(", "), expected, "water tested: {tested:?}");
    }
}

#[test]
fn answers_closed_by_a_changed_answer_are_kept_but_ignored() {
    let mut facts = check(
        Facts::new(),
        &[],
        RESIDENT,
        "resident 12, place 11, tables 10, helpers 9, pours~h1 2, helper-age~h1 1",
    );
    facts.answer(Slot::of("helper.pours", "h1"), Value::Bool(false));
    let answers = answered(&SAMPLE, matter(), &facts, today());
    let lines: Vec<String> = answers
        .iter()
        .map(|it| format!("{} {}", name(it.question, it.member.as_ref()), it.relevant))
        .collect();
    assert_eq!(
        lines.join(", "),
        "resident true, place true, tables true, helpers true, pours~h1 true, helper-age~h1 false"
    );
    assert!(facts.get(&Slot::of("helper.born_on", "h1")).is_some(), "kept");
}

/// Besides the notice, which reads the place itself, the permit waits for it: its fee hangs on the class that a
/// table finds from place and number of tables.
#[test]
fn what_a_table_reads_is_asked_while_it_can_change_something() {
    let promise = "type = \"quiet-promise\", ";
    let catalogue =
        changed_sample(&format!("{promise}when = 'stall.place = \"riverside\"', "), promise);
    let matter = catalogue.matter("open-a-tea-stall").unwrap();
    for (tables, waiting) in [
        (5, &["stall-permit", "opening-notice"][..]),
        (7, &["opening-notice"]),
        (2, &["opening-notice"]),
    ] {
        let mut facts = Facts::new();
        facts.answer(Slot::single("stall.tables"), Value::Number(tables.into()));
        let asked = interview::open(&catalogue, matter, &facts, &|_| true, today());
        let place = asked.iter().find(|it| it.question.id.as_str() == "place").unwrap();
        let services: Vec<&str> = place.matters_to.iter().map(|it| it.as_str()).collect();
        assert_eq!(services, waiting, "{tables} tables");
    }
}
