//! Commands and what may be refused.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use vocabulary::{
    AccountId, CaseId, ChecklistLineId, DispatchId, Instant, NodeKey, OrganisationId, SealedId,
    Slot, SourceId, WorkCalendar,
};

use crate::checks::{CheckOutcome, CheckResult};
use crate::documents::{DocumentRef, ServiceWay};
use crate::event::{Application, EvidenceRef, Reply};
use crate::ratings::{AppealGround, RatingChannel, Rectification};
use crate::revoking::RevocationAct;
use crate::rounds::ServiceAnswer;
use crate::succession::{ApplicantChange, Capacity};
use crate::supervision::SupervisionAct;
use crate::visits::VisitSlot;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActorRole {
    Applicant,
    Clerk,
    Officer,
    /// Handles somebody's matter on an order 帮代办.
    Agent,
    /// Answers for a hall's or a department's figures and ratings.
    Manager,
    /// Heads a unit of a department 科室负责人: answers what supervision asks of it.
    UnitHead,
    /// Supervises all departments 效能监察: gives and closes notices.
    Inspector,
    /// A department's system over the exchange.
    Department,
    /// The hub itself: timers, delivery.
    Hub,
}

/// Who did it, as events keep it: no names.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Actor {
    pub role: ActorRole,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<OrganisationId>,
}

/// What someone wants to happen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Command {
    Submit(Box<Application>),
    /// The transport took a sending.
    NoteDelivered {
        dispatch: DispatchId,
    },
    /// A department's reply, over the exchange or by an officer in the hub.
    ///
    /// The same reply is known by its content: whoever makes a `Reply` derives the ids of its sealed values
    /// and licences from what they hold, not from chance, so that a repetition is equal to the first.
    TakeReply {
        node: NodeKey,
        dispatch: DispatchId,
        department_seq: u64,
        decided_at: Instant,
        reply: Reply,
    },
    /// One service's correction answered in one go.
    AnswerCorrection {
        node: NodeKey,
        answer: Option<SealedId>,
        evidence: Vec<EvidenceRef>,
    },
    /// Corrections of several services answered in one go: all or none.
    AnswerCorrections {
        answers: Vec<ServiceAnswer>,
    },
    /// A department of a visit on the spot offers times.
    ProposeVisit {
        visit: Arc<str>,
        slots: Vec<VisitSlot>,
        note: Option<SealedId>,
    },
    /// The applicant takes one of them.
    ConfirmVisit {
        visit: Arc<str>,
        number: u32,
        slot: u32,
    },
    /// None of them suits the applicant.
    AskOtherTime {
        visit: Arc<str>,
        number: u32,
        words: Option<SealedId>,
    },
    /// Somebody was not there; `absent` = whose department, `None` = the applicant.
    MissVisit {
        visit: Arc<str>,
        number: u32,
        absent: Option<NodeKey>,
        note: Option<SealedId>,
    },
    /// Of one service, or of all that are still open.
    Withdraw {
        node: Option<NodeKey>,
    },
    /// A timer fired: legal effects that are due take place.
    Tick,
    /// A calendar was loaded, the one of the context; `before` held until then.
    TakeCalendar {
        /// The number of the loading; each is taken over once.
        load: u64,
        before: Arc<WorkCalendar>,
    },
    ResolveContest {
        node: NodeKey,
        dispatch: DispatchId,
        department_seq: u64,
    },
    /// A document reached the applicant 送达.
    Serve {
        document: DocumentRef,
        way: ServiceWay,
    },
    /// 1 very satisfied … 5 very dissatisfied (GB/T 39046 A.8).
    Rate {
        /// A service; `None` = the matter as a whole.
        node: Option<NodeKey>,
        grade: u8,
        words: Option<SealedId>,
        channel: Option<RatingChannel>,
        /// What was chosen among the words that go with the grade.
        tags: Vec<Arc<str>>,
    },
    /// The rater of a bad rating was called back.
    ContactRater {
        node: Option<NodeKey>,
        complex: bool,
        note: Option<SealedId>,
    },
    /// What was found bad is settled.
    RectifyRating {
        node: Option<NodeKey>,
        how: Rectification,
        note: Option<SealedId>,
    },
    /// It was a mistake or malicious and should not count.
    AppealRating {
        node: Option<NodeKey>,
        ground: AppealGround,
        note: Option<SealedId>,
    },
    DecideAppeal {
        node: Option<NodeKey>,
        upheld: bool,
        note: Option<SealedId>,
    },
    /// Reminders that are due, or one step of a supervision notice 督办.
    Supervise {
        node: NodeKey,
        acts: Vec<SupervisionAct>,
    },
    /// The holder is told that a grant is to be ended, why and on what ground, and may speak.
    AnnounceRevocation {
        node: NodeKey,
        act: RevocationAct,
        reason: SealedId,
        basis: SealedId,
    },
    /// What the holder says to it.
    AnswerRevocation {
        node: NodeKey,
        answer: SealedId,
    },
    DropRevocation {
        node: NodeKey,
        reason: SealedId,
    },
    /// The applicant died, or somebody else has to act.
    ReportApplicantChange {
        change: ApplicantChange,
        note: SealedId,
        evidence: Vec<EvidenceRef>,
    },
    /// Who is to take her place, with what was looked at.
    NameSuccessor {
        account: AccountId,
        capacity: Capacity,
        note: SealedId,
        evidence: Vec<EvidenceRef>,
    },
    /// He consents himself.
    ConsentToSuccession,
    CloseApplicantChange {
        reason: SealedId,
    },
    /// Nobody takes her place: a suspended service ends.
    Terminate {
        node: NodeKey,
        reason: SealedId,
    },
    /// What a source that was out of reach said at last.
    NoteChecks {
        source: SourceId,
        results: Vec<CheckResult>,
    },
    /// Evidence is taken instead of the source's word.
    TakeOnEvidence {
        node: NodeKey,
        slot: Slot,
        reason: SealedId,
    },
}

/// What surrounds a decision.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    pub now: Instant,
    pub actor: &'a Actor,
    pub calendar: &'a WorkCalendar,
    pub time_zone: &'a jiff::tz::TimeZone,
}

/// The domain says no. Closed: every variant has a code, words in every language, and says what would be
/// accepted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// CASE0001: there is no such case. `decide` knows no id then and says the nil id.
    UnknownCase(CaseId),
    /// CASE0002: the case exists already.
    AlreadySubmitted(CaseId),
    /// CASE0003: the case has no such service.
    UnknownService(NodeKey),
    /// CASE0004: no such sending to this service's department, or nothing of that kind was asked with it.
    UnknownDispatch(DispatchId),
    /// CASE0005: no correction is asked for.
    NoCorrectionOpen(NodeKey),
    /// CASE0006: nothing is left to withdraw.
    NothingToWithdraw,
    /// CASE0007: already decided.
    AlreadyDecided(NodeKey),
    /// CASE0008: the grant lacks an output that the service promises.
    OutputMissing { node: NodeKey, output: String },
    /// CASE0009: the same department number with another content.
    ReplyChanged { dispatch: DispatchId, department_seq: u64 },
    /// CASE0010: not yet started: it waits for another service.
    NotStarted(NodeKey),
    /// CASE0011: rated already.
    AlreadyRated,
    /// CASE0012: a grade is 1 to 5.
    GradeOutOfRange(u8),
    /// CASE0013: it can be rated when something is decided.
    NotYetRatable,
    /// CASE0014: an application needs at least one service.
    EmptyApplication,
    /// CASE0015: the services wait for each other in a circle.
    CircularWaits(NodeKey),
    /// CASE0016: nothing is contested here.
    NotContested(NodeKey),
    /// CASE0017: a correction names at least one line of the checklist.
    EmptyCorrection(NodeKey),
    /// CASE0018: withdrawn, or the withdrawal is under way.
    AlreadyWithdrawn(NodeKey),
    /// CASE0019: the one who asks is not of this department.
    NotYourService(NodeKey),
    /// CASE0020: correction already asked for and not answered yet.
    CorrectionOpen(NodeKey, Vec<ChecklistLineId>),
    /// CASE0021: there is no bad rating that could be answered.
    NoBadRating(Option<NodeKey>),
    /// CASE0022: this answer to the rating was given before.
    RatingAnswered(Option<NodeKey>),
    /// CASE0023: the rater is called back before anything is called settled.
    NotYetContacted(Option<NodeKey>),
    /// CASE0024: no appeal waits for a decision.
    NoAppealOpen(Option<NodeKey>),
    /// CASE0025: who appealed does not decide.
    OwnAppeal(Option<NodeKey>),
    /// CASE0026: this rating is not for the one who asks to give or to answer.
    NotYourRating(Option<NodeKey>),
    /// CASE0027: its procedure knows no extension.
    NotExtendable(NodeKey),
    /// CASE0028: extended before; once is all.
    AlreadyExtended(NodeKey),
    /// CASE0029: the statutory period is over: it can no longer be extended.
    ExtensionTooLate(NodeKey),
    /// CASE0030: the service knows no such special procedure.
    UnknownProcedure { node: NodeKey, procedure: Arc<str> },
    /// CASE0031: this special procedure is under way already.
    ProcedureOpen { node: NodeKey, procedure: Arc<str> },
    /// CASE0032: this special procedure is not under way.
    NoProcedureOpen { node: NodeKey, procedure: Arc<str> },
    /// CASE0033: it has to be accepted first.
    NotYetAccepted(NodeKey),
    /// CASE0034: the time for the correction has passed and the service case was returned.
    CorrectionLapsed(NodeKey),
    /// CASE0035: only the applicant, and who acts for him, answers a correction and withdraws.
    ApplicantOnly,
    /// CASE0036: only the hub itself lets time pass and takes a calendar over.
    HubOnly,
    /// CASE0037: granted by law, for the department was silent; only the paper can still be handed in.
    GrantedBySilence(NodeKey),
    /// CASE0065: this act of supervision is another's.
    NotYoursToSupervise(NodeKey),
    /// CASE0066: a supervision notice is open.
    SupervisionOpen(NodeKey),
    /// CASE0067: no supervision notice is open.
    NoSupervisionOpen(NodeKey),
    /// CASE0068: the notice was answered.
    SupervisionAnswered(NodeKey),
    /// CASE0069: the notice is to be answered before it is closed.
    SupervisionUnanswered(NodeKey),
    /// CASE0040: an answer to a notice names each service of it once.
    NothingAnswered,
    /// CASE0041: what is asked for again, or was not named at once, needs a reason.
    ReasonMissing(NodeKey, Vec<ChecklistLineId>),
    /// CASE0042: there is no such visit on the spot, or this service has no part in it.
    UnknownVisit(Arc<str>),
    /// CASE0043: one to six times are offered, each once, still to come, and with an end after its beginning.
    SlotsWrong(Arc<str>),
    /// CASE0044: other times have been proposed since, or none stand.
    VisitChanged(Arc<str>),
    /// CASE0045: this time is not, or no longer, offered.
    SlotNotOffered(Arc<str>),
    /// CASE0046: no time is agreed on, or it has not come yet.
    VisitNotYet(Arc<str>),
    /// CASE0047: nobody needs this visit any more.
    VisitOver(Arc<str>),
    /// CASE0050: there is no grant that could be ended so.
    NothingToRevoke(NodeKey),
    /// CASE0051: its procedure does not know this act.
    UnknownRevocation { node: NodeKey, act: RevocationAct },
    /// CASE0052: the holder has to be told and heard first; until then, where a time runs.
    HearingFirst { node: NodeKey, until: Option<Instant> },
    /// CASE0053: nothing was announced.
    NoRevocationOpen(NodeKey),
    /// CASE0054: it was announced already.
    RevocationOpen(NodeKey),
    /// CASE0055: a field that it needs is not checked, or its source says something else.
    FieldUnchecked { node: NodeKey, slot: Slot, outcome: Option<CheckOutcome> },
    /// CASE0056: while the source is silent, evidence may be taken instead only from then on.
    EvidenceTooEarly { node: NodeKey, slot: Slot, from: Option<Instant> },
    /// CASE0057: nothing about this field is left open for this service.
    NothingToCheck { node: NodeKey, slot: Slot },
    /// CASE0058: it waits for somebody to take the applicant's place.
    Suspended(NodeKey),
    /// CASE0059: a change of the applicant is recorded already.
    ChangeOpen,
    /// CASE0060: no change of the applicant is open.
    NoChangeOpen,
    /// CASE0061: everything has ended: there is nothing that could be taken over.
    NothingLeftToChange,
    /// CASE0062: only who was named may consent, and he himself.
    NotTheSuccessor,
    /// CASE0063: this is recorded by a clerk or an officer who has a part in the case.
    MayNotRecord,
    /// CASE0064: it ended without a decision.
    Terminated(NodeKey),
    /// CASE0070: the case has no such document.
    UnknownDocument(DocumentRef),
    /// CASE0071: served before, in another way.
    AlreadyServed(DocumentRef, Instant),
    /// CASE0072: whoever says so cannot know: each way has those who serve in it.
    NotYoursToServe(DocumentRef, ServiceWay),
    /// CASE0073: receipts and proofs of service are not served.
    NeedsNoService(DocumentRef),
}

impl Refusal {
    /// Every code there is.
    pub const CODES: [&str; 69] = [
        "CASE0001", "CASE0002", "CASE0003", "CASE0004", "CASE0005", "CASE0006", "CASE0007",
        "CASE0008", "CASE0009", "CASE0010", "CASE0011", "CASE0012", "CASE0013", "CASE0014",
        "CASE0015", "CASE0016", "CASE0017", "CASE0018", "CASE0019", "CASE0020", "CASE0021",
        "CASE0022", "CASE0023", "CASE0024", "CASE0025", "CASE0026", "CASE0027", "CASE0028",
        "CASE0029", "CASE0030", "CASE0031", "CASE0032", "CASE0033", "CASE0034", "CASE0035",
        "CASE0036", "CASE0037", "CASE0040", "CASE0041", "CASE0042", "CASE0043", "CASE0044",
        "CASE0045", "CASE0046", "CASE0047", "CASE0050", "CASE0051", "CASE0052", "CASE0053",
        "CASE0054", "CASE0055", "CASE0056", "CASE0057", "CASE0058", "CASE0059", "CASE0060",
        "CASE0061", "CASE0062", "CASE0063", "CASE0064", "CASE0065", "CASE0066", "CASE0067",
        "CASE0068", "CASE0069", "CASE0070", "CASE0071", "CASE0072", "CASE0073",
    ];

    /// The stable code, `CASE0001` and up.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownCase(_) => "CASE0001",
            Self::AlreadySubmitted(_) => "CASE0002",
            Self::UnknownService(_) => "CASE0003",
            Self::UnknownDispatch(_) => "CASE0004",
            Self::NoCorrectionOpen(_) => "CASE0005",
            Self::NothingToWithdraw => "CASE0006",
            Self::AlreadyDecided(_) => "CASE0007",
            Self::OutputMissing { .. } => "CASE0008",
            Self::ReplyChanged { .. } => "CASE0009",
            Self::NotStarted(_) => "CASE0010",
            Self::AlreadyRated => "CASE0011",
            Self::GradeOutOfRange(_) => "CASE0012",
            Self::NotYetRatable => "CASE0013",
            Self::EmptyApplication => "CASE0014",
            Self::CircularWaits(_) => "CASE0015",
            Self::NotContested(_) => "CASE0016",
            Self::EmptyCorrection(_) => "CASE0017",
            Self::AlreadyWithdrawn(_) => "CASE0018",
            Self::NotYourService(_) => "CASE0019",
            Self::CorrectionOpen(..) => "CASE0020",
            Self::NoBadRating(_) => "CASE0021",
            Self::RatingAnswered(_) => "CASE0022",
            Self::NotYetContacted(_) => "CASE0023",
            Self::NoAppealOpen(_) => "CASE0024",
            Self::OwnAppeal(_) => "CASE0025",
            Self::NotYourRating(_) => "CASE0026",
            Self::NotExtendable(_) => "CASE0027",
            Self::AlreadyExtended(_) => "CASE0028",
            Self::ExtensionTooLate(_) => "CASE0029",
            Self::UnknownProcedure { .. } => "CASE0030",
            Self::ProcedureOpen { .. } => "CASE0031",
            Self::NoProcedureOpen { .. } => "CASE0032",
            Self::NotYetAccepted(_) => "CASE0033",
            Self::CorrectionLapsed(_) => "CASE0034",
            Self::ApplicantOnly => "CASE0035",
            Self::HubOnly => "CASE0036",
            Self::GrantedBySilence(_) => "CASE0037",
            Self::NotYoursToSupervise(_) => "CASE0065",
            Self::SupervisionOpen(_) => "CASE0066",
            Self::NoSupervisionOpen(_) => "CASE0067",
            Self::SupervisionAnswered(_) => "CASE0068",
            Self::SupervisionUnanswered(_) => "CASE0069",
            Self::NothingAnswered => "CASE0040",
            Self::ReasonMissing(..) => "CASE0041",
            Self::UnknownVisit(_) => "CASE0042",
            Self::SlotsWrong(_) => "CASE0043",
            Self::VisitChanged(_) => "CASE0044",
            Self::SlotNotOffered(_) => "CASE0045",
            Self::VisitNotYet(_) => "CASE0046",
            Self::VisitOver(_) => "CASE0047",
            Self::NothingToRevoke(_) => "CASE0050",
            Self::UnknownRevocation { .. } => "CASE0051",
            Self::HearingFirst { .. } => "CASE0052",
            Self::NoRevocationOpen(_) => "CASE0053",
            Self::RevocationOpen(_) => "CASE0054",
            Self::FieldUnchecked { .. } => "CASE0055",
            Self::EvidenceTooEarly { .. } => "CASE0056",
            Self::NothingToCheck { .. } => "CASE0057",
            Self::Suspended(_) => "CASE0058",
            Self::ChangeOpen => "CASE0059",
            Self::NoChangeOpen => "CASE0060",
            Self::NothingLeftToChange => "CASE0061",
            Self::NotTheSuccessor => "CASE0062",
            Self::MayNotRecord => "CASE0063",
            Self::Terminated(_) => "CASE0064",
            Self::UnknownDocument(_) => "CASE0070",
            Self::AlreadyServed(..) => "CASE0071",
            Self::NotYoursToServe(..) => "CASE0072",
            Self::NeedsNoService(_) => "CASE0073",
        }
    }
}
