//! Answering a correction of one service in one go: what the department asks for, files, and words.

use askama::Template;
use axum::extract::{Multipart, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use casework::{Command, Correction, ServiceCase};
use catalogue::Catalogue;
use engine::{CaseFile, Draft, EngineError, ToSeal};
use plan::EvidenceKey;
use vocabulary::{EvidenceId, NodeKey, SealedId};

use crate::access::Action;
use crate::applicant::case_view::case_node_name;
use crate::applicant::evidence::{FileRow, evidence_key, file_row, store_file};
use crate::applicant::interview::ErrorLine;
use crate::applicant::load;
use crate::documents::{self, DocumentRow};
use crate::errors::WebError;
use crate::naming;
use crate::overtaken::{TRIES, version_seen};
use crate::page::Page;
use crate::state::App;
use crate::views::render;

/// A kind of evidence that the service takes.
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) key: String,
    pub(super) id: String,
    pub(super) name: String,
    pub(super) limits: String,
    pub(super) accept: String,
    pub(super) size_max: u64,
}

#[derive(Template, Debug)]
#[template(path = "applicant/correct.html")]
struct CorrectPage<'a> {
    p: &'a Page,
    case: String,
    node: String,
    version: u64,
    command: String,
    service: String,
    asked: Asked,
    slots: Vec<Slot>,
    /// Files uploaded with an answer that was not complete: they are kept.
    files: Vec<FileRow>,
    kept: String,
    words: String,
    errors: Vec<ErrorLine>,
}

/// What came with a form.
#[derive(Default)]
struct Answer {
    words: String,
    command: String,
    version: u64,
    files: Vec<EvidenceId>,
    wrong: Vec<String>,
}

/// GET /cases/{case}/correct/{node}.
pub async fn show(
    State(app): State<App>,
    page: Page,
    Path((case, node)): Path<(String, String)>,
) -> Result<Response, Response> {
    let shown = async {
        let file = load::case(&app, &page, &case, Action::ActOnCase).await?;
        let answer = Answer {
            command: load::fresh_command(),
            version: file.case.version,
            ..Answer::default()
        };
        correct_page(&app, &page, &file, &node, answer).await
    };
    shown.await.map_err(|error: WebError| error.into_page(&page))
}

async fn correct_page(
    app: &App,
    page: &Page,
    file: &CaseFile,
    node: &str,
    answer: Answer,
) -> Result<Response, WebError> {
    let catalogue = load::catalogue_of(app, &file.case).await?;
    let key: NodeKey = node.parse().map_err(|_| WebError::NotFound)?;
    let service = file.case.service(&key).ok_or(WebError::NotFound)?;
    let Some(correction) = service.owed_correction() else {
        return Ok(Redirect::to(&format!("/cases/{}", file.case.id)).into_response());
    };
    let slots = slots(&catalogue, page, service, "");
    let mut files = Vec::new();
    for id in &answer.files {
        if let Some((found, _)) = app.engine.evidence_bytes(*id).await? {
            files.push(file_row(&found));
        }
    }
    let kept: Vec<String> = answer.files.iter().map(ToString::to_string).collect();
    render(&CorrectPage {
        p: page,
        case: file.case.id.to_string(),
        node: node.to_owned(),
        version: answer.version,
        command: answer.command,
        service: case_node_name(&catalogue, page, &file.case, &key),
        asked: asked(&catalogue, page, file, service, correction),
        slots,
        files,
        kept: kept.join(","),
        words: answer.words,
        errors: answer
            .wrong
            .into_iter()
            .map(|words| ErrorLine { target: "words".to_owned(), words })
            .collect(),
    })
}

/// What a department asks for, as it stands above the form: what was asked for before, or not at once, is marked,
/// with the department's reason; and the numbered notice that it came with.
#[derive(Debug)]
pub struct Asked {
    pub(super) heading: String,
    pub(super) lines: Vec<String>,
    /// The department's own words.
    pub(super) said: Vec<String>,
    pub(super) notices: Vec<DocumentRow>,
}

pub(super) fn asked(
    catalogue: &Catalogue,
    page: &Page,
    file: &CaseFile,
    service: &ServiceCase,
    correction: &Correction,
) -> Asked {
    let key = &service.node.key;
    let lines = documents::asked_lines(catalogue, page, key, correction);
    let texts = correction.text.iter().chain(&correction.further_texts);
    // A department that only repeats the line adds nothing.
    let said = texts.filter_map(|id| file.words.get(id)).filter(|words| !lines.contains(words));
    let said: Vec<String> = said.cloned().collect();
    let reason = correction.reason.and_then(|id| file.words.get(&id));
    let reason = reason.map(|words| page.t1("again-reason-was", "words", words));
    let department = naming::organisation_full_name(catalogue, page, &service.node.department);
    let base = format!("/cases/{}/documents", file.case.id);
    let since = correction.requested_at;
    Asked {
        heading: page.t1("correct-asked", "department", department),
        lines,
        said: said.into_iter().chain(reason).filter(|words| !words.is_empty()).collect(),
        notices: documents::rows(catalogue, page, file, &base, false, |it| {
            it.id.kind == casework::DocumentKind::Correction
                && it.id.node.as_ref() == Some(key)
                && it.issued_at >= since
        }),
    }
}

/// The kinds of files that a service takes; `prefix` stands before the names of the inputs.
pub(super) fn slots(
    catalogue: &Catalogue,
    page: &Page,
    service: &ServiceCase,
    prefix: &str,
) -> Vec<Slot> {
    let slots = service.node.evidence.iter().filter_map(|slot| {
        let ty = catalogue.evidence_types.get(&slot.ty)?;
        let key = EvidenceKey { ty: slot.ty.clone(), member: slot.member.clone() };
        let (limits, accept, size_max) = super::evidence::limits(page, ty);
        Some(Slot {
            id: format!("c-{prefix}{key}").replace(['~', '|', '/'], "-"),
            key: format!("{prefix}{key}"),
            name: page.text(&ty.name).to_owned(),
            limits,
            accept,
            size_max,
        })
    });
    slots.collect()
}

/// POST /cases/{case}/correct/{node}.
pub async fn correct(
    State(app): State<App>,
    page: Page,
    Path((case, node)): Path<(String, String)>,
    parts: Multipart,
) -> Result<Response, Response> {
    take(&app, &page, &case, &node, parts).await.map_err(|error| error.into_page(&page))
}

async fn take(
    app: &App,
    page: &Page,
    case: &str,
    node: &str,
    parts: Multipart,
) -> Result<Response, WebError> {
    let file = load::case(app, page, case, Action::ActOnCase).await?;
    let key: NodeKey = node.parse().map_err(|_| WebError::NotFound)?;
    let service = file.case.service(&key).ok_or(WebError::NotFound)?;
    let owner = page.who.account.ok_or(WebError::NotFound)?;
    let draft = app.engine.find_draft(owner, file.case.application.draft).await?;
    let draft = draft.ok_or(WebError::NotFound)?;
    let allowed: Vec<EvidenceKey> = service
        .node
        .evidence
        .iter()
        .map(|slot| EvidenceKey { ty: slot.ty.clone(), member: slot.member.clone() })
        .collect();
    let catalogue = load::catalogue_of(app, &file.case).await?;
    let mut answer = read(app, &catalogue, page, &draft, &allowed, parts).await?;
    if answer.wrong.is_empty() && answer.files.is_empty() && answer.words.trim().is_empty() {
        answer.wrong.push(page.t("correct-empty"));
    }
    if !answer.wrong.is_empty() {
        return correct_page(app, page, &file, node, answer).await;
    }
    let words = answer.words.trim().to_owned();
    let sealed = (!words.is_empty())
        .then(|| ToSeal { id: SealedId(store_port::fresh_id()), clear: words.into_bytes() });
    let evidence = app.engine.evidence_refs(&answer.files).await?;
    let command = Command::AnswerCorrection {
        node: key.clone(),
        answer: sealed.as_ref().map(|sealed| sealed.id),
        evidence,
    };
    let sealed: Vec<ToSeal> = sealed.into_iter().collect();
    let (id, mut file) = (file.case.id, file);
    for _ in 0..TRIES {
        // Other departments may have gone on meanwhile; only what this one did would be news here.
        let version = version_seen(&file, &key, answer.version);
        let done = app
            .engine
            .execute(
                load::actor(page),
                "answer-correction",
                load::command(&answer.command)?,
                id,
                Some(version),
                command.clone(),
                sealed.clone(),
            )
            .await;
        match done {
            Err(EngineError::Stale { .. }) => {}
            done => {
                done?;
                return Ok(Redirect::to(&format!("/cases/{id}")).into_response());
            }
        }
        file = load::case(app, page, case, Action::ActOnCase).await?;
        if version_seen(&file, &key, answer.version) == answer.version {
            break;
        }
    }
    // This department asked for something else meanwhile: its letter stands above what was typed.
    answer.wrong.push(page.t("correct-overtaken"));
    answer.version = file.case.version;
    answer.command = load::fresh_command();
    correct_page(app, page, &file, node, answer).await
}

/// Reads the form: good files are stored at once, so that an error elsewhere loses none of them.
async fn read(
    app: &App,
    catalogue: &Catalogue,
    page: &Page,
    draft: &Draft,
    allowed: &[EvidenceKey],
    mut parts: Multipart,
) -> Result<Answer, WebError> {
    let mut answer = Answer::default();
    while let Some(part) = parts.next_field().await.map_err(super::evidence::broken)? {
        let name = part.name().unwrap_or_default().to_owned();
        let file_name = part.file_name().map(ToOwned::to_owned);
        let bytes = part.bytes().await.map_err(super::evidence::broken)?;
        let Some(file_name) = file_name else {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            match name.as_str() {
                "words" => answer.words = text.chars().take(2000).collect(),
                "command" => answer.command = text,
                "version" => answer.version = text.parse().unwrap_or_default(),
                "kept" => keep_own(app, draft, &text, &mut answer.files).await?,
                _ => {}
            }
            continue;
        };
        let key = evidence_key(&name);
        if !allowed.contains(&key) {
            continue;
        }
        match store_file(app, catalogue, page, draft, &key, &file_name, bytes).await? {
            Some(Ok(id)) => answer.files.push(id),
            Some(Err(words)) => answer.wrong.push(words),
            None => {}
        }
    }
    Ok(answer)
}

/// Files kept from an earlier try, if they are the draft's own.
pub(super) async fn keep_own(
    app: &App,
    draft: &Draft,
    list: &str,
    files: &mut Vec<EvidenceId>,
) -> Result<(), WebError> {
    let own = app.engine.evidence_of(draft).await?;
    for id in list.split(',').filter_map(|id| id.parse::<EvidenceId>().ok()) {
        if own.iter().any(|file| file.id == id) {
            files.push(id);
        }
    }
    Ok(())
}
