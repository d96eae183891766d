//! A married mother, a few days after the birth: from the home page to five licences, with clicks counted.

use std::time::{Duration, Instant};

use crate::applicant::{CHOICES, FIVE_SERVICES, MARRIED_MOTHER};
use crate::town::{ALL_PROMPT, journey};
use crate::watch::Watch;

const FIVE_LICENCES: [&str; 5] = [
    "出生医学证明",
    "预防接种证",
    "居民户口簿（孩子页）",
    "居民医保参保凭证",
    "社会保障卡（电子）",
];

#[test]
fn from_the_home_page_to_five_licences() {
    journey("married-mother", ALL_PROMPT, |town| {
        let mut mother = town.visitor(Watch::ACCESSIBILITY_AND_PICTURES);
        mother.goes_to("/");
        mother.goes_to("/matters");
        mother.goes_to("/about");
        mother.enters_as("王小梅");

        let began = Instant::now();
        let (clicks, watching) = (mother.clicks, mother.watching);

        mother.searches("宝宝上户口", "孩子出生了");
        mother.starts();
        mother.answers_all(MARRIED_MOTHER);

        mother.accepts_the_plan(&FIVE_SERVICES);
        mother.is_shown_as_fetched("妈妈姓名", "王小梅");
        mother.is_shown_as_fetched("爸爸姓名", "陈知行");
        mother.is_shown_as_fetched("出生体重", "3280 克");
        mother.fills_in_the_newborn_form("陈予安", CHOICES);
        mother.saves_the_form();

        mother.sees("不需要您准备任何材料");
        mother.goes_on_to_check();
        mother.sees_all(&["陈予安", "王小梅", "工商银行"]);
        let number = mother.submits_to(5);
        mother.sees_all(&FIVE_SERVICES);

        let case = mother.follows_the_case();
        mother.sees(&number);
        mother.waits_for("这件事已经全部办结。");
        let took = began.elapsed().saturating_sub(mother.watching.saturating_sub(watching));
        println!(
            "married mother: {} clicks and {} fields in {} s from the home page to the last licence",
            mother.clicks - clicks,
            mother.fields,
            took.as_secs()
        );
        assert!(took < Duration::from_secs(180), "a minute a person would not wait: {took:?}");

        for service in FIVE_SERVICES {
            mother.lane_is(service, "已办好");
        }
        let page = mother.page_text();
        let places = FIVE_LICENCES.map(|licence| page.find(licence).expect("a licence"));
        assert!(places.is_sorted(), "licences stand in the order of their services: {places:?}");
        mother.rates("满意", "很方便");

        mother.clicks("我的证照");
        mother.is_at("我的证照");
        mother.sees_all(&FIVE_LICENCES);
        mother.clicks_within("//main", "社会保障卡（电子）");
        mother.sees_all(&["陈予安", "工商银行"]);
        mother.clicks("核验这份证照");
        let check = mother.path();

        // Anybody may verify it: without a session, and without learning more than is printed for that.
        mother.clicks("退出");
        mother.goes_to(&check);
        mother.sees_all(&["有效", "社会保障卡（电子）"]);
        mother.does_not_see("13800001234");

        // What is hers is behind the role board now.
        mother.goes_to(&case);
        mother.is_at("选一个身份，亲自办一件事");
    });
}
