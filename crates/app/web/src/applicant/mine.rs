//! My cases and my drafts.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use catalogue::Catalogue;
use serde::Deserialize;
use vocabulary::{CaseId, Instant};

use crate::applicant::case_view::{stored_case_state, time_text};
use crate::applicant::load;
use crate::errors::WebError;
use crate::page::{Page, percent_encoded};
use crate::state::App;
use crate::views::render;

/// Cases of one page.
const ROWS: u32 = 50;

/// What the address says.
#[derive(Deserialize, Debug, Default)]
#[serde(default)]
pub struct Wanted {
    /// Instant and case of the last one before this page, with `|` between.
    after: String,
}

impl Wanted {
    fn after(&self) -> Option<(Instant, CaseId)> {
        let (at, case) = self.after.split_once('|')?;
        Some((at.parse().ok()?, case.parse().ok()?))
    }
}

#[derive(Debug)]
struct DraftLine {
    id: String,
    title: String,
    changed: String,
}

#[derive(Debug)]
struct CaseLine {
    id: String,
    title: String,
    number: String,
    submitted: String,
    promised: String,
    state: String,
    class: &'static str,
}

#[derive(Template, Debug)]
#[template(path = "applicant/mine.html")]
struct MinePage<'a> {
    p: &'a Page,
    drafts: Vec<DraftLine>,
    cases: Vec<CaseLine>,
    /// Address of the next page; empty = this is the last.
    next: String,
    /// This is not the first page.
    later: bool,
}

/// GET /mine.
pub async fn mine(
    State(app): State<App>,
    page: Page,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Response> {
    show(&app, &page, &wanted).await.map_err(|error| error.into_page(&page))
}

async fn show(app: &App, page: &Page, wanted: &Wanted) -> Result<Response, WebError> {
    let owner = page.who.account.ok_or(WebError::NotFound)?;
    let catalogue = app.engine.catalogue();
    let title = |catalogue: &Catalogue, matter: &str| {
        catalogue
            .matter(matter)
            .map_or_else(|| matter.to_owned(), |matter| page.text(&matter.title).to_owned())
    };
    let drafts = app
        .engine
        .list_drafts(owner)
        .await?
        .into_iter()
        .map(|draft| DraftLine {
            id: draft.id.to_string(),
            title: title(catalogue, draft.matter.as_str()),
            changed: time_text(catalogue, page, draft.updated_at),
        })
        .collect();
    let mut cases = Vec::new();
    let after = wanted.after();
    let mut found = app.engine.store().list_cases_of(owner, after, ROWS + 1).await?;
    let whole = usize::try_from(ROWS).unwrap_or(usize::MAX);
    let more = found.len() > whole;
    found.truncate(whole);
    let next = found.last().filter(|_| more).map(|last| {
        let key = format!("{}|{}", last.submitted_at, last.case_id);
        format!("/mine?after={}", percent_encoded(&key))
    });
    for case in found {
        let named = load::catalogue_naming(app, case.case_id, &case.matter, None).await?;
        let (state, class) = stored_case_state(page, &case.state);
        cases.push(CaseLine {
            id: case.case_id.to_string(),
            title: title(&named, &case.matter),
            number: case.case_number,
            submitted: time_text(catalogue, page, case.submitted_at) + &page.era(case.submitted_at),
            promised: case.promised_on.map(|on| page.iso_date(&on)).unwrap_or_default(),
            state,
            class,
        });
    }
    let next = next.unwrap_or_default();
    render(&MinePage { p: page, drafts, cases, next, later: after.is_some() })
}
