//! The same case without the engine: the rows that a real run recorded, written by hand-written SQL.
//!
//! One case is carried through the real engine first, on a database of its own, and every row it commits is kept.
//! The floor then writes those rows for each case, with fresh ids, in the same order of steps: a service's second
//! step waits for the commit of its first, and a service starts with the last step it waits for.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant as Tick};

use anyhow::{Context, Result, anyhow, bail};
use casework::CaseEvent;
use store_port::{CaseChange, CaseFactRow, CaseRow, CommandRow, SealedRow, fresh_id};
use store_sql::floor::{ClaimedSending, Floor, Part, Step};
use tokio::sync::{Notify, oneshot};
use vocabulary::{CaseId, CommandId, DispatchId, SealedId};

use super::{Bench, CLAIM, SERVICES, STEPS, UnderWay};

/// What one step writes beside the rows of its nodes.
struct Beside {
    command: Option<Arc<CommandRow>>,
    sealed: Vec<Arc<SealedRow>>,
}

impl Beside {
    fn of(change: &CaseChange) -> Self {
        Self {
            command: change.command.clone().map(Arc::new),
            sealed: change.sealed.iter().cloned().map(Arc::new).collect(),
        }
    }
}

/// One service of the case: what it waits for, and what its steps write.
struct Service {
    node: String,
    waits_for: usize,
    followers: Vec<usize>,
    started: Arc<Part>,
    received: (Arc<Part>, Beside),
    granted: (Arc<Part>, Beside),
}

/// All rows of one case.
struct Recorded {
    submitted: (Arc<Part>, Beside),
    services: Vec<Service>,
    /// The case as lists and figures have it after so many steps.
    after: Vec<(Arc<CaseRow>, Option<Arc<CaseFactRow>>)>,
}

impl Recorded {
    /// Carries one case through the engine and keeps what it commits.
    async fn make() -> Result<Self> {
        let folder = tempfile::tempdir().context("making a folder")?;
        let url = format!("sqlite://{}", folder.path().join("recorded.db").display());
        let (store, recording) = store_sql::open_recorded(&url).await?;
        let bench = Bench::start_on(store).await?;
        bench.submit(0, CaseId(fresh_id())).await?;
        let mut order = Vec::new();
        loop {
            let mut claimed = bench.claim().await?;
            if claimed.is_empty() {
                break;
            }
            claimed.sort_by(|a, b| a.row.node.cmp(&b.row.node));
            for sending in claimed {
                order.push(sending.row.node.clone());
                bench.decide(sending).await?;
            }
        }
        Self::sorted_out(&bench, &recording.changes(), &order)
    }

    fn sorted_out(bench: &Bench, changes: &[CaseChange], order: &[String]) -> Result<Self> {
        let Some((submitted, steps)) = changes.split_first() else { bail!("nothing recorded") };
        if steps.len() != STEPS || order.len() != SERVICES {
            bail!("{} steps were recorded of {} services", steps.len(), order.len());
        }
        let mut before = submitted;
        let mut started: HashMap<String, Part> = HashMap::new();
        let mut services = Vec::new();
        for (node, pair) in order.iter().zip(steps.chunks(2)) {
            let [received, granted] = pair else { bail!("a step is missing") };
            let (received_part, _) = split(node, before, received)?;
            let (mut granted_part, starts) = split(node, received, granted)?;
            // A sending is finished once.
            granted_part.done = false;
            started.extend(starts);
            services.push((
                node,
                (Arc::new(received_part), Beside::of(received)),
                (Arc::new(granted_part), Beside::of(granted)),
            ));
            before = granted;
        }
        let nodes = &bench.application.nodes;
        let waits = |node: &str| {
            let node = nodes.iter().find(|frozen| frozen.key.to_string() == node);
            let waits = node.iter().flat_map(|node| &node.waits_for);
            waits.map(|wait| wait.from.to_string()).collect::<Vec<_>>()
        };
        let followers = |node: &String| {
            let follows = |(_, other): &(usize, &String)| waits(other).contains(node);
            order.iter().enumerate().filter(follows).map(|(at, _)| at).collect()
        };
        let services = services.into_iter().map(|(node, received, granted)| Service {
            node: node.clone(),
            waits_for: waits(node).len(),
            followers: followers(node),
            started: Arc::new(started.remove(node).unwrap_or_default()),
            received,
            granted,
        });
        let row = |change: &CaseChange| {
            (Arc::new(change.case.clone()), change.fact.clone().map(Arc::new))
        };
        Ok(Self {
            submitted: (Arc::new(whole(submitted)), Beside::of(submitted)),
            services: services.collect(),
            after: changes.iter().map(row).collect(),
        })
    }
}

/// All rows of a first change, as one part.
fn whole(change: &CaseChange) -> Part {
    Part {
        events: change.events.clone(),
        services: change.services.clone(),
        facts: change.service_facts.clone(),
        outbox: change.outbox.first().cloned(),
        timers: change.timers.clone(),
        ..Part::default()
    }
}

/// Divides a change into the rows of `node` and those of each service that starts with it.
fn split(
    node: &str,
    before: &CaseChange,
    change: &CaseChange,
) -> Result<(Part, HashMap<String, Part>)> {
    let mut own = Part { done: !change.outbox_done.is_empty(), ..Part::default() };
    let starts = change
        .outbox
        .iter()
        .map(|row| (row.node.clone(), Part { outbox: Some(row.clone()), ..Part::default() }));
    let mut starts: HashMap<String, Part> = starts.collect();
    for row in &change.events {
        let event: CaseEvent = serde_json::from_str(&row.body)?;
        let of = event.body.node().map(ToString::to_string).unwrap_or_default();
        starts.get_mut(&of).unwrap_or(&mut own).events.push(row.clone());
    }
    for row in &change.services {
        starts.get_mut(&row.node).unwrap_or(&mut own).services.push(row.clone());
    }
    for row in &change.service_facts {
        starts.get_mut(&row.node).unwrap_or(&mut own).facts.push(row.clone());
    }
    for timer in change.timers.iter().filter(|timer| !before.timers.contains(timer)) {
        starts.get_mut(&timer.node).unwrap_or(&mut own).timers.push(timer.clone());
    }
    for timer in before.timers.iter().filter(|timer| !change.timers.contains(timer)) {
        own.timers_gone.push(timer.clone());
    }
    if own.events.is_empty() {
        bail!("{node} has a step without an event");
    }
    Ok((own, starts))
}

/// A case that the floor is writing.
struct Case {
    id: CaseId,
    dispatches: Vec<DispatchId>,
    progress: Mutex<Progress>,
    under_way: UnderWay,
}

struct Progress {
    version: u64,
    steps: usize,
    /// How many each service still waits for.
    waits: Vec<usize>,
}

/// The floor under load.
pub(super) struct FloorBench {
    floor: Floor,
    recorded: Recorded,
    bell: Notify,
    cases: Mutex<HashMap<CaseId, Arc<Case>>>,
}

impl FloorBench {
    pub(super) async fn start(database: &str) -> Result<Self> {
        let recorded = Recorded::make().await.context("recording one case")?;
        let floor = Floor::open(database).await.context("opening the database")?;
        Ok(Self { floor, recorded, bell: Notify::new(), cases: Mutex::default() })
    }

    /// Submits one case and waits for its last decision.
    pub(super) async fn one_case(&self) -> Result<Duration> {
        let began = Tick::now();
        let services = &self.recorded.services;
        let (done, all_decided) = oneshot::channel();
        let case = Arc::new(Case {
            id: CaseId(fresh_id()),
            dispatches: services.iter().map(|_| DispatchId(fresh_id())).collect(),
            progress: Mutex::new(Progress {
                version: 0,
                steps: 0,
                waits: services.iter().map(|service| service.waits_for).collect(),
            }),
            under_way: UnderWay { left: AtomicUsize::new(SERVICES), done: Mutex::new(Some(done)) },
        });
        self.cases().insert(case.id, Arc::clone(&case));
        let (part, beside) = &self.recorded.submitted;
        let first = services.iter().position(|service| service.waits_for == 0);
        let dispatch = first.and_then(|at| case.dispatches.get(at)).context("a first service")?;
        self.step(&case, vec![(Arc::clone(part), *dispatch)], beside)
            .await
            .context("submitting")?;
        self.bell.notify_one();
        all_decided.await.context("waiting for the decisions")??;
        self.cases().remove(&case.id);
        Ok(began.elapsed())
    }

    fn cases(&self) -> MutexGuard<'_, HashMap<CaseId, Arc<Case>>> {
        self.cases.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes one step and waits for its commit.
    async fn step(
        &self,
        case: &Case,
        parts: Vec<(Arc<Part>, DispatchId)>,
        beside: &Beside,
    ) -> Result<()> {
        let written = {
            let mut progress = case.progress.lock().unwrap_or_else(PoisonError::into_inner);
            let after = self.recorded.after.get(progress.steps);
            let (row, fact) = after.cloned().context("one step too many")?;
            let events = parts.iter().map(|(part, _)| part.events.len()).sum::<usize>();
            let expected = progress.version;
            progress.steps += 1;
            progress.version += u64::try_from(events)?;
            // Queued before the next step of the case can ask for its number.
            self.floor.write(Step {
                case: case.id,
                expected,
                parts,
                row,
                fact,
                command: beside.command.clone().map(|row| (row, CommandId(fresh_id()))),
                sealed: beside
                    .sealed
                    .iter()
                    .map(|s| (Arc::clone(s), SealedId(fresh_id())))
                    .collect(),
            })
        };
        written.await.context("the writer ended")?.map_err(|why| anyhow!(why))
    }

    /// Claims sendings when the bell rings and answers each.
    pub(super) async fn work(self: Arc<Self>) {
        loop {
            let claimed = self.floor.claim(CLAIM).await.unwrap_or_default();
            let full = claimed.len() >= usize::try_from(CLAIM).unwrap_or(usize::MAX);
            for sending in claimed {
                let Some(case) = self.cases().get(&sending.case).cloned() else { continue };
                let bench = Arc::clone(&self);
                tokio::spawn(async move {
                    let decided = bench.decide(&case, sending).await;
                    case.under_way.count(decided);
                });
            }
            if !full {
                let _ = tokio::time::timeout(Duration::from_secs(1), self.bell.notified()).await;
            }
        }
    }

    async fn decide(&self, case: &Case, sending: ClaimedSending) -> Result<()> {
        let services = &self.recorded.services;
        let found =
            services.iter().zip(&case.dispatches).find(|(service, _)| service.node == sending.node);
        let (service, dispatch) = found.context("finding the service")?;
        let (part, beside) = &service.received;
        self.step(case, vec![(Arc::clone(part), *dispatch)], beside).await?;

        let (part, beside) = &service.granted;
        let mut parts = vec![(Arc::clone(part), *dispatch)];
        {
            let mut progress = case.progress.lock().unwrap_or_else(PoisonError::into_inner);
            for &follower in &service.followers {
                let Some(waits) = progress.waits.get_mut(follower) else { continue };
                *waits = waits.saturating_sub(1);
                if *waits > 0 {
                    continue;
                }
                if let (Some(service), Some(dispatch)) =
                    (services.get(follower), case.dispatches.get(follower))
                {
                    parts.push((Arc::clone(&service.started), *dispatch));
                }
            }
        }
        let starts = parts.len() > 1;
        self.step(case, parts, beside).await?;
        if starts {
            self.bell.notify_one();
        }
        Ok(())
    }
}

impl UnderWay {
    /// Counts a committed decision; the last one ends the case, as does the first fault.
    pub(super) fn count(&self, decided: Result<()>) {
        let failed = decided.is_err();
        if self.left.fetch_sub(1, Ordering::AcqRel) == 1 || failed {
            let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(done) = done.take() {
                // Whoever waited may have given up.
                let _ = done.send(decided);
            }
        }
    }
}
