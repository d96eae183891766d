//! Two founders and their first employee: one form, and everything that follows the business licence.

use crate::town::{ALL_PROMPT, journey};
use crate::visitor::quoted;
use crate::watch::Watch;

const SERVICES: [&str; 8] = [
    "企业名称自主申报",
    "公司设立登记",
    "公章刻制备案",
    "涉税信息确认与发票领用",
    "员工社会保险参保登记",
    "住房公积金单位登记开户",
    "职工医保单位参保登记",
    "银行预约开户",
];

/// A section of the form, by its heading.
fn section(name: &str) -> String {
    format!("//section[header/h2[normalize-space(.)={}]]", quoted(name))
}

#[test]
fn from_the_home_page_to_the_business_licence_and_what_follows() {
    journey("start-up", ALL_PROMPT, |town| {
        let mut founder = town.visitor(Watch::ACCESSIBILITY);
        founder.enters_as("赵一鸣");
        founder.searches("开公司", "我要开公司");
        founder.sees_all(&["7 个环节", "22 天"]);
        founder.starts();
        founder.answers("想开哪一种公司？", "有限责任公司");
        founder.answers("公司名称已经申报成功了吗？", "否");
        founder.answers_by_typing("有几位股东？", "2");
        founder.answers("这位股东是谁？", "内地居民个人");
        founder.answers("这位股东是谁？", "内地居民个人");
        founder.answers("公司住所从哪里来？", "租赁或借用");
        founder.answers("这处房屋的规划用途是住宅吗？", "否");
        founder.answers("经营范围里有登记前就要取得许可的项目吗？", "否");
        founder.answers_by_typing("现在有几位员工要参保？", "1");
        founder.answers("是由别人代您办理吗？", "否");

        founder.accepts_the_plan(&SERVICES);
        founder.is_shown_as_fetched("法定代表人姓名", "赵一鸣");
        for (label, text) in [
            ("登记机关所在区县", "110101"),
            ("字号", "云栖望舒"),
            ("行业表述", "软件"),
            ("注册资本", "100"),
            ("经营范围", "软件开发；信息技术咨询服务。"),
            ("住所（经营场所）地址", "清河区文昌路 66 号 3 层 305"),
            ("法定代表人手机号码", "13700001234"),
            ("董事姓名", "赵一鸣"),
            ("财务负责人姓名", "周若谷"),
            ("财务负责人公民身份号码", "110101199112120022"),
            ("财务负责人手机号码", "13600001234"),
            ("登记联络员姓名", "周若谷"),
            ("登记联络员手机号码", "13600001234"),
            ("受益所有人姓名", "赵一鸣"),
            ("员工姓名", "宋晚舟"),
            ("员工公民身份号码", "110101199707010009"),
            ("月工资", "6800"),
            ("公积金缴存比例", "7"),
            ("起缴月份", "2026-12"),
            ("开户银行", "建设银行文昌路支行"),
        ] {
            founder.fills(label, text);
        }
        founder.fills_date_within("", "起薪日期", "2026-12-01");
        founder.fills_date_within("", "到银行的日期", "2026-12-03");
        for (label, option) in [
            ("法定代表人职务", "执行公司事务的董事"),
            ("刻哪些章", "一套：公章、财务、发票、合同、法定代表人名章"),
            ("印章材质", "芯片"),
            ("适用会计制度", "小企业会计准则"),
            ("登记为增值税一般纳税人", "否"),
            ("现在就领用发票", "是"),
        ] {
            founder.chooses(label, option);
        }
        for (name, shareholder, number, amount) in [
            ("股东 · 股东①", "赵一鸣", "110101198803150015", "60"),
            ("股东 · 股东②", "陆鸣谦", "110101199208170016", "40"),
        ] {
            let part = section(name);
            founder.fills_within(&part, "股东姓名或名称", shareholder);
            founder.fills_within(&part, "股东的公民身份号码", number);
            founder.fills_within(&part, "认缴出资额", amount);
            founder.chooses_within(&part, "出资方式", "货币");
            founder.fills_date_within(&part, "出资期限", "2031-06-30");
        }
        // What is wrong with whom is said when there are several.
        let partner = section("股东 · 股东②");
        founder.fills_within(&partner, "股东的公民身份号码", "110101199208170017");
        founder.saves_the_form();
        founder.is_told(&["股东② · “股东的公民身份号码”的校验位不对"]);
        founder.fills_within(&partner, "股东的公民身份号码", "110101199208170016");
        founder.saves_the_form();
        founder.goes_on_to_check();
        founder.sees_all(&["云栖望舒", "陆鸣谦", "宋晚舟"]);
        founder.submits_to(7);
        founder.follows_the_case();
        founder.waits_for("这件事已经全部办结。");
        for service in SERVICES {
            founder.lane_is(service, "已办好");
        }

        founder.clicks("我的证照");
        founder.sees_all(&["营业执照", "印章备案证明"]);
        founder.clicks_within("//main", "营业执照");
        founder.sees_all(&["云栖望舒", "统一社会信用代码"]);
        founder.clicks("核验这份证照");
        founder.sees("有效");
    });
}
