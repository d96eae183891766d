//! The register over the wire.

use departments::{Behaviour, SOURCES};
use exchange::{LOOKUPS, SourceOutcome, SourceRequest, VERSION, WireValue, wire};
use uuid::Uuid;
use vocabulary::Instant;

use crate::hub::{Hub, key};

async fn ask(hub: &Hub, subject_key: &str) -> Result<SourceOutcome, ()> {
    let request = SourceRequest {
        version: VERSION,
        source: "records".into(),
        subject_key: subject_key.to_owned(),
        purpose: "newborn".to_owned(),
        elements: vec!["child.sex~c1".to_owned(), "child.name~c1".to_owned()],
    };
    let body = serde_json::to_vec(&request).unwrap();
    let url = format!("{}{LOOKUPS}", hub.town.register_address());
    let nonce = Uuid::now_v7().to_string();
    let (status, answer) =
        hub.post(&url, LOOKUPS, &key("sources"), Instant::now(), &nonce, body).await?;
    assert_eq!(status, 200, "{answer}");
    Ok(wire::parse_source_answer(answer.as_bytes()).unwrap().outcome)
}

#[tokio::test]
async fn it_tells_what_it_knows_of_whom_it_knows() {
    let hub = Hub::open(Behaviour::Prompt).await;
    let SourceOutcome::Value { values } = ask(&hub, "mother").await.unwrap() else {
        panic!("a value");
    };
    let known: Vec<_> = values.into_iter().collect();
    assert_eq!(known, [("child.sex~c1".to_owned(), WireValue::Text("female".to_owned()))]);
    assert_eq!(ask(&hub, "founder").await.unwrap(), SourceOutcome::Absent);

    hub.town.set_behaviour(SOURCES, Behaviour::Down).await;
    assert!(ask(&hub, "mother").await.is_err());
    hub.town.set_behaviour(SOURCES, Behaviour::Prompt).await;
    assert!(ask(&hub, "mother").await.is_ok());
}
