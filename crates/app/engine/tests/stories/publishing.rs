//! Definitions are published while drafts are open and cases run, on two nodes of one store (semantics 8).

use std::path::Path;
use std::sync::Arc;

use engine::EngineError;
use engine::revisions::{Publishing, RevisionRefusal, check};
use testkit::engine_fixture::{EngineFixture, catalogue_of_files, files_of};
use vocabulary::{AccountId, NodeKey};

use crate::desk::{Desk, MATTER, command, sample};

/// The permit takes four days longer and looks at one thing more.
const CHANGES: &[(&str, &str)] = &[
    (
        r#"promised = { count = "3", unit = "working_day" }
# Large stalls"#,
        r#"promised = { count = "7", unit = "working_day" }
# Large stalls"#,
    ),
    (
        r#"{ id = "sp-owner","#,
        r#"{ id = "sp-quiet", text = { en = "It is quiet", zh = "安静" }, checks = ["stall.place"] },
  { id = "sp-owner","#,
    ),
];

fn files(changes: &[(&str, &str)]) -> Vec<catalogue::SourceFile> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../definitions/sample");
    let mut files = files_of(&folder);
    for (from, to) in changes {
        let found: usize = files.iter().map(|file| file.text.matches(from).count()).sum();
        assert_eq!(found, 1, "`{from}` must stand once in the sample");
        for file in &mut files {
            file.text = file.text.replace(from, to);
        }
    }
    files
}

fn refusal<T: std::fmt::Debug>(outcome: Result<T, EngineError>) -> RevisionRefusal {
    let refused = match outcome.unwrap_err() {
        EngineError::Revision(refusal) => Some(refusal),
        _ => None,
    };
    refused.unwrap()
}

async fn publishing(desk: &Desk, changes: &[(&str, &str)], reason: &str) -> Publishing {
    let files = files(changes);
    let confirmed = match check(&files, &[]).catalogue {
        Some(next) => desk.hub.engine.impact_of(&next).await.unwrap().digest(),
        None => String::new(),
    };
    let account = AccountId(store_port::fresh_id());
    Publishing { files, tests: Vec::new(), account, reason: reason.to_owned(), confirmed }
}

#[tokio::test]
async fn a_draft_that_outlived_its_revision_shows_what_changed_and_waits() {
    let desk = Desk::open().await;
    assert!(desk.hub.engine.definitions_in_force().await.unwrap().is_none(), "the first start");
    let running = desk.submitted().await;
    let draft = desk.complete_draft().await;
    let typed = draft.facts.clone();

    let next = publishing(&desk, CHANGES, "longer, and one thing more").await;
    let wanted = check(&next.files, &[]).catalogue.unwrap();
    let impact = desk.hub.engine.impact_of(&wanted).await.unwrap();
    let row = impact.matters.iter().find(|it| it.matter == MATTER).unwrap();
    assert_eq!((row.drafts, row.cases, row.gone), (1, 1, false), "{impact:?}");
    assert_eq!(row.services, ["stall-permit"]);
    let published = desk.hub.engine.publish(next).await.unwrap();
    assert_eq!((published.seq, published.reason.as_str()), (2, "longer, and one thing more"));
    assert!(published.impact.contains("\"drafts\":1"), "{}", published.impact);

    // The other node finds it whole in the store.
    let other = EngineFixture::on(Arc::clone(&desk.hub.store), sample());
    let in_force = other.engine.published_since().await.unwrap().unwrap();
    assert_eq!(in_force.revision, catalogue_of_files(&files(CHANGES)).revision);
    let engine = other.engine.with_definitions(Arc::clone(&in_force), Arc::default());
    assert!(engine.published_since().await.unwrap().is_none(), "taken up");

    // The draft: told, kept, refused until confirmed.
    let draft = engine.find_draft(desk.owner, draft.id).await.unwrap().unwrap();
    let changes = engine.changes_for(&draft).await.unwrap().unwrap();
    let plan = changes.plan.unwrap();
    assert!(plan.days.after > plan.days.before, "{plan:?}");
    let refused = engine.submit(desk.mei(), command(), draft.id, "online").await;
    assert_eq!(refusal(refused), RevisionRefusal::DraftOvertaken { draft: draft.id });
    // Saving once more does not confirm anything.
    let draft = engine.save_draft(draft).await.unwrap();
    assert!(engine.changes_for(&draft).await.unwrap().is_some());
    let draft = engine.confirm_changes(draft, &changes.revision).await.unwrap();
    assert_eq!(draft.facts, typed, "what was typed is kept");
    assert!(engine.changes_for(&draft).await.unwrap().is_none());

    // What was confirmed is what the case rests on; the running case stays as it began.
    let new = engine.submit(desk.mei(), command(), draft.id, "online").await.unwrap().case;
    let new = engine.case(new).await.unwrap().unwrap();
    assert_eq!(new.application.matter_revision, changes.revision);
    let permit = |case: &casework::Case| {
        case.service(&NodeKey::single("stall-permit")).unwrap().node.clone()
    };
    let old = engine.case(running).await.unwrap().unwrap();
    assert_ne!(permit(&old).promised, permit(&new).promised);
    assert_eq!(old.application.matter_revision, sample().matter(MATTER).unwrap().revision);
}

#[tokio::test]
async fn what_is_not_in_order_is_not_published() {
    let desk = Desk::open().await;
    let engine = &desk.hub.engine;
    engine.definitions_in_force().await.unwrap();
    let same = publishing(&desk, &[], "nothing").await;
    assert_eq!(refusal(engine.publish(same).await), RevisionRefusal::NothingToPublish);
    let silent = publishing(&desk, CHANGES, "  ").await;
    assert_eq!(refusal(engine.publish(silent).await), RevisionRefusal::NothingToPublish);
    let mut unread = publishing(&desk, CHANGES, "why").await;
    unread.confirmed = String::new();
    assert_eq!(refusal(engine.publish(unread).await), RevisionRefusal::ImpactNotConfirmed);
    let broken = [(
        r#"regime = "permit"
applicants"#,
        r#"regime = "permt"
applicants"#,
    )];
    let broken = publishing(&desk, &broken, "why").await;
    let told = refusal(engine.publish(broken).await);
    assert_eq!(told, RevisionRefusal::NotInOrder { errors: 1, failing: 0 });
    assert_eq!(desk.hub.store.list_publications(9).await.unwrap().len(), 1, "only the files");

    // Two who publish at once: one is second, and is told.
    let first = publishing(&desk, CHANGES, "first").await;
    let second = publishing(&desk, &CHANGES[..1], "second").await;
    engine.publish(first).await.unwrap();
    assert_eq!(refusal(engine.publish(second).await), RevisionRefusal::PublishedMeanwhile);
}

#[tokio::test]
async fn a_red_scenario_test_keeps_it_from_being_published() {
    let desk = Desk::open().await;
    desk.hub.engine.definitions_in_force().await.unwrap();
    let red = plan::scenario::parse(&format!(
        "[[scenario]]\nid = \"red\"\nmatter = \"{MATTER}\"\nname = {{ en = \"Red\" }}\n\
         as_of = \"2026-03-02\"\n[scenario.expect]\nservices = [\"no-such-service\"]\n"
    ));
    let red = red.unwrap();
    let mut next = publishing(&desk, CHANGES, "why").await;
    next.tests = red;
    let told = refusal(desk.hub.engine.publish(next).await);
    assert_eq!(told, RevisionRefusal::NotInOrder { errors: 0, failing: 1 });
}

#[tokio::test]
async fn a_node_with_new_files_publishes_them_and_one_with_old_files_follows() {
    let desk = Desk::open().await;
    assert!(desk.hub.engine.definitions_in_force().await.unwrap().is_none());
    let newer = catalogue_of_files(&files(CHANGES));
    let second = EngineFixture::on(Arc::clone(&desk.hub.store), Arc::clone(&newer));
    assert!(second.engine.definitions_in_force().await.unwrap().is_none(), "new here: in force");
    // Started again with the old files: they were here before, the newer ones stand.
    let third = EngineFixture::on(Arc::clone(&desk.hub.store), sample());
    let in_force = third.engine.definitions_in_force().await.unwrap().unwrap();
    assert_eq!(in_force.revision, newer.revision);
    let said = desk.hub.store.list_publications(9).await.unwrap();
    let said: Vec<_> = said.iter().map(|it| (it.seq, it.account.is_none())).collect();
    assert_eq!(said, [(2, true), (1, true)]);
}
