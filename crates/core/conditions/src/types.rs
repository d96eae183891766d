//! The checker: a written tree in, a checked expression out, with every type error on the way reported.
//!
//! A part that cannot be typed yields `None` after its finding, and what stands around it stays silent.

use std::sync::Arc;

use vocabulary::{Decimal, GroupId};

use crate::evaluate::{Known, MOST_POWER, calculate};
use crate::expression::{
    Arithmetic, Call, Clause, Comparison, Constant, ElementRead, Expression, Function, InItem,
    Property, Quantified, Term, Test,
};
use crate::findings::{self, Findings};
use crate::functions::{self, PROPERTIES};
use crate::lexer::Name;
use crate::resolve::{Resolver, Variable, nearest, type_name};
use crate::syntax::{Item, Kind, Node};
use crate::{Span, Type, literals};

/// Quantifiers inside each other: the work grows with the product of their groups' sizes.
const MOST_QUANTIFIERS: usize = 3;

/// The type of a term: days and months are kept apart, since they cannot be compared.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Ty {
    Bool,
    Number,
    Text,
    Choice(Arc<[Arc<str>]>),
    Date,
    Days,
    Months,
    Null,
}

impl Ty {
    pub(crate) fn of_element(ty: &Type) -> Option<Self> {
        Some(match ty {
            Type::Bool => Self::Bool,
            Type::Number => Self::Number,
            Type::Text => Self::Text,
            Type::Choice(options) => Self::Choice(options.clone()),
            Type::Date => Self::Date,
            Type::Duration | Type::List(_) | Type::Null => return None,
        })
    }

    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Bool => type_name(&Type::Bool),
            Self::Number => type_name(&Type::Number),
            Self::Text => type_name(&Type::Text),
            Self::Choice(_) => "a choice",
            Self::Date => type_name(&Type::Date),
            Self::Days => "a duration of days",
            Self::Months => "a duration of months",
            Self::Null => type_name(&Type::Null),
        }
    }

    pub(crate) fn has_order(&self) -> bool {
        matches!(self, Self::Number | Self::Date | Self::Days | Self::Months)
    }

    /// The type that holds both; `None` when they can never be alike.
    pub(crate) fn joined(&self, other: &Self) -> Option<Self> {
        match (self, other) {
            (Self::Null, ty) | (ty, Self::Null) => Some(ty.clone()),
            (Self::Text, Self::Choice(_)) | (Self::Choice(_), Self::Text) => Some(Self::Text),
            (Self::Choice(left), Self::Choice(right)) if left != right => {
                left.iter().any(|option| right.contains(option)).then_some(Self::Text)
            }
            _ => (self == other).then(|| self.clone()),
        }
    }
}

pub(crate) type Typed = Option<(Term, Ty)>;

/// Checks a whole condition.
pub(crate) fn check(
    source: &str,
    root: &Node,
    resolver: Resolver<'_>,
    findings: &mut Findings,
) -> Option<Expression> {
    Checker { source, resolver, findings }.truth(root)
}

pub(crate) struct Checker<'a> {
    pub(crate) source: &'a str,
    pub(crate) resolver: Resolver<'a>,
    pub(crate) findings: &'a mut Findings,
}

impl Checker<'_> {
    pub(crate) fn text(&self, span: Span) -> &str {
        self.source.get(span.start..span.end).unwrap_or_default()
    }

    pub(crate) fn clause(&self, node: &Node, test: Test) -> Expression {
        Expression::Clause(Clause { text: self.text(node.core).into(), span: node.core, test })
    }

    /// The node as something true or false.
    pub(crate) fn truth(&mut self, node: &Node) -> Option<Expression> {
        match &node.kind {
            Kind::Broken => None,
            Kind::Cut(inner) => {
                self.value(inner);
                None
            }
            Kind::Not(inner) => Some(Expression::Not(Box::new(self.truth(inner)?))),
            Kind::All(nodes) => self.truths(nodes).map(Expression::All),
            Kind::Any(nodes) => self.truths(nodes).map(Expression::Any),
            Kind::If(parts) => {
                let [condition, then, otherwise] = parts.as_ref();
                let parts = (self.truth(condition), self.truth(then), self.truth(otherwise));
                let (Some(condition), Some(then), Some(otherwise)) = parts else {
                    return None;
                };
                Some(Expression::If {
                    condition: Box::new(condition),
                    then: Box::new(then),
                    otherwise: Box::new(otherwise),
                })
            }
            Kind::Compare { operator, sides } => {
                let [left, right] = sides.as_ref();
                self.compare(node, *operator, left, right)
            }
            Kind::In { value, items } => self.within(node, value, items),
            Kind::Quantified { every, variable, group, group_span, only, body } => {
                let group_id = self.resolver.group(group, *group_span, self.findings);
                let whom = (group, group_id, only.as_deref());
                self.quantified(node, *every, variable, whom, body)
            }
            Kind::Call { function, arguments, .. } if function.full() == "list contains" => {
                self.list_contains(node, arguments)
            }
            _ => match self.value(node)? {
                (Term::Constant(Constant::Bool(value)), _) => Some(Expression::Constant(value)),
                (term, Ty::Bool) => Some(self.clause(node, Test::Holds(term))),
                (_, ty) => {
                    let text = self.text(node.span).to_owned();
                    let hint = (ty != Ty::Null).then(|| format!("compare it, e.g. `{text} = …`"));
                    self.findings.add(
                        findings::NOT_A_CONDITION,
                        node.span,
                        format!("`{text}` is {}, not a condition", ty.name()),
                        hint,
                    );
                    None
                }
            },
        }
    }

    /// All of them, each checked even when another is wrong.
    fn truths(&mut self, nodes: &[Node]) -> Option<Vec<Expression>> {
        let checked: Vec<_> = nodes.iter().map(|node| self.truth(node)).collect();
        checked.into_iter().collect()
    }

    fn quantified(
        &mut self,
        node: &Node,
        every: bool,
        variable: &Name,
        (group, group_id, only): (&Name, Option<GroupId>, Option<&Node>),
        body: &Node,
    ) -> Option<Expression> {
        if variable.rest.is_some() {
            self.findings.add(
                findings::UNEXPECTED,
                node.span,
                format!("`{}` cannot name a member", variable.full()),
                "use a short name without a dot, e.g. `x`".to_owned(),
            );
            return None;
        }
        let group_id = group_id?;
        let only = only.map(|only| self.only(node, (group, &group_id), only));
        let body =
            self.bound(node, (group, &group_id), Some(&variable.head), |it| it.truth(body))?;
        let body = match only {
            None => body?,
            Some(only) if every => Expression::Any(vec![Expression::Not(Box::new(only?)), body?]),
            Some(only) => Expression::All(vec![only?, body?]),
        };
        Some(self.quantifier(node, every, group_id, body))
    }

    pub(crate) fn quantifier(
        &self,
        node: &Node,
        every: bool,
        group: GroupId,
        body: Expression,
    ) -> Expression {
        let (text, span) = (self.text(node.core).into(), node.core);
        Expression::Quantified(Quantified { every, group, body: Box::new(body), text, span })
    }

    /// The condition of a filter, in which the member's elements have no name before them.
    pub(crate) fn only(
        &mut self,
        node: &Node,
        group: (&Name, &GroupId),
        only: &Node,
    ) -> Option<Expression> {
        self.bound(node, group, None, |it| it.truth(only)).flatten()
    }

    /// What `check` gives with a member bound: by name, or as the one that is filtered.
    pub(crate) fn bound<T>(
        &mut self,
        node: &Node,
        (group, id): (&Name, &GroupId),
        name: Option<&str>,
        check: impl FnOnce(&mut Self) -> T,
    ) -> Option<T> {
        if self.resolver.variables.len() >= MOST_QUANTIFIERS {
            self.findings.add(
                findings::TOO_DEEP,
                node.span,
                "too many quantifiers or filters inside each other",
                format!("at most {MOST_QUANTIFIERS}"),
            );
            return None;
        }
        self.resolver.variables.push(Variable {
            name: name.unwrap_or("item").to_owned(),
            implicit: name.is_none(),
            group: id.clone(),
            group_as_written: group.full(),
        });
        let checked = check(self);
        self.resolver.variables.pop();
        Some(checked)
    }

    fn compare(
        &mut self,
        node: &Node,
        operator: Comparison,
        left: &Node,
        right: &Node,
    ) -> Option<Expression> {
        let sides = (self.value(left), self.value(right));
        let (Some(left_typed), Some(right_typed)) = sides else {
            return None;
        };
        self.comparable(node.core, operator, (left, &left_typed), (right, &right_typed))?;
        let (left, right) = (left_typed.0, right_typed.0);
        Some(self.clause(node, Test::Compare { left, operator, right }))
    }

    fn within(&mut self, node: &Node, value: &Node, items: &[Item]) -> Option<Expression> {
        let typed = self.value(value);
        if items.is_empty() {
            self.findings.add(
                findings::EMPTY_RANGE,
                node.span,
                "nothing is in an empty list",
                "write what may be in it, e.g. `in (\"a\", \"b\")`".to_owned(),
            );
            return None;
        }
        let checked: Vec<_> =
            items.iter().map(|item| self.item(value, typed.as_ref(), item)).collect();
        let items = checked.into_iter().collect::<Option<Vec<_>>>()?;
        Some(self.clause(node, Test::In { term: typed?.0, items }))
    }

    fn item(&mut self, value: &Node, typed: Option<&(Term, Ty)>, item: &Item) -> Option<InItem> {
        match item {
            Item::Equals(node) => {
                let term = self.beside(value, typed, Comparison::Equal, node)?;
                Some(InItem::Equals(term))
            }
            Item::Compare(operator, node) => {
                let term = self.beside(value, typed, *operator, node)?;
                Some(InItem::Compare(*operator, term))
            }
            Item::Range { low: from, low_included, high: to, high_included } => {
                let low = self.beside(value, typed, Comparison::GreaterOrEqual, from);
                let high = self.beside(value, typed, Comparison::LessOrEqual, to);
                let (low, high) = (low?, high?);
                let (low_included, high_included) = (*low_included, *high_included);
                if let (Term::Constant(start), Term::Constant(end)) = (&low, &high) {
                    let operator = if low_included && high_included {
                        Comparison::LessOrEqual
                    } else {
                        Comparison::Less
                    };
                    let (start, end) = (Known::constant(start), Known::constant(end));
                    let open = crate::evaluate::compare(operator, Some(&start), Some(&end));
                    if open == crate::Truth::False {
                        let span = Span { start: from.span.start, end: to.span.end };
                        self.findings.add(
                            findings::EMPTY_RANGE,
                            span,
                            "no value lies in this range",
                            "the lower end stands first".to_owned(),
                        );
                        return None;
                    }
                }
                Some(InItem::Range { low, low_included, high, high_included })
            }
        }
    }

    /// The term of `node` if it can be compared with `value`.
    fn beside(
        &mut self,
        value: &Node,
        typed: Option<&(Term, Ty)>,
        operator: Comparison,
        node: &Node,
    ) -> Option<Term> {
        let other = self.value(node)?;
        self.comparable(node.core, operator, (value, typed?), (node, &other))?;
        Some(other.0)
    }

    /// Reports two sides that cannot be compared so.
    pub(crate) fn comparable(
        &mut self,
        span: Span,
        operator: Comparison,
        (left_node, (left_term, left)): (&Node, &(Term, Ty)),
        (right_node, (right_term, right)): (&Node, &(Term, Ty)),
    ) -> Option<()> {
        let null_node = match (left, right) {
            (Ty::Null, _) => Some(left_node),
            (_, Ty::Null) => Some(right_node),
            _ => None,
        };
        if let (true, Some(null_node)) = (operator.is_ordering(), null_node) {
            self.findings.add(
                findings::ORDER_OF_NULL,
                null_node.span,
                "nothing is smaller or greater than null",
                "write `= null` or `!= null`".to_owned(),
            );
            return None;
        }
        let Some(joined) = left.joined(right) else {
            let hint = conversion_hint((left_term, left), (right_term, right))
                .or_else(|| conversion_hint((right_term, right), (left_term, left)));
            let message = format!(
                "`{}` is {} and `{}` is {}",
                self.text(left_node.span),
                left.name(),
                self.text(right_node.span),
                right.name()
            );
            self.findings.add(findings::DIFFERENT_TYPES, span, message, hint);
            return None;
        };
        if operator.is_ordering() && !joined.has_order() {
            let message = format!("{} has no order", joined.name());
            let hint = "use `=`, `!=` or `in (…)`; only numbers, dates and durations have an order";
            self.findings.add(findings::WRONG_TYPE, span, message, hint.to_owned());
            return None;
        }
        let mut sound = true;
        if let Ty::Choice(options) = left {
            sound &= self.options_only(left_node, options, right_node, right_term);
        }
        if let Ty::Choice(options) = right {
            sound &= self.options_only(right_node, options, left_node, left_term);
        }
        sound.then_some(())
    }

    /// Reports constant texts that are not options of the choice they are compared with.
    fn options_only(
        &mut self,
        choice: &Node,
        options: &[Arc<str>],
        other: &Node,
        term: &Term,
    ) -> bool {
        match term {
            Term::Constant(Constant::Text(text)) if !options.contains(text) => {
                let known: Vec<String> =
                    options.iter().take(12).map(|option| format!("\"{option}\"")).collect();
                let dots = if options.len() > known.len() { ", …" } else { "" };
                let near = nearest(text, options.iter().map(AsRef::as_ref))
                    .map(|option| format!("did you mean `\"{option}\"`? "))
                    .unwrap_or_default();
                let choice = self.text(choice.span).to_owned();
                self.findings.add(
                    findings::NOT_AN_OPTION,
                    other.span,
                    format!("`\"{text}\"` is not an option of `{choice}`"),
                    format!("{near}its options are {}{dots}", known.join(", ")),
                );
                false
            }
            Term::If { then, otherwise, .. } => {
                let then = self.options_only(choice, options, other, then);
                self.options_only(choice, options, other, otherwise) && then
            }
            _ => true,
        }
    }

    /// The node as something that has a value.
    pub(crate) fn value(&mut self, node: &Node) -> Typed {
        let typed = match &node.kind {
            Kind::Broken => return None,
            Kind::Cut(inner) => {
                self.value(inner);
                return None;
            }
            Kind::Null => (Term::Constant(Constant::Null), Ty::Null),
            Kind::Bool(value) => (Term::Constant(Constant::Bool(*value)), Ty::Bool),
            Kind::Number(value) => (Term::Constant(Constant::Number(*value)), Ty::Number),
            Kind::Text(value) => (Term::Constant(Constant::Text(value.clone())), Ty::Text),
            Kind::Name(name) => return self.named(node, name),
            Kind::Property { of, property, property_span } => {
                let of = self.value(of)?;
                return self.property(of, &property.full(), *property_span);
            }
            Kind::List(_) | Kind::Filtered(_) => {
                let hint = match &node.kind {
                    Kind::List(_) => "write `x in [a, b]` or `list contains([a, b], x)`",
                    _ => {
                        "write `count(…)` around it, or `sum`, `min`, `max`, `mean` of an element of each"
                    }
                };
                self.findings.add(
                    findings::MISPLACED_LIST,
                    node.span,
                    format!("`{}` has no single value", self.text(node.span)),
                    hint.to_owned(),
                );
                return None;
            }
            Kind::Negative(inner) => {
                let typed = self.value(inner)?;
                let zero = match typed.1 {
                    Ty::Days => Constant::Days(0),
                    Ty::Months => Constant::Months(0),
                    _ => Constant::Number(Decimal::ZERO),
                };
                return self.computed(
                    node,
                    Arithmetic::Subtract,
                    (Term::Constant(zero), None),
                    typed,
                );
            }
            Kind::Arithmetic { operator, sides } => {
                let [left, right] = sides.as_ref();
                let (left, right) = (self.value(left), self.value(right));
                let ((left, left_ty), right) = (left?, right?);
                return self.computed(node, *operator, (left, Some(left_ty)), right);
            }
            Kind::If(parts) => return self.choice(parts),
            Kind::Call { function, arguments, .. } if function.full() == "list contains" => {
                (Term::Truth(Box::new(self.list_contains(node, arguments)?)), Ty::Bool)
            }
            Kind::Call { function, function_span, arguments } => {
                return self.call(node, function, *function_span, arguments);
            }
            Kind::Not(_)
            | Kind::All(_)
            | Kind::Any(_)
            | Kind::Compare { .. }
            | Kind::In { .. }
            | Kind::Quantified { .. } => (Term::Truth(Box::new(self.truth(node)?)), Ty::Bool),
        };
        Some(typed)
    }

    /// An element, or with a last word behind it a part of the element's value.
    fn named(&mut self, node: &Node, name: &Name) -> Typed {
        if !self.resolver.has_element(name)
            && let Some(rest) = &name.rest
        {
            let (before, last) = match rest.rsplit_once('.') {
                Some((before, last)) => (Some(before.to_owned()), last),
                None => (None, rest.as_str()),
            };
            let of = Name { head: name.head.clone(), rest: before };
            if self.resolver.has_element(&of) {
                let of = self.element(node, &of)?;
                let start = node.core.end.saturating_sub(last.len()).max(node.core.start);
                let span = Span { start, end: node.core.end };
                let exact = self.text(span) == last;
                return self.property(of, last, if exact { span } else { node.core });
            }
        }
        self.element(node, name)
    }

    /// A part of a value.
    fn property(&mut self, (of, ty): (Term, Ty), name: &str, span: Span) -> Typed {
        let has = |property| match ty {
            Ty::Date => matches!(
                property,
                Property::Year | Property::Month | Property::Day | Property::Weekday
            ),
            Ty::Days => property == Property::Days,
            Ty::Months => matches!(property, Property::Years | Property::Months),
            _ => false,
        };
        if let Some(property) = functions::property(name).filter(|property| has(*property)) {
            let call = Call { function: Function::Property(property), arguments: vec![of] };
            return self.folded(span, call, Ty::Number);
        }
        let known: Vec<&str> =
            PROPERTIES.iter().filter(|(_, it)| has(*it)).map(|(name, _)| *name).collect();
        let hint = (!known.is_empty()).then(|| format!("it has `.{}`", known.join("`, `.")));
        let message = format!("{} has no `.{name}`", ty.name());
        self.findings.add(findings::NOT_A_PROPERTY, span, message, hint);
        None
    }

    /// A call, at once when everything it is given is constant.
    pub(crate) fn folded(&mut self, span: Span, call: Call, ty: Ty) -> Typed {
        let constants: Option<Vec<Known<'_>>> = call
            .arguments
            .iter()
            .map(|argument| match argument {
                Term::Constant(constant) => Some(Known::constant(constant)),
                _ => None,
            })
            .collect();
        let Some(constants) = constants.filter(|_| call.function.gathering().is_none()) else {
            return Some((Term::Call(call), ty));
        };
        match functions::apply(&call.function, &constants) {
            None | Some(Known::Null) => self.cannot_compute(span),
            Some(result) => Some((Term::Constant(result.into_constant()), ty)),
        }
    }

    fn cannot_compute(&mut self, span: Span) -> Typed {
        self.findings.add(
            findings::CANNOT_COMPUTE,
            span,
            "the result does not exist, or is beyond 28 digits or beyond the calendar",
            None::<String>,
        );
        None
    }

    fn element(&mut self, node: &Node, name: &Name) -> Typed {
        let (element, holder) = self.resolver.element(name, node.core, self.findings)?;
        let Some(ty) = Ty::of_element(&element.ty) else {
            self.findings.add(
                findings::WRONG_TYPE,
                node.span,
                format!(
                    "`{}` is {}, which a condition cannot read",
                    element.id,
                    type_name(&element.ty)
                ),
                None::<String>,
            );
            return None;
        };
        Some((Term::Element(ElementRead::new(element.id, element.ty, holder)), ty))
    }

    fn choice(&mut self, parts: &[Node; 3]) -> Typed {
        let [condition, then_node, otherwise_node] = parts;
        let condition = self.truth(condition);
        let (then, otherwise) = (self.value(then_node), self.value(otherwise_node));
        let ((then, then_ty), (otherwise, otherwise_ty)) = (then?, otherwise?);
        let Some(ty) = then_ty.joined(&otherwise_ty) else {
            let span = Span { start: then_node.span.start, end: otherwise_node.span.end };
            self.findings.add(
                findings::DIFFERENT_TYPES,
                span,
                format!("`then` gives {} and `else` {}", then_ty.name(), otherwise_ty.name()),
                "both must give the same type".to_owned(),
            );
            return None;
        };
        let term = Term::If {
            condition: Box::new(condition?),
            then: Box::new(then),
            otherwise: Box::new(otherwise),
        };
        Some((term, ty))
    }

    /// The result of an operation, at once when both sides are constants. A left side without a type is
    /// the zero that a sign subtracts from.
    fn computed(
        &mut self,
        node: &Node,
        operator: Arithmetic,
        (left, left_ty): (Term, Option<Ty>),
        (right, right_ty): (Term, Ty),
    ) -> Typed {
        let sign = left_ty.is_none();
        let left_ty = left_ty.unwrap_or(match right_ty {
            Ty::Days | Ty::Months => right_ty.clone(),
            _ => Ty::Number,
        });
        let Some(ty) = result_type(operator, &left_ty, &right_ty) else {
            let symbol = match operator {
                Arithmetic::Add => "+",
                Arithmetic::Subtract => "-",
                Arithmetic::Multiply => "*",
                Arithmetic::Divide => "/",
                Arithmetic::Power => "**",
            };
            let message = if sign {
                format!("`-` cannot stand before {}", right_ty.name())
            } else {
                format!("`{symbol}` cannot join {} and {}", left_ty.name(), right_ty.name())
            };
            let hint = (left_ty == Ty::Date && right_ty == Ty::Number).then(|| {
                "write a duration, e.g. `duration(\"P30D\")` or `duration(\"P1Y\")`".to_owned()
            });
            self.findings.add(findings::WRONG_TYPE, node.core, message, hint);
            return None;
        };
        if operator == Arithmetic::Power {
            let fits = |number: &Decimal| {
                number.fract().is_zero() && number.abs() <= Decimal::from(MOST_POWER)
            };
            if !matches!(&right, Term::Constant(Constant::Number(number)) if fits(number)) {
                self.findings.add(
                    findings::BAD_POWER,
                    node.core,
                    "the exponent is not a small whole number",
                    format!("write a whole number from -{MOST_POWER} to {MOST_POWER} behind `**`"),
                );
                return None;
            }
        }
        let by_zero = operator == Arithmetic::Divide
            && matches!(&right, Term::Constant(Constant::Number(number)) if number.is_zero());
        if by_zero {
            self.findings.add(
                findings::CANNOT_COMPUTE,
                node.core,
                "a division by zero has no result",
                None::<String>,
            );
            return None;
        }
        if let (Term::Constant(left), Term::Constant(right)) = (&left, &right) {
            let result = calculate(operator, Known::constant(left), Known::constant(right));
            let Some(result) = result.filter(|result| *result != Known::Null) else {
                return self.cannot_compute(node.core);
            };
            return Some((Term::Constant(result.into_constant()), ty));
        }
        let term = Term::Arithmetic { operator, left: Box::new(left), right: Box::new(right) };
        Some((term, ty))
    }
}

fn result_type(operator: Arithmetic, left: &Ty, right: &Ty) -> Option<Ty> {
    use Arithmetic::{Add, Divide, Multiply, Subtract};
    match (left, operator, right) {
        (Ty::Number, _, Ty::Number)
        | (Ty::Days, Divide, Ty::Days)
        | (Ty::Months, Divide, Ty::Months) => Some(Ty::Number),
        (Ty::Days, Multiply | Divide, Ty::Number) | (Ty::Number, Multiply, Ty::Days) => {
            Some(Ty::Days)
        }
        (Ty::Months, Multiply | Divide, Ty::Number) | (Ty::Number, Multiply, Ty::Months) => {
            Some(Ty::Months)
        }
        (Ty::Text | Ty::Choice(_), Add, Ty::Text | Ty::Choice(_)) => Some(Ty::Text),
        (Ty::Days, Add | Subtract, Ty::Days) | (Ty::Date, Subtract, Ty::Date) => Some(Ty::Days),
        (Ty::Months, Add | Subtract, Ty::Months) => Some(Ty::Months),
        (Ty::Date, Add | Subtract, Ty::Days | Ty::Months)
        | (Ty::Days | Ty::Months, Add, Ty::Date) => Some(Ty::Date),
        _ => None,
    }
}

/// A constant of another type that was meant by a text.
fn conversion_hint((term, ty): (&Term, &Ty), (_, other): (&Term, &Ty)) -> Option<String> {
    if let (Ty::Days | Ty::Months, Ty::Days | Ty::Months) = (ty, other) {
        return Some(
            "a month has no fixed number of days: add the duration to a date and compare dates"
                .to_owned(),
        );
    }
    let Term::Constant(Constant::Text(text)) = term else {
        return None;
    };
    let meant = match other {
        Ty::Date => {
            literals::date(text)?;
            format!("date(\"{text}\")")
        }
        Ty::Number => Decimal::from_str_exact(text).ok()?.to_string(),
        Ty::Bool if matches!(&**text, "true" | "false") => text.to_string(),
        Ty::Days | Ty::Months => {
            literals::duration(text)?;
            format!("duration(\"{text}\")")
        }
        _ => return None,
    };
    Some(format!("write `{meant}`"))
}
