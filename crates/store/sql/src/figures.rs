//! Facts for figures. Pages are in the order of the primary key, so that a page is found again wherever the
//! reader stopped.

use async_trait::async_trait;
use sqlx::{Connection as _, QueryBuilder};
use store_port::{
    CaseFactRow, Days, DraftFactRow, FactFilter, Fault, Figures, OpenedFilter, OpenedRow,
    OutboxRow, OwedRow, ServiceFactRow,
};
use uuid::Uuid;
use vocabulary::{CaseId, DispatchId, DraftId};

use crate::bulk::RunBulk as _;
use crate::columns::{commit_fault, count, fault, instant};
use crate::gather::{case_fact_rows, service_fact_rows};
use crate::{PostgresStore, SqliteStore};

#[derive(sqlx::FromRow)]
struct CaseColumns {
    case_id: Uuid,
    draft_id: Uuid,
    matter: String,
    area: String,
    channel: String,
    outlet: String,
    submitted_on: String,
    ended_on: Option<String>,
    rated_on: Option<String>,
    accepted_at_once: bool,
    all_granted: bool,
    body: String,
}

impl From<CaseColumns> for CaseFactRow {
    fn from(row: CaseColumns) -> Self {
        Self {
            case_id: CaseId(row.case_id),
            draft_id: DraftId(row.draft_id),
            matter: row.matter,
            area: row.area,
            channel: row.channel,
            outlet: row.outlet,
            submitted_on: row.submitted_on,
            ended_on: row.ended_on,
            rated_on: row.rated_on,
            accepted_at_once: row.accepted_at_once,
            all_granted: row.all_granted,
            body: row.body,
        }
    }
}

#[derive(sqlx::FromRow)]
struct ServiceColumns {
    case_id: Uuid,
    node: String,
    matter: String,
    service: String,
    department: String,
    area: String,
    submitted_on: String,
    ended_on: Option<String>,
    body: String,
}

impl From<ServiceColumns> for ServiceFactRow {
    fn from(row: ServiceColumns) -> Self {
        Self {
            case_id: CaseId(row.case_id),
            node: row.node,
            matter: row.matter,
            service: row.service,
            department: row.department,
            area: row.area,
            submitted_on: row.submitted_on,
            ended_on: row.ended_on,
            body: row.body,
        }
    }
}

#[derive(sqlx::FromRow)]
struct OpenedColumns {
    draft_id: Uuid,
    matter: String,
    area: String,
    entry: String,
    place: String,
    opened_on: String,
    plan_seen_on: Option<String>,
    case_id: Option<Uuid>,
    accepted_at_once: Option<bool>,
    all_granted: Option<bool>,
}

impl From<OpenedColumns> for OpenedRow {
    fn from(row: OpenedColumns) -> Self {
        Self {
            draft: DraftFactRow {
                draft_id: DraftId(row.draft_id),
                matter: row.matter,
                area: row.area,
                entry: row.entry,
                place: row.place,
                opened_on: row.opened_on,
                plan_seen_on: row.plan_seen_on,
            },
            case_id: row.case_id.map(CaseId),
            accepted_at_once: row.accepted_at_once.unwrap_or(false),
            all_granted: row.all_granted.unwrap_or(false),
        }
    }
}

#[derive(sqlx::FromRow)]
struct OwedColumns {
    case_id: Uuid,
    dispatch_id: Uuid,
    node: String,
    department: String,
    kind: String,
    round: i64,
    due_at: i64,
    attempts: i64,
    status: String,
    last_error: Option<String>,
    area: Option<String>,
    matter: Option<String>,
}

impl TryFrom<OwedColumns> for OwedRow {
    type Error = Fault;

    fn try_from(row: OwedColumns) -> Result<Self, Fault> {
        Ok(Self {
            row: OutboxRow {
                case_id: CaseId(row.case_id),
                dispatch_id: DispatchId(row.dispatch_id),
                node: row.node,
                department: row.department,
                kind: row.kind,
                round: count(row.round, "round of a sending")?,
                due_at: instant(row.due_at, "due instant of a sending")?,
            },
            attempts: count(row.attempts, "attempts of a sending")?,
            delivered: row.status == "sent",
            why: row.last_error,
            area: row.area.unwrap_or_default(),
            matter: row.matter.unwrap_or_default(),
        })
    }
}

macro_rules! implement_figures {
    ($store:ident, $database:ident) => {
        impl $store {
            fn push_days(
                query: &mut QueryBuilder<sqlx::$database>,
                column: &'static str,
                days: Option<&Days>,
            ) {
                if let Some((since, until)) = days {
                    query.push(" OR (").push(column).push(" >= ").push_bind(since.clone());
                    query.push(" AND ").push(column).push(" <= ").push_bind(until.clone());
                    query.push(")");
                }
            }

            /// An area's code begins with the wanted one; without functions, so that an index may serve.
            fn push_place(
                query: &mut QueryBuilder<sqlx::$database>,
                area: &str,
                matter: Option<&String>,
            ) {
                if !area.is_empty() {
                    query.push(" AND area >= ").push_bind(area.to_owned());
                    query.push(" AND area < ").push_bind(format!("{area}~"));
                }
                if let Some(matter) = matter {
                    query.push(" AND matter = ").push_bind(matter.clone());
                }
            }

            fn push_facts(query: &mut QueryBuilder<sqlx::$database>, filter: &FactFilter) {
                let any = filter.open
                    || filter.ended.is_some()
                    || filter.submitted.is_some()
                    || filter.rated.is_some();
                query.push(if any { " WHERE (false" } else { " WHERE (true" });
                if filter.open {
                    query.push(" OR ended_on IS NULL");
                }
                Self::push_days(query, "ended_on", filter.ended.as_ref());
                Self::push_days(query, "submitted_on", filter.submitted.as_ref());
                Self::push_days(query, "rated_on", filter.rated.as_ref());
                query.push(")");
                Self::push_place(query, &filter.area, filter.matter.as_ref());
            }
        }

        #[async_trait]
        impl Figures for $store {
            async fn list_case_facts(
                &self,
                filter: &FactFilter,
            ) -> Result<Vec<CaseFactRow>, Fault> {
                let mut query = QueryBuilder::<sqlx::$database>::new(
                    "SELECT case_id, draft_id, matter, area, channel, outlet, submitted_on, ended_on, \
                     rated_on, accepted_at_once, all_granted, body FROM case_facts",
                );
                Self::push_facts(&mut query, filter);
                if let Some((case, _)) = &filter.after {
                    query.push(" AND case_id > ").push_bind(case.0);
                }
                query.push(" ORDER BY case_id LIMIT ").push_bind(i64::from(filter.limit));
                let rows: Vec<CaseColumns> = query
                    .build_query_as()
                    .fetch_all(self.reader())
                    .await
                    .map_err(fault("listing facts of cases"))?;
                Ok(rows.into_iter().map(Into::into).collect())
            }

            async fn list_service_facts(
                &self,
                filter: &FactFilter,
            ) -> Result<Vec<ServiceFactRow>, Fault> {
                let mut query = QueryBuilder::<sqlx::$database>::new(
                    "SELECT case_id, node, matter, service, department, area, submitted_on, ended_on, \
                     body FROM service_facts",
                );
                let filter = FactFilter { rated: None, ..filter.clone() };
                Self::push_facts(&mut query, &filter);
                if let Some((case, node)) = &filter.after {
                    query.push(" AND (case_id, node) > (").push_bind(case.0);
                    query.push(", ").push_bind(node.clone()).push(")");
                }
                query.push(" ORDER BY case_id, node LIMIT ").push_bind(i64::from(filter.limit));
                let rows: Vec<ServiceColumns> = query
                    .build_query_as()
                    .fetch_all(self.reader())
                    .await
                    .map_err(fault("listing facts of services"))?;
                Ok(rows.into_iter().map(Into::into).collect())
            }

            async fn list_opened(&self, filter: &OpenedFilter) -> Result<Vec<OpenedRow>, Fault> {
                // A draft and the one case that it became, never two cases.
                let mut query = QueryBuilder::<sqlx::$database>::new(
                    "SELECT o.*, c.case_id, c.accepted_at_once, c.all_granted FROM \
                     (SELECT draft_id, matter, area, entry, place, opened_on, plan_seen_on \
                     FROM draft_facts WHERE (",
                );
                query.push(if filter.opened.is_some() { "false" } else { "true" });
                Self::push_days(&mut query, "opened_on", filter.opened.as_ref());
                query.push(")");
                Self::push_place(&mut query, &filter.area, filter.matter.as_ref());
                if let Some(after) = filter.after {
                    query.push(" AND draft_id > ").push_bind(after.0);
                }
                query.push(" ORDER BY draft_id LIMIT ").push_bind(i64::from(filter.limit));
                query.push(
                    ") AS o LEFT JOIN case_facts c ON c.draft_id = o.draft_id ORDER BY o.draft_id",
                );
                let rows: Vec<OpenedColumns> = query
                    .build_query_as()
                    .fetch_all(self.reader())
                    .await
                    .map_err(fault("listing opened interviews"))?;
                Ok(rows.into_iter().map(Into::into).collect())
            }

            async fn note_opened(&self, row: &DraftFactRow) -> Result<(), Fault> {
                let mut connection = self.light().await?;
                sqlx::query(
                    "INSERT INTO draft_facts (draft_id, matter, area, entry, place, opened_on, \
                     plan_seen_on) VALUES ($1, $2, $3, $4, $5, $6, $7) \
                     ON CONFLICT (draft_id) DO UPDATE SET area = excluded.area, \
                     entry = excluded.entry, place = excluded.place",
                )
                .bind(row.draft_id.0)
                .bind(row.matter.as_str())
                .bind(row.area.as_str())
                .bind(row.entry.as_str())
                .bind(row.place.as_str())
                .bind(row.opened_on.as_str())
                .bind(row.plan_seen_on.as_deref())
                .execute(&mut *connection)
                .await
                .map_err(fault("noting an opened interview"))?;
                Ok(())
            }

            async fn note_plan_seen(&self, draft: DraftId, on: &str) -> Result<(), Fault> {
                let mut connection = self.light().await?;
                sqlx::query(
                    "UPDATE draft_facts SET plan_seen_on = $2 \
                     WHERE draft_id = $1 AND plan_seen_on IS NULL",
                )
                .bind(draft.0)
                .bind(on)
                .execute(&mut *connection)
                .await
                .map_err(fault("noting a plan that was seen"))?;
                Ok(())
            }

            async fn list_owed(
                &self,
                after: Option<(CaseId, DispatchId)>,
                limit: u32,
            ) -> Result<Vec<OwedRow>, Fault> {
                let (case, dispatch) =
                    after.map_or((Uuid::nil(), Uuid::nil()), |(case, it)| (case.0, it.0));
                let rows: Vec<OwedColumns> = sqlx::query_as(
                    // One and the same case in two tables of it.
                    "SELECT o.case_id, o.dispatch_id, o.node, o.department, o.kind, o.round, \
                     o.due_at, o.attempts, o.status, o.last_error, f.area, f.matter FROM outbox o \
                     LEFT JOIN case_facts f ON f.case_id = o.case_id \
                     WHERE o.status <> 'done' AND (o.case_id, o.dispatch_id) > ($1, $2) \
                     ORDER BY o.case_id, o.dispatch_id LIMIT $3",
                )
                .bind(case)
                .bind(dispatch)
                .bind(i64::from(limit))
                .fetch_all(self.reader())
                .await
                .map_err(fault("listing sendings that are owed"))?;
                rows.into_iter().map(TryInto::try_into).collect()
            }

            async fn put_facts(
                &self,
                cases: &[CaseFactRow],
                services: &[ServiceFactRow],
            ) -> Result<(), Fault> {
                let mut connection = self.durable().await?;
                let mut tx = connection
                    .begin_with(Self::BEGIN)
                    .await
                    .map_err(fault("beginning to write facts"))?;
                sqlx::$database::run(&mut tx, &case_fact_rows(cases.iter()))
                    .await
                    .map_err(fault("writing facts of cases"))?;
                sqlx::$database::run(&mut tx, &service_fact_rows(services.iter()))
                    .await
                    .map_err(fault("writing facts of services"))?;
                tx.commit().await.map_err(commit_fault("committing facts"))
            }

            async fn list_without_facts(
                &self,
                after: Option<CaseId>,
                limit: u32,
            ) -> Result<Vec<CaseId>, Fault> {
                // One and the same case in two tables of it.
                let ids: Vec<Uuid> = sqlx::query_scalar(
                    "SELECT case_id FROM cases WHERE case_id > $1 AND NOT EXISTS \
                     (SELECT 1 FROM case_facts f WHERE f.case_id = cases.case_id) \
                     ORDER BY case_id LIMIT $2",
                )
                .bind(after.map_or(Uuid::nil(), |case| case.0))
                .bind(i64::from(limit))
                .fetch_all(self.reader())
                .await
                .map_err(fault("listing cases without facts"))?;
                Ok(ids.into_iter().map(CaseId).collect())
            }
        }
    };
}

implement_figures!(SqliteStore, Sqlite);
implement_figures!(PostgresStore, Postgres);
