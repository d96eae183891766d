//! The capability matrix 能力矩阵: which clerk may receive which service. A manager sees and grants within his
//! own area.

use askama::Template;
use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use catalogue::Matter;
use engine::EngineError;
use engine::desk::{ClerkRecords, DeskRefusal, Grant};
use serde::Deserialize;
use store_port::CapabilityRow;
use vocabulary::{AccountId, Date, OutletId, ServiceId};

use crate::access::{Action, Resource, may};
use crate::applicant::interview::ErrorLine;
use crate::applicant::load;
use crate::errors::WebError;
use crate::naming;
use crate::page::Page;
use crate::state::App;
use crate::views::render;

use super::{fresh_command, outlet_name, refusal_key};

/// Words of a basis or a reason, at most.
const WORDS_MAX: usize = 200;

#[derive(Deserialize, Debug)]
pub struct Chosen {
    #[serde(default)]
    matter: String,
    /// A clerk's account: his records beside the matrix.
    #[serde(default)]
    clerk: String,
}

/// Whether a manager may look after a clerk or an outlet of this area.
pub(super) fn is_mine(page: &Page, area: Option<&str>) -> bool {
    may(&page.who, Action::ManageDesk, Resource::Area { area: area.unwrap_or_default() }, page.demo)
}

#[derive(Debug)]
struct Choice {
    id: String,
    name: String,
    chosen: bool,
}

#[derive(Debug)]
struct ClerkHead {
    id: String,
    name: String,
    outlet: String,
    chosen: bool,
}

/// A clerk's standing for one service.
#[derive(Debug)]
struct Cell {
    class: &'static str,
    words: String,
    title: String,
}

#[derive(Debug)]
struct Row {
    service: String,
    name: String,
    authority: String,
    cells: Vec<Cell>,
    /// How many clerks may receive it today.
    able: usize,
}

/// A record of the chosen clerk.
#[derive(Debug)]
struct RecordLine {
    id: String,
    service: String,
    term: String,
    basis: String,
    class: &'static str,
    state: String,
    revocable: bool,
}

#[derive(Template, Debug)]
#[template(path = "desk/records.html")]
struct RecordsPage<'a> {
    p: &'a Page,
    matters: Vec<Choice>,
    matter: String,
    clerks: Vec<ClerkHead>,
    rows: Vec<Row>,
    clerk: String,
    clerk_name: String,
    records: Vec<RecordLine>,
    services: Vec<(String, String)>,
    command: String,
    /// What was sent and not kept, as it was typed; else what a new record begins with.
    typed: Granted,
    errors: Vec<ErrorLine>,
}

impl RecordsPage<'_> {
    /// What was chosen is one of the matter's own services, which stand first.
    fn in_matter(&self) -> bool {
        self.rows.iter().any(|row| row.service == self.typed.service)
    }

    /// What is wrong with an input; empty = nothing.
    fn wrong(&self, input: &str) -> &str {
        let found = self.errors.iter().find(|error| error.target == input);
        found.map_or("", |error| error.words.as_str())
    }
}

/// GET /desk/records.
pub async fn records(
    State(app): State<App>,
    page: Page,
    Query(chosen): Query<Chosen>,
) -> Result<Response, Response> {
    let fresh = Granted { valid_from: page.today.to_string(), ..Granted::default() };
    let shown = show(&app, &page, &chosen, fresh, Vec::new()).await;
    shown.map_err(|error| error.into_page(&page))
}

async fn show(
    app: &App,
    page: &Page,
    chosen: &Chosen,
    typed: Granted,
    errors: Vec<ErrorLine>,
) -> Result<Response, WebError> {
    let catalogue = app.engine.catalogue();
    let clerks = mine(app, page).await?;
    let first = catalogue.matters.values().next();
    let matter = catalogue.matters.get(chosen.matter.as_str()).or(first);
    let matter = matter.ok_or(WebError::NotFound)?;
    let id = |clerk: &ClerkRecords| clerk.account.account_id.to_string();
    let focus = clerks.iter().find(|clerk| id(clerk) == chosen.clerk);
    let heads = clerks
        .iter()
        .map(|clerk| ClerkHead {
            id: id(clerk),
            name: clerk.name.clone(),
            outlet: outlet_of(app, page, clerk),
            chosen: id(clerk) == chosen.clerk,
        })
        .collect();
    let choice = |it: &Matter| Choice {
        id: it.id.to_string(),
        name: page.text(&it.title).to_owned(),
        chosen: it.id == matter.id,
    };
    render(&RecordsPage {
        p: page,
        matters: catalogue.matters.values().map(choice).collect(),
        matter: matter.id.to_string(),
        rows: rows(app, page, matter, &clerks),
        clerks: heads,
        clerk: focus.map(id).unwrap_or_default(),
        clerk_name: focus.map_or_else(String::new, |clerk| clerk.name.clone()),
        records: focus.map_or_else(Vec::new, |clerk| lines(app, page, clerk)),
        services: catalogue
            .services
            .values()
            .map(|it| (it.id.to_string(), page.text(&it.name).to_owned()))
            .collect(),
        command: fresh_command(),
        typed,
        errors,
    })
}

/// The clerks of a manager's area.
async fn mine(app: &App, page: &Page) -> Result<Vec<ClerkRecords>, WebError> {
    let mut clerks = app.engine.list_clerks().await?;
    clerks.retain(|clerk| is_mine(page, clerk.account.area.as_deref()));
    Ok(clerks)
}

/// A clerk's outlet is the department of his account.
fn outlet_of(app: &App, page: &Page, clerk: &ClerkRecords) -> String {
    let outlet = clerk.account.department.as_deref();
    outlet.map_or_else(String::new, |id| outlet_name(app, page, &OutletId::new(id)))
}

fn rows(app: &App, page: &Page, matter: &Matter, clerks: &[ClerkRecords]) -> Vec<Row> {
    let catalogue = app.engine.catalogue();
    let services = matter.services.iter().filter_map(|part| catalogue.service(&part.service));
    services
        .map(|service| {
            let cells: Vec<Cell> =
                clerks.iter().map(|clerk| cell(page, clerk, service.id.as_str())).collect();
            Row {
                service: service.id.to_string(),
                name: page.text(&service.name).to_owned(),
                authority: naming::organisation_name(catalogue, page, &service.authority),
                able: cells.iter().filter(|cell| cell.class == "ok").count(),
                cells,
            }
        })
        .collect()
}

/// The standing that counts: a record that holds before one that does not, a later one before an earlier.
fn cell(page: &Page, clerk: &ClerkRecords, service: &str) -> Cell {
    let own = clerk.records.iter().filter(|record| record.service == service);
    let best = own.min_by_key(|record| standing(record, page.today) != Standing::Valid);
    let Some(record) = best else {
        let words = page.t("record-none");
        return Cell { class: "none", title: words.clone(), words };
    };
    let standing = standing(record, page.today);
    Cell {
        class: standing.class(),
        words: page.t(standing.key()),
        title: format!("{} · {}", term(page, record), record.basis),
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Standing {
    Valid,
    Later,
    Ended,
    Revoked,
}

impl Standing {
    const fn key(self) -> &'static str {
        match self {
            Self::Valid => "record-valid",
            Self::Later => "record-later",
            Self::Ended => "record-ended",
            Self::Revoked => "record-revoked",
        }
    }

    const fn class(self) -> &'static str {
        match self {
            Self::Valid => "ok",
            Self::Later => "warn",
            Self::Ended => "grey",
            Self::Revoked => "seal",
        }
    }
}

fn standing(record: &CapabilityRow, today: Date) -> Standing {
    // Dates are kept as ISO text, which sorts as dates do.
    let today = today.to_string();
    if record.revoked.as_ref().is_some_and(|revoked| revoked.on <= today) {
        Standing::Revoked
    } else if record.valid_from > today {
        Standing::Later
    } else if record.valid_until.as_ref().is_some_and(|until| *until < today) {
        Standing::Ended
    } else {
        Standing::Valid
    }
}

fn term(page: &Page, record: &CapabilityRow) -> String {
    let from = page.iso_date(&record.valid_from);
    match &record.valid_until {
        Some(until) => page.t2("record-term", "from", from, "until", page.iso_date(until)),
        None => page.t1("record-term-open", "from", from),
    }
}

fn lines(app: &App, page: &Page, clerk: &ClerkRecords) -> Vec<RecordLine> {
    let catalogue = app.engine.catalogue();
    let line = |record: &CapabilityRow| {
        let service = catalogue.services.get(record.service.as_str());
        let standing = standing(record, page.today);
        RecordLine {
            id: record.capability_id.to_string(),
            service: service
                .map_or_else(|| record.service.clone(), |it| page.text(&it.name).to_owned()),
            term: term(page, record),
            basis: record.basis.clone(),
            class: standing.class(),
            state: page.t(standing.key()),
            revocable: record.revoked.is_none() && standing != Standing::Ended,
        }
    };
    clerk.records.iter().map(line).collect()
}

#[derive(Deserialize, Default, Debug)]
pub struct Granted {
    clerk: String,
    service: String,
    #[serde(default)]
    valid_from: String,
    #[serde(default)]
    valid_until: String,
    #[serde(default)]
    basis: String,
    #[serde(default)]
    matter: String,
    command: String,
}

/// POST /desk/records.
pub async fn grant(
    State(app): State<App>,
    page: Page,
    Form(given): Form<Granted>,
) -> Result<Response, Response> {
    let done = async {
        let clerk: AccountId = given.clerk.parse().map_err(|_| WebError::NotFound)?;
        let manager = page.who.account.ok_or(WebError::NotFound)?;
        if !mine(&app, &page).await?.iter().any(|it| it.account.account_id == clerk) {
            return Err(WebError::NotFound);
        }
        let grant = match read(&page, clerk, &given) {
            Ok(grant) => grant,
            Err(errors) => return again(&app, &page, given, errors).await,
        };
        let command = load::command(&given.command)?;
        match app.engine.grant_capability(manager, command, &grant).await {
            Ok(_) => {}
            Err(EngineError::Desk(DeskRefusal::BadDates)) => {
                let refused = DeskRefusal::BadDates;
                let words = page.t(refusal_key(refused));
                let words = page.t2("officer-error-code", "words", words, "code", refused.code());
                let errors = vec![ErrorLine { target: "valid_until".to_owned(), words }];
                return again(&app, &page, given, errors).await;
            }
            Err(error) => return Err(error.into()),
        }
        Ok(back(&given.matter, &given.clerk))
    };
    done.await.map_err(|error: WebError| error.into_page(&page))
}

/// The record that a form means, or everything that is wrong with it.
fn read(page: &Page, clerk: AccountId, given: &Granted) -> Result<Grant, Vec<ErrorLine>> {
    let mut errors = Vec::new();
    let mut wrong = |input: &str, key: &str| {
        errors.push(ErrorLine { target: input.to_owned(), words: page.t(key) });
    };
    let from = given.valid_from.trim().parse::<Date>();
    if from.is_err() {
        wrong("valid_from", "record-from-unreadable");
    }
    let until = Some(given.valid_until.trim()).filter(|text| !text.is_empty());
    let until = until.map(str::parse::<Date>).transpose();
    if until.is_err() {
        wrong("valid_until", "record-until-unreadable");
    }
    let basis = given.basis.trim();
    if basis.is_empty() {
        wrong("basis", "record-basis-missing");
    } else if basis.chars().count() > WORDS_MAX {
        wrong("basis", "record-words-too-long");
    }
    match (from, until) {
        (Ok(valid_from), Ok(valid_until)) if errors.is_empty() => Ok(Grant {
            clerk,
            service: ServiceId::new(given.service.as_str()),
            valid_from,
            valid_until,
            basis: basis.to_owned(),
        }),
        _ => Err(errors),
    }
}

/// The page with what was typed and why it was not kept.
async fn again(
    app: &App,
    page: &Page,
    given: Granted,
    errors: Vec<ErrorLine>,
) -> Result<Response, WebError> {
    let chosen = Chosen { matter: given.matter.clone(), clerk: given.clerk.clone() };
    let mut shown = show(app, page, &chosen, given, errors).await?;
    *shown.status_mut() = StatusCode::BAD_REQUEST;
    Ok(shown)
}

#[derive(Deserialize, Debug)]
pub struct Revoked {
    #[serde(default)]
    matter: String,
    #[serde(default)]
    reason: String,
}

/// POST /desk/records/{record}/revoke.
pub async fn revoke(
    State(app): State<App>,
    page: Page,
    Path(id): Path<String>,
    Form(given): Form<Revoked>,
) -> Result<Response, Response> {
    let done = async {
        let id = uuid::Uuid::parse_str(&id).map_err(|_| WebError::NotFound)?;
        let manager = page.who.account.ok_or(WebError::NotFound)?;
        let clerks = mine(&app, &page).await?;
        let owner =
            clerks.iter().find(|clerk| clerk.records.iter().any(|it| it.capability_id == id));
        let owner = owner.ok_or(WebError::NotFound)?.account.account_id;
        let reason: String = given.reason.trim().chars().take(WORDS_MAX).collect();
        app.engine.revoke_capability(manager, id, &reason).await?;
        Ok(back(&given.matter, &owner.to_string()))
    };
    done.await.map_err(|error: WebError| error.into_page(&page))
}

fn back(matter: &str, clerk: &str) -> Response {
    let (matter, clerk) =
        (crate::page::percent_encoded(matter), crate::page::percent_encoded(clerk));
    Redirect::to(&format!("/desk/records?matter={matter}&clerk={clerk}#records")).into_response()
}
