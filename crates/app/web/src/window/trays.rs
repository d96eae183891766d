//! What is done in the tray: scanned, uploaded, put where it belongs, taken away, original seen, lines ticked.

use std::collections::BTreeSet;

use axum::extract::{Form, Multipart, Path, State};
use axum::response::Response;
use axum_extra::extract::Form as RepeatedForm;
use casework::{EvidenceSlot, Intake, TickedLine};
use engine::window::UNSORTED;
use engine::{Draft, EngineError};
use plan::{EvidenceGroup, EvidenceKey};
use serde::Deserialize;
use vocabulary::EvidenceId;

use crate::applicant::evidence::{broken, evidence_key, file_answer, not_taken, store_file};
use crate::applicant::load;
use crate::checklist_view;
use crate::errors::WebError;
use crate::page::Page;
use crate::state::App;
use crate::window::devices::DeviceTrouble;
use crate::window::home;
use crate::window::screen::{self, Saying};
use crate::window::seat::{self, Seat};
use crate::window::tray::{kind_of, lines_in_order, open_points, slot_of};

#[derive(Deserialize, Debug)]
pub struct Slot {
    #[serde(default)]
    slot: String,
}

/// POST /window/scan (F7): one page from the scanner, to the named piece or unsorted.
pub async fn scan(
    State(app): State<App>,
    page: Page,
    Form(slot): Form<Slot>,
) -> Result<Response, Response> {
    let done = async {
        let Some((seat, draft)) = in_hand(&app, &page).await? else { return Ok(home()) };
        let scanned = match app.devices.scan(seat.window.id.as_str()).await {
            Ok(scanned) => scanned,
            Err(trouble) => {
                let words = page.t(scanner_words(trouble));
                return screen::show(&app, &page, &seat, Saying::warning(words)).await;
            }
        };
        let Some((_, ending)) = kind_of(&scanned.bytes) else {
            let words = page.t("window-scanner-unreadable");
            return screen::show(&app, &page, &seat, Saying::warning(words)).await;
        };
        let count = app.engine.evidence_of(&draft).await?.len() + 1;
        let name = format!("{}-{count}.{ending}", page.t("window-scan-name"));
        put(&app, &page, &seat, &draft, &slot.slot, (&name, scanned.bytes)).await
    };
    done.await.map_err(|error: WebError| error.into_page(&page))
}

const fn scanner_words(trouble: DeviceTrouble) -> &'static str {
    match trouble {
        DeviceTrouble::NotConfigured => "window-scanner-none",
        DeviceTrouble::Away => "window-scanner-away",
        DeviceTrouble::Nothing => "window-scanner-empty",
        DeviceTrouble::Unreadable => "window-scanner-unreadable",
    }
}

/// POST /window/upload/{slot}: a file instead of a scan.
pub async fn upload(
    State(app): State<App>,
    page: Page,
    Path(slot): Path<String>,
    mut parts: Multipart,
) -> Result<Response, Response> {
    let done = async {
        let Some((seat, draft)) = in_hand(&app, &page).await? else { return Ok(home()) };
        while let Some(part) = parts.next_field().await.map_err(broken)? {
            let Some(name) = part.file_name().map(ToOwned::to_owned) else { continue };
            let bytes = part.bytes().await.map_err(broken)?;
            if !bytes.is_empty() {
                return put(&app, &page, &seat, &draft, &slot, (&name, bytes.into())).await;
            }
        }
        screen::show(&app, &page, &seat, Saying::warning(page.t("file-none"))).await
    };
    done.await.map_err(|error: WebError| error.into_page(&page))
}

/// Keeps a page for a piece of evidence of the plan, or unsorted.
async fn put(
    app: &App,
    page: &Page,
    seat: &Seat<'_>,
    draft: &Draft,
    slot: &str,
    (name, bytes): (&str, Vec<u8>),
) -> Result<Response, WebError> {
    if slot.is_empty() || slot == UNSORTED {
        let key = EvidenceKey { ty: UNSORTED.into(), member: None };
        let Some((media_type, _)) = kind_of(&bytes) else {
            let words = page.t("window-scanner-unreadable");
            return screen::show(app, page, seat, Saying::warning(words)).await;
        };
        app.engine.add_evidence(draft, &key, name, media_type, bytes).await?;
        return Ok(home());
    }
    let key = planned(app, draft, slot).await?;
    let catalogue = load::catalogue(app);
    match store_file(app, &catalogue, page, draft, &key, name, bytes.into()).await? {
        Some(Err(words)) => screen::show(app, page, seat, Saying::warning(words)).await,
        Some(Ok(_)) | None => Ok(home()),
    }
}

/// The piece of evidence of the plan that a form names.
async fn planned(app: &App, draft: &Draft, slot: &str) -> Result<EvidenceKey, WebError> {
    let key = evidence_key(slot);
    let plan = app.engine.plan_of(draft).await?;
    let known = plan.evidence.iter().any(|planned| planned.key == key);
    if known { Ok(key) } else { Err(WebError::NotFound) }
}

/// POST /window/evidence/{evidence}/move: to the piece that it is.
pub async fn assign(
    State(app): State<App>,
    page: Page,
    Path(evidence): Path<String>,
    Form(slot): Form<Slot>,
) -> Result<Response, Response> {
    let done = async {
        let Some((seat, draft)) = in_hand(&app, &page).await? else { return Ok(home()) };
        let id: EvidenceId = evidence.parse().map_err(|_| WebError::NotFound)?;
        let key = planned(&app, &draft, &slot.slot).await?;
        let catalogue = load::catalogue(&app);
        let files = app.engine.evidence_of(&draft).await?;
        let file = files.iter().find(|file| file.id == id).ok_or(WebError::NotFound)?;
        let ty = catalogue.evidence_types.get(&key.ty).ok_or(WebError::NotFound)?;
        let ending = match file.media_type.as_str() {
            "image/png" => "png",
            "image/jpeg" => "jpg",
            _ => "pdf",
        };
        if !ty.formats.iter().any(|format| format == ending) {
            let words = not_taken(&page, ty, "file-wrong-kind", &file.file_name);
            return screen::show(&app, &page, &seat, Saying::warning(words)).await;
        }
        if app.engine.move_evidence(&draft, id, &key).await? {
            Ok(home())
        } else {
            Err(WebError::NotFound)
        }
    };
    done.await.map_err(|error: WebError| error.into_page(&page))
}

/// POST /window/evidence/{evidence}/remove.
pub async fn remove(
    State(app): State<App>,
    page: Page,
    Path(evidence): Path<String>,
) -> Result<Response, Response> {
    let done = async {
        let Some((_, draft)) = in_hand(&app, &page).await? else { return Ok(home()) };
        let id: EvidenceId = evidence.parse().map_err(|_| WebError::NotFound)?;
        if app.engine.remove_evidence(&draft, id).await? {
            Ok(home())
        } else {
            Err(WebError::NotFound)
        }
    };
    done.await.map_err(|error: WebError| error.into_page(&page))
}

/// GET /window/evidence/{evidence}: a page of the draft in hand.
pub async fn file(
    State(app): State<App>,
    page: Page,
    Path(evidence): Path<String>,
) -> Result<Response, Response> {
    let found = async {
        let (_, draft) = in_hand(&app, &page).await?.ok_or(WebError::NotFound)?;
        let id: EvidenceId = evidence.parse().map_err(|_| WebError::NotFound)?;
        let row = app.engine.store().find_evidence(id).await?.ok_or(WebError::NotFound)?;
        if row.draft_id != draft.id {
            return Err(WebError::NotFound);
        }
        let (file, bytes) = app.engine.evidence_bytes(id).await?.ok_or(WebError::NotFound)?;
        Ok(file_answer(&file, bytes))
    };
    found.await.map_err(|error: WebError| error.into_page(&page))
}

/// POST /window/original: the clerk has seen the original of a piece, or takes that back.
pub async fn original(
    State(app): State<App>,
    page: Page,
    Form(slot): Form<Slot>,
) -> Result<Response, Response> {
    let done = async {
        let Some((seat, draft)) = in_hand(&app, &page).await? else { return Ok(home()) };
        let key = planned(&app, &draft, &slot.slot).await?;
        let seen = slot_of(&key);
        change(&app, &page, seat, draft, |intake| {
            match intake.originals.iter().position(|it| *it == seen) {
                Some(at) => {
                    intake.originals.remove(at);
                }
                None => intake.originals.push(seen),
            }
        })
        .await
    };
    done.await.map_err(|error: WebError| error.into_page(&page))
}

#[derive(Deserialize, Debug)]
pub struct Ticks {
    #[serde(default)]
    met: Vec<String>,
    /// Tick every line for which everything is there.
    #[serde(default)]
    all: Option<String>,
    /// Pieces whose original was seen now.
    #[serde(default)]
    seen: Vec<String>,
    /// Ticked on the list that stopped the receipt: it stands until nothing is left on it.
    #[serde(default)]
    stop: Option<String>,
}

/// POST /window/ticks (F10 with `all`): lines of the checklists that were found met.
pub async fn tick(
    State(app): State<App>,
    page: Page,
    RepeatedForm(ticks): RepeatedForm<Ticks>,
) -> Result<Response, Response> {
    let done = async {
        let Some((seat, draft)) = in_hand(&app, &page).await? else { return Ok(home()) };
        let catalogue = load::catalogue(&app);
        let plan = app.engine.plan_of(&draft).await?;
        let sent = ticks.met.iter().map(String::as_str);
        let mut lines: BTreeSet<TickedLine> =
            checklist_view::ticked(&catalogue, &plan, sent).into_iter().collect();
        let given = plan.evidence.iter().filter(|it| it.group == EvidenceGroup::YouGave);
        let seen = given.filter(|it| ticks.seen.contains(&it.key.to_string()));
        let seen: Vec<EvidenceSlot> = seen.map(|it| slot_of(&it.key)).collect();
        let mut draft = draft;
        let own = &mut draft.reception.intake.get_or_insert_with(|| intake(&seat)).originals;
        let new: Vec<_> = seen.into_iter().filter(|slot| !own.contains(slot)).collect();
        own.extend(new);
        if ticks.all.is_some() {
            lines.extend(lines_in_order(&catalogue, &draft, &plan));
        }
        let changed =
            change(&app, &page, seat, draft, |it| it.ticked = lines.into_iter().collect()).await?;
        let Some(seat) = seat::seat(&app, &page).await?.filter(|_| ticks.stop.is_some()) else {
            return Ok(changed);
        };
        let Some(draft) = seat.draft(&app, &page).await? else { return Ok(changed) };
        let saying = if open_points(&catalogue, &draft, &plan).is_empty() {
            Saying { words: page.t("window-stop-done"), fine: true, ..Saying::default() }
        } else {
            Saying { stop: true, ..Saying::default() }
        };
        screen::show(&app, &page, &seat, saying).await
    };
    done.await.map_err(|error: WebError| error.into_page(&page))
}

/// Changes what was done at the window so far.
async fn change(
    app: &App,
    page: &Page,
    seat: Seat<'_>,
    mut draft: Draft,
    change: impl FnOnce(&mut Intake) + Send,
) -> Result<Response, WebError> {
    change(draft.reception.intake.get_or_insert_with(|| intake(&seat)));
    match app.engine.save_draft(draft).await {
        Ok(_) => {
            app.engine.keep_in_hand(seat.hand).await?;
            Ok(home())
        }
        Err(EngineError::StaleDraft { .. }) => {
            screen::show(app, page, &seat, Saying::warning(page.t("error-stale-draft"))).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Who takes it in, where.
pub(crate) fn intake(seat: &Seat<'_>) -> Intake {
    Intake {
        outlet: seat.outlet.id.as_str().into(),
        window: Some(seat.window.id.as_str().into()),
        clerk: seat.hand.clerk,
        ticket: seat.hand.ticket.as_deref().map(Into::into),
        authority: Vec::new(),
        originals: Vec::new(),
        ticked: Vec::new(),
        left_open: casework::LeftOpen::default(),
    }
}

async fn in_hand<'a>(app: &'a App, page: &Page) -> Result<Option<(Seat<'a>, Draft)>, WebError> {
    let Some(seat) = seat::seat(app, page).await? else { return Ok(None) };
    Ok(seat.draft(app, page).await?.map(|draft| (seat, draft)))
}
