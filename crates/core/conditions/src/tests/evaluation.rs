//! What conditions come out as: the shared vectors, and what they cannot say.

use jiff::ToSpan as _;
use vocabulary::{Date, GroupId, MemberId};

use super::evaluated;
use super::world::{AS_OF, World, facts, vectors};
use crate::{Condition, Names, Truth, working_days};

#[test]
fn vectors_come_out_as_written() {
    let vectors = vectors();
    assert!(vectors.len() > 200, "{}", vectors.len());
    let mut wrong = Vec::new();
    for vector in vectors {
        let feel_is_sound = vector.feel.is_none_or(|feel| ["T", "F", "null", "-"].contains(&feel));
        if !feel_is_sound || evaluated(vector.source, vector.facts) != vector.truth {
            wrong.push(format!("{vector:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
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

/// Counted by the calendar day by day, and here by weeks.
#[test]
fn working_days_agree_with_the_calendar() {
    let calendar = World.calendar().unwrap();
    let first = Date::constant(2025, 12, 20);
    for length in 0..400 {
        let last = first.checked_add(length.days()).unwrap();
        let counted = i64::from(calendar.working_days_between(first, last));
        assert_eq!(working_days::between(&calendar, first, last), counted, "{last}");
        assert_eq!(working_days::between(&calendar, last, first), -counted, "{last}");
        if counted > 0 {
            let reached = working_days::after(&calendar, first, counted).unwrap();
            assert_eq!(working_days::between(&calendar, first, reached), counted, "{last}");
            assert!(reached <= last && calendar.is_working_day(reached).0);
        }
    }
    let beyond = working_days::after(&calendar, first, 10_001);
    assert_eq!((working_days::after(&calendar, Date::MAX, 1), beyond), (None, None));
}
