//! Standards that were not the same at both ends (semantics 17): what the report 标准不一致 lists and counts.
//! No personal values; the words of a ground stay sealed with their case.

use async_trait::async_trait;
use vocabulary::{CaseId, Instant};

use crate::Fault;

/// A line or ground that one end cited and the other did not know, or had found met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InconsistencyRow {
    pub case_id: CaseId,
    /// The event that tells of it.
    pub seq: u64,
    /// The line as it was cited, if it looks like an id.
    pub line: String,
    /// `InconsistencyKind::as_str`.
    pub kind: String,
    pub case_number: String,
    /// `NodeKey` as text.
    pub node: String,
    pub service: String,
    pub matter: String,
    pub department: String,
    /// Where it was received, if at a window.
    pub outlet: Option<String>,
    pub window: Option<String>,
    /// The service's revision: the version of the checklist.
    pub checklist: String,
    pub at: Instant,
}

/// Which of them to list; empty fields do not filter.
#[derive(Debug, Clone, Default)]
pub struct InconsistencyFilter {
    pub service: Option<String>,
    pub department: Option<String>,
    pub kind: Option<String>,
    pub limit: u32,
}

/// How often one line of one service differed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InconsistencyCount {
    pub service: String,
    pub department: String,
    pub kind: String,
    pub line: String,
    pub times: u64,
}

/// Reading for the report. They are written with the change that tells of them.
#[async_trait]
pub trait Inconsistencies: Send + Sync {
    /// The latest first.
    async fn list_inconsistencies(
        &self,
        filter: &InconsistencyFilter,
    ) -> Result<Vec<InconsistencyRow>, Fault>;
    /// By service, department, kind and line under the filter without its `limit`; the most frequent first.
    async fn count_inconsistencies(
        &self,
        filter: &InconsistencyFilter,
    ) -> Result<Vec<InconsistencyCount>, Fault>;
}
