//! The reference receiver: what a department's system has to do with a message from the hub before anything
//! else. Integrators may copy it.
//!
//! 1. **Verify before reading.** The signature is checked over the bytes as they came; a message outside the
//!    window, signed with another key, or with a nonce that was seen within the window, is not read.
//! 2. **Keep before answering.** What came is in the journal before the hub hears "taken", so that a crash
//!    between the two makes the hub send again, not forget.
//! 3. **De-duplicate by dispatch id.** The hub sends again until it has the business receipt. The same id is
//!    the same sending for ever: it is counted, answered like the first time, and worked on once.
//!
//! It decides nothing about the service; that is the desk's.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::http::HeaderMap;
use exchange::signing::{
    self, KEY_HEADER, Message, NONCE_HEADER, SIGNATURE_HEADER, SignatureFault, SignatureHeaders,
    TIMESTAMP_HEADER, WINDOW_S,
};
use exchange::{DepartmentRequest, WireFault, wire};
use jiff::SignedDuration;
use vocabulary::Instant;

use crate::journal::{Journal, JournalFault, LedgerLine};

/// A key that both ends know.
#[derive(Clone, PartialEq, Eq)]
pub struct SharedKey {
    pub id: String,
    pub secret: Vec<u8>,
}

impl std::fmt::Debug for SharedKey {
    /// Without the secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SharedKey").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Why a message was not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotTaken {
    #[error(transparent)]
    Signature(#[from] SignatureFault),
    #[error(transparent)]
    Wire(#[from] WireFault),
    #[error(transparent)]
    Journal(#[from] JournalFault),
}

impl NotTaken {
    /// The stable code and the HTTP status.
    pub(crate) const fn code_and_status(&self) -> (&'static str, u16) {
        match self {
            Self::Signature(fault) => (fault.code(), 401),
            Self::Wire(fault) => (fault.code(), 422),
            Self::Journal(_) => ("SYS0001", 503),
        }
    }
}

/// Checks signatures and remembers nonces.
#[derive(Debug)]
pub(crate) struct Gate {
    key: SharedKey,
    nonces: Mutex<BTreeMap<String, Instant>>,
}

impl Gate {
    pub(crate) fn new(key: SharedKey) -> Self {
        Self { key, nonces: Mutex::default() }
    }

    /// Whether this message is from the hub, and for the first time.
    pub(crate) fn verify(
        &self,
        message: Message<'_>,
        headers: &HeaderMap,
        now: Instant,
    ) -> Result<(), SignatureFault> {
        let header = |name: &str| {
            let value = headers.get(name).and_then(|value| value.to_str().ok());
            value.map(str::to_owned).ok_or(SignatureFault::Malformed)
        };
        if header(KEY_HEADER)? != self.key.id {
            return Err(SignatureFault::UnknownKey);
        }
        let signed = SignatureHeaders {
            timestamp: header(TIMESTAMP_HEADER)?,
            nonce: header(NONCE_HEADER)?,
            signature: header(SIGNATURE_HEADER)?,
        };
        let nonce = signing::verify(&self.key.secret, message, &signed, now, WINDOW_S)?;
        if self.remember(nonce, now) { Ok(()) } else { Err(SignatureFault::Replayed) }
    }

    /// False when it was seen within the window.
    fn remember(&self, nonce: &str, now: Instant) -> bool {
        // Signed up to a window ahead, a message holds until a window after that.
        let forget = SignedDuration::from_secs(i64::from(WINDOW_S) * 2);
        let forget_before = now.checked_sub(forget).unwrap_or(Instant::MIN);
        let mut nonces = lock(&self.nonces);
        nonces.retain(|_, seen_at| *seen_at >= forget_before);
        nonces.insert(nonce.to_owned(), now).is_none()
    }
}

/// A request that was taken.
#[derive(Debug)]
pub(crate) struct Taken {
    pub(crate) request: DepartmentRequest,
    /// False = it had come before.
    pub(crate) first: bool,
    /// The answer to the hub: the same for every repetition.
    pub(crate) answer: serde_json::Value,
}

/// Reads a verified message and keeps it.
pub(crate) fn take(journal: &mut Journal, body: &[u8], now: Instant) -> Result<Taken, NotTaken> {
    let request = wire::parse_request(body)?;
    let line = LedgerLine {
        dispatch: request.dispatch_id,
        case_number: request.case_number.clone(),
        node: node_of(&request),
        kind: request.kind.as_str().to_owned(),
        first_at: now,
        times: 1,
    };
    let first = journal.receive(line)?;
    let first_at = journal.line(request.dispatch_id).map_or(now, |line| line.first_at);
    let answer = serde_json::json!({
        "version": exchange::VERSION,
        "dispatch_id": request.dispatch_id,
        "taken_at": first_at,
    });
    Ok(Taken { request, first, answer })
}

/// `service` or `service~member`.
fn node_of(request: &DepartmentRequest) -> String {
    match &request.member {
        None => request.service.to_string(),
        Some(member) => format!("{}~{member}", request.service),
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
