//! The special procedures of the plan's services, and which of them are one appointment.
//!
//! Only what comes before the decisions is joined with what comes before them, and what comes afterwards with
//! what comes afterwards: one appointment cannot be both.

use std::collections::BTreeSet;
use std::sync::Arc;

use catalogue::{JointProcedure, Matter, SpecialProcedure};
use conditions::Truth;
use vocabulary::{Date, ServiceId, WorkCalendar};

use crate::judge::Judge;
use crate::select::Node;
use crate::terms::longest;
use crate::{PlannedProcedure, ProcedurePart};

/// A procedure of one node, before any are joined.
struct Single<'a> {
    node: &'a Node<'a>,
    index: u32,
    procedure: &'a SpecialProcedure,
    joint: Option<&'a JointProcedure>,
}

/// All procedures, in the order of the nodes; undecided ones count in.
pub(crate) fn procedures(
    matter: &Matter,
    judge: &Judge<'_>,
    nodes: &[Node<'_>],
    calendar: &WorkCalendar,
) -> Vec<PlannedProcedure> {
    let mut singles: Vec<Single<'_>> = Vec::new();
    for node in nodes {
        for (index, procedure) in (0u32..).zip(&node.service.special_procedures) {
            if judge.truth(&procedure.when, node.scope()) != Truth::False {
                let joins = |joint: &&JointProcedure| {
                    joint.kind == procedure.kind && joint.services.contains(&node.service.id)
                };
                let joint = matter.joint_procedures.iter().find(joins);
                singles.push(Single { node, index, procedure, joint });
            }
        }
    }
    let mut planned: Vec<PlannedProcedure> = Vec::new();
    for single in &singles {
        let afterwards = single.procedure.afterwards;
        let joint = single.joint.filter(|joint| is_shared(joint, afterwards, &singles));
        let joint = joint.map(|joint| joint.id.clone());
        let same = |other: &&mut PlannedProcedure| {
            joint.is_some() && other.joint == joint && other.afterwards == afterwards
        };
        match planned.iter_mut().find(same) {
            Some(shared) => shared.take(single, judge.as_of(), calendar),
            None => planned.push(PlannedProcedure::of(single, joint)),
        }
    }
    planned
}

/// Two or more services have one to join, all before their decisions or all afterwards.
fn is_shared(joint: &JointProcedure, afterwards: bool, singles: &[Single<'_>]) -> bool {
    let joins = |it: &&Single<'_>| it.joint.is_some_and(|its| its.id == joint.id);
    let joined = singles.iter().filter(joins).filter(|it| it.procedure.afterwards == afterwards);
    let services: BTreeSet<&ServiceId> = joined.map(|it| &it.node.service.id).collect();
    services.len() > 1
}

impl PlannedProcedure {
    fn of(single: &Single<'_>, joint: Option<Arc<str>>) -> Self {
        Self {
            kind: single.procedure.kind,
            joint,
            parts: vec![single.part()],
            period: single.procedure.period.period,
            afterwards: single.procedure.afterwards,
        }
    }

    fn take(&mut self, single: &Single<'_>, begun: Date, calendar: &WorkCalendar) {
        let periods = [self.period, single.procedure.period.period];
        self.period = longest(&periods, calendar, begun).unwrap_or(self.period);
        self.parts.push(single.part());
    }
}

impl Single<'_> {
    fn part(&self) -> ProcedurePart {
        ProcedurePart { node: self.node.key.clone(), index: self.index }
    }
}
