//! What holds for every text and every state of knowledge.

use std::collections::BTreeSet;

use proptest::prelude::*;
use vocabulary::{Facts, GroupId, Slot, Value};

use super::compiled;
use super::world::{AS_OF, World, elements};
use crate::{Condition, Explanation, Read, Truth, Type};

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

/// Conditions over few slots, so that all subsets can be tried.
fn small_conditions() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "mother.married",
        "mother.insured",
        "mother.age > 0",
        "mother.age < mother.income",
        "mother.age in (0, mother.income, 2)",
        "mother.income in [mother.age..2]",
        "mother.age = (if mother.married then mother.income else 1)",
        "sum(mother.age, mother.income) > 1",
        "mother.age + mother.income = null",
        "count(child) > 1",
        "(some x in child satisfies x.alive)",
        "(every x in child satisfies x.alive or mother.married)",
        "count(child[alive]) = 1",
        "list contains(child.sex, \"male\")",
        "(some x in child[alive] satisfies x.sex = \"male\")",
    ])
    .prop_map(str::to_owned);
    leaf.prop_recursive(3, 10, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) and ({b})")),
            (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(a, b, c)| format!("({a}) or ({b}) or ({c})")),
            inner.clone().prop_map(|a| format!("not({a})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) = ({b})")),
            (inner.clone(), inner.clone(), inner)
                .prop_map(|(a, b, c)| format!("(if {a} then {b} else {c})")),
        ]
    })
}

const BOOLS: [&str; 6] = [
    "mother.married",
    "mother.insured",
    "mother.employed",
    "mother.retired",
    "mother.abroad",
    "mother.deceased",
];

/// Every element at most once.
fn read_once() -> impl Strategy<Value = String> {
    let order = Just(BOOLS.to_vec()).prop_shuffle();
    (order, prop::collection::vec(0usize..6, 5)).prop_map(|(slots, how)| {
        let mut parts: Vec<String> = slots.iter().map(|&slot| slot.to_owned()).collect();
        for how in how {
            let (one, other) = (parts.remove(0), parts.remove(0));
            let joined = match how {
                0 | 1 => format!("({one} and {other})"),
                2 | 3 => format!("({one} or {other})"),
                4 => format!("(not({one}) or {other})"),
                _ if parts.is_empty() => format!("not({one} and {other})"),
                _ => format!("(if {one} then {other} else {})", parts.remove(0)),
            };
            parts.push(joined);
            if parts.len() == 1 {
                break;
            }
        }
        parts.join(" and ")
    })
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Answer {
    Slot(Slot),
    Group(GroupId),
}

fn answers(facts: &Facts) -> BTreeSet<Answer> {
    let slots = facts.iter().map(|(slot, _)| Answer::Slot(slot.clone()));
    slots.chain(facts.groups().map(|(group, _)| Answer::Group(group.clone()))).collect()
}

/// What the condition may read of the facts.
fn answers_of(condition: &Condition, facts: &Facts) -> Facts {
    let read = |answer: &Answer| match answer {
        Answer::Slot(slot) => condition.reads().contains(&Read::Element(slot.element.clone())),
        Answer::Group(group) => condition.reads().contains(&Read::Group(group.clone())),
    };
    only(facts, &answers(facts).into_iter().filter(read).collect())
}

fn only(facts: &Facts, answers: &BTreeSet<Answer>) -> Facts {
    let mut part = Facts::new();
    for answer in answers {
        match answer {
            Answer::Slot(slot) => part.set(slot.clone(), facts.get(slot).unwrap().clone()),
            Answer::Group(group) => {
                part.set_members(group.clone(), facts.members(group).unwrap().to_vec());
            }
        }
    }
    part
}

fn named(explanation: &Explanation) -> BTreeSet<Answer> {
    let mut named = BTreeSet::new();
    for because in &explanation.because {
        named.extend(because.read.iter().map(|(slot, _)| Answer::Slot(slot.clone())));
        named.extend(because.groups.iter().map(|group| Answer::Group(group.clone())));
    }
    named
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

    /// Any text at all, long and deep: findings, soon, that stay few.
    #[test]
    fn any_text_gives_findings_or_a_condition(
        text in "\\PC{0,60}",
        open in prop::sample::select(vec!["(", "[", "not(", "-", "if ", "child[", "sum(", "1**", "x in (", "`", "\"", "（", "some x in child["]),
        times in prop::sample::select(vec![1usize, 63, 64, 65, 1_000, 100_000]),
        behind in any::<bool>(),
    ) {
        let deep = open.repeat(times);
        let source = if behind { format!("{text}{deep}") } else { format!("{deep}{text}") };
        if let Err(findings) = Condition::compile(&source, &World, None) {
            prop_assert!(!findings.is_empty() && findings.len() <= 100);
            for finding in findings {
                prop_assert!(source.get(finding.span.start..finding.span.end).is_some());
                prop_assert!(finding.message.len() < 40_000);
            }
        }
    }

    /// Words of the language in any order reach the parser and the checker.
    #[test]
    fn any_words_give_findings_or_a_condition(words in prop::collection::vec(prop::sample::select(vec![
        "and", "or", "not", "in", "between", "if", "then", "else", "some", "every", "satisfies", "true",
        "null", "x", "x.alive", "child", "count", "date", "duration", "today", "(", ")", "[", "]", ",",
        "..", "=", "<", "+", "-", "/", "**", ".", "1", "child[", "].", ".year", "sum", "list contains(", "working days", "matches", "item", "\"local\"", "\"2026-01-01\"", "mother.age", "户籍地", "“", "`", "＝",
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

    /// Whoever knows only what an explanation names gets the same result, and no smaller set would do.
    #[test]
    fn explanations_are_smallest(source in small_conditions(), all in complete(), keep in prop::collection::vec(any::<bool>(), 40)) {
        let condition = compiled(&source);
        let part = answers_of(&condition, &part_of(&all, &keep));
        let explanation = condition.explain(&part, None, AS_OF);
        prop_assert!(explanation.smallest);
        let answers = answers(&part);
        let named = named(&explanation);
        if explanation.truth == Truth::Unknown {
            // Named is what is unknown; something is, and nothing of it is known.
            prop_assert!(!named.is_empty());
            prop_assert!(named.is_disjoint(&answers));
            return Ok(());
        }
        prop_assert!(named.is_subset(&answers));
        prop_assert_eq!(condition.evaluate(&only(&part, &named), None, AS_OF), explanation.truth);
        let answers: Vec<&Answer> = answers.iter().collect();
        for chosen in 0u32..1 << answers.len() {
            if chosen.count_ones() as usize >= named.len() {
                continue;
            }
            let few: BTreeSet<Answer> = (0..answers.len())
                .filter(|at| chosen & (1 << at) != 0)
                .map(|at| answers[at].clone())
                .collect();
            let truth = condition.evaluate(&only(&part, &few), None, AS_OF);
            prop_assert_eq!(truth, Truth::Unknown, "{:?} would do instead of {:?}", few, named);
        }
    }

    /// Conditions that read nothing twice: what an explanation of something unknown names can decide it, and
    /// nothing smaller can.
    #[test]
    fn undecided_explanations_are_smallest(source in read_once(), given in prop::collection::vec(prop::option::of(any::<bool>()), 6)) {
        let condition = compiled(&source);
        let mut facts = Facts::new();
        for (slot, value) in BOOLS.iter().zip(&given) {
            if let Some(value) = value {
                facts.answer(Slot::single(*slot), Value::Bool(*value));
            }
        }
        let explanation = condition.explain(&facts, None, AS_OF);
        if explanation.truth == Truth::Unknown {
            prop_assert!(explanation.smallest);
            let unknown: Vec<&str> = BOOLS.iter().zip(&given).filter(|(_, value)| value.is_none()).map(|(slot, _)| *slot).collect();
            let can_decide = |chosen: u32| (0u32..1 << unknown.len()).any(|values| {
                let mut facts = facts.clone();
                for (at, slot) in unknown.iter().enumerate().filter(|(at, _)| chosen & (1 << at) != 0) {
                    facts.answer(Slot::single(*slot), Value::Bool(values & (1 << at) != 0));
                }
                condition.evaluate(&facts, None, AS_OF) != Truth::Unknown
            });
            let smallest = (0u32..1 << unknown.len()).filter(|chosen| can_decide(*chosen)).map(u32::count_ones).min();
            let named = named(&explanation);
            prop_assert_eq!(smallest, Some(named.len() as u32), "{:?}", named);
            let chosen = unknown.iter().enumerate().filter(|(_, slot)| named.contains(&Answer::Slot(Slot::single(**slot))));
            prop_assert!(can_decide(chosen.map(|(at, _)| 1 << at).sum()));
        }
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
