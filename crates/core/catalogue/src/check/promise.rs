//! Promised periods against statutory ones.

use jiff::ToSpan;
use vocabulary::{Date, DueDate, Period, PeriodUnit, WorkCalendar};

use super::Check;
use crate::PublicService;
use crate::codes;
use crate::report::Place;

impl Check<'_, '_, '_> {
    /// Periods in one unit are compared by their counts. Periods in different units are compared by
    /// starting both on every day of the loaded calendar; a day on which the promise ends later is the
    /// counterexample. A promise that is beyond every period that the law may allow is told here; which of
    /// them come together is for the proof.
    pub(super) fn promises(&mut self) {
        for (placed, service) in self.services.values().copied().collect::<Vec<_>>() {
            let written = &placed.item;
            let variants = service.statutory_when.iter().map(|it| &it.period);
            let allowed: Vec<Period> =
                service.statutory.iter().chain(variants).map(|it| it.period).collect();
            let own = (&service.promised, written.promised.count.as_ref());
            let variants = written.promised_when.iter().zip(&service.promised_when);
            let variants =
                variants.map(|(written, it)| (&it.period, written.period.count.as_ref()));
            for (promised, count) in std::iter::once(own).chain(variants) {
                let place = placed.place(count.unwrap_or(&written.id));
                self.promise(service, promised.period, &allowed, place);
            }
        }
    }

    fn promise(
        &mut self,
        service: &PublicService,
        promised: Period,
        allowed: &[Period],
        place: Place,
    ) {
        let calendar = &self.catalogue.calendar;
        let mut told = None;
        for statutory in allowed {
            match later_day(promised, *statutory, calendar) {
                Some(later) => told = Some((later, *statutory)),
                None => return,
            }
        }
        let Some((later, statutory)) = told else { return };
        let message = format!(
            "`{}` promises {}, but the law allows {}",
            service.id,
            words(promised),
            words(statutory)
        );
        let hint = match later {
            Later::Always => None,
            Later::From { start, promised, statutory } => Some(format!(
                "begun on {start}, the promise ends on {promised} and the legal period on {statutory}"
            )),
        };
        self.report.error(codes::PROMISE_BEYOND_LAW, place, message, hint);
    }
}

enum Later {
    Always,
    From { start: Date, promised: Date, statutory: Date },
}

fn later_day(promised: Period, statutory: Period, calendar: &WorkCalendar) -> Option<Later> {
    if promised.unit == statutory.unit {
        return (promised.halves > statutory.halves).then_some(Later::Always);
    }
    let ends = |due: &DueDate| (due.on, !due.midday);
    let years = calendar.years.keys().copied();
    let days = years.flat_map(|year| {
        let first = Date::new(year, 1, 1).ok();
        first
            .into_iter()
            .flat_map(move |first| first.series(1.day()).take_while(move |day| day.year() == year))
    });
    days.map(|start| (start, calendar.due(start, promised), calendar.due(start, statutory)))
        .find(|(_, promised, statutory)| {
            !promised.provisional && !statutory.provisional && ends(promised) > ends(statutory)
        })
        .map(|(start, promised, statutory)| Later::From {
            start,
            promised: promised.on,
            statutory: statutory.on,
        })
}

fn words(period: Period) -> String {
    let unit = match period.unit {
        PeriodUnit::WorkingDay => "working days",
        PeriodUnit::CalendarDay => "calendar days",
        PeriodUnit::Month => "months",
        PeriodUnit::Hour => "hours",
        PeriodUnit::Immediate => return "to do it on the spot".to_owned(),
    };
    format!("{} {unit}", period.halves)
}
