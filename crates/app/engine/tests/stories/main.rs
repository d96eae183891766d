//! Stories over the whole engine: the sample jurisdiction, the real store, files in a folder.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "these are tests")]

extern crate yijianshi_engine as engine;

mod continuing;
mod desk;

mod calendars;
mod commands;
mod counter;
mod drafting;
mod figures;
mod granting;
mod on_postgres;
mod pressure;
mod privacy;
mod publishing;
mod revisions;
mod submitting;
mod supervising;
