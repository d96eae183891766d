//! Sendings: permanent ids, repetition for ever, exactly the department's own fields, and no waiting for the
//! sick.

use std::collections::BTreeSet;

use casework::{Reply, ServiceState};
use tokio::net::TcpListener;
use vocabulary::NodeKey;

use crate::hub::{CLINIC, Hub, MARKET, WATER};
use crate::office::{Answer, Office};

async fn free_address() -> std::net::SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
}

#[tokio::test]
async fn a_department_that_was_down_gets_its_sending_under_the_same_id() {
    let mut hub = Hub::open().await;
    let address = free_address().await;
    hub.route(MARKET, address);
    let node = NodeKey::single("stall-permit");
    let dispatch = hub.case().await.service(&node).unwrap().sendings[0].dispatch;
    hub.start();
    let refused = || async { hub.fixture.store.owed().await.unwrap() };
    let mut turns = 0;
    hub.until("a few attempts", || {
        turns += 1;
        turns > 40
    })
    .await;
    assert!(refused().await.contains(&(MARKET.to_owned(), 1, 0)), "waits");
    assert_eq!(hub.case().await.service(&node).unwrap().state, ServiceState::Referred);

    let office = Office::open_at(address).await;
    hub.until("it came", || office.count() > 0).await;
    let request = office.requests().remove(0);
    assert_eq!(request.dispatch_id, dispatch);
    let mut turns = 0;
    hub.until("a while", || {
        turns += 1;
        turns > 40
    })
    .await;
    assert_eq!(office.count(), 1, "delivered: not again before its time");
    let case = hub.case().await;
    let sending = case.service(&node).unwrap().sending(dispatch).unwrap();
    assert!(sending.delivered_at.is_some());
    assert!(refused().await.contains(&(MARKET.to_owned(), 0, 1)), "delivered is not received");
}

/// An hour on the hub's clock with nobody listening: tried all the while, never given up, one id.
#[tokio::test]
async fn an_hour_down_costs_nothing_but_the_hour() {
    let mut hub = Hub::open().await;
    let address = free_address().await;
    hub.route(MARKET, address);
    let node = NodeKey::single("stall-permit");
    let submitted = hub.case().await.submitted_at;
    let dispatch = hub.case().await.service(&node).unwrap().sendings[0].dispatch;
    hub.start();
    for minute in 0..60 {
        hub.fixture.clock.advance(jiff::SignedDuration::from_mins(1));
        hub.fixture.bell.notify_one();
        let mut turns = 0;
        hub.until("a turn", || {
            turns += 1;
            turns > 2
        })
        .await;
        let owed = hub.fixture.store.owed().await.unwrap();
        assert!(owed.contains(&(MARKET.to_owned(), 1, 0)), "minute {minute}: still owed");
    }
    let office = Office::open_at(address).await;
    hub.until("it came", || office.count() > 0).await;
    let now = engine::Clock::now(hub.fixture.clock.as_ref());
    assert!(now.duration_since(submitted) >= jiff::SignedDuration::from_hours(1));
    assert_eq!(office.requests().remove(0).dispatch_id, dispatch);
    let mut delivered = false;
    for _ in 0..200 {
        delivered = hub.case().await.service(&node).unwrap().sendings[0].delivered_at.is_some();
        if delivered {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert!(delivered, "the hub knows that it went out");
    assert_eq!(hub.case().await.service(&node).unwrap().sendings.len(), 1, "one sending, one id");
}

#[tokio::test]
async fn every_repetition_is_the_same_byte_for_byte_under_a_new_nonce() {
    let mut hub = Hub::open().await;
    let (office, address) = Office::open().await;
    hub.route(MARKET, address);
    office.will([503, 409, 401].map(Answer::Status));
    hub.start();
    hub.until("it was taken", || office.count() == 4).await;
    let messages = office.messages();
    let nonces: BTreeSet<&String> = messages.iter().map(|(nonce, _)| nonce).collect();
    let bodies: BTreeSet<&[u8]> = messages.iter().map(|(_, body)| body.as_ref()).collect();
    assert_eq!((nonces.len(), bodies.len()), (4, 1));
}

/// The bytes are kept, so that even another process repeats what was said, not what is so now.
#[tokio::test]
async fn without_a_receipt_it_is_sent_again_by_whoever_comes_next() {
    let mut hub = Hub::open().await;
    let (office, address) = Office::open().await;
    hub.route(MARKET, address);
    hub.start();
    hub.until("it came", || office.count() == 1).await;
    hub.start();
    hub.fixture.clock.advance(jiff::SignedDuration::from_mins(3));
    hub.until("it came again", || office.count() == 2).await;
    let bodies: Vec<_> = office.messages().into_iter().map(|(_, body)| body).collect();
    assert_eq!(bodies[0], bodies[1]);
}

#[tokio::test]
async fn a_department_receives_exactly_its_own_fields() {
    let mut hub = Hub::open().await;
    let (market, market_at) = Office::open().await;
    let (clinic, clinic_at) = Office::open().await;
    hub.route(MARKET, market_at);
    hub.route(CLINIC, clinic_at);
    hub.start();
    hub.until("both came", || market.count() + clinic.count() == 2).await;
    let case = hub.case().await;
    for office in [market, clinic] {
        let request = office.requests().remove(0);
        let service = case.service_of(request.dispatch_id).unwrap();
        let own: BTreeSet<String> = service.node.fields.iter().map(ToString::to_string).collect();
        let got: BTreeSet<String> = request.fields.into_keys().collect();
        assert!(!got.is_empty() && got.is_subset(&own), "{got:?} of {own:?}");
        let all = hub.fixture.engine.case_file(hub.case).await.unwrap().unwrap().facts;
        let known = all.iter().map(|(slot, _)| slot.to_string());
        let owed: BTreeSet<String> = known.filter(|slot| own.contains(slot)).collect();
        assert_eq!(got, owed);
    }
}

#[tokio::test]
async fn a_sick_department_does_not_slow_another() {
    let mut hub = Hub::open().await;
    let (sick, sick_at) = Office::open().await;
    let (well, well_at) = Office::open().await;
    sick.will([Answer::Hang; 8]);
    hub.route(MARKET, sick_at);
    hub.route(CLINIC, well_at);
    hub.route(WATER, well_at);
    let began = std::time::Instant::now();
    hub.start();
    hub.until("the others came", || well.count() == 2 && sick.count() == 1).await;
    assert!(began.elapsed() < std::time::Duration::from_secs(5));
}

#[tokio::test]
async fn a_department_without_a_route_is_owed_and_does_not_stop_the_rest() {
    let mut hub = Hub::open().await;
    let (well, well_at) = Office::open().await;
    hub.route(CLINIC, well_at);
    hub.start();
    hub.until("the clinic's came", || well.count() == 1).await;
    let owed = hub.fixture.store.owed().await.unwrap();
    assert!(owed.contains(&(MARKET.to_owned(), 1, 0)), "{owed:?}");
}

#[tokio::test]
async fn a_business_receipt_ends_the_sending() {
    let mut hub = Hub::open().await;
    let (office, address) = Office::open().await;
    hub.route(CLINIC, address);
    hub.start();
    hub.until("it came", || office.count() == 1).await;
    let request = office.requests().remove(0);
    let case = hub.case().await;
    let service = case.service_of(request.dispatch_id).unwrap();
    let clinic = casework::Actor {
        role: casework::ActorRole::Department,
        account: None,
        department: Some(service.node.department.clone()),
    };
    let received = casework::Command::TakeReply {
        node: service.node.key.clone(),
        dispatch: request.dispatch_id,
        department_seq: 1,
        decided_at: engine::Clock::now(hub.fixture.clock.as_ref()),
        reply: Reply::Received,
    };
    let command = vocabulary::CommandId(store_port::fresh_id());
    let engine = &hub.fixture.engine;
    engine.execute(clinic, "reply", command, hub.case, None, received, Vec::new()).await.unwrap();
    hub.fixture.clock.advance(jiff::SignedDuration::from_mins(600));
    let mut turns = 0;
    hub.until("a while", || {
        turns += 1;
        turns > 40
    })
    .await;
    assert_eq!(office.count(), 1);
}

/// Told to stop while a department does not answer: the sending is free for others at once, under the same id,
/// not only when its lease ends.
#[tokio::test]
async fn a_worker_that_stops_hands_back_what_has_not_arrived() {
    let mut hub = Hub::open().await;
    let (office, address) = Office::open().await;
    hub.route(MARKET, address);
    office.will([Answer::Hang]);
    let worker = hub.worker();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = worker.clone();
    let run = tokio::spawn(async move { running.run(async { drop(stopped.await) }).await });
    hub.until("it was sent", || office.count() == 1).await;
    let claim = || async {
        let now = engine::Clock::now(hub.fixture.clock.as_ref());
        let claimed = hub.fixture.store.claim("other", now, now, 64).await.unwrap();
        claimed.iter().any(|claimed| claimed.row.department == MARKET)
    };
    assert!(!claim().await, "in the first one's hands");
    drop(stop);
    run.await.unwrap();
    worker.wind_down(std::time::Duration::from_millis(50)).await;
    assert!(claim().await, "free again");

    // The same one may begin once more: the demo lets it rest while days go by.
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = worker.clone();
    let run = tokio::spawn(async move { running.run(async { drop(stopped.await) }).await });
    hub.until("it was sent again", || office.count() == 2).await;
    drop(stop);
    run.await.unwrap();
}
