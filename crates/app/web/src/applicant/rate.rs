//! The rating 好差评: five grades, none preselected, words optional, once per case.

use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use casework::Command;
use engine::ToSeal;
use serde::Deserialize;
use vocabulary::SealedId;

use crate::access::Action;
use crate::applicant::load;
use crate::errors::WebError;
use crate::page::Page;
use crate::state::App;

#[derive(Deserialize)]
pub struct Given {
    /// Absent when nothing was chosen: refused with words, never defaulted.
    #[serde(default)]
    grade: u8,
    #[serde(default)]
    words: String,
    command: String,
}

impl std::fmt::Debug for Given {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Given").field("grade", &self.grade).finish_non_exhaustive()
    }
}

/// POST /cases/{case}/rate.
pub async fn rate(
    State(app): State<App>,
    page: Page,
    Path(case): Path<String>,
    Form(given): Form<Given>,
) -> Result<Response, Response> {
    let done = async {
        let file = load::case(&app, &page, &case, Action::ActOnCase).await?;
        let words: String = given.words.trim().chars().take(500).collect();
        let sealed = (!words.is_empty())
            .then(|| ToSeal { id: SealedId(store_port::fresh_id()), clear: words.into_bytes() });
        let command =
            Command::Rate { grade: given.grade, words: sealed.as_ref().map(|sealed| sealed.id) };
        app.engine
            .execute(
                load::actor(&page),
                "rate",
                load::command(&given.command)?,
                file.case.id,
                None,
                command,
                sealed.into_iter().collect(),
            )
            .await?;
        Ok(Redirect::to(&format!("/cases/{}", file.case.id)).into_response())
    };
    done.await.map_err(|error: WebError| error.into_page(&page))
}
