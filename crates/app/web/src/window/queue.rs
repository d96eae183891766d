//! Sitting down at a window, and the queue in front of it.

use axum::extract::{Form, State};
use axum::response::Response;
use engine::EngineError;
use engine::desk::{DeskRefusal, TransferTo};
use serde::Deserialize;
use store_port::InHandRow;
use vocabulary::WindowId;

use crate::errors::WebError;
use crate::page::Page;
use crate::state::App;
use crate::window::screen::{self, Saying};
use crate::window::seat::{self, Seat, open_to};
use crate::window::{home, wiped};

#[derive(Deserialize, Debug)]
pub struct Place {
    #[serde(default)]
    window: String,
}

/// POST /window/sit: takes a window; whatever was in hand is wiped.
pub async fn sit(
    State(app): State<App>,
    page: Page,
    Form(place): Form<Place>,
) -> Result<Response, Response> {
    let done = async {
        let clerk = seat::clerk(&page)?;
        let open = open_to(&app, &page);
        let window = open.iter().find(|(_, _, window)| window.id.as_str() == place.window);
        let (_, _, window) = window.ok_or(WebError::NotFound)?;
        let fresh = InHandRow {
            clerk,
            window: window.id.to_string(),
            ticket: None,
            applicant: None,
            draft: None,
            case: None,
            read_from_card: false,
            by_agent: false,
            lang: String::new(),
            began_at: None,
            seen_at: app.now(),
        };
        let before = app.engine.in_hand(clerk).await?.unwrap_or_else(|| fresh.clone());
        let wiped_hand = app.engine.wipe_hand(before).await?;
        app.engine.keep_in_hand(InHandRow { window: fresh.window, ..wiped_hand }).await?;
        Ok(wiped())
    };
    done.await.map_err(|error: WebError| error.into_page(&page))
}

/// What is done with the queue.
#[derive(Clone, Copy, Debug)]
enum Step {
    Call,
    Recall,
    NoShow,
}

/// POST /window/call: the next ticket, atomically.
pub async fn call(State(app): State<App>, page: Page) -> Result<Response, Response> {
    step(&app, &page, Step::Call).await.map_err(|error| error.into_page(&page))
}

/// POST /window/recall: once more on the display.
pub async fn recall(State(app): State<App>, page: Page) -> Result<Response, Response> {
    step(&app, &page, Step::Recall).await.map_err(|error| error.into_page(&page))
}

/// POST /window/no-show: nobody came.
pub async fn no_show(State(app): State<App>, page: Page) -> Result<Response, Response> {
    step(&app, &page, Step::NoShow).await.map_err(|error| error.into_page(&page))
}

#[derive(Deserialize, Debug)]
pub struct Elsewhere {
    /// `zone/` or `window/`, and its id.
    #[serde(default)]
    to: String,
}

impl Elsewhere {
    fn read(&self) -> Option<TransferTo> {
        match self.to.split_once('/')? {
            ("zone", id) => Some(TransferTo::Zone(id.to_owned())),
            ("window", id) => Some(TransferTo::Window(WindowId::new(id))),
            _ => None,
        }
    }
}

/// POST /window/transfer: the person goes to another zone or window, in his old place of the queue.
pub async fn transfer(
    State(app): State<App>,
    page: Page,
    Form(elsewhere): Form<Elsewhere>,
) -> Result<Response, Response> {
    let done = async {
        let Some(mut seat) = seat::seat(&app, &page).await? else { return Ok(home()) };
        let Some(id) = seat.ticket().map(|ticket| ticket.row.ticket_id) else { return Ok(home()) };
        let moved = match elsewhere.read() {
            Some(to) => app.engine.transfer_ticket(&seat.at(), id, &to).await,
            None => Err(EngineError::Desk(DeskRefusal::UnknownPlace)),
        };
        match moved {
            Ok(_) => {
                app.engine.wipe_hand(seat.hand).await?;
                Ok(wiped())
            }
            Err(EngineError::Desk(refusal)) => {
                let words = page.t(crate::desk::refusal_key(refusal));
                say(&app, &page, &mut seat, words).await
            }
            Err(error) => Err(error.into()),
        }
    };
    done.await.map_err(|error: WebError| error.into_page(&page))
}

/// Where somebody can be sent from this window: the zones, then the other windows.
pub(crate) fn elsewhere(page: &Page, seat: &Seat<'_>) -> Vec<(String, String)> {
    let zones = seat.outlet.zones.iter().filter(|zone| !zone.windows.is_empty());
    let zones = zones.filter(|zone| zone.id != seat.zone.id).map(|zone| {
        (format!("zone/{}", zone.id), page.t1("window-to-zone", "name", page.text(&zone.name)))
    });
    let windows = seat.outlet.windows().filter(|(_, window)| window.id != seat.window.id);
    let windows = windows.map(|(zone, window)| {
        let name = page.text(&zone.name);
        let words = page.t2("window-to-window", "number", &window.number, "zone", name);
        (format!("window/{}", window.id), words)
    });
    zones.chain(windows).collect()
}

async fn step(app: &App, page: &Page, step: Step) -> Result<Response, WebError> {
    let Some(mut seat) = seat::seat(app, page).await? else { return Ok(home()) };
    let ticket = seat.ticket().map(|ticket| ticket.row.ticket_id);
    let at = seat.at();
    let done = match (step, ticket) {
        (Step::Call, _) => app.engine.call_next(&at).await,
        (Step::Recall, Some(id)) => app.engine.recall(&at, id).await.map(Some),
        (Step::NoShow, Some(id)) => app.engine.no_show(&at, id).await.map(Some),
        (Step::Recall | Step::NoShow, None) => return Ok(home()),
    };
    match done {
        Ok(Some(ticket)) => {
            let code = match step {
                Step::Call | Step::Recall => Some(ticket.row.code),
                Step::NoShow => None,
            };
            app.engine.keep_in_hand(InHandRow { ticket: code, ..seat.hand }).await?;
            Ok(home())
        }
        Ok(None) => say(app, page, &mut seat, page.t("window-nobody-waits")).await,
        Err(EngineError::Desk(refusal)) => {
            let words = page.t(crate::desk::refusal_key(refusal));
            say(app, page, &mut seat, words).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn say(
    app: &App,
    page: &Page,
    seat: &mut Seat<'_>,
    words: String,
) -> Result<Response, WebError> {
    screen::show(app, page, seat, Saying::warning(words)).await
}

/// The person of the called ticket is here.
pub(crate) async fn begin_serving(app: &App, seat: &Seat<'_>) -> Result<(), WebError> {
    let called = seat.ticket().filter(|it| it.state == engine::desk::TicketState::Called);
    if let Some(ticket) = called {
        match app.engine.start_serving(&seat.at(), ticket.row.ticket_id).await {
            // Transferred or withdrawn meanwhile: the person stands here all the same.
            Ok(_) | Err(EngineError::Desk(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// The ticket's time at this window is over, or pauses.
pub(crate) async fn end_ticket(app: &App, seat: &Seat<'_>, hold: bool) -> Result<(), WebError> {
    let Some(ticket) = seat.ticket() else { return Ok(()) };
    let (at, id) = (seat.at(), ticket.row.ticket_id);
    let ended = if hold {
        app.engine.hold_ticket(&at, id).await
    } else {
        app.engine.finish_ticket(&at, id).await
    };
    match ended {
        Ok(_) | Err(EngineError::Desk(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
