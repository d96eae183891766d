//! Where a service is received, accepted, decided and delivered: four places that may differ.

use catalogue::Catalogue;
use vocabulary::{AreaCode, Date, DelegationId, OrganisationId, OutletId, ServiceId};

use crate::{Asked, ForWhom, Network, Outlet, Power, Revoked};

/// A place where one step of a service happens.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum At {
    /// An outlet; `delegation` is `None` where it is the authority's own.
    Outlet { outlet: OutletId, delegation: Option<DelegationId> },
    /// The authority itself, at no outlet of the network.
    Authority(OrganisationId),
}

impl At {
    /// The outlet, if it is one.
    pub const fn outlet(&self) -> Option<&OutletId> {
        match self {
            Self::Outlet { outlet, .. } => Some(outlet),
            Self::Authority(_) => None,
        }
    }
}

/// The places of one service, the nearest first.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Places {
    /// Where it may be handed in; empty = at no outlet.
    pub receive: Vec<At>,
    /// Where it is accepted; never empty for a service that exists.
    pub accept: Vec<At>,
    pub decide: Vec<At>,
    pub deliver: Vec<At>,
}

impl Network {
    /// Where a service is received, accepted, decided and delivered for people of an area (`None` = anywhere).
    /// What nobody was entrusted with stays with the authority.
    pub fn places_of(
        &self,
        catalogue: &Catalogue,
        service: &ServiceId,
        for_whom: ForWhom,
        area: Option<&AreaCode>,
        on: Date,
        revoked: &Revoked,
    ) -> Places {
        let Some(service) = catalogue.service(service) else { return Places::default() };
        let near = self.near(area);
        let asked = |outlet| Asked { outlet, window: None, service: &service.id, for_whom, on };
        let receive = near.iter().filter_map(|outlet| {
            let delegation = self.entitlement(catalogue, &asked(&outlet.id), revoked).ok()?;
            Some(At::Outlet { outlet: outlet.id.clone(), delegation })
        });
        let with = |power: Power| {
            let outlets = near.iter().filter_map(|outlet| {
                let asked = asked(&outlet.id);
                let delegation = self.power(outlet, service, &asked, power, revoked).ok()?;
                Some(At::Outlet { outlet: outlet.id.clone(), delegation })
            });
            let mut places: Vec<At> = outlets.collect();
            if places.is_empty() {
                places.push(At::Authority(service.authority.clone()));
            }
            places
        };
        Places {
            receive: receive.collect(),
            accept: with(Power::Accept),
            decide: with(Power::Decide),
            deliver: with(Power::Deliver),
        }
    }

    /// The outlets that people of an area go to: its own, those above it and those within it, the nearest first.
    pub fn near(&self, area: Option<&AreaCode>) -> Vec<&Outlet> {
        let mut near: Vec<(u8, &Outlet)> = self
            .outlets
            .values()
            .filter_map(|outlet| Some((distance(area, &outlet.area)?, outlet)))
            .collect();
        near.sort_by_key(|(distance, outlet)| (*distance, outlet.kind, outlet.id.clone()));
        near.into_iter().map(|(_, outlet)| outlet).collect()
    }
}

/// 0 = the same area, 1 = within it, 2 = above it; `None` = somebody else's.
fn distance(from: Option<&AreaCode>, to: &AreaCode) -> Option<u8> {
    let Some(from) = from else { return Some(0) };
    if from == to {
        Some(0)
    } else if within(to, from) {
        Some(1)
    } else if within(from, to) {
        Some(2)
    } else {
        None
    }
}

/// Whether an area lies in another (GB/T 2260: two digits province, four city, six county).
pub(crate) fn within(area: &AreaCode, of: &AreaCode) -> bool {
    let mut significant = of.as_str();
    while let Some(shorter) = significant.strip_suffix("00") {
        significant = shorter;
    }
    area.as_str().starts_with(significant)
}
