//! The needs for data, merged: one entry for each slot, whoever needs it, plus those that the law wants
//! asked again.

use std::collections::BTreeMap;

use catalogue::{DataElement, Output};
use conditions::Truth;
use vocabulary::{DataElementId, MemberId, Origin, Slot};

use crate::graph::Arrows;
use crate::judge::Judge;
use crate::select::Node;
use crate::{FieldState, FormField, FormTopic, PlanInput};

/// Who needs a slot.
struct Entry<'a> {
    element: &'a DataElement,
    optional: bool,
    /// Positions of nodes, ascending, each once; with whether the need is only soft.
    users: Vec<(usize, bool)>,
}

/// The form before it is laid out.
pub(crate) struct Needs<'a> {
    entries: BTreeMap<Slot, Entry<'a>>,
    again: BTreeMap<(Slot, usize), bool>,
    /// For each node the slots that its department receives.
    pub(crate) of_node: Vec<Vec<Slot>>,
    producers: BTreeMap<&'a DataElementId, Vec<(usize, &'a Output)>>,
}

/// Goes through every node's fields once.
pub(crate) fn collect<'a>(
    input: &PlanInput<'a>,
    judge: &Judge<'_>,
    nodes: &[Node<'a>],
) -> Needs<'a> {
    let mut needs = Needs {
        entries: BTreeMap::new(),
        again: BTreeMap::new(),
        of_node: Vec::with_capacity(nodes.len()),
        producers: producers(nodes),
    };
    for (position, node) in nodes.iter().enumerate() {
        let mut slots = Vec::new();
        let own = node.service.per.as_ref().map(|per| (per, &node.key.member));
        for need in &node.service.fields {
            let Some(element) = input.catalogue.element(&need.element) else {
                continue;
            };
            for member in judge.each(element.group.as_ref(), own) {
                let scope = node.scope_of(element.group.as_ref(), member);
                if judge.truth(&need.when, scope) == Truth::False {
                    continue;
                }
                let slot = Slot { element: element.id.clone(), member: member.clone() };
                if need.ask_again.is_empty() {
                    needs.add(&slot, element, position, need.optional, need.soft);
                } else {
                    needs.again.insert((slot.clone(), position), need.optional);
                }
                if !slots.contains(&slot) {
                    slots.push(slot);
                }
            }
        }
        needs.of_node.push(slots);
    }
    needs
}

fn producers<'a>(nodes: &[Node<'a>]) -> BTreeMap<&'a DataElementId, Vec<(usize, &'a Output)>> {
    let mut producers: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (position, node) in nodes.iter().enumerate() {
        for output in &node.service.outputs {
            for element in &output.elements {
                producers.entry(element).or_default().push((position, output));
            }
        }
    }
    producers
}

impl<'a> Needs<'a> {
    fn add(
        &mut self,
        slot: &Slot,
        element: &'a DataElement,
        user: usize,
        optional: bool,
        soft: bool,
    ) {
        match self.entries.get_mut(slot) {
            None => {
                let entry = Entry { element, optional, users: vec![(user, soft)] };
                self.entries.insert(slot.clone(), entry);
            }
            Some(entry) => {
                entry.optional &= optional;
                match entry.users.last_mut() {
                    Some((last, was_soft)) if *last == user => *was_soft &= soft,
                    _ => entry.users.push((user, soft)),
                }
            }
        }
    }

    /// The nodes with whose output the slot comes into being. A service that needs it itself only
    /// repeats it.
    fn producers_of(
        &self,
        nodes: &[Node<'a>],
        slot: &Slot,
        element: &DataElement,
        users: &[(usize, bool)],
    ) -> Vec<(usize, &'a Output)> {
        let found = self.producers.get(&slot.element).map(Vec::as_slice).unwrap_or_default();
        let made_for = |position: usize| {
            let Some(node) = nodes.get(position) else {
                return false;
            };
            let same_group = node.service.per.is_some() && node.service.per == element.group;
            let needs_it_itself = users.iter().any(|(user, _)| *user == position);
            !needs_it_itself && (!same_group || node.key.member == slot.member)
        };
        found.iter().filter(|(position, _)| made_for(*position)).copied().collect()
    }

    /// Lays the form out by topic and member, and draws the arrows from outputs to those who need them.
    pub(crate) fn lay_out(
        &self,
        input: &PlanInput<'a>,
        nodes: &[Node<'a>],
        arrows: &mut Arrows,
    ) -> Vec<FormTopic> {
        let mut fields: Vec<(&DataElement, FormField)> = Vec::with_capacity(self.entries.len());
        for (slot, entry) in &self.entries {
            let producers = self.producers_of(nodes, slot, entry.element, &entry.users);
            for (user, soft) in &entry.users {
                arrows.join(nodes, &producers, *user, *soft);
            }
            let state = state(input, nodes, slot, entry.element, producers.first());
            let keys =
                entry.users.iter().filter_map(|(user, _)| Some(nodes.get(*user)?.key.clone()));
            let field = FormField {
                slot: slot.clone(),
                optional: entry.optional,
                users: keys.collect(),
                only_for: None,
                state,
            };
            fields.push((entry.element, field));
        }
        for ((slot, user), optional) in &self.again {
            let Some(element) = input.catalogue.element(&slot.element) else {
                continue;
            };
            let Some(node) = nodes.get(*user) else {
                continue;
            };
            let producers = self.producers_of(nodes, slot, element, &[(*user, false)]);
            arrows.join(nodes, &producers, *user, false);
            let field = FormField {
                slot: slot.clone(),
                optional: *optional,
                users: vec![node.key.clone()],
                only_for: Some(node.key.clone()),
                state: state(input, nodes, slot, element, producers.first()),
            };
            fields.push((element, field));
        }
        topics(input, nodes, self, fields)
    }
}

fn state(
    input: &PlanInput<'_>,
    nodes: &[Node<'_>],
    slot: &Slot,
    element: &DataElement,
    producer: Option<&(usize, &Output)>,
) -> FieldState {
    if let Some((position, output)) = producer
        && let Some(node) = nodes.get(*position)
    {
        return FieldState::FromOutput { node: node.key.clone(), output: output.id.clone() };
    }
    if let Some(table) = &element.table {
        let value = input.facts.value(slot).cloned();
        return FieldState::Computed { value, table: table.clone() };
    }
    match input.facts.get(slot) {
        Some(fact) => {
            let value = fact.value.clone();
            match &fact.origin {
                Origin::Applicant | Origin::Output { .. } | Origin::Table { .. } => {
                    FieldState::Given { value }
                }
                // A record without this value: the form still wants it from the person.
                Origin::Source { .. } if value == vocabulary::Value::Null => FieldState::Missing,
                Origin::Source { source, at } => {
                    FieldState::Fetched { value, source: source.clone(), at: *at }
                }
                Origin::Confirmed { source, at } => {
                    FieldState::Confirmed { value, source: source.clone(), at: *at }
                }
            }
        }
        None => {
            let down = element.source.as_ref().filter(|id| input.unreachable.contains(*id));
            match input.facts.unavailable(slot).or(down) {
                Some(source) => FieldState::Unavailable { source: source.clone() },
                None => FieldState::Missing,
            }
        }
    }
}

/// By the topics' order, the members', and within them the order in which the services name the fields.
fn topics(
    input: &PlanInput<'_>,
    nodes: &[Node<'_>],
    needs: &Needs<'_>,
    mut fields: Vec<(&DataElement, FormField)>,
) -> Vec<FormTopic> {
    let mut named: BTreeMap<&Slot, usize> = BTreeMap::new();
    for slot in needs.of_node.iter().flatten() {
        let next = named.len();
        named.entry(slot).or_insert(next);
    }
    let members = nodes.iter().filter_map(|node| node.key.member.as_ref());
    let known = input.facts.groups().flat_map(|(_, members)| members);
    let mut member_order: BTreeMap<&MemberId, usize> = BTreeMap::new();
    for (place, member) in known.chain(members).enumerate() {
        member_order.entry(member).or_insert(place);
    }
    fields.sort_by_cached_key(|(element, field)| {
        let order =
            input.catalogue.topics.get(&element.topic).map_or(u32::MAX, |topic| topic.order);
        let member = field.slot.member.as_ref();
        let member = member.map(|member| (member_order.get(member).copied(), member.clone()));
        let place = named.get(&field.slot).copied().unwrap_or(usize::MAX);
        (order, element.topic.clone(), member, place, field.only_for.clone())
    });
    let mut topics: Vec<FormTopic> = Vec::new();
    for (element, field) in fields {
        match topics.last_mut() {
            Some(last) if last.topic == element.topic && last.member == field.slot.member => {
                last.fields.push(field);
            }
            _ => topics.push(FormTopic {
                topic: element.topic.clone(),
                member: field.slot.member.clone(),
                fields: vec![field],
            }),
        }
    }
    topics
}
