//! Giving a rating: five grades, none preselected, words and tags as one likes, the whole once and each service
//! once.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::Form;
use casework::{Command, RatingChannel};
use engine::ToSeal;
use serde::Deserialize;
use vocabulary::{NodeKey, SealedId};

use crate::access::Action;
use crate::applicant::load;
use crate::errors::WebError;
use crate::page::Page;
use crate::ratings::WHOLE;
use crate::state::App;

/// Longest words of a rating, in characters.
pub const WORDS_MAX: usize = 500;

#[derive(Deserialize)]
pub struct Given {
    /// Absent when nothing was chosen: refused with words, never defaulted.
    #[serde(default)]
    grade: u8,
    #[serde(default)]
    words: String,
    command: String,
    /// The service; absent = the whole.
    #[serde(default)]
    node: String,
    #[serde(default)]
    tag: Vec<String>,
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
    headers: HeaderMap,
    Form(given): Form<Given>,
) -> Result<Response, Response> {
    let done = async {
        let file = load::case(&app, &page, &case, Action::ActOnCase).await?;
        let node = node_of(&given.node);
        let sealed = sealed(&given.words);
        let command = Command::Rate {
            node,
            grade: given.grade,
            words: sealed.as_ref().map(|sealed| sealed.id),
            channel: Some(channel(&headers)),
            tags: known_tags(&app, given.grade, &given.tag),
        };
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
        Ok(Redirect::to(&format!("/cases/{}#rate", file.case.id)).into_response())
    };
    done.await.map_err(|error: WebError| error.into_page(&page))
}

/// The service of a form or address; `None` = the whole.
pub fn node_of(text: &str) -> Option<NodeKey> {
    if text.is_empty() || text == WHOLE { None } else { text.parse().ok() }
}

/// Words to be sealed, if there are any.
pub fn sealed(words: &str) -> Option<ToSeal> {
    let words: String = words.trim().chars().take(WORDS_MAX).collect();
    (!words.is_empty())
        .then(|| ToSeal { id: SealedId(store_port::fresh_id()), clear: words.into_bytes() })
}

/// Only words that there are, and that go with the grade: others stood in a part that was hidden.
fn known_tags(app: &App, grade: u8, chosen: &[String]) -> Vec<Arc<str>> {
    let Some(rule) = &app.engine.network().rating else { return Vec::new() };
    let fits = rule.tags.iter().filter(|tag| tag.grades.contains(&grade));
    let chosen = fits.filter(|tag| chosen.iter().any(|id| **id == *tag.id));
    chosen.map(|tag| Arc::clone(&tag.id)).collect()
}

/// What the browser says it is.
fn channel(headers: &HeaderMap) -> RatingChannel {
    let text = |name: &str| headers.get(name).and_then(|it| it.to_str().ok()).unwrap_or_default();
    if text("sec-ch-ua-mobile") == "?1" || text("user-agent").contains("Mobile") {
        RatingChannel::Mobile
    } else {
        RatingChannel::Pc
    }
}
