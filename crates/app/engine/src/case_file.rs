//! Cases for reading: folded, with or without the personal values that their events refer to.
//!
//! After an erasure the same case is read, only without values.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use casework::{Case, CaseEvent, CaseEventBody, Reply, SupervisionAct};
use serde::{Deserialize, Serialize};
use store_port::Fault;
use vocabulary::{CaseId, Fact, Facts, Origin, SealedId};

use crate::projection::{self, Known, applicant_name_id};
use crate::{CaseFile, Engine, EngineError};

/// What an applicant answers to a correction: changed values, and words. This is what is sealed under the
/// `answer` of `Command::AnswerCorrection`.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CorrectionAnswer {
    /// Only what changed.
    #[serde(default)]
    pub values: Facts,
    #[serde(default)]
    pub words: String,
}

impl std::fmt::Debug for CorrectionAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CorrectionAnswer(Redacted)")
    }
}

impl CorrectionAnswer {
    /// The clear bytes to be sealed.
    ///
    /// # Errors
    /// Never for values that a form can hold.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Fault> {
        serde_json::to_vec(self).map_err(|_| Fault::Corrupt { what: "answer to a correction" })
    }

    /// Reads what was sealed; an answer that is not in this form is taken as words alone.
    fn from_bytes(bytes: Vec<u8>) -> Result<Self, Fault> {
        match serde_json::from_slice(&bytes) {
            Ok(answer) => Ok(answer),
            Err(_) => Ok(Self { values: Facts::new(), words: read_words(bytes)? }),
        }
    }
}

impl Engine {
    /// `None` when there is no such case.
    ///
    /// # Errors
    /// A fault.
    pub async fn case_file(&self, case: CaseId) -> Result<Option<CaseFile>, EngineError> {
        let Some((known, events)) = self.load_case(case).await? else { return Ok(None) };
        let Known { case, owner } = known;
        let references = References::of(&case, &events);
        let mut clear: BTreeMap<SealedId, Vec<u8>> =
            self.vault.open_all(&references.all()).await?.into_iter().collect();
        let mut words = BTreeMap::new();
        let facts = references.facts(&mut clear, &mut words)?;
        for (id, bytes) in clear {
            words.insert(id, read_words(bytes)?);
        }
        let mut rows = self.store().list_evidence_of_draft(case.application.draft).await?;
        rows.retain(|row| references.evidence.contains(&row.evidence_id));
        let evidence = self.describe_all(rows).await?;
        let licences = self.licences_of(case.id).await?;
        Ok(Some(CaseFile { case, owner, facts, words, evidence, licences, events }))
    }

    /// A fold without personal values, for pages that need only states and dates.
    ///
    /// # Errors
    /// A fault.
    pub async fn case(&self, case: CaseId) -> Result<Option<Arc<Case>>, EngineError> {
        if let Some(known) = self.batching.held(case) {
            // Another node may have gone on: the row's version says so.
            let row = self.store().find_case(case).await?;
            if row.is_some_and(|row| row.version == known.case.version) {
                return Ok(Some(known.case));
            }
        }
        Ok(self.load_case(case).await?.map(|(known, _)| known.case))
    }

    /// Unsealed words, such as applicants' names for a page of a worklist. Erased ones are left out.
    ///
    /// # Errors
    /// A fault.
    pub async fn unseal_words(
        &self,
        ids: &[SealedId],
    ) -> Result<BTreeMap<SealedId, String>, EngineError> {
        let opened = self.vault.open_all(ids).await?;
        let words = opened.into_iter().map(|(id, bytes)| Ok((id, read_words(bytes)?)));
        words.collect()
    }

    /// The case and its events, from the store.
    pub(crate) async fn load_case(
        &self,
        case: CaseId,
    ) -> Result<Option<(Known, Vec<CaseEvent>)>, EngineError> {
        let loaded = self.store().load_events(&[case]).await?;
        let Some((_, rows)) = loaded.into_iter().find(|(id, _)| *id == case) else {
            return Ok(None);
        };
        let events = projection::read_events(&rows)?;
        Ok(projection::fold(&events)?.map(|known| (known, events)))
    }

    /// The form's values with those that counted outputs have added so far; nothing when the subject was erased.
    /// Who may see them is decided by the caller's authorisation.
    ///
    /// # Errors
    /// A fault.
    pub async fn facts_of(&self, case: &Case) -> Result<Facts, EngineError> {
        let references = References::of(case, &[]);
        let mut ids = vec![case.application.values];
        ids.extend(references.outputs.iter().chain(&references.answers));
        let mut clear: BTreeMap<_, _> = self.vault.open_all(&ids).await?.into_iter().collect();
        references.facts(&mut clear, &mut BTreeMap::new())
    }
}

/// What a case's events refer to, by what it is.
struct References {
    values: SealedId,
    /// Values of counted outputs.
    outputs: Vec<SealedId>,
    /// Answers to corrections, in order.
    answers: Vec<SealedId>,
    words: BTreeSet<SealedId>,
    evidence: BTreeSet<vocabulary::EvidenceId>,
}

impl References {
    fn of(case: &Case, events: &[CaseEvent]) -> Self {
        let corrections = || case.services.iter().flat_map(|service| &service.corrections);
        let mut answers: Vec<_> = corrections()
            .filter_map(|correction| Some((correction.answered_at?, correction.answer?)))
            .collect();
        answers.sort_unstable();
        let outputs = case.services.iter().flat_map(|service| &service.granted);
        let files = case.application.evidence.iter();
        let files = files.chain(corrections().flat_map(|correction| &correction.evidence));
        Self {
            values: case.application.values,
            outputs: outputs.filter_map(|output| output.values).collect(),
            answers: answers.into_iter().map(|(_, answer)| answer).collect(),
            words: events
                .iter()
                .filter_map(words_of)
                .chain(events.iter().filter_map(leave_of))
                .chain(events.iter().flat_map(told_instead))
                .chain([applicant_name_id(case.id)])
                .collect(),
            evidence: files.map(|file| file.id).collect(),
        }
    }

    fn all(&self) -> Vec<SealedId> {
        let values = self.outputs.iter().chain(&self.answers).chain(&self.words);
        std::iter::once(&self.values).chain(values).copied().collect()
    }

    /// The facts that the opened values make up; takes them out of `clear`, and puts the words of answers
    /// into `words`. An answer to a correction changes what the form said, not what an office decided.
    fn facts(
        &self,
        clear: &mut BTreeMap<SealedId, Vec<u8>>,
        words: &mut BTreeMap<SealedId, String>,
    ) -> Result<Facts, EngineError> {
        let mut facts = match clear.remove(&self.values) {
            Some(bytes) => read_facts(&bytes)?,
            None => Facts::new(),
        };
        for id in &self.answers {
            if let Some(bytes) = clear.remove(id) {
                let answer = CorrectionAnswer::from_bytes(bytes)?;
                overlay(&mut facts, &answer.values);
                words.insert(*id, answer.words);
            }
        }
        for id in &self.outputs {
            if let Some(bytes) = clear.remove(id) {
                overlay(&mut facts, &read_facts(&bytes)?);
            }
        }
        Ok(facts)
    }
}

/// What sources said instead, each sealed by itself.
fn told_instead(event: &CaseEvent) -> Vec<SealedId> {
    match &event.body {
        CaseEventBody::FieldsChecked { results, .. } => {
            results.iter().filter_map(|result| result.value).collect()
        }
        _ => Vec::new(),
    }
}

/// What stands beside the words: who gave leave for an extension, why something is asked for again, the legal
/// ground of an act.
const fn leave_of(event: &CaseEvent) -> Option<SealedId> {
    match &event.body {
        CaseEventBody::ReplyRecorded { recorded, .. } => match recorded.reply {
            Reply::Extended { approved_by, .. } => Some(approved_by),
            Reply::CorrectionRequested { reason, .. } => reason,
            Reply::Revoked { basis, .. } => Some(basis),
            _ => None,
        },
        CaseEventBody::RevocationAnnounced { basis, .. } => Some(*basis),
        _ => None,
    }
}

/// The sealed words of an event: grounds, correction texts, what a rating says.
fn words_of(event: &CaseEvent) -> Option<SealedId> {
    match &event.body {
        CaseEventBody::ReplyRecorded { recorded, .. } => match &recorded.reply {
            Reply::NotAccepted { text, .. }
            | Reply::CorrectionRequested { text, .. }
            | Reply::ProcedureBegan { text, .. }
            | Reply::ProcedureEnded { text, .. }
            | Reply::VisitHeld { text, .. }
            | Reply::Refused { text, .. } => *text,
            Reply::Extended { reason, .. } => Some(*reason),
            Reply::Received
            | Reply::VisitJoined { .. }
            | Reply::Accepted
            | Reply::Began
            | Reply::CorrectionSettled
            | Reply::Granted { .. }
            | Reply::WithdrawalConfirmed
            | Reply::TooLateToWithdraw => None,
            Reply::Revoked { reason, .. } => Some(*reason),
        },
        CaseEventBody::Supervised { act, .. } => match act {
            SupervisionAct::Notice { text } | SupervisionAct::Answer { text } => Some(*text),
            SupervisionAct::Close { text } => *text,
            SupervisionAct::Remind { .. } => None,
        },
        CaseEventBody::RevocationAnnounced { reason, .. }
        | CaseEventBody::RevocationDropped { reason, .. }
        | CaseEventBody::ApplicantChangeClosed { reason }
        | CaseEventBody::Terminated { reason, .. }
        | CaseEventBody::TakenOnEvidence { reason, .. } => Some(*reason),
        CaseEventBody::RevocationAnswered { answer, .. } => Some(*answer),
        CaseEventBody::ApplicantChangeReported { note, .. }
        | CaseEventBody::SuccessorNamed { note, .. } => Some(*note),
        CaseEventBody::Rated { words, .. } | CaseEventBody::VisitTimeAsked { words, .. } => *words,
        CaseEventBody::VisitProposed { note, .. } | CaseEventBody::VisitMissed { note, .. } => {
            *note
        }
        CaseEventBody::RatingContacted { note, .. }
        | CaseEventBody::RatingRectified { note, .. }
        | CaseEventBody::RatingAppealed { note, .. }
        | CaseEventBody::AppealDecided { note, .. } => *note,
        CaseEventBody::Submitted { .. }
        | CaseEventBody::Started { .. }
        | CaseEventBody::Dispatched { .. }
        | CaseEventBody::Delivered { .. }
        | CaseEventBody::CorrectionAnswered { .. }
        | CaseEventBody::AcceptanceDeemed { .. }
        | CaseEventBody::CorrectionLapsed { .. }
        | CaseEventBody::GrantDeemed { .. }
        | CaseEventBody::DatesMoved(_)
        | CaseEventBody::CorrectionNotified { .. }
        | CaseEventBody::VisitConfirmed { .. }
        | CaseEventBody::WithdrawalRequested { .. }
        | CaseEventBody::Served { .. }
        | CaseEventBody::Withdrawn { .. }
        | CaseEventBody::Stopped { .. }
        | CaseEventBody::SuccessionConsented {}
        | CaseEventBody::FieldsChecked { .. }
        | CaseEventBody::ContestResolved { .. } => None,
    }
}

fn read_facts(bytes: &[u8]) -> Result<Facts, Fault> {
    serde_json::from_slice(bytes).map_err(|_| Fault::Corrupt { what: "values" })
}

fn read_words(bytes: Vec<u8>) -> Result<String, Fault> {
    String::from_utf8(bytes).map_err(|_| Fault::Corrupt { what: "words" })
}

/// Puts the values of `upper` over those of `lower`.
pub(crate) fn overlay(lower: &mut Facts, upper: &Facts) {
    for (slot, fact) in upper.iter() {
        lower.set(slot.clone(), fact.clone());
    }
}

/// Facts as an output of a service gives them.
pub(crate) fn from_output(values: &Facts, service: &vocabulary::ServiceId) -> Facts {
    let mut facts = Facts::new();
    for (slot, fact) in values.iter() {
        let origin = Origin::Output { service: service.clone() };
        facts.set(slot.clone(), Fact { value: fact.value.clone(), origin });
    }
    facts
}
