//! The hall's display: numbers and windows, large; no names. It asks again every few seconds by itself, with or
//! without script.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use engine::desk::{Ticket, TicketState};
use network::Outlet;

use crate::errors::WebError;
use crate::page::Page;
use crate::state::App;
use crate::views::render;

use super::{clock, outlet};

/// Calls shown; older ones leave the screen.
const CALLS_SHOWN: usize = 8;

/// A number and where it is wanted.
#[derive(Debug)]
struct Call {
    code: String,
    window: String,
    zone: String,
    /// Called and not yet there: shown strongest.
    calling: bool,
}

#[derive(Debug)]
struct ZoneLine {
    name: String,
    letter: String,
    waiting: u64,
}

#[derive(Template, Debug)]
#[template(path = "desk/display.html")]
struct DisplayPage<'a> {
    p: &'a Page,
    outlet: String,
    clock: String,
    date: String,
    calls: Vec<Call>,
    zones: Vec<ZoneLine>,
}

/// GET /outlets/{outlet}/display.
pub async fn display(
    State(app): State<App>,
    page: Page,
    Path(id): Path<String>,
) -> Result<Response, Response> {
    show(&app, &page, &id).await.map_err(|error| error.into_page(&page))
}

async fn show(app: &App, page: &Page, id: &str) -> Result<Response, WebError> {
    let outlet = outlet(app, id)?;
    let queue = app.engine.queue(&outlet.id).await?;
    let zones = outlet.zones.iter().filter(|zone| !zone.windows.is_empty());
    let zones = zones
        .map(|zone| ZoneLine {
            name: page.text(&zone.name).to_owned(),
            letter: zone.letter.to_string(),
            waiting: queue.waiting_for(&zone.id),
        })
        .collect();
    let calls = queue.in_hand.iter().take(CALLS_SHOWN);
    render(&DisplayPage {
        p: page,
        outlet: page.text(&outlet.name).to_owned(),
        clock: clock(app, app.now()),
        date: page.date(page.today),
        calls: calls.map(|ticket| call(page, outlet, ticket)).collect(),
        zones,
    })
}

fn call(page: &Page, outlet: &Outlet, ticket: &Ticket) -> Call {
    let window = ticket.row.window.as_deref();
    let found = outlet.windows().find(|(_, it)| Some(it.id.as_str()) == window);
    Call {
        code: ticket.row.code.clone(),
        window: found.map_or_else(String::new, |(_, window)| window.number.to_string()),
        zone: found.map_or_else(String::new, |(zone, _)| page.text(&zone.name).to_owned()),
        calling: ticket.state == TicketState::Called,
    }
}
