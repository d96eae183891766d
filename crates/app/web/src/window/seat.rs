//! Who sits where with whom: the clerk's window, the ticket called, the person and the draft in hand.

use engine::Draft;
use engine::desk::{AtWindow, Queue, Ticket};
use network::{Outlet, Window, Zone};
use store_port::{AccountRow, InHandRow};
use vocabulary::{AccountId, WindowId};

use crate::access::{Action, Resource, may};
use crate::errors::WebError;
use crate::page::Page;
use crate::state::App;

/// A clerk at his window.
#[derive(Debug)]
pub(crate) struct Seat<'a> {
    pub(crate) hand: InHandRow,
    pub(crate) outlet: &'a Outlet,
    pub(crate) zone: &'a Zone,
    pub(crate) window: &'a Window,
    pub(crate) queue: Queue,
}

/// The clerk's account.
pub(crate) fn clerk(page: &Page) -> Result<AccountId, WebError> {
    page.who.account.ok_or(WebError::NotFound)
}

/// The clerk's seat; `None` = he has not chosen a window, or it is gone from the network.
pub(crate) async fn seat<'a>(app: &'a App, page: &Page) -> Result<Option<Seat<'a>>, WebError> {
    let Some(hand) = app.engine.in_hand(clerk(page)?).await? else { return Ok(None) };
    on(app, hand).await
}

/// The seat of what is in hand.
pub(crate) async fn on(app: &App, hand: InHandRow) -> Result<Option<Seat<'_>>, WebError> {
    let id = WindowId::new(hand.window.as_str());
    let Some((outlet, zone, window)) = app.engine.network().window(&id) else { return Ok(None) };
    let queue = app.engine.queue(&outlet.id).await?;
    Ok(Some(Seat { hand, outlet, zone, window, queue }))
}

impl Seat<'_> {
    pub(crate) fn at(&self) -> AtWindow {
        AtWindow { clerk: self.hand.clerk, window: self.window.id.clone() }
    }

    /// The ticket that this window has called or serves.
    pub(crate) fn ticket(&self) -> Option<&Ticket> {
        let own = |ticket: &&Ticket| ticket.row.window.as_deref() == Some(self.window.id.as_str());
        self.queue.in_hand.iter().find(own)
    }

    /// The person in hand.
    pub(crate) async fn person(&self, app: &App) -> Result<Option<AccountRow>, WebError> {
        match self.hand.applicant {
            Some(account) => Ok(app.engine.store().find_account(account).await?),
            None => Ok(None),
        }
    }

    /// The draft in hand, if it still is.
    pub(crate) async fn draft(&self, app: &App, page: &Page) -> Result<Option<Draft>, WebError> {
        let Some(draft) = app.engine.draft_in_hand(&self.hand).await? else { return Ok(None) };
        let resource = Resource::Held { holder: Some(self.hand.clerk) };
        Ok(may(&page.who, Action::UseWindow, resource, page.demo).then_some(draft))
    }
}

/// Windows that this clerk may sit down at: those of his outlet, or of his area when he belongs to none.
pub(crate) fn open_to<'a>(app: &'a App, page: &Page) -> Vec<(&'a Outlet, &'a Zone, &'a Window)> {
    let outlets = &app.engine.network().outlets;
    let own = page.who.department.as_deref().filter(|own| outlets.contains_key(*own));
    let inside = |outlet: &Outlet| match (own, page.who.area.as_deref()) {
        (Some(own), _) => outlet.id.as_str() == own,
        (None, None) => true,
        (None, Some(area)) => outlet.area.as_str().starts_with(area.trim_end_matches("00")),
    };
    let mut windows = Vec::new();
    for outlet in outlets.values().filter(|outlet| inside(outlet)) {
        for zone in &outlet.zones {
            windows.extend(zone.windows.iter().map(|window| (outlet, zone, window)));
        }
    }
    windows
}
