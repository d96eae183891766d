//! A case → the small dated rows that figures count, and back. Made from the fold and the calendar alone, so they
//! can be made again at any time; no personal value is in them.
//!
//! **Net working time.** Halves of a working day after the day of the start up to the end, less the days on which
//! the clock stood still; what ends before noon has used half of its last day. A promise in another unit than
//! working days is measured in the same halves, as far as it reaches from its start.

use std::sync::Arc;

use casework::{Case, CaseState, EntryKind, Rating, Reply, ServiceCase, ServiceState};
use catalogue::Catalogue;
use indicators::{CaseFact, DraftFact, RatingFact, Savings, SendingFact, ServiceFact, Stages};
use serde::{Deserialize, Serialize};
use store_port::{
    CaseFactRow, DraftFactRow, FactFilter, Fault, OpenedFilter, OpenedRow, OwedRow, ServiceFactRow,
    ServiceRow,
};
use vocabulary::{
    CaseId, Date, DispatchId, DraftId, HalfDays, Instant, Period, PeriodUnit, WindowId,
};

use crate::{Draft, Engine, EngineError};

/// States of a case, to read a stored one by its word.
const CASE_STATES: [CaseState; 8] = [
    CaseState::InProgress,
    CaseState::AwaitingApplicant,
    CaseState::PartlyDone,
    CaseState::Done,
    CaseState::PartlyRefused,
    CaseState::Refused,
    CaseState::Withdrawn,
    CaseState::Contested,
];

/// Cases whose missing facts are made in one go.
const MADE_AT_ONCE: u32 = 100;

/// What facts are made with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts<'a> {
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) network: &'a network::Network,
}

/// The counts of a case. Fields are added with defaults, never renamed.
#[derive(Serialize, Deserialize, Default)]
#[serde(default)]
struct CaseCounts {
    number: String,
    lead: Option<String>,
    window_kind: String,
    entry: String,
    place: String,
    state: String,
    hour: u8,
    degree: u32,
    applicable: u32,
    granted: u32,
    refused: u32,
    not_accepted: u32,
    withdrawn: u32,
    corrections: u32,
    lapsed: u32,
    visits: Option<u32>,
    /// Steps, materials, half days and visits, each before and after; evidence, shared evidence, copies.
    savings: Option<[u32; 11]>,
    promised: Option<u32>,
    used: Option<u32>,
    departments: u32,
    levels: u32,
    areas: u32,
    grade: Option<u8>,
    ratings: Vec<RatingCounts>,
}

/// A rating. Fields are added with defaults, never renamed.
#[derive(Serialize, Deserialize, Default)]
#[serde(default)]
struct RatingCounts {
    /// Empty = the whole.
    node: String,
    /// The service's, or who leads the matter.
    department: String,
    grade: u8,
    on: String,
    channel: String,
    excluded: bool,
    due_on: Option<String>,
    rectified_on: Option<String>,
}

/// The counts of a service case. Fields are added with defaults, never renamed.
#[derive(Serialize, Deserialize, Default)]
#[serde(default)]
struct ServiceCounts {
    number: String,
    level: String,
    outlet: String,
    window_kind: String,
    channel: String,
    entry: String,
    degree: u32,
    state: String,
    started_on: Option<String>,
    accepted_on: Option<String>,
    decided_on: Option<String>,
    promised_on: Option<String>,
    stopped_for: String,
    promised: u32,
    used: Option<u32>,
    statutory: Option<u32>,
    used_since_acceptance: Option<u32>,
    corrections: u32,
    lines: Vec<String>,
    copies: u32,
    copies_delivered: u32,
    #[serde(default)]
    asked_again: u32,
    receipt: bool,
}

/// From–to; `None` = it still stands.
type Stop = (Instant, Option<Instant>);

impl Facts<'_> {
    /// The case as figures count it.
    pub(crate) fn case_row(&self, case: &Case) -> Result<CaseFactRow, Fault> {
        let application = &case.application;
        let reception = &application.reception;
        let state = case.state();
        let ended_at = state.is_final().then(|| last_end(case)).flatten();
        let count = |test: fn(ServiceState) -> bool| {
            many(case.services.iter().filter(|service| test(service.state)).count())
        };
        let corrections = || case.services.iter().flat_map(|service| &service.corrections);
        let roots_accepted = case
            .services
            .iter()
            .filter(|service| service.node.waits_for.is_empty())
            .all(|service| service.accepted_at.is_some() || is_granted(service.state));
        let measures = reception.measures;
        let offices = self.offices(case);
        let counts = CaseCounts {
            number: application.case_number.to_string(),
            lead: reception.lead.as_ref().map(ToString::to_string),
            window_kind: self.window_kind(case).to_owned(),
            entry: entry_word(case).to_owned(),
            place: reception
                .entry
                .as_ref()
                .and_then(|entry| entry.place.as_deref())
                .unwrap_or_default()
                .to_owned(),
            state: state.as_str().to_owned(),
            hour: u8::try_from(self.local(case.submitted_at).hour()).unwrap_or_default(),
            degree: many(case.services.len()),
            applicable: many(case.services.len())
                .saturating_add(measures.map_or(0, |it| it.put_off)),
            granted: count(is_granted),
            refused: count(|state| state == ServiceState::Refused),
            not_accepted: count(|state| state == ServiceState::NotAccepted),
            withdrawn: count(|state| state == ServiceState::Withdrawn),
            corrections: many(corrections().count()),
            lapsed: many(case.services.iter().filter(|service| given_up(service)).count()),
            visits: measures.map(|it| it.visits),
            savings: measures.map(|it| {
                [
                    it.steps_before,
                    it.steps_after,
                    it.materials_before,
                    it.materials_after,
                    it.days_before,
                    it.days_after,
                    it.visits_before,
                    it.visits_after,
                    it.evidence,
                    it.evidence_shared,
                    it.copies,
                ]
            }),
            promised: measures.map(|it| it.promised.0),
            used: ended_at.map(|end| {
                let stops = case.services.iter().flat_map(stops).collect();
                self.net(case.submitted_at, end, merged(stops)).0
            }),
            departments: offices.0,
            levels: offices.1,
            areas: offices.2,
            grade: case.rating().map(|rating| rating.grade),
            ratings: case.ratings.iter().map(|rating| self.rating(case, rating)).collect(),
        };
        Ok(CaseFactRow {
            case_id: case.id,
            draft_id: application.draft,
            matter: application.matter.to_string(),
            area: self.area(case),
            channel: application.channel.to_string(),
            outlet: outlet(case).to_owned(),
            submitted_on: self.day(case.submitted_at),
            ended_on: ended_at.map(|at| self.day(at)),
            rated_on: case.ratings.iter().map(|it| it.at).max().map(|at| self.day(at)),
            accepted_at_once: roots_accepted && corrections().next().is_none(),
            all_granted: state == CaseState::Done,
            body: json(&counts)?,
        })
    }

    /// Those services of the case whose rows changed, as figures count them.
    pub(crate) fn service_rows(
        &self,
        case: &Case,
        changed: &[ServiceRow],
    ) -> Result<Vec<ServiceFactRow>, Fault> {
        let of = |row: &ServiceRow| {
            let service = case.services.iter().find(|it| it.node.key.to_string() == row.node)?;
            Some(self.service_row(case, service))
        };
        changed.iter().filter_map(of).collect()
    }

    fn rating(&self, case: &Case, rating: &Rating) -> RatingCounts {
        let of = rating.node.as_ref().and_then(|node| case.service(node));
        let lead = case.application.reception.lead.as_ref();
        let office = of.map(|service| &service.node.department).or(lead);
        RatingCounts {
            node: rating.node.as_ref().map(ToString::to_string).unwrap_or_default(),
            department: office.map(ToString::to_string).unwrap_or_default(),
            grade: rating.grade,
            on: self.day(rating.at),
            channel: rating.channel.map_or("", |channel| channel.as_str()).to_owned(),
            excluded: rating.is_excluded(),
            due_on: self.rating_due(rating).map(|(_, settled)| settled.to_string()),
            rectified_on: rating.rectified.as_ref().map(|done| self.day(done.at)),
        }
    }

    pub(crate) fn service_row(
        &self,
        case: &Case,
        service: &ServiceCase,
    ) -> Result<ServiceFactRow, Fault> {
        let node = &service.node;
        let (calendar, time_zone) =
            (&self.catalogue.calendar, &self.catalogue.jurisdiction.time_zone);
        let promised = case.promised(&node.key, calendar, time_zone);
        let office = self.catalogue.organisations.get(node.department.as_str());
        let decided_at = service.decided_at.filter(|_| service.state.is_decided());
        let began = service.started_at.unwrap_or(case.submitted_at);
        let stopped = promised.as_ref().is_some_and(|date| date.stopped);
        let delivered = service.sendings.iter().any(|sending| sending.delivered_at.is_some())
            || !service.replies.is_empty();
        let copies = many(node.evidence.len());
        let ended_at = service.state.is_final().then(|| end_of(case, service)).flatten();
        let counts = ServiceCounts {
            number: case.application.case_number.to_string(),
            level: level(office.and_then(|office| office.area.as_deref())).to_owned(),
            outlet: outlet(case).to_owned(),
            window_kind: self.window_kind(case).to_owned(),
            channel: case.application.channel.to_string(),
            entry: entry_word(case).to_owned(),
            degree: many(case.services.len()),
            state: service.state.as_str().to_owned(),
            started_on: service.started_at.map(|at| self.day(at)),
            accepted_on: service.accepted_at.map(|at| self.day(at)),
            decided_on: decided_at.map(|at| self.day(at)),
            promised_on: promised.map(|date| date.due.on.to_string()),
            stopped_for: if stopped { "correction" } else { "" }.to_owned(),
            promised: self.halves(began, node.promised).0,
            used: decided_at.map(|end| self.net(began, end, merged(stops(service).collect())).0),
            statutory: node
                .statutory
                .map(|period| self.halves(service.accepted_at.unwrap_or(began), period).0),
            used_since_acceptance: decided_at
                .zip(service.accepted_at)
                .map(|(end, began)| self.net(began, end, merged(stops(service).collect())).0),
            corrections: many(service.corrections.len()),
            asked_again: many(service.corrections.iter().filter(|it| it.is_repeated()).count()),
            lines: service
                .corrections
                .iter()
                .flat_map(|correction| &correction.lines)
                .map(ToString::to_string)
                .collect(),
            copies,
            copies_delivered: if delivered { copies } else { 0 },
            receipt: service
                .replies
                .values()
                .any(|recorded| matches!(recorded.reply, Reply::Received)),
        };
        Ok(ServiceFactRow {
            case_id: case.id,
            node: node.key.to_string(),
            matter: case.application.matter.to_string(),
            service: node.key.service.to_string(),
            department: node.department.to_string(),
            area: self.area(case),
            submitted_on: self.day(case.submitted_at),
            ended_on: ended_at.map(|at| self.day(at)),
            body: json(&counts)?,
        })
    }

    /// Where the case belongs: as stated, else where it was handed in, else the area that the network serves, else
    /// the whole jurisdiction.
    pub(crate) fn area(&self, case: &Case) -> String {
        let reception = &case.application.reception;
        let of_outlet = || {
            let intake = reception.intake.as_ref()?;
            let outlets = &self.network.outlets;
            let outlet = outlets.iter().find(|(id, _)| id.as_str() == &*intake.outlet)?;
            Some(outlet.1.area.to_string())
        };
        reception
            .area
            .as_ref()
            .map(ToString::to_string)
            .or_else(of_outlet)
            .or_else(|| self.network.common_area().map(|area| area.to_string()))
            .or_else(|| self.catalogue.jurisdiction.area.as_ref().map(ToString::to_string))
            .unwrap_or_default()
    }

    fn window_kind(&self, case: &Case) -> &'static str {
        let intake = case.application.reception.intake.as_ref();
        let window = intake.and_then(|intake| intake.window.as_deref());
        match window.and_then(|window| self.network.window(&WindowId::new(window))) {
            Some((_, _, window)) => match window.kind {
                network::WindowKind::General => "general",
                network::WindowKind::Classified => "classified",
                network::WindowKind::Dedicated => "dedicated",
            },
            None => "",
        }
    }

    /// Different offices, levels and areas that work on the case.
    fn offices(&self, case: &Case) -> (u32, u32, u32) {
        let mut offices = std::collections::BTreeSet::new();
        let mut levels = std::collections::BTreeSet::new();
        let mut areas = std::collections::BTreeSet::new();
        for service in &case.services {
            offices.insert(service.node.department.as_str());
            let office = self.catalogue.organisations.get(service.node.department.as_str());
            let area = office.and_then(|office| office.area.as_deref());
            areas.extend(area);
            // Where it is decided is what its definition says; else what the office's area shows.
            let definition = self.catalogue.service(&service.node.key.service);
            let decided = definition.and_then(|service| service.decided_at.as_deref());
            levels.extend(decided.or_else(|| area.map(|area| level_digit(level(Some(area))))));
        }
        (many(offices.len()), many(levels.len()), many(areas.len()))
    }

    fn local(&self, at: Instant) -> jiff::civil::DateTime {
        self.catalogue.jurisdiction.time_zone.to_datetime(at)
    }

    pub(crate) fn day(&self, at: Instant) -> String {
        self.local(at).date().to_string()
    }

    /// How far a period reaches, in halves of a working day.
    fn halves(&self, began: Instant, period: Period) -> HalfDays {
        if period.unit == PeriodUnit::WorkingDay && period.halves != HalfDays::ZERO {
            return period.halves;
        }
        let start = self.local(began).date();
        let due = self.catalogue.calendar.due(start, period);
        HalfDays::days(self.catalogue.calendar.working_days_between(start, due.on))
    }

    /// Net working time.
    fn net(&self, began: Instant, ended: Instant, stops: Vec<Stop>) -> HalfDays {
        let calendar = &self.catalogue.calendar;
        let start = self.local(began).date();
        let end = self.local(ended);
        let before = |day: Date| day.yesterday().unwrap_or(day);
        let mut days = calendar.working_days_between(start, end.date());
        let first = start.tomorrow().unwrap_or(start);
        for (from, to) in stops {
            let from = self.local(from).date().max(first);
            let to = to.map_or(end.date(), |to| self.local(to).date()).min(end.date());
            if from < to {
                days = days.saturating_sub(calendar.working_days_between(before(from), before(to)));
            }
        }
        let halves = HalfDays::days(days).0;
        let in_the_morning = end.hour() < 12 && calendar.is_working_day(end.date()).0;
        HalfDays(halves.saturating_sub(u32::from(in_the_morning && halves > 0)))
    }
}

fn many(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn json(counts: &impl Serialize) -> Result<String, Fault> {
    serde_json::to_string(counts).map_err(|_| Fault::Corrupt { what: "facts" })
}

pub(crate) fn outlet(case: &Case) -> &str {
    case.application.reception.intake.as_ref().map_or("", |intake| &intake.outlet)
}

fn entry_word(case: &Case) -> &'static str {
    case.application.reception.entry.as_ref().map_or("", |entry| entry.kind.as_str())
}

/// The level of an office by the form of its area's code (GB/T 2260; towns have more digits).
fn level(area: Option<&str>) -> &'static str {
    match area {
        None | Some("") => "",
        Some(area) if area.len() > 6 => "town",
        Some(area) if area.ends_with("0000") => "province",
        Some(area) if area.ends_with("00") => "city",
        Some(_) => "county",
    }
}

/// A level as definitions write it (GB/T 39046 A.2).
fn level_digit(level: &'static str) -> &'static str {
    match level {
        "province" => "2",
        "city" => "3",
        "county" => "4",
        "town" => "5",
        other => other,
    }
}

/// The department gave up waiting for a correction, and said no.
fn given_up(service: &ServiceCase) -> bool {
    matches!(service.state, ServiceState::Refused | ServiceState::NotAccepted)
        && service.corrections.iter().any(|correction| correction.lapsed_at.is_some())
}

/// When a service ended; one that could never start ended with the first of those it waited for in vain.
fn end_of(case: &Case, service: &ServiceCase) -> Option<Instant> {
    own_end(service).or_else(|| {
        let waits = service.node.waits_for.iter().filter_map(|wait| case.service(&wait.from));
        let in_vain = waits.filter(|producer| producer.state.bars_dependants());
        in_vain.filter_map(|producer| end_of(case, producer)).min()
    })
}

/// Decided, withdrawn, or given up with its correction.
fn own_end(service: &ServiceCase) -> Option<Instant> {
    let lapsed = (service.state == ServiceState::Lapsed)
        .then(|| service.corrections.iter().filter_map(|it| it.lapsed_at).max())
        .flatten();
    service.decided_at.or(service.withdrawn_at).or(lapsed)
}

fn last_end(case: &Case) -> Option<Instant> {
    case.services.iter().filter_map(own_end).max().or(Some(case.submitted_at))
}

/// When a service's clock stood still: corrections that were asked for, and special procedures whose time the law
/// leaves out. What services share, such as one visit of several, is put together where they are counted together.
fn stops(service: &ServiceCase) -> impl Iterator<Item = Stop> {
    let corrections = service
        .corrections
        .iter()
        .filter_map(|it| Some((it.told_at?, it.answered_at.or(it.lapsed_at))));
    let procedures = service
        .procedures
        .iter()
        .filter(|it| !it.counted && !it.afterwards)
        .map(|it| (it.began_at, it.ended_at.or(service.decided_at)));
    corrections.chain(procedures).map(|(from, to)| (from, to.map(|to| to.max(from))))
}

/// In order, overlapping ones put together.
fn merged(mut stops: Vec<Stop>) -> Vec<Stop> {
    stops.sort_unstable();
    let mut merged: Vec<Stop> = Vec::with_capacity(stops.len());
    for (from, to) in stops {
        match merged.last_mut() {
            Some((_, end)) if end.is_none_or(|end| from <= end) => {
                *end = end.zip(to).map(|(end, to)| end.max(to));
            }
            _ => merged.push((from, to)),
        }
    }
    merged
}

// -- back ---------------------------------------------------------------------------------------------------

const CORRUPT: Fault = Fault::Corrupt { what: "facts" };

fn date(text: &str) -> Result<Date, Fault> {
    text.parse().map_err(|_| CORRUPT)
}

fn maybe_date(text: Option<&str>) -> Result<Option<Date>, Fault> {
    text.map(date).transpose()
}

fn entry(word: &str) -> Option<EntryKind> {
    EntryKind::ALL.into_iter().find(|kind| kind.as_str() == word)
}

fn case_fact(row: CaseFactRow) -> Result<CaseFact, Fault> {
    let counts: CaseCounts = serde_json::from_str(&row.body).map_err(|_| CORRUPT)?;
    let state = CASE_STATES.into_iter().find(|state| state.as_str() == counts.state);
    let ratings = counts.ratings.into_iter().map(|rating| {
        Ok(RatingFact {
            case: row.case_id,
            node: rating.node.into(),
            number: counts.number.as_str().into(),
            matter: row.matter.as_str().into(),
            area: row.area.as_str().into(),
            outlet: row.outlet.as_str().into(),
            channel: match rating.channel.as_str() {
                "" => row.channel.as_str().into(),
                own => format!("rated-{own}").into(),
            },
            department: rating.department.into(),
            grade: rating.grade,
            rated_on: date(&rating.on)?,
            excluded: rating.excluded,
            due_on: maybe_date(rating.due_on.as_deref())?,
            rectified_on: maybe_date(rating.rectified_on.as_deref())?,
        })
    });
    let ratings = ratings.collect::<Result<_, Fault>>()?;
    Ok(CaseFact {
        case: row.case_id,
        number: counts.number.into(),
        draft: row.draft_id,
        matter: row.matter.as_str().into(),
        area: row.area.into(),
        lead: counts.lead.map(|lead| lead.as_str().into()),
        outlet: row.outlet.into(),
        window_kind: counts.window_kind.into(),
        channel: row.channel.into(),
        entry: entry(&counts.entry),
        place: counts.place.into(),
        state: state.ok_or(CORRUPT)?,
        submitted_on: date(&row.submitted_on)?,
        submitted_hour: counts.hour,
        closed_on: maybe_date(row.ended_on.as_deref())?,
        degree: counts.degree,
        applicable: counts.applicable,
        granted: counts.granted,
        refused: counts.refused,
        not_accepted: counts.not_accepted,
        withdrawn: counts.withdrawn,
        corrections: counts.corrections,
        lapsed: counts.lapsed,
        accepted_at_once: row.accepted_at_once,
        visits: counts.visits,
        savings: counts.savings.map(savings),
        promised: counts.promised.map(HalfDays),
        used: counts.used.map(HalfDays),
        departments: counts.departments,
        levels: counts.levels,
        areas: counts.areas,
        grade: counts.grade,
        ratings,
    })
}

const fn savings(of: [u32; 11]) -> Savings {
    let [
        steps_before,
        steps_after,
        materials_before,
        materials_after,
        halves_before,
        halves_after,
        visits_before,
        visits_after,
        evidence,
        evidence_shared,
        copies,
    ] = of;
    Savings {
        steps_before,
        steps_after,
        materials_before,
        materials_after,
        halves_before,
        halves_after,
        visits_before,
        visits_after,
        evidence,
        evidence_shared,
        copies,
    }
}

fn service_fact(row: ServiceFactRow) -> Result<ServiceFact, Fault> {
    let counts: ServiceCounts = serde_json::from_str(&row.body).map_err(|_| CORRUPT)?;
    let state = ServiceState::ALL.into_iter().find(|state| state.as_str() == counts.state);
    Ok(ServiceFact {
        case: row.case_id,
        node: row.node.into(),
        number: counts.number.into(),
        matter: row.matter.as_str().into(),
        service: row.service.as_str().into(),
        department: row.department.as_str().into(),
        level: counts.level.into(),
        area: row.area.into(),
        outlet: counts.outlet.into(),
        window_kind: counts.window_kind.into(),
        channel: counts.channel.into(),
        entry: entry(&counts.entry),
        degree: counts.degree,
        state: state.ok_or(CORRUPT)?,
        submitted_on: date(&row.submitted_on)?,
        started_on: maybe_date(counts.started_on.as_deref())?,
        accepted_on: maybe_date(counts.accepted_on.as_deref())?,
        decided_on: maybe_date(counts.decided_on.as_deref())?,
        promised_on: maybe_date(counts.promised_on.as_deref())?,
        stopped_for: counts.stopped_for.into(),
        promised: HalfDays(counts.promised),
        used: counts.used.map(HalfDays),
        statutory: counts.statutory.map(HalfDays),
        used_since_acceptance: counts.used_since_acceptance.map(HalfDays),
        corrections: counts.corrections,
        lines: counts.lines.into_iter().map(Arc::from).collect(),
        copies: counts.copies,
        copies_delivered: counts.copies_delivered,
        asked_again: counts.asked_again,
        receipt: counts.receipt,
    })
}

fn draft_fact(row: OpenedRow) -> Result<DraftFact, Fault> {
    Ok(DraftFact {
        draft: row.draft.draft_id,
        matter: row.draft.matter.as_str().into(),
        area: row.draft.area.into(),
        entry: entry(&row.draft.entry),
        place: row.draft.place.into(),
        opened_on: date(&row.draft.opened_on)?,
        plan_seen_on: maybe_date(row.draft.plan_seen_on.as_deref())?,
        case: row.case_id,
        stages: Stages { accepted_at_once: row.accepted_at_once, all_granted: row.all_granted },
    })
}

impl Engine {
    /// Facts of cases, a page of them.
    ///
    /// # Errors
    /// A fault.
    pub async fn case_facts(&self, filter: &FactFilter) -> Result<Vec<CaseFact>, EngineError> {
        let rows = self.store().list_case_facts(filter).await?;
        Ok(rows.into_iter().map(case_fact).collect::<Result<_, _>>()?)
    }

    /// Facts of service cases, a page of them.
    ///
    /// # Errors
    /// A fault.
    pub async fn service_facts(
        &self,
        filter: &FactFilter,
    ) -> Result<Vec<ServiceFact>, EngineError> {
        let rows = self.store().list_service_facts(filter).await?;
        Ok(rows.into_iter().map(service_fact).collect::<Result<_, _>>()?)
    }

    /// Facts of opened interviews, a page of them.
    ///
    /// # Errors
    /// A fault.
    pub async fn draft_facts(&self, filter: &OpenedFilter) -> Result<Vec<DraftFact>, EngineError> {
        let rows = self.store().list_opened(filter).await?;
        Ok(rows.into_iter().map(draft_fact).collect::<Result<_, _>>()?)
    }

    /// Sendings that no receipt has closed, a page of them, each with its id.
    ///
    /// # Errors
    /// A fault.
    pub async fn sending_facts(
        &self,
        after: Option<(CaseId, DispatchId)>,
        limit: u32,
    ) -> Result<Vec<(DispatchId, SendingFact)>, EngineError> {
        let rows = self.store().list_owed(after, limit).await?;
        let fact = |owed: OwedRow| {
            let dispatch = owed.row.dispatch_id;
            let fact = SendingFact {
                case: owed.row.case_id,
                matter: owed.matter.as_str().into(),
                area: owed.area.into(),
                node: owed.row.node.into(),
                department: owed.row.department.as_str().into(),
                kind: owed.row.kind.into(),
                attempts: owed.attempts,
                failed: !owed.delivered && owed.why.is_some(),
                delivered: owed.delivered,
                since: self.catalogue().civil_date(owed.row.due_at),
            };
            (dispatch, fact)
        };
        Ok(rows.into_iter().map(fact).collect())
    }

    /// Notes that an interview was opened.
    pub(crate) async fn note_opened(&self, draft: &Draft) -> Result<(), Fault> {
        let reception = &draft.reception;
        let jurisdiction = self.catalogue().jurisdiction.area.as_ref().map(ToString::to_string);
        let entry = reception.entry.as_ref();
        let row = DraftFactRow {
            draft_id: draft.id,
            matter: draft.matter.to_string(),
            area: reception
                .area
                .as_ref()
                .map(ToString::to_string)
                .or_else(|| self.network().common_area().map(|area| area.to_string()))
                .or(jurisdiction)
                .unwrap_or_default(),
            entry: entry.map_or("", |entry| entry.kind.as_str()).to_owned(),
            place: entry.and_then(|it| it.place.as_deref()).unwrap_or_default().to_owned(),
            opened_on: self.catalogue().civil_date(draft.updated_at).to_string(),
            plan_seen_on: None,
        };
        self.store().note_opened(&row).await
    }

    /// Notes that the applicant has seen the plan of a draft; the first time stays. A page that is looked at
    /// again writes nothing.
    ///
    /// # Errors
    /// A fault.
    pub async fn note_plan_seen(&self, draft: DraftId) -> Result<(), EngineError> {
        let today = self.catalogue().civil_date(self.clock().now());
        let on = today.to_string();
        self.seen.get(draft, today, self.store().note_plan_seen(draft, &on)).await?;
        Ok(())
    }

    /// Makes the facts of cases that an older version of this program left without; returns how many.
    ///
    /// # Errors
    /// A fault.
    pub async fn make_missing_facts(&self) -> Result<u64, EngineError> {
        let mut made: u64 = 0;
        let mut after: Option<CaseId> = None;
        loop {
            let ids = self.store().list_without_facts(after, MADE_AT_ONCE).await?;
            let Some(last) = ids.last() else { return Ok(made) };
            after = Some(*last);
            let facts = Facts { catalogue: self.catalogue(), network: self.network() };
            let (mut cases, mut services, mut ratings) = (Vec::new(), Vec::new(), Vec::new());
            for id in ids {
                let Some((known, _)) = self.load_case(id).await? else { continue };
                let case = &known.case;
                cases.push(facts.case_row(case)?);
                for service in &case.services {
                    services.push(facts.service_row(case, service)?);
                }
                ratings.extend(case.ratings.iter().map(|rating| facts.rating_row(case, rating)));
            }
            self.store().put_facts(&cases, &services).await?;
            self.store().put_ratings(&ratings).await?;
            made = made.saturating_add(u64::try_from(cases.len()).unwrap_or(u64::MAX));
        }
    }
}

/// What was ended by a later act was granted all the same.
const fn is_granted(state: ServiceState) -> bool {
    matches!(state, ServiceState::Granted | ServiceState::Revoked)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Several departments look at one place on one day: of the case's time that is one stop, however many services
    /// stood still for it.
    #[test]
    fn one_visit_of_several_services_is_one_stop_of_the_case() {
        let at = |day: i64| Instant::from_second(day * 86_400).unwrap();
        let visit = (at(10), Some(at(12)));
        assert_eq!(merged(vec![visit, visit, visit]), [visit]);
        let longer = (at(11), Some(at(14)));
        let apart = (at(20), None);
        assert_eq!(merged(vec![apart, longer, visit]), [(at(10), Some(at(14))), apart]);
        // One that still runs takes up what begins in it.
        assert_eq!(merged(vec![(at(25), Some(at(26))), apart]), [apart]);
    }
}
