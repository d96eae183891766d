//! From casework to the wire and back.
//!
//! A request holds exactly the fields and the evidence of its node (the department's data contract), also
//! when the form knows more. A reply's personal values and words come out beside the command, to be sealed.

use std::collections::{BTreeMap, BTreeSet};

use casework::{
    Case, DispatchKind, EvidenceRef, EvidenceSlot, NoticeAbout, OwedEvidence, Reply, ServiceCase,
    ServiceNode, Standing, VisitState,
};
use hmac::{Hmac, KeyInit, Mac};
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use sha2::Sha256;
use uuid::{Builder, Uuid};
use vocabulary::{
    ChecklistLineId, DispatchId, EvidenceId, Fact, Facts, Instant, NodeKey, Origin, SealedId, Slot,
    WorkCalendar,
};

use crate::signing::WINDOW_S;
use crate::wire::{
    DepartmentReply, DepartmentRequest, NoticeKind, ReceiptStatus, ReplyReceipt, VERSION, WireAct,
    WireCorrection, WireEvidence, WireNotice, WireOutput, WireOwed, WireReply, WireValue,
    WireVisit, WireVisitState,
};

/// A text or a text value may have so many characters.
pub const TEXT_CHARS_MAX: usize = 4000;

/// All that a request is made from. The facts and words are unsealed; they go to this one department only.
#[derive(Clone, Copy, Debug)]
pub struct RequestParts<'a> {
    pub case: &'a Case,
    pub dispatch: DispatchId,
    /// The form's values, with those of outputs and corrections.
    pub facts: &'a Facts,
    /// The files of the case; those of this service are taken.
    pub files: &'a [WireEvidence],
    /// The applicant's words with the answer that a supplement brings, or what a holder said to an act.
    pub words: Option<&'a str>,
    pub calendar: &'a WorkCalendar,
    pub time_zone: &'a TimeZone,
}

/// What cannot be translated.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TranslateFault {
    /// `CASE0004`
    #[error("no such sending")]
    UnknownDispatch(DispatchId),
    /// `EXC0011`: an output, or a value of it, that the service does not promise, or one twice.
    #[error("output `{output}`: `{what}` is not promised")]
    NotPromised { output: String, what: String },
    /// `EXC0012`
    #[error("a text has more than {TEXT_CHARS_MAX} characters")]
    TextTooLong,
    /// `EXC0013`
    #[error("decided in the future")]
    InTheFuture,
    /// `EXC0014`: an extension says its reason and who gave leave, a revocation its reason and ground.
    #[error("an extension or a revocation without its reason, leave or ground")]
    WordsMissing,
    /// `EXC0017`: evidence is owed that the service does not ask for, or one piece twice.
    #[error("evidence `{0}` is not asked for")]
    NotOwed(String),
}

impl TranslateFault {
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownDispatch(_) => "CASE0004",
            Self::NotPromised { .. } => "EXC0011",
            Self::TextTooLong => "EXC0012",
            Self::InTheFuture => "EXC0013",
            Self::WordsMissing => "EXC0014",
            Self::NotOwed(_) => "EXC0017",
        }
    }
}

/// The request of one sending. The same sending with the same facts gives the same request.
///
/// # Errors
/// The case has no such sending.
pub fn request(parts: RequestParts<'_>) -> Result<DepartmentRequest, TranslateFault> {
    let unknown = || TranslateFault::UnknownDispatch(parts.dispatch);
    let service = parts.case.service_of(parts.dispatch).ok_or_else(unknown)?;
    let sending = service.sending(parts.dispatch).ok_or_else(unknown)?;
    let received_at = service.started_at.ok_or_else(unknown)?;
    let node = &service.node;
    // A withdrawal needs no personal value.
    let (fields, evidence) = match sending.kind {
        DispatchKind::Withdrawal | DispatchKind::Lapse | DispatchKind::Visit => {
            (BTreeMap::new(), Vec::new())
        }
        DispatchKind::Notice if !about_fields(sending.about.as_deref()) => {
            (BTreeMap::new(), Vec::new())
        }
        DispatchKind::Referral | DispatchKind::Supplement | DispatchKind::Notice => {
            (own_fields(node, parts.facts), own_files(parts.case, service, parts.files))
        }
    };
    let correction = match sending.kind {
        DispatchKind::Supplement => answered(service, sending.round, parts.words),
        DispatchKind::Referral
        | DispatchKind::Withdrawal
        | DispatchKind::Lapse
        | DispatchKind::Visit
        | DispatchKind::Notice => None,
    };
    let visit = match sending.kind {
        DispatchKind::Visit => appointment(parts.case, service),
        _ => None,
    };
    let (calendar, zone) = (parts.calendar, parts.time_zone);
    Ok(DepartmentRequest {
        version: VERSION,
        dispatch_id: sending.dispatch,
        kind: sending.kind,
        case_number: parts.case.application.case_number.to_string(),
        service: node.key.service.clone(),
        member: node.key.member.clone(),
        service_revision: node.revision.clone(),
        fields,
        evidence,
        received_at,
        promised_on: parts.case.promised(&node.key, calendar, zone).map(|date| date.due.on),
        statutory_on: parts.case.statutory(&node.key, calendar, zone).map(|date| date.due.on),
        correction,
        unchecked: match sending.kind {
            DispatchKind::Withdrawal => Vec::new(),
            _ => parts
                .case
                .unsettled_fields(service)
                .map(|check| check.field.slot.to_string())
                .collect(),
        },
        notice: sending.about.as_deref().map(|about| notice(&parts, service, about)),
        visit,
    })
}

/// The latest appointment to which this service's department was called, as it stands now.
fn appointment(case: &Case, service: &ServiceCase) -> Option<WireVisit> {
    let called = case.visits.iter().filter_map(|visit| {
        let current = visit.current().filter(|it| it.nodes.contains(&service.node.key))?;
        Some((visit, current))
    });
    let (visit, current) = called.max_by_key(|(_, current)| current.at)?;
    let state = match case.visit_state(visit)? {
        VisitState::Planned | VisitState::Proposed => WireVisitState::Proposed,
        VisitState::Agreed => WireVisitState::Agreed,
        VisitState::OtherTimeAsked | VisitState::Unsuited | VisitState::Missed => {
            WireVisitState::ToBeMoved
        }
        VisitState::Over => WireVisitState::Over,
    };
    Some(WireVisit {
        visit: visit.planned.id.to_string(),
        number: current.number,
        state,
        slots: current.slots.clone(),
        agreed: current.confirmed.map(|(slot, _)| slot),
        services: current.nodes.iter().map(|node| node.service.clone()).collect(),
    })
}

/// A source's answer may change what is known; no other notice needs a personal value.
const fn about_fields(about: Option<&NoticeAbout>) -> bool {
    matches!(about, Some(NoticeAbout::FieldsChecked))
}

fn notice(parts: &RequestParts<'_>, service: &ServiceCase, about: &NoticeAbout) -> WireNotice {
    let mut notice = WireNotice {
        about: match about {
            NoticeAbout::OutputRevoked { .. } => NoticeKind::OutputRevoked,
            NoticeAbout::HolderHeard => NoticeKind::HolderHeard,
            NoticeAbout::Suspended => NoticeKind::Suspended,
            NoticeAbout::Resumed => NoticeKind::Resumed,
            NoticeAbout::Terminated => NoticeKind::Terminated,
            NoticeAbout::FieldsChecked => NoticeKind::FieldsChecked,
        },
        service: None,
        member: None,
        acts: Vec::new(),
        words: None,
        checked: BTreeMap::new(),
    };
    match about {
        NoticeAbout::OutputRevoked { from } => {
            notice.service = Some(from.service.clone());
            notice.member.clone_from(&from.member);
            let acts = parts.case.service(from).map(|it| it.revocations.as_slice());
            notice.acts = acts
                .unwrap_or_default()
                .iter()
                .map(|it| WireAct { number: it.number, act: it.act, effective_on: it.effective_on })
                .collect();
        }
        NoticeAbout::HolderHeard => notice.words = parts.words.map(str::to_owned),
        NoticeAbout::FieldsChecked => {
            let outcome = |check: &casework::FieldCheck| {
                Some((check.field.slot.to_string(), check.outcome()?))
            };
            notice.checked = parts.case.checks_of(service).filter_map(outcome).collect();
        }
        NoticeAbout::Suspended | NoticeAbout::Resumed | NoticeAbout::Terminated => {}
    }
    notice
}

fn own_fields(node: &ServiceNode, facts: &Facts) -> BTreeMap<String, WireValue> {
    node.fields
        .iter()
        .filter_map(|slot| Some((slot.to_string(), WireValue::from(facts.value(slot)?))))
        .collect()
}

/// Files of this service's kinds that came with the application or with an answer of this very service.
fn own_files(case: &Case, service: &ServiceCase, files: &[WireEvidence]) -> Vec<WireEvidence> {
    let answers = service.corrections.iter().flat_map(|correction| &correction.evidence);
    let handed_in: BTreeSet<EvidenceId> =
        case.application.evidence.iter().chain(answers).map(|evidence| evidence.id).collect();
    let wanted: BTreeSet<&EvidenceSlot> = service.node.evidence.iter().collect();
    files
        .iter()
        .filter(|file| {
            let slot = EvidenceSlot { ty: file.ty.clone(), member: file.member.clone() };
            wanted.contains(&slot) && handed_in.contains(&file.evidence_id)
        })
        .cloned()
        .collect()
}

fn answered(service: &ServiceCase, round: u32, words: Option<&str>) -> Option<WireCorrection> {
    let corrections = service
        .corrections
        .iter()
        .filter(|correction| correction.round == round && correction.answered_at.is_some());
    let mut lines: Vec<ChecklistLineId> = Vec::new();
    let mut evidence: Vec<EvidenceId> = Vec::new();
    for correction in corrections {
        lines.extend(correction.lines.iter().cloned());
        evidence.extend(correction.evidence.iter().map(|file: &EvidenceRef| file.id));
    }
    (!lines.is_empty()).then(|| WireCorrection {
        round,
        lines,
        words: words.map(str::to_owned),
        evidence,
    })
}

/// A department's reply as the pieces of a command.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TranslatedReply {
    pub node: NodeKey,
    pub dispatch: DispatchId,
    pub department_seq: u64,
    pub decided_at: Instant,
    pub content: ReplyContent,
}

/// What has to be done with a reply.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ReplyContent {
    /// To be taken with `Command::TakeReply`, with its words sealed beside it.
    Plain { reply: Reply, seal: Vec<Words> },
    /// To be granted: values are sealed and licences issued with it. By output id.
    Granted { outputs: BTreeMap<String, GrantedValues>, owed: Vec<OwedEvidence> },
}

/// Words that are sealed under an id derived from them: the same words have the same id.
#[derive(Clone, PartialEq, Eq)]
pub struct Words {
    pub id: SealedId,
    pub text: String,
}

/// What an output brings.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct GrantedValues {
    /// The department's own number of the document.
    pub number: Option<String>,
    pub values: Facts,
}

impl ReplyContent {
    /// The values of a grant by output id.
    pub fn values(&self) -> BTreeMap<String, Facts> {
        match self {
            Self::Plain { .. } => BTreeMap::new(),
            Self::Granted { outputs, .. } => outputs
                .iter()
                .map(|(output, granted)| (output.clone(), granted.values.clone()))
                .collect(),
        }
    }
}

/// Translates a reply. `key` is a secret of the subject or of the hub: ids of sealed words are derived under
/// it, so that a repetition is recognised and nobody can guess words from ids.
///
/// # Errors
/// The reply is about no sending of this case, brings what was not promised, or is not plausible.
pub fn reply(
    case: &Case,
    reply: &DepartmentReply,
    key: &[u8],
    now: Instant,
) -> Result<TranslatedReply, TranslateFault> {
    let service = case
        .service_of(reply.dispatch_id)
        .ok_or(TranslateFault::UnknownDispatch(reply.dispatch_id))?;
    // A department's clock may differ from ours as much as a signature may.
    let latest =
        now.checked_add(SignedDuration::from_secs(i64::from(WINDOW_S))).unwrap_or(Instant::MAX);
    if reply.decided_at > latest {
        return Err(TranslateFault::InTheFuture);
    }
    let node = &service.node;
    let words = |purpose: &str, text: Option<&String>| -> Result<Option<Words>, TranslateFault> {
        let Some(text) = text.map(|text| text.trim()).filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        limited(text)?;
        let parts = [&case.id.to_string(), &node.key.to_string(), purpose, text];
        Ok(Some(Words { id: SealedId(keyed_id(key, &parts)), text: text.to_owned() }))
    };
    let plain = |reply: Reply, seal: Option<Words>| ReplyContent::Plain {
        reply,
        seal: seal.into_iter().collect(),
    };
    let content = match &reply.reply {
        WireReply::Received => plain(Reply::Received, None),
        WireReply::Accepted => plain(Reply::Accepted, None),
        WireReply::WithdrawalConfirmed => plain(Reply::WithdrawalConfirmed, None),
        WireReply::TooLateToWithdraw => plain(Reply::TooLateToWithdraw, None),
        WireReply::NotAccepted { ground, text } => {
            let seal = words("not-accepted", text.as_ref())?;
            let text = seal.as_ref().map(|words| words.id);
            plain(Reply::NotAccepted { ground: ground.clone(), text }, seal)
        }
        WireReply::Refused { ground, text } => {
            let seal = words("refused", text.as_ref())?;
            let text = seal.as_ref().map(|words| words.id);
            plain(Reply::Refused { ground: ground.clone(), text }, seal)
        }
        WireReply::CorrectionRequested { lines, text, reason } => {
            let words_of_it = words("correction", text.as_ref())?;
            let why = words("correction-reason", reason.as_ref())?;
            let id = |words: &Option<Words>| words.as_ref().map(|words| words.id);
            let (text, reason) = (id(&words_of_it), id(&why));
            let reply = Reply::CorrectionRequested { lines: lines.clone(), text, reason };
            ReplyContent::Plain { reply, seal: words_of_it.into_iter().chain(why).collect() }
        }
        WireReply::VisitJoined { visit, number, slots } => {
            let (visit, slots) = (visit.as_str().into(), slots.clone());
            plain(Reply::VisitJoined { visit, number: *number, slots }, None)
        }
        WireReply::VisitHeld { visit, result, text } => {
            let seal = words("visit", text.as_ref())?;
            let text = seal.as_ref().map(|words| words.id);
            plain(Reply::VisitHeld { visit: visit.as_str().into(), result: *result, text }, seal)
        }
        WireReply::Began => plain(Reply::Began, None),
        WireReply::CorrectionSettled => plain(Reply::CorrectionSettled, None),
        WireReply::ProcedureBegan { procedure, text } => {
            let seal = words("procedure", text.as_ref())?;
            let text = seal.as_ref().map(|words| words.id);
            plain(Reply::ProcedureBegan { procedure: procedure.as_str().into(), text }, seal)
        }
        WireReply::ProcedureEnded { procedure, text } => {
            let seal = words("procedure", text.as_ref())?;
            let text = seal.as_ref().map(|words| words.id);
            plain(Reply::ProcedureEnded { procedure: procedure.as_str().into(), text }, seal)
        }
        WireReply::Extended { reason, approved_by } => {
            let missing = TranslateFault::WordsMissing;
            let reason = words("extension", Some(reason))?.ok_or(missing.clone())?;
            let leave = words("leave", Some(approved_by))?.ok_or(missing)?;
            let reply = Reply::Extended { reason: reason.id, approved_by: leave.id };
            ReplyContent::Plain { reply, seal: vec![reason, leave] }
        }
        WireReply::Revoked { act, reason, basis, effective_on, heard } => {
            let missing = TranslateFault::WordsMissing;
            let reason = words("revocation", Some(reason))?.ok_or(missing.clone())?;
            let basis = words("basis", Some(basis))?.ok_or(missing)?;
            let reply = Reply::Revoked {
                act: *act,
                reason: reason.id,
                basis: basis.id,
                effective_on: *effective_on,
                heard: *heard,
            };
            ReplyContent::Plain { reply, seal: vec![reason, basis] }
        }
        WireReply::Granted { outputs, owed: later } => {
            ReplyContent::Granted { outputs: granted(node, outputs)?, owed: owed(node, later)? }
        }
    };
    Ok(TranslatedReply {
        node: node.key.clone(),
        dispatch: reply.dispatch_id,
        department_seq: reply.department_seq,
        decided_at: reply.decided_at,
        content,
    })
}

/// Only what the service promises: a department cannot put other facts into a case.
fn granted(
    node: &ServiceNode,
    outputs: &[WireOutput],
) -> Result<BTreeMap<String, GrantedValues>, TranslateFault> {
    let mut granted = BTreeMap::new();
    for output in outputs {
        let not_promised = |what: &str| TranslateFault::NotPromised {
            output: output.id.clone(),
            what: what.to_owned(),
        };
        let promised = node
            .outputs
            .iter()
            .find(|promised| *promised.id == *output.id)
            .ok_or_else(|| not_promised(&output.id))?;
        let mut values = Facts::new();
        for (name, value) in &output.values {
            let slot = name
                .parse::<Slot>()
                .ok()
                .filter(|slot| promised.slots.contains(slot))
                .ok_or_else(|| not_promised(name))?;
            if let WireValue::Text(text) = value {
                limited(text)?;
            }
            let origin = Origin::Output { service: node.key.service.clone() };
            values.set(slot, Fact { value: value.clone().into(), origin });
        }
        if let Some(number) = &output.number {
            limited(number)?;
        }
        let brought = GrantedValues { number: output.number.clone(), values };
        if granted.insert(output.id.clone(), brought).is_some() {
            return Err(not_promised(&output.id));
        }
    }
    Ok(granted)
}

/// Only evidence that the service asks for can be owed.
fn owed(node: &ServiceNode, owed: &[WireOwed]) -> Result<Vec<OwedEvidence>, TranslateFault> {
    let mut all: Vec<OwedEvidence> = Vec::new();
    for piece in owed {
        let slot = EvidenceSlot { ty: piece.ty.clone(), member: piece.member.clone() };
        if !node.evidence.contains(&slot) || all.iter().any(|other| other.slot == slot) {
            return Err(TranslateFault::NotOwed(piece.ty.to_string()));
        }
        all.push(OwedEvidence { slot, until: piece.until });
    }
    Ok(all)
}

fn limited(text: &str) -> Result<(), TranslateFault> {
    if text.chars().count() > TEXT_CHARS_MAX {
        return Err(TranslateFault::TextTooLong);
    }
    Ok(())
}

/// An id derived from content under a key: the same content has the same id, and the id tells nothing about
/// it to whoever lacks the key.
pub fn keyed_id(key: &[u8], parts: &[&str]) -> Uuid {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        // INVARIANT: HMAC takes keys of any length.
        return Uuid::nil();
    };
    for part in parts {
        let length = u64::try_from(part.len()).unwrap_or(u64::MAX);
        mac.update(&length.to_be_bytes());
        mac.update(part.as_bytes());
    }
    let digest = mac.finalize().into_bytes();
    let mut bytes = [0; 16];
    for (to, from) in bytes.iter_mut().zip(digest) {
        *to = from;
    }
    Builder::from_custom_bytes(bytes).into_uuid()
}

/// The receipt for a reply that `case` has taken; `repeated` = it had been taken before. `None` when the case
/// does not know the reply.
pub fn receipt(
    case: &Case,
    dispatch: DispatchId,
    department_seq: u64,
    repeated: bool,
) -> Option<ReplyReceipt> {
    let service = case.service_of(dispatch)?;
    let taken = service.replies.get(&(dispatch, department_seq))?;
    let status = match taken.standing {
        _ if repeated => ReceiptStatus::Repeated,
        Standing::Counted => ReceiptStatus::Recorded,
        Standing::Late => ReceiptStatus::Late,
        Standing::Contradicts => ReceiptStatus::Contradicts,
    };
    Some(ReplyReceipt { version: VERSION, dispatch_id: dispatch, department_seq, status })
}
