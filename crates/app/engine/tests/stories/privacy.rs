//! Nothing personal lies in clear on the disk, or comes out of a log line.

use casework::{Command, Reply};
use engine::CorrectionAnswer;
use store_port::fresh_id;
use vocabulary::{SealedId, Value};

use crate::desk::{Desk, NAME, PHONE, SKETCH, command};

#[tokio::test]
async fn the_disk_holds_no_clear_text() {
    let desk = Desk::embedded().await;
    let engine = &desk.hub.engine;
    let case = desk.submitted().await;
    let permit = [("permit", "stall.permit_no", "RB-SECRET-0007")];
    desk.grant(case, "stall-permit", 1, &permit).await.unwrap();

    let (actor, node, dispatch) = desk.office(case, "water-test").await;
    let words = engine.reply_words(desk.subject, dispatch, 1, "the bottle leaked").await.unwrap();
    let ask = Command::TakeReply {
        node: node.clone(),
        dispatch,
        department_seq: 1,
        decided_at: engine.clock().now(),
        reply: Reply::CorrectionRequested {
            lines: vec!["wt-sample".into()],
            text: Some(words.id),
            reason: None,
        },
    };
    engine.execute(actor, "reply", command(), case, None, ask, vec![words]).await.unwrap();
    let mut answer =
        CorrectionAnswer { words: "a new bottle".to_owned(), ..CorrectionAnswer::default() };
    answer.values.answer("stall.area_code".parse().unwrap(), Value::text("990102"));
    let id = SealedId(fresh_id());
    let seal = vec![engine::ToSeal { id, clear: answer.to_bytes().unwrap() }];
    let draft = desk.case(case).await.application.draft;
    let draft = engine.find_draft(desk.owner, draft).await.unwrap().unwrap();
    let again = desk.add_sketch(&draft).await;
    let evidence = engine.evidence_refs(&[again]).await.unwrap();
    let command_ = Command::AnswerCorrection { node, answer: Some(id), evidence };
    engine.execute(desk.mei(), "answer", command(), case, None, command_, seal).await.unwrap();

    // What the owner may see is whole …
    let file = engine.case_file(case).await.unwrap().unwrap();
    let words: Vec<&str> = file.words.values().map(String::as_str).collect();
    for expected in [NAME, "the bottle leaked", "a new bottle"] {
        assert!(words.contains(&expected), "{expected} in {words:?}");
    }
    assert_eq!(file.facts.value(&"stall.area_code".parse().unwrap()), Some(&Value::text("990102")));
    assert_eq!(file.facts.value(&"owner.phone".parse().unwrap()), Some(&Value::text(PHONE)));
    assert_eq!(file.evidence.len(), 2);
    assert!(!engine.remove_evidence(&draft, again).await.unwrap(), "it belongs to the case now");
    let name = engine::applicant_name_id(case);
    assert_eq!(engine.unseal_words(&[name]).await.unwrap()[&name], NAME);

    // … and what lies on the disk is not.
    let secrets: [&[u8]; 7] = [
        NAME.as_bytes(),
        PHONE.as_bytes(),
        b"110101198506150000",
        b"RB-SECRET-0007",
        b"leaked",
        b"new bottle",
        SKETCH,
    ];
    let files = desk.hub.files_on_disk();
    assert!(files.len() >= 4, "database, log and two files: {files:?}");
    for path in files {
        let bytes = std::fs::read(&path).unwrap();
        for secret in secrets {
            assert!(
                !bytes.windows(secret.len()).any(|part| part == secret),
                "{} holds {}",
                path.display(),
                String::from_utf8_lossy(secret)
            );
        }
    }
    let found = file.events.iter().any(|event| format!("{event:?}").contains(PHONE));
    assert!(!found, "events refer, they do not tell");
}

#[tokio::test]
async fn log_lines_tell_nothing() {
    let desk = Desk::open().await;
    let draft = desk.complete_draft().await;
    let engine = &desk.hub.engine;
    let case = desk.submit(command(), &draft).await.unwrap().case;
    let file = engine.case_file(case).await.unwrap().unwrap();
    let evidence = engine.evidence_of(&draft).await.unwrap();
    let ask = engine::SourceAsk {
        subject_key: "login-of-mei".to_owned(),
        purpose: String::new(),
        slots: vec![],
    };
    let reply =
        engine::SourceReply::Values([("owner.name".parse().unwrap(), Value::text(NAME))].into());
    let seal = engine::ToSeal { id: SealedId(fresh_id()), clear: NAME.as_bytes().to_vec() };
    let lines = format!(
        "{draft:?} {file:?} {evidence:?} {ask:?} {reply:?} {seal:?} {:?} {engine:?}",
        engine.vault()
    );
    for secret in [NAME, PHONE, "four tables", "login-of-mei", "[7, 7", "77, 101, 105"] {
        assert!(!lines.contains(secret), "{secret} in {lines}");
    }
}

/// A name moved to another account does not open.
#[tokio::test]
async fn an_accounts_name_is_sealed_for_it_alone() {
    let desk = Desk::open().await;
    let account = desk.hub.store.find_account(desk.owner).await.unwrap().unwrap();
    assert_eq!(desk.hub.engine.account_name(&account).await.unwrap(), NAME);
    let mut moved = account.clone();
    moved.account_id = vocabulary::AccountId(fresh_id());
    assert!(desk.hub.engine.account_name(&moved).await.is_err(), "sealed for another account");
}
