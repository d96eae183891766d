//! Why a condition came out as it did: the smallest set of answers that decides it.
//!
//! Walks the same expression as `evaluate`, slower and with words. For every part all ways of deciding it
//! are kept that could be part of a smallest one: where one part of a row decides, the ways of each such
//! part; where all are needed, their products. `ways` drops what another way makes needless, so that the
//! result is exact until there are too many ways.

use std::collections::BTreeMap;

use vocabulary::{GroupId, MemberId, Slot};

use crate::evaluate::{Bound, Env, Known, World, compare};
use crate::expression::{
    Clause, Comparison, ElementRead, Expression, Gather, InItem, Quantified, Term, Test,
};
use crate::ways::{Joiner, Set, Way};
use crate::{Because, Explanation, Span, Truth};

/// The result, and the smallest set of answers and clauses that decides it or could.
pub(crate) fn explain<'a>(world: World<'a>, expression: &'a Expression) -> Explanation {
    let truth = world.truth(expression, None);
    let mut reasons = Reasons::new(world);
    let ways = if truth == Truth::Unknown {
        let yes = reasons.reachable(expression, None, Truth::True);
        let no = reasons.reachable(expression, None, Truth::False);
        reasons.joiner.either(yes, no)
    } else {
        reasons.decided(expression, None)
    };
    let because = match ways.first() {
        Some(way) => reasons.told(way, truth == Truth::Unknown),
        None => reasons.without_result(expression),
    };
    Explanation { truth, because, smallest: reasons.joiner.complete }
}

/// Something that is answered at once.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Answer {
    Value(Slot),
    Members(GroupId),
}

/// A clause or a quantifier, read for certain members.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Place {
    start: usize,
    end: usize,
    quantifier: bool,
    members: Vec<Option<MemberId>>,
}

/// What is told about a place when it is among the reasons.
#[derive(Clone, Debug)]
struct Told<'a> {
    text: &'a std::sync::Arc<str>,
    span: Span,
    truth: Truth,
    /// The answers it reads, in the order of the text.
    reads: Vec<usize>,
    /// The groups of the quantifiers around it, innermost first.
    around: Vec<usize>,
}

struct Reasons<'a> {
    world: World<'a>,
    joiner: Joiner,
    answers: Vec<Answer>,
    numbers: BTreeMap<Answer, usize>,
    told: Vec<Told<'a>>,
    places: BTreeMap<Place, usize>,
    /// What the clause that is being looked at reads; `None` outside of clauses.
    reading: Option<Vec<usize>>,
    /// The groups of the quantifiers around.
    around: Vec<usize>,
}

impl<'a> Reasons<'a> {
    fn new(world: World<'a>) -> Self {
        Self {
            world,
            joiner: Joiner::new(),
            answers: Vec::new(),
            numbers: BTreeMap::new(),
            told: Vec::new(),
            places: BTreeMap::new(),
            reading: None,
            around: Vec::new(),
        }
    }

    fn number(&mut self, answer: Answer) -> usize {
        let next = self.answers.len();
        let number = match self.numbers.get(&answer) {
            Some(number) => *number,
            None => {
                self.numbers.insert(answer.clone(), next);
                self.answers.push(answer);
                next
            }
        };
        if let Some(reading) = &mut self.reading
            && !reading.contains(&number)
        {
            reading.push(number);
        }
        number
    }

    fn needs(&mut self, answer: Answer) -> Vec<Way> {
        let answers = Set::of(self.number(answer));
        vec![Way { answers, clauses: Set::default() }]
    }

    fn needs_element(&mut self, read: &ElementRead, env: Env<'_>) -> Vec<Way> {
        let slot = self.world.slot(read, env).unwrap_or_else(|| read.slot().clone());
        self.needs(Answer::Value(slot))
    }

    /// The ways in which the expression, whose truth is known, comes out as it does.
    fn decided(&mut self, expression: &'a Expression, env: Env<'_>) -> Vec<Way> {
        match expression {
            Expression::Constant(_) => vec![Way::default()],
            Expression::Not(inner) => self.decided(inner, env),
            Expression::All(parts) => self.decided_row(parts, Truth::False, env),
            Expression::Any(parts) => self.decided_row(parts, Truth::True, env),
            Expression::If { condition, then, otherwise } => {
                let decided = self.world.truth(condition, env);
                let (yes, no) = (self.world.truth(then, env), self.world.truth(otherwise, env));
                let mut ways = Vec::new();
                if decided != Truth::Unknown {
                    let branch = if decided == Truth::True { then } else { otherwise };
                    let (condition, branch) =
                        (self.decided(condition, env), self.decided(branch, env));
                    ways = self.joiner.both(condition, branch);
                }
                if yes == no && yes != Truth::Unknown {
                    let (yes, no) = (self.decided(then, env), self.decided(otherwise, env));
                    let either = self.joiner.both(yes, no);
                    ways = self.joiner.either(ways, either);
                }
                ways
            }
            Expression::Quantified(quantified) => self.decided_members(quantified, env),
            Expression::Clause(clause) => {
                self.clause(clause, env, |it| it.decided_test(&clause.test, env))
            }
        }
    }

    /// A row of which one part that is `deciding` decides, or else all do.
    fn decided_row(&mut self, parts: &'a [Expression], deciding: Truth, env: Env<'_>) -> Vec<Way> {
        let decides = |it: &Self, part| it.world.truth(part, env) == deciding;
        let mut deciders: Vec<_> = parts.iter().filter(|part| decides(self, *part)).collect();
        let needs_all = deciders.is_empty();
        if needs_all {
            deciders = parts.iter().collect();
        }
        let ways = deciders.into_iter().map(|part| self.decided(part, env)).collect();
        self.joined(needs_all, ways)
    }

    fn decided_members(&mut self, quantified: &'a Quantified, env: Env<'_>) -> Vec<Way> {
        let deciding = Truth::from(!quantified.every);
        let anybody = Bound { member: None, outer: env };
        let mut ways = Vec::new();
        if let Some(members) = self.world.facts.members(&quantified.group) {
            let group = self.number(Answer::Members(quantified.group.clone()));
            self.around.push(group);
            let truth = |member| {
                let bound = Bound { member: Some(member), outer: env };
                self.world.truth(&quantified.body, Some(&bound))
            };
            let mut deciders: Vec<_> =
                members.iter().filter(|member| truth(*member) == deciding).collect();
            let needs_all = deciders.is_empty();
            if needs_all {
                deciders = members.iter().collect();
            }
            let mut parts = Vec::with_capacity(deciders.len());
            for member in deciders {
                let bound = Bound { member: Some(member), outer: env };
                parts.push(self.decided(&quantified.body, Some(&bound)));
            }
            let inner = self.joined(needs_all, parts);
            self.around.pop();
            ways = self.with_group(quantified, group, inner, env);
        }
        if self.world.truth(&quantified.body, Some(&anybody)) == deciding.not() {
            // Whoever the members are, they change nothing.
            let inner = self.decided(&quantified.body, Some(&anybody));
            ways = self.joiner.either(ways, inner);
        }
        ways
    }

    /// The ways with the group's members known; the quantifier itself is told where no clause is.
    fn with_group(
        &mut self,
        quantified: &'a Quantified,
        group: usize,
        mut ways: Vec<Way>,
        env: Env<'_>,
    ) -> Vec<Way> {
        for way in &mut ways {
            way.answers.insert(group);
            if way.clauses.is_empty() && self.reading.is_none() {
                let bounds = (&quantified.text, quantified.span);
                let place = self.place(bounds, true, env);
                if let Some(told) = self.told.get_mut(place) {
                    told.truth = self.world.quantified(quantified, env);
                    told.reads = vec![group];
                }
                way.clauses.insert(place);
            }
        }
        ways
    }

    fn place(
        &mut self,
        (text, span): (&'a std::sync::Arc<str>, Span),
        quantifier: bool,
        env: Env<'_>,
    ) -> usize {
        let mut members = Vec::new();
        let mut bound = env;
        while let Some(one) = bound {
            members.push(one.member.cloned());
            bound = one.outer;
        }
        let place = Place { start: span.start, end: span.end, quantifier, members };
        let next = self.told.len();
        let number = *self.places.entry(place).or_insert(next);
        if number == next {
            let around = self.around.iter().rev().copied().collect();
            self.told.push(Told { text, span, truth: Truth::Unknown, reads: Vec::new(), around });
        }
        number
    }

    /// The ways of a clause, told as its reason unless it stands inside another clause.
    fn clause(
        &mut self,
        clause: &'a Clause,
        env: Env<'_>,
        ways: impl FnOnce(&mut Self) -> Vec<Way>,
    ) -> Vec<Way> {
        if self.reading.is_some() {
            return ways(self);
        }
        self.reading = Some(Vec::new());
        let mut ways = ways(self);
        let reads = self.reading.take().unwrap_or_default();
        let place = self.place((&clause.text, clause.span), false, env);
        if let Some(told) = self.told.get_mut(place) {
            told.truth = self.world.test(&clause.test, env);
            for read in reads {
                if !told.reads.contains(&read) {
                    told.reads.push(read);
                }
            }
        }
        for way in &mut ways {
            way.clauses = Set::of(place);
        }
        ways
    }

    fn decided_test(&mut self, test: &'a Test, env: Env<'_>) -> Vec<Way> {
        match test {
            Test::Holds(term) => self.known(term, env),
            Test::Compare { left, operator, right } => self.compared(*operator, left, right, env),
            Test::In { term, items } => {
                let value = self.world.term(term, env);
                let truths: Vec<_> =
                    items.iter().map(|item| self.world.item(value.as_ref(), item, env)).collect();
                let fits = truths.contains(&Truth::True);
                let mut parts = Vec::with_capacity(items.len());
                for (item, truth) in items.iter().zip(truths) {
                    if !fits || truth == Truth::True {
                        parts.push(self.decided_item(term, item, truth, env));
                    }
                }
                self.joined(!fits, parts)
            }
        }
    }

    fn decided_item(
        &mut self,
        term: &'a Term,
        item: &'a InItem,
        truth: Truth,
        env: Env<'_>,
    ) -> Vec<Way> {
        match item {
            InItem::Equals(other) => self.compared(Comparison::Equal, term, other, env),
            InItem::Compare(operator, other) => self.compared(*operator, term, other, env),
            InItem::Range { low, low_included, high, high_included } => {
                let from =
                    if *low_included { Comparison::GreaterOrEqual } else { Comparison::Greater };
                let to = if *high_included { Comparison::LessOrEqual } else { Comparison::Less };
                let mut parts = Vec::with_capacity(2);
                for (operator, end) in [(from, low), (to, high)] {
                    let value = self.world.term(term, env);
                    let end_value = self.world.term(end, env);
                    if compare(operator, value.as_ref(), end_value.as_ref()) == truth {
                        parts.push(self.compared(operator, term, end, env));
                    }
                }
                self.joined(truth == Truth::True, parts)
            }
        }
    }

    /// Two sides whose comparison is known: null on one side may do for an order.
    fn compared(
        &mut self,
        operator: Comparison,
        left: &'a Term,
        right: &'a Term,
        env: Env<'_>,
    ) -> Vec<Way> {
        let values = (self.world.term(left, env), self.world.term(right, env));
        let mut ways = Vec::new();
        if values.0.is_some() && values.1.is_some() {
            let (left, right) = (self.known(left, env), self.known(right, env));
            ways = self.joiner.both(left, right);
        }
        if operator.is_ordering() {
            for (value, term) in [(values.0, left), (values.1, right)] {
                if value == Some(Known::Null) {
                    let null = self.known(term, env);
                    ways = self.joiner.either(ways, null);
                }
            }
        }
        ways
    }

    /// The ways in which the term, whose value is known, has it.
    fn known(&mut self, term: &'a Term, env: Env<'_>) -> Vec<Way> {
        match term {
            Term::Constant(_) | Term::Today => vec![Way::default()],
            Term::Element(read) => self.needs_element(read, env),
            Term::Count(group) => self.needs(Answer::Members(group.clone())),
            Term::Arithmetic { left, right, .. } => {
                let (left, right) = (self.known(left, env), self.known(right, env));
                self.joiner.both(left, right)
            }
            Term::Call(call) => {
                let arguments: Vec<_> =
                    call.arguments.iter().map(|argument| self.known(argument, env)).collect();
                self.joiner.all(arguments)
            }
            Term::If { condition, then, otherwise } => {
                let decided = self.world.truth(condition, env);
                let values = (self.world.term(then, env), self.world.term(otherwise, env));
                let mut ways = Vec::new();
                if decided != Truth::Unknown {
                    let branch = if decided == Truth::True { then } else { otherwise };
                    let (condition, branch) =
                        (self.decided(condition, env), self.known(branch, env));
                    ways = self.joiner.both(condition, branch);
                }
                if values.0.is_some() && values.0 == values.1 {
                    let (then, otherwise) = (self.known(then, env), self.known(otherwise, env));
                    let alike = self.joiner.both(then, otherwise);
                    ways = self.joiner.either(ways, alike);
                }
                ways
            }
            Term::Truth(expression) => self.decided(expression, env),
            Term::Gather(gather) => {
                let mut ways = self.needs(Answer::Members(gather.group.clone()));
                for member in self.world.facts.members(&gather.group).unwrap_or_default() {
                    let bound = Bound { member: Some(member), outer: env };
                    let one = self.known_of_member(gather, Some(&bound));
                    ways = self.joiner.both(ways, one);
                }
                ways
            }
        }
    }

    fn known_of_member(&mut self, gather: &'a Gather, env: Env<'_>) -> Vec<Way> {
        let mut counts = Truth::True;
        let mut ways = vec![Way::default()];
        if let Some(only) = &gather.only {
            counts = self.world.truth(only, env);
            ways = self.decided(only, env);
        }
        if counts == Truth::True
            && let Some(value) = &gather.value
        {
            let value = self.known(value, env);
            ways = self.joiner.both(ways, value);
        }
        ways
    }

    /// The sets of unknown answers that could make the expression come out as `goal`; none when nothing
    /// could.
    fn reachable(&mut self, expression: &'a Expression, env: Env<'_>, goal: Truth) -> Vec<Way> {
        let truth = self.world.truth(expression, env);
        if truth != Truth::Unknown {
            return if truth == goal { vec![Way::default()] } else { Vec::new() };
        }
        match expression {
            Expression::Constant(_) => Vec::new(),
            Expression::Not(inner) => self.reachable(inner, env, goal.not()),
            Expression::All(parts) | Expression::Any(parts) => {
                let needs_all = (goal == Truth::True) == matches!(expression, Expression::All(_));
                let ways: Vec<_> =
                    parts.iter().map(|part| self.reachable(part, env, goal)).collect();
                self.joined(needs_all, ways)
            }
            Expression::If { condition, then, otherwise } => {
                let mut ways = Vec::new();
                for (decided, branch) in [(Truth::True, then), (Truth::False, otherwise)] {
                    let condition = self.reachable(condition, env, decided);
                    let branch = self.reachable(branch, env, goal);
                    let one = self.joiner.both(condition, branch);
                    ways = self.joiner.either(ways, one);
                }
                let both = (self.reachable(then, env, goal), self.reachable(otherwise, env, goal));
                let both = self.joiner.both(both.0, both.1);
                self.joiner.either(ways, both)
            }
            Expression::Quantified(quantified) => self.reachable_members(quantified, env, goal),
            Expression::Clause(clause) => {
                self.clause(clause, env, |it| it.reachable_test(&clause.test, env, goal))
            }
        }
    }

    fn joined(&mut self, needs_all: bool, parts: Vec<Vec<Way>>) -> Vec<Way> {
        if needs_all {
            return self.joiner.all(parts);
        }
        let mut ways = Vec::new();
        for part in parts {
            ways = self.joiner.either(ways, part);
        }
        ways
    }

    fn reachable_members(
        &mut self,
        quantified: &'a Quantified,
        env: Env<'_>,
        goal: Truth,
    ) -> Vec<Way> {
        let deciding = Truth::from(!quantified.every);
        let group = self.number(Answer::Members(quantified.group.clone()));
        if let Some(members) = self.world.facts.members(&quantified.group) {
            self.around.push(group);
            let mut parts = Vec::with_capacity(members.len());
            for member in members {
                let bound = Bound { member: Some(member), outer: env };
                parts.push(self.reachable(&quantified.body, Some(&bound), goal));
            }
            self.around.pop();
            return self.joined(goal != deciding, parts);
        }
        let anybody = Bound { member: None, outer: env };
        self.around.push(group);
        let inner = self.reachable(&quantified.body, Some(&anybody), goal);
        self.around.pop();
        if goal == deciding {
            return self.with_group(quantified, group, inner, env);
        }
        // Nobody at all would do.
        let nobody = self.with_group(quantified, group, vec![Way::default()], env);
        self.joiner.either(nobody, inner)
    }

    fn reachable_test(&mut self, test: &'a Test, env: Env<'_>, goal: Truth) -> Vec<Way> {
        match test {
            Test::Holds(term) => self.knowable(term, env),
            Test::Compare { left, right, .. } => {
                let (left, right) = (self.knowable(left, env), self.knowable(right, env));
                self.joiner.both(left, right)
            }
            Test::In { term, items } => {
                let value = self.world.term(term, env);
                let mut parts = Vec::with_capacity(items.len());
                for item in items {
                    let truth = self.world.item(value.as_ref(), item, env);
                    if truth == goal {
                        parts.push(vec![Way::default()]);
                    } else if truth == Truth::Unknown {
                        let mut one = self.knowable(term, env);
                        for end in item.terms() {
                            let end = self.knowable(end, env);
                            one = self.joiner.both(one, end);
                        }
                        parts.push(one);
                    }
                }
                self.joined(goal == Truth::False, parts)
            }
        }
    }

    /// The sets of unknown answers with which the term has a value.
    fn knowable(&mut self, term: &'a Term, env: Env<'_>) -> Vec<Way> {
        if self.world.term(term, env).is_some() {
            return vec![Way::default()];
        }
        match term {
            Term::Constant(_) | Term::Today => Vec::new(),
            Term::Element(read) => self.needs_element(read, env),
            Term::Count(group) => self.needs(Answer::Members(group.clone())),
            Term::Arithmetic { left, right, .. } => {
                let parts = vec![self.knowable(left, env), self.knowable(right, env)];
                self.all_unless_known(parts)
            }
            Term::Call(call) => {
                let parts =
                    call.arguments.iter().map(|argument| self.knowable(argument, env)).collect();
                self.all_unless_known(parts)
            }
            Term::If { condition, then, otherwise } => {
                let mut ways = Vec::new();
                for (decided, branch) in [(Truth::True, then), (Truth::False, otherwise)] {
                    let condition = self.reachable(condition, env, decided);
                    let branch = self.knowable(branch, env);
                    let one = self.joiner.both(condition, branch);
                    ways = self.joiner.either(ways, one);
                }
                ways
            }
            Term::Truth(expression) => {
                let yes = self.reachable(expression, env, Truth::True);
                let no = self.reachable(expression, env, Truth::False);
                self.joiner.either(yes, no)
            }
            Term::Gather(gather) => {
                let Some(members) = self.world.facts.members(&gather.group) else {
                    return self.needs(Answer::Members(gather.group.clone()));
                };
                let mut parts = Vec::with_capacity(members.len());
                for member in members {
                    let bound = Bound { member: Some(member), outer: env };
                    parts.push(self.knowable_of_member(gather, Some(&bound)));
                }
                self.all_unless_known(parts)
            }
        }
    }

    /// All parts; nothing when all are known already and there is still no result.
    fn all_unless_known(&mut self, parts: Vec<Vec<Way>>) -> Vec<Way> {
        let ways = self.joiner.all(parts);
        ways.into_iter().filter(|way| !way.answers.is_empty()).collect()
    }

    fn knowable_of_member(&mut self, gather: &'a Gather, env: Env<'_>) -> Vec<Way> {
        let value = match &gather.value {
            Some(value) => self.knowable(value, env),
            None => vec![Way::default()],
        };
        let Some(only) = &gather.only else {
            return value;
        };
        let counts = self.reachable(only, env, Truth::True);
        let counted = self.joiner.both(counts, value);
        let left_out = self.reachable(only, env, Truth::False);
        self.joiner.either(counted, left_out)
    }

    /// The reasons of a way in the order of the text. Those of something undecided say what is unknown.
    fn told(&self, way: &Way, undecided: bool) -> Vec<Because> {
        let mut chosen: Vec<&Told<'_>> = self
            .told
            .iter()
            .enumerate()
            .filter(|(number, _)| way.clauses.contains(*number))
            .map(|(_, told)| told)
            .collect();
        chosen.sort_by_key(|told| (told.span.start, told.span.end));
        let mut because = Vec::with_capacity(chosen.len());
        for told in chosen {
            let mut one = Because {
                clause: told.text.clone(),
                span: told.span,
                truth: told.truth,
                read: Vec::new(),
                groups: Vec::new(),
            };
            let read = told.reads.iter().chain(&told.around);
            for number in read.filter(|number| way.answers.contains(**number)) {
                self.add(&mut one, *number, undecided);
            }
            because.push(one);
        }
        because
    }

    fn add(&self, because: &mut Because, number: usize, undecided: bool) {
        match self.answers.get(number) {
            Some(Answer::Value(slot)) if !because.read.iter().any(|(known, _)| known == slot) => {
                let value = self.world.facts.value(slot).filter(|_| !undecided).cloned();
                because.read.push((slot.clone(), value));
            }
            Some(Answer::Members(group)) if !because.groups.contains(group) => {
                because.groups.push(group.clone());
            }
            _ => {}
        }
    }

    /// All is known and a calculation has no result: the clauses that have none, with all they read.
    fn without_result(&mut self, expression: &'a Expression) -> Vec<Because> {
        let mut because = Vec::new();
        self.unknown_clauses(expression, None, &mut because);
        because
    }

    fn unknown_clauses(
        &mut self,
        expression: &'a Expression,
        env: Env<'_>,
        because: &mut Vec<Because>,
    ) {
        if self.world.truth(expression, env) != Truth::Unknown {
            return;
        }
        match expression {
            Expression::Constant(_) => {}
            Expression::Not(inner) => self.unknown_clauses(inner, env, because),
            Expression::All(parts) | Expression::Any(parts) => {
                for part in parts {
                    self.unknown_clauses(part, env, because);
                }
            }
            Expression::If { condition, then, otherwise } => {
                for part in [condition, then, otherwise] {
                    self.unknown_clauses(part, env, because);
                }
            }
            Expression::Quantified(quantified) => {
                for member in self.world.facts.members(&quantified.group).unwrap_or_default() {
                    let bound = Bound { member: Some(member), outer: env };
                    self.unknown_clauses(&quantified.body, Some(&bound), because);
                }
            }
            Expression::Clause(clause) => {
                self.reading = Some(Vec::new());
                clause.test.terms(&mut |term| {
                    if self.world.term(term, env).is_some() {
                        self.known(term, env);
                    } else {
                        self.read_of_parts(term, env);
                    }
                });
                let mut one = Because {
                    clause: clause.text.clone(),
                    span: clause.span,
                    truth: Truth::Unknown,
                    read: Vec::new(),
                    groups: Vec::new(),
                };
                for number in self.reading.take().unwrap_or_default() {
                    self.add(&mut one, number, false);
                }
                because.push(one);
            }
        }
    }

    /// What the parts of a term without result read.
    fn read_of_parts(&mut self, term: &'a Term, env: Env<'_>) {
        let parts: Vec<&'a Term> = match term {
            Term::Arithmetic { left, right, .. } => vec![left, right],
            Term::Call(call) => call.arguments.iter().collect(),
            Term::If { then, otherwise, .. } => vec![then, otherwise],
            _ => Vec::new(),
        };
        for part in parts {
            if self.world.term(part, env).is_some() {
                self.known(part, env);
            } else {
                self.read_of_parts(part, env);
            }
        }
    }
}
