//! Working days of 2026 with 调休: a table of due dates, and a reference that counts day by day.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test's own data is right or the test fails"
)]

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use vocabulary::{CalendarYear, Date, HalfDays, Period, PeriodUnit, SkippedDay, WorkCalendar};
use yijianshi_vocabulary as vocabulary;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn next(date: Date) -> Date {
    date.tomorrow().unwrap()
}

/// The public notice for 2026.
fn calendar() -> WorkCalendar {
    let breaks = [
        ("2026-01-01", 3),
        ("2026-02-15", 9),
        ("2026-04-04", 3),
        ("2026-05-01", 5),
        ("2026-06-19", 3),
        ("2026-09-25", 3),
        ("2026-10-01", 7),
    ];
    let mut days_off = BTreeSet::new();
    for (first, length) in breaks {
        days_off.extend(std::iter::successors(Some(day(first)), |d| Some(next(*d))).take(length));
    }
    let worked =
        ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"];
    let year = CalendarYear { days_off, work_days: worked.iter().map(|text| day(text)).collect() };
    WorkCalendar { version: "2026".into(), years: BTreeMap::from([(2026, year)]) }
}

fn period(text: &str) -> Period {
    let (count, unit) = text.split_once(' ').unwrap();
    let halves = match count.strip_suffix(".5") {
        Some(whole) => whole.parse::<u32>().unwrap() * 2 + 1,
        None => count.parse::<u32>().unwrap() * 2,
    };
    let unit = match unit {
        "wd" => PeriodUnit::WorkingDay,
        "d" => PeriodUnit::CalendarDay,
        "m" => PeriodUnit::Month,
        "h" => PeriodUnit::Hour,
        _ => PeriodUnit::Immediate,
    };
    Period { halves: HalfDays(halves), unit }
}

/// Lines of `start | period | due [midday] [provisional] | holidays and weekend days passed over`.
#[track_caller]
fn check(table: &str) {
    for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let [start, length, expected, skipped] =
            line.split('|').map(str::trim).collect::<Vec<_>>()[..]
        else {
            panic!("not a row: {line}");
        };
        let due = calendar().due(day(start), period(length));
        let midday = if due.midday { " midday" } else { "" };
        let provisional = if due.provisional { " provisional" } else { "" };
        assert_eq!(format!("{}{midday}{provisional}", due.on), expected, "{line}");
        let holidays =
            due.skipped.iter().filter(|day| matches!(day, SkippedDay::Holiday(_))).count();
        let weekend = due.skipped.len() - holidays;
        assert_eq!(format!("{holidays}+{weekend}"), skipped, "{line}");
    }
}

#[test]
fn working_days() {
    check(
        "
        2026-03-02 | 1 wd  | 2026-03-03 | 0+0
        2026-03-02 | 5 wd  | 2026-03-09 | 0+2
        2026-03-06 | 1 wd  | 2026-03-09 | 0+2
        2026-03-07 | 1 wd  | 2026-03-09 | 0+1
        2026-03-02 | 0 wd  | 2026-03-02 | 0+0
        2026-03-07 | 0 wd  | 2026-03-09 | 0+2
        2026-02-13 | 1 wd  | 2026-02-14 | 0+0
        2026-02-13 | 2 wd  | 2026-02-24 | 9+0
        2026-02-27 | 1 wd  | 2026-02-28 | 0+0
        2026-02-27 | 2 wd  | 2026-03-02 | 0+1
        2026-04-30 | 5 wd  | 2026-05-11 | 5+1
        2026-09-18 | 1 wd  | 2026-09-20 | 0+1
        2026-09-24 | 5 wd  | 2026-10-09 | 10+0
        2026-09-30 | 3 wd  | 2026-10-10 | 7+0
        2026-09-30 | 4 wd  | 2026-10-12 | 7+1
        2026-01-01 | 1 wd  | 2026-01-04 | 2+0
        2026-02-10 | 20 wd | 2026-03-16 | 9+5
        ",
    );
}

#[test]
fn halves_of_a_day() {
    check(
        "
        2026-03-02 | 0.5 wd | 2026-03-03 midday | 0+0
        2026-03-02 | 1.5 wd | 2026-03-04 midday | 0+0
        2026-03-05 | 1.5 wd | 2026-03-09 midday | 0+2
        2026-02-14 | 0.5 wd | 2026-02-24 midday | 9+0
        ",
    );
}

#[test]
fn calendar_days_months_hours_and_on_the_spot() {
    check(
        "
        2026-03-02 | 20 d | 2026-03-23 | 0+1
        2026-03-02 | 21 d | 2026-03-23 | 0+0
        2026-09-11 | 20 d | 2026-10-08 | 7+0
        2026-08-21 | 30 d | 2026-09-20 | 0+0
        2026-03-31 | 1 m  | 2026-04-30 | 0+0
        2026-01-31 | 1 m  | 2026-02-28 | 0+0
        2026-04-02 | 1 m  | 2026-05-06 | 4+0
        2026-03-02 | 6 m  | 2026-09-02 | 0+0
        2026-03-02 | 4 h  | 2026-03-02 | 0+0
        2026-03-06 | 24 h | 2026-03-09 | 0+2
        2026-03-02 | 0 immediate | 2026-03-02 | 0+0
        2026-10-03 | 0 immediate | 2026-10-08 | 5+0
        ",
    );
}

/// Beyond the loaded years only weekends are known, and the date says so.
#[test]
fn beyond_the_loaded_years() {
    check(
        "
        2026-12-31 | 1 wd | 2027-01-01 provisional | 0+0
        2026-12-30 | 1 wd | 2026-12-31 | 0+0
        2026-12-31 | 2 wd | 2027-01-04 provisional | 0+2
        2027-05-01 | 0 immediate | 2027-05-03 provisional | 0+2
        2025-12-30 | 2 wd | 2026-01-04 provisional | 3+0
        2026-12-01 | 1 m  | 2027-01-01 provisional | 0+0
        2026-12-01 | 30 d | 2026-12-31 | 0+0
        ",
    );
}

#[test]
fn longest_period_ends_with_the_calendar() {
    for unit in
        [PeriodUnit::WorkingDay, PeriodUnit::CalendarDay, PeriodUnit::Month, PeriodUnit::Hour]
    {
        let start = Date::constant(9998, 1, 1);
        let due = calendar().due(start, Period { halves: HalfDays(u32::MAX), unit });
        assert_eq!(due.on, Date::MAX, "{unit:?}");
        assert!(due.provisional);
    }
}

#[test]
fn days_between() {
    let between = |from, to| calendar().working_days_between(day(from), day(to));
    assert_eq!(between("2026-02-13", "2026-02-24"), 2);
    assert_eq!(between("2026-02-24", "2026-02-13"), 0);
    assert_eq!(between("2026-03-02", "2026-03-02"), 0);
    assert_eq!(between("2026-01-01", "2026-12-31"), 248);
}

/// Written apart from the calendar: weekdays by counting from a known Monday.
fn reference_works(date: Date) -> bool {
    let year = calendar().years.remove(&date.year()).unwrap_or_default();
    let monday = Date::constant(2024, 1, 1);
    let weekday = monday.until(date).unwrap().get_days().rem_euclid(7);
    year.work_days.contains(&date) || (weekday < 5 && !year.days_off.contains(&date))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn counting_agrees_with_a_walk_day_by_day(offset in 0i32..600, halves in 1u32..80) {
        let start = Date::constant(2025, 11, 1).saturating_add(jiff::Span::new().days(offset));
        let due = calendar().due(start, Period { halves: HalfDays(halves), unit: PeriodUnit::WorkingDay });

        let (mut date, mut left) = (start, halves.div_ceil(2));
        let (mut skipped, mut provisional) = (Vec::new(), false);
        while left > 0 {
            date = next(date);
            provisional |= date.year() != 2026;
            if reference_works(date) { left -= 1 } else { skipped.push(date) }
        }
        prop_assert_eq!(due.on, date);
        prop_assert_eq!(due.midday, halves % 2 == 1);
        prop_assert_eq!(due.provisional, provisional);
        let passed: Vec<Date> = due.skipped.iter().map(|day| match day {
            SkippedDay::Weekend(date) | SkippedDay::Holiday(date) => *date,
        }).collect();
        prop_assert_eq!(passed, skipped);
        prop_assert_eq!(calendar().working_days_between(start, due.on), halves.div_ceil(2));
    }

    /// No end lies on a day off, whatever the unit, and a longer period is never due earlier.
    #[test]
    fn ends_are_worked_and_in_order(offset in 0i32..600, count in 0u32..60, unit in prop::sample::select(vec!["wd", "d", "m", "h"])) {
        let start = Date::constant(2025, 11, 1).saturating_add(jiff::Span::new().days(offset));
        let due = |count: u32| calendar().due(start, period(&format!("{count} {unit}"))).on;
        prop_assert!(reference_works(due(count)));
        prop_assert!(due(count) <= due(count + 1));
        prop_assert!(due(count) >= start);
    }
}
