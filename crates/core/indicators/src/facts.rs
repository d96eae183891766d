//! Facts: what happened, as small dated rows. No name, no answer, no word of anybody is in here.

use std::sync::Arc;

use casework::{CaseState, EntryKind, ServiceState};
use vocabulary::{CaseId, Date, DraftId, HalfDays, MatterId, OrganisationId, ServiceId};

/// What a plan promised to save: each service alone against this plan. Days are halves of a working day.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Savings {
    pub steps_before: u32,
    pub steps_after: u32,
    pub materials_before: u32,
    pub materials_after: u32,
    pub halves_before: u32,
    pub halves_after: u32,
    pub visits_before: u32,
    pub visits_after: u32,
    /// Pieces of evidence on the one list.
    pub evidence: u32,
    /// Of them those that a source, a licence or another service delivers.
    pub evidence_shared: u32,
    /// Copies that services receive: pieces × services that use them.
    pub copies: u32,
}

/// One case 主办件.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CaseFact {
    pub case: CaseId,
    pub number: Arc<str>,
    pub draft: DraftId,
    pub matter: MatterId,
    /// GB/T 2260; empty when nobody said where.
    pub area: Arc<str>,
    pub lead: Option<OrganisationId>,
    /// Where it was handed in; empty = not at an outlet.
    pub outlet: Arc<str>,
    /// `general`, `classified`, `dedicated`; empty = not at a window of the network.
    pub window_kind: Arc<str>,
    pub channel: Arc<str>,
    pub entry: Option<EntryKind>,
    /// The doorplate by which the applicant came; empty = none.
    pub place: Arc<str>,
    pub state: CaseState,
    pub submitted_on: Date,
    /// Hour of the day, 0–23, in the jurisdiction's zone.
    pub submitted_hour: u8,
    /// The day of the last decision, once the state is final.
    pub closed_on: Option<Date>,
    /// Services handled together in it.
    pub degree: u32,
    /// Services that apply to this person: those, and what was done before.
    pub applicable: u32,
    pub granted: u32,
    pub refused: u32,
    pub not_accepted: u32,
    pub withdrawn: u32,
    /// Correction rounds of all services.
    pub corrections: u32,
    /// Corrections that ended without an answer, in a refusal.
    pub lapsed: u32,
    /// Every service that began with the submission was looked at and accepted without a correction.
    pub accepted_at_once: bool,
    /// Visits that the plan said are due; `None` = the application does not say.
    pub visits: Option<u32>,
    pub savings: Option<Savings>,
    /// The joint promise as first given.
    pub promised: Option<HalfDays>,
    /// Net working time from submission to the last decision, stops left out.
    pub used: Option<HalfDays>,
    /// Offices that work on it.
    pub departments: u32,
    /// Levels of administration (province, city, county) that those offices belong to.
    pub levels: u32,
    /// Areas that those offices belong to.
    pub areas: u32,
    /// What the applicant said of the whole.
    pub grade: Option<u8>,
    /// Of the whole and of its services.
    pub ratings: Vec<RatingFact>,
}

impl CaseFact {
    /// Ended by decisions. What the applicant withdrew is not closed: it was nobody's work to finish.
    pub fn closed(&self) -> Option<Date> {
        (self.state != CaseState::Withdrawn).then_some(self.closed_on).flatten()
    }

    /// Still open.
    pub const fn is_open(&self) -> bool {
        !self.state.is_final()
    }

    /// Two services or more: a joined case, and no relabelled single service.
    pub const fn is_joined(&self) -> bool {
        self.degree >= 2
    }
}

/// One service of a case 子办件.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ServiceFact {
    pub case: CaseId,
    /// The node's text, unique within the case.
    pub node: Arc<str>,
    pub number: Arc<str>,
    pub matter: MatterId,
    pub service: ServiceId,
    pub department: OrganisationId,
    /// `province`, `city`, `county`; empty = the organisation names no area.
    pub level: Arc<str>,
    pub area: Arc<str>,
    pub outlet: Arc<str>,
    pub window_kind: Arc<str>,
    pub channel: Arc<str>,
    pub entry: Option<EntryKind>,
    /// Services handled together in the case.
    pub degree: u32,
    pub state: ServiceState,
    pub submitted_on: Date,
    /// When its clock began; `None` = it waits for another service.
    pub started_on: Option<Date>,
    pub accepted_on: Option<Date>,
    pub decided_on: Option<Date>,
    /// The promised date as of the last change.
    pub promised_on: Option<Date>,
    /// Why its clock stands still: `correction`; empty = it runs.
    pub stopped_for: Arc<str>,
    /// The promise in halves of a working day, whatever unit it was given in.
    pub promised: HalfDays,
    /// Net working time from the start to the decision.
    pub used: Option<HalfDays>,
    pub statutory: Option<HalfDays>,
    /// Net working time from acceptance to the decision.
    pub used_since_acceptance: Option<HalfDays>,
    pub corrections: u32,
    /// Of them those that asked for something once more, or for something that the first notice did not name.
    pub asked_again: u32,
    /// Lines of its checklist that corrections asked for, each as often as it was asked.
    pub lines: Vec<Arc<str>>,
    /// Copies of evidence that it needs.
    pub copies: u32,
    /// Of them those that the hub handed over without anybody typing or carrying them.
    pub copies_delivered: u32,
    /// The department's own system gave a business receipt.
    pub receipt: bool,
}

impl ServiceFact {
    /// Begun and not ended.
    pub const fn is_running(&self) -> bool {
        self.started_on.is_some() && !self.state.is_final()
    }

    /// Its clock stands still.
    pub fn is_stopped(&self) -> bool {
        self.is_running() && !self.stopped_for.is_empty()
    }
}

/// One rating 评价 of a case or of one of its services.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RatingFact {
    pub case: CaseId,
    /// The service that was rated; empty = the whole case.
    pub node: Arc<str>,
    pub number: Arc<str>,
    pub matter: MatterId,
    pub area: Arc<str>,
    pub outlet: Arc<str>,
    pub channel: Arc<str>,
    /// Who answers for it; empty = nobody named.
    pub department: Arc<str>,
    /// 1 very satisfied … 5 very dissatisfied.
    pub grade: u8,
    pub rated_on: Date,
    /// An appeal found it to be a mistake: it does not count.
    pub excluded: bool,
    /// By when a bad one has to be put right.
    pub due_on: Option<Date>,
    pub rectified_on: Option<Date>,
}

impl RatingFact {
    /// Dissatisfied or very dissatisfied.
    pub const fn is_bad(&self) -> bool {
        self.grade >= 4
    }
}

/// How far a draft came once it was submitted.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Stages {
    pub accepted_at_once: bool,
    pub all_granted: bool,
}

/// One interview that was opened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DraftFact {
    pub draft: DraftId,
    pub matter: MatterId,
    pub area: Arc<str>,
    pub entry: Option<EntryKind>,
    pub place: Arc<str>,
    pub opened_on: Date,
    pub plan_seen_on: Option<Date>,
    /// The case that it became.
    pub case: Option<CaseId>,
    pub stages: Stages,
}

/// A sending that has not been closed by a business receipt.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SendingFact {
    pub case: CaseId,
    pub matter: MatterId,
    pub area: Arc<str>,
    pub node: Arc<str>,
    pub department: OrganisationId,
    pub kind: Arc<str>,
    /// How often it was tried since it was last delivered.
    pub attempts: u32,
    /// The transport took it; the receipt is still owed.
    pub delivered: bool,
    /// Trying it failed at least once, and it has not been delivered since.
    pub failed: bool,
    pub since: Date,
}

/// The kinds of facts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum FactKind {
    Case,
    Service,
    Rating,
    Draft,
    Sending,
}

/// Any fact.
#[derive(Clone, Copy, Debug)]
pub enum Fact<'a> {
    Case(&'a CaseFact),
    Service(&'a ServiceFact),
    Rating(&'a RatingFact),
    Draft(&'a DraftFact),
    Sending(&'a SendingFact),
}

impl Fact<'_> {
    /// What it is.
    pub const fn kind(self) -> FactKind {
        match self {
            Self::Case(_) => FactKind::Case,
            Self::Service(_) => FactKind::Service,
            Self::Rating(_) => FactKind::Rating,
            Self::Draft(_) => FactKind::Draft,
            Self::Sending(_) => FactKind::Sending,
        }
    }

    /// Its matter.
    pub const fn matter(&self) -> &MatterId {
        match self {
            Self::Case(it) => &it.matter,
            Self::Service(it) => &it.matter,
            Self::Rating(it) => &it.matter,
            Self::Draft(it) => &it.matter,
            Self::Sending(it) => &it.matter,
        }
    }

    /// Its area; empty = not stated.
    pub fn area(&self) -> &str {
        match self {
            Self::Case(it) => &it.area,
            Self::Service(it) => &it.area,
            Self::Rating(it) => &it.area,
            Self::Draft(it) => &it.area,
            Self::Sending(it) => &it.area,
        }
    }
}
