//! The whole workstation as one page, from what the clerk has in hand.

use std::collections::BTreeMap;

use askama::Template;
use axum::response::Response;
use engine::Draft;
use engine::desk::TicketState;
use network::NoAuthority;
use plan::Plan;
use store_port::AccountRow;

use crate::applicant::case_view::stored_case_state;
use crate::applicant::form::Typed;
use crate::applicant::load;
use crate::errors::WebError;
use crate::naming;
use crate::page::Page;
use crate::picture;
use crate::state::App;
use crate::views::render;
use crate::window::form::{self, FormView};
use crate::window::search::{self, Beginning};
use crate::window::seat::{Seat, open_to};
use crate::window::tray::{self, TrayView};

/// What a step has to say besides the page; nothing of what was typed is lost.
#[derive(Default)]
pub(crate) struct Saying {
    pub(crate) words: String,
    /// `warn` unless it went well.
    pub(crate) fine: bool,
    /// Lists what was not looked at, before it is received.
    pub(crate) stop: bool,
    /// Typed into the form, and what is wrong of it.
    pub(crate) typed: Typed,
    pub(crate) wrong: BTreeMap<String, String>,
    /// Typed number and name of a person.
    pub(crate) number: String,
    pub(crate) name: String,
    /// Typed into the search.
    pub(crate) sought: String,
}

impl std::fmt::Debug for Saying {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Saying(Redacted)")
    }
}

impl Saying {
    pub(crate) fn warning(words: String) -> Self {
        Self { words, ..Self::default() }
    }
}

#[derive(Debug)]
struct TicketView {
    code: String,
    /// On the display, and nobody has come yet.
    called: bool,
    seconds: i64,
    /// Where its holder can be sent instead.
    elsewhere: Vec<(String, String)>,
}

#[derive(Debug)]
struct CaseLine {
    number: String,
    title: String,
    state: String,
    class: &'static str,
}

#[derive(Debug)]
struct DraftLine {
    id: String,
    title: String,
    changed: String,
    /// Another window has it in hand.
    held: bool,
    current: bool,
}

#[derive(Debug)]
struct ContinueView {
    case: String,
    matter: String,
    title: String,
    words: String,
}

#[derive(Debug)]
struct PersonView {
    name: String,
    initial: String,
    number: String,
    read: bool,
    phone: String,
    lang: String,
    agent: bool,
    open: Vec<CaseLine>,
    finished: Vec<CaseLine>,
    drafts: Vec<DraftLine>,
    continues: Vec<ContinueView>,
}

#[derive(Debug)]
struct DateLine {
    name: String,
    on: String,
}

#[derive(Debug)]
struct AsideLine {
    draft: String,
    title: String,
    name: String,
    ticket: String,
    since: String,
}

/// A department that is out of reach, and how many sendings wait for it.
#[derive(Debug)]
struct OutageLine {
    department: String,
    waiting: u64,
}

#[derive(Debug)]
struct WorkView {
    form: FormView,
    tray: TrayView,
    dates: Vec<DateLine>,
    joint: String,
    /// Services that may not be received here, with the reason.
    blocked: Vec<(String, String)>,
    /// Only one service of the matter is applied for; the rest can be opened.
    single: usize,
    services: usize,
    departments: usize,
}

#[derive(Template, Debug)]
#[template(path = "window/workstation.html")]
struct Workstation<'a> {
    p: &'a Page,
    outlet: String,
    number: String,
    kind: String,
    waiting: u64,
    longest: String,
    ticket: Option<TicketView>,
    person: Option<PersonView>,
    work: Option<WorkView>,
    case_number: String,
    beginnings: Vec<Beginning>,
    sought: String,
    aside: Vec<AsideLine>,
    cards: Vec<String>,
    words: String,
    fine: bool,
    stop: bool,
    outages: Vec<OutageLine>,
    typed_number: String,
    typed_name: String,
    command: String,
}

#[derive(Debug)]
struct PlaceLine {
    outlet: String,
    id: String,
    number: String,
    zone: String,
    kind: String,
}

#[derive(Template, Debug)]
#[template(path = "window/choose.html")]
struct ChoosePage<'a> {
    p: &'a Page,
    places: Vec<PlaceLine>,
}

/// Where the clerk sits down.
pub(crate) fn choose(app: &App, page: &Page) -> Result<Response, WebError> {
    let places = open_to(app, page).into_iter().map(|(outlet, zone, window)| PlaceLine {
        outlet: page.text(&outlet.name).to_owned(),
        id: window.id.to_string(),
        number: window.number.to_string(),
        zone: page.text(&zone.name).to_owned(),
        kind: window_kind(page, window.kind),
    });
    render(&ChoosePage { p: page, places: places.collect() })
}

fn window_kind(page: &Page, kind: network::WindowKind) -> String {
    page.t(match kind {
        network::WindowKind::General => "window-kind-general",
        network::WindowKind::Classified => "window-kind-classified",
        network::WindowKind::Dedicated => "window-kind-dedicated",
    })
}

/// The workstation.
pub(crate) async fn show(
    app: &App,
    page: &Page,
    seat: &Seat<'_>,
    saying: Saying,
) -> Result<Response, WebError> {
    let now = app.now();
    let person = seat.person(app).await?;
    let mut draft = seat.draft(app, page).await?;
    if let (Some(open), Some(person)) = (&draft, &person) {
        let key = app.engine.source_key_of(person).await?;
        draft = Some(app.engine.fetch_sources(open.clone(), &key).await?);
    }
    let work = match &draft {
        Some(draft) => Some(work(app, page, seat, draft, &saying).await?),
        None => None,
    };
    let person = match &person {
        Some(person) => Some(person_view(app, page, seat, person, draft.as_ref()).await?),
        None => None,
    };
    let ticket = seat.ticket().map(|ticket| {
        let since = ticket.row.serving_at.or(ticket.row.called_at).unwrap_or(now);
        TicketView {
            code: ticket.row.code.clone(),
            called: ticket.state == TicketState::Called,
            seconds: now.duration_since(since).as_secs().max(0),
            elsewhere: super::queue::elsewhere(page, seat),
        }
    });
    let case_number = match seat.hand.case {
        Some(case) => {
            let row = app.engine.store().find_case(case).await?;
            row.map(|row| row.case_number).unwrap_or_default()
        }
        None => String::new(),
    };
    let longest = seat.queue.longest_wait_minutes(&seat.zone.id, now);
    let beginnings = if person.is_some() && work.is_none() && case_number.is_empty() {
        search::fitting(search::beginnings(app.engine.catalogue(), page), &saying.sought)
    } else {
        Vec::new()
    };
    render(&Workstation {
        p: page,
        outlet: page.text(&seat.outlet.name).to_owned(),
        number: seat.window.number.to_string(),
        kind: window_kind(page, seat.window.kind),
        waiting: seat.queue.waiting_for(&seat.zone.id),
        longest: longest.map_or_else(String::new, |n| page.t1("window-minutes", "n", n)),
        ticket,
        aside: if person.is_none() { aside(app, page, seat).await? } else { Vec::new() },
        cards: if page.demo { demo_cards(app) } else { Vec::new() },
        person,
        work,
        case_number,
        beginnings,
        sought: saying.sought,
        words: saying.words,
        fine: saying.fine,
        stop: saying.stop,
        outages: outages(app, page).await?,
        typed_number: saying.number,
        typed_name: saying.name,
        command: load::fresh_command(),
    })
}

async fn work(
    app: &App,
    page: &Page,
    seat: &Seat<'_>,
    draft: &Draft,
    saying: &Saying,
) -> Result<WorkView, WebError> {
    let catalogue = load::catalogue(app);
    let plan = app.engine.plan_of(draft).await?;
    let questions = form::questions(app, &catalogue, page, draft).await?;
    let typed = (&saying.typed, &saying.wrong);
    let form = form::view(&catalogue, page, draft, (&questions, &plan), typed)?;
    let files = app.engine.evidence_of(draft).await?;
    let dates = plan.services.iter().map(|planned| DateLine {
        name: picture::planned_name(&catalogue, page, &plan, &planned.node),
        on: page.short_date(planned.promised_on),
    });
    let single = match &draft.standing.only {
        Some(only) => load::matter(&catalogue, draft)?.services.len().saturating_sub(only.len()),
        None => 0,
    };
    Ok(WorkView {
        tray: tray::view(&catalogue, page, draft, &plan, &files),
        dates: dates.collect(),
        joint: page.short_date(plan.joint.promised_on),
        blocked: blocked(app, page, seat, draft, &plan).await?,
        single,
        services: plan.services.len(),
        departments: plan.departments.len(),
        form,
    })
}

async fn outages(app: &App, page: &Page) -> Result<Vec<OutageLine>, WebError> {
    let catalogue = app.engine.catalogue();
    let outages = app.engine.outages().await?;
    let line = |outage: &engine::outages::Outage| OutageLine {
        department: department_name(catalogue, page, &outage.department),
        waiting: outage.waiting,
    };
    Ok(outages.iter().map(line).collect())
}

/// Services that may not be received here now, with the reason.
pub(crate) async fn blocked(
    app: &App,
    page: &Page,
    seat: &Seat<'_>,
    draft: &Draft,
    plan: &Plan,
) -> Result<Vec<(String, String)>, WebError> {
    let services = plan.services.iter().map(|planned| &planned.node.service);
    let answers = app.engine.desk_authority(&seat.at(), &draft.matter, services).await?;
    let catalogue = app.engine.catalogue();
    let refused = answers.into_iter().filter_map(|(service, answer)| {
        let name = catalogue.service(&service).map_or("", |service| page.text(&service.name));
        Some((name.to_owned(), authority_words(page, &answer.err()?)))
    });
    Ok(refused.collect())
}

/// Why a service may not be received here, in words.
pub(crate) fn authority_words(page: &Page, why: &NoAuthority) -> String {
    let key = match why {
        NoAuthority::NoRecord => "window-no-record",
        NoAuthority::RecordNotYetValid { .. } => "window-record-later",
        NoAuthority::RecordExpired { .. } => "window-record-ended",
        NoAuthority::RecordRevoked { .. } => "window-record-revoked",
        NoAuthority::OutletNotEntitled => "window-not-entitled",
        NoAuthority::DelegationNotYetValid { .. } => "window-delegation-later",
        NoAuthority::DelegationExpired { .. } => "window-delegation-ended",
        NoAuthority::DelegationRevoked { .. } => "window-delegation-revoked",
        NoAuthority::OtherApplicants { .. } => "window-other-applicants",
        NoAuthority::WindowNotForIt => "window-not-for-it",
        NoAuthority::ReceivedElsewhere { .. } => "window-received-elsewhere",
        NoAuthority::UnknownPlace => "window-unknown-place",
    };
    page.t2("window-why-code", "words", page.t(key), "code", why.code())
}

async fn person_view(
    app: &App,
    page: &Page,
    seat: &Seat<'_>,
    person: &AccountRow,
    draft: Option<&Draft>,
) -> Result<PersonView, WebError> {
    let engine = &app.engine;
    let catalogue = engine.catalogue();
    let name = engine.account_name(person).await?;
    let number = engine.number_of(person).await?.unwrap_or_default();
    let mut open = Vec::new();
    let mut finished = Vec::new();
    for row in engine.store().list_cases_of(person.account_id, None, 20).await? {
        let (state, class) = stored_case_state(page, &row.state);
        let title = form::matter_title(catalogue, page, &row.matter);
        let line = CaseLine { number: row.case_number, title, state, class };
        let ended =
            ["done", "partly-refused", "refused", "withdrawn"].contains(&row.state.as_str());
        if ended { finished.push(line) } else { open.push(line) }
    }
    let mut drafts = Vec::new();
    for other in engine.list_drafts(person.account_id).await? {
        drafts.push(DraftLine {
            title: form::matter_title(catalogue, page, other.matter.as_str()),
            changed: page.short_date(catalogue.civil_date(other.updated_at)),
            held: engine.held_elsewhere(other.id, seat.hand.clerk).await?,
            current: draft.is_some_and(|draft| draft.id == other.id),
            id: other.id.to_string(),
        });
    }
    let mut continues = Vec::new();
    if draft.is_none() && seat.hand.case.is_none() {
        for it in engine.continuations(person.account_id, None).await? {
            let named = |service: &vocabulary::ServiceId| {
                let service = catalogue.service(service);
                service.map_or_else(String::new, |service| page.text(&service.name).to_owned())
            };
            let done: Vec<String> = it.done.iter().map(|it| named(&it.node.service)).collect();
            let rest: Vec<String> = it.remaining.iter().map(|it| named(&it.service)).collect();
            let comma = page.t("list-separator");
            let args = [
                ("done", done.join(&comma)),
                ("n", rest.len().to_string()),
                ("rest", rest.join(&comma)),
            ];
            continues.push(ContinueView {
                case: it.case.to_string(),
                title: form::matter_title(catalogue, page, it.matter.as_str()),
                matter: it.matter.to_string(),
                words: page.tn("window-continue-words", &args),
            });
        }
    }
    let phone = draft.and_then(|draft| form::phone(catalogue, draft));
    Ok(PersonView {
        initial: name.chars().next().map(String::from).unwrap_or_default(),
        name,
        number: engine::window::masked(&number),
        read: seat.hand.read_from_card,
        phone: phone.unwrap_or_default(),
        lang: seat.hand.lang.clone(),
        agent: seat.hand.by_agent,
        open,
        finished,
        drafts,
        continues,
    })
}

async fn aside(app: &App, page: &Page, seat: &Seat<'_>) -> Result<Vec<AsideLine>, WebError> {
    let catalogue = app.engine.catalogue();
    let mut lines = Vec::new();
    for row in app.engine.store().list_aside(seat.outlet.id.as_str()).await? {
        let Some(draft) = app.engine.store().find_draft(row.draft).await? else { continue };
        let owner = app.engine.store().find_account(draft.owner).await?;
        let name = match owner {
            Some(owner) => app.engine.account_name(&owner).await?,
            None => String::new(),
        };
        lines.push(AsideLine {
            draft: row.draft.to_string(),
            title: form::matter_title(catalogue, page, &draft.matter),
            name: surname_only(&name),
            ticket: row.ticket.unwrap_or_default(),
            since: crate::applicant::case_view::time_text(catalogue, page, row.put_at),
        });
    }
    Ok(lines)
}

/// Cards that can be laid on the reader in the demo; no whole name stands on a screen that has been wiped.
fn demo_cards(app: &App) -> Vec<String> {
    app.devices.demo_cards().iter().map(|name| surname_only(name)).collect()
}

/// 王**: enough to find the right one of a list, not more.
fn surname_only(name: &str) -> String {
    let stars = "*".repeat(name.chars().count().saturating_sub(1));
    format!("{}{stars}", name.chars().next().map(String::from).unwrap_or_default())
}

/// The departments of a plan by name.
pub(crate) fn department_name(
    catalogue: &catalogue::Catalogue,
    page: &Page,
    id: &vocabulary::OrganisationId,
) -> String {
    naming::organisation_full_name(catalogue, page, id)
}
