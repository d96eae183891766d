//! Decides: what a command makes happen, or why it may not.
//!
//! `decide` first derives how the service case would stand with what is new, with the same function that the
//! fold uses, and then lets follow what the new state brings about for services that wait.

use std::sync::Arc;

use uuid::Uuid;
use vocabulary::{CaseId, DispatchId, Instant, NodeKey, SealedId};

use crate::checks;
use crate::clocks;
use crate::command::{ActorRole, Command, Context, Refusal};
use crate::dates;
use crate::documents;
use crate::event::{
    Application, CaseEvent, CaseEventBody, DispatchKind, EvidenceRef, RecordedReply, Reply,
    Standing,
};
use crate::fold::producers;
use crate::settle::stop;
use crate::silence;
use crate::state::{Case, ServiceCase, ServiceState};
use crate::{ratings, revoking, rounds, succession, supervision, visits};

/// The events that `command` makes, in order, or why not. An exact repetition of a recorded reply gives
/// no events and no refusal; so does whatever is done already.
///
/// # Errors
/// A closed, named reason.
pub fn decide(
    case: Option<&Case>,
    command: &Command,
    context: Context<'_>,
) -> Result<Vec<CaseEventBody>, Refusal> {
    let Some(case) = case else {
        return match command {
            Command::Submit(application) => submit(application),
            _ => Err(Refusal::UnknownCase(CaseId(Uuid::nil()))),
        };
    };
    let mut events = decide_of(case, command, context)?;
    rounds::note(case, &mut events, context);
    Ok(events)
}

fn decide_of(
    case: &Case,
    command: &Command,
    context: Context<'_>,
) -> Result<Vec<CaseEventBody>, Refusal> {
    match command {
        Command::Submit(_) => Err(Refusal::AlreadySubmitted(case.id)),
        Command::NoteDelivered { dispatch } => note_delivered(case, *dispatch, context),
        Command::TakeReply { node, dispatch, department_seq, decided_at, reply } => {
            let recorded = RecordedReply {
                dispatch: *dispatch,
                department_seq: *department_seq,
                decided_at: *decided_at,
                reply: reply.clone(),
                standing: Standing::Counted,
            };
            take_reply(case, node, recorded, context)
        }
        Command::AnswerCorrection { node, answer, evidence } => {
            let mut events = Vec::with_capacity(2);
            answer_one(case, node, *answer, evidence, context, &mut events)?;
            Ok(events)
        }
        Command::AnswerCorrections { answers } => {
            rounds::all_once(answers)?;
            let mut events = Vec::with_capacity(answers.len().saturating_mul(2));
            for one in answers {
                answer_one(case, &one.node, one.answer, &one.evidence, context, &mut events)?;
            }
            Ok(events)
        }
        Command::ProposeVisit { visit, slots, note } => {
            visits::propose(case, visit, slots, *note, context)
        }
        Command::ConfirmVisit { visit, number, slot } => {
            visits::confirm(case, visit, *number, *slot, context)
        }
        Command::AskOtherTime { visit, number, words } => {
            visits::ask_other_time(case, visit, *number, *words, context)
        }
        Command::MissVisit { visit, number, absent, note } => {
            visits::miss(case, visit, *number, absent.as_ref(), *note, context)
        }
        Command::Withdraw { node } => withdraw(case, node.as_ref(), context),
        Command::Tick if context.actor.role != ActorRole::Hub => Err(Refusal::HubOnly),
        Command::Tick => Ok(tick(case, context)),
        Command::TakeCalendar { load, before } => {
            dates::take_calendar(case, *load, before, context)
        }
        Command::ResolveContest { node, dispatch, department_seq } => {
            resolve(case, node, *dispatch, *department_seq, context)
        }
        Command::Supervise { node, acts } => supervision::decide(case, node, acts, context),
        Command::Serve { document, way } => documents::serve(case, document, *way, context),
        Command::Rate { .. }
        | Command::ContactRater { .. }
        | Command::RectifyRating { .. }
        | Command::AppealRating { .. }
        | Command::DecideAppeal { .. } => ratings::decide(case, command, context),
        Command::AnnounceRevocation { .. }
        | Command::AnswerRevocation { .. }
        | Command::DropRevocation { .. } => revoking::decide(case, command, context),
        Command::ReportApplicantChange { .. }
        | Command::NameSuccessor { .. }
        | Command::ConsentToSuccession
        | Command::CloseApplicantChange { .. }
        | Command::Terminate { .. } => succession::decide(case, command, context),
        Command::NoteChecks { .. } | Command::TakeOnEvidence { .. } => {
            checks::decide(case, command, context)
        }
    }
}

fn submit(application: &Application) -> Result<Vec<CaseEventBody>, Refusal> {
    if application.nodes.is_empty() {
        return Err(Refusal::EmptyApplication);
    }
    for wait in application.nodes.iter().flat_map(|node| &node.waits_for) {
        let producer = application
            .nodes
            .iter()
            .find(|node| node.key == wait.from)
            .ok_or_else(|| Refusal::UnknownService(wait.from.clone()))?;
        if !producer.outputs.iter().any(|output| output.id == wait.output) {
            return Err(Refusal::OutputMissing {
                node: wait.from.clone(),
                output: wait.output.to_string(),
            });
        }
    }
    if let Some(node) = in_a_circle(application) {
        return Err(Refusal::CircularWaits(node));
    }
    let mut events =
        Vec::with_capacity(application.nodes.len().saturating_mul(2).saturating_add(1));
    events.push(CaseEventBody::Submitted { application: Box::new(application.clone()) });
    for node in application.nodes.iter().filter(|node| node.waits_for.is_empty()) {
        start(application.case, &node.key, &mut events);
    }
    Ok(events)
}

/// A node that can never start because it waits, directly or not, for itself.
fn in_a_circle(application: &Application) -> Option<NodeKey> {
    let producers = producers(application);
    let mut ready = vec![false; producers.len()];
    loop {
        let mut progress = false;
        for (index, waits) in producers.iter().enumerate() {
            let is_ready = |at: usize| ready.get(at).copied().unwrap_or(false);
            if !is_ready(index) && waits.iter().all(|producer| is_ready(*producer)) {
                if let Some(flag) = ready.get_mut(index) {
                    *flag = true;
                }
                progress = true;
            }
        }
        if !progress {
            break;
        }
    }
    let stuck = ready.iter().position(|ready| !ready)?;
    application.nodes.get(stuck).map(|node| node.key.clone())
}

fn note_delivered(
    case: &Case,
    dispatch: DispatchId,
    context: Context<'_>,
) -> Result<Vec<CaseEventBody>, Refusal> {
    let service = case.service_of(dispatch).ok_or(Refusal::UnknownDispatch(dispatch))?;
    own_department(service, context)?;
    let noted = service.sending(dispatch).is_some_and(|sending| sending.delivered_at.is_some());
    if noted {
        return Ok(Vec::new());
    }
    Ok(vec![CaseEventBody::Delivered { node: service.node.key.clone(), dispatch }])
}

fn take_reply(
    case: &Case,
    node: &NodeKey,
    mut recorded: RecordedReply,
    context: Context<'_>,
) -> Result<Vec<CaseEventBody>, Refusal> {
    let service = find(case, node)?;
    own_department(service, context)?;
    if matches!(
        context.actor.role,
        ActorRole::Applicant
            | ActorRole::Clerk
            | ActorRole::Agent
            | ActorRole::Manager
            | ActorRole::UnitHead
            | ActorRole::Inspector
    ) {
        return Err(Refusal::NotYourService(node.clone()));
    }
    if service.sendings.is_empty() {
        return Err(match service.state {
            ServiceState::Withdrawn => Refusal::AlreadyWithdrawn(node.clone()),
            _ => Refusal::NotStarted(node.clone()),
        });
    }
    if service.sending(recorded.dispatch).is_none() {
        return Err(Refusal::UnknownDispatch(recorded.dispatch));
    }
    let key = (recorded.dispatch, recorded.department_seq);
    if let Some(known) = service.replies.get(&key) {
        let same = known.reply == recorded.reply && known.decided_at == recorded.decided_at;
        return if same {
            Ok(Vec::new())
        } else {
            Err(Refusal::ReplyChanged {
                dispatch: recorded.dispatch,
                department_seq: recorded.department_seq,
            })
        };
    }
    complete(service, &recorded)?;
    revoking::complete(service, &recorded.reply, context.actor.role)?;
    match recorded.reply {
        Reply::Granted { .. } => checks::may_grant(case, service)?,
        Reply::Refused { .. } => checks::may_refuse(case, service)?,
        _ => {}
    }
    let officer = context.actor.role == ActorRole::Officer;
    if officer && !officer_may(case, service, &recorded, context)? {
        return Ok(Vec::new());
    }

    let mut after = service.clone();
    after.hear(recorded.clone(), context.now);
    after.settle();
    if let Some(settled) = after.replies.get(&key) {
        recorded.standing = settled.standing;
    }
    let mut events = vec![CaseEventBody::ReplyRecorded { node: node.clone(), recorded }];
    let owing: &[&NodeKey] = if after.owes_paper() { &[node] } else { &[] };
    follow_owing(case, &[(node, after.state)], owing, &mut events);
    revoking::tell_users(case, service, &after, &mut events);
    Ok(events)
}

/// The reply is whole in itself: it names what it has to name.
fn complete(service: &ServiceCase, recorded: &RecordedReply) -> Result<(), Refusal> {
    let node = &service.node;
    match &recorded.reply {
        Reply::CorrectionRequested { lines, .. } if lines.is_empty() => {
            Err(Refusal::EmptyCorrection(node.key.clone()))
        }
        Reply::Granted { outputs, .. } => {
            let missing =
                node.outputs.iter().find(|promised| !outputs.iter().any(|o| o.id == promised.id));
            match missing {
                None => Ok(()),
                Some(promised) => Err(Refusal::OutputMissing {
                    node: node.key.clone(),
                    output: promised.id.to_string(),
                }),
            }
        }
        Reply::ProcedureBegan { procedure, .. } | Reply::ProcedureEnded { procedure, .. }
            if node.procedure(procedure).is_none() =>
        {
            Err(Refusal::UnknownProcedure { node: node.key.clone(), procedure: procedure.clone() })
        }
        Reply::Extended { .. } if node.extension.is_none() => {
            Err(Refusal::NotExtendable(node.key.clone()))
        }
        Reply::VisitJoined { visit, .. } | Reply::VisitHeld { visit, .. }
            if node.visited(visit).is_none() =>
        {
            Err(Refusal::UnknownVisit(visit.clone()))
        }
        Reply::WithdrawalConfirmed | Reply::TooLateToWithdraw
            if service.withdrawal_requested_at.is_none() =>
        {
            Err(Refusal::UnknownDispatch(recorded.dispatch))
        }
        _ => Ok(()),
    }
}

/// Whether an officer in the hub, who sees how the service stands, may say this now; false when it is so
/// already. Departments' systems are not asked: they may not know yet, and what they say is recorded.
fn officer_may(
    case: &Case,
    service: &ServiceCase,
    recorded: &RecordedReply,
    context: Context<'_>,
) -> Result<bool, Refusal> {
    let node = &service.node.key;
    let reply = &recorded.reply;
    if let Reply::VisitJoined { .. } | Reply::VisitHeld { .. } = reply {
        return visits::officer_may(case, service, reply, context);
    }
    if let Reply::ProcedureBegan { procedure, .. } | Reply::ProcedureEnded { procedure, .. } = reply
        && service.node.procedure(procedure).is_some_and(|it| it.afterwards)
        && service.state == ServiceState::Granted
    {
        return procedure_may(service, reply);
    }
    if let Reply::Revoked { act, .. } = reply {
        return revoking::officer_may(service, *act, context).map(|()| true);
    }
    match service.state {
        ServiceState::Granted if service.owes_paper() => {
            return match reply {
                Reply::Granted { .. } => Ok(true),
                _ => Err(Refusal::GrantedBySilence(node.clone())),
            };
        }
        ServiceState::Granted
        | ServiceState::Revoked
        | ServiceState::Refused
        | ServiceState::NotAccepted
        | ServiceState::Contested => return Err(Refusal::AlreadyDecided(node.clone())),
        ServiceState::Withdrawn => return Err(Refusal::AlreadyWithdrawn(node.clone())),
        ServiceState::Lapsed => return Err(Refusal::CorrectionLapsed(node.clone())),
        ServiceState::Suspended => return Err(Refusal::Suspended(node.clone())),
        ServiceState::Terminated => return Err(Refusal::Terminated(node.clone())),
        _ => {}
    }
    match reply {
        Reply::CorrectionRequested { lines, reason, .. } => match service.open_correction() {
            None => {
                let repeated = service.not_first_asked(lines);
                if reason.is_none() && !repeated.is_empty() {
                    return Err(Refusal::ReasonMissing(node.clone(), repeated.to_vec()));
                }
                Ok(true)
            }
            Some(open) => Err(Refusal::CorrectionOpen(node.clone(), open.lines.clone())),
        },
        Reply::Received => Ok(service.replies.is_empty()),
        Reply::Accepted => Ok(service.accepted_at.is_none()),
        Reply::CorrectionSettled if service.open_correction().is_none() => {
            Err(Refusal::NoCorrectionOpen(node.clone()))
        }
        Reply::ProcedureBegan { .. } | Reply::ProcedureEnded { .. } => {
            procedure_may(service, reply)
        }
        Reply::Extended { .. } => {
            if service.accepted_at.is_none() {
                return Err(Refusal::NotYetAccepted(node.clone()));
            }
            if service.extension.is_some() {
                return Err(Refusal::AlreadyExtended(node.clone()));
            }
            let over = clocks::statutory(service, context.calendar, context.time_zone)
                .is_some_and(|due| context.time_zone.to_datetime(context.now).date() > due.due.on);
            if over { Err(Refusal::ExtensionTooLate(node.clone())) } else { Ok(true) }
        }
        _ => Ok(true),
    }
}

/// Whether a special procedure may begin or end now.
fn procedure_may(service: &ServiceCase, reply: &Reply) -> Result<bool, Refusal> {
    let node = &service.node.key;
    let open = |procedure: &Arc<str>| {
        service.procedures.iter().any(|run| run.id == *procedure && run.ended_at.is_none())
    };
    match reply {
        // What was granted on the spot was accepted with it.
        Reply::ProcedureBegan { .. }
            if service.accepted_at.is_none() && service.state != ServiceState::Granted =>
        {
            Err(Refusal::NotYetAccepted(node.clone()))
        }
        Reply::ProcedureBegan { procedure, .. } if open(procedure) => {
            Err(Refusal::ProcedureOpen { node: node.clone(), procedure: procedure.clone() })
        }
        Reply::ProcedureEnded { procedure, .. } if !open(procedure) => {
            Err(Refusal::NoProcedureOpen { node: node.clone(), procedure: procedure.clone() })
        }
        _ => Ok(true),
    }
}

/// One service's correction is answered.
fn answer_one(
    case: &Case,
    node: &NodeKey,
    answer: Option<SealedId>,
    evidence: &[EvidenceRef],
    context: Context<'_>,
    events: &mut Vec<CaseEventBody>,
) -> Result<(), Refusal> {
    let service = find(case, node)?;
    on_the_applicants_side(context)?;
    let round = answered_round(service, context)?;
    let evidence = evidence.to_vec();
    events.push(CaseEventBody::CorrectionAnswered { node: node.clone(), round, answer, evidence });
    events.push(dispatched(case.id, node, DispatchKind::Supplement, round));
    Ok(())
}

/// The number of the round that an answer closes.
fn answered_round(service: &ServiceCase, context: Context<'_>) -> Result<u32, Refusal> {
    own_department(service, context)?;
    let node = &service.node.key;
    match service.state {
        ServiceState::CorrectionRequested => service
            .owed_correction()
            .map(|correction| correction.round)
            .ok_or_else(|| Refusal::NoCorrectionOpen(node.clone())),
        ServiceState::Waiting | ServiceState::Stopped => Err(Refusal::NotStarted(node.clone())),
        ServiceState::Withdrawn | ServiceState::WithdrawalPending => {
            Err(Refusal::AlreadyWithdrawn(node.clone()))
        }
        ServiceState::Lapsed => Err(Refusal::CorrectionLapsed(node.clone())),
        ServiceState::Suspended => Err(Refusal::Suspended(node.clone())),
        ServiceState::Terminated => Err(Refusal::Terminated(node.clone())),
        ServiceState::Granted
        | ServiceState::Revoked
        | ServiceState::Refused
        | ServiceState::NotAccepted
        | ServiceState::Contested => Err(Refusal::AlreadyDecided(node.clone())),
        ServiceState::Referred
        | ServiceState::Received
        | ServiceState::Accepted
        | ServiceState::SpecialProcedure => Err(Refusal::NoCorrectionOpen(node.clone())),
    }
}

fn withdraw(
    case: &Case,
    node: Option<&NodeKey>,
    context: Context<'_>,
) -> Result<Vec<CaseEventBody>, Refusal> {
    let mut events = Vec::new();
    let mut ended: Vec<(&NodeKey, ServiceState)> = Vec::new();
    on_the_applicants_side(context)?;
    if let Some(node) = node {
        let service = find(case, node)?;
        match service.state {
            ServiceState::WithdrawalPending | ServiceState::Withdrawn => {
                return Err(Refusal::AlreadyWithdrawn(node.clone()));
            }
            ServiceState::Granted
            | ServiceState::Revoked
            | ServiceState::Refused
            | ServiceState::NotAccepted
            | ServiceState::Contested => return Err(Refusal::AlreadyDecided(node.clone())),
            ServiceState::Lapsed => return Err(Refusal::CorrectionLapsed(node.clone())),
            ServiceState::Suspended => return Err(Refusal::Suspended(node.clone())),
            ServiceState::Terminated => return Err(Refusal::Terminated(node.clone())),
            _ => {}
        }
    }
    for service in &case.services {
        let key = &service.node.key;
        if node.is_some_and(|node| node != key) {
            continue;
        }
        match service.state {
            ServiceState::Waiting => {
                events.push(CaseEventBody::Withdrawn { node: key.clone() });
                ended.push((key, ServiceState::Withdrawn));
            }
            ServiceState::Referred
            | ServiceState::Received
            | ServiceState::CorrectionRequested
            | ServiceState::Accepted
            | ServiceState::SpecialProcedure
                // Asked before and answered "too late": the department goes on.
                if service.withdrawal_requested_at.is_none() =>
            {
                events.push(CaseEventBody::WithdrawalRequested { node: key.clone() });
                events.push(dispatched(case.id, key, DispatchKind::Withdrawal, 0));
            }
            _ => {}
        }
    }
    if events.is_empty() {
        return Err(Refusal::NothingToWithdraw);
    }
    follow(case, &ended, &mut events);
    Ok(events)
}

/// What time brings about. What silence means is asked of the case as it is with the notices that are due: a
/// department that asked for something has not been silent, though the hub be late with its notice.
fn tick(case: &Case, context: Context<'_>) -> Vec<CaseEventBody> {
    let mut notices = case.notices_due(context);
    if notices.is_empty() {
        return silence_speaks(case, context);
    }
    let mut told = case.clone();
    for body in &notices {
        let (actor, body) = (context.actor.clone(), body.clone());
        let seq = told.version.saturating_add(1);
        told.apply(&CaseEvent { seq, at: context.now, actor, body });
    }
    let mut events = silence_speaks(&told, context);
    events.append(&mut notices);
    events
}

fn silence_speaks(case: &Case, context: Context<'_>) -> Vec<CaseEventBody> {
    let is_over = |due_at: Option<Instant>| due_at.is_some_and(|due_at| due_at <= context.now);
    let mut events = Vec::new();
    let mut ended: Vec<(&NodeKey, ServiceState)> = Vec::new();
    let mut owing: Vec<&NodeKey> = Vec::new();
    for service in &case.services {
        let node = &service.node.key;
        if is_over(clocks::correction_limit(service, context.calendar, context.time_zone)) {
            events.push(CaseEventBody::AcceptanceDeemed { node: node.clone() });
        }
        // What was granted before somebody asked for anything is not returned for want of an answer.
        let granted = silence::granted_at(case, service, context.calendar, context.time_zone);
        if let Some(since) = granted.filter(|since| *since <= context.now) {
            events.push(CaseEventBody::GrantDeemed { node: node.clone(), since });
            // An act that arrived before the grant that it ends takes effect with it: nothing rests on that grant.
            let is_ended = service.replies.values().any(|recorded| {
                recorded.standing == Standing::Counted
                    && matches!(recorded.reply, Reply::Revoked { .. })
            });
            if is_ended {
                ended.push((node, ServiceState::Revoked));
                continue;
            }
            ended.push((node, ServiceState::Granted));
            if service.node.outputs.iter().any(|output| !output.fact) {
                owing.push(node);
            }
            continue;
        }
        if is_over(clocks::correction_lapse(service, context.calendar, context.time_zone)) {
            let round = service.owed_correction().map_or(0, |correction| correction.round);
            events.push(CaseEventBody::CorrectionLapsed { node: node.clone(), round });
            events.push(dispatched(case.id, node, DispatchKind::Lapse, round));
            ended.push((node, ServiceState::Lapsed));
        }
    }
    if !ended.is_empty() {
        follow_owing(case, &ended, &owing, &mut events);
    }
    events
}

fn resolve(
    case: &Case,
    node: &NodeKey,
    dispatch: DispatchId,
    department_seq: u64,
    context: Context<'_>,
) -> Result<Vec<CaseEventBody>, Refusal> {
    let service = find(case, node)?;
    own_department(service, context)?;
    if context.actor.role != ActorRole::Officer {
        return Err(Refusal::NotYourService(node.clone()));
    }
    if service.state != ServiceState::Contested {
        return Err(Refusal::NotContested(node.clone()));
    }
    let key = (dispatch, department_seq);
    if !service.contested().any(|reply| (reply.dispatch, reply.department_seq) == key) {
        return Err(Refusal::UnknownDispatch(dispatch));
    }
    let mut after = service.clone();
    after.track.resolved = Some(key);
    after.settle();
    let mut events =
        vec![CaseEventBody::ContestResolved { node: node.clone(), dispatch, department_seq }];
    follow(case, &[(node, after.state)], &mut events);
    revoking::tell_users(case, service, &after, &mut events);
    Ok(events)
}

pub(crate) fn find<'a>(case: &'a Case, node: &NodeKey) -> Result<&'a ServiceCase, Refusal> {
    case.service(node).ok_or_else(|| Refusal::UnknownService(node.clone()))
}

/// Who speaks for a department speaks for his own only.
pub(crate) fn own_department(service: &ServiceCase, context: Context<'_>) -> Result<(), Refusal> {
    let own = match context.actor.role {
        ActorRole::Officer | ActorRole::Department => {
            context.actor.department.as_ref() == Some(&service.node.department)
        }
        ActorRole::Applicant | ActorRole::Clerk | ActorRole::Agent | ActorRole::Hub => true,
        ActorRole::Manager | ActorRole::UnitHead | ActorRole::Inspector => false,
    };
    if own { Ok(()) } else { Err(Refusal::NotYourService(service.node.key.clone())) }
}

/// Only the applicant and whoever acts for him; which of them, the rim knows.
fn on_the_applicants_side(context: Context<'_>) -> Result<(), Refusal> {
    match context.actor.role {
        ActorRole::Applicant | ActorRole::Clerk | ActorRole::Agent | ActorRole::Hub => Ok(()),
        ActorRole::Officer
        | ActorRole::Department
        | ActorRole::Manager
        | ActorRole::UnitHead
        | ActorRole::Inspector => Err(Refusal::ApplicantOnly),
    }
}

/// What the `changed` states bring about: services whose last hard need exists now start, services whose
/// need will never exist are stopped. A contested state brings about nothing.
pub(crate) fn follow(
    case: &Case,
    changed: &[(&NodeKey, ServiceState)],
    events: &mut Vec<CaseEventBody>,
) {
    follow_owing(case, changed, &[], events);
}

/// As [`follow`]; of the changed ones those `owing` are granted without their papers and values.
fn follow_owing(
    case: &Case,
    changed: &[(&NodeKey, ServiceState)],
    owing: &[&NodeKey],
    events: &mut Vec<CaseEventBody>,
) {
    let mut states: Vec<ServiceState> = case.services.iter().map(|service| service.state).collect();
    for (service, state) in case.services.iter().zip(&mut states) {
        if let Some((_, new)) = changed.iter().find(|(node, _)| **node == service.node.key) {
            *state = *new;
        }
    }
    let stopped = stop(&case.producers, &mut states);
    for (index, service) in case.services.iter().enumerate() {
        let waits = case.producers.get(index).map_or(&[][..], Vec::as_slice);
        let granted = |producer: &usize| {
            states.get(*producer) == Some(&ServiceState::Granted)
                && exists(case, service, *producer, changed, owing)
        };
        let waits_only =
            states.get(index) == Some(&ServiceState::Waiting) && !service.is_suspended();
        if waits_only && waits.iter().all(granted) {
            start(case.id, &service.node.key, events);
        }
    }
    for (index, producer) in stopped {
        if let (Some(service), Some(because_of)) =
            (case.services.get(index), case.services.get(producer))
            && service.state != ServiceState::Stopped
        {
            events.push(CaseEventBody::Stopped {
                node: service.node.key.clone(),
                because_of: because_of.node.key.clone(),
            });
        }
    }
}

/// Whether what `service` needs of a granted producer exists: all of it, but where the grant is deemed and the
/// paper is owed only bare facts.
fn exists(
    case: &Case,
    service: &ServiceCase,
    producer: usize,
    changed: &[(&NodeKey, ServiceState)],
    owing: &[&NodeKey],
) -> bool {
    let Some(producer) = case.services.get(producer) else { return false };
    let key = &producer.node.key;
    let owes = if changed.iter().any(|(node, _)| *node == key) {
        owing.contains(&key)
    } else {
        producer.owes_paper()
    };
    let is_fact =
        |id: &Arc<str>| producer.node.outputs.iter().any(|output| output.id == *id && output.fact);
    let mut needs = service.node.waits_for.iter().filter(|wait| wait.from == *key);
    !owes || needs.all(|wait| is_fact(&wait.output))
}

fn start(case: CaseId, node: &NodeKey, events: &mut Vec<CaseEventBody>) {
    events.push(CaseEventBody::Started { node: node.clone() });
    events.push(dispatched(case, node, DispatchKind::Referral, 0));
}

pub(crate) fn dispatched(
    case: CaseId,
    node: &NodeKey,
    kind: DispatchKind,
    round: u32,
) -> CaseEventBody {
    CaseEventBody::Dispatched {
        node: node.clone(),
        dispatch: DispatchId::derive(case, node, kind.as_str(), round),
        kind,
        round,
        about: None,
    }
}
