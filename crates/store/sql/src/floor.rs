//! The floor for `yijianshi bench cases`: the rows of a case, written by hand in as few statements as will do.
//!
//! This is what somebody would write who knows nothing but the rows: group commit of whatever waits, plain
//! inserts, updates of the columns that change, an expected version per case; on PostgreSQL one statement, the
//! commit included. What lists and figures show of a service is written by the product's own statements, so that
//! a column added there is added here; a test holds rows and bytes of both against each other. No rule is applied, nothing is sealed, folded, projected or serialised: rows come ready-made.
//! The difference between this and the engine is what the engine costs.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use store_port::{
    CaseFactRow, CaseRow, CommandRow, EventRow, Fault, OutboxRow, SealedRow, ServiceFactRow,
    ServiceRow, TimerRow,
};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;
use vocabulary::{CaseId, CommandId, DispatchId, Instant, SealedId};

use crate::bulk::Kind::{Bigint, Text, Uuid as Id};
use crate::bulk::{Bulk, Rows, RunBulk as _};
use crate::columns::{fault, micros};
use crate::gather::{push_case_fact, push_service, push_service_fact};
use crate::{OpenFault, PostgresStore, SqliteStore, tables};

/// At most so many steps share one transaction, as in the engine.
const BATCH_MAX: usize = 256;

/// Rows of one node that a step writes; the ids in them are those of another case and are replaced.
#[derive(Debug, Clone, Default)]
pub struct Part {
    pub events: Vec<EventRow>,
    pub services: Vec<ServiceRow>,
    pub facts: Vec<ServiceFactRow>,
    pub outbox: Option<OutboxRow>,
    /// The node's sending is finished.
    pub done: bool,
    pub timers: Vec<TimerRow>,
    pub timers_gone: Vec<TimerRow>,
}

/// One durable step of a case.
#[derive(Debug, Clone)]
pub struct Step {
    pub case: CaseId,
    /// The version before; 0 = the case is new.
    pub expected: u64,
    /// Each with the sending it speaks of.
    pub parts: Vec<(Arc<Part>, DispatchId)>,
    pub row: Arc<CaseRow>,
    pub fact: Option<Arc<CaseFactRow>>,
    pub command: Option<(Arc<CommandRow>, CommandId)>,
    pub sealed: Vec<(Arc<SealedRow>, SealedId)>,
}

impl Step {
    fn version(&self) -> u64 {
        let events = self.parts.iter().map(|(part, _)| part.events.len()).sum::<usize>();
        self.expected.saturating_add(u64::try_from(events).unwrap_or(u64::MAX))
    }

    fn parts(&self) -> impl Iterator<Item = (&Part, DispatchId)> {
        self.parts.iter().map(|(part, dispatch)| (part.as_ref(), *dispatch))
    }
}

static NEW_CASES: Bulk = Bulk::new(
    &[
        ("case_id", Id),
        ("case_number", Text),
        ("subject", Id),
        ("owner", Id),
        ("matter", Text),
        ("state", Text),
        ("submitted_at", Bigint),
        ("promised_on", Text),
        ("version", Bigint),
    ],
    "INSERT INTO cases (case_id, case_number, subject, owner, matter, state, submitted_at, \
     promised_on, version) \
     SELECT case_id, case_number, subject, owner, matter, state, submitted_at, promised_on, version \
     FROM n WHERE true RETURNING 1",
);
static CASES: Bulk = Bulk::new(
    &[
        ("case_id", Id),
        ("expected", Bigint),
        ("state", Text),
        ("promised_on", Text),
        ("version", Bigint),
    ],
    "UPDATE cases SET state = n.state, promised_on = n.promised_on, version = n.version FROM n \
     WHERE cases.case_id = n.case_id AND cases.version = n.expected RETURNING 1",
);
static TIMERS: Bulk = Bulk::new(
    &[("case_id", Id), ("node", Text), ("kind", Text), ("due_at", Bigint)],
    "INSERT INTO timers (case_id, node, kind, due_at, claimable_at) \
     SELECT case_id, node, kind, due_at, due_at FROM n",
);
static TIMERS_GONE: Bulk = Bulk::new(
    &[("case_id", Id), ("node", Text), ("kind", Text), ("due_at", Bigint)],
    "DELETE FROM timers WHERE (case_id, node, kind, due_at) IN \
     (SELECT n.case_id, n.node, n.kind, n.due_at FROM n)",
);
static COMMANDS: Bulk = Bulk::new(
    &[
        ("actor", Text),
        ("action", Text),
        ("command_id", Id),
        ("case_id", Id),
        ("digest", Text),
        ("answer", Text),
    ],
    "INSERT INTO commands (actor, action, command_id, case_id, digest, answer) \
     SELECT actor, action, command_id, case_id, digest, answer FROM n",
);

/// Where [`NEW_CASES`] and [`CASES`] stand in the list: each must touch all its rows.
const CHECKED: [usize; 2] = [0, 1];

/// The rows of a batch, and how many cases it touches.
#[expect(
    clippy::too_many_lines,
    reason = "one list of rows after the other, as somebody would write it by hand"
)]
fn gathered(steps: &[Step]) -> (Vec<Rows<'_>>, usize) {
    let mut first: BTreeMap<CaseId, u64> = BTreeMap::new();
    let mut last: BTreeMap<CaseId, &Step> = BTreeMap::new();
    let mut facts: BTreeMap<CaseId, &CaseFactRow> = BTreeMap::new();
    let mut new_cases = Rows::new(&NEW_CASES);
    let mut cases = Rows::new(&CASES);
    let mut events = Rows::new(&tables::EVENTS);
    let mut services = Rows::new(&tables::SERVICES);
    let mut outbox = Rows::new(&tables::OUTBOX);
    let mut outbox_done = Rows::new(&tables::OUTBOX_DONE);
    let mut timers = Rows::new(&TIMERS);
    let mut timers_gone = Rows::new(&TIMERS_GONE);
    let mut commands = Rows::new(&COMMANDS);
    let mut sealed = Rows::new(&tables::SEALED);
    let mut case_facts = Rows::new(&tables::CASE_FACTS);
    let mut service_facts = Rows::new(&tables::SERVICE_FACTS);
    let now = micros(Instant::now());
    for step in steps {
        let case = step.case.0;
        first.entry(step.case).or_insert(step.expected);
        last.insert(step.case, step);
        if let Some(fact) = &step.fact {
            facts.insert(step.case, fact);
        }
        let mut seq = step.expected;
        for (part, dispatch) in step.parts() {
            for event in &part.events {
                seq = seq.saturating_add(1);
                let number = i64::try_from(seq).unwrap_or(i64::MAX);
                let at = micros(event.at);
                events.push([case.into(), number.into(), at.into(), event.body.as_str().into()]);
            }
            for row in &part.services {
                push_service(&mut services, step.case, row);
            }
            for row in &part.facts {
                push_service_fact(&mut service_facts, step.case, row);
            }
            if let Some(row) = &part.outbox {
                outbox.push([
                    case.into(),
                    dispatch.0.into(),
                    row.node.as_str().into(),
                    row.department.as_str().into(),
                    row.kind.as_str().into(),
                    i64::from(row.round).into(),
                    i64::try_from(seq.saturating_mul(4096)).unwrap_or(i64::MAX).into(),
                    "ready".into(),
                    now.into(),
                ]);
            }
            if part.done {
                outbox_done.push([case.into(), dispatch.0.into()]);
            }
            for (rows, list) in [(&mut timers, &part.timers), (&mut timers_gone, &part.timers_gone)]
            {
                for timer in list {
                    let due_at = micros(timer.due_at);
                    let (node, kind) = (timer.node.as_str(), timer.kind.as_str());
                    rows.push([case.into(), node.into(), kind.into(), due_at.into()]);
                }
            }
        }
        if let Some((row, id)) = &step.command {
            commands.push([
                row.actor.as_str().into(),
                row.action.as_str().into(),
                id.0.into(),
                case.into(),
                row.digest.as_str().into(),
                row.answer.as_str().into(),
            ]);
        }
        for (row, id) in &step.sealed {
            sealed.push([id.0.into(), row.subject.0.into(), row.bytes.as_slice().into()]);
        }
    }
    for (case, step) in &last {
        let expected = first.get(case).copied().unwrap_or(0);
        let version = i64::try_from(step.version()).unwrap_or(i64::MAX);
        let row = &step.row;
        if expected == 0 {
            new_cases.push([
                case.0.into(),
                row.case_number.as_str().into(),
                row.subject.0.into(),
                row.owner.map(|owner| owner.0).into(),
                row.matter.as_str().into(),
                row.state.as_str().into(),
                micros(row.submitted_at).into(),
                row.promised_on.as_deref().into(),
                version.into(),
            ]);
        } else {
            cases.push([
                case.0.into(),
                i64::try_from(expected).unwrap_or(i64::MAX).into(),
                row.state.as_str().into(),
                row.promised_on.as_deref().into(),
                version.into(),
            ]);
        }
    }
    for (case, row) in facts {
        push_case_fact(&mut case_facts, case, row);
    }
    let list = vec![
        new_cases,
        cases,
        events,
        services,
        outbox,
        outbox_done,
        timers_gone,
        timers,
        commands,
        sealed,
        case_facts,
        service_facts,
    ];
    (list, last.len())
}

/// A sending that was claimed.
#[derive(Debug, Clone)]
pub struct ClaimedSending {
    pub case: CaseId,
    pub dispatch: DispatchId,
    pub node: String,
}

enum Backend {
    Sqlite(SqliteStore),
    Postgres(PostgresStore),
}

macro_rules! on_either {
    ($backend:expr, $store:ident, $database:ident => $body:expr) => {
        match $backend {
            Backend::Sqlite($store) => {
                use sqlx::Sqlite as $database;
                $body
            }
            Backend::Postgres($store) => {
                use sqlx::Postgres as $database;
                $body
            }
        }
    };
}

impl Backend {
    async fn write(&self, steps: &[Step]) -> Result<(), Fault> {
        static TEXT: OnceLock<String> = OnceLock::new();
        let (list, cases) = gathered(steps);
        let written = on_either!(self, store, Database => {
            let mut connection = store.durable().await?;
            Database::run_checked(&mut connection, &list, &CHECKED, cases, &TEXT).await
        });
        match written.map_err(fault("writing the floor"))? {
            true => Ok(()),
            false => Err(Fault::Corrupt { what: "version of a case" }),
        }
    }

    async fn claim(&self, limit: u32) -> Result<Vec<ClaimedSending>, Fault> {
        let now = micros(Instant::now());
        let lease_until = now.saturating_add(60_000_000);
        let rows: Vec<(Uuid, Uuid, String)> = match self {
            Self::Sqlite(store) => {
                let mut connection = store.light().await?;
                sqlx::query_as(concat!(
                    "UPDATE outbox SET fence = fence + 1, attempts = attempts + 1, ",
                    "claimed_by = 'floor', lease_until = $2, claimable_at = $2 ",
                    "WHERE (case_id, dispatch_id) IN (SELECT case_id, dispatch_id FROM outbox ",
                    "WHERE status <> 'done' AND claimable_at <= $1 ORDER BY claimable_at LIMIT $3) ",
                    "RETURNING case_id, dispatch_id, node"
                ))
                .bind(now)
                .bind(lease_until)
                .bind(i64::from(limit))
                .fetch_all(&mut *connection)
                .await
            }
            Self::Postgres(store) => {
                sqlx::query_as(concat!(
                    "WITH due AS MATERIALIZED (SELECT case_id, dispatch_id FROM outbox ",
                    "WHERE status <> 'done' AND claimable_at <= $1 ORDER BY claimable_at LIMIT $3 ",
                    "FOR UPDATE SKIP LOCKED) ",
                    "UPDATE outbox SET fence = fence + 1, attempts = attempts + 1, ",
                    "claimed_by = 'floor', lease_until = $2, claimable_at = $2 FROM due ",
                    "WHERE outbox.case_id = due.case_id AND outbox.dispatch_id = due.dispatch_id ",
                    "RETURNING outbox.case_id, outbox.dispatch_id, outbox.node"
                ))
                .bind(now)
                .bind(lease_until)
                .bind(i64::from(limit))
                .fetch_all(&mut *store.durable().await?)
                .await
            }
        }
        .map_err(fault("claiming sendings"))?;
        let claimed = rows.into_iter().map(|(case, dispatch, node)| ClaimedSending {
            case: CaseId(case),
            dispatch: DispatchId(dispatch),
            node,
        });
        Ok(claimed.collect())
    }
}

/// Why a step was not written, in words.
pub type Written = Result<(), String>;

type Waiting = (Step, oneshot::Sender<Written>);

/// The hand-written writers; they end when this is dropped.
pub struct Floor {
    backend: Arc<Backend>,
    lanes: Vec<mpsc::UnboundedSender<Waiting>>,
}

impl std::fmt::Debug for Floor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Floor").finish_non_exhaustive()
    }
}

impl Floor {
    /// Opens a database with the product's tables and starts the writers: one on SQLite, two on PostgreSQL.
    ///
    /// # Errors
    /// See [`open`](crate::open).
    pub async fn open(url: &str) -> Result<Self, OpenFault> {
        let (backend, writers) = if url.starts_with("sqlite:") {
            (Backend::Sqlite(SqliteStore::open(url).await?), 1)
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            (Backend::Postgres(PostgresStore::open(url).await?), 2)
        } else {
            return Err(OpenFault::UnknownKind);
        };
        let backend = Arc::new(backend);
        let lanes = (0..writers).map(|_| {
            let (sender, receiver) = mpsc::unbounded_channel();
            tokio::spawn(write_what_waits(Arc::clone(&backend), receiver));
            sender
        });
        Ok(Self { lanes: lanes.collect(), backend })
    }

    /// Queues a step; the answer comes after its commit. Steps of one case are
    /// written in the order in which this is called.
    pub fn write(&self, step: Step) -> oneshot::Receiver<Written> {
        let (done, written) = oneshot::channel();
        let [.., last] = step.case.0.into_bytes();
        if let Some(lane) = self.lanes.get(usize::from(last) % self.lanes.len().max(1)) {
            // A writer that has ended drops what it is sent, and with it the answer.
            let _ = lane.send((step, done));
        }
        written
    }

    /// Claims sendings that are due.
    ///
    /// # Errors
    /// The database failed.
    pub async fn claim(&self, limit: u32) -> Result<Vec<ClaimedSending>, Fault> {
        self.backend.claim(limit).await
    }
}

async fn write_what_waits(backend: Arc<Backend>, mut queue: mpsc::UnboundedReceiver<Waiting>) {
    let mut steps = Vec::new();
    let mut answers = Vec::new();
    while let Some((step, answer)) = queue.recv().await {
        steps.push(step);
        answers.push(answer);
        while steps.len() < BATCH_MAX {
            let Ok((step, answer)) = queue.try_recv() else { break };
            steps.push(step);
            answers.push(answer);
        }
        let written = backend.write(&steps).await.map_err(in_words);
        steps.clear();
        for answer in answers.drain(..) {
            // Whoever asked may have gone.
            let _ = answer.send(written.clone());
        }
    }
}

fn in_words(fault: Fault) -> String {
    let cause = std::error::Error::source(&fault).map(ToString::to_string);
    format!("{fault}: {}", cause.unwrap_or_default())
}
