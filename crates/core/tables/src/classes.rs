//! The values of one input, divided where its cells divide them: two values of one class are alike to every row.
//!
//! Dates are days, so that `<= 31 January` and `< 1 February` are the same; numbers are dense. The last class is
//! that of the absent value.

use std::sync::Arc;

use conditions::Type;
use conditions::expression::Comparison;
use vocabulary::{Date, Decimal, Value};

use crate::{Cell, CellTest};

/// The classes of an input.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Classes {
    /// False, true.
    Bool,
    /// One per option.
    Choice(Arc<[Arc<str>]>),
    /// One per text that a cell names, and one for all others.
    Text(Arc<[Arc<str>]>),
    /// Between cuts, ascending.
    Number(Arc<[Cut]>),
    /// Between first days, ascending.
    Date(Arc<[Date]>),
}

/// A place between numbers: just before or just after one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Cut {
    pub value: Decimal,
    pub after: bool,
}

/// A set of classes, as bits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Set(Box<[u64]>);

impl Set {
    pub(crate) fn none(length: usize) -> Self {
        Self(vec![0; length.div_ceil(64)].into())
    }

    pub(crate) fn all(length: usize) -> Self {
        let mut set = Self::none(length);
        for at in 0..length {
            set.insert(at);
        }
        set
    }

    pub(crate) fn insert(&mut self, at: usize) {
        if let Some(word) = self.0.get_mut(at / 64) {
            *word |= 1 << (at % 64);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    pub(crate) fn count(&self) -> usize {
        self.0.iter().map(|word| usize::try_from(word.count_ones()).unwrap_or(64)).sum()
    }

    pub(crate) fn and(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(a, b)| a & b).collect())
    }

    pub(crate) fn without(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(a, b)| a & !b).collect())
    }

    pub(crate) fn meets(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).any(|(a, b)| a & b != 0)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = usize> {
        let words = (0usize..).zip(&self.0);
        words.flat_map(|(index, word)| {
            let bits = (0..64usize).filter(move |bit| word & (1 << bit) != 0);
            bits.map(move |bit| index.saturating_mul(64).saturating_add(bit))
        })
    }
}

impl Classes {
    /// The coarsest classes that tell apart all that the cells do.
    pub(crate) fn of<'c>(ty: &Type, cells: impl Iterator<Item = &'c Cell>) -> Self {
        let tests = cells.flat_map(|cell| match cell {
            Cell::Any => [].iter(),
            Cell::OneOf(tests) | Cell::NoneOf(tests) => tests.iter(),
        });
        match ty {
            Type::Bool => Self::Bool,
            Type::Choice(options) => Self::Choice(options.clone()),
            Type::Number => Self::Number(sorted(tests.flat_map(|test| {
                let (low, high) = ends(test, number);
                low.into_iter().chain(high)
            }))),
            Type::Date => Self::Date(sorted(tests.flat_map(|test| {
                let (low, high) = ends(test, day);
                low.into_iter().chain(high)
            }))),
            _ => Self::Text(sorted(tests.filter_map(|test| match test {
                CellTest::Compare(_, Value::Text(text)) => Some(text.clone()),
                _ => None,
            }))),
        }
    }

    /// How many classes values have; the absent value's comes on top.
    pub fn of_values(&self) -> usize {
        match self {
            Self::Bool => 2,
            Self::Choice(options) => options.len(),
            Self::Text(texts) => texts.len().saturating_add(1),
            Self::Number(cuts) => cuts.len().saturating_add(1),
            Self::Date(cuts) => cuts.len().saturating_add(1),
        }
    }

    /// The class of the absent value.
    pub fn absent(&self) -> usize {
        self.of_values()
    }

    /// How many classes there are.
    pub fn count(&self) -> usize {
        self.of_values().saturating_add(1)
    }

    /// The class of a value; `None` when it is not of the input's type.
    pub fn class_of(&self, value: &Value) -> Option<usize> {
        match (self, value) {
            (_, Value::Null) => Some(self.absent()),
            (Self::Bool, Value::Bool(value)) => Some(usize::from(*value)),
            (Self::Choice(options), Value::Text(text)) => {
                options.iter().position(|option| option == text)
            }
            (Self::Text(texts), Value::Text(text)) => {
                Some(texts.binary_search(text).unwrap_or(texts.len()))
            }
            (Self::Number(cuts), Value::Number(value)) => {
                let at = Cut { value: *value, after: false };
                Some(cuts.partition_point(|cut| *cut <= at))
            }
            (Self::Date(cuts), Value::Date(value)) => {
                Some(cuts.partition_point(|cut| cut <= value))
            }
            _ => None,
        }
    }

    /// The classes in which a cell holds.
    pub(crate) fn set(&self, cell: &Cell) -> Set {
        match cell {
            Cell::Any => Set::all(self.count()),
            Cell::OneOf(tests) => self.one_of(tests),
            Cell::NoneOf(tests) => Set::all(self.count()).without(&self.one_of(tests)),
        }
    }

    fn one_of(&self, tests: &[CellTest]) -> Set {
        let mut set = Set::none(self.count());
        for test in tests {
            match (self, test) {
                (_, CellTest::Null) => set.insert(self.absent()),
                (Self::Number(cuts), test) => {
                    let unequal = matches!(test, CellTest::Compare(Comparison::NotEqual, _));
                    fill(&mut set, cuts, ends(test, number), unequal, self.of_values());
                }
                (Self::Date(cuts), test) => {
                    let unequal = matches!(test, CellTest::Compare(Comparison::NotEqual, _));
                    fill(&mut set, cuts, ends(test, day), unequal, self.of_values());
                }
                (_, CellTest::Compare(operator, value)) => {
                    let same = self.class_of(value);
                    for class in 0..self.of_values() {
                        if (Some(class) == same) == (*operator == Comparison::Equal) {
                            set.insert(class);
                        }
                    }
                }
                (_, CellTest::Range { .. }) => {}
            }
            if matches!(test, CellTest::Compare(Comparison::NotEqual, _)) {
                // Absent is unlike every value.
                set.insert(self.absent());
            }
        }
        set
    }

    /// A class in words, as what follows the element's name.
    pub(crate) fn words(&self, class: usize) -> String {
        if class == self.absent() {
            return "is absent".to_owned();
        }
        match self {
            Self::Bool => format!("is {}", class == 1),
            Self::Choice(options) => match options.get(class) {
                Some(option) => format!("is `{option}`"),
                None => String::new(),
            },
            Self::Text(texts) => match texts.get(class) {
                Some(text) => format!("is \"{text}\""),
                None if texts.is_empty() => "is any text".to_owned(),
                None => "is any other text".to_owned(),
            },
            Self::Number(cuts) => numbers(below(cuts, class), cuts.get(class)),
            Self::Date(cuts) => days(below(cuts, class), cuts.get(class)),
        }
    }
}

fn below<C>(cuts: &[C], class: usize) -> Option<&C> {
    cuts.get(class.checked_sub(1)?)
}

fn numbers(low: Option<&Cut>, high: Option<&Cut>) -> String {
    let from = low.map(|cut| (if cut.after { "above" } else { "at least" }, cut.value.normalize()));
    let to = high.map(|cut| (if cut.after { "at most" } else { "below" }, cut.value.normalize()));
    match (from, to) {
        (Some((_, from)), Some((_, to))) if from == to => format!("is {from}"),
        (Some((above, from)), Some((below, to))) => format!("is {above} {from} and {below} {to}"),
        (Some((above, from)), None) => format!("is {above} {from}"),
        (None, Some((below, to))) => format!("is {below} {to}"),
        (None, None) => "is any number".to_owned(),
    }
}

fn days(low: Option<&Date>, high: Option<&Date>) -> String {
    let last = high.and_then(|day| day.yesterday().ok());
    match (low, high, last) {
        (Some(from), _, Some(last)) if *from == last => format!("is {from}"),
        (Some(from), _, Some(last)) => format!("is from {from} to {last}"),
        (Some(from), _, None) => format!("is {from} or later"),
        (None, Some(to), _) => format!("is before {to}"),
        (None, None, _) => "is any date".to_owned(),
    }
}

fn sorted<T: Ord>(items: impl Iterator<Item = T>) -> Arc<[T]> {
    let mut items: Vec<T> = items.collect();
    items.sort();
    items.dedup();
    items.into()
}

/// The cut before or after a value; `None` where nothing lies beyond it, or where it is of another type.
type CutAt<C> = fn(&Value, bool) -> Option<C>;

fn number(value: &Value, after: bool) -> Option<Cut> {
    match value {
        Value::Number(value) => Some(Cut { value: *value, after }),
        _ => None,
    }
}

fn day(value: &Value, after: bool) -> Option<Date> {
    match value {
        Value::Date(value) if after => value.tomorrow().ok(),
        Value::Date(value) => Some(*value),
        _ => None,
    }
}

/// Where a test begins and ends to hold; for an inequality, where it does not.
fn ends<C>(test: &CellTest, cut: CutAt<C>) -> (Option<C>, Option<C>) {
    // Beyond the last day of the calendar there is none: then the last day itself.
    let above = |value: &Value, included: bool| cut(value, !included).or_else(|| cut(value, false));
    match test {
        CellTest::Null => (None, None),
        CellTest::Compare(operator, value) => match operator {
            Comparison::Equal | Comparison::NotEqual => (cut(value, false), cut(value, true)),
            Comparison::Less => (None, cut(value, false)),
            Comparison::LessOrEqual => (None, cut(value, true)),
            Comparison::Greater => (above(value, false), None),
            Comparison::GreaterOrEqual => (cut(value, false), None),
        },
        CellTest::Range { low, low_included, high, high_included } => {
            (above(low, *low_included), cut(high, *high_included))
        }
    }
}

/// Takes in the classes between the ends, or those outside them.
fn fill<C: Ord>(
    set: &mut Set,
    cuts: &[C],
    (low, high): (Option<C>, Option<C>),
    outside: bool,
    count: usize,
) {
    let place = |cut: &C| cuts.partition_point(|other| other < cut);
    let from = low.as_ref().map_or(0, |cut| place(cut).saturating_add(1));
    let to = high.as_ref().map_or(count, |cut| place(cut).saturating_add(1));
    for class in 0..count {
        if (from..to).contains(&class) != outside {
            set.insert(class);
        }
    }
}
