//! What is undecided: certain services keep their promise without it, whatever would break that promise is said, and what
//! is undecided waits for all that it needs.

use plan::{Plan, PlannedService};

use crate::support::{NATIONAL, changed_sample, plan_of};

/// The funnel: services with their times, certain ones with a mark; the promise; what may add to it.
#[track_caller]
fn check(plan: &Plan, nodes: &[&str], expected: &str) {
    let time = |it: &PlannedService| {
        format!("{}{} {}–{}", it.node, if it.certain { "!" } else { "" }, it.starts, it.ends)
    };
    let of = |node: &&str| plan.services.iter().find(|it| it.node.to_string() == **node).unwrap();
    let times: Vec<String> = nodes.iter().map(of).map(time).collect();
    let may_add: Vec<String> = plan.joint.may_add.iter().map(ToString::to_string).collect();
    let found =
        format!("{}; {} days; {}", times.join(", "), plan.joint.promised, may_add.join(", "));
    assert_eq!(found, expected);
}

const STALL: &str = r#"
    as_of = "2026-09-04"
    [groups]
    helper = ["h1"]
    [answers]
    "owner.resident" = true
    "stall.place" = "market"
    "stall.tables" = 2
    "helper.pours~h1" = true
    "helper.born_on~h1" = "1999-01-01"
"#;

/// The health card has time to spare: waiting for the water would not move the joint date, and yet the card would
/// come later than its own promise.
#[test]
fn who_delays_only_one_service_is_said_too() {
    let card = r#"{ element = "helper.born_on" },"#;
    let waits = format!("{card} {{ element = \"water.grade\" }},");
    let catalogue = changed_sample(&[(card, &waits)]);
    let nodes = ["health-card~h1", "water-test", "stall-permit", "opening-notice"];
    check(
        &plan_of(&catalogue, "open-a-tea-stall", STALL),
        &nodes,
        "health-card~h1! 0–0, water-test 0–1, stall-permit! 0–3, opening-notice! 3–3; 3 days; water-test",
    );
    let decided = format!("{STALL}\n    \"water.tested\" = false\n");
    check(
        &plan_of(&catalogue, "open-a-tea-stall", &decided),
        &nodes,
        "health-card~h1! 1–1, water-test! 0–1, stall-permit! 0–3, opening-notice! 3–3; 3 days; ",
    );
}

/// A node that is undecided begins when what it waits for has ended, certain or not, and says nothing while it
/// delays nobody.
#[test]
fn what_is_undecided_waits_for_what_it_needs() {
    let test = r#"field = [{ element = "stall.area_code" }, { element = "owner.phone" }]
output"#;
    let waits = test.replace("[{", "[{ element = \"stall.permit_no\" }, {");
    let soft = r#"element = "water.grade", optional = true, soft = true"#;
    let catalogue = changed_sample(&[(test, &waits), (&format!("  {{ {soft} }},\n"), "")]);
    check(
        &plan_of(&catalogue, "open-a-tea-stall", STALL),
        &["stall-permit", "water-test"],
        "stall-permit! 0–3, water-test 3–4; 3 days; water-test",
    );
}

#[test]
fn a_foreigner_perhaps() {
    let answers = r#"
        as_of = "2026-11-23"
        [groups]
        employee = ["m1"]
        [answers]
        "company.has_medical_account" = true
        "company.has_fund_account" = true
        "employee.work_form~m1" = "full_time"
        "employee.history~m1" = "graduate"
        "employee.file_transfer~m1" = true
        "employee.has_card~m1" = false
    "#;
    check(
        &plan_of(&NATIONAL, "hiring", answers),
        &["foreign-work-permit~m1", "employee-enrolment~m1"],
        "foreign-work-permit~m1 0–10, employee-enrolment~m1! 0–0; 5 days; foreign-work-permit~m1",
    );
}

/// The household may be elsewhere; where it is here, it is struck at once and delays nobody.
#[test]
fn a_household_perhaps_elsewhere() {
    let answers = r#"
        as_of = "2026-11-23"
        [groups]
        heir = ["h1", "h2"]
        [answers]
        "death.place" = "hospital"
        "death.certified" = false
        "death.date" = "2026-11-18"
        "funeral.kind" = "cremation"
        "deceased.pension" = "retired"
        "deceased.medical" = "employee"
        "deceased.housing_fund" = false
        "deceased.driving_licence" = false
        "deceased.allowance" = false
        "deceased.small_deposit" = false
        "informant.relation" = "child"
        "heirs.settled" = "agreed"
        "survivors.dependants" = false
        "agent.used" = false
    "#;
    check(
        &plan_of(&NATIONAL, "after-death", answers),
        &["household-deregistration", "survivors-benefits", "payments-stop"],
        "household-deregistration 0–0, survivors-benefits! 0–10, payments-stop! 0–0; 10 days; ",
    );
}
