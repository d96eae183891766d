//! Documents handed over at a window, to whoever holds the receipt: for visitors without a phone, on paper.

use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use casework::{Actor, ActorRole, ServiceWay};
use engine::CaseFile;

use super::view::{Around, ServedAs, document_page, document_pdf, record};
use crate::errors::WebError;
use crate::page::{Page, percent_encoded};
use crate::state::App;
use crate::window::{home, seat};

/// The case of a document's number, once the clerk sits at a window; `None` = he does not.
async fn at_window(app: &App, page: &Page, number: &str) -> Result<Option<CaseFile>, WebError> {
    if seat::seat(app, page).await?.is_none() {
        return Ok(None);
    }
    let (case, _) = number.split_once('-').ok_or(WebError::NotFound)?;
    let row = app.engine.store().find_case_by_number(case).await?.ok_or(WebError::NotFound)?;
    let file = app.engine.case_file(row.case_id).await?.ok_or(WebError::NotFound)?;
    Ok(Some(file))
}

/// GET /window/documents/{number}.
pub async fn show(
    State(app): State<App>,
    page: Page,
    Path(number): Path<String>,
) -> Result<Response, Response> {
    let shown = async {
        let Some(file) = at_window(&app, &page, &number).await? else { return Ok(home()) };
        let document = file.case.document_numbered(&number).ok_or(WebError::NotFound)?;
        let case = percent_encoded(&file.case.application.case_number);
        let around = Around {
            back: format!("/window/results?number={case}"),
            back_words: page.t("window-results-title"),
            here: format!("/window/documents/{number}"),
            ways: &[ServiceWay::Counter],
        };
        document_page(&app, &page, &file, document, around).await
    };
    shown.await.map_err(|error: WebError| error.into_page(&page))
}

/// GET /window/documents/{number}/pdf.
pub async fn pdf(
    State(app): State<App>,
    page: Page,
    Path(number): Path<String>,
) -> Result<Response, Response> {
    let made = async {
        let Some(file) = at_window(&app, &page, &number).await? else { return Ok(home()) };
        let document = file.case.document_numbered(&number).ok_or(WebError::NotFound)?;
        document_pdf(&app, &page, &file, document).await
    };
    made.await.map_err(|error: WebError| error.into_page(&page))
}

/// POST /window/documents/{number}/served.
pub async fn serve(
    State(app): State<App>,
    page: Page,
    Path(number): Path<String>,
    Form(served): Form<ServedAs>,
) -> Result<Response, Response> {
    let done = async {
        let Some(file) = at_window(&app, &page, &number).await? else { return Ok(home()) };
        let document = file.case.document_numbered(&number).ok_or(WebError::NotFound)?;
        let actor = Actor { role: ActorRole::Clerk, account: page.who.account, department: None };
        record(&app, actor, &file, document, &served).await?;
        Ok(Redirect::to(&format!("/window/documents/{number}")).into_response())
    };
    done.await.map_err(|error: WebError| error.into_page(&page))
}
