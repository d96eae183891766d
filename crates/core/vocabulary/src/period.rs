//! Periods of law and promise.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A length in halves of a working day (semantics 1): decimal text in files, integers inside.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct HalfDays(pub u32);

impl HalfDays {
    pub const ZERO: Self = Self(0);

    /// Whole days.
    pub const fn days(days: u32) -> Self {
        Self(days.saturating_mul(2))
    }

    pub const fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl fmt::Display for HalfDays {
    /// `3` or `0.5`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_multiple_of(2) {
            write!(f, "{}", self.0 / 2)
        } else {
            write!(f, "{}.5", self.0 / 2)
        }
    }
}

/// The unit of a period.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeriodUnit {
    WorkingDay,
    CalendarDay,
    Month,
    Hour,
    /// Done on the spot 即办: due at the close of the same office day.
    Immediate,
}

/// How long something may take. `halves` counts halves of `unit` for working days; for other units it
/// is twice the count.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Period {
    pub halves: HalfDays,
    pub unit: PeriodUnit,
}

impl Period {
    pub const IMMEDIATE: Self = Self { halves: HalfDays::ZERO, unit: PeriodUnit::Immediate };

    pub const fn working_days(days: u32) -> Self {
        Self { halves: HalfDays::days(days), unit: PeriodUnit::WorkingDay }
    }
}
