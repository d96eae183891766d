//! Simulated departments: real HTTP servers with a reference receiver. They speak the wire contract only,
//! like any outsider; they know no catalogue, no store and no engine.
//!
//! Each has a behaviour that can be changed while it runs ([`Behaviour`]): prompt, by hand, slow, down,
//! refusing, correcting, answering twice or out of order. A register answers look-ups in shared sources.
//! Devices of windows are simulated likewise ([`DeviceSimulation`]).
//! [`Simulation::ledger`] says what every department has received, for tests.

mod behaviour;
mod department;
mod desk;
mod devices;
mod hub;
mod journal;
mod receiver;
mod register;
mod simulation;
mod spec;
mod values;

pub use behaviour::{Behaviour, Timing};
pub use devices::{DemoCard, DeviceSimulation};
pub use journal::{JournalFault, LedgerLine};
pub use receiver::SharedKey;
pub use register::RegisterTable;
pub use simulation::{SOURCES, Simulation, SimulationFault, SimulationPlan};
pub use spec::{DepartmentSpec, ElementSpec, Line, OutputSpec, Piece, ServiceSpec, ValueKind};
pub use values::{Grant, values_of_grant};
