//! The pages in `docs/codes/`: each broken example, laid over the good definition, is refused with exactly the
//! code of its page.
//!
//! A block marked `diff` changes `good.toml`: what follows `-` (or a blank) stands in it exactly once, and what
//! follows `+` (or a blank) takes its place; `@@` divides changes. A block `toml beside` is another file.

use std::path::Path;

use super::{GOOD, compile_files};
use crate::{CODES, Severity};

/// No example is as long as a file that is too long; what is stored is not written by hand.
const WITHOUT: [&str; 3] = ["CAT0002", "CAT0090", "CAT0091"];

fn page(code: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../docs/codes");
    std::fs::read_to_string(folder.join(format!("{code}.md"))).unwrap()
}

/// The lines of the page's block that opens with this line.
fn block<'p>(page: &'p str, opening: &str) -> Option<Vec<&'p str>> {
    let mut lines = page.lines();
    lines.find(|line| *line == opening)?;
    Some(lines.take_while(|line| *line != "```").collect())
}

fn applied(code: &str, lines: &[&str]) -> String {
    let mut text = format!("\n{GOOD}");
    for change in lines.split(|line| *line == "@@") {
        let side = |dropped: char| {
            let kept = change.iter().filter(|line| !line.starts_with(dropped));
            kept.map(|line| format!("\n{}", line.get(1..).unwrap_or_default())).collect::<String>()
        };
        let (from, to) = (side('+') + "\n", side('-') + "\n");
        assert_eq!(text.matches(&from).count(), 1, "{code}: stands once in good.toml:{from}");
        text = text.replace(&from, &to);
    }
    text
}

#[test]
fn every_broken_example_is_refused_with_the_code_of_its_page() {
    for (code, _) in CODES.iter().filter(|(code, _)| !WITHOUT.contains(code)) {
        let page = page(code);
        let compiled = match (block(&page, "```diff"), block(&page, "```toml beside")) {
            (Some(lines), None) => compile_files(&[("good.toml", &applied(code, &lines))]),
            (None, Some(lines)) => {
                compile_files(&[("good.toml", GOOD), ("other.toml", &lines.join("\n"))])
            }
            _ => panic!("docs/codes/{code}.md has no broken example, or two"),
        };
        let found: Vec<(&str, Severity)> =
            compiled.diagnostics.iter().map(|found| (found.code, found.severity)).collect();
        assert!(found.iter().any(|(it, _)| it == code), "{code}: {found:?}");
        let errors = found.iter().filter(|(_, severity)| *severity == Severity::Error);
        assert!(errors.clone().all(|(it, _)| it == code), "{code}: {found:?}");
    }
}

#[test]
fn every_page_says_it_in_chinese_too() {
    for (code, _) in CODES {
        let page = page(code);
        let chinese = page.split_once("\n## 中文\n").map(|(_, rest)| rest.trim());
        assert!(chinese.is_some_and(|text| text.ends_with('。')), "docs/codes/{code}.md");
    }
}
