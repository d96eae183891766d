//! Stories of the tea stall. 2026-09-04 is a Friday; 7 to 9 September are days off, Saturday the 12th is
//! worked.

use plan::{FieldState, Reason};
use vocabulary::Value;

use crate::support::{SAMPLE, changed_sample, check, plan_of};

const RESIDENT: &str = r#"
    as_of = "2026-09-04"
    [groups]
    helper = ["h1"]
    [answers]
    "owner.resident" = true
    "owner.name" = "Mei Bankside"
    "stall.place" = "market"
    "stall.tables" = 2
    "water.tested" = true
    "helper.pours~h1" = true
    "helper.born_on~h1" = "1999-01-01"
"#;

#[test]
fn a_resident_brings_nothing() {
    check(
        RESIDENT,
        "
        in: stall-permit 0–3*, health-card~h1 0–0, opening-notice 3–3*
        out: water-test done
        fetched: owner-identity resident-roll
        produced: application-form generated, helper-photo~h1 deferral, health-card~h1 health-card~h1/card
        fill in: stall.area_code, stall.opens_on, stall.note, water.grade, owner.citizen_id, owner.phone, owner.phone again for health-card~h1, owner.company_code, helper.name~h1
        confirm: owner.name
        from outputs: stall.permit_no
        edges: stall-permit -permit-> opening-notice, health-card~h1 -card-> opening-notice
        joint: 3 on 2026-09-12
        signed by: owner.name for stall-permit
        steps: 6→2
        materials: 4→0
        halves: 19→6
        visits: 4→1
        fees: 25→20.50 CNY
        ",
    );
}

#[test]
fn a_newcomer_with_two_helpers() {
    check(
        r#"
            as_of = "2026-09-04"
            given = ["stall-sketch", "guardian-consent~h2"]
            [groups]
            helper = ["h1", "h2"]
            [answers]
            "owner.resident" = false
            "stall.place" = "riverside"
            "stall.tables" = 4
            "water.tested" = false
            "helper.pours~h1" = false
            "helper.pours~h2" = true
            "helper.born_on~h2" = "2010-05-05"
        "#,
        "
        in: stall-permit 0–3*, health-card~h2 0–0, water-test 0–1, opening-notice 3–3*
        out: health-card~h1 not applicable
        given: stall-sketch upload, guardian-consent~h2 upload
        bring: owner-identity upload, trading-licence upload
        produced: application-form generated, quiet-promise commitment, helper-photo~h2 deferral, health-card~h2 health-card~h2/card, water-report water-test/report
        fill in: stall.area_code, stall.opens_on, stall.note, owner.name, owner.phone, owner.phone again for health-card~h2, owner.company_code, helper.name~h1, helper.name~h2
        from outputs: water.grade, stall.permit_no
        edges: stall-permit -permit-> opening-notice, health-card~h2 -card-> opening-notice, water-test -grade~> stall-permit, water-test -report~> opening-notice
        joint: 3 on 2026-09-12
        signed by: owner.name for stall-permit, helper.name~h1 for opening-notice, helper.name~h2 for opening-notice
        steps: 7→3
        materials: 10→4
        halves: 25→6
        visits: 5→1
        fees: 25→20.50 CNY
        ",
    );
}

#[test]
fn nothing_known_counts_everything_in() {
    check(
        "as_of = \"2026-09-04\"",
        "
        in: stall-permit 0–8, health-card~1 0–0, water-test 0–1, opening-notice 0–0*
        fetched: owner-identity resident-roll
        bring: stall-sketch upload, quiet-promise upload, trading-licence upload, guardian-consent~1 upload
        produced: application-form generated, helper-photo~1 deferral, health-card~1 health-card~1/card, water-report water-test/report
        fill in: stall.area_code, stall.place, stall.tables, stall.opens_on, stall.note, owner.name, owner.citizen_id, owner.phone, owner.phone again for health-card~1, owner.company_code, helper.name~1, helper.born_on~1
        from outputs: water.grade, stall.permit_no
        edges: stall-permit -permit-> opening-notice, health-card~1 -card-> opening-notice, water-test -grade~> stall-permit, water-test -report~> opening-notice
        joint: 0 on 2026-09-04
        procedures may add: 2 on 2026-09-11
        may add: stall-permit, water-test
        signed by: owner.name for stall-permit, helper.name~1 for opening-notice
        procedures: one-look stall-permit + opening-notice 2, single opening-notice 5 afterwards
        steps: 7→4
        materials: 10→4
        halves: 25→16
        visits: 5→2
        fees: 25→30.50 CNY
        open: helper.born_on, helper.pours, owner.resident, stall.place, stall.tables, water.tested
        open groups: helper
        ",
    );
}

#[test]
fn a_source_that_is_down_leaves_its_fields_and_evidence_to_the_person() {
    let answers = RESIDENT.replace("\"water.tested\" = true", "\"water.tested\" = false");
    check(
        &format!("unavailable = [\"resident-roll\"]\nskip = [\"water-test\"]\n{answers}"),
        "
        in: stall-permit 0–3*, health-card~h1 0–0, opening-notice 3–3*
        out: water-test skipped
        bring: owner-identity upload, water-report upload
        produced: application-form generated, helper-photo~h1 deferral, health-card~h1 health-card~h1/card
        fill in: stall.area_code, stall.opens_on, stall.note, water.grade, owner.phone, owner.phone again for health-card~h1, owner.company_code, helper.name~h1
        unavailable: owner.citizen_id
        from outputs: stall.permit_no
        edges: stall-permit -permit-> opening-notice, health-card~h1 -card-> opening-notice
        joint: 3 on 2026-09-12
        signed by: owner.name for stall-permit
        steps: 6→2
        materials: 5→2
        halves: 19→6
        visits: 4→1
        fees: 25→20.50 CNY
        ",
    );
}

#[test]
fn an_undecided_service_may_add_time_but_moves_no_promise() {
    // The water test takes eight working days now, and the permit has to wait for it.
    let catalogue = changed_sample(&[
        (
            r#"promised = { count = "2", unit = "calendar_day" }"#,
            r#"promised = { count = "8", unit = "working_day" }"#,
        ),
        (
            r#"element = "water.grade", optional = true, soft = true"#,
            r#"element = "water.grade", optional = true"#,
        ),
    ]);
    let undecided = RESIDENT.replace("\"water.tested\" = true", "");
    let plan = plan_of(&catalogue, "open-a-tea-stall", &undecided);
    let times: Vec<String> =
        plan.services.iter().map(|it| format!("{} {}–{}", it.node, it.starts, it.ends)).collect();
    assert_eq!(
        times.join(", "),
        "health-card~h1 0–0, water-test 0–8, stall-permit 0–3, opening-notice 3–3"
    );
    assert_eq!(plan.joint.promised.to_string(), "3");
    let may_add: Vec<String> = plan.joint.may_add.iter().map(ToString::to_string).collect();
    assert_eq!(may_add, ["water-test"]);
    assert_eq!(
        plan.undecided.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["water.tested"]
    );
}

#[test]
fn dates_and_reasons_can_be_told() {
    let plan = plan_of(&SAMPLE, "open-a-tea-stall", RESIDENT);
    let departments: Vec<String> =
        plan.departments.iter().map(|it| format!("{} {}", it.department, it.promised_on)).collect();
    assert_eq!(departments, ["market-office 2026-09-12", "tea-clinic 2026-09-04"]);
    let water = plan.left_out.iter().find(|out| out.node.service.as_str() == "water-test").unwrap();
    let Reason::Condition { clause, holds: true, because } = &water.reason else {
        panic!("{:?}", water.reason)
    };
    assert_eq!(&**clause, "water.tested = true");
    assert_eq!(because.len(), 1);
    assert_eq!(because[0].slot.to_string(), "water.tested");
    assert_eq!(because[0].value, Some(Value::Bool(true)));
    let sketch = plan_of(&SAMPLE, "open-a-tea-stall", &RESIDENT.replace("= 2", "= 3"));
    let sketch = sketch.evidence.iter().find(|it| it.key.ty.as_str() == "stall-sketch").unwrap();
    let Reason::Condition { clause, .. } = &sketch.reason else { panic!("{:?}", sketch.reason) };
    assert_eq!(&**clause, "stall.tables > 2");
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let first = plan_of(&SAMPLE, "open-a-tea-stall", RESIDENT);
    let second = plan_of(&SAMPLE, "open-a-tea-stall", RESIDENT);
    assert_eq!(first.to_json(), second.to_json());
    assert_eq!(first.hash(), second.hash());
    let keys: Vec<&str> = first.to_json().leak().split("\"").take(2).collect();
    assert_eq!(keys, ["{", "as_of"], "keys are sorted");
    let other = plan_of(&SAMPLE, "open-a-tea-stall", &RESIDENT.replace("Mei", "Bo"));
    assert_ne!(first.hash(), other.hash());
}

/// The register knows the owner but not the name: the form wants it from the person all the same.
#[test]
fn a_record_without_a_value_leaves_the_field_to_be_filled_in() {
    let name = |answers: &str| {
        let plan = plan_of(&SAMPLE, "open-a-tea-stall", answers);
        let mut fields = plan.form.iter().flat_map(|topic| &topic.fields);
        let found = fields.find(|field| field.slot.element.as_str() == "owner.name");
        let waits = plan.missing_fields().any(|field| field.slot.element.as_str() == "owner.name");
        (found.unwrap().state.clone(), waits)
    };
    let (known, waits) = name(RESIDENT);
    assert!(matches!(known, FieldState::Fetched { .. }) && !waits, "{known:?}");
    let line = RESIDENT.lines().find(|line| line.contains("\"owner.name\"")).unwrap();
    let (absent, waits) = name(&RESIDENT.replace(line, "\"owner.name\" = \"null:\""));
    assert!(matches!(absent, FieldState::Missing) && waits, "{absent:?}");
}

#[test]
fn what_a_table_finds_stands_on_the_form_computed() {
    let field = "{ element = \"stall.tables\" },";
    let catalogue =
        changed_sample(&[(field, &format!("{field} {{ element = \"stall.class\" }},"))]);
    let answers =
        "as_of = \"2026-09-04\"\nanswers = { \"stall.place\" = \"market\", \"stall.tables\" = 7 }";
    for (answers, expected) in [(answers, Some("large")), ("as_of = \"2026-09-04\"", None)] {
        let plan = plan_of(&catalogue, "open-a-tea-stall", answers);
        let fields = plan.form.iter().flat_map(|topic| &topic.fields);
        let class =
            fields.into_iter().find(|it| it.slot.element.as_str() == "stall.class").unwrap();
        let value = expected.map(vocabulary::Value::text);
        assert_eq!(class.state, FieldState::Computed { value, table: "stall-class".into() });
        let undecided = plan.undecided.iter().any(|it| it.as_str() == "stall.class");
        assert!(!undecided, "the plan waits for what the table reads: {:?}", plan.undecided);
        assert!(plan.missing_fields().all(|it| it.slot != class.slot));
    }
}
