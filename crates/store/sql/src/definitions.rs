//! The source of every catalogue that was in force. Written once, read when an older case is worked on.

use async_trait::async_trait;
use sqlx::Connection as _;
use store_port::{DefinitionItem, Definitions, DefinitionsKept, DefinitionsRow, Fault};

use crate::columns::{commit_fault, count, fault, instant, micros};
use crate::{PostgresStore, SqliteStore};

#[derive(sqlx::FromRow)]
struct DefinitionsColumns {
    catalogue: String,
    format: i64,
    first_used_at: i64,
    source: Vec<u8>,
}

#[derive(sqlx::FromRow)]
struct KeptColumns {
    catalogue: String,
    format: i64,
    first_used_at: i64,
}

impl TryFrom<KeptColumns> for DefinitionsKept {
    type Error = Fault;

    fn try_from(row: KeptColumns) -> Result<Self, Fault> {
        Ok(Self {
            catalogue: row.catalogue,
            format: count(row.format, "format of definitions")?,
            first_used_at: instant(row.first_used_at, "instant of definitions")?,
        })
    }
}

#[derive(sqlx::FromRow)]
struct ItemColumns {
    kind: String,
    item: String,
    revision: String,
}

macro_rules! implement_definitions {
    ($store:ident) => {
        #[async_trait]
        impl Definitions for $store {
            async fn put_definitions(&self, row: &DefinitionsRow) -> Result<bool, Fault> {
                let mut connection = self.durable().await?;
                let mut tx = connection
                    .begin_with(Self::BEGIN)
                    .await
                    .map_err(fault("beginning to keep definitions"))?;
                let put = sqlx::query(
                    "INSERT INTO definitions (catalogue, format, first_used_at, source) \
                     VALUES ($1, $2, $3, $4) ON CONFLICT (catalogue) DO NOTHING",
                )
                .bind(row.catalogue.as_str())
                .bind(i64::from(row.format))
                .bind(micros(row.first_used_at))
                .bind(row.source.as_slice())
                .execute(&mut *tx)
                .await
                .map_err(fault("keeping definitions"))?;
                if put.rows_affected() == 0 {
                    return Ok(false);
                }
                for item in &row.items {
                    sqlx::query(
                        "INSERT INTO definition_items (kind, item, revision, catalogue) \
                         VALUES ($1, $2, $3, $4)",
                    )
                    .bind(item.kind.as_str())
                    .bind(item.id.as_str())
                    .bind(item.revision.as_str())
                    .bind(row.catalogue.as_str())
                    .execute(&mut *tx)
                    .await
                    .map_err(fault("keeping what definitions define"))?;
                }
                tx.commit().await.map_err(commit_fault("keeping definitions"))?;
                Ok(true)
            }

            async fn find_definitions(
                &self,
                catalogue: &str,
            ) -> Result<Option<DefinitionsRow>, Fault> {
                let row: Option<DefinitionsColumns> = sqlx::query_as(
                    "SELECT catalogue, format, first_used_at, source FROM definitions \
                     WHERE catalogue = $1",
                )
                .bind(catalogue)
                .fetch_optional(self.reader())
                .await
                .map_err(fault("looking for definitions"))?;
                let Some(row) = row else { return Ok(None) };
                // Both were written in one transaction and never change, so that two reads agree.
                let items: Vec<ItemColumns> = sqlx::query_as(
                    "SELECT kind, item, revision FROM definition_items WHERE catalogue = $1 \
                     ORDER BY kind, item",
                )
                .bind(catalogue)
                .fetch_all(self.reader())
                .await
                .map_err(fault("looking for what definitions define"))?;
                Ok(Some(DefinitionsRow {
                    catalogue: row.catalogue,
                    format: count(row.format, "format of definitions")?,
                    first_used_at: instant(row.first_used_at, "instant of definitions")?,
                    source: row.source,
                    items: items
                        .into_iter()
                        .map(|it| DefinitionItem {
                            kind: it.kind,
                            id: it.item,
                            revision: it.revision,
                        })
                        .collect(),
                }))
            }

            async fn find_catalogue_with(
                &self,
                item: &DefinitionItem,
            ) -> Result<Option<String>, Fault> {
                sqlx::query_scalar(
                    "SELECT d.catalogue FROM definition_items i \
                     JOIN definitions d ON d.catalogue = i.catalogue \
                     WHERE i.kind = $1 AND i.item = $2 AND i.revision = $3 \
                     ORDER BY d.first_used_at DESC, d.catalogue DESC LIMIT 1",
                )
                .bind(item.kind.as_str())
                .bind(item.id.as_str())
                .bind(item.revision.as_str())
                .fetch_optional(self.reader())
                .await
                .map_err(fault("looking for the definitions of a revision"))
            }

            async fn list_definitions(&self) -> Result<Vec<DefinitionsKept>, Fault> {
                let rows: Vec<KeptColumns> = sqlx::query_as(
                    "SELECT catalogue, format, first_used_at FROM definitions \
                     ORDER BY first_used_at, catalogue",
                )
                .fetch_all(self.reader())
                .await
                .map_err(fault("listing definitions"))?;
                rows.into_iter().map(TryInto::try_into).collect()
            }
        }
    };
}

implement_definitions!(SqliteStore);
implement_definitions!(PostgresStore);
