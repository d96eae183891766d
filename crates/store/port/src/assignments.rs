//! What officers keep beside a case: who works on it, saved filters, marks on lines of the checklist, opinions
//! asked of other departments of the case, and what was found about cases that look alike.
//!
//! None of it changes the case itself. Words cross this port as ids of sealed values.

use async_trait::async_trait;
use uuid::Uuid;
use vocabulary::{AccountId, CaseId, Instant, SealedId, SubjectId};

use crate::{AccountRow, Fault};

/// Whose service cases a worklist shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssignedTo {
    Officer(AccountId),
    Nobody,
}

/// Who has a service case, and who said so last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssignmentRow {
    pub case_id: CaseId,
    /// `NodeKey` as text.
    pub node: String,
    pub department: String,
    /// `None` = it was let go.
    pub officer: Option<AccountId>,
    pub by: AccountId,
    pub at: Instant,
    /// Goes up with every change; 0 = there never was one.
    pub version: u64,
}

/// A list of a worklist's filters, kept under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedFilterRow {
    pub filter_id: Uuid,
    pub officer: AccountId,
    /// Colleagues of this department may open it by its link.
    pub department: String,
    pub name: String,
    /// The worklist's query, without a page.
    pub query: String,
    pub created_at: Instant,
}

/// How an officer found one line of the checklist, before anything is decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineMarkRow {
    pub case_id: CaseId,
    pub node: String,
    pub line: String,
    /// `met` or `query`.
    pub mark: String,
    pub officer: AccountId,
    pub at: Instant,
}

/// A question to another department of the same case, and its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpinionRow {
    pub case_id: CaseId,
    pub opinion_id: Uuid,
    pub from_node: String,
    pub from_department: String,
    pub to_node: String,
    pub to_department: String,
    /// The question's words, sealed.
    pub question: SealedId,
    pub asked_by: AccountId,
    pub asked_at: Instant,
    pub given: Option<GivenOpinion>,
}

/// The answer to an opinion that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenOpinion {
    /// `agree`, `object` or `none`.
    pub view: String,
    /// Its words, sealed.
    pub words: SealedId,
    pub by: AccountId,
    pub at: Instant,
}

/// A service case of the same department that may be the same thing asked for again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlikeRow {
    pub case_id: CaseId,
    pub node: String,
    pub case_number: String,
    /// `ServiceState::as_str`.
    pub state: String,
    pub started_at: Option<Instant>,
}

/// What to look for among a department's own service cases.
#[derive(Debug, Clone)]
pub struct AlikeWanted {
    pub case_id: CaseId,
    pub node: String,
    pub department: String,
    pub service: String,
    pub subject: SubjectId,
    /// Of the same subject only what began at or after this …
    pub since: Instant,
    /// … and until this.
    pub until: Instant,
    /// The hash of the key fields; what has the same is alike whoever applied, whenever.
    pub keys: Option<String>,
}

/// What an officer found about two service cases that look alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LikenessRow {
    pub case_id: CaseId,
    pub node: String,
    pub other_case: CaseId,
    pub other_node: String,
    /// The same thing asked for twice.
    pub same: bool,
    pub officer: AccountId,
    pub at: Instant,
}

/// Officers' own records.
#[async_trait]
pub trait Assignments: Send + Sync {
    /// Writes who has it if nobody was faster: `row.version` is the one that was seen, plus one. False leaves
    /// everything as it is. Each change stays on record.
    async fn assign(&self, row: &AssignmentRow) -> Result<bool, Fault>;
    /// Who has the service cases of these cases now.
    async fn list_assignments(&self, cases: &[CaseId]) -> Result<Vec<AssignmentRow>, Fault>;
    /// All changes of one service case, the first one first.
    async fn list_assignment_changes(
        &self,
        case: CaseId,
        node: &str,
    ) -> Result<Vec<AssignmentRow>, Fault>;
    /// The officers of a department that can sign in, by login.
    async fn list_officers(&self, department: &str) -> Result<Vec<AccountRow>, Fault>;

    async fn insert_filter(&self, row: &SavedFilterRow) -> Result<(), Fault>;
    /// The officer's own, the oldest first.
    async fn list_filters(&self, officer: AccountId) -> Result<Vec<SavedFilterRow>, Fault>;
    async fn find_filter(&self, filter: Uuid) -> Result<Option<SavedFilterRow>, Fault>;
    /// False when it is not this officer's.
    async fn delete_filter(&self, filter: Uuid, officer: AccountId) -> Result<bool, Fault>;

    /// Replaces the marks of one service case by these.
    async fn put_marks(&self, case: CaseId, node: &str, marks: &[LineMarkRow])
    -> Result<(), Fault>;
    async fn list_marks(&self, case: CaseId, node: &str) -> Result<Vec<LineMarkRow>, Fault>;

    /// False when it was asked before under this id.
    async fn ask_opinion(&self, row: &OpinionRow) -> Result<bool, Fault>;
    /// False when there is none, or it was given before.
    async fn give_opinion(
        &self,
        case: CaseId,
        opinion: Uuid,
        given: &GivenOpinion,
    ) -> Result<bool, Fault>;
    /// Of these cases, the first asked first.
    async fn list_opinions(&self, cases: &[CaseId]) -> Result<Vec<OpinionRow>, Fault>;
    /// Asked of this department and not given yet, the first asked first.
    async fn list_open_opinions(
        &self,
        department: &str,
        limit: u32,
    ) -> Result<Vec<OpinionRow>, Fault>;

    /// Keeps the hash of a service case's key fields; the first one stays.
    async fn keep_keys(
        &self,
        case: CaseId,
        node: &str,
        department: &str,
        hash: &str,
    ) -> Result<(), Fault>;
    /// Service cases of the department that look alike, the latest first, at most twenty.
    async fn list_alike(&self, wanted: &AlikeWanted) -> Result<Vec<AlikeRow>, Fault>;
    /// Keeps what was found; a later finding takes the place of the earlier.
    async fn put_likeness(&self, row: &LikenessRow) -> Result<(), Fault>;
    async fn list_likenesses(&self, case: CaseId, node: &str) -> Result<Vec<LikenessRow>, Fault>;
}
