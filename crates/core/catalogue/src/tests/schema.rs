//! The JSON Schema of the definition format, and the shapes made from it.

use std::path::Path;

use serde_json::Value;

use crate::json_schema;
use crate::schema::{Shape, file_shape};

/// `UPDATE=1 cargo test -p yijianshi-catalogue` writes the file anew.
#[test]
fn the_schema_in_the_documents_is_current() {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../docs/schema/definition.schema.json");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, json_schema()).unwrap();
    }
    let written: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let current: Value = serde_json::from_str(&json_schema()).unwrap();
    assert!(written == current, "run the tests with UPDATE=1 to write the schema anew");
}

#[test]
fn every_value_of_the_format_has_a_shape() {
    fn known(path: &str, shape: &Shape) {
        match shape {
            Shape::Any => panic!("{path} has no shape"),
            Shape::List(items) | Shape::Map(items) => known(&format!("{path}[]"), items),
            Shape::Table(fields) => {
                assert!(!fields.is_empty(), "{path}");
                for (key, field) in fields {
                    known(&format!("{path}.{key}"), &field.shape);
                }
            }
            Shape::Text | Shape::Integer { .. } | Shape::Bool | Shape::Word(_) | Shape::Texts => {}
        }
    }
    assert_eq!(file_shape().len(), 16);
    for (section, field) in file_shape() {
        assert!(!field.required, "{section}");
        known(section, &field.shape);
    }
}
