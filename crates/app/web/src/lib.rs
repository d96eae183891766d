//! HTTP: pages for people, an API and the exchange for machines. Handlers have four beats (read, ask the
//! engine, choose the page, answer) and no domain rules of their own.
//!
//! Never calls the worker: they meet in the store, through the engine.

pub mod access;
pub mod afterwards;
pub mod agent;
pub mod api;
pub mod applicant;
pub mod checklist_view;
pub mod components;
pub mod counted;
pub mod dates;
pub mod demo;
pub mod designer;
pub mod desk;
pub mod documents;
pub mod doorplates;
pub mod errors;
pub mod exchange;
pub mod explaining;
pub mod gate;
pub mod inconsistencies;
pub mod manager;
pub mod middleware;
pub mod naming;
pub mod officer;
pub mod overtaken;
pub mod page;
pub mod picture;
pub mod plan_view;
pub mod public;
pub mod ratings;
pub mod revising;
pub mod router;
mod sent;
pub mod session;
pub mod state;
pub mod supervision;
pub mod views;
pub mod watch;
pub mod window;
pub mod words;

pub use components as ui;
pub use designer::Workshop;
pub use router::router;
pub use state::{Advance, App, Behaviour, DemoControl, DemoTime, Era, ExchangeKeys, Live};
