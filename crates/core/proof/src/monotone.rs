//! Whether a term only rises or only falls with one of the things it reads, so that a threshold can be found
//! by halving.

use conditions::expression::{Arithmetic, Function, Gathering, Property, Term};

use crate::Subject;
use crate::reads::Binding;

/// How a term moves when the thing rises and all else, conditions inside it too, stays.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Moves {
    Not,
    Up,
    Down,
    /// Up or down, depending on a constant's sign or on a condition.
    OneWay,
    Anyhow,
}

impl Moves {
    fn turned(self) -> Self {
        match self {
            Self::Up => Self::Down,
            Self::Down => Self::Up,
            other => other,
        }
    }

    fn with(self, other: Self) -> Self {
        match (self, other) {
            (Self::Not, moves) | (moves, Self::Not) => moves,
            (Self::Up, Self::Up) => Self::Up,
            (Self::Down, Self::Down) => Self::Down,
            _ => Self::Anyhow,
        }
    }

    fn scaled(self) -> Self {
        match self {
            Self::Not | Self::Anyhow => self,
            Self::Up | Self::Down | Self::OneWay => Self::OneWay,
        }
    }

    fn either(self, other: Self) -> Self {
        if self == other {
            return self;
        }
        match (self, other) {
            (Self::Anyhow, _) | (_, Self::Anyhow) => Self::Anyhow,
            _ => Self::OneWay,
        }
    }
}

/// Whether the difference of both sides moves one way at most.
pub(crate) fn one_way(left: &Term, right: &Term, thing: &Subject, binding: &Binding) -> bool {
    let left = moves(left, thing, binding);
    left.with(moves(right, thing, binding).turned()) != Moves::Anyhow
}

fn moves(term: &Term, thing: &Subject, binding: &Binding) -> Moves {
    let of = |term: &Term| moves(term, thing, binding);
    match term {
        Term::Constant(_) | Term::Today | Term::Truth(_) => Moves::Not,
        Term::Element(read) => {
            if binding.subject(read).as_ref() == Some(thing) {
                Moves::Up
            } else {
                Moves::Not
            }
        }
        Term::Count(group) => {
            if *thing == Subject::Size(group.clone()) {
                Moves::Up
            } else {
                Moves::Not
            }
        }
        Term::Arithmetic { operator, left, right } => {
            let (left, right) = (of(left), of(right));
            match operator {
                Arithmetic::Add => left.with(right),
                Arithmetic::Subtract => left.with(right.turned()),
                Arithmetic::Multiply if left == Moves::Not => right.scaled(),
                Arithmetic::Multiply if right == Moves::Not => left.scaled(),
                Arithmetic::Divide if right == Moves::Not => left.scaled(),
                _ if left == Moves::Not && right == Moves::Not => Moves::Not,
                _ => Moves::Anyhow,
            }
        }
        // Within a run on which no condition changes, one of both holds throughout.
        Term::If { then, otherwise, .. } => of(then).either(of(otherwise)),
        Term::Call(call) => {
            let mut arguments = call.arguments.iter().map(of);
            match &call.function {
                Function::Gather(
                    Gathering::Sum | Gathering::Min | Gathering::Max | Gathering::Mean,
                ) => arguments.fold(Moves::Not, Moves::with),
                Function::Floor
                | Function::Ceiling
                | Function::RoundHalfEven
                | Function::RoundHalfUp
                | Function::RoundHalfDown
                | Function::RoundUp
                | Function::RoundDown
                | Function::AddWorkingDays(_)
                | Function::Property(Property::Year | Property::Days | Property::Years) => {
                    let first = arguments.next().unwrap_or(Moves::Not);
                    if arguments.all(|other| other == Moves::Not) { first } else { Moves::Anyhow }
                }
                Function::WorkingDaysBetween(_) | Function::YearsAndMonths => {
                    let from = arguments.next().unwrap_or(Moves::Not);
                    let to = arguments.next().unwrap_or(Moves::Not);
                    from.turned().with(to)
                }
                _ if arguments.all(|argument| argument == Moves::Not) => Moves::Not,
                _ => Moves::Anyhow,
            }
        }
        Term::Gather(gather) => {
            let more_members = *thing == Subject::Size(gather.group.clone());
            match (gather.how, &gather.value) {
                (Gathering::Count, _) if more_members => Moves::Up,
                _ => Moves::Anyhow,
            }
        }
    }
}
