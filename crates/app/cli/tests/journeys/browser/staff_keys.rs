//! The counter's manager and a designer without a mouse: records and delegations, a matter's health and its cases.

use crate::town::journey;
use crate::watch::Watch;

#[test]
fn a_manager_keeps_the_counter_by_keyboard_alone() {
    journey("manager-keys", &[], |town| {
        let mut manager = town.visitor(Watch::ACCESSIBILITY).by_keyboard();
        manager.enters_as("顾怀瑾");
        manager.clicks_within("//header", "收件资格");
        manager.is_at("收件资格");
        manager.clicks_within("//main//table", "陈卓");
        manager.sees("陈卓的资格记录");
        manager.fills("依据", "冬季综窗培训考核合格");
        manager.clicks_within("//main//form[.//input[@name='basis']]", "登记资格");
        manager.sees("冬季综窗培训考核合格");
        manager.clicks_within("//header", "授权委托");
        manager.is_at("授权委托");
        manager.clicks_within("//main//tbody/tr[1]//details", "收回");
        manager.fills_within("//main//tbody/tr[1]", "收回原因", "事项改由市级办理");
        manager.clicks_within("//main//tbody/tr[1]//form", "收回这项委托");
        manager.sees("收回");
        manager.clicks_within("//header", "政务门牌");
        manager.is_at("政务门牌");
        manager.clicks_within("//main//tbody/tr[1]", "打印");
        manager.sees("扫码开始办，一次办成");
    });
}

#[test]
fn a_designer_looks_at_a_matter_by_keyboard_alone() {
    journey("designer-keys", &[], |town| {
        let mut designer = town.visitor(Watch::ACCESSIBILITY).by_keyboard();
        designer.enters_as("沈若溪");
        designer.comes_to("/designer");
        designer.clicks_within("//main", "构件样本");
        designer.comes_to("/designer/gallery");
        designer.clicks_within("//header", "事项定义");
        designer.comes_to("/designer");
        designer.clicks_within("//main//table", "孩子出生了");
        designer.comes_to("/designer/matters/newborn");
        designer.clicks_within("//nav[contains(@class, 'tabs')]", "一次告知单");
        designer.sees("不用带的");
        designer.clicks_within("//header", "问题");
        designer.waits_for("公司不开了，我要注销");
    });
}
