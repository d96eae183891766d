//! Matters, their questions and figures, life-cycle classes, lists and guides, as written.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{BasisAsWritten, ProcedureKindAsWritten, Spanned, Texts};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum InclusionAsWritten {
    /// Always part (unless `when` says otherwise).
    Required,
    /// Part, but the applicant may leave it out.
    Optional,
}

/// A service within a matter.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MatterServiceAsWritten {
    #[schemars(with = "String")]
    pub service: Spanned<String>,
    pub inclusion: InclusionAsWritten,
    #[schemars(with = "Option<String>")]
    pub when: Option<Spanned<String>>,
    /// Holds when it was done before (its outputs then come from the applicant or a source).
    #[schemars(with = "Option<String>")]
    pub already_done: Option<Spanned<String>>,
    /// Said to the applicant when it is left out, by `when` …
    pub out_reason: Option<Texts>,
    /// … or because it was done before.
    pub done_reason: Option<Texts>,
}

/// A question binds one data element, or the number of members of a group.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QuestionAsWritten {
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// The element that it binds …
    #[schemars(with = "Option<String>")]
    pub element: Option<Spanned<String>>,
    /// … or the group whose members it counts.
    #[schemars(with = "Option<String>")]
    pub count_of: Option<Spanned<String>>,
    pub ask: Texts,
    pub hint: Option<Texts>,
    /// Why we ask, for people.
    pub why: Texts,
    /// 我不清楚 is offered.
    #[serde(default)]
    pub may_decline: bool,
    /// How often each answer is given, in proportion: option id, `true`, `false`, `declined`, or a member count → share. Absent =
    /// all alike.
    #[serde(default)]
    pub weights: BTreeMap<String, u32>,
}

/// Figures that a city or province announced for its own form of the matter.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AnnouncedAsWritten {
    /// Unique in the matter.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// Who announced it.
    pub name: Texts,
    #[serde(default)]
    pub figure: Vec<AnnouncedFigureAsWritten>,
    #[serde(default)]
    pub basis: BasisAsWritten,
}

#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum FigureAsWritten {
    Steps,
    Materials,
    /// Working days.
    Days,
    Visits,
}

/// One announced figure. Where it differs from ours, `difference` says why; that it is missing is a finding.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AnnouncedFigureAsWritten {
    pub figure: FigureAsWritten,
    /// Decimal text.
    #[schemars(with = "Option<String>")]
    pub before: Option<Spanned<String>>,
    #[schemars(with = "Option<String>")]
    pub after: Option<Spanned<String>>,
    /// As it was announced, where that is no number: 2–3 months.
    pub before_as_said: Option<Texts>,
    pub after_as_said: Option<Texts>,
    pub difference: Option<Texts>,
}

/// Special procedures of several services as one appointment: 联合踏勘.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JointProcedureAsWritten {
    /// Unique in the matter.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    pub kind: ProcedureKindAsWritten,
    pub name: Texts,
    #[schemars(with = "Vec<String>")]
    pub services: Vec<Spanned<String>>,
    #[schemars(with = "String")]
    pub lead: Spanned<String>,
}

/// The cost before the reform as measured somewhere, when known better than the services' sum.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MatterBaselineAsWritten {
    pub name: Texts,
    pub steps: Option<u32>,
    pub materials: Option<u32>,
    #[schemars(with = "Option<String>")]
    pub days: Option<Spanned<String>>,
    pub visits: Option<u32>,
    #[serde(default)]
    pub basis: BasisAsWritten,
}

/// A matter 一件事. It does not state a flow.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MatterAsWritten {
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// Official name, e.g. 新生儿出生“一件事”.
    pub name: Texts,
    /// In the citizen's words, e.g. 孩子出生了.
    pub title: Texts,
    pub summary: Texts,
    /// Who it is for.
    pub audience: Texts,
    /// Words people search with.
    #[serde(default)]
    pub search_words: Vec<String>,
    #[schemars(with = "String")]
    pub life_cycle: Spanned<String>,
    #[schemars(with = "String")]
    pub lead: Spanned<String>,
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub lists: Vec<Spanned<String>>,
    pub service: Vec<MatterServiceAsWritten>,
    #[serde(default)]
    pub question: Vec<QuestionAsWritten>,
    /// The service whose volume is the yardstick (相对办件量).
    #[schemars(with = "Option<String>")]
    pub anchor: Option<Spanned<String>>,
    /// Elements that name the applicant on the case.
    #[schemars(with = "String")]
    pub applicant_name: Spanned<String>,
    #[serde(default)]
    pub baseline: Vec<MatterBaselineAsWritten>,
    #[serde(default)]
    pub announced: Vec<AnnouncedAsWritten>,
    #[serde(default)]
    pub joint_procedure: Vec<JointProcedureAsWritten>,
    /// The matter of which this is one place's form.
    #[schemars(with = "Option<String>")]
    pub variant_of: Option<Spanned<String>>,
    /// Where it holds, in words; absent = wherever the jurisdiction reaches.
    pub scope: Option<Texts>,
    #[serde(default)]
    pub basis: BasisAsWritten,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AudienceAsWritten {
    Person,
    Enterprise,
    Project,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LifeCycleClassAsWritten {
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    pub audience: AudienceAsWritten,
    pub name: Texts,
    pub order: u32,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MatterListAsWritten {
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    pub name: Texts,
    #[serde(default)]
    pub basis: BasisAsWritten,
    /// In the list's own order: each names a matter or a guide.
    #[schemars(with = "Vec<String>")]
    pub entries: Vec<Spanned<String>>,
}

/// A matter that is only described so far.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GuideAsWritten {
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    pub name: Texts,
    #[schemars(with = "String")]
    pub life_cycle: Spanned<String>,
    /// Names of its services, for the guide page.
    pub services: Vec<Texts>,
    pub lead: Option<Texts>,
    #[serde(default)]
    pub search_words: Vec<String>,
    #[serde(default)]
    pub basis: BasisAsWritten,
}
