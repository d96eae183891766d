//! What goes wrong and what comes afterwards, with one mother: every source is down while she applies, the
//! definitions change while she fills in, her documents are opened, served and verified, a grant is taken back after
//! she was heard, and her case goes on with somebody else in her place.

use yijianshi::wiring::Definitions;

use crate::applicant::{CARD, CHOICES, FIVE_SERVICES, HOUSEHOLD, MARRIED_MOTHER, VACCINATION};
use crate::course::CaseAt;
use crate::living::Life;
use crate::town::{Town, journey};
use crate::visitor::{Visitor, quoted};
use crate::watch::Watch;

const TITLE: &str = "孩子出生了";
const MOTHER: &str = "王小梅";
const HOSPITAL: &str = "妇幼保健院（出生医学证明签发机构）";
const POLICE: &str = "公安局";
const CERTIFICATE: &str = "birth-certificate~m1";
const REGISTRATION: &str = "household-registration~m1";
const INSURANCE: &str = "medical-insurance~m1";

/// What the designer changes: the police want one thing more.
const FILE: &str = "definitions/cn/national/services/household-registration.toml";
const BEFORE: &str = "[[service.field]]\nelement = \"mother.phone\"\n";
const AFTER: &str = "[[service.field]]\nelement = \"mother.phone\"\n[[service.field]]\nelement = \"mother.employer\"\n";

const BEHAVIOURS: &[(&str, &str)] = &[
    ("hospital", "by-hand"),
    ("public-security", "by-hand"),
    ("vaccination-clinic", "correcting"),
];

#[test]
#[ignore = "two minutes long: cargo nextest run --run-ignored only -E 'test(mother_afterwards)'"]
fn sources_definitions_documents_and_acts_afterwards() {
    journey("mother-afterwards", BEHAVIOURS, |town| {
        let mut mother = town.visitor(Watch::ACCESSIBILITY);
        let mut office = town.visitor(Watch::ACCESSIBILITY);
        let definitions = Definitions::load(None).expect("definitions").expect("a catalogue");
        let scenario = definitions.scenarios.iter().find(|it| it.id == "marriage-register-down");
        let today = definitions.catalogue.civil_date(vocabulary::Instant::now());
        let said = own_words(today);
        let life = Life::after(&definitions.catalogue, scenario.expect("a scenario"), &said);
        let case = applies_with_sources_down(town, &mut mother, &life);
        nobody_grants_unchecked(&mut mother, &mut office, &case, &life);
        let other = definitions_change_meanwhile(&mut mother, &mut office, &case);
        ends(&mut mother, &mut office, &case, &life);
        documents(&mut mother, &mut office, &case);
        taken_back(&mut mother, &mut office, &case);
        succeeded(&mut office, &other, &life);
    });
}

/// What the registers would tell of her, were they there: she types it herself.
fn own_words(today: vocabulary::Date) -> Vec<(&'static str, String)> {
    const KNOWN: &[(&str, &[&str])] = &[
        (
            "population-register",
            &[
                "mother.name",
                "mother.citizen_id",
                "mother.ethnicity",
                "mother.nationality",
                "mother.address",
                "father.name",
                "father.citizen_id",
                "father.ethnicity",
                "father.nationality",
            ],
        ),
        ("household-register", &["household.head_name", "household.address"]),
        ("marriage-register", &["parents.married"]),
        ("birth-registration-records", &["birth.registered", "birth.registration_no"]),
        ("medical-insurance-register", &["mother.insurance"]),
        (
            "hospital-delivery-records",
            &[
                "birth.location",
                "birth.gestation_weeks",
                "child.sex~m1",
                "child.birth_date~m1",
                "child.birth_time~m1",
                "child.weight_g~m1",
                "child.length_cm~m1",
            ],
        ),
    ];
    let register = yijianshi::demo_people::register(today);
    let mut said = Vec::new();
    for (source, slots) in KNOWN {
        for slot in *slots {
            let element = slot.split('~').next().unwrap_or_default();
            let known = register.find(source, yijianshi::demo_people::MOTHER, element);
            said.extend(known.map(|value| (*slot, value.to_string())));
        }
    }
    said
}

fn applies_with_sources_down(town: &Town, mother: &mut Visitor, life: &Life<'_>) -> CaseAt {
    let page = town.file("扫描件.pdf", b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n");
    mother.sets_department("共享数据源", "停机");
    mother.enters_as(MOTHER);
    mother.opens(TITLE);
    mother.lives(TITLE, life, &page);
    // She is told, and the application goes on.
    mother.sees("核验中，不影响办理");
    CaseAt::open_with(mother)
}

fn nobody_grants_unchecked(
    mother: &mut Visitor,
    office: &mut Visitor,
    case: &CaseAt,
    life: &Life<'_>,
) {
    office.enters_as_officer_of(HOSPITAL);
    office.accepts(case, CERTIFICATE);
    office.clicks_within("//main", "准予");
    office.fills_in_the_grant(life);
    let number = "(//main//form[contains(@action, '/grant')]//input[@type='text'])[1]";
    let typed = office.holds(number);
    office.turns_page("确认准予");
    office.is_told(&["需要的数据还没有核验一致", "CASE0055"]);
    assert_eq!(office.holds(number), typed, "what stood in the form stays");
    office.goes_to(&format!("{}/acts", case.at_office(CERTIFICATE)));
    office.sees_all(&["待核验的数据", "等待核验", "申请填写", "可凭证明认定的时间"]);

    office.sets_department("共享数据源", "自动，几秒内答复");
    mother.lets_a_day_go_by();
    mother.waits_for("先前连不上的来源已答复");
    mother.waits_till_gone("核验中，不影响办理");
    office.enters_as_officer_of(HOSPITAL);
    office.goes_to(&format!("{}/acts", case.at_office(CERTIFICATE)));
    office.sees("核验一致");
    office.does_not_see("等待核验");
    office.grants(case, CERTIFICATE, life);
}

/// A second draft is open when the designer publishes; the case that runs stays as it began.
fn definitions_change_meanwhile(
    mother: &mut Visitor,
    office: &mut Visitor,
    running: &CaseAt,
) -> CaseAt {
    let lanes =
        "//main//ul[contains(@class, 'lanes')]/li[.//strong[contains(., '户口登记')]]//details[1]";
    mother.opens(TITLE);
    mother.starts();
    mother.answers_all(MARRIED_MOTHER);
    mother.accepts_the_plan(&FIVE_SERVICES);
    mother.fills_in_the_newborn_form("陈予宁", CHOICES);
    mother.saves_the_form();
    mother.goes_on_to_check();
    let check = mother.path();
    mother.goes_to(&running.own);
    let before = mother.text_of(lanes);

    office.enters_as("沈若溪");
    office.goes_to(&format!("/designer/try?file={FILE}"));
    let script = format!(
        "const text = document.getElementById('text');\
         const had = text.value.includes({BEFORE:?});\
         text.value = text.value.replace({BEFORE:?}, {AFTER:?});\
         return had;"
    );
    assert_eq!(office.must(office.session.run(&script)), true, "{FILE} has changed");
    office.turns_page("试一试");
    office.sees_all(&["这次发布涉及草稿 1 份、在办办件 1 件", TITLE]);
    // Nothing is published unread, and the reason that was typed stays.
    let form = "//main//form[@action='/designer/publish']";
    let reason = format!("{form}//textarea[@name='reason']");
    office.types_into(&reason, "公安部门要核对工作单位。");
    office.insists_on_sending();
    office.turns_page_within(form, "发布");
    office.is_refused("影响清单没有确认");
    assert_eq!(office.holds(&reason), "公安部门要核对工作单位。");
    office.ticks_within(form, "我已看过影响清单");
    office.turns_page_within(form, "发布");
    office.comes_to("/designer/publications");
    office.sees_all(&["公安部门要核对工作单位。", "现行", "草稿 1 份，在办 1 件"]);

    mother.goes_to(&running.own);
    assert_eq!(mother.text_of(lanes), before, "the running case goes on as it began");
    mother.goes_to(&check);
    mother.is_at("办理要求有变化");
    mother.sees_all(&["新增填写：妈妈的参保单位", "您已经填写的内容都保留着"]);
    mother.turns_page("我已了解，继续办理");
    // What she had filled in is there; the one thing more is asked for before it is handed in.
    mother.goes_to(&check.replace("/check", "/form"));
    mother.fills("妈妈的参保单位", "清河区春风食品有限公司");
    mother.saves_the_form();
    mother.goes_on_to_check();
    mother.sees_all(&["陈予宁", "清河区春风食品有限公司"]);
    submits_in_english(mother);
    mother.clicks_within("//main", "查看办理进度");
    mother.sees("各部门进度");
    CaseAt::open_with(mother)
}

/// Who hands in in English gets English documents, in whatever language she reads on.
fn submits_in_english(mother: &mut Visitor) {
    let check = mother.path();
    mother.goes_to(&format!("/set?lang=en&to={check}"));
    mother.comes_to(&check);
    let form = "//main//form[contains(@action, '/submit')]";
    mother.ticks_first(&format!("{form}//label[input[@name='declared']]"));
    mother.turns_page_within(form, "Submit");
    mother.is_at("Submitted; all departments begin now");
    let receipt = mother.path();
    mother.goes_to(&format!("/set?lang=zh&to={receipt}"));
    mother.comes_to(&receipt);
    // The paper is in the language of the submission, what stands around it in hers.
    mother.sees("Receipt");
    mother.sees("打开 PDF 文件");
    mother.fetches_its_pdf();
    mother.goes_to(&receipt);
}

fn ends(mother: &mut Visitor, office: &mut Visitor, case: &CaseAt, life: &Life<'_>) {
    // The clinic has asked for something; the notice waits for the police, who began at the same time.
    mother.goes_to(&case.own);
    mother.does_not_see("去补正");
    office.enters_as_officer_of(POLICE);
    office.accepts(case, REGISTRATION);
    mother.waits_for("去补正");
    mother.clicks("去补正");
    mother.fills("您的说明", "已核对，出生医学证明编号无误。");
    mother.clicks("提交补正");
    office.grants(case, REGISTRATION, life);
    mother.goes_to(&case.own);
    mother.waits_for("这件事已经全部办结。");
}

fn documents(mother: &mut Visitor, office: &mut Visitor, case: &CaseAt) {
    for title in ["收件凭证", "受理通知书", "一次性补正告知书", "准予决定书"]
    {
        mother.goes_to(&case.own);
        mother.opens_document(title);
        mother.fetches_its_pdf();
    }
    // Around it she reads English; it itself stays as it was issued.
    let at = mother.path();
    mother.goes_to(&format!("/set?lang=en&to={at}"));
    mother.comes_to(&at);
    mother.is_at("决定书");
    mother.sees("Open as PDF");
    mother.goes_to(&format!("/set?lang=zh&to={at}"));
    mother.comes_to(&at);
    // The officer has brought the decision to her; the proof of it is a document of its own.
    office.goes_to(&case.at_office(REGISTRATION));
    office.clicks_within("//main//nav[contains(@class, 'panetabs')]", "文书");
    office.clicks_within("//main//section[@id='documents']", "准予决定书");
    office.is_at("决定书");
    office.turns_page("登记：已直接送达");
    office.sees("直接送达");
    assert!(office.find_shown("//main//button[@name='way']").is_none(), "it is served once");
    mother.goes_to(&case.own);
    mother.opens_document("送达回证");
    mother.sees_all(&["直接送达", "受送达人"]);
    mother.fetches_its_pdf();
    let (number, check) = mother.reads_codes();

    // Anyone may ask; a wrong code tells nothing, and keeps what was typed.
    office.verifies(&number, "AAAA-BBBB-CCCC-DDDD");
    office.sees_all(&["无法确认", "请核对是否抄错"]);
    assert_eq!(office.field_holds("证照标识或者文书编号"), number);
    office.verifies(&number, "");
    office.is_told(&["请填写验证码"]);
    office.verifies(&number, &check);
    office.sees_all(&["属实", "送达回证", &number]);
}

/// The registration is set aside after she was heard; her licence says so to anyone, and who built on it is told.
fn taken_back(mother: &mut Visitor, office: &mut Visitor, case: &CaseAt) {
    mother.goes_to(&case.own);
    let licence = "//main//li[contains(@class, 'fetch')][contains(., '户口簿')]//a";
    mother.act(licence, |session, link| session.click(link));
    mother.is_at("户口簿");
    let verify = mother.shown("//main//a[contains(@href, '/verify/')]");
    let verify = mother.must(mother.session.property(&verify, "href"));
    let verify = verify.as_str().unwrap_or_default().trim_start_matches(mother.home()).to_owned();
    office.goes_to(&verify);
    office.sees("现在有效");

    let acts = format!("{}/acts", case.at_office(REGISTRATION));
    let form = "//main//form[contains(@action, '/acts/revoke')]";
    let (reason, basis) =
        (format!("{form}//textarea[@name='reason']"), format!("{form}//input[@name='basis']"));
    office.goes_to(&acts);
    office.sees("用到本事项结果的事项");
    office.ticks_first(&format!("{form}//label[input[@value='set-aside']]"));
    office.types_into(&reason, "落户地址与实际不符。");
    office.turns_page_within(form, "先告知当事人");
    office.is_refused("请填写说明");
    assert_eq!(office.holds(&reason), "落户地址与实际不符。");
    office.types_into(&basis, "本机关落户登记规定");
    office.turns_page_within(form, "先告知当事人");
    office.sees_all(&["已告知拟撤销", "当事人尚未陈述申辩"]);

    // He goes on too soon: she has to be heard first.
    let effective = format!("{form}//input[@name='effective']");
    office.ticks_first(&format!("{form}//label[input[@value='set-aside']]"));
    office.types_into(&reason, "落户地址与实际不符。");
    office.types_into(&basis, "本机关落户登记规定");
    office.sets(&effective, "");
    office.turns_page_within(form, "作出决定");
    office.is_refused("请填写生效日期。");
    assert_eq!(office.holds(&basis), "本机关落户登记规定");
    office.turns_page_within(form, "作出决定");
    office.is_refused("应当先告知当事人并听取陈述申辩");
    assert_eq!(office.holds(&reason), "落户地址与实际不符。");

    mother.goes_to(&case.own);
    mother.sees_all(&["请您陈述申辩", "不会加重处理"]);
    let hearing = "//main//form[contains(@action, '/hearing/')]";
    let view = format!("{hearing}//textarea");
    mother.types_into(&view, "   ");
    mother.turns_page_within(hearing, "提交陈述申辩");
    mother.is_told(&["请填写说明"]);
    mother.types_into(&view, "我们一直住在这里，有水电账单。");
    mother.turns_page_within(hearing, "提交陈述申辩");
    mother.comes_to(&case.own);
    mother.sees("我们一直住在这里，有水电账单。");

    // His page is older than what she said: he is told, and nothing he wrote is lost.
    office.turns_page_within(form, "作出决定");
    office.is_refused("您看到的不是最新内容");
    office.sees("我们一直住在这里，有水电账单。");
    assert_eq!(office.holds(&reason), "落户地址与实际不符。");
    office.turns_page_within(form, "作出决定");
    office.sees_all(&["撤销", "作出时间", "本机关落户登记规定"]);

    office.goes_to(&verify);
    office.sees_all(&["已撤销", "不再有效", "起失效"]);
    mother.goes_to(&case.own);
    mother.lane_is(HOUSEHOLD, "已撤销");
    mother.lane_is(CARD, "已办好");
    mother.lane_is(VACCINATION, "已办好");
    mother.sees("撤销决定书");
    office.enters_as_officer_of("医疗保障局");
    office.goes_to(&format!("{}/acts", case.at_office(INSURANCE)));
    office.sees_all(&["本事项依据的结果已失效", "本事项的决定没有因此改变"]);
}

/// She dies while the second case runs; her child's grandfather takes her place, and it goes on.
fn succeeded(office: &mut Visitor, case: &CaseAt, life: &Life<'_>) {
    let card = yijianshi::demo_people::cards().into_iter().find(|card| card.name == "周砚秋");
    let number = card.expect("a card").number;
    office.enters_by_login("clerk-qinghe", "李敏");
    office.goes_to("/window/changes");
    office.fills("办件编号", "不是编号");
    office.turns_page("查找");
    office.is_refused("没有这个编号的办件。");
    office.fills("办件编号", &case.number);
    office.turns_page("查找");
    let report = "//main//form[contains(@action, '/report')]";
    let note = format!("{report}//textarea");
    office.types_into(&note, "死亡证明 SW2026000017");
    office.turns_page_within(report, "登记变更");
    office.is_refused("请选择发生了什么。");
    assert_eq!(office.holds(&note), "死亡证明 SW2026000017");
    office.ticks_within(report, "申请人死亡或者单位终止");
    office.turns_page_within(report, "登记变更");
    office.sees("申请人死亡或者单位终止");

    let form = "//main//form[contains(@action, '/name')]";
    let field = |name: &str| format!("{form}//*[@name={}]", quoted(name));
    office.ticks_within(form, "监护人");
    office.types_into(&field("name"), "周砚秋");
    office.types_into(&field("number"), "99000019630520017");
    office.types_into(&field("note"), "亲属关系证明 QS2026000009");
    office.turns_page_within(form, "登记承继人");
    office.is_refused("公民身份号码不正确");
    assert_eq!(office.holds(&field("name")), "周砚秋");
    assert_eq!(office.holds(&field("note")), "亲属关系证明 QS2026000009");
    office.types_into(&field("number"), &number);
    office.turns_page_within(form, "登记承继人");
    office.sees_all(&["承继人身份", "监护人", &format!("输入编号 {} 并同意", case.number)]);

    // It stands still until he agrees himself.
    office.enters_as_officer_of(HOSPITAL);
    office.goes_to(&case.at_office(CERTIFICATE));
    office.sees("已中止");
    office.enters_as("周砚秋");
    office.goes_to("/take-over");
    office.fills("办件编号", "000000");
    office.turns_page("查找");
    office.sees("没有等待您接手的办件。");
    office.fills("办件编号", &case.number);
    office.turns_page("查找");
    office.sees_all(&[TITLE, "监护人"]);
    office.ticks("我同意接手，并对此后提交的内容负责");
    office.turns_page("接手");
    office.comes_to(&case.own);
    office.sees("承继人同意接手");
    office.does_not_see("已中止");
    office.enters_as_officer_of(HOSPITAL);
    office.accepts(case, CERTIFICATE);
    office.grants(case, CERTIFICATE, life);
    office.enters_as("周砚秋");
    office.goes_to(&case.own);
    office.waits_until(crate::applicant::CERTIFICATE, "已办好");
}
