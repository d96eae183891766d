//! The catalogue as designers see it: every matter with its size, its proof and its tests; every service.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use catalogue::{Catalogue, Matter};

use super::proved;
use crate::errors::WebError;
use crate::naming;
use crate::page::Page;
use crate::state::App;
use crate::views::render;

/// One matter.
#[derive(Debug)]
struct MatterRow {
    id: String,
    title: String,
    name: String,
    lead: String,
    variant: bool,
    services: usize,
    questions: usize,
    cells: String,
    plans: String,
    proved: bool,
    passed: usize,
    tests: usize,
    errors: usize,
    warnings: usize,
    can_start: bool,
    unverified: usize,
    facts: usize,
}

#[derive(Debug)]
struct ServiceLine {
    id: String,
    name: String,
    authority: String,
    matters: String,
    fields: usize,
    evidence: usize,
    verified: bool,
}

#[derive(Template, Debug)]
#[template(path = "designer/home.html")]
struct HomePage<'a> {
    p: &'a Page,
    jurisdiction: String,
    revision: String,
    counts: Vec<(String, usize)>,
    matters: Vec<MatterRow>,
    services: Vec<ServiceLine>,
    /// Some matter is still being proved: the page looks again.
    proving: bool,
}

pub async fn home(State(app): State<App>, page: Page) -> Result<Response, Response> {
    show(&app, &page).map_err(|error| error.into_page(&page))
}

fn show(app: &App, page: &Page) -> Result<Response, WebError> {
    let catalogue = app.engine.catalogue();
    super::prove_all(app, page.today);
    let matters: Vec<MatterRow> =
        catalogue.matters.values().map(|it| row(app, page, catalogue, it)).collect();
    let counts = [
        ("count-matters", catalogue.matters.len()),
        ("count-services", catalogue.services.len()),
        ("count-elements", catalogue.elements.len()),
        ("count-evidence", catalogue.evidence_types.len()),
        ("count-sources", catalogue.sources.len()),
        ("count-organisations", catalogue.organisations.len()),
        ("count-tests", app.workshop.tests.len()),
        ("count-guides", catalogue.guides.len()),
    ];
    render(&HomePage {
        p: page,
        jurisdiction: page.text(&catalogue.jurisdiction.name).to_owned(),
        revision: catalogue.revision.to_string(),
        counts: counts.into_iter().map(|(key, n)| (page.t(key), n)).collect(),
        proving: matters.iter().any(|row| !row.proved),
        matters,
        services: catalogue.services.values().map(|it| line(catalogue, page, it)).collect(),
    })
}

fn row(app: &App, page: &Page, catalogue: &Catalogue, matter: &Matter) -> MatterRow {
    let report = proved::kept(app, matter, page.today);
    let tests: Vec<_> = app.workshop.tests_of(matter).collect();
    let passed =
        |test: &&&plan::scenario::ScenarioAsWritten| plan::scenario::run(catalogue, test).passed();
    let (facts, unverified) = super::health::certainty(catalogue, matter);
    let problems = report.as_ref().map(|it| proved::problems(app, page, matter, it));
    let count =
        |class: &str| problems.iter().flatten().filter(|problem| problem.class == class).count();
    MatterRow {
        id: matter.id.to_string(),
        title: page.text(&matter.title).to_owned(),
        name: page.text(&matter.name).to_owned(),
        lead: naming::organisation_name(catalogue, page, &matter.lead),
        variant: matter.variant_of.is_some(),
        services: matter.services.len(),
        questions: matter.questions.len(),
        cells: report.as_ref().map_or_else(|| page.t("proving"), |report| proved::cells(report)),
        plans: report.as_ref().map_or_else(String::new, |report| proved::plans(report)),
        proved: report.is_some(),
        passed: tests.iter().filter(passed).count(),
        tests: tests.len(),
        errors: count("seal"),
        warnings: count("warn"),
        can_start: super::health::startable(app, catalogue, matter),
        unverified,
        facts,
    }
}

fn line(catalogue: &Catalogue, page: &Page, service: &catalogue::PublicService) -> ServiceLine {
    let joins = |matter: &&Matter| matter.services.iter().any(|it| it.service == service.id);
    let matters = catalogue.matters.values().filter(joins);
    let titles: Vec<&str> = matters.map(|matter| page.text(&matter.title)).collect();
    ServiceLine {
        id: service.id.to_string(),
        name: page.text(&service.name).to_owned(),
        authority: naming::organisation_name(catalogue, page, &service.authority),
        matters: titles.join(&page.t("list-separator")),
        fields: service.fields.len(),
        evidence: service.evidence.len(),
        verified: service.basis.is_verified() && service.promised.basis.is_verified(),
    }
}
