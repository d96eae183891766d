//! Colours as the style sheets say them: every one has a name, and in each theme text can be read on its
//! ground. The themes are read from `assets/style.css`, what stands on what from all style sheets.

use std::collections::{BTreeMap, BTreeSet};

type Names = BTreeMap<String, String>;

const STYLE: &str = include_str!("../../assets/style.css");

/// What has its own ground: the hall's display is dark, codes to be scanned and documents are on white, in every theme.
const OWN_GROUND: [&str; 3] = [".display", ".qr", ".viewerbody"];

/// Text on the grounds that it inherits rather than names.
const INHERITED: [(&str, &[&str]); 12] = [
    (
        "ink",
        &[
            "paper",
            "sheet",
            "accent-wash",
            "seal-wash",
            "ok-wash",
            "warn-wash",
            "grey-wash",
            "active",
            "shade-1",
            "shade-2",
            "shade-3",
            "shade-4",
            "load-1",
            "load-2",
            "load-3",
            "load-4",
        ],
    ),
    ("ink-2", &["paper", "sheet", "accent-wash", "ok-wash", "warn-wash", "seal-wash", "active"]),
    ("accent", &["paper", "sheet", "accent-wash", "ok-wash", "warn-wash", "seal-wash"]),
    ("accent-deep", &["paper", "sheet", "accent-wash"]),
    ("seal", &["paper", "sheet", "seal-wash"]),
    ("ok", &["paper", "sheet"]),
    ("warn", &["paper", "sheet"]),
    ("shade-ink-2", &["shade-1", "shade-2", "shade-3", "shade-4"]),
    ("on-night", &["night", "demo"]),
    ("on-night-2", &["night"]),
    ("on-accent", &["accent", "accent-deep"]),
    ("seal-deep", &["sheet"]),
];

#[test]
fn every_pair_of_text_and_ground_can_be_read_in_every_theme() {
    let pairs = pairs();
    assert!(pairs.len() > 50, "{} pairs: the style sheets were not read", pairs.len());
    let mut faint = Vec::new();
    for (theme, names) in themes() {
        for (text, ground) in &pairs {
            let (Some(on), Some(below)) = (names.get(text), names.get(ground)) else {
                faint.push(format!("{theme}: --{text} or --{ground} has no value"));
                continue;
            };
            let reached = contrast(on, below);
            if reached < 4.5 {
                faint.push(format!(
                    "{theme}: --{text} {on} on --{ground} {below} reaches {reached:.2}"
                ));
            }
        }
    }
    assert!(faint.is_empty(), "below 4.5:1:\n{}", faint.join("\n"));
}

#[test]
fn what_can_be_pressed_or_typed_into_has_an_edge_that_can_be_seen() {
    for (theme, names) in themes() {
        for (edge, ground) in [("field", "sheet"), ("field", "paper"), ("focus", "ink")] {
            let reached = contrast(&names[edge], &names[ground]);
            // The ring of the focus has the ink beside it, one of them shows on every ground.
            let reached = if edge == "focus" {
                reached.max(contrast(&names["ink"], &names["sheet"]))
            } else {
                reached
            };
            assert!(reached >= 3.0, "{theme}: --{edge} on --{ground} reaches {reached:.2}");
        }
    }
}

#[test]
fn colours_have_names() {
    let mut unnamed = Vec::new();
    for (file, text) in sheets() {
        for rule in without_tokens(&text).split('}') {
            let selector = rule.split('{').next().unwrap_or_default();
            if OWN_GROUND.iter().any(|own| selector.contains(own)) {
                continue;
            }
            let body = rule.rsplit('{').next().unwrap_or_default();
            for declaration in body.split(';').filter(|one| !one.trim_start().starts_with("--")) {
                let written = declaration.split_once(':').map_or("", |(_, value)| value);
                if written.split([' ', ',', '(']).any(|word| is_hex(word.trim_end_matches(')'))) {
                    unnamed.push(format!("{file}: {}{{{}", selector.trim(), declaration.trim()));
                }
            }
        }
    }
    assert!(unnamed.is_empty(), "colours without a name of style.css:\n{}", unnamed.join("\n"));
}

#[test]
fn contrast_is_computed_as_the_guidelines_say() {
    assert!((contrast("#000000", "#ffffff") - 21.0).abs() < 0.01);
    assert!((contrast("#777", "#ffffff") - 4.48).abs() < 0.01);
    assert!((contrast("#ffffff", "#ffffff") - 1.0).abs() < 0.01);
}

/// All style sheets: name and text.
fn sheets() -> Vec<(String, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/assets");
    let mut sheets: Vec<(String, String)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "css"))
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, without_comments(&std::fs::read_to_string(path).unwrap()))
        })
        .collect();
    sheets.sort();
    sheets
}

fn without_comments(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("/*") {
        kept += before;
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    kept + rest
}

/// The sheet without its blocks of tokens.
fn without_tokens(text: &str) -> String {
    text.find("\n*, *::before").map_or(text, |at| &text[at..]).to_owned()
}

/// The four themes: what prints and shows by default, and what each wish of the reader puts over it.
fn themes() -> Vec<(&'static str, Names)> {
    let text = without_comments(STYLE);
    let over = |names: &Names, condition: &str| -> Names {
        let (_, block) =
            text.split_once(&format!("{condition} {{")).unwrap_or_else(|| panic!("{condition}"));
        let (_, block) = block.split_once('{').unwrap();
        let mut names = names.clone();
        names.extend(tokens(block.split('}').next().unwrap()));
        names
    };
    let light = tokens(text.split_once('{').unwrap().1.split('}').next().unwrap());
    let dark = over(&light, "@media screen and (prefers-color-scheme: dark)");
    let clear = over(&light, "@media (prefers-contrast: more)");
    let dark_clear = over(
        &over(&dark, "@media (prefers-contrast: more)"),
        "(prefers-color-scheme: dark) and (prefers-contrast: more)",
    );
    vec![
        ("light", light),
        ("dark", dark),
        ("high contrast", clear),
        ("dark, high contrast", dark_clear),
    ]
}

fn tokens(block: &str) -> Names {
    block
        .split(';')
        .filter_map(|declaration| declaration.trim().strip_prefix("--")?.split_once(':'))
        .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
        .filter(|(_, value)| is_hex(value))
        .collect()
}

/// What stands on what: text that names its ground in the same rule, and what [`INHERITED`] says.
fn pairs() -> BTreeSet<(String, String)> {
    let mut pairs: BTreeSet<(String, String)> = INHERITED
        .iter()
        .flat_map(|(text, grounds)| {
            grounds.iter().map(|ground| ((*text).to_owned(), (*ground).to_owned()))
        })
        .collect();
    for (_, text) in sheets() {
        for rule in without_tokens(&text).split('}') {
            let body = rule.rsplit('{').next().unwrap_or_default();
            let named = |property: &str| {
                body.split(';').filter_map(|one| one.split_once(':')).find_map(|(name, value)| {
                    let name_fits = name.trim() == property;
                    let token = value.trim().strip_prefix("var(--")?.strip_suffix(')')?;
                    name_fits.then(|| token.to_owned())
                })
            };
            if let (Some(text), Some(ground)) = (named("color"), named("background")) {
                pairs.insert((text, ground));
            }
        }
    }
    pairs
}

fn is_hex(text: &str) -> bool {
    let text = text.trim();
    text.strip_prefix('#').is_some_and(|digits| {
        [3, 6].contains(&digits.len()) && digits.chars().all(|c| c.is_ascii_hexdigit())
    })
}

/// Contrast of two colours (WCAG 2.2, relative luminance).
fn contrast(one: &str, other: &str) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn luminance(hex: &str) -> f64 {
    let digits = hex.trim_start_matches('#');
    let part = |at: usize| {
        let (from, times) = if digits.len() == 3 { (at, 2) } else { (at * 2, 1) };
        let width = if digits.len() == 3 { 1 } else { 2 };
        let value = digits[from..from + width].repeat(times);
        let value = f64::from(u8::from_str_radix(&value, 16).unwrap()) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(0) + 0.7152 * part(1) + 0.0722 * part(2)
}
