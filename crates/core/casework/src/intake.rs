//! How an application came in, as its case keeps it for ever: by which way, through whose hands, what was done
//! before, and what the plan promised to save. Ids only, no names (semantics 16).

use std::sync::Arc;

use plan::Plan;
use serde::{Deserialize, Serialize};
use vocabulary::{
    AccountId, CaseId, ChecklistLineId, HalfDays, NodeKey, OrganisationId, ServiceId,
};

use crate::event::EvidenceSlot;

/// Received at a window: where, by whom, with what authority, and what was looked at there.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Intake {
    /// The outlet and window of the network, by their ids.
    pub outlet: Arc<str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<Arc<str>>,
    pub clerk: AccountId,
    /// The number of the ticket that was called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<Arc<str>>,
    /// For each service on what the clerk's and the outlet's authority rested.
    #[serde(default)]
    pub authority: Vec<ReceivingAuthority>,
    /// Evidence whose original the clerk has seen.
    #[serde(default)]
    pub originals: Vec<EvidenceSlot>,
    /// Lines of the services' checklists that the clerk found met.
    #[serde(default)]
    pub ticked: Vec<TickedLine>,
    /// What the clerk was shown as not looked at, and received all the same.
    #[serde(default, skip_serializing_if = "LeftOpen::is_empty")]
    pub left_open: LeftOpen,
}

/// What had not been looked at when an application was received, knowingly.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
pub struct LeftOpen {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<TickedLine>,
    /// Pieces whose original was not seen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub originals: Vec<EvidenceSlot>,
}

impl LeftOpen {
    /// Everything was looked at, or nobody said otherwise.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.originals.is_empty()
    }
}

/// On what the right to receive one service rested at that moment.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ReceivingAuthority {
    pub service: ServiceId,
    /// The clerk's capability record.
    pub capability: Arc<str>,
    /// The delegation to the outlet; `None` = the authority's own outlet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delegation: Option<Arc<str>>,
}

/// A line of a service's checklist that was found met.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct TickedLine {
    pub node: NodeKey,
    pub line: ChecklistLineId,
}

/// How the applicant came to the matter.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EntryKind {
    /// By the home page, a search, a list.
    Direct,
    /// A doorplate on the spot; `place` names it.
    Doorplate,
    /// From another service of the matter, finished or under way; `from` names its case.
    Continuation,
    /// Called to a window.
    Window,
    /// An agent acts on an order.
    Agent,
}

impl EntryKind {
    pub const ALL: [Self; 5] =
        [Self::Direct, Self::Doorplate, Self::Continuation, Self::Window, Self::Agent];

    /// Stable word for columns, filters and message keys.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Doorplate => "doorplate",
            Self::Continuation => "continuation",
            Self::Window => "window",
            Self::Agent => "agent",
        }
    }
}

/// The entry point, for attribution.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Entry {
    pub kind: EntryKind,
    /// The doorplate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Arc<str>>,
    /// The case that it continues.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<CaseId>,
    /// The service at which the applicant entered, where one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<ServiceId>,
}

/// A service that counted as done when the application was made.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DoneBefore {
    pub node: NodeKey,
    /// Where it was done, if in the hub.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseId>,
}

/// What the plan said when it was frozen, as counts for indicators. Days are halves of a working day; "before"
/// is each service alone, "after" this plan (`plan::Reductions`).
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
pub struct Measures {
    pub steps_before: u32,
    pub steps_after: u32,
    pub materials_before: u32,
    pub materials_after: u32,
    pub days_before: u32,
    pub days_after: u32,
    pub visits_before: u32,
    pub visits_after: u32,
    /// Pieces of evidence on the one list.
    pub evidence: u32,
    /// Of them those that a source, a licence or another service delivers.
    pub evidence_shared: u32,
    /// Copies that services receive: pieces × services that use them.
    pub copies: u32,
    /// Visits that are due, baseline or not.
    pub visits: u32,
    /// The joint promise.
    pub promised: HalfDays,
    /// Services that apply and were left for another time, by the applicant's choice.
    #[serde(default)]
    pub put_off: u32,
}

impl Measures {
    /// The counts of a plan.
    pub fn of(plan: &Plan) -> Self {
        let count = |many: usize| u32::try_from(many).unwrap_or(u32::MAX);
        let reductions = &plan.reductions;
        let shared = plan.evidence.iter().filter(|it| {
            matches!(
                it.way,
                plan::TakenWay::Source { .. }
                    | plan::TakenWay::Licence
                    | plan::TakenWay::Output { .. }
            )
        });
        let put_off = plan
            .left_out
            .iter()
            .filter(|out| matches!(out.kind, plan::OutKind::Skipped | plan::OutKind::Later));
        Self {
            put_off: count(put_off.count()),
            steps_before: reductions.steps.before,
            steps_after: reductions.steps.after,
            materials_before: reductions.materials.before,
            materials_after: reductions.materials.after,
            days_before: reductions.days.before,
            days_after: reductions.days.after,
            visits_before: reductions.visits.before,
            visits_after: reductions.visits.after,
            evidence: count(plan.evidence.len()),
            evidence_shared: count(shared.count()),
            copies: plan.evidence.iter().map(|it| count(it.users.len())).sum(),
            visits: plan.visits,
            promised: plan.joint.promised,
        }
    }
}

/// All of it together, as an application carries it. Old applications have none of it.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
pub struct Reception {
    /// The applicant's account, when somebody else handed the application in for him.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applicant: Option<AccountId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intake: Option<Intake>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<Entry>,
    /// The order of the agent who handed it in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Arc<str>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub done_before: Vec<DoneBefore>,
    /// The area (GB/T 2260) in which it was received or the applicant lives; `None` = the jurisdiction's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area: Option<Arc<str>>,
    /// The language in which it was handed in, and in which everything about it is written back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lang: Option<Arc<str>>,
    /// Who leads the matter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead: Option<OrganisationId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measures: Option<Measures>,
}

impl Reception {
    /// Nothing is known of how it came in.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
