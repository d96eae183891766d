//! Facts, ids and texts keep their meaning through storage.

use vocabulary::{
    CaseId, Date, Decimal, DispatchId, Fact, Facts, HalfDays, Lang, Localised, NodeKey, Origin,
    Slot, SourceId, Value,
};
use yijianshi_vocabulary as vocabulary;

fn some_facts() -> Facts {
    let mut facts = Facts::new();
    facts.answer(Slot::single("mother.married"), Value::Bool(true));
    facts.answer(Slot::of("child.name", "c1"), Value::text("王一"));
    facts.answer(Slot::of("child.birth_date", "c1"), Value::Date(Date::constant(2026, 3, 2)));
    facts.answer(Slot::single("mother.income"), Value::Number(Decimal::new(1250, 2)));
    facts.answer(Slot::single("father.name"), Value::Null);
    facts.set_members("child".into(), vec!["c1".into(), "c2".into()]);
    facts.decline(Slot::single("father.phone"));
    facts.mark_unavailable(Slot::single("mother.insured"), SourceId::new("insurance-register"));
    facts
}

#[test]
fn facts_survive_storage() {
    let facts = some_facts();
    let text = serde_json::to_string(&facts).unwrap();
    assert_eq!(serde_json::from_str::<Facts>(&text).unwrap(), facts);
}

/// Unknown, null, declined and unavailable are four things (semantics 3).
#[test]
fn unknown_null_declined_and_unavailable_differ() {
    let mut facts = some_facts();
    let (phone, insured) = (Slot::single("father.phone"), Slot::single("mother.insured"));
    assert_eq!(facts.value(&Slot::single("father.name")), Some(&Value::Null));
    assert_eq!(facts.value(&Slot::single("never.asked")), None);
    assert_eq!(facts.value(&phone), None);
    assert!(facts.is_declined(&phone));
    assert!(facts.unavailable(&insured).is_some());

    facts.answer(phone.clone(), Value::text("13800000000"));
    assert!(!facts.is_declined(&phone));
    let source = SourceId::new("insurance-register");
    let origin = Origin::Source { source, at: vocabulary::Instant::UNIX_EPOCH };
    facts.set(insured.clone(), Fact { value: Value::Bool(true), origin });
    assert_eq!(facts.unavailable(&insured), None);
    facts.decline(phone.clone());
    assert_eq!(facts.value(&phone), None);
    facts.forget(&phone);
    assert!(!facts.is_declined(&phone));
}

#[test]
fn groups_are_unknown_until_set() {
    let mut facts = some_facts();
    let (child, heir) = ("child".into(), "heir".into());
    assert_eq!(facts.members(&child).map(<[_]>::len), Some(2));
    assert_eq!(facts.members(&heir), None);
    facts.set_members("heir".into(), Vec::new());
    assert_eq!(facts.members(&heir), Some(&[][..]));
    facts.forget_members(&child);
    assert_eq!(facts.members(&child), None);
}

#[test]
fn slots_and_nodes_are_their_text() {
    for text in ["child.name~c1", "mother.married"] {
        assert_eq!(text.parse::<Slot>().unwrap().to_string(), text);
        assert_eq!(text.parse::<NodeKey>().unwrap().to_string(), text);
    }
    assert_eq!("child.name~c1".parse::<Slot>().unwrap(), Slot::of("child.name", "c1"));
    assert_eq!("birth".parse::<NodeKey>().unwrap(), NodeKey::single("birth"));
}

/// The same sending has the same id for ever; every other sending another.
#[test]
fn dispatch_ids_are_derived() {
    let case: CaseId = "0198a1b2-0000-7000-8000-000000000001".parse().unwrap();
    let node = NodeKey::single("birth");
    let id = DispatchId::derive(case, &node, "referral", 0);
    assert_eq!(id.to_string(), "72a90e2b-8a8f-518e-9934-61288a520128");
    let others = [
        DispatchId::derive(case, &node, "referral", 1),
        DispatchId::derive(case, &node, "supplement", 0),
        DispatchId::derive(case, &"birth~c1".parse().unwrap(), "referral", 0),
    ];
    assert!(others.iter().all(|other| *other != id));
}

#[test]
fn values_and_lengths_have_one_text() {
    assert_eq!(Value::Number("12.500".parse().unwrap()).to_string(), "12.5");
    assert_eq!(Value::Null.to_string(), "");
    assert_eq!(Value::Date(Date::constant(2026, 3, 2)).to_string(), "2026-03-02");
    assert_eq!(HalfDays(7).to_string(), "3.5");
    assert_eq!(HalfDays::days(3).to_string(), "3");
}

#[test]
fn localised_text_falls_back() {
    let (zh, en, bo) = (Lang::new("zh"), Lang::new("en"), Lang::new("bo"));
    let text = Localised::new([(zh.clone(), "出生".into()), (en.clone(), "Birth".into())]);
    assert_eq!(text.get(&zh), "出生");
    assert_eq!(text.get(&bo), "Birth");
    assert!(text.has(&en) && !text.has(&bo));
    assert_eq!(Localised::default().get(&zh), "");

    // A kind of Chinese is Chinese before it is anything else.
    for tag in ["zh-Hant", "zh-Hant-HK"] {
        assert_eq!(text.get(&Lang::new(tag)), "出生");
        assert!(Lang::new(tag).is_kind_of("zh") && !Lang::new(tag).is_kind_of("z"));
    }
    assert_eq!(text.get(&Lang::new("zhu")), "Birth");
}
