//! Ratings as lists and figures read them; rebuilt from events. What was said stays sealed with the events.

use async_trait::async_trait;
use vocabulary::{CaseId, Instant};

use crate::{Days, Fault};

/// One rating of a case or of one of its services.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RatingRow {
    pub case_id: CaseId,
    /// `NodeKey` as text; empty = the matter as a whole.
    pub node: String,
    pub case_number: String,
    pub matter: String,
    /// Who answers for it: the service's department, or who leads the matter; empty = nobody named.
    pub department: String,
    pub area: String,
    pub outlet: String,
    /// By which way the application came in.
    pub channel: String,
    /// By which way it was rated; empty = not known.
    pub via: String,
    pub grade: u8,
    pub rated_at: Instant,
    pub rated_on: String,
    /// `RatingState::as_str`.
    pub state: String,
    /// An appeal waits for its decision.
    pub appealed: bool,
    /// By when the rater has to be called back, and it has to be settled; bad ones only.
    pub contact_due_on: Option<String>,
    pub due_on: Option<String>,
    /// When it was settled.
    pub rectified_on: Option<String>,
}

/// Which ratings. Empty fields do not filter.
#[derive(Debug, Clone, Default)]
pub struct RatingFilter {
    pub case: Option<CaseId>,
    pub states: Vec<String>,
    /// Bad ones only.
    pub bad: bool,
    /// With an appeal that waits.
    pub appealed: bool,
    pub department: Option<String>,
    /// Ratings of services only.
    pub services: bool,
    /// Beginning of an area's code; empty = everywhere.
    pub area: String,
    pub matter: Option<String>,
    pub rated: Option<Days>,
    /// Keyset: rows after this case and node.
    pub after: Option<(CaseId, String)>,
    /// The one owed first before those owed later, instead of by key: bad ones by date, then the latest.
    pub urgent_first: bool,
    pub limit: u32,
}

/// Reading ratings; rows and counts under one filter agree.
#[async_trait]
pub trait Ratings: Send + Sync {
    async fn list_ratings(&self, filter: &RatingFilter) -> Result<Vec<RatingRow>, Fault>;
    /// Rows per state and whether an appeal waits, under the filter without its `states`, `appealed`, `after`
    /// and `limit`.
    async fn count_ratings(&self, filter: &RatingFilter)
    -> Result<Vec<(String, bool, u64)>, Fault>;
    /// Writes them anew, for `rebuild`.
    async fn put_ratings(&self, rows: &[RatingRow]) -> Result<(), Fault>;
}
