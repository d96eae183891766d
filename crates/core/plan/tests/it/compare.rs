//! The same people under two catalogues.

use plan::compare::{Compared, Outcome, Person, compare_all, people};
use plan::scenario;

use crate::support::{SAMPLE, changed_sample};

const TEA_STALL: &str = include_str!("../../../../../definitions/sample/scenarios/tea-stall.toml");

fn everybody() -> Vec<Person> {
    people(&[], &scenario::parse(TEA_STALL).unwrap())
}

fn told(compared: &[Compared]) -> Vec<String> {
    let line = |one: &Compared| match &one.outcome {
        Outcome::Differs(diff) => format!(
            "materials {}→{} days {}→{} visits {}→{} more {}",
            diff.materials.before,
            diff.materials.after,
            diff.days.before,
            diff.days.after,
            diff.visits.before,
            diff.visits.after,
            diff.asks_more(),
        ),
        other => format!("{other:?}"),
    };
    compared.iter().map(line).collect()
}

#[test]
fn nothing_differs_from_itself() {
    let compared = compare_all(&SAMPLE, &SAMPLE, &everybody());
    assert!(compared.len() >= 4);
    assert!(compared.iter().all(|it| it.outcome == Outcome::Same), "{:#?}", told(&compared));
}

#[test]
fn it_is_told_for_whom_what_changes() {
    let after = changed_sample(&[(
        r#"ways = ["source", "upload"], reason = { en = "To know who you are""#,
        r#"ways = ["upload"], reason = { en = "To know who you are""#,
    )]);
    let compared = compare_all(&SAMPLE, &after, &everybody());
    let lines = told(&compared);
    assert!(
        lines[0].starts_with("materials 0→1 ") && lines[0].ends_with("more true"),
        "{lines:#?}"
    );
    let unmoved = compared.iter().filter(|it| it.outcome == Outcome::Same).count();
    assert!(unmoved > 0, "who brought it before brings it now: {lines:#?}");
    let back = compare_all(&after, &SAMPLE, &everybody());
    assert!(back.iter().all(|it| !it.outcome.asks_more()), "{:#?}", told(&back));
}

/// A matter that one side does not know is told as such, and an answer that it does not know is left out.
#[test]
fn what_one_side_does_not_know_is_told() {
    let mut people = everybody();
    people.truncate(1);
    people[0].answers.answers.insert(
        "owner.shoe_size".to_owned(),
        plan::answers::AnswerAsWritten::Text("42".to_owned()),
    );
    assert_eq!(compare_all(&SAMPLE, &SAMPLE, &people)[0].outcome, Outcome::Same);
    people[0].matter = "open-a-bank".to_owned();
    let outcome = &compare_all(&SAMPLE, &SAMPLE, &people)[0].outcome;
    assert!(
        matches!(outcome, Outcome::Neither { why } if why == "no matter `open-a-bank`"),
        "{outcome:?}"
    );
}
