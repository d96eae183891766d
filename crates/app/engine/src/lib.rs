//! The only code that writes a case: load → decide → append → enqueue → commit. The answer goes out after
//! the commit returns.
//!
//! Concurrent commands are batched into one transaction without added wait: whatever has queued while the
//! last batch was being committed forms the next one.

use std::sync::Arc;

use casework::{Actor, Case, Command, Refusal};
use catalogue::Catalogue;
use plan::EvidenceKey;
use store_port::{Fault, SharedStore};
use vocabulary::{
    AccountId, CaseId, CommandId, DispatchId, DraftId, EvidenceId, Facts, Instant, LicenceId,
    NodeKey, SealedId, SubjectId,
};

/// The time, as an argument of everything: tests and the demo move it.
pub trait Clock: Send + Sync + std::fmt::Debug {
    fn now(&self) -> Instant;
}

/// Why a command was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The domain says no.
    #[error("refused: {}", .0.code())]
    Refused(Refusal),
    /// `ENG0001`: the caller saw an older version; nothing changed.
    #[error("the case has changed meanwhile")]
    Stale { current_version: u64 },
    /// `ENG0002`: the same command id with another body.
    #[error("the command id was used for something else")]
    CommandReused,
    /// `ENG0003`: the draft does not exist (or is not the caller's).
    #[error("no such draft")]
    NoDraft,
    /// `ENG0004`: the draft is not ready: what is missing.
    #[error("the application is not complete")]
    Incomplete(Box<Missing>),
    /// `ENG0005`: the draft was changed in another window.
    #[error("the draft has changed meanwhile")]
    StaleDraft { current_version: u64 },
    /// `ENG0006`: the draft was submitted already, as this case.
    #[error("already submitted")]
    AlreadySubmitted { case: CaseId },
    /// `ENG0007`: queue full; try again after this many seconds.
    #[error("busy")]
    Busy { retry_after_s: u32 },
    /// `ENG0008`: the matter cannot be applied for (guide only, or gone from the catalogue).
    #[error("the matter cannot be applied for")]
    NotOffered,
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// What an application still lacks.
#[derive(Debug, Default)]
pub struct Missing {
    /// Questions are still open.
    pub questions: bool,
    pub fields: Vec<vocabulary::Slot>,
    pub evidence: Vec<EvidenceKey>,
}

/// A draft as people work on it.
#[derive(Debug, Clone)]
pub struct Draft {
    pub id: DraftId,
    pub owner: AccountId,
    pub subject: SubjectId,
    pub matter: vocabulary::MatterId,
    pub matter_revision: vocabulary::MatterRevision,
    pub version: u64,
    pub facts: Facts,
    pub skip: std::collections::BTreeSet<vocabulary::ServiceId>,
    /// Sources that could not be reached when last asked.
    pub unreachable: std::collections::BTreeSet<vocabulary::SourceId>,
    pub updated_at: Instant,
    pub submitted_as: Option<CaseId>,
}

/// An uploaded file as people see it.
#[derive(Debug, Clone)]
pub struct EvidenceFile {
    pub id: EvidenceId,
    pub slot: EvidenceKey,
    pub file_name: String,
    pub media_type: String,
    pub size_bytes: u64,
    pub sha256: String,
    pub uploaded_at: Instant,
}

/// Text to be sealed in the same transaction; the command refers to it by id.
#[derive(Debug, Clone)]
pub struct ToSeal {
    pub id: SealedId,
    /// The clear bytes; never logged.
    pub clear: Vec<u8>,
}

/// The answer to a carried-out command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarriedOut {
    pub case: CaseId,
    pub version: u64,
    /// True when it had been carried out before and this is the stored answer.
    pub repeated: bool,
}

/// A case with its personal values unsealed, for pages and sendings. Who may see which part is decided by
/// the caller's authorisation.
#[derive(Debug, Clone)]
pub struct CaseFile {
    pub case: Arc<Case>,
    pub owner: Option<AccountId>,
    /// The form's values, with those that outputs have added.
    pub facts: Facts,
    /// Unsealed words by id (grounds, correction texts, answers).
    pub words: std::collections::BTreeMap<SealedId, String>,
    pub evidence: Vec<EvidenceFile>,
    pub licences: Vec<(LicenceId, outputs::Licence)>,
    pub events: Vec<casework::CaseEvent>,
}

/// Asks shared sources; the worker crate implements it over HTTP, tests with a table.
#[async_trait::async_trait]
pub trait Sources: Send + Sync + std::fmt::Debug {
    /// Looks up what `source` knows for this applicant: value (or null = absent) per slot, or unavailable.
    async fn look_up(&self, source: &vocabulary::SourceId, ask: &SourceAsk) -> SourceReply;
}

/// What is asked of a source.
#[derive(Debug, Clone)]
pub struct SourceAsk {
    /// The subject's key at the source (login identity).
    pub subject_key: String,
    pub purpose: String,
    pub slots: Vec<vocabulary::Slot>,
}

/// What a source answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceReply {
    /// Values; asked slots that are not in here are absent (null).
    Values(std::collections::BTreeMap<vocabulary::Slot, vocabulary::Value>),
    Absent,
    Unavailable,
}

/// Everything the engine is made of.
#[derive(Debug)]
pub struct Parts {
    pub store: SharedStore,
    pub catalogue: Arc<Catalogue>,
    pub clock: Arc<dyn Clock>,
    pub sources: Arc<dyn Sources>,
    /// 32 bytes that wrap the subjects' keys.
    pub master_key: [u8; 32],
    /// Where evidence files lie.
    pub files: Arc<dyn object_store::ObjectStore>,
    /// Rung when something was put into the outbox, so that a worker in this process need not poll.
    pub outbox_bell: Arc<tokio::sync::Notify>,
    /// Told after every committed change of a case: (case, version).
    pub changed: tokio::sync::broadcast::Sender<(CaseId, u64)>,
}

/// The engine. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Engine {
    parts: Arc<Parts>,
}

impl Engine {
    /// Starts the batching task on the current runtime.
    pub fn start(parts: Parts) -> Self {
        Self { parts: Arc::new(parts) }
    }

    pub fn catalogue(&self) -> &Arc<Catalogue> {
        &self.parts.catalogue
    }

    pub fn store(&self) -> &SharedStore {
        &self.parts.store
    }

    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.parts.clock
    }

    // ---- drafts --------------------------------------------------------------------------------

    /// Begins (or finds the owner's open) draft of a matter.
    pub async fn open_draft(
        &self,
        owner: AccountId,
        matter: &vocabulary::MatterId,
    ) -> Result<Draft, EngineError> {
        let _ = (owner, matter);
        unimplemented!()
    }

    /// `None` when it does not exist or is not `owner`'s.
    pub async fn find_draft(
        &self,
        owner: AccountId,
        draft: DraftId,
    ) -> Result<Option<Draft>, EngineError> {
        let _ = (owner, draft);
        unimplemented!()
    }

    /// Saves facts and choices; `draft.version` must be the stored one. Returns the saved draft.
    pub async fn save_draft(&self, draft: Draft) -> Result<Draft, EngineError> {
        let _ = draft;
        unimplemented!()
    }

    pub async fn list_drafts(&self, owner: AccountId) -> Result<Vec<Draft>, EngineError> {
        let _ = owner;
        unimplemented!()
    }

    /// Asks every source that can tell something the draft still lacks, and puts what they say into its
    /// facts (fetched, absent = null, or unavailable). Saves and returns the draft.
    pub async fn fetch_sources(
        &self,
        draft: Draft,
        subject_key: &str,
    ) -> Result<Draft, EngineError> {
        let _ = (draft, subject_key);
        unimplemented!()
    }

    /// The plan of a draft as of now.
    pub async fn plan_of(&self, draft: &Draft) -> Result<plan::Plan, EngineError> {
        let _ = draft;
        unimplemented!()
    }

    // ---- evidence ------------------------------------------------------------------------------

    /// Stores a checked file for a slot of the draft.
    pub async fn add_evidence(
        &self,
        draft: &Draft,
        slot: &EvidenceKey,
        file_name: &str,
        media_type: &str,
        bytes: Vec<u8>,
    ) -> Result<EvidenceFile, EngineError> {
        let _ = (draft, slot, file_name, media_type, bytes);
        unimplemented!()
    }

    pub async fn remove_evidence(
        &self,
        draft: &Draft,
        id: EvidenceId,
    ) -> Result<bool, EngineError> {
        let _ = (draft, id);
        unimplemented!()
    }

    pub async fn evidence_of(&self, draft: &Draft) -> Result<Vec<EvidenceFile>, EngineError> {
        let _ = draft;
        unimplemented!()
    }

    /// The clear bytes of a file; the caller has authorised it.
    pub async fn evidence_bytes(
        &self,
        id: EvidenceId,
    ) -> Result<Option<(EvidenceFile, Vec<u8>)>, EngineError> {
        let _ = id;
        unimplemented!()
    }

    // ---- cases ---------------------------------------------------------------------------------

    /// Submits a draft: freezes its plan, opens the case, enqueues the first referrals. Exactly one case
    /// per draft, whatever is pressed how often.
    pub async fn submit(
        &self,
        actor: Actor,
        command: CommandId,
        draft: DraftId,
        channel: &str,
    ) -> Result<CarriedOut, EngineError> {
        let _ = (actor, command, draft, channel);
        unimplemented!()
    }

    /// Carries out one command on a case. `expected_version` is what the person saw; `None` for replies and
    /// timers, which commute.
    #[expect(clippy::too_many_arguments, reason = "each is a distinct part of one command")]
    pub async fn execute(
        &self,
        actor: Actor,
        action: &'static str,
        command_id: CommandId,
        case: CaseId,
        expected_version: Option<u64>,
        command: Command,
        seal: Vec<ToSeal>,
    ) -> Result<CarriedOut, EngineError> {
        let _ = (actor, action, command_id, case, expected_version, command, seal);
        unimplemented!()
    }

    /// Grants as a department: seals the outputs' values, issues the licences, and takes the reply.
    /// `values` are the slots that come into being, by output id.
    #[expect(clippy::too_many_arguments, reason = "each is a distinct part of one grant")]
    pub async fn grant(
        &self,
        actor: Actor,
        command_id: CommandId,
        case: CaseId,
        expected_version: Option<u64>,
        node: &NodeKey,
        dispatch: DispatchId,
        department_seq: u64,
        decided_at: Instant,
        values: std::collections::BTreeMap<String, Facts>,
    ) -> Result<CarriedOut, EngineError> {
        let _ = (
            actor,
            command_id,
            case,
            expected_version,
            node,
            dispatch,
            department_seq,
            decided_at,
            values,
        );
        unimplemented!()
    }

    /// `None` when there is no such case.
    pub async fn case_file(&self, case: CaseId) -> Result<Option<CaseFile>, EngineError> {
        let _ = case;
        unimplemented!()
    }

    /// A fold without personal values, for pages that need only states and dates.
    pub async fn case(&self, case: CaseId) -> Result<Option<Arc<Case>>, EngineError> {
        let _ = case;
        unimplemented!()
    }

    /// Unsealed applicants' names for a page of a worklist.
    pub async fn unseal_words(
        &self,
        ids: &[SealedId],
    ) -> Result<std::collections::BTreeMap<SealedId, String>, EngineError> {
        let _ = ids;
        unimplemented!()
    }

    /// Changes of cases as they are committed, for live pages.
    pub fn changes(&self) -> tokio::sync::broadcast::Receiver<(CaseId, u64)> {
        self.parts.changed.subscribe()
    }
}
