//! `yijianshi bench cases`: how fast durable cases go through the real engine and store.
//!
//! The case is W1: eight services, A→{B,C,D}; B→E; {C,D}→F; {E,F}→G; A→H. Every service has two durable steps:
//! its referral is received, and it is decided. Decisions come from a worker in this process that claims
//! sendings from the outbox, as any worker does, and answers at once. Everything that a case has in production
//! is committed with it: events, lists, outbox, timers, sealed values, stored answers of commands. Left out
//! are the draft before it and the network; and subjects come back: their keys are made before the clock starts.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant as Tick};

use anyhow::{Context, Result, anyhow, bail};
use casework::{Actor, ActorRole, Application, Command, Particulars, Reply};
use catalogue::SourceFile;
use engine::{Engine, Parts, SourceAsk, SourceReply, Sources, ToSeal};
use serde::Serialize;
use store_port::{Claimed, SharedStore, fresh_id};
use tokio::sync::{Notify, Semaphore, oneshot};
use vocabulary::codes::case_number;
use vocabulary::{
    AccountId, AreaCode, CaseId, CommandId, DraftId, Facts, Instant, NodeKey, SealedId, Slot,
    SourceId, SubjectId, Value,
};

use crate::End;
use crate::output::{self, Format};

mod fill;
mod floor;
mod nodes;
mod templates;
mod worklists;

use floor::FloorBench;

const W1: &str = include_str!("bench/w1.toml");
const SERVICES: usize = 8;
/// Received and decided.
const STEPS: usize = 2 * SERVICES;
/// Sendings claimed at once.
const CLAIM: u32 = 256;
/// People whose cases these are.
const SUBJECTS: usize = 64;
const LEASE_S: i64 = 60;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Durable cases of eight services each, through the real engine and store.
    Cases(Cases),
    /// Fill a hub with very many cases, by bulk load.
    Fill(fill::Arguments),
    /// How long people wait for their lists, with few cases and with very many.
    Worklists(worklists::Arguments),
}

#[derive(Debug, clap::Args)]
struct Cases {
    /// `sqlite:///folder/hub.db` or `postgres://…`; the database stays as it is afterwards.
    #[arg(long)]
    database: String,
    #[arg(long, default_value_t = 1000)]
    cases: usize,
    /// How many cases are under way at the same time.
    #[arg(long, default_value_t = 64)]
    concurrency: usize,
    /// Write the same rows by hand-written SQL instead: what the engine cannot be faster than.
    #[arg(long)]
    floor: bool,
    /// Run engine and floor by turns and tell the ratios.
    #[arg(long, conflicts_with = "floor")]
    against_floor: bool,
    /// Run one node and so many by turns and tell the ratio; each has its own engine and connections. PostgreSQL only.
    #[arg(long, conflicts_with_all = ["floor", "against_floor"], value_parser = clap::value_parser!(u8).range(2..=8))]
    nodes: Option<u8>,
    /// How many turns each of them has.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// What was measured.
#[derive(Debug, Clone, Serialize)]
struct Figures {
    cases: usize,
    wall_s: f64,
    cases_per_s: f64,
    transitions_per_s: f64,
    /// From the submission of a case to its last decision.
    p50_ms: f64,
    p99_ms: f64,
    /// Of this process; a database server's own is not in it.
    cpu_ms_per_case: f64,
    /// Of everything on this machine: with a server beside it and nothing else going on, of both.
    machine_ms_per_case: f64,
    db_bytes_per_case: u64,
}

pub(crate) fn run(arguments: &Arguments) -> Result<End> {
    let cases = match &arguments.what {
        What::Cases(cases) => cases,
        What::Fill(arguments) => return fill::run(arguments),
        What::Worklists(arguments) => return worklists::run(arguments),
    };
    if cases.cases == 0 || cases.concurrency == 0 {
        bail!("at least one case, and at least one at a time");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("starting the runtime")?;
    if let Some(nodes) = cases.nodes {
        let compared = runtime.block_on(nodes::compare(cases, nodes))?;
        match cases.format {
            Format::Json => output::write_json(&compared)?,
            Format::Text => output::write(&compared.table())?,
        }
        return Ok(End::Clean);
    }
    if cases.against_floor {
        let compared = runtime.block_on(compare(cases))?;
        match cases.format {
            Format::Json => output::write_json(&compared)?,
            Format::Text => output::write(&compared.table())?,
        }
        return Ok(End::Clean);
    }
    let figures = runtime.block_on(async {
        let (side, database) = if cases.floor {
            let database = floor_database(&cases.database);
            (Side::Floor(Arc::new(FloorBench::start(&database).await?)), database)
        } else {
            (Side::engine(Bench::start(&cases.database).await?), cases.database.clone())
        };
        measure(&side, &database, cases).await
    })?;
    match cases.format {
        Format::Json => output::write_json(&figures)?,
        Format::Text => output::write(&table(&figures))?,
    }
    Ok(End::Clean)
}

/// An embedded database is opened once, so the floor has one of its own beside it.
fn floor_database(database: &str) -> String {
    if database.starts_with("sqlite:") { format!("{database}.floor") } else { database.to_owned() }
}

/// Who carries the cases.
#[derive(Clone)]
enum Side {
    /// One engine per node; cases go round.
    Engine(Vec<Arc<Bench>>),
    Floor(Arc<FloorBench>),
}

impl Side {
    fn engine(bench: Bench) -> Self {
        Self::Engine(vec![Arc::new(bench)])
    }

    async fn one_case(&self, number: usize) -> Result<Duration> {
        match self {
            Self::Engine(nodes) => {
                let node = nodes.get(number % nodes.len().max(1)).context("a node")?;
                node.one_case(number).await
            }
            Self::Floor(floor) => floor.one_case().await,
        }
    }

    async fn work(self) {
        match self {
            Self::Engine(nodes) => {
                let mut working: tokio::task::JoinSet<()> =
                    nodes.into_iter().map(Bench::work).collect();
                while working.join_next().await.is_some() {}
            }
            Self::Floor(floor) => floor.work().await,
        }
    }
}

/// Engine and floor side by side, in one run.
#[derive(Debug, Serialize)]
struct Compared {
    engine: Vec<Figures>,
    floor: Vec<Figures>,
    /// Of cases per second, engine by floor: the median of the rounds.
    speed_ratio: f64,
    /// Of processor time of this process per case, engine by floor: the median of the rounds.
    cpu_ratio: f64,
    /// The same of the machine.
    machine_ratio: f64,
}

impl Compared {
    fn table(&self) -> String {
        let mut text = rounds_table(("engine", &self.engine), ("floor", &self.floor));
        text.push_str(&format!(
            "engine / floor: {:.2} of the cases per second, {:.2} times the CPU per case of the machine, \
             {:.2} of this process alone\n",
            self.speed_ratio, self.machine_ratio, self.cpu_ratio
        ));
        text
    }
}

fn rounds_table(one: (&str, &[Figures]), other: (&str, &[Figures])) -> String {
    let mut text = format!(
        "{:8}{:>14}{:>12}{:>12}{:>14}{:>14}{:>14}\n",
        "", "cases/s", "p50 ms", "p99 ms", "CPU ms/case", "of machine", "bytes/case"
    );
    for (of_one, of_other) in one.1.iter().zip(other.1) {
        for (name, figures) in [(one.0, of_one), (other.0, of_other)] {
            text.push_str(&format!(
                "{name:8}{:>14.0}{:>12.1}{:>12.1}{:>14.2}{:>14.2}{:>14}\n",
                figures.cases_per_s,
                figures.p50_ms,
                figures.p99_ms,
                figures.cpu_ms_per_case,
                figures.machine_ms_per_case,
                figures.db_bytes_per_case,
            ));
        }
    }
    text
}

async fn compare(arguments: &Cases) -> Result<Compared> {
    let database = floor_database(&arguments.database);
    let floor = Side::Floor(Arc::new(FloorBench::start(&database).await?));
    let engine = Side::engine(Bench::start(&arguments.database).await?);
    let mut compared = Compared {
        engine: Vec::new(),
        floor: Vec::new(),
        speed_ratio: 0.0,
        cpu_ratio: 0.0,
        machine_ratio: 0.0,
    };
    for round in 0..arguments.rounds.max(1) {
        // Who goes first has the colder machine: they take turns at that too.
        if round % 2 == 0 {
            compared.engine.push(measure(&engine, &arguments.database, arguments).await?);
            compared.floor.push(measure(&floor, &database, arguments).await?);
        } else {
            compared.floor.push(measure(&floor, &database, arguments).await?);
            compared.engine.push(measure(&engine, &arguments.database, arguments).await?);
        }
    }
    let (engine, floor) = (&compared.engine, &compared.floor);
    compared.speed_ratio = median_ratio(engine, floor, |figures| figures.cases_per_s);
    compared.cpu_ratio = median_ratio(engine, floor, |figures| figures.cpu_ms_per_case);
    compared.machine_ratio = median_ratio(engine, floor, |figures| figures.machine_ms_per_case);
    Ok(compared)
}

/// Of the rounds: what `of` gives of one by the other, in the middle.
fn median_ratio(one: &[Figures], other: &[Figures], of: fn(&Figures) -> f64) -> f64 {
    let pairs = one.iter().zip(other);
    let mut ratios: Vec<f64> = pairs.map(|(one, other)| of(one) / of(other)).collect();
    ratios.sort_by(f64::total_cmp);
    ratios.get(ratios.len() / 2).copied().unwrap_or(0.0)
}

fn table(figures: &Figures) -> String {
    format!(
        "cases              {}\nwall               {:.2} s\ncases per second   {:.0}\n\
         steps per second   {:.0}\np50                {:.1} ms\np99                {:.1} ms\n\
         CPU per case       {:.2} ms\nof the machine     {:.2} ms\nbytes per case     {}\n",
        figures.cases,
        figures.wall_s,
        figures.cases_per_s,
        figures.transitions_per_s,
        figures.p50_ms,
        figures.p99_ms,
        figures.cpu_ms_per_case,
        figures.machine_ms_per_case,
        figures.db_bytes_per_case,
    )
}

async fn measure(side: &Side, database: &str, arguments: &Cases) -> Result<Figures> {
    let size_before = store_sql::size_bytes(database).await?;
    let worker = tokio::spawn(side.clone().work());
    let places = Arc::new(Semaphore::new(arguments.concurrency));
    let (cpu_before, machine_before) = (cpu_ms()?, machine_ms()?);
    let began = Tick::now();
    let mut running = tokio::task::JoinSet::new();
    for number in 0..arguments.cases {
        let place = Arc::clone(&places).acquire_owned().await.context("waiting for a place")?;
        let side = side.clone();
        running.spawn(async move {
            let took = side.one_case(number).await;
            drop(place);
            took
        });
    }
    let mut took = Vec::with_capacity(arguments.cases);
    while let Some(case) = running.join_next().await {
        took.push(case.context("a case's task ended")??);
    }
    let wall = began.elapsed();
    let (cpu, machine) = (cpu_ms()? - cpu_before, machine_ms()? - machine_before);
    worker.abort();
    let size = store_sql::size_bytes(database).await?.saturating_sub(size_before);
    took.sort_unstable();
    let cases = arguments.cases as f64;
    Ok(Figures {
        cases: arguments.cases,
        wall_s: wall.as_secs_f64(),
        cases_per_s: cases / wall.as_secs_f64(),
        transitions_per_s: cases * STEPS as f64 / wall.as_secs_f64(),
        p50_ms: percentile_ms(&took, 50),
        p99_ms: percentile_ms(&took, 99),
        cpu_ms_per_case: cpu / cases,
        machine_ms_per_case: machine / cases,
        db_bytes_per_case: size / u64::try_from(arguments.cases).unwrap_or(u64::MAX),
    })
}

fn percentile_ms(sorted: &[Duration], percent: usize) -> f64 {
    let at = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(at).map_or(0.0, |took| took.as_secs_f64() * 1000.0)
}

/// Processor time of this process in user and system mode. Linux counts it in hundredths of a second.
fn cpu_ms() -> Result<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").context("reading the processor time")?;
    // The name of the program, in brackets, may hold blanks.
    let (_, fields) = stat.rsplit_once(')').context("reading the processor time")?;
    let ticks = fields.split_whitespace().skip(11).take(2).filter_map(|t| t.parse::<f64>().ok());
    Ok(ticks.sum::<f64>() * 10.0)
}

/// Processor time of all that runs on this machine, idle and waiting time left out.
fn machine_ms() -> Result<f64> {
    let stat = std::fs::read_to_string("/proc/stat").context("reading the processor time")?;
    let all = stat.lines().next().context("reading the processor time")?;
    // user, nice, system, idle, waiting for devices, interrupts, soft interrupts
    let ticks: Vec<f64> = all.split_whitespace().skip(1).filter_map(|t| t.parse().ok()).collect();
    let busy = [0, 1, 2, 5, 6].into_iter().filter_map(|at| ticks.get(at));
    Ok(busy.sum::<f64>() * 10.0)
}

#[derive(Debug)]
struct SystemClock;

impl engine::Clock for SystemClock {
    fn now(&self) -> Instant {
        Instant::now()
    }
}

#[derive(Debug)]
struct NoSources;

#[async_trait::async_trait]
impl Sources for NoSources {
    async fn look_up(&self, _: &SourceId, _: &SourceAsk) -> SourceReply {
        SourceReply::Unavailable
    }
}

/// Decisions that a case still waits for, and who waits for them.
struct UnderWay {
    left: AtomicUsize,
    done: Mutex<Option<oneshot::Sender<Result<()>>>>,
}

struct Bench {
    engine: Engine,
    bell: Arc<Notify>,
    /// The frozen plan; every case gets ids of its own.
    application: Application,
    values: Vec<u8>,
    subjects: Vec<SubjectId>,
    applicant: Actor,
    /// Nodes share it: whichever decides last ends the case.
    under_way: Arc<Mutex<HashMap<CaseId, Arc<UnderWay>>>>,
}

impl Bench {
    async fn start(database: &str) -> Result<Self> {
        Self::start_on(store_sql::open(database).await.context("opening the database")?).await
    }

    async fn start_on(store: SharedStore) -> Result<Self> {
        Self::start_with(store, rand::random()).await
    }

    async fn start_with(store: SharedStore, master_key: [u8; 32]) -> Result<Self> {
        let text = W1.to_owned();
        let compiled = catalogue::compile(&[SourceFile { name: "w1.toml".to_owned(), text }]);
        let catalogue = compiled.catalogue.map(Arc::new).context("compiling W1")?;
        let bell = Arc::new(Notify::new());
        let engine = Engine::start(Parts {
            store,
            catalogue,
            network: Arc::default(),
            clock: Arc::new(SystemClock),
            sources: Arc::new(NoSources),
            master_key,
            files: Arc::new(object_store::memory::InMemory::new()),
            outbox_bell: Arc::clone(&bell),
            changed: tokio::sync::broadcast::channel(16).0,
        });
        let (application, facts) = frozen(&engine)?;
        let mut subjects = Vec::with_capacity(SUBJECTS);
        for _ in 0..SUBJECTS {
            let subject = SubjectId(fresh_id());
            engine.vault().key_for(subject).await?;
            subjects.push(subject);
        }
        let account = Some(AccountId(fresh_id()));
        Ok(Self {
            engine,
            bell,
            application,
            values: serde_json::to_vec(&facts)?,
            subjects,
            applicant: Actor { role: ActorRole::Applicant, account, department: None },
            under_way: Arc::default(),
        })
    }

    /// Submits one case and waits for its last decision.
    async fn one_case(&self, number: usize) -> Result<Duration> {
        let began = Tick::now();
        let case = CaseId(fresh_id());
        let (done, all_decided) = oneshot::channel();
        let under_way = UnderWay { left: SERVICES.into(), done: Mutex::new(Some(done)) };
        self.cases().insert(case, Arc::new(under_way));
        self.submit(number, case).await?;
        all_decided.await.context("waiting for the decisions")??;
        self.cases().remove(&case);
        Ok(began.elapsed())
    }

    async fn submit(&self, number: usize, case: CaseId) -> Result<()> {
        let mut application = self.application.clone();
        application.case = case;
        application.draft = DraftId(fresh_id());
        application.values = SealedId(fresh_id());
        application.case_number = numbered(&self.engine)?.into();
        if let Some(subject) = self.subjects.get(number % SUBJECTS) {
            application.subject = *subject;
        }
        let seal = vec![
            ToSeal { id: application.values, clear: self.values.clone() },
            ToSeal { id: engine::applicant_name_id(case), clear: b"Mei Bankside".to_vec() },
        ];
        let command = Command::Submit(Box::new(application));
        let id = CommandId(fresh_id());
        self.engine
            .execute(self.applicant.clone(), "submit", id, case, None, command, seal)
            .await
            .context("submitting")?;
        Ok(())
    }

    async fn claim(&self) -> Result<Vec<Claimed>> {
        let now = Instant::now();
        let lease = now + jiff::SignedDuration::from_secs(LEASE_S);
        Ok(self.engine.store().claim("bench", now, lease, CLAIM).await?)
    }

    fn cases(&self) -> std::sync::MutexGuard<'_, HashMap<CaseId, Arc<UnderWay>>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Claims sendings when the bell rings and answers each.
    async fn work(self: Arc<Self>) {
        loop {
            let claimed = self.claim().await.unwrap_or_default();
            let full = claimed.len() >= usize::try_from(CLAIM).unwrap_or(usize::MAX);
            for sending in claimed {
                let bench = Arc::clone(&self);
                tokio::spawn(async move {
                    let case = sending.row.case_id;
                    let decided = bench.decide(sending).await;
                    bench.count(case, decided);
                });
            }
            if !full {
                // Now and then without a bell, as a worker does.
                let _ = tokio::time::timeout(Duration::from_secs(1), self.bell.notified()).await;
            }
        }
    }

    /// Two steps, each in a commit of its own: received, granted.
    async fn decide(&self, sending: Claimed) -> Result<()> {
        let row = sending.row;
        let node: NodeKey = row.node.parse()?;
        let department = Some(row.department.as_str().into());
        let actor = Actor { role: ActorRole::Department, account: None, department };
        let received = Command::TakeReply {
            node: node.clone(),
            dispatch: row.dispatch_id,
            department_seq: 1,
            decided_at: Instant::now(),
            reply: Reply::Received,
        };
        let (case, dispatch) = (row.case_id, row.dispatch_id);
        let id = CommandId(fresh_id());
        self.engine
            .execute(actor.clone(), "reply", id, case, None, received, Vec::new())
            .await
            .context("receiving")?;
        let (id, now) = (CommandId(fresh_id()), Instant::now());
        self.engine
            .grant(actor, id, case, None, &node, dispatch, 2, now, BTreeMap::new())
            .await
            .context("granting")?;
        Ok(())
    }

    fn count(&self, case: CaseId, decided: Result<()>) {
        // Cases of an earlier run that were left in the outbox are nobody's here.
        if let Some(under_way) = self.cases().get(&case).cloned() {
            under_way.count(decided);
        }
    }
}

/// W1's plan for one applicant, frozen.
fn frozen(engine: &Engine) -> Result<(Application, Facts)> {
    let catalogue = engine.catalogue();
    let matter = catalogue.matter("w1").context("finding W1")?;
    let mut facts = Facts::new();
    facts.answer(Slot::single(matter.applicant_name.clone()), Value::text("Mei Bankside"));
    let plan = ::plan::make(&::plan::PlanInput {
        catalogue,
        matter,
        facts: &facts,
        skip: &Default::default(),
        given: &Default::default(),
        unreachable: &Default::default(),
        standing: &::plan::standing::NOTHING,
        now: Instant::now(),
    });
    let nil = uuid::Uuid::nil();
    let particulars = Particulars {
        unchecked: Vec::new(),
        case: CaseId(nil),
        draft: DraftId(nil),
        subject: SubjectId(nil),
        case_number: "".into(),
        channel: "online".into(),
        values: SealedId(nil),
        evidence: Vec::new(),
        reception: casework::Reception::default(),
    };
    let application = casework::freeze(&plan, catalogue, particulars)
        .map_err(|stale| anyhow!("freezing W1: {stale:?}"))?;
    let waits: usize = application.nodes.iter().map(|node| node.waits_for.len()).sum();
    if application.nodes.len() != SERVICES || waits != 9 {
        bail!("W1 has {} services and {waits} edges", application.nodes.len());
    }
    Ok((application, facts))
}

fn numbered(engine: &Engine) -> Result<String> {
    let catalogue = engine.catalogue();
    let area = AreaCode::new(catalogue.jurisdiction.area.as_deref().unwrap_or("000000"));
    case_number::make(&area, catalogue.civil_date(Instant::now()), rand::random())
        .context("numbering a case")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Bench, Cases, Format, SERVICES, Side, compare, floor_database, measure};

    fn arguments(folder: &tempfile::TempDir) -> Cases {
        Cases {
            database: format!("sqlite://{}", folder.path().join("hub.db").display()),
            cases: 6,
            concurrency: 3,
            floor: false,
            against_floor: false,
            nodes: None,
            rounds: 1,
            format: Format::Json,
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn every_case_of_w1_comes_to_its_end() {
        let folder = tempfile::TempDir::new().unwrap();
        let arguments = arguments(&folder);
        let bench = Arc::new(Bench::start(&arguments.database).await.unwrap());
        let side = Side::Engine(vec![Arc::clone(&bench)]);
        let figures = measure(&side, &arguments.database, &arguments).await.unwrap();
        assert_eq!(figures.cases, 6);
        assert!(figures.wall_s > 0.0 && figures.p50_ms <= figures.p99_ms);

        let store = bench.engine.store();
        let cases = store.list_case_ids(None, 100).await.unwrap();
        assert_eq!(cases.len(), 6);
        for case in cases {
            assert_eq!(store.find_case(case).await.unwrap().unwrap().state, "done");
            let events = store.load_events(&[case]).await.unwrap();
            // Submitted; started, dispatched, received and granted for each service.
            assert_eq!(events[0].1.len(), 1 + 4 * SERVICES);
        }
        assert!(store.owed().await.unwrap().is_empty(), "every sending is closed");
    }

    /// Otherwise the ratio would say nothing: as many rows in every table, and the same bytes but for digits of
    /// numbers.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn the_floor_writes_what_the_engine_writes() {
        let folder = tempfile::TempDir::new().unwrap();
        let arguments = arguments(&folder);
        let compared = compare(&arguments).await.unwrap();
        assert!(compared.speed_ratio > 0.0 && compared.cpu_ratio.is_finite());
        assert_eq!((compared.engine.len(), compared.floor.len()), (1, 1));

        let engine = store_sql::rows_and_bytes(&arguments.database).await.unwrap();
        let floor = store_sql::rows_and_bytes(&floor_database(&arguments.database)).await.unwrap();
        assert!(engine.get("case_events").is_some_and(|(rows, _)| *rows == 6 * 33));
        for (table, (rows, bytes)) in &engine {
            // Made before the clock starts, by the engine only.
            if ["subject_keys", "definitions", "definition_items", "publications"]
                .contains(&table.as_str())
            {
                continue;
            }
            let (floor_rows, floor_bytes) = floor.get(table).copied().unwrap();
            assert_eq!(*rows, floor_rows, "rows of {table}");
            let apart = bytes.abs_diff(floor_bytes);
            assert!(apart * 50 <= *bytes, "{table}: {bytes} bytes, {floor_bytes} in the floor");
        }
    }
}
