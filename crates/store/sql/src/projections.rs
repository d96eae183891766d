//! Rows made from events again, put in the place of those kept: only what differs is written.
//!
//! The cases are locked first and asked whether they have gone on since their events were read; so this may run
//! beside nodes, and whoever reads a list never sees a half of a case.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use async_trait::async_trait;
use sqlx::{Connection as _, FromRow as _};
use store_port::{CaseChange, Fault, Projections, Put};
use uuid::Uuid;
use vocabulary::CaseId;

use crate::bulk::Kind::{Bigint, Text, Uuid as Id};
use crate::bulk::{Bulk, Rows, RunBulk as _};
use crate::columns::{commit_fault, count, fault, micros};
use crate::gather::projected;
use crate::{PostgresStore, SqliteStore, tables};

/// The same statement for rows that are not there just so.
macro_rules! unlike {
    ($name:ident, $of:ident, $table:literal, $keys:literal) => {
        static $name: LazyLock<Bulk> = LazyLock::new(|| tables::$of.only_unlike($table, $keys));
    };
}
unlike!(CASES, CASES, "cases", 1);
unlike!(SERVICES, SERVICES, "service_cases", 2);
unlike!(CASE_FACTS, CASE_FACTS, "case_facts", 1);
unlike!(SERVICE_FACTS, SERVICE_FACTS, "service_facts", 2);
static RATINGS: LazyLock<Bulk> = LazyLock::new(|| tables::RATINGS.only_unlike("ratings", 2));
static TIMERS: LazyLock<Bulk> = LazyLock::new(|| tables::TIMERS.returning());
static INCONSISTENCIES: LazyLock<Bulk> = LazyLock::new(|| tables::INCONSISTENCIES.returning());

const OF_NODES: &[(&str, crate::bulk::Kind)] = &[("case_id", Id), ("node", Text)];

static SERVICES_GONE: Bulk = Bulk::new(
    OF_NODES,
    "DELETE FROM service_cases WHERE (case_id, node) IN (SELECT n.case_id, n.node FROM n) \
     RETURNING 1",
);
static SERVICE_FACTS_GONE: Bulk = Bulk::new(
    OF_NODES,
    "DELETE FROM service_facts WHERE (case_id, node) IN (SELECT n.case_id, n.node FROM n) \
     RETURNING 1",
);
static RATINGS_GONE: Bulk = Bulk::new(
    OF_NODES,
    "DELETE FROM ratings WHERE (case_id, node) IN (SELECT n.case_id, n.node FROM n) RETURNING 1",
);
static TIMERS_GONE: Bulk = Bulk::new(
    &[("case_id", Id), ("node", Text), ("kind", Text), ("due_at", Bigint)],
    "DELETE FROM timers WHERE (case_id, node, kind, due_at) IN \
     (SELECT n.case_id, n.node, n.kind, n.due_at FROM n) RETURNING 1",
);
static INCONSISTENCIES_GONE: Bulk = Bulk::new(
    &[("case_id", Id), ("seq", Bigint), ("line", Text)],
    "DELETE FROM inconsistencies WHERE (case_id, seq, line) IN \
     (SELECT n.case_id, n.seq, n.line FROM n) RETURNING 1",
);

/// Keys of rows of one case that there are several of.
type NodeKeys = Vec<(Uuid, String)>;
type TimerKeys = Vec<(Uuid, String, String, i64)>;
type LineKeys = Vec<(Uuid, i64, String)>;

/// What is kept of cases now.
struct Kept {
    services: NodeKeys,
    service_facts: NodeKeys,
    ratings: NodeKeys,
    timers: TimerKeys,
    lines: LineKeys,
}

/// Those kept that nothing wants any more.
fn surplus<'a, K: Ord + 'a>(
    kept: &'a [K],
    wanted: impl Iterator<Item = K>,
) -> impl Iterator<Item = &'a K> {
    let wanted: BTreeSet<K> = wanted.collect();
    kept.iter().filter(move |key| !wanted.contains(key))
}

fn nodes_gone<'a>(
    bulk: &'static Bulk,
    kept: &'a NodeKeys,
    wanted: impl Iterator<Item = (Uuid, String)>,
) -> Rows<'a> {
    let mut rows = Rows::new(bulk);
    for (case, node) in surplus(kept, wanted) {
        rows.push([(*case).into(), node.as_str().into()]);
    }
    rows
}

/// Everything that is to be run, in order.
fn statements<'a>(cases: &[&'a CaseChange], kept: &'a Kept) -> Vec<Rows<'a>> {
    let changes: Vec<(usize, &CaseChange)> = cases.iter().copied().enumerate().collect();
    let rows = projected(&changes);
    let services = cases.iter().flat_map(|case| &case.services);
    let facts = cases.iter().flat_map(|case| &case.service_facts);
    let ratings = cases.iter().flat_map(|case| &case.ratings);
    let timers = cases.iter().flat_map(|case| &case.timers);
    let lines = cases.iter().flat_map(|case| &case.inconsistencies);
    let mut timers_gone = Rows::new(&TIMERS_GONE);
    let key = |row: &store_port::TimerRow| {
        (row.case_id.0, row.node.clone(), row.kind.clone(), micros(row.due_at))
    };
    for (case, node, kind, due_at) in surplus(&kept.timers, timers.map(key)) {
        timers_gone.push([
            (*case).into(),
            node.as_str().into(),
            kind.as_str().into(),
            (*due_at).into(),
        ]);
    }
    let mut lines_gone = Rows::new(&INCONSISTENCIES_GONE);
    let key = |row: &store_port::InconsistencyRow| {
        (row.case_id.0, i64::try_from(row.seq).unwrap_or(i64::MAX), row.line.clone())
    };
    for (case, seq, line) in surplus(&kept.lines, lines.map(key)) {
        lines_gone.push([(*case).into(), (*seq).into(), line.as_str().into()]);
    }
    vec![
        nodes_gone(
            &SERVICES_GONE,
            &kept.services,
            services.map(|row| (row.case_id.0, row.node.clone())),
        ),
        nodes_gone(
            &SERVICE_FACTS_GONE,
            &kept.service_facts,
            facts.map(|row| (row.case_id.0, row.node.clone())),
        ),
        nodes_gone(
            &RATINGS_GONE,
            &kept.ratings,
            ratings.map(|row| (row.case_id.0, row.node.clone())),
        ),
        timers_gone,
        lines_gone,
        rows.cases.of(&CASES),
        rows.services.of(&SERVICES),
        rows.timers.of(&TIMERS),
        rows.inconsistencies.of(&INCONSISTENCIES),
        rows.case_facts.of(&CASE_FACTS),
        rows.service_facts.of(&SERVICE_FACTS),
        rows.ratings.of(&RATINGS),
    ]
}

macro_rules! implement_projections {
    ($store:ident, $database:ident, among: $among:literal, lock: $lock:literal) => {
        impl $store {
            async fn kept(
                tx: &mut sqlx::Transaction<'_, sqlx::$database>,
                cases: impl Iterator<Item = Uuid>,
            ) -> Result<Kept, Fault> {
                let doing = "asking what is kept of cases";
                let ids = Self::ids(cases);
                let services = sqlx::query_as(concat!(
                    "SELECT case_id, node FROM service_cases WHERE case_id ",
                    $among
                ));
                let service_facts = sqlx::query_as(concat!(
                    "SELECT case_id, node FROM service_facts WHERE case_id ",
                    $among
                ));
                let ratings = sqlx::query_as(concat!(
                    "SELECT case_id, node FROM ratings WHERE case_id ",
                    $among
                ));
                let timers = sqlx::query_as(concat!(
                    "SELECT case_id, node, kind, due_at FROM timers WHERE case_id ",
                    $among
                ));
                let lines = sqlx::query_as(concat!(
                    "SELECT case_id, seq, line FROM inconsistencies WHERE case_id ",
                    $among
                ));
                Ok(Kept {
                    services: services
                        .bind(ids.clone())
                        .fetch_all(&mut **tx)
                        .await
                        .map_err(fault(doing))?,
                    service_facts: service_facts
                        .bind(ids.clone())
                        .fetch_all(&mut **tx)
                        .await
                        .map_err(fault(doing))?,
                    ratings: ratings
                        .bind(ids.clone())
                        .fetch_all(&mut **tx)
                        .await
                        .map_err(fault(doing))?,
                    timers: timers
                        .bind(ids.clone())
                        .fetch_all(&mut **tx)
                        .await
                        .map_err(fault(doing))?,
                    lines: lines.bind(ids).fetch_all(&mut **tx).await.map_err(fault(doing))?,
                })
            }
        }

        #[async_trait]
        impl Projections for $store {
            async fn list_cases_with_events(
                &self,
                after: Option<CaseId>,
                limit: u32,
            ) -> Result<Vec<CaseId>, Fault> {
                let ids: Vec<Uuid> = sqlx::query_scalar(
                    "SELECT case_id FROM case_events WHERE seq = 1 AND case_id > $1 \
                     ORDER BY case_id LIMIT $2",
                )
                .bind(after.map_or(Uuid::nil(), |case| case.0))
                .bind(i64::from(limit))
                .fetch_all(self.reader())
                .await
                .map_err(fault("listing cases by their events"))?;
                Ok(ids.into_iter().map(CaseId).collect())
            }

            async fn put_projections(&self, cases: &[CaseChange]) -> Result<Put, Fault> {
                let mut put = Put::default();
                let mut connection = self.durable().await?;
                let mut tx = connection
                    .begin_with(Self::BEGIN)
                    .await
                    .map_err(fault("beginning to put rows of cases"))?;
                let ids = || Self::ids(cases.iter().map(|case| case.case_id.0));
                // Whoever wants to go on with one of them waits from here on; one without a row has nobody who
                // could.
                sqlx::query(concat!(
                    "SELECT case_id FROM cases WHERE case_id ",
                    $among,
                    " ORDER BY case_id",
                    $lock
                ))
                .bind(ids())
                .fetch_all(&mut *tx)
                .await
                .map_err(fault("locking cases"))?;
                let rows = sqlx::query(concat!(
                    "SELECT case_id, MAX(seq) FROM case_events WHERE case_id ",
                    $among,
                    " GROUP BY case_id"
                ))
                .bind(ids())
                .fetch_all(&mut *tx)
                .await
                .map_err(fault("asking for the last events of cases"))?;
                let mut there: BTreeSet<(CaseId, u64)> = BTreeSet::new();
                for row in &rows {
                    let (case, last) = <(Uuid, i64)>::from_row(row)
                        .map_err(fault("asking for the last events of cases"))?;
                    there.insert((CaseId(case), count(last, "number of an event")?));
                }
                let (still, gone_on): (Vec<&CaseChange>, Vec<&CaseChange>) = cases
                    .iter()
                    .partition(|case| there.contains(&(case.case_id, case.case.version)));
                put.gone_on = gone_on.iter().map(|case| case.case_id).collect();
                let kept = Self::kept(&mut tx, still.iter().map(|case| case.case_id.0)).await?;
                for rows in statements(&still, &kept) {
                    let touched = sqlx::$database::run(&mut tx, &rows)
                        .await
                        .map_err(fault("putting rows of cases"))?;
                    let touched = u64::try_from(touched.len()).unwrap_or(u64::MAX);
                    put.mended = put.mended.saturating_add(touched);
                }
                tx.commit().await.map_err(commit_fault("committing rows of cases"))?;
                Ok(put)
            }
        }
    };
}

implement_projections!(
    SqliteStore,
    Sqlite,
    among: "IN (SELECT unhex(value) FROM json_each($1))",
    lock: ""
);
implement_projections!(PostgresStore, Postgres, among: "= ANY($1)", lock: " FOR UPDATE");
