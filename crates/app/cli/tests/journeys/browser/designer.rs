//! A designer's day: the catalogue, a matter's health, what is wrong and whose case shows it, the scenario table,
//! any case with its picture, a change that breaks something, and the papers that are printed.

use serde_json::json;

use crate::town::journey;
use crate::visitor::{Visitor, quoted};
use crate::watch::Watch;

const MATTER: &str = "/designer/matters/newborn";
const FILE: &str = "definitions/cn/national/matters/newborn.toml";

impl Visitor {
    /// Opens a page of the matter by its tab.
    fn turns_to(&mut self, tab: &str) {
        self.clicks_within("//nav[contains(@class, 'tabs')]", tab);
        let current = format!("//nav/a[@aria-current='page'][normalize-space(.)={}]", quoted(tab));
        self.shown(&current);
    }

    /// The page as the printer gets it: tabs and links of the site are not on it.
    fn prints(&mut self) {
        self.shown("//button[@data-print]");
        self.must(
            self.session.tell_browser("Emulation.setEmulatedMedia", json!({"media": "print"})),
        );
        for part in ["//header[contains(@class, 'masthead')]", "//nav[contains(@class, 'tabs')]"] {
            assert!(self.find_shown(part).is_none(), "{part} is printed on {}", self.path());
        }
        let paper = self.session.tell_browser("Page.printToPDF", json!({}));
        let paper = self.must(paper);
        assert!(paper["data"].as_str().is_some_and(|data| data.len() > 10_000));
        self.must(self.session.tell_browser("Emulation.setEmulatedMedia", json!({"media": ""})));
    }

    /// Changes the opened definition file where `from` stands, and tries it.
    fn tries(&mut self, from: &str, to: &str) {
        self.goes_to(&format!("/designer/try?file={FILE}"));
        let script = format!(
            "const text = document.getElementById('text');\
             const parts = text.value.split({from:?});\
             text.value = parts[0] + {to:?} + parts.slice(1).join({from:?});\
             return parts.length;"
        );
        let parts = self.must(self.session.run(&script));
        assert!(parts.as_u64() > Some(1), "“{from}” stands nowhere in {FILE}");
        self.clicks("试一试");
        self.looks_afresh();
    }
}

#[test]
fn the_designer_sees_what_is_wrong_where_for_whom_and_how_to_mend_it() {
    journey("designer", &[], |town| {
        let mut designer = town.visitor(Watch::ACCESSIBILITY);
        designer.enters_as("沈若溪");
        designer.comes_to("/designer");
        designer.sees_all(&["孩子出生了", "情形测试", "可达情形", "可办"]);
        designer.clicks_within("//main//table", "孩子出生了");
        designer.comes_to(MATTER);
        designer.sees_all(&["十个一", "六项检查", "可办性", "平均问", "与各地公布的数字对照"]);

        designer.sees_all(&["所有情形下减少了什么", "看这个情形"]);

        // What is wrong, and the case that shows it.
        designer.clicks_within("//header", "问题");
        designer.waits_for("公司不开了，我要注销");
        designer.waits_for("可达情形");
        designer.clicks_within("//li[contains(., '最短的例子')]", "看这个情形");
        designer.sees_all(&["回答", "要填的字段"]);
        designer.clicks_within("//main", "一次告知单");
        designer.sees_all(&["您的情形", "一并办理", "要带的"]);
        designer.goes_to("/designer/codes");
        designer.clicks_within("//main", "PRF0001");
        designer.sees("这个事项在任何情形下都不办。");

        // The table, its pinned rows, and one of them as a filled-in interview.
        designer.goes_to(MATTER);
        designer.turns_to("情形表");
        let pinned = "//main//tbody/tr[.//span[normalize-space(.)='测试']]";
        designer.shown(pinned);
        designer.does_not_see("expected");
        designer.act(&format!("{pinned}//th/a[1]"), |session, link| session.click(link));
        designer.sees_all(&["回答", "要填的字段", "固定为测试"]);
        let days = designer.figure();
        let place = "//select[@name='birth.place']/option[@value='other_city']";
        designer.act(place, |session, option| session.click(option));
        designer.clicks("重新计算");
        designer.waits_for("孩子在外地出生，出生医学证明由当地医院签发");
        assert_ne!(designer.figure(), days, "another case has another plan");

        designer.breaks_definitions();

        // What is printed.
        for (tab, words) in [
            ("全部问题", "为什么问："),
            ("培训卡", "第 1 张"),
            ("办事指南", "材料清单"),
            ("一次告知单", "不用带的"),
            ("实施细则", "职责分工"),
        ] {
            designer.goes_to(MATTER);
            designer.turns_to(tab);
            designer.sees(words);
            designer.prints();
        }
    });
}

impl Visitor {
    /// The figures of the case that is shown.
    fn figure(&self) -> String {
        let figures = self.shown("//dl[contains(@class, 'figures')]");
        self.session.text(&figures).unwrap_or_default()
    }

    /// What somebody does late in the day, one after the other.
    fn breaks_definitions(&mut self) {
        // An option that there is not.
        self.tries(r#"birth.place = "other_city""#, r#"birth.place = "othercity""#);
        self.sees_all(&["个错误", "newborn.toml:", "other_city"]);
        // A quotation mark too few.
        self.tries(r#"id = "newborn""#, r#"id = "newborn"#);
        self.sees_all(&["CAT0001", "newborn.toml:4", "文件不是合法的 TOML"]);
        // A service that nobody wrote.
        self.tries(r#"service = "vaccination-record""#, r#"service = "vaccine-record""#);
        self.sees_all(&["CAT0011", "vaccine-record", "vaccination-record"]);
        // Well written, and nobody gets it any more: for whom things change is said by name.
        self.tries(
            r#"when = 'benefits.now = true and mother.insurance = "employee"'"#,
            r#"when = 'benefits.now = false and mother.insurance = "employee" and benefits.now = true'"#,
        );
        self.sees_all(&[
            "0 个错误",
            "证明新发现的问题",
            "PRF0001",
            "改法：这个事项在任何情形下都不办",
        ]);
        self.sees_all(&["情形测试", "变了"]);
    }
}
