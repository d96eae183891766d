//! The reference receiver: signatures, replays, duplicates, and what survives a restart.

use casework::DispatchKind::Referral;
use departments::Behaviour;
use vocabulary::Instant;

use crate::hub::{Hub, POLICE, key, request};

#[tokio::test]
async fn only_the_hub_is_heard_and_only_once() {
    let hub = Hub::open(Behaviour::ByHand).await;
    let body = || serde_json::to_vec(&request(1, Referral)).unwrap();
    let now = Instant::now();
    let old = now - jiff::SignedDuration::from_mins(6);
    let mut wrong = key(POLICE);
    wrong.secret.push(b'!');
    for (why, code, key, at, nonce) in [
        ("another secret", "EXC0008", wrong, now, "nonce-0000000001"),
        ("another key", "EXC0010", key("tax"), now, "nonce-0000000002"),
        ("too old", "EXC0007", key(POLICE), old, "nonce-0000000003"),
    ] {
        let (status, answer) = hub.send_signed(&key, at, nonce, body()).await.unwrap();
        assert_eq!(status, 401, "{why}");
        assert!(answer.contains(code), "{why}: {answer}");
    }
    assert!(hub.town.ledger().is_empty(), "nothing was read");

    let nonce = "nonce-0000000004";
    let (status, _) = hub.send_signed(&key(POLICE), now, nonce, body()).await.unwrap();
    assert_eq!(status, 200);
    let (status, answer) = hub.send_signed(&key(POLICE), now, nonce, body()).await.unwrap();
    assert!(status == 401 && answer.contains("EXC0009"), "replayed: {answer}");
    let garbage = b"{\"version\":1}".to_vec();
    let (status, answer) =
        hub.send_signed(&key(POLICE), now, "nonce-0000000005", garbage).await.unwrap();
    assert!(status == 422 && answer.contains("EXC0005"), "{answer}");
}

#[tokio::test]
async fn a_duplicate_is_answered_like_the_first_counted_and_worked_on_once() {
    let hub = Hub::open(Behaviour::Prompt).await;
    let (_, first) = hub.send(&request(1, Referral)).await.unwrap();
    let said = ["1 received", "2 accepted", "3 granted"];
    hub.hears(&said).await;
    let (_, second) = hub.send(&request(1, Referral)).await.unwrap();
    assert_eq!(first, second);
    // It says again what it said: the hub may have lost it.
    hub.hears(&[said, said].concat()).await;
    let replies = hub.replies();
    assert_eq!(replies[..3], replies[3..], "word for word");
    let ledger = hub.town.ledger();
    assert_eq!(ledger.len(), 1);
    let (department, line) = &ledger[0];
    assert_eq!((department.as_str(), line.times), (POLICE, 2));
    assert_eq!(line.node, "household-registration~c1");
}

#[tokio::test]
async fn a_restarted_department_goes_on_where_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let mut hub = Hub::open_with(Behaviour::Slow, Some(folder.path())).await;
    hub.send(&request(1, Referral)).await.unwrap();
    hub.hears(&["1 received"]).await;
    hub.restart(Behaviour::Prompt, folder.path()).await;
    hub.hears(&["1 received", "2 accepted", "3 granted"]).await;
    hub.send(&request(1, Referral)).await.unwrap();
    assert_eq!(hub.town.ledger()[0].1.times, 2, "it remembers the sending");

    // A line that was cut off in the middle is left out.
    let journal = folder.path().join("public-security.jsonl");
    let mut text = std::fs::read_to_string(&journal).unwrap();
    text.push_str("{\"told\":{\"dis");
    std::fs::write(&journal, text).unwrap();
    hub.restart(Behaviour::Prompt, folder.path()).await;
    assert_eq!(hub.town.ledger()[0].1.times, 2);
    hub.send(&request(1, Referral)).await.unwrap();
    hub.restart(Behaviour::Prompt, folder.path()).await;
    assert_eq!(hub.town.ledger()[0].1.times, 3, "what came after the cut is there");
}
