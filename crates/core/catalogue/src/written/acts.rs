//! What a procedure regime says of grants that are ended afterwards, and of applicants who die or change.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{BasisAsWritten, PeriodAsWritten};

/// How a grant is ended afterwards.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum RevocationActAsWritten {
    /// 撤销: it should not have been granted.
    SetAside,
    /// 撤回: it was rightly granted, but law or circumstances have changed.
    Recalled,
    /// 吊销: a penalty for what the holder did.
    Forfeited,
    /// 注销: it is struck off, because it was revoked, has run out, is given back, or its holder is no more.
    Deregistered,
}

impl RevocationActAsWritten {
    pub const ALL: [Self; 4] =
        [Self::SetAside, Self::Recalled, Self::Forfeited, Self::Deregistered];

    /// Stable word for columns, forms and message keys.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SetAside => "set-aside",
            Self::Recalled => "recalled",
            Self::Forfeited => "forfeited",
            Self::Deregistered => "deregistered",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.as_str() == text)
    }
}

/// What happened to an applicant while the case is running.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ApplicantChangeAsWritten {
    /// A person died; a firm was dissolved.
    Died,
    LostCapacity,
    /// Who acted for her may do so no longer.
    LostAuthority,
    /// Another represents the firm or the child from now on.
    Represented,
}

impl ApplicantChangeAsWritten {
    pub const ALL: [Self; 4] =
        [Self::Died, Self::LostCapacity, Self::LostAuthority, Self::Represented];

    /// Stable word for columns, forms and message keys.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Died => "died",
            Self::LostCapacity => "lost-capacity",
            Self::LostAuthority => "lost-authority",
            Self::Represented => "represented",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|change| change.as_str() == text)
    }
}

/// What follows from it for a service that is not decided.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ChangeEffectAsWritten {
    GoesOn,
    /// 中止: it waits for a successor, and its clocks stand still.
    Suspends,
    /// 终止: it cannot go on without this applicant.
    Ends,
}

/// An act by which grants of this kind may be ended.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RegimeRevocationAsWritten {
    pub act: RevocationActAsWritten,
    /// The holder is told first and may speak for so long (陈述申辩); without it nobody has to be heard.
    pub heard: Option<PeriodAsWritten>,
    #[serde(default)]
    pub basis: BasisAsWritten,
}

/// What follows when the applicant dies or changes. Of what is not stated, that it suspends.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RegimeChangeAsWritten {
    pub change: ApplicantChangeAsWritten,
    pub effect: ChangeEffectAsWritten,
    #[serde(default)]
    pub basis: BasisAsWritten,
}
