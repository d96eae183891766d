//! How much room a database takes, for benchmarks and operators.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::str::FromStr as _;

use sqlx::postgres::PgConnection;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, Connection as _};

use crate::OpenFault;

/// The bytes that the database at `url` takes: for an embedded one its file and its log, else what the
/// server says. The store may be open meanwhile.
///
/// # Errors
/// When the address is not understood or the database cannot be asked.
pub async fn size_bytes(url: &str) -> Result<u64, OpenFault> {
    if url.starts_with("sqlite:") {
        let options = SqliteConnectOptions::from_str(url).map_err(OpenFault::Address)?;
        let path = options.get_filename().to_path_buf();
        let mut log = path.clone().into_os_string();
        log.push("-wal");
        let size = |path: PathBuf| path.metadata().map_or(0, |found| found.len());
        return Ok(size(path).saturating_add(size(PathBuf::from(log))));
    }
    if url.starts_with("postgres:") || url.starts_with("postgresql:") {
        let mut connection = PgConnection::connect(url).await.map_err(OpenFault::Connect)?;
        let size: i64 = sqlx::query_scalar("SELECT pg_database_size(current_database())")
            .fetch_one(&mut connection)
            .await
            .map_err(OpenFault::Connect)?;
        return Ok(u64::try_from(size).unwrap_or(0));
    }
    Err(OpenFault::UnknownKind)
}

/// How many rows each table of the embedded database at `url` has, and the bytes of their columns. Reads all
/// of them; the store may be open meanwhile.
///
/// # Errors
/// When the address is not understood or the database cannot be read.
pub async fn rows_and_bytes(url: &str) -> Result<BTreeMap<String, (u64, u64)>, OpenFault> {
    let mut connection = sqlx::SqliteConnection::connect(url).await.map_err(OpenFault::Connect)?;
    let tables: Vec<(String, String)> = sqlx::query_as(
        "SELECT m.name, group_concat('COALESCE(LENGTH(CAST(' || c.name || ' AS BLOB)), 0)', ' + ') \
         FROM sqlite_schema m JOIN pragma_table_info(m.name) c \
         WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name <> '_sqlx_migrations' \
         GROUP BY m.name",
    )
    .fetch_all(&mut connection)
    .await
    .map_err(OpenFault::Connect)?;
    let mut all = BTreeMap::new();
    for (table, lengths) in tables {
        // Names come from our own migrations.
        let text = format!("SELECT COUNT(*), COALESCE(SUM({lengths}), 0) FROM {table}");
        let (rows, bytes): (i64, i64) = sqlx::query_as(AssertSqlSafe(text))
            .fetch_one(&mut connection)
            .await
            .map_err(OpenFault::Connect)?;
        all.insert(table, (u64::try_from(rows).unwrap_or(0), u64::try_from(bytes).unwrap_or(0)));
    }
    Ok(all)
}
