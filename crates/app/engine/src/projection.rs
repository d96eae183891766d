//! A case → the rows that lists, worklists, timers and sendings live on.
//!
//! Everything here follows from the events and the calendar, so it can be made again at any time. It reads
//! no store and decides nothing.

use std::collections::BTreeSet;
use std::sync::Arc;

use casework::{ActorRole, Case, CaseEvent, CaseEventBody, Reply, ServiceCase, ServiceState};
use catalogue::Catalogue;
use store_port::{CaseRow, EventRow, Fault, InconsistencyRow, OutboxRow, ServiceRow, TimerRow};
use uuid::Uuid;
use vocabulary::{AccountId, CaseId, DispatchId, NodeKey, SealedId};

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
    Ok(Some(Known { case: Arc::new(case), owner: owner_of(first) }))
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

/// One service case as worklists show it.
pub fn service_row(case: &Case, service: &ServiceCase, catalogue: &Catalogue) -> ServiceRow {
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
    let named: BTreeSet<&NodeKey> = events.iter().filter_map(|event| event.body.node()).collect();
    case.services
        .iter()
        .enumerate()
        .filter(|(at, service)| {
            before.get(*at) != Some(&service.state)
                || named.contains(&service.node.key)
                // When it ended follows from what it waited for.
                || (service.state == ServiceState::Stopped && !named.is_empty())
        })
        .map(|(_, service)| service_row(case, service, catalogue))
        .collect()
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
pub fn timer_rows(case: &Case, catalogue: &Catalogue) -> Vec<TimerRow> {
    case.timers(&catalogue.calendar, &catalogue.jurisdiction.time_zone)
        .into_iter()
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
            | CaseEventBody::ContestResolved { node, .. } => {
                done.extend(all_sendings_if_ended(case, node));
            }
            CaseEventBody::Submitted { .. }
            | CaseEventBody::Started { .. }
            | CaseEventBody::Dispatched { .. }
            | CaseEventBody::Delivered { .. }
            | CaseEventBody::CorrectionAnswered { .. }
            | CaseEventBody::AcceptanceDeemed { .. }
            | CaseEventBody::WithdrawalRequested { .. }
            | CaseEventBody::Rated { .. }
            | CaseEventBody::RatingContacted { .. }
            | CaseEventBody::RatingRectified { .. }
            | CaseEventBody::RatingAppealed { .. }
            | CaseEventBody::AppealDecided { .. } => {}
        }
    }
    let open = events.iter().filter_map(|event| match &event.body {
        CaseEventBody::Dispatched { node, dispatch, kind, round } if !done.contains(dispatch) => {
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
        .filter(|service| service.state.is_final())
        .map(|service| service.sendings.iter().map(|sending| sending.dispatch).collect())
        .unwrap_or_default()
}
