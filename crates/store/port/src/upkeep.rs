//! What whoever runs the hub asks of a store: its clock, what is owed and late, how busy it is.

use async_trait::async_trait;
use vocabulary::{CaseId, DispatchId, Instant};

use crate::Fault;

/// The connections of one node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connections {
    /// Open now, …
    pub open: u32,
    /// … of which so many do nothing, …
    pub idle: u32,
    /// … of so many at most.
    pub most: u32,
}

/// How a server keeps what it has acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replication {
    /// `synchronous_commit`.
    pub synchronous_commit: String,
    /// `synchronous_standby_names`; empty = commits wait for nobody.
    pub synchronous_standby_names: String,
    /// `fsync` is on.
    pub syncs: bool,
    /// It is a standby itself and only reads.
    pub is_standby: bool,
    /// Standbys that are connected.
    pub connected: u32,
    /// Those of them that commits wait for; `None` = this account may not see it.
    pub synchronous: Option<u32>,
}

/// One of a department's sendings that no receipt has closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwedSending {
    pub department: String,
    pub case_id: CaseId,
    pub dispatch_id: DispatchId,
}

/// For whoever runs the hub.
#[async_trait]
pub trait Upkeep: Send + Sync {
    /// The database's own time.
    async fn database_time(&self) -> Result<Instant, Fault>;
    /// Of each department the sendings of its oldest cases that no receipt has closed, at most so many.
    async fn oldest_owed(&self, of_each: u32) -> Result<Vec<OwedSending>, Fault>;
    /// How many timers were due before this and are in nobody's hands, and since when the first of them is due.
    async fn timers_due_before(&self, at: Instant) -> Result<(u64, Option<Instant>), Fault>;
    /// Whether rows can be written: tries it and takes it back.
    async fn try_writing(&self) -> Result<(), Fault>;
    /// Ends every session: whoever was signed in signs in again. Says how many there were.
    async fn end_sessions(&self) -> Result<u64, Fault>;
    /// How the database keeps what it has acknowledged; `None` = it is one file.
    async fn replication(&self) -> Result<Option<Replication>, Fault> {
        Ok(None)
    }
    /// The connections of this node.
    fn connections(&self) -> Connections;
}
