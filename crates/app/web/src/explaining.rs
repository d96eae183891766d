//! The page of all dates of a case, for the applicant, the clerk and the officer, and the same for machines; and the
//! page of calendars that were taken over, for managers and designers. All show what [`crate::dates`] makes.

use askama::Template;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use casework::{Case, StoodOn};
use catalogue::Catalogue;
use engine::EngineError;
use serde::Deserialize;
use store_port::{CalendarChangeRow, CalendarLoadRow};
use vocabulary::NodeKey;

use crate::access::{Action, Resource, may};
use crate::applicant::case_view::{case_node_name, time_text};
use crate::applicant::load;
use crate::dates::{self, DateGroup};
use crate::errors::WebError;
use crate::officer::desk;
use crate::page::Page;
use crate::state::App;
use crate::views::render;

/// Loadings on the page, and moved dates shown of each.
const LOADS: u32 = 20;
const CHANGES: u32 = 500;

#[derive(Template, Debug)]
#[template(path = "shared/dates.html")]
struct DatesPage<'a> {
    p: &'a Page,
    title: String,
    number: String,
    groups: Vec<DateGroup>,
    /// What newly loaded calendars changed.
    moved: Vec<String>,
    calendar: String,
    back: String,
}

/// GET /cases/{case}/dates.
pub async fn for_applicant(
    State(app): State<App>,
    page: Page,
    Path(case): Path<String>,
) -> Result<Response, Response> {
    let shown = async {
        let file = load::case(&app, &page, &case, Action::SeeCase).await?;
        let catalogue = load::catalogue_of(&app, &file.case).await?;
        dates_page(&catalogue, &page, &file.case, None, format!("/cases/{}", file.case.id))
    };
    shown.await.map_err(|error: WebError| error.into_page(&page))
}

/// GET /api/v1/cases/{case}/dates: the same list.
pub async fn for_machines(
    State(app): State<App>,
    page: Page,
    Path(case): Path<String>,
) -> Response {
    let told = async {
        let file = load::case(&app, &page, &case, Action::SeeCase).await?;
        let catalogue = load::catalogue_of(&app, &file.case).await?;
        Ok(Json(dates::as_json(&catalogue, &page, &file.case)).into_response())
    };
    told.await.unwrap_or_else(|error: WebError| error.into_problem(&page))
}

/// GET /officer/cases/{case}/{node}/dates: those of the officer's own service, and of the whole.
pub async fn for_officer(
    State(app): State<App>,
    page: Page,
    Path((case, node)): Path<(String, String)>,
) -> Result<Response, Response> {
    let shown = async {
        let desk = desk::load(&app, &page, &case, &node, Action::SeeServiceCase).await?;
        let key = desk.service()?.node.key.clone();
        dates_page(&desk.catalogue, &page, desk.case(), Some(&key), desk.address()?)
    };
    shown.await.map_err(|error: WebError| error.into_page(&page))
}

/// What a clerk asks about.
#[derive(Deserialize, Debug)]
pub struct Asked {
    #[serde(default)]
    number: String,
}

/// GET /window/dates?number=…: for the person who stands at the window with a receipt.
pub async fn for_clerk(
    State(app): State<App>,
    page: Page,
    Query(asked): Query<Asked>,
) -> Result<Response, Response> {
    let shown = async {
        let number = asked.number.trim().to_uppercase();
        let row = app.engine.store().find_case_by_number(&number).await?;
        let row = row.ok_or(WebError::NotFound)?;
        let case = app.engine.case(row.case_id).await?.ok_or(WebError::NotFound)?;
        let catalogue = load::catalogue_of(&app, &case).await?;
        dates_page(&catalogue, &page, &case, None, format!("/window/results?number={number}"))
    };
    shown.await.map_err(|error: WebError| error.into_page(&page))
}

fn dates_page(
    catalogue: &Catalogue,
    page: &Page,
    case: &Case,
    only: Option<&NodeKey>,
    back: String,
) -> Result<Response, WebError> {
    let matter = catalogue.matters.get(&case.application.matter);
    render(&DatesPage {
        p: page,
        title: matter.map_or_else(String::new, |matter| page.text(&matter.title).to_owned()),
        number: case.application.case_number.to_string(),
        groups: dates::groups(catalogue, page, case, only),
        moved: moved(catalogue, page, case, only),
        calendar: catalogue.calendar.version.to_string(),
        back,
    })
}

/// What calendars changed, the latest first.
fn moved(catalogue: &Catalogue, page: &Page, case: &Case, only: Option<&NodeKey>) -> Vec<String> {
    let mut lines = Vec::new();
    for taken in case.dates_moved.iter().rev() {
        for moved in &taken.moved {
            if only.is_some() && moved.node.is_some() && moved.node.as_ref() != only {
                continue;
            }
            let service = moved.node.as_ref().map_or_else(
                || page.t("dates-whole"),
                |node| case_node_name(catalogue, page, case, node),
            );
            let of = moved.node.as_ref().map(|node| &node.service);
            let what = dates::what(catalogue, page, of, &moved.clock);
            let key = if moved.was.on == moved.is.on && moved.was.midday == moved.is.midday {
                "dates-became-certain"
            } else {
                "dates-moved-line"
            };
            lines.push(page.tn(
                key,
                &[
                    ("calendar", taken.calendar.to_string()),
                    ("service", service),
                    ("what", what),
                    ("was", stood(page, moved.was)),
                    ("is", stood(page, moved.is)),
                ],
            ));
        }
    }
    lines
}

fn stood(page: &Page, stood: StoodOn) -> String {
    let date = page.date(stood.on);
    let date = if stood.midday { page.t1("date-midday", "date", date) } else { date };
    if stood.provisional { page.t1("dates-provisional-of", "date", date) } else { date }
}

#[derive(Debug)]
struct LoadView {
    seq: u64,
    running: bool,
    at: String,
    who: String,
    version: String,
    before: String,
    counts: String,
    changes: Vec<String>,
}

#[derive(Template, Debug)]
#[template(path = "shared/calendars.html")]
struct CalendarsPage<'a> {
    p: &'a Page,
    loads: Vec<LoadView>,
}

/// GET /manager/calendars: with the dates of cases in the manager's area.
pub async fn for_manager(State(app): State<App>, page: Page) -> Result<Response, Response> {
    calendars(&app, &page, true).await.map_err(|error| error.into_page(&page))
}

/// GET /designer/calendars: counts only; no applicant's data is there.
pub async fn for_designer(State(app): State<App>, page: Page) -> Result<Response, Response> {
    calendars(&app, &page, false).await.map_err(|error| error.into_page(&page))
}

async fn calendars(app: &App, page: &Page, with_cases: bool) -> Result<Response, WebError> {
    let fault = |fault| WebError::from(EngineError::from(fault));
    let store = app.engine.store();
    let mut loads = Vec::new();
    for row in store.list_calendar_loads(LOADS).await.map_err(fault)? {
        let (dates, cases) = store.count_calendar_changes(row.seq).await.map_err(fault)?;
        let mut changes = Vec::new();
        if with_cases {
            let all = store.list_calendar_changes(row.seq, CHANGES).await.map_err(fault)?;
            let own = all.iter().filter(|change| {
                let area = change.area.as_deref().unwrap_or_default();
                may(&page.who, Action::SeeFigures, Resource::Area { area }, page.demo)
            });
            changes = own.map(|change| change_line(app.engine.catalogue(), page, change)).collect();
        }
        loads.push(load_view(app, page, &row, (dates, cases), changes).await?);
    }
    render(&CalendarsPage { p: page, loads })
}

async fn load_view(
    app: &App,
    page: &Page,
    row: &CalendarLoadRow,
    (dates, cases): (u64, u64),
    changes: Vec<String>,
) -> Result<LoadView, WebError> {
    let who = match row.account {
        Some(account) => match app.engine.store().find_account(account).await? {
            Some(account) => app.engine.account_name(&account).await?,
            None => String::new(),
        },
        None => page.t("calendars-with-definitions"),
    };
    let named = |version: &str, hash: &str| {
        let short: String = hash.chars().take(12).collect();
        page.t2("calendars-named", "version", version, "hash", short)
    };
    Ok(LoadView {
        seq: row.seq,
        running: row.finished_at.is_none(),
        at: time_text(app.engine.catalogue(), page, row.at),
        who,
        version: named(&row.version, &row.hash),
        before: if row.before_hash.is_empty() {
            page.t("calendars-first")
        } else {
            named(&row.before_version, &row.before_hash)
        },
        counts: page.tn(
            "calendars-counts",
            &[
                ("open", row.cases.to_string()),
                ("cases", cases.to_string()),
                ("dates", dates.to_string()),
            ],
        ),
        changes,
    })
}

fn change_line(catalogue: &Catalogue, page: &Page, row: &CalendarChangeRow) -> String {
    let node: Option<NodeKey> = row.node.parse().ok();
    let service = node.as_ref().and_then(|node| catalogue.service(&node.service));
    let name = match (&node, service) {
        (None, _) => page.t("dates-whole"),
        (Some(_), Some(service)) => page.text(&service.name).to_owned(),
        (Some(node), None) => node.to_string(),
    };
    let (clock, procedure) = row.clock.split_once('.').unwrap_or((&row.clock, ""));
    let what = match (clock, &node) {
        ("procedure", Some(node)) => {
            let clock = casework::ClockKind::Procedure { procedure: procedure.into() };
            dates::what(catalogue, page, Some(&node.service), &clock)
        }
        _ => page.t(&format!("clock-{clock}")),
    };
    let date = |on: &str, provisional: bool| {
        let date = page.iso_date(on);
        if provisional { page.t1("dates-provisional-of", "date", date) } else { date }
    };
    page.tn(
        "calendars-line",
        &[
            ("number", row.case_number.clone()),
            ("service", name),
            ("what", what),
            ("was", date(&row.was_on, row.was_provisional)),
            ("is", date(&row.is_on, row.is_provisional)),
        ],
    )
}
