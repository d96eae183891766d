//! Files that were handed in before and still hold: they carry over into the draft that continues their case.
//!
//! A carried file is a sealed copy of its own: the first case keeps what it was decided on, the applicant may take
//! the copy away, and erasing the person destroys both, for both are sealed under the same key. What a department
//! objected to does not carry over, nor what today's definitions would no longer take.

use std::collections::BTreeMap;
use std::sync::Arc;

use casework::{Case, EvidenceSlot, ServiceState};
use catalogue::{Catalogue, Checked, EvidenceType};
use plan::EvidenceKey;
use store_port::{EvidenceRow, fresh_id};
use vocabulary::{EvidenceId, EvidenceTypeId, Instant};

use crate::drafts::evidence_key;
use crate::evidence::Description;
use crate::{Draft, Engine, EngineError};

impl Engine {
    /// The files of these cases that still hold, each with the number of its case; of each piece only those of
    /// the first case that has any.
    pub(crate) async fn files_that_still_hold(
        &self,
        cases: &[Arc<Case>],
    ) -> Result<Vec<(EvidenceRow, Arc<str>)>, EngineError> {
        let mut found: Vec<(EvidenceRow, Arc<str>)> = Vec::new();
        for case in cases {
            let application = &case.application;
            let objected = self.objected(case).await?;
            let rows = self.store().list_evidence_of_draft(application.draft).await?;
            let mut own = Vec::new();
            for row in rows.into_iter().filter(|row| row.case_id == Some(case.id)) {
                let key = evidence_key(&row.slot);
                let had = found.iter().any(|(other, _)| other.slot == row.slot);
                if had || !was_found_right(case, &key) {
                    continue;
                }
                if objected.get(&key.ty).is_some_and(|asked| row.uploaded_at <= *asked) {
                    continue;
                }
                if self.would_be_taken(&row, &key).await? {
                    own.push((row, Arc::clone(&application.case_number)));
                }
            }
            found.extend(own);
        }
        found.sort_by_key(|(row, _)| (row.uploaded_at, row.evidence_id));
        Ok(found)
    }

    /// Copies the files that still hold into a draft, for pieces of which it has none.
    pub(crate) async fn carry_files(
        &self,
        draft: &Draft,
        cases: &[Arc<Case>],
    ) -> Result<(), EngineError> {
        let there = self.store().list_evidence_of_draft(draft.id).await?;
        for (row, number) in self.files_that_still_hold(cases).await? {
            if row.subject != draft.subject || there.iter().any(|own| own.slot == row.slot) {
                continue;
            }
            let Some((description, bytes)) = self.open_evidence(&row).await? else { continue };
            let id = EvidenceId(fresh_id());
            let description = Description { from_case: Some(number.to_string()), ..description };
            let slot = evidence_key(&row.slot);
            // The day on which it was handed in stays.
            self.seal_evidence(draft, (id, row.uploaded_at), &slot, &description, bytes).await?;
        }
        Ok(())
    }

    /// Kinds of evidence that a department objected to, and when it last did.
    async fn objected(
        &self,
        case: &Case,
    ) -> Result<BTreeMap<EvidenceTypeId, Instant>, EngineError> {
        let mut objected: BTreeMap<EvidenceTypeId, Instant> = BTreeMap::new();
        if case.services.iter().all(|service| service.corrections.is_empty()) {
            return Ok(objected);
        }
        let catalogue = self.catalogue();
        for service in &case.services {
            let defined = catalogue.service(&service.node.key.service);
            let lines = defined.map(|it| it.checklist.as_slice()).unwrap_or_default();
            for correction in &service.corrections {
                let cited = lines.iter().filter(|line| correction.lines.contains(&line.id));
                for checked in cited.flat_map(|line| &line.checks) {
                    if let Checked::Evidence(ty) = checked {
                        let at = objected.entry(ty.clone()).or_insert(correction.requested_at);
                        *at = (*at).max(correction.requested_at);
                    }
                }
            }
        }
        Ok(objected)
    }

    /// Whether today's definitions would take this file for this piece.
    async fn would_be_taken(
        &self,
        row: &EvidenceRow,
        key: &EvidenceKey,
    ) -> Result<bool, EngineError> {
        let catalogue: &Catalogue = self.catalogue();
        let Some(ty) = catalogue.evidence_types.get(&key.ty) else { return Ok(false) };
        if ty.per.is_some() != key.member.is_some() || row.size_bytes > ty.size_bytes_max {
            return Ok(false);
        }
        let described = self.describe_all(vec![row.clone()]).await?;
        Ok(described.first().is_some_and(|file| takes(ty, &file.media_type)))
    }
}

/// A service that used it was granted, and none was refused on it.
fn was_found_right(case: &Case, key: &EvidenceKey) -> bool {
    let slot = EvidenceSlot { ty: key.ty.clone(), member: key.member.clone() };
    let mut users = case.services.iter().filter(|it| it.node.evidence.contains(&slot)).peekable();
    users.peek().is_some() && users.all(|service| service.state != ServiceState::Refused)
}

/// The formats of a kind of evidence are endings of file names.
fn takes(ty: &EvidenceType, media_type: &str) -> bool {
    let endings: &[&str] = match media_type {
        "image/png" => &["png"],
        "image/jpeg" => &["jpg", "jpeg"],
        "application/pdf" => &["pdf"],
        _ => &[],
    };
    ty.formats.iter().any(|format| endings.contains(&format.as_str()))
}
