//! Fills in an application as a hurried applicant would: the answers given, whatever sources know, and the
//! definitions' own examples for the rest. For tests that need complete applications, not for people.

use anyhow::{Context, Result, anyhow};
use catalogue::{DataElement, ElementType};
use engine::{Draft, Engine};
use vocabulary::{AccountId, Facts, MatterId, Slot};

use crate::sample_page;

/// More rounds than any form needs: each fills in what the one before made necessary.
const ROUNDS: usize = 8;

/// A draft of `matter` that can be submitted. `subject_key` is the owner's identity at shared sources.
///
/// # Errors
/// The engine failed, or something is missing that no example fills in.
pub async fn complete_draft(
    engine: &Engine,
    owner: AccountId,
    subject_key: &str,
    matter: &MatterId,
    answers: &Facts,
) -> Result<Draft> {
    let mut draft = engine.open_draft(owner, matter).await?;
    for (group, members) in answers.groups() {
        draft.facts.set_members(group.clone(), members.to_vec());
    }
    for slot in answers.declined() {
        draft.facts.decline(slot.clone());
    }
    for (slot, fact) in answers.iter() {
        draft.facts.set(slot.clone(), fact.clone());
    }
    let mut draft = engine.save_draft(draft).await?;
    for _ in 0..ROUNDS {
        // First what questions want to know, then what the form does.
        draft = engine.fetch_sources(draft, subject_key).await?;
        draft = engine.fetch_sources(draft, subject_key).await?;
        let plan = engine.plan_of(&draft).await?;
        let fields: Vec<Slot> = plan.missing_fields().map(|field| field.slot.clone()).collect();
        let evidence: Vec<_> = plan.missing_evidence().map(|missing| missing.key.clone()).collect();
        if fields.is_empty() && evidence.is_empty() {
            return Ok(draft);
        }
        for slot in &fields {
            fill(engine, &mut draft, slot)?;
        }
        for key in &evidence {
            let name = format!("{key}.pdf");
            let page = sample_page::pdf(&key.to_string());
            engine.add_evidence(&draft, key, &name, "application/pdf", page).await?;
        }
        if !fields.is_empty() {
            draft = engine.save_draft(draft).await?;
        }
    }
    Err(anyhow!("the application does not get complete"))
}

fn fill(engine: &Engine, draft: &mut Draft, slot: &Slot) -> Result<()> {
    let catalogue = engine.catalogue();
    let element =
        catalogue.element(&slot.element).with_context(|| format!("no element `{slot}`"))?;
    let as_of = catalogue.civil_date(engine.clock().now());
    let text = example(element).with_context(|| format!("`{slot}` has no example"))?;
    let value = interview::accept_value(element, slot, &text, as_of)
        .map_err(|finding| anyhow!("the example of `{slot}` is not accepted: {finding:?}"))?;
    draft.facts.answer(slot.clone(), value);
    Ok(())
}

fn example(element: &DataElement) -> Option<String> {
    match &element.ty {
        ElementType::Bool => Some("false".to_owned()),
        ElementType::Choice(options) => options.first().map(|option| option.id.to_string()),
        ElementType::Number
        | ElementType::Text
        | ElementType::LongText
        | ElementType::Date
        | ElementType::CitizenId
        | ElementType::Uscc
        | ElementType::Phone
        | ElementType::AreaCode => element.example.clone(),
    }
}
