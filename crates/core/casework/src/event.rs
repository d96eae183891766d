//! What is stored: past tense, append-only. Personal values are never in here, only ids of sealed values
//! (semantics 16). Serialised forms are promises: add fields with defaults, never rename.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use vocabulary::{
    AccountId, CaseId, ChecklistLineId, ClockRules, Date, DispatchId, DraftId, EvidenceId,
    EvidenceTypeId, HalfDays, Instant, LapseMeans, LicenceId, MatterId, MatterRevision, MemberId,
    NodeKey, OrganisationId, Period, SealedId, ServiceRevision, Slot, SourceId, SubjectId,
};

use crate::checks::{CheckResult, UncheckedField};
use crate::command::Actor;
use crate::dates::DatesMoved;
use crate::documents::{DocumentRef, ServiceWay};
use crate::intake::Reception;
use crate::ratings::{AppealGround, RatingChannel, Rectification};
use crate::revoking::{NodeRevocation, RevocationAct};
use crate::silence::DeemedGrant;
use crate::succession::{ApplicantChange, Capacity, ChangeEffect, NodeChange};
use crate::supervision::SupervisionAct;
use crate::visits::{PlannedVisit, VisitResult, VisitSlot};

/// The submitted, frozen plan with its form and evidence.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Application {
    pub case: CaseId,
    pub draft: DraftId,
    pub subject: SubjectId,
    /// For people; shown and printed.
    pub case_number: Arc<str>,
    pub matter: MatterId,
    pub matter_revision: MatterRevision,
    pub plan_hash: Arc<str>,
    pub calendar_version: Arc<str>,
    /// online, window, mobile …
    pub channel: Arc<str>,
    /// In plan order.
    pub nodes: Vec<ServiceNode>,
    /// The form's values (`Facts` as JSON), sealed.
    pub values: SealedId,
    pub evidence: Vec<EvidenceRef>,
    /// What special procedures may add to the joint promise, as the plan said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub procedures_may_add: Option<HalfDays>,
    /// How it came in.
    #[serde(default, skip_serializing_if = "Reception::is_empty")]
    pub reception: Reception,
    /// Corrections are gathered into one notice, which goes out so long before the limit of the earliest.
    /// `None` = every request is told by itself (applications of before).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correction_margin: Option<Period>,
    /// Visits on the spot that the plan expects: each is one appointment, of one service or of several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub visits: Vec<PlannedVisit>,
    /// Fields whose source was out of reach at the submission: the hub asks again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unchecked: Vec<UncheckedField>,
}

/// One service of the application with all that the fold needs to run it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ServiceNode {
    pub key: NodeKey,
    pub revision: ServiceRevision,
    pub department: OrganisationId,
    /// Hard needs: it starts when all of them exist.
    pub waits_for: Vec<Wait>,
    /// Soft edges, for the picture.
    #[serde(default)]
    pub informed_by: Vec<NodeKey>,
    /// Exactly what the department receives.
    pub fields: Vec<Slot>,
    pub evidence: Vec<EvidenceSlot>,
    pub promised: Period,
    pub statutory: Option<Period>,
    pub correction_limit: Period,
    pub deemed_acceptance: bool,
    pub correction_answer: Period,
    pub outputs: Vec<NodeOutput>,
    /// Lines of its checklist and grounds for saying no: what a reply may cite.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checklist: Vec<ChecklistLineId>,
    /// The one extension that its procedure regime allows; `None` = none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<Period>,
    /// Special procedures that the law knows for it, expected in this case or not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub procedures: Vec<NodeProcedure>,
    /// A correction that is not answered in time ends the service case (逾期不补 → 退件).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub correction_lapses: bool,
    /// What that end means by law.
    #[serde(default, skip_serializing_if = "LapseMeans::is_returned")]
    pub lapse_means: LapseMeans,
    /// How its clocks begin and end.
    #[serde(default, skip_serializing_if = "ClockRules::is_ordinary")]
    pub clock: ClockRules,
    /// When the department's silence is a grant; `None` = never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deemed_grant: Option<DeemedGrant>,
    /// Acts by which its grant may be ended afterwards.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub revocations: Vec<NodeRevocation>,
    /// What follows when the applicant dies or changes; of what is not in here, that it waits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub on_change: Vec<NodeChange>,
    /// By when its decision is to be served, from the decision; `None` = the law sets no time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Period>,
}

impl ServiceNode {
    pub fn revocation(&self, act: RevocationAct) -> Option<&NodeRevocation> {
        self.revocations.iter().find(|known| known.act == act)
    }

    pub fn effect_of(&self, change: ApplicantChange) -> ChangeEffect {
        let known = self.on_change.iter().find(|known| known.change == change);
        known.map_or(ChangeEffect::Suspends, |known| known.effect)
    }

    pub fn procedure(&self, id: &str) -> Option<&NodeProcedure> {
        self.procedures.iter().find(|procedure| *procedure.id == *id)
    }

    /// Its part of a visit on the spot.
    pub fn visited(&self, visit: &str) -> Option<&NodeProcedure> {
        self.procedures.iter().find(|it| it.visit.as_deref() == Some(visit))
    }
}

/// A special procedure 特别程序 of a service, as its definition knows it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct NodeProcedure {
    /// Unique in the service.
    pub id: Arc<str>,
    /// How long it may take: the applicant is told in writing.
    pub period: Period,
    /// It comes after the decision and stops no clock.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub afterwards: bool,
    /// Its time counts in the period all the same: by its procedure regime no clock stands still for it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub counted: bool,
    /// The [`PlannedVisit`] that it is part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit: Option<Arc<str>>,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct EvidenceSlot {
    pub ty: EvidenceTypeId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberId>,
}

/// An output of another node.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Wait {
    pub from: NodeKey,
    pub output: Arc<str>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct NodeOutput {
    pub id: Arc<str>,
    /// It is a licence that the hub issues at the grant.
    pub licence: bool,
    /// Slots that come into being with it.
    pub slots: Vec<Slot>,
    /// No paper and no value, only that it is so: it exists as soon as the service is granted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub fact: bool,
}

/// One file handed in.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct EvidenceRef {
    pub id: EvidenceId,
    pub slot: EvidenceSlot,
    /// HMAC of the bytes under the subject's key.
    pub keyed_hash: Arc<str>,
    pub size_bytes: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DispatchKind {
    Referral,
    Supplement,
    Withdrawal,
    /// A correction was not answered in time and the service case ended.
    Lapse,
    /// A visit on the spot is proposed, agreed on, moved or off.
    Visit,
    /// Something that the department has to know; it asks for nothing but a receipt.
    Notice,
}

impl DispatchKind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Referral => "referral",
            Self::Supplement => "supplement",
            Self::Withdrawal => "withdrawal",
            Self::Lapse => "lapse",
            Self::Visit => "visit",
            Self::Notice => "notice",
        }
    }
}

/// What a notice to a department is about.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "about")]
pub enum NoticeAbout {
    /// The grant of a service whose output this one uses was ended. Nothing of this service is undone by that.
    OutputRevoked { from: NodeKey },
    /// The holder has spoken on an act that was announced.
    HolderHeard,
    /// The applicant has changed: it waits, and the clocks stand still.
    Suspended,
    /// Somebody has taken the applicant's place, or nothing was the matter: it goes on.
    Resumed,
    /// It ends without a decision.
    Terminated,
    /// A source has answered at last.
    FieldsChecked,
}

impl NoticeAbout {
    /// Stable word for message keys and the wire.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::OutputRevoked { .. } => "output_revoked",
            Self::HolderHeard => "holder_heard",
            Self::Suspended => "suspended",
            Self::Resumed => "resumed",
            Self::Terminated => "terminated",
            Self::FieldsChecked => "fields_checked",
        }
    }
}

/// An output that a grant brought into being.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct GrantedOutput {
    pub id: Arc<str>,
    pub licence: Option<LicenceId>,
    /// Values of its slots (`Facts` as JSON), sealed; `None` when it has none.
    pub values: Option<SealedId>,
}

/// Evidence that was promised for later.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct OwedEvidence {
    #[serde(flatten)]
    pub slot: EvidenceSlot,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

/// What a department says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Reply {
    /// The business receipt (业务回执): only this closes a sending.
    Received,
    Accepted,
    /// The department has begun to examine it (部门开始办理). No clock and no state depends on it.
    Began,
    /// A special procedure begins; what the law does not count runs from here.
    ProcedureBegan {
        procedure: Arc<str>,
        text: Option<SealedId>,
    },
    ProcedureEnded {
        procedure: Arc<str>,
        text: Option<SealedId>,
    },
    /// The period is extended, once, by the regime's extension.
    Extended {
        reason: SealedId,
        /// Who gave leave: name and office, sealed.
        approved_by: SealedId,
    },
    NotAccepted {
        ground: ChecklistLineId,
        text: Option<SealedId>,
    },
    /// What was asked for was made good at the department itself (补正结束).
    CorrectionSettled,
    CorrectionRequested {
        lines: Vec<ChecklistLineId>,
        text: Option<SealedId>,
        /// Why something is asked for again, or was not named at once.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<SealedId>,
    },
    Granted {
        outputs: Vec<GrantedOutput>,
        /// Evidence that is still to be handed in (容缺通过).
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        owed: Vec<OwedEvidence>,
    },
    Refused {
        ground: ChecklistLineId,
        text: Option<SealedId>,
    },
    WithdrawalConfirmed,
    TooLateToWithdraw,
    /// At which of the times that were proposed it can come; none = it cannot come then.
    VisitJoined {
        visit: Arc<str>,
        /// Of the proposal.
        number: u32,
        slots: Vec<u32>,
    },
    /// It was there, and this is what it found.
    VisitHeld {
        visit: Arc<str>,
        result: VisitResult,
        text: Option<SealedId>,
    },
    /// The grant is ended by a new act.
    Revoked {
        act: RevocationAct,
        reason: SealedId,
        /// The legal ground in words.
        basis: SealedId,
        effective_on: Date,
        /// The department has heard the holder. Of an officer in the hub the hub knows it itself.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        heard: bool,
    },
}

/// How a reply stood when it was recorded.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It took, or will take, its place in the service case.
    Counted,
    /// After a legal effect: recorded, changes nothing by itself.
    Late,
    /// Contradicts a decision: the service case is contested.
    Contradicts,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RecordedReply {
    pub dispatch: DispatchId,
    pub department_seq: u64,
    /// The department's own time.
    pub decided_at: Instant,
    pub reply: Reply,
    pub standing: Standing,
}

/// One thing that happened.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum CaseEventBody {
    Submitted {
        application: Box<Application>,
    },
    /// Its last hard need exists: the service case is received by law at this instant (semantics 10).
    Started {
        node: NodeKey,
    },
    /// To be sent; the outbox row is written in the same transaction.
    Dispatched {
        node: NodeKey,
        dispatch: DispatchId,
        kind: DispatchKind,
        round: u32,
        /// Of a notice.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        about: Option<Arc<NoticeAbout>>,
    },
    /// The transport took it. Delivered is not received.
    Delivered {
        node: NodeKey,
        dispatch: DispatchId,
    },
    ReplyRecorded {
        node: NodeKey,
        recorded: RecordedReply,
    },
    CorrectionAnswered {
        node: NodeKey,
        round: u32,
        /// Changed values and words of the applicant, sealed.
        answer: Option<SealedId>,
        evidence: Vec<EvidenceRef>,
    },
    /// The correction limit passed in silence.
    AcceptanceDeemed {
        node: NodeKey,
    },
    /// The time for the decision passed in silence, and by its regime that is a grant.
    GrantDeemed {
        node: NodeKey,
        /// When the time was over.
        since: Instant,
    },
    /// The working calendar changed, and with it dates of this case.
    DatesMoved(DatesMoved),
    /// The time for answering a correction passed in silence, and by its regime that ends the service case.
    CorrectionLapsed {
        node: NodeKey,
        round: u32,
    },
    /// The one notice of the round names this service's correction. By the margin it is an act of the hub;
    /// when all have answered, that it has gone out is derived, and this is for the record.
    CorrectionNotified {
        node: NodeKey,
        round: u32,
        by_margin: bool,
    },
    /// Times for a visit on the spot are offered; a further number takes the place of the one before.
    VisitProposed {
        visit: Arc<str>,
        number: u32,
        /// The services whose departments are called.
        nodes: Vec<NodeKey>,
        slots: Vec<VisitSlot>,
        /// What the applicant should have ready, and whom to call.
        note: Option<SealedId>,
    },
    /// The applicant takes one of the times.
    VisitConfirmed {
        visit: Arc<str>,
        number: u32,
        slot: u32,
    },
    /// None of them suits the applicant.
    VisitTimeAsked {
        visit: Arc<str>,
        number: u32,
        words: Option<SealedId>,
    },
    /// Somebody was not there.
    VisitMissed {
        visit: Arc<str>,
        number: u32,
        /// Whose department; `None` = the applicant.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        absent: Option<NodeKey>,
        note: Option<SealedId>,
    },
    WithdrawalRequested {
        node: NodeKey,
    },
    /// Unsent, so it took effect at once.
    Withdrawn {
        node: NodeKey,
    },
    /// It can never start: an output that it needs will not come.
    Stopped {
        node: NodeKey,
        because_of: NodeKey,
    },
    /// An officer resolved a contested service case in favour of this reply.
    ContestResolved {
        node: NodeKey,
        dispatch: DispatchId,
        department_seq: u64,
    },
    /// A document reached the applicant.
    Served {
        document: DocumentRef,
        way: ServiceWay,
    },
    Rated {
        /// A service; `None` = the matter as a whole.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        node: Option<NodeKey>,
        grade: u8,
        words: Option<SealedId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        channel: Option<RatingChannel>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        tags: Vec<Arc<str>>,
    },
    /// The rater of a bad rating was called back.
    RatingContacted {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        node: Option<NodeKey>,
        complex: bool,
        note: Option<SealedId>,
    },
    RatingRectified {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        node: Option<NodeKey>,
        how: Rectification,
        note: Option<SealedId>,
    },
    RatingAppealed {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        node: Option<NodeKey>,
        ground: AppealGround,
        note: Option<SealedId>,
    },
    AppealDecided {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        node: Option<NodeKey>,
        upheld: bool,
        note: Option<SealedId>,
    },
    /// A reminder was given, or a step of a supervision notice 督办 was taken.
    Supervised {
        node: NodeKey,
        #[serde(flatten)]
        act: SupervisionAct,
    },
    /// The holder was told that a grant is to be ended, and may speak.
    RevocationAnnounced {
        node: NodeKey,
        act: RevocationAct,
        reason: SealedId,
        basis: SealedId,
    },
    RevocationAnswered {
        node: NodeKey,
        answer: SealedId,
    },
    /// What was announced is not done.
    RevocationDropped {
        node: NodeKey,
        reason: SealedId,
    },
    /// The applicant died or changed; what follows for the services that were open then.
    ApplicantChangeReported {
        change: ApplicantChange,
        note: SealedId,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        evidence: Vec<EvidenceRef>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        suspended: Vec<NodeKey>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        ended: Vec<NodeKey>,
    },
    /// Who is to take the applicant's place; his authority was looked at.
    SuccessorNamed {
        account: AccountId,
        capacity: Capacity,
        note: SealedId,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        evidence: Vec<EvidenceRef>,
    },
    /// He consents: from now on the case is his.
    SuccessionConsented {},
    /// The change was recorded by mistake, or has passed.
    ApplicantChangeClosed {
        reason: SealedId,
    },
    /// Nobody takes the applicant's place: a suspended service ends without a decision.
    Terminated {
        node: NodeKey,
        reason: SealedId,
    },
    /// A source answered at last.
    FieldsChecked {
        source: SourceId,
        results: Vec<CheckResult>,
    },
    /// An officer goes by evidence instead of the source.
    TakenOnEvidence {
        node: NodeKey,
        slot: Slot,
        reason: SealedId,
    },
}

/// A stored event. `seq` begins at 1 and has no gaps.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CaseEvent {
    pub seq: u64,
    pub at: Instant,
    pub actor: Actor,
    #[serde(flatten)]
    pub body: CaseEventBody,
}
