//! Counting: cells in a set, and different plans, without walking over either.
//!
//! A plan is the vector of its features. The set of vectors that occur is the image of the possible cells under
//! the features: each different feature gets a variable of its own beside what it depends on, and the variables
//! of the cells are eliminated one by one. Features that depend on different things are counted apart and
//! multiplied.

use std::collections::{BTreeMap, BTreeSet};

use biodivine_lib_bdd::{Bdd, BddNode, BddPointer, BddVariable, op_function};
use num_bigint::BigUint;

use crate::Count;

/// A relation that grows beyond so many nodes is not followed further.
const MOST_NODES: usize = 200_000;
/// The same for pairs of cells.
const MOST_NODES_OF_PAIRS: usize = 200_000;

/// How many different vectors the features have over the possible cells. `factors` are constraints that all
/// have to hold.
pub(crate) fn images(factors: Vec<Bdd>, features: Vec<Bdd>) -> Count {
    let factors: Vec<Bdd> = factors.into_iter().filter(|factor| !factor.is_true()).collect();
    if factors.iter().any(Bdd::is_false) {
        return Count::Exactly(BigUint::from(0u32));
    }
    let mut different: BTreeMap<Vec<u8>, Bdd> = BTreeMap::new();
    for feature in features {
        if feature.is_true() || feature.is_false() {
            continue;
        }
        // A feature and its opposite tell the same.
        let (plain, turned) = (feature.to_bytes(), feature.not().to_bytes());
        if !different.contains_key(&turned) {
            different.insert(plain, feature);
        }
    }
    let features: Vec<Bdd> = different.into_values().collect();
    let mut exact = true;
    let mut product = BigUint::from(1u32);
    for part in parts(&factors, &features) {
        match part.count() {
            Count::Exactly(count) => product *= count,
            Count::AtLeast(count) => {
                exact = false;
                product *= count;
            }
        }
    }
    if exact { Count::Exactly(product) } else { Count::AtLeast(product) }
}

/// Features and constraints that hang together.
struct Part {
    factors: Vec<Bdd>,
    features: Vec<Bdd>,
}

fn support(bdd: &Bdd) -> BTreeSet<BddVariable> {
    bdd.support_set().into_iter().collect()
}

fn parts(factors: &[Bdd], features: &[Bdd]) -> Vec<Part> {
    let mut parts: Vec<(BTreeSet<BddVariable>, Part)> = Vec::new();
    let factors = factors.iter().map(|bdd| (bdd, true));
    for (bdd, is_factor) in factors.chain(features.iter().map(|bdd| (bdd, false))) {
        let mut reads = support(bdd);
        let mut joined = Part { factors: Vec::new(), features: Vec::new() };
        let (touching, rest): (Vec<_>, Vec<_>) =
            parts.into_iter().partition(|(known, _)| !known.is_disjoint(&reads));
        parts = rest;
        for (known, part) in touching {
            reads.extend(known);
            joined.factors.extend(part.factors);
            joined.features.extend(part.features);
        }
        if is_factor {
            joined.factors.push(bdd.clone());
        } else {
            joined.features.push(bdd.clone());
        }
        parts.push((reads, joined));
    }
    parts.into_iter().map(|(_, part)| part).collect()
}

impl Part {
    /// With fewer features, when it becomes too large: then there are at least so many.
    fn count(self) -> Count {
        let all = self.features.as_slice();
        let count = relation(&self.factors, all).or_else(|| firsts(&self.factors, all));
        if let Some(count) = count {
            return Count::Exactly(count);
        }
        let mut features = all;
        loop {
            features = features.get(..features.len() / 2).unwrap_or_default();
            if let Some(count) = relation(&self.factors, features) {
                return Count::AtLeast(count);
            }
        }
    }
}

/// The number of vectors; `None` when it takes too much room.
fn relation(factors: &[Bdd], features: &[Bdd]) -> Option<BigUint> {
    let inputs: BTreeSet<BddVariable> =
        factors.iter().chain(features).flat_map(|bdd| bdd.support_set()).collect();
    // Each feature's variable stands right behind the last of those that it depends on.
    let mut behind: BTreeMap<BddVariable, Vec<usize>> = BTreeMap::new();
    for (at, feature) in features.iter().enumerate() {
        if let Some(last) = support(feature).last() {
            behind.entry(*last).or_default().push(at);
        }
    }
    let mut places: BTreeMap<BddVariable, usize> = BTreeMap::new();
    let mut outputs: BTreeMap<usize, usize> = BTreeMap::new();
    let mut next = 0usize;
    for input in &inputs {
        places.insert(*input, next);
        next += 1;
        for feature in behind.get(input).into_iter().flatten() {
            outputs.insert(*feature, next);
            next += 1;
        }
    }
    let count = u16::try_from(next).ok()?;
    let mut open: Vec<Bdd> = factors.iter().map(|bdd| moved(bdd, &places, count)).collect();
    for (at, feature) in features.iter().enumerate() {
        let output = variable(*outputs.get(&at)?, count);
        open.push(moved(feature, &places, count).iff(&output));
    }
    let mut left: Vec<BddVariable> =
        places.values().map(|place| BddVariable::from_index(*place)).collect();
    while !left.is_empty() {
        let cost = |variable: &BddVariable| -> usize {
            let touching = open.iter().filter(|bdd| bdd.support_set_contains(variable));
            touching.map(Bdd::size).fold(0, usize::saturating_add)
        };
        let cheapest = left.iter().enumerate().min_by_key(|(_, variable)| cost(variable))?.0;
        let variable = left.swap_remove(cheapest);
        let (mut touching, rest): (Vec<Bdd>, Vec<Bdd>) =
            open.into_iter().partition(|bdd| bdd.support_set_contains(&variable));
        open = rest;
        touching.sort_by_key(Bdd::size);
        let mut joined: Option<Bdd> = None;
        for bdd in touching {
            joined = Some(match joined {
                None => bdd,
                Some(before) => {
                    Bdd::binary_op_with_limit(MOST_NODES, &before, &bdd, op_function::and)?
                }
            });
        }
        let Some(joined) = joined else { continue };
        // What nothing else reads goes with it.
        let mut gone = vec![variable];
        left.retain(|other| {
            let alone = joined.support_set_contains(other)
                && !open.iter().any(|bdd| bdd.support_set_contains(other));
            if alone {
                gone.push(*other);
            }
            !alone
        });
        open.push(joined.exists(&gone));
    }
    open.sort_by_key(Bdd::size);
    let mut vectors = constant(count);
    for bdd in open {
        vectors = Bdd::binary_op_with_limit(MOST_NODES, &vectors, &bdd, op_function::and)?;
    }
    // The inputs are free in what is left.
    Some(vectors.exact_cardinality() >> inputs.len())
}

/// The number of vectors, counted as the cells that come first among those with the same vector; `None` when it
/// takes too much room. Small where features tell most of what a cell is.
fn firsts(factors: &[Bdd], features: &[Bdd]) -> Option<BigUint> {
    let inputs: BTreeSet<BddVariable> =
        factors.iter().chain(features).flat_map(|bdd| bdd.support_set()).collect();
    let count = u16::try_from(inputs.len().checked_mul(2)?).ok()?;
    let places = |offset: usize| -> BTreeMap<BddVariable, usize> {
        inputs.iter().enumerate().map(|(at, input)| (*input, at * 2 + offset)).collect()
    };
    let (ones, others) = (places(0), places(1));
    let and = |left: &Bdd, right: &Bdd| {
        Bdd::binary_op_with_limit(MOST_NODES_OF_PAIRS, left, right, op_function::and)
    };
    // The other cell comes before the one: at the first bit in which they differ, the other has nought.
    let mut before = constant(count).not();
    for at in (0..inputs.len()).rev() {
        let (one, other) = (variable(at * 2, count), variable(at * 2 + 1, count));
        before = one.and_not(&other).or(&one.iff(&other).and(&before));
    }
    let mut same: Vec<Bdd> = features
        .iter()
        .map(|bdd| moved(bdd, &ones, count).iff(&moved(bdd, &others, count)))
        .chain(factors.iter().map(|bdd| moved(bdd, &others, count)))
        .collect();
    // Neighbours first: they meet in few variables.
    same.sort_by_key(|bdd| (support(bdd).into_iter().next_back(), bdd.size()));
    let mut pairs = before;
    for one in same {
        pairs = and(&pairs, &one)?;
    }
    let bits: Vec<BddVariable> =
        others.values().map(|place| BddVariable::from_index(*place)).collect();
    let mut firsts = pairs.exists(&bits).not();
    for factor in factors {
        firsts = and(&firsts, &moved(factor, &ones, count))?;
    }
    Some(firsts.exact_cardinality() >> inputs.len())
}

fn constant(count: u16) -> Bdd {
    biodivine_lib_bdd::BddVariableSet::new_anonymous(count).mk_true()
}

fn variable(place: usize, count: u16) -> Bdd {
    let set = biodivine_lib_bdd::BddVariableSet::new_anonymous(count);
    set.mk_var(BddVariable::from_index(place))
}

/// The same function with its variables at other places, in the same order.
fn moved(bdd: &Bdd, places: &BTreeMap<BddVariable, usize>, count: u16) -> Bdd {
    let nodes: Vec<BddNode> = bdd
        .clone()
        .to_nodes()
        .into_iter()
        .enumerate()
        .map(|(at, node)| match at {
            0 => BddNode::mk_zero(count),
            1 => BddNode::mk_one(count),
            _ => {
                let place = places.get(&node.var).copied().unwrap_or_default();
                BddNode::mk_node(BddVariable::from_index(place), node.low_link, node.high_link)
            }
        })
        .collect();
    Bdd::from_nodes(&nodes).unwrap_or_else(|_| constant(count))
}

/// Whether some valuation that agrees with the known bits satisfies the function.
pub(crate) fn is_possible(bdd: &Bdd, known: &[Option<bool>]) -> bool {
    let root = bdd.root_pointer();
    let mut seen = vec![false; bdd.size()];
    let mut open: Vec<BddPointer> = vec![root];
    while let Some(at) = open.pop() {
        if at.is_one() {
            return true;
        }
        let Some(seen) = seen.get_mut(at.to_index()) else {
            continue;
        };
        if at.is_zero() || std::mem::replace(seen, true) {
            continue;
        }
        let bit = known.get(bdd.var_of(at).to_index()).copied().flatten();
        if bit != Some(true) {
            open.push(bdd.low_link_of(at));
        }
        if bit != Some(false) {
            open.push(bdd.high_link_of(at));
        }
    }
    false
}
