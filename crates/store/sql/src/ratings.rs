//! Ratings: lists and counts are filtered by the same words.

use async_trait::async_trait;
use sqlx::{Connection as _, QueryBuilder};
use store_port::{Fault, RatingFilter, RatingRow, Ratings};
use uuid::Uuid;
use vocabulary::CaseId;

use crate::bulk::RunBulk as _;
use crate::columns::{commit_fault, count, fault, instant};
use crate::gather::rating_rows;
use crate::{PostgresStore, SqliteStore};

#[derive(sqlx::FromRow)]
struct Columns {
    case_id: Uuid,
    node: String,
    case_number: String,
    matter: String,
    department: String,
    area: String,
    outlet: String,
    channel: String,
    via: String,
    grade: i64,
    rated_at: i64,
    rated_on: String,
    state: String,
    appealed: bool,
    contact_due_on: Option<String>,
    due_on: Option<String>,
    rectified_on: Option<String>,
}

impl TryFrom<Columns> for RatingRow {
    type Error = Fault;

    fn try_from(row: Columns) -> Result<Self, Fault> {
        Ok(Self {
            case_id: CaseId(row.case_id),
            node: row.node,
            case_number: row.case_number,
            matter: row.matter,
            department: row.department,
            area: row.area,
            outlet: row.outlet,
            channel: row.channel,
            via: row.via,
            grade: count(row.grade, "grade of a rating")?,
            rated_at: instant(row.rated_at, "instant of a rating")?,
            rated_on: row.rated_on,
            state: row.state,
            appealed: row.appealed,
            contact_due_on: row.contact_due_on,
            due_on: row.due_on,
            rectified_on: row.rectified_on,
        })
    }
}

macro_rules! implement_ratings {
    ($store:ident, $database:ident) => {
        impl $store {
            /// What rows and counts share.
            fn push_ratings(query: &mut QueryBuilder<sqlx::$database>, filter: &RatingFilter) {
                query.push(" FROM ratings WHERE true");
                if let Some(case) = filter.case {
                    query.push(" AND case_id = ").push_bind(case.0);
                }
                if filter.bad {
                    query.push(" AND grade >= 4");
                }
                if filter.services {
                    query.push(" AND node <> ''");
                }
                if let Some(department) = &filter.department {
                    query.push(" AND department = ").push_bind(department.clone());
                }
                if !filter.area.is_empty() {
                    query.push(" AND area >= ").push_bind(filter.area.clone());
                    query.push(" AND area < ").push_bind(format!("{}~", filter.area));
                }
                if let Some(matter) = &filter.matter {
                    query.push(" AND matter = ").push_bind(matter.clone());
                }
                if let Some((since, until)) = &filter.rated {
                    query.push(" AND rated_on >= ").push_bind(since.clone());
                    query.push(" AND rated_on <= ").push_bind(until.clone());
                }
            }
        }

        #[async_trait]
        impl Ratings for $store {
            async fn list_ratings(&self, filter: &RatingFilter) -> Result<Vec<RatingRow>, Fault> {
                let mut query = QueryBuilder::<sqlx::$database>::new(
                    "SELECT case_id, node, case_number, matter, department, area, outlet, channel, \
                     via, grade, rated_at, rated_on, state, appealed, contact_due_on, due_on, \
                     rectified_on",
                );
                Self::push_ratings(&mut query, filter);
                if filter.appealed {
                    query.push(" AND appealed");
                }
                if !filter.states.is_empty() {
                    query.push(" AND state IN (");
                    let mut states = query.separated(", ");
                    for state in &filter.states {
                        states.push_bind(state.clone());
                    }
                    query.push(")");
                }
                if let Some((case, node)) = &filter.after {
                    query.push(" AND (case_id, node) > (").push_bind(case.0);
                    query.push(", ").push_bind(node.clone()).push(")");
                }
                query.push(if filter.urgent_first {
                    " ORDER BY CASE WHEN state = 'open' THEN contact_due_on \
                     WHEN state = 'contacted' THEN due_on ELSE '9999' END, rated_at DESC, case_id, \
                     node LIMIT "
                } else {
                    " ORDER BY case_id, node LIMIT "
                });
                query.push_bind(i64::from(filter.limit));
                let rows: Vec<Columns> = query
                    .build_query_as()
                    .fetch_all(self.reader())
                    .await
                    .map_err(fault("listing ratings"))?;
                rows.into_iter().map(RatingRow::try_from).collect()
            }

            async fn count_ratings(
                &self,
                filter: &RatingFilter,
            ) -> Result<Vec<(String, bool, u64)>, Fault> {
                let mut query =
                    QueryBuilder::<sqlx::$database>::new("SELECT state, appealed, COUNT(*)");
                Self::push_ratings(&mut query, filter);
                query.push(" GROUP BY state, appealed ORDER BY state, appealed");
                let rows: Vec<(String, bool, i64)> = query
                    .build_query_as()
                    .fetch_all(self.reader())
                    .await
                    .map_err(fault("counting ratings"))?;
                rows.into_iter()
                    .map(|(state, appealed, n)| {
                        Ok((state, appealed, count(n, "number of ratings")?))
                    })
                    .collect()
            }

            async fn put_ratings(&self, rows: &[RatingRow]) -> Result<(), Fault> {
                let mut connection = self.durable().await?;
                let mut tx = connection
                    .begin_with(Self::BEGIN)
                    .await
                    .map_err(fault("beginning to write ratings"))?;
                sqlx::$database::run(&mut tx, &rating_rows(rows.iter()))
                    .await
                    .map_err(fault("writing ratings"))?;
                tx.commit().await.map_err(commit_fault("committing ratings"))
            }
        }
    };
}

implement_ratings!(SqliteStore, Sqlite);
implement_ratings!(PostgresStore, Postgres);
