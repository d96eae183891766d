//! Links of Markdown files lead somewhere: to a file or folder of the repository, and to a heading in it.
//! Addresses of other sites are left alone.

use super::Finding;
use crate::repository::SourceText;

const RULE: &str = "link";

/// `exists` answers for files and folders, `text_of` gives a file's text.
pub(crate) fn check<'a>(
    file: &SourceText,
    exists: &dyn Fn(&str) -> bool,
    text_of: &dyn Fn(&str) -> &'a str,
) -> Vec<Finding> {
    if !file.is("md") {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (line, target) in targets(&file.text) {
        if target.contains("://") || target.starts_with("mailto:") {
            continue;
        }
        let (path, anchor) = target.split_once('#').unwrap_or((target.as_str(), ""));
        let path = if path.is_empty() { Some(file.path.clone()) } else { join(&file.path, path) };
        let Some(path) = path.filter(|path| exists(path)) else {
            let message = format!("`{target}` leads nowhere");
            findings.push(Finding::at(file, line, RULE, message));
            continue;
        };
        if !anchor.is_empty() {
            let text = if path == file.path { file.text.as_str() } else { text_of(&path) };
            if !headings(text).iter().any(|heading| heading == anchor) {
                let message = format!("`{path}` has no heading `#{anchor}`");
                findings.push(Finding::at(file, line, RULE, message));
            }
        }
    }
    findings
}

/// The targets of all links and pictures outside code, with their lines.
fn targets(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (number, line) in outside_code(text) {
        for rest in line.split("](").skip(1) {
            if let Some((target, _)) = rest.split_once(')') {
                let target = target.split_whitespace().next().unwrap_or_default();
                found.push((number, target.to_owned()));
            }
        }
    }
    found
}

/// Lines outside fenced blocks, without what stands in back-ticks.
fn outside_code(text: &str) -> Vec<(usize, String)> {
    let mut fenced = false;
    let mut lines = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            let outside: Vec<&str> = line.split('`').step_by(2).collect();
            lines.push((number + 1, outside.concat()));
        }
    }
    lines
}

/// The anchors that a forge makes of the headings.
fn headings(text: &str) -> Vec<String> {
    let mut fenced = false;
    let mut anchors = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced && line.starts_with('#') {
            let title = line.trim_start_matches('#').trim().to_lowercase();
            let kept = title.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
            anchors.push(kept.map(|c| if c == ' ' { '-' } else { c }).collect());
        }
    }
    anchors
}

/// `target` as seen from `from`; `None` if it leaves the repository.
fn join(from: &str, target: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in target.trim_end_matches('/').split('/') {
        match part {
            "." | "" => {}
            ".." => {
                parts.pop()?;
            }
            _ => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_text(text: &str, expected: &[&str]) {
        let exists = |path: &str| ["docs/a.md", "docs", "README.md", "docs/b.md"].contains(&path);
        let text_of = |path: &str| {
            if path == "README.md" { "# One: two\n" } else { "" }
        };
        let file = SourceText::new("docs/a.md", text);
        let found: Vec<String> =
            check(&file, &exists, &text_of).into_iter().map(|f| f.message).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn links_that_lead_somewhere_pass() {
        check_text(
            "# Top\n[a](b.md) [b](../README.md#one-two) [c](#top) [d](../docs/) [e](https://x.org/y)\n\
             `[f](nowhere.md)`\n```\n[g](nowhere.md)\n```\n",
            &[],
        );
    }

    #[test]
    fn links_that_lead_nowhere_are_refused() {
        check_text("[a](c.md)", &["`c.md` leads nowhere"]);
        check_text("![a](../docs/p.png)", &["`../docs/p.png` leads nowhere"]);
        check_text("[a](../../out.md)", &["`../../out.md` leads nowhere"]);
        check_text("[a](../README.md#three)", &["`README.md` has no heading `#three`"]);
    }
}
