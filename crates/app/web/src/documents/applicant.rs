//! Documents of one's own cases, and those of an order for the agent.

use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use casework::ServiceWay;

use super::find;
use super::view::{Around, ServedAs, document_page, document_pdf, record};
use crate::access::Action;
use crate::applicant::load;
use crate::errors::WebError;
use crate::page::Page;
use crate::state::App;

/// GET /cases/{case}/documents/{mark}.
pub async fn show(
    State(app): State<App>,
    page: Page,
    Path((case, mark)): Path<(String, String)>,
) -> Result<Response, Response> {
    let shown = async {
        let file = load::case(&app, &page, &case, Action::SeeCase).await?;
        let document = find(&file, &mark)?;
        let around = Around {
            back: format!("/cases/{case}"),
            back_words: page.t("to-tracking"),
            here: format!("/cases/{case}/documents/{mark}"),
            // The agent looks on: what has to reach the applicant, the applicant confirms.
            ways: if page.is_agent() { &[] } else { &[ServiceWay::Online] },
        };
        document_page(&app, &page, &file, document, around).await
    };
    shown.await.map_err(|error: WebError| error.into_page(&page))
}

/// GET /cases/{case}/documents/{mark}/pdf.
pub async fn pdf(
    State(app): State<App>,
    page: Page,
    Path((case, mark)): Path<(String, String)>,
) -> Result<Response, Response> {
    let made = async {
        let file = load::case(&app, &page, &case, Action::SeeCase).await?;
        document_pdf(&app, &page, &file, find(&file, &mark)?).await
    };
    made.await.map_err(|error: WebError| error.into_page(&page))
}

/// POST /cases/{case}/documents/{mark}/served: the applicant confirms that it reached him.
pub async fn serve(
    State(app): State<App>,
    page: Page,
    Path((case, mark)): Path<(String, String)>,
    Form(served): Form<ServedAs>,
) -> Result<Response, Response> {
    let done = async {
        let file = load::case(&app, &page, &case, Action::ActOnCase).await?;
        record(&app, load::actor(&page), &file, find(&file, &mark)?, &served).await?;
        Ok(Redirect::to(&format!("/cases/{case}/documents/{mark}")).into_response())
    };
    done.await.map_err(|error: WebError| error.into_page(&page))
}
