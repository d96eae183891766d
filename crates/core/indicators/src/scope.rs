//! What is looked at: a period, an area, a matter. And by what a number is divided.

use std::collections::BTreeMap;
use std::sync::Arc;

use vocabulary::{Date, MatterId, ServiceId};

use crate::facts::{CaseFact, Fact, FactKind};

/// A period with filters. `None` and empty do not filter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Scope {
    /// First day of the period.
    pub since: Date,
    /// Last day of the period.
    pub until: Date,
    /// The day on which "now" is judged.
    pub today: Date,
    /// What falls due up to this day falls due soon.
    pub soon: Date,
    /// GB/T 2260, everything below it included.
    pub area: Option<Arc<str>>,
    pub matter: Option<MatterId>,
    /// For each matter the service by which its relative volume is measured.
    pub anchors: Arc<BTreeMap<MatterId, ServiceId>>,
}

impl Scope {
    /// Whether a day lies in the period.
    pub fn holds(&self, day: Option<Date>) -> bool {
        day.is_some_and(|day| self.since <= day && day <= self.until)
    }

    /// Whether a fact lies in the area. What names no area lies in no part of the whole.
    pub fn covers(&self, fact: &Fact<'_>) -> bool {
        self.area
            .as_deref()
            .is_none_or(|wanted| fact.area().starts_with(wanted.trim_end_matches("00")))
    }

    /// Whether a fact belongs to the matter.
    pub fn is_of_matter(&self, fact: &Fact<'_>) -> bool {
        self.matter.as_ref().is_none_or(|wanted| fact.matter() == wanted)
    }

    /// Whether this service measures the volume of the matter looked at (of any matter when none is chosen).
    pub fn is_anchor(&self, service: &ServiceId) -> bool {
        match &self.matter {
            Some(matter) => self.anchors.get(matter) == Some(service),
            None => self.anchors.values().any(|anchor| anchor == service),
        }
    }
}

/// By what a number is divided. A partition: every fact has exactly one key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Dimension {
    Matter,
    Area,
    Department,
    Channel,
    Entry,
    Outlet,
    /// The doorplate by which somebody came.
    Place,
    /// How many services were handled together.
    Degree,
}

impl Dimension {
    pub const ALL: [Self; 8] = [
        Self::Matter,
        Self::Area,
        Self::Department,
        Self::Channel,
        Self::Entry,
        Self::Outlet,
        Self::Place,
        Self::Degree,
    ];

    /// Stable word for addresses and message keys.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Matter => "matter",
            Self::Area => "area",
            Self::Department => "department",
            Self::Channel => "channel",
            Self::Entry => "entry",
            Self::Outlet => "outlet",
            Self::Place => "place",
            Self::Degree => "degree",
        }
    }

    /// Whether facts of this kind are divided so.
    pub const fn divides(self, kind: FactKind) -> bool {
        match self {
            Self::Matter | Self::Area => true,
            Self::Department => !matches!(kind, FactKind::Draft),
            Self::Channel | Self::Outlet => {
                matches!(kind, FactKind::Case | FactKind::Service | FactKind::Rating)
            }
            Self::Entry => matches!(kind, FactKind::Case | FactKind::Service | FactKind::Draft),
            Self::Place => matches!(kind, FactKind::Case | FactKind::Draft),
            Self::Degree => matches!(kind, FactKind::Case),
        }
    }

    /// The part that a fact belongs to; `None` = facts of this kind are not divided so. Empty = not stated.
    pub fn key(self, fact: Fact<'_>) -> Option<Arc<str>> {
        let entry =
            |entry: Option<casework::EntryKind>| entry.map_or("", |entry| entry.as_str()).into();
        match (self, fact) {
            (Self::Matter, fact) => Some(fact.matter().as_str().into()),
            (Self::Area, fact) => Some(fact.area().into()),
            (Self::Department, Fact::Case(it)) => {
                Some(it.lead.as_ref().map_or("", |lead| lead.as_str()).into())
            }
            (Self::Department, Fact::Service(it)) => Some(it.department.as_str().into()),
            (Self::Department, Fact::Rating(it)) => Some(Arc::clone(&it.department)),
            (Self::Department, Fact::Sending(it)) => Some(it.department.as_str().into()),
            (Self::Channel, Fact::Case(it)) => Some(Arc::clone(&it.channel)),
            (Self::Channel, Fact::Service(it)) => Some(Arc::clone(&it.channel)),
            (Self::Channel, Fact::Rating(it)) => Some(Arc::clone(&it.channel)),
            (Self::Entry, Fact::Case(it)) => Some(entry(it.entry)),
            (Self::Entry, Fact::Service(it)) => Some(entry(it.entry)),
            (Self::Entry, Fact::Draft(it)) => Some(entry(it.entry)),
            (Self::Outlet, Fact::Case(it)) => Some(Arc::clone(&it.outlet)),
            (Self::Outlet, Fact::Service(it)) => Some(Arc::clone(&it.outlet)),
            (Self::Outlet, Fact::Rating(it)) => Some(Arc::clone(&it.outlet)),
            (Self::Place, Fact::Case(it)) => Some(Arc::clone(&it.place)),
            (Self::Place, Fact::Draft(it)) => Some(Arc::clone(&it.place)),
            (Self::Degree, Fact::Case(it)) => Some(degree(it)),
            (
                Self::Department
                | Self::Channel
                | Self::Entry
                | Self::Outlet
                | Self::Place
                | Self::Degree,
                Fact::Service(_) | Fact::Rating(_) | Fact::Draft(_) | Fact::Sending(_),
            ) => None,
        }
    }
}

/// Two digits, so that the parts come out in order.
fn degree(case: &CaseFact) -> Arc<str> {
    format!("{:02}", case.degree).into()
}
