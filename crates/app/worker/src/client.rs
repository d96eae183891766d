//! Signed messages over HTTP. One attempt each; whether and when to try again is the caller's.

use std::sync::Arc;
use std::time::Duration;

use engine::Clock;
use exchange::signing::{
    self, KEY_HEADER, Message, NONCE_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER,
};
use exchange::wire::BODY_BYTES_MAX;
use store_port::fresh_id;
use vocabulary::Instant;

use crate::routes::Route;

/// Connecting takes no longer than this.
const CONNECT_WITHIN: Duration = Duration::from_secs(3);

/// Why there was no answer of the wanted kind. Told to the operator; holds nothing of what was sent.
#[derive(Debug, thiserror::Error)]
pub enum ClientFault {
    #[error("making an HTTP client")]
    Client(#[source] reqwest::Error),
    /// The key of the route cannot sign.
    #[error("the key `{key_id}` cannot sign: {code}")]
    Key { key_id: String, code: &'static str },
    #[error("{what}")]
    Unreachable { what: &'static str },
    /// Another status than 2xx; `code` is the problem's, if it told one.
    #[error("status {status}{}", told(.code))]
    Status { status: u16, code: Option<String> },
    #[error("the answer is too large")]
    TooLarge,
}

fn told(code: &Option<String>) -> String {
    code.as_ref().map(|code| format!(" {code}")).unwrap_or_default()
}

impl ClientFault {
    /// Whether the other side as a whole is unwell, not only this message.
    pub(crate) fn is_about_the_department(&self) -> bool {
        match self {
            Self::Status { status, .. } => *status >= 500 || matches!(status, 401 | 429),
            Self::Client(_) | Self::Key { .. } | Self::Unreachable { .. } => true,
            Self::TooLarge => false,
        }
    }
}

/// Takes a message to a department and brings back its answer: one attempt.
///
/// [`SignedClient`] does it over HTTP; a simulation without.
#[async_trait::async_trait]
pub trait Carrier: Send + Sync + std::fmt::Debug {
    /// Posts a JSON body and gives back that of the answer, if the other side took it.
    ///
    /// # Errors
    /// There was no such answer within the time.
    async fn post(
        &self,
        route: &Route,
        path: &str,
        body: Vec<u8>,
        within: Duration,
    ) -> Result<Vec<u8>, ClientFault>;
}

/// A client that signs.
#[derive(Clone, Debug)]
pub struct SignedClient {
    http: reqwest::Client,
    /// Whose time a signature bears; `None` = the machine's.
    clock: Option<Arc<dyn Clock>>,
}

impl SignedClient {
    /// Departments are reached directly: no proxy, no redirect, because a signature is for one address.
    ///
    /// # Errors
    /// The client cannot be made.
    pub fn new() -> Result<Self, ClientFault> {
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_WITHIN)
            .pool_idle_timeout(Duration::from_secs(30))
            .build()
            .map_err(ClientFault::Client)?;
        Ok(Self { http, clock: None })
    }

    /// The same, signing with the hub's time: a machine whose own clock is wrong is understood all the same.
    #[must_use]
    pub fn signing_by(self, clock: Arc<dyn Clock>) -> Self {
        Self { clock: Some(clock), ..self }
    }
}

#[async_trait::async_trait]
impl Carrier for SignedClient {
    /// The answer is one if its status is 2xx.
    async fn post(
        &self,
        route: &Route,
        path: &str,
        body: Vec<u8>,
        within: Duration,
    ) -> Result<Vec<u8>, ClientFault> {
        // A nonce for each attempt: nobody takes one twice.
        let nonce = fresh_id().simple().to_string();
        let message = Message { method: "POST", path, body: &body };
        let now = self.clock.as_ref().map_or_else(Instant::now, |clock| clock.now());
        let signed = signing::sign(&route.secret, message, now, &nonce).map_err(|fault| {
            ClientFault::Key { key_id: route.key_id.clone(), code: fault.code() }
        })?;
        let request = self
            .http
            .post(format!("{}{path}", route.base_url))
            .timeout(within)
            .header("content-type", "application/json")
            .header(KEY_HEADER, &route.key_id)
            .header(TIMESTAMP_HEADER, signed.timestamp)
            .header(NONCE_HEADER, signed.nonce)
            .header(SIGNATURE_HEADER, signed.signature)
            .body(body);
        let mut answer = request.send().await.map_err(|error| unreachable(&error))?;
        let status = answer.status();
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| unreachable(&error))? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > BODY_BYTES_MAX {
                return Err(ClientFault::TooLarge);
            }
        }
        if status.is_success() {
            Ok(bytes)
        } else {
            Err(ClientFault::Status { status: status.as_u16(), code: code_of(&bytes) })
        }
    }
}

/// In words of ours: the library's may repeat what was sent.
fn unreachable(error: &reqwest::Error) -> ClientFault {
    let what = if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection broke"
    };
    ClientFault::Unreachable { what }
}

/// The code of a problem document, if it looks like one: nothing else of an answer reaches a log.
fn code_of(body: &[u8]) -> Option<String> {
    let problem: serde_json::Value = serde_json::from_slice(body).ok()?;
    let code = problem.get("code")?.as_str()?;
    let plain = code.len() <= 16 && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
    plain.then(|| code.to_owned())
}

#[cfg(test)]
mod tests {
    use super::code_of;

    #[test]
    fn only_plain_codes_reach_the_log() {
        assert_eq!(code_of(br#"{"code":"EXC0008","detail":"x"}"#).as_deref(), Some("EXC0008"));
        assert_eq!(code_of("{\"code\":\"王小梅\"}".as_bytes()), None);
        assert_eq!(code_of(b"<html>"), None);
    }
}
