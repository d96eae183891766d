//! `yijianshi serve` and `yijianshi work`: a hub for real people. What it is told comes from `settings`, accounts
//! from `account add`, partners from `exchange.toml`, the master key from the environment or the data folder.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result};
use object_store::local::LocalFileSystem;

use crate::clock::SteadyClock;
use crate::logs::{start_logging_as, watch_panics};
use crate::settings::{self, Secret, Settings};
use crate::trouble::trouble;
use crate::wiring::{Definitions, Hub, HubPlan, Stop};
use crate::{End, keys, metering, opening, output, partners};

/// The port cannot be listened on.
const LISTENING: &str = "SYS0019";

/// What every node is told.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Node {
    /// A settings file (TOML); flags and `YIJIANSHI_…` variables go before what it says.
    #[arg(long)]
    pub(crate) settings: Option<PathBuf>,
    /// Database, evidence files, keys and `exchange.toml` lie in this folder.
    #[arg(long)]
    pub(crate) data: Option<PathBuf>,
    /// `postgres://…` instead of the database in the data folder.
    #[arg(long)]
    pub(crate) database: Option<String>,
    /// A jurisdiction's definitions instead of those that come with the program.
    #[arg(long)]
    pub(crate) definitions: Option<PathBuf>,
    /// The network of outlets with their windows; without it nothing is received at windows.
    #[arg(long)]
    pub(crate) network: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    node: Node,
    /// The port to listen on [default: 8080]
    #[arg(long)]
    port: Option<u16>,
    /// The address to listen on [default: 127.0.0.1]
    #[arg(long)]
    host: Option<IpAddr>,
    /// Pages only: other nodes work on sendings and timers.
    #[arg(long)]
    no_work: bool,
    /// Cookies also over plain HTTP: for trying out on one machine, never behind a public address.
    #[arg(long)]
    plain_http: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Work {
    #[command(flatten)]
    node: Node,
}

impl Node {
    /// What the file, the environment and the flags say together.
    pub(crate) fn settings(&self) -> Result<Settings> {
        // Variables that are not text are none of ours.
        let environment: BTreeMap<String, String> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        let mut settings = settings::read(self.settings.as_deref(), &environment)?;
        if let Some(data) = &self.data {
            settings.store.data = Some(data.clone());
        }
        if let Some(database) = &self.database {
            settings.store.database = Some(Secret::new(database.clone()));
            settings.store.database_file = None;
        }
        if let Some(definitions) = &self.definitions {
            settings.definitions.folder = Some(definitions.clone());
        }
        if let Some(network) = &self.network {
            settings.definitions.network = Some(network.clone());
        }
        Ok(settings)
    }

    /// The file that they were read from.
    pub(crate) fn settings_file(&self) -> Option<PathBuf> {
        let named = || std::env::var_os("YIJIANSHI_SETTINGS").map(PathBuf::from);
        self.settings.clone().or_else(named)
    }
}

impl Serve {
    fn settings(&self) -> Result<Settings> {
        let mut settings = self.node.settings()?;
        settings.web.port = self.port.unwrap_or(settings.web.port);
        settings.web.host = self.host.unwrap_or(settings.web.host);
        settings.web.plain_http |= self.plain_http;
        settings.work.beside_pages &= !self.no_work;
        Ok(settings)
    }
}

/// The definitions that the settings name; `None` = they have errors, which have been shown.
pub(crate) fn definitions(settings: &Settings) -> Result<Option<Definitions>> {
    let definitions = Definitions::load(settings.definitions.folder.as_deref())?;
    match (definitions, &settings.definitions.network) {
        (Some(definitions), Some(folder)) => definitions.with_network(Some(folder)),
        (definitions, _) => Ok(definitions),
    }
}

/// A hub as the settings say.
pub(crate) async fn open(settings: &Settings, definitions: &Definitions) -> Result<Hub> {
    try_to_open(settings, definitions).await.map_err(opening::at_the_start)
}

async fn try_to_open(settings: &Settings, definitions: &Definitions) -> Result<Hub> {
    let data = settings.data()?;
    opening::folder(data)?;
    let folder = settings.files()?;
    opening::folder(&folder)?;
    let partners = partners::load(data)?;
    let store = opening::store(settings, opening::tables(settings)).await?;
    let master_key = keys::for_store(settings, &store).await?;
    let files = LocalFileSystem::new_with_prefix(&folder).context("opening the file store")?;
    let embedded = settings.database()?.reveal().starts_with("sqlite:");
    let clock = SteadyClock::start(&store, embedded).await.context("asking for the time")?;
    let plan = HubPlan {
        definitions,
        data,
        database: None,
        master_key,
        partners,
        demo: None,
        clock,
        patience: settings.patience(),
        secure_cookies: !settings.web.plain_http,
    };
    let hub = Hub::open_on(plan, store, Arc::new(files)).await?;
    Ok(hub.closing_within(settings.stop_within()))
}

pub(crate) fn run(arguments: &Serve) -> Result<End> {
    let settings = arguments.settings()?;
    settings.data()?;
    let Some(definitions) = definitions(&settings)? else { return Ok(End::Findings) };
    start_logging_as(&settings.log);
    watch_panics();
    runtime()?.block_on(async {
        let stop = Stop::on_signal()?;
        let listener = listen(settings.web.host, settings.web.port).await?;
        let figures = metering::Figures::start(&settings.metrics).await?;
        let hub = open(&settings, &definitions).await?;
        let address = listener.local_addr().context("asking for the port")?;
        output::write(&format!("http://{address}/\n"))?;
        let catching_up = hub.clone();
        tokio::spawn(async move { catching_up.catch_up().await });
        figures.serve(&hub);
        if !settings.work.beside_pages {
            return hub.serve(listener, stop).await;
        }
        let (served, ()) = tokio::join!(hub.serve(listener, stop.clone()), hub.work(stop));
        tracing::info!("stopped");
        served
    })?;
    Ok(End::Clean)
}

pub(crate) fn work(arguments: &Work) -> Result<End> {
    let settings = arguments.node.settings()?;
    settings.data()?;
    let Some(definitions) = definitions(&settings)? else { return Ok(End::Findings) };
    start_logging_as(&settings.log);
    watch_panics();
    runtime()?.block_on(async {
        let stop = Stop::on_signal()?;
        let figures = metering::Figures::start(&settings.metrics).await?;
        let hub = open(&settings, &definitions).await?;
        output::write("working\n")?;
        figures.serve(&hub);
        hub.work(stop).await;
        tracing::info!("stopped");
        anyhow::Ok(())
    })?;
    Ok(End::Clean)
}

/// Listens, or says why not.
pub(crate) async fn listen(host: IpAddr, port: u16) -> Result<tokio::net::TcpListener> {
    tokio::net::TcpListener::bind((host, port)).await.map_err(|fault| {
        let hint = "another program has the port (`ss -ltnp`), or the account may not use one below \
             1024: choose another, or stop the other program";
        trouble(LISTENING, format!("listening on {host} port {port}: {fault}"), hint)
    })
}

pub(crate) fn runtime() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().context("starting the runtime")
}
