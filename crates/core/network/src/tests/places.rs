//! Where a service is received, accepted, decided and delivered.

use super::{GOOD, changed, network, sample};
use crate::{At, ForWhom, Places, Revoked};

fn places(text: &str, service: &str, for_whom: ForWhom, area: &str) -> [Vec<String>; 4] {
    let (catalogue, service, area) = (sample(), service.into(), area.into());
    let on = "2026-06-15".parse().unwrap();
    let Places { receive, accept, decide, deliver } =
        network(text).places_of(&catalogue, &service, for_whom, Some(&area), on, &Revoked::new());
    let text = |at: At| match at {
        At::Outlet { outlet, delegation: None } => format!("{outlet} (own)"),
        At::Outlet { outlet, delegation: Some(_) } => outlet.to_string(),
        At::Authority(authority) => format!("the {authority}"),
    };
    [receive, accept, decide, deliver].map(|places| places.into_iter().map(text).collect())
}

#[test]
fn the_four_places_may_differ() {
    let [receive, accept, decide, deliver] =
        places(GOOD, "stall-permit", ForWhom::Person, "990101");
    assert_eq!(receive, ["upper-hall", "willow-street"]);
    assert_eq!(accept, ["upper-hall"]);
    assert_eq!(decide, ["the market-office"]);
    assert_eq!(deliver, ["upper-hall"]);
}

#[test]
fn the_nearest_come_first_and_other_counties_not_at_all() {
    let [receive, ..] = places(GOOD, "health-card", ForWhom::Enterprise, "990101");
    assert_eq!(receive, ["upper-hall", "clinic (own)"]);
    // Persons find the clinic, which stands above the county; nobody in another county finds the hall.
    let [receive, ..] = places(GOOD, "health-card", ForWhom::Person, "990101");
    assert_eq!(receive, ["clinic (own)"]);
    let text = changed(
        "name = { en = \"Upper Bend\", zh = \"上湾\" }",
        "name = { en = \"Upper Bend\", zh = \"上湾\" }\n\n[[area]]\ncode = \"990102\"\nname = { en = \"Lower Bend\", zh = \"下湾\" }",
    );
    let [receive, ..] = places(&text, "health-card", ForWhom::Enterprise, "990102");
    assert_eq!(receive, ["clinic (own)"]);
}

#[test]
fn what_nobody_was_entrusted_with_is_received_nowhere() {
    let [receive, accept, ..] = places(GOOD, "water-test", ForWhom::Person, "990101");
    assert_eq!(receive, Vec::<String>::new());
    assert_eq!(accept, ["the water-house"]);
    let [receive, accept, ..] = places(GOOD, "no-such-service", ForWhom::Person, "990101");
    assert_eq!((receive.len(), accept.len()), (0, 0));
}

#[test]
fn the_area_of_a_network_is_the_smallest_that_covers_its_outlets() {
    let common = |text: &str| network(text).common_area().map(|area| area.to_string());
    assert_eq!(
        common(GOOD).as_deref(),
        Some("990100"),
        "two outlets of a county and one of its city"
    );
    let text = GOOD.replace("area = \"990100\"", "area = \"990101\"");
    assert_eq!(common(&text).as_deref(), Some("990101"));
}
