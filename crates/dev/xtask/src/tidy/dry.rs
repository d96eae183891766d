//! Core is dry: no I/O, no async, no clock, no randomness, no environment, no floats below `crates/core`.

use super::Finding;
use super::arrows::Member;
use crate::lexer;
use crate::repository::SourceText;

const RULE: &str = "dry core";

/// Crates that bring the outside world with them.
const WET_CRATES: [&str; 16] = [
    "anyhow",
    "async-trait",
    "axum",
    "chrono",
    "clap",
    "futures",
    "getrandom",
    "object_store",
    "rand",
    "reqwest",
    "rust-embed",
    "sqlx",
    "tokio",
    "tower",
    "tracing",
    "tracing-subscriber",
];

/// Words that do what core must not, with what to do instead.
const WET_WORDS: [(&str, &str); 20] = [
    ("std::fs", "text comes in as an argument"),
    ("std::env", "settings come in as arguments"),
    ("std::net", "core talks to nobody"),
    ("std::process", "core starts nothing"),
    ("std::thread", "core runs on its caller's thread"),
    ("std::io", "text comes in and goes out as values"),
    ("std::time", "instants are `vocabulary::Instant`, given by the caller"),
    ("include_str!", "text comes in as an argument"),
    ("include_bytes!", "bytes come in as an argument"),
    ("SystemTime", "`now` is an argument"),
    ("Timestamp::now", "`now` is an argument"),
    ("Instant::now", "`now` is an argument"),
    ("Zoned::now", "`now` is an argument"),
    ("TimeZone::system", "the zone is the jurisdiction's"),
    ("Uuid::now_v7", "fresh ids are arguments"),
    ("Uuid::new_v4", "fresh ids are arguments"),
    ("async fn", "core does not wait"),
    (".await", "core does not wait"),
    ("f32", "numbers are exact decimals or integers"),
    ("f64", "numbers are exact decimals or integers"),
];

/// Refuses the crates that core must not use, except in tests.
pub(crate) fn manifests(members: &[Member]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for member in members.iter().filter(|member| member.place.starts_with("core/")) {
        for used in member.uses.iter().filter(|used| !used.dev) {
            if WET_CRATES.contains(&used.what.as_str()) {
                let place = format!("crates/{}/Cargo.toml", member.place);
                let message = format!("core must not use `{}`", used.what);
                findings.push(Finding::new(place, RULE, message));
            }
        }
    }
    findings
}

/// Refuses the words that core must not use, outside comments, strings and tests.
pub(crate) fn sources(file: &SourceText) -> Vec<Finding> {
    if !file.path.starts_with("crates/core/") || !file.is("rs") || file.is_test() {
        return Vec::new();
    }
    let code = lexer::code_only(&file.text);
    let mut findings = Vec::new();
    for (word, instead) in WET_WORDS {
        for line in lexer::lines_with(&code, word) {
            let message = format!("`{word}` in core: {instead}");
            findings.push(Finding::at(file, line, RULE, message));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::arrows::Use;
    use super::*;

    fn check(path: &str, text: &str, expected: &[&str]) {
        let found: Vec<String> =
            sources(&SourceText::new(path, text)).into_iter().map(|f| f.place).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn io_clock_chance_and_floats_are_refused_in_core() {
        let path = "crates/core/plan/src/lib.rs";
        check(path, "use std::fs;", &["crates/core/plan/src/lib.rs:1"]);
        check(path, "\nlet now = Timestamp::now();", &["crates/core/plan/src/lib.rs:2"]);
        check(path, "fn share(a: f64) -> u8 { 0 }", &["crates/core/plan/src/lib.rs:1"]);
        check(path, "x.await", &["crates/core/plan/src/lib.rs:1"]);
        check(path, "let id = Uuid::now_v7();", &["crates/core/plan/src/lib.rs:1"]);
    }

    #[test]
    fn comments_strings_tests_and_the_rim_are_free() {
        let path = "crates/core/plan/src/lib.rs";
        check(path, "// std::fs\nlet a = \"f64\";", &[]);
        check(path, "#[cfg(test)]\nmod tests { use std::fs; }", &[]);
        check("crates/core/plan/src/tests.rs", "use std::fs;", &[]);
        check("crates/core/plan/tests/suite.rs", "use std::fs;", &[]);
        check("crates/app/web/src/lib.rs", "use std::fs;", &[]);
    }

    #[test]
    fn a_wet_crate_is_refused_unless_for_tests() {
        let member = |place: &str, what: &str, dev| Member {
            place: place.to_owned(),
            uses: vec![Use { what: what.to_owned(), dev, ours: false }],
        };
        assert_eq!(manifests(&[member("core/plan", "tokio", false)]).len(), 1);
        assert_eq!(manifests(&[member("core/plan", "rand", true)]).len(), 0);
        assert_eq!(manifests(&[member("app/web", "tokio", false)]).len(), 0);
    }
}
