//! What the proof of a matter says, as pages show it.

use std::sync::Arc;

use catalogue::{Catalogue, Matter};
use plan::answers::Circumstances;
use vocabulary::Date;

use super::problems::ProblemRow;
use super::scenarios::Row;
use super::workshop::proof_of;
use crate::errors::WebError;
use crate::page::Page;
use crate::state::App;

/// The code of "evidence that nobody can satisfy".
pub(super) const UNSATISFIABLE: &str = "PRF0006";

/// A matter's proof with what follows from it.
#[derive(Debug)]
pub struct Report {
    proof: Arc<proof::Proof>,
}

/// One figure over all scenarios.
#[derive(Debug)]
pub struct SpreadRow {
    pub(super) name: String,
    pub(super) weighted: String,
    pub(super) best: String,
    pub(super) best_link: String,
    pub(super) worst: String,
    pub(super) worst_link: String,
}

/// A covering scenario.
#[derive(Debug)]
pub struct Covering {
    pub(crate) name: String,
    pub(crate) query: String,
    pub(crate) circumstances: Circumstances,
}

/// The matter's proof at a date.
pub async fn report(app: &App, matter: &Matter, as_of: Date) -> Result<Report, WebError> {
    let proof = proof_of(app, matter, as_of).await.ok_or(WebError::Render)?;
    Ok(Report { proof })
}

/// The same, if it is proved already.
pub(super) fn kept(app: &App, matter: &Matter, as_of: Date) -> Option<Report> {
    Some(Report { proof: super::kept_proof(app, matter, as_of)? })
}

pub(super) fn cells(report: &Report) -> String {
    report.proof.cells().to_string()
}

pub(super) fn plans(_page: &Page, report: &Report) -> String {
    match report.proof.distinct_plans() {
        proof::Count::Exactly(n) => n.to_string(),
        proof::Count::AtLeast(n) => format!("≥ {n}"),
    }
}

/// How much was proved, in one sentence.
pub(super) fn counted(page: &Page, report: &Report) -> String {
    page.t2("proved-counts", "cells", cells(report), "plans", plans(page, report))
}

pub(super) fn order_words(_page: &Page, _matter: &Matter, _report: &Report) -> String {
    String::new()
}

pub(super) fn problems(
    _catalogue: &Catalogue,
    _page: &Page,
    _matter: &Matter,
    _report: &Report,
) -> Vec<ProblemRow> {
    Vec::new()
}

pub(super) fn spread(_page: &Page, _matter: &Matter, _report: &Report) -> Vec<SpreadRow> {
    Vec::new()
}

pub(crate) fn cover(
    _catalogue: &Catalogue,
    _page: &Page,
    _matter: &Matter,
    _report: &Report,
) -> Vec<Covering> {
    Vec::new()
}

pub(super) fn covering(
    catalogue: &Catalogue,
    page: &Page,
    matter: &Matter,
    report: &Report,
) -> Vec<Row> {
    cover(catalogue, page, matter, report)
        .into_iter()
        .map(|it| {
            let plan = it.circumstances.plan(catalogue, matter);
            super::scenarios::row(catalogue, page, matter, &it.name, Some(&plan), &it.query)
        })
        .collect()
}

/// A figure's span over all scenarios, in words.
pub fn range(_page: &Page, _report: &Report, _figure: catalogue::Figure) -> String {
    String::new()
}
