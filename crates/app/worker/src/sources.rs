//! Asks shared sources over HTTP. Whatever goes wrong is *unavailable*, never *absent*.

use std::collections::BTreeMap;
use std::time::Duration;

use engine::{SourceAsk, SourceReply, Sources};
use exchange::{LOOKUPS, SourceOutcome, SourceRequest, VERSION, wire};
use vocabulary::{Slot, SourceId, Value};

use crate::client::{Carrier as _, SignedClient};
use crate::routes::Route;

/// A page waits for sources no longer than this.
const ANSWER_WITHIN: Duration = Duration::from_secs(3);

/// Shared sources behind one address.
#[derive(Clone, Debug)]
pub struct HttpSources {
    client: SignedClient,
    /// `None` = nothing is connected: every source is unavailable.
    route: Option<Route>,
}

impl HttpSources {
    pub fn new(client: SignedClient, route: Option<Route>) -> Self {
        Self { client, route }
    }

    async fn ask(&self, source: &SourceId, ask: &SourceAsk) -> Option<SourceReply> {
        let route = self.route.as_ref()?;
        let request = SourceRequest {
            version: VERSION,
            source: source.clone(),
            subject_key: ask.subject_key.clone(),
            purpose: ask.purpose.clone(),
            elements: ask.slots.iter().map(ToString::to_string).collect(),
        };
        let body = serde_json::to_vec(&request).ok()?;
        let answer = match self.client.post(route, LOOKUPS, body, ANSWER_WITHIN).await {
            Ok(answer) => answer,
            Err(fault) => {
                tracing::info!(%source, why = %fault, "a source did not answer");
                return None;
            }
        };
        match wire::parse_source_answer(&answer) {
            Ok(answer) => Some(reply(answer.outcome)),
            Err(fault) => {
                tracing::warn!(%source, code = fault.code(), "a source's answer cannot be read");
                None
            }
        }
    }
}

#[async_trait::async_trait]
impl Sources for HttpSources {
    async fn look_up(&self, source: &SourceId, ask: &SourceAsk) -> SourceReply {
        self.ask(source, ask).await.unwrap_or(SourceReply::Unavailable)
    }
}

fn reply(outcome: SourceOutcome) -> SourceReply {
    match outcome {
        SourceOutcome::Value { values } => {
            let slot = |(name, value): (String, exchange::WireValue)| {
                Some((name.parse::<Slot>().ok()?, Value::from(value)))
            };
            SourceReply::Values(values.into_iter().filter_map(slot).collect::<BTreeMap<_, _>>())
        }
        SourceOutcome::Absent => SourceReply::Absent,
        SourceOutcome::Unavailable => SourceReply::Unavailable,
    }
}
