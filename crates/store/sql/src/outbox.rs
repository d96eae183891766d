//! Sendings on their way, timers, and nonces: what several workers share under leases and fences.
//!
//! Rows are claimed by status and time, never by "id greater than the last": a transaction that commits
//! late would be passed over. A later sending of a node waits until an earlier one has been delivered.

use async_trait::async_trait;
use jiff::SignedDuration;
use store_port::{ASKS_AGAIN, Claimed, Fault, Nonces, Outbox, OutboxRow, TimerRow};
use uuid::Uuid;
use vocabulary::{CaseId, DispatchId, Instant};

use crate::columns::{count, fault, instant, micros, stored};
use crate::{PostgresStore, SqliteStore};

/// How long a timer is left to whoever took it before another may.
const TIMER_LEASE: SignedDuration = SignedDuration::from_secs(30);

/// How many old nonces are forgotten at once.
const FORGET_AT_ONCE: i64 = 1000;

#[derive(sqlx::FromRow)]
struct OutboxColumns {
    case_id: Uuid,
    dispatch_id: Uuid,
    node: String,
    department: String,
    kind: String,
    round: i64,
    due_at: i64,
}

impl TryFrom<OutboxColumns> for OutboxRow {
    type Error = Fault;

    fn try_from(row: OutboxColumns) -> Result<Self, Fault> {
        Ok(Self {
            case_id: CaseId(row.case_id),
            dispatch_id: DispatchId(row.dispatch_id),
            node: row.node,
            department: row.department,
            kind: row.kind,
            round: count(row.round, "round of a sending")?,
            due_at: instant(row.due_at, "due time of a sending")?,
        })
    }
}

#[derive(sqlx::FromRow)]
struct ClaimedColumns {
    #[sqlx(flatten)]
    row: OutboxColumns,
    position: i64,
    attempts: i64,
    fence: i64,
}

macro_rules! implement_outbox {
    ($store:ident, skip_locked: $skip_locked:literal) => {
        #[async_trait]
        impl Outbox for $store {
            async fn claim(
                &self,
                worker: &str,
                now: Instant,
                lease_until: Instant,
                limit: u32,
            ) -> Result<Vec<Claimed>, Fault> {
                let mut connection = self.light().await?;
                // Earlier sendings are looked for among those of the case, whatever the planner thought of the table when
                // it was small: `OFFSET` keeps it from joining all of them, `|| ''` from the index over the open ones.
                let mut rows: Vec<ClaimedColumns> = sqlx::query_as(concat!(
                    "WITH due AS MATERIALIZED ( \
                     SELECT o.case_id, o.dispatch_id FROM outbox o \
                     WHERE o.status <> 'done' AND o.claimable_at <= $1 AND NOT EXISTS ( \
                     SELECT 1 FROM outbox e WHERE e.case_id = o.case_id AND e.node = o.node \
                     AND e.status || '' = 'ready' \
                     AND e.position < o.position LIMIT 1 OFFSET 0) \
                     ORDER BY o.claimable_at LIMIT $2",
                    $skip_locked,
                    ") UPDATE outbox SET fence = outbox.fence + 1, \
                     attempts = outbox.attempts + 1, claimed_by = $3, lease_until = $4, \
                     claimable_at = $4 FROM due \
                     WHERE outbox.case_id = due.case_id \
                     AND outbox.dispatch_id = due.dispatch_id \
                     RETURNING outbox.case_id, outbox.dispatch_id, outbox.node, \
                     outbox.department, outbox.kind, outbox.round, outbox.due_at, \
                     outbox.position, outbox.attempts, outbox.fence"
                ))
                .bind(micros(now))
                .bind(i64::from(limit))
                .bind(worker)
                .bind(micros(lease_until))
                .fetch_all(&mut *connection)
                .await
                .map_err(fault("claiming sendings"))?;
                drop(connection);
                rows.sort_by_key(|claimed| {
                    (claimed.row.due_at, claimed.row.case_id, claimed.position)
                });
                rows.into_iter()
                    .map(|claimed| {
                        Ok(Claimed {
                            attempts: count(claimed.attempts, "attempts of a sending")?,
                            fence: count(claimed.fence, "fence of a sending")?,
                            row: claimed.row.try_into()?,
                        })
                    })
                    .collect()
            }

            async fn retry(
                &self,
                case: CaseId,
                dispatch: DispatchId,
                fence: u64,
                next_at: Instant,
                why: &str,
            ) -> Result<bool, Fault> {
                let mut connection = self.light().await?;
                let done = sqlx::query(
                    "UPDATE outbox SET due_at = $4, claimable_at = $4, lease_until = NULL, \
                     last_error = $5 WHERE case_id = $1 AND dispatch_id = $2 AND fence = $3 \
                     AND status || '' <> 'done'",
                )
                .bind(case.0)
                .bind(dispatch.0)
                .bind(stored(fence, "fence of a sending")?)
                .bind(micros(next_at))
                .bind(why)
                .execute(&mut *connection)
                .await
                .map_err(fault("putting a sending back"))?;
                Ok(done.rows_affected() > 0)
            }

            async fn delivered(
                &self,
                case: CaseId,
                dispatch: DispatchId,
                fence: u64,
                again_at: Instant,
            ) -> Result<bool, Fault> {
                let mut connection = self.light().await?;
                let done = sqlx::query(
                    "UPDATE outbox SET status = 'sent', due_at = $4, claimable_at = $4, \
                     lease_until = NULL, attempts = 0, last_error = NULL \
                     WHERE case_id = $1 AND dispatch_id = $2 AND fence = $3 \
                     AND status || '' <> 'done'",
                )
                .bind(case.0)
                .bind(dispatch.0)
                .bind(stored(fence, "fence of a sending")?)
                .bind(micros(again_at))
                .execute(&mut *connection)
                .await
                .map_err(fault("marking a sending as delivered"))?;
                Ok(done.rows_affected() > 0)
            }

            async fn find(&self, dispatch: DispatchId) -> Result<Option<OutboxRow>, Fault> {
                let row: Option<OutboxColumns> = sqlx::query_as(
                    "SELECT case_id, dispatch_id, node, department, kind, round, due_at \
                     FROM outbox WHERE dispatch_id = $1",
                )
                .bind(dispatch.0)
                .fetch_optional(self.reader())
                .await
                .map_err(fault("looking for a sending"))?;
                row.map(TryInto::try_into).transpose()
            }

            async fn owed(&self) -> Result<Vec<(String, u64, u64)>, Fault> {
                let rows: Vec<(String, i64, i64)> = sqlx::query_as(
                    "SELECT department, COUNT(CASE WHEN status = 'ready' THEN 1 END), \
                     COUNT(CASE WHEN status = 'sent' THEN 1 END) \
                     FROM outbox WHERE status <> 'done' \
                     GROUP BY department ORDER BY department",
                )
                .fetch_all(self.reader())
                .await
                .map_err(fault("counting what is owed"))?;
                rows.into_iter()
                    .map(|(department, waiting, delivered)| {
                        let waiting = count(waiting, "count of sendings")?;
                        Ok((department, waiting, count(delivered, "count of sendings")?))
                    })
                    .collect()
            }

            async fn due_timers(&self, now: Instant, limit: u32) -> Result<Vec<TimerRow>, Fault> {
                let again_at = now.saturating_add(TIMER_LEASE).unwrap_or(now);
                let mut connection = self.light().await?;
                let mut rows: Vec<(i64, Uuid, String, String)> = sqlx::query_as(concat!(
                    "WITH law AS MATERIALIZED ( \
                     SELECT t.case_id, t.node, t.kind, t.due_at FROM timers t \
                     WHERE t.claimable_at <= $1 AND t.kind <> $4 ORDER BY t.claimable_at LIMIT $2",
                    $skip_locked,
                    "), asks AS MATERIALIZED ( \
                     SELECT t.case_id, t.node, t.kind, t.due_at FROM timers t \
                     WHERE t.claimable_at <= $1 AND t.kind = $4 ORDER BY t.claimable_at LIMIT $5",
                    $skip_locked,
                    ") UPDATE timers SET claimable_at = $3 \
                     FROM (SELECT * FROM law UNION ALL SELECT * FROM asks) due \
                     WHERE timers.case_id = due.case_id AND timers.node = due.node \
                     AND timers.kind = due.kind AND timers.due_at = due.due_at \
                     RETURNING timers.due_at, timers.case_id, timers.node, timers.kind"
                ))
                .bind(micros(now))
                .bind(i64::from(limit))
                .bind(micros(again_at))
                .bind(ASKS_AGAIN)
                .bind(i64::from(limit.div_ceil(4)))
                .fetch_all(&mut *connection)
                .await
                .map_err(fault("claiming timers"))?;
                drop(connection);
                rows.sort();
                rows.into_iter()
                    .map(|(due_at, case_id, node, kind)| {
                        let due_at = instant(due_at, "time of a timer")?;
                        Ok(TimerRow { case_id: CaseId(case_id), node, kind, due_at })
                    })
                    .collect()
            }
        }

        #[async_trait]
        impl Nonces for $store {
            async fn remember(
                &self,
                key_id: &str,
                nonce: &str,
                at: Instant,
                forget_before: Instant,
            ) -> Result<bool, Fault> {
                let mut connection = self.light().await?;
                sqlx::query(concat!(
                    "DELETE FROM nonces WHERE (key_id, nonce) IN ( \
                     SELECT key_id, nonce FROM nonces WHERE seen_at < $1 \
                     ORDER BY seen_at LIMIT $2",
                    $skip_locked,
                    ")"
                ))
                .bind(micros(forget_before))
                .bind(FORGET_AT_ONCE)
                .execute(&mut *connection)
                .await
                .map_err(fault("forgetting old nonces"))?;
                let remembered = sqlx::query(
                    "INSERT INTO nonces (key_id, nonce, seen_at) VALUES ($1, $2, $3) \
                     ON CONFLICT (key_id, nonce) DO NOTHING",
                )
                .bind(key_id)
                .bind(nonce)
                .bind(micros(at))
                .execute(&mut *connection)
                .await
                .map_err(fault("remembering a nonce"))?;
                Ok(remembered.rows_affected() > 0)
            }
        }
    };
}

implement_outbox!(SqliteStore, skip_locked: "");
implement_outbox!(PostgresStore, skip_locked: " FOR UPDATE SKIP LOCKED");
