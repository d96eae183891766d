//! Facts for figures: one row per case, per service case and per opened interview, written beside the change that
//! made them so. No personal data crosses here; what only counting needs stands in `body`.

use async_trait::async_trait;
use vocabulary::{CaseId, DispatchId, DraftId, Instant};

use crate::{Fault, OutboxRow};

/// A case as figures count it; rebuilt from events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseFactRow {
    pub case_id: CaseId,
    pub draft_id: DraftId,
    pub matter: String,
    /// GB/T 2260; empty = nobody said where.
    pub area: String,
    pub channel: String,
    /// Empty = not at an outlet.
    pub outlet: String,
    /// Civil dates as ISO text.
    pub submitted_on: String,
    /// When its state became final.
    pub ended_on: Option<String>,
    /// The day of its latest rating.
    pub rated_on: Option<String>,
    /// Everything that began with it was accepted without a correction.
    pub accepted_at_once: bool,
    /// Every result is out, and granted.
    pub all_granted: bool,
    /// The counts, as JSON of the engine.
    pub body: String,
}

/// A service case as figures count it; rebuilt from events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceFactRow {
    pub case_id: CaseId,
    /// `NodeKey` as text.
    pub node: String,
    pub matter: String,
    pub service: String,
    pub department: String,
    pub area: String,
    pub submitted_on: String,
    pub ended_on: Option<String>,
    /// The counts, as JSON of the engine.
    pub body: String,
}

/// An interview that was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftFactRow {
    pub draft_id: DraftId,
    pub matter: String,
    pub area: String,
    /// `EntryKind::as_str`; empty = not stated.
    pub entry: String,
    /// The doorplate; empty = none.
    pub place: String,
    pub opened_on: String,
    pub plan_seen_on: Option<String>,
}

/// An opened interview with what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedRow {
    pub draft: DraftFactRow,
    pub case_id: Option<CaseId>,
    pub accepted_at_once: bool,
    pub all_granted: bool,
}

/// A sending that no business receipt has closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwedRow {
    pub row: OutboxRow,
    /// Claims since the last delivery.
    pub attempts: u32,
    /// The transport took it; the receipt is owed.
    pub delivered: bool,
    /// Why the last attempt failed.
    pub why: Option<String>,
    /// Of the case's facts; empty when it has none.
    pub area: String,
    pub matter: String,
}

/// First and last day as ISO text.
pub type Days = (String, String);

/// Which facts to read: those of which at least one of `open`, `ended`, `submitted`, `rated` is true, all of
/// them when none is asked for; then the filters.
#[derive(Debug, Clone, Default)]
pub struct FactFilter {
    /// Not ended.
    pub open: bool,
    pub ended: Option<Days>,
    pub submitted: Option<Days>,
    /// Cases only.
    pub rated: Option<Days>,
    /// Beginning of an area's code; empty = everywhere.
    pub area: String,
    pub matter: Option<String>,
    /// Keyset: rows after this case and node (the node is empty for cases).
    pub after: Option<(CaseId, String)>,
    pub limit: u32,
}

/// Which interviews to read.
#[derive(Debug, Clone, Default)]
pub struct OpenedFilter {
    pub opened: Option<Days>,
    pub area: String,
    pub matter: Option<String>,
    /// Keyset: rows after this draft.
    pub after: Option<DraftId>,
    pub limit: u32,
}

/// Reading for figures, and the two moments of an interview that no event tells of.
#[async_trait]
pub trait Figures: Send + Sync {
    /// In the order of (case).
    async fn list_case_facts(&self, filter: &FactFilter) -> Result<Vec<CaseFactRow>, Fault>;
    /// In the order of (case, node).
    async fn list_service_facts(&self, filter: &FactFilter) -> Result<Vec<ServiceFactRow>, Fault>;
    /// In the order of (draft).
    async fn list_opened(&self, filter: &OpenedFilter) -> Result<Vec<OpenedRow>, Fault>;
    /// Notes that an interview was opened. Noting it again changes where it belongs and came from, which may be
    /// known later only, and never when it was opened.
    async fn note_opened(&self, row: &DraftFactRow) -> Result<(), Fault>;
    /// Notes that its plan was seen; the first time stays.
    async fn note_plan_seen(&self, draft: DraftId, on: &str) -> Result<(), Fault>;
    /// Sendings not closed, in the order of (case, dispatch).
    async fn list_owed(
        &self,
        after: Option<(CaseId, DispatchId)>,
        limit: u32,
    ) -> Result<Vec<OwedRow>, Fault>;
    /// Writes facts of cases anew, for `rebuild`: what an older version of this program did not write.
    async fn put_facts(
        &self,
        cases: &[CaseFactRow],
        services: &[ServiceFactRow],
    ) -> Result<(), Fault>;
    /// Cases that have no facts yet, after this one, in order.
    async fn list_without_facts(
        &self,
        after: Option<CaseId>,
        limit: u32,
    ) -> Result<Vec<CaseId>, Fault>;
}

impl OwedRow {
    /// When it is due (again).
    pub const fn due_at(&self) -> Instant {
        self.row.due_at
    }
}
