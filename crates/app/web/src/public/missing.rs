//! No such address: a page with a way on.

use axum::extract::{Request, State};
use axum::response::Response;
use axum_extra::extract::cookie::CookieJar;

use crate::errors::WebError;
use crate::gate;
use crate::session;
use crate::state::App;

pub async fn missing(State(app): State<App>, request: Request) -> Response {
    let headers = request.headers().clone();
    let jar = CookieJar::from_headers(&headers);
    let who = session::who(&app, &headers).await.unwrap_or_else(|_| crate::access::Who::visitor());
    let page = gate::page(&app, &jar, who, "/".to_owned());
    if gate::is_machine(request.uri().path()) {
        WebError::NotFound.into_problem(&page)
    } else {
        WebError::NotFound.into_page(&page)
    }
}
