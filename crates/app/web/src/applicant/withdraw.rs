//! Withdrawing one service, or all that are open. What else would stop is shown before anything happens.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Form, Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use casework::{Case, Command};
use serde::Deserialize;
use vocabulary::NodeKey;

use crate::access::Action;
use crate::applicant::case_view::case_node_name;
use crate::applicant::load;
use crate::errors::WebError;
use crate::overtaken;
use crate::page::Page;
use crate::state::App;
use crate::views::render;

#[derive(Template, Debug)]
#[template(path = "applicant/withdraw.html")]
struct WithdrawPage<'a> {
    p: &'a Page,
    case: String,
    version: u64,
    command: String,
    node: String,
    names: Vec<String>,
    /// Would stop because they wait for it.
    dependants: Vec<String>,
    /// Already with the department: it has to confirm.
    sent: bool,
}

#[derive(Deserialize, Debug)]
pub struct Which {
    #[serde(default)]
    node: String,
}

/// GET /cases/{case}/withdraw[?node=].
pub async fn show(
    State(app): State<App>,
    page: Page,
    Path(case): Path<String>,
    Query(which): Query<Which>,
) -> Result<Response, Response> {
    let shown = async {
        let file = load::case(&app, &page, &case, Action::ActOnCase).await?;
        let chosen = chosen(&file.case, &which.node)?;
        let catalogue = load::catalogue_of(&app, &file.case).await?;
        let name = |node: &NodeKey| case_node_name(&catalogue, &page, &file.case, node);
        let dependants: BTreeSet<NodeKey> = chosen
            .iter()
            .flat_map(|node| file.case.dependants(node))
            .filter(|node| !chosen.contains(node))
            .collect();
        let sent = chosen
            .iter()
            .filter_map(|node| file.case.service(node))
            .any(|service| service.started_at.is_some());
        render(&WithdrawPage {
            p: &page,
            case: case.clone(),
            version: file.case.version,
            command: load::fresh_command(),
            node: which.node.clone(),
            names: chosen.iter().map(name).collect(),
            dependants: dependants.iter().map(name).collect(),
            sent,
        })
    };
    shown.await.map_err(|error: WebError| error.into_page(&page))
}

/// The named service, or every open one.
fn chosen(case: &Case, node: &str) -> Result<Vec<NodeKey>, WebError> {
    if !node.is_empty() {
        let key: NodeKey = node.parse().map_err(|_| WebError::NotFound)?;
        return case
            .service(&key)
            .map(|service| vec![service.node.key.clone()])
            .ok_or(WebError::NotFound);
    }
    Ok(case
        .services
        .iter()
        .filter(|service| !service.state.is_final())
        .map(|service| service.node.key.clone())
        .collect())
}

#[derive(Deserialize, Debug)]
pub struct Confirmed {
    #[serde(default)]
    node: String,
    version: u64,
    command: String,
}

/// POST /cases/{case}/withdraw.
pub async fn withdraw(
    State(app): State<App>,
    page: Page,
    Path(case): Path<String>,
    Form(confirmed): Form<Confirmed>,
) -> Result<Response, Response> {
    let done = async {
        let file = load::case(&app, &page, &case, Action::ActOnCase).await?;
        let node = match confirmed.node.as_str() {
            "" => None,
            text => Some(text.parse().map_err(|_| WebError::NotFound)?),
        };
        let done = app
            .engine
            .execute(
                load::actor(&page),
                "withdraw",
                load::command(&confirmed.command)?,
                file.case.id,
                Some(confirmed.version),
                Command::Withdraw { node },
                Vec::new(),
            )
            .await;
        if let Err(error) = done {
            return Err(overtaken::told(&app, &page, file.case.id, confirmed.version, error).await);
        }
        Ok(Redirect::to(&format!("/cases/{}", file.case.id)).into_response())
    };
    done.await.map_err(|error: WebError| error.into_page(&page))
}
