//! One notice, one answer: everything that several departments ask for on one page, with one form and one
//! submission. What was typed and handed in stays when something is missing or the case has moved on.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Multipart, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use casework::{Case, Command, ServiceAnswer};
use catalogue::Catalogue;
use engine::{CaseFile, Draft, EngineError, ToSeal};
use plan::EvidenceKey;
use vocabulary::{EvidenceId, NodeKey, SealedId};

use crate::access::Action;
use crate::applicant::case_view::case_node_name;
use crate::applicant::correct::{Asked, Slot, asked, keep_own, slots};
use crate::applicant::evidence::{FileRow, broken, evidence_key, file_row, store_file};
use crate::applicant::interview::ErrorLine;
use crate::applicant::load;
use crate::errors::WebError;
use crate::overtaken::{TRIES, version_seen};
use crate::page::Page;
use crate::state::App;
use crate::views::render;

/// What one department asks for.
#[derive(Debug)]
struct Part {
    node: String,
    /// For `id`s: no sign that an address cannot have.
    id: String,
    words_id: String,
    service: String,
    due: String,
    asked: Asked,
    slots: Vec<Slot>,
    files: Vec<FileRow>,
    kept: String,
    words: String,
    error: String,
}

#[derive(Template, Debug)]
#[template(path = "applicant/round.html")]
struct RoundPage<'a> {
    p: &'a Page,
    case: String,
    version: u64,
    command: String,
    parts: Vec<Part>,
    /// Services that go on meanwhile, and those that wait for what is corrected.
    goes_on: String,
    waits: String,
    errors: Vec<ErrorLine>,
}

/// What came for one service.
#[derive(Default)]
struct Given {
    words: String,
    files: Vec<EvidenceId>,
    wrong: Vec<String>,
}

/// What came with the form.
#[derive(Default)]
struct Sent {
    command: String,
    version: u64,
    given: BTreeMap<String, Given>,
    wrong: Vec<String>,
}

/// GET /cases/{case}/corrections.
pub async fn show(
    State(app): State<App>,
    page: Page,
    Path(case): Path<String>,
) -> Result<Response, Response> {
    let shown = async {
        let file = load::case(&app, &page, &case, Action::ActOnCase).await?;
        let sent =
            Sent { command: load::fresh_command(), version: file.case.version, ..Sent::default() };
        round_page(&app, &page, &file, &sent).await
    };
    shown.await.map_err(|error: WebError| error.into_page(&page))
}

/// The services that the applicant owes an answer.
fn owed(case: &Case) -> Vec<NodeKey> {
    case.awaiting_applicant().into_iter().collect()
}

fn names(catalogue: &Catalogue, page: &Page, case: &Case, nodes: &[NodeKey]) -> String {
    let names: Vec<String> =
        nodes.iter().map(|node| case_node_name(catalogue, page, case, node)).collect();
    names.join(&page.t("list-separator"))
}

async fn round_page(
    app: &App,
    page: &Page,
    file: &CaseFile,
    sent: &Sent,
) -> Result<Response, WebError> {
    let catalogue = load::catalogue_of(app, &file.case).await?;
    let case = &file.case;
    let zone = &catalogue.jurisdiction.time_zone;
    let nothing = Given::default();
    let mut parts = Vec::new();
    let mut errors: Vec<ErrorLine> = sent
        .wrong
        .iter()
        .map(|words| ErrorLine { target: "parts".to_owned(), words: words.clone() })
        .collect();
    for service in &case.services {
        let key = &service.node.key;
        let (true, Some(correction)) =
            (case.awaiting_applicant().contains(key), service.owed_correction())
        else {
            continue;
        };
        let node = key.to_string();
        let id = node.replace(['~', '/'], "-");
        let given = sent.given.get(&node).unwrap_or(&nothing);
        let mut files = Vec::new();
        for id in &given.files {
            if let Some((found, _)) = app.engine.evidence_bytes(*id).await? {
                files.push(file_row(&found));
            }
        }
        let service_name = case_node_name(&catalogue, page, case, key);
        for words in &given.wrong {
            let target = format!("words-{id}");
            let words = page.t2("round-error", "service", &service_name, "words", words);
            errors.push(ErrorLine { target, words });
        }
        let kept: Vec<String> = given.files.iter().map(ToString::to_string).collect();
        let due = case.correction_due(key, &catalogue.calendar, zone);
        parts.push(Part {
            asked: asked(&catalogue, page, file, service, correction),
            due: due.map_or_else(String::new, |due| page.date(due.due.on)),
            slots: slots(&catalogue, page, service, &format!("{node}|")),
            service: service_name,
            files,
            kept: kept.join(","),
            words: given.words.clone(),
            error: given.wrong.join(" "),
            node,
            words_id: format!("words-{id}"),
            id,
        });
    }
    if parts.is_empty() {
        return Ok(Redirect::to(&format!("/cases/{}", case.id)).into_response());
    }
    let (goes_on, waits) = case.meanwhile();
    render(&RoundPage {
        p: page,
        case: case.id.to_string(),
        version: sent.version,
        command: sent.command.clone(),
        parts,
        goes_on: names(&catalogue, page, case, &goes_on),
        waits: names(&catalogue, page, case, &waits),
        errors,
    })
}

/// POST /cases/{case}/corrections.
pub async fn answer(
    State(app): State<App>,
    page: Page,
    Path(case): Path<String>,
    parts: Multipart,
) -> Result<Response, Response> {
    take(&app, &page, &case, parts).await.map_err(|error| error.into_page(&page))
}

async fn take(app: &App, page: &Page, case: &str, parts: Multipart) -> Result<Response, WebError> {
    let file = load::case(app, page, case, Action::ActOnCase).await?;
    let owner = page.who.account.ok_or(WebError::NotFound)?;
    let draft = app.engine.find_draft(owner, file.case.application.draft).await?;
    let draft = draft.ok_or(WebError::NotFound)?;
    let catalogue = load::catalogue_of(app, &file.case).await?;
    let mut sent = read(app, &catalogue, page, &draft, &file.case, parts).await?;
    let nodes = owed(&file.case);
    for node in &nodes {
        let given = sent.given.entry(node.to_string()).or_default();
        if given.wrong.is_empty() && given.files.is_empty() && given.words.trim().is_empty() {
            given.wrong.push(page.t("correct-empty"));
        }
    }
    if sent.given.values().any(|given| !given.wrong.is_empty()) {
        return round_page(app, page, &file, &sent).await;
    }
    let mut seal: Vec<ToSeal> = Vec::new();
    let mut answers = Vec::new();
    for node in &nodes {
        let Some(given) = sent.given.get(&node.to_string()) else {
            continue;
        };
        let words = given.words.trim().to_owned();
        let words = (!words.is_empty())
            .then(|| ToSeal { id: SealedId(store_port::fresh_id()), clear: words.into_bytes() });
        answers.push(ServiceAnswer {
            node: node.clone(),
            answer: words.as_ref().map(|words| words.id),
            evidence: app.engine.evidence_refs(&given.files).await?,
        });
        seal.extend(words);
    }
    let command = Command::AnswerCorrections { answers };
    let (id, mut file) = (file.case.id, file);
    for _ in 0..TRIES {
        // Other departments may have gone on meanwhile; only what these did would be news here.
        let news = nodes.iter().any(|node| {
            version_seen(&file, node, sent.version) == sent.version
                && file.case.version != sent.version
        });
        if news {
            break;
        }
        let done = app
            .engine
            .execute(
                load::actor(page),
                "answer-corrections",
                load::command(&sent.command)?,
                id,
                Some(file.case.version),
                command.clone(),
                seal.clone(),
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
    }
    if owed(&file.case).is_empty() {
        // Sent twice, or nothing is left to answer.
        return Ok(Redirect::to(&format!("/cases/{id}")).into_response());
    }
    // A department said something else meanwhile: its letter stands above what was typed.
    sent.wrong.push(page.t("correct-overtaken"));
    sent.version = file.case.version;
    sent.command = load::fresh_command();
    round_page(app, page, &file, &sent).await
}

/// Reads the form: good files are stored at once, so that an error elsewhere loses none of them. Inputs are named
/// `what|service`, files `service|kind`.
async fn read(
    app: &App,
    catalogue: &Catalogue,
    page: &Page,
    draft: &Draft,
    case: &Case,
    mut parts: Multipart,
) -> Result<Sent, WebError> {
    let mut sent = Sent::default();
    while let Some(part) = parts.next_field().await.map_err(broken)? {
        let name = part.name().unwrap_or_default().to_owned();
        let file_name = part.file_name().map(ToOwned::to_owned);
        let bytes = part.bytes().await.map_err(broken)?;
        let (first, second) = name.split_once('|').unwrap_or((name.as_str(), ""));
        let Some(file_name) = file_name else {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            match first {
                "command" => sent.command = text,
                "version" => sent.version = text.parse().unwrap_or_default(),
                "words" => {
                    let given = sent.given.entry(second.to_owned()).or_default();
                    given.words = text.chars().take(2000).collect();
                }
                "kept" => {
                    let given = sent.given.entry(second.to_owned()).or_default();
                    keep_own(app, draft, &text, &mut given.files).await?;
                }
                _ => {}
            }
            continue;
        };
        let key: EvidenceKey = evidence_key(second);
        let node: Option<NodeKey> = first.parse().ok();
        let service = node.as_ref().and_then(|node| case.service(node));
        let takes = service.is_some_and(|service| {
            service.node.evidence.iter().any(|slot| slot.ty == key.ty && slot.member == key.member)
        });
        if !takes {
            continue;
        }
        let stored = store_file(app, catalogue, page, draft, &key, &file_name, bytes).await?;
        let given = sent.given.entry(first.to_owned()).or_default();
        match stored {
            Some(Ok(id)) => given.files.push(id),
            Some(Err(words)) => given.wrong.push(words),
            None => {}
        }
    }
    Ok(sent)
}
