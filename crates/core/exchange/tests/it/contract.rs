//! The wire: round trips, faults, the document's examples.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use casework::DispatchKind;
use proptest::prelude::*;
use uuid::Uuid;
use vocabulary::*;
use yijianshi_exchange::wire::*;
use yijianshi_exchange::*;

fn docs() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../docs")
}

/// The code blocks of the document that are marked with what they are.
fn examples(what: &str) -> Vec<String> {
    let text = fs::read_to_string(docs().join("protocol/exchange-v1.md")).unwrap();
    let marker = format!("```json {what}\n");
    let blocks = text.split(&marker).skip(1);
    blocks.map(|rest| rest.split("\n```").next().unwrap().to_owned()).collect()
}

#[test]
fn the_documents_examples_are_read_and_written_unchanged() {
    fn check<T: serde::Serialize>(
        what: &str,
        count: usize,
        parse: fn(&[u8]) -> Result<T, WireFault>,
    ) {
        let examples = examples(what);
        assert_eq!(examples.len(), count, "{what}");
        for example in examples {
            let read =
                parse(example.as_bytes()).unwrap_or_else(|fault| panic!("{fault}\n{example}"));
            let written = serde_json::to_value(&read).unwrap();
            let mut expected: serde_json::Value = serde_json::from_str(&example).unwrap();
            if what == "request" {
                for list in ["fields", "evidence"] {
                    let empty = if list == "fields" { "{}" } else { "[]" };
                    let empty = serde_json::from_str(empty).unwrap();
                    expected.as_object_mut().unwrap().entry(list).or_insert(empty);
                }
            }
            assert_eq!(written, expected);
        }
    }
    check("request", 5, parse_request);
    check("reply", 9, parse_reply);
    check("receipt", 1, parse_receipt);
    check("source-request", 1, parse_source_request);
    check("source-answer", 3, parse_source_answer);
    for example in examples("problem") {
        let problem: Problem = serde_json::from_str(&example).unwrap();
        assert_eq!(problem, Problem::new("EXC0008", 401, "the signature does not hold"));
    }
}

#[test]
fn every_code_has_a_page() {
    for code in CODES {
        let page = fs::read_to_string(docs().join(format!("codes/{code}.md"))).expect(code);
        assert!(page.starts_with(&format!("# {code}: ")), "{code}");
        for heading in ["\n## Cause\n", "\n## Example\n", "\n## Cure\n", "\n## 中文\n"] {
            assert!(page.contains(heading), "{code}: {heading}");
        }
    }
    let pages = fs::read_dir(docs().join("codes")).unwrap();
    let pages: BTreeSet<String> = pages
        .map(|page| page.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(".md").map(str::to_owned))
        .filter(|name| name.starts_with("EXC"))
        .collect();
    assert_eq!(pages, CODES.iter().map(|code| (*code).to_owned()).collect());
}

#[test]
fn what_does_not_fit_is_refused_with_the_place() {
    let check = |body: &str, expected: &str| {
        let told = match parse_reply(body.as_bytes()) {
            Ok(reply) => format!("{reply:?}"),
            Err(WireFault::Misfit { field }) => format!("EXC0005 {field}"),
            Err(fault) => fault.code().to_owned(),
        };
        assert_eq!(told, expected, "{body}");
    };
    let whole = |reply: &str| {
        format!(
            r#"{{"version":1,"dispatch_id":"3f1c2a52-7a53-5c1e-9b1a-0d6f2f6f5a11",
            "department_seq":1,"decided_at":"2024-03-01T02:05:00Z","reply":{reply}}}"#
        )
    };
    check("", "EXC0001");
    check("{", "EXC0001");
    check("\u{feff}{}", "EXC0001");
    check("[]", "EXC0005 version");
    check("{}", "EXC0005 version");
    check(r#"{"version":"1"}"#, "EXC0005 version");
    check(r#"{"version":2}"#, "EXC0003");
    check(r#"{"version":-1}"#, "EXC0005 version");
    check(r#"{"version":1}"#, "EXC0005 reply.kind");
    check(r#"{"version":1,"reply":{"kind":"received"}}"#, "EXC0005 dispatch_id");
    check(&whole(r#"{"kind":"approved"}"#), "EXC0004");
    check(&whole(r#"{"kind":60}"#), "EXC0005 reply.kind");
    check(&whole(r#"{"kind":"refused"}"#), "EXC0005 ground");
    check(&whole(r#"{"kind":"granted","ouputs":[]}"#), "EXC0005 ouputs");
    check(&whole(r#"{"kind":"granted","outputs":[{"id":"a","value":{}}]}"#), "EXC0005 value");
    check(&whole(r#"{"kind":"correction_requested","lines":"王小梅"}"#), "EXC0005 body");
    check(
        &whole(r#"{"kind":"granted","outputs":[{"id":"a","values":{"x":"王小梅"}}]}"#),
        "EXC0005 body",
    );
    let long = format!("{{\"version\":1,\"x\":\"{}\"}}", "a".repeat(BODY_BYTES_MAX));
    check(&long, "EXC0002");
    assert!(parse_reply(whole(r#"{"kind":"received"}"#).as_bytes()).is_ok());
}

#[test]
fn nothing_personal_shows_in_debug() {
    let shown = examples("request")
        .iter()
        .map(|text| format!("{:?}", parse_request(text.as_bytes()).unwrap()))
        .chain(
            examples("reply")
                .iter()
                .map(|text| format!("{:?}", parse_reply(text.as_bytes()).unwrap())),
        )
        .chain(
            examples("source-request")
                .iter()
                .map(|text| format!("{:?}", parse_source_request(text.as_bytes()).unwrap())),
        )
        .chain(
            examples("source-answer")
                .iter()
                .map(|text| format!("{:?}", parse_source_answer(text.as_bytes()).unwrap())),
        )
        .collect::<String>();
    for personal in
        ["李安然", "王小梅", "11010519491231002X", "照片", "2024-02-27", "HK-2024", "辖区"]
    {
        assert!(!shown.contains(personal), "{personal} in {shown}");
    }
    assert!(shown.contains("household-registration"));
}

fn ids() -> impl Strategy<Value = Uuid> {
    any::<u128>().prop_map(Uuid::from_u128)
}

fn instants() -> impl Strategy<Value = Instant> {
    (0_i64..4_000_000_000).prop_map(|second| Instant::from_second(second).unwrap())
}

fn dates() -> impl Strategy<Value = Date> {
    (1900_i16..2100, 1_i8..13, 1_i8..29).prop_map(|(y, m, d)| Date::new(y, m, d).unwrap())
}

fn values() -> impl Strategy<Value = WireValue> {
    prop_oneof![
        Just(WireValue::Null),
        any::<bool>().prop_map(WireValue::Bool),
        (any::<i64>(), 0_u32..10).prop_map(|(n, s)| WireValue::Number(Decimal::new(n, s))),
        any::<String>().prop_map(WireValue::Text),
        dates().prop_map(WireValue::Date),
    ]
}

fn fields() -> impl Strategy<Value = BTreeMap<String, WireValue>> {
    prop::collection::btree_map("[a-z]{1,8}\\.[a-z_]{1,8}(~[a-z0-9]{1,4})?", values(), 0..6)
}

fn texts() -> impl Strategy<Value = Option<String>> {
    prop::option::of(any::<String>())
}

fn lines() -> impl Strategy<Value = Vec<ChecklistLineId>> {
    prop::collection::vec("[a-z-]{1,12}".prop_map(|id| ChecklistLineId::from(id.as_str())), 1..4)
}

fn replies() -> impl Strategy<Value = DepartmentReply> {
    let ground = || "[a-z-]{1,12}".prop_map(|id| ChecklistLineId::from(id.as_str()));
    let outputs = ("[a-z-]{1,12}", texts(), fields()).prop_map(|(id, number, values)| WireOutput {
        id,
        number,
        values,
    });
    let reply = prop_oneof![
        Just(WireReply::Received),
        Just(WireReply::Accepted),
        Just(WireReply::WithdrawalConfirmed),
        Just(WireReply::TooLateToWithdraw),
        (ground(), texts()).prop_map(|(ground, text)| WireReply::NotAccepted { ground, text }),
        (ground(), texts()).prop_map(|(ground, text)| WireReply::Refused { ground, text }),
        (lines(), texts(), texts()).prop_map(|(lines, text, reason)| {
            WireReply::CorrectionRequested { lines, text, reason }
        }),
        (any::<u32>(), prop::collection::vec(0_u32..6, 0..3)).prop_map(|(number, slots)| {
            WireReply::VisitJoined { visit: "joint-site-visit".into(), number, slots }
        }),
        texts().prop_map(|text| {
            let result = casework::VisitResult::ToMend;
            WireReply::VisitHeld { visit: "joint-site-visit".into(), result, text }
        }),
        prop::collection::vec(outputs, 0..3)
            .prop_map(|outputs| WireReply::Granted { outputs, owed: Vec::new() }),
    ];
    (ids(), any::<u64>(), instants(), reply).prop_map(|(id, department_seq, decided_at, reply)| {
        DepartmentReply {
            version: VERSION,
            dispatch_id: DispatchId(id),
            department_seq,
            decided_at,
            reply,
        }
    })
}

fn requests() -> impl Strategy<Value = DepartmentRequest> {
    let kind = prop_oneof![
        Just(DispatchKind::Referral),
        Just(DispatchKind::Supplement),
        Just(DispatchKind::Withdrawal),
        Just(DispatchKind::Lapse),
        Just(DispatchKind::Visit),
    ];
    let evidence =
        (ids(), any::<String>(), any::<u64>()).prop_map(|(id, file_name, size_bytes)| {
            WireEvidence {
                evidence_id: EvidenceId(id),
                ty: "birth-record".into(),
                member: Some("c1".into()),
                file_name,
                media_type: "application/pdf".into(),
                size_bytes,
                sha256: "00".repeat(32),
            }
        });
    let correction = (0_u32..9, lines(), texts(), prop::collection::vec(ids(), 0..3)).prop_map(
        |(round, lines, words, evidence)| WireCorrection {
            round,
            lines,
            words,
            evidence: evidence.into_iter().map(EvidenceId).collect(),
        },
    );
    (
        (ids(), kind, any::<String>(), fields(), instants()),
        prop::collection::vec(evidence, 0..3),
        prop::option::of(dates()),
        prop::option::of(dates()),
        prop::option::of(correction),
    )
        .prop_map(
            |(
                (id, kind, case_number, fields, received_at),
                evidence,
                promised_on,
                statutory_on,
                correction,
            )| {
                DepartmentRequest {
                    version: VERSION,
                    dispatch_id: DispatchId(id),
                    kind,
                    case_number,
                    service: "register".into(),
                    member: None,
                    service_revision: ServiceRevision::new("r1"),
                    fields,
                    evidence,
                    received_at,
                    promised_on,
                    statutory_on,
                    correction,
                    visit: None,
                    unchecked: Vec::new(),
                    notice: None,
                }
            },
        )
}

proptest! {
    #[test]
    fn requests_round_trip(request in requests()) {
        let bytes = serde_json::to_vec(&request).unwrap();
        prop_assert!(parse_request(&bytes).unwrap() == request);
    }

    #[test]
    fn replies_round_trip(reply in replies()) {
        let bytes = serde_json::to_vec(&reply).unwrap();
        prop_assert!(parse_reply(&bytes).unwrap() == reply);
        prop_assert!(WireReply::KINDS.contains(&reply.reply.kind()));
    }

    #[test]
    fn values_keep_their_type_and_digits(value in values()) {
        let there = Value::from(value.clone());
        prop_assert!(WireValue::from(&there) == value);
    }

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse_reply(&bytes);
        let _ = parse_request(&bytes);
        let _ = parse_receipt(&bytes);
        let _ = parse_source_request(&bytes);
        let _ = parse_source_answer(&bytes);
    }

    #[test]
    fn damaged_replies_never_panic(
        reply in replies(),
        damages in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut bytes = serde_json::to_vec(&reply).unwrap();
        for (index, byte) in damages {
            let at = index.index(bytes.len());
            bytes[at] = byte;
        }
        if let Err(fault) = parse_reply(&bytes) {
            prop_assert!(CODES.contains(&fault.code()));
        }
    }
}
