//! What the author wrote, as a tree with spans: names are not resolved and nothing is typed yet.

use std::sync::Arc;

use vocabulary::Decimal;

use crate::Span;
use crate::expression::{Arithmetic, Comparison};
use crate::lexer::Name;

/// The deepest nesting that is read. Every later stage recurses over the tree, so this bounds its stack.
pub(crate) const DEEPEST: usize = 64;

/// One piece of a condition.
#[derive(Debug)]
pub(crate) struct Node {
    /// With the brackets around it.
    pub(crate) span: Span,
    /// Without them.
    pub(crate) core: Span,
    pub(crate) depth: usize,
    pub(crate) kind: Kind,
}

#[derive(Debug)]
pub(crate) enum Kind {
    /// Unreadable; has its finding already.
    Broken,
    /// Readable, but what follows is not, so that it may be only the beginning of what was meant.
    Cut(Box<Node>),
    Null,
    Bool(bool),
    Number(Decimal),
    Text(Arc<str>),
    Name(Name),
    Negative(Box<Node>),
    Not(Box<Node>),
    All(Vec<Node>),
    Any(Vec<Node>),
    Compare {
        operator: Comparison,
        sides: Box<[Node; 2]>,
    },
    In {
        value: Box<Node>,
        items: Vec<Item>,
    },
    Arithmetic {
        operator: Arithmetic,
        sides: Box<[Node; 2]>,
    },
    If(Box<[Node; 3]>),
    Quantified {
        every: bool,
        variable: Name,
        group: Name,
        group_span: Span,
        only: Option<Box<Node>>,
        body: Box<Node>,
    },
    Call {
        function: Name,
        function_span: Span,
        arguments: Vec<Node>,
    },
    /// `[a, b]` outside of `in`.
    List(Vec<Node>),
    /// `child[condition]` or `child[condition].share`.
    Filtered(Box<Filtered>),
    /// `(…).days`
    Property {
        of: Box<Node>,
        property: Name,
        property_span: Span,
    },
}

/// The members of a group for whom a condition holds, or an element of each of them.
#[derive(Debug)]
pub(crate) struct Filtered {
    pub(crate) group: Name,
    pub(crate) group_span: Span,
    pub(crate) only: Node,
    pub(crate) path: Option<(Name, Span)>,
}

/// One test of an `in`.
#[derive(Debug)]
pub(crate) enum Item {
    Equals(Node),
    Compare(Comparison, Node),
    Range { low: Node, low_included: bool, high: Node, high_included: bool },
}

impl Item {
    pub(crate) fn nodes(&self) -> impl Iterator<Item = &Node> {
        let (first, second) = match self {
            Self::Equals(node) | Self::Compare(_, node) => (node, None),
            Self::Range { low, high, .. } => (low, Some(high)),
        };
        std::iter::once(first).chain(second)
    }
}

impl Kind {
    /// How deep the tree below goes.
    pub(crate) fn depth_below(&self) -> usize {
        let deepest = |nodes: &[Node]| nodes.iter().map(|node| node.depth).max().unwrap_or(0);
        match self {
            Self::Broken
            | Self::Null
            | Self::Bool(_)
            | Self::Number(_)
            | Self::Text(_)
            | Self::Name(_) => 0,
            Self::Cut(inner) | Self::Negative(inner) | Self::Not(inner) => inner.depth,
            Self::All(nodes)
            | Self::Any(nodes)
            | Self::List(nodes)
            | Self::Call { arguments: nodes, .. } => deepest(nodes),
            Self::Filtered(filtered) => filtered.only.depth,
            Self::Property { of, .. } => of.depth,
            Self::Compare { sides, .. } | Self::Arithmetic { sides, .. } => {
                deepest(sides.as_slice())
            }
            Self::If(parts) => deepest(parts.as_slice()),
            Self::In { value, items } => items
                .iter()
                .flat_map(Item::nodes)
                .map(|node| node.depth)
                .max()
                .unwrap_or(0)
                .max(value.depth),
            Self::Quantified { only, body, .. } => {
                only.as_ref().map_or(0, |only| only.depth).max(body.depth)
            }
        }
    }
}
