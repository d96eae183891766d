//! A visit on the spot as the applicant sees it: who comes, which times are offered, take one or ask for another.

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use casework::Command;
use engine::{CaseFile, ToSeal};
use serde::Deserialize;
use vocabulary::SealedId;

use crate::access::Action;
use crate::applicant::load;
use crate::errors::WebError;
use crate::officer::visits::{VisitView, view};
use crate::page::Page;
use crate::state::App;
use crate::views::render;

const WORDS_CHARS_MAX: usize = 500;

#[derive(Template, Debug)]
#[template(path = "applicant/visit.html")]
struct VisitPage<'a> {
    p: &'a Page,
    case: String,
    command: String,
    visit: VisitView,
    /// May still choose or ask.
    open: bool,
    words: String,
    error: String,
}

#[derive(Deserialize, Debug)]
pub struct Choice {
    #[serde(default)]
    choice: String,
    #[serde(default)]
    words: String,
    number: u32,
    command: String,
}

/// The appointments of a case that somebody needs, for the tracking page.
///
/// # Errors
/// A fault.
pub async fn views(app: &App, page: &Page, file: &CaseFile) -> Result<Vec<VisitView>, WebError> {
    let catalogue = load::catalogue_of(app, &file.case).await?;
    let proposed = file.case.visits.iter().filter(|visit| visit.current().is_some());
    Ok(proposed.filter_map(|it| view(&catalogue, page, file, it, None, app.now())).collect())
}

/// GET /cases/{case}/visits/{visit}.
pub async fn show(
    State(app): State<App>,
    page: Page,
    Path((case, visit)): Path<(String, String)>,
) -> Result<Response, Response> {
    let shown = async {
        let file = load::case(&app, &page, &case, Action::ActOnCase).await?;
        visit_page(&app, &page, &file, &visit, String::new(), "").await
    };
    shown.await.map_err(|error: WebError| error.into_page(&page))
}

async fn visit_page(
    app: &App,
    page: &Page,
    file: &CaseFile,
    visit: &str,
    words: String,
    error: &str,
) -> Result<Response, WebError> {
    let shown = views(app, page, file).await?.into_iter().find(|it| it.id == visit);
    let shown = shown.ok_or(WebError::NotFound)?;
    let open = file.case.visit(visit).is_some_and(|visit| {
        let begun = visit.current().and_then(casework::Proposal::agreed);
        let state = file.case.visit_state(visit);
        state.is_some_and(|state| {
            !matches!(state, casework::VisitState::Over | casework::VisitState::Missed)
        }) && begun.is_none_or(|slot| slot.from > app.now())
    });
    render(&VisitPage {
        p: page,
        case: file.case.id.to_string(),
        command: load::fresh_command(),
        visit: shown,
        open,
        words,
        error: error.to_owned(),
    })
}

/// POST /cases/{case}/visits/{visit}: `choice` is a time, or `other`.
pub async fn choose(
    State(app): State<App>,
    page: Page,
    Path((case, visit)): Path<(String, String)>,
    Form(sent): Form<Choice>,
) -> Result<Response, Response> {
    let done = async {
        let file = load::case(&app, &page, &case, Action::ActOnCase).await?;
        let words = sent.words.trim().to_owned();
        if words.chars().count() > WORDS_CHARS_MAX {
            let error = page.t("officer-words-too-long");
            return visit_page(&app, &page, &file, &visit, words, &error).await;
        }
        let number = sent.number;
        let (command, seal) = match (sent.choice.as_str(), sent.choice.parse::<u32>()) {
            (_, Ok(slot)) => {
                (Command::ConfirmVisit { visit: visit.as_str().into(), number, slot }, None)
            }
            ("other", _) if words.is_empty() => {
                let error = page.t("visit-say-when");
                return visit_page(&app, &page, &file, &visit, words, &error).await;
            }
            ("other", _) => {
                let clear = words.clone().into_bytes();
                let seal = ToSeal { id: SealedId(store_port::fresh_id()), clear };
                let (id, visit) = (Some(seal.id), visit.as_str().into());
                (Command::AskOtherTime { visit, number, words: id }, Some(seal))
            }
            _ => {
                let error = page.t("visit-choose");
                return visit_page(&app, &page, &file, &visit, words, &error).await;
            }
        };
        let done = app
            .engine
            .execute(
                load::actor(&page),
                "visit",
                load::command(&sent.command)?,
                file.case.id,
                None,
                command,
                seal.into_iter().collect(),
            )
            .await;
        match done {
            Ok(_) => Ok(Redirect::to(&format!("/cases/{}", file.case.id)).into_response()),
            Err(engine::EngineError::Refused(refusal)) => {
                let key = WebError::Engine(engine::EngineError::Refused(refusal)).told().key;
                let file = load::case(&app, &page, &case, Action::ActOnCase).await?;
                visit_page(&app, &page, &file, &visit, words, &page.t(key)).await
            }
            Err(error) => Err(error.into()),
        }
    };
    done.await.map_err(|error: WebError| error.into_page(&page))
}
