//! The worklist of the officer's own department: tabs by state, most urgent first, lights and both dates.
//! Counts and rows come from the same filter and agree.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use casework::ServiceState;
use catalogue::Catalogue;
use serde::Deserialize;
use store_port::{ServiceFilter, ServiceRow};
use vocabulary::{CaseId, Date, NodeKey, SealedId};

use crate::access::{Action, Resource, may};
use crate::applicant::case_view::{Light, light, state_class, state_name, time_text};
use crate::applicant::load;
use crate::errors::WebError;
use crate::naming;
use crate::page::{Page, percent_encoded};
use crate::picture::node_name;
use crate::state::App;
use crate::views::render;

/// Rows of one page.
const ROWS: u32 = 50;

/// A group of states that an officer works through together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Tab {
    /// Something for us to do now.
    Todo,
    Running,
    AwaitingApplicant,
    Finished,
    /// Everything that was handed to us.
    All,
}

impl Tab {
    const ALL: [Self; 5] =
        [Self::Todo, Self::Running, Self::AwaitingApplicant, Self::Finished, Self::All];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Todo => "todo",
            Self::Running => "running",
            Self::AwaitingApplicant => "awaiting-applicant",
            Self::Finished => "finished",
            Self::All => "all",
        }
    }

    const fn key(self) -> &'static str {
        match self {
            Self::Todo => "tab-todo",
            Self::Running => "tab-running",
            Self::AwaitingApplicant => "tab-awaiting-applicant",
            Self::Finished => "tab-finished",
            Self::All => "tab-all",
        }
    }

    /// The tab that shows services in this state; none shows what has not been handed over.
    const fn of(state: ServiceState) -> Option<Self> {
        match state {
            ServiceState::Referred
            | ServiceState::Received
            | ServiceState::WithdrawalPending
            | ServiceState::Contested => Some(Self::Todo),
            ServiceState::Accepted => Some(Self::Running),
            ServiceState::CorrectionRequested => Some(Self::AwaitingApplicant),
            ServiceState::Granted
            | ServiceState::Refused
            | ServiceState::NotAccepted
            | ServiceState::Withdrawn => Some(Self::Finished),
            ServiceState::Waiting | ServiceState::Stopped => None,
        }
    }

    fn holds(self, state: ServiceState) -> bool {
        Self::of(state).is_some_and(|tab| self == Self::All || tab == self)
    }

    fn states(self) -> Vec<String> {
        ServiceState::ALL
            .into_iter()
            .filter(|state| self.holds(*state))
            .map(|state| state.as_str().to_owned())
            .collect()
    }
}

#[derive(Deserialize, Debug)]
pub struct Wanted {
    #[serde(default)]
    tab: String,
    #[serde(default)]
    matter: String,
    #[serde(default)]
    number: String,
    /// Promised date, case and node of the last row before, with `|` between.
    #[serde(default)]
    after: String,
}

#[derive(Debug)]
struct TabView {
    name: String,
    count: u64,
    href: String,
    current: bool,
}

#[derive(Debug)]
struct MatterChoice {
    id: String,
    name: String,
    chosen: bool,
}

/// One service case in the list.
#[derive(Debug)]
struct Row {
    /// Empty when it ended before it was handed over.
    href: String,
    number: String,
    service: String,
    matter: String,
    applicant: String,
    received: String,
    light: Light,
    remaining: String,
    promised: String,
    statutory: String,
    state: String,
    class: &'static str,
}

#[derive(Template, Debug)]
#[template(path = "officer/worklist.html")]
struct WorklistPage<'a> {
    p: &'a Page,
    department: String,
    tab: &'static str,
    tabs: Vec<TabView>,
    matters: Vec<MatterChoice>,
    number: String,
    filtered: bool,
    clear: String,
    rows: Vec<Row>,
    total: u64,
    /// Address of the next page; empty = this is the last.
    next: String,
    /// Address of the first page; empty = this is it.
    first: String,
}

/// GET /officer.
pub async fn worklist(
    State(app): State<App>,
    page: Page,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Response> {
    show(&app, &page, wanted).await.map_err(|error| error.into_page(&page))
}

async fn show(app: &App, page: &Page, wanted: Wanted) -> Result<Response, WebError> {
    let catalogue = app.engine.catalogue();
    let department = page.who.department.clone().ok_or(WebError::NotFound)?;
    let organisation = catalogue.organisations.get(department.as_str());
    let resource = Resource::Department {
        department: &department,
        area: organisation.and_then(|organisation| organisation.area.as_deref()),
    };
    if !may(&page.who, Action::SeeWorklist, resource, page.demo) {
        return Err(WebError::NotFound);
    }
    let tab = Tab::ALL.into_iter().find(|tab| tab.as_str() == wanted.tab).unwrap_or(Tab::Todo);
    let number: String = wanted.number.trim().chars().take(40).collect();
    let filter = ServiceFilter {
        department: Some(department.clone()),
        states: tab.states(),
        matter: Some(wanted.matter.clone()).filter(|matter| !matter.is_empty()),
        case_number: Some(number.to_uppercase()).filter(|number| !number.is_empty()),
        after: keyset(&wanted.after),
        limit: ROWS + 1,
    };
    let counts = app.engine.store().count_services(&filter).await?;
    let mut found = app.engine.store().list_services(&filter).await?;
    let more = found.len() > usize::try_from(ROWS).unwrap_or(usize::MAX);
    found.truncate(usize::try_from(ROWS).unwrap_or(usize::MAX));
    let address = Address { tab, matter: &wanted.matter, number: &number };
    let next = found.last().filter(|_| more).map(|last| address.page_after(last));
    let total = count_of(&counts, tab);
    render(&WorklistPage {
        p: page,
        department: naming::organisation_full_name(catalogue, page, &department.as_str().into()),
        tab: tab.as_str(),
        tabs: Tab::ALL
            .into_iter()
            .map(|other| TabView {
                name: page.t(other.key()),
                count: count_of(&counts, other),
                href: Address { tab: other, ..address }.first(),
                current: other == tab,
            })
            .collect(),
        matters: matters_of(catalogue, page, &department, &wanted.matter),
        filtered: filter.matter.is_some() || filter.case_number.is_some(),
        clear: Address { tab, matter: "", number: "" }.first(),
        rows: rows(app, page, &found).await?,
        total,
        next: next.unwrap_or_default(),
        first: if filter.after.is_some() { address.first() } else { String::new() },
        number,
    })
}

fn count_of(counts: &[(String, u64)], tab: Tab) -> u64 {
    ServiceState::ALL
        .into_iter()
        .filter(|state| tab.holds(*state))
        .filter_map(|state| counts.iter().find(|(word, _)| word == state.as_str()))
        .map(|(_, count)| count)
        .sum()
}

/// A list's address with its filter.
#[derive(Clone, Copy)]
struct Address<'a> {
    tab: Tab,
    matter: &'a str,
    number: &'a str,
}

impl Address<'_> {
    fn first(&self) -> String {
        let mut address = format!("/officer?tab={}", self.tab.as_str());
        for (name, value) in [("matter", self.matter), ("number", self.number)] {
            if !value.is_empty() {
                address.push_str(&format!("&{name}={}", percent_encoded(value)));
            }
        }
        address
    }

    fn page_after(&self, last: &ServiceRow) -> String {
        let promised = last.promised_on.as_deref().unwrap_or_default();
        let after = format!("{promised}|{}|{}", last.case_id, last.node);
        format!("{}&after={}", self.first(), percent_encoded(&after))
    }
}

fn keyset(text: &str) -> Option<(String, CaseId, String)> {
    let mut parts = text.splitn(3, '|');
    let date = parts.next()?.to_owned();
    let case = parts.next()?.parse().ok()?;
    Some((date, case, parts.next()?.to_owned()))
}

/// The matters that the department has a part in.
fn matters_of(
    catalogue: &Catalogue,
    page: &Page,
    department: &str,
    chosen: &str,
) -> Vec<MatterChoice> {
    let ours = |matter: &&catalogue::Matter| {
        let mut services =
            matter.services.iter().filter_map(|part| catalogue.service(&part.service));
        services.any(|service| service.authority.as_str() == department)
    };
    catalogue
        .matters
        .values()
        .filter(ours)
        .map(|matter| MatterChoice {
            id: matter.id.to_string(),
            name: page.text(&matter.name).to_owned(),
            chosen: matter.id.as_str() == chosen,
        })
        .collect()
}

async fn rows(app: &App, page: &Page, found: &[ServiceRow]) -> Result<Vec<Row>, WebError> {
    let handed_over = |row: &&ServiceRow| row.started_at.is_some();
    let names: Vec<SealedId> =
        found.iter().filter(handed_over).filter_map(|row| row.applicant).collect();
    let names = app.engine.unseal_words(&names).await?;
    let mut rows = Vec::with_capacity(found.len());
    for found_row in found {
        let catalogue = load::catalogue_naming(
            app,
            found_row.case_id,
            &found_row.matter,
            Some(&found_row.service),
        );
        rows.push(row(&*catalogue.await?, page, found_row, found, &names));
    }
    Ok(rows)
}

fn row(
    catalogue: &Catalogue,
    page: &Page,
    row: &ServiceRow,
    all: &[ServiceRow],
    names: &BTreeMap<SealedId, String>,
) -> Row {
    let state = ServiceState::ALL.into_iter().find(|state| state.as_str() == row.state);
    let state = state.unwrap_or(ServiceState::Referred);
    let due = row.promised_on.as_deref().and_then(|date| date.parse::<Date>().ok());
    let done = state.is_final();
    let several = all
        .iter()
        .filter(|other| other.case_id == row.case_id && other.service == row.service)
        .count()
        > 1;
    let node: NodeKey = row.node.parse().unwrap_or_else(|never| match never {});
    let short = |date: &Option<String>| {
        date.as_deref()
            .and_then(|date| date.parse::<Date>().ok())
            .map_or_else(|| page.t("no-date"), |date| page.short_date(date))
    };
    Row {
        href: row
            .started_at
            .map_or_else(String::new, |_| format!("/officer/cases/{}/{}", row.case_id, row.node)),
        number: row.case_number.clone(),
        service: node_name(catalogue, page, &node, several),
        matter: catalogue
            .matter(&row.matter)
            .map_or_else(|| row.matter.clone(), |matter| page.text(&matter.name).to_owned()),
        applicant: row.applicant.and_then(|id| names.get(&id).cloned()).unwrap_or_default(),
        received: row.started_at.map_or_else(String::new, |at| time_text(catalogue, page, at)),
        light: light(page, due, row.clock_stopped, done),
        remaining: if done || row.clock_stopped {
            String::new()
        } else {
            due.map_or_else(String::new, |due| remaining(catalogue, page, due))
        },
        promised: short(&row.promised_on),
        statutory: short(&row.statutory_on),
        state: state_name(page, state),
        class: state_class(state),
    }
}

/// How many working days are left, or over.
pub fn remaining(catalogue: &Catalogue, page: &Page, due: Date) -> String {
    let calendar = &catalogue.calendar;
    if due < page.today {
        return page.t1("days-over", "n", calendar.working_days_between(due, page.today));
    }
    match calendar.working_days_between(page.today, due) {
        0 => page.t("days-today"),
        days => page.t1("days-left", "n", days),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_that_was_handed_over_stands_in_one_tab_and_in_all() {
        for state in ServiceState::ALL {
            let own =
                Tab::ALL.into_iter().filter(|tab| *tab != Tab::All && tab.holds(state)).count();
            let handed_over = !matches!(state, ServiceState::Waiting | ServiceState::Stopped);
            assert_eq!(own, usize::from(handed_over), "{state:?}");
            assert_eq!(Tab::All.holds(state), handed_over, "{state:?}");
        }
    }

    #[test]
    fn a_page_is_found_again_by_its_address() {
        let case = CaseId(store_port::fresh_id());
        let key = ("2026-03-05".to_owned(), case, "service~m|1".to_owned());
        assert_eq!(keyset(&format!("2026-03-05|{case}|service~m|1")), Some(key));
        assert_eq!(keyset(""), None);
        assert_eq!(keyset("2026-03-05|nonsense|x"), None);
    }
}
