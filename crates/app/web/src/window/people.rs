//! The person in front of the window: read from the card or typed, language and agent noted.

use axum::extract::{Form, State};
use axum::response::Response;
use engine::window::{NotFound, PersonRead};
use serde::Deserialize;
use store_port::InHandRow;

use crate::errors::WebError;
use crate::page::Page;
use crate::state::App;
use crate::window::devices::DeviceTrouble;
use crate::window::home;
use crate::window::queue::begin_serving;
use crate::window::screen::{self, Saying};
use crate::window::seat::{self, Seat};

/// POST /window/card: reads the card on the reader.
pub async fn card(State(app): State<App>, page: Page) -> Result<Response, Response> {
    let done = async {
        let Some(seat) = seat::seat(&app, &page).await? else { return Ok(home()) };
        read(&app, &page, seat).await
    };
    done.await.map_err(|error: WebError| error.into_page(&page))
}

async fn read(app: &App, page: &Page, seat: Seat<'_>) -> Result<Response, WebError> {
    match app.devices.read_card(seat.window.id.as_str()).await {
        Ok(card) => {
            let read = PersonRead { number: card.number, name: card.name, by_reader: true };
            receive(app, page, seat, read).await
        }
        Err(trouble) => {
            let words = page.t(match trouble {
                DeviceTrouble::NotConfigured => "window-reader-none",
                DeviceTrouble::Away => "window-reader-away",
                DeviceTrouble::Nothing => "window-reader-empty",
                DeviceTrouble::Unreadable => "window-reader-unreadable",
            });
            screen::show(app, page, &seat, Saying::warning(words)).await
        }
    }
}

#[derive(Deserialize)]
pub struct TypedPerson {
    #[serde(default)]
    number: String,
    #[serde(default)]
    name: String,
}

impl std::fmt::Debug for TypedPerson {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TypedPerson(Redacted)")
    }
}

/// POST /window/person: typed from the card.
pub async fn typed(
    State(app): State<App>,
    page: Page,
    Form(given): Form<TypedPerson>,
) -> Result<Response, Response> {
    let done = async {
        let Some(seat) = seat::seat(&app, &page).await? else { return Ok(home()) };
        let read = PersonRead { number: given.number, name: given.name, by_reader: false };
        receive(&app, &page, seat, read).await
    };
    done.await.map_err(|error: WebError| error.into_page(&page))
}

async fn receive(
    app: &App,
    page: &Page,
    seat: Seat<'_>,
    read: PersonRead,
) -> Result<Response, WebError> {
    if seat.hand.applicant.is_some() {
        // Two people are never mixed: the one in hand is finished or put aside first.
        let words = page.t("window-one-at-a-time");
        return screen::show(app, page, &seat, Saying::warning(words)).await;
    }
    match app.engine.receive_person(&read).await? {
        Ok(found) => {
            begin_serving(app, &seat).await?;
            let code = seat.ticket().map(|ticket| ticket.row.code.clone());
            let hand = app
                .engine
                .keep_in_hand(InHandRow {
                    applicant: Some(found.account.account_id),
                    ticket: code,
                    read_from_card: read.by_reader,
                    lang: page.lang.to_string(),
                    began_at: Some(app.now()),
                    ..seat.hand
                })
                .await?;
            if !found.other_name {
                return Ok(home());
            }
            let Some(seat) = seat::on(app, hand).await? else { return Ok(home()) };
            let words = page.t("window-other-name");
            screen::show(app, page, &seat, Saying::warning(words)).await
        }
        Err(why) => {
            let words = page.t(match why {
                NotFound::NumberWrong => "window-number-wrong",
                NotFound::NameEmpty => "window-name-empty",
                NotFound::NameDiffers => "window-name-differs",
            });
            let saying = Saying { number: read.number, name: read.name, ..Saying::warning(words) };
            screen::show(app, page, &seat, saying).await
        }
    }
}

#[derive(Deserialize, Debug)]
pub struct Manner {
    #[serde(default)]
    agent: Option<String>,
    #[serde(default)]
    lang: String,
}

/// POST /window/manner: who stands there, and in which language papers are printed.
pub async fn manner(
    State(app): State<App>,
    page: Page,
    Form(manner): Form<Manner>,
) -> Result<Response, Response> {
    let done = async {
        let Some(seat) = seat::seat(&app, &page).await? else { return Ok(home()) };
        let known = app.words.offers(&manner.lang).is_some();
        let lang = if known { manner.lang } else { seat.hand.lang.clone() };
        app.engine
            .keep_in_hand(InHandRow { by_agent: manner.agent.is_some(), lang, ..seat.hand })
            .await?;
        Ok(home())
    };
    done.await.map_err(|error: WebError| error.into_page(&page))
}

#[derive(Deserialize, Debug)]
pub struct Card {
    #[serde(default)]
    card: usize,
}

/// POST /window/demo/card: in the demo, lays a card on the simulated reader and reads it.
pub async fn lay(
    State(app): State<App>,
    page: Page,
    Form(card): Form<Card>,
) -> Result<Response, Response> {
    let done = async {
        let Some(seat) = seat::seat(&app, &page).await? else { return Ok(home()) };
        if !page.demo || !app.devices.lay_card(seat.window.id.as_str(), card.card).await {
            return Err(WebError::NotFound);
        }
        read(&app, &page, seat).await
    };
    done.await.map_err(|error: WebError| error.into_page(&page))
}
