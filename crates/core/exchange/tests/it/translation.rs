//! From a case to a request, and from a reply to a command.

use std::collections::BTreeMap;

use casework::*;
use proptest::prelude::*;
use uuid::Uuid;
use vocabulary::*;
use yijianshi_exchange::translate::{self, ReplyContent, RequestParts, TranslateFault, keyed_id};
use yijianshi_exchange::*;

const KEY: &[u8] = b"a key of the subject";

fn now() -> Instant {
    "2024-03-01T02:00:00Z".parse().unwrap()
}

fn zone() -> jiff::tz::TimeZone {
    jiff::tz::TimeZone::get("Asia/Shanghai").unwrap()
}

fn calendar() -> WorkCalendar {
    let years = BTreeMap::from([(2024, CalendarYear::default())]);
    WorkCalendar { version: "2024".into(), years }
}

fn evidence(number: u128, ty: &str) -> EvidenceRef {
    EvidenceRef {
        id: EvidenceId(Uuid::from_u128(number)),
        slot: EvidenceSlot { ty: ty.into(), member: None },
        keyed_hash: "00".into(),
        size_bytes: 1,
    }
}

fn file(number: u128, ty: &str) -> WireEvidence {
    WireEvidence {
        evidence_id: EvidenceId(Uuid::from_u128(number)),
        ty: ty.into(),
        member: None,
        file_name: format!("{number}.pdf"),
        media_type: "application/pdf".into(),
        size_bytes: 1,
        sha256: "00".repeat(32),
    }
}

fn node(name: &str, waits: &[&str], fields: &[&str], types: &[&str]) -> ServiceNode {
    ServiceNode {
        revocations: Vec::new(),
        delivery: None,
        on_change: Vec::new(),
        key: NodeKey::single(name),
        revision: ServiceRevision::new("r1"),
        department: OrganisationId::new(format!("{name}-office")),
        waits_for: waits
            .iter()
            .map(|from| Wait {
                from: NodeKey::single(*from),
                output: format!("{from}-page").into(),
            })
            .collect(),
        informed_by: Vec::new(),
        fields: fields.iter().map(|field| field.parse().unwrap()).collect(),
        evidence: types.iter().map(|ty| EvidenceSlot { ty: (*ty).into(), member: None }).collect(),
        promised: Period::working_days(3),
        statutory: Some(Period::working_days(20)),
        correction_limit: Period::working_days(5),
        deemed_acceptance: true,
        extension: None,
        procedures: Vec::new(),
        correction_lapses: false,
        lapse_means: Default::default(),
        clock: Default::default(),
        deemed_grant: None,
        checklist: Vec::new(),
        correction_answer: Period::working_days(10),
        outputs: vec![NodeOutput {
            id: format!("{name}-page").into(),
            licence: true,
            slots: vec![Slot::single(format!("{name}.number").as_str())],
            fact: false,
        }],
    }
}

/// A case of two services, `register` and `card` that waits for it.
#[derive(Debug)]
struct Desk {
    events: Vec<CaseEvent>,
}

impl Desk {
    fn open(register_fields: &[&str]) -> Self {
        let application = Application {
            unchecked: Vec::new(),
            case: CaseId(Uuid::from_u128(1)),
            draft: DraftId(Uuid::from_u128(2)),
            subject: SubjectId(Uuid::from_u128(3)),
            case_number: "51010020240301ABCDEFGHJKM".into(),
            matter: "newborn".into(),
            matter_revision: MatterRevision::new("m1"),
            plan_hash: "p1".into(),
            calendar_version: "2024".into(),
            channel: "online".into(),
            nodes: vec![
                node("register", &[], register_fields, &["birth-record", "photo"]),
                node("card", &["register"], &["child.name~c1", "register.number"], &["photo"]),
            ],
            values: SealedId(Uuid::from_u128(4)),
            evidence: vec![evidence(11, "birth-record"), evidence(12, "income")],
            procedures_may_add: None,
            correction_margin: None,
            visits: Vec::new(),
            reception: casework::Reception::default(),
        };
        let mut desk = Self { events: Vec::new() };
        desk.run(ActorRole::Applicant, "", &Command::Submit(Box::new(application))).unwrap();
        desk
    }

    fn case(&self) -> Case {
        Case::fold(&self.events).unwrap()
    }

    fn run(
        &mut self,
        role: ActorRole,
        department: &str,
        command: &Command,
    ) -> Result<usize, Refusal> {
        let actor = Actor { role, account: None, department: Some(department.into()) };
        let (calendar, zone) = (calendar(), zone());
        let context = Context { now: now(), actor: &actor, calendar: &calendar, time_zone: &zone };
        let case = Case::fold(&self.events);
        let bodies = decide(case.as_ref(), command, context)?;
        let count = bodies.len();
        for body in bodies {
            let seq = u64::try_from(self.events.len()).unwrap() + 1;
            self.events.push(CaseEvent { seq, at: now(), actor: actor.clone(), body });
        }
        Ok(count)
    }

    /// A reply from the wire, carried out as the hub does; the receipt.
    fn take(&mut self, reply: &DepartmentReply) -> Result<ReplyReceipt, String> {
        let bytes = serde_json::to_vec(reply).unwrap();
        let reply = wire::parse_reply(&bytes).map_err(|fault| fault.code().to_owned())?;
        let translated = translate::reply(&self.case(), &reply, KEY, now())
            .map_err(|fault| fault.code().to_owned())?;
        let taken = match translated.content {
            ReplyContent::Plain { reply, .. } => reply,
            ReplyContent::Granted { outputs, owed } => Reply::Granted {
                owed,
                outputs: outputs
                    .keys()
                    .map(|id| GrantedOutput { id: id.as_str().into(), licence: None, values: None })
                    .collect(),
            },
        };
        let command = Command::TakeReply {
            node: translated.node.clone(),
            dispatch: translated.dispatch,
            department_seq: translated.department_seq,
            decided_at: translated.decided_at,
            reply: taken,
        };
        let department = format!("{}-office", translated.node);
        let events = self
            .run(ActorRole::Department, &department, &command)
            .map_err(|refusal| refusal.code().to_owned())?;
        let (dispatch, seq) = (translated.dispatch, translated.department_seq);
        Ok(translate::receipt(&self.case(), dispatch, seq, events == 0).unwrap())
    }

    fn request(
        &self,
        dispatch: DispatchId,
        facts: &Facts,
        files: &[WireEvidence],
    ) -> DepartmentRequest {
        translate::request(RequestParts {
            case: &self.case(),
            dispatch,
            facts,
            files,
            words: Some("照片已重拍。"),
            calendar: &calendar(),
            time_zone: &zone(),
        })
        .unwrap()
    }
}

fn dispatch(node: &str, kind: &str, round: u32) -> DispatchId {
    DispatchId::derive(CaseId(Uuid::from_u128(1)), &NodeKey::single(node), kind, round)
}

fn reply(node: &str, seq: u64, reply: WireReply) -> DepartmentReply {
    DepartmentReply {
        version: VERSION,
        dispatch_id: dispatch(node, "referral", 0),
        department_seq: seq,
        decided_at: now(),
        reply,
    }
}

fn granted(values: &[(&str, &str)]) -> WireReply {
    let values = values
        .iter()
        .map(|(slot, text)| ((*slot).to_owned(), WireValue::Text((*text).to_owned())))
        .collect();
    let output = WireOutput { id: "register-page".into(), number: Some("HK-1".into()), values };
    WireReply::Granted { outputs: vec![output], owed: Vec::new() }
}

fn facts() -> Facts {
    let mut facts = Facts::new();
    facts.answer(Slot::of("child.name", "c1"), Value::text("李安然"));
    facts.answer(Slot::single("mother.name"), Value::text("王小梅"));
    facts.answer(Slot::single("mother.income"), Value::Number("1234.50".parse().unwrap()));
    facts.answer(Slot::single("father.citizen_id"), Value::Null);
    facts.decline(Slot::single("mother.phone"));
    facts
}

proptest! {
    #[test]
    fn a_department_receives_exactly_its_own_known_fields(
        wanted in prop::collection::btree_set("[a-e]\\.[a-c](~m[12])?", 0..8),
        known in prop::collection::btree_set("[a-e]\\.[a-c](~m[12])?", 0..12),
    ) {
        let names: Vec<&str> = wanted.iter().map(String::as_str).collect();
        let desk = Desk::open(&names);
        let mut facts = Facts::new();
        for name in &known {
            facts.answer(name.parse().unwrap(), Value::text(name.as_str()));
        }
        let request = desk.request(dispatch("register", "referral", 0), &facts, &[]);
        let sent: Vec<&String> = request.fields.keys().collect();
        let expected: Vec<&String> = wanted.intersection(&known).collect();
        prop_assert_eq!(sent, expected);
        for (name, value) in &request.fields {
            prop_assert!(*value == WireValue::Text(name.clone()));
        }
    }
}

#[test]
fn a_referral_says_what_the_department_needs_and_nothing_else() {
    let fields = ["child.name~c1", "mother.name", "mother.phone", "father.citizen_id"];
    let desk = Desk::open(&fields);
    let files =
        [file(11, "birth-record"), file(12, "income"), file(13, "photo"), file(11, "income")];
    let request = desk.request(dispatch("register", "referral", 0), &facts(), &files);
    assert_eq!(request.kind, DispatchKind::Referral);
    assert_eq!(
        request.fields.keys().collect::<Vec<_>>(),
        ["child.name~c1", "father.citizen_id", "mother.name"]
    );
    assert!(request.fields["father.citizen_id"] == WireValue::Null, "known to be absent");
    // Of its kind and handed in with this case: not the income, not a file of another application.
    assert_eq!(request.evidence, [file(11, "birth-record")]);
    assert_eq!(request.received_at, now());
    assert_eq!(request.promised_on, Some("2024-03-06".parse().unwrap()));
    assert_eq!(request.statutory_on, None);
    assert_eq!(request.correction, None);
    let bytes = serde_json::to_vec(&request).unwrap();
    assert_eq!(wire::parse_request(&bytes).unwrap(), request);
    let text = String::from_utf8(bytes).unwrap();
    assert!(!text.contains("1234.50"), "income goes nowhere: {text}");
    assert_eq!(desk.request(dispatch("register", "referral", 0), &facts(), &files), request);
}

#[test]
fn a_supplement_says_what_was_answered_and_a_withdrawal_says_nothing() {
    let mut desk = Desk::open(&["child.name~c1", "mother.name"]);
    let lines = vec!["hr-photo".into()];
    let text = Some(" 请重拍照片。 ".into());
    let asked = WireReply::CorrectionRequested { lines, text, reason: None };
    desk.take(&reply("register", 1, asked)).unwrap();
    let answer = Command::AnswerCorrection {
        node: NodeKey::single("register"),
        answer: Some(SealedId(Uuid::from_u128(5))),
        evidence: vec![evidence(13, "photo")],
    };
    desk.run(ActorRole::Applicant, "", &answer).unwrap();
    let files = [file(11, "birth-record"), file(13, "photo")];
    let request = desk.request(dispatch("register", "supplement", 1), &facts(), &files);
    assert_eq!(request.kind, DispatchKind::Supplement);
    assert_eq!(request.evidence, files);
    let correction = request.correction.unwrap();
    assert_eq!((correction.round, correction.lines), (1, vec!["hr-photo".into()]));
    assert_eq!(correction.words.as_deref(), Some("照片已重拍。"));
    assert_eq!(correction.evidence, [EvidenceId(Uuid::from_u128(13))]);

    desk.run(ActorRole::Applicant, "", &Command::Withdraw { node: None }).unwrap();
    let request = desk.request(dispatch("register", "withdrawal", 0), &facts(), &files);
    assert_eq!(request.kind, DispatchKind::Withdrawal);
    assert!(request.fields.is_empty() && request.evidence.is_empty());
    assert_eq!(request.correction, None);
}

#[test]
fn a_sending_of_another_case_is_unknown() {
    let desk = Desk::open(&[]);
    let elsewhere = DispatchId(Uuid::from_u128(99));
    let told = translate::request(RequestParts {
        case: &desk.case(),
        dispatch: elsewhere,
        facts: &facts(),
        files: &[],
        words: None,
        calendar: &calendar(),
        time_zone: &zone(),
    });
    assert_eq!(told, Err(TranslateFault::UnknownDispatch(elsewhere)));
}

#[test]
fn replies_become_commands_and_receipts() {
    let mut desk = Desk::open(&["mother.name"]);
    let status = |receipt: Result<ReplyReceipt, String>| {
        receipt.map_or_else(|code| code, |receipt| format!("{:?}", receipt.status))
    };
    let refused = |text: &str| WireReply::Refused { ground: "g".into(), text: Some(text.into()) };
    let grant = || granted(&[("register.number", "X1")]);
    assert_eq!(status(desk.take(&reply("register", 1, WireReply::Received))), "Recorded");
    assert_eq!(status(desk.take(&reply("register", 1, WireReply::Received))), "Repeated");
    assert_eq!(status(desk.take(&reply("register", 1, WireReply::Accepted))), "CASE0009");
    assert_eq!(status(desk.take(&reply("card", 1, WireReply::Received))), "CASE0004");
    assert_eq!(status(desk.take(&reply("register", 3, grant()))), "Recorded");
    assert_eq!(status(desk.take(&reply("register", 2, WireReply::Accepted))), "Recorded");
    assert_eq!(status(desk.take(&reply("register", 4, WireReply::Received))), "Late");
    assert_eq!(status(desk.take(&reply("register", 5, refused("不符。")))), "Contradicts");
    assert_eq!(status(desk.take(&reply("register", 5, refused("不符。")))), "Repeated");
    assert_eq!(status(desk.take(&reply("register", 5, refused("不符！")))), "CASE0009");
    assert_eq!(status(desk.take(&reply("card", 1, WireReply::Received))), "Recorded");
    let nothing = WireReply::Granted { outputs: Vec::new(), owed: Vec::new() };
    assert_eq!(status(desk.take(&reply("card", 2, nothing))), "CASE0008");
    let no_lines = WireReply::CorrectionRequested { lines: Vec::new(), text: None, reason: None };
    assert_eq!(status(desk.take(&reply("card", 2, no_lines))), "CASE0017");
}

#[test]
fn a_grant_brings_only_what_is_promised() {
    let desk = Desk::open(&[]);
    let translated = |content: WireReply| {
        translate::reply(&desk.case(), &reply("register", 1, content), KEY, now())
    };
    let content = translated(granted(&[("register.number", "X1")])).unwrap().content;
    let values = content.values();
    let fact = values["register-page"].get(&Slot::single("register.number")).unwrap();
    assert_eq!(fact.value, Value::text("X1"));
    assert_eq!(fact.origin, Origin::Output { service: "register".into() });
    let ReplyContent::Granted { outputs, .. } = &content else { panic!("no grant") };
    assert_eq!(outputs["register-page"].number.as_deref(), Some("HK-1"));
    assert!(!format!("{content:?}").contains("X1"));

    let code = |content| translated(content).map_or_else(|fault| fault.code(), |_| "taken");
    assert_eq!(code(granted(&[("mother.phone", "1")])), "EXC0011");
    assert_eq!(code(granted(&[("register.number~c1", "1")])), "EXC0011");
    let output = |id: &str| WireOutput { id: id.into(), number: None, values: BTreeMap::new() };
    assert_eq!(
        code(WireReply::Granted { outputs: vec![output("other")], owed: Vec::new() }),
        "EXC0011"
    );
    let twice = vec![output("register-page"), output("register-page")];
    assert_eq!(code(WireReply::Granted { outputs: twice, owed: Vec::new() }), "EXC0011");
    assert_eq!(code(granted(&[("register.number", &"长".repeat(4001))])), "EXC0012");
    assert_eq!(code(granted(&[("register.number", &"长".repeat(4000))])), "taken");
    let long = WireReply::Refused { ground: "g".into(), text: Some("长".repeat(4001)) };
    assert_eq!(code(long), "EXC0012");
    let mut early = reply("register", 1, WireReply::Received);
    early.decided_at = now().checked_add(jiff::SignedDuration::from_secs(301)).unwrap();
    let told = translate::reply(&desk.case(), &early, KEY, now());
    assert_eq!(told, Err(TranslateFault::InTheFuture));
}

#[test]
fn words_are_sealed_under_an_id_that_tells_nothing() {
    let desk = Desk::open(&[]);
    let sealed = |text: &str, seq, key| {
        let content = WireReply::Refused { ground: "g".into(), text: Some(text.into()) };
        let reply = reply("register", seq, content);
        match translate::reply(&desk.case(), &reply, key, now()).unwrap().content {
            ReplyContent::Plain { reply: Reply::Refused { text, .. }, seal } => (text, seal),
            other => panic!("{other:?}"),
        }
    };
    let (text, words) = sealed("不符。", 1, KEY);
    let words = words.first().unwrap().clone();
    assert_eq!(text, Some(words.id));
    assert_eq!(words.text, "不符。");
    // The same words said once more are the same reply; others are not; another key gives another id.
    assert_eq!(sealed("不符。", 2, KEY).0, text);
    assert_ne!(sealed("不符！", 1, KEY).0, text);
    assert_ne!(sealed("不符。", 1, b"another key").0, text);
    assert_eq!(sealed("  ", 1, KEY), (None, Vec::new()));
    // Parts cannot run into each other.
    assert_ne!(keyed_id(KEY, &["ab", "c"]), keyed_id(KEY, &["a", "bc"]));
    assert!(!format!("{words:?}").contains("不符"));
}
