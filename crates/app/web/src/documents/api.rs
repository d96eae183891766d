//! Documents for machines: the applicant's own programs, and officers' for their own service, with their sessions. The contract stands in
//! `docs/protocol/documents-v1.md`.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use casework::Document;
use engine::CaseFile;
use paper::Block;
use serde_json::{Value, json};

use super::view::sheet_of;
use super::{find, is_of, title};
use crate::access::Action;
use crate::applicant::load;
use crate::errors::WebError;
use crate::officer::desk;
use crate::page::Page;
use crate::state::App;

/// GET /api/v1/cases/{case}/documents.
pub async fn list(State(app): State<App>, page: Page, Path(case): Path<String>) -> Response {
    let listed = async {
        let file = load::case(&app, &page, &case, Action::SeeCase).await?;
        let base = format!("/cases/{}", file.case.id);
        Ok(all(&app, &page, &file, &base, |_| true))
    };
    listed.await.unwrap_or_else(|error: WebError| error.into_problem(&page))
}

/// GET /api/v1/cases/{case}/documents/{mark}.
pub async fn one(
    State(app): State<App>,
    page: Page,
    Path((case, mark)): Path<(String, String)>,
) -> Response {
    let told = async {
        let file = load::case(&app, &page, &case, Action::SeeCase).await?;
        let document = find(&file, &mark)?;
        single(&app, &page, &file, &format!("/cases/{}", file.case.id), document).await
    };
    told.await.unwrap_or_else(|error: WebError| error.into_problem(&page))
}

/// GET /api/v1/officer/cases/{case}/{node}/documents: those of the officer's own service, and the receipt.
pub async fn list_for_officer(
    State(app): State<App>,
    page: Page,
    Path((case, node)): Path<(String, String)>,
) -> Response {
    let listed = async {
        let desk = desk::load(&app, &page, &case, &node, Action::SeeServiceCase).await?;
        let key = &desk.service()?.node.key;
        Ok(all(&app, &page, &desk.file, &desk.address()?, |document| is_of(document, key)))
    };
    listed.await.unwrap_or_else(|error: WebError| error.into_problem(&page))
}

/// GET /api/v1/officer/cases/{case}/{node}/documents/{mark}.
pub async fn one_for_officer(
    State(app): State<App>,
    page: Page,
    Path((case, node, mark)): Path<(String, String, String)>,
) -> Response {
    let told = async {
        let desk = desk::load(&app, &page, &case, &node, Action::SeeServiceCase).await?;
        let document = find(&desk.file, &mark)?;
        if !is_of(document, &desk.service()?.node.key) {
            return Err(WebError::NotFound);
        }
        single(&app, &page, &desk.file, &desk.address()?, document).await
    };
    told.await.unwrap_or_else(|error: WebError| error.into_problem(&page))
}

fn all(
    app: &App,
    page: &Page,
    file: &CaseFile,
    base: &str,
    wanted: impl Fn(&Document) -> bool,
) -> Response {
    let documents = file.case.documents().iter().filter(|it| wanted(it));
    let documents: Vec<Value> = documents.map(|it| about(app, page, file, base, it)).collect();
    Json(json!({ "case": file.case.id.to_string(), "documents": documents })).into_response()
}

async fn single(
    app: &App,
    page: &Page,
    file: &CaseFile,
    base: &str,
    document: &Document,
) -> Result<Response, WebError> {
    let catalogue = load::catalogue_of(app, &file.case).await?;
    let sheet = sheet_of(app, page, &catalogue, file, document).await?;
    let mut row = about(app, page, file, base, document);
    if let Some(row) = row.as_object_mut() {
        row.insert("language".to_owned(), json!(sheet.lang));
        row.insert("heading".to_owned(), json!(sheet.title));
        row.insert("issuer".to_owned(), json!(sheet.issuer));
        row.insert("addressee".to_owned(), json!(sheet.addressee));
        row.insert("body".to_owned(), sheet.blocks.iter().map(block).collect());
        row.insert("verify".to_owned(), json!(sheet.verify.map(|it| it.address)));
    }
    Ok(Json(row).into_response())
}

fn about(app: &App, page: &Page, file: &CaseFile, base: &str, document: &Document) -> Value {
    let case = &file.case;
    let mark = case.document_mark(&document.id);
    let href = format!("/api/v1{base}/documents/{mark}");
    let served = document
        .served
        .as_ref()
        .map(|served| json!({ "way": served.way.as_str(), "at": served.at.to_string() }));
    json!({
        "number": case.document_number(&document.id),
        "kind": document.id.kind.as_str(),
        "title": title(page, case, document),
        "service": document.id.node.as_ref().map(ToString::to_string),
        "issued_at": document.issued_at.to_string(),
        "effect": case.document_effect(document).as_str(),
        "served": served,
        "href": href,
        "pdf": (!app.fonts.is_empty()).then(|| format!("{base}/documents/{mark}/pdf")),
    })
}

fn block(block: &Block) -> Value {
    match block {
        Block::Text(text) => json!({ "text": text }),
        Block::Heading(text) => json!({ "heading": text }),
        Block::Points(points) => json!({ "points": points }),
        Block::Pairs(pairs) => {
            let pair = |(name, value): &(String, String)| json!({ "name": name, "value": value });
            json!({ "pairs": pairs.iter().map(pair).collect::<Vec<_>>() })
        }
        Block::Small(text) => json!({ "note": text }),
    }
}
