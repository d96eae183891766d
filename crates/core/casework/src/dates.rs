//! Every date of a case in one list, line by line; and what a newly loaded calendar makes of them.
//!
//! Pages, the API and the command line show this list and nothing else, so that the same date is explained in the
//! same way everywhere. It says nothing personal: services, rules, instants and days only.

use std::sync::Arc;

use jiff::ToSpan;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use vocabulary::{Date, NodeKey, WorkCalendar};

use crate::clocks;
use crate::command::{ActorRole, Context, Refusal};
use crate::event::CaseEventBody;
use crate::silence;
use crate::state::{Case, DateLine, ExplainedDate, ServiceCase};

/// Which clock a date belongs to.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "clock")]
pub enum ClockKind {
    /// The joint promise over all services still to come.
    Joint,
    Promised,
    Statutory,
    /// By when the department accepts or asks for corrections, lest acceptance is deemed.
    CorrectionLimit,
    /// By when the applicant answers the open correction.
    CorrectionAnswer,
    /// When the department's silence becomes a grant.
    DeemedGrant,
    /// The end of a special procedure under way.
    Procedure {
        procedure: Arc<str>,
    },
}

impl ClockKind {
    /// Stable word for columns and message keys.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Joint => "joint",
            Self::Promised => "promised",
            Self::Statutory => "statutory",
            Self::CorrectionLimit => "correction-limit",
            Self::CorrectionAnswer => "correction-answer",
            Self::DeemedGrant => "deemed-grant",
            Self::Procedure { .. } => "procedure",
        }
    }
}

/// One date of a case with its reasons.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CaseDate {
    /// `None` = the case as a whole.
    pub node: Option<NodeKey>,
    pub clock: ClockKind,
    pub date: ExplainedDate,
    /// The days on the way; `None` for the joint date, which is a chain of clocks.
    pub tally: Option<Tally>,
}

/// The days from the first that could count to the last, each in one box.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    pub first: Date,
    pub last: Date,
    /// Weekends and holidays.
    pub off: Vec<Date>,
    /// Weekend days that are worked 调休.
    pub worked_weekends: Vec<Date>,
    /// Other working days on which the clock stood still.
    pub stopped: Vec<Date>,
    /// Working days on which it ran.
    pub ran: u32,
}

/// What a newly loaded calendar changed in a case.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DatesMoved {
    /// The number of the loading.
    pub load: u64,
    /// The calendar's version.
    pub calendar: Arc<str>,
    pub moved: Vec<MovedDate>,
}

/// One date before and after.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct MovedDate {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<NodeKey>,
    #[serde(flatten)]
    pub clock: ClockKind,
    pub was: StoodOn,
    pub is: StoodOn,
}

/// A date without its reasons.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct StoodOn {
    pub on: Date,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub midday: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub provisional: bool,
}

impl Case {
    /// Every date that the case has now, the whole first, then by service.
    pub fn dates(&self, calendar: &WorkCalendar, time_zone: &TimeZone) -> Vec<CaseDate> {
        let joint = self.joint_promised(calendar, time_zone).map(|date| CaseDate {
            node: None,
            clock: ClockKind::Joint,
            date,
            tally: None,
        });
        let of_service = |service| dates_of(self, service, calendar, time_zone);
        joint.into_iter().chain(self.services.iter().flat_map(of_service)).collect()
    }

    /// The dates that are other ones under `after` than under `before`, or certain where they were a guess.
    pub fn moved(
        &self,
        before: &WorkCalendar,
        after: &WorkCalendar,
        time_zone: &TimeZone,
    ) -> Vec<MovedDate> {
        if self.state().is_final() {
            return Vec::new();
        }
        let is = self.dates(after, time_zone);
        let was = self.dates(before, time_zone);
        is.iter()
            .filter_map(|is| {
                let was = was.iter().find(|was| was.node == is.node && was.clock == is.clock)?;
                let (was, now) = (StoodOn::of(&was.date), StoodOn::of(&is.date));
                (was != now).then(|| MovedDate {
                    node: is.node.clone(),
                    clock: is.clock.clone(),
                    was,
                    is: now,
                })
            })
            .collect()
    }
}

impl StoodOn {
    fn of(date: &ExplainedDate) -> Self {
        let due = &date.due;
        Self { on: due.on, midday: due.midday, provisional: due.provisional }
    }
}

/// Only the hub takes a calendar over, once per loading; nothing happens where no date moves.
pub(crate) fn take_calendar(
    case: &Case,
    load: u64,
    before: &WorkCalendar,
    context: Context<'_>,
) -> Result<Vec<CaseEventBody>, Refusal> {
    if context.actor.role != ActorRole::Hub {
        return Err(Refusal::HubOnly);
    }
    if case.dates_moved.iter().any(|taken| taken.load >= load) {
        return Ok(Vec::new());
    }
    let moved = case.moved(before, context.calendar, context.time_zone);
    if moved.is_empty() {
        return Ok(Vec::new());
    }
    let calendar = Arc::clone(&context.calendar.version);
    Ok(vec![CaseEventBody::DatesMoved(DatesMoved { load, calendar, moved })])
}

/// The dates of one service that mean something now: what is decided has no date any more but its checks
/// afterwards.
fn dates_of(
    case: &Case,
    service: &ServiceCase,
    calendar: &WorkCalendar,
    time_zone: &TimeZone,
) -> Vec<CaseDate> {
    let mut found: Vec<(ClockKind, Option<ExplainedDate>)> = Vec::new();
    if !service.state.is_final() {
        let path = |path: Option<clocks::Path>| path.map(|path| path.explained());
        found.push((ClockKind::Promised, path(clocks::promised(service, calendar, time_zone))));
        found.push((ClockKind::Statutory, clocks::statutory(service, calendar, time_zone)));
        found.push((
            ClockKind::CorrectionLimit,
            path(clocks::limit_of_silence(service, calendar, time_zone)),
        ));
        found.push((
            ClockKind::CorrectionAnswer,
            path(clocks::answer_due(service, calendar, time_zone)),
        ));
        let mut granted = path(silence::clock(service, calendar, time_zone));
        if let Some(date) = granted.as_mut().filter(|_| case.relies_from(service).is_none()) {
            date.lines.push(DateLine::Unchecked);
        }
        found.push((ClockKind::DeemedGrant, granted));
    }
    for run in service.procedures.iter().filter(|run| run.ended_at.is_none()) {
        let clock = ClockKind::Procedure { procedure: run.id.clone() };
        found.push((clock, clocks::procedure_due(service, &run.id, calendar, time_zone)));
    }
    let with_tally = |(clock, date): (ClockKind, Option<ExplainedDate>)| {
        let date = date?;
        let tally = Tally::of(&date, calendar, time_zone);
        Some(CaseDate { node: Some(service.node.key.clone()), clock, date, tally })
    };
    found.into_iter().filter_map(with_tally).collect()
}

impl Tally {
    /// Looks at every day of one clock. `None` when it has no day to look at.
    fn of(date: &ExplainedDate, calendar: &WorkCalendar, time_zone: &TimeZone) -> Option<Self> {
        let began = date.lines.iter().find_map(|line| match line {
            DateLine::Began { on, .. } => Some(*on),
            _ => None,
        })?;
        let same_day = date.lines.iter().any(|line| {
            matches!(line, DateLine::Rule { counts: vocabulary::CountsFrom::SameDay, .. })
        });
        let stops: Vec<(Date, Option<Date>)> = date
            .lines
            .iter()
            .filter_map(|line| match line {
                DateLine::Stopped { from, to, .. } => {
                    let on = |at| time_zone.to_datetime(at).date();
                    Some((on(*from), to.map(on)))
                }
                _ => None,
            })
            .collect();
        let first = if same_day { began } else { began.saturating_add(1.day()) };
        let last = date.due.on;
        if first > last {
            return None;
        }
        let mut tally = Self { first, last, ..Self::default() };
        let mut day = first;
        while day <= last {
            // A stop that is still open moves nothing yet: the date is given as if it ended now.
            let stood_still =
                stops.iter().any(|(from, to)| *from <= day && to.is_some_and(|to| day < to));
            let (works, _) = calendar.is_working_day(day);
            let worked =
                calendar.years.get(&day.year()).is_some_and(|it| it.work_days.contains(&day));
            if worked {
                tally.worked_weekends.push(day);
            }
            if !works {
                tally.off.push(day);
            } else if stood_still {
                tally.stopped.push(day);
            } else {
                tally.ran = tally.ran.saturating_add(1);
            }
            if day == Date::MAX {
                break;
            }
            day = day.saturating_add(1.day());
        }
        Some(tally)
    }
}
