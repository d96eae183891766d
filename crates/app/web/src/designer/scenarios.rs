//! The scenario table: tests that designers wrote (pinned) and the covering scenarios of the proof, one row
//! each, with what follows; red where a change altered a pinned row.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use catalogue::{Catalogue, Matter};
use plan::scenario::{Difference, Outcome, ScenarioAsWritten};
use plan::{EvidenceGroup, OutKind, Plan};
use vocabulary::ServiceId;

use super::filled_in::FilledIn;
use super::proved;
use crate::errors::WebError;
use crate::naming;
use crate::page::Page;
use crate::state::App;
use crate::views::render;

/// How a service stands in a scenario.
#[derive(Debug)]
pub(super) struct Cell {
    pub(super) mark: &'static str,
    pub(super) words: String,
}

/// One scenario.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) name: String,
    pub(super) link: String,
    pub(super) notice: String,
    pub(super) pinned: bool,
    pub(super) cells: Vec<Cell>,
    pub(super) bring: usize,
    pub(super) bring_names: String,
    pub(super) days: String,
    pub(super) visits: u32,
    pub(super) departments: usize,
    /// What differs from what was expected.
    pub(super) differences: Vec<String>,
}

#[derive(Template, Debug)]
#[template(path = "designer/scenarios.html")]
struct ScenariosPage<'a> {
    p: &'a Page,
    id: String,
    title: String,
    services: Vec<String>,
    rows: Vec<Row>,
    pinned: usize,
    failed: usize,
    covering: usize,
    proved: String,
}

pub async fn scenarios(
    State(app): State<App>,
    page: Page,
    Path(id): Path<String>,
) -> Result<Response, Response> {
    show(&app, &page, &id).await.map_err(|error| error.into_page(&page))
}

async fn show(app: &App, page: &Page, id: &str) -> Result<Response, WebError> {
    let catalogue = app.engine.catalogue();
    let matter = catalogue.matter(id).ok_or(WebError::NotFound)?;
    let report = proved::report(app, matter, page.today).await?;
    let (generated, written): (Vec<_>, Vec<_>) =
        app.workshop.tests_of(matter).partition(|test| plan::proved::is_generated(&test.id));
    let mut rows: Vec<Row> =
        written.iter().map(|test| pinned(catalogue, page, matter, test)).collect();
    let pinned = rows.len();
    if generated.is_empty() {
        rows.extend(proved::covering(catalogue, page, matter, &report));
    } else {
        // Kept as tests: a change that alters them shows.
        let kept = generated.iter().map(|test| self::pinned(catalogue, page, matter, test));
        rows.extend(kept.map(|row| Row { pinned: false, ..row }));
    }
    render(&ScenariosPage {
        p: page,
        id: matter.id.to_string(),
        title: page.text(&matter.title).to_owned(),
        services: catalogue
            .services_of(matter)
            .map(|service| page.text(&service.name).to_owned())
            .collect(),
        failed: rows.iter().filter(|row| !row.differences.is_empty()).count(),
        covering: rows.len().saturating_sub(pinned),
        pinned,
        rows,
        proved: proved::counted(page, &report),
    })
}

fn pinned(catalogue: &Catalogue, page: &Page, matter: &Matter, test: &ScenarioAsWritten) -> Row {
    let outcome: Outcome = plan::scenario::run(catalogue, test);
    let plan = plan::scenario::plan(catalogue, test).ok();
    let query = test.answers().resolve(catalogue, matter, None).ok().map(|it| {
        let mut filled_in = FilledIn::of(&it.facts, catalogue.civil_date(it.now));
        filled_in.skip = it.skip.iter().map(ToString::to_string).collect();
        filled_in.unavailable = it.unreachable.iter().map(ToString::to_string).collect();
        filled_in.query()
    });
    Row {
        pinned: true,
        differences: outcome
            .differences
            .iter()
            .map(|it| difference_words(catalogue, page, it))
            .collect(),
        ..row(
            catalogue,
            page,
            matter,
            page.text(&outcome.name),
            plan.as_ref(),
            &query.unwrap_or_default(),
        )
    }
}

/// What came out otherwise than expected, in the words of the page.
pub(super) fn difference_words(
    catalogue: &Catalogue,
    page: &Page,
    difference: &Difference,
) -> String {
    let name = |item: &str| {
        let id = item.split('~').next().unwrap_or(item);
        match catalogue.service(&id.into()) {
            Some(service) => page.text(&service.name).to_owned(),
            None => naming::evidence_name(catalogue, page, &id.into()),
        }
    };
    match difference {
        Difference::Answers { code, place, message } => format!("{code} {place}: {message}"),
        Difference::Missing { what, item } => {
            page.t2("difference-missing", "what", compared(page, what), "item", name(item))
        }
        Difference::Unexpected { what, item } => {
            page.t2("difference-unexpected", "what", compared(page, what), "item", name(item))
        }
        Difference::Other { what, expected, actual } => page.tn(
            "difference-other",
            &[
                ("what", compared(page, what)),
                ("expected", expected.clone()),
                ("actual", actual.clone()),
            ],
        ),
    }
}

/// What a scenario test looks at.
fn compared(page: &Page, what: &str) -> String {
    page.t(match what {
        "services" => "compared-services",
        "done" => "compared-done",
        "not_eligible" => "compared-not-eligible",
        "bring" => "compared-bring",
        "fetched" => "compared-fetched",
        "produced" => "compared-produced",
        "days" => "compared-days",
        "visits" => "compared-visits",
        "fees" => "compared-fees",
        other => return other.to_owned(),
    })
}

/// The row of a plan.
pub(super) fn row(
    catalogue: &Catalogue,
    page: &Page,
    matter: &Matter,
    name: &str,
    plan: Option<&Plan>,
    query: &str,
) -> Row {
    let bring: Vec<String> = plan
        .into_iter()
        .flat_map(|plan| &plan.evidence)
        .filter(|it| matches!(it.group, EvidenceGroup::YouBring | EvidenceGroup::YouGave))
        .map(|it| naming::evidence_name(catalogue, page, &it.key.ty))
        .collect();
    Row {
        name: name.to_owned(),
        link: format!("/designer/matters/{}/case?{query}", matter.id),
        notice: format!("/designer/matters/{}/notice?{query}", matter.id),
        pinned: false,
        cells: matter.services.iter().map(|part| cell(page, plan, &part.service)).collect(),
        bring: bring.len(),
        bring_names: bring.join(&page.t("list-separator")),
        days: plan.map_or_else(String::new, |plan| plan.joint.promised.to_string()),
        visits: plan.map_or(0, |plan| plan.visits),
        departments: plan.map_or(0, |plan| plan.departments.len()),
        differences: Vec::new(),
    }
}

fn cell(page: &Page, plan: Option<&Plan>, service: &ServiceId) -> Cell {
    let Some(plan) = plan else { return Cell { mark: "", words: String::new() } };
    let count = plan.services.iter().filter(|it| it.node.service == *service).count();
    let (mark, key) = if count > 0 {
        ("●", "cell-in")
    } else {
        match plan.left_out.iter().find(|it| it.node.service == *service).map(|it| it.kind) {
            Some(OutKind::AlreadyDone) => ("✓", "out-done"),
            Some(OutKind::NotEligible) => ("×", "out-not-eligible"),
            Some(OutKind::Skipped) => ("–", "out-skipped"),
            Some(OutKind::Later) => ("–", "out-later"),
            Some(OutKind::NotApplicable) | None => ("○", "out-not-needed"),
        }
    };
    let words = page.t(key);
    Cell { mark, words: if count > 1 { format!("{words} ×{count}") } else { words } }
}
