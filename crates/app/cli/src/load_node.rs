//! `yijianshi load-test-node` (hidden): a whole hub that takes its work from standard input, for the test that
//! kills it. It serves the exchange and works on sendings like any hub; what it acknowledges has been
//! committed by the real engine.
//!
//! ```text
//! prepare KEY              → draft KEY DRAFT
//! submit KEY DRAFT COMMAND → ack KEY CASE
//! clock SECONDS            → clock        from now on the machine's clock is so far off
//! anything that fails      → fault KEY CODE
//! ```

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use casework::{Actor, ActorRole};
use engine::{Clock, EngineError};
use jiff::SignedDuration;
use object_store::local::LocalFileSystem;
use uuid::Uuid;
use vocabulary::{AccountId, CommandId, DraftId, Instant};
use web::state::Example;
use worker::Patience;

use crate::applying::complete_draft;
use crate::clock::SteadyClock;
use crate::wiring::{Definitions, Hub, HubPlan, Stop, start_logging};
use crate::{End, keys, output, partners, serve};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[arg(long)]
    data: PathBuf,
    #[arg(long)]
    definitions: Option<PathBuf>,
    #[arg(long)]
    port: u16,
    /// Instead of the database in the data folder.
    #[arg(long)]
    database: Option<String>,
    /// The machine's clock is so many seconds off.
    #[arg(long, default_value_t = 0, allow_negative_numbers = true)]
    clock_off: i64,
    /// How long a claim holds.
    #[arg(long)]
    lease_ms: Option<u64>,
}

/// The clock of a machine on which nobody looks after it.
#[derive(Debug)]
struct Wrong(AtomicI64);

impl Clock for Wrong {
    fn now(&self) -> Instant {
        let off = SignedDuration::from_secs(self.0.load(Ordering::Relaxed));
        let now = Instant::now();
        now.saturating_add(off).unwrap_or(now)
    }
}

pub(crate) fn run(arguments: &Arguments) -> Result<End> {
    let Some(definitions) = Definitions::load(arguments.definitions.as_deref())? else {
        return Ok(End::Findings);
    };
    start_logging(true);
    serve::runtime()?.block_on(live(arguments, &definitions))?;
    Ok(End::Clean)
}

async fn live(arguments: &Arguments, definitions: &Definitions) -> Result<()> {
    let stop = Stop::on_signal()?;
    let address = (IpAddr::V4(Ipv4Addr::LOCALHOST), arguments.port);
    let listener = tokio::net::TcpListener::bind(address).await.context("listening")?;
    let own = format!("sqlite://{}", arguments.data.join("hub.db").display());
    let store = store_sql::open(arguments.database.as_deref().unwrap_or(&own)).await?;
    let wall = Arc::new(Wrong(AtomicI64::new(arguments.clock_off)));
    let embedded = arguments.database.is_none();
    let machine: Arc<dyn Clock> = Arc::<Wrong>::clone(&wall);
    let clock = SteadyClock::start_beside(&store, embedded, machine).await?;
    let files = arguments.data.join("files");
    std::fs::create_dir_all(&files).context("making the folder of files")?;
    let mut patience = Patience::short();
    patience.lease = arguments.lease_ms.map_or(patience.lease, Duration::from_millis);
    let plan = HubPlan {
        definitions,
        data: &arguments.data,
        database: None,
        master_key: keys::master_key(&arguments.data)?,
        partners: partners::load(&arguments.data)?,
        demo: None,
        clock,
        patience,
        secure_cookies: false,
    };
    let files = LocalFileSystem::new_with_prefix(&files).context("opening the file store")?;
    let hub = Hub::open_on(plan, store, Arc::new(files)).await?;
    let example = hub.app.examples.first().cloned().context("no scenario to submit")?;
    let example = Arc::new(example);
    output::write("ready\n")?;
    let serving = hub.serve(listener, stop.clone());
    let working = hub.work(stop.clone());
    let reading = async {
        let mut lines = lines();
        while let Some(line) = lines.recv().await {
            if let Some(seconds) = line.strip_prefix("clock ") {
                wall.0.store(seconds.trim().parse().unwrap_or(0), Ordering::Relaxed);
                // Whoever listens has gone: the test has ended.
                drop(output::write("clock\n"));
                continue;
            }
            let (hub, example) = (hub.clone(), Arc::clone(&example));
            tokio::spawn(async move {
                let said = match carry_out(&hub, &example, &line).await {
                    Ok(said) => output::write(&format!("{said}\n")),
                    Err(fault) => {
                        let code =
                            fault.downcast_ref::<EngineError>().map_or("-", EngineError::code);
                        let key = line.split(' ').nth(1).unwrap_or("-");
                        tracing::warn!(key, code, "{fault:#}");
                        output::write(&format!("fault {key} {code}\n"))
                    }
                };
                // Nobody reads any more: the test has ended.
                drop(said);
            });
        }
    };
    let (served, (), ()) = tokio::join!(serving, working, reading);
    served
}

/// The lines of standard input; a thread of its own reads them.
fn lines() -> tokio::sync::mpsc::UnboundedReceiver<String> {
    let (sender, lines) = tokio::sync::mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    lines
}

async fn carry_out(hub: &Hub, example: &Example, line: &str) -> Result<String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    match words.as_slice() {
        ["prepare", key] => {
            let owner = owner_of(key);
            let draft =
                complete_draft(&hub.engine, owner, key, &example.matter, &example.facts).await?;
            Ok(format!("draft {key} {}", draft.id))
        }
        ["submit", key, draft, command] => {
            let actor = Actor {
                role: ActorRole::Applicant,
                account: Some(owner_of(key)),
                department: None,
            };
            let command: CommandId = command.parse().context("command")?;
            let draft: DraftId = draft.parse().context("draft")?;
            match hub.engine.submit(actor, command, draft, "online").await {
                Ok(done) => Ok(format!("ack {key} {}", done.case)),
                Err(EngineError::AlreadySubmitted { case }) => Ok(format!("ack {key} {case}")),
                Err(error) => Err(error.into()),
            }
        }
        _ => bail!("not a command"),
    }
}

/// Everybody submits once, under his own account.
fn owner_of(key: &str) -> AccountId {
    AccountId(Uuid::new_v5(&Uuid::NAMESPACE_OID, key.as_bytes()))
}
