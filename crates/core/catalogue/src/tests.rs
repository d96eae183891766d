//! One small good definition (`tests/good.toml`), and what happens when it is broken.

mod any_text;
mod bad_input;
mod broken;
mod catalogue;
mod definitions;
mod diff;
mod pages;
mod places;
mod revisions;
mod schema;
mod stored;
mod tables;

use crate::{Compiled, Severity, SourceFile, compile};

const GOOD: &str = include_str!("tests/good.toml");

/// The good definition with each `from`, which stands in it exactly once, replaced.
fn changed(changes: &[(&str, &str)]) -> String {
    let mut text = GOOD.to_owned();
    for (from, to) in changes {
        assert_eq!(text.matches(from).count(), 1, "`{from}` must stand once in good.toml");
        text = text.replace(from, to);
    }
    text
}

fn compile_files(files: &[(&str, &str)]) -> Compiled {
    let files: Vec<_> = files
        .iter()
        .map(|(name, text)| SourceFile { name: (*name).to_owned(), text: (*text).to_owned() })
        .collect();
    compile(&files)
}

/// The funnel: files in, findings as lines out, each `file:line:column severity code message` with its
/// hint behind `|`. What conditions say is their own crate's affair: place and code are enough.
#[track_caller]
fn check_files(files: &[(&str, &str)], expected: &[&str]) {
    let compiled = compile_files(files);
    let lines = lines(&compiled);
    assert_eq!(lines, expected, "\nfound:\n{}\n", lines.join("\n"));
    let has_error = compiled.diagnostics.iter().any(|it| it.severity == Severity::Error);
    assert_eq!(compiled.catalogue.is_none(), has_error, "a catalogue exactly when no error");
}

fn lines(compiled: &Compiled) -> Vec<String> {
    compiled
        .diagnostics
        .iter()
        .map(|it| {
            let severity = match it.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            };
            let hint = it.hint.as_ref().map(|hint| format!(" | {hint}")).unwrap_or_default();
            let place = format!("{}:{}:{}", it.file, it.line, it.column);
            match it.code.starts_with("CON") {
                true => format!("{place} {severity} {}", it.code),
                false => format!("{place} {severity} {} {}{hint}", it.code, it.message),
            }
        })
        .collect()
}

#[test]
fn the_good_definition_has_no_findings() {
    check_files(&[("good.toml", GOOD)], &[]);
}
