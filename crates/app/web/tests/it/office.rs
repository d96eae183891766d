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
