//! The same engine on PostgreSQL, as two nodes with connections of their own.

use casework::{Command, Reply};
use engine::EngineError;
use futures::future::join_all;
use testkit::engine_fixture::EngineFixture;
use testkit::postgres;

use crate::desk::{Desk, command, sample};

async fn node(url: &str) -> EngineFixture {
    EngineFixture::at(url, sample()).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_nodes_bring_a_case_to_its_licences() {
    let Some(url) = postgres::fresh_database() else { return };
    let desk = Desk::at(node(&url).await).await;
    let other = node(&url).await;
    let draft = desk.complete_draft().await;
    let presses = (0..20).map(|press| {
        let engine = if press % 2 == 0 { &desk.hub.engine } else { &other.engine };
        engine.submit(desk.mei(), command(), draft.id, "online")
    });
    let answers = join_all(presses).await;
    let cases: Vec<_> = answers.iter().flatten().map(|done| done.case).collect();
    assert_eq!(cases.len(), 1, "{answers:?}");
    let case = cases[0];
    assert!(answers.iter().filter(|answer| answer.is_err()).all(
        |answer| matches!(answer, Err(EngineError::AlreadySubmitted { case: taken }) if *taken == case)
    ));

    let (actor, key, dispatch) = desk.office(case, "water-test").await;
    let now = desk.hub.engine.clock().now();
    let replies = (1..=30).map(|seq| {
        let engine = if seq % 2 == 0 { &desk.hub.engine } else { &other.engine };
        let reply = Command::TakeReply {
            node: key.clone(),
            dispatch,
            department_seq: seq,
            decided_at: now,
            reply: if seq == 1 { Reply::Received } else { Reply::Accepted },
        };
        engine.execute(actor.clone(), "reply", command(), case, None, reply, vec![])
    });
    for answer in join_all(replies).await {
        answer.unwrap();
    }
    desk.grant(case, "water-test", 31, &[("grade", "water.grade", "A")]).await.unwrap();
    desk.grant(case, "stall-permit", 1, &[("permit", "stall.permit_no", "RB-1")]).await.unwrap();
    desk.grant(case, "health-card~h1", 1, &[]).await.unwrap();
    desk.grant(case, "opening-notice", 1, &[]).await.unwrap();
    let here = desk.hub.engine.case_file(case).await.unwrap().unwrap();
    let there = other.engine.case_file(case).await.unwrap().unwrap();
    assert_eq!(here.case, there.case);
    assert_eq!(there.licences.len(), 2);
    assert_eq!(here.licences, there.licences);
    assert!(desk.states(case).await.starts_with("case: done\n"));
    assert_eq!(desk.listed(case).await, desk.states(case).await);
    assert!(desk.claim().await.is_empty(), "every sending is closed");
}

/// A command that the database will not take fails alone, though it shared a transaction.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_the_database_will_not_take_fails_alone() {
    let Some(url) = postgres::fresh_database() else { return };
    let desk = Desk::at(node(&url).await).await;
    let case = desk.submitted().await;
    let (actor, key, dispatch) = desk.office(case, "water-test").await;
    let now = desk.hub.engine.clock().now();
    let replies = (1..=40).map(|seq| {
        let reply = Command::TakeReply {
            node: key.clone(),
            dispatch,
            department_seq: seq,
            decided_at: now,
            reply: Reply::Received,
        };
        // PostgreSQL keeps no text with a zero in it.
        let action = if seq == 20 { "reply\0" } else { "reply" };
        desk.hub.engine.execute(actor.clone(), action, command(), case, None, reply, vec![])
    });
    let answers = join_all(replies).await;
    for (answer, seq) in answers.iter().zip(1..) {
        assert_eq!(answer.is_ok(), seq != 20, "reply {seq}: {answer:?}");
    }
    assert!(matches!(answers[19], Err(EngineError::Fault(_))));
    let replies = desk.case(case).await.service(&key).unwrap().replies.len();
    assert_eq!(replies, 39);
}
