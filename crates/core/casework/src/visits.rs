//! Visits on the spot 现场核查, and joint ones 联合踏勘: one appointment for all services of a case that need to see
//! the place.
//!
//! Goes in: what the plan expects, the times that a department proposes, what the applicant says to them, and the
//! departments' replies (who can come when, what was found). Comes out: how the appointment stands, and the special
//! procedure of each service that runs from the proposal until its own result. Whether that stops a clock is the
//! procedure regime's, as for every special procedure.
//!
//! - A further **proposal** (number) takes the place of the one before: moved, or somebody was not there.
//! - Departments' words are replies: they commute, repeat and come late as all others do. An answer to an earlier
//!   proposal is kept and means nothing.
//! - It deliberately books nothing: calendars of departments and people are theirs.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use vocabulary::{Instant, NodeKey, OrganisationId, SealedId};

use crate::command::{ActorRole, Context, Refusal};
use crate::deciding::dispatched;
use crate::event::{
    CaseEvent, CaseEventBody, DispatchKind, RecordedReply, Reply, ServiceNode, Standing,
};
use crate::state::{Case, Procedure, ServiceCase, ServiceState};

/// So many times are offered at most.
pub const SLOTS_MAX: usize = 6;

/// A visit that the plan expects.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PlannedVisit {
    /// Unique in the case.
    pub id: Arc<str>,
    /// The joint procedure of the matter that makes it one appointment; `None` = of one service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joint: Option<Arc<str>>,
    /// It comes after the decisions.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub afterwards: bool,
    /// Whose departments have to see the place.
    pub nodes: Vec<NodeKey>,
    /// Who is to propose a time; any of the departments may.
    pub lead: OrganisationId,
}

/// A time that is offered.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct VisitSlot {
    pub from: Instant,
    pub to: Instant,
}

/// What a department found.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VisitResult {
    /// As it has to be 符合要求.
    Passed,
    /// To be mended 限期整改.
    ToMend,
    /// Not as it has to be 不符合要求.
    Failed,
}

impl VisitResult {
    pub const ALL: [Self; 3] = [Self::Passed, Self::ToMend, Self::Failed];

    /// Stable word for forms, the wire and message keys.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::ToMend => "to-mend",
            Self::Failed => "failed",
        }
    }
}

/// How an appointment stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub enum VisitState {
    /// Expected; no time was proposed yet.
    Planned,
    /// Times are offered; the applicant has to choose.
    Proposed,
    /// None suits the applicant: others are to be proposed.
    OtherTimeAsked,
    Agreed,
    /// A department cannot come at the time that was agreed on: others are to be proposed.
    Unsuited,
    /// Somebody was not there: others are to be proposed.
    Missed,
    /// Every department that still needs to has seen the place.
    Over,
}

impl VisitState {
    /// Stable word for columns and message keys.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Proposed => "proposed",
            Self::OtherTimeAsked => "other-time-asked",
            Self::Agreed => "agreed",
            Self::Unsuited => "unsuited",
            Self::Missed => "missed",
            Self::Over => "over",
        }
    }

    /// A department has to propose times.
    pub const fn needs_proposal(self) -> bool {
        matches!(self, Self::Planned | Self::OtherTimeAsked | Self::Unsuited | Self::Missed)
    }
}

/// Somebody was not there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Absence {
    pub at: Instant,
    /// Whose department; `None` = the applicant.
    pub who: Option<NodeKey>,
    pub note: Option<SealedId>,
}

/// Times that were offered, and what became of them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proposal {
    pub number: u32,
    pub at: Instant,
    /// Who proposed.
    pub department: Option<OrganisationId>,
    pub nodes: Vec<NodeKey>,
    pub slots: Vec<VisitSlot>,
    pub note: Option<SealedId>,
    /// Which of the slots the applicant took, and when.
    pub confirmed: Option<(u32, Instant)>,
    /// When and with which words the applicant asked for another time.
    pub asked: Option<(Instant, Option<SealedId>)>,
    pub missed: Option<Absence>,
}

impl Proposal {
    pub fn slot(&self, index: u32) -> Option<VisitSlot> {
        self.slots.get(usize::try_from(index).ok()?).copied()
    }

    /// The time that was agreed on.
    pub fn agreed(&self) -> Option<VisitSlot> {
        self.confirmed.and_then(|(slot, _)| self.slot(slot))
    }

    /// Whether the department of `node` was there by `now`, so that it has something to tell: the time that was
    /// agreed on has come, and neither the applicant nor it was missing. Where another was, those that came saw it.
    pub fn attended(&self, node: &NodeKey, now: Instant) -> bool {
        let was_there = self.missed.as_ref().is_none_or(|missed| match &missed.who {
            Some(who) => who != node,
            None => false,
        });
        was_there && self.agreed().is_some_and(|slot| slot.from <= now)
    }
}

/// One appointment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Visit {
    pub planned: PlannedVisit,
    pub proposals: Vec<Proposal>,
}

/// What a department said to the times that stand.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VisitAnswer {
    pub at: Instant,
    /// Those that suit it; empty = none.
    pub slots: Vec<u32>,
}

/// What a department found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct VisitFinding {
    pub at: Instant,
    pub result: VisitResult,
    pub text: Option<SealedId>,
}

impl Visit {
    pub(crate) fn planned(planned: &PlannedVisit) -> Self {
        Self { planned: planned.clone(), proposals: Vec::new() }
    }

    /// The proposal that stands.
    pub fn current(&self) -> Option<&Proposal> {
        self.proposals.last()
    }
}

impl Case {
    pub fn visit(&self, id: &str) -> Option<&Visit> {
        self.visits.iter().find(|visit| *visit.planned.id == *id)
    }

    /// The services that still need it: under way (or granted, for what comes afterwards) and without a result.
    pub fn visit_open_for(&self, visit: &Visit) -> Vec<NodeKey> {
        let open = |key: &&NodeKey| {
            self.service(key).is_some_and(|service| {
                let needed = if visit.planned.afterwards {
                    service.state == ServiceState::Granted
                } else {
                    service.started_at.is_some()
                        && !service.state.is_final()
                        && service.state != ServiceState::Contested
                };
                needed && service.visit_finding(&visit.planned.id).is_none()
            })
        };
        visit.planned.nodes.iter().filter(open).cloned().collect()
    }

    /// How it stands; `None` when no service needs it (yet) and nothing was proposed.
    pub fn visit_state(&self, visit: &Visit) -> Option<VisitState> {
        let open = self.visit_open_for(visit);
        let Some(current) = visit.current() else {
            return (!open.is_empty()).then_some(VisitState::Planned);
        };
        if open.is_empty() {
            return Some(VisitState::Over);
        }
        let unsuited = |slot: u32| {
            current.nodes.iter().filter(|node| open.contains(node)).any(|node| {
                let service = self.service(node);
                let answer =
                    service.and_then(|it| it.visit_answer(&visit.planned.id, current.number));
                answer.is_some_and(|answer| !answer.slots.contains(&slot))
            })
        };
        Some(match (&current.missed, current.confirmed, current.asked) {
            (Some(_), ..) => VisitState::Missed,
            (_, Some((slot, _)), _) if unsuited(slot) => VisitState::Unsuited,
            (_, Some(_), _) => VisitState::Agreed,
            (.., Some(_)) => VisitState::OtherTimeAsked,
            _ => VisitState::Proposed,
        })
    }

    /// The offered times that nobody who answered and still comes has to decline and that have not begun.
    pub fn visit_choices(&self, visit: &Visit, now: Instant) -> Vec<u32> {
        let Some(current) = visit.current() else {
            return Vec::new();
        };
        let open = self.visit_open_for(visit);
        let suits = |index: u32| {
            current.nodes.iter().filter(|node| open.contains(node)).all(|node| {
                let service = self.service(node);
                let answer =
                    service.and_then(|it| it.visit_answer(&visit.planned.id, current.number));
                answer.is_none_or(|answer| answer.slots.contains(&index))
            })
        };
        (0_u32..)
            .zip(&current.slots)
            .filter(|(index, slot)| slot.from > now && suits(*index))
            .map(|(index, _)| index)
            .collect()
    }

    pub(crate) fn take_visit(&mut self, event: &CaseEvent) {
        let (id, number) = match &event.body {
            CaseEventBody::VisitProposed { visit, number, .. }
            | CaseEventBody::VisitConfirmed { visit, number, .. }
            | CaseEventBody::VisitTimeAsked { visit, number, .. }
            | CaseEventBody::VisitMissed { visit, number, .. } => (visit, *number),
            _ => return,
        };
        let Some(visit) = self.visits.iter_mut().find(|visit| visit.planned.id == *id) else {
            return;
        };
        if let CaseEventBody::VisitProposed { nodes, slots, note, .. } = &event.body {
            visit.proposals.push(Proposal {
                number,
                at: event.at,
                department: event.actor.department.clone(),
                nodes: nodes.clone(),
                slots: slots.clone(),
                note: *note,
                confirmed: None,
                asked: None,
                missed: None,
            });
            return;
        }
        let Some(proposal) = visit.proposals.iter_mut().find(|it| it.number == number) else {
            return;
        };
        match &event.body {
            CaseEventBody::VisitConfirmed { slot, .. } => {
                proposal.confirmed = Some((*slot, event.at));
                proposal.asked = None;
            }
            CaseEventBody::VisitTimeAsked { words, .. } => {
                proposal.asked = Some((event.at, *words));
                proposal.confirmed = None;
            }
            CaseEventBody::VisitMissed { absent, note, .. } => {
                proposal.missed = Some(Absence { at: event.at, who: absent.clone(), note: *note });
            }
            _ => {}
        }
    }
}

impl ServiceCase {
    /// What counts of what the department said about a visit, in its own order.
    fn about_visit(&self) -> Vec<&RecordedReply> {
        let position = |reply: &RecordedReply| {
            self.sendings.iter().position(|sending| sending.dispatch == reply.dispatch)
        };
        let counted = self.replies.values().filter(|it| it.standing != Standing::Late);
        let mut said: Vec<&RecordedReply> = counted
            .filter(|it| matches!(it.reply, Reply::VisitJoined { .. } | Reply::VisitHeld { .. }))
            .collect();
        said.sort_by_key(|reply| (position(reply), reply.department_seq));
        said
    }

    /// Its last word on a proposal.
    pub fn visit_answer(&self, id: &str, proposal: u32) -> Option<VisitAnswer> {
        self.about_visit().into_iter().rev().find_map(|it| match &it.reply {
            Reply::VisitJoined { visit, number, slots }
                if **visit == *id && *number == proposal =>
            {
                Some(VisitAnswer { at: it.decided_at, slots: slots.clone() })
            }
            _ => None,
        })
    }

    /// What it found; its last word counts.
    pub fn visit_finding(&self, id: &str) -> Option<VisitFinding> {
        self.about_visit().into_iter().rev().find_map(|it| match &it.reply {
            Reply::VisitHeld { visit, result, text } if **visit == *id => {
                Some(VisitFinding { at: it.decided_at, result: *result, text: *text })
            }
            _ => None,
        })
    }
}

/// The runs of special procedures that appointments are: from the call, or the acceptance where that is later, to
/// the department's own result, the end that it told, or the decision. Of what the department told itself, the runs
/// are its own.
pub(crate) fn runs<'a>(
    node: &ServiceNode,
    calls: &[(Arc<str>, Instant)],
    accepted: Option<Instant>,
    said: impl Iterator<Item = &'a RecordedReply> + Clone,
    decided: Option<Instant>,
    procedures: &mut Vec<Procedure>,
) {
    for (id, called_at) in calls {
        let Some(procedure) = node.visited(id) else {
            continue;
        };
        let ends = said.clone().filter(|it| match &it.reply {
            Reply::VisitHeld { visit, .. } => visit == id,
            Reply::ProcedureEnded { procedure: ended, .. } => *ended == procedure.id,
            _ => false,
        });
        let found = ends.map(|it| it.decided_at).min();
        if procedures.iter().any(|run| run.id == procedure.id) {
            continue;
        }
        let (from, end) = if procedure.afterwards {
            (decided, found)
        } else {
            (accepted, found.into_iter().chain(decided).min())
        };
        let Some(from) = from else {
            continue;
        };
        let began_at = from.max(*called_at);
        procedures.push(Procedure {
            id: procedure.id.clone(),
            began_at,
            ended_at: end.map(|end| end.max(began_at)),
            text: None,
            afterwards: procedure.afterwards,
            counted: procedure.counted,
        });
    }
}

fn find<'a>(case: &'a Case, id: &Arc<str>) -> Result<&'a Visit, Refusal> {
    case.visit(id).ok_or_else(|| Refusal::UnknownVisit(id.clone()))
}

/// The proposal that stands, if it is the one that is spoken of.
fn current(visit: &Visit, number: u32) -> Result<&Proposal, Refusal> {
    let changed = || Refusal::VisitChanged(visit.planned.id.clone());
    visit.current().filter(|current| current.number == number).ok_or_else(changed)
}

/// Only a department of the visit speaks for the departments.
fn of_the_visit(case: &Case, visit: &Visit, context: Context<'_>) -> Result<(), Refusal> {
    let own = context.actor.department.as_ref();
    let departments = || {
        let services = visit.planned.nodes.iter().filter_map(|node| case.service(node));
        services.map(|service| &service.node.department)
    };
    let called =
        own.is_some_and(|own| *own == visit.planned.lead || departments().any(|it| it == own));
    if called && context.actor.role == ActorRole::Officer {
        return Ok(());
    }
    not_for_them(visit)
}

fn not_for_them(visit: &Visit) -> Result<(), Refusal> {
    match visit.planned.nodes.first() {
        Some(node) => Err(Refusal::NotYourService(node.clone())),
        None => Err(Refusal::UnknownVisit(visit.planned.id.clone())),
    }
}

/// The applicant, or who acts for the applicant.
fn for_the_applicant(visit: &Visit, context: Context<'_>) -> Result<(), Refusal> {
    match context.actor.role {
        ActorRole::Applicant | ActorRole::Clerk | ActorRole::Agent => Ok(()),
        _ => not_for_them(visit),
    }
}

/// Tells the departments' systems how it stands now.
fn tell(case: &Case, nodes: &[NodeKey], events: &mut Vec<CaseEventBody>) {
    for service in nodes.iter().filter_map(|node| case.service(node)) {
        let told = service.sendings.iter().filter(|it| it.kind == DispatchKind::Visit).count();
        let round = u32::try_from(told).unwrap_or(u32::MAX).saturating_add(1);
        events.push(dispatched(case.id, &service.node.key, DispatchKind::Visit, round));
    }
}

/// Offers times.
pub(crate) fn propose(
    case: &Case,
    id: &Arc<str>,
    slots: &[VisitSlot],
    note: Option<SealedId>,
    context: Context<'_>,
) -> Result<Vec<CaseEventBody>, Refusal> {
    let visit = find(case, id)?;
    of_the_visit(case, visit, context)?;
    let nodes = case.visit_open_for(visit);
    if nodes.is_empty() {
        return Err(Refusal::VisitOver(id.clone()));
    }
    let sound = |(index, slot): (usize, &VisitSlot)| {
        slot.from > context.now
            && slot.to > slot.from
            && !slots.iter().take(index).any(|it| it == slot)
    };
    if slots.is_empty() || slots.len() > SLOTS_MAX || !slots.iter().enumerate().all(sound) {
        return Err(Refusal::SlotsWrong(id.clone()));
    }
    let number = visit.current().map_or(1, |last| last.number.saturating_add(1));
    let mut events = vec![CaseEventBody::VisitProposed {
        visit: id.clone(),
        number,
        nodes: nodes.clone(),
        slots: slots.to_vec(),
        note,
    }];
    tell(case, &nodes, &mut events);
    Ok(events)
}

/// Takes one of the times.
pub(crate) fn confirm(
    case: &Case,
    id: &Arc<str>,
    number: u32,
    slot: u32,
    context: Context<'_>,
) -> Result<Vec<CaseEventBody>, Refusal> {
    let visit = find(case, id)?;
    for_the_applicant(visit, context)?;
    let proposal = current(visit, number)?;
    match case.visit_state(visit) {
        None | Some(VisitState::Over) => return Err(Refusal::VisitOver(id.clone())),
        Some(VisitState::Missed) => return Err(Refusal::VisitChanged(id.clone())),
        _ => {}
    }
    if proposal.confirmed.is_some_and(|(taken, _)| taken == slot) {
        return Ok(Vec::new());
    }
    if !case.visit_choices(visit, context.now).contains(&slot) {
        return Err(Refusal::SlotNotOffered(id.clone()));
    }
    let mut events = vec![CaseEventBody::VisitConfirmed { visit: id.clone(), number, slot }];
    tell(case, &case.visit_open_for(visit), &mut events);
    Ok(events)
}

/// None of the times suits the applicant, or the one that was taken does not any more.
pub(crate) fn ask_other_time(
    case: &Case,
    id: &Arc<str>,
    number: u32,
    words: Option<SealedId>,
    context: Context<'_>,
) -> Result<Vec<CaseEventBody>, Refusal> {
    let visit = find(case, id)?;
    for_the_applicant(visit, context)?;
    let proposal = current(visit, number)?;
    match case.visit_state(visit) {
        None | Some(VisitState::Over) => return Err(Refusal::VisitOver(id.clone())),
        Some(VisitState::Missed) => return Err(Refusal::VisitChanged(id.clone())),
        _ => {}
    }
    if proposal.agreed().is_some_and(|slot| slot.from <= context.now) {
        return Err(Refusal::SlotNotOffered(id.clone()));
    }
    let mut events = vec![CaseEventBody::VisitTimeAsked { visit: id.clone(), number, words }];
    tell(case, &case.visit_open_for(visit), &mut events);
    Ok(events)
}

/// Somebody was not there.
pub(crate) fn miss(
    case: &Case,
    id: &Arc<str>,
    number: u32,
    absent: Option<&NodeKey>,
    note: Option<SealedId>,
    context: Context<'_>,
) -> Result<Vec<CaseEventBody>, Refusal> {
    let visit = find(case, id)?;
    of_the_visit(case, visit, context)?;
    let proposal = current(visit, number)?;
    if let Some(node) = absent.filter(|node| !proposal.nodes.contains(node)) {
        return Err(Refusal::UnknownService(node.clone()));
    }
    if proposal.missed.is_some() {
        return Ok(Vec::new());
    }
    if proposal.agreed().is_none_or(|slot| slot.from > context.now) {
        return Err(Refusal::VisitNotYet(id.clone()));
    }
    let open = case.visit_open_for(visit);
    if open.is_empty() {
        return Err(Refusal::VisitOver(id.clone()));
    }
    let (visit, absent) = (id.clone(), absent.cloned());
    let mut events = vec![CaseEventBody::VisitMissed { visit, number, absent, note }];
    tell(case, &open, &mut events);
    Ok(events)
}

/// Whether an officer may say this of a visit now; false when it is so already.
pub(crate) fn officer_may(
    case: &Case,
    service: &ServiceCase,
    reply: &Reply,
    context: Context<'_>,
) -> Result<bool, Refusal> {
    let (Reply::VisitJoined { visit: id, .. } | Reply::VisitHeld { visit: id, .. }) = reply else {
        return Ok(true);
    };
    let visit = find(case, id)?;
    if !case.visit_open_for(visit).contains(&service.node.key) {
        return Err(Refusal::VisitOver(id.clone()));
    }
    match reply {
        Reply::VisitJoined { number, slots, .. } => {
            let proposal = current(visit, *number)?;
            if slots.iter().any(|slot| proposal.slot(*slot).is_none()) {
                return Err(Refusal::SlotNotOffered(id.clone()));
            }
            let said = service.visit_answer(id, *number);
            Ok(said.is_none_or(|said| said.slots != *slots))
        }
        _ => {
            let node = &service.node.key;
            if visit.current().is_none_or(|proposal| !proposal.attended(node, context.now)) {
                return Err(Refusal::VisitNotYet(id.clone()));
            }
            Ok(true)
        }
    }
}
