//! The whole way of the married mother in a browser that runs no script.

use crate::applicant::FIVE_SERVICES;
use crate::town::{ALL_PROMPT, journey};
use crate::watch::Watch;

#[test]
fn everything_works_without_script() {
    journey("without-script", ALL_PROMPT, |town| {
        let mut mother = town.visitor(Watch::NOTHING).without_script();
        mother.enters_as("王小梅");
        mother.applies_for_her_newborn();

        // Printing has a button only where there is script: so there is none here.
        let receipt = format!("{}/receipt", mother.path());
        mother.goes_to(&receipt);
        let print = mother.find_shown("//button[@data-print]");
        assert!(print.is_none(), "script runs in a browser that should have none");
        mother.follows_the_case();

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
