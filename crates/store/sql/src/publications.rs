//! Publications of definitions, and the counts of whom one would concern.

use async_trait::async_trait;
use sqlx::{Connection as _, QueryBuilder};
use store_port::{Fault, PublicationRow, Publications};
use uuid::Uuid;
use vocabulary::AccountId;

use crate::columns::{commit_fault, count, fault, instant, micros};
use crate::{PostgresStore, SqliteStore};

const COLUMNS: &str = "SELECT seq, at, account, reason, from_catalogue, to_catalogue, \
     base_catalogue, impact FROM publications";

#[derive(sqlx::FromRow)]
struct Columns {
    seq: i64,
    at: i64,
    account: Option<Uuid>,
    reason: String,
    from_catalogue: String,
    to_catalogue: String,
    base_catalogue: String,
    impact: String,
}

impl TryFrom<Columns> for PublicationRow {
    type Error = Fault;

    fn try_from(row: Columns) -> Result<Self, Fault> {
        Ok(Self {
            seq: count(row.seq, "number of a publication")?,
            at: instant(row.at, "instant of a publication")?,
            account: row.account.map(AccountId),
            reason: row.reason,
            from_catalogue: row.from_catalogue,
            to_catalogue: row.to_catalogue,
            base_catalogue: row.base_catalogue,
            impact: row.impact,
        })
    }
}

macro_rules! implement_publications {
    ($store:ident, $database:ident) => {
        #[async_trait]
        impl Publications for $store {
            async fn insert_publication(&self, row: &PublicationRow) -> Result<bool, Fault> {
                let mut connection = self.durable().await?;
                let mut tx = connection
                    .begin_with(Self::BEGIN)
                    .await
                    .map_err(fault("beginning to publish"))?;
                let put = sqlx::query(
                    "INSERT INTO publications (seq, at, account, reason, from_catalogue, \
                     to_catalogue, base_catalogue, impact) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (seq) DO NOTHING",
                )
                .bind(i64::try_from(row.seq).unwrap_or(i64::MAX))
                .bind(micros(row.at))
                .bind(row.account.map(|account| account.0))
                .bind(row.reason.as_str())
                .bind(row.from_catalogue.as_str())
                .bind(row.to_catalogue.as_str())
                .bind(row.base_catalogue.as_str())
                .bind(row.impact.as_str())
                .execute(&mut *tx)
                .await
                .map_err(fault("publishing"))?;
                if put.rows_affected() == 0 {
                    return Ok(false);
                }
                tx.commit().await.map_err(commit_fault("publishing"))?;
                Ok(true)
            }

            async fn latest_publication(&self) -> Result<Option<PublicationRow>, Fault> {
                Ok(self.list_publications(1).await?.pop())
            }

            async fn list_publications(&self, limit: u32) -> Result<Vec<PublicationRow>, Fault> {
                let mut query = QueryBuilder::<sqlx::$database>::new(COLUMNS);
                query.push(" ORDER BY seq DESC LIMIT ").push_bind(i64::from(limit));
                let rows: Vec<Columns> = query
                    .build_query_as()
                    .fetch_all(self.reader())
                    .await
                    .map_err(fault("listing publications"))?;
                rows.into_iter().map(TryInto::try_into).collect()
            }

            async fn was_published(&self, catalogue: &str) -> Result<bool, Fault> {
                let found: i64 = sqlx::query_scalar(
                    "SELECT COUNT(*) FROM publications \
                     WHERE to_catalogue = $1 OR base_catalogue = $2",
                )
                .bind(catalogue)
                .bind(catalogue)
                .fetch_one(self.reader())
                .await
                .map_err(fault("looking for a publication"))?;
                Ok(found > 0)
            }

            async fn count_open_drafts(&self) -> Result<Vec<(String, String, u64)>, Fault> {
                let rows: Vec<(String, String, i64)> = sqlx::query_as(
                    "SELECT matter, matter_revision, COUNT(*) FROM drafts \
                     WHERE submitted_as IS NULL GROUP BY matter, matter_revision \
                     ORDER BY matter, matter_revision",
                )
                .fetch_all(self.reader())
                .await
                .map_err(fault("counting drafts"))?;
                rows.into_iter()
                    .map(|(matter, revision, n)| {
                        Ok((matter, revision, count(n, "number of drafts")?))
                    })
                    .collect()
            }

            async fn count_cases_not_in(
                &self,
                states: &[String],
            ) -> Result<Vec<(String, u64)>, Fault> {
                let mut query = QueryBuilder::<sqlx::$database>::new(
                    "SELECT matter, COUNT(*) FROM cases WHERE true",
                );
                for state in states {
                    query.push(" AND state <> ").push_bind(state.clone());
                }
                query.push(" GROUP BY matter ORDER BY matter");
                let rows: Vec<(String, i64)> = query
                    .build_query_as()
                    .fetch_all(self.reader())
                    .await
                    .map_err(fault("counting open cases"))?;
                rows.into_iter()
                    .map(|(matter, n)| Ok((matter, count(n, "number of cases")?)))
                    .collect()
            }
        }
    };
}

implement_publications!(SqliteStore, Sqlite);
implement_publications!(PostgresStore, Postgres);
