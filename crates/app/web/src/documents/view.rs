//! One document as a page and as a file.

use askama::Template;
use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use casework::{
    Actor, Case, CaseEvent, CaseEventBody, Command, Document, RecordedReply, Reply, ServiceWay,
};
use catalogue::Catalogue;
use engine::{CaseFile, ToSeal};
use paper::Sheet;
use serde::Deserialize;
use vocabulary::NodeKey;

use super::{list, of_submission, sheet};
use crate::applicant::load;
use crate::applicant::receipt::qr;
use crate::errors::WebError;
use crate::page::Page;
use crate::state::App;
use crate::views::render;

/// From where a document is looked at.
#[derive(Debug)]
pub(super) struct Around<'a> {
    /// Where one came from.
    pub(super) back: String,
    pub(super) back_words: String,
    /// The address of the document.
    pub(super) here: String,
    /// The ways of serving it that whoever looks may record.
    pub(super) ways: &'a [ServiceWay],
}

#[derive(Template, Debug)]
#[template(path = "documents/document.html")]
struct DocumentPage<'a> {
    p: &'a Page,
    sheet: Sheet,
    qr: String,
    back: String,
    back_words: String,
    here: String,
    pdf: bool,
    served: String,
    effect: String,
    ways: Vec<(&'static str, String)>,
    command: String,
}

#[derive(Deserialize, Debug)]
pub struct ServedAs {
    #[serde(default)]
    way: String,
    #[serde(default)]
    command: String,
}

/// The sheet of a document, in the language of the submission.
pub(crate) async fn sheet_of(
    app: &App,
    page: &Page,
    catalogue: &Catalogue,
    file: &CaseFile,
    document: &Document,
) -> Result<Sheet, WebError> {
    let number = file.case.document_number(&document.id);
    let check = app.engine.document_check(&file.case, &number).await?;
    let written = of_submission(page, &file.case);
    sheet::sheet(catalogue, &written, file, document, check.as_deref()).ok_or(WebError::NotFound)
}

/// The document that a reply would send out: exactly what the applicant would get. `None` when it sends none.
pub fn before_sending(
    page: &Page,
    catalogue: &Catalogue,
    file: &CaseFile,
    actor: &Actor,
    node: &NodeKey,
    recorded: RecordedReply,
    words: Vec<ToSeal>,
) -> Option<Sheet> {
    let last = file.events.last()?.seq;
    let at = recorded.decided_at;
    let asks = matches!(recorded.reply, Reply::CorrectionRequested { .. });
    let round = file.case.service(node)?.corrections.len();
    let round = u32::try_from(round).unwrap_or(u32::MAX).saturating_add(1);
    let mut bodies = vec![CaseEventBody::ReplyRecorded { node: node.clone(), recorded }];
    if asks {
        // It goes out with the notice of its round, whenever that is.
        bodies.push(CaseEventBody::CorrectionNotified {
            node: node.clone(),
            round,
            by_margin: true,
        });
    }
    let mut after = file.clone();
    for (seq, body) in (last.saturating_add(1)..).zip(bodies) {
        after.events.push(CaseEvent { seq, at, actor: actor.clone(), body });
    }
    let clear = |it: ToSeal| (it.id, String::from_utf8_lossy(&it.clear).into_owned());
    after.words.extend(words.into_iter().map(clear));
    let case = Case::fold(&after.events)?;
    let new = |it: &&Document| it.seq > last && it.id.node.as_ref() == Some(node);
    let document = case.documents().iter().rfind(new)?.clone();
    after.case = std::sync::Arc::new(case);
    let written = of_submission(page, &after.case);
    let mut sheet = sheet::sheet(catalogue, &written, &after, &document, None)?;
    sheet.number = written.t("document-number-later");
    Some(sheet)
}

/// The page of a document.
pub(super) async fn document_page(
    app: &App,
    page: &Page,
    file: &CaseFile,
    document: &Document,
    around: Around<'_>,
) -> Result<Response, WebError> {
    let catalogue = load::catalogue_of(app, &file.case).await?;
    let sheet = sheet_of(app, page, &catalogue, file, document).await?;
    let open = document.id.kind.is_served() && document.served.is_none();
    let ways = around.ways.iter().filter(|_| open);
    render(&DocumentPage {
        p: page,
        qr: sheet.verify.as_ref().map_or_else(|| Ok(String::new()), |it| qr(&it.address))?,
        sheet,
        back: around.back,
        back_words: around.back_words,
        here: around.here,
        pdf: !app.fonts.is_empty(),
        served: list::served(&catalogue, page, document),
        effect: list::effect(page, file.case.document_effect(document)),
        ways: ways.map(|way| (way.as_str(), page.t(&format!("serve-{}", way.as_str())))).collect(),
        command: load::fresh_command(),
    })
}

/// The document as PDF. Setting it takes a while, so it is done aside.
pub(super) async fn document_pdf(
    app: &App,
    page: &Page,
    file: &CaseFile,
    document: &Document,
) -> Result<Response, WebError> {
    let catalogue = load::catalogue_of(app, &file.case).await?;
    let sheet = sheet_of(app, page, &catalogue, file, document).await?;
    let number = file.case.document_number(&document.id);
    let fonts = std::sync::Arc::clone(&app.fonts);
    let made = tokio::task::spawn_blocking(move || paper::pdf(&sheet, &fonts));
    let bytes = made.await.map_err(|_| WebError::Render)?.map_err(WebError::Paper)?;
    let mut response = Body::from(bytes).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/pdf"));
    let name = format!("inline; filename=\"{number}.pdf\"");
    let name = HeaderValue::from_str(&name).map_err(|_| WebError::Render)?;
    headers.insert(header::CONTENT_DISPOSITION, name);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    Ok(response)
}

/// Records that the document was served.
pub(super) async fn record(
    app: &App,
    actor: Actor,
    file: &CaseFile,
    document: &Document,
    served: &ServedAs,
) -> Result<(), WebError> {
    let bad = WebError::Bad { code: "WEB0002", key: "error-bad" };
    let way = ServiceWay::parse(&served.way).ok_or(bad)?;
    let command = Command::Serve { document: document.id.clone(), way };
    let id = load::command(&served.command)?;
    let done = app.engine.execute(actor, "serve", id, file.case.id, None, command, Vec::new());
    done.await?;
    Ok(())
}
