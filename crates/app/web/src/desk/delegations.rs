//! Delegations 授权委托: who entrusted which outlet with what, on what basis and until when. A manager revokes
//! those of his own area; what was received on one stays received.

use askama::Template;
use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use network::{Delegation, Revoked};
use serde::Deserialize;
use vocabulary::{DelegationId, OutletId};

use crate::applicant::interview::ErrorLine;
use crate::errors::WebError;
use crate::naming;
use crate::page::Page;
use crate::state::App;
use crate::views::render;

use super::outlet_name;
use super::records::is_mine;

/// Words of a reason, at most.
const WORDS_MAX: usize = 200;

#[derive(Deserialize, Debug)]
pub struct Filter {
    #[serde(default)]
    outlet: String,
}

#[derive(Debug)]
struct Choice {
    id: String,
    name: String,
    chosen: bool,
    count: usize,
}

#[derive(Debug)]
struct Line {
    id: String,
    from: String,
    powers: String,
    services: Vec<String>,
    for_whom: String,
    basis: String,
    term: String,
    class: &'static str,
    state: String,
    revocable: bool,
    /// A reason that was sent and not taken, as it was typed.
    typed: Option<String>,
}

#[derive(Template, Debug)]
#[template(path = "desk/delegations.html")]
struct DelegationsPage<'a> {
    p: &'a Page,
    outlets: Vec<Choice>,
    outlet: String,
    outlet_name: String,
    lines: Vec<Line>,
    errors: Vec<ErrorLine>,
}

/// GET /desk/delegations.
pub async fn delegations(
    State(app): State<App>,
    page: Page,
    Query(filter): Query<Filter>,
) -> Result<Response, Response> {
    show(&app, &page, &filter, None).await.map_err(|error| error.into_page(&page))
}

/// A reason that was not taken: of which delegation, as it was typed, and why.
type NotTaken = (DelegationId, String, ErrorLine);

async fn show(
    app: &App,
    page: &Page,
    filter: &Filter,
    not_taken: Option<NotTaken>,
) -> Result<Response, WebError> {
    let network = app.engine.network();
    let revoked = app.engine.revoked_delegations().await?;
    let count = |id: &OutletId| network.delegations.values().filter(|it| it.to == *id).count();
    let own = network.outlets.values().filter(|it| is_mine(page, Some(it.area.as_str())));
    let own: Vec<_> = own.filter(|outlet| count(&outlet.id) > 0).collect();
    let chosen = own.iter().find(|it| it.id.as_str() == filter.outlet).or_else(|| own.first());
    let chosen = chosen.map(|outlet| outlet.id.clone());
    let outlets = own
        .iter()
        .map(|outlet| Choice {
            id: outlet.id.to_string(),
            name: page.text(&outlet.name).to_owned(),
            chosen: Some(&outlet.id) == chosen.as_ref(),
            count: count(&outlet.id),
        })
        .collect();
    let delegations = network.delegations.values().filter(|it| Some(&it.to) == chosen.as_ref());
    render(&DelegationsPage {
        p: page,
        outlets,
        outlet: chosen.as_ref().map(ToString::to_string).unwrap_or_default(),
        outlet_name: chosen.as_ref().map_or_else(String::new, |id| outlet_name(app, page, id)),
        lines: delegations
            .map(|it| {
                let typed = not_taken.as_ref().filter(|(id, _, _)| *id == it.id);
                let typed = typed.map(|(_, typed, _)| typed.clone());
                Line { typed, ..line(app, page, it, &revoked) }
            })
            .collect(),
        errors: not_taken.into_iter().map(|(_, _, error)| error).collect(),
    })
}

fn line(app: &App, page: &Page, delegation: &Delegation, revoked: &Revoked) -> Line {
    let catalogue = app.engine.catalogue();
    let powers: Vec<String> =
        delegation.powers.iter().map(|it| page.t(&format!("power-{}", it.as_str()))).collect();
    let services = delegation.services.iter().filter_map(|id| catalogue.service(id));
    let from = page.date(delegation.valid_from);
    let revoked_on = revoked.get(&delegation.id);
    let (class, state) = match revoked_on {
        Some(on) => ("seal", page.t1("delegation-revoked", "date", page.date(*on))),
        None if page.today < delegation.valid_from => ("warn", page.t("delegation-later")),
        None if delegation.valid_until.is_some_and(|until| until < page.today) => {
            ("grey", page.t("delegation-ended"))
        }
        None => ("ok", page.t("delegation-valid")),
    };
    Line {
        id: delegation.id.to_string(),
        from: naming::organisation_full_name(catalogue, page, &delegation.from),
        powers: powers.join(&page.t("list-separator")),
        services: services.map(|it| page.text(&it.name).to_owned()).collect(),
        for_whom: delegation
            .for_whom
            .map_or_else(String::new, |it| page.t(&format!("for-whom-{}", it.as_str()))),
        basis: page.text(&delegation.basis).to_owned(),
        term: match delegation.valid_until {
            Some(until) => page.t2("record-term", "from", from, "until", page.date(until)),
            None => page.t1("record-term-open", "from", from),
        },
        revocable: class == "ok" || class == "warn",
        class,
        state,
        typed: None,
    }
}

#[derive(Deserialize, Debug)]
pub struct Given {
    #[serde(default)]
    reason: String,
}

/// POST /desk/delegations/{delegation}/revoke.
pub async fn revoke(
    State(app): State<App>,
    page: Page,
    Path(id): Path<String>,
    Form(given): Form<Given>,
) -> Result<Response, Response> {
    let done = async {
        let network = app.engine.network();
        let manager = page.who.account.ok_or(WebError::NotFound)?;
        let delegation = network.delegations.get(id.as_str()).ok_or(WebError::NotFound)?;
        let outlet = network.outlets.get(&delegation.to).ok_or(WebError::NotFound)?;
        if !is_mine(&page, Some(outlet.area.as_str())) {
            return Err(WebError::NotFound);
        }
        let reason = given.reason.trim();
        let wrong = match reason.chars().count() {
            0 => Some("delegation-reason-missing"),
            long if long > WORDS_MAX => Some("record-words-too-long"),
            _ => None,
        };
        if let Some(key) = wrong {
            let target = format!("reason-{}", delegation.id);
            let error = ErrorLine { target, words: page.t(key) };
            let filter = Filter { outlet: outlet.id.to_string() };
            let not_taken = Some((delegation.id.clone(), given.reason.clone(), error));
            let mut shown = show(&app, &page, &filter, not_taken).await?;
            *shown.status_mut() = StatusCode::BAD_REQUEST;
            return Ok(shown);
        }
        app.engine.revoke_delegation(manager, &delegation.id, reason).await?;
        Ok(Redirect::to(&format!("/desk/delegations?outlet={}", outlet.id)).into_response())
    };
    done.await.map_err(|error: WebError| error.into_page(&page))
}
