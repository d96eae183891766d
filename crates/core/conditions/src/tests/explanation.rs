//! Why a result is as it is, and what is still missing.

use std::fmt::Write as _;

use super::compiled;
use super::world::{AS_OF, facts};
use crate::expression::{Expression, Part, Term, Test};
use crate::{Condition, Read};

/// `truth: clause [slot=value …] {group …}; …`
fn explained(source: &str, known: &str) -> String {
    let explanation = compiled(source).explain(&facts(known), None, AS_OF);
    let mut out = format!("{:?}", explanation.truth);
    for because in &explanation.because {
        assert_eq!(source.get(because.span.start..because.span.end), Some(&*because.clause));
        write!(out, " · {} {:?}", because.clause, because.truth).unwrap();
        for (slot, value) in &because.read {
            let value = value.as_ref().map_or_else(|| "?".to_owned(), ToString::to_string);
            write!(out, " {slot}={value}").unwrap();
        }
        for group in &because.groups {
            write!(out, " {{{group}}}").unwrap();
        }
    }
    out
}

#[test]
fn explanations_hold_what_decided() {
    let rows = [
        ("true", "", "True"),
        (
            "mother.married and mother.age > 20",
            "mother.married=true; mother.age=20",
            "False · mother.age > 20 False mother.age=20",
        ),
        (
            "mother.married and mother.age > 20",
            "mother.married=true; mother.age=21",
            "True · mother.married True mother.married=true · mother.age > 20 True mother.age=21",
        ),
        (
            "mother.married and mother.age > 20",
            "mother.married=true",
            "Unknown · mother.age > 20 Unknown mother.age=?",
        ),
        (
            "(mother.age > 20 and mother.insured) or mother.married",
            "mother.married=true; mother.age=21; mother.insured=true",
            "True · mother.married True mother.married=true",
        ),
        (
            "not((mother.age in [1..5]))",
            "mother.age=3",
            "False · mother.age in [1..5] True mother.age=3",
        ),
        (
            "mother.age > (if mother.married then mother.income else 3)",
            "mother.age=5; mother.married=false; mother.income=9",
            "True · mother.age > (if mother.married then mother.income else 3) True mother.age=5 mother.married=false",
        ),
        (
            "if mother.married then mother.age > 3 else mother.insured",
            "mother.age=4; mother.insured=true",
            "True · mother.age > 3 True mother.age=4 · mother.insured True mother.insured=true",
        ),
        (
            "if mother.married then mother.age > 3 else mother.insured",
            "mother.age=3",
            "Unknown · mother.married Unknown mother.married=?",
        ),
        ("count(child) > 1", "child=a,b", "True · count(child) > 1 True {child}"),
        (
            "some x in child satisfies x.alive and x.sex = \"male\"",
            "child=a,b; child.alive~b=true; child.sex~b=male; child.alive~a=true; child.sex~a=female",
            "True · x.alive True child.alive~b=true {child} · x.sex = \"male\" True child.sex~b=male {child}",
        ),
        (
            "every x in child satisfies x.alive",
            "child=",
            "True · every x in child satisfies x.alive True {child}",
        ),
        (
            "every x in child satisfies x.alive",
            "",
            "Unknown · every x in child satisfies x.alive Unknown {child}",
        ),
        (
            "some x in child satisfies x.alive and mother.married",
            "mother.married=false",
            "False · mother.married False mother.married=false",
        ),
    ];
    for (source, known, expected) in rows {
        assert_eq!(explained(source, known), expected, "{source}");
    }
}

#[test]
fn undecided_is_what_can_still_matter() {
    let rows = [
        ("mother.married and mother.insured", "mother.married=false", ""),
        ("mother.married and mother.insured", "mother.married=true", "mother.insured"),
        ("mother.married and mother.insured", "", "mother.insured mother.married"),
        ("mother.married or mother.age > 3", "mother.age=2", "mother.married"),
        ("not(mother.married) and mother.age > 3", "mother.age=4", "mother.married"),
        ("mother.age + mother.income > 3", "mother.age=4", "mother.income"),
        (
            "(if mother.married then mother.insured else mother.age > 3)",
            "mother.married=true",
            "mother.insured",
        ),
        (
            "if mother.married then mother.insured else mother.age > 3",
            "mother.age=4",
            "mother.insured mother.married",
        ),
        ("count(child) > 1 and mother.married", "", "mother.married #child"),
        ("some x in child satisfies x.alive", "", "child.alive #child"),
        ("some x in child satisfies x.alive", "child=a", "child.alive"),
        ("some x in child satisfies mother.married", "mother.married=true", "#child"),
        ("some x in child satisfies mother.married", "mother.married=false", ""),
        ("mother.age * mother.age > 1", "mother.age=79228162514264337593543950335", ""),
    ];
    for (source, known, expected) in rows {
        let reads = compiled(source).undecided_on(&facts(known), None, AS_OF);
        let shown: Vec<_> = reads.iter().map(shown).collect();
        assert_eq!(shown.join(" "), expected, "{source} | {known}");
    }
}

fn shown(read: &Read) -> String {
    match read {
        Read::Element(element) => element.to_string(),
        Read::Group(group) => format!("#{group}"),
    }
}

#[test]
fn reads_are_everything_that_may_be_read() {
    let condition = compiled(
        "if count(child) > 1 then mother.age > 1 else some x in shareholder satisfies x.local",
    );
    let shown: Vec<_> = condition.reads().iter().map(shown).collect();
    assert_eq!(shown.join(" "), "mother.age shareholder.local #child #shareholder");
    assert!(Condition::always().reads().is_empty());
}

/// So many ways that not all can be compared: an honest answer, soon.
#[test]
fn too_many_ways_are_said_so() {
    let pairs: Vec<String> = (0..100)
        .map(|n| format!("(mother.age > {n} or mother.income > {n} or mother.father_age > {n})"))
        .collect();
    let all = "mother.age=900; mother.income=900; mother.father_age=900";
    let explanation = compiled(&pairs.join(" and ")).explain(&facts(all), None, AS_OF);
    let named: std::collections::BTreeSet<_> = explanation
        .because
        .iter()
        .flat_map(|because| &because.read)
        .map(|(slot, _)| slot)
        .collect();
    assert_eq!((named.len(), explanation.because.len()), (1, 100));
    assert!(!explanation.smallest);

    // Many members are no difficulty where all are needed, or one.
    let ids: Vec<String> = (0..500).map(|n| format!("m{n}")).collect();
    let alive: Vec<String> = ids.iter().map(|id| format!("child.alive~{id}=true")).collect();
    let known = facts(&format!("child={}; {}", ids.join(","), alive.join("; ")));
    for (source, read) in [
        ("every x in child satisfies x.alive", 500),
        ("some x in child satisfies x.alive", 1),
        ("count(child[alive]) = 500", 500),
    ] {
        let explanation = compiled(source).explain(&known, None, AS_OF);
        let reads: usize = explanation.because.iter().map(|because| because.read.len()).sum();
        assert_eq!(reads, read, "{source}");
        assert!(!explanation.because.is_empty());
    }
}

/// The rows say why, with what is left out.
#[test]
fn explanations_are_the_smallest() {
    let rows = [
        // Two clauses over one answer are fewer answers than one clause over two.
        (
            "mother.age + mother.income > 3 or (mother.father_age > 1 and mother.father_age < 9)",
            "mother.age=2; mother.income=2; mother.father_age=5",
            "True · mother.father_age > 1 True mother.father_age=5 · mother.father_age < 9 True mother.father_age=5",
        ),
        // An answer that is needed anyway is taken again.
        (
            "(mother.married or mother.insured) and (mother.employed or mother.insured)",
            "mother.married=true; mother.insured=true; mother.employed=true",
            "True · mother.insured True mother.insured=true · mother.insured True mother.insured=true",
        ),
        (
            "mother.age in (mother.income, 3, mother.father_age)",
            "mother.age=3; mother.income=3; mother.father_age=3",
            "True · mother.age in (mother.income, 3, mother.father_age) True mother.age=3",
        ),
        (
            "mother.age < mother.income",
            "mother.age=5; mother.income=null",
            "False · mother.age < mother.income False mother.income=",
        ),
        (
            "sum(child[alive].income) > 3",
            "child=a,b; child.alive~a=false; child.income~a=9; child.alive~b=true; child.income~b=4",
            "True · sum(child[alive].income) > 3 True child.alive~a=false child.alive~b=true child.income~b=4 {child}",
        ),
        (
            "not(mother.married) and (mother.insured or mother.age > 3) and mother.employed",
            "mother.married=false",
            "Unknown · mother.employed Unknown mother.employed=?",
        ),
        (
            "mother.age * mother.age > 1 and mother.married",
            "mother.age=79228162514264337593543950335; mother.married=true",
            "Unknown · mother.age * mother.age > 1 Unknown mother.age=79228162514264337593543950335",
        ),
        (
            "some x in child satisfies x.alive",
            "child=a,b; child.alive~a=false",
            "Unknown · x.alive Unknown child.alive~b=?",
        ),
        (
            "add working days(mother.wedding_date, 5) >= today()",
            "mother.wedding_date=2026-02-23",
            "True · add working days(mother.wedding_date, 5) >= today() True mother.wedding_date=2026-02-23",
        ),
    ];
    for (source, known, expected) in rows {
        assert_eq!(explained(source, known), expected, "{source}");
    }
}

/// Other executions walk the checked expression: constants are folded there and names are resolved.
#[test]
fn expression_can_be_walked() {
    let condition = compiled("年龄 + (1 + 1) > 3 and not(已婚)");
    let Expression::All(parts) = condition.expression() else { panic!("{condition:?}") };
    let Expression::Clause(clause) = &parts[0] else { panic!("{parts:?}") };
    assert_eq!(&*clause.text, "年龄 + (1 + 1) > 3");
    let Test::Compare { left: Term::Arithmetic { right, .. }, .. } = &clause.test else {
        panic!("{clause:?}")
    };
    assert!(matches!(**right, Term::Constant(_)));
    let mut elements = Vec::new();
    condition.expression().walk(&mut |part| {
        if let Part::Element(read) = part {
            elements.push(read.element().to_string());
        }
    });
    assert_eq!(elements, ["mother.age", "mother.married"]);
}
