//! The filter of a worklist: one value for rows and counts, for its address, for a saved filter and for "next
//! case". Whoever opens the same address sees the same kind of list, each for himself.

use axum::extract::Query;
use axum::http::Uri;
use casework::ServiceState;
use serde::Deserialize;
use store_port::{AssignedTo, LightWanted, ServiceFilter, ServiceRow};
use vocabulary::{AccountId, CaseId, Date};

use crate::page::percent_encoded;

/// Rows of one page.
pub const ROWS: u32 = 50;

/// A group of states that an officer works through together.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Tab {
    /// Something for us to do now.
    #[default]
    Todo,
    Running,
    AwaitingApplicant,
    Finished,
    /// Everything that was handed to us.
    All,
}

impl Tab {
    pub const ALL: [Self; 5] =
        [Self::Todo, Self::Running, Self::AwaitingApplicant, Self::Finished, Self::All];

    /// Each state that is shown is in one of them.
    const PARTS: [Self; 4] = [Self::Todo, Self::Running, Self::AwaitingApplicant, Self::Finished];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Todo => "todo",
            Self::Running => "running",
            Self::AwaitingApplicant => "awaiting-applicant",
            Self::Finished => "finished",
            Self::All => "all",
        }
    }

    pub const fn key(self) -> &'static str {
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
            ServiceState::Accepted | ServiceState::SpecialProcedure => Some(Self::Running),
            ServiceState::CorrectionRequested | ServiceState::Suspended => {
                Some(Self::AwaitingApplicant)
            }
            ServiceState::Granted
            | ServiceState::Refused
            | ServiceState::NotAccepted
            | ServiceState::Lapsed
            | ServiceState::Revoked
            | ServiceState::Terminated
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

    /// The states of each tab that is no sum of others: what has to be counted for all of them.
    pub fn counted() -> [Vec<&'static str>; 4] {
        Self::PARTS.map(|tab| {
            let shown = ServiceState::ALL.into_iter().filter(|state| tab.holds(*state));
            shown.map(ServiceState::as_str).collect()
        })
    }

    /// How many rows the tab has, of what was counted; at least so many, when it is as many as are counted.
    pub fn count(self, counts: &[u64]) -> u64 {
        let parts = Self::PARTS.into_iter().zip(counts);
        parts.filter(|(tab, _)| self == Self::All || self == *tab).map(|(_, count)| count).sum()
    }
}

/// In whose hands.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Hands {
    #[default]
    Anyone,
    /// Whoever looks.
    Me,
    Nobody,
    Colleague(AccountId),
}

impl Hands {
    fn parse(text: &str) -> Self {
        match text {
            "me" => Self::Me,
            "nobody" => Self::Nobody,
            other => other.parse().map_or(Self::Anyone, Self::Colleague),
        }
    }

    /// Its value in an address and in the filter's form.
    pub fn word(self) -> String {
        match self {
            Self::Anyone => String::new(),
            Self::Me => "me".to_owned(),
            Self::Nobody => "nobody".to_owned(),
            Self::Colleague(account) => account.to_string(),
        }
    }
}

/// Which clocks.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Term {
    #[default]
    Any,
    Overdue,
    Stopped,
}

impl Term {
    fn parse(text: &str) -> Self {
        match text {
            "overdue" => Self::Overdue,
            "stopped" => Self::Stopped,
            _ => Self::Any,
        }
    }

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Any => "",
            Self::Overdue => "overdue",
            Self::Stopped => "stopped",
        }
    }
}

/// A worklist's query as it comes.
#[derive(Deserialize, Default, Clone, Debug)]
#[serde(default)]
pub struct Wanted {
    tab: String,
    matter: String,
    service: String,
    area: String,
    who: String,
    term: String,
    number: String,
    /// Promised date, case and node of the last row before, with `|` between.
    pub after: String,
    /// How many a batch has moved, and how many it left because somebody was faster.
    pub moved: Option<u32>,
    pub left: Option<u32>,
    /// What became of keeping a filter: `yes`, or why not.
    pub kept: String,
    /// There was no next case.
    pub end: Option<u32>,
}

/// The filter.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Filter {
    pub tab: Tab,
    pub matter: String,
    pub service: String,
    pub area: String,
    pub who: Hands,
    pub term: Term,
    /// The beginning of a case number, or its last six characters.
    pub number: String,
}

impl Filter {
    pub fn of(wanted: &Wanted) -> Self {
        let short = |text: &str| text.trim().chars().take(60).collect::<String>();
        Self {
            tab: Tab::ALL.into_iter().find(|tab| tab.as_str() == wanted.tab).unwrap_or_default(),
            matter: short(&wanted.matter),
            service: short(&wanted.service),
            area: short(&wanted.area),
            who: Hands::parse(&wanted.who),
            term: Term::parse(&wanted.term),
            number: wanted.number.trim().chars().take(40).collect(),
        }
    }

    /// The filter behind a query that was carried along; what cannot be read filters nothing.
    pub fn parse(query: &str) -> Self {
        let uri = format!("/officer?{query}").parse::<Uri>().ok();
        let wanted = uri.and_then(|uri| Query::<Wanted>::try_from_uri(&uri).ok());
        wanted.map_or_else(Self::default, |wanted| Self::of(&wanted.0))
    }

    /// The query that gives this filter again.
    pub fn query(&self) -> String {
        let mut query = format!("tab={}", self.tab.as_str());
        for (name, value) in [
            ("matter", self.matter.as_str()),
            ("service", &self.service),
            ("area", &self.area),
            ("who", &self.who.word()),
            ("term", self.term.as_str()),
            ("number", &self.number),
        ] {
            if !value.is_empty() {
                query.push_str(&format!("&{name}={}", percent_encoded(value)));
            }
        }
        query
    }

    /// The list's address.
    pub fn href(&self) -> String {
        format!("/officer?{}", self.query())
    }

    /// The address of the page after this row.
    pub fn page_after(&self, last: &ServiceRow) -> String {
        format!("{}&after={}", self.href(), percent_encoded(&after(last)))
    }

    /// The same on another tab.
    pub fn on(&self, tab: Tab) -> Self {
        Self { tab, ..self.clone() }
    }

    /// Only the tab.
    pub fn cleared(&self) -> Self {
        Self { tab: self.tab, ..Self::default() }
    }

    /// Whether anything but the tab is chosen.
    pub fn is_narrow(&self) -> bool {
        *self != self.cleared()
    }

    /// What the store is asked, for rows and counts alike.
    pub fn of_store(&self, department: &str, me: Option<AccountId>, today: Date) -> ServiceFilter {
        let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        let ended = ServiceState::ALL.into_iter().filter(|state| state.is_final());
        ServiceFilter {
            department: Some(department.to_owned()),
            states: self.tab.states(),
            matter: some(&self.matter),
            number_part: some(&self.number.to_uppercase()),
            service: some(&self.service),
            area: some(&self.area),
            assigned: match self.who {
                Hands::Anyone => None,
                Hands::Me => me.map(AssignedTo::Officer),
                Hands::Nobody => Some(AssignedTo::Nobody),
                Hands::Colleague(account) => Some(AssignedTo::Officer(account)),
            },
            light: (self.term == Term::Overdue).then(|| (LightWanted::Red, today.to_string())),
            stopped: match self.term {
                Term::Any => None,
                Term::Overdue => None,
                Term::Stopped => Some(true),
            },
            without_states: match self.term {
                Term::Any => Vec::new(),
                Term::Overdue | Term::Stopped => ended.map(|it| it.as_str().to_owned()).collect(),
            },
            limit: ROWS + 1,
            ..ServiceFilter::default()
        }
    }
}

/// The place of a row in its list, as text.
pub fn after(row: &ServiceRow) -> String {
    let promised = row.promised_on.as_deref().unwrap_or_default();
    format!("{promised}|{}|{}", row.case_id, row.node)
}

/// The place behind such a text.
pub fn keyset(text: &str) -> Option<(String, CaseId, String)> {
    let mut parts = text.splitn(3, '|');
    let date = parts.next()?.to_owned();
    let case = parts.next()?.parse().ok()?;
    Some((date, case, parts.next()?.to_owned()))
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

    #[test]
    fn a_filter_is_found_again_by_its_query() {
        let colleague = Hands::Colleague(AccountId(store_port::fresh_id()));
        for who in [Hands::Anyone, Hands::Me, Hands::Nobody, colleague] {
            for term in [Term::Any, Term::Overdue, Term::Stopped] {
                for tab in Tab::ALL {
                    let filter = Filter {
                        tab,
                        matter: "open a stall & more".to_owned(),
                        service: String::new(),
                        area: "990101".to_owned(),
                        who,
                        term,
                        number: "A=1%".to_owned(),
                    };
                    assert_eq!(Filter::parse(&filter.query()), filter);
                }
            }
        }
        assert_eq!(Filter::parse("%%%&tab=nowhere&who=nobody-at-all"), Filter::default());
    }
}
