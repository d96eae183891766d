//! The one notice of a matter: what, who, how long, what it saves, the plan picture, what is needed; for a
//! guide, what is known so far. Figures come from a proved scenario, chosen on the page.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use catalogue::{Basis, Guide, Matter};
use plan::{Plan, PlanInput};
use serde::Deserialize;
use vocabulary::MatterId;

use crate::designer::proved;
use crate::errors::WebError;
use crate::naming;
use crate::page::Page;
use crate::picture;
use crate::plan_view::{
    AnnouncedView, EvidenceSections, ReductionView, ServiceRow, announced, evidence_sections,
    reductions, service_rows,
};
use crate::public::parts::{self, Drawn, Part};
use crate::state::{App, Example};
use crate::views::render;

#[derive(Deserialize, Debug)]
pub struct Chosen {
    #[serde(default)]
    scenario: Option<String>,
}

/// A scenario that can be looked at.
#[derive(Debug)]
pub struct ExampleView {
    pub id: String,
    pub name: String,
    pub chosen: bool,
}

/// The legal basis of a service or baseline, and how sure it is.
#[derive(Debug)]
pub struct BasisView {
    pub service: String,
    pub act: String,
    pub source: String,
    pub unverified: String,
}

#[derive(Debug)]
pub struct BaselineView {
    pub name: String,
    pub figures: String,
    pub unverified: String,
}

#[derive(Template, Debug)]
#[template(path = "public/matter.html")]
struct MatterPage<'a> {
    p: &'a Page,
    id: String,
    title: String,
    name: String,
    summary: String,
    audience: String,
    class: String,
    lead: String,
    departments: usize,
    days: String,
    procedures_may_add: String,
    bring: usize,
    visits: u32,
    questions: usize,
    examples: Vec<ExampleView>,
    example: String,
    reductions: ReductionView,
    baselines: Vec<BaselineView>,
    announced: Vec<AnnouncedView>,
    picture: String,
    rows: Vec<ServiceRow>,
    evidence: EvidenceSections,
    bases: Vec<BasisView>,
}

#[derive(Template, Debug)]
#[template(path = "public/guide.html")]
struct GuidePage<'a> {
    p: &'a Page,
    name: String,
    class: String,
    lead: String,
    services: Vec<String>,
    unverified: String,
    source: String,
}

pub async fn matter(
    State(app): State<App>,
    page: Page,
    Path(id): Path<String>,
    Query(chosen): Query<Chosen>,
    asked: HeaderMap,
) -> Result<Response, Response> {
    show(&app, &page, &id, chosen, &asked).await.map_err(|error| error.into_page(&page))
}

async fn show(
    app: &App,
    page: &Page,
    id: &str,
    chosen: Chosen,
    asked: &HeaderMap,
) -> Result<Response, WebError> {
    let catalogue = app.engine.catalogue();
    if let Some(matter) = catalogue.matter(id) {
        let example = example(app, matter, chosen.scenario.as_deref());
        let scenario = example.ok_or(WebError::NotFound)?.id.clone();
        let part = Part::Matter { matter: matter.id.clone(), scenario };
        return parts::show(app, page, part, asked).await;
    }
    match catalogue.guides.get(id) {
        Some(found) => guide(app, page, found),
        None => Err(WebError::NotFound),
    }
}

/// The inside of a matter's page.
///
/// # Errors
/// There is no such matter or scenario, or the template failed.
pub(super) async fn draw(
    app: &App,
    page: &Page,
    id: &MatterId,
    scenario: &str,
) -> Result<Drawn, WebError> {
    let matter = app.engine.catalogue().matter(id.as_str()).ok_or(WebError::NotFound)?;
    // Only what was announced is set beside figures over all scenarios.
    let report = if matter.announced.is_empty() {
        None
    } else {
        Some(proved::report(app, matter, page.today).await?)
    };
    notice(app, page, matter, scenario, report.as_deref())
}

/// A matter's example, or the named one of its scenarios.
fn example<'a>(app: &'a App, matter: &Matter, scenario: Option<&str>) -> Option<&'a Example> {
    let mut own = app.examples.iter().filter(|example| example.matter == matter.id);
    match scenario {
        Some(id) => own.find(|example| example.id == id),
        None => own.next(),
    }
}

/// The plan of a matter's example, or of the named one of its scenarios.
pub fn example_plan<'a>(
    app: &'a App,
    matter: &Matter,
    scenario: Option<&str>,
) -> Option<(&'a Example, Plan)> {
    let example = example(app, matter, scenario)?;
    let plan = plan::make(&PlanInput {
        catalogue: app.engine.catalogue(),
        matter,
        facts: &example.facts,
        skip: &example.skip,
        given: &BTreeSet::new(),
        unreachable: &example.unreachable,
        standing: &plan::standing::NOTHING,
        now: example.now,
    });
    Some((example, plan))
}

fn notice(
    app: &App,
    page: &Page,
    matter: &Matter,
    scenario: &str,
    report: Option<&proved::Report>,
) -> Result<Drawn, WebError> {
    let catalogue = app.engine.catalogue();
    let (example, plan) = example_plan(app, matter, Some(scenario)).ok_or(WebError::NotFound)?;
    let examples = app
        .examples
        .iter()
        .filter(|other| other.matter == matter.id)
        .map(|other| ExampleView {
            id: other.id.clone(),
            name: page.text(&other.name).to_owned(),
            chosen: other.id == example.id,
        })
        .collect();
    let main = MatterPage {
        p: page,
        id: matter.id.to_string(),
        title: page.text(&matter.title).to_owned(),
        name: page.text(&matter.name).to_owned(),
        summary: page.text(&matter.summary).to_owned(),
        audience: page.text(&matter.audience).to_owned(),
        class: class_name(app, page, matter.life_cycle.as_str()),
        lead: naming::organisation_full_name(catalogue, page, &matter.lead),
        departments: plan.departments.len(),
        days: plan.joint.promised.to_string(),
        procedures_may_add: crate::plan_view::procedures_may_add(page, &plan),
        bring: plan.missing_evidence().count(),
        visits: plan.visits,
        questions: interview::answered(catalogue, matter, &example.facts, plan.as_of)
            .iter()
            .filter(|answered| answered.relevant)
            .count(),
        examples,
        example: page.text(&example.name).to_owned(),
        reductions: reductions(catalogue, page, &plan),
        baselines: baselines(page, matter),
        announced: announced(page, matter, Some(&plan), &|figure| {
            report.map_or_else(String::new, |report| proved::range(page, report, figure))
        }),
        picture: picture::draw(&picture::drawing(catalogue, page, &plan)),
        rows: service_rows(catalogue, page, &plan),
        evidence: evidence_sections(catalogue, page, &plan),
        bases: bases(app, page, matter),
    };
    Drawn::of(page.text(&matter.title), &main)
}

fn class_name(app: &App, page: &Page, id: &str) -> String {
    app.engine
        .catalogue()
        .life_cycle
        .iter()
        .find(|class| class.id.as_str() == id)
        .map_or_else(String::new, |class| page.text(&class.name).to_owned())
}

fn baselines(page: &Page, matter: &Matter) -> Vec<BaselineView> {
    matter
        .baselines
        .iter()
        .map(|baseline| {
            let mut parts = Vec::new();
            if let Some(steps) = baseline.steps {
                parts.push(page.t1("baseline-steps", "n", steps));
            }
            if let Some(materials) = baseline.materials {
                parts.push(page.t1("baseline-materials", "n", materials));
            }
            if let Some(days) = baseline.days {
                parts.push(page.t1("baseline-days", "n", days));
            }
            if let Some(visits) = baseline.visits {
                parts.push(page.t1("baseline-visits", "n", visits));
            }
            BaselineView {
                name: page.text(&baseline.name).to_owned(),
                figures: parts.join(&page.t("list-separator")),
                unverified: page.text(&baseline.basis.unverified).to_owned(),
            }
        })
        .collect()
}

fn bases(app: &App, page: &Page, matter: &Matter) -> Vec<BasisView> {
    let catalogue = app.engine.catalogue();
    matter
        .services
        .iter()
        .filter_map(|inside| catalogue.service(&inside.service))
        .map(|service| {
            let period = &service.promised.basis;
            BasisView {
                service: page.text(&service.name).to_owned(),
                act: page.text(&service.basis.act).to_owned(),
                source: source_of(&service.basis, period),
                unverified: first_filled(page, &service.basis, period),
            }
        })
        .collect()
}

fn source_of(service: &Basis, period: &Basis) -> String {
    service.source.clone().or_else(|| period.source.clone()).unwrap_or_default()
}

fn first_filled(page: &Page, service: &Basis, period: &Basis) -> String {
    let own = page.text(&service.unverified);
    if own.is_empty() { page.text(&period.unverified).to_owned() } else { own.to_owned() }
}

fn guide(app: &App, page: &Page, guide: &Guide) -> Result<Response, WebError> {
    render(&GuidePage {
        p: page,
        name: page.text(&guide.name).to_owned(),
        class: class_name(app, page, guide.life_cycle.as_str()),
        lead: page.text(&guide.lead).to_owned(),
        services: guide.services.iter().map(|name| page.text(name).to_owned()).collect(),
        unverified: page.text(&guide.basis.unverified).to_owned(),
        source: guide.basis.source.clone().unwrap_or_default(),
    })
}
