//! A case → the rows that lists, worklists, timers and sendings live on.
//!
//! Everything here follows from the events and the calendar, so it can be made again at any time. It reads
//! no store and decides nothing.

use std::collections::BTreeSet;
use std::sync::Arc;

use casework::supervision::{self, Watch};
use casework::{
    ActorRole, Case, CaseEvent, CaseEventBody, DispatchKind, Reply, Sending, ServiceCase,
    ServiceState,
};
use catalogue::{Catalogue, LightColour, Stage};
use store_port::{
    CaseChange, CaseRow, EventRow, Fault, InconsistencyRow, OutboxRow, ServiceRow, TimerRow,
    WatchedRow,
};
use uuid::Uuid;
use vocabulary::{AccountId, CaseId, Date, DispatchId, NodeKey, SealedId};

use crate::facts::Facts;
use crate::{Engine, EngineError};

/// A folded case with what lists need and the fold does not keep.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) case: Arc<Case>,
    pub(crate) owner: Option<AccountId>,
}

/// Where the applicant's sealed name stands: derived, so that a rebuild finds it again.
pub fn applicant_name_id(case: CaseId) -> SealedId {
    SealedId(Uuid::new_v5(&case.0, b"applicant-name"))
}

/// Reads stored events.
///
/// # Errors
/// An event cannot be read.
pub fn read_events(rows: &[EventRow]) -> Result<Vec<CaseEvent>, Fault> {
    rows.iter()
        .map(|row| {
            serde_json::from_str(&row.body).map_err(|_| Fault::Corrupt { what: "case event" })
        })
        .collect()
}

/// The stored form of an event.
pub(crate) fn write_event(event: &CaseEvent) -> Result<EventRow, Fault> {
    let body = serde_json::to_string(event).map_err(|_| Fault::Corrupt { what: "case event" })?;
    Ok(EventRow { seq: event.seq, at: event.at, body })
}

/// Folds a case's events; `None` when there are none.
pub(crate) fn fold(events: &[CaseEvent]) -> Result<Option<Known>, Fault> {
    let Some(first) = events.first() else { return Ok(None) };
    let case = Case::fold(events).ok_or(Fault::Corrupt { what: "case events" })?;
    let owner = case.taken_over_by().or_else(|| owner_of(first));
    Ok(Some(Known { case: Arc::new(case), owner }))
}

/// The account of the applicant: who submitted for himself, or for whom it was handed in.
pub(crate) fn owner_of(first: &CaseEvent) -> Option<AccountId> {
    if first.actor.role == ActorRole::Applicant {
        return first.actor.account;
    }
    match &first.body {
        CaseEventBody::Submitted { application } => application.reception.applicant,
        _ => None,
    }
}

/// How much was made from events again.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Rebuilding {
    pub cases: u64,
    pub events: u64,
    /// Rows that were not as their events have them.
    pub mended: u64,
}

impl Engine {
    /// Everything that lists, timers and figures live on, made from the events of one case; the rest of the change
    /// is empty. `None` when there are no events.
    ///
    /// # Errors
    /// The events make no case.
    pub fn projected(&self, events: &[CaseEvent]) -> Result<Option<CaseChange>, Fault> {
        let Some(Known { case, owner }) = fold(events)? else { return Ok(None) };
        let catalogue = self.catalogue();
        let facts = Facts { catalogue, network: self.network() };
        let today = today(&case, events, catalogue);
        let rows =
            case.services.iter().map(|service| service_row(&case, service, catalogue, today));
        let counted = case.services.iter().map(|service| facts.service_row(&case, service));
        let inconsistencies = events.iter().flat_map(|event| inconsistency_rows(&case, event));
        Ok(Some(CaseChange {
            services: rows.collect(),
            timers: timer_rows(&case, events, catalogue),
            fact: Some(facts.case_row(&case)?),
            service_facts: counted.collect::<Result<_, _>>()?,
            inconsistencies: inconsistencies.collect(),
            ratings: case.ratings.iter().map(|rating| facts.rating_row(&case, rating)).collect(),
            ..CaseChange::of(case_row(&case, owner, catalogue), case.version)
        }))
    }

    /// Puts everything that follows from the events of these cases in its place, where it is not. A case that goes
    /// on meanwhile is looked at again.
    ///
    /// # Errors
    /// A fault; cases before it are done, and doing them again changes nothing.
    pub async fn rebuild(&self, cases: &[CaseId]) -> Result<Rebuilding, EngineError> {
        let mut done = Rebuilding::default();
        let mut left = cases.to_vec();
        while !left.is_empty() {
            let mut rows = Vec::with_capacity(left.len());
            let mut events: u64 = 0;
            for (_, stored) in self.store().load_events(&left).await? {
                events = events.saturating_add(u64::try_from(stored.len()).unwrap_or(u64::MAX));
                rows.extend(self.projected(&read_events(&stored)?)?);
            }
            let put = self.store().put_projections(&rows).await?;
            done.events = done.events.saturating_add(events);
            done.mended = done.mended.saturating_add(put.mended);
            left = put.gone_on;
        }
        done.cases = u64::try_from(cases.len()).unwrap_or(u64::MAX);
        Ok(done)
    }

    /// The rows of a case as its events have them ([`projected`](Self::projected)), beside which those kept can be held.
    /// `None` when there is no such case.
    ///
    /// # Errors
    /// A fault.
    pub async fn rebuilt(&self, case: CaseId) -> Result<Option<CaseChange>, EngineError> {
        let Some((_, events)) = self.load_case(case).await? else { return Ok(None) };
        Ok(self.projected(&events)?)
    }
}

/// The case as lists show it.
pub fn case_row(case: &Case, owner: Option<AccountId>, catalogue: &Catalogue) -> CaseRow {
    let promised = case.joint_promised(&catalogue.calendar, &catalogue.jurisdiction.time_zone);
    CaseRow {
        case_id: case.id,
        case_number: case.application.case_number.to_string(),
        subject: case.application.subject,
        owner,
        matter: case.application.matter.to_string(),
        state: case.state().as_str().to_owned(),
        submitted_at: case.submitted_at,
        promised_on: promised.map(|date| date.due.on.to_string()),
        version: case.version,
    }
}

/// One service case as worklists show it, watched by the rules that are in force on `today`.
pub fn service_row(
    case: &Case,
    service: &ServiceCase,
    catalogue: &Catalogue,
    today: Date,
) -> ServiceRow {
    let node = &service.node.key;
    let time_zone = &catalogue.jurisdiction.time_zone;
    let promised = case.promised(node, &catalogue.calendar, time_zone);
    let statutory = case.statutory(node, &catalogue.calendar, time_zone);
    ServiceRow {
        case_id: case.id,
        case_number: case.application.case_number.to_string(),
        node: node.to_string(),
        service: node.service.to_string(),
        matter: case.application.matter.to_string(),
        department: service.node.department.to_string(),
        state: service.state.as_str().to_owned(),
        started_at: service.started_at,
        clock_stopped: promised.as_ref().is_some_and(|date| date.stopped),
        promised_on: promised.map(|date| date.due.on.to_string()),
        statutory_on: statutory.map(|date| date.due.on.to_string()),
        decided_at: service.decided_at,
        applicant: Some(applicant_name_id(case.id)),
        area: case.application.reception.area.as_deref().map(str::to_owned),
        watched: watched_row(case, service, catalogue, today),
    }
}

/// Lights to come and acts of supervision, as lists keep them.
fn watched_row(
    case: &Case,
    service: &ServiceCase,
    catalogue: &Catalogue,
    today: Date,
) -> WatchedRow {
    let watch = watch(case, service, catalogue, today);
    let first = |colour| {
        let mark = watch.marks.iter().find(|mark| mark.colour == colour);
        mark.map(|mark| mark.on.to_string())
    };
    let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
    let supervised = &service.supervised;
    let answered = supervised.notices.iter().filter(|notice| notice.answered.is_some());
    let notice = supervised.open().map(|notice| match notice.answered {
        Some(_) => "answered",
        None => "open",
    });
    WatchedRow {
        stage: catalogue
            .supervision(today)
            .and_then(|rules| supervision::stage_of(case, service, rules))
            .map_or("", stage_word)
            .to_owned(),
        yellow_on: first(LightColour::Yellow),
        red_on: first(LightColour::Red),
        running: watch.clocks.iter().any(|clock| !clock.date.stopped),
        marks: serde_json::to_string(&watch.marks).unwrap_or_else(|_| "[]".to_owned()),
        reminders: count(supervised.reminders.len()),
        notices: count(supervised.notices.len()),
        answered: count(answered.count()),
        notice: notice.unwrap_or_default().to_owned(),
        told: serde_json::to_string(&supervision::told(service, &watch))
            .unwrap_or_else(|_| "[]".to_owned()),
    }
}

/// The word of a stage in columns, filters and message keys.
pub const fn stage_word(stage: Stage) -> &'static str {
    match stage {
        Stage::Receive => "receive",
        Stage::Accept => "accept",
        Stage::Review => "review",
        Stage::Decide => "decide",
        Stage::Deliver => "deliver",
    }
}

/// What supervision sees of a service case by the rules in force on a day; nothing where there are none.
pub fn watch(case: &Case, service: &ServiceCase, catalogue: &Catalogue, today: Date) -> Watch {
    let time_zone = &catalogue.jurisdiction.time_zone;
    match catalogue.supervision(today) {
        Some(rules) => supervision::watch(case, service, rules, &catalogue.calendar, time_zone),
        None => Watch { ended: service.state.is_final(), ..Watch::default() },
    }
}

/// The rows of those service cases that `events` say something about, or whose state is no longer as in
/// `before`: what follows for others is derived and has no event of its own.
pub(crate) fn changed_services(
    case: &Case,
    before: &[ServiceState],
    events: &[CaseEvent],
    catalogue: &Catalogue,
) -> Vec<ServiceRow> {
    let today = today(case, events, catalogue);
    // What is served has nothing left to be watched.
    let about = |event: &'_ CaseEvent| match &event.body {
        CaseEventBody::Served { document, .. } => document.node.clone(),
        body => body.node().cloned(),
    };
    let named: BTreeSet<NodeKey> = events.iter().filter_map(about).collect();
    // A new calendar may move the dates of any of them.
    let all = events.iter().any(|event| matches!(event.body, CaseEventBody::DatesMoved(_)));
    case.services
        .iter()
        .enumerate()
        .filter(|(at, service)| {
            all || before.get(*at) != Some(&service.state)
                || named.contains(&service.node.key)
                // When it ended follows from what it waited for.
                || (service.state == ServiceState::Stopped && !named.is_empty())
        })
        .map(|(_, service)| service_row(case, service, catalogue, today))
        .collect()
}

/// The civil date of what happened last.
fn today(case: &Case, events: &[CaseEvent], catalogue: &Catalogue) -> Date {
    catalogue.civil_date(events.last().map_or(case.submitted_at, |event| event.at))
}

/// The states of a case's services, in order.
pub(crate) fn states(case: &Case) -> Vec<ServiceState> {
    case.services.iter().map(|service| service.state).collect()
}

/// What an event tells of standards that differ (semantics 17).
pub fn inconsistency_rows(case: &Case, event: &CaseEvent) -> Vec<InconsistencyRow> {
    let intake = case.application.reception.intake.as_ref();
    let found = casework::checklist::inconsistencies(case, event).into_iter();
    let row = |it: casework::checklist::Inconsistency| {
        let service = case.service(&it.node)?;
        Some(InconsistencyRow {
            case_id: case.id,
            seq: event.seq,
            line: id_or_outside(it.line.as_str()),
            kind: it.kind.as_str().to_owned(),
            case_number: case.application.case_number.to_string(),
            node: it.node.to_string(),
            service: it.node.service.to_string(),
            matter: case.application.matter.to_string(),
            department: service.node.department.to_string(),
            outlet: intake.map(|intake| intake.outlet.to_string()),
            window: intake.and_then(|intake| intake.window.as_deref()).map(ToOwned::to_owned),
            checklist: service.node.revision.to_string(),
            at: event.at,
        })
    };
    found.filter_map(row).collect()
}

/// A line that stands on no list may say anything: what does not look like an id is not kept in a table.
fn id_or_outside(line: &str) -> String {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c);
    let words = line.chars().any(|c| c.is_ascii_lowercase());
    if words && line.len() <= 64 && line.chars().all(plain) {
        line.to_owned()
    } else {
        casework::checklist::OUTSIDE.to_owned()
    }
}

/// All timers of the case that are open now.
pub fn timer_rows(case: &Case, events: &[CaseEvent], catalogue: &Catalogue) -> Vec<TimerRow> {
    let (calendar, time_zone) = (&catalogue.calendar, &catalogue.jurisdiction.time_zone);
    let rules = catalogue.supervision(today(case, events, catalogue));
    let watched = rules.map(|rules| supervision::timers(case, rules, calendar, time_zone));
    case.timers(calendar, time_zone)
        .into_iter()
        .chain(watched.into_iter().flatten())
        .map(|timer| TimerRow {
            case_id: case.id,
            node: timer.node.to_string(),
            kind: timer.kind.as_str().to_owned(),
            due_at: timer.due_at,
        })
        .collect()
}

/// What has to go out because of `events`, and what is finished.
///
/// Only a business receipt, or a reply that implies one, closes a sending; what was never sent is
/// superseded by a withdrawal; and a service that has ended owes nothing more. A sending that `events`
/// both make and finish appears as finished only.
pub(crate) fn sendings(case: &Case, events: &[CaseEvent]) -> (Vec<OutboxRow>, Vec<DispatchId>) {
    let mut done = BTreeSet::new();
    for event in events {
        match &event.body {
            CaseEventBody::ReplyRecorded { node, recorded } => {
                done.insert(recorded.dispatch);
                let ends = matches!(
                    recorded.reply,
                    Reply::Granted { .. }
                        | Reply::Refused { .. }
                        | Reply::NotAccepted { .. }
                        | Reply::WithdrawalConfirmed
                );
                if ends {
                    done.extend(all_sendings_if_ended(case, node));
                }
            }
            CaseEventBody::Withdrawn { node }
            | CaseEventBody::Stopped { node, .. }
            | CaseEventBody::CorrectionLapsed { node, .. }
            | CaseEventBody::GrantDeemed { node, .. }
            | CaseEventBody::Terminated { node, .. }
            | CaseEventBody::ContestResolved { node, .. } => {
                done.extend(all_sendings_if_ended(case, node));
            }
            CaseEventBody::ApplicantChangeReported { ended, .. } => {
                for node in ended {
                    done.extend(all_sendings_if_ended(case, node));
                }
            }
            CaseEventBody::Submitted { .. }
            | CaseEventBody::DatesMoved(_)
            | CaseEventBody::CorrectionNotified { .. }
            | CaseEventBody::VisitProposed { .. }
            | CaseEventBody::VisitConfirmed { .. }
            | CaseEventBody::VisitTimeAsked { .. }
            | CaseEventBody::VisitMissed { .. }
            | CaseEventBody::Started { .. }
            | CaseEventBody::Dispatched { .. }
            | CaseEventBody::Delivered { .. }
            | CaseEventBody::CorrectionAnswered { .. }
            | CaseEventBody::AcceptanceDeemed { .. }
            | CaseEventBody::WithdrawalRequested { .. }
            | CaseEventBody::Supervised { .. }
            | CaseEventBody::Served { .. }
            | CaseEventBody::Rated { .. }
            | CaseEventBody::RatingContacted { .. }
            | CaseEventBody::RatingRectified { .. }
            | CaseEventBody::RatingAppealed { .. }
            | CaseEventBody::AppealDecided { .. }
            | CaseEventBody::RevocationAnnounced { .. }
            | CaseEventBody::RevocationAnswered { .. }
            | CaseEventBody::RevocationDropped { .. }
            | CaseEventBody::SuccessorNamed { .. }
            | CaseEventBody::SuccessionConsented {}
            | CaseEventBody::ApplicantChangeClosed { .. }
            | CaseEventBody::FieldsChecked { .. }
            | CaseEventBody::TakenOnEvidence { .. } => {}
        }
    }
    let open = events.iter().filter_map(|event| match &event.body {
        CaseEventBody::Dispatched { node, dispatch, kind, round, .. }
            if !done.contains(dispatch) =>
        {
            let service = case.service(node)?;
            Some(OutboxRow {
                case_id: case.id,
                dispatch_id: *dispatch,
                node: node.to_string(),
                department: service.node.department.to_string(),
                kind: kind.as_str().to_owned(),
                round: *round,
                due_at: event.at,
            })
        }
        _ => None,
    });
    (open.collect(), done.into_iter().collect())
}

fn all_sendings_if_ended(case: &Case, node: &NodeKey) -> Vec<DispatchId> {
    case.service(node)
        // Who still owes the paper of a silent grant is still asked for it.
        .filter(|service| service.state.is_final() && !service.owes_paper())
        .map(|service| {
            // That it has lapsed or ended is still to be told, and what comes after a grant is not over with it.
            let over = |sending: &&Sending| match sending.kind {
                DispatchKind::Lapse | DispatchKind::Notice => false,
                DispatchKind::Visit => service.state != ServiceState::Granted,
                _ => true,
            };
            service.sendings.iter().filter(over).map(|sending| sending.dispatch).collect()
        })
        .unwrap_or_default()
}
