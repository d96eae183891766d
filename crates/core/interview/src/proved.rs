//! The interview of a proved matter: what can still change the plan, in the order that costs least.
//!
//! The proof decides what is asked; the conditions only say for whose sake, and what a source tells is not
//! asked.

use std::collections::BTreeSet;

use catalogue::{Binds, Catalogue, DataElement, Matter, Question};
use conditions::{Condition, InScope, Read};
use proof::{Asked, Proof};
use vocabulary::{Facts, MemberId, ServiceId, Slot, SourceId};

use crate::relevance::{Delivery, Look, Relevance};
use crate::{Asking, in_matter_order, size_slot};

/// The questions to ask; `None` where the facts lie outside the proof.
pub(crate) fn open<'c>(
    proof: &Proof,
    catalogue: &'c Catalogue,
    matter: &'c Matter,
    facts: &Facts,
    reachable: &dyn Fn(&SourceId) -> bool,
) -> Option<Vec<Asking<'c>>> {
    let asked = proof.can_change(facts)?;
    let left_at_most = proof.left_at_most(facts)?;
    let derived = &*catalogue.derive(facts, proof.as_of());
    let relevance = Relevance::of(catalogue, matter, derived, reachable, proof.as_of());
    let can_change = |asked_now: &Asked| asked.contains(asked_now);
    let mut open = list(proof, catalogue, matter, derived, &relevance, &can_change);
    if open.is_empty() {
        // Nothing can change the plan any more; but a condition that comes out the same whatever is answered may
        // still be undecided for whoever makes the plan from the facts alone.
        let settled =
            |condition: &Condition, scope: InScope<'_>| proof.settles(condition, scope, facts);
        let look = Look { facts: derived, reachable, counts: Some(&settled) };
        let unsettled = Relevance::counting(catalogue, matter, &look, proof.as_of());
        let waits = |(id, member): &Asked| {
            let question = matter.questions.iter().find(|question| question.id == *id);
            question.is_some_and(|question| match &question.binds {
                // Members have to be named, also where there can only be so many.
                Binds::CountOf(_) => is_awaited(&relevance, question, member, derived),
                Binds::Element(_) => is_awaited(&unsettled, question, member, derived),
            })
        };
        open = list(proof, catalogue, matter, derived, &relevance, &waits);
    }
    let at_least = u32::try_from(open.len()).unwrap_or(u32::MAX);
    for asking in &mut open {
        asking.left_at_most = left_at_most.max(at_least.min(1));
    }
    Some(open)
}

/// The questions that are to be asked and that no source spares, in the order of the proof.
fn list<'c>(
    proof: &Proof,
    catalogue: &'c Catalogue,
    matter: &'c Matter,
    facts: &Facts,
    relevance: &Relevance<'_>,
    is_asked: &dyn Fn(&Asked) -> bool,
) -> Vec<Asking<'c>> {
    let mut open: Vec<Asking<'c>> = Vec::new();
    for id in &proof.order().questions {
        let Some(question) = matter.questions.iter().find(|question| question.id == *id) else {
            continue;
        };
        for member in members(catalogue, question, facts) {
            if !is_asked(&(id.clone(), member.clone())) {
                continue;
            }
            let services = match &question.binds {
                Binds::CountOf(group) => relevance.waiting_for_size(group),
                Binds::Element(id) => {
                    let Some(element) = catalogue.element(id) else {
                        continue;
                    };
                    if is_told(relevance, element, member.as_ref(), &open) {
                        continue;
                    }
                    relevance.waiting_for_element(id, member.as_ref())
                }
            };
            let services =
                if services.is_empty() { readers(catalogue, matter, question) } else { services };
            let matters_to = in_matter_order(matter, &services);
            open.push(Asking { question, member, left_at_most: 0, matters_to });
        }
    }
    open
}

/// Whether it is not answered, and an undecided condition waits for it.
fn is_awaited(
    relevance: &Relevance<'_>,
    question: &Question,
    member: &Option<MemberId>,
    facts: &Facts,
) -> bool {
    match &question.binds {
        Binds::CountOf(group) => {
            let is_open = facts.members(group).is_none() && !facts.is_declined(&size_slot(group));
            is_open && !relevance.waiting_for_size(group).is_empty()
        }
        Binds::Element(id) => {
            let slot = Slot { element: id.clone(), member: member.clone() };
            let is_open = facts.get(&slot).is_none() && !facts.is_declined(&slot);
            is_open && !relevance.waiting_for_element(id, member.as_ref()).is_empty()
        }
    }
}

/// In the order in which they are known.
fn members(catalogue: &Catalogue, question: &Question, facts: &Facts) -> Vec<Option<MemberId>> {
    let group = match &question.binds {
        Binds::CountOf(_) => None,
        Binds::Element(id) => catalogue.element(id).and_then(|element| element.group.as_ref()),
    };
    match group {
        None => vec![None],
        Some(group) => facts.members(group).into_iter().flatten().cloned().map(Some).collect(),
    }
}

/// Whether a source tells it, or an open question before it decides whether one can.
fn is_told(
    relevance: &Relevance<'_>,
    element: &DataElement,
    member: Option<&MemberId>,
    before: &[Asking<'_>],
) -> bool {
    let slot = Slot { element: element.id.clone(), member: member.cloned() };
    match relevance.delivery(element, &slot) {
        Delivery::Can => true,
        Delivery::Cannot => false,
        Delivery::Perhaps => {
            let reads = relevance.source_waits_for(element, &slot);
            before.iter().any(|asking| match &asking.question.binds {
                Binds::CountOf(group) => reads.contains(&Read::Group(group.clone())),
                Binds::Element(id) => reads.contains(&Read::Element(id.clone())),
            })
        }
    }
}

/// Services with a condition that reads what the question asks: for whose sake, when nothing waits for it at
/// this very moment.
fn readers(catalogue: &Catalogue, matter: &Matter, question: &Question) -> BTreeSet<ServiceId> {
    let read = match &question.binds {
        Binds::CountOf(group) => Read::Group(group.clone()),
        Binds::Element(id) => Read::Element(id.clone()),
    };
    let services = matter.services.iter().filter(|part| {
        let reads = |condition: &conditions::Condition| condition.reads().contains(&read);
        let service = catalogue.service(&part.service);
        reads(&part.when)
            || part.already_done.as_ref().is_some_and(reads)
            || service.is_some_and(|service| {
                service.other_conditions().any(reads)
                    || service.fields.iter().any(|need| reads(&need.when))
                    || service.evidence.iter().any(|need| reads(&need.when))
                    || service.signatories.iter().any(|it| reads(&it.when))
            })
    });
    let readers: BTreeSet<ServiceId> = services.map(|part| part.service.clone()).collect();
    if readers.is_empty() {
        return matter.services.iter().map(|part| part.service.clone()).collect();
    }
    readers
}
