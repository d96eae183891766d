//! Random typed conditions over complete facts without null. What can be null or beyond 28 digits is left
//! out: there the meanings part, and the shared vectors say how. `years and months duration` stands there
//! too: behind a path the engine does not always recognise its name.

use conditions::{Condition, Names as _, Truth, Type};
use jiff::ToSpan as _;
use proptest::prelude::*;
use proptest::sample::select;
use vocabulary::{Date, Decimal, Facts, Slot, Value};
use yijianshi_oracle::{Answer, ask};

use crate::world::{AS_OF, World, elements};

type Text = BoxedStrategy<String>;

/// What may be read where the condition stands: outside, or with a child `x` bound.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Outside,
    WithChild,
    /// In a filter of children.
    InFilter,
}

impl Place {
    fn of_child(self, element: &str) -> Option<String> {
        match self {
            Self::Outside => None,
            Self::WithChild => Some(format!("x.{element}")),
            Self::InFilter => Some(format!("item.{element}")),
        }
    }
}

fn one_of(texts: &[&str], more: Option<String>) -> Text {
    let mut all: Vec<String> = texts.iter().map(|&text| text.to_owned()).collect();
    all.extend(more);
    select(all).boxed()
}

/// A choice of strategies, all alike likely.
fn among(choices: Vec<Text>) -> Text {
    proptest::strategy::Union::new(choices).boxed()
}

fn infix(left: Text, operators: &'static [&'static str], right: Text) -> Text {
    (left, select(operators), right)
        .prop_map(|(left, operator, right)| format!("({left} {operator} {right})"))
        .boxed()
}

fn call(function: &'static [&'static str], arguments: Vec<Text>) -> Text {
    (select(function), arguments)
        .prop_map(|(name, arguments)| format!("{name}({})", arguments.join(", ")))
        .boxed()
}

fn choice(depth: u32, place: Place, of: fn(u32, Place) -> Text) -> Text {
    (truth(depth, place), of(depth, place), of(depth, place))
        .prop_map(|(condition, then, otherwise)| {
            format!("(if {condition} then {then} else {otherwise})")
        })
        .boxed()
}

fn number(depth: u32, place: Place) -> Text {
    let leaf = among(vec![
        one_of(
            &["mother.age", "年龄", "父亲年龄", "mother.income", "count(child)"],
            place.of_child("income"),
        ),
        (-20i32..20).prop_map(|number| number.to_string()).boxed(),
        (-200i32..200).prop_map(|number| Decimal::new(number.into(), 1).to_string()).boxed(),
    ]);
    if depth == 0 {
        return leaf;
    }
    let inner = || number(depth - 1, place);
    let places = || (0i32..4).prop_map(|places| places.to_string()).boxed();
    let mut choices = vec![
        leaf,
        infix(inner(), &["+", "-", "*"], inner()),
        infix(inner(), &["/"], one_of(&["2", "4", "5", "-8", "0.5"], None)),
        infix(
            one_of(&["mother.age", "2", "-3", "0.5"], None),
            &["**"],
            one_of(&["0", "1", "2", "3"], None),
        ),
        inner().prop_map(|number| format!("-({number})")).boxed(),
        call(&["abs", "floor", "ceiling"], vec![inner()]),
        call(
            &[
                "decimal",
                "round half up",
                "round half down",
                "round up",
                "round down",
                "floor",
                "ceiling",
            ],
            // The engine rounds no zero.
            vec![
                (inner(), select(&["abs", "-abs"][..]))
                    .prop_map(|(number, sign)| {
                        let off = if sign == "abs" { "+" } else { "-" };
                        format!("{sign}({number}) {off} 0.35")
                    })
                    .boxed(),
                places(),
            ],
        ),
        call(&["modulo"], vec![inner(), one_of(&["3", "-4", "0.7"], None)]),
        call(&["min", "max", "sum"], vec![inner(), inner(), inner()]),
        call(&["string length"], vec![text(depth - 1, place)]),
        (date(depth - 1, place), select(&["year", "month", "day", "weekday"][..]))
            .prop_map(|(date, part)| format!("({date}).{part}"))
            .boxed(),
        // The engine drops the sign of negative days.
        date(depth - 1, place)
            .prop_map(|date| format!("({date} - date(\"1800-01-01\")).days"))
            .boxed(),
        (months(depth - 1), select(&["years", "months"][..]))
            .prop_map(|(months, part)| format!("({months}).{part}"))
            .boxed(),
        choice(depth - 1, place, number),
    ];
    if place == Place::Outside {
        let filter = || truth(depth - 1, Place::InFilter);
        choices.push(filter().prop_map(|only| format!("count(child[{only}])")).boxed());
        choices.push(
            (filter(), select(&["sum", "min", "max"][..]))
                .prop_map(|(only, how)| {
                    // Of nobody there is no sum.
                    format!("(if count(child[{only}]) > 0 then {how}(child[{only}].income) else 7)")
                })
                .boxed(),
        );
        choices
            .push(Just("(if count(child) > 0 then sum(child.income) else 0)".to_owned()).boxed());
    }
    among(choices)
}

fn text(depth: u32, place: Place) -> Text {
    let leaf = one_of(
        &["mother.name", "mother.residence", "户籍地", "\"河阳市\"", "\"local\"", "\"aB\""],
        place.of_child("sex"),
    );
    if depth == 0 {
        return leaf;
    }
    let inner = || text(depth - 1, place);
    among(vec![
        leaf,
        infix(inner(), &["+"], inner()),
        call(&["upper case", "lower case"], vec![inner()]),
        call(&["substring"], vec![inner(), one_of(&["1", "2", "-1", "-2"], None)]),
        call(&["substring"], vec![inner(), one_of(&["1", "-2"], None), one_of(&["1", "2"], None)]),
        choice(depth - 1, place, text),
    ])
    // Nothing may become shorter than the substrings taken of it.
    .prop_map(
        |text| if text.starts_with("substring") { format!("({text} + \"尾a\")") } else { text },
    )
    .boxed()
}

fn date(depth: u32, place: Place) -> Text {
    let leaf = among(vec![
        one_of(
            &["today()", "mother.wedding_date", "date(\"2024-02-29\")"],
            place.of_child("birth_date"),
        ),
        (1990i32..2040, 1i32..13, 1i32..29)
            .prop_map(|(year, month, day)| format!("date({year}, {month}, {day})"))
            .boxed(),
    ]);
    if depth == 0 {
        return leaf;
    }
    let inner = || date(depth - 1, place);
    among(vec![
        leaf,
        infix(inner(), &["+", "-"], days(depth - 1, place)),
        infix(inner(), &["+", "-"], months(depth - 1)),
        infix(months(depth - 1), &["+"], inner()),
        choice(depth - 1, place, date),
    ])
}

fn days(depth: u32, place: Place) -> Text {
    let leaf = (-400i32..400)
        .prop_map(|days| {
            let sign = if days < 0 { "-" } else { "" };
            format!("duration(\"{sign}P{}D\")", days.abs())
        })
        .boxed();
    if depth == 0 {
        return leaf;
    }
    among(vec![
        leaf,
        infix(date(depth - 1, place), &["-"], date(depth - 1, place)),
        infix(days(depth - 1, place), &["+", "-"], days(depth - 1, place)),
        infix(days(depth - 1, place), &["*"], one_of(&["2", "-3"], None)),
    ])
}

fn months(depth: u32) -> Text {
    let leaf = among(vec![
        (0i32..30).prop_map(|months| format!("duration(\"P{months}M\")")).boxed(),
        one_of(&["duration(\"P1Y6M\")", "duration(\"-P2Y\")"], None),
    ]);
    if depth == 0 {
        return leaf;
    }
    infix(leaf.clone(), &["+", "-"], leaf)
}

const ORDER: &[&str] = &["=", "!=", "<", "<=", ">", ">="];

fn within(of: fn(u32, Place) -> Text, low: &'static str, high: &'static str, place: Place) -> Text {
    (of(1, place), select(&["[", "(", "]"][..]), select(&["]", ")", "["][..]))
        .prop_map(move |(value, opening, closing)| {
            format!("({value} in {opening}{low}..{high}{closing})")
        })
        .boxed()
}

fn truth(depth: u32, place: Place) -> Text {
    let mut leaves = vec![
        one_of(&["mother.married", "已婚", "mother.insured", "true"], place.of_child("alive")),
        one_of(
            &[
                "(mother.residence in (\"local\", \"hong-kong\"))",
                "(户籍地 != \"local\")",
                "list contains([\"local\", \"elsewhere\"], mother.residence)",
                "(mother.age in (1, [5..7], > 9))",
                "(mother.age between -3 and mother.income)",
                "matches(mother.name, \"^[a-z]+$\")",
            ],
            place.of_child("sex").map(|sex| format!("({sex} = \"female\")")),
        ),
    ];
    if place == Place::Outside {
        leaves.push(one_of(
            &[
                "list contains(child.sex, \"male\")",
                "(count(child) = 2)",
                "(mother.married = null)",
            ],
            None,
        ));
    }
    let leaf = among(leaves);
    if depth == 0 {
        return leaf;
    }
    let inner = || truth(depth - 1, place);
    let mut choices = vec![
        leaf,
        infix(number(depth - 1, place), ORDER, number(depth - 1, place)),
        infix(date(depth - 1, place), ORDER, date(depth - 1, place)),
        infix(days(depth - 1, place), ORDER, days(depth - 1, place)),
        // The engine has no `!=` of years and months.
        infix(months(depth - 1), &["=", "<", "<=", ">", ">="], months(depth - 1)),
        infix(text(depth - 1, place), &["=", "!="], text(depth - 1, place)),
        call(
            &["contains", "starts with", "ends with"],
            vec![text(depth - 1, place), text(depth - 1, place)],
        ),
        within(number, "-3", "9.5", place),
        within(date, "date(\"2020-01-01\")", "today()", place),
        infix(inner(), &["and", "or"], inner()),
        infix(inner(), &["and", "or"], inner()),
        infix(inner(), &["="], inner()),
        inner().prop_map(|it| format!("not({it})")).boxed(),
        choice(depth - 1, place, truth),
    ];
    if place == Place::Outside {
        let body = || truth(depth - 1, Place::WithChild);
        choices.push(
            (select(&["some", "every"][..]), body())
                .prop_map(|(which, body)| format!("({which} x in child satisfies {body})"))
                .boxed(),
        );
        choices.push(
            (select(&["some", "every"][..]), truth(depth - 1, Place::InFilter), body())
                .prop_map(|(which, only, body)| {
                    format!("({which} x in 孩子[{only}] satisfies {body})")
                })
                .boxed(),
        );
        choices.push(
            (select(&["some", "every"][..]), body())
                .prop_map(|(which, body)| {
                    format!("({which} x in child, y in shareholder satisfies {body} or y.local)")
                })
                .boxed(),
        );
    }
    among(choices)
}

fn value(ty: Type) -> BoxedStrategy<Value> {
    match ty {
        Type::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
        Type::Number => (-200i64..200)
            .prop_map(|tenths| Value::Number(Decimal::new(tenths, 1).normalize()))
            .boxed(),
        Type::Choice(options) => select(options.to_vec()).prop_map(Value::Text).boxed(),
        Type::Date => (-9000i64..9000)
            .prop_map(|days| Value::Date(AS_OF.checked_add(days.days()).unwrap_or(AS_OF)))
            .boxed(),
        _ => select(&["abc", "河阳市", "aBcD", "Ä公司"][..]).prop_map(Value::text).boxed(),
    }
}

/// A value for every slot; one or two children and shareholders. Of an empty list the engine knows no
/// names, and cannot read what is said of its members: the shared vectors have rows for nobody.
fn facts() -> impl Strategy<Value = Facts> {
    let slots: Vec<(Slot, Type)> = elements()
        .into_iter()
        .filter(|(_, _, ty, _)| !matches!(ty, Type::List(_)))
        .flat_map(|(id, _, ty, group)| match group {
            None => vec![(Slot::single(id), ty)],
            Some(_) => vec![(Slot::of(id, "m0"), ty.clone()), (Slot::of(id, "m1"), ty)],
        })
        .collect();
    let values: Vec<_> = slots.iter().map(|(_, ty)| value(ty.clone())).collect();
    (values, 1usize..3, 1usize..3).prop_map(move |(values, children, shareholders)| {
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

/// What is refused and no disagreement: constants without result, choices that can never be alike.
fn is_refused(source: &str) -> bool {
    match Condition::compile(source, &World, None) {
        Ok(_) => false,
        Err(found) => {
            let known = ["CON0005", "CON0006", "CON0014", "CON0017", "CON0020"];
            assert!(found.iter().all(|it| known.contains(&it.code)), "{source}: {found:?}");
            true
        }
    }
}

/// Facts in the shape of the shared vectors.
fn shown(facts: &Facts) -> String {
    let groups = facts.groups().map(|(group, members)| format!("{group}={}", members.len()));
    let values = facts.iter().map(|(slot, fact)| format!("{slot}={}", fact.value));
    groups.chain(values).collect::<Vec<_>>().join("; ")
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1500,
        failure_persistence: None,
        // The same conditions in every run: a quirk of the engine that nobody met yet stops no other work.
        rng_seed: proptest::test_runner::RngSeed::Fixed(20_260_302),
        max_global_rejects: 20_000,
        ..ProptestConfig::default()
    })]

    #[test]
    fn both_engines_agree(source in truth(3, Place::Outside), facts in facts()) {
        prop_assume!(!is_refused(&source));
        let condition = Condition::compile(&source, &World, None).unwrap();
        let expected = match condition.evaluate(&facts, None, AS_OF) {
            Truth::True => Answer::True,
            Truth::False => Answer::False,
            // Beyond 28 digits, where FEEL keeps 34.
            Truth::Unknown => return Err(TestCaseError::reject("too many digits")),
        };
        let answer = ask(&source, &World, &facts, AS_OF);
        prop_assert_eq!(answer, expected, "{} | {}", source, shown(&facts));
    }
}

/// The generator reaches every construct: else agreement means little.
#[test]
fn everything_is_generated() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let strategy = truth(3, Place::Outside);
    let mut all = String::new();
    for _ in 0..3000 {
        let source = proptest::strategy::Strategy::new_tree(&strategy, &mut runner).unwrap();
        all.push_str(&proptest::strategy::ValueTree::current(&source));
    }
    for wanted in [
        "abs(",
        "between",
        "ceiling(",
        "contains(",
        "count(child[",
        "date(",
        "decimal(",
        "duration(",
        "else",
        "ends with(",
        "every",
        "floor(",
        "list contains(",
        "lower case(",
        "matches(",
        "max(",
        "min(",
        "modulo(",
        "round down(",
        "round half down(",
        "round half up(",
        "round up(",
        "some",
        "starts with(",
        "string length(",
        "substring(",
        "sum(",
        "today()",
        "upper case(",
        ".weekday",
        ".days",
        ".years",
        ".months",
        "**",
        "in [",
        "in ]",
        "孩子[",
        "年龄",
    ] {
        assert!(all.contains(wanted), "{wanted}");
    }
    assert!(World.element("年龄").is_some());
    assert_eq!(Date::constant(2026, 3, 2), AS_OF);
}
