//! Orders of agents 帮代办: who entrusted whom with what, until when, and what was done on it.

use async_trait::async_trait;
use uuid::Uuid;
use vocabulary::{AccountId, CaseId, DraftId, Instant, SubjectId};

use crate::Fault;

/// An order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderRow {
    pub order_id: Uuid,
    pub applicant: AccountId,
    pub subject: SubjectId,
    /// `None` = the pool: whichever agent takes it first.
    pub agent: Option<AccountId>,
    pub matter: String,
    /// What the agent may do: words separated by spaces.
    pub powers: String,
    /// On what it rests: `online`, given by the applicant when signed in; `paper`, a signed sheet.
    pub evidence: String,
    pub granted_at: Instant,
    /// First and last civil date.
    pub valid_from: String,
    pub valid_until: String,
    pub ended_at: Option<Instant>,
    /// What the applicant tells the agent, sealed.
    pub note: Option<Vec<u8>>,
}

/// Something that an agent did on an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderActRow {
    pub order_id: Uuid,
    pub act_id: Uuid,
    pub agent: AccountId,
    pub what: String,
    pub draft: Option<DraftId>,
    pub case: Option<CaseId>,
    pub at: Instant,
}

/// Orders and acts.
#[async_trait]
pub trait Orders: Send + Sync {
    /// False when an order with this id exists.
    async fn insert_order(&self, row: &OrderRow) -> Result<bool, Fault>;
    async fn find_order(&self, order: Uuid) -> Result<Option<OrderRow>, Fault>;
    /// The applicant's orders, the latest first.
    async fn list_orders_of(&self, applicant: AccountId) -> Result<Vec<OrderRow>, Fault>;
    /// The agent's orders and those of the pool that nobody has taken, the latest first.
    async fn list_orders_for(&self, agent: AccountId) -> Result<Vec<OrderRow>, Fault>;
    /// Ends it; false when it had ended.
    async fn end_order(&self, order: Uuid, at: Instant) -> Result<bool, Fault>;
    /// Takes one of the pool; false when somebody else did.
    async fn take_order(&self, order: Uuid, agent: AccountId) -> Result<bool, Fault>;
    async fn insert_act(&self, row: &OrderActRow) -> Result<(), Fault>;
    /// In the order in which they happened.
    async fn list_acts(&self, order: Uuid) -> Result<Vec<OrderActRow>, Fault>;
    /// Agents who can sign in.
    async fn list_agents(&self) -> Result<Vec<crate::AccountRow>, Fault>;
}
