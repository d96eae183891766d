//! The outbox, timers and nonces: leases, fences, order, and closing.

use std::collections::BTreeSet;

use store_port::{ASKS_AGAIN, CaseChange, SharedStore, TimerRow};
use vocabulary::DispatchId;

use super::{Place, at, case, change, sending};

/// Puts one sending into each of `cases` new cases.
async fn fill(store: &SharedStore, cases: u32) -> Vec<DispatchId> {
    let batch: Vec<CaseChange> = (1..=cases)
        .map(|n| {
            let mut change = change(case(n), 0);
            change.outbox = vec![sending(case(n), "household", 1, at(0))];
            change
        })
        .collect();
    store.append(&batch).await.expect("appended");
    batch.iter().map(|change| change.outbox[0].dispatch_id).collect()
}

pub async fn two_workers_never_claim_the_same_row(place: &Place) {
    let store = place.open().await;
    let all = fill(&store, 100).await;
    let workers: Vec<_> = (0..8)
        .map(|n| {
            let store = store.clone();
            tokio::spawn(async move {
                let worker = format!("worker-{n}");
                let mut mine = Vec::new();
                loop {
                    let claimed = store.claim(&worker, at(0), at(1), 7).await.expect("claimed");
                    if claimed.is_empty() {
                        return mine;
                    }
                    assert!(claimed.len() <= 7);
                    mine.extend(claimed.into_iter().map(|claimed| claimed.row.dispatch_id));
                }
            })
        })
        .collect();
    let mut claimed = Vec::new();
    for worker in workers {
        claimed.extend(worker.await.expect("the worker ends well"));
    }
    // A worker may find nothing while others hold rows for a moment; one more round finds the rest.
    let rest = store.claim("last", at(0), at(1), 1000).await.expect("claimed");
    claimed.extend(rest.into_iter().map(|claimed| claimed.row.dispatch_id));
    assert_eq!(claimed.len(), 100, "no row twice");
    assert_eq!(
        claimed.into_iter().collect::<BTreeSet<_>>(),
        all.into_iter().collect::<BTreeSet<_>>()
    );
}

pub async fn an_expired_lease_gives_a_new_fence(place: &Place) {
    let store = place.open().await;
    let dispatch = fill(&store, 1).await[0];
    assert!(store.claim("w1", at(-1), at(5), 10).await.expect("claimed").is_empty(), "not due");

    let first = store.claim("w1", at(0), at(5), 10).await.expect("claimed");
    assert_eq!((first[0].attempts, first[0].fence), (1, 1));
    assert_eq!(first[0].row, sending(case(1), "household", 1, at(0)));
    assert!(store.claim("w2", at(4), at(9), 10).await.expect("claimed").is_empty(), "leased");

    let second = store.claim("w2", at(5), at(10), 10).await.expect("claimed");
    assert_eq!((second[0].attempts, second[0].fence), (2, 2));

    // Another case knows nothing of this sending.
    assert!(!store.retry(case(2), dispatch, 2, at(6), "elsewhere").await.expect("asked"));
    assert!(!store.delivered(case(2), dispatch, 2, at(6)).await.expect("asked"));

    // The first worker wakes up: nothing it says counts any more.
    assert!(!store.retry(case(1), dispatch, 1, at(6), "late").await.expect("asked"));
    assert!(!store.delivered(case(1), dispatch, 1, at(6)).await.expect("asked"));
    assert!(store.claim("w3", at(7), at(9), 10).await.expect("claimed").is_empty());
    assert_eq!(store.owed().await.expect("read"), [("police".to_owned(), 1, 0)]);

    assert!(store.retry(case(1), dispatch, 2, at(30), "down").await.expect("asked"));
    assert!(store.claim("w3", at(29), at(40), 10).await.expect("claimed").is_empty());
    let third = store.claim("w3", at(30), at(40), 10).await.expect("claimed");
    assert_eq!((third[0].attempts, third[0].fence), (3, 3));
    assert_eq!(third[0].row.due_at, at(30));
}

pub async fn a_delivered_sending_is_claimed_again_only_when_no_receipt_comes(place: &Place) {
    let store = place.open().await;
    let dispatch = fill(&store, 1).await[0];
    store.claim("w", at(0), at(5), 10).await.expect("claimed");
    assert!(store.delivered(case(1), dispatch, 1, at(60)).await.expect("asked"));
    assert_eq!(store.owed().await.expect("read"), [("police".to_owned(), 0, 1)]);
    assert!(store.claim("w", at(59), at(70), 10).await.expect("claimed").is_empty());
    let again = store.claim("w", at(60), at(70), 10).await.expect("claimed");
    assert_eq!(again[0].row.dispatch_id, dispatch, "under the same id");
    assert_eq!((again[0].attempts, again[0].fence), (1, 2), "attempts count from the delivery");
    // A failed second sending stays delivered.
    assert!(store.retry(case(1), dispatch, 2, at(80), "down").await.expect("asked"));
    assert_eq!(store.owed().await.expect("read"), [("police".to_owned(), 0, 1)]);
}

pub async fn a_closed_sending_is_never_claimed_again(place: &Place) {
    let store = place.open().await;
    let dispatches = fill(&store, 2).await;
    store.claim("w", at(0), at(5), 10).await.expect("claimed");
    let mut receipt = change(case(1), 1);
    receipt.outbox_done = vec![dispatches[0]];
    store.append(&[receipt]).await.expect("appended");
    assert!(
        !store.delivered(case(1), dispatches[0], 1, at(6)).await.expect("asked"),
        "closed meanwhile"
    );
    assert!(!store.retry(case(1), dispatches[0], 1, at(6), "down").await.expect("asked"));
    let left = store.claim("w", at(1000), at(1001), 10).await.expect("claimed");
    assert_eq!(left.iter().map(|c| c.row.dispatch_id).collect::<Vec<_>>(), [dispatches[1]]);
    assert_eq!(store.owed().await.expect("read"), [("police".to_owned(), 1, 0)]);
    let found = store.find(dispatches[0]).await.expect("read");
    assert!(found.is_some(), "a late reply still finds its case");

    // Putting the same sending in again does not open it again.
    let mut again = change(case(1), 2);
    again.outbox = vec![sending(case(1), "household", 1, at(0))];
    store.append(&[again]).await.expect("appended");
    assert!(store.claim("w", at(1000), at(1001), 10).await.expect("claimed").is_empty());
}

pub async fn a_later_sending_of_a_node_waits_for_the_earlier(place: &Place) {
    let store = place.open().await;
    let mut batch = [change(case(1), 0), change(case(1), 1)];
    batch[0].outbox = vec![
        sending(case(1), "household", 1, at(0)),
        sending(case(1), "household", 2, at(0)),
        sending(case(1), "birth", 1, at(0)),
    ];
    batch[1].outbox = vec![sending(case(1), "household", 3, at(0))];
    store.append(&batch).await.expect("appended");
    let mut order = Vec::new();
    loop {
        let claimed = store.claim("w", at(0), at(5), 10).await.expect("claimed");
        if claimed.is_empty() {
            break;
        }
        order.push(
            claimed
                .iter()
                .map(|claimed| (claimed.row.node.clone(), claimed.row.round))
                .collect::<Vec<_>>(),
        );
        for claimed in claimed {
            let dispatch = claimed.row.dispatch_id;
            assert!(
                store
                    .delivered(claimed.row.case_id, dispatch, claimed.fence, at(60))
                    .await
                    .expect("asked")
            );
        }
    }
    let household = |round| ("household".to_owned(), round);
    assert_eq!(
        order,
        [vec![household(1), ("birth".to_owned(), 1)], vec![household(2)], vec![household(3)],]
    );
}

pub async fn what_is_owed_is_counted_by_department(place: &Place) {
    let store = place.open().await;
    let mut opened = change(case(1), 0);
    for (node, department) in [("a", "police"), ("b", "health"), ("c", "health"), ("d", "post")] {
        let mut row = sending(case(1), node, 1, at(0));
        row.department = department.to_owned();
        opened.outbox.push(row);
    }
    let done = opened.outbox[3].dispatch_id;
    let taken = opened.outbox[1].dispatch_id;
    store.append(&[opened]).await.expect("appended");
    let claimed = store.claim("w", at(0), at(5), 10).await.expect("claimed");
    assert_eq!(claimed.len(), 4);
    assert!(store.delivered(case(1), taken, 1, at(60)).await.expect("asked"));
    let mut receipt = change(case(1), 1);
    receipt.outbox_done = vec![done];
    store.append(&[receipt]).await.expect("appended");
    assert_eq!(
        store.owed().await.expect("read"),
        [("health".to_owned(), 1, 1), ("police".to_owned(), 1, 0)]
    );
}

fn timer(node: &str, minutes: i64) -> TimerRow {
    TimerRow {
        case_id: case(1),
        node: node.to_owned(),
        kind: "correction-limit".to_owned(),
        due_at: at(minutes),
    }
}

pub async fn timers_are_replaced_with_each_change(place: &Place) {
    let store = place.open().await;
    let mut other = change(case(2), 0);
    other.timers = vec![TimerRow { case_id: case(2), ..timer("a", 1) }];
    let mut first = change(case(1), 0);
    first.timers = vec![timer("a", 1), timer("b", 2)];
    let mut second = change(case(1), 1);
    second.timers = vec![timer("b", 2), timer("c", 3)];
    store.append(&[first, other.clone()]).await.expect("appended");
    store.append(&[second]).await.expect("appended");
    let due = store.due_timers(at(10), 10).await.expect("read");
    assert_eq!(due, [other.timers[0].clone(), timer("b", 2), timer("c", 3)]);
    // A change without timers takes them away.
    store.append(&[change(case(1), 2)]).await.expect("appended");
    let due = store.due_timers(at(20), 10).await.expect("read");
    assert_eq!(due, other.timers);
}

pub async fn a_due_timer_is_claimed_by_one(place: &Place) {
    let store = place.open().await;
    let mut first = change(case(1), 0);
    first.timers = vec![timer("a", 1), timer("b", 2)];
    store.append(&[first]).await.expect("appended");
    assert!(store.due_timers(at(0), 10).await.expect("read").is_empty(), "not due");
    assert_eq!(store.due_timers(at(1), 10).await.expect("read"), [timer("a", 1)]);
    assert!(store.due_timers(at(1), 10).await.expect("read").is_empty(), "another has it");
    // Whoever had it did not fire it: it comes again.
    assert_eq!(store.due_timers(at(2), 1).await.expect("read").len(), 1);
    assert_eq!(store.due_timers(at(2), 10).await.expect("read").len(), 1);
    assert_eq!(store.due_timers(at(9), 10).await.expect("read"), [timer("a", 1), timer("b", 2)]);
}

/// However many cases wait for a source that says nothing, what the law's time brings about is claimed at once.
pub async fn silent_sources_keep_no_other_timer_waiting(place: &Place) {
    let store = place.open().await;
    let mut waiting: Vec<_> = (1..=100).map(|n| change(case(n), 0)).collect();
    for change in &mut waiting {
        let case_id = change.case_id;
        change.timers = vec![TimerRow { case_id, kind: ASKS_AGAIN.to_owned(), ..timer("a", 1) }];
    }
    let mut other = change(case(200), 0);
    other.timers = vec![TimerRow { case_id: case(200), ..timer("a", 5) }];
    store.append(&waiting).await.expect("appended");
    store.append(&[other.clone()]).await.expect("appended");
    let due = store.due_timers(at(5), 64).await.expect("read");
    assert!(due.contains(&other.timers[0]), "in the first round");
    assert_eq!(due.len(), 1 + 16, "and some of the others");
    // All of them have their turn.
    let mut asked = due.len() - 1;
    for _ in 0..6 {
        asked += store.due_timers(at(5), 64).await.expect("read").len();
    }
    assert_eq!(asked, 100);
}

pub async fn a_nonce_is_taken_once(place: &Place) {
    let store = place.open().await;
    let take = async |key: &str, nonce: &str, minutes: i64| {
        let forget_before = at(minutes - 10);
        store.remember(key, nonce, at(minutes), forget_before).await.expect("remembered")
    };
    assert!(take("police", "n1", 0).await);
    assert!(!take("police", "n1", 0).await, "a replay");
    assert!(!take("police", "n1", 10).await, "a replay at the end of the window");
    assert!(take("health", "n1", 0).await, "another's nonce");
    assert!(take("police", "n2", 0).await);
    assert!(take("police", "n1", 11).await, "forgotten: its signature is too old by now");
}
