//! Persons and drafts at a window: found by number, held by a clerk, put aside, wiped.

use async_trait::async_trait;
use vocabulary::{AccountId, CaseId, DraftId, EvidenceId, Instant};

use crate::{AccountRow, Fault};

/// What a clerk has in hand. "Next person" leaves clerk and window, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InHandRow {
    pub clerk: AccountId,
    /// The window of the network where he sits.
    pub window: String,
    /// The number of the ticket that he called.
    pub ticket: Option<String>,
    pub applicant: Option<AccountId>,
    pub draft: Option<DraftId>,
    /// What the draft has become, until the next person.
    pub case: Option<CaseId>,
    /// The applicant's card was read by the reader; false = typed.
    pub read_from_card: bool,
    /// Somebody else stands there for the applicant.
    pub by_agent: bool,
    /// Language of what is printed for the applicant.
    pub lang: String,
    /// Since when he has this person in hand.
    pub began_at: Option<Instant>,
    /// His last step; somebody who left lets go of his draft after a while.
    pub seen_at: Instant,
}

/// A draft put aside at an outlet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AsideRow {
    pub draft: DraftId,
    pub outlet: String,
    pub clerk: AccountId,
    pub ticket: Option<String>,
    pub put_at: Instant,
}

/// The window workstation's own state.
#[async_trait]
pub trait Windows: Send + Sync {
    /// The account of the person whose number has this keyed hash.
    async fn find_account_by_number(&self, hash: &str) -> Result<Option<AccountRow>, Fault>;
    /// Remembers the hash of an account's number; false when it is somebody else's, or the account has
    /// another one.
    async fn set_account_number(&self, account: AccountId, hash: &str) -> Result<bool, Fault>;
    /// Takes a draft in hand. False while another clerk has it in hand and has done something since
    /// `active_after`, or when it is submitted or gone.
    async fn hold_draft(
        &self,
        draft: DraftId,
        clerk: AccountId,
        active_after: Instant,
    ) -> Result<bool, Fault>;
    /// Lets go of it, if this clerk holds it.
    async fn release_draft(&self, draft: DraftId, clerk: AccountId) -> Result<(), Fault>;
    /// Who holds a draft.
    async fn holder_of_draft(&self, draft: DraftId) -> Result<Option<AccountId>, Fault>;
    async fn find_in_hand(&self, clerk: AccountId) -> Result<Option<InHandRow>, Fault>;
    async fn put_in_hand(&self, row: &InHandRow) -> Result<(), Fault>;
    async fn put_aside(&self, row: &AsideRow) -> Result<(), Fault>;
    /// Those of an outlet, oldest first; submitted drafts are left out.
    async fn list_aside(&self, outlet: &str) -> Result<Vec<AsideRow>, Fault>;
    /// Takes one up again: true for the one who does it first.
    async fn take_up(&self, draft: DraftId) -> Result<bool, Fault>;
    /// Puts an uploaded file into another slot of its draft, while that is not submitted.
    async fn move_evidence(&self, id: EvidenceId, slot: &str) -> Result<bool, Fault>;
}
