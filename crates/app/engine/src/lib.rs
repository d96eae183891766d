//! The only code that writes a case: load → decide → append → enqueue → commit. The answer goes out after
//! the commit returns.
//!
//! Concurrent commands are batched into one transaction without added wait: whatever has queued while the
//! last batch was being committed forms the next one.

mod answers;
mod batching;
mod calendars;
mod carried;
mod case_file;
mod catalogues;
mod checks;
pub mod desk;
mod digest;
mod documents;
mod drafts;
mod evidence;
mod execute;
mod facts;
mod figures;
mod grant;
mod held;
mod licence;
mod officer;
pub mod orders;
pub mod outages;
mod per_day;
pub mod precheck;
pub mod projection;
mod proofs;
pub mod ratings;
mod recent;
mod replies;
pub mod revisions;
mod sources;
mod standing;
mod submit;
pub mod supervising;
pub mod vault;
pub mod window;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use casework::{Case, Refusal};
use catalogue::Catalogue;
use plan::EvidenceKey;
use serde::{Deserialize, Serialize};
use store_port::{AccountRow, Fault, SharedStore};
use vocabulary::{
    AccountId, CaseId, DraftId, EvidenceId, Facts, Instant, LicenceId, SealedId, SourceId,
    SubjectId,
};

pub use case_file::CorrectionAnswer;
pub use grant::verification_hash;
pub use officer::{ALIKE_WITHIN_DAYS, Handed};
pub use per_day::PerDay;
pub use precheck::{Precheck, PrecheckFault, PrecheckRemark};
pub use projection::{Rebuilding, applicant_name_id};
pub use replies::NotTaken;
pub use standing::Continuation;

use batching::Batching;
use catalogues::Catalogues;
use proofs::Proofs;
use vault::{Purpose, Vault};

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
    /// `ENG0009`: nothing of the case counts for the matter.
    #[error("nothing to continue")]
    NothingToContinue,
    /// `NET0101`…: services that may not be received where and by whom the application was taken in; the draft
    /// stays as it is.
    #[error("may not be received here: {}", .0.code())]
    NotReceived(Box<desk::NotReceived>),
    /// `ENG0030`…: something at the counter was not done.
    #[error("at the counter: {}", .0.code())]
    Desk(desk::DeskRefusal),
    /// `ENG0015`…: definitions were not published, or a draft waits until what changed is confirmed.
    #[error("definitions: {}", .0.code())]
    Revision(revisions::RevisionRefusal),
    /// `ENG0040`: another clerk has the draft in hand.
    #[error("another clerk has the draft in hand")]
    DraftHeld,
    /// `ENG0050`: the agent's mandate does not cover it, or not any more; nothing of the applicant's is lost.
    #[error("no mandate for this")]
    NoMandate,
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl EngineError {
    /// The stable code: the refusal's own, `ENG0001` and up, or the fault's.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.code(),
            Self::Stale { .. } => "ENG0001",
            Self::CommandReused => "ENG0002",
            Self::NoDraft => "ENG0003",
            Self::Incomplete(_) => "ENG0004",
            Self::StaleDraft { .. } => "ENG0005",
            Self::AlreadySubmitted { .. } => "ENG0006",
            Self::Busy { .. } => "ENG0007",
            Self::NotOffered => "ENG0008",
            Self::NothingToContinue => "ENG0009",
            Self::NotReceived(refused) => refused.code(),
            Self::Desk(refusal) => refusal.code(),
            Self::Revision(refusal) => refusal.code(),
            Self::DraftHeld => "ENG0040",
            Self::NoMandate => "ENG0050",
            Self::Fault(Fault::Database { .. }) => "SYS0001",
            Self::Fault(Fault::Corrupt { .. }) => "SYS0002",
            Self::Fault(Fault::Closed) => "SYS0003",
            Self::Fault(Fault::OutcomeUnknown { .. }) => "SYS0004",
            Self::Fault(Fault::Full { .. }) => "SYS0040",
            Self::Fault(Fault::Away { .. }) => "SYS0041",
        }
    }
}

/// What an application still lacks.
#[derive(Debug, Default)]
pub struct Missing {
    /// Questions are still open.
    pub questions: bool,
    pub fields: Vec<vocabulary::Slot>,
    pub evidence: Vec<EvidenceKey>,
    /// Nobody can bring it: another service of the matter has to come first, or along.
    pub first: Vec<plan::NeedsFirst>,
}

/// A draft as people work on it.
#[derive(Clone)]
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
    /// When each source was last asked, and how it answered.
    pub asked: BTreeMap<SourceId, SourceAsked>,
    /// Fields that a source was asked for and could not be reached about, and has not told since.
    pub unanswered: BTreeMap<vocabulary::Slot, SourceId>,
    pub updated_at: Instant,
    pub submitted_as: Option<CaseId>,
    /// How it is coming in; goes into the application as it is.
    pub reception: casework::Reception,
    /// What was done before, and what is wanted now.
    pub standing: plan::Standing,
}

impl fmt::Debug for Draft {
    /// Without personal values.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Draft")
            .field("id", &self.id)
            .field("matter", &self.matter)
            .field("version", &self.version)
            .field("submitted_as", &self.submitted_as)
            .finish_non_exhaustive()
    }
}

/// When a source was last asked, and how it answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceAsked {
    pub at: Instant,
    pub answered: SourceAnswered,
}

/// How a source answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceAnswered {
    Delivered,
    Absent,
    Unavailable,
}

/// An uploaded file as people see it.
#[derive(Clone)]
pub struct EvidenceFile {
    pub id: EvidenceId,
    pub slot: EvidenceKey,
    pub file_name: String,
    pub media_type: String,
    pub size_bytes: u64,
    pub sha256: String,
    pub uploaded_at: Instant,
    /// The number of the case for which it was first handed in, when it was carried over.
    pub from_case: Option<String>,
}

impl fmt::Debug for EvidenceFile {
    /// Without the file's name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EvidenceFile")
            .field("id", &self.id)
            .field("slot", &self.slot)
            .field("size_bytes", &self.size_bytes)
            .finish_non_exhaustive()
    }
}

/// Text to be sealed in the same transaction; the command refers to it by id.
#[derive(Clone)]
pub struct ToSeal {
    pub id: SealedId,
    /// The clear bytes; never logged.
    pub clear: Vec<u8>,
}

impl fmt::Debug for ToSeal {
    /// Without the clear bytes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ToSeal({})", self.id)
    }
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
#[derive(Clone)]
pub struct CaseFile {
    pub case: Arc<Case>,
    pub owner: Option<AccountId>,
    /// The form's values, with those that outputs have added.
    pub facts: Facts,
    /// Unsealed words by id (grounds, correction texts, answers).
    pub words: BTreeMap<SealedId, String>,
    pub evidence: Vec<EvidenceFile>,
    pub licences: Vec<(LicenceId, outputs::Licence)>,
    pub events: Vec<casework::CaseEvent>,
}

impl fmt::Debug for CaseFile {
    /// Without personal values.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CaseFile")
            .field("case", &self.case.id)
            .field("version", &self.case.version)
            .finish_non_exhaustive()
    }
}

/// Asks shared sources; the worker crate implements it over HTTP, tests with a table.
#[async_trait::async_trait]
pub trait Sources: Send + Sync + std::fmt::Debug {
    /// Looks up what `source` knows for this applicant: value (or null = absent) per slot, or unavailable.
    async fn look_up(&self, source: &vocabulary::SourceId, ask: &SourceAsk) -> SourceReply;
}

/// What is asked of a source.
#[derive(Clone)]
pub struct SourceAsk {
    /// The subject's key at the source (login identity).
    pub subject_key: String,
    pub purpose: String,
    pub slots: Vec<vocabulary::Slot>,
}

impl fmt::Debug for SourceAsk {
    /// Without the subject's key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SourceAsk")
            .field("purpose", &self.purpose)
            .field("slots", &self.slots)
            .finish_non_exhaustive()
    }
}

/// What a source answers.
#[derive(Clone, PartialEq, Eq)]
pub enum SourceReply {
    /// Values; asked slots that are not in here are absent (null).
    Values(BTreeMap<vocabulary::Slot, vocabulary::Value>),
    Absent,
    Unavailable,
}

impl fmt::Debug for SourceReply {
    /// Without the values.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Values(_) => "Values(Redacted)",
            Self::Absent => "Absent",
            Self::Unavailable => "Unavailable",
        })
    }
}

/// Everything the engine is made of.
pub struct Parts {
    pub store: SharedStore,
    pub catalogue: Arc<Catalogue>,
    /// Outlets, windows, delegations, doorplates; the empty one receives nothing at windows.
    pub network: Arc<network::Network>,
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

impl fmt::Debug for Parts {
    /// Without the master key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parts")
            .field("store", &self.store)
            .field("catalogue", &self.catalogue.revision)
            .field("clock", &self.clock)
            .field("sources", &self.sources)
            .finish_non_exhaustive()
    }
}

/// The engine. Cheap to clone; its batching ends when the last clone is dropped.
#[derive(Clone)]
pub struct Engine {
    parts: Arc<Parts>,
    batching: Batching,
    vault: Vault,
    catalogues: Arc<Catalogues>,
    proofs: Arc<Proofs>,
    /// Held while a draft is opened, so that one person's two clicks find one draft.
    opening: Arc<tokio::sync::Mutex<()>>,
    /// Drafts whose plan was seen, as far as this node has noted it.
    seen: Arc<PerDay<DraftId, ()>>,
    outages: Arc<outages::Outages>,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("parts", &self.parts).finish_non_exhaustive()
    }
}

impl Engine {
    /// Starts the batching on the current runtime.
    pub fn start(parts: Parts) -> Self {
        let vault = Vault::new(Arc::clone(&parts.store), &parts.master_key);
        let catalogues = Catalogues::new(Arc::clone(&parts.catalogue), Arc::clone(&parts.store));
        let parts = Arc::new(parts);
        let batching = Batching::start(&parts);
        Self {
            parts,
            batching,
            vault,
            catalogues: Arc::new(catalogues),
            proofs: Arc::default(),
            opening: Arc::default(),
            seen: Arc::default(),
            outages: Arc::default(),
        }
    }

    /// The catalogue in force: for drafts and everything new. A case has its own ([`Self::catalogue_of`]).
    pub fn catalogue(&self) -> &Arc<Catalogue> {
        &self.parts.catalogue
    }

    /// The network of outlets.
    pub fn network(&self) -> &Arc<network::Network> {
        &self.parts.network
    }

    fn catalogues(&self) -> &Catalogues {
        &self.catalogues
    }

    pub fn store(&self) -> &SharedStore {
        &self.parts.store
    }

    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.parts.clock
    }

    /// Seals and opens personal values that are not part of a command.
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    fn sources(&self) -> &Arc<dyn Sources> {
        &self.parts.sources
    }

    fn files(&self) -> &Arc<dyn object_store::ObjectStore> {
        &self.parts.files
    }

    /// Changes of cases as they are committed, for live pages.
    pub fn changes(&self) -> tokio::sync::broadcast::Receiver<(CaseId, u64)> {
        self.parts.changed.subscribe()
    }

    /// An account's display name, to be stored with it.
    ///
    /// # Errors
    /// A fault.
    pub async fn seal_account_name(
        &self,
        account: AccountId,
        subject: Option<SubjectId>,
        name: &str,
    ) -> Result<Vec<u8>, EngineError> {
        let key = self.vault.key_for(subject.unwrap_or(SubjectId(account.0))).await?;
        Ok(key.seal(Purpose::DisplayName, account.0, name.as_bytes())?)
    }

    /// An account's display name; empty when its subject was erased.
    ///
    /// # Errors
    /// A fault.
    pub async fn account_name(&self, account: &AccountRow) -> Result<String, EngineError> {
        let subject = account.subject.unwrap_or(SubjectId(account.account_id.0));
        let Some(key) = self.vault.key_of(subject).await? else { return Ok(String::new()) };
        let id = account.account_id.0;
        let name = key.open(Purpose::DisplayName, id, &account.display_name)?;
        Ok(String::from_utf8(name).map_err(|_| Fault::Corrupt { what: "display name" })?)
    }
}
