//! What people fill in and bring: a scenario's answers as of that day, then what the form and the evidence list
//! still want.

use catalogue::{DataElement, ElementType, Matter};
use engine::{Draft, EngineError};
use jiff::ToSpan as _;
use plan::{EvidenceKey, Plan};
use rand::Rng;
use rand::rngs::StdRng;
use vocabulary::{Date, Fact, Instant, Origin, Slot, Value};

use crate::sample_page;

use super::City;
use super::arrival::Arrival;
use super::people::Person;

/// More rounds than any form needs.
const ROUNDS: usize = 8;

impl City {
    /// Answers as the scenario does, with its days moved to today; what is known already stays.
    pub(super) fn answer_questions(
        &self,
        draft: &mut Draft,
        arrival: &Arrival,
        today: Date,
    ) -> Result<(), EngineError> {
        let catalogue = self.engine.catalogue();
        let matter = catalogue.matters.get(arrival.matter()).ok_or(EngineError::NotOffered)?;
        let Ok(situation) = arrival.scenario().answers().resolve(catalogue, matter, None) else {
            return Err(EngineError::NotOffered);
        };
        let shift = today.since(catalogue.civil_date(situation.now)).unwrap_or_default();
        for (group, members) in situation.facts.groups() {
            if draft.facts.members(group).is_none() {
                draft.facts.set_members(group.clone(), members.to_vec());
            }
        }
        for (slot, fact) in situation.facts.iter() {
            if draft.facts.get(slot).is_some() {
                continue;
            }
            let value = match &fact.value {
                Value::Date(date) => Value::Date(date.checked_add(shift).unwrap_or(*date)),
                value => value.clone(),
            };
            draft.facts.set(slot.clone(), Fact { value, origin: fact.origin.clone() });
        }
        draft.skip = situation.skip;
        Ok(())
    }

    /// Fills in what is wanted and brings what is asked for, until nothing is; the draft as saved, with its plan.
    pub(super) async fn fill_in(
        &self,
        mut draft: Draft,
        person: &Person,
        at: Instant,
        rng: &mut StdRng,
    ) -> Result<(Draft, Plan), EngineError> {
        let catalogue = self.engine.catalogue();
        let matter = catalogue.matters.get(&draft.matter).ok_or(EngineError::NotOffered)?;
        let today = catalogue.civil_date(at);
        let mut rounds = 0;
        loop {
            draft = self.engine.save_draft(draft).await?;
            let plan = self.engine.plan_of(&draft).await?;
            let fields: Vec<Slot> = plan.missing_fields().map(|field| field.slot.clone()).collect();
            let evidence: Vec<_> = plan.missing_evidence().map(|it| it.key.clone()).collect();
            rounds += 1;
            if (fields.is_empty() && evidence.is_empty()) || rounds >= ROUNDS {
                return Ok((draft, plan));
            }
            for slot in fields {
                self.fill(&mut draft, matter, slot, person, today, at, rng);
            }
            for key in &evidence {
                let title = self.paper(key);
                let (name, page) = (format!("{title}.pdf"), sample_page::pdf(&title));
                self.engine.add_evidence(&draft, key, &name, "application/pdf", page).await?;
            }
        }
    }

    /// What stands on a paper that somebody brings.
    fn paper(&self, key: &EvidenceKey) -> String {
        let catalogue = self.engine.catalogue();
        let named = catalogue.evidence_types.get(&key.ty);
        let lang = catalogue.jurisdiction.languages.first();
        let name = named.zip(lang).map(|(ty, lang)| ty.name.get(lang).to_owned());
        name.unwrap_or_else(|| key.to_string())
    }

    /// One field: the person's own, or the definitions' example.
    #[expect(
        clippy::too_many_arguments,
        reason = "each is one thing that a field may be filled from"
    )]
    fn fill(
        &self,
        draft: &mut Draft,
        matter: &Matter,
        slot: Slot,
        person: &Person,
        today: Date,
        at: Instant,
        rng: &mut StdRng,
    ) {
        let Some(element) = self.engine.catalogue().element(&slot.element) else { return };
        let Some(value) = value(element, matter, &slot, person, today) else { return };
        let origin = match &element.source {
            Some(source) if rng.random_ratio(17, 20) => {
                Origin::Confirmed { source: source.clone(), at }
            }
            _ => Origin::Applicant,
        };
        draft.facts.set(slot, Fact { value, origin });
    }
}

fn value(
    element: &DataElement,
    matter: &Matter,
    slot: &Slot,
    person: &Person,
    today: Date,
) -> Option<Value> {
    let whose = |id: &str| id.split('.').next().unwrap_or(id).to_owned();
    let own = whose(slot.element.as_str()) == whose(matter.applicant_name.as_str());
    let text = match &element.ty {
        _ if slot.element == matter.applicant_name => {
            return Some(Value::text(person.name.clone()));
        }
        ElementType::CitizenId if own => return Some(person.citizen_id.clone()),
        ElementType::Phone => return Some(person.phone.clone()),
        ElementType::Bool => "false".to_owned(),
        ElementType::Choice(options) => options.first()?.id.to_string(),
        ElementType::Number
        | ElementType::Text
        | ElementType::LongText
        | ElementType::Date
        | ElementType::CitizenId
        | ElementType::Uscc
        | ElementType::AreaCode => element.example.clone()?,
    };
    match interview::accept_value(element, slot, &text, today) {
        Ok(value) => Some(value),
        // The example's day has not come yet where the history is.
        Err(_) if element.ty == ElementType::Date => {
            Some(Value::Date(today.checked_sub(9.days()).unwrap_or(today)))
        }
        Err(_) => None,
    }
}
