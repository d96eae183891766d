//! What a manager asks for: a period, an area, a matter; and the address that says the same again.

use std::collections::BTreeMap;
use std::sync::Arc;

use catalogue::{Catalogue, Matter};
use indicators::Scope;
use jiff::ToSpan;
use serde::Deserialize;
use vocabulary::{Date, HalfDays, MatterId, Period, PeriodUnit, ServiceId};

use crate::access::{Action, Resource, may};
use crate::errors::WebError;
use crate::page::{Page, percent_encoded};
use crate::state::App;

/// The choice of the page, as it stands in the address.
#[derive(Deserialize, Debug, Clone, Default)]
#[serde(default)]
pub struct Wanted {
    pub period: String,
    pub since: String,
    pub until: String,
    pub area: String,
    pub matter: String,
    /// What the value is divided by.
    pub by: String,
    /// `above` = the numerator's list.
    pub side: String,
    /// The last row before this page.
    pub after: String,
}

/// A period that can be chosen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Span {
    Week,
    Month,
    Quarter,
    Custom,
}

impl Span {
    pub const ALL: [Self; 4] = [Self::Week, Self::Month, Self::Quarter, Self::Custom];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "three-months",
            Self::Custom => "custom",
        }
    }

    fn of(word: &str) -> Self {
        Self::ALL.into_iter().find(|span| span.as_str() == word).unwrap_or(Self::Quarter)
    }
}

/// The choice, understood and allowed.
#[derive(Debug, Clone)]
pub struct Chosen {
    pub span: Span,
    pub scope: Scope,
    /// The custom dates could not be read, or end before they begin.
    pub dates_wrong: bool,
}

impl Chosen {
    /// Understands a choice.
    ///
    /// # Errors
    /// The area is not this manager's: it does not exist for him.
    pub fn of(app: &App, page: &Page, wanted: &Wanted) -> Result<Self, WebError> {
        let catalogue = app.engine.catalogue();
        let own = page.who.area.clone().unwrap_or_default();
        let area = if wanted.area.is_empty() { own } else { wanted.area.clone() };
        if !may(&page.who, Action::SeeFigures, Resource::Area { area: &area }, page.demo) {
            return Err(WebError::NotFound);
        }
        let matter = (!wanted.matter.is_empty()).then(|| MatterId::new(wanted.matter.as_str()));
        if matter.as_ref().is_some_and(|matter| !catalogue.matters.contains_key(matter)) {
            return Err(WebError::NotFound);
        }
        let span = Span::of(&wanted.period);
        let today = page.today;
        let read = || Some((wanted.since.parse().ok()?, wanted.until.parse().ok()?));
        let custom: Option<(Date, Date)> = read().filter(|(since, until)| since <= until);
        let dates_wrong = span == Span::Custom && custom.is_none();
        let (since, until) = match span {
            Span::Week => {
                let passed = i64::from(today.weekday().to_monday_zero_offset());
                (today.saturating_sub(passed.days()), today)
            }
            Span::Month => (today.first_of_month(), today),
            Span::Quarter => (today.saturating_sub(3.months()), today),
            Span::Custom => custom.unwrap_or((today.saturating_sub(3.months()), today)),
        };
        // What is near is said by the rules of supervision; without rules only what is due today is.
        let near = catalogue.supervision(today).map_or(0, |rules| rules.soon);
        let soon = Period { halves: HalfDays::days(near), unit: PeriodUnit::WorkingDay };
        Ok(Self {
            span,
            dates_wrong,
            scope: Scope {
                since,
                until,
                today,
                soon: catalogue.calendar.due(today, soon).on,
                area: (!area.is_empty()).then(|| area.into()),
                matter,
                anchors: Arc::new(anchors(catalogue)),
            },
        })
    }

    /// The choice as a query, beginning with `?`.
    pub fn query(&self) -> String {
        self.query_with(self.scope.matter.as_ref().map(MatterId::as_str).unwrap_or_default())
    }

    /// The same for another matter; empty = all.
    pub fn query_with(&self, matter: &str) -> String {
        let mut query = format!("?period={}", self.span.as_str());
        if self.span == Span::Custom {
            query.push_str(&format!("&since={}&until={}", self.scope.since, self.scope.until));
        }
        let area = self.scope.area.as_deref().unwrap_or_default();
        for (name, value) in [("area", area), ("matter", matter)] {
            if !value.is_empty() {
                query.push_str(&format!("&{name}={}", percent_encoded(value)));
            }
        }
        query
    }

    /// The same for another part of the whole; `None` where the part cannot be chosen by an address.
    pub fn query_for(&self, area: &str) -> String {
        let scope = Scope { area: Some(area.into()), ..self.scope.clone() };
        Self { scope, ..self.clone() }.query()
    }
}

/// By which service the relative volume of each matter is measured: the one that the matter names, else the
/// first that its lead decides, else the first that everybody needs.
fn anchors(catalogue: &Catalogue) -> BTreeMap<MatterId, ServiceId> {
    let anchor = |matter: &Matter| {
        let parts = || matter.services.iter();
        let led = |service: &ServiceId| {
            catalogue.service(service).is_some_and(|service| service.authority == matter.lead)
        };
        matter
            .anchor
            .clone()
            .or_else(|| parts().map(|part| &part.service).find(|it| led(it)).cloned())
            .or_else(|| parts().find(|part| !part.optional).map(|part| part.service.clone()))
    };
    let matters = catalogue.matters.values();
    matters.filter_map(|matter| Some((matter.id.clone(), anchor(matter)?))).collect()
}
