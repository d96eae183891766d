//! From definition files to a case: the sample jurisdiction is compiled, planned, frozen and submitted.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use catalogue::{Catalogue, SourceFile};
use plan::{Plan, PlanInput};
use uuid::Uuid;
use vocabulary::*;
use yijianshi_casework::*;

use crate::support::{case_id, sealed};

fn sample() -> Catalogue {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../definitions/sample");
    let mut files: Vec<SourceFile> = ["", "tables/"]
        .into_iter()
        .flat_map(|below| fs::read_dir(folder.join(below)).unwrap().map(move |it| (below, it)))
        .map(|(below, entry)| (below, entry.unwrap().path()))
        .filter(|(_, path)| path.is_file())
        .map(|(below, path)| SourceFile {
            name: format!("{below}{}", path.file_name().unwrap().to_str().unwrap()),
            text: fs::read_to_string(path).unwrap(),
        })
        .collect();
    files.sort_by(|one, other| one.name.cmp(&other.name));
    let compiled = catalogue::compile(&files);
    compiled.catalogue.unwrap_or_else(|| panic!("{:#?}", compiled.diagnostics))
}

/// A newcomer on the riverside with two helpers who pour.
fn planned(catalogue: &Catalogue) -> Plan {
    let mut facts = Facts::new();
    let members = ["h1", "h2"].map(MemberId::from);
    facts.set_members("helper".into(), members.to_vec());
    facts.answer(Slot::single("owner.resident"), Value::Bool(false));
    facts.answer(Slot::single("stall.place"), Value::text("riverside"));
    facts.answer(Slot::single("stall.tables"), Value::Number(Decimal::from(4)));
    facts.answer(Slot::single("water.tested"), Value::Bool(false));
    for member in members {
        facts.answer(Slot::of("helper.pours", member.as_str()), Value::Bool(true));
        let born_on = "1999-01-01".parse().unwrap();
        facts.answer(Slot::of("helper.born_on", member.as_str()), Value::Date(born_on));
    }
    plan::make(&PlanInput {
        catalogue,
        matter: catalogue.matter("open-a-tea-stall").unwrap(),
        facts: &facts,
        skip: &BTreeSet::new(),
        given: &BTreeSet::new(),
        unreachable: &BTreeSet::new(),
        standing: &plan::standing::NOTHING,
        now: "2026-09-04T02:00:00Z".parse().unwrap(),
    })
}

fn particulars() -> Particulars {
    Particulars {
        unchecked: Vec::new(),
        case: case_id(),
        draft: DraftId(Uuid::from_u128(2)),
        subject: SubjectId(Uuid::from_u128(3)),
        case_number: "R20260904-0001".into(),
        channel: "online".into(),
        values: sealed(1),
        evidence: Vec::new(),
        reception: yijianshi_casework::Reception::default(),
    }
}

#[test]
fn a_plan_is_frozen_with_all_that_the_case_needs() {
    let catalogue = sample();
    let plan = planned(&catalogue);
    let application = freeze(&plan, &catalogue, particulars()).unwrap();

    let planned: Vec<&NodeKey> = plan.services.iter().map(|service| &service.node).collect();
    let frozen: Vec<&NodeKey> = application.nodes.iter().map(|node| &node.key).collect();
    assert_eq!(planned, frozen, "in plan order");
    assert!(frozen.len() >= 5, "{frozen:?}");
    assert_eq!(application.plan_hash.as_ref(), plan.hash());
    assert_eq!(application.matter_revision, plan.matter_revision);

    for (node, service) in application.nodes.iter().zip(&plan.services) {
        assert_eq!(node.fields, service.fields);
        assert_eq!(node.revision, service.revision);
        assert_eq!(node.promised, service.promised);
        let outputs: Vec<&str> = node.outputs.iter().map(|output| output.id.as_ref()).collect();
        assert_eq!(outputs, service.outputs.iter().map(AsRef::as_ref).collect::<Vec<_>>());
        let regime = &catalogue.regimes[&catalogue.services[&node.key.service].regime];
        assert_eq!(node.correction_limit, regime.correction_limit.period);
        assert_eq!(node.deemed_acceptance, regime.deemed_acceptance);
        let hard = plan.edges.iter().filter(|edge| edge.to == node.key && edge.hard).count();
        assert_eq!(node.waits_for.len(), hard, "{}", node.key);
        for informant in &node.informed_by {
            assert!(plan.edges.iter().any(|edge| edge.from == *informant && !edge.hard));
        }
    }
    let of = |key: &str| {
        let key: NodeKey = key.parse().unwrap();
        application.nodes.iter().find(|node| node.key == key).unwrap()
    };
    assert_eq!(
        of("stall-permit").outputs,
        [NodeOutput {
            id: "permit".into(),
            licence: true,
            slots: vec![Slot::single("stall.permit_no")],
            fact: false,
        }]
    );
    assert!(
        of("opening-notice").waits_for.iter().any(|wait| {
            wait.from == NodeKey::single("stall-permit") && wait.output.as_ref() == "permit"
        }),
        "{:?}",
        of("opening-notice").waits_for
    );
    assert!(of("water-test").outputs.iter().any(|output| !output.licence));
}

#[test]
fn the_frozen_plan_is_submitted_and_promises_what_the_plan_promised() {
    let catalogue = sample();
    let plan = planned(&catalogue);
    let application = freeze(&plan, &catalogue, particulars()).unwrap();
    let actor = Actor { role: ActorRole::Applicant, account: None, department: None };
    let now = "2026-09-04T02:00:00Z".parse().unwrap();
    let zone = &catalogue.jurisdiction.time_zone;
    let context = Context { now, actor: &actor, calendar: &catalogue.calendar, time_zone: zone };
    let command = Command::Submit(Box::new(application));
    let events: Vec<CaseEvent> = (1..)
        .zip(decide(None, &command, context).unwrap())
        .map(|(seq, body)| CaseEvent { seq, at: now, actor: actor.clone(), body })
        .collect();
    let case = Case::fold(&events).unwrap();
    for service in &case.services {
        assert_eq!(
            service.started_at.is_some(),
            service.node.waits_for.is_empty(),
            "{}",
            service.node.key
        );
    }
    let joint = case.joint_promised(&catalogue.calendar, zone).unwrap();
    assert_eq!(joint.due.on, plan.joint.promised_on);
    for planned in &plan.services {
        if let Some(promised) = case.promised(&planned.node, &catalogue.calendar, zone) {
            assert_eq!(promised.due.on, planned.promised_on, "{}", planned.node);
        }
    }
}

#[test]
fn a_plan_of_another_catalogue_is_stale() {
    let mut catalogue = sample();
    let plan = planned(&catalogue);
    let service = catalogue.services.get_mut(&ServiceId::from("water-test")).unwrap();
    service.revision = ServiceRevision::new("later");
    assert_eq!(
        freeze(&plan, &catalogue, particulars()),
        Err(StalePlan::Service("water-test".into()))
    );
    let matter = catalogue.matters.get_mut(&MatterId::from("open-a-tea-stall")).unwrap();
    matter.revision = MatterRevision::new("later");
    assert_eq!(
        freeze(&plan, &catalogue, particulars()),
        Err(StalePlan::Matter("open-a-tea-stall".into()))
    );
}
