//! What only shows when items are joined: evidence without a way, outputs without a producer, elements
//! that nobody gives, cycles, promises beyond the law, things nobody uses.
//!
//! Looks at definitions, not at scenarios: whether a particular applicant gets into a dead end is for
//! the proof. A matter with a service that could not be read is left alone, so that one mistake makes one
//! finding.

mod alike;
mod evidence;
mod flow;
mod giving;
mod licence;
mod matter;
mod promise;
mod usage;
mod view;

use std::collections::BTreeMap;

use crate::codes;
use crate::read::{Placed, Written};
use crate::report::{Place, Report};
use crate::resolve::Resolved;
use crate::written::{MatterAsWritten, ServiceAsWritten};
use crate::{Catalogue, Matter, PublicService};

/// Carries what every check needs.
struct Check<'c, 'r, 'a> {
    report: &'r mut Report<'a>,
    written: &'c Written,
    catalogue: &'c Catalogue,
    services: BTreeMap<&'c str, (&'c Placed<ServiceAsWritten>, &'c PublicService)>,
}

/// Runs all checks over joined items.
pub(crate) fn check(report: &mut Report<'_>, written: &Written, resolved: &Resolved) {
    let catalogue = &resolved.catalogue;
    let services = written.services.iter().filter_map(|placed| {
        let service = catalogue.services.get(placed.item.id.get_ref().as_str())?;
        Some((placed.item.id.get_ref().as_str(), (placed, service)))
    });
    let services = services.collect();
    if written.damaged {
        // Whole needs, questions and services may be lost.
        return;
    }
    let mut check = Check { report, written, catalogue, services };
    check.evidence_of_services();
    check.licences();
    check.promises();
    check.contents();
    for placed in &written.matters {
        let id = placed.item.id.get_ref().as_str();
        let Some(matter) = catalogue.matters.get(id) else {
            continue;
        };
        check.anchor(placed, matter);
        check.shares(placed, matter);
        check.variant(placed, matter);
        check.figures(placed, matter);
        if matter.services.iter().all(|part| catalogue.services.contains_key(&part.service)) {
            check.outputs_of(placed, matter);
            check.cycles(placed, matter);
            check.joint_procedures(placed, matter);
            check.giving(placed, matter, resolved.uncertain);
        }
    }
    check.alike();
    // Whatever could not be read may be the user that seems to be missing.
    if !written.incomplete && !resolved.uncertain {
        check.usage();
    }
}

impl<'c> Check<'c, '_, '_> {
    /// The services of a matter with the places where they are written.
    fn services_of(
        &self,
        matter: &'c Matter,
    ) -> Vec<(&'c Placed<ServiceAsWritten>, &'c PublicService)> {
        let parts = matter.services.iter();
        parts.filter_map(|part| self.services.get(part.service.as_str()).copied()).collect()
    }

    /// Whether every item of a section could be read.
    fn has_all(&self, section: &str) -> bool {
        !self.written.broken.contains_key(section)
    }

    fn contents(&mut self) {
        if self.written.matters.is_empty() && self.has_all("matter") && !self.written.incomplete {
            let message = "no file defines a matter";
            let hint = "with guides only, nothing can be started".to_owned();
            self.report.warn(codes::NO_MATTER, Place::default(), message, hint);
        }
        for placed in &self.written.matters {
            if placed.item.service.is_empty() {
                let id = &placed.item.id;
                let message = format!("matter `{id}` joins no service");
                let hint = "add `[[matter.service]]`, or make it a `[[guide]]`".to_owned();
                self.report.error(codes::NO_MATTER, placed.place(id), message, hint);
            }
        }
    }

    fn anchor(&mut self, placed: &Placed<MatterAsWritten>, matter: &Matter) {
        if let (Some(anchor), Some(written)) = (&matter.anchor, &placed.item.anchor)
            && self.catalogue.services.contains_key(anchor)
            && !matter.services.iter().any(|part| part.service == *anchor)
        {
            let message = format!("anchor `{anchor}` is not a service of matter `{}`", matter.id);
            let hint = "the anchor is the one of its services whose volume is the yardstick";
            let hint = hint.to_owned();
            self.report.error(codes::FOREIGN_ANCHOR, placed.place(written), message, hint);
        }
    }
}
