//! The personal plan: what is done together and why, what is left out and why, evidence in groups, order and
//! dates, who signs, what it costs and saves. Optional services can be left out here.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::Form;
use catalogue::Catalogue;
use engine::Draft;
use plan::{OutKind, Plan, Reason};
use serde::Deserialize;
use vocabulary::ServiceId;

use crate::access::Action;
use crate::applicant::load;
use crate::applicant::precheck::needs_first_words;
use crate::applicant::standing::{DoneRow, done_rows};
use crate::errors::WebError;
use crate::naming;
use crate::page::Page;
use crate::picture;
use crate::plan_view::{
    self, EvidenceSections, ReductionView, ServiceRow, evidence_sections, reason_text, reductions,
    requirement_texts, service_rows,
};
use crate::state::App;
use crate::views::render;

#[derive(Debug)]
struct OutRow {
    name: String,
    kind: String,
    reason: String,
}

#[derive(Debug)]
struct OptionalRow {
    id: String,
    name: String,
    summary: String,
    chosen: bool,
}

#[derive(Debug)]
struct DepartmentRow {
    name: String,
    date: String,
}

#[derive(Debug)]
struct AnswerRow {
    ask: String,
    answer: String,
    link: String,
}

#[derive(Template, Debug)]
#[template(path = "applicant/plan.html")]
struct PlanPage<'a> {
    p: &'a Page,
    draft: String,
    version: u64,
    title: String,
    departments: usize,
    days: String,
    bring: usize,
    visits: u32,
    joint: String,
    procedures_may_add: String,
    provisional: bool,
    rows: Vec<ServiceRow>,
    out: Vec<OutRow>,
    optional: Vec<OptionalRow>,
    dates: Vec<DepartmentRow>,
    signatories: Vec<String>,
    procedures: Vec<String>,
    fees: Vec<String>,
    undecided: String,
    picture: String,
    evidence: EvidenceSections,
    reductions: ReductionView,
    answers: Vec<AnswerRow>,
    /// Services done before in this hub, with their cases.
    done: Vec<DoneRow>,
    /// Services that can follow later.
    later: Vec<OptionalRow>,
    /// What a service that is wanted alone cannot do without.
    needs_first: Vec<String>,
}

/// GET /drafts/{draft}/plan.
pub async fn plan(
    State(app): State<App>,
    page: Page,
    Path(draft): Path<String>,
) -> Result<Response, Response> {
    show(&app, &page, &draft).await.map_err(|error| error.into_page(&page))
}

async fn show(app: &App, page: &Page, id: &str) -> Result<Response, WebError> {
    let draft = load::draft(app, page, id, Action::SeeDraft).await?;
    let login = load::login(app, page, &draft).await?;
    let draft = app.engine.fetch_sources(draft, &login).await?;
    let catalogue = load::catalogue(app);
    let matter = load::matter(&catalogue, &draft)?;
    if app.engine.asks_on(&draft, matter, page.today).await {
        return Ok(Redirect::to(&format!("/drafts/{id}/question")).into_response());
    }
    let plan = app.engine.plan_of(&draft).await?;
    app.engine.note_plan_seen(draft.id).await?;
    let before = plan.left_out.iter().filter_map(|out| match out.reason {
        Reason::DoneBefore { case } => Some((out.node.clone(), case)),
        _ => None,
    });
    let done = done_rows(app, page, &catalogue, before.collect()).await?;
    render(&PlanPage {
        p: page,
        draft: draft.id.to_string(),
        version: draft.version,
        title: page.text(&matter.title).to_owned(),
        departments: plan.departments.len(),
        days: plan.joint.promised.to_string(),
        bring: plan.missing_evidence().count(),
        visits: plan.visits,
        joint: page.date(plan.joint.promised_on),
        procedures_may_add: plan_view::procedures_may_add(page, &plan),
        provisional: plan.joint.provisional,
        rows: service_rows(&catalogue, page, &plan),
        out: out_rows(&catalogue, page, &plan, matter),
        optional: optional_rows(&catalogue, page, &draft, matter, &plan),
        dates: date_rows(&catalogue, page, &plan),
        signatories: signatories(&catalogue, page, &plan),
        procedures: plan_view::procedures(&catalogue, page, matter, &plan),
        fees: fees(&catalogue, page, &plan),
        undecided: plan
            .undecided
            .iter()
            .map(|id| naming::element_name(&catalogue, page, id))
            .collect::<Vec<_>>()
            .join(&page.t("list-separator")),
        picture: picture::draw(&picture::drawing(&catalogue, page, &plan)),
        evidence: evidence_sections(&catalogue, page, &plan),
        reductions: reductions(&catalogue, page, &plan),
        answers: answers(&catalogue, page, &draft, matter),
        done,
        later: later_rows(&catalogue, page, &plan),
        needs_first: plan
            .needs_first
            .iter()
            .map(|needs| needs_first_words(&catalogue, page, &plan, needs))
            .collect(),
    })
}

fn out_rows(
    catalogue: &Catalogue,
    page: &Page,
    plan: &Plan,
    matter: &catalogue::Matter,
) -> Vec<OutRow> {
    plan.left_out
        .iter()
        .filter(|out| {
            let elsewhere = matches!(out.reason, Reason::DoneBefore { .. } | Reason::Later);
            out.kind != OutKind::Skipped && !elsewhere
        })
        .map(|out| {
            let inside = matter.services.iter().find(|inside| inside.service == out.node.service);
            let (key, words) = match out.kind {
                OutKind::AlreadyDone => {
                    ("out-done", inside.map_or("", |inside| page.text(&inside.done_reason)))
                }
                OutKind::NotEligible => ("out-not-eligible", ""),
                OutKind::Later => ("out-later", ""),
                OutKind::NotApplicable | OutKind::Skipped => {
                    ("out-not-needed", inside.map_or("", |inside| page.text(&inside.out_reason)))
                }
            };
            let requirements = requirement_texts(catalogue, page, out);
            let reason = if !requirements.is_empty() {
                requirements
            } else if words.is_empty() {
                reason_text(catalogue, page, &out.reason)
            } else {
                words.to_owned()
            };
            OutRow {
                name: picture::planned_name(catalogue, page, plan, &out.node),
                kind: page.t(key),
                reason,
            }
        })
        .collect()
}

/// Services that are not wanted now; each once, however many members have it.
fn later_rows(catalogue: &Catalogue, page: &Page, plan: &Plan) -> Vec<OptionalRow> {
    let mut rows: Vec<OptionalRow> = Vec::new();
    for out in plan.left_out.iter().filter(|out| out.kind == OutKind::Later) {
        let Some(service) = catalogue.service(&out.node.service) else { continue };
        if !rows.iter().any(|row| row.id == service.id.as_str()) {
            rows.push(OptionalRow {
                id: service.id.to_string(),
                name: page.text(&service.name).to_owned(),
                summary: page.text(&service.summary).to_owned(),
                chosen: false,
            });
        }
    }
    rows
}

fn optional_rows(
    catalogue: &Catalogue,
    page: &Page,
    draft: &Draft,
    matter: &catalogue::Matter,
    plan: &Plan,
) -> Vec<OptionalRow> {
    matter
        .services
        .iter()
        .filter(|inside| inside.optional)
        .filter(|inside| {
            draft.skip.contains(&inside.service)
                || plan.services.iter().any(|planned| planned.node.service == inside.service)
        })
        .filter_map(|inside| catalogue.service(&inside.service))
        .map(|service| OptionalRow {
            id: service.id.to_string(),
            name: page.text(&service.name).to_owned(),
            summary: page.text(&service.summary).to_owned(),
            chosen: !draft.skip.contains(&service.id),
        })
        .collect()
}

fn date_rows(catalogue: &Catalogue, page: &Page, plan: &Plan) -> Vec<DepartmentRow> {
    plan.departments
        .iter()
        .map(|department| DepartmentRow {
            name: naming::organisation_full_name(catalogue, page, &department.department),
            date: page.date(department.promised_on),
        })
        .collect()
}

pub(crate) fn signatories(catalogue: &Catalogue, page: &Page, plan: &Plan) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for signatory in &plan.signatories {
        let role = catalogue
            .service(&signatory.node.service)
            .and_then(|service| service.signatories.get(usize::try_from(signatory.index).ok()?))
            .map_or("", |signatory| page.text(&signatory.name));
        let text = match &signatory.name {
            Some(name) if *name != vocabulary::Value::Null => {
                page.t2("signatory", "role", role, "name", name)
            }
            Some(_) | None => role.to_owned(),
        };
        if !found.contains(&text) {
            found.push(text);
        }
    }
    found
}

pub(crate) fn fees(catalogue: &Catalogue, page: &Page, plan: &Plan) -> Vec<String> {
    plan.fees
        .iter()
        .map(|fee| {
            let name = catalogue
                .service(&fee.node.service)
                .and_then(|service| service.fees.get(usize::try_from(fee.index).ok()?))
                .map_or("", |fee| page.text(&fee.name));
            page.tn(
                "fee-line",
                &[
                    ("name", name.to_owned()),
                    ("amount", naming::money(page, &fee.amount, &fee.currency)),
                ],
            )
        })
        .collect()
}

fn answers(
    catalogue: &Catalogue,
    page: &Page,
    draft: &Draft,
    matter: &catalogue::Matter,
) -> Vec<AnswerRow> {
    use catalogue::Binds;
    interview::answered(catalogue, matter, &draft.facts, page.today)
        .into_iter()
        .filter(|answered| answered.relevant)
        .map(|answered| {
            let answer = match &answered.question.binds {
                Binds::CountOf(group) => {
                    draft.facts.members(group).map_or_else(String::new, |members| {
                        page.t1("count-option", "n", members.len())
                    })
                }
                Binds::Element(element) => {
                    let slot = vocabulary::Slot {
                        element: element.clone(),
                        member: answered.member.clone(),
                    };
                    match draft.facts.value(&slot) {
                        Some(value) => naming::value_text(catalogue, page, element, value),
                        None => page.t("decline"),
                    }
                }
            };
            let key = super::interview::question_key(answered.question, answered.member.as_ref());
            AnswerRow {
                ask: page.text(&answered.question.ask).to_owned(),
                answer,
                link: format!("/drafts/{}/question?q={key}", draft.id),
            }
        })
        .collect()
}

#[derive(Deserialize, Debug)]
pub struct ChosenServices {
    version: u64,
    /// Optional services that are shown …
    #[serde(default)]
    offered: Vec<String>,
    /// … and those of them that the applicant wants.
    #[serde(default)]
    wanted: Vec<String>,
}

/// POST /drafts/{draft}/services: leaves optional services out, or takes them back in.
pub async fn choose_services(
    State(app): State<App>,
    page: Page,
    Path(draft): Path<String>,
    Form(chosen): Form<ChosenServices>,
) -> Result<Response, Response> {
    choose(&app, &page, &draft, chosen).await.map_err(|error| error.into_page(&page))
}

async fn choose(
    app: &App,
    page: &Page,
    id: &str,
    chosen: ChosenServices,
) -> Result<Response, WebError> {
    let mut draft = load::draft(app, page, id, Action::ChangeDraft).await?;
    draft.version = chosen.version;
    let wanted: BTreeSet<&str> = chosen.wanted.iter().map(String::as_str).collect();
    let matter = load::matter(app.engine.catalogue(), &draft)?;
    let optional: BTreeSet<ServiceId> = matter
        .services
        .iter()
        .filter(|inside| inside.optional)
        .map(|inside| inside.service.clone())
        .collect();
    for offered in &chosen.offered {
        let service = ServiceId::new(offered.as_str());
        if !optional.contains(&service) {
            continue;
        }
        if wanted.contains(offered.as_str()) {
            draft.skip.remove(&service);
        } else {
            draft.skip.insert(service);
        }
    }
    let saved = app.engine.save_draft(draft).await?;
    Ok(Redirect::to(&format!("/drafts/{}/plan", saved.id)).into_response())
}
