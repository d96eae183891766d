//! What surrounds every answer: security headers, limits, compression, CSRF, no panic reaching a person.

use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use axum_extra::extract::cookie::CookieJar;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::{CompressionLayer, CompressionLevel};
use tower_http::csrf::{CsrfLayer, ProtectionError};
use tower_http::timeout::TimeoutLayer;

use crate::access::Who;
use crate::errors::WebError;
use crate::gate;
use crate::state::App;

/// Largest request body: the largest evidence file with some form around it.
pub const BODY_BYTES_MAX: usize = 24 * 1024 * 1024;
/// An answer that takes longer is given up.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// No inline script or style, nothing from elsewhere, nobody frames us.
const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    font-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; \
    frame-ancestors 'none'";
/// Of what our own pages show in a frame: a file, and the page around it. Browsers show a PDF by a plug-in.
const CSP_FRAMED: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; font-src 'self'; frame-src 'self'; object-src 'self'; form-action 'self'; \
    base-uri 'none'; frame-ancestors 'self'";

/// A mark on an answer: our own pages may show it in a frame.
#[derive(Clone, Copy, Debug)]
pub struct Framed;

/// Puts the three groups of routes together with their middleware. CSRF protection covers what browsers
/// send; signed routes are protected by their signatures.
pub fn wrap(gated: Router<App>, signed: Router<App>, open: Router<App>, app: &App) -> Router<App> {
    let pages = gated
        .layer(from_fn_with_state(app.clone(), crate::sent::keep))
        .layer(CsrfLayer::new())
        .layer(from_fn_with_state(app.clone(), cross_site));
    Router::new()
        .merge(pages)
        .merge(signed)
        .merge(open)
        .fallback(crate::public::missing::missing)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(from_fn(security_headers))
        // The default level makes a page a tenth smaller and takes twice as long.
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(TimeoutLayer::with_status_code(
            axum::http::StatusCode::SERVICE_UNAVAILABLE,
            ANSWER_WITHIN,
        ))
        .layer(CatchPanicLayer::new())
        .layer(from_fn(crate::watch::watch))
}

/// A form that another site sent is answered in words: it changed nothing.
async fn cross_site(State(app): State<App>, request: Request, next: Next) -> Response {
    if request.method().is_safe() {
        return next.run(request).await;
    }
    let jar = CookieJar::from_headers(request.headers());
    let machine = gate::is_machine(request.uri().path());
    let response = next.run(request).await;
    if response.extensions().get::<ProtectionError>().is_none() {
        return response;
    }
    let page = gate::page(&app, &jar, Who::visitor(), "/".to_owned());
    if machine {
        WebError::CrossSite.into_problem(&page)
    } else {
        WebError::CrossSite.into_page(&page)
    }
}

async fn security_headers(request: Request, next: Next) -> Response {
    let cacheable = request.uri().path().starts_with("/assets/");
    let mut response = next.run(request).await;
    let framed = response.extensions().get::<Framed>().is_some();
    let csp = if framed { CSP_FRAMED } else { CSP };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(csp));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    headers.insert("permissions-policy", HeaderValue::from_static("geolocation=(), camera=(self)"));
    if !cacheable {
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
    response
}
