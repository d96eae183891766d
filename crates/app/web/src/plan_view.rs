//! A plan as pages show it: rows, evidence in groups, bars of what is left and what vanished.

use catalogue::{Catalogue, Matter, PublicService, Way};
use plan::{
    EvidenceGroup, EvidenceKey, Known, LeftOut, Plan, PlannedEvidence, PlannedProcedure,
    PlannedService, Reason, TakenWay, Vanished,
};
use vocabulary::{Date, HalfDays, NodeKey, PeriodUnit};

use crate::naming::{
    evidence_name, organisation_name, slot_name, source_name, value_text, way_text,
};
use crate::page::Page;
use crate::picture::{first_day, last_day, planned_name};

/// One service in the table behind the picture.
#[derive(Debug)]
pub struct ServiceRow {
    pub node: String,
    pub name: String,
    pub summary: String,
    pub department: String,
    /// `第 2 日` or `第 2—4 日`.
    pub days: String,
    pub promised: String,
    pub promised_on: String,
    pub after: String,
    pub gives: String,
    pub critical: bool,
    pub optional: bool,
    pub reason: String,
    /// Further visits of this scenario, each with its reason.
    pub extra_visits: Vec<String>,
}

/// The services of a plan in order.
pub fn service_rows(catalogue: &Catalogue, page: &Page, plan: &Plan) -> Vec<ServiceRow> {
    plan.services
        .iter()
        .map(|planned| {
            let service = catalogue.service(&planned.node.service);
            let first = first_day(planned.starts.0);
            let last = last_day(planned.ends.0, planned.starts.0);
            let days = if first == last {
                page.t1("row-day", "n", first)
            } else {
                page.t2("row-days", "from", first, "to", last)
            };
            let after: Vec<String> = names_of_sources(catalogue, page, plan, &planned.node);
            let gives: Vec<&str> = service
                .map(|service| {
                    service.outputs.iter().map(|output| page.text(&output.name)).collect()
                })
                .unwrap_or_default();
            ServiceRow {
                node: planned.node.to_string(),
                name: planned_name(catalogue, page, plan, &planned.node),
                summary: service.map_or("", |service| page.text(&service.summary)).to_owned(),
                department: organisation_name(catalogue, page, &planned.department),
                days,
                promised: period_text(page, planned.promised),
                promised_on: page.short_date(planned.promised_on),
                after: after.join(&page.t("list-separator")),
                gives: gives.join(&page.t("list-separator")),
                critical: planned.critical,
                optional: planned.optional,
                reason: reason_text(catalogue, page, &planned.reason),
                extra_visits: service
                    .map(|service| extra_visits(page, service, planned))
                    .unwrap_or_default(),
            }
        })
        .collect()
}

fn extra_visits(page: &Page, service: &PublicService, planned: &PlannedService) -> Vec<String> {
    let due = planned
        .extra_visits
        .iter()
        .filter_map(|index| service.visits_when.get(usize::try_from(*index).ok()?));
    due.map(|it| page.t2("extra-visit", "n", it.count, "reason", page.text(&it.reason))).collect()
}

/// The special procedures of a plan, one line each; those that are one appointment stand as one.
pub fn procedures(catalogue: &Catalogue, page: &Page, matter: &Matter, plan: &Plan) -> Vec<String> {
    plan.procedures
        .iter()
        .map(|planned| {
            let nodes = planned.parts.iter();
            let services: Vec<String> =
                nodes.map(|part| planned_name(catalogue, page, plan, &part.node)).collect();
            let services = services.join(&page.t("list-separator"));
            let period = period_text(page, planned.period);
            let joint = planned
                .joint
                .as_ref()
                .and_then(|joint| matter.joint_procedures.iter().find(|other| other.id == *joint));
            let line = match joint {
                Some(joint) => page.tn(
                    "procedure-joined",
                    &[
                        ("name", page.text(&joint.name).to_owned()),
                        ("services", services),
                        ("lead", organisation_name(catalogue, page, &joint.lead)),
                        ("period", period),
                    ],
                ),
                None => page.tn(
                    "procedure-single",
                    &[
                        ("name", procedure_name(catalogue, page, planned)),
                        ("services", services),
                        ("period", period),
                    ],
                ),
            };
            if planned.afterwards { page.t1("procedure-afterwards", "line", line) } else { line }
        })
        .collect()
}

/// What the special procedures may add to the joint promise, in a sentence; empty when they add nothing.
pub fn procedures_may_add(page: &Page, plan: &Plan) -> String {
    plan.joint
        .procedures_may_add
        .map_or_else(String::new, |more| more_time(page, more.halves, more.on))
}

/// That sentence, for so much time and the date that then follows.
pub fn more_time(page: &Page, halves: HalfDays, on: Date) -> String {
    page.t2("procedures-may-add", "n", halves, "date", page.date(on))
}

fn procedure_name(catalogue: &Catalogue, page: &Page, planned: &PlannedProcedure) -> String {
    let part = planned.parts.first();
    part.and_then(|part| {
        let service = catalogue.service(&part.node.service)?;
        service.special_procedures.get(usize::try_from(part.index).ok()?)
    })
    .map_or_else(String::new, |procedure| page.text(&procedure.name).to_owned())
}

/// The conditions of eligibility that keep a service out, in the definition's own words.
pub fn requirement_texts(catalogue: &Catalogue, page: &Page, out: &LeftOut) -> String {
    let requirements = catalogue.service(&out.node.service).map(|service| &service.requirements);
    let missed = requirements.into_iter().flatten().filter(|it| out.requirements.contains(&it.id));
    missed.map(|it| page.text(&it.text)).collect::<Vec<_>>().join(&page.t("list-separator"))
}

fn names_of_sources(
    catalogue: &Catalogue,
    page: &Page,
    plan: &Plan,
    node: &NodeKey,
) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for edge in plan.edges.iter().filter(|edge| edge.to == *node && edge.hard) {
        let name = planned_name(catalogue, page, plan, &edge.from);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// `3 个工作日`, `即办`.
pub fn period_text(page: &Page, period: vocabulary::Period) -> String {
    let key = match period.unit {
        PeriodUnit::Immediate => return page.t("period-immediate"),
        PeriodUnit::WorkingDay => "period-working-days",
        PeriodUnit::CalendarDay => "period-calendar-days",
        PeriodUnit::Month => "period-months",
        PeriodUnit::Hour => "period-hours",
    };
    page.t1(key, "n", period.halves)
}

/// Why something is in or out, in words; empty when it always is.
pub fn reason_text(catalogue: &Catalogue, page: &Page, reason: &Reason) -> String {
    match reason {
        Reason::Always => String::new(),
        Reason::Skipped => page.t("reason-skipped"),
        Reason::DoneBefore { .. } => page.t("reason-done-before"),
        Reason::Later => page.t("reason-later"),
        Reason::Undecided { because, .. } => {
            page.t1("reason-undecided", "facts", known_text(catalogue, page, because))
        }
        Reason::Condition { because, .. } => {
            let facts = known_text(catalogue, page, because);
            if facts.is_empty() { String::new() } else { page.t1("reason-because", "facts", facts) }
        }
    }
}

fn known_text(catalogue: &Catalogue, page: &Page, known: &[Known]) -> String {
    let mut parts: Vec<String> = Vec::new();
    for fact in known {
        let name = slot_name(catalogue, page, &fact.slot);
        let part = match &fact.value {
            Some(value) => page.t2(
                "fact-known",
                "name",
                name,
                "value",
                value_text(catalogue, page, &fact.slot.element, value),
            ),
            None => page.t1("fact-unknown", "name", name),
        };
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    parts.join(&page.t("list-separator"))
}

/// One piece of evidence on a list.
#[derive(Debug)]
pub struct EvidenceRow {
    pub key: String,
    pub name: String,
    /// Where it comes from.
    pub origin: String,
    pub used_by: String,
    pub hint: String,
    pub reason: String,
    pub other_ways: String,
}

/// The one evidence list in its groups.
#[derive(Debug, Default)]
pub struct EvidenceSections {
    pub fetched: Vec<EvidenceRow>,
    pub given: Vec<EvidenceRow>,
    pub bring: Vec<EvidenceRow>,
    pub produced: Vec<EvidenceRow>,
}

pub fn evidence_sections(catalogue: &Catalogue, page: &Page, plan: &Plan) -> EvidenceSections {
    let mut sections = EvidenceSections::default();
    for planned in &plan.evidence {
        let row = evidence_row(catalogue, page, plan, planned);
        match planned.group {
            EvidenceGroup::WeFetch => sections.fetched.push(row),
            EvidenceGroup::YouGave => sections.given.push(row),
            EvidenceGroup::YouBring => sections.bring.push(row),
            EvidenceGroup::Produced => sections.produced.push(row),
        }
    }
    sections
}

/// The name of a piece, with its member's number when there are several.
pub fn evidence_key_name(
    catalogue: &Catalogue,
    page: &Page,
    plan: &Plan,
    key: &EvidenceKey,
) -> String {
    let name = evidence_name(catalogue, page, &key.ty);
    let several = plan.evidence.iter().filter(|other| other.key.ty == key.ty).count() > 1;
    match &key.member {
        Some(member) if several => format!("{name} {}", crate::naming::member_number(member)),
        _ => name,
    }
}

fn evidence_row(
    catalogue: &Catalogue,
    page: &Page,
    plan: &Plan,
    planned: &PlannedEvidence,
) -> EvidenceRow {
    let origin = match &planned.way {
        TakenWay::Source { source } => source_name(catalogue, page, source),
        TakenWay::Output { node, .. } if plan.service(node).is_none() => {
            page.t1("origin-done", "service", planned_name(catalogue, page, plan, node))
        }
        TakenWay::Output { node, .. } => {
            page.t1("origin-output", "service", planned_name(catalogue, page, plan, node))
        }
        TakenWay::Upload => way_text(page, Way::Upload),
        TakenWay::Licence => way_text(page, Way::Licence),
        TakenWay::Commitment => way_text(page, Way::Commitment),
        TakenWay::Deferral => {
            let way = way_text(page, Way::Deferral);
            match planned.deferral_term {
                Some(term) => {
                    page.t2("deferral-until", "way", way, "period", period_text(page, term))
                }
                None => way,
            }
        }
        TakenWay::Generated => way_text(page, Way::Generated),
    };
    let used: Vec<String> =
        planned.users.iter().map(|node| planned_name(catalogue, page, plan, node)).collect();
    let others: Vec<String> = planned.other_ways.iter().map(|way| way_text(page, *way)).collect();
    let hint = catalogue
        .evidence_types
        .get(&planned.key.ty)
        .map_or("", |ty| page.text(&ty.hint))
        .to_owned();
    EvidenceRow {
        key: planned.key.to_string(),
        name: evidence_key_name(catalogue, page, plan, &planned.key),
        origin,
        used_by: used.join(&page.t("list-separator")),
        hint,
        reason: need_reason(catalogue, page, planned),
        other_ways: others.join(&page.t("list-separator")),
    }
}

/// The definition's own words on why the first user needs it.
fn need_reason(catalogue: &Catalogue, page: &Page, planned: &PlannedEvidence) -> String {
    planned
        .users
        .first()
        .and_then(|node| catalogue.service(&node.service))
        .and_then(|service| service.evidence.iter().find(|need| need.ty == planned.key.ty))
        .map_or_else(String::new, |need| page.text(&need.reason).to_owned())
}

/// One bar of what is left.
#[derive(Debug)]
pub struct LeftBar {
    pub name: String,
    pub before: String,
    pub after: String,
    /// Halves or counts, for the meter.
    pub before_n: u32,
    pub after_n: u32,
    pub vanished: Vec<String>,
}

#[derive(Debug)]
pub struct ReductionView {
    pub bars: Vec<LeftBar>,
    /// Services that could not be compared.
    pub without: String,
}

pub fn reductions(catalogue: &Catalogue, page: &Page, plan: &Plan) -> ReductionView {
    let reductions = &plan.reductions;
    let count = |key: &str, reduction: &plan::Reduction| LeftBar {
        name: page.t(key),
        before: reduction.before.to_string(),
        after: reduction.after.to_string(),
        before_n: reduction.before,
        after_n: reduction.after,
        vanished: vanished(catalogue, page, plan, &reduction.vanished),
    };
    let days = LeftBar {
        before: HalfDays(reductions.days.before).to_string(),
        after: HalfDays(reductions.days.after).to_string(),
        ..count("left-days", &reductions.days)
    };
    let without: Vec<String> = reductions
        .without_baseline
        .iter()
        .map(|node| planned_name(catalogue, page, plan, node))
        .collect();
    ReductionView {
        bars: vec![
            count("left-steps", &reductions.steps),
            count("left-materials", &reductions.materials),
            days,
            count("left-visits", &reductions.visits),
        ],
        without: without.join(&page.t("list-separator")),
    }
}

fn vanished(catalogue: &Catalogue, page: &Page, plan: &Plan, list: &[Vanished]) -> Vec<String> {
    let service = |node: &NodeKey| planned_name(catalogue, page, plan, node);
    let piece = |key: &EvidenceKey| evidence_key_name(catalogue, page, plan, key);
    list.iter()
        .map(|item| match item {
            Vanished::Step { node, index } => {
                let step = catalogue
                    .service(&node.service)
                    .and_then(|s| s.baseline.as_ref())
                    .and_then(|baseline| baseline.steps.get(usize::try_from(*index).ok()?))
                    .map_or("", |step| page.text(step));
                page.t2("vanished-step", "service", service(node), "step", step)
            }
            Vanished::Fetched { node, evidence, source } => page.tn(
                "vanished-fetched",
                &[
                    ("service", service(node)),
                    ("evidence", piece(evidence)),
                    ("source", source_name(catalogue, page, source)),
                ],
            ),
            Vanished::ProducedBy { node, evidence, by } => page.tn(
                "vanished-produced",
                &[("service", service(node)), ("evidence", piece(evidence)), ("by", service(by))],
            ),
            Vanished::NotBrought { node, evidence } => page.t2(
                "vanished-not-brought",
                "service",
                service(node),
                "evidence",
                piece(evidence),
            ),
            Vanished::SharedWith { node, evidence, first } => page.tn(
                "vanished-shared",
                &[
                    ("service", service(node)),
                    ("evidence", piece(evidence)),
                    ("first", service(first)),
                ],
            ),
            Vanished::Parallel { node, halves } => {
                page.t2("vanished-parallel", "service", service(node), "days", halves)
            }
            Vanished::Shorter { node, halves } => {
                page.t2("vanished-shorter", "service", service(node), "days", halves)
            }
            Vanished::Visit { node, count } => {
                page.t2("vanished-visit", "service", service(node), "n", count)
            }
        })
        .collect()
}

/// What a city announced beside what follows from the definitions.
#[derive(Debug)]
pub struct AnnouncedView {
    pub name: String,
    pub source: String,
    pub unverified: String,
    pub rows: Vec<AnnouncedRow>,
}

/// One announced figure.
#[derive(Debug)]
pub struct AnnouncedRow {
    pub name: String,
    /// As announced: 20 → 3.
    pub said: String,
    /// What follows here in the usual case.
    pub ours: String,
    /// Over all scenarios.
    pub range: String,
    /// Why they differ.
    pub why: String,
}

/// The announced figures of a matter beside those of a plan; `range` gives each figure's span over all
/// scenarios, where it is known.
pub fn announced(
    page: &Page,
    matter: &catalogue::Matter,
    plan: Option<&Plan>,
    range: &dyn Fn(catalogue::Figure) -> String,
) -> Vec<AnnouncedView> {
    use catalogue::Figure;
    let ours = |figure: Figure| {
        let reductions = &plan?.reductions;
        let (before, after) = match figure {
            Figure::Steps => {
                (reductions.steps.before.to_string(), reductions.steps.after.to_string())
            }
            Figure::Materials => {
                (reductions.materials.before.to_string(), reductions.materials.after.to_string())
            }
            Figure::Days => (
                HalfDays(reductions.days.before).to_string(),
                HalfDays(reductions.days.after).to_string(),
            ),
            Figure::Visits => {
                (reductions.visits.before.to_string(), reductions.visits.after.to_string())
            }
        };
        Some(format!("{before} → {after}"))
    };
    let side = |number: Option<vocabulary::Decimal>, said: &vocabulary::Localised| match number {
        Some(number) if said.is_empty() => number.normalize().to_string(),
        _ if !said.is_empty() => page.text(said).to_owned(),
        _ => "—".to_owned(),
    };
    matter
        .announced
        .iter()
        .map(|announced| AnnouncedView {
            name: page.text(&announced.name).to_owned(),
            source: announced.basis.source.clone().unwrap_or_default(),
            unverified: page.text(&announced.basis.unverified).to_owned(),
            rows: announced
                .figures
                .iter()
                .map(|it| AnnouncedRow {
                    name: page.t(match it.figure {
                        Figure::Steps => "left-steps",
                        Figure::Materials => "left-materials",
                        Figure::Days => "left-days",
                        Figure::Visits => "left-visits",
                    }),
                    said: format!(
                        "{} → {}",
                        side(it.before, &it.before_as_said),
                        side(it.after, &it.after_as_said)
                    ),
                    ours: ours(it.figure).unwrap_or_default(),
                    range: range(it.figure),
                    why: page.text(&it.difference).to_owned(),
                })
                .collect(),
        })
        .collect()
}
