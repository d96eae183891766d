//! The queue in front of two windows: one ticket has one clerk, whoever is slower is told so, and somebody who is
//! sent on keeps his place. A clerk without a record receives nothing.

use store_port::{AccountRow, ServiceFilter, fresh_id};

use crate::town::{Person, Town};
use crate::window::{Counter, NAME, NUMBER, PNG, fills_everything, window};

const NUMBERS: &str = "/outlets/upper-hall/number";

/// Somebody takes a number for the general windows; returns the slip's address.
async fn drawn(town: &Town) -> String {
    let form = [("command", fresh_id().to_string()), ("zone", "general".to_owned())];
    town.visitor().post(NUMBERS, &form).await.leads_to()
}

async fn presses(clerk: &Person<'_>, what: &str) {
    assert_eq!(clerk.post(&format!("/window/{what}"), &[]).await.leads_to(), "/window");
}

#[tokio::test]
async fn two_clerks_call_at_once_and_nobody_is_called_twice() {
    let counter = Counter::open().await;
    let ann = counter.seated("ann", "upper-hall-01").await;
    let bob = counter.seated("bob", "upper-hall-02").await;
    let slip = drawn(&counter.town).await;
    let (one, two) = tokio::join!(ann.post("/window/call", &[]), bob.post("/window/call", &[]));
    // One has it; the other is told that nobody waits, on his own page.
    let statuses = [one.status.as_u16(), two.status.as_u16()];
    assert!(statuses.contains(&303) && statuses.contains(&200), "{statuses:?}");
    let (has, slower, told, number) =
        if one.status == 303 { (&ann, &bob, two, "01") } else { (&bob, &ann, one, "02") };
    told.shows(&["Nobody is waiting"]);
    window(has).await.shows(&["A001"]);
    window(slower).await.hides(&["A001"]);
    let visitor = counter.town.visitor().in_english();
    visitor.get(&slip).await.shows(&[&format!("Please go to window {number}")]);

    // Who has not called it can neither call it again, nor send it away, nor say that nobody came.
    for step in ["recall", "no-show", "transfer"] {
        presses(slower, step).await;
    }
    visitor.get(&slip).await.shows(&[&format!("Please go to window {number}")]);
    // A second person is the other clerk's, and what is called stays called.
    drawn(&counter.town).await;
    presses(slower, "call").await;
    window(slower).await.shows(&["A002"]);
    presses(has, "recall").await;
    window(has).await.shows(&["A001"]);
    let again = has.post("/window/call", &[]).await.is(200);
    again.shows(&["A001"]);
}

#[tokio::test]
async fn who_is_sent_to_another_window_keeps_his_place() {
    let counter = Counter::open().await;
    let ann = counter.seated("ann", "upper-hall-01").await;
    let bob = counter.seated("bob", "upper-hall-02").await;
    let first = drawn(&counter.town).await;
    drawn(&counter.town).await;
    presses(&ann, "call").await;
    let page = window(&ann).await.shows(&["A001", "To window 02"]);
    page.hides(&["value=\"window/upper-hall-01\""]);
    let nowhere = [("to", "window/lower-hall-77".to_owned())];
    ann.post("/window/transfer", &nowhere).await.is(200).shows(&["A001"]);
    ann.post("/window/transfer", &[("to", "nonsense".to_owned())]).await.is(200).shows(&["A001"]);
    let to = [("to", "window/upper-hall-02".to_owned())];
    assert_eq!(ann.post("/window/transfer", &to).await.leads_to(), "/window");
    window(&ann).await.hides(&["A001"]);
    let visitor = counter.town.visitor().in_english();
    visitor.get(&first).await.hides(&["Please go to window 01"]);
    // It waits for Bob alone, before those who came later; Ann gets the next.
    presses(&ann, "call").await;
    window(&ann).await.shows(&["A002"]);
    presses(&bob, "call").await;
    window(&bob).await.shows(&["A001"]);
    visitor.get(&first).await.shows(&["Please go to window 02"]);
}

#[tokio::test]
async fn a_clerk_without_a_record_receives_nothing_and_loses_nothing() {
    let counter = Counter::open().await;
    let row = counter.town.account("new-here", "clerk", None).await;
    let row = AccountRow { area: Some("990101".to_owned()), ..row };
    counter.town.hub.store.upsert_account(&row).await.unwrap();
    let clerk = counter.town.signed_in(&row).await.in_english();
    let sit = [("window", "upper-hall-01".to_owned())];
    assert_eq!(clerk.post("/window/sit", &sit).await.leads_to(), "/window");
    counter.desk.lies(NUMBER, NAME);
    presses(&clerk, "card").await;
    fills_everything(&clerk).await;
    counter.desk.scanner(Ok(PNG));
    clerk.post("/window/scan", &[("slot", "stall-sketch".to_owned())]).await.leads_to();
    let page = window(&clerk).await.shows(&["cannot be received at this window", "NET0101"]);
    let form = [("command", page.input("command"))];
    let refused = clerk.post("/window/submit", &form).await.is(200);
    refused.shows(&["Not received; everything is still there", "Tom Reed"]);
    let any = ServiceFilter { limit: 10, ..ServiceFilter::default() };
    let services = counter.town.hub.store.list_services(&any).await.unwrap();
    assert!(services.is_empty(), "nothing came of it");
    // With records the same is received, without anything being typed again.
    for service in ["stall-permit", "health-card", "opening-notice", "water-test"] {
        counter.record(&row, service).await;
    }
    clerk.post("/window/original", &[("slot", "stall-sketch".to_owned())]).await.leads_to();
    clerk.post("/window/ticks", &[("all", "1".to_owned())]).await.leads_to();
    let page = window(&clerk).await.hides(&["NET0101"]).shows(&["Tom Reed"]);
    clerk.post("/window/submit", &[("command", page.input("command"))]).await.leads_to();
}
