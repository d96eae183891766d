//! Random networks and records: the check says what a plain reading of the rules says, and never rests authority
//! on what does not hold.

use std::sync::OnceLock;

use catalogue::Catalogue;
use proptest::prelude::*;
use vocabulary::{Date, DelegationId, Localised, OutletId, ServiceId};

use super::sample;
use crate::{
    Asked, Capability, Concentration, Delegation, ForWhom, Network, Outlet, OutletKind, Power,
    Revoked,
};

const SERVICES: [&str; 3] = ["stall-permit", "opening-notice", "health-card"];
const AUTHORITIES: [&str; 2] = ["market-office", "tea-clinic"];
const KINDS: [OutletKind; 3] = [OutletKind::Hall, OutletKind::StreetCentre, OutletKind::Hospital];

fn catalogue() -> &'static Catalogue {
    static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
    CATALOGUE.get_or_init(sample)
}

fn day(offset: i8) -> Date {
    Date::constant(2026, 6, 15).saturating_add(jiff::Span::new().days(i64::from(offset)))
}

#[derive(Debug, Clone)]
struct World {
    network: Network,
    records: Vec<Capability>,
    revoked: Revoked,
    outlet: usize,
    service: usize,
    for_whom: ForWhom,
}

prop_compose! {
    fn delegation(id: usize)(
        from in 0..2usize, to in 0..3usize, powers in proptest::sample::subsequence(Power::ALL.to_vec(), 1..=2),
        services in proptest::sample::subsequence(SERVICES.to_vec(), 0..=2),
        for_whom in proptest::option::of(0..2usize), begins in -2i8..=1, ends in proptest::option::of(-1i8..=2),
    ) -> Delegation {
        Delegation {
            id: DelegationId::new(format!("d{id}")),
            from: AUTHORITIES[from].into(),
            to: OutletId::new(format!("o{to}")),
            powers,
            services: services.into_iter().map(ServiceId::new).collect(),
            for_whom: for_whom.map(|it| ForWhom::ALL[it]),
            basis: Localised::default(),
            valid_from: day(begins),
            valid_until: ends.map(day),
        }
    }
}

prop_compose! {
    fn record(id: usize)(
        service in 0..3usize, begins in -2i8..=1, ends in proptest::option::of(-1i8..=2),
        revoked in proptest::option::weighted(0.2, -1i8..=1),
    ) -> Capability {
        Capability {
            id: format!("r{id}").into(),
            service: SERVICES[service].into(),
            valid_from: day(begins),
            valid_until: ends.map(day),
            revoked_on: revoked.map(day),
        }
    }
}

prop_compose! {
    fn world()(
        delegations in (0..6usize).prop_flat_map(|many| (0..many).map(delegation).collect::<Vec<_>>()),
        records in (0..4usize).prop_flat_map(|many| (0..many).map(record).collect::<Vec<_>>()),
        own in proptest::collection::vec(proptest::option::weighted(0.3, 0..2usize), 3),
        concentrations in proptest::collection::vec(proptest::option::of(
            proptest::sample::subsequence(KINDS.to_vec(), 1..=2)), 2),
        revoked in proptest::collection::btree_map(0..6usize, -1i8..=1, 0..3),
        outlet in 0..3usize, service in 0..3usize, for_whom in 0..2usize,
    ) -> World {
        let mut network = Network::default();
        for (at, own) in own.into_iter().enumerate() {
            let id = OutletId::new(format!("o{at}"));
            network.outlets.insert(id.clone(), Outlet {
                id,
                name: Localised::default(),
                kind: KINDS[at],
                parent: None,
                area: "990101".into(),
                address: Localised::default(),
                phone: None,
                authorities: own.map(|it| AUTHORITIES[it].into()).into_iter().collect(),
                hours: Vec::new(),
                zones: Vec::new(),
            });
        }
        network.delegations = delegations.into_iter().map(|it| (it.id.clone(), it)).collect();
        for (at, kinds) in concentrations.into_iter().enumerate() {
            network.concentrations.extend(kinds.map(|kinds| Concentration {
                for_whom: ForWhom::ALL[at],
                kinds,
                basis: Localised::default(),
            }));
        }
        let revoked = revoked.into_iter()
            .map(|(id, on)| (DelegationId::new(format!("d{id}")), day(on)))
            .collect();
        World { network, records, revoked, outlet, service, for_whom: ForWhom::ALL[for_whom] }
    }
}

/// The rules, read plainly and in no order: is everything there that must be?
fn plainly(world: &World) -> bool {
    let today = day(0);
    let service = &catalogue().services[SERVICES[world.service]];
    let outlet = &world.network.outlets[format!("o{}", world.outlet).as_str()];
    let has_record = world.records.iter().any(|it| {
        it.service == service.id
            && it.valid_from <= today
            && it.valid_until.is_none_or(|until| today <= until)
            && it.revoked_on.is_none_or(|on| today < on)
    });
    let own = outlet.authorities.contains(&service.authority);
    let entrusted = world.network.delegations.values().any(|it| {
        it.to == outlet.id
            && it.from == service.authority
            && (it.services.is_empty() || it.services.contains(&service.id))
            && it.powers.iter().any(|power| matches!(power, Power::Receive | Power::Accept))
            && it.for_whom.is_none_or(|for_whom| for_whom == world.for_whom)
            && it.valid_from <= today
            && it.valid_until.is_none_or(|until| today <= until)
            && world.revoked.get(&it.id).is_none_or(|on| today < *on)
    });
    let sent_away = world
        .network
        .concentrations
        .iter()
        .any(|it| it.for_whom == world.for_whom && !it.kinds.contains(&outlet.kind));
    has_record && (own || (entrusted && !sent_away))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn the_check_says_what_a_plain_reading_says(world in world()) {
        let outlet = OutletId::new(format!("o{}", world.outlet));
        let service = ServiceId::new(SERVICES[world.service]);
        let asked = Asked {
            outlet: &outlet,
            window: None,
            service: &service,
            for_whom: world.for_whom,
            on: day(0),
        };
        let ask = |records: &[Capability], revoked: &Revoked| {
            world.network.may_receive(catalogue(), &asked, records, revoked)
        };
        let answer = ask(&world.records, &world.revoked);
        prop_assert_eq!(answer.is_ok(), plainly(&world), "{:?}", answer);
        if let Ok(authority) = answer {
            // What it rests on was needed: without that record it rests on another, or not at all.
            let others: Vec<_> =
                world.records.iter().filter(|it| it.id != authority.capability).cloned().collect();
            prop_assert!(ask(&others, &world.revoked).map(|it| it.capability) != Ok(authority.capability));
            if let Some(delegation) = authority.delegation {
                let mut revoked = world.revoked.clone();
                revoked.insert(delegation.clone(), day(0));
                let again = ask(&world.records, &revoked).map(|it| it.delegation);
                prop_assert!(again != Ok(Some(delegation)));
            }
        }
    }
}
