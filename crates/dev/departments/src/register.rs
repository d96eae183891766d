//! What simulated shared sources know of whom, and the server that answers for them.
//!
//! A source answers *value*, *absent* (it knows nobody by that key) or *unavailable*. It answers only what it
//! was asked. Evidence is delivered by whoever is in the source at all.

use std::collections::BTreeMap;

use vocabulary::{Slot, Value};

/// Source and person → element → value.
#[derive(Clone, Debug, Default)]
pub struct RegisterTable {
    entries: BTreeMap<(String, String), BTreeMap<String, Value>>,
    /// Sources that are out of reach while a department's system is down: source → department.
    kept_by: BTreeMap<String, String>,
}

impl RegisterTable {
    /// `source` knows this of the person with this key; an empty list says that the person is in it.
    pub fn knows(&mut self, subject_key: &str, source: &str, values: &[(&str, Value)]) {
        let entry = self.entries.entry((source.to_owned(), subject_key.to_owned())).or_default();
        entry.extend(values.iter().map(|(element, value)| ((*element).to_owned(), value.clone())));
    }

    /// `source` is out of reach while the system of `department` is down.
    pub fn is_kept_by(&mut self, source: &str, department: &str) {
        self.kept_by.insert(source.to_owned(), department.to_owned());
    }

    /// Whose system has to be up for `source` to answer.
    pub(crate) fn keeper(&self, source: &str) -> Option<&str> {
        self.kept_by.get(source).map(String::as_str)
    }

    /// Whether the person is in the source.
    pub fn has(&self, source: &str, subject_key: &str) -> bool {
        self.entries.contains_key(&(source.to_owned(), subject_key.to_owned()))
    }

    /// What the source knows of the person's element.
    pub fn find(&self, source: &str, subject_key: &str, element: &str) -> Option<&Value> {
        self.entries.get(&(source.to_owned(), subject_key.to_owned()))?.get(element)
    }

    /// The asked slots that are known; `None` = nobody by that key. A record of a repeat group holds one
    /// member: it is told for the first that is asked about, because the source knows of no other.
    pub(crate) fn look_up(
        &self,
        source: &str,
        subject_key: &str,
        slots: &[Slot],
    ) -> Option<BTreeMap<Slot, Value>> {
        let known = self.entries.get(&(source.to_owned(), subject_key.to_owned()))?;
        let mut told = BTreeMap::new();
        let mut seen: Vec<&str> = Vec::new();
        let mut sorted: Vec<&Slot> = slots.iter().collect();
        sorted.sort();
        for slot in sorted {
            let element = slot.element.as_str();
            if slot.member.is_some() {
                if seen.contains(&element) {
                    continue;
                }
                seen.push(element);
            }
            if let Some(value) = known.get(element) {
                told.insert(slot.clone(), value.clone());
            }
        }
        Some(told)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_what_is_asked_and_known() {
        let mut table = RegisterTable::default();
        table.knows("mother", "records", &[("child.sex", Value::text("female"))]);
        table.knows("mother", "library", &[]);
        let slots = [Slot::of("child.sex", "c2"), Slot::of("child.sex", "c1"), Slot::single("x")];
        let told = table.look_up("records", "mother", &slots).unwrap();
        let first_child = BTreeMap::from([(Slot::of("child.sex", "c1"), Value::text("female"))]);
        assert_eq!(told, first_child, "one record is one child");
        assert_eq!(table.look_up("library", "mother", &slots), Some(BTreeMap::new()));
        assert_eq!(table.look_up("records", "founder", &slots), None);
    }
}
