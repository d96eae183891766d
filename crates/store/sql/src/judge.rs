//! What becomes of each change of a batch: a pure function of the changes and of what the database holds.
//!
//! Order matters: a repeated command is told before a taken draft, and that before a stale version
//! (semantics 15). A change that is carried out is seen by those after it in the batch. One that is not carried out
//! takes with it those of the same case after it: they were decided on what it would have made, and that another node
//! has brought the case to the same version by other events does not make them right. No SQL here.

use std::collections::{BTreeMap, BTreeSet};

use store_port::{AppendOutcome, CaseChange, CommandRow};
use uuid::Uuid;
use vocabulary::{CaseId, DraftId};

/// Actor, action and command id: what makes a command unique.
pub(crate) type CommandKey<'a> = (&'a str, &'a str, Uuid);

pub(crate) fn command_key(command: &CommandRow) -> CommandKey<'_> {
    (&command.actor, &command.action, command.command_id.0)
}

/// What the database held before the batch, of what the batch speaks of. Everything that is not in here
/// did not exist.
#[derive(Debug, Default)]
pub(crate) struct Known<'a> {
    pub(crate) commands: BTreeMap<CommandKey<'a>, (String, String)>,
    pub(crate) drafts: BTreeMap<DraftId, CaseId>,
    pub(crate) versions: BTreeMap<CaseId, u64>,
}

/// One outcome per change, in order.
pub(crate) fn judge<'a>(changes: &'a [CaseChange], mut known: Known<'a>) -> Vec<AppendOutcome> {
    let mut outcomes = Vec::with_capacity(changes.len());
    let mut lost: BTreeSet<CaseId> = BTreeSet::new();
    for change in changes {
        let mut outcome = judge_one(change, &known);
        if outcome == AppendOutcome::Committed && lost.contains(&change.case_id) {
            let current_version = known.versions.get(&change.case_id).copied().unwrap_or(0);
            outcome = AppendOutcome::Conflict { current_version };
        }
        if outcome != AppendOutcome::Committed {
            lost.insert(change.case_id);
        } else {
            known.versions.insert(change.case_id, change.case.version);
            if let Some(draft) = change.draft {
                known.drafts.insert(draft, change.case_id);
            }
            if let Some(command) = &change.command {
                let stored = (command.digest.clone(), command.answer.clone());
                known.commands.insert(command_key(command), stored);
            }
        }
        outcomes.push(outcome);
    }
    outcomes
}

fn judge_one(change: &CaseChange, known: &Known<'_>) -> AppendOutcome {
    let repeated =
        change.command.as_ref().and_then(|command| known.commands.get(&command_key(command)));
    if let Some((digest, answer)) = repeated {
        return AppendOutcome::Repeated { digest: digest.clone(), answer: answer.clone() };
    }
    if let Some(&case_id) = change.draft.and_then(|draft| known.drafts.get(&draft)) {
        return AppendOutcome::DraftTaken { case_id };
    }
    let current_version = known.versions.get(&change.case_id).copied().unwrap_or(0);
    if current_version != change.expected_version {
        return AppendOutcome::Conflict { current_version };
    }
    AppendOutcome::Committed
}
