//! Any scenario as a filled-in interview: change an answer and see the plan, the picture and what it saves.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use catalogue::{Catalogue, Matter};
use plan::answers::{AnswersFinding, Circumstances};
use plan::{OutKind, Plan};
use vocabulary::Date;

use super::filled_in::{FilledIn, QuestionRow, questions};
use crate::errors::WebError;
use crate::naming;
use crate::page::Page;
use crate::picture;
use crate::plan_view::{
    EvidenceSections, ReductionView, ServiceRow, evidence_sections, reason_text, reductions,
    service_rows,
};
use crate::public::matter::example_plan;
use crate::state::App;
use crate::views::render;

/// A service that is out, and why.
#[derive(Debug)]
pub(super) struct OutRow {
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) reason: String,
}

/// An optional service, taken or left.
#[derive(Debug)]
struct OptionalRow {
    id: String,
    name: String,
    left_out: bool,
}

#[derive(Debug)]
struct SourceRow {
    id: String,
    name: String,
    down: bool,
}

/// What a plan looks like to a designer.
#[derive(Debug)]
pub(super) struct PlanSheet {
    pub(super) days: String,
    pub(super) procedures_may_add: String,
    pub(super) bring: usize,
    pub(super) visits: u32,
    pub(super) departments: usize,
    pub(super) picture: String,
    pub(super) rows: Vec<ServiceRow>,
    pub(super) evidence: EvidenceSections,
    pub(super) reductions: ReductionView,
    pub(super) out: Vec<OutRow>,
    pub(super) undecided: String,
    pub(super) fields: usize,
    pub(super) typed: usize,
}

#[derive(Template, Debug)]
#[template(path = "designer/case.html")]
struct CasePage<'a> {
    p: &'a Page,
    id: String,
    title: String,
    as_of: String,
    rows: Vec<QuestionRow>,
    not_asked: Vec<QuestionRow>,
    optional: Vec<OptionalRow>,
    sources: Vec<SourceRow>,
    any_down: bool,
    findings: Vec<AnswersFinding>,
    sheet: Option<PlanSheet>,
    query: String,
    toml: String,
}

pub async fn case(
    State(app): State<App>,
    page: Page,
    Path(id): Path<String>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Response, Response> {
    show(&app, &page, &id, pairs).await.map_err(|error| error.into_page(&page))
}

async fn show(
    app: &App,
    page: &Page,
    id: &str,
    pairs: Vec<(String, String)>,
) -> Result<Response, WebError> {
    let catalogue = app.engine.catalogue();
    let matter = catalogue.matter(id).ok_or(WebError::NotFound)?;
    let mut filled_in = FilledIn::read(pairs);
    if filled_in.is_empty() {
        // Whoever comes without a case sees the matter's first scenario.
        if let Some((example, plan)) = example_plan(app, matter, None) {
            filled_in = FilledIn::of(&example.facts, plan.as_of);
        }
    }
    let as_of = filled_in.as_of.clone().unwrap_or_else(|| page.today.to_string());
    let day: Date = as_of.parse().unwrap_or(page.today);
    let (circumstances, findings) = match filled_in.resolve(catalogue, matter, app.now()) {
        Ok(circumstances) => (Some(circumstances), Vec::new()),
        Err(findings) => (None, findings),
    };
    // What could not be read leaves an empty interview, with the findings above it.
    let shown = circumstances.clone().unwrap_or_else(|| empty(app));
    let proof = app.engine.proof(matter, day).await;
    let (rows, not_asked) = questions(catalogue, page, matter, &shown, day, proof.as_deref())
        .into_iter()
        .partition(|row| row.is_open() || row.is_answered());
    let plan = circumstances.as_ref().map(|it| it.plan(catalogue, matter));
    render(&CasePage {
        p: page,
        id: matter.id.to_string(),
        title: page.text(&matter.title).to_owned(),
        as_of,
        rows,
        not_asked,
        optional: optional(catalogue, page, matter, &shown.skip),
        any_down: !filled_in.unavailable.is_empty(),
        sources: sources(catalogue, page, matter, &filled_in.unavailable),
        findings,
        toml: match (&plan, &circumstances) {
            (Some(plan), Some(it)) => {
                plan::pinned::scenario_text("my-case", &matter.title, it, plan)
            }
            _ => String::new(),
        },
        sheet: plan.map(|plan| sheet(catalogue, page, matter, &plan)),
        query: filled_in.query(),
    })
}

fn empty(app: &App) -> Circumstances {
    Circumstances {
        facts: vocabulary::Facts::new(),
        skip: BTreeSet::new(),
        given: BTreeSet::new(),
        unreachable: BTreeSet::new(),
        now: app.now(),
    }
}

fn optional(
    catalogue: &Catalogue,
    page: &Page,
    matter: &Matter,
    skip: &BTreeSet<vocabulary::ServiceId>,
) -> Vec<OptionalRow> {
    let parts = matter.services.iter().filter(|part| part.optional);
    parts
        .filter_map(|part| catalogue.service(&part.service))
        .map(|service| OptionalRow {
            id: service.id.to_string(),
            name: page.text(&service.name).to_owned(),
            left_out: skip.contains(&service.id),
        })
        .collect()
}

/// The sources that the matter turns to.
fn sources(catalogue: &Catalogue, page: &Page, matter: &Matter, down: &[String]) -> Vec<SourceRow> {
    let used = super::service::sources_of(catalogue, matter);
    used.into_iter()
        .map(|source| SourceRow {
            name: naming::source_name(catalogue, page, source),
            down: down.iter().any(|id| id == source.as_str()),
            id: source.to_string(),
        })
        .collect()
}

/// A plan's sheet.
pub(super) fn sheet(catalogue: &Catalogue, page: &Page, matter: &Matter, plan: &Plan) -> PlanSheet {
    let fields = plan.form.iter().flat_map(|topic| &topic.fields);
    PlanSheet {
        days: plan.joint.promised.to_string(),
        procedures_may_add: crate::plan_view::procedures_may_add(page, plan),
        bring: plan.missing_evidence().count(),
        visits: plan.visits,
        departments: plan.departments.len(),
        picture: picture::draw(&picture::drawing(catalogue, page, plan)),
        rows: service_rows(catalogue, page, plan),
        evidence: evidence_sections(catalogue, page, plan),
        reductions: reductions(catalogue, page, plan),
        out: out_rows(catalogue, page, matter, plan),
        undecided: plan
            .undecided
            .iter()
            .map(|id| naming::element_name(catalogue, page, id))
            .collect::<Vec<_>>()
            .join(&page.t("list-separator")),
        fields: fields.count(),
        typed: plan.missing_fields().count(),
    }
}

fn out_rows(catalogue: &Catalogue, page: &Page, matter: &Matter, plan: &Plan) -> Vec<OutRow> {
    plan.left_out
        .iter()
        .map(|out| {
            let part = matter.services.iter().find(|part| part.service == out.node.service);
            let (key, words) = match out.kind {
                OutKind::AlreadyDone => ("out-done", part.map(|part| &part.done_reason)),
                OutKind::NotApplicable => ("out-not-needed", part.map(|part| &part.out_reason)),
                OutKind::NotEligible => ("out-not-eligible", None),
                OutKind::Skipped => ("out-skipped", None),
                OutKind::Later => ("out-later", None),
            };
            let words = words.map_or("", |words| page.text(words));
            OutRow {
                name: picture::planned_name(catalogue, page, plan, &out.node),
                kind: page.t(key),
                reason: if words.is_empty() {
                    reason_text(catalogue, page, &out.reason)
                } else {
                    words.to_owned()
                },
            }
        })
        .collect()
}
