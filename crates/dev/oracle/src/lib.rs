//! Asks a whole FEEL engine what a condition comes out as, to compare with our own language.
//!
//! For tests only; nothing of the product is built on it. Whoever asks must leave out what FEEL cannot be
//! asked: unknown values, working days, names in other forms than the context's.

use conditions::{Names, Type};
use dsntk_feel::context::FeelContext;
use dsntk_feel::values::Value as Feel;
use dsntk_feel::{FeelNumber, FeelScope, Name};
use vocabulary::{Date, Facts, GroupId, MemberId, Slot, Value};

/// What FEEL says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    True,
    False,
    Null,
    /// It cannot read the text, or the result is no truth value.
    Fault(String),
}

/// The names of elements and groups, each with its aliases, as a FEEL context needs them.
pub trait Described: Names {
    /// `(id, aliases, group)` of every element.
    fn elements(&self) -> Vec<(String, Vec<String>, Option<GroupId>)>;

    /// `(group, names)` of every group, its id among the names.
    fn groups(&self) -> Vec<(GroupId, Vec<String>)>;
}

/// What FEEL makes of `source` for these facts; `today()` is `as_of`. What is unknown becomes null.
pub fn ask(source: &str, names: &dyn Described, facts: &Facts, as_of: Date) -> Answer {
    let scope = FeelScope::new();
    scope.push(context(names, facts));
    let text = source.replace("today()", &format!("date(\"{as_of}\")")).replace('`', "");
    let node = match dsntk_feel_parser::parse_textual_expression(&scope, &text, false) {
        Ok(node) => node,
        Err(fault) => return Answer::Fault(fault.to_string()),
    };
    match dsntk_feel_evaluator::evaluate(&scope, &node) {
        Feel::Boolean(true) => Answer::True,
        Feel::Boolean(false) => Answer::False,
        Feel::Null(_) => Answer::Null,
        other => Answer::Fault(format!("{other}")),
    }
}

/// Elements by their paths and aliases; each group as a list of contexts, one per member.
fn context(names: &dyn Described, facts: &Facts) -> FeelContext {
    let mut whole = FeelContext::default();
    for (id, aliases, group) in names.elements() {
        if group.is_some() {
            continue;
        }
        let value = feel(facts.value(&Slot::single(id.as_str())), names, &id);
        for alias in aliases {
            whole.set_entry(&Name::from(alias), value.clone());
        }
        match id.split_once('.') {
            None => whole.set_entry(&Name::from(id), value),
            Some((head, rest)) => {
                let head = Name::from(head);
                let mut inner = match whole.get_entry(&head) {
                    Some(Feel::Context(inner)) => inner.clone(),
                    _ => FeelContext::default(),
                };
                inner.set_entry(&Name::from(rest), value);
                whole.set_entry(&head, Feel::Context(inner));
            }
        }
    }
    for (group, called) in names.groups() {
        let members = facts.members(&group).unwrap_or_default();
        let list: Vec<Feel> =
            members.iter().map(|one| Feel::Context(member(names, facts, &group, one))).collect();
        for name in called {
            whole.set_entry(&Name::from(name), Feel::List(list.clone()));
        }
    }
    whole
}

fn member(names: &dyn Described, facts: &Facts, group: &GroupId, one: &MemberId) -> FeelContext {
    let mut context = FeelContext::default();
    for (id, aliases, _) in names.elements().into_iter().filter(|it| it.2.as_ref() == Some(group)) {
        let value = feel(facts.value(&Slot::of(id.as_str(), one.clone())), names, &id);
        for name in std::iter::once(id.as_str()).chain(aliases.iter().map(String::as_str)) {
            let last = name.rsplit('.').next().unwrap_or(name);
            context.set_entry(&Name::from(last), value.clone());
        }
    }
    context
}

fn feel(value: Option<&Value>, names: &dyn Names, id: &str) -> Feel {
    match value {
        None | Some(Value::Null) => Feel::Null(None),
        Some(Value::Bool(value)) => Feel::Boolean(*value),
        Some(Value::Number(number)) => match number.to_string().parse::<FeelNumber>() {
            Ok(number) => Feel::Number(number),
            Err(_) => Feel::Null(None),
        },
        Some(Value::Text(text)) => Feel::String(text.to_string()),
        Some(Value::Date(date)) => {
            let known = names.element(id).is_some_and(|element| element.ty == Type::Date);
            let text = format!("date(\"{date}\")");
            let scope = FeelScope::default();
            match dsntk_feel_parser::parse_textual_expression(&scope, &text, false) {
                Ok(node) if known => dsntk_feel_evaluator::evaluate(&scope, &node),
                _ => Feel::Null(None),
            }
        }
    }
}
