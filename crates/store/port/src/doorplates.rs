//! Doorplates: how often each was opened on a day. Nobody's person is in here.

use async_trait::async_trait;

use crate::Fault;

/// Visits of one doorplate on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitsRow {
    pub doorplate: String,
    /// Civil date.
    pub day: String,
    pub visits: u64,
}

/// Counting visits.
#[async_trait]
pub trait DoorplateVisits: Send + Sync {
    /// One more.
    async fn note_visit(&self, doorplate: &str, day: &str) -> Result<(), Fault>;
    /// From the first day to the last, by doorplate and day.
    async fn list_visits(&self, since: &str, until: &str) -> Result<Vec<VisitsRow>, Fault>;
}
