//! The needs for data, merged: one entry for each slot, whoever needs it, plus those that the law wants
//! asked again.

use std::collections::BTreeMap;

use catalogue::{DataElement, FieldNeed, Output};
use conditions::Truth;
use vocabulary::{DataElementId, MemberId, NodeKey, Origin, Slot, TopicId};

use crate::graph::Arrows;
use crate::judge::Judge;
use crate::select::{Node, by_service};
use crate::{FieldState, FormField, FormTopic, PlanInput};

/// An element that is needed, with an entry for each member of its group, or one.
struct Column<'a> {
    element: &'a DataElement,
    /// In the order of the members; `None` where nobody needs it.
    entries: Vec<Option<Entry>>,
}

/// Who needs a slot.
struct Entry {
    slot: Slot,
    /// How many slots were named before it.
    place: usize,
    optional: bool,
    /// Positions of nodes, ascending, each once; with whether the need is only soft.
    users: Vec<(usize, bool)>,
    /// Those that ask again, likewise; with whether that may be left open.
    again: Vec<(usize, bool)>,
}

/// The form before it is laid out.
pub(crate) struct Needs<'a> {
    columns: Vec<Column<'a>>,
    /// For each node the slots that its department receives.
    pub(crate) of_node: Vec<Vec<Slot>>,
}

/// Goes through every node's fields once.
pub(crate) fn collect<'a>(
    input: &PlanInput<'a>,
    judge: &Judge<'_>,
    nodes: &[Node<'a>],
) -> Needs<'a> {
    let mut needs = Needs { columns: Vec::new(), of_node: Vec::with_capacity(nodes.len()) };
    let mut by_element: BTreeMap<&DataElementId, usize> = BTreeMap::new();
    let mut named = 0usize;
    for members in by_service(nodes) {
        let Some(first) = members.first() else {
            continue;
        };
        // Looked up once for all members.
        let mut fields: Vec<(&FieldNeed, usize)> = Vec::with_capacity(first.service.fields.len());
        for need in &first.service.fields {
            let Some(element) = input.catalogue.element(&need.element) else {
                continue;
            };
            let column = *by_element.entry(&element.id).or_insert_with(|| {
                needs.columns.push(Column { element, entries: Vec::new() });
                needs.columns.len().saturating_sub(1)
            });
            fields.push((need, column));
        }
        for node in members {
            let position = needs.of_node.len();
            let mut slots = Vec::with_capacity(fields.len());
            for (need, column) in &fields {
                if let Some(column) = needs.columns.get_mut(*column) {
                    column.take(judge, (position, node), need, &mut named, &mut slots);
                }
            }
            needs.of_node.push(slots);
        }
    }
    needs
}

impl Column<'_> {
    /// Notes a need of the node, for everyone for whom it holds; `named` slots were named before.
    fn take(
        &mut self,
        judge: &Judge<'_>,
        (position, node): (usize, &Node<'_>),
        need: &FieldNeed,
        named: &mut usize,
        slots: &mut Vec<Slot>,
    ) {
        let group = self.element.group.as_ref();
        for (at, member) in judge.each(group, node.own()) {
            if judge.truth(&need.when, node.scope_of(group, member)) == Truth::False {
                continue;
            }
            if self.entries.len() <= at {
                self.entries.resize_with(at.saturating_add(1), || None);
            }
            let Some(place) = self.entries.get_mut(at) else {
                continue;
            };
            let entry = place.get_or_insert_with(|| {
                *named = named.saturating_add(1);
                Entry::new(
                    Slot { element: self.element.id.clone(), member: member.clone() },
                    *named,
                )
            });
            if !entry.is_named_by(position) {
                slots.push(entry.slot.clone());
            }
            entry.add(position, need);
        }
    }
}

impl Entry {
    fn new(slot: Slot, place: usize) -> Self {
        Self { slot, place, optional: true, users: Vec::new(), again: Vec::new() }
    }

    /// Whether the node that is gone through named it already.
    fn is_named_by(&self, position: usize) -> bool {
        let last = [self.users.last(), self.again.last()];
        last.into_iter().flatten().any(|(last, _)| *last == position)
    }

    fn add(&mut self, user: usize, need: &FieldNeed) {
        if need.ask_again.is_empty() {
            self.optional &= need.optional;
            match self.users.last_mut() {
                Some((last, soft)) if *last == user => *soft &= need.soft,
                _ => self.users.push((user, need.soft)),
            }
        } else {
            match self.again.last_mut() {
                Some((last, optional)) if *last == user => *optional = need.optional,
                _ => self.again.push((user, need.optional)),
            }
        }
    }
}

type Producers<'a> = BTreeMap<&'a DataElementId, Vec<(usize, &'a Output)>>;

fn producers<'a>(nodes: &[Node<'a>]) -> Producers<'a> {
    let mut producers: Producers<'a> = BTreeMap::new();
    for (position, node) in nodes.iter().enumerate() {
        for output in &node.service.outputs {
            for element in &output.elements {
                producers.entry(element).or_default().push((position, output));
            }
        }
    }
    producers
}

/// Of those who make the element, the nodes with whose output the slot comes into being. A service that needs it
/// itself only repeats it.
fn producers_of<'a>(
    makers: &[(usize, &'a Output)],
    nodes: &[Node<'a>],
    element: &DataElement,
    slot: &Slot,
    users: &[(usize, bool)],
) -> Vec<(usize, &'a Output)> {
    let made_for = |position: usize| {
        let Some(node) = nodes.get(position) else {
            return false;
        };
        let same_group = node.service.per.is_some() && node.service.per == element.group;
        let needs_it_itself = || users.binary_search_by_key(&position, |(user, _)| *user).is_ok();
        (!same_group || node.key.member == slot.member) && !needs_it_itself()
    };
    makers.iter().filter(|(position, _)| made_for(*position)).copied().collect()
}

/// A field of the form before it is written.
struct Row<'n> {
    /// Where its member stands; nobody's own come first.
    member: Option<(Option<usize>, &'n MemberId)>,
    entry: &'n Entry,
    element: &'n DataElement,
    /// The node that asks again, with whether it may be left open.
    again: Option<(usize, &'n NodeKey, bool)>,
}

impl Needs<'_> {
    /// Lays the form out by topic and member, within them in the order in which the services name the fields, and
    /// draws the arrows from outputs to those who need them.
    pub(crate) fn lay_out(
        &self,
        input: &PlanInput<'_>,
        nodes: &[Node<'_>],
        arrows: &mut Arrows,
    ) -> Vec<FormTopic> {
        let producers = producers(nodes);
        let mut by_topic: BTreeMap<(u32, &TopicId), Vec<&Column<'_>>> = BTreeMap::new();
        for column in &self.columns {
            let topic = &column.element.topic;
            let order = input.catalogue.topics.get(topic).map_or(u32::MAX, |topic| topic.order);
            by_topic.entry((order, topic)).or_default().push(column);
        }
        let member_order = member_order(input, nodes);
        let mut topics = Vec::new();
        for ((_, topic), columns) in by_topic {
            let mut rows: Vec<Row<'_>> = Vec::new();
            for column in columns {
                rows.extend(column.rows(nodes, &member_order));
            }
            rows.sort_unstable_by_key(|row| {
                (row.member, row.entry.place, row.again.map(|(_, node, _)| node))
            });
            for rows in rows.chunk_by(|row, next| row.member == next.member) {
                let fields = rows.iter().map(|row| row.field(input, nodes, &producers, arrows));
                topics.push(FormTopic {
                    topic: topic.clone(),
                    member: rows.first().and_then(|row| row.entry.slot.member.clone()),
                    fields: fields.collect(),
                });
            }
        }
        topics
    }
}

/// The places of the members: as they are known, then as they have services.
fn member_order<'n>(
    input: &'n PlanInput<'_>,
    nodes: &'n [Node<'_>],
) -> BTreeMap<&'n MemberId, usize> {
    let members = nodes.iter().filter_map(|node| node.key.member.as_ref());
    let known = input.facts.groups().flat_map(|(_, members)| members);
    let mut order: BTreeMap<&MemberId, usize> = BTreeMap::new();
    for (place, member) in known.chain(members).enumerate() {
        order.entry(member).or_insert(place);
    }
    order
}

impl Column<'_> {
    /// For each slot the field that is merged, and each that is asked again.
    fn rows<'n>(
        &'n self,
        nodes: &'n [Node<'_>],
        member_order: &BTreeMap<&MemberId, usize>,
    ) -> impl Iterator<Item = Row<'n>> {
        self.entries.iter().flatten().flat_map(move |entry| {
            let member = entry.slot.member.as_ref();
            let member = member.map(|member| (member_order.get(member).copied(), member));
            let merged = (!entry.users.is_empty()).then_some(None);
            let again = entry.again.iter().filter_map(|(user, optional)| {
                Some(Some((*user, &nodes.get(*user)?.key, *optional)))
            });
            merged.into_iter().chain(again).map(move |again| Row {
                member,
                entry,
                element: self.element,
                again,
            })
        })
    }
}

impl Row<'_> {
    fn field(
        &self,
        input: &PlanInput<'_>,
        nodes: &[Node<'_>],
        producers: &Producers<'_>,
        arrows: &mut Arrows,
    ) -> FormField {
        let (slot, element) = (&self.entry.slot, self.element);
        let only = self.again.map(|(user, ..)| [(user, false)]);
        let users = only.as_ref().map_or(self.entry.users.as_slice(), |only| only.as_slice());
        let makers = producers.get(&element.id).map(Vec::as_slice).unwrap_or_default();
        let makers = producers_of(makers, nodes, element, slot, users);
        for (user, soft) in users {
            arrows.join(nodes, &makers, *user, *soft);
        }
        let keys = users.iter().filter_map(|(user, _)| Some(nodes.get(*user)?.key.clone()));
        FormField {
            slot: slot.clone(),
            optional: self.again.map_or(self.entry.optional, |(.., optional)| optional),
            users: keys.collect(),
            only_for: self.again.map(|(_, node, _)| node.clone()),
            state: state(input, nodes, slot, element, makers.first()),
        }
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
