//! What a department receives without need.

use std::collections::BTreeSet;

use catalogue::{Checked, PublicService};
use conditions::{Condition, Read};
use vocabulary::DataElementId;

use super::{FoundIn, Message, RECEIVED_WITHOUT_NEED, Search, Severity};
use crate::{Cells, FeatureKey};

impl Search<'_> {
    /// Every field is looked at by a line of the checklist, printed on an output, read by a condition of the
    /// service or the name of a signatory; every piece of evidence is looked at.
    pub(super) fn received(&mut self) {
        let matter = self.matter;
        for part in &matter.services {
            let Some(service) = self.catalogue.service(&part.service) else {
                continue;
            };
            let received = self.received_by(service);
            if received.0.is_empty() && received.1.is_empty() {
                continue;
            }
            let lines = service.checklist.iter().chain(&service.refusal_grounds);
            let checks: BTreeSet<&Checked> = lines.flat_map(|line| &line.checks).collect();
            if checks.is_empty() {
                let message = Message {
                    zh: "“{0}”的审查要点没有写看哪些数据和材料，说不出部门为什么要收它们",
                    en: "no line of the checklist of “{0}” says what it looks at, so nobody can say why the department receives anything",
                    args: &|words| vec![words.service(&service.id)],
                };
                let item = FoundIn::Service(service.id.clone());
                self.find(RECEIVED_WITHOUT_NEED, Severity::Warning, item, &message);
                continue;
            }
            let mut needed = elements_needed(service);
            for condition in std::iter::once(&part.when).chain(&part.already_done) {
                read(condition, &mut needed);
            }
            for (element, cells) in received.0 {
                if needed.contains(&element) || checks.contains(&Checked::Element(element.clone()))
                {
                    continue;
                }
                let message = Message {
                    zh: "“{1}”收到“{0}”，却没有哪条审查要点看它，也没有哪张证照印它",
                    en: "“{1}” receives {0}, but no line looks at it and no output prints it",
                    args: &|words| vec![words.element(&element), words.service(&service.id)],
                };
                let item = FoundIn::Field(service.id.clone(), element.clone());
                self.find_in(RECEIVED_WITHOUT_NEED, Severity::Warning, item, &message, &cells);
            }
            for (ty, cells) in received.1 {
                if checks.contains(&Checked::Evidence(ty.clone())) {
                    continue;
                }
                let message = Message {
                    zh: "“{1}”收到“{0}”，却没有哪条审查要点看它",
                    en: "“{1}” receives {0}, but no line of its checklist looks at it",
                    args: &|words| vec![words.evidence(&ty), words.service(&service.id)],
                };
                let item = FoundIn::Evidence(service.id.clone(), ty.clone());
                self.find_in(RECEIVED_WITHOUT_NEED, Severity::Warning, item, &message, &cells);
            }
        }
    }

    #[expect(clippy::type_complexity, reason = "two lists of the same kind")]
    fn received_by(
        &self,
        service: &PublicService,
    ) -> (Vec<(DataElementId, Cells)>, Vec<(vocabulary::EvidenceTypeId, Cells)>) {
        let (mut fields, mut evidence) = (Vec::new(), Vec::new());
        let mut seen = BTreeSet::new();
        for need in &service.fields {
            let cells = self.proof.features().iter().filter_map(|(key, cells)| match key {
                FeatureKey::Field(node, slot)
                    if node.service == service.id && slot.element == need.element =>
                {
                    Some(cells)
                }
                _ => None,
            });
            let cells = self.any(cells);
            if !cells.is_empty() && seen.insert(&need.element) {
                fields.push((need.element.clone(), cells));
            }
        }
        let mut seen = BTreeSet::new();
        for need in &service.evidence {
            let cells = self.proof.features().iter().filter_map(|(key, cells)| match key {
                FeatureKey::Uses(node, piece)
                    if node.service == service.id && piece.ty == need.ty =>
                {
                    Some(cells)
                }
                _ => None,
            });
            let cells = self.any(cells);
            if !cells.is_empty() && seen.insert(&need.ty) {
                evidence.push((need.ty.clone(), cells));
            }
        }
        (fields, evidence)
    }
}

/// Elements that the service prints, reads in its own conditions, or has sign.
fn elements_needed(service: &PublicService) -> BTreeSet<DataElementId> {
    let mut needed = BTreeSet::new();
    for output in &service.outputs {
        needed.extend(output.prints.iter().chain(&output.holder).cloned());
    }
    let fields = service.fields.iter().map(|need| &need.when);
    let evidence = service
        .evidence
        .iter()
        .flat_map(|need| [&need.when, &need.commitment_when, &need.deferral_when]);
    let signatories = service.signatories.iter().map(|it| &it.when);
    for condition in fields.chain(evidence).chain(signatories).chain(service.other_conditions()) {
        read(condition, &mut needed);
    }
    needed.extend(service.signatories.iter().map(|it| it.element.clone()));
    needed
}

fn read(condition: &Condition, needed: &mut BTreeSet<DataElementId>) {
    needed.extend(condition.reads().iter().filter_map(|read| match read {
        Read::Element(element) => Some(element.clone()),
        Read::Group(_) => None,
    }));
}
