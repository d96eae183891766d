//! Conditions as sets of cells: each is a pair, where it certainly holds and where it certainly fails.
//!
//! A class is coded in bits; the codes that are left over belong to the last class, so that every function of
//! the classes is a function of the bits and depends on the same things.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use biodivine_lib_bdd::{Bdd, BddPartialValuation, BddVariable, BddVariableSet};
use catalogue::Catalogue;
use conditions::expression::{Clause, Expression, Quantified};
use conditions::{Condition, Truth};
use vocabulary::{DataElementId, GroupId, QuestionId, ServiceId, Slot};

use crate::draft::{Bench, Draft, Tables, Topic, Tried};
use crate::reads::{Binding, Reads, Symbol, Walk, symbol_id};
use crate::{Class, Subject, Variable};

/// A clause over more combinations of classes than this is opaque.
const MOST_ROWS: usize = 1 << 14;

/// Where something certainly holds, and where it certainly does not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Pair {
    pub(crate) holds: Bdd,
    pub(crate) fails: Bdd,
}

impl Pair {
    pub(crate) fn and(&self, other: &Self) -> Self {
        Self { holds: self.holds.and(&other.holds), fails: self.fails.or(&other.fails) }
    }

    fn or(&self, other: &Self) -> Self {
        Self { holds: self.holds.or(&other.holds), fails: self.fails.and(&other.fails) }
    }

    fn not(&self) -> Self {
        Self { holds: self.fails.clone(), fails: self.holds.clone() }
    }

    /// Neither is certain.
    pub(crate) fn undecided(&self) -> Bdd {
        self.holds.or(&self.fails).not()
    }
}

/// A variable to be coded.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) subject: Subject,
    pub(crate) question: Option<QuestionId>,
}

/// A coded variable.
#[derive(Clone, Debug)]
pub(crate) struct Coded {
    /// Most significant first.
    pub(crate) bits: Vec<BddVariable>,
    /// Where it has each class.
    pub(crate) is: Vec<Bdd>,
    /// The symbolic members that have to be there for it to mean anything.
    pub(crate) members: Vec<Symbol>,
    /// Of an opaque clause: what it reads.
    pub(crate) reads: Vec<usize>,
}

/// Coded variables and the conditions over them.
#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) bench: Bench,
    pub(crate) topics: BTreeMap<Topic, Draft>,
    pub(crate) unsized_groups: BTreeSet<GroupId>,
    pub(crate) variables: Vec<Variable>,
    pub(crate) coded: Vec<Coded>,
    pub(crate) index: BTreeMap<Subject, usize>,
    set: BddVariableSet,
    free_bits: Vec<BddVariable>,
}

/// Judges the conditions of a catalogue over a model.
#[derive(Debug)]
pub(crate) struct Judging<'c> {
    tables: Tables<'c>,
    pub(crate) model: Model,
    opaque: BTreeSet<Arc<str>>,
    clauses: BTreeMap<(Arc<str>, Binding), Arc<Pair>>,
    conditions: Conditions,
}

/// Judged conditions, by their text and the member in scope.
pub(crate) type Conditions = BTreeMap<(String, Option<Symbol>), Arc<Pair>>;

impl std::ops::Deref for Judging<'_> {
    type Target = Model;

    fn deref(&self) -> &Model {
        &self.model
    }
}

impl Model {
    /// Codes the variables in that order; so many bits are kept for opaque clauses.
    fn new(
        bench: Bench,
        topics: BTreeMap<Topic, Draft>,
        unsized_groups: BTreeSet<GroupId>,
        wanted: Vec<Wanted>,
        opaque_bits: usize,
    ) -> Self {
        let classes: Vec<Vec<Class>> = wanted
            .iter()
            .map(|wanted| match Topic::of(&wanted.subject).and_then(|topic| topics.get(&topic)) {
                Some(draft) => draft.classes(),
                None => vec![Class::Flag(false), Class::Flag(true)],
            })
            .collect();
        let widths: Vec<usize> = classes.iter().map(|classes| width(classes.len())).collect();
        let count = widths.iter().sum::<usize>().saturating_add(opaque_bits);
        let set = BddVariableSet::new_anonymous(u16::try_from(count).unwrap_or(u16::MAX));
        let mut free = set.variables().into_iter();
        let mut model = Self {
            bench,
            topics,
            unsized_groups,
            variables: Vec::new(),
            coded: Vec::new(),
            index: BTreeMap::new(),
            free_bits: Vec::new(),
            set,
        };
        for ((wanted, classes), width) in wanted.into_iter().zip(classes).zip(widths) {
            let bits = free.by_ref().take(width).collect();
            let Wanted { subject, question } = wanted;
            let members = model.member_of(&subject).into_iter().collect();
            model.add(Variable { subject, question, classes }, bits, members);
        }
        model.free_bits = free.collect();
        model
    }

    fn add(&mut self, variable: Variable, bits: Vec<BddVariable>, members: Vec<Symbol>) -> usize {
        let position = self.variables.len();
        let count = variable.classes.len();
        let is = (0..count).map(|class| self.code(&bits, class, count)).collect();
        self.index.insert(variable.subject.clone(), position);
        self.variables.push(variable);
        self.coded.push(Coded { bits, is, members, reads: Vec::new() });
        position
    }

    fn take_bit(&mut self) -> Option<BddVariable> {
        (!self.free_bits.is_empty()).then(|| self.free_bits.remove(0))
    }

    fn member_of(&self, subject: &Subject) -> Option<Symbol> {
        let Subject::Element(Slot { element, member: Some(member) }) = subject else {
            return None;
        };
        let group = self.bench.group_of.get(element)?;
        let position = member.as_str().parse::<usize>().ok()?.checked_sub(1)?;
        Some((group.clone(), position))
    }

    /// The codes of a class; the last one has all that are left over.
    fn code(&self, bits: &[BddVariable], class: usize, count: usize) -> Bdd {
        let codes = 1usize << bits.len();
        let last = if class.saturating_add(1) == count { codes } else { class.saturating_add(1) };
        let mut sum = self.set.mk_false();
        for code in class..last {
            sum = sum.or(&self.cube(bits, code));
        }
        sum
    }

    fn cube(&self, bits: &[BddVariable], code: usize) -> Bdd {
        let mut cube = BddPartialValuation::empty();
        for (place, bit) in bits.iter().rev().enumerate() {
            cube.set_value(*bit, (code >> place) & 1 == 1);
        }
        self.set.mk_conjunctive_clause(&cube)
    }

    pub(crate) fn nowhere(&self) -> Bdd {
        self.set.mk_false()
    }

    pub(crate) fn everywhere(&self) -> Bdd {
        self.set.mk_true()
    }

    /// Where the variable at that position has that class.
    pub(crate) fn is(&self, variable: usize, class: usize) -> Bdd {
        let coded = self.coded.get(variable);
        coded.and_then(|coded| coded.is.get(class)).cloned().unwrap_or_else(|| self.nowhere())
    }

    /// The code that stands for the first class of this variable, for counting where it means nothing.
    pub(crate) fn is_blank(&self, variable: usize) -> Bdd {
        let bits = self.coded.get(variable).map_or(&[][..], |coded| &coded.bits);
        self.cube(bits, 0)
    }

    /// The one code of each class that counts.
    pub(crate) fn proper_codes(&self, variable: usize) -> Bdd {
        let Some((coded, it)) = self.coded.get(variable).zip(self.variables.get(variable)) else {
            return self.everywhere();
        };
        let codes = (0..it.classes.len()).map(|class| self.cube(&coded.bits, class));
        codes.fold(self.nowhere(), |sum, code| sum.or(&code))
    }

    /// Bits that no variable uses, as nought.
    pub(crate) fn unused_bits(&self) -> Bdd {
        let mut cube = BddPartialValuation::empty();
        for bit in &self.free_bits {
            cube.set_value(*bit, false);
        }
        self.set.mk_conjunctive_clause(&cube)
    }

    pub(crate) fn bits(&self, variables: impl IntoIterator<Item = usize>) -> Vec<BddVariable> {
        let coded = variables.into_iter().filter_map(|variable| self.coded.get(variable));
        coded.flat_map(|coded| coded.bits.iter().copied()).collect()
    }

    pub(crate) fn variable(&self, subject: &Subject) -> Option<usize> {
        self.index.get(subject).copied()
    }

    pub(crate) fn is_skipped(&self, service: &ServiceId) -> Bdd {
        match self.variable(&Subject::Skip(service.clone())) {
            Some(variable) => self.is(variable, 1),
            None => self.nowhere(),
        }
    }

    pub(crate) fn symbols_of(&self, group: &GroupId) -> Vec<Symbol> {
        let count = self.bench.symbols.get(group).copied().unwrap_or_default();
        (0..count).map(|at| (group.clone(), at)).collect()
    }

    /// Where the group's size satisfies a test; `None` = unknown.
    fn sized(&self, group: &GroupId, fits: impl Fn(Option<u32>) -> bool) -> Bdd {
        let Some(variable) = self.variable(&Subject::Size(group.clone())) else {
            return self.nowhere();
        };
        let classes = self.variables.get(variable).map_or(&[][..], |it| &it.classes);
        let fitting = classes.iter().enumerate().filter(|(_, class)| match class {
            Class::Members { example, .. } => fits(Some(*example)),
            _ => fits(None),
        });
        fitting.fold(self.nowhere(), |sum, (class, _)| sum.or(&self.is(variable, class)))
    }

    /// Where it is known how many members the group has.
    pub(crate) fn size_known(&self, group: &GroupId) -> Bdd {
        self.sized(group, |size| size.is_some())
    }

    pub(crate) fn is_empty_group(&self, group: &GroupId) -> Bdd {
        self.sized(group, |size| size == Some(0))
    }

    /// Where the symbolic member is known to be there.
    pub(crate) fn is_member(&self, (group, position): &Symbol) -> Bdd {
        self.sized(group, |size| size.is_some_and(|size| beyond(size, *position)))
    }

    /// Where a plan is made for the symbolic member: also for those whom it supposes while it is not known how
    /// many there are.
    pub(crate) fn is_planned(&self, (group, position): &Symbol, min: u32) -> Bdd {
        self.sized(group, |size| beyond(size.unwrap_or(min.max(1)), *position))
    }

    /// Where the symbolic member is there whatever is answered.
    pub(crate) fn is_certain(&self, (group, position): &Symbol, min: u32) -> Bdd {
        self.sized(group, |size| beyond(size.unwrap_or(min), *position))
    }

    /// The slot of an element for a symbolic member.
    pub(crate) fn slot(element: &DataElementId, member: Option<usize>) -> Slot {
        Slot { element: element.clone(), member: member.map(symbol_id) }
    }

    fn constant(&self, value: bool) -> Pair {
        let (yes, no) = (self.everywhere(), self.nowhere());
        if value { Pair { holds: yes, fails: no } } else { Pair { holds: no, fails: yes } }
    }
}

impl<'c> Judging<'c> {
    /// Codes the variables in that order; `opaque` are the texts of opaque clauses, for which so many bits are
    /// kept.
    pub(crate) fn new(
        catalogue: &'c Catalogue,
        (bench, topics, unsized_groups): (Bench, BTreeMap<Topic, Draft>, BTreeSet<GroupId>),
        wanted: Vec<Wanted>,
        (opaque, opaque_bits): (BTreeSet<Arc<str>>, usize),
    ) -> Self {
        Self {
            tables: Tables::new(catalogue),
            model: Model::new(bench, topics, unsized_groups, wanted, opaque_bits),
            opaque,
            clauses: BTreeMap::new(),
            conditions: BTreeMap::new(),
        }
    }

    /// The model, and every condition judged over it.
    pub(crate) fn into_parts(self) -> (Model, Conditions) {
        (self.model, self.conditions)
    }

    pub(crate) fn always(&self) -> Arc<Pair> {
        Arc::new(Pair { holds: self.everywhere(), fails: self.nowhere() })
    }

    /// The condition for a member in scope.
    pub(crate) fn judge(&mut self, condition: &Condition, scope: Option<&Symbol>) -> Arc<Pair> {
        if condition.is_always() {
            return self.always();
        }
        let key = (condition.source().to_owned(), scope.cloned());
        if let Some(pair) = self.conditions.get(&key) {
            return pair.clone();
        }
        let binding = Binding { scope: scope.cloned(), bound: Vec::new() };
        let pair = Arc::new(self.expression(condition.expression(), &binding));
        self.conditions.insert(key, pair.clone());
        pair
    }

    fn expression(&mut self, expression: &Expression, binding: &Binding) -> Pair {
        match expression {
            Expression::Constant(value) => self.constant(*value),
            Expression::Not(inner) => self.expression(inner, binding).not(),
            Expression::All(parts) => {
                let start = self.constant(true);
                parts.iter().fold(start, |all, part| all.and(&self.expression(part, binding)))
            }
            Expression::Any(parts) => {
                let start = self.constant(false);
                parts.iter().fold(start, |any, part| any.or(&self.expression(part, binding)))
            }
            Expression::If { condition, then, otherwise } => {
                let condition = self.expression(condition, binding);
                let then = self.expression(then, binding);
                let otherwise = self.expression(otherwise, binding);
                let both = then.and(&otherwise).holds;
                let neither = then.or(&otherwise).fails;
                let chosen =
                    |yes: &Bdd, no: &Bdd| condition.holds.and(yes).or(&condition.fails.and(no));
                Pair {
                    holds: chosen(&then.holds, &otherwise.holds).or(&both),
                    fails: chosen(&then.fails, &otherwise.fails).or(&neither),
                }
            }
            Expression::Quantified(quantified) => self.quantified(quantified, binding),
            Expression::Clause(clause) => {
                let pair = self.clause(clause, binding);
                Pair::clone(&pair)
            }
        }
    }

    fn quantified(&mut self, quantified: &Quantified, binding: &Binding) -> Pair {
        let group = &quantified.group;
        let known = self.size_known(group);
        let nobody = self.expression(&quantified.body, &binding.within(None));
        // "Some" is the mirror of "every": no member for whom the body fails.
        let turn = |pair: Pair| if quantified.every { pair } else { pair.not() };
        let mut every = Pair { holds: known.clone(), fails: self.nowhere() };
        for member in self.symbols_of(group) {
            let here = self.is_member(&member);
            let body = turn(self.expression(&quantified.body, &binding.within(Some(member))));
            every.holds = every.holds.and(&here.not().or(&body.holds));
            every.fails = every.fails.or(&here.and(&body.fails));
        }
        let nobody = turn(nobody);
        every.holds = every.holds.or(&known.not().and(&nobody.holds));
        turn(every)
    }

    fn clause(&mut self, clause: &Clause, binding: &Binding) -> Arc<Pair> {
        let key = (clause.text.clone(), binding.clone());
        if let Some(pair) = self.clauses.get(&key) {
            return pair.clone();
        }
        let mut walk = Walk {
            bench: &self.model.bench,
            unsized_groups: &self.model.unsized_groups,
            reads: Reads::default(),
        };
        walk.test(&clause.test, binding, true);
        let found = walk.reads.found;
        let mut read: Vec<usize> =
            walk.reads.all.iter().filter_map(|subject| self.variable(subject)).collect();
        read.sort_unstable();
        let rows = read.iter().fold(1usize, |rows, variable| {
            rows.saturating_mul(self.variables.get(*variable).map_or(1, |it| it.classes.len()))
        });
        let too_many = rows > MOST_ROWS;
        let pair = if too_many || self.opaque.contains(&clause.text) {
            self.opaque_clause(clause, binding, &read)
        } else {
            let tables = found.then_some(&self.tables);
            self.table(clause, binding, (&read, tables), &mut Vec::new())
        };
        let pair = Arc::new(pair);
        self.clauses.insert(key, pair.clone());
        pair
    }

    /// The clause for every combination of classes, one variable after the other.
    fn table(
        &self,
        clause: &Clause,
        binding: &Binding,
        (read, tables): (&[usize], Option<&Tables<'_>>),
        tried: &mut Vec<(Subject, Tried)>,
    ) -> Pair {
        let Some((first, rest)) = read.split_first() else {
            let facts = self.bench.facts(tables, tried);
            return match self.bench.evaluate(&clause.test, &facts, binding) {
                Truth::True => self.constant(true),
                Truth::False => self.constant(false),
                Truth::Unknown => Pair { holds: self.nowhere(), fails: self.nowhere() },
            };
        };
        let Some(variable) = self.variables.get(*first) else {
            return self.table(clause, binding, (rest, tables), tried);
        };
        let mut parts: Vec<(Pair, Bdd)> = Vec::new();
        for (class, is) in variable.classes.iter().enumerate() {
            tried.push((variable.subject.clone(), Tried::of(is)));
            let pair = self.table(clause, binding, (rest, tables), tried);
            tried.pop();
            let here = self.is(*first, class);
            match parts.iter_mut().find(|(known, _)| *known == pair) {
                Some((_, wherever)) => *wherever = wherever.or(&here),
                None => parts.push((pair, here)),
            }
        }
        let mut sum = Pair { holds: self.nowhere(), fails: self.nowhere() };
        for (pair, here) in parts {
            sum.holds = sum.holds.or(&here.and(&pair.holds));
            sum.fails = sum.fails.or(&here.and(&pair.fails));
        }
        sum
    }

    /// It may come out either way wherever all that it reads has a value.
    fn opaque_clause(&mut self, clause: &Clause, binding: &Binding, read: &[usize]) -> Pair {
        let atom = self.atom(clause, binding, read);
        let mut valued = self.everywhere();
        for variable in read {
            let classes = self.variables.get(*variable).map_or(&[][..], |it| &it.classes);
            let has_value =
                |class: &Class| matches!(class, Class::Values { .. } | Class::Members { .. });
            let with = classes.iter().enumerate().filter(|(_, class)| has_value(class));
            let somewhere =
                with.fold(self.nowhere(), |sum, (class, _)| sum.or(&self.is(*variable, class)));
            valued = valued.and(&somewhere);
        }
        // With an absent or unknown part it is what evaluation says.
        let elsewhere = if valued.is_true() {
            Pair { holds: self.nowhere(), fails: self.nowhere() }
        } else {
            self.gaps(clause, binding, read, &mut Vec::new(), false)
        };
        Pair {
            holds: valued.and(&atom).or(&elsewhere.holds),
            fails: valued.and_not(&atom).or(&elsewhere.fails),
        }
    }

    /// As `table`, but values stand for all values, and without any gap nothing is said.
    fn gaps(
        &self,
        clause: &Clause,
        binding: &Binding,
        read: &[usize],
        tried: &mut Vec<(Subject, Tried)>,
        gap: bool,
    ) -> Pair {
        let none = Pair { holds: self.nowhere(), fails: self.nowhere() };
        let Some((first, rest)) = read.split_first() else {
            return if gap {
                self.table(clause, binding, (&[], Some(&self.tables)), tried)
            } else {
                none
            };
        };
        let Some(variable) = self.variables.get(*first) else {
            return self.gaps(clause, binding, rest, tried, gap);
        };
        let mut sum = none;
        let mut valued = false;
        for (class, is) in variable.classes.iter().enumerate() {
            let missing = matches!(is, Class::Null | Class::Unknown);
            if !missing && valued {
                continue;
            }
            let here = if missing {
                self.is(*first, class)
            } else {
                valued = true;
                let classes = variable.classes.iter().enumerate();
                let with = classes.filter(|(_, is)| !matches!(is, Class::Null | Class::Unknown));
                with.fold(self.nowhere(), |sum, (class, _)| sum.or(&self.is(*first, class)))
            };
            tried.push((variable.subject.clone(), Tried::of(is)));
            let pair = self.gaps(clause, binding, rest, tried, gap || missing);
            tried.pop();
            sum.holds = sum.holds.or(&here.and(&pair.holds));
            sum.fails = sum.fails.or(&here.and(&pair.fails));
        }
        sum
    }

    fn atom(&mut self, clause: &Clause, binding: &Binding, read: &[usize]) -> Bdd {
        let subject = Subject::Opaque { clause: clause.text.clone(), member: binding.name() };
        let variable = match self.variable(&subject) {
            Some(variable) => variable,
            None => {
                let Some(bit) = self.model.take_bit() else {
                    return self.nowhere();
                };
                let coded = read.iter().filter_map(|variable| self.coded.get(*variable));
                let members: BTreeSet<Symbol> =
                    coded.flat_map(|coded| coded.members.iter().cloned()).collect();
                let classes = vec![Class::Flag(false), Class::Flag(true)];
                let variable = Variable { subject, question: None, classes };
                let position = self.model.add(variable, vec![bit], members.into_iter().collect());
                if let Some(coded) = self.model.coded.get_mut(position) {
                    coded.reads = read.to_vec();
                }
                position
            }
        };
        self.is(variable, 1)
    }
}

fn beyond(size: u32, position: usize) -> bool {
    usize::try_from(size).unwrap_or(usize::MAX) > position
}

/// Bits for so many classes.
fn width(classes: usize) -> usize {
    let mut width = 0;
    while (1usize << width) < classes {
        width += 1;
    }
    width
}
