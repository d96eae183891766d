//! Moments of an office's day: working days of the jurisdiction's calendar, between nine and five by its clock.

use jiff::SignedDuration;
use jiff::civil::Time;
use rand::Rng;
use rand::rngs::StdRng;
use vocabulary::{Date, Instant};

use catalogue::Catalogue;

/// Office hours of the demo's city, in minutes after midnight; a lunch hour is nobody's concern here.
const OPEN: i64 = 9 * 60;
const CLOSE: i64 = 17 * 60;

/// When things happen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moments<'a> {
    pub(crate) catalogue: &'a Catalogue,
}

impl Moments<'_> {
    /// The moment itself if offices are open then, else one in the first hours of the next office day.
    pub(crate) fn in_office(self, at: Instant, rng: &mut StdRng) -> Instant {
        let zone = &self.catalogue.jurisdiction.time_zone;
        let civil = at.to_zoned(zone.clone());
        let minute = i64::from(civil.hour()) * 60 + i64::from(civil.minute());
        let (works, _) = self.catalogue.calendar.is_working_day(civil.date());
        if works && (OPEN..CLOSE).contains(&minute) {
            return at;
        }
        let day = if works && minute < OPEN { civil.date() } else { self.next_day(civil.date()) };
        self.at(day, OPEN + rng.random_range(2..150))
    }

    /// The first working day after `date`.
    pub(crate) fn next_day(self, date: Date) -> Date {
        let mut day = date;
        for _ in 0..30 {
            let Ok(next) = day.tomorrow() else { return day };
            day = next;
            if self.catalogue.calendar.is_working_day(day).0 {
                break;
            }
        }
        day
    }

    /// That minute of that day.
    pub(crate) fn at(self, day: Date, minute: i64) -> Instant {
        let midnight = day.to_datetime(Time::midnight());
        let zoned = midnight.to_zoned(self.catalogue.jurisdiction.time_zone.clone());
        let start = zoned.map(|zoned| zoned.timestamp()).unwrap_or(Instant::UNIX_EPOCH);
        start.checked_add(SignedDuration::from_mins(minute)).unwrap_or(start)
    }

    /// The close of an office day.
    pub(crate) fn close_of(self, day: Date) -> Instant {
        self.at(day, CLOSE)
    }

    /// Some moment of a day on which people send things in: mostly by day, online also in the evening.
    pub(crate) fn of_day(self, day: Date, rng: &mut StdRng) -> Instant {
        let evening = rng.random_ratio(1, 5);
        let minute = if evening {
            rng.random_range(17 * 60..22 * 60)
        } else {
            rng.random_range(OPEN..CLOSE)
        };
        self.at(day, minute)
    }
}
