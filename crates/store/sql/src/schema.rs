//! The tables' version against the program's: what has been made, what is still to be made, what a newer
//! program has made.
//!
//! Forward only. Nodes of the version before go on working beside a migrated database (migrations expand first,
//! `docs/guides/add-a-migration.md`); none of them starts on it, so that nobody begins work on tables that he
//! does not know.

use std::collections::BTreeMap;

use sqlx::migrate::Migrator;
use sqlx::{ConnectOptions as _, Connection as _, PgConnection, SqliteConnection};

use crate::{Kind, OpenFault, PostgresStore, SqliteStore};

/// What becomes of the tables when a store is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tables {
    /// They are brought up to date.
    Migrate,
    /// They have to be up to date.
    Require,
    /// Nothing is written at all; beside a process that has an embedded store open.
    Look,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// `YYYYMMDDhhmmss`.
    pub version: i64,
    /// Verb and noun.
    pub name: String,
}

/// The tables' version against the program's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SchemaState {
    /// Made, and known to this program.
    pub made: Vec<Migration>,
    /// Known to this program, and still to be made.
    pub pending: Vec<Migration>,
    /// Made by a newer program.
    pub newer: Vec<i64>,
    /// Made with another text than the one known here.
    pub altered: Vec<i64>,
    /// Begun and not finished.
    pub half_done: Vec<i64>,
}

impl SchemaState {
    fn new(known: &Migrator, rows: Vec<(i64, bool, Vec<u8>)>) -> Self {
        let mut rows: BTreeMap<i64, (bool, Vec<u8>)> =
            rows.into_iter().map(|(version, whole, sum)| (version, (whole, sum))).collect();
        let mut state = Self::default();
        for known in known.iter() {
            let migration =
                Migration { version: known.version, name: known.description.to_string() };
            match rows.remove(&known.version) {
                None => state.pending.push(migration),
                Some((false, _)) => state.half_done.push(known.version),
                Some((true, sum)) if sum != *known.checksum => state.altered.push(known.version),
                Some((true, _)) => state.made.push(migration),
            }
        }
        state.newer = rows.into_keys().collect();
        state
    }

    /// Whether this program may go on from here.
    ///
    /// # Errors
    /// A newer program, a cut-off one or an unknown hand has been at the tables.
    pub fn whole(&self) -> Result<(), OpenFault> {
        if let Some(newest) = self.newer.last() {
            return Err(OpenFault::Newer { newest: *newest });
        }
        if let Some(version) = self.half_done.first() {
            return Err(OpenFault::HalfDone { version: *version });
        }
        if let Some(version) = self.altered.first() {
            return Err(OpenFault::Altered { version: *version });
        }
        Ok(())
    }

    /// Whether there is something to be made, and may be.
    pub(crate) fn may_migrate(&self, tables: Tables) -> Result<bool, OpenFault> {
        self.whole()?;
        match (tables, self.pending.len()) {
            (_, 0) => Ok(false),
            (Tables::Migrate, _) => Ok(true),
            (Tables::Require | Tables::Look, pending) => Err(OpenFault::Older { pending }),
        }
    }
}

/// How it stands with the tables of the database that `url` names. Changes nothing.
///
/// # Errors
/// When the address is not understood or the database cannot be reached.
pub async fn schema_state(url: &str) -> Result<SchemaState, OpenFault> {
    match Kind::of(url)? {
        Kind::Sqlite => {
            let (options, path) = SqliteStore::options(url)?;
            if !path.exists() {
                return Ok(SchemaState::new(&SqliteStore::MIGRATIONS, Vec::new()));
            }
            let options = options.read_only(true);
            let mut connection = options.connect().await.map_err(OpenFault::Connect)?;
            let state = SqliteStore::schema_state(&mut connection).await?;
            connection.close().await.map_err(OpenFault::Connect)?;
            Ok(state)
        }
        Kind::Postgres => {
            let mut connection = PostgresStore::connect(url).await?;
            let state = PostgresStore::schema_state(&mut connection).await?;
            connection.close().await.map_err(OpenFault::Connect)?;
            Ok(state)
        }
    }
}

/// Brings the tables up to date and says what they were before. Of several that do this at once, one does it
/// and the others wait.
///
/// # Errors
/// As [`open`](crate::open).
pub async fn migrate(url: &str) -> Result<SchemaState, OpenFault> {
    let before = schema_state(url).await?;
    drop(crate::open_as(url, Tables::Migrate).await?);
    Ok(before)
}

const ROWS: &str = "SELECT version, success, checksum FROM _sqlx_migrations ORDER BY version";

impl SqliteStore {
    pub(crate) const MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

    pub(crate) async fn schema_state(
        connection: &mut SqliteConnection,
    ) -> Result<SchemaState, OpenFault> {
        let known: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name = '_sqlx_migrations'",
        )
        .fetch_one(&mut *connection)
        .await
        .map_err(OpenFault::Connect)?;
        let rows = if known == 0 {
            Vec::new()
        } else {
            sqlx::query_as(ROWS).fetch_all(connection).await.map_err(OpenFault::Connect)?
        };
        Ok(SchemaState::new(&Self::MIGRATIONS, rows))
    }
}

impl PostgresStore {
    pub(crate) const MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");

    pub(crate) async fn schema_state(
        connection: &mut PgConnection,
    ) -> Result<SchemaState, OpenFault> {
        let known: bool = sqlx::query_scalar("SELECT to_regclass('_sqlx_migrations') IS NOT NULL")
            .fetch_one(&mut *connection)
            .await
            .map_err(OpenFault::Connect)?;
        let rows = if known {
            sqlx::query_as(ROWS).fetch_all(connection).await.map_err(OpenFault::Connect)?
        } else {
            Vec::new()
        };
        Ok(SchemaState::new(&Self::MIGRATIONS, rows))
    }
}

/// Copies the embedded database that `url` names into a new file, as it is at one instant; beside whoever works
/// with it.
///
/// # Errors
/// The database cannot be read, or the copy cannot be written.
pub async fn copy_embedded(url: &str, to: &std::path::Path) -> Result<(), OpenFault> {
    let (options, path) = SqliteStore::options(url)?;
    if !path.exists() {
        return Err(OpenFault::NoFile);
    }
    let mut connection = options.connect().await.map_err(OpenFault::Connect)?;
    sqlx::query("VACUUM INTO $1")
        .bind(to.display().to_string())
        .execute(&mut connection)
        .await
        .map_err(OpenFault::Connect)?;
    connection.close().await.map_err(OpenFault::Connect)
}
