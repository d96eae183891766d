//! Stories over the whole engine: the sample jurisdiction, the real store, files in a folder.

extern crate yijianshi_engine as engine;

mod desk;

mod commands;
mod drafting;
mod granting;
mod on_postgres;
mod privacy;
mod submitting;
