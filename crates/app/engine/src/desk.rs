//! The counter: what a clerk may receive at a window, the records of clerks, revoked delegations, and the queue.
//!
//! Decides nothing about a case. What the network's definitions say and what the store keeps are brought together
//! here, at the moment when they are asked for: a record or a delegation that was revoked a second ago counts.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use casework::{Intake, ReceivingAuthority};
use network::{Asked, Authority, Capability, ForWhom, NoAuthority, Outlet, Revoked, Window, Zone};
use store_port::{
    AccountRow, Called, Caller, CapabilityRow, Fault, RevocationRow, RevokedBy, TicketRow,
    TicketWanted, Waiting,
};
use vocabulary::{
    AccountId, CommandId, Date, DelegationId, Instant, MatterId, OutletId, ServiceId, SubjectId,
    WindowId,
};

use crate::{Engine, EngineError};

/// Per service: on what the right to receive it rests, or why there is none.
pub type DeskAuthority = BTreeMap<ServiceId, Result<Authority, NoAuthority>>;

/// Some services of an application may not be received where and by whom it was taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotReceived {
    /// Never empty; in the order of ids.
    pub refusals: Vec<(ServiceId, NoAuthority)>,
}

impl NotReceived {
    /// The code of the first refusal.
    pub fn code(&self) -> &'static str {
        self.refusals.first().map_or("NET0105", |(_, why)| why.code())
    }
}

/// Why something at the counter was not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeskRefusal {
    /// `ENG0030`: no such outlet, zone or window.
    UnknownPlace,
    /// `ENG0031`: no such ticket today.
    UnknownTicket,
    /// `ENG0032`: the ticket is with somebody else, or in another state than thought; nothing changed.
    TicketMoved,
    /// `ENG0033`: the window has a person in hand; finish, hold or transfer first.
    WindowBusy,
    /// `ENG0034`: no such record of a clerk, or it was revoked before.
    UnknownRecord,
    /// `ENG0035`: the last day lies before the first.
    BadDates,
    /// `ENG0036`: no such delegation, or it was revoked before.
    UnknownDelegation,
}

impl DeskRefusal {
    pub const ALL: [Self; 7] = [
        Self::UnknownPlace,
        Self::UnknownTicket,
        Self::TicketMoved,
        Self::WindowBusy,
        Self::UnknownRecord,
        Self::BadDates,
        Self::UnknownDelegation,
    ];

    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::UnknownPlace => "ENG0030",
            Self::UnknownTicket => "ENG0031",
            Self::TicketMoved => "ENG0032",
            Self::WindowBusy => "ENG0033",
            Self::UnknownRecord => "ENG0034",
            Self::BadDates => "ENG0035",
            Self::UnknownDelegation => "ENG0036",
        }
    }
}

/// Where a ticket stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TicketState {
    Waiting,
    /// On the display: "A007, window 06".
    Called,
    /// The person is at the window.
    Serving,
    /// Put aside by the window that has it: somebody fetches a paper.
    Held,
    Done,
    NoShow,
    /// Waits again, for another zone or window, in its old place of the queue.
    Transferred,
}

impl TicketState {
    pub const ALL: [Self; 7] = [
        Self::Waiting,
        Self::Called,
        Self::Serving,
        Self::Held,
        Self::Done,
        Self::NoShow,
        Self::Transferred,
    ];

    /// Stable word for columns and message keys.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Called => "called",
            Self::Serving => "serving",
            Self::Held => "held",
            Self::Done => "done",
            Self::NoShow => "no-show",
            Self::Transferred => "transferred",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// A ticket as people see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    pub state: TicketState,
    pub row: TicketRow,
}

/// What somebody takes a number for.
#[derive(Debug, Clone)]
pub struct TicketWish {
    pub outlet: OutletId,
    /// The zone's id.
    pub zone: String,
    /// Elderly, expectant, disabled people, soldiers: called before others.
    pub priority: bool,
    pub matter: Option<MatterId>,
    /// Whose, where a known person takes it.
    pub subject: Option<SubjectId>,
}

/// A clerk at his window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AtWindow {
    pub clerk: AccountId,
    pub window: WindowId,
}

/// Where a ticket goes: to a zone, or to one window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransferTo {
    Zone(String),
    Window(WindowId),
}

/// The queue of an outlet today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    /// `YYYY-MM-DD` at the outlet.
    pub day: String,
    /// Who waits, per zone and class.
    pub waiting: Vec<Waiting>,
    /// Called or being served, last called first.
    pub in_hand: Vec<Ticket>,
}

impl Queue {
    /// How many wait for a zone.
    pub fn waiting_for(&self, zone: &str) -> u64 {
        self.waiting.iter().filter(|it| it.zone == zone).map(|it| it.count).sum()
    }

    /// How many minutes the one waits for a zone who waits longest; `None` = nobody waits.
    pub fn longest_wait_minutes(&self, zone: &str, now: Instant) -> Option<i64> {
        let since = self.waiting.iter().filter(|it| it.zone == zone).map(|it| it.longest_since);
        Some(now.duration_since(since.min()?).as_mins().max(0))
    }
}

/// A clerk with his records, for the capability matrix.
#[derive(Clone)]
pub struct ClerkRecords {
    pub account: AccountRow,
    pub name: String,
    /// Those that begin last first.
    pub records: Vec<CapabilityRow>,
}

impl fmt::Debug for ClerkRecords {
    /// Without the name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClerkRecords")
            .field("account", &self.account.account_id)
            .field("records", &self.records)
            .finish_non_exhaustive()
    }
}

/// A record that a manager grants.
#[derive(Debug, Clone)]
pub struct Grant {
    pub clerk: AccountId,
    pub service: ServiceId,
    pub valid_from: Date,
    pub valid_until: Option<Date>,
    /// On what it rests: training, examination, secondment.
    pub basis: String,
}

impl Engine {
    // ---- authority -----------------------------------------------------------------------------------

    /// Whether a clerk may receive each of these services at a window now, in an application for this matter.
    ///
    /// # Errors
    /// A fault, or the matter is not offered.
    pub async fn desk_authority(
        &self,
        at: &AtWindow,
        matter: &MatterId,
        services: impl IntoIterator<Item = &ServiceId> + Send,
    ) -> Result<DeskAuthority, EngineError> {
        let services: BTreeSet<ServiceId> = services.into_iter().cloned().collect();
        let outlet = self.network().window(&at.window).map(|(outlet, _, _)| outlet.id.clone());
        let Some(outlet) = outlet else {
            let nowhere = |service| (service, Err(NoAuthority::UnknownPlace));
            return Ok(services.into_iter().map(nowhere).collect());
        };
        self.authority_for(at.clerk, &outlet, Some(&at.window), matter, services).await
    }

    async fn authority_for(
        &self,
        clerk: AccountId,
        outlet: &OutletId,
        window: Option<&WindowId>,
        matter: &MatterId,
        services: BTreeSet<ServiceId>,
    ) -> Result<DeskAuthority, EngineError> {
        let catalogue = self.catalogue();
        let for_whom = ForWhom::of(catalogue, matter).ok_or(EngineError::NotOffered)?;
        let capabilities = self.capabilities_of(clerk).await?;
        let revoked = self.revoked_delegations().await?;
        let on = self.today();
        let answer = |service: ServiceId| {
            let asked = Asked { outlet, window, service: &service, for_whom, on };
            let answer = self.network().may_receive(catalogue, &asked, &capabilities, &revoked);
            (service, answer)
        };
        Ok(services.into_iter().map(answer).collect())
    }

    /// The authority of an intake over every service of its application, at this moment.
    pub(crate) async fn receiving_authority(
        &self,
        intake: &Intake,
        matter: &MatterId,
        services: BTreeSet<ServiceId>,
    ) -> Result<Vec<ReceivingAuthority>, EngineError> {
        let outlet = OutletId::new(std::sync::Arc::clone(&intake.outlet));
        let window = intake.window.clone().map(WindowId::new);
        let answers =
            self.authority_for(intake.clerk, &outlet, window.as_ref(), matter, services).await?;
        let mut refusals = Vec::new();
        let mut authority = Vec::new();
        for (service, answer) in answers {
            match answer {
                Ok(Authority { capability, delegation }) => authority.push(ReceivingAuthority {
                    service,
                    capability,
                    delegation: delegation.map(|it| it.as_str().into()),
                }),
                Err(why) => refusals.push((service, why)),
            }
        }
        if refusals.is_empty() {
            Ok(authority)
        } else {
            Err(EngineError::NotReceived(Box::new(NotReceived { refusals })))
        }
    }

    /// A clerk's records as the network's check wants them.
    ///
    /// # Errors
    /// A fault.
    pub async fn capabilities_of(&self, clerk: AccountId) -> Result<Vec<Capability>, EngineError> {
        let rows = self.store().list_capabilities(clerk).await?;
        rows.iter().map(|row| Ok(capability(row)?)).collect()
    }

    /// Delegations that were revoked, with the first day on which they no longer hold.
    ///
    /// # Errors
    /// A fault.
    pub async fn revoked_delegations(&self) -> Result<Revoked, EngineError> {
        let rows = self.store().list_revocations().await?;
        let read = |row: RevocationRow| {
            let on = date(&row.revoked.on, "day of a revocation")?;
            Ok((DelegationId::new(row.delegation), on))
        };
        rows.into_iter().map(read).collect()
    }

    /// Today at the counter.
    pub fn today(&self) -> Date {
        self.catalogue().civil_date(self.clock().now())
    }

    // ---- records and delegations ---------------------------------------------------------------------

    /// All clerks with their records, in the order of their logins.
    ///
    /// # Errors
    /// A fault.
    pub async fn list_clerks(&self) -> Result<Vec<ClerkRecords>, EngineError> {
        let mut clerks = Vec::new();
        for account in self.store().list_accounts_in("clerk").await? {
            let name = self.account_name(&account).await?;
            let records = self.store().list_capabilities(account.account_id).await?;
            clerks.push(ClerkRecords { account, name, records });
        }
        Ok(clerks)
    }

    /// Gives a clerk a record for a service. The same command again changes nothing.
    ///
    /// # Errors
    /// The last day lies before the first, there is no such clerk or service, or a fault.
    pub async fn grant_capability(
        &self,
        manager: AccountId,
        command: CommandId,
        grant: &Grant,
    ) -> Result<CapabilityRow, EngineError> {
        if grant.valid_until.is_some_and(|until| until < grant.valid_from) {
            return Err(EngineError::Desk(DeskRefusal::BadDates));
        }
        let clerk = self.store().find_account(grant.clerk).await?;
        let known = clerk.is_some_and(|account| account.role == "clerk")
            && self.catalogue().service(&grant.service).is_some();
        if !known {
            return Err(EngineError::Desk(DeskRefusal::UnknownRecord));
        }
        let row = CapabilityRow {
            capability_id: command.0,
            clerk: grant.clerk,
            service: grant.service.to_string(),
            valid_from: grant.valid_from.to_string(),
            valid_until: grant.valid_until.map(|until| until.to_string()),
            basis: grant.basis.clone(),
            granted_by: manager,
            granted_at: self.clock().now(),
            revoked: None,
        };
        self.store().insert_capabilities(std::slice::from_ref(&row)).await?;
        Ok(row)
    }

    /// Takes a record back from today on.
    ///
    /// # Errors
    /// There is no such record, or it was revoked before; or a fault.
    pub async fn revoke_capability(
        &self,
        manager: AccountId,
        record: uuid::Uuid,
        reason: &str,
    ) -> Result<(), EngineError> {
        let revoked = self.revoked_by(manager, reason);
        match self.store().revoke_capability(record, &revoked).await? {
            true => Ok(()),
            false => Err(EngineError::Desk(DeskRefusal::UnknownRecord)),
        }
    }

    /// Takes a delegation back from today on. What was received on it stays received.
    ///
    /// # Errors
    /// There is no such delegation, or it was revoked before; or a fault.
    pub async fn revoke_delegation(
        &self,
        manager: AccountId,
        delegation: &DelegationId,
        reason: &str,
    ) -> Result<(), EngineError> {
        let refusal = EngineError::Desk(DeskRefusal::UnknownDelegation);
        if !self.network().delegations.contains_key(delegation) {
            return Err(refusal);
        }
        let revoked = self.revoked_by(manager, reason);
        let row = RevocationRow { delegation: delegation.to_string(), revoked };
        if self.store().insert_revocation(&row).await? { Ok(()) } else { Err(refusal) }
    }

    fn revoked_by(&self, by: AccountId, reason: &str) -> RevokedBy {
        let reason = reason.trim().to_owned();
        RevokedBy { on: self.today().to_string(), at: self.clock().now(), by, reason }
    }

    // ---- the queue -----------------------------------------------------------------------------------

    /// Takes a number. The same command again gives the same number.
    ///
    /// # Errors
    /// There is no such zone, or a fault.
    pub async fn take_number(
        &self,
        command: CommandId,
        wish: &TicketWish,
    ) -> Result<Ticket, EngineError> {
        let unknown = || EngineError::Desk(DeskRefusal::UnknownPlace);
        let outlet = self.network().outlets.get(&wish.outlet).ok_or_else(unknown)?;
        let zone = outlet.zones.iter().find(|zone| *zone.id == *wish.zone).ok_or_else(unknown)?;
        let row = self
            .store()
            .draw_ticket(&TicketWanted {
                ticket_id: command.0,
                outlet: outlet.id.to_string(),
                day: self.today().to_string(),
                zone: zone.id.to_string(),
                letter: zone.letter.to_string(),
                class: if wish.priority { "priority" } else { "ordinary" }.to_owned(),
                matter: wish.matter.as_ref().map(ToString::to_string),
                subject: wish.subject,
                taken_at: self.clock().now(),
            })
            .await?;
        ticket(row)
    }

    /// A ticket by its id.
    ///
    /// # Errors
    /// A fault.
    pub async fn find_ticket(&self, id: uuid::Uuid) -> Result<Option<Ticket>, EngineError> {
        self.store().find_ticket(id).await?.map(ticket).transpose()
    }

    /// How many are called before this one; 0 = next, or no longer waiting.
    ///
    /// # Errors
    /// A fault.
    pub async fn ahead_of(&self, ticket: &Ticket) -> Result<usize, EngineError> {
        let waiting = [TicketState::Waiting.as_str(), TicketState::Transferred.as_str()];
        if !waiting.contains(&ticket.row.state.as_str()) {
            return Ok(0);
        }
        let rows = self.store().list_tickets(&ticket.row.outlet, &ticket.row.day, &waiting).await?;
        let place = |row: &TicketRow| (row.class != "priority", row.queued_at, row.code.clone());
        let own = place(&ticket.row);
        Ok(rows.iter().filter(|row| row.zone == ticket.row.zone && place(row) < own).count())
    }

    /// Who waits at an outlet and who is in hand, today.
    ///
    /// # Errors
    /// There is no such outlet, or a fault.
    pub async fn queue(&self, outlet: &OutletId) -> Result<Queue, EngineError> {
        if !self.network().outlets.contains_key(outlet) {
            return Err(EngineError::Desk(DeskRefusal::UnknownPlace));
        }
        let day = self.today().to_string();
        let waiting = self.store().waiting(outlet.as_str(), &day).await?;
        let states = [TicketState::Called.as_str(), TicketState::Serving.as_str()];
        let rows = self.store().list_tickets(outlet.as_str(), &day, &states).await?;
        let in_hand = rows.into_iter().map(ticket).collect::<Result<_, _>>()?;
        Ok(Queue { day, waiting, in_hand })
    }

    /// The ticket that a window has called or serves; then what it holds aside, last called first.
    ///
    /// # Errors
    /// There is no such window, or a fault.
    pub async fn tickets_at(
        &self,
        window: &WindowId,
    ) -> Result<(Option<Ticket>, Vec<Ticket>), EngineError> {
        let (outlet, _, _) = self.place(window)?;
        let day = self.today().to_string();
        let states = [TicketState::Called, TicketState::Serving, TicketState::Held];
        let states = states.map(TicketState::as_str);
        let rows = self.store().list_tickets(outlet.id.as_str(), &day, &states).await?;
        let own = rows.into_iter().filter(|row| row.window.as_deref() == Some(window.as_str()));
        let own = own.map(ticket).collect::<Result<Vec<_>, _>>()?;
        let (held, in_hand): (Vec<_>, Vec<_>) =
            own.into_iter().partition(|ticket| ticket.state == TicketState::Held);
        Ok((in_hand.into_iter().next(), held))
    }

    /// Calls who is next for the window. `None` = nobody waits. Two clerks never get the same ticket.
    ///
    /// # Errors
    /// There is no such window, it has somebody in hand, or a fault.
    pub async fn call_next(&self, at: &AtWindow) -> Result<Option<Ticket>, EngineError> {
        let (outlet, zone, window) = self.place(&at.window)?;
        let caller = Caller {
            outlet: outlet.id.to_string(),
            day: self.today().to_string(),
            zone: zone.id.to_string(),
            window: window.id.to_string(),
            clerk: at.clerk,
            at: self.clock().now(),
        };
        match self.store().call_next(&caller).await? {
            Called::Ticket(row) => Ok(Some(ticket(*row)?)),
            Called::NobodyWaits => Ok(None),
            Called::WindowBusy => Err(EngineError::Desk(DeskRefusal::WindowBusy)),
        }
    }

    /// Shows the called number once more.
    ///
    /// # Errors
    /// As [`Self::start_serving`].
    pub async fn recall(&self, at: &AtWindow, id: uuid::Uuid) -> Result<Ticket, EngineError> {
        self.change(at, id, &[TicketState::Called], |row, now| {
            row.called_at = Some(now);
            row.calls = row.calls.saturating_add(1);
            TicketState::Called
        })
        .await
    }

    /// The person has come to the window.
    ///
    /// # Errors
    /// There is no such ticket, it is not this window's or no longer in that state, or a fault.
    pub async fn start_serving(
        &self,
        at: &AtWindow,
        id: uuid::Uuid,
    ) -> Result<Ticket, EngineError> {
        self.change(at, id, &[TicketState::Called], |row, now| {
            row.serving_at = Some(now);
            TicketState::Serving
        })
        .await
    }

    /// Puts the person aside; the window is free for the next.
    ///
    /// # Errors
    /// As [`Self::start_serving`].
    pub async fn hold_ticket(&self, at: &AtWindow, id: uuid::Uuid) -> Result<Ticket, EngineError> {
        let from = [TicketState::Called, TicketState::Serving];
        self.change(at, id, &from, |_, _| TicketState::Held).await
    }

    /// Takes a person up again who was put aside.
    ///
    /// # Errors
    /// As [`Self::start_serving`], or the window has somebody else in hand.
    pub async fn resume_ticket(
        &self,
        at: &AtWindow,
        id: uuid::Uuid,
    ) -> Result<Ticket, EngineError> {
        let (in_hand, _) = self.tickets_at(&at.window).await?;
        if in_hand.is_some_and(|ticket| ticket.row.ticket_id != id) {
            return Err(EngineError::Desk(DeskRefusal::WindowBusy));
        }
        self.change(at, id, &[TicketState::Held], |row, now| {
            row.serving_at = row.serving_at.or(Some(now));
            TicketState::Serving
        })
        .await
    }

    /// Nobody came.
    ///
    /// # Errors
    /// As [`Self::start_serving`].
    pub async fn no_show(&self, at: &AtWindow, id: uuid::Uuid) -> Result<Ticket, EngineError> {
        self.change(at, id, &[TicketState::Called], |row, now| {
            row.ended_at = Some(now);
            TicketState::NoShow
        })
        .await
    }

    /// The person is done.
    ///
    /// # Errors
    /// As [`Self::start_serving`].
    pub async fn finish_ticket(
        &self,
        at: &AtWindow,
        id: uuid::Uuid,
    ) -> Result<Ticket, EngineError> {
        let from = [TicketState::Called, TicketState::Serving, TicketState::Held];
        self.change(at, id, &from, |row, now| {
            row.ended_at = Some(now);
            TicketState::Done
        })
        .await
    }

    /// Sends the person to another zone or window of the outlet, in his old place of the queue.
    ///
    /// # Errors
    /// As [`Self::start_serving`], or there is no such zone or window in this outlet.
    pub async fn transfer_ticket(
        &self,
        at: &AtWindow,
        id: uuid::Uuid,
        to: &TransferTo,
    ) -> Result<Ticket, EngineError> {
        let unknown = || EngineError::Desk(DeskRefusal::UnknownPlace);
        let (outlet, _, _) = self.place(&at.window)?;
        let (zone, window) = match to {
            TransferTo::Zone(id) => {
                let zone = outlet.zones.iter().find(|zone| *zone.id == **id);
                (zone.ok_or_else(unknown)?, None)
            }
            TransferTo::Window(id) => {
                let found = outlet.windows().find(|(_, window)| window.id == *id);
                let (zone, window) = found.ok_or_else(unknown)?;
                (zone, Some(window.id.to_string()))
            }
        };
        let zone = zone.id.to_string();
        let from = [TicketState::Called, TicketState::Serving, TicketState::Held];
        self.change(at, id, &from, |row, _| {
            row.zone = zone;
            row.for_window = window;
            row.window = None;
            row.clerk = None;
            row.serving_at = None;
            TicketState::Transferred
        })
        .await
    }

    /// Remembers what the person wants and who he is, once that is known.
    ///
    /// # Errors
    /// As [`Self::start_serving`].
    pub async fn note_on_ticket(
        &self,
        at: &AtWindow,
        id: uuid::Uuid,
        matter: Option<&MatterId>,
        subject: Option<SubjectId>,
    ) -> Result<Ticket, EngineError> {
        self.change(at, id, &[TicketState::Serving], |row, _| {
            row.matter = matter.map(ToString::to_string).or_else(|| row.matter.take());
            row.subject = subject.or(row.subject);
            TicketState::Serving
        })
        .await
    }

    /// Outlet, zone and window by the window's id.
    ///
    /// # Errors
    /// There is no such window.
    pub fn place(&self, window: &WindowId) -> Result<(&Outlet, &Zone, &Window), EngineError> {
        self.network().window(window).ok_or(EngineError::Desk(DeskRefusal::UnknownPlace))
    }

    /// Changes a ticket that this window has, if it is still in one of these states.
    async fn change(
        &self,
        at: &AtWindow,
        id: uuid::Uuid,
        from: &[TicketState],
        change: impl FnOnce(&mut TicketRow, Instant) -> TicketState + Send,
    ) -> Result<Ticket, EngineError> {
        let found = self.store().find_ticket(id).await?;
        let Ticket { state, mut row } =
            ticket(found.ok_or(EngineError::Desk(DeskRefusal::UnknownTicket))?)?;
        let moved = EngineError::Desk(DeskRefusal::TicketMoved);
        if row.window.as_deref() != Some(at.window.as_str()) || !from.contains(&state) {
            return Err(moved);
        }
        row.clerk = Some(at.clerk);
        let state = change(&mut row, self.clock().now());
        row.state = state.as_str().to_owned();
        row.version = row.version.saturating_add(1);
        match self.store().change_ticket(&row).await? {
            true => Ok(Ticket { state, row }),
            false => Err(moved),
        }
    }
}

/// The network's view of a stored record.
pub(crate) fn capability(row: &CapabilityRow) -> Result<Capability, Fault> {
    const WHAT: &str = "day of a clerk's record";
    Ok(Capability {
        id: row.capability_id.to_string().into(),
        service: ServiceId::new(row.service.as_str()),
        valid_from: date(&row.valid_from, WHAT)?,
        valid_until: row.valid_until.as_deref().map(|until| date(until, WHAT)).transpose()?,
        revoked_on: row.revoked.as_ref().map(|revoked| date(&revoked.on, WHAT)).transpose()?,
    })
}

fn date(text: &str, what: &'static str) -> Result<Date, Fault> {
    text.parse().map_err(|_| Fault::Corrupt { what })
}

fn ticket(row: TicketRow) -> Result<Ticket, EngineError> {
    let state =
        TicketState::parse(&row.state).ok_or(Fault::Corrupt { what: "state of a ticket" })?;
    Ok(Ticket { state, row })
}
