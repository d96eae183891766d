//! How a law's clock begins and ends: what it counts from, which day is its first, and the hours of the office.

use serde::{Deserialize, Serialize};

/// What a period is counted from.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockStart {
    /// The receipt of the application 自收到申请之日起; of a service that waited, when its last need existed.
    Receipt,
    /// The acceptance 自受理之日起.
    Acceptance,
    /// The day on which everything asked for was there 自材料补齐之日起; the receipt when nothing was asked for.
    Completion,
}

impl ClockStart {
    /// Stable word, as files write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Receipt => "receipt",
            Self::Acceptance => "acceptance",
            Self::Completion => "completion",
        }
    }
}

/// Which day or half of a day is the first that counts.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum CountsFrom {
    /// The day of the event does not count 开始的当日不计入.
    #[default]
    NextDay,
    /// The day of the event is the first.
    SameDay,
    /// What comes in the morning counts from the afternoon, what comes in the afternoon from the next day.
    NextHalf,
}

impl CountsFrom {
    /// Stable word, as files write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NextDay => "next_day",
            Self::SameDay => "same_day",
            Self::NextHalf => "next_half",
        }
    }
}

/// When an office is open, in minutes after midnight.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct OfficeHours {
    pub opens: u16,
    /// Where the morning ends and the afternoon begins.
    pub midday: u16,
    /// What comes at this minute comes too late for the day.
    pub closes: u16,
}

/// How the clocks of one service begin and end, by its procedure regime.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ClockRules {
    /// What the applicant hands in while the office is closed is received when it opens next, and a last day ends
    /// when it closes; `None` = days begin and end at midnight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub office: Option<OfficeHours>,
    pub promised_from: ClockStart,
    pub statutory_from: ClockStart,
    pub counts: CountsFrom,
}

impl ClockRules {
    /// Where a regime says nothing else.
    pub const ORDINARY: Self = Self {
        office: None,
        promised_from: ClockStart::Receipt,
        statutory_from: ClockStart::Acceptance,
        counts: CountsFrom::NextDay,
    };

    /// Nothing is unusual about them.
    pub fn is_ordinary(&self) -> bool {
        *self == Self::ORDINARY
    }

    /// The minute at which the afternoon begins.
    pub fn midday(&self) -> u16 {
        self.office.map_or(12 * 60, |office| office.midday)
    }
}

impl Default for ClockRules {
    fn default() -> Self {
        Self::ORDINARY
    }
}

/// What it means by law that an applicant did not answer a correction in time.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum LapseMeans {
    /// The application goes back 退件.
    #[default]
    Returned,
    /// It counts as withdrawn 视为撤回.
    Withdrawn,
    /// It counts as given up 视为放弃.
    Abandoned,
}

impl LapseMeans {
    pub const ALL: [Self; 3] = [Self::Returned, Self::Withdrawn, Self::Abandoned];

    /// Stable word for columns and message keys.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Returned => "returned",
            Self::Withdrawn => "withdrawn",
            Self::Abandoned => "abandoned",
        }
    }

    /// The ordinary meaning.
    pub fn is_returned(&self) -> bool {
        *self == Self::Returned
    }
}
