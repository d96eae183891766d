//! Catalogue + facts → what one person needs: services, one form, one evidence list, order, dates, fees,
//! signatories, and what it saves. Computed, never drawn. Same input, same plan, byte for byte.
//!
//! A plan holds ids and reasons, not words: whoever shows it takes the words from the catalogue. What is
//! undecided counts in (semantics 3): the plan of someone who does not know is the wider one.
//!
//! Reads no file and no clock; decides no case.
//!
//! The way of a plan ([`make()`]): which services are in (`select`), what they need, merged (`form`,
//! `evidence`), who waits for whose output (`graph`), when (`schedule`), and what it saves (`reductions`).
//!
//! ```
//! # use yijianshi_plan as plan;
//! # let file = |name: &str, text: &str| catalogue::SourceFile { name: name.into(), text: text.into() };
//! # let files = [
//! #     file("base", include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../definitions/sample/base.toml"))),
//! #     file("matters", include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../definitions/sample/matters.toml"))),
//! #     file("services", include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../definitions/sample/services.toml"))),
//! #     file("tables/stall-class.2020.csv", include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../definitions/sample/tables/stall-class.2020.csv"))),
//! #     file("tables/stall-class.2026.dmn", include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../definitions/sample/tables/stall-class.2026.dmn"))),
//! # ];
//! let catalogue = catalogue::compile(&files).catalogue.unwrap();
//! let matter = catalogue.matter("open-a-tea-stall").unwrap();
//! let answers = plan::answers::AnswersAsWritten::parse(
//!     r#"
//!         as_of = "2026-09-04"
//!         groups = { helper = ["h1"] }
//!         answers = { "stall.tables" = 2, "helper.pours~h1" = false, "water.tested" = true }
//!     "#,
//! );
//! let circumstances = answers.unwrap().resolve(&catalogue, matter, None).unwrap();
//! let plan = circumstances.plan(&catalogue, matter);
//! let services: Vec<String> = plan.services.iter().map(|it| it.node.to_string()).collect();
//! assert_eq!(services, ["stall-permit", "opening-notice"]);
//! assert_eq!(plan.joint.promised_on.to_string(), "2026-09-12");
//! ```

pub mod answers;
mod canonical;
pub mod compare;
mod evidence;
mod form;
mod graph;
mod judge;
mod make;
mod naming;
pub mod pinned;
mod procedures;
pub mod proved;
mod reductions;
pub mod scenario;
mod schedule;
mod select;
pub mod standing;
mod terms;

use std::collections::BTreeSet;
use std::sync::Arc;

use catalogue::{Catalogue, Matter};
use serde::Serialize;
use vocabulary::{
    CaseId, DataElementId, Date, Decimal, EvidenceTypeId, Facts, GroupId, HalfDays, Instant,
    MatterId, MatterRevision, MemberId, NodeKey, OrganisationId, Period, ServiceId,
    ServiceRevision, Slot, SourceId, TableId, TopicId, Value,
};

/// One piece of evidence asked for: a type, for one member if it is repeated.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
pub struct EvidenceKey {
    pub ty: EvidenceTypeId,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberId>,
}

impl std::fmt::Display for EvidenceKey {
    /// `type` or `type~member`; safe in a URL path and as a field's name.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.member {
            None => write!(f, "{}", self.ty),
            Some(member) => write!(f, "{}~{member}", self.ty),
        }
    }
}

/// All that a plan follows from.
#[derive(Debug)]
pub struct PlanInput<'a> {
    pub catalogue: &'a Catalogue,
    pub matter: &'a Matter,
    pub facts: &'a Facts,
    /// Optional services that the applicant leaves out.
    pub skip: &'a BTreeSet<ServiceId>,
    /// Evidence uploaded or reused already.
    pub given: &'a BTreeSet<EvidenceKey>,
    /// Sources that cannot be reached now.
    pub unreachable: &'a BTreeSet<SourceId>,
    /// What was done before, and what is wanted now.
    pub standing: &'a Standing,
    /// The plan's instant; `as_of` is its civil date.
    pub now: Instant,
}

/// What one person needs in one scenario.
#[derive(Clone, Debug, Serialize)]
pub struct Plan {
    pub matter: MatterId,
    pub matter_revision: MatterRevision,
    pub as_of: Date,
    pub calendar_version: Arc<str>,
    /// In order of waves, then the matter's order.
    pub services: Vec<PlannedService>,
    pub left_out: Vec<LeftOut>,
    pub form: Vec<FormTopic>,
    pub evidence: Vec<PlannedEvidence>,
    pub edges: Vec<Edge>,
    /// Nodes that can begin together, in order.
    pub waves: Vec<Vec<NodeKey>>,
    pub critical_path: Vec<NodeKey>,
    pub joint: JointDate,
    pub departments: Vec<DepartmentDate>,
    pub fees: Vec<PlannedFee>,
    /// Trips: a service's visits count once, however many members have it.
    pub visits: u32,
    pub signatories: Vec<PlannedSignatory>,
    /// Special procedures, in the order of the services; those that are one appointment stand as one.
    pub procedures: Vec<PlannedProcedure>,
    pub reductions: Reductions,
    /// Elements still unknown that could change this plan (declined or not asked).
    pub undecided: Vec<DataElementId>,
    /// Groups of unknown size: planned for as few members as there can be, at least one.
    pub undecided_groups: Vec<GroupId>,
    /// What services that are wanted alone cannot do without, and nobody can bring.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub needs_first: Vec<NeedsFirst>,
}

/// A piece of evidence that only services which are not applied for now can produce.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct NeedsFirst {
    pub node: NodeKey,
    pub evidence: EvidenceKey,
    /// Services of the matter of which one has to come first, or along.
    pub from: Vec<ServiceId>,
}

/// A service that is in.
#[derive(Clone, Debug, Serialize)]
pub struct PlannedService {
    pub node: NodeKey,
    pub revision: ServiceRevision,
    pub department: OrganisationId,
    pub optional: bool,
    /// In whatever is still answered; its reason says the same at more length.
    #[serde(skip)]
    pub certain: bool,
    /// Why it is in.
    pub reason: Reason,
    /// The period that counts in this scenario, the longest where that is undecided.
    pub promised: Period,
    pub statutory: Option<Period>,
    /// Further visits that are due: positions in the service's `visits_when`.
    pub extra_visits: Vec<u32>,
    /// Halves of a working day after submission at which it can begin and is promised. What is certain counts
    /// as if nothing undecided came; what is undecided waits for everything that it needs.
    pub starts: HalfDays,
    pub ends: HalfDays,
    pub starts_on: Date,
    pub promised_on: Date,
    pub critical: bool,
    pub wave: u32,
    /// Exactly the slots that this department receives.
    pub fields: Vec<Slot>,
    pub evidence: Vec<EvidenceKey>,
    pub outputs: Vec<Arc<str>>,
}

/// Why a service, a field or a piece of evidence is in or out.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Reason {
    /// Part of the matter in every scenario.
    Always,
    /// A condition decided it, because of these facts.
    Condition { clause: Arc<str>, holds: bool, because: Vec<Known> },
    /// Undecided: counted in until it is known.
    Undecided { clause: Arc<str>, because: Vec<Known> },
    /// The applicant chose to leave it out.
    Skipped,
    /// It was done before, in this case if in this hub.
    DoneBefore { case: Option<CaseId> },
    /// The applicant wants other services of the matter now.
    Later,
}

/// A fact as a reason saw it; `None` = unknown.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Known {
    pub slot: Slot,
    pub value: Option<Value>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OutKind {
    NotApplicable,
    AlreadyDone,
    /// One of the service's requirements is not met.
    NotEligible,
    Skipped,
    /// It can follow later: only other services are applied for now.
    Later,
}

/// A service of the matter that is out.
#[derive(Clone, Debug, Serialize)]
pub struct LeftOut {
    pub node: NodeKey,
    pub kind: OutKind,
    pub reason: Reason,
    /// For [`OutKind::NotEligible`]: the requirements that are not met, as the service names them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub requirements: Vec<Arc<str>>,
}

#[derive(Clone, Debug, Serialize)]
pub struct FormTopic {
    pub topic: TopicId,
    /// The member that this section is about, for a group's elements.
    pub member: Option<MemberId>,
    pub fields: Vec<FormField>,
}

/// A field of the one form: asked once, used by several.
#[derive(Clone, Debug, Serialize)]
pub struct FormField {
    pub slot: Slot,
    pub optional: bool,
    pub users: Vec<NodeKey>,
    /// Non-merged: asked again for this one service.
    pub only_for: Option<NodeKey>,
    pub state: FieldState,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum FieldState {
    /// The applicant gave it.
    Given { value: Value },
    /// A source delivered it; to be confirmed.
    Fetched { value: Value, source: SourceId, at: Instant },
    /// A source delivered it and the applicant confirmed it.
    Confirmed { value: Value, source: SourceId, at: Instant },
    /// To be filled in.
    Missing,
    /// Its source could not be reached: to be filled in, marked degraded.
    Unavailable { source: SourceId },
    /// A decision table finds it: never asked. No value while what the table reads is not known.
    Computed { value: Option<Value>, table: TableId },
    /// Comes into being with this node's output: never asked.
    FromOutput { node: NodeKey, output: Arc<str> },
}

/// The three groups of the one evidence list, plus what the matter itself produces.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceGroup {
    WeFetch,
    YouGave,
    YouBring,
    /// Nothing to bring now: another service of this plan produces it, the hub makes it from the form, a
    /// commitment stands for it, or it may follow later.
    Produced,
}

#[derive(Clone, Debug, Serialize)]
pub struct PlannedEvidence {
    pub key: EvidenceKey,
    pub group: EvidenceGroup,
    pub users: Vec<NodeKey>,
    /// The way taken.
    pub way: TakenWay,
    /// The other ways that the definitions allow.
    pub other_ways: Vec<catalogue::Way>,
    pub reason: Reason,
    /// For [`TakenWay::Deferral`]: by when it must follow, the shortest of its users' terms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deferral_term: Option<Period>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum TakenWay {
    Upload,
    Source { source: SourceId },
    Licence,
    Output { node: NodeKey, output: Arc<str> },
    Commitment,
    Deferral,
    Generated,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
pub struct Edge {
    pub from: NodeKey,
    pub to: NodeKey,
    /// The output of `from` that `to` needs.
    pub output: Arc<str>,
    /// Hard: `to` cannot begin without it.
    pub hard: bool,
}

/// The joint promised date (semantics 14).
#[derive(Clone, Debug, Serialize)]
pub struct JointDate {
    /// Working time along the critical path.
    pub promised: HalfDays,
    pub promised_on: Date,
    /// Beyond the loaded calendar.
    pub provisional: bool,
    /// What the special procedures may add to it, all of them held and none side by side with the service's own
    /// work: the law does not count their time, so the promise does not hold it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub procedures_may_add: Option<ProcedureTime>,
    /// Undecided services that would delay the promise, or the beginning of a service that is certain.
    pub may_add: Vec<NodeKey>,
}

/// Time beyond the joint promise, at most.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct ProcedureTime {
    pub halves: HalfDays,
    /// The date that then follows.
    pub on: Date,
}

#[derive(Clone, Debug, Serialize)]
pub struct DepartmentDate {
    pub department: OrganisationId,
    pub nodes: Vec<NodeKey>,
    pub promised_on: Date,
}

#[derive(Clone, Debug, Serialize)]
pub struct PlannedFee {
    pub node: NodeKey,
    /// Position in the service's fees.
    pub index: u32,
    pub amount: Decimal,
    pub currency: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct PlannedSignatory {
    pub slot: Slot,
    pub node: NodeKey,
    /// Position in the service's signatories.
    pub index: u32,
    pub name: Option<Value>,
}

/// A special procedure: time that the law does not count, and an appointment to keep.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct PlannedProcedure {
    pub kind: catalogue::ProcedureKind,
    /// The joint procedure of the matter that makes one appointment of several services' own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub joint: Option<Arc<str>>,
    /// Whose they are: one, or all that are joined.
    pub parts: Vec<ProcedurePart>,
    /// The longest of theirs.
    pub period: Period,
    /// It comes after the decisions and delays nothing. What comes before one is never joined with it.
    pub afterwards: bool,
}

/// A special procedure of one service.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ProcedurePart {
    pub node: NodeKey,
    /// Position in the service's special procedures.
    pub index: u32,
}

/// Before (each service alone) and after (this plan), with what vanished. Only services with a baseline
/// count, on either side.
///
/// - **Steps.** Before: the steps of every baseline. After: one joint submission, one for each visit that is
///   left, and one for the signing if anyone besides the applicant must sign.
/// - **Materials.** Before: every copy of evidence that each service asks for. After: the pieces that the
///   applicant gave or brings, each once.
/// - **Days.** Before: one service after the other, as long as each took alone, once for all members. After: the longest path
///   through the promised periods, undecided services counted in; the joint promise when none is.
/// - **Visits.** Before: those of every baseline. After: those of every service. Both count trips: all members of
///   a service go together, so its visits count once, and each further visit once if it is due for anyone.
/// - **Fees.** Before: those of every baseline, for each member. After: those of every service, likewise.
///
/// For steps, materials, days and visits what vanished adds up to before minus after, except where a service
/// costs more jointly than alone: nothing vanished there, and the figures say so.
#[derive(Clone, Debug, Serialize)]
pub struct Reductions {
    pub steps: Reduction,
    pub materials: Reduction,
    /// In halves of a working day. Before is the sequential sum of the services' own baselines, each service once.
    pub days: Reduction,
    pub visits: Reduction,
    pub fees: Option<MoneyReduction>,
    /// Services in the plan without a baseline: not counted on either side.
    pub without_baseline: Vec<NodeKey>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Reduction {
    pub before: u32,
    pub after: u32,
    pub vanished: Vec<Vanished>,
}

#[derive(Clone, Debug, Serialize)]
pub struct MoneyReduction {
    pub before: Decimal,
    pub after: Decimal,
    pub currency: String,
}

/// One thing that the applicant no longer has to do or bring, and why.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Vanished {
    /// A step of the service handled alone (position in its baseline): one submission replaces it.
    Step {
        node: NodeKey,
        index: u32,
    },
    /// A piece of evidence is fetched from a source.
    Fetched {
        node: NodeKey,
        evidence: EvidenceKey,
        source: SourceId,
    },
    /// Another service of the plan produces it.
    ProducedBy {
        node: NodeKey,
        evidence: EvidenceKey,
        by: NodeKey,
    },
    /// The hub makes it from the form, or it is reused, committed or deferred.
    NotBrought {
        node: NodeKey,
        evidence: EvidenceKey,
    },
    /// Handed in once for several services.
    SharedWith {
        node: NodeKey,
        evidence: EvidenceKey,
        first: NodeKey,
    },
    /// Runs while others run.
    Parallel {
        node: NodeKey,
        halves: HalfDays,
    },
    /// The promise is shorter than the service alone took.
    Shorter {
        node: NodeKey,
        halves: HalfDays,
    },
    Visit {
        node: NodeKey,
        count: u32,
    },
}

impl Plan {
    /// SHA-256 of the canonical JSON, lower-case hex: the plan's identity.
    pub fn hash(&self) -> String {
        canonical::hash(self)
    }

    /// Canonical JSON: the same plan gives the same bytes.
    pub fn to_json(&self) -> String {
        canonical::json(self)
    }

    /// The planned service at `node`.
    pub fn service(&self, node: &NodeKey) -> Option<&PlannedService> {
        self.services.iter().find(|service| service.node == *node)
    }

    /// Fields that still have to be filled in, in form order.
    pub fn missing_fields(&self) -> impl Iterator<Item = &FormField> {
        self.form.iter().flat_map(|topic| &topic.fields).filter(|field| {
            !field.optional
                && matches!(field.state, FieldState::Missing | FieldState::Unavailable { .. })
        })
    }

    /// Evidence that still has to be brought.
    pub fn missing_evidence(&self) -> impl Iterator<Item = &PlannedEvidence> {
        self.evidence.iter().filter(|evidence| evidence.group == EvidenceGroup::YouBring)
    }
}

pub use make::make;
pub use standing::Standing;
