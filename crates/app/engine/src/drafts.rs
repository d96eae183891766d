//! Drafts: answers and choices before submission, sealed under the subject's key.
//!
//! State of an interview is in a draft's facts only. Nothing here says what to ask next (`interview`) or what
//! is needed (`plan`); it keeps, finds and saves, and makes the plan of what there is.

use std::collections::{BTreeMap, BTreeSet};

use plan::{EvidenceKey, Plan, PlanInput};
use serde::{Deserialize, Serialize};
use store_port::{DraftRow, Fault, fresh_id};
use vocabulary::{
    AccountId, DraftId, EvidenceTypeId, Facts, MatterId, ServiceId, Slot, SourceId, SubjectId,
};

use crate::vault::Purpose;
use crate::{Draft, Engine, EngineError, SourceAsked};

/// What is sealed of a draft. Fields are added with defaults, never renamed.
#[derive(Serialize, Deserialize)]
struct Body {
    facts: Facts,
    #[serde(default)]
    skip: BTreeSet<ServiceId>,
    #[serde(default)]
    unreachable: BTreeSet<SourceId>,
    #[serde(default)]
    asked: BTreeMap<SourceId, SourceAsked>,
    #[serde(default)]
    unanswered: Vec<(Slot, SourceId)>,
    #[serde(default)]
    reception: casework::Reception,
    #[serde(default)]
    standing: plan::Standing,
}

impl Engine {
    /// Begins (or finds the owner's open) draft of a matter.
    ///
    /// # Errors
    /// The matter cannot be applied for, or a fault.
    pub async fn open_draft(
        &self,
        owner: AccountId,
        matter: &MatterId,
    ) -> Result<Draft, EngineError> {
        self.open_draft_from(owner, matter, None).await
    }

    /// The same, knowing how the applicant came to it; a draft that is open keeps what was known first.
    ///
    /// # Errors
    /// As [`Self::open_draft`].
    pub async fn open_draft_from(
        &self,
        owner: AccountId,
        matter: &MatterId,
        entry: Option<casework::Entry>,
    ) -> Result<Draft, EngineError> {
        let reception = casework::Reception { entry, ..casework::Reception::default() };
        self.open_draft_received(owner, matter, reception).await
    }

    /// The same, knowing all that is known of how it comes in.
    ///
    /// # Errors
    /// As [`Self::open_draft`].
    pub async fn open_draft_received(
        &self,
        owner: AccountId,
        matter: &MatterId,
        reception: casework::Reception,
    ) -> Result<Draft, EngineError> {
        let matter = self.catalogue().matters.get(matter).ok_or(EngineError::NotOffered)?;
        // Two clicks at once find one draft of the whole matter.
        let _one_at_a_time = self.opening.lock().await;
        let open = self.store().list_drafts(owner).await?;
        for row in open {
            if row.matter == matter.id.as_str() && row.submitted_as.is_none() {
                let draft = self.read_draft(&row).await?;
                if draft.standing.is_empty() {
                    return Ok(draft);
                }
            }
        }
        let subject = self.subject_of(owner).await?;
        let draft = Draft {
            id: DraftId(fresh_id()),
            owner,
            subject,
            matter: matter.id.clone(),
            matter_revision: matter.revision.clone(),
            version: 1,
            facts: Facts::new(),
            skip: BTreeSet::new(),
            unreachable: BTreeSet::new(),
            asked: BTreeMap::new(),
            unanswered: BTreeMap::new(),
            updated_at: self.clock().now(),
            submitted_as: None,
            reception,
            standing: plan::Standing::default(),
        };
        self.insert_draft(&draft).await?;
        Ok(draft)
    }

    pub(crate) async fn insert_draft(&self, draft: &Draft) -> Result<(), EngineError> {
        self.store().insert_draft(&self.write_draft(draft).await?).await?;
        Ok(self.note_opened(draft).await?)
    }

    /// `None` when it does not exist or is not `owner`'s.
    ///
    /// # Errors
    /// A fault.
    pub async fn find_draft(
        &self,
        owner: AccountId,
        draft: DraftId,
    ) -> Result<Option<Draft>, EngineError> {
        match self.store().find_draft(draft).await? {
            Some(row) if row.owner == owner => Ok(Some(self.read_draft(&row).await?)),
            Some(_) | None => Ok(None),
        }
    }

    /// Saves facts and choices; `draft.version` must be the stored one. Returns the saved draft.
    ///
    /// # Errors
    /// The draft was changed in another window, submitted, or is gone; or a fault.
    pub async fn save_draft(&self, draft: Draft) -> Result<Draft, EngineError> {
        let mut next = draft;
        next.version += 1;
        next.updated_at = self.clock().now();
        if self.store().update_draft(&self.write_draft(&next).await?).await? {
            // Where it belongs and how the applicant came may be known since.
            self.note_opened(&next).await?;
            return Ok(next);
        }
        match self.store().find_draft(next.id).await? {
            None => Err(EngineError::NoDraft),
            Some(DraftRow { submitted_as: Some(case), .. }) => {
                Err(EngineError::AlreadySubmitted { case })
            }
            Some(row) => Err(EngineError::StaleDraft { current_version: row.version }),
        }
    }

    /// The owner's drafts that are not submitted, last changed first.
    ///
    /// # Errors
    /// A fault.
    pub async fn list_drafts(&self, owner: AccountId) -> Result<Vec<Draft>, EngineError> {
        let mut rows = self.store().list_drafts(owner).await?;
        rows.retain(|row| row.submitted_as.is_none());
        rows.sort_by_key(|row| std::cmp::Reverse((row.updated_at, row.draft_id)));
        let mut drafts = Vec::with_capacity(rows.len());
        for row in rows {
            drafts.push(self.read_draft(&row).await?);
        }
        Ok(drafts)
    }

    /// The plan of a draft as of now.
    ///
    /// # Errors
    /// The matter is no longer offered, or a fault.
    pub async fn plan_of(&self, draft: &Draft) -> Result<Plan, EngineError> {
        let given = self.given(draft).await?;
        self.plan_with(draft, &given)
    }

    /// The plan of a draft with these files handed in.
    pub(crate) fn plan_with(
        &self,
        draft: &Draft,
        given: &BTreeSet<EvidenceKey>,
    ) -> Result<Plan, EngineError> {
        let catalogue = self.catalogue();
        let matter = catalogue.matters.get(&draft.matter).ok_or(EngineError::NotOffered)?;
        Ok(plan::make(&PlanInput {
            catalogue,
            matter,
            facts: &draft.facts,
            skip: &draft.skip,
            given,
            unreachable: &draft.cannot_deliver(),
            standing: &draft.standing,
            now: self.clock().now(),
        }))
    }

    pub(crate) async fn given(&self, draft: &Draft) -> Result<BTreeSet<EvidenceKey>, EngineError> {
        let rows = self.store().list_evidence_of_draft(draft.id).await?;
        Ok(rows.iter().map(|row| evidence_key(&row.slot)).collect())
    }

    /// The person or firm that an account's cases are about.
    pub(crate) async fn subject_of(&self, owner: AccountId) -> Result<SubjectId, EngineError> {
        let account = self.store().find_account(owner).await?;
        Ok(account.and_then(|account| account.subject).unwrap_or(SubjectId(owner.0)))
    }

    pub(crate) async fn read_draft(&self, row: &DraftRow) -> Result<Draft, EngineError> {
        let unreadable = Fault::Corrupt { what: "draft" };
        let key = self.vault.key_of(row.subject).await?.ok_or(EngineError::NoDraft)?;
        let clear = key.open(Purpose::Draft, row.draft_id.0, &row.body)?;
        let body: Body = serde_json::from_slice(&clear).map_err(|_| unreadable)?;
        Ok(Draft {
            id: row.draft_id,
            owner: row.owner,
            subject: row.subject,
            matter: MatterId::new(row.matter.as_str()),
            matter_revision: vocabulary::MatterRevision::new(row.matter_revision.as_str()),
            version: row.version,
            facts: body.facts,
            skip: body.skip,
            unreachable: body.unreachable,
            asked: body.asked,
            unanswered: body.unanswered.into_iter().collect(),
            updated_at: row.updated_at,
            submitted_as: row.submitted_as,
            reception: body.reception,
            standing: body.standing,
        })
    }

    async fn write_draft(&self, draft: &Draft) -> Result<DraftRow, EngineError> {
        let body = Body {
            facts: draft.facts.clone(),
            skip: draft.skip.clone(),
            unreachable: draft.unreachable.clone(),
            asked: draft.asked.clone(),
            unanswered: draft.unanswered.clone().into_iter().collect(),
            reception: draft.reception.clone(),
            standing: draft.standing.clone(),
        };
        let clear = serde_json::to_vec(&body).map_err(|_| Fault::Corrupt { what: "draft" })?;
        let key = self.vault.key_for(draft.subject).await?;
        Ok(DraftRow {
            draft_id: draft.id,
            owner: draft.owner,
            subject: draft.subject,
            matter: draft.matter.to_string(),
            matter_revision: draft.matter_revision.to_string(),
            version: draft.version,
            updated_at: draft.updated_at,
            body: key.seal(Purpose::Draft, draft.id.0, &clear)?,
            submitted_as: draft.submitted_as,
        })
    }
}

/// A slot of evidence from its text: `type` or `type~member`.
pub(crate) fn evidence_key(text: &str) -> EvidenceKey {
    match text.split_once('~') {
        None => EvidenceKey { ty: EvidenceTypeId::new(text), member: None },
        Some((ty, member)) => {
            EvidenceKey { ty: EvidenceTypeId::new(ty), member: Some(member.into()) }
        }
    }
}
