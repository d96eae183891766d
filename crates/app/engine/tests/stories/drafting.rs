//! Drafts: kept, found, saved by one window at a time, filled from sources.

use engine::{EngineError, SourceAnswered};
use vocabulary::{Origin, Slot, Value};

use crate::desk::{Desk, KEY, MATTER, NAME, SKETCH};

#[tokio::test]
async fn a_draft_is_found_again_and_saved_by_one_window_at_a_time() {
    let desk = Desk::open().await;
    let engine = &desk.hub.engine;
    let matter = MATTER.into();
    let (one, two) = tokio::join!(
        engine.open_draft(desk.owner, &matter),
        engine.open_draft(desk.owner, &matter)
    );
    let mut here = one.unwrap();
    assert_eq!(here.id, two.unwrap().id, "two clicks, one draft");
    let mut there = here.clone();

    here.facts.answer("stall.tables".parse().unwrap(), Value::Number(3.into()));
    let here = engine.save_draft(here).await.unwrap();
    there.facts.answer("stall.tables".parse().unwrap(), Value::Number(9.into()));
    let late = engine.save_draft(there).await;
    assert!(
        matches!(late, Err(EngineError::StaleDraft { current_version }) if current_version == here.version),
        "{late:?}"
    );
    let found = engine.find_draft(desk.owner, here.id).await.unwrap().unwrap();
    assert_eq!(found.facts, here.facts);
    assert_eq!(engine.list_drafts(desk.owner).await.unwrap().len(), 1);
}

#[tokio::test]
async fn sources_spare_questions_and_are_asked_for_what_is_needed_only() {
    let desk = Desk::open().await;
    let engine = &desk.hub.engine;
    let mut draft = desk.begin().await;
    draft.facts.answer("owner.resident".parse().unwrap(), Value::Bool(true));
    let draft = engine.fetch_sources(draft, KEY).await.unwrap();
    let asked = desk.hub.sources.take_asked();
    assert_eq!(
        asked,
        [("water-archive".to_owned(), vec!["water.tested".to_owned()])],
        "the form's fields are asked for when it is known which form"
    );
    let tested = draft.facts.get(&Slot::single("water.tested")).unwrap();
    assert_eq!(tested.value, Value::Bool(false));
    let again = engine.fetch_sources(draft, KEY).await.unwrap();
    assert!(desk.hub.sources.take_asked().is_empty(), "just asked");
    desk.hub.clock.advance(jiff::SignedDuration::from_mins(20));
    engine.fetch_sources(again, KEY).await.unwrap();
    assert_eq!(desk.hub.sources.take_asked().len(), 1, "what it said has grown old");
}

#[tokio::test]
async fn a_page_that_is_opened_twice_at_once_is_shown_twice() {
    let desk = Desk::open().await;
    let engine = &desk.hub.engine;
    let mut draft = desk.begin().await;
    draft.facts.answer("owner.resident".parse().unwrap(), Value::Bool(true));
    let draft = engine.save_draft(draft).await.unwrap();
    let pages = (0..3).map(|_| engine.fetch_sources(draft.clone(), KEY));
    for shown in futures::future::join_all(pages).await {
        let tested = shown.unwrap().facts.get(&Slot::single("water.tested")).unwrap().value.clone();
        assert_eq!(
            tested,
            Value::Bool(false),
            "what the first page fetched is there for the second"
        );
    }
}

#[tokio::test]
async fn fetched_facts_say_where_they_are_from() {
    let desk = Desk::open().await;
    let draft = desk.complete_draft().await;
    let name = draft.facts.get(&Slot::single("owner.name")).unwrap();
    assert_eq!(name.value, Value::text(NAME));
    assert!(
        matches!(&name.origin, Origin::Source { source, .. } if source.as_str() == "resident-roll")
    );
}

#[tokio::test]
async fn a_source_that_is_down_is_not_one_that_says_no() {
    let desk = Desk::open().await;
    let engine = &desk.hub.engine;
    let tested = Slot::single("water.tested");
    desk.hub.sources.set_down("water-archive", true);
    let draft = engine.fetch_sources(desk.begin().await, KEY).await.unwrap();
    assert_eq!(draft.facts.get(&tested), None, "unknown, not null");
    assert!(draft.facts.unavailable(&tested).is_some());
    assert!(draft.unreachable.contains("water-archive"));

    desk.hub.sources.set_down("water-archive", false);
    let draft = engine.fetch_sources(draft, KEY).await.unwrap();
    assert_eq!(draft.facts.value(&tested), Some(&Value::Bool(false)), "asked again at once");
    assert!(draft.unreachable.is_empty());

    desk.hub.sources.knows("water-archive", "another key", &[]);
    let desk = Desk::at(desk.hub).await;
    let draft = desk.hub.engine.fetch_sources(desk.begin().await, "another key").await.unwrap();
    assert_eq!(draft.facts.value(&tested), Some(&Value::Null), "on record, without this value");
    assert_eq!(draft.asked["water-archive"].answered, SourceAnswered::Delivered);
}

#[tokio::test]
async fn who_is_on_no_record_is_asked_in_person() {
    let desk = Desk::open().await;
    let engine = &desk.hub.engine;
    let tested = Slot::single("water.tested");
    let draft = engine.fetch_sources(desk.begin().await, "a key nobody knows").await.unwrap();
    assert_eq!(draft.facts.get(&tested), None, "nothing is known");
    assert!(draft.facts.unavailable(&tested).is_none(), "and nothing is degraded");
    assert_eq!(draft.asked["water-archive"].answered, SourceAnswered::Absent);
    assert!(draft.unreachable.is_empty() && draft.cannot_deliver().contains("water-archive"));

    desk.hub.sources.take_asked();
    let draft = engine.fetch_sources(draft, "a key nobody knows").await.unwrap();
    assert!(desk.hub.sources.take_asked().is_empty(), "not asked again at once");
    let refused = engine.submit(desk.mei(), crate::desk::command(), draft.id, "online").await;
    assert!(
        matches!(&refused, Err(EngineError::Incomplete(missing)) if missing.questions),
        "the interview asks instead: {refused:?}"
    );
}

#[tokio::test]
async fn the_applicants_word_is_not_overwritten() {
    let desk = Desk::open().await;
    let engine = &desk.hub.engine;
    let tested = Slot::single("water.tested");
    let mut draft = desk.begin().await;
    draft.facts.answer(tested.clone(), Value::Bool(true));
    let draft = engine.fetch_sources(draft, KEY).await.unwrap();
    assert_eq!(draft.facts.value(&tested), Some(&Value::Bool(true)));
    assert!(desk.hub.sources.take_asked().is_empty());
}

#[tokio::test]
async fn evidence_comes_back_as_it_was_given() {
    let desk = Desk::open().await;
    let engine = &desk.hub.engine;
    let draft = desk.complete_draft().await;
    let files = engine.evidence_of(&draft).await.unwrap();
    assert_eq!(files.len(), 1);
    assert_eq!(files[0].file_name, "four tables.pdf");
    let (file, bytes) = engine.evidence_bytes(files[0].id).await.unwrap().unwrap();
    assert_eq!((file.media_type.as_str(), bytes.as_slice()), ("application/pdf", SKETCH));

    let stranger = vocabulary::AccountId(store_port::fresh_id());
    let other = engine.open_draft(stranger, &MATTER.into()).await.unwrap();
    assert!(!engine.remove_evidence(&other, file.id).await.unwrap(), "not of this draft");
    assert!(engine.remove_evidence(&draft, file.id).await.unwrap());
    assert!(engine.evidence_bytes(file.id).await.unwrap().is_none());
}
