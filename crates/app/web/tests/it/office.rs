//! What stories of an office share: the address of a case's desk, and a form of its page that is sent.

use vocabulary::CaseId;

use crate::town::{Answer, Person};

/// Where one service of a case is decided.
pub(crate) fn desk(case: CaseId, node: &str) -> String {
    format!("/officer/cases/{case}/{node}")
}

/// Sends one of the forms of a page.
pub(crate) async fn decide(
    officer: &Person<'_>,
    page: &Answer,
    path: &str,
    more: &[(&str, &str)],
) -> Answer {
    let mut form = vec![("command", page.input("command")), ("version", page.input("version"))];
    form.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
    officer.post(path, &form).await
}

/// What a document says: on its own sheet, as it is previewed, or inside the page of its case.
pub(crate) fn said(page: &Answer) -> String {
    let text = page.text();
    let after = |mark: &str| text.find(mark).map(|at| at + mark.len());
    let (from, end) = match after("<p class=\"addressee\">") {
        Some(at) => (at + text[at..].find("</p>").unwrap() + 4, "<footer>"),
        None => {
            let at = after("<section class=\"brief\"").unwrap_or_else(|| panic!("{page:?}"));
            (at + text[at..].find('>').unwrap() + 1, "</section>")
        }
    };
    let to = from + text[from..].find(end).unwrap();
    text[from..to].trim().replace('\r', "")
}
