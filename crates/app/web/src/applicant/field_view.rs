//! One input: its kind, its words, its value as typed, its error. Shared by interview, form and correction.

use catalogue::{Catalogue, DataElement, ElementType};
use interview::{AnswerFinding, answer};
use vocabulary::{Slot, Value};

use crate::page::Page;

/// How it is entered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum InputKind {
    Choice,
    Date,
    Number,
    Phone,
    Code,
    LongText,
    Text,
}

#[derive(Clone, Debug)]
pub struct OptionView {
    pub value: String,
    pub name: String,
    pub hint: String,
    pub chosen: bool,
}

/// One input ready to be shown.
#[derive(Clone, Debug)]
pub struct FieldView {
    /// The slot; name of the input.
    pub name: String,
    pub label: String,
    pub hint: String,
    pub unit: String,
    pub kind: InputKind,
    pub options: Vec<OptionView>,
    /// As typed.
    pub value: String,
    pub optional: bool,
    pub max_length: u32,
    /// Not empty = wrong.
    pub error: String,
    /// Which services use it.
    pub used_for: String,
}

impl FieldView {
    pub fn is(&self, kind: &str) -> bool {
        matches!(
            (self.kind, kind),
            (InputKind::Choice, "choice")
                | (InputKind::Date, "date")
                | (InputKind::Number, "number")
                | (InputKind::Phone, "phone")
                | (InputKind::Code, "code")
                | (InputKind::LongText, "long")
                | (InputKind::Text, "text")
        )
    }

    /// The `id` of the input, and the target of links in the error summary.
    pub fn id(&self) -> String {
        format!("f-{}", self.name.replace(['.', '~'], "-"))
    }
}

/// The input of an element, with what was typed so far.
pub fn field(page: &Page, element: &DataElement, slot: &Slot, typed: &str) -> FieldView {
    let (kind, options) = match &element.ty {
        ElementType::Bool => (InputKind::Choice, yes_no(page, typed)),
        ElementType::Choice(options) => {
            let views = options
                .iter()
                .map(|option| OptionView {
                    value: option.id.to_string(),
                    name: page.text(&option.name).to_owned(),
                    hint: page.text(&option.hint).to_owned(),
                    chosen: option.id.as_ref() == typed,
                })
                .collect();
            (InputKind::Choice, views)
        }
        ElementType::Date => (InputKind::Date, Vec::new()),
        ElementType::Number => (InputKind::Number, Vec::new()),
        ElementType::Phone => (InputKind::Phone, Vec::new()),
        ElementType::CitizenId | ElementType::Uscc | ElementType::AreaCode => {
            (InputKind::Code, Vec::new())
        }
        ElementType::LongText => (InputKind::LongText, Vec::new()),
        ElementType::Text => (InputKind::Text, Vec::new()),
    };
    FieldView {
        name: slot.to_string(),
        label: page.text(&element.name).to_owned(),
        hint: page.text(&element.hint).to_owned(),
        unit: page.text(&element.unit).to_owned(),
        kind,
        options,
        value: typed.to_owned(),
        optional: false,
        max_length: element.max_length.unwrap_or(200),
        error: String::new(),
        used_for: String::new(),
    }
}

fn yes_no(page: &Page, typed: &str) -> Vec<OptionView> {
    [("true", "value-yes"), ("false", "value-no")]
        .into_iter()
        .map(|(value, key)| OptionView {
            value: value.to_owned(),
            name: page.t(key),
            hint: String::new(),
            chosen: typed == value,
        })
        .collect()
}

/// A known value as an input holds it.
pub fn typed(value: &Value) -> String {
    value.to_string()
}

/// What is wrong with what was typed, in words that say what would be accepted.
pub fn finding_text(catalogue: &Catalogue, page: &Page, finding: &AnswerFinding) -> String {
    if finding.code == answer::EMPTY {
        return nothing_given(catalogue, page, &finding.slot);
    }
    let name = crate::naming::slot_name(catalogue, page, &finding.slot);
    let mut args: Vec<(&str, String)> =
        finding.args.iter().map(|(arg, value)| (*arg, value.clone())).collect();
    args.push(("name", name));
    for (arg, value) in &mut args {
        // Another element by its name, as the form shows it.
        if *arg == "other" {
            *value = crate::naming::element_name(catalogue, page, &value.as_str().into());
        }
    }
    page.tn(finding_key(finding.code), &args)
}

/// Nothing was typed, or nothing chosen.
pub fn nothing_given(catalogue: &Catalogue, page: &Page, slot: &Slot) -> String {
    let name = crate::naming::slot_name(catalogue, page, slot);
    let is_choice = catalogue
        .element(&slot.element)
        .is_some_and(|it| matches!(it.ty, ElementType::Bool | ElementType::Choice(_)));
    page.t1(if is_choice { "answer-unchosen" } else { "answer-empty" }, "name", name)
}

const fn finding_key(code: &str) -> &'static str {
    match code.as_bytes() {
        b"ANS0002" => "answer-not-an-option",
        b"ANS0003" => "answer-not-yes-or-no",
        b"ANS0004" => "answer-not-a-number",
        b"ANS0005" => "answer-not-a-date",
        b"ANS0006" => "answer-in-the-future",
        b"ANS0007" => "answer-too-long",
        b"ANS0008" => "answer-unreadable",
        b"ANS0009" => "answer-citizen-id-shape",
        b"ANS0010" => "answer-citizen-id-check",
        b"ANS0011" => "answer-uscc-shape",
        b"ANS0012" => "answer-uscc-check",
        b"ANS0013" => "answer-not-a-phone",
        b"ANS0014" => "answer-not-an-area-code",
        b"ANS0015" => "answer-not-after",
        b"ANS0016" => "answer-before",
        b"ANS0023" => "answer-group-size",
        _ => "answer-wrong",
    }
}
