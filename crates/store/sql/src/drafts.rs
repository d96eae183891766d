//! Drafts and the evidence uploaded to them. A submitted draft never changes again.

use async_trait::async_trait;
use sqlx::Connection as _;
use store_port::{DraftRow, Drafts, EvidenceFiles, EvidenceRow, Fault};
use uuid::Uuid;
use vocabulary::{AccountId, CaseId, DraftId, EvidenceId, SubjectId};

use crate::append::in_doubt;
use crate::columns::{commit_fault, count, fault, instant, micros, stored};
use crate::{PostgresStore, SqliteStore};

#[derive(sqlx::FromRow)]
struct DraftColumns {
    draft_id: Uuid,
    owner: Uuid,
    subject: Uuid,
    matter: String,
    matter_revision: String,
    version: i64,
    updated_at: i64,
    body: Vec<u8>,
    submitted_as: Option<Uuid>,
}

impl TryFrom<DraftColumns> for DraftRow {
    type Error = Fault;

    fn try_from(row: DraftColumns) -> Result<Self, Fault> {
        Ok(Self {
            draft_id: DraftId(row.draft_id),
            owner: AccountId(row.owner),
            subject: SubjectId(row.subject),
            matter: row.matter,
            matter_revision: row.matter_revision,
            version: count(row.version, "version of a draft")?,
            updated_at: instant(row.updated_at, "instant of a draft")?,
            body: row.body,
            submitted_as: row.submitted_as.map(CaseId),
        })
    }
}

#[derive(sqlx::FromRow)]
struct EvidenceColumns {
    draft_id: Uuid,
    evidence_id: Uuid,
    case_id: Option<Uuid>,
    subject: Uuid,
    slot: String,
    description: Vec<u8>,
    size_bytes: i64,
    keyed_hash: String,
    uploaded_at: i64,
}

impl TryFrom<EvidenceColumns> for EvidenceRow {
    type Error = Fault;

    fn try_from(row: EvidenceColumns) -> Result<Self, Fault> {
        Ok(Self {
            evidence_id: EvidenceId(row.evidence_id),
            draft_id: DraftId(row.draft_id),
            case_id: row.case_id.map(CaseId),
            subject: SubjectId(row.subject),
            slot: row.slot,
            description: row.description,
            size_bytes: count(row.size_bytes, "size of a file")?,
            keyed_hash: row.keyed_hash,
            uploaded_at: instant(row.uploaded_at, "instant of an upload")?,
        })
    }
}

macro_rules! implement_drafts {
    ($store:ident) => {
        impl $store {
            /// What somebody has typed or handed in is as dear as a case: kept for certain, or said not to be certain.
            async fn lasting<T>(
                doing: &'static str,
                writing: impl Future<Output = Result<T, sqlx::Error>>,
            ) -> Result<T, Fault> {
                let (written, warned) = Self::heard(writing).await;
                let written = written.map_err(commit_fault(doing))?;
                if warned { Err(in_doubt()) } else { Ok(written) }
            }
        }

        #[async_trait]
        impl Drafts for $store {
            async fn insert_draft(&self, draft: &DraftRow) -> Result<(), Fault> {
                let mut connection = self.durable().await?;
                let writing = sqlx::query(
                    "INSERT INTO drafts (draft_id, owner, subject, matter, matter_revision, \
                     version, updated_at, body, submitted_as) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                )
                .bind(draft.draft_id.0)
                .bind(draft.owner.0)
                .bind(draft.subject.0)
                .bind(draft.matter.as_str())
                .bind(draft.matter_revision.as_str())
                .bind(stored(draft.version, "version of a draft")?)
                .bind(micros(draft.updated_at))
                .bind(draft.body.as_slice())
                .bind(draft.submitted_as.map(|case| case.0))
                .execute(&mut *connection);
                Self::in_time(Self::lasting("keeping a new draft", writing)).await?;
                Ok(())
            }

            async fn update_draft(&self, draft: &DraftRow) -> Result<bool, Fault> {
                let mut connection = self.durable().await?;
                let writing = sqlx::query(
                    "UPDATE drafts SET subject = $2, matter = $3, matter_revision = $4, \
                     version = $5, updated_at = $6, body = $7 \
                     WHERE draft_id = $1 AND version = $5 - 1 AND submitted_as IS NULL",
                )
                .bind(draft.draft_id.0)
                .bind(draft.subject.0)
                .bind(draft.matter.as_str())
                .bind(draft.matter_revision.as_str())
                .bind(stored(draft.version, "version of a draft")?)
                .bind(micros(draft.updated_at))
                .bind(draft.body.as_slice())
                .execute(&mut *connection);
                let done = Self::in_time(Self::lasting("saving a draft", writing)).await?;
                Ok(done.rows_affected() > 0)
            }

            async fn find_draft(&self, draft: DraftId) -> Result<Option<DraftRow>, Fault> {
                let row: Option<DraftColumns> = sqlx::query_as(
                    "SELECT draft_id, owner, subject, matter, matter_revision, version, \
                     updated_at, body, submitted_as FROM drafts WHERE draft_id = $1",
                )
                .bind(draft.0)
                .fetch_optional(self.reader())
                .await
                .map_err(fault("looking for a draft"))?;
                row.map(TryInto::try_into).transpose()
            }

            async fn list_drafts(&self, owner: AccountId) -> Result<Vec<DraftRow>, Fault> {
                let rows: Vec<DraftColumns> = sqlx::query_as(
                    "SELECT draft_id, owner, subject, matter, matter_revision, version, \
                     updated_at, body, submitted_as FROM drafts WHERE owner = $1 \
                     ORDER BY updated_at DESC, draft_id DESC",
                )
                .bind(owner.0)
                .fetch_all(self.reader())
                .await
                .map_err(fault("listing drafts"))?;
                rows.into_iter().map(TryInto::try_into).collect()
            }

            async fn delete_draft(&self, draft: DraftId) -> Result<(), Fault> {
                let mut connection = self.durable().await?;
                let mut tx = connection
                    .begin_with(Self::BEGIN)
                    .await
                    .map_err(fault("beginning to delete a draft"))?;
                let gone =
                    sqlx::query("DELETE FROM drafts WHERE draft_id = $1 AND submitted_as IS NULL")
                        .bind(draft.0)
                        .execute(&mut *tx)
                        .await
                        .map_err(fault("deleting a draft"))?;
                if gone.rows_affected() > 0 {
                    sqlx::query("DELETE FROM evidence WHERE draft_id = $1 AND case_id IS NULL")
                        .bind(draft.0)
                        .execute(&mut *tx)
                        .await
                        .map_err(fault("deleting the evidence of a draft"))?;
                }
                tx.commit().await.map_err(commit_fault("deleting a draft"))
            }
        }

        #[async_trait]
        impl EvidenceFiles for $store {
            async fn insert_evidence(&self, row: &EvidenceRow) -> Result<(), Fault> {
                let mut connection = self.durable().await?;
                let writing = sqlx::query(
                    "INSERT INTO evidence (draft_id, evidence_id, case_id, subject, slot, \
                     description, size_bytes, keyed_hash, uploaded_at) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                )
                .bind(row.draft_id.0)
                .bind(row.evidence_id.0)
                .bind(row.case_id.map(|case| case.0))
                .bind(row.subject.0)
                .bind(row.slot.as_str())
                .bind(row.description.as_slice())
                .bind(stored(row.size_bytes, "size of a file")?)
                .bind(row.keyed_hash.as_str())
                .bind(micros(row.uploaded_at))
                .execute(&mut *connection);
                Self::in_time(Self::lasting("keeping evidence", writing)).await?;
                Ok(())
            }

            async fn list_evidence_of_draft(
                &self,
                draft: DraftId,
            ) -> Result<Vec<EvidenceRow>, Fault> {
                let rows: Vec<EvidenceColumns> = sqlx::query_as(
                    "SELECT draft_id, evidence_id, case_id, subject, slot, description, \
                     size_bytes, keyed_hash, uploaded_at FROM evidence WHERE draft_id = $1 \
                     ORDER BY uploaded_at, evidence_id",
                )
                .bind(draft.0)
                .fetch_all(self.reader())
                .await
                .map_err(fault("listing evidence"))?;
                rows.into_iter().map(TryInto::try_into).collect()
            }

            async fn find_evidence(&self, id: EvidenceId) -> Result<Option<EvidenceRow>, Fault> {
                let row: Option<EvidenceColumns> = sqlx::query_as(
                    "SELECT draft_id, evidence_id, case_id, subject, slot, description, \
                     size_bytes, keyed_hash, uploaded_at FROM evidence WHERE evidence_id = $1",
                )
                .bind(id.0)
                .fetch_optional(self.reader())
                .await
                .map_err(fault("looking for evidence"))?;
                row.map(TryInto::try_into).transpose()
            }

            async fn delete_evidence(&self, id: EvidenceId) -> Result<bool, Fault> {
                let mut connection = self.durable().await?;
                let done = sqlx::query(
                    "DELETE FROM evidence WHERE evidence_id = $1 AND case_id IS NULL \
                     AND NOT EXISTS (SELECT 1 FROM submissions s \
                     WHERE s.draft_id = evidence.draft_id)",
                )
                .bind(id.0)
                .execute(&mut *connection)
                .await
                .map_err(fault("deleting evidence"))?;
                Ok(done.rows_affected() > 0)
            }
        }
    };
}

implement_drafts!(SqliteStore);
implement_drafts!(PostgresStore);
