//! The calendar's years: days off and worked weekends, checked against each other.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Weekday;
use vocabulary::{CalendarYear, Date, WorkCalendar};

use super::Resolver;
use super::values::parse_date;
use crate::codes;
use crate::read::Written;
use crate::revision::calendar_version;
use crate::written::{CalendarAsWritten, Spanned};

/// A longer holiday is taken for a mistake.
const RANGE_DAYS_MAX: i32 = 60;

impl Resolver<'_, '_> {
    pub(super) fn calendar(&mut self, written: &Written) -> WorkCalendar {
        let mut years = BTreeMap::new();
        for placed in &written.calendars {
            self.file = placed.file;
            let year = self.calendar_year(&placed.item);
            let days = placed.item.days_off.iter().chain(&placed.item.work_days);
            if years.insert(placed.item.year, year).is_some()
                && let Some(first) = days.min_by_key(|day| day.span().start)
            {
                let message = format!("the calendar of {} is given twice", placed.item.year);
                let hint = "put all days of a year into one `[[calendar]]`".to_owned();
                self.error(codes::DUPLICATE, first, message, hint);
            }
        }
        WorkCalendar { version: calendar_version(&years), years }
    }

    fn calendar_year(&mut self, written: &CalendarAsWritten) -> CalendarYear {
        self.basis(&written.basis);
        let mut year = CalendarYear::default();
        for entry in &written.days_off {
            for day in self.days(entry, written.year) {
                if !year.days_off.insert(day) {
                    self.contradiction(entry, day, "is a day off twice");
                }
            }
        }
        for entry in &written.work_days {
            for day in self.days(entry, written.year) {
                if !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
                    self.contradiction(entry, day, "is no weekend day, so it is worked anyway");
                } else if year.days_off.contains(&day) {
                    self.contradiction(entry, day, "is a day off and worked at once");
                } else if !year.work_days.insert(day) {
                    self.contradiction(entry, day, "is worked twice");
                }
            }
        }
        year
    }

    fn contradiction(&mut self, entry: &Spanned<String>, day: Date, what: &str) {
        self.error(codes::CALENDAR_CONTRADICTION, entry, format!("`{day}` {what}"), None);
    }

    /// The days of an entry: one day, or `first..last`.
    fn days(&mut self, entry: &Spanned<String>, year: i16) -> BTreeSet<Date> {
        let text = entry.get_ref();
        let (first, last) = text.split_once("..").unwrap_or((text, text));
        let (Some(first), Some(last)) = (parse_date(first), parse_date(last)) else {
            let message = format!("`{text}` is neither a day nor a range of days");
            let hint = "write `YYYY-MM-DD` or `YYYY-MM-DD..YYYY-MM-DD`".to_owned();
            self.error(codes::BAD_DATE, entry, message, hint);
            return BTreeSet::new();
        };
        let length = first.until(last).map_or(i32::MAX, |span| span.get_days());
        let mistake = if first.year() != year || last.year() != year {
            Some(format!("it is not in {year}; every year has its own `[[calendar]]`"))
        } else if length < 0 {
            Some("the first day must not be later than the last".to_owned())
        } else if length > RANGE_DAYS_MAX {
            Some(format!("a range has at most {RANGE_DAYS_MAX} days"))
        } else {
            None
        };
        if let Some(mistake) = mistake {
            let message = format!("`{text}` cannot stand in the calendar of {year}");
            self.error(codes::BAD_DATE, entry, message, mistake);
            return BTreeSet::new();
        }
        first.series(jiff::Span::new().days(1)).take_while(|day| *day <= last).collect()
    }
}
