//! Taking a number, and the slip that says when one's turn comes. Nobody has to say who he is.

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Redirect, Response};
use engine::desk::{TicketState, TicketWish};
use serde::Deserialize;
use vocabulary::MatterId;

use crate::applicant::interview::ErrorLine;
use crate::applicant::load;
use crate::errors::WebError;
use crate::page::Page;
use crate::state::App;
use crate::views::render;

use super::{clock, fresh_command, is_open, outlet};

/// A zone that one can take a number for.
#[derive(Debug)]
struct ZoneChoice {
    id: String,
    name: String,
    letter: String,
    waiting: u64,
}

#[derive(Template, Debug)]
#[template(path = "desk/number.html")]
struct NumberPage<'a> {
    p: &'a Page,
    outlet: String,
    name: String,
    open: bool,
    zones: Vec<ZoneChoice>,
    matters: Vec<(String, String)>,
    command: String,
    errors: Vec<ErrorLine>,
}

#[derive(Deserialize, Debug)]
pub struct Wished {
    #[serde(default)]
    zone: String,
    #[serde(default)]
    priority: Option<String>,
    #[serde(default)]
    matter: String,
    command: String,
}

/// GET /outlets/{outlet}/number.
pub async fn choose(
    State(app): State<App>,
    page: Page,
    Path(id): Path<String>,
) -> Result<Response, Response> {
    show(&app, &page, &id, Vec::new()).await.map_err(|error| error.into_page(&page))
}

async fn show(
    app: &App,
    page: &Page,
    id: &str,
    errors: Vec<ErrorLine>,
) -> Result<Response, WebError> {
    let outlet = outlet(app, id)?;
    let queue = app.engine.queue(&outlet.id).await?;
    let zones = outlet.zones.iter().filter(|zone| !zone.windows.is_empty());
    let zones: Vec<ZoneChoice> = zones
        .map(|zone| ZoneChoice {
            id: zone.id.to_string(),
            name: page.text(&zone.name).to_owned(),
            letter: zone.letter.to_string(),
            waiting: queue.waiting_for(&zone.id),
        })
        .collect();
    if zones.is_empty() {
        return Err(WebError::NotFound);
    }
    let matters = app.engine.catalogue().matters.values();
    let matters = matters.map(|it| (it.id.to_string(), page.text(&it.title).to_owned())).collect();
    render(&NumberPage {
        p: page,
        outlet: outlet.id.to_string(),
        name: page.text(&outlet.name).to_owned(),
        open: is_open(app, outlet),
        zones,
        matters,
        command: fresh_command(),
        errors,
    })
}

/// POST /outlets/{outlet}/number.
pub async fn take(
    State(app): State<App>,
    page: Page,
    Path(id): Path<String>,
    Form(wished): Form<Wished>,
) -> Result<Response, Response> {
    let done = async {
        let outlet = outlet(&app, &id)?;
        let zone = outlet.zones.iter().find(|zone| *zone.id == *wished.zone);
        if zone.is_none() {
            let words = page.t("number-zone-missing");
            let errors = vec![ErrorLine { target: "zone-0".to_owned(), words }];
            return show(&app, &page, &id, errors).await;
        }
        let matter = app.engine.catalogue().matters.get(wished.matter.as_str());
        let wish = TicketWish {
            outlet: outlet.id.clone(),
            zone: wished.zone.clone(),
            priority: wished.priority.is_some(),
            matter: matter.map(|it| MatterId::new(it.id.as_str())),
            subject: None,
        };
        let ticket = app.engine.take_number(load::command(&wished.command)?, &wish).await?;
        Ok(Redirect::to(&format!("/tickets/{}", ticket.row.ticket_id)).into_response())
    };
    done.await.map_err(|error: WebError| error.into_page(&page))
}

#[derive(Template, Debug)]
#[template(path = "desk/ticket.html")]
struct TicketPage<'a> {
    p: &'a Page,
    id: String,
    code: String,
    outlet: String,
    outlet_id: String,
    address: String,
    zone: String,
    matter: String,
    priority: bool,
    state: &'static str,
    words: String,
    ahead: usize,
    window: String,
    taken: String,
    day: String,
    /// The page asks again by itself while the person waits.
    waits: bool,
    qr: String,
}

/// GET /tickets/{ticket}.
pub async fn ticket(
    State(app): State<App>,
    page: Page,
    Path(id): Path<String>,
    asked: HeaderMap,
) -> Result<Response, Response> {
    slip(&app, &page, &id, &asked).await.map_err(|error| error.into_page(&page))
}

/// The slip's own address, as a phone finds it.
fn address(app: &App, asked: &HeaderMap, id: uuid::Uuid) -> String {
    let host = asked.get(header::HOST).and_then(|host| host.to_str().ok());
    let scheme = if app.secure_cookies { "https" } else { "http" };
    match host {
        Some(host) => format!("{scheme}://{host}/tickets/{id}"),
        None => format!("/tickets/{id}"),
    }
}

async fn slip(app: &App, page: &Page, id: &str, asked: &HeaderMap) -> Result<Response, WebError> {
    let id = uuid::Uuid::parse_str(id).map_err(|_| WebError::NotFound)?;
    let ticket = app.engine.find_ticket(id).await?.ok_or(WebError::NotFound)?;
    let row = &ticket.row;
    let outlet = outlet(app, &row.outlet)?;
    let zone = outlet.zones.iter().find(|zone| *zone.id == *row.zone);
    let window = outlet.windows().find(|(_, it)| Some(it.id.as_str()) == row.window.as_deref());
    let matter = row.matter.as_deref().and_then(|id| app.engine.catalogue().matters.get(id));
    let waits = matches!(
        ticket.state,
        TicketState::Waiting | TicketState::Transferred | TicketState::Called | TicketState::Held
    ) && row.day == page.today.to_string();
    let state = ticket.state.as_str();
    render(&TicketPage {
        p: page,
        id: id.to_string(),
        code: row.code.clone(),
        outlet: page.text(&outlet.name).to_owned(),
        outlet_id: outlet.id.to_string(),
        address: page.text(&outlet.address).to_owned(),
        zone: zone.map_or_else(String::new, |zone| page.text(&zone.name).to_owned()),
        matter: matter.map_or_else(String::new, |it| page.text(&it.title).to_owned()),
        priority: row.class == "priority",
        state,
        words: page.t(&format!("ticket-{state}")),
        ahead: app.engine.ahead_of(&ticket).await?,
        window: window.map_or_else(String::new, |(_, window)| window.number.to_string()),
        taken: clock(app, row.taken_at),
        day: page.iso_date(&row.day),
        waits,
        qr: crate::applicant::receipt::qr(&address(app, asked, id))?,
    })
}
