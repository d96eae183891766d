//! The hub of a run: nodes on one database, each with its own engine, worker and clock, and the roads to them.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, Weak};
use std::time::Duration;

use casework::{Actor, Case};
use catalogue::Catalogue;
use engine::{CarriedOut, Engine, EngineError, Parts};
use object_store::memory::InMemory;
use store_port::SharedStore;
use testkit::engine_fixture::{TableSources, catalogue_from, open_store};
use tokio::sync::oneshot;
use vocabulary::CaseId;
use worker::{Patience, Route, Routes, Worker};

use crate::faults::Fault;
use crate::offices::{OFFICES, Offices};
use crate::road::Road;
use crate::watched::{Watched, at_once};
use crate::world::{Gate, NODES, NodeClock, World};

/// The town's definitions, compiled once.
pub(crate) fn town() -> Arc<Catalogue> {
    static TOWN: OnceLock<Arc<Catalogue>> = OnceLock::new();
    Arc::clone(TOWN.get_or_init(|| catalogue_from(include_str!("town.toml"))))
}

fn address(database: &Path) -> String {
    format!("sqlite://{}?throw-away", database.display())
}

/// A database with all tables and nothing in them, made once.
fn empty_database() -> &'static Path {
    static EMPTY: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = EMPTY.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hub.db");
        drop(at_once(open_store(&address(&path))));
        // Its connection closes on a thread of its own, and then everything is in the one file.
        while folder.path().join("hub.db-wal").exists() {
            std::thread::sleep(Duration::from_millis(2));
        }
        (folder, path)
    });
    path
}

/// What the hub told a client, to be asked for again at the end.
pub(crate) struct Told {
    pub(crate) actor: Actor,
    pub(crate) asked: Asked,
    pub(crate) case: CaseId,
    pub(crate) version: u64,
}

/// What was asked: enough to ask it once more.
#[expect(clippy::large_enum_variant, reason = "a few of them live at a time")]
#[derive(Clone)]
pub(crate) enum Asked {
    Submit {
        draft: vocabulary::DraftId,
        command: vocabulary::CommandId,
    },
    Command {
        action: &'static str,
        command: vocabulary::CommandId,
        case: CaseId,
        expected: Option<u64>,
        body: casework::Command,
        words: Option<engine::ToSeal>,
    },
}

/// One node while it lives.
pub(crate) struct Running {
    pub(crate) engine: Engine,
    worker: Worker,
}

/// The hub.
#[derive(Clone)]
pub(crate) struct Hub(Arc<Inner>);

/// The hub as those know it whom it keeps alive itself.
pub(crate) struct KnownHub(Weak<Inner>);

impl KnownHub {
    /// `None` = the run is over.
    pub(crate) fn hub(&self) -> Option<Hub> {
        self.0.upgrade().map(Hub)
    }
}

struct Inner {
    world: World,
    database: SharedStore,
    nodes: Mutex<Vec<Option<Arc<Running>>>>,
    /// Reads the database without the world noticing.
    auditor: Engine,
    offices: Offices,
    told: Mutex<Vec<Told>>,
}

impl std::fmt::Debug for Hub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hub")
    }
}

impl Hub {
    pub(crate) async fn open(world: &World, database: &Path) -> Self {
        std::fs::copy(empty_database(), database).unwrap();
        let database = at_once(open_store(&address(database)));
        let auditor = engine_on(world, &database, None);
        let offices = Offices::new(world.clone());
        let hub = Self(Arc::new(Inner {
            world: world.clone(),
            database,
            nodes: Mutex::new((0..NODES).map(|_| None).collect()),
            auditor,
            offices: offices.clone(),
            told: Mutex::default(),
        }));
        offices.belong_to(&hub);
        // Before anybody comes.
        hub.auditor().keep_definitions().await.unwrap();
        for node in 0..NODES {
            hub.start(node);
        }
        hub
    }

    /// Without keeping it alive: a run that is over closes its database.
    pub(crate) fn known(&self) -> KnownHub {
        KnownHub(Arc::downgrade(&self.0))
    }

    pub(crate) fn world(&self) -> &World {
        &self.0.world
    }

    pub(crate) fn auditor(&self) -> &Engine {
        &self.0.auditor
    }

    pub(crate) fn offices(&self) -> &Offices {
        &self.0.offices
    }

    pub(crate) fn told(&self) -> std::sync::MutexGuard<'_, Vec<Told>> {
        self.0.told.lock().unwrap()
    }

    pub(crate) async fn case(&self, case: CaseId) -> Arc<Case> {
        self.auditor().case(case).await.unwrap().unwrap()
    }

    /// A node begins a life: an engine and a worker that know nothing but the database.
    pub(crate) fn start(&self, node: usize) {
        let world = self.world().clone();
        let engine = engine_on(&world, &self.0.database, Some(node));
        let who = world.life(node);
        let routes: Routes = OFFICES
            .iter()
            .map(|office| ((*office).to_owned(), Route::new(office, "key", vec![1; 32])))
            .collect();
        let road = Road { world: world.clone(), who, offices: self.0.offices.clone() };
        let bell = Arc::default();
        let patience = Patience {
            first_repeat: Duration::from_secs(3_600),
            longest_repeat: Duration::from_secs(6 * 3_600),
            ..Patience::default()
        };
        let worker = Worker::new(engine.clone(), routes, road, bell, patience);
        let running = Arc::new(Running { engine, worker });
        self.0.nodes.lock().unwrap()[node] = Some(Arc::clone(&running));
        tokio::spawn(async move {
            let mut wait = Duration::from_secs(1);
            loop {
                world.turn(who, "looks at outbox and timers", wait).await;
                let more = running.worker.look().await;
                wait = if more { Duration::from_secs(1) } else { world.seconds(60, 20 * 3_600) };
            }
        });
    }

    pub(crate) fn stop(&self, node: usize) {
        self.0.nodes.lock().unwrap()[node] = None;
    }

    /// A request to some node over a network that loses, repeats and delays; `None` = nobody knows.
    pub(crate) async fn ask<T, F>(
        &self,
        what: &str,
        act: impl Fn(Arc<Running>) -> F + Send,
    ) -> Option<T>
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        let world = self.world();
        let delay = if world.strikes(Fault::Late, 30) {
            world.seconds(60, 200_000)
        } else {
            Duration::ZERO
        };
        world.pause(format!("{what} arrives"), delay).await;
        if world.strikes(Fault::LostRequest, 25) {
            world.note(format!("{what} is lost"));
            return None;
        }
        let node = world.some_node()?;
        let running = self.0.nodes.lock().unwrap()[node].clone()?;
        let (answer, answered) = oneshot::channel();
        let work = act(Arc::clone(&running));
        tokio::spawn(async move {
            let _ = answer.send(work.await);
        });
        if world.strikes(Fault::Twice, 25) {
            world.note(format!("{what} comes twice"));
            let again = act(running);
            tokio::spawn(async move {
                drop(again.await);
            });
        }
        let answer = tokio::select! {
            biased;
            answer = answered => answer.ok(),
            () = world.end_of(node) => None,
        };
        if answer.is_none() {
            world.note(format!("{what}: the connection broke"));
        }
        if world.strikes(Fault::LostAnswer, 25) {
            world.note(format!("the answer to {what} is lost"));
            return None;
        }
        answer
    }

    /// A client's request, again and again until there is a definite answer.
    pub(crate) async fn insist(
        &self,
        what: &str,
        actor: &Actor,
        asked: &Asked,
    ) -> Result<CarriedOut, EngineError> {
        let world = self.world();
        loop {
            let (actor_, asked_) = (actor.clone(), asked.clone());
            let answer =
                self.ask(what, |node| carry_out(node, actor_.clone(), asked_.clone())).await;
            match answer {
                Some(Ok(done)) => {
                    world.note(format!("{what}: done, version {}", done.version));
                    self.acknowledged(what, actor, asked, &done).await;
                    return Ok(done);
                }
                Some(Err(error)) if is_definite(&error) => {
                    world.note(format!("{what}: {}", error.code()));
                    return Err(error);
                }
                Some(Err(EngineError::Fault(
                    fault @ (store_port::Fault::Corrupt { .. } | store_port::Fault::Closed),
                ))) => {
                    world.wrong(format!("{what}: {fault}"));
                    return Err(fault.into());
                }
                Some(Err(_)) | None => {}
            }
            let wait = world.seconds(1, 7_200);
            world.pause(format!("{what} is tried again"), wait).await;
        }
    }

    /// What was acknowledged is in the database at that very moment.
    async fn acknowledged(&self, what: &str, actor: &Actor, asked: &Asked, done: &CarriedOut) {
        let row = self.database_find(done.case).await;
        if row.is_none_or(|version| version < done.version) {
            self.world().wrong(format!("{what} was acknowledged, but is not kept"));
        }
        self.told().push(Told {
            actor: actor.clone(),
            asked: asked.clone(),
            case: done.case,
            version: done.version,
        });
    }

    async fn database_find(&self, case: CaseId) -> Option<u64> {
        let row = self.auditor().store().find_case(case).await.unwrap();
        row.map(|row| row.version)
    }
}

/// A refusal is an answer; a fault and a full queue are not.
fn is_definite(error: &EngineError) -> bool {
    !matches!(error, EngineError::Fault(_) | EngineError::Busy { .. })
}

pub(crate) async fn carry_out(
    node: Arc<Running>,
    actor: Actor,
    asked: Asked,
) -> Result<CarriedOut, EngineError> {
    match asked {
        Asked::Submit { draft, command } => {
            node.engine.submit(actor, command, draft, "online").await
        }
        Asked::Command { action, command, case, expected, body, words } => {
            let seal = words.into_iter().collect();
            node.engine.execute(actor, action, command, case, expected, body, seal).await
        }
    }
}

fn engine_on(world: &World, database: &SharedStore, node: Option<usize>) -> Engine {
    let who = node.map(|node| world.life(node));
    let gate = Gate { world: world.clone(), who };
    Engine::start(Parts {
        store: Arc::new(Watched { inner: Arc::clone(database), gate }),
        catalogue: town(),
        network: Arc::default(),
        clock: Arc::new(NodeClock { world: world.clone(), node }),
        sources: Arc::new(TableSources::default()),
        master_key: [7; 32],
        files: Arc::new(InMemory::new()),
        outbox_bell: Arc::default(),
        changed: tokio::sync::broadcast::channel(1024).0,
    })
}
