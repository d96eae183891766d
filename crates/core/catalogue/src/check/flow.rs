//! Cycles of hard edges among the services of a matter.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use vocabulary::ServiceId;

use super::Check;
use crate::codes;
use crate::read::Placed;
use crate::suggest::listed;
use crate::written::MatterAsWritten;
use crate::{Matter, PublicService};

impl Check<'_, '_, '_> {
    /// Tells each cycle once, as its shortest round from the first of its services.
    pub(super) fn cycles(&mut self, placed: &Placed<MatterAsWritten>, matter: &Matter) {
        let mut after: BTreeMap<ServiceId, Vec<ServiceId>> = BTreeMap::new();
        for (producer, consumer) in self.catalogue.hard_edges(matter) {
            after.entry(producer).or_default().push(consumer);
        }
        let mut told: BTreeSet<ServiceId> = BTreeSet::new();
        for written in &placed.item.service {
            let start = ServiceId::from(written.service.get_ref().as_str());
            if told.contains(&start) {
                continue;
            }
            let Some(round) = round_trip(&start, &after) else {
                continue;
            };
            let names = round.iter().chain(std::iter::once(&start)).map(ServiceId::as_str);
            let path = listed(names).replace("`, `", "` → `");
            let message = format!("services of matter `{}` wait for each other: {path}", matter.id);
            let hint = format!(
                "{}; make one of these needs `soft`, or put a way before `output` that is open at once",
                self.reasons(&round).join("; ")
            );
            self.report.error(codes::CYCLE, placed.place(&written.service), message, hint);
            told.extend(round);
        }
    }

    /// What each service of the round needs from the one before it.
    fn reasons(&self, round: &[ServiceId]) -> Vec<String> {
        let consumers = round.iter().cycle().skip(1);
        let pairs = round.iter().zip(consumers).filter_map(|(producer, consumer)| {
            let producer = self.catalogue.services.get(producer)?;
            let consumer = self.catalogue.services.get(consumer)?;
            let need = needed_from(producer, consumer)?;
            Some(format!("`{}` needs `{need}` from `{}`", consumer.id, producer.id))
        });
        pairs.collect()
    }
}

fn needed_from<'c>(producer: &PublicService, consumer: &'c PublicService) -> Option<&'c str> {
    let fields = consumer.fields.iter().filter(|need| !need.soft).map(|need| &need.element);
    let mut fields = fields.filter(|element| producer.produces_element(element));
    let evidence = consumer.evidence.iter().filter(|need| need.may_wait_for_output());
    let mut evidence = evidence.map(|need| &need.ty).filter(|ty| producer.produces_evidence(ty));
    fields.next().map(|id| id.as_str()).or_else(|| evidence.next().map(|id| id.as_str()))
}

/// The shortest way from `start` back to it: the services on it, `start` first.
fn round_trip(
    start: &ServiceId,
    after: &BTreeMap<ServiceId, Vec<ServiceId>>,
) -> Option<Vec<ServiceId>> {
    let mut before: BTreeMap<&ServiceId, &ServiceId> = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(here) = queue.pop_front() {
        for next in after.get(here).into_iter().flatten() {
            if next == start {
                let mut round = vec![here.clone()];
                let mut at = here;
                while let Some(previous) = before.get(at) {
                    round.push((*previous).clone());
                    at = previous;
                }
                round.reverse();
                return Some(round);
            }
            if !before.contains_key(next) {
                before.insert(next, here);
                queue.push_back(next);
            }
        }
    }
    None
}
