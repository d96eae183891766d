//! A newborn's matter at a window, by keyboard alone: the card is read, registers fill the form in, the clerk
//! presses an answer's number or types what only the mother knows, ticks what is complete, and receives. How many
//! keys that takes is a promise. Then the next person comes, and nothing of her is there.

use std::time::Duration;

use crate::clerk::{CHILD, Hands, PHONE};
use crate::town::{ALL_PROMPT, journey_after};
use crate::visitor::Visitor;
use crate::watch::Watch;

/// Keys beyond what only the applicant knows, those that choose an answer counted in.
const KEYS_MAX: u32 = 25;
/// The login of the clerk.
const CLERK: &str = "clerk-qinghe";

#[test]
fn a_newborn_is_received_with_few_keys_and_nothing_is_left_for_the_next() {
    journey_after(Some(0), "window", ALL_PROMPT, |town| {
        let mut clerk = town.visitor(Watch::NOTHING);
        clerk.enters_by_login(CLERK, "李敏");
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
        hands.person.sees_all(&["收件凭证", "王小梅", "出生医学证明签发", "全部办结"]);
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
