//! Signing in with a password (argon2, at most two hashes at once), and out. In demo mode the role board is
//! the way in.

use argon2::password_hash::PasswordHash;
use argon2::{Argon2, PasswordVerifier};
use askama::Template;
use axum::extract::{Form, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::CookieJar;
use serde::Deserialize;

use crate::errors::WebError;
use crate::page::Page;
use crate::public::set::safe_target;
use crate::session;
use crate::state::App;
use crate::views::render;

/// Verified when there is no such account, so that both take the same time.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$UV7Ho7L+bGpRSTsWZ0xQ5pRkPOPdYCBHXZtJFuwzE8M";

#[derive(Deserialize, Debug)]
pub struct Target {
    #[serde(default)]
    to: String,
}

#[derive(Deserialize)]
pub struct Given {
    #[serde(default)]
    login: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    to: String,
}

impl std::fmt::Debug for Given {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Given(redacted)")
    }
}

#[derive(Template, Debug)]
#[template(path = "public/sign_in.html")]
struct SignInPage<'a> {
    p: &'a Page,
    to: String,
    login: String,
    wrong: bool,
}

pub async fn show(page: Page, Query(target): Query<Target>) -> Result<Response, Response> {
    if page.demo {
        let to = crate::page::percent_encoded(safe_target(&target.to));
        return Ok(Redirect::to(&format!("/demo?to={to}")).into_response());
    }
    let to = safe_target(&target.to).to_owned();
    render(&SignInPage { p: &page, to, login: String::new(), wrong: false })
        .map_err(|error| error.into_page(&page))
}

pub async fn sign_in(
    State(app): State<App>,
    page: Page,
    jar: CookieJar,
    Form(given): Form<Given>,
) -> Result<Response, Response> {
    check(&app, &page, jar, given).await.map_err(|error| error.into_page(&page))
}

async fn check(app: &App, page: &Page, jar: CookieJar, given: Given) -> Result<Response, WebError> {
    let account = app.engine.store().find_account_by_login(given.login.trim()).await?;
    let stored = account
        .as_ref()
        .filter(|account| !account.disabled)
        .and_then(|account| account.password_hash.clone())
        .unwrap_or_else(|| NOBODY.to_owned());
    let right = verified(app, stored, given.password).await;
    match account {
        Some(account) if right && !account.disabled && account.password_hash.is_some() => {
            let cookie = session::open(app, &account).await?;
            Ok((jar.add(cookie), Redirect::to(safe_target(&given.to))).into_response())
        }
        _ => render(&SignInPage {
            p: page,
            to: safe_target(&given.to).to_owned(),
            login: given.login,
            wrong: true,
        }),
    }
}

/// Whether the password fits; hashing runs beside the other work, two at once at most.
async fn verified(app: &App, stored: String, password: String) -> bool {
    let Ok(_permit) = app.hashing.acquire().await else { return false };
    tokio::task::spawn_blocking(move || {
        PasswordHash::new(&stored)
            .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
    })
    .await
    .unwrap_or(false)
}

pub async fn sign_out(
    State(app): State<App>,
    page: Page,
    jar: CookieJar,
) -> Result<Response, Response> {
    let jar = session::close(&app, jar).await.map_err(|error| error.into_page(&page))?;
    Ok((jar, Redirect::to("/")).into_response())
}
