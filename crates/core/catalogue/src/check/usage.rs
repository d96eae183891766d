//! Things that nobody uses: warnings only.

use std::collections::BTreeSet;

use conditions::{Condition, Read};
use vocabulary::{DataElementId, EvidenceTypeId};

use super::Check;
use crate::codes;
use crate::{Binds, Matter, PublicService, Table};

impl Check<'_, '_, '_> {
    pub(super) fn usage(&mut self) {
        self.unused_elements();
        self.unused_evidence();
        self.unused_services();
    }

    fn unused_elements(&mut self) {
        let mut used = BTreeSet::new();
        for service in self.catalogue.services.values() {
            elements_of_service(service, &mut used);
        }
        for matter in self.catalogue.matters.values() {
            elements_of_matter(matter, &mut used);
        }
        for source in self.catalogue.sources.values() {
            read_elements(&source.when, &mut used);
            source.evidence_when.values().for_each(|when| read_elements(when, &mut used));
        }
        for element in self.catalogue.elements.values() {
            read_elements(&element.source_when, &mut used);
        }
        // One output that is used makes the table used, with all that it reads and gives; that may be what another
        // table gives.
        let mut rest: Vec<_> = self.catalogue.tables.values().collect();
        loop {
            let is_used = |table: &&Table| table.outputs.iter().any(|it| used.contains(it));
            let (found, others): (Vec<_>, Vec<_>) = rest.into_iter().partition(is_used);
            if found.is_empty() {
                break;
            }
            used.extend(found.iter().flat_map(|table| table.inputs.iter().chain(&table.outputs)));
            rest = others;
        }
        for placed in &self.written.elements {
            let id = &placed.item.id;
            if !used.contains(&DataElementId::from(id.get_ref().as_str())) {
                let message = format!("nothing uses data element `{id}`");
                self.report.warn(codes::UNUSED_ELEMENT, placed.place(id), message, None);
            }
        }
    }

    fn unused_evidence(&mut self) {
        let services = self.catalogue.services.values();
        let used: BTreeSet<&EvidenceTypeId> = services
            .flat_map(|service| {
                let produced = service.outputs.iter().filter_map(|it| it.evidence.as_ref());
                service.evidence.iter().map(|need| &need.ty).chain(produced)
            })
            .collect();
        for placed in &self.written.evidence_types {
            let id = &placed.item.id;
            if !used.contains(&EvidenceTypeId::from(id.get_ref().as_str())) {
                let message = format!("no service needs or produces evidence `{id}`");
                self.report.warn(codes::UNUSED_EVIDENCE, placed.place(id), message, None);
            }
        }
    }

    fn unused_services(&mut self) {
        let parts = self.catalogue.matters.values().flat_map(|matter| &matter.services);
        let used: BTreeSet<_> = parts.map(|part| part.service.as_str()).collect();
        for placed in &self.written.services {
            let id = &placed.item.id;
            if !used.contains(id.get_ref().as_str()) {
                let message = format!("no matter joins service `{id}`");
                self.report.warn(codes::UNUSED_SERVICE, placed.place(id), message, None);
            }
        }
    }
}

fn elements_of_service<'c>(service: &'c PublicService, used: &mut BTreeSet<&'c DataElementId>) {
    for need in &service.fields {
        used.insert(&need.element);
        read_elements(&need.when, used);
    }
    for need in &service.evidence {
        for when in [&need.when, &need.commitment_when, &need.deferral_when] {
            read_elements(when, used);
        }
    }
    service.other_conditions().for_each(|when| read_elements(when, used));
    // Only what the service receives can be looked at, so a line's `checks` make nothing used.
    for signatory in &service.signatories {
        used.insert(&signatory.element);
        read_elements(&signatory.when, used);
    }
    for output in &service.outputs {
        used.extend(output.elements.iter().chain(&output.prints).chain(&output.holder));
    }
}

fn elements_of_matter<'c>(matter: &'c Matter, used: &mut BTreeSet<&'c DataElementId>) {
    used.insert(&matter.applicant_name);
    for part in &matter.services {
        read_elements(&part.when, used);
        if let Some(done) = &part.already_done {
            read_elements(done, used);
        }
    }
    for question in &matter.questions {
        if let Binds::Element(element) = &question.binds {
            used.insert(element);
        }
    }
}

fn read_elements<'c>(condition: &'c Condition, used: &mut BTreeSet<&'c DataElementId>) {
    used.extend(condition.reads().iter().filter_map(|read| match read {
        Read::Element(element) => Some(element),
        Read::Group(_) => None,
    }));
}
