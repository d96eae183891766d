//! An agent's orders: whose matter, what he may do, until when; to take one of the pool, and to begin or go on.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use engine::EngineError;
use engine::orders::{OrderState, Power, gives, order_state};
use store_port::OrderRow;
use uuid::Uuid;

use crate::errors::WebError;
use crate::page::Page;
use crate::state::App;
use crate::views::render;

use super::orders::{act_words, powers_words};
use crate::applicant::case_view::time_text;

#[derive(Debug)]
struct OrderLine {
    id: String,
    applicant: String,
    matter: String,
    powers: String,
    until: String,
    note: String,
    state: &'static str,
    state_words: String,
    can_start: bool,
    can_take: bool,
    cases: Vec<String>,
    acts: Vec<(String, String)>,
}

#[derive(Template, Debug)]
#[template(path = "agent/home.html")]
struct HomePage<'a> {
    p: &'a Page,
    open: Vec<OrderLine>,
    pool: Vec<OrderLine>,
    /// How many are over, in words; empty when none.
    over: String,
}

/// GET /agent.
pub async fn home(State(app): State<App>, page: Page) -> Result<Response, Response> {
    show(&app, &page).await.map_err(|error| error.into_page(&page))
}

async fn show(app: &App, page: &Page) -> Result<Response, WebError> {
    let agent = page.who.account.ok_or(WebError::NotFound)?;
    let (mut open, mut pool, mut over) = (Vec::new(), Vec::new(), 0usize);
    for row in app.engine.store().list_orders_for(agent).await? {
        match order_state(&row, page.today) {
            OrderState::Waiting => pool.push(line(app, page, &row).await?),
            OrderState::InForce | OrderState::NotYet => open.push(line(app, page, &row).await?),
            // Nothing of what is over is shown: neither whose it was nor what was done.
            OrderState::Expired | OrderState::Ended => over = over.saturating_add(1),
        }
    }
    let over = if over == 0 { String::new() } else { page.t1("agent-over", "n", over) };
    render(&HomePage { p: page, open, pool, over })
}

async fn line(app: &App, page: &Page, row: &OrderRow) -> Result<OrderLine, WebError> {
    let catalogue = app.engine.catalogue();
    let state = order_state(row, page.today);
    let matter = catalogue.matters.get(row.matter.as_str());
    let taken = row.agent.is_some();
    // Before it is his, an agent sees what is asked for, not who asks.
    let applicant = match app.engine.store().find_account(row.applicant).await? {
        Some(account) if taken => app.engine.account_name(&account).await?,
        _ => page.t("order-somebody"),
    };
    let acts = if taken { app.engine.store().list_acts(row.order_id).await? } else { Vec::new() };
    let follows = gives(row, Power::Follow);
    let cases = acts.iter().filter_map(|act| act.case).filter(|_| follows);
    Ok(OrderLine {
        id: row.order_id.to_string(),
        applicant,
        matter: matter.map_or_else(|| row.matter.clone(), |it| page.text(&it.title).to_owned()),
        powers: powers_words(page, row),
        until: page.iso_date(&row.valid_until),
        note: if taken { app.engine.order_note(row).await? } else { String::new() },
        state: state.as_str(),
        state_words: page.t(&format!("order-{}", state.as_str())),
        can_start: state == OrderState::InForce && gives(row, Power::Prepare),
        can_take: state == OrderState::Waiting,
        cases: cases.map(|case| case.to_string()).collect(),
        acts: acts
            .iter()
            .map(|act| (time_text(catalogue, page, act.at), act_words(page, &act.what)))
            .collect(),
    })
}

/// POST /agent/orders/{order}/take.
pub async fn take(
    State(app): State<App>,
    page: Page,
    Path(order): Path<String>,
) -> Result<Response, Response> {
    let done = async {
        let agent = page.who.account.ok_or(WebError::NotFound)?;
        let order = Uuid::parse_str(&order).map_err(|_| WebError::NotFound)?;
        if app.engine.take_order(agent, order).await? {
            return Ok(Redirect::to("/agent").into_response());
        }
        // His own already, or somebody else was faster.
        let row = app.engine.store().find_order(order).await?.ok_or(WebError::NotFound)?;
        if row.agent == Some(agent) {
            return Ok(Redirect::to("/agent").into_response());
        }
        Err(EngineError::NoMandate.into())
    };
    done.await.map_err(|error: WebError| error.into_page(&page))
}

/// POST /agent/orders/{order}/start.
pub async fn start(
    State(app): State<App>,
    page: Page,
    Path(order): Path<String>,
) -> Result<Response, Response> {
    let done = async {
        let agent = page.who.account.ok_or(WebError::NotFound)?;
        let order = Uuid::parse_str(&order).map_err(|_| WebError::NotFound)?;
        let draft = app.engine.open_draft_on_order(agent, order).await?;
        Ok(Redirect::to(&format!("/drafts/{}", draft.id)).into_response())
    };
    done.await.map_err(|error: WebError| error.into_page(&page))
}
