//! Taking a working calendar over: one audited act that recomputes the open cases, once each.
//!
//! Who, when, what instead of what, how many cases and which dates are written down. It can be interrupted at any
//! instant: whoever comes next goes on where it stopped, and a case that has taken a loading over does not do so
//! twice. Dates are derived as ever; what is committed is that they moved, and the timers with them.

use std::collections::BTreeMap;
use std::sync::Arc;

use casework::{Actor, ActorRole, Case, ClockKind, Command};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use store_port::{CalendarChangeRow, CalendarLoadRow, Fault};
use uuid::Uuid;
use vocabulary::{AccountId, CalendarYear, CaseId, CommandId, Date, WorkCalendar};

use crate::{Engine, EngineError};

/// Cases looked at before it is written down how far it has come.
const AT_ONCE: u32 = 100;

impl Engine {
    /// Takes the calendar of the definitions in force over, if it is not the one that was taken over last; goes on
    /// with what was interrupted. `None` = there was nothing to do.
    ///
    /// # Errors
    /// A fault; what was kept cannot be read.
    pub async fn take_calendar(
        &self,
        account: Option<AccountId>,
    ) -> Result<Option<CalendarLoadRow>, EngineError> {
        let calendar = &self.catalogue().calendar;
        let own = written(calendar);
        let hash = hex::encode(Sha256::digest(own.as_bytes()));
        let last = self.store().list_calendar_loads(2).await?;
        match last.first() {
            Some(last) if last.hash == hash && last.finished_at.is_some() => return Ok(None),
            Some(under_way) if under_way.hash == hash => {
                return Ok(Some(self.go_on(under_way.clone(), None).await?));
            }
            _ => {}
        }
        let before = last.first();
        let now = self.clock().now();
        let row = CalendarLoadRow {
            seq: before.map_or(0, |before| before.seq).saturating_add(1),
            at: now,
            account,
            version: calendar.version.to_string(),
            hash,
            calendar: own,
            before_version: before.map_or_else(String::new, |it| it.version.clone()),
            before_hash: before.map_or_else(String::new, |it| it.hash.clone()),
            before: before.map_or_else(String::new, |it| it.calendar.clone()),
            cursor: None,
            cases: 0,
            // The first is a beginning: nothing was computed otherwise before.
            finished_at: before.is_none().then_some(now),
        };
        if !self.store().insert_calendar_load(&row).await? {
            // Another node was faster: it does the same.
            return Ok(None);
        }
        tracing::info!(load = row.seq, version = %row.version, before = %row.before_version, "calendar");
        if row.finished_at.is_some() {
            return Ok(Some(row));
        }
        let interrupted = before.filter(|before| before.finished_at.is_none()).cloned();
        Ok(Some(self.go_on(row, interrupted).await?))
    }

    /// Looks at every case from where it stopped. `interrupted` = the loading before it was not finished: what a
    /// case has not taken over of it is taken over now.
    async fn go_on(
        &self,
        mut load: CalendarLoadRow,
        interrupted: Option<CalendarLoadRow>,
    ) -> Result<CalendarLoadRow, EngineError> {
        let before = Arc::new(read(&load.before_version, &load.before)?);
        let earlier = match &interrupted {
            Some(it) if !it.before.is_empty() => {
                Some((it.seq, Arc::new(read(&it.before_version, &it.before)?)))
            }
            _ => None,
        };
        loop {
            let ids = self.store().list_case_ids(load.cursor, AT_ONCE).await?;
            let Some(last) = ids.last().copied() else { break };
            let mut rows = Vec::new();
            for id in ids {
                let Some(case) = self.case(id).await? else { continue };
                // What took it over before an interruption is listed, also when it has come to its end since.
                let taken = case.dates_moved.iter().any(|it| it.load == load.seq);
                if (case.state().is_final() && !taken) || case.submitted_at >= load.at {
                    continue;
                }
                load.cases = load.cases.saturating_add(1);
                let from = match &earlier {
                    Some((seq, earlier)) if !case.dates_moved.iter().any(|it| it.load == *seq) => {
                        earlier
                    }
                    _ => &before,
                };
                rows.extend(self.move_dates(id, load.seq, Arc::clone(from)).await?);
            }
            self.store().put_calendar_changes(&rows).await?;
            load.cursor = Some(last);
            self.store().advance_calendar_load(load.seq, load.cursor, load.cases, None).await?;
        }
        if let Some(interrupted) = interrupted {
            let now = Some(self.clock().now());
            let (cursor, cases) = (interrupted.cursor, interrupted.cases);
            self.store().advance_calendar_load(interrupted.seq, cursor, cases, now).await?;
        }
        load.finished_at = Some(self.clock().now());
        self.store()
            .advance_calendar_load(load.seq, load.cursor, load.cases, load.finished_at)
            .await?;
        tracing::info!(load = load.seq, cases = load.cases, "calendar taken over");
        Ok(load)
    }

    /// One case; the rows follow from its event, so that they are the same when it is done again.
    async fn move_dates(
        &self,
        id: CaseId,
        load: u64,
        before: Arc<WorkCalendar>,
    ) -> Result<Vec<CalendarChangeRow>, EngineError> {
        let hub = Actor { role: ActorRole::Hub, account: None, department: None };
        let command_id = CommandId(Uuid::new_v5(&id.0, format!("calendar-{load}").as_bytes()));
        let command = Command::TakeCalendar { load, before };
        self.execute(hub, "take-calendar", command_id, id, None, command, Vec::new()).await?;
        let case = self.case(id).await?.ok_or(Fault::Corrupt { what: "case events" })?;
        Ok(rows(&case, load))
    }
}

fn rows(case: &Case, load: u64) -> Vec<CalendarChangeRow> {
    let taken = case.dates_moved.iter().filter(|taken| taken.load == load);
    taken
        .flat_map(|taken| &taken.moved)
        .map(|moved| CalendarChangeRow {
            case_id: case.id,
            load,
            node: moved.node.as_ref().map_or_else(String::new, ToString::to_string),
            clock: match &moved.clock {
                ClockKind::Procedure { procedure } => format!("procedure.{procedure}"),
                clock => clock.as_str().to_owned(),
            },
            case_number: case.application.case_number.to_string(),
            matter: case.application.matter.to_string(),
            area: case.application.reception.area.as_deref().map(ToOwned::to_owned),
            was_on: moved.was.on.to_string(),
            was_provisional: moved.was.provisional,
            is_on: moved.is.on.to_string(),
            is_provisional: moved.is.provisional,
        })
        .collect()
}

/// A calendar as text; the same days give the same text.
fn written(calendar: &WorkCalendar) -> String {
    let days = |days: &std::collections::BTreeSet<Date>| {
        days.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let years: BTreeMap<String, Value> = calendar
        .years
        .iter()
        .map(|(year, it)| {
            (year.to_string(), json!({ "off": days(&it.days_off), "work": days(&it.work_days) }))
        })
        .collect();
    json!(years).to_string()
}

fn read(version: &str, text: &str) -> Result<WorkCalendar, Fault> {
    let corrupt = || Fault::Corrupt { what: "calendar" };
    let kept: BTreeMap<String, BTreeMap<String, Vec<Date>>> =
        serde_json::from_str(text).map_err(|_| corrupt())?;
    let mut years = BTreeMap::new();
    for (year, mut days) in kept {
        let mut take = |what: &str| days.remove(what).unwrap_or_default().into_iter().collect();
        let year: i16 = year.parse().map_err(|_| corrupt())?;
        years.insert(year, CalendarYear { days_off: take("off"), work_days: take("work") });
    }
    Ok(WorkCalendar { version: version.into(), years })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_calendar_comes_back_as_it_was_kept() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let year = CalendarYear {
            days_off: [day("2026-01-01"), day("2026-01-02")].into(),
            work_days: [day("2026-01-04")].into(),
        };
        let calendar = WorkCalendar { version: "2026".into(), years: [(2026, year)].into() };
        let text = written(&calendar);
        assert_eq!(read("2026", &text).unwrap(), calendar);
        assert_eq!(written(&read("2026", &text).unwrap()), text);
        assert!(read("2026", "[]").is_err());
    }
}
