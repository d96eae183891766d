//! What may go wrong. Every run draws which of these it knows: a fault that is always there hides others.

use crate::chance::Chance;

/// A kind of fault.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Fault {
    /// A node dies between any two steps.
    Crash,
    /// A node stands still for long and goes on as if nothing had been; its leases are over.
    Zombie,
    /// A node's clock is wrong.
    Clock,
    /// A call of the store fails, and nothing was done.
    Store,
    /// A commit may or may not have happened.
    Doubt,
    /// Everything waits for long.
    Slow,
    /// A message is lost on its way.
    LostRequest,
    /// Its answer is lost.
    LostAnswer,
    /// It comes again.
    Twice,
    /// It comes much later.
    Late,
    /// A department is down for days.
    Down,
    /// A department answers with an error.
    Unwell,
    /// A department contradicts itself.
    Contradiction,
    /// People press twice, see old versions, ask for what cannot be.
    People,
}

impl Fault {
    pub(crate) const ALL: [Self; 14] = [
        Self::Crash,
        Self::Zombie,
        Self::Clock,
        Self::Store,
        Self::Doubt,
        Self::Slow,
        Self::LostRequest,
        Self::LostAnswer,
        Self::Twice,
        Self::Late,
        Self::Down,
        Self::Unwell,
        Self::Contradiction,
        Self::People,
    ];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Crash => "crash",
            Self::Zombie => "zombie",
            Self::Clock => "clock",
            Self::Store => "store",
            Self::Doubt => "doubt",
            Self::Slow => "slow",
            Self::LostRequest => "lost-request",
            Self::LostAnswer => "lost-answer",
            Self::Twice => "twice",
            Self::Late => "late",
            Self::Down => "down",
            Self::Unwell => "unwell",
            Self::Contradiction => "contradiction",
            Self::People => "people",
        }
    }
}

/// The faults that a run knows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    /// Each with three chances out of four.
    pub(crate) fn drawn(seed: u64) -> Self {
        let mut chance = Chance::of(seed ^ 0xfa17);
        Self(Fault::ALL.into_iter().filter(|_| !chance.once_in(4)).collect())
    }

    pub(crate) fn has(&self, fault: Fault) -> bool {
        self.0.contains(&fault)
    }

    pub(crate) fn without(&self, fault: Fault) -> Self {
        Self(self.0.iter().copied().filter(|it| *it != fault).collect())
    }

    pub(crate) fn all(&self) -> &[Fault] {
        &self.0
    }
}
