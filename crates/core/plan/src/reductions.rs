//! Before and after, item by item: what each service alone asks for, and what of it is left. The definition
//! of every figure stands at [`Reductions`].

use std::collections::BTreeSet;

use catalogue::Baseline;
use vocabulary::{Decimal, HalfDays};

use crate::evidence::EvidenceList;
use crate::graph::Graph;
use crate::schedule::Schedule;
use crate::select::{Node, by_service, trips};
use crate::{
    EvidenceGroup, MoneyReduction, PlannedSignatory, Reduction, Reductions, TakenWay, Vanished,
};

/// What the figures follow from.
pub(crate) struct Measured<'a> {
    pub(crate) nodes: &'a [Node<'a>],
    pub(crate) evidence: &'a EvidenceList,
    pub(crate) signatories: &'a [PlannedSignatory],
    /// The element that names the applicant: signing oneself is no further act.
    pub(crate) applicant: &'a vocabulary::DataElementId,
    pub(crate) graph: &'a Graph,
    /// All nodes with a baseline, the others lasting no time.
    pub(crate) schedule: &'a Schedule,
}

impl<'a> Measured<'a> {
    pub(crate) fn reductions(&self) -> Reductions {
        Reductions {
            steps: self.steps(),
            materials: self.materials(),
            days: self.days(),
            visits: self.visits(),
            fees: self.fees(),
            without_baseline: self
                .nodes
                .iter()
                .filter(|node| node.service.baseline.is_none())
                .map(|node| node.key.clone())
                .collect(),
        }
    }

    fn counted(&self) -> impl Iterator<Item = (usize, &'a Node<'a>, &'a Baseline)> {
        let nodes = self.nodes.iter().enumerate();
        nodes.filter_map(|(at, node)| Some((at, node, node.service.baseline.as_ref()?)))
    }

    /// The services that count, with all their members and the position of the first.
    fn services(&self) -> impl Iterator<Item = (usize, &'a [Node<'a>], &'a Baseline)> {
        let mut next = 0usize;
        by_service(self.nodes).filter_map(move |members| {
            let first = next;
            next = next.saturating_add(members.len());
            Some((first, members, members.first()?.service.baseline.as_ref()?))
        })
    }

    /// The acts that are left stay on the list of steps: the first step of the first service stands for the
    /// joint submission, a service's last steps for its visits, a step of the first service with a further
    /// signatory for the signing. Every other step vanished.
    fn steps(&self) -> Reduction {
        let mut all: Vec<(usize, u32)> = Vec::new();
        let mut kept: BTreeSet<(usize, u32)> = BTreeSet::new();
        let mut acts = 0usize;
        for (at, members, baseline) in self.services() {
            let steps = u32::try_from(baseline.steps.len()).unwrap_or(u32::MAX);
            for (member, _) in (at..).zip(members) {
                all.extend((0..steps).map(|index| (member, index)));
            }
            if acts == 0 {
                acts = 1;
                kept.extend((steps > 0).then_some((at, 0)));
            }
            for visit in 0..trips(members) {
                acts = acts.saturating_add(1);
                let index = steps.checked_sub(visit.saturating_add(1));
                kept.extend(index.map(|index| (at, index)));
            }
        }
        if let Some(signing) = self.further_signing() {
            acts = acts.saturating_add(1);
            kept.extend(all.iter().copied().find(|step| step.0 == signing && !kept.contains(step)));
        }
        for step in &all {
            if kept.len() >= acts {
                break;
            }
            kept.insert(*step);
        }
        let gone = all.iter().filter(|step| !kept.contains(step));
        let vanished = gone.filter_map(|(at, index)| {
            Some(Vanished::Step { node: self.nodes.get(*at)?.key.clone(), index: *index })
        });
        Reduction { before: count(all.len()), after: count(acts), vanished: vanished.collect() }
    }

    /// The first service with a baseline that someone besides the applicant signs.
    fn further_signing(&self) -> Option<usize> {
        let signs = |node: &Node<'_>| {
            let mut signatories = self.signatories.iter();
            signatories.any(|it| it.node == node.key && it.slot.element != *self.applicant)
        };
        self.counted().find(|(_, node, _)| signs(node)).map(|(at, ..)| at)
    }

    fn materials(&self) -> Reduction {
        let mut before = 0u32;
        let mut vanished = Vec::new();
        let mut brought: Vec<Option<usize>> = vec![None; self.evidence.pieces.len()];
        for need in &self.evidence.alone {
            let (Some(node), Some(piece)) =
                (self.nodes.get(need.node), self.evidence.pieces.get(need.piece))
            else {
                continue;
            };
            if node.service.baseline.is_none() {
                continue;
            }
            before = before.saturating_add(need.copies);
            let (key, evidence) = (node.key.clone(), piece.key.clone());
            let (gone, item) = match (&piece.way, piece.group) {
                (TakenWay::Source { source }, _) => {
                    let source = source.clone();
                    (need.copies, Vanished::Fetched { node: key, evidence, source })
                }
                (TakenWay::Output { node: by, .. }, _) => {
                    (need.copies, Vanished::ProducedBy { node: key, evidence, by: by.clone() })
                }
                (_, EvidenceGroup::YouBring | EvidenceGroup::YouGave) => {
                    let Some(first) = brought.get_mut(need.piece) else {
                        continue;
                    };
                    let here = first.is_none();
                    let first = *first.get_or_insert(need.node);
                    let Some(first) = self.nodes.get(first) else {
                        continue;
                    };
                    let gone = if here { need.copies.saturating_sub(1) } else { need.copies };
                    let first = first.key.clone();
                    (gone, Vanished::SharedWith { node: key, evidence, first })
                }
                _ => (need.copies, Vanished::NotBrought { node: key, evidence }),
            };
            vanished.extend((0..gone).map(|_| item.clone()));
        }
        let after = count(brought.iter().flatten().count());
        Reduction { before, after, vanished }
    }

    /// Each service's own days vanish where its promise is shorter than it took alone, and where it runs
    /// while the critical path runs. A service counts once however many members have it: twins' papers are
    /// handed in at the same counter on the same day.
    fn days(&self) -> Reduction {
        let critical = self.schedule.critical_path(self.graph);
        let mut before = HalfDays::ZERO;
        let mut vanished = Vec::new();
        for (first, members, baseline) in self.services() {
            // Of its members the one on the critical path, else the first.
            let mut nodes = (first..).zip(members);
            let is_critical = |(at, _): &(usize, &Node<'_>)| critical.contains(at);
            let (at, node) = match (nodes.clone().find(is_critical), nodes.next()) {
                (Some(critical), _) => critical,
                (None, Some(first)) => first,
                (None, None) => continue,
            };
            before = before.saturating_add(baseline.days);
            let now = self.schedule.length(at);
            let shorter = HalfDays(baseline.days.0.saturating_sub(now.0));
            if shorter > HalfDays::ZERO {
                vanished.push(Vanished::Shorter { node: node.key.clone(), halves: shorter });
            }
            let aside = now.min(baseline.days);
            if !critical.contains(&at) && aside > HalfDays::ZERO {
                vanished.push(Vanished::Parallel { node: node.key.clone(), halves: aside });
            }
        }
        Reduction { before: before.0, after: self.schedule.last_end().0, vanished }
    }

    /// Trips for each service, alone and jointly; twins go together.
    fn visits(&self) -> Reduction {
        let mut reduction = Reduction { before: 0, after: 0, vanished: Vec::new() };
        for (_, members, baseline) in self.services() {
            let left = trips(members);
            reduction.before = reduction.before.saturating_add(baseline.visits);
            reduction.after = reduction.after.saturating_add(left);
            let count = baseline.visits.saturating_sub(left);
            if let (Some(first), true) = (members.first(), count > 0) {
                reduction.vanished.push(Vanished::Visit { node: first.key.clone(), count });
            }
        }
        reduction
    }

    /// `None` when nothing costs anything on either side, or when amounts cannot be added.
    fn fees(&self) -> Option<MoneyReduction> {
        let (mut before, mut after) = (Decimal::ZERO, Decimal::ZERO);
        let mut currency: Option<&str> = None;
        for (_, node, baseline) in self.counted() {
            before = before.checked_add(baseline.fee.unwrap_or_default())?;
            for fee in node.fees() {
                after = after.checked_add(fee.amount)?;
                if *currency.get_or_insert(&fee.currency) != fee.currency {
                    return None;
                }
            }
        }
        if before.is_zero() && after.is_zero() {
            return None;
        }
        Some(MoneyReduction { before, after, currency: currency.unwrap_or_default().to_owned() })
    }
}

fn count(items: usize) -> u32 {
    u32::try_from(items).unwrap_or(u32::MAX)
}
