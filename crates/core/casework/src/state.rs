//! A case is the fold of its events. Its own state is always derived from its service cases, never set.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use vocabulary::{
    CaseId, ChecklistLineId, Date, DispatchId, DueDate, Instant, NodeKey, Period, SealedId,
    WorkCalendar,
};

use crate::event::{
    Application, CaseEvent, DispatchKind, EvidenceRef, GrantedOutput, RecordedReply, ServiceNode,
};

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
    Granted,
    Refused,
    NotAccepted,
    WithdrawalPending,
    Withdrawn,
    /// Can never start: an output that it needs will not come.
    Stopped,
    /// The department contradicted itself; an officer has to resolve it.
    Contested,
}

impl ServiceState {
    pub const ALL: [Self; 12] = [
        Self::Waiting,
        Self::Referred,
        Self::Received,
        Self::CorrectionRequested,
        Self::Accepted,
        Self::Granted,
        Self::Refused,
        Self::NotAccepted,
        Self::WithdrawalPending,
        Self::Withdrawn,
        Self::Stopped,
        Self::Contested,
    ];

    /// Stable word for columns, filters and message keys.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Referred => "referred",
            Self::Received => "received",
            Self::CorrectionRequested => "correction-requested",
            Self::Accepted => "accepted",
            Self::Granted => "granted",
            Self::Refused => "refused",
            Self::NotAccepted => "not-accepted",
            Self::WithdrawalPending => "withdrawal-pending",
            Self::Withdrawn => "withdrawn",
            Self::Stopped => "stopped",
            Self::Contested => "contested",
        }
    }

    /// Nothing more will happen by itself.
    pub const fn is_final(self) -> bool {
        matches!(
            self,
            Self::Granted | Self::Refused | Self::NotAccepted | Self::Withdrawn | Self::Stopped
        )
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
}

/// A correction round of one service.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Correction {
    pub round: u32,
    pub requested_at: Instant,
    pub lines: Vec<ChecklistLineId>,
    pub text: Option<SealedId>,
    pub answered_at: Option<Instant>,
    pub answer: Option<SealedId>,
    pub evidence: Vec<EvidenceRef>,
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
    pub decided_at: Option<Instant>,
    pub granted: Vec<GrantedOutput>,
    pub refused_for: Option<(ChecklistLineId, Option<SealedId>)>,
    pub withdrawal_requested_at: Option<Instant>,
    pub withdrawn_at: Option<Instant>,
    pub stopped_by: Option<NodeKey>,
    pub state: ServiceState,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rating {
    pub grade: u8,
    pub words: Option<SealedId>,
    pub at: Instant,
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
    pub rating: Option<Rating>,
}

/// One line of the explanation of a date.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DateLine {
    /// The clock began.
    Began { at: Instant, on: Date },
    /// So many halves of a working day (or calendar days …) are allowed.
    Allowed { period: Period },
    /// Stopped for a correction, from–to (`None` = still stopped).
    Stopped { from: Instant, to: Option<Instant> },
    /// Weekends and holidays passed over.
    Skipped { weekends: u32, holidays: u32, holiday_days: Vec<Date> },
    /// Beyond the loaded calendar.
    Provisional,
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
}

impl TimerKind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CorrectionLimit => "correction-limit",
        }
    }
}

impl Case {
    /// Folds all events; `None` when there are none or the first is not a submission.
    pub fn fold(events: &[CaseEvent]) -> Option<Self> {
        let _ = events;
        unimplemented!()
    }

    /// Folds one more event.
    pub fn apply(&mut self, event: &CaseEvent) {
        let _ = event;
        unimplemented!()
    }

    pub fn service(&self, node: &NodeKey) -> Option<&ServiceCase> {
        self.services.iter().find(|service| service.node.key == *node)
    }

    /// Derived from the service cases.
    pub fn state(&self) -> CaseState {
        unimplemented!()
    }

    /// Nodes with something for the applicant to do now.
    pub fn awaiting_applicant(&self) -> BTreeSet<NodeKey> {
        self.services
            .iter()
            .filter(|service| service.state == ServiceState::CorrectionRequested)
            .map(|service| service.node.key.clone())
            .collect()
    }

    /// The promised date of one service; `None` until it has started.
    pub fn promised(
        &self,
        node: &NodeKey,
        calendar: &WorkCalendar,
        time_zone: &jiff::tz::TimeZone,
    ) -> Option<ExplainedDate> {
        let _ = (node, calendar, time_zone);
        unimplemented!()
    }

    /// The statutory date of one service, counted from acceptance; `None` until then or without a period.
    pub fn statutory(
        &self,
        node: &NodeKey,
        calendar: &WorkCalendar,
        time_zone: &jiff::tz::TimeZone,
    ) -> Option<ExplainedDate> {
        let _ = (node, calendar, time_zone);
        unimplemented!()
    }

    /// The projected promised date of the whole from what is known now: the longest path over services that
    /// are still to come, each after what it waits for.
    pub fn joint_promised(
        &self,
        calendar: &WorkCalendar,
        time_zone: &jiff::tz::TimeZone,
    ) -> Option<ExplainedDate> {
        let _ = (calendar, time_zone);
        unimplemented!()
    }

    /// Timers that are open now.
    pub fn timers(&self, calendar: &WorkCalendar, time_zone: &jiff::tz::TimeZone) -> Vec<Timer> {
        let _ = (calendar, time_zone);
        unimplemented!()
    }
}
