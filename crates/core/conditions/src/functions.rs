//! The functions of the language: what they are called and what they give for known values.
//!
//! Deliberately knows neither unknown values nor types: a function is only called with known values of
//! the types that `calls` has checked. Null in, null out.

use std::borrow::Cow;
use std::sync::Arc;

use jiff::civil::Date;
use regex::Regex;
use rust_decimal::RoundingStrategy;
use vocabulary::{Decimal, WorkCalendar};

use crate::evaluate::Known;
use crate::expression::{Gathering, Term};
use crate::working_days;

/// A function and what it is given.
#[derive(Clone, PartialEq, Debug)]
pub struct Call {
    pub function: Function,
    pub arguments: Vec<Term>,
}

/// What a call computes. Each is FEEL's function of the same name, except for working days.
#[derive(Clone, PartialEq, Debug)]
pub enum Function {
    Abs,
    /// To so many decimal places, or to a whole number.
    Floor,
    Ceiling,
    /// `decimal`: to so many places, halves to the even neighbour.
    RoundHalfEven,
    RoundHalfUp,
    RoundHalfDown,
    /// Away from zero.
    RoundUp,
    /// Towards zero.
    RoundDown,
    /// The rest of a division, with the divisor's sign.
    Modulo,
    /// Of any number of values.
    Gather(Gathering),
    StringLength,
    Substring,
    Contains,
    StartsWith,
    EndsWith,
    UpperCase,
    LowerCase,
    Matches(Pattern),
    /// Of a year, a month and a day.
    Date,
    YearsAndMonths,
    Property(Property),
    AddWorkingDays(Arc<WorkCalendar>),
    WorkingDaysBetween(Arc<WorkCalendar>),
}

impl Function {
    /// How the values are gathered, if any number of them may be given.
    pub(crate) fn gathering(&self) -> Option<Gathering> {
        match self {
            Self::Gather(how) => Some(*how),
            _ => None,
        }
    }
}

/// A part of a date or a duration, written behind a dot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Property {
    Year,
    Month,
    Day,
    /// 1 on Monday to 7 on Sunday.
    Weekday,
    Days,
    /// The whole years of a duration of months.
    Years,
    /// The months of a duration of months beyond its whole years.
    Months,
}

/// The properties as written.
pub(crate) const PROPERTIES: [(&str, Property); 7] = [
    ("year", Property::Year),
    ("month", Property::Month),
    ("day", Property::Day),
    ("weekday", Property::Weekday),
    ("days", Property::Days),
    ("years", Property::Years),
    ("months", Property::Months),
];

/// The property of that name.
pub(crate) fn property(name: &str) -> Option<Property> {
    PROPERTIES.iter().find(|(known, _)| *known == name).map(|(_, property)| *property)
}

/// A regular expression, compiled when the condition is; matching takes time in proportion to the text.
#[derive(Clone, Debug)]
pub struct Pattern(Regex);

impl Pattern {
    /// `None` when it cannot be read or would need much memory.
    pub(crate) fn new(pattern: &str) -> Option<Self> {
        const MOST_BYTES: usize = 256 * 1024;
        let built = regex::RegexBuilder::new(pattern)
            .size_limit(MOST_BYTES)
            .dfa_size_limit(MOST_BYTES)
            .nest_limit(32)
            .build();
        built.ok().map(Self)
    }

    /// As its author wrote it.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

/// Every function with a call of it, for hints.
pub(crate) const FUNCTIONS: &[(&str, &str)] = &[
    ("abs", "abs(n)"),
    ("add working days", "add working days(date, n)"),
    ("ceiling", "ceiling(n)"),
    ("contains", "contains(text, \"part\")"),
    ("count", "count(child)` or `count(child[…])"),
    ("date", "date(\"2026-01-31\")` or `date(year, month, day)"),
    ("decimal", "decimal(n, places)"),
    ("duration", "duration(\"P30D\")` or `duration(\"P1Y6M\")"),
    ("ends with", "ends with(text, \"end\")"),
    ("floor", "floor(n)"),
    ("list contains", "list contains([\"a\", \"b\"], x)` or `list contains(child.sex, x)"),
    ("lower case", "lower case(text)"),
    ("matches", "matches(text, \"^[0-9]{6}$\")"),
    ("max", "max(a, b)` or `max(child.age)"),
    ("mean", "mean(a, b)` or `mean(child.age)"),
    ("min", "min(a, b)` or `min(child.age)"),
    ("modulo", "modulo(n, divisor)"),
    ("round down", "round down(n, places)"),
    ("round half down", "round half down(n, places)"),
    ("round half up", "round half up(n, places)"),
    ("round up", "round up(n, places)"),
    ("starts with", "starts with(text, \"beginning\")"),
    ("string length", "string length(text)"),
    ("substring", "substring(text, start)` or `substring(text, start, length)"),
    ("sum", "sum(a, b)` or `sum(child.age)"),
    ("today", "today()"),
    ("upper case", "upper case(text)"),
    ("working days between", "working days between(from, to)"),
    ("years and months duration", "years and months duration(from, to)"),
];

/// Decimal places that can be asked for, on either side of the point.
const MOST_PLACES: u32 = 28;

/// The function's value for known arguments; `None` beyond the limits.
pub(crate) fn apply<'a>(function: &Function, values: &[Known<'a>]) -> Option<Known<'a>> {
    use Known::{Bool, Date as Day, Months, Number, Text};
    if values.contains(&Known::Null) {
        return Some(Known::Null);
    }
    Some(match (function, values) {
        (Function::Abs, [Number(number)]) => Number(number.abs()),
        (Function::Modulo, [Number(number), Number(divisor)]) => {
            return modulo(*number, *divisor);
        }
        (Function::StringLength, [Text(text)]) => Number(Decimal::from(text.chars().count())),
        (Function::Substring, [Text(text), Number(start)]) => substring(text, *start, None),
        (Function::Substring, [Text(text), Number(start), Number(length)]) => {
            substring(text, *start, Some(*length))
        }
        (Function::Contains, [Text(text), Text(part)]) => Bool(text.contains(&**part)),
        (Function::StartsWith, [Text(text), Text(part)]) => Bool(text.starts_with(&**part)),
        (Function::EndsWith, [Text(text), Text(part)]) => Bool(text.ends_with(&**part)),
        (Function::UpperCase, [Text(text)]) => Text(Cow::Owned(text.to_uppercase())),
        (Function::LowerCase, [Text(text)]) => Text(Cow::Owned(text.to_lowercase())),
        (Function::Matches(pattern), [Text(text)]) => Bool(pattern.0.is_match(text)),
        (Function::Date, [Number(year), Number(month), Number(day)]) => {
            date(*year, *month, *day).map_or(Known::Null, Day)
        }
        (Function::YearsAndMonths, [Day(from), Day(to)]) => Months(months_between(*from, *to)),
        (Function::Property(property), [value]) => part(*property, value),
        (Function::AddWorkingDays(calendar), [Day(date), Number(count)]) => {
            if !count.fract().is_zero() {
                return Some(Known::Null);
            }
            Day(working_days::after(calendar, *date, i64::try_from(*count).ok()?)?)
        }
        (Function::WorkingDaysBetween(calendar), [Day(from), Day(to)]) => {
            Number(Decimal::from(working_days::between(calendar, *from, *to)))
        }
        (rounding, [Number(number)]) => return rounded(rounding, *number, Decimal::ZERO),
        (rounding, [Number(number), Number(places)]) => {
            return rounded(rounding, *number, *places);
        }
        _ => Known::Null,
    })
}

fn modulo<'a>(number: Decimal, divisor: Decimal) -> Option<Known<'a>> {
    if divisor.is_zero() {
        return Some(Known::Null);
    }
    let rest = number.checked_rem(divisor)?;
    let other_side = !rest.is_zero() && rest.is_sign_negative() != divisor.is_sign_negative();
    let rest = if other_side { rest.checked_add(divisor)? } else { rest };
    Some(Known::Number(rest))
}

/// Rounds to so many places behind the point, or before it when negative.
fn rounded<'a>(function: &Function, number: Decimal, places: Decimal) -> Option<Known<'a>> {
    let strategy = match function {
        Function::Floor => RoundingStrategy::ToNegativeInfinity,
        Function::Ceiling => RoundingStrategy::ToPositiveInfinity,
        Function::RoundHalfEven => RoundingStrategy::MidpointNearestEven,
        Function::RoundHalfUp => RoundingStrategy::MidpointAwayFromZero,
        Function::RoundHalfDown => RoundingStrategy::MidpointTowardZero,
        Function::RoundUp => RoundingStrategy::AwayFromZero,
        Function::RoundDown => RoundingStrategy::ToZero,
        _ => return Some(Known::Null),
    };
    if !places.fract().is_zero() {
        return Some(Known::Null);
    }
    let count = u32::try_from(places.abs()).ok().filter(|count| *count <= MOST_PLACES)?;
    if !places.is_sign_negative() {
        return Some(Known::Number(number.round_dp_with_strategy(count, strategy)));
    }
    let unit = Decimal::TEN;
    let mut size = Decimal::ONE;
    for _ in 0..count {
        size = size.checked_mul(unit)?;
    }
    let units = number.checked_div(size)?.round_dp_with_strategy(0, strategy);
    units.checked_mul(size).map(Known::Number)
}

/// Characters from the `start`th on, counted from 1, or from the end when negative.
fn substring<'a>(text: &Cow<'a, str>, start: Decimal, length: Option<Decimal>) -> Known<'a> {
    let whole =
        |number: Decimal| number.fract().is_zero().then(|| i64::try_from(number).ok()).flatten();
    let count = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
    let skipped = match whole(start) {
        Some(start) if start > 0 => start.saturating_sub(1),
        Some(start) if start < 0 => count.saturating_add(start),
        _ => return Known::Null,
    };
    let (Ok(skipped), true) = (usize::try_from(skipped), skipped < count) else {
        return Known::Null;
    };
    let taken = match length.map(whole) {
        None => usize::MAX,
        Some(Some(length)) if length > 0 => usize::try_from(length).unwrap_or(usize::MAX),
        Some(_) => return Known::Null,
    };
    let at = |text: &str, number: usize| {
        text.char_indices().nth(number).map_or(text.len(), |(at, _)| at)
    };
    let (from, to) = (at(text, skipped), at(text, skipped.saturating_add(taken)));
    Known::Text(match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.get(from..to).unwrap_or_default()),
        Cow::Owned(text) => Cow::Owned(text.get(from..to).unwrap_or_default().to_owned()),
    })
}

/// The date of that year, month and day, if there is one.
fn date(year: Decimal, month: Decimal, day: Decimal) -> Option<Date> {
    let is_whole = |number: &Decimal| number.fract().is_zero();
    if ![year, month, day].iter().all(is_whole) {
        return None;
    }
    let (year, month) = (i16::try_from(i64::try_from(year).ok()?).ok()?, i8_of(month)?);
    Date::new(year, month, i8_of(day)?).ok().filter(|date| date.year() >= 1)
}

fn i8_of(number: Decimal) -> Option<i8> {
    i8::try_from(i64::try_from(number).ok()?).ok()
}

/// The whole months from one day to another; negative when it is earlier.
fn months_between(from: Date, to: Date) -> i64 {
    let month = |date: Date| {
        i64::from(date.year()).saturating_mul(12).saturating_add(i64::from(date.month()))
    };
    let months = month(to).saturating_sub(month(from));
    let unfinished = match months.signum() {
        1 if to.day() < from.day() => 1,
        -1 if to.day() > from.day() => -1,
        _ => 0,
    };
    months.saturating_sub(unfinished)
}

fn part<'a>(property: Property, value: &Known<'_>) -> Known<'a> {
    let number = match (property, value) {
        (Property::Year, Known::Date(date)) => i64::from(date.year()),
        (Property::Month, Known::Date(date)) => i64::from(date.month()),
        (Property::Day, Known::Date(date)) => i64::from(date.day()),
        (Property::Weekday, Known::Date(date)) => i64::from(date.weekday().to_monday_one_offset()),
        (Property::Days, Known::Days(days)) => *days,
        (Property::Years, Known::Months(months)) => months / 12,
        (Property::Months, Known::Months(months)) => months % 12,
        _ => return Known::Null,
    };
    Known::Number(Decimal::from(number))
}
