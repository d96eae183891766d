//! The hub's time on a real node.
//!
//! Leases, timers and everything dated are compared between nodes, so they share one clock: the database's. A node asks
//! it now and then and counts on from there by a counter that nobody sets, so that its own clock may be minutes wrong,
//! or jump, without a lease breaking or a timer firing early. A node with an embedded database is alone: it follows its
//! machine's clock as long as that runs evenly, and counts on by itself when it jumps. Either way it says so in the log
//! and at `/ready`.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, Weak};
use std::time::Duration;

use engine::Clock;
use jiff::SignedDuration;
use rustix::time::{ClockId, clock_gettime};
use store_port::{Fault, SharedStore};
use vocabulary::Instant;

use crate::wiring::SystemClock;

/// How often one looks whether the counter is still right.
const LOOK_EVERY: Duration = Duration::from_secs(10);
/// The database tells its time within this, or is asked again later.
const TOLD_WITHIN: Duration = Duration::from_secs(5);
/// An answer that was on its way for longer says too little.
const WAY_AT_MOST: SignedDuration = SignedDuration::from_secs(1);
/// Clocks that are further apart are told.
const APART: SignedDuration = SignedDuration::from_secs(2);

/// Who is followed.
#[derive(Debug)]
enum Follows {
    Database(SharedStore),
    Machine,
}

/// A clock that counts evenly and is put right against the one it follows.
#[derive(Debug)]
pub struct SteadyClock {
    follows: Follows,
    /// The machine's own clock.
    wall: Arc<dyn Clock>,
    /// Time since the machine started, sleep included, and the instant at that time.
    anchor: RwLock<(SignedDuration, Instant)>,
    /// The latest instant that was told, in microseconds.
    told: AtomicI64,
}

impl SteadyClock {
    /// The clock of a node on `store`: the database's, or the machine's where the database is embedded.
    ///
    /// # Errors
    /// The database does not tell its time.
    pub async fn start(store: &SharedStore, embedded: bool) -> Result<Arc<Self>, Fault> {
        Self::start_beside(store, embedded, Arc::new(SystemClock)).await
    }

    /// The same on a machine with another clock, for tests.
    ///
    /// # Errors
    /// The database does not tell its time.
    pub async fn start_beside(
        store: &SharedStore,
        embedded: bool,
        wall: Arc<dyn Clock>,
    ) -> Result<Arc<Self>, Fault> {
        let follows =
            if embedded { Follows::Machine } else { Follows::Database(Arc::clone(store)) };
        let now = match &follows {
            Follows::Database(store) => store.database_time().await?,
            Follows::Machine => wall.now(),
        };
        let anchor = RwLock::new((counted(), now));
        let clock =
            Arc::new(Self { follows, wall, anchor, told: AtomicI64::new(now.as_microsecond()) });
        clock.look().await;
        tokio::spawn(keep_right(Arc::downgrade(&clock)));
        Ok(clock)
    }

    fn reckon(&self) -> Instant {
        let (at, instant) = *self.anchor.read().unwrap_or_else(PoisonError::into_inner);
        instant.saturating_add(counted().saturating_sub(at)).unwrap_or(instant)
    }

    fn put_right(&self, instant: Instant) {
        let now = (counted(), instant);
        *self.anchor.write().unwrap_or_else(PoisonError::into_inner) = now;
    }

    /// Compares once.
    async fn look(&self) {
        match &self.follows {
            Follows::Database(store) => {
                let before = counted();
                let asked = tokio::time::timeout(TOLD_WITHIN, store.database_time()).await;
                let way = counted().saturating_sub(before);
                // Away: the counter goes on.
                let Ok(Ok(told)) = asked else { return };
                if way > WAY_AT_MOST {
                    return;
                }
                let now = told.saturating_add(way / 2).unwrap_or(told);
                self.put_right(now);
                let apart = self.wall.now().duration_since(now);
                if apart.abs() > APART {
                    tracing::error!(
                        apart_s = apart.as_secs(),
                        "this machine's clock is not the database's; the hub goes by the database's"
                    );
                }
            }
            Follows::Machine => {
                let wall = self.wall.now();
                let apart = wall.duration_since(self.reckon());
                if apart.abs() <= APART {
                    self.put_right(wall);
                } else {
                    tracing::error!(
                        apart_s = apart.as_secs(),
                        "this machine's clock has jumped; the hub counts on from before. Mend the clock; if it is \
                         right now, restart the hub"
                    );
                }
            }
        }
    }
}

impl Clock for SteadyClock {
    /// Never a little earlier than before: putting right does not turn back.
    fn now(&self) -> Instant {
        // As exact as it is remembered, so that the same instant is never told twice as two.
        let now = self.reckon();
        let now = Instant::from_microsecond(now.as_microsecond()).unwrap_or(now);
        let before = self.told.fetch_max(now.as_microsecond(), Ordering::Relaxed);
        match Instant::from_microsecond(before) {
            Ok(before) if before > now && before.duration_since(now) <= APART => before,
            Ok(before) if before > now => {
                // The database's clock itself was put back: time goes on from there.
                self.told.store(now.as_microsecond(), Ordering::Relaxed);
                now
            }
            _ => now,
        }
    }
}

/// What the machine counts since it started; nobody sets it, and it goes on while the machine sleeps.
fn counted() -> SignedDuration {
    let time = clock_gettime(ClockId::Boottime);
    SignedDuration::new(time.tv_sec, i32::try_from(time.tv_nsec).unwrap_or(0))
}

async fn keep_right(clock: Weak<SteadyClock>) {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let Some(clock) = clock.upgrade() else { return };
        clock.look().await;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use super::*;

    /// A machine whose clock is some seconds off.
    #[derive(Debug)]
    struct Off(AtomicI64);

    impl Clock for Off {
        fn now(&self) -> Instant {
            Instant::now() + SignedDuration::from_secs(self.0.load(Ordering::Relaxed))
        }
    }

    fn off_by(clock: &SteadyClock) -> i64 {
        clock.now().duration_since(Instant::now()).as_secs().abs()
    }

    #[tokio::test]
    async fn a_node_of_many_goes_by_the_database_whatever_its_own_clock_says() {
        let Some(url) = testkit::postgres::fresh_database() else { return };
        let store = store_sql::open(&url).await.unwrap();
        let wall = Arc::new(Off(AtomicI64::new(-7_200)));
        let clock = SteadyClock::start_beside(&store, false, Arc::<Off>::clone(&wall)).await;
        let clock = clock.unwrap();
        assert!(off_by(&clock) <= 1);
        wall.0.store(86_400, Ordering::Relaxed);
        clock.look().await;
        assert!(off_by(&clock) <= 1);
    }

    #[tokio::test]
    async fn a_node_that_is_alone_counts_on_when_its_clock_jumps_and_follows_it_when_it_drifts() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/hub.db", folder.path().display());
        let store = store_sql::open(&url).await.unwrap();
        let wall = Arc::new(Off(AtomicI64::new(0)));
        let clock = SteadyClock::start_beside(&store, true, Arc::<Off>::clone(&wall)).await;
        let clock = clock.unwrap();
        let mut before = clock.now();
        for jump in [86_400, -86_400, 3_600, 0] {
            wall.0.store(jump, Ordering::Relaxed);
            clock.look().await;
            let now = clock.now();
            assert!(off_by(&clock) <= 1, "a jump of {jump} s");
            assert!(now >= before, "it does not turn back");
            before = now;
        }
        wall.0.store(1, Ordering::Relaxed);
        clock.look().await;
        let ahead = clock.now().duration_since(Instant::now());
        assert!(ahead > SignedDuration::from_millis(900), "a drift is followed: {ahead}");
        wall.0.store(0, Ordering::Relaxed);
        let before = clock.now();
        clock.look().await;
        assert!(clock.now() >= before, "put right without turning back");
    }
}
