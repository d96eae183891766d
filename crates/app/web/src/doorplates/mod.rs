//! 数字政务门牌: a code on the spot leads to a page of one matter. How often it is opened, and what comes of it, is
//! counted by plate; nobody is followed.

pub mod landing;
pub mod manage;

use network::Doorplate;

use crate::page::Page;
use crate::state::App;

/// Where a doorplate hangs, in one line.
pub fn where_it_hangs(app: &App, page: &Page, plate: &Doorplate) -> String {
    let network = app.engine.network();
    let outlet = plate.outlet.as_ref().and_then(|id| network.outlets.get(id));
    let area = plate.area.as_ref().and_then(|code| network.areas.get(code));
    let at = outlet.map(|it| &it.name).or(area).map(|name| page.text(name));
    let place = page.text(&plate.place);
    at.map_or_else(|| place.to_owned(), |at| page.t2("doorplate-where", "at", at, "place", place))
}

/// Whether it hangs on a day.
pub fn hangs(plate: &Doorplate, on: vocabulary::Date) -> bool {
    plate.placed_on <= on && plate.removed_on.is_none_or(|removed| on <= removed)
}
