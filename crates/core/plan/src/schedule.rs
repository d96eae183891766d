//! When each node can begin and is promised: the longest path over hard edges, in halves of a working day;
//! the calendar turns halves into dates.

use std::cell::RefCell;
use std::collections::BTreeMap;

use vocabulary::{Date, DueDate, HalfDays, Period, PeriodUnit, WorkCalendar};

use crate::graph::Graph;
use crate::select::Node;

/// Turns halves of a working day after the submission into dates; each is computed once.
pub(crate) struct Dates<'a> {
    calendar: &'a WorkCalendar,
    as_of: Date,
    known: RefCell<BTreeMap<u32, (Date, bool)>>,
    lengths: RefCell<BTreeMap<(PeriodUnit, HalfDays, HalfDays), HalfDays>>,
}

impl<'a> Dates<'a> {
    pub(crate) fn new(calendar: &'a WorkCalendar, as_of: Date) -> Self {
        Self { calendar, as_of, known: RefCell::default(), lengths: RefCell::default() }
    }

    /// The date, and whether it lies beyond the loaded calendar.
    pub(crate) fn after(&self, halves: HalfDays) -> (Date, bool) {
        let compute = || {
            let period = Period { halves, unit: PeriodUnit::WorkingDay };
            let DueDate { on, provisional, .. } = self.calendar.due(self.as_of, period);
            (on, provisional)
        };
        *self.known.borrow_mut().entry(halves.0).or_insert_with(compute)
    }

    /// How long a period takes that begins `starts` after the submission. What the law counts in calendar
    /// days or months takes as many working days as the calendar then has.
    pub(crate) fn length(&self, period: Period, starts: HalfDays) -> HalfDays {
        match period.unit {
            PeriodUnit::WorkingDay => period.halves,
            PeriodUnit::Immediate | PeriodUnit::Hour => HalfDays::ZERO,
            PeriodUnit::CalendarDay | PeriodUnit::Month => {
                let compute = || {
                    let begins = self.after(starts).0;
                    let due = self.calendar.due(begins, period).on;
                    HalfDays::days(self.calendar.working_days_between(begins, due))
                };
                let key = (period.unit, period.halves, starts);
                *self.lengths.borrow_mut().entry(key).or_insert_with(compute)
            }
        }
    }
}

/// Starts and ends of every node that takes part.
pub(crate) struct Schedule {
    pub(crate) starts: Vec<HalfDays>,
    pub(crate) ends: Vec<HalfDays>,
    takes_part: Vec<bool>,
}

/// The longest path in the order of the graph. Nodes that do not take part delay nobody and last no time;
/// `lasts` says how long one takes that begins then.
pub(crate) fn schedule(
    nodes: &[Node<'_>],
    graph: &Graph,
    takes_part: impl Fn(&Node<'_>) -> bool,
    lasts: impl Fn(usize, &Node<'_>, HalfDays) -> HalfDays,
) -> Schedule {
    let mut schedule = Schedule {
        starts: vec![HalfDays::ZERO; nodes.len()],
        ends: vec![HalfDays::ZERO; nodes.len()],
        takes_part: nodes.iter().map(&takes_part).collect(),
    };
    for position in &graph.order {
        let Some(node) = nodes.get(*position) else {
            continue;
        };
        if !takes_part(node) {
            continue;
        }
        let before = graph.before.get(*position).into_iter().flatten();
        let starts = before.map(|from| at(&schedule.ends, *from)).max().unwrap_or_default();
        let length = lasts(*position, node, starts);
        put(&mut schedule.starts, *position, starts);
        put(&mut schedule.ends, *position, starts.saturating_add(length));
    }
    schedule
}

impl Schedule {
    pub(crate) fn length(&self, position: usize) -> HalfDays {
        let (start, end) = (at(&self.starts, position), at(&self.ends, position));
        HalfDays(end.0.saturating_sub(start.0))
    }

    /// The end of the last node.
    pub(crate) fn last_end(&self) -> HalfDays {
        self.ends.iter().copied().max().unwrap_or_default()
    }

    /// A chain of nodes without a gap that ends last: of several the one with the most nodes, then the one
    /// that the matter names first.
    pub(crate) fn critical_path(&self, graph: &Graph) -> Vec<usize> {
        let part = |position: &usize| self.has(*position);
        let last = self.last_end();
        let ends_last = |position: &usize| at(&self.ends, *position) == last;
        let better =
            |position: &usize| (graph.wave.get(*position).copied(), std::cmp::Reverse(*position));
        let all = (0..self.ends.len()).filter(part);
        let mut next = all.filter(ends_last).max_by_key(better);
        let mut path = Vec::new();
        while let Some(position) = next {
            path.push(position);
            let start = at(&self.starts, position);
            let before = graph.before.get(position).into_iter().flatten().copied();
            let joins = |from: &usize| part(from) && at(&self.ends, *from) == start;
            next = before.filter(joins).max_by_key(better);
        }
        path.reverse();
        path
    }

    /// The nodes that do not take part in `promised` and end too late for it here, where everything takes part:
    /// with one of them a promised node would begin later, or the last one end later. Without them all,
    /// everything else leaves the promise as it is.
    pub(crate) fn delaying(&self, promised: &Schedule, graph: &Graph) -> Vec<usize> {
        // The latest end of each node that moves nothing.
        let mut latest = vec![promised.last_end(); self.ends.len()];
        for position in graph.order.iter().rev() {
            let waits_until = if promised.has(*position) {
                at(&promised.starts, *position)
            } else {
                let end = at(&latest, *position);
                HalfDays(end.0.saturating_sub(self.length(*position).0))
            };
            for from in graph.before.get(*position).into_iter().flatten() {
                let earlier = waits_until.min(at(&latest, *from));
                put(&mut latest, *from, earlier);
            }
        }
        let delays = |position: &usize| {
            !promised.has(*position) && at(&self.ends, *position) > at(&latest, *position)
        };
        (0..self.ends.len()).filter(delays).collect()
    }

    fn has(&self, position: usize) -> bool {
        self.takes_part.get(position).copied().unwrap_or(false)
    }
}

fn at(values: &[HalfDays], position: usize) -> HalfDays {
    values.get(position).copied().unwrap_or_default()
}

fn put(values: &mut [HalfDays], position: usize, value: HalfDays) {
    if let Some(slot) = values.get_mut(position) {
        *slot = value;
    }
}
