//! Begins a draft, or shows where one stands: a task list with a status for each part.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::CookieJar;
use engine::Draft;

use crate::access::Action;
use crate::applicant::load;
use crate::doorplates;
use crate::errors::WebError;
use crate::page::Page;
use crate::state::App;
use crate::views::render;

/// POST /matters/{matter}/start.
pub async fn start(
    State(app): State<App>,
    page: Page,
    jar: CookieJar,
    Path(matter): Path<String>,
) -> Result<Response, Response> {
    begin(&app, &page, jar, &matter).await.map_err(|error| error.into_page(&page))
}

async fn begin(app: &App, page: &Page, jar: CookieJar, matter: &str) -> Result<Response, WebError> {
    let owner = page.who.account.ok_or(WebError::NotFound)?;
    let (jar, entry) = doorplates::landing::entry(app, page, jar, matter);
    let draft = app.engine.open_draft_from(owner, &matter.into(), entry).await?;
    if let Some(first) = crate::revising::draft::first(app, &draft).await? {
        return Ok(first);
    }
    let login = load::login(app, page, &draft).await?;
    let draft = app.engine.fetch_sources(draft, &login).await?;
    let part = if next_turn(app, &draft, page).await? { "question" } else { "plan" };
    Ok((jar, Redirect::to(&format!("/drafts/{}/{part}", draft.id))).into_response())
}

/// Whether a question is open.
async fn next_turn(app: &App, draft: &Draft, page: &Page) -> Result<bool, WebError> {
    let catalogue = app.engine.catalogue();
    let matter = load::matter(catalogue, draft)?;
    Ok(app.engine.asks_on(draft, matter, page.today).await)
}

/// A part of the work and where it stands.
#[derive(Debug)]
struct Task {
    name: String,
    link: String,
    status: String,
    class: &'static str,
    /// Can be opened now.
    open: bool,
}

#[derive(Template, Debug)]
#[template(path = "applicant/tasks.html")]
struct TasksPage<'a> {
    p: &'a Page,
    title: String,
    changed: String,
    precheck: String,
    tasks: Vec<Task>,
}

/// GET /drafts/{draft}: the task list, shown on every return.
pub async fn resume(
    State(app): State<App>,
    page: Page,
    Path(draft): Path<String>,
) -> Result<Response, Response> {
    tasks(&app, &page, &draft).await.map_err(|error| error.into_page(&page))
}

async fn tasks(app: &App, page: &Page, id: &str) -> Result<Response, WebError> {
    let draft = load::draft(app, page, id, Action::SeeDraft).await?;
    if let Some(case) = draft.submitted_as {
        return Ok(Redirect::to(&format!("/cases/{case}")).into_response());
    }
    let login = load::login(app, page, &draft).await?;
    let draft = app.engine.fetch_sources(draft, &login).await?;
    let matter = load::matter(app.engine.catalogue(), &draft)?;
    let asking = next_turn(app, &draft, page).await?;
    let plan = app.engine.plan_of(&draft).await?;
    let fields = plan.missing_fields().count();
    let evidence = plan.missing_evidence().count();
    let base = format!("/drafts/{}", draft.id);
    let task = |key: &str, part: &str, done: bool, open: bool| Task {
        name: page.t(key),
        link: format!("{base}/{part}"),
        status: page.t(match (open, done) {
            (false, _) => "task-not-yet",
            (true, true) => "task-done",
            (true, false) => "task-open",
        }),
        class: match (open, done) {
            (false, _) => "grey",
            (true, true) => "ok",
            (true, false) => "",
        },
        open,
    };
    let ready = !asking;
    render(&TasksPage {
        p: page,
        title: page.text(&matter.title).to_owned(),
        changed: page.date(app.engine.catalogue().civil_date(draft.updated_at)),
        precheck: format!("{base}/precheck"),
        tasks: vec![
            task("task-questions", "question", ready, true),
            task("task-plan", "plan", ready, ready),
            task("task-form", "form", fields == 0, ready),
            task("task-evidence", "evidence", evidence == 0, ready),
            task("task-check", "check", false, ready && fields == 0 && evidence == 0),
        ],
    })
}
