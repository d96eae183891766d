//! What the person concerned does herself: she speaks on an act that was announced, or takes the applicant's place.

use askama::Template;
use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::{Case, Command};
use engine::{EngineError, ToSeal};
use serde::Deserialize;
use store_port::fresh_id;
use vocabulary::{CaseId, NodeKey, SealedId};

use super::view::OtherView;
use crate::access::Action;
use crate::applicant::case_view::happened_since;
use crate::applicant::case_view::{case_node_name, state_class, state_name};
use crate::applicant::load;
use crate::applicant::track::{Spoken as Again, spoken_again};
use crate::errors::WebError;
use crate::naming;
use crate::page::Page;
use crate::state::App;
use crate::views::render;

/// What she says may be so long.
const WORDS_CHARS_MAX: usize = 2000;

#[derive(Deserialize, Debug)]
pub struct Spoken {
    words: String,
    version: u64,
    command: String,
}

/// POST /cases/{case}/hearing/{node}: 陈述申辩.
pub async fn speak(
    State(app): State<App>,
    page: Page,
    Path((case, node)): Path<(String, String)>,
    Form(spoken): Form<Spoken>,
) -> Result<Response, Response> {
    let done = async {
        let file = load::case(&app, &page, &case, Action::ActOnCase).await?;
        let node: NodeKey = node.parse().map_err(|_| WebError::NotFound)?;
        let words = spoken.words.trim();
        let wrong = match words.chars().count() {
            0 => Some("record-words-missing"),
            count if count > WORDS_CHARS_MAX => Some("officer-words-too-long"),
            _ => None,
        };
        let of = node.to_string();
        if let Some(key) = wrong {
            let error = page.t(key);
            let again = Again { node: of, words: spoken.words, error, since: Vec::new() };
            let mut response = spoken_again(&app, &page, &file, again).await?;
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            return Ok(response);
        }
        let answer = ToSeal { id: SealedId(fresh_id()), clear: words.as_bytes().to_vec() };
        let command = Command::AnswerRevocation { node, answer: answer.id };
        let done = app
            .engine
            .execute(
                load::actor(&page),
                "speak",
                load::command(&spoken.command)?,
                file.case.id,
                Some(spoken.version),
                command,
                vec![answer],
            )
            .await;
        match done {
            Ok(_) => Ok(Redirect::to(&format!("/cases/{}", file.case.id)).into_response()),
            // The case has moved on: as it is now, and what she had written.
            Err(error @ (EngineError::Refused(_) | EngineError::Stale { .. })) => {
                let stale = matches!(error, EngineError::Stale { .. });
                let told = WebError::Engine(error).told();
                let error =
                    page.t2("officer-error-code", "words", page.t(told.key), "code", told.code);
                let file = load::case(&app, &page, &case, Action::ActOnCase).await?;
                let catalogue = load::catalogue_of(&app, &file.case).await?;
                let news = happened_since(&catalogue, &page, &file, spoken.version).into_iter();
                let since = news
                    .filter(|_| stale)
                    .map(|(_, it)| page.t2("happened-at", "time", it.time, "words", it.words))
                    .collect();
                let again = Again { node: of, words: spoken.words, error, since };
                let mut response = spoken_again(&app, &page, &file, again).await?;
                *response.status_mut() = told.status;
                Ok(response)
            }
            Err(error) => Err(error.into()),
        }
    };
    done.await.map_err(|error: WebError| error.into_page(&page))
}

#[derive(Deserialize, Debug)]
pub struct Sought {
    #[serde(default)]
    number: String,
}

#[derive(Debug)]
struct Offered {
    case: String,
    title: String,
    number: String,
    change: String,
    capacity: String,
    services: Vec<OtherView>,
}

#[derive(Template, Debug)]
#[template(path = "afterwards/take_over.html")]
struct TakeOverPage<'a> {
    p: &'a Page,
    number: String,
    unknown: bool,
    offered: Option<Offered>,
    command: String,
}

/// GET /take-over[?number=]: what somebody who was named is asked to take over. Before he consents he sees what the
/// matter is and how its services stand, and nothing that the applicant has said.
pub async fn show(
    State(app): State<App>,
    page: Page,
    Query(sought): Query<Sought>,
) -> Result<Response, Response> {
    let shown = async {
        let number = sought.number.trim().rsplit('/').next().unwrap_or_default().to_uppercase();
        let row = match number.as_str() {
            "" => None,
            _ => app.engine.store().find_case_by_number(&number).await?,
        };
        let case = match row {
            Some(row) => app.engine.case(row.case_id).await?,
            None => None,
        };
        let case = case.filter(|case| is_named(&page, case));
        let offered = match &case {
            Some(case) => Some(offered(&app, &page, case).await?),
            None => None,
        };
        render(&TakeOverPage {
            p: &page,
            unknown: !number.is_empty() && offered.is_none(),
            number,
            offered,
            command: load::fresh_command(),
        })
    };
    shown.await.map_err(|error: WebError| error.into_page(&page))
}

/// Whoever was not named cannot tell whether there is such a case.
fn is_named(page: &Page, case: &Case) -> bool {
    let named = case.open_change().and_then(|change| change.successor.as_ref());
    named.is_some_and(|named| page.who.account == Some(named.account))
}

async fn offered(app: &App, page: &Page, case: &Case) -> Result<Offered, WebError> {
    let catalogue = load::catalogue_of(app, case).await?;
    let matter = catalogue.matters.get(&case.application.matter);
    let change = case.open_change();
    let named = change.and_then(|change| change.successor.as_ref());
    Ok(Offered {
        case: case.id.to_string(),
        title: matter.map_or_else(String::new, |it| page.text(&it.title).to_owned()),
        number: case.application.case_number.to_string(),
        change: change.map_or_else(String::new, |it| super::view::change_name(page, it.change)),
        capacity: named
            .map_or_else(String::new, |it| page.t(&format!("capacity-{}", it.capacity.as_str()))),
        services: case
            .services
            .iter()
            .map(|it| OtherView {
                name: case_node_name(&catalogue, page, case, &it.node.key),
                department: naming::organisation_name(&catalogue, page, &it.node.department),
                state: state_name(page, it.state),
                class: state_class(it.state),
            })
            .collect(),
    })
}

#[derive(Deserialize, Debug)]
pub struct Consent {
    case: String,
    command: String,
    #[serde(default)]
    consent: String,
}

/// POST /take-over: he consents, and the case is his.
pub async fn consent(
    State(app): State<App>,
    page: Page,
    Form(given): Form<Consent>,
) -> Result<Response, Response> {
    let done = async {
        let id: CaseId = given.case.parse().map_err(|_| WebError::NotFound)?;
        let case = app.engine.case(id).await?.ok_or(WebError::NotFound)?;
        let taken = page.who.account.is_some() && case.taken_over_by() == page.who.account;
        if !is_named(&page, &case) && !taken {
            return Err(WebError::NotFound);
        }
        if given.consent != "yes" {
            let number = &case.application.case_number;
            return Ok(Redirect::to(&format!("/take-over?number={number}")).into_response());
        }
        let command_id = load::command(&given.command)?;
        let done = app
            .engine
            .execute(
                load::actor(&page),
                "take-over",
                command_id,
                id,
                None,
                Command::ConsentToSuccession,
                Vec::new(),
            )
            .await;
        match done {
            // Pressed twice: it is his already.
            Err(EngineError::Refused(_)) if taken => {}
            done => {
                done?;
            }
        }
        Ok(Redirect::to(&format!("/cases/{id}")).into_response())
    };
    done.await.map_err(|error: WebError| error.into_page(&page))
}
