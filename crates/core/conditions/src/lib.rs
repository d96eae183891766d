//! The small condition language: FEEL's syntax (DMN), typed at compile time, three-valued at run time,
//! explained.
//!
//! Text in, [`Condition`] or findings out; `Condition` and `Facts` in, [`Truth`] out. This crate knows no
//! definition file: the names it may use come through [`Names`]. How null, division by zero and overflow
//! behave stands in [`expression`].
//!
//! ```
//! # extern crate yijianshi_conditions as conditions;
//! use conditions::{Condition, NamedElement, Names, Truth, Type};
//! use vocabulary::{Date, Facts, GroupId, Slot, Value};
//!
//! struct OneName;
//! impl Names for OneName {
//!     fn element(&self, name: &str) -> Option<NamedElement> {
//!         let known = matches!(name, "mother.married" | "已婚");
//!         known.then(|| NamedElement { id: "mother.married".into(), ty: Type::Bool, group: None })
//!     }
//!     fn group(&self, _: &str) -> Option<GroupId> {
//!         None
//!     }
//!     fn all(&self) -> Vec<String> {
//!         vec!["mother.married".into(), "已婚".into()]
//!     }
//! }
//!
//! let condition = Condition::compile("not(已婚)", &OneName, None).unwrap();
//! let mut facts = Facts::new();
//! let today = Date::constant(2026, 3, 2);
//! assert_eq!(condition.evaluate(&facts, None, today), Truth::Unknown);
//! facts.answer(Slot::single("mother.married"), Value::Bool(true));
//! assert_eq!(condition.evaluate(&facts, None, today), Truth::False);
//!
//! let findings = Condition::compile("mother.maried", &OneName, None).unwrap_err();
//! assert_eq!(findings[0].hint.as_deref(), Some("did you mean `mother.married`?"));
//! ```

// The shared vectors name this crate as their other readers do.
#[cfg(test)]
extern crate self as conditions;

mod calls;
mod evaluate;
mod explain;
pub mod expression;
pub mod findings;
mod functions;
mod lexer;
mod literals;
mod parser;
mod probe;
mod resolve;
mod syntax;
#[cfg(test)]
mod tests;
mod types;
mod undecided;
mod ways;
mod working_days;

pub use expression::Expression;
pub use findings::CODES;

use std::collections::BTreeSet;
use std::sync::Arc;

use vocabulary::{DataElementId, Date, Facts, GroupId, MemberId, Slot, Value, WorkCalendar};

use crate::evaluate::World;
use crate::expression::Part;
use crate::findings::Findings;
use crate::resolve::Resolver;

/// The static type of an expression.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Type {
    Bool,
    Number,
    /// Free text.
    Text,
    /// One of a closed list of option ids.
    Choice(Arc<[Arc<str>]>),
    Date,
    /// Days, or months and years.
    Duration,
    List(Box<Type>),
    /// The literal `null`: fits every type.
    Null,
}

/// What a name in a condition stands for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NamedElement {
    pub id: DataElementId,
    pub ty: Type,
    /// The repeat group the element belongs to: reading it needs a member in scope.
    pub group: Option<GroupId>,
}

/// The names that a condition may use. Aliases in any language resolve to the same element.
pub trait Names {
    fn element(&self, name: &str) -> Option<NamedElement>;
    fn group(&self, name: &str) -> Option<GroupId>;
    /// All known names, for "did you mean".
    fn all(&self) -> Vec<String>;

    /// The jurisdiction's working days; a condition that counts them keeps it. Without one, counting
    /// working days is a finding.
    fn calendar(&self) -> Option<Arc<WorkCalendar>> {
        None
    }
}

/// A byte range in the condition's own text.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Span {
    pub start: usize,
    pub end: usize,
}

/// Something wrong in a condition's text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// Stable code, `CON0001` and up.
    pub code: &'static str,
    pub span: Span,
    pub message: String,
    pub hint: Option<String>,
}

/// True, false, or not yet known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Truth {
    True,
    False,
    Unknown,
}

impl Truth {
    /// False is contagious; unknown otherwise.
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::False, _) | (_, Self::False) => Self::False,
            (Self::True, Self::True) => Self::True,
            _ => Self::Unknown,
        }
    }

    /// True is contagious; unknown otherwise.
    pub fn or(self, other: Self) -> Self {
        self.not().and(other.not()).not()
    }

    /// Unknown stays unknown.
    #[expect(clippy::should_implement_trait, reason = "`!` would hide that it is three-valued")]
    pub fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
        }
    }
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }
}

/// A member of a group that is in scope, e.g. "for this child".
pub type InScope<'a> = Option<(&'a GroupId, &'a MemberId)>;

/// One clause that decided a result, with what was known.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Because {
    /// The clause's own text as its author wrote it.
    pub clause: Arc<str>,
    pub span: Span,
    pub truth: Truth,
    /// The slots read by the clause with the values it saw (`None` = unknown).
    pub read: Vec<(Slot, Option<Value>)>,
    /// Groups whose cardinality mattered.
    pub groups: Vec<GroupId>,
}

/// Why a condition came out as it did.
///
/// When the result is known, whoever knows only the values and groups named here gets the same result, and
/// no smaller set of them suffices; among equals the fewest clauses are named. When it is not known, the
/// smallest set of unknown values and groups is named whose answers could decide it, each clause taken as
/// independent of the others and free to come out either way.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Explanation {
    pub truth: Truth,
    pub because: Vec<Because>,
    /// Whether it is certain that no smaller set would do. False only when there were too many ways to
    /// compare: then the best of those that were looked at.
    pub smallest: bool,
}

/// What a condition reads.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Read {
    Element(DataElementId),
    Group(GroupId),
}

/// A condition's text may have this many bytes.
const LONGEST: usize = 16 * 1024;

/// A checked Boolean expression. Immutable and cheap to clone.
#[derive(Clone, Debug)]
pub struct Condition(Arc<Checked>);

#[derive(Debug)]
struct Checked {
    source: Arc<str>,
    expression: Expression,
    reads: BTreeSet<Read>,
}

impl Condition {
    /// Parses and type-checks `source`, a Boolean expression. `scope` names the group whose member is
    /// in scope, so that its elements may be read without a quantifier.
    ///
    /// # Errors
    /// All findings in the text, never only the first.
    pub fn compile(
        source: &str,
        names: &dyn Names,
        scope: Option<&GroupId>,
    ) -> Result<Self, Vec<Finding>> {
        let mut found = Findings::default();
        let whole = Span { start: 0, end: source.len() };
        if source.len() > LONGEST {
            let message = "the condition is too long";
            let hint = format!("at most {LONGEST} bytes; divide it into several data elements");
            found.add(findings::TOO_LONG, whole, message, hint);
            return Err(found.into_sorted());
        }
        if source.trim().is_empty() {
            let hint = "write `true` for what always holds".to_owned();
            found.add(findings::EMPTY, whole, "the condition is empty", hint);
            return Err(found.into_sorted());
        }
        let tokens = lexer::tokens(source, &mut found);
        let root = parser::parse(&tokens, &mut found);
        let expression = types::check(source, &root, Resolver::new(names, scope), &mut found);
        match expression {
            Some(expression) if found.is_empty() => Ok(Self::checked(source.into(), expression)),
            _ => Err(found.into_sorted()),
        }
    }

    fn checked(source: Arc<str>, expression: Expression) -> Self {
        let mut reads = BTreeSet::new();
        expression.walk(&mut |part| {
            reads.extend(match part {
                Part::Clause(_) => None,
                Part::Quantified(quantified) => Some(Read::Group(quantified.group.clone())),
                Part::Element(read) => Some(Read::Element(read.element().clone())),
                Part::Count(group) => Some(Read::Group(group.clone())),
            });
        });
        Self(Arc::new(Checked { source, expression, reads }))
    }

    /// The condition that always holds.
    pub fn always() -> Self {
        Self::checked("true".into(), Expression::Constant(true))
    }

    /// Whether it is written as what always holds.
    pub fn is_always(&self) -> bool {
        self.0.expression == Expression::Constant(true)
    }

    /// The text as its author wrote it.
    pub fn source(&self) -> &str {
        &self.0.source
    }

    /// Every element and group that the condition may read.
    pub fn reads(&self) -> &BTreeSet<Read> {
        &self.0.reads
    }

    /// The checked expression, to walk.
    pub fn expression(&self) -> &Expression {
        &self.0.expression
    }

    /// Kleene evaluation; `as_of` is `today()`.
    pub fn evaluate(&self, facts: &Facts, scope: InScope<'_>, as_of: Date) -> Truth {
        World { facts, scope, as_of }.truth(&self.0.expression, None)
    }

    /// The unknown elements and groups that keep the result from being known; empty when it is known.
    ///
    /// Also empty when all is known and a calculation still has no result (more than 28 digits).
    pub fn undecided_on(&self, facts: &Facts, scope: InScope<'_>, as_of: Date) -> BTreeSet<Read> {
        let mut reads = BTreeSet::new();
        World { facts, scope, as_of }.undecided(&self.0.expression, None, &mut reads);
        reads
    }

    /// The result with the fewest values, and then the fewest clauses, that decide it.
    pub fn explain(&self, facts: &Facts, scope: InScope<'_>, as_of: Date) -> Explanation {
        explain::explain(World { facts, scope, as_of }, &self.0.expression)
    }
}
