//! Somebody has done a part before, or wants only a part now: whatever the part and the order, nothing is lost and
//! nothing is asked for twice.

use std::collections::{BTreeMap, BTreeSet};

use catalogue::{Catalogue, Matter};
use plan::standing::NOTHING;
use plan::{EvidenceGroup, OutKind, Plan, PlanInput, Reason, Standing, TakenWay, make};
use proptest::prelude::*;
use vocabulary::{CaseId, Facts, NodeKey, ServiceId};

use crate::properties::{Person, as_of, person, scenes};
use crate::support::{SAMPLE, changed_sample, plan_of};

fn plan(
    person: &Person,
    catalogue: &Catalogue,
    matter: &Matter,
    facts: &Facts,
    standing: &Standing,
) -> Plan {
    make(&PlanInput {
        catalogue,
        matter,
        facts,
        skip: &BTreeSet::new(),
        given: &BTreeSet::new(),
        unreachable: &person.unreachable(catalogue),
        standing,
        now: "2026-09-04T02:00:00Z".parse().unwrap(),
    })
}

fn case(n: u128) -> CaseId {
    CaseId(format!("{n:032x}").parse().unwrap())
}

fn nodes(plan: &Plan) -> BTreeSet<NodeKey> {
    plan.services.iter().map(|service| service.node.clone()).collect()
}

/// About half of the nodes, as the person's numbers say.
fn some(person: &Person, all: &BTreeSet<NodeKey>, from: usize) -> BTreeSet<NodeKey> {
    let chosen = person.choices.iter().cycle().skip(from);
    let picked = all.iter().zip(chosen).filter(|(_, choice)| choice.is_multiple_of(2));
    picked.map(|(node, _)| node.clone()).collect()
}

fn done(nodes: &BTreeSet<NodeKey>) -> Standing {
    Standing { done: nodes.iter().map(|node| (node.clone(), Some(case(7)))).collect(), only: None }
}

/// Answers until enough is known for what is still wanted; what was asked, with for whose sake.
fn interviewed_under(
    person: &Person,
    catalogue: &Catalogue,
    matter: &Matter,
    standing: &Standing,
) -> (Facts, BTreeSet<ServiceId>) {
    let down = person.unreachable(catalogue);
    let mut facts = Facts::new();
    let mut sake = BTreeSet::new();
    loop {
        let left = matter.under(catalogue, standing, &facts);
        let under = (&*left, standing);
        let reachable = |id: &vocabulary::SourceId| !down.contains(id);
        let open = interview::open_under(None, catalogue, under, &facts, &reachable, as_of());
        let Some(first) = open.first() else { return (facts, sake) };
        sake.extend(first.matters_to.iter().cloned());
        person.answer(catalogue, matter, first, &mut facts);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_done_goes_and_the_rest_stays(person in person()) {
        for (catalogue, matter) in scenes() {
            let facts = person.interviewed(catalogue, matter, |_, _| 0);
            let joint = plan(&person, catalogue, matter, &facts, &NOTHING);
            let all = nodes(&joint);
            let first = some(&person, &all, 0);
            let rest = plan(&person, catalogue, matter, &facts, &done(&first));
            let left: BTreeSet<NodeKey> = all.difference(&first).cloned().collect();
            prop_assert_eq!(nodes(&rest), left.clone(), "{}", matter.id);
            for node in &first {
                let out = rest.left_out.iter().find(|out| out.node == *node).unwrap();
                prop_assert_eq!(out.kind, OutKind::AlreadyDone);
                prop_assert_eq!(&out.reason, &Reason::DoneBefore { case: Some(case(7)) });
            }
            // One after the other, in any order, is all at once.
            let second = some(&person, &left, 11);
            let both: BTreeSet<NodeKey> = first.union(&second).cloned().collect();
            let last = plan(&person, catalogue, matter, &facts, &done(&both));
            let after_rest: BTreeSet<NodeKey> = nodes(&rest).difference(&second).cloned().collect();
            prop_assert_eq!(nodes(&last), after_rest);
            let covered: BTreeSet<NodeKey> = nodes(&last).union(&both).cloned().collect();
            prop_assert_eq!(covered, all);
            // Nobody waits for what is done, and nobody brings what it made.
            prop_assert!(rest.edges.iter().all(|edge| left.contains(&edge.from)));
            for piece in &joint.evidence {
                let TakenWay::Output { node, .. } = &piece.way else { continue };
                let now = rest.evidence.iter().find(|it| it.key == piece.key);
                if let (true, Some(now)) = (first.contains(node), now)
                    && now.users.iter().all(|user| piece.users.contains(user))
                    && piece.users.iter().all(|user| left.contains(user))
                {
                    prop_assert_eq!(now.group, EvidenceGroup::Produced, "{}", now.key);
                }
            }
        }
    }

    #[test]
    fn everything_wanted_and_nothing_done_is_the_same_plan_to_the_byte(person in person()) {
        for (catalogue, matter) in scenes() {
            let facts = person.interviewed(catalogue, matter, |_, _| 0);
            let joint = plan(&person, catalogue, matter, &facts, &NOTHING);
            let every = matter.services.iter().map(|part| part.service.clone()).collect();
            let wanted = Standing { done: BTreeMap::new(), only: Some(every) };
            let same = plan(&person, catalogue, matter, &facts, &wanted);
            prop_assert_eq!(same.to_json(), joint.to_json());
            prop_assert!(matches!(
                matter.under(catalogue, &wanted, &facts),
                std::borrow::Cow::Borrowed(_)
            ));
        }
    }

    #[test]
    fn a_part_alone_asks_only_what_it_needs_and_all_of_it(person in person()) {
        for (catalogue, matter) in scenes() {
            let parts = matter.services.iter().zip(&person.choices);
            let picked = parts.filter(|(_, choice)| choice.is_multiple_of(3));
            let only: BTreeSet<ServiceId> = picked.map(|(part, _)| part.service.clone()).collect();
            let standing = Standing { done: BTreeMap::new(), only: Some(only.clone()) };
            let (facts, sake) = interviewed_under(&person, catalogue, matter, &standing);
            prop_assert!(sake.is_subset(&only), "{}: {:?}", matter.id, sake);
            let alone = plan(&person, catalogue, matter, &facts, &standing);
            // Who answers everything gets the same part.
            let facts = person.interviewed(catalogue, matter, |_, _| 0);
            let joint = plan(&person, catalogue, matter, &facts, &NOTHING);
            let part: BTreeSet<NodeKey> =
                nodes(&joint).into_iter().filter(|node| only.contains(&node.service)).collect();
            prop_assert_eq!(nodes(&alone), part, "{}", matter.id);
        }
    }
}

const ANSWERS: &str = r#"
    as_of = "2026-09-04"
    groups = { helper = ["h1", "h2"] }
    [answers]
    "owner.resident" = true
    "stall.place" = "market"
    "stall.tables" = 2
    "helper.pours~h1" = true
    "helper.pours~h2" = true
    "helper.born_on~h1" = "1999-01-01"
    "helper.born_on~h2" = "1999-01-01"
    "water.tested" = true
"#;

fn sample_plan(catalogue: &Catalogue, standing: &Standing) -> Plan {
    let matter = catalogue.matter("open-a-tea-stall").unwrap();
    let answers = plan::answers::AnswersAsWritten::parse(ANSWERS).unwrap();
    let circumstances = answers.resolve(catalogue, matter, None).unwrap();
    make(&PlanInput {
        catalogue,
        matter,
        facts: &circumstances.facts,
        skip: &circumstances.skip,
        given: &circumstances.given,
        unreachable: &circumstances.unreachable,
        standing,
        now: circumstances.now,
    })
}

fn standing_of(text: &[&str]) -> Standing {
    let nodes = text.iter().map(|node| node.parse().unwrap()).collect();
    done(&nodes)
}

fn way(plan: &Plan, key: &str) -> (EvidenceGroup, TakenWay) {
    let piece = plan.evidence.iter().find(|piece| piece.key.to_string() == key).unwrap();
    (piece.group, piece.way.clone())
}

#[test]
fn one_twin_is_done_and_the_other_is_not() {
    let rest = sample_plan(&SAMPLE, &standing_of(&["health-card~h1"]));
    let left: Vec<String> = rest.services.iter().map(|it| it.node.to_string()).collect();
    assert_eq!(left, ["stall-permit", "health-card~h2", "opening-notice"]);
    for (key, from) in [("health-card~h1", "health-card~h1"), ("health-card~h2", "health-card~h2")]
    {
        let (group, way) = way(&rest, key);
        let TakenWay::Output { node, .. } = way else { panic!("{key}: {way:?}") };
        assert_eq!((group, node.to_string().as_str()), (EvidenceGroup::Produced, from));
    }
    let waits: Vec<String> = rest.edges.iter().map(|edge| edge.from.to_string()).collect();
    assert!(!waits.contains(&"health-card~h1".to_owned()), "{waits:?}");
    assert!(waits.contains(&"health-card~h2".to_owned()), "{waits:?}");
}

#[test]
fn what_was_done_elsewhere_has_left_no_paper_here() {
    let mut standing = standing_of(&["health-card~h1", "health-card~h2"]);
    for case in standing.done.values_mut() {
        *case = None;
    }
    let rest = sample_plan(&SAMPLE, &standing);
    assert_eq!(way(&rest, "health-card~h1").0, EvidenceGroup::YouBring);
}

#[test]
fn what_nobody_can_bring_has_to_come_first() {
    let ways = r#"when = 'helper.pours = true', ways = ["output", "upload"]"#;
    let strict = changed_sample(&[(ways, r#"when = 'helper.pours = true', ways = ["output"]"#)]);
    let alone = |services: &[&str]| Standing {
        done: BTreeMap::new(),
        only: Some(services.iter().map(|id| ServiceId::new(*id)).collect()),
    };
    let told = |plan: &Plan| -> Vec<String> {
        let line =
            |it: &plan::NeedsFirst| format!("{} {} from {:?}", it.node, it.evidence, it.from);
        plan.needs_first.iter().map(line).collect()
    };
    let notice = sample_plan(&strict, &alone(&["opening-notice"]));
    assert_eq!(
        told(&notice),
        [
            "opening-notice health-card~h1 from [health-card]",
            "opening-notice health-card~h2 from [health-card]",
        ]
    );
    let kinds: Vec<OutKind> = notice.left_out.iter().map(|out| out.kind).collect();
    assert_eq!(kinds, [OutKind::Later; 4], "the water test too, and each helper: nobody asked");
    assert!(told(&sample_plan(&strict, &alone(&["opening-notice", "health-card"]))).is_empty());
    assert!(
        told(&sample_plan(&SAMPLE, &alone(&["opening-notice"]))).is_empty(),
        "it can be brought"
    );
    let mut had = alone(&["opening-notice"]);
    had.done = standing_of(&["health-card~h1", "health-card~h2"]).done;
    assert!(told(&sample_plan(&strict, &had)).is_empty(), "it is at hand");
}

#[test]
fn a_standing_is_written_and_read_again() {
    let mut standing = standing_of(&["health-card~h1", "stall-permit"]);
    standing.only = Some([ServiceId::new("opening-notice")].into());
    let text = serde_json::to_string(&standing).unwrap();
    assert_eq!(serde_json::from_str::<Standing>(&text).unwrap(), standing);
    assert_eq!(serde_json::from_str::<Standing>("{}").unwrap(), NOTHING.clone());
    assert!(plan_of(&SAMPLE, "open-a-tea-stall", ANSWERS).needs_first.is_empty());
}
