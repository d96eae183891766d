//! Everything that an item refers to, directly or through what it refers to.

use std::collections::BTreeSet;

use conditions::{Condition, Read};
use vocabulary::{
    DataElementId, EvidenceTypeId, GroupId, OrganisationId, RegimeId, SourceId, TableId, TopicId,
};

use super::{Canon, Canonical};
use crate::{Binds, Catalogue, Checked, Matter, PublicService};

/// Ids of what is referred to.
pub(super) struct Referred<'c> {
    catalogue: &'c Catalogue,
    elements: BTreeSet<DataElementId>,
    evidence_types: BTreeSet<EvidenceTypeId>,
    sources: BTreeSet<SourceId>,
    tables: BTreeSet<TableId>,
    groups: BTreeSet<GroupId>,
    topics: BTreeSet<TopicId>,
    regimes: BTreeSet<RegimeId>,
    organisations: BTreeSet<OrganisationId>,
}

impl<'c> Referred<'c> {
    fn new(catalogue: &'c Catalogue) -> Self {
        Self {
            catalogue,
            elements: BTreeSet::new(),
            evidence_types: BTreeSet::new(),
            sources: BTreeSet::new(),
            tables: BTreeSet::new(),
            groups: BTreeSet::new(),
            topics: BTreeSet::new(),
            regimes: BTreeSet::new(),
            organisations: BTreeSet::new(),
        }
    }

    pub(super) fn by_service(catalogue: &'c Catalogue, service: &PublicService) -> Self {
        let mut referred = Self::new(catalogue);
        referred.organisations.insert(service.authority.clone());
        referred.regimes.insert(service.regime.clone());
        referred.groups.extend(service.per.clone());
        for need in &service.fields {
            referred.element(&need.element);
            referred.condition(&need.when);
        }
        for need in &service.evidence {
            referred.evidence_type(&need.ty);
            for when in [&need.when, &need.commitment_when, &need.deferral_when] {
                referred.condition(when);
            }
        }
        for when in service.other_conditions() {
            referred.condition(when);
        }
        for line in service.checklist.iter().chain(&service.refusal_grounds) {
            for checked in &line.checks {
                match checked {
                    Checked::Element(element) => referred.element(element),
                    Checked::Evidence(ty) => referred.evidence_type(ty),
                }
            }
        }
        for signatory in &service.signatories {
            referred.element(&signatory.element);
            referred.condition(&signatory.when);
        }
        for output in &service.outputs {
            for element in output.elements.iter().chain(&output.holder).chain(&output.prints) {
                referred.element(element);
            }
            if let Some(evidence) = &output.evidence {
                referred.evidence_type(evidence);
            }
        }
        referred
    }

    pub(super) fn by_matter(catalogue: &'c Catalogue, matter: &Matter) -> Self {
        let mut referred = Self::new(catalogue);
        referred.organisations.insert(matter.lead.clone());
        referred.element(&matter.applicant_name);
        for part in &matter.services {
            referred.condition(&part.when);
            if let Some(done) = &part.already_done {
                referred.condition(done);
            }
        }
        for question in &matter.questions {
            match &question.binds {
                Binds::Element(element) => referred.element(element),
                Binds::CountOf(group) => {
                    referred.groups.insert(group.clone());
                }
            }
        }
        referred
    }

    fn condition(&mut self, condition: &Condition) {
        for read in condition.reads() {
            match read {
                Read::Element(element) => self.element(element),
                Read::Group(group) => {
                    self.groups.insert(group.clone());
                }
            }
        }
    }

    fn element(&mut self, id: &DataElementId) {
        let Some(element) = self.catalogue.elements.get(id) else {
            return;
        };
        if self.elements.insert(id.clone()) {
            self.topics.insert(element.topic.clone());
            self.groups.extend(element.group.clone());
            if let Some(table) = &element.table {
                self.table(table);
            }
            if let Some(source) = &element.source {
                self.source(source);
                self.condition(&element.source_when);
            }
        }
    }

    fn evidence_type(&mut self, id: &EvidenceTypeId) {
        let Some(ty) = self.catalogue.evidence_types.get(id) else {
            return;
        };
        if self.evidence_types.insert(id.clone()) {
            self.groups.extend(ty.per.clone());
            for source in self.catalogue.sources_of_evidence(id) {
                self.source(&source.id);
                if let Some(when) = source.evidence_when.get(id) {
                    self.condition(when);
                }
            }
        }
    }

    fn table(&mut self, id: &TableId) {
        let Some(table) = self.catalogue.tables.get(id) else {
            return;
        };
        if self.tables.insert(id.clone()) {
            for element in table.inputs.iter().chain(&table.outputs) {
                self.element(element);
            }
        }
    }

    fn source(&mut self, id: &SourceId) {
        let Some(source) = self.catalogue.sources.get(id) else {
            return;
        };
        if self.sources.insert(id.clone()) {
            self.organisations.insert(source.owner.clone());
            self.condition(&source.when);
        }
    }
}

impl Canonical for Referred<'_> {
    fn write(&self, canon: &mut Canon) {
        let Self {
            catalogue,
            elements,
            evidence_types,
            sources,
            tables,
            groups,
            topics,
            regimes,
            organisations,
        } = self;
        canon.items(elements.iter().filter_map(|id| catalogue.elements.get(id)));
        canon.items(evidence_types.iter().filter_map(|id| catalogue.evidence_types.get(id)));
        canon.items(sources.iter().filter_map(|id| catalogue.sources.get(id)));
        canon.items(tables.iter().filter_map(|id| catalogue.tables.get(id)));
        canon.items(groups.iter().filter_map(|id| catalogue.groups.get(id)));
        canon.items(topics.iter().filter_map(|id| catalogue.topics.get(id)));
        canon.items(regimes.iter().filter_map(|id| catalogue.regimes.get(id)));
        canon.items(organisations.iter().filter_map(|id| catalogue.organisations.get(id)));
    }
}
