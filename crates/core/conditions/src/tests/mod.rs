//! The world of the tests: a mother, her children, shareholders, and a funnel for each question one can
//! ask of a condition.

mod evaluation;
mod explanation;
mod properties;
mod refusals;

use std::sync::Arc;

use vocabulary::{DataElementId, Date, Facts, GroupId, Slot, Value};

use crate::{Condition, Finding, NamedElement, Names, Truth, Type};

pub(super) const AS_OF: Date = Date::constant(2026, 3, 2);

/// The elements as `(id, aliases, type, group)`.
pub(super) struct World;

fn choice(options: &[&str]) -> Type {
    let options: Vec<Arc<str>> = options.iter().map(|option| Arc::from(*option)).collect();
    Type::Choice(options.into())
}

type Row = (&'static str, &'static [&'static str], Type, Option<&'static str>);

pub(super) fn elements() -> Vec<Row> {
    vec![
        ("mother.married", &["已婚"], Type::Bool, None),
        ("mother.insured", &["参保"], Type::Bool, None),
        ("mother.age", &["年龄"], Type::Number, None),
        ("mother.income", &["家庭 收入", "caf\u{e9}"], Type::Number, None),
        ("mother.residence", &["户籍地"], choice(&["local", "elsewhere", "hong-kong"]), None),
        ("mother.kin", &[], choice(&["none", "local"]), None),
        ("mother.colour", &[], choice(&["red", "blue"]), None),
        ("mother.name", &[], Type::Text, None),
        ("mother.wedding_date", &[], Type::Date, None),
        ("mother.list", &[], Type::List(Box::new(Type::Text)), None),
        ("child.sex", &["孩子.性别"], choice(&["female", "male"]), Some("child")),
        ("child.birth_date", &["出生日期"], Type::Date, Some("child")),
        ("child.alive", &[], Type::Bool, Some("child")),
        ("shareholder.share", &[], Type::Number, Some("shareholder")),
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
            "shareholder" => Some("shareholder".into()),
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
        all.extend(["child".to_owned(), "孩子".to_owned(), "shareholder".to_owned()]);
        all
    }
}

#[track_caller]
pub(super) fn compiled(source: &str) -> Condition {
    Condition::compile(source, &World, None).unwrap_or_else(|found| panic!("{source}: {found:#?}"))
}

pub(super) fn refused(source: &str) -> Vec<Finding> {
    Condition::compile(source, &World, None).err().unwrap_or_default()
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
pub(super) fn facts(text: &str) -> Facts {
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

/// Evaluates, and demands of every result that its explanation agrees and that something is undecided
/// exactly when the result is.
#[track_caller]
pub(super) fn evaluated(source: &str, known: &str) -> Truth {
    let condition = compiled(source);
    let facts = facts(known);
    let truth = condition.evaluate(&facts, None, AS_OF);
    assert_eq!(condition.explain(&facts, None, AS_OF).truth, truth, "{source} | {known}");
    truth
}
