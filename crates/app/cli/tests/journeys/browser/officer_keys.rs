//! An officer with both hands on the keys: from the worklist into the first case, a look through its checklist, a
//! decision, "next case", and back to a list that is so much shorter. Nothing is pointed at. The cases are twins',
//! handed in beforehand: the police have one of each child, and nothing else.

use std::time::Duration;

use jiff::ToSpan as _;
use serde_json::{Value, json};
use yijianshi::wiring::Definitions;

use crate::living::Life;
use crate::town::{Town, journey};
use crate::visitor::{Visitor, within};
use crate::watch::Watch;

const LONGEST: Duration = Duration::from_secs(40);
const MATTER: &str = "孩子出生了";
const TWINS: u64 = 2;

/// Twins are born, and their household registration comes to the police.
fn twins_are_handed_in(town: &Town) {
    let definitions = Definitions::load(None).expect("definitions").expect("a catalogue");
    let mut scenarios = definitions.scenarios.iter();
    let twins = scenarios.find(|one| one.matter == "newborn" && one.id == "twins");
    let today = definitions.catalogue.civil_date(vocabulary::Instant::now());
    let born = today.saturating_sub(2.days()).to_string();
    let born_on = ["child.birth_date~m1", "child.birth_date~m2"].map(|it| (it, born.clone()));
    let life = Life::after(&definitions.catalogue, twins.expect("the twins"), &born_on);
    let paper = town.file("说明.pdf", b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n");
    let mut mother = town.visitor(Watch::NOTHING);
    mother.enters_as("王小梅");
    mother.goes_to("/matters/newborn");
    mother.is_at(MATTER);
    mother.lives(MATTER, &life, &paper);
}

/// One key as the browser gets it from a keyboard.
fn presses(officer: &Visitor, key: &str) {
    let (code, text) = match key {
        "Enter" => (13, "\r"),
        "Tab" => (9, ""),
        _ => (0, key),
    };
    for kind in ["keyDown", "keyUp"] {
        let mut event = json!({ "type": kind, "key": key, "windowsVirtualKeyCode": code });
        if kind == "keyDown" && !text.is_empty() {
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

/// Decides every case of the list in hand: `key` leads to the decision, Enter makes it. Ends at the list.
fn decides_all(officer: &mut Visitor, key: &str, before_deciding: impl Fn(&Visitor)) {
    let mut been: Vec<String> = Vec::new();
    presses(officer, "n");
    for _ in 0..TWINS {
        let decision = format!("return !!document.querySelector('.deeds [data-key={key}]')");
        comes(officer, "a case", &decision);
        officer.arrives();
        assert!(!been.contains(&officer.path()), "another case each time: {been:?}");
        been.push(officer.path());
        before_deciding(officer);
        presses(officer, key);
        let led = "return !!document.activeElement.closest('.deeds form')";
        comes(officer, "the decision", led);
        presses(officer, "Enter");
        comes(officer, "its end", "return location.search.includes('done=')");
        officer.sees("由您经办");
        presses(officer, "n");
        comes(officer, "the next case", "return !location.search.includes('done=')");
    }
    comes(officer, "the list", "return location.pathname === '/officer'");
    officer.sees("没有下一件了");
    officer.arrives();
    assert_eq!(count(officer), 0, "both are decided");
}

#[test]
fn cases_are_decided_one_after_the_other_by_keys_alone() {
    journey("officer-keys", &[("public-security", "by-hand")], |town| {
        twins_are_handed_in(town);
        let mut officer = town.visitor(Watch::NOTHING);
        officer.enters_as_officer_of("公安局");
        let there = within(LONGEST, || {
            officer.must(officer.session.reload());
            count(&officer) == TWINS
        });
        assert!(there, "both come to the police: {}", count(&officer));
        officer.watches(Watch::ACCESSIBILITY);

        // What is found is kept while it is found: the second line of the checklist is met.
        decides_all(&mut officer, "a", |officer| {
            let mark =
                "const mark = document.querySelectorAll('.reviewed li')[1].querySelector('input');
                        mark.focus(); return document.activeElement === mark";
            comes(officer, "the checklist", mark);
            presses(officer, " ");
            let kept = "return document.querySelector('[data-kept]').textContent !== ''";
            comes(officer, "what is kept", kept);
        });

        // The second tab holds what was accepted; the way to it is its number.
        presses(&officer, "2");
        comes(&officer, "the second tab", "return location.search.includes('tab=running')");
        assert_eq!(count(&officer), TWINS);
        decides_all(&mut officer, "g", |officer| {
            let met = "return document.querySelectorAll('.reviewed input[value=met]:checked').length === 1";
            comes(officer, "what was found before", met);
        });
        presses(&officer, "4");
        comes(&officer, "the ended ones", "return location.search.includes('tab=finished')");
        assert_eq!(count(&officer), TWINS);
    });
}
