//! A matter lived from end to end by whoever it is: each question answered as a scenario beside the definitions
//! answers it, every empty field filled in after its kind, a page for every paper that is wanted. What is shown
//! decides what is done: this knows no matter.

use std::collections::BTreeMap;
use std::path::Path;

use catalogue::{Catalogue, DataElement, ElementType};
use plan::answers::AnswerAsWritten;
use plan::scenario::ScenarioAsWritten;
use serde::Deserialize;

use crate::visitor::{LOOKS_FOR, Visitor, within};
use crate::watch::Watch;
use crate::webdriver::Session;

/// More questions, rounds of a form and papers than any matter has.
const QUESTIONS: usize = 80;
const ROUNDS: usize = 8;
const PAPERS: usize = 40;

/// The question that is shown.
const READ_QUESTION: &str = r#"
const form = document.querySelector("main form[action$='/question']");
if (!form) return null;
const inputs = [...form.querySelectorAll("fieldset input, fieldset textarea")];
return {
  name: inputs[0].name,
  options: inputs.filter(({ type }) => type === "radio").map(({ value }) => value),
};
"#;

/// The fields of the form that hold nothing yet.
const READ_FORM: &str = r#"
const fields = document.querySelectorAll("main form[action$='/form'] .field:not(.known)");
return [...fields].map((field) => {
  const inputs = [...field.querySelectorAll("input, textarea")];
  const radios = inputs.filter(({ type }) => type === "radio");
  const filled = radios.length > 0 ? radios.some(({ checked }) => checked) : inputs[0].value !== "";
  return filled ? null : { name: inputs[0].name, options: radios.map(({ value }) => value) };
}).filter((field) => field !== null);
"#;

/// Puts values into the form, as typing and clicking would.
const FILL_FORM: &str = r#"
const form = document.querySelector("main form[action$='FORM']");
for (const [name, value] of VALUES) {
  const inputs = [...form.querySelectorAll("input, textarea")].filter((input) => input.name === name);
  const radio = inputs.find((input) => input.type === "radio" && input.value === value);
  if (radio) radio.click(); else inputs[0].value = value;
}
"#;

/// The papers that are still wanted, by the ids of their cards.
const READ_EVIDENCE: &str =
    r#"return [...document.querySelectorAll("main section.bring[id]")].map(({ id }) => id)"#;

/// How each service stands.
const READ_LANES: &str = r#"
return [...document.querySelectorAll("ul.lanes > li")].map((lane) =>
  [lane.querySelector("strong").textContent, lane.querySelector(":scope > .tag").textContent]);
"#;

/// What was issued, by name.
const READ_LICENCES: &str = r#"return [...document.querySelectorAll("main li.fetch .who")].map((name) => name.textContent)"#;

/// What the officer has still to fill in of a grant.
const READ_GRANT: &str = r#"
const inputs = [...document.querySelectorAll("main form[action$='/grant'] .field input, main form[action$='/grant'] .field textarea")];
return inputs.filter(({ type, value }) => type !== "radio" && value === "")
  .map(({ name }) => ({ name, options: [] }));
"#;

/// Something to be answered: an input's name, and its options if it has some.
#[derive(Debug, Deserialize)]
struct Wanted {
    name: String,
    options: Vec<String>,
}

/// What somebody knows of himself: a scenario's answers, and the definitions' examples for the rest.
#[derive(Debug)]
pub(crate) struct Life<'a> {
    catalogue: &'a Catalogue,
    /// Names of inputs → what is typed or chosen.
    answers: BTreeMap<String, String>,
}

impl<'a> Life<'a> {
    /// The life that a scenario tells of; `instead` is true of this person rather than what the scenario says.
    pub(crate) fn after(
        catalogue: &'a Catalogue,
        scenario: &ScenarioAsWritten,
        instead: &[(&str, String)],
    ) -> Self {
        let mut answers = BTreeMap::new();
        let mut members = BTreeMap::new();
        for (group, named) in &scenario.groups {
            answers.insert(group.clone(), named.len().to_string());
            // The hub names members by their number.
            members.extend((1..).zip(named).map(|(n, name)| (name.as_str(), format!("m{n}"))));
        }
        for (name, answer) in &scenario.answers {
            let AnswerAsWritten::Text(text) = answer else { continue };
            let name = match name.split_once('~') {
                Some((element, member)) => format!("{element}~{}", members[member]),
                None => name.clone(),
            };
            answers.insert(name, text.clone());
        }
        answers.extend(instead.iter().map(|(name, text)| ((*name).to_owned(), text.clone())));
        Self { catalogue, answers }
    }

    /// What is put into an input.
    fn says(&self, wanted: &Wanted) -> Option<String> {
        // `element~member`, `slot@service`, `output.id.slot`.
        let mut name = wanted.name.split('@').next().unwrap_or_default();
        if let Some((_, of_output)) = name.strip_prefix("output.").and_then(|it| it.split_once('.'))
        {
            name = of_output;
        }
        let slot = name;
        let element = slot.split('~').next().unwrap_or_default();
        let said = self.answers.get(slot).or_else(|| self.answers.get(element)).cloned();
        let fits = |text: &String| wanted.options.is_empty() || wanted.options.contains(text);
        said.filter(fits).or_else(|| match wanted.options.as_slice() {
            [] => self.example(element),
            // Who is asked for yes or no, and does not know more, says no.
            [_, no] if no == "false" => Some(no.clone()),
            [first, ..] => Some(first.clone()),
        })
    }

    fn example(&self, element: &str) -> Option<String> {
        let element: &DataElement = self.catalogue.element(&element.into())?;
        match element.ty {
            ElementType::Bool | ElementType::Choice(_) => None,
            _ => element.example.clone(),
        }
    }
}

impl Visitor {
    fn reads<T: serde::de::DeserializeOwned>(&self, script: &str) -> T {
        let read = self.must(self.session.run(script));
        serde_json::from_value(read).unwrap_or_else(|error| self.fails(&error.to_string()))
    }

    /// Clicks what leads to another page, or to this one again, and waits until it is there.
    #[track_caller]
    pub(crate) fn turns_page_within(&mut self, part: &str, words: &str) {
        self.must(self.session.run("document.documentElement.dataset.before = 'yes'"));
        self.clicks_within(part, words);
        let script =
            "return document.readyState !== 'loading' && !document.documentElement.dataset.before";
        let there = || self.session.run(script).is_ok_and(|it| it.as_bool() == Some(true));
        if !within(LOOKS_FOR, there) {
            self.fails(&format!("“{words}” leads nowhere"));
        }
        self.arrives();
    }

    #[track_caller]
    pub(crate) fn turns_page(&mut self, words: &str) {
        self.turns_page_within("//main", words);
    }

    /// Answers questions until there is a plan.
    #[track_caller]
    pub(crate) fn answers_everything(&mut self, life: &Life<'_>) {
        for _ in 0..QUESTIONS {
            let Some(wanted) = self.reads::<Option<Wanted>>(READ_QUESTION) else {
                return self.is_at("您的一件事方案");
            };
            let Some(answer) = life.says(&wanted) else {
                self.fails(&format!("nobody knows what to answer to {}", wanted.name))
            };
            if wanted.options.is_empty() {
                let script =
                    format!("document.getElementsByName({:?})[0].value = {answer:?}", wanted.name);
                self.must(self.session.run(&script));
                self.fields += 1;
            } else {
                let option = format!("//main//label[input[@value='{answer}']]");
                self.act(&option, |session, option| session.click(option));
                self.clicks += 1;
            }
            self.turns_page("继续");
            if self.title().starts_with("错误：") {
                self.fails(&format!("{answer} is no answer to {}", wanted.name));
            }
        }
        self.fails("the questions do not end");
    }

    /// Fills in whatever the form still wants, until it wants nothing.
    #[track_caller]
    pub(crate) fn fills_in_everything(&mut self, life: &Life<'_>) {
        self.turns_page("按这个方案填表");
        for _ in 0..ROUNDS {
            let wanted: Vec<Wanted> = self.reads(READ_FORM);
            self.fills_in("/form", &wanted, life);
            self.turns_page("保存并继续");
            if !self.path().contains("/form") {
                return self.is_at("准备材料");
            }
        }
        self.fails("the form is never complete");
    }

    /// Fills in what a form wants.
    fn fills_in(&mut self, form: &str, wanted: &[Wanted], life: &Life<'_>) {
        let said = |wanted: &Wanted| Some((wanted.name.clone(), life.says(wanted)?));
        let values: Vec<(String, String)> = wanted.iter().filter_map(said).collect();
        let values_text = serde_json::to_string(&values).unwrap_or_default();
        let script = FILL_FORM.replace("FORM", form).replace("VALUES", &values_text);
        self.must(self.session.run(&script));
        self.fields += u32::try_from(values.len()).unwrap_or_default();
    }

    /// Uploads a page for every paper that is wanted; says how many there were.
    #[track_caller]
    pub(crate) fn brings_everything(&mut self, page: &Path) -> usize {
        for brought in 0..PAPERS {
            let wanted: Vec<String> = self.reads(READ_EVIDENCE);
            let Some(card) = wanted.first() else { return brought };
            let card = format!("//section[@id='{card}']");
            self.picks_files(&card, &[page]);
            self.turns_page_within(&card, "上传");
        }
        self.fails("papers are wanted without end");
    }

    /// The whole way from the matter's page to the tracking page, whose address is returned.
    #[track_caller]
    pub(crate) fn lives(&mut self, title: &str, life: &Life<'_>, page: &Path) -> String {
        // Questions look alike: other stories look at them.
        let watch = self.watches(Watch::NOTHING);
        // What is read next has to be the next page's.
        self.turns_page("开始办理");
        self.answers_everything(life);
        self.watches(watch);
        self.fills_in_everything(life);
        self.brings_everything(page);
        self.goes_on_to_check();
        self.ticks("我确认以上内容真实、完整，同意各部门为办理这件事核对所需信息。");
        self.clicks("提交并同时向");
        self.is_at("已提交，各部门同时开始办理");
        self.sees(title);
        self.follows_the_case()
    }

    /// Accepts and grants whatever waits on the officer's worklist: as the page offers it, else by the examples.
    #[track_caller]
    pub(crate) fn grants_everything(&mut self, life: &Life<'_>) {
        let row = "//main//table//a[starts-with(@href, '/officer/cases/')]";
        for _ in 0..ROUNDS {
            self.goes_to("/officer");
            if self.find_shown(row).is_none() {
                return;
            }
            self.act(row, Session::click);
            self.shown("//main//h2[@id='deeds']");
            if self.find_shown("//main//form[contains(@action, '/accept')]").is_some() {
                self.turns_page("受理");
                self.sees("已受理。");
            }
            self.clicks_within("//main", "准予");
            self.fills_in_the_grant(life);
            self.turns_page("确认准予");
            self.sees("已准予。");
        }
        self.fails("the worklist does not get empty");
    }

    /// Fills in whatever the open form for a grant still wants.
    #[track_caller]
    pub(crate) fn fills_in_the_grant(&mut self, life: &Life<'_>) {
        let wanted: Vec<Wanted> = self.reads(READ_GRANT);
        self.fills_in("/grant", &wanted, life);
    }

    /// The licences that came of the case whose page is open.
    pub(crate) fn licences(&self) -> Vec<String> {
        self.reads(READ_LICENCES)
    }

    /// Every service of the case whose page is open, and its state.
    pub(crate) fn lanes(&self) -> Vec<(String, String)> {
        self.reads(READ_LANES)
    }
}
