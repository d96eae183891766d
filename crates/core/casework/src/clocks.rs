//! Dates of a case: promised, statutory, joint, and the timers that follow from them.
//!
//! Goes in: instants of the case, periods of the application, a calendar. Comes out: dates with the lines
//! that explain them. Nothing is stored, and nothing here knows what time it is: a date that stands still
//! is given as if the clock ran on from the last known instant.
//!
//! **Stops.** A clock stands still from the day of the notice of a correction up to, not including, the day of the
//! answer, and likewise, where its regime excludes it, from the day a special procedure begins up to the day it
//! ends: the day of the answer or of the end counts again. Stops that overlap are one. A stop that begins after
//! the due day changes nothing: what is late stays late. Only where the whole count ends is an end on a day off
//! moved: a period of calendar days that was stopped for a week ends a week later, and that day may be another
//! day off.
//!
//! **Extension.** It makes the period longer if it was given on the due day or before, or while the clock stood
//! still: working days to working days, calendar days to calendar days and months to months are one longer period,
//! of which only the end is moved from a day off. What differs in kind is counted from where the clock then ends.
//!
//! **On the spot.** It takes no time, but on a day off nobody does it: what follows is counted from the next
//! working day.
//!
//! **Lapse.** Silence of the applicant ends nothing while a special procedure is under way: who inquires goes on.

use std::sync::Arc;

use jiff::tz::TimeZone;
use jiff::{Span, ToSpan};
use vocabulary::{
    ClockRules, ClockStart, Date, DueDate, HalfDays, Instant, NodeKey, Period, PeriodUnit,
    SkippedDay, WorkCalendar,
};

use crate::silence;
use crate::starts::{self, Start};
use crate::state::{
    Case, DateLine, ExplainedDate, Extension, ServiceCase, ServiceState, StopCause, Timer,
    TimerKind,
};

/// From–to; `None` = still stopped.
type Stop = (Instant, Option<Instant>);

/// What changes a clock after it began.
#[derive(Debug, Default)]
pub(crate) struct Course {
    /// In order of their beginnings, each with its reason; they may overlap.
    stops: Vec<(Stop, StopCause)>,
    extension: Option<Extension>,
    /// Runs of special procedures whose time counts.
    counted: Vec<(Stop, Arc<str>)>,
}

impl Case {
    /// The promised date of one service; `None` until it has started.
    pub fn promised(
        &self,
        node: &NodeKey,
        calendar: &WorkCalendar,
        time_zone: &TimeZone,
    ) -> Option<ExplainedDate> {
        Some(promised(self.service(node)?, calendar, time_zone)?.explained())
    }

    /// The statutory date of one service, counted from acceptance; `None` until then or without a period.
    pub fn statutory(
        &self,
        node: &NodeKey,
        calendar: &WorkCalendar,
        time_zone: &TimeZone,
    ) -> Option<ExplainedDate> {
        statutory(self.service(node)?, calendar, time_zone)
    }

    /// By when a special procedure under way should end; `None` when it is not under way, or not known to the
    /// service.
    pub fn procedure_due(
        &self,
        node: &NodeKey,
        procedure: &str,
        calendar: &WorkCalendar,
        time_zone: &TimeZone,
    ) -> Option<ExplainedDate> {
        procedure_due(self.service(node)?, procedure, calendar, time_zone)
    }

    /// By when the applicant should answer the open correction of one service; `None` when none is open.
    pub fn correction_due(
        &self,
        node: &NodeKey,
        calendar: &WorkCalendar,
        time_zone: &TimeZone,
    ) -> Option<ExplainedDate> {
        Some(answer_due(self.service(node)?, calendar, time_zone)?.explained())
    }

    /// The projected promised date of the whole from what is known now: the longest path over services that
    /// are still to come, each after what it waits for. `None` when nothing is still to come.
    pub fn joint_promised(
        &self,
        calendar: &WorkCalendar,
        time_zone: &TimeZone,
    ) -> Option<ExplainedDate> {
        let mut paths: Vec<Option<Path>> =
            self.services.iter().map(|service| begun(service, calendar, time_zone)).collect();
        // Every pass extends at least one path, or none can be extended any more.
        loop {
            let mut extended = false;
            for (index, service) in self.services.iter().enumerate() {
                if service.state != ServiceState::Waiting
                    || paths.get(index).is_none_or(Option::is_some)
                {
                    continue;
                }
                let waits = self.producers.get(index).map_or(&[][..], Vec::as_slice);
                let before: Option<Vec<&Path>> =
                    waits.iter().map(|at| paths.get(*at).and_then(Option::as_ref)).collect();
                let Some(longest) = before.and_then(|before| before.into_iter().max_by_key(ends))
                else {
                    continue;
                };
                let path = longest.then(service.node.promised, calendar);
                if let Some(slot) = paths.get_mut(index) {
                    *slot = Some(path);
                    extended = true;
                }
            }
            if !extended {
                break;
            }
        }
        self.services
            .iter()
            .zip(&paths)
            .filter(|(service, _)| !service.state.is_final())
            .filter_map(|(_, path)| path.as_ref())
            .max_by_key(ends)
            .map(Path::explained)
    }

    /// Timers that are open now. A limit beyond the loaded calendar has none: nobody's rights change on a
    /// guessed date. It comes into being when the calendar has been loaded.
    pub fn timers(&self, calendar: &WorkCalendar, time_zone: &TimeZone) -> Vec<Timer> {
        self.services
            .iter()
            .flat_map(|service| {
                let limit = correction_limit(service, calendar, time_zone);
                let lapse = correction_lapse(service, calendar, time_zone);
                let granted = silence::granted_at(self, service, calendar, time_zone);
                let notice = self.notice_by_margin(service, calendar, time_zone);
                let kinds = [
                    (limit, TimerKind::CorrectionLimit),
                    (lapse, TimerKind::CorrectionLapse),
                    (granted, TimerKind::GrantDeemed),
                    (notice, TimerKind::CorrectionNotice),
                ];
                kinds.into_iter().filter_map(|(due_at, kind)| {
                    Some(Timer { due_at: due_at?, node: service.node.key.clone(), kind })
                })
            })
            .chain(self.asks_again())
            .collect()
    }
}

/// As [`Case::statutory`].
pub(crate) fn statutory(
    service: &ServiceCase,
    calendar: &WorkCalendar,
    time_zone: &TimeZone,
) -> Option<ExplainedDate> {
    let period = service.node.statutory?;
    let rules = &service.node.clock;
    let start = starts::start(service, rules.statutory_from, calendar, time_zone)?;
    if start.awaited {
        return None;
    }
    let course = Course::of(service, calendar, time_zone);
    Some(run(start, period, &course, rules, calendar, time_zone).explained())
}

/// As [`Case::procedure_due`].
pub(crate) fn procedure_due(
    service: &ServiceCase,
    procedure: &str,
    calendar: &WorkCalendar,
    time_zone: &TimeZone,
) -> Option<ExplainedDate> {
    let under_way =
        service.procedures.iter().find(|run| *run.id == *procedure && run.ended_at.is_none())?;
    let period = service.node.procedure(procedure)?.period;
    Some(plain(under_way.began_at, period, service, calendar, time_zone).explained())
}

/// The promise; as if accepted with the receipt while it waits for that.
pub(crate) fn promised(
    service: &ServiceCase,
    calendar: &WorkCalendar,
    time_zone: &TimeZone,
) -> Option<Path> {
    let rules = &service.node.clock;
    let start = starts::start(service, rules.promised_from, calendar, time_zone)?;
    let course = Course::of(service, calendar, time_zone);
    Some(run(start, service.node.promised, &course, rules, calendar, time_zone))
}

/// A period of its own that nothing stops.
fn plain(
    began: Instant,
    period: Period,
    service: &ServiceCase,
    calendar: &WorkCalendar,
    time_zone: &TimeZone,
) -> Path {
    let none = Course::default();
    run(Start::plain(began), period, &none, &service.node.clock, calendar, time_zone)
}

pub(crate) fn answer_due(
    service: &ServiceCase,
    calendar: &WorkCalendar,
    time_zone: &TimeZone,
) -> Option<Path> {
    let told_at = service.owed_correction()?.told_at?;
    let course = Course::suspended(service);
    let period = service.node.correction_answer;
    Some(run(Start::plain(told_at), period, &course, &service.node.clock, calendar, time_zone))
}

/// A clock of the hub's own that nothing stops.
pub(crate) fn undisturbed(
    began: Instant,
    period: Period,
    calendar: &WorkCalendar,
    time_zone: &TimeZone,
) -> ExplainedDate {
    let rules = ClockRules::default();
    run(Start::plain(began), period, &Course::default(), &rules, calendar, time_zone).explained()
}

/// The first instant after such a clock; `None` beyond the loaded calendar.
pub(crate) fn over_at(
    began: Instant,
    period: Period,
    calendar: &WorkCalendar,
    time_zone: &TimeZone,
) -> Option<Instant> {
    let rules = ClockRules::default();
    let path = run(Start::plain(began), period, &Course::default(), &rules, calendar, time_zone);
    (!path.is_provisional()).then(|| expiry(&path.due, &rules, time_zone)).flatten()
}

/// When the time for the answer has passed and the service case ends. `None` when it does not.
pub(crate) fn correction_lapse(
    service: &ServiceCase,
    calendar: &WorkCalendar,
    time_zone: &TimeZone,
) -> Option<Instant> {
    if !service.node.correction_lapses
        || service.state != ServiceState::CorrectionRequested
        || service.open_procedure().is_some()
    {
        return None;
    }
    let limit = answer_due(service, calendar, time_zone)?;
    (!limit.is_provisional()).then(|| expiry(&limit.due, &service.node.clock, time_zone)).flatten()
}

/// When the correction limit has passed in silence: then acceptance is deemed. `None` when it cannot be.
pub(crate) fn correction_limit(
    service: &ServiceCase,
    calendar: &WorkCalendar,
    time_zone: &TimeZone,
) -> Option<Instant> {
    let limit = limit_of_silence(service, calendar, time_zone)?;
    (!limit.is_provisional()).then(|| expiry(&limit.due, &service.node.clock, time_zone)).flatten()
}

/// By when the department has to accept or to ask for corrections, lest acceptance is deemed.
pub(crate) fn limit_of_silence(
    service: &ServiceCase,
    calendar: &WorkCalendar,
    time_zone: &TimeZone,
) -> Option<Path> {
    let silent = matches!(service.state, ServiceState::Referred | ServiceState::Received)
        && service.corrections.is_empty();
    if !service.node.deemed_acceptance || !silent {
        return None;
    }
    let start = starts::start(service, ClockStart::Receipt, calendar, time_zone)?;
    let (course, period) = (Course::suspended(service), service.node.correction_limit);
    Some(run(start, period, &course, &service.node.clock, calendar, time_zone))
}

/// The first instant after a part of the correction limit; `None` beyond the loaded calendar.
pub(crate) fn end_of(
    service: &ServiceCase,
    period: Period,
    calendar: &WorkCalendar,
    time_zone: &TimeZone,
) -> Option<Instant> {
    let start = starts::start(service, ClockStart::Receipt, calendar, time_zone)?;
    let (none, rules) = (Course::default(), &service.node.clock);
    let end = run(start, period, &none, rules, calendar, time_zone);
    (!end.is_provisional()).then(|| expiry(&end.due, rules, time_zone)).flatten()
}

/// The first instant after a due date: midnight, or where office hours hold, when the office closes.
pub(crate) fn expiry(due: &DueDate, rules: &ClockRules, time_zone: &TimeZone) -> Option<Instant> {
    let minute = if due.midday {
        rules.midday()
    } else {
        rules.office.map_or(24 * 60, |office| office.closes)
    };
    starts::moment(due.on, minute, time_zone)
}

/// So much later; the end of all dates when that is beyond it.
fn later(day: Date, by: Result<Span, jiff::Error>) -> Date {
    by.map_or(Date::MAX, |span| day.saturating_add(span))
}

fn civil(at: Instant, time_zone: &TimeZone) -> Date {
    time_zone.to_datetime(at).date()
}

impl Course {
    /// What stops every clock, those of limits and answers too.
    fn suspended(service: &ServiceCase) -> Self {
        let suspensions = service.suspensions.iter().map(|span| (*span, StopCause::Suspension));
        Self { stops: suspensions.collect(), extension: None, counted: Vec::new() }
    }

    pub(crate) fn of(service: &ServiceCase, calendar: &WorkCalendar, time_zone: &TimeZone) -> Self {
        let corrections = service.corrections.iter().filter_map(|it| {
            let answered = starts::answered(service, it, calendar, time_zone);
            let until = answered.map(|(at, _)| at).or(it.lapsed_at);
            Some(((it.told_at?, until), StopCause::Correction))
        });
        let procedures = service
            .procedures
            .iter()
            .filter(|run| !run.afterwards && !run.counted)
            .map(|run| ((run.began_at, run.ended_at), StopCause::Procedure(run.id.clone())));
        let suspensions = service.suspensions.iter().map(|span| (*span, StopCause::Suspension));
        let mut stops: Vec<(Stop, StopCause)> = corrections
            .chain(procedures)
            .chain(suspensions)
            .map(|((from, to), cause)| ((from, to.map(|to| to.max(from))), cause))
            .collect();
        stops.sort_unstable();
        let runs = service.procedures.iter().filter(|run| !run.afterwards && run.counted);
        let counted = runs.map(|run| ((run.began_at, run.ended_at), run.id.clone())).collect();
        Self { stops, extension: service.extension, counted }
    }

    /// The stops after `began` as civil days, overlapping ones merged.
    fn stops(&self, began: Instant, time_zone: &TimeZone) -> Stops {
        let after = self.stops.iter().filter(|((_, to), _)| to.is_none_or(|to| to > began));
        let mut stops = Stops::default();
        for (from, to) in merge(after.map(|((from, to), _)| ((*from).max(began), *to))) {
            let from = civil(from, time_zone);
            match to {
                Some(to) => stops.ended.push((from, civil(to, time_zone))),
                None => stops.open = Some(from),
            }
        }
        stops
    }
}

/// Days on which a clock stood still: from a day up to, not including, another. In order and apart.
#[derive(Debug, Default)]
struct Stops {
    ended: Vec<(Date, Date)>,
    /// Since when it stands still now; no other stop begins later.
    open: Option<Date>,
}

/// Stops in order of their beginnings, overlapping ones made one.
fn merge(stops: impl Iterator<Item = Stop>) -> Vec<Stop> {
    let mut merged: Vec<Stop> = Vec::new();
    for (from, to) in stops {
        match merged.last_mut() {
            Some((_, end)) if end.is_none_or(|end| from <= end) => {
                *end = match (*end, to) {
                    (Some(end), Some(to)) => Some(end.max(to)),
                    _ => None,
                };
            }
            _ => merged.push((from, to)),
        }
    }
    merged
}

/// A clock, or several one after the other, with all that explains where it ends.
#[derive(Clone, Debug)]
pub(crate) struct Path {
    /// The day after whose close the halves are counted.
    anchor: Date,
    /// Halves of a working day since then, stops included.
    halves: HalfDays,
    pub(crate) due: DueDate,
    lines: Vec<DateLine>,
    /// Days passed over before the anchor.
    skipped: Vec<SkippedDay>,
    provisional: bool,
    pub(crate) stopped: bool,
    /// What it counts from has not happened.
    pub(crate) awaited: bool,
    /// The last day before it was moved from a day off.
    last: Option<Date>,
}

const fn ends(path: &&Path) -> (Date, bool) {
    (path.due.on, !path.due.midday)
}

/// Runs one clock.
pub(crate) fn run(
    start: Start,
    period: Period,
    course: &Course,
    rules: &ClockRules,
    calendar: &WorkCalendar,
    time_zone: &TimeZone,
) -> Path {
    let began = start.counted_at;
    let day = civil(began, time_zone);
    let mut path = Path::at(day);
    path.awaited = start.awaited;
    path.provisional = start.provisional;
    path.lines = start.lines(time_zone);
    path.lines.push(DateLine::Allowed { period });
    for ((from, to), cause) in &course.stops {
        if to.is_none_or(|to| to > began) {
            let (from, cause) = ((*from).max(began), cause.clone());
            path.lines.push(DateLine::Stopped { from, to: *to, cause });
        }
    }
    for ((from, to), procedure) in &course.counted {
        let (from, to, procedure) = (*from, *to, procedure.clone());
        path.lines.push(DateLine::Counted { from, to, procedure });
    }
    let stops = course.stops(began, time_zone);
    path.begin(&start, period, &stops, calendar, time_zone);
    if let Some(extension) = course.extension.filter(|extension| extension.at >= start.at) {
        let due = path.due.on;
        let in_time =
            civil(extension.at, time_zone) <= due || stops.open.is_some_and(|it| it <= due);
        let Extension { at, by, .. } = extension;
        path.lines.push(DateLine::Extended { at, by, in_time });
        if in_time {
            match together(period, by) {
                // One longer period: its end alone is moved from a day off.
                Some(whole) => {
                    path.restart(day, start.provisional);
                    path.begin(&start, whole, &stops, calendar, time_zone);
                }
                None => {
                    path.rebase();
                    path.count(by, None, &stops.ended, calendar);
                }
            }
        }
    }
    if let Some(from) = path.last.filter(|last| *last != path.due.on) {
        path.lines.push(DateLine::Moved { from, to: path.due.on });
    }
    if let (Some(office), false) = (rules.office, path.due.midday) {
        path.lines.push(DateLine::Closes { minute: office.closes });
    }
    path.stopped = stops.open.is_some_and(|from| from <= path.due.on);
    path
}

/// Two periods of one kind, where a sum of them is one period.
fn together(period: Period, by: Period) -> Option<Period> {
    let summed =
        matches!(period.unit, PeriodUnit::WorkingDay | PeriodUnit::CalendarDay | PeriodUnit::Month);
    (summed && period.unit == by.unit && period.halves != HalfDays::ZERO)
        .then(|| Period { halves: period.halves.saturating_add(by.halves), unit: period.unit })
}

impl Path {
    const fn at(day: Date) -> Self {
        Self {
            anchor: day,
            halves: HalfDays::ZERO,
            due: DueDate { on: day, midday: false, provisional: false, skipped: Vec::new() },
            lines: Vec::new(),
            skipped: Vec::new(),
            provisional: false,
            stopped: false,
            awaited: false,
            last: None,
        }
    }

    /// As if nothing had been counted yet.
    fn restart(&mut self, day: Date, provisional: bool) {
        let fresh = Self::at(day);
        self.anchor = fresh.anchor;
        self.halves = fresh.halves;
        self.due = fresh.due;
        self.skipped = fresh.skipped;
        self.provisional = provisional;
        self.last = None;
    }

    /// Counts a period from the day of its start, by the rule on the first day.
    fn begin(
        &mut self,
        start: &Start,
        period: Period,
        stops: &Stops,
        calendar: &WorkCalendar,
        time_zone: &TimeZone,
    ) {
        let day = self.anchor;
        let stands_still = |day: Date| {
            stops.ended.iter().any(|(from, to)| *from <= day && day < *to)
                || stops.open.is_some_and(|from| from <= day)
        };
        let first = start.first(period, calendar, time_zone, stands_still);
        let count = i64::from(period.halves.0 / 2);
        let until = match period.unit {
            PeriodUnit::Hour => {
                let end = start.counted_at.saturating_add(count.hours());
                Some(civil(end.unwrap_or(start.counted_at), time_zone))
            }
            PeriodUnit::Month => Some(start.after_months(day, Span::new().try_months(count))),
            _ => None,
        };
        self.anchor = first.anchor;
        let halves = period.halves.saturating_add(first.over);
        self.count(Period { halves, ..period }, until, &stops.ended, calendar);
    }

    /// Counts a period from the anchor. `until` = its last day, where that is not a matter of days.
    fn count(
        &mut self,
        period: Period,
        until: Option<Date>,
        stops: &[(Date, Date)],
        calendar: &WorkCalendar,
    ) {
        let count = i64::from(period.halves.0 / 2);
        let days = |days: i64| later(self.anchor, Span::new().try_days(days));
        let last = match period.unit {
            PeriodUnit::WorkingDay if period.halves != HalfDays::ZERO => {
                return self.close_after(period.halves, stops, calendar);
            }
            PeriodUnit::WorkingDay | PeriodUnit::Immediate => self.anchor,
            PeriodUnit::CalendarDay => days(count),
            PeriodUnit::Month => later(self.anchor, Span::new().try_months(count)),
            PeriodUnit::Hour => days(count / 24),
        };
        self.close_on(until.unwrap_or(last), stops, calendar);
        // On the spot takes no time: what follows is counted from the day on which it is done.
        self.rebase();
    }

    /// Closes after so many halves of working days on which the clock ran.
    fn close_after(&mut self, halves: HalfDays, stops: &[(Date, Date)], calendar: &WorkCalendar) {
        self.halves = halves;
        self.last = None;
        self.recount(calendar);
        for (from, to) in stops {
            if *from > self.due.on {
                break;
            }
            // The day of the start does not count anyway.
            let before = from.saturating_sub(1.day()).max(self.anchor);
            let days = calendar.working_days_between(before, to.saturating_sub(1.day()));
            self.halves = self.halves.saturating_add(HalfDays::days(days));
            self.recount(calendar);
        }
    }

    /// Closes on a day, moved by the days on which the clock stood still.
    fn close_on(&mut self, last: Date, stops: &[(Date, Date)], calendar: &WorkCalendar) {
        let mut last = last;
        for (from, to) in stops {
            if last > self.anchor && *from <= last {
                let first = (*from).max(self.anchor.saturating_add(1.day()));
                let days = first.until(*to).map_or(0, |span| span.get_days()).max(0);
                last = last.saturating_add(i64::from(days).days());
            }
        }
        self.due = calendar.due(last, Period::IMMEDIATE);
        self.last = Some(last);
        // It stands still on the very day, or on the working day to which the end was moved: due at the close
        // of the day on which it runs again.
        for (from, to) in stops {
            if *from <= self.due.on && self.due.on < *to {
                self.rebase();
                self.due = calendar.due(*to, Period::IMMEDIATE);
                self.rebase();
            }
        }
    }

    pub(crate) const fn is_provisional(&self) -> bool {
        self.provisional || self.due.provisional
    }

    fn recount(&mut self, calendar: &WorkCalendar) {
        let period = Period { halves: self.halves, unit: PeriodUnit::WorkingDay };
        self.due = calendar.due(self.anchor, period);
    }

    /// From here on the count goes from the due day.
    fn rebase(&mut self) {
        self.anchor = self.due.on;
        self.halves = HalfDays::ZERO;
        self.provisional |= self.due.provisional;
        self.skipped.append(&mut self.due.skipped);
    }

    /// Goes on with a further period. Halves of working days add up over the whole path, so that two half
    /// days are one day.
    fn then(&self, period: Period, calendar: &WorkCalendar) -> Self {
        let mut path = self.clone();
        path.lines.push(DateLine::Allowed { period });
        match period.unit {
            PeriodUnit::WorkingDay => {
                path.halves = path.halves.saturating_add(period.halves);
                path.recount(calendar);
            }
            PeriodUnit::Immediate => {}
            PeriodUnit::Hour => {
                // The hour of the start is not known: less than a day is on the spot, whole days count.
                let days = i64::from(period.halves.0 / 48);
                if days > 0 {
                    path.rebase();
                    let day = path.anchor.saturating_add(days.days());
                    path.due = calendar.due(day, Period::IMMEDIATE);
                    path.rebase();
                }
            }
            PeriodUnit::CalendarDay | PeriodUnit::Month => {
                path.rebase();
                path.due = calendar.due(path.anchor, period);
                path.rebase();
            }
        }
        path
    }

    pub(crate) fn explained(&self) -> ExplainedDate {
        let mut due = self.due.clone();
        due.provisional = self.is_provisional();
        if !self.skipped.is_empty() {
            let mut skipped = self.skipped.clone();
            skipped.append(&mut due.skipped);
            due.skipped = skipped;
        }
        let mut lines = self.lines.clone();
        let holiday_days: Vec<Date> = due
            .skipped
            .iter()
            .filter_map(|day| match day {
                SkippedDay::Holiday(day) => Some(*day),
                SkippedDay::Weekend(_) => None,
            })
            .collect();
        let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        if !due.skipped.is_empty() {
            lines.push(DateLine::Skipped {
                weekends: count(due.skipped.len().saturating_sub(holiday_days.len())),
                holidays: count(holiday_days.len()),
                holiday_days,
            });
        }
        if due.provisional {
            lines.push(DateLine::Provisional);
        }
        ExplainedDate { due, lines, stopped: self.stopped }
    }
}

/// The path of a service that has begun: its decision if there is one, else its promise.
fn begun(service: &ServiceCase, calendar: &WorkCalendar, time_zone: &TimeZone) -> Option<Path> {
    service.started_at?;
    match service.decided_at {
        Some(decided_at) => {
            let mut path = Path::at(civil(decided_at, time_zone));
            path.lines.push(DateLine::Began { at: decided_at, on: path.anchor });
            // Whoever needs the paper cannot go on without it.
            path.stopped = service.owes_paper();
            Some(path)
        }
        None => promised(service, calendar, time_zone),
    }
}

/// A clock that supervision looks at: the stops of the service are its own, the extension is not.
pub(crate) fn watched(
    service: &ServiceCase,
    began: Instant,
    period: Period,
    calendar: &WorkCalendar,
    time_zone: &TimeZone,
) -> ExplainedDate {
    let course = Course { extension: None, ..Course::of(service, calendar, time_zone) };
    let start = starts::of_event(service, began, calendar, time_zone);
    run(start, period, &course, &service.node.clock, calendar, time_zone).explained()
}

/// The day on which so much of a service's time is used, in percent: of working days and of calendar days in the
/// steps in which they are counted, of months and hours by the days up to the date.
pub(crate) fn used(
    service: &ServiceCase,
    began: Instant,
    period: Period,
    percent: u8,
    calendar: &WorkCalendar,
    time_zone: &TimeZone,
) -> Date {
    let course = Course::of(service, calendar, time_zone);
    let rules = &service.node.clock;
    let start = starts::of_event(service, began, calendar, time_zone);
    let whole = run(start, period, &course, rules, calendar, time_zone);
    let extended = whole.lines.iter().find_map(|line| match line {
        DateLine::Extended { by, in_time: true, .. } => Some(*by),
        _ => None,
    });
    let part = |whole: u32| whole.saturating_mul(u32::from(percent)).div_ceil(100);
    let counted = matches!(period.unit, PeriodUnit::WorkingDay | PeriodUnit::CalendarDay)
        && extended.is_none_or(|by| by.unit == period.unit);
    if counted {
        let added = extended.map_or(HalfDays::ZERO, |by| by.halves);
        let halves = HalfDays(part(period.halves.saturating_add(added).0));
        let course = Course { extension: None, ..course };
        let part = Period { halves, unit: period.unit };
        return run(start, part, &course, rules, calendar, time_zone).due.on;
    }
    let first = civil(start.counted_at, time_zone);
    let days = first.until(whole.due.on).map_or(0, |span| span.get_days()).max(0);
    let days = part(u32::try_from(days).unwrap_or(0));
    first.saturating_add(i64::from(days).days())
}
