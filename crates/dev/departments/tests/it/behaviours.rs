//! How each behaviour sounds from the hub's side.

use std::time::Duration;

use casework::DispatchKind::{Referral, Supplement, Withdrawal};
use departments::Behaviour;
use exchange::{WireReply, WireValue};
use vocabulary::codes::citizen_id;

use crate::hub::{Hub, POLICE, request};

const GRANTED: [&str; 3] = ["1 received", "2 accepted", "3 granted"];

#[tokio::test]
async fn a_referral_is_answered_as_the_department_behaves() {
    for (behaviour, expected) in [
        (Behaviour::Prompt, GRANTED.to_vec()),
        (Behaviour::ByHand, vec!["1 received"]),
        (Behaviour::Refusing, vec!["1 received", "2 accepted", "3 refused"]),
        (Behaviour::Correcting, vec!["1 received", "2 correction_requested"]),
        (Behaviour::OutOfOrder, vec!["3 granted", "2 accepted", "1 received"]),
        (
            Behaviour::Twice,
            ["1 received", "2 accepted", "3 granted"].iter().flat_map(|said| [*said; 2]).collect(),
        ),
    ] {
        let hub = Hub::open(behaviour).await;
        hub.send(&request(1, Referral)).await.unwrap();
        hub.hears(&expected).await;
    }
}

#[tokio::test]
async fn what_is_said_twice_is_the_same_and_times_follow_the_numbers() {
    let hub = Hub::open(Behaviour::Twice).await;
    hub.send(&request(1, Referral)).await.unwrap();
    hub.hears(&["1 received", "1 received", "2 accepted", "2 accepted", "3 granted", "3 granted"])
        .await;
    let replies = hub.replies();
    assert!(replies.chunks(2).all(|pair| pair[0] == pair[1]));
    assert!(replies.is_sorted_by_key(|reply| reply.decided_at));
}

#[tokio::test]
async fn a_grant_brings_a_valid_number_for_the_child() {
    let hub = Hub::open(Behaviour::Prompt).await;
    hub.send(&request(1, Referral)).await.unwrap();
    hub.hears(&GRANTED).await;
    let WireReply::Granted { outputs, .. } = hub.replies().remove(2).reply else {
        panic!("granted")
    };
    assert_eq!(outputs[0].id, "page");
    let WireValue::Text(number) = &outputs[0].values["child.citizen_id~c1"] else {
        panic!("a text");
    };
    let number = citizen_id::validate(number).unwrap();
    assert_eq!(number.birth_date, jiff::civil::date(2026, 2, 27));
}

#[tokio::test]
async fn a_correction_names_a_line_and_ends_with_the_supplement() {
    let hub = Hub::open(Behaviour::Correcting).await;
    hub.send(&request(1, Referral)).await.unwrap();
    hub.hears(&["1 received", "2 correction_requested"]).await;
    let WireReply::CorrectionRequested { lines, text, .. } = hub.replies().remove(1).reply else {
        panic!("a correction");
    };
    assert_eq!(lines[0].as_str(), "b3-name");
    assert!(text.unwrap().contains("姓名用字规范"));
    hub.send(&request(2, Supplement)).await.unwrap();
    hub.hears(&["1 received", "2 correction_requested", "1 received", "2 accepted", "3 granted"])
        .await;
}

#[tokio::test]
async fn slow_is_slow() {
    let hub = Hub::open(Behaviour::Slow).await;
    let began = std::time::Instant::now();
    hub.send(&request(1, Referral)).await.unwrap();
    hub.hears(&GRANTED).await;
    assert!(began.elapsed() > Duration::from_millis(900));
}

#[tokio::test]
async fn down_refuses_connections_says_nothing_and_comes_back_at_the_same_address() {
    let hub = Hub::open(Behaviour::Slow).await;
    hub.send(&request(1, Referral)).await.unwrap();
    hub.hears(&["1 received"]).await;
    assert!(hub.town.set_behaviour(POLICE, Behaviour::Down).await);
    assert!(hub.send(&request(2, Referral)).await.is_err(), "connection refused");
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert_eq!(hub.heard(), ["1 received"], "says nothing");
    assert!(hub.town.set_behaviour(POLICE, Behaviour::Prompt).await);
    hub.hears(&GRANTED).await;
    assert!(hub.send(&request(2, Referral)).await.is_ok());
}

#[tokio::test]
async fn a_withdrawal_is_confirmed_until_something_was_decided() {
    let hub = Hub::open(Behaviour::Slow).await;
    hub.send(&request(1, Referral)).await.unwrap();
    hub.hears(&["1 received"]).await;
    hub.send(&request(2, Withdrawal)).await.unwrap();
    hub.hears(&["1 received", "1 withdrawal_confirmed"]).await;
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    assert_eq!(hub.heard().len(), 2, "what was not said is not said any more");

    let hub = Hub::open(Behaviour::Prompt).await;
    hub.send(&request(1, Referral)).await.unwrap();
    hub.hears(&GRANTED).await;
    hub.send(&request(2, Withdrawal)).await.unwrap();
    hub.hears(&["1 received", "2 accepted", "3 granted", "1 too_late_to_withdraw"]).await;
}

#[tokio::test]
async fn a_callback_is_repeated_until_the_hub_has_it_and_disputes_end_it() {
    let hub = Hub::open(Behaviour::Prompt).await;
    hub.will_answer([503, 404, 500]);
    hub.send(&request(1, Referral)).await.unwrap();
    hub.hears(&GRANTED).await;

    let hub = Hub::open(Behaviour::Prompt).await;
    hub.will_answer([409]);
    hub.send(&request(1, Referral)).await.unwrap();
    hub.hears(&["2 accepted", "3 granted"]).await;
}

#[tokio::test]
async fn nobody_is_steered_who_is_not_there() {
    let hub = Hub::open(Behaviour::Prompt).await;
    assert!(!hub.town.set_behaviour("nobody", Behaviour::Down).await);
    assert!(hub.town.set_behaviour(departments::SOURCES, Behaviour::Slow).await);
    let now = hub.town.behaviours();
    assert_eq!(now[0], (POLICE.to_owned(), Behaviour::Prompt));
    assert_eq!(now[1], ("sources".to_owned(), Behaviour::Slow));
}
