//! Facts follow a case as it goes on: written with each change, the same when they are made again.

use casework::Reply;
use store_port::{FactFilter, OpenedFilter};
use vocabulary::HalfDays;

use crate::desk::Desk;

fn all() -> FactFilter {
    FactFilter { limit: 100, ..FactFilter::default() }
}

fn days(days: i64) -> jiff::SignedDuration {
    jiff::SignedDuration::from_hours(24 * days)
}

#[tokio::test]
async fn facts_follow_the_case_and_stops_are_left_out() {
    let desk = Desk::open().await;
    let monday: vocabulary::Instant = "2026-03-02T01:30:00Z".parse().unwrap();
    desk.hub.clock.set(monday);
    let case = desk.submitted().await;
    let engine = &desk.hub.engine;
    let opened = OpenedFilter { limit: 10, ..OpenedFilter::default() };
    let drafts = engine.draft_facts(&opened).await.unwrap();
    assert_eq!(drafts.len(), 1);
    assert_eq!((drafts[0].case, drafts[0].plan_seen_on), (Some(case), None));
    engine.note_plan_seen(drafts[0].draft).await.unwrap();
    let seen = engine.draft_facts(&opened).await.unwrap();
    assert_eq!(seen[0].plan_seen_on, Some(seen[0].opened_on));

    let facts = engine.case_facts(&all()).await.unwrap();
    assert_eq!(facts.len(), 1);
    let fact = &facts[0];
    assert!(fact.is_open() && fact.closed_on.is_none() && fact.used.is_none());
    assert_eq!(fact.submitted_on, engine.catalogue().civil_date(monday));
    assert_eq!((&*fact.area, fact.degree), ("990100", fact.applicable), "nothing was put off");
    assert!(fact.savings.is_some_and(|savings| savings.steps_before >= savings.steps_after));
    // Of three offices one names its area, which is of a city; of the permit it is said that a county decides.
    assert_eq!((fact.departments, fact.levels, fact.areas), (3, 2, 1));

    // The permit asks for a correction on Tuesday; on Thursday its clock still stands.
    desk.hub.clock.advance(days(1));
    desk.reply(case, "stall-permit", 1, Reply::Received).await.unwrap();
    let lines = vec!["sp-place".into()];
    let asked = Reply::CorrectionRequested { lines, text: None, reason: None };
    desk.reply(case, "stall-permit", 2, asked).await.unwrap();
    let permit = |facts: &[indicators::ServiceFact]| {
        facts.iter().find(|fact| &*fact.node == "stall-permit").unwrap().clone()
    };
    let stopped = permit(&engine.service_facts(&all()).await.unwrap());
    assert!(stopped.is_stopped() && stopped.receipt);
    assert_eq!((stopped.corrections, stopped.lines.len()), (1, 1));
    assert_eq!(stopped.copies, stopped.copies_delivered, "the office said that it has them");

    // It goes on without an answer on Thursday and refuses on Friday afternoon: two of four days were a stop.
    desk.hub.clock.advance(days(2));
    desk.reply(case, "stall-permit", 3, Reply::Accepted).await.unwrap();
    desk.hub.clock.advance(days(1) + jiff::SignedDuration::from_hours(6));
    let ground = "sp-full".into();
    desk.reply(case, "stall-permit", 4, Reply::Refused { ground, text: None }).await.unwrap();
    let refused = permit(&engine.service_facts(&all()).await.unwrap());
    assert!(!refused.is_stopped());
    assert_eq!(refused.used, Some(HalfDays::days(2)), "{refused:?}");
    assert_eq!(refused.promised, HalfDays::days(3));
    assert_eq!(refused.decided_on, Some(engine.catalogue().civil_date(engine.clock().now())));

    // What a program that knows no facts had left is made again, and is the same.
    let before = (desk.hub.store.list_case_facts(&all()).await.unwrap(), {
        desk.hub.store.list_service_facts(&all()).await.unwrap()
    });
    assert_eq!(engine.make_missing_facts().await.unwrap(), 0);
    let again = (desk.hub.store.list_case_facts(&all()).await.unwrap(), {
        desk.hub.store.list_service_facts(&all()).await.unwrap()
    });
    assert_eq!(before, again);
}

/// A visit on the spot is left out by law, and so it is of the working time in figures, once: the date that clocks give
/// and what figures say of it agree.
#[tokio::test]
async fn a_visit_on_the_spot_is_no_working_time() {
    let desk = Desk::open().await;
    desk.hub.clock.set("2026-03-02T01:30:00Z".parse().unwrap());
    let case = desk.submitted().await;
    desk.hub.clock.advance(days(1));
    desk.reply(case, "stall-permit", 1, Reply::Accepted).await.unwrap();
    let began = Reply::ProcedureBegan { procedure: "measure".into(), text: None };
    desk.reply(case, "stall-permit", 2, began).await.unwrap();
    desk.hub.clock.advance(days(2));
    let ended = Reply::ProcedureEnded { procedure: "measure".into(), text: None };
    desk.reply(case, "stall-permit", 3, ended).await.unwrap();
    desk.hub.clock.advance(days(1) + jiff::SignedDuration::from_hours(6));
    let ground = "sp-full".into();
    desk.reply(case, "stall-permit", 4, Reply::Refused { ground, text: None }).await.unwrap();
    let facts = desk.hub.engine.service_facts(&all()).await.unwrap();
    let permit = facts.iter().find(|fact| &*fact.node == "stall-permit").unwrap();
    // From Monday to Friday, the visit from Tuesday to Thursday: two of four days, within the three that are promised.
    assert_eq!(permit.used, Some(HalfDays::days(2)), "{permit:?}");
    assert!(permit.used.is_some_and(|used| used <= permit.promised));
}
