//! Arithmetic on working days with the jurisdiction's calendar.
//!
//! In a year whose notice is not loaded, weekends alone are days off: the calendar's provisional rule.

use jiff::ToSpan;
use vocabulary::{Date, WorkCalendar};

/// So many working days can be counted: some forty years.
const MOST: u64 = 10_000;

/// The last of `count` working days after `from`, itself not counted; before it when negative. With 0
/// `from` itself, or the next working day when people do not work then.
pub(crate) fn after(calendar: &WorkCalendar, from: Date, count: i64) -> Option<Date> {
    let works = |day: Date| calendar.is_working_day(day).0;
    let mut left = count.unsigned_abs();
    if left > MOST {
        return None;
    }
    let step = if count < 0 { -1 } else { 1 }.days();
    let mut day = from;
    if left == 0 {
        while !works(day) {
            day = day.checked_add(step).ok()?;
        }
    }
    while left > 0 {
        day = day.checked_add(step).ok()?;
        if works(day) {
            left = left.saturating_sub(1);
        }
    }
    Some(day)
}

/// How many working days lie after `from` up to and including `to`; as many below zero when `to` is
/// earlier. Takes time in proportion to the loaded years only.
pub(crate) fn between(calendar: &WorkCalendar, from: Date, to: Date) -> i64 {
    if to < from {
        return between(calendar, to, from).saturating_neg();
    }
    let inside = |day: &&Date| **day > from && **day <= to;
    let weekday = |day: &&Date| day.weekday().to_monday_one_offset() <= 5;
    let mut count = weekdays_until(to).saturating_sub(weekdays_until(from));
    for year in calendar.years.values() {
        let off = year.days_off.iter().filter(inside).filter(weekday).count();
        let worked = year.work_days.iter().filter(inside).filter(|day| !weekday(day));
        let worked = worked.filter(|day| !year.days_off.contains(day)).count();
        let more = i64::try_from(worked).unwrap_or(0);
        let less = i64::try_from(off).unwrap_or(0);
        count = count.saturating_add(more).saturating_sub(less);
    }
    count
}

/// How many days from Monday to Friday there were since a Monday long ago, up to and including `day`.
fn weekdays_until(day: Date) -> i64 {
    const MONDAY: Date = Date::constant(1, 1, 1);
    let days = MONDAY.until(day).map_or(0, |span| i64::from(span.get_days()));
    let rest = days.rem_euclid(7).saturating_add(1).min(5);
    days.div_euclid(7).saturating_mul(5).saturating_add(rest)
}
