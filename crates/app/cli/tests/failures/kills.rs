//! `kill -9` of nodes and of the database under load, again and again.

use std::time::{Duration, Instant};

use testkit::servers::Servers;

use crate::crowd::Crowd;
use crate::place::{Place, free_port};
use crate::rounds;

/// People who come in each round.
const PEOPLE: u32 = 6;

/// Another moment in each round: while drafts are made, submissions committed, sendings under way, replies coming in.
fn moment(round: u32) -> Duration {
    Duration::from_millis(u64::from(round * 37 % 100) * 10)
}

#[test]
fn an_embedded_hub_that_is_killed_loses_and_doubles_nothing() {
    let rounds = rounds(10, 50);
    let began = Instant::now();
    let place = Place::new(None, &[]);
    let mut crowd = Crowd::new();
    for round in 0..rounds {
        crowd.node(&place, place.port, &[]);
        crowd.all_send_again();
        crowd.come(round, PEOPLE);
        crowd.talk(moment(round), |_| false);
        crowd.kill(0);
    }
    crowd.node(&place, place.port, &[]);
    // What the killed had said is heard.
    crowd.talk(Duration::from_millis(100), |_| false);
    crowd.all_are_answered(Duration::from_secs(60));
    crowd.kill(0);
    let killed = began.elapsed();
    place.look(&crowd);
    println!(
        "{rounds} kills, {} cases acknowledged; killed after {:.1} s, looked at after {:.1} s",
        crowd.acknowledged.len(),
        killed.as_secs_f64(),
        began.elapsed().as_secs_f64(),
    );
    assert!(crowd.acknowledged.len() as u32 >= rounds, "there was a load");
}

#[test]
fn nodes_and_their_postgres_that_are_killed_lose_and_double_nothing() {
    let Some(servers) = Servers::begin() else { return };
    let rounds = rounds(10, 50);
    let began = Instant::now();
    let server = servers.primary("only", "");
    let place = Place::new(Some(server.url()), &[]);
    let ports = [place.port, free_port()];
    let mut crowd = Crowd::new();
    for port in ports {
        crowd.node(&place, port, &[]);
    }
    for round in 0..rounds {
        crowd.all_send_again();
        crowd.come(round, PEOPLE);
        crowd.talk(moment(round), |_| false);
        if round % 2 == 0 {
            server.kill();
            crowd.talk(Duration::from_millis(50), |_| false);
            server.start();
        } else {
            // One of the two; the other one goes on meanwhile.
            crowd.kill(0);
            crowd.talk(Duration::from_millis(50), |_| false);
            let freed = ports[(round / 2 % 2) as usize];
            crowd.node(&place, freed, &[]);
        }
    }
    crowd.all_are_answered(Duration::from_secs(60));
    assert!(crowd.nodes.iter_mut().all(|node| node.is_running()), "no node minds the database");
    while !crowd.nodes.is_empty() {
        crowd.kill(0);
    }
    crowd.talk(Duration::from_millis(100), |_| false);
    let killed = began.elapsed();
    place.look(&crowd);
    println!(
        "{rounds} kills of nodes and server, {} cases acknowledged, told {:?}; killed after {:.1} s, looked at after \
         {:.1} s",
        crowd.acknowledged.len(),
        crowd.told,
        killed.as_secs_f64(),
        began.elapsed().as_secs_f64(),
    );
    assert!(crowd.acknowledged.len() as u32 >= rounds, "there was a load");
}
