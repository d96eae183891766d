//! Departments' systems: signed replies come in, signed requests for evidence are answered. The contract
//! stands in `docs/protocol/exchange-v1.md`; errors are `application/problem+json` and never repeat what was
//! sent.
//!
//! What belongs to another department does not exist, as for people.

use axum::Json;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{OriginalUri, Path, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use casework::{Case, Refusal, ServiceCase};
use engine::{EngineError, NotTaken};
use exchange::signing::{
    KEY_HEADER, Message, NONCE_HEADER, SIGNATURE_HEADER, SignatureFault, SignatureHeaders,
    TIMESTAMP_HEADER, WINDOW_S,
};
use exchange::translate::TranslateFault;
use exchange::wire::{self, BODY_BYTES_MAX, WireFault};
use exchange::{PROBLEM_MEDIA_TYPE, Problem, ReplyReceipt};
use jiff::ToSpan;
use store_port::{Fault, OutboxRow};
use uuid::Uuid;
use vocabulary::{DispatchId, EvidenceId};

use crate::access::{Action, Resource, Role, Who, may};
use crate::applicant::evidence::file_answer;
use crate::errors::WebError;
use crate::state::App;

/// A problem with the seconds to wait before trying again, if that helps.
#[derive(Debug)]
struct Refused {
    problem: Box<Problem>,
    retry_after_s: Option<u32>,
}

impl Refused {
    fn new(code: &str, status: StatusCode, title: impl std::fmt::Display) -> Self {
        let problem = Problem::new(code, status.as_u16(), title.to_string());
        Self { problem: Box::new(problem), retry_after_s: None }
    }

    /// No such sending; the same answer when it is another department's.
    fn unknown(dispatch: DispatchId) -> Self {
        TranslateFault::UnknownDispatch(dispatch).into()
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status =
            StatusCode::from_u16(self.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self.problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_MEDIA_TYPE));
        if let Some(seconds) = self.retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<SignatureFault> for Refused {
    fn from(fault: SignatureFault) -> Self {
        Self::new(fault.code(), StatusCode::UNAUTHORIZED, fault)
    }
}

impl From<WireFault> for Refused {
    fn from(fault: WireFault) -> Self {
        let status = match fault {
            WireFault::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            WireFault::NotJson
            | WireFault::UnknownVersion(_)
            | WireFault::UnknownKind
            | WireFault::Misfit { .. } => StatusCode::BAD_REQUEST,
        };
        Self::new(fault.code(), status, fault)
    }
}

impl From<TranslateFault> for Refused {
    fn from(fault: TranslateFault) -> Self {
        let status = match fault {
            TranslateFault::UnknownDispatch(_) => StatusCode::NOT_FOUND,
            TranslateFault::NotPromised { .. }
            | TranslateFault::TextTooLong
            | TranslateFault::WordsMissing
            | TranslateFault::NotOwed(_)
            | TranslateFault::InTheFuture => StatusCode::UNPROCESSABLE_ENTITY,
        };
        Self::new(fault.code(), status, fault)
    }
}

impl From<EngineError> for Refused {
    fn from(error: EngineError) -> Self {
        let status = match &error {
            EngineError::Refused(
                Refusal::UnknownCase(_) | Refusal::UnknownDispatch(_) | Refusal::NotYourService(_),
            ) => StatusCode::NOT_FOUND,
            EngineError::Refused(
                Refusal::OutputMissing { .. }
                | Refusal::UnknownRevocation { .. }
                | Refusal::HearingFirst { .. }
                | Refusal::EmptyCorrection(_)
                | Refusal::UnknownProcedure { .. }
                | Refusal::NotExtendable(_),
            ) => StatusCode::UNPROCESSABLE_ENTITY,
            EngineError::Refused(_)
            | EngineError::Stale { .. }
            | EngineError::CommandReused
            | EngineError::NoDraft
            | EngineError::Incomplete(_)
            | EngineError::StaleDraft { .. }
            | EngineError::AlreadySubmitted { .. }
            | EngineError::NotReceived(_)
            | EngineError::Desk(_)
            | EngineError::NotOffered
            | EngineError::DraftHeld
            | EngineError::NoMandate
            | EngineError::Revision(_)
            | EngineError::NothingToContinue => StatusCode::CONFLICT,
            EngineError::Busy { .. }
            | EngineError::Fault(
                Fault::OutcomeUnknown { .. } | Fault::Full { .. } | Fault::Away { .. },
            ) => StatusCode::SERVICE_UNAVAILABLE,
            EngineError::Fault(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let retry_after_s = match &error {
            EngineError::Busy { retry_after_s } => Some(*retry_after_s),
            EngineError::Fault(Fault::OutcomeUnknown { .. }) => Some(2),
            EngineError::Fault(Fault::Away { .. }) => Some(5),
            EngineError::Fault(Fault::Full { .. }) => Some(60),
            _ => None,
        };
        let code = error.code();
        // A fault's own words are for the log, where they go once.
        let title = match &error {
            EngineError::Fault(_) => "a fault of the hub".to_owned(),
            other => other.to_string(),
        };
        WebError::from(error).log();
        let problem = Problem::new(code, status.as_u16(), title);
        Self { problem: Box::new(problem), retry_after_s }
    }
}

impl From<NotTaken> for Refused {
    fn from(why: NotTaken) -> Self {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        match why {
            NotTaken::Translate(fault) => fault.into(),
            NotTaken::Engine(error) => error.into(),
            NotTaken::Misfit(slot) => {
                let misfit = WireFault::Misfit { field: slot.to_string() };
                Self::new(misfit.code(), status, misfit)
            }
            NotTaken::Implausible(finding) => {
                let mut refused = Self::new(finding.code, status, finding.sentence());
                refused.problem.detail = Some(format!("at `{}`", finding.slot));
                refused
            }
        }
    }
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        EngineError::Fault(fault).into()
    }
}

/// POST /exchange/v1/replies: what a department says about a sending.
pub async fn replies(
    State(app): State<App>,
    method: Method,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let taken = async {
        let body = to_bytes(body, BODY_BYTES_MAX).await.map_err(|_| WireFault::TooLarge)?;
        let system = authenticated(&app, &method, &uri, &headers, &body).await?;
        take(&app, &system, &body).await
    };
    taken.await.map_or_else(Refused::into_response, |receipt| Json(receipt).into_response())
}

/// The department system behind a signature that holds, is fresh, and was not seen before.
async fn authenticated(
    app: &App,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<Who, Refused> {
    let text = |name: &str| -> Result<String, SignatureFault> {
        let value = headers.get(name).and_then(|value| value.to_str().ok());
        value.map(str::to_owned).ok_or(SignatureFault::Malformed)
    };
    let key_id = text(KEY_HEADER)?;
    let signed = SignatureHeaders {
        timestamp: text(TIMESTAMP_HEADER)?,
        nonce: text(NONCE_HEADER)?,
        signature: text(SIGNATURE_HEADER)?,
    };
    let (department, secret) = app.exchange_keys.find(&key_id).ok_or(SignatureFault::UnknownKey)?;
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let message = Message { method: method.as_str(), path, body };
    let now = app.wall.now();
    let nonce = exchange::signing::verify(&secret, message, &signed, now, WINDOW_S)?;
    // A message may come from up to one window ahead, so it could be replayed for two.
    let forget_before =
        now.checked_sub(i64::from(WINDOW_S).saturating_mul(2).seconds()).unwrap_or(now);
    if !app.engine.store().remember(&key_id, nonce, now, forget_before).await? {
        return Err(SignatureFault::Replayed.into());
    }
    Ok(Who {
        role: Role::DepartmentSystem,
        account: None,
        subject: None,
        department: Some(department),
        area: None,
        login: key_id,
        name: String::new(),
    })
}

/// The sending, if it went to this department.
async fn own_sending(
    app: &App,
    system: &Who,
    action: Action,
    dispatch: DispatchId,
) -> Result<OutboxRow, Refused> {
    let row = app.engine.store().find(dispatch).await?.ok_or_else(|| Refused::unknown(dispatch))?;
    let resource = Resource::Department { department: &row.department, area: None };
    if may(system, action, resource, app.demo.is_some()) {
        Ok(row)
    } else {
        Err(Refused::unknown(dispatch))
    }
}

async fn take(app: &App, system: &Who, body: &[u8]) -> Result<ReplyReceipt, Refused> {
    let reply = wire::parse_reply(body)?;
    let dispatch = reply.dispatch_id;
    let row = own_sending(app, system, Action::SendReply, dispatch).await?;
    let department = system.department.as_deref().map(Into::into);
    let receipt = app.engine.take_reply(department, row.case_id, &reply).await?;
    tracing::info!(
        case.id = %row.case_id,
        department.id = %row.department,
        dispatch.id = %dispatch,
        reply = reply.reply.kind(),
        "reply taken"
    );
    Ok(receipt)
}

/// GET /exchange/v1/dispatches/{dispatch}/evidence/{evidence}: a file that the department received.
pub async fn evidence(
    State(app): State<App>,
    Path((dispatch, evidence)): Path<(String, String)>,
    method: Method,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Response {
    let found = async {
        let system = authenticated(&app, &method, &uri, &headers, &Bytes::new()).await?;
        let dispatch: DispatchId =
            dispatch.parse().map_err(|_| Refused::unknown(DispatchId(Uuid::nil())))?;
        let row = own_sending(&app, &system, Action::SeeEvidence, dispatch).await?;
        let missing = || Refused::unknown(dispatch);
        let id: EvidenceId = evidence.parse().map_err(|_| missing())?;
        let case = app.engine.case(row.case_id).await?.ok_or_else(missing)?;
        let service = case.service_of(dispatch).ok_or_else(missing)?;
        if !was_handed_to(&case, service, id) {
            return Err(missing());
        }
        let (file, bytes) = app.engine.evidence_bytes(id).await?.ok_or_else(missing)?;
        Ok(file_answer(&file, bytes))
    };
    found.await.unwrap_or_else(Refused::into_response)
}

/// Whether the file is of a kind that the service takes, and came with the application or with an answer to
/// a correction of this very service.
pub fn was_handed_to(case: &Case, service: &ServiceCase, id: EvidenceId) -> bool {
    let answers = service.corrections.iter().flat_map(|correction| &correction.evidence);
    case.application
        .evidence
        .iter()
        .chain(answers)
        .any(|file| file.id == id && service.node.evidence.contains(&file.slot))
}
