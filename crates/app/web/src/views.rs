//! Page contexts that belong to no one audience, and helpers of all.

use std::sync::Arc;

use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use casework::Refusal;

use crate::errors::{Told, WebError};
use crate::page::Page;
use crate::sent::Sent;

/// Renders a page.
///
/// # Errors
/// The template failed.
pub fn render(template: &impl Template) -> Result<Response, WebError> {
    Ok(Html(template.render()?).into_response())
}

/// Something went wrong, in words, with its code.
#[derive(Template, Debug)]
#[template(path = "shared/error.html")]
pub struct ErrorPage<'a> {
    p: &'a Page,
    title: String,
    words: String,
    code: &'static str,
    retry: bool,
    /// What happened meanwhile.
    since: Vec<String>,
    /// What was sent, to be sent once more.
    sent: Option<Arc<Sent>>,
}

impl ErrorPage<'_> {
    /// The page as HTML text; plain words if even that fails.
    pub fn render_told(page: &Page, told: &Told, since: Vec<String>) -> String {
        let args: Vec<(&str, String)> =
            told.args.iter().map(|(name, value)| (*name, value.clone())).collect();
        let view = ErrorPage {
            p: page,
            title: page.t(&format!("{}-title", title_key(told))),
            words: page.tn(told.key, &args),
            code: told.code,
            retry: told.retry_after_s.is_some(),
            since,
            sent: told.retry_after_s.and_then(|_| crate::sent::kept()),
        };
        view.render().unwrap_or_else(|_| told.code.to_owned())
    }
}

fn title_key(told: &Told) -> &'static str {
    match told.status.as_u16() {
        _ if told.code == "SYS0004" => "error-outcome-unknown",
        404 => "error-not-found",
        409 | 422 => "error-conflict",
        413 => "error-too-large",
        400..=499 => "error-bad",
        503 if told.code.starts_with("SYS") => "error-fault",
        503 => "error-busy",
        _ => "error-fault",
    }
}

/// The words key of a refusal.
pub const fn refusal_key(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::UnknownCase(_) => "refusal-unknown-case",
        Refusal::AlreadySubmitted(_) => "refusal-already-submitted",
        Refusal::UnknownService(_) => "refusal-unknown-service",
        Refusal::UnknownDispatch(_) => "refusal-unknown-dispatch",
        Refusal::NoCorrectionOpen(_) => "refusal-no-correction-open",
        Refusal::NothingToWithdraw => "refusal-nothing-to-withdraw",
        Refusal::AlreadyDecided(_) => "refusal-already-decided",
        Refusal::OutputMissing { .. } => "refusal-output-missing",
        Refusal::ReplyChanged { .. } => "refusal-reply-changed",
        Refusal::NotStarted(_) => "refusal-not-started",
        Refusal::AlreadyRated => "refusal-already-rated",
        Refusal::GradeOutOfRange(_) => "refusal-grade-out-of-range",
        Refusal::NotYetRatable => "refusal-not-yet-ratable",
        Refusal::EmptyApplication => "refusal-empty-application",
        Refusal::CircularWaits(_) => "refusal-circular-waits",
        Refusal::NotContested(_) => "refusal-not-contested",
        Refusal::EmptyCorrection(_) => "refusal-empty-correction",
        Refusal::AlreadyWithdrawn(_) => "refusal-already-withdrawn",
        Refusal::NotYourService(_) => "refusal-not-your-service",
        Refusal::CorrectionOpen(..) => "refusal-correction-open",
        Refusal::NoBadRating(_) => "refusal-no-bad-rating",
        Refusal::RatingAnswered(_) => "refusal-rating-answered",
        Refusal::NotYetContacted(_) => "refusal-not-yet-contacted",
        Refusal::NoAppealOpen(_) => "refusal-no-appeal-open",
        Refusal::OwnAppeal(_) => "refusal-own-appeal",
        Refusal::NotYourRating(_) => "refusal-not-your-rating",
        Refusal::NotExtendable(_) => "refusal-not-extendable",
        Refusal::AlreadyExtended(_) => "refusal-already-extended",
        Refusal::ExtensionTooLate(_) => "refusal-extension-too-late",
        Refusal::UnknownProcedure { .. } => "refusal-unknown-procedure",
        Refusal::ProcedureOpen { .. } => "refusal-procedure-open",
        Refusal::NoProcedureOpen { .. } => "refusal-no-procedure-open",
        Refusal::NotYetAccepted(_) => "refusal-not-yet-accepted",
        Refusal::CorrectionLapsed(_) => "refusal-correction-lapsed",
        Refusal::ApplicantOnly => "refusal-applicant-only",
        Refusal::HubOnly => "refusal-hub-only",
        Refusal::GrantedBySilence(_) => "refusal-granted-by-silence",
        Refusal::NotYoursToSupervise(_) => "refusal-not-yours-to-supervise",
        Refusal::SupervisionOpen(_) => "refusal-supervision-open",
        Refusal::NoSupervisionOpen(_) => "refusal-no-supervision-open",
        Refusal::SupervisionAnswered(_) => "refusal-supervision-answered",
        Refusal::SupervisionUnanswered(_) => "refusal-supervision-unanswered",
        Refusal::NothingAnswered => "refusal-nothing-answered",
        Refusal::ReasonMissing(..) => "refusal-reason-missing",
        Refusal::UnknownVisit(_) => "refusal-unknown-visit",
        Refusal::SlotsWrong(_) => "refusal-slots-wrong",
        Refusal::VisitChanged(_) => "refusal-visit-changed",
        Refusal::SlotNotOffered(_) => "refusal-slot-not-offered",
        Refusal::VisitNotYet(_) => "refusal-visit-not-yet",
        Refusal::VisitOver(_) => "refusal-visit-over",
        Refusal::NothingToRevoke(_) => "refusal-nothing-to-revoke",
        Refusal::UnknownRevocation { .. } => "refusal-unknown-revocation",
        Refusal::HearingFirst { .. } => "refusal-hearing-first",
        Refusal::NoRevocationOpen(_) => "refusal-no-revocation-open",
        Refusal::RevocationOpen(_) => "refusal-revocation-open",
        Refusal::FieldUnchecked { .. } => "refusal-field-unchecked",
        Refusal::EvidenceTooEarly { .. } => "refusal-evidence-too-early",
        Refusal::NothingToCheck { .. } => "refusal-nothing-to-check",
        Refusal::Suspended(_) => "refusal-suspended",
        Refusal::ChangeOpen => "refusal-change-open",
        Refusal::NoChangeOpen => "refusal-no-change-open",
        Refusal::NothingLeftToChange => "refusal-nothing-left-to-change",
        Refusal::NotTheSuccessor => "refusal-not-the-successor",
        Refusal::MayNotRecord => "refusal-may-not-record",
        Refusal::Terminated(_) => "refusal-terminated",
        Refusal::UnknownDocument(_) => "refusal-unknown-document",
        Refusal::AlreadyServed(..) => "refusal-already-served",
        Refusal::NotYoursToServe(..) => "refusal-not-yours-to-serve",
        Refusal::NeedsNoService(_) => "refusal-needs-no-service",
    }
}
