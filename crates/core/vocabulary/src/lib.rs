//! Words used everywhere: typed ids, localised text, values and facts, periods, calendars, and the
//! public identifier standards.
//!
//! Goes in: text and numbers. Comes out: checked values. This crate deliberately knows no definition
//! file, no condition, no case, and neither clock nor randomness: instants and fresh ids are arguments.

pub mod calendar;
pub mod clock;
pub mod codes;
pub mod facts;
pub mod ids;
pub mod period;
pub mod standing;
pub mod text;

pub use calendar::{CalendarYear, DueDate, SkippedDay, WorkCalendar};
pub use clock::{ClockRules, ClockStart, CountsFrom, LapseMeans, OfficeHours};
pub use facts::{Fact, Facts, Origin, Slot, Value};
pub use ids::*;
pub use period::{HalfDays, Period, PeriodUnit};
pub use text::{Lang, Localised};

pub use jiff::Timestamp as Instant;
pub use jiff::civil::Date;
pub use rust_decimal::Decimal;
