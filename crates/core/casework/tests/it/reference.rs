//! Deadlines once more, written differently: every civil day from the start is looked at by itself and told what
//! it is — counted, weekend, holiday, worked though a weekend, stopped — until nothing is left to count. No
//! calendar function of ours is used; days are numbers since 1970. Compared with the clocks of the case on
//! random calendars, periods, stops and extensions.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use jiff::civil::{Date, date};
use vocabulary::*;
use yijianshi_casework::*;

use crate::chance::{Chance, each_seed};
use crate::support::*;

/// A civil day as days since 1 January 1970, a Thursday.
type Day = i64;

const HOUR: i64 = 3600;

/// The civil day of an instant eight hours east of Greenwich, as in the zone of the tests.
pub(crate) fn day_of(at: Instant) -> Day {
    (at.as_second() + 8 * HOUR).div_euclid(24 * HOUR)
}

pub(crate) fn number(on: Date) -> Day {
    i64::from(date(1970, 1, 1).until(on).unwrap().get_days())
}

fn written(day: Day) -> Date {
    date(1970, 1, 1).checked_add(jiff::Span::new().days(day)).unwrap()
}

/// The instant `seconds` after the beginning of a civil day.
pub(crate) fn at(day: Day, seconds: i64) -> Instant {
    Instant::from_second(day * 24 * HOUR - 8 * HOUR + seconds).unwrap()
}

/// What people do on a day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Work,
    WorkedWeekend,
    Weekend,
    Holiday,
}

impl Kind {
    const fn works(self) -> bool {
        matches!(self, Self::Work | Self::WorkedWeekend)
    }
}

#[derive(Debug)]
pub(crate) struct Almanac {
    off: BTreeSet<Day>,
    worked: BTreeSet<Day>,
    known: RangeInclusive<i16>,
}

impl Almanac {
    pub(crate) fn of(calendar: &WorkCalendar) -> Self {
        let years = || calendar.years.values();
        Self {
            off: years().flat_map(|year| &year.days_off).map(|on| number(*on)).collect(),
            worked: years().flat_map(|year| &year.work_days).map(|on| number(*on)).collect(),
            known: *calendar.years.keys().min().unwrap()..=*calendar.years.keys().max().unwrap(),
        }
    }

    fn kind(&self, day: Day) -> Kind {
        let weekend = matches!((day + 4).rem_euclid(7), 0 | 6);
        if self.off.contains(&day) {
            Kind::Holiday
        } else if self.worked.contains(&day) {
            if weekend { Kind::WorkedWeekend } else { Kind::Work }
        } else if weekend {
            Kind::Weekend
        } else {
            Kind::Work
        }
    }

    fn is_known(&self, day: Day) -> bool {
        self.known.contains(&written(day).year())
    }
}

/// When what is handed in at `at` is received: somebody tries the door every minute. Beside it: whether whether
/// people work on one of those days is a guess.
pub(crate) fn opened(
    at: Instant,
    office: Option<OfficeHours>,
    almanac: &Almanac,
) -> (Instant, bool) {
    let Some(office) = office else { return (at, false) };
    let mut second = at.as_second() + 8 * HOUR;
    let (mut guessed, mut waited) = (false, false);
    loop {
        let (day, minute) = (second.div_euclid(24 * HOUR), second.rem_euclid(24 * HOUR) / 60);
        guessed |= !almanac.is_known(day);
        let open = i64::from(office.opens) <= minute && minute < i64::from(office.closes);
        if almanac.kind(day).works() && open {
            let then = Instant::from_second(second - 8 * HOUR).unwrap();
            return (if waited { then } else { at }, guessed);
        }
        waited = true;
        // The next full minute.
        second = (second.div_euclid(60) + 1) * 60;
    }
}

/// What may happen to a clock.
#[derive(Clone, Debug)]
pub(crate) struct Clock {
    pub(crate) began: Instant,
    pub(crate) period: Period,
    /// From–to, in any order; `None` = still stopped.
    pub(crate) stops: Vec<(Instant, Option<Instant>)>,
    pub(crate) extension: Option<(Instant, Period)>,
    /// What is counted after it, without stops.
    pub(crate) then: Vec<Period>,
    pub(crate) office: Option<OfficeHours>,
    /// It began with something handed in, which the hours of the office are about.
    pub(crate) handed_in: bool,
    pub(crate) counts: CountsFrom,
}

impl Clock {
    pub(crate) fn plain(began: Instant, period: Period) -> Self {
        let counts = CountsFrom::NextDay;
        let (stops, then) = (Vec::new(), Vec::new());
        Self { began, period, stops, extension: None, then, office: None, handed_in: false, counts }
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Found {
    pub(crate) on: Date,
    pub(crate) midday: bool,
    pub(crate) provisional: bool,
    pub(crate) stopped: bool,
}

/// What the walk met: a thing that never happens is not tested.
#[derive(Default, Debug)]
struct Met {
    weekends: u64,
    holidays: u64,
    worked_weekends: u64,
    stopped: u64,
    extended: u64,
    extended_too_late: u64,
    provisional: u64,
    midday: u64,
    moved: u64,
    after_hours: u64,
    first_halves: u64,
}

/// What is left to count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Left {
    /// Halves of working days; -1 = half of the last day was not needed.
    Halves(i64),
    Days(i64),
}

/// So much, counted after `from`; `first` = with the hour at which it begins.
fn measure(period: Period, from: Day, first: Option<Instant>) -> Left {
    let halves = i64::from(period.halves.0);
    let count = halves / 2;
    match period.unit {
        PeriodUnit::WorkingDay => Left::Halves(halves),
        PeriodUnit::Immediate => Left::Halves(0),
        PeriodUnit::CalendarDay => Left::Days(count),
        PeriodUnit::Hour => match first {
            Some(began) => Left::Days(
                (began.as_second() + count * HOUR + 8 * HOUR).div_euclid(24 * HOUR) - from,
            ),
            None => Left::Days(count / 24),
        },
        PeriodUnit::Month => {
            let on = written(from);
            let months = i64::from(on.year()) * 12 + i64::from(on.month()) - 1 + count;
            let (year, month) = (months.div_euclid(12), months.rem_euclid(12) + 1);
            let first = date(i16::try_from(year).unwrap(), i8::try_from(month).unwrap(), 1);
            // 31 January and a month: the last day of February.
            let last = first.with().day(on.day().min(first.days_in_month())).build().unwrap();
            Left::Days(number(last) - from)
        }
    }
}

pub(crate) fn walk(clock: &Clock, almanac: &Almanac) -> Found {
    walk_and_tell(clock, almanac, &mut Met::default()).0
}

/// The days on which it stood still, from–to, and the day since when it stands still now.
fn stopped_days(clock: &Clock, began: Instant) -> (Vec<(Day, Day)>, Option<Day>) {
    // Since when it stands still now, if it does: whatever overlaps with that is no more than its beginning.
    let mut open: Option<Instant> = None;
    let relevant: Vec<_> = clock
        .stops
        .iter()
        .filter(|(_, to)| to.is_none_or(|to| to > began))
        .map(|(from, to)| ((*from).max(began), *to))
        .collect();
    loop {
        let earlier = relevant
            .iter()
            .filter(|(_, to)| to.is_none_or(|to| open.is_some_and(|open| to >= open)))
            .map(|(from, _)| *from)
            .min();
        if earlier == open || earlier.is_none() {
            break;
        }
        open = earlier;
    }
    let ended: Vec<(Day, Day)> = relevant
        .iter()
        .filter(|(from, _)| open.is_none_or(|open| *from < open))
        .filter_map(|(from, to)| Some((day_of(*from), day_of((*to)?))))
        .collect();
    (ended, open.map(day_of))
}

/// Walks the days. Beside the date: the days off that lay on the way.
#[expect(clippy::too_many_lines, reason = "a walk over the days, read from top to bottom")]
fn walk_and_tell(clock: &Clock, almanac: &Almanac, met: &mut Met) -> (Found, BTreeSet<Day>) {
    let office = clock.office.filter(|_| clock.handed_in);
    let (began, guessed) = opened(clock.began, office, almanac);
    met.after_hours += u64::from(began != clock.began);
    let start = day_of(began);
    let (ended, open) = stopped_days(clock, began);
    let mut pending = clock.extension.filter(|(given, _)| *given >= clock.began);
    let in_days = matches!(clock.period.unit, PeriodUnit::CalendarDay | PeriodUnit::Month);
    if let Some((given, by)) = pending
        && in_days
        && by.unit == clock.period.unit
        && clock.period.halves != HalfDays::ZERO
    {
        // Thirty days and ten more are forty days.
        let alone = Clock { extension: None, then: Vec::new(), ..clock.clone() };
        let last = number(walk(&alone, almanac).on);
        let in_time = day_of(given) <= last || open.is_some_and(|open| open <= last);
        met.extended += u64::from(in_time);
        met.extended_too_late += u64::from(!in_time);
        let more = if in_time { by.halves } else { HalfDays::ZERO };
        let halves = clock.period.halves.saturating_add(more);
        let whole = Period { halves, ..clock.period };
        let whole = Clock { extension: None, period: whole, ..clock.clone() };
        return walk_and_tell(&whole, almanac, met);
    }
    let mut then = clock.then.iter();
    let mut left = measure(clock.period, start, Some(began));
    let mut counted_from = start;
    let in_the_morning = (began.as_second() + 8 * HOUR).rem_euclid(24 * HOUR)
        < i64::from(clock.office.map_or(720, |office| office.midday)) * 60;
    let stands_still = ended.iter().any(|(from, to)| *from <= start && start < *to)
        || open.is_some_and(|open| open <= start);
    match (clock.counts, clock.period.unit) {
        _ if clock.period.halves == HalfDays::ZERO => {}
        (_, PeriodUnit::Immediate | PeriodUnit::Hour) => {}
        (CountsFrom::SameDay, _) => counted_from = start - 1,
        (CountsFrom::NextHalf, PeriodUnit::WorkingDay)
            if in_the_morning && !stands_still && almanac.kind(start).works() =>
        {
            // The morning is over: of two halves the day gives one.
            if let Left::Halves(halves) = &mut left {
                *halves += 1;
            }
            met.first_halves += 1;
            counted_from = start - 1;
        }
        _ => {}
    }
    let mut stops_count = true;
    let mut stopped_now = false;
    let mut provisional = guessed;
    let mut off: BTreeSet<Day> = BTreeSet::new();
    let mut day = start;
    loop {
        let kind = almanac.kind(day);
        let stopped = stops_count && ended.iter().any(|(from, to)| *from <= day && day < *to);
        let had = left;
        if day > counted_from && !stopped {
            match &mut left {
                Left::Halves(halves) if kind.works() && *halves > 0 => *halves -= 2,
                Left::Days(days) if *days > 0 => *days -= 1,
                _ => {}
            }
        }
        let counts_to_nothing = |left: Left| matches!(left, Left::Halves(..=0) | Left::Days(..=0));
        let zero_from_the_start = day == counted_from && counts_to_nothing(left);
        let looked_at = match left {
            Left::Halves(_) => day > counted_from || zero_from_the_start,
            Left::Days(_) => counts_to_nothing(left),
        };
        provisional |= looked_at && !almanac.is_known(day);
        if looked_at && !kind.works() {
            off.insert(day);
        }
        match kind {
            Kind::Weekend => met.weekends += 1,
            Kind::Holiday => met.holidays += 1,
            Kind::WorkedWeekend if had != left => met.worked_weekends += 1,
            _ => {}
        }
        met.stopped += u64::from(stopped && kind.works());
        let due = counts_to_nothing(left) && kind.works() && !stopped;
        if due {
            met.moved += u64::from(had == left && day > counted_from);
            let next = if let Some((given, by)) = pending.take() {
                let in_time = day_of(given) <= day || open.is_some_and(|open| open <= day);
                met.extended += u64::from(in_time);
                met.extended_too_late += u64::from(!in_time);
                in_time.then_some(by)
            } else {
                None
            };
            let next = next.or_else(|| {
                if stops_count {
                    stopped_now = open.is_some_and(|open| open <= day);
                }
                stops_count = false;
                // On the spot takes no time, nor do hours within a day.
                then.by_ref()
                    .find(|by| match by.unit {
                        PeriodUnit::Immediate => false,
                        PeriodUnit::Hour => by.halves.0 >= 48,
                        _ => true,
                    })
                    .copied()
            });
            let Some(by) = next else {
                let midday = left == Left::Halves(-1);
                met.midday += u64::from(midday);
                met.provisional += u64::from(provisional);
                let found = Found { on: written(day), midday, provisional, stopped: stopped_now };
                return (found, off);
            };
            left = match (left, measure(by, day, None)) {
                // Two halves are one day.
                (Left::Halves(unused), Left::Halves(more)) => Left::Halves(unused + more),
                (_, more) => more,
            };
            counted_from = day;
            // What still is to be counted may be nothing more than the other half of this day.
            if !counts_to_nothing(left) {
                day += 1;
            }
            continue;
        }
        day += 1;
    }
}

/// Two years or three with holidays of one to eight days, and weekends near them that are worked.
fn random_calendar(chance: &mut Chance) -> WorkCalendar {
    let first = chance.within(2023..2025);
    let mut years = BTreeMap::new();
    for year in first..first + chance.within(1..4) {
        let year = i16::try_from(year).unwrap();
        let begin = number(date(year, 1, 1));
        let end = number(date(year, 12, 31));
        let mut loaded = CalendarYear::default();
        for _ in 0..chance.within(0..9) {
            let from = chance.within(begin..end + 1);
            for day in from..=(from + chance.within(0..8)).min(end) {
                loaded.days_off.insert(written(day));
            }
            for _ in 0..chance.within(0..3) {
                let near = (from + chance.within(-14..20)).clamp(begin, end);
                if matches!((near + 4).rem_euclid(7), 0 | 6) {
                    loaded.work_days.insert(written(near));
                }
            }
        }
        // A day is one or the other, as the notice says.
        let off = loaded.days_off.clone();
        loaded.work_days.retain(|day| !off.contains(day));
        years.insert(year, loaded);
    }
    WorkCalendar { version: "random".into(), years }
}

fn random_period(chance: &mut Chance) -> Period {
    let (unit, halves) = match chance.within(0..10) {
        0..=4 => (PeriodUnit::WorkingDay, chance.within(0..61)),
        5 | 6 => (PeriodUnit::CalendarDay, chance.within(0..61) * 2),
        7 => (PeriodUnit::Month, chance.within(1..7) * 2),
        8 => (PeriodUnit::Hour, chance.within(0..400) * 2),
        _ => return Period::IMMEDIATE,
    };
    Period { halves: HalfDays(u32::try_from(halves).unwrap()), unit }
}

fn random_clock_start(chance: &mut Chance) -> ClockStart {
    chance.one_of(&[ClockStart::Receipt, ClockStart::Acceptance, ClockStart::Completion])
}

/// Ordinary ones, and every other.
fn random_rules(chance: &mut Chance) -> ClockRules {
    if chance.once_in(3) {
        return ClockRules::ORDINARY;
    }
    let hours = [
        OfficeHours { opens: 540, midday: 720, closes: 1050 },
        OfficeHours { opens: 480, midday: 690, closes: 1020 },
        OfficeHours { opens: 0, midday: 720, closes: 1440 },
    ];
    let office = (!chance.once_in(3)).then(|| chance.one_of(&hours));
    let first = [CountsFrom::NextDay, CountsFrom::SameDay, CountsFrom::NextHalf];
    ClockRules {
        office,
        promised_from: random_clock_start(chance),
        statutory_from: random_clock_start(chance),
        counts: chance.one_of(&first),
    }
}

/// From some days before the start to long after most ends.
fn random_instant(chance: &mut Chance, start: Day) -> Instant {
    let far = chance.one_of(&[4, 12, 40, 120]);
    let seconds = chance.one_of(&[0, 1, 9 * HOUR, 12 * HOUR, 24 * HOUR - 1]);
    let seconds = if chance.once_in(2) { chance.within(0..24 * HOUR) } else { seconds };
    at(start + chance.within(-4..far), seconds)
}

/// One service with all that happened to it, and services that wait for it one after the other.
#[derive(Debug)]
struct Input {
    calendar: WorkCalendar,
    promise: Clock,
    statutory: Clock,
    silence: Clock,
    answer: Option<Clock>,
    under_way: Option<(String, Clock)>,
    nodes: Vec<ServiceNode>,
    replies: Vec<(Instant, Reply)>,
    submitted: Instant,
}

impl std::fmt::Display for Input {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (year, days) in &self.calendar.years {
            writeln!(f, "{year} off {:?} worked {:?}", days.days_off, days.work_days)?;
        }
        writeln!(f, "promise {:?}\nstatutory {:?}", self.promise, self.statutory)?;
        writeln!(f, "silence {:?}", self.silence)?;
        writeln!(f, "answer {:?}\nunder way {:?}", self.answer, self.under_way)
    }
}

impl Input {
    #[expect(clippy::too_many_lines, reason = "a table of what may be drawn")]
    fn random(chance: &mut Chance) -> Self {
        let calendar = random_calendar(chance);
        let year = *calendar.years.keys().next().unwrap();
        let start = number(date(year, 1, 1)) + chance.within(-20..800);
        let mut seconds = || chance.within(0..24 * HOUR);
        let began = at(start, seconds());
        let accepted = at(start + seconds() % 5, seconds());
        let chain: Vec<Period> = (0..chance.within(0..4)).map(|_| random_period(chance)).collect();
        let mut promise =
            Clock { then: chain.clone(), ..Clock::plain(began, random_period(chance)) };
        let mut statutory = Clock::plain(accepted, random_period(chance));
        let mut nodes = vec![node("a:never-deemed")];
        let mut replies = vec![(accepted, Reply::Accepted)];
        let mut silence = Clock::plain(accepted, random_period(chance));
        let rules = random_rules(chance);
        nodes[0].clock = rules;
        let silence_from = random_clock_start(chance);
        nodes[0].deemed_grant = Some(DeemedGrant { period: silence.period, from: silence_from });
        let mut completed: Option<Instant> = None;
        let mut answer = None;
        let mut under_way = None;
        nodes[0].correction_answer = random_period(chance);
        let count = chance.within(0..5);
        for n in 0..count {
            let from = random_instant(chance, start);
            // An end before the beginning is an end at the beginning.
            let to = (!chance.once_in(5)).then(|| random_instant(chance, start).max(from));
            let is_last = n + 1 == count;
            if chance.once_in(2) && (to.is_some() || is_last) {
                let asked =
                    Reply::CorrectionRequested { lines: lines("photo"), text: None, reason: None };
                replies.push((from, asked));
                match to {
                    Some(to) => {
                        replies.push((to, Reply::CorrectionSettled));
                        completed = completed.max(Some(to));
                    }
                    None => answer = Some(Clock::plain(from, nodes[0].correction_answer)),
                }
            } else {
                let id = format!("procedure-{n}");
                let procedure = NodeProcedure {
                    id: id.as_str().into(),
                    period: random_period(chance),
                    afterwards: chance.once_in(6),
                    counted: chance.once_in(6),
                    visit: None,
                };
                let began = Reply::ProcedureBegan { procedure: procedure.id.clone(), text: None };
                replies.push((from, began));
                match to {
                    Some(to) => {
                        let procedure = procedure.id.clone();
                        replies.push((to, Reply::ProcedureEnded { procedure, text: None }));
                    }
                    None => under_way = Some((id, Clock::plain(from, procedure.period))),
                }
                let stops = !procedure.afterwards && !procedure.counted;
                nodes[0].procedures.push(procedure);
                if !stops {
                    continue;
                }
            }
            promise.stops.push((from, to));
            statutory.stops.push((from, to));
            silence.stops.push((from, to));
        }
        if chance.once_in(2) {
            let given = random_instant(chance, start);
            let by = loop {
                // Nothing more is no extension.
                let by = random_period(chance);
                if by.halves != HalfDays::ZERO {
                    break by;
                }
            };
            nodes[0].extension = Some(by);
            let extended = Reply::Extended { reason: sealed(1), approved_by: sealed(2) };
            replies.insert(chance.below(replies.len() + 1), (given, extended));
            promise.extension = Some((given, by));
            statutory.extension = Some((given, by));
            silence.extension = Some((given, by));
        }
        nodes[0].promised = promise.period;
        nodes[0].statutory = Some(statutory.period);
        for (index, period) in chain.iter().enumerate() {
            let before = if index == 0 { "a".to_owned() } else { format!("chain-{index}") };
            let mut next = node(&format!("chain-{}", index + 1));
            let output = format!("{before}-licence").into();
            next.waits_for.push(Wait { from: NodeKey::single(before.as_str()), output });
            next.promised = *period;
            nodes.push(next);
        }
        let clocks = [
            (&mut promise, rules.promised_from),
            (&mut statutory, rules.statutory_from),
            (&mut silence, silence_from),
        ];
        for (clock, from) in clocks {
            (clock.began, clock.handed_in) = match (from, completed) {
                (ClockStart::Acceptance, _) => (accepted, false),
                (ClockStart::Completion, Some(completed)) => (completed, false),
                (ClockStart::Receipt | ClockStart::Completion, _) => (began, true),
            };
            clock.office = rules.office;
            clock.counts = rules.counts;
        }
        let submitted = began;
        Self { calendar, promise, statutory, silence, answer, under_way, nodes, replies, submitted }
    }

    /// The case as its events made it: what the clocks read is what departments said, when they said.
    fn case(&self) -> Case {
        let node = NodeKey::single("a");
        let dispatch = DispatchId::derive(case_id(), &node, "referral", 0);
        let application = Box::new(application(self.nodes.clone()));
        let mut bodies = vec![
            CaseEventBody::Submitted { application },
            CaseEventBody::Started { node: node.clone() },
            CaseEventBody::Dispatched {
                node: node.clone(),
                dispatch,
                kind: DispatchKind::Referral,
                round: 0,
                about: None,
            },
        ];
        bodies.extend(self.replies.iter().zip(1..).map(|((decided_at, reply), department_seq)| {
            let standing = Standing::Counted;
            let (decided_at, reply) = (*decided_at, reply.clone());
            let recorded = RecordedReply { dispatch, department_seq, decided_at, reply, standing };
            CaseEventBody::ReplyRecorded { node: node.clone(), recorded }
        }));
        let events: Vec<CaseEvent> = bodies
            .into_iter()
            .zip(1..)
            .map(|(body, seq)| CaseEvent { seq, at: self.submitted, actor: hub(), body })
            .collect();
        Case::fold(&events).unwrap()
    }
}

fn found(date: &ExplainedDate) -> Found {
    let due = &date.due;
    let (on, midday, provisional) = (due.on, due.midday, due.provisional);
    Found { on, midday, provisional, stopped: date.stopped }
}

fn off_days(date: &ExplainedDate) -> BTreeSet<Day> {
    let days = date.due.skipped.iter().map(|skipped| match skipped {
        SkippedDay::Weekend(on) | SkippedDay::Holiday(on) => number(*on),
    });
    days.collect()
}

#[test]
fn clocks_agree_with_a_walk_over_every_day() {
    let zone = zone();
    let mut met = Met::default();
    let mut joint = 0;
    let count = each_seed(3_000, 100_000, |chance| {
        let input = Input::random(chance);
        let (case, calendar) = (input.case(), &input.calendar);
        let almanac = Almanac::of(calendar);
        let a = NodeKey::single("a");

        let alone = Clock { then: Vec::new(), ..input.promise.clone() };
        let (expected, off) = walk_and_tell(&alone, &almanac, &mut met);
        let promised = case.promised(&a, calendar, &zone).unwrap();
        assert_eq!(found(&promised), expected, "promised: {input}");
        assert!(promised.due.provisional == promised.lines.contains(&DateLine::Provisional));
        let days_only = alone.period.unit == PeriodUnit::WorkingDay
            && alone.period.halves != HalfDays::ZERO
            && alone.extension.is_none_or(|(_, by)| by.unit == PeriodUnit::WorkingDay);
        if days_only {
            assert_eq!(off_days(&promised), off, "days passed over: {input}");
        }

        let statutory = case.statutory(&a, calendar, &zone).unwrap();
        let (expected, _) = walk_and_tell(&input.statutory, &almanac, &mut met);
        assert_eq!(found(&statutory), expected, "statutory: {input}");

        let due = case.correction_due(&a, calendar, &zone);
        let expected = input.answer.as_ref().map(|clock| walk(clock, &almanac));
        assert_eq!(due.as_ref().map(found), expected, "correction: {input}");

        if let Some((id, clock)) = &input.under_way {
            let due = case.procedure_due(&a, id, calendar, &zone).unwrap();
            assert_eq!(found(&due), walk(clock, &almanac), "procedure: {input}");
        }

        joint += 1;
        let due = case.joint_promised(calendar, &zone).unwrap();
        let (expected, _) = walk_and_tell(&input.promise, &almanac, &mut met);
        assert_eq!(found(&due), expected, "joint: {input}");

        let dates = case.dates(calendar, &zone);
        let silent = |it: &&CaseDate| it.clock == ClockKind::DeemedGrant;
        let due = dates.iter().find(silent).unwrap();
        let (expected, _) = walk_and_tell(&input.silence, &almanac, &mut met);
        assert_eq!(found(&due.date), expected, "silence: {input}");
        for date in &dates {
            let Some(tally) = &date.tally else { continue };
            let days = number(tally.last) - number(tally.first) + 1;
            let boxes = tally.off.len() + tally.stopped.len() + tally.ran as usize;
            assert_eq!(days, i64::try_from(boxes).unwrap(), "{tally:?}: {input}");
        }
    });
    if count > 1_000 {
        let Met { weekends, holidays, worked_weekends, stopped, .. } = met;
        let Met { extended, extended_too_late, provisional, midday, moved, .. } = met;
        let all = [weekends, holidays, worked_weekends, stopped, extended, extended_too_late];
        let others = [provisional, midday, moved, joint, met.after_hours, met.first_halves];
        assert!(all.iter().chain(&others).all(|times| *times > 100), "{met:?}");
    }
}
