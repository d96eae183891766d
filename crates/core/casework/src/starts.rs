//! When a clock begins: the event it counts from, the hours of the office, and the first day that counts.
//!
//! What an applicant hands in while the office is closed is received when it opens next, where the regime says
//! so. What a department does counts when it does it.

use jiff::tz::TimeZone;
use jiff::{Span, ToSpan};
use vocabulary::{
    ClockRules, ClockStart, CountsFrom, Date, HalfDays, Instant, OfficeHours, Period, PeriodUnit,
    WorkCalendar,
};

use crate::state::{Correction, DateLine, ServiceCase};

/// The event that a clock counts from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Start {
    /// When it happened.
    pub(crate) at: Instant,
    /// When it counts as having happened.
    pub(crate) counted_at: Instant,
    /// The first day was found beyond the loaded calendar.
    pub(crate) provisional: bool,
    /// What it is, by the regime; `None` = an event of its own, such as a request for corrections.
    pub(crate) from: Option<ClockStart>,
    /// It has not happened: the receipt stands for it.
    pub(crate) awaited: bool,
    pub(crate) counts: CountsFrom,
    midday: u16,
}

/// Where a count begins: so many halves of a working day after the close of the anchor are over already.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct First {
    pub(crate) anchor: Date,
    pub(crate) over: HalfDays,
}

impl Start {
    /// Something that happened, counted from the next day.
    pub(crate) fn plain(at: Instant) -> Self {
        Self {
            at,
            counted_at: at,
            provisional: false,
            from: None,
            awaited: false,
            counts: CountsFrom::NextDay,
            midday: ClockRules::ORDINARY.midday(),
        }
    }

    /// The lines that say so.
    pub(crate) fn lines(&self, time_zone: &TimeZone) -> Vec<DateLine> {
        let on = time_zone.to_datetime(self.counted_at).date();
        let mut lines = vec![DateLine::Began { at: self.at, on }];
        if self.counted_at != self.at {
            lines.push(DateLine::Received { at: self.at, opening: self.counted_at });
        }
        if let Some(from) = self.from {
            lines.push(DateLine::Rule { from, counts: self.counts });
            if self.awaited {
                lines.push(DateLine::NotBegun { from });
            }
        }
        lines
    }

    /// From which day `period` is counted. `stands_still` = the clock stands still on the day of the event, so
    /// that nothing of that day counts.
    pub(crate) fn first(
        &self,
        period: Period,
        calendar: &WorkCalendar,
        time_zone: &TimeZone,
        stands_still: impl Fn(Date) -> bool,
    ) -> First {
        let civil = time_zone.to_datetime(self.counted_at);
        let day = civil.date();
        let whole = First { anchor: day, over: HalfDays::ZERO };
        let is_count = period.halves != HalfDays::ZERO
            && !matches!(period.unit, PeriodUnit::Immediate | PeriodUnit::Hour);
        match self.counts {
            CountsFrom::SameDay if is_count => {
                First { anchor: day.saturating_sub(1.day()), over: HalfDays::ZERO }
            }
            CountsFrom::NextHalf
                if is_count
                    && period.unit == PeriodUnit::WorkingDay
                    && minute(civil) < self.midday
                    && calendar.is_working_day(day).0
                    && !stands_still(day) =>
            {
                First { anchor: day.saturating_sub(1.day()), over: HalfDays(1) }
            }
            _ => whole,
        }
    }

    /// The last day of so many months; the day before the same day of the month where the first day counts.
    pub(crate) fn after_months(&self, day: Date, months: Result<Span, jiff::Error>) -> Date {
        let end = months.map_or(Date::MAX, |span| day.saturating_add(span));
        match self.counts {
            CountsFrom::SameDay => end.saturating_sub(1.day()),
            CountsFrom::NextDay | CountsFrom::NextHalf => end,
        }
    }
}

/// The receipt of a service case; `None` until it has started.
pub(crate) fn receipt(
    service: &ServiceCase,
    calendar: &WorkCalendar,
    time_zone: &TimeZone,
) -> Option<Start> {
    let at = service.started_at?;
    let rules = &service.node.clock;
    let (counted_at, provisional) = received(at, rules.office, calendar, time_zone);
    Some(Start {
        at,
        counted_at,
        provisional,
        from: Some(ClockStart::Receipt),
        awaited: false,
        counts: rules.counts,
        midday: rules.midday(),
    })
}

/// What a clock of the service counts from; `None` until it has started.
pub(crate) fn start(
    service: &ServiceCase,
    from: ClockStart,
    calendar: &WorkCalendar,
    time_zone: &TimeZone,
) -> Option<Start> {
    let receipt = receipt(service, calendar, time_zone)?;
    let rule = Start { from: Some(from), ..receipt };
    Some(match from {
        ClockStart::Receipt => rule,
        // A deemed acceptance counts from the receipt.
        ClockStart::Acceptance if service.acceptance_deemed => rule,
        ClockStart::Acceptance => match service.accepted_at {
            Some(at) => Start { at, counted_at: at, provisional: false, ..rule },
            None => Start { awaited: true, ..rule },
        },
        ClockStart::Completion => {
            let completed = service.corrections.iter().filter_map(|correction| {
                Some((correction.answered_at?, answered(service, correction, calendar, time_zone)?))
            });
            match completed.max_by_key(|(_, (counted_at, _))| *counted_at) {
                Some((at, (counted_at, provisional))) => {
                    Start { at, counted_at, provisional, ..rule }
                }
                None => rule,
            }
        }
    })
}

/// When what a clock counts from happened; the receipt while it has not.
pub(crate) fn event(service: &ServiceCase, from: ClockStart) -> Option<Instant> {
    let happened = match from {
        ClockStart::Receipt => None,
        ClockStart::Acceptance => service.accepted_at,
        ClockStart::Completion => service.corrections.iter().filter_map(|it| it.answered_at).max(),
    };
    happened.or(service.started_at)
}

/// A clock that begins with an event of the service's course, by the service's rules: the receipt by the hours of the
/// office, everything else when it happened.
pub(crate) fn of_event(
    service: &ServiceCase,
    at: Instant,
    calendar: &WorkCalendar,
    time_zone: &TimeZone,
) -> Start {
    let rules = &service.node.clock;
    match receipt(service, calendar, time_zone) {
        Some(receipt) if receipt.at == at => receipt,
        _ => Start { counts: rules.counts, midday: rules.midday(), ..Start::plain(at) },
    }
}

/// When the answer to a correction counts as given: the applicant's by the hours of the office, what was made good
/// at the department at once. `None` until then.
pub(crate) fn answered(
    service: &ServiceCase,
    correction: &Correction,
    calendar: &WorkCalendar,
    time_zone: &TimeZone,
) -> Option<(Instant, bool)> {
    let office = service.node.clock.office.filter(|_| !correction.settled);
    Some(received(correction.answered_at?, office, calendar, time_zone))
}

/// When something handed in counts as received, and whether that rests on a guessed calendar.
pub(crate) fn received(
    at: Instant,
    office: Option<OfficeHours>,
    calendar: &WorkCalendar,
    time_zone: &TimeZone,
) -> (Instant, bool) {
    let Some(office) = office else { return (at, false) };
    let civil = time_zone.to_datetime(at);
    let (works, known) = calendar.is_working_day(civil.date());
    let mut provisional = !known;
    let minute = minute(civil);
    if works && (office.opens..office.closes).contains(&minute) {
        return (at, provisional);
    }
    let mut day = civil.date();
    if !works || minute >= office.closes {
        loop {
            day = day.saturating_add(1.day());
            let (works, known) = calendar.is_working_day(day);
            provisional |= !known;
            if works || day == Date::MAX {
                break;
            }
        }
    }
    (moment(day, office.opens, time_zone).unwrap_or(at), provisional)
}

/// The instant of a minute of a day; 1440 is the end of the day.
pub(crate) fn moment(day: Date, minute: u16, time_zone: &TimeZone) -> Option<Instant> {
    let civil = day.at(0, 0, 0, 0).checked_add(i64::from(minute).minutes()).ok()?;
    Some(civil.to_zoned(time_zone.clone()).ok()?.timestamp())
}

fn minute(civil: jiff::civil::DateTime) -> u16 {
    let hours = u16::try_from(civil.hour()).unwrap_or(0);
    hours.saturating_mul(60).saturating_add(u16::try_from(civil.minute()).unwrap_or(0))
}
