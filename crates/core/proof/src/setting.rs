//! What a matter reads, asks and repeats: from its definitions to coded variables.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use catalogue::{Binds, Catalogue, DataElement, Matter, Question, Way};
use conditions::{Condition, Read};
use vocabulary::{DataElementId, Date, GroupId, SourceId};

use crate::Subject;
use crate::axis::Axis;
use crate::draft::{Drafts, Topic};
use crate::model::{Judging, Model, Wanted};
use crate::reads::symbol_id;

/// Symbolic members are made for so many at most, each by itself.
const MOST_SYMBOLS: u32 = 12;

/// How a group's members are told apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Members {
    /// A generic one and another; sizes only as far as conditions tell them apart.
    Generic,
    /// Each by itself, every size by itself.
    Each,
}

/// All that the matter's conditions and questions are about.
pub(crate) struct Setting<'c> {
    pub(crate) catalogue: &'c Catalogue,
    pub(crate) matter: &'c Matter,
    conditions: Vec<(&'c Condition, Option<&'c GroupId>)>,
    /// In the order in which they are met: asked first, then read.
    elements: Vec<&'c DataElement>,
    groups: BTreeSet<&'c GroupId>,
    sources: BTreeSet<SourceId>,
    /// Elements that tables find.
    found: BTreeSet<&'c DataElementId>,
    /// Elements that some service receives.
    fields: BTreeSet<&'c DataElementId>,
    pub(crate) drafts: Drafts<'c>,
}

impl<'c> Setting<'c> {
    pub(crate) fn of(catalogue: &'c Catalogue, matter: &'c Matter, as_of: Date) -> Self {
        let mut setting = Self {
            catalogue,
            matter,
            conditions: Vec::new(),
            elements: Vec::new(),
            groups: BTreeSet::new(),
            sources: BTreeSet::new(),
            found: BTreeSet::new(),
            fields: BTreeSet::new(),
            drafts: Drafts::new(catalogue, as_of),
        };
        for question in &matter.questions {
            match &question.binds {
                Binds::CountOf(group) => setting.group(Some(group)),
                Binds::Element(id) => setting.element(id),
            }
        }
        for part in &matter.services {
            setting.part(part);
        }
        setting.divide();
        setting
    }

    fn group(&mut self, group: Option<&'c GroupId>) {
        self.groups.extend(group);
    }

    /// An element that is asked or read, with what decides whether its source can tell it.
    fn element(&mut self, id: &DataElementId) {
        let Some(element) = self.catalogue.element(id) else {
            return;
        };
        if self.elements.iter().any(|known| known.id == *id) {
            return;
        }
        if element.table.is_some() {
            // Not decided by itself: a table finds it.
            if self.found.insert(&element.id) {
                self.group(element.group.as_ref());
                for input in self.catalogue.found_from(&element.id) {
                    self.element(&input);
                }
            }
            return;
        }
        self.elements.push(element);
        self.group(element.group.as_ref());
        if let Some(source) = element.source.as_ref().and_then(|id| self.catalogue.sources.get(id))
        {
            self.sources.insert(source.id.clone());
            self.condition(&source.when, element.group.as_ref());
            self.condition(&element.source_when, element.group.as_ref());
        }
    }

    fn condition(&mut self, condition: &'c Condition, scope: Option<&'c GroupId>) {
        let same = |(known, of): &(&Condition, Option<&GroupId>)| {
            known.source() == condition.source() && *of == scope
        };
        if condition.is_always() || self.conditions.iter().any(same) {
            return;
        }
        self.conditions.push((condition, scope));
        for read in condition.reads() {
            match read {
                Read::Element(id) => self.element(id),
                Read::Group(id) => {
                    self.group(self.catalogue.groups.get_key_value(id).map(|(id, _)| id));
                }
            }
        }
    }

    fn part(&mut self, part: &'c catalogue::MatterService) {
        let Some(service) = self.catalogue.service(&part.service) else {
            return;
        };
        let per = service.per.as_ref();
        self.group(per);
        self.condition(&part.when, per);
        if let Some(done) = &part.already_done {
            self.condition(done, per);
        }
        for condition in service.other_conditions() {
            self.condition(condition, per);
        }
        for need in &service.fields {
            let group = self.catalogue.element(&need.element).and_then(|it| it.group.as_ref());
            self.fields.insert(&need.element);
            self.group(group);
            self.condition(&need.when, per.or(group));
        }
        for need in &service.evidence {
            let ty = self.catalogue.evidence_types.get(&need.ty);
            let group = ty.and_then(|ty| ty.per.as_ref());
            self.group(group);
            for condition in [&need.when, &need.commitment_when, &need.deferral_when] {
                self.condition(condition, per.or(group));
            }
            if need.ways.contains(&Way::Source) {
                for source in self.catalogue.sources_of_evidence(&need.ty) {
                    self.sources.insert(source.id.clone());
                    self.condition(&source.when, group);
                    if let Some(when) = source.evidence_when.get(&need.ty) {
                        self.condition(when, group);
                    }
                }
            }
        }
        for signatory in &service.signatories {
            let group = self.catalogue.element(&signatory.element).and_then(|it| it.group.as_ref());
            self.group(group);
            self.condition(&signatory.when, per.or(group));
        }
    }

    /// Sources that tell elements or deliver evidence.
    pub(crate) fn sources(&self) -> BTreeSet<SourceId> {
        self.sources.clone()
    }

    /// The question that asks the subject's topic.
    pub(crate) fn question(&self, subject: &Subject) -> Option<&'c Question> {
        self.matter.questions.iter().find(|question| match (&question.binds, subject) {
            (Binds::CountOf(group), Subject::Size(size)) => group == size,
            (Binds::Element(id), Subject::Element(slot)) => *id == slot.element,
            _ => false,
        })
    }

    pub(crate) fn is_field(&self, element: &DataElementId) -> bool {
        self.fields.contains(element)
    }

    fn divide(&mut self) {
        for group in &self.groups {
            let asks = |question: &&Question| question.binds == Binds::CountOf((*group).clone());
            let question = self.matter.questions.iter().find(asks);
            self.drafts.add_group(group, question.is_some_and(|question| question.may_decline));
        }
        for element in &self.elements {
            let asks = |it: &&Question| it.binds == Binds::Element(element.id.clone());
            let question = self.matter.questions.iter().find(asks);
            let unknown = question.is_none_or(|question| question.may_decline);
            self.drafts.add_element(element, element.source.is_some(), unknown);
        }
        for found in &self.found {
            self.drafts.add_table(found);
        }
        for (condition, _) in &self.conditions {
            self.drafts.name_texts(condition);
        }
        for (condition, scope) in &self.conditions {
            self.drafts.divide(condition, *scope);
        }
        self.drafts.join_null();
    }

    /// Codes the variables.
    pub(crate) fn model(&self, members: Members, skips: bool) -> Judging<'c> {
        let mut bench = self.drafts.bench.clone();
        let mut topics = self.drafts.topics.clone();
        if members == Members::Each {
            for (group, symbols) in &mut bench.symbols {
                let most = bench.most.get(group).copied().unwrap_or_default().min(MOST_SYMBOLS);
                *symbols = usize::try_from(most).unwrap_or_default();
                if let Some(draft) = topics.get_mut(&Topic::Size(group.clone()))
                    && let Axis::Ordered(sizes) = &mut draft.axis
                {
                    let each = (0..=i128::from(most).saturating_add(1))
                        .filter(|size| *size > sizes.low && *size <= sizes.high);
                    sizes.starts.extend(each);
                }
            }
        }
        let opaque_bits = self.drafts.opaque.iter().map(|(_, groups)| {
            let members = groups.iter().map(|group| bench.symbols.get(group).copied().unwrap_or(1));
            members.fold(1usize, usize::saturating_mul)
        });
        let opaque_bits = opaque_bits.fold(0, usize::saturating_add).min(4096);
        let texts: BTreeSet<Arc<str>> =
            self.drafts.opaque.iter().map(|(text, _)| text.clone()).collect();
        let wanted = self.wanted(&bench.symbols, skips);
        let unsized_groups = self.drafts.unsized_groups.clone();
        let drafts = (bench, topics, unsized_groups);
        Judging::new(self.catalogue, drafts, wanted, (texts, opaque_bits))
    }

    /// The variables in the order of the questions; a group's members one after the other.
    fn wanted(&self, symbols: &BTreeMap<GroupId, usize>, skips: bool) -> Vec<Wanted> {
        let mut subjects: Vec<Subject> = Vec::new();
        let mut blocks: BTreeSet<&GroupId> = BTreeSet::new();
        let asked = self.matter.questions.iter().map(|question| &question.binds);
        let in_order = asked.filter_map(|binds| match binds {
            Binds::CountOf(group) => self.groups.get(group).map(|group| Topicwise::Size(group)),
            Binds::Element(id) => {
                self.elements.iter().find(|it| it.id == *id).map(|it| Topicwise::Element(it))
            }
        });
        let rest = self.groups.iter().map(|group| Topicwise::Size(group));
        let rest = rest.chain(self.elements.iter().map(|element| Topicwise::Element(element)));
        for topic in in_order.chain(rest) {
            match topic {
                Topicwise::Size(group) => subjects.push(Subject::Size(group.clone())),
                Topicwise::Element(element) => match &element.group {
                    None => subjects.push(Subject::Element(Model::slot(&element.id, None))),
                    Some(group) => {
                        if blocks.insert(group) {
                            subjects.push(Subject::Size(group.clone()));
                            let count = symbols.get(group).copied().unwrap_or_default();
                            subjects.extend((0..count).flat_map(|at| self.of_member(group, at)));
                        }
                    }
                },
            }
        }
        if skips {
            let optional = self.matter.services.iter().filter(|part| part.optional);
            subjects.extend(optional.map(|part| Subject::Skip(part.service.clone())));
        }
        let mut known = BTreeSet::new();
        subjects.retain(|subject| known.insert(subject.clone()));
        let wanted = subjects.into_iter().map(|subject| {
            let question = self.question(&subject).map(|question| question.id.clone());
            Wanted { subject, question }
        });
        wanted.collect()
    }

    fn of_member(&self, group: &'c GroupId, position: usize) -> impl Iterator<Item = Subject> {
        let elements = self.elements.iter().filter(move |it| it.group.as_ref() == Some(group));
        let slots = elements.map(move |it| vocabulary::Slot {
            element: it.id.clone(),
            member: Some(symbol_id(position)),
        });
        slots.map(Subject::Element)
    }
}

enum Topicwise<'c> {
    Size(&'c GroupId),
    Element(&'c DataElement),
}
