//! Working calendars that were taken over, each as one act, and which dates of which cases it moved.

use async_trait::async_trait;
use vocabulary::{AccountId, CaseId, Instant};

use crate::Fault;

/// One loading of a calendar. Only its progress is ever changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarLoadRow {
    /// 1, 2, … without gaps.
    pub seq: u64,
    pub at: Instant,
    /// `None` = whoever started a node with new definitions, or published them.
    pub account: Option<AccountId>,
    pub version: String,
    /// Hash of the calendar.
    pub hash: String,
    /// Years with their days off and weekend days that are worked, as JSON.
    pub calendar: String,
    /// What held before; empty for the first.
    pub before_version: String,
    pub before_hash: String,
    pub before: String,
    /// The last case that was looked at, for whoever goes on after an interruption.
    pub cursor: Option<CaseId>,
    /// Open cases looked at so far.
    pub cases: u64,
    pub finished_at: Option<Instant>,
}

/// One date of a case that a loading moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarChangeRow {
    pub case_id: CaseId,
    pub load: u64,
    /// `NodeKey` as text; empty = the case as a whole.
    pub node: String,
    /// `ClockKind` as a word, with the procedure behind a point.
    pub clock: String,
    pub case_number: String,
    pub matter: String,
    pub area: Option<String>,
    pub was_on: String,
    pub was_provisional: bool,
    pub is_on: String,
    pub is_provisional: bool,
}

/// Loadings of calendars.
#[async_trait]
pub trait Calendars: Send + Sync {
    /// False when the number is taken: another node did it meanwhile.
    async fn insert_calendar_load(&self, row: &CalendarLoadRow) -> Result<bool, Fault>;
    /// The latest first.
    async fn list_calendar_loads(&self, limit: u32) -> Result<Vec<CalendarLoadRow>, Fault>;
    /// Writes down how far a loading has come.
    async fn advance_calendar_load(
        &self,
        seq: u64,
        cursor: Option<CaseId>,
        cases: u64,
        finished_at: Option<Instant>,
    ) -> Result<(), Fault>;
    /// What is there already stays as it is.
    async fn put_calendar_changes(&self, rows: &[CalendarChangeRow]) -> Result<(), Fault>;
    /// By case number.
    async fn list_calendar_changes(
        &self,
        load: u64,
        limit: u32,
    ) -> Result<Vec<CalendarChangeRow>, Fault>;
    /// How many dates of how many cases a loading moved.
    async fn count_calendar_changes(&self, load: u64) -> Result<(u64, u64), Fault>;
}
