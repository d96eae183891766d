//! Kleene evaluation of a checked expression over what is known. Allocates nothing.
//!
//! Deliberately knows no text and no reason: see `explain`.

use std::cmp::Ordering;

use jiff::Span as Step;
use vocabulary::{Date, Decimal, Facts, GroupId, MemberId, Slot, Value};

use crate::expression::{
    Arithmetic, Comparison, Constant, ElementRead, Expression, Holder, InItem, Quantified, Term,
    Test,
};
use crate::{InScope, Truth, Type};

/// A known value, borrowed from the facts or the condition.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Known<'a> {
    Null,
    Bool(bool),
    Number(Decimal),
    Text(&'a str),
    Date(Date),
    Days(i64),
    Months(i64),
}

impl<'a> Known<'a> {
    pub(crate) fn constant(constant: &'a Constant) -> Self {
        match constant {
            Constant::Null => Self::Null,
            Constant::Bool(value) => Self::Bool(*value),
            Constant::Number(value) => Self::Number(*value),
            Constant::Text(value) => Self::Text(value),
            Constant::Date(value) => Self::Date(*value),
            Constant::Days(value) => Self::Days(*value),
            Constant::Months(value) => Self::Months(*value),
        }
    }

    pub(crate) fn into_constant(self) -> Constant {
        match self {
            Self::Null => Constant::Null,
            Self::Bool(value) => Constant::Bool(value),
            Self::Number(value) => Constant::Number(value),
            Self::Text(value) => Constant::Text(value.into()),
            Self::Date(value) => Constant::Date(value),
            Self::Days(value) => Constant::Days(value),
            Self::Months(value) => Constant::Months(value),
        }
    }

    /// The value if it is of the type; what is stored wrongly is as good as unknown.
    fn of_type(value: &'a Value, ty: &Type) -> Option<Self> {
        match (value, ty) {
            (Value::Null, _) => Some(Self::Null),
            (Value::Bool(value), Type::Bool) => Some(Self::Bool(*value)),
            (Value::Number(value), Type::Number) => Some(Self::Number(*value)),
            (Value::Text(value), Type::Text | Type::Choice(_)) => Some(Self::Text(value)),
            (Value::Date(value), Type::Date) => Some(Self::Date(*value)),
            _ => None,
        }
    }

    /// The order of two values of one kind; `None` beside null.
    fn order(self, other: Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Number(left), Self::Number(right)) => Some(left.cmp(&right)),
            (Self::Date(left), Self::Date(right)) => Some(left.cmp(&right)),
            (Self::Days(left), Self::Days(right)) | (Self::Months(left), Self::Months(right)) => {
                Some(left.cmp(&right))
            }
            _ => None,
        }
    }
}

/// What a condition is evaluated over.
#[derive(Clone, Copy)]
pub(crate) struct World<'a> {
    pub(crate) facts: &'a Facts,
    pub(crate) scope: InScope<'a>,
    pub(crate) as_of: Date,
}

/// The members bound by the quantifiers around an expression, innermost first.
#[derive(Clone, Copy)]
pub(crate) struct Bound<'a> {
    /// `None` = any member of a group of which no member is known yet.
    pub(crate) member: Option<&'a MemberId>,
    pub(crate) outer: Option<&'a Bound<'a>>,
}

pub(crate) type Env<'a> = Option<&'a Bound<'a>>;

impl<'a> World<'a> {
    /// The slot that is read, if it is known whose it is.
    pub(crate) fn slot(&self, read: &ElementRead, env: Env<'_>) -> Option<Slot> {
        let member = match &read.of {
            Holder::Single => return Some(read.slot().clone()),
            Holder::InScope(group) => self.member_in_scope(group)?,
            Holder::Bound { outwards, .. } => bound_member(env, *outwards)?,
        };
        Some(Slot { element: read.element().clone(), member: Some(member.clone()) })
    }

    fn member_in_scope(&self, group: &GroupId) -> Option<&'a MemberId> {
        self.scope.filter(|(scope, _)| *scope == group).map(|(_, member)| member)
    }

    /// The element's value; `None` = unknown.
    pub(crate) fn read(&self, read: &ElementRead, env: Env<'_>) -> Option<Known<'a>> {
        let value = if read.of == Holder::Single {
            self.facts.value(read.slot())
        } else {
            self.facts.value(&self.slot(read, env)?)
        };
        Known::of_type(value?, &read.ty)
    }

    pub(crate) fn truth(&self, expression: &'a Expression, env: Env<'_>) -> Truth {
        match expression {
            Expression::Constant(value) => Truth::from(*value),
            Expression::Not(inner) => self.truth(inner, env).not(),
            Expression::All(parts) => {
                let mut all = Truth::True;
                for part in parts {
                    all = all.and(self.truth(part, env));
                    if all == Truth::False {
                        break;
                    }
                }
                all
            }
            Expression::Any(parts) => {
                let mut any = Truth::False;
                for part in parts {
                    any = any.or(self.truth(part, env));
                    if any == Truth::True {
                        break;
                    }
                }
                any
            }
            Expression::If { condition, then, otherwise } => match self.truth(condition, env) {
                Truth::True => self.truth(then, env),
                Truth::False => self.truth(otherwise, env),
                Truth::Unknown => {
                    let (then, otherwise) = (self.truth(then, env), self.truth(otherwise, env));
                    if then == otherwise { then } else { Truth::Unknown }
                }
            },
            Expression::Quantified(quantified) => self.quantified(quantified, env),
            Expression::Clause(clause) => self.test(&clause.test, env),
        }
    }

    /// Over a group of unknown cardinality, what holds for no conceivable member is not true for some,
    /// and what holds for every conceivable member is true for every one; all else is unknown.
    fn quantified(&self, quantified: &'a Quantified, env: Env<'_>) -> Truth {
        let body = |member| self.truth(&quantified.body, Some(&Bound { member, outer: env }));
        let Some(members) = self.facts.members(&quantified.group) else {
            return match (quantified.every, body(None)) {
                (true, Truth::True) => Truth::True,
                (false, Truth::False) => Truth::False,
                _ => Truth::Unknown,
            };
        };
        let mut result = Truth::from(quantified.every);
        for member in members {
            let one = body(Some(member));
            result = if quantified.every { result.and(one) } else { result.or(one) };
            if result == Truth::from(!quantified.every) {
                break;
            }
        }
        result
    }

    pub(crate) fn test(&self, test: &'a Test, env: Env<'_>) -> Truth {
        match test {
            Test::Holds(term) => match self.term(term, env) {
                None => Truth::Unknown,
                Some(value) => Truth::from(value == Known::Bool(true)),
            },
            Test::Compare { left, operator, right } => {
                compare(*operator, self.term(left, env), self.term(right, env))
            }
            Test::In { term, items } => {
                let value = self.term(term, env);
                let mut any = Truth::False;
                for item in items {
                    any = any.or(self.item(value, item, env));
                    if any == Truth::True {
                        break;
                    }
                }
                any
            }
        }
    }

    fn item(&self, value: Option<Known<'a>>, item: &'a InItem, env: Env<'_>) -> Truth {
        match item {
            InItem::Equals(term) => compare(Comparison::Equal, value, self.term(term, env)),
            InItem::Compare(operator, term) => compare(*operator, value, self.term(term, env)),
            InItem::Range { low, low_included, high, high_included } => {
                let from =
                    if *low_included { Comparison::GreaterOrEqual } else { Comparison::Greater };
                let to = if *high_included { Comparison::LessOrEqual } else { Comparison::Less };
                let above = compare(from, value, self.term(low, env));
                above.and(compare(to, value, self.term(high, env)))
            }
        }
    }

    /// The term's value; `None` = unknown.
    pub(crate) fn term(&self, term: &'a Term, env: Env<'_>) -> Option<Known<'a>> {
        match term {
            Term::Constant(constant) => Some(Known::constant(constant)),
            Term::Element(read) => self.read(read, env),
            Term::Count(group) => {
                let members = self.facts.members(group)?;
                Some(Known::Number(Decimal::from(members.len())))
            }
            Term::Today => Some(Known::Date(self.as_of)),
            Term::Arithmetic { operator, left, right } => {
                calculate(*operator, self.term(left, env)?, self.term(right, env)?)
            }
            Term::If { condition, then, otherwise } => match self.truth(condition, env) {
                Truth::True => self.term(then, env),
                Truth::False => self.term(otherwise, env),
                Truth::Unknown => {
                    let value = self.term(then, env)?;
                    (self.term(otherwise, env)? == value).then_some(value)
                }
            },
            Term::Truth(expression) => match self.truth(expression, env) {
                Truth::True => Some(Known::Bool(true)),
                Truth::False => Some(Known::Bool(false)),
                Truth::Unknown => None,
            },
        }
    }
}

fn bound_member<'a>(env: Env<'a>, outwards: usize) -> Option<&'a MemberId> {
    let mut bound = env?;
    for _ in 0..outwards {
        bound = bound.outer?;
    }
    bound.member
}

/// An order beside null is false whatever stands on the other side.
pub(crate) fn compare(
    operator: Comparison,
    left: Option<Known<'_>>,
    right: Option<Known<'_>>,
) -> Truth {
    if operator.is_ordering() && (left == Some(Known::Null) || right == Some(Known::Null)) {
        return Truth::False;
    }
    let (Some(left), Some(right)) = (left, right) else {
        return Truth::Unknown;
    };
    let order = left.order(right);
    Truth::from(match operator {
        Comparison::Equal => left == right,
        Comparison::NotEqual => left != right,
        Comparison::Less => order.is_some_and(Ordering::is_lt),
        Comparison::LessOrEqual => order.is_some_and(Ordering::is_le),
        Comparison::Greater => order.is_some_and(Ordering::is_gt),
        Comparison::GreaterOrEqual => order.is_some_and(Ordering::is_ge),
    })
}

/// `None` when the result is beyond 28 digits or the calendar. Null makes null; so does dividing by zero.
pub(crate) fn calculate<'a>(
    operator: Arithmetic,
    left: Known<'a>,
    right: Known<'a>,
) -> Option<Known<'a>> {
    use Arithmetic::{Add, Divide, Multiply, Subtract};
    use Known::{Days, Months, Number};
    match (left, operator, right) {
        (Number(_), Divide, Number(divisor)) if divisor.is_zero() => Some(Known::Null),
        (Number(left), Add, Number(right)) => left.checked_add(right).map(Number),
        (Number(left), Subtract, Number(right)) => left.checked_sub(right).map(Number),
        (Number(left), Multiply, Number(right)) => left.checked_mul(right).map(Number),
        (Number(left), Divide, Number(right)) => left.checked_div(right).map(Number),
        (Days(left), Add, Days(right)) => left.checked_add(right).map(Days),
        (Days(left), Subtract, Days(right)) => left.checked_sub(right).map(Days),
        (Months(left), Add, Months(right)) => left.checked_add(right).map(Months),
        (Months(left), Subtract, Months(right)) => left.checked_sub(right).map(Months),
        (Known::Date(date), Add, step @ (Days(_) | Months(_)))
        | (step @ (Days(_) | Months(_)), Add, Known::Date(date)) => moved(date, step, false),
        (Known::Date(date), Subtract, step @ (Days(_) | Months(_))) => moved(date, step, true),
        (Known::Date(later), Subtract, Known::Date(earlier)) => {
            let days = earlier.until(later).ok()?.get_days();
            Some(Days(i64::from(days)))
        }
        _ => Some(Known::Null),
    }
}

/// The date so much later or earlier; a day that the month does not have becomes its last.
fn moved<'a>(date: Date, step: Known<'_>, back: bool) -> Option<Known<'a>> {
    let signed = |count: i64| {
        if back { count.checked_neg() } else { Some(count) }
    };
    let step = match step {
        Known::Days(days) => Step::new().try_days(signed(days)?).ok()?,
        Known::Months(months) => Step::new().try_months(signed(months)?).ok()?,
        _ => return None,
    };
    date.checked_add(step).ok().map(Known::Date)
}
