//! What the matter's conditions read, and into which classes they divide it.
//!
//! A threshold is found by evaluation: a comparison whose sides move one way with a number, a date or a
//! count changes at one place at most, found by halving, for every choice of what else the clause reads.
//! What calculates with several unknowns, or moves both ways, is opaque.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use catalogue::{Catalogue, DataElement, ElementType};
use conditions::expression::{Clause, Comparison, Constant, Expression, Part, Term, Test};
use conditions::{Condition, Truth};
use tables::Classes;
use vocabulary::{DataElementId, Date, Fact, Facts, GroupId, MemberId, Origin, Slot, Value};

use crate::axis::{Axis, Line, Ordered};
use crate::monotone::one_way;
use crate::reads::{
    Binding, Reads, Symbol, Symbols, Walk, comparisons, in_scope, nested, symbol_id,
};
use crate::{Class, Subject};

/// So many combinations of a clause's other readings are tried for thresholds.
const MOST_COMBINATIONS: usize = 1024;

/// What classes belong to: an element, whoever's it is, or a group's size.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Topic {
    Element(DataElementId),
    Size(GroupId),
}

impl Topic {
    pub(crate) fn of(subject: &Subject) -> Option<Self> {
        match subject {
            Subject::Element(slot) => Some(Self::Element(slot.element.clone())),
            Subject::Size(group) => Some(Self::Size(group.clone())),
            Subject::Skip(_) | Subject::Opaque { .. } => None,
        }
    }
}

/// The values of a topic as far as they are divided.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) axis: Axis,
    /// A source may tell that it is absent.
    pub(crate) null: bool,
    /// The class that "absent" belongs to when it is none of its own.
    pub(crate) null_is: Option<usize>,
    /// It may stay unknown.
    pub(crate) unknown: bool,
}

impl Draft {
    pub(crate) fn classes(&self) -> Vec<Class> {
        let mut classes = self.axis.classes();
        classes.extend(self.null.then_some(Class::Null));
        classes.extend(self.unknown.then_some(Class::Unknown));
        classes
    }

    fn ordered(&self) -> Option<&Ordered> {
        match &self.axis {
            Axis::Ordered(ordered) => Some(ordered),
            _ => None,
        }
    }
}

/// Values as they are tried.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Tried {
    Members(u32),
    Value(Value),
    Unknown,
}

impl Tried {
    pub(crate) fn of(class: &Class) -> Self {
        match class {
            Class::Members { example, .. } => Self::Members(*example),
            Class::Values { example, .. } => Self::Value(example.clone()),
            Class::Null => Self::Value(Value::Null),
            Class::Unknown | Class::Flag(_) => Self::Unknown,
        }
    }
}

/// What tables find depends on: what is tried of their inputs and of sizes, and how many members there are.
type Inputs = (Vec<(Subject, Tried)>, Vec<Option<usize>>);

/// What the tables find, each combination of inputs once: clauses read the same tables again and again.
#[derive(Debug)]
pub(crate) struct Tables<'c> {
    catalogue: &'c Catalogue,
    known: RefCell<BTreeMap<Inputs, Vec<(Slot, Fact)>>>,
}

impl<'c> Tables<'c> {
    pub(crate) fn new(catalogue: &'c Catalogue) -> Self {
        Self { catalogue, known: RefCell::default() }
    }

    fn add(&self, bench: &Bench, tried: &[(Subject, Tried)], facts: &mut Facts) {
        let decides = |subject: &Subject| match subject {
            Subject::Element(slot) => {
                bench.found_from.values().any(|inputs| inputs.contains(&slot.element))
            }
            _ => true,
        };
        let inputs = tried.iter().filter(|(subject, _)| decides(subject)).cloned().collect();
        let sizes = bench.most.keys().map(|group| facts.members(group).map(<[_]>::len)).collect();
        let mut known = self.known.borrow_mut();
        let found = known.entry((inputs, sizes)).or_insert_with(|| {
            let derived = self.catalogue.derive(facts, bench.as_of);
            let found = derived.iter().filter(|(_, it)| matches!(it.origin, Origin::Table { .. }));
            found.map(|(slot, fact)| (slot.clone(), fact.clone())).collect()
        });
        for (slot, fact) in found {
            facts.set(slot.clone(), fact.clone());
        }
    }
}

/// Evaluates clauses for symbolic members.
#[derive(Clone, Debug)]
pub(crate) struct Bench {
    pub(crate) as_of: Date,
    pub(crate) symbols: Symbols,
    /// The most members that a group may have.
    pub(crate) most: BTreeMap<GroupId, u32>,
    /// The group of each grouped element.
    pub(crate) group_of: BTreeMap<DataElementId, GroupId>,
    /// For elements that tables find: what they are found from in the end.
    pub(crate) found_from: BTreeMap<DataElementId, BTreeSet<DataElementId>>,
}

impl Bench {
    /// Facts in which these things are so, with what the tables find. Members beyond the last symbolic one are like it.
    pub(crate) fn facts(&self, tables: Option<&Tables<'_>>, tried: &[(Subject, Tried)]) -> Facts {
        let mut facts = Facts::new();
        let mut unsized_groups: BTreeSet<&GroupId> = BTreeSet::new();
        for (subject, tried) in tried {
            if let Subject::Size(group) = subject {
                match tried {
                    Tried::Members(count) => {
                        let ids = (1..=*count).map(|at| MemberId::new(at.to_string())).collect();
                        facts.set_members(group.clone(), ids);
                    }
                    _ => drop(unsized_groups.insert(group)),
                }
            }
        }
        for (subject, tried) in tried {
            let (Subject::Element(slot), Tried::Value(value)) = (subject, tried) else {
                continue;
            };
            let group = slot.member.as_ref().and_then(|_| self.group_of.get(&slot.element));
            if group.is_some_and(|group| unsized_groups.contains(group)) {
                continue;
            }
            for slot in self.likewise(slot, group) {
                facts.answer(slot, value.clone());
            }
        }
        if let Some(tables) = tables {
            self.with_everybody(&mut facts);
            tables.add(self, tried, &mut facts);
        }
        facts
    }

    /// Tables decide for members that are there: where a group's size is not tried, all are.
    fn with_everybody(&self, facts: &mut Facts) {
        for (group, most) in &self.most {
            let has_values = facts.iter().any(|(slot, _)| {
                slot.member.is_some() && self.group_of.get(&slot.element) == Some(group)
            });
            if has_values && facts.members(group).is_none() {
                let ids = (1..=*most).map(|at| MemberId::new(at.to_string())).collect();
                facts.set_members(group.clone(), ids);
            }
        }
    }

    /// The slots that a symbolic member's slot stands for.
    pub(crate) fn likewise(&self, slot: &Slot, group: Option<&GroupId>) -> Vec<Slot> {
        let mut slots = vec![slot.clone()];
        if let (Some(group), Some(member)) = (group, &slot.member) {
            let symbols = self.symbols.get(group).copied().unwrap_or_default();
            let most = self.most.get(group).copied().unwrap_or_default();
            let last = symbols.checked_sub(1).map(symbol_id);
            if last.as_ref() == Some(member) {
                let symbols = u32::try_from(symbols).unwrap_or(u32::MAX);
                slots.extend((symbols.saturating_add(1)..=most).map(|at| Slot {
                    element: slot.element.clone(),
                    member: Some(MemberId::new(at.to_string())),
                }));
            }
        }
        slots
    }

    pub(crate) fn evaluate(&self, test: &Test, facts: &Facts, binding: &Binding) -> Truth {
        let scope = binding.scope_id();
        test.evaluate(facts, in_scope(scope.as_ref()), &binding.bound_ids(), self.as_of)
    }
}

/// The classes of everything that a matter reads.
#[derive(Debug)]
pub(crate) struct Drafts<'c> {
    catalogue: &'c Catalogue,
    tables: Tables<'c>,
    pub(crate) bench: Bench,
    pub(crate) topics: BTreeMap<Topic, Draft>,
    pub(crate) unsized_groups: BTreeSet<GroupId>,
    /// Opaque clauses with the groups of the members that they are about.
    pub(crate) opaque: BTreeSet<(Arc<str>, Vec<GroupId>)>,
    seen: BTreeSet<(Arc<str>, Binding)>,
    /// Every clause that is not opaque, as it was looked at.
    clear: Vec<(&'c Clause, Binding, Reads)>,
    unclear: Vec<BTreeSet<Subject>>,
}

impl<'c> Drafts<'c> {
    pub(crate) fn new(catalogue: &'c Catalogue, as_of: Date) -> Self {
        let bench = Bench {
            as_of,
            symbols: BTreeMap::new(),
            most: BTreeMap::new(),
            group_of: BTreeMap::new(),
            found_from: BTreeMap::new(),
        };
        Self {
            catalogue,
            tables: Tables::new(catalogue),
            bench,
            topics: BTreeMap::new(),
            unsized_groups: BTreeSet::new(),
            opaque: BTreeSet::new(),
            seen: BTreeSet::new(),
            clear: Vec::new(),
            unclear: Vec::new(),
        }
    }

    /// Takes a group in. Without a question its size may not stay unknown.
    pub(crate) fn add_group(&mut self, id: &GroupId, may_decline: bool) {
        let Some(group) = self.catalogue.groups.get(id) else {
            return;
        };
        let axis = Axis::Ordered(Ordered::sizes(group.min, group.max));
        let draft = Draft { axis, null: false, null_is: None, unknown: may_decline };
        self.topics.insert(Topic::Size(id.clone()), draft);
        let symbols = usize::try_from(group.max.min(2)).unwrap_or(2);
        self.bench.symbols.insert(id.clone(), symbols);
        self.bench.most.insert(id.clone(), group.max);
        if may_decline {
            self.unsized_groups.insert(id.clone());
        }
    }

    pub(crate) fn add_element(&mut self, element: &DataElement, null: bool, unknown: bool) {
        if let Some(group) = &element.group {
            self.bench.group_of.insert(element.id.clone(), group.clone());
        }
        let axis = match &element.ty {
            ElementType::Bool => Axis::Bool,
            ElementType::Choice(options) => {
                Axis::Choice(options.iter().map(|option| option.id.clone()).collect())
            }
            ElementType::Number => Axis::Ordered(Ordered::numbers()),
            ElementType::Date => {
                Axis::Ordered(Ordered::dates(self.bench.as_of, element.not_future))
            }
            ElementType::Text
            | ElementType::LongText
            | ElementType::CitizenId
            | ElementType::Uscc
            | ElementType::Phone
            | ElementType::AreaCode => {
                let other = element.example.as_deref().unwrap_or("…").into();
                Axis::Text { named: BTreeSet::new(), other }
            }
        };
        self.topics.insert(
            Topic::Element(element.id.clone()),
            Draft { axis, null, null_is: None, unknown },
        );
    }

    /// What a table in force reads is divided where its rows divide it.
    pub(crate) fn add_table(&mut self, found: &DataElementId) {
        let from = self.catalogue.found_from(found);
        if self.bench.found_from.insert(found.clone(), from).is_some() {
            return;
        }
        let Some(edition) =
            self.catalogue.table_of(found).and_then(|table| table.edition(self.bench.as_of))
        else {
            return;
        };
        for input in edition.rules.inputs.iter() {
            if self.catalogue.table_of(&input.element).is_some() {
                self.add_table(&input.element);
            }
            let Some(draft) = self.topics.get_mut(&Topic::Element(input.element.clone())) else {
                continue;
            };
            match (&mut draft.axis, &input.classes) {
                (Axis::Ordered(ordered), Classes::Number(cuts)) => {
                    for cut in cuts.iter() {
                        ordered.divide_number(cut.value, cut.after);
                    }
                }
                (Axis::Ordered(ordered), Classes::Date(days)) => {
                    for day in days.iter() {
                        ordered.divide_date(*day);
                    }
                }
                (Axis::Text { named, .. }, Classes::Text(texts)) => {
                    named.extend(texts.iter().cloned());
                }
                _ => {}
            }
        }
    }

    /// Texts that conditions compare with become classes of their own.
    pub(crate) fn name_texts(&mut self, condition: &Condition) {
        let mut clauses = Vec::new();
        condition.expression().walk(&mut |part| {
            if let Part::Clause(clause) = part {
                clauses.push(clause);
            }
        });
        for clause in clauses {
            let (mut texts, mut elements) = (BTreeSet::new(), Vec::new());
            clause.test.terms(&mut |term| {
                constants(term, &mut texts);
                term.walk(&mut |part| {
                    if let Part::Element(read) = part {
                        elements.push(read.element().clone());
                    }
                });
            });
            for element in elements {
                if let Some(Draft { axis: Axis::Text { named, other }, .. }) =
                    self.topics.get_mut(&Topic::Element(element))
                {
                    named.extend(texts.iter().cloned());
                    if named.contains(other) {
                        *other = format!("{other}…").into();
                    }
                }
            }
        }
    }

    /// Divides what the condition reads where the condition changes.
    pub(crate) fn divide(&mut self, condition: &'c Condition, scope: Option<&GroupId>) {
        let symbols = scope.map_or(1, |group| self.symbols_of(group).len());
        for position in 0..symbols {
            let scope = scope.map(|group| (group.clone(), position));
            let binding = Binding { scope, bound: Vec::new() };
            self.expression(condition.expression(), &binding);
        }
    }

    fn symbols_of(&self, group: &GroupId) -> Vec<Symbol> {
        let count = self.bench.symbols.get(group).copied().unwrap_or_default();
        (0..count).map(|at| (group.clone(), at)).collect()
    }

    fn expression(&mut self, expression: &'c Expression, binding: &Binding) {
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
                for member in self.symbols_of(&quantified.group) {
                    self.expression(&quantified.body, &binding.within(Some(member)));
                }
            }
            Expression::Clause(clause) => self.clause(clause, binding),
        }
    }

    fn clause(&mut self, clause: &'c Clause, binding: &Binding) {
        if !self.seen.insert((clause.text.clone(), binding.clone())) {
            return;
        }
        for (inner, group) in nested(clause) {
            match group {
                None => self.expression(inner, binding),
                Some(group) => {
                    for member in self.symbols_of(group) {
                        self.expression(inner, &binding.within(Some(member)));
                    }
                }
            }
        }
        let mut walk = Walk {
            bench: &self.bench,
            unsized_groups: &self.unsized_groups,
            reads: Reads::default(),
        };
        walk.test(&clause.test, binding, true);
        let reads = walk.reads;
        let clear = !reads.looks_into_text
            && match reads.ordered.len() {
                0 => true,
                1 => self.thresholds(clause, binding, &reads).is_some(),
                _ => false,
            };
        if clear {
            self.clear.push((clause, binding.clone(), reads));
        } else {
            self.unclear.push(reads.all);
            let groups = binding.scope.iter().chain(binding.bound.iter().flatten());
            let groups = groups.map(|(group, _)| group.clone()).collect();
            self.opaque.insert((clause.text.clone(), groups));
        }
    }

    /// Finds where the clause changes with the one thing that it calculates with; `None` = it cannot be said.
    fn thresholds(&mut self, clause: &Clause, binding: &Binding, reads: &Reads) -> Option<()> {
        let thing = reads.ordered.first()?;
        let topic = Topic::of(thing)?;
        let pairs = comparisons(&clause.test);
        if pairs.is_empty() || !pairs.iter().all(|(l, _, r)| one_way(l, r, thing, binding)) {
            return None;
        }
        let test = |(left, orders, right): &(&Term, &'static [Comparison], &Term)| {
            let (left, right) = ((*left).clone(), (*right).clone());
            let compare = |operator: &Comparison| Test::Compare {
                left: left.clone(),
                operator: *operator,
                right: right.clone(),
            };
            orders.iter().map(compare).collect::<Vec<_>>()
        };
        let tests: Vec<Test> = pairs.iter().flat_map(test).collect();
        let others: Vec<&Subject> = reads.all.iter().filter(|read| *read != thing).collect();
        let mut trial = Trial {
            tables: reads.found.then_some(&self.tables),
            bench: &self.bench,
            thing,
            line: self.topics.get(&topic)?.ordered()?.clone(),
            binding,
            tried: Vec::new(),
        };
        if !(reads.found || reads.nested) {
            // Nothing inside it changes on the way: one run.
            trial.line.starts.clear();
        }
        let choices = self.choices(&others)?;
        let mut starts = BTreeSet::new();
        for choice in &choices {
            trial.tried = others.iter().map(|other| (*other).clone()).zip(choice.clone()).collect();
            trial.changes(&tests, &mut starts);
        }
        trial.line.starts.extend(&starts);
        for choice in &choices {
            trial.tried = others.iter().map(|other| (*other).clone()).zip(choice.clone()).collect();
            if !trial.is_uniform(&clause.test) {
                return None;
            }
        }
        if let Some(Draft { axis: Axis::Ordered(ordered), .. }) = self.topics.get_mut(&topic) {
            ordered.starts.extend(starts);
        }
        Some(())
    }

    /// A source's "absent" is a class of its own only where some condition tells it from every value.
    pub(crate) fn join_null(&mut self) {
        let sourced: Vec<Topic> =
            self.topics.iter().filter(|(_, draft)| draft.null).map(|(it, _)| it.clone()).collect();
        for topic in sourced {
            let like = self.like_null(&topic);
            if let (Some(class), Some(draft)) = (like, self.topics.get_mut(&topic)) {
                draft.null = false;
                draft.null_is = Some(class);
            }
        }
    }

    /// A class that no clause tells from null.
    fn like_null(&self, topic: &Topic) -> Option<usize> {
        let values = self.topics.get(topic)?.axis.classes();
        let mut alike: BTreeSet<usize> = (0..values.len()).collect();
        let null = Tried::Value(Value::Null);
        for (clause, binding, reads) in &self.clear {
            let tables = reads.found.then_some(&self.tables);
            let all = &reads.all;
            for thing in all.iter().filter(|read| Topic::of(read).as_ref() == Some(topic)) {
                let others: Vec<&Subject> = all.iter().filter(|read| *read != thing).collect();
                for choice in self.choices(&others)? {
                    let mut tried: Vec<_> =
                        others.iter().map(|other| (*other).clone()).zip(choice).collect();
                    let mut with = |value: Tried| {
                        tried.push((thing.clone(), value));
                        let facts = self.bench.facts(tables, &tried);
                        tried.pop();
                        self.bench.evaluate(&clause.test, &facts, binding)
                    };
                    let expected = with(null.clone());
                    alike.retain(|class| {
                        values.get(*class).is_some_and(|it| with(Tried::of(it)) == expected)
                    });
                }
            }
        }
        let read = |reads: &BTreeSet<Subject>| {
            reads.iter().any(|read| Topic::of(read).as_ref() == Some(topic))
        };
        let unclear = self.unclear.iter().any(read);
        if unclear { None } else { alike.first().copied() }
    }

    /// Every combination of classes of these things; `None` = too many.
    fn choices(&self, subjects: &[&Subject]) -> Option<Vec<Vec<Tried>>> {
        let mut choices: Vec<Vec<Tried>> = vec![Vec::new()];
        for subject in subjects {
            let classes = self.topics.get(&Topic::of(subject)?)?.classes();
            let tried: Vec<Tried> = classes.iter().map(Tried::of).collect();
            if choices.len().saturating_mul(tried.len()) > MOST_COMBINATIONS {
                return None;
            }
            let longer = choices.iter().flat_map(|choice| {
                tried.iter().map(|one| {
                    let mut choice = choice.clone();
                    choice.push(one.clone());
                    choice
                })
            });
            choices = longer.collect();
        }
        Some(choices)
    }
}

/// One thing moved along its line, all else fixed.
struct Trial<'t> {
    tables: Option<&'t Tables<'t>>,
    bench: &'t Bench,
    thing: &'t Subject,
    line: Ordered,
    binding: &'t Binding,
    tried: Vec<(Subject, Tried)>,
}

impl Trial<'_> {
    fn value(&self, position: i128) -> Tried {
        match self.line.line {
            Line::Size => Tried::Members(u32::try_from(position).unwrap_or(u32::MAX)),
            _ => Tried::Value(self.line.value(position)),
        }
    }

    /// Facts somewhere on a run: what tables find there they find all along it.
    fn on(&self, run: (i128, i128)) -> Facts {
        let mut tried = self.tried.clone();
        tried.push((self.thing.clone(), self.value(self.line.example(run))));
        self.bench.facts(self.tables, &tried)
    }

    /// The test at a position of the run that the facts are on.
    fn at(&self, test: &Test, facts: &mut Facts, position: i128) -> Truth {
        let value = self.value(position);
        match (self.thing, &value) {
            (Subject::Element(slot), Tried::Value(value)) if facts.get(slot).is_some() => {
                let group =
                    slot.member.as_ref().and_then(|_| self.bench.group_of.get(&slot.element));
                for slot in self.bench.likewise(slot, group) {
                    facts.answer(slot, value.clone());
                }
            }
            _ => {
                let mut tried = self.tried.clone();
                tried.push((self.thing.clone(), value));
                *facts = self.bench.facts(self.tables, &tried);
            }
        }
        self.bench.evaluate(test, facts, self.binding)
    }

    /// The first positions after a change, at most one in each run so far.
    fn changes(&self, tests: &[Test], starts: &mut BTreeSet<i128>) {
        for (from, to) in self.line.runs() {
            let mut facts = self.on((from, to));
            for test in tests {
                let first = self.at(test, &mut facts, from);
                if first == self.at(test, &mut facts, to) {
                    continue;
                }
                let (mut before, mut after) = (from, to);
                while after - before > 1 {
                    let middle = before + (after - before) / 2;
                    if self.at(test, &mut facts, middle) == first {
                        before = middle;
                    } else {
                        after = middle;
                    }
                }
                starts.insert(after);
            }
        }
    }

    /// Whether the test has one value on each run, as far as a look at several places tells.
    fn is_uniform(&self, test: &Test) -> bool {
        self.line.runs().into_iter().all(|(from, to)| {
            let mut facts = self.on((from, to));
            let expected = self.bench.evaluate(test, &facts, self.binding);
            let third = (to - from) / 3;
            let mut places = vec![from, from + 1, from + third, to - third, to - 1, to];
            places.retain(|place| (from..=to).contains(place));
            places.dedup();
            places.iter().all(|place| self.at(test, &mut facts, *place) == expected)
        })
    }
}

fn constants(term: &Term, texts: &mut BTreeSet<Arc<str>>) {
    match term {
        Term::Constant(Constant::Text(text)) => drop(texts.insert(text.clone())),
        Term::Constant(_)
        | Term::Today
        | Term::Element(_)
        | Term::Count(_)
        | Term::Truth(_)
        | Term::Gather(_) => {}
        Term::Arithmetic { left, right, .. } => {
            constants(left, texts);
            constants(right, texts);
        }
        Term::If { then, otherwise, .. } => {
            constants(then, texts);
            constants(otherwise, texts);
        }
        Term::Call(call) => {
            for argument in &call.arguments {
                constants(argument, texts);
            }
        }
    }
}
