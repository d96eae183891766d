//! `yijianshi bench cases`: how fast durable cases go through the real engine and store.
//!
//! The case is W1: eight services, A→{B,C,D}; B→E; {C,D}→F; {E,F}→G; A→H. Every service has two durable steps:
//! its referral is received, and it is decided. Decisions come from a worker in this process that claims
//! sendings from the outbox, as any worker does, and answers at once. Everything that a case has in production
//! is committed with it: events, lists, outbox, timers, sealed values, stored answers of commands. Left out
//! are the draft before it and the network; and subjects come back: their keys are made before the clock starts.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant as Tick};

use anyhow::{Context, Result, anyhow, bail};
use casework::{Actor, ActorRole, Application, Command, Particulars, Reply};
use catalogue::SourceFile;
use engine::{Engine, Parts, SourceAsk, SourceReply, Sources, ToSeal};
use serde::Serialize;
use store_port::{Claimed, fresh_id};
use tokio::sync::{Notify, Semaphore, oneshot};
use vocabulary::codes::case_number;
use vocabulary::{
    AccountId, AreaCode, CaseId, CommandId, DraftId, Facts, Instant, NodeKey, SealedId, Slot,
    SourceId, SubjectId, Value,
};

use crate::End;
use crate::output::{self, Format};

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
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// What was measured.
#[derive(Debug, Serialize)]
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
    db_bytes_per_case: u64,
}

pub(crate) fn run(arguments: &Arguments) -> Result<End> {
    let What::Cases(cases) = &arguments.what;
    if cases.cases == 0 || cases.concurrency == 0 {
        bail!("at least one case, and at least one at a time");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("starting the runtime")?;
    let figures = runtime.block_on(async {
        let bench = Arc::new(Bench::start(&cases.database).await?);
        measure(&bench, cases).await
    })?;
    match cases.format {
        Format::Json => output::write_json(&figures)?,
        Format::Text => output::write(&table(&figures))?,
    }
    Ok(End::Clean)
}

fn table(figures: &Figures) -> String {
    format!(
        "cases              {}\nwall               {:.2} s\ncases per second   {:.0}\n\
         steps per second   {:.0}\np50                {:.1} ms\np99                {:.1} ms\n\
         CPU per case       {:.2} ms\nbytes per case     {}\n",
        figures.cases,
        figures.wall_s,
        figures.cases_per_s,
        figures.transitions_per_s,
        figures.p50_ms,
        figures.p99_ms,
        figures.cpu_ms_per_case,
        figures.db_bytes_per_case,
    )
}

async fn measure(bench: &Arc<Bench>, arguments: &Cases) -> Result<Figures> {
    let size_before = store_sql::size_bytes(&arguments.database).await?;
    let worker = tokio::spawn(Arc::clone(bench).work());
    let places = Arc::new(Semaphore::new(arguments.concurrency));
    let cpu_before = cpu_ms()?;
    let began = Tick::now();
    let mut running = tokio::task::JoinSet::new();
    for number in 0..arguments.cases {
        let place = Arc::clone(&places).acquire_owned().await.context("waiting for a place")?;
        let bench = Arc::clone(bench);
        running.spawn(async move {
            let took = bench.one_case(number).await;
            drop(place);
            took
        });
    }
    let mut took = Vec::with_capacity(arguments.cases);
    while let Some(case) = running.join_next().await {
        took.push(case.context("a case's task ended")??);
    }
    let wall = began.elapsed();
    let cpu = cpu_ms()? - cpu_before;
    worker.abort();
    let size = store_sql::size_bytes(&arguments.database).await?.saturating_sub(size_before);
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
    under_way: Mutex<HashMap<CaseId, Arc<UnderWay>>>,
}

impl Bench {
    async fn start(database: &str) -> Result<Self> {
        let store = store_sql::open(database).await.context("opening the database")?;
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
            master_key: rand::random(),
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
            under_way: Mutex::default(),
        })
    }

    /// Submits one case and waits for its last decision.
    async fn one_case(&self, number: usize) -> Result<Duration> {
        let began = Tick::now();
        let case = CaseId(fresh_id());
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
        let (done, all_decided) = oneshot::channel();
        let under_way = UnderWay { left: SERVICES.into(), done: Mutex::new(Some(done)) };
        self.cases().insert(case, Arc::new(under_way));
        let command = Command::Submit(Box::new(application));
        let id = CommandId(fresh_id());
        self.engine
            .execute(self.applicant.clone(), "submit", id, case, None, command, seal)
            .await
            .context("submitting")?;
        all_decided.await.context("waiting for the decisions")??;
        self.cases().remove(&case);
        Ok(began.elapsed())
    }

    fn cases(&self) -> std::sync::MutexGuard<'_, HashMap<CaseId, Arc<UnderWay>>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Claims sendings when the bell rings and answers each.
    async fn work(self: Arc<Self>) {
        loop {
            let now = Instant::now();
            let lease = now + jiff::SignedDuration::from_secs(LEASE_S);
            let claimed = self.engine.store().claim("bench", now, lease, CLAIM).await;
            let claimed = claimed.unwrap_or_default();
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

    /// Counts a committed decision; the last one ends the case, as does the first fault.
    fn count(&self, case: CaseId, decided: Result<()>) {
        // Cases of an earlier run that were left in the outbox are nobody's here.
        let Some(under_way) = self.cases().get(&case).cloned() else {
            return;
        };
        let failed = decided.is_err();
        if under_way.left.fetch_sub(1, Ordering::AcqRel) == 1 || failed {
            let mut done = under_way.done.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(done) = done.take() {
                // Whoever waited may have given up.
                let _ = done.send(decided);
            }
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

    use super::{Bench, Cases, Format, SERVICES, measure};

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn every_case_of_w1_comes_to_its_end() {
        let folder = tempfile::TempDir::new().unwrap();
        let database = format!("sqlite://{}", folder.path().join("hub.db").display());
        let arguments =
            Cases { database: database.clone(), cases: 6, concurrency: 3, format: Format::Json };
        let bench = Arc::new(Bench::start(&database).await.unwrap());
        let figures = measure(&bench, &arguments).await.unwrap();
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
}
