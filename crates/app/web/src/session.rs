//! Sessions: a random token in a cookie, its hash in the store. Every request loads the account afresh, so
//! that taking a right away works on the next request.

use axum::http::HeaderMap;
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::ToSpan;
use rand::RngCore;
use sha2::{Digest, Sha256};
use store_port::{AccountRow, SessionRow};

use crate::access::{Role, Who};
use crate::errors::WebError;
use crate::state::App;

/// Name of the session's cookie.
pub const COOKIE: &str = "yijianshi_session";
/// A session ends after this many hours without a request …
const IDLE_HOURS: i64 = 2;
/// … and after this many in any case.
const WHOLE_HOURS: i64 = 12;

/// The hash under which a token is stored.
fn hash(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

/// Opens a session for an account; returns the cookie to set.
///
/// # Errors
/// The store failed.
pub async fn open(app: &App, account: &AccountRow) -> Result<Cookie<'static>, WebError> {
    let mut bytes = [0u8; 32];
    rand::rng().fill_bytes(&mut bytes);
    let token = URL_SAFE_NO_PAD.encode(bytes);
    let now = app.wall.now();
    let expires_at = now.checked_add(WHOLE_HOURS.hours()).unwrap_or(now);
    app.engine
        .store()
        .insert_session(&SessionRow {
            token_hash: hash(&token),
            account_id: account.account_id,
            created_at: now,
            seen_at: now,
            expires_at,
        })
        .await?;
    Ok(cookie(app, token))
}

fn cookie(app: &App, token: String) -> Cookie<'static> {
    Cookie::build((COOKIE, token))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(app.secure_cookies)
        .build()
}

/// Ends the session of this request.
///
/// # Errors
/// The store failed.
pub async fn close(app: &App, jar: CookieJar) -> Result<CookieJar, WebError> {
    if let Some(cookie) = jar.get(COOKIE) {
        app.engine.store().delete_session(&hash(cookie.value())).await?;
    }
    Ok(jar.remove(Cookie::build((COOKIE, "")).path("/").build()))
}

/// Who sends this request: a visitor when there is no session, or it has ended.
///
/// # Errors
/// The store failed.
pub async fn who(app: &App, headers: &HeaderMap) -> Result<Who, WebError> {
    let jar = CookieJar::from_headers(headers);
    let Some(cookie) = jar.get(COOKIE) else { return Ok(Who::visitor()) };
    let token_hash = hash(cookie.value());
    let store = app.engine.store();
    let Some(session) = store.find_session(&token_hash).await? else {
        return Ok(Who::visitor());
    };
    let now = app.wall.now();
    let idle_end = session.seen_at.checked_add(IDLE_HOURS.hours()).unwrap_or(session.seen_at);
    if now >= session.expires_at || now >= idle_end {
        store.delete_session(&token_hash).await?;
        return Ok(Who::visitor());
    }
    if now.duration_since(session.seen_at).as_secs() > 60 {
        store.touch_session(&token_hash, now).await?;
    }
    let Some(account) = store.find_account(session.account_id).await? else {
        return Ok(Who::visitor());
    };
    if account.disabled || (account.demo && app.demo.is_none()) {
        return Ok(Who::visitor());
    }
    who_is(app, &account).await
}

/// The person behind an account row.
///
/// # Errors
/// The name cannot be unsealed.
pub async fn who_is(app: &App, account: &AccountRow) -> Result<Who, WebError> {
    let Some(role) = Role::parse(&account.role) else { return Ok(Who::visitor()) };
    let name = app.engine.account_name(account).await?;
    Ok(Who {
        role,
        account: Some(account.account_id),
        subject: account.subject,
        department: account.department.clone(),
        area: account.area.clone(),
        login: account.login.clone(),
        name,
    })
}
