//! The one place that turns errors into answers: pages for people, `application/problem+json` (RFC 9457)
//! for machines. 404 instead of 403: what is not yours does not exist.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use engine::EngineError;
use engine::revisions::RevisionRefusal;
use paper::PaperFault;
use store_port::Fault;

use crate::page::Page;

/// Why a request was not answered as asked.
#[derive(Debug)]
pub enum WebError {
    /// It does not exist, or not for you.
    NotFound,
    /// Signing in comes first; then back to this address.
    SignIn {
        to: String,
    },
    /// The request cannot be understood: `WEB0002`…
    Bad {
        code: &'static str,
        key: &'static str,
    },
    /// The address is there, but is not asked in this way.
    Method,
    /// Too large: the limit in mebibytes.
    TooLarge {
        limit_mib: u64,
    },
    Engine(EngineError),
    /// `ENG0001`: something happened since the page or the answer was seen, and this is what: number of the event
    /// and words.
    Overtaken {
        current_version: u64,
        since: Vec<(u64, String)>,
    },
    /// `WEB0006`: answers sent to the API are not right; all findings go along.
    Answers {
        status: StatusCode,
        count: usize,
    },
    /// `WEB0007`: a form was sent from another site.
    CrossSite,
    /// `WEB0070`, `WEB0071`: a document cannot be set as a file.
    Paper(PaperFault),
    /// A page template failed; only a broken build can do that.
    Render,
}

impl From<EngineError> for WebError {
    fn from(error: EngineError) -> Self {
        Self::Engine(error)
    }
}

impl From<Fault> for WebError {
    fn from(fault: Fault) -> Self {
        Self::Engine(EngineError::Fault(fault))
    }
}

impl From<askama::Error> for WebError {
    fn from(_: askama::Error) -> Self {
        Self::Render
    }
}

/// What a person or a machine is told: status, stable code, words key, seconds to wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub status: StatusCode,
    pub code: &'static str,
    pub key: &'static str,
    pub args: Vec<(&'static str, String)>,
    pub retry_after_s: Option<u32>,
}

impl Told {
    fn new(status: StatusCode, code: &'static str, key: &'static str) -> Self {
        Self { status, code, key, args: Vec::new(), retry_after_s: None }
    }
}

impl WebError {
    /// The status, code and words of this error.
    pub fn told(&self) -> Told {
        match self {
            Self::NotFound | Self::Engine(EngineError::NoDraft) => {
                Told::new(StatusCode::NOT_FOUND, "WEB0001", "error-not-found")
            }
            Self::SignIn { .. } => Told::new(StatusCode::UNAUTHORIZED, "WEB0003", "error-sign-in"),
            Self::Method => Told::new(StatusCode::METHOD_NOT_ALLOWED, "WEB0002", "error-bad"),
            Self::Bad { code, key } => Told::new(StatusCode::BAD_REQUEST, code, key),
            Self::TooLarge { limit_mib } => Told {
                args: vec![("limit", limit_mib.to_string())],
                ..Told::new(StatusCode::PAYLOAD_TOO_LARGE, "WEB0004", "error-too-large")
            },
            Self::Answers { status, count } => Told {
                args: vec![("n", count.to_string())],
                ..Told::new(*status, "WEB0006", "error-answers")
            },
            Self::CrossSite => Told::new(StatusCode::BAD_REQUEST, "WEB0007", "error-cross-site"),
            Self::Paper(PaperFault::NoGlyph { count }) => Told {
                args: vec![("n", count.to_string())],
                ..Told::new(StatusCode::INTERNAL_SERVER_ERROR, "WEB0071", "error-no-glyph")
            },
            Self::Paper(_) => {
                Told::new(StatusCode::SERVICE_UNAVAILABLE, "WEB0070", "error-no-file")
            }
            Self::Render => Told::new(StatusCode::INTERNAL_SERVER_ERROR, "SYS0005", "error-fault"),
            Self::Overtaken { .. } => Told::new(StatusCode::CONFLICT, "ENG0001", "error-stale"),
            Self::Engine(error) => told_engine(error),
        }
    }

    /// The answer as a page in the person's language.
    pub fn into_page(self, page: &Page) -> Response {
        if let Self::SignIn { to } = &self {
            let to = crate::page::percent_encoded(to);
            return Redirect::to(&format!("/sign-in?to={to}")).into_response();
        }
        self.log();
        let told = self.told();
        let since = match &self {
            Self::Overtaken { since, .. } => since.iter().map(|(_, words)| words.clone()).collect(),
            _ => Vec::new(),
        };
        let html = crate::views::ErrorPage::render_told(page, &told, since);
        with_retry((told.status, Html(html)).into_response(), &told)
    }

    /// The answer as problem details, in the language of `page`.
    pub fn into_problem(self, page: &Page) -> Response {
        self.into_problem_with(page, None)
    }

    /// The same with one more member.
    pub fn into_problem_with(
        self,
        page: &Page,
        more: Option<(&'static str, serde_json::Value)>,
    ) -> Response {
        self.log();
        let told = self.told();
        let args: Vec<(&str, String)> =
            told.args.iter().map(|(name, value)| (*name, value.clone())).collect();
        let mut body = serde_json::json!({
            "type": format!("urn:yijianshi:code:{}", told.code),
            "title": page.tn(told.key, &args),
            "status": told.status.as_u16(),
            "code": told.code,
        });
        if let (Self::Overtaken { current_version, since }, Some(body)) =
            (&self, body.as_object_mut())
        {
            let since = since
                .iter()
                .map(|(seq, words)| serde_json::json!({ "version": seq, "words": words }));
            body.insert("current_version".to_owned(), serde_json::json!(current_version));
            body.insert("since".to_owned(), since.collect());
        }
        if let (Some((name, value)), Some(body)) = (more, body.as_object_mut()) {
            body.insert(name.to_owned(), value);
        }
        let mut response = (told.status, Json(body)).into_response();
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        with_retry(response, &told)
    }

    /// A failure is logged once, with its chain and without personal data.
    pub(crate) fn log(&self) {
        if let Self::Paper(fault) = self {
            tracing::error!(%fault, "a document was not set");
        }
        if let Self::Engine(EngineError::Fault(fault)) = self {
            let mut chain = fault.to_string();
            let mut source = std::error::Error::source(fault);
            while let Some(cause) = source {
                chain.push_str(": ");
                chain.push_str(&cause.to_string());
                source = cause.source();
            }
            tracing::error!(fault = %chain, "request failed");
        }
    }
}

/// The words key of what keeps definitions from being published, or a draft from being handed in.
pub const fn revision_key(refusal: &RevisionRefusal) -> &'static str {
    match refusal {
        RevisionRefusal::DraftOvertaken { .. } => "error-draft-overtaken",
        RevisionRefusal::PublishedMeanwhile => "error-published-meanwhile",
        RevisionRefusal::ImpactNotConfirmed => "error-impact-not-confirmed",
        RevisionRefusal::NothingToPublish => "error-nothing-to-publish",
        RevisionRefusal::NotInOrder { .. } => "error-not-in-order",
    }
}

fn told_engine(error: &EngineError) -> Told {
    match error {
        EngineError::Refused(refusal) => {
            Told::new(StatusCode::CONFLICT, refusal.code(), crate::views::refusal_key(refusal))
        }
        EngineError::Stale { .. } => Told::new(StatusCode::CONFLICT, "ENG0001", "error-stale"),
        EngineError::CommandReused => {
            Told::new(StatusCode::CONFLICT, "ENG0002", "error-command-reused")
        }
        EngineError::NoDraft => Told::new(StatusCode::NOT_FOUND, "WEB0001", "error-not-found"),
        EngineError::Incomplete(_) => {
            Told::new(StatusCode::UNPROCESSABLE_ENTITY, "ENG0004", "error-incomplete")
        }
        EngineError::StaleDraft { .. } => {
            Told::new(StatusCode::CONFLICT, "ENG0005", "error-stale-draft")
        }
        EngineError::AlreadySubmitted { .. } => {
            Told::new(StatusCode::CONFLICT, "ENG0006", "error-already-submitted")
        }
        EngineError::Busy { retry_after_s } => Told {
            retry_after_s: Some(*retry_after_s),
            ..Told::new(StatusCode::SERVICE_UNAVAILABLE, "ENG0007", "error-busy")
        },
        EngineError::NotOffered => Told::new(StatusCode::CONFLICT, "ENG0008", "error-not-offered"),
        EngineError::NothingToContinue => {
            Told::new(StatusCode::CONFLICT, "ENG0009", "error-nothing-to-continue")
        }
        EngineError::NotReceived(refused) => {
            Told::new(StatusCode::CONFLICT, refused.code(), "error-not-received")
        }
        EngineError::Desk(refusal) => {
            Told::new(StatusCode::CONFLICT, refusal.code(), crate::desk::refusal_key(*refusal))
        }
        EngineError::Revision(refusal) => {
            Told::new(StatusCode::CONFLICT, refusal.code(), revision_key(refusal))
        }
        EngineError::NoMandate => Told::new(StatusCode::CONFLICT, "ENG0050", "error-no-mandate"),
        EngineError::DraftHeld => Told::new(StatusCode::CONFLICT, "ENG0040", "error-draft-held"),
        EngineError::Fault(Fault::OutcomeUnknown { .. }) => Told {
            retry_after_s: Some(2),
            ..Told::new(StatusCode::SERVICE_UNAVAILABLE, "SYS0004", "error-outcome-unknown")
        },
        EngineError::Fault(Fault::Full { .. }) => Told {
            retry_after_s: Some(60),
            ..Told::new(StatusCode::SERVICE_UNAVAILABLE, "SYS0040", "error-no-room")
        },
        EngineError::Fault(Fault::Away { .. }) => Told {
            retry_after_s: Some(5),
            ..Told::new(StatusCode::SERVICE_UNAVAILABLE, "SYS0041", "error-database-away")
        },
        EngineError::Fault(_) => {
            Told::new(StatusCode::INTERNAL_SERVER_ERROR, "SYS0001", "error-fault")
        }
    }
}

fn with_retry(mut response: Response, told: &Told) -> Response {
    if let Some(seconds) = told.retry_after_s {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
