//! Turns a plan into the frozen application that a case runs on.
//!
//! Goes in: a plan, the catalogue it was made from, and the ids that the rim has ready. Comes out: an
//! [`Application`] that needs no catalogue any more. It deliberately evaluates no condition: what is in,
//! and who receives what, is the plan's.

use std::collections::BTreeSet;
use std::sync::Arc;

use catalogue::{
    Catalogue, Matter, OutputKind, ProcedureKind, PublicService, Regime, RegimeChange,
};
use plan::{FieldState, OutKind, Plan, PlannedService, Reason};
use vocabulary::{
    CaseId, DataElementId, DraftId, MatterId, NodeKey, SealedId, ServiceId, Slot, SubjectId,
};

use crate::checks::UncheckedField;
use crate::event::{
    Application, EvidenceRef, EvidenceSlot, NodeOutput, NodeProcedure, ServiceNode, Wait,
};
use crate::intake::{DoneBefore, Measures, Reception};
use crate::revoking::NodeRevocation;
use crate::silence::DeemedGrant;
use crate::succession::NodeChange;
use crate::visits::PlannedVisit;

/// What an application has beside its plan: ids that are ready-made, and what was sealed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Particulars {
    pub case: CaseId,
    pub draft: DraftId,
    pub subject: SubjectId,
    /// For people; shown and printed.
    pub case_number: Arc<str>,
    /// online, window, mobile …
    pub channel: Arc<str>,
    /// The form's values (`Facts` as JSON), sealed.
    pub values: SealedId,
    pub evidence: Vec<EvidenceRef>,
    /// How it came in; lead, measures and what was done before are filled in from the plan.
    pub reception: Reception,
    /// Fields whose source was out of reach.
    pub unchecked: Vec<UncheckedField>,
}

/// The catalogue is not the one that the plan was made from: plan again.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum StalePlan {
    Matter(MatterId),
    Service(ServiceId),
}

/// Freezes a plan.
///
/// # Errors
/// The plan's matter or one of its services is not in `catalogue`, or is there in another revision.
pub fn freeze(
    plan: &Plan,
    catalogue: &Catalogue,
    particulars: Particulars,
) -> Result<Application, StalePlan> {
    let matter = catalogue
        .matters
        .get(&plan.matter)
        .filter(|matter| matter.revision == plan.matter_revision)
        .ok_or_else(|| StalePlan::Matter(plan.matter.clone()))?;
    let visits = planned_visits(plan, catalogue, matter);
    let nodes = plan.services.iter().map(|service| freeze_node(plan, catalogue, service, &visits));
    let nodes = nodes.collect::<Result<_, _>>()?;
    Ok(Application {
        case: particulars.case,
        draft: particulars.draft,
        subject: particulars.subject,
        case_number: particulars.case_number,
        matter: plan.matter.clone(),
        matter_revision: plan.matter_revision.clone(),
        plan_hash: plan.hash().into(),
        calendar_version: Arc::clone(&plan.calendar_version),
        channel: particulars.channel,
        nodes,
        values: particulars.values,
        evidence: particulars.evidence,
        procedures_may_add: plan.joint.procedures_may_add.map(|more| more.halves),
        reception: Reception {
            lead: Some(matter.lead.clone()),
            measures: Some(Measures::of(plan)),
            done_before: done_before(plan),
            ..particulars.reception
        },
        correction_margin: catalogue.jurisdiction.correction_margin.as_ref().map(|it| it.period),
        visits: visits.into_iter().map(|(visit, _)| visit).collect(),
        unchecked: particulars.unchecked,
    })
}

/// A visit with the places of its special procedures in their services.
type Expected = (PlannedVisit, Vec<(NodeKey, u32)>);

/// The visits on the spot that the plan expects. One that comes before the decisions and one that comes afterwards
/// are never the same.
fn planned_visits(plan: &Plan, catalogue: &Catalogue, matter: &Matter) -> Vec<Expected> {
    let visits = plan.procedures.iter().filter(|it| it.kind == ProcedureKind::SiteVisit);
    let expected = visits.filter_map(|visit| {
        let first = visit.parts.first()?;
        let service = catalogue.service(&first.node.service)?;
        let index = usize::try_from(first.index).ok()?;
        let joint = matter.joint_procedures.iter().find(|it| visit.joint.as_ref() == Some(&it.id));
        let (mut id, lead) = match joint {
            Some(joint) => (joint.id.to_string(), joint.lead.clone()),
            None => {
                let procedure = service.special_procedures.get(index)?;
                let planned = plan.services.iter().find(|it| it.node == first.node)?;
                (format!("{}.{}", first.node, procedure.id), planned.department.clone())
            }
        };
        if visit.afterwards && joint.is_some() {
            id.push_str("-afterwards");
        }
        let planned = PlannedVisit {
            id: id.into(),
            joint: visit.joint.clone(),
            afterwards: visit.afterwards,
            nodes: visit.parts.iter().map(|part| part.node.clone()).collect(),
            lead,
        };
        let parts = visit.parts.iter().map(|part| (part.node.clone(), part.index));
        Some((planned, parts.collect()))
    });
    expected.collect()
}

fn freeze_node(
    plan: &Plan,
    catalogue: &Catalogue,
    planned: &PlannedService,
    visits: &[Expected],
) -> Result<ServiceNode, StalePlan> {
    let stale = || StalePlan::Service(planned.node.service.clone());
    let service = catalogue
        .service(&planned.node.service)
        .filter(|service| service.revision == planned.revision)
        .ok_or_else(stale)?;
    let regime = catalogue.regimes.get(&service.regime).ok_or_else(stale)?;
    let edges = |hard: bool| {
        plan.edges.iter().filter(move |edge| edge.to == planned.node && edge.hard == hard)
    };
    let mut waits_for: Vec<Wait> = Vec::new();
    for edge in edges(true) {
        let wait = Wait { from: edge.from.clone(), output: Arc::clone(&edge.output) };
        if !waits_for.contains(&wait) {
            waits_for.push(wait);
        }
    }
    let mut informed_by: Vec<NodeKey> = Vec::new();
    for edge in edges(false) {
        if !informed_by.contains(&edge.from) {
            informed_by.push(edge.from.clone());
        }
    }
    Ok(ServiceNode {
        key: planned.node.clone(),
        revision: planned.revision.clone(),
        department: planned.department.clone(),
        waits_for,
        informed_by,
        fields: planned.fields.clone(),
        evidence: planned
            .evidence
            .iter()
            .map(|key| EvidenceSlot { ty: key.ty.clone(), member: key.member.clone() })
            .collect(),
        promised: planned.promised,
        statutory: planned.statutory,
        correction_limit: regime.correction_limit.period,
        deemed_acceptance: regime.deemed_acceptance,
        correction_answer: regime.correction_answer.period,
        outputs: freeze_outputs(plan, catalogue, service, planned),
        extension: regime.extension.as_ref().map(|extension| extension.period),
        procedures: service
            .special_procedures
            .iter()
            .zip(0_u32..)
            .map(|(procedure, index)| NodeProcedure {
                id: procedure.id.clone(),
                period: procedure.period.period,
                afterwards: procedure.afterwards,
                counted: !regime.excluded.contains(&procedure.kind),
                visit: visits
                    .iter()
                    .find(|(_, parts)| {
                        parts.iter().any(|(node, at)| *node == planned.node && *at == index)
                    })
                    .map(|(visit, _)| visit.id.clone()),
            })
            .collect(),
        correction_lapses: regime.correction_lapses,
        lapse_means: regime.lapse_means,
        clock: catalogue.clock_rules(regime, &planned.department),
        deemed_grant: regime
            .deemed_grant
            .as_ref()
            .map(|rule| DeemedGrant { period: rule.period.period, from: rule.from }),
        revocations: regime
            .revocations
            .iter()
            .map(|known| NodeRevocation {
                act: known.act,
                heard: known.heard.as_ref().map(|heard| heard.period),
            })
            .collect(),
        on_change: on_change(service, regime),
        delivery: regime.delivery.as_ref().map(|delivery| delivery.period),
        checklist: service
            .checklist
            .iter()
            .chain(&service.refusal_grounds)
            .map(|line| line.id.clone())
            .collect(),
    })
}

/// What follows for the service when the applicant dies or changes.
fn on_change(service: &PublicService, regime: &Regime) -> Vec<NodeChange> {
    let change = |known: &RegimeChange| NodeChange { change: known.change, effect: known.effect };
    service.changes_under(regime).map(change).collect()
}

/// What the plan left out because it is done, with its case where that is known.
fn done_before(plan: &Plan) -> Vec<DoneBefore> {
    let done = plan.left_out.iter().filter(|out| out.kind == OutKind::AlreadyDone);
    let case = |reason: &Reason| match reason {
        Reason::DoneBefore { case } => *case,
        _ => None,
    };
    done.map(|out| DoneBefore { node: out.node.clone(), case: case(&out.reason) }).collect()
}

/// The outputs that the plan expects, each with the slots that come into being with it.
fn freeze_outputs(
    plan: &Plan,
    catalogue: &Catalogue,
    service: &PublicService,
    planned: &PlannedService,
) -> Vec<NodeOutput> {
    service
        .outputs
        .iter()
        .filter(|output| planned.outputs.contains(&output.id))
        .map(|output| NodeOutput {
            id: Arc::clone(&output.id),
            licence: output.kind == OutputKind::Licence,
            fact: output.kind == OutputKind::Facts && output.elements.is_empty(),
            slots: output
                .elements
                .iter()
                .flat_map(|element| slots_of(plan, catalogue, planned, &output.id, element))
                .collect(),
        })
        .collect()
}

/// An element of a group belongs to the node's member; a service for all members together makes it for
/// each member whose field of the form waits for this output.
fn slots_of(
    plan: &Plan,
    catalogue: &Catalogue,
    planned: &PlannedService,
    output: &Arc<str>,
    element: &DataElementId,
) -> Vec<Slot> {
    let grouped = catalogue.element(element).is_some_and(|element| element.group.is_some());
    if !grouped {
        return vec![Slot { element: element.clone(), member: None }];
    }
    if let Some(member) = &planned.node.member {
        return vec![Slot { element: element.clone(), member: Some(member.clone()) }];
    }
    let slots: BTreeSet<Slot> = plan
        .form
        .iter()
        .flat_map(|topic| &topic.fields)
        .filter(|field| field.slot.element == *element)
        .filter(|field| {
            matches!(&field.state, FieldState::FromOutput { node, output: from }
                if *node == planned.node && from == output)
        })
        .map(|field| field.slot.clone())
        .collect();
    slots.into_iter().collect()
}
