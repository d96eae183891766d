//! The covering scenarios of every matter as demo data: each opens as a draft with its answers, to be looked at,
//! changed and submitted.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::CookieJar;
use catalogue::Matter;

use crate::access::Role;
use crate::designer::proved;
use crate::errors::WebError;
use crate::page::Page;
use crate::session;
use crate::state::App;
use crate::views::render;

/// One scenario that can be opened.
#[derive(Debug)]
struct ExampleRow {
    number: usize,
    name: String,
}

#[derive(Template, Debug)]
#[template(path = "demo/examples.html")]
struct ExamplesPage<'a> {
    p: &'a Page,
    id: String,
    title: String,
    rows: Vec<ExampleRow>,
}

pub async fn examples(
    State(app): State<App>,
    page: Page,
    Path(matter): Path<String>,
) -> Result<Response, Response> {
    show(&app, &page, &matter).await.map_err(|error| error.into_page(&page))
}

async fn show(app: &App, page: &Page, id: &str) -> Result<Response, WebError> {
    app.demo.as_ref().ok_or(WebError::NotFound)?;
    let catalogue = app.engine.catalogue();
    let matter = catalogue.matter(id).ok_or(WebError::NotFound)?;
    let report = proved::report(app, matter, page.today).await?;
    let cover = proved::cover(page, &report);
    let rows = cover.into_iter().enumerate();
    render(&ExamplesPage {
        p: page,
        id: matter.id.to_string(),
        title: page.text(&matter.title).to_owned(),
        rows: rows
            .map(|(place, it)| ExampleRow { number: place.saturating_add(1), name: it.name })
            .collect(),
    })
}

/// POST: a draft with the scenario's answers, of whoever is being played; of the first applicant when no
/// applicant is.
pub async fn open(
    State(app): State<App>,
    page: Page,
    jar: CookieJar,
    Path((matter, number)): Path<(String, usize)>,
) -> Result<Response, Response> {
    take(&app, &page, jar, &matter, number).await.map_err(|error| error.into_page(&page))
}

async fn take(
    app: &App,
    page: &Page,
    jar: CookieJar,
    id: &str,
    number: usize,
) -> Result<Response, WebError> {
    app.demo.as_ref().ok_or(WebError::NotFound)?;
    let catalogue = app.engine.catalogue();
    let matter: &Matter = catalogue.matter(id).ok_or(WebError::NotFound)?;
    let report = proved::report(app, matter, page.today).await?;
    let place = number.checked_sub(1).ok_or(WebError::NotFound)?;
    let example = proved::cover(page, &report).into_iter().nth(place);
    let circumstances = example.ok_or(WebError::NotFound)?.covered.circumstances.clone();
    let mut jar = jar;
    let owner = match page.who.account.filter(|_| page.who.role == Role::Applicant) {
        Some(account) => account,
        None => {
            let accounts = app.engine.store().list_demo_accounts().await?;
            let applicant = Role::Applicant.as_str();
            let first = accounts.into_iter().find(|account| account.role == applicant);
            let first = first.ok_or(WebError::NotFound)?;
            jar = session::close(app, jar).await?;
            jar = jar.add(session::open(app, &first).await?);
            first.account_id
        }
    };
    let mut draft = app.engine.open_draft(owner, &matter.id).await?;
    draft.facts = circumstances.facts;
    draft.skip = circumstances.skip;
    let saved = app.engine.save_draft(draft).await?;
    Ok((jar, Redirect::to(&format!("/drafts/{}/plan", saved.id))).into_response())
}
