//! 标准不一致: lines that a department cited outside the checklist, or found unmet though the window had found them
//! met. For managers, who talk to the department; for designers, who mend the checklist. No personal data is here:
//! the words of a ground stay with their case.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use casework::checklist::InconsistencyKind;
use catalogue::Catalogue;
use serde::Deserialize;
use store_port::{InconsistencyCount, InconsistencyFilter, InconsistencyRow};
use vocabulary::{ChecklistLineId, OrganisationId, ServiceId};

use crate::applicant::case_view::time_text;
use crate::applicant::load;
use crate::checklist_view::{OUTSIDE, line_text, version};
use crate::errors::WebError;
use crate::naming;
use crate::page::{Page, percent_encoded};
use crate::state::App;
use crate::views::render;

/// Rows of the list; the counts are of all.
const ROWS: u32 = 200;

/// What is looked at.
#[derive(Deserialize, Debug, Default)]
pub struct Asked {
    #[serde(default)]
    service: Option<String>,
    #[serde(default)]
    kind: Option<String>,
}

/// How often one line of one service differed.
#[derive(Debug)]
struct CountRow {
    service: String,
    department: String,
    line: String,
    kind: String,
    times: u64,
    link: String,
}

/// One time that it did.
#[derive(Debug)]
struct Row {
    at: String,
    service: String,
    department: String,
    line: String,
    kind: String,
    /// `大厅 · 6 号窗口`; empty when it came in online.
    place: String,
    case: String,
    version: String,
    /// The version is not the one in force any more.
    older: bool,
}

/// A way to look at fewer.
#[derive(Debug)]
struct Chip {
    words: String,
    link: String,
    chosen: bool,
}

#[derive(Template, Debug)]
#[template(path = "reports/inconsistencies.html")]
struct InconsistenciesPage<'a> {
    p: &'a Page,
    chips: Vec<Chip>,
    counts: Vec<CountRow>,
    rows: Vec<Row>,
    total: u64,
    /// The service that is looked at alone.
    service: String,
    all: String,
}

/// GET /manager/inconsistencies.
pub async fn for_manager(
    State(app): State<App>,
    page: Page,
    Query(asked): Query<Asked>,
) -> Result<Response, Response> {
    let shown = report(&app, &page, "/manager/inconsistencies", asked).await;
    shown.map_err(|error| error.into_page(&page))
}

/// GET /designer/inconsistencies.
pub async fn for_designer(
    State(app): State<App>,
    page: Page,
    Query(asked): Query<Asked>,
) -> Result<Response, Response> {
    let shown = report(&app, &page, "/designer/inconsistencies", asked).await;
    shown.map_err(|error| error.into_page(&page))
}

async fn report(app: &App, page: &Page, base: &str, asked: Asked) -> Result<Response, WebError> {
    let catalogue = load::catalogue(app);
    let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
    let known = |kind: &str| InconsistencyKind::ALL.iter().any(|it| it.as_str() == kind);
    let filter = InconsistencyFilter {
        service: filled(asked.service),
        department: None,
        kind: filled(asked.kind).filter(|kind| known(kind)),
        limit: ROWS,
    };
    let store = app.engine.store();
    let counts = store.count_inconsistencies(&filter).await?;
    let rows = store.list_inconsistencies(&filter).await?;
    let service = filter.service.as_deref().unwrap_or_default();
    let chip = |kind: Option<&str>| Chip {
        words: page.t(&format!("inconsistency-{}", kind.unwrap_or("all"))),
        link: address(base, service, kind.unwrap_or_default()),
        chosen: filter.kind.as_deref() == kind,
    };
    let kinds = InconsistencyKind::ALL.iter().map(|kind| Some(kind.as_str()));
    render(&InconsistenciesPage {
        p: page,
        chips: std::iter::once(None).chain(kinds).map(chip).collect(),
        total: counts.iter().map(|count| count.times).sum(),
        counts: counts.iter().map(|count| count_row(&catalogue, page, base, count)).collect(),
        rows: rows.iter().map(|row| view(app, &catalogue, page, row)).collect(),
        service: filter
            .service
            .as_deref()
            .map_or_else(String::new, |id| service_name(&catalogue, page, id)),
        all: address(base, "", filter.kind.as_deref().unwrap_or_default()),
    })
}

fn address(base: &str, service: &str, kind: &str) -> String {
    format!("{base}?service={}&kind={kind}", percent_encoded(service))
}

fn service_name(catalogue: &Catalogue, page: &Page, id: &str) -> String {
    let found = catalogue.service(&ServiceId::new(id));
    found.map_or_else(|| id.to_owned(), |service| page.text(&service.name).to_owned())
}

fn words_of(catalogue: &Catalogue, page: &Page, service: &str, line: &str) -> String {
    let service = catalogue.service(&ServiceId::new(service));
    line_text(page, service, &ChecklistLineId::new(line))
}

fn department(catalogue: &Catalogue, page: &Page, id: &str) -> String {
    naming::organisation_name(catalogue, page, &OrganisationId::new(id))
}

fn count_row(
    catalogue: &Catalogue,
    page: &Page,
    base: &str,
    count: &InconsistencyCount,
) -> CountRow {
    CountRow {
        service: service_name(catalogue, page, &count.service),
        department: department(catalogue, page, &count.department),
        line: words_of(catalogue, page, &count.service, &count.line),
        kind: page.t(&format!("inconsistency-{}", count.kind)),
        times: count.times,
        link: address(base, &count.service, &count.kind),
    }
}

fn view(app: &App, catalogue: &Catalogue, page: &Page, row: &InconsistencyRow) -> Row {
    let current = catalogue.service(&ServiceId::new(row.service.as_str()));
    Row {
        at: time_text(catalogue, page, row.at),
        service: service_name(catalogue, page, &row.service),
        department: department(catalogue, page, &row.department),
        line: words_of(catalogue, page, &row.service, &row.line),
        kind: if row.line == OUTSIDE {
            String::new()
        } else {
            page.t(&format!("inconsistency-{}", row.kind))
        },
        place: place(app, page, row),
        case: row.case_number.clone(),
        version: version(&row.checklist),
        older: current.is_none_or(|service| service.revision.as_str() != row.checklist),
    }
}

/// Where it was received.
fn place(app: &App, page: &Page, row: &InconsistencyRow) -> String {
    let Some(outlet) = &row.outlet else { return String::new() };
    let known = app.engine.network().outlets.get(outlet.as_str());
    let name = known.map_or_else(|| outlet.clone(), |it| page.text(&it.name).to_owned());
    let Some(window) = &row.window else { return name };
    // As painted above it, while it is there.
    let painted =
        known.and_then(|it| it.windows().find(|(_, found)| found.id.as_str() == window.as_str()));
    let window = painted.map_or_else(|| window.clone(), |(_, found)| found.number.to_string());
    page.tn("inconsistency-place", &[("outlet", name), ("window", window)])
}
