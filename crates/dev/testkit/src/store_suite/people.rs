//! Drafts, evidence, accounts, sessions, keys and sealed values.

use store_port::{
    AccountRow, DraftRow, EvidenceRow, SealedRow, SessionRow, SharedStore, SubjectKeyRow,
};
use vocabulary::{AccountId, DraftId, EvidenceId, SealedId, SubjectId};

use super::{Place, at, case, change, id};

fn draft(n: u32) -> DraftRow {
    DraftRow {
        draft_id: DraftId(id(n)),
        owner: AccountId(id(900_002)),
        subject: SubjectId(id(900_001)),
        matter: "newborn".to_owned(),
        matter_revision: "r1".to_owned(),
        version: 1,
        updated_at: at(i64::from(n)),
        body: vec![1, 2, 3],
        submitted_as: None,
    }
}

fn evidence(n: u32, draft: &DraftRow) -> EvidenceRow {
    EvidenceRow {
        evidence_id: EvidenceId(id(n)),
        draft_id: draft.draft_id,
        case_id: None,
        subject: draft.subject,
        slot: "marriage-certificate".to_owned(),
        description: vec![9],
        size_bytes: 123_456,
        keyed_hash: "k".to_owned(),
        uploaded_at: at(i64::from(n)),
    }
}

/// Submits `draft` as case 1, with these files.
async fn submit(store: &SharedStore, draft: &DraftRow, evidence: Vec<EvidenceId>) {
    let mut submitted = change(case(1), 0);
    submitted.draft = Some(draft.draft_id);
    submitted.evidence = evidence;
    store.append(&[submitted]).await.expect("appended");
}

pub async fn drafts_are_saved_by_the_one_who_saw_the_last_version(place: &Place) {
    let store = place.open().await;
    let first = draft(1);
    store.insert_draft(&first).await.expect("kept");
    assert!(store.insert_draft(&first).await.is_err(), "there is one already");
    store.insert_draft(&draft(2)).await.expect("kept");
    assert_eq!(store.find_draft(first.draft_id).await.expect("read"), Some(first.clone()));

    let saved = DraftRow {
        version: 2,
        updated_at: at(30),
        body: vec![4],
        matter_revision: "r2".to_owned(),
        ..first.clone()
    };
    assert!(store.update_draft(&saved).await.expect("saved"));
    assert!(!store.update_draft(&saved).await.expect("asked"), "the other window is too late");
    let too_new = DraftRow { version: 4, ..saved.clone() };
    assert!(!store.update_draft(&too_new).await.expect("asked"));
    assert!(!store.update_draft(&DraftRow { version: 2, ..draft(3) }).await.expect("asked"));
    let listed = store.list_drafts(first.owner).await.expect("read");
    assert_eq!(listed, [saved.clone(), draft(2)]);
    assert!(store.list_drafts(AccountId(id(1))).await.expect("read").is_empty());

    submit(&store, &saved, Vec::new()).await;
    let kept = store.find_draft(saved.draft_id).await.expect("read").expect("there");
    assert_eq!(kept.submitted_as, Some(case(1)));
    let late = DraftRow { version: 3, ..saved.clone() };
    assert!(!store.update_draft(&late).await.expect("asked"), "it is submitted");
    store.delete_draft(saved.draft_id).await.expect("asked");
    assert!(store.find_draft(saved.draft_id).await.expect("read").is_some(), "it stays");
    store.delete_draft(draft(2).draft_id).await.expect("deleted");
    assert_eq!(store.find_draft(draft(2).draft_id).await.expect("read"), None);
}

pub async fn evidence_stays_once_its_draft_is_submitted(place: &Place) {
    let store = place.open().await;
    let draft = draft(1);
    store.insert_draft(&draft).await.expect("kept");
    let files: Vec<_> = (11..=13).map(|n| evidence(n, &draft)).collect();
    for file in &files {
        store.insert_evidence(file).await.expect("kept");
    }
    assert_eq!(store.list_evidence_of_draft(draft.draft_id).await.expect("read"), files);
    assert!(store.delete_evidence(files[0].evidence_id).await.expect("asked"));
    assert!(!store.delete_evidence(files[0].evidence_id).await.expect("asked"), "gone");
    assert_eq!(store.find_evidence(files[0].evidence_id).await.expect("read"), None);

    submit(&store, &draft, vec![files[1].evidence_id]).await;
    let kept = store.find_evidence(files[1].evidence_id).await.expect("read");
    assert_eq!(kept, Some(EvidenceRow { case_id: Some(case(1)), ..files[1].clone() }));
    for file in &files[1..] {
        assert!(!store.delete_evidence(file.evidence_id).await.expect("asked"));
    }

    // What lies with a deleted draft goes with it.
    let other = DraftRow { draft_id: DraftId(id(2)), ..draft };
    store.insert_draft(&other).await.expect("kept");
    let file = evidence(14, &other);
    store.insert_evidence(&file).await.expect("kept");
    store.delete_draft(other.draft_id).await.expect("deleted");
    assert_eq!(store.find_evidence(file.evidence_id).await.expect("read"), None);
}

fn account(n: u32, login: &str) -> AccountRow {
    AccountRow {
        account_id: AccountId(id(n)),
        login: login.to_owned(),
        role: "officer".to_owned(),
        department: Some("police".to_owned()),
        area: Some("510100".to_owned()),
        subject: None,
        password_hash: Some("$argon2id$".to_owned()),
        disabled: false,
        demo: false,
        display_name: vec![5],
    }
}

pub async fn accounts_are_kept_and_changed(place: &Place) {
    let store = place.open().await;
    let officer = account(1, "wang");
    let mother = AccountRow {
        role: "applicant".to_owned(),
        department: None,
        area: None,
        subject: Some(SubjectId(id(5))),
        password_hash: None,
        demo: true,
        ..account(2, "张三")
    };
    store.upsert_account(&officer).await.expect("kept");
    store.upsert_account(&mother).await.expect("kept");
    assert!(store.upsert_account(&account(3, "wang")).await.is_err(), "the login is taken");
    assert_eq!(store.find_account(mother.account_id).await.expect("read"), Some(mother.clone()));
    let found = store.find_account_by_login("张三").await.expect("read");
    assert_eq!(found, Some(mother.clone()));
    assert_eq!(store.find_account_by_login("nobody").await.expect("read"), None);
    assert_eq!(store.list_demo_accounts().await.expect("read"), [mother]);
    let gone = AccountRow { disabled: true, ..officer };
    store.upsert_account(&gone).await.expect("kept");
    assert_eq!(store.find_account(gone.account_id).await.expect("read"), Some(gone));
}

pub async fn sessions_begin_and_end(place: &Place) {
    let store = place.open().await;
    store.upsert_account(&account(1, "wang")).await.expect("kept");
    let session = |token: &str, minutes: i64| SessionRow {
        token_hash: token.to_owned(),
        account_id: AccountId(id(1)),
        created_at: at(minutes),
        seen_at: at(minutes),
        expires_at: at(minutes + 60),
    };
    let first = session("t1", 0);
    store.insert_session(&first).await.expect("kept");
    assert_eq!(store.find_session("t1").await.expect("read"), Some(first.clone()));
    assert_eq!(store.find_session("t2").await.expect("read"), None);
    store.touch_session("t1", at(5)).await.expect("touched");
    let seen = SessionRow { seen_at: at(5), ..first };
    assert_eq!(store.find_session("t1").await.expect("read"), Some(seen));
    store.insert_session(&session("t2", 10)).await.expect("kept");
    store.delete_session("t1").await.expect("ended");
    assert_eq!(store.find_session("t1").await.expect("read"), None);
    assert!(store.find_session("t2").await.expect("read").is_some());
    // Ended sessions go when a new one begins.
    store.insert_session(&session("t3", 71)).await.expect("kept");
    assert_eq!(store.find_session("t2").await.expect("read"), None);
}

pub async fn the_first_key_of_a_subject_stays(place: &Place) {
    let store = place.open().await;
    let subject = SubjectId(id(1));
    assert_eq!(store.find_subject_key(subject).await.expect("read"), None);
    let racers: Vec<_> = (1..=8u8)
        .map(|n| {
            let store = store.clone();
            tokio::spawn(async move {
                let row = SubjectKeyRow { subject, wrapped: vec![n] };
                store.insert_subject_key(&row).await.expect("kept")
            })
        })
        .collect();
    let mut told = Vec::new();
    for racer in racers {
        told.push(racer.await.expect("the racer ends well"));
    }
    let kept = store.find_subject_key(subject).await.expect("read").expect("there");
    assert!(told.iter().all(|row| *row == kept), "everyone was told the key that stays");
}

pub async fn sealed_values_are_written_once(place: &Place) {
    let store = place.open().await;
    let rows: Vec<_> = (1..=100u8)
        .map(|n| SealedRow {
            sealed_id: SealedId(id(u32::from(n))),
            subject: SubjectId(id(500)),
            bytes: vec![n; usize::from(n)],
        })
        .collect();
    store.insert_sealed(&rows).await.expect("kept");
    let other = SealedRow { bytes: vec![0], ..rows[4].clone() };
    store.insert_sealed(&[other]).await.expect("kept");
    let ids: Vec<_> = rows.iter().map(|row| row.sealed_id).collect();
    assert_eq!(store.load_sealed(&ids).await.expect("read"), rows);
    assert_eq!(store.load_sealed(&ids[4..5]).await.expect("read"), rows[4..5]);
    assert!(store.load_sealed(&[SealedId(id(999))]).await.expect("read").is_empty());
    assert!(store.load_sealed(&[]).await.expect("read").is_empty());
    store.insert_sealed(&[]).await.expect("nothing to keep");
}
