//! The world of the shared vectors: its names, its facts as text, and the vectors themselves.
//!
//! The conditions' own tests and the oracle read this same file; so can every other execution.

use std::sync::Arc;

use conditions::{NamedElement, Names, Truth, Type};
use vocabulary::{CalendarYear, DataElementId, Date, Facts, GroupId, Slot, Value, WorkCalendar};

pub(crate) const AS_OF: Date = Date::constant(2026, 3, 2);

/// The elements as `(id, aliases, type, group)`.
pub(crate) struct World;

fn choice(options: &[&str]) -> Type {
    let options: Vec<Arc<str>> = options.iter().map(|option| Arc::from(*option)).collect();
    Type::Choice(options.into())
}

type Row = (&'static str, &'static [&'static str], Type, Option<&'static str>);

pub(crate) fn elements() -> Vec<Row> {
    vec![
        ("mother.married", &["已婚"], Type::Bool, None),
        ("mother.insured", &["参保"], Type::Bool, None),
        ("mother.employed", &["就业"], Type::Bool, None),
        ("mother.retired", &["退休"], Type::Bool, None),
        ("mother.abroad", &[], Type::Bool, None),
        ("mother.deceased", &[], Type::Bool, None),
        ("mother.age", &["年龄"], Type::Number, None),
        ("mother.income", &["家庭 收入", "caf\u{e9}"], Type::Number, None),
        ("mother.residence", &["户籍地"], choice(&["local", "elsewhere", "hong-kong"]), None),
        ("mother.kin", &[], choice(&["none", "local"]), None),
        ("mother.colour", &[], choice(&["red", "blue"]), None),
        ("mother.name", &[], Type::Text, None),
        ("mother.wedding_date", &["结婚日期"], Type::Date, None),
        ("mother.father_age", &["父亲年龄"], Type::Number, None),
        ("mother.list", &[], Type::List(Box::new(Type::Text)), None),
        ("child.sex", &["孩子.性别", "性别"], choice(&["female", "male"]), Some("child")),
        ("child.birth_date", &["出生日期"], Type::Date, Some("child")),
        ("child.alive", &[], Type::Bool, Some("child")),
        ("child.income", &[], Type::Number, Some("child")),
        ("shareholder.share", &["持股比例"], Type::Number, Some("shareholder")),
        ("shareholder.local", &[], Type::Bool, Some("shareholder")),
    ]
}

impl Names for World {
    fn element(&self, name: &str) -> Option<NamedElement> {
        elements().into_iter().find(|(id, aliases, ..)| *id == name || aliases.contains(&name)).map(
            |(id, _, ty, group)| NamedElement {
                id: DataElementId::new(id),
                ty,
                group: group.map(GroupId::new),
            },
        )
    }

    fn group(&self, name: &str) -> Option<GroupId> {
        match name {
            "child" | "孩子" => Some("child".into()),
            "shareholder" | "股东" => Some("shareholder".into()),
            _ => None,
        }
    }

    fn all(&self) -> Vec<String> {
        let mut all: Vec<String> = elements()
            .into_iter()
            .flat_map(|(id, aliases, ..)| {
                std::iter::once(id).chain(aliases.iter().copied()).map(str::to_owned)
            })
            .collect();
        all.extend(["child", "孩子", "shareholder", "股东"].map(str::to_owned));
        all
    }

    /// 2026 alone: seven days off in October, two weekend days worked for them.
    fn calendar(&self) -> Option<Arc<WorkCalendar>> {
        let october = |day| Date::constant(2026, 10, day);
        let year = CalendarYear {
            days_off: (1..=7).map(october).collect(),
            work_days: [Date::constant(2026, 9, 27), october(10)].into(),
        };
        Some(Arc::new(WorkCalendar { version: "test".into(), years: [(2026, year)].into() }))
    }
}

fn value(id: &str, text: &str) -> Value {
    let ty = World.element(id).unwrap_or_else(|| panic!("no element {id}")).ty;
    match (text, ty) {
        ("null", _) => Value::Null,
        (_, Type::Bool) => Value::Bool(text.parse().unwrap()),
        (_, Type::Number) => Value::Number(text.parse().unwrap()),
        (_, Type::Date) => Value::Date(text.parse().unwrap()),
        _ => Value::text(text),
    }
}

/// Facts as text: `mother.age=30; child=a,b; child.sex~a=female`. What is not there is unknown.
#[track_caller]
pub(crate) fn facts(text: &str) -> Facts {
    let mut facts = Facts::new();
    for fact in text.split(';').map(str::trim).filter(|fact| !fact.is_empty()) {
        let (name, given) = fact.split_once('=').unwrap();
        if let Some(group) = World.group(name) {
            let members = given.split(',').filter(|member| !member.is_empty());
            facts.set_members(group, members.map(Into::into).collect());
        } else {
            let slot: Slot = name.parse().unwrap();
            let given = value(slot.element.as_str(), given);
            facts.answer(slot, given);
        }
    }
    facts
}

/// A row of `vectors.txt`.
#[derive(Debug)]
pub(crate) struct Vector {
    pub(crate) source: &'static str,
    pub(crate) facts: &'static str,
    pub(crate) truth: Truth,
    /// What FEEL says instead: `T`, `F`, `null`, or `-` for what cannot be asked there.
    pub(crate) feel: Option<&'static str>,
}

/// The rows of `vectors.txt`; its head says how they are written.
pub(crate) fn vectors() -> Vec<Vector> {
    let lines = include_str!("vectors.txt").lines().map(str::trim);
    lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            let (source, facts, truth, feel) = match cells[..] {
                [source, facts, truth] => (source, facts, truth, None),
                [source, facts, truth, feel] => (source, facts, truth, Some(feel)),
                _ => panic!("not a row: {line}"),
            };
            let truth = match truth {
                "T" => Truth::True,
                "F" => Truth::False,
                "?" => Truth::Unknown,
                _ => panic!("no result: {line}"),
            };
            Vector { source, facts, truth, feel }
        })
        .collect()
}
