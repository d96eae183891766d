//! Departments × matters: how long services took, the middle one and the slow ones, each against its own promise.
//! And outlets × hours: how much came in. Shade and number say the same.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use indicators::{CaseFact, Distribution, IndicatorValue, Scope, ServiceFact};

use crate::manager::names;
use crate::manager::sheet::Cell;
use crate::page::Page;
use crate::state::App;

/// One department in one matter.
#[derive(Debug, Clone, Default)]
struct Field {
    used: Distribution,
    /// How much of its promise each one used, in per cent.
    shares: Distribution,
    on_time: u64,
}

/// Being counted.
#[derive(Debug, Default)]
pub struct Heat {
    fields: BTreeMap<(Arc<str>, Arc<str>), Field>,
}

/// A cell as the page shows it; `shade` 0–4, empty cells have no words.
#[derive(Debug, Clone, Default)]
pub struct HeatCell {
    pub shade: u8,
    pub middle: String,
    pub late: String,
    /// The share that kept its promise.
    pub on_time: String,
    /// The slow ones are over their promise.
    pub over: bool,
    /// How many services it rests on.
    pub count: u64,
    pub href: String,
}

/// The table.
#[derive(Debug, Default)]
pub struct HeatTable {
    pub columns: Vec<String>,
    pub rows: Vec<(String, Vec<HeatCell>)>,
}

impl Heat {
    /// Takes a service case in, if it was decided in the period.
    pub fn put(&mut self, fact: &ServiceFact, scope: &Scope) {
        let Some(used) = fact.used else { return };
        if !fact.state.is_decided() || !scope.holds(fact.decided_on) {
            return;
        }
        let key = (fact.department.as_str().into(), fact.matter.as_str().into());
        let field = self.fields.entry(key).or_default();
        field.used.put(u64::from(used.0));
        field.shares.put(share(u64::from(used.0), u64::from(fact.promised.0)));
        field.on_time = field.on_time.saturating_add(u64::from(used <= fact.promised));
    }

    /// As a table; `query` makes the address of a cell's list.
    pub fn table(&self, app: &App, page: &Page, query: impl Fn(&str) -> String) -> HeatTable {
        let catalogue = app.engine.catalogue();
        let matters: BTreeSet<&Arc<str>> = self.fields.keys().map(|(_, matter)| matter).collect();
        let offices: BTreeSet<&Arc<str>> = self.fields.keys().map(|(office, _)| office).collect();
        let cell = |office: &Arc<str>, matter: &Arc<str>| {
            let key = (Arc::clone(office), Arc::clone(matter));
            let Some(field) = self.fields.get(&key) else { return HeatCell::default() };
            let (middle, late) = names::middle_and_late(&field.used);
            let slow = field.shares.percentile(90).unwrap_or_default();
            let kept = IndicatorValue { numerator: field.on_time, denominator: field.used.len() };
            let kept = kept.permille().and_then(|it| i64::try_from(it).ok());
            HeatCell {
                shade: shade(slow),
                middle: middle.shown(),
                late: late.shown(),
                on_time: kept.map_or(Cell::None, Cell::Percent).shown(),
                over: slow > ALL,
                count: field.used.len(),
                href: format!("/manager/figures/service-time{}&by=department", query(matter)),
            }
        };
        HeatTable {
            columns: matters.iter().map(|id| names::matter(catalogue, page, id)).collect(),
            rows: offices
                .iter()
                .map(|office| {
                    let cells = matters.iter().map(|matter| cell(office, matter)).collect();
                    (names::department(catalogue, page, office), cells)
                })
                .collect(),
        }
    }
}

/// The whole promise, in per cent.
const ALL: u64 = 100;

/// How much of a promise was used, in per cent, rounded up. What was promised on the spot and took any time at all
/// took more than was promised.
fn share(used: u64, promised: u64) -> u64 {
    match (used, promised) {
        (0, _) => 0,
        (_, 0) => u64::MAX,
        _ => used.saturating_mul(ALL).div_ceil(promised),
    }
}

/// How much of their promise the slow ones used: up to half, three quarters, all, more.
const fn shade(share: u64) -> u8 {
    match share {
        0..=50 => 1,
        51..=75 => 2,
        76..=ALL => 3,
        _ => 4,
    }
}

/// What came in, by outlet and hour of the day.
#[derive(Debug, Default)]
pub struct Hours {
    counts: BTreeMap<Arc<str>, BTreeMap<u8, u64>>,
}

/// One outlet's row.
#[derive(Debug)]
pub struct HourRow {
    pub name: String,
    /// Count and shade for each hour of the head.
    pub cells: Vec<(u64, u8)>,
    pub all: u64,
}

impl Hours {
    /// Takes a case in, if it was handed in in the period.
    pub fn put(&mut self, fact: &CaseFact, scope: &Scope) {
        if scope.holds(Some(fact.submitted_on)) {
            let hours = self.counts.entry(Arc::clone(&fact.outlet)).or_default();
            let count = hours.entry(fact.submitted_hour).or_default();
            *count = count.saturating_add(1);
        }
    }

    /// Hours of the head, and a row for each outlet; what came in at none is "online".
    pub fn table(&self, app: &App, page: &Page) -> (Vec<u8>, Vec<HourRow>) {
        let seen: BTreeSet<u8> = self.counts.values().flat_map(BTreeMap::keys).copied().collect();
        let (first, last) = (seen.first().copied(), seen.last().copied());
        let hours: Vec<u8> = match (first, last) {
            (Some(first), Some(last)) => (first..=last).collect(),
            _ => Vec::new(),
        };
        let most = self.counts.values().flat_map(BTreeMap::values).copied().max().unwrap_or(1);
        let rows = self
            .counts
            .iter()
            .map(|(outlet, counts)| HourRow {
                name: if outlet.is_empty() {
                    page.t("manager-no-outlet")
                } else {
                    names::outlet(app, page, outlet)
                },
                all: counts.values().sum(),
                cells: hours
                    .iter()
                    .map(|hour| {
                        let count = counts.get(hour).copied().unwrap_or(0);
                        (count, load_shade(count, most))
                    })
                    .collect(),
            })
            .collect();
        (hours, rows)
    }
}

fn load_shade(count: u64, most: u64) -> u8 {
    let quarter = count.saturating_mul(4).div_ceil(most.max(1));
    if count == 0 { 0 } else { u8::try_from(quarter.clamp(1, 4)).unwrap_or(4) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shades_follow_the_share_of_the_promise() {
        let table = [
            (0, 0, 1),
            (0, 10, 1),
            (5, 10, 1),
            (6, 10, 2),
            (8, 10, 3),
            (10, 10, 3),
            (11, 10, 4),
            (1, 0, 4),
            // Rounded up: one half day over a year is over.
            (501, 500, 4),
        ];
        for (used, promised, wanted) in table {
            assert_eq!(shade(share(used, promised)), wanted, "{used} of {promised}");
        }
        assert_eq!([0, 1, 25, 26, 100].map(|count| load_shade(count, 100)), [0, 1, 1, 2, 4]);
    }
}
