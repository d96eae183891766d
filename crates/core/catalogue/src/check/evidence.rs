//! Evidence needs whose ways lead nowhere.

use super::Check;
use crate::codes;
use crate::read::Placed;
use crate::report::Place;
use crate::suggest::{hint, listed};
use crate::written::MatterAsWritten;
use crate::{EvidenceNeed, Matter, Way};

impl Check<'_, '_, '_> {
    /// Needs that no applicant of any matter can satisfy, and ways that are never open.
    pub(super) fn evidence_of_services(&mut self) {
        for (placed, service) in self.services.values().copied().collect::<Vec<_>>() {
            for (written, need) in placed.item.evidence.iter().zip(&service.evidence) {
                let place = placed.place(&written.ty);
                let has_other_way = self.is_open(need) || need.ways.contains(&Way::Output);
                if !has_other_way {
                    self.impossible(need, place);
                } else if need.ways.contains(&Way::Source) && !self.is_delivered(need) {
                    let message = format!("no source delivers `{}`", need.ty);
                    let hint =
                        "name it under `evidence` of a `[[source]]`, or drop the way `source`";
                    self.report.warn(codes::DEAD_WAY, place, message, hint.to_owned());
                }
            }
        }
    }

    /// Needs that only an output of another service satisfies, which no service of the matter has.
    pub(super) fn outputs_of(&mut self, placed: &Placed<MatterAsWritten>, matter: &Matter) {
        let parts: Vec<_> = matter
            .services
            .iter()
            .filter_map(|part| self.services.get(part.service.as_str()).copied())
            .collect();
        for (service_placed, service) in parts {
            for (written, need) in service_placed.item.evidence.iter().zip(&service.evidence) {
                let insists = !need.soft && !need.if_produced;
                let only_output =
                    insists && need.ways.contains(&Way::Output) && !self.is_open(need);
                let mut producers = self.catalogue.producers_of_evidence(matter, &need.ty);
                producers.retain(|producer| producer.id != service.id);
                if only_output && producers.is_empty() {
                    let message = format!(
                        "no other service of matter `{}` produces `{}`, which `{}` needs",
                        placed.item.id, need.ty, service.id
                    );
                    let place = service_placed.place(&written.ty);
                    let advice = self.who_produces(need);
                    self.report.error(codes::OUTPUT_NOT_PRODUCED, place, message, advice);
                }
            }
        }
    }

    fn who_produces(&self, need: &EvidenceNeed) -> Option<String> {
        let services = self.catalogue.services.values();
        let producers: Vec<_> = services
            .filter(|service| service.produces_evidence(&need.ty))
            .map(|service| service.id.as_str())
            .collect();
        let another = "give the need another way, e.g. `upload`".to_owned();
        if producers.is_empty() {
            return Some(another);
        }
        hint(None, Some(format!("{} would; join it, or {another}", listed(producers))))
    }

    fn impossible(&mut self, need: &EvidenceNeed, place: Place) {
        let reason = if need.ways.is_empty() {
            "no way is given"
        } else if need.ways.contains(&Way::Source) {
            "no source delivers it"
        } else {
            "`deferral` only puts it off"
        };
        let message = format!("nobody can satisfy the need for `{}`: {reason}", need.ty);
        let hint = "add a way, e.g. `upload`, or a `[[source]]` that delivers it".to_owned();
        self.report.error(codes::EVIDENCE_IMPOSSIBLE, place, message, hint);
    }

    /// Whether some way leads to the evidence without another service.
    fn is_open(&self, need: &EvidenceNeed) -> bool {
        need.ways.iter().any(|way| way.is_open_at_once())
            || (need.ways.contains(&Way::Source) && self.is_delivered(need))
    }

    fn is_delivered(&self, need: &EvidenceNeed) -> bool {
        // A source that could not be read may be the one.
        !self.has_all("source") || !self.catalogue.sources_of_evidence(&need.ty).is_empty()
    }
}
