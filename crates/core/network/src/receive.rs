//! The one check: may this clerk, at this window, receive this service now?
//!
//! Pure: the clerk's records and the revoked delegations are arguments. The first obstacle is told, the place
//! before the person, because a record does not help where the outlet may not receive at all.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use catalogue::{Catalogue, PublicService};
use vocabulary::{Date, DelegationId, MatterId, OutletId, ServiceId, WindowId};

use crate::{Capability, Delegation, ForWhom, Network, Outlet, Power, Window, WindowKind};

/// Delegations that were revoked, each with the first day on which it no longer holds.
pub type Revoked = BTreeMap<DelegationId, Date>;

/// What is asked of the network.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub outlet: &'a OutletId,
    /// `None` = the outlet as such (a kiosk, a page that lists what it may receive).
    pub window: Option<&'a WindowId>,
    pub service: &'a ServiceId,
    pub for_whom: ForWhom,
    pub on: Date,
}

/// On what the right to receive rests.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Authority {
    /// The clerk's record.
    pub capability: Arc<str>,
    /// `None` = the authority's own outlet.
    pub delegation: Option<DelegationId>,
}

/// Why a service may not be received here, by this clerk, now. Each has a page in `docs/codes/`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NoAuthority {
    /// `NET0101`: the clerk has no record for the service.
    NoRecord,
    /// `NET0102`: his record begins later.
    RecordNotYetValid { from: Date },
    /// `NET0103`: his record has ended.
    RecordExpired { until: Date },
    /// `NET0104`: his record was revoked.
    RecordRevoked { on: Date },
    /// `NET0105`: the outlet is neither the authority's own nor entrusted with the service.
    OutletNotEntitled,
    /// `NET0106`: the delegation to the outlet begins later.
    DelegationNotYetValid { delegation: DelegationId, from: Date },
    /// `NET0107`: the delegation to the outlet has ended.
    DelegationExpired { delegation: DelegationId, until: Date },
    /// `NET0108`: the delegation to the outlet was revoked.
    DelegationRevoked { delegation: DelegationId, on: Date },
    /// `NET0109`: the delegation covers other applicants only.
    OtherApplicants { delegation: DelegationId },
    /// `NET0110`: the window is for other matters.
    WindowNotForIt,
    /// `NET0111`: such applicants are received elsewhere; the nearest outlets that may are named.
    ReceivedElsewhere { outlets: Vec<OutletId> },
    /// `NET0112`: no such outlet, window or service.
    UnknownPlace,
}

impl NoAuthority {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoRecord => "NET0101",
            Self::RecordNotYetValid { .. } => "NET0102",
            Self::RecordExpired { .. } => "NET0103",
            Self::RecordRevoked { .. } => "NET0104",
            Self::OutletNotEntitled => "NET0105",
            Self::DelegationNotYetValid { .. } => "NET0106",
            Self::DelegationExpired { .. } => "NET0107",
            Self::DelegationRevoked { .. } => "NET0108",
            Self::OtherApplicants { .. } => "NET0109",
            Self::WindowNotForIt => "NET0110",
            Self::ReceivedElsewhere { .. } => "NET0111",
            Self::UnknownPlace => "NET0112",
        }
    }

    /// Whether another clerk of the same window could receive it.
    pub const fn is_about_the_clerk(&self) -> bool {
        matches!(
            self,
            Self::NoRecord
                | Self::RecordNotYetValid { .. }
                | Self::RecordExpired { .. }
                | Self::RecordRevoked { .. }
        )
    }
}

impl fmt::Display for NoAuthority {
    /// In plain English, for logs; people are told in their language by code.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoRecord => f.write_str("the clerk has no record for the service"),
            Self::RecordNotYetValid { from } => write!(f, "the record holds from {from} on"),
            Self::RecordExpired { until } => write!(f, "the record held until {until}"),
            Self::RecordRevoked { on } => write!(f, "the record was revoked on {on}"),
            Self::OutletNotEntitled => f.write_str("the outlet is not entrusted with the service"),
            Self::DelegationNotYetValid { delegation, from } => {
                write!(f, "delegation {delegation} holds from {from} on")
            }
            Self::DelegationExpired { delegation, until } => {
                write!(f, "delegation {delegation} held until {until}")
            }
            Self::DelegationRevoked { delegation, on } => {
                write!(f, "delegation {delegation} was revoked on {on}")
            }
            Self::OtherApplicants { delegation } => {
                write!(f, "delegation {delegation} covers other applicants")
            }
            Self::WindowNotForIt => f.write_str("the window is for other matters"),
            Self::ReceivedElsewhere { .. } => f.write_str("such applicants are received elsewhere"),
            Self::UnknownPlace => f.write_str("there is no such outlet, window or service"),
        }
    }
}

impl Network {
    /// Whether a clerk with these records may receive a service at a window now, and on what that rests.
    ///
    /// # Errors
    /// The first obstacle: the place before the person.
    pub fn may_receive(
        &self,
        catalogue: &Catalogue,
        asked: &Asked<'_>,
        capabilities: &[Capability],
        revoked: &Revoked,
    ) -> Result<Authority, NoAuthority> {
        let delegation = self.entitled(catalogue, asked, revoked)?;
        let capability = record(capabilities, asked.service, asked.on)?;
        Ok(Authority { capability: Arc::clone(&capability.id), delegation })
    }

    /// Whether a place may receive a service now, whoever the clerk is; `None` = as the authority's own.
    ///
    /// # Errors
    /// The first obstacle.
    pub fn entitled(
        &self,
        catalogue: &Catalogue,
        asked: &Asked<'_>,
        revoked: &Revoked,
    ) -> Result<Option<DelegationId>, NoAuthority> {
        self.entitlement(catalogue, asked, revoked).map_err(|why| match why {
            NoAuthority::ReceivedElsewhere { .. } => NoAuthority::ReceivedElsewhere {
                outlets: self.elsewhere(catalogue, asked, revoked),
            },
            why => why,
        })
    }

    /// The same without saying where else.
    pub(crate) fn entitlement(
        &self,
        catalogue: &Catalogue,
        asked: &Asked<'_>,
        revoked: &Revoked,
    ) -> Result<Option<DelegationId>, NoAuthority> {
        let outlet = self.outlets.get(asked.outlet).ok_or(NoAuthority::UnknownPlace)?;
        let service = catalogue.service(asked.service).ok_or(NoAuthority::UnknownPlace)?;
        let window = match asked.window {
            None => None,
            Some(id) => {
                let found = outlet.windows().find(|(_, window)| window.id == *id);
                Some(found.ok_or(NoAuthority::UnknownPlace)?.1)
            }
        };
        if !outlet.authorities.contains(&service.authority)
            && !self.concentrated_here(outlet, asked.for_whom)
        {
            return Err(NoAuthority::ReceivedElsewhere { outlets: Vec::new() });
        }
        if window.is_some_and(|window| !window.is_for(catalogue, &service.id)) {
            return Err(NoAuthority::WindowNotForIt);
        }
        self.power(outlet, service, asked, Power::Receive, revoked)
    }

    /// Whether applicants of this kind may come to outlets of this kind.
    fn concentrated_here(&self, outlet: &Outlet, for_whom: ForWhom) -> bool {
        let mut rules = self.concentrations.iter().filter(|it| it.for_whom == for_whom).peekable();
        rules.peek().is_none() || rules.any(|it| it.kinds.contains(&outlet.kind))
    }

    /// Where such applicants are received instead, the nearest first.
    fn elsewhere(
        &self,
        catalogue: &Catalogue,
        asked: &Asked<'_>,
        revoked: &Revoked,
    ) -> Vec<OutletId> {
        let area = self.outlets.get(asked.outlet).map(|here| &here.area);
        let Asked { service, for_whom, on, .. } = *asked;
        let places = self.places_of(catalogue, service, for_whom, area, on, revoked);
        places.receive.iter().filter_map(|at| at.outlet().cloned()).collect()
    }

    /// On what a power of an outlet over a service rests: `None` = it is the authority's own place.
    pub(crate) fn power(
        &self,
        outlet: &Outlet,
        service: &PublicService,
        asked: &Asked<'_>,
        power: Power,
        revoked: &Revoked,
    ) -> Result<Option<DelegationId>, NoAuthority> {
        if outlet.authorities.contains(&service.authority) {
            return Ok(None);
        }
        let mut obstacle: Option<(Date, NoAuthority)> = None;
        let delegations = self
            .delegations
            .values()
            .filter(|it| it.to == outlet.id && it.covers(service) && it.gives(power));
        for delegation in delegations {
            match delegation.holds(asked, revoked) {
                Ok(()) => return Ok(Some(delegation.id.clone())),
                // The one that began last says most about why none holds today.
                Err(why) => {
                    let later =
                        obstacle.as_ref().is_none_or(|(from, _)| *from <= delegation.valid_from);
                    if later {
                        obstacle = Some((delegation.valid_from, why));
                    }
                }
            }
        }
        Err(obstacle.map_or(NoAuthority::OutletNotEntitled, |(_, why)| why))
    }
}

impl Delegation {
    /// Whether it speaks of this service, validity apart.
    pub fn covers(&self, service: &PublicService) -> bool {
        self.from == service.authority
            && (self.services.is_empty() || self.services.contains(&service.id))
    }

    /// Who may accept may receive as well.
    pub fn gives(&self, power: Power) -> bool {
        self.powers.contains(&power)
            || (power == Power::Receive && self.powers.contains(&Power::Accept))
    }

    fn holds(&self, asked: &Asked<'_>, revoked: &Revoked) -> Result<(), NoAuthority> {
        let delegation = || self.id.clone();
        if let Some(on) = revoked.get(&self.id).filter(|on| **on <= asked.on) {
            return Err(NoAuthority::DelegationRevoked { delegation: delegation(), on: *on });
        }
        if asked.on < self.valid_from {
            let from = self.valid_from;
            return Err(NoAuthority::DelegationNotYetValid { delegation: delegation(), from });
        }
        if let Some(until) = self.valid_until.filter(|until| asked.on > *until) {
            return Err(NoAuthority::DelegationExpired { delegation: delegation(), until });
        }
        if self.for_whom.is_some_and(|for_whom| for_whom != asked.for_whom) {
            return Err(NoAuthority::OtherApplicants { delegation: delegation() });
        }
        Ok(())
    }
}

impl Window {
    /// Whether a service belongs to this window.
    pub fn is_for(&self, catalogue: &Catalogue, service: &ServiceId) -> bool {
        let joins = |matter: &MatterId| {
            let matter = catalogue.matters.get(matter);
            matter.is_some_and(|matter| matter.services.iter().any(|it| it.service == *service))
        };
        (self.kind == WindowKind::General && self.matters.is_empty() && self.services.is_empty())
            || self.services.contains(service)
            || self.matters.iter().any(joins)
    }
}

/// The clerk's record that holds on a day; else what is wrong with the last one.
fn record<'c>(
    capabilities: &'c [Capability],
    service: &ServiceId,
    on: Date,
) -> Result<&'c Capability, NoAuthority> {
    let mut last: Option<&Capability> = None;
    for record in capabilities.iter().filter(|record| record.service == *service) {
        if record.is_valid(on) {
            return Ok(record);
        }
        if last.is_none_or(|last| last.valid_from <= record.valid_from) {
            last = Some(record);
        }
    }
    let Some(last) = last else { return Err(NoAuthority::NoRecord) };
    Err(match (last.revoked_on.filter(|revoked| *revoked <= on), last.valid_until) {
        (Some(on), _) => NoAuthority::RecordRevoked { on },
        (None, _) if on < last.valid_from => {
            NoAuthority::RecordNotYetValid { from: last.valid_from }
        }
        (None, Some(until)) => NoAuthority::RecordExpired { until },
        // A record without an end that has begun and is not revoked is valid: it was found above.
        (None, None) => NoAuthority::NoRecord,
    })
}

impl Capability {
    /// Whether it holds on a day; its last day counts, the day of its revocation does not.
    pub fn is_valid(&self, on: Date) -> bool {
        self.valid_from <= on
            && self.valid_until.is_none_or(|until| on <= until)
            && self.revoked_on.is_none_or(|revoked| on < revoked)
    }
}
