//! All simulated departments and the register together: started, steered, read.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use exchange::signing::Message;
use exchange::{LOOKUPS, SourceAnswer, SourceOutcome, VERSION, wire};
use jiff::tz::TimeZone;
use tokio::sync::{Mutex, watch};
use vocabulary::{Instant, Slot};

use crate::behaviour::{Behaviour, Timing};
use crate::department::{Department, Server, problem};
use crate::hub::Hub;
use crate::journal::{Journal, JournalFault, LedgerLine};
use crate::receiver::{Gate, NotTaken, SharedKey};
use crate::register::RegisterTable;
use crate::spec::DepartmentSpec;

/// The register's name among the departments.
pub const SOURCES: &str = "sources";

/// Everything that a simulation is made of.
#[derive(Debug)]
pub struct SimulationPlan {
    /// Where the hub listens.
    pub hub_url: String,
    pub departments: Vec<(DepartmentSpec, SharedKey, Behaviour)>,
    pub register: RegisterTable,
    pub register_key: SharedKey,
    pub timing: Timing,
    pub time_zone: TimeZone,
    /// Where departments keep their journals; `None` = in memory only.
    pub journals: Option<PathBuf>,
}

/// The simulation could not be started.
#[derive(Debug, thiserror::Error)]
pub enum SimulationFault {
    #[error("opening a simulated server")]
    Listen(#[source] std::io::Error),
    #[error("making a client")]
    Client(#[source] reqwest::Error),
    #[error(transparent)]
    Journal(#[from] JournalFault),
    #[error("making the folder for journals")]
    Folder(#[source] std::io::Error),
}

/// Running departments and register. Dropping it closes them.
#[derive(Debug)]
pub struct Simulation {
    departments: Vec<Running>,
    register: Arc<Register>,
    register_server: Mutex<Server>,
    register_url: String,
}

#[derive(Debug)]
struct Running {
    department: Arc<Department>,
    base_url: String,
    server: Mutex<Server>,
}

impl Simulation {
    /// Opens every server and goes on with what the journals hold.
    ///
    /// # Errors
    /// A server or a journal cannot be opened.
    pub async fn start(plan: SimulationPlan) -> Result<Self, SimulationFault> {
        if let Some(folder) = &plan.journals {
            std::fs::create_dir_all(folder).map_err(SimulationFault::Folder)?;
        }
        let mut departments = Vec::with_capacity(plan.departments.len());
        for (spec, key, behaviour) in plan.departments {
            let journal = match &plan.journals {
                Some(folder) => Journal::open(&folder.join(format!("{}.jsonl", spec.id)))?,
                None => Journal::default(),
            };
            let hub = Hub::new(&plan.hub_url, key.clone()).map_err(SimulationFault::Client)?;
            let department = Department::new(
                spec,
                behaviour,
                plan.timing,
                plan.time_zone.clone(),
                Gate::new(key),
                hub,
                journal,
            );
            let mut server =
                Server::open(department.router()).await.map_err(SimulationFault::Listen)?;
            if behaviour == Behaviour::Down {
                server.close().await;
            }
            department.resume();
            let base_url = server.base_url();
            departments.push(Running { department, base_url, server: Mutex::new(server) });
        }
        let keeps = |running: &Running| {
            (running.department.spec.id.clone(), Arc::clone(&running.department))
        };
        let register = Arc::new(Register {
            keepers: departments.iter().map(keeps).collect(),
            table: plan.register,
            gate: Gate::new(plan.register_key),
            behaviour: watch::Sender::new(Behaviour::Prompt),
            timing: plan.timing,
        });
        let server = Server::open(Register::router(&register)).await;
        let server = server.map_err(SimulationFault::Listen)?;
        let register_url = server.base_url();
        Ok(Self { departments, register, register_server: Mutex::new(server), register_url })
    }

    /// The address of each department.
    pub fn addresses(&self) -> Vec<(String, String)> {
        let address = |it: &Running| (it.department.spec.id.clone(), it.base_url.clone());
        self.departments.iter().map(address).collect()
    }

    /// The address of the register.
    pub fn register_address(&self) -> &str {
        &self.register_url
    }

    /// Lets every department live so far ahead of the real time.
    pub fn set_ahead(&self, ahead: jiff::SignedDuration) {
        for running in &self.departments {
            running.department.set_ahead(ahead);
        }
    }

    /// Every department, and the register as [`SOURCES`], with its behaviour now.
    pub fn behaviours(&self) -> Vec<(String, Behaviour)> {
        let departments = self.departments.iter().map(|it| &it.department);
        let departments =
            departments.map(|department| (department.spec.id.clone(), department.behaviour()));
        let register = (SOURCES.to_owned(), *self.register.behaviour.borrow());
        departments.chain([register]).collect()
    }

    /// Changes a department's behaviour from now on; false when there is no such department, or its server
    /// could not be opened again.
    pub async fn set_behaviour(&self, id: &str, behaviour: Behaviour) -> bool {
        let department = self.departments.iter().find(|it| it.department.spec.id == id);
        let server = match department {
            Some(running) => &running.server,
            None if id == SOURCES => &self.register_server,
            None => return false,
        };
        let mut server = server.lock().await;
        if behaviour == Behaviour::Down {
            server.close().await;
        } else if let Err(fault) = server.reopen().await {
            tracing::error!(error = %fault, department = %id, "opening a simulated server again");
            return false;
        }
        match department {
            Some(running) => running.department.set_behaviour(behaviour),
            None => {
                self.register.behaviour.send_replace(behaviour);
            }
        }
        true
    }

    /// What every department has received: department and sending.
    pub fn ledger(&self) -> Vec<(String, LedgerLine)> {
        let mut ledger = Vec::new();
        for running in &self.departments {
            let id = &running.department.spec.id;
            ledger.extend(running.department.ledger().into_iter().map(|line| (id.clone(), line)));
        }
        ledger
    }

    /// Closes every server.
    pub async fn close(&self) {
        for running in &self.departments {
            running.server.lock().await.close().await;
        }
        self.register_server.lock().await.close().await;
    }
}

/// The server of the shared sources.
#[derive(Debug)]
struct Register {
    table: RegisterTable,
    /// Departments by id: some sources are out of reach while theirs is down.
    keepers: BTreeMap<String, Arc<Department>>,
    gate: Gate,
    behaviour: watch::Sender<Behaviour>,
    timing: Timing,
}

impl Register {
    fn router(register: &Arc<Self>) -> Router {
        Router::new()
            .route(LOOKUPS, post(lookups))
            .layer(DefaultBodyLimit::max(wire::BODY_BYTES_MAX))
            .with_state(Arc::clone(register))
    }

    fn answer(&self, headers: &HeaderMap, body: &[u8]) -> Result<SourceAnswer, NotTaken> {
        let message = Message { method: "POST", path: LOOKUPS, body };
        self.gate.verify(message, headers, Instant::now())?;
        let ask = wire::parse_source_request(body)?;
        let keeper = self.table.keeper(ask.source.as_str()).and_then(|id| self.keepers.get(id));
        if keeper.is_some_and(|department| department.behaviour() == Behaviour::Down) {
            return Ok(SourceAnswer { version: VERSION, outcome: SourceOutcome::Unavailable });
        }
        let slots: Vec<Slot> = ask.elements.iter().filter_map(|name| name.parse().ok()).collect();
        let outcome = match self.table.look_up(ask.source.as_str(), &ask.subject_key, &slots) {
            Some(values) => SourceOutcome::Value {
                values: values
                    .iter()
                    .map(|(slot, value)| (slot.to_string(), value.into()))
                    .collect(),
            },
            None => SourceOutcome::Absent,
        };
        Ok(SourceAnswer { version: VERSION, outcome })
    }
}

async fn lookups(
    State(register): State<Arc<Register>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if *register.behaviour.borrow() == Behaviour::Slow {
        tokio::time::sleep(register.timing.slow_source).await;
    }
    match register.answer(&headers, &body) {
        Ok(answer) => axum::Json(answer).into_response(),
        Err(fault) => problem(&fault),
    }
}
