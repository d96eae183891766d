//! What conditions come out as.

use vocabulary::{GroupId, MemberId};

use super::{AS_OF, World, evaluated, facts};
use crate::{Condition, Truth};

/// Lines of `condition | facts | T, F or ?`.
#[track_caller]
fn check(table: &str) {
    for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let [source, known, expected] = line.split('|').map(str::trim).collect::<Vec<_>>()[..]
        else {
            panic!("not a row: {line}");
        };
        let expected = match expected {
            "T" => Truth::True,
            "F" => Truth::False,
            _ => Truth::Unknown,
        };
        assert_eq!(evaluated(source, known), expected, "{line}");
    }
}

#[test]
fn comparisons() {
    check(
        "
        true | | T
        mother.married | mother.married=true | T
        mother.married | | ?
        已婚 | mother.married=false | F
        mother.age = 30 | mother.age=30.0 | T
        mother.age != 30 | mother.age=30 | F
        mother.age < 30 | mother.age=30 | F
        mother.age <= 30 | mother.age=30 | T
        mother.age > 29.5 | mother.age=30 | T
        mother.age >= .5 | mother.age=0.5 | T
        mother.residence = \"local\" | mother.residence=local | T
        户籍地 != \"local\" | mother.residence=elsewhere | T
        mother.residence = mother.kin | mother.residence=local; mother.kin=local | T
        mother.name = \"a\\\"b\\\\c\\u4e00\" | mother.name=a\"b\\c一 | T
        mother.wedding_date < date(\"2026-01-01\") | mother.wedding_date=2025-12-31 | T
        mother.married = (mother.age > 20) | mother.married=false; mother.age=20 | T
        (mother.age > 20) = mother.married | mother.married=true | ?
        `家庭 收入` = 1 | mother.income=1 | T
        cafe\u{301} = 1 | mother.income=1 | T
        ",
    );
}

#[test]
fn ranges_and_lists() {
    check(
        "
        mother.age in [18..60] | mother.age=18 | T
        mother.age in [18..60] | mother.age=60 | T
        mother.age in (18..60) | mother.age=18 | F
        mother.age in ]18..60[ | mother.age=60 | F
        mother.age in ]18..60] | mother.age=60 | T
        mother.age in [18..60) | mother.age=60 | F
        mother.age between 18 and 60 and mother.married | mother.age=60; mother.married=true | T
        mother.age between 18 and 60 | mother.age=17 | F
        mother.age in (1, 2, 3) | mother.age=2 | T
        mother.age in (< 18, >= 60) | mother.age=60 | T
        mother.age in (< 18, >= 60) | mother.age=59 | F
        mother.age in ([1..5], 7, ]8..9[) | mother.age=7 | T
        mother.age in ([1..5], 7, ]8..9[) | mother.age=8 | F
        mother.age in > 5 | mother.age=6 | T
        mother.residence in [\"local\", \"hong-kong\"] | mother.residence=hong-kong | T
        mother.residence in (\"local\") | mother.residence=elsewhere | F
        mother.age in (mother.income, 30) | mother.age=30 | T
        mother.age in (mother.income, 31) | mother.age=30 | ?
        mother.age in (null, 3) | mother.age=null | T
        mother.age in [mother.income..10] | mother.age=11 | F
        mother.age in [mother.income..10] | mother.age=9 | ?
        ",
    );
}

#[test]
fn kleene_logic() {
    check(
        "
        mother.married and mother.insured | mother.married=false | F
        mother.married and mother.insured | mother.married=true | ?
        mother.married or mother.insured | mother.married=true | T
        mother.married or mother.insured | mother.married=false | ?
        not(mother.married) | | ?
        not(mother.married) | mother.married=false | T
        mother.married or mother.insured and mother.age > 3 | mother.married=true; mother.age=1 | T
        (mother.married or mother.insured) and mother.age > 3 | mother.married=true; mother.age=1 | F
        if mother.married then mother.insured else mother.age > 3 | mother.married=true; mother.insured=true | T
        if mother.married then mother.insured else mother.age > 3 | mother.married=false; mother.age=1 | F
        if mother.married then mother.insured else mother.age > 3 | mother.insured=true; mother.age=4 | T
        if mother.married then mother.insured else mother.age > 3 | mother.insured=true; mother.age=1 | ?
        mother.age > (if mother.married then 20 else 22) | mother.married=false; mother.age=21 | F
        mother.age > (if mother.married then 20 else 20) | mother.age=21 | T
        mother.age > (if mother.married then 20 else 22) | mother.age=21 | ?
        ",
    );
}

/// Unknown, null and false are three things (semantics 3).
#[test]
fn null_is_known() {
    check(
        "
        null = null | | T
        mother.age = null | mother.age=null | T
        mother.age = null | mother.age=1 | F
        mother.age = null | | ?
        mother.age != null | mother.age=null | F
        mother.age != 1 | mother.age=null | T
        mother.age < 1 | mother.age=null | F
        mother.age >= 1 | mother.age=null | F
        not(mother.age < 1) | mother.age=null | T
        mother.age < mother.income | mother.age=null | F
        mother.age in [1..2] | mother.age=null | F
        mother.married | mother.married=null | F
        not(mother.married) | mother.married=null | T
        mother.married = false | mother.married=null | F
        mother.married = null | mother.married=null | T
        mother.age + 1 = null | mother.age=null | T
        mother.age + 1 > 0 | mother.age=null | F
        1 / mother.age = null | mother.age=0 | T
        mother.wedding_date + duration(\"P1D\") > today() | mother.wedding_date=null | F
        ",
    );
}

#[test]
fn numbers_are_exact() {
    check(
        "
        0.1 + 0.2 = 0.3 | | T
        mother.age * 3 = 0.3 | mother.age=0.1 | T
        10 / 4 = 2.5 | | T
        2 - 3 - 4 = -5 | | T
        2 + 3 * 4 = 14 | | T
        12 / 2 / 3 = 2 | | T
        -mother.age = -(3) | mother.age=3 | T
        mother.age * 0.00000000000001 = 0.0000000000000000000000000002 | mother.age=0.000000000000015 | T
        mother.age * 0.00000000000001 = 0.0000000000000000000000000002 | mother.age=0.000000000000025 | T
        mother.age / 3 = 0.3333333333333333333333333333 | mother.age=1 | T
        mother.age * mother.age > 0 | mother.age=79228162514264337593543950335 | ?
        mother.age * mother.age > 0 or mother.married | mother.age=79228162514264337593543950335; mother.married=true | T
        ",
    );
}

#[test]
fn dates_and_durations() {
    check(
        "
        today() = date(\"2026-03-02\") | | T
        today() - date(\"2026-02-28\") = duration(\"P2D\") | | T
        date(\"2024-02-29\") + duration(\"P1Y\") = date(\"2025-02-28\") | | T
        date(\"2026-01-31\") + duration(\"P1M\") = date(\"2026-02-28\") | | T
        date(\"2026-03-31\") - duration(\"P1Y1M\") = date(\"2025-02-28\") | | T
        duration(\"P1Y6M\") = duration(\"P18M\") | | T
        duration(\"P2W\") + duration(\"P1D\") = duration(\"P15D\") | | T
        duration(\"-P1D\") = -duration(\"P1D\") | | T
        duration(\"P1D\") + today() = date(\"2026-03-03\") | | T
        mother.wedding_date + duration(\"P16Y\") <= today() | mother.wedding_date=2010-03-02 | T
        mother.wedding_date + duration(\"P16Y\") <= today() | mother.wedding_date=2010-03-03 | F
        today() - mother.wedding_date > duration(\"P30D\") | mother.wedding_date=2026-01-30 | T
        mother.wedding_date in [date(\"2026-01-01\")..today()] | mother.wedding_date=2026-03-02 | T
        mother.wedding_date + duration(\"P9000Y\") > today() | mother.wedding_date=2026-03-02 | ?
        ",
    );
}

#[test]
fn groups() {
    check(
        "
        count(child) = 2 | child=a,b | T
        count(孩子) > 0 | child= | F
        count(child) > 0 | | ?
        some x in child satisfies x.sex = \"female\" | child=a,b; child.sex~b=female | T
        some x in child satisfies x.sex = \"female\" | child=a,b; child.sex~b=male | ?
        some x in child satisfies x.sex = \"female\" | child=a; child.sex~a=male | F
        some x in child satisfies x.sex = \"female\" | child= | F
        some x in child satisfies x.sex = \"female\" | | ?
        every x in child satisfies x.sex = \"female\" | child= | T
        every x in child satisfies x.sex = \"female\" | child=a,b; child.sex~a=male | F
        every x in child satisfies x.sex = \"female\" | child=a,b; child.sex~a=female | ?
        every x in child satisfies x.sex = \"female\" | | ?
        every x in 孩子 satisfies x.性别 = \"female\" | child=a; child.sex~a=female | T
        every x in child satisfies x.出生日期 < today() | child=a; child.birth_date~a=2026-03-01 | T
        some child in child satisfies child.alive | child=a; child.alive~a=true | T
        some x in child satisfies x.alive and mother.married | mother.married=false | F
        every x in child satisfies x.alive or mother.married | mother.married=true | T
        some x in child satisfies mother.married | mother.married=true | ?
        some x in child, y in shareholder satisfies x.alive and y.local | child=a; shareholder=s; child.alive~a=true; shareholder.local~s=true | T
        every x in child satisfies some y in child satisfies y.birth_date > x.birth_date | child=a,b; child.birth_date~a=2026-01-01; child.birth_date~b=2026-01-02 | F
        some x in child satisfies every y in child satisfies y.birth_date >= x.birth_date | child=a,b; child.birth_date~a=2026-01-01; child.birth_date~b=2026-01-02 | T
        ",
    );
}

#[test]
fn member_in_scope() {
    let group = GroupId::new("child");
    let condition = Condition::compile("child.sex = \"female\"", &World, Some(&group)).unwrap();
    let facts = facts("child=a,b; child.sex~a=female; child.sex~b=male");
    let of = |member: &str| {
        let member = MemberId::new(member);
        condition.evaluate(&facts, Some((&group, &member)), AS_OF)
    };
    assert_eq!(of("a"), Truth::True);
    assert_eq!(of("b"), Truth::False);
    assert_eq!(of("c"), Truth::Unknown);
    assert_eq!(condition.evaluate(&facts, None, AS_OF), Truth::Unknown);
    let other = GroupId::new("shareholder");
    let member = MemberId::new("a");
    assert_eq!(condition.evaluate(&facts, Some((&other, &member)), AS_OF), Truth::Unknown);
}

/// A value of the wrong type in the store is as good as unknown: never a panic, never invented.
#[test]
fn wrongly_stored_value_is_unknown() {
    let condition = super::compiled("mother.age > 1 or mother.age = 1");
    let mut facts = vocabulary::Facts::new();
    facts.answer(vocabulary::Slot::single("mother.age"), vocabulary::Value::text("many"));
    assert_eq!(condition.evaluate(&facts, None, AS_OF), Truth::Unknown);
    assert_eq!(condition.undecided_on(&facts, None, AS_OF).len(), 1);
}

#[test]
fn always_holds_and_is_known_by_its_text() {
    let nothing = vocabulary::Facts::new();
    assert!(Condition::always().is_always());
    assert!(super::compiled(" true ").is_always());
    assert!(!super::compiled("1 = 1").is_always());
    assert_eq!(Condition::always().evaluate(&nothing, None, AS_OF), Truth::True);
}
