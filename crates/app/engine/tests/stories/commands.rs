//! Commands on cases: batched, repeated, stale, refused one by one.

use casework::{Command, Refusal, Reply};
use engine::{EngineError, ToSeal};
use futures::future::join_all;
use store_port::fresh_id;
use testkit::engine_fixture::EngineFixture;
use vocabulary::{CaseId, SealedId};

use crate::desk::{Desk, command, sample};

#[tokio::test]
async fn a_reply_closes_its_sending_and_a_repetition_changes_nothing() {
    let desk = Desk::open().await;
    let case = desk.submitted().await;
    let received = desk.reply(case, "water-test", 1, Reply::Received).await.unwrap();
    let again = desk.reply(case, "water-test", 1, Reply::Received).await.unwrap();
    assert!(!received.repeated && again.repeated);
    assert_eq!(again.version, received.version);
    let nodes: Vec<String> = desk.claim().await.into_keys().collect();
    assert_eq!(nodes, ["health-card~h1", "stall-permit"], "the water house has it");
    assert!(desk.states(case).await.contains("water-test: received"));

    let changed = desk.reply(case, "water-test", 1, Reply::Accepted).await;
    assert!(matches!(changed, Err(EngineError::Refused(Refusal::ReplyChanged { .. }))));
}

#[tokio::test]
async fn who_saw_an_older_version_is_told_and_changes_nothing() {
    let desk = Desk::open().await;
    let case = desk.submitted().await;
    let seen = desk.case(case).await.version;
    desk.reply(case, "water-test", 1, Reply::Received).await.unwrap();
    let withdraw = |expected, id| {
        let command = Command::Withdraw { node: Some("opening-notice".parse().unwrap()) };
        desk.hub.engine.execute(desk.mei(), "withdraw", id, case, Some(expected), command, vec![])
    };
    let stale = withdraw(seen, command()).await;
    assert!(
        matches!(stale, Err(EngineError::Stale { current_version }) if current_version == seen + 1),
        "{stale:?}"
    );
    assert!(desk.states(case).await.contains("opening-notice: waiting"));
    let once = command();
    let done = withdraw(seen + 1, once).await.unwrap();
    let again = withdraw(seen + 1, once).await.unwrap();
    assert!(again.repeated, "looked at before the version");
    assert_eq!((again.case, again.version), (done.case, done.version));
}

#[tokio::test]
async fn a_command_id_stands_for_one_body() {
    let desk = Desk::open().await;
    let case = desk.submitted().await;
    desk.grant(case, "water-test", 1, &[("grade", "water.grade", "A")]).await.unwrap();
    let once = command();
    let rate = |grade: u8, words: &str| {
        let id = SealedId(fresh_id());
        let seal = vec![ToSeal { id, clear: words.as_bytes().to_vec() }];
        let command = rating(grade, Some(id));
        desk.hub.engine.execute(desk.mei(), "rate", once, case, None, command, seal)
    };
    let first = rate(1, "kind people").await.unwrap();
    let again = rate(1, "kind people").await.unwrap();
    assert!(!first.repeated && again.repeated, "the same words under another fresh id");
    let other_words = rate(1, "rude people").await;
    assert!(matches!(other_words, Err(EngineError::CommandReused)), "{other_words:?}");
    let file = desk.hub.engine.case_file(case).await.unwrap().unwrap();
    assert!(file.words.values().any(|words| words == "kind people"));
    assert!(!file.words.values().any(|words| words == "rude people"));
}

/// Of many commands sent at once, some are refused; the others do not notice.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_refusal_does_not_touch_the_others() {
    let desk = Desk::open().await;
    let case = desk.submitted().await;
    let nobody = CaseId(fresh_id());
    let engine = &desk.hub.engine;
    let unknown = (0..10).map(|_| {
        engine.execute(desk.mei(), "tick", command(), nobody, None, Command::Tick, vec![])
    });
    let early = (0..10).map(|_| {
        let rate = rating(1, None);
        engine.execute(desk.mei(), "rate", command(), case, None, rate, vec![])
    });
    let received = ["water-test", "stall-permit", "health-card~h1"];
    let received = received.map(|node| desk.reply(case, node, 1, Reply::Received));
    let (unknown, early, received) =
        tokio::join!(join_all(unknown), join_all(early), join_all(received));
    for answer in unknown {
        assert!(
            matches!(answer, Err(EngineError::Refused(Refusal::UnknownCase(id))) if id == nobody),
            "{answer:?}"
        );
    }
    for answer in early {
        assert!(matches!(answer, Err(EngineError::Refused(Refusal::NotYetRatable))), "{answer:?}");
    }
    for answer in received {
        answer.unwrap();
    }
    let states = desk.states(case).await;
    assert_eq!(states.matches(": received").count(), 3, "{states}");
    assert_eq!(desk.listed(case).await, states);
}

/// Two nodes write the same case at the same time: replies commute, so both get through, each once.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_nodes_do_not_lose_each_others_replies() {
    let desk = Desk::open().await;
    let case = desk.submitted().await;
    let other = EngineFixture::on(std::sync::Arc::clone(&desk.hub.store), sample());
    let (actor, node, dispatch) = desk.office(case, "water-test").await;
    let now = desk.hub.engine.clock().now();
    let replies = (1..=30).map(|seq| {
        let engine = if seq % 2 == 0 { &desk.hub.engine } else { &other.engine };
        let reply = Command::TakeReply {
            node: node.clone(),
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
    let service = desk.case(case).await;
    let service = service.service(&node).unwrap();
    assert_eq!(service.replies.len(), 30);
    assert!(desk.states(case).await.contains("water-test: accepted"));
    assert_eq!(desk.listed(case).await, desk.states(case).await);
}

/// What this node holds in memory may be old: no "no" rests on it.
#[tokio::test]
async fn a_node_looks_again_before_it_says_no() {
    let desk = Desk::open().await;
    let case = desk.submitted().await;
    let other = Desk {
        hub: EngineFixture::on(std::sync::Arc::clone(&desk.hub.store), sample()),
        owner: desk.owner,
        subject: desk.subject,
    };
    other.grant(case, "water-test", 1, &[("grade", "water.grade", "A")]).await.unwrap();
    let rate = rating(2, None);
    let engine = &desk.hub.engine;
    engine.execute(desk.mei(), "rate", command(), case, None, rate, vec![]).await.unwrap();

    let seen = other.case(case).await.version;
    let withdraw = Command::Withdraw { node: Some("stall-permit".parse().unwrap()) };
    let id = command();
    let done =
        other.hub.engine.execute(desk.mei(), "withdraw", id, case, Some(seen), withdraw, vec![]);
    done.await.expect("the version that was seen is the current one");
}

/// What is folded in memory, what is folded from the store, and what lists show is one and the same.
#[tokio::test]
async fn a_replay_equals_the_state() {
    let desk = Desk::open().await;
    let case = desk.submitted().await;
    desk.reply(case, "stall-permit", 1, Reply::Received).await.unwrap();
    desk.grant(case, "water-test", 1, &[("grade", "water.grade", "A")]).await.unwrap();
    desk.reply(case, "stall-permit", 2, Reply::Refused { ground: "sp-full".into(), text: None })
        .await
        .unwrap();
    let held = desk.case(case).await;
    let fresh = EngineFixture::on(std::sync::Arc::clone(&desk.hub.store), sample());
    let replayed = fresh.engine.case(case).await.unwrap().unwrap();
    assert_eq!(*held, *replayed);

    let catalogue = desk.hub.engine.catalogue();
    let row = desk.hub.store.find_case(case).await.unwrap().unwrap();
    assert_eq!(row, engine::projection::case_row(&replayed, Some(desk.owner), catalogue));
    let filter = store_port::ServiceFilter {
        case_number: Some(row.case_number),
        limit: 100,
        ..store_port::ServiceFilter::default()
    };
    let mut listed = desk.hub.store.list_services(&filter).await.unwrap();
    listed.sort_by(|a, b| a.node.cmp(&b.node));
    let today = catalogue.civil_date(desk.hub.engine.clock().now());
    let mut expected: Vec<_> = replayed
        .services
        .iter()
        .map(|service| engine::projection::service_row(&replayed, service, catalogue, today))
        .collect();
    expected.sort_by(|a, b| a.node.cmp(&b.node));
    assert_eq!(listed, expected);
    assert!(expected.iter().any(|row| row.state == "stopped"), "the notice waits for the permit");
}

#[tokio::test]
async fn a_timer_that_fires_deems_acceptance() {
    let desk = Desk::open().await;
    let case = desk.submitted().await;
    desk.hub.clock.advance(jiff::SignedDuration::from_hours(24 * 30));
    let now = desk.hub.engine.clock().now();
    let due = desk.hub.store.due_timers(now, 10).await.unwrap();
    assert!(due.iter().any(|timer| timer.node == "stall-permit"), "{due:?}");
    let hub = casework::Actor { role: casework::ActorRole::Hub, account: None, department: None };
    let tick = || {
        desk.hub.engine.execute(hub.clone(), "tick", command(), case, None, Command::Tick, vec![])
    };
    assert!(!tick().await.unwrap().repeated);
    assert!(desk.states(case).await.contains("stall-permit: accepted"));
    assert!(tick().await.unwrap().repeated, "nothing is due any more");
    let later = now + jiff::SignedDuration::from_hours(1);
    let due = desk.hub.store.due_timers(later, 10).await.unwrap();
    let legal = |timer: &&store_port::TimerRow| timer.kind != "supervision";
    let mut legal = due.iter().filter(legal);
    assert!(!legal.any(|timer| timer.node == "stall-permit"), "{due:?}");
}

/// A rating of the whole.
fn rating(grade: u8, words: Option<SealedId>) -> Command {
    Command::Rate { node: None, grade, words, channel: None, tags: Vec::new() }
}
