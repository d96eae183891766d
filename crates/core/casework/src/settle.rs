//! Derives what is known of one service case from the set of its replies.
//!
//! Goes in: the sendings, the replies by (dispatch, department's number), and what commands and timers did.
//! Comes out: state, corrections, acceptance, decision, and how each reply stands. Nothing here depends on
//! the order in which replies arrived. Precisely:
//!
//! - **Place.** Replies are ordered by (round in which they arrived, position of their sending, department's
//!   number). A *round* ends with the applicant's answer to a correction: that is a command, so arrival
//!   before or after it may matter; arrival order within a round may not.
//! - **Late on arrival.** A timer or an officer's resolution is a legal effect of the hub. What it rules out
//!   is late if it arrives afterwards: after a deemed acceptance a correction, an acceptance and a
//!   non-acceptance; after a lapsed correction everything; after a resolution everything that it decided.
//!   Late replies change nothing.
//! - **Deemed grant.** Silence that became a grant is the decision, at the end of its time. Everything that arrives
//!   afterwards is late but for a grant: that is the paper which the department still owes, brings the outputs
//!   into being and moves no date. Two papers that differ are contested like any two decisions.
//! - **Decision.** Grants, refusals, non-acceptances and confirmed withdrawals decide. If all of them say the
//!   same, the first by place counts. If two differ, or a withdrawal is both confirmed and too late, the
//!   service case is contested, whichever came first; then an officer picks one.
//! - **Corrections, acceptance, special procedures and the extension** are read by place up to the decision.
//!   Whatever stands after the decision is late; whatever stands before it is history and counts, also when it
//!   arrives afterwards. Only a procedure that the law puts after the decision is read from there on.
//! - **Extension.** The first by place counts, every other is late: once is all.
//!
//! The `standing` in an event is how the reply stood when it was recorded. The `standing` in a
//! `ServiceCase` is derived here from the whole set and may differ: a grant that counted contradicts as soon
//! as a refusal is there.

use std::collections::BTreeMap;
use std::sync::Arc;

use vocabulary::{ChecklistLineId, DispatchId, Instant, SealedId};

use crate::event::{
    EvidenceRef, GrantedOutput, OwedEvidence, RecordedReply, Reply, ServiceNode, Standing,
};
use crate::revoking::{Revocation, RevocationAct};
use crate::state::{Correction, Extension, Procedure, ServiceCase, ServiceState};
use crate::{rounds, visits};

/// A reply's key: the sending and the department's number.
pub(crate) type ReplyKey = (DispatchId, u64);

/// What commands and timers did to a service case, and when replies arrived relative to them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Track {
    pub(crate) arrivals: BTreeMap<ReplyKey, Arrival>,
    pub(crate) answers: Vec<Answer>,
    pub(crate) deemed: bool,
    /// Since when the department's silence is a grant.
    pub(crate) granted_since: Option<Instant>,
    pub(crate) deemed_at: Option<Instant>,
    /// Its corrections are gathered with those of the services received with it.
    pub(crate) gathers: bool,
    /// Since when every service received with it has answered; derived by [`crate::rounds`].
    pub(crate) complete_at: Option<Instant>,
    /// Since when it is told because of the margin.
    pub(crate) told_at: Option<Instant>,
    /// Visits to which its department was called, with the first call.
    pub(crate) calls: Vec<(Arc<str>, Instant)>,
    /// A correction was not answered in time.
    pub(crate) lapsed_at: Option<Instant>,
    /// Withdrawn before anything was sent.
    pub(crate) withdrawn_unsent_at: Option<Instant>,
    pub(crate) resolved: Option<ReplyKey>,
}

impl Track {
    /// Its department is called to a visit.
    pub(crate) fn call(&mut self, visit: &Arc<str>, at: Instant) {
        if !self.calls.iter().any(|(called, _)| called == visit) {
            self.calls.push((visit.clone(), at));
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Arrival {
    /// Answers of the applicant before it.
    pub(crate) round: u32,
    pub(crate) late: bool,
    /// By the hub's clock.
    pub(crate) at: Instant,
}

/// The applicant's answer to one round of corrections.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Answer {
    pub(crate) at: Instant,
    pub(crate) answer: Option<SealedId>,
    pub(crate) evidence: Vec<EvidenceRef>,
}

/// Where a reply stands in the department's own order.
type Place = (u32, usize, u64);

/// After every reply.
const LAST: Place = (u32::MAX, usize::MAX, u64::MAX);

struct Heard<'a> {
    place: Place,
    key: ReplyKey,
    reply: &'a RecordedReply,
    late: bool,
    arrived: Option<Instant>,
}

/// What all replies together decide.
enum Judgement {
    Open {
        too_late_to_withdraw: bool,
    },
    Decided(usize),
    /// `over_withdrawal`: only whether it is withdrawn is contested.
    Contested {
        over_withdrawal: bool,
    },
}

impl ServiceCase {
    /// Records a reply. A key that is there already stays as it is.
    pub(crate) fn hear(&mut self, recorded: RecordedReply, at: Instant) {
        let key = (recorded.dispatch, recorded.department_seq);
        if self.replies.contains_key(&key) {
            return;
        }
        let late = self.is_ruled_out(&recorded.reply);
        let round = u32::try_from(self.track.answers.len()).unwrap_or(u32::MAX);
        self.track.arrivals.insert(key, Arrival { round, late, at });
        self.replies.insert(key, recorded);
    }

    /// Whether a timer or a resolution has ruled out what `reply` says.
    fn is_ruled_out(&self, reply: &Reply) -> bool {
        if self.track.lapsed_at.is_some() || self.terminated_at.is_some() {
            return true;
        }
        if self.track.granted_since.is_some()
            && !matches!(reply, Reply::Granted { .. } | Reply::Revoked { .. })
            && !is_afterwards(&self.node, reply)
        {
            return true;
        }
        let by_deeming = self.track.deemed
            && matches!(
                reply,
                Reply::Accepted | Reply::NotAccepted { .. } | Reply::CorrectionRequested { .. }
            );
        let resolution = self.track.resolved.and_then(|key| self.replies.get(&key));
        let by_resolution = match resolution.map(|resolution| &resolution.reply) {
            None => false,
            // Resolved to "goes on": only the withdrawal is settled.
            Some(Reply::TooLateToWithdraw) => {
                matches!(reply, Reply::WithdrawalConfirmed | Reply::TooLateToWithdraw)
            }
            // What the law puts after the decision was not decided by it, nor is a new act.
            Some(_) => !is_afterwards(&self.node, reply) && !matches!(reply, Reply::Revoked { .. }),
        };
        by_deeming || by_resolution
    }

    /// Derives everything that follows from the replies. `Stopped` follows from other services and is
    /// derived by [`stop`].
    pub(crate) fn settle(&mut self) {
        let heard = self.heard();
        let judgement = judge(&heard, self.track.resolved);
        let verdict = match judgement {
            Judgement::Decided(index) => heard.get(index),
            Judgement::Open { .. } | Judgement::Contested { .. } => None,
        };
        let decided = match self.track.granted_since {
            // What counts had arrived before, whatever number the paper bears that comes afterwards.
            Some(since) => Some((LAST, since)),
            None => verdict.map(|verdict| (verdict.place, verdict.reply.decided_at)),
        };
        let ended = self.track.granted_since.or(verdict.and_then(|verdict| verdict.arrived));
        let mut requests = self.derive_corrections(&heard, decided);
        rounds::tell(&self.track, &mut requests, ended);
        rounds::mark(&self.track, &mut requests);
        let corrections: Vec<Correction> = requests.into_iter().map(|it| it.correction).collect();
        let accepted_at = heard
            .iter()
            .filter(|heard| decided.is_none_or(|(verdict, _)| heard.place < verdict))
            .find(|heard| !heard.late && heard.reply.reply == Reply::Accepted)
            .map(|heard| heard.reply.decided_at);
        let mut procedures = derive_procedures(&self.node, &heard, decided);
        let accepted = if self.track.deemed { self.started_at } else { accepted_at };
        // What stands after the decision moves nothing that precedes it.
        let in_place = |it: &&Heard<'_>| {
            is_afterwards(&self.node, &it.reply.reply)
                || decided.is_none_or(|(verdict, _)| it.place < verdict)
        };
        let said = heard.iter().filter(|it| !it.late).filter(in_place).map(|it| it.reply);
        let decided_at = decided.map(|(_, at)| at);
        visits::runs(&self.node, &self.track.calls, accepted, said, decided_at, &mut procedures);
        let extended = extension(&self.node, &heard, decided);
        let granted = self.track.granted_since.is_some()
            || verdict.is_some_and(|it| matches!(it.reply.reply, Reply::Granted { .. }));
        let revocations = derive_revocations(&heard, granted);
        let mut state = self.derive_state(
            &heard,
            &judgement,
            &Course {
                correcting: corrections.iter().any(Correction::is_owed),
                accepted: accepted_at.is_some(),
                proceeding: procedures.iter().any(|it| it.ended_at.is_none() && !it.afterwards),
            },
        );
        if state == ServiceState::Granted && !revocations.is_empty() {
            state = ServiceState::Revoked;
        }
        let standings =
            self.standings(&heard, &judgement, verdict, decided, extended, &revocations);
        let extension = extended.map(|(_, extension)| extension);
        let mut granted: Vec<GrantedOutput> = Vec::new();
        let mut owed: Vec<OwedEvidence> = Vec::new();
        let mut refused_for = None;
        let mut withdrawn_at = self.track.withdrawn_unsent_at;
        let mut decided_at = None;
        if let Some(verdict) = verdict {
            match &verdict.reply.reply {
                Reply::Granted { outputs, owed: later } => {
                    granted.clone_from(outputs);
                    owed.clone_from(later);
                }
                Reply::Refused { ground, text } | Reply::NotAccepted { ground, text } => {
                    refused_for = Some((ground.clone(), *text));
                }
                Reply::WithdrawalConfirmed => withdrawn_at = Some(verdict.reply.decided_at),
                _ => {}
            }
            if verdict.reply.reply != Reply::WithdrawalConfirmed {
                decided_at = Some(verdict.reply.decided_at);
            }
        }

        if self.track.granted_since.is_some()
            && matches!(state, ServiceState::Granted | ServiceState::Revoked)
        {
            decided_at = self.track.granted_since;
        }

        self.revocations = revocations;
        self.corrections = corrections;
        self.procedures = procedures;
        self.extension = extension;
        self.grant_deemed_at = self.track.granted_since;
        self.acceptance_deemed = self.track.deemed;
        // A deemed acceptance counts from the receipt, not from the end of the limit.
        self.accepted_at = if self.track.deemed { self.started_at } else { accepted_at };
        self.granted = granted;
        self.owed = owed;
        self.refused_for = refused_for;
        self.withdrawn_at = withdrawn_at;
        self.decided_at = decided_at;
        self.state = state;
        for (key, standing) in standings {
            if let Some(reply) = self.replies.get_mut(&key) {
                reply.standing = standing;
            }
        }
    }

    /// How each reply stands beside all others.
    fn standings(
        &self,
        heard: &[Heard<'_>],
        judgement: &Judgement,
        verdict: Option<&Heard<'_>>,
        decided: Option<(Place, Instant)>,
        extended: Option<(ReplyKey, Extension)>,
        revocations: &[Revocation],
    ) -> Vec<(ReplyKey, Standing)> {
        let acts =
            |key: ReplyKey| revocations.iter().any(|act| (act.dispatch, act.department_seq) == key);
        heard
            .iter()
            .map(|heard| {
                let repeated = matches!(heard.reply.reply, Reply::Extended { .. })
                    && extended.is_none_or(|(key, _)| key != heard.key);
                let follows = is_afterwards(&self.node, &heard.reply.reply);
                let end = decided.map(|(place, _)| place);
                let standing =
                    match standing(heard, judgement, verdict.zip(end), self.track.resolved) {
                        Standing::Counted if repeated => Standing::Late,
                        _ if acts(heard.key) => Standing::Counted,
                        Standing::Counted if verdict.is_some() && is_act(&heard.reply.reply) => {
                            Standing::Late
                        }
                        Standing::Late if follows && !heard.late => Standing::Counted,
                        standing => standing,
                    };
                (heard.key, standing)
            })
            .collect()
    }

    /// All replies by place.
    fn heard(&self) -> Vec<Heard<'_>> {
        let mut heard: Vec<Heard<'_>> = self
            .replies
            .iter()
            .map(|(key, reply)| {
                let arrival = self.track.arrivals.get(key);
                let sending = self.sendings.iter().position(|s| s.dispatch == key.0);
                Heard {
                    place: (
                        arrival.map_or(0, |arrival| arrival.round),
                        sending.unwrap_or(usize::MAX),
                        key.1,
                    ),
                    key: *key,
                    reply,
                    late: arrival.is_some_and(|arrival| arrival.late),
                    arrived: arrival.map(|arrival| arrival.at),
                }
            })
            .collect();
        heard.sort_by_key(|heard| heard.place);
        heard
    }

    fn derive_state(
        &self,
        heard: &[Heard<'_>],
        judgement: &Judgement,
        course: &Course,
    ) -> ServiceState {
        if self.track.withdrawn_unsent_at.is_some() {
            return ServiceState::Withdrawn;
        }
        if self.started_at.is_none() && self.terminated_at.is_some() {
            return ServiceState::Terminated;
        }
        if self.started_at.is_none() {
            return ServiceState::Waiting;
        }
        match judgement {
            Judgement::Contested { .. } => ServiceState::Contested,
            Judgement::Decided(index) => match heard.get(*index).map(|heard| &heard.reply.reply) {
                Some(Reply::Granted { .. }) => ServiceState::Granted,
                Some(Reply::Refused { .. }) => ServiceState::Refused,
                Some(Reply::NotAccepted { .. }) => ServiceState::NotAccepted,
                _ => ServiceState::Withdrawn,
            },
            Judgement::Open { .. } if self.track.granted_since.is_some() => ServiceState::Granted,
            Judgement::Open { too_late_to_withdraw } => {
                if self.track.lapsed_at.is_some() {
                    ServiceState::Lapsed
                } else if self.terminated_at.is_some() {
                    ServiceState::Terminated
                } else if self.is_suspended() {
                    ServiceState::Suspended
                } else if self.withdrawal_requested_at.is_some() && !too_late_to_withdraw {
                    ServiceState::WithdrawalPending
                } else if course.correcting {
                    ServiceState::CorrectionRequested
                } else if course.proceeding {
                    ServiceState::SpecialProcedure
                } else if course.accepted || self.track.deemed {
                    ServiceState::Accepted
                } else if heard.is_empty() {
                    ServiceState::Referred
                } else {
                    ServiceState::Received
                }
            }
        }
    }

    /// Requests of one round that nothing separates are one correction. It ends with the applicant's answer,
    /// or when it is made good at the department, or lapses when the department goes on without one.
    fn derive_corrections(
        &self,
        heard: &[Heard<'_>],
        decided: Option<(Place, Instant)>,
    ) -> Vec<Requested> {
        let mut corrections: Vec<Requested> = Vec::new();
        let counted = heard.iter().filter(|heard| {
            !heard.late && decided.is_none_or(|(verdict, _)| heard.place < verdict)
        });
        for heard in counted {
            let round = heard.place.0.saturating_add(1);
            let current = corrections
                .last_mut()
                .filter(|it| it.correction.round == round && it.correction.is_open());
            match (&heard.reply.reply, current) {
                (Reply::CorrectionRequested { lines, text, reason }, None) => {
                    let lines = without_repetition(lines);
                    let named = lines.iter().map(|line| (line.clone(), heard.arrived, false));
                    let named = named.collect();
                    let correction = Correction {
                        round,
                        requested_at: heard.reply.decided_at,
                        told_at: None,
                        reason: *reason,
                        lines,
                        again: Vec::new(),
                        not_at_once: Vec::new(),
                        text: *text,
                        further_texts: Vec::new(),
                        answered_at: None,
                        settled: false,
                        answer: None,
                        evidence: Vec::new(),
                        lapsed_at: None,
                    };
                    corrections.push(Requested {
                        correction,
                        heard_at: heard.arrived,
                        closed_at: None,
                        named,
                    });
                }
                (Reply::CorrectionRequested { lines, text, reason }, Some(requested)) => {
                    requested.heard_at = requested.heard_at.min(heard.arrived);
                    let correction = &mut requested.correction;
                    correction.reason = correction.reason.or(*reason);
                    correction.requested_at = correction.requested_at.min(heard.reply.decided_at);
                    for line in lines {
                        if correction.lines.contains(line) {
                            let known = requested.named.iter_mut().find(|it| it.0 == *line);
                            if let Some((_, arrived, _)) = known {
                                *arrived = (*arrived).min(heard.arrived);
                            }
                        } else {
                            correction.lines.push(line.clone());
                            requested.named.push((line.clone(), heard.arrived, true));
                        }
                    }
                    match (correction.text, text) {
                        (None, text) => correction.text = *text,
                        (Some(first), Some(text)) if first != *text => {
                            correction.further_texts.push(*text);
                        }
                        (Some(_), _) => {}
                    }
                }
                (Reply::Accepted, Some(requested)) => {
                    requested.correction.lapsed_at = Some(heard.reply.decided_at);
                    requested.closed_at = heard.arrived;
                }
                // Made good at the department: answered there.
                (Reply::CorrectionSettled, Some(requested)) => {
                    requested.correction.answered_at = Some(heard.reply.decided_at);
                    requested.closed_at = heard.arrived;
                    requested.correction.settled = true;
                }
                _ => {}
            }
        }
        let open = corrections.iter_mut().map(|it| &mut it.correction);
        for correction in open.filter(|correction| correction.is_open()) {
            let index = usize::try_from(correction.round.saturating_sub(1)).unwrap_or(usize::MAX);
            match self.track.answers.get(index) {
                Some(answer) => {
                    correction.answered_at = Some(answer.at);
                    correction.answer = answer.answer;
                    correction.evidence.clone_from(&answer.evidence);
                }
                None => correction.lapsed_at = decided.map(|(_, at)| at).or(self.track.lapsed_at),
            }
        }
        corrections
    }
}

/// A correction with what is known of its way through the hub.
pub(crate) struct Requested {
    pub(crate) correction: Correction,
    /// When the first request of it arrived.
    pub(crate) heard_at: Option<Instant>,
    /// When the department's word arrived that closed it.
    pub(crate) closed_at: Option<Instant>,
    /// Its lines, when each arrived, and whether it came with a further request.
    pub(crate) named: Vec<(ChecklistLineId, Option<Instant>, bool)>,
}

/// What has come to be known of a service case that is not decided.
struct Course {
    correcting: bool,
    accepted: bool,
    proceeding: bool,
}

/// Whether the reply is about a procedure that the law puts after the decision.
fn is_afterwards(node: &ServiceNode, reply: &Reply) -> bool {
    match reply {
        Reply::ProcedureBegan { procedure, .. } | Reply::ProcedureEnded { procedure, .. } => {
            node.procedure(procedure).is_some_and(|it| it.afterwards)
        }
        Reply::VisitJoined { visit, .. } | Reply::VisitHeld { visit, .. } => {
            node.visited(visit).is_some_and(|it| it.afterwards)
        }
        _ => false,
    }
}

/// The runs of special procedures. A run that is told twice is one; an end without a beginning is none.
fn derive_procedures(
    node: &ServiceNode,
    heard: &[Heard<'_>],
    decided: Option<(Place, Instant)>,
) -> Vec<Procedure> {
    let mut runs: Vec<Procedure> = Vec::new();
    for heard in heard.iter().filter(|heard| !heard.late) {
        let afterwards = is_afterwards(node, &heard.reply.reply);
        if !afterwards && decided.is_some_and(|(verdict, _)| heard.place > verdict) {
            continue;
        }
        let at = heard.reply.decided_at;
        match &heard.reply.reply {
            Reply::ProcedureBegan { procedure, text }
                if !runs.iter().any(|run| run.id == *procedure && run.ended_at.is_none()) =>
            {
                runs.push(Procedure {
                    id: procedure.clone(),
                    began_at: at,
                    ended_at: None,
                    text: *text,
                    afterwards,
                    counted: node.procedure(procedure).is_some_and(|it| it.counted),
                });
            }
            Reply::ProcedureEnded { procedure, .. } => end(&mut runs, procedure, at),
            // What was found at a visit ends the procedure that the visit is.
            Reply::VisitHeld { visit, .. } => {
                if let Some(procedure) = node.visited(visit) {
                    end(&mut runs, &procedure.id, at);
                }
            }
            _ => {}
        }
    }
    if let Some((_, at)) = decided {
        for run in runs.iter_mut().filter(|run| run.ended_at.is_none() && !run.afterwards) {
            run.ended_at = Some(at.max(run.began_at));
        }
    }
    runs
}

/// Ends the run of a procedure that is under way.
fn end(runs: &mut [Procedure], procedure: &str, at: Instant) {
    let run = runs.iter_mut().find(|run| *run.id == *procedure && run.ended_at.is_none());
    if let Some(run) = run {
        run.ended_at = Some(at.max(run.began_at));
    }
}

/// The one extension that counts, and the reply that brought it.
fn extension(
    node: &ServiceNode,
    heard: &[Heard<'_>],
    decided: Option<(Place, Instant)>,
) -> Option<(ReplyKey, Extension)> {
    let by = node.extension?;
    heard
        .iter()
        .filter(|heard| !heard.late && decided.is_none_or(|(verdict, _)| heard.place < verdict))
        .find_map(|heard| match heard.reply.reply {
            Reply::Extended { reason, approved_by } => {
                let at = heard.reply.decided_at;
                Some((heard.key, Extension { at, by, reason, approved_by }))
            }
            _ => None,
        })
}

const fn is_act(reply: &Reply) -> bool {
    matches!(reply, Reply::Revoked { .. })
}

/// Acts that ended the grant, wherever they stand: there is nothing else that they could be about. A grant is ended
/// once, and struck off once; what follows on that is late.
fn derive_revocations(heard: &[Heard<'_>], granted: bool) -> Vec<Revocation> {
    let mut acts: Vec<Revocation> = Vec::new();
    for heard in heard.iter().filter(|heard| granted && !heard.late) {
        let Reply::Revoked { act, reason, basis, effective_on, .. } = &heard.reply.reply else {
            continue;
        };
        let struck_off = acts.iter().any(|before| before.act == RevocationAct::Deregistered);
        if struck_off || (!acts.is_empty() && *act != RevocationAct::Deregistered) {
            continue;
        }
        acts.push(Revocation {
            number: u32::try_from(acts.len()).unwrap_or(u32::MAX).saturating_add(1),
            act: *act,
            at: heard.reply.decided_at,
            effective_on: *effective_on,
            reason: *reason,
            basis: *basis,
            dispatch: heard.key.0,
            department_seq: heard.key.1,
        });
    }
    acts
}

fn without_repetition(lines: &[ChecklistLineId]) -> Vec<ChecklistLineId> {
    let mut seen: Vec<ChecklistLineId> = Vec::with_capacity(lines.len());
    for line in lines {
        if !seen.contains(line) {
            seen.push(line.clone());
        }
    }
    seen
}

const fn decides(reply: &Reply) -> bool {
    matches!(
        reply,
        Reply::Granted { .. }
            | Reply::Refused { .. }
            | Reply::NotAccepted { .. }
            | Reply::WithdrawalConfirmed
    )
}

fn judge(heard: &[Heard<'_>], resolved: Option<ReplyKey>) -> Judgement {
    let chosen = resolved.and_then(|key| heard.iter().position(|heard| heard.key == key));
    let chosen_reply = chosen.and_then(|index| heard.get(index)).map(|chosen| &chosen.reply.reply);
    let goes_on = chosen_reply == Some(&Reply::TooLateToWithdraw);
    if let (Some(index), false) = (chosen, goes_on) {
        return Judgement::Decided(index);
    }
    let mut decisions = heard.iter().enumerate().filter(|(_, heard)| {
        !heard.late
            && decides(&heard.reply.reply)
            && !(goes_on && heard.reply.reply == Reply::WithdrawalConfirmed)
    });
    let too_late_to_withdraw =
        heard.iter().any(|heard| !heard.late && heard.reply.reply == Reply::TooLateToWithdraw);
    let Some((index, first)) = decisions.next() else {
        return Judgement::Open { too_late_to_withdraw };
    };
    if decisions.any(|(_, other)| other.reply.reply != first.reply.reply) {
        Judgement::Contested { over_withdrawal: false }
    } else if too_late_to_withdraw && first.reply.reply == Reply::WithdrawalConfirmed {
        Judgement::Contested { over_withdrawal: true }
    } else {
        Judgement::Decided(index)
    }
}

fn standing(
    heard: &Heard<'_>,
    judgement: &Judgement,
    verdict: Option<(&Heard<'_>, Place)>,
    resolved: Option<ReplyKey>,
) -> Standing {
    let reply = &heard.reply.reply;
    if heard.late {
        return Standing::Late;
    }
    match (judgement, verdict) {
        (Judgement::Contested { over_withdrawal }, _)
            if decides(reply) || (*over_withdrawal && *reply == Reply::TooLateToWithdraw) =>
        {
            Standing::Contradicts
        }
        (Judgement::Decided(_), Some((verdict, end))) => {
            if heard.key == verdict.key {
                Standing::Counted
            } else if decides(reply) && *reply != verdict.reply.reply {
                Standing::Contradicts
            } else if decides(reply) || heard.place > end {
                // The same decision once more, or an earlier stage told after the decision. The answer to a
                // withdrawal has its own place: it is not about stages.
                if *reply == Reply::TooLateToWithdraw { Standing::Counted } else { Standing::Late }
            } else {
                Standing::Counted
            }
        }
        // Resolved to "goes on".
        (Judgement::Open { .. }, _)
            if resolved.is_some() && *reply == Reply::WithdrawalConfirmed =>
        {
            Standing::Contradicts
        }
        _ => Standing::Counted,
    }
}

/// Marks as stopped every waiting service that waits for one that will not deliver, until nothing changes.
/// Returns (stopped, because of) in the order found. What was marked as stopped before is judged anew.
pub(crate) fn stop(producers: &[Vec<usize>], states: &mut [ServiceState]) -> Vec<(usize, usize)> {
    for state in states.iter_mut().filter(|state| **state == ServiceState::Stopped) {
        *state = ServiceState::Waiting;
    }
    let mut stopped = Vec::new();
    loop {
        let mut found = None;
        for (index, waits) in producers.iter().enumerate() {
            if states.get(index) != Some(&ServiceState::Waiting) {
                continue;
            }
            let barred = |producer: &&usize| {
                states.get(**producer).is_some_and(|state| state.bars_dependants())
            };
            if let Some(producer) = waits.iter().find(barred) {
                found = Some((index, *producer));
                break;
            }
        }
        let Some((index, producer)) = found else {
            return stopped;
        };
        if let Some(state) = states.get_mut(index) {
            *state = ServiceState::Stopped;
        }
        stopped.push((index, producer));
    }
}
