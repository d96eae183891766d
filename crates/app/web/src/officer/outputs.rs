//! What a grant brings into being, as inputs: each promised value typed by its element; and reading them
//! again.
//!
//! Nothing is filled in for the officer. Only in the demo a citizen id number is made up, marked as such:
//! valid by its check character, of an area that does not exist.

use std::collections::BTreeMap;

use casework::{NodeOutput, ServiceCase};
use catalogue::{Catalogue, ElementType};
use engine::CaseFile;
use sha2::{Digest, Sha256};
use vocabulary::codes::citizen_id;
use vocabulary::{Date, Facts, Slot, Value};

use super::desk::Typed;
use crate::applicant::field_view::{FieldView, field, finding_text};
use crate::applicant::interview::ErrorLine;
use crate::page::Page;

/// GB/T 2260 knows no such area.
const NO_AREA: &str = "990000";

/// One output with its inputs.
#[derive(Debug)]
pub struct OutputView {
    pub name: String,
    /// A licence is issued with it.
    pub licence: bool,
    pub inputs: Vec<Input>,
}

#[derive(Debug)]
pub struct Input {
    pub field: FieldView,
    pub example: String,
    /// Made up for the demo.
    pub invented: bool,
}

/// The name of an input.
fn input_name(output: &NodeOutput, slot: &Slot) -> String {
    format!("output.{}.{slot}", output.id)
}

/// The inputs of a grant, with what was typed and what is wrong with it.
pub fn inputs(
    catalogue: &Catalogue,
    page: &Page,
    file: &CaseFile,
    service: &ServiceCase,
    typed: &Typed,
    wrong: &BTreeMap<String, String>,
) -> Vec<OutputView> {
    let definition = catalogue.service(&service.node.key.service);
    service
        .node
        .outputs
        .iter()
        .map(|output| {
            let defined = definition
                .and_then(|found| found.outputs.iter().find(|other| other.id == output.id));
            OutputView {
                name: defined.map_or_else(
                    || output.id.to_string(),
                    |found| page.text(&found.name).to_owned(),
                ),
                licence: output.licence,
                inputs: output
                    .slots
                    .iter()
                    .filter_map(|slot| {
                        let name = input_name(output, slot);
                        let mut input = input(catalogue, page, file, slot, typed.find(&name))?;
                        input.field.error = wrong.get(&name).cloned().unwrap_or_default();
                        input.field.name = name;
                        Some(input)
                    })
                    .collect(),
            }
        })
        .collect()
}

fn input(
    catalogue: &Catalogue,
    page: &Page,
    file: &CaseFile,
    slot: &Slot,
    typed: Option<&str>,
) -> Option<Input> {
    let element = catalogue.element(&slot.element)?;
    let made_up = (page.demo && typed.is_none() && element.ty == ElementType::CitizenId)
        .then(|| citizen_number(catalogue, &file.facts, slot, file.case.id.0.as_bytes()))
        .flatten();
    let text = made_up.as_deref().or(typed).unwrap_or_default();
    let mut view = field(page, element, slot, text);
    if let Some(member) = &slot.member {
        let count = element.group.as_ref().and_then(|group| file.facts.members(group));
        let count = count.map_or(0, <[_]>::len);
        if count > 1 {
            let of = crate::naming::member_label(catalogue, page, &slot.element, member, count);
            view.label = page.t2("officer-field-of", "member", of, "name", view.label);
        }
    }
    Some(Input {
        field: view,
        example: element.example.clone().unwrap_or_default(),
        invented: made_up.is_some(),
    })
}

/// A number for the same member whose birth date and sex the case knows: the one date that may not lie in
/// the future, and the choice between male and female.
fn citizen_number(
    catalogue: &Catalogue,
    facts: &Facts,
    slot: &Slot,
    seed: &[u8],
) -> Option<String> {
    let group = catalogue.element(&slot.element)?.group.as_ref();
    let of_same = facts.iter().filter(|(other, _)| other.member == slot.member);
    let (mut born, mut male): (Option<Date>, bool) = (None, false);
    for (other, fact) in of_same {
        let Some(element) = catalogue.element(&other.element) else { continue };
        if element.group.as_ref() != group {
            continue;
        }
        match (&element.ty, &fact.value) {
            (ElementType::Date, Value::Date(date)) if element.not_future => {
                born = Some(born.map_or(*date, |earlier| earlier.min(*date)));
            }
            (ElementType::Choice(options), Value::Text(chosen))
                if ["male", "female"].iter().all(|sex| options.iter().any(|o| &*o.id == *sex)) =>
            {
                male = &**chosen == "male";
            }
            _ => {}
        }
    }
    let born = born?;
    // Different for each child of each case, the same whenever the page is shown.
    let digest = Sha256::new().chain_update(seed).chain_update(slot.to_string()).finalize();
    let number =
        digest.iter().take(2).fold(0u16, |sum, byte| sum.wrapping_mul(31) + u16::from(*byte));
    let sequence = number % 500 * 2 + u16::from(male);
    let first =
        format!("{NO_AREA}{:04}{:02}{:02}{sequence:03}", born.year(), born.month(), born.day());
    citizen_id::check_char(&first).map(|check| format!("{first}{check}"))
}

/// What is wrong with the inputs of a grant: for the summary, and by the name of the input.
#[derive(Debug, Default)]
pub struct Wrong {
    pub lines: Vec<ErrorLine>,
    pub inputs: BTreeMap<String, String>,
}

/// Reads the inputs of a grant; values by output.
///
/// # Errors
/// Everything that is wrong with them.
pub fn read(
    catalogue: &Catalogue,
    page: &Page,
    service: &ServiceCase,
    typed: &Typed,
) -> Result<BTreeMap<String, Facts>, Wrong> {
    let mut values: BTreeMap<String, Facts> = BTreeMap::new();
    let mut wrong = Wrong::default();
    for output in &service.node.outputs {
        let facts = values.entry(output.id.to_string()).or_default();
        for slot in &output.slots {
            let Some(element) = catalogue.element(&slot.element) else { continue };
            let name = input_name(output, slot);
            match interview::accept_value(element, slot, typed.get(&name), page.today) {
                Ok(value) => facts.answer(slot.clone(), value),
                Err(finding) => {
                    let words = finding_text(catalogue, page, &finding);
                    let mut view = field(page, element, slot, "");
                    view.name.clone_from(&name);
                    wrong.lines.push(ErrorLine { target: view.id(), words: words.clone() });
                    wrong.inputs.insert(name, words);
                }
            }
        }
    }
    if wrong.inputs.is_empty() { Ok(values) } else { Err(wrong) }
}
