//! The same people under two catalogues: for whom what changes.
//!
//! Two catalogues and people in, one outcome per person out. People come from scenario tests, or
//! from wherever else somebody has filled-in interviews. Says nothing about definitions as such: that is
//! `catalogue::diff`.

use std::collections::{BTreeMap, BTreeSet};

use catalogue::Catalogue;
use serde::Serialize;
use vocabulary::{Decimal, EvidenceTypeId, HalfDays, Lang, Localised, NodeKey, Slot};

use crate::answers::{AnswersAsWritten, AnswersFinding};
use crate::scenario::ScenarioAsWritten;
use crate::{EvidenceGroup, EvidenceKey, FieldState, Plan};

/// One person's answers.
#[derive(Debug, Clone)]
pub struct Person {
    pub id: String,
    pub matter: String,
    pub name: Localised,
    pub answers: AnswersAsWritten,
}

impl From<&ScenarioAsWritten> for Person {
    fn from(scenario: &ScenarioAsWritten) -> Self {
        let texts = scenario.name.iter();
        Self {
            id: scenario.id.clone(),
            matter: scenario.matter.clone(),
            name: Localised::new(
                texts.map(|(lang, text)| (Lang::new(lang.as_str()), text.as_str().into())),
            ),
            answers: scenario.answers(),
        }
    }
}

/// The people of both sides, each once; where both have one of the same name, the later answers count.
pub fn people(before: &[ScenarioAsWritten], after: &[ScenarioAsWritten]) -> Vec<Person> {
    let known: BTreeSet<(&str, &str)> =
        after.iter().map(|it| (it.matter.as_str(), it.id.as_str())).collect();
    let gone = before.iter().filter(|it| !known.contains(&(it.matter.as_str(), it.id.as_str())));
    after.iter().chain(gone).map(Person::from).collect()
}

/// What became of one person.
#[derive(Debug, Clone, Serialize)]
pub struct Compared {
    pub id: String,
    pub matter: String,
    pub name: Localised,
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// How a person fares under both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum Outcome {
    Same,
    Differs(Box<PlanDiff>),
    /// The earlier definitions have no such matter, or do not take these answers.
    OnlyAfter {
        why: String,
    },
    /// The later definitions have no such matter any more, or do not take these answers.
    OnlyBefore {
        why: String,
    },
    /// Neither takes these answers.
    Neither {
        why: String,
    },
}

/// What one person has to do under both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlanDiff {
    pub services: SetDiff<NodeKey>,
    /// What the applicant brings or gave.
    pub materials: SetDiff<EvidenceKey>,
    /// What the applicant fills in; what is fetched or comes into being is not among it.
    pub fields: SetDiff<Slot>,
    /// The joint promise, in halves of a working day.
    pub days: Figures<HalfDays>,
    pub visits: Figures<u32>,
    pub steps: Figures<u32>,
    /// How many people sign.
    pub signatories: Figures<usize>,
    /// By currency.
    pub fees: BTreeMap<String, Figures<Decimal>>,
}

/// A figure before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Figures<T> {
    pub before: T,
    pub after: T,
}

/// Things before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SetDiff<T> {
    pub before: usize,
    pub after: usize,
    /// New, in order.
    pub more: Vec<T>,
    /// Gone, in order.
    pub less: Vec<T>,
}

impl<T: Ord + Clone> SetDiff<T> {
    fn of(before: BTreeSet<T>, after: BTreeSet<T>) -> Self {
        Self {
            before: before.len(),
            after: after.len(),
            more: after.difference(&before).cloned().collect(),
            less: before.difference(&after).cloned().collect(),
        }
    }

    fn differs(&self) -> bool {
        !self.more.is_empty() || !self.less.is_empty()
    }
}

impl<T: PartialOrd> Figures<T> {
    fn differs(&self) -> bool {
        self.before != self.after
    }

    fn grew(&self) -> bool {
        self.after > self.before
    }
}

impl PlanDiff {
    /// Compares two plans of one person, each with the catalogue that it follows from.
    pub fn of((was, before): (&Catalogue, &Plan), (is, after): (&Catalogue, &Plan)) -> Self {
        let figures =
            |figure: fn(&Plan) -> u32| Figures { before: figure(before), after: figure(after) };
        let mut fees: BTreeMap<String, Figures<Decimal>> = BTreeMap::new();
        for fee in &before.fees {
            let sum = &mut fees.entry(fee.currency.clone()).or_default().before;
            *sum = sum.checked_add(fee.amount).unwrap_or(Decimal::MAX);
        }
        for fee in &after.fees {
            let sum = &mut fees.entry(fee.currency.clone()).or_default().after;
            *sum = sum.checked_add(fee.amount).unwrap_or(Decimal::MAX);
        }
        fees.retain(|_, figures| figures.differs());
        let signing =
            |plan: &Plan| plan.signatories.iter().map(|it| &it.slot).collect::<BTreeSet<_>>().len();
        Self {
            services: SetDiff::of(services(before), services(after)),
            materials: SetDiff::of(materials(before), materials(after)),
            fields: SetDiff::of(fields(was, before), fields(is, after)),
            days: Figures { before: before.joint.promised, after: after.joint.promised },
            visits: figures(|plan| plan.visits),
            steps: figures(|plan| plan.reductions.steps.after),
            signatories: Figures { before: signing(before), after: signing(after) },
            fees,
        }
    }

    /// Whether anything is another than before.
    pub fn differs(&self) -> bool {
        self.services.differs()
            || self.materials.differs()
            || self.fields.differs()
            || self.days.differs()
            || self.visits.differs()
            || self.steps.differs()
            || self.signatories.differs()
            || !self.fees.is_empty()
    }

    /// Whether this person has to bring, fill in, wait, go, sign or pay more.
    pub fn asks_more(&self) -> bool {
        !self.materials.more.is_empty()
            || !self.fields.more.is_empty()
            || self.days.grew()
            || self.visits.grew()
            || self.signatories.grew()
            || self.fees.values().any(Figures::grew)
    }
}

impl Outcome {
    /// Whether somebody has to do more than before.
    pub fn asks_more(&self) -> bool {
        matches!(self, Self::Differs(diff) if diff.asks_more())
    }
}

/// Plans every person under both catalogues, in the order given.
pub fn compare_all(before: &Catalogue, after: &Catalogue, people: &[Person]) -> Vec<Compared> {
    let compared = people.iter().map(|person| Compared {
        id: person.id.clone(),
        matter: person.matter.clone(),
        name: person.name.clone(),
        outcome: compare(before, after, person),
    });
    compared.collect()
}

fn compare(before: &Catalogue, after: &Catalogue, person: &Person) -> Outcome {
    match (plan(before, person), plan(after, person)) {
        (Ok(old), Ok(new)) => {
            let diff = PlanDiff::of((before, &old), (after, &new));
            if diff.differs() { Outcome::Differs(Box::new(diff)) } else { Outcome::Same }
        }
        (Err(why), Ok(_)) => Outcome::OnlyAfter { why },
        (Ok(_), Err(why)) => Outcome::OnlyBefore { why },
        (Err(_), Err(why)) => Outcome::Neither { why },
    }
}

/// The person's plan; what the catalogue does not know of the answers is left out.
fn plan(catalogue: &Catalogue, person: &Person) -> Result<Plan, String> {
    let matter = catalogue.matter(&person.matter);
    let matter = matter.ok_or_else(|| format!("no matter `{}`", person.matter))?;
    let answers = known_to(catalogue, &person.answers);
    let circumstances = answers.resolve(catalogue, matter, None).map_err(|findings| {
        let told = |it: &AnswersFinding| format!("{} {}: {}", it.code, it.place, it.message);
        findings.first().map(told).unwrap_or_default()
    })?;
    Ok(circumstances.plan(catalogue, matter))
}

fn known_to(catalogue: &Catalogue, answers: &AnswersAsWritten) -> AnswersAsWritten {
    let mut known = answers.clone();
    let head = |text: &str| text.split('~').next().unwrap_or_default().to_owned();
    let element = |slot: &String| catalogue.elements.contains_key(head(slot).as_str());
    known.answers.retain(|slot, _| element(slot));
    known.declined.retain(element);
    known.groups.retain(|group, _| catalogue.groups.contains_key(group.as_str()));
    known.skip.retain(|service| catalogue.services.contains_key(service.as_str()));
    known
        .given
        .retain(|key| catalogue.evidence_types.contains_key(&EvidenceTypeId::new(head(key))));
    known.unavailable.retain(|source| catalogue.sources.contains_key(source.as_str()));
    known
}

fn services(plan: &Plan) -> BTreeSet<NodeKey> {
    plan.services.iter().map(|service| service.node.clone()).collect()
}

fn materials(plan: &Plan) -> BTreeSet<EvidenceKey> {
    let brought = |group| matches!(group, EvidenceGroup::YouBring | EvidenceGroup::YouGave);
    let pieces = plan.evidence.iter().filter(|piece| brought(piece.group));
    pieces.map(|piece| piece.key.clone()).collect()
}

/// What a source tells is not asked, though a person says nothing of it.
fn fields(catalogue: &Catalogue, plan: &Plan) -> BTreeSet<Slot> {
    let fetched = |slot: &Slot| {
        catalogue.element(&slot.element).is_some_and(|element| element.source.is_some())
    };
    let fields = plan.form.iter().flat_map(|topic| &topic.fields).filter(|field| !field.optional);
    let asked = fields.filter(|field| match &field.state {
        FieldState::Given { .. } | FieldState::Missing => !fetched(&field.slot),
        FieldState::Unavailable { .. } => true,
        _ => false,
    });
    asked.map(|field| field.slot.clone()).collect()
}
