//! The embedded store: one file, one process, one writer at a time, a few readers beside it.
//!
//! Commits of the truth reach the disk before they return (`synchronous=FULL`). Leases, delivery marks and
//! nonces leave the sync to the next full commit: losing the last of them in a power cut only means that
//! something is claimed or sent again, under the same id.

use std::fmt;
use std::fs::{File, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{ConnectOptions as _, Connection as _};
use store_port::{AppendOutcome, CaseChange, Fault};
use tokio::sync::{Mutex, MutexGuard};
use uuid::Uuid;

use crate::columns::fault;
use crate::{OpenFault, Recording, Tables};

/// How many pages can be read at the same time.
pub(crate) const READERS: u32 = 4;
/// How long to wait for a tool that has the file open beside us.
const BUSY: Duration = Duration::from_secs(5);
/// Pages of the log before it is written back: fewer than the default's syncs, 16 MiB at most.
const CHECKPOINT_PAGES: &str = "4000";

/// The embedded store.
pub struct SqliteStore {
    readers: SqlitePool,
    writer: Mutex<Writer>,
    path: PathBuf,
    /// How the writer is opened once more.
    options: Box<SqliteConnectOptions>,
    /// False = what is kept here may be lost in a power cut.
    syncs: bool,
    recording: Option<Recording>,
    /// Held while the store lives; the operating system lets go of it however the process ends. `None` = opened to
    /// look only.
    _lock: Option<File>,
}

struct Writer {
    connection: SqliteConnection,
    /// INVARIANT: when true, the connection syncs each commit.
    durable: bool,
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore").field("path", &self.path).finish_non_exhaustive()
    }
}

/// At the end of a database's address: it is thrown away afterwards, so that nothing waits for the disk.
const THROW_AWAY: &str = "?throw-away";

impl SqliteStore {
    pub(crate) const BEGIN: &'static str = "BEGIN IMMEDIATE";

    /// Opens (or makes) the database file that `url` names, and migrates it.
    ///
    /// # Errors
    /// See [`open`](crate::open).
    pub async fn open(url: &str) -> Result<Self, OpenFault> {
        Self::open_as(url, Tables::Migrate).await
    }

    /// The same, with a say in what becomes of its tables.
    ///
    /// # Errors
    /// See [`open_as`](crate::open_as).
    pub async fn open_as(url: &str, tables: Tables) -> Result<Self, OpenFault> {
        let (url, syncs) = match url.strip_suffix(THROW_AWAY) {
            Some(url) => (url, false),
            None => (url, true),
        };
        let (options, path) = Self::options(url)?;
        let looks = tables == Tables::Look;
        if tables != Tables::Migrate && !path.exists() {
            return Err(OpenFault::Older { pending: Self::MIGRATIONS.iter().count() });
        }
        let lock = if looks { None } else { Some(lock(&path)?) };
        let options = if looks { options.read_only(true) } else { options };
        let options = options
            .create_if_missing(tables == Tables::Migrate)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY)
            .pragma("wal_autocheckpoint", CHECKPOINT_PAGES);
        let mut connection = options.connect().await.map_err(OpenFault::Connect)?;
        let state = Self::schema_state(&mut connection).await?;
        if state.may_migrate(tables)? {
            Self::MIGRATIONS.run(&mut connection).await.map_err(OpenFault::Migrate)?;
        }
        let again = Box::new(options.clone().create_if_missing(false));
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            // A file does not hang up: asking each time whether it is still there costs as much as a small read.
            .test_before_acquire(false)
            .connect_lazy_with(options.read_only(true));
        let writer = Mutex::new(Writer { connection, durable: true });
        Ok(Self { readers, writer, path, options: again, syncs, recording: None, _lock: lock })
    }

    pub(crate) fn recorded(self, recording: Recording) -> Self {
        Self { recording: Some(recording), ..self }
    }

    /// Keeps a copy of what was committed, if somebody wants one.
    pub(crate) fn record(&self, changes: &[CaseChange], outcomes: &[AppendOutcome]) {
        if let Some(recording) = &self.recording {
            recording.add(changes, outcomes);
        }
    }

    /// How a file is opened, and which.
    pub(crate) fn options(url: &str) -> Result<(SqliteConnectOptions, PathBuf), OpenFault> {
        let url = url.strip_suffix(THROW_AWAY).unwrap_or(url);
        let options = SqliteConnectOptions::from_str(url).map_err(OpenFault::Address)?;
        let path = options.get_filename().to_path_buf();
        let in_memory = url.contains(":memory:") || url.contains("mode=memory");
        if in_memory || path.as_os_str().is_empty() {
            return Err(OpenFault::NoFile);
        }
        Ok((options, path))
    }

    pub(crate) const fn reader(&self) -> &SqlitePool {
        &self.readers
    }

    /// Nobody warns along with a success here.
    pub(crate) async fn heard<F: Future>(future: F) -> (F::Output, bool) {
        (future.await, false)
    }

    /// A file needs no patience.
    pub(crate) async fn in_time<T>(
        future: impl Future<Output = Result<T, Fault>>,
    ) -> Result<T, Fault> {
        future.await
    }

    /// The writer, outside of any transaction. Where the disk is full SQLite takes a transaction back by itself; the
    /// driver, which then cannot, would never begin another one.
    async fn turn(&self) -> Result<MutexGuard<'_, Writer>, Fault> {
        let mut writer = self.writer.lock().await;
        if writer.connection.is_in_transaction() {
            // Whoever gave up a moment ago may only not have been heard yet.
            writer.connection.ping().await.map_err(fault("asking the writer"))?;
        }
        if writer.connection.is_in_transaction() {
            let fresh = self.options.connect().await.map_err(fault("opening the writer again"))?;
            *writer = Writer { connection: fresh, durable: true };
        }
        Ok(writer)
    }

    /// For what must be on the disk when the call returns.
    pub(crate) async fn durable(&self) -> Result<Turn<'_>, Fault> {
        if !self.syncs {
            return self.light().await;
        }
        let mut writer = self.turn().await?;
        if !writer.durable {
            sqlx::query("PRAGMA synchronous = FULL")
                .execute(&mut writer.connection)
                .await
                .map_err(fault("turning the sync of commits on"))?;
            // Only now: if this is given up half-way, the next one asks again.
            writer.durable = true;
        }
        Ok(Turn(writer))
    }

    /// For what may be lost in a power cut without harm.
    pub(crate) async fn light(&self) -> Result<Turn<'_>, Fault> {
        let mut writer = self.turn().await?;
        if writer.durable {
            // Before: if this is given up half-way, the next durable turn turns it on for sure.
            writer.durable = false;
            sqlx::query("PRAGMA synchronous = NORMAL")
                .execute(&mut writer.connection)
                .await
                .map_err(fault("leaving the sync to the next commit"))?;
        }
        Ok(Turn(writer))
    }

    /// A list of ids as one parameter, matched by `IN (SELECT unhex(value) FROM json_each($1))`.
    pub(crate) fn ids(ids: impl Iterator<Item = Uuid>) -> String {
        let mut list = String::from("[");
        for id in ids {
            if list.len() > 1 {
                list.push(',');
            }
            list.push('"');
            list.push_str(id.as_simple().encode_lower(&mut Uuid::encode_buffer()));
            list.push('"');
        }
        list.push(']');
        list
    }
}

/// One's turn at writing; others wait until it is dropped.
pub(crate) struct Turn<'a>(MutexGuard<'a, Writer>);

impl Deref for Turn<'_> {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.0.connection
    }
}

impl DerefMut for Turn<'_> {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.0.connection
    }
}

/// Takes the lock file beside the database, which holds the number of the process that has it.
fn lock(database: &Path) -> Result<File, OpenFault> {
    let mut name = database.as_os_str().to_owned();
    name.push(".lock");
    let path = PathBuf::from(name);
    let prepare = |source| OpenFault::Folder { path: path.clone(), source };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(prepare)?;
    }
    let mut file = File::options()
        .create(true)
        .read(true)
        .write(true)
        .truncate(false)
        .open(&path)
        .map_err(prepare)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            // The number only helps the operator; without it the message is still true.
            let _ = file.read_to_string(&mut holder);
            return Err(OpenFault::InUse {
                path: database.to_path_buf(),
                pid: holder.trim().parse().ok(),
            });
        }
        Err(TryLockError::Error(source)) => return Err(prepare(source)),
    }
    file.set_len(0).map_err(prepare)?;
    file.rewind().map_err(prepare)?;
    writeln!(file, "{}", std::process::id()).map_err(prepare)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::SqliteStore;

    #[tokio::test]
    async fn only_light_turns_leave_the_sync_to_others() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/hub.db", folder.path().display());
        let store = SqliteStore::open(&url).await.unwrap();
        for durable in [true, false, false, true, true, false] {
            let mut turn =
                if durable { store.durable().await } else { store.light().await }.unwrap();
            let synchronous: i64 =
                sqlx::query_scalar("PRAGMA synchronous").fetch_one(&mut *turn).await.unwrap();
            let journal: String =
                sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut *turn).await.unwrap();
            assert_eq!((synchronous, journal.as_str()), (if durable { 2 } else { 1 }, "wal"));
        }
    }
}
