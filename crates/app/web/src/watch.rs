//! Every request has an id, which goes back with the answer and stands in every line of the log about it; and is
//! counted by the template of its route. Neither log nor figures hold an address as it was asked for: it may name
//! a case or a licence.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use store_port::fresh_id;
use tracing::Instrument as _;

/// The header of an answer that says which request it was.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// What is asked for where there is nothing.
const NOWHERE: &str = "(none)";

/// Watches one request.
pub async fn watch(request: Request, next: Next) -> Response {
    let id = fresh_id();
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or_else(|| NOWHERE.to_owned(), |path| path.as_str().to_owned());
    let method = word(request.method());
    let span = tracing::info_span!("request", request.id = %id, method, route);
    let began = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let took = began.elapsed();
    let status = response.status().as_u16();
    let seconds = took.as_secs_f64();
    let labels = [("method", method.to_owned()), ("route", route), ("status", status.to_string())];
    metrics::counter!("yijianshi_requests_total", &labels).increment(1);
    let [method_label, route_label, _] = labels;
    metrics::histogram!("yijianshi_request_seconds", &[method_label, route_label]).record(seconds);
    span.in_scope(|| {
        let duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        if status >= 500 {
            tracing::warn!(status, duration_ms, "answered");
        } else {
            tracing::debug!(status, duration_ms, "answered");
        }
    });
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// A method as a label: whatever somebody invents is one word.
fn word(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        _ => "other",
    }
}
