//! What has changed for a draft since its applicant saw the matter: shown, and confirmed before it goes on. What was
//! typed stays, also what is not asked any more.

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::{lines, question_lines};
use crate::access::Action;
use crate::applicant::load;
use crate::errors::WebError;
use crate::page::Page;
use crate::state::App;
use crate::views::render;

#[derive(Template, Debug)]
#[template(path = "revising/draft.html")]
struct ChangesPage<'a> {
    p: &'a Page,
    title: String,
    draft: String,
    /// Empty = that something changed is all that can be told.
    lines: Vec<String>,
    more: bool,
    revision: String,
}

/// GET /drafts/{draft}/changes.
pub async fn show(
    State(app): State<App>,
    page: Page,
    Path(draft): Path<String>,
) -> Result<Response, Response> {
    let shown = async {
        let draft = load::draft(&app, &page, &draft, Action::SeeDraft).await?;
        let to = format!("/drafts/{}", draft.id);
        if draft.submitted_as.is_some() {
            return Ok(Redirect::to(&to).into_response());
        }
        let Some(changes) = app.engine.changes_for(&draft).await? else {
            return Ok(Redirect::to(&to).into_response());
        };
        let now = app.engine.catalogue();
        let mut told = question_lines(&page, &changes.questions);
        if let Some(plan) = &changes.plan {
            told.extend(lines(&page, &changes.before, now, plan));
        }
        render(&ChangesPage {
            p: &page,
            title: page.text(&load::matter(now, &draft)?.title).to_owned(),
            draft: draft.id.to_string(),
            lines: told,
            more: changes.plan.as_ref().is_some_and(|plan| plan.asks_more()),
            revision: changes.revision.to_string(),
        })
    };
    shown.await.map_err(|error: WebError| error.into_page(&page))
}

#[derive(Deserialize, Debug)]
pub struct Confirmed {
    revision: String,
}

/// POST /drafts/{draft}/changes: they are confirmed.
pub async fn confirm(
    State(app): State<App>,
    page: Page,
    Path(draft): Path<String>,
    Form(confirmed): Form<Confirmed>,
) -> Result<Response, Response> {
    let done = async {
        let draft = load::draft(&app, &page, &draft, Action::ChangeDraft).await?;
        let to = format!("/drafts/{}", draft.id);
        let revision = vocabulary::MatterRevision::new(confirmed.revision);
        match app.engine.confirm_changes(draft, &revision).await {
            Ok(_) => Ok(Redirect::to(&to).into_response()),
            // Changed once more while it was read: what is different now is shown.
            Err(engine::EngineError::Revision(_)) => {
                Ok(Redirect::to(&format!("{to}/changes")).into_response())
            }
            Err(error) => Err(error.into()),
        }
    };
    done.await.map_err(|error: WebError| error.into_page(&page))
}

/// Where a draft has to go first; `None` = it may go on.
///
/// # Errors
/// A fault.
pub async fn first(app: &App, draft: &engine::Draft) -> Result<Option<Response>, WebError> {
    let changed = app.engine.changes_for(draft).await?.is_some();
    let to = format!("/drafts/{}/changes", draft.id);
    Ok(changed.then(|| Redirect::to(&to).into_response()))
}
