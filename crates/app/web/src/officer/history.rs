//! What happened to one service, newest first, in an officer's words: who said what, and what the applicant
//! answered. Other services' happenings are not in here.

use std::collections::BTreeMap;

use casework::{
    ActorRole, CaseEvent, CaseEventBody, DispatchKind, NoticeAbout, RecordedReply, Reply, Standing,
    SupervisionAct,
};
use catalogue::Catalogue;
use engine::CaseFile;
use vocabulary::{AccountId, Instant, NodeKey, SealedId};

use super::desk::reply_key;
use crate::applicant::case_view::{line_text, procedure_name, time_text};
use crate::errors::WebError;
use crate::page::Page;
use crate::state::App;

/// One line.
#[derive(Debug)]
pub struct Line {
    pub time: String,
    pub words: String,
    pub by: String,
    /// Grounds, lines and words, each for itself.
    pub details: Vec<String>,
    pub class: &'static str,
    /// Of the event, to tell what is new.
    pub seq: u64,
}

/// Names of the officers who did something to this service.
///
/// # Errors
/// A fault.
pub async fn names(
    app: &App,
    file: &CaseFile,
    node: &NodeKey,
) -> Result<BTreeMap<AccountId, String>, WebError> {
    let mut names = BTreeMap::new();
    for event in file.events.iter().filter(|event| event.body.node() == Some(node)) {
        let Some(account) = event.actor.account else { continue };
        let by_officer = event.actor.role == ActorRole::Officer && is_own_deed(&event.body);
        if !by_officer || names.contains_key(&account) {
            continue;
        }
        if let Some(row) = app.engine.store().find_account(account).await? {
            names.insert(account, app.engine.account_name(&row).await?);
        }
    }
    Ok(names)
}

/// The service's own history, newest first; replies stand at the department's own time.
pub fn lines(
    catalogue: &Catalogue,
    page: &Page,
    file: &CaseFile,
    node: &NodeKey,
    names: &BTreeMap<AccountId, String>,
) -> Vec<Line> {
    let mut lines: Vec<(Instant, Line)> = file
        .events
        .iter()
        .filter(|event| event.body.node() == Some(node))
        .filter_map(|event| line(catalogue, page, file, node, names, event))
        .collect();
    lines.sort_by_key(|(at, line)| std::cmp::Reverse((*at, line.seq)));
    lines.into_iter().map(|(_, line)| line).collect()
}

fn line(
    catalogue: &Catalogue,
    page: &Page,
    file: &CaseFile,
    node: &NodeKey,
    names: &BTreeMap<AccountId, String>,
    event: &CaseEvent,
) -> Option<(Instant, Line)> {
    let mut at = event.at;
    let mut details = Vec::new();
    let (key, class) = match &event.body {
        CaseEventBody::Started { .. } => ("done-started", ""),
        CaseEventBody::Dispatched { kind: DispatchKind::Referral, .. } => ("done-referred", ""),
        CaseEventBody::Dispatched { kind: DispatchKind::Supplement, .. } => return None,
        CaseEventBody::Dispatched { kind: DispatchKind::Withdrawal, .. } => return None,
        CaseEventBody::Dispatched { kind: DispatchKind::Lapse, .. } => return None,
        CaseEventBody::Dispatched { kind: DispatchKind::Visit, .. } => return None,
        CaseEventBody::CorrectionNotified { .. } => ("done-notified", "seal"),
        CaseEventBody::Dispatched { kind: DispatchKind::Notice, about, .. } => {
            (notice_key(about.as_deref()), "")
        }
        CaseEventBody::Delivered { .. } => ("done-delivered", ""),
        CaseEventBody::ReplyRecorded { recorded, .. } => {
            at = recorded.decided_at;
            details = said(catalogue, page, file, node, recorded);
            (reply_key(&recorded.reply), reply_class(&recorded.reply))
        }
        CaseEventBody::CorrectionAnswered { answer, evidence, .. } => {
            details.extend(words_of(page, file, *answer));
            if !evidence.is_empty() {
                details.push(page.t1("officer-new-files", "n", evidence.len()));
            }
            ("done-corrected", "")
        }
        CaseEventBody::AcceptanceDeemed { .. } => ("done-deemed", "seal"),
        CaseEventBody::CorrectionLapsed { .. } => ("done-lapsed", "seal"),
        CaseEventBody::GrantDeemed { since, .. } => {
            at = *since;
            ("done-granted-by-silence", "seal")
        }
        CaseEventBody::WithdrawalRequested { .. } => ("done-withdrawal-requested", ""),
        CaseEventBody::Withdrawn { .. } => ("done-withdrawn", ""),
        CaseEventBody::Stopped { .. } => ("done-stopped", "seal"),
        CaseEventBody::ContestResolved { .. } => ("done-resolved", ""),
        CaseEventBody::Supervised { act, .. } => {
            let words = match act {
                SupervisionAct::Notice { text } | SupervisionAct::Answer { text } => Some(*text),
                SupervisionAct::Close { text } => *text,
                SupervisionAct::Remind { .. } => None,
            };
            details.extend(words_of(page, file, words));
            (supervised_key(act), "seal")
        }
        CaseEventBody::Served { .. } => ("done-served", ""),
        CaseEventBody::RevocationAnnounced { reason, basis, .. } => {
            details.extend(words_of(page, file, Some(*reason)));
            details.extend(words_of(page, file, Some(*basis)));
            ("done-revocation-announced", "seal")
        }
        CaseEventBody::RevocationAnswered { answer, .. } => {
            details.extend(words_of(page, file, Some(*answer)));
            ("done-revocation-answered", "")
        }
        CaseEventBody::RevocationDropped { reason, .. } => {
            details.extend(words_of(page, file, Some(*reason)));
            ("done-revocation-dropped", "")
        }
        CaseEventBody::Terminated { reason, .. } => {
            details.extend(words_of(page, file, Some(*reason)));
            ("done-terminated", "seal")
        }
        CaseEventBody::TakenOnEvidence { reason, .. } => {
            details.extend(words_of(page, file, Some(*reason)));
            ("done-taken-on-evidence", "")
        }
        CaseEventBody::ApplicantChangeReported { .. }
        | CaseEventBody::SuccessorNamed { .. }
        | CaseEventBody::SuccessionConsented {}
        | CaseEventBody::ApplicantChangeClosed { .. }
        | CaseEventBody::FieldsChecked { .. }
        | CaseEventBody::Submitted { .. }
        | CaseEventBody::DatesMoved(_)
        | CaseEventBody::VisitProposed { .. }
        | CaseEventBody::VisitConfirmed { .. }
        | CaseEventBody::VisitTimeAsked { .. }
        | CaseEventBody::VisitMissed { .. }
        | CaseEventBody::Rated { .. }
        | CaseEventBody::RatingContacted { .. }
        | CaseEventBody::RatingRectified { .. }
        | CaseEventBody::RatingAppealed { .. }
        | CaseEventBody::AppealDecided { .. } => return None,
    };
    let by = by_whom(page, names, event);
    let time = time_text(catalogue, page, at);
    Some((at, Line { time, words: page.t(key), by, details, class, seq: event.seq }))
}

/// Who did it, as his role or his name says.
fn by_whom(page: &Page, names: &BTreeMap<AccountId, String>, event: &CaseEvent) -> String {
    match event.actor.role {
        // Whoever set it off elsewhere is not told: here it just follows.
        _ if !is_own_deed(&event.body) => page.t("by-hub"),
        ActorRole::Officer => {
            let name = event.actor.account.and_then(|account| names.get(&account));
            name.map_or_else(|| page.t("by-officer"), Clone::clone)
        }
        ActorRole::Department => page.t("by-system"),
        ActorRole::Applicant => page.t("by-applicant"),
        ActorRole::Clerk => page.t("by-clerk"),
        ActorRole::Agent => page.t("by-agent"),
        ActorRole::Manager => page.t("by-manager"),
        ActorRole::UnitHead => page.t("by-unit-head"),
        ActorRole::Inspector => page.t("by-inspector"),
        ActorRole::Hub => page.t("by-hub"),
    }
}

/// Whether the one who acted did just this; the rest follows from what somebody did, often elsewhere.
const fn is_own_deed(body: &CaseEventBody) -> bool {
    matches!(
        body,
        CaseEventBody::ReplyRecorded { .. }
            | CaseEventBody::CorrectionAnswered { .. }
            | CaseEventBody::WithdrawalRequested { .. }
            | CaseEventBody::Withdrawn { .. }
            | CaseEventBody::Supervised { .. }
            | CaseEventBody::ContestResolved { .. }
            | CaseEventBody::RevocationAnnounced { .. }
            | CaseEventBody::RevocationAnswered { .. }
            | CaseEventBody::RevocationDropped { .. }
            | CaseEventBody::Terminated { .. }
            | CaseEventBody::TakenOnEvidence { .. }
    )
}

/// What was done in supervision.
const fn supervised_key(act: &SupervisionAct) -> &'static str {
    match act {
        SupervisionAct::Remind { .. } => "done-reminded",
        SupervisionAct::Notice { .. } => "done-noticed",
        SupervisionAct::Answer { .. } => "done-notice-answered",
        SupervisionAct::Close { .. } => "done-notice-closed",
    }
}

/// The message key of a notice to the department.
const fn notice_key(about: Option<&NoticeAbout>) -> &'static str {
    match about {
        Some(NoticeAbout::OutputRevoked { .. }) => "done-told-output-revoked",
        Some(NoticeAbout::HolderHeard) => "done-told-holder-heard",
        Some(NoticeAbout::Suspended) => "done-told-suspended",
        Some(NoticeAbout::Resumed) => "done-told-resumed",
        Some(NoticeAbout::Terminated) => "done-told-terminated",
        Some(NoticeAbout::FieldsChecked) | None => "done-told-fields-checked",
    }
}

const fn reply_class(reply: &Reply) -> &'static str {
    match reply {
        Reply::Granted { .. } => "ok",
        Reply::NotAccepted { .. } | Reply::Refused { .. } | Reply::CorrectionRequested { .. } => {
            "seal"
        }
        _ => "",
    }
}

/// What a reply names and says, and how it stands.
pub fn said(
    catalogue: &Catalogue,
    page: &Page,
    file: &CaseFile,
    node: &NodeKey,
    recorded: &RecordedReply,
) -> Vec<String> {
    let mut details = Vec::new();
    match &recorded.reply {
        Reply::NotAccepted { ground, text } | Reply::Refused { ground, text } => {
            details.push(line_text(catalogue, page, node, ground));
            details.extend(words_of(page, file, *text));
        }
        Reply::CorrectionRequested { lines, text, reason } => {
            details.extend(lines.iter().map(|line| line_text(catalogue, page, node, line)));
            details.extend(words_of(page, file, *text));
            let reason = reason.and_then(|id| file.words.get(&id));
            details.extend(reason.map(|words| page.t1("again-reason-was", "words", words)));
        }
        Reply::VisitHeld { result, text, .. } => {
            details.push(page.t(super::visits::result_key(*result)));
            details.extend(words_of(page, file, *text));
        }
        Reply::ProcedureBegan { procedure, text } | Reply::ProcedureEnded { procedure, text } => {
            details.push(procedure_name(catalogue, page, &node.service, procedure));
            details.extend(words_of(page, file, *text));
        }
        Reply::Extended { reason, approved_by } => {
            details.extend(words_of(page, file, Some(*reason)));
            let leave = file.words.get(approved_by);
            details.extend(leave.map(|name| page.t1("extend-by", "name", name)));
        }
        Reply::Revoked { reason, basis, .. } => {
            details.extend(words_of(page, file, Some(*reason)));
            details.extend(words_of(page, file, Some(*basis)));
        }
        Reply::Received
        | Reply::VisitJoined { .. }
        | Reply::Accepted
        | Reply::Began
        | Reply::CorrectionSettled
        | Reply::Granted { .. }
        | Reply::WithdrawalConfirmed
        | Reply::TooLateToWithdraw => {}
    }
    // As it stands now, which may differ from when it came.
    let standing = file
        .case
        .service(node)
        .and_then(|s| s.replies.get(&(recorded.dispatch, recorded.department_seq)))
        .map_or(recorded.standing, |known| known.standing);
    match standing {
        Standing::Counted => {}
        Standing::Late => details.push(page.t("standing-late")),
        Standing::Contradicts => details.push(page.t("standing-contradicts")),
    }
    details
}

fn words_of(page: &Page, file: &CaseFile, id: Option<SealedId>) -> Option<String> {
    let words = file.words.get(&id?)?;
    (!words.is_empty()).then(|| page.t1("quoted", "words", words))
}
