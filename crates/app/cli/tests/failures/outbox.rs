//! A transaction that commits late is not passed over by those who claim.

use std::time::{Duration, Instant};

use jiff::SignedDuration;
use testkit::servers::Servers;
use uuid::Uuid;
use vocabulary::DispatchId;

use crate::crowd::Crowd;
use crate::place::Place;

#[test]
fn a_sending_that_is_committed_late_is_claimed_though_later_ones_have_gone() {
    let Some(servers) = Servers::begin() else { return };
    let server = servers.primary("only", "");
    let place = Place::new(Some(server.url()), &[]);
    // Cases with sendings that nobody works on yet.
    let mut crowd = Crowd::new();
    crowd.node(&place, place.port, &[]);
    crowd.come(0, 2);
    crowd.so_many_are_answered(2, Duration::from_secs(60));
    crowd.kill(0);
    server.ask("UPDATE outbox SET status = 'ready', claimable_at = 1000, due_at = 1000");

    // One that was begun before them all, smaller in everything that has an order, and is not committed yet.
    let late = Uuid::from_u128(7);
    let insert = format!(
        "BEGIN; INSERT INTO outbox SELECT (jsonb_populate_record(o, jsonb_build_object('dispatch_id', '{late}', \
         'node', 'late', 'claimable_at', 1, 'due_at', 1, 'position', 0))).* FROM outbox o LIMIT 1; \
         SELECT pg_advisory_xact_lock(1); COMMIT"
    );
    let claim = |store: &store_port::SharedStore| {
        let now = vocabulary::Instant::now();
        let until = now + SignedDuration::from_secs(600);
        let claimed = place.runtime.block_on(store.claim("test", now, until, 64)).unwrap();
        claimed.into_iter().map(|it| it.row.dispatch_id).collect::<Vec<DispatchId>>()
    };
    let store = place.runtime.block_on(store_sql::open(&server.url())).unwrap();
    let waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted = ";
    std::thread::scope(|scope| {
        let gate = server.somebody_says("SELECT pg_advisory_lock(1)");
        server.wait_for(&format!("{waiting} true"), "1");
        let slow = scope.spawn(|| server.ask(&insert));
        server.wait_for(&format!("{waiting} false"), "1");
        let first = claim(&store);
        assert!(first.len() >= 2, "those that are committed: {first:?}");
        assert!(!first.contains(&DispatchId(late)), "it is not there yet");
        assert!(claim(&store).is_empty());
        drop(gate);
        slow.join().unwrap();
    });
    let until = Instant::now() + Duration::from_secs(10);
    loop {
        let claimed = claim(&store);
        if !claimed.is_empty() {
            assert_eq!(claimed, [DispatchId(late)], "the late one, and it alone");
            return;
        }
        assert!(Instant::now() < until, "it was passed over");
    }
}
