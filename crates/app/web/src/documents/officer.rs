//! Documents of the service that an officer's department handles.

use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use casework::{Document, ServiceWay};

use super::view::{Around, ServedAs, document_page, document_pdf, record};
use super::{find, is_of};
use crate::access::Action;
use crate::errors::WebError;
use crate::officer::desk::{self, Desk};
use crate::page::Page;
use crate::state::App;

type At = (String, String, String);

/// The document, if it is one of the officer's own service.
fn own<'a>(desk: &'a Desk, mark: &str) -> Result<&'a Document, WebError> {
    let node = &desk.service()?.node.key;
    let document = find(&desk.file, mark)?;
    if is_of(document, node) { Ok(document) } else { Err(WebError::NotFound) }
}

/// GET /officer/cases/{case}/{node}/documents/{mark}.
pub async fn show(
    State(app): State<App>,
    page: Page,
    Path((case, node, mark)): Path<At>,
) -> Result<Response, Response> {
    let shown = async {
        let desk = desk::load(&app, &page, &case, &node, Action::SeeServiceCase).await?;
        let document = own(&desk, &mark)?;
        let back = desk.address()?;
        let around = Around {
            here: format!("{back}/documents/{mark}"),
            back,
            back_words: page.t("document-back-case"),
            ways: &[ServiceWay::Direct, ServiceWay::Post],
        };
        document_page(&app, &page, &desk.file, document, around).await
    };
    shown.await.map_err(|error: WebError| error.into_page(&page))
}

/// GET /officer/cases/{case}/{node}/documents/{mark}/pdf.
pub async fn pdf(
    State(app): State<App>,
    page: Page,
    Path((case, node, mark)): Path<At>,
) -> Result<Response, Response> {
    let made = async {
        let desk = desk::load(&app, &page, &case, &node, Action::SeeServiceCase).await?;
        document_pdf(&app, &page, &desk.file, own(&desk, &mark)?).await
    };
    made.await.map_err(|error: WebError| error.into_page(&page))
}

/// POST /officer/cases/{case}/{node}/documents/{mark}/served.
pub async fn serve(
    State(app): State<App>,
    page: Page,
    Path((case, node, mark)): Path<At>,
    Form(served): Form<ServedAs>,
) -> Result<Response, Response> {
    let done = async {
        let desk = desk::load(&app, &page, &case, &node, Action::DecideServiceCase).await?;
        record(&app, desk::actor(&page), &desk.file, own(&desk, &mark)?, &served).await?;
        Ok(Redirect::to(&format!("{}/documents/{mark}", desk.address()?)).into_response())
    };
    done.await.map_err(|error: WebError| error.into_page(&page))
}
