//! A department's system is down when its turn comes, and comes back: nobody has to do anything again.
//!
//! A browser's clock cannot be moved an hour. This story shows that sending is tried again and gets through
//! within seconds of the return; that it goes on being tried for hours, less and less often, is shown by the
//! worker's tests, whose clock is moved by hand.

use std::time::Duration;

use crate::applicant::{CERTIFICATE, FIVE_SERVICES, HOUSEHOLD, VACCINATION};
use crate::town::{ALL_PROMPT, journey};
use crate::watch::Watch;

#[test]
fn a_department_that_is_down_gets_everything_when_it_is_back() {
    journey("away-and-back", ALL_PROMPT, |town| {
        let mut mother = town.visitor(Watch::NOTHING);
        mother.sets_department("助产机构", "停机");
        mother.enters_as("王小梅");
        let case = mother.applies_for_her_newborn();

        // Accepted by the hub, with a receipt; under way to a department that does not answer.
        std::thread::sleep(Duration::from_secs(4));
        mother.goes_to(&case);
        let said = mother.lane_says(CERTIFICATE);
        for state in ["已收件", "已受理", "已办好"] {
            assert!(!said.contains(state), "a department that is down has said nothing: {said}");
        }
        mother.lane_is(HOUSEHOLD, "等前一项");
        mother.lane_is(VACCINATION, "等前一项");
        mother.sees(&format!("正在等：{CERTIFICATE}"));

        mother.sets_department("助产机构", "自动，几秒内答复");
        mother.goes_to(&case);
        mother.waits_for("这件事已经全部办结。");
        for service in FIVE_SERVICES {
            mother.lane_is(service, "已办好");
        }
    });
}
