//! The JSON Schema of a definition file, and the same thing as [`Shape`]s that the reader checks files
//! against. Both come from the as-written types, so they cannot drift apart.
//!
//! Knows only what a file looks like, nothing of what its names mean.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::Value;

use crate::written::FileAsWritten;

/// The JSON Schema of a definition file, for editors and other tools.
pub fn json_schema() -> String {
    let mut text = format!("{:#}", schema());
    text.push('\n');
    text
}

fn schema() -> Value {
    let mut schema = schemars::schema_for!(FileAsWritten);
    schema.insert("title".to_owned(), "yijianshi definition file".into());
    schema.to_value()
}

/// What a value in a definition file has to look like.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Shape {
    Text,
    Integer {
        min: i128,
        max: i128,
    },
    Bool,
    /// One of these words.
    Word(Vec<String>),
    /// A text in each declared language.
    Texts,
    List(Box<Self>),
    /// Any keys, each with such a value.
    Map(Box<Self>),
    Table(BTreeMap<String, Field>),
    /// Nothing is known: serde alone judges it.
    Any,
}

/// A key of a table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Field {
    pub(crate) shape: Shape,
    pub(crate) required: bool,
}

/// The shape of a whole file: a table of sections.
pub(crate) fn file_shape() -> &'static BTreeMap<String, Field> {
    static SHAPE: LazyLock<BTreeMap<String, Field>> = LazyLock::new(|| {
        let schema = schema();
        match shape_of(&schema, &schema) {
            Shape::Table(sections) => sections,
            _ => BTreeMap::new(),
        }
    });
    &SHAPE
}

fn shape_of(schema: &Value, root: &Value) -> Shape {
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        let target = reference.strip_prefix('#').and_then(|pointer| root.pointer(pointer));
        return target.map_or(Shape::Any, |target| shape_of(target, root));
    }
    if let Some(choices) = schema.get("anyOf").and_then(Value::as_array) {
        let known = choices.iter().find(|choice| choice.get("type") != Some(&"null".into()));
        return known.map_or(Shape::Any, |choice| shape_of(choice, root));
    }
    let words = words_of(schema);
    if !words.is_empty() {
        return Shape::Word(words);
    }
    match type_of(schema) {
        Some("string") => Shape::Text,
        Some("boolean") => Shape::Bool,
        Some("integer") => integer(schema),
        Some("array") => {
            let items = schema.get("items").map_or(Shape::Any, |items| shape_of(items, root));
            Shape::List(Box::new(items))
        }
        Some("object") => object(schema, root),
        _ => Shape::Any,
    }
}

/// `"type": "string"` or `"type": ["string", "null"]`.
fn type_of(schema: &Value) -> Option<&str> {
    match schema.get("type")? {
        Value::Array(types) => types.iter().filter_map(Value::as_str).find(|ty| *ty != "null"),
        ty => ty.as_str(),
    }
}

/// The words of an enumeration, whose variants may be documented singly.
fn words_of(schema: &Value) -> Vec<String> {
    let one_of = schema.get("oneOf").and_then(Value::as_array).into_iter().flatten();
    one_of
        .chain(std::iter::once(schema))
        .flat_map(|schema| {
            let many = schema.get("enum").and_then(Value::as_array).into_iter().flatten();
            many.chain(schema.get("const"))
        })
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

fn integer(schema: &Value) -> Shape {
    let (min, max) = match schema.get("format").and_then(Value::as_str) {
        Some("uint32") => (0, i128::from(u32::MAX)),
        Some("int16") => (i128::from(i16::MIN), i128::from(i16::MAX)),
        Some("int32") => (i128::from(i32::MIN), i128::from(i32::MAX)),
        Some("uint64") => (0, i128::from(u64::MAX)),
        _ => (i128::from(i64::MIN), i128::from(i64::MAX)),
    };
    Shape::Integer { min, max }
}

fn object(schema: &Value, root: &Value) -> Shape {
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
        return match schema.get("additionalProperties").map(|values| shape_of(values, root)) {
            Some(Shape::Text) => Shape::Texts,
            Some(Shape::Any) | None => Shape::Any,
            Some(values) => Shape::Map(Box::new(values)),
        };
    };
    let required = schema.get("required").and_then(Value::as_array);
    let is_required = |key: &str| required.is_some_and(|keys| keys.iter().any(|one| one == key));
    Shape::Table(
        properties
            .iter()
            .map(|(key, schema)| {
                let field = Field { shape: shape_of(schema, root), required: is_required(key) };
                (key.clone(), field)
            })
            .collect(),
    )
}
