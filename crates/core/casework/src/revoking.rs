//! A grant that is ended afterwards: 撤销, 撤回, 吊销, 注销. Each is a new act with its own number; the decision is never
//! edited and stays in the history.
//!
//! The act itself is a reply of the department ([`crate::event::Reply::Revoked`]), so that it may come before the
//! grant that it ends, twice, or late, and the state is the same. What has to come first, telling the holder and
//! hearing her 陈述申辩, are commands of the hub. Which acts a procedure knows, and for how long the holder is heard,
//! comes with the application; nothing here knows a law. Nothing that rests on an ended output is undone here: its
//! departments are told.

use std::sync::Arc;

pub use catalogue::RevocationAct;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use vocabulary::{Date, DispatchId, Instant, NodeKey, Period, SealedId, WorkCalendar};

use crate::clocks;
use crate::command::{ActorRole, Command, Context, Refusal};
use crate::deciding::{find, own_department};
use crate::event::{CaseEventBody, DispatchKind, NoticeAbout, Reply};
use crate::state::{Case, ExplainedDate, ServiceCase, ServiceState};

/// An act that a service's procedure knows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct NodeRevocation {
    pub act: RevocationAct,
    /// The holder is told first and may speak for so long; `None` = nobody has to be heard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heard: Option<Period>,
}

/// An act that ended a grant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Revocation {
    /// Its own number among the acts of its service, from 1.
    pub number: u32,
    pub act: RevocationAct,
    /// The department's own time.
    pub at: Instant,
    /// From this day on it is of no effect.
    pub effective_on: Date,
    pub reason: SealedId,
    /// The legal ground in words.
    pub basis: SealedId,
    pub dispatch: DispatchId,
    pub department_seq: u64,
}

/// The holder was told that a grant is to be ended, and may speak.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Announcement {
    pub act: RevocationAct,
    pub at: Instant,
    pub reason: SealedId,
    pub basis: SealedId,
    /// What the holder said, and when.
    pub answered: Option<(Instant, SealedId)>,
    /// It was let drop, for this reason.
    pub dropped: Option<(Instant, SealedId)>,
}

impl ServiceCase {
    /// What was announced and is neither done nor dropped.
    pub fn open_announcement(&self) -> Option<&Announcement> {
        self.announcements.last().filter(|it| {
            it.dropped.is_none() && !self.revocations.iter().any(|act| act.act == it.act)
        })
    }
}

impl Case {
    /// Until when the holder may speak on what was announced; `None` when nothing is.
    pub fn heard_until(
        &self,
        node: &NodeKey,
        calendar: &WorkCalendar,
        time_zone: &TimeZone,
    ) -> Option<ExplainedDate> {
        let service = self.service(node)?;
        let announced = service.open_announcement()?;
        let period = service.node.revocation(announced.act)?.heard?;
        Some(clocks::undisturbed(announced.at, period, calendar, time_zone))
    }

    /// Services of this case that use an output of `node`, whatever has become of them.
    pub fn users_of(&self, node: &NodeKey) -> Vec<NodeKey> {
        let uses =
            |service: &&ServiceCase| service.node.waits_for.iter().any(|wait| wait.from == *node);
        self.services.iter().filter(uses).map(|service| service.node.key.clone()).collect()
    }
}

/// Decides what is said about an act before it is done.
pub(crate) fn decide(
    case: &Case,
    command: &Command,
    context: Context<'_>,
) -> Result<Vec<CaseEventBody>, Refusal> {
    match command {
        Command::AnnounceRevocation { node, act, reason, basis } => {
            let service = find(case, node)?;
            own_department(service, context)?;
            officer_only(node, context)?;
            may_be_ended(service, *act)?;
            if service.open_announcement().is_some() {
                return Err(Refusal::RevocationOpen(node.clone()));
            }
            Ok(vec![CaseEventBody::RevocationAnnounced {
                node: node.clone(),
                act: *act,
                reason: *reason,
                basis: *basis,
            }])
        }
        Command::AnswerRevocation { node, answer } => {
            let service = find(case, node)?;
            let role = context.actor.role;
            if !matches!(role, ActorRole::Applicant | ActorRole::Clerk | ActorRole::Agent) {
                return Err(Refusal::NotYourService(node.clone()));
            }
            let open = open(service)?;
            if open.answered.is_some_and(|(_, given)| given == *answer) {
                return Ok(Vec::new());
            }
            let mut events =
                vec![CaseEventBody::RevocationAnswered { node: node.clone(), answer: *answer }];
            notify(case, service, NoticeAbout::HolderHeard, 0, &mut events);
            Ok(events)
        }
        Command::DropRevocation { node, reason } => {
            let service = find(case, node)?;
            own_department(service, context)?;
            officer_only(node, context)?;
            open(service)?;
            Ok(vec![CaseEventBody::RevocationDropped { node: node.clone(), reason: *reason }])
        }
        _ => Ok(Vec::new()),
    }
}

fn officer_only(node: &NodeKey, context: Context<'_>) -> Result<(), Refusal> {
    match context.actor.role {
        ActorRole::Officer => Ok(()),
        _ => Err(Refusal::NotYourService(node.clone())),
    }
}

fn open(service: &ServiceCase) -> Result<&Announcement, Refusal> {
    service.open_announcement().ok_or_else(|| Refusal::NoRevocationOpen(service.node.key.clone()))
}

/// The procedure knows the act, and there is a grant that it could end.
fn may_be_ended(service: &ServiceCase, act: RevocationAct) -> Result<(), Refusal> {
    let node = &service.node.key;
    if service.node.revocation(act).is_none() {
        return Err(Refusal::UnknownRevocation { node: node.clone(), act });
    }
    let after = service.revocations.iter().map(|it| it.act).collect::<Vec<_>>();
    match service.state {
        ServiceState::Granted => Ok(()),
        ServiceState::Revoked if act == RevocationAct::Deregistered && !after.contains(&act) => {
            Ok(())
        }
        _ => Err(Refusal::NothingToRevoke(node.clone())),
    }
}

/// Whether the reply may end a grant: asked of everybody; an officer, who sees how it stands, is asked more.
pub(crate) fn complete(
    service: &ServiceCase,
    reply: &Reply,
    role: ActorRole,
) -> Result<(), Refusal> {
    let Reply::Revoked { act, heard, .. } = reply else { return Ok(()) };
    let node = &service.node.key;
    let Some(known) = service.node.revocation(*act) else {
        return Err(Refusal::UnknownRevocation { node: node.clone(), act: *act });
    };
    // A department's system says that it has heard the holder; the hub knows whether its officer has.
    if known.heard.is_some() && !heard && role == ActorRole::Department {
        return Err(Refusal::HearingFirst { node: node.clone(), until: None });
    }
    Ok(())
}

/// Whether an officer may end the grant now: it stands, and the holder was heard where she has to be.
pub(crate) fn officer_may(
    service: &ServiceCase,
    act: RevocationAct,
    context: Context<'_>,
) -> Result<(), Refusal> {
    may_be_ended(service, act)?;
    let node = &service.node.key;
    let Some(period) = service.node.revocation(act).and_then(|known| known.heard) else {
        return Ok(());
    };
    let Some(announced) = service.open_announcement().filter(|it| it.act == act) else {
        return Err(Refusal::HearingFirst { node: node.clone(), until: None });
    };
    let over = clocks::over_at(announced.at, period, context.calendar, context.time_zone);
    if announced.answered.is_some() || over.is_some_and(|over| over <= context.now) {
        Ok(())
    } else {
        Err(Refusal::HearingFirst { node: node.clone(), until: over })
    }
}

/// What an ended grant brings about for those that rest on it: they are told, nothing else.
pub(crate) fn tell_users(
    case: &Case,
    before: &ServiceCase,
    after: &ServiceCase,
    events: &mut Vec<CaseEventBody>,
) {
    if after.revocations.len() <= before.revocations.len() {
        return;
    }
    let from = &after.node.key;
    for user in case.users_of(from) {
        if let Some(service) = case.service(&user) {
            let about = NoticeAbout::OutputRevoked { from: from.clone() };
            notify(case, service, about, 0, events);
        }
    }
}

/// A notice to the department of a service that was sent to it. `more` = notices of this service among the events
/// that are being made.
pub(crate) fn notify(
    case: &Case,
    service: &ServiceCase,
    about: NoticeAbout,
    more: u32,
    events: &mut Vec<CaseEventBody>,
) {
    if service.sendings.is_empty() {
        return;
    }
    let sent =
        service.sendings.iter().filter(|sending| sending.kind == DispatchKind::Notice).count();
    let round = u32::try_from(sent).unwrap_or(u32::MAX).saturating_add(1).saturating_add(more);
    let node = &service.node.key;
    events.push(CaseEventBody::Dispatched {
        node: node.clone(),
        dispatch: DispatchId::derive(case.id, node, DispatchKind::Notice.as_str(), round),
        kind: DispatchKind::Notice,
        round,
        about: Some(Arc::new(about)),
    });
}
