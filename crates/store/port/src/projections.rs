//! Making again what lists, timers and figures live on. The truth is the events; these rows only say it once more.

use async_trait::async_trait;
use vocabulary::CaseId;

use crate::{CaseChange, Fault};

/// What came of putting rows.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Put {
    /// Rows that were missing, other than they should be, or too many.
    pub mended: u64,
    /// Cases that went on while their rows were being made: nothing of them was touched.
    pub gone_on: Vec<CaseId>,
}

/// For `rebuild`, also beside nodes that work.
#[async_trait]
pub trait Projections: Send + Sync {
    /// Cases by their events, after this one, in order.
    async fn list_cases_with_events(
        &self,
        after: Option<CaseId>,
        limit: u32,
    ) -> Result<Vec<CaseId>, Fault>;
    /// Puts the rows of these cases in the place of those kept: the case, services, timers, facts, ratings and
    /// inconsistencies of each. All of a case or nothing, and only while its last event is that of `case.version`.
    /// What is as it should be is not written. Events, sendings, licences and values are left alone.
    async fn put_projections(&self, cases: &[CaseChange]) -> Result<Put, Fault>;
}
