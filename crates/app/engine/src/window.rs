//! Persons and drafts at a window: found or made by their number, held by one clerk, put aside, let go.
//!
//! A number is kept as a hash keyed by the master key, and once sealed under the person's own key; it stands
//! nowhere in clear. A draft at a window belongs to the applicant; the clerk holds it while he has it in hand.
//! Whether a service may be received there is decided at submission (`desk`).

use std::fmt;

use casework::{Actor, ActorRole, Entry, EntryKind, Intake};
use store_port::{AccountRow, AsideRow, Fault, InHandRow, fresh_id};
use uuid::Uuid;
use vocabulary::codes::citizen_id;
use vocabulary::{
    AccountId, CommandId, DraftId, EvidenceId, Instant, MatterId, OutletId, SealedId, SubjectId,
};

use crate::vault;
use crate::{CarriedOut, Draft, Engine, EngineError, ToSeal};

/// A clerk who has done nothing for so long has let go of what he had in hand.
const IDLE_SECONDS: i64 = 2 * 60 * 60;
/// Scanned, and not yet put to a piece of evidence.
pub const UNSORTED: &str = "unsorted";

/// What is on a person's card, or was typed from it.
#[derive(Clone)]
pub struct PersonRead {
    pub number: String,
    pub name: String,
    /// By the reader; false = typed by the clerk.
    pub by_reader: bool,
}

impl fmt::Debug for PersonRead {
    /// Without number and name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PersonRead(by_reader: {})", self.by_reader)
    }
}

/// The person in front of a clerk.
#[derive(Debug, Clone)]
pub struct PersonFound {
    pub account: AccountRow,
    /// Never seen before: the account was made now.
    pub made: bool,
    /// The account bears another name than the card.
    pub other_name: bool,
}

/// Why nobody was found or made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotFound {
    /// The number is not of the right shape, or its check character is wrong.
    NumberWrong,
    NameEmpty,
    /// Typed name and number belong to different people.
    NameDiffers,
}

impl Engine {
    /// Finds the person by number, or makes an account.
    ///
    /// # Errors
    /// A fault. What was read wrongly is the inner error.
    pub async fn receive_person(
        &self,
        read: &PersonRead,
    ) -> Result<Result<PersonFound, NotFound>, EngineError> {
        let number = read.number.trim().to_uppercase();
        let name = read.name.trim();
        if citizen_id::validate(&number).is_err() {
            return Ok(Err(NotFound::NumberWrong));
        }
        if name.is_empty() {
            return Ok(Err(NotFound::NameEmpty));
        }
        let hash = self.number_hash(&number);
        if let Some(account) = self.store().find_account_by_number(&hash).await? {
            let other_name = self.account_name(&account).await? != name;
            if other_name && !read.by_reader {
                return Ok(Err(NotFound::NameDiffers));
            }
            return Ok(Ok(PersonFound { account, made: false, other_name }));
        }
        let account_id = AccountId(fresh_id());
        let subject = Some(SubjectId(fresh_id()));
        let account = AccountRow {
            account_id,
            // Nobody signs in by it: there is no password.
            login: format!("person:{account_id}"),
            role: "applicant".to_owned(),
            department: None,
            area: None,
            subject,
            password_hash: None,
            disabled: false,
            demo: false,
            display_name: self.seal_account_name(account_id, subject, name).await?,
        };
        self.store().upsert_account(&account).await?;
        if !self.keep_number(&account, &number).await? {
            // Another window was faster with the same card: that account holds.
            if let Some(account) = self.store().find_account_by_number(&hash).await? {
                return Ok(Ok(PersonFound { account, made: false, other_name: false }));
            }
        }
        Ok(Ok(PersonFound { account, made: true, other_name: false }))
    }

    /// Remembers the number of an account; false when it belongs to somebody else.
    ///
    /// # Errors
    /// A fault.
    pub async fn keep_number(
        &self,
        account: &AccountRow,
        number: &str,
    ) -> Result<bool, EngineError> {
        let hash = self.number_hash(number);
        if !self.store().set_account_number(account.account_id, &hash).await? {
            return Ok(false);
        }
        let key = self.vault().key_for(subject_of(account)).await?;
        let sealed = ToSeal { id: number_id(account.account_id), clear: number.into() };
        self.store().insert_sealed(&[key.seal_row(&sealed)?]).await?;
        Ok(true)
    }

    /// The person's number; `None` when it was never told, or the person was erased.
    ///
    /// # Errors
    /// A fault.
    pub async fn number_of(&self, account: &AccountRow) -> Result<Option<String>, EngineError> {
        let opened = self.vault().open_all(&[number_id(account.account_id)]).await?;
        let number = opened.into_iter().next().map(|(_, bytes)| String::from_utf8(bytes));
        Ok(number.transpose().map_err(|_| Fault::Corrupt { what: "number of a person" })?)
    }

    /// The name under which shared sources know the person: his login, or his number when he has never signed
    /// in himself.
    ///
    /// # Errors
    /// A fault.
    pub async fn source_key_of(&self, account: &AccountRow) -> Result<String, EngineError> {
        if account.login.starts_with("person:")
            && let Some(number) = self.number_of(account).await?
        {
            return Ok(number);
        }
        Ok(account.login.clone())
    }

    /// The keyed hash by which a number is found.
    pub fn number_hash(&self, number: &str) -> String {
        vault::master_hash(&self.parts.master_key, b"citizen-number", number.as_bytes())
    }

    /// What the clerk has in hand; `None` = he has not sat down at a window.
    ///
    /// # Errors
    /// A fault.
    pub async fn in_hand(&self, clerk: AccountId) -> Result<Option<InHandRow>, EngineError> {
        Ok(self.store().find_in_hand(clerk).await?)
    }

    /// Keeps what the clerk has in hand.
    ///
    /// # Errors
    /// A fault.
    pub async fn keep_in_hand(&self, row: InHandRow) -> Result<InHandRow, EngineError> {
        let row = InHandRow { seen_at: self.clock().now(), ..row };
        self.store().put_in_hand(&row).await?;
        Ok(row)
    }

    /// Wipes everything of the person from the clerk's hand: ticket, person, draft, case. The draft is let go.
    ///
    /// # Errors
    /// A fault.
    pub async fn wipe_hand(&self, row: InHandRow) -> Result<InHandRow, EngineError> {
        if let Some(draft) = row.draft {
            self.store().release_draft(draft, row.clerk).await?;
        }
        self.keep_in_hand(InHandRow {
            ticket: None,
            applicant: None,
            draft: None,
            case: None,
            read_from_card: false,
            by_agent: false,
            lang: String::new(),
            began_at: None,
            ..row
        })
        .await
    }

    /// Takes a draft of the person in hand; what was aside no longer is.
    ///
    /// # Errors
    /// Another clerk has it in hand, it is gone or submitted, or a fault.
    pub async fn take_draft(
        &self,
        row: InHandRow,
        draft: DraftId,
    ) -> Result<InHandRow, EngineError> {
        let active_after = self.idle_since();
        if !self.store().hold_draft(draft, row.clerk, active_after).await? {
            return match self.store().find_draft(draft).await? {
                None => Err(EngineError::NoDraft),
                Some(row) => match row.submitted_as {
                    Some(case) => Err(EngineError::AlreadySubmitted { case }),
                    None => Err(EngineError::DraftHeld),
                },
            };
        }
        if let Some(other) = row.draft.filter(|other| *other != draft) {
            self.store().release_draft(other, row.clerk).await?;
        }
        self.store().take_up(draft).await?;
        self.keep_in_hand(InHandRow { draft: Some(draft), ..row }).await
    }

    /// The draft in hand; `None` when the clerk has none, or no longer.
    ///
    /// # Errors
    /// A fault.
    pub async fn draft_in_hand(&self, row: &InHandRow) -> Result<Option<Draft>, EngineError> {
        let (Some(id), Some(owner)) = (row.draft, row.applicant) else { return Ok(None) };
        if self.store().holder_of_draft(id).await? != Some(row.clerk) {
            return Ok(None);
        }
        self.find_draft(owner, id).await
    }

    /// Puts the draft in hand aside, for any clerk of the outlet, and wipes the hand.
    ///
    /// # Errors
    /// A fault.
    pub async fn put_aside(
        &self,
        row: InHandRow,
        outlet: &OutletId,
    ) -> Result<InHandRow, EngineError> {
        if let Some(draft) = self.draft_in_hand(&row).await? {
            let aside = AsideRow {
                draft: draft.id,
                outlet: outlet.to_string(),
                clerk: row.clerk,
                ticket: row.ticket.clone(),
                put_at: self.clock().now(),
            };
            self.store().put_aside(&aside).await?;
        }
        self.wipe_hand(row).await
    }

    /// Whether somebody else has the draft in hand now.
    ///
    /// # Errors
    /// A fault.
    pub async fn held_elsewhere(
        &self,
        draft: DraftId,
        clerk: AccountId,
    ) -> Result<bool, EngineError> {
        let Some(holder) = self.store().holder_of_draft(draft).await? else { return Ok(false) };
        if holder == clerk {
            return Ok(false);
        }
        let hand = self.store().find_in_hand(holder).await?;
        let idle_since = self.idle_since();
        Ok(hand.is_some_and(|hand| hand.draft == Some(draft) && hand.seen_at > idle_since))
    }

    fn idle_since(&self) -> Instant {
        let now = self.clock().now();
        Instant::from_second(now.as_second() - IDLE_SECONDS).unwrap_or(now)
    }

    /// Begins (or finds) the person's draft of a matter and takes it in hand.
    ///
    /// # Errors
    /// The matter cannot be applied for, another clerk has the draft in hand, or a fault.
    pub async fn open_draft_at_window(
        &self,
        row: InHandRow,
        applicant: AccountId,
        matter: &MatterId,
    ) -> Result<InHandRow, EngineError> {
        let draft = self.open_draft(applicant, matter).await?;
        self.take_draft(row, draft.id).await
    }

    /// Submits the draft in hand for its applicant, with what was done at the window.
    ///
    /// # Errors
    /// As [`Self::submit`] and [`Self::save_draft`]; [`EngineError::NoDraft`] when it is no longer in hand.
    pub async fn submit_in_hand(
        &self,
        row: &InHandRow,
        command: CommandId,
        intake: Intake,
    ) -> Result<CarriedOut, EngineError> {
        let actor = Actor { role: ActorRole::Clerk, account: Some(row.clerk), department: None };
        if let Some(mut draft) = self.draft_in_hand(row).await?
            && draft.submitted_as.is_none()
        {
            draft.reception.applicant = Some(draft.owner);
            draft.reception.area = self
                .network()
                .outlets
                .get(&OutletId::new(std::sync::Arc::clone(&intake.outlet)))
                .map(|outlet| std::sync::Arc::from(outlet.area.as_str()));
            draft.reception.intake = Some(intake);
            draft.reception.entry.get_or_insert(Entry {
                kind: EntryKind::Window,
                place: None,
                from: None,
                service: None,
            });
            self.save_draft(draft).await?;
        }
        let draft = row.draft.ok_or(EngineError::NoDraft)?;
        let done = self.submit_in(actor, command, draft, "window", Some(&row.lang)).await?;
        self.store().release_draft(draft, row.clerk).await?;
        Ok(done)
    }

    /// Puts a scanned file to another piece of evidence of the same draft.
    ///
    /// # Errors
    /// A fault.
    pub async fn move_evidence(
        &self,
        draft: &Draft,
        id: EvidenceId,
        slot: &plan::EvidenceKey,
    ) -> Result<bool, EngineError> {
        match self.store().find_evidence(id).await? {
            Some(row) if row.draft_id == draft.id => {
                Ok(self.store().move_evidence(id, &slot.to_string()).await?)
            }
            Some(_) | None => Ok(false),
        }
    }

    /// Whether this clerk may submit the draft: he holds it.
    pub(crate) async fn holds(
        &self,
        clerk: Option<AccountId>,
        draft: DraftId,
    ) -> Result<bool, Fault> {
        Ok(clerk.is_some() && self.store().holder_of_draft(draft).await? == clerk)
    }
}

fn subject_of(account: &AccountRow) -> SubjectId {
    account.subject.unwrap_or(SubjectId(account.account_id.0))
}

/// Where an account's sealed number stands: derived, so that it is found again.
fn number_id(account: AccountId) -> SealedId {
    SealedId(Uuid::new_v5(&account.0, b"citizen-number"))
}

/// A number as screens and papers show it: the first four and the last four.
pub fn masked(number: &str) -> String {
    let count = number.chars().count();
    if count <= 8 {
        return "*".repeat(count);
    }
    let shown = |place: usize| place < 4 || place + 4 >= count;
    number.chars().enumerate().map(|(place, c)| if shown(place) { c } else { '*' }).collect()
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn a_masked_number_shows_eight_characters_at_most() {
        assert_eq!(masked("510104199603180426"), "5101**********0426");
        assert_eq!(masked("12345678"), "********");
        assert_eq!(masked(""), "");
    }
}
