//! What time brings about: its clocks, and what silence means.

use vocabulary::*;
use yijianshi_casework::*;

use super::*;
use crate::reference::{Almanac, Clock, at, number, opened, walk};

impl Service {
    pub(super) fn silence_is_acceptance(
        &self,
        state: ServiceState,
        now: Instant,
        almanac: &Almanac,
    ) -> bool {
        let silent = matches!(state, ServiceState::Referred | ServiceState::Received)
            && self.corrections().is_empty();
        if !silent || !self.node.deemed_acceptance {
            return false;
        }
        let clock = self.clock(ClockStart::Receipt, self.node.correction_limit, almanac);
        let stops = self.waits_for_somebody.clone();
        let little_stops = |clock| Clock { stops, extension: None, ..clock };
        clock.map(little_stops).is_some_and(|clock| self.is_over(&clock, now, almanac).is_some())
    }

    pub(super) fn silence_is_a_grant(
        &self,
        state: ServiceState,
        now: Instant,
        almanac: &Almanac,
    ) -> Option<Instant> {
        use ServiceState::{Accepted, CorrectionRequested, Received, Referred, SpecialProcedure};
        let rule = self.node.deemed_grant?;
        let silent = [Referred, Received, Accepted, SpecialProcedure, CorrectionRequested];
        let clock = self.clock(rule.from, rule.period, almanac)?;
        let stopped = walk(&clock, almanac).stopped;
        self.is_over(&clock, now, almanac).filter(|_| silent.contains(&state) && !stopped)
    }

    /// A clock of the department, from what its rule says; `None` before that has happened.
    pub(crate) fn clock(
        &self,
        from: ClockStart,
        period: Period,
        almanac: &Almanac,
    ) -> Option<Clock> {
        let rules = &self.node.clock;
        let receipt = (self.started?, true);
        let (began, handed_in) = match from {
            ClockStart::Receipt => receipt,
            ClockStart::Acceptance if self.deemed => receipt,
            ClockStart::Acceptance => (self.accepted()?, false),
            ClockStart::Completion => self
                .corrections()
                .into_iter()
                .filter(|asked| asked.how != Answered::No)
                .map(|asked| (asked.until.unwrap(), asked.how == Answered::ByTheApplicant))
                .max_by_key(|(at, by_applicant)| {
                    opened(*at, rules.office.filter(|_| *by_applicant), almanac).0
                })
                .unwrap_or(receipt),
        };
        Some(Clock {
            stops: self.stops(almanac),
            extension: self.extended().zip(self.node.extension),
            office: rules.office,
            handed_in,
            counts: rules.counts,
            ..Clock::plain(began, period)
        })
    }

    pub(super) fn silence_is_the_end(
        &self,
        state: ServiceState,
        now: Instant,
        almanac: &Almanac,
    ) -> bool {
        let asked = self
            .owed()
            .filter(|_| state == ServiceState::CorrectionRequested && self.node.correction_lapses);
        let inquired = |it: &NodeProcedure| !it.afterwards && self.is_open(&it.id);
        asked.is_some_and(|asked| {
            let stops = self.waits_for_somebody.clone();
            let clock = Clock { stops, ..Clock::plain(asked, self.node.correction_answer) };
            !self.node.procedures.iter().any(inquired)
                && self.is_over(&clock, now, almanac).is_some()
        })
    }

    /// When the clock was over, if it is. Nobody's rights change on a guessed date.
    pub(super) fn is_over(
        &self,
        clock: &Clock,
        now: Instant,
        almanac: &Almanac,
    ) -> Option<Instant> {
        let found = walk(clock, almanac);
        let office = self.node.clock.office;
        let minute = match (found.midday, office) {
            (true, _) => office.map_or(720, |office| office.midday),
            (false, Some(office)) => office.closes,
            (false, None) => 1440,
        };
        let end = at(number(found.on), i64::from(minute) * 60);
        (!found.provisional && end <= now).then_some(end)
    }
}

/// The time of an ordinary clock, that of no department's hours, is over. Nobody's rights change on a guessed date.
pub(super) fn is_past(clock: &Clock, now: Instant, almanac: &Almanac) -> bool {
    let found = walk(clock, almanac);
    let minute: i64 = if found.midday { 720 } else { 1440 };
    !found.provisional && at(number(found.on), minute * 60) <= now
}
