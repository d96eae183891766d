//! The gate in front of every route: finds out who asks, checks that the role may come here at all, and
//! gives handlers their [`Page`]. A handler without a gate has no page and cannot answer.

use axum::extract::{FromRequestParts, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::cookie::CookieJar;
use vocabulary::Lang;

use crate::access::{self, Action, Resource, Who};
use crate::errors::WebError;
use crate::page::Page;
use crate::session;
use crate::state::App;
use crate::supervision::addressed;
use crate::words::{FIRST, Words};

/// Cookie of the chosen language, and of large type.
pub const LANG_COOKIE: &str = "yijianshi_lang";
pub const LARGE_COOKIE: &str = "yijianshi_large";

/// The middleware of one route.
pub async fn gate(
    State((app, action)): State<(App, Action)>,
    mut request: Request,
    next: Next,
) -> Response {
    let headers = request.headers().clone();
    let jar = CookieJar::from_headers(&headers);
    let here = request
        .uri()
        .path_and_query()
        .map_or_else(|| "/".to_owned(), |path| path.as_str().to_owned());
    let who = match session::who(&app, &headers).await {
        Ok(who) => who,
        Err(error) => return error.into_page(&page(&app, &jar, Who::visitor(), here)),
    };
    let machine = is_machine(request.uri().path());
    let mut page = page(&app, &jar, who, here);
    if machine {
        page.lang = machine_language(&app.words, &headers).unwrap_or(page.lang);
    }
    if !access::may(&page.who, action, Resource::Route, app.demo.is_some()) {
        let error = if page.who.is_visitor() && needs_person(action) {
            // After signing in, a form that was sent is shown again rather than sent again.
            WebError::SignIn { to: back(&request, &page) }
        } else {
            WebError::NotFound
        };
        return if machine { error.into_problem(&page) } else { error.into_page(&page) };
    }
    if !machine {
        match addressed::count(&app, &page).await {
            Ok(count) => page.addressed = count,
            Err(error) => return error.into_page(&page),
        }
    }
    request.extensions_mut().insert(page.clone());
    request.extensions_mut().insert(app);
    let response = next.run(request).await;
    if was_not_understood(&response) {
        return not_understood(&response, &page, machine);
    }
    response
}

/// Whether addresses below this path are for machines.
pub(crate) fn is_machine(path: &str) -> bool {
    path.starts_with("/api/")
}

/// What an extractor says of a request that it cannot read: plain words for nobody in particular.
fn was_not_understood(response: &Response) -> bool {
    let plain = response
        .headers()
        .get(axum::http::header::CONTENT_TYPE)
        .is_none_or(|value| value.as_bytes().starts_with(b"text/plain"));
    response.status().is_client_error() && plain
}

/// The same in the person's language, with a code.
fn not_understood(plain: &Response, page: &Page, machine: bool) -> Response {
    let error = match plain.status() {
        StatusCode::NOT_FOUND => WebError::NotFound,
        StatusCode::PAYLOAD_TOO_LARGE => {
            let limit = crate::middleware::BODY_BYTES_MAX / (1024 * 1024);
            WebError::TooLarge { limit_mib: u64::try_from(limit).unwrap_or(u64::MAX) }
        }
        StatusCode::METHOD_NOT_ALLOWED => WebError::Method,
        _ => WebError::Bad { code: "WEB0002", key: "error-bad" },
    };
    let mut told = if machine { error.into_problem(page) } else { error.into_page(page) };
    if let Some(methods) = plain.headers().get(axum::http::header::ALLOW) {
        told.headers_mut().insert(axum::http::header::ALLOW, methods.clone());
    }
    told
}

/// Actions that a visitor may do after signing in.
fn needs_person(action: Action) -> bool {
    use Action::{
        ActOnCase, ActOnOrder, AnswerNotice, ChangeDraft, DecideServiceCase, GiveNotice,
        ManageDesk, OpenDraft, SeeAddressed, SeeCase, SeeDefinitions, SeeDraft, SeeEvidence,
        SeeFigures, SeeLicence, SeeOperations, SeeOwnList, SeeServiceCase, SeeWorklist,
        SubmitDraft, Supervise, UseWindow,
    };
    matches!(
        action,
        OpenDraft
            | SeeDraft
            | ChangeDraft
            | SubmitDraft
            | SeeOwnList
            | SeeCase
            | ActOnCase
            | SeeLicence
            | SeeWorklist
            | SeeServiceCase
            | DecideServiceCase
            | SeeEvidence
            | SeeDefinitions
            | SeeOperations
            | UseWindow
            | SeeFigures
            | ManageDesk
            | SeeAddressed
            | Supervise
            | AnswerNotice
            | GiveNotice
            | ActOnOrder
    )
}

fn back(request: &Request, page: &Page) -> String {
    if request.method() == axum::http::Method::GET {
        return page.here.clone();
    }
    request
        .headers()
        .get(axum::http::header::REFERER)
        .and_then(|value| value.to_str().ok())
        .and_then(|referer| referer.parse::<axum::http::Uri>().ok())
        .and_then(|uri| uri.path_and_query().map(|path| path.as_str().to_owned()))
        .unwrap_or_else(|| "/".to_owned())
}

pub(crate) fn page(app: &App, jar: &CookieJar, who: Who, here: String) -> Page {
    let chosen = jar.get(LANG_COOKIE).map(|cookie| cookie.value().to_owned());
    // The jurisdiction's own language first; who wants another one chooses it once.
    let lang =
        chosen.and_then(|tag| app.words.offers(&tag).cloned()).unwrap_or_else(|| Lang::new(FIRST));
    let large = jar.get(LARGE_COOKIE).is_some_and(|cookie| cookie.value() == "1");
    let today = app.engine.catalogue().civil_date(app.now());
    let time = app.demo.as_ref().and_then(|demo| demo.time());
    Page::new(lang, app.words.clone(), who, here, app.demo.is_some(), large, today).at(time)
}

/// The language of machines' answers: the first offered one that `Accept-Language` names.
pub(crate) fn machine_language(words: &Words, headers: &axum::http::HeaderMap) -> Option<Lang> {
    let accepted = headers.get(axum::http::header::ACCEPT_LANGUAGE)?.to_str().ok()?;
    accepted
        .split(',')
        .filter_map(|range| range.split(';').next().map(str::trim))
        .find_map(|tag| words.offers_for(tag).cloned())
}

impl<S: Send + Sync> FromRequestParts<S> for Page {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| StatusCode::NOT_FOUND.into_response())
    }
}
