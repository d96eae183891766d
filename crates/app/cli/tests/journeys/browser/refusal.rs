//! One department refuses: what others have granted stays, what needed it cannot begin, and each says why.

use crate::applicant::{CARD, CERTIFICATE, HOUSEHOLD, INSURANCE, VACCINATION};
use crate::town::journey;
use crate::watch::Watch;

#[test]
fn partial_success_is_shown_with_its_reason() {
    journey("refusal", &[("public-security", "refusing")], |town| {
        let mut mother = town.visitor(Watch::NOTHING);
        mother.enters_as("王小梅");
        mother.applies_for_her_newborn();
        mother.watches(Watch::ACCESSIBILITY);

        mother.waits_until(HOUSEHOLD, "不予准予");
        mother.waits_until(VACCINATION, "已办好");
        mother.lane_is(CERTIFICATE, "已办好");
        let said = mother.lane_says(HOUSEHOLD);
        for part in ["决定不予办理", "孩子已在其他地方登记户口", "依据：", "申请行政复议"]
        {
            assert!(said.contains(part), "the refusal has its ground and what to do: {said}");
        }
        for service in [INSURANCE, CARD] {
            mother.waits_until(service, "无法开始");
            let said = mother.lane_says(service);
            assert!(said.contains(&format!("因为“{HOUSEHOLD}”没有办成")), "{service}: {said}");
        }
        mother.waits_for("部分办结");
        mother.goes_to("/wallet");
        mother.sees_all(&["出生医学证明", "预防接种证"]);
        mother.does_not_see("社会保障卡");
    });
}
