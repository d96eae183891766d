//! The small condition language: FEEL's syntax (DMN), typed at compile time, three-valued at run time,
//! explained.
//!
//! Text in, `Condition` or findings out; `Condition` and `Facts` in, `Truth` out. This crate knows no
//! definition file: the names it may use come through [`Names`].

use std::collections::BTreeSet;
use std::sync::Arc;

use vocabulary::{DataElementId, Date, Facts, GroupId, MemberId, Slot, Value};

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

/// Why a condition came out as it did: clauses that suffice for the result.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Explanation {
    pub truth: Truth,
    pub because: Vec<Because>,
}

/// What a condition reads.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Read {
    Element(DataElementId),
    Group(GroupId),
}

/// A checked Boolean expression. Immutable and cheap to clone.
#[derive(Clone, Debug)]
pub struct Condition {
    source: Arc<str>,
    reads: Arc<BTreeSet<Read>>,
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
        unimplemented!("{source} {} {scope:?}", names.all().len())
    }

    /// The condition that always holds.
    pub fn always() -> Self {
        Self { source: "true".into(), reads: Arc::default() }
    }

    pub fn is_always(&self) -> bool {
        &*self.source == "true"
    }

    /// The text as its author wrote it.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Every element and group that the condition may read.
    pub fn reads(&self) -> &BTreeSet<Read> {
        &self.reads
    }

    /// Kleene evaluation; `as_of` is `today()`.
    pub fn evaluate(&self, facts: &Facts, scope: InScope<'_>, as_of: Date) -> Truth {
        self.explain(facts, scope, as_of).truth
    }

    /// The unknown slots and groups that keep the result from being known; empty when it is known.
    pub fn undecided_on(&self, facts: &Facts, scope: InScope<'_>, as_of: Date) -> BTreeSet<Read> {
        unimplemented!("{facts:?} {scope:?} {as_of}")
    }

    /// The result with clauses that suffice for it.
    pub fn explain(&self, facts: &Facts, scope: InScope<'_>, as_of: Date) -> Explanation {
        unimplemented!("{facts:?} {scope:?} {as_of}")
    }
}
