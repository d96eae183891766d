//! A department asks for a correction: one red thing to do, one answer, and the case goes on.

use crate::applicant::{CARD, CERTIFICATE, HOUSEHOLD, VACCINATION};
use crate::town::{ALL_PROMPT, journey};
use crate::watch::Watch;

#[test]
fn one_red_thing_to_do_and_the_case_goes_on() {
    journey("correction", ALL_PROMPT, |town| {
        let mut mother = town.visitor(Watch::NOTHING);
        mother.sets_department("预防接种", "先要求补正");
        mother.enters_as("王小梅");
        let case = mother.applies_for_her_newborn();
        mother.watches(Watch::ACCESSIBILITY);

        mother.waits_for(&format!("请补正：{VACCINATION}"));
        mother.sees_all(&["等您办一步", "其他事项照常办理"]);
        mother.lane_is(VACCINATION, "等您补正");
        // The others do not wait for it.
        mother.waits_until(CARD, "已办好");
        mother.lane_is(HOUSEHOLD, "已办好");

        mother.goes_to("/mine");
        mother.sees("等您补正");
        mother.clicks_within("//main", "孩子出生了");

        mother.clicks("去补正");
        mother.is_at(&format!("请补正：{VACCINATION}"));
        mother.sees("一次告知需要补正的内容");
        // Nothing given is told, and is no answer yet.
        mother.clicks("提交补正");
        mother.is_told(&["请写一句说明，或上传至少一个文件"]);
        mother.fills("您的说明", "已核对，出生医学证明编号无误。");
        mother.clicks("提交补正");

        mother.comes_to(&case);
        mother.does_not_see(&format!("请补正：{VACCINATION}"));
        mother.waits_until(VACCINATION, "已办好");
        mother.waits_for("这件事已经全部办结。");
        mother.lane_is(CERTIFICATE, "已办好");
        mother.sees(&format!("您补正了“{VACCINATION}”"));
    });
}
