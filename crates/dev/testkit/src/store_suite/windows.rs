//! The window workstation: numbers, held drafts, what is in hand and what is aside.

use store_port::{AccountRow, AsideRow, DraftRow, InHandRow};
use vocabulary::{AccountId, DraftId, EvidenceId, SubjectId};

use super::{Place, at, case, change, id};

fn account(n: u32) -> AccountRow {
    AccountRow {
        account_id: AccountId(id(n)),
        login: format!("person-{n}"),
        role: "applicant".to_owned(),
        department: None,
        area: None,
        subject: Some(SubjectId(id(n + 1000))),
        password_hash: None,
        disabled: false,
        demo: false,
        display_name: vec![7],
    }
}

fn draft(n: u32) -> DraftRow {
    DraftRow {
        draft_id: DraftId(id(n)),
        owner: AccountId(id(900_002)),
        subject: SubjectId(id(900_001)),
        matter: "newborn".to_owned(),
        matter_revision: "r1".to_owned(),
        version: 1,
        updated_at: at(1),
        body: vec![1],
        submitted_as: None,
    }
}

fn in_hand(clerk: u32, draft: Option<&DraftRow>, seen: i64) -> InHandRow {
    InHandRow {
        clerk: AccountId(id(clerk)),
        window: "hall-06".to_owned(),
        ticket: Some("A037".to_owned()),
        applicant: Some(AccountId(id(900_002))),
        draft: draft.map(|draft| draft.draft_id),
        case: None,
        read_from_card: true,
        by_agent: false,
        lang: "zh".to_owned(),
        began_at: Some(at(5)),
        seen_at: at(seen),
    }
}

pub async fn a_number_belongs_to_one_person(place: &Place) {
    let store = place.open().await;
    for n in [1, 2] {
        store.upsert_account(&account(n)).await.expect("kept");
    }
    assert_eq!(store.find_account_by_number("h1").await.expect("asked"), None);
    assert!(store.set_account_number(AccountId(id(1)), "h1").await.expect("set"));
    assert!(store.set_account_number(AccountId(id(1)), "h1").await.expect("again"));
    assert!(!store.set_account_number(AccountId(id(2)), "h1").await.expect("asked"), "taken");
    assert!(!store.set_account_number(AccountId(id(1)), "h2").await.expect("asked"), "has one");
    assert_eq!(store.find_account_by_number("h1").await.expect("asked"), Some(account(1)));
    // Keeping the account again leaves its number alone.
    store.upsert_account(&account(1)).await.expect("kept");
    assert_eq!(store.find_account_by_number("h1").await.expect("asked"), Some(account(1)));
}

pub async fn a_draft_is_in_one_clerks_hand(place: &Place) {
    let store = place.open().await;
    let draft = draft(1);
    store.insert_draft(&draft).await.expect("kept");
    let (one, two) = (AccountId(id(11)), AccountId(id(12)));
    assert!(store.hold_draft(draft.draft_id, one, at(0)).await.expect("held"));
    store.put_in_hand(&in_hand(11, Some(&draft), 20)).await.expect("kept");
    assert!(store.hold_draft(draft.draft_id, one, at(0)).await.expect("held"), "still his");
    assert!(!store.hold_draft(draft.draft_id, two, at(10)).await.expect("asked"), "in hand");
    assert_eq!(store.holder_of_draft(draft.draft_id).await.expect("read"), Some(one));
    // Nobody else can let go of it.
    store.release_draft(draft.draft_id, two).await.expect("asked");
    assert_eq!(store.holder_of_draft(draft.draft_id).await.expect("read"), Some(one));
    // Who has not done anything for long, or has somebody else in hand, holds nothing.
    assert!(store.hold_draft(draft.draft_id, two, at(20)).await.expect("held"));
    store.put_in_hand(&in_hand(12, None, 30)).await.expect("kept");
    assert!(store.hold_draft(draft.draft_id, one, at(25)).await.expect("held"));
    store.release_draft(draft.draft_id, one).await.expect("let go");
    assert_eq!(store.holder_of_draft(draft.draft_id).await.expect("read"), None);
    let kept = store.find_in_hand(two).await.expect("read");
    assert_eq!(kept, Some(in_hand(12, None, 30)));
    assert_eq!(store.find_in_hand(AccountId(id(13))).await.expect("read"), None);

    let mut submitted = change(case(1), 0);
    submitted.draft = Some(draft.draft_id);
    store.append(&[submitted]).await.expect("appended");
    assert!(!store.hold_draft(draft.draft_id, one, at(25)).await.expect("asked"), "submitted");
}

pub async fn what_is_aside_is_taken_up_once(place: &Place) {
    let store = place.open().await;
    let aside = |n: u32, outlet: &str| AsideRow {
        draft: DraftId(id(n)),
        outlet: outlet.to_owned(),
        clerk: AccountId(id(11)),
        ticket: (n == 1).then(|| "A037".to_owned()),
        put_at: at(i64::from(n)),
    };
    for n in [1, 2, 3] {
        store.insert_draft(&draft(n)).await.expect("kept");
    }
    for row in [aside(2, "hall"), aside(1, "hall"), aside(3, "street")] {
        store.put_aside(&row).await.expect("put");
    }
    assert_eq!(store.list_aside("hall").await.expect("read"), [aside(1, "hall"), aside(2, "hall")]);
    assert!(store.take_up(DraftId(id(1))).await.expect("taken"));
    assert!(!store.take_up(DraftId(id(1))).await.expect("asked"), "somebody was faster");
    let mut submitted = change(case(1), 0);
    submitted.draft = Some(DraftId(id(2)));
    store.append(&[submitted]).await.expect("appended");
    assert!(store.list_aside("hall").await.expect("read").is_empty(), "submitted meanwhile");
    assert!(!store.move_evidence(EvidenceId(id(77)), "x").await.expect("asked"));
}
