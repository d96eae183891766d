//! Every scenario of a matter at once: what a plan looks like as functions over all reachable cells.
//!
//! A *cell* (semantics 6) is a choice for each discrete fact, an interval between the thresholds that the
//! matter's conditions use for each number and date, and a cardinality class for each group, at one date,
//! with every source reachable and nothing handed in. A *feature* is one thing about a plan's shape; its truth
//! is a set of cells. Sets are decision diagrams, so nothing here walks over cells.
//!
//! Groups have one *generic* member and *another*; whoever else there is is like the other. Members bear the
//! names that a plan gives to those whom nobody has named yet: `1` and `2`.
//!
//! Makes no plan, reads no file, asks nobody.

mod cells;
mod example;
mod feature;
mod variable;

pub use cells::Cells;
pub use example::{About, Answer, Example, Said};
pub use feature::{FeatureKey, Out, Piece, Place, Taken};
pub use num_bigint::BigUint;
pub use variable::{Class, Range, Subject, Variable};

use std::collections::{BTreeMap, BTreeSet};

use catalogue::{Catalogue, Matter};
use vocabulary::{Date, Facts, MatterId, MemberId, QuestionId};

/// The member of a group for whom everything is proved.
pub fn generic_member() -> MemberId {
    MemberId::new("1")
}

/// The member beside the generic one, wherever there are two or more.
pub fn other_member() -> MemberId {
    MemberId::new("2")
}

/// How many there are.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Count {
    Exactly(BigUint),
    /// Counting further would have taken too much room.
    AtLeast(BigUint),
}

/// A condition of the matter, for one symbolic member if it is about one.
#[derive(Clone, Debug)]
pub struct Judged {
    pub place: Place,
    pub member: Option<MemberId>,
    /// As its author wrote it.
    pub text: String,
    /// Where the plan asks how it comes out.
    pub reached: Cells,
    pub holds: Cells,
    pub fails: Cells,
}

/// A question for one member if it is repeated.
pub type Asked = (QuestionId, Option<MemberId>);

/// An order of questions and what it costs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct QuestionOrder {
    pub questions: Vec<QuestionId>,
    pub cost: OrderCost,
    /// The author's own order.
    pub authors: OrderCost,
    /// Whether no order costs less.
    pub optimal: bool,
}

/// What an order of questions costs a person, lower first.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct OrderCost {
    /// Questions asked on average, answers weighted as the matter says, in millionths.
    pub expected_millionths: u64,
    /// Questions asked at most.
    pub worst: u32,
}

/// The scenario space of one matter at one date, and everything about its plans.
#[derive(Debug)]
pub struct Proof {
    matter: MatterId,
    as_of: Date,
    variables: Vec<Variable>,
    space: Cells,
    space_with_skips: Cells,
    features: BTreeMap<FeatureKey, Cells>,
    conditions: Vec<Judged>,
    order: QuestionOrder,
}

impl Proof {
    /// Proves the matter as it stands on that date.
    pub fn of(_catalogue: &Catalogue, _matter: &Matter, _as_of: Date) -> Self {
        unimplemented!("the next commit")
    }

    /// The matter that is proved.
    pub fn matter(&self) -> &MatterId {
        &self.matter
    }

    /// The date of every plan.
    pub fn as_of(&self) -> Date {
        self.as_of
    }

    /// What a scenario decides, in the order of the questions.
    pub fn variables(&self) -> &[Variable] {
        &self.variables
    }

    /// Every reachable cell in which nothing is skipped.
    pub fn space(&self) -> &Cells {
        &self.space
    }

    /// Every reachable cell, with each choice of optional services.
    pub fn space_with_skips(&self) -> &Cells {
        &self.space_with_skips
    }

    /// The cells in which the variable at that position has that class.
    pub fn having(&self, _variable: usize, _class: usize) -> Cells {
        unimplemented!("the next commit")
    }

    /// How many cells there are; of a group's members the generic one is counted.
    pub fn cells(&self) -> BigUint {
        self.count(&self.space)
    }

    /// How many cells the set has; of a group's members the generic one is counted.
    pub fn count(&self, _cells: &Cells) -> BigUint {
        unimplemented!("the next commit")
    }

    /// How many plans of different shape there are, seen from services that are not repeated and from the
    /// generic member.
    pub fn distinct_plans(&self) -> Count {
        unimplemented!("the next commit")
    }

    /// Everything that is so in some plan, with the cells (skips among them) where it is.
    pub fn features(&self) -> &BTreeMap<FeatureKey, Cells> {
        &self.features
    }

    /// The reachable cells, nothing skipped, where it is so; empty for what never is.
    pub fn when(&self, feature: &FeatureKey) -> Cells {
        match self.features.get(feature) {
            Some(cells) => cells.and(&self.space),
            None => self.space.minus(&self.space),
        }
    }

    /// Every condition of the matter, for every symbolic member.
    pub fn conditions(&self) -> &[Judged] {
        &self.conditions
    }

    /// Positions of the variables that decide whether a cell belongs to the set.
    pub fn decided_by(&self, _cells: &Cells) -> BTreeSet<usize> {
        unimplemented!("the next commit")
    }

    /// A person in the set, with as few decided answers as possible; `None` when it is empty.
    pub fn example(&self, _cells: &Cells) -> Option<Example> {
        unimplemented!("the next commit")
    }

    /// The order of questions that costs people least.
    pub fn order(&self) -> &QuestionOrder {
        &self.order
    }

    /// Open questions whose answer can still change the plan, or that have to be answered before such a
    /// question can be asked of the right person. `None` when the facts lie outside the proved space (a source
    /// could not be reached, a value that no class has): then the conditions themselves have to tell.
    pub fn can_change(&self, _facts: &Facts) -> Option<BTreeSet<Asked>> {
        unimplemented!("the next commit")
    }

    /// How many questions are left at most, asked in [`Proof::order`]; exact. `None` as [`Proof::can_change`].
    pub fn left_at_most(&self, _facts: &Facts) -> Option<u32> {
        unimplemented!("the next commit")
    }
}
