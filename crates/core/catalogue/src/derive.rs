//! What tables make of what is known: values that follow from others, and what a value that does not follow yet
//! is waiting for.
//!
//! Whoever evaluates conditions derives first, so that callers need not know which elements are found in tables.

use std::borrow::Cow;
use std::collections::BTreeSet;

use vocabulary::{DataElementId, Date, Fact, Facts, MemberId, Origin, Slot, Value};

use crate::{Catalogue, DataElement, Table, TableEdition};

impl Table {
    /// The edition in force on a day.
    pub fn edition(&self, as_of: Date) -> Option<&TableEdition> {
        self.editions.iter().rev().find(|edition| edition.from <= as_of)
    }
}

impl Catalogue {
    /// The table that finds an element.
    pub fn table_of(&self, element: &DataElementId) -> Option<&Table> {
        self.tables.get(self.elements.get(element)?.table.as_ref()?)
    }

    /// The facts with everything that tables find from them on that day, for every member. What they do not
    /// find is not known, whatever was stored. Allocates nothing when nothing changes.
    pub fn derive<'f>(&self, facts: &'f Facts, as_of: Date) -> Cow<'f, Facts> {
        let mut facts = Cow::Borrowed(facts);
        for table in self.table_order.iter().filter_map(|id| self.tables.get(id)) {
            match &table.group {
                None => self.derive_one(table, None, as_of, &mut facts),
                Some(group) => {
                    let members = facts.members(group).unwrap_or_default().to_vec();
                    for member in &members {
                        self.derive_one(table, Some(member), as_of, &mut facts);
                    }
                }
            }
        }
        facts
    }

    fn derive_one(
        &self,
        table: &Table,
        member: Option<&MemberId>,
        as_of: Date,
        facts: &mut Cow<'_, Facts>,
    ) {
        let decided = table.edition(as_of).map(|edition| {
            let slots = self.slots(edition, member);
            let values: Vec<Option<&Value>> = slots.iter().map(|slot| facts.value(slot)).collect();
            let outputs = edition.rules.decide(&values);
            let elements = edition.rules.outputs.iter().map(|output| &output.element);
            elements.zip(outputs).collect::<Vec<_>>()
        });
        let Some(decided) = decided else {
            for output in &table.outputs {
                let slot = self.slot(output, member);
                if facts.get(&slot).is_some() {
                    facts.to_mut().forget(&slot);
                }
            }
            return;
        };
        for (element, value) in decided {
            let slot = self.slot(element, member);
            match value {
                Some(value) => {
                    let known = facts.get(&slot).is_some_and(|fact| {
                        let by_this =
                            matches!(&fact.origin, Origin::Table { table: by } if *by == table.id);
                        by_this && fact.value == value
                    });
                    if !known {
                        let origin = Origin::Table { table: table.id.clone() };
                        facts.to_mut().set(slot, Fact { value, origin });
                    }
                }
                None if facts.get(&slot).is_some() => facts.to_mut().forget(&slot),
                None => {}
            }
        }
    }

    fn slots(&self, edition: &TableEdition, member: Option<&MemberId>) -> Vec<Slot> {
        edition.rules.inputs.iter().map(|input| self.slot(&input.element, member)).collect()
    }

    fn slot(&self, element: &DataElementId, member: Option<&MemberId>) -> Slot {
        let grouped = self.elements.get(element).is_some_and(|it| it.group.is_some());
        Slot { element: element.clone(), member: member.filter(|_| grouped).cloned() }
    }

    /// What an element that a table finds is waiting for, on through the tables before it: only what can still
    /// change it. `member` is whose element it is; without one, of whoever is known. The element itself where no
    /// table finds it; where none is in force, nothing can be waited for.
    pub fn waits_for(
        &self,
        element: &DataElement,
        member: Option<&MemberId>,
        facts: &Facts,
        as_of: Date,
    ) -> BTreeSet<DataElementId> {
        let mut waits = BTreeSet::new();
        self.collect_waits(element, member, facts, as_of, &mut waits);
        waits
    }

    fn collect_waits(
        &self,
        element: &DataElement,
        member: Option<&MemberId>,
        facts: &Facts,
        as_of: Date,
        waits: &mut BTreeSet<DataElementId>,
    ) {
        let Some(table) = element.table.as_ref().and_then(|id| self.tables.get(id)) else {
            waits.insert(element.id.clone());
            return;
        };
        let Some(edition) = table.edition(as_of) else {
            return;
        };
        let everyone = table.group.as_ref().filter(|_| member.is_none());
        let members: Vec<Option<MemberId>> = match everyone.and_then(|group| facts.members(group)) {
            Some(members) => members.iter().cloned().map(Some).collect(),
            None => vec![member.cloned()],
        };
        for member in &members {
            let slots = self.slots(edition, member.as_ref());
            let values: Vec<Option<&Value>> = slots.iter().map(|slot| facts.value(slot)).collect();
            for open in edition.rules.open_inputs(&values) {
                let input = edition.rules.inputs.get(open).map(|input| &input.element);
                if let Some(input) = input.and_then(|id| self.elements.get(id)) {
                    self.collect_waits(input, member.as_ref(), facts, as_of, waits);
                }
            }
        }
    }

    /// Everything from which tables find an element, in whatever edition, down to what no table finds. Empty for
    /// an element that no table finds.
    pub fn found_from(&self, element: &DataElementId) -> BTreeSet<DataElementId> {
        let mut found = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut rest: Vec<&DataElementId> = vec![element];
        while let Some(id) = rest.pop() {
            let Some(table) = self.table_of(id) else {
                if id != element {
                    found.insert(id.clone());
                }
                continue;
            };
            if seen.insert(&table.id) {
                rest.extend(&table.inputs);
            }
        }
        found
    }
}
