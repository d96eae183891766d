//! What a service takes in this scenario: its periods, visits and fees. What is undecided counts as the wider.

use catalogue::{Catalogue, DatedPeriod, PeriodWhen, PublicService};
use conditions::{InScope, Truth};
use vocabulary::{Date, DueDate, Period, WorkCalendar};

use crate::judge::Judge;

/// The terms of one planned service.
pub(crate) struct Terms {
    pub(crate) promised: Period,
    pub(crate) statutory: Option<Period>,
    /// Further visits that are due: positions in the service's `visits_when`.
    pub(crate) extra_visits: Vec<u32>,
    /// Positions in the service's fees.
    pub(crate) fees: Vec<u32>,
}

impl Terms {
    pub(crate) fn of(
        catalogue: &Catalogue,
        judge: &Judge<'_>,
        service: &PublicService,
        scope: InScope<'_>,
    ) -> Self {
        let chosen = |variants: &[PeriodWhen], own: Option<&DatedPeriod>| {
            let truth = |variant: &PeriodWhen| judge.truth(&variant.when, scope);
            longest(&possible(variants, own, truth), &catalogue.calendar, judge.as_of())
        };
        let mut extra_visits = Vec::new();
        for (index, more) in (0u32..).zip(&service.visits_when) {
            if judge.truth(&more.when, scope) != Truth::False {
                extra_visits.push(index);
            }
        }
        let fees = (0u32..).zip(&service.fees);
        let fees = fees.filter(|(_, fee)| judge.truth(&fee.when, scope) != Truth::False);
        let own = &service.promised;
        Self {
            promised: chosen(&service.promised_when, Some(own)).unwrap_or(own.period),
            statutory: chosen(&service.statutory_when, service.statutory.as_ref()),
            extra_visits,
            fees: fees.map(|(index, _)| index).collect(),
        }
    }
}

/// The periods that may turn out to count: every undecided variant before the first that holds, and that one;
/// the service's own when none holds.
fn possible(
    variants: &[PeriodWhen],
    own: Option<&DatedPeriod>,
    truth: impl Fn(&PeriodWhen) -> Truth,
) -> Vec<Period> {
    let mut periods = Vec::new();
    for variant in variants {
        let truth = truth(variant);
        if truth != Truth::False {
            periods.push(variant.period.period);
        }
        if truth == Truth::True {
            return periods;
        }
    }
    periods.extend(own.map(|own| own.period));
    periods
}

/// The one that ends last when begun that day; of several the first.
pub(crate) fn longest(periods: &[Period], calendar: &WorkCalendar, begun: Date) -> Option<Period> {
    let ends = |period| end(period, calendar, begun);
    let later = |longest, next| if ends(next) > ends(longest) { next } else { longest };
    periods.iter().copied().reduce(later)
}

/// The one that ends first when begun that day; of several the first.
pub(crate) fn shortest(periods: &[Period], calendar: &WorkCalendar, begun: Date) -> Option<Period> {
    periods.iter().copied().min_by_key(|period| end(*period, calendar, begun))
}

fn end(period: Period, calendar: &WorkCalendar, begun: Date) -> (Date, bool) {
    let DueDate { on, midday, .. } = calendar.due(begun, period);
    (on, !midday)
}
