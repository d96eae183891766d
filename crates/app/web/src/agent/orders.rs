//! An applicant's orders: to give one, to see what was done on it, to end it at any time.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::Form;
use engine::orders::{NoOrder, OrderState, OrderWish, Power, gives, order_state};
use serde::Deserialize;
use store_port::OrderRow;
use uuid::Uuid;
use vocabulary::Date;

use crate::applicant::case_view::time_text;
use crate::applicant::interview::ErrorLine;
use crate::applicant::load;
use crate::errors::WebError;
use crate::page::Page;
use crate::state::App;
use crate::views::render;

/// Stands for whichever agent takes it.
const POOL: &str = "pool";
/// Longest note to the agent, in characters.
const NOTE_MAX: usize = 500;

#[derive(Deserialize, Debug, Default)]
pub struct Asked {
    #[serde(default)]
    matter: String,
}

#[derive(Deserialize)]
pub struct Wished {
    command: String,
    #[serde(default)]
    matter: String,
    /// `pool`, or an account; absent = not chosen.
    #[serde(default)]
    agent: Option<String>,
    #[serde(default)]
    power: Vec<String>,
    #[serde(default)]
    until: String,
    #[serde(default)]
    note: String,
}

impl std::fmt::Debug for Wished {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wished").field("matter", &self.matter).finish_non_exhaustive()
    }
}

#[derive(Debug)]
struct Choice {
    id: String,
    name: String,
    chosen: bool,
}

#[derive(Debug)]
struct OrderLine {
    id: String,
    matter: String,
    agent: String,
    powers: String,
    until: String,
    state: String,
    class: &'static str,
    note: String,
    can_end: bool,
    acts: Vec<(String, String)>,
}

#[derive(Template, Debug)]
#[template(path = "agent/orders.html")]
struct OrdersPage<'a> {
    p: &'a Page,
    orders: Vec<OrderLine>,
    matters: Vec<Choice>,
    agents: Vec<Choice>,
    powers: Vec<Choice>,
    pool: bool,
    until: String,
    today: String,
    note: String,
    command: String,
    errors: Vec<ErrorLine>,
}

/// What an order lets the agent do, in words.
pub fn powers_words(page: &Page, row: &OrderRow) -> String {
    let given = Power::ALL.into_iter().filter(|power| gives(row, *power));
    let words: Vec<String> = given.map(|power| page.t(power_key(power))).collect();
    words.join(&page.t("list-separator"))
}

const fn power_key(power: Power) -> &'static str {
    match power {
        Power::Prepare => "power-prepare",
        Power::Submit => "power-submit",
        Power::Follow => "power-follow",
    }
}

/// What an agent did, in words.
pub fn act_words(page: &Page, what: &str) -> String {
    page.t(match what {
        "taken" => "act-taken",
        "opened" => "act-opened",
        "changed" => "act-changed",
        "submitted" => "act-submitted",
        _ => "act-other",
    })
}

/// GET /orders.
pub async fn show(
    State(app): State<App>,
    page: Page,
    Query(asked): Query<Asked>,
) -> Result<Response, Response> {
    let in_a_month = page.today.saturating_add(jiff::Span::new().days(30));
    let wished = Wished {
        command: load::fresh_command(),
        matter: asked.matter,
        agent: None,
        power: Power::ALL.iter().map(|power| power.as_str().to_owned()).collect(),
        until: in_a_month.to_string(),
        note: String::new(),
    };
    orders_page(&app, &page, wished, Vec::new()).await.map_err(|error| error.into_page(&page))
}

async fn orders_page(
    app: &App,
    page: &Page,
    wished: Wished,
    errors: Vec<ErrorLine>,
) -> Result<Response, WebError> {
    let applicant = page.who.account.ok_or(WebError::NotFound)?;
    let catalogue = app.engine.catalogue();
    let mut orders = Vec::new();
    for row in app.engine.store().list_orders_of(applicant).await? {
        orders.push(line(app, page, &row).await?);
    }
    let mut agents = Vec::new();
    for account in app.engine.store().list_agents().await? {
        // Demo persons are nobody outside the demo.
        if account.demo && !page.demo {
            continue;
        }
        let id = account.account_id.to_string();
        let chosen = wished.agent.as_deref() == Some(id.as_str());
        agents.push(Choice { id, name: app.engine.account_name(&account).await?, chosen });
    }
    render(&OrdersPage {
        p: page,
        orders,
        matters: catalogue
            .matters
            .values()
            .map(|it| Choice {
                id: it.id.to_string(),
                name: page.text(&it.title).to_owned(),
                chosen: it.id.as_str() == wished.matter,
            })
            .collect(),
        pool: wished.agent.as_deref() == Some(POOL),
        agents,
        powers: Power::ALL
            .into_iter()
            .map(|power| Choice {
                id: power.as_str().to_owned(),
                name: page.t(power_key(power)),
                chosen: wished.power.iter().any(|word| word == power.as_str()),
            })
            .collect(),
        until: wished.until,
        today: page.today.to_string(),
        note: wished.note,
        command: wished.command,
        errors,
    })
}

async fn line(app: &App, page: &Page, row: &OrderRow) -> Result<OrderLine, WebError> {
    let catalogue = app.engine.catalogue();
    let state = order_state(row, page.today);
    let matter = catalogue.matters.get(row.matter.as_str());
    let agent = match row.agent {
        Some(agent) => match app.engine.store().find_account(agent).await? {
            Some(account) => app.engine.account_name(&account).await?,
            None => String::new(),
        },
        None => page.t("order-pool"),
    };
    let acts = app.engine.store().list_acts(row.order_id).await?;
    Ok(OrderLine {
        id: row.order_id.to_string(),
        matter: matter.map_or_else(|| row.matter.clone(), |it| page.text(&it.title).to_owned()),
        agent,
        powers: powers_words(page, row),
        until: page.iso_date(&row.valid_until),
        state: page.t(&format!("order-{}", state.as_str())),
        class: match state {
            OrderState::InForce => "ok",
            OrderState::Waiting | OrderState::NotYet => "warn",
            OrderState::Expired | OrderState::Ended => "grey",
        },
        note: app.engine.order_note(row).await?,
        can_end: !matches!(state, OrderState::Expired | OrderState::Ended),
        acts: acts
            .iter()
            .map(|act| (time_text(catalogue, page, act.at), act_words(page, &act.what)))
            .collect(),
    })
}

/// POST /orders.
pub async fn grant(
    State(app): State<App>,
    page: Page,
    Form(wished): Form<Wished>,
) -> Result<Response, Response> {
    give(&app, &page, wished).await.map_err(|error| error.into_page(&page))
}

async fn give(app: &App, page: &Page, wished: Wished) -> Result<Response, WebError> {
    let applicant = page.who.account.ok_or(WebError::NotFound)?;
    let command = load::command(&wished.command)?;
    let again = |wished: Wished, target: &str, key: &str| {
        let errors = vec![ErrorLine { target: target.to_owned(), words: page.t(key) }];
        orders_page(app, page, wished, errors)
    };
    let agent = match wished.agent.as_deref() {
        None => return again(wished, "agent-pool", "order-no-agent").await,
        Some(POOL) => None,
        Some(id) => match id.parse() {
            Ok(id) => Some(id),
            Err(_) => return again(wished, "agent-pool", "order-no-agent").await,
        },
    };
    let Ok(until) = wished.until.parse::<Date>() else {
        return again(wished, "until", "order-bad-term").await;
    };
    let powers = Power::ALL.into_iter();
    let powers = powers.filter(|it| wished.power.iter().any(|word| word == it.as_str()));
    let wish = OrderWish {
        agent,
        matter: wished.matter.as_str().into(),
        powers: powers.collect(),
        until,
        note: wished.note.chars().take(NOTE_MAX).collect(),
    };
    match app.engine.grant_order(applicant, command, wish).await? {
        Ok(_) => Ok(Redirect::to("/orders").into_response()),
        Err(why) => {
            let target = match why {
                NoOrder::UnknownMatter => "matter",
                NoOrder::UnknownAgent => "agent-pool",
                NoOrder::NoPower => "power-prepare",
                NoOrder::BadTerm => "until",
            };
            again(wished, target, why.key()).await
        }
    }
}

/// POST /orders/{order}/end.
pub async fn end(
    State(app): State<App>,
    page: Page,
    Path(order): Path<String>,
) -> Result<Response, Response> {
    let done = async {
        let applicant = page.who.account.ok_or(WebError::NotFound)?;
        let order = Uuid::parse_str(&order).map_err(|_| WebError::NotFound)?;
        if app.engine.end_order(applicant, order).await? {
            Ok(Redirect::to("/orders").into_response())
        } else {
            Err(WebError::NotFound)
        }
    };
    done.await.map_err(|error: WebError| error.into_page(&page))
}
