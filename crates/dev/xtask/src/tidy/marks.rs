//! Marks that a file must not bear: promises without an issue, paths of one machine, too many lines.

use super::Finding;
use crate::lexer;
use crate::repository::SourceText;

const LINES_MAX: usize = 800;

/// Spelt in two halves, so that this file does not refuse itself.
const PROMISES: [&str; 2] = [concat!("TO", "DO"), concat!("FIX", "ME")];

/// Folders that exist on one machine only.
const MACHINE_FOLDERS: [&str; 6] = ["work", "root", "home", "Users", "mnt", "srv"];

/// A promise to do something later names its issue: `(#12)`.
pub(crate) fn unnumbered_promises(file: &SourceText) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (number, line) in file.text.lines().enumerate() {
        for word in PROMISES {
            let numbered = line.split_once(word).is_some_and(|(_, after)| {
                let after = after.trim_start_matches(['(', ' ']);
                after.strip_prefix('#').is_some_and(|n| n.starts_with(|c: char| c.is_ascii_digit()))
            });
            if lexer::has_word(line, word) && !numbered {
                let message = format!("`{word}` without the number of an issue, as in `(#12)`");
                findings.push(Finding::at(file, number + 1, "promise", message));
            }
        }
    }
    findings
}

/// A long file is a room to divide.
pub(crate) fn size(file: &SourceText) -> Option<Finding> {
    let lines = file.text.lines().count();
    let written = ["rs", "html", "css", "js", "sql"].iter().any(|extension| file.is(extension));
    (written && lines > LINES_MAX).then(|| {
        let message = format!("{lines} lines, at most {LINES_MAX}: divide it");
        Finding::new(file.path.clone(), "size", message)
    })
}

/// A path such as `/home/…` is true on one machine only.
pub(crate) fn machine_paths(file: &SourceText) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (number, line) in file.text.lines().enumerate() {
        for folder in MACHINE_FOLDERS {
            if let Some(path) = machine_path(line, folder) {
                let message = format!("`{path}…` is a path of one machine");
                findings.push(Finding::at(file, number + 1, "machine path", message));
            }
        }
    }
    findings
}

fn machine_path(line: &str, folder: &str) -> Option<String> {
    let needle = format!("/{folder}/");
    let mut parts = line.split(needle.as_str()).peekable();
    while let Some(before) = parts.next() {
        let after = parts.peek()?;
        // `a/home/b`, `…}/work/x` and `./work/x` are parts of relative paths or addresses.
        let absolute = !before.ends_with(|c: char| c.is_alphanumeric() || "._-~}>*)".contains(c));
        if absolute && after.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '.') {
            return Some(needle);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promise_needs_a_number() {
        let [later, broken] = PROMISES;
        let check = |text: String, expected: usize| {
            let file = SourceText::new("crates/a.rs", &text);
            assert_eq!(unnumbered_promises(&file).len(), expected, "{text}");
        };
        check(format!("// {later}: later"), 1);
        check(format!("// {broken} this"), 1);
        check(format!("// {later}(#12): later"), 0);
        check(format!("// {later} #12: later"), 0);
        check(format!("{later}S is another word"), 0);
    }

    #[test]
    fn a_long_file_is_refused() {
        let long = "x\n".repeat(LINES_MAX + 1);
        assert!(size(&SourceText::new("a.rs", &long)).is_some());
        assert!(size(&SourceText::new("a.toml", &long)).is_none());
        assert!(size(&SourceText::new("a.rs", "x\n")).is_none());
    }

    #[test]
    fn a_path_of_one_machine_is_refused() {
        let check = |text: &str, expected: usize| {
            assert_eq!(machine_paths(&SourceText::new("a.md", text)).len(), expected, "{text}");
        };
        check(concat!("see /ho", "me/ann/project"), 1);
        check(concat!("\"/wo", "rk/main\""), 1);
        check(concat!("(/ro", "ot/.cargo)"), 1);
        check("https://example.org/home/page and a/work/b and /homes/x", 0);
    }
}
