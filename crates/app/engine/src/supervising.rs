//! Supervision as the engine does it: whoever is to be told is told once, when the timer says so, on whatever node
//! the timer rings, also after a restart. Which light stands where is the core's word.

use std::collections::BTreeMap;

use casework::supervision::{Reminder, due_reminders};
use casework::{Actor, ActorRole, Command, SupervisionAct};
use store_port::fresh_id;
use vocabulary::{CaseId, CommandId, NodeKey};

use crate::{Engine, EngineError};

impl Engine {
    /// Gives the reminders of a case that are due; how many services they were about.
    ///
    /// # Errors
    /// As [`Engine::execute`].
    pub async fn remind(&self, case: CaseId) -> Result<usize, EngineError> {
        let catalogue = self.catalogue();
        let today = catalogue.civil_date(self.clock().now());
        let Some(rules) = catalogue.supervision(today) else { return Ok(0) };
        let Some(known) = self.case(case).await? else { return Ok(0) };
        let time_zone = &catalogue.jurisdiction.time_zone;
        let due = due_reminders(&known, rules, &catalogue.calendar, time_zone, today);
        let mut by_service: BTreeMap<NodeKey, Vec<Reminder>> = BTreeMap::new();
        for (node, reminder) in due {
            by_service.entry(node).or_default().push(reminder);
        }
        let services = by_service.len();
        for (node, reminders) in by_service {
            let acts = reminders.into_iter().map(|reminder| SupervisionAct::Remind { reminder });
            let command = Command::Supervise { node, acts: acts.collect() };
            let hub = Actor { role: ActorRole::Hub, account: None, department: None };
            let id = CommandId(fresh_id());
            self.execute(hub, "remind", id, case, None, command, Vec::new()).await?;
        }
        Ok(services)
    }
}
