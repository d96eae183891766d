//! How a person's time at the window ends: put aside, wiped, or received with a receipt.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::Form as RepeatedForm;
use casework::{EvidenceSlot, Intake, LeftOpen, TickedLine};
use catalogue::Catalogue;
use engine::{Draft, EngineError};
use plan::Plan;
use serde::Deserialize;
use store_port::InHandRow;

use crate::applicant::load;
use crate::checklist_view::tick_value;
use crate::errors::WebError;
use crate::page::Page;
use crate::revising;
use crate::state::App;
use crate::window::queue::end_ticket;
use crate::window::screen::{self, Saying, authority_words};
use crate::window::seat::{self, Seat};
use crate::window::tray::{self, key_of};
use crate::window::trays::intake;
use crate::window::{form, home, wiped};

/// POST /window/hold (F4): the draft is put aside for any clerk of the outlet.
pub async fn hold(State(app): State<App>, page: Page) -> Result<Response, Response> {
    let done = async {
        let Some(seat) = seat::seat(&app, &page).await? else { return Ok(home()) };
        end_ticket(&app, &seat, true).await?;
        app.engine.put_aside(seat.hand, &seat.outlet.id).await?;
        Ok(wiped())
    };
    done.await.map_err(|error: WebError| error.into_page(&page))
}

/// POST /window/next (F2): wipes everything of this person.
pub async fn next(State(app): State<App>, page: Page) -> Result<Response, Response> {
    let done = async {
        let Some(seat) = seat::seat(&app, &page).await? else { return Ok(home()) };
        end_ticket(&app, &seat, false).await?;
        app.engine.wipe_hand(seat.hand).await?;
        Ok(wiped())
    };
    done.await.map_err(|error: WebError| error.into_page(&page))
}

#[derive(Deserialize, Debug)]
pub struct Received {
    #[serde(default)]
    command: String,
    /// Lines and pieces that the clerk was shown as not looked at, when he receives all the same.
    #[serde(default)]
    left: Vec<String>,
    #[serde(default)]
    unseen: Vec<String>,
}

impl Received {
    /// Whether everything that is open now was shown to him.
    fn knows_of(&self, open: &LeftOpen) -> bool {
        open.lines.iter().all(|line| self.left.contains(&tick_value(&line.node, &line.line)))
            && open.originals.iter().all(|slot| self.unseen.contains(&key_of(slot).to_string()))
    }
}

/// POST /window/submit (F9): receives the application and shows its receipt. When something was not looked at it
/// stops once and lists it.
pub async fn submit(
    State(app): State<App>,
    page: Page,
    RepeatedForm(received): RepeatedForm<Received>,
) -> Result<Response, Response> {
    let done = async {
        let Some(seat) = seat::seat(&app, &page).await? else { return Ok(home()) };
        send(&app, &page, seat, &received).await
    };
    done.await.map_err(|error: WebError| error.into_page(&page))
}

async fn send(
    app: &App,
    page: &Page,
    seat: Seat<'_>,
    received: &Received,
) -> Result<Response, WebError> {
    let command = load::command(&received.command)?;
    if seat.hand.case.is_some() {
        return Ok(receipt());
    }
    let Some(draft) = seat.draft(app, page).await? else {
        return screen::show(app, page, &seat, Saying::warning(page.t("window-let-go"))).await;
    };
    let catalogue = load::catalogue(app);
    let plan = app.engine.plan_of(&draft).await?;
    let open = tray::open_points(&catalogue, &draft, &plan);
    if !open.is_empty()
        && !received.knows_of(&open)
        && is_complete(app, &catalogue, page, &draft, &plan).await?
        && screen::blocked(app, page, &seat, &draft, &plan).await?.is_empty()
    {
        return screen::show(app, page, &seat, Saying { stop: true, ..Saying::default() }).await;
    }
    // What was looked at for services that are no longer in the plan stays behind.
    let before = draft.reception.intake.clone();
    let (originals, ticked) = before.map_or_else(Default::default, |it| (it.originals, it.ticked));
    let wanted: BTreeSet<EvidenceSlot> =
        plan.evidence.iter().map(|it| tray::slot_of(&it.key)).collect();
    let planned = |line: &TickedLine| {
        let service = plan.service(&line.node).and_then(|it| catalogue.service(&it.node.service));
        service.is_some_and(|service| service.checklist.iter().any(|it| it.id == line.line))
    };
    let intake = Intake {
        originals: originals.into_iter().filter(|slot| wanted.contains(slot)).collect(),
        ticked: ticked.into_iter().filter(planned).collect(),
        left_open: open,
        ..intake(&seat)
    };
    match app.engine.submit_in_hand(&seat.hand, command, intake).await {
        Ok(done) => {
            app.engine
                .keep_in_hand(InHandRow { case: Some(done.case), draft: None, ..seat.hand })
                .await?;
            Ok(receipt())
        }
        Err(EngineError::AlreadySubmitted { case }) => {
            app.engine
                .keep_in_hand(InHandRow { case: Some(case), draft: None, ..seat.hand })
                .await?;
            Ok(receipt())
        }
        Err(EngineError::Incomplete(lacking)) => {
            let n = lacking.fields.len() + lacking.evidence.len() + usize::from(lacking.questions);
            let words = page.t1("window-incomplete", "n", n);
            screen::show(app, page, &seat, Saying::warning(words)).await
        }
        Err(EngineError::NotReceived(refused)) => {
            let reasons: Vec<String> = refused
                .refusals
                .iter()
                .map(|(service, why)| {
                    let name = catalogue.service(service).map_or("", |it| page.text(&it.name));
                    format!("{name}：{}", authority_words(page, why))
                })
                .collect();
            let words = page.t1("window-not-received", "reasons", reasons.join("；"));
            screen::show(app, page, &seat, Saying::warning(words)).await
        }
        Err(EngineError::DraftHeld | EngineError::NoDraft) => {
            screen::show(app, page, &seat, Saying::warning(page.t("window-let-go"))).await
        }
        // The clerk tells the person in front of him; the second press hands it in.
        Err(EngineError::Revision(_)) => {
            let mut words = vec![page.t("window-definitions-changed")];
            if let Some(changes) = app.engine.changes_for(&draft).await? {
                words.extend(revising::question_lines(page, &changes.questions));
                if let Some(plan) = &changes.plan {
                    words.extend(revising::lines(page, &changes.before, &catalogue, plan));
                }
                app.engine.confirm_changes(draft, &changes.revision).await?;
            }
            screen::show(app, page, &seat, Saying::warning(words.join(&page.t("list-break")))).await
        }
        Err(EngineError::StaleDraft { .. }) => {
            screen::show(app, page, &seat, Saying::warning(page.t("error-stale-draft"))).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether nothing but what the clerk looks at is open.
async fn is_complete(
    app: &App,
    catalogue: &Catalogue,
    page: &Page,
    draft: &Draft,
    plan: &Plan,
) -> Result<bool, WebError> {
    let lacking = plan.missing_fields().next().is_some()
        || plan.missing_evidence().next().is_some()
        || !plan.needs_first.is_empty();
    Ok(!lacking && !form::questions(app, catalogue, page, draft).await?.asking)
}

fn receipt() -> Response {
    Redirect::to("/window/receipt").into_response()
}
