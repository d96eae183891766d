//! Catalogue + facts → the next question, or "enough is known".
//!
//! State is in the facts only, so any page can be reloaded, shared or resumed. Asks only what an undecided
//! condition that can still matter reads ([`next`]) or, with the matter's proof, only what can still change the plan
//! ([`next_with`]); never what a source or an earlier answer already tells. Fetches nothing and keeps nothing.
//!
//! ```
//! # use yijianshi_interview as interview;
//! # let file = |name: &str, text: &str| catalogue::SourceFile { name: name.into(), text: text.into() };
//! # let files = [
//! #     file("base", include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../definitions/sample/base.toml"))),
//! #     file("matters", include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../definitions/sample/matters.toml"))),
//! #     file("services", include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../definitions/sample/services.toml"))),
//! #     file("tables/stall-class.2020.csv", include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../definitions/sample/tables/stall-class.2020.csv"))),
//! #     file("tables/stall-class.2026.dmn", include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../definitions/sample/tables/stall-class.2026.dmn"))),
//! # ];
//! use interview::{Turn, next};
//! use vocabulary::{Date, Facts};
//!
//! let catalogue = catalogue::compile(&files).catalogue.unwrap();
//! let matter = catalogue.matter("open-a-tea-stall").unwrap();
//! let today = Date::constant(2026, 9, 4);
//! let Turn::Ask(asking) = next(&catalogue, matter, &Facts::new(), &|_| true, today) else { panic!() };
//! assert_eq!(asking.question.id.as_str(), "resident");
//! assert_eq!(asking.left_at_most, 12);
//! ```

pub mod answer;
mod proved;
mod relevance;

use std::collections::BTreeSet;

use catalogue::{Binds, Catalogue, DataElement, Matter, Question};
use vocabulary::standing::Standing;
use vocabulary::{
    DataElementId, Date, Facts, GroupId, MemberId, NodeKey, ServiceId, Slot, SourceId,
};

pub use answer::{AnswerFinding, accept_value, check_order};
use proof::Proof;
use relevance::{Delivery, Relevance};

/// What to do next.
#[derive(Debug)]
pub enum Turn<'c> {
    Ask(Asking<'c>),
    Enough,
}

/// One question, for one member of a group if it is repeated.
#[derive(Debug)]
pub struct Asking<'c> {
    pub question: &'c Question,
    pub member: Option<MemberId>,
    /// How many questions are left at most, this one included.
    pub left_at_most: u32,
    /// Services that the answer can bring in or leave out, or whose needs it can change: why we ask.
    pub matters_to: Vec<ServiceId>,
}

/// A question already answered, in the order asked.
#[derive(Debug)]
pub struct Answered<'c> {
    pub question: &'c Question,
    pub member: Option<MemberId>,
    /// Still read by some condition; false = kept but ignored.
    pub relevant: bool,
}

/// The next turn. `reachable` tells whether a source can deliver now: what a reachable source of truth
/// delivers is not asked.
pub fn next<'c>(
    catalogue: &'c Catalogue,
    matter: &'c Matter,
    facts: &Facts,
    reachable: &dyn Fn(&SourceId) -> bool,
    as_of: Date,
) -> Turn<'c> {
    match open(catalogue, matter, facts, reachable, as_of).into_iter().next() {
        Some(asking) => Turn::Ask(asking),
        None => Turn::Enough,
    }
}

/// As [`next`], with the matter's proof: asks only what can still change the plan, in the order that costs
/// least, and knows exactly how many questions are left at most. Without a proof, or where the facts lie outside
/// what it proved, the conditions themselves decide as in [`next`].
pub fn next_with<'c>(
    proof: Option<&Proof>,
    catalogue: &'c Catalogue,
    matter: &'c Matter,
    facts: &Facts,
    reachable: &dyn Fn(&SourceId) -> bool,
    as_of: Date,
) -> Turn<'c> {
    match open_with(proof, catalogue, matter, facts, reachable, as_of).into_iter().next() {
        Some(asking) => Turn::Ask(asking),
        None => Turn::Enough,
    }
}

/// As [`next_with`], for somebody who stands somewhere with the matter already: `matter` is what
/// [`Matter::under`] has left of it, and the proof, if any, is of that.
pub fn next_under<'c>(
    proof: Option<&Proof>,
    catalogue: &'c Catalogue,
    under: (&'c Matter, &Standing),
    facts: &Facts,
    reachable: &dyn Fn(&SourceId) -> bool,
    as_of: Date,
) -> Turn<'c> {
    match open_under(proof, catalogue, under, facts, reachable, as_of).into_iter().next() {
        Some(asking) => Turn::Ask(asking),
        None => Turn::Enough,
    }
}

/// As [`open_with`], likewise: what only matters to services that are done for a member is not asked of him.
pub fn open_under<'c>(
    proof: Option<&Proof>,
    catalogue: &'c Catalogue,
    (matter, standing): (&'c Matter, &Standing),
    facts: &Facts,
    reachable: &dyn Fn(&SourceId) -> bool,
    as_of: Date,
) -> Vec<Asking<'c>> {
    let mut open = open_with(proof, catalogue, matter, facts, reachable, as_of);
    let is_done = |service: &ServiceId, member: &MemberId| {
        let node = NodeKey { service: service.clone(), member: Some(member.clone()) };
        standing.done.contains_key(&node)
    };
    open.retain(|asking| {
        let Some(member) = &asking.member else { return true };
        asking.matters_to.is_empty()
            || !asking.matters_to.iter().all(|service| is_done(service, member))
    });
    open
}

/// As [`open`], with the matter's proof: see [`next_with`].
pub fn open_with<'c>(
    proof: Option<&Proof>,
    catalogue: &'c Catalogue,
    matter: &'c Matter,
    facts: &Facts,
    reachable: &dyn Fn(&SourceId) -> bool,
    as_of: Date,
) -> Vec<Asking<'c>> {
    let holds = |proof: &&Proof| {
        *proof.matter() == matter.id
            && *proof.matter_revision() == matter.revision
            && proof.as_of() == as_of
            && proof.sources().iter().all(reachable)
    };
    let proved = proof.filter(holds);
    let exact = proved.and_then(|proof| proved::open(proof, catalogue, matter, facts, reachable));
    exact.unwrap_or_else(|| open(catalogue, matter, facts, reachable, as_of))
}

/// Every question that could be asked now, in the author's order; [`next`] asks the first. Whoever lets a
/// person choose what to answer (a window clerk) offers these.
pub fn open<'c>(
    catalogue: &'c Catalogue,
    matter: &'c Matter,
    facts: &Facts,
    reachable: &dyn Fn(&SourceId) -> bool,
    as_of: Date,
) -> Vec<Asking<'c>> {
    let facts = &*catalogue.derive(facts, as_of);
    let relevance = Relevance::of(catalogue, matter, facts, reachable, as_of);
    let list = Open { catalogue, facts, relevance };
    let mut asked = list.questions(matter, Delivery::Perhaps);
    if asked.is_empty() {
        // Nothing left can tell whether these sources may be asked: ask the person after all.
        asked = list.questions(matter, Delivery::Can);
    }
    let left_at_most = list.left_at_most(matter);
    for asking in &mut asked {
        asking.left_at_most = left_at_most;
    }
    asked
}

/// Questions that have an answer, for the check page and "back".
///
/// The interview is replayed over the answers: a question that would be asked on the way is relevant; one
/// that an earlier answer has since closed is kept but ignored. What the person declined counts as
/// answered; what a source told does not.
pub fn answered<'c>(
    catalogue: &'c Catalogue,
    matter: &'c Matter,
    facts: &Facts,
    as_of: Date,
) -> Vec<Answered<'c>> {
    let mut bare = facts.clone();
    let mut rest: Vec<(&'c Question, Option<MemberId>)> = Vec::new();
    for question in &matter.questions {
        for member in answers_to(catalogue, question, facts) {
            match slot_of(question, member.as_ref()) {
                Some(slot) => bare.forget(&slot),
                None => forget_size(question, &mut bare),
            }
            rest.push((question, member));
        }
    }
    let mut replayed = Vec::new();
    loop {
        let asked = open(catalogue, matter, &bare, &|_| false, as_of);
        let found = asked.iter().find_map(|asking| {
            rest.iter().position(|(question, member)| {
                question.id == asking.question.id && *member == asking.member
            })
        });
        let Some(found) = found else { break };
        let (question, member) = rest.remove(found);
        restore(question, member.as_ref(), facts, &mut bare);
        replayed.push(Answered { question, member, relevant: true });
    }
    let ignored =
        rest.into_iter().map(|(question, member)| Answered { question, member, relevant: false });
    replayed.extend(ignored);
    replayed
}

/// The slot under which a declined "how many?" is remembered: the group's own name.
pub fn size_slot(group: &GroupId) -> Slot {
    Slot::single(DataElementId::new(group.as_str()))
}

/// The members for whom the person answered or declined the question; one `None` if it is not repeated.
fn answers_to(catalogue: &Catalogue, question: &Question, facts: &Facts) -> Vec<Option<MemberId>> {
    let answered = |slot: &Slot| {
        facts.is_declined(slot)
            || facts.get(slot).is_some_and(|fact| fact.origin == vocabulary::Origin::Applicant)
    };
    match &question.binds {
        Binds::CountOf(group) => {
            let known = facts.members(group).is_some() || facts.is_declined(&size_slot(group));
            if known { vec![None] } else { Vec::new() }
        }
        Binds::Element(id) => {
            let group = catalogue.element(id).and_then(|element| element.group.as_ref());
            let members: Vec<Option<MemberId>> = match group {
                None => vec![None],
                Some(group) => {
                    facts.members(group).into_iter().flatten().cloned().map(Some).collect()
                }
            };
            let slot =
                |member: &Option<MemberId>| Slot { element: id.clone(), member: member.clone() };
            members.into_iter().filter(|member| answered(&slot(member))).collect()
        }
    }
}

fn slot_of(question: &Question, member: Option<&MemberId>) -> Option<Slot> {
    match &question.binds {
        Binds::Element(id) => Some(Slot { element: id.clone(), member: member.cloned() }),
        Binds::CountOf(_) => None,
    }
}

fn forget_size(question: &Question, facts: &mut Facts) {
    if let Binds::CountOf(group) = &question.binds {
        facts.forget_members(group);
        facts.forget(&size_slot(group));
    }
}

fn restore(question: &Question, member: Option<&MemberId>, from: &Facts, to: &mut Facts) {
    match &question.binds {
        Binds::Element(id) => {
            let slot = Slot { element: id.clone(), member: member.cloned() };
            match from.get(&slot) {
                Some(fact) => to.set(slot, fact.clone()),
                None => to.decline(slot),
            }
        }
        Binds::CountOf(group) => match from.members(group) {
            Some(members) => to.set_members(group.clone(), members.to_vec()),
            None => to.decline(size_slot(group)),
        },
    }
}

/// The questions as the facts leave them.
struct Open<'c, 'f> {
    catalogue: &'c Catalogue,
    facts: &'f Facts,
    relevance: Relevance<'f>,
}

impl<'c> Open<'c, '_> {
    /// Unanswered questions that something waits for. A source that delivers at least as surely as
    /// `trusted` spares its question.
    fn questions(&self, matter: &'c Matter, trusted: Delivery) -> Vec<Asking<'c>> {
        let mut asked = Vec::new();
        for question in &matter.questions {
            let mut ask = |member: Option<MemberId>, services: BTreeSet<ServiceId>| {
                if !services.is_empty() {
                    let matters_to = in_matter_order(matter, &services);
                    asked.push(Asking { question, member, left_at_most: 0, matters_to });
                }
            };
            match &question.binds {
                Binds::CountOf(group) if self.size_is_open(group) => {
                    ask(None, self.relevance.waiting_for_size(group));
                }
                Binds::CountOf(_) => {}
                Binds::Element(id) => {
                    let Some(element) = self.catalogue.element(id) else {
                        continue;
                    };
                    for member in self.known_members(element) {
                        if self.is_open(element, member.as_ref(), trusted) {
                            let services = self.relevance.waiting_for_element(id, member.as_ref());
                            ask(member, services);
                        }
                    }
                }
            }
        }
        asked
    }

    /// A bound that holds whatever is answered: every question still open that an undecided condition
    /// reads at all, for as many members as there may be.
    fn left_at_most(&self, matter: &Matter) -> u32 {
        let mut left = 0u32;
        for question in &matter.questions {
            let more = match &question.binds {
                Binds::CountOf(group) => {
                    u32::from(self.size_is_open(group) && self.relevance.may_want_size(group))
                }
                Binds::Element(id) => {
                    self.catalogue.element(id).map_or(0, |element| self.slots_left(element))
                }
            };
            left = left.saturating_add(more);
        }
        left
    }

    fn slots_left(&self, element: &DataElement) -> u32 {
        let unknown_size = element.group.as_ref().filter(|g| self.facts.members(g).is_none());
        if let Some(group) = unknown_size {
            let max = self.catalogue.groups.get(group).map_or(1, |group| group.max);
            return if self.relevance.may_want_element(element, None) { max } else { 0 };
        }
        let wanted = self.known_members(element).into_iter().filter(|member| {
            self.is_open(element, member.as_ref(), Delivery::Can)
                && self.relevance.may_want_element(element, member.as_ref())
        });
        u32::try_from(wanted.count()).unwrap_or(u32::MAX)
    }

    fn size_is_open(&self, group: &GroupId) -> bool {
        self.facts.members(group).is_none() && !self.facts.is_declined(&size_slot(group))
    }

    fn is_open(&self, element: &DataElement, member: Option<&MemberId>, trusted: Delivery) -> bool {
        let slot = Slot { element: element.id.clone(), member: member.cloned() };
        if self.facts.get(&slot).is_some() || self.facts.is_declined(&slot) {
            return false;
        }
        match self.relevance.delivery(element, &slot) {
            Delivery::Can => false,
            Delivery::Perhaps => trusted == Delivery::Can,
            Delivery::Cannot => true,
        }
    }

    /// The members to ask about; none while their number is unknown.
    fn known_members(&self, element: &DataElement) -> Vec<Option<MemberId>> {
        match &element.group {
            None => vec![None],
            Some(group) => {
                self.facts.members(group).into_iter().flatten().cloned().map(Some).collect()
            }
        }
    }
}

fn in_matter_order(matter: &Matter, services: &BTreeSet<ServiceId>) -> Vec<ServiceId> {
    let ids = matter.services.iter().map(|part| &part.service);
    ids.filter(|id| services.contains(*id)).cloned().collect()
}
