//! What happens to tables behind a program's back: a later version of it, an operator who lets it only read.

#![expect(clippy::expect_used, clippy::missing_panics_doc, reason = "a failure is a failed test")]

use sqlx::{Connection as _, PgConnection, SqliteConnection};

/// The migration of a later version.
pub const LATER: i64 = 99_991_231_000_000;

/// A later version of the program has been at the database that `url` names.
pub async fn later_version(url: &str) {
    let row = "INSERT INTO _sqlx_migrations \
               (version, description, success, checksum, execution_time) \
               VALUES ($1, 'later', $2, $3, 0)";
    let sum = vec![0_u8];
    if url.starts_with("sqlite:") {
        let mut connection = SqliteConnection::connect(url).await.expect("connected");
        let insert = sqlx::query(row).bind(LATER).bind(true).bind(sum);
        insert.execute(&mut connection).await.expect("inserted");
        connection.close().await.expect("closed");
    } else {
        let mut connection = PgConnection::connect(url).await.expect("connected");
        let insert = sqlx::query(row).bind(LATER).bind(true).bind(sum);
        insert.execute(&mut connection).await.expect("inserted");
        connection.close().await.expect("closed");
    }
}

/// From now on the PostgreSQL database that `url` names is only read, as a standby is.
pub async fn only_reading(url: &str) {
    let mut connection = PgConnection::connect(url).await.expect("connected");
    let name: String = sqlx::query_scalar("SELECT current_database()::text")
        .fetch_one(&mut connection)
        .await
        .expect("it has a name");
    let text = format!("ALTER DATABASE \"{name}\" SET default_transaction_read_only = on");
    sqlx::raw_sql(sqlx::AssertSqlSafe(text)).execute(&mut connection).await.expect("altered");
    connection.close().await.expect("closed");
}
