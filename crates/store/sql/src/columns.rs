//! Between the port's values and columns: instants as microseconds, counts as signed numbers.

use store_port::Fault;
use vocabulary::Instant;

pub(crate) fn micros(at: Instant) -> i64 {
    at.as_microsecond()
}

pub(crate) fn instant(micros: i64, what: &'static str) -> Result<Instant, Fault> {
    Instant::from_microsecond(micros).map_err(|_| Fault::Corrupt { what })
}

pub(crate) fn maybe_instant(
    micros: Option<i64>,
    what: &'static str,
) -> Result<Option<Instant>, Fault> {
    micros.map(|micros| instant(micros, what)).transpose()
}

/// A number that is never negative.
pub(crate) fn count<T: TryFrom<i64>>(value: i64, what: &'static str) -> Result<T, Fault> {
    T::try_from(value).map_err(|_| Fault::Corrupt { what })
}

pub(crate) fn stored(value: u64, what: &'static str) -> Result<i64, Fault> {
    i64::try_from(value).map_err(|_| Fault::Corrupt { what })
}

/// Wraps what the driver says with what was being done.
pub(crate) fn fault(doing: &'static str) -> impl FnOnce(sqlx::Error) -> Fault {
    move |error| match error {
        sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => Fault::Closed,
        source => Fault::Database { doing, source: Box::new(source) },
    }
}

/// As [`fault`], for the one moment when a broken connection leaves open whether it happened.
pub(crate) fn commit_fault(doing: &'static str) -> impl FnOnce(sqlx::Error) -> Fault {
    move |error| match error {
        sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed => {
            Fault::OutcomeUnknown { doing }
        }
        source => fault(doing)(source),
    }
}
