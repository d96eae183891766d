//! The police decide by hand: an officer finds the case in the worklist, sees what is needed for it and no
//! more, registers the child, and everything that waited for it goes on by itself.

use crate::applicant::{CARD, CERTIFICATE, HOUSEHOLD, INSURANCE, VACCINATION};
use crate::town::journey;
use crate::watch::Watch;

/// Nobody's number: its check digit is wrong.
const MISTYPED: &str = "990000202611180011";

#[test]
fn an_officer_registers_the_child_and_the_rest_follows() {
    journey("officer", &[("public-security", "by-hand")], |town| {
        let mut person = town.visitor(Watch::NOTHING);
        person.enters_as("王小梅");
        let case = person.applies_for_her_newborn();
        person.waits_until(VACCINATION, "已办好");
        person.waits_until(HOUSEHOLD, "已收件");
        person.lane_is(CERTIFICATE, "已办好");
        person.lane_is(INSURANCE, "等前一项");
        let number = person.case_number();
        person.watches(Watch::ACCESSIBILITY_AND_PICTURES);

        // The worklist has this service of the case, and none of another department.
        person.enters_as_officer_of("公安局");
        person.is_at("待办");
        person.sees_all(&[&number, HOUSEHOLD, "王小梅", "正常"]);
        person.does_not_see(VACCINATION);
        person.does_not_see(INSURANCE);
        person.clicks("已办结");
        person.sees("这里现在没有办件。");
        person.clicks("待办");
        person.clicks(&number);

        // What is needed for registering a child, with its source, and nothing beyond it.
        person.is_at(HOUSEHOLD);
        person.sees_all(&["申请人：王小梅", "陈予安", "落户地址", "孩子与户主的关系", "审查要点"]);
        for others in ["出生体重", "孕周", "社保卡的服务银行", "工商银行", "参保地"]
        {
            person.does_not_see(others);
        }

        person.clicks("受理");
        person.sees("已受理。");
        person.clicks("准予");
        let offered = person.field_holds("孩子的公民身份号码");
        person.fills("孩子的公民身份号码", MISTYPED);
        person.clicks("确认准予");
        person.is_told(&["“孩子的公民身份号码”的校验位不对"]);
        assert_eq!(
            person.field_holds("孩子的公民身份号码"),
            MISTYPED,
            "what was typed is still there"
        );
        person.fills("孩子的公民身份号码", &offered);
        person.clicks("确认准予");
        person.sees_all(&["已准予。", &offered]);
        person.goes_to("/officer");
        person.does_not_see(&number);
        person.clicks("已办结");
        person.sees(&number);

        person.enters_as("王小梅");
        person.goes_to(&case);
        person.waits_for("这件事已经全部办结。");
        for service in [HOUSEHOLD, INSURANCE, CARD] {
            person.lane_is(service, "已办好");
        }
        person.goes_to("/wallet");
        person.clicks_within("//main", "居民户口簿（孩子页）");
        person.sees(&offered);
    });
}
