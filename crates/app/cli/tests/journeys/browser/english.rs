//! The mother reads English: every page on her way is in English, but for what the registers hold.

use crate::town::{ALL_PROMPT, journey};
use crate::visitor::Visitor;
use crate::watch::Watch;

/// Chinese that stays Chinese: the way back to it, and names and addresses as the registers hold them.
const STAYS_CHINESE: [&str; 14] = [
    "繁體中文",
    "简体中文",
    "一",
    "王小梅",
    "陈知行",
    "汉族",
    "中国",
    "清河区梧桐街道听雨巷 12 号 3 栋 602",
    "清河区妇幼保健院",
    "陈予安",
    "陈*安",
    "李静",
    "赵一鸣",
    "一件事",
];

impl Visitor {
    /// What is shown is English, and so is the title.
    #[track_caller]
    fn reads_english(&self) {
        let text = format!("{}\n{}", self.title(), self.page_text());
        let left: Vec<&str> =
            text.lines().filter(|line| is_chinese(&without_names(line))).collect();
        if !left.is_empty() {
            self.fails(&format!("Chinese on an English page:\n{}", left.join("\n")));
        }
    }
}

fn without_names(line: &str) -> String {
    STAYS_CHINESE.iter().fold(line.to_owned(), |line, name| line.replace(name, ""))
}

fn is_chinese(text: &str) -> bool {
    text.chars().any(|c| ('\u{3400}'..='\u{9fff}').contains(&c))
}

#[test]
fn the_whole_way_in_english() {
    journey("english", ALL_PROMPT, |town| {
        let mut mother = town.visitor(Watch::NOTHING);
        mother.enters_as("王小梅");
        mother.clicks("English");
        mother.reads_english();
        for page in [
            "/matters",
            "/matters/newborn",
            "/matters/enterprise-start-up",
            "/about",
            "/verify",
            "/nowhere",
        ] {
            mother.goes_to(page);
            mother.reads_english();
        }

        mother.goes_to("/matters/newborn");
        mother.is_at("A child is born");
        mother.clicks_within("//main", "Start");
        for (question, answer) in [
            ("Where was the child born?", "A hospital in this city"),
            ("How many children were born this time?", "1"),
            ("Which document does the mother use?", "Resident identity card"),
            ("Whose household will the child join?", "The father's"),
            ("Which document does the father use?", "Resident identity card"),
            ("Whose surname does the child take?", "The father's"),
            ("Is someone else doing this for you?", "No"),
            ("Shall contribution, maternity benefits and childcare subsidy be done as well?", "No"),
        ] {
            mother.is_at(question);
            mother.reads_english();
            mother.ticks_within("//main", answer);
            mother.clicks("Continue");
        }

        mother.sees_all(&["Household registration of the newborn", "Social security card"]);
        mother.reads_english();
        mother.clicks_within("//main", "Fill in the form");
        mother.reads_english();
        mother.fills("Child's name", "陈予安");
        mother.fills("Mother's mobile number", "13800001234");
        for (label, option) in [
            ("Ethnic group", "Same as the father"),
            ("Native place", "Same as the father"),
            ("Child's relation to the head", "Child"),
            ("Guardian to be recorded", "Mother"),
            ("Place of insurance", "Where the household is"),
            ("Bank of the card", "Bank of China"),
            ("How to receive the card", "By mail to the present address"),
        ] {
            mother.chooses(label, option);
        }
        mother.clicks("Save and go on");
        mother.reads_english();
        mother.clicks_within("//main", "Check and submit");
        mother.reads_english();
        mother.act("//input[@id='declared']/..", |session, label| session.click(label));
        mother.clicks_within("//main", "Submit");
        mother.reads_english();
        mother.clicks_within("//main", "See the progress");
        mother.waits_for("This matter has come to its end.");
        mother.reads_english();

        mother.goes_to("/mine");
        mother.reads_english();
        mother.goes_to("/wallet");
        mother.reads_english();
        mother.clicks_within("//main", "Birth certificate");
        mother.reads_english();
        mother.clicks_within("//main", "Verify");
        mother.reads_english();
    });
}
