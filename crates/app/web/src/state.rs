//! What handlers share.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use engine::Engine;
use vocabulary::{Facts, Instant, Localised, MatterId, ServiceId, SourceId};

use crate::counted::Counted;
use crate::designer::Workshop;
use crate::public::parts::Parts;
use crate::window::Devices;
use crate::words::Words;

/// Everything a handler may use. Cheap to clone.
#[derive(Clone, Debug)]
pub struct App {
    pub engine: Engine,
    pub words: Arc<Words>,
    /// The real time: sessions and signatures go by it, whatever the demo's time is.
    pub wall: Arc<dyn engine::Clock>,
    /// Present in demo mode only: steering the simulated departments.
    pub demo: Option<Arc<dyn DemoControl>>,
    /// Secrets that departments sign with, by key id.
    pub exchange_keys: Arc<dyn ExchangeKeys>,
    /// Scenarios of the definitions, each matter's first one being its example: shown before any answer is
    /// known.
    pub examples: Arc<Vec<Example>>,
    /// What public pages show everyone alike, as drawn today.
    pub parts: Arc<Parts>,
    /// Counts that were dear, of a moment ago.
    pub counted: Arc<Counted>,
    /// The definitions as their designers see them.
    pub workshop: Arc<Workshop>,
    /// At most two passwords are hashed at once.
    pub hashing: Arc<tokio::sync::Semaphore>,
    /// Card readers and scanners of the windows.
    pub devices: Arc<dyn Devices>,
    /// Takes up what was published; `None` = this process serves one catalogue only.
    pub live: Option<Arc<dyn Live>>,
    /// Fonts of documents as files; without any there are none, and pages say so.
    pub fonts: paper::SharedFonts,
    /// Cookies carry `Secure`.
    pub secure_cookies: bool,
}

impl App {
    pub fn now(&self) -> Instant {
        self.engine.clock().now()
    }
}

/// Serves the definitions that are in force: one catalogue to one request, whole.
#[async_trait]
pub trait Live: Send + Sync + std::fmt::Debug {
    /// Looks whether something was published and takes it up. What is under way ends as it began.
    async fn take_up(&self);
}

/// One proved scenario of a matter, as an example on its page.
#[derive(Clone, Debug)]
pub struct Example {
    pub id: String,
    pub matter: MatterId,
    pub name: Localised,
    pub facts: Facts,
    pub skip: BTreeSet<ServiceId>,
    pub unreachable: BTreeSet<SourceId>,
    pub now: Instant,
}

/// Who signs messages with which secret.
pub trait ExchangeKeys: Send + Sync + std::fmt::Debug {
    /// The department and its secret behind a key id.
    fn find(&self, key_id: &str) -> Option<(String, Vec<u8>)>;
}

/// How a simulated department behaves; the role board shows and sets it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Behaviour {
    /// Answers by itself after a short while.
    Prompt,
    /// Receipts only; an officer in the hub decides.
    ByHand,
    Slow,
    Down,
    Refusing,
    Correcting,
    Twice,
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

/// How the demo's time goes on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Advance {
    /// The same time on the next working day.
    WorkingDay,
    /// The close of the day on which the next service is due.
    NextDue,
}

impl Advance {
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "working-day" => Some(Self::WorkingDay),
            "next-due" => Some(Self::NextDue),
            _ => None,
        }
    }
}

/// Where the demo's time stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DemoTime {
    /// When this demo began: what lies before was made as its history.
    pub began: Instant,
    pub now: Instant,
    /// The real time.
    pub real: Instant,
}

/// Whether something of the demo is history, happened while somebody was there, or in a future that somebody
/// went to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Era {
    Past,
    Present,
    Simulated,
}

impl Era {
    /// Stable word for message keys and classes.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Past => "past",
            Self::Present => "present",
            Self::Simulated => "simulated",
        }
    }
}

impl DemoTime {
    /// The era of something that happened then.
    pub fn era(self, at: Instant) -> Era {
        if at < self.began {
            Era::Past
        } else if at <= self.real {
            Era::Present
        } else {
            Era::Simulated
        }
    }
}

/// Steers the simulated departments and sources; `cli` implements it over the simulator's control address.
#[async_trait]
pub trait DemoControl: Send + Sync + std::fmt::Debug {
    /// Every department (and the shared sources, as `sources`) with its behaviour now.
    async fn behaviours(&self) -> Vec<(String, Behaviour)>;
    /// False when there is no such department.
    async fn set_behaviour(&self, department: &str, behaviour: Behaviour) -> bool;
    /// Where its time stands; `None` = it goes with the real one.
    fn time(&self) -> Option<DemoTime> {
        None
    }
    /// Lets time go on, with everything that happens in it; false when it cannot.
    async fn advance(&self, _by: Advance) -> bool {
        false
    }
}
