//! The glossary is a promise: the code items it names exist, and no public type bears a word that it
//! says never to use.

use super::Finding;
use crate::lexer;
use crate::repository::SourceText;

const RULE: &str = "glossary";

/// Columns of the table: term, Chinese, meaning, source, code item, never say.
const COLUMNS: usize = 6;

/// Reads the table in `glossary` and looks for its items in `sources`.
pub(crate) fn check(glossary: &SourceText, sources: &[SourceText]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut never: Vec<String> = Vec::new();
    for (number, line) in glossary.text.lines().enumerate() {
        let cells: Vec<&str> = line.trim().trim_matches('|').split('|').map(str::trim).collect();
        let [_, _, _, _, items, words] = cells.as_slice() else {
            continue;
        };
        if cells.len() != COLUMNS || items.starts_with("---") {
            continue;
        }
        for item in ticked(items).filter(|item| !exists(item, sources)) {
            let message = format!("code item `{item}` does not exist");
            findings.push(Finding::at(glossary, number + 1, RULE, message));
        }
        never.extend(ticked(words).map(str::to_owned));
    }
    for file in sources.iter().filter(|file| file.path.starts_with("crates/core/") && file.is("rs"))
    {
        let code = lexer::code_only(&file.text);
        for word in &never {
            for kind in ["pub struct", "pub enum", "pub trait", "pub type"] {
                for line in lexer::lines_with(&code, &format!("{kind} {word}")) {
                    let message = format!("the glossary says never to say `{word}`");
                    findings.push(Finding::at(file, line, RULE, message));
                }
            }
        }
    }
    findings
}

/// What stands between back-ticks.
fn ticked(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

/// Whether `crate::Item` (or `crate::module::Item`) is defined in that crate.
fn exists(item: &str, sources: &[SourceText]) -> bool {
    let Some((krate, _)) = item.split_once("::") else {
        return false;
    };
    let name = item.rsplit("::").next().unwrap_or_default();
    sources
        .iter()
        .filter(|file| file.is("rs") && crate_of(&file.path).as_deref() == Some(krate))
        .any(|file| defines(&lexer::code_only(&file.text), name))
}

/// The name under which others use the crate that a source file belongs to.
fn crate_of(path: &str) -> Option<String> {
    let parts: Vec<&str> = path.split('/').collect();
    match parts.as_slice() {
        ["crates", "store", folder, "src", ..] => Some(format!("store_{folder}")),
        ["crates", _, folder, "src", ..] => Some((*folder).to_owned()),
        _ => None,
    }
}

/// A definition, a variant, a re-export under another name, or an entry of a list that a macro defines.
fn defines(code: &str, name: &str) -> bool {
    const KEYWORDS: [&str; 9] =
        ["struct", "enum", "trait", "type", "fn", "mod", "const", "static", "as"];
    code.lines().any(|line| {
        let words: Vec<&str> =
            line.split(|c| !lexer::is_word(c)).filter(|w| !w.is_empty()).collect();
        let defined = words.windows(2).any(
            |pair| matches!(pair, [keyword, word] if KEYWORDS.contains(keyword) && *word == name),
        );
        let listed = line.trim_start().strip_prefix(name).is_some_and(|rest| {
            let rest = rest.trim_start();
            rest.is_empty() || rest.starts_with([',', ';', '(', '{', '=', ':'])
        });
        defined || listed
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_row(items: &str, never: &str, expected: &[&str]) {
        let table = format!("| a | 甲 | one thing | ours | {items} | {never} |\n");
        let sources = [
            SourceText::new(
                "crates/core/plan/src/lib.rs",
                "pub struct Plan;\npub enum Way {\n    Upload,\n}\npub use a::B as C;",
            ),
            SourceText::new("crates/core/vocabulary/src/ids.rs", "ids! {\n    CaseId,\n}"),
            SourceText::new("crates/store/port/src/lib.rs", "pub trait CaseLog {}"),
        ];
        let found: Vec<String> = check(&SourceText::new("docs/glossary.md", &table), &sources)
            .into_iter()
            .map(|finding| finding.message)
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn items_that_exist_pass() {
        check_row("`plan::Plan`, `plan::Way::Upload`, `plan::C`", "*journey*", &[]);
        check_row("`vocabulary::CaseId` `store_port::CaseLog`", "", &[]);
    }

    #[test]
    fn items_that_do_not_exist_are_refused() {
        check_row("`plan::Journey`", "", &["code item `plan::Journey` does not exist"]);
        check_row("`casework::Plan`", "", &["code item `casework::Plan` does not exist"]);
        check_row("", "`Plan`", &["the glossary says never to say `Plan`"]);
    }
}
