//! Orders of agents 帮代办: what an applicant entrusts, to whom, until when; and what was done on it.
//!
//! A mandate is looked at anew at every step: what has ended, or was never given, lets nobody in. The draft is and
//! stays the applicant's; nothing of it is lost when an order ends.

use casework::{Actor, ActorRole, Entry, EntryKind};
use jiff::SignedDuration;
use store_port::{DraftRow, OrderActRow, OrderRow, fresh_id};
use uuid::Uuid;
use vocabulary::{AccountId, CaseId, CommandId, Date, DraftId, MatterId};

use crate::vault::Purpose;
use crate::{CarriedOut, Draft, Engine, EngineError};

/// The same thing done again within this time is one act.
const ONE_ACT: SignedDuration = SignedDuration::from_mins(10);
/// Longest term of an order.
const DAYS_MAX: i32 = 366;

/// What an agent may do.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Power {
    /// Answer questions, fill in the form, upload evidence.
    Prepare,
    Submit,
    /// See how the case goes.
    Follow,
}

impl Power {
    pub const ALL: [Self; 3] = [Self::Prepare, Self::Submit, Self::Follow];

    /// Stable word for columns and message keys.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Prepare => "prepare",
            Self::Submit => "submit",
            Self::Follow => "follow",
        }
    }
}

/// Where an order stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OrderState {
    /// Begins later.
    NotYet,
    /// In the pool: no agent has taken it.
    Waiting,
    InForce,
    /// Its last day is over.
    Expired,
    /// The applicant ended it.
    Ended,
}

impl OrderState {
    /// Stable word for message keys.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotYet => "not-yet",
            Self::Waiting => "waiting",
            Self::InForce => "in-force",
            Self::Expired => "expired",
            Self::Ended => "ended",
        }
    }
}

/// Where an order stands on a day.
pub fn order_state(row: &OrderRow, today: Date) -> OrderState {
    let today = today.to_string();
    if row.ended_at.is_some() {
        OrderState::Ended
    } else if row.valid_until < today {
        OrderState::Expired
    } else if row.agent.is_none() {
        OrderState::Waiting
    } else if row.valid_from > today {
        OrderState::NotYet
    } else {
        OrderState::InForce
    }
}

/// Whether an order gives this power.
pub fn gives(row: &OrderRow, power: Power) -> bool {
    row.powers.split(' ').any(|word| word == power.as_str())
}

/// What an agent's orders say of somebody's matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mandate {
    /// One is in force.
    InForce(Box<OrderRow>),
    /// There was one; it is over.
    Over,
    None,
}

/// What an applicant wants to entrust.
#[derive(Debug, Clone)]
pub struct OrderWish {
    /// `None` = whichever agent takes it.
    pub agent: Option<AccountId>,
    pub matter: MatterId,
    pub powers: Vec<Power>,
    pub until: Date,
    pub note: String,
}

/// Why an order was not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoOrder {
    UnknownMatter,
    UnknownAgent,
    NoPower,
    /// The last day lies in the past, or too far ahead.
    BadTerm,
}

impl NoOrder {
    /// Words key.
    pub const fn key(self) -> &'static str {
        match self {
            Self::UnknownMatter => "order-no-matter",
            Self::UnknownAgent => "order-no-agent",
            Self::NoPower => "order-no-power",
            Self::BadTerm => "order-bad-term",
        }
    }
}

impl Engine {
    /// Makes an order, in force from today; the same command makes it once.
    ///
    /// # Errors
    /// A fault; inside, why it cannot be made.
    pub async fn grant_order(
        &self,
        applicant: AccountId,
        command: CommandId,
        wish: OrderWish,
    ) -> Result<Result<Uuid, NoOrder>, EngineError> {
        let today = self.today();
        let too_late = today.saturating_add(jiff::Span::new().days(DAYS_MAX));
        if !self.catalogue().matters.contains_key(&wish.matter) {
            return Ok(Err(NoOrder::UnknownMatter));
        }
        if wish.powers.is_empty() {
            return Ok(Err(NoOrder::NoPower));
        }
        if wish.until < today || wish.until > too_late {
            return Ok(Err(NoOrder::BadTerm));
        }
        if let Some(agent) = wish.agent {
            let agents = self.store().list_agents().await?;
            if !agents.iter().any(|it| it.account_id == agent) {
                return Ok(Err(NoOrder::UnknownAgent));
            }
        }
        let subject = self.subject_of(applicant).await?;
        // Pressing twice makes one order.
        let order_id = Uuid::new_v5(&applicant.0, command.0.as_bytes());
        let note = match wish.note.trim() {
            "" => None,
            words => {
                let key = self.vault().key_for(subject).await?;
                Some(key.seal(Purpose::Value, order_id, words.as_bytes())?)
            }
        };
        let powers: Vec<&str> = wish.powers.iter().map(|power| power.as_str()).collect();
        let row = OrderRow {
            order_id,
            applicant,
            subject,
            agent: wish.agent,
            matter: wish.matter.to_string(),
            powers: powers.join(" "),
            evidence: "online".to_owned(),
            granted_at: self.clock().now(),
            valid_from: today.to_string(),
            valid_until: wish.until.to_string(),
            ended_at: None,
            note,
        };
        self.store().insert_order(&row).await?;
        Ok(Ok(row.order_id))
    }

    /// What the applicant tells the agent; empty when nothing.
    ///
    /// # Errors
    /// A fault.
    pub async fn order_note(&self, row: &OrderRow) -> Result<String, EngineError> {
        let Some(bytes) = row.note.as_deref() else { return Ok(String::new()) };
        // An erased person has said nothing.
        let Some(key) = self.vault().key_of(row.subject).await? else { return Ok(String::new()) };
        let clear = key.open(Purpose::Value, row.order_id, bytes)?;
        Ok(String::from_utf8_lossy(&clear).into_owned())
    }

    /// Ends the applicant's own order, at once; false when there is none of his.
    ///
    /// # Errors
    /// A fault.
    pub async fn end_order(&self, applicant: AccountId, order: Uuid) -> Result<bool, EngineError> {
        match self.store().find_order(order).await? {
            Some(row) if row.applicant == applicant => {
                // Ended before is ended.
                self.store().end_order(order, self.clock().now()).await?;
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// Takes an order of the pool; false when it is somebody's or over.
    ///
    /// # Errors
    /// A fault.
    pub async fn take_order(&self, agent: AccountId, order: Uuid) -> Result<bool, EngineError> {
        let row = self.store().find_order(order).await?;
        let waits = row.is_some_and(|row| order_state(&row, self.today()) == OrderState::Waiting);
        let taken = waits && self.store().take_order(order, agent).await?;
        if taken {
            self.note_act(order, agent, "taken", None, None).await?;
        }
        Ok(taken)
    }

    /// What an agent's orders say of a matter of an applicant.
    ///
    /// # Errors
    /// A fault.
    pub async fn mandate(
        &self,
        agent: AccountId,
        applicant: AccountId,
        matter: &str,
    ) -> Result<Mandate, EngineError> {
        let orders = self.store().list_orders_for(agent).await?;
        let own = orders.into_iter().filter(|row| {
            row.agent == Some(agent) && row.applicant == applicant && row.matter == matter
        });
        let mut found = Mandate::None;
        for row in own {
            if order_state(&row, self.today()) == OrderState::InForce {
                return Ok(Mandate::InForce(Box::new(row)));
            }
            found = Mandate::Over;
        }
        Ok(found)
    }

    /// Opens (or finds) the applicant's draft of the order's matter.
    ///
    /// # Errors
    /// The mandate does not cover it (any more), or as [`Self::open_draft`].
    pub async fn open_draft_on_order(
        &self,
        agent: AccountId,
        order: Uuid,
    ) -> Result<Draft, EngineError> {
        let row = self.store().find_order(order).await?;
        let row = row.filter(|row| row.agent == Some(agent)).ok_or(EngineError::NoDraft)?;
        if order_state(&row, self.today()) != OrderState::InForce || !gives(&row, Power::Prepare) {
            return Err(EngineError::NoMandate);
        }
        let entry = Entry { kind: EntryKind::Agent, place: None, from: None, service: None };
        let matter = MatterId::new(row.matter.as_str());
        let draft = self.open_draft_from(row.applicant, &matter, Some(entry)).await?;
        self.note_act(order, agent, "opened", Some(draft.id), None).await?;
        Ok(draft)
    }

    /// Submits a draft for its applicant on an order.
    ///
    /// # Errors
    /// The mandate does not cover it (any more); or as [`Self::submit`].
    pub async fn submit_on_order(
        &self,
        agent: AccountId,
        command: CommandId,
        mut draft: Draft,
    ) -> Result<CarriedOut, EngineError> {
        let actor = Actor { role: ActorRole::Agent, account: Some(agent), department: None };
        let mandate = self.mandate(agent, draft.owner, draft.matter.as_str()).await?;
        let Mandate::InForce(order) = mandate else { return Err(EngineError::NoMandate) };
        if !gives(&order, Power::Submit) {
            return Err(EngineError::NoMandate);
        }
        let id = draft.id;
        if draft.submitted_as.is_none() {
            draft.reception.applicant = Some(draft.owner);
            draft.reception.order = Some(order.order_id.to_string().into());
            let entry = Entry { kind: EntryKind::Agent, place: None, from: None, service: None };
            draft.reception.entry.get_or_insert(entry);
            self.save_draft(draft).await?;
        }
        let done = self.submit(actor, command, id, "agent").await?;
        self.note_act(order.order_id, agent, "submitted", Some(id), Some(done.case)).await?;
        Ok(done)
    }

    /// Whether an agent may submit this draft at this moment.
    pub(crate) async fn may_submit_on_order(
        &self,
        agent: Option<AccountId>,
        draft: &DraftRow,
    ) -> Result<bool, EngineError> {
        let Some(agent) = agent else { return Ok(false) };
        let mandate = self.mandate(agent, draft.owner, &draft.matter).await?;
        Ok(matches!(mandate, Mandate::InForce(order) if gives(&order, Power::Submit)))
    }

    /// Keeps what an agent did, for the applicant to see.
    ///
    /// # Errors
    /// A fault.
    pub async fn note_act(
        &self,
        order: Uuid,
        agent: AccountId,
        what: &str,
        draft: Option<DraftId>,
        case: Option<CaseId>,
    ) -> Result<(), EngineError> {
        let at = self.clock().now();
        let last = self.store().list_acts(order).await?.pop();
        let again = last.is_some_and(|last| {
            last.what == what && last.draft == draft && at.duration_since(last.at) < ONE_ACT
        });
        if again {
            return Ok(());
        }
        let what = what.to_owned();
        let row = OrderActRow { order_id: order, act_id: fresh_id(), agent, what, draft, case, at };
        Ok(self.store().insert_act(&row).await?)
    }
}
