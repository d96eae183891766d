//! What holds for every text and every state of knowledge.

use proptest::prelude::*;
use vocabulary::{Facts, GroupId, Slot, Value};

use super::compiled;
use super::world::{AS_OF, World, elements};
use crate::{Condition, Truth, Type};

/// Conditions over the elements of the test world, written down.
fn conditions() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("mother.married".to_owned()),
        Just("mother.insured".to_owned()),
        Just("mother.married = null".to_owned()),
        Just("mother.residence in (\"local\", \"hong-kong\")".to_owned()),
        Just("mother.residence = mother.kin".to_owned()),
        Just("mother.wedding_date + duration(\"P1Y\") <= today()".to_owned()),
        Just("count(child) > 1".to_owned()),
        Just("x.alive".to_owned()),
        Just("x.sex != \"male\"".to_owned()),
        Just("some y in shareholder satisfies y.local and x.alive".to_owned()),
        (-3i64..3, prop::sample::select(vec!["=", "!=", "<", "<=", ">", ">="])).prop_map(
            |(number, operator)| format!("mother.age {operator} mother.income + {number}")
        ),
        (-3i64..0, 0i64..3).prop_map(|(low, high)| format!("mother.age in [{low}..{high})")),
        Just("mother.age / mother.income > 1".to_owned()),
        Just("mother.age = (if mother.married then mother.income else null)".to_owned()),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) and ({b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) or ({b})")),
            inner.clone().prop_map(|a| format!("not({a})")),
            inner.clone().prop_map(|a| format!("(every x in child satisfies {a})")),
            inner.clone().prop_map(|a| format!("(some x in child satisfies {a})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) = ({b})")),
            (inner.clone(), inner.clone(), inner)
                .prop_map(|(a, b, c)| format!("(if {a} then {b} else {c})")),
        ]
    })
    .prop_map(|body| format!("some x in child satisfies ({body})"))
    // Three quantifiers inside each other are the most.
    .prop_filter("too many quantifiers", |text| Condition::compile(text, &World, None).is_ok())
}

fn value(ty: Type) -> BoxedStrategy<Value> {
    let known = match ty {
        Type::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
        Type::Number => (-3i64..4).prop_map(|number| Value::Number(number.into())).boxed(),
        Type::Choice(options) => {
            prop::sample::select(options.to_vec()).prop_map(Value::Text).boxed()
        }
        Type::Date => (2024i16..2028)
            .prop_map(|year| Value::Date(vocabulary::Date::constant(year, 3, 2)))
            .boxed(),
        _ => Just(Value::text("text")).boxed(),
    };
    prop_oneof![4 => known, 1 => Just(Value::Null)].boxed()
}

/// All slots with a value each, and up to two members per group.
fn complete() -> impl Strategy<Value = Facts> {
    let slots: Vec<(Slot, Type)> = elements()
        .into_iter()
        .flat_map(|(id, _, ty, group)| match group {
            None => vec![(Slot::single(id), ty)],
            Some(_) => vec![(Slot::of(id, "m0"), ty.clone()), (Slot::of(id, "m1"), ty)],
        })
        .collect();
    let values: Vec<_> = slots.iter().map(|(_, ty)| value(ty.clone())).collect();
    (values, 0usize..3, 0usize..3).prop_map(move |(values, children, shareholders)| {
        let mut facts = Facts::new();
        for ((slot, _), value) in slots.iter().zip(values) {
            facts.answer(slot.clone(), value);
        }
        for (group, count) in [("child", children), ("shareholder", shareholders)] {
            let members = ["m0", "m1"].into_iter().take(count).map(Into::into).collect();
            facts.set_members(group.into(), members);
        }
        facts
    })
}

/// `facts` with only some of its slots and groups.
fn part_of(facts: &Facts, keep: &[bool]) -> Facts {
    let mut part = Facts::new();
    let mut keep = keep.iter().cycle();
    for (slot, fact) in facts.iter() {
        if *keep.next().unwrap() {
            part.set(slot.clone(), fact.clone());
        }
    }
    for (group, members) in facts.groups() {
        if *keep.next().unwrap() {
            part.set_members(group.clone(), members.to_vec());
        }
    }
    part
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_give_findings_or_a_condition(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let text = String::from_utf8_lossy(&bytes);
        if let Err(findings) = Condition::compile(&text, &World, None) {
            prop_assert!(!findings.is_empty());
            for finding in findings {
                prop_assert!(text.get(finding.span.start..finding.span.end).is_some());
            }
        }
    }

    /// Words of the language in any order reach the parser and the checker.
    #[test]
    fn any_words_give_findings_or_a_condition(words in prop::collection::vec(prop::sample::select(vec![
        "and", "or", "not", "in", "between", "if", "then", "else", "some", "every", "satisfies", "true",
        "null", "x", "x.alive", "child", "count", "date", "duration", "today", "(", ")", "[", "]", ",",
        "..", "=", "<", "+", "-", "/", "1", "\"local\"", "\"2026-01-01\"", "mother.age", "户籍地", "“", "`", "＝",
    ]), 0..30), scoped in any::<bool>()) {
        let text = words.join(" ");
        let group = GroupId::new("child");
        if let Err(findings) = Condition::compile(&text, &World, scoped.then_some(&group)) {
            prop_assert!(!findings.is_empty());
            for finding in findings {
                prop_assert!(text.get(finding.span.start..finding.span.end).is_some());
            }
        }
    }

    /// What is known never turns when more becomes known, and everything is decided in the end.
    #[test]
    fn results_never_turn(source in conditions(), all in complete(), keep in prop::collection::vec(any::<bool>(), 40)) {
        let condition = compiled(&source);
        let part = part_of(&all, &keep);
        let early = condition.evaluate(&part, None, AS_OF);
        let late = condition.evaluate(&all, None, AS_OF);
        prop_assert_ne!(late, Truth::Unknown);
        if early != Truth::Unknown {
            prop_assert_eq!(early, late);
        }
    }

    #[test]
    fn something_is_undecided_while_the_result_is(source in conditions(), all in complete(), keep in prop::collection::vec(any::<bool>(), 40)) {
        let condition = compiled(&source);
        let part = part_of(&all, &keep);
        let unknown = condition.evaluate(&part, None, AS_OF) == Truth::Unknown;
        let undecided = condition.undecided_on(&part, None, AS_OF);
        prop_assert_eq!(unknown, !undecided.is_empty());
        prop_assert!(undecided.is_subset(condition.reads()));
    }

    /// Whoever knows only what an explanation names gets the same result.
    #[test]
    fn explanations_suffice(source in conditions(), all in complete(), keep in prop::collection::vec(any::<bool>(), 40)) {
        let condition = compiled(&source);
        let part = part_of(&all, &keep);
        let explanation = condition.explain(&part, None, AS_OF);
        prop_assert_eq!(explanation.truth, condition.evaluate(&part, None, AS_OF));
        let mut named = Facts::new();
        for because in &explanation.because {
            for (slot, value) in &because.read {
                if let Some(value) = value {
                    named.answer(slot.clone(), value.clone());
                }
            }
            for group in &because.groups {
                if let Some(members) = part.members(group) {
                    named.set_members(group.clone(), members.to_vec());
                }
            }
        }
        prop_assert_eq!(condition.evaluate(&named, None, AS_OF), explanation.truth);
    }

    /// A condition and its parts, joined by hand.
    #[test]
    fn laws_of_kleene(a in conditions(), b in conditions(), all in complete(), keep in prop::collection::vec(any::<bool>(), 40)) {
        let part = part_of(&all, &keep);
        let truth = |source: &str| compiled(source).evaluate(&part, None, AS_OF);
        let (left, right) = (truth(&a), truth(&b));
        prop_assert_eq!(truth(&format!("({a}) and ({b})")), left.and(right));
        prop_assert_eq!(truth(&format!("({b}) or ({a})")), left.or(right));
        prop_assert_eq!(truth(&format!("not(({a}) and ({b}))")), truth(&format!("not({a}) or not({b})")));
        prop_assert_eq!(truth(&format!("not(not({a}))")), left);
        prop_assert_eq!(left.and(right), right.and(left));
        prop_assert_eq!(left.or(left.and(right)), left);
    }
}
