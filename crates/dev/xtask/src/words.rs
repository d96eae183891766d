//! `cargo xtask words`: every key of the interface's words that is used exists in every language, every
//! key that exists is used, and the languages hold the same keys.
//!
//! A use is a call such as `t("home-title")` in a template or in Rust. A key that is put together, such as
//! `t(&format!("state-{state}"))`, uses every key with that beginning. A key that stands as a whole string
//! somewhere in the code counts as used too: a table may hold it.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use crate::lexer;
use crate::repository::{Repository, SourceText};

/// The languages that there must be; every other folder below `locales/` is looked at as well.
const LANGUAGES: [&str; 2] = ["zh", "en"];

/// Functions whose first string is a key.
const FUNCTIONS: [&str; 4] = ["t", "t1", "t2", "tn"];

/// Beginnings of keys that stand in tables of the code and are looked up from there.
const TABLES: [&str; 4] = ["error-", "month-", "refusal-", "weekday-"];

/// What a file says about keys.
#[derive(Debug, Default, PartialEq, Eq)]
struct Uses {
    /// Asked for by name, with a place.
    asked: BTreeMap<String, String>,
    /// Entries of the tables, with a place: keys, or keys without an ending.
    tabled: BTreeMap<String, String>,
    /// Beginnings of keys that are put together in a call, with a place.
    asked_beginnings: BTreeMap<String, String>,
    /// Beginnings of keys, and of whatever else is put together.
    beginnings: BTreeSet<String>,
    /// Endings that are put behind a key: `format!("{key}-title")`.
    endings: BTreeSet<String>,
    /// Whole strings that might be keys.
    mentioned: BTreeSet<String>,
}

/// Checks the repository; `false` = there are findings.
pub(crate) fn run(repository: &Repository) -> Result<bool> {
    let texts = repository.texts()?;
    let findings = check(&texts);
    for finding in &findings {
        println!("{finding}");
    }
    if findings.is_empty() {
        println!("words: nothing found");
    } else {
        println!("words: {} findings", findings.len());
    }
    Ok(findings.is_empty())
}

fn check(texts: &[SourceText]) -> Vec<String> {
    let mut findings = Vec::new();
    let mut languages: BTreeMap<&str, BTreeMap<String, String>> = BTreeMap::new();
    let found = texts.iter().filter(|file| file.is("ftl")).filter_map(|file| {
        file.path.strip_prefix("locales/")?.split_once('/').map(|(language, _)| language)
    });
    for language in LANGUAGES.into_iter().chain(found).collect::<BTreeSet<_>>() {
        let keys = languages.entry(language).or_default();
        let folder = format!("locales/{language}/");
        for file in texts.iter().filter(|file| file.path.starts_with(&folder) && file.is("ftl")) {
            for (key, line) in keys_of(&file.text) {
                let place = format!("{}:{line}", file.path);
                if let Some(first) = keys.insert(key.clone(), place.clone()) {
                    findings.push(format!("{place}: `{key}` stands at {first} already"));
                }
            }
        }
    }
    let mut uses = Uses::default();
    for file in texts {
        gather(file, &mut uses);
    }
    for (language, keys) in &languages {
        for (key, place) in uses.asked.iter().filter(|(key, _)| !keys.contains_key(*key)) {
            findings.push(format!("{place}: `{key}` is missing in `locales/{language}`"));
        }
        for (key, place) in uses.tabled.iter().filter(|(key, _)| !uses.asked.contains_key(*key)) {
            let ended =
                uses.endings.iter().any(|ending| keys.contains_key(&format!("{key}{ending}")));
            if !ended && !keys.contains_key(key) {
                findings.push(format!("{place}: `{key}` is missing in `locales/{language}`"));
            }
        }
        for (beginning, place) in &uses.asked_beginnings {
            if !keys.keys().any(|key| key.starts_with(beginning)) {
                findings.push(format!(
                    "{place}: nothing in `locales/{language}` begins with `{beginning}`"
                ));
            }
        }
    }
    for (language, keys) in &languages {
        for (key, place) in keys {
            for other in languages.keys().filter(|other| *other != language) {
                let there = languages.get(other).is_some_and(|others| others.contains_key(key));
                if !there && !uses.asked.contains_key(key) {
                    findings.push(format!("{place}: `{key}` is missing in `locales/{other}`"));
                }
            }
            let with_ending = uses.endings.iter().any(|ending| {
                key.strip_suffix(ending.as_str()).is_some_and(|stem| uses.mentioned.contains(stem))
            });
            let used = with_ending
                || uses.asked.contains_key(key)
                || uses.mentioned.contains(key)
                || uses.beginnings.iter().any(|beginning| key.starts_with(beginning));
            if !used {
                findings.push(format!("{place}: `{key}` is not used"));
            }
        }
    }
    findings
}

/// The messages of a Fluent file with their lines; terms and attributes are none.
fn keys_of(text: &str) -> Vec<(String, usize)> {
    let mut keys = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if let Some((key, _)) = line.split_once('=')
            && is_key(key.trim_end())
        {
            keys.push((key.trim_end().to_owned(), number + 1));
        }
    }
    keys
}

fn is_key(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

fn gather(file: &SourceText, uses: &mut Uses) {
    if file.is("ftl") {
        // One message may stand in another: `{ name }`.
        for piece in file.text.split('{').skip(1) {
            if let Some((inner, _)) = piece.split_once('}')
                && is_key(inner.trim())
            {
                uses.mentioned.insert(inner.trim().to_owned());
            }
        }
        return;
    }
    let code = match (file.is("rs"), file.is("html")) {
        _ if !file.path.starts_with("crates/app/") || file.is_test() => {
            return;
        }
        (true, _) => lexer::without_comments(&file.text),
        (_, true) => file.text.clone(),
        _ => return,
    };
    // The pieces between quotation marks, whatever is inside of what: in a template, a string may stand in
    // an expression that stands in an attribute.
    let mut line = 1;
    let mut before = "";
    for (position, piece) in code.split('"').enumerate() {
        if position > 0 {
            let place = || format!("{}:{line}", file.path);
            let beginning = piece.split('{').next().unwrap_or_default();
            if is_key(piece) && !piece.ends_with('-') {
                uses.mentioned.insert(piece.to_owned());
                if file.is("rs") && TABLES.iter().any(|table| piece.starts_with(table)) {
                    uses.tabled.entry(piece.to_owned()).or_insert_with(place);
                }
                if asks(before) {
                    uses.asked.entry(piece.to_owned()).or_insert_with(place);
                }
            } else if is_key(beginning) && beginning.ends_with('-') {
                if asks(before) {
                    uses.asked_beginnings.entry(beginning.to_owned()).or_insert_with(place);
                }
                if asks(before) || before.trim_end().ends_with("format!(") {
                    uses.beginnings.insert(beginning.to_owned());
                }
            }
        }
        if let Some((_, ending)) = piece.rsplit_once('}')
            && piece.starts_with('{')
            && ending.strip_prefix('-').is_some_and(is_key)
        {
            uses.endings.insert(ending.to_owned());
        }
        line += piece.matches('\n').count();
        before = piece;
    }
}

/// Whether the code before a string is the call of a function that takes a key.
fn asks(before: &str) -> bool {
    let Some(call) =
        before.trim_end_matches("format!(").trim_end_matches(['&', ' ', '\n']).strip_suffix('(')
    else {
        return false;
    };
    let name: String = {
        let reversed: Vec<char> = call.chars().rev().take_while(|c| lexer::is_word(*c)).collect();
        reversed.into_iter().rev().collect()
    };
    FUNCTIONS.contains(&name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_words(zh: &str, en: &str, html: &str, rust: &str, expected: &[&str]) {
        let texts = [
            SourceText::new("locales/zh/web.ftl", zh),
            SourceText::new("locales/en/web.ftl", en),
            SourceText::new("crates/app/web/templates/a.html", html),
            SourceText::new("crates/app/web/src/a.rs", rust),
        ];
        assert_eq!(check(&texts), expected);
    }

    #[test]
    fn words_in_order_pass() {
        check_words(
            "a-title = 甲\na-hint =\n    乙\nstate-done = 丙 { a-name }\na-name = 丁\na-name-more = 戊\n",
            "a-title = A\na-hint = B\nstate-done = C { a-name }\na-name = D\na-name-more = E\n",
            "<a title=\"{{ w.t(\"a-title\") }}\">",
            "w.t(&format!(\"{}-more\", \"a-name\")); let x = w.tn(\n    \"a-hint\", &[]); w.t(&format!(\"state-{state}\"));",
            &[],
        );
    }

    #[test]
    fn a_table_of_errors_asks() {
        check_words(
            "",
            "",
            "",
            "Self::Stale => (409, \"error-stale\")",
            &[
                "crates/app/web/src/a.rs:1: `error-stale` is missing in `locales/en`",
                "crates/app/web/src/a.rs:1: `error-stale` is missing in `locales/zh`",
            ],
        );
    }

    #[test]
    fn a_table_may_hold_keys_without_their_ending() {
        check_words(
            "error-busy-title = 甲\n",
            "error-busy-title = A\n",
            "<p class=\"error-text\">",
            "w.t(&format!(\"{}-title\", if busy { \"error-busy\" } else { x }))",
            &[],
        );
    }

    #[test]
    fn a_call_over_two_lines_asks() {
        check_words(
            "",
            "",
            "",
            "w.tn(\n    \"b\", &[])",
            &[
                "crates/app/web/src/a.rs:2: `b` is missing in `locales/en`",
                "crates/app/web/src/a.rs:2: `b` is missing in `locales/zh`",
            ],
        );
    }

    #[test]
    fn a_missing_word_is_refused() {
        check_words(
            "a-title = 甲\n",
            "",
            "{{ w.t(\"a-title\") }}",
            "",
            &["crates/app/web/templates/a.html:1: `a-title` is missing in `locales/en`"],
        );
        check_words(
            "",
            "",
            "",
            "w.t(&format!(\"state-{s}\"))",
            &[
                "crates/app/web/src/a.rs:1: nothing in `locales/en` begins with `state-`",
                "crates/app/web/src/a.rs:1: nothing in `locales/zh` begins with `state-`",
            ],
        );
    }

    #[test]
    fn every_language_that_there_is_is_looked_at() {
        let texts = [
            SourceText::new("locales/zh/web.ftl", "a-title = 个\n"),
            SourceText::new("locales/en/web.ftl", "a-title = A\n"),
            SourceText::new("locales/zh-Hant/web.ftl", "# 空\n"),
            SourceText::new("locales/zh-Hant/more.ftl", "b = 個\n"),
            SourceText::new("crates/app/web/templates/a.html", "{{ p.t(\"a-title\") }}"),
        ];
        assert_eq!(
            check(&texts),
            [
                "crates/app/web/templates/a.html:1: `a-title` is missing in `locales/zh-Hant`",
                "locales/zh-Hant/more.ftl:1: `b` is missing in `locales/en`",
                "locales/zh-Hant/more.ftl:1: `b` is missing in `locales/zh`",
                "locales/zh-Hant/more.ftl:1: `b` is not used",
            ]
        );
    }

    #[test]
    fn an_unused_or_doubled_word_is_refused() {
        check_words(
            "a = 甲\n",
            "a = A\n",
            "",
            "// t(\"a\")",
            &["locales/en/web.ftl:1: `a` is not used", "locales/zh/web.ftl:1: `a` is not used"],
        );
        check_words(
            "a = 甲\na = 乙\n",
            "a = A\n",
            "{{ w.t(\"a\") }}",
            "",
            &["locales/zh/web.ftl:2: `a` stands at locales/zh/web.ftl:1 already"],
        );
    }
}
