//! Lets the demo's time go on: everything that would happen meanwhile happens.

use axum::extract::{Form, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::errors::WebError;
use crate::page::Page;
use crate::public::set::safe_target;
use crate::state::{Advance, App};

#[derive(Deserialize, Debug)]
pub struct Wish {
    by: String,
    #[serde(default)]
    to: String,
}

/// Goes on by a working day or to the next due date, then back to where it was pressed.
pub async fn advance(
    State(app): State<App>,
    page: Page,
    Form(wish): Form<Wish>,
) -> Result<Response, Response> {
    let gone_on = async {
        let control = app.demo.as_ref().ok_or(WebError::NotFound)?;
        let by =
            Advance::parse(&wish.by).ok_or(WebError::Bad { code: "WEB0002", key: "error-bad" })?;
        if control.advance(by).await {
            Ok(Redirect::to(safe_target(&wish.to)).into_response())
        } else {
            Err(WebError::Bad { code: "WEB0002", key: "demo-time-stuck" })
        }
    };
    gone_on.await.map_err(|error: WebError| error.into_page(&page))
}
