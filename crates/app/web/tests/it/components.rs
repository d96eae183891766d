//! Pages are built of components: the markup of one stands in its own template, and nowhere else.

use std::path::{Path, PathBuf};

/// Where the markup of components stands.
const COMPONENTS: &[&str] = &["components", "shared/components.html", "shared/fields.html"];

/// Pages with a look of their own: the screen of a hall is a table from edge to edge.
const OF_ITS_OWN: &[(&str, &str)] = &[("desk/display.html", "<table")];

/// What a template would write by hand, and what it writes instead.
const BY_HAND: &[(&str, &str)] = &[
    ("class=\"tag\"", "crate::ui::plain(words)"),
    ("class=\"tag ", "crate::ui::ok(words) and its like"),
    ("class=\"light", "crate::ui::light(clock, words)"),
    ("class=\"notice", "call ui::notice(tone)"),
    ("class=\"crumbs", "call ui::crumbs(p)"),
    ("class=\"errors", "call ui::errors(heading) or fields::error_summary"),
    ("class=\"error-text", "call fields::whole(p, field), or ui::error(id, words)"),
    ("<div class=\"field\"", "call ui::field(id, label, hint, wrong)"),
    ("<div class=\"field{", "call ui::field(id, label, hint, wrong) or fields::whole"),
    ("<dl class=\"figures", "call ui::figures(class)"),
    ("<table", "call ui::table(frame, class, label)"),
];

/// What a button may be beside a button.
const WEIGHTS: &[&str] = &["second", "danger", "small", "big", "wide"];

#[test]
fn no_template_writes_the_markup_of_a_component() {
    let mut wrong = Vec::new();
    for (name, text) in templates() {
        if COMPONENTS.iter().any(|own| Path::new(&name).starts_with(own)) {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            for (by_hand, instead) in BY_HAND {
                let own = OF_ITS_OWN.contains(&(name.as_str(), by_hand));
                if line.contains(by_hand) && !own {
                    wrong.push(format!("{name}:{}: {by_hand}: {instead}", number + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "written by hand:\n{}", wrong.join("\n"));
}

#[test]
fn buttons_have_no_weight_that_the_style_sheet_does_not_know() {
    let mut wrong = Vec::new();
    for (name, text) in templates() {
        for class in text.split("class=\"button").skip(1).filter_map(|rest| rest.split('"').next())
        {
            // What stands within braces chooses between words that stand outside of them.
            let words = class.split(' ').filter(|word| word.chars().all(char::is_alphabetic));
            for word in words.filter(|word| !word.is_empty()) {
                let is_template = class.contains('{');
                if !WEIGHTS.contains(&word) && !is_template {
                    wrong.push(format!("{name}: a button that is {word}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every template: its name below the folder, and its text.
fn templates() -> Vec<(String, String)> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/templates"));
    let mut waiting = vec![folder.clone()];
    let mut found = Vec::new();
    while let Some(next) = waiting.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                let name = path.strip_prefix(&folder).unwrap().to_string_lossy().into_owned();
                found.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    assert!(found.len() > 60, "the templates are not where they were: {}", found.len());
    found
}
