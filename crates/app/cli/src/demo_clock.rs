//! The demo's clock: the real time, put forward by as much as its users have moved it; while a history is being
//! made it stands where the history is.

use std::sync::{PoisonError, RwLock};

use jiff::SignedDuration;
use vocabulary::Instant;

/// Shows a moved time.
#[derive(Debug)]
pub struct DemoClock {
    state: RwLock<State>,
}

#[derive(Debug, Clone, Copy)]
enum State {
    Standing(Instant),
    Ahead(SignedDuration),
}

impl DemoClock {
    /// A clock that runs `ahead` of the real one.
    pub fn ahead_by(ahead: SignedDuration) -> Self {
        Self { state: RwLock::new(State::Ahead(ahead)) }
    }

    /// Stands at `now` until it is told otherwise.
    pub fn stand(&self, now: Instant) {
        self.set(State::Standing(now));
    }

    /// Runs on from `now`; never behind the real time.
    pub fn run_from(&self, now: Instant) -> SignedDuration {
        let ahead = now.duration_since(Instant::now()).max(SignedDuration::ZERO);
        self.set(State::Ahead(ahead));
        ahead
    }

    /// How far it is ahead of the real time; nothing while it stands.
    pub fn ahead(&self) -> SignedDuration {
        match self.get() {
            State::Ahead(ahead) => ahead,
            State::Standing(_) => SignedDuration::ZERO,
        }
    }

    fn get(&self) -> State {
        *self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, state: State) {
        *self.state.write().unwrap_or_else(PoisonError::into_inner) = state;
    }
}

impl engine::Clock for DemoClock {
    fn now(&self) -> Instant {
        match self.get() {
            State::Standing(now) => now,
            State::Ahead(ahead) => {
                let now = Instant::now();
                now.checked_add(ahead).unwrap_or(now)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use engine::Clock as _;

    use super::*;

    #[test]
    fn it_stands_runs_ahead_and_never_falls_behind() {
        let clock = DemoClock::ahead_by(SignedDuration::ZERO);
        let past: Instant = "2026-01-05T01:00:00Z".parse().unwrap();
        clock.stand(past);
        assert_eq!(clock.now(), past);
        assert_eq!(clock.run_from(past), SignedDuration::ZERO);
        assert!(clock.now() >= past + SignedDuration::from_hours(1));
        let later = Instant::now() + SignedDuration::from_hours(30);
        assert!(clock.run_from(later) > SignedDuration::from_hours(29));
        assert!(clock.now() >= later);
    }
}
