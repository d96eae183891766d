//! Folds events into a case. An event is taken as it is: whether it may happen was decided before it was
//! stored. What follows from it is derived anew after each, or at the end when many are folded at once.

use std::collections::BTreeMap;
use std::sync::Arc;

use vocabulary::{Instant, NodeKey};

use crate::checks::FieldCheck;
use crate::documents;
use crate::event::{Application, CaseEvent, CaseEventBody};
use crate::revoking::Announcement;
use crate::settle::{Answer, Track, stop};
use crate::state::{Case, Sending, ServiceCase, ServiceState};
use crate::supervision::Supervised;
use crate::visits::Visit;

impl Case {
    /// Folds all events; `None` when there are none or the first is not a submission.
    pub fn fold(events: &[CaseEvent]) -> Option<Self> {
        let (first, rest) = events.split_first()?;
        let mut case = Self::begin(first)?;
        for event in rest {
            if case.take_succession(event) {
                case.version = case.version.saturating_add(1);
            } else {
                case.take(event);
            }
        }
        // What follows is derived from the whole: once is enough.
        case.settle_rounds();
        case.services.iter_mut().for_each(ServiceCase::settle);
        case.settle_stops();
        Some(case)
    }

    /// The case as its submission made it; `None` when `first` is something else.
    pub fn begin(first: &CaseEvent) -> Option<Self> {
        let CaseEventBody::Submitted { application } = &first.body else {
            return None;
        };
        let services = application.nodes.iter().map(|node| ServiceCase {
            node: Arc::new(node.clone()),
            started_at: None,
            sendings: Vec::new(),
            replies: BTreeMap::new(),
            corrections: Vec::new(),
            accepted_at: None,
            acceptance_deemed: false,
            procedures: Vec::new(),
            extension: None,
            grant_deemed_at: None,
            decided_at: None,
            granted: Vec::new(),
            owed: Vec::new(),
            refused_for: None,
            withdrawal_requested_at: None,
            withdrawn_at: None,
            stopped_by: None,
            revocations: Vec::new(),
            announcements: Vec::new(),
            suspensions: Vec::new(),
            terminated_at: None,
            terminated_for: None,
            state: ServiceState::Waiting,
            supervised: Supervised::default(),
            track: Track { gathers: application.correction_margin.is_some(), ..Track::default() },
        });
        Some(Self {
            id: application.case,
            version: 1,
            submitted_at: first.at,
            services: services.collect(),
            ratings: Vec::new(),
            dates_moved: Vec::new(),
            visits: application.visits.iter().map(Visit::planned).collect(),
            successions: Vec::new(),
            checks: application
                .unchecked
                .iter()
                .map(|field| FieldCheck { field: field.clone(), answered: None, taken: Vec::new() })
                .collect(),
            documents: vec![documents::receipt(first)],
            producers: producers(application).into(),
            application: Arc::new(Application::clone(application)),
        })
    }

    /// Folds one more event.
    pub fn apply(&mut self, event: &CaseEvent) {
        if self.take_succession(event) {
            self.version = self.version.saturating_add(1);
            self.settle_rounds();
            self.services.iter_mut().for_each(ServiceCase::settle);
            self.settle_stops();
            return;
        }
        let mut touched = self.take(event);
        if touched.is_empty() {
            return;
        }
        touched.append(&mut self.settle_rounds());
        let mut moved = false;
        for (index, service) in self.services.iter_mut().enumerate() {
            if touched.contains(&index) {
                let before = service.state;
                service.settle();
                moved |= service.state != before;
            }
        }
        if moved {
            self.settle_stops();
        }
    }

    /// What the event itself says; the services that it was about are still to be settled: their positions.
    fn take(&mut self, event: &CaseEvent) -> Vec<usize> {
        self.version = self.version.saturating_add(1);
        self.take_rating(event);
        if let CaseEventBody::DatesMoved(moved) = &event.body {
            self.dates_moved.push(moved.clone());
        }
        self.take_check(event);
        self.register(event);
        self.take_visit(event);
        let about = |service: &ServiceCase| match &event.body {
            CaseEventBody::VisitProposed { nodes, .. } => nodes.contains(&service.node.key),
            body => body.node() == Some(&service.node.key),
        };
        let mut touched = Vec::new();
        for (index, service) in self.services.iter_mut().enumerate() {
            if about(service) {
                service.take(&event.body, event.at);
                touched.push(index);
            }
        }
        touched
    }

    /// A service that waits is stopped exactly as long as one that it waits for will not deliver. It is
    /// derived, so that a contested refusal sets it free again.
    fn settle_stops(&mut self) {
        let mut states: Vec<ServiceState> =
            self.services.iter().map(|service| service.state).collect();
        let stopped = stop(&self.producers, &mut states);
        for (service, state) in self.services.iter_mut().zip(states) {
            service.state = state;
            service.stopped_by = None;
        }
        for (index, producer) in stopped {
            let because_of = self.services.get(producer).map(|service| service.node.key.clone());
            if let Some(service) = self.services.get_mut(index) {
                service.stopped_by = because_of;
            }
        }
    }
}

impl ServiceCase {
    /// What the event itself says; what follows from it is settled afterwards.
    fn take(&mut self, body: &CaseEventBody, at: Instant) {
        match body {
            CaseEventBody::Started { .. } => self.started_at = self.started_at.or(Some(at)),
            CaseEventBody::Dispatched { dispatch, kind, round, about, .. } => {
                if self.sending(*dispatch).is_none() {
                    self.sendings.push(Sending {
                        dispatch: *dispatch,
                        kind: *kind,
                        round: *round,
                        dispatched_at: at,
                        delivered_at: None,
                        about: about.clone(),
                    });
                }
            }
            CaseEventBody::Delivered { dispatch, .. } => {
                let sending = self.sendings.iter_mut().find(|s| s.dispatch == *dispatch);
                if let Some(sending) = sending {
                    sending.delivered_at = sending.delivered_at.or(Some(at));
                }
            }
            CaseEventBody::ReplyRecorded { recorded, .. } => self.hear(recorded.clone(), at),
            CaseEventBody::CorrectionAnswered { answer, evidence, .. } => {
                self.track.answers.push(Answer { at, answer: *answer, evidence: evidence.clone() });
            }
            CaseEventBody::GrantDeemed { since, .. } => {
                self.track.granted_since = self.track.granted_since.or(Some(*since));
            }
            CaseEventBody::AcceptanceDeemed { .. } => {
                self.track.deemed = true;
                self.track.deemed_at = self.track.deemed_at.or(Some(at));
            }
            CaseEventBody::CorrectionNotified { by_margin, .. } => {
                if *by_margin {
                    self.track.told_at = self.track.told_at.or(Some(at));
                }
            }
            CaseEventBody::VisitProposed { visit, .. } => self.track.call(visit, at),
            CaseEventBody::CorrectionLapsed { .. } => {
                self.track.lapsed_at = self.track.lapsed_at.or(Some(at));
            }
            CaseEventBody::WithdrawalRequested { .. } => {
                self.withdrawal_requested_at = self.withdrawal_requested_at.or(Some(at));
            }
            CaseEventBody::Withdrawn { .. } => {
                self.track.withdrawn_unsent_at = self.track.withdrawn_unsent_at.or(Some(at));
            }
            CaseEventBody::ContestResolved { dispatch, department_seq, .. } => {
                self.track.resolved = Some((*dispatch, *department_seq));
            }
            CaseEventBody::Supervised { act, .. } => self.supervised.take(act, at),
            CaseEventBody::RevocationAnnounced { act, reason, basis, .. } => {
                self.announcements.push(Announcement {
                    act: *act,
                    at,
                    reason: *reason,
                    basis: *basis,
                    answered: None,
                    dropped: None,
                });
            }
            CaseEventBody::RevocationAnswered { answer, .. } => {
                if let Some(announced) = self.announcements.last_mut() {
                    announced.answered = Some((at, *answer));
                }
            }
            CaseEventBody::RevocationDropped { reason, .. } => {
                if let Some(announced) = self.announcements.last_mut() {
                    announced.dropped = Some((at, *reason));
                }
            }
            CaseEventBody::Terminated { reason, .. } => {
                self.terminated_at = self.terminated_at.or(Some(at));
                self.terminated_for = Some(*reason);
            }
            // A stop is for the record and for notices; that it stands is derived.
            CaseEventBody::Stopped { .. }
            | CaseEventBody::Submitted { .. }
            | CaseEventBody::DatesMoved(_)
            | CaseEventBody::VisitConfirmed { .. }
            | CaseEventBody::VisitTimeAsked { .. }
            | CaseEventBody::VisitMissed { .. }
            | CaseEventBody::Served { .. }
            | CaseEventBody::Rated { .. }
            | CaseEventBody::RatingContacted { .. }
            | CaseEventBody::RatingRectified { .. }
            | CaseEventBody::RatingAppealed { .. }
            | CaseEventBody::AppealDecided { .. }
            | CaseEventBody::ApplicantChangeReported { .. }
            | CaseEventBody::SuccessorNamed { .. }
            | CaseEventBody::SuccessionConsented {}
            | CaseEventBody::ApplicantChangeClosed { .. }
            | CaseEventBody::FieldsChecked { .. }
            | CaseEventBody::TakenOnEvidence { .. } => {}
        }
    }
}

impl CaseEventBody {
    /// The service that it is about; `None` for what is about the whole case or about several services, and for
    /// ratings, which change no service.
    pub const fn node(&self) -> Option<&NodeKey> {
        match self {
            Self::Submitted { .. }
            | Self::DatesMoved(_)
            | Self::VisitProposed { .. }
            | Self::VisitConfirmed { .. }
            | Self::VisitTimeAsked { .. }
            | Self::VisitMissed { .. }
            | Self::Served { .. }
            | Self::Rated { .. }
            | Self::RatingContacted { .. }
            | Self::RatingRectified { .. }
            | Self::RatingAppealed { .. }
            | Self::AppealDecided { .. }
            | Self::ApplicantChangeReported { .. }
            | Self::SuccessorNamed { .. }
            | Self::SuccessionConsented {}
            | Self::ApplicantChangeClosed { .. }
            | Self::FieldsChecked { .. } => None,
            Self::Started { node }
            | Self::Dispatched { node, .. }
            | Self::Delivered { node, .. }
            | Self::ReplyRecorded { node, .. }
            | Self::CorrectionAnswered { node, .. }
            | Self::AcceptanceDeemed { node }
            | Self::GrantDeemed { node, .. }
            | Self::CorrectionNotified { node, .. }
            | Self::CorrectionLapsed { node, .. }
            | Self::WithdrawalRequested { node }
            | Self::Withdrawn { node }
            | Self::Stopped { node, .. }
            | Self::Supervised { node, .. }
            | Self::ContestResolved { node, .. }
            | Self::RevocationAnnounced { node, .. }
            | Self::RevocationAnswered { node, .. }
            | Self::RevocationDropped { node, .. }
            | Self::Terminated { node, .. }
            | Self::TakenOnEvidence { node, .. } => Some(node),
        }
    }

    /// The stable word of the event, as it is stored.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Submitted { .. } => "submitted",
            Self::Started { .. } => "started",
            Self::Dispatched { .. } => "dispatched",
            Self::Delivered { .. } => "delivered",
            Self::ReplyRecorded { .. } => "reply_recorded",
            Self::CorrectionAnswered { .. } => "correction_answered",
            Self::Supervised { .. } => "supervised",
            Self::AcceptanceDeemed { .. } => "acceptance_deemed",
            Self::GrantDeemed { .. } => "grant_deemed",
            Self::DatesMoved(_) => "dates_moved",
            Self::CorrectionLapsed { .. } => "correction_lapsed",
            Self::CorrectionNotified { .. } => "correction_notified",
            Self::VisitProposed { .. } => "visit_proposed",
            Self::VisitConfirmed { .. } => "visit_confirmed",
            Self::VisitTimeAsked { .. } => "visit_time_asked",
            Self::VisitMissed { .. } => "visit_missed",
            Self::WithdrawalRequested { .. } => "withdrawal_requested",
            Self::Withdrawn { .. } => "withdrawn",
            Self::Stopped { .. } => "stopped",
            Self::ContestResolved { .. } => "contest_resolved",
            Self::Served { .. } => "served",
            Self::Rated { .. } => "rated",
            Self::RatingContacted { .. } => "rating_contacted",
            Self::RatingRectified { .. } => "rating_rectified",
            Self::RatingAppealed { .. } => "rating_appealed",
            Self::AppealDecided { .. } => "appeal_decided",
            Self::RevocationAnnounced { .. } => "revocation_announced",
            Self::RevocationAnswered { .. } => "revocation_answered",
            Self::RevocationDropped { .. } => "revocation_dropped",
            Self::ApplicantChangeReported { .. } => "applicant_change_reported",
            Self::SuccessorNamed { .. } => "successor_named",
            Self::SuccessionConsented {} => "succession_consented",
            Self::ApplicantChangeClosed { .. } => "applicant_change_closed",
            Self::Terminated { .. } => "terminated",
            Self::FieldsChecked { .. } => "fields_checked",
            Self::TakenOnEvidence { .. } => "taken_on_evidence",
        }
    }
}

/// For each node the positions of those it waits for, in the order of its waits, each once.
pub(crate) fn producers(application: &Application) -> Vec<Vec<usize>> {
    let nodes = &application.nodes;
    nodes
        .iter()
        .map(|node| {
            let mut positions = Vec::with_capacity(node.waits_for.len());
            for wait in &node.waits_for {
                let position = nodes.iter().position(|other| other.key == wait.from);
                positions.extend(position.filter(|position| !positions.contains(position)));
            }
            positions
        })
        .collect()
}
