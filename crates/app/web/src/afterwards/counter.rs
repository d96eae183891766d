//! At the window: a clerk records that an applicant died or that another has to act, and who takes her place.

use askama::Template;
use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::{Actor, ActorRole};
use engine::{CaseFile, EngineError};
use serde::Deserialize;
use vocabulary::CaseId;

use super::record;
use super::view::{self, ChangeView, OtherView};
use crate::applicant::case_view::{case_node_name, state_class, state_name};
use crate::applicant::load;
use crate::errors::WebError;
use crate::naming;
use crate::officer::desk::Typed;
use crate::page::Page;
use crate::state::App;
use crate::views::render;

/// What stands on a receipt.
#[derive(Deserialize, Debug)]
pub struct Sought {
    #[serde(default)]
    number: String,
}

#[derive(Debug)]
struct Found {
    case: String,
    title: String,
    number: String,
    services: Vec<OtherView>,
    change: Option<ChangeView>,
    may_report: bool,
}

#[derive(Template, Debug)]
#[template(path = "afterwards/counter.html")]
struct Shown<'a> {
    p: &'a Page,
    number: String,
    found: Option<Found>,
    command: String,
    version: u64,
    error: String,
    kept: record::Kept,
    changes: Vec<(String, String)>,
    capacities: Vec<(String, String)>,
}

/// GET /window/changes[?number=].
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
        let file = match &row {
            Some(row) => app.engine.case_file(row.case_id).await?,
            None => None,
        };
        let unknown = !number.is_empty() && file.is_none();
        let error = if unknown { page.t("change-case-unknown") } else { String::new() };
        changes_page(&app, &page, number, file.as_ref(), error, record::Kept::default()).await
    };
    shown.await.map_err(|error: WebError| error.into_page(&page))
}

async fn changes_page(
    app: &App,
    page: &Page,
    number: String,
    file: Option<&CaseFile>,
    error: String,
    kept: record::Kept,
) -> Result<Response, WebError> {
    let found = match file {
        None => None,
        Some(file) => {
            let case = &file.case;
            let catalogue = load::catalogue_of(app, case).await?;
            let matter = catalogue.matters.get(&case.application.matter);
            Some(Found {
                case: case.id.to_string(),
                title: matter.map_or_else(String::new, |it| page.text(&it.title).to_owned()),
                number: case.application.case_number.to_string(),
                services: case
                    .services
                    .iter()
                    .map(|it| OtherView {
                        name: case_node_name(&catalogue, page, case, &it.node.key),
                        department: naming::organisation_name(
                            &catalogue,
                            page,
                            &it.node.department,
                        ),
                        state: state_name(page, it.state),
                        class: state_class(it.state),
                    })
                    .collect(),
                change: view::change(&catalogue, page, file),
                may_report: case.open_change().is_none()
                    && case.services.iter().any(|service| !service.state.is_final()),
            })
        }
    };
    render(&Shown {
        p: page,
        number,
        command: load::fresh_command(),
        version: file.map_or(0, |file| file.case.version),
        found,
        error,
        kept,
        changes: record::changes(page),
        capacities: record::capacities(page),
    })
}

/// POST /window/changes/{case}/{step}.
pub async fn step(
    State(app): State<App>,
    page: Page,
    Path((case, step)): Path<(String, String)>,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<Response, Response> {
    let done = async {
        let bad = || WebError::Bad { code: "WEB0002", key: "error-bad" };
        let id: CaseId = case.parse().map_err(|_| WebError::NotFound)?;
        let typed = Typed::new(sent);
        let command_id = load::command(typed.get("command"))?;
        let version: u64 = typed.get("version").parse().map_err(|_| bad())?;
        let made = record::step(&app.engine, &step, &typed).await?;
        let (error, status) = match made {
            Ok(None) => return Err(WebError::NotFound),
            Err(key) => (page.t(key), StatusCode::UNPROCESSABLE_ENTITY),
            Ok(Some((command, seal))) => {
                let account = page.who.account;
                let actor = Actor { role: ActorRole::Clerk, account, department: None };
                let done = app
                    .engine
                    .execute(actor, "change", command_id, id, Some(version), command, seal)
                    .await;
                match done {
                    Ok(_) => {
                        let case = app.engine.case(id).await?.ok_or(WebError::NotFound)?;
                        let number = &case.application.case_number;
                        let to = format!("/window/changes?number={number}");
                        return Ok(Redirect::to(&to).into_response());
                    }
                    Err(error @ (EngineError::Refused(_) | EngineError::Stale { .. })) => {
                        let told = WebError::Engine(error).told();
                        let words = page.t(told.key);
                        let words =
                            page.t2("officer-error-code", "words", words, "code", told.code);
                        (words, told.status)
                    }
                    Err(error) => return Err(error.into()),
                }
            }
        };
        let file = app.engine.case_file(id).await?.ok_or(WebError::NotFound)?;
        let number = file.case.application.case_number.to_string();
        let kept = record::Kept::of(&step, typed);
        let mut response = changes_page(&app, &page, number, Some(&file), error, kept).await?;
        *response.status_mut() = status;
        Ok(response)
    };
    done.await.map_err(|error: WebError| error.into_page(&page))
}
