//! A worker that sleeps over its leases.

use std::time::{Duration, Instant};

use store_port::SharedStore;
use testkit::servers::Servers;

use crate::crowd::{Crowd, is_stopped};
use crate::place::{Place, free_port};
use crate::rounds;

const PEOPLE: u32 = 12;
/// The moment may be ill chosen so often, one after the other.
const LUCKLESS: u32 = 12;

async fn owes_nothing(store: &SharedStore) -> bool {
    store.owed().await.unwrap().is_empty()
}

#[test]
fn what_a_paused_worker_had_claimed_is_done_by_another_and_its_late_word_is_not_taken() {
    let Some(servers) = Servers::begin() else { return };
    let server = servers.primary("only", "");
    let mut taken_over = 0;
    let wanted = rounds(2, 10);
    for round in 0..wanted + LUCKLESS {
        // Enough of them, and one at least in which the sleeper had something in its hands.
        if round >= wanted && taken_over > 0 {
            break;
        }
        let database = format!("round{round}");
        let url = server.fresh_database(&database);
        let place = Place::new(Some(url.clone()), &[]);
        let mut crowd = Crowd::new();
        // Alone at first, so that whatever is claimed is claimed by the one that will sleep.
        crowd.node(&place, free_port(), &["--lease-ms", "1500"]);
        crowd.come(round, PEOPLE);
        // Somebody is answered, so that sendings are under way; departments' replies wait for the other node.
        crowd.so_many_are_answered(1, Duration::from_secs(60));
        crowd.nodes[0].signal("-STOP");
        let until = Instant::now() + Duration::from_secs(10);
        while !is_stopped(crowd.nodes[0].pid()) {
            assert!(Instant::now() < until);
            std::thread::sleep(Duration::from_millis(1));
        }
        let mut sleeper = crowd.nodes.remove(0);
        crowd.node(&place, place.port, &["--lease-ms", "1500"]);
        crowd.all_are_answered(Duration::from_secs(60));
        let store = place.runtime.block_on(store_sql::open(&url)).unwrap();
        let until = Instant::now() + Duration::from_secs(60);
        while !place.runtime.block_on(owes_nothing(&store)) {
            assert!(Instant::now() < until, "nobody does what the sleeper had claimed");
            crowd.talk(Duration::from_millis(50), |_| false);
        }
        let rows =
            "SELECT dispatch_id || ' ' || fence || ' ' || status FROM outbox WHERE status = 'done'";
        let ask = |sql: &str| server.ask_in(&database, sql);
        let twice = ask("SELECT count(*) FROM outbox WHERE fence > 1");
        taken_over += twice.parse::<u64>().unwrap();
        let before = ask(rows);
        sleeper.signal("-CONT");
        sleeper.say("clock 0");
        // It wakes in the middle of what it did: it hears and says something before we look.
        crowd.talk(Duration::from_secs(2), |_| false);
        assert!(sleeper.is_running());
        crowd.all_are_answered(Duration::from_secs(30));
        let after = ask(rows);
        let changed: Vec<&str> =
            before.lines().filter(|row| !after.lines().any(|now| now == *row)).collect();
        assert!(changed.is_empty(), "its late word was taken: {changed:?}");
        drop(sleeper);
        crowd.kill(0);
        drop(store);
        place.look(&crowd);
        println!(
            "{} cases, {twice} sendings claimed again, {} repeated",
            crowd.acknowledged.len(),
            place.repeated()
        );
    }
    assert!(taken_over > 0, "somebody slept over a lease");
}
