//! What the app needs of a store, as small traits by use. No SQL here; rows in, rows out.
//!
//! Every case table begins with `case_id`; no call joins two cases (semantics 19). Personal values cross
//! this port sealed (semantics 16).

mod assignments;
mod calendars;
pub mod chance;
mod desk;
mod doorplates;
mod figures;
mod inconsistencies;
mod orders;
mod projections;
mod publications;
mod ratings;
mod supervision;
mod upkeep;
mod window;

pub use assignments::{
    AlikeRow, AlikeWanted, AssignedTo, AssignmentRow, Assignments, GivenOpinion, LikenessRow,
    LineMarkRow, OpinionRow, SavedFilterRow,
};
pub use calendars::{CalendarChangeRow, CalendarLoadRow, Calendars};
pub use desk::{
    Called, Caller, CapabilityRow, Desk, RevocationRow, RevokedBy, TicketRow, TicketWanted, Waiting,
};
pub use inconsistencies::{
    Inconsistencies, InconsistencyCount, InconsistencyFilter, InconsistencyRow,
};

pub use figures::{
    CaseFactRow, Days, DraftFactRow, FactFilter, Figures, OpenedFilter, OpenedRow, OwedRow,
    ServiceFactRow,
};

use std::sync::Arc;

use async_trait::async_trait;
use vocabulary::{
    AccountId, CaseId, CommandId, DispatchId, DraftId, EvidenceId, Instant, LicenceId, SealedId,
    SubjectId,
};

pub use chance::fresh_id;
pub use doorplates::{DoorplateVisits, VisitsRow};
pub use orders::{OrderActRow, OrderRow, Orders};
pub use projections::{Projections, Put};
pub use publications::{PublicationRow, Publications};
pub use ratings::{RatingFilter, RatingRow, Ratings};
pub use supervision::{Addressed, LightCount, LightWanted, ToldTo, WatchedRow};
pub use upkeep::{Connections, OwedSending, Replication, Upkeep};
pub use window::{AsideRow, InHandRow, Windows};

/// The machine failed. The person sees a reference number, the operator the chain.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// `SYS0001`: the database did not do what it was asked to.
    #[error("{doing}")]
    Database {
        doing: &'static str,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// `SYS0002`: a stored value cannot be read.
    #[error("stored {what} cannot be read")]
    Corrupt { what: &'static str },
    /// `SYS0003`: the store is shutting down or its writer has ended.
    #[error("the store is closed")]
    Closed,
    /// `SYS0004`: the connection broke while committing, or the database would not wait for its standby: it may or
    /// may not have happened, or may not last.
    #[error("outcome unknown while {doing}")]
    OutcomeUnknown { doing: &'static str },
    /// `SYS0040`: there is no room left where the database lies; nothing was changed.
    #[error("no room left while {doing}")]
    Full {
        doing: &'static str,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// `SYS0041`: the database cannot be reached, or only reads, just now.
    #[error("the database is away while {doing}")]
    Away {
        doing: &'static str,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// One event as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRow {
    pub seq: u64,
    pub at: Instant,
    /// `casework::CaseEvent` as JSON.
    pub body: String,
}

/// The case as lists show it; rebuilt from events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseRow {
    pub case_id: CaseId,
    pub case_number: String,
    pub subject: SubjectId,
    /// The applicant's account, if he signed in.
    pub owner: Option<AccountId>,
    pub matter: String,
    /// `CaseState::as_str`.
    pub state: String,
    pub submitted_at: Instant,
    pub promised_on: Option<String>,
    pub version: u64,
}

/// A service case as worklists show it; rebuilt from events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceRow {
    pub case_id: CaseId,
    pub case_number: String,
    /// `NodeKey` as text.
    pub node: String,
    pub service: String,
    pub matter: String,
    pub department: String,
    /// `ServiceState::as_str`.
    pub state: String,
    pub started_at: Option<Instant>,
    pub promised_on: Option<String>,
    pub statutory_on: Option<String>,
    pub clock_stopped: bool,
    pub decided_at: Option<Instant>,
    /// The applicant's name, sealed.
    pub applicant: Option<SealedId>,
    /// The area (GB/T 2260) in which it was received; `None` = the jurisdiction's.
    pub area: Option<String>,
    /// Lights and what supervision did.
    pub watched: WatchedRow,
}

/// A sending that has to go out. Holds references only; bytes are made at sending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxRow {
    pub case_id: CaseId,
    pub dispatch_id: DispatchId,
    pub node: String,
    pub department: String,
    pub kind: String,
    pub round: u32,
    pub due_at: Instant,
}

/// A claimed outbox row with its lease and fence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    pub row: OutboxRow,
    /// How often it has been claimed since it was last delivered, this time included.
    pub attempts: u32,
    /// Goes up with every claim; every later write names it.
    pub fence: u64,
}

/// The kind of the timers that only ask a source again.
pub const ASKS_AGAIN: &str = "source-check";

/// A timer of a case; the set of a case's timers is replaced with each change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimerRow {
    pub case_id: CaseId,
    pub node: String,
    pub kind: String,
    pub due_at: Instant,
}

/// An issued licence. `body` is sealed JSON; the public columns are what verification shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LicenceRow {
    pub licence_id: LicenceId,
    pub case_id: CaseId,
    pub node: String,
    pub output: String,
    /// GB/T 36904 identifier.
    pub code: String,
    /// Hash of the verification code on the licence.
    pub verification_hash: String,
    pub issuer: String,
    pub subject: SubjectId,
    pub owner: Option<AccountId>,
    pub issued_on: String,
    pub valid_until: Option<String>,
    pub status: String,
    pub body: SealedId,
}

/// A sealed value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedRow {
    pub sealed_id: SealedId,
    pub subject: SubjectId,
    pub bytes: Vec<u8>,
}

/// A subject's key, wrapped by the master key. Destroying it is erasure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectKeyRow {
    pub subject: SubjectId,
    pub wrapped: Vec<u8>,
}

/// The result of a command, kept for repetition (semantics 15).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandRow {
    /// Account, department or `hub`.
    pub actor: String,
    pub action: String,
    pub command_id: CommandId,
    /// Hash of the body.
    pub digest: String,
    /// The stored answer as JSON.
    pub answer: String,
}

/// All that one decision changes, committed together or not at all.
#[derive(Debug, Clone)]
pub struct CaseChange {
    pub case_id: CaseId,
    /// 0 = the case must not exist.
    pub expected_version: u64,
    pub events: Vec<EventRow>,
    pub case: CaseRow,
    /// Rows of service cases to write (insert or replace).
    pub services: Vec<ServiceRow>,
    pub outbox: Vec<OutboxRow>,
    /// Sendings that are finished (a business receipt came, or it was superseded).
    pub outbox_done: Vec<DispatchId>,
    pub timers: Vec<TimerRow>,
    pub licences: Vec<LicenceRow>,
    pub sealed: Vec<SealedRow>,
    pub command: Option<CommandRow>,
    /// The draft that this submission uses up; unique over cases.
    pub draft: Option<DraftId>,
    /// Evidence files that now belong to the case.
    pub evidence: Vec<EvidenceId>,
    /// The case as figures count it (insert or replace).
    pub fact: Option<CaseFactRow>,
    /// Its services as figures count them (insert or replace).
    pub service_facts: Vec<ServiceFactRow>,
    /// Standards that turned out not to be the same at both ends.
    pub inconsistencies: Vec<InconsistencyRow>,
    /// Ratings that were given or answered (insert or replace).
    pub ratings: Vec<RatingRow>,
}

impl CaseChange {
    /// The case as lists show it after the change; everything else is empty.
    pub const fn of(case: CaseRow, expected_version: u64) -> Self {
        Self {
            case_id: case.case_id,
            expected_version,
            events: Vec::new(),
            case,
            services: Vec::new(),
            outbox: Vec::new(),
            outbox_done: Vec::new(),
            timers: Vec::new(),
            licences: Vec::new(),
            sealed: Vec::new(),
            command: None,
            draft: None,
            evidence: Vec::new(),
            fact: None,
            service_facts: Vec::new(),
            inconsistencies: Vec::new(),
            ratings: Vec::new(),
        }
    }
}

/// What became of one change of a batch; one conflict never fails the batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AppendOutcome {
    Committed,
    Conflict {
        current_version: u64,
    },
    /// The draft was submitted before, as this case.
    DraftTaken {
        case_id: CaseId,
    },
    /// The command was carried out before.
    Repeated {
        digest: String,
        answer: String,
    },
}

/// The truth: events, with everything that commits beside them.
#[async_trait]
pub trait CaseLog: Send + Sync {
    /// How many appends the store works on at the same time; any more would only wait for each other.
    fn writers(&self) -> usize {
        1
    }
    /// Commits all changes in one transaction; outcomes in the order of `changes`. Changes of one case follow each
    /// other: after one that is not carried out, no other of its case is.
    async fn append(&self, changes: &[CaseChange]) -> Result<Vec<AppendOutcome>, Fault>;
    /// Events with `seq > after`, in order, of each case.
    async fn load_events(&self, cases: &[CaseId]) -> Result<Vec<(CaseId, Vec<EventRow>)>, Fault>;
    async fn find_command(
        &self,
        actor: &str,
        action: &str,
        command: CommandId,
    ) -> Result<Option<CommandRow>, Fault>;
    /// All case ids, keyset-paged, for `rebuild`.
    async fn list_case_ids(&self, after: Option<CaseId>, limit: u32) -> Result<Vec<CaseId>, Fault>;
}

/// Filter and page of a list. Empty fields do not filter.
#[derive(Debug, Clone, Default)]
pub struct ServiceFilter {
    pub department: Option<String>,
    pub states: Vec<String>,
    pub matter: Option<String>,
    pub case_number: Option<String>,
    /// The beginning of a case number, or its last six characters; in capitals.
    pub number_part: Option<String>,
    pub service: Option<String>,
    pub area: Option<String>,
    pub assigned: Option<AssignedTo>,
    /// Promised before this date …
    pub due_before: Option<String>,
    /// … and the clock stands still, or runs.
    pub stopped: Option<bool>,
    /// States that neither list nor count has.
    pub without_states: Vec<String>,
    /// Those with this light on a day.
    pub light: Option<(LightWanted, String)>,
    /// Those in this stage.
    pub stage: Option<String>,
    /// `open` or `answered`: those with such a supervision notice.
    pub notice: Option<String>,
    /// Those that are addressed to somebody.
    pub addressed: Option<Addressed>,
    /// Beginning of the area's code; empty = everywhere, also without one.
    pub area_below: String,
    /// Keyset: rows after this (promised date, case, node); the date is empty for a row without one, and
    /// such rows come last.
    pub after: Option<(String, CaseId, String)>,
    pub limit: u32,
}

impl ServiceFilter {
    /// Whether rows in this state are neither listed nor counted.
    pub fn leaves_out(&self, state: &str) -> bool {
        self.without_states.iter().any(|without| without == state)
    }
}

/// Counts stop here: this many means "this many or more". Whoever works through a list never sees the end of a
/// longer one, and telling its length would cost as much as reading it.
pub const COUNTED_AT_MOST: u64 = 1000;

/// Reading for lists. Counts and rows come from one query's filter and agree.
#[async_trait]
pub trait Worklists: Send + Sync {
    async fn list_services(&self, filter: &ServiceFilter) -> Result<Vec<ServiceRow>, Fault>;
    /// Rows in the states of each group, under the filter without its `states`, `after` and `limit`; each
    /// [at most](COUNTED_AT_MOST).
    async fn count_services(
        &self,
        filter: &ServiceFilter,
        groups: &[Vec<&str>],
    ) -> Result<Vec<u64>, Fault>;
    /// Rows under the filter without its `states`, `after` and `limit`, [at most](COUNTED_AT_MOST).
    async fn count_rows(&self, filter: &ServiceFilter) -> Result<u64, Fault>;
    /// By department and stage, under the filter without its `states`, `light`, `after` and `limit`.
    async fn count_lights(
        &self,
        filter: &ServiceFilter,
        today: &str,
    ) -> Result<Vec<LightCount>, Fault>;
    /// The latest first; those before this one (submitted, case).
    async fn list_cases_of(
        &self,
        owner: AccountId,
        after: Option<(Instant, CaseId)>,
        limit: u32,
    ) -> Result<Vec<CaseRow>, Fault>;
    async fn find_case(&self, case: CaseId) -> Result<Option<CaseRow>, Fault>;
    async fn find_case_by_number(&self, number: &str) -> Result<Option<CaseRow>, Fault>;
}

/// Sendings on their way.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Claims up to `limit` due rows by status, never by "id greater than the last".
    async fn claim(
        &self,
        worker: &str,
        now: Instant,
        lease_until: Instant,
        limit: u32,
    ) -> Result<Vec<Claimed>, Fault>;
    /// Puts it back for `next_at` under the same fence; stale fences change nothing.
    async fn retry(
        &self,
        case: CaseId,
        dispatch: DispatchId,
        fence: u64,
        next_at: Instant,
        why: &str,
    ) -> Result<bool, Fault>;
    /// The transport took it; it stays until the business receipt, and is sent again after `again_at`.
    async fn delivered(
        &self,
        case: CaseId,
        dispatch: DispatchId,
        fence: u64,
        again_at: Instant,
    ) -> Result<bool, Fault>;
    async fn find(&self, dispatch: DispatchId) -> Result<Option<OutboxRow>, Fault>;
    /// Rows not yet closed, per department: (department, waiting, delivered).
    async fn owed(&self) -> Result<Vec<(String, u64, u64)>, Fault>;
    /// Claims due timers like rows of the outbox; firing replaces the case's timers. Beside `limit` of them come up to
    /// a quarter as many that [ask a source again](ASKS_AGAIN): as long as the source is silent those are always due,
    /// and would keep all others waiting.
    async fn due_timers(&self, now: Instant, limit: u32) -> Result<Vec<TimerRow>, Fault>;
}

/// A draft application. `body` is sealed JSON of facts and choices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftRow {
    pub draft_id: DraftId,
    pub owner: AccountId,
    pub subject: SubjectId,
    pub matter: String,
    pub matter_revision: String,
    pub version: u64,
    pub updated_at: Instant,
    pub body: Vec<u8>,
    pub submitted_as: Option<CaseId>,
}

#[async_trait]
pub trait Drafts: Send + Sync {
    async fn insert_draft(&self, draft: &DraftRow) -> Result<(), Fault>;
    /// False when the stored version is not `draft.version - 1`, or it was submitted.
    async fn update_draft(&self, draft: &DraftRow) -> Result<bool, Fault>;
    async fn find_draft(&self, draft: DraftId) -> Result<Option<DraftRow>, Fault>;
    async fn list_drafts(&self, owner: AccountId) -> Result<Vec<DraftRow>, Fault>;
    async fn delete_draft(&self, draft: DraftId) -> Result<(), Fault>;
}

/// An uploaded file; its bytes lie sealed in the file store under its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceRow {
    pub evidence_id: EvidenceId,
    pub draft_id: DraftId,
    pub case_id: Option<CaseId>,
    pub subject: SubjectId,
    /// `EvidenceKey` as text.
    pub slot: String,
    /// Sealed JSON: file name, media type, sha256.
    pub description: Vec<u8>,
    pub size_bytes: u64,
    pub keyed_hash: String,
    pub uploaded_at: Instant,
}

#[async_trait]
pub trait EvidenceFiles: Send + Sync {
    async fn insert_evidence(&self, row: &EvidenceRow) -> Result<(), Fault>;
    async fn list_evidence_of_draft(&self, draft: DraftId) -> Result<Vec<EvidenceRow>, Fault>;
    async fn find_evidence(&self, id: EvidenceId) -> Result<Option<EvidenceRow>, Fault>;
    /// Only while its draft is not submitted.
    async fn delete_evidence(&self, id: EvidenceId) -> Result<bool, Fault>;
}

/// Who signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRow {
    pub account_id: AccountId,
    pub login: String,
    /// `applicant`, `clerk`, `officer`, `manager`, `designer`, `operator`.
    pub role: String,
    pub department: Option<String>,
    pub area: Option<String>,
    pub subject: Option<SubjectId>,
    /// argon2 string; `None` = cannot sign in with a password (demo persons).
    pub password_hash: Option<String>,
    pub disabled: bool,
    /// Demo persons may be entered with one click, in demo mode only.
    pub demo: bool,
    /// Sealed display name.
    pub display_name: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// SHA-256 of the cookie's token.
    pub token_hash: String,
    pub account_id: AccountId,
    pub created_at: Instant,
    pub seen_at: Instant,
    pub expires_at: Instant,
}

#[async_trait]
pub trait Accounts: Send + Sync {
    async fn upsert_account(&self, account: &AccountRow) -> Result<(), Fault>;
    async fn find_account(&self, id: AccountId) -> Result<Option<AccountRow>, Fault>;
    async fn find_account_by_login(&self, login: &str) -> Result<Option<AccountRow>, Fault>;
    async fn list_demo_accounts(&self) -> Result<Vec<AccountRow>, Fault>;
    async fn insert_session(&self, session: &SessionRow) -> Result<(), Fault>;
    async fn find_session(&self, token_hash: &str) -> Result<Option<SessionRow>, Fault>;
    async fn touch_session(&self, token_hash: &str, seen_at: Instant) -> Result<(), Fault>;
    async fn delete_session(&self, token_hash: &str) -> Result<(), Fault>;
}

#[async_trait]
pub trait Vault: Send + Sync {
    async fn find_subject_key(&self, subject: SubjectId) -> Result<Option<SubjectKeyRow>, Fault>;
    /// Keeps the first key when two nodes race; returns the one kept.
    /// An erased subject gets none: that is a fault of whoever asks.
    async fn insert_subject_key(&self, row: &SubjectKeyRow) -> Result<SubjectKeyRow, Fault>;
    /// Destroys a subject's key for good. False when it was erased before.
    async fn destroy_subject_key(&self, subject: SubjectId, at: Instant) -> Result<bool, Fault>;
    /// All whose key was destroyed.
    async fn erased_subjects(&self) -> Result<Vec<SubjectId>, Fault>;
    async fn load_sealed(&self, ids: &[SealedId]) -> Result<Vec<SealedRow>, Fault>;
    async fn insert_sealed(&self, rows: &[SealedRow]) -> Result<(), Fault>;
}

#[async_trait]
pub trait Licences: Send + Sync {
    async fn list_licences_of_case(&self, case: CaseId) -> Result<Vec<LicenceRow>, Fault>;
    async fn list_licences_of(&self, owner: AccountId) -> Result<Vec<LicenceRow>, Fault>;
    async fn find_licence(&self, id: LicenceId) -> Result<Option<LicenceRow>, Fault>;
    async fn find_licence_by_code(&self, code: &str) -> Result<Option<LicenceRow>, Fault>;
}

/// Nonces of signed messages, against replays.
#[async_trait]
pub trait Nonces: Send + Sync {
    /// False when it was seen before; forgets those older than `forget_before`.
    async fn remember(
        &self,
        key_id: &str,
        nonce: &str,
        at: Instant,
        forget_before: Instant,
    ) -> Result<bool, Fault>;
}

/// The definitions of one catalogue, as they are kept beside the cases that rest on them (semantics 8).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefinitionsRow {
    /// The catalogue's revision at the time: the name under which it is kept.
    pub catalogue: String,
    /// The bundle's format.
    pub format: u32,
    pub first_used_at: Instant,
    /// A bundle of `catalogue::stored`.
    pub source: Vec<u8>,
    /// Every matter and service in it.
    pub items: Vec<DefinitionItem>,
}

/// A matter or service of stored definitions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DefinitionItem {
    /// `matter` or `service`.
    pub kind: String,
    pub id: String,
    pub revision: String,
}

/// Which definitions are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefinitionsKept {
    pub catalogue: String,
    pub format: u32,
    pub first_used_at: Instant,
}

/// Definitions in use, by revision. What is kept is never changed and never taken away.
#[async_trait]
pub trait Definitions: Send + Sync {
    /// Keeps them with all their items, or nothing at all. False when they were kept before: then nothing
    /// changes, so that all nodes may say the same at any time.
    async fn put_definitions(&self, row: &DefinitionsRow) -> Result<bool, Fault>;
    /// Those kept under this revision of a catalogue.
    async fn find_definitions(&self, catalogue: &str) -> Result<Option<DefinitionsRow>, Fault>;
    /// The catalogue, of those that have the item in this revision, that came into use last.
    async fn find_catalogue_with(&self, item: &DefinitionItem) -> Result<Option<String>, Fault>;
    /// All that are kept, in the order of their first use.
    async fn list_definitions(&self) -> Result<Vec<DefinitionsKept>, Fault>;
}

/// Everything together.
pub trait Store:
    CaseLog
    + Worklists
    + Outbox
    + Drafts
    + EvidenceFiles
    + Accounts
    + Vault
    + Licences
    + Nonces
    + Definitions
    + Publications
    + Calendars
    + Figures
    + Desk
    + Windows
    + Inconsistencies
    + Assignments
    + Ratings
    + DoorplateVisits
    + Orders
    + Upkeep
    + Projections
    + std::fmt::Debug
{
}

impl<T> Store for T where
    T: CaseLog
        + Worklists
        + Outbox
        + Drafts
        + EvidenceFiles
        + Accounts
        + Vault
        + Licences
        + Nonces
        + Definitions
        + Publications
        + Calendars
        + Calendars
        + Figures
        + Desk
        + Windows
        + Inconsistencies
        + Assignments
        + Ratings
        + DoorplateVisits
        + Orders
        + Upkeep
        + Projections
        + std::fmt::Debug
{
}

/// A store shared by everyone in the process.
pub type SharedStore = Arc<dyn Store>;
