//! What a counter keeps: which clerk may receive what, which delegations were revoked, and the tickets of the
//! queue. Nothing here names a case or holds a personal value.

use async_trait::async_trait;
use uuid::Uuid;
use vocabulary::{AccountId, Instant, SubjectId};

use crate::{AccountRow, Fault};

/// A clerk's record for one service 能力矩阵. It is never changed but for its revocation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapabilityRow {
    pub capability_id: Uuid,
    pub clerk: AccountId,
    pub service: String,
    /// `YYYY-MM-DD`, both days count.
    pub valid_from: String,
    pub valid_until: Option<String>,
    /// On what it rests: training, examination, secondment.
    pub basis: String,
    pub granted_by: AccountId,
    pub granted_at: Instant,
    pub revoked: Option<RevokedBy>,
}

/// Who took something back, when, and from which day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevokedBy {
    /// The first day on which it no longer holds, `YYYY-MM-DD`.
    pub on: String,
    pub at: Instant,
    pub by: AccountId,
    pub reason: String,
}

/// A delegation of the network that was revoked; delegations themselves stand in definitions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevocationRow {
    pub delegation: String,
    pub revoked: RevokedBy,
}

/// A number in the queue of an outlet, for one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketRow {
    pub ticket_id: Uuid,
    pub outlet: String,
    /// `YYYY-MM-DD` at the outlet.
    pub day: String,
    /// The zone that it waits for now.
    pub zone: String,
    /// As printed: letter of the zone where it was taken, and number: `A007`.
    pub code: String,
    /// `priority` is called before `ordinary`.
    pub class: String,
    /// What for, where that was said.
    pub matter: Option<String>,
    /// Whose, where a known person took it.
    pub subject: Option<SubjectId>,
    /// `waiting`, `called`, `serving`, `held`, `done`, `no-show`, `transferred`.
    pub state: String,
    /// Only this window may call it (a transfer to a window).
    pub for_window: Option<String>,
    /// Who has it, or had it last.
    pub window: Option<String>,
    pub clerk: Option<AccountId>,
    pub taken_at: Instant,
    /// By it tickets of a class follow each other; a transferred one keeps its place.
    pub queued_at: Instant,
    /// When it was called last, and how often.
    pub called_at: Option<Instant>,
    pub calls: u32,
    pub serving_at: Option<Instant>,
    pub ended_at: Option<Instant>,
    /// The optimistic lock.
    pub version: u64,
}

/// A ticket about to be drawn; the store gives the number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketWanted {
    /// The command's id: drawn once, whatever is pressed how often.
    pub ticket_id: Uuid,
    pub outlet: String,
    pub day: String,
    pub zone: String,
    /// The zone's letter.
    pub letter: String,
    pub class: String,
    pub matter: Option<String>,
    pub subject: Option<SubjectId>,
    pub taken_at: Instant,
}

/// Who calls the next one, and from which zones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    pub outlet: String,
    pub day: String,
    pub zone: String,
    pub window: String,
    pub clerk: AccountId,
    pub at: Instant,
}

/// What came of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Called {
    /// This one, and nobody else has it.
    Ticket(Box<TicketRow>),
    NobodyWaits,
    /// The window has a ticket that is called or being served.
    WindowBusy,
}

/// How many wait, per zone and class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    pub zone: String,
    pub class: String,
    pub count: u64,
    /// Since when the one waits who waits longest.
    pub longest_since: Instant,
}

/// Records of clerks, revocations, tickets.
#[async_trait]
pub trait Desk: Send + Sync {
    /// Accounts of a role, in the order of their logins.
    async fn list_accounts_in(&self, role: &str) -> Result<Vec<AccountRow>, Fault>;
    /// All or none; of two with one id the first stays.
    async fn insert_capabilities(&self, rows: &[CapabilityRow]) -> Result<(), Fault>;
    /// False when there is no such record, or it was revoked before.
    async fn revoke_capability(&self, id: Uuid, revoked: &RevokedBy) -> Result<bool, Fault>;
    async fn find_capability(&self, id: Uuid) -> Result<Option<CapabilityRow>, Fault>;
    /// A clerk's records, those that begin last first.
    async fn list_capabilities(&self, clerk: AccountId) -> Result<Vec<CapabilityRow>, Fault>;
    /// False when it was revoked before: the first revocation stays.
    async fn insert_revocation(&self, row: &RevocationRow) -> Result<bool, Fault>;
    async fn list_revocations(&self) -> Result<Vec<RevocationRow>, Fault>;

    /// Draws the next number of a zone's day; the same id again gives the ticket drawn before.
    async fn draw_ticket(&self, wanted: &TicketWanted) -> Result<TicketRow, Fault>;
    /// Calls who waits first in the zone, or for this window: never the same ticket for two callers.
    async fn call_next(&self, caller: &Caller) -> Result<Called, Fault>;
    /// Writes a ticket whose stored version is `row.version - 1`; false when it is another, or when its window
    /// already has one that is called or being served.
    async fn change_ticket(&self, row: &TicketRow) -> Result<bool, Fault>;
    async fn find_ticket(&self, id: Uuid) -> Result<Option<TicketRow>, Fault>;
    /// Tickets of an outlet's day in these states (none = all), last called first, then in the queue's order.
    async fn list_tickets(
        &self,
        outlet: &str,
        day: &str,
        states: &[&str],
    ) -> Result<Vec<TicketRow>, Fault>;
    /// Who waits at an outlet, in the order of zones and classes.
    async fn waiting(&self, outlet: &str, day: &str) -> Result<Vec<Waiting>, Fault>;
}
