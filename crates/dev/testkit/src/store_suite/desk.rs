//! The counter: records of clerks, revoked delegations, and a queue in which nobody is called twice.

use std::collections::BTreeSet;
use std::sync::Arc;

use store_port::{
    Called, Caller, CapabilityRow, RevocationRow, RevokedBy, SharedStore, TicketRow, TicketWanted,
};
use tokio::sync::Barrier;
use vocabulary::{AccountId, SubjectId};

use super::{Place, at, id};

fn record(n: u32, service: &str) -> CapabilityRow {
    CapabilityRow {
        capability_id: id(n),
        clerk: AccountId(id(800_001)),
        service: service.to_owned(),
        valid_from: format!("2026-01-{n:02}"),
        valid_until: n.is_multiple_of(2).then(|| "2026-12-31".to_owned()),
        basis: "training".to_owned(),
        granted_by: AccountId(id(800_002)),
        granted_at: at(i64::from(n)),
        revoked: None,
    }
}

fn revoked(minutes: i64) -> RevokedBy {
    RevokedBy {
        on: "2026-03-02".to_owned(),
        at: at(minutes),
        by: AccountId(id(800_002)),
        reason: format!("reason {minutes}"),
    }
}

pub async fn records_of_clerks_are_kept_and_revoked_once(place: &Place) {
    let store = place.open().await;
    let rows = [record(1, "permit"), record(2, "card")];
    store.insert_capabilities(&rows).await.expect("kept");
    // The same again changes nothing, also with other words.
    let again = CapabilityRow { basis: "other".to_owned(), ..rows[0].clone() };
    store.insert_capabilities(&[again, record(3, "permit")]).await.expect("kept");
    let kept = store.list_capabilities(rows[0].clerk).await.expect("read");
    assert_eq!(kept, [record(3, "permit"), rows[1].clone(), rows[0].clone()], "latest first");
    assert_eq!(store.list_capabilities(AccountId(id(9))).await.expect("read"), []);

    assert!(store.revoke_capability(id(1), &revoked(5)).await.expect("revoked"));
    assert!(!store.revoke_capability(id(1), &revoked(6)).await.expect("asked"));
    assert!(!store.revoke_capability(id(99), &revoked(6)).await.expect("asked"));
    let found = store.find_capability(id(1)).await.expect("read").expect("there");
    assert_eq!(found.revoked, Some(revoked(5)));
    assert_eq!(store.find_capability(id(99)).await.expect("read"), None);
}

pub async fn a_delegation_is_revoked_once(place: &Place) {
    let store = place.open().await;
    let row = RevocationRow { delegation: "permits".to_owned(), revoked: revoked(5) };
    assert!(store.insert_revocation(&row).await.expect("kept"));
    let again = RevocationRow { revoked: revoked(6), ..row.clone() };
    assert!(!store.insert_revocation(&again).await.expect("asked"));
    assert_eq!(store.list_revocations().await.expect("read"), [row]);
}

fn wanted(n: u32) -> TicketWanted {
    TicketWanted {
        ticket_id: id(n),
        outlet: "hall".to_owned(),
        day: "2026-03-02".to_owned(),
        zone: "general".to_owned(),
        letter: "A".to_owned(),
        class: "ordinary".to_owned(),
        matter: None,
        subject: None,
        taken_at: at(i64::from(n)),
    }
}

fn caller(window: u32) -> Caller {
    Caller {
        outlet: "hall".to_owned(),
        day: "2026-03-02".to_owned(),
        zone: "general".to_owned(),
        window: format!("w{window}"),
        clerk: AccountId(id(800_100 + window)),
        at: at(600),
    }
}

async fn call(store: &SharedStore, window: u32) -> TicketRow {
    let called = store.call_next(&caller(window)).await.expect("called");
    let Called::Ticket(ticket) = called else { unreachable!("{called:?}") };
    *ticket
}

/// Ends a ticket, so that its window is free.
async fn finish(store: &SharedStore, ticket: &TicketRow) {
    let mut done = ticket.clone();
    done.state = "done".to_owned();
    done.ended_at = Some(at(700));
    done.version += 1;
    assert!(store.change_ticket(&done).await.expect("changed"));
}

pub async fn numbers_are_drawn_without_gaps_by_zone_and_day(place: &Place) {
    let store = place.open().await;
    let mut codes = Vec::new();
    for n in 1..=3 {
        codes.push(store.draw_ticket(&wanted(n)).await.expect("drawn").code);
    }
    assert_eq!(codes, ["A001", "A002", "A003"]);
    assert_eq!(store.draw_ticket(&wanted(2)).await.expect("found").code, "A002", "drawn once");
    let other = TicketWanted { letter: "B".to_owned(), zone: "firms".to_owned(), ..wanted(11) };
    assert_eq!(store.draw_ticket(&other).await.expect("drawn").code, "B001");
    let tomorrow = TicketWanted { day: "2026-03-03".to_owned(), ..wanted(12) };
    assert_eq!(store.draw_ticket(&tomorrow).await.expect("drawn").code, "A001");
    let waiting = store.waiting("hall", "2026-03-02").await.expect("counted");
    let counted: Vec<_> = waiting.iter().map(|it| (it.zone.as_str(), it.count)).collect();
    assert_eq!(counted, [("firms", 1), ("general", 3)]);
    assert_eq!(waiting[1].longest_since, at(1));
}

pub async fn tickets_are_called_in_order_and_changed_by_whoever_saw_them_last(place: &Place) {
    let store = place.open().await;
    for n in 1..=3 {
        store.draw_ticket(&wanted(n)).await.expect("drawn");
    }
    let urgent = TicketWanted {
        class: "priority".to_owned(),
        matter: Some("newborn".to_owned()),
        subject: Some(SubjectId(id(900_001))),
        ..wanted(4)
    };
    store.draw_ticket(&urgent).await.expect("drawn");

    let first = call(&store, 1).await;
    assert_eq!((first.code.as_str(), first.state.as_str(), first.calls), ("A004", "called", 1));
    assert_eq!((first.window.as_deref(), first.called_at), (Some("w1"), Some(at(600))));
    assert_eq!((first.matter.as_deref(), first.subject), (Some("newborn"), urgent.subject));
    assert_eq!(store.find_ticket(id(4)).await.expect("read"), Some(first.clone()));
    let busy = store.call_next(&caller(1)).await.expect("asked");
    assert_eq!(busy, Called::WindowBusy);
    let second = call(&store, 2).await;
    assert_eq!(second.code, "A001");

    // Of two who saw the same version one changes it.
    let mut moved = second.clone();
    moved.state = "transferred".to_owned();
    moved.for_window = Some("w1".to_owned());
    moved.version += 1;
    assert!(store.change_ticket(&moved).await.expect("changed"));
    assert!(!store.change_ticket(&moved).await.expect("asked"));
    // Into a window's hand only while that is empty.
    let third = call(&store, 2).await;
    assert_eq!(third.code, "A002", "what was sent to window 1 is not window 2's");
    let mut taken = moved.clone();
    taken.state = "serving".to_owned();
    taken.window = Some("w2".to_owned());
    taken.version += 1;
    assert!(!store.change_ticket(&taken).await.expect("asked"));
    finish(&store, &first).await;
    let sent = call(&store, 1).await;
    assert_eq!((sent.code.as_str(), sent.for_window.as_deref()), ("A001", None));

    let listed = store.list_tickets("hall", "2026-03-02", &["waiting"]).await.expect("read");
    assert_eq!(listed.iter().map(|it| it.code.as_str()).collect::<Vec<_>>(), ["A003"]);
    finish(&store, &sent).await;
    finish(&store, &call(&store, 1).await).await;
    assert_eq!(store.call_next(&caller(1)).await.expect("asked"), Called::NobodyWaits);
    assert_eq!(store.list_tickets("hall", "2026-03-02", &[]).await.expect("read").len(), 4);
}

pub async fn racers_for_the_queue_never_get_the_same_person(place: &Place) {
    const WINDOWS: u32 = 8;
    const TICKETS: u32 = 40;
    let store = place.open().await;
    // Numbers are drawn at the same moment as well.
    let start = Arc::new(Barrier::new(usize::try_from(TICKETS).expect("fits")));
    let drawers: Vec<_> = (1..=TICKETS)
        .map(|n| {
            let (store, start) = (store.clone(), start.clone());
            tokio::spawn(async move {
                start.wait().await;
                store.draw_ticket(&wanted(n)).await.expect("drawn").code
            })
        })
        .collect();
    let mut drawn = BTreeSet::new();
    for drawer in drawers {
        assert!(drawn.insert(drawer.await.expect("ends well")), "a number twice");
    }
    let start = Arc::new(Barrier::new(usize::try_from(WINDOWS * 2).expect("fits")));
    // Each window is called from two screens.
    let callers: Vec<_> = (0..WINDOWS * 2)
        .map(|n| {
            let (store, start) = (store.clone(), start.clone());
            tokio::spawn(async move {
                start.wait().await;
                let mut called = Vec::new();
                loop {
                    match store.call_next(&caller(n % WINDOWS)).await.expect("asked") {
                        Called::Ticket(ticket) => {
                            finish(&store, &ticket).await;
                            called.push(ticket.code.clone());
                        }
                        Called::WindowBusy => tokio::task::yield_now().await,
                        Called::NobodyWaits => return called,
                    }
                }
            })
        })
        .collect();
    let mut called = Vec::new();
    for caller in callers {
        called.extend(caller.await.expect("ends well"));
    }
    assert_eq!(called.iter().collect::<BTreeSet<_>>().len(), called.len(), "nobody twice");
    // With SKIP LOCKED a racer may see nobody while the last are still being called; nobody is lost.
    while let Called::Ticket(ticket) = store.call_next(&caller(0)).await.expect("asked") {
        finish(&store, &ticket).await;
        called.push(ticket.code.clone());
    }
    assert_eq!(called.into_iter().collect::<BTreeSet<_>>(), drawn);
}

pub async fn accounts_are_listed_by_role(place: &Place) {
    let store = place.open().await;
    for (n, login, role) in [(1, "zoe", "clerk"), (2, "ann", "clerk"), (3, "bob", "manager")] {
        let account = store_port::AccountRow {
            account_id: AccountId(id(n)),
            login: login.to_owned(),
            role: role.to_owned(),
            department: Some("hall".to_owned()),
            area: Some("990101".to_owned()),
            subject: None,
            password_hash: None,
            disabled: false,
            demo: false,
            display_name: vec![1],
        };
        store.upsert_account(&account).await.expect("kept");
    }
    let clerks = store.list_accounts_in("clerk").await.expect("read");
    assert_eq!(clerks.iter().map(|it| it.login.as_str()).collect::<Vec<_>>(), ["ann", "zoe"]);
}
