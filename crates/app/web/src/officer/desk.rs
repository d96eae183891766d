//! Loads one service of a case for an officer, says what may be done with it now, and keeps what was typed.
//!
//! What was not handed to the department does not exist for it, also when it is coming.

use std::sync::Arc;

use casework::{
    Actor, ActorRole, Case, CaseEventBody, DispatchKind, Reply, ServiceCase, ServiceState,
};
use catalogue::Catalogue;
use engine::CaseFile;
use vocabulary::{CaseId, DispatchId, Instant, NodeKey};

use super::procedures;
use crate::access::{Action, Resource, may};
use crate::errors::WebError;
use crate::page::Page;
use crate::state::App;

/// Numbers of what officers say in the hub begin here, so that they never meet those that the department's
/// own system gives to its statements about the same sending.
const DESK_SEQ_FIRST: u64 = 1_000_000_001;

/// What an officer can do with a service case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Deed {
    Accept,
    Correct,
    Grant,
    Refuse,
    NotAccept,
    /// Begin one of the service's special procedures.
    BeginProcedure,
    EndProcedure,
    /// Extend the period, once.
    Extend,
    /// Take the correction as made good here.
    Settle,
    /// Answer the applicant's wish to withdraw.
    Withdrawal,
    /// Choose among contradictory replies.
    Resolve,
}

impl Deed {
    pub const ALL: [Self; 11] = [
        Self::Accept,
        Self::Correct,
        Self::Grant,
        Self::Refuse,
        Self::NotAccept,
        Self::BeginProcedure,
        Self::EndProcedure,
        Self::Extend,
        Self::Settle,
        Self::Withdrawal,
        Self::Resolve,
    ];

    /// Last part of its address, and word in page addresses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Correct => "correct",
            Self::Grant => "grant",
            Self::Refuse => "refuse",
            Self::NotAccept => "not-accept",
            Self::BeginProcedure => "procedure",
            Self::EndProcedure => "procedure-end",
            Self::Extend => "extend",
            Self::Settle => "settle",
            Self::Withdrawal => "withdrawal",
            Self::Resolve => "resolve",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|deed| deed.as_str() == text)
    }

    /// What this service case lets be done now.
    pub fn open_for(service: &ServiceCase) -> Vec<Self> {
        let startable = !procedures::startable(service).is_empty();
        let running = service.procedures.iter().any(|run| run.ended_at.is_none());
        let extendable = service.node.extension.is_some() && service.extension.is_none();
        let granted = service.state == ServiceState::Granted;
        let afterwards = granted.then_some([Self::BeginProcedure, Self::EndProcedure]);
        Self::open_in(service.state)
            .iter()
            .copied()
            .chain(afterwards.into_iter().flatten())
            // Granted by silence: the paper is still to be handed in.
            .chain(service.owes_paper().then_some(Self::Grant))
            .filter(|deed| match deed {
                Self::BeginProcedure => startable,
                Self::EndProcedure => running,
                Self::Extend => extendable,
                _ => true,
            })
            .collect()
    }

    /// What a service case in this state lets be done, as far as it knows such a thing.
    const fn open_in(state: ServiceState) -> &'static [Self] {
        match state {
            ServiceState::Referred | ServiceState::Received => {
                &[Self::Accept, Self::Correct, Self::Grant, Self::NotAccept]
            }
            ServiceState::CorrectionRequested => &[Self::Settle, Self::Accept, Self::NotAccept],
            ServiceState::Accepted => {
                &[Self::Grant, Self::Refuse, Self::BeginProcedure, Self::Extend]
            }
            ServiceState::SpecialProcedure => {
                &[Self::EndProcedure, Self::BeginProcedure, Self::Extend]
            }
            ServiceState::WithdrawalPending => &[Self::Withdrawal],
            ServiceState::Contested => &[Self::Resolve],
            ServiceState::Waiting
            | ServiceState::Granted
            | ServiceState::Refused
            | ServiceState::NotAccepted
            | ServiceState::Lapsed
            | ServiceState::Withdrawn
            | ServiceState::Revoked
            | ServiceState::Suspended
            | ServiceState::Terminated
            | ServiceState::Stopped => &[],
        }
    }
}

/// A case as the officer of one of its services has it in hand.
#[derive(Debug)]
pub struct Desk {
    pub file: CaseFile,
    position: usize,
    /// What the service case rests on.
    pub catalogue: Arc<Catalogue>,
}

impl Desk {
    pub fn case(&self) -> &Case {
        &self.file.case
    }

    /// # Errors
    /// Never: the service was found when the desk was made.
    pub fn service(&self) -> Result<&ServiceCase, WebError> {
        self.file.case.services.get(self.position).ok_or(WebError::NotFound)
    }

    pub fn address(&self) -> Result<String, WebError> {
        Ok(format!("/officer/cases/{}/{}", self.file.case.id, self.service()?.node.key))
    }
}

/// The service case behind an address, if it was handed to the officer's own department.
///
/// # Errors
/// Not found, or not this department's.
pub async fn load(
    app: &App,
    page: &Page,
    case: &str,
    node: &str,
    action: Action,
) -> Result<Desk, WebError> {
    let id: CaseId = case.parse().map_err(|_| WebError::NotFound)?;
    let key: NodeKey = node.parse().map_err(|_| WebError::NotFound)?;
    // Whether it is ours shows without opening anything personal.
    let case = app.engine.case(id).await?.ok_or(WebError::NotFound)?;
    let service = case.service(&key).ok_or(WebError::NotFound)?;
    let department = &service.node.department;
    let area = app.engine.catalogue().organisations.get(department);
    let resource = Resource::Department {
        department: department.as_str(),
        area: area.and_then(|organisation| organisation.area.as_deref()),
    };
    if service.sendings.is_empty() || !may(&page.who, action, resource, page.demo) {
        return Err(WebError::NotFound);
    }
    let file = app.engine.case_file(id).await?.ok_or(WebError::NotFound)?;
    let position = file.case.services.iter().position(|service| service.node.key == key);
    let position = position.ok_or(WebError::NotFound)?;
    let node = file.case.services.get(position).map(|service| &service.node);
    let node = node.ok_or(WebError::NotFound)?;
    let catalogue = app.engine.catalogue_of_service(&file.case, node).await?;
    Ok(Desk { file, position, catalogue })
}

/// The officer as events keep him.
pub fn actor(page: &Page) -> Actor {
    Actor {
        role: ActorRole::Officer,
        account: page.who.account,
        department: page.who.department.as_deref().map(Into::into),
    }
}

/// The sending that the officer speaks about: the request to withdraw has its own.
pub fn sending_for(service: &ServiceCase, deed: Deed) -> Option<DispatchId> {
    let withdrawal = deed == Deed::Withdrawal;
    service
        .sendings
        .iter()
        .rev()
        .filter(|sending| sending.kind != DispatchKind::Notice)
        .find(|sending| (sending.kind == DispatchKind::Withdrawal) == withdrawal)
        .map(|sending| sending.dispatch)
}

/// The number of the officer's next statement about a sending.
pub fn next_seq(service: &ServiceCase, dispatch: DispatchId) -> u64 {
    let last = service.replies.range((dispatch, 0)..=(dispatch, u64::MAX)).next_back();
    last.map_or(0, |((_, seq), _)| seq.saturating_add(1)).max(DESK_SEQ_FIRST)
}

/// The number that the officer's next statement had when the case was at `version`: recorded replies of
/// later events do not count.
pub fn seq_seen(desk: &Desk, service: &ServiceCase, dispatch: DispatchId, version: u64) -> u64 {
    let later: Vec<u64> = desk
        .file
        .events
        .iter()
        .filter(|event| event.seq > version)
        .filter_map(|event| match &event.body {
            CaseEventBody::ReplyRecorded { recorded, .. } if recorded.dispatch == dispatch => {
                Some(recorded.department_seq)
            }
            _ => None,
        })
        .collect();
    let mut seen = service.clone();
    seen.replies.retain(|(of, seq), _| *of != dispatch || !later.contains(seq));
    next_seq(&seen, dispatch)
}

/// When a statement was made: a repetition was made when it was made first.
pub fn decided_at(service: &ServiceCase, dispatch: DispatchId, seq: u64, now: Instant) -> Instant {
    service.replies.get(&(dispatch, seq)).map_or(now, |known| known.decided_at)
}

/// What a form was sent with.
#[derive(Clone, Default)]
pub struct Typed(Vec<(String, String)>);

impl std::fmt::Debug for Typed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Typed(Redacted)")
    }
}

impl Typed {
    pub const fn new(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// The value of an input; `None` when it was not sent.
    pub fn find(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn get(&self, name: &str) -> &str {
        self.find(name).unwrap_or_default()
    }

    /// All values of an input that may be there several times.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Whether this reply is one of the department's decisions on the merits, for lists of what contradicts.
pub const fn reply_key(reply: &Reply) -> &'static str {
    match reply {
        Reply::Received => "said-received",
        Reply::Accepted => "said-accepted",
        Reply::NotAccepted { .. } => "said-not-accepted",
        Reply::CorrectionRequested { .. } => "said-correction",
        Reply::Granted { .. } => "said-granted",
        Reply::Refused { .. } => "said-refused",
        Reply::WithdrawalConfirmed => "said-withdrawal-confirmed",
        Reply::TooLateToWithdraw => "said-too-late",
        Reply::Began => "said-began",
        Reply::ProcedureBegan { .. } => "said-procedure-began",
        Reply::ProcedureEnded { .. } => "said-procedure-ended",
        Reply::Extended { .. } => "said-extended",
        Reply::CorrectionSettled => "said-settled",
        Reply::VisitJoined { .. } => "said-visit-joined",
        Reply::VisitHeld { .. } => "said-visit-held",
        Reply::Revoked { .. } => "said-revoked",
    }
}
