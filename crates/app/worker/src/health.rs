//! Which departments answer: kept in memory only, so that one sick department takes neither time nor room
//! from the others.
//!
//! A department may have a few sendings on their way at once. After a failure nothing is sent to it for a
//! while, which doubles with every further failure; the first success ends that.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// So many sendings to one department are on their way at once.
const AT_ONCE: usize = 8;
/// A sending waits for its turn no longer than this; it must end well before its lease.
const WAIT_AT_MOST: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(crate) struct Health {
    first_pause: Duration,
    longest_pause: Duration,
    departments: Mutex<BTreeMap<String, Department>>,
}

#[derive(Debug)]
struct Department {
    room: Arc<Semaphore>,
    failures: u32,
    /// Nothing before this; then one looks whether it is back.
    rests_until: Option<Instant>,
}

/// Whether something may be sent now.
#[derive(Debug)]
pub(crate) enum Turn {
    Go(OwnedSemaphorePermit),
    /// Come back after this.
    Later(Duration),
}

impl Health {
    pub(crate) fn new(first_pause: Duration, longest_pause: Duration) -> Self {
        Self { first_pause, longest_pause, departments: Mutex::default() }
    }

    /// Waits for room; says `Later` when the department rests, or there is no room for long.
    pub(crate) async fn turn(&self, department: &str) -> Turn {
        let room = match self.admit(department, Instant::now()) {
            Ok(room) => room,
            Err(pause) => return Turn::Later(pause),
        };
        match tokio::time::timeout(WAIT_AT_MOST, room.acquire_owned()).await {
            Ok(Ok(permit)) => Turn::Go(permit),
            Ok(Err(_)) | Err(_) => Turn::Later(self.first_pause),
        }
    }

    /// The room of a department that may be asked now, or how long it still rests.
    fn admit(&self, department: &str, now: Instant) -> Result<Arc<Semaphore>, Duration> {
        let mut departments = self.lock();
        let state = departments.entry(department.to_owned()).or_insert_with(|| Department {
            room: Arc::new(Semaphore::new(AT_ONCE)),
            failures: 0,
            rests_until: None,
        });
        match state.rests_until {
            Some(until) if until > now => return Err(until.saturating_duration_since(now)),
            // One looks whether it is back; the others wait for what it finds.
            Some(_) => state.rests_until = now.checked_add(self.first_pause),
            None => {}
        }
        Ok(Arc::clone(&state.room))
    }

    pub(crate) fn succeeded(&self, department: &str) {
        if let Some(state) = self.lock().get_mut(department) {
            state.failures = 0;
            state.rests_until = None;
        }
    }

    pub(crate) fn failed(&self, department: &str, now: Instant) {
        if let Some(state) = self.lock().get_mut(department) {
            // Several that were on their way together are one failure.
            if state.rests_until.is_none_or(|until| until <= now) || state.failures == 0 {
                state.failures = state.failures.saturating_add(1);
            }
            let doublings = state.failures.saturating_sub(1).min(16);
            let pause = self.first_pause.saturating_mul(1 << doublings).min(self.longest_pause);
            state.rests_until = now.checked_add(pause);
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Department>> {
        self.departments.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_sick_department_rests_longer_and_longer_and_others_do_not() {
        let health = Health::new(SECOND, 4 * SECOND);
        let mut now = Instant::now();
        for pause in [1, 2, 4, 4] {
            assert!(health.admit("tax", now).is_ok(), "one looks");
            // Its look takes longer than the pause that keeps others away meanwhile.
            now += SECOND + SECOND;
            health.failed("tax", now);
            now += pause * SECOND - Duration::from_millis(1);
            assert!(health.admit("tax", now).is_err(), "rests {pause} s");
            assert!(health.admit("hospital", now).is_ok());
            now += Duration::from_millis(1);
        }
        assert!(health.admit("tax", now).is_ok(), "one looks whether it is back");
        assert!(health.admit("tax", now).is_err(), "only one looks");
        health.succeeded("tax");
        assert!(health.admit("tax", now).is_ok());
    }

    #[tokio::test]
    async fn only_so_many_at_once() {
        let health = Health::new(SECOND, 4 * SECOND);
        let mut held = Vec::new();
        for _ in 0..AT_ONCE {
            match health.turn("tax").await {
                Turn::Go(permit) => held.push(permit),
                Turn::Later(_) => panic!("there is room"),
            }
        }
        let room = health.admit("tax", Instant::now()).unwrap();
        assert_eq!(room.available_permits(), 0);
        held.pop();
        assert!(matches!(health.turn("tax").await, Turn::Go(_)));
    }
}
