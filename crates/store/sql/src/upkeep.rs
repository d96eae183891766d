//! What whoever runs the hub asks: the database's clock, what is owed and late, whether it can be written.

use async_trait::async_trait;
use sqlx::Connection as _;
use store_port::{Connections, Fault, OwedSending, Replication, Upkeep};
use uuid::Uuid;
use vocabulary::{CaseId, DispatchId, Instant};

use crate::columns::{commit_fault, count, fault, instant, maybe_instant, micros};
use crate::postgres::CONNECTIONS;
use crate::sqlite::READERS;
use crate::{PostgresStore, SqliteStore};

/// Who may not look into `pg_stat_replication` sees that standbys are there, but not of what kind.
const REPLICATION: &str = "SELECT current_setting('synchronous_commit'), \
     current_setting('synchronous_standby_names'), current_setting('fsync')::boolean, \
     pg_is_in_recovery(), COUNT(r.pid), \
     CASE WHEN COUNT(r.pid) = COUNT(r.sync_state) \
     THEN COUNT(CASE WHEN r.sync_state IN ('sync', 'quorum') THEN 1 END) END \
     FROM (SELECT 1) AS one LEFT JOIN pg_stat_replication r ON true";

macro_rules! implement_upkeep {
    ($store:ident, clock: $clock:literal, connections: $most:expr, replication: $replication:expr) => {
        #[async_trait]
        impl Upkeep for $store {
            async fn database_time(&self) -> Result<Instant, Fault> {
                let now: i64 = sqlx::query_scalar($clock)
                    .fetch_one(self.reader())
                    .await
                    .map_err(fault("asking the database for its time"))?;
                instant(now, "time of the database")
            }

            async fn oldest_owed(&self, of_each: u32) -> Result<Vec<OwedSending>, Fault> {
                // Ids of cases are in the order of their beginning.
                let rows: Vec<(String, Uuid, Uuid)> = sqlx::query_as(
                    "SELECT department, case_id, dispatch_id FROM ( \
                     SELECT department, case_id, dispatch_id, ROW_NUMBER() OVER ( \
                     PARTITION BY department ORDER BY case_id, dispatch_id) AS place \
                     FROM outbox WHERE status <> 'done') AS owed \
                     WHERE place <= $1 ORDER BY department, place",
                )
                .bind(i64::from(of_each))
                .fetch_all(self.reader())
                .await
                .map_err(fault("looking for the oldest sendings"))?;
                let owed = |(department, case_id, dispatch_id)| OwedSending {
                    department,
                    case_id: CaseId(case_id),
                    dispatch_id: DispatchId(dispatch_id),
                };
                Ok(rows.into_iter().map(owed).collect())
            }

            async fn timers_due_before(
                &self,
                at: Instant,
            ) -> Result<(u64, Option<Instant>), Fault> {
                let (timers, first): (i64, Option<i64>) = sqlx::query_as(
                    // Whoever fires a timer has put its claim off: what is in somebody's hands is not late.
                    "SELECT COUNT(*), MIN(due_at) FROM timers WHERE claimable_at < $1",
                )
                .bind(micros(at))
                .fetch_one(self.reader())
                .await
                .map_err(fault("counting timers"))?;
                Ok((count(timers, "count of timers")?, maybe_instant(first, "time of a timer")?))
            }

            async fn try_writing(&self) -> Result<(), Fault> {
                let mut connection = self.durable().await?;
                let mut tx = connection
                    .begin_with(Self::BEGIN)
                    .await
                    .map_err(fault("beginning to write"))?;
                sqlx::query("INSERT INTO nonces (key_id, nonce, seen_at) VALUES ($1, $2, $3)")
                    .bind("doctor")
                    .bind(Uuid::now_v7().to_string())
                    .bind(0_i64)
                    .execute(&mut *tx)
                    .await
                    .map_err(fault("writing a row"))?;
                tx.rollback().await.map_err(fault("taking a row back"))
            }

            async fn end_sessions(&self) -> Result<u64, Fault> {
                let mut connection = self.durable().await?;
                let mut tx = connection
                    .begin_with(Self::BEGIN)
                    .await
                    .map_err(fault("beginning to end sessions"))?;
                let ended = sqlx::query("DELETE FROM sessions")
                    .execute(&mut *tx)
                    .await
                    .map_err(fault("ending sessions"))?;
                tx.commit().await.map_err(commit_fault("ending sessions"))?;
                Ok(ended.rows_affected())
            }

            async fn replication(&self) -> Result<Option<Replication>, Fault> {
                let Some(question) = $replication else { return Ok(None) };
                type Row = (String, String, bool, bool, i64, Option<i64>);
                let row: Row = sqlx::query_as(question)
                    .fetch_one(self.reader())
                    .await
                    .map_err(fault("asking how the database keeps what it has"))?;
                let (synchronous_commit, names, syncs, is_standby, connected, synchronous) = row;
                let standbys = |standbys| count(standbys, "count of standbys");
                Ok(Some(Replication {
                    synchronous_commit,
                    synchronous_standby_names: names,
                    syncs,
                    is_standby,
                    connected: standbys(connected)?,
                    synchronous: synchronous.map(standbys).transpose()?,
                }))
            }

            fn connections(&self) -> Connections {
                let pool = self.reader();
                let idle = u32::try_from(pool.num_idle()).unwrap_or(u32::MAX);
                Connections { open: pool.size(), idle, most: $most }
            }
        }
    };
}

implement_upkeep!(
    SqliteStore,
    clock: "SELECT CAST(ROUND(unixepoch('subsec') * 1000000) AS INTEGER)",
    connections: READERS,
    replication: None::<&'static str>
);
implement_upkeep!(
    PostgresStore,
    clock: "SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::bigint",
    connections: CONNECTIONS,
    replication: Some(REPLICATION)
);
