//! `yijianshi demo`: everything in one process on this machine — hub, real matters, sample people, simulated
//! departments. Without `--data` nothing is left behind.

use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ::departments::{DeviceSimulation, SOURCES, SharedKey, Simulation, SimulationPlan, Timing};
use anyhow::{Context, Result, bail};
use async_trait::async_trait;
use jiff::SignedDuration;
use web::{Behaviour, DemoControl};
use worker::{Patience, Route};

use crate::devices::HttpDevices;
use crate::life::{City, Life, everyday};
use crate::living::Living;
use crate::wiring::{Definitions, Hub, HubPlan, Partners, Stop, listen, start_logging};
use crate::{End, demo_agents, demo_desk, demo_people, demo_supervision, keys, offices, output};

/// People who have applied before the demo begins.
const HISTORY: usize = 560;
/// The city's life is the same in every demo.
const SEED: u64 = 20_261_122;

/// This department's officer decides by hand, so that there is somebody to be played.
const BY_HAND: &str = "public-security";
/// This department's system is down in a city with a history, so that it can be seen how sendings wait; and since
/// when.
const DOWN: &str = "water-company";
const DOWN_SINCE: SignedDuration = SignedDuration::from_hours(9 * 24);

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Where the pages are served; the next free port if it is taken.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Keep everything in this folder; without it nothing is left behind.
    #[arg(long)]
    data: Option<PathBuf>,
    /// A jurisdiction's definitions instead of those that come with the program.
    #[arg(long)]
    definitions: Option<PathBuf>,
    /// A network of outlets instead of the demonstration city that comes with the program.
    #[arg(long)]
    network: Option<PathBuf>,
    /// How many people have applied in the three months before, in a new folder.
    #[arg(long, default_value_t = HISTORY)]
    history: usize,
    /// How a department behaves from the beginning: `public-security=prompt`.
    #[arg(long, value_name = "DEPARTMENT=BEHAVIOUR")]
    behaviour: Vec<String>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<End> {
    let Some(mut definitions) = Definitions::load(arguments.definitions.as_deref())? else {
        return Ok(End::Findings);
    };
    // The demonstration city is of the definitions that come with the program.
    if arguments.network.is_some() || arguments.definitions.is_none() {
        let Some(with_network) = definitions.with_network(arguments.network.as_deref())? else {
            return Ok(End::Findings);
        };
        definitions = with_network;
    }
    start_logging(true);
    let throw_away = match &arguments.data {
        Some(_) => None,
        None => {
            let folder = tempfile::Builder::new().prefix("yijianshi-demo-").tempdir();
            Some(folder.context("making a temporary folder")?)
        }
    };
    let data = match (&arguments.data, &throw_away) {
        (Some(folder), _) => folder.clone(),
        (None, Some(folder)) => folder.path().to_owned(),
        (None, None) => bail!("no folder"),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("starting the runtime")?;
    runtime.block_on(live(arguments, &definitions, &data, throw_away.is_none()))?;
    Ok(End::Clean)
}

async fn live(
    arguments: &Arguments,
    definitions: &Definitions,
    data: &Path,
    keep: bool,
) -> Result<()> {
    let stop = Stop::on_signal()?;
    let master_key = keys::master_key(data)?;
    let listener = listen(IpAddr::V4(Ipv4Addr::LOCALHOST), arguments.port).await?;
    let address = listener.local_addr().context("asking for the port")?;
    let town = Town::start(Beginning {
        definitions,
        hub_url: &format!("http://{address}"),
        behaviours: &behaviours(arguments)?,
        timing: Timing::default(),
        journals: keep.then(|| data.join("departments")),
    })
    .await?;
    let living = Living::new(town.clone(), data);
    // What is not kept need not wait for the disk.
    let throw_away = format!("sqlite://{}?throw-away", data.join("hub.db").display());
    let hub = Hub::open(HubPlan {
        definitions,
        data,
        database: (!keep).then_some(throw_away.as_str()),
        master_key,
        partners: town.partners.clone(),
        demo: Some(Arc::clone(&living) as Arc<dyn DemoControl>),
        clock: living.clock(),
        patience: Patience::short(),
        secure_cookies: false,
    })
    .await?;
    hub.catch_up().await;
    demo_people::ensure_accounts(&hub.engine).await?;
    demo_desk::ensure_counter(&hub.engine).await?;
    demo_agents::ensure_agents(&hub.engine).await?;
    let begun = std::time::Instant::now();
    let today = definitions.catalogue.civil_date(vocabulary::Instant::now());
    let life = Life::plan(city(arguments, &hub, definitions, &living), today, arguments.history);
    let happened = living.begin(hub.clone(), life).await?;
    demo_desk::ensure_queue(&hub.engine).await?;
    demo_agents::ensure_orders(&hub.engine).await?;
    demo_supervision::ensure_notices(&hub.engine).await?;
    if happened.deeds > 0 {
        output::write(&format!(
            "这座城市三个月的历史已经由真实引擎办出来：{} 步，{:.1} 秒。\n\
             Three months of this city's history were made through the engine: {} steps, {:.1} s.\n\n",
            happened.deeds,
            begun.elapsed().as_secs_f64(),
            happened.deeds,
            begun.elapsed().as_secs_f64(),
        ))?;
    }
    if happened.failed > 0 {
        tracing::warn!(failed = happened.failed, "steps of the history were not taken");
    }
    let going_on = tokio::spawn({
        let (living, stop) = (Arc::clone(&living), stop.clone());
        async move { living.go_on(stop).await }
    });
    output::write(&format!(
        "一件事演示环境已经启动。请在浏览器中打开：\n\
         The demonstration is running. Open in your browser:\n\n    \
         http://{address}/demo\n\n\
         按 Ctrl-C 停止。Press Ctrl-C to stop.\n"
    ))?;
    hub.serve(listener, stop).await?;
    going_on.await.context("stopping the town's life")??;
    town.simulation.close().await;
    Ok(())
}

/// The city of the demo's definitions.
fn city(arguments: &Arguments, hub: &Hub, definitions: &Definitions, living: &Living) -> City {
    let now = engine::Clock::now(&*living.clock());
    City {
        engine: hub.engine.clone(),
        clock: living.clock(),
        scenarios: everyday(definitions),
        departments: offices::specs(&definitions.catalogue),
        seed: SEED,
        began: now,
        by_hand: BY_HAND,
        silent: silent(arguments, now),
        counter: tokio::sync::Mutex::default(),
    }
}

/// The department whose system is down in a city with a history, unless something else was wished for it.
fn silent(
    arguments: &Arguments,
    now: vocabulary::Instant,
) -> Option<(&'static str, vocabulary::Instant)> {
    let wished = |wish: &String| wish.split_once('=').is_some_and(|(of, _)| of == DOWN);
    let down = arguments.history > 0 && !arguments.behaviour.iter().any(wished);
    down.then(|| (DOWN, now.checked_sub(DOWN_SINCE).unwrap_or(now)))
}

/// What was wished on the command line.
fn behaviours(arguments: &Arguments) -> Result<Vec<(String, Behaviour)>> {
    let mut wishes = vec![(BY_HAND.to_owned(), Behaviour::ByHand)];
    if arguments.history > 0 {
        wishes.push((DOWN.to_owned(), Behaviour::Down));
    }
    for wish in &arguments.behaviour {
        let parts = wish.split_once('=');
        let wish_of = |(department, word): (&str, &str)| {
            Some((department.to_owned(), Behaviour::parse(word)?))
        };
        match parts.and_then(wish_of) {
            Some(wish) => wishes.push(wish),
            None => {
                let words = Behaviour::ALL.map(Behaviour::as_str).join(", ");
                bail!("`{wish}` is not DEPARTMENT=BEHAVIOUR; behaviours are {words}");
            }
        }
    }
    Ok(wishes)
}

/// What a simulated town begins with.
#[derive(Debug)]
pub struct Beginning<'a> {
    pub definitions: &'a Definitions,
    pub hub_url: &'a str,
    /// Later ones win; who is not named is prompt.
    pub behaviours: &'a [(String, Behaviour)],
    pub timing: Timing,
    pub journals: Option<PathBuf>,
}

/// The simulated departments of a catalogue and how the hub reaches them.
#[derive(Debug, Clone)]
pub struct Town {
    pub simulation: Arc<Simulation>,
    pub partners: Partners,
}

impl Town {
    /// Starts a department for each authority, and the register.
    ///
    /// # Errors
    /// A server cannot be opened, or somebody is named who is not there.
    pub async fn start(beginning: Beginning<'_>) -> Result<Self> {
        let catalogue = &beginning.definitions.catalogue;
        let today = catalogue.civil_date(vocabulary::Instant::now());
        let specs = offices::specs(catalogue);
        for (wished, _) in
            beginning.behaviours.iter().filter(|(wished, _)| wished != BY_HAND && wished != DOWN)
        {
            if wished != SOURCES && !specs.iter().any(|spec| spec.id == *wished) {
                bail!("there is no department `{wished}`");
            }
        }
        let behaviour = |id: &str| {
            let wished = beginning.behaviours.iter().rev().find(|(wished, _)| wished == id);
            wished.map_or(Behaviour::Prompt, |(_, behaviour)| *behaviour)
        };
        let key = |id: &str| SharedKey { id: format!("{id}-demo"), secret: keys::fresh_secret() };
        let departments: Vec<_> = specs
            .into_iter()
            .map(|spec| {
                let (key, behaviour) = (key(&spec.id), simulated(behaviour(&spec.id)));
                (spec, key, behaviour)
            })
            .collect();
        let secrets: Vec<(String, SharedKey)> =
            departments.iter().map(|(spec, key, _)| (spec.id.clone(), key.clone())).collect();
        let register_key = key(SOURCES);
        let simulation = Simulation::start(SimulationPlan {
            hub_url: beginning.hub_url.to_owned(),
            departments,
            register: demo_people::register(today),
            register_key: register_key.clone(),
            timing: beginning.timing,
            time_zone: catalogue.jurisdiction.time_zone.clone(),
            journals: beginning.journals,
        })
        .await
        .context("starting the simulated departments")?;
        let devices = DeviceSimulation::start(demo_people::cards()).await;
        let devices = devices.context("starting the simulated card readers and scanners")?;
        let register_behaviour = behaviour(SOURCES);
        if register_behaviour != Behaviour::Prompt {
            simulation.set_behaviour(SOURCES, simulated(register_behaviour)).await;
        }
        let route =
            |base_url: &str, key: &SharedKey| Route::new(base_url, &key.id, key.secret.clone());
        let departments = simulation.addresses().into_iter().filter_map(|(id, base_url)| {
            let (_, key) = secrets.iter().find(|(known, _)| *known == id)?;
            Some((id, route(&base_url, key)))
        });
        let partners = Partners {
            departments: departments.collect(),
            sources: Some(route(simulation.register_address(), &register_key)),
            devices: Some(Arc::new(HttpDevices::simulated(Arc::new(devices))?)),
        };
        Ok(Self { simulation: Arc::new(simulation), partners })
    }
}

#[async_trait]
impl DemoControl for Town {
    async fn behaviours(&self) -> Vec<(String, Behaviour)> {
        let shown = |(id, behaviour): (String, ::departments::Behaviour)| {
            Some((id, Behaviour::parse(behaviour.as_str())?))
        };
        self.simulation.behaviours().into_iter().filter_map(shown).collect()
    }

    async fn set_behaviour(&self, department: &str, behaviour: Behaviour) -> bool {
        self.simulation.set_behaviour(department, simulated(behaviour)).await
    }
}

/// The same behaviour in the departments' words.
fn simulated(behaviour: Behaviour) -> ::departments::Behaviour {
    ::departments::Behaviour::parse(behaviour.as_str()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_know_the_same_behaviours() {
        for behaviour in Behaviour::ALL {
            assert_eq!(simulated(behaviour).as_str(), behaviour.as_str());
        }
        assert_eq!(Behaviour::ALL.len(), ::departments::Behaviour::ALL.len());
    }
}
