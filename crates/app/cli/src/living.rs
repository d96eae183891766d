//! A demo town that lives: its simulated departments, its clock, and what happens in it by and by.
//!
//! While the town's time goes on, the worker rests: otherwise departments would be sent what the town's own life
//! has already answered.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhow::{Context, Result};
use async_trait::async_trait;
use engine::{Clock as _, Engine};
use jiff::SignedDuration;
use store_port::ServiceFilter;
use tokio::sync::{Mutex, watch};
use tokio::task::JoinHandle;
use vocabulary::{CaseId, Instant};
use web::{Advance, Behaviour, DemoControl, DemoTime};

use crate::demo::Town;
use crate::demo_clock::DemoClock;
use crate::life::{Happened, Life, Moments};
use crate::wiring::{Hub, Stop};

/// How often the town looks whether something is due.
const LOOK: Duration = Duration::from_secs(15);
/// States in which a department or the applicant owes something.
const OPEN: [&str; 4] = ["referred", "received", "accepted", "correction-requested"];

/// A town with a life.
#[derive(Debug)]
pub(crate) struct Living {
    town: Town,
    clock: Arc<DemoClock>,
    began: Instant,
    /// Where it keeps how far its time is ahead.
    note: PathBuf,
    inner: OnceLock<Inner>,
}

#[derive(Debug)]
struct Inner {
    hub: Hub,
    busy: Mutex<Busy>,
}

#[derive(Debug)]
struct Busy {
    life: Life,
    /// `None` while the town is closing.
    working: Option<Working>,
}

#[derive(Debug)]
struct Working {
    trigger: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Working {
    fn start(hub: &Hub) -> Self {
        let (trigger, stop) = Stop::by_hand();
        let hub = hub.clone();
        let task = tokio::spawn(async move { hub.work(stop).await });
        Self { trigger, task }
    }

    async fn rest(self) -> Result<()> {
        self.trigger.send_replace(true);
        self.task.await.context("resting the worker")
    }
}

impl Living {
    /// A town whose time is where it was left in `data`.
    pub(crate) fn new(town: Town, data: &Path) -> Arc<Self> {
        let note = data.join("demo-time");
        let left = std::fs::read_to_string(&note).ok();
        let seconds = left.and_then(|text| text.trim().parse::<i64>().ok()).unwrap_or(0);
        let ahead = SignedDuration::from_secs(seconds.max(0));
        town.simulation.set_ahead(ahead);
        let clock = Arc::new(DemoClock::ahead_by(ahead));
        Arc::new(Self { town, clock, began: Instant::now(), note, inner: OnceLock::new() })
    }

    pub(crate) fn clock(&self) -> Arc<DemoClock> {
        Arc::clone(&self.clock)
    }

    /// Brings the town to life: makes its history unless it has one, and sets the worker to work.
    pub(crate) async fn begin(&self, hub: Hub, mut life: Life) -> Result<Happened> {
        let now = self.clock.now();
        let lived_before = !hub.engine.store().list_case_ids(None, 1).await?.is_empty();
        let happened = if lived_before {
            life.resume(now).await?;
            Happened::default()
        } else {
            life.run_until(now).await?
        };
        self.clock.run_from(now);
        let working = Some(Working::start(&hub));
        let busy = Mutex::new(Busy { life, working });
        self.inner.set(Inner { hub, busy }).ok().context("a town begins once")?;
        Ok(happened)
    }

    /// Lets happen what is due, until it is time to stop.
    pub(crate) async fn go_on(&self, stop: Stop) -> Result<()> {
        let Some(inner) = self.inner.get() else { return Ok(()) };
        loop {
            tokio::select! {
                () = stop.clone().wait() => break,
                () = tokio::time::sleep(LOOK) => {}
            }
            let now = self.clock.now();
            let due = inner.busy.lock().await.life.next_at().is_some_and(|at| at <= now);
            if due {
                self.go_to(inner, now).await?;
            }
        }
        let working = inner.busy.lock().await.working.take();
        match working {
            Some(working) => working.rest().await,
            None => Ok(()),
        }
    }

    async fn go_to(&self, inner: &Inner, until: Instant) -> Result<()> {
        let mut busy = inner.busy.lock().await;
        let Some(working) = busy.working.take() else { return Ok(()) };
        working.rest().await?;
        let gone = busy.life.run_until(until).await;
        // Whatever happened: the time runs on from where people wanted it.
        let ahead = self.clock.run_from(until);
        self.town.simulation.set_ahead(ahead);
        busy.working = Some(Working::start(&inner.hub));
        drop(busy);
        if let Err(fault) = std::fs::write(&self.note, ahead.as_secs().to_string()) {
            tracing::warn!(error = %fault, "keeping the demo's time");
        }
        gone.map(|_| ())
    }

    async fn target(&self, engine: &Engine, by: Advance) -> Result<Option<Instant>> {
        let catalogue = engine.catalogue();
        let moments = Moments { catalogue };
        let now = self.clock.now();
        let today = catalogue.civil_date(now);
        match by {
            Advance::WorkingDay => {
                let day = moments.next_day(today);
                let civil = now.to_zoned(catalogue.jurisdiction.time_zone.clone());
                let minute = i64::from(civil.hour()) * 60 + i64::from(civil.minute());
                Ok(Some(moments.at(day, minute)))
            }
            Advance::NextDue => {
                let from = if moments.close_of(today) > now { today } else { today.tomorrow()? };
                let filter = ServiceFilter {
                    states: OPEN.map(str::to_owned).to_vec(),
                    after: Some((from.to_string(), CaseId(uuid::Uuid::nil()), String::new())),
                    limit: 1,
                    ..ServiceFilter::default()
                };
                let rows = engine.store().list_services(&filter).await?;
                let due = rows.into_iter().next().and_then(|row| row.promised_on);
                let due = due.and_then(|date| date.parse().ok());
                Ok(due.map(|day| moments.close_of(day)))
            }
        }
    }
}

#[async_trait]
impl DemoControl for Living {
    async fn behaviours(&self) -> Vec<(String, Behaviour)> {
        self.town.behaviours().await
    }

    async fn set_behaviour(&self, department: &str, behaviour: Behaviour) -> bool {
        self.town.set_behaviour(department, behaviour).await
    }

    fn time(&self) -> Option<DemoTime> {
        let (now, real) = (self.clock.now(), Instant::now());
        Some(DemoTime { began: self.began, now, real })
    }

    async fn advance(&self, by: Advance) -> bool {
        let Some(inner) = self.inner.get() else { return false };
        let gone = async {
            match self.target(&inner.hub.engine, by).await? {
                Some(target) => self.go_to(inner, target).await.map(|()| true),
                None => Ok(false),
            }
        };
        gone.await.unwrap_or_else(|error: anyhow::Error| {
            tracing::error!(error = format!("{error:#}"), "letting the demo's time go on");
            false
        })
    }
}
