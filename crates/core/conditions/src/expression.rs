//! The checked expression: names resolved to slots, types right, constants folded. It is public so that
//! other executions of a condition (decision diagrams, columns, SQL) can walk it.
//!
//! **Null.** `=` and `!=` treat null as one more value. Every ordering comparison and range with null is
//! false, and a truth value that is null counts as false where a condition is needed, so that a rule is
//! Boolean for every input. Arithmetic and functions with null give null, and so does what has no exact
//! result: a division by zero, half of a day, the 30th of February, the sum of nothing. A result beyond
//! 28 digits, the calendar or the limits of a function stays unknown.

use std::sync::Arc;

use vocabulary::{DataElementId, Date, Decimal, GroupId, Slot};

pub use crate::functions::{Call, Function, Pattern, Property};
use crate::{Span, Type};

/// Something that is true, false or unknown.
#[derive(Clone, PartialEq, Debug)]
pub enum Expression {
    Constant(bool),
    Not(Box<Expression>),
    /// True when all parts are; at least two parts.
    All(Vec<Expression>),
    /// True when one part is; at least two parts.
    Any(Vec<Expression>),
    If {
        condition: Box<Expression>,
        then: Box<Expression>,
        otherwise: Box<Expression>,
    },
    Quantified(Quantified),
    /// A leaf: one comparison or one Boolean element.
    Clause(Clause),
}

/// `some x in group satisfies body`, or `every`.
#[derive(Clone, PartialEq, Debug)]
pub struct Quantified {
    pub every: bool,
    pub group: GroupId,
    pub body: Box<Expression>,
    /// As its author wrote it.
    pub text: Arc<str>,
    pub span: Span,
}

/// The smallest part of a condition that can be true or false by itself.
#[derive(Clone, PartialEq, Debug)]
pub struct Clause {
    /// As its author wrote it, without brackets around it.
    pub text: Arc<str>,
    pub span: Span,
    pub test: Test,
}

/// What a clause tests.
#[derive(Clone, PartialEq, Debug)]
pub enum Test {
    /// The term, of type Boolean, is true.
    Holds(Term),
    Compare {
        left: Term,
        operator: Comparison,
        right: Term,
    },
    /// One of the items fits.
    In {
        term: Term,
        items: Vec<InItem>,
    },
}

/// One test of an `in`.
#[derive(Clone, PartialEq, Debug)]
pub enum InItem {
    Equals(Term),
    Compare(Comparison, Term),
    Range { low: Term, low_included: bool, high: Term, high_included: bool },
}

impl InItem {
    /// The terms it compares with.
    pub fn terms(&self) -> impl Iterator<Item = &Term> {
        let (first, second) = match self {
            Self::Equals(term) | Self::Compare(_, term) => (term, None),
            Self::Range { low, high, .. } => (low, Some(high)),
        };
        std::iter::once(first).chain(second)
    }
}

/// How two values are compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    /// Whether it asks for an order and not only for equality.
    pub fn is_ordering(self) -> bool {
        !matches!(self, Self::Equal | Self::NotEqual)
    }
}

/// Something that has a value.
#[derive(Clone, PartialEq, Debug)]
pub enum Term {
    Constant(Constant),
    Element(ElementRead),
    /// How many members the group has.
    Count(GroupId),
    /// The day for which the condition is evaluated.
    Today,
    Arithmetic {
        operator: Arithmetic,
        left: Box<Term>,
        right: Box<Term>,
    },
    If {
        condition: Box<Expression>,
        then: Box<Term>,
        otherwise: Box<Term>,
    },
    /// A condition used as a Boolean value.
    Truth(Box<Expression>),
    /// A function of the values of other terms: unknown while one of them is.
    Call(Call),
    /// One value out of the members of a group.
    Gather(Box<Gather>),
}

/// One value out of the members of a group for whom a condition holds: `count(child[alive])`,
/// `sum(shareholder.share)`. The condition and the term are read with the member bound, innermost.
#[derive(Clone, PartialEq, Debug)]
pub struct Gather {
    pub how: Gathering,
    pub group: GroupId,
    /// Who is gathered; all when there is none.
    pub only: Option<Expression>,
    /// What is gathered of each; nothing when they are only counted.
    pub value: Option<Term>,
}

/// How several values become one. Of no value at all only the count is known; all else is null.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Gathering {
    Count,
    Sum,
    Min,
    Max,
    Mean,
}

/// The operations with a sign of their own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    /// The right side is a constant whole number.
    Power,
}

/// A value that stands in the condition itself.
#[derive(Clone, PartialEq, Debug)]
pub enum Constant {
    Null,
    Bool(bool),
    Number(Decimal),
    Text(Arc<str>),
    Date(Date),
    /// A duration of days.
    Days(i64),
    /// A duration of months; a year is twelve.
    Months(i64),
}

/// The reading of one element.
#[derive(Clone, PartialEq, Debug)]
pub struct ElementRead {
    /// The element's own slot; without a member even when it belongs to a group.
    slot: Slot,
    pub ty: Type,
    pub of: Holder,
}

impl ElementRead {
    pub(crate) fn new(element: DataElementId, ty: Type, of: Holder) -> Self {
        Self { slot: Slot { element, member: None }, ty, of }
    }

    /// The element that is read.
    pub fn element(&self) -> &DataElementId {
        &self.slot.element
    }

    /// The slot without a member.
    pub(crate) fn slot(&self) -> &Slot {
        &self.slot
    }
}

/// Whose element is read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Holder {
    /// The element belongs to no group.
    Single,
    /// The member in scope.
    InScope(GroupId),
    /// The member bound by a quantifier or a gathering: 0 is the innermost around the reading.
    Bound { group: GroupId, outwards: usize },
}

/// Something met on a walk over an expression.
#[derive(Clone, Copy, Debug)]
pub enum Part<'e> {
    Clause(&'e Clause),
    Quantified(&'e Quantified),
    Element(&'e ElementRead),
    /// A group whose members are counted or gathered.
    Count(&'e GroupId),
}

impl Expression {
    /// Shows every clause, quantifier, element and count, outermost first, in the order of the text.
    pub fn walk<'e>(&'e self, see: &mut dyn FnMut(Part<'e>)) {
        match self {
            Self::Constant(_) => {}
            Self::Not(inner) => inner.walk(see),
            Self::All(parts) | Self::Any(parts) => {
                for part in parts {
                    part.walk(see);
                }
            }
            Self::If { condition, then, otherwise } => {
                condition.walk(see);
                then.walk(see);
                otherwise.walk(see);
            }
            Self::Quantified(quantified) => {
                see(Part::Quantified(quantified));
                quantified.body.walk(see);
            }
            Self::Clause(clause) => {
                see(Part::Clause(clause));
                clause.test.terms(&mut |term| term.walk(see));
            }
        }
    }
}

impl Test {
    /// Shows the terms directly in the test, in the order of the text.
    pub fn terms<'e>(&'e self, see: &mut dyn FnMut(&'e Term)) {
        match self {
            Self::Holds(term) => see(term),
            Self::Compare { left, right, .. } => {
                see(left);
                see(right);
            }
            Self::In { term, items } => {
                see(term);
                for term in items.iter().flat_map(InItem::terms) {
                    see(term);
                }
            }
        }
    }
}

impl Term {
    /// As [`Expression::walk`].
    pub fn walk<'e>(&'e self, see: &mut dyn FnMut(Part<'e>)) {
        match self {
            Self::Constant(_) | Self::Today => {}
            Self::Element(read) => see(Part::Element(read)),
            Self::Count(group) => see(Part::Count(group)),
            Self::Arithmetic { left, right, .. } => {
                left.walk(see);
                right.walk(see);
            }
            Self::If { condition, then, otherwise } => {
                condition.walk(see);
                then.walk(see);
                otherwise.walk(see);
            }
            Self::Truth(expression) => expression.walk(see),
            Self::Call(call) => {
                for argument in &call.arguments {
                    argument.walk(see);
                }
            }
            Self::Gather(gather) => {
                see(Part::Count(&gather.group));
                if let Some(only) = &gather.only {
                    only.walk(see);
                }
                if let Some(value) = &gather.value {
                    value.walk(see);
                }
            }
        }
    }
}
