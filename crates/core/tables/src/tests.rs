//! Tables as their authors write and break them.

mod broken;
mod deciding;
mod modellers;
mod properties;

use conditions::{NamedElement, Names, Type};
use vocabulary::{DataElementId, Date, Decimal, GroupId, Value};

use crate::{Gaps, Hit, Read, Rules, Wanted, read_csv};

/// A few elements of every type. `record.` ones may be absent.
struct Elements;

impl Names for Elements {
    fn element(&self, name: &str) -> Option<NamedElement> {
        let kinds: Type = Type::Choice(["snacks".into(), "tea".into(), "hot-food".into()].into());
        let (id, ty) = match name {
            "stall.hours" | "营业时长" => ("stall.hours", Type::Number),
            "stall.kind" | "摊位种类" => ("stall.kind", kinds),
            "stall.covered" => ("stall.covered", Type::Bool),
            "stall.street" => ("stall.street", Type::Text),
            "owner.birth_date" | "出生日期" => ("owner.birth_date", Type::Date),
            "record.birth_date" => ("record.birth_date", Type::Date),
            "stall.fee" | "费用" => ("stall.fee", Type::Number),
            "stall.class" => ("stall.class", Type::Text),
            "stall.permit" => ("stall.permit", kinds),
            "stall.closes" => ("stall.closes", Type::Date),
            "stall.free" => ("stall.free", Type::Bool),
            "helper.hours" => ("helper.hours", Type::Number),
            "helper.fee" => ("helper.fee", Type::Number),
            "guest.hours" => ("guest.hours", Type::Number),
            _ => return None,
        };
        let group = id.split_once('.').map(|(first, _)| first);
        let group = group.filter(|it| matches!(*it, "helper" | "guest")).map(GroupId::from);
        Some(NamedElement { id: id.into(), ty, group })
    }

    fn group(&self, _: &str) -> Option<GroupId> {
        None
    }

    fn all(&self) -> Vec<String> {
        ["stall.hours", "stall.kind", "stall.fee", "owner.birth_date", "营业时长"]
            .map(str::to_owned)
            .into()
    }
}

fn may_be_absent(id: &DataElementId) -> bool {
    id.as_str().starts_with("record.")
}

fn wanted(hit: Hit, gaps: Gaps) -> Wanted<'static> {
    Wanted { hit: Some(hit), gaps, decision: None, may_be_absent: &may_be_absent }
}

/// `line:column CODE message | hint`, as people see it.
fn lines(text: &str, read: &Read) -> Vec<String> {
    read.findings
        .iter()
        .map(|it| {
            let before = text.get(..it.at).unwrap_or_else(|| panic!("{it:?} is no place"));
            let line = before.matches('\n').count() + 1;
            let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
            let kind = if it.is_error { "" } else { "warning " };
            let hint = it.hint.as_ref().map(|hint| format!(" | {hint}")).unwrap_or_default();
            match it.code.starts_with("CON") {
                true => format!("{line}:{column} {}", it.code),
                false => format!("{line}:{column} {kind}{} {}{hint}", it.code, it.message),
            }
        })
        .collect()
}

#[track_caller]
fn check_csv(text: &str, wanted: &Wanted<'_>, expected: &[&str]) {
    let read = read_csv(text, &Elements, wanted);
    let lines = lines(text, &read);
    assert_eq!(lines, expected, "\nfound:\n{}\n", lines.join("\n"));
    let has_error = read.findings.iter().any(|it| it.is_error);
    assert_eq!(read.rules.is_none(), has_error, "rules exactly when no error");
}

#[track_caller]
fn rules(text: &str, hit: Hit, gaps: Gaps) -> Rules {
    let read = read_csv(text, &Elements, &wanted(hit, gaps));
    assert!(read.rules.is_some(), "{:#?}", read.findings);
    read.rules.unwrap()
}

/// A value as a test writes it.
fn value(text: &str) -> Option<Value> {
    if text == "?" {
        return None;
    }
    let number = text.parse::<Decimal>().ok().map(Value::Number);
    let date = || text.parse::<Date>().ok().map(Value::Date);
    Some(match text {
        "null" => Value::Null,
        "true" | "false" => Value::Bool(text == "true"),
        text => number.or_else(date).unwrap_or_else(|| Value::text(text)),
    })
}

/// The first output.
fn decide(rules: &Rules, inputs: &[&str]) -> String {
    let inputs: Vec<Option<Value>> = inputs.iter().map(|text| value(text)).collect();
    let inputs: Vec<Option<&Value>> = inputs.iter().map(Option::as_ref).collect();
    match rules.decide(&inputs).first().unwrap() {
        None => "?".to_owned(),
        Some(Value::Null) => "null".to_owned(),
        Some(value) => value.to_string(),
    }
}
