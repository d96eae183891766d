//! A case is the fold of its events. Its own state is always derived from its service cases, never set.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use vocabulary::{
    CaseId, ChecklistLineId, ClockStart, CountsFrom, Date, DispatchId, DueDate, Instant, NodeKey,
    Period, SealedId,
};

use crate::checks::FieldCheck;
use crate::dates::DatesMoved;
use crate::documents::Document;
use crate::event::{
    Application, DispatchKind, EvidenceRef, GrantedOutput, NoticeAbout, OwedEvidence,
    RecordedReply, ServiceNode, Standing,
};
use crate::ratings::Rating;
use crate::revoking::{Announcement, Revocation};
use crate::settle::Track;
use crate::succession::Succession;
use crate::supervision::Supervised;
use crate::visits::Visit;

/// The state of a service case 子办件, derived from what is known of it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ServiceState {
    /// Waits for another service's output.
    Waiting,
    /// Handed to the department; its receipt has not come.
    Referred,
    /// Received 已收件, not yet accepted.
    Received,
    /// The applicant has to correct something.
    CorrectionRequested,
    /// Accepted 受理 (or deemed so).
    Accepted,
    /// A special procedure 特别程序 is under way: the clocks stand still, unless its regime counts its time.
    SpecialProcedure,
    Granted,
    Refused,
    NotAccepted,
    /// The correction was not answered in time: returned 退件.
    Lapsed,
    WithdrawalPending,
    Withdrawn,
    /// Can never start: an output that it needs will not come.
    Stopped,
    /// The department contradicted itself; an officer has to resolve it.
    Contested,
    /// Granted, and the grant was ended by a later act 撤销、撤回、吊销、注销.
    Revoked,
    /// The applicant died or changed: it waits for somebody to take her place 中止.
    Suspended,
    /// It ended without a decision, because nobody takes her place 终止.
    Terminated,
}

impl ServiceState {
    pub const ALL: [Self; 17] = [
        Self::Waiting,
        Self::Referred,
        Self::Received,
        Self::CorrectionRequested,
        Self::Accepted,
        Self::SpecialProcedure,
        Self::Granted,
        Self::Refused,
        Self::NotAccepted,
        Self::Lapsed,
        Self::WithdrawalPending,
        Self::Withdrawn,
        Self::Stopped,
        Self::Contested,
        Self::Revoked,
        Self::Suspended,
        Self::Terminated,
    ];

    /// Stable word for columns, filters and message keys.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Referred => "referred",
            Self::Received => "received",
            Self::CorrectionRequested => "correction-requested",
            Self::Accepted => "accepted",
            Self::SpecialProcedure => "special-procedure",
            Self::Granted => "granted",
            Self::Refused => "refused",
            Self::NotAccepted => "not-accepted",
            Self::Lapsed => "lapsed",
            Self::WithdrawalPending => "withdrawal-pending",
            Self::Withdrawn => "withdrawn",
            Self::Stopped => "stopped",
            Self::Contested => "contested",
            Self::Revoked => "revoked",
            Self::Suspended => "suspended",
            Self::Terminated => "terminated",
        }
    }

    /// Nothing more will happen by itself.
    pub const fn is_final(self) -> bool {
        matches!(
            self,
            Self::Granted
                | Self::Refused
                | Self::NotAccepted
                | Self::Lapsed
                | Self::Withdrawn
                | Self::Stopped
                | Self::Revoked
                | Self::Terminated
        )
    }

    /// The department has decided.
    pub const fn is_decided(self) -> bool {
        matches!(self, Self::Granted | Self::Refused | Self::NotAccepted | Self::Revoked)
    }

    /// Ended without the outputs that others may be waiting for.
    pub const fn bars_dependants(self) -> bool {
        self.is_final() && !matches!(self, Self::Granted)
    }
}

/// The state of a case 主办件.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum CaseState {
    InProgress,
    /// The applicant has something to do.
    AwaitingApplicant,
    /// Some granted, others still open.
    PartlyDone,
    Done,
    /// All ended, some granted and some not.
    PartlyRefused,
    /// All ended, none granted.
    Refused,
    Withdrawn,
    Contested,
}

impl CaseState {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InProgress => "in-progress",
            Self::AwaitingApplicant => "awaiting-applicant",
            Self::PartlyDone => "partly-done",
            Self::Done => "done",
            Self::PartlyRefused => "partly-refused",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Contested => "contested",
        }
    }

    pub const fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::PartlyRefused | Self::Refused | Self::Withdrawn)
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sending {
    pub dispatch: DispatchId,
    pub kind: DispatchKind,
    pub round: u32,
    pub dispatched_at: Instant,
    pub delivered_at: Option<Instant>,
    /// Of a notice.
    pub about: Option<Arc<NoticeAbout>>,
}

/// A correction round of one service. Requests that came before one answer are one round.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Correction {
    pub round: u32,
    /// The department's own time of the first request.
    pub requested_at: Instant,
    /// When the applicant was told, with the one notice of the round: from here the clock stands still and the
    /// time for the answer runs. `None` = gathered, or closed before a notice went out.
    pub told_at: Option<Instant>,
    /// Every line asked for, once, in the department's order.
    pub lines: Vec<ChecklistLineId>,
    pub text: Option<SealedId>,
    /// Words of further requests in the same round; a second request is itself worth a look.
    pub further_texts: Vec<SealedId>,
    pub answered_at: Option<Instant>,
    /// Made good at the department itself, not by an answer over the hub.
    pub settled: bool,
    pub answer: Option<SealedId>,
    pub evidence: Vec<EvidenceRef>,
    /// The department went on (accepted or decided) without an answer, or the time for it passed.
    pub lapsed_at: Option<Instant>,
    /// Lines that an earlier round of this service had asked for already: the same fault once more.
    pub again: Vec<ChecklistLineId>,
    /// Lines that the first request did not name. All faults are to be named at once (一次性告知); whether
    /// this one was there then, a person judges.
    pub not_at_once: Vec<ChecklistLineId>,
    /// The department's reason for either.
    pub reason: Option<SealedId>,
}

/// One run of a special procedure.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Procedure {
    /// Id of the [`crate::event::NodeProcedure`].
    pub id: Arc<str>,
    /// The department's own time.
    pub began_at: Instant,
    /// `None` = under way. A decision ends what precedes decisions.
    pub ended_at: Option<Instant>,
    pub text: Option<SealedId>,
    pub afterwards: bool,
    /// Stops no clock.
    pub counted: bool,
}

/// The period was extended 延期.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Extension {
    /// The department's own time: only what is extended before it is due is extended.
    pub at: Instant,
    pub by: Period,
    pub reason: SealedId,
    pub approved_by: SealedId,
}

impl Correction {
    /// Neither answered nor overtaken.
    pub const fn is_open(&self) -> bool {
        self.answered_at.is_none() && self.lapsed_at.is_none()
    }

    /// The applicant was told and still owes an answer.
    pub const fn is_owed(&self) -> bool {
        self.is_open() && self.told_at.is_some()
    }

    /// Asked for and waiting for the one notice of its round 已提出，待合并告知.
    pub const fn is_gathered(&self) -> bool {
        self.is_open() && self.told_at.is_none()
    }

    /// It asks for something once more, or for something that the first request did not name.
    pub const fn is_repeated(&self) -> bool {
        !self.again.is_empty() || !self.not_at_once.is_empty()
    }
}

/// Everything known of one service of the case.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ServiceCase {
    pub node: Arc<ServiceNode>,
    /// When the law counts it as received: submission, or its last hard need (semantics 10).
    pub started_at: Option<Instant>,
    pub sendings: Vec<Sending>,
    /// By (dispatch, department's number): order of arrival does not matter.
    pub replies: BTreeMap<(DispatchId, u64), RecordedReply>,
    pub corrections: Vec<Correction>,
    pub accepted_at: Option<Instant>,
    pub acceptance_deemed: bool,
    /// Special procedures in the department's order.
    pub procedures: Vec<Procedure>,
    pub extension: Option<Extension>,
    /// When the department's silence became a grant.
    pub grant_deemed_at: Option<Instant>,
    pub decided_at: Option<Instant>,
    pub granted: Vec<GrantedOutput>,
    /// Evidence that the applicant still owes after the grant.
    pub owed: Vec<OwedEvidence>,
    pub refused_for: Option<(ChecklistLineId, Option<SealedId>)>,
    pub withdrawal_requested_at: Option<Instant>,
    pub withdrawn_at: Option<Instant>,
    pub stopped_by: Option<NodeKey>,
    /// Acts that ended the grant, in the department's order.
    pub revocations: Vec<Revocation>,
    /// What the holder was told before such acts, in order.
    pub announcements: Vec<Announcement>,
    /// When it waited for somebody to take the applicant's place; `None` = it still does.
    pub suspensions: Vec<(Instant, Option<Instant>)>,
    /// It ended without a decision.
    pub terminated_at: Option<Instant>,
    /// Why, in words, where an officer ended it.
    pub terminated_for: Option<SealedId>,
    pub state: ServiceState,
    /// What supervision did about it.
    pub supervised: Supervised,
    /// What the fold needs beside the replies to derive the rest.
    pub(crate) track: Track,
}

impl ServiceCase {
    pub fn sending(&self, dispatch: DispatchId) -> Option<&Sending> {
        self.sendings.iter().find(|sending| sending.dispatch == dispatch)
    }

    /// The sending on which the department is expected to speak now. A notice asks for nothing.
    pub fn latest_sending(&self) -> Option<&Sending> {
        self.sendings.iter().rev().find(|sending| sending.kind != DispatchKind::Notice)
    }

    /// Delivered is not received: only something that the department said about it closes a sending.
    pub fn is_received(&self, dispatch: DispatchId) -> bool {
        self.replies.range((dispatch, 0)..=(dispatch, u64::MAX)).next().is_some()
    }

    /// The special procedure under way that the decision waits for.
    pub fn open_procedure(&self) -> Option<&Procedure> {
        self.procedures.iter().find(|it| it.ended_at.is_none() && !it.afterwards)
    }

    /// The correction that is asked for and not settled yet, told or not.
    pub fn open_correction(&self) -> Option<&Correction> {
        self.corrections.iter().find(|correction| correction.is_open())
    }

    /// Of the lines about to be asked for those that were asked for before or that the first notice should have
    /// named: all of them, once the applicant was told of a correction.
    pub fn not_first_asked<'a>(&self, lines: &'a [ChecklistLineId]) -> &'a [ChecklistLineId] {
        let told = self.corrections.iter().any(|correction| correction.told_at.is_some());
        if told { lines } else { &[] }
    }

    /// The correction that the applicant has to answer.
    pub fn owed_correction(&self) -> Option<&Correction> {
        self.corrections.iter().find(|correction| correction.is_owed())
    }

    /// The correction that waits for the one notice of its round.
    pub fn gathered_correction(&self) -> Option<&Correction> {
        self.corrections.iter().find(|correction| correction.is_gathered())
    }

    /// The visible history: all replies by the department's own time, then its own numbers. The same for
    /// any order of arrival.
    pub fn history(&self) -> Vec<&RecordedReply> {
        let position = |reply: &RecordedReply| {
            self.sendings.iter().position(|sending| sending.dispatch == reply.dispatch)
        };
        let mut history: Vec<&RecordedReply> = self.replies.values().collect();
        history.sort_by_key(|reply| (reply.decided_at, position(reply), reply.department_seq));
        history
    }

    /// The contradictory replies of which an officer has to choose one.
    pub fn contested(&self) -> impl Iterator<Item = &RecordedReply> {
        self.replies.values().filter(|reply| {
            self.state == ServiceState::Contested && reply.standing == Standing::Contradicts
        })
    }
}

/// The fold of a case's events.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Case {
    pub id: CaseId,
    /// The number of events folded so far.
    pub version: u64,
    pub application: Arc<Application>,
    pub submitted_at: Instant,
    /// In plan order.
    pub services: Vec<ServiceCase>,
    /// Of the whole and of services, in the order in which they were given.
    pub ratings: Vec<Rating>,
    /// What newly loaded calendars changed, in their order.
    pub dates_moved: Vec<DatesMoved>,
    /// Visits on the spot, as far as they are planned or proposed.
    pub visits: Vec<Visit>,
    /// Changes of the applicant, in order.
    pub successions: Vec<Succession>,
    /// Fields that had to be checked after the submission, in the order of the form.
    pub checks: Vec<FieldCheck>,
    /// The register of what went out.
    pub(crate) documents: Vec<Document>,
    /// For each service the positions of those it waits for.
    pub(crate) producers: Arc<[Vec<usize>]>,
}

/// One line of the explanation of a date.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DateLine {
    /// The clock began.
    Began { at: Instant, on: Date },
    /// So many halves of a working day (or calendar days …) are allowed.
    Allowed { period: Period },
    /// Stopped, from–to (`None` = still stopped).
    Stopped { from: Instant, to: Option<Instant>, cause: StopCause },
    /// Handed in while the office was closed, and therefore received when it opened.
    Received { at: Instant, opening: Instant },
    /// What the period counts from, and which day is its first.
    Rule { from: ClockStart, counts: CountsFrom },
    /// What it counts from has not happened: shown as if it happened with the receipt.
    NotBegun { from: ClockStart },
    /// A special procedure, from–to (`None` = still under way), whose time the period counts all the same.
    Counted { from: Instant, to: Option<Instant>, procedure: Arc<str> },
    /// Extended by so much; too late when it was due already.
    Extended { at: Instant, by: Period, in_time: bool },
    /// The last day was a day off: the next working day is the last.
    Moved { from: Date, to: Date },
    /// The last day ends when the office closes, at this minute.
    Closes { minute: u16 },
    /// Weekends and holidays passed over.
    Skipped { weekends: u32, holidays: u32, holiday_days: Vec<Date> },
    /// A field that the service needs is not checked: at the end of the period nothing happens until it is.
    Unchecked,
    /// Beyond the loaded calendar.
    Provisional,
}

/// Why a clock stands still.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum StopCause {
    Correction,
    /// It waited for somebody to take the applicant's place.
    Suspension,
    /// Id of the special procedure.
    Procedure(Arc<str>),
}

/// A date with its reasons; derived, never stored as truth.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExplainedDate {
    pub due: DueDate,
    pub lines: Vec<DateLine>,
    /// The clock stands still now (the date moves on until it runs again).
    pub stopped: bool,
}

/// Something that has to happen at an instant.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Timer {
    pub due_at: Instant,
    pub node: NodeKey,
    pub kind: TimerKind,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum TimerKind {
    /// The correction limit: then acceptance is deemed.
    CorrectionLimit,
    /// The time for answering a correction: then the service case ends.
    CorrectionLapse,
    /// Somebody is to be told that a light is on.
    Supervision,
    /// The time for the decision: then silence is a grant.
    GrantDeemed,
    /// The margin before a correction limit: then the one notice goes out with what is there.
    CorrectionNotice,
    /// A source that was out of reach is asked again; due until it has answered.
    SourceCheck,
}

impl TimerKind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CorrectionLimit => "correction-limit",
            Self::CorrectionLapse => "correction-lapse",
            Self::Supervision => "supervision",
            Self::GrantDeemed => "grant-deemed",
            Self::CorrectionNotice => "correction-notice",
            Self::SourceCheck => "source-check",
        }
    }
}

impl Case {
    pub fn service(&self, node: &NodeKey) -> Option<&ServiceCase> {
        self.services.iter().find(|service| service.node.key == *node)
    }

    /// The service that this sending was for.
    pub fn service_of(&self, dispatch: DispatchId) -> Option<&ServiceCase> {
        self.services.iter().find(|service| service.sending(dispatch).is_some())
    }

    /// Derived from the service cases.
    pub fn state(&self) -> CaseState {
        let any = |test: fn(ServiceState) -> bool| self.services.iter().any(|s| test(s.state));
        let all = |test: fn(ServiceState) -> bool| self.services.iter().all(|s| test(s.state));
        // What was ended by a later act was granted in this case all the same.
        let granted = any(|state| matches!(state, ServiceState::Granted | ServiceState::Revoked));
        if any(|state| state == ServiceState::Contested) {
            CaseState::Contested
        } else if !all(ServiceState::is_final) {
            if any(|state| state == ServiceState::CorrectionRequested) {
                CaseState::AwaitingApplicant
            } else if granted {
                CaseState::PartlyDone
            } else {
                CaseState::InProgress
            }
        } else if granted {
            if all(|state| {
                matches!(
                    state,
                    ServiceState::Granted | ServiceState::Withdrawn | ServiceState::Revoked
                )
            }) {
                CaseState::Done
            } else {
                CaseState::PartlyRefused
            }
        } else if any(|state| {
            matches!(
                state,
                ServiceState::Refused
                    | ServiceState::NotAccepted
                    | ServiceState::Lapsed
                    | ServiceState::Terminated
            )
        }) {
            CaseState::Refused
        } else {
            // What could not start only because the applicant withdrew what it waited for is withdrawn too.
            CaseState::Withdrawn
        }
    }

    /// Nodes with something for the applicant to do now.
    pub fn awaiting_applicant(&self) -> BTreeSet<NodeKey> {
        self.services
            .iter()
            .filter(|service| service.state == ServiceState::CorrectionRequested)
            .map(|service| service.node.key.clone())
            .collect()
    }

    /// Services not yet begun that could never begin if `node` ended without its outputs, in plan order;
    /// to be shown before the applicant confirms a withdrawal.
    pub fn dependants(&self, node: &NodeKey) -> Vec<NodeKey> {
        let mut states: Vec<ServiceState> =
            self.services.iter().map(|service| service.state).collect();
        let stopped_before = states.clone();
        for (service, state) in self.services.iter().zip(&mut states) {
            if service.node.key == *node {
                *state = ServiceState::Withdrawn;
            }
        }
        crate::settle::stop(&self.producers, &mut states);
        self.services
            .iter()
            .zip(states.iter().zip(&stopped_before))
            .filter(|(_, (now, before))| **now == ServiceState::Stopped && now != before)
            .map(|(service, _)| service.node.key.clone())
            .collect()
    }
}
