//! Saved filters: the officer's own, named, and opened by colleagues of the department through their link.

use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use store_port::SavedFilterRow;
use uuid::Uuid;

use super::desk::Typed;
use super::filter::Filter;
use super::worklist::own_department;
use crate::applicant::load;
use crate::errors::WebError;
use crate::page::Page;
use crate::state::App;

/// A name may be so long.
const NAME_CHARS_MAX: usize = 40;
/// So many may be kept.
const FILTERS_MAX: usize = 30;

type Sent = Form<Vec<(String, String)>>;

/// POST /officer/filters: keeps the filter in hand under a name.
pub async fn save(
    State(app): State<App>,
    page: Page,
    Form(sent): Sent,
) -> Result<Response, Response> {
    let typed = Typed::new(sent);
    let done = async {
        let department = own_department(&app, &page)?;
        let officer = page.who.account.ok_or(WebError::NotFound)?;
        let command = load::command(typed.get("command"))?;
        let filter = Filter::parse(typed.get("from"));
        let store = app.engine.store();
        let own = store.list_filters(officer).await?;
        let name = typed.get("name").trim().to_owned();
        let kept = if own.iter().any(|row| row.filter_id == command.0) {
            // Pressed twice.
            "yes"
        } else if name.is_empty() {
            "nameless"
        } else if name.chars().count() > NAME_CHARS_MAX {
            "long"
        } else if own.len() >= FILTERS_MAX {
            "full"
        } else {
            let row = SavedFilterRow {
                filter_id: command.0,
                officer,
                department,
                name,
                query: filter.query(),
                created_at: app.now(),
            };
            store.insert_filter(&row).await?;
            "yes"
        };
        Ok(Redirect::to(&format!("{}&kept={kept}", filter.href())).into_response())
    };
    done.await.map_err(|error: WebError| error.into_page(&page))
}

/// GET /officer/filters/{filter}: the list behind a saved filter, for the whole department.
pub async fn open(
    State(app): State<App>,
    page: Page,
    Path(filter): Path<String>,
) -> Result<Response, Response> {
    let found = async {
        let department = own_department(&app, &page)?;
        let id: Uuid = filter.parse().map_err(|_| WebError::NotFound)?;
        let row = app.engine.store().find_filter(id).await?;
        let row = row.filter(|row| row.department == department).ok_or(WebError::NotFound)?;
        Ok(Redirect::to(&Filter::parse(&row.query).href()).into_response())
    };
    found.await.map_err(|error: WebError| error.into_page(&page))
}

/// POST /officer/filters/{filter}/delete.
pub async fn delete(
    State(app): State<App>,
    page: Page,
    Path(filter): Path<String>,
    Form(sent): Sent,
) -> Result<Response, Response> {
    let done = async {
        own_department(&app, &page)?;
        let officer = page.who.account.ok_or(WebError::NotFound)?;
        let id: Uuid = filter.parse().map_err(|_| WebError::NotFound)?;
        app.engine.store().delete_filter(id, officer).await?;
        Ok(Redirect::to(&Filter::parse(Typed::new(sent).get("from")).href()).into_response())
    };
    done.await.map_err(|error: WebError| error.into_page(&page))
}
