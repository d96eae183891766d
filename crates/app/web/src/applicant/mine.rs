//! My cases and my drafts.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use catalogue::Catalogue;

use crate::applicant::case_view::{stored_case_state, time_text};
use crate::applicant::load;
use crate::errors::WebError;
use crate::page::Page;
use crate::state::App;
use crate::views::render;

/// Most cases on the page; older ones are found by number.
const CASES_MAX: u32 = 100;

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
}

/// GET /mine.
pub async fn mine(State(app): State<App>, page: Page) -> Result<Response, Response> {
    show(&app, &page).await.map_err(|error| error.into_page(&page))
}

async fn show(app: &App, page: &Page) -> Result<Response, WebError> {
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
    for case in app.engine.store().list_cases_of(owner, CASES_MAX).await? {
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
    render(&MinePage { p: page, drafts, cases })
}
