//! Acts, changes and checks as pages show them.

use casework::{ApplicantChange, Case, FieldCheck, RevocationAct, ServiceCase, ServiceState};
use catalogue::Catalogue;
use engine::CaseFile;
use vocabulary::{Instant, SealedId};

use crate::applicant::case_view::{case_node_name, state_class, state_name, time_text};
use crate::naming;
use crate::page::Page;
use crate::plan_view::period_text;

/// An act that ended a grant.
#[derive(Debug)]
pub struct ActView {
    /// Its own number: the case's, the act's word and how many.
    pub number: String,
    pub name: String,
    pub time: String,
    pub effective: String,
    pub reason: String,
    pub basis: String,
}

/// What was announced to the holder.
#[derive(Debug)]
pub struct HearingView {
    pub node: String,
    pub service: String,
    pub name: String,
    pub reason: String,
    pub basis: String,
    /// Until when she may speak; empty = not known.
    pub until: String,
    /// What she said.
    pub answer: String,
}

/// A change of the applicant.
#[derive(Debug)]
pub struct ChangeView {
    pub name: String,
    pub time: String,
    pub note: String,
    pub open: bool,
    /// As whom somebody was named; empty = nobody was.
    pub capacity: String,
    pub checked: String,
    /// When he consented.
    pub consented: String,
    pub closed: String,
}

/// A field that its source has to confirm.
#[derive(Debug)]
pub struct CheckView {
    pub slot: String,
    pub field: String,
    pub source: String,
    /// What the form says.
    pub given: String,
    pub words: String,
    pub class: &'static str,
    /// What the source says instead.
    pub instead: String,
    /// From when evidence may be taken while the source is silent.
    pub from: String,
    /// An officer may go by evidence now.
    pub may_take: bool,
}

/// The word of an act in the page's language.
pub(super) fn act_name(page: &Page, act: RevocationAct) -> String {
    page.t(&format!("act-{}", act.as_str()))
}

/// The word of a change in the page's language.
pub(super) fn change_name(page: &Page, change: ApplicantChange) -> String {
    page.t(&format!("change-{}", change.as_str()))
}

fn words(file: &CaseFile, id: SealedId) -> String {
    file.words.get(&id).cloned().unwrap_or_default()
}

/// The acts that ended the grant of a service.
pub fn acts(
    catalogue: &Catalogue,
    page: &Page,
    file: &CaseFile,
    service: &ServiceCase,
) -> Vec<ActView> {
    let number = &file.case.application.case_number;
    let view = |it: &casework::Revocation| ActView {
        number: page.tn(
            "act-number",
            &[
                ("case", number.to_string()),
                ("act", act_name(page, it.act)),
                ("n", it.number.to_string()),
            ],
        ),
        name: act_name(page, it.act),
        time: time_text(catalogue, page, it.at),
        effective: page.date(it.effective_on),
        reason: words(file, it.reason),
        basis: words(file, it.basis),
    };
    service.revocations.iter().map(view).collect()
}

/// What was announced and is still open.
pub fn hearing(
    catalogue: &Catalogue,
    page: &Page,
    file: &CaseFile,
    service: &ServiceCase,
) -> Option<HearingView> {
    let open = service.open_announcement()?;
    let key = &service.node.key;
    let zone = &catalogue.jurisdiction.time_zone;
    let until = file.case.heard_until(key, &catalogue.calendar, zone);
    Some(HearingView {
        node: key.to_string(),
        service: case_node_name(catalogue, page, &file.case, key),
        name: act_name(page, open.act),
        reason: words(file, open.reason),
        basis: words(file, open.basis),
        until: until.map_or_else(String::new, |date| page.date(date.due.on)),
        answer: open.answered.map_or_else(String::new, |(_, answer)| words(file, answer)),
    })
}

/// The last change of the applicant.
pub fn change(catalogue: &Catalogue, page: &Page, file: &CaseFile) -> Option<ChangeView> {
    let last = file.case.successions.last()?;
    let time = |at: Instant| time_text(catalogue, page, at);
    let named = last.successor.as_ref();
    Some(ChangeView {
        name: change_name(page, last.change),
        time: time(last.reported_at),
        note: words(file, last.note),
        open: last.is_open(),
        capacity: named
            .map_or_else(String::new, |it| page.t(&format!("capacity-{}", it.capacity.as_str()))),
        checked: named.map_or_else(String::new, |it| words(file, it.note)),
        consented: last.consented_at.map_or_else(String::new, time),
        closed: last.closed.map_or_else(String::new, |(_, reason)| words(file, reason)),
    })
}

/// The fields of a service that have or had to be checked.
pub fn checks(
    catalogue: &Catalogue,
    page: &Page,
    file: &CaseFile,
    service: &ServiceCase,
    now: Instant,
) -> Vec<CheckView> {
    let case: &Case = &file.case;
    let open: Vec<_> = case.unsettled_fields(service).map(|it| &it.field.slot).collect();
    let zone = &catalogue.jurisdiction.time_zone;
    let view = |check: &FieldCheck| {
        let slot = &check.field.slot;
        let value = |value| naming::value_text(catalogue, page, &slot.element, value);
        let unsettled = open.contains(&slot);
        let from = case.evidence_from(check, &catalogue.calendar, zone);
        let (key, class) = match check.outcome() {
            _ if !unsettled && check.outcome().is_none() => ("check-taken", "ok"),
            Some(casework::CheckOutcome::Agrees) => ("check-agrees", "ok"),
            Some(_) if !unsettled => ("check-taken", "ok"),
            Some(casework::CheckOutcome::Contradicts) => ("check-contradicts", "seal"),
            Some(casework::CheckOutcome::Absent) => ("check-absent", "warn"),
            None => ("check-waiting", "warn"),
        };
        let instead = check.answered.as_ref().and_then(|(_, told)| file.told_instead(told));
        let silent = check.answered.is_none();
        CheckView {
            slot: slot.to_string(),
            field: naming::slot_name(catalogue, page, slot),
            source: naming::source_name(catalogue, page, &check.field.source),
            given: file.facts.value(slot).map_or_else(String::new, value),
            words: page.t(key),
            class,
            instead: instead.as_ref().map_or_else(String::new, value),
            from: match (silent && unsettled, from, check.field.evidence_after) {
                (true, Some(from), _) => time_text(catalogue, page, from),
                (true, None, Some(after)) => period_text(page, after),
                _ => String::new(),
            },
            may_take: unsettled && (!silent || from.is_some_and(|from| from <= now)),
        }
    };
    case.checks_of(service).map(view).collect()
}

/// A service that rests on an output that was ended, or whose state somebody should know.
#[derive(Debug)]
pub(super) struct OtherView {
    pub name: String,
    pub department: String,
    pub state: String,
    pub class: &'static str,
}

/// Services of the case that use what this one granted.
pub(super) fn users(
    catalogue: &Catalogue,
    page: &Page,
    case: &Case,
    service: &ServiceCase,
) -> Vec<OtherView> {
    let of = case.users_of(&service.node.key);
    let found = of.iter().filter_map(|node| case.service(node));
    found
        .map(|it| OtherView {
            name: case_node_name(catalogue, page, case, &it.node.key),
            department: naming::organisation_name(catalogue, page, &it.node.department),
            state: state_name(page, it.state),
            class: state_class(it.state),
        })
        .collect()
}

/// Names of the services on whose ended grants this one rests.
pub fn rests_on_ended(
    catalogue: &Catalogue,
    page: &Page,
    case: &Case,
    service: &ServiceCase,
) -> Vec<String> {
    let ended = |it: &&ServiceCase| {
        it.state == ServiceState::Revoked
            && service.node.waits_for.iter().any(|wait| wait.from == it.node.key)
    };
    let name = |it: &ServiceCase| case_node_name(catalogue, page, case, &it.node.key);
    case.services.iter().filter(ended).map(name).collect()
}
