//! Signatures over messages, the same in both directions: HMAC-SHA256 under a secret that one department
//! system and the hub share.
//!
//! Goes in: secret, message, instant, nonce. Comes out: header values, or whether they hold. The caller
//! brings the clock and remembers nonces; the nonce comes back only from a signature that holds, so that
//! nobody can fill the memory without the secret.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use vocabulary::Instant;

/// Who signs: the id of the key, agreed with the secret.
pub const KEY_HEADER: &str = "x-yijianshi-key";
/// When it was signed, in seconds since 1970-01-01T00:00:00Z.
pub const TIMESTAMP_HEADER: &str = "x-yijianshi-timestamp";
/// A random text that the signer never uses again.
pub const NONCE_HEADER: &str = "x-yijianshi-nonce";
/// `v1=` and the signature in lower-case hex; several, separated by commas, while a secret is changed.
pub const SIGNATURE_HEADER: &str = "x-yijianshi-signature";

/// A signature holds for so many seconds before and after it was made.
pub const WINDOW_S: u32 = 300;

/// Shorter secrets are not accepted.
pub const SECRET_BYTES_MIN: usize = 16;

/// What is signed.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// Upper case.
    pub method: &'a str,
    /// As on the request line: with the query, without scheme and host.
    pub path: &'a str,
    /// The bytes as sent, before they are parsed; empty for a GET.
    pub body: &'a [u8],
}

/// The values of the three headers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignatureHeaders {
    pub timestamp: String,
    pub nonce: String,
    pub signature: String,
}

/// Why a message is not taken. The answer tells the code and nothing else.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SignatureFault {
    /// `EXC0006`: a header is missing or not well-formed.
    #[error("the signature headers are not well-formed")]
    Malformed,
    /// `EXC0007`: signed too long ago, or in the future: check the clock and sign anew.
    #[error("the signature is outside its window")]
    Stale,
    /// `EXC0008`: made with another secret, or over something else.
    #[error("the signature does not hold")]
    Wrong,
    /// `EXC0009`: the nonce was used before. Told by whoever remembers nonces.
    #[error("the message was replayed")]
    Replayed,
    /// `EXC0010`: nobody, or nobody any more, signs with this key. Told by whoever keeps the keys.
    #[error("the key is not accepted")]
    UnknownKey,
}

impl SignatureFault {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Malformed => "EXC0006",
            Self::Stale => "EXC0007",
            Self::Wrong => "EXC0008",
            Self::Replayed => "EXC0009",
            Self::UnknownKey => "EXC0010",
        }
    }
}

/// Signs a message. `nonce`: 16 to 128 letters, digits, `-` or `_`.
///
/// # Errors
/// The nonce is not well-formed, or the secret is too short.
pub fn sign(
    secret: &[u8],
    message: Message<'_>,
    now: Instant,
    nonce: &str,
) -> Result<SignatureHeaders, SignatureFault> {
    if !is_nonce(nonce) {
        return Err(SignatureFault::Malformed);
    }
    let timestamp = now.as_second().to_string();
    let mac = keyed(secret, &signed_text(message, &timestamp, nonce))?;
    let signature = format!("v1={}", hex::encode(mac.finalize().into_bytes()));
    Ok(SignatureHeaders { timestamp, nonce: nonce.to_owned(), signature })
}

/// Whether a signature holds at `now`, `window_s` seconds either way. Gives back the nonce, for the caller
/// to remember at least as long as the window and to refuse when it was there before.
///
/// # Errors
/// It does not hold.
pub fn verify<'h>(
    secret: &[u8],
    message: Message<'_>,
    headers: &'h SignatureHeaders,
    now: Instant,
    window_s: u32,
) -> Result<&'h str, SignatureFault> {
    if !is_nonce(&headers.nonce) {
        return Err(SignatureFault::Malformed);
    }
    let digits = headers.timestamp.bytes().all(|byte| byte.is_ascii_digit());
    let signed_at: i64 = headers
        .timestamp
        .parse()
        .ok()
        .filter(|_| digits && headers.timestamp.len() <= 12)
        .ok_or(SignatureFault::Malformed)?;
    let signatures = well_formed(&headers.signature)?;
    let text = signed_text(message, &headers.timestamp, &headers.nonce);
    let mut holds = false;
    for signature in &signatures {
        // `verify_slice` takes the same time for every wrong signature.
        holds |= keyed(secret, &text)?.verify_slice(signature).is_ok();
    }
    if !holds {
        return Err(SignatureFault::Wrong);
    }
    // After the signature, so that only who knows the secret learns how our clocks differ.
    if signed_at.abs_diff(now.as_second()) > u64::from(window_s) {
        return Err(SignatureFault::Stale);
    }
    Ok(&headers.nonce)
}

/// `v1`, method, path, timestamp, nonce and the hash of the body, one a line.
fn signed_text(message: Message<'_>, timestamp: &str, nonce: &str) -> String {
    let body = hex::encode(Sha256::digest(message.body));
    format!("v1\n{}\n{}\n{timestamp}\n{nonce}\n{body}", message.method, message.path)
}

fn keyed(secret: &[u8], text: &str) -> Result<Hmac<Sha256>, SignatureFault> {
    if secret.len() < SECRET_BYTES_MIN {
        return Err(SignatureFault::UnknownKey);
    }
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).map_err(|_| SignatureFault::UnknownKey)?;
    mac.update(text.as_bytes());
    Ok(mac)
}

fn is_nonce(nonce: &str) -> bool {
    (16..=128).contains(&nonce.len())
        && nonce.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// The signatures of scheme `v1`; other schemes are passed over, so that a later one can be added first.
fn well_formed(header: &str) -> Result<Vec<Vec<u8>>, SignatureFault> {
    let mut signatures = Vec::new();
    for part in header.split(',').map(str::trim) {
        let (scheme, digits) = part.split_once('=').ok_or(SignatureFault::Malformed)?;
        if scheme == "v1" {
            let bytes = hex::decode(digits).map_err(|_| SignatureFault::Malformed)?;
            signatures.push(bytes);
        }
    }
    // One of the old secret and one of the new: more is an attempt to guess.
    if signatures.is_empty() || signatures.len() > 2 {
        return Err(SignatureFault::Malformed);
    }
    Ok(signatures)
}
