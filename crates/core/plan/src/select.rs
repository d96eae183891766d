//! Which services of the matter are in, for which member, and why; which are out, and why.

use std::collections::BTreeSet;

use catalogue::{Catalogue, Fee, MatterService, PublicService, Requirement};
use conditions::{Condition, InScope, Truth};
use vocabulary::{GroupId, MemberId, NodeKey};

use crate::judge::Judge;
use crate::terms::Terms;
use crate::{LeftOut, OutKind, PlanInput, Reason, standing};

/// A service that is in, for one member if it is repeated.
pub(crate) struct Node<'a> {
    pub(crate) key: NodeKey,
    /// The place of its member in the group; 0 if it is not repeated.
    place: usize,
    pub(crate) part: &'a MatterService,
    pub(crate) service: &'a PublicService,
    /// In whatever is still answered.
    pub(crate) certain: bool,
    pub(crate) reason: Reason,
    /// Periods, visits and fees as they are in this scenario.
    pub(crate) terms: Terms,
}

impl Node<'_> {
    /// The group and member that conditions of this service are about.
    pub(crate) fn scope(&self) -> InScope<'_> {
        self.service.per.as_ref().zip(self.key.member.as_ref())
    }

    /// The group that the service is repeated for, and the place of its member there.
    pub(crate) fn own(&self) -> Option<(&GroupId, usize)> {
        Some((self.service.per.as_ref()?, self.place))
    }

    /// The fees that are due.
    pub(crate) fn fees(&self) -> impl Iterator<Item = &Fee> {
        let place = |index: &u32| usize::try_from(*index).ok();
        self.terms.fees.iter().filter_map(move |index| self.service.fees.get(place(index)?))
    }

    /// The scope of a need of this service that is repeated for `member` of its own group.
    pub(crate) fn scope_of<'s>(
        &'s self,
        group: Option<&'s GroupId>,
        member: &'s Option<MemberId>,
    ) -> InScope<'s> {
        self.scope().or_else(|| group.zip(member.as_ref()))
    }
}

/// The nodes of each service, together: they stand side by side.
pub(crate) fn by_service<'n, 'a>(
    nodes: &'n [Node<'a>],
) -> impl Iterator<Item = &'n [Node<'a>]> + use<'n, 'a> {
    nodes.chunk_by(|one, next| one.key.service == next.key.service)
}

/// How often somebody goes for one service. All its members go together: the service's own visits count once,
/// and so does each further visit that is due for anyone.
pub(crate) fn trips(members: &[Node<'_>]) -> u32 {
    let Some(first) = members.first() else {
        return 0;
    };
    let due: BTreeSet<&u32> = members.iter().flat_map(|node| &node.terms.extra_visits).collect();
    let visits = &first.service.visits_when;
    let more = due.into_iter().filter_map(|index| visits.get(usize::try_from(*index).ok()?));
    more.fold(first.service.visits, |sum, more| sum.saturating_add(more.count))
}

/// Nodes in the matter's order, then the members'.
pub(crate) struct Selection<'a> {
    pub(crate) nodes: Vec<Node<'a>>,
    pub(crate) left_out: Vec<LeftOut>,
}

pub(crate) fn select<'a>(input: &PlanInput<'a>, judge: &Judge<'_>) -> Selection<'a> {
    let mut selection = Selection { nodes: Vec::new(), left_out: Vec::new() };
    for part in &input.matter.services {
        if let Some(service) = service_of(input.catalogue, part) {
            select_service(input, judge, part, service, &mut selection);
        }
    }
    selection
}

fn service_of<'a>(catalogue: &'a Catalogue, part: &MatterService) -> Option<&'a PublicService> {
    catalogue.service(&part.service)
}

fn select_service<'a>(
    input: &PlanInput<'a>,
    judge: &Judge<'_>,
    part: &'a MatterService,
    service: &'a PublicService,
    selection: &mut Selection<'a>,
) {
    let Some(per) = &service.per else {
        select_node(input, judge, part, service, (0, None, true), selection);
        return;
    };
    let Some(members) = judge.members(per) else {
        return;
    };
    if members.ids.is_empty() {
        let clause = format!("count({per}) > 0").into();
        selection.left_out.push(LeftOut {
            node: NodeKey { service: service.id.clone(), member: None },
            kind: OutKind::NotApplicable,
            reason: Reason::Condition { clause, holds: false, because: Vec::new() },
            requirements: Vec::new(),
        });
    }
    for (position, member) in members.ids.iter().enumerate() {
        let who = (position, member.clone(), position < members.certain);
        let is_in = select_node(input, judge, part, service, who, selection);
        if is_in && !members.known {
            judge.note_unknown_size(per);
        }
    }
}

/// Adds the node where it belongs; whether it is in.
fn select_node<'a>(
    input: &PlanInput<'a>,
    judge: &Judge<'_>,
    part: &'a MatterService,
    service: &'a PublicService,
    (place, member, member_is_certain): (usize, Option<MemberId>, bool),
    selection: &mut Selection<'a>,
) -> bool {
    let key = NodeKey { service: service.id.clone(), member };
    let scope = service.per.as_ref().zip(key.member.as_ref());
    if let Some((kind, reason)) = standing::leaves_out(input, &key) {
        let (kind, reason) = if kind == OutKind::Later && judge.is_false(&part.when, scope) {
            (OutKind::NotApplicable, judge.reason(&part.when, scope, Truth::False))
        } else {
            (kind, reason)
        };
        selection.left_out.push(LeftOut { node: key, kind, reason, requirements: Vec::new() });
        return false;
    }
    let applies = judge.truth(&part.when, scope);
    let mut leave_out = |kind, reason| {
        let (node, requirements) = (key.clone(), Vec::new());
        selection.left_out.push(LeftOut { node, kind, reason, requirements });
        false
    };
    if applies == Truth::False {
        return leave_out(OutKind::NotApplicable, judge.reason(&part.when, scope, applies));
    }
    let done = match &part.already_done {
        None => Truth::False,
        Some(condition) => judge.truth(condition, scope),
    };
    if let (Truth::True, Some(condition)) = (done, &part.already_done) {
        return leave_out(OutKind::AlreadyDone, judge.reason(condition, scope, done));
    }
    let missed: Vec<&Requirement> = service
        .requirements
        .iter()
        .filter(|it| it.when.as_ref().is_some_and(|when| judge.is_false(when, scope)))
        .collect();
    if let Some(Requirement { when: Some(when), .. }) = missed.first() {
        selection.left_out.push(LeftOut {
            node: key.clone(),
            kind: OutKind::NotEligible,
            reason: judge.reason(when, scope, Truth::False),
            requirements: missed.iter().map(|it| it.id.clone()).collect(),
        });
        return false;
    }
    if part.optional && input.skip.contains(&service.id) {
        return leave_out(OutKind::Skipped, Reason::Skipped);
    }
    let conditions = service.requirements.iter().filter_map(|it| it.when.as_ref());
    let open: Vec<&Condition> =
        conditions.filter(|when| judge.truth(when, scope) == Truth::Unknown).collect();
    let reason = match &part.already_done {
        // That it is not done yet decides, unless whether it applies at all is said or still open.
        Some(condition) if applies == Truth::True => {
            if done == Truth::Unknown || part.when.is_always() {
                judge.reason(condition, scope, done)
            } else {
                judge.reason(&part.when, scope, applies)
            }
        }
        _ => judge.reason(&part.when, scope, applies),
    };
    let decided = applies == Truth::True && done == Truth::False;
    let reason = match open.first() {
        Some(when) if decided => judge.reason(when, scope, Truth::Unknown),
        _ => reason,
    };
    let certain = member_is_certain && decided && open.is_empty();
    let terms = Terms::of(input.catalogue, judge, service, scope);
    selection.nodes.push(Node { key, place, part, service, certain, reason, terms });
    true
}
