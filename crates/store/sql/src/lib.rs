//! The store on SQLite (embedded) and on PostgreSQL (any number of equal nodes), behind `store-port`.
//!
//! Each statement is one SQL text for both databases; a macro per file turns it into two natively typed
//! implementations. The few differences stand where the macros are called: how a list of ids is matched,
//! how rows are locked, how many rows reach one statement (`bulk`). This crate deliberately knows no
//! domain: rows in, rows out, and what makes a change valid besides versions is decided by the engine.

use std::path::PathBuf;
use std::sync::Arc;

use sqlx::migrate::MigrateError;
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
pub mod fill;
pub mod floor;
mod gather;
mod inconsistencies;
mod judge;
mod licences;
mod notices;
mod orders;
mod outbox;
mod postgres;
mod projections;
mod publications;
mod ratings;
mod recording;
mod schema;
mod size;
mod sqlite;
mod tables;
mod upkeep;
mod vault;
mod window;
mod worklists;

pub use postgres::PostgresStore;
pub use recording::{Recording, open_recorded};
pub use schema::{Migration, SchemaState, Tables, copy_embedded, migrate, schema_state};
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
    /// The tables are of a newer version of this program.
    #[error("the database's tables are of a newer version of this program (migration {newest})")]
    Newer { newest: i64 },
    /// The tables are of an older version, and nobody asked for them to be changed.
    #[error(
        "the database's tables are of an older version: {pending} migrations are still to be made"
    )]
    Older { pending: usize },
    /// A migration that was made is another than the one this program knows.
    #[error("migration {version} was made with another text than this program has")]
    Altered { version: i64 },
    /// An earlier migration was cut off.
    #[error("migration {version} was begun and not finished")]
    HalfDone { version: i64 },
}

/// What kind of thing keeps a store from being opened: each has its own cure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// The address is not one.
    Address,
    /// Nobody answers there.
    Unreachable,
    /// The server does not know this account or password.
    SignIn,
    /// The server has no such database.
    NoDatabase,
    /// The account may not do what is needed.
    Rights,
    /// There is no room.
    Full,
    /// Another process has it.
    InUse,
    /// A folder or file cannot be used.
    Folder,
    /// The tables are of a newer version.
    Newer,
    /// The tables are of an older version.
    Older,
    /// The tables are in a state that no version left.
    Tables,
    /// Anything else.
    Other,
}

impl OpenFault {
    /// What kind of thing it is.
    pub fn obstacle(&self) -> Obstacle {
        match self {
            Self::UnknownKind | Self::Address(_) | Self::NoFile => Obstacle::Address,
            Self::Folder { source, .. } if is_full(source) => Obstacle::Full,
            Self::Folder { .. } => Obstacle::Folder,
            Self::InUse { .. } => Obstacle::InUse,
            Self::Newer { .. } => Obstacle::Newer,
            Self::Older { .. } => Obstacle::Older,
            Self::Altered { .. } | Self::HalfDone { .. } => Obstacle::Tables,
            Self::Connect(error) => obstacle_of(error),
            Self::Migrate(error) => match error {
                MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => {
                    obstacle_of(error)
                }
                _ => Obstacle::Tables,
            },
        }
    }
}

fn is_full(error: &std::io::Error) -> bool {
    matches!(
        error.kind(),
        std::io::ErrorKind::StorageFull
            | std::io::ErrorKind::QuotaExceeded
            | std::io::ErrorKind::FileTooLarge
    )
}

fn obstacle_of(error: &sqlx::Error) -> Obstacle {
    match error {
        sqlx::Error::Io(error) if is_full(error) => Obstacle::Full,
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::PoolTimedOut => {
            Obstacle::Unreachable
        }
        sqlx::Error::Configuration(_) => Obstacle::Address,
        sqlx::Error::Database(refused) => match refused.code().as_deref() {
            // PostgreSQL's classes of errors, and SQLite's results.
            Some("28000" | "28P01") => Obstacle::SignIn,
            Some("3D000") => Obstacle::NoDatabase,
            Some("42501" | "25006")
            | Some("8" | "1032" | "264" | "520" | "776" | "1288" | "1544") => Obstacle::Rights,
            Some("53100" | "13") => Obstacle::Full,
            // A short write is what a quota looks like from SQLite.
            Some("778" | "4874" | "1546") => Obstacle::Full,
            Some("14" | "270" | "526" | "782" | "1038" | "26") => Obstacle::Folder,
            Some(code)
                if code.starts_with("57") || code.starts_with("08") || code.starts_with("53") =>
            {
                Obstacle::Unreachable
            }
            _ => Obstacle::Other,
        },
        _ => Obstacle::Other,
    }
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
    open_as(url, Tables::Migrate).await
}

/// The same, with a say in what becomes of the tables.
///
/// # Errors
/// As [`open`]; when the tables are of a newer version of this program, or of an older one and may not be changed.
pub async fn open_as(url: &str, tables: Tables) -> Result<SharedStore, OpenFault> {
    match Kind::of(url)? {
        Kind::Sqlite => Ok(Arc::new(SqliteStore::open_as(url, tables).await?)),
        Kind::Postgres => Ok(Arc::new(PostgresStore::open_as(url, tables).await?)),
    }
}

/// The two databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

impl Kind {
    /// The database that an address names.
    ///
    /// # Errors
    /// It names neither.
    pub fn of(url: &str) -> Result<Self, OpenFault> {
        if url.starts_with("sqlite:") {
            Ok(Self::Sqlite)
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            Ok(Self::Postgres)
        } else {
            Err(OpenFault::UnknownKind)
        }
    }
}
