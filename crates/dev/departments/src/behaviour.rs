//! How a simulated department behaves, and how fast: the names that the role board shows.
//!
//! Only names and durations; what follows from them is the desk's.

use std::time::Duration;

/// How a simulated department (or the register) behaves from now on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub enum Behaviour {
    /// Answers by itself after a short while.
    #[default]
    Prompt,
    /// Receipts only: an officer in the hub decides.
    ByHand,
    /// Answers, but takes its time.
    Slow,
    /// Its server is closed, and it says nothing.
    Down,
    /// Accepts, then refuses.
    Refusing,
    /// Asks for a correction first.
    Correcting,
    /// Says everything twice.
    Twice,
    /// Says the last thing first.
    OutOfOrder,
}

impl Behaviour {
    pub const ALL: [Self; 8] = [
        Self::Prompt,
        Self::ByHand,
        Self::Slow,
        Self::Down,
        Self::Refusing,
        Self::Correcting,
        Self::Twice,
        Self::OutOfOrder,
    ];

    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Prompt => "prompt",
            Self::ByHand => "by-hand",
            Self::Slow => "slow",
            Self::Down => "down",
            Self::Refusing => "refusing",
            Self::Correcting => "correcting",
            Self::Twice => "twice",
            Self::OutOfOrder => "out-of-order",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|behaviour| behaviour.as_str() == text)
    }
}

/// How long everything takes. Tests make it quick.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Timing {
    /// From the receipt to the acceptance.
    pub accept_after: Duration,
    /// From the acceptance to the decision.
    pub decide_after: Duration,
    /// Each of both, when slow.
    pub slow_step: Duration,
    /// How long the register thinks when it is slow: longer than the hub waits.
    pub slow_source: Duration,
    /// After a failed callback it is tried again after this, then twice as long, …
    pub retry_first: Duration,
    /// … up to this.
    pub retry_most: Duration,
}

impl Default for Timing {
    /// As a person in front of the demo likes it.
    fn default() -> Self {
        Self {
            accept_after: Duration::from_millis(500),
            decide_after: Duration::from_millis(1_000),
            slow_step: Duration::from_secs(20),
            slow_source: Duration::from_secs(8),
            retry_first: Duration::from_millis(200),
            retry_most: Duration::from_secs(5),
        }
    }
}

impl Timing {
    /// As fast as the machine, for tests.
    pub const fn quick() -> Self {
        Self {
            accept_after: Duration::from_millis(5),
            decide_after: Duration::from_millis(5),
            slow_step: Duration::from_millis(500),
            slow_source: Duration::from_secs(5),
            retry_first: Duration::from_millis(20),
            retry_most: Duration::from_millis(200),
        }
    }
}
