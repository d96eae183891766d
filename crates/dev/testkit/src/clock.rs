//! A clock that stands still until the test moves it.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::SignedDuration;
use vocabulary::Instant;

/// Time as the test wants it, to the microsecond.
#[derive(Debug)]
pub struct ManualClock {
    micros: AtomicI64,
}

impl ManualClock {
    /// A clock that shows `now`.
    pub fn at(now: Instant) -> Self {
        Self { micros: AtomicI64::new(now.as_microsecond()) }
    }

    /// Shows another time.
    pub fn set(&self, now: Instant) {
        self.micros.store(now.as_microsecond(), Ordering::SeqCst);
    }

    /// Lets time pass.
    pub fn advance(&self, by: SignedDuration) {
        let micros = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        self.micros.fetch_add(micros, Ordering::SeqCst);
    }
}

impl engine::Clock for ManualClock {
    fn now(&self) -> Instant {
        let micros = self.micros.load(Ordering::SeqCst);
        Instant::from_microsecond(micros).unwrap_or(Instant::MAX)
    }
}

#[cfg(test)]
mod tests {
    use engine::Clock as _;
    use jiff::SignedDuration;

    use super::ManualClock;

    #[test]
    fn time_passes_only_when_told() {
        let start = "2026-03-02T01:00:00Z".parse().unwrap();
        let clock = ManualClock::at(start);
        assert_eq!(clock.now(), start);
        clock.advance(SignedDuration::from_hours(30));
        assert_eq!(clock.now(), "2026-03-03T07:00:00Z".parse().unwrap());
        clock.set(start);
        assert_eq!(clock.now(), start);
    }
}
