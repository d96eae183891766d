//! Signatures: the document's vector, tampering, the window.

use proptest::prelude::*;
use vocabulary::Instant;
use yijianshi_exchange::REPLIES;
use yijianshi_exchange::signing::*;

const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef";
const NONCE: &str = "nonce-0000000000000001";
const BODY: &[u8] = b"{\"version\":1}";

fn at(second: i64) -> Instant {
    Instant::from_second(second).unwrap()
}

fn message() -> Message<'static> {
    Message { method: "POST", path: REPLIES, body: BODY }
}

fn signed() -> SignatureHeaders {
    sign(SECRET, message(), at(1_709_258_400), NONCE).unwrap()
}

#[test]
fn the_documents_value_comes_out() {
    // Computed with Python's hmac, as the document shows.
    let expected = "v1=3a581fd47928bbe3d350af6b89cb961f32c246b7751cabe6964a687bcfdca602";
    assert_eq!(signed().signature, expected);
    assert_eq!(signed().timestamp, "1709258400");
    let document = std::fs::read_to_string(
        std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../../docs/protocol/exchange-v1.md"),
    )
    .unwrap();
    assert!(document.contains(expected));
    for header in [KEY_HEADER, TIMESTAMP_HEADER, NONCE_HEADER, SIGNATURE_HEADER] {
        assert!(document.contains(&format!("`{header}`")));
    }
}

#[test]
fn only_the_same_message_in_its_window_holds() {
    let now = at(1_709_258_400);
    let verify_at = |headers: &SignatureHeaders, message, second| {
        verify(SECRET, message, headers, at(second), WINDOW_S).map(str::to_owned)
    };
    let check = |headers: SignatureHeaders, message, expected: Result<&str, SignatureFault>| {
        let told = verify(SECRET, message, &headers, now, WINDOW_S);
        assert_eq!(told, expected, "{headers:?}");
    };
    check(signed(), message(), Ok(NONCE));
    check(signed(), Message { method: "PUT", ..message() }, Err(SignatureFault::Wrong));
    check(
        signed(),
        Message { path: "/exchange/v1/replies?x", ..message() },
        Err(SignatureFault::Wrong),
    );
    check(signed(), Message { body: b"{\"version\": 1}", ..message() }, Err(SignatureFault::Wrong));
    check(signed(), Message { body: b"", ..message() }, Err(SignatureFault::Wrong));

    let with = |change: &dyn Fn(&mut SignatureHeaders)| {
        let mut headers = signed();
        change(&mut headers);
        headers
    };
    let wrong = Err(SignatureFault::Wrong);
    let malformed = Err(SignatureFault::Malformed);
    check(with(&|h| h.nonce = "nonce-0000000000000002".into()), message(), wrong);
    check(with(&|h| h.timestamp = "1709258401".into()), message(), wrong);
    check(with(&|h| h.signature = "v1=00".into()), message(), wrong);
    check(with(&|h| h.signature = format!("v1={}", "00".repeat(32))), message(), wrong);
    check(with(&|h| h.signature = format!("v1=,{}", h.signature)), message(), Ok(NONCE));
    check(with(&|h| h.signature = format!("v2=abc, {}", h.signature)), message(), Ok(NONCE));
    check(
        with(&|h| h.signature = format!("v1={}, {}", "11".repeat(32), h.signature)),
        message(),
        Ok(NONCE),
    );
    let three = |h: &mut SignatureHeaders| {
        h.signature = format!("{0},{0},{0}", h.signature);
    };
    check(with(&three), message(), malformed);
    check(with(&|h| h.signature = h.signature.replace("v1=", "")), message(), malformed);
    check(with(&|h| h.signature = "none=".into()), message(), malformed);
    check(with(&|h| h.signature = "v1=zz".into()), message(), malformed);
    check(with(&|h| h.signature = String::new()), message(), malformed);
    check(with(&|h| h.timestamp = "+1709258400".into()), message(), malformed);
    check(with(&|h| h.timestamp = "1709258400.0".into()), message(), malformed);
    check(with(&|h| h.timestamp = "9".repeat(30)), message(), malformed);
    check(with(&|h| h.timestamp = String::new()), message(), malformed);
    check(with(&|h| h.nonce = "short".into()), message(), malformed);
    check(with(&|h| h.nonce = "nonce 00000000000000 1".into()), message(), malformed);
    check(with(&|h| h.nonce = "n".repeat(129)), message(), malformed);

    let headers = signed();
    let base = 1_709_258_400;
    assert_eq!(verify_at(&headers, message(), base + 300), Ok(NONCE.to_owned()));
    assert_eq!(verify_at(&headers, message(), base - 300), Ok(NONCE.to_owned()));
    assert_eq!(verify_at(&headers, message(), base + 301), Err(SignatureFault::Stale));
    assert_eq!(verify_at(&headers, message(), base - 301), Err(SignatureFault::Stale));
    // Who does not know the secret learns nothing about our clock.
    let other = verify(b"another secret of 32 bytes......", message(), &headers, at(0), WINDOW_S);
    assert_eq!(other, Err(SignatureFault::Wrong));
}

#[test]
fn a_short_secret_or_nonce_signs_nothing() {
    let now = at(0);
    assert_eq!(sign(b"short", message(), now, NONCE), Err(SignatureFault::UnknownKey));
    assert_eq!(sign(SECRET, message(), now, "short"), Err(SignatureFault::Malformed));
    assert_eq!(
        sign(SECRET, message(), now, "a\nb-0000000000000000"),
        Err(SignatureFault::Malformed)
    );
    let headers = signed();
    let short = verify(b"", message(), &headers, now, WINDOW_S);
    assert_eq!(short, Err(SignatureFault::UnknownKey));
}

proptest! {
    #[test]
    fn what_is_signed_holds_and_nothing_else(
        secret in prop::collection::vec(any::<u8>(), 16..64),
        body in prop::collection::vec(any::<u8>(), 0..200),
        nonce in "[A-Za-z0-9_-]{16,128}",
        second in 0_i64..4_000_000_000,
        flipped in any::<prop::sample::Index>(),
    ) {
        let message = Message { method: "POST", path: "/exchange/v1/requests", body: &body };
        let headers = sign(&secret, message, at(second), &nonce).unwrap();
        let verified = verify(&secret, message, &headers, at(second), WINDOW_S);
        prop_assert_eq!(verified, Ok(nonce.as_str()));
        if !body.is_empty() {
            let mut other = body.clone();
            let at_byte = flipped.index(other.len());
            other[at_byte] ^= 1;
            let message = Message { body: &other, ..message };
            let verified = verify(&secret, message, &headers, at(second), WINDOW_S);
            prop_assert_eq!(verified, Err(SignatureFault::Wrong));
        }
    }

    #[test]
    fn any_headers_are_answered(
        timestamp in any::<String>(),
        nonce in any::<String>(),
        signature in any::<String>(),
    ) {
        let headers = SignatureHeaders { timestamp, nonce, signature };
        prop_assert!(verify(SECRET, message(), &headers, at(0), WINDOW_S).is_err());
    }
}
