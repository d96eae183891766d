//! Puts a hub together: catalogue, store, engine, pages, worker. Everything that reads the disk or names a
//! backend happens here; nothing is decided here.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ::plan::scenario::{self, ScenarioAsWritten};
use anyhow::{Context, Result, anyhow};
use catalogue::{Catalogue, Compiled, Diagnostic, Severity, SourceFile};
use engine::{Clock, Engine, Parts};
use object_store::ObjectStore;
use object_store::local::LocalFileSystem;
use store_port::SharedStore;
use tokio::net::TcpListener;
use tokio::sync::{Notify, Semaphore, broadcast, watch};
use vocabulary::{Instant, MatterId, OrganisationId};
use web::state::Example;
use web::words::Words;
use web::{App, DemoControl, ExchangeKeys, Workshop};
use worker::{HttpSources, Patience, Route, Routes, SignedClient, Worker};

use crate::definitions::{self, finding_as_text};
use crate::live::Current;
use crate::{embedded, output};

/// Changes of cases that a slow reader of live pages may lag behind.
const CHANGES_HELD: usize = 1024;
/// Passwords hashed at once.
const HASHES_AT_ONCE: usize = 2;
/// What is under way when the hub is told to stop has this long.
const CLOSING: Duration = Duration::from_secs(5);

/// Compiled definitions with their scenario tests.
#[derive(Debug, Clone)]
pub struct Definitions {
    pub catalogue: Arc<Catalogue>,
    pub scenarios: Vec<ScenarioAsWritten>,
    /// What they were compiled from, and what compiling said.
    pub files: Vec<SourceFile>,
    pub diagnostics: Vec<Diagnostic>,
    /// The outlets; the empty network receives nothing at windows.
    pub network: Arc<network::Network>,
}

impl Definitions {
    /// With the network of a folder, or with the demonstration city. `None` = it has errors, which have been
    /// shown.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn with_network(self, folder: Option<&Path>) -> Result<Option<Self>> {
        let network = crate::networks::load(folder, &self.catalogue)?;
        Ok(network.map(|network| Self { network, ..self }))
    }

    /// Those in a folder, or those that the binary comes with. `None` = they have errors, which have been
    /// shown.
    ///
    /// # Errors
    /// The folder cannot be read, holds more than one jurisdiction, or a scenario file cannot be read.
    pub fn load(folder: Option<&Path>) -> Result<Option<Self>> {
        let (files, scenario_files) = match folder {
            None => (embedded::national(), embedded::national_scenarios()),
            Some(folder) => {
                let mut found = definitions::find(folder)?.into_iter();
                let first = found.next().context("no jurisdiction found")?;
                if let Some(second) = found.next() {
                    return Err(anyhow!(
                        "more than one jurisdiction below `{}`: name `{}` or `{}`",
                        folder.display(),
                        first.folder.display(),
                        second.folder.display(),
                    ));
                }
                (first.files, first.scenarios)
            }
        };
        let Compiled { catalogue, diagnostics } = catalogue::compile(&files);
        let Some(catalogue) = catalogue else {
            let errors = diagnostics.iter().filter(|found| found.severity == Severity::Error);
            let texts: Vec<String> = errors.map(finding_as_text).collect();
            output::write(&texts.concat())?;
            return Ok(None);
        };
        let scenarios = read_scenarios(&scenario_files)?;
        let network = Arc::default();
        Ok(Some(Self { catalogue: Arc::new(catalogue), scenarios, files, diagnostics, network }))
    }

    /// The definitions for their designers' pages.
    fn workshop(&self, reached: BTreeSet<OrganisationId>) -> Workshop {
        let pages = embedded::codes().into_iter().filter_map(|code| {
            let page = embedded::code_page(&code)?;
            Some((code, page))
        });
        Workshop::new(
            self.files.clone(),
            self.diagnostics.clone(),
            self.scenarios.clone(),
            reached,
            pages.collect(),
        )
    }

    /// Scenarios as examples on pages.
    fn examples(&self) -> Vec<Example> {
        let example = |scenario: &ScenarioAsWritten| {
            let matter = self.catalogue.matter(&scenario.matter)?;
            let situation = scenario.answers().resolve(&self.catalogue, matter, None).ok()?;
            let texts = scenario.name.iter().map(|(lang, text)| {
                (vocabulary::Lang::new(lang.as_str()), Arc::from(text.as_str()))
            });
            Some(Example {
                id: scenario.id.clone(),
                matter: MatterId::new(scenario.matter.as_str()),
                name: vocabulary::Localised::new(texts),
                facts: situation.facts,
                skip: situation.skip,
                unreachable: situation.unreachable,
                now: situation.now,
            })
        };
        // What was generated to cover every outcome is for designers.
        let written = self.scenarios.iter().filter(|it| !::plan::proved::is_generated(&it.id));
        written.filter_map(example).collect()
    }
}

pub(crate) fn read_scenarios(files: &[SourceFile]) -> Result<Vec<ScenarioAsWritten>> {
    let mut scenarios = Vec::new();
    for file in files {
        let read = scenario::parse(&file.text).map_err(|problem| anyhow!("{problem}"));
        scenarios
            .extend(read.with_context(|| format!("reading the scenarios in `{}`", file.name))?);
    }
    Ok(scenarios)
}

/// The system's clock.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        Instant::now()
    }
}

/// Departments and sources on the other side of the exchange.
#[derive(Debug, Clone, Default)]
pub struct Partners {
    pub departments: Routes,
    /// `None` = no shared source is connected.
    pub sources: Option<Route>,
    /// Card readers and scanners; `None` = those that the data folder names.
    pub devices: Option<Arc<dyn web::window::Devices>>,
}

/// Finds the department behind a key that a message was signed with.
#[derive(Debug)]
struct Keys(BTreeMap<String, (String, Route)>);

impl ExchangeKeys for Keys {
    fn find(&self, key_id: &str) -> Option<(String, Vec<u8>)> {
        let (department, route) = self.0.get(key_id)?;
        Some((department.clone(), route.secret.clone()))
    }
}

/// What a hub is made of.
#[derive(Debug)]
pub struct HubPlan<'a> {
    pub definitions: &'a Definitions,
    /// Database (unless `database` names another), evidence files and keys lie below it.
    pub data: &'a Path,
    /// `postgres://…`, or another file.
    pub database: Option<&'a str>,
    pub master_key: [u8; 32],
    pub partners: Partners,
    pub demo: Option<Arc<dyn DemoControl>>,
    /// The hub's time; the demo moves it.
    pub clock: Arc<dyn Clock>,
    pub patience: Patience,
    pub secure_cookies: bool,
}

/// A hub, ready to serve and to work.
#[derive(Debug, Clone)]
pub struct Hub {
    pub engine: Engine,
    pub app: App,
    pub worker: Worker,
    /// What answers requests: the definitions in force, also when others are published.
    pub current: Current,
    /// How long what is under way may take when the hub is told to stop.
    closing: Duration,
}

impl Hub {
    /// Opens store and files and starts the engine.
    ///
    /// # Errors
    /// The data folder or the database cannot be used, or the words of the pages cannot be read.
    pub async fn open(plan: HubPlan<'_>) -> Result<Self> {
        let files = plan.data.join("files");
        std::fs::create_dir_all(&files)
            .with_context(|| format!("making the folder `{}`", files.display()))?;
        let files = LocalFileSystem::new_with_prefix(&files).context("opening the file store")?;
        let own = format!("sqlite://{}", plan.data.join("hub.db").display());
        let store = store_sql::open(plan.database.unwrap_or(&own)).await;
        let store = store.context("opening the store")?;
        Self::open_on(plan, store, Arc::new(files)).await
    }

    /// The same on a store and a file store that are open already.
    ///
    /// # Errors
    /// The database cannot be used, or the words of the pages cannot be read.
    pub async fn open_on(
        plan: HubPlan<'_>,
        store: SharedStore,
        files: Arc<dyn ObjectStore>,
    ) -> Result<Self> {
        let clock = Arc::clone(&plan.clock);
        let mut client = SignedClient::new().context("making an HTTP client")?;
        if plan.demo.is_none() {
            client = client.signing_by(Arc::clone(&clock));
        }
        let bell = Arc::new(Notify::new());
        let engine = Engine::start(Parts {
            store,
            catalogue: Arc::clone(&plan.definitions.catalogue),
            network: Arc::clone(&plan.definitions.network),
            clock: plan.clock,
            sources: Arc::new(HttpSources::new(client.clone(), plan.partners.sources)),
            master_key: plan.master_key,
            files,
            outbox_bell: Arc::clone(&bell),
            changed: broadcast::channel(CHANGES_HELD).0,
        });
        engine.keep_definitions().await.context("keeping the definitions in force")?;
        let keys =
            plan.partners.departments.iter().map(|(department, route)| {
                (route.key_id.clone(), (department.clone(), route.clone()))
            });
        let reached: BTreeSet<OrganisationId> =
            plan.partners.departments.keys().map(|id| OrganisationId::new(id.as_str())).collect();
        let workshop = plan.definitions.workshop(reached.clone());
        let devices = match plan.partners.devices {
            Some(devices) => devices,
            None => Arc::new(crate::devices::HttpDevices::load(plan.data)?),
        };
        // Those of the data folder, where there are any; else the system's.
        let fonts = plan.data.join("fonts");
        let app = App {
            engine: engine.clone(),
            words: Words::load().context("loading the words of the pages")?,
            // The demo's clock is moved; sessions and signatures go by the real one.
            wall: if plan.demo.is_some() { Arc::new(SystemClock) } else { Arc::clone(&clock) },
            demo: plan.demo,
            exchange_keys: Arc::new(Keys(keys.collect())),
            examples: Arc::new(plan.definitions.examples()),
            parts: Arc::default(),
            counted: Arc::default(),
            workshop: Arc::new(workshop),
            hashing: Arc::new(Semaphore::new(HASHES_AT_ONCE)),
            devices,
            live: None,
            fonts: Arc::new(paper::Fonts::find(fonts.is_dir().then_some(fonts.as_path()))),
            secure_cookies: plan.secure_cookies,
        };
        let worker =
            Worker::new(engine.clone(), plan.partners.departments, client, bell, plan.patience);
        let remake = move |definitions: &Definitions, app: &App| App {
            examples: Arc::new(definitions.examples()),
            parts: Arc::default(),
            workshop: Arc::new(definitions.workshop(reached.clone())),
            ..app.clone()
        };
        let current = Current::new(app, plan.definitions.clone(), worker.clone(), Box::new(remake));
        // This node's own files, if they are new here; else what was published last.
        if let Some(next) =
            engine.definitions_in_force().await.context("finding what is in force")?
        {
            current.replace(next);
        }
        current.show_itself();
        let app = current.app();
        Ok(Self { engine: app.engine.clone(), app, worker, current, closing: CLOSING })
    }

    /// The same, with another time for what is under way when it is told to stop.
    #[must_use]
    pub fn closing_within(self, closing: Duration) -> Self {
        Self { closing, ..self }
    }

    /// An engine to look only: nothing is written, no key is read, and a hub may go on working beside it. What is sealed
    /// stays so.
    ///
    /// # Errors
    /// The database is not there.
    pub async fn look(
        definitions: &Definitions,
        data: &Path,
        database: Option<&str>,
    ) -> Result<Engine> {
        let own = format!("sqlite://{}", data.join("hub.db").display());
        let store = store_sql::open_as(database.unwrap_or(&own), store_sql::Tables::Look).await;
        let client = SignedClient::new().context("making an HTTP client")?;
        Ok(Engine::start(Parts {
            store: store.context("opening the store")?,
            catalogue: Arc::clone(&definitions.catalogue),
            network: Arc::clone(&definitions.network),
            clock: Arc::new(SystemClock),
            sources: Arc::new(HttpSources::new(client, None)),
            master_key: [0; 32],
            files: Arc::new(object_store::memory::InMemory::new()),
            outbox_bell: Arc::new(Notify::new()),
            changed: broadcast::channel(CHANGES_HELD).0,
        }))
    }

    /// Serves pages, API and exchange until `stop` says so.
    ///
    /// # Errors
    /// The server failed.
    pub async fn serve(&self, listener: TcpListener, stop: Stop) -> Result<()> {
        let router = self.current.router();
        let mut closing = stop.clone();
        let serving =
            axum::serve(listener, router).with_graceful_shutdown(async move { stop.wait().await });
        let served = tokio::select! {
            served = serving.into_future() => served.context("serving"),
            () = self.current.follow() => Ok(()),
            // Somebody who keeps a connection open does not keep the hub running.
            () = closing.wait_and(self.closing) => Ok(()),
        };
        self.current.let_go();
        served
    }

    /// Makes what an older version of this program left unmade of what figures count. Nobody need wait for it.
    pub async fn catch_up(&self) {
        if let Err(fault) = self.engine.take_calendar(None).await {
            tracing::error!(%fault, "taking a calendar over");
        }
        match self.engine.make_missing_facts().await {
            Ok(0) => {}
            Ok(cases) => tracing::info!(cases, "facts of older cases were made"),
            Err(fault) => tracing::error!(%fault, "making the facts of older cases"),
        }
    }

    /// Works on sendings and timers until `stop` says so; then what is under way may end, and the rest is handed
    /// back to other nodes.
    pub async fn work(&self, stop: Stop) {
        self.worker.run(stop.wait()).await;
        self.worker.wind_down(self.closing).await;
    }
}

/// Says when to stop: from a signal, or from a test.
#[derive(Debug, Clone)]
pub struct Stop(watch::Receiver<bool>);

impl Stop {
    /// A stop with its trigger: `trigger.send_replace(true)`, or drop it.
    pub fn by_hand() -> (watch::Sender<bool>, Self) {
        let (trigger, stop) = watch::channel(false);
        (trigger, Self(stop))
    }

    /// Ctrl-C, or the signal by which services are ended.
    ///
    /// # Errors
    /// Signals cannot be listened to.
    pub fn on_signal() -> Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate()).context("listening to signals")?;
        let mut interrupt = signal(SignalKind::interrupt()).context("listening to signals")?;
        let (trigger, stop) = Self::by_hand();
        tokio::spawn(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            trigger.send_replace(true);
        });
        Ok(stop)
    }

    /// Until it is time to stop.
    pub async fn wait(mut self) {
        // A trigger that is gone will never be pulled: then it is time as well.
        let _ = self.0.wait_for(|stop| *stop).await;
    }

    async fn wait_and(&mut self, longer: Duration) {
        self.clone().wait().await;
        tokio::time::sleep(longer).await;
    }
}

/// Listens on the first free port from `port` on; 0 takes any.
///
/// # Errors
/// None of them is free.
pub async fn listen(host: std::net::IpAddr, port: u16) -> Result<TcpListener> {
    const TRIES: u16 = 100;
    let mut last = None;
    for port in port..=port.saturating_add(TRIES) {
        match TcpListener::bind(SocketAddr::new(host, port)).await {
            Ok(listener) => return Ok(listener),
            Err(fault) => last = Some(fault),
        }
    }
    let fault = last.map_or_else(|| anyhow!("no port"), anyhow::Error::from);
    Err(fault.context(format!("listening on port {port} or one of the next")))
}

/// Logs go to standard error; `RUST_LOG` says how much, else `quiet` = warnings only.
pub fn start_logging(quiet: bool) {
    use tracing_subscriber::EnvFilter;
    let otherwise = if quiet { "warn" } else { "info,sqlx=warn" };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(otherwise));
    // Already started = somebody else in this process decides.
    let _ =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
}
