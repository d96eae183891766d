//! Officers' own records: who has a case, saved filters, marks, opinions, and cases that look alike.

use store_port::{
    AlikeWanted, AssignmentRow, CaseChange, GivenOpinion, LikenessRow, LineMarkRow, OpinionRow,
    SavedFilterRow,
};
use vocabulary::{AccountId, SealedId, SubjectId};

use super::{Place, at, case, change, id, service};

fn officer(n: u32) -> AccountId {
    AccountId(id(500 + n))
}

fn hands(n: u32, to: Option<AccountId>, version: u64) -> AssignmentRow {
    AssignmentRow {
        case_id: case(n),
        node: "birth-certificate".to_owned(),
        department: "police".to_owned(),
        officer: to,
        by: officer(1),
        at: at(i64::try_from(version).expect("small")),
        version,
    }
}

pub async fn two_officers_who_saw_the_same_cannot_both_take_a_case(place: &Place) {
    let store = place.open().await;
    let takes = (1..=8).map(|n| {
        let store = store.clone();
        tokio::spawn(async move { store.assign(&hands(1, Some(officer(n)), 1)).await })
    });
    let mut taken = 0;
    for take in takes.collect::<Vec<_>>() {
        taken += u32::from(take.await.expect("ends").expect("answered"));
    }
    assert_eq!(taken, 1, "one of eight");
    assert!(!store.assign(&hands(2, Some(officer(1)), 2)).await.expect("no first one"));
    assert!(store.assign(&hands(1, None, 2)).await.expect("let go"));
    assert!(!store.assign(&hands(1, Some(officer(3)), 2)).await.expect("too late"));
    assert!(store.assign(&hands(1, Some(officer(3)), 3)).await.expect("taken up"));
    let now = store.list_assignments(&[case(1), case(2)]).await.expect("read");
    assert_eq!(now, [hands(1, Some(officer(3)), 3)]);
    let changes = store.list_assignment_changes(case(1), "birth-certificate").await;
    let changes = changes.expect("read");
    let versions: Vec<u64> = changes.iter().map(|row| row.version).collect();
    assert_eq!(versions, [1, 2, 3], "what failed is not on record");
    assert_eq!(changes[1], hands(1, None, 2));
    assert!(store.list_assignments(&[]).await.expect("read").is_empty());
}

pub async fn officers_of_a_department_are_those_who_can_sign_in(place: &Place) {
    let store = place.open().await;
    for (n, role, department, disabled) in [
        (1, "officer", "police", false),
        (2, "officer", "police", true),
        (3, "clerk", "police", false),
        (4, "officer", "health", false),
        (5, "officer", "police", false),
    ] {
        let account = store_port::AccountRow {
            account_id: officer(n),
            login: format!("officer-{n}"),
            role: role.to_owned(),
            department: Some(department.to_owned()),
            area: None,
            subject: None,
            password_hash: None,
            disabled,
            demo: false,
            display_name: vec![1],
        };
        store.upsert_account(&account).await.expect("kept");
    }
    let listed = store.list_officers("police").await.expect("read");
    let logins: Vec<&str> = listed.iter().map(|row| row.login.as_str()).collect();
    assert_eq!(logins, ["officer-1", "officer-5"]);
}

pub async fn filters_are_kept_by_officer_and_found_by_link(place: &Place) {
    let store = place.open().await;
    let row = |n: u32, of: u32| SavedFilterRow {
        filter_id: id(n),
        officer: officer(of),
        department: "police".to_owned(),
        name: format!("list {n}"),
        query: "tab=todo&who=me".to_owned(),
        created_at: at(i64::from(n)),
    };
    for (n, of) in [(2, 1), (1, 1), (3, 2)] {
        store.insert_filter(&row(n, of)).await.expect("kept");
    }
    let again = SavedFilterRow { name: "another".to_owned(), ..row(1, 1) };
    store.insert_filter(&again).await.expect("the first one stays");
    assert_eq!(store.list_filters(officer(1)).await.expect("read"), [row(1, 1), row(2, 1)]);
    assert_eq!(store.find_filter(id(3)).await.expect("read"), Some(row(3, 2)));
    assert!(!store.delete_filter(id(3), officer(1)).await.expect("not his"));
    assert!(store.delete_filter(id(3), officer(2)).await.expect("his"));
    assert_eq!(store.find_filter(id(3)).await.expect("read"), None);
}

pub async fn marks_are_replaced_as_a_whole(place: &Place) {
    let store = place.open().await;
    let mark = |line: &str, mark: &str| LineMarkRow {
        case_id: case(1),
        node: "card".to_owned(),
        line: line.to_owned(),
        mark: mark.to_owned(),
        officer: officer(1),
        at: at(3),
    };
    let (photo, stamp) = (mark("photo", "met"), mark("stamp", "query"));
    let both = [photo.clone(), stamp.clone()];
    store.put_marks(case(1), "card", &both).await.expect("kept");
    assert_eq!(store.list_marks(case(1), "card").await.expect("read"), both);
    let photo = mark("photo", "query");
    store.put_marks(case(1), "card", std::slice::from_ref(&photo)).await.expect("kept");
    assert_eq!(store.list_marks(case(1), "card").await.expect("read"), [photo]);
    assert!(store.list_marks(case(1), "other").await.expect("read").is_empty());
    assert!(store.put_marks(case(1), "card", &[mark("stamp", "maybe")]).await.is_err());
    assert_eq!(store.list_marks(case(1), "card").await.expect("read").len(), 1, "nothing lost");
}

pub async fn an_opinion_is_asked_once_and_given_once(place: &Place) {
    let store = place.open().await;
    let asked = OpinionRow {
        case_id: case(1),
        opinion_id: id(9),
        from_node: "permit".to_owned(),
        from_department: "market".to_owned(),
        to_node: "water".to_owned(),
        to_department: "water-house".to_owned(),
        question: SealedId(id(10)),
        asked_by: officer(1),
        asked_at: at(1),
        given: None,
    };
    assert!(store.ask_opinion(&asked).await.expect("asked"));
    assert!(!store.ask_opinion(&asked).await.expect("asked again"));
    assert_eq!(
        store.list_open_opinions("water-house", 5).await.expect("read"),
        std::slice::from_ref(&asked)
    );
    assert!(store.list_open_opinions("market", 5).await.expect("read").is_empty());
    let given = |view: &str| GivenOpinion {
        view: view.to_owned(),
        words: SealedId(id(11)),
        by: officer(2),
        at: at(2),
    };
    assert!(!store.give_opinion(case(2), id(9), &given("agree")).await.expect("another case"));
    assert!(store.give_opinion(case(1), id(9), &given("object")).await.expect("given"));
    assert!(!store.give_opinion(case(1), id(9), &given("agree")).await.expect("too late"));
    let kept = OpinionRow { given: Some(given("object")), ..asked };
    assert_eq!(store.list_opinions(&[case(1), case(2)]).await.expect("read"), [kept]);
    assert!(store.list_open_opinions("water-house", 5).await.expect("read").is_empty());
}

pub async fn what_looks_alike_is_found_among_the_departments_own(place: &Place) {
    let store = place.open().await;
    let subjects = [1, 1, 1, 2, 1, 1];
    let batch: Vec<CaseChange> = (1..=6)
        .zip(subjects)
        .map(|(n, subject)| {
            let mut change = change(case(n), 0);
            change.case.subject = SubjectId(id(700 + subject));
            change.case.submitted_at = at(i64::from(n) * 10);
            let mut row = service(case(n), "card");
            row.started_at = (n != 5).then(|| at(i64::from(n) * 10));
            if n == 6 {
                row.department = "health".to_owned();
            }
            change.services.push(row);
            change
        })
        .collect();
    store.append(&batch).await.expect("appended");
    let wanted = AlikeWanted {
        case_id: case(2),
        node: "card".to_owned(),
        department: "police".to_owned(),
        service: "card".to_owned(),
        subject: SubjectId(id(701)),
        since: at(15),
        until: at(100),
        keys: None,
    };
    let found = |wanted: AlikeWanted| {
        let store = store.clone();
        async move {
            let rows = store.list_alike(&wanted).await.expect("read");
            rows.into_iter().map(|row| row.case_id).collect::<Vec<_>>()
        }
    };
    assert_eq!(found(wanted.clone()).await, [case(3)], "not old, begun, of this department");
    let longer = AlikeWanted { since: at(0), ..wanted.clone() };
    assert_eq!(found(longer).await, [case(3), case(1)], "the latest first");
    for n in [2, 4] {
        store.keep_keys(case(n), "card", "police", "same").await.expect("kept");
    }
    store.keep_keys(case(4), "card", "police", "changed").await.expect("the first one stays");
    let keyed = AlikeWanted { keys: Some("same".to_owned()), ..wanted.clone() };
    assert_eq!(found(keyed).await, [case(4), case(3)], "whoever applied");
    let elsewhere = AlikeWanted { department: "health".to_owned(), since: at(0), ..wanted };
    assert_eq!(found(elsewhere).await, [case(6)]);

    let finding = |same| LikenessRow {
        case_id: case(2),
        node: "card".to_owned(),
        other_case: case(3),
        other_node: "card".to_owned(),
        same,
        officer: officer(1),
        at: at(7),
    };
    store.put_likeness(&finding(true)).await.expect("kept");
    store.put_likeness(&finding(false)).await.expect("thought again");
    assert_eq!(store.list_likenesses(case(2), "card").await.expect("read"), [finding(false)]);
    assert!(store.list_likenesses(case(3), "card").await.expect("read").is_empty());
}
