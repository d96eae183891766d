//! `yijianshi load-test-node` (hidden): a whole hub that takes its work from standard input, for the test that
//! kills it. It serves the exchange and works on sendings like any hub; what it acknowledges has been
//! committed by the real engine.
//!
//! ```text
//! prepare KEY              → draft KEY DRAFT
//! submit KEY DRAFT COMMAND → ack KEY CASE
//! ```

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail};
use casework::{Actor, ActorRole};
use engine::EngineError;
use uuid::Uuid;
use vocabulary::{AccountId, CommandId, DraftId};
use web::state::Example;
use worker::Patience;

use crate::applying::complete_draft;
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
    let hub = Hub::open(HubPlan {
        definitions,
        data: &arguments.data,
        database: None,
        master_key: keys::master_key(&arguments.data)?,
        partners: partners::load(&arguments.data)?,
        demo: None,
        clock: Arc::new(crate::wiring::SystemClock),
        patience: Patience::short(),
        secure_cookies: false,
    })
    .await?;
    let example = hub.app.examples.first().cloned().context("no scenario to submit")?;
    let example = Arc::new(example);
    output::write("ready\n")?;
    let serving = hub.serve(listener, stop.clone());
    let working = hub.work(stop.clone());
    let reading = async {
        let mut lines = lines();
        while let Some(line) = lines.recv().await {
            let (hub, example) = (hub.clone(), Arc::clone(&example));
            tokio::spawn(async move {
                let said = match carry_out(&hub, &example, &line).await {
                    Ok(said) => output::write(&format!("{said}\n")),
                    Err(fault) => output::write(&format!("fault {fault:#}\n")),
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
                Err(error) => Err(anyhow!("{key}: {}: {error}", error.code())),
            }
        }
        _ => bail!("not a command"),
    }
}

/// Everybody submits once, under his own account.
fn owner_of(key: &str) -> AccountId {
    AccountId(Uuid::new_v5(&Uuid::NAMESPACE_OID, key.as_bytes()))
}
