//! Catalogue + facts → the next question, or "enough is known".
//!
//! State is in the facts only, so any page can be reloaded, shared or resumed. Asks only what an undecided
//! condition that can still matter reads; never what a source or an earlier answer already tells.

pub mod answer;

use catalogue::{Catalogue, Matter, Question};
use vocabulary::{Date, Facts, MemberId, SourceId};

pub use answer::{AnswerFinding, accept_value};

/// What to do next.
#[derive(Debug)]
pub enum Turn<'c> {
    Ask(Asking<'c>),
    Enough,
}

/// One question, for one member of a group if it is repeated.
#[derive(Debug)]
pub struct Asking<'c> {
    pub question: &'c Question,
    pub member: Option<MemberId>,
    /// How many questions are left at most, this one included.
    pub left_at_most: u32,
    /// Services that the answer can bring in or leave out, or whose needs it can change: why we ask.
    pub matters_to: Vec<vocabulary::ServiceId>,
}

/// A question already answered, in the order asked.
#[derive(Debug)]
pub struct Answered<'c> {
    pub question: &'c Question,
    pub member: Option<MemberId>,
    /// Still read by some condition; false = kept but ignored.
    pub relevant: bool,
}

/// The next turn. `reachable` tells whether a source can deliver now: what a reachable source of truth
/// delivers is not asked.
pub fn next<'c>(
    catalogue: &'c Catalogue,
    matter: &'c Matter,
    facts: &Facts,
    reachable: &dyn Fn(&SourceId) -> bool,
    as_of: Date,
) -> Turn<'c> {
    let _ = (catalogue, matter, facts, reachable(&"x".into()), as_of);
    unimplemented!()
}

/// Questions that have an answer, for the check page and "back".
pub fn answered<'c>(
    catalogue: &'c Catalogue,
    matter: &'c Matter,
    facts: &Facts,
    as_of: Date,
) -> Vec<Answered<'c>> {
    let _ = (catalogue, matter, facts, as_of);
    unimplemented!()
}
