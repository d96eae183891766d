//! 接续办理, the check before submission, and standards that differ, through a whole engine.

use std::collections::BTreeSet;

use casework::{EntryKind, Intake, Reply, TickedLine};
use engine::{EngineError, PrecheckFault};
use plan::EvidenceKey;
use store_port::InconsistencyFilter;
use vocabulary::{NodeKey, Origin, ServiceId, Slot, Value};

use crate::desk::{Desk, KEY, MATTER, command, missing};

const PERMIT: &[(&str, &str, &str)] = &[("permit", "stall.permit_no", "RB-0007")];

fn service(id: &str) -> ServiceId {
    ServiceId::new(id)
}

fn names<'a>(nodes: impl IntoIterator<Item = &'a NodeKey>) -> Vec<String> {
    nodes.into_iter().map(ToString::to_string).collect()
}

impl Desk {
    /// A draft for single services, with everything that it asks for.
    async fn single(&self, services: &[&str]) -> engine::Draft {
        let engine = &self.hub.engine;
        let services: BTreeSet<ServiceId> = services.iter().map(|id| service(id)).collect();
        let mut draft = engine.single_draft(self.owner, &MATTER.into(), services).await.unwrap();
        for (slot, value) in [
            ("owner.resident", Value::Bool(true)),
            ("stall.place", Value::text("market")),
            ("stall.tables", Value::Number(2.into())),
        ] {
            draft.facts.answer(slot.parse().unwrap(), value);
        }
        let draft = engine.fetch_sources(draft, KEY).await.unwrap();
        self.filled(draft).await
    }

    /// Every missing field filled in with its example.
    async fn filled(&self, mut draft: engine::Draft) -> engine::Draft {
        let engine = &self.hub.engine;
        for slot in missing(&engine.plan_of(&draft).await.unwrap()) {
            let element = engine.catalogue().element(&slot.element).unwrap();
            let example = element.example.clone().unwrap();
            let as_of = engine.catalogue().civil_date(engine.clock().now());
            let value = interview::accept_value(element, &slot, &example, as_of).unwrap();
            draft.facts.answer(slot, value);
        }
        engine.save_draft(draft).await.unwrap()
    }

    /// The permit alone, for a stall so large that it is drawn.
    async fn larger_stall(&self) -> engine::Draft {
        let mut draft = self.single(&["stall-permit"]).await;
        draft.facts.answer("stall.tables".parse().unwrap(), Value::Number(4.into()));
        self.hub.engine.save_draft(draft).await.unwrap()
    }

    async fn questions(&self, draft: &engine::Draft) -> Vec<String> {
        let checked = self.hub.engine.precheck(draft).await.unwrap();
        let asked = checked.faults.into_iter().filter_map(|fault| match fault {
            PrecheckFault::Question { question, .. } => Some(question.to_string()),
            _ => None,
        });
        asked.collect()
    }
}

#[tokio::test]
async fn a_single_service_is_done_and_the_rest_follows() {
    let desk = Desk::open().await;
    let engine = &desk.hub.engine;
    let alone = desk.single(&["stall-permit"]).await;
    assert!(desk.questions(&alone).await.is_empty(), "helpers and water are the others' concern");
    let again = desk.single(&["stall-permit"]).await;
    assert_eq!(again.id, alone.id, "the same draft while it is open");
    let whole = desk.begin().await;
    assert_ne!(whole.id, alone.id, "the whole matter has a draft of its own");

    let case = desk.submit(command(), &again).await.unwrap().case;
    assert_eq!(
        names(desk.case(case).await.services.iter().map(|it| &it.node.key)),
        ["stall-permit"]
    );
    assert!(
        engine.continuations(desk.owner, None).await.unwrap().is_empty(),
        "nothing is done yet"
    );
    let early = engine.continue_from(desk.owner, case, &MATTER.into(), None).await;
    assert!(matches!(early, Err(EngineError::NothingToContinue)), "{early:?}");
    desk.grant(case, "stall-permit", 1, PERMIT).await.unwrap();

    let found = engine.continuations(desk.owner, Some(&MATTER.into())).await.unwrap();
    let [continuation] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(names(continuation.done.iter().map(|done| &done.node)), ["stall-permit"]);
    assert!(names(&continuation.remaining).contains(&"opening-notice".to_owned()));
    assert!(!names(&continuation.remaining).contains(&"stall-permit".to_owned()));

    let entered = Some(service("stall-permit"));
    let draft =
        engine.continue_from(desk.owner, case, &MATTER.into(), entered.clone()).await.unwrap();
    let entry = draft.reception.entry.clone().unwrap();
    assert_eq!(
        (entry.kind, entry.from, entry.service),
        (EntryKind::Continuation, Some(case), entered)
    );
    let tables = draft.facts.value(&Slot::single("stall.tables"));
    assert_eq!(tables, Some(&Value::Number(2.into())), "answers carry over");
    let number = draft.facts.get(&Slot::single("stall.permit_no")).unwrap();
    assert!(
        matches!(&number.origin, Origin::Output { service } if service.as_str() == "stall-permit")
    );
    assert!(desk.questions(&draft).await.contains(&"helpers".to_owned()), "only the rest is asked");
    let twice = engine.continue_from(desk.owner, case, &MATTER.into(), None).await.unwrap();
    assert_eq!(twice.id, draft.id);

    let mut draft = draft;
    draft.facts.set_members("helper".into(), vec!["h1".into()]);
    draft.facts.answer("helper.pours~h1".parse().unwrap(), Value::Bool(true));
    let born_on = Value::Date("1999-01-01".parse().unwrap());
    draft.facts.answer("helper.born_on~h1".parse().unwrap(), born_on);
    let draft = engine.fetch_sources(draft, KEY).await.unwrap();
    let draft = desk.filled(draft).await;
    let next = desk.submit(command(), &draft).await.unwrap().case;
    let kept = desk.case(next).await;
    let reception = &kept.application.reception;
    let done: Vec<_> =
        reception.done_before.iter().map(|it| (it.node.to_string(), it.case)).collect();
    assert_eq!(done, [("stall-permit".to_owned(), Some(case))]);
    let notice = kept.service(&NodeKey::single("opening-notice")).unwrap();
    assert!(notice.node.waits_for.iter().all(|wait| wait.from.service.as_str() != "stall-permit"));
    assert!(
        engine.continuations(desk.owner, None).await.unwrap().is_empty(),
        "what is on its way is not offered twice"
    );
}

#[tokio::test]
async fn files_that_still_hold_carry_over_as_copies_of_their_own() {
    let desk = Desk::open().await;
    let engine = &desk.hub.engine;
    let alone = desk.larger_stall().await;
    let sketch = EvidenceKey { ty: "stall-sketch".into(), member: None };
    let wrong = EvidenceKey { ty: "stall-sketch".into(), member: Some("m1".into()) };
    let bytes = b"%PDF-1.7 the stall".to_vec();
    let media = "application/pdf";
    engine.add_evidence(&alone, &sketch, "stall.pdf", media, bytes.clone()).await.unwrap();
    engine.add_evidence(&alone, &wrong, "odd.pdf", media, bytes.clone()).await.unwrap();
    let case = desk.submit(command(), &alone).await.unwrap().case;
    desk.grant(case, "stall-permit", 1, PERMIT).await.unwrap();
    let first = engine.find_draft(desk.owner, alone.id).await.unwrap().unwrap();
    let before = engine.evidence_of(&first).await.unwrap();

    let draft = engine.continue_from(desk.owner, case, &MATTER.into(), None).await.unwrap();
    let carried = engine.evidence_of(&draft).await.unwrap();
    let [file] = carried.as_slice() else { panic!("{carried:?}") };
    let number = desk.case(case).await.application.case_number.to_string();
    assert_eq!((&file.slot, file.file_name.as_str()), (&sketch, "stall.pdf"));
    assert_eq!(file.from_case, Some(number));
    assert!(before.iter().all(|own| own.id != file.id), "a copy, not the file of the first case");
    assert_eq!(engine.evidence_bytes(file.id).await.unwrap().unwrap().1, bytes);
    // Again: the same draft with the same file. Taken away, the first case keeps its own.
    let again = engine.continue_from(desk.owner, case, &MATTER.into(), None).await.unwrap();
    assert_eq!(engine.evidence_of(&again).await.unwrap().len(), 1);
    assert!(engine.remove_evidence(&again, file.id).await.unwrap());
    assert_eq!(engine.evidence_of(&first).await.unwrap().len(), before.len());
    let kept = before.iter().find(|own| own.slot == sketch).unwrap();
    assert_eq!(engine.evidence_bytes(kept.id).await.unwrap().unwrap().1, bytes);
}

#[tokio::test]
async fn what_a_department_objected_to_does_not_carry_over() {
    let desk = Desk::open().await;
    let engine = &desk.hub.engine;
    let alone = desk.larger_stall().await;
    let sketch = EvidenceKey { ty: "stall-sketch".into(), member: None };
    let media = "application/pdf";
    let bytes = b"%PDF-1.7 blurred".to_vec();
    engine.add_evidence(&alone, &sketch, "blurred.pdf", media, bytes).await.unwrap();
    let case = desk.submit(command(), &alone).await.unwrap().case;
    let asked =
        Reply::CorrectionRequested { lines: vec!["sp-place".into()], text: None, reason: None };
    desk.reply(case, "stall-permit", 1, asked).await.unwrap();
    desk.grant(case, "stall-permit", 2, PERMIT).await.unwrap();
    let draft = engine.continue_from(desk.owner, case, &MATTER.into(), None).await.unwrap();
    assert!(engine.evidence_of(&draft).await.unwrap().is_empty());
}

#[tokio::test]
async fn another_person_s_case_is_none() {
    let desk = Desk::open().await;
    let engine = &desk.hub.engine;
    let case = desk.submit(command(), &desk.single(&["stall-permit"]).await).await.unwrap().case;
    desk.grant(case, "stall-permit", 1, PERMIT).await.unwrap();
    let stranger = vocabulary::AccountId(store_port::fresh_id());
    let theirs = engine.continue_from(stranger, case, &MATTER.into(), None).await;
    assert!(matches!(theirs, Err(EngineError::NoDraft)), "{theirs:?}");
    let none = engine.single_draft(desk.owner, &MATTER.into(), BTreeSet::new()).await;
    assert!(matches!(none, Err(EngineError::NotOffered)));
    let foreign = [service("marriage")].into();
    let foreign = engine.single_draft(desk.owner, &MATTER.into(), foreign).await;
    assert!(matches!(foreign, Err(EngineError::NotOffered)));
}

#[tokio::test]
async fn another_stall_is_another_story() {
    let desk = Desk::open().await;
    let engine = &desk.hub.engine;
    let first = desk.submit(command(), &desk.single(&["stall-permit"]).await).await.unwrap().case;
    desk.grant(first, "stall-permit", 1, PERMIT).await.unwrap();
    let mut other = desk.single(&["stall-permit"]).await;
    other.facts.answer("stall.tables".parse().unwrap(), Value::Number(1.into()));
    let other = engine.save_draft(other).await.unwrap();
    let second = desk.submit(command(), &other).await.unwrap().case;
    desk.grant(second, "stall-permit", 1, &[("permit", "stall.permit_no", "RB-0008")])
        .await
        .unwrap();
    let found = engine.continuations(desk.owner, None).await.unwrap();
    let cases: BTreeSet<_> = found.iter().map(|it| it.case).collect();
    assert_eq!(cases, [first, second].into());
    for continuation in &found {
        let done: Vec<_> = continuation.done.iter().map(|done| done.case).collect();
        assert_eq!(done, [Some(continuation.case)], "each stands on its own permit");
    }
}

#[tokio::test]
async fn the_check_before_submission_tells_everything_at_once() {
    let desk = Desk::open().await;
    let engine = &desk.hub.engine;
    let empty = engine.precheck(&desk.begin().await).await.unwrap();
    assert!(!empty.is_ready());
    let kinds: BTreeSet<&str> = empty.faults.iter().map(PrecheckFault::kind).collect();
    assert!(kinds.contains("question") && kinds.contains("field-missing"), "{kinds:?}");

    let mut draft = desk.complete_draft().await;
    let ready = engine.precheck(&draft).await.unwrap();
    assert!(ready.is_ready(), "{:?}", ready.faults);

    // Several things at once, and all are told.
    let phone = Slot::single("owner.phone");
    draft.facts.answer(phone.clone(), Value::text("12"));
    let sketch = EvidenceKey { ty: "stall-sketch".into(), member: None };
    let add = |name: &'static str, media: &'static str, bytes: Vec<u8>| {
        engine.add_evidence(&draft, &sketch, name, media, bytes)
    };
    add("again.pdf", "application/pdf", crate::desk::SKETCH.to_vec()).await.unwrap();
    add("empty.pdf", "application/pdf", Vec::new()).await.unwrap();
    add("page.html", "text/html", b"<p>".to_vec()).await.unwrap();
    let told = engine.precheck(&draft).await.unwrap();
    let mut lines: Vec<String> = told
        .faults
        .iter()
        .map(|fault| match fault {
            PrecheckFault::File { name, why, .. } => format!("{name} {}", why.as_str()),
            PrecheckFault::FieldInvalid { slot, .. } => format!("{slot} invalid"),
            other => other.kind().to_owned(),
        })
        .collect();
    lines.sort();
    assert_eq!(
        lines,
        ["again.pdf duplicate", "empty.pdf empty", "owner.phone invalid", "page.html wrong-type"]
    );
    // It refuses nothing and keeps nothing.
    let kept = engine.find_draft(desk.owner, draft.id).await.unwrap().unwrap();
    assert_ne!(kept.facts.value(&phone), Some(&Value::text("12")));
    desk.submit(command(), &draft).await.unwrap();
}

#[tokio::test]
async fn standards_that_differ_are_recorded_and_told() {
    let desk = Desk::open().await;
    let engine = &desk.hub.engine;
    let mut draft = desk.complete_draft().await;
    let permit = NodeKey::single("stall-permit");
    draft.reception.intake = None;
    let draft = engine.save_draft(draft).await.unwrap();
    let case = desk.submit(command(), &draft).await.unwrap().case;
    let cited = |lines: &[&str]| Reply::CorrectionRequested {
        lines: lines.iter().map(|line| (*line).into()).collect(),
        text: None,
        reason: None,
    };
    desk.reply(case, "stall-permit", 1, cited(&["sp-place", "lucky-number", "Mei 的电话"]))
        .await
        .unwrap();
    let all = InconsistencyFilter { limit: 10, ..InconsistencyFilter::default() };
    let rows = engine.store().list_inconsistencies(&all).await.unwrap();
    let mut lines: Vec<(&str, &str)> =
        rows.iter().map(|row| (row.line.as_str(), row.kind.as_str())).collect();
    lines.sort_unstable();
    assert_eq!(
        lines,
        [("lucky-number", "outside"), ("outside-checklist", "outside")],
        "a line that is no id may be words about somebody: it is not kept here"
    );
    let kept = desk.case(case).await;
    let revision = kept.service(&permit).unwrap().node.revision.to_string();
    assert!(rows.iter().all(|row| row.checklist == revision && row.case_id == case));
    let correction = &kept.service(&permit).unwrap().corrections[0];
    assert_eq!(correction.lines.len(), 3, "all of it is recorded in the case");

    // At a window the clerk had found it met.
    let ticked = TickedLine { node: permit.clone(), line: "sp-place".into() };
    let events = engine.case_file(case).await.unwrap().unwrap().events;
    let mut known = (*kept).clone();
    let application = std::sync::Arc::make_mut(&mut known.application);
    application.reception.intake = Some(Intake {
        outlet: "hall".into(),
        window: Some("hall-06".into()),
        clerk: desk.owner,
        ticket: None,
        authority: Vec::new(),
        originals: Vec::new(),
        ticked: vec![ticked],
        left_open: casework::LeftOpen::default(),
    });
    let told: Vec<_> = events
        .iter()
        .flat_map(|event| engine::projection::inconsistency_rows(&known, event))
        .filter(|row| row.kind == "unmet")
        .map(|row| (row.line, row.outlet, row.window))
        .collect();
    let expected = ("sp-place".to_owned(), Some("hall".to_owned()), Some("hall-06".to_owned()));
    assert_eq!(told, [expected]);
}
