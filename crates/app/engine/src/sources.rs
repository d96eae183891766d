//! Shared sources tell what people then need not type or bring.
//!
//! Only what is needed is asked: while questions are open, what the matter's conditions read; then also what
//! the plan's form wants. A source answers value, absent or unavailable; unavailable makes a slot degraded and
//! is never taken for absent. What the applicant gave or confirmed is never overwritten.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use catalogue::{Catalogue, DataElement, Matter, Source};
use conditions::{Condition, Read, Truth};
use plan::{FieldState, Plan, TakenWay};
use vocabulary::{
    DataElementId, Fact, Facts, GroupId, Instant, MemberId, Origin, Slot, SourceId, Value,
};

use crate::{Draft, Engine, EngineError, SourceAnswered, SourceAsk, SourceAsked, SourceReply};

/// What a source said is asked for again after this long, unless the applicant has confirmed it.
const FRESH_MINUTES: i64 = 15;
/// A source that takes longer is unavailable: the page must not hang on it.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often what the sources said is taken up anew because another page of the same draft was quicker.
const ATTEMPTS: u32 = 3;

impl Draft {
    /// Sources that deliver nothing for this applicant now: not reached, or asked and empty-handed.
    pub fn cannot_deliver(&self) -> BTreeSet<SourceId> {
        let absent =
            self.asked.iter().filter(|(_, asked)| asked.answered == SourceAnswered::Absent);
        self.unreachable.iter().chain(absent.map(|(source, _)| source)).cloned().collect()
    }
}

impl Engine {
    /// Asks every source that can tell something the draft still lacks, each once, all at the same time, and
    /// puts what they say into its facts (fetched, absent = null, or unavailable). Saves and returns the draft;
    /// when there is nothing to ask it comes back as it is.
    ///
    /// # Errors
    /// The matter is not offered, the draft was submitted or is gone, or a fault. Whoever opens the same draft
    /// twice at once is not told of it: the page that comes second goes on from what the first one saved.
    pub async fn fetch_sources(
        &self,
        mut draft: Draft,
        subject_key: &str,
    ) -> Result<Draft, EngineError> {
        let mut attempt = 1;
        loop {
            let (id, owner) = (draft.id, draft.owner);
            match self.ask_sources(draft, subject_key).await {
                Err(EngineError::StaleDraft { .. }) if attempt < ATTEMPTS => attempt += 1,
                settled => return settled,
            }
            draft = self.find_draft(owner, id).await?.ok_or(EngineError::NoDraft)?;
        }
    }

    async fn ask_sources(&self, mut draft: Draft, subject_key: &str) -> Result<Draft, EngineError> {
        let asks = self.asks(&draft).await?;
        if asks.is_empty() {
            return Ok(draft);
        }
        let purpose = draft.matter.to_string();
        let lookups = asks.into_iter().map(|(source, slots)| {
            let ask = SourceAsk {
                subject_key: subject_key.to_owned(),
                purpose: purpose.clone(),
                slots: slots.into_iter().collect(),
            };
            async move {
                let reply = self.sources().look_up(&source, &ask);
                let reply = tokio::time::timeout(PATIENCE, reply).await;
                (source, ask.slots, reply.unwrap_or(SourceReply::Unavailable))
            }
        });
        let replies = futures::future::join_all(lookups).await;
        let now = self.clock().now();
        if replies.iter().any(|(_, _, reply)| matches!(reply, SourceReply::Unavailable)) {
            self.keep_key(&draft, subject_key).await?;
        }
        for (source, slots, reply) in replies {
            take(&mut draft, &source, &slots, reply, now);
        }
        self.save_draft(draft).await
    }

    /// What to ask of whom.
    async fn asks(&self, draft: &Draft) -> Result<BTreeMap<SourceId, BTreeSet<Slot>>, EngineError> {
        let catalogue = self.catalogue();
        let matter = catalogue.matters.get(&draft.matter).ok_or(EngineError::NotOffered)?;
        let matter = &*matter.under(catalogue, &draft.standing, &draft.facts);
        let now = self.clock().now();
        let as_of = catalogue.civil_date(now);
        let mut wanted = slots_of(catalogue, &elements_read(catalogue, matter), &draft.facts);
        let mut asks: BTreeMap<SourceId, BTreeSet<Slot>> = BTreeMap::new();
        if !self.asks_on(draft, matter, as_of).await {
            let plan = self.plan_of(draft).await?;
            wanted.extend(form_slots(&plan));
            for source in evidence_sources(catalogue, &plan, draft, now) {
                asks.entry(source).or_default();
            }
        }
        let facts = catalogue.derive(&draft.facts, as_of);
        for slot in wanted {
            let Some((element, source)) = source_of(catalogue, &slot) else { continue };
            let scope = element.group.as_ref().zip(slot.member.as_ref());
            let told = source.tells(element, |when| when.evaluate(&facts, scope, as_of));
            let may_ask = told == Truth::True;
            if may_ask && !in_vain(draft, &source.id, now) && is_wanted(&draft.facts, &slot, now) {
                asks.entry(source.id.clone()).or_default().insert(slot);
            }
        }
        Ok(asks)
    }
}

/// Puts one reply into the draft.
fn take(draft: &mut Draft, source: &SourceId, slots: &[Slot], reply: SourceReply, now: Instant) {
    let origin = Origin::Source { source: source.clone(), at: now };
    let mut values = match reply {
        SourceReply::Values(values) => values,
        SourceReply::Absent => {
            // No record of this person at all tells nothing of any value: the person is asked instead.
            let asked = SourceAsked { at: now, answered: SourceAnswered::Absent };
            draft.unreachable.remove(source);
            draft.unanswered.retain(|_, unanswered| unanswered != source);
            draft.asked.insert(source.clone(), asked);
            return;
        }
        SourceReply::Unavailable => {
            for slot in slots {
                if draft.facts.get(slot).is_none() {
                    draft.facts.mark_unavailable(slot.clone(), source.clone());
                    draft.unanswered.insert(slot.clone(), source.clone());
                }
            }
            draft.unreachable.insert(source.clone());
            let asked = SourceAsked { at: now, answered: SourceAnswered::Unavailable };
            draft.asked.insert(source.clone(), asked);
            return;
        }
    };
    draft.unreachable.remove(source);
    draft
        .asked
        .insert(source.clone(), SourceAsked { at: now, answered: SourceAnswered::Delivered });
    for slot in slots {
        // Only what was asked: a source that says more than it was asked is not listened to.
        let value = values.remove(slot).unwrap_or(Value::Null);
        draft.unanswered.remove(slot);
        draft.facts.set(slot.clone(), Fact { value, origin: origin.clone() });
    }
}

/// The source had no record of this person a short while ago.
fn in_vain(draft: &Draft, source: &SourceId, now: Instant) -> bool {
    draft
        .asked
        .get(source)
        .is_some_and(|asked| asked.answered == SourceAnswered::Absent && !is_old(asked.at, now))
}

/// Unknown, or told by the source so long ago that it may have changed.
fn is_wanted(facts: &Facts, slot: &Slot, now: Instant) -> bool {
    match facts.get(slot).map(|fact| &fact.origin) {
        None => true,
        Some(Origin::Source { at, .. }) => is_old(*at, now),
        Some(
            Origin::Applicant
            | Origin::Confirmed { .. }
            | Origin::Output { .. }
            | Origin::Table { .. },
        ) => false,
    }
}

fn is_old(at: Instant, now: Instant) -> bool {
    now.duration_since(at).as_mins() >= FRESH_MINUTES
}

fn source_of<'c>(catalogue: &'c Catalogue, slot: &Slot) -> Option<(&'c DataElement, &'c Source)> {
    let element = catalogue.element(&slot.element)?;
    Some((element, catalogue.sources.get(element.source.as_ref()?)?))
}

/// Fields that a source might fill in.
fn form_slots(plan: &Plan) -> impl Iterator<Item = Slot> {
    plan.form.iter().flat_map(|topic| &topic.fields).filter_map(|field| match &field.state {
        FieldState::Missing | FieldState::Unavailable { .. } | FieldState::Fetched { .. } => {
            Some(field.slot.clone())
        }
        FieldState::Given { .. }
        | FieldState::Confirmed { .. }
        | FieldState::Computed { .. }
        | FieldState::FromOutput { .. } => None,
    })
}

/// Sources from which the plan wants evidence, and those that could give it but failed when last asked.
fn evidence_sources(
    catalogue: &Catalogue,
    plan: &Plan,
    draft: &Draft,
    now: Instant,
) -> BTreeSet<SourceId> {
    let mut sources = BTreeSet::new();
    for evidence in &plan.evidence {
        match &evidence.way {
            TakenWay::Source { source } => {
                let fresh = draft.asked.get(source).is_some_and(|asked| !is_old(asked.at, now));
                if !fresh {
                    sources.insert(source.clone());
                }
            }
            TakenWay::Upload
            | TakenWay::Licence
            | TakenWay::Output { .. }
            | TakenWay::Commitment
            | TakenWay::Deferral
            | TakenWay::Generated => {
                let failed = catalogue.sources_of_evidence(&evidence.key.ty).into_iter();
                let failed = failed.filter(|source| {
                    draft.unreachable.contains(&source.id)
                        && evidence.other_ways.contains(&catalogue::Way::Source)
                });
                sources.extend(failed.map(|source| source.id.clone()));
            }
        }
    }
    sources
}

/// Every element that a condition of the matter reads or a question binds, and what tables find those from.
pub(crate) fn elements_read(catalogue: &Catalogue, matter: &Matter) -> BTreeSet<DataElementId> {
    let mut elements = BTreeSet::new();
    let mut read = |condition: &Condition| {
        elements.extend(condition.reads().iter().filter_map(|read| match read {
            Read::Element(element) => Some(element.clone()),
            Read::Group(_) => None,
        }));
    };
    for part in &matter.services {
        read(&part.when);
        part.already_done.iter().for_each(&mut read);
    }
    for service in catalogue.services_of(matter) {
        service.other_conditions().for_each(&mut read);
        service.fields.iter().for_each(|need| read(&need.when));
        for need in &service.evidence {
            [&need.when, &need.commitment_when, &need.deferral_when]
                .into_iter()
                .for_each(&mut read);
            if need.ways.contains(&catalogue::Way::Source) {
                for source in catalogue.sources_of_evidence(&need.ty) {
                    read(&source.when);
                    source.evidence_when.get(&need.ty).into_iter().for_each(&mut read);
                }
            }
        }
        service.signatories.iter().for_each(|signatory| read(&signatory.when));
    }
    for question in &matter.questions {
        if let catalogue::Binds::Element(element) = &question.binds {
            elements.insert(element.clone());
        }
    }
    // What a table finds is known when what it reads is.
    for service in catalogue.services_of(matter) {
        elements.extend(service.fields.iter().flat_map(|it| catalogue.found_from(&it.element)));
    }
    let behind: Vec<_> = elements.iter().flat_map(|it| catalogue.found_from(it)).collect();
    elements.extend(behind);
    elements
}

/// The slots of these elements, for each member where the number of members is known.
pub(crate) fn slots_of(
    catalogue: &Catalogue,
    elements: &BTreeSet<DataElementId>,
    facts: &Facts,
) -> BTreeSet<Slot> {
    let members = |group: &GroupId| -> Vec<MemberId> {
        facts.members(group).map(<[MemberId]>::to_vec).unwrap_or_default()
    };
    let mut slots = BTreeSet::new();
    for id in elements {
        match catalogue.element(id).and_then(|element| element.group.as_ref()) {
            None => {
                slots.insert(Slot { element: id.clone(), member: None });
            }
            Some(group) => slots.extend(
                members(group)
                    .into_iter()
                    .map(|member| Slot { element: id.clone(), member: Some(member) }),
            ),
        }
    }
    slots
}
