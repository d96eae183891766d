//! What a compiled catalogue holds.

use conditions::Type;
use vocabulary::{HalfDays, PeriodUnit};

use super::{GOOD, changed, compile_files};
use crate::{Catalogue, ElementType};

fn good() -> Catalogue {
    compile_files(&[("good.toml", GOOD)]).catalogue.unwrap()
}

#[test]
fn names_numbers_and_periods_are_resolved() {
    let catalogue = good();
    let residence = &catalogue.services["residence"];
    let statutory = residence.statutory.as_ref().expect("from the regime");
    assert_eq!(statutory.period.halves, HalfDays::days(20));
    assert_eq!(residence.promised.period.unit, PeriodUnit::WorkingDay);
    assert_eq!(residence.fees[0].amount.to_string(), "20.00");
    assert_eq!(catalogue.elements["child.name"].group.as_ref().unwrap().as_str(), "child");
    assert!(catalogue.elements["home.address"].group.is_none());
    assert_eq!(catalogue.evidence_types["lease"].formats, ["pdf", "jpg", "png"]);
    assert_eq!(catalogue.evidence_types["lease"].size_bytes_max, 10 * 1024 * 1024);
    assert_eq!(catalogue.calendar.years[&2025].days_off.len(), 9);
    assert_eq!(catalogue.jurisdiction.time_zone.iana_name(), Some("Asia/Shanghai"));
    assert_eq!(catalogue.jurisdiction.office_close_minute, 1050);
    assert_eq!(catalogue.lists[0].entries.len(), 2);
}

#[test]
fn a_matter_knows_who_produces_what() {
    let catalogue = good();
    let matter = catalogue.matter("moving").unwrap();
    let ids = |services: Vec<&crate::PublicService>| -> Vec<String> {
        services.iter().map(|service| service.id.to_string()).collect()
    };
    assert_eq!(ids(catalogue.services_of(matter).collect()), ["residence", "school"]);
    assert_eq!(ids(catalogue.producers_of_evidence(matter, &"permit".into())), ["residence"]);
    assert!(catalogue.producers_of_evidence(matter, &"lease".into()).is_empty());
    assert_eq!(
        ids(catalogue.producers_of_element(matter, &"residence.number".into())),
        ["residence"]
    );
    let organisations: Vec<_> =
        catalogue.organisations_of(matter).iter().map(ToString::to_string).collect();
    assert_eq!(organisations, ["police", "schools"]);
    let edges: Vec<_> =
        catalogue.hard_edges(matter).iter().map(|(from, to)| format!("{from}>{to}")).collect();
    assert_eq!(edges, ["residence>school"]);
}

#[test]
fn soft_needs_and_open_ways_make_no_edge() {
    let soft_field =
        ("element = \"residence.number\"", "element = \"residence.number\"\nsoft = true");
    let table: &[(&[(&str, &str)], usize)] = &[
        (&[], 1),
        (&[soft_field], 1),
        (&[soft_field, ("ways = [\"output\"]", "ways = [\"upload\", \"output\"]")], 0),
        (&[soft_field, ("ways = [\"output\"]", "ways = [\"source\", \"output\", \"upload\"]")], 1),
        (&[soft_field, ("ways = [\"output\"]", "ways = [\"output\"]\nsoft = true")], 0),
    ];
    for (changes, edges) in table {
        let compiled = compile_files(&[("good.toml", &changed(changes))]);
        let catalogue = compiled.catalogue.unwrap_or_else(|| panic!("{:?}", compiled.diagnostics));
        let matter = catalogue.matter("moving").unwrap();
        assert_eq!(catalogue.hard_edges(matter).len(), *edges, "{changes:?}");
    }
}

#[test]
fn conditions_see_types() {
    let options: std::sync::Arc<[std::sync::Arc<str>]> = ["own".into(), "rent".into()].into();
    assert_eq!(good().elements["home.kind"].ty.condition_type(), Type::Choice(options));
    for (ty, seen) in [
        (ElementType::Bool, Type::Bool),
        (ElementType::Number, Type::Number),
        (ElementType::Date, Type::Date),
        (ElementType::Text, Type::Text),
        (ElementType::LongText, Type::Text),
        (ElementType::CitizenId, Type::Text),
        (ElementType::Uscc, Type::Text),
        (ElementType::Phone, Type::Text),
        (ElementType::AreaCode, Type::Text),
    ] {
        assert_eq!(ty.condition_type(), seen);
    }
}

/// The funnel: an element's keys and a number → the words for it.
#[track_caller]
fn read_as(keys: &str, number: &str, expected: &str) {
    let element = "[[element]]\nid = \"home.age\"\nname = { zh = \"x\", en = \"x\" }\ntype = \"number\"\ntopic = \"home\"\n";
    let text = format!("{GOOD}\n{element}{keys}\n");
    let compiled = compile_files(&[("good.toml", &text)]);
    let catalogue = compiled.catalogue.unwrap_or_else(|| panic!("{:#?}", compiled.diagnostics));
    let said = |unit: &vocabulary::Localised| unit.get(&vocabulary::Lang::new("en")).to_owned();
    let found = catalogue.elements["home.age"].in_units(number.parse().unwrap(), said);
    assert_eq!(found, expected);
}

#[test]
fn a_number_is_read_in_the_units_that_people_use() {
    let months = "unit = { zh = \"个月\", en = \"months\" }";
    let years = &format!(
        "{months}\nlarger_unit = {{ count = 12, unit = {{ zh = \"岁\", en = \"years\" }} }}"
    );
    read_as(years, "722", "60 years 2 months");
    read_as(years, "720", "60 years");
    read_as(years, "8", "8 months");
    read_as(years, "0", "0 months");
    read_as(years, "7.5", "7.5 months");
    read_as(years, "-3", "-3 months");
    read_as(months, "722", "722 months");
    read_as("", "722", "722");
}
