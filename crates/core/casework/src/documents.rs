//! Numbered documents 文书: which a case has, in the order in which they went out, and when each was served.
//!
//! Goes in: events, one after the other. Comes out: a register that only grows. A document is never stored: it
//! follows from the event that brought it about, so it has the same number on every node and for ever. What it
//! says is made from templates by whoever shows it.
//!
//! What counts is how a reply stood when it was recorded: a late or contradictory one sends nothing out, and
//! what went out stands in the register even if a later word overtakes it ([`Effect`]). The numbers follow the
//! order in which things came in, as in any register; everything else about a case does not depend on it.

use serde::{Deserialize, Serialize};
use vocabulary::{DispatchId, Instant, NodeKey};

use crate::command::{Actor, ActorRole, Context, Refusal};
use crate::event::{CaseEvent, CaseEventBody, RecordedReply, Reply, Standing};
use crate::revoking::{Announcement, Revocation, RevocationAct};
use crate::state::{Case, ServiceState};

/// The kinds of documents.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DocumentKind {
    /// 收件凭证: what was handed in, when and where.
    Receipt,
    /// 受理通知书, also of a deemed acceptance.
    Acceptance,
    /// 不予受理决定书.
    NotAccepted,
    /// 一次性补正告知书.
    Correction,
    /// 延期告知书.
    Extension,
    /// 特别程序告知书.
    SpecialProcedure,
    /// 准予决定书.
    Grant,
    /// 不予决定书.
    Refusal,
    /// 视为准予证明: the time for the decision passed in silence, and by law that is a grant.
    DeemedGrant,
    /// 逾期未补正退件告知书: the time for the correction passed, and what that means.
    Lapse,
    /// 撤销等事先告知书: a grant is to be ended, and its holder may speak first (陈述申辩).
    RevocationNotice,
    /// 撤销、撤回、吊销、注销决定书.
    Revocation,
    /// 终止办理告知书: it ends without a decision.
    Termination,
    /// 送达回证: that another document was served, when and how.
    ProofOfService,
}

impl DocumentKind {
    pub const ALL: [Self; 14] = [
        Self::Receipt,
        Self::Acceptance,
        Self::NotAccepted,
        Self::Correction,
        Self::Extension,
        Self::SpecialProcedure,
        Self::Grant,
        Self::Refusal,
        Self::DeemedGrant,
        Self::Lapse,
        Self::RevocationNotice,
        Self::Revocation,
        Self::Termination,
        Self::ProofOfService,
    ];

    /// Stable word for message keys and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Receipt => "receipt",
            Self::Acceptance => "acceptance",
            Self::NotAccepted => "not-accepted",
            Self::Correction => "correction",
            Self::Extension => "extension",
            Self::SpecialProcedure => "special-procedure",
            Self::Grant => "grant",
            Self::Refusal => "refusal",
            Self::DeemedGrant => "deemed-grant",
            Self::Lapse => "lapse",
            Self::RevocationNotice => "revocation-notice",
            Self::Revocation => "revocation",
            Self::Termination => "termination",
            Self::ProofOfService => "proof-of-service",
        }
    }

    /// The two letters of its number; a promise, for they are printed.
    pub const fn letters(self) -> &'static str {
        match self {
            Self::Receipt => "RC",
            Self::Acceptance => "AC",
            Self::NotAccepted => "NA",
            Self::Correction => "CR",
            Self::Extension => "EX",
            Self::SpecialProcedure => "SP",
            Self::Grant => "GR",
            Self::Refusal => "RF",
            Self::DeemedGrant => "DG",
            Self::Lapse => "LP",
            Self::RevocationNotice => "RN",
            Self::Revocation => "RV",
            Self::Termination => "TM",
            Self::ProofOfService => "PS",
        }
    }

    /// Decides on a service, and so stands only while that decision does.
    pub const fn decides(self) -> bool {
        matches!(self, Self::NotAccepted | Self::Grant | Self::Refusal | Self::DeemedGrant)
    }

    /// Has to be served; a receipt is given where one hands in, and a proof proves itself.
    pub const fn is_served(self) -> bool {
        !matches!(self, Self::Receipt | Self::ProofOfService)
    }
}

/// Which document of a case: kind, service, and the how manieth of that kind.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct DocumentRef {
    pub kind: DocumentKind,
    /// `None` = of the whole application.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<NodeKey>,
    /// From 1, in the order in which they went out.
    pub ordinal: u32,
}

/// What brought a document about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Source {
    Submission,
    /// The department's reply, by its key in the service case.
    Reply(DispatchId, u64),
    /// A time passed in silence, and by law that is an acceptance or a grant.
    Deemed,
    /// The time for a correction passed.
    Lapsed,
    /// The how manieth announcement of the service, from 0.
    Announced(usize),
    /// A service ended without a decision.
    Ended,
    /// That document was served.
    Served(Box<DocumentRef>),
}

/// How a document reached the applicant 送达方式.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ServiceWay {
    /// The applicant, or the agent for him, confirmed it in his account 电子送达.
    Online,
    /// A clerk handed the paper over at a window 窗口领取.
    Counter,
    /// The department handed it over itself 直接送达.
    Direct,
    /// The department posted it, and it was signed for 邮寄送达.
    Post,
}

impl ServiceWay {
    pub const ALL: [Self; 4] = [Self::Online, Self::Counter, Self::Direct, Self::Post];

    /// Stable word for message keys, forms and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Counter => "counter",
            Self::Direct => "direct",
            Self::Post => "post",
        }
    }

    /// The way of this word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.as_str() == text)
    }

    /// Whether somebody in this role can say of it that it happened.
    pub const fn is_of(self, role: ActorRole) -> bool {
        match self {
            Self::Online => matches!(role, ActorRole::Applicant | ActorRole::Agent),
            Self::Counter => matches!(role, ActorRole::Clerk),
            Self::Direct | Self::Post => matches!(role, ActorRole::Officer),
        }
    }
}

/// That a document was served.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Serving {
    pub at: Instant,
    pub way: ServiceWay,
    pub by: Actor,
}

/// One document of a case.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Document {
    pub id: DocumentRef,
    /// The date it bears: the department's own time, or the hub's where the hub issued it.
    pub issued_at: Instant,
    /// The event that brought it about: what it says is what was known then.
    pub seq: u64,
    pub source: Source,
    /// `None` = not yet, as far as the hub knows.
    pub served: Option<Serving>,
}

/// Whether a document still says what holds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Effect {
    Stands,
    /// The department contradicted itself; an officer has to resolve it.
    Contested,
    /// A later word overtook it.
    Overtaken,
}

impl Effect {
    pub const ALL: [Self; 3] = [Self::Stands, Self::Contested, Self::Overtaken];

    /// Stable word for message keys and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stands => "stands",
            Self::Contested => "contested",
            Self::Overtaken => "overtaken",
        }
    }
}

/// The date that a document bears, and the event.
type At = (Instant, u64);

impl Case {
    /// All documents, in the order in which they went out.
    pub fn documents(&self) -> &[Document] {
        &self.documents
    }

    /// One of them.
    pub fn document(&self, id: &DocumentRef) -> Option<&Document> {
        self.documents.iter().find(|document| document.id == *id)
    }

    /// The same case with an empty register: what the order of arrival decides is only there.
    #[must_use]
    pub fn without_register(self) -> Self {
        Self { documents: Vec::new(), ..self }
    }

    /// The document with this number or with the end of it (`AC02-1`).
    pub fn document_numbered(&self, number: &str) -> Option<&Document> {
        let of_case = &*self.application.case_number;
        let mark =
            number.strip_prefix(of_case).and_then(|rest| rest.strip_prefix('-')).unwrap_or(number);
        self.documents.iter().find(|document| self.document_mark(&document.id) == mark)
    }

    /// What tells a document from the others of its case: `AC02-1`. `00` = of the whole application.
    pub fn document_mark(&self, id: &DocumentRef) -> String {
        let node = id.node.as_ref();
        let position = self.services.iter().position(|it| Some(&it.node.key) == node);
        let position = position.map_or(0, |position| position.saturating_add(1));
        format!("{}{position:02}-{}", id.kind.letters(), id.ordinal)
    }

    /// Its number 文号: the case number and its mark; no register of numbers is needed.
    pub fn document_number(&self, id: &DocumentRef) -> String {
        format!("{}-{}", self.application.case_number, self.document_mark(id))
    }

    /// The reply that brought a document about, as it stands now.
    pub fn document_reply(&self, document: &Document) -> Option<&RecordedReply> {
        let Source::Reply(dispatch, seq) = document.source else { return None };
        self.service(document.id.node.as_ref()?)?.replies.get(&(dispatch, seq))
    }

    /// Whether the document still says what holds.
    pub fn document_effect(&self, document: &Document) -> Effect {
        let service = document.id.node.as_ref().and_then(|node| self.service(node));
        let Some(service) = service else { return Effect::Stands };
        let stands = match document.id.kind {
            kind if kind.decides() => match (service.state, kind) {
                (ServiceState::Contested, _) => return Effect::Contested,
                // The paper of a deemed grant may follow; both say the same.
                (ServiceState::Granted, DocumentKind::Grant | DocumentKind::DeemedGrant)
                | (ServiceState::Refused, DocumentKind::Refusal)
                | (ServiceState::NotAccepted, DocumentKind::NotAccepted) => true,
                _ => false,
            },
            DocumentKind::Lapse => service.state == ServiceState::Lapsed,
            DocumentKind::Termination => service.state == ServiceState::Terminated,
            DocumentKind::RevocationNotice => {
                self.announced(document).is_some_and(|it| it.dropped.is_none())
            }
            DocumentKind::Revocation => self.revocation_of(document).is_some(),
            _ => self
                .document_reply(document)
                .is_none_or(|reply| reply.standing == Standing::Counted),
        };
        if stands { Effect::Stands } else { Effect::Overtaken }
    }

    /// The announcement that a document tells its holder of.
    pub fn announced(&self, document: &Document) -> Option<&Announcement> {
        let Source::Announced(index) = document.source else { return None };
        self.service(document.id.node.as_ref()?)?.announcements.get(index)
    }

    /// The act that a document pronounces, as far as it ended a grant.
    pub fn revocation_of(&self, document: &Document) -> Option<&Revocation> {
        let Source::Reply(dispatch, seq) = document.source else { return None };
        let acts = &self.service(document.id.node.as_ref()?)?.revocations;
        acts.iter().find(|act| (act.dispatch, act.department_seq) == (dispatch, seq))
    }

    /// Which act a document announces or pronounces; `None` for other kinds.
    pub fn document_act(&self, document: &Document) -> Option<RevocationAct> {
        if let Some(announced) = self.announced(document) {
            return Some(announced.act);
        }
        match &self.document_reply(document)?.reply {
            Reply::Revoked { act, .. } => Some(*act),
            _ => None,
        }
    }

    /// What the event brings about in the register. Called before the event's service is settled.
    pub(crate) fn register(&mut self, event: &CaseEvent) {
        match &event.body {
            CaseEventBody::ReplyRecorded { node, recorded }
                if recorded.standing == Standing::Counted =>
            {
                let asks = matches!(recorded.reply, Reply::CorrectionRequested { .. });
                // Corrections go out with the notice of their round; what is asked for after it, at once, as is all
                // where nothing is gathered.
                let gathers = self.service(node).is_some_and(|it| it.track.gathers);
                if !asks || !gathers || self.is_notified(node) {
                    self.register_reply(node, recorded, (recorded.decided_at, event.seq));
                }
            }
            // An answer proves that it was told, also in cases from before there were rounds.
            CaseEventBody::CorrectionNotified { node, .. }
            | CaseEventBody::CorrectionAnswered { node, .. } => {
                for asked in self.not_yet_told(node) {
                    self.register_reply(node, &asked, (event.at, event.seq));
                }
            }
            CaseEventBody::AcceptanceDeemed { node }
                if !self.has(DocumentKind::Acceptance, node) =>
            {
                self.issue(
                    DocumentKind::Acceptance,
                    Some(node),
                    (event.at, event.seq),
                    Source::Deemed,
                );
            }
            CaseEventBody::GrantDeemed { node, .. } if !self.is_granted(node) => {
                let at = (event.at, event.seq);
                self.issue(DocumentKind::DeemedGrant, Some(node), at, Source::Deemed);
                self.register_acts(node, event.seq);
            }
            CaseEventBody::CorrectionLapsed { node, .. } => {
                self.once(DocumentKind::Lapse, node, (event.at, event.seq), Source::Lapsed);
            }
            CaseEventBody::Terminated { node, .. } => {
                self.once(DocumentKind::Termination, node, (event.at, event.seq), Source::Ended);
            }
            CaseEventBody::RevocationAnnounced { node, .. } => {
                // It is taken after this: its place is the next one.
                let index = self.service(node).map_or(0, |it| it.announcements.len());
                let source = Source::Announced(index);
                let kind = DocumentKind::RevocationNotice;
                self.issue(kind, Some(node), (event.at, event.seq), source);
            }
            CaseEventBody::ContestResolved { node, dispatch, department_seq } => {
                let chosen = self.service(node);
                let chosen = chosen.and_then(|it| it.replies.get(&(*dispatch, *department_seq)));
                // It goes out now that it holds, whatever date the reply bears.
                if let Some(chosen) = chosen.cloned() {
                    self.register_reply(node, &chosen, (event.at, event.seq));
                }
            }
            CaseEventBody::Served { document, way } => {
                let serving = Serving { at: event.at, way: *way, by: event.actor.clone() };
                let found = self.documents.iter_mut().find(|it| it.id == *document);
                if let Some(served) = found.filter(|it| it.served.is_none()) {
                    served.served = Some(serving);
                    let source = Source::Served(Box::new(document.clone()));
                    let kind = DocumentKind::ProofOfService;
                    self.issue(kind, document.node.as_ref(), (event.at, event.seq), source);
                }
            }
            _ => {}
        }
    }

    /// Requests of the service that count and have not gone out, by their keys.
    fn not_yet_told(&self, node: &NodeKey) -> Vec<RecordedReply> {
        let Some(service) = self.service(node) else { return Vec::new() };
        let told = |reply: &RecordedReply| {
            let source = Source::Reply(reply.dispatch, reply.department_seq);
            let of_node = |it: &&Document| it.id.node.as_ref() == Some(node);
            self.documents.iter().filter(of_node).any(|it| it.source == source)
        };
        let asked = service.replies.values().filter(|reply| {
            // How it stands now is not asked: a fold of everything at once derives that at its end only.
            let arrival = service.track.arrivals.get(&(reply.dispatch, reply.department_seq));
            arrival.is_some_and(|it| !it.late)
                && matches!(reply.reply, Reply::CorrectionRequested { .. })
                && !told(reply)
        });
        asked.cloned().collect()
    }

    /// Whether a notice went out since the applicant answered last.
    fn is_notified(&self, node: &NodeKey) -> bool {
        let Some(service) = self.service(node) else { return false };
        let answers = service.track.answers.len();
        self.documents.iter().any(|document| {
            let Source::Reply(dispatch, seq) = document.source else { return false };
            let arrival = service.track.arrivals.get(&(dispatch, seq));
            document.id.kind == DocumentKind::Correction
                && document.id.node.as_ref() == Some(node)
                && arrival.is_some_and(|it| usize::try_from(it.round) == Ok(answers))
        })
    }

    fn register_reply(&mut self, node: &NodeKey, recorded: &RecordedReply, at: At) {
        let kind = match &recorded.reply {
            Reply::Accepted => DocumentKind::Acceptance,
            Reply::NotAccepted { .. } => DocumentKind::NotAccepted,
            Reply::CorrectionRequested { .. } => DocumentKind::Correction,
            Reply::Extended { .. } => DocumentKind::Extension,
            Reply::Granted { .. } => DocumentKind::Grant,
            Reply::Refused { .. } => DocumentKind::Refusal,
            Reply::ProcedureBegan { .. } => DocumentKind::SpecialProcedure,
            Reply::Received
            | Reply::Began
            | Reply::CorrectionSettled
            | Reply::ProcedureEnded { .. }
            | Reply::WithdrawalConfirmed
            | Reply::TooLateToWithdraw
            | Reply::VisitJoined { .. }
            | Reply::VisitHeld { .. } => return,
            // What ends a grant is told once there is one.
            Reply::Revoked { .. } if self.is_granted(node) => DocumentKind::Revocation,
            Reply::Revoked { .. } => return,
        };
        let is_told = match &recorded.reply {
            // Each request is a notice of its own.
            Reply::CorrectionRequested { .. } => false,
            Reply::Revoked { .. } => self.is_registered(node, recorded),
            Reply::ProcedureBegan { procedure, .. } => self.is_told_of(node, procedure),
            _ => self.has(kind, node),
        };
        if !is_told {
            let source = Source::Reply(recorded.dispatch, recorded.department_seq);
            self.issue(kind, Some(node), at, source);
            if kind == DocumentKind::Grant {
                self.register_acts(node, at.1);
            }
        }
    }

    /// The acts that came before the grant that they end.
    fn register_acts(&mut self, node: &NodeKey, seq: u64) {
        let Some(service) = self.service(node) else { return };
        let counts = |it: &&RecordedReply| {
            let arrival = service.track.arrivals.get(&(it.dispatch, it.department_seq));
            matches!(it.reply, Reply::Revoked { .. }) && arrival.is_some_and(|it| !it.late)
        };
        let acts: Vec<RecordedReply> = service.replies.values().filter(counts).cloned().collect();
        for act in acts {
            self.register_reply(node, &act, (act.decided_at, seq));
        }
    }

    fn is_granted(&self, node: &NodeKey) -> bool {
        self.has(DocumentKind::Grant, node) || self.has(DocumentKind::DeemedGrant, node)
    }

    fn is_registered(&self, node: &NodeKey, recorded: &RecordedReply) -> bool {
        let source = Source::Reply(recorded.dispatch, recorded.department_seq);
        let of_node = |it: &&Document| it.id.node.as_ref() == Some(node);
        self.documents.iter().filter(of_node).any(|it| it.source == source)
    }

    /// A kind of which a service has at most one.
    fn once(&mut self, kind: DocumentKind, node: &NodeKey, at: At, source: Source) {
        if !self.has(kind, node) {
            self.issue(kind, Some(node), at, source);
        }
    }

    /// What ended with a change of the applicant. Called before or after the change was taken.
    pub(crate) fn register_ended(&mut self, event: &CaseEvent) {
        if let CaseEventBody::ApplicantChangeReported { ended, .. } = &event.body {
            for node in ended {
                self.once(DocumentKind::Termination, node, (event.at, event.seq), Source::Ended);
            }
        }
    }

    /// A beginning that was told and has not come to its end is not told again.
    fn is_told_of(&self, node: &NodeKey, procedure: &str) -> bool {
        let Some(service) = self.service(node) else { return false };
        let begun = self.documents.iter().filter(|document| {
            let reply = self.document_reply(document).map(|it| &it.reply);
            document.id.node.as_ref() == Some(node)
                && matches!(reply, Some(Reply::ProcedureBegan { procedure: it, .. }) if **it == *procedure)
        });
        let ended = service.replies.values().filter(|it| {
            matches!(&it.reply, Reply::ProcedureEnded { procedure: it, .. } if **it == *procedure)
        });
        begun.count() > ended.count()
    }

    fn has(&self, kind: DocumentKind, node: &NodeKey) -> bool {
        self.documents.iter().any(|it| it.id.kind == kind && it.id.node.as_ref() == Some(node))
    }

    fn issue(&mut self, kind: DocumentKind, node: Option<&NodeKey>, at: At, source: Source) {
        let same = |it: &&Document| it.id.kind == kind && it.id.node.as_ref() == node;
        let before = self.documents.iter().filter(same).count();
        let ordinal = u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1);
        let id = DocumentRef { kind, node: node.cloned(), ordinal };
        let (issued_at, seq) = at;
        self.documents.push(Document { id, issued_at, seq, source, served: None });
    }
}

/// The receipt with which every register begins.
pub(crate) fn receipt(first: &CaseEvent) -> Document {
    let id = DocumentRef { kind: DocumentKind::Receipt, node: None, ordinal: 1 };
    let source = Source::Submission;
    Document { id, issued_at: first.at, seq: first.seq, source, served: None }
}

/// Decides whether a document was served so.
pub(crate) fn serve(
    case: &Case,
    id: &DocumentRef,
    way: ServiceWay,
    context: Context<'_>,
) -> Result<Vec<CaseEventBody>, Refusal> {
    let actor = context.actor;
    let document = case.document(id).ok_or_else(|| Refusal::UnknownDocument(id.clone()))?;
    if !id.kind.is_served() {
        return Err(Refusal::NeedsNoService(id.clone()));
    }
    if !way.is_of(actor.role) {
        return Err(Refusal::NotYoursToServe(id.clone(), way));
    }
    if let (Some(node), ActorRole::Officer) = (&id.node, actor.role) {
        let department = case.service(node).map(|service| &service.node.department);
        if department != actor.department.as_ref() {
            return Err(Refusal::NotYourService(node.clone()));
        }
    }
    match &document.served {
        None => Ok(vec![CaseEventBody::Served { document: id.clone(), way }]),
        // Said once more: it is so already.
        Some(served) if served.way == way => Ok(Vec::new()),
        Some(served) => Err(Refusal::AlreadyServed(id.clone(), served.at)),
    }
}
