//! The same on a small phone: no page is wider than the screen, and the menu opens.

use crate::applicant::{CHOICES, FIVE_SERVICES, MARRIED_MOTHER};
use crate::town::{ALL_PROMPT, journey};
use crate::watch::Watch;

#[test]
fn every_page_fits_a_phone() {
    journey("phone", ALL_PROMPT, |town| {
        let mut mother = town.visitor(Watch::PHONE);
        mother.goes_to("/");
        mother.goes_to("/matters");
        mother.goes_to("/matters/enterprise-start-up");
        mother.goes_to("/about");
        mother.goes_to("/verify");
        mother.goes_to("/nowhere");
        mother.enters_as("王小梅");

        mother.opens("孩子出生了");
        mother.starts();
        mother.answers_all(MARRIED_MOTHER);
        mother.accepts_the_plan(&FIVE_SERVICES);
        mother.saves_the_form();
        mother.is_told(&["请填写“孩子姓名”"]);
        mother.fills_in_the_newborn_form("陈予安", CHOICES);
        mother.saves_the_form();
        mother.goes_on_to_check();
        mother.submits_to(5);
        let case = mother.follows_the_case();
        mother.goes_to(&format!("{case}/withdraw"));
        mother.goes_to(&case);
        mother.waits_for("这件事已经全部办结。");

        mother.clicks("菜单");
        mother.clicks_within("//details[contains(@class, 'menu')]", "我的办件");
        mother.is_at("我的办件");
        mother.clicks("菜单");
        mother.clicks_within("//details[contains(@class, 'menu')]", "我的证照");
        mother.clicks_within("//main", "预防接种证");
        mother.clicks("核验这份证照");

        // Large type still fits.
        mother.clicks("菜单");
        mother.clicks_within("//details[contains(@class, 'menu')]", "大字版");
        mother.looks_afresh();
        mother.goes_to("/");
        mother.goes_to(&case);

        // Staff may have a phone as well.
        mother.enters_as_officer_of("公安局");
        mother.goes_to("/officer");
    });
}
