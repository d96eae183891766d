//! Corrections in rounds (semantics 11): service cases received together are told of their corrections in one
//! notice.
//!
//! Goes in: what arrived when, by the hub's clock, and the application's margin. Comes out: when each request was
//! told to the applicant, the rounds for pages, and the answer of a whole round. Precisely:
//!
//! - **Together** are the services that started at the same instant.
//! - **Answered** has a service whose department accepted, asked for a correction or decided, whose acceptance is
//!   deemed, or that the applicant wants back. Only the first answer counts: who answered once holds nobody up.
//! - **All have answered**: the notice goes out at the instant at which the last answer arrived. This is derived
//!   from the set of replies, so their order changes nothing.
//! - **The margin** before the limit of a service that asked is a timer: what is gathered by then goes out. Where
//!   limit and margin have different units, or the limit lies beyond the loaded calendar, nothing is gathered.
//! - What is asked for after a notice is told with the next one; where nobody is waited for any more, at once.
//! - A request that the department itself overtakes before the notice (accepted, made good, decided) is never told.
//! - **Deemed acceptance**: a request that arrived before the limit prevents it, also when its notice goes out
//!   later through the hub's fault: the department spoke in time.
//!
//! It deliberately moves no limit: each request is judged against its own service's.

use jiff::tz::TimeZone;
use vocabulary::{ChecklistLineId, HalfDays, Instant, NodeKey, Period, SealedId, WorkCalendar};

use crate::clocks;
use crate::command::{Context, Refusal};
use crate::event::{CaseEvent, CaseEventBody, EvidenceRef, Reply};
use crate::settle::{Requested, Track};
use crate::state::{Case, ServiceCase, ServiceState};

/// The services of one notice, or those that will be in the next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CorrectionRound {
    /// In the order of the notices of the case, from 1.
    pub number: u32,
    /// When its services were received.
    pub received_at: Instant,
    /// When the notice went out; `None` = still gathering.
    pub told_at: Option<Instant>,
    /// Each with the number of its correction.
    pub asked: Vec<(NodeKey, u32)>,
    /// Who has not answered yet; empty once the notice is out.
    pub awaited: Vec<NodeKey>,
}

/// The answer to one service's part of a notice.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ServiceAnswer {
    pub node: NodeKey,
    pub answer: Option<SealedId>,
    pub evidence: Vec<EvidenceRef>,
}

impl Case {
    /// The rounds of corrections, those that are out first.
    pub fn rounds(&self) -> Vec<CorrectionRound> {
        let mut rounds: Vec<CorrectionRound> = Vec::new();
        for service in &self.services {
            let Some(received_at) = service.started_at else {
                continue;
            };
            let shown =
                service.corrections.iter().filter(|it| it.told_at.is_some() || it.is_open());
            for correction in shown {
                let told_at = correction.told_at;
                let asked = (service.node.key.clone(), correction.round);
                let same = |round: &&mut CorrectionRound| {
                    round.received_at == received_at && round.told_at == told_at
                };
                match rounds.iter_mut().find(same) {
                    Some(round) => round.asked.push(asked),
                    None => rounds.push(CorrectionRound {
                        number: 0,
                        received_at,
                        told_at,
                        asked: vec![asked],
                        awaited: match told_at {
                            Some(_) => Vec::new(),
                            None => self.awaited(service),
                        },
                    }),
                }
            }
        }
        rounds.sort_by_key(|round| (round.told_at.is_none(), round.told_at, round.received_at));
        for (number, round) in (1_u32..).zip(&mut rounds) {
            round.number = number;
        }
        rounds
    }

    /// Of the services received together with this one those that have not answered.
    fn awaited(&self, service: &ServiceCase) -> Vec<NodeKey> {
        let with = received(service);
        let together = self.services.iter().filter(|it| received(it) == with);
        let silent = together.filter(|service| answered_at(service).is_none());
        silent.map(|service| service.node.key.clone()).collect()
    }

    /// While the applicant corrects: the services that go on all the same, and those that have to wait for what is
    /// corrected, directly or not. In plan order.
    pub fn meanwhile(&self) -> (Vec<NodeKey>, Vec<NodeKey>) {
        let mut held: Vec<bool> = self
            .services
            .iter()
            .map(|service| service.state == ServiceState::CorrectionRequested)
            .collect();
        let mut waits = Vec::new();
        loop {
            let next = self.services.iter().enumerate().position(|(index, service)| {
                let producers = self.producers.get(index).map_or(&[][..], Vec::as_slice);
                service.state == ServiceState::Waiting
                    && held.get(index) == Some(&false)
                    && producers.iter().any(|at| held.get(*at) == Some(&true))
            });
            let Some(next) = next else {
                break;
            };
            if let Some(flag) = held.get_mut(next) {
                *flag = true;
            }
            waits.push(next);
        }
        let key = |index: usize| self.services.get(index).map(|service| service.node.key.clone());
        waits.sort_unstable();
        let goes_on = self.services.iter().zip(&held).filter(|(service, held)| {
            let under_way = matches!(
                service.state,
                ServiceState::Referred
                    | ServiceState::Received
                    | ServiceState::Accepted
                    | ServiceState::SpecialProcedure
            );
            !**held && under_way
        });
        (
            goes_on.map(|(service, _)| service.node.key.clone()).collect(),
            waits.into_iter().filter_map(key).collect(),
        )
    }

    /// When the margin sends the notice of what this service asks for; `None` when nothing is gathered.
    pub fn notice_due(
        &self,
        node: &NodeKey,
        calendar: &WorkCalendar,
        time_zone: &TimeZone,
    ) -> Option<Instant> {
        let service = self.service(node)?;
        service.gathered_correction()?;
        let with = received(service);
        let together = self.services.iter().filter(|it| received(it) == with);
        together.filter_map(|it| self.notice_by_margin(it, calendar, time_zone)).min()
    }

    /// Whether a correction was asked for within its own service's limit, by the department's own time. `None` =
    /// no such correction, or the limit lies beyond the loaded calendar.
    pub fn asked_in_time(
        &self,
        node: &NodeKey,
        round: u32,
        calendar: &WorkCalendar,
        time_zone: &TimeZone,
    ) -> Option<bool> {
        let service = self.service(node)?;
        let correction = service.corrections.iter().find(|it| it.round == round)?;
        if round > 1 {
            // What was answered has its own course: the limit is about the first request.
            return None;
        }
        let limit = service.node.correction_limit;
        let over = clocks::end_of(service, limit, calendar, time_zone)?;
        Some(correction.requested_at < over)
    }

    /// When the margin sends what this one service asked for.
    pub(crate) fn notice_by_margin(
        &self,
        service: &ServiceCase,
        calendar: &WorkCalendar,
        time_zone: &TimeZone,
    ) -> Option<Instant> {
        service.gathered_correction()?;
        let margin = self.application.correction_margin?;
        let received_at = service.started_at?;
        let limit = service.node.correction_limit;
        let left = HalfDays(limit.halves.0.saturating_sub(margin.halves.0));
        if limit.unit != margin.unit || left == HalfDays::ZERO {
            return Some(received_at);
        }
        let until = Period { halves: left, unit: limit.unit };
        clocks::end_of(service, until, calendar, time_zone).or(Some(received_at))
    }

    /// Derives since when every service received together has answered. Returns the positions where it changed.
    pub(crate) fn settle_rounds(&mut self) -> Vec<usize> {
        if self.application.correction_margin.is_none() {
            return Vec::new();
        }
        let answers: Vec<(Option<Received>, Option<Instant>)> =
            self.services.iter().map(|it| (received(it), answered_at(it))).collect();
        let complete = |with: Option<Received>| {
            with?;
            let together = answers.iter().filter(|(received, _)| *received == with);
            together
                .map(|(_, answered)| *answered)
                .try_fold(None, |last, at| Some(last.max(Some(at?))))
                .flatten()
        };
        let mut changed = Vec::new();
        for (index, service) in self.services.iter_mut().enumerate() {
            let complete_at = complete(received(service));
            if service.track.complete_at != complete_at {
                service.track.complete_at = complete_at;
                changed.push(index);
            }
        }
        changed
    }

    /// The acts of the hub's timer: every round whose margin has come.
    pub(crate) fn notices_due(&self, context: Context<'_>) -> Vec<CaseEventBody> {
        let (calendar, zone) = (context.calendar, context.time_zone);
        let mut due: Vec<Received> = Vec::new();
        for service in &self.services {
            let margin = self.notice_by_margin(service, calendar, zone);
            if let (Some(at), Some(with)) = (margin, received(service))
                && at <= context.now
                && !due.contains(&with)
            {
                due.push(with);
            }
        }
        let named =
            self.services.iter().filter(|it| received(it).is_some_and(|with| due.contains(&with)));
        named
            .filter_map(|service| {
                let round = service.gathered_correction()?.round;
                let node = service.node.key.clone();
                Some(CaseEventBody::CorrectionNotified { node, round, by_margin: true })
            })
            .collect()
    }
}

/// Services with the same are received together: with the application, or at the same instant after it.
type Received = (Instant, bool);

fn received(service: &ServiceCase) -> Option<Received> {
    Some((service.started_at?, service.node.waits_for.is_empty()))
}

/// The department has answered about the application as a whole.
const fn answers(reply: &Reply) -> bool {
    matches!(
        reply,
        Reply::Accepted
            | Reply::NotAccepted { .. }
            | Reply::CorrectionRequested { .. }
            | Reply::Granted { .. }
            | Reply::Refused { .. }
            | Reply::WithdrawalConfirmed
    )
}

/// When the first answer arrived.
fn answered_at(service: &ServiceCase) -> Option<Instant> {
    let said = service.replies.iter().filter(|(_, recorded)| answers(&recorded.reply));
    let arrived = said.filter_map(|(key, _)| service.track.arrivals.get(key)).map(|it| it.at);
    let silence = [service.track.deemed_at, service.track.granted_since];
    let done = silence.into_iter().chain([service.withdrawal_requested_at]);
    arrived.chain(done.flatten()).min()
}

/// Says of each request when the applicant was told; `decided` = when the decision arrived.
pub(crate) fn tell(track: &Track, requests: &mut [Requested], decided: Option<Instant>) {
    for Requested { correction, heard_at, closed_at, .. } in requests.iter_mut() {
        if !track.gathers {
            correction.told_at = Some(correction.requested_at);
            continue;
        }
        let overtaken = match (*closed_at, correction.answered_at, correction.lapsed_at) {
            (Some(closed), ..) => Some(closed),
            // Not by the applicant's answer: by the decision.
            (None, None, Some(_)) => decided,
            _ => None,
        };
        let open = [track.complete_at, track.told_at].into_iter().flatten().min();
        correction.told_at = open
            .zip(*heard_at)
            .map(|(open, heard)| open.max(heard))
            .filter(|told| overtaken.is_none_or(|overtaken| overtaken > *told));
    }
}

/// Marks what was asked for again and what the first notice did not name (一次性告知). What a further request adds
/// before its notice is out is named at once; what was never told was never asked.
pub(crate) fn mark(track: &Track, requests: &mut [Requested]) {
    let mut asked: Vec<ChecklistLineId> = Vec::new();
    for Requested { correction, named, .. } in requests {
        for (line, arrived, added) in named.iter() {
            let afterwards = if track.gathers {
                correction.told_at.is_some_and(|told| arrived.is_some_and(|arrived| arrived > told))
            } else {
                *added
            };
            if asked.contains(line) {
                correction.again.push(line.clone());
            } else if !asked.is_empty() || afterwards {
                correction.not_at_once.push(line.clone());
            }
        }
        if correction.told_at.is_some() {
            asked.extend(named.drain(..).map(|(line, ..)| line));
        }
    }
}

/// Adds for the record what goes out because all have answered now.
pub(crate) fn note(case: &Case, events: &mut Vec<CaseEventBody>, context: Context<'_>) {
    if case.application.correction_margin.is_none() {
        return;
    }
    let asks = |event: &CaseEventBody| {
        matches!(event, CaseEventBody::ReplyRecorded { recorded, .. }
            if matches!(recorded.reply, Reply::CorrectionRequested { .. }))
    };
    let gathered = case.services.iter().any(|service| service.gathered_correction().is_some());
    if events.is_empty() || !(gathered || events.iter().any(asks)) {
        return;
    }
    let mut after = case.clone();
    for body in events.iter() {
        let seq = after.version.saturating_add(1);
        let (at, actor) = (context.now, context.actor.clone());
        after.apply(&CaseEvent { seq, at, actor, body: body.clone() });
    }
    for (before, service) in case.services.iter().zip(&after.services) {
        let Some(owed) = service.owed_correction() else {
            continue;
        };
        let known = before.owed_correction().is_some_and(|known| known.round == owed.round);
        let told = events.iter().any(|event| {
            matches!(event, CaseEventBody::CorrectionNotified { node, .. }
                if *node == service.node.key)
        });
        if !known && !told {
            let node = service.node.key.clone();
            events.push(CaseEventBody::CorrectionNotified {
                node,
                round: owed.round,
                by_margin: false,
            });
        }
    }
}

/// A round is answered in one go: each service once, and all of them or none.
pub(crate) fn all_once(answers: &[ServiceAnswer]) -> Result<(), Refusal> {
    let repeated = |(index, answer): (usize, &ServiceAnswer)| {
        answers.iter().take(index).any(|before| before.node == answer.node)
    };
    if answers.is_empty() || answers.iter().enumerate().any(repeated) {
        return Err(Refusal::NothingAnswered);
    }
    Ok(())
}
