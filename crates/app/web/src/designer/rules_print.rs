//! 实施细则: the rules by which departments and windows handle a matter together, made from the definitions.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use catalogue::{Catalogue, Matter};

use super::guide_print::{Part, departments, joint, parts};
use crate::errors::WebError;
use crate::naming;
use crate::page::Page;
use crate::plan_view::period_text;
use crate::state::App;
use crate::views::render;

/// What one service waits for.
#[derive(Debug)]
struct EdgeRow {
    from: String,
    to: String,
    what: String,
}

/// A procedure regime that services of the matter follow.
#[derive(Debug)]
struct RegimeRow {
    name: String,
    correction: String,
    answer: String,
    deemed: bool,
    extension: String,
    basis: String,
}

/// What a service may take a promise or a later paper for.
#[derive(Debug)]
struct LaterRow {
    service: String,
    evidence: String,
    how: String,
}

#[derive(Template, Debug)]
#[template(path = "designer/rules.html")]
struct RulesPage<'a> {
    p: &'a Page,
    id: String,
    title: String,
    name: String,
    lead: String,
    departments: String,
    parts: Vec<Part>,
    edges: Vec<EdgeRow>,
    regimes: Vec<RegimeRow>,
    later: Vec<LaterRow>,
    joint: Vec<String>,
    made_on: String,
    revision: String,
}

pub async fn rules(
    State(app): State<App>,
    page: Page,
    Path(id): Path<String>,
) -> Result<Response, Response> {
    let shown = || {
        let catalogue = app.engine.catalogue();
        let matter = catalogue.matter(&id).ok_or(WebError::NotFound)?;
        render(&RulesPage {
            p: &page,
            id: matter.id.to_string(),
            title: page.text(&matter.title).to_owned(),
            name: page.text(&matter.name).to_owned(),
            lead: naming::organisation_full_name(catalogue, &page, &matter.lead),
            departments: departments(catalogue, &page, matter),
            parts: parts(catalogue, &page, matter),
            edges: edges(catalogue, &page, matter),
            regimes: regimes(catalogue, &page, matter),
            later: later(catalogue, &page, matter),
            joint: joint(catalogue, &page, matter),
            made_on: page.date(page.today),
            revision: matter.revision.to_string(),
        })
    };
    shown().map_err(|error: WebError| error.into_page(&page))
}

/// Who hands what to whom: computed from what each service needs and produces.
fn edges(catalogue: &Catalogue, page: &Page, matter: &Matter) -> Vec<EdgeRow> {
    let name = |id: &vocabulary::ServiceId| {
        catalogue.service(id).map_or_else(String::new, |it| page.text(&it.name).to_owned())
    };
    let mut rows = Vec::new();
    for (from, to) in catalogue.hard_edges(matter) {
        let (Some(producer), Some(consumer)) = (catalogue.service(&from), catalogue.service(&to))
        else {
            continue;
        };
        let fields = consumer
            .fields
            .iter()
            .filter(|need| !need.soft && producer.produces_element(&need.element))
            .map(|need| naming::element_name(catalogue, page, &need.element));
        let evidence = consumer
            .evidence
            .iter()
            .filter(|need| !need.soft && producer.produces_evidence(&need.ty))
            .map(|need| naming::evidence_name(catalogue, page, &need.ty));
        let what: Vec<String> = evidence.chain(fields).collect();
        let what = what.join(&page.t("list-separator"));
        rows.push(EdgeRow { from: name(&from), to: name(&to), what });
    }
    rows
}

fn regimes(catalogue: &Catalogue, page: &Page, matter: &Matter) -> Vec<RegimeRow> {
    let mut seen = Vec::new();
    for service in catalogue.services_of(matter) {
        if !seen.contains(&&service.regime) {
            seen.push(&service.regime);
        }
    }
    seen.into_iter()
        .filter_map(|id| catalogue.regimes.get(id))
        .map(|regime| RegimeRow {
            name: page.text(&regime.name).to_owned(),
            correction: period_text(page, regime.correction_limit.period),
            answer: period_text(page, regime.correction_answer.period),
            deemed: regime.deemed_acceptance,
            extension: regime
                .extension
                .as_ref()
                .map_or_else(|| "—".to_owned(), |it| period_text(page, it.period)),
            basis: super::service::basis_text(page, &regime.basis),
        })
        .collect()
}

fn later(catalogue: &Catalogue, page: &Page, matter: &Matter) -> Vec<LaterRow> {
    use catalogue::Way;
    let mut rows = Vec::new();
    for service in catalogue.services_of(matter) {
        for need in &service.evidence {
            for way in need.ways.iter().filter(|it| matches!(it, Way::Commitment | Way::Deferral)) {
                let when = if *way == Way::Commitment {
                    &need.commitment_when
                } else {
                    &need.deferral_when
                };
                let mut how = naming::way_text(page, *way);
                let rule = super::rule_words::condition_words(catalogue, page, when);
                if !rule.is_empty() {
                    how.push_str(&page.t1(
                        "in-brackets",
                        "what",
                        page.t1("when-rule", "rule", rule),
                    ));
                }
                if let (Way::Deferral, Some(term)) = (way, &need.deferral_term) {
                    how.push_str(&page.t1(
                        "deferral-within",
                        "period",
                        period_text(page, term.period),
                    ));
                }
                rows.push(LaterRow {
                    service: page.text(&service.name).to_owned(),
                    evidence: naming::evidence_name(catalogue, page, &need.ty),
                    how,
                });
            }
        }
    }
    rows
}
