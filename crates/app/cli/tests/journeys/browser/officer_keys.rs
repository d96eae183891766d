//! An officer with both hands on the keys: from the worklist into the first case, three decisions, each followed by
//! "next case", and back to a list that is so much shorter. Nothing is pointed at.

use std::time::Duration;

use serde_json::{Value, json};

use crate::town::journey_after;
use crate::visitor::{Visitor, within};
use crate::watch::Watch;

/// So many people have applied before.
const HISTORY: u32 = 220;
const LONGEST: Duration = Duration::from_secs(40);

/// One key as the browser gets it from a keyboard.
fn presses(officer: &Visitor, key: &str) {
    let (code, text) = if key == "Enter" { (13, "\r") } else { (0, key) };
    for kind in ["keyDown", "keyUp"] {
        let mut event = json!({ "type": kind, "key": key, "windowsVirtualKeyCode": code });
        if kind == "keyDown" {
            event["text"] = json!(text);
        }
        officer.must(officer.session.tell_browser("Input.dispatchKeyEvent", event));
    }
}

fn says(officer: &Visitor, script: &str) -> Value {
    officer.session.run(script).unwrap_or(Value::Null)
}

/// How many cases the tab in hand has.
fn count(officer: &Visitor) -> u64 {
    let current =
        "return Number(document.querySelector('.tabs [aria-current] .count').textContent)";
    says(officer, current).as_u64().unwrap_or_else(|| officer.fails("there is no count"))
}

/// Waits until the page is what the key should lead to.
#[track_caller]
fn comes(officer: &Visitor, to: &str, script: &str) {
    if !within(LONGEST, || says(officer, script) == json!(true)) {
        officer.fails(&format!("the keys do not lead to {to}"));
    }
}

#[test]
#[ignore = "minutes: run it with `cargo test -p yijianshi --test journeys -- --ignored`"]
fn cases_are_decided_one_after_the_other_by_keys_alone() {
    journey_after(Some(HISTORY), "officer-keys", &[], |town| {
        let mut officer = town.visitor(Watch::NOTHING);
        officer.enters_as_officer_of("公安局");
        // Accepting, or granting where nothing has to be typed: whichever there is more of after so many lives.
        let mut lists = [
            ("/officer?tab=todo", "a"),
            ("/officer?tab=running&service=household-registration", "g"),
        ]
        .map(|(list, key)| {
            officer.goes_to(list);
            (count(&officer), list, key)
        });
        lists.sort_unstable();
        let [_, (before, list, key)] = lists;
        officer.goes_to(list);
        // History is lived up to today, so how much is left over differs from day to day.
        let many = before.min(3);
        assert!(many >= 1, "there is something to do: {before}");
        officer.watches(Watch::ACCESSIBILITY);
        officer.arrives();

        let mut been: Vec<String> = Vec::new();
        presses(&officer, "n");
        for _ in 0..many {
            let decision = format!("return !!document.querySelector('.deeds [data-key={key}]')");
            comes(&officer, "a case", &decision);
            officer.arrives();
            assert!(!been.contains(&officer.path()), "another case each time: {been:?}");
            been.push(officer.path());
            // The key leads to the decision, Enter makes it.
            presses(&officer, key);
            let led = "return !!document.activeElement.closest('.deeds form')";
            comes(&officer, "the decision", led);
            presses(&officer, "Enter");
            comes(&officer, "its end", "return location.search.includes('done=')");
            officer.sees("由您经办");
            presses(&officer, "n");
            comes(&officer, "the next case", "return !location.search.includes('done=')");
        }
        if officer.path().starts_with("/officer/cases/") {
            presses(&officer, "w");
        }
        comes(&officer, "the list", "return location.pathname === '/officer'");
        officer.arrives();
        assert_eq!(count(&officer), before - many);
    });
}
