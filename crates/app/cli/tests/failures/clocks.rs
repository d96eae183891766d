//! Nodes whose clocks are wrong, or jump.

use std::time::Duration;

use crate::crowd::Crowd;
use crate::place::{Place, free_port};

const PEOPLE: u32 = 8;

#[test]
fn nodes_whose_clocks_are_wrong_go_by_the_databases() {
    let Some(url) = testkit::postgres::fresh_database() else { return };
    let place = Place::new(Some(url), &[]);
    let mut crowd = Crowd::new();
    // Both leases and timers of the one would be over, or never begin, for the other.
    crowd.node(&place, place.port, &["--clock-off", "7200"]);
    crowd.node(&place, free_port(), &["--clock-off=-7200"]);
    crowd.come(0, PEOPLE);
    crowd.so_many_are_answered(PEOPLE as usize, Duration::from_secs(60));
    crowd.say_to_all("clock 86400");
    crowd.come(1, PEOPLE);
    crowd.so_many_are_answered(2 * PEOPLE as usize, Duration::from_secs(60));
    while !crowd.nodes.is_empty() {
        crowd.kill(0);
    }
    place.look(&crowd);
    let log = std::fs::read_to_string(place.log()).unwrap();
    assert!(
        log.contains("this machine's clock is not the database's"),
        "its operator is told: {log}"
    );
}

#[test]
fn an_embedded_hub_whose_clock_jumps_goes_on_evenly() {
    let place = Place::new(None, &[]);
    let mut crowd = Crowd::new();
    crowd.node(&place, place.port, &[]);
    for (round, jump) in (0..).zip(["0", "864000", "-864000", "3600"]) {
        crowd.say_to_all(&format!("clock {jump}"));
        crowd.come(round, PEOPLE / 2);
        let so_far = (round + 1) * PEOPLE / 2;
        crowd.so_many_are_answered(so_far as usize, Duration::from_secs(60));
    }
    crowd.kill(0);
    place.look(&crowd);
}
