//! Fields whose shared source was out of reach when the application was handed in.
//!
//! The applicant's own word stands in the form, the application goes on, and the hub asks again until the source
//! answers. Until then a service that needs the field is neither granted nor refused, nor is silence a grant; where
//! the source answers something else, it is not granted. A person may look at evidence instead, with a reason, and
//! while the source is still silent only after a time that comes with the application.

use serde::{Deserialize, Serialize};
use vocabulary::{Instant, NodeKey, Period, SealedId, Slot, SourceId};

use crate::clocks;
use crate::command::{ActorRole, Command, Context, Refusal};
use crate::deciding::{find, own_department};
use crate::event::{CaseEvent, CaseEventBody, NoticeAbout};
use crate::revoking::notify;
use crate::state::{Case, ServiceCase, ServiceState, Timer, TimerKind};

/// A field of the application that its source could not tell or confirm.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct UncheckedField {
    pub slot: Slot,
    pub source: SourceId,
    /// Counted from the submission: after so long an officer may decide on evidence instead. `None` = never
    /// while the source is silent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence_after: Option<Period>,
}

/// What a source says of a field when it answers at last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckOutcome {
    Agrees,
    Contradicts,
    /// The source knows nothing of it.
    Absent,
}

impl CheckOutcome {
    /// Stable word for message keys.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Agrees => "agrees",
            Self::Contradicts => "contradicts",
            Self::Absent => "absent",
        }
    }
}

/// What a source said of one field.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CheckResult {
    pub slot: Slot,
    pub outcome: CheckOutcome,
    /// What the source says instead (`Facts` as JSON), sealed; only where it contradicts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<SealedId>,
}

/// An officer went by evidence instead of the source.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TakenOnEvidence {
    pub node: NodeKey,
    pub at: Instant,
    pub reason: SealedId,
}

/// A field that has to be checked, with what is known of that.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FieldCheck {
    pub field: UncheckedField,
    /// When the source answered, and what.
    pub answered: Option<(Instant, CheckResult)>,
    pub taken: Vec<TakenOnEvidence>,
}

impl FieldCheck {
    pub fn outcome(&self) -> Option<CheckOutcome> {
        self.answered.as_ref().map(|(_, result)| result.outcome)
    }

    /// Why a service may or may not rely on the field.
    fn is_settled_for(&self, node: &NodeKey) -> bool {
        self.outcome() == Some(CheckOutcome::Agrees) || self.taken.iter().any(|it| it.node == *node)
    }
}

impl Case {
    /// The fields that a service needs and may not yet rely on.
    pub fn unsettled_fields<'c>(
        &'c self,
        service: &'c ServiceCase,
    ) -> impl Iterator<Item = &'c FieldCheck> {
        self.checks_of(service).filter(|check| !check.is_settled_for(&service.node.key))
    }

    /// The fields of a service that have or had to be checked.
    pub fn checks_of<'c>(
        &'c self,
        service: &'c ServiceCase,
    ) -> impl Iterator<Item = &'c FieldCheck> {
        self.checks.iter().filter(|check| service.node.fields.contains(&check.field.slot))
    }

    /// From when on a service may rely on every field that it needs (`Instant::MIN` = always could); `None` = not
    /// yet. Silence decides nothing before.
    pub(crate) fn relies_from(&self, service: &ServiceCase) -> Option<Instant> {
        let settled = |check: &FieldCheck| {
            let agreed = check.answered.as_ref();
            let agreed = agreed.filter(|(_, result)| result.outcome == CheckOutcome::Agrees);
            let taken = check.taken.iter().find(|it| it.node == service.node.key);
            agreed.map(|(at, _)| *at).into_iter().chain(taken.map(|it| it.at)).min()
        };
        self.checks_of(service)
            .try_fold(Instant::MIN, |from, check| settled(check).map(|at| from.max(at)))
    }

    /// Fields of a source that it has not answered yet, while the case still needs them.
    pub fn unanswered_checks(&self) -> impl Iterator<Item = &FieldCheck> {
        let needed = |check: &&FieldCheck| {
            self.services.iter().any(|service| {
                !service.state.is_final() && service.node.fields.contains(&check.field.slot)
            })
        };
        self.checks.iter().filter(|check| check.answered.is_none()).filter(needed)
    }

    /// One timer for all sources that have not answered, however many fields wait for them.
    pub(crate) fn asks_again(&self) -> Option<Timer> {
        let check = self.unanswered_checks().next()?;
        let needs = |service: &&ServiceCase| {
            !service.state.is_final() && service.node.fields.contains(&check.field.slot)
        };
        let service = self.services.iter().find(needs)?;
        Some(Timer {
            due_at: self.submitted_at,
            node: service.node.key.clone(),
            kind: TimerKind::SourceCheck,
        })
    }

    /// From when on an officer may go by evidence although the source is silent; `None` = not while it is.
    pub fn evidence_from(
        &self,
        check: &FieldCheck,
        calendar: &vocabulary::WorkCalendar,
        time_zone: &jiff::tz::TimeZone,
    ) -> Option<Instant> {
        let period = check.field.evidence_after?;
        clocks::over_at(self.submitted_at, period, calendar, time_zone)
    }

    pub(crate) fn take_check(&mut self, event: &CaseEvent) {
        match &event.body {
            CaseEventBody::FieldsChecked { source, results } => {
                for result in results {
                    let check = self.checks.iter_mut().find(|check| {
                        check.field.slot == result.slot && check.field.source == *source
                    });
                    if let Some(check) = check {
                        check.answered =
                            check.answered.take().or_else(|| Some((event.at, result.clone())));
                    }
                }
            }
            CaseEventBody::TakenOnEvidence { node, slot, reason } => {
                let check = self.checks.iter_mut().find(|check| check.field.slot == *slot);
                if let Some(check) = check {
                    check.taken.push(TakenOnEvidence {
                        node: node.clone(),
                        at: event.at,
                        reason: *reason,
                    });
                }
            }
            _ => {}
        }
    }
}

/// A service is not refused while a source that it needs is silent: what it would rest on is not known. Once the
/// source has spoken, even against the applicant, it may be.
pub(crate) fn may_refuse(case: &Case, service: &ServiceCase) -> Result<(), Refusal> {
    if service.state.is_decided() || service.state == ServiceState::Contested {
        return Ok(());
    }
    match case.unsettled_fields(service).find(|check| check.answered.is_none()) {
        None => Ok(()),
        Some(check) => Err(unchecked(service, check)),
    }
}

/// A service is not granted on a field that it needs and may not rely on, whoever grants.
pub(crate) fn may_grant(case: &Case, service: &ServiceCase) -> Result<(), Refusal> {
    // What was decided is decided: another grant is a matter for those who resolve contradictions.
    if service.state.is_decided() || service.state == ServiceState::Contested {
        return Ok(());
    }
    match case.unsettled_fields(service).next() {
        None => Ok(()),
        Some(check) => Err(unchecked(service, check)),
    }
}

fn unchecked(service: &ServiceCase, check: &FieldCheck) -> Refusal {
    Refusal::FieldUnchecked {
        node: service.node.key.clone(),
        slot: check.field.slot.clone(),
        outcome: check.outcome(),
    }
}

/// Decides what a source's answer and an officer's look at evidence bring about.
pub(crate) fn decide(
    case: &Case,
    command: &Command,
    context: Context<'_>,
) -> Result<Vec<CaseEventBody>, Refusal> {
    match command {
        Command::NoteChecks { source, results } => {
            if context.actor.role != ActorRole::Hub {
                return Err(Refusal::MayNotRecord);
            }
            let news: Vec<CheckResult> = results
                .iter()
                .filter(|result| {
                    case.checks.iter().any(|check| {
                        check.field.source == *source
                            && check.field.slot == result.slot
                            && check.answered.is_none()
                    })
                })
                .cloned()
                .collect();
            if news.is_empty() {
                return Ok(Vec::new());
            }
            let mut events = vec![CaseEventBody::FieldsChecked {
                source: source.clone(),
                results: news.clone(),
            }];
            for service in case.services.iter().filter(|service| !service.state.is_final()) {
                if news.iter().any(|result| service.node.fields.contains(&result.slot)) {
                    notify(case, service, NoticeAbout::FieldsChecked, 0, &mut events);
                }
            }
            Ok(events)
        }
        Command::TakeOnEvidence { node, slot, reason } => {
            let service = find(case, node)?;
            own_department(service, context)?;
            if context.actor.role != ActorRole::Officer {
                return Err(Refusal::NotYourService(node.clone()));
            }
            let check =
                case.unsettled_fields(service).find(|check| check.field.slot == *slot).ok_or_else(
                    || Refusal::NothingToCheck { node: node.clone(), slot: slot.clone() },
                )?;
            if check.answered.is_none() {
                let from = case.evidence_from(check, context.calendar, context.time_zone);
                if from.is_none_or(|from| context.now < from) {
                    return Err(Refusal::EvidenceTooEarly {
                        node: node.clone(),
                        slot: slot.clone(),
                        from,
                    });
                }
            }
            let mut events = vec![CaseEventBody::TakenOnEvidence {
                node: node.clone(),
                slot: slot.clone(),
                reason: *reason,
            }];
            // Its own system waits for the field too.
            if !service.state.is_final() {
                notify(case, service, NoticeAbout::FieldsChecked, 0, &mut events);
            }
            Ok(events)
        }
        _ => Ok(Vec::new()),
    }
}
