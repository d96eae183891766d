//! Kleene evaluation of a checked expression over what is known. Allocates only where texts are made.
//!
//! Deliberately knows no text and no reason: see `explain`.

use std::borrow::Cow;
use std::cmp::Ordering;

use jiff::Span as Step;
use vocabulary::{Date, Decimal, Facts, GroupId, MemberId, Slot, Value};

use crate::expression::{
    Arithmetic, Call, Comparison, Constant, ElementRead, Expression, Gather, Gathering, Holder,
    InItem, Quantified, Term, Test,
};
use crate::{InScope, Truth, Type, functions};

/// A known value, borrowed from the facts or the condition where it can be.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Known<'a> {
    Null,
    Bool(bool),
    Number(Decimal),
    Text(Cow<'a, str>),
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
            Constant::Text(value) => Self::Text(Cow::Borrowed(value)),
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
            (Value::Text(value), Type::Text | Type::Choice(_)) => {
                Some(Self::Text(Cow::Borrowed(value)))
            }
            (Value::Date(value), Type::Date) => Some(Self::Date(*value)),
            _ => None,
        }
    }

    /// The order of two values of one kind; `None` beside null.
    pub(crate) fn order(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Number(left), Self::Number(right)) => Some(left.cmp(right)),
            (Self::Date(left), Self::Date(right)) => Some(left.cmp(right)),
            (Self::Days(left), Self::Days(right)) | (Self::Months(left), Self::Months(right)) => {
                Some(left.cmp(right))
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
        let member = self.holder(read, env)?.cloned();
        Some(Slot { element: read.element().clone(), member })
    }

    /// Whose element is read, if that is known: a member, or nobody's own.
    fn holder<'h>(&self, read: &ElementRead, env: Env<'h>) -> Option<Option<&'h MemberId>>
    where
        'a: 'h,
    {
        match &read.of {
            Holder::Single => Some(None),
            Holder::InScope(group) => self.member_in_scope(group).map(Some),
            Holder::Bound { outwards, .. } => bound_member(env, *outwards).map(Some),
        }
    }

    fn member_in_scope(&self, group: &GroupId) -> Option<&'a MemberId> {
        self.scope.filter(|(scope, _)| *scope == group).map(|(_, member)| member)
    }

    /// The element's value; `None` = unknown.
    pub(crate) fn read(&self, read: &ElementRead, env: Env<'_>) -> Option<Known<'a>> {
        let value = self.facts.value_of(read.element(), self.holder(read, env)?);
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
    pub(crate) fn quantified(&self, quantified: &'a Quantified, env: Env<'_>) -> Truth {
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
                compare(*operator, self.term(left, env).as_ref(), self.term(right, env).as_ref())
            }
            Test::In { term, items } => {
                let value = self.term(term, env);
                let mut any = Truth::False;
                for item in items {
                    any = any.or(self.item(value.as_ref(), item, env));
                    if any == Truth::True {
                        break;
                    }
                }
                any
            }
        }
    }

    pub(crate) fn item(&self, value: Option<&Known<'a>>, item: &'a InItem, env: Env<'_>) -> Truth {
        let beside =
            |operator, term: &'a Term| compare(operator, value, self.term(term, env).as_ref());
        match item {
            InItem::Equals(term) => beside(Comparison::Equal, term),
            InItem::Compare(operator, term) => beside(*operator, term),
            InItem::Range { low, low_included, high, high_included } => {
                let from =
                    if *low_included { Comparison::GreaterOrEqual } else { Comparison::Greater };
                let to = if *high_included { Comparison::LessOrEqual } else { Comparison::Less };
                beside(from, low).and(beside(to, high))
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
            Term::Call(call) => self.call(call, env),
            Term::Gather(gather) => self.gathered(gather, env),
        }
    }

    fn call(&self, call: &'a Call, env: Env<'_>) -> Option<Known<'a>> {
        if let Some(how) = call.function.gathering() {
            let mut gathered = Gathered::new(how);
            for argument in &call.arguments {
                gathered.add(self.term(argument, env)?);
            }
            return gathered.result();
        }
        let mut values = [Known::Null, Known::Null, Known::Null];
        for (value, argument) in values.iter_mut().zip(&call.arguments) {
            *value = self.term(argument, env)?;
        }
        functions::apply(&call.function, values.get(..call.arguments.len())?)
    }

    fn gathered(&self, gather: &'a Gather, env: Env<'_>) -> Option<Known<'a>> {
        let mut gathered = Gathered::new(gather.how);
        for member in self.facts.members(&gather.group)? {
            let env = Some(&Bound { member: Some(member), outer: env });
            let counts = gather.only.as_ref().map_or(Truth::True, |only| self.truth(only, env));
            match (counts, &gather.value) {
                (Truth::Unknown, _) => return None,
                (Truth::False, _) => {}
                (Truth::True, None) => gathered.add(Known::Null),
                (Truth::True, Some(value)) => gathered.add(self.term(value, env)?),
            }
        }
        gathered.result()
    }
}

/// Several values on their way to one.
struct Gathered<'a> {
    how: Gathering,
    count: u32,
    /// `None` inside = beyond what can be kept.
    so_far: Option<Option<Known<'a>>>,
}

impl<'a> Gathered<'a> {
    fn new(how: Gathering) -> Self {
        Self { how, count: 0, so_far: None }
    }

    fn add(&mut self, value: Known<'a>) {
        self.count = self.count.saturating_add(1);
        self.so_far = Some(match self.so_far.take() {
            None => Some(value),
            Some(before) => before.and_then(|before| self.joined(before, value)),
        });
    }

    fn joined(&self, before: Known<'a>, value: Known<'a>) -> Option<Known<'a>> {
        let smaller = match self.how {
            Gathering::Count => return Some(Known::Null),
            Gathering::Sum | Gathering::Mean => return calculate(Arithmetic::Add, before, value),
            Gathering::Min => Ordering::Less,
            Gathering::Max => Ordering::Greater,
        };
        Some(match value.order(&before) {
            None => Known::Null,
            Some(order) if order == smaller => value,
            Some(_) => before,
        })
    }

    fn result(self) -> Option<Known<'a>> {
        let count = Known::Number(Decimal::from(self.count));
        match (self.how, self.so_far) {
            (Gathering::Count, _) => Some(count),
            (_, None) => Some(Known::Null),
            (Gathering::Mean, Some(sum)) => calculate(Arithmetic::Divide, sum?, count),
            (_, Some(value)) => value,
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
    left: Option<&Known<'_>>,
    right: Option<&Known<'_>>,
) -> Truth {
    if operator.is_ordering() && (left == Some(&Known::Null) || right == Some(&Known::Null)) {
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

/// `None` when the result is beyond 28 digits or the calendar. Null makes null, and so does what has no
/// exact result.
pub(crate) fn calculate<'a>(
    operator: Arithmetic,
    left: Known<'a>,
    right: Known<'a>,
) -> Option<Known<'a>> {
    use Arithmetic::{Add, Divide, Multiply, Power, Subtract};
    use Known::{Days, Months, Number};
    match (left, operator, right) {
        (Number(_) | Days(_) | Months(_), Divide, Number(divisor)) if divisor.is_zero() => {
            Some(Known::Null)
        }
        (Days(_), Divide, Days(0)) | (Months(_), Divide, Months(0)) => Some(Known::Null),
        (Number(left), Add, Number(right)) => left.checked_add(right).map(Number),
        (Number(left), Subtract, Number(right)) => left.checked_sub(right).map(Number),
        (Number(left), Multiply, Number(right)) => left.checked_mul(right).map(Number),
        (Number(left), Divide, Number(right)) => left.checked_div(right).map(Number),
        (Number(left), Power, Number(right)) => power(left, right),
        (Days(left), Add, Days(right)) => left.checked_add(right).map(Days),
        (Days(left), Subtract, Days(right)) => left.checked_sub(right).map(Days),
        (Months(left), Add, Months(right)) => left.checked_add(right).map(Months),
        (Months(left), Subtract, Months(right)) => left.checked_sub(right).map(Months),
        (Days(left), Divide, Days(right)) | (Months(left), Divide, Months(right)) => {
            Decimal::from(left).checked_div(Decimal::from(right)).map(Number)
        }
        (Days(days), operator @ (Multiply | Divide), Number(number))
        | (Number(number), operator @ Multiply, Days(days)) => whole(days, operator, number, Days),
        (Months(months), operator @ (Multiply | Divide), Number(number))
        | (Number(number), operator @ Multiply, Months(months)) => {
            whole(months, operator, number, Months)
        }
        (Known::Date(date), Add, step @ (Days(_) | Months(_)))
        | (step @ (Days(_) | Months(_)), Add, Known::Date(date)) => moved(date, &step, false),
        (Known::Date(date), Subtract, step @ (Days(_) | Months(_))) => moved(date, &step, true),
        (Known::Date(later), Subtract, Known::Date(earlier)) => {
            let days = earlier.until(later).ok()?.get_days();
            Some(Days(i64::from(days)))
        }
        (Known::Text(left), Add, Known::Text(right)) => Some(Known::Text(left + right)),
        _ => Some(Known::Null),
    }
}

/// A duration times or divided by a number; null when that is no whole number of days or months.
fn whole<'a>(
    length: i64,
    operator: Arithmetic,
    number: Decimal,
    unit: fn(i64) -> Known<'a>,
) -> Option<Known<'a>> {
    let length = Decimal::from(length);
    let result = match operator {
        Arithmetic::Divide => length.checked_div(number)?,
        _ => length.checked_mul(number)?,
    };
    if !result.fract().is_zero() {
        return Some(Known::Null);
    }
    i64::try_from(result).ok().map(unit)
}

/// `None` when it is beyond 28 digits; null when it has no result.
fn power<'a>(base: Decimal, exponent: Decimal) -> Option<Known<'a>> {
    if !exponent.fract().is_zero() {
        return Some(Known::Null);
    }
    let times = u32::try_from(exponent.abs()).ok().filter(|times| *times <= MOST_POWER)?;
    let mut result = Decimal::ONE;
    for _ in 0..times {
        result = result.checked_mul(base)?;
    }
    if exponent.is_sign_negative() && !exponent.is_zero() {
        return calculate(Arithmetic::Divide, Known::Number(Decimal::ONE), Known::Number(result));
    }
    Some(Known::Number(result))
}

/// The largest exponent, up or down.
pub(crate) const MOST_POWER: u32 = 100;

/// The date so much later or earlier; a day that the month does not have becomes its last.
fn moved<'a>(date: Date, step: &Known<'_>, back: bool) -> Option<Known<'a>> {
    let signed = |count: i64| {
        if back { count.checked_neg() } else { Some(count) }
    };
    let step = match step {
        Known::Days(days) => Step::new().try_days(signed(*days)?).ok()?,
        Known::Months(months) => Step::new().try_months(signed(*months)?).ok()?,
        _ => return None,
    };
    date.checked_add(step).ok().map(Known::Date)
}
