//! The values that one thing can have, divided where conditions divide them.

use std::collections::BTreeSet;
use std::sync::Arc;

use vocabulary::{Date, Decimal, Value};

use crate::{Class, Range};

/// What can be ordered: positions on a line, numbered without gaps.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Line {
    /// In millionths.
    Number,
    /// In days.
    Date,
    /// In members.
    Size,
}

/// Decimal places of a number that are looked at.
const PLACES: u32 = 6;
const UNIT: i128 = 1_000_000;
/// Numbers are looked at up to a trillion either way.
const FARTHEST_NUMBER: i128 = 1_000_000_000_000 * UNIT;
/// Dates are looked at so many years before and after the plan's.
const YEARS_BACK: i16 = 150;
const YEARS_AHEAD: i16 = 100;
/// An example lies so many days inside its interval, where there is room.
const DAYS_INSIDE: i128 = 10;

const EPOCH: Date = Date::constant(1970, 1, 1);

/// A line divided into runs.
#[derive(Clone, Debug)]
pub(crate) struct Ordered {
    pub(crate) line: Line,
    pub(crate) low: i128,
    pub(crate) high: i128,
    /// The first position of each run but the first.
    pub(crate) starts: BTreeSet<i128>,
    /// Where examples are looked for.
    near: i128,
}

/// All values of one thing.
#[derive(Clone, Debug)]
pub(crate) enum Axis {
    Bool,
    Choice(Vec<Arc<str>>),
    Text { named: BTreeSet<Arc<str>>, other: Arc<str> },
    Ordered(Ordered),
}

impl Ordered {
    pub(crate) fn numbers() -> Self {
        let (low, high) = (-FARTHEST_NUMBER, FARTHEST_NUMBER);
        Self { line: Line::Number, low, high, starts: BTreeSet::new(), near: UNIT }
    }

    pub(crate) fn dates(as_of: Date, not_future: bool) -> Self {
        let year = |years: i16| {
            Date::new(as_of.year().saturating_add(years), 1, 1)
                .map_or(day_number(as_of), day_number)
        };
        let near = day_number(as_of);
        let high = if not_future { near } else { year(YEARS_AHEAD) };
        let low = year(YEARS_BACK.saturating_neg());
        Self { line: Line::Date, low, high, starts: BTreeSet::new(), near }
    }

    /// None, one, and more are told apart from the start.
    pub(crate) fn sizes(min: u32, max: u32) -> Self {
        let (low, high) = (i128::from(min), i128::from(max.max(min)));
        let starts = [1, 2].into_iter().filter(|start| *start > low && *start <= high).collect();
        Self { line: Line::Size, low, high, starts, near: low }
    }

    /// A run begins at the number, or right after it.
    pub(crate) fn divide_number(&mut self, number: Decimal, after: bool) {
        let Some(scaled) = number.checked_mul(Decimal::from(UNIT)) else {
            return;
        };
        let (below, whole) = (scaled.floor(), scaled.fract().is_zero());
        if let Ok(position) = i128::try_from(below) {
            self.divide(if after || !whole { position + 1 } else { position });
        }
    }

    /// A run begins on the day.
    pub(crate) fn divide_date(&mut self, day: Date) {
        self.divide(day_number(day));
    }

    fn divide(&mut self, position: i128) {
        if self.low < position && position <= self.high {
            self.starts.insert(position);
        }
    }

    /// From and to of every run, both included.
    pub(crate) fn runs(&self) -> Vec<(i128, i128)> {
        let firsts = std::iter::once(self.low).chain(self.starts.iter().copied());
        let lasts = self.starts.iter().map(|start| start - 1).chain(std::iter::once(self.high));
        firsts.zip(lasts).collect()
    }

    /// The value at a position; a size has none.
    pub(crate) fn value(&self, position: i128) -> Value {
        match self.line {
            Line::Number => {
                Value::Number(Decimal::from_i128_with_scale(position, PLACES).normalize())
            }
            Line::Date => Value::Date(date(position)),
            Line::Size => Value::Number(Decimal::from(position)),
        }
    }

    /// A position in the run that a person would name.
    pub(crate) fn example(&self, (from, to): (i128, i128)) -> i128 {
        match self.line {
            Line::Size => from,
            Line::Number => natural(from, to),
            Line::Date => {
                let inside = DAYS_INSIDE.min((to - from) / 2);
                let (first, last) = (from + inside, to - inside);
                self.near.clamp(first, last)
            }
        }
    }

    fn class(&self, run: (i128, i128)) -> Class {
        let example = self.example(run);
        let (from, to) = run;
        if self.line == Line::Size {
            let count = |position: i128| u32::try_from(position).unwrap_or(u32::MAX);
            return Class::Members { example: count(example), from: count(from), to: count(to) };
        }
        let range = if from == to {
            Range::Exactly(self.value(from))
        } else {
            Range::Between {
                from: (from > self.low).then(|| self.value(from)),
                to: (to < self.high).then(|| self.value(to)),
            }
        };
        Class::Values { example: self.value(example), range }
    }
}

/// The whole number nearest to one that lies between, or the shortest fraction.
fn natural(from: i128, to: i128) -> i128 {
    if (from..=to).contains(&UNIT) {
        return UNIT;
    }
    let mut step = UNIT;
    while step > 1 {
        let up = from.div_euclid(step) * step;
        let up = if up < from { up + step } else { up };
        let down = to.div_euclid(step) * step;
        let found = if from > UNIT { up } else { down };
        if (from..=to).contains(&found) {
            return found;
        }
        step /= 10;
    }
    if from > UNIT { from } else { to }
}

fn day_number(date: Date) -> i128 {
    EPOCH.until(date).map_or(0, |span| i128::from(span.get_days()))
}

fn date(position: i128) -> Date {
    let days = i64::try_from(position).unwrap_or(0);
    let step = jiff::Span::new().try_days(days);
    step.and_then(|step| EPOCH.checked_add(step)).unwrap_or(EPOCH)
}

impl Axis {
    pub(crate) fn classes(&self) -> Vec<Class> {
        let exactly =
            |value: Value| Class::Values { example: value.clone(), range: Range::Exactly(value) };
        match self {
            Self::Bool => vec![exactly(Value::Bool(true)), exactly(Value::Bool(false))],
            Self::Choice(options) => {
                options.iter().map(|option| exactly(Value::Text(option.clone()))).collect()
            }
            Self::Text { named, other } => {
                let rest =
                    Class::Values { example: Value::Text(other.clone()), range: Range::OtherText };
                let named = named.iter().map(|text| exactly(Value::Text(text.clone())));
                std::iter::once(rest).chain(named).collect()
            }
            Self::Ordered(ordered) => {
                ordered.runs().into_iter().map(|run| ordered.class(run)).collect()
            }
        }
    }
}
