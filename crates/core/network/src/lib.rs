//! The network of outlets (1+N) as data: where an application may be received, by which window, on what
//! authority, and where each service is decided and delivered.
//!
//! Goes in: network files beside a catalogue. Comes out: a resolved, immutable [`Network`], or diagnostics. What
//! changes by the day — records of clerks, revoked delegations — is not in here; it is kept in the store and
//! given to the check as an argument. This crate deliberately knows no case and no person.

mod codes;
mod compile;
mod places;
mod read;
mod receive;
#[cfg(test)]
mod tests;
pub mod written;

pub use codes::CODES;
pub use compile::{Compiled, compile};
pub use places::{At, Places};
pub use receive::{Asked, Authority, NoAuthority, Revoked};

use std::collections::BTreeMap;
use std::sync::Arc;

use catalogue::{Audience, Catalogue};
use vocabulary::{
    AreaCode, Date, DelegationId, DoorplateId, Localised, MatterId, OrganisationId, OutletId,
    ServiceId, WindowId,
};

/// What a place is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum OutletKind {
    /// A hall of a city, county or district.
    Hall,
    /// The centre of a street or town.
    StreetCentre,
    /// A community or village.
    Community,
    Hospital,
    Bank,
    PoliceStation,
    PostOffice,
    Kiosk,
    /// Malls, parks and other places that lend a desk.
    Other,
}

impl OutletKind {
    pub const ALL: [Self; 9] = [
        Self::Hall,
        Self::StreetCentre,
        Self::Community,
        Self::Hospital,
        Self::Bank,
        Self::PoliceStation,
        Self::PostOffice,
        Self::Kiosk,
        Self::Other,
    ];

    /// Stable word for files, message keys and columns.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hall => "hall",
            Self::StreetCentre => "street-centre",
            Self::Community => "community",
            Self::Hospital => "hospital",
            Self::Bank => "bank",
            Self::PoliceStation => "police-station",
            Self::PostOffice => "post-office",
            Self::Kiosk => "kiosk",
            Self::Other => "other",
        }
    }
}

/// What a window is for 无差别 / 分类 / 专窗.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum WindowKind {
    General,
    Classified,
    Dedicated,
}

impl WindowKind {
    pub const ALL: [Self; 3] = [Self::General, Self::Classified, Self::Dedicated];

    /// Stable word for files and message keys.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::General => "general",
            Self::Classified => "classified",
            Self::Dedicated => "dedicated",
        }
    }
}

/// Whether somebody applies for himself or for a firm; the two concentrations go by it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum ForWhom {
    Person,
    Enterprise,
}

impl ForWhom {
    pub const ALL: [Self; 2] = [Self::Person, Self::Enterprise];

    /// Stable word for files and message keys.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Enterprise => "enterprise",
        }
    }

    /// For whom a matter is: by the audience of its class of the life cycle. Projects are built by firms.
    pub fn of(catalogue: &Catalogue, matter: &MatterId) -> Option<Self> {
        let class = &catalogue.matters.get(matter)?.life_cycle;
        let class = catalogue.life_cycle.iter().find(|it| it.id == *class)?;
        Some(match class.audience {
            Audience::Person => Self::Person,
            Audience::Enterprise | Audience::Project => Self::Enterprise,
        })
    }
}

/// Opening hours of one weekday, minutes after midnight.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Hours {
    /// 1 Monday … 7 Sunday.
    pub weekday: u8,
    pub open_minute: u32,
    pub close_minute: u32,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outlet {
    pub id: OutletId,
    pub name: Localised,
    pub kind: OutletKind,
    pub parent: Option<OutletId>,
    pub area: AreaCode,
    pub address: Localised,
    pub phone: Option<Arc<str>>,
    /// Authorities whose own place it is: they need no delegation for their own services.
    pub authorities: Vec<OrganisationId>,
    pub hours: Vec<Hours>,
    pub zones: Vec<Zone>,
}

impl Outlet {
    /// Whether it is open on this weekday (1 Monday … 7 Sunday) at this minute after midnight.
    pub fn is_open(&self, weekday: u8, minute: u32) -> bool {
        let mut today = self.hours.iter().filter(|hours| hours.weekday == weekday);
        today.any(|hours| (hours.open_minute..hours.close_minute).contains(&minute))
    }

    /// Its windows with their zones.
    pub fn windows(&self) -> impl Iterator<Item = (&Zone, &Window)> {
        self.zones.iter().flat_map(|zone| zone.windows.iter().map(move |window| (zone, window)))
    }
}

/// A zone of an outlet, with a letter for its tickets.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Zone {
    pub id: Arc<str>,
    pub name: Localised,
    /// Tickets of this zone begin with it: `A`.
    pub letter: Arc<str>,
    pub windows: Vec<Window>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Window {
    pub id: WindowId,
    /// As painted above it: `06`.
    pub number: Arc<str>,
    pub kind: WindowKind,
    /// Matters and services that it is for; empty = whatever its outlet may receive.
    pub matters: Vec<MatterId>,
    pub services: Vec<ServiceId>,
}

/// What a delegation allows.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Power {
    /// Entrusted receiving 委托收件.
    Receive,
    Accept,
    Decide,
    Deliver,
}

impl Power {
    pub const ALL: [Self; 4] = [Self::Receive, Self::Accept, Self::Decide, Self::Deliver];

    /// Stable word for files and message keys.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Receive => "receive",
            Self::Accept => "accept",
            Self::Decide => "decide",
            Self::Deliver => "deliver",
        }
    }
}

/// A record by which an outlet acts for an authority 授权/委托.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Delegation {
    pub id: DelegationId,
    pub from: OrganisationId,
    pub to: OutletId,
    pub powers: Vec<Power>,
    /// Empty = every service of `from`.
    pub services: Vec<ServiceId>,
    pub for_whom: Option<ForWhom>,
    pub basis: Localised,
    pub valid_from: Date,
    pub valid_until: Option<Date>,
}

/// Where a kind of applicant goes 两个集中.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Concentration {
    pub for_whom: ForWhom,
    pub kinds: Vec<OutletKind>,
    pub basis: Localised,
}

/// A doorplate: where it hangs and where it leads.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Doorplate {
    pub id: DoorplateId,
    pub matter: MatterId,
    pub outlet: Option<OutletId>,
    pub area: Option<AreaCode>,
    /// Where it hangs: "maternity ward, third floor".
    pub place: Localised,
    pub placed_on: Date,
    pub removed_on: Option<Date>,
}

/// How ratings are answered 好差评: terms in working days, and the words that go with grades.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RatingRule {
    /// In which the rater of a bad one is called back …
    pub contact_days: u32,
    /// … it is settled …
    pub simple_days: u32,
    /// … or settled if it takes more.
    pub complex_days: u32,
    pub basis: Localised,
    /// Why the terms are not verified.
    pub unverified: Option<Localised>,
    pub tags: Vec<RatingTag>,
}

/// A word that can be chosen with a grade.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RatingTag {
    pub id: Arc<str>,
    pub grades: Vec<u8>,
    pub text: Localised,
}

/// Everything of one city's network; the default one is empty: nothing is received at windows.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Network {
    pub name: Localised,
    /// Hash of the whole.
    pub revision: Arc<str>,
    pub areas: BTreeMap<AreaCode, Localised>,
    pub outlets: BTreeMap<OutletId, Outlet>,
    pub delegations: BTreeMap<DelegationId, Delegation>,
    pub concentrations: Vec<Concentration>,
    pub doorplates: BTreeMap<DoorplateId, Doorplate>,
    /// `None` = bad ratings have no terms here.
    pub rating: Option<RatingRule>,
}

/// A clerk's record for one service, as the store keeps it 能力矩阵.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Capability {
    /// Its id in the store.
    pub id: Arc<str>,
    pub service: ServiceId,
    pub valid_from: Date,
    pub valid_until: Option<Date>,
    pub revoked_on: Option<Date>,
}

impl Network {
    /// The smallest area that all outlets lie in; `None` when there is no outlet, or none that covers them all.
    pub fn common_area(&self) -> Option<AreaCode> {
        let first = self.outlets.values().next()?.area.as_str();
        [6, 4, 2]
            .into_iter()
            .filter_map(|digits| Some(AreaCode::new(format!("{:0<6}", first.get(..digits)?))))
            .find(|area| {
                self.outlets
                    .values()
                    .all(|outlet| vocabulary::codes::area::contains(area, &outlet.area))
            })
    }

    /// A window with its zone and outlet.
    pub fn window(&self, id: &WindowId) -> Option<(&Outlet, &Zone, &Window)> {
        self.outlets.values().find_map(|outlet| {
            outlet.zones.iter().find_map(|zone| {
                let window = zone.windows.iter().find(|window| window.id == *id)?;
                Some((outlet, zone, window))
            })
        })
    }
}
