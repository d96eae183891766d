//! Which answers can still change the plan, and how many questions are left.
//!
//! For each variable: the cells where changing it alone changes some feature. An open question still matters
//! when one of these cells agrees with what is known. That is exact, and a walk over one small diagram.

use std::collections::{BTreeMap, BTreeSet};

use biodivine_lib_bdd::{Bdd, BddPartialValuation, BddVariable};
use conditions::{Condition, InScope};
use vocabulary::{DataElementId, Facts, GroupId, MemberId, QuestionId, Slot, Value};

use crate::count::is_possible;
use crate::draft::Topic;
use crate::model::Conditions;
use crate::reads::{Symbol, Symbols};
use crate::symbolic::Symbolic;
use crate::{Asked, Class, Subject, Variable};

/// When the source of a variable tells it, and for which variables' sake that may be open.
#[derive(Clone, Debug)]
struct Source {
    tells: Bdd,
    /// Where changing a variable alone changes whether it tells.
    hangs_on: BTreeMap<usize, Bdd>,
}

/// Functions that tell what matters, over what is not known yet.
#[derive(Clone, Debug)]
struct Rules {
    possible: Bdd,
    /// Where changing the variable alone changes some feature.
    changes: BTreeMap<usize, Bdd>,
    sources: BTreeMap<usize, Source>,
}

/// One variable as facts see it.
#[derive(Clone, Debug)]
struct Seen {
    variable: Variable,
    bits: Vec<BddVariable>,
    member: Option<Symbol>,
    /// The class of what is known to be absent.
    null: Option<usize>,
}

/// What can be asked, in the matter's order.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) question: QuestionId,
    /// In the order of the members.
    pub(crate) variables: Vec<usize>,
    /// Of a group's size: the group.
    pub(crate) sizes: Option<GroupId>,
}

/// Relevance over one model.
#[derive(Clone, Debug)]
pub(crate) struct Relevance {
    seen: Vec<Seen>,
    symbols: Symbols,
    rules: Rules,
    conditions: Conditions,
    pub(crate) items: Vec<Item>,
    /// For the order in which questions are asked: after so many variables, where at least so many are asked.
    left: Left,
}

#[derive(Clone, Debug, Default)]
struct Left {
    order: Vec<usize>,
    at_least: Vec<Vec<Bdd>>,
}

impl Relevance {
    pub(crate) fn of(symbolic: &Symbolic, questions: &[QuestionId]) -> Self {
        let model = &symbolic.model;
        let possible = symbolic.possible.clone();
        let skips = model.coded.iter().zip(&model.variables);
        let skips = skips.filter(|(_, it)| matches!(it.subject, Subject::Skip(_)));
        let unskipped: Vec<(BddVariable, bool)> =
            skips.flat_map(|(coded, _)| coded.bits.iter().map(|bit| (*bit, false))).collect();
        let kept: Vec<Bdd> =
            symbolic.features.values().map(|feature| feature.restrict(&unskipped)).collect();
        let mut features: Vec<&Bdd> = kept.iter().collect();
        features.sort_by(|a, b| Bdd::cmp_structural(a, b));
        features.dedup();
        let supports: Vec<_> = features.iter().map(|feature| feature.support_set()).collect();
        // Both sides of each feature, among possible cells and among all.
        let sides: Vec<[(Bdd, Bdd); 2]> = features
            .iter()
            .map(|feature| {
                let among = (feature.and(&possible), possible.and_not(feature));
                [among, (Bdd::clone(feature), feature.not())]
            })
            .collect();
        let changed = |(one, other): &(Bdd, Bdd), bits: &[BddVariable]| {
            let somewhere = one.exists(bits);
            if somewhere.is_false() { somewhere } else { somewhere.and(&other.exists(bits)) }
        };
        // What nobody is asked is told or not told: the two cannot be compared among possible cells only, and
        // an answer that decides which of them it is matters for that.
        let mut changes = BTreeMap::new();
        for (variable, coded) in model.coded.iter().enumerate() {
            if matches!(
                model.variables.get(variable).map(|it| &it.subject),
                Some(Subject::Skip(_)) | None
            ) {
                continue;
            }
            let asked = model.variables.get(variable).is_some_and(|it| it.question.is_some());
            let mut sum = model.nowhere();
            for ([among, everywhere], reads) in sides.iter().zip(&supports) {
                if coded.bits.iter().any(|bit| reads.contains(bit)) {
                    let sides = if asked { among } else { everywhere };
                    sum = sum.or(&changed(sides, &coded.bits));
                }
            }
            changes.insert(variable, sum);
        }
        // Where an opaque clause matters, all that it reads does.
        for (atom, coded) in model.coded.iter().enumerate() {
            let Some(matters) = changes.get(&atom).filter(|_| !coded.reads.is_empty()).cloned()
            else {
                continue;
            };
            for read in &coded.reads {
                if let Some(known) = changes.get_mut(read) {
                    *known = known.or(&matters.exists(&model.bits([*read])));
                }
            }
        }
        changes
            .retain(|variable, _| model.coded.get(*variable).is_some_and(|it| it.reads.is_empty()));
        let mut sources = BTreeMap::new();
        for (variable, told) in &symbolic.told {
            let mut hangs_on = BTreeMap::new();
            let sides = (told.pair.holds.clone(), told.pair.holds.not());
            for (other, coded) in model.coded.iter().enumerate() {
                let change = changed(&sides, &coded.bits);
                if other != *variable && changes.contains_key(&other) && !change.is_false() {
                    hangs_on.insert(other, change);
                }
            }
            sources.insert(*variable, Source { tells: told.pair.holds.clone(), hangs_on });
        }
        let seen = model.variables.iter().zip(&model.coded).map(|(variable, coded)| Seen {
            variable: variable.clone(),
            bits: coded.bits.clone(),
            member: coded.members.first().cloned(),
            null: null_class(symbolic, variable),
        });
        let mut relevance = Self {
            seen: seen.collect(),
            symbols: model.bench.symbols.clone(),
            rules: Rules { possible, changes, sources },
            conditions: symbolic.conditions.clone(),
            items: Vec::new(),
            left: Left::default(),
        };
        relevance.items = questions.iter().filter_map(|id| relevance.item(id)).collect();
        relevance
    }

    fn item(&self, question: &QuestionId) -> Option<Item> {
        let asks = |seen: &&Seen| seen.variable.question.as_ref() == Some(question);
        let sizes = self.seen.iter().find(asks).and_then(|seen| match &seen.variable.subject {
            Subject::Size(group) => Some(group.clone()),
            _ => None,
        });
        let all = self.seen.iter().enumerate();
        let variables: Vec<usize> =
            all.filter(|(_, seen)| asks(seen)).map(|(variable, _)| variable).collect();
        (!variables.is_empty()).then(|| Item { question: question.clone(), variables, sizes })
    }

    /// Questions that have to come before others: a group's size before its members', and what tells whether a
    /// source can be asked before what the source tells.
    pub(crate) fn before(&self) -> BTreeSet<(usize, usize)> {
        let mut pairs = BTreeSet::new();
        for (later, item) in self.items.iter().enumerate() {
            for (earlier, other) in self.items.iter().enumerate() {
                let sizes = other.sizes.is_some()
                    && item.variables.iter().any(|variable| {
                        let member = self.seen.get(*variable).and_then(|seen| seen.member.as_ref());
                        member.map(|(group, _)| group) == other.sizes.as_ref()
                    });
                let source = item.variables.iter().any(|variable| {
                    self.rules.sources.get(variable).is_some_and(|source| {
                        other.variables.iter().any(|other| source.hangs_on.contains_key(other))
                    })
                });
                if earlier != later && (sizes || source) {
                    pairs.insert((earlier, later));
                }
            }
        }
        pairs
    }

    /// Prepares the bound for questions asked in this order of items.
    pub(crate) fn ask_in(&mut self, order: &[usize]) {
        let order = self.variables_in(order);
        if order == self.left.order && !self.left.at_least.is_empty() {
            return;
        }
        let at_least = self.at_least(&self.rules, &order);
        self.left = Left { order, at_least };
    }

    pub(crate) fn variables_in(&self, order: &[usize]) -> Vec<usize> {
        let items = order.iter().filter_map(|item| self.items.get(*item));
        items.flat_map(|item| item.variables.iter().copied()).collect()
    }

    /// Open questions that matter, see [`crate::Proof::can_change`].
    pub(crate) fn can_change(&self, facts: &Facts, closed: bool) -> Option<BTreeSet<Asked>> {
        let known = self.known(facts)?;
        let mut found = BTreeSet::new();
        for variable in self.relevant(&known, closed) {
            let Some(seen) = self.seen.get(variable) else {
                continue;
            };
            let Some(question) = &seen.variable.question else {
                continue;
            };
            match &seen.member {
                None => drop(found.insert((question.clone(), None))),
                Some((group, position)) => {
                    let members = facts.members(group).unwrap_or_default();
                    let member = members.get(*position).cloned();
                    found.extend(member.map(|member| (question.clone(), Some(member))));
                }
            }
        }
        Some(found)
    }

    /// See [`crate::Proof::settles`].
    pub(crate) fn settles(&self, condition: &Condition, scope: InScope<'_>, facts: &Facts) -> bool {
        let symbol = match scope {
            None => None,
            Some((group, member)) => {
                // Before they are known one stands for all.
                let position = match facts.members(group) {
                    None => Some(0),
                    Some(members) => members.iter().position(|other| other == member),
                };
                let Some(position) = position else {
                    return false;
                };
                Some((group.clone(), position))
            }
        };
        let Some(known) = self.known(facts) else {
            return false;
        };
        let Some(pair) = self.conditions.get(&(condition.source().to_owned(), symbol)) else {
            return false;
        };
        let everywhere =
            |truth: &Bdd| !is_possible(&self.rules.possible.and_not(truth), &known.bits);
        everywhere(&pair.holds) || everywhere(&pair.fails)
    }

    /// Open variables that matter; `closed` adds those that have to be known first.
    fn relevant(&self, known: &Known, closed: bool) -> BTreeSet<usize> {
        let matters = |change: &Bdd| is_possible(change, &known.bits);
        let open = |variable: &usize| !known.variables.contains(variable);
        let changes = self.rules.changes.iter().filter(|(variable, _)| open(variable));
        let mut found: BTreeSet<usize> =
            changes.filter(|(_, change)| matters(change)).map(|(variable, _)| *variable).collect();
        let mut fresh: Vec<usize> =
            if closed { found.iter().copied().collect() } else { Vec::new() };
        while let Some(variable) = fresh.pop() {
            let hangs_on = self.rules.sources.get(&variable).map(|source| &source.hangs_on);
            for (other, change) in hangs_on.into_iter().flatten() {
                if open(other) && matters(change) && found.insert(*other) {
                    fresh.push(*other);
                }
            }
            if let Some(size) = self.size_of(variable)
                && open(&size)
                && found.insert(size)
            {
                fresh.push(size);
            }
        }
        found
    }

    /// The size of the group that the variable's member belongs to.
    fn size_of(&self, variable: usize) -> Option<usize> {
        let (group, _) = self.seen.get(variable)?.member.as_ref()?;
        let subject = Subject::Size(group.clone());
        self.seen.iter().position(|seen| seen.variable.subject == subject)
    }

    /// See [`crate::Proof::left_at_most`].
    pub(crate) fn left_at_most(&self, facts: &Facts) -> Option<u32> {
        let known = self.known(facts)?;
        let relevant = self.relevant(&known, true);
        let order = &self.left.order;
        let Some(first) = order.iter().position(|variable| relevant.contains(variable)) else {
            return Some(0);
        };
        let later = order.get(first..).unwrap_or_default();
        let asked_in_order = known
            .variables
            .iter()
            .all(|variable| order.contains(variable) && !later.contains(variable));
        if asked_in_order {
            return self.left.at_least.get(first).map(|at_least| most(at_least, &known.bits));
        }
        let rules = self.rules.given(&known);
        let open: Vec<usize> =
            order.iter().copied().filter(|variable| relevant.contains(variable)).collect();
        let at_least = self.at_least(&rules, &open);
        at_least.first().map(|at_least| most(at_least, &known.bits))
    }

    /// For each position in the order: where at least nought, one, two … questions are asked from there on.
    fn at_least(&self, rules: &Rules, order: &[usize]) -> Vec<Vec<Bdd>> {
        let rest = self.bits_besides(order);
        let mut tables = vec![vec![rules.possible.exists(&rest)]];
        for (position, variable) in order.iter().enumerate().rev() {
            let before = order.get(..position).unwrap_or_default();
            let asked = self.asked(rules, before, *variable);
            let bits = self.bits(*variable);
            let after = tables.last().cloned().unwrap_or_default();
            let mut table: Vec<Bdd> = Vec::with_capacity(after.len() + 1);
            for count in 0..=after.len() {
                let stays = after.get(count).map(|bdd| bdd.exists(bits));
                let more = count.checked_sub(1).and_then(|count| after.get(count));
                let more = more.map(|bdd| asked.and(&bdd.exists(bits)));
                let sum = match (stays, more) {
                    (Some(stays), Some(more)) => stays.or(&more),
                    (Some(one), None) | (None, Some(one)) => one,
                    (None, None) => break,
                };
                if sum.is_false() {
                    break;
                }
                table.push(sum);
            }
            tables.push(table);
        }
        tables.reverse();
        tables
    }

    /// Where the variable is asked when those before it are known.
    pub(crate) fn asked_after(&self, before: &[usize], variable: usize) -> Bdd {
        self.asked(&self.rules, before, variable)
    }

    pub(crate) fn possible(&self) -> &Bdd {
        &self.rules.possible
    }

    fn asked(&self, rules: &Rules, before: &[usize], variable: usize) -> Bdd {
        let rest = self.bits_besides(before);
        let wanted = self.wanted(rules, before, &rest, variable, &mut BTreeSet::new());
        match rules.sources.get(&variable) {
            Some(source) if !wanted.is_false() => {
                let may_not = rules.possible.and_not(&source.tells).exists(&rest);
                wanted.and(&may_not)
            }
            _ => wanted,
        }
    }

    /// Where the variable matters, by itself or for the sake of others.
    fn wanted(
        &self,
        rules: &Rules,
        before: &[usize],
        rest: &[BddVariable],
        variable: usize,
        visiting: &mut BTreeSet<usize>,
    ) -> Bdd {
        let Some(changes) = rules.changes.get(&variable) else {
            return rules.possible.and_not(&rules.possible);
        };
        let mut wanted = changes.exists(rest);
        if !visiting.insert(variable) {
            return wanted;
        }
        for (other, source) in &rules.sources {
            if let (false, Some(change)) = (before.contains(other), source.hangs_on.get(&variable))
            {
                let for_it = self.wanted(rules, before, rest, *other, visiting);
                wanted = wanted.or(&for_it.and(&change.exists(rest)));
            }
        }
        if let Some(Seen { variable: Variable { subject: Subject::Size(group), .. }, .. }) =
            self.seen.get(variable)
        {
            for (other, seen) in self.seen.iter().enumerate() {
                let is_member = seen.member.as_ref().is_some_and(|(of, _)| of == group);
                if is_member && !before.contains(&other) && rules.changes.contains_key(&other) {
                    wanted = wanted.or(&self.wanted(rules, before, rest, other, visiting));
                }
            }
        }
        visiting.remove(&variable);
        wanted
    }

    fn bits(&self, variable: usize) -> &[BddVariable] {
        self.seen.get(variable).map_or(&[], |seen| &seen.bits)
    }

    fn bits_besides(&self, variables: &[usize]) -> Vec<BddVariable> {
        let others = self.seen.iter().enumerate().filter(|(at, _)| !variables.contains(at));
        others.flat_map(|(_, seen)| seen.bits.iter().copied()).collect()
    }

    /// The facts as bits; `None` where they lie outside the space.
    fn known(&self, facts: &Facts) -> Option<Known> {
        let count = usize::from(self.rules.possible.num_vars());
        let mut known = Known { bits: vec![None; count], variables: BTreeSet::new() };
        for (variable, seen) in self.seen.iter().enumerate() {
            let class = match &seen.variable.subject {
                Subject::Size(group) => self.size(facts, group, seen)?,
                Subject::Element(slot) => self.element(facts, slot, seen)?,
                Subject::Skip(_) => Some(0),
                Subject::Opaque { .. } => None,
            };
            let Some(class) = class else { continue };
            if !matches!(seen.variable.subject, Subject::Skip(_)) {
                known.variables.insert(variable);
            }
            for (place, bit) in seen.bits.iter().rev().enumerate() {
                if let Some(known) = known.bits.get_mut(bit.to_index()) {
                    *known = Some((class >> place) & 1 == 1);
                }
            }
        }
        is_possible(&self.rules.possible, &known.bits).then_some(known)
    }

    /// The class of the size, if it is known; the outer `None` = none.
    #[expect(clippy::option_option, reason = "not known and outside the space are two things")]
    fn size(&self, facts: &Facts, group: &GroupId, seen: &Seen) -> Option<Option<usize>> {
        let declined = Slot::single(DataElementId::new(group.as_str()));
        let wanted = match facts.members(group) {
            Some(members) => {
                let symbols = self.symbols.get(group).copied().unwrap_or_default();
                if members.len() > symbols {
                    return None;
                }
                u32::try_from(members.len()).ok()
            }
            None if facts.is_declined(&declined) => None,
            None => return Some(None),
        };
        let fits = |class: &Class| match (class, wanted) {
            (Class::Members { from, to, .. }, Some(count)) => (*from..=*to).contains(&count),
            (Class::Unknown, None) => true,
            _ => false,
        };
        seen.variable.classes.iter().position(fits).map(Some)
    }

    #[expect(clippy::option_option, reason = "not known and outside the space are two things")]
    fn element(&self, facts: &Facts, slot: &Slot, seen: &Seen) -> Option<Option<usize>> {
        let slot = match &seen.member {
            None => slot.clone(),
            Some((group, position)) => {
                let member: Option<&MemberId> =
                    facts.members(group).and_then(|members| members.get(*position));
                let Some(member) = member else {
                    return Some(None);
                };
                Slot { element: slot.element.clone(), member: Some(member.clone()) }
            }
        };
        if facts.unavailable(&slot).is_some() {
            return None;
        }
        let classes = &seen.variable.classes;
        match facts.value(&slot) {
            Some(Value::Null) => seen.null.map(Some),
            Some(value) => classes.iter().position(|class| class.contains(value)).map(Some),
            None if facts.is_declined(&slot) => {
                classes.iter().position(|class| *class == Class::Unknown).map(Some)
            }
            None => Some(None),
        }
    }
}

/// What facts say, in bits.
struct Known {
    bits: Vec<Option<bool>>,
    variables: BTreeSet<usize>,
}

impl Rules {
    fn given(&self, known: &Known) -> Self {
        let bits = known
            .bits
            .iter()
            .enumerate()
            .filter_map(|(bit, value)| Some((BddVariable::from_index(bit), (*value)?)));
        let cube = BddPartialValuation::from_values_iter(bits);
        let restrict = |bdd: &Bdd| bdd.restrict_valuation(&cube);
        let open = |variable: &usize| !known.variables.contains(variable);
        let changes = self.changes.iter().filter(|(variable, _)| open(variable));
        let sources = self.sources.iter().filter(|(variable, _)| open(variable));
        Self {
            possible: restrict(&self.possible),
            changes: changes.map(|(variable, change)| (*variable, restrict(change))).collect(),
            sources: sources
                .map(|(variable, source)| {
                    let hangs_on = source.hangs_on.iter().filter(|(other, _)| open(other));
                    let hangs_on = hangs_on.map(|(other, change)| (*other, restrict(change)));
                    let tells = restrict(&source.tells);
                    (*variable, Source { tells, hangs_on: hangs_on.collect() })
                })
                .collect(),
        }
    }
}

/// The most that is possible with what is known.
fn most(at_least: &[Bdd], known: &[Option<bool>]) -> u32 {
    let possible = at_least.iter().take_while(|bdd| is_possible(bdd, known)).count();
    u32::try_from(possible.saturating_sub(1)).unwrap_or(u32::MAX)
}

fn null_class(symbolic: &Symbolic, variable: &Variable) -> Option<usize> {
    let own = variable.classes.iter().position(|class| *class == Class::Null);
    own.or_else(|| {
        let topic = Topic::of(&variable.subject)?;
        symbolic.model.topics.get(&topic)?.null_is
    })
}

impl Relevance {
    /// Whether every member of every group stands for itself.
    pub(crate) fn is_exact(symbolic: &Symbolic) -> bool {
        let model = &symbolic.model;
        model.bench.symbols.iter().all(|(group, symbols)| {
            let most = model.bench.most.get(group).copied().unwrap_or_default();
            let subject = Subject::Size(group.clone());
            let size = model.variable(&subject).and_then(|it| model.variables.get(it));
            let each = size.is_some_and(|size| {
                size.classes.iter().all(|class| match class {
                    Class::Members { from, to, .. } => from == to,
                    _ => true,
                })
            });
            each && u32::try_from(*symbols).ok() == Some(most)
        })
    }
}
