//! Every stable code that the program may show has its page in `docs/codes/`, and every page is about a
//! code that the program may show. `yijianshi explain CODE` prints the page.

use std::collections::{BTreeMap, BTreeSet};

use super::Finding;
use crate::lexer;
use crate::repository::SourceText;

const RULE: &str = "code";
const FOLDER: &str = "docs/codes/";
/// What every page has, in this order of headings.
const PARTS: [&str; 2] = ["\n## Example\n", "\n## Cure\n"];
/// What a page on a mistake in a definition has besides: its authors work in Chinese offices.
const PARTS_FOR_AUTHORS: [&str; 2] = ["\n## Cause\n", "\n## 中文\n"];
/// Codes of what is wrong in definitions.
const FOR_AUTHORS: [&str; 4] = ["CAT", "CON", "PRF", "TAB"];

/// Compares the codes in the sources of the product with the pages.
pub(crate) fn check(files: &[SourceText]) -> Vec<Finding> {
    let pages: BTreeMap<&str, &SourceText> = files
        .iter()
        .filter_map(|file| Some((file.path.strip_prefix(FOLDER)?.strip_suffix(".md")?, file)))
        .filter(|(name, _)| is_code(name))
        .collect();
    let mut findings = Vec::new();
    let mut shown: BTreeSet<String> = BTreeSet::new();
    for file in files.iter().filter(|file| is_product(file)) {
        let text = lexer::without_comments(&file.text);
        for (number, line) in text.lines().enumerate() {
            for code in line.split('"').filter(|piece| is_code(piece)) {
                if !pages.contains_key(code) && !shown.contains(code) {
                    let message = format!("`{code}` has no page `{FOLDER}{code}.md`");
                    findings.push(Finding::at(file, number + 1, RULE, message));
                }
                shown.insert(code.to_owned());
            }
        }
    }
    for (code, page) in pages {
        if !shown.contains(code) {
            let message = format!("`{code}` is shown nowhere");
            findings.push(Finding::new(page.path.clone(), RULE, message));
        }
        if !page.text.starts_with(&format!("# {code}: ")) {
            let message = format!("the page must begin with `# {code}: ` and what it means");
            findings.push(Finding::at(page, 1, RULE, message));
        }
        let for_authors = FOR_AUTHORS.iter().any(|kind| code.starts_with(kind));
        let more = PARTS_FOR_AUTHORS.into_iter().filter(|_| for_authors);
        for part in PARTS.into_iter().chain(more).filter(|part| !page.text.contains(part)) {
            let message = format!("the page has no `{}`", part.trim());
            findings.push(Finding::new(page.path.clone(), RULE, message));
        }
    }
    findings
}

fn is_product(file: &SourceText) -> bool {
    let developers = ["crates/dev/xtask/", "crates/dev/testkit/"];
    file.path.starts_with("crates/")
        && file.is("rs")
        && !file.is_test()
        && !file.path.contains("/src/tests/")
        && !developers.iter().any(|folder| file.path.starts_with(folder))
}

/// Three or four capitals and four digits: `CAT0012`.
fn is_code(text: &str) -> bool {
    let letters = text.chars().take_while(char::is_ascii_uppercase).count();
    let digits = text.chars().skip(letters).take_while(char::is_ascii_digit).count();
    (3..=4).contains(&letters) && digits == 4 && text.chars().count() == letters + digits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_files(source: &str, code: &str, page: &str, expected: &[&str]) {
        let files = [
            SourceText::new("crates/core/plan/src/lib.rs", source),
            SourceText::new(&format!("docs/codes/{code}.md"), page),
        ];
        let found: Vec<String> = check(&files).into_iter().map(|f| f.message).collect();
        assert_eq!(found, expected);
    }

    const PAGE: &str = "# ABC0001: it\n\n## Example\n\nx\n\n## Cure\n\ny\n";

    #[test]
    fn a_code_with_its_page_passes() {
        check_files("Self::It => \"ABC0001\", // \"ABC0002\"", "ABC0001", PAGE, &[]);
    }

    #[test]
    fn a_code_without_page_and_a_page_without_code_are_refused() {
        check_files(
            "[\"ABC0002\", \"ABC0002\"]",
            "ABC0001",
            PAGE,
            &["`ABC0002` has no page `docs/codes/ABC0002.md`", "`ABC0001` is shown nowhere"],
        );
    }

    #[test]
    fn a_page_for_authors_says_why_and_says_it_in_chinese() {
        let page = "# CAT0001: it\n\n## Example\n\nx\n\n## Cure\n\ny\n";
        let missing = ["the page has no `## Cause`", "the page has no `## 中文`"];
        check_files("\"CAT0001\"", "CAT0001", page, &missing);
        let page = format!("{page}\n## Cause\n\nz\n\n## 中文\n\n甲\n");
        check_files("\"CAT0001\"", "CAT0001", &page, &[]);
    }

    #[test]
    fn an_empty_page_is_refused() {
        check_files(
            "\"ABC0001\"",
            "ABC0001",
            "",
            &[
                "the page must begin with `# ABC0001: ` and what it means",
                "the page has no `## Example`",
                "the page has no `## Cure`",
            ],
        );
    }
}
