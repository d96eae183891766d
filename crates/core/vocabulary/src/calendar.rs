//! Working days with 调休, from yearly data; never guessed beyond the loaded years.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};

use crate::{HalfDays, Period, PeriodUnit};

/// One year's public notice: days off besides weekends, and weekend days that are worked (调休).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CalendarYear {
    pub days_off: BTreeSet<Date>,
    pub work_days: BTreeSet<Date>,
}

/// The loaded years, with a version that says which data computed a date.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WorkCalendar {
    pub version: Arc<str>,
    pub years: BTreeMap<i16, CalendarYear>,
}

/// A date that was passed over while counting, for the explanation of a due date.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SkippedDay {
    Weekend(Date),
    Holiday(Date),
}

/// A due date and how it was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DueDate {
    /// The last day.
    pub on: Date,
    /// Due at midday rather than at the close of business.
    pub midday: bool,
    /// The count ran beyond the loaded calendar: weekends only were known there.
    pub provisional: bool,
    pub skipped: Vec<SkippedDay>,
}

impl WorkCalendar {
    /// Whether people work on `date`, and whether that is known from a loaded year.
    pub fn is_working_day(&self, date: Date) -> (bool, bool) {
        let weekend = matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
        match self.years.get(&date.year()) {
            None => (!weekend, false),
            Some(year) if year.days_off.contains(&date) => (false, true),
            Some(year) if year.work_days.contains(&date) => (true, true),
            Some(_) => (!weekend, true),
        }
    }

    /// The last day of `period` that began with an event on `start`: the day of the event is not
    /// counted, and an end on a day off moves to the next working day (domain 4.3). `Immediate` is due
    /// on `start` if people work then, else on the next working day. Hours below a day are due on the day
    /// itself, since only days are counted here.
    pub fn due(&self, start: Date, period: Period) -> DueDate {
        let mut due = DueDate { on: start, midday: false, provisional: false, skipped: Vec::new() };
        let whole = i64::from(period.halves.0.div_ceil(2));
        match period.unit {
            PeriodUnit::WorkingDay => {
                self.count_working(&mut due, period.halves);
                return due;
            }
            PeriodUnit::Immediate => {}
            PeriodUnit::Hour => due.on = later(start, Span::new().try_days(whole / 24)),
            PeriodUnit::CalendarDay => due.on = later(start, Span::new().try_days(whole)),
            PeriodUnit::Month => due.on = later(start, Span::new().try_months(whole)),
        }
        self.roll_forward(&mut due);
        due
    }

    /// `halves` half working days after the close of `start`.
    fn count_working(&self, due: &mut DueDate, halves: HalfDays) {
        if halves == HalfDays::ZERO {
            self.roll_forward(due);
            return;
        }
        let mut left = halves.0;
        while left > 0 && due.on < Date::MAX {
            due.on = due.on.saturating_add(1.day());
            self.roll_forward(due);
            due.midday = left == 1;
            left = left.saturating_sub(2);
        }
    }

    fn roll_forward(&self, due: &mut DueDate) {
        loop {
            let (working, known) = self.is_working_day(due.on);
            due.provisional |= !known;
            if working || due.on == Date::MAX {
                return;
            }
            let weekend = matches!(due.on.weekday(), Weekday::Saturday | Weekday::Sunday);
            let holiday =
                self.years.get(&due.on.year()).is_some_and(|year| year.days_off.contains(&due.on));
            due.skipped.push(if weekend && !holiday {
                SkippedDay::Weekend(due.on)
            } else {
                SkippedDay::Holiday(due.on)
            });
            due.on = due.on.saturating_add(1.day());
        }
    }

    /// How many working days lie after `from` up to and including `to`; 0 when `to` is not later.
    pub fn working_days_between(&self, from: Date, to: Date) -> u32 {
        let mut day = from;
        let mut count = 0u32;
        while day < to {
            day = day.saturating_add(1.day());
            if self.is_working_day(day).0 {
                count = count.saturating_add(1);
            }
        }
        count
    }
}

/// So much later; the end of the calendar when that is beyond it.
fn later(start: Date, by: Result<Span, jiff::Error>) -> Date {
    by.map_or(Date::MAX, |span| start.saturating_add(span))
}
