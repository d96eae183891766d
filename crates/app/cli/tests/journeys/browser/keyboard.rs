//! The whole way of the married mother without a mouse.

use crate::applicant::FIVE_SERVICES;
use crate::town::{ALL_PROMPT, journey};
use crate::watch::Watch;

#[test]
fn everything_can_be_done_by_keyboard_alone() {
    journey("keyboard", ALL_PROMPT, |town| {
        let mut mother = town.visitor(Watch::NOTHING).by_keyboard();
        mother.enters_as("王小梅");
        mother.applies_for_her_newborn();

        mother.waits_for("这件事已经全部办结。");
        for service in FIVE_SERVICES {
            mother.lane_is(service, "已办好");
        }
        mother.rates("非常满意", "");
        mother.clicks("我的证照");
        mother.clicks_within("//main", "出生医学证明");
        mother.clicks("核验这份证照");
        mother.sees("有效");
    });
}
