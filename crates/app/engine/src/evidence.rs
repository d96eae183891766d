//! Uploaded files: the bytes lie sealed in the file store under a random name, their description sealed in the
//! database, and events know only a keyed hash.
//!
//! Whether a file is of a kind and size that is taken was checked by who received it; who may read it is
//! checked by who asks.

use casework::{EvidenceRef, EvidenceSlot};
use object_store::path::Path;
use plan::EvidenceKey;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store_port::{EvidenceRow, Fault, fresh_id};
use vocabulary::{EvidenceId, Instant};

use crate::drafts::evidence_key;
use crate::vault::Purpose;
use crate::{Draft, Engine, EngineError, EvidenceFile};

/// What is sealed of a file's description.
#[derive(Serialize, Deserialize)]
pub(crate) struct Description {
    pub(crate) file_name: String,
    pub(crate) media_type: String,
    pub(crate) sha256: String,
    /// The number of the case for which it was first handed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) from_case: Option<String>,
}

impl Engine {
    /// Stores a checked file for a slot of the draft.
    ///
    /// # Errors
    /// A fault; then nothing refers to the file.
    pub async fn add_evidence(
        &self,
        draft: &Draft,
        slot: &EvidenceKey,
        file_name: &str,
        media_type: &str,
        bytes: Vec<u8>,
    ) -> Result<EvidenceFile, EngineError> {
        let description = Description {
            file_name: file_name.to_owned(),
            media_type: media_type.to_owned(),
            sha256: hex::encode(Sha256::digest(&bytes)),
            from_case: None,
        };
        let new = (EvidenceId(fresh_id()), self.clock().now());
        let row = self.seal_evidence(draft, new, slot, &description, bytes).await?;
        Ok(describe(&row, description))
    }

    /// Seals a file and its description under the key of the draft's subject.
    pub(crate) async fn seal_evidence(
        &self,
        draft: &Draft,
        (id, uploaded_at): (EvidenceId, Instant),
        slot: &EvidenceKey,
        description: &Description,
        bytes: Vec<u8>,
    ) -> Result<EvidenceRow, EngineError> {
        let key = self.vault.key_for(draft.subject).await?;
        let clear =
            serde_json::to_vec(description).map_err(|_| Fault::Corrupt { what: "description" })?;
        let row = EvidenceRow {
            evidence_id: id,
            draft_id: draft.id,
            case_id: None,
            subject: draft.subject,
            slot: slot.to_string(),
            description: key.seal(Purpose::EvidenceDescription, id.0, &clear)?,
            size_bytes: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            keyed_hash: key.keyed_hash(&bytes),
            uploaded_at,
        };
        // The file first: a row never points at nothing; a file without a row is only waste.
        let sealed = key.seal(Purpose::EvidenceFile, id.0, &bytes)?;
        drop(bytes);
        self.files()
            .put(&path_of(id), sealed.into())
            .await
            .map_err(|source| file_fault("writing an evidence file", source))?;
        self.store().insert_evidence(&row).await?;
        Ok(row)
    }

    /// Description and clear bytes of a stored file; `None` when its subject was erased.
    pub(crate) async fn open_evidence(
        &self,
        row: &EvidenceRow,
    ) -> Result<Option<(Description, Vec<u8>)>, EngineError> {
        let Some(key) = self.vault.key_of(row.subject).await? else { return Ok(None) };
        let id = row.evidence_id.0;
        let clear = key.open(Purpose::EvidenceDescription, id, &row.description)?;
        let description = serde_json::from_slice(&clear)
            .map_err(|_| Fault::Corrupt { what: "description of a file" })?;
        let doing = "reading an evidence file";
        let found = self.files().get(&path_of(row.evidence_id)).await;
        let found = found.map_err(|source| file_fault(doing, source))?;
        let sealed = found.bytes().await.map_err(|source| file_fault(doing, source))?;
        Ok(Some((description, key.open(Purpose::EvidenceFile, id, &sealed)?)))
    }

    /// Takes a file back; false when it is not the draft's, or the draft was submitted.
    ///
    /// # Errors
    /// A fault.
    pub async fn remove_evidence(
        &self,
        draft: &Draft,
        id: EvidenceId,
    ) -> Result<bool, EngineError> {
        match self.store().find_evidence(id).await? {
            Some(row) if row.draft_id == draft.id && row.case_id.is_none() => {}
            Some(_) | None => return Ok(false),
        }
        if !self.store().delete_evidence(id).await? {
            return Ok(false);
        }
        match self.files().delete(&path_of(id)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(true),
            Err(source) => Err(file_fault("deleting an evidence file", source).into()),
        }
    }

    /// The draft's files, in the order of upload.
    ///
    /// # Errors
    /// A fault.
    pub async fn evidence_of(&self, draft: &Draft) -> Result<Vec<EvidenceFile>, EngineError> {
        let rows = self.store().list_evidence_of_draft(draft.id).await?;
        self.describe_all(rows).await
    }

    /// The clear bytes of a file; the caller has authorised it.
    ///
    /// # Errors
    /// The file is gone or was changed, or a fault.
    pub async fn evidence_bytes(
        &self,
        id: EvidenceId,
    ) -> Result<Option<(EvidenceFile, Vec<u8>)>, EngineError> {
        let Some(row) = self.store().find_evidence(id).await? else { return Ok(None) };
        let opened = self.open_evidence(&row).await?;
        Ok(opened.map(|(description, bytes)| (describe(&row, description), bytes)))
    }

    /// Files as events refer to them, for the answer to a correction. Unknown files are left out.
    ///
    /// # Errors
    /// A fault.
    pub async fn evidence_refs(&self, ids: &[EvidenceId]) -> Result<Vec<EvidenceRef>, EngineError> {
        let mut refs = Vec::with_capacity(ids.len());
        for id in ids {
            refs.extend(self.store().find_evidence(*id).await?.as_ref().map(evidence_ref));
        }
        Ok(refs)
    }

    /// Files whose subject was erased are left out.
    pub(crate) async fn describe_all(
        &self,
        mut rows: Vec<EvidenceRow>,
    ) -> Result<Vec<EvidenceFile>, EngineError> {
        rows.sort_by_key(|row| (row.uploaded_at, row.evidence_id));
        let mut files = Vec::with_capacity(rows.len());
        for row in rows {
            let Some(key) = self.vault.key_of(row.subject).await? else { continue };
            let id = row.evidence_id.0;
            let clear = key.open(Purpose::EvidenceDescription, id, &row.description)?;
            let description = serde_json::from_slice(&clear)
                .map_err(|_| Fault::Corrupt { what: "description of a file" })?;
            files.push(describe(&row, description));
        }
        Ok(files)
    }
}

/// A stored file as events refer to it.
pub(crate) fn evidence_ref(row: &EvidenceRow) -> EvidenceRef {
    let EvidenceKey { ty, member } = evidence_key(&row.slot);
    EvidenceRef {
        id: row.evidence_id,
        slot: EvidenceSlot { ty, member },
        keyed_hash: row.keyed_hash.as_str().into(),
        size_bytes: row.size_bytes,
    }
}

fn describe(row: &EvidenceRow, description: Description) -> EvidenceFile {
    EvidenceFile {
        id: row.evidence_id,
        slot: evidence_key(&row.slot),
        file_name: description.file_name,
        media_type: description.media_type,
        size_bytes: row.size_bytes,
        sha256: description.sha256,
        uploaded_at: row.uploaded_at,
        from_case: description.from_case,
    }
}

fn path_of(id: EvidenceId) -> Path {
    Path::from(id.to_string())
}

fn file_fault(doing: &'static str, source: object_store::Error) -> Fault {
    Fault::Database { doing, source: Box::new(source) }
}
