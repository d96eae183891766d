//! Sealed values and the subjects' wrapped keys; this crate never sees either in clear.

use async_trait::async_trait;
use sqlx::Connection as _;
use store_port::{Fault, SealedRow, SubjectKeyRow, Vault};
use uuid::Uuid;
use vocabulary::{Instant, SealedId, SubjectId};

use crate::bulk::{Rows, RunBulk as _};
use crate::columns::{commit_fault, fault, micros};
use crate::{PostgresStore, SqliteStore, tables};

macro_rules! implement_vault {
    ($store:ident, $database:ident, among: $among:literal, before: $before:expr, after: $after:expr) => {
        #[async_trait]
        impl Vault for $store {
            async fn find_subject_key(
                &self,
                subject: SubjectId,
            ) -> Result<Option<SubjectKeyRow>, Fault> {
                let wrapped: Option<Vec<u8>> =
                    sqlx::query_scalar("SELECT wrapped FROM subject_keys WHERE subject = $1")
                        .bind(subject.0)
                        .fetch_optional(self.reader())
                        .await
                        .map_err(fault("looking for a subject's key"))?;
                Ok(wrapped.map(|wrapped| SubjectKeyRow { subject, wrapped }))
            }

            async fn insert_subject_key(
                &self,
                row: &SubjectKeyRow,
            ) -> Result<SubjectKeyRow, Fault> {
                let mut connection = self.durable().await?;
                sqlx::query(
                    "INSERT INTO subject_keys (subject, wrapped) SELECT $1, $2 \
                     WHERE NOT EXISTS (SELECT 1 FROM erased_subjects WHERE subject = $1) \
                     ON CONFLICT (subject) DO NOTHING",
                )
                .bind(row.subject.0)
                .bind(row.wrapped.as_slice())
                .execute(&mut *connection)
                .await
                .map_err(fault("keeping a subject's key"))?;
                let wrapped: Option<Vec<u8>> =
                    sqlx::query_scalar("SELECT wrapped FROM subject_keys WHERE subject = $1")
                        .bind(row.subject.0)
                        .fetch_optional(&mut *connection)
                        .await
                        .map_err(fault("reading a subject's key back"))?;
                let wrapped = wrapped.ok_or(Fault::Corrupt { what: "key of an erased person" })?;
                Ok(SubjectKeyRow { subject: row.subject, wrapped })
            }

            async fn destroy_subject_key(
                &self,
                subject: SubjectId,
                at: Instant,
            ) -> Result<bool, Fault> {
                let mut connection = self.durable().await?;
                for before in $before {
                    sqlx::query(before)
                        .execute(&mut *connection)
                        .await
                        .map_err(fault("preparing to destroy a key"))?;
                }
                let mut tx = connection
                    .begin_with(Self::BEGIN)
                    .await
                    .map_err(fault("beginning to destroy a key"))?;
                let noted = sqlx::query(
                    "INSERT INTO erased_subjects (subject, erased_at) VALUES ($1, $2) \
                     ON CONFLICT (subject) DO NOTHING",
                )
                .bind(subject.0)
                .bind(micros(at))
                .execute(&mut *tx)
                .await
                .map_err(fault("noting an erasure"))?;
                sqlx::query("DELETE FROM subject_keys WHERE subject = $1")
                    .bind(subject.0)
                    .execute(&mut *tx)
                    .await
                    .map_err(fault("destroying a key"))?;
                tx.commit().await.map_err(commit_fault("destroying a key"))?;
                for after in $after {
                    sqlx::query(after)
                        .execute(&mut *connection)
                        .await
                        .map_err(fault("wiping a destroyed key"))?;
                }
                Ok(noted.rows_affected() > 0)
            }

            async fn erased_subjects(&self) -> Result<Vec<SubjectId>, Fault> {
                let rows: Vec<Uuid> =
                    sqlx::query_scalar("SELECT subject FROM erased_subjects ORDER BY subject")
                        .fetch_all(self.reader())
                        .await
                        .map_err(fault("listing who was erased"))?;
                Ok(rows.into_iter().map(SubjectId).collect())
            }

            async fn load_sealed(&self, ids: &[SealedId]) -> Result<Vec<SealedRow>, Fault> {
                if ids.is_empty() {
                    return Ok(Vec::new());
                }
                let rows: Vec<(Uuid, Uuid, Vec<u8>)> = sqlx::query_as(concat!(
                    "SELECT sealed_id, subject, bytes FROM sealed_values WHERE sealed_id ",
                    $among,
                    " ORDER BY sealed_id"
                ))
                .bind(Self::ids(ids.iter().map(|id| id.0)))
                .fetch_all(self.reader())
                .await
                .map_err(fault("loading sealed values"))?;
                Ok(rows
                    .into_iter()
                    .map(|(sealed_id, subject, bytes)| SealedRow {
                        sealed_id: SealedId(sealed_id),
                        subject: SubjectId(subject),
                        bytes,
                    })
                    .collect())
            }

            async fn insert_sealed(&self, values: &[SealedRow]) -> Result<(), Fault> {
                if values.is_empty() {
                    return Ok(());
                }
                let mut rows = Rows::new(&tables::SEALED);
                for value in values {
                    rows.push([
                        value.sealed_id.0.into(),
                        value.subject.0.into(),
                        value.bytes.as_slice().into(),
                    ]);
                }
                let mut connection = self.durable().await?;
                let mut tx = connection
                    .begin_with(Self::BEGIN)
                    .await
                    .map_err(fault("beginning to keep sealed values"))?;
                sqlx::$database::run(&mut tx, &rows)
                    .await
                    .map_err(fault("keeping sealed values"))?;
                tx.commit().await.map_err(commit_fault("keeping sealed values"))
            }
        }
    };
}

// What was deleted is overwritten, in the file and in its log.
const NOTHING: [&str; 0] = [];

implement_vault!(
    SqliteStore,
    Sqlite,
    among: "IN (SELECT unhex(value) FROM json_each($1))",
    before: ["PRAGMA secure_delete = ON"],
    after: ["PRAGMA wal_checkpoint(TRUNCATE)"]
);
implement_vault!(
    PostgresStore,
    Postgres,
    among: "= ANY($1)",
    before: NOTHING,
    after: ["VACUUM subject_keys"]
);
