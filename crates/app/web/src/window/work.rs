//! Work on the draft in hand: begun, taken up, continued, filled in part by part.

use axum::extract::{Form, Path, State};
use axum::response::Response;
use casework::{Entry, EntryKind};
use engine::{Draft, EngineError};
use serde::Deserialize;
use vocabulary::{CaseId, DraftId};

use crate::applicant::form::Typed;
use crate::applicant::load;
use crate::errors::WebError;
use crate::page::Page;
use crate::state::App;
use crate::window::form;
use crate::window::home;
use crate::window::screen::{self, Saying};
use crate::window::seat::{self, Seat};

#[derive(Deserialize, Debug)]
pub struct Begin {
    /// `matter/service`, or `matter/`.
    #[serde(default)]
    pick: String,
}

/// POST /window/matter: begins a matter, or one service of it, for the person in hand.
pub async fn begin(
    State(app): State<App>,
    page: Page,
    Form(begin): Form<Begin>,
) -> Result<Response, Response> {
    let done = async {
        let Some(seat) = seat::seat(&app, &page).await? else { return Ok(home()) };
        let Some(applicant) = seat.hand.applicant else { return Ok(home()) };
        let (matter, service) = begin.pick.split_once('/').ok_or(WebError::NotFound)?;
        let matter = matter.into();
        let draft = if service.is_empty() {
            app.engine.open_draft(applicant, &matter).await
        } else {
            let services = [service.into()].into();
            app.engine.single_draft(applicant, &matter, services).await
        };
        take_up(&app, &page, seat, draft.map(|draft| draft.id)).await
    };
    done.await.map_err(|error: WebError| error.into_page(&page))
}

/// POST /window/drafts/{draft}: takes up an open draft of the person in hand, or one that is aside here.
pub async fn resume(
    State(app): State<App>,
    page: Page,
    Path(draft): Path<String>,
) -> Result<Response, Response> {
    let done = async {
        let Some(mut seat) = seat::seat(&app, &page).await? else { return Ok(home()) };
        let id: DraftId = draft.parse().map_err(|_| WebError::NotFound)?;
        let row = app.engine.store().find_draft(id).await?.ok_or(WebError::NotFound)?;
        match seat.hand.applicant {
            Some(applicant) if applicant == row.owner => {}
            Some(_) => return Err(WebError::NotFound),
            None => {
                let aside = app.engine.store().list_aside(seat.outlet.id.as_str()).await?;
                let Some(aside) = aside.into_iter().find(|aside| aside.draft == id) else {
                    return Err(WebError::NotFound);
                };
                if app.engine.held_elsewhere(id, seat.hand.clerk).await? {
                    return held(&app, &page, &seat).await;
                }
                seat.hand.applicant = Some(row.owner);
                seat.hand.ticket = aside.ticket;
                seat.hand.lang = page.lang.to_string();
                seat.hand.began_at = Some(app.now());
            }
        }
        take_up(&app, &page, seat, Ok(id)).await
    };
    done.await.map_err(|error: WebError| error.into_page(&page))
}

async fn take_up(
    app: &App,
    page: &Page,
    seat: Seat<'_>,
    draft: Result<DraftId, EngineError>,
) -> Result<Response, WebError> {
    let taken = match draft {
        Ok(draft) => app.engine.take_draft(seat.hand.clone(), draft).await,
        Err(error) => Err(error),
    };
    match taken {
        Ok(_) => Ok(home()),
        Err(EngineError::DraftHeld) => held(app, page, &seat).await,
        Err(EngineError::NothingToContinue | EngineError::NotOffered) => {
            let words = page.t("window-nothing-to-continue");
            screen::show(app, page, &seat, Saying::warning(words)).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn held(app: &App, page: &Page, seat: &Seat<'_>) -> Result<Response, WebError> {
    screen::show(app, page, seat, Saying::warning(page.t("error-draft-held"))).await
}

#[derive(Deserialize, Debug)]
pub struct Continue {
    #[serde(default)]
    case: String,
    #[serde(default)]
    matter: String,
}

/// POST /window/continue (F6): the rest of the matter, after what is done or beside the one service in hand.
pub async fn go_on(
    State(app): State<App>,
    page: Page,
    Form(on): Form<Continue>,
) -> Result<Response, Response> {
    let done = async {
        let Some(seat) = seat::seat(&app, &page).await? else { return Ok(home()) };
        let Some(applicant) = seat.hand.applicant else { return Ok(home()) };
        if let Some(draft) = seat.draft(&app, &page).await? {
            return widen(&app, &page, &seat, draft).await;
        }
        let case: CaseId = on.case.parse().map_err(|_| WebError::NotFound)?;
        let matter = on.matter.as_str().into();
        let draft = app.engine.continue_from(applicant, case, &matter, None).await;
        take_up(&app, &page, seat, draft.map(|draft| draft.id)).await
    };
    done.await.map_err(|error: WebError| error.into_page(&page))
}

/// One service becomes the whole matter; answers and evidence stay.
async fn widen(
    app: &App,
    page: &Page,
    seat: &Seat<'_>,
    mut draft: Draft,
) -> Result<Response, WebError> {
    let Some(only) = draft.standing.only.take() else {
        let words = page.t("window-nothing-to-continue");
        return screen::show(app, page, seat, Saying::warning(words)).await;
    };
    let service = only.into_iter().next();
    let kind = EntryKind::Continuation;
    draft.reception.entry.get_or_insert(Entry { kind, place: None, from: None, service });
    match app.engine.save_draft(draft).await {
        Ok(_) => Ok(home()),
        Err(EngineError::StaleDraft { .. }) => {
            screen::show(app, page, seat, Saying::warning(page.t("error-stale-draft"))).await
        }
        Err(error) => Err(error.into()),
    }
}

/// POST /window/form: any part of the form. What is right is kept; what is wrong comes back with words.
pub async fn save(
    State(app): State<App>,
    page: Page,
    Form(given): Form<Typed>,
) -> Result<Response, Response> {
    let done = async {
        let Some(seat) = seat::seat(&app, &page).await? else { return Ok(home()) };
        take(&app, &page, seat, given).await
    };
    done.await.map_err(|error: WebError| error.into_page(&page))
}

async fn take(app: &App, page: &Page, seat: Seat<'_>, given: Typed) -> Result<Response, WebError> {
    let Some(mut draft) = seat.draft(app, page).await? else {
        return screen::show(app, page, &seat, Saying::warning(page.t("window-let-go"))).await;
    };
    let stale = || Saying { typed: given.clone(), ..Saying::warning(page.t("error-stale-draft")) };
    if given.get("version") != Some(&draft.version.to_string()) {
        return screen::show(app, page, &seat, stale()).await;
    }
    let catalogue = load::catalogue(app);
    let plan = app.engine.plan_of(&draft).await?;
    let questions = form::questions(app, &catalogue, page, &draft).await?;
    let wrong = form::take(&catalogue, page, &questions, &plan, &given, &mut draft);
    match app.engine.save_draft(draft).await {
        Ok(_) => {}
        Err(EngineError::StaleDraft { .. }) => {
            return screen::show(app, page, &seat, stale()).await;
        }
        Err(error) => return Err(error.into()),
    }
    // Somebody is at work here: nobody else takes the draft meanwhile.
    let hand = app.engine.keep_in_hand(seat.hand).await?;
    if wrong.is_empty() {
        return Ok(home());
    }
    let Some(seat) = seat::on(app, hand).await? else { return Ok(home()) };
    let saying =
        Saying { typed: given, wrong, ..Saying::warning(page.t("window-something-wrong")) };
    screen::show(app, page, &seat, saying).await
}
