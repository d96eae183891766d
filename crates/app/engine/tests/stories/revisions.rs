//! Definitions change while cases are under way: each goes on under what it began with (semantics 8).

use std::path::Path;
use std::sync::Arc;

use casework::Case;
use catalogue::Catalogue;
use testkit::engine_fixture::{EngineFixture, catalogue_of_files, files_of};
use vocabulary::{CaseId, NodeKey, ServiceId};

use crate::desk::{Desk, MATTER, sample};

/// Before → after: the permit is called otherwise, is another output, prints less and is valid for longer;
/// one line of the checklist is new; a public holiday is announced.
const CHANGES: &[(&str, &str)] = &[
    (
        r#"{ id = "permit", kind = "licence", name = { en = "Stall permit", zh = "摊位许可证" }"#,
        r#"{ id = "pass", kind = "licence", name = { en = "Stall pass", zh = "摊位通行证" }"#,
    ),
    (
        r#"prints = ["stall.permit_no", "owner.name", "stall.place", "stall.tables"], valid_months = 12"#,
        r#"prints = ["stall.permit_no", "owner.name"], valid_months = 24"#,
    ),
    (
        r#"{ id = "sp-owner","#,
        r#"{ id = "sp-quiet", text = { en = "It is quiet", zh = "安静" } },
  { id = "sp-owner","#,
    ),
    (r#"days_off = ["2026-01-01", "#, r#"days_off = ["2026-01-01", "2026-12-25", "#),
];

/// The sample's files with each change made, which must be possible exactly once.
fn changed_sample() -> Arc<Catalogue> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../definitions/sample");
    let mut files = files_of(&folder);
    for (from, to) in CHANGES {
        let found: usize = files.iter().map(|file| file.text.matches(from).count()).sum();
        assert_eq!(found, 1, "`{from}` must stand once in the sample");
        for file in &mut files {
            file.text = file.text.replace(from, to);
        }
    }
    catalogue_of_files(&files)
}

/// The same hub, started again with other definitions.
async fn restarted(desk: &Desk, catalogue: Arc<Catalogue>) -> Desk {
    let hub = EngineFixture::on(Arc::clone(&desk.hub.store), catalogue);
    let mut again = Desk::at(hub).await;
    (again.owner, again.subject) = (desk.owner, desk.subject);
    again
}

async fn checklist(desk: &Desk, case: CaseId) -> Vec<String> {
    let case = desk.case(case).await;
    let node = &case.service(&NodeKey::single("stall-permit")).unwrap().node;
    let catalogue = desk.hub.engine.catalogue_of_service(&case, node).await.unwrap();
    let service = catalogue.service(&ServiceId::new("stall-permit")).unwrap();
    service.checklist.iter().map(|line| line.id.to_string()).collect()
}

/// What stands on the licence of a case: English name, how much is printed, until when it is valid.
async fn licence(desk: &Desk, case: CaseId) -> (String, usize, String) {
    let file = desk.hub.engine.case_file(case).await.unwrap().unwrap();
    let (_, licence) = &file.licences[0];
    let name = licence.name.get(&vocabulary::Lang::new("en")).to_owned();
    (name, licence.prints.len(), licence.valid_until.unwrap().to_string())
}

#[tokio::test]
async fn a_case_goes_on_under_the_definitions_it_began_with() {
    let before = Desk::open().await;
    let old = before.submitted().await;
    let kept = before.hub.store.list_definitions().await.unwrap();
    let kept: Vec<&str> = kept.iter().map(|kept| kept.catalogue.as_str()).collect();
    assert_eq!(kept, [sample().revision.as_ref()], "kept with the first case");

    let after = restarted(&before, changed_sample()).await;
    let new = after.submitted().await;
    assert_eq!(after.hub.store.list_definitions().await.unwrap().len(), 2);
    assert_eq!(checklist(&after, old).await, ["sp-place", "sp-owner"]);
    assert_eq!(checklist(&after, new).await, ["sp-place", "sp-quiet", "sp-owner"]);

    let number = |output| [(output, "stall.permit_no", "RB-0007")];
    after.grant(old, "stall-permit", 1, &number("permit")).await.unwrap();
    after.grant(new, "stall-permit", 1, &number("pass")).await.unwrap();
    assert_eq!(licence(&after, old).await, ("Stall permit".to_owned(), 4, "2027-03-02".to_owned()));
    assert_eq!(licence(&after, new).await, ("Stall pass".to_owned(), 2, "2028-03-02".to_owned()));

    // Each its own catalogue, the older one compiled once.
    let engine = &after.hub.engine;
    let (old, new) = (after.case(old).await, after.case(new).await);
    let of_old = engine.catalogue_of(&old).await.unwrap();
    assert!(Arc::ptr_eq(&of_old, &engine.catalogue_of(&old).await.unwrap()));
    assert_eq!(of_old.matter(MATTER).unwrap().revision, old.application.matter_revision);
    assert!(Arc::ptr_eq(engine.catalogue(), &engine.catalogue_of(&new).await.unwrap()));
}

/// Cases of a time when nothing was kept are worked on under what is in force, and not lost.
#[tokio::test]
async fn without_kept_definitions_those_in_force_stand_in() {
    let desk = Desk::open().await;
    let case = desk.submitted().await;
    let mut case = Case::clone(&*desk.case(case).await);
    let mut application = casework::Application::clone(&case.application);
    application.matter_revision = vocabulary::MatterRevision::new("0123456789abcdef");
    case.application = application.into();
    let engine = &desk.hub.engine;
    let found = engine.catalogue_of(&case).await.unwrap();
    assert!(Arc::ptr_eq(engine.catalogue(), &found));
}

/// A day off that was announced after the submission holds for every case.
#[tokio::test]
async fn the_calendar_is_todays_for_every_case() {
    let before = Desk::open().await;
    let case = before.submitted().await;
    let after = restarted(&before, changed_sample()).await;
    let engine = &after.hub.engine;
    let case = after.case(case).await;
    let of_old = engine.catalogue_of(&case).await.unwrap();
    assert_ne!(of_old.revision, engine.catalogue().revision);
    assert_ne!(of_old.calendar.version, sample().calendar.version);
    assert_eq!(of_old.calendar.version, engine.catalogue().calendar.version);
}
