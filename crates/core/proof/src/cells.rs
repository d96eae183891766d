//! Sets of scenarios.

use biodivine_lib_bdd::Bdd;

/// A set of cells of one proof's scenario space. Equal sets are equal values.
///
/// Cells of different proofs must not be mixed.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Cells(pub(crate) Bdd);

impl Cells {
    /// In both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self(self.0.and(&other.0))
    }

    /// In one of them.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        Self(self.0.or(&other.0))
    }

    /// In the first only.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        Self(self.0.and_not(&other.0))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_false()
    }

    /// Whether all of them are in the other set too.
    pub fn all_in(&self, other: &Self) -> bool {
        self.minus(other).is_empty()
    }
}
