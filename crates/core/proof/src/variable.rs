//! What a scenario decides, one thing at a time: the variables of the scenario space and the finitely many
//! classes of values that each has.

use std::sync::Arc;

use vocabulary::{GroupId, MemberId, QuestionId, ServiceId, Slot, Value};

/// What a variable stands for.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Subject {
    /// How many members the group has.
    Size(GroupId),
    /// A data element; of a group: for one of the symbolic members (see [`crate::generic_member`]).
    Element(Slot),
    /// The applicant leaves out an optional service.
    Skip(ServiceId),
    /// A clause that calculates with several unknowns: it may come out either way.
    Opaque { clause: Arc<str>, member: Option<MemberId> },
}

/// One thing that a scenario decides.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Variable {
    pub subject: Subject,
    /// The matter's question that asks it.
    pub question: Option<QuestionId>,
    /// At least one; in the order of the options, of size, or of time.
    pub classes: Vec<Class>,
}

/// Values between which no condition of the matter distinguishes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Class {
    /// Values of a data element.
    Values {
        /// One of them, as a person would give it.
        example: Value,
        range: Range,
    },
    /// Known to be absent.
    Null,
    /// Declined, or told by nobody.
    Unknown,
    /// Numbers of members.
    Members { example: u32, from: u32, to: u32 },
    /// Of a service that may be skipped, or an opaque clause.
    Flag(bool),
}

/// The values of a class.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Range {
    /// This one only.
    Exactly(Value),
    /// From and to are among them; `None` = without end.
    Between { from: Option<Value>, to: Option<Value> },
    /// Every text that no condition names.
    OtherText,
}

impl Class {
    /// The value that stands for the class; `None` when unknown, and for what is no data element.
    pub fn example(&self) -> Option<&Value> {
        match self {
            Self::Values { example, .. } => Some(example),
            Self::Null => Some(&Value::Null),
            Self::Unknown | Self::Members { .. } | Self::Flag(_) => None,
        }
    }

    /// Whether the value belongs to the class.
    pub fn contains(&self, value: &Value) -> bool {
        match self {
            Self::Null => *value == Value::Null,
            Self::Values { range: Range::Exactly(only), .. } => value == only,
            Self::Values { range: Range::Between { from, to }, .. } => {
                let ordered = matches!(value, Value::Number(_) | Value::Date(_));
                let above =
                    from.as_ref().is_none_or(|from| same_kind(from, value) && from <= value);
                let below = to.as_ref().is_none_or(|to| same_kind(to, value) && value <= to);
                ordered && above && below
            }
            Self::Values { range: Range::OtherText, .. } => matches!(value, Value::Text(_)),
            Self::Unknown | Self::Members { .. } | Self::Flag(_) => false,
        }
    }
}

fn same_kind(left: &Value, right: &Value) -> bool {
    std::mem::discriminant(left) == std::mem::discriminant(right)
}
