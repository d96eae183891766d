//! How procedures run: periods, what their clocks count from, regimes.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    BasisAsWritten, ProcedureKindAsWritten, RegimeChangeAsWritten, RegimeRevocationAsWritten,
    Spanned, Texts,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PeriodUnitAsWritten {
    WorkingDay,
    CalendarDay,
    Month,
    Hour,
    Immediate,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PeriodAsWritten {
    /// Decimal text in halves: "0.5", "3". Absent for `immediate`.
    #[schemars(with = "Option<String>")]
    pub count: Option<Spanned<String>>,
    pub unit: PeriodUnitAsWritten,
    #[serde(default)]
    pub basis: BasisAsWritten,
}

/// What a period is counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClockStartAsWritten {
    /// The receipt of the application.
    Receipt,
    /// The acceptance.
    Acceptance,
    /// The day on which everything asked for was there; the receipt when nothing was asked for.
    Completion,
}

/// Which day or half of a day is the first that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CountsFromAsWritten {
    /// The day of the event does not count.
    NextDay,
    /// The day of the event is the first.
    SameDay,
    /// What comes in the morning counts from the afternoon, what comes in the afternoon from the next day.
    NextHalf,
}

/// What it means by law that a correction was not answered in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LapseMeansAsWritten {
    /// The application goes back.
    Returned,
    /// It counts as withdrawn.
    Withdrawn,
    /// It counts as given up.
    Abandoned,
}

/// How the clocks of a procedure begin and end.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ClockRulesAsWritten {
    /// The promise counts from the receipt unless this says otherwise.
    pub promised_from: Option<ClockStartAsWritten>,
    /// The statutory period counts from the acceptance unless this says otherwise.
    pub statutory_from: Option<ClockStartAsWritten>,
    /// The day of the event does not count unless this says otherwise.
    pub counts_from: Option<CountsFromAsWritten>,
    /// What is handed in while the office is closed is received when it opens next, and a last day ends when it
    /// closes.
    pub office_hours: bool,
    pub basis: BasisAsWritten,
}

/// Silence of the department that is a grant (逾期视为准予).
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeemedGrantAsWritten {
    /// The time for the decision.
    pub period: PeriodAsWritten,
    /// What it counts from; the acceptance unless this says otherwise.
    pub from: Option<ClockStartAsWritten>,
}

/// The law's parameters for a kind of procedure (semantics 10).
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RegimeAsWritten {
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    pub name: Texts,
    /// Time to ask for corrections, once and completely.
    pub correction_limit: PeriodAsWritten,
    /// Acceptance is deemed when the limit passes in silence.
    pub deemed_acceptance: bool,
    /// Time the applicant has to answer a correction.
    pub correction_answer: PeriodAsWritten,
    /// An applicant who does not answer in that time has the application returned (逾期不补，退件).
    #[serde(default)]
    pub correction_lapses: bool,
    /// What that means by law; returned unless this says otherwise.
    pub lapse_means: Option<LapseMeansAsWritten>,
    /// How its clocks begin and end.
    #[serde(default)]
    pub clock: ClockRulesAsWritten,
    /// Silence to the end of this time is a grant.
    pub deemed_grant: Option<DeemedGrantAsWritten>,
    /// Statutory period when a service states none.
    pub statutory: Option<PeriodAsWritten>,
    pub extension: Option<PeriodAsWritten>,
    /// By when the decision is to be served, counted from the decision 送达; absent = the law sets no time.
    pub delivery: Option<PeriodAsWritten>,
    /// Kinds of special procedures whose time the period does not count (期限不计入). Others run inside it.
    #[serde(default)]
    pub excluded: Vec<ProcedureKindAsWritten>,
    /// Acts by which its grants may be ended afterwards (撤销、撤回、吊销、注销).
    #[serde(default)]
    pub revocations: Vec<RegimeRevocationAsWritten>,
    /// What follows when the applicant dies or changes (中止、终止).
    #[serde(default)]
    pub on_change: Vec<RegimeChangeAsWritten>,
    /// Words on remedies printed on a refusal.
    pub remedies: Texts,
    #[serde(default)]
    pub basis: BasisAsWritten,
}
