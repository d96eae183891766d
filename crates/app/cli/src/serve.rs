//! `yijianshi serve` and `yijianshi work`: a hub for real people. Accounts come from `account add`, partners
//! from `exchange.toml`, the master key from the environment or the data folder.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result};
use worker::Patience;

use crate::wiring::{Definitions, Hub, HubPlan, Stop, start_logging};
use crate::{End, keys, output, partners};

/// What every node is told.
#[derive(Debug, clap::Args)]
pub(crate) struct Node {
    /// Database, evidence files, keys and `exchange.toml` lie in this folder.
    #[arg(long)]
    pub(crate) data: PathBuf,
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
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// The address to listen on.
    #[arg(long, default_value = "127.0.0.1")]
    host: IpAddr,
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
    pub(crate) async fn open(&self, definitions: &Definitions, secure: bool) -> Result<Hub> {
        Hub::open(HubPlan {
            definitions,
            data: &self.data,
            database: self.database.as_deref(),
            master_key: keys::master_key(&self.data)?,
            partners: partners::load(&self.data)?,
            demo: None,
            clock: Arc::new(crate::wiring::SystemClock),
            patience: Patience::default(),
            secure_cookies: secure,
        })
        .await
    }

    pub(crate) fn definitions(&self) -> Result<Option<Definitions>> {
        let definitions = Definitions::load(self.definitions.as_deref())?;
        match (definitions, &self.network) {
            (Some(definitions), Some(folder)) => definitions.with_network(Some(folder)),
            (definitions, _) => Ok(definitions),
        }
    }
}

pub(crate) fn run(arguments: &Serve) -> Result<End> {
    let Some(definitions) = arguments.node.definitions()? else { return Ok(End::Findings) };
    start_logging(false);
    runtime()?.block_on(async {
        let stop = Stop::on_signal()?;
        let listener = tokio::net::TcpListener::bind((arguments.host, arguments.port)).await;
        let listener = listener
            .with_context(|| format!("listening on {} port {}", arguments.host, arguments.port))?;
        let hub = arguments.node.open(&definitions, !arguments.plain_http).await?;
        let address = listener.local_addr().context("asking for the port")?;
        output::write(&format!("http://{address}/\n"))?;
        let catching_up = hub.clone();
        tokio::spawn(async move { catching_up.catch_up().await });
        if arguments.no_work {
            return hub.serve(listener, stop).await;
        }
        let (served, ()) = tokio::join!(hub.serve(listener, stop.clone()), hub.work(stop));
        served
    })?;
    Ok(End::Clean)
}

pub(crate) fn work(arguments: &Work) -> Result<End> {
    let Some(definitions) = arguments.node.definitions()? else { return Ok(End::Findings) };
    start_logging(false);
    runtime()?.block_on(async {
        let stop = Stop::on_signal()?;
        let hub = arguments.node.open(&definitions, true).await?;
        hub.work(stop).await;
        anyhow::Ok(())
    })?;
    Ok(End::Clean)
}

pub(crate) fn runtime() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().context("starting the runtime")
}
