//! One checklist at both ends (semantics 17): what a department says of a line that stands on no checklist, or
//! that was found met when the application came in, is taken as it is and told of as an inconsistent standard.

use vocabulary::{ChecklistLineId, NodeKey};

use crate::event::{CaseEvent, CaseEventBody, Reply};
use crate::state::Case;

/// The line that stands for a ground outside the checklist; the words beside it say which.
pub const OUTSIDE: &str = "outside-checklist";

/// In what way the two ends differ.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum InconsistencyKind {
    /// The ground stands on no line of the checklist.
    Outside,
    /// The line was ticked as met at the window, and the department finds it unmet.
    Unmet,
}

impl InconsistencyKind {
    pub const ALL: [Self; 2] = [Self::Outside, Self::Unmet];

    /// Stable word for columns, filters and message keys.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Outside => "outside",
            Self::Unmet => "unmet",
        }
    }
}

/// A standard that is not the same at both ends.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Inconsistency {
    pub node: NodeKey,
    pub kind: InconsistencyKind,
    /// The line that was cited.
    pub line: ChecklistLineId,
}

/// What an event of the case tells of standards that differ; each line once. Nothing is told of a service whose
/// checklist the application did not keep.
pub fn inconsistencies(case: &Case, event: &CaseEvent) -> Vec<Inconsistency> {
    let CaseEventBody::ReplyRecorded { node, recorded } = &event.body else {
        return Vec::new();
    };
    let cited = match &recorded.reply {
        Reply::CorrectionRequested { lines, .. } => lines.as_slice(),
        Reply::NotAccepted { ground, .. } | Reply::Refused { ground, .. } => {
            std::slice::from_ref(ground)
        }
        Reply::Received
        | Reply::Accepted
        | Reply::Granted { .. }
        | Reply::WithdrawalConfirmed
        | Reply::TooLateToWithdraw
        | Reply::Began
        | Reply::ProcedureBegan { .. }
        | Reply::ProcedureEnded { .. }
        | Reply::Extended { .. }
        | Reply::CorrectionSettled
        | Reply::VisitJoined { .. }
        | Reply::VisitHeld { .. }
        | Reply::Revoked { .. } => return Vec::new(),
    };
    let Some(service) = case.service(node).filter(|it| !it.node.checklist.is_empty()) else {
        return Vec::new();
    };
    let intake = case.application.reception.intake.as_ref();
    let ticked = intake.map(|intake| intake.ticked.as_slice()).unwrap_or_default();
    let mut found: Vec<Inconsistency> = Vec::new();
    for line in cited {
        let kind = if !service.node.checklist.contains(line) {
            InconsistencyKind::Outside
        } else if ticked.iter().any(|tick| tick.node == *node && tick.line == *line) {
            InconsistencyKind::Unmet
        } else {
            continue;
        };
        let inconsistency = Inconsistency { node: node.clone(), kind, line: line.clone() };
        if !found.contains(&inconsistency) {
            found.push(inconsistency);
        }
    }
    found
}
