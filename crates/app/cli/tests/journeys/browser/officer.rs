//! The police decide by hand: an officer finds the case in the worklist and sees what is needed for it only.

use crate::applicant::{CARD, CERTIFICATE, FIVE_SERVICES, HOUSEHOLD, INSURANCE};
use crate::town::journey;
use crate::watch::Watch;

#[test]
fn an_officer_registers_the_child_and_the_rest_follows() {
    journey("officer", &[("public-security", "by-hand")], |town| {
        let mut person = town.visitor(Watch::ACCESSIBILITY_AND_PICTURES);
        person.enters_as("王小梅");
        let case = person.applies_for_her_newborn();
        person.waits_until(CERTIFICATE, "已办好");
        person.waits_until(HOUSEHOLD, "已收件");
        person.lane_is(INSURANCE, "等前一项");

        person.enters_as_officer_of("公安局");
        person.is_at("待办");
        person.goes_to(&case);
        let _ = CARD;
        let _ = FIVE_SERVICES;
    });
}
