//! The checked, immutable catalogue. Every name is an id that exists; every condition is typed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use conditions::Condition;
use jiff::tz::TimeZone;
use tables::Rules;
use vocabulary::{
    ChecklistLineId, ClockStart, CountsFrom, DataElementId, Date, Decimal, EvidenceTypeId, GroupId,
    HalfDays, JurisdictionId, Lang, LapseMeans, LifeCycleClassId, Localised, MatterId,
    MatterListId, MatterRevision, OrganisationId, Period, QuestionId, RegimeId, ServiceId,
    ServiceRevision, SourceId, TableId, TopicId, WorkCalendar,
};

use crate::stored::StoredSource;
pub use crate::written::{
    AddresseeAsWritten as Addressee, ApplicantChangeAsWritten as ApplicantChange,
    ApplicantKindAsWritten as ApplicantKind, AudienceAsWritten as Audience,
    ChangeEffectAsWritten as ChangeEffect, FigureAsWritten as Figure,
    LightColourAsWritten as LightColour, OutputKindAsWritten as OutputKind,
    ProcedureKindAsWritten as ProcedureKind, RevocationActAsWritten as RevocationAct,
    SensitivityAsWritten as Sensitivity, SharingAsWritten as Sharing, StageKindAsWritten as Stage,
    WatchedAsWritten as Watched, WayAsWritten as Way,
};

/// Everything a jurisdiction's definition files say.
#[derive(Debug)]
pub struct Catalogue {
    pub jurisdiction: Jurisdiction,
    pub organisations: BTreeMap<OrganisationId, Organisation>,
    pub groups: BTreeMap<GroupId, Group>,
    pub topics: BTreeMap<TopicId, Topic>,
    pub elements: BTreeMap<DataElementId, DataElement>,
    pub evidence_types: BTreeMap<EvidenceTypeId, EvidenceType>,
    pub sources: BTreeMap<SourceId, Source>,
    pub tables: BTreeMap<TableId, Table>,
    /// Each table after those whose outputs it reads.
    pub table_order: Vec<TableId>,
    pub regimes: BTreeMap<RegimeId, Regime>,
    /// By their first day.
    pub supervisions: Vec<Supervision>,
    pub calendar: WorkCalendar,
    pub services: BTreeMap<ServiceId, PublicService>,
    pub matters: BTreeMap<MatterId, Matter>,
    pub life_cycle: Vec<LifeCycleClass>,
    pub lists: Vec<MatterList>,
    pub guides: BTreeMap<MatterId, Guide>,
    /// Hash of the whole, lower-case hex.
    pub revision: Arc<str>,
    /// What it was compiled from.
    pub source: Arc<StoredSource>,
}

#[derive(Debug)]
pub struct Jurisdiction {
    pub id: JurisdictionId,
    pub name: Localised,
    /// First is the default.
    pub languages: Vec<Lang>,
    pub time_zone: TimeZone,
    pub area: Option<String>,
    pub office_open_minute: u32,
    pub office_midday_minute: u32,
    pub office_close_minute: u32,
    /// Corrections of services received together go out in one notice, so long before the earliest limit at the
    /// latest; `None` = each by itself.
    pub correction_margin: Option<DatedPeriod>,
}

/// Legal basis and how sure it is.
#[derive(Debug, Clone, Default)]
pub struct Basis {
    pub act: Localised,
    pub source: Option<String>,
    pub from: Option<Date>,
    /// Why it is not certain; empty = verified.
    pub unverified: Localised,
}

impl Basis {
    pub fn is_verified(&self) -> bool {
        self.unverified.is_empty()
    }
}

#[derive(Debug)]
pub struct Organisation {
    pub id: OrganisationId,
    pub name: Localised,
    pub short: Localised,
    pub uscc: Option<String>,
    pub code_note: Localised,
    pub area: Option<String>,
    pub phone: Option<String>,
    /// Its own opening, where it differs from the jurisdiction's.
    pub office_open_minute: Option<u32>,
    pub office_close_minute: Option<u32>,
}

#[derive(Debug)]
pub struct Group {
    pub id: GroupId,
    pub name: Localised,
    pub min: u32,
    pub max: u32,
}

#[derive(Debug)]
pub struct Topic {
    pub id: TopicId,
    pub name: Localised,
    pub order: u32,
}

/// How a field is shown and checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ElementType {
    Bool,
    Number,
    Text,
    LongText,
    Choice(Vec<ChoiceOption>),
    Date,
    CitizenId,
    Uscc,
    Phone,
    AreaCode,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChoiceOption {
    pub id: Arc<str>,
    pub name: Localised,
    pub hint: Localised,
}

#[derive(Debug)]
pub struct DataElement {
    pub id: DataElementId,
    pub name: Localised,
    pub hint: Localised,
    pub ty: ElementType,
    pub group: Option<GroupId>,
    pub sensitivity: Sensitivity,
    pub topic: TopicId,
    pub source: Option<SourceId>,
    /// When that source can tell it, besides the source's own condition.
    pub source_when: Condition,
    /// The table that finds it; then nobody gives it.
    pub table: Option<TableId>,
    pub max_length: Option<u32>,
    pub example: Option<String>,
    pub unit: Localised,
    pub larger_unit: Option<LargerUnit>,
    pub not_future: bool,
    /// The date lies after that of this element, of the same member.
    pub after: Option<DataElementId>,
    /// The date does not lie before that of this element, of the same member.
    pub not_before: Option<DataElementId>,
}

/// A unit that is so many of an element's own, e.g. years for months.
#[derive(Debug)]
pub struct LargerUnit {
    pub count: std::num::NonZeroU32,
    pub unit: Localised,
}

#[derive(Debug)]
pub struct EvidenceType {
    pub id: EvidenceTypeId,
    pub name: Localised,
    pub hint: Localised,
    /// Lower-case extensions.
    pub formats: Vec<String>,
    pub size_bytes_max: u64,
    pub per: Option<GroupId>,
}

#[derive(Debug)]
pub struct Source {
    pub id: SourceId,
    pub name: Localised,
    pub owner: OrganisationId,
    pub sharing: Sharing,
    /// All types that it delivers, under whatever condition.
    pub evidence: Vec<EvidenceTypeId>,
    /// Types that it delivers only in certain scenarios.
    pub evidence_when: BTreeMap<EvidenceTypeId, Condition>,
    pub when: Condition,
    /// While it is out of reach: from then on evidence may be taken instead.
    pub evidence_after: Option<DatedPeriod>,
}

/// A decision table: as soon as what it reads is known, its outputs are.
#[derive(Debug)]
pub struct Table {
    pub id: TableId,
    pub name: Localised,
    /// In the order in which they come into force; never empty.
    pub editions: Vec<TableEdition>,
    /// What some edition reads.
    pub inputs: BTreeSet<DataElementId>,
    /// What every edition gives.
    pub outputs: BTreeSet<DataElementId>,
    /// Decided for each member.
    pub group: Option<GroupId>,
}

/// A table as it holds from a day on.
#[derive(Debug)]
pub struct TableEdition {
    pub from: Date,
    /// As the definition names it.
    pub file: String,
    pub basis: Basis,
    pub rules: Rules,
}

/// A period with its basis.
#[derive(Debug, Clone)]
pub struct DatedPeriod {
    pub period: Period,
    pub basis: Basis,
}

/// How the clocks of a procedure begin and end.
#[derive(Debug, Clone)]
pub struct RegimeClock {
    pub promised_from: ClockStart,
    pub statutory_from: ClockStart,
    pub counts: CountsFrom,
    /// Hours of the office hold.
    pub office_hours: bool,
    pub basis: Basis,
}

/// Silence of the department that is a grant.
#[derive(Debug, Clone)]
pub struct RegimeDeemedGrant {
    pub period: DatedPeriod,
    pub from: ClockStart,
}

#[derive(Debug)]
pub struct Regime {
    pub id: RegimeId,
    pub name: Localised,
    pub correction_limit: DatedPeriod,
    pub deemed_acceptance: bool,
    pub correction_answer: DatedPeriod,
    /// Silence in that time ends the service case.
    pub correction_lapses: bool,
    pub lapse_means: LapseMeans,
    pub clock: RegimeClock,
    pub deemed_grant: Option<RegimeDeemedGrant>,
    pub statutory: Option<DatedPeriod>,
    pub extension: Option<DatedPeriod>,
    /// By when the decision is to be served.
    pub delivery: Option<DatedPeriod>,
    /// Kinds of special procedures whose time is not counted, each once, in their order.
    pub excluded: Vec<ProcedureKind>,
    /// Acts by which grants may be ended afterwards, as written.
    pub revocations: Vec<RegimeRevocation>,
    /// What follows when the applicant dies or changes; of what is not in here, that it waits.
    pub on_change: Vec<RegimeChange>,
    pub remedies: Localised,
    pub basis: Basis,
}

/// Rules of supervision 电子监察.
#[derive(Debug, Clone)]
pub struct Supervision {
    pub id: Arc<str>,
    pub name: Localised,
    pub from: Date,
    pub stages: BTreeMap<Stage, StageRule>,
    pub lights: Vec<LightRule>,
    /// In the order of the chain.
    pub reminders: Vec<ReminderRule>,
    /// A date counts as near in lists and figures when it is so many working days away or fewer.
    pub soon: u32,
    pub answer: DatedPeriod,
    pub basis: Basis,
}

/// A stage with a time of its own; `None` = what the law gives.
#[derive(Debug, Clone)]
pub struct StageRule {
    pub name: Localised,
    pub within: Option<DatedPeriod>,
}

/// When a light goes on.
#[derive(Debug, Clone)]
pub struct LightRule {
    pub id: Arc<str>,
    pub name: Localised,
    pub of: Watched,
    pub colour: LightColour,
    pub when: LightWhen,
    pub basis: Basis,
}

/// The moment of a light.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LightWhen {
    /// So much of the time is used, in percent.
    UsedPercent(u8),
    /// So many working days are left.
    Left(u32),
    /// So many working days over; 0 = the day after.
    Over(u32),
}

/// Who is told how many working days after a light went on.
#[derive(Debug, Clone)]
pub struct ReminderRule {
    pub id: Arc<str>,
    pub light: LightColour,
    pub after: u32,
    pub to: Addressee,
    pub organisation: Option<OrganisationId>,
}

impl Catalogue {
    /// The rules of supervision in force on a day.
    pub fn supervision(&self, on: Date) -> Option<&Supervision> {
        self.supervisions.iter().rev().find(|rules| rules.from <= on)
    }
}

/// An act by which a grant may be ended afterwards.
#[derive(Debug)]
pub struct RegimeRevocation {
    pub act: RevocationAct,
    /// The holder is told first and may speak for so long.
    pub heard: Option<DatedPeriod>,
    pub basis: Basis,
}

/// What follows from a change of the applicant for what is not decided.
#[derive(Debug)]
pub struct RegimeChange {
    pub change: ApplicantChange,
    pub effect: ChangeEffect,
    pub basis: Basis,
}

#[derive(Debug)]
pub struct FieldNeed {
    pub element: DataElementId,
    pub when: Condition,
    pub optional: bool,
    /// Non-empty = never merged, for this reason.
    pub ask_again: Localised,
    pub soft: bool,
}

#[derive(Debug)]
pub struct EvidenceNeed {
    pub ty: EvidenceTypeId,
    pub when: Condition,
    /// In order of preference.
    pub ways: Vec<Way>,
    pub reason: Localised,
    pub soft: bool,
    /// Needed, and waited for, only where another service of the plan produces it.
    pub if_produced: bool,
    pub copies_alone: u32,
    /// When a commitment is open as a way.
    pub commitment_when: Condition,
    /// When deferral is open as a way.
    pub deferral_when: Condition,
    pub deferral_term: Option<DatedPeriod>,
}

#[derive(Debug)]
pub struct Output {
    pub id: Arc<str>,
    pub kind: OutputKind,
    pub name: Localised,
    pub evidence: Option<EvidenceTypeId>,
    pub elements: Vec<DataElementId>,
    /// Three digits.
    pub licence_type: Option<String>,
    pub holder: Option<DataElementId>,
    pub prints: Vec<DataElementId>,
    pub valid_months: Option<u32>,
}

#[derive(Debug)]
pub struct Fee {
    pub name: Localised,
    pub amount: Decimal,
    pub currency: String,
    pub when: Condition,
    pub basis: Basis,
}

/// Another period where its condition holds.
#[derive(Debug)]
pub struct PeriodWhen {
    pub when: Condition,
    pub period: DatedPeriod,
}

/// Further visits where the condition holds.
#[derive(Debug)]
pub struct VisitWhen {
    pub when: Condition,
    pub count: u32,
    pub reason: Localised,
}

/// A condition of eligibility; `when` is `None` where it is only told.
#[derive(Debug)]
pub struct Requirement {
    pub id: Arc<str>,
    pub text: Localised,
    pub when: Option<Condition>,
    pub basis: Basis,
}

/// A special procedure whose time the law does not count.
#[derive(Debug)]
pub struct SpecialProcedure {
    pub id: Arc<str>,
    pub kind: ProcedureKind,
    pub name: Localised,
    pub when: Condition,
    pub period: DatedPeriod,
    /// After the decision: delays nothing.
    pub afterwards: bool,
}

/// What a checklist line looks at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Checked {
    Element(DataElementId),
    Evidence(EvidenceTypeId),
}

#[derive(Debug)]
pub struct Baseline {
    pub steps: Vec<Localised>,
    pub days: HalfDays,
    pub visits: u32,
    pub fee: Option<Decimal>,
    pub basis: Basis,
}

#[derive(Debug)]
pub struct ChecklistLine {
    pub id: ChecklistLineId,
    pub text: Localised,
    pub checks: Vec<Checked>,
}

#[derive(Debug)]
pub struct Signatory {
    pub name: Localised,
    pub element: DataElementId,
    pub when: Condition,
}

#[derive(Debug, Default, Clone)]
pub struct Codes {
    pub basic: Option<String>,
    pub implementation: Option<String>,
    pub handling_item: Option<String>,
    pub local: Option<String>,
}

#[derive(Debug)]
pub struct PublicService {
    pub id: ServiceId,
    pub revision: ServiceRevision,
    pub name: Localised,
    pub summary: Localised,
    pub codes: Codes,
    pub kind: String,
    pub authority: OrganisationId,
    pub regime: RegimeId,
    pub per: Option<GroupId>,
    /// Empty = whoever the matter is for.
    pub applicants: Vec<ApplicantKind>,
    /// GB/T 39046 A.2, one digit.
    pub accepted_at: Option<String>,
    /// GB/T 39046 A.2, one digit.
    pub decided_at: Option<String>,
    pub requirements: Vec<Requirement>,
    /// The service's own, or its regime's.
    pub statutory: Option<DatedPeriod>,
    /// The first that holds counts instead.
    pub statutory_when: Vec<PeriodWhen>,
    pub promised: DatedPeriod,
    /// The first that holds counts instead.
    pub promised_when: Vec<PeriodWhen>,
    pub special_procedures: Vec<SpecialProcedure>,
    pub visits: u32,
    pub visits_when: Vec<VisitWhen>,
    pub fees: Vec<Fee>,
    pub channels: Vec<String>,
    pub fields: Vec<FieldNeed>,
    pub evidence: Vec<EvidenceNeed>,
    pub outputs: Vec<Output>,
    pub checklist: Vec<ChecklistLine>,
    pub signatories: Vec<Signatory>,
    pub refusal_grounds: Vec<ChecklistLine>,
    pub baseline: Option<Baseline>,
    /// What follows when the applicant dies or changes, instead of what its regime says of the same change.
    pub on_change: Vec<RegimeChange>,
    pub basis: Basis,
}

#[derive(Debug, Clone)]
pub struct MatterService {
    pub service: ServiceId,
    /// The applicant may leave it out.
    pub optional: bool,
    pub when: Condition,
    /// `None` = never already done.
    pub already_done: Option<Condition>,
    pub out_reason: Localised,
    pub done_reason: Localised,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Binds {
    Element(DataElementId),
    CountOf(GroupId),
}

#[derive(Debug, Clone)]
pub struct Question {
    pub id: QuestionId,
    pub binds: Binds,
    pub ask: Localised,
    pub hint: Localised,
    pub why: Localised,
    pub may_decline: bool,
    /// Answer (option id, `true`, `false`, `declined`, or a number of members) → share; empty = all alike.
    pub weights: BTreeMap<Arc<str>, u32>,
}

/// Figures that someone announced for his form of the matter.
#[derive(Debug, Clone)]
pub struct Announced {
    pub id: Arc<str>,
    pub name: Localised,
    pub figures: Vec<AnnouncedFigure>,
    pub basis: Basis,
}

#[derive(Debug, Clone)]
pub struct AnnouncedFigure {
    pub figure: Figure,
    pub before: Option<Decimal>,
    pub after: Option<Decimal>,
    pub before_as_said: Localised,
    pub after_as_said: Localised,
    /// Why it differs from what follows from the definitions.
    pub difference: Localised,
}

/// Special procedures of several services as one appointment.
#[derive(Debug, Clone)]
pub struct JointProcedure {
    pub id: Arc<str>,
    pub kind: ProcedureKind,
    pub name: Localised,
    pub services: Vec<ServiceId>,
    pub lead: OrganisationId,
}

#[derive(Debug, Clone)]
pub struct MatterBaseline {
    pub name: Localised,
    pub steps: Option<u32>,
    pub materials: Option<u32>,
    pub days: Option<HalfDays>,
    pub visits: Option<u32>,
    pub basis: Basis,
}

#[derive(Debug, Clone)]
pub struct Matter {
    pub id: MatterId,
    pub revision: MatterRevision,
    pub name: Localised,
    pub title: Localised,
    pub summary: Localised,
    pub audience: Localised,
    pub search_words: Vec<String>,
    pub life_cycle: LifeCycleClassId,
    pub lead: OrganisationId,
    pub lists: Vec<MatterListId>,
    pub services: Vec<MatterService>,
    /// In the author's order.
    pub questions: Vec<Question>,
    pub anchor: Option<ServiceId>,
    pub applicant_name: DataElementId,
    pub baselines: Vec<MatterBaseline>,
    pub announced: Vec<Announced>,
    pub joint_procedures: Vec<JointProcedure>,
    pub variant_of: Option<MatterId>,
    /// Where it holds; empty = wherever the jurisdiction reaches.
    pub scope: Localised,
    pub basis: Basis,
}

#[derive(Debug)]
pub struct LifeCycleClass {
    pub id: LifeCycleClassId,
    pub audience: Audience,
    pub name: Localised,
    pub order: u32,
}

#[derive(Debug)]
pub struct MatterList {
    pub id: MatterListId,
    pub name: Localised,
    pub basis: Basis,
    pub entries: Vec<MatterId>,
}

#[derive(Debug)]
pub struct Guide {
    pub id: MatterId,
    pub name: Localised,
    pub life_cycle: LifeCycleClassId,
    pub services: Vec<Localised>,
    pub lead: Localised,
    pub search_words: Vec<String>,
    pub basis: Basis,
}

impl Catalogue {
    pub fn matter(&self, id: &str) -> Option<&Matter> {
        self.matters.get(id)
    }

    pub fn service(&self, id: &ServiceId) -> Option<&PublicService> {
        self.services.get(id)
    }

    pub fn element(&self, id: &DataElementId) -> Option<&DataElement> {
        self.elements.get(id)
    }

    /// The civil date of `now` in the jurisdiction.
    pub fn civil_date(&self, now: vocabulary::Instant) -> Date {
        now.to_zoned(self.jurisdiction.time_zone.clone()).date()
    }
}
