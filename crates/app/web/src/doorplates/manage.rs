//! Doorplates as managers see them: where they hang, what comes of them, and a sheet to print.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use casework::EntryKind;
use indicators::IndicatorValue;
use network::Doorplate;
use store_port::OpenedFilter;

use crate::access::{Action, Resource, may};
use crate::applicant::receipt::qr;
use crate::doorplates::{hangs, where_it_hangs};
use crate::errors::WebError;
use crate::page::Page;
use crate::state::App;
use crate::views::render;

/// Facts read at once.
const FACTS: u32 = 1000;

/// What came of one plate.
#[derive(Debug, Default, Clone, Copy)]
struct Came {
    visits: u64,
    drafts: u64,
    submissions: u64,
}

#[derive(Debug)]
struct Row {
    id: String,
    place: String,
    matter: String,
    matter_link: String,
    placed: String,
    removed: String,
    came: Came,
    /// Submissions of visits, `12.5%`; empty without a visit.
    conversion: String,
}

#[derive(Template, Debug)]
#[template(path = "doorplates/list.html")]
struct ListPage<'a> {
    p: &'a Page,
    rows: Vec<Row>,
}

#[derive(Template, Debug)]
#[template(path = "doorplates/print.html")]
struct PrintPage<'a> {
    p: &'a Page,
    title: String,
    summary: String,
    place: String,
    address: String,
    qr: String,
}

/// GET /desk/doorplates.
pub async fn list(State(app): State<App>, page: Page) -> Result<Response, Response> {
    show(&app, &page).await.map_err(|error| error.into_page(&page))
}

async fn show(app: &App, page: &Page) -> Result<Response, WebError> {
    let came = came(app, page).await?;
    let catalogue = app.engine.catalogue();
    let plates = app.engine.network().doorplates.values().filter(|it| is_mine(app, page, it));
    let rows = plates.map(|plate| {
        let matter = catalogue.matters.get(&plate.matter);
        let came = came.get(plate.id.as_str()).copied().unwrap_or_default();
        Row {
            id: plate.id.to_string(),
            place: where_it_hangs(app, page, plate),
            matter: matter.map_or_else(String::new, |it| page.text(&it.title).to_owned()),
            matter_link: format!("/d/{}", plate.id),
            placed: page.date(plate.placed_on),
            removed: if hangs(plate, page.today) {
                String::new()
            } else {
                plate.removed_on.map(|on| page.date(on)).unwrap_or_default()
            },
            conversion: percent(came.submissions, came.visits),
            came,
        }
    });
    render(&ListPage { p: page, rows: rows.collect() })
}

/// In tenths of a per cent, rounded as every figure is; empty when there is nothing to divide by.
fn percent(part: u64, whole: u64) -> String {
    match (IndicatorValue { numerator: part, denominator: whole }).permille() {
        Some(tenths) => format!("{}.{}%", tenths / 10, tenths % 10),
        None => String::new(),
    }
}

/// Visits by plate, and the interviews that began at it.
async fn came(app: &App, page: &Page) -> Result<BTreeMap<String, Came>, WebError> {
    let mut came: BTreeMap<String, Came> = BTreeMap::new();
    let until = page.today.to_string();
    for row in app.engine.store().list_visits("", &until).await? {
        let of = came.entry(row.doorplate).or_default();
        of.visits = of.visits.saturating_add(row.visits);
    }
    let mut filter = OpenedFilter { limit: FACTS, ..OpenedFilter::default() };
    loop {
        let facts = app.engine.draft_facts(&filter).await?;
        let Some(last) = facts.last() else { return Ok(came) };
        filter.after = Some(last.draft);
        for fact in facts.iter().filter(|it| it.entry == Some(EntryKind::Doorplate)) {
            let of = came.entry(fact.place.to_string()).or_default();
            of.drafts = of.drafts.saturating_add(1);
            of.submissions = of.submissions.saturating_add(u64::from(fact.case.is_some()));
        }
    }
}

fn is_mine(app: &App, page: &Page, plate: &Doorplate) -> bool {
    let outlet = plate.outlet.as_ref().and_then(|id| app.engine.network().outlets.get(id));
    let area = outlet.map(|it| it.area.as_str()).or(plate.area.as_ref().map(|it| it.as_str()));
    let resource = Resource::Area { area: area.unwrap_or_default() };
    may(&page.who, Action::ManageDesk, resource, page.demo)
}

/// GET /desk/doorplates/{doorplate}/print.
pub async fn print(
    State(app): State<App>,
    page: Page,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Response> {
    let shown = async {
        let plate = app.engine.network().doorplates.get(id.as_str());
        let plate = plate.filter(|it| is_mine(&app, &page, it)).ok_or(WebError::NotFound)?;
        let matter = app.engine.catalogue().matters.get(&plate.matter);
        let matter = matter.ok_or(WebError::NotFound)?;
        // The address under which this page was asked for is the one that people reach.
        let host = headers.get(header::HOST).and_then(|it| it.to_str().ok()).unwrap_or_default();
        let scheme = if app.secure_cookies { "https" } else { "http" };
        let address = format!("{scheme}://{host}/d/{}", plate.id);
        render(&PrintPage {
            p: &page,
            title: page.text(&matter.title).to_owned(),
            summary: page.text(&matter.summary).to_owned(),
            place: where_it_hangs(&app, &page, plate),
            qr: qr(&address)?,
            address,
        })
    };
    shown.await.map_err(|error: WebError| error.into_page(&page))
}
