//! A newborn's matter at a window, by keyboard alone: the card is read, registers fill the form in, the clerk
//! presses an answer's number or types what only the mother knows, ticks what is complete, and receives. How many
//! keys that takes is a promise. Then the next person comes, and nothing of her is there.

use std::time::Duration;

use serde_json::{Value, json};

use crate::applicant::{CHOICES, MARRIED_MOTHER};
use crate::town::{ALL_PROMPT, journey_after};
use crate::visitor::Visitor;
use crate::watch::Watch;

/// Keys beyond what only the applicant knows, those that choose an answer counted in.
const KEYS_MAX: u32 = 25;
const CHILD: &str = "陈予安";
const PHONE: &str = "13800001234";
/// The account of the clerk, as the demo derives it from her login.
const CLERK: &str = "clerk-qinghe";

/// A clerk's hands: every key is counted.
struct Hands<'v> {
    person: &'v mut Visitor,
    keys: u32,
}

impl Hands<'_> {
    /// One key; single characters come as they are.
    fn presses(&mut self, key: &str) {
        let code = match key {
            "Enter" => 13,
            "F2" => 113,
            "F9" => 120,
            "F10" => 121,
            _ => 0,
        };
        let text = match key {
            "Enter" => "\r",
            one if one.chars().count() == 1 => one,
            _ => "",
        };
        let event = |kind: &str| json!({ "type": kind, "key": key, "text": text, "windowsVirtualKeyCode": code });
        for kind in ["keyDown", "keyUp"] {
            let event = if kind == "keyUp" {
                json!({ "type": kind, "key": key, "windowsVirtualKeyCode": code })
            } else {
                event(kind)
            };
            self.person.must(self.person.session.tell_browser("Input.dispatchKeyEvent", event));
        }
        self.keys += 1;
        self.settles();
    }

    /// What only the applicant knows, as it comes from an input method.
    fn types(&self, words: &str) {
        let text = json!({ "text": words });
        self.person.must(self.person.session.tell_browser("Input.insertText", text));
    }

    /// The page has taken in what was pressed.
    fn settles(&self) {
        for _ in 0..200 {
            std::thread::sleep(Duration::from_millis(25));
            let still = self.person.session.run(
                "return document.readyState === 'complete' && !document.body.hasAttribute('data-busy')",
            );
            if still.is_ok_and(|still| still == json!(true)) {
                return;
            }
        }
        self.person.fails("the page does not come to rest");
    }

    /// The label of the line in hand, and its answers.
    fn in_hand(&self) -> (String, Vec<String>) {
        let found = self.person.must(self.person.session.run(
            "const line = document.activeElement.closest('.line');
             if (!line) return ['', []];
             const words = (it) => it.textContent.replace(/\\s*\\d\\s*$/, '').trim();
             return [line.querySelector('.line-label').textContent.trim(),
                     [...line.querySelectorAll('.choice')].map(words)];",
        ));
        let answers = found[1].as_array().into_iter().flatten().filter_map(Value::as_str);
        let label = found[0].as_str().unwrap_or_default().to_owned();
        (label, answers.map(ToOwned::to_owned).collect())
    }

    /// Fills in the line in hand; false when there is none.
    fn fills_in(&mut self) -> bool {
        let (label, answers) = self.in_hand();
        if label.is_empty() {
            return false;
        }
        let known = MARRIED_MOTHER.iter().chain(CHOICES).find(|(about, _)| *about == label);
        if let Some((_, answer)) = known {
            let Some(place) = answers.iter().position(|one| one == answer) else {
                self.person.fails(&format!("“{label}” has no answer “{answer}” but {answers:?}"));
            };
            self.presses(&(place + 1).to_string());
        } else if label == "孩子姓名" || label == "妈妈的手机号码" {
            self.types(if label == "孩子姓名" { CHILD } else { PHONE });
            self.presses("Enter");
        } else {
            self.person.fails(&format!("nobody knows “{label}”"));
        }
        true
    }
}

#[test]
fn a_newborn_is_received_with_few_keys_and_nothing_is_left_for_the_next() {
    journey_after(Some(0), "window", ALL_PROMPT, |town| {
        let mut clerk = town.visitor(Watch::NOTHING);
        clerk.goes_to("/demo");
        let account = ::yijianshi::demo_people::account_id(CLERK);
        let enter = format!(
            "const form = document.createElement('form');
             form.method = 'post'; form.action = '/demo/enter/{account}';
             document.body.append(form); form.submit();"
        );
        clerk.must(clerk.session.run(&enter));
        clerk.sees("李敏");
        clerk.goes_to("/window");
        clerk.act("(//button[@name='window'])[1]", |session, window| session.click(window));
        clerk.sees("窗口空闲");
        clerk.watches(Watch::ACCESSIBILITY);
        clerk.arrives();
        clerk.watches(Watch::NOTHING);

        let mut hands = Hands { person: &mut clerk, keys: 0 };
        // The next number is called, and the person comes.
        hands.presses("Enter");
        hands.person.sees("请等申请人到窗口");
        // She lays her card on the reader: in the demo that reads it as well.
        hands.person.clicks_within("//aside", "王**");
        hands.keys += 1;
        hands.person.sees("今天办什么？");
        for key in ["h", "z", "Enter"] {
            hands.presses(key);
        }
        hands.person.sees("孩子在哪里出生？");
        while hands.fills_in() {}
        hands.presses("F10");
        hands.person.sees("未完成 0");
        hands.person.watches(Watch::ACCESSIBILITY_AND_PICTURES);
        hands.person.arrives();
        hands.person.watches(Watch::NOTHING);
        hands.presses("F9");
        hands.person.sees_all(&["受理凭证", "王小梅", "出生医学证明签发", "全部办结"]);
        println!("window: a prefilled newborn intake took {} keys", hands.keys);
        assert!(hands.keys <= KEYS_MAX, "{} keys", hands.keys);

        // The next person: nothing of her is there, nor behind "back".
        hands.presses("F2");
        hands.person.sees("窗口空闲");
        let gone = |person: &Visitor| {
            let html = person.must(person.session.run("return document.documentElement.outerHTML"));
            let html = html.as_str().unwrap_or_default().to_owned();
            for trace in ["王小梅", CHILD, PHONE, "138****1234", "0427"] {
                assert!(!html.contains(trace), "“{trace}” is still there");
            }
        };
        gone(hands.person);
        for _ in 0..3 {
            hands.person.must(hands.person.session.run("history.back()"));
            std::thread::sleep(Duration::from_millis(300));
            hands.settles();
            gone(hands.person);
        }
    });
}
