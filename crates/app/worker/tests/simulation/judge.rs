//! What must be so, at every moment and at the end.

use std::collections::{BTreeMap, BTreeSet};

use casework::{
    Case, CaseEvent, CaseEventBody, Command, DispatchKind, ExplainedDate, Reply, ServiceState,
};
use store_port::{FactFilter, ServiceFilter};
use vocabulary::{CaseId, ClockStart, DraftId, Instant};

use crate::hub::{Hub, town};
use crate::model::Model;
use crate::reference::{Almanac, Found, walk};

/// What must be so at every moment; says what is not.
pub(crate) async fn look(hub: &Hub, id: CaseId) -> Result<(), String> {
    rows(hub, id).await?;
    let events = events(hub, id).await?;
    let case = Case::fold(&events).ok_or("its events make no case")?;
    history(&case, &events)?;
    delivered(hub, &case)?;
    licences(hub, &case).await?;
    model(&case, &events)
}

async fn events(hub: &Hub, id: CaseId) -> Result<Vec<CaseEvent>, String> {
    let loaded = hub.auditor().store().load_events(&[id]).await.unwrap();
    let rows = loaded.into_iter().next().map(|(_, rows)| rows).unwrap_or_default();
    engine::projection::read_events(&rows).map_err(|fault| fault.to_string())
}

/// What lists, timers and figures live on is what the events say.
async fn rows(hub: &Hub, id: CaseId) -> Result<(), String> {
    let engine = hub.auditor();
    let store = engine.store();
    let rebuilt = engine.rebuilt(id).await.unwrap().ok_or("there is no such case")?;
    let kept = store.find_case(id).await.unwrap();
    same("the case in lists", &kept, &Some(rebuilt.case.clone()))?;
    let case_number = Some(rebuilt.case.case_number.clone());
    let filter = ServiceFilter { case_number, limit: 100, ..ServiceFilter::default() };
    let kept = store.list_services(&filter).await.unwrap();
    for wanted in rebuilt.services {
        let kept = kept.iter().find(|row| row.node == wanted.node);
        same("a service in worklists", &kept, &Some(&wanted))?;
    }
    let filter = FactFilter { limit: 1_000, ..FactFilter::default() };
    let facts = store.list_case_facts(&filter).await.unwrap();
    let kept = facts.into_iter().find(|fact| fact.case_id == id);
    same("the case in figures", &kept, &rebuilt.fact)?;
    let facts = store.list_service_facts(&filter).await.unwrap();
    let kept: BTreeMap<_, _> =
        facts.into_iter().filter(|it| it.case_id == id).map(|it| (it.node.clone(), it)).collect();
    for wanted in rebuilt.service_facts {
        same("a service in figures", &kept.get(&wanted.node), &Some(&wanted))?;
    }
    // Timers, and whatever else there is.
    match engine.rebuild(&[id]).await.unwrap().mended {
        0 => Ok(()),
        rows => Err(format!("{rows} rows beside the case are not as the events have them")),
    }
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, kept: &T, wanted: &T) -> Result<(), String> {
    if kept == wanted {
        return Ok(());
    }
    Err(format!("{what}: kept {kept:?}, but the events say {wanted:?}"))
}

/// The history has no gap, and says nothing twice that is said once.
fn history(case: &Case, events: &[CaseEvent]) -> Result<(), String> {
    let mut once: BTreeSet<String> = BTreeSet::new();
    for (event, seq) in events.iter().zip(1..) {
        if event.seq != seq {
            return Err(format!("event {} stands at {seq}", event.seq));
        }
        let key = match &event.body {
            CaseEventBody::Submitted { .. } => "submitted".to_owned(),
            CaseEventBody::Started { node } => format!("started {node}"),
            CaseEventBody::Dispatched { dispatch, .. } => format!("dispatched {dispatch}"),
            CaseEventBody::Delivered { dispatch, .. } => format!("delivered {dispatch}"),
            CaseEventBody::ReplyRecorded { recorded, .. } => {
                format!("reply {} {}", recorded.dispatch, recorded.department_seq)
            }
            CaseEventBody::CorrectionAnswered { node, round, .. } => {
                format!("answered {node} {round}")
            }
            CaseEventBody::AcceptanceDeemed { node } => format!("deemed {node}"),
            CaseEventBody::CorrectionLapsed { node, .. } => format!("lapsed {node}"),
            CaseEventBody::WithdrawalRequested { node } => format!("withdrawal {node}"),
            _ => continue,
        };
        if !once.insert(key.clone()) {
            return Err(format!("twice: {key}"));
        }
    }
    if case.version != u64::try_from(events.len()).unwrap() {
        return Err("the version is not the number of events".to_owned());
    }
    Ok(())
}

/// What is noted as delivered came.
fn delivered(hub: &Hub, case: &Case) -> Result<(), String> {
    let got = hub.offices().got();
    let noted = case.services.iter().flat_map(|service| &service.sendings);
    let mut noted = noted.filter(|sending| sending.delivered_at.is_some());
    match noted.find(|sending| !got.contains_key(&sending.dispatch)) {
        None => Ok(()),
        Some(sending) => Err(format!("{} is noted as delivered, but never came", sending.dispatch)),
    }
}

/// A timer that was due long ago, when nothing keeps anybody from firing it.
pub(crate) async fn overdue(hub: &Hub, id: CaseId) -> Option<String> {
    let rebuilt = hub.auditor().rebuilt(id).await.unwrap()?;
    let long_ago = hub.world().now().saturating_sub(jiff::SignedDuration::from_hours(60)).unwrap();
    let overdue = rebuilt.timers.into_iter().find(|timer| timer.due_at < long_ago)?;
    Some(format!("{} of {} was due at {}", overdue.kind, overdue.node, overdue.due_at))
}

/// A licence for each output that is granted, once.
async fn licences(hub: &Hub, case: &Case) -> Result<(), String> {
    let rows = hub.auditor().store().list_licences_of_case(case.id).await.unwrap();
    let ids: BTreeSet<_> = rows.iter().map(|row| row.licence_id).collect();
    if ids.len() != rows.len() {
        return Err("a licence stands there twice".to_owned());
    }
    let mut allowed = BTreeSet::new();
    for service in &case.services {
        for output in &service.granted {
            if let Some(id) = output.licence.filter(|id| !ids.contains(id)) {
                return Err(format!("{} was granted without its licence {id}", service.node.key));
            }
        }
        for reply in service.replies.values() {
            if let Reply::Granted { outputs, .. } = &reply.reply {
                allowed.extend(outputs.iter().filter_map(|output| output.licence));
            }
        }
        let promised = service.node.outputs.iter().filter(|output| output.licence).count();
        let granted = service.granted.iter().filter(|output| output.licence.is_some()).count();
        if service.state == ServiceState::Granted && granted != promised {
            return Err(format!("{}: {granted} licences of {promised}", service.node.key));
        }
    }
    match ids.difference(&allowed).next() {
        None => Ok(()),
        Some(id) => Err(format!("the licence {id} comes from no grant")),
    }
}

/// The independent model, told the same story, comes to the same end; every date is that of a walk over the days.
fn model(case: &Case, events: &[CaseEvent]) -> Result<(), String> {
    let calendar = &town().calendar;
    let zone = &town().jurisdiction.time_zone;
    let almanac = Almanac::of(calendar);
    let nodes = &case.application.nodes;
    let model = Model::submitted(case.id, nodes, &[], None, Almanac::of(calendar), events[0].at);
    let mut model = model.expecting(&case.application.visits);
    for (actor, at, command) in told(events) {
        model.now = at;
        if let Err(code) = model.take(&actor, &command) {
            return Err(format!("the model refuses {command:?} with {code}"));
        }
    }
    let states: Vec<ServiceState> = case.services.iter().map(|service| service.state).collect();
    if states != model.states() || case.state() != model.state() {
        let other = (model.state(), model.states());
        return Err(format!("it is {:?} {states:?}, the model says {other:?}", case.state()));
    }
    let visits = case.visits.iter();
    let visits: Vec<_> = visits
        .map(|it| {
            let number = it.current().map_or(0, |offer| offer.number);
            let choices = case.visit_choices(it, model.now);
            (number, case.visit_state(it), case.visit_open_for(it), choices)
        })
        .collect();
    same("the visits", &visits, &model.visits())?;
    for (service, other) in case.services.iter().zip(&model.services) {
        let key = &service.node.key;
        let sent: Vec<_> = service.sendings.iter().map(|sending| sending.dispatch).collect();
        same(&format!("sendings of {key}"), &sent, &other.sendings)?;
        same(&format!("acceptance of {key}"), &service.accepted_at, &other.accepted())?;
        let asked = service.corrections.iter();
        let asked: Vec<_> = asked
            .map(|it| {
                let round = usize::try_from(it.round).unwrap() - 1;
                (round, it.requested_at, it.told_at, it.answered_at.or(it.lapsed_at))
            })
            .collect();
        let known = other.corrections();
        let known: Vec<_> = known.iter().map(|it| (it.round, it.at, it.told, it.until)).collect();
        same(&format!("corrections of {key}"), &asked, &known)?;
        for procedure in &service.node.procedures {
            let runs = service.procedures.iter().filter(|it| it.id == procedure.id);
            let runs: Vec<_> = runs.map(|it| (it.began_at, it.ended_at)).collect();
            same(&format!("{} of {key}", procedure.id), &runs, &other.runs(&procedure.id))?;
        }
        let promised = case.promised(key, calendar, zone);
        let clock = other.clock(ClockStart::Receipt, service.node.promised, &almanac);
        let walked = clock.map(|clock| walk(&clock, &almanac));
        same(&format!("promised date of {key}"), &promised.as_ref().map(found), &walked)?;
        if let (Some(period), Some(_)) = (service.node.statutory, service.accepted_at) {
            let statutory = case.statutory(key, calendar, zone);
            let clock = other.clock(other.node.clock.statutory_from, period, &almanac);
            let walked = clock.map(|clock| walk(&clock, &almanac));
            same(&format!("statutory date of {key}"), &statutory.as_ref().map(found), &walked)?;
        }
    }
    Ok(())
}

fn found(date: &ExplainedDate) -> Found {
    let due = &date.due;
    Found { on: due.on, midday: due.midday, provisional: due.provisional, stopped: date.stopped }
}

/// The commands that events came from.
fn told(events: &[CaseEvent]) -> Vec<(casework::Actor, Instant, Command)> {
    let mut told: Vec<(casework::Actor, Instant, Command)> = Vec::new();
    for event in events {
        let command = match &event.body {
            CaseEventBody::ReplyRecorded { node, recorded } => Command::TakeReply {
                node: node.clone(),
                dispatch: recorded.dispatch,
                department_seq: recorded.department_seq,
                decided_at: recorded.decided_at,
                reply: recorded.reply.clone(),
            },
            CaseEventBody::CorrectionAnswered { node, answer, evidence, .. } => {
                let (node, answer, evidence) = (node.clone(), *answer, evidence.clone());
                Command::AnswerCorrection { node, answer, evidence }
            }
            CaseEventBody::AcceptanceDeemed { .. }
            | CaseEventBody::GrantDeemed { .. }
            | CaseEventBody::CorrectionLapsed { .. } => Command::Tick,
            CaseEventBody::WithdrawalRequested { node } | CaseEventBody::Withdrawn { node } => {
                Command::Withdraw { node: Some(node.clone()) }
            }
            CaseEventBody::ContestResolved { node, dispatch, department_seq } => {
                let (node, dispatch, department_seq) = (node.clone(), *dispatch, *department_seq);
                Command::ResolveContest { node, dispatch, department_seq }
            }
            _ => continue,
        };
        // What one command made stands together.
        if let Some((actor, at, last)) = told.last_mut()
            && (&*actor, *at) == (&event.actor, event.at)
        {
            match (&mut *last, &command) {
                (Command::Tick, Command::Tick) => continue,
                (Command::Withdraw { node }, Command::Withdraw { .. }) => {
                    *node = None;
                    continue;
                }
                _ => {}
            }
        }
        told.push((event.actor.clone(), event.at, command));
    }
    told
}

/// What must be so when nothing fails any more and everything has come to rest.
pub(crate) async fn at_the_end(
    hub: &Hub,
    became: &BTreeMap<DraftId, CaseId>,
) -> Result<(), String> {
    let store = hub.auditor().store();
    let ids = store.list_case_ids(None, 100).await.unwrap();
    let known: BTreeSet<CaseId> = became.values().copied().collect();
    same("the cases", &ids.iter().copied().collect::<BTreeSet<_>>(), &known)?;
    let got = hub.offices().got();
    let mut open = BTreeSet::new();
    for id in ids {
        look(hub, id).await.map_err(|why| format!("{id}: {why}"))?;
        let case = hub.case(id).await;
        if !case.state().is_final() {
            let states: Vec<_> =
                case.services.iter().map(|it| (it.node.key.to_string(), it.state)).collect();
            return Err(format!("{id} does not end: {states:?}"));
        }
        for service in &case.services {
            for sending in &service.sendings {
                let came = got.get(&sending.dispatch).map_or(0, |got| got.times);
                let own = sending.kind == DispatchKind::Referral;
                if service.state == ServiceState::Granted && own && sending.round == 0 && came == 0
                {
                    return Err(format!("{} was granted, but never sent", service.node.key));
                }
                // Nothing is owed about what has ended but the receipt for being told so.
                let wanted = !service.state.is_final() || sending.kind == DispatchKind::Lapse;
                if wanted && !service.is_received(sending.dispatch) {
                    open.insert(sending.dispatch);
                }
            }
        }
    }
    let owed = store.list_owed(None, 1_000).await.unwrap();
    let owed: BTreeSet<_> = owed.into_iter().map(|row| row.row.dispatch_id).collect();
    same("what is owed by departments", &owed, &open)
}

/// Everything that was acknowledged is asked for once more: the same answer, and nothing new.
pub(crate) async fn ask_again(hub: Hub) {
    let told = std::mem::take(&mut *hub.told());
    for told in told {
        let answer = hub
            .ask("the same once more", |node| {
                crate::hub::carry_out(node, told.actor.clone(), told.asked.clone())
            })
            .await;
        match answer {
            Some(Ok(done))
                if done.repeated && (done.case, done.version) == (told.case, told.version) => {}
            Some(Ok(done)) => hub.world().wrong(format!(
                "asked again, the answer is {done:?} instead of version {}",
                told.version
            )),
            Some(Err(error)) => {
                hub.world().wrong(format!("asked again, the answer is {}", error.code()));
            }
            None => hub.world().wrong("asked again, there is no answer"),
        }
    }
}
