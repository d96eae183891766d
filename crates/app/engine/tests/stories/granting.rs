//! Grants: outputs come into being, licences are issued, dependants start.

use casework::{Refusal, Reply};
use engine::EngineError;
use vocabulary::{Origin, Slot, Value};

use crate::desk::{Desk, NAME};

const PERMIT: &[(&str, &str, &str)] = &[("permit", "stall.permit_no", "RB-0007")];

#[tokio::test]
async fn a_grant_issues_the_licence_and_starts_what_waited() {
    let desk = Desk::open().await;
    let case = desk.submitted().await;
    desk.claim().await;
    desk.grant(case, "stall-permit", 1, PERMIT).await.unwrap();
    assert!(desk.states(case).await.contains("opening-notice: waiting"), "the card is missing yet");
    desk.grant(case, "health-card~h1", 1, &[]).await.unwrap();
    let sendings = desk.claim().await;
    assert_eq!(sendings.keys().collect::<Vec<_>>(), ["opening-notice"]);

    let file = desk.hub.engine.case_file(case).await.unwrap().unwrap();
    let number = file.facts.get(&Slot::single("stall.permit_no")).unwrap();
    assert_eq!(number.value, Value::text("RB-0007"));
    assert!(
        matches!(&number.origin, Origin::Output { service } if service.as_str() == "stall-permit")
    );
    assert_eq!(file.licences.len(), 2);
    let (_, permit) = file.licences.iter().find(|(_, licence)| licence.output == "permit").unwrap();
    assert_eq!(permit.holder, NAME);
    assert_eq!(permit.issued_on.to_string(), "2026-03-02");
    assert_eq!(permit.valid_until.map(|date| date.to_string()).as_deref(), Some("2027-03-02"));
    let prints: Vec<String> =
        permit.prints.iter().map(|(slot, value)| format!("{slot}={value}")).collect();
    let expected = [
        "stall.permit_no=RB-0007",
        "owner.name=Mei Bankside",
        "stall.place=market",
        "stall.tables=4",
    ];
    assert_eq!(prints, expected);
    assert!(vocabulary::codes::licence_id::parse(&permit.code).is_ok(), "{}", permit.code);
    let (_, card) = file.licences.iter().find(|(_, licence)| licence.output == "card").unwrap();
    assert_eq!(card.holder, "Bo Reed", "the member's own name");

    let engine = &desk.hub.engine;
    let code = permit.verification_code.to_lowercase();
    let (row, verified) = engine.verify_licence(&permit.code, &code).await.unwrap().unwrap();
    assert_eq!(verified.as_ref(), Some(permit));
    assert_eq!(row.owner, Some(desk.owner));
    assert!(engine.verify_licence(&permit.code, &card.verification_code).await.unwrap().is_none());
    assert_eq!(desk.hub.store.list_licences_of(desk.owner).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_grant_said_twice_issues_once_and_a_changed_one_is_refused() {
    let desk = Desk::open().await;
    let case = desk.submitted().await;
    let first = desk.grant(case, "stall-permit", 1, PERMIT).await.unwrap();
    let again = desk.grant(case, "stall-permit", 1, PERMIT).await.unwrap();
    assert!(!first.repeated && again.repeated);
    let changed = [("permit", "stall.permit_no", "RB-0008")];
    let changed = desk.grant(case, "stall-permit", 1, &changed).await;
    assert!(
        matches!(changed, Err(EngineError::Refused(Refusal::ReplyChanged { .. }))),
        "{changed:?}"
    );
    assert_eq!(desk.hub.store.list_licences_of_case(case).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_grant_must_bring_what_it_promised() {
    let desk = Desk::open().await;
    let case = desk.submitted().await;
    let empty = desk.grant(case, "stall-permit", 1, &[]).await;
    assert!(
        matches!(&empty, Err(EngineError::Refused(Refusal::OutputMissing { output, .. })) if output == "permit"),
        "{empty:?}"
    );
    assert!(desk.hub.store.list_licences_of_case(case).await.unwrap().is_empty());
}

/// A grant after a refusal is contested: no licence. An officer resolves in its favour: then there is one.
#[tokio::test]
async fn a_contested_grant_issues_when_it_is_resolved() {
    let desk = Desk::open().await;
    let case = desk.submitted().await;
    let no = Reply::Refused { ground: "sp-full".into(), text: None };
    desk.reply(case, "stall-permit", 1, no).await.unwrap();
    desk.grant(case, "stall-permit", 2, PERMIT).await.unwrap();
    assert!(desk.states(case).await.contains("stall-permit: contested"));
    assert!(desk.hub.store.list_licences_of_case(case).await.unwrap().is_empty());

    let (mut actor, node, dispatch) = desk.office(case, "stall-permit").await;
    actor.role = casework::ActorRole::Officer;
    let resolve = casework::Command::ResolveContest { node, dispatch, department_seq: 2 };
    let id = crate::desk::command();
    let engine = &desk.hub.engine;
    engine.execute(actor, "resolve", id, case, None, resolve, vec![]).await.unwrap();
    assert!(desk.states(case).await.contains("stall-permit: granted"));
    let licences = desk.hub.engine.case_file(case).await.unwrap().unwrap().licences;
    assert_eq!(licences.len(), 1);
    assert_eq!(licences[0].1.prints[0].1, Value::text("RB-0007"));
}
