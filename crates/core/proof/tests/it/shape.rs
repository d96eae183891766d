//! The shape of a real plan as the proof's features, for comparison.

use std::collections::BTreeSet;

use catalogue::{Catalogue, PeriodWhen};
use plan::{FieldState, OutKind, Plan, TakenWay};
use vocabulary::{MemberId, NodeKey, Period, Slot};
use yijianshi_proof::{FeatureKey, Out, Piece, Taken, generic_member};

fn generic(member: Option<&MemberId>) -> bool {
    member.is_none_or(|member| *member == generic_member())
}

fn node(node: &NodeKey) -> bool {
    generic(node.member.as_ref())
}

fn slot(slot: &Slot) -> bool {
    generic(slot.member.as_ref())
}

/// Everything that is so in the plan, seen from shared services and the generic member; with `all` of everybody.
#[expect(clippy::too_many_lines, reason = "one part of a plan after the other")]
pub(crate) fn shape(plan: &Plan, all: bool, catalogue: &Catalogue) -> BTreeSet<FeatureKey> {
    let node = |it: &NodeKey| all || node(it);
    let slot = |it: &Slot| all || slot(it);
    let generic = |it: Option<&MemberId>| all || generic(it);
    let mut shape = BTreeSet::new();
    for service in plan.services.iter().filter(|service| node(&service.node)) {
        shape.insert(FeatureKey::In(service.node.clone()));
        if service.certain {
            shape.insert(FeatureKey::Certain(service.node.clone()));
        }
        for field in service.fields.iter().filter(|field| slot(field)) {
            shape.insert(FeatureKey::Field(service.node.clone(), field.clone()));
        }
    }
    for service in plan.services.iter().filter(|service| node(&service.node)) {
        let defined = catalogue.service(&service.node.service).unwrap();
        let period = |variants: &[PeriodWhen], own: Option<Period>, counts: Option<Period>| {
            let other = counts.filter(|counts| Some(*counts) != own)?;
            variants.iter().position(|variant| variant.period.period == other)
        };
        let own = Some(defined.promised.period);
        if let Some(at) = period(&defined.promised_when, own, Some(service.promised)) {
            shape.insert(FeatureKey::Promised(service.node.clone(), at));
        }
        let own = defined.statutory.as_ref().map(|own| own.period);
        if let Some(at) = period(&defined.statutory_when, own, service.statutory) {
            shape.insert(FeatureKey::Statutory(service.node.clone(), at));
        }
        for at in &service.extra_visits {
            let at = usize::try_from(*at).unwrap();
            shape.insert(FeatureKey::Visits(service.node.clone(), at));
        }
    }
    for part in plan.procedures.iter().flat_map(|it| &it.parts).filter(|it| node(&it.node)) {
        let index = usize::try_from(part.index).unwrap();
        shape.insert(FeatureKey::Procedure(part.node.clone(), index));
    }
    for out in plan.left_out.iter().filter(|out| node(&out.node)) {
        let kind = match out.kind {
            OutKind::NotApplicable => Out::NotApplicable,
            OutKind::AlreadyDone => Out::AlreadyDone,
            OutKind::NotEligible => Out::NotEligible,
            OutKind::Skipped => Out::Skipped,
            // Proofs are of whole matters.
            OutKind::Later => continue,
        };
        shape.insert(FeatureKey::Out(out.node.clone(), kind));
    }
    for field in plan.form.iter().flat_map(|topic| &topic.fields).filter(|it| slot(&it.slot)) {
        match &field.only_for {
            None => {
                shape.insert(FeatureKey::Asked(field.slot.clone()));
                if !field.optional {
                    shape.insert(FeatureKey::Required(field.slot.clone()));
                }
                if matches!(field.state, FieldState::FromOutput { .. }) {
                    shape.insert(FeatureKey::FromOutput(field.slot.clone()));
                }
            }
            Some(only) if node(only) => {
                shape.insert(FeatureKey::AskedAgain(only.clone(), field.slot.clone()));
                if !field.optional {
                    shape.insert(FeatureKey::RequiredAgain(only.clone(), field.slot.clone()));
                }
            }
            Some(_) => {}
        }
    }
    for evidence in plan.evidence.iter().filter(|it| generic(it.key.member.as_ref())) {
        let piece = Piece { ty: evidence.key.ty.clone(), member: evidence.key.member.clone() };
        for user in evidence.users.iter().filter(|user| node(user)) {
            shape.insert(FeatureKey::Uses(user.clone(), piece.clone()));
        }
        let taken = match &evidence.way {
            TakenWay::Upload => Taken::Upload,
            TakenWay::Source { source } => Taken::Source(source.clone()),
            TakenWay::Licence => Taken::Licence,
            TakenWay::Output { node, output } => {
                Taken::Output(node.service.clone(), output.clone())
            }
            TakenWay::Commitment => Taken::Commitment,
            TakenWay::Deferral => Taken::Deferral,
            TakenWay::Generated => Taken::Generated,
        };
        shape.insert(FeatureKey::Way(piece, taken));
    }
    for fee in plan.fees.iter().filter(|fee| node(&fee.node)) {
        let index = usize::try_from(fee.index).unwrap();
        shape.insert(FeatureKey::Fee(fee.node.clone(), index));
    }
    for it in plan.signatories.iter().filter(|it| node(&it.node) && slot(&it.slot)) {
        let index = usize::try_from(it.index).unwrap();
        shape.insert(FeatureKey::Signs(it.node.clone(), index, it.slot.clone()));
    }
    for edge in plan.edges.iter().filter(|edge| node(&edge.from) && node(&edge.to)) {
        let (from, to, output) = (edge.from.clone(), edge.to.clone(), edge.output.clone());
        if edge.hard {
            let (from, to, output) = (from.clone(), to.clone(), output.clone());
            shape.insert(FeatureKey::HardEdge { from, to, output });
        }
        shape.insert(FeatureKey::Edge { from, to, output });
    }
    shape
}
