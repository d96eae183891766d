//! A clerk's hands at the window: every key is counted, and which one fills in the line that is in hand.

use std::time::Duration;

use serde_json::{Value, json};

use crate::applicant::{CHOICES, MARRIED_MOTHER};
use crate::visitor::Visitor;

/// What only the mother knows.
pub(crate) const CHILD: &str = "陈予安";
pub(crate) const PHONE: &str = "13800001234";

/// A clerk's hands: every key is counted.
pub(crate) struct Hands<'v> {
    pub(crate) person: &'v mut Visitor,
    pub(crate) keys: u32,
}

impl Hands<'_> {
    /// One key; single characters come as they are.
    pub(crate) fn presses(&mut self, key: &str) {
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
    pub(crate) fn settles(&self) {
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
    pub(crate) fn fills_in(&mut self) -> bool {
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

impl Visitor {
    /// Takes somebody's place by his login, wherever he comes from.
    #[track_caller]
    pub(crate) fn enters_by_login(&mut self, login: &str, name: &str) {
        // The board is folded: whoever is looked for stands open.
        self.goes_to(&format!("/demo?find={name}"));
        let account = ::yijianshi::demo_people::account_id(login);
        let enter = format!("//form[@action='/demo/enter/{account}']//button");
        if self.has_no_mouse() {
            self.presses(&enter);
        } else {
            self.act(&enter, |session, button| session.click(button));
        }
        self.sees(name);
    }
}
