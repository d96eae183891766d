//! The plan's shape as sets of cells: the same steps as a plan's making, each for all cells at once.
//!
//! `plan::make` gives the meaning; what it decides for one person is decided here for everybody, in the same
//! order. Nodes stand in the matter's order, then in that of the symbolic members.

mod evidence;
mod form;
mod select;

use std::collections::BTreeMap;
use std::sync::Arc;

use biodivine_lib_bdd::Bdd;
use catalogue::{Catalogue, DatedPeriod, Matter, PeriodWhen, PublicService, Source};
use conditions::Condition;
use vocabulary::{DueDate, EvidenceTypeId, GroupId, NodeKey, Period};

use crate::model::{Judging, Model, Pair};
use crate::reads::{Symbol, symbol_id};
use crate::{FeatureKey, Place};

/// A service for one symbolic member, wherever it is in.
pub(crate) struct Node<'c> {
    pub(crate) key: NodeKey,
    pub(crate) member: Option<usize>,
    pub(crate) service: &'c PublicService,
    pub(crate) is_in: Bdd,
}

impl Node<'_> {
    fn scope(&self) -> Option<Symbol> {
        self.service.per.clone().zip(self.member)
    }

    /// As the plan: the own member is in scope; else that of the repeated need.
    fn scope_of(&self, group: Option<&GroupId>, member: Option<usize>) -> Option<Symbol> {
        self.scope().or_else(|| group.cloned().zip(member))
    }

    /// Whether both are of one group but for different members: then no output joins them.
    fn is_of_another(&self, other: &Self) -> bool {
        let same = self.service.per.is_some() && self.service.per == other.service.per;
        same && self.member != other.member
    }
}

/// A condition as it was met.
#[derive(Debug)]
pub(crate) struct Met {
    pub(crate) place: Place,
    pub(crate) member: Option<Symbol>,
    pub(crate) text: String,
    pub(crate) reached: Bdd,
    pub(crate) pair: Pair,
}

/// Whoever needs something: position of the node, where it does, and where it cannot wait.
struct User {
    position: usize,
    needs: Bdd,
    hard: Bdd,
}

/// Whoever makes something: position of the node and which of its outputs.
type Maker = (usize, Arc<str>);

/// All features of a matter's plans.
pub(crate) struct Shape<'c, 'm> {
    catalogue: &'c Catalogue,
    matter: &'c Matter,
    model: &'m mut Judging<'c>,
    nodes: Vec<Node<'c>>,
    pub(crate) features: BTreeMap<FeatureKey, Bdd>,
    pub(crate) met: Vec<Met>,
}

impl<'c, 'm> Shape<'c, 'm> {
    pub(crate) fn of(
        catalogue: &'c Catalogue,
        matter: &'c Matter,
        model: &'m mut Judging<'c>,
    ) -> Self {
        let mut shape = Self {
            catalogue,
            matter,
            model,
            nodes: Vec::new(),
            features: BTreeMap::new(),
            met: Vec::new(),
        };
        shape.select();
        shape.terms();
        shape.form();
        shape.evidence();
        shape.signatories();
        shape.features.retain(|_, wherever| !wherever.is_false());
        shape
    }

    fn feature(&mut self, key: FeatureKey, wherever: &Bdd) {
        if wherever.is_false() {
            return;
        }
        match self.features.get_mut(&key) {
            Some(known) => *known = known.or(wherever),
            None => drop(self.features.insert(key, wherever.clone())),
        }
    }

    /// The condition where `reached`; remembered for those who look for conditions.
    fn judge(
        &mut self,
        place: Place,
        condition: &Condition,
        scope: Option<&Symbol>,
        reached: &Bdd,
    ) -> Pair {
        let pair = Pair::clone(&self.model.judge(condition, scope));
        if !condition.is_always() {
            self.met.push(Met {
                place,
                member: scope.cloned(),
                text: condition.source().to_owned(),
                reached: reached.clone(),
                pair: pair.clone(),
            });
        }
        pair
    }

    /// For whom something of `group` is needed by a node, and where: as a plan does it.
    fn each(&self, group: Option<&GroupId>, node: &Node<'_>) -> Vec<(Option<usize>, Bdd)> {
        let Some(group) = group else {
            return vec![(None, self.model.everywhere())];
        };
        if node.service.per.as_ref() == Some(group) {
            return vec![(node.member, self.model.everywhere())];
        }
        let min = self.min(group);
        let members = self.model.symbols_of(group).into_iter();
        members.map(|it| (Some(it.1), self.model.is_planned(&it, min))).collect()
    }

    fn min(&self, group: &GroupId) -> u32 {
        self.catalogue.groups.get(group).map_or(0, |group| group.min)
    }

    fn key(service: &PublicService, member: Option<usize>) -> NodeKey {
        NodeKey { service: service.id.clone(), member: member.map(symbol_id) }
    }

    /// Draws the edges from makers to users, where the way leads through them.
    fn join(&mut self, users: &[User], makers: &[(Maker, Bdd)], wherever: &Bdd) {
        let mut edges = Vec::new();
        for user in users {
            let Some(to) = self.nodes.get(user.position) else {
                continue;
            };
            for ((position, output), makes) in makers {
                let Some(from) = self.nodes.get(*position) else {
                    continue;
                };
                if *position == user.position || from.is_of_another(to) {
                    continue;
                }
                let (from, to, output) = (from.key.clone(), to.key.clone(), output.clone());
                let makes = makes.and(wherever);
                let hard = makes.and(&user.hard);
                let soft = makes.and(&user.needs);
                let edge =
                    FeatureKey::Edge { from: from.clone(), to: to.clone(), output: output.clone() };
                edges.push((edge, soft));
                edges.push((FeatureKey::HardEdge { from, to, output }, hard));
            }
        }
        for (edge, wherever) in edges {
            self.feature(edge, &wherever);
        }
    }

    /// Whether a source delivers the type for a symbolic member.
    fn delivers(
        &mut self,
        source: &Source,
        ty: &EvidenceTypeId,
        scope: Option<&Symbol>,
        reached: &Bdd,
    ) -> Pair {
        let place = || Place::SourceOfEvidence(source.id.clone(), ty.clone());
        let asked = self.judge(place(), &source.when, scope, reached);
        match source.evidence_when.get(ty) {
            None => asked,
            Some(when) => {
                let delivers = self.judge(place(), when, scope, reached);
                asked.and(&delivers)
            }
        }
    }

    /// Periods, visits, fees and special procedures.
    fn terms(&mut self) {
        for position in 0..self.nodes.len() {
            let Some(node) = self.nodes.get(position) else {
                continue;
            };
            let (service, scope) = (node.service, node.scope());
            let (key, is_in) = (node.key.clone(), node.is_in.clone());
            let scope = scope.as_ref();
            let id = service.id.clone();
            let own = Some(&service.promised);
            let place = |at| Place::Promised(service.id.clone(), at);
            let counting = self.counting(&service.promised_when, own, place, scope, &is_in);
            for (at, wherever) in counting {
                self.feature(FeatureKey::Promised(key.clone(), at), &wherever);
            }
            let own = service.statutory.as_ref();
            let place = |at| Place::Statutory(service.id.clone(), at);
            let counting = self.counting(&service.statutory_when, own, place, scope, &is_in);
            for (at, wherever) in counting {
                self.feature(FeatureKey::Statutory(key.clone(), at), &wherever);
            }
            for (at, visit) in service.visits_when.iter().enumerate() {
                let pair = self.judge(Place::Visits(id.clone(), at), &visit.when, scope, &is_in);
                self.feature(FeatureKey::Visits(key.clone(), at), &is_in.and_not(&pair.fails));
            }
            for (at, fee) in service.fees.iter().enumerate() {
                let pair = self.judge(Place::Fee(id.clone(), at), &fee.when, scope, &is_in);
                self.feature(FeatureKey::Fee(key.clone(), at), &is_in.and_not(&pair.fails));
            }
            for (at, procedure) in service.special_procedures.iter().enumerate() {
                let place = Place::Procedure(id.clone(), at);
                let pair = self.judge(place, &procedure.when, scope, &is_in);
                self.feature(FeatureKey::Procedure(key.clone(), at), &is_in.and_not(&pair.fails));
            }
        }
    }

    /// Where another period counts than the service's own: the first that holds, or the longest of those that
    /// may. The same period is known by its first position.
    fn counting(
        &mut self,
        variants: &[PeriodWhen],
        own: Option<&DatedPeriod>,
        place: impl Fn(usize) -> Place,
        scope: Option<&Symbol>,
        is_in: &Bdd,
    ) -> Vec<(usize, Bdd)> {
        let calendar = &self.catalogue.calendar;
        let begun = self.model.bench.as_of;
        let end = |period: Period| {
            let DueDate { on, midday, .. } = calendar.due(begun, period);
            (on, !midday)
        };
        let mut rest = is_in.clone();
        let mut may_count: Vec<(Period, Bdd)> = Vec::new();
        for (at, variant) in variants.iter().enumerate() {
            let pair = self.judge(place(at), &variant.when, scope, &rest);
            may_count.push((variant.period.period, rest.and_not(&pair.fails)));
            rest = rest.and_not(&pair.holds);
        }
        may_count.extend(own.map(|own| (own.period, rest)));
        // Of those that end last the first.
        let mut ranks: Vec<usize> = (0..may_count.len()).collect();
        ranks.sort_by_key(|at| {
            std::cmp::Reverse(may_count.get(*at).map(|(period, _)| end(*period)))
        });
        let mut open = is_in.clone();
        let mut counting = Vec::new();
        for at in ranks {
            let Some((period, wherever)) = may_count.get(at) else {
                continue;
            };
            let here = open.and(wherever);
            open = open.and_not(wherever);
            let first = variants.iter().position(|variant| variant.period.period == *period);
            let is_own = own.is_some_and(|own| own.period == *period);
            if let (Some(first), false) = (first, is_own) {
                counting.push((first, here));
            }
        }
        counting
    }

    fn signatories(&mut self) {
        for position in 0..self.nodes.len() {
            let Some(node) = self.nodes.get(position) else {
                continue;
            };
            let (service, key, is_in) = (node.service, node.key.clone(), node.is_in.clone());
            for (at, signatory) in service.signatories.iter().enumerate() {
                let element = self.catalogue.element(&signatory.element);
                let group = element.and_then(|element| element.group.as_ref());
                let Some(node) = self.nodes.get(position) else {
                    continue;
                };
                let members: Vec<_> = self
                    .each(group, node)
                    .into_iter()
                    .map(|(member, here)| (member, here, node.scope_of(group, member)))
                    .collect();
                for (member, here, scope) in members {
                    let reached = is_in.and(&here);
                    let place = Place::Signatory(service.id.clone(), at);
                    let pair = self.judge(place, &signatory.when, scope.as_ref(), &reached);
                    let slot = Model::slot(&signatory.element, member);
                    let signs = reached.and_not(&pair.fails);
                    self.feature(FeatureKey::Signs(key.clone(), at, slot), &signs);
                }
            }
        }
    }
}
