//! A restaurant whose departments work together: two of them ask for corrections and she gets one notice, three of
//! them come to look on one day that she has agreed to, and the one that lies on its file is reminded, written to by
//! the hall, and answers. She ends with her licences.

use yijianshi::wiring::Definitions;

use crate::course::CaseAt;
use crate::living::Life;
use crate::town::{Town, journey};
use crate::visitor::{Visitor, quoted};
use crate::watch::Watch;

const MATTER: &str = "restaurant-opening";
const TITLE: &str = "我要开餐饮店";
const SCENARIO: &str = "hot-pot-inspection-first";
const VISIT: &str = "joint-site-visit";

const FOOD: &str = "food-business-permit";
const SIGN: &str = "signboard-permit";
const FIRE: &str = "fire-safety-check";
const SEWER: &str = "drainage-permit";

const MARKET_REGULATION: &str = "市场监督管理局";
const URBAN_MANAGEMENT: &str = "城市管理局";
const FIRE_RESCUE: &str = "消防救援机构";
const DRAINAGE: &str = "城镇排水主管部门";

/// Whose officers are played; the others answer by themselves.
const BY_HAND: &[(&str, &str)] = &[
    ("market-regulation", "by-hand"),
    ("urban-management", "by-hand"),
    ("fire-rescue", "by-hand"),
    ("drainage", "by-hand"),
];

#[test]
fn one_notice_one_visit_and_nobody_lies_on_the_file() {
    journey("restaurant", BY_HAND, |town| {
        let mut founder = town.visitor(Watch::ACCESSIBILITY);
        let mut office = town.visitor(Watch::ACCESSIBILITY);
        let definitions = Definitions::load(None).expect("definitions").expect("a catalogue");
        let mut found = definitions.scenarios.iter();
        let scenario = found.find(|it| it.matter == MATTER && it.id == SCENARIO);
        let life = Life::after(&definitions.catalogue, scenario.expect(SCENARIO), &[]);
        let case = applies(town, &mut founder, &life);
        one_notice(&mut founder, &mut office, &case, &life);
        one_visit(&mut founder, &mut office, &case);
        nobody_lies_on_it(&mut office, &case);
        ends(&mut founder, &mut office, &case, &life);
    });
}

fn applies(town: &Town, founder: &mut Visitor, life: &Life<'_>) -> CaseAt {
    let page = town.file("扫描件.pdf", b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n");
    founder.enters_as("赵一鸣");
    founder.goes_to(&format!("/matters/{MATTER}"));
    founder.is_at(TITLE);
    founder.lives(TITLE, life, &page);
    CaseAt::open_with(founder)
}

fn one_notice(founder: &mut Visitor, office: &mut Visitor, case: &CaseAt, life: &Life<'_>) {
    // The others wait for the check of her licence.
    office.enters_as_officer_of(MARKET_REGULATION);
    office.accepts(case, "licence-check");
    office.grants(case, "licence-check", life);
    office.enters_as_officer_of(URBAN_MANAGEMENT);
    office.asks_for_a_correction(case, SIGN, "请补正店招的安装位置说明。");
    office.sees_all(&["已提出，待合并告知", "最迟"]);
    office.enters_as_officer_of(FIRE_RESCUE);
    office.asks_for_a_correction(case, FIRE, "请补正疏散出口的宽度。");
    // Who has not answered yet is named.
    office.sees_all(&["已提出，待合并告知", "市场监管"]);

    // Nobody tells her by halves.
    founder.goes_to(&case.own);
    founder.does_not_see("需要补正");
    founder.goes_to("/mine");
    founder.does_not_see("等您补正");
    // The margin before the first limit comes, and the one notice goes out without the others.
    founder.goes_to(&case.own);
    founder.lets_days_go_by_until_shown("//main//a[normalize-space(.)='一次补正']");
    founder.sees_all(&["有 2 个事项需要补正", "这些事项不受影响，正在继续办理"]);
    // Why the clock stands is written at every date.
    founder.goes_to(&format!("{}/dates", case.own));
    founder.sees_all(&["起等待补正，停钟中", "承诺办结", "补正期限"]);
    founder.lets_a_day_go_by();
    founder.sees("停钟的工作日");

    founder.goes_to(&case.own);
    founder.clicks("一次补正");
    founder.is_at("一次补正：2 个事项");
    founder.sees_all(&["请补正店招的安装位置说明。", "请补正疏散出口的宽度。"]);
    // One of the two is forgotten: what stands in the other stays.
    let (sign, fire) = (words_for(SIGN), words_for(FIRE));
    founder.types_into(&sign, "招牌在正门上方，见附图。");
    founder.turns_page("一并提交（2 个事项）");
    founder.is_told(&["请写一句说明，或上传至少一个文件"]);
    assert_eq!(founder.holds(&sign), "招牌在正门上方，见附图。");
    founder.types_into(&fire, "两个出口各一米四。");
    founder.turns_page("一并提交（2 个事项）");
    founder.comes_to(&case.own);
    founder.does_not_see("需要补正");
    founder.goes_to(&format!("{}/dates", case.own));
    founder.sees("等待补正，不计时");
}

fn words_for(service: &str) -> String {
    format!("//main//textarea[@name={}]", quoted(&format!("words|{service}")))
}

fn one_visit(founder: &mut Visitor, office: &mut Visitor, case: &CaseAt) {
    for (authority, service) in
        [(URBAN_MANAGEMENT, SIGN), (FIRE_RESCUE, FIRE), (MARKET_REGULATION, FOOD)]
    {
        office.enters_as_officer_of(authority);
        office.goes_to(&case.at_office(service));
        if office.find_shown("//main//form[contains(@action, '/accept')]").is_some() {
            office.accepts(case, service);
        }
    }
    // The lead department offers times. Last year is no time, and what was written to her stays.
    let form = "//main//form[.//button[@value='propose']]";
    let note = format!("{form}//textarea[@name='words']");
    let day = format!("{form}//input[@name='day-0']");
    let offered = office.holds(&day);
    office.sets(&day, "2020-01-02");
    office.types_into(&note, "请店长在场。");
    office.turns_page_within(form, "提出时间");
    office.is_told(&["都在现在之后"]);
    assert_eq!(
        (office.holds(&day), office.holds(&note)),
        ("2020-01-02".into(), "请店长在场。".into())
    );
    office.sets(&day, &offered);
    office.turns_page_within(form, "提出时间");
    office.sees("请选择时间");

    // She asks for another time, and has to say when.
    let own = format!("{}/visits/{VISIT}", case.own);
    founder.goes_to(&case.own);
    founder.clicks("查看时间");
    founder.comes_to(&own);
    founder.is_at("联合踏勘：几个部门约同一天上门");
    founder.sees_all(&["3 个事项的部门约在同一时间上门", "请店长在场。"]);
    founder.turns_page("确定");
    founder.is_told(&["请选择一个时间，或者选择另约。"]);
    founder.ticks("这些时间都不方便，请另约");
    founder.turns_page("确定");
    founder.is_told(&["请写明您什么时间方便。"]);
    founder.ticks("这些时间都不方便，请另约");
    founder.fills("什么时间方便", "下周的上午都可以。");
    founder.turns_page("确定");
    founder.comes_to(&case.own);
    founder.sees("申请人请求另约");

    office.goes_to(&case.at_office(FOOD));
    office.sees("申请人说：下周的上午都可以。");
    office.clicks_within("//main", "改期：重新提出时间");
    office.turns_page_within(form, "提出时间");
    for (authority, service) in [(URBAN_MANAGEMENT, SIGN), (FIRE_RESCUE, FIRE)] {
        office.enters_as_officer_of(authority);
        office.goes_to(&case.at_office(service));
        office.turns_page_within("//main//form[.//button[@value='join']]", "答复");
        office.sees("可到场");
    }
    founder.goes_to(&own);
    founder.act("(//main//label[input[@name='choice']])[1]", |session, label| session.click(label));
    founder.turns_page("确定");
    founder.comes_to(&case.own);
    founder.sees_all(&["已约定", "约定时间："]);

    // Before the time nobody can say how it was; then each department says its own.
    office.goes_to(&case.at_office(FIRE));
    let found = "//main//form[.//button[@value='found']]";
    office.lets_days_go_by_until_shown(found);
    office.turns_page_within(found, "登记结果");
    office.is_told(&["请选择核查结果。"]);
    office.ticks_within(found, "限期整改");
    office.turns_page_within(found, "登记结果");
    office.is_told(&["请写明发现了什么问题、怎样整改。"]);
    for (authority, service) in
        [(FIRE_RESCUE, FIRE), (URBAN_MANAGEMENT, SIGN), (MARKET_REGULATION, FOOD)]
    {
        office.enters_as_officer_of(authority);
        office.goes_to(&case.at_office(service));
        office.ticks_within(found, "符合要求");
        office.turns_page_within(found, "登记结果");
        office.sees("符合要求");
    }
    founder.goes_to(&case.own);
    founder.sees_all(&["核查完毕", "已到现场核查"]);
}

/// The sewer's department has not even looked: a red light, explained; the manager writes, the officer answers.
fn nobody_lies_on_it(office: &mut Visitor, case: &CaseAt) {
    office.enters_as_officer_of(DRAINAGE);
    let red =
        "//main//nav//a[starts-with(normalize-space(.), '红灯')]/span[normalize-space(.)!='0']";
    office.goes_to("/officer/supervision");
    office.lets_days_go_by_until_shown(red);
    office.clicks_within("//main//table", &case.number);
    office.comes_to(&case.watched("officer", SEWER));
    office.sees_all(&["为什么亮这盏灯", "红灯，自", "已经提醒了谁", "经办人（排水）"]);

    office.enters_as("方致和");
    office.goes_to(&case.watched("manager", SEWER));
    let notice = "//main//form[contains(@action, '/notice')]";
    office.types_into(&format!("{notice}//textarea"), "   ");
    office.turns_page_within(notice, "发出督办通知");
    office.is_refused("请先写明内容。");
    office.types_into(&format!("{notice}//textarea"), "已亮红灯，请说明原因。");
    office.turns_page_within(notice, "发出督办通知");
    office.sees_all(&["第 1 次督办", "请于"]);
    // It cannot be closed before somebody has answered.
    assert!(office.find_shown("//main//form[contains(@action, '/close')]").is_none());

    office.enters_as_officer_of(DRAINAGE);
    office.goes_to(&case.watched("officer", SEWER));
    let answer = "//main//form[contains(@action, '/answer')]";
    office.types_into(&format!("{answer}//textarea"), "管网图纸在外单位，明天办结。");
    office.turns_page_within(answer, "提交答复");
    office.sees("承办部门答复");

    office.enters_as("方致和");
    office.goes_to(&case.watched("manager", SEWER));
    office.sees("管网图纸在外单位，明天办结。");
    office.turns_page_within("//main//form[contains(@action, '/close')]", "督办办结");
    office.sees("督办办结 ·");
}

fn ends(founder: &mut Visitor, office: &mut Visitor, case: &CaseAt, life: &Life<'_>) {
    for (authority, service) in [
        (DRAINAGE, SEWER),
        (URBAN_MANAGEMENT, SIGN),
        (FIRE_RESCUE, FIRE),
        (MARKET_REGULATION, FOOD),
    ] {
        office.enters_as_officer_of(authority);
        office.grants(case, service, life);
    }
    office.grants(case, "comprehensive-permit", life);
    founder.goes_to(&case.own);
    founder.waits_for("这件事已经全部办结。");
    let licences = founder.licences();
    for wanted in [
        "食品经营许可证",
        "准予设置户外招牌决定书",
        "公众聚集场所投入使用、营业前消防安全检查意见书",
        "污水排入排水管网许可证",
    ] {
        assert!(licences.iter().any(|one| one == wanted), "{licences:?}");
    }
}
