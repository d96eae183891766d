//! The append: what commits together, and what one change of a batch does to the others.

use store_port::{AppendOutcome, LicenceRow, SealedRow, TimerRow};
use vocabulary::{AccountId, DraftId, LicenceId, SealedId, SubjectId};

use super::{Place, at, case, change, command, id, number, sending, service};

pub async fn a_change_commits_with_everything_beside_it(place: &Place) {
    let store = place.open().await;
    let mut first = change(case(1), 0);
    first.events.push(first.events[0].clone());
    first.events[1].seq = 2;
    first.case.version = 2;
    first.case.promised_on = None;
    first.services = vec![service(case(1), "household"), service(case(1), "birth~c1")];
    first.services[1].promised_on = None;
    first.services[1].started_at = None;
    first.services[1].clock_stopped = true;
    first.services[1].applicant = Some(SealedId(id(7)));
    first.outbox = vec![sending(case(1), "household", 1, at(0))];
    first.timers = vec![TimerRow {
        case_id: case(1),
        node: "household".to_owned(),
        kind: "correction-limit".to_owned(),
        due_at: at(5),
    }];
    first.licences = vec![LicenceRow {
        licence_id: LicenceId(id(8)),
        case_id: case(1),
        node: "birth~c1".to_owned(),
        output: "birth-certificate".to_owned(),
        code: "1.2.156.3005.2".to_owned(),
        verification_hash: "a1".to_owned(),
        issuer: "卫生健康局".to_owned(),
        subject: SubjectId(id(900_001)),
        owner: Some(AccountId(id(900_002))),
        issued_on: "2026-03-02".to_owned(),
        valid_until: None,
        status: "valid".to_owned(),
        body: SealedId(id(7)),
    }];
    first.sealed = vec![SealedRow {
        sealed_id: SealedId(id(7)),
        subject: SubjectId(id(900_001)),
        bytes: vec![0, 255, 7],
    }];
    first.command = Some(command(9, "d1"));

    let outcomes = store.append(std::slice::from_ref(&first)).await.expect("appended");
    assert_eq!(outcomes, [AppendOutcome::Committed]);

    let events = store.load_events(&[case(1), case(2)]).await.expect("loaded");
    assert_eq!(events, [(case(1), first.events.clone()), (case(2), Vec::new())]);
    assert_eq!(store.find_case(case(1)).await.expect("read"), Some(first.case.clone()));
    let filter = store_port::ServiceFilter { limit: 10, ..Default::default() };
    assert_eq!(store.list_services(&filter).await.expect("read"), first.services);
    let dispatch = first.outbox[0].dispatch_id;
    assert_eq!(store.find(dispatch).await.expect("read"), Some(first.outbox[0].clone()));
    assert_eq!(store.due_timers(at(5), 10).await.expect("read"), first.timers);
    assert_eq!(store.list_licences_of_case(case(1)).await.expect("read"), first.licences);
    let owner = AccountId(id(900_002));
    assert_eq!(store.list_licences_of(owner).await.expect("read"), first.licences);
    let by_id = store.find_licence(LicenceId(id(8))).await.expect("read");
    assert_eq!(by_id.as_ref(), first.licences.first());
    let by_code = store.find_licence_by_code("1.2.156.3005.2").await.expect("read");
    assert_eq!(by_code.as_ref(), first.licences.first());
    assert_eq!(store.find_licence_by_code("1.2").await.expect("read"), None);
    assert_eq!(store.load_sealed(&[SealedId(id(7))]).await.expect("read"), first.sealed);
    let wanted = first.command.clone().expect("set above");
    let kept =
        store.find_command(&wanted.actor, &wanted.action, wanted.command_id).await.expect("read");
    assert_eq!(kept, Some(wanted));

    // The next change replaces rows of services and licences and leaves the others.
    let mut second = change(case(1), 2);
    second.events[0].seq = 3;
    second.case.version = 3;
    second.services = vec![service(case(1), "household")];
    second.services[0].state = "granted".to_owned();
    second.services[0].decided_at = Some(at(9));
    second.licences = first.licences.clone();
    second.licences[0].status = "revoked".to_owned();
    let outcomes = store.append(std::slice::from_ref(&second)).await.expect("appended");
    assert_eq!(outcomes, [AppendOutcome::Committed]);
    let expected = [second.services[0].clone(), first.services[1].clone()];
    assert_eq!(store.list_services(&filter).await.expect("read"), expected);
    assert_eq!(store.list_licences_of_case(case(1)).await.expect("read"), second.licences);
    assert_eq!(store.find_case(case(1)).await.expect("read"), Some(second.case));
    let events = store.load_events(&[case(1)]).await.expect("loaded");
    assert_eq!(events[0].1.iter().map(|event| event.seq).collect::<Vec<_>>(), [1, 2, 3]);
}

pub async fn one_conflict_never_fails_the_batch(place: &Place) {
    let store = place.open().await;
    let begun = [change(case(1), 0), change(case(2), 0)];
    assert_eq!(
        store.append(&begun).await.expect("appended"),
        [AppendOutcome::Committed, AppendOutcome::Committed]
    );

    let batch = [
        change(case(1), 1),
        change(case(2), 5), // stale
        change(case(2), 0), // exists
        change(case(3), 4), // does not exist
        change(case(4), 0),
    ];
    assert_eq!(
        store.append(&batch).await.expect("appended"),
        [
            AppendOutcome::Committed,
            AppendOutcome::Conflict { current_version: 1 },
            AppendOutcome::Conflict { current_version: 1 },
            AppendOutcome::Conflict { current_version: 0 },
            AppendOutcome::Committed,
        ]
    );
    for (n, version) in [(1, Some(2)), (2, Some(1)), (3, None), (4, Some(1))] {
        let found = store.find_case(case(n)).await.expect("read");
        assert_eq!(found.map(|row| row.version), version, "case {n}");
    }
    let lost = store.load_events(&[case(2), case(3)]).await.expect("loaded");
    assert_eq!(lost.iter().map(|(_, events)| events.len()).collect::<Vec<_>>(), [1, 0]);
    assert!(store.append(&[]).await.expect("appended").is_empty());
}

pub async fn changes_of_one_case_in_one_batch_follow_each_other(place: &Place) {
    let store = place.open().await;
    let mut batch = vec![
        change(case(1), 0),
        change(case(1), 1),
        change(case(1), 2),
        change(case(1), 2), // the one before it was first
        // It was decided on the one before it, whatever the version now says.
        change(case(1), 3),
    ];
    for (change, state) in batch.iter_mut().zip(["one", "two", "three", "lost", "lost too"]) {
        change.services = vec![service(change.case_id, "household")];
        change.services[0].state = state.to_owned();
    }
    // A sending that is put in and finished within the batch is never claimed.
    let gone = sending(case(1), "household", 1, at(0));
    batch[0].outbox = vec![gone.clone(), sending(case(1), "birth", 1, at(0))];
    batch[2].outbox_done = vec![gone.dispatch_id];
    assert_eq!(
        store.append(&batch).await.expect("appended"),
        [
            AppendOutcome::Committed,
            AppendOutcome::Committed,
            AppendOutcome::Committed,
            AppendOutcome::Conflict { current_version: 3 },
            AppendOutcome::Conflict { current_version: 3 },
        ]
    );
    let row = store.find_case(case(1)).await.expect("read").expect("there");
    assert_eq!((row.version, row.state.as_str()), (3, "state-3"));
    let events = store.load_events(&[case(1)]).await.expect("loaded");
    assert_eq!(events[0].1.iter().map(|event| event.seq).collect::<Vec<_>>(), [1, 2, 3]);
    let filter = store_port::ServiceFilter { limit: 10, ..Default::default() };
    let services = store.list_services(&filter).await.expect("read");
    assert_eq!(services.iter().map(|row| row.state.as_str()).collect::<Vec<_>>(), ["three"]);
    let claimed = store.claim("w", at(1), at(2), 10).await.expect("claimed");
    assert_eq!(claimed.iter().map(|c| c.row.node.as_str()).collect::<Vec<_>>(), ["birth"]);
    assert_eq!(store.find(gone.dispatch_id).await.expect("read"), Some(gone));
}

/// What is decided on a change that is lost is lost with it, though another node has brought the case to the very
/// version that it expected.
pub async fn what_follows_a_lost_change_is_lost_with_it(place: &Place) {
    let store = place.open().await;
    store.append(&[change(case(1), 0)]).await.expect("appended");
    let mut elsewhere = change(case(1), 1);
    elsewhere.case.state = "elsewhere".to_owned();
    assert_eq!(store.append(&[elsewhere]).await.expect("appended"), [AppendOutcome::Committed]);
    let batch = [change(case(1), 1), change(case(1), 2), change(case(2), 0)];
    let conflict = AppendOutcome::Conflict { current_version: 2 };
    assert_eq!(
        store.append(&batch).await.expect("appended"),
        [conflict.clone(), conflict, AppendOutcome::Committed]
    );
    let row = store.find_case(case(1)).await.expect("read").expect("there");
    assert_eq!((row.version, row.state.as_str()), (2, "elsewhere"));
}

pub async fn a_draft_becomes_one_case(place: &Place) {
    let store = place.open().await;
    let draft = Some(DraftId(id(50)));
    let mut batch = [change(case(1), 0), change(case(2), 0), change(case(3), 0)];
    batch[0].draft = draft;
    batch[1].draft = draft;
    let taken = AppendOutcome::DraftTaken { case_id: case(1) };
    assert_eq!(
        store.append(&batch).await.expect("appended"),
        [AppendOutcome::Committed, taken.clone(), AppendOutcome::Committed]
    );
    let mut later = [change(case(4), 0)];
    later[0].draft = draft;
    assert_eq!(store.append(&later).await.expect("appended"), [taken]);
    for n in [2, 4] {
        assert_eq!(store.find_case(case(n)).await.expect("read"), None);
    }
}

pub async fn a_command_is_carried_out_once(place: &Place) {
    let store = place.open().await;
    let draft = Some(DraftId(id(50)));
    let mut first = change(case(1), 0);
    first.command = Some(command(9, "d1"));
    first.draft = draft;
    let outcomes = store.append(&[first]).await.expect("appended");
    assert_eq!(outcomes, [AppendOutcome::Committed]);

    // Another body under the same id, on a stale version, with a draft that is taken: the stored answer is
    // told first, with its digest, so that the engine can refuse.
    let mut again = change(case(1), 0);
    again.command = Some(command(9, "d2"));
    again.draft = draft;
    let mut other_action = change(case(1), 1);
    other_action.command = Some(command(9, "d3"));
    if let Some(command) = &mut other_action.command {
        command.action = "withdraw".to_owned();
    }
    let repeated = AppendOutcome::Repeated {
        digest: "d1".to_owned(),
        answer: "{\"digest\":\"d1\"}".to_owned(),
    };
    assert_eq!(store.append(&[again]).await.expect("appended"), [repeated]);
    let outcomes = store.append(&[other_action]).await.expect("appended");
    assert_eq!(outcomes, [AppendOutcome::Committed]);
    let unknown = command(10, "");
    let found = store.find_command(&unknown.actor, &unknown.action, unknown.command_id).await;
    assert_eq!(found.expect("read"), None);
}

pub async fn a_command_is_carried_out_once_within_a_batch(place: &Place) {
    let store = place.open().await;
    let mut batch = [change(case(1), 0), change(case(2), 0), change(case(1), 1)];
    batch[0].command = Some(command(9, "d1"));
    batch[1].command = Some(command(9, "d1"));
    batch[2].command = Some(command(9, "d2"));
    let repeated = AppendOutcome::Repeated {
        digest: "d1".to_owned(),
        answer: "{\"digest\":\"d1\"}".to_owned(),
    };
    assert_eq!(
        store.append(&batch).await.expect("appended"),
        [AppendOutcome::Committed, repeated.clone(), repeated]
    );
    assert_eq!(store.find_case(case(2)).await.expect("read"), None);
    let row = store.find_case(case(1)).await.expect("read").expect("there");
    assert_eq!(row.version, 1);
}

pub async fn what_a_losing_change_claimed_is_free_again(place: &Place) {
    let store = place.open().await;
    let draft = Some(DraftId(id(50)));
    let other = Some(DraftId(id(51)));
    // The first loses on its version, so the second has the same command and draft.
    let mut batch = [change(case(1), 3), change(case(2), 0), change(case(3), 4)];
    batch[0].command = Some(command(9, "lost"));
    batch[0].draft = draft;
    batch[1].command = Some(command(9, "won"));
    batch[1].draft = draft;
    batch[2].command = Some(command(10, "lost"));
    batch[2].draft = other;
    let conflict = AppendOutcome::Conflict { current_version: 0 };
    assert_eq!(
        store.append(&batch).await.expect("appended"),
        [conflict.clone(), AppendOutcome::Committed, conflict]
    );
    let kept = command(9, "won");
    let found = store.find_command(&kept.actor, &kept.action, kept.command_id).await;
    assert_eq!(found.expect("read"), Some(kept));
    let mut late = [change(case(4), 0), change(case(3), 0)];
    late[0].draft = draft;
    late[1].command = Some(command(10, "now"));
    late[1].draft = other;
    assert_eq!(
        store.append(&late).await.expect("appended"),
        [AppendOutcome::DraftTaken { case_id: case(2) }, AppendOutcome::Committed]
    );

    // A case that a losing change would have opened can be opened afterwards.
    let mut lost = change(case(5), 0);
    lost.draft = draft;
    let mut second = change(case(5), 0);
    second.case.state = "second".to_owned();
    assert_eq!(
        store.append(&[lost, second.clone()]).await.expect("appended"),
        [
            AppendOutcome::DraftTaken { case_id: case(2) },
            AppendOutcome::Conflict { current_version: 0 },
        ]
    );
    assert_eq!(store.append(&[second]).await.expect("appended"), [AppendOutcome::Committed]);
    let row = store.find_case(case(5)).await.expect("read").expect("there");
    assert_eq!(row.state, "second");
}

pub async fn nothing_of_a_losing_change_is_ever_seen(place: &Place) {
    let store = place.open().await;
    let mut losing = change(case(1), 7);
    losing.services = vec![service(case(1), "household")];
    losing.outbox = vec![sending(case(1), "household", 1, at(0))];
    losing.timers = vec![TimerRow {
        case_id: case(1),
        node: "household".to_owned(),
        kind: "correction-limit".to_owned(),
        due_at: at(0),
    }];
    losing.sealed = vec![SealedRow {
        sealed_id: SealedId(id(7)),
        subject: SubjectId(id(900_001)),
        bytes: vec![1],
    }];
    losing.command = Some(command(9, "d1"));
    let lost = losing.clone();
    for batch in [vec![losing.clone()], vec![change(case(2), 0), losing]] {
        store.append(&batch).await.expect("appended");
        assert_eq!(store.find_case(case(1)).await.expect("read"), None);
        let filter = store_port::ServiceFilter { limit: 10, ..Default::default() };
        assert!(store.list_services(&filter).await.expect("read").is_empty());
        assert!(store.claim("w", at(9), at(10), 10).await.expect("claimed").is_empty());
        assert_eq!(store.find(lost.outbox[0].dispatch_id).await.expect("read"), None);
        assert!(store.due_timers(at(9), 10).await.expect("read").is_empty());
        assert!(store.load_sealed(&[SealedId(id(7))]).await.expect("read").is_empty());
        let command = command(9, "d1");
        let found = store.find_command(&command.actor, &command.action, command.command_id);
        assert_eq!(found.await.expect("read"), None);
    }
}

pub async fn a_large_batch_keeps_every_row(place: &Place) {
    let store = place.open().await;
    const CASES: u32 = 333;
    let mut batch: Vec<_> = (1..=CASES).map(|n| change(case(n), 0)).collect();
    for (change, n) in batch.iter_mut().zip(1..) {
        change.services = vec![service(change.case_id, "a"), service(change.case_id, "b")];
        change.outbox = vec![sending(change.case_id, "a", 1, at(0))];
        change.command = Some(command(10_000 + n, "d"));
        change.draft = Some(DraftId(id(20_000 + n)));
        change.events[0].body = format!("{{\"名\":\"第{n}件\"}}");
    }
    let outcomes = store.append(&batch).await.expect("appended");
    assert!(outcomes.iter().all(|outcome| *outcome == AppendOutcome::Committed));
    let ids: Vec<_> = (1..=CASES).rev().map(case).collect();
    let loaded = store.load_events(&ids).await.expect("loaded");
    assert_eq!(loaded.len(), batch.len());
    for ((case_id, events), change) in loaded.iter().zip(batch.iter().rev()) {
        assert_eq!((case_id, events), (&change.case_id, &change.events));
    }
    let filter = store_port::ServiceFilter { limit: 10_000, ..Default::default() };
    assert_eq!(store.list_services(&filter).await.expect("read").len(), 2 * batch.len());
    let claimed = store.claim("w", at(0), at(1), 10_000).await.expect("claimed");
    assert_eq!(claimed.len(), batch.len());
}

pub async fn reopening_keeps_everything(place: &Place) {
    let mut first = change(case(1), 0);
    first.outbox = vec![sending(case(1), "household", 1, at(0))];
    first.command = Some(command(9, "d1"));
    {
        let store = place.open().await;
        store.append(&[first.clone()]).await.expect("appended");
        let claimed = store.claim("w", at(0), at(1), 1).await.expect("claimed");
        assert_eq!(claimed[0].fence, 1);
    }
    // Migrating again changes nothing.
    for _ in 0..2 {
        let store = place.open().await;
        assert_eq!(store.find_case(case(1)).await.expect("read"), Some(first.case.clone()));
        let found = store.find_case_by_number(&number(case(1))).await.expect("read");
        assert_eq!(found, Some(first.case.clone()));
        let events = store.load_events(&[case(1)]).await.expect("loaded");
        assert_eq!(events, [(case(1), first.events.clone())]);
        assert!(store.claim("w", at(0), at(1), 1).await.expect("claimed").is_empty());
    }
    let store = place.open().await;
    let claimed = store.claim("w", at(1), at(2), 1).await.expect("claimed");
    assert_eq!(claimed[0].fence, 2);
    let outcomes = store.append(&[first]).await.expect("appended");
    assert!(matches!(outcomes[0], AppendOutcome::Repeated { .. }));
}

pub async fn case_ids_are_paged_completely(place: &Place) {
    let store = place.open().await;
    let batch: Vec<_> = (1..=10).map(|n| change(case(n), 0)).collect();
    store.append(&batch).await.expect("appended");
    let mut seen = Vec::new();
    loop {
        let page = store.list_case_ids(seen.last().copied(), 3).await.expect("read");
        if page.is_empty() {
            break;
        }
        seen.extend(page);
    }
    assert_eq!(seen, (1..=10).map(case).collect::<Vec<_>>());
}
