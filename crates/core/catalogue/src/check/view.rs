//! One matter with everything that its services bring in: conditions, elements, groups, each with the
//! place where it is written.

use std::collections::BTreeSet;

use conditions::{Condition, Read};
use vocabulary::{DataElementId, EvidenceTypeId, GroupId};

use super::Check;
use crate::read::Placed;
use crate::report::Place;
use crate::written::{MatterAsWritten, ServiceAsWritten, Spanned};
use crate::{Binds, Matter, PublicService, Way};

/// What a matter reads, needs and is given.
#[derive(Debug, Default)]
pub(super) struct View<'c> {
    /// Every condition that can be evaluated for the matter.
    pub(super) conditions: Vec<(Place, &'c Condition)>,
    /// Elements on the form.
    pub(super) fields: BTreeSet<&'c DataElementId>,
    /// Elements that must have a value but are not fields by themselves, with what they are for.
    pub(super) must_have: Vec<(Place, &'c DataElementId, String)>,
    /// Groups whose members must be known, with what is repeated.
    pub(super) repeated: Vec<(Place, GroupId, String)>,
    pub(super) asked: BTreeSet<&'c DataElementId>,
    pub(super) counted: BTreeSet<&'c GroupId>,
    pub(super) produced: BTreeSet<&'c DataElementId>,
    /// What tables find from others: of all that is read or needed, what it is found from.
    pub(super) behind_tables: BTreeSet<DataElementId>,
}

impl<'c> Check<'c, '_, '_> {
    pub(super) fn view(&self, placed: &'c Placed<MatterAsWritten>, matter: &'c Matter) -> View<'c> {
        let mut view = View::default();
        for question in &matter.questions {
            match &question.binds {
                Binds::Element(element) => view.asked.insert(element),
                Binds::CountOf(group) => view.counted.insert(group),
            };
        }
        let applicant = placed.place(&placed.item.applicant_name);
        let what = "naming the applicant".to_owned();
        view.must_have.push((applicant, &matter.applicant_name, what));
        for (written, part) in placed.item.service.iter().zip(&matter.services) {
            if let Some(when) = &written.when {
                view.conditions.push((placed.place(when), &part.when));
            }
            if let (Some(written), Some(done)) = (&written.already_done, &part.already_done) {
                view.conditions.push((placed.place(written), done));
            }
        }
        self.add_services(&mut view, matter);
        self.add_tables(&mut view);
        self.add_sources(&mut view, matter);
        // The conditions of sources may read what tables find.
        self.add_tables(&mut view);
        view
    }

    fn add_services(&self, view: &mut View<'c>, matter: &'c Matter) {
        for (placed, service) in self.services_of(matter) {
            let written = &placed.item;
            if let (Some(per), Some(group)) = (&written.per, &service.per) {
                let what = format!("service `{}`", service.id);
                view.repeated.push((placed.place(per), group.clone(), what));
            }
            add_other_conditions(view, placed, service);
            for (written, need) in written.field.iter().zip(&service.fields) {
                view.fields.insert(&need.element);
                if self.catalogue.table_of(&need.element).is_some() {
                    let what = format!("field `{}`", need.element);
                    view.must_have.push((placed.place(&written.element), &need.element, what));
                }
                if let Some(when) = &written.when {
                    view.conditions.push((placed.place(when), &need.when));
                }
                if let Some(group) = self.group_of(&need.element) {
                    let what = format!("field `{}`", need.element);
                    view.repeated.push((placed.place(&written.element), group.clone(), what));
                }
            }
            for (written, need) in written.evidence.iter().zip(&service.evidence) {
                let conditions = [
                    (&written.when, &need.when),
                    (&written.commitment_when, &need.commitment_when),
                    (&written.deferral_when, &need.deferral_when),
                ];
                for (written, when) in conditions {
                    if let Some(written) = written {
                        view.conditions.push((placed.place(written), when));
                    }
                }
                let ty = self.catalogue.evidence_types.get(&need.ty);
                if let Some(group) = ty.and_then(|ty| ty.per.as_ref()) {
                    let what = format!("evidence `{}`", need.ty);
                    view.repeated.push((placed.place(&written.ty), group.clone(), what));
                }
            }
            for (written, signatory) in written.signatory.iter().zip(&service.signatories) {
                if let Some(when) = &written.when {
                    view.conditions.push((placed.place(when), &signatory.when));
                }
                let what = format!("naming who signs for `{}`", service.id);
                view.must_have.push((placed.place(&written.element), &signatory.element, what));
            }
            for (written, output) in written.output.iter().zip(&service.outputs) {
                view.produced.extend(&output.elements);
                if let (Some(written), Some(holder)) = (&written.holder, &output.holder) {
                    let what = format!("naming the holder of `{}`", output.id);
                    view.must_have.push((placed.place(written), holder, what));
                }
                for (written, printed) in written.prints.iter().zip(&output.prints) {
                    let what = format!("printing `{}`", output.id);
                    view.must_have.push((placed.place(written), printed, what));
                }
            }
        }
    }

    fn add_tables(&self, view: &mut View<'c>) {
        let conditions = view.conditions.iter().flat_map(|(_, condition)| condition.reads());
        let read = conditions.filter_map(|read| match read {
            Read::Element(element) => Some(element),
            Read::Group(_) => None,
        });
        let needed = view.must_have.iter().map(|(_, element, _)| *element);
        let all = read.chain(needed).chain(view.fields.iter().copied());
        let found = all.flat_map(|element| self.catalogue.found_from(element)).collect();
        view.behind_tables = found;
    }

    /// The conditions of sources that the matter can turn to.
    fn add_sources(&self, view: &mut View<'c>, matter: &'c Matter) {
        let services = self.services_of(matter);
        let wanted_evidence: BTreeSet<_> = services
            .iter()
            .flat_map(|(_, service)| &service.evidence)
            .filter(|need| need.ways.contains(&Way::Source))
            .map(|need| &need.ty)
            .collect();
        let mut elements: BTreeSet<_> = view.fields.union(&view.asked).copied().collect();
        elements.extend(&view.behind_tables);
        let mut wanted_sources: BTreeSet<_> = BTreeSet::new();
        for placed in &self.written.elements {
            let id = placed.item.id.get_ref().as_str();
            let Some(element) = self.catalogue.elements.get(id) else {
                continue;
            };
            if !elements.contains(&element.id) {
                continue;
            }
            wanted_sources.extend(&element.source);
            if let (Some(_), Some(when)) = (&element.source, &placed.item.source_when) {
                view.conditions.push((placed.place(when), &element.source_when));
            }
        }
        for placed in &self.written.sources {
            let id = placed.item.id.get_ref().as_str();
            let Some(source) = self.catalogue.sources.get(id) else {
                continue;
            };
            let wanted = wanted_sources.contains(&source.id)
                || source.evidence.iter().any(|ty| wanted_evidence.contains(ty));
            if let Some(when) = &placed.item.when
                && wanted
            {
                view.conditions.push((placed.place(when), &source.when));
            }
            for delivers in &placed.item.delivers {
                let ty = EvidenceTypeId::from(delivers.evidence.get_ref().as_str());
                if let (Some(written), Some(when)) = (&delivers.when, source.evidence_when.get(&ty))
                    && wanted_evidence.contains(&ty)
                {
                    view.conditions.push((placed.place(written), when));
                }
            }
        }
    }

    pub(super) fn group_of(&self, element: &DataElementId) -> Option<&'c GroupId> {
        self.catalogue.elements.get(element)?.group.as_ref()
    }
}

/// Of eligibility, periods, procedures, visits and fees.
fn add_other_conditions<'c>(
    view: &mut View<'c>,
    placed: &Placed<ServiceAsWritten>,
    service: &'c PublicService,
) {
    let written = &placed.item;
    let mut add = |when: &Spanned<String>, condition: &'c Condition| {
        view.conditions.push((placed.place(when), condition));
    };
    for (written, requirement) in written.requirement.iter().zip(&service.requirements) {
        if let (Some(when), Some(condition)) = (&written.when, &requirement.when) {
            add(when, condition);
        }
    }
    let periods = written.statutory_when.iter().zip(&service.statutory_when);
    let periods = periods.chain(written.promised_when.iter().zip(&service.promised_when));
    for (written, period) in periods {
        add(&written.when, &period.when);
    }
    for (written, procedure) in written.special_procedure.iter().zip(&service.special_procedures) {
        if let Some(when) = &written.when {
            add(when, &procedure.when);
        }
    }
    for (written, visit) in written.visit_when.iter().zip(&service.visits_when) {
        add(&written.when, &visit.when);
    }
    for (written, fee) in written.fee.iter().zip(&service.fees) {
        if let Some(when) = &written.when {
            add(when, &fee.when);
        }
    }
}

impl View<'_> {
    /// Whether some condition reads it.
    pub(super) fn reads(&self, read: &Read) -> bool {
        self.conditions.iter().any(|(_, condition)| condition.reads().contains(read))
    }
}
