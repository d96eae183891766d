//! The evidence page: a card for each piece that the applicant brings; several files per card; wrong files are
//! refused with words and everything else stays. And the files themselves, for who may see them.

use std::collections::BTreeMap;

use askama::Template;
use axum::body::Bytes;
use axum::extract::multipart::MultipartError;
use axum::extract::{Multipart, Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use catalogue::{Catalogue, EvidenceType};
use engine::{Draft, EvidenceFile};
use plan::{EvidenceGroup, EvidenceKey, Plan};
use vocabulary::{EvidenceId, MemberId};

use crate::access::Action;
use crate::applicant::interview::ErrorLine;
use crate::applicant::load;
use crate::errors::WebError;
use crate::page::Page;
use crate::plan_view::{EvidenceSections, evidence_key_name, evidence_sections};
use crate::state::App;
use crate::views::render;

/// An uploaded file on a card.
#[derive(Debug)]
pub struct FileRow {
    pub id: String,
    pub name: String,
    pub size: String,
    /// The number of the earlier case from which it was carried over.
    pub from_case: Option<String>,
}

#[derive(Debug)]
struct Card {
    key: String,
    id: String,
    name: String,
    hint: String,
    reason: String,
    used_by: String,
    limits: String,
    accept: String,
    size_max: u64,
    files: Vec<FileRow>,
    error: String,
}

#[derive(Template, Debug)]
#[template(path = "applicant/evidence.html")]
struct EvidencePage<'a> {
    p: &'a Page,
    draft: String,
    title: String,
    cards: Vec<Card>,
    missing: usize,
    sections: EvidenceSections,
    errors: Vec<ErrorLine>,
}

/// GET /drafts/{draft}/evidence.
pub async fn show(
    State(app): State<App>,
    page: Page,
    Path(draft): Path<String>,
) -> Result<Response, Response> {
    let shown = async {
        let draft = load::draft(&app, &page, &draft, Action::SeeDraft).await?;
        evidence_page(&app, &page, &draft, &BTreeMap::new()).await
    };
    shown.await.map_err(|error: WebError| error.into_page(&page))
}

async fn evidence_page(
    app: &App,
    page: &Page,
    draft: &Draft,
    wrong: &BTreeMap<String, String>,
) -> Result<Response, WebError> {
    let catalogue = load::catalogue(app);
    let matter = load::matter(&catalogue, draft)?;
    let plan = app.engine.plan_of(draft).await?;
    let files = app.engine.evidence_of(draft).await?;
    let cards: Vec<Card> = plan
        .evidence
        .iter()
        .filter(|planned| matches!(planned.group, EvidenceGroup::YouBring | EvidenceGroup::YouGave))
        .map(|planned| card(&catalogue, page, &plan, &planned.key, &files, wrong))
        .collect();
    let errors = cards
        .iter()
        .filter(|card| !card.error.is_empty())
        .map(|card| ErrorLine { target: card.id.clone(), words: card.error.clone() })
        .collect();
    render(&EvidencePage {
        p: page,
        draft: draft.id.to_string(),
        title: page.text(&matter.title).to_owned(),
        missing: plan.missing_evidence().count(),
        cards,
        sections: evidence_sections(&catalogue, page, &plan),
        errors,
    })
}

fn card(
    catalogue: &Catalogue,
    page: &Page,
    plan: &Plan,
    key: &EvidenceKey,
    files: &[EvidenceFile],
    wrong: &BTreeMap<String, String>,
) -> Card {
    let sections = evidence_sections(catalogue, page, plan);
    let row =
        sections.bring.into_iter().chain(sections.given).find(|row| row.key == key.to_string());
    let ty = catalogue.evidence_types.get(&key.ty);
    let (limits, accept, size_max) = ty.map_or_else(Default::default, |ty| limits(page, ty));
    Card {
        key: key.to_string(),
        id: format!("e-{}", key.to_string().replace('~', "-")),
        name: evidence_key_name(catalogue, page, plan, key),
        hint: row.as_ref().map(|row| row.hint.clone()).unwrap_or_default(),
        reason: row.as_ref().map(|row| row.reason.clone()).unwrap_or_default(),
        used_by: row.map(|row| row.used_by).unwrap_or_default(),
        limits,
        accept,
        size_max,
        files: files.iter().filter(|file| file.slot == *key).map(file_row).collect(),
        error: wrong.get(&key.to_string()).cloned().unwrap_or_default(),
    }
}

/// A file as a row.
pub fn file_row(file: &EvidenceFile) -> FileRow {
    FileRow {
        id: file.id.to_string(),
        name: file.file_name.clone(),
        size: size_text(file.size_bytes),
        from_case: file.from_case.clone(),
    }
}

fn size_text(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{} KB", bytes.div_ceil(1024)),
        _ => format!("{}.{} MB", bytes / 1_048_576, bytes % 1_048_576 * 10 / 1_048_576),
    }
}

/// The limits of an evidence type in words, as an `accept` list, and in bytes.
pub fn limits(page: &Page, ty: &EvidenceType) -> (String, String, u64) {
    let formats: Vec<String> = ty.formats.iter().map(|format| format.to_uppercase()).collect();
    let words = page.t2(
        "file-limits",
        "formats",
        formats.join(&page.t("list-separator")),
        "size",
        ty.size_bytes_max / 1_048_576,
    );
    let accept: Vec<String> = ty.formats.iter().map(|format| format!(".{format}")).collect();
    (words, accept.join(","), ty.size_bytes_max)
}

/// POST /drafts/{draft}/evidence/{slot}: one or several files.
pub async fn upload(
    State(app): State<App>,
    page: Page,
    Path((draft, slot)): Path<(String, String)>,
    parts: Multipart,
) -> Result<Response, Response> {
    take(&app, &page, &draft, &slot, parts).await.map_err(|error| error.into_page(&page))
}

async fn take(
    app: &App,
    page: &Page,
    draft: &str,
    slot: &str,
    parts: Multipart,
) -> Result<Response, WebError> {
    let draft = load::draft(app, page, draft, Action::ChangeDraft).await?;
    let key = evidence_key(slot);
    let plan = app.engine.plan_of(&draft).await?;
    if !plan.evidence.iter().any(|planned| planned.key == key) {
        return Err(WebError::NotFound);
    }
    let wrong = store_files(app, page, &draft, &key, parts).await?;
    if wrong.is_empty() {
        let target = format!("/drafts/{}/evidence#e-{}", draft.id, slot.replace('~', "-"));
        return Ok(Redirect::to(&target).into_response());
    }
    let wrong = BTreeMap::from([(key.to_string(), wrong.join(" "))]);
    evidence_page(app, page, &draft, &wrong).await
}

/// Stores every good file of a form; returns what was stored and, in words, what was wrong with the rest.
///
/// # Errors
/// The request breaks off, is larger than the server takes, or the store fails.
async fn store_files(
    app: &App,
    page: &Page,
    draft: &Draft,
    key: &EvidenceKey,
    mut parts: Multipart,
) -> Result<Vec<String>, WebError> {
    let catalogue = load::catalogue(app);
    let mut wrong = Vec::new();
    let mut seen = false;
    while let Some(part) = parts.next_field().await.map_err(broken)? {
        let Some(name) = part.file_name().map(ToOwned::to_owned) else { continue };
        let bytes = part.bytes().await.map_err(broken)?;
        match store_file(app, &catalogue, page, draft, key, &name, bytes).await? {
            Some(Ok(_)) => seen = true,
            Some(Err(words)) => {
                seen = true;
                wrong.push(words);
            }
            None => {}
        }
    }
    if !seen {
        wrong.push(page.t("file-none"));
    }
    Ok(wrong)
}

/// Stores one file if it is good, else says in words what is wrong; `None` when no file was chosen.
///
/// # Errors
/// The store fails.
pub async fn store_file(
    app: &App,
    catalogue: &Catalogue,
    page: &Page,
    draft: &Draft,
    key: &EvidenceKey,
    name: &str,
    bytes: Bytes,
) -> Result<Option<Result<EvidenceId, String>>, WebError> {
    let name = clean_name(name);
    if name.is_empty() && bytes.is_empty() {
        return Ok(None);
    }
    let ty = catalogue.evidence_types.get(&key.ty).ok_or(WebError::NotFound)?;
    match check_file(ty, &name, &bytes) {
        Ok(media_type) => {
            let file = app.engine.add_evidence(draft, key, &name, media_type, bytes.into()).await?;
            Ok(Some(Ok(file.id)))
        }
        Err(words) => Ok(Some(Err(not_taken(page, ty, words, &name)))),
    }
}

/// Why a file is not taken, with what would be.
pub fn not_taken(page: &Page, ty: &EvidenceType, words: &str, name: &str) -> String {
    let formats: Vec<String> = ty.formats.iter().map(|format| format.to_uppercase()).collect();
    let args = [
        ("name", name.to_owned()),
        ("formats", formats.join(&page.t("list-separator"))),
        ("size", (ty.size_bytes_max / 1_048_576).to_string()),
    ];
    page.tn(words, &args)
}

/// A form that breaks off or is too large.
pub fn broken(error: MultipartError) -> WebError {
    if error.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
        let limit = crate::middleware::BODY_BYTES_MAX / (1024 * 1024);
        return WebError::TooLarge { limit_mib: u64::try_from(limit).unwrap_or(u64::MAX) };
    }
    WebError::Bad { code: "WEB0005", key: "error-upload-broken" }
}

/// The last part of a path, without control characters, at most 120 characters.
fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars().filter(|c| !c.is_control()).take(120).collect::<String>().trim().to_owned()
}

/// The media type of an acceptable file, or the words key of what is wrong. What a file is, its first bytes
/// say; the name has to agree.
fn check_file(ty: &EvidenceType, name: &str, bytes: &[u8]) -> Result<&'static str, &'static str> {
    if bytes.is_empty() {
        return Err("file-empty");
    }
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > ty.size_bytes_max {
        return Err("file-too-large");
    }
    let (format, media_type) = match bytes {
        [b'%', b'P', b'D', b'F', b'-', ..] => ("pdf", "application/pdf"),
        [0xFF, 0xD8, 0xFF, ..] => ("jpg", "image/jpeg"),
        [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => ("png", "image/png"),
        _ => return Err("file-wrong-kind"),
    };
    let extension = name.rsplit('.').next().unwrap_or_default().to_lowercase();
    let extension = if extension == "jpeg" { "jpg" } else { extension.as_str() };
    if extension != format || !ty.formats.iter().any(|allowed| allowed == format) {
        return Err("file-wrong-kind");
    }
    Ok(media_type)
}

/// `type` or `type~member`.
pub fn evidence_key(text: &str) -> EvidenceKey {
    match text.split_once('~') {
        None => EvidenceKey { ty: text.into(), member: None },
        Some((ty, member)) => EvidenceKey { ty: ty.into(), member: Some(MemberId::new(member)) },
    }
}

/// POST /drafts/{draft}/evidence/{evidence}/remove.
pub async fn remove(
    State(app): State<App>,
    page: Page,
    Path((draft, evidence)): Path<(String, String)>,
) -> Result<Response, Response> {
    let removed = async {
        let draft = load::draft(&app, &page, &draft, Action::ChangeDraft).await?;
        let id: EvidenceId = evidence.parse().map_err(|_| WebError::NotFound)?;
        if app.engine.remove_evidence(&draft, id).await? {
            Ok(Redirect::to(&format!("/drafts/{}/evidence", draft.id)).into_response())
        } else {
            Err(WebError::NotFound)
        }
    };
    removed.await.map_err(|error: WebError| error.into_page(&page))
}

/// GET /evidence/{evidence}: the owner's own file.
pub async fn file(
    State(app): State<App>,
    page: Page,
    Path(evidence): Path<String>,
) -> Result<Response, Response> {
    let found = async {
        let id: EvidenceId = evidence.parse().map_err(|_| WebError::NotFound)?;
        let row = app.engine.store().find_evidence(id).await?.ok_or(WebError::NotFound)?;
        // A file belongs to whom its draft belongs to, and an order that covers the draft covers its files.
        let id_of_draft = row.draft_id.to_string();
        load::draft(&app, &page, &id_of_draft, Action::SeeEvidence).await?;
        let (file, bytes) = app.engine.evidence_bytes(id).await?.ok_or(WebError::NotFound)?;
        Ok(file_answer(&file, bytes))
    };
    found.await.map_err(|error: WebError| error.into_page(&page))
}

/// A file as an answer that no browser runs: its checked type, no sniffing, and the site's content policy.
pub fn file_answer(file: &EvidenceFile, bytes: Vec<u8>) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    let media_type = HeaderValue::from_str(&file.media_type)
        .unwrap_or(HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_TYPE, media_type);
    let name = crate::page::percent_encoded(&file.file_name);
    if let Ok(value) = HeaderValue::from_str(&format!("inline; filename*=UTF-8''{name}")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use vocabulary::Localised;

    use super::*;

    fn ty() -> EvidenceType {
        EvidenceType {
            id: "x".into(),
            name: Localised::default(),
            hint: Localised::default(),
            formats: vec!["pdf".into(), "jpg".into()],
            size_bytes_max: 10,
            per: None,
        }
    }

    #[test]
    fn a_file_is_what_its_bytes_say() {
        for (name, bytes, expected) in [
            ("a.pdf", b"%PDF-1".as_slice(), Ok("application/pdf")),
            ("a.JPEG", &[0xFF, 0xD8, 0xFF, 0], Ok("image/jpeg")),
            ("a.pdf", b"", Err("file-empty")),
            ("a.pdf", b"%PDF-123456", Err("file-too-large")),
            ("a.pdf", b"<html>", Err("file-wrong-kind")),
            ("a.exe", b"%PDF-1", Err("file-wrong-kind")),
            ("a.png", &[0x89, b'P', b'N', b'G', 13, 10, 26, 10], Err("file-wrong-kind")),
        ] {
            assert_eq!(check_file(&ty(), name, bytes), expected, "{name}");
        }
    }

    #[test]
    fn names_lose_their_folders_and_control_characters() {
        assert_eq!(clean_name("..\\..\\secret/出生\u{7} 证明.pdf"), "出生 证明.pdf");
    }
}
