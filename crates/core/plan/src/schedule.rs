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
}

impl<'a> Dates<'a> {
    pub(crate) fn new(calendar: &'a WorkCalendar, as_of: Date) -> Self {
        Self { calendar, as_of, known: RefCell::default() }
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
    fn length(&self, period: Period, starts: HalfDays) -> HalfDays {
        match period.unit {
            PeriodUnit::WorkingDay => period.halves,
            PeriodUnit::Immediate | PeriodUnit::Hour => HalfDays::ZERO,
            PeriodUnit::CalendarDay | PeriodUnit::Month => {
                let begins = self.after(starts).0;
                let due = self.calendar.due(begins, period).on;
                HalfDays::days(self.calendar.working_days_between(begins, due))
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
/// those that are not `counted` take no time either, but whoever needs them still waits for theirs.
pub(crate) fn schedule(
    nodes: &[Node<'_>],
    graph: &Graph,
    dates: &Dates<'_>,
    takes_part: impl Fn(&Node<'_>) -> bool,
    counted: impl Fn(&Node<'_>) -> bool,
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
        let length =
            if counted(node) { dates.length(node.terms.promised, starts) } else { HalfDays::ZERO };
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
        let part = |position: &usize| self.takes_part.get(*position).copied().unwrap_or(false);
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

    /// For each node, the end of the longest path through it.
    pub(crate) fn through(&self, graph: &Graph) -> Vec<HalfDays> {
        let mut through = self.ends.clone();
        for position in graph.order.iter().rev() {
            let end = at(&through, *position);
            let lasts_from = |from: usize| {
                HalfDays(end.0.saturating_sub(at(&self.starts, *position).0))
                    .saturating_add(at(&self.ends, from))
            };
            for from in graph.before.get(*position).into_iter().flatten() {
                let longer = lasts_from(*from).max(at(&through, *from));
                put(&mut through, *from, longer);
            }
        }
        through
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
