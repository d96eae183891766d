//! Names of what figures are divided by, and values as people read them.

use casework::EntryKind;
use catalogue::Catalogue;
use indicators::{Dimension, Distribution, Indicator, IndicatorValue, Unit};
use vocabulary::{AreaCode, Localised, OrganisationId};

use crate::manager::sheet::Cell;
use crate::naming;
use crate::page::Page;
use crate::state::App;

/// The name of one part of a division.
pub fn part(app: &App, page: &Page, by: Dimension, key: &str) -> String {
    if key.is_empty() {
        return page.t("manager-not-stated");
    }
    match by {
        Dimension::Matter => matter(app.engine.catalogue(), page, key),
        Dimension::Area => area(app, page, key),
        Dimension::Department => department(app.engine.catalogue(), page, key),
        Dimension::Channel => channel(page, key),
        Dimension::Entry => entry(page, key),
        Dimension::Outlet => outlet(app, page, key),
        Dimension::Place => place(app, page, key),
        Dimension::Degree => page.t1("manager-degree", "n", key.trim_start_matches('0')),
    }
}

/// The name of a matter; its id when it is gone from the catalogue.
pub fn matter(catalogue: &Catalogue, page: &Page, id: &str) -> String {
    catalogue.matter(id).map_or_else(|| id.to_owned(), |matter| page.text(&matter.name).to_owned())
}

/// The short name of an office.
pub fn department(catalogue: &Catalogue, page: &Page, id: &str) -> String {
    naming::organisation_name(catalogue, page, &OrganisationId::new(id))
}

/// The name of an area of the network; its code when the network does not know it.
pub fn area(app: &App, page: &Page, code: &str) -> String {
    let areas = &app.engine.network().areas;
    named(page, areas.get(&AreaCode::new(code)), code)
}

/// The name of an outlet.
pub fn outlet(app: &App, page: &Page, id: &str) -> String {
    let outlets = &app.engine.network().outlets;
    let found = outlets.iter().find(|(outlet, _)| outlet.as_str() == id);
    named(page, found.map(|(_, outlet)| &outlet.name), id)
}

/// Where a doorplate hangs.
pub fn place(app: &App, page: &Page, id: &str) -> String {
    let plates = &app.engine.network().doorplates;
    let found = plates.iter().find(|(plate, _)| plate.as_str() == id);
    named(page, found.map(|(_, plate)| &plate.place), id)
}

fn named(page: &Page, name: Option<&Localised>, otherwise: &str) -> String {
    name.map(|name| page.text(name)).filter(|name| !name.is_empty()).unwrap_or(otherwise).to_owned()
}

/// By which way something was handed in.
pub fn channel(page: &Page, word: &str) -> String {
    match word {
        "online" => page.t("manager-channel-online"),
        "window" => page.t("manager-channel-window"),
        "mobile" => page.t("manager-channel-mobile"),
        "agent" => page.t("manager-channel-agent"),
        "rated-pc" => page.t("manager-rated-pc"),
        "rated-mobile" => page.t("manager-rated-mobile"),
        "rated-qr" => page.t("manager-rated-qr"),
        "rated-tablet" => page.t("manager-rated-tablet"),
        "rated-kiosk" => page.t("manager-rated-kiosk"),
        "rated-phone" => page.t("manager-rated-phone"),
        "rated-sms" => page.t("manager-rated-sms"),
        other => other.to_owned(),
    }
}

/// How somebody came to a matter.
pub fn entry(page: &Page, word: &str) -> String {
    match EntryKind::ALL.into_iter().find(|kind| kind.as_str() == word) {
        Some(EntryKind::Direct) => page.t("manager-entry-direct"),
        Some(EntryKind::Doorplate) => page.t("manager-entry-doorplate"),
        Some(EntryKind::Continuation) => page.t("manager-entry-continuation"),
        Some(EntryKind::Window) => page.t("manager-entry-window"),
        Some(EntryKind::Agent) => page.t("manager-entry-agent"),
        None => page.t("manager-not-stated"),
    }
}

/// A value as it is shown and exported.
pub fn value(indicator: &Indicator, value: IndicatorValue) -> Cell {
    let signed = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    match indicator.unit {
        Unit::Count => Cell::Count(value.numerator),
        Unit::Share => value.permille().map_or(Cell::None, |it| Cell::Percent(signed(it))),
        Unit::Saved => value.saved_permille().map_or(Cell::None, Cell::Percent),
        Unit::Times => value.hundredths().map_or(Cell::None, |it| Cell::Decimal(signed(it), 2)),
        // Halves to days: a hundredth of a half is five thousandths of a day.
        Unit::Days => IndicatorValue {
            numerator: value.numerator,
            denominator: value.denominator.saturating_mul(2),
        }
        .hundredths()
        .map_or(Cell::None, |it| Cell::Decimal(signed(it), 2)),
    }
}

/// What a value is made of: numerator ÷ denominator; times are counted in halves and read in days.
pub fn behind(indicator: &Indicator, value: IndicatorValue) -> String {
    let above = match indicator.unit {
        Unit::Days => days(Some(value.numerator)).shown(),
        Unit::Share | Unit::Count | Unit::Times | Unit::Saved => value.numerator.to_string(),
    };
    format!("{above} ÷ {}", value.denominator)
}

/// A number of half days as days.
pub fn days(halves: Option<u64>) -> Cell {
    let tenths = |halves: u64| i64::try_from(halves.saturating_mul(5)).unwrap_or(i64::MAX);
    halves.map_or(Cell::None, |halves| Cell::Decimal(tenths(halves), 1))
}

/// Median and ninetieth percentile of half days, as days.
pub fn middle_and_late(distribution: &Distribution) -> (Cell, Cell) {
    (days(distribution.percentile(50)), days(distribution.percentile(90)))
}
