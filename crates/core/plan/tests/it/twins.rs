//! Twins double exactly what belongs to each child.

use std::collections::BTreeSet;

use plan::{FieldState, Plan, TakenWay};

use crate::support::{NATIONAL, plan_of};

const COMMON: &str = r#"
    "birth.place" = "city_hospital"
    "mother.id_type" = "resident_id"
    "parents.married" = false
    "father.on_certificate" = false
    "household.follow" = "mother"
    "birth.registered" = true
    "agent.used" = true
    "benefits.now" = false
    "vaccination.has_record" = false
"#;

fn plan_for(children: &[&str]) -> Plan {
    let ids: Vec<String> = children.iter().map(|id| format!("\"{id}\"")).collect();
    let mut answers = format!(
        "as_of = \"2026-11-23\"\n[groups]\nchild = [{}]\n[answers]\n{COMMON}",
        ids.join(", ")
    );
    for id in children {
        answers.push_str(&format!("\"child.birth_date~{id}\" = \"2026-11-20\"\n"));
        answers.push_str(&format!("\"child.surname_from~{id}\" = \"other\"\n"));
    }
    plan_of(&NATIONAL, "newborn", &answers)
}

/// What a plan consists of, each with its member (none for what the children share).
fn parts(plan: &Plan) -> Vec<(&'static str, String, Option<String>)> {
    let member = |member: &Option<vocabulary::MemberId>| member.as_ref().map(ToString::to_string);
    let mut parts = Vec::new();
    for it in &plan.services {
        parts.push(("service", it.node.service.to_string(), member(&it.node.member)));
    }
    for it in plan.form.iter().flat_map(|topic| &topic.fields) {
        parts.push(("field", it.slot.element.to_string(), member(&it.slot.member)));
    }
    for it in &plan.evidence {
        parts.push(("evidence", format!("{} {:?}", it.key.ty, it.group), member(&it.key.member)));
    }
    parts
}

#[test]
fn twins_double_what_is_the_childs_and_nothing_else() {
    let (one, two) = (plan_for(&["c1"]), plan_for(&["c1", "c2"]));
    let expected: BTreeSet<_> = parts(&one)
        .into_iter()
        .flat_map(|(kind, id, member)| match member {
            None => vec![(kind, id, None)],
            Some(_) => {
                ["c1", "c2"].map(|child| (kind, id.clone(), Some(child.to_owned()))).to_vec()
            }
        })
        .collect();
    let found = parts(&two);
    assert_eq!(found.len(), expected.len(), "nothing stands twice");
    assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), expected);
    assert!(
        expected.iter().any(|part| part.2.is_none())
            && expected.iter().any(|part| part.2.is_some())
    );

    assert_eq!(two.joint.promised, one.joint.promised, "the children run side by side");
    assert_eq!(two.critical_path, one.critical_path);
    assert_eq!(two.edges.len(), one.edges.len() * 2);
    let steps = (&one.reductions.steps, &two.reductions.steps);
    assert_eq!((steps.1.before, steps.1.after), (steps.0.before * 2, steps.0.after));
    let visits = (&one.reductions.visits, &two.reductions.visits);
    assert_eq!(visits.1.before, visits.0.before, "twins go to the counter together");
    assert_eq!((visits.1.after, two.visits), (visits.0.after, one.visits));
    let days = (&one.reductions.days, &two.reductions.days);
    assert_eq!(days.1.before, days.0.before, "twins' papers go in on the same day");
    assert_eq!(days.1.after, days.0.after);
    assert_eq!(two.reductions.materials.before, one.reductions.materials.before * 2);
    let each = one.evidence.iter().filter(|it| it.key.member.is_some());
    let brought = each.filter(|it| it.group == plan::EvidenceGroup::YouBring).count();
    let after = one.reductions.materials.after + u32::try_from(brought).unwrap();
    assert_eq!(two.reductions.materials.after, after);
}

#[test]
fn an_output_serves_its_own_child() {
    let plan = plan_for(&["c1", "c2"]);
    for edge in &plan.edges {
        assert_eq!(edge.from.member, edge.to.member, "{edge:?}");
    }
    let mut produced = 0;
    for field in plan.form.iter().flat_map(|topic| &topic.fields) {
        if let FieldState::FromOutput { node, .. } = &field.state {
            assert_eq!(node.member, field.slot.member, "{field:?}");
            produced += 1;
        }
    }
    for piece in &plan.evidence {
        if let TakenWay::Output { node, .. } = &piece.way {
            assert_eq!(node.member, piece.key.member, "{piece:?}");
            produced += 1;
        }
    }
    assert!(produced > 0);
}
