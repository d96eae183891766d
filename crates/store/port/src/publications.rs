//! Which definitions are in force, by act: who published what instead of what, why, and whom it concerned.

use async_trait::async_trait;
use vocabulary::{AccountId, Instant};

use crate::Fault;

/// One publication. What is written is never changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicationRow {
    /// 1, 2, … without gaps.
    pub seq: u64,
    pub at: Instant,
    /// `None` = whoever started a node with new files.
    pub account: Option<AccountId>,
    pub reason: String,
    /// Revision that was in force; empty for the first.
    pub from_catalogue: String,
    pub to_catalogue: String,
    /// Revision of the node's own files at that time.
    pub base_catalogue: String,
    /// Counts as JSON, as they were confirmed.
    pub impact: String,
}

/// Publications, and whom one would concern.
#[async_trait]
pub trait Publications: Send + Sync {
    /// False when the number is taken: somebody published meanwhile. Its definitions are kept before.
    async fn insert_publication(&self, row: &PublicationRow) -> Result<bool, Fault>;
    async fn latest_publication(&self) -> Result<Option<PublicationRow>, Fault>;
    /// The latest first.
    async fn list_publications(&self, limit: u32) -> Result<Vec<PublicationRow>, Fault>;
    /// Whether these definitions were ever in force, or a node's own.
    async fn was_published(&self, catalogue: &str) -> Result<bool, Fault>;
    /// Drafts that are not submitted: (matter, its revision, how many).
    async fn count_open_drafts(&self) -> Result<Vec<(String, String, u64)>, Fault>;
    /// Cases in none of these states: (matter, how many).
    async fn count_cases_not_in(&self, states: &[String]) -> Result<Vec<(String, u64)>, Fault>;
}
