//! A scenario as text: circumstances and what follows from them, in the format of [`crate::scenario`], so that
//! any case can be pinned as a test.

use std::fmt::Write as _;

use vocabulary::{Localised, Origin, Value};

use crate::answers::Circumstances;
use crate::{EvidenceGroup, OutKind, Plan};

/// The `[[scenario]]` of circumstances with everything that their plan says, TOML text. `id` and `name` are its
/// own.
pub fn scenario_text(
    id: &str,
    name: &Localised,
    circumstances: &Circumstances,
    plan: &Plan,
) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write_scenario(&mut text, id, name, circumstances, plan);
    text
}

fn write_scenario(
    text: &mut String,
    id: &str,
    name: &Localised,
    circumstances: &Circumstances,
    plan: &Plan,
) -> std::fmt::Result {
    let facts = &circumstances.facts;
    writeln!(text, "[[scenario]]")?;
    writeln!(text, "id = {}", quoted(id))?;
    writeln!(text, "matter = {}", quoted(plan.matter.as_str()))?;
    let names: Vec<String> =
        name.iter().map(|(lang, words)| format!("{lang} = {}", quoted(words))).collect();
    writeln!(text, "name = {{ {} }}", names.join(", "))?;
    writeln!(text, "as_of = {}", quoted(&plan.as_of.to_string()))?;
    let lists = [
        ("skip", strings(&circumstances.skip)),
        ("unavailable", strings(&circumstances.unreachable)),
        ("given", strings(&circumstances.given)),
        ("declined", facts.declined().map(ToString::to_string).collect()),
    ];
    for (key, items) in lists.iter().filter(|(_, items)| !items.is_empty()) {
        writeln!(text, "{key} = {}", list(items))?;
    }
    writeln!(text, "[scenario.groups]")?;
    for (group, members) in facts.groups() {
        let members: Vec<String> = members.iter().map(ToString::to_string).collect();
        writeln!(text, "{group} = {}", list(&members))?;
    }
    writeln!(text, "[scenario.answers]")?;
    for (slot, fact) in facts.iter() {
        // What follows from a decision table follows again.
        if !matches!(fact.origin, Origin::Output { .. }) && !is_computed(&fact.origin) {
            writeln!(text, "{} = {}", quoted(&slot.to_string()), value(&fact.value))?;
        }
    }
    expected(text, plan)
}

/// Whether a value is none that anybody gave.
fn is_computed(origin: &Origin) -> bool {
    !matches!(
        origin,
        Origin::Applicant
            | Origin::Source { .. }
            | Origin::Confirmed { .. }
            | Origin::Output { .. }
    )
}

fn expected(text: &mut String, plan: &Plan) -> std::fmt::Result {
    let nodes = |kind: OutKind| -> Vec<String> {
        let out = plan.left_out.iter().filter(|out| out.kind == kind);
        out.map(|out| out.node.to_string()).collect()
    };
    let pieces = |groups: &[EvidenceGroup]| -> Vec<String> {
        let pieces = plan.evidence.iter().filter(|piece| groups.contains(&piece.group));
        pieces.map(|piece| piece.key.to_string()).collect()
    };
    let services: Vec<String> = plan.services.iter().map(|it| it.node.to_string()).collect();
    writeln!(text, "[scenario.expect]")?;
    writeln!(text, "services = {}", list(&services))?;
    writeln!(text, "done = {}", list(&nodes(OutKind::AlreadyDone)))?;
    let not_eligible = nodes(OutKind::NotEligible);
    if !not_eligible.is_empty() {
        writeln!(text, "not_eligible = {}", list(&not_eligible))?;
    }
    let brought = [EvidenceGroup::YouBring, EvidenceGroup::YouGave];
    writeln!(text, "bring = {}", list(&pieces(&brought)))?;
    writeln!(text, "fetched = {}", list(&pieces(&[EvidenceGroup::WeFetch])))?;
    writeln!(text, "produced = {}", list(&pieces(&[EvidenceGroup::Produced])))?;
    writeln!(text, "days = {}", quoted(&plan.joint.promised.to_string()))?;
    writeln!(text, "visits = {}", plan.visits)
}

fn strings<T: ToString>(items: impl IntoIterator<Item = T>) -> Vec<String> {
    items.into_iter().map(|item| item.to_string()).collect()
}

fn list(items: &[String]) -> String {
    let items: Vec<String> = items.iter().map(|item| quoted(item)).collect();
    format!("[{}]", items.join(", "))
}

fn value(value: &Value) -> String {
    match value {
        Value::Null => quoted("null:"),
        Value::Bool(value) => value.to_string(),
        other => quoted(&other.to_string()),
    }
}

/// A basic string of TOML.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
