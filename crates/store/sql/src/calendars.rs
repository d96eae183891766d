//! Loadings of working calendars, and the dates that they moved.

use async_trait::async_trait;
use sqlx::{Connection as _, QueryBuilder};
use store_port::{CalendarChangeRow, CalendarLoadRow, Calendars, Fault};
use uuid::Uuid;
use vocabulary::{AccountId, CaseId, Instant};

use crate::columns::{commit_fault, count, fault, instant, micros};
use crate::{PostgresStore, SqliteStore};

const LOADS: &str = "SELECT seq, at, account, version, hash, calendar, before_version, before_hash, \
     before_calendar, last_case, cases, finished_at FROM calendar_loads";

#[derive(sqlx::FromRow)]
struct LoadColumns {
    seq: i64,
    at: i64,
    account: Option<Uuid>,
    version: String,
    hash: String,
    calendar: String,
    before_version: String,
    before_hash: String,
    before_calendar: String,
    last_case: Option<Uuid>,
    cases: i64,
    finished_at: Option<i64>,
}

impl TryFrom<LoadColumns> for CalendarLoadRow {
    type Error = Fault;

    fn try_from(row: LoadColumns) -> Result<Self, Fault> {
        let finished = |at| instant(at, "end of a calendar's loading");
        Ok(Self {
            seq: count(row.seq, "number of a calendar's loading")?,
            at: instant(row.at, "instant of a calendar's loading")?,
            account: row.account.map(AccountId),
            version: row.version,
            hash: row.hash,
            calendar: row.calendar,
            before_version: row.before_version,
            before_hash: row.before_hash,
            before: row.before_calendar,
            cursor: row.last_case.map(CaseId),
            cases: count(row.cases, "number of cases")?,
            finished_at: row.finished_at.map(finished).transpose()?,
        })
    }
}

#[derive(sqlx::FromRow)]
struct ChangeColumns {
    case_id: Uuid,
    load_no: i64,
    node: String,
    clock: String,
    case_number: String,
    matter: String,
    area: Option<String>,
    was_on: String,
    was_provisional: i64,
    is_on: String,
    is_provisional: i64,
}

impl TryFrom<ChangeColumns> for CalendarChangeRow {
    type Error = Fault;

    fn try_from(row: ChangeColumns) -> Result<Self, Fault> {
        Ok(Self {
            case_id: CaseId(row.case_id),
            load: count(row.load_no, "number of a calendar's loading")?,
            node: row.node,
            clock: row.clock,
            case_number: row.case_number,
            matter: row.matter,
            area: row.area,
            was_on: row.was_on,
            was_provisional: row.was_provisional != 0,
            is_on: row.is_on,
            is_provisional: row.is_provisional != 0,
        })
    }
}

fn number(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

macro_rules! implement_calendars {
    ($store:ident, $database:ident) => {
        #[async_trait]
        impl Calendars for $store {
            async fn insert_calendar_load(&self, row: &CalendarLoadRow) -> Result<bool, Fault> {
                let mut connection = self.durable().await?;
                let mut tx = connection
                    .begin_with(Self::BEGIN)
                    .await
                    .map_err(fault("beginning to load a calendar"))?;
                let put = sqlx::query(
                    "INSERT INTO calendar_loads (seq, at, account, version, hash, calendar, \
                     before_version, before_hash, before_calendar, last_case, cases, finished_at) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
                     ON CONFLICT (seq) DO NOTHING",
                )
                .bind(number(row.seq))
                .bind(micros(row.at))
                .bind(row.account.map(|account| account.0))
                .bind(row.version.as_str())
                .bind(row.hash.as_str())
                .bind(row.calendar.as_str())
                .bind(row.before_version.as_str())
                .bind(row.before_hash.as_str())
                .bind(row.before.as_str())
                .bind(row.cursor.map(|case| case.0))
                .bind(number(row.cases))
                .bind(row.finished_at.map(micros))
                .execute(&mut *tx)
                .await
                .map_err(fault("loading a calendar"))?;
                if put.rows_affected() == 0 {
                    return Ok(false);
                }
                tx.commit().await.map_err(commit_fault("loading a calendar"))?;
                Ok(true)
            }

            async fn list_calendar_loads(&self, limit: u32) -> Result<Vec<CalendarLoadRow>, Fault> {
                let mut query = QueryBuilder::<sqlx::$database>::new(LOADS);
                query.push(" ORDER BY seq DESC LIMIT ").push_bind(i64::from(limit));
                let rows: Vec<LoadColumns> = query
                    .build_query_as()
                    .fetch_all(self.reader())
                    .await
                    .map_err(fault("listing calendars"))?;
                rows.into_iter().map(TryInto::try_into).collect()
            }

            async fn advance_calendar_load(
                &self,
                seq: u64,
                cursor: Option<CaseId>,
                cases: u64,
                finished_at: Option<Instant>,
            ) -> Result<(), Fault> {
                let mut connection = self.durable().await?;
                let mut tx = connection
                    .begin_with(Self::BEGIN)
                    .await
                    .map_err(fault("beginning to go on with a calendar"))?;
                sqlx::query(
                    "UPDATE calendar_loads SET last_case = $1, cases = $2, finished_at = $3 \
                     WHERE seq = $4 AND finished_at IS NULL",
                )
                .bind(cursor.map(|case| case.0))
                .bind(number(cases))
                .bind(finished_at.map(micros))
                .bind(number(seq))
                .execute(&mut *tx)
                .await
                .map_err(fault("going on with a calendar"))?;
                tx.commit().await.map_err(commit_fault("going on with a calendar"))
            }

            async fn put_calendar_changes(&self, rows: &[CalendarChangeRow]) -> Result<(), Fault> {
                if rows.is_empty() {
                    return Ok(());
                }
                let mut connection = self.durable().await?;
                let mut tx = connection
                    .begin_with(Self::BEGIN)
                    .await
                    .map_err(fault("beginning to keep moved dates"))?;
                for row in rows {
                    sqlx::query(
                        "INSERT INTO calendar_changes (case_id, load_no, node, clock, case_number, \
                         matter, area, was_on, was_provisional, is_on, is_provisional) \
                         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
                         ON CONFLICT (case_id, load_no, node, clock) DO NOTHING",
                    )
                    .bind(row.case_id.0)
                    .bind(number(row.load))
                    .bind(row.node.as_str())
                    .bind(row.clock.as_str())
                    .bind(row.case_number.as_str())
                    .bind(row.matter.as_str())
                    .bind(row.area.as_deref())
                    .bind(row.was_on.as_str())
                    .bind(i64::from(row.was_provisional))
                    .bind(row.is_on.as_str())
                    .bind(i64::from(row.is_provisional))
                    .execute(&mut *tx)
                    .await
                    .map_err(fault("keeping moved dates"))?;
                }
                tx.commit().await.map_err(commit_fault("keeping moved dates"))
            }

            async fn list_calendar_changes(
                &self,
                load: u64,
                limit: u32,
            ) -> Result<Vec<CalendarChangeRow>, Fault> {
                let rows: Vec<ChangeColumns> = sqlx::query_as(
                    "SELECT case_id, load_no, node, clock, case_number, matter, area, was_on, \
                     was_provisional, is_on, is_provisional FROM calendar_changes \
                     WHERE load_no = $1 ORDER BY case_number, node, clock LIMIT $2",
                )
                .bind(number(load))
                .bind(i64::from(limit))
                .fetch_all(self.reader())
                .await
                .map_err(fault("listing moved dates"))?;
                rows.into_iter().map(TryInto::try_into).collect()
            }

            async fn count_calendar_changes(&self, load: u64) -> Result<(u64, u64), Fault> {
                let (dates, cases): (i64, i64) = sqlx::query_as(
                    "SELECT COUNT(*), COUNT(DISTINCT case_id) FROM calendar_changes \
                     WHERE load_no = $1",
                )
                .bind(number(load))
                .fetch_one(self.reader())
                .await
                .map_err(fault("counting moved dates"))?;
                Ok((count(dates, "number of dates")?, count(cases, "number of cases")?))
            }
        }
    };
}

implement_calendars!(SqliteStore, Sqlite);
implement_calendars!(PostgresStore, Postgres);
