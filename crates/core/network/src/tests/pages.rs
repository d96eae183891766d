//! The pages in `docs/codes/`: each broken example, laid over the good network, is refused with exactly the code
//! of its page. A block marked `diff` changes `good.toml`, a block `toml beside` stands behind it.

use std::path::Path;

use super::{GOOD, compile_text};
use crate::{CODES, NoAuthority};

fn page(code: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../docs/codes");
    std::fs::read_to_string(folder.join(format!("{code}.md"))).unwrap_or_default()
}

fn block<'p>(page: &'p str, opening: &str) -> Option<Vec<&'p str>> {
    let mut lines = page.lines();
    lines.find(|line| *line == opening)?;
    Some(lines.take_while(|line| *line != "```").collect())
}

fn broken(code: &str, page: &str) -> String {
    if let Some(lines) = block(page, "```toml beside") {
        return format!("{GOOD}\n{}\n", lines.join("\n"));
    }
    let lines = block(page, "```diff").unwrap_or_else(|| panic!("{code} has no broken example"));
    let side = |dropped: char| {
        let kept = lines.iter().filter(|line| !line.starts_with(dropped));
        kept.map(|line| format!("\n{}", line.get(1..).unwrap_or_default())).collect::<String>()
    };
    let (from, to) = (side('+') + "\n", side('-') + "\n");
    let text = format!("\n{GOOD}");
    assert_eq!(text.matches(&from).count(), 1, "{code}: stands once in good.toml:{from}");
    text.replace(&from, &to)
}

#[test]
fn every_broken_example_is_refused_with_the_code_of_its_page() {
    for (code, _) in CODES {
        let found = compile_text(&broken(code, &page(code))).diagnostics;
        assert!(!found.is_empty() && found.iter().all(|it| it.code == *code), "{code}: {found:?}");
    }
}

#[test]
fn every_refusal_has_a_page_in_both_languages() {
    let refusals = (101..=112).map(|number| format!("NET0{number}"));
    for code in CODES.iter().map(|(code, _)| (*code).to_owned()).chain(refusals) {
        let page = page(&code);
        let chinese = page.split_once("\n## 中文\n").map(|(_, rest)| rest.trim());
        assert!(chinese.is_some_and(|text| text.ends_with('。')), "docs/codes/{code}.md");
    }
    assert_eq!(NoAuthority::UnknownPlace.code(), "NET0112");
}
