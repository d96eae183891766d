//! Shared sources: value, absent and unavailable are three things.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::routing::post;
use engine::{SourceAsk, SourceReply, Sources};
use exchange::{LOOKUPS, SourceAnswer, SourceOutcome, VERSION, wire};
use tokio::net::TcpListener;
use vocabulary::{Slot, Value};
use worker::{HttpSources, Route, SignedClient};

use crate::office::SECRET;

/// Answers by what it is asked for: a source called `down` fails.
async fn answer(body: Bytes) -> Result<axum::Json<SourceAnswer>, StatusCode> {
    let ask = wire::parse_source_request(&body).unwrap();
    let outcome = match ask.source.as_str() {
        "roll" => {
            let values = ask.elements.into_iter().map(|element| {
                let value = format!("{element} of {}", ask.subject_key);
                (element, exchange::WireValue::Text(value))
            });
            SourceOutcome::Value { values: values.collect() }
        }
        "empty" => SourceOutcome::Absent,
        "unsure" => SourceOutcome::Unavailable,
        _ => return Err(StatusCode::INTERNAL_SERVER_ERROR),
    };
    Ok(axum::Json(SourceAnswer { version: VERSION, outcome }))
}

#[tokio::test]
async fn whatever_goes_wrong_is_unavailable_and_never_absent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().route(LOOKUPS, post(answer));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let client = SignedClient::new().unwrap();
    let route = |url: String| Some(Route::new(&url, "key-1", SECRET.to_vec()));
    let sources = HttpSources::new(client.clone(), route(format!("http://{address}")));
    let slot = Slot::of("child.sex", "c1");
    let ask = SourceAsk {
        subject_key: "mei".to_owned(),
        purpose: "open-a-tea-stall".to_owned(),
        slots: vec![slot.clone()],
    };

    let value = Value::text("child.sex~c1 of mei");
    let known = SourceReply::Values(BTreeMap::from([(slot, value)]));
    for (source, expected) in [
        ("roll", known),
        ("empty", SourceReply::Absent),
        ("unsure", SourceReply::Unavailable),
        ("down", SourceReply::Unavailable),
    ] {
        assert!(sources.look_up(&source.into(), &ask).await == expected, "{source}");
    }
    let unconnected = HttpSources::new(client.clone(), None);
    assert!(unconnected.look_up(&"roll".into(), &ask).await == SourceReply::Unavailable);
    let closed = HttpSources::new(client, route("http://127.0.0.1:1".to_owned()));
    assert!(closed.look_up(&"roll".into(), &ask).await == SourceReply::Unavailable);
}
