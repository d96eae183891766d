//! What the proof of a matter says, as pages show it: counts, findings with a case to open, the order of
//! questions, what it saves over all scenarios, and the covering set.

use std::sync::Arc;

use catalogue::{Catalogue, Figure, Matter};
use plan::proved::Covered;
use proof::findings::{Finding, Severity};
use proof::reductions::{Extreme, Spread, Spreads};
use proof::{Count, Example, Proof};
use vocabulary::Date;

use super::filled_in::FilledIn;
use super::place::place_words;
use super::problems::ProblemRow;
use super::scenarios::Row;
use super::workshop::{kept_report, report_of};
use crate::errors::WebError;
use crate::page::Page;
use crate::state::App;

/// The code of "evidence that nobody can satisfy".
pub(super) const UNSATISFIABLE: &str = "PRF0006";

/// A matter's proof with what follows from it.
#[derive(Debug)]
pub struct Report {
    proof: Arc<Proof>,
    plans: Count,
    spreads: Spreads,
    findings: Vec<Finding>,
    covered: Vec<Covered>,
}

impl Report {
    /// Everything that follows from a proof.
    pub(super) fn of(catalogue: &Catalogue, matter: &Matter, proof: Arc<Proof>) -> Self {
        let spreads = proof.reductions(catalogue, matter);
        let findings = proof.findings(catalogue, matter, &spreads);
        let covered = plan::proved::covering(catalogue, matter, &proof);
        Self { plans: proof.distinct_plans(), proof, spreads, findings, covered }
    }
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

/// The matter's report at a date, made when it is new.
///
/// # Errors
/// The thread that makes it failed.
pub async fn report(app: &App, matter: &Matter, as_of: Date) -> Result<Arc<Report>, WebError> {
    report_of(app, matter, as_of).await
}

/// The same, if it is there already.
pub(super) fn kept(app: &App, matter: &Matter, as_of: Date) -> Option<Arc<Report>> {
    kept_report(app, matter, as_of)
}

pub(super) fn cells(report: &Report) -> String {
    grouped(&report.proof.cells().to_string())
}

pub(super) fn plans(report: &Report) -> String {
    match &report.plans {
        Count::Exactly(n) => grouped(&n.to_string()),
        Count::AtLeast(n) => format!("≥ {}", grouped(&n.to_string())),
    }
}

/// Digits in groups of three, with thin spaces.
fn grouped(digits: &str) -> String {
    let count = digits.len();
    let mut text = String::with_capacity(count.saturating_mul(2));
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && count.saturating_sub(place).is_multiple_of(3) {
            text.push('\u{2009}');
        }
        text.push(digit);
    }
    text
}

/// How much was proved, in one sentence.
pub(super) fn counted(page: &Page, report: &Report) -> String {
    page.t2("proved-counts", "cells", cells(report), "plans", plans(report))
}

/// In which order questions are asked, and what that saves.
pub(super) fn order_words(page: &Page, matter: &Matter, report: &Report) -> String {
    let order = report.proof.order();
    let asks = order.questions.iter().filter_map(|id| {
        let question = matter.questions.iter().find(|question| question.id == *id)?;
        Some(page.text(&question.ask).to_owned())
    });
    let cost = |millionths: u64| decimal(i64::try_from(millionths).unwrap_or(i64::MAX), 1);
    page.tn(
        "proved-order",
        &[
            ("average", cost(order.cost.expected_millionths)),
            ("most", order.cost.worst.to_string()),
            ("authors", cost(order.authors.expected_millionths)),
            ("authors_most", order.authors.worst.to_string()),
            ("questions", asks.collect::<Vec<_>>().join(" → ")),
        ],
    )
}

/// The proof's findings, with links to their cases.
pub(super) fn problems(
    app: &App,
    page: &Page,
    matter: &Matter,
    report: &Report,
) -> Vec<ProblemRow> {
    let catalogue = app.engine.catalogue();
    let row = |finding| problem(app, page, (catalogue, matter), report, finding);
    report.findings.iter().map(row).collect()
}

/// What is found in a changed matter and was not before. Its cases stay words: pages show the catalogue in force.
pub(super) fn new_problems(
    app: &App,
    page: &Page,
    catalogue: &Catalogue,
    matter: &Matter,
    as_of: Date,
) -> Vec<ProblemRow> {
    let known = |catalogue: &Catalogue, matter: &Matter| {
        Report::of(catalogue, matter, Arc::new(Proof::of(catalogue, matter, as_of)))
    };
    let before = app.engine.catalogue();
    let before = before.matter(matter.id.as_str()).map(|own| match kept(app, own, as_of) {
        Some(report) => report,
        None => Arc::new(known(before, own)),
    });
    let after = known(catalogue, matter);
    let is_new = |finding: &&Finding| {
        let same = |old: &Finding| old.code == finding.code && old.item == finding.item;
        !before.iter().any(|report| report.findings.iter().any(same))
    };
    let row = |finding: &Finding| ProblemRow {
        case_link: String::new(),
        href: String::new(),
        ..problem(app, page, (catalogue, matter), &after, finding)
    };
    after.findings.iter().filter(is_new).map(row).collect()
}

fn problem(
    app: &App,
    page: &Page,
    (catalogue, matter): (&Catalogue, &Matter),
    report: &Report,
    finding: &Finding,
) -> ProblemRow {
    let (key, class) = match finding.severity {
        Severity::Error => ("severity-error", "seal"),
        Severity::Warning => ("severity-warning", "warn"),
        Severity::Note => ("severity-note", "quiet"),
    };
    let mut message = page.text(&finding.message).to_owned();
    if finding.possible {
        message.push_str(&page.t("proved-possible"));
    }
    let example = finding.example.as_ref();
    let place = place_words(catalogue, page, matter, &finding.item);
    ProblemRow {
        code: finding.code.to_owned(),
        severity: page.t(key),
        class,
        place: place.words,
        file: String::new(),
        href: place.href,
        message,
        plain: String::new(),
        hint: super::codes::advice(app, page, finding.code),
        case: page.text(&finding.words).to_owned(),
        case_link: example.map_or_else(String::new, |it| case_link(matter, report, it)),
    }
}

/// Where an example can be seen as a filled-in interview.
fn case_link(matter: &Matter, report: &Report, example: &Example) -> String {
    let mut filled_in = FilledIn::of(&example.facts, report.proof.as_of());
    filled_in.skip = example.skip.iter().map(ToString::to_string).collect();
    format!("/designer/matters/{}/case?{}", matter.id, filled_in.query())
}

/// What a figure counts in.
const fn units(figure: Figure) -> i64 {
    match figure {
        Figure::Days => 2,
        Figure::Steps | Figure::Materials | Figure::Visits => 1,
    }
}

/// Millionths of a unit as text with one place at most.
fn decimal(millionths: i64, per: i64) -> String {
    let tenths = millionths.saturating_add(50_000 * per) / (100_000 * per);
    if tenths % 10 == 0 {
        (tenths / 10).to_string()
    } else {
        format!("{}.{}", tenths / 10, (tenths % 10).abs())
    }
}

fn whole(value: i64, per: i64) -> String {
    decimal(value.saturating_mul(1_000_000), per)
}

/// What a matter saves over all scenarios.
pub(super) fn spread(page: &Page, matter: &Matter, report: &Report) -> Vec<SpreadRow> {
    let figures = [
        (Figure::Steps, "left-steps"),
        (Figure::Materials, "left-materials"),
        (Figure::Days, "left-days"),
        (Figure::Visits, "left-visits"),
    ];
    let row = |(figure, key): (Figure, &str)| {
        let spread: &Spread = report.spreads.of(figure)?;
        let per = units(figure);
        let arrow = |it: &Extreme| format!("{} → {}", whole(it.before, per), whole(it.after, per));
        let link = |it: &Extreme| case_link(matter, report, &it.example);
        Some(SpreadRow {
            name: page.t(key),
            weighted: format!(
                "{} → {}",
                decimal(spread.mean_before, per),
                decimal(spread.mean_after, per)
            ),
            best: arrow(&spread.best),
            best_link: link(&spread.best),
            worst: arrow(&spread.worst),
            worst_link: link(&spread.worst),
        })
    };
    figures.into_iter().filter_map(row).collect()
}

/// A figure's span over all scenarios, in words.
pub fn range(page: &Page, report: &Report, figure: Figure) -> String {
    let Some(spread) = report.spreads.of(figure) else { return String::new() };
    let per = units(figure);
    let side = |(least, most): (i64, i64)| {
        if least == most {
            whole(least, per)
        } else {
            format!("{}–{}", whole(least, per), whole(most, per))
        }
    };
    let range = format!("{} → {}", side(spread.before), side(spread.after));
    page.t1("announced-range", "range", range)
}

/// A covering scenario.
#[derive(Debug)]
pub struct Covering<'r> {
    pub(crate) name: String,
    pub(crate) query: String,
    pub(crate) covered: &'r Covered,
}

/// The covering set, each with its address.
pub(crate) fn cover<'r>(page: &Page, report: &'r Report) -> Vec<Covering<'r>> {
    let with_address = |covered: &'r Covered| {
        let mut filled_in = FilledIn::of(&covered.circumstances.facts, report.proof.as_of());
        filled_in.skip = covered.circumstances.skip.iter().map(ToString::to_string).collect();
        let name = page.text(&covered.name).to_owned();
        Covering { name, query: filled_in.query(), covered }
    };
    report.covered.iter().map(with_address).collect()
}

/// The covering set as rows of the scenario table.
pub(super) fn covering(
    catalogue: &Catalogue,
    page: &Page,
    matter: &Matter,
    report: &Report,
) -> Vec<Row> {
    let row = |it: Covering<'_>| {
        super::scenarios::row(catalogue, page, matter, &it.name, Some(&it.covered.plan), &it.query)
    };
    cover(page, report).into_iter().map(row).collect()
}
