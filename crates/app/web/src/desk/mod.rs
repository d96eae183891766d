//! The counter as everybody sees it: outlets, numbers and the hall's display; and as managers keep it: who may
//! receive what, and on what delegation.

pub mod delegations;
pub mod display;
pub mod outlets;
pub mod records;
pub mod tickets;

use engine::desk::DeskRefusal;
use network::{NoAuthority, Outlet};
use vocabulary::{DelegationId, Instant, OutletId};

use crate::errors::WebError;
use crate::page::Page;
use crate::state::App;

/// The words that tell somebody why something at the counter was not done.
pub const fn refusal_key(refusal: DeskRefusal) -> &'static str {
    match refusal {
        DeskRefusal::UnknownPlace => "desk-refused-place",
        DeskRefusal::UnknownTicket => "desk-refused-ticket",
        DeskRefusal::TicketMoved => "desk-refused-moved",
        DeskRefusal::WindowBusy => "desk-refused-busy",
        DeskRefusal::UnknownRecord => "desk-refused-record",
        DeskRefusal::BadDates => "desk-refused-dates",
        DeskRefusal::UnknownDelegation => "desk-refused-delegation",
    }
}

/// Why a service may not be received, in the person's language.
pub fn no_authority_text(app: &App, page: &Page, why: &NoAuthority) -> String {
    let key = format!("no-authority-{}", why.code());
    let date = |date: &vocabulary::Date| page.date(*date);
    // A delegation is known to people by what it rests on.
    let basis = |id: &DelegationId| {
        let known = app.engine.network().delegations.get(id);
        known.map_or_else(|| id.to_string(), |it| page.text(&it.basis).to_owned())
    };
    match why {
        NoAuthority::NoRecord
        | NoAuthority::OutletNotEntitled
        | NoAuthority::WindowNotForIt
        | NoAuthority::UnknownPlace => page.t(&key),
        NoAuthority::RecordNotYetValid { from } => page.t1(&key, "date", date(from)),
        NoAuthority::RecordExpired { until } => page.t1(&key, "date", date(until)),
        NoAuthority::RecordRevoked { on } => page.t1(&key, "date", date(on)),
        NoAuthority::DelegationNotYetValid { delegation, from } => {
            page.t2(&key, "delegation", basis(delegation), "date", date(from))
        }
        NoAuthority::DelegationExpired { delegation, until } => {
            page.t2(&key, "delegation", basis(delegation), "date", date(until))
        }
        NoAuthority::DelegationRevoked { delegation, on } => {
            page.t2(&key, "delegation", basis(delegation), "date", date(on))
        }
        NoAuthority::OtherApplicants { delegation } => {
            page.t1(&key, "delegation", basis(delegation))
        }
        NoAuthority::ReceivedElsewhere { outlets } if outlets.is_empty() => {
            page.t("no-authority-nowhere")
        }
        NoAuthority::ReceivedElsewhere { outlets } => {
            let names: Vec<String> =
                outlets.iter().take(3).map(|id| outlet_name(app, page, id)).collect();
            page.t1(&key, "outlets", names.join(&page.t("list-separator")))
        }
    }
}

/// An outlet's name; its id if the network no longer has it.
pub fn outlet_name(app: &App, page: &Page, id: &OutletId) -> String {
    let outlet = app.engine.network().outlets.get(id);
    outlet.map_or_else(|| id.to_string(), |outlet| page.text(&outlet.name).to_owned())
}

/// The outlet behind an address.
fn outlet<'a>(app: &'a App, id: &str) -> Result<&'a Outlet, WebError> {
    app.engine.network().outlets.get(id).ok_or(WebError::NotFound)
}

/// Weekday (1 Monday … 7 Sunday) and minute after midnight at the counter.
fn weekday_and_minute(app: &App, at: Instant) -> (u8, u32) {
    let zoned = at.to_zoned(app.engine.catalogue().jurisdiction.time_zone.clone());
    let weekday = u8::try_from(zoned.weekday().to_monday_one_offset()).unwrap_or(1);
    let hour = u32::try_from(zoned.hour()).unwrap_or_default();
    let minute = u32::try_from(zoned.minute()).unwrap_or_default();
    (weekday, hour * 60 + minute)
}

/// Whether an outlet is open now.
fn is_open(app: &App, outlet: &Outlet) -> bool {
    let (weekday, minute) = weekday_and_minute(app, app.now());
    outlet.is_open(weekday, minute)
}

/// `09:05`.
fn clock(app: &App, at: Instant) -> String {
    let (_, minute) = weekday_and_minute(app, at);
    minute_text(minute)
}

fn minute_text(minute: u32) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// Opening hours as people read them: weekdays with the same spans together.
fn hours(page: &Page, outlet: &Outlet) -> Vec<(String, String)> {
    let spans_of = |weekday: u8| {
        let own = outlet.hours.iter().filter(|hours| hours.weekday == weekday);
        let spans: Vec<String> = own
            .map(|it| format!("{}–{}", minute_text(it.open_minute), minute_text(it.close_minute)))
            .collect();
        spans.join(&page.t("list-separator"))
    };
    let mut rows: Vec<(u8, u8, String)> = Vec::new();
    for weekday in 1..=7u8 {
        let spans = spans_of(weekday);
        match rows.last_mut() {
            Some((_, last, same)) if *same == spans => *last = weekday,
            _ => rows.push((weekday, weekday, spans)),
        }
    }
    let day = |weekday: u8| page.t(&format!("weekday-{weekday}"));
    rows.into_iter()
        .map(|(first, last, spans)| {
            let days = match first == last {
                true => day(first),
                false => page.t2("desk-days", "first", day(first), "last", day(last)),
            };
            (days, if spans.is_empty() { page.t("desk-closed-day") } else { spans })
        })
        .collect()
}

/// A fresh id for a form, so that pressing twice does once.
fn fresh_command() -> String {
    store_port::fresh_id().to_string()
}
