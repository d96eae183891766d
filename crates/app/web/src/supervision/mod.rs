//! Supervision 电子监察 on pages: the one light of a service case, why it is on, who was told, and notices 督办.
//! Which light stands is `casework::supervision`'s word; here it is only said.

pub mod addressed;
pub mod export;
pub mod list;
pub mod one;

use casework::supervision::{Light as Lamp, Mark, Watch, light_of};
use casework::{Case, ServiceCase, ServiceState};
use catalogue::{Addressee, Basis, Catalogue, LightColour, Stage, Watched};
use engine::supervising::VacantPost;
use store_port::ServiceRow;
use vocabulary::{Date, OrganisationId};

use crate::applicant::case_view::Light;
use crate::page::Page;

/// The class and the words of a lamp.
pub fn named(page: &Page, lamp: Lamp) -> Light {
    let (class, key) = match lamp {
        Lamp::None => ("grey", "light-none"),
        Lamp::Done => ("done", "light-done"),
        Lamp::Stopped => ("grey", "light-stopped"),
        Lamp::Green => ("green", "light-normal"),
        Lamp::Yellow => ("amber", "light-near"),
        Lamp::Red => ("red", "light-overdue"),
    };
    Light { class, words: page.t(key) }
}

/// The lamp with the rule that put it on, in words.
fn with_rule(page: &Page, catalogue: &Catalogue, lamp: Lamp, mark: Option<&Mark>) -> Light {
    let light = named(page, lamp);
    match mark.and_then(|mark| rule_name(page, catalogue, mark)) {
        Some(rule) => {
            Light { words: page.t2("light-by-rule", "light", light.words, "rule", rule), ..light }
        }
        None => light,
    }
}

/// What a rule says, as long as it is in force.
fn rule_name(page: &Page, catalogue: &Catalogue, mark: &Mark) -> Option<String> {
    let rule = rule_of(catalogue, page.today, &mark.rule)?;
    Some(page.text(&rule.name).to_owned())
}

fn rule_of<'a>(catalogue: &'a Catalogue, on: Date, id: &str) -> Option<&'a catalogue::LightRule> {
    catalogue.supervision(on)?.lights.iter().find(|rule| *rule.id == *id)
}

/// The light of a line of a list, with its rule.
pub fn of_row(page: &Page, catalogue: &Catalogue, row: &ServiceRow) -> Light {
    let marks: Vec<Mark> = serde_json::from_str(&row.watched.marks).unwrap_or_default();
    let (lamp, mark) = of_columns(row, &marks, page.today);
    with_rule(page, catalogue, lamp, mark)
}

/// The lamp of a line of a list.
pub fn of_columns<'a>(
    row: &ServiceRow,
    marks: &'a [Mark],
    today: Date,
) -> (Lamp, Option<&'a Mark>) {
    let state = ServiceState::ALL.into_iter().find(|state| state.as_str() == row.state);
    // What is decided and not yet served is in a stage.
    let ended = state.is_some_and(ServiceState::is_final) && row.watched.stage.is_empty();
    light_of(marks, row.watched.running, !row.watched.stage.is_empty(), ended, today)
}

/// What is seen of a service by the rules of today.
pub fn watch(page: &Page, catalogue: &Catalogue, case: &Case, service: &ServiceCase) -> Watch {
    engine::projection::watch(case, service, catalogue, page.today)
}

/// The light of a service of a case that is at hand, with its rule.
pub fn of_service(page: &Page, catalogue: &Catalogue, case: &Case, service: &ServiceCase) -> Light {
    let watch = watch(page, catalogue, case, service);
    let (lamp, mark) = watch.light(page.today);
    with_rule(page, catalogue, lamp, mark)
}

/// The light as its applicant sees it: how the whole stands against its dates. Stages are the office's own affair.
pub fn of_whole(page: &Page, catalogue: &Catalogue, case: &Case, service: &ServiceCase) -> Lamp {
    watch(page, catalogue, case, service).whole().light(page.today).0
}

/// The light of a case for its applicant: the worst of its services'.
pub fn of_case(page: &Page, catalogue: &Catalogue, case: &Case) -> Light {
    let worst = case.services.iter().map(|it| of_whole(page, catalogue, case, it)).max();
    named(page, worst.unwrap_or(Lamp::None))
}

/// One clock that is looked at, in words.
#[derive(Debug)]
pub struct ClockLines {
    pub name: String,
    pub light: Light,
    /// The date, or that the clock stands still and why.
    pub date: String,
    /// Each light that may go on, from when, by which rule, and on what that rests.
    pub rules: Vec<String>,
}

/// Why the light is what it is: clock by clock, rule by rule.
pub fn explained(
    page: &Page,
    catalogue: &Catalogue,
    service: &ServiceCase,
    watch: &Watch,
) -> Vec<ClockLines> {
    let clock = |clock: &casework::supervision::WatchedClock| {
        let marks: Vec<Mark> =
            watch.marks.iter().filter(|mark| mark.of == clock.of).cloned().collect();
        let (lamp, _) = light_of(&marks, !clock.date.stopped, true, false, page.today);
        let date = if clock.date.stopped {
            page.t1("watched-stopped", "cause", stop_cause(page, service))
        } else {
            page.t1("watched-until", "date", page.date(clock.date.due.on))
        };
        let rules = marks.iter().map(|mark| rule_line(page, catalogue, mark));
        ClockLines {
            name: watched_name(page, catalogue, clock.of),
            light: named(page, lamp),
            date,
            rules: rules.collect(),
        }
    };
    watch.clocks.iter().map(clock).collect()
}

fn rule_line(page: &Page, catalogue: &Catalogue, mark: &Mark) -> String {
    let key = match (mark.colour, mark.on <= page.today) {
        (LightColour::Yellow, true) => "watched-yellow-since",
        (LightColour::Yellow, false) => "watched-yellow-from",
        (LightColour::Red, true) => "watched-red-since",
        (LightColour::Red, false) => "watched-red-from",
    };
    let rule = rule_name(page, catalogue, mark).unwrap_or_else(|| mark.rule.to_string());
    let line = page.t2(key, "date", page.date(mark.on), "rule", rule);
    match rule_of(catalogue, page.today, &mark.rule).map(|rule| &rule.basis) {
        Some(basis) => format!("{line}{}", on_what(page, basis)),
        None => line,
    }
}

/// On what a rule rests; nothing when it says nothing.
fn on_what(page: &Page, basis: &Basis) -> String {
    if basis.unverified.is_empty() {
        return String::new();
    }
    page.t1("watched-unverified", "why", page.text(&basis.unverified))
}

fn stop_cause(page: &Page, service: &ServiceCase) -> String {
    page.t(if service.open_correction().is_some() {
        "watched-stop-correction"
    } else if service.open_procedure().is_some() {
        "watched-stop-procedure"
    } else {
        "watched-stop-other"
    })
}

/// What a clock is called: the promise, the law's date, or the stage as the rules name it.
pub fn watched_name(page: &Page, catalogue: &Catalogue, of: Watched) -> String {
    match of.stage() {
        None if of == Watched::Promised => page.t("watched-promised"),
        None => page.t("watched-statutory"),
        Some(stage) => page.t1("watched-stage", "stage", stage_name(page, catalogue, stage)),
    }
}

/// A stage's name by the rules in force; its own word where they name none.
pub fn stage_name(page: &Page, catalogue: &Catalogue, stage: Stage) -> String {
    let rules = catalogue.supervision(page.today);
    let named = rules.and_then(|rules| rules.stages.get(&stage));
    named.map_or_else(|| page.t(stage_key(stage)), |rule| page.text(&rule.name).to_owned())
}

const fn stage_key(stage: Stage) -> &'static str {
    match stage {
        Stage::Receive => "stage-receive",
        Stage::Accept => "stage-accept",
        Stage::Review => "stage-review",
        Stage::Decide => "stage-decide",
        Stage::Deliver => "stage-deliver",
    }
}

/// All stages, in their order.
pub const STAGES: [Stage; 5] =
    [Stage::Receive, Stage::Accept, Stage::Review, Stage::Decide, Stage::Deliver];

/// Whether nobody holds this post: of this organisation, where each department has its own.
pub fn is_vacant(
    vacant: &[VacantPost],
    to: Addressee,
    organisation: Option<&OrganisationId>,
) -> bool {
    vacant.iter().filter(|post| post.to == to).any(|post| match &post.departments {
        Some(departments) => organisation.is_some_and(|id| departments.contains(id)),
        None => true,
    })
}

/// A step of the chain.
pub const fn addressee_key(to: Addressee) -> &'static str {
    match to {
        Addressee::Officer => "told-officer",
        Addressee::UnitHead => "told-unit-head",
        Addressee::DepartmentLeader => "told-department-leader",
        Addressee::HallManager => "told-hall-manager",
        Addressee::SupervisionOffice => "told-supervision-office",
    }
}
