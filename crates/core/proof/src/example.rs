//! One person out of a set of cells.

use std::collections::BTreeSet;

use vocabulary::{Facts, GroupId, QuestionId, ServiceId, Slot, Value};

/// What the person answers, or a source tells.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Said {
    Members(u32),
    Value(Value),
    /// Asked, and not known.
    Declined,
}

/// One answer of an example.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    /// `None` = told by a source, or entered in the form.
    pub question: Option<QuestionId>,
    /// The slot; for the number of members the group.
    pub about: About,
    pub said: Said,
    /// Without this answer the example would not show what it shows; the others are filled in.
    pub decisive: bool,
}

/// What an answer is about.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum About {
    Group(GroupId),
    Slot(Slot),
}

/// A person in a set of cells: as few decided answers as possible, the rest filled in with first options.
#[derive(Clone, Debug)]
pub struct Example {
    /// As an interview would have left them; `plan::make` runs on them.
    pub facts: Facts,
    /// Optional services left out.
    pub skip: BTreeSet<ServiceId>,
    /// In the order of the questions, then of the elements.
    pub answers: Vec<Answer>,
    /// The example rests on a clause that calculates with several unknowns: it is only possible.
    pub possible: bool,
}
