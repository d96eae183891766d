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

mod axis;
mod cells;
mod count;
mod cover;
mod draft;
mod example;
mod feature;
pub mod findings;
mod model;
mod monotone;
mod order;
mod reads;
pub mod reductions;
mod relevance;
mod setting;
mod shape;
mod sums;
mod symbolic;
mod variable;
mod weights;
pub mod words;

pub use cells::Cells;
pub use cover::{Covering, Outcome};
pub use example::{About, Answer, Example, Said};
pub use feature::{FeatureKey, Out, Piece, Place, Taken};
pub use num_bigint::BigUint;
pub use variable::{Class, Range, Subject, Variable};

use std::collections::{BTreeMap, BTreeSet};

use catalogue::{Catalogue, Matter};
use conditions::{Condition, InScope};
use vocabulary::{Date, Facts, Instant, MatterId, MatterRevision, MemberId, QuestionId, SourceId};

use example::Finder;
use relevance::Relevance;
use setting::{Members, Setting};
use symbolic::Symbolic;
use weights::Weights;

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
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
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
    matter_revision: MatterRevision,
    as_of: Date,
    at: Instant,
    sources: BTreeSet<SourceId>,
    symbolic: Symbolic,
    /// Bits of members beside the generic one.
    beside: Vec<usize>,
    space: Cells,
    space_with_skips: Cells,
    features: BTreeMap<FeatureKey, Cells>,
    conditions: Vec<Judged>,
    /// Each member by itself.
    relevance: Relevance,
    order: QuestionOrder,
}

impl Proof {
    /// Proves the matter as it stands on that date.
    pub fn of(catalogue: &Catalogue, matter: &Matter, as_of: Date) -> Self {
        let setting = Setting::of(catalogue, matter, as_of);
        let symbolic = Symbolic::of(&setting, Members::Generic, true);
        let questions: Vec<QuestionId> = matter.questions.iter().map(|it| it.id.clone()).collect();
        let relevance = Relevance::of(&symbolic, &questions);
        let weights = Weights::of(&symbolic.model, &matter.questions);
        let mut exact = if Relevance::is_exact(&symbolic) {
            relevance.clone()
        } else {
            Relevance::of(&Symbolic::of(&setting, Members::Each, false), &questions)
        };
        let order = order::best(&relevance, &weights, &mut exact);

        let with_skips = symbolic.space();
        let skipped = symbolic.skipped();
        let space = with_skips.and_not(&skipped);
        let seen = symbolic.features.iter().filter(|(key, _)| key.is_seen());
        let features = seen.map(|(key, wherever)| (key.clone(), Cells(wherever.and(&with_skips))));
        let features: BTreeMap<_, _> = features.filter(|(_, cells)| !cells.is_empty()).collect();
        let nine = as_of.to_datetime(jiff::civil::Time::constant(9, 0, 0, 0));
        let zone = catalogue.jurisdiction.time_zone.clone();
        let at = nine.to_zoned(zone).map_or(Instant::UNIX_EPOCH, |zoned| zoned.timestamp());
        let conditions = symbolic.met.iter().map(|met| Judged {
            place: met.place.clone(),
            member: met.member.as_ref().map(|(_, position)| reads::symbol_id(*position)),
            text: met.text.clone(),
            reached: Cells(met.reached.and(&with_skips)),
            holds: Cells(met.pair.holds.and(&with_skips)),
            fails: Cells(met.pair.fails.and(&with_skips)),
        });
        Self {
            matter: matter.id.clone(),
            matter_revision: matter.revision.clone(),
            as_of,
            at,
            sources: setting.sources(),
            beside: symbolic.beside(),
            space: Cells(space),
            conditions: conditions.collect(),
            features,
            space_with_skips: Cells(with_skips),
            symbolic,
            relevance: exact,
            order,
        }
    }

    /// The matter that is proved.
    pub fn matter(&self) -> &MatterId {
        &self.matter
    }

    /// As it stood then.
    pub fn matter_revision(&self) -> &MatterRevision {
        &self.matter_revision
    }

    /// Sources that the plans rely on: all are taken to be within reach.
    pub fn sources(&self) -> &BTreeSet<SourceId> {
        &self.sources
    }

    /// The date of every plan.
    pub fn as_of(&self) -> Date {
        self.as_of
    }

    /// The instant at which examples ask: nine in the morning of that date.
    pub fn at(&self) -> Instant {
        self.at
    }

    /// What a scenario decides, in the order of the questions.
    pub fn variables(&self) -> &[Variable] {
        &self.symbolic.model.variables
    }

    /// Every reachable cell in which nothing is skipped.
    pub fn space(&self) -> &Cells {
        &self.space
    }

    /// Every reachable cell, with each choice of optional services.
    pub fn space_with_skips(&self) -> &Cells {
        &self.space_with_skips
    }

    /// The cells, skips among them, in which the variable at that position has that class.
    pub fn having(&self, variable: usize, class: usize) -> Cells {
        Cells(self.symbolic.model.is(variable, class).and(&self.space_with_skips.0))
    }

    /// How many cells there are; of a group's members the generic one is counted.
    pub fn cells(&self) -> BigUint {
        self.count(&self.space)
    }

    /// How many cells the set has; of a group's members the generic one is counted.
    pub fn count(&self, cells: &Cells) -> BigUint {
        let model = &self.symbolic.model;
        let bits = model.bits(self.beside.iter().copied());
        let mut seen = cells.0.exists(&bits);
        for variable in &self.beside {
            seen = seen.and(&model.is_blank(*variable));
        }
        seen.exact_cardinality()
    }

    /// How many plans of different shape there are, seen from services that are not repeated and from the
    /// generic member.
    pub fn distinct_plans(&self) -> Count {
        let kept = self.symbolic.skipped().not();
        let seen = self.symbolic.features.iter().filter(|(key, _)| key.is_seen());
        let features = seen.map(|(_, wherever)| wherever.and(&kept)).collect();
        count::images(vec![self.symbolic.possible.clone(), kept], features)
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

    /// Positions of the variables that alone decide, somewhere, whether a cell belongs to the set.
    pub fn decided_by(&self, cells: &Cells) -> BTreeSet<usize> {
        self.finder().deciding(&cells.0)
    }

    /// Whether the variable at that position alone decides, somewhere, whether a cell belongs to the set.
    pub fn decides(&self, variable: usize, cells: &Cells) -> bool {
        self.finder().decides(variable, &cells.0)
    }

    /// A person in the set, with as few decided answers as possible; `None` when it is empty. Nothing is
    /// skipped unless the set says so.
    pub fn example(&self, cells: &Cells) -> Option<Example> {
        self.finder().find(&cells.0)
    }

    fn finder(&self) -> Finder<'_> {
        Finder { symbolic: &self.symbolic, space: &self.space_with_skips.0, at: self.at }
    }

    /// The cells in which the person is asked for the variable, every source reachable: it is there and no
    /// source tells it.
    pub fn asked_where(&self, variable: usize) -> Cells {
        let there = self.symbolic.is_there(variable);
        let told = self.symbolic.told.get(&variable);
        let asked = told.map_or_else(|| there.clone(), |told| there.and_not(&told.pair.holds));
        Cells(asked.and(&self.space_with_skips.0))
    }

    /// Whether some condition that plans ask depends on the variable, be it together with what sources tell in
    /// other scenarios.
    pub fn is_read(&self, variable: usize) -> bool {
        let model = &self.symbolic.model;
        let own = model.bits([variable]);
        let spoken = model.variables.iter().enumerate().filter(|(_, it)| it.question.is_none());
        let free: Vec<_> =
            own.iter().copied().chain(model.bits(spoken.map(|(at, _)| at))).collect();
        self.symbolic.met.iter().any(|met| {
            let depends = |cells: &biodivine_lib_bdd::Bdd| {
                own.iter().any(|bit| cells.support_set_contains(bit))
            };
            if matches!(met.place, Place::SourceOfElement(..)) || !depends(&met.pair.holds) {
                return false;
            }
            let here = met.reached.and(&self.space_with_skips.0);
            let (holds, others) = (here.and(&met.pair.holds), here.and_not(&met.pair.holds));
            !holds.exists(&free).and(&others.exists(&free)).is_false()
        })
    }

    /// The order of questions that costs people least.
    pub fn order(&self) -> &QuestionOrder {
        &self.order
    }

    /// Open questions whose answer can still change the plan, or that have to be answered before such a
    /// question can be asked of the right person: how many members there are, what tells whether a source can
    /// be asked. `None` when the facts lie outside the proved space (a source could not be reached, a value
    /// that no class has): then the conditions themselves have to tell.
    pub fn can_change(&self, facts: &Facts) -> Option<BTreeSet<Asked>> {
        self.relevance.can_change(facts, true)
    }

    /// As [`Proof::can_change`], without those that only have to be answered before others.
    pub fn changes_by_itself(&self, facts: &Facts) -> Option<BTreeSet<Asked>> {
        self.relevance.can_change(facts, false)
    }

    /// Whether every completion of the facts decides the condition the same way. A condition may still be undecided
    /// for whoever judges it from the facts alone: `(x and a) or (x and not(a))` without knowing `a`.
    pub fn settles(&self, condition: &Condition, scope: InScope<'_>, facts: &Facts) -> bool {
        self.relevance.settles(condition, scope, facts)
    }

    /// How many questions are left at most, asked in [`Proof::order`]; exact. `None` as [`Proof::can_change`].
    pub fn left_at_most(&self, facts: &Facts) -> Option<u32> {
        self.relevance.left_at_most(facts)
    }
}
