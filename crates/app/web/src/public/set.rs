//! Language and type size, kept in cookies.

use axum::extract::{Query, State};
use axum::response::Redirect;
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use serde::Deserialize;

use crate::gate::{LANG_COOKIE, LARGE_COOKIE};
use crate::state::App;

#[derive(Deserialize, Debug)]
pub struct Wishes {
    lang: Option<String>,
    large: Option<String>,
    #[serde(default)]
    to: String,
}

/// Only addresses of this site are gone back to.
pub fn safe_target(to: &str) -> &str {
    let local = to.starts_with('/') && !to.starts_with("//") && !to.contains(['\\', '\r', '\n']);
    if local { to } else { "/" }
}

pub async fn set(
    State(app): State<App>,
    jar: CookieJar,
    Query(wishes): Query<Wishes>,
) -> (CookieJar, Redirect) {
    let keep = |name: &'static str, value: String| {
        Cookie::build((name, value))
            .path("/")
            .same_site(SameSite::Lax)
            .http_only(true)
            .permanent()
            .build()
    };
    let mut jar = jar;
    if let Some(lang) = wishes.lang.filter(|lang| app.words.offers(lang).is_some()) {
        jar = jar.add(keep(LANG_COOKIE, lang));
    }
    if let Some(large) = wishes.large {
        jar = jar.add(keep(LARGE_COOKIE, if large == "1" { "1".into() } else { "0".into() }));
    }
    (jar, Redirect::to(safe_target(&wishes.to)))
}
