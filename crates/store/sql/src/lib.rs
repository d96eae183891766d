//! The store on SQLite (embedded) and on PostgreSQL (any number of equal nodes), behind `store-port`.
//!
//! Each statement is one SQL text for both databases; a macro per file turns it into two natively typed
//! implementations. The few differences stand where the macros are called: how a list of ids is matched,
//! how rows are locked, how many rows reach one statement (`bulk`). This crate deliberately knows no
//! domain: rows in, rows out, and what makes a change valid besides versions is decided by the engine.

use std::path::PathBuf;
use std::sync::Arc;

use store_port::SharedStore;

mod accounts;
mod append;
mod assignments;
mod bulk;
mod calendars;
mod columns;
mod definitions;
mod desk;
mod doorplates;
mod drafts;
mod figures;
pub mod floor;
mod gather;
mod inconsistencies;
mod judge;
mod licences;
mod orders;
mod outbox;
mod postgres;
mod publications;
mod ratings;
mod recording;
mod size;
mod sqlite;
mod tables;
mod vault;
mod window;
mod worklists;

pub use postgres::PostgresStore;
pub use recording::{Recording, open_recorded};
pub use size::{rows_and_bytes, size_bytes};
pub use sqlite::SqliteStore;

/// Why a store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenFault {
    /// The address names no database that is known here.
    #[error("the database address must begin with `sqlite://` or `postgres://`")]
    UnknownKind,
    /// The address cannot be read.
    #[error("reading the database address")]
    Address(#[source] sqlx::Error),
    /// An embedded store is a file.
    #[error("an embedded store needs a file: `sqlite:///folder/hub.db`")]
    NoFile,
    /// The folder of the embedded database cannot be used.
    #[error("preparing `{}`", .path.display())]
    Folder {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    /// Another process has the embedded database open.
    #[error("`{}` is in use by another process{}", .path.display(), holder(.pid))]
    InUse { path: PathBuf, pid: Option<u32> },
    /// The database does not answer or refuses.
    #[error("connecting to the database")]
    Connect(#[source] sqlx::Error),
    /// The tables could not be brought up to date.
    #[error("migrating the database")]
    Migrate(#[source] sqlx::migrate::MigrateError),
}

fn holder(pid: &Option<u32>) -> String {
    pid.map(|pid| format!(" (number {pid})")).unwrap_or_default()
}

/// Opens the store that `url` names and brings its tables up to date.
///
/// # Errors
/// When the address is not understood, the database cannot be reached or migrated, or an embedded one is
/// in use by another process.
pub async fn open(url: &str) -> Result<SharedStore, OpenFault> {
    if url.starts_with("sqlite:") {
        Ok(Arc::new(SqliteStore::open(url).await?))
    } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
        Ok(Arc::new(PostgresStore::open(url).await?))
    } else {
        Err(OpenFault::UnknownKind)
    }
}

/// Opens the store that `url` names to look only: nothing is made, migrated or locked, a hub may go on working with
/// it, and whatever would write is refused by the database.
///
/// # Errors
/// The address is not understood, or the database is not there.
pub async fn open_to_look(url: &str) -> Result<SharedStore, OpenFault> {
    if url.starts_with("sqlite:") {
        Ok(Arc::new(SqliteStore::open_to_look(url).await?))
    } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
        Ok(Arc::new(PostgresStore::open_to_look(url).await?))
    } else {
        Err(OpenFault::UnknownKind)
    }
}
