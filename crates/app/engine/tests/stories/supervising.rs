//! Lights as lists keep them, and reminders that are given once: by the timer, on any node, also after a restart.

use std::sync::Arc;

use casework::{Actor, ActorRole, Command, SupervisionAct};
use engine::ToSeal;
use store_port::{LightWanted, ServiceFilter, fresh_id};
use testkit::engine_fixture::EngineFixture;
use vocabulary::{NodeKey, SealedId};

use crate::desk::{Desk, command, sample};

async fn found(desk: &Desk, light: LightWanted, today: &str) -> Vec<String> {
    let filter = ServiceFilter {
        light: Some((light, today.to_owned())),
        limit: 10,
        ..ServiceFilter::default()
    };
    let mut found: Vec<String> = desk
        .hub
        .store
        .list_services(&filter)
        .await
        .unwrap()
        .into_iter()
        .map(|it| it.node)
        .collect();
    found.sort();
    found
}

#[tokio::test]
async fn reminders_are_given_once_whoever_looks() {
    let desk = Desk::open().await;
    let case = desk.submitted().await;
    let permit = NodeKey::single("stall-permit");
    let reminded = async |engine: &engine::Engine| {
        let case = engine.case(case).await.unwrap().unwrap();
        let given = &case.service(&NodeKey::single("stall-permit")).unwrap().supervised.reminders;
        given.iter().map(|(_, it)| format!("{} {}", it.reminder, it.mark.rule)).collect::<Vec<_>>()
    };
    // Monday the 2nd: nobody has received it by the close of the 3rd; red on the 4th.
    assert!(found(&desk, LightWanted::Green, "2026-03-03").await.contains(&permit.to_string()));
    assert!(found(&desk, LightWanted::Red, "2026-03-04").await.contains(&permit.to_string()));
    assert_eq!(desk.hub.engine.remind(case).await.unwrap(), 0, "too early");
    let timers = desk.hub.store.due_timers("2026-03-03T16:00:00Z".parse().unwrap(), 10);
    let timers = timers.await.unwrap();
    assert!(timers.iter().any(|it| it.kind == "supervision"), "{timers:?}");

    desk.hub.clock.set("2026-03-04T01:00:00Z".parse().unwrap());
    desk.hub.engine.remind(case).await.unwrap();
    assert_eq!(reminded(&desk.hub.engine).await, ["red-head receipt-over"]);
    // Once more here, and on a node that starts now: nothing is said twice.
    desk.hub.engine.remind(case).await.unwrap();
    let other = EngineFixture::on(Arc::clone(&desk.hub.store), sample());
    other.clock.set("2026-03-04T02:00:00Z".parse().unwrap());
    other.engine.remind(case).await.unwrap();
    assert_eq!(reminded(&other.engine).await, ["red-head receipt-over"]);
    // Two working days later the chain goes on.
    other.clock.set("2026-03-06T02:00:00Z".parse().unwrap());
    other.engine.remind(case).await.unwrap();
    let given = reminded(&other.engine).await;
    assert!(given.contains(&"red-hall receipt-over".to_owned()), "{given:?}");
}

#[tokio::test]
async fn a_notice_is_counted_where_lists_look() {
    let desk = Desk::open().await;
    let case = desk.submitted().await;
    let node = NodeKey::single("stall-permit");
    let manager = Actor { role: ActorRole::Manager, account: None, department: None };
    let officer =
        Actor { role: ActorRole::Officer, account: None, department: Some("market-office".into()) };
    let act = async |actor: &Actor, action: &'static str, act: fn(SealedId) -> SupervisionAct| {
        let words = ToSeal { id: SealedId(fresh_id()), clear: b"why so long?".to_vec() };
        let command_ = Command::Supervise { node: node.clone(), acts: vec![act(words.id)] };
        let engine = &desk.hub.engine;
        engine.execute(actor.clone(), action, command(), case, None, command_, vec![words]).await
    };
    let counted = async || {
        let filter = ServiceFilter::default();
        let counts = desk.hub.store.count_lights(&filter, "2026-03-03").await.unwrap();
        let sum = |of: fn(&store_port::LightCount) -> u64| counts.iter().map(of).sum::<u64>();
        (sum(|it| it.open), sum(|it| it.notices), sum(|it| it.answered))
    };
    let (open, ..) = counted().await;
    assert!(open > 0);
    act(&manager, "supervise", |text| SupervisionAct::Notice { text }).await.unwrap();
    assert_eq!(counted().await, (open, 1, 0));
    act(&officer, "answer-supervision", |text| SupervisionAct::Answer { text }).await.unwrap();
    assert_eq!(counted().await, (open, 1, 1));
    let file = desk.hub.engine.case_file(case).await.unwrap().unwrap();
    let notice = file.case.service(&node).unwrap().supervised.open().unwrap();
    assert_eq!(file.words[&notice.text], "why so long?");
}
