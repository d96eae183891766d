//! The checker of calls: which function is meant, and whether it can take what it is given.

use vocabulary::GroupId;

use crate::expression::{
    Call, Comparison, Constant, ElementRead, Expression, Function, Gather, Gathering, Holder,
    InItem, Pattern, Term, Test,
};
use crate::findings;
use crate::functions::FUNCTIONS;
use crate::lexer::Name;
use crate::resolve::did_you_mean;
use crate::syntax::{Filtered, Kind, Node};
use crate::types::{Checker, Ty, Typed};
use crate::{Span, literals};

/// What a function may be given at one place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Takes {
    Number,
    Text,
    Date,
}

impl Takes {
    fn fits(self, ty: &Ty) -> bool {
        match self {
            Self::Number => *ty == Ty::Number,
            Self::Text => matches!(ty, Ty::Text | Ty::Choice(_)),
            Self::Date => *ty == Ty::Date,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Number => "a number",
            Self::Text => "a text",
            Self::Date => "a date",
        }
    }
}

/// Several values: written one by one, or an element of each member of a group.
enum Several {
    Terms(Vec<(Term, Ty)>),
    Members { group: GroupId, only: Option<Box<Expression>>, value: Box<(Term, Ty)> },
}

impl Checker<'_> {
    /// A call of a function that gives a value.
    pub(crate) fn call(
        &mut self,
        node: &Node,
        function: &Name,
        span: Span,
        arguments: &[Node],
    ) -> Typed {
        use Takes::{Date, Number, Text};
        let name = function.full();
        let rounding: &[Takes] = &[Number, Number];
        let (function, takes, may_lack, ty): (Function, &[Takes], usize, Ty) = match name.as_str() {
            "today" if arguments.is_empty() => return Some((Term::Today, Ty::Date)),
            "count" => return self.count(node, arguments),
            "date" if arguments.len() != 3 => return self.date(node, arguments),
            "duration" => return self.duration(node, arguments),
            "min" => return self.gather(node, &name, Gathering::Min, arguments),
            "max" => return self.gather(node, &name, Gathering::Max, arguments),
            "sum" => return self.gather(node, &name, Gathering::Sum, arguments),
            "mean" => return self.gather(node, &name, Gathering::Mean, arguments),
            "matches" => return self.matches(node, arguments),
            "add working days" | "working days between" => {
                return self.working_days(node, &name, arguments);
            }
            "abs" => (Function::Abs, &[Number], 0, Ty::Number),
            "floor" => (Function::Floor, rounding, 1, Ty::Number),
            "ceiling" => (Function::Ceiling, rounding, 1, Ty::Number),
            "decimal" => (Function::RoundHalfEven, rounding, 0, Ty::Number),
            "round half up" => (Function::RoundHalfUp, rounding, 0, Ty::Number),
            "round half down" => (Function::RoundHalfDown, rounding, 0, Ty::Number),
            "round up" => (Function::RoundUp, rounding, 0, Ty::Number),
            "round down" => (Function::RoundDown, rounding, 0, Ty::Number),
            "modulo" => (Function::Modulo, rounding, 0, Ty::Number),
            "string length" => (Function::StringLength, &[Text], 0, Ty::Number),
            "substring" => (Function::Substring, &[Text, Number, Number], 1, Ty::Text),
            "contains" => (Function::Contains, &[Text, Text], 0, Ty::Bool),
            "starts with" => (Function::StartsWith, &[Text, Text], 0, Ty::Bool),
            "ends with" => (Function::EndsWith, &[Text, Text], 0, Ty::Bool),
            "upper case" => (Function::UpperCase, &[Text], 0, Ty::Text),
            "lower case" => (Function::LowerCase, &[Text], 0, Ty::Text),
            "date" => (Function::Date, &[Number, Number, Number], 0, Ty::Date),
            "years and months duration" => (Function::YearsAndMonths, &[Date, Date], 0, Ty::Months),
            "today" => return self.wrong_arguments(node, &name),
            _ => return self.unknown_function(&name, span),
        };
        let arguments = self.given(node, &name, arguments, takes, may_lack)?;
        self.folded(node.core, Call { function, arguments }, ty)
    }

    fn unknown_function(&mut self, name: &str, span: Span) -> Typed {
        let known = FUNCTIONS.iter().map(|(name, _)| *name);
        let hint = match name {
            "round" => {
                "write `round half up(x, 2)`, or `decimal(x, 2)` for halves to the even neighbour"
                    .to_owned()
            }
            "not" => "write `not(…)`".to_owned(),
            "now" => "a condition knows days only: `today()`".to_owned(),
            _ => did_you_mean(name, known.clone()).unwrap_or_else(|| {
                format!("there are `{}`", known.collect::<Vec<_>>().join("`, `"))
            }),
        };
        let message = format!("there is no function `{}`", self.text(span));
        self.findings.add(findings::UNKNOWN_FUNCTION, span, message, hint);
        None
    }

    /// Reports a call that the function cannot take, with one that it can.
    fn wrong_arguments<T>(&mut self, node: &Node, name: &str) -> Option<T> {
        if let Kind::Call { arguments, .. } = &node.kind
            && arguments.iter().any(|argument| matches!(argument.kind, Kind::Broken))
        {
            return None;
        }
        let usage = FUNCTIONS.iter().find(|(known, _)| *known == name).map(|(_, usage)| *usage);
        self.findings.add(
            findings::WRONG_ARGUMENTS,
            node.span,
            format!("`{name}` cannot take this"),
            usage.map(|usage| format!("write `{usage}`")),
        );
        None
    }

    /// The arguments as terms of the types that the function takes; the last may be left out.
    fn given(
        &mut self,
        node: &Node,
        name: &str,
        arguments: &[Node],
        takes: &[Takes],
        may_lack: usize,
    ) -> Option<Vec<Term>> {
        let typed: Vec<Typed> = arguments.iter().map(|argument| self.value(argument)).collect();
        let lacking = takes.len().checked_sub(arguments.len());
        if lacking.is_none_or(|lacking| lacking > may_lack) {
            return self.wrong_arguments(node, name);
        }
        let mut terms = Vec::with_capacity(typed.len());
        let mut sound = true;
        for ((typed, takes), argument) in typed.into_iter().zip(takes).zip(arguments) {
            match typed {
                Some((term, ty)) if takes.fits(&ty) => terms.push(term),
                Some((_, ty)) => {
                    sound = false;
                    let text = self.text(argument.span).to_owned();
                    let usage = FUNCTIONS.iter().find(|(known, _)| *known == name);
                    self.findings.add(
                        findings::WRONG_ARGUMENTS,
                        argument.span,
                        format!(
                            "`{text}` is {}, and `{name}` takes {} here",
                            ty.name(),
                            takes.name()
                        ),
                        usage.map(|(_, usage)| format!("write `{usage}`")),
                    );
                }
                None => sound = false,
            }
        }
        sound.then_some(terms)
    }

    fn count(&mut self, node: &Node, arguments: &[Node]) -> Typed {
        let [argument] = arguments else {
            return self.wrong_arguments(node, "count");
        };
        match &argument.kind {
            Kind::Broken => None,
            Kind::Name(group) => {
                let group = self.resolver.group(group, argument.core, self.findings)?;
                Some((Term::Count(group), Ty::Number))
            }
            Kind::Filtered(filtered) => {
                let group =
                    self.resolver.group(&filtered.group, filtered.group_span, self.findings)?;
                let only = self.only(node, (&filtered.group, &group), &filtered.only)?;
                let how = Gathering::Count;
                let gather = Gather { how, group, only: Some(only), value: None };
                Some((Term::Gather(Box::new(gather)), Ty::Number))
            }
            _ => self.wrong_arguments(node, "count"),
        }
    }

    fn date(&mut self, node: &Node, arguments: &[Node]) -> Typed {
        let [Node { kind: Kind::Text(text), .. }] = arguments else {
            return self.wrong_arguments(node, "date");
        };
        match literals::date(text) {
            Some(date) => Some((Term::Constant(Constant::Date(date)), Ty::Date)),
            None => self.bad_date(node, text, "`date(\"2026-01-31\")`"),
        }
    }

    fn duration(&mut self, node: &Node, arguments: &[Node]) -> Typed {
        let [Node { kind: Kind::Text(text), .. }] = arguments else {
            return self.wrong_arguments(node, "duration");
        };
        match literals::duration(text) {
            Some(days @ Constant::Days(_)) => Some((Term::Constant(days), Ty::Days)),
            Some(months) => Some((Term::Constant(months), Ty::Months)),
            None => {
                let example = "`duration(\"P30D\")` for days or `duration(\"P1Y6M\")` for years and months, not both";
                self.bad_date(node, text, example)
            }
        }
    }

    fn bad_date(&mut self, node: &Node, text: &str, example: &str) -> Typed {
        self.findings.add(
            findings::BAD_DATE,
            node.span,
            format!("`{text}` cannot be read here"),
            format!("write {example}"),
        );
        None
    }

    fn matches(&mut self, node: &Node, arguments: &[Node]) -> Typed {
        let [text, pattern] = arguments else {
            return self.wrong_arguments(node, "matches");
        };
        let given = self.given(node, "matches", arguments, &[Takes::Text, Takes::Text], 0)?;
        let Kind::Text(written) = &pattern.kind else {
            self.findings.add(
                findings::BAD_PATTERN,
                pattern.span,
                "a pattern must stand in the condition itself",
                "write it as a text, e.g. `\"^[0-9]{6}$\"`".to_owned(),
            );
            return None;
        };
        let Some(read) = Pattern::new(written) else {
            self.findings.add(
                findings::BAD_PATTERN,
                pattern.span,
                "the pattern cannot be read, or is too large",
                "check its brackets; patterns look neither ahead nor back and repeat nothing thousands of times"
                    .to_owned(),
            );
            return None;
        };
        let span = Span { start: text.span.start, end: node.span.end };
        let arguments = given.into_iter().take(1).collect();
        self.folded(span, Call { function: Function::Matches(read), arguments }, Ty::Bool)
    }

    fn working_days(&mut self, node: &Node, name: &str, arguments: &[Node]) -> Typed {
        let add = name == "add working days";
        let takes = [Takes::Date, if add { Takes::Number } else { Takes::Date }];
        let arguments = self.given(node, name, arguments, &takes, 0)?;
        let Some(calendar) = self.resolver.calendar() else {
            self.findings.add(
                findings::NO_CALENDAR,
                node.span,
                "there is no calendar of working days here",
                "add a `[[calendar]]` to the definitions, or count days".to_owned(),
            );
            return None;
        };
        let (function, ty) = if add {
            (Function::AddWorkingDays(calendar), Ty::Date)
        } else {
            (Function::WorkingDaysBetween(calendar), Ty::Number)
        };
        self.folded(node.core, Call { function, arguments }, ty)
    }

    /// `sum`, `min`, `max` and `mean`.
    fn gather(&mut self, node: &Node, name: &str, how: Gathering, arguments: &[Node]) -> Typed {
        let added = matches!(how, Gathering::Sum | Gathering::Mean);
        let fits = |ty: &Ty| if added { *ty == Ty::Number } else { ty.has_order() };
        match self.several(node, arguments)? {
            Several::Members { group, only, value } => {
                let (value, ty) = *value;
                if !fits(&ty) {
                    return self.not_gathered(node, name, &ty);
                }
                let only = only.map(|only| *only);
                let gather = Gather { how, group, only, value: Some(value) };
                Some((Term::Gather(Box::new(gather)), ty))
            }
            Several::Terms(terms) => {
                let Some((_, ty)) = terms.first() else {
                    return self.wrong_arguments(node, name);
                };
                let ty = ty.clone();
                if let Some((_, other)) = terms.iter().find(|(_, it)| !fits(it) || *it != ty) {
                    return self.not_gathered(node, name, other);
                }
                let arguments = terms.into_iter().map(|(term, _)| term).collect();
                Some((Term::Call(Call { function: Function::Gather(how), arguments }), ty))
            }
        }
    }

    fn not_gathered(&mut self, node: &Node, name: &str, ty: &Ty) -> Typed {
        let takes = match name {
            "sum" | "mean" => "numbers",
            _ => "numbers, dates or durations, all of one kind",
        };
        let usage = FUNCTIONS.iter().find(|(known, _)| *known == name);
        self.findings.add(
            findings::WRONG_ARGUMENTS,
            node.span,
            format!("`{name}` takes {takes}, and this is {}", ty.name()),
            usage.map(|(_, usage)| format!("write `{usage}`")),
        );
        None
    }

    fn several(&mut self, node: &Node, arguments: &[Node]) -> Option<Several> {
        if let [only] = arguments {
            match &only.kind {
                Kind::List(nodes) => return self.terms(nodes),
                Kind::Filtered(filtered) => return self.elements_of_some(only, filtered),
                Kind::Name(name) => {
                    if let Some((element, group)) = self.resolver.element_of_all(name)
                        && let Some(ty) = Ty::of_element(&element.ty)
                    {
                        // Counts against the depth of quantifiers, as a filter does.
                        self.bound(node, (name, &group), None, |_| ())?;
                        let of = Holder::Bound { group: group.clone(), outwards: 0 };
                        let read = ElementRead::new(element.id, element.ty, of);
                        let value = Box::new((Term::Element(read), ty));
                        return Some(Several::Members { group, only: None, value });
                    }
                }
                _ => {}
            }
        }
        self.terms(arguments)
    }

    fn terms(&mut self, nodes: &[Node]) -> Option<Several> {
        let typed: Vec<Typed> = nodes.iter().map(|node| self.value(node)).collect();
        typed.into_iter().collect::<Option<Vec<_>>>().map(Several::Terms)
    }

    /// `child[condition].share`
    fn elements_of_some(&mut self, node: &Node, filtered: &Filtered) -> Option<Several> {
        let name = &filtered.group;
        let group = self.resolver.group(name, filtered.group_span, self.findings)?;
        let only = self.only(node, (name, &group), &filtered.only);
        let Some((path, span)) = &filtered.path else {
            self.findings.add(
                findings::MISPLACED_LIST,
                node.span,
                format!("`{}` are members and not values", self.text(node.span)),
                format!("name an element of each, e.g. `{}.age`", self.text(node.span)),
            );
            return None;
        };
        let member = Name { head: "item".to_owned(), rest: Some(path.full()) };
        let read = self.bound(node, (name, &group), None, |it| {
            it.resolver.element(&member, *span, it.findings)
        });
        let (element, holder) = read??;
        let ty = Ty::of_element(&element.ty)?;
        let read = Term::Element(ElementRead::new(element.id, element.ty, holder));
        Some(Several::Members { group, only: Some(Box::new(only?)), value: Box::new((read, ty)) })
    }

    /// `list contains(list, value)`: an `in`, or `some` over the members of a group.
    pub(crate) fn list_contains(&mut self, node: &Node, arguments: &[Node]) -> Option<Expression> {
        let [list, wanted] = arguments else {
            return self.wrong_arguments(node, "list contains");
        };
        if let Kind::List(nodes) = &list.kind {
            return self.literal_contains(node, nodes, wanted);
        }
        if !matches!(list.kind, Kind::Filtered(_) | Kind::Name(_)) {
            return self.wrong_arguments(node, "list contains");
        }
        let Several::Members { group, only, value } =
            self.several(node, std::slice::from_ref(list))?
        else {
            return self.wrong_arguments(node, "list contains");
        };
        // The wanted value stands inside the quantifier, where one member more is bound.
        let nobody = Name { head: String::new(), rest: None };
        let wanted_typed =
            self.bound(node, (&nobody, &group), Some(""), |it| it.value(wanted))??;
        let sides = ((list, &*value), (wanted, &wanted_typed));
        self.comparable(node.core, Comparison::Equal, sides.0, sides.1)?;
        let test =
            Test::Compare { left: value.0, operator: Comparison::Equal, right: wanted_typed.0 };
        let found = self.clause(node, test);
        let body = match only {
            None => found,
            Some(only) => Expression::All(vec![*only, found]),
        };
        Some(self.quantifier(node, false, group, body))
    }

    fn literal_contains(
        &mut self,
        node: &Node,
        nodes: &[Node],
        wanted: &Node,
    ) -> Option<Expression> {
        let typed = self.value(wanted);
        if nodes.is_empty() {
            self.findings.add(
                findings::EMPTY_RANGE,
                node.span,
                "nothing is in an empty list",
                "write what may be in it".to_owned(),
            );
            return None;
        }
        let mut items = Vec::with_capacity(nodes.len());
        let mut sound = true;
        for item in nodes {
            let (Some(known), Some(other)) = (&typed, self.value(item)) else {
                sound = false;
                continue;
            };
            let fits =
                self.comparable(node.core, Comparison::Equal, (wanted, known), (item, &other));
            sound &= fits.is_some();
            items.push(InItem::Equals(other.0));
        }
        let term = typed?.0;
        sound.then(|| self.clause(node, Test::In { term, items }))
    }
}
