//! What a person has sent is kept until it is answered: where the outcome is unknown, or the hub cannot do it just now,
//! the answer holds it all, so that it can be sent once more with one press. It bears the same command id: whatever
//! became of the first, it is done once.

use std::sync::Arc;
use std::time::Duration;

use axum::Form;
use axum::body::{Body, to_bytes};
use axum::extract::{FromRequest as _, Request, State};
use axum::http::{HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use axum_extra::extract::cookie::CookieJar;
use store_port::Fault;

use crate::access::Who;
use crate::errors::WebError;
use crate::gate;
use crate::state::App;

/// A form with more is none that somebody typed.
const BYTES_MAX: usize = 256 * 1024;
/// Fields that are not shown again, not even hidden ones.
const SECRET: &str = "password";
/// Shorter than any answer may take, so that the person gets a page.
const DONE_WITHIN: Duration = Duration::from_secs(25);

/// One form as it was sent.
#[derive(Debug)]
pub(crate) struct Sent {
    /// Where to.
    pub(crate) to: String,
    /// Names and values, in their order.
    pub(crate) fields: Vec<(String, String)>,
}

tokio::task_local! {
    static SENT: Arc<Sent>;
}

/// What the request that is being answered has sent, if it was a form.
pub(crate) fn kept() -> Option<Arc<Sent>> {
    SENT.try_with(Arc::clone).ok()
}

/// Keeps forms while they are being answered.
pub(crate) async fn keep(State(app): State<App>, request: Request, next: Next) -> Response {
    let form = HeaderValue::from_static("application/x-www-form-urlencoded");
    let is_form = request.headers().get(header::CONTENT_TYPE) == Some(&form);
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|it| it.to_str().ok()?.parse::<usize>().ok());
    if request.method() != Method::POST
        || !is_form
        || gate::is_machine(request.uri().path())
        || length.is_none_or(|length| length > BYTES_MAX)
    {
        return next.run(request).await;
    }
    let jar = CookieJar::from_headers(request.headers());
    let (head, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, BYTES_MAX).await else {
        let page = gate::page(&app, &jar, Who::visitor(), "/".to_owned());
        return WebError::Bad { code: "WEB0002", key: "error-bad" }.into_page(&page);
    };
    let to = head.uri.path_and_query().map_or("/", |it| it.as_str()).to_owned();
    let again = Request::from_parts(head.clone(), Body::from(bytes.clone()));
    let fields = Form::<Vec<(String, String)>>::from_request(again, &()).await;
    let request = Request::from_parts(head, Body::from(bytes));
    let Ok(Form(fields)) = fields else { return next.run(request).await };
    if fields.iter().any(|(name, _)| name.contains(SECRET)) {
        return next.run(request).await;
    }
    let answered = SENT.scope(Arc::new(Sent { to, fields }), async {
        match tokio::time::timeout(DONE_WITHIN, next.run(request)).await {
            Ok(response) => response,
            Err(_) => {
                let page = gate::page(&app, &jar, Who::visitor(), "/".to_owned());
                WebError::from(Fault::OutcomeUnknown { doing: "answering" }).into_page(&page)
            }
        }
    });
    answered.await
}
