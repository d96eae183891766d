//! The order of questions that costs people least.
//!
//! What an order costs is a sum over its questions: whether one is asked depends only on which were asked
//! before it, not in which order. So up to eight questions the best order is found exactly, set by set; beyond
//! that the author's order is improved step by step. The author's order is kept unless another costs less.

use std::collections::{BTreeMap, BTreeSet};

use num_bigint::BigUint;
use vocabulary::QuestionId;

use crate::relevance::Relevance;
use crate::weights::Weights;
use crate::{OrderCost, QuestionOrder};

/// Up to so many questions every order is considered.
const EXACT: usize = 8;
/// Beyond them, so many questions-after-sets are weighed at most.
const MOST_WEIGHED: usize = 3000;

/// Weighs questions after sets of others.
struct Search<'r> {
    relevance: &'r Relevance,
    weights: &'r Weights,
    before: BTreeSet<(usize, usize)>,
    known: BTreeMap<(BTreeSet<usize>, usize), BigUint>,
}

/// Finds the order and prepares the bounds of `exact`, which tells each member apart and has the same
/// questions.
pub(crate) fn best(
    relevance: &Relevance,
    weights: &Weights,
    exact: &mut Relevance,
) -> QuestionOrder {
    let count = relevance.items.len();
    let before = relevance.before();
    let mut search = Search { relevance, weights, before, known: BTreeMap::new() };
    let authors: Vec<usize> = search.settled(&(0..count).collect::<Vec<_>>());
    let authors_weight = search.weigh_order(&authors);
    let (found, weight) = if count <= EXACT {
        search.exact(count).unwrap_or_else(|| (authors.clone(), authors_weight.clone()))
    } else {
        search.improved(authors.clone(), authors_weight.clone())
    };
    let whole = weights.weigh(relevance.possible());
    let cost = |weight: &BigUint, order: &[usize], exact: &mut Relevance| {
        exact.ask_in(order);
        let facts = vocabulary::Facts::new();
        let worst = exact.left_at_most(&facts).unwrap_or_default();
        OrderCost { expected_millionths: millionths(weight, &whole), worst }
    };
    let authors_cost = cost(&authors_weight, &authors, exact);
    let found_cost = cost(&weight, &found, exact);
    let better = (&weight, found_cost.worst) < (&authors_weight, authors_cost.worst);
    let (order, cost) = if better { (found, found_cost) } else { (authors, authors_cost) };
    exact.ask_in(&order);
    let ids = order.iter().filter_map(|item| relevance.items.get(*item));
    let questions: Vec<QuestionId> = ids.map(|item| item.question.clone()).collect();
    QuestionOrder { questions, cost, authors: authors_cost, optimal: count <= EXACT }
}

fn millionths(weight: &BigUint, whole: &BigUint) -> u64 {
    if *whole == BigUint::from(0u32) {
        return 0;
    }
    u64::try_from(weight * BigUint::from(1_000_000u32) / whole).unwrap_or(u64::MAX)
}

impl Search<'_> {
    /// The order with each question moved behind those that have to come before it.
    fn settled(&self, order: &[usize]) -> Vec<usize> {
        let mut left: Vec<usize> = order.to_vec();
        let mut settled = Vec::new();
        while !left.is_empty() {
            let waits = |item: &usize| {
                left.iter().any(|other| other != item && self.before.contains(&(*other, *item)))
            };
            let next = left.iter().position(|item| !waits(item)).unwrap_or(0);
            settled.push(left.remove(next));
        }
        settled
    }

    /// How much the question is asked after a set of others, over all cells.
    fn weigh(&mut self, before: &BTreeSet<usize>, item: usize) -> BigUint {
        let key = (before.clone(), item);
        if let Some(weight) = self.known.get(&key) {
            return weight.clone();
        }
        let order: Vec<usize> = before.iter().copied().collect();
        let mut known = self.relevance.variables_in(&order);
        let mut sum = BigUint::from(0u32);
        for variable in self.relevance.variables_in(&[item]) {
            let asked = self.relevance.asked_after(&known, variable);
            sum += self.weights.weigh(&asked.and(self.relevance.possible()));
            known.push(variable);
        }
        self.known.insert(key, sum.clone());
        sum
    }

    fn weigh_order(&mut self, order: &[usize]) -> BigUint {
        let mut before = BTreeSet::new();
        let mut sum = BigUint::from(0u32);
        for item in order {
            sum += self.weigh(&before, *item);
            before.insert(*item);
        }
        sum
    }

    /// The best order set by set; `None` when the questions wait for each other in a circle.
    fn exact(&mut self, count: usize) -> Option<(Vec<usize>, BigUint)> {
        let mut best: BTreeMap<BTreeSet<usize>, (BigUint, Vec<usize>)> = BTreeMap::new();
        best.insert(BTreeSet::new(), (BigUint::from(0u32), Vec::new()));
        for _ in 0..count {
            let mut next: BTreeMap<BTreeSet<usize>, (BigUint, Vec<usize>)> = BTreeMap::new();
            for (before, (weight, order)) in best {
                for item in (0..count).filter(|item| !before.contains(item)) {
                    let waits = |(earlier, later): &(usize, usize)| {
                        *later == item && !before.contains(earlier)
                    };
                    if self.before.iter().any(waits) {
                        continue;
                    }
                    let weight = &weight + self.weigh(&before, item);
                    let mut after = before.clone();
                    after.insert(item);
                    let mut order = order.clone();
                    order.push(item);
                    let candidate = (weight, order);
                    match next.get_mut(&after) {
                        Some(known) if *known <= candidate => {}
                        Some(known) => *known = candidate,
                        None => drop(next.insert(after, candidate)),
                    }
                }
            }
            best = next;
        }
        best.into_values().next().map(|(weight, order)| (order, weight))
    }

    /// Takes single questions to better places until nothing improves.
    fn improved(&mut self, mut order: Vec<usize>, mut weight: BigUint) -> (Vec<usize>, BigUint) {
        let count = order.len();
        let mut improved = true;
        while improved {
            improved = false;
            for from in 0..count {
                for to in (0..count).filter(|to| *to != from) {
                    if self.known.len() > MOST_WEIGHED {
                        return (order, weight);
                    }
                    let mut candidate = order.clone();
                    let item = candidate.remove(from);
                    candidate.insert(to, item);
                    if self.settled(&candidate) != candidate {
                        continue;
                    }
                    let other = self.weigh_order(&candidate);
                    if other < weight {
                        (order, weight, improved) = (candidate, other, true);
                    }
                }
            }
        }
        (order, weight)
    }
}
