//! Whole cases by bulk load, for measuring with a million of them: `COPY` on PostgreSQL, few big transactions on
//! SQLite.
//!
//! Goes in: one change per case that takes it from nothing to where it stands, with fresh ids. What comes out are
//! the rows that so many appends would have left. No conflict is looked for: ids that exist make it fail.

use std::fmt::Write as _;
use std::sync::Arc;

use sqlx::Connection as _;
use store_port::{CaseChange, Fault, SharedStore};

use crate::bulk::{Cell, RunBulk as _};
use crate::columns::{commit_fault, fault};
use crate::gather::{Filled, filled};
use crate::{Kind, OpenFault, PostgresStore, SqliteStore};

/// Bytes that are handed to the server at once.
const HANDED_OVER: usize = 1 << 20;

/// Writes whole cases into a store that is open.
#[derive(Debug, Clone)]
pub enum Filler {
    Sqlite(Arc<SqliteStore>),
    Postgres(Arc<PostgresStore>),
}

impl Filler {
    /// Opens the store that `url` names, and a way to fill it.
    ///
    /// # Errors
    /// See [`open`](crate::open).
    pub async fn open(url: &str) -> Result<(SharedStore, Self), OpenFault> {
        Ok(match Kind::of(url)? {
            Kind::Sqlite => {
                let store = Arc::new(SqliteStore::open(url).await?);
                (Arc::clone(&store) as SharedStore, Self::Sqlite(store))
            }
            Kind::Postgres => {
                let store = Arc::new(PostgresStore::open(url).await?);
                (Arc::clone(&store) as SharedStore, Self::Postgres(store))
            }
        })
    }

    /// Writes these cases, all or none.
    ///
    /// # Errors
    /// The database failed, or one of the ids exists.
    pub async fn write(&self, cases: &[CaseChange]) -> Result<(), Fault> {
        match self {
            Self::Sqlite(store) => {
                let mut connection = store.light().await?;
                let mut tx = connection
                    .begin_with(SqliteStore::BEGIN)
                    .await
                    .map_err(fault("beginning to fill"))?;
                for Filled { rows, .. } in filled(cases) {
                    sqlx::Sqlite::run(&mut tx, &rows).await.map_err(fault("filling"))?;
                }
                tx.commit().await.map_err(commit_fault("filling"))
            }
            Self::Postgres(store) => {
                let mut connection = store.durable().await?;
                let mut tx = connection
                    .begin_with(PostgresStore::BEGIN)
                    .await
                    .map_err(fault("beginning to fill"))?;
                for Filled { table, again, rows } in filled(cases) {
                    if rows.is_empty() {
                        continue;
                    }
                    let mut columns = rows.names();
                    if let Some((column, _)) = again {
                        columns.push_str(", ");
                        columns.push_str(column);
                    }
                    let statement = format!("COPY {table} ({columns}) FROM STDIN");
                    let mut copy =
                        tx.copy_in_raw(&statement).await.map_err(fault("beginning to copy"))?;
                    let mut text = String::with_capacity(HANDED_OVER + HANDED_OVER / 4);
                    for row in rows.each() {
                        write_row(&mut text, row, again.map(|(_, at)| at));
                        if text.len() >= HANDED_OVER {
                            copy.send(text.as_bytes()).await.map_err(fault("copying"))?;
                            text.clear();
                        }
                    }
                    copy.send(text.as_bytes()).await.map_err(fault("copying"))?;
                    copy.finish().await.map_err(fault("copying"))?;
                }
                tx.commit().await.map_err(commit_fault("filling"))
            }
        }
    }

    /// Tells the database that it has been filled: what is there can then be read from indexes alone.
    ///
    /// # Errors
    /// The database failed.
    pub async fn settle(&self) -> Result<(), Fault> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(store) => {
                let mut connection = store.durable().await?;
                sqlx::query("VACUUM (ANALYZE)")
                    .execute(&mut *connection)
                    .await
                    .map_err(fault("settling"))?;
                Ok(())
            }
        }
    }
}

/// One line of `COPY`'s text form; the cell at `again` once more at its end.
fn write_row(text: &mut String, row: &[Cell<'_>], again: Option<usize>) {
    for (at, cell) in row.iter().chain(again.and_then(|at| row.get(at))).enumerate() {
        if at > 0 {
            text.push('\t');
        }
        // Writing to a String cannot fail.
        let _ = match *cell {
            Cell::Uuid(value) => write!(text, "{value}"),
            Cell::Bigint(value) => write!(text, "{value}"),
            Cell::Bool(value) => write!(text, "{}", if value { 't' } else { 'f' }),
            Cell::Null => write!(text, "\\N"),
            Cell::Text(value) => {
                for letter in value.chars() {
                    match letter {
                        '\\' => text.push_str("\\\\"),
                        '\t' => text.push_str("\\t"),
                        '\n' => text.push_str("\\n"),
                        '\r' => text.push_str("\\r"),
                        letter => text.push(letter),
                    }
                }
                Ok(())
            }
            Cell::Bytes(value) => {
                text.push_str("\\\\x");
                value.iter().try_for_each(|byte| write!(text, "{byte:02x}"))
            }
        };
    }
    text.push('\n');
}
