//! The graph over typed outputs: who waits for whose output, in what order, in which wave.
//!
//! The catalogue refuses a cycle of hard edges; should one come all the same, the node that the matter names
//! first goes ahead, so that a plan is always made.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use catalogue::Output;

use crate::Edge;
use crate::select::Node;

/// Edges as they are found; the same output needed twice by one node makes one edge.
#[derive(Default)]
pub(crate) struct Arrows {
    hard: BTreeMap<(usize, usize, Arc<str>), bool>,
}

impl Arrows {
    /// The node at `user` needs what the producers make. An edge joins the same member; a node that is
    /// not repeated needs the output of every member.
    pub(crate) fn join(
        &mut self,
        nodes: &[Node<'_>],
        producers: &[(usize, &Output)],
        user: usize,
        soft: bool,
    ) {
        let Some(to) = nodes.get(user) else { return };
        for (position, output) in producers {
            let Some(from) = nodes.get(*position) else {
                continue;
            };
            let same_group = from.service.per.is_some() && from.service.per == to.service.per;
            if *position == user || (same_group && from.key.member != to.key.member) {
                continue;
            }
            let hard = self.hard.entry((*position, user, output.id.clone())).or_insert(false);
            *hard |= !soft;
        }
    }
}

/// The nodes in an order in which nobody waits for a later one.
pub(crate) struct Graph {
    /// Hard predecessors of each node that come before it in the order.
    pub(crate) before: Vec<Vec<usize>>,
    pub(crate) order: Vec<usize>,
    /// For each node, how many hard edges lie before it on the longest way.
    pub(crate) wave: Vec<u32>,
}

impl Graph {
    pub(crate) fn of(count: usize, arrows: &Arrows) -> Self {
        let mut all_before: Vec<Vec<usize>> = vec![Vec::new(); count];
        for ((from, to, _), hard) in &arrows.hard {
            // Several outputs of one node come one after the other.
            if let (true, Some(before)) = (hard, all_before.get_mut(*to))
                && before.last() != Some(from)
            {
                before.push(*from);
            }
        }
        let mut after: Vec<Vec<usize>> = vec![Vec::new(); count];
        for (to, before) in all_before.iter().enumerate() {
            for from in before {
                if let Some(after) = after.get_mut(*from) {
                    after.push(to);
                }
            }
        }
        let mut waits_for: Vec<usize> = all_before.iter().map(Vec::len).collect();
        let mut open: BTreeSet<usize> = (0..count).collect();
        let free = |node: &usize| all_before.get(*node).is_none_or(Vec::is_empty);
        let mut ready: BTreeSet<usize> = (0..count).filter(free).collect();
        let mut graph = Self {
            before: vec![Vec::new(); count],
            order: Vec::with_capacity(count),
            wave: vec![0; count],
        };
        let mut placed = vec![false; count];
        while let Some(next) = ready.first().or(open.first()).copied() {
            ready.remove(&next);
            open.remove(&next);
            for waiting in after.get(next).into_iter().flatten() {
                if let Some(left) = waits_for.get_mut(*waiting) {
                    *left = left.saturating_sub(1);
                    if *left == 0 && open.contains(waiting) {
                        ready.insert(*waiting);
                    }
                }
            }
            let before = all_before.get(next).into_iter().flatten().copied();
            let before: Vec<usize> = before.filter(|from| is_set(&placed, *from)).collect();
            let depths = before.iter().filter_map(|from| graph.wave.get(*from));
            let wave = depths.max().map_or(0, |depth| depth.saturating_add(1));
            if let Some(slot) = graph.wave.get_mut(next) {
                *slot = wave;
            }
            if let Some(slot) = graph.before.get_mut(next) {
                *slot = before;
            }
            if let Some(slot) = placed.get_mut(next) {
                *slot = true;
            }
            graph.order.push(next);
        }
        graph
    }

    /// The positions of the nodes by wave, then in the matter's order.
    pub(crate) fn by_wave(&self) -> Vec<usize> {
        let mut nodes: Vec<usize> = (0..self.wave.len()).collect();
        nodes.sort_by_key(|node| (self.wave.get(*node).copied(), *node));
        nodes
    }

    /// The edges between nodes, in the order of `by_wave`.
    pub(crate) fn edges(&self, nodes: &[Node<'_>], arrows: &Arrows) -> Vec<Edge> {
        let mut rank = vec![0usize; nodes.len()];
        for (place, node) in self.by_wave().into_iter().enumerate() {
            if let Some(slot) = rank.get_mut(node) {
                *slot = place;
            }
        }
        let rank_of = |node: usize| rank.get(node).copied().unwrap_or(usize::MAX);
        let mut sorted: Vec<_> = arrows.hard.iter().collect();
        sorted.sort_by_key(|((from, to, _), _)| (rank_of(*from), rank_of(*to)));
        let edge = |((from, to, output), hard): (&(usize, usize, Arc<str>), &bool)| {
            Some(Edge {
                from: nodes.get(*from)?.key.clone(),
                to: nodes.get(*to)?.key.clone(),
                output: output.clone(),
                hard: *hard,
            })
        };
        sorted.into_iter().filter_map(edge).collect()
    }
}

fn is_set(flags: &[bool], position: usize) -> bool {
    flags.get(position).copied().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::{Arrows, Graph};

    /// The funnel: arrows as `from>to`; the order and the waves.
    #[track_caller]
    fn check(count: usize, arrows: &[(usize, usize)], order: &[usize], waves: &[u32]) {
        let hard = arrows.iter().map(|(from, to)| ((*from, *to, "output".into()), true)).collect();
        let graph = Graph::of(count, &Arrows { hard });
        assert_eq!((graph.order.as_slice(), graph.wave.as_slice()), (order, waves));
    }

    #[test]
    fn waves_follow_the_longest_way() {
        check(4, &[(3, 0), (0, 1), (3, 1)], &[2, 3, 0, 1], &[1, 2, 0, 0]);
    }

    #[test]
    fn a_cycle_ends_all_the_same() {
        check(3, &[(0, 1), (1, 2), (2, 0)], &[0, 1, 2], &[0, 1, 2]);
        check(1, &[(0, 0)], &[0], &[0]);
    }
}
