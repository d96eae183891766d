//! Whatever stands in a file, there are diagnostics and never a panic.

use proptest::prelude::*;

use super::{GOOD, compile_files};

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_judged(text in any::<String>()) {
        let compiled = compile_files(&[("any.toml", &text)]);
        prop_assert!(compiled.catalogue.is_none());
        prop_assert!(!compiled.diagnostics.is_empty());
    }

    #[test]
    fn any_toml_is_judged(
        lines in proptest::collection::vec(
            "(\\[\\[?(service|matter|element|group|jurisdiction)(\\.[a-z]{1,4})?\\]?\\]|(id|name|type|when|days_off|languages|element|promised)(\\.zh)? = (\"[ -~]{0,6}\"|[0-9]{1,12}|true|\\[\\]|\\{\\}|'''居= 1'''|\\[\"x\"\\]))",
            0..30,
        )
    ) {
        let compiled = compile_files(&[("any.toml", &lines.join("\n"))]);
        prop_assert!(!compiled.diagnostics.is_empty());
    }

    /// The good definition with a piece cut out and something put in its place.
    #[test]
    fn any_damage_is_judged(from in 0..GOOD.len(), length in 0usize..60, put in "[ -~\n居]{0,8}") {
        let start = GOOD.floor_char_boundary(from);
        let end = GOOD.floor_char_boundary((start + length).min(GOOD.len()));
        let text = format!("{}{put}{}", GOOD.split_at(start).0, GOOD.split_at(end).1);
        let compiled = compile_files(&[("any.toml", &text)]);
        let errors = compiled.diagnostics.iter().any(|it| it.severity == crate::Severity::Error);
        prop_assert_eq!(compiled.catalogue.is_none(), errors);
    }
}
