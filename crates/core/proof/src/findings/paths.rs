//! Evidence without a way, services that wait for each other, promises beyond the law.

use std::collections::{BTreeMap, BTreeSet};

use catalogue::{PeriodWhen, Way};
use jiff::ToSpan;
use vocabulary::{Date, DueDate, NodeKey, Period, PeriodUnit, WorkCalendar};

use super::{CYCLE, FoundIn, Message, PROMISE_BEYOND_LAW, Search, Severity, UNSATISFIABLE};
use crate::{Cells, FeatureKey, Piece, Taken};

impl Search<'_> {
    /// A piece still has to be brought although nobody who uses it takes what is brought.
    pub(super) fn unsatisfied(&mut self) {
        let features = self.proof.features();
        let brought = |key: &FeatureKey| match key {
            FeatureKey::Way(piece, Taken::Upload) => Some(piece.clone()),
            _ => None,
        };
        for (piece, cells) in
            features.iter().filter_map(|(key, cells)| Some((brought(key)?, cells)))
        {
            let mut open = self.nowhere();
            let mut users: BTreeSet<&NodeKey> = BTreeSet::new();
            for (key, uses) in features {
                let FeatureKey::Uses(node, used) = key else { continue };
                if *used != piece {
                    continue;
                }
                users.insert(node);
                if self.takes_what_is_brought(node, &piece) {
                    open = open.or(uses);
                }
            }
            let stuck = cells.minus(&open);
            if stuck.is_empty() {
                continue;
            }
            let message = Message {
                zh: "这种情形下没有人拿得出“{0}”（{1}）：允许的途径都走不通",
                en: "in this scenario nobody can provide {0} ({1}): no way that is allowed is open",
                args: &|words| {
                    let users: Vec<String> = users.iter().map(|node| words.node(node)).collect();
                    vec![words.evidence(&piece.ty), users.join("、")]
                },
            };
            let item = FoundIn::EvidenceType(piece.ty.clone());
            self.find_in(UNSATISFIABLE, Severity::Error, item, &message, &stuck);
        }
    }

    fn takes_what_is_brought(&self, node: &NodeKey, piece: &Piece) -> bool {
        let service = self.catalogue.service(&node.service);
        let mut needs = service.into_iter().flat_map(|service| &service.evidence);
        needs.any(|need| {
            need.ty == piece.ty
                && need.ways.iter().any(|way| matches!(way, Way::Upload | Way::Licence))
        })
    }

    pub(super) fn cycles(&mut self) {
        let mut edges: BTreeMap<(&NodeKey, &NodeKey), Cells> = BTreeMap::new();
        for (key, cells) in self.proof.features() {
            if let FeatureKey::HardEdge { from, to, .. } = key {
                let known = edges.entry((from, to)).or_insert_with(|| self.nowhere());
                *known = known.or(cells);
            }
        }
        let nodes: BTreeSet<&NodeKey> = edges.keys().flat_map(|(from, to)| [*from, *to]).collect();
        let mut told: BTreeSet<BTreeSet<&NodeKey>> = BTreeSet::new();
        let mut found = Vec::new();
        for start in nodes {
            let Some((round, cells)) = shortest_round(start, &edges, self.proof.space_with_skips())
            else {
                continue;
            };
            if told.insert(round.iter().copied().collect()) {
                found.push((round.into_iter().cloned().collect::<Vec<NodeKey>>(), cells));
            }
        }
        for (round, cells) in found {
            let message = Message {
                zh: "这种情形下事项互相等待：{0}",
                en: "in this scenario services wait for each other: {0}",
                args: &|words| {
                    let round = round.iter().chain(round.first());
                    let names: Vec<String> = round.map(|node| words.node(node)).collect();
                    vec![names.join(" → ")]
                },
            };
            let first = round.first().map(|node| node.service.clone());
            let item = first.map_or(FoundIn::Matter, FoundIn::Service);
            self.find_in(CYCLE, Severity::Error, item, &message, &cells);
        }
    }

    pub(super) fn promises(&mut self) {
        let nodes: Vec<NodeKey> = self
            .proof
            .features()
            .keys()
            .filter_map(|key| match key {
                FeatureKey::In(node) => Some(node.clone()),
                _ => None,
            })
            .collect();
        for node in nodes {
            let Some(service) = self.catalogue.service(&node.service) else {
                continue;
            };
            let promised = self.counting(&node, &service.promised_when, |at| {
                FeatureKey::Promised(node.clone(), at)
            });
            let own = (service.promised.period, promised.1);
            let promised: Vec<_> = promised.0.into_iter().chain([own]).collect();
            let (mut allowed, rest) = self.counting(&node, &service.statutory_when, |at| {
                FeatureKey::Statutory(node.clone(), at)
            });
            allowed.extend(service.statutory.as_ref().map(|own| (own.period, rest)));
            for (promise, here) in &promised {
                for (law, there) in &allowed {
                    let cells = here.and(there);
                    if cells.is_empty() || !ends_later(*promise, *law, &self.catalogue.calendar) {
                        continue;
                    }
                    let message = Message {
                        zh: "这种情形下“{0}”承诺 {1}，法定只有 {2}",
                        en: "in this scenario “{0}” promises {1}, but the law allows {2}",
                        args: &|words| {
                            let period = |period| period_text(words, period);
                            vec![words.node(&node), period(*promise), period(*law)]
                        },
                    };
                    let item = FoundIn::Service(node.service.clone());
                    self.find_in(PROMISE_BEYOND_LAW, Severity::Error, item, &message, &cells);
                }
            }
        }
    }

    /// Variants with the cells in which each counts, and where the service's own does.
    fn counting(
        &self,
        node: &NodeKey,
        variants: &[PeriodWhen],
        key: impl Fn(usize) -> FeatureKey,
    ) -> (Vec<(Period, Cells)>, Cells) {
        let features = self.proof.features();
        let of = |key: &FeatureKey| features.get(key).cloned().unwrap_or_else(|| self.nowhere());
        let mut own = of(&FeatureKey::In(node.clone()));
        let mut counting = Vec::new();
        for (at, variant) in variants.iter().enumerate() {
            let cells = of(&key(at));
            own = own.minus(&cells);
            counting.push((variant.period.period, cells));
        }
        (counting, own)
    }
}

fn period_text(words: &crate::words::Words<'_>, period: Period) -> String {
    let (zh, en) = match period.unit {
        PeriodUnit::WorkingDay => ("{0} 个工作日", "{0} working days"),
        PeriodUnit::CalendarDay => ("{0} 日", "{0} calendar days"),
        PeriodUnit::Month => ("{0} 个月", "{0} months"),
        PeriodUnit::Hour => ("{0} 小时", "{0} hours"),
        PeriodUnit::Immediate => ("即办", "to do it on the spot"),
    };
    words.say(zh, en, &[&period.halves.to_string()])
}

/// Whether the promise ends later than the law allows, on some day of the loaded calendar.
fn ends_later(promised: Period, law: Period, calendar: &WorkCalendar) -> bool {
    if promised.unit == law.unit {
        return promised.halves > law.halves;
    }
    let ends = |due: &DueDate| (due.on, !due.midday);
    let mut days = calendar.years.keys().flat_map(|year| {
        let first = Date::new(*year, 1, 1).ok();
        let days = first.into_iter().flat_map(|first| first.series(1.day()));
        days.take_while(move |day| day.year() == *year)
    });
    days.any(|start| {
        let (promised, law) = (calendar.due(start, promised), calendar.due(start, law));
        !promised.provisional && !law.provisional && ends(&promised) > ends(&law)
    })
}

/// The shortest way from a node back to itself that is there in one scenario, with all scenarios where it is.
fn shortest_round<'n>(
    start: &'n NodeKey,
    edges: &BTreeMap<(&'n NodeKey, &'n NodeKey), Cells>,
    space: &Cells,
) -> Option<(Vec<&'n NodeKey>, Cells)> {
    let count = edges.len();
    let mut ways: Vec<(Vec<&'n NodeKey>, Cells)> = vec![(vec![start], space.clone())];
    for _ in 0..count {
        let mut longer: Vec<(Vec<&'n NodeKey>, Cells)> = Vec::new();
        for (way, cells) in &ways {
            let here = way.last().copied();
            for ((_, to), edge) in edges.iter().filter(|((from, _), _)| Some(*from) == here) {
                let both = cells.and(edge);
                if both.is_empty() {
                    continue;
                }
                if *to == start {
                    return Some((way.clone(), both));
                }
                // Of several ways to the same place the union is enough: the first one tells the story.
                if way.contains(to) {
                    continue;
                }
                match longer.iter_mut().find(|(known, _)| known.last() == Some(to)) {
                    Some((_, known)) if both.all_in(known) => {}
                    _ => {
                        let mut way = way.clone();
                        way.push(to);
                        longer.push((way, both));
                    }
                }
            }
        }
        if longer.is_empty() {
            return None;
        }
        ways = longer;
    }
    None
}
