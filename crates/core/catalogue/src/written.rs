//! Definition files as their authors write them: TOML, one top-level table per item, texts beside the
//! item in every declared language, conditions as text. Everything that another place may want to point
//! at carries its span.
//!
//! Any file may hold any of these sections; a folder's files are read together. Names are strings here and
//! resolved ids in [`crate::resolved`]; no half-resolved value exists.

mod acts;
mod matter;
mod regime;
mod supervision;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use acts::*;
pub use matter::*;
pub use regime::*;
pub use supervision::*;

/// A string with its place in the file. In the schema it is a plain string.
pub type Spanned<T> = toml::Spanned<T>;
/// Language tag → text.
pub type Texts = BTreeMap<String, String>;

/// One definition file.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FileAsWritten {
    /// The jurisdiction itself; exactly one file has it.
    pub jurisdiction: Option<JurisdictionAsWritten>,
    pub organisation: Vec<OrganisationAsWritten>,
    pub group: Vec<GroupAsWritten>,
    pub topic: Vec<TopicAsWritten>,
    pub element: Vec<DataElementAsWritten>,
    pub evidence_type: Vec<EvidenceTypeAsWritten>,
    pub source: Vec<SourceAsWritten>,
    pub table: Vec<TableAsWritten>,
    pub regime: Vec<RegimeAsWritten>,
    /// Lights and reminders for those who supervise 电子监察.
    pub supervision: Vec<SupervisionAsWritten>,
    pub calendar: Vec<CalendarAsWritten>,
    pub service: Vec<ServiceAsWritten>,
    pub matter: Vec<MatterAsWritten>,
    pub life_cycle_class: Vec<LifeCycleClassAsWritten>,
    pub matter_list: Vec<MatterListAsWritten>,
    /// Matters that are only described so far (仅指南): listed, cannot be started.
    pub guide: Vec<GuideAsWritten>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JurisdictionAsWritten {
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    pub name: Texts,
    /// Languages that every text must have, first is the default.
    #[schemars(with = "Vec<String>")]
    pub languages: Vec<Spanned<String>>,
    /// IANA zone of civil dates, e.g. `Asia/Shanghai`.
    #[schemars(with = "String")]
    pub time_zone: Spanned<String>,
    /// GB/T 2260 code of the area (or `null` for a whole country).
    #[schemars(with = "Option<String>")]
    pub area: Option<Spanned<String>>,
    /// Opening of offices in minutes after midnight, e.g. `540` = 9:00.
    pub office_open_minute: Option<u32>,
    /// Where the afternoon begins, for half days, e.g. `720` = 12:00.
    pub office_midday_minute: Option<u32>,
    /// Close of business in minutes after midnight, e.g. `1050` = 17:30.
    pub office_close_minute: Option<u32>,
    /// Corrections of services received together are gathered into one notice, which goes out at the latest so long
    /// before the earliest correction limit. Without it every request is told by itself.
    pub correction_margin: Option<PeriodAsWritten>,
}

/// How sure a dated fact is. Absent `unverified` means it was checked against `source`.
#[derive(Debug, Default, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BasisAsWritten {
    /// The act, article or notice, in words; shown to people.
    pub act: Option<Texts>,
    /// Where it was read (document number or publication).
    pub source: Option<String>,
    /// In force from, `YYYY-MM-DD`.
    #[schemars(with = "Option<String>")]
    pub from: Option<Spanned<String>>,
    /// Why this is not certain; present = not verified.
    pub unverified: Option<Texts>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganisationAsWritten {
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    pub name: Texts,
    /// Short name for lanes and tags.
    pub short: Texts,
    /// Unified social credit code of the issuer (GB 32100), for licences. Demo codes say so in `code_note`.
    #[schemars(with = "Option<String>")]
    pub uscc: Option<Spanned<String>>,
    pub code_note: Option<Texts>,
    /// GB/T 2260 area it serves.
    #[schemars(with = "Option<String>")]
    pub area: Option<Spanned<String>>,
    pub phone: Option<String>,
    /// Its own opening, where it differs from the jurisdiction's; minutes after midnight.
    pub office_open_minute: Option<u32>,
    /// Its own close of business.
    pub office_close_minute: Option<u32>,
}

/// A repeat group: children, shareholders.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupAsWritten {
    /// The first segment of its elements' ids.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// One member, e.g. 孩子.
    pub name: Texts,
    pub min: u32,
    pub max: u32,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TopicAsWritten {
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    pub name: Texts,
    /// Order on the form, ascending.
    pub order: u32,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ElementTypeAsWritten {
    Bool,
    Number,
    Text,
    /// Several lines.
    LongText,
    Choice,
    Date,
    /// Mainland citizen id number, GB 11643, checked.
    CitizenId,
    /// Unified social credit code, GB 32100, checked.
    Uscc,
    Phone,
    /// GB/T 2260 area code, six digits.
    AreaCode,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SensitivityAsWritten {
    Public,
    #[default]
    Personal,
    /// Sensitive personal information: ids, health, children, accounts.
    Sensitive,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChoiceAsWritten {
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    pub name: Texts,
    pub hint: Option<Texts>,
}

/// A unit that is so many of the element's own.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LargerUnitAsWritten {
    /// How many of the element's own unit make one.
    pub count: std::num::NonZeroU32,
    pub unit: Texts,
}

/// One fact with a type, a sensitivity class and a source of truth.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DataElementAsWritten {
    /// `<group or subject>.<name>`, e.g. `child.birth_date`.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    pub name: Texts,
    pub hint: Option<Texts>,
    /// Other names usable in conditions.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub aliases: Vec<Spanned<String>>,
    #[serde(rename = "type")]
    pub ty: ElementTypeAsWritten,
    #[serde(default)]
    pub options: Vec<ChoiceAsWritten>,
    #[serde(default)]
    pub sensitivity: SensitivityAsWritten,
    #[schemars(with = "String")]
    pub topic: Spanned<String>,
    /// Shared source that knows it; the interview and form then only confirm.
    #[schemars(with = "Option<String>")]
    pub source: Option<Spanned<String>>,
    /// When that source can tell this element; absent = whenever it may be asked at all.
    #[schemars(with = "Option<String>")]
    pub source_when: Option<Spanned<String>>,
    /// Text length at most, characters.
    pub max_length: Option<u32>,
    /// Example for the sample and the demo person; never a default.
    pub example: Option<String>,
    /// Number: unit shown after the field.
    pub unit: Option<Texts>,
    /// Number: a larger unit in which people read it, e.g. years for months.
    pub larger_unit: Option<LargerUnitAsWritten>,
    /// Date must not lie after today.
    #[serde(default)]
    pub not_future: bool,
    /// Date must lie after the date of this element, of the same member.
    #[schemars(with = "Option<String>")]
    pub after: Option<Spanned<String>>,
    /// Date must not lie before the date of this element, of the same member.
    #[schemars(with = "Option<String>")]
    pub not_before: Option<Spanned<String>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EvidenceTypeAsWritten {
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    pub name: Texts,
    pub hint: Option<Texts>,
    /// Lower-case extensions taken when uploaded; default pdf, jpg, png.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub formats: Vec<Spanned<String>>,
    /// Largest file, in mebibytes; default 10.
    pub size_mib_max: Option<u32>,
    /// `per = "child"`: one for each member.
    #[schemars(with = "Option<String>")]
    pub per: Option<Spanned<String>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SharingAsWritten {
    Unconditional,
    Conditional,
    NotShared,
}

/// A type of evidence that a source delivers in certain scenarios.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeliversAsWritten {
    #[schemars(with = "String")]
    pub evidence: Spanned<String>,
    /// Besides the source's own `when`.
    #[schemars(with = "Option<String>")]
    pub when: Option<Spanned<String>>,
}

/// A shared data resource.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceAsWritten {
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    pub name: Texts,
    #[schemars(with = "String")]
    pub owner: Spanned<String>,
    pub sharing: SharingAsWritten,
    /// Evidence types that it can deliver in place of an upload.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub evidence: Vec<Spanned<String>>,
    /// Further evidence types, each with its own condition.
    #[serde(default)]
    pub delivers: Vec<DeliversAsWritten>,
    /// When it can be asked at all (e.g. not for holders of foreign documents).
    #[schemars(with = "Option<String>")]
    pub when: Option<Spanned<String>>,
    /// When it is out of reach: counted from the submission, after so long an officer may go by evidence instead of
    /// waiting for it. Without it nobody may.
    pub evidence_after: Option<PeriodAsWritten>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HitAsWritten {
    /// Exactly one row holds.
    Unique,
    /// Rows that hold agree.
    Any,
    /// The first row that holds counts.
    First,
    /// What the rows that hold give is put together by `aggregate`.
    Collect,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AggregateAsWritten {
    Sum,
    Min,
    Max,
    Count,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GapsAsWritten {
    /// A case for which no row holds is a mistake.
    #[default]
    Refused,
    /// Where an input is known to be absent the outputs are absent; elsewhere a mistake.
    Absent,
    /// Where no row holds the outputs are absent.
    Allowed,
}

/// A decision table: policy as rows, in a CSV or DMN file. Its outputs are data elements that nobody else gives.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TableAsWritten {
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    pub name: Texts,
    /// Default: as the DMN file says, else `unique`.
    pub hit: Option<HitAsWritten>,
    /// With `hit = "collect"`.
    pub aggregate: Option<AggregateAsWritten>,
    #[serde(default)]
    pub gaps: GapsAsWritten,
    #[serde(default)]
    pub edition: Vec<TableEditionAsWritten>,
}

/// A table as it holds from a day on; the latest not after the plan's day counts.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TableEditionAsWritten {
    /// In force from, `YYYY-MM-DD`.
    #[schemars(with = "String")]
    pub from: Spanned<String>,
    /// A `.csv` or `.dmn` file, relative to the folder of the jurisdiction.
    #[schemars(with = "String")]
    pub file: Spanned<String>,
    /// Id or name of the decision in a DMN file with several.
    pub decision: Option<String>,
    #[serde(default)]
    pub basis: BasisAsWritten,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CalendarAsWritten {
    pub year: i16,
    /// Days or inclusive ranges: "2026-02-15..2026-02-23".
    #[schemars(with = "Vec<String>")]
    pub days_off: Vec<Spanned<String>>,
    /// Weekend days that are worked.
    #[schemars(with = "Vec<String>")]
    pub work_days: Vec<Spanned<String>>,
    #[serde(default)]
    pub basis: BasisAsWritten,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WayAsWritten {
    /// The applicant uploads it.
    Upload,
    /// A shared source delivers it.
    Source,
    /// A licence issued before is reused.
    Licence,
    /// Another service of the same plan produces it.
    Output,
    /// A written commitment instead (告知承诺).
    Commitment,
    /// May follow later (容缺).
    Deferral,
    /// Made from the form by the hub.
    Generated,
}

/// A data element that a service needs.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldNeedAsWritten {
    #[schemars(with = "String")]
    pub element: Spanned<String>,
    #[schemars(with = "Option<String>")]
    pub when: Option<Spanned<String>>,
    #[serde(default)]
    pub optional: bool,
    /// Never merged with other services' fields: the law wants it asked again, for this reason.
    pub ask_again: Option<Texts>,
    /// Only verifies or prefills: makes a soft edge when another service produces it.
    #[serde(default)]
    pub soft: bool,
}

/// Evidence that a service needs.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EvidenceNeedAsWritten {
    #[serde(rename = "type")]
    #[schemars(with = "String")]
    pub ty: Spanned<String>,
    #[schemars(with = "Option<String>")]
    pub when: Option<Spanned<String>>,
    /// Ways in order of preference; the first one possible is taken.
    pub ways: Vec<WayAsWritten>,
    /// Why it is needed, for people.
    pub reason: Texts,
    #[serde(default)]
    pub soft: bool,
    /// Needed only where another service of the plan produces it, and then waited for: a comprehensive permit
    /// needs whichever of the single permits are being made.
    #[serde(default)]
    pub if_produced: bool,
    /// Copies asked for when handled alone, for the baseline; default 1.
    pub copies_alone: Option<u32>,
    /// When the way `commitment` is open (告知承诺); absent = always. Bad credit closes it, say.
    #[schemars(with = "Option<String>")]
    pub commitment_when: Option<Spanned<String>>,
    /// When the way `deferral` is open (容缺); absent = always.
    #[schemars(with = "Option<String>")]
    pub deferral_when: Option<Spanned<String>>,
    /// By when what was deferred must follow.
    pub deferral_term: Option<PeriodAsWritten>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OutputKindAsWritten {
    /// A licence: verifiable, has holder and validity.
    Licence,
    /// A notice or receipt.
    Notice,
    /// Only facts.
    Facts,
}

/// What a service produces.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OutputAsWritten {
    /// Unique in the service.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    pub kind: OutputKindAsWritten,
    pub name: Texts,
    /// The evidence type that it is, for those who need it.
    #[schemars(with = "Option<String>")]
    pub evidence: Option<Spanned<String>>,
    /// Data elements that come into being with it.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub elements: Vec<Spanned<String>>,
    /// Three digits; with the issuer's code it is the licence type of GB/T 36904.
    #[schemars(with = "Option<String>")]
    pub licence_type: Option<Spanned<String>>,
    /// Element that names the holder.
    #[schemars(with = "Option<String>")]
    pub holder: Option<Spanned<String>>,
    /// Elements printed on the licence, in order.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub prints: Vec<Spanned<String>>,
    /// Validity in months; absent = without end.
    pub valid_months: Option<u32>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FeeAsWritten {
    pub name: Texts,
    /// Decimal text in the currency's main unit.
    #[schemars(with = "String")]
    pub amount: Spanned<String>,
    /// ISO 4217 code, e.g. `CNY`.
    #[schemars(with = "String")]
    pub currency: Spanned<String>,
    /// Whom it concerns; absent = everyone.
    #[schemars(with = "Option<String>")]
    pub when: Option<Spanned<String>>,
    #[serde(default)]
    pub basis: BasisAsWritten,
}

/// Another period in certain scenarios, e.g. with a commitment. The first whose `when` holds counts.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PeriodWhenAsWritten {
    #[schemars(with = "String")]
    pub when: Spanned<String>,
    pub period: PeriodAsWritten,
}

/// Visits more than the service's own `visits`, in certain scenarios.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VisitWhenAsWritten {
    #[schemars(with = "String")]
    pub when: Spanned<String>,
    pub count: u32,
    /// Why, for people.
    pub reason: Texts,
}

/// A condition of eligibility (申请条件). Without `when` it is only told.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RequirementAsWritten {
    /// Unique in the service.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    pub text: Texts,
    /// Where it is false the service is not offered, for this reason.
    #[schemars(with = "Option<String>")]
    pub when: Option<Spanned<String>>,
    #[serde(default)]
    pub basis: BasisAsWritten,
}

#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ProcedureKindAsWritten {
    /// 听证
    Hearing,
    /// 现场踏勘、核查
    SiteVisit,
    /// 检验、检测、检疫、鉴定
    Testing,
    /// 专家评审
    ExpertReview,
    /// 公示、公告
    PublicNotice,
}

/// A special procedure whose time the law does not count.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SpecialProcedureAsWritten {
    /// Unique in the service.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    pub kind: ProcedureKindAsWritten,
    pub name: Texts,
    #[schemars(with = "Option<String>")]
    pub when: Option<Spanned<String>>,
    pub period: PeriodAsWritten,
    /// It comes after the decision (an inspection afterwards) and delays nothing.
    #[serde(default)]
    pub afterwards: bool,
}

/// Who accepts and who decides, GB/T 39046 A.2: 1 国家 2 省 3 市 4 县 5 乡镇 6 村 7 其他.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LevelsAsWritten {
    #[schemars(with = "Option<String>")]
    pub accept: Option<Spanned<String>>,
    #[schemars(with = "Option<String>")]
    pub decide: Option<Spanned<String>>,
}

#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ApplicantKindAsWritten {
    /// 自然人
    Person,
    /// 企业法人
    Enterprise,
    /// 事业法人
    PublicInstitution,
    /// 社会组织
    SocialOrganisation,
    /// 行政机关
    Organ,
    /// 其他（个体工商户等）
    Other,
}

/// What handling this service alone costs the applicant.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BaselineAsWritten {
    /// Steps the applicant takes: fetch form, fill in, hand in, collect …, each in words.
    pub steps: Vec<Texts>,
    /// Working days in decimal text.
    #[schemars(with = "String")]
    pub days: Spanned<String>,
    pub visits: u32,
    /// Decimal text in the currency's main unit.
    #[schemars(with = "Option<String>")]
    pub fee: Option<Spanned<String>>,
    #[serde(default)]
    pub basis: BasisAsWritten,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChecklistLineAsWritten {
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    pub text: Texts,
    /// Data elements and evidence types that the line looks at. What a department receives and no line looks
    /// at, no output prints and no condition reads, it does not need.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub checks: Vec<Spanned<String>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignatoryAsWritten {
    pub name: Texts,
    /// Element that names the person.
    #[schemars(with = "String")]
    pub element: Spanned<String>,
    #[schemars(with = "Option<String>")]
    pub when: Option<Spanned<String>>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CodesAsWritten {
    #[schemars(with = "Option<String>")]
    pub basic: Option<Spanned<String>>,
    #[schemars(with = "Option<String>")]
    pub implementation: Option<Spanned<String>>,
    #[schemars(with = "Option<String>")]
    pub handling_item: Option<Spanned<String>>,
    #[schemars(with = "Option<String>")]
    pub local: Option<Spanned<String>>,
}

/// A public service 事项. It states needs and outputs, never who comes before or after it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceAsWritten {
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    pub name: Texts,
    /// One sentence for the applicant.
    pub summary: Texts,
    #[serde(default)]
    pub codes: CodesAsWritten,
    /// GB/T 39046 A.1 item type, e.g. "01" permission, "07" confirmation, "20" public service.
    #[schemars(with = "String")]
    pub kind: Spanned<String>,
    #[schemars(with = "String")]
    pub authority: Spanned<String>,
    #[schemars(with = "String")]
    pub regime: Spanned<String>,
    /// `per = "child"`: one for each member.
    #[schemars(with = "Option<String>")]
    pub per: Option<Spanned<String>>,
    /// Who may apply (GB/T 39046 A.4); empty = whoever the matter is for.
    #[serde(default)]
    pub applicants: Vec<ApplicantKindAsWritten>,
    #[serde(default)]
    pub levels: LevelsAsWritten,
    #[serde(default)]
    pub requirement: Vec<RequirementAsWritten>,
    pub statutory: Option<PeriodAsWritten>,
    #[serde(default)]
    pub statutory_when: Vec<PeriodWhenAsWritten>,
    pub promised: PeriodAsWritten,
    #[serde(default)]
    pub promised_when: Vec<PeriodWhenAsWritten>,
    #[serde(default)]
    pub special_procedure: Vec<SpecialProcedureAsWritten>,
    /// Visits left when handled jointly.
    #[serde(default)]
    pub visits: u32,
    #[serde(default)]
    pub visit_when: Vec<VisitWhenAsWritten>,
    #[serde(default)]
    pub fee: Vec<FeeAsWritten>,
    /// online, window, mobile, kiosk, mail.
    #[schemars(with = "Vec<String>")]
    pub channels: Vec<Spanned<String>>,
    #[serde(default)]
    pub field: Vec<FieldNeedAsWritten>,
    #[serde(default)]
    pub evidence: Vec<EvidenceNeedAsWritten>,
    #[serde(default)]
    pub output: Vec<OutputAsWritten>,
    #[serde(default)]
    pub checklist: Vec<ChecklistLineAsWritten>,
    #[serde(default)]
    pub signatory: Vec<SignatoryAsWritten>,
    /// Grounds a refusal may cite, besides checklist lines.
    #[serde(default)]
    pub refusal_ground: Vec<ChecklistLineAsWritten>,
    /// What follows when the applicant dies or changes (中止、终止), where it is not what the regime says: the
    /// applicant need not be the one whom the service is for.
    #[serde(default)]
    pub on_change: Vec<RegimeChangeAsWritten>,
    pub baseline: Option<BaselineAsWritten>,
    #[serde(default)]
    pub basis: BasisAsWritten,
}
