//! Standards that differ: lists and counts are filtered by the same words.

use async_trait::async_trait;
use sqlx::QueryBuilder;
use store_port::{
    Fault, Inconsistencies, InconsistencyCount, InconsistencyFilter, InconsistencyRow,
};
use uuid::Uuid;
use vocabulary::CaseId;

use crate::columns::{count, fault, instant};
use crate::{PostgresStore, SqliteStore};

#[derive(sqlx::FromRow)]
struct Columns {
    case_id: Uuid,
    seq: i64,
    line: String,
    kind: String,
    case_number: String,
    node: String,
    service: String,
    matter: String,
    department: String,
    outlet: Option<String>,
    window_id: Option<String>,
    checklist: String,
    at: i64,
}

impl TryFrom<Columns> for InconsistencyRow {
    type Error = Fault;

    fn try_from(row: Columns) -> Result<Self, Fault> {
        Ok(Self {
            case_id: CaseId(row.case_id),
            seq: count(row.seq, "number of an event")?,
            line: row.line,
            kind: row.kind,
            case_number: row.case_number,
            node: row.node,
            service: row.service,
            matter: row.matter,
            department: row.department,
            outlet: row.outlet,
            window: row.window_id,
            checklist: row.checklist,
            at: instant(row.at, "instant of an inconsistency")?,
        })
    }
}

macro_rules! implement_inconsistencies {
    ($store:ident, $database:ident) => {
        impl $store {
            fn push_inconsistencies(
                query: &mut QueryBuilder<sqlx::$database>,
                filter: &InconsistencyFilter,
            ) {
                query.push(" FROM inconsistencies WHERE true");
                if let Some(service) = &filter.service {
                    query.push(" AND service = ").push_bind(service.clone());
                }
                if let Some(department) = &filter.department {
                    query.push(" AND department = ").push_bind(department.clone());
                }
                if let Some(kind) = &filter.kind {
                    query.push(" AND kind = ").push_bind(kind.clone());
                }
            }
        }

        #[async_trait]
        impl Inconsistencies for $store {
            async fn list_inconsistencies(
                &self,
                filter: &InconsistencyFilter,
            ) -> Result<Vec<InconsistencyRow>, Fault> {
                let mut query = QueryBuilder::new(
                    "SELECT case_id, seq, line, kind, case_number, node, service, matter, \
                     department, outlet, window_id, checklist, at",
                );
                Self::push_inconsistencies(&mut query, filter);
                query
                    .push(" ORDER BY at DESC, case_id, seq, line LIMIT ")
                    .push_bind(i64::from(filter.limit));
                let rows: Vec<Columns> = query
                    .build_query_as()
                    .fetch_all(self.reader())
                    .await
                    .map_err(fault("listing inconsistencies"))?;
                rows.into_iter().map(InconsistencyRow::try_from).collect()
            }

            async fn count_inconsistencies(
                &self,
                filter: &InconsistencyFilter,
            ) -> Result<Vec<InconsistencyCount>, Fault> {
                let mut query =
                    QueryBuilder::new("SELECT service, department, kind, line, COUNT(*) AS times");
                Self::push_inconsistencies(&mut query, filter);
                query.push(
                    " GROUP BY service, department, kind, line \
                     ORDER BY times DESC, service, department, kind, line",
                );
                let rows: Vec<(String, String, String, String, i64)> = query
                    .build_query_as()
                    .fetch_all(self.reader())
                    .await
                    .map_err(fault("counting inconsistencies"))?;
                rows.into_iter()
                    .map(|(service, department, kind, line, times)| {
                        let times = count(times, "number of inconsistencies")?;
                        Ok(InconsistencyCount { service, department, kind, line, times })
                    })
                    .collect()
            }
        }
    };
}

implement_inconsistencies!(SqliteStore, Sqlite);
implement_inconsistencies!(PostgresStore, Postgres);
