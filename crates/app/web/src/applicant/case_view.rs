//! A running case as pages show it, to applicants and officers alike: states, lights, explained dates,
//! the running picture, and what happened in words.

use std::collections::BTreeMap;

use casework::{Case, CaseEventBody, CaseState, Reply, ServiceCase, ServiceState};
use catalogue::Catalogue;
use engine::CaseFile;
use vocabulary::{ChecklistLineId, Date, Instant, LapseMeans, NodeKey, ServiceId};

use crate::access::Role;
use crate::naming;
use crate::page::Page;
use crate::picture::{Bar, BarKind, Drawing, Link, node_name};
use crate::supervision;

/// A service's name within a case.
pub fn case_node_name(catalogue: &Catalogue, page: &Page, case: &Case, node: &NodeKey) -> String {
    let same = case.services.iter().filter(|other| other.node.key.service == node.service).count();
    node_name(catalogue, page, node, same > 1)
}

/// Whether it is at the applicant's side that somebody of this role reads.
const fn is_applicants(role: Role) -> bool {
    matches!(role, Role::Visitor | Role::Applicant | Role::Agent)
}

/// The state of a service in words.
pub fn state_name(page: &Page, state: ServiceState) -> String {
    page.t(match state {
        ServiceState::Waiting => "state-waiting",
        ServiceState::Referred => "state-referred",
        ServiceState::Received => "state-received",
        // "You" are whoever applies.
        ServiceState::CorrectionRequested if is_applicants(page.who.role) => {
            "state-correction-requested"
        }
        ServiceState::CorrectionRequested => "state-correction-by-applicant",
        ServiceState::Accepted => "state-accepted",
        ServiceState::SpecialProcedure => "state-special-procedure",
        ServiceState::Lapsed => "state-lapsed",
        ServiceState::Granted => "state-granted",
        ServiceState::Refused => "state-refused",
        ServiceState::NotAccepted => "state-not-accepted",
        ServiceState::WithdrawalPending => "state-withdrawal-pending",
        ServiceState::Withdrawn => "state-withdrawn",
        ServiceState::Stopped => "state-stopped",
        ServiceState::Contested => "state-contested",
        ServiceState::Revoked => "state-revoked",
        ServiceState::Suspended => "state-suspended",
        ServiceState::Terminated => "state-terminated",
    })
}

/// The tag class of a state.
pub const fn state_class(state: ServiceState) -> &'static str {
    match state {
        ServiceState::Granted => "ok",
        ServiceState::CorrectionRequested
        | ServiceState::Refused
        | ServiceState::NotAccepted
        | ServiceState::Revoked
        | ServiceState::Terminated
        | ServiceState::Lapsed => "seal",
        ServiceState::Stopped
        | ServiceState::Suspended
        | ServiceState::Contested
        | ServiceState::WithdrawalPending => "warn",
        ServiceState::Waiting | ServiceState::Withdrawn => "grey",
        ServiceState::Referred
        | ServiceState::Received
        | ServiceState::Accepted
        | ServiceState::SpecialProcedure => "",
    }
}

/// The state of a case in words, and its tag class.
pub fn case_state_name(page: &Page, state: CaseState) -> (String, &'static str) {
    let (key, class) = match state {
        CaseState::InProgress => ("case-in-progress", ""),
        CaseState::AwaitingApplicant if is_applicants(page.who.role) => {
            ("case-awaiting-applicant", "seal")
        }
        CaseState::AwaitingApplicant => ("state-correction-by-applicant", "seal"),
        CaseState::PartlyDone => ("case-partly-done", ""),
        CaseState::Done => ("case-done", "ok"),
        CaseState::PartlyRefused => ("case-partly-refused", "warn"),
        CaseState::Refused => ("case-refused", "seal"),
        CaseState::Withdrawn => ("case-withdrawn", "grey"),
        CaseState::Contested => ("case-contested", "warn"),
    };
    (page.t(key), class)
}

/// A stored case state word in the page's words.
pub fn stored_case_state(page: &Page, word: &str) -> (String, &'static str) {
    const ALL: [CaseState; 8] = [
        CaseState::InProgress,
        CaseState::AwaitingApplicant,
        CaseState::PartlyDone,
        CaseState::Done,
        CaseState::PartlyRefused,
        CaseState::Refused,
        CaseState::Withdrawn,
        CaseState::Contested,
    ];
    ALL.into_iter()
        .find(|state| state.as_str() == word)
        .map_or_else(|| (word.to_owned(), ""), |state| case_state_name(page, state))
}

/// A light: its class and words. Shape and words differ as well as colour.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Light {
    pub class: &'static str,
    pub words: String,
}

pub use crate::dates::{DateView, date_view};

/// A special procedure's name; its kind's word where the definition does not have it any more.
pub fn procedure_name(
    catalogue: &Catalogue,
    page: &Page,
    service: &ServiceId,
    procedure: &str,
) -> String {
    let definition = catalogue.service(service);
    let procedures = definition.map(|found| found.special_procedures.as_slice());
    let found = procedures.unwrap_or_default().iter().find(|it| *it.id == *procedure);
    found.map_or_else(|| page.t("special-procedure"), |it| page.text(&it.name).to_owned())
}

/// `11月23日 10:05`.
pub fn time_text(catalogue: &Catalogue, page: &Page, at: Instant) -> String {
    let zoned = at.to_zoned(catalogue.jurisdiction.time_zone.clone());
    let clock = format!("{:02}:{:02}", zoned.hour(), zoned.minute());
    page.t2("time", "date", page.short_date(zoned.date()), "clock", clock)
}

/// One lane of the tracking page.
#[derive(Debug)]
pub struct LaneView {
    pub node: String,
    pub name: String,
    pub department: String,
    pub state: String,
    pub class: &'static str,
    pub promised: Option<DateView>,
    pub statutory: Option<DateView>,
    /// What it waits for, or why it ended.
    pub note: String,
    pub can_withdraw: bool,
    pub needs_correction: bool,
    pub light: Light,
    /// Fields that are still checked, evidence that is still owed.
    pub more: Vec<String>,
}

pub fn lanes(catalogue: &Catalogue, page: &Page, file: &CaseFile) -> Vec<LaneView> {
    let case = &file.case;
    case.services
        .iter()
        .map(|service| {
            let node = &service.node.key;
            let zone = &catalogue.jurisdiction.time_zone;
            let promised = case.promised(node, &catalogue.calendar, zone);
            let statutory = case.statutory(node, &catalogue.calendar, zone);
            let view = |explained| date_view(catalogue, page, Some(&node.service), &explained);
            LaneView {
                node: node.to_string(),
                name: case_node_name(catalogue, page, case, node),
                department: naming::organisation_name(catalogue, page, &service.node.department),
                state: state_name(page, service.state),
                class: state_class(service.state),
                promised: promised.map(view),
                statutory: statutory.map(view),
                note: note(catalogue, page, case, service),
                can_withdraw: !service.state.is_final()
                    && !matches!(
                        service.state,
                        ServiceState::WithdrawalPending | ServiceState::Suspended
                    ),
                needs_correction: service.state == ServiceState::CorrectionRequested,
                light: supervision::named(
                    page,
                    supervision::of_whole(page, catalogue, case, service),
                ),
                more: more(catalogue, page, case, service),
            }
        })
        .collect()
}

/// What is still under way beside the state: fields that are checked, evidence that comes later.
fn more(catalogue: &Catalogue, page: &Page, case: &Case, service: &ServiceCase) -> Vec<String> {
    let mut told = Vec::new();
    if !service.state.is_final() {
        let waiting = case.unsettled_fields(service).filter(|check| check.answered.is_none());
        let names: Vec<String> =
            waiting.map(|it| naming::slot_name(catalogue, page, &it.field.slot)).collect();
        if !names.is_empty() {
            told.push(page.t1("lane-checking", "fields", names.join(&page.t("list-separator"))));
        }
    }
    for owed in &service.owed {
        let name = naming::evidence_name(catalogue, page, &owed.slot.ty);
        told.push(match owed.until {
            Some(until) => page.t2("lane-owed-until", "evidence", name, "date", page.date(until)),
            None => page.t1("lane-owed", "evidence", name),
        });
    }
    told
}

fn note(catalogue: &Catalogue, page: &Page, case: &Case, service: &ServiceCase) -> String {
    match service.state {
        ServiceState::Waiting => {
            let mut names: Vec<String> = Vec::new();
            for wait in &service.node.waits_for {
                let done = case
                    .service(&wait.from)
                    .is_some_and(|from| from.state == ServiceState::Granted);
                let name = case_node_name(catalogue, page, case, &wait.from);
                if !done && !names.contains(&name) {
                    names.push(name);
                }
            }
            page.t1("note-waits", "services", names.join(&page.t("list-separator")))
        }
        ServiceState::Stopped => service.stopped_by.as_ref().map_or_else(String::new, |by| {
            page.t1("note-stopped", "service", case_node_name(catalogue, page, case, by))
        }),
        ServiceState::Contested => page.t("note-contested"),
        ServiceState::Lapsed => page.t("note-lapsed"),
        ServiceState::SpecialProcedure => service.open_procedure().map_or_else(String::new, |run| {
            let key = &service.node.key;
            let name = procedure_name(catalogue, page, &key.service, &run.id);
            let note = if run.counted { "note-procedure-counted" } else { "note-procedure" };
            page.t1(note, "procedure", name)
        }),
        ServiceState::WithdrawalPending => page.t("note-withdrawal-pending"),
        ServiceState::Suspended => page.t("note-suspended"),
        ServiceState::Terminated => page.t("note-terminated"),
        ServiceState::Referred
        | ServiceState::Received
        | ServiceState::CorrectionRequested
        | ServiceState::Accepted
        | ServiceState::Granted
        // The document says it.
        | ServiceState::Refused
        | ServiceState::NotAccepted
        | ServiceState::Revoked
        | ServiceState::Withdrawn => String::new(),
    }
}

/// A checklist line or refusal ground of a service, in words.
pub fn line_text(
    catalogue: &Catalogue,
    page: &Page,
    node: &NodeKey,
    line: &ChecklistLineId,
) -> String {
    crate::checklist_view::line_text(page, catalogue.service(&node.service), line)
}

/// The running picture: what was done when, what runs, what is still to come.
pub fn drawing(catalogue: &Catalogue, page: &Page, case: &Case) -> Drawing {
    let zone = &catalogue.jurisdiction.time_zone;
    let submitted = catalogue.civil_date(case.submitted_at);
    let halves = |date: Date| catalogue.calendar.working_days_between(submitted, date) * 2;
    let mut lanes = Vec::new();
    let mut ends: BTreeMap<&NodeKey, u32> = BTreeMap::new();
    let mut bars = Vec::new();
    for service in &case.services {
        let key = &service.node.key;
        let lane = lanes.iter().position(|lane| *lane == &service.node.department);
        let lane = lane.unwrap_or_else(|| {
            lanes.push(&service.node.department);
            lanes.len() - 1
        });
        let waits = service.node.waits_for.iter().filter_map(|wait| ends.get(&wait.from)).max();
        let from = match service.started_at {
            Some(at) => halves(catalogue.civil_date(at)),
            None => waits.copied().unwrap_or(0),
        };
        let to = match (service.decided_at, case.promised(key, &catalogue.calendar, zone)) {
            (Some(at), _) => halves(catalogue.civil_date(at)),
            (None, Some(explained)) => halves(explained.due.on),
            (None, None) => from + service.node.promised.halves.0,
        }
        .max(from);
        ends.insert(key, to);
        let name = case_node_name(catalogue, page, case, key);
        bars.push(Bar {
            id: key.to_string(),
            lane,
            from,
            to,
            title: page.t2(
                "picture-running-title",
                "service",
                name.clone(),
                "state",
                state_name(page, service.state),
            ),
            label: name,
            kind: bar_kind(service.state),
        });
    }
    let last = bars.iter().map(|bar| bar.to).max().unwrap_or(0);
    Drawing {
        title: page.t("picture-running"),
        lanes: lanes.iter().map(|id| naming::organisation_name(catalogue, page, id)).collect(),
        links: links(case),
        bars,
        days: (1..=last.div_ceil(2).max(1)).map(|day| page.t1("picture-day", "n", day)).collect(),
    }
}

const fn bar_kind(state: ServiceState) -> BarKind {
    match state {
        ServiceState::Granted | ServiceState::Revoked => BarKind::Done,
        ServiceState::Waiting | ServiceState::Withdrawn => BarKind::Waiting,
        ServiceState::Refused
        | ServiceState::NotAccepted
        | ServiceState::Stopped
        | ServiceState::Lapsed
        | ServiceState::CorrectionRequested
        | ServiceState::SpecialProcedure
        | ServiceState::Suspended
        | ServiceState::Terminated
        | ServiceState::Contested => BarKind::Stopped,
        ServiceState::Referred
        | ServiceState::Received
        | ServiceState::Accepted
        | ServiceState::WithdrawalPending => BarKind::Critical,
    }
}

fn links(case: &Case) -> Vec<Link> {
    let mut links: Vec<Link> = Vec::new();
    for service in &case.services {
        let to = service.node.key.to_string();
        for wait in &service.node.waits_for {
            let from = wait.from.to_string();
            if !links.iter().any(|link| link.from == from && link.to == to) {
                links.push(Link { from, to: to.clone(), critical: false, soft: false });
            }
        }
    }
    crate::picture::without_detours(links)
}

/// What it means that a correction was not answered in time.
pub const fn lapse_key(means: LapseMeans) -> &'static str {
    match means {
        LapseMeans::Returned => "happened-lapsed",
        LapseMeans::Withdrawn => "happened-lapsed-withdrawn",
        LapseMeans::Abandoned => "happened-lapsed-abandoned",
    }
}

/// One line of the timeline.
#[derive(Debug)]
pub struct Happening {
    pub time: String,
    pub words: String,
    pub class: &'static str,
}

/// What happened, newest first, in the applicant's words. Replies stand at the department's own time.
pub fn timeline(catalogue: &Catalogue, page: &Page, file: &CaseFile) -> Vec<Happening> {
    let mut happenings = happenings(catalogue, page, file, 0);
    happenings.sort_by_key(|(at, seq, _)| std::cmp::Reverse((*at, *seq)));
    happenings.into_iter().map(|(_, _, happening)| happening).collect()
}

/// What happened after the version `seen`, in the order in which it came in: number of the event, and words.
pub fn happened_since(
    catalogue: &Catalogue,
    page: &Page,
    file: &CaseFile,
    seen: u64,
) -> Vec<(u64, Happening)> {
    let happenings = happenings(catalogue, page, file, seen);
    happenings.into_iter().map(|(_, seq, happening)| (seq, happening)).collect()
}

#[expect(clippy::too_many_lines, reason = "a table of what may have happened")]
fn happenings(
    catalogue: &Catalogue,
    page: &Page,
    file: &CaseFile,
    seen: u64,
) -> Vec<(Instant, u64, Happening)> {
    let case = &file.case;
    let mut happenings: Vec<(Instant, u64, Happening)> = Vec::new();
    for event in file.events.iter().filter(|event| event.seq > seen) {
        let (at, key, node, class) = match &event.body {
            CaseEventBody::Submitted { .. } => (event.at, "happened-submitted", None, "ok"),
            CaseEventBody::Started { node } => (event.at, "happened-started", Some(node), ""),
            CaseEventBody::Dispatched { .. } | CaseEventBody::Delivered { .. } => continue,
            // The applicant is told with the one notice; with requests of before, at once.
            CaseEventBody::ReplyRecorded { recorded, .. }
                if case.application.correction_margin.is_some()
                    && matches!(recorded.reply, Reply::CorrectionRequested { .. }) =>
            {
                continue;
            }
            CaseEventBody::CorrectionNotified { node, .. } => {
                (event.at, "happened-correction-requested", Some(node), "seal")
            }
            CaseEventBody::VisitProposed { .. } => {
                (event.at, "happened-visit-proposed", None, "seal")
            }
            CaseEventBody::VisitConfirmed { .. } => {
                (event.at, "happened-visit-confirmed", None, "ok")
            }
            CaseEventBody::VisitTimeAsked { .. } => (event.at, "happened-visit-asked", None, ""),
            CaseEventBody::VisitMissed { .. } => (event.at, "happened-visit-missed", None, "seal"),
            CaseEventBody::ReplyRecorded { node, recorded } => {
                let (key, class) = reply_key(&recorded.reply);
                (recorded.decided_at, key, Some(node), class)
            }
            CaseEventBody::CorrectionAnswered { node, .. } => {
                (event.at, "happened-corrected", Some(node), "")
            }
            CaseEventBody::AcceptanceDeemed { node } => {
                (event.at, "happened-deemed", Some(node), "")
            }
            CaseEventBody::CorrectionLapsed { node, .. } => {
                let means = case.service(node).map(|it| it.node.lapse_means).unwrap_or_default();
                (event.at, lapse_key(means), Some(node), "seal")
            }
            CaseEventBody::GrantDeemed { node, since } => {
                (*since, "happened-granted-by-silence", Some(node), "ok")
            }
            CaseEventBody::DatesMoved(_) => (event.at, "happened-dates-moved", None, ""),
            CaseEventBody::WithdrawalRequested { node } => {
                (event.at, "happened-withdrawal-requested", Some(node), "")
            }
            CaseEventBody::Withdrawn { node } => (event.at, "happened-withdrawn", Some(node), ""),
            CaseEventBody::Stopped { node, .. } => {
                (event.at, "happened-stopped", Some(node), "seal")
            }
            CaseEventBody::ContestResolved { node, .. } => {
                (event.at, "happened-resolved", Some(node), "")
            }
            CaseEventBody::Served { document, .. } => {
                (event.at, "happened-served", document.node.as_ref(), "")
            }
            CaseEventBody::Rated { node: None, .. } => (event.at, "happened-rated", None, ""),
            CaseEventBody::Rated { node, .. } => {
                (event.at, "happened-service-rated", node.as_ref(), "")
            }
            CaseEventBody::RatingContacted { node, .. } => {
                (event.at, "happened-rating-contacted", node.as_ref(), "")
            }
            CaseEventBody::RatingRectified { node, .. } => {
                (event.at, "happened-rating-rectified", node.as_ref(), "ok")
            }
            CaseEventBody::RevocationAnnounced { node, .. } => {
                (event.at, "happened-revocation-announced", Some(node), "seal")
            }
            CaseEventBody::RevocationAnswered { node, .. } => {
                (event.at, "happened-revocation-answered", Some(node), "")
            }
            CaseEventBody::RevocationDropped { node, .. } => {
                (event.at, "happened-revocation-dropped", Some(node), "ok")
            }
            CaseEventBody::ApplicantChangeReported { .. } => {
                (event.at, "happened-change-reported", None, "seal")
            }
            CaseEventBody::SuccessorNamed { .. } => {
                (event.at, "happened-successor-named", None, "")
            }
            CaseEventBody::SuccessionConsented {} => {
                (event.at, "happened-succession-consented", None, "ok")
            }
            CaseEventBody::ApplicantChangeClosed { .. } => {
                (event.at, "happened-change-closed", None, "")
            }
            CaseEventBody::Terminated { node, .. } => {
                (event.at, "happened-terminated", Some(node), "seal")
            }
            CaseEventBody::FieldsChecked { .. } => (event.at, "happened-fields-checked", None, ""),
            CaseEventBody::TakenOnEvidence { node, .. } => {
                (event.at, "happened-taken-on-evidence", Some(node), "")
            }
            // Told beside the rating, once it is decided.
            // How officials supervise each other is not about her.
            CaseEventBody::Supervised { .. }
            | CaseEventBody::RatingAppealed { .. }
            | CaseEventBody::AppealDecided { .. } => continue,
        };
        let service =
            node.map(|node| case_node_name(catalogue, page, case, node)).unwrap_or_default();
        let department =
            node.and_then(|node| case.service(node)).map_or_else(String::new, |service| {
                naming::organisation_name(catalogue, page, &service.node.department)
            });
        let words = page.t2(key, "service", service, "department", department);
        let time = time_text(catalogue, page, at);
        happenings.push((at, event.seq, Happening { time, words, class }));
    }
    happenings
}

const fn reply_key(reply: &Reply) -> (&'static str, &'static str) {
    match reply {
        Reply::Received => ("happened-received", ""),
        Reply::Accepted => ("happened-accepted", ""),
        Reply::NotAccepted { .. } => ("happened-not-accepted", "seal"),
        Reply::CorrectionRequested { .. } => ("happened-correction-requested", "seal"),
        Reply::Granted { .. } => ("happened-granted", "ok"),
        Reply::Refused { .. } => ("happened-refused", "seal"),
        Reply::WithdrawalConfirmed => ("happened-withdrawal-confirmed", ""),
        Reply::TooLateToWithdraw => ("happened-too-late", ""),
        Reply::Began => ("happened-began", ""),
        Reply::ProcedureBegan { .. } => ("happened-procedure-began", ""),
        Reply::ProcedureEnded { .. } => ("happened-procedure-ended", ""),
        Reply::Extended { .. } => ("happened-extended", ""),
        Reply::CorrectionSettled => ("happened-settled", ""),
        Reply::VisitJoined { .. } => ("happened-visit-joined", ""),
        Reply::VisitHeld { .. } => ("happened-visit-held", ""),
        Reply::Revoked { .. } => ("happened-revoked", "seal"),
    }
}
