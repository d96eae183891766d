//! Supervision 电子监察 as authors write it: stages, lights, and who is told when one goes on.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{BasisAsWritten, PeriodAsWritten, Spanned, Texts};

/// The rules of supervision in force from a day on. Of several, the latest that is not after the day counts.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SupervisionAsWritten {
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    pub name: Texts,
    /// `YYYY-MM-DD`.
    #[schemars(with = "String")]
    pub from: Spanned<String>,
    /// Parts of a service case with a time of their own.
    #[serde(default)]
    pub stage: Vec<StageAsWritten>,
    /// When which light goes on.
    pub light: Vec<LightAsWritten>,
    /// Who is told how long after a light went on, in this order.
    #[serde(default)]
    pub reminder: Vec<ReminderAsWritten>,
    /// A date counts as near in lists and figures when it is so many working days away or fewer.
    #[serde(default)]
    #[schemars(range(min = 0, max = 366))]
    pub soon: u16,
    /// By when a supervision notice 督办 is to be answered.
    pub answer: PeriodAsWritten,
    #[serde(default)]
    pub basis: BasisAsWritten,
}

/// A stage and its time.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StageAsWritten {
    pub stage: StageKindAsWritten,
    pub name: Texts,
    /// Absent: what the law gives, which is the limit for corrections for `accept`, the statutory period for `decide`
    /// and the regime's time to serve for `deliver`. Other stages state it.
    pub within: Option<PeriodAsWritten>,
}

/// The stages of a service case.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum StageKindAsWritten {
    /// 收件: from its start to the department's receipt.
    Receive,
    /// 受理: from its start to acceptance.
    Accept,
    /// 审查: from acceptance until the department begins to examine it.
    Review,
    /// 决定: from acceptance to the decision.
    Decide,
    /// 送达: from the decision until its document is served.
    Deliver,
}

/// What a light looks at.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum WatchedAsWritten {
    /// The promised date of the whole.
    Promised,
    /// The statutory date of the whole.
    Statutory,
    Receive,
    Accept,
    Review,
    Decide,
    Deliver,
}

/// The lights that a rule can put on.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum LightColourAsWritten {
    Yellow,
    Red,
}

/// One rule: exactly one of `used_percent`, `left` and `over`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LightAsWritten {
    /// Unique among the lights.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// The rule in words, as those whom it concerns read it.
    pub name: Texts,
    pub of: WatchedAsWritten,
    pub colour: LightColourAsWritten,
    /// So much of the time is used, in percent.
    #[schemars(range(min = 1, max = 100))]
    pub used_percent: Option<u8>,
    /// So many working days are left.
    #[schemars(range(min = 1, max = 366))]
    pub left: Option<u16>,
    /// So many working days over; 0 = the day after.
    #[schemars(range(min = 0, max = 366))]
    pub over: Option<u16>,
    #[serde(default)]
    pub basis: BasisAsWritten,
}

/// Who is told.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum AddresseeAsWritten {
    /// Whoever has the service case in hand 经办人.
    Officer,
    /// The head of the department's unit 科室负责人.
    UnitHead,
    /// The leader of the department who answers for it 分管领导.
    DepartmentLeader,
    /// The manager of the hall 大厅负责人.
    HallManager,
    /// The supervision office 督查部门.
    SupervisionOffice,
}

impl AddresseeAsWritten {
    /// All of them, from the nearest to the farthest.
    pub const ALL: [Self; 5] = [
        Self::Officer,
        Self::UnitHead,
        Self::DepartmentLeader,
        Self::HallManager,
        Self::SupervisionOffice,
    ];

    /// Stable word, as definitions, events and lists write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Officer => "officer",
            Self::UnitHead => "unit_head",
            Self::DepartmentLeader => "department_leader",
            Self::HallManager => "hall_manager",
            Self::SupervisionOffice => "supervision_office",
        }
    }

    /// Whether each department has its own.
    pub const fn is_of_department(self) -> bool {
        matches!(self, Self::Officer | Self::UnitHead | Self::DepartmentLeader)
    }
}

/// One step of the chain.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReminderAsWritten {
    /// Unique among the reminders.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    pub light: LightColourAsWritten,
    /// So many working days after the light went on; absent = on the day.
    #[serde(default)]
    #[schemars(range(min = 0, max = 366))]
    pub after: u16,
    pub to: AddresseeAsWritten,
    /// The organisation of the supervision office, where it is one.
    #[schemars(with = "Option<String>")]
    pub organisation: Option<Spanned<String>>,
}
