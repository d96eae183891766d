//! Between the port's values and columns: instants as microseconds, counts as signed numbers.

use store_port::Fault;
use vocabulary::Instant;

use crate::{Obstacle, obstacle_of};

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
    move |error| match (&error, obstacle_of(&error)) {
        (sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed, _) => Fault::Closed,
        (_, Obstacle::Full) => Fault::Full { doing, source: Box::new(error) },
        // Only reads: a standby that nobody has made the primary yet.
        (sqlx::Error::Database(refused), _) if refused.code().as_deref() == Some("25006") => {
            Fault::Away { doing, source: Box::new(error) }
        }
        (_, Obstacle::Unreachable) => Fault::Away { doing, source: Box::new(error) },
        _ => Fault::Database { doing, source: Box::new(error) },
    }
}

/// As [`fault`], for the one moment when a broken connection leaves open whether it happened.
pub(crate) fn commit_fault(doing: &'static str) -> impl FnOnce(sqlx::Error) -> Fault {
    move |error| match &error {
        // A full disk is told before anything is kept.
        _ if obstacle_of(&error) == Obstacle::Full => fault(doing)(error),
        sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed => {
            Fault::OutcomeUnknown { doing }
        }
        // Sent away while it was committing (57P…), or the connection's own trouble (08…, 40003): the commit record may
        // have been written before.
        sqlx::Error::Database(refused)
            if refused.code().is_some_and(|code| {
                code.starts_with("57P") || code.starts_with("08") || code == "40003"
            }) =>
        {
            Fault::OutcomeUnknown { doing }
        }
        _ => fault(doing)(error),
    }
}
