//! One way to write a plan as bytes: JSON without blanks, keys sorted.

use std::fmt::Write;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::Plan;

pub(crate) fn json(plan: &Plan) -> String {
    let mut text = String::new();
    // A plan holds no map with keys other than strings, so it always has a JSON form.
    let value = serde_json::to_value(plan).unwrap_or(Value::Null);
    write(&value, &mut text);
    text
}

pub(crate) fn hash(plan: &Plan) -> String {
    hex::encode(Sha256::digest(json(plan).as_bytes()))
}

/// Sorts the keys itself: whether `serde_json` keeps them sorted depends on who else is in the build.
fn write(value: &Value, text: &mut String) {
    match value {
        Value::Array(items) => {
            text.push('[');
            for (position, item) in items.iter().enumerate() {
                if position > 0 {
                    text.push(',');
                }
                write(item, text);
            }
            text.push(']');
        }
        Value::Object(fields) => {
            let mut sorted: Vec<_> = fields.iter().collect();
            sorted.sort_by_key(|(key, _)| *key);
            text.push('{');
            for (position, (key, field)) in sorted.into_iter().enumerate() {
                if position > 0 {
                    text.push(',');
                }
                let _ = write!(text, "{}:", Value::from(key.as_str()));
                write(field, text);
            }
            text.push('}');
        }
        scalar => {
            let _ = write!(text, "{scalar}");
        }
    }
}
