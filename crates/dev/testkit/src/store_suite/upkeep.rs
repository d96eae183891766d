//! What whoever runs the hub asks of a store.

use store_port::{AccountRow, CaseChange, SessionRow, TimerRow};
use vocabulary::{AccountId, Instant};

use super::{Place, at, case, change, sending};

pub async fn what_the_operator_asks_is_told(place: &Place) {
    let store = place.open().await;
    let told = store.database_time().await.expect("told");
    let off = told.duration_since(Instant::now()).abs();
    assert!(off.as_secs() < 60, "the database is on this machine: {off}");
    store.try_writing().await.expect("it can be written");

    assert_eq!(store.oldest_owed(2).await.expect("read"), []);
    assert_eq!(store.timers_due_before(at(100)).await.expect("read"), (0, None));
    let batch: Vec<CaseChange> = (1..=3)
        .map(|n| {
            let mut change = change(case(n), 0);
            change.outbox = vec![sending(case(n), "household", 1, at(0))];
            let due_at = at(i64::from(n) * 10);
            let (node, kind) = ("household".to_owned(), "deemed".to_owned());
            change.timers = vec![TimerRow { case_id: case(n), node, kind, due_at }];
            change
        })
        .collect();
    store.append(&batch).await.expect("appended");
    let owed = store.oldest_owed(2).await.expect("read");
    let cases: Vec<_> = owed.iter().map(|owed| (owed.department.as_str(), owed.case_id)).collect();
    assert_eq!(cases, [("police", case(1)), ("police", case(2))]);
    assert_eq!(store.timers_due_before(at(25)).await.expect("read"), (2, Some(at(10))));
    // What somebody has taken is not late.
    assert_eq!(store.due_timers(at(25), 1).await.expect("claimed").len(), 1);
    assert_eq!(store.timers_due_before(at(25)).await.expect("read"), (1, Some(at(20))));

    let connections = store.connections();
    assert!(connections.open <= connections.most && connections.idle <= connections.open);
}

pub async fn all_sessions_are_ended_together(place: &Place) {
    let store = place.open().await;
    for n in 1..=2_u128 {
        let account_id = AccountId(uuid::Uuid::from_u128(n));
        let account = AccountRow {
            account_id,
            login: format!("person-{n}"),
            role: "applicant".to_owned(),
            department: None,
            area: None,
            subject: None,
            password_hash: None,
            disabled: false,
            demo: false,
            display_name: vec![1],
        };
        store.upsert_account(&account).await.expect("kept");
        let session = SessionRow {
            token_hash: format!("hash-{n}"),
            account_id,
            created_at: at(0),
            seen_at: at(0),
            expires_at: at(1_000),
        };
        store.insert_session(&session).await.expect("kept");
    }
    assert_eq!(store.end_sessions().await.expect("ended"), 2);
    assert!(store.find_session("hash-1").await.expect("read").is_none());
    assert_eq!(store.end_sessions().await.expect("ended"), 0);
}
