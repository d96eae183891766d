//! Documents for machines: the applicant's own programs, with the applicant's session. The contract stands in
//! `docs/protocol/documents-v1.md`.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use casework::Document;
use engine::CaseFile;
use paper::Block;
use serde_json::{Value, json};

use super::view::sheet_of;
use super::{find, title};
use crate::access::Action;
use crate::applicant::load;
use crate::errors::WebError;
use crate::page::Page;
use crate::state::App;

/// GET /api/v1/cases/{case}/documents.
pub async fn list(State(app): State<App>, page: Page, Path(case): Path<String>) -> Response {
    let listed = async {
        let file = load::case(&app, &page, &case, Action::SeeCase).await?;
        let documents = file.case.documents().iter();
        let documents: Vec<Value> = documents.map(|it| about(&app, &page, &file, it)).collect();
        Ok(Json(json!({ "case": file.case.id.to_string(), "documents": documents }))
            .into_response())
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
        let catalogue = load::catalogue_of(&app, &file.case).await?;
        let sheet = sheet_of(&app, &page, &catalogue, &file, document).await?;
        let mut row = about(&app, &page, &file, document);
        if let Some(row) = row.as_object_mut() {
            row.insert("language".to_owned(), json!(sheet.lang));
            row.insert("heading".to_owned(), json!(sheet.title));
            row.insert("issuer".to_owned(), json!(sheet.issuer));
            row.insert("addressee".to_owned(), json!(sheet.addressee));
            row.insert("body".to_owned(), sheet.blocks.iter().map(block).collect());
            row.insert("verify".to_owned(), json!(sheet.verify.map(|it| it.address)));
        }
        Ok(Json(row).into_response())
    };
    told.await.unwrap_or_else(|error: WebError| error.into_problem(&page))
}

fn about(app: &App, page: &Page, file: &CaseFile, document: &Document) -> Value {
    let case = &file.case;
    let mark = case.document_mark(&document.id);
    let href = format!("/api/v1/cases/{}/documents/{mark}", case.id);
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
        "pdf": (!app.fonts.is_empty()).then(|| format!("/cases/{}/documents/{mark}/pdf", case.id)),
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
