//! The way back to the hub: signed callbacks, and evidence files.

use std::time::Duration;

use exchange::signing::{
    self, KEY_HEADER, Message, NONCE_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER,
};
use exchange::{DepartmentReply, REPLIES};
use uuid::Uuid;
use vocabulary::Instant;

use crate::receiver::SharedKey;

/// The hub answers within this, or the callback is tried again.
const PATIENCE: Duration = Duration::from_secs(10);

/// What became of one attempt.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Heard {
    /// The hub has it.
    Yes,
    /// The hub understood and said no for good; a person has to look.
    Disputed,
    /// Try again.
    NotNow,
}

/// The hub as a department sees it.
#[derive(Clone, Debug)]
pub(crate) struct Hub {
    client: reqwest::Client,
    base_url: String,
    key: SharedKey,
}

impl Hub {
    pub(crate) fn new(base_url: &str, key: SharedKey) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build()?;
        Ok(Self { client, base_url: base_url.trim_end_matches('/').to_owned(), key })
    }

    /// Says one thing, once.
    pub(crate) async fn say(&self, reply: &DepartmentReply) -> Heard {
        let Ok(body) = serde_json::to_vec(reply) else { return Heard::Disputed };
        let message = Message { method: "POST", path: REPLIES, body: &body };
        // A nonce for each attempt: the hub takes none twice.
        let nonce = Uuid::now_v7().simple().to_string();
        let Ok(signed) = signing::sign(&self.key.secret, message, Instant::now(), &nonce) else {
            return Heard::Disputed;
        };
        let sent = self
            .client
            .post(format!("{}{REPLIES}", self.base_url))
            .header("content-type", "application/json")
            .header(KEY_HEADER, &self.key.id)
            .header(TIMESTAMP_HEADER, signed.timestamp)
            .header(NONCE_HEADER, signed.nonce)
            .header(SIGNATURE_HEADER, signed.signature)
            .body(body)
            .send()
            .await;
        match sent.map(|answer| answer.status().as_u16()) {
            Ok(200..300) => Heard::Yes,
            Ok(status @ (409 | 422)) => {
                tracing::warn!(status, dispatch.id = %reply.dispatch_id, "the hub said no to a reply");
                Heard::Disputed
            }
            Ok(status) => {
                tracing::debug!(status, dispatch.id = %reply.dispatch_id, "a reply was not taken");
                Heard::NotNow
            }
            Err(_) => Heard::NotNow,
        }
    }
}
