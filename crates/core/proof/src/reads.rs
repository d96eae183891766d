//! What a clause reads when it is looked at for certain symbolic members.

use std::collections::{BTreeMap, BTreeSet};

use conditions::expression::{
    Clause, Comparison, ElementRead, Expression, Gather, Holder, InItem, Term, Test,
};
use conditions::{InScope, Type};
use vocabulary::{GroupId, MemberId, Slot};

use crate::Subject;
use crate::draft::Bench;

/// A symbolic member: its group and its position, from nought.
pub(crate) type Symbol = (GroupId, usize);

/// The symbolic members that a clause is looked at for.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub(crate) struct Binding {
    pub(crate) scope: Option<Symbol>,
    /// Innermost last; `None` = anybody of a group of whom nobody is known.
    pub(crate) bound: Vec<Option<Symbol>>,
}

impl Binding {
    pub(crate) fn within(&self, member: Option<Symbol>) -> Self {
        let mut binding = self.clone();
        binding.bound.push(member);
        binding
    }

    fn holder(&self, read: &ElementRead) -> Option<Option<&Symbol>> {
        match &read.of {
            Holder::Single => Some(None),
            Holder::InScope(group) => {
                self.scope.as_ref().filter(|(scope, _)| scope == group).map(Some)
            }
            Holder::Bound { outwards, .. } => {
                self.bound.iter().rev().nth(*outwards)?.as_ref().map(Some)
            }
        }
    }

    /// What the reading reads; `None` when it is nobody's.
    pub(crate) fn subject(&self, read: &ElementRead) -> Option<Subject> {
        let member = self.holder(read)?.map(|(_, position)| symbol_id(*position));
        Some(Subject::Element(Slot { element: read.element().clone(), member }))
    }

    pub(crate) fn scope_id(&self) -> Option<(GroupId, MemberId)> {
        self.scope.as_ref().map(|(group, position)| (group.clone(), symbol_id(*position)))
    }

    /// Innermost first, as evaluation wants them.
    pub(crate) fn bound_ids(&self) -> Vec<Option<MemberId>> {
        let id = |symbol: &Option<Symbol>| symbol.as_ref().map(|(_, at)| symbol_id(*at));
        self.bound.iter().rev().map(id).collect()
    }

    /// The members as one name.
    pub(crate) fn name(&self) -> Option<MemberId> {
        let symbols = self.scope.iter().chain(self.bound.iter().flatten());
        let ids: Vec<String> = symbols.map(|(_, at)| symbol_id(*at).to_string()).collect();
        (!ids.is_empty()).then(|| MemberId::new(ids.join("-")))
    }
}

/// The scope as evaluation wants it.
pub(crate) fn in_scope(scope: Option<&(GroupId, MemberId)>) -> InScope<'_> {
    scope.map(|(group, member)| (group, member))
}

/// The name of the symbolic member at that position: the one that a plan gives to who is not named yet.
pub(crate) fn symbol_id(position: usize) -> MemberId {
    MemberId::new((position.saturating_add(1)).to_string())
}

/// How many symbolic members each group has.
pub(crate) type Symbols = BTreeMap<GroupId, usize>;

/// What the truth of a clause follows from.
#[derive(Debug, Default)]
pub(crate) struct Reads {
    pub(crate) all: BTreeSet<Subject>,
    /// Numbers, dates and counts that the clause itself calculates or compares with.
    pub(crate) ordered: BTreeSet<Subject>,
    /// A function looks into a text.
    pub(crate) looks_into_text: bool,
    /// Something that a table finds is read.
    pub(crate) found: bool,
    /// There are conditions inside the clause.
    pub(crate) nested: bool,
}

/// Walks a clause for one binding.
pub(crate) struct Walk<'w> {
    pub(crate) bench: &'w Bench,
    /// Groups whose size may stay unknown: then so do their members' elements.
    pub(crate) unsized_groups: &'w BTreeSet<GroupId>,
    pub(crate) reads: Reads,
}

impl Walk<'_> {
    pub(crate) fn test(&mut self, test: &Test, binding: &Binding, direct: bool) {
        let mut terms = Vec::new();
        test.terms(&mut |term| terms.push(term));
        for term in terms {
            self.term(term, binding, direct);
        }
    }

    fn term(&mut self, term: &Term, binding: &Binding, direct: bool) {
        match term {
            Term::Constant(_) | Term::Today => {}
            Term::Element(read) => self.element(read, binding, direct),
            Term::Count(group) => self.size(group, direct),
            Term::Arithmetic { left, right, .. } => {
                self.term(left, binding, direct);
                self.term(right, binding, direct);
            }
            Term::If { condition, then, otherwise } => {
                self.expression(condition, binding);
                self.term(then, binding, direct);
                self.term(otherwise, binding, direct);
            }
            Term::Truth(expression) => self.expression(expression, binding),
            Term::Call(call) => {
                for argument in &call.arguments {
                    if let Term::Element(ElementRead { ty: Type::Text, .. }) = argument {
                        self.reads.looks_into_text = true;
                    }
                    self.term(argument, binding, direct);
                }
            }
            Term::Gather(gather) => self.gather(gather, binding, direct),
        }
    }

    fn gather(&mut self, gather: &Gather, binding: &Binding, direct: bool) {
        self.size(&gather.group, direct);
        for member in self.members(&gather.group) {
            let binding = binding.within(Some(member));
            if let Some(only) = &gather.only {
                self.expression(only, &binding);
            }
            if let Some(value) = &gather.value {
                self.term(value, &binding, direct);
            }
        }
    }

    fn element(&mut self, read: &ElementRead, binding: &Binding, direct: bool) {
        let Some(subject) = binding.subject(read) else {
            return;
        };
        if let (Some(inputs), Subject::Element(slot)) =
            (self.bench.found_from.get(read.element()), &subject)
        {
            // A table finds it: what is read is what the table reads.
            self.reads.found = true;
            for input in inputs {
                let grouped = self.bench.group_of.get(input);
                let member = slot.member.clone().filter(|_| grouped.is_some());
                self.reads.all.insert(Subject::Element(Slot { element: input.clone(), member }));
                let sizes = grouped.filter(|group| self.unsized_groups.contains(*group));
                self.reads.all.extend(sizes.map(|group| Subject::Size(group.clone())));
            }
            return;
        }
        if let Some(Some((group, _))) = binding.holder(read)
            && self.unsized_groups.contains(group)
        {
            self.reads.all.insert(Subject::Size(group.clone()));
        }
        if direct && matches!(read.ty, Type::Number | Type::Date) {
            self.reads.ordered.insert(subject.clone());
        }
        self.reads.all.insert(subject);
    }

    fn size(&mut self, group: &GroupId, direct: bool) {
        let subject = Subject::Size(group.clone());
        if direct {
            self.reads.ordered.insert(subject.clone());
        }
        self.reads.all.insert(subject);
    }

    fn members(&self, group: &GroupId) -> Vec<Symbol> {
        let count = self.bench.symbols.get(group).copied().unwrap_or_default();
        (0..count).map(|at| (group.clone(), at)).collect()
    }

    fn expression(&mut self, expression: &Expression, binding: &Binding) {
        self.reads.nested = true;
        match expression {
            Expression::Constant(_) => {}
            Expression::Not(inner) => self.expression(inner, binding),
            Expression::All(parts) | Expression::Any(parts) => {
                for part in parts {
                    self.expression(part, binding);
                }
            }
            Expression::If { condition, then, otherwise } => {
                for part in [condition, then, otherwise] {
                    self.expression(part, binding);
                }
            }
            Expression::Quantified(quantified) => {
                self.size(&quantified.group, false);
                for member in self.members(&quantified.group) {
                    self.expression(&quantified.body, &binding.within(Some(member)));
                }
            }
            Expression::Clause(clause) => self.test(&clause.test, binding, false),
        }
    }
}

/// Conditions inside the terms of a clause, each with the group whose member they are read for besides.
pub(crate) fn nested(clause: &Clause) -> Vec<(&Expression, Option<&GroupId>)> {
    fn of_term<'t>(
        term: &'t Term,
        group: Option<&'t GroupId>,
        found: &mut Vec<(&'t Expression, Option<&'t GroupId>)>,
    ) {
        match term {
            Term::Constant(_) | Term::Today | Term::Element(_) | Term::Count(_) => {}
            Term::Arithmetic { left, right, .. } => {
                of_term(left, group, found);
                of_term(right, group, found);
            }
            Term::If { condition, then, otherwise } => {
                found.push((condition, group));
                of_term(then, group, found);
                of_term(otherwise, group, found);
            }
            Term::Truth(expression) => found.push((expression, group)),
            Term::Call(call) => {
                for argument in &call.arguments {
                    of_term(argument, group, found);
                }
            }
            Term::Gather(gather) => {
                found.extend(gather.only.iter().map(|only| (only, Some(&gather.group))));
                if let Some(value) = &gather.value {
                    of_term(value, Some(&gather.group), found);
                }
            }
        }
    }
    let mut found = Vec::new();
    clause.test.terms(&mut |term| of_term(term, None, &mut found));
    found
}

/// The comparisons that a test is made of, each with the orders that tell where it changes.
pub(crate) fn comparisons(test: &Test) -> Vec<(&Term, &'static [Comparison], &Term)> {
    use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
    const BELOW: &[Comparison] = &[Less];
    const UP_TO: &[Comparison] = &[LessOrEqual];
    const BOTH: &[Comparison] = &[Less, LessOrEqual];
    let orders = |operator: &Comparison| match operator {
        Less | GreaterOrEqual => BELOW,
        LessOrEqual | Greater => UP_TO,
        Equal | NotEqual => BOTH,
    };
    match test {
        Test::Holds(_) => Vec::new(),
        Test::Compare { left, operator, right } => vec![(left, orders(operator), right)],
        Test::In { term, items } => items
            .iter()
            .flat_map(|item| match item {
                InItem::Equals(other) => vec![(term, BOTH, other)],
                InItem::Compare(operator, other) => vec![(term, orders(operator), other)],
                InItem::Range { low, low_included, high, high_included } => vec![
                    (term, if *low_included { BELOW } else { UP_TO }, low),
                    (term, if *high_included { UP_TO } else { BELOW }, high),
                ],
            })
            .collect(),
    }
}
