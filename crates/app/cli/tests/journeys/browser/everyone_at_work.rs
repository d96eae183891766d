//! The people around a case at their work, once with nothing but keys and once in a browser that runs no script: the
//! officer accepts and grants, the mother rates, the officer answers, the manager looks at figures, an agent is asked
//! and begins. At the window, whose keys have a story of their own, a clerk receives without script.

use crate::applicant::{CHOICES, HOUSEHOLD, MARRIED_MOTHER, VACCINATION};
use crate::clerk::{CHILD, PHONE};
use crate::town::{Town, journey_after};
use crate::visitor::{Visitor, quoted};
use crate::watch::Watch;

/// More rounds of saving than a form has sections that open one after the other.
const ROUNDS: usize = 12;

#[test]
fn officers_managers_and_agents_need_no_mouse() {
    journey_after(Some(0), "work-by-keys", &[("public-security", "by-hand")], |town| {
        let (mother, case, number) = applied(town);
        work(&mut mother.by_keyboard(), &case, &number);
    });
}

#[test]
fn officers_managers_agents_and_clerks_need_no_script() {
    journey_after(Some(0), "work-without-script", &[("public-security", "by-hand")], |town| {
        let (mother, case, number) = applied(town);
        work(&mut mother.without_script(), &case, &number);
        receives(&mut town.visitor(Watch::NOTHING).without_script());
    });
}

/// Somebody whose case waits for the police.
fn applied(town: &Town) -> (Visitor, String, String) {
    let mut mother = town.visitor(Watch::NOTHING);
    mother.enters_as("王小梅");
    let case = mother.applies_for_her_newborn();
    // Nothing moves any more but what the police do: the page that an officer sees stays what it is.
    mother.waits_until(VACCINATION, "已办好");
    mother.waits_until(HOUSEHOLD, "已收件");
    let number = mother.case_number();
    (mother, case, number)
}

fn work(person: &mut Visitor, case: &str, number: &str) {
    person.enters_as_officer_of("公安局");
    person.clicks_within("//main", number);
    person.is_at(HOUSEHOLD);
    person.clicks_within("//main", "受理");
    person.sees("已受理。");
    person.clicks_within("//main", "准予");
    person.clicks_within("//main", "确认准予");
    person.sees("已准予。");

    person.enters_as("王小梅");
    person.goes_to(case);
    person.waits_for("这件事已经全部办结。");
    person.rates_badly(HOUSEHOLD);
    person.rates("基本满意", "");

    person.enters_as_officer_of("公安局");
    person.goes_to("/officer/ratings");
    person.clicks_within("//main//table", number);
    person.writes("contact-note", "已经打电话了解，等的时间太长。");
    person.clicks_within("//main", "登记回访");
    person.sees("整改中");
    person.ticks_within("//main", "问题属实，已经整改");
    person.writes("rectify-note", "增加了人手。");
    person.clicks_within("//main", "反馈给评价人");
    person.sees("已整改");

    person.enters_by_login("manager-qinghe", "顾怀瑾");
    person.goes_to("/manager");
    person.clicks("全部指标");
    person.is_at("全部指标");
    person.chooses_first("//main//table//td[1]//a");
    person.sees("背后的清单");

    person.enters_as("王小梅");
    person.goes_to("/orders");
    person.ticks_within("//main", "任一帮代办员");
    person.clicks_within("//main", "授权");
    person.sees("等待认领");
    person.enters_by_login("agent-ruan", "阮明溪");
    person.goes_to("/agent");
    person.clicks_within("//main", "认领");
    person.clicks_within("//main", "开始或继续办理");
    person.goes_on("/drafts/");
}

/// A newborn's matter at a window: what the page asks is answered and kept, round after round.
fn receives(clerk: &mut Visitor) {
    clerk.enters_by_login("clerk-qinghe", "李敏");
    clerk.goes_to("/window");
    clerk.chooses_first("//button[@name='window']");
    clerk.sees("窗口空闲");
    clerk.clicks_within("//aside", "王**");
    clerk.sees("今天办什么？");
    clerk.clicks_within("//main", "孩子出生了");
    clerk.sees("审查要点");
    let line = |label: &str| {
        format!(
            "//main//*[contains(@class, 'line open')]\
             [.//*[contains(@class, 'line-label')][normalize-space(text()[1])={}]]",
            quoted(label)
        )
    };
    for _ in 0..ROUNDS {
        let mut answered = false;
        for (label, answer) in MARRIED_MOTHER.iter().chain(CHOICES) {
            let unchosen = format!("{}[not(.//input[@checked])]", line(label));
            if clerk.find_shown(&unchosen).is_some() {
                clerk.ticks_within(&line(label), answer);
                answered = true;
            }
        }
        for (label, text) in [("孩子姓名", CHILD), ("妈妈的手机号码", PHONE)] {
            let empty = format!("{}//input[@type!='radio'][@value='']", line(label));
            if clerk.find_shown(&empty).is_some() {
                clerk.act(&empty, |session, input| session.type_text(input, text));
                answered = true;
            }
        }
        if !answered {
            break;
        }
        clerk.clicks_within("//main//form[@id='form']", "保存");
    }
    clerk.clicks_within("//aside", "齐全的一并勾选");
    clerk.clicks("收件并打印凭证");
    clerk.sees_all(&["收件凭证", "王小梅", "出生医学证明签发"]);
}

impl Visitor {
    /// Presses the first of several links or buttons.
    fn chooses_first(&mut self, xpath: &str) {
        let first = format!("({xpath})[1]");
        if self.has_no_mouse() {
            self.presses(&first);
        } else {
            self.act(&first, |session, element| session.click(element));
        }
        self.clicks += 1;
        self.arrives();
    }

    /// Writes into a field by its id.
    fn writes(&mut self, id: &str, words: &str) {
        let field = format!("//textarea[@id='{id}']");
        if self.has_no_mouse() {
            self.types_by_key(&field, words);
        } else {
            self.act(&field, |session, element| session.type_text(element, words));
        }
        self.fields += 1;
    }
}
