//! Compares what somebody wrote with the schema: everything that is wrong, each with its place, what was found
//! and what would be accepted. Values are never repeated in a message: one of them may be a secret.

use serde_json::Value as Json;
use toml::de::{DeTable, DeValue};

/// One thing that is wrong.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    /// Line in the file, from 1; none for the environment.
    pub(crate) line: Option<usize>,
    pub(crate) what: String,
}

/// Everything that is wrong in a file.
pub(crate) fn file(text: &str, schema: &Json) -> Vec<Finding> {
    match DeTable::parse(text) {
        Ok(table) => {
            let mut findings = Vec::new();
            look(text, table.get_ref(), schema, "", &mut findings);
            findings.sort_by_key(|finding| finding.line);
            findings
        }
        Err(error) => {
            let line = error.span().map(|span| line_of(text, span.start));
            let what = format!("this is not TOML: {}", error.message());
            vec![Finding { line: Some(line.unwrap_or(1)), what }]
        }
    }
}

fn look(text: &str, table: &DeTable<'_>, schema: &Json, path: &str, found: &mut Vec<Finding>) {
    for (key, value) in table {
        let name = key.get_ref().as_ref();
        let here = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        let Some(wanted) = member(schema, name) else {
            let line = Some(line_of(text, key.span().start));
            found.push(Finding { line, what: unknown(&here, name, schema, path) });
            continue;
        };
        match value.get_ref() {
            DeValue::Table(inner) if is_section(wanted) => look(text, inner, wanted, &here, found),
            value_here => {
                let problem = if is_section(wanted) {
                    Some(format!("`{here}` is a section: write `[{here}]` and its settings below"))
                } else {
                    wrong(&here, &of_toml(value_here), wanted)
                };
                let line = Some(line_of(text, value.span().start));
                found.extend(problem.map(|what| Finding { line, what }));
            }
        }
    }
}

/// What a value is, as far as checking goes.
#[derive(Debug)]
pub(crate) enum Given {
    Text(String),
    Integer(i64),
    Bool,
    Other(&'static str),
}

fn of_toml(value: &DeValue<'_>) -> Given {
    match value {
        DeValue::String(text) => Given::Text(text.clone().into_owned()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or(Given::Other("a number that is too large"), Given::Integer),
        DeValue::Boolean(_) => Given::Bool,
        DeValue::Float(_) => Given::Other("a number with a fraction"),
        DeValue::Datetime(_) => Given::Other("a date"),
        DeValue::Array(_) => Given::Other("a list"),
        DeValue::Table(_) => Given::Other("a section"),
    }
}

/// What is wrong with a value, if anything is.
pub(crate) fn wrong(path: &str, given: &Given, schema: &Json) -> Option<String> {
    let found = match (given, kind(schema)) {
        (Given::Text(text), Kind::Text) => {
            let empty = text.trim().is_empty();
            let address = is_address(path) && text.parse::<std::net::IpAddr>().is_err();
            match (empty, address) {
                (true, _) => "nothing",
                (false, true) => "something else",
                (false, false) => return None,
            }
        }
        (Given::Text(text), Kind::Word(words)) if words.contains(&text.as_str()) => return None,
        (Given::Text(_), Kind::Word(_)) => "another word",
        (Given::Integer(number), Kind::Integer { min, max }) => {
            if (min..=max).contains(number) {
                return None;
            }
            "a number outside of that"
        }
        (Given::Bool, Kind::Bool) => return None,
        (Given::Text(_), _) => "text",
        (Given::Integer(_), _) => "a number",
        (Given::Bool, _) => "`true` or `false`",
        (Given::Other(what), _) => what,
    };
    let meaning = schema.get("description").and_then(Json::as_str).unwrap_or_default();
    let meaning = meaning.split_whitespace().collect::<Vec<_>>().join(" ");
    Some(format!("`{path}` is {}, and here is {found}. {meaning}", accepted(path, schema)))
}

/// What would be accepted.
fn accepted(path: &str, schema: &Json) -> String {
    match kind(schema) {
        Kind::Text if is_address(path) => "an IP address such as \"127.0.0.1\"".to_owned(),
        Kind::Text => "text in quotation marks".to_owned(),
        Kind::Bool => "`true` or `false`".to_owned(),
        Kind::Integer { min, max } => format!("a whole number from {min} to {max}"),
        Kind::Word(words) => {
            let words: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
            words.join(" or ")
        }
    }
}

fn is_address(path: &str) -> bool {
    path.ends_with(".host")
}

/// The kinds of values that settings have.
#[derive(Debug)]
pub(crate) enum Kind<'a> {
    Text,
    Bool,
    Integer { min: i64, max: i64 },
    Word(Vec<&'a str>),
}

pub(crate) fn kind(schema: &Json) -> Kind<'_> {
    if let Some(words) = schema.get("enum").and_then(Json::as_array) {
        return Kind::Word(words.iter().filter_map(Json::as_str).collect());
    }
    let is = |name: &str| match schema.get("type") {
        Some(Json::String(one)) => one == name,
        Some(Json::Array(several)) => several.iter().any(|one| one == name),
        _ => false,
    };
    if is("boolean") {
        Kind::Bool
    } else if is("integer") {
        let bound = |name, otherwise| schema.get(name).and_then(Json::as_i64).unwrap_or(otherwise);
        Kind::Integer { min: bound("minimum", 0), max: bound("maximum", i64::MAX) }
    } else {
        Kind::Text
    }
}

pub(crate) fn is_section(schema: &Json) -> bool {
    schema.get("properties").is_some()
}

pub(crate) fn member<'a>(schema: &'a Json, name: &str) -> Option<&'a Json> {
    schema.get("properties")?.get(name)
}

/// The names of the members of a section.
pub(crate) fn names(schema: &Json) -> impl Iterator<Item = &str> {
    let members = schema.get("properties").and_then(Json::as_object);
    members.into_iter().flatten().map(|(name, _)| name.as_str())
}

fn unknown(here: &str, name: &str, schema: &Json, path: &str) -> String {
    let near = nearest(name, names(schema));
    let near = near.map(|near| format!(" Did you mean `{near}`?")).unwrap_or_default();
    let known: Vec<String> = names(schema).map(|name| format!("`{name}`")).collect();
    let what =
        if path.is_empty() { "Sections".to_owned() } else { format!("Settings of `{path}`") };
    format!("there is no setting `{here}`.{near} {what} are {}", known.join(", "))
}

/// The known name that looks most like one that is unknown.
pub(crate) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|known| (strsim::damerau_levenshtein(name, known), known))
        .filter(|(distance, known)| *distance <= 2.max(known.len() / 3))
        .min()
        .map(|(_, known)| known)
}

fn line_of(text: &str, at: usize) -> usize {
    let before = text.as_bytes().get(..at).unwrap_or_default();
    before.iter().filter(|byte| **byte == b'\n').count().saturating_add(1)
}
