//! One component for every date: where it stands, whether it is provisional, and line by line why it is this day.
//!
//! Pages of applicants, clerks and officers, and the API, show the same list of the same dates.

use casework::{Case, CaseDate, ClockKind, DateLine, ExplainedDate, StopCause, Tally};
use catalogue::Catalogue;
use serde_json::{Value, json};
use vocabulary::{Date, Instant, NodeKey, PeriodUnit, ServiceId};

use crate::applicant::case_view::{case_node_name, procedure_name, time_text};
use crate::page::Page;
use crate::plan_view::period_text;

/// Days named one by one before the rest is counted.
const NAMED_MAX: usize = 12;

/// A date with its lines of explanation.
#[derive(Clone, Debug, Default)]
pub struct DateView {
    pub date: String,
    pub lines: Vec<String>,
    pub provisional: bool,
    pub stopped: bool,
}

/// One date of the list.
#[derive(Clone, Debug)]
pub struct DateRow {
    /// Where a link leads to.
    pub anchor: String,
    /// What is due then.
    pub what: String,
    pub view: DateView,
}

/// The dates of one service, or of the whole.
#[derive(Clone, Debug)]
pub struct DateGroup {
    pub name: String,
    pub rows: Vec<DateRow>,
}

/// Where on the page of all dates this one stands.
pub fn anchor(node: Option<&NodeKey>, clock: &ClockKind) -> String {
    let node = node.map_or_else(|| "whole".to_owned(), ToString::to_string);
    match clock {
        ClockKind::Procedure { procedure } => format!("{node}.{}.{procedure}", clock.as_str()),
        _ => format!("{node}.{}", clock.as_str()),
    }
}

/// All dates of a case; `only` = of one service, and the whole.
pub fn groups(
    catalogue: &Catalogue,
    page: &Page,
    case: &Case,
    only: Option<&NodeKey>,
) -> Vec<DateGroup> {
    let zone = &catalogue.jurisdiction.time_zone;
    let mut groups: Vec<(Option<NodeKey>, DateGroup)> = Vec::new();
    for date in case.dates(&catalogue.calendar, zone) {
        if only.is_some() && date.node.is_some() && date.node.as_ref() != only {
            continue;
        }
        let row = row(catalogue, page, &date);
        match groups.last_mut() {
            Some((node, group)) if *node == date.node => group.rows.push(row),
            _ => {
                let name = date.node.as_ref().map_or_else(
                    || page.t("dates-whole"),
                    |node| case_node_name(catalogue, page, case, node),
                );
                groups.push((date.node, DateGroup { name, rows: vec![row] }));
            }
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

fn row(catalogue: &Catalogue, page: &Page, date: &CaseDate) -> DateRow {
    let service = date.node.as_ref().map(|node| &node.service);
    let mut view = date_view(catalogue, page, service, &date.date);
    if let Some(tally) = &date.tally {
        view.lines.extend(tally_lines(page, tally));
    }
    DateRow {
        anchor: anchor(date.node.as_ref(), &date.clock),
        what: what(catalogue, page, service, &date.clock),
        view,
    }
}

/// What is due.
pub fn what(
    catalogue: &Catalogue,
    page: &Page,
    service: Option<&ServiceId>,
    clock: &ClockKind,
) -> String {
    match clock {
        ClockKind::Joint => page.t("clock-joint"),
        ClockKind::Promised => page.t("clock-promised"),
        ClockKind::Statutory => page.t("clock-statutory"),
        ClockKind::CorrectionLimit => page.t("clock-correction-limit"),
        ClockKind::CorrectionAnswer => page.t("clock-correction-answer"),
        ClockKind::DeemedGrant => page.t("clock-deemed-grant"),
        ClockKind::Procedure { procedure } => {
            let name = service
                .map_or_else(String::new, |it| procedure_name(catalogue, page, it, procedure));
            page.t1("clock-procedure", "procedure", name)
        }
    }
}

/// "Why this date?", line by line. `service` = the one that it is about; a date of several names no procedure.
pub fn date_view(
    catalogue: &Catalogue,
    page: &Page,
    service: Option<&ServiceId>,
    explained: &ExplainedDate,
) -> DateView {
    let line = |line| date_line(catalogue, page, service, line);
    let mut lines: Vec<String> = explained.lines.iter().map(line).collect();
    if explained.stopped {
        lines.push(page.t("date-stands-still"));
    }
    let mut date = page.date(explained.due.on);
    if explained.due.midday {
        date = page.t1("date-midday", "date", date);
    }
    DateView { date, lines, provisional: explained.due.provisional, stopped: explained.stopped }
}

fn date_line(
    catalogue: &Catalogue,
    page: &Page,
    service: Option<&ServiceId>,
    line: &DateLine,
) -> String {
    let time = |at: &Instant| time_text(catalogue, page, *at);
    let procedure =
        |id: &str| service.map_or_else(String::new, |it| procedure_name(catalogue, page, it, id));
    match line {
        DateLine::Began { at, .. } => page.t1("date-began", "time", time(at)),
        DateLine::Received { at, opening } => {
            page.t2("date-received", "time", time(at), "opening", time(opening))
        }
        DateLine::Rule { from, counts } => {
            let from = page.t(&format!("date-from-{}", from.as_str()));
            let counts = page.t(&format!("date-counts-{}", counts.as_str().replace('_', "-")));
            page.t2("date-rule", "from", from, "counts", counts)
        }
        DateLine::NotBegun { from } => page.t(&format!("date-not-begun-{}", from.as_str())),
        DateLine::Allowed { period } => {
            let key = if period.unit == PeriodUnit::Immediate {
                "date-allowed-immediate"
            } else {
                "date-allowed"
            };
            page.t1(key, "period", period_text(page, *period))
        }
        DateLine::Stopped { from, to, cause: StopCause::Suspension } => match to {
            Some(to) => page.t2("date-suspended", "from", time(from), "to", time(to)),
            None => page.t1("date-still-suspended", "from", time(from)),
        },
        DateLine::Stopped { from, to, cause: StopCause::Correction } => match to {
            Some(to) => page.t2("date-stopped", "from", time(from), "to", time(to)),
            None => page.t1("date-still-stopped", "from", time(from)),
        },
        DateLine::Stopped { from, to, cause: StopCause::Procedure(id) } => {
            let name = procedure(id);
            match to {
                Some(to) => page.tn(
                    "date-stopped-procedure",
                    &[("from", time(from)), ("to", time(to)), ("procedure", name)],
                ),
                None => {
                    page.t2("date-still-stopped-procedure", "from", time(from), "procedure", name)
                }
            }
        }
        DateLine::Counted { from, to, procedure: id } => {
            let name = procedure(id);
            match to {
                Some(to) => page.tn(
                    "date-counted-procedure",
                    &[("from", time(from)), ("to", time(to)), ("procedure", name)],
                ),
                None => {
                    page.t2("date-still-counted-procedure", "from", time(from), "procedure", name)
                }
            }
        }
        DateLine::Extended { at, by, in_time: true } => {
            page.t2("date-extended", "time", time(at), "period", period_text(page, *by))
        }
        DateLine::Extended { at, .. } => page.t1("date-extended-late", "time", time(at)),
        DateLine::Moved { from, to } => {
            page.t2("date-moved", "from", page.short_date(*from), "to", page.short_date(*to))
        }
        DateLine::Closes { minute } => {
            page.t1("date-closes", "clock", format!("{:02}:{:02}", minute / 60, minute % 60))
        }
        DateLine::Skipped { weekends, holidays, .. } => {
            page.t2("date-skipped", "weekends", weekends, "holidays", holidays)
        }
        DateLine::Unchecked => page.t("date-unchecked"),
        DateLine::Provisional => page.t("date-provisional"),
    }
}

/// The days on the way, each in one box.
fn tally_lines(page: &Page, tally: &Tally) -> Vec<String> {
    let days = tally.off.len() + tally.stopped.len() + usize::try_from(tally.ran).unwrap_or(0);
    let mut lines = vec![page.tn(
        "date-tally",
        &[
            ("from", page.short_date(tally.first)),
            ("to", page.short_date(tally.last)),
            ("days", days.to_string()),
            ("off", tally.off.len().to_string()),
            ("stopped", tally.stopped.len().to_string()),
            ("ran", tally.ran.to_string()),
        ],
    )];
    let named = [
        ("date-days-off", &tally.off),
        ("date-days-worked", &tally.worked_weekends),
        ("date-days-stopped", &tally.stopped),
    ];
    for (key, days) in named.into_iter().filter(|(_, days)| !days.is_empty()) {
        let separator = page.t("list-separator");
        let runs = runs(days);
        let shown: Vec<String> =
            runs.iter().take(NAMED_MAX).map(|run| run_text(page, *run)).collect();
        let more = if runs.len() > NAMED_MAX { page.t("date-and-more") } else { String::new() };
        lines.push(page.t1(key, "days", shown.join(&separator) + &more));
    }
    lines
}

/// Days in a row as from–to.
fn runs(days: &[Date]) -> Vec<(Date, Date)> {
    let mut runs: Vec<(Date, Date)> = Vec::new();
    for day in days {
        match runs.last_mut() {
            Some((_, last)) if last.tomorrow().is_ok_and(|next| next == *day) => *last = *day,
            _ => runs.push((*day, *day)),
        }
    }
    runs
}

fn run_text(page: &Page, (first, last): (Date, Date)) -> String {
    if first == last {
        page.short_date(first)
    } else {
        page.t2("date-run", "from", page.short_date(first), "to", page.short_date(last))
    }
}

/// All dates of a case for machines: the same list, with the sentences of the asked language.
pub fn as_json(catalogue: &Catalogue, page: &Page, case: &Case) -> Value {
    as_json_of(catalogue, page, case, None)
}

/// The same; `only` = of one service, and of the whole.
pub fn as_json_of(
    catalogue: &Catalogue,
    page: &Page,
    case: &Case,
    only: Option<&NodeKey>,
) -> Value {
    let zone = &catalogue.jurisdiction.time_zone;
    let dates: Vec<Value> = case
        .dates(&catalogue.calendar, zone)
        .iter()
        .filter(|date| only.is_none() || date.node.is_none() || date.node.as_ref() == only)
        .map(|date| {
            let row = row(catalogue, page, date);
            json!({
                "service": date.node.as_ref().map(ToString::to_string),
                "clock": date.clock.as_str(),
                "procedure": match &date.clock {
                    ClockKind::Procedure { procedure } => Some(procedure),
                    _ => None,
                },
                "due_on": date.date.due.on.to_string(),
                "midday": date.date.due.midday,
                "provisional": date.date.due.provisional,
                "stopped": date.date.stopped,
                "name": row.what,
                "lines": row.view.lines,
                "days": date.tally.as_ref().map(|tally| json!({
                    "first": tally.first.to_string(),
                    "last": tally.last.to_string(),
                    "off": texts(&tally.off),
                    "worked_weekends": texts(&tally.worked_weekends),
                    "stopped": texts(&tally.stopped),
                    "ran": tally.ran,
                })),
            })
        })
        .collect();
    json!({
        "case": case.id.to_string(),
        "number": case.application.case_number,
        "calendar": catalogue.calendar.version,
        "dates": dates,
    })
}

/// All dates of a case as plain text.
pub fn as_text(catalogue: &Catalogue, page: &Page, case: &Case) -> String {
    let mut text = format!("{}\n", case.application.case_number);
    for group in groups(catalogue, page, case, None) {
        text.push_str(&format!("\n{}\n", group.name));
        for row in group.rows {
            let provisional = if row.view.provisional { "?" } else { "" };
            text.push_str(&format!("  {}: {}{provisional}\n", row.what, row.view.date));
            for line in row.view.lines {
                text.push_str(&format!("    - {line}\n"));
            }
        }
    }
    text
}

fn texts(days: &[Date]) -> Vec<String> {
    days.iter().map(ToString::to_string).collect()
}
