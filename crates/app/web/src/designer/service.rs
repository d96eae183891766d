//! One public service as its designer wrote it, in words: who, what it needs and why, what it gives, which
//! department sees what.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use catalogue::{Basis, Catalogue, Checked, DatedPeriod, Matter, PublicService, Way};
use vocabulary::{DataElementId, SourceId};

use super::rule_words::condition_words;
use crate::errors::WebError;
use crate::naming;
use crate::page::Page;
use crate::plan_view::period_text;
use crate::state::App;
use crate::views::render;

/// A field that the department receives.
#[derive(Debug)]
pub(super) struct FieldRow {
    pub(super) name: String,
    pub(super) id: String,
    pub(super) when: String,
    pub(super) optional: bool,
    /// Where the value comes from.
    pub(super) origin: String,
    /// What the department does with it; empty = nothing that the definitions know of.
    pub(super) used: String,
    pub(super) sensitive: bool,
}

/// A piece of evidence that the service needs.
#[derive(Debug)]
pub(super) struct EvidenceRow {
    pub(super) name: String,
    pub(super) when: String,
    pub(super) ways: String,
    pub(super) reason: String,
    pub(super) soft: bool,
}

#[derive(Debug)]
pub(super) struct LineRow {
    pub(super) text: String,
    pub(super) checks: String,
}

/// A period with its condition.
#[derive(Debug)]
pub(super) struct PeriodRow {
    pub(super) name: String,
    pub(super) period: String,
    pub(super) when: String,
    pub(super) basis: String,
    pub(super) unverified: String,
}

/// Everything of a service that is shown or printed.
#[derive(Debug)]
pub(super) struct ServiceSheet {
    pub(super) name: String,
    pub(super) summary: String,
    pub(super) authority: String,
    pub(super) kind: String,
    pub(super) codes: String,
    pub(super) levels: String,
    pub(super) per: String,
    pub(super) regime: String,
    pub(super) remedies: String,
    pub(super) correction: String,
    pub(super) channels: String,
    pub(super) requirements: Vec<LineRow>,
    pub(super) periods: Vec<PeriodRow>,
    pub(super) procedures: Vec<PeriodRow>,
    pub(super) visits: Vec<LineRow>,
    pub(super) fees: Vec<LineRow>,
    pub(super) fields: Vec<FieldRow>,
    pub(super) evidence: Vec<EvidenceRow>,
    pub(super) outputs: Vec<LineRow>,
    pub(super) checklist: Vec<LineRow>,
    pub(super) refusals: Vec<LineRow>,
    pub(super) signatories: Vec<LineRow>,
    pub(super) baseline: Vec<String>,
    pub(super) act: String,
    pub(super) source: String,
    pub(super) unverified: String,
}

#[derive(Template, Debug)]
#[template(path = "designer/service.html")]
struct ServicePage<'a> {
    p: &'a Page,
    sheet: ServiceSheet,
    matters: Vec<(String, String)>,
}

pub async fn service(
    State(app): State<App>,
    page: Page,
    Path(id): Path<String>,
) -> Result<Response, Response> {
    let shown = || {
        let catalogue = app.engine.catalogue();
        let service = catalogue.services.get(id.as_str()).ok_or(WebError::NotFound)?;
        let joins = |matter: &&Matter| matter.services.iter().any(|it| it.service == service.id);
        let name = |matter: &Matter| (matter.id.to_string(), page.text(&matter.title).to_owned());
        render(&ServicePage {
            p: &page,
            sheet: sheet(catalogue, &page, service),
            matters: catalogue.matters.values().filter(joins).map(name).collect(),
        })
    };
    shown().map_err(|error: WebError| error.into_page(&page))
}

/// The sources that a matter turns to for fields or evidence.
pub(super) fn sources_of<'c>(catalogue: &'c Catalogue, matter: &Matter) -> BTreeSet<&'c SourceId> {
    let mut found = BTreeSet::new();
    for part in &matter.services {
        let Some(service) = catalogue.service(&part.service) else { continue };
        for need in &service.fields {
            let element = catalogue.element(&need.element);
            found.extend(element.and_then(|element| element.source.as_ref()));
        }
        for need in service.evidence.iter().filter(|need| need.ways.contains(&Way::Source)) {
            found.extend(catalogue.sources_of_evidence(&need.ty).into_iter().map(|it| &it.id));
        }
    }
    for question in &matter.questions {
        if let catalogue::Binds::Element(id) = &question.binds {
            found.extend(catalogue.element(id).and_then(|element| element.source.as_ref()));
        }
    }
    found
}

pub(super) fn sheet(catalogue: &Catalogue, page: &Page, service: &PublicService) -> ServiceSheet {
    let organisation = catalogue.organisations.get(&service.authority);
    let regime = catalogue.regimes.get(&service.regime);
    let words = |condition| condition_words(catalogue, page, condition);
    ServiceSheet {
        name: page.text(&service.name).to_owned(),
        summary: page.text(&service.summary).to_owned(),
        authority: organisation.map_or("", |it| page.text(&it.name)).to_owned(),
        kind: page.t(&format!("item-kind-{}", service.kind)),
        codes: codes(page, service),
        levels: levels(page, service),
        per: per(catalogue, page, service),
        regime: regime.map_or("", |regime| page.text(&regime.name)).to_owned(),
        remedies: regime.map_or("", |regime| page.text(&regime.remedies)).to_owned(),
        correction: regime
            .map_or_else(String::new, |regime| period_text(page, regime.correction_limit.period)),
        channels: service
            .channels
            .iter()
            .map(|channel| page.t(&format!("channel-{channel}")))
            .collect::<Vec<_>>()
            .join(&page.t("list-separator")),
        requirements: service
            .requirements
            .iter()
            .map(|it| LineRow {
                text: page.text(&it.text).to_owned(),
                checks: it.when.as_ref().map_or_else(String::new, &words),
            })
            .collect(),
        periods: periods(catalogue, page, service),
        procedures: service
            .special_procedures
            .iter()
            .map(|it| PeriodRow {
                name: page.text(&it.name).to_owned(),
                when: words(&it.when),
                ..dated(page, &it.period)
            })
            .collect(),
        visits: service
            .visits_when
            .iter()
            .map(|it| LineRow {
                text: page.t2("visit-more", "n", it.count, "reason", page.text(&it.reason)),
                checks: words(&it.when),
            })
            .collect(),
        fees: service
            .fees
            .iter()
            .map(|fee| LineRow {
                text: page.tn(
                    "fee-line",
                    &[
                        ("name", page.text(&fee.name).to_owned()),
                        ("amount", naming::money(page, &fee.amount, &fee.currency)),
                    ],
                ),
                checks: words(&fee.when),
            })
            .collect(),
        fields: fields(catalogue, page, service),
        evidence: service
            .evidence
            .iter()
            .map(|need| EvidenceRow {
                name: naming::evidence_name(catalogue, page, &need.ty),
                when: words(&need.when),
                ways: need
                    .ways
                    .iter()
                    .map(|way| naming::way_text(page, *way))
                    .collect::<Vec<_>>()
                    .join(&page.t("or-separator")),
                reason: page.text(&need.reason).to_owned(),
                soft: need.soft,
            })
            .collect(),
        outputs: service
            .outputs
            .iter()
            .map(|output| LineRow {
                text: page.text(&output.name).to_owned(),
                checks: names(catalogue, page, &output.elements),
            })
            .collect(),
        checklist: lines(catalogue, page, &service.checklist),
        refusals: lines(catalogue, page, &service.refusal_grounds),
        signatories: service
            .signatories
            .iter()
            .map(|it| LineRow { text: page.text(&it.name).to_owned(), checks: words(&it.when) })
            .collect(),
        baseline: baseline(page, service),
        act: page.text(&service.basis.act).to_owned(),
        source: service.basis.source.clone().unwrap_or_default(),
        unverified: page.text(&service.basis.unverified).to_owned(),
    }
}

fn codes(page: &Page, service: &PublicService) -> String {
    let codes = &service.codes;
    let all = [
        ("code-basic", &codes.basic),
        ("code-implementation", &codes.implementation),
        ("code-handling-item", &codes.handling_item),
        ("code-local", &codes.local),
    ];
    let known =
        all.iter().filter_map(|(key, code)| code.as_ref().map(|code| page.t1(key, "code", code)));
    known.collect::<Vec<_>>().join(&page.t("list-separator"))
}

fn levels(page: &Page, service: &PublicService) -> String {
    let name = |level: &String| page.t(&format!("level-{level}"));
    let accept = service.accepted_at.as_ref().map(|it| page.t1("level-accept", "level", name(it)));
    let decide = service.decided_at.as_ref().map(|it| page.t1("level-decide", "level", name(it)));
    accept.into_iter().chain(decide).collect::<Vec<_>>().join(&page.t("list-separator"))
}

fn per(catalogue: &Catalogue, page: &Page, service: &PublicService) -> String {
    let group = service.per.as_ref().and_then(|per| catalogue.groups.get(per));
    group.map_or_else(String::new, |group| page.t1("service-per", "member", page.text(&group.name)))
}

fn dated(page: &Page, period: &DatedPeriod) -> PeriodRow {
    PeriodRow {
        name: String::new(),
        period: period_text(page, period.period),
        when: String::new(),
        basis: basis_text(page, &period.basis),
        unverified: page.text(&period.basis.unverified).to_owned(),
    }
}

/// The act, its date and where it was read.
pub(super) fn basis_text(page: &Page, basis: &Basis) -> String {
    let act = page.text(&basis.act).to_owned();
    let from = basis.from.map(|from| page.t1("basis-from", "date", page.date(from)));
    let source = basis.source.as_ref().map(|source| page.t1("list-source", "source", source));
    let parts = [Some(act).filter(|act| !act.is_empty()), from, source];
    parts.into_iter().flatten().collect::<Vec<_>>().join(&page.t("list-separator"))
}

fn periods(catalogue: &Catalogue, page: &Page, service: &PublicService) -> Vec<PeriodRow> {
    let mut rows = Vec::new();
    let mut add = |key: &str, period: &DatedPeriod, when: String| {
        rows.push(PeriodRow { name: page.t(key), when, ..dated(page, period) });
    };
    if let Some(statutory) = &service.statutory {
        add("period-statutory", statutory, String::new());
    }
    for variant in &service.statutory_when {
        let when = condition_words(catalogue, page, &variant.when);
        add("period-statutory", &variant.period, when);
    }
    add("period-promised", &service.promised, String::new());
    for variant in &service.promised_when {
        let when = condition_words(catalogue, page, &variant.when);
        add("period-promised", &variant.period, when);
    }
    rows
}

fn names(catalogue: &Catalogue, page: &Page, elements: &[DataElementId]) -> String {
    let names = elements.iter().map(|id| naming::element_name(catalogue, page, id));
    names.collect::<Vec<_>>().join(&page.t("list-separator"))
}

fn lines(catalogue: &Catalogue, page: &Page, lines: &[catalogue::ChecklistLine]) -> Vec<LineRow> {
    let name = |checked: &Checked| match checked {
        Checked::Element(id) => naming::element_name(catalogue, page, id),
        Checked::Evidence(id) => naming::evidence_name(catalogue, page, id),
    };
    lines
        .iter()
        .map(|line| LineRow {
            text: page.text(&line.text).to_owned(),
            checks: line
                .checks
                .iter()
                .map(name)
                .collect::<Vec<_>>()
                .join(&page.t("list-separator")),
        })
        .collect()
}

fn fields(catalogue: &Catalogue, page: &Page, service: &PublicService) -> Vec<FieldRow> {
    service
        .fields
        .iter()
        .filter_map(|need| Some((need, catalogue.element(&need.element)?)))
        .map(|(need, element)| FieldRow {
            name: page.text(&element.name).to_owned(),
            id: element.id.to_string(),
            when: condition_words(catalogue, page, &need.when),
            optional: need.optional,
            origin: match &element.source {
                Some(source) => naming::source_name(catalogue, page, source),
                None => page.t("origin-applicant"),
            },
            used: uses(catalogue, page, service, &element.id).join(&page.t("list-separator")),
            sensitive: element.sensitivity == catalogue::Sensitivity::Sensitive,
        })
        .collect()
}

/// What a service does with an element that it receives.
pub(super) fn uses(
    catalogue: &Catalogue,
    page: &Page,
    service: &PublicService,
    element: &DataElementId,
) -> Vec<String> {
    let mut uses = Vec::new();
    let looked_at = |line: &&catalogue::ChecklistLine| {
        line.checks.iter().any(|it| *it == Checked::Element(element.clone()))
    };
    if service.checklist.iter().chain(&service.refusal_grounds).any(|line| looked_at(&line)) {
        uses.push(page.t("use-checked"));
    }
    for output in &service.outputs {
        if output.prints.contains(element) || output.holder.as_ref() == Some(element) {
            uses.push(page.t1("use-printed", "output", page.text(&output.name)));
        }
    }
    if reads(service, element) {
        uses.push(page.t("use-decides"));
    }
    if service.signatories.iter().any(|it| it.element == *element) {
        uses.push(page.t("use-signs"));
    }
    if catalogue.element(element).is_none() {
        uses.clear();
    }
    uses
}

fn reads(service: &PublicService, element: &DataElementId) -> bool {
    let read = conditions::Read::Element(element.clone());
    let fields = service.fields.iter().map(|need| &need.when);
    let evidence = service
        .evidence
        .iter()
        .flat_map(|need| [&need.when, &need.commitment_when, &need.deferral_when]);
    let signatories = service.signatories.iter().map(|it| &it.when);
    let mut all = fields.chain(evidence).chain(signatories).chain(service.other_conditions());
    all.any(|condition| condition.reads().contains(&read))
}

fn baseline(page: &Page, service: &PublicService) -> Vec<String> {
    let Some(baseline) = &service.baseline else { return Vec::new() };
    let steps = baseline.steps.iter().map(|step| page.text(step).to_owned());
    let figures = page.t2("baseline-figures", "days", baseline.days, "visits", baseline.visits);
    steps.chain([figures]).collect()
}
