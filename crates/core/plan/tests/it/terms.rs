//! What depends on the scenario besides services and evidence: periods, visits, fees, procedures, which ways
//! are open, and who is not eligible.

use plan::{EvidenceGroup, OutKind, Plan, Reason};

use crate::support::{SAMPLE, changed_sample, check, plan_of};

/// A resident with so many tables on the riverside, one helper who does not pour, water tested.
fn answers(tables: &str) -> String {
    format!(
        r#"
            as_of = "2026-09-04"
            [groups]
            helper = ["h1"]
            [answers]
            "owner.resident" = true
            "stall.place" = "riverside"
            {tables}
            "water.tested" = true
            "helper.pours~h1" = false
        "#
    )
}

/// The funnel: a line for tables → of the stall permit promise, legal period, visits, fee; how the quiet
/// promise comes by; procedures.
#[track_caller]
fn terms(tables: &str, expected: &str) {
    let plan = plan_of(&SAMPLE, "open-a-tea-stall", &answers(tables));
    let permit = plan.services.iter().find(|it| it.node.service.as_str() == "stall-permit");
    let permit = permit.unwrap();
    let quiet = plan.evidence.iter().find(|it| it.key.ty.as_str() == "quiet-promise").unwrap();
    let fees: Vec<String> = plan.fees.iter().map(|fee| fee.amount.to_string()).collect();
    let found = format!(
        "{} of {}, {} visits ({:?}), fees {}, quiet {:?}, {} procedures{}",
        permit.promised.halves,
        permit.statutory.unwrap().halves,
        plan.visits,
        permit.extra_visits,
        fees.join("+"),
        quiet.group,
        plan.procedures.len(),
        if permit.reason == Reason::Always { "" } else { ", undecided" },
    );
    assert_eq!(found, expected);
}

#[test]
fn terms_follow_from_the_scenario() {
    terms(
        r#""stall.tables" = 3"#,
        "3 of 14, 0 visits ([]), fees 20.50, quiet Produced, 0 procedures",
    );
    terms(
        r#""stall.tables" = 11"#,
        "8 of 30, 1 visits ([0]), fees 20.50+10, quiet YouBring, 2 procedures",
    );
}

/// Undecided counts as the wider: the longer period, the further visit, the fee, the evidence instead of the
/// commitment, the procedures; and eligibility is open.
#[test]
fn what_is_undecided_is_the_wider() {
    terms("", "8 of 30, 1 visits ([0]), fees 20.50+10, quiet YouBring, 2 procedures, undecided");
}

#[test]
fn the_first_variant_that_holds_counts() {
    let two = changed_sample(&[(
        "promised_when = [{ when = 'stall.tables > 10'",
        "promised_when = [{ when = 'owner.resident = true', period = { count = \"1\", unit = \"working_day\" } }, { when = 'stall.tables > 10'",
    )]);
    let promised = |answers: &str| {
        let plan = plan_of(&two, "open-a-tea-stall", answers);
        plan.services.iter().find(|it| it.node.service.as_str() == "stall-permit").unwrap().promised
    };
    let large = answers(r#""stall.tables" = 11"#);
    let resident = r#""owner.resident" = true"#;
    assert_eq!(promised(&large).halves.to_string(), "1");
    assert_eq!(promised(&large.replace(resident, "")).halves.to_string(), "8", "either");
    let newcomer = large.replace(resident, r#""owner.resident" = false"#);
    assert_eq!(promised(&newcomer).halves.to_string(), "8");
    assert_eq!(promised(&newcomer.replace("= 11", "= 3")).halves.to_string(), "3");
}

#[test]
fn a_large_stall_is_visited_once() {
    check(
        &answers(r#""stall.tables" = 12"#),
        "
        in: stall-permit 0–8*, opening-notice 8–8*
        out: health-card~h1 not applicable, water-test done
        fetched: owner-identity resident-roll
        bring: stall-sketch upload, quiet-promise upload
        produced: application-form generated
        fill in: stall.area_code, stall.opens_on, stall.note, water.grade, owner.name, owner.citizen_id, owner.phone, owner.company_code, helper.name~h1
        from outputs: stall.permit_no
        edges: stall-permit -permit-> opening-notice
        joint: 8 on 2026-09-18
        procedures may add: 2 on 2026-09-22
        signed by: owner.name for stall-permit, helper.name~h1 for opening-notice
        procedures: one-look stall-permit + opening-notice 2, single opening-notice 5 afterwards
        steps: 5→3
        materials: 5→2
        halves: 17→16
        visits: 3→1
        fees: 25→30.50 CNY
        ",
    );
}

#[test]
fn procedures_are_joined_only_where_there_are_two() {
    let lines = |plan: &Plan| -> Vec<String> {
        let of = |it: &plan::PlannedProcedure| {
            let parts: Vec<String> = it.parts.iter().map(|part| part.node.to_string()).collect();
            let joint = it.joint.as_deref().unwrap_or("-");
            format!("{joint}: {} {} {}", parts.join("+"), it.period.halves, it.afterwards)
        };
        plan.procedures.iter().map(of).collect()
    };
    let large = answers(r#""stall.tables" = 12"#);
    let plan = plan_of(&SAMPLE, "open-a-tea-stall", &large);
    // What comes afterwards is no part of a visit before the decision, though it is a visit too.
    let tasting = "-: opening-notice 5 true";
    assert_eq!(lines(&plan), ["one-look: stall-permit+opening-notice 2 false", tasting]);
    let alone = changed_sample(&[(
        "{ en = \"A look at the stall\", zh = \"看一看茶摊\" }, when = 'stall.tables > 10'",
        "{ en = \"A look at the stall\", zh = \"看一看茶摊\" }, when = 'stall.tables > 15'",
    )]);
    let plan = plan_of(&alone, "open-a-tea-stall", &large);
    assert_eq!(lines(&plan), ["-: stall-permit 2 false", tasting]);
    let afterwards = changed_sample(&[(
        r#"period = { count = "2", unit = "working_day" } }]"#,
        r#"period = { count = "2", unit = "working_day" }, afterwards = true }]"#,
    )]);
    let plan = plan_of(&afterwards, "open-a-tea-stall", &large);
    assert_eq!(
        lines(&plan),
        ["one-look: stall-permit+opening-notice 5 true", "-: opening-notice 1 false"]
    );
}

/// The sample with these periods of the measuring and of the look → what the procedures may add to the promise.
#[track_caller]
fn may_add(measuring: &str, look: &str, expected: Option<&str>) {
    let catalogue = changed_sample(&[
        (r#"period = { count = "2", unit = "working_day" } }]"#, &format!("{measuring} }}]")),
        (
            r#"when = 'stall.tables > 10', period = { count = "1", unit = "working_day" } },"#,
            &format!("when = 'stall.tables > 10', {look} }},"),
        ),
    ]);
    let plan = plan_of(&catalogue, "open-a-tea-stall", &answers(r#""stall.tables" = 12"#));
    assert_eq!(plan.joint.promised.to_string(), "8", "the promise holds without them");
    let found = plan.joint.procedures_may_add.map(|it| format!("{} {}", it.halves, it.on));
    assert_eq!(found.as_deref(), expected);
}

#[test]
fn special_procedures_may_add_to_the_promise() {
    let days = |count: &str| format!(r#"period = {{ count = "{count}", unit = "working_day" }}"#);
    let afterwards = |count: &str| format!("{}, afterwards = true", days(count));
    // One appointment, as long as its longest part, though the notice comes after the permit.
    may_add(&days("2"), &days("1"), Some("2 2026-09-22"));
    may_add(&days("1"), &days("3"), Some("3 2026-09-23"));
    may_add(&days("2"), &afterwards("1"), Some("2 2026-09-22"));
    may_add(&afterwards("2"), &afterwards("1"), None);
}

#[test]
fn a_small_stall_has_no_procedures_to_wait_for() {
    let plan = plan_of(&SAMPLE, "open-a-tea-stall", &answers(r#""stall.tables" = 3"#));
    assert_eq!(plan.joint.procedures_may_add, None);
    assert!(!plan.to_json().contains("procedures_may_add"));
}

#[test]
fn who_is_not_eligible_is_told_by_which_requirement() {
    let plan = plan_of(&SAMPLE, "open-a-tea-stall", &answers(r#""stall.tables" = 21"#));
    let out = plan.left_out.iter().find(|out| out.kind == OutKind::NotEligible).unwrap();
    assert_eq!(out.node.to_string(), "stall-permit");
    assert_eq!(out.requirements, ["largest".into()]);
    let Reason::Condition { clause, holds: false, .. } = &out.reason else { panic!("{out:?}") };
    assert_eq!(&**clause, "stall.tables <= 20");
}

/// `ways`, and more keys, of the opening notice's need for a report on the water → the piece, by whether
/// the water is tested in this plan.
#[track_caller]
fn report(ways: &str, with_test: &str, without: &str) {
    let catalogue = changed_sample(&[(
        r#"{ type = "water-report", ways = ["output", "upload"], soft = true, when = 'water.tested = false',"#,
        &format!(r#"{{ type = "water-report", {ways},"#),
    )]);
    let of = |tested: &str| {
        let answers = answers(r#""stall.tables" = 3"#);
        let answers = answers.replace(r#""water.tested" = true"#, tested);
        let plan = plan_of(&catalogue, "open-a-tea-stall", &answers);
        let piece = plan.evidence.iter().find(|it| it.key.ty.as_str() == "water-report");
        let waits = plan.edges.iter().any(|edge| &*edge.output == "report" && edge.hard);
        let waits = if waits { " waits" } else { "" };
        let users = plan
            .services
            .iter()
            .filter(|it| it.evidence.iter().any(|key| key.ty.as_str() == "water-report"));
        assert_eq!(users.count() > 0, piece.is_some(), "whoever uses it is told");
        piece.map_or("-".to_owned(), |piece| {
            let made = piece.group == EvidenceGroup::Produced;
            format!("{}{waits}", if made { "made" } else { "brought" })
        })
    };
    assert_eq!(
        [of(r#""water.tested" = false"#), of(r#""water.tested" = true"#)],
        [with_test, without]
    );
}

#[test]
fn what_only_another_service_makes_is_not_asked_for_without_it() {
    report(r#"ways = ["output"], if_produced = true"#, "made waits", "-");
    report(r#"ways = ["output"], soft = true"#, "made", "-");
    report(r#"ways = ["output", "upload"], soft = true"#, "made", "brought");
    report(r#"ways = ["output", "upload"]"#, "made waits", "brought");
}

#[test]
fn what_is_deferred_has_its_term() {
    let answers = answers(r#""stall.tables" = 3"#)
        .replace("\"helper.pours~h1\" = false", "\"helper.pours~h1\" = true");
    let plan = plan_of(&SAMPLE, "open-a-tea-stall", &answers);
    let photo = plan.evidence.iter().find(|it| it.key.ty.as_str() == "helper-photo").unwrap();
    assert_eq!(photo.deferral_term.unwrap().halves.to_string(), "10");
    let closed = changed_sample(&[(
        r#"deferral_term = { count = "10", unit = "working_day" }"#,
        "deferral_when = 'stall.tables > 3'",
    )]);
    let plan = plan_of(&closed, "open-a-tea-stall", &answers);
    let photo = plan.evidence.iter().find(|it| it.key.ty.as_str() == "helper-photo").unwrap();
    assert_eq!((photo.group, photo.deferral_term), (EvidenceGroup::YouBring, None));
    assert!(photo.other_ways.is_empty(), "a closed way is not offered: {:?}", photo.other_ways);
}
