//! Works the outbox and the timers, and asks shared sources: everything that the hub says to others over
//! HTTP.
//!
//! It holds nothing that a restart would lose: what is to be sent stands in the store under a permanent id,
//! is claimed under a lease, and stays until the department's business receipt closes it. It is sent again
//! and again, for ever; delivered is not received. It deliberately takes no decision and reads no reply: those
//! come back through the web's exchange routes. It never logs personal data.

mod client;
mod hands;
mod health;
mod routes;
mod sending;
mod sources;

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use engine::Engine;
use store_port::fresh_id;
use tokio::sync::{Notify, Semaphore};
use vocabulary::{CaseId, CommandId, Instant};

pub use client::{Carrier, ClientFault, SignedClient};
pub use routes::{Route, Routes};
pub use sources::HttpSources;

use hands::Hands;
use health::Health;

/// Rows claimed at once.
const CLAIM_MAX: u32 = 64;
/// Sendings in this process's hands at once, waiting ones included.
const IN_HAND_MAX: usize = 512;
/// Timers fired at once.
const TIMERS_MAX: u32 = 64;
/// Without the bell it looks this often.
const TICK: Duration = Duration::from_secs(1);
/// A look at outbox and timers that was begun may end within this when the hub stops.
const ROUND_ENDS_WITHIN: Duration = Duration::from_secs(3);
/// After a fault of the store it waits this long.
const AFTER_FAULT: Duration = Duration::from_secs(1);

/// How patient the worker is. The defaults suit production; a demo and tests are quicker.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Patience {
    /// Who claims a row may keep it for this long; then another may. Longer than one sending can take.
    pub lease: Duration,
    /// A department that failed rests this long, then twice as long, …
    pub first_pause: Duration,
    /// … up to this.
    pub longest_pause: Duration,
    /// One failed sending waits no longer than this before it is tried again.
    pub longest_wait: Duration,
    /// A delivered sending without a business receipt is sent again after this at the earliest, …
    pub first_repeat: Duration,
    /// … and after this at the latest.
    pub longest_repeat: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            lease: Duration::from_secs(30),
            first_pause: Duration::from_secs(1),
            longest_pause: Duration::from_secs(60),
            longest_wait: Duration::from_secs(900),
            first_repeat: Duration::from_secs(60),
            longest_repeat: Duration::from_secs(3_600),
        }
    }
}

impl Patience {
    /// For people who watch, and for tests.
    pub const fn short() -> Self {
        Self {
            lease: Duration::from_secs(20),
            first_pause: Duration::from_millis(200),
            longest_pause: Duration::from_secs(2),
            longest_wait: Duration::from_secs(3),
            first_repeat: Duration::from_secs(60),
            longest_repeat: Duration::from_secs(3_600),
        }
    }
}

/// Works the outbox and the timers. Any number of them may work on one store.
#[derive(Debug, Clone)]
pub struct Worker(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// Replaced as a whole when other definitions come into force.
    engine: RwLock<Engine>,
    routes: Routes,
    client: Arc<dyn Carrier>,
    bell: Arc<Notify>,
    patience: Patience,
    health: Health,
    in_hand: Arc<Semaphore>,
    hands: Hands,
    /// Known to the store as the one who holds a lease.
    name: String,
}

impl Worker {
    /// A worker that is woken by `bell` and sends along `routes`.
    pub fn new(
        engine: Engine,
        routes: Routes,
        client: impl Carrier + 'static,
        bell: Arc<Notify>,
        patience: Patience,
    ) -> Self {
        Self(Arc::new(Inner {
            engine: RwLock::new(engine),
            routes,
            client: Arc::new(client),
            bell,
            patience,
            health: Health::new(patience.first_pause, patience.longest_pause),
            in_hand: Arc::new(Semaphore::new(IN_HAND_MAX)),
            hands: Hands::default(),
            name: fresh_id().to_string(),
        }))
    }

    /// From now on this engine is worked for: other definitions are in force.
    pub fn take_over(&self, engine: Engine) {
        *self.0.engine.write().unwrap_or_else(PoisonError::into_inner) = engine;
    }

    /// Works until `shutdown` is done; then it takes nothing more. What is under way may be cut off at any point:
    /// it is sent again under the same id by whoever claims it next. [`Self::wind_down`] does it more politely.
    pub async fn run(&self, shutdown: impl Future<Output = ()>) {
        tokio::pin!(shutdown);
        self.0.hands.begin();
        loop {
            let round = self.0.round();
            tokio::pin!(round);
            let more = tokio::select! {
                biased;
                () = &mut shutdown => {
                    // What it has claimed meanwhile is in our hands and can be handed back.
                    let _ = tokio::time::timeout(ROUND_ENDS_WITHIN, round).await;
                    break;
                }
                more = &mut round => more,
            };
            if more {
                continue;
            }
            tokio::select! {
                biased;
                () = &mut shutdown => break,
                () = self.0.bell.notified() => {}
                () = tokio::time::sleep(TICK) => {}
            }
        }
    }

    /// After [`Self::run`]: what only waits for its turn is handed back at once, what is on its way has `within`
    /// to arrive; then that is handed back too. Other nodes need wait for no lease.
    pub async fn wind_down(&self, within: Duration) {
        self.0.hands.stop();
        let all = u32::try_from(IN_HAND_MAX).unwrap_or(u32::MAX);
        let ended = tokio::time::timeout(within, self.0.in_hand.acquire_many(all)).await;
        if ended.is_ok() {
            return;
        }
        let left = self.0.hands.let_go();
        tracing::warn!(sendings = left.len(), "handing back what has not arrived in time");
        for claimed in left {
            self.0.hand_back(&claimed).await;
        }
    }
}

impl Worker {
    /// One look at timers and outbox, as [`Self::run`] takes it again and again; true when there is more at once.
    /// What it claims is sent in tasks of their own.
    pub async fn look(&self) -> bool {
        self.0.round().await
    }
}

impl Inner {
    /// One look at timers and outbox; true when there is more at once.
    async fn round(self: &Arc<Self>) -> bool {
        if let Err(fault) = self.fire_timers().await {
            tracing::error!(error = %Chain(&fault), "firing timers");
        }
        match self.claim().await {
            Ok(more) => more,
            Err(fault) => {
                tracing::error!(error = %Chain(&fault), "claiming sendings");
                tokio::time::sleep(AFTER_FAULT).await;
                false
            }
        }
    }

    async fn claim(self: &Arc<Self>) -> Result<bool, store_port::Fault> {
        let room = u32::try_from(self.in_hand.available_permits()).unwrap_or(CLAIM_MAX);
        let limit = room.min(CLAIM_MAX);
        if limit == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
            return Ok(true);
        }
        let now = self.now();
        let lease_until = sending::later(now, self.patience.lease);
        let claimed = self.engine().store().claim(&self.name, now, lease_until, limit).await?;
        let full = u32::try_from(claimed.len()).is_ok_and(|count| count == limit);
        for claimed in claimed {
            let Ok(permit) = Arc::clone(&self.in_hand).try_acquire_owned() else { break };
            let (inner, key) = (Arc::clone(self), claimed.row.dispatch_id);
            let kept = claimed.clone();
            let task = tokio::spawn(async move {
                inner.send(claimed).await;
                inner.hands.done(key);
                drop(permit);
            });
            self.hands.took(kept, &task);
        }
        Ok(full)
    }

    async fn fire_timers(self: &Arc<Self>) -> Result<(), store_port::Fault> {
        let timers = self.engine().store().due_timers(self.now(), TIMERS_MAX).await?;
        let (asks, timers): (Vec<_>, Vec<_>) =
            timers.into_iter().partition(|it| it.kind == store_port::ASKS_AGAIN);
        if !asks.is_empty() {
            // A source that hangs keeps neither timers nor sendings waiting.
            let inner = Arc::clone(self);
            let cases = asks.iter().map(|timer| timer.case_id).collect();
            tokio::spawn(async move { inner.ask_again(cases).await });
        }
        let mut cases: Vec<CaseId> = timers.iter().map(|timer| timer.case_id).collect();
        cases.sort_unstable();
        cases.dedup();
        for case in cases {
            let command = CommandId(fresh_id());
            let fired = self
                .engine()
                .execute(hub(), "tick", command, case, None, casework::Command::Tick, Vec::new())
                .await;
            // Deemed effects first: what has ended needs no reminder.
            let fired = match fired {
                Ok(_) => self.engine().remind(case).await.map(drop),
                Err(error) => Err(error),
            };
            if let Err(error) = fired {
                // The timer stays due; it fires again when its lease is over.
                tracing::warn!(case.id = %case, code = error.code(), "firing a timer");
            }
        }
        Ok(())
    }

    /// What is in force.
    fn engine(&self) -> Engine {
        self.engine.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Asks sources that were out of reach once more. A source that does not answer rests, longer each time; what waits
    /// for it stays due in the store.
    async fn ask_again(&self, cases: Vec<CaseId>) {
        for case in cases {
            let sources = match self.engine().unanswered_sources(case).await {
                Ok(sources) => sources,
                Err(error) => {
                    tracing::warn!(case.id = %case, code = error.code(), "looking for sources to ask");
                    continue;
                }
            };
            for source in sources {
                let name = format!("source/{source}");
                let health::Turn::Go(_permit) = self.health.turn(&name).await else { continue };
                match self.engine().check_fields(case, &source).await {
                    Ok(true) => self.health.succeeded(&name),
                    Ok(false) => self.health.failed(&name, tokio::time::Instant::now()),
                    Err(error) => {
                        tracing::warn!(case.id = %case, code = error.code(), "checking fields");
                    }
                }
            }
        }
    }

    fn now(&self) -> Instant {
        self.engine().clock().now()
    }
}

/// The hub itself as an actor.
fn hub() -> casework::Actor {
    casework::Actor { role: casework::ActorRole::Hub, account: None, department: None }
}

/// An error with everything that caused it, on one line.
struct Chain<'a>(&'a (dyn std::error::Error + 'static));

impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut next = Some(self.0);
        let mut separator = "";
        while let Some(error) = next {
            write!(f, "{separator}{error}")?;
            separator = ": ";
            next = error.source();
        }
        Ok(())
    }
}
