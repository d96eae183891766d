//! 办事指南: the guide of a matter as it hangs in a hall, made from the definitions alone.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use catalogue::{Catalogue, Matter};
use conditions::Condition;

use super::rule_words::condition_words;
use super::service::{ServiceSheet, sheet};
use crate::errors::WebError;
use crate::naming;
use crate::page::Page;
use crate::public::matter::example_plan;
use crate::state::App;
use crate::views::render;

/// One kind of evidence on the one list of the matter.
#[derive(Debug)]
pub(super) struct EvidenceLine {
    pub(super) name: String,
    pub(super) hint: String,
    pub(super) when: Vec<String>,
    pub(super) ways: String,
    pub(super) users: String,
}

/// A service within the matter.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) sheet: ServiceSheet,
    /// Required, optional, or in which cases.
    pub(super) inclusion: String,
    pub(super) when: String,
}

#[derive(Template, Debug)]
#[template(path = "designer/guide.html")]
struct GuidePage<'a> {
    p: &'a Page,
    id: String,
    title: String,
    name: String,
    summary: String,
    audience: String,
    scope: String,
    lead: String,
    phone: String,
    departments: String,
    days: String,
    picture: String,
    example: String,
    parts: Vec<Part>,
    evidence: Vec<EvidenceLine>,
    joint: Vec<String>,
    remedies: Vec<String>,
    made_on: String,
    revision: String,
}

pub async fn guide(
    State(app): State<App>,
    page: Page,
    Path(id): Path<String>,
) -> Result<Response, Response> {
    show(&app, &page, &id).map_err(|error| error.into_page(&page))
}

fn show(app: &App, page: &Page, id: &str) -> Result<Response, WebError> {
    let catalogue = app.engine.catalogue();
    let matter = catalogue.matter(id).ok_or(WebError::NotFound)?;
    let shown = example_plan(app, matter, None);
    let (example, days, picture) = match &shown {
        Some((example, plan)) => (
            page.text(&example.name).to_owned(),
            plan.joint.promised.to_string(),
            crate::picture::draw(&crate::picture::drawing(catalogue, page, plan)),
        ),
        None => Default::default(),
    };
    let parts = parts(catalogue, page, matter);
    let mut remedies: Vec<String> = Vec::new();
    for part in &parts {
        if !remedies.contains(&part.sheet.remedies) {
            remedies.push(part.sheet.remedies.clone());
        }
    }
    let organisation = catalogue.organisations.get(&matter.lead);
    render(&GuidePage {
        p: page,
        id: matter.id.to_string(),
        title: page.text(&matter.title).to_owned(),
        name: page.text(&matter.name).to_owned(),
        summary: page.text(&matter.summary).to_owned(),
        audience: page.text(&matter.audience).to_owned(),
        scope: page.text(&matter.scope).to_owned(),
        lead: naming::organisation_full_name(catalogue, page, &matter.lead),
        phone: organisation.and_then(|it| it.phone.clone()).unwrap_or_default(),
        departments: departments(catalogue, page, matter),
        days,
        picture,
        example,
        evidence: evidence(catalogue, page, matter),
        joint: joint(catalogue, page, matter),
        parts,
        remedies,
        made_on: page.date(page.today),
        revision: matter.revision.to_string(),
    })
}

/// The cooperating departments, each once.
pub(super) fn departments(catalogue: &Catalogue, page: &Page, matter: &Matter) -> String {
    let all = catalogue.organisations_of(matter);
    let others = all.iter().filter(|id| **id != matter.lead);
    let names = others.map(|id| naming::organisation_full_name(catalogue, page, id));
    names.collect::<Vec<_>>().join(&page.t("list-separator"))
}

pub(super) fn parts(catalogue: &Catalogue, page: &Page, matter: &Matter) -> Vec<Part> {
    matter
        .services
        .iter()
        .filter_map(|part| Some((part, catalogue.service(&part.service)?)))
        .map(|(part, service)| Part {
            sheet: sheet(catalogue, page, service),
            inclusion: page.t(if part.optional { "part-optional" } else { "part-required" }),
            when: condition_words(catalogue, page, &part.when),
        })
        .collect()
}

pub(super) fn joint(catalogue: &Catalogue, page: &Page, matter: &Matter) -> Vec<String> {
    let line = |joint: &catalogue::JointProcedure| {
        let services = joint.services.iter().filter_map(|id| catalogue.service(id));
        let names: Vec<&str> = services.map(|service| page.text(&service.name)).collect();
        page.tn(
            "joint-procedure-line",
            &[
                ("name", page.text(&joint.name).to_owned()),
                ("services", names.join(&page.t("list-separator"))),
                ("lead", naming::organisation_full_name(catalogue, page, &joint.lead)),
            ],
        )
    };
    matter.joint_procedures.iter().map(line).collect()
}

/// The one list: every kind once, with all cases in which some service needs it.
pub(super) fn evidence(catalogue: &Catalogue, page: &Page, matter: &Matter) -> Vec<EvidenceLine> {
    let mut lines: Vec<(vocabulary::EvidenceTypeId, EvidenceLine, Vec<String>)> = Vec::new();
    for service in catalogue.services_of(matter) {
        for need in &service.evidence {
            let place = match lines.iter().position(|(ty, ..)| *ty == need.ty) {
                Some(place) => place,
                None => {
                    let ty = catalogue.evidence_types.get(&need.ty);
                    let ways = need.ways.iter().map(|way| naming::way_text(page, *way));
                    let line = EvidenceLine {
                        name: naming::evidence_name(catalogue, page, &need.ty),
                        hint: ty.map_or("", |ty| page.text(&ty.hint)).to_owned(),
                        when: Vec::new(),
                        ways: ways.collect::<Vec<_>>().join(&page.t("or-separator")),
                        users: String::new(),
                    };
                    lines.push((need.ty.clone(), line, Vec::new()));
                    lines.len().saturating_sub(1)
                }
            };
            let Some((_, line, users)) = lines.get_mut(place) else { continue };
            add(&mut line.when, case_of(catalogue, page, &need.when));
            add(users, page.text(&service.name).to_owned());
        }
    }
    lines
        .into_iter()
        .map(|(_, line, users)| EvidenceLine {
            users: users.join(&page.t("list-separator")),
            ..line
        })
        .collect()
}

fn case_of(catalogue: &Catalogue, page: &Page, condition: &Condition) -> String {
    let words = condition_words(catalogue, page, condition);
    if words.is_empty() { page.t("rule-always") } else { words }
}

fn add(list: &mut Vec<String>, item: String) {
    if !list.contains(&item) {
        list.push(item);
    }
}
