//! From a draft to exactly one case.

use engine::EngineError;
use futures::future::join_all;
use testkit::engine_fixture::EngineFixture;

use crate::desk::{Desk, command, sample};

#[tokio::test]
async fn a_submission_opens_the_case_and_refers_what_can_begin() {
    let desk = Desk::open().await;
    let mut changes = desk.hub.engine.changes();
    let draft = desk.complete_draft().await;
    let done = desk.submit(command(), &draft).await.unwrap();

    let expected = "case: in-progress\nstall-permit: referred\nhealth-card~h1: referred\n\
                    water-test: referred\nopening-notice: waiting\n";
    assert_eq!(desk.states(done.case).await, expected);
    assert_eq!(desk.listed(done.case).await, expected);
    assert_eq!(changes.recv().await.unwrap(), (done.case, done.version));
    tokio::time::timeout(std::time::Duration::from_secs(5), desk.hub.bell.notified())
        .await
        .expect("the worker's bell was rung");

    let sendings = desk.claim().await;
    let nodes: Vec<&str> = sendings.keys().map(String::as_str).collect();
    assert_eq!(nodes, ["health-card~h1", "stall-permit", "water-test"]);
    assert_eq!(sendings["stall-permit"].department, "market-office");
    assert!(desk.claim().await.is_empty(), "claimed once");

    let row = desk.hub.store.find_case(done.case).await.unwrap().unwrap();
    assert_eq!(row.owner, Some(desk.owner));
    assert_eq!(row.subject, desk.subject);
    assert_eq!(row.version, done.version);
    assert!(row.promised_on.is_some_and(|date| date.as_str() > "2026-03-02"));
    assert!(row.case_number.starts_with("99010020260302"), "{}", row.case_number);
    let listed = desk.hub.store.list_cases_of(desk.owner, None, 10).await.unwrap();
    assert_eq!(listed.len(), 1);
}

#[tokio::test]
async fn the_same_command_again_gets_the_same_answer() {
    let desk = Desk::open().await;
    let draft = desk.complete_draft().await;
    let once = command();
    let first = desk.submit(once, &draft).await.unwrap();
    let again = desk.submit(once, &draft).await.unwrap();
    assert!(!first.repeated && again.repeated);
    assert_eq!((again.case, again.version), (first.case, first.version));

    let other = desk.hub.engine.submit(desk.mei(), once, draft.id, "window").await;
    assert!(matches!(other, Err(EngineError::CommandReused)), "{other:?}");
    let pressed_again = desk.submit(command(), &draft).await;
    assert!(
        matches!(pressed_again, Err(EngineError::AlreadySubmitted { case }) if case == first.case),
        "{pressed_again:?}"
    );
}

/// Twenty buttons pressed at once, on two nodes that share the store: one case.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_submissions_of_one_draft_give_one_case() {
    let desk = Desk::open().await;
    let other_node = EngineFixture::on(std::sync::Arc::clone(&desk.hub.store), sample());
    let draft = desk.complete_draft().await;
    let presses = (0..20).map(|press| {
        let engine = if press % 2 == 0 { &desk.hub.engine } else { &other_node.engine };
        engine.submit(desk.mei(), command(), draft.id, "online")
    });
    let mut carried_out = Vec::new();
    let mut refused = Vec::new();
    for answer in join_all(presses).await {
        match answer {
            Ok(done) => carried_out.push(done.case),
            Err(EngineError::AlreadySubmitted { case }) => refused.push(case),
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(carried_out.len(), 1);
    assert_eq!(refused, vec![carried_out[0]; 19]);
    assert_eq!(desk.hub.store.list_case_ids(None, 100).await.unwrap(), carried_out);
}

#[tokio::test]
async fn what_is_missing_is_said_all_at_once() {
    let desk = Desk::open().await;
    let draft = desk.begin().await;
    let refused = desk.submit(command(), &draft).await;
    let Err(EngineError::Incomplete(missing)) = refused else { panic!("{refused:?}") };
    assert!(missing.questions);

    let draft = desk.complete_draft().await;
    let files = desk.hub.engine.evidence_of(&draft).await.unwrap();
    assert!(desk.hub.engine.remove_evidence(&draft, files[0].id).await.unwrap());
    let mut draft = draft;
    draft.facts.forget(&"owner.phone".parse().unwrap());
    let draft = desk.hub.engine.save_draft(draft).await.unwrap();
    let refused = desk.submit(command(), &draft).await;
    let Err(EngineError::Incomplete(missing)) = refused else { panic!("{refused:?}") };
    let evidence: Vec<String> = missing.evidence.iter().map(ToString::to_string).collect();
    let fields: Vec<String> = missing.fields.iter().map(ToString::to_string).collect();
    assert!(!missing.questions);
    assert_eq!(evidence, ["stall-sketch"]);
    assert!(fields.iter().all(|field| field == "owner.phone") && !fields.is_empty(), "{fields:?}");
}

#[tokio::test]
async fn nobody_submits_what_is_not_his() {
    let desk = Desk::open().await;
    let draft = desk.complete_draft().await;
    let stranger =
        Desk::at(EngineFixture::on(std::sync::Arc::clone(&desk.hub.store), sample())).await;
    let refused = stranger.submit(command(), &draft).await;
    assert!(matches!(refused, Err(EngineError::NoDraft)), "{refused:?}");
    assert!(stranger.hub.engine.find_draft(stranger.owner, draft.id).await.unwrap().is_none());
    let refused = stranger.hub.engine.open_draft(stranger.owner, &"move-a-boat".into()).await;
    assert!(matches!(refused, Err(EngineError::NotOffered)), "a guide cannot be applied for");
}
