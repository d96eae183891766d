//! One small good network (`tests/good.toml`) on the sample definitions, and what happens when it is broken.

mod pages;
mod places;
mod random;
mod receive;

use std::path::Path;

use catalogue::{Catalogue, Severity, SourceFile};

use crate::{Compiled, Network, compile};

const GOOD: &str = include_str!("tests/good.toml");

/// The sample jurisdiction, which the tests of all crates live on.
fn sample() -> Catalogue {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../definitions/sample");
    let mut files = Vec::new();
    for folder in [folder.clone(), folder.join("tables")] {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let text = std::fs::read_to_string(&path).unwrap();
                files.push(SourceFile { name: path.display().to_string(), text });
            }
        }
    }
    let compiled = catalogue::compile(&files);
    compiled.catalogue.unwrap_or_else(|| panic!("{:?}", compiled.diagnostics))
}

fn compile_text(text: &str) -> Compiled {
    let file = SourceFile { name: "network.toml".to_owned(), text: text.to_owned() };
    compile(&[file], &sample())
}

/// The good network with `from`, which stands in it exactly once, replaced.
fn changed(from: &str, to: &str) -> String {
    assert_eq!(GOOD.matches(from).count(), 1, "`{from}` must stand once in good.toml");
    GOOD.replace(from, to)
}

fn network(text: &str) -> Network {
    let compiled = compile_text(text);
    compiled.network.unwrap_or_else(|| panic!("{:?}", compiled.diagnostics))
}

/// Findings as lines `line:column severity code message | hint`.
#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let compiled = compile_text(text);
    let line = |it: &catalogue::Diagnostic| {
        let severity = match it.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let hint = it.hint.as_ref().map(|hint| format!(" | {hint}")).unwrap_or_default();
        format!("{}:{} {severity} {} {}{hint}", it.line, it.column, it.code, it.message)
    };
    let lines: Vec<String> = compiled.diagnostics.iter().map(line).collect();
    assert_eq!(lines, expected, "\nfound:\n{}\n", lines.join("\n"));
    let wrong = compiled.diagnostics.iter().any(|it| it.severity == Severity::Error);
    assert_eq!(compiled.network.is_none(), wrong, "a network exactly when no error");
}

#[test]
fn the_good_network_has_no_findings() {
    check(GOOD, &[]);
    let network = network(GOOD);
    let hall = &network.outlets["upper-hall"];
    assert_eq!(hall.hours.len(), 10);
    assert!(hall.is_open(1, 9 * 60) && !hall.is_open(1, 12 * 60) && !hall.is_open(6, 9 * 60));
    let (outlet, zone, window) = network.window(&"upper-hall-02".into()).unwrap();
    assert_eq!((outlet.id.as_str(), &*zone.letter, &*window.number), ("upper-hall", "A", "02"));
}

#[test]
fn ratings_have_terms_that_grow_and_words_for_real_grades() {
    let rating = network(GOOD).rating.unwrap();
    assert_eq!((rating.contact_days, rating.simple_days, rating.complex_days), (1, 5, 15));
    assert_eq!(&*rating.tags[0].id, "slow");
    let text = GOOD.replace("contact_days = 1", "contact_days = 6").replace("[4, 5]", "[4, 6]");
    let found = compile_text(&text).diagnostics;
    let codes: Vec<&str> = found.iter().map(|it| it.code).collect();
    assert_eq!(codes, ["NET0009", "NET0006"], "{found:?}");
}

#[test]
fn the_order_of_files_does_not_matter() {
    let (one, other) = GOOD.split_once("[[delegation]]").unwrap();
    let file = |name: &str, text: &str| SourceFile { name: name.to_owned(), text: text.to_owned() };
    let other = format!("[[delegation]]{other}");
    let files = [file("a.toml", one), file("b.toml", &other)];
    let mut reversed = files.clone();
    reversed.reverse();
    let catalogue = sample();
    let networks = [compile(&files, &catalogue).network, compile(&reversed, &catalogue).network];
    assert!(networks[0].is_some());
    assert_eq!(networks[0], networks[1]);
}

#[test]
fn all_mistakes_are_told_at_once_each_at_its_place() {
    let text = GOOD
        .replace("kind = \"hall\"\n", "kind = \"hal\"\n")
        .replace("to = \"willow-street\"", "to = \"willow-stret\"")
        .replace(
            "place = { en = \"At the market's gate\", zh = \"集市大门\" }",
            "place = { en = \"At the gate\" }",
        )
        .replace("valid_until = \"2026-12-31\"", "valid_until = \"2025-12-31\"");
    check(
        &text,
        &[
            "15:8 error NET0006 `hal` is not one of the words here | it is one of `hall`, \
             `street-centre`, `community`, `hospital`, `bank`, `police-station`, `post-office`, \
             `kiosk`, `other`",
            "53:15 error NET0009 `2025-12-31` lies before `2026-01-01`",
            "68:6 error NET0006 outlet `willow-stret` is not defined",
            "82:9 error NET0003 the text is missing in `zh`",
        ],
    );
}

#[test]
fn whoever_names_a_broken_item_is_not_blamed() {
    // The street centre cannot be read; the delegation to it says nothing wrong.
    let text = changed("kind = \"street-centre\"\n", "kinds = \"street-centre\"\n");
    let found = compile_text(&text).diagnostics;
    assert_eq!(found.iter().map(|it| it.code).collect::<Vec<_>>(), ["NET0002"], "{found:?}");
}
