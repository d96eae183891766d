//! Supervision as the engine does it: whoever is to be told is told once, when the timer says so, on whatever node
//! the timer rings, also after a restart. Which light stands where is the core's word.

use std::collections::{BTreeMap, BTreeSet};

use casework::supervision::{Reminder, due_reminders};
use casework::{Actor, ActorRole, Command, SupervisionAct};
use catalogue::{Addressee, Catalogue};
use store_port::{SharedStore, fresh_id};
use vocabulary::{CaseId, CommandId, Date, NodeKey, OrganisationId};

use crate::{Engine, EngineError};

/// The role of the accounts that hold a post of the chain.
pub const fn role_of(post: Addressee) -> &'static str {
    match post {
        Addressee::Officer => "officer",
        Addressee::UnitHead => "unit-head",
        Addressee::DepartmentLeader => "department-leader",
        Addressee::HallManager => "manager",
        Addressee::SupervisionOffice => "inspector",
    }
}

/// A post that the chain names and that nobody holds: what is said to it is heard by nobody.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VacantPost {
    pub to: Addressee,
    /// Whose, of a post that each department has; `None` = the post that all share.
    pub departments: Option<BTreeSet<OrganisationId>>,
}

/// The posts of the chain of a day that no account holds which may sign in.
///
/// # Errors
/// The store failed.
pub async fn vacant_posts(
    store: &SharedStore,
    catalogue: &Catalogue,
    today: Date,
) -> Result<Vec<VacantPost>, store_port::Fault> {
    let Some(rules) = catalogue.supervision(today) else { return Ok(Vec::new()) };
    let named: BTreeSet<Addressee> = rules.reminders.iter().map(|rule| rule.to).collect();
    let mut vacant = Vec::new();
    for to in named {
        let mut holders = store.list_accounts_in(role_of(to)).await?;
        holders.retain(|account| !account.disabled);
        let departments = if to.is_of_department() {
            let held: BTreeSet<&str> =
                holders.iter().filter_map(|account| account.department.as_deref()).collect();
            let all = catalogue.services.values().map(|service| &service.authority);
            let without: BTreeSet<OrganisationId> =
                all.filter(|id| !held.contains(id.as_str())).cloned().collect();
            if without.is_empty() {
                continue;
            }
            Some(without)
        } else if holders.is_empty() {
            None
        } else {
            continue;
        };
        vacant.push(VacantPost { to, departments });
    }
    Ok(vacant)
}

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
