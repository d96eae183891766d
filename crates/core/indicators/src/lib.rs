//! Measured values: what was counted, over what, and which cases stand behind each number.
//!
//! Goes in: facts — small dated rows without personal data, one per case, service case, rating, draft and
//! sending — and a [`Scope`] (period, area, matter …). Comes out: [`IndicatorValue`]s, and for every fact whether
//! it counts in an indicator's numerator and denominator. The number on a page, the list behind it and the
//! exported file ask the same function ([`Indicator::count`]), so they cannot disagree.
//!
//! This crate deliberately knows no store, no page and no law: dates come in as civil dates, lengths as halves of
//! working days that somebody with a calendar has counted. A ratio is kept as numerator and denominator; where
//! the denominator is nought there is no value, never 0 % or 100 %.

mod catalogue;
mod facts;
mod scope;
mod tally;
mod value;

#[cfg(test)]
mod tests;

pub use catalogue::{Basis, Counted, Direction, Group, INDICATORS, Indicator, Unit, find};
pub use facts::{
    CaseFact, DraftFact, Fact, FactKind, RatingFact, Savings, SendingFact, ServiceFact, Stages,
};
pub use scope::{Dimension, Scope};
pub use tally::Tally;
pub use value::{Distribution, IndicatorValue};
