//! Fields whose source was out of reach: which of an application's they are, and asking the source again.
//!
//! That something is still to be asked stands in the case and in its timer, so that a restart forgets nothing. One
//! question per source and case, however many fields and pages wait for it. What a source says comes back as a
//! command. How often it is asked is the worker's.

use std::collections::{BTreeMap, BTreeSet};

use casework::{Actor, ActorRole, Case, CheckOutcome, CheckResult, Command, UncheckedField};
use catalogue::Catalogue;
use plan::{FieldState, Plan};
use store_port::{Fault, fresh_id};
use uuid::Uuid;
use vocabulary::{
    CaseId, CommandId, DraftId, Fact, Facts, Origin, SealedId, Slot, SourceId, Value,
};

use crate::{CaseFile, Draft, Engine, EngineError, SourceAsk, SourceReply, ToSeal};

/// Where the key is kept under which sources know the applicant of a draft.
fn key_id(draft: DraftId) -> SealedId {
    SealedId(Uuid::new_v5(&draft.0, b"subject-key"))
}

/// The fields of the form that rest on the applicant's word because their source was out of reach.
pub(crate) fn unchecked(catalogue: &Catalogue, plan: &Plan, draft: &Draft) -> Vec<UncheckedField> {
    let given = plan.form.iter().flat_map(|topic| &topic.fields).filter(|field| {
        matches!(field.state, FieldState::Given { .. } | FieldState::Unavailable { .. })
    });
    given
        .filter_map(|field| {
            let source = draft.unanswered.get(&field.slot)?;
            let known = catalogue.sources.get(source)?;
            Some(UncheckedField {
                slot: field.slot.clone(),
                source: source.clone(),
                evidence_after: known.evidence_after.as_ref().map(|after| after.period),
            })
        })
        .collect()
}

impl CaseFile {
    /// What the source says instead of what stands in the form.
    pub fn told_instead(&self, result: &CheckResult) -> Option<Value> {
        let facts: Facts = serde_json::from_str(self.words.get(&result.value?)?).ok()?;
        facts.value(&result.slot).cloned()
    }
}

impl Engine {
    /// Keeps, sealed, the key under which sources know the applicant: they are asked again when nobody is signed in.
    ///
    /// # Errors
    /// A fault.
    pub async fn keep_key(&self, draft: &Draft, key: &str) -> Result<(), EngineError> {
        let value = ToSeal { id: key_id(draft.id), clear: key.as_bytes().to_vec() };
        let (rows, _) = self.seal_under(draft.subject, &[value]).await?;
        Ok(self.store().insert_sealed(&rows).await?)
    }

    /// The sources that still owe an answer about a case.
    ///
    /// # Errors
    /// A fault.
    pub async fn unanswered_sources(
        &self,
        case: CaseId,
    ) -> Result<BTreeSet<SourceId>, EngineError> {
        let case = self.case(case).await?;
        let checks = case.iter().flat_map(|case| case.unanswered_checks());
        Ok(checks.map(|check| check.field.source.clone()).collect())
    }

    /// Asks one source about all fields of a case that wait for it, and records what it says. False = it is still out
    /// of reach, and nothing was recorded.
    ///
    /// # Errors
    /// As [`Self::execute`].
    pub async fn check_fields(&self, id: CaseId, source: &SourceId) -> Result<bool, EngineError> {
        let Some(case) = self.case(id).await? else { return Ok(true) };
        let slots: Vec<Slot> = case
            .unanswered_checks()
            .filter(|check| check.field.source == *source)
            .map(|check| check.field.slot.clone())
            .collect();
        if slots.is_empty() {
            return Ok(true);
        }
        let kept = self.vault().open_all(&[key_id(case.application.draft)]).await?;
        let key = kept.into_iter().next().and_then(|(_, key)| String::from_utf8(key).ok());
        let reply = match key {
            Some(subject_key) => {
                let purpose = case.application.matter.to_string();
                let ask = SourceAsk { subject_key, purpose, slots: slots.clone() };
                self.sources().look_up(source, &ask).await
            }
            // Erased meanwhile: nobody can be asked about her any more.
            None => SourceReply::Absent,
        };
        let told = match reply {
            SourceReply::Unavailable => return Ok(false),
            SourceReply::Absent => BTreeMap::new(),
            SourceReply::Values(values) => values,
        };
        let (results, seal) = self.compare(&case, source, slots, told).await?;
        let actor = Actor { role: ActorRole::Hub, account: None, department: None };
        let command = Command::NoteChecks { source: source.clone(), results };
        let command_id = CommandId(fresh_id());
        self.execute(actor, "note-checks", command_id, id, None, command, seal).await?;
        Ok(true)
    }

    /// What the source says beside what stands in the form now.
    async fn compare(
        &self,
        case: &Case,
        source: &SourceId,
        slots: Vec<Slot>,
        mut told: BTreeMap<Slot, Value>,
    ) -> Result<(Vec<CheckResult>, Vec<ToSeal>), EngineError> {
        let facts = self.facts_of(case).await?;
        let origin = Origin::Source { source: source.clone(), at: self.clock().now() };
        let mut results = Vec::new();
        let mut seal = Vec::new();
        for slot in slots {
            let Some(value) = told.remove(&slot).filter(|value| *value != Value::Null) else {
                results.push(CheckResult { slot, outcome: CheckOutcome::Absent, value: None });
                continue;
            };
            if facts.value(&slot) == Some(&value) {
                results.push(CheckResult { slot, outcome: CheckOutcome::Agrees, value: None });
                continue;
            }
            let mut instead = Facts::new();
            instead.set(slot.clone(), Fact { value, origin: origin.clone() });
            let clear = serde_json::to_vec(&instead);
            let clear = clear.map_err(|_| Fault::Corrupt { what: "values" })?;
            let id = SealedId(fresh_id());
            seal.push(ToSeal { id, clear });
            let outcome = CheckOutcome::Contradicts;
            results.push(CheckResult { slot, outcome, value: Some(id) });
        }
        Ok((results, seal))
    }
}
