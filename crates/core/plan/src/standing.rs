//! What was done before, in a plan: it is left out with its case, what it produced is at hand, and what is wanted
//! alone says what it cannot do without.

use catalogue::{Matter, Output, PublicService, Way};
use vocabulary::{EvidenceTypeId, GroupId, MemberId, NodeKey, ServiceId};

use crate::{EvidenceGroup, NeedsFirst, OutKind, PlanInput, PlannedEvidence, Reason, TakenWay};

pub use vocabulary::standing::{NOTHING, Standing};

/// Why a node is out because of where the applicant stands; nothing undecided is noted for it.
pub(crate) fn leaves_out(input: &PlanInput<'_>, node: &NodeKey) -> Option<(OutKind, Reason)> {
    if let Some(case) = input.standing.done.get(node) {
        return Some((OutKind::AlreadyDone, Reason::DoneBefore { case: *case }));
    }
    (!input.standing.wants(&node.service)).then_some((OutKind::Later, Reason::Later))
}

/// The output of a service done before, in this hub, that is evidence of this type for this member.
pub(crate) fn maker<'a>(
    input: &PlanInput<'a>,
    ty: &EvidenceTypeId,
    per: Option<&GroupId>,
    member: &Option<MemberId>,
) -> Option<(NodeKey, &'a Output)> {
    let done = input.standing.done.iter().filter(|(_, case)| case.is_some());
    let mut done = done.map(|(node, _)| node);
    done.find_map(|node| {
        let service = input.catalogue.service(&node.service)?;
        let same_group = service.per.is_some() && service.per.as_ref() == per;
        if same_group && node.member != *member {
            return None;
        }
        let output = service.outputs.iter().find(|output| output.evidence.as_ref() == Some(ty))?;
        Some((node.clone(), output))
    })
}

/// Of the pieces to be brought, those that nobody can bring: only another service of the matter makes them, and
/// that one can follow later only.
pub(crate) fn needs_first(input: &PlanInput<'_>, evidence: &[PlannedEvidence]) -> Vec<NeedsFirst> {
    if input.standing.only.is_none() {
        return Vec::new();
    }
    let mut needs = Vec::new();
    for piece in evidence.iter().filter(|it| it.group == EvidenceGroup::YouBring) {
        let from = makers_of(input, input.matter, &piece.key.ty);
        if piece.way != TakenWay::Upload || from.is_empty() {
            continue;
        }
        let only_made = |node: &&NodeKey| {
            let service = input.catalogue.service(&node.service);
            service.is_some_and(|service| takes_only_outputs(service, &piece.key.ty))
        };
        for node in piece.users.iter().filter(only_made) {
            let (node, evidence) = (node.clone(), piece.key.clone());
            needs.push(NeedsFirst { node, evidence, from: from.clone() });
        }
    }
    needs
}

fn makers_of(input: &PlanInput<'_>, matter: &Matter, ty: &EvidenceTypeId) -> Vec<ServiceId> {
    let makers = input.catalogue.producers_of_evidence(matter, ty).into_iter();
    makers.map(|service| service.id.clone()).filter(|id| !input.standing.wants(id)).collect()
}

fn takes_only_outputs(service: &PublicService, ty: &EvidenceTypeId) -> bool {
    let mut needs = service.evidence.iter().filter(|need| need.ty == *ty).peekable();
    needs.peek().is_some() && needs.all(|need| need.ways.iter().all(|way| *way == Way::Output))
}
