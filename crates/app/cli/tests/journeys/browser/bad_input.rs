//! What goes wrong in front of a screen: mistyped numbers, empty fields, double clicks, old pages, ended
//! sessions, addresses that lead nowhere. Each is explained, and nothing typed or sent is lost.

use crate::applicant::{CHOICES, FIVE_SERVICES, MARRIED_MOTHER};
use crate::town::{ALL_PROMPT, journey};
use crate::visitor::Visitor;
use crate::watch::Watch;

#[test]
fn what_is_mistyped_is_explained_and_kept() {
    journey("mistyped", ALL_PROMPT, |town| {
        let mut mother = town.visitor(Watch::ACCESSIBILITY);
        mother.enters_as("王小梅");
        mother.opens("孩子出生了");
        mother.starts();

        // A question without an answer.
        mother.clicks("继续");
        mother.is_told(&["请选择"]);
        mother.answers_all(MARRIED_MOTHER);
        mother.accepts_the_plan(&FIVE_SERVICES);

        // Empty, mistyped and right things in one form.
        mother.fills("孩子姓名", "陈予安");
        mother.fills("妈妈的手机号码", "138");
        mother.chooses("民族", "与妈妈相同");
        mother.corrects("爸爸的公民身份号码");
        mother.fills("更正“爸爸的公民身份号码”", "110101199208170017");
        mother.saves_the_form();
        mother.is_told(&[
            "“妈妈的手机号码”应填电话号码",
            "“爸爸的公民身份号码”的校验位不对",
            "请选择“籍贯”",
            "请选择“社保卡的服务银行”",
        ]);
        assert_eq!(mother.field_holds("孩子姓名"), "陈予安");
        assert_eq!(mother.field_holds("妈妈的手机号码"), "138", "what was mistyped is still there");
        assert_eq!(mother.field_holds("更正“爸爸的公民身份号码”"), "110101199208170017");
        assert!(mother.has_chosen("民族", "与妈妈相同"));

        // A line of the summary leads to its field.
        mother.clicks("请选择“籍贯”");
        assert!(mother.path().ends_with("child-native_place_as-m1"), "{}", mother.path());

        // Submitting before everything is there leads to what is missing.
        let draft = mother.path().trim_end_matches(|c| c != '/').to_owned();
        mother.goes_to(&format!("{draft}check"));
        mother.sees_all(&["还没有填写“籍贯”", "还有内容没有补齐"]);
        mother.clicks("还没有填写“籍贯”");
        mother.is_at("填一张表，所有部门共用");

        mother.fills_in_the_newborn_form("陈予安", CHOICES);
        mother.corrects("爸爸的公民身份号码");
        mother.fills("更正“爸爸的公民身份号码”", "110101199208170016");
        mother.saves_the_form();
        mother.goes_on_to_check();
        mother.sees("110101199208170016");

        // Not declared: nothing is sent.
        mother.clicks("提交并同时向 5 个部门申报");
        mother.is_told(&["请先勾选确认"]);
        mother.submits_to(5);
    });
}

/// Sends the form of the page twice at the same time; returns where each of both led.
const SUBMIT_TWICE: &str = r#"
const done = arguments[arguments.length - 1];
const form = document.querySelector("main form[action$='/submit']");
form.elements.declared.checked = true;
const send = () => fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) })
  .then((answer) => `${answer.status} ${new URL(answer.url).pathname}`);
Promise.all([send(), send()]).then(done, (error) => done([String(error)]));
"#;

#[test]
fn pressing_twice_is_one_case_and_old_pages_change_nothing() {
    journey("twice-and-stale", ALL_PROMPT, |town| {
        let mut mother = town.visitor(Watch::NOTHING);
        mother.enters_as("王小梅");
        mother.opens("孩子出生了");
        mother.starts();
        mother.answers_all(MARRIED_MOTHER);
        mother.accepts_the_plan(&FIVE_SERVICES);
        let form = mother.path();
        let first = mother.must(mother.session.tab());

        // Another tab saves the form; this one still shows it as it was.
        mother.fills("孩子姓名", "陈予宁");
        let second = mother.must(mother.session.open_tab());
        mother.goes_to(&form);
        mother.fills_in_the_newborn_form("陈予安", CHOICES);
        mother.saves_the_form();
        mother.is_at("准备材料");
        mother.must(mother.session.look_at_tab(&first));
        mother.saves_the_form();
        mother.is_told(&["这份草稿在另一个窗口里被修改过"]);
        assert_eq!(mother.field_holds("孩子姓名"), "陈予宁", "what was typed is still there");
        mother.goes_to(&form);
        assert_eq!(
            mother.field_holds("孩子姓名"),
            "陈予安",
            "what was saved has not been overwritten"
        );

        // Both tabs stand before the button.
        for tab in [&first, &second] {
            mother.must(mother.session.look_at_tab(tab));
            mother.goes_to(&form.replace("/form", "/check"));
        }
        let led = mother.must(mother.session.run_until_done(SUBMIT_TWICE));
        let led: Vec<&str> =
            led.as_array().into_iter().flatten().filter_map(|one| one.as_str()).collect();
        assert_eq!(led.len(), 2, "{led:?}");
        assert!(led[0].starts_with("200 /cases/"), "{led:?}");
        let case = |line: &str| line.trim_end_matches("/receipt").to_owned();
        assert_eq!(case(led[0]), case(led[1]), "both lead to the same case");
        mother.must(mother.session.look_at_tab(&first));
        mother.ticks("我确认以上内容真实、完整，同意各部门为办理这件事核对所需信息。");
        mother.clicks("提交并同时向 5 个部门申报");
        mother.sees("各部门进度");
        assert!(led[0].contains(&mother.path()), "the old page leads elsewhere: {}", mother.path());
        mother.goes_to("/mine");
        assert_eq!(cases(&mother), 1, "one case");
    });
}

/// How many cases the list shows.
fn cases(mother: &Visitor) -> usize {
    mother.must(mother.session.find(None, "//main//a[starts-with(@href, '/cases/')]")).len()
}

#[test]
fn what_is_not_yours_does_not_exist_and_an_ended_session_loses_nothing() {
    journey("sessions", ALL_PROMPT, |town| {
        let mut mother = town.visitor(Watch::NOTHING);
        mother.enters_as("王小梅");
        let case = mother.applies_for_her_newborn();
        mother.watches(Watch::ACCESSIBILITY);

        // The session ends; the role board leads back to where she was.
        mother.must(mother.session.forget_cookies());
        mother.goes_to(&case);
        mother.is_at("选一个身份，亲自办一件事");
        mother.clicks("以王小梅的身份进入");
        mother.comes_to(&case);

        // A form that was typed while the session ended is shown again; what was saved is there.
        mother.opens("我要开公司");
        mother.starts();
        mother.answers("想开哪一种公司？", "有限责任公司");
        let question = mother.path();
        mother.must(mother.session.forget_cookies());
        mother.ticks_within("//main", "否");
        mother.clicks("继续");
        mother.is_at("选一个身份，亲自办一件事");
        mother.clicks("以王小梅的身份进入");
        mother.comes_to(&question);
        mother.is_at("公司名称已经申报成功了吗？");

        // Addresses that lead nowhere.
        mother.goes_to("/cases/00000000-0000-7000-8000-000000000000");
        mother.does_not_exist();
        mother.goes_to("/cases/nonsense");
        mother.does_not_exist();
        mother.goes_to("/nowhere");
        mother.does_not_exist();
        mother.goes_to("/officer");
        mother.does_not_exist();

        // Somebody else, and an officer who has nothing to do with it.
        mother.enters_as("李静");
        for page in ["", "/receipt", "/withdraw"] {
            mother.goes_to(&format!("{case}{page}"));
            mother.does_not_exist();
        }
        mother.goes_to("/mine");
        assert_eq!(cases(&mother), 0);
        mother.enters_as_officer_of("税务局");
        mother.goes_to(&case);
        mother.does_not_exist();
    });
}

impl Visitor {
    /// The page of what does not exist, with its code and a way on.
    #[track_caller]
    fn does_not_exist(&mut self) {
        self.is_at("没有找到这一页");
        self.sees_all(&["编号：WEB0001", "回首页"]);
        let status = "return performance.getEntriesByType('navigation')[0].responseStatus";
        let status = self.must(self.session.run(status));
        assert_eq!(status.as_u64(), Some(404), "{}", self.path());
    }
}
