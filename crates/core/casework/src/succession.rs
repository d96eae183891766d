//! The applicant dies, loses capacity or authority, or another comes in her place while a case is running 中止、终止、
//! 承继.
//!
//! A clerk or an officer records it with evidence. What follows for each service comes with the application: it
//! goes on, is suspended (its clocks stand still), or ends. Somebody may be named who takes her place, with his
//! authority looked at; only his own consent, given anew, moves the case to him and lets what was suspended go on.
//! Nothing here knows who inherits what: that is looked at by people and recorded.

pub use catalogue::{ApplicantChange, ChangeEffect};
use serde::{Deserialize, Serialize};
use vocabulary::{AccountId, Instant, NodeKey, SealedId};

use crate::command::{Actor, ActorRole, Command, Context, Refusal};
use crate::deciding::{find, follow, own_department};
use crate::event::{CaseEvent, CaseEventBody, EvidenceRef, NoticeAbout};
use crate::revoking::notify;
use crate::state::{Case, ServiceCase, ServiceState};

/// What a service's procedure says of one change.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct NodeChange {
    pub change: ApplicantChange,
    pub effect: ChangeEffect,
}

/// As whom somebody takes the applicant's place.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Capacity {
    Heir,
    OtherParent,
    Guardian,
    /// The new legal representative, or whoever the firm has put in the place of the first.
    Representative,
}

impl Capacity {
    pub const ALL: [Self; 4] =
        [Self::Heir, Self::OtherParent, Self::Guardian, Self::Representative];

    /// Stable word for columns, forms and message keys.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Heir => "heir",
            Self::OtherParent => "other-parent",
            Self::Guardian => "guardian",
            Self::Representative => "representative",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|capacity| capacity.as_str() == text)
    }
}

/// Who is to take the applicant's place, and what was looked at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Successor {
    pub account: AccountId,
    pub capacity: Capacity,
    /// How his authority was checked, in words.
    pub note: SealedId,
    pub evidence: Vec<EvidenceRef>,
    pub named_at: Instant,
    pub named_by: Actor,
}

/// One change of the applicant with what came of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Succession {
    pub change: ApplicantChange,
    pub reported_at: Instant,
    pub reported_by: Actor,
    /// By what it is known, in words.
    pub note: SealedId,
    pub evidence: Vec<EvidenceRef>,
    pub successor: Option<Successor>,
    /// From then on the case is the successor's.
    pub consented_at: Option<Instant>,
    /// It was recorded by mistake, or has passed, for this reason.
    pub closed: Option<(Instant, SealedId)>,
}

impl Succession {
    /// Nobody has taken the applicant's place yet.
    pub const fn is_open(&self) -> bool {
        self.consented_at.is_none() && self.closed.is_none()
    }
}

impl Case {
    pub fn open_change(&self) -> Option<&Succession> {
        self.successions.last().filter(|change| change.is_open())
    }

    /// Whose case it is now, if somebody took the applicant's place.
    pub fn taken_over_by(&self) -> Option<AccountId> {
        let taken = self.successions.iter().rev().find(|change| change.consented_at.is_some())?;
        taken.successor.as_ref().map(|successor| successor.account)
    }

    /// What is about the applicant and not about a service; true when it was.
    pub(crate) fn take_succession(&mut self, event: &CaseEvent) -> bool {
        let at = event.at;
        self.register_ended(event);
        match &event.body {
            CaseEventBody::ApplicantChangeReported { change, note, evidence, suspended, ended } => {
                self.successions.push(Succession {
                    change: *change,
                    reported_at: at,
                    reported_by: event.actor.clone(),
                    note: *note,
                    evidence: evidence.clone(),
                    successor: None,
                    consented_at: None,
                    closed: None,
                });
                for service in &mut self.services {
                    if suspended.contains(&service.node.key) {
                        service.suspensions.push((at, None));
                    }
                    if ended.contains(&service.node.key) {
                        service.terminated_at = service.terminated_at.or(Some(at));
                    }
                }
            }
            CaseEventBody::SuccessorNamed { account, capacity, note, evidence } => {
                if let Some(change) = self.successions.last_mut() {
                    change.successor = Some(Successor {
                        account: *account,
                        capacity: *capacity,
                        note: *note,
                        evidence: evidence.clone(),
                        named_at: at,
                        named_by: event.actor.clone(),
                    });
                }
            }
            CaseEventBody::SuccessionConsented {} => {
                if let Some(change) = self.successions.last_mut() {
                    change.consented_at = Some(at);
                }
                self.resume(at);
            }
            CaseEventBody::ApplicantChangeClosed { reason } => {
                if let Some(change) = self.successions.last_mut() {
                    change.closed = Some((at, *reason));
                }
                self.resume(at);
            }
            _ => return false,
        }
        true
    }

    fn resume(&mut self, at: Instant) {
        for (_, until) in self.services.iter_mut().flat_map(|it| &mut it.suspensions) {
            *until = until.or(Some(at));
        }
    }
}

impl ServiceCase {
    /// Waits for somebody to take the applicant's place.
    pub fn is_suspended(&self) -> bool {
        self.suspensions.iter().any(|(_, until)| until.is_none())
    }
}

/// Decides what is said about the applicant.
pub(crate) fn decide(
    case: &Case,
    command: &Command,
    context: Context<'_>,
) -> Result<Vec<CaseEventBody>, Refusal> {
    match command {
        Command::ReportApplicantChange { change, note, evidence } => {
            records(case, context)?;
            report(case, *change, *note, evidence)
        }
        Command::NameSuccessor { account, capacity, note, evidence } => {
            records(case, context)?;
            let open = case.open_change().ok_or(Refusal::NoChangeOpen)?;
            if open.successor.as_ref().is_some_and(|it| {
                it.account == *account && it.capacity == *capacity && it.note == *note
            }) {
                return Ok(Vec::new());
            }
            Ok(vec![CaseEventBody::SuccessorNamed {
                account: *account,
                capacity: *capacity,
                note: *note,
                evidence: evidence.clone(),
            }])
        }
        Command::ConsentToSuccession => {
            let open = case.open_change().ok_or(Refusal::NoChangeOpen)?;
            let own = open.successor.as_ref().map(|successor| successor.account);
            if context.actor.role != ActorRole::Applicant
                || own.is_none()
                || context.actor.account != own
            {
                return Err(Refusal::NotTheSuccessor);
            }
            Ok(resumed(case, CaseEventBody::SuccessionConsented {}, context.now))
        }
        Command::CloseApplicantChange { reason } => {
            records(case, context)?;
            case.open_change().ok_or(Refusal::NoChangeOpen)?;
            Ok(resumed(case, CaseEventBody::ApplicantChangeClosed { reason: *reason }, context.now))
        }
        Command::Terminate { node, reason } => {
            let service = find(case, node)?;
            own_department(service, context)?;
            if context.actor.role != ActorRole::Officer {
                return Err(Refusal::NotYourService(node.clone()));
            }
            if service.state == ServiceState::Terminated {
                return Err(Refusal::Terminated(node.clone()));
            }
            if service.state != ServiceState::Suspended {
                return Err(Refusal::NoChangeOpen);
            }
            let mut events =
                vec![CaseEventBody::Terminated { node: node.clone(), reason: *reason }];
            notify(case, service, NoticeAbout::Terminated, 0, &mut events);
            follow(case, &[(node, ServiceState::Terminated)], &mut events);
            Ok(events)
        }
        _ => Ok(Vec::new()),
    }
}

/// Recorded by a clerk, or by an officer of a department that has a part in the case.
fn records(case: &Case, context: Context<'_>) -> Result<(), Refusal> {
    let actor = context.actor;
    let has_a_part = |department| case.services.iter().any(|it| it.node.department == department);
    match actor.role {
        ActorRole::Clerk => Ok(()),
        ActorRole::Officer if actor.department.clone().is_some_and(has_a_part) => Ok(()),
        _ => Err(Refusal::MayNotRecord),
    }
}

fn report(
    case: &Case,
    change: ApplicantChange,
    note: SealedId,
    evidence: &[EvidenceRef],
) -> Result<Vec<CaseEventBody>, Refusal> {
    if case.open_change().is_some() {
        return Err(Refusal::ChangeOpen);
    }
    let open: Vec<&ServiceCase> =
        case.services.iter().filter(|service| !service.state.is_final()).collect();
    if open.is_empty() {
        return Err(Refusal::NothingLeftToChange);
    }
    let which = |effect: ChangeEffect| -> Vec<NodeKey> {
        let those = open.iter().filter(|service| service.node.effect_of(change) == effect);
        those.map(|service| service.node.key.clone()).collect()
    };
    let (suspended, ended) = (which(ChangeEffect::Suspends), which(ChangeEffect::Ends));
    let mut events = vec![CaseEventBody::ApplicantChangeReported {
        change,
        note,
        evidence: evidence.to_vec(),
        suspended: suspended.clone(),
        ended: ended.clone(),
    }];
    for service in &open {
        if suspended.contains(&service.node.key) {
            notify(case, service, NoticeAbout::Suspended, 0, &mut events);
        } else if ended.contains(&service.node.key) {
            notify(case, service, NoticeAbout::Terminated, 0, &mut events);
        }
    }
    let changed: Vec<(&NodeKey, ServiceState)> =
        ended.iter().map(|node| (node, ServiceState::Terminated)).collect();
    follow(case, &changed, &mut events);
    Ok(events)
}

/// What was suspended goes on; what could have started meanwhile starts.
fn resumed(case: &Case, first: CaseEventBody, now: Instant) -> Vec<CaseEventBody> {
    let mut events = vec![first];
    for service in case.services.iter().filter(|it| it.state == ServiceState::Suspended) {
        notify(case, service, NoticeAbout::Resumed, 0, &mut events);
    }
    let mut after = case.clone();
    after.resume(now);
    follow(&after, &[], &mut events);
    events
}
