//! The list behind a figure: which columns each kind of fact has, and a fact as a row of it.

use indicators::{
    CaseFact, Counted, DraftFact, Fact, FactKind, RatingFact, SendingFact, ServiceFact,
};
use indicators::{Indicator, Scope, Unit};
use vocabulary::{Date, HalfDays, NodeKey};

use crate::applicant::case_view::state_name;
use crate::manager::names;
use crate::manager::sheet::Cell;
use crate::page::Page;
use crate::picture::node_name;
use crate::state::App;

/// The headings for a kind of fact.
pub fn headings(page: &Page, indicator: &Indicator) -> Vec<String> {
    let keys: &[&str] = match indicator.kind() {
        FactKind::Case => &[
            "manager-col-case",
            "manager-col-matter",
            "manager-col-area",
            "manager-col-outlet",
            "manager-col-channel",
            "manager-col-entry",
            "manager-col-submitted",
            "manager-col-closed",
            "manager-col-state",
            "manager-col-degree",
            "manager-col-used",
            "manager-col-promise",
        ],
        FactKind::Service => &[
            "manager-col-case",
            "manager-col-service",
            "manager-col-matter",
            "manager-col-department",
            "manager-col-area",
            "manager-col-started",
            "manager-col-decided",
            "manager-col-due",
            "manager-col-state",
            "manager-col-stopped",
            "manager-col-used",
            "manager-col-promise",
        ],
        FactKind::Rating => &[
            "manager-col-case",
            "manager-col-matter",
            "manager-col-department",
            "manager-col-area",
            "manager-col-channel",
            "manager-col-rated",
            "manager-col-grade",
            "manager-col-rectify-by",
            "manager-col-rectified",
        ],
        FactKind::Draft => &[
            "manager-col-interview",
            "manager-col-matter",
            "manager-col-area",
            "manager-col-entry",
            "manager-col-place",
            "manager-col-opened",
            "manager-col-plan-seen",
            "manager-col-came-to",
        ],
        FactKind::Sending => &[
            "manager-col-service",
            "manager-col-matter",
            "manager-col-department",
            "manager-col-area",
            "manager-col-sending",
            "manager-col-waits-since",
            "manager-col-attempts",
            "manager-col-sending-state",
        ],
    };
    let mut headings: Vec<String> = keys.iter().map(|key| page.t(key)).collect();
    headings.push(page.t("manager-col-above"));
    headings.push(page.t("manager-col-below"));
    headings
}

/// A fact as a row, with how it counts at the end.
pub fn row(
    app: &App,
    page: &Page,
    indicator: &Indicator,
    fact: Fact<'_>,
    counted: Counted,
) -> Vec<Cell> {
    let mut cells = match fact {
        Fact::Case(fact) => of_case(app, page, fact),
        Fact::Service(fact) => of_service(app, page, fact),
        Fact::Rating(fact) => of_rating(app, page, fact),
        Fact::Draft(fact) => of_draft(app, page, fact),
        Fact::Sending(fact) => of_sending(app, page, fact),
    };
    // Times are counted in halves of a day and read in days.
    let amount = |amount: u64| match indicator.unit {
        Unit::Days => names::days(Some(amount)),
        Unit::Share | Unit::Count | Unit::Times | Unit::Saved => Cell::Count(amount),
    };
    cells.push(counted.numerator.map_or(Cell::None, amount));
    cells.push(Cell::Count(counted.denominator));
    cells
}

/// Whether a fact stands in the list of this side, and how it counts.
pub fn stands(
    indicator: &Indicator,
    fact: Fact<'_>,
    scope: &Scope,
    above: bool,
) -> Option<Counted> {
    indicator.count(fact, scope).filter(|counted| !above || counted.numerator.is_some())
}

fn date(date: Option<Date>) -> Cell {
    date.map_or(Cell::None, |date| Cell::Text(date.to_string()))
}

fn halves(halves: Option<HalfDays>) -> Cell {
    names::days(halves.map(|halves| u64::from(halves.0)))
}

fn matter(app: &App, page: &Page, id: &str) -> Cell {
    Cell::text(names::matter(app.engine.catalogue(), page, id))
}

fn department(app: &App, page: &Page, id: &str) -> Cell {
    if id.is_empty() {
        return Cell::None;
    }
    Cell::text(names::department(app.engine.catalogue(), page, id))
}

fn area(app: &App, page: &Page, code: &str) -> Cell {
    if code.is_empty() { Cell::None } else { Cell::text(names::area(app, page, code)) }
}

fn outlet(app: &App, page: &Page, id: &str) -> Cell {
    if id.is_empty() { Cell::None } else { Cell::text(names::outlet(app, page, id)) }
}

fn service(app: &App, page: &Page, node: &str) -> Cell {
    let node: NodeKey = node.parse().unwrap_or_else(|never| match never {});
    Cell::text(node_name(app.engine.catalogue(), page, &node, true))
}

/// The words for the state of a case.
pub fn case_state(page: &Page, state: casework::CaseState) -> String {
    use casework::CaseState::{
        AwaitingApplicant, Contested, Done, InProgress, PartlyDone, PartlyRefused, Refused,
        Withdrawn,
    };
    page.t(match state {
        InProgress => "manager-state-in-progress",
        AwaitingApplicant => "manager-state-awaiting-applicant",
        PartlyDone => "manager-state-partly-done",
        Done => "manager-state-done",
        PartlyRefused => "manager-state-partly-refused",
        Refused => "manager-state-refused",
        Withdrawn => "manager-state-withdrawn",
        Contested => "manager-state-contested",
    })
}

/// Why a clock stands still.
pub fn stop_cause(page: &Page, word: &str) -> String {
    match word {
        "" => String::new(),
        "correction" => page.t("manager-stop-correction"),
        _ => page.t("manager-stop-other"),
    }
}

fn of_case(app: &App, page: &Page, fact: &CaseFact) -> Vec<Cell> {
    vec![
        Cell::text(&*fact.number),
        matter(app, page, fact.matter.as_str()),
        area(app, page, &fact.area),
        outlet(app, page, &fact.outlet),
        Cell::text(names::channel(page, &fact.channel)),
        Cell::text(names::entry(page, fact.entry.map_or("", |entry| entry.as_str()))),
        date(Some(fact.submitted_on)),
        date(fact.closed_on),
        Cell::text(case_state(page, fact.state)),
        Cell::Count(u64::from(fact.degree)),
        halves(fact.used),
        halves(fact.promised),
    ]
}

fn of_service(app: &App, page: &Page, fact: &ServiceFact) -> Vec<Cell> {
    vec![
        Cell::text(&*fact.number),
        service(app, page, &fact.node),
        matter(app, page, fact.matter.as_str()),
        department(app, page, fact.department.as_str()),
        area(app, page, &fact.area),
        date(fact.started_on),
        date(fact.decided_on),
        date(fact.promised_on),
        Cell::text(state_name(page, fact.state)),
        Cell::text(stop_cause(page, &fact.stopped_for)),
        halves(fact.used),
        halves(Some(fact.promised)),
    ]
}

fn of_rating(app: &App, page: &Page, fact: &RatingFact) -> Vec<Cell> {
    vec![
        Cell::text(&*fact.number),
        matter(app, page, fact.matter.as_str()),
        department(app, page, &fact.department),
        area(app, page, &fact.area),
        Cell::text(names::channel(page, &fact.channel)),
        date(Some(fact.rated_on)),
        Cell::text(grade(page, fact.grade)),
        date(fact.due_on),
        date(fact.rectified_on),
    ]
}

/// A grade in words.
pub fn grade(page: &Page, grade: u8) -> String {
    page.t(match grade {
        1 => "manager-grade-1",
        2 => "manager-grade-2",
        3 => "manager-grade-3",
        4 => "manager-grade-4",
        _ => "manager-grade-5",
    })
}

fn of_draft(app: &App, page: &Page, fact: &DraftFact) -> Vec<Cell> {
    let came_to = if fact.stages.all_granted {
        "manager-came-to-granted"
    } else if fact.stages.accepted_at_once {
        "manager-came-to-accepted"
    } else if fact.case.is_some() {
        "manager-came-to-submitted"
    } else if fact.plan_seen_on.is_some() {
        "manager-came-to-plan"
    } else {
        "manager-came-to-opened"
    };
    // The last digits tell interviews apart and lead nowhere.
    let id = fact.draft.to_string();
    let place = &*fact.place;
    vec![
        Cell::text(id.chars().skip(id.len().saturating_sub(8)).collect::<String>()),
        matter(app, page, fact.matter.as_str()),
        area(app, page, &fact.area),
        Cell::text(names::entry(page, fact.entry.map_or("", |entry| entry.as_str()))),
        if place.is_empty() { Cell::None } else { Cell::text(names::place(app, page, place)) },
        date(Some(fact.opened_on)),
        date(fact.plan_seen_on),
        Cell::text(page.t(came_to)),
    ]
}

fn of_sending(app: &App, page: &Page, fact: &SendingFact) -> Vec<Cell> {
    let kind = match &*fact.kind {
        "supplement" => "manager-sending-supplement",
        "withdrawal" => "manager-sending-withdrawal",
        _ => "manager-sending-referral",
    };
    let state = if fact.failed {
        "manager-sending-failed"
    } else if fact.delivered {
        "manager-sending-delivered"
    } else {
        "manager-sending-ready"
    };
    vec![
        service(app, page, &fact.node),
        matter(app, page, fact.matter.as_str()),
        department(app, page, fact.department.as_str()),
        area(app, page, &fact.area),
        Cell::text(page.t(kind)),
        date(Some(fact.since)),
        Cell::Count(u64::from(fact.attempts)),
        Cell::text(page.t(state)),
    ]
}
