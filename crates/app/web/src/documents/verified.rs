//! What anyone is told who verifies a document: that it is genuine, from whom and whether it stands. Nothing of what
//! it says, and no name.

use casework::{Case, Document, Effect};

use super::sheet;
use crate::applicant::case_view::time_text;
use crate::applicant::load;
use crate::errors::WebError;
use crate::page::Page;
use crate::public::verify::Answer;
use crate::state::App;

/// The answer about a document whose number and code go together.
///
/// # Errors
/// A fault.
pub async fn verified(
    app: &App,
    page: &Page,
    case: &Case,
    document: &Document,
) -> Result<Answer, WebError> {
    let catalogue = load::catalogue_of(app, case).await?;
    let (class, words) = match case.document_effect(document) {
        Effect::Stands => ("ok", "verify-document-valid-words"),
        Effect::Contested => ("warn", "verify-document-contested-words"),
        Effect::Overtaken => ("warn", "verify-document-overtaken-words"),
    };
    let date = page.date(catalogue.civil_date(document.issued_at));
    Ok(Answer {
        class,
        verdict: page.t("verify-document-valid"),
        words: page.t(words),
        at: time_text(&catalogue, page, app.now()),
        ended: Vec::new(),
        face: None,
        document: vec![
            (page.t("documents-heading"), super::title(page, case, document)),
            (page.t("col-document-number"), case.document_number(&document.id)),
            (page.t("verify-issuer"), sheet::issuer(&catalogue, page, case, document)),
            (page.t("verify-document-date"), date),
        ],
    })
}
