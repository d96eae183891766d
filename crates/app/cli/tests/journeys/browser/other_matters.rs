//! Every other matter, lived from its page to its licences by the demo's people. One generic driver for all of
//! them: what is asked, wanted and made is what the definitions say.

use std::path::Path;
use std::time::Duration;

use jiff::ToSpan as _;
use yijianshi::wiring::Definitions;

use crate::living::Life;
use crate::town::{Town, journey};
use crate::visitor::{Visitor, within};
use crate::watch::Watch;

/// How often the officer's desk is looked at, and how long departments that answer by themselves are given.
const ROUNDS: usize = 12;
const SETTLES: Duration = Duration::from_secs(4);
const ENDED: &str = "这件事已经全部办结。";

/// One matter lived by one person.
struct Story {
    matter: &'static str,
    title: &'static str,
    who: &'static str,
    /// Whose answers are given.
    scenario: &'static str,
    /// What is true of this person today instead.
    instead: &'static [(&'static str, Today)],
    /// At least so many services are done.
    services: usize,
    /// What is issued, among others.
    licences: &'static [&'static str],
}

/// An answer that depends on the day.
#[derive(Clone, Copy)]
enum Today {
    Says(&'static str),
    DaysAgo(i32),
}

use Today::{DaysAgo, Says};

const PEOPLE: &[Story] = &[
    Story {
        matter: "newborn-ten-items",
        title: "孩子出生了（出生十件事）",
        who: "王小梅",
        scenario: "ten-all",
        instead: &[],
        services: 10,
        licences: &["出生医学证明", "居民户口簿（孩子页）", "预防接种证"],
    },
    Story {
        matter: "after-death",
        title: "家人去世了",
        who: "周砚秋",
        scenario: "father-retired-in-hospital",
        instead: &[("death.date", DaysAgo(3))],
        services: 8,
        licences: &["死亡医学证明（推断）书", "火化证明", "户口注销证明"],
    },
    Story {
        matter: "retirement",
        title: "我要退休了",
        who: "周砚秋",
        scenario: "one-child-fund-and-several-provinces",
        instead: &[("person.birth_date", Says("1963-05-20"))],
        services: 7,
        licences: &["电子退休证（退休核准表）"],
    },
    Story {
        matter: "flexible-employment",
        title: "我自己给自己打工",
        who: "纪晚晴",
        scenario: "low-income-woman-first-subsidy",
        instead: &[("person.birth_date", Says("1981-04-09"))],
        services: 7,
        licences: &["电子就业创业证", "医疗保险参保登记（医保电子凭证）"],
    },
    Story {
        matter: "home-transfer",
        title: "我买（卖）了一套二手房",
        who: "周砚秋",
        scenario: "sale-with-loan-and-released-mortgage",
        instead: &[],
        services: 11,
        licences: &["不动产权证书（电子）", "不动产登记证明（抵押，电子）"],
    },
];

const FIRMS: &[Story] = &[
    Story {
        matter: "restaurant-opening",
        title: "我要开餐饮店",
        who: "赵一鸣",
        scenario: "hot-pot-inspection-first",
        instead: &[],
        services: 7,
        licences: &[
            "食品经营许可证",
            "准予设置户外招牌决定书",
            "公众聚集场所投入使用、营业前消防安全检查意见书",
        ],
    },
    Story {
        matter: "hiring",
        title: "我招到员工了",
        who: "赵一鸣",
        scenario: "one-graduate",
        instead: &[],
        services: 10,
        licences: &["社会保障卡（电子卡同步签发）"],
    },
    Story {
        matter: "credit-repair",
        title: "我要修复信用",
        who: "赵一鸣",
        scenario: "three-records-at-once",
        instead: &[],
        services: 4,
        licences: &[],
    },
    Story {
        matter: "enterprise-deregistration",
        title: "公司不开了，我要注销",
        who: "赵一鸣",
        scenario: "simple-path",
        instead: &[],
        services: 8,
        licences: &["清税证明", "准予注销登记通知书"],
    },
];

#[test]
fn people_live_every_matter() {
    journey("people", &[], |town| live_all(town, PEOPLE));
}

#[test]
fn firms_live_every_matter() {
    journey("firms", &[], |town| live_all(town, FIRMS));
}

fn live_all(town: &Town, stories: &[Story]) {
    let definitions = Definitions::load(None).expect("definitions").expect("a catalogue");
    let page = town.file("扫描件.pdf", b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n");
    let mut person = town.visitor(Watch::ACCESSIBILITY);
    let cases: Vec<String> =
        stories.iter().map(|story| story.begins(&mut person, &definitions, &page)).collect();
    for (story, case) in stories.iter().zip(&cases) {
        story.ends(&mut person, &definitions, case);
    }
}

impl Story {
    fn life<'a>(&self, definitions: &'a Definitions) -> Life<'a> {
        let found = definitions
            .scenarios
            .iter()
            .find(|one| one.matter == self.matter && one.id == self.scenario);
        let today = definitions.catalogue.civil_date(vocabulary::Instant::now());
        let of_today = |(name, today_says): &(&'static str, Today)| {
            let text = match today_says {
                Says(text) => (*text).to_owned(),
                DaysAgo(days) => today.saturating_sub(days.days()).to_string(),
            };
            (*name, text)
        };
        let instead: Vec<(&str, String)> = self.instead.iter().map(of_today).collect();
        Life::after(&definitions.catalogue, found.expect(self.scenario), &instead)
    }

    /// From the matter's page to the tracking page.
    fn begins(&self, person: &mut Visitor, definitions: &Definitions, page: &Path) -> String {
        person.enters_as(self.who);
        person.goes_to(&format!("/matters/{}", self.matter));
        person.is_at(self.title);
        person.lives(self.title, &self.life(definitions), page)
    }

    /// Everything is done, and what was granted is in the wallet.
    fn ends(&self, person: &mut Visitor, definitions: &Definitions, case: &str) {
        // What the police are left to decide comes to their officer when its turn has come.
        for _ in 0..ROUNDS {
            person.enters_as(self.who);
            person.goes_to(case);
            if within(SETTLES, || person.is_seeing(ENDED)) {
                break;
            }
            person.enters_as_officer_of("公安局");
            person.grants_everything(&self.life(definitions));
        }
        person.waits_for(ENDED);
        let lanes = person.lanes();
        let matter = self.matter;
        assert!(lanes.len() >= self.services, "{matter}: {lanes:?}");
        assert!(lanes.iter().all(|(_, state)| state == "已办好"), "{matter}: {lanes:?}");
        let licences = person.licences();
        println!("{matter}: {} {licences:?}", lanes.len());
        for licence in self.licences {
            assert!(licences.iter().any(|one| one == licence), "{matter}: {licences:?}");
        }
    }
}
