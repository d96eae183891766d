//! The world of the tests: a mother, her children, shareholders, and a funnel for each question one can
//! ask of a condition.

mod evaluation;
mod explanation;
mod properties;
mod refusals;
#[path = "vectors/world.rs"]
mod world;

use crate::{Condition, Finding, Truth};

use world::{AS_OF, World, facts};

#[track_caller]
pub(super) fn compiled(source: &str) -> Condition {
    Condition::compile(source, &World, None).unwrap_or_else(|found| panic!("{source}: {found:#?}"))
}

pub(super) fn refused(source: &str) -> Vec<Finding> {
    Condition::compile(source, &World, None).err().unwrap_or_default()
}

/// Evaluates, and demands of every result that its explanation agrees and that something is undecided
/// exactly when the result is.
#[track_caller]
pub(super) fn evaluated(source: &str, known: &str) -> Truth {
    let condition = compiled(source);
    let facts = facts(known);
    let truth = condition.evaluate(&facts, None, AS_OF);
    assert_eq!(condition.explain(&facts, None, AS_OF).truth, truth, "{source} | {known}");
    truth
}
