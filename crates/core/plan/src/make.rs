//! Puts the parts of a plan together.

use std::collections::{BTreeMap, BTreeSet};

use catalogue::Catalogue;
use conditions::Truth;
use vocabulary::{Date, HalfDays, NodeKey, OrganisationId, Period, Slot};

use crate::evidence::EvidenceList;
use crate::graph::{Arrows, Graph};
use crate::judge::Judge;
use crate::reductions::Measured;
use crate::schedule::{Dates, Schedule, schedule};
use crate::select::{Node, by_service, trips};
use crate::{
    DepartmentDate, JointDate, Plan, PlanInput, PlannedFee, PlannedProcedure, PlannedService,
    PlannedSignatory, ProcedureTime, evidence, form, procedures, select, standing,
};

/// Makes the plan.
pub fn make(input: &PlanInput<'_>) -> Plan {
    let as_of = input.catalogue.civil_date(input.now);
    let facts = input.catalogue.derive(input.facts, as_of);
    let input = &PlanInput { facts: &facts, ..*input };
    let judge = Judge::new(input.catalogue, input.facts, as_of);
    let selection = select::select(input, &judge);
    let nodes = &selection.nodes;

    let mut arrows = Arrows::default();
    let mut needs = form::collect(input, &judge, nodes);
    let form = needs.lay_out(input, nodes, &mut arrows);
    let mut evidence = evidence::list(input, &judge, nodes, &mut arrows);
    let graph = Graph::of(nodes.len(), &arrows);
    let signatories = signatories(input, &judge, nodes);

    let procedures = procedures::procedures(input.matter, &judge, nodes, &input.catalogue.calendar);

    let dates = Dates::new(&input.catalogue.calendar, as_of);
    let times = Times::of(input.catalogue, nodes, &graph, &dates, &procedures);
    // Whoever needs a service without a baseline still waits for what that one waits for.
    let measured_time = |_: usize, node: &Node<'_>, starts| match node.service.baseline {
        Some(_) => dates.length(node.terms.promised, starts),
        None => HalfDays::ZERO,
    };
    let measured = Measured {
        nodes,
        evidence: &evidence,
        signatories: &signatories,
        applicant: &input.matter.applicant_name,
        graph: &graph,
        schedule: &schedule(nodes, &graph, |_| true, measured_time),
    };
    let reductions = measured.reductions();
    let services = services(nodes, &graph, &times, &dates, &mut needs.of_node, &mut evidence);

    let undecided = judge.into_undecided();
    Plan {
        matter: input.matter.id.clone(),
        matter_revision: input.matter.revision.clone(),
        as_of,
        calendar_version: input.catalogue.calendar.version.clone(),
        left_out: selection.left_out,
        form,
        edges: graph.edges(nodes, &arrows),
        waves: waves(&services),
        critical_path: keys(nodes, &times.critical),
        joint: times.joint(nodes, &dates),
        departments: departments(&services),
        fees: fees(nodes),
        visits: by_service(nodes).map(trips).fold(0, u32::saturating_add),
        signatories,
        procedures,
        reductions,
        undecided: undecided.elements.into_iter().collect(),
        undecided_groups: undecided.groups.into_iter().collect(),
        needs_first: standing::needs_first(input, &evidence.pieces),
        evidence: evidence.pieces,
        services,
    }
}

/// When what is certainly in is promised, when everything else is, and what may come to it.
struct Times {
    /// Only what is certainly in: nothing undecided delays it.
    certain: Schedule,
    /// Everything: whoever is undecided waits for all that it needs, decided or not.
    all: Schedule,
    /// What is certainly in, each with its special procedures.
    with_procedures: Schedule,
    critical: Vec<usize>,
    /// Undecided nodes that would delay what is promised.
    may_add: Vec<usize>,
}

impl Times {
    fn of(
        catalogue: &Catalogue,
        nodes: &[Node<'_>],
        graph: &Graph,
        dates: &Dates<'_>,
        procedures: &[PlannedProcedure],
    ) -> Self {
        // When nothing at all is certain, the promise covers what may come: no promise is made of nothing.
        let none_certain = !nodes.iter().any(|node| node.certain);
        let takes_part = |node: &Node<'_>| node.certain || none_certain;
        let promised = |node: &Node<'_>, starts| dates.length(node.terms.promised, starts);
        let certain = schedule(nodes, graph, takes_part, |_, node, starts| promised(node, starts));
        // Nobody's promise is waited for less than it takes.
        let all = schedule(
            nodes,
            graph,
            |_| true,
            |at, node, starts| {
                let end = certain.ends.get(at).copied().unwrap_or_default();
                promised(node, starts).max(HalfDays(end.0.saturating_sub(starts.0)))
            },
        );
        let extra = before_decision(catalogue, nodes, graph, procedures, takes_part);
        let with_procedures = schedule(nodes, graph, takes_part, |at, node, starts| {
            let periods = extra.get(at).into_iter().flatten();
            let add = |lasts: HalfDays, period: &Period| {
                lasts.saturating_add(dates.length(*period, starts.saturating_add(lasts)))
            };
            periods.fold(promised(node, starts), add)
        });
        let critical = certain.critical_path(graph);
        let may_add = all.delaying(&certain, graph);
        Self { certain, all, with_procedures, critical, may_add }
    }

    fn joint(&self, nodes: &[Node<'_>], dates: &Dates<'_>) -> JointDate {
        let promised = self.certain.last_end();
        let (promised_on, provisional) = dates.after(promised);
        let at_most = self.with_procedures.last_end();
        let halves = HalfDays(at_most.0.saturating_sub(promised.0));
        let more = ProcedureTime { halves, on: dates.after(at_most).0 };
        JointDate {
            promised,
            promised_on,
            provisional,
            procedures_may_add: (halves > HalfDays::ZERO).then_some(more),
            may_add: keys(nodes, &self.may_add),
        }
    }
}

/// For each node the periods of the special procedures that its decision waits for and that its procedure regime
/// does not count, one after the other: what is counted runs inside the promise and adds nothing. What is
/// one appointment takes as long as its longest part, and is held once: whoever comes later on the way does not
/// wait for it again.
fn before_decision(
    catalogue: &Catalogue,
    nodes: &[Node<'_>],
    graph: &Graph,
    procedures: &[PlannedProcedure],
    takes_part: impl Fn(&Node<'_>) -> bool,
) -> Vec<Vec<Period>> {
    let mut periods: Vec<Vec<Period>> = vec![Vec::new(); nodes.len()];
    for procedure in procedures.iter().filter(|procedure| !procedure.afterwards) {
        let parts: BTreeSet<&NodeKey> = procedure.parts.iter().map(|part| &part.node).collect();
        let mut held: BTreeSet<usize> = BTreeSet::new();
        for position in &graph.order {
            let Some(node) = nodes.get(*position).filter(|node| takes_part(node)) else {
                continue;
            };
            let mut before = graph.before.get(*position).into_iter().flatten();
            let held_before = !held.is_empty() && before.any(|from| held.contains(from));
            let regime = catalogue.regimes.get(&node.service.regime);
            let excluded = regime.is_some_and(|it| it.excluded.contains(&procedure.kind));
            let is_part = excluded && parts.contains(&node.key);
            if let (true, false, Some(own)) = (is_part, held_before, periods.get_mut(*position)) {
                own.push(procedure.period);
            }
            if is_part || held_before {
                held.insert(*position);
            }
        }
    }
    periods
}

/// In order of waves, then the matter's order.
fn services(
    nodes: &[Node<'_>],
    graph: &Graph,
    times: &Times,
    dates: &Dates<'_>,
    fields: &mut [Vec<Slot>],
    evidence: &mut EvidenceList,
) -> Vec<PlannedService> {
    let mut services = Vec::with_capacity(nodes.len());
    for position in graph.by_wave() {
        let Some(node) = nodes.get(position) else {
            continue;
        };
        let schedule = if node.certain { &times.certain } else { &times.all };
        let starts = schedule.starts.get(position).copied().unwrap_or_default();
        let ends = schedule.ends.get(position).copied().unwrap_or_default();
        services.push(PlannedService {
            node: node.key.clone(),
            revision: node.service.revision.clone(),
            department: node.service.authority.clone(),
            optional: node.part.optional,
            certain: node.certain,
            reason: node.reason.clone(),
            promised: node.terms.promised,
            statutory: node.terms.statutory,
            extra_visits: node.terms.extra_visits.clone(),
            starts,
            ends,
            starts_on: dates.after(starts).0,
            promised_on: dates.after(ends).0,
            critical: times.critical.contains(&position),
            wave: graph.wave.get(position).copied().unwrap_or_default(),
            fields: fields.get_mut(position).map(std::mem::take).unwrap_or_default(),
            evidence: evidence.of_node.get_mut(position).map(std::mem::take).unwrap_or_default(),
            outputs: node.service.outputs.iter().map(|output| output.id.clone()).collect(),
        });
    }
    services
}

fn waves(services: &[PlannedService]) -> Vec<Vec<NodeKey>> {
    let mut waves: BTreeMap<u32, Vec<NodeKey>> = BTreeMap::new();
    for service in services {
        waves.entry(service.wave).or_default().push(service.node.clone());
    }
    waves.into_values().collect()
}

/// Each department once, in the order in which the plan comes to it.
fn departments(services: &[PlannedService]) -> Vec<DepartmentDate> {
    let mut departments: Vec<DepartmentDate> = Vec::new();
    let place = |departments: &[DepartmentDate], id: &OrganisationId| {
        departments.iter().position(|known| known.department == *id)
    };
    for service in services {
        let (node, on): (NodeKey, Date) = (service.node.clone(), service.promised_on);
        match place(&departments, &service.department).and_then(|at| departments.get_mut(at)) {
            Some(known) => {
                known.nodes.push(node);
                known.promised_on = known.promised_on.max(on);
            }
            None => departments.push(DepartmentDate {
                department: service.department.clone(),
                nodes: vec![node],
                promised_on: on,
            }),
        }
    }
    departments
}

fn fees(nodes: &[Node<'_>]) -> Vec<PlannedFee> {
    let mut fees = Vec::new();
    for node in nodes {
        for (index, fee) in node.terms.fees.iter().zip(node.fees()) {
            fees.push(PlannedFee {
                node: node.key.clone(),
                index: *index,
                amount: fee.amount,
                currency: fee.currency.clone(),
            });
        }
    }
    fees
}

fn signatories(
    input: &PlanInput<'_>,
    judge: &Judge<'_>,
    nodes: &[Node<'_>],
) -> Vec<PlannedSignatory> {
    let mut signatories = Vec::new();
    for node in nodes {
        for (index, signatory) in (0u32..).zip(&node.service.signatories) {
            let element = input.catalogue.element(&signatory.element);
            let group = element.and_then(|element| element.group.as_ref());
            for (_, member) in judge.each(group, node.own()) {
                if judge.truth(&signatory.when, node.scope_of(group, member)) == Truth::False {
                    continue;
                }
                let slot = Slot { element: signatory.element.clone(), member: member.clone() };
                let name = input.facts.value(&slot).cloned();
                signatories.push(PlannedSignatory { slot, node: node.key.clone(), index, name });
            }
        }
    }
    signatories
}

fn keys(nodes: &[Node<'_>], positions: &[usize]) -> Vec<NodeKey> {
    positions.iter().filter_map(|at| Some(nodes.get(*at)?.key.clone())).collect()
}
