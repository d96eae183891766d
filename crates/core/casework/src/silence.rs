//! What a department's silence means by law beside acceptance: where the regime says so, silence to the end of
//! the time for the decision is a grant (逾期视为准予).
//!
//! Nothing is invented: a deemed grant brings no value and no paper into being. Who waits only for the fact goes
//! on; who needs a value or a paper waits until the department hands it in, and it still owes it. A decision that
//! says otherwise comes too late.

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use vocabulary::{ClockStart, Instant, Period, WorkCalendar};

use crate::clocks::{Course, Path, expiry, run};
use crate::starts;
use crate::state::{Case, ServiceCase, ServiceState};

/// When a department's silence is a grant.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DeemedGrant {
    pub period: Period,
    pub from: ClockStart,
}

impl ServiceCase {
    /// It is granted by law, and the department has not handed in the paper with the outputs.
    pub fn owes_paper(&self) -> bool {
        self.grant_deemed_at.is_some()
            && self.state == ServiceState::Granted
            && self.granted.is_empty()
            && self.node.outputs.iter().any(|output| !output.fact)
    }
}

/// The clock whose end is a grant; `None` when silence means nothing here, or not yet, or no longer.
pub(crate) fn clock(
    service: &ServiceCase,
    calendar: &WorkCalendar,
    time_zone: &TimeZone,
) -> Option<Path> {
    let rule = service.node.deemed_grant?;
    let silent = matches!(
        service.state,
        ServiceState::Referred
            | ServiceState::Received
            | ServiceState::Accepted
            | ServiceState::SpecialProcedure
            | ServiceState::CorrectionRequested
    );
    if !silent {
        return None;
    }
    let start = starts::start(service, rule.from, calendar, time_zone)?;
    let course = Course::of(service, calendar, time_zone);
    Some(run(start, rule.period, &course, &service.node.clock, calendar, time_zone))
}

/// When silence becomes a grant; `None` while the clock stands still, its date is a guess, what it counts from has
/// not happened, or a field that the service needs is not checked: on that nobody may decide, so silence does not
/// either. Checked after the time was over, it is granted then.
pub(crate) fn granted_at(
    case: &Case,
    service: &ServiceCase,
    calendar: &WorkCalendar,
    time_zone: &TimeZone,
) -> Option<Instant> {
    let path = clock(service, calendar, time_zone)?;
    let certain = !path.is_provisional() && !path.stopped && !path.awaited;
    let over = certain.then(|| expiry(&path.due, &service.node.clock, time_zone)).flatten()?;
    Some(over.max(case.relies_from(service)?))
}
