//! What is known about one applicant: values of data elements, with where each came from.
//!
//! Unknown, null and declined differ (semantics 3): a slot without a fact is unknown; `Value::Null` is
//! known to be absent; a declined slot stays unknown but is not asked again.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{DataElementId, GroupId, Instant, MemberId, ServiceId, SourceId, TableId};

/// A known value. A choice is `Text` holding the option's id; its type knows the options.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// Known to be absent.
    Null,
    Bool(bool),
    Number(Decimal),
    Text(Arc<str>),
    Date(Date),
}

impl Value {
    pub fn text(text: impl Into<Arc<str>>) -> Self {
        Self::Text(text.into())
    }
}

impl fmt::Display for Value {
    /// The canonical text of the value; empty for null.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => Ok(()),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Number(value) => write!(f, "{}", value.normalize()),
            Self::Text(value) => f.write_str(value),
            Self::Date(value) => write!(f, "{value}"),
        }
    }
}

/// Where a value lives: an element, for one member of its group if it has one.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Slot {
    pub element: DataElementId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberId>,
}

impl Slot {
    pub fn single(element: impl Into<DataElementId>) -> Self {
        Self { element: element.into(), member: None }
    }

    pub fn of(element: impl Into<DataElementId>, member: impl Into<MemberId>) -> Self {
        Self { element: element.into(), member: Some(member.into()) }
    }
}

impl fmt::Display for Slot {
    /// `element` or `element~member`; safe as a form field's name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.member {
            None => write!(f, "{}", self.element),
            Some(member) => write!(f, "{}~{member}", self.element),
        }
    }
}

impl std::str::FromStr for Slot {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text.split_once('~') {
            None => Self { element: text.into(), member: None },
            Some((element, member)) => {
                Self { element: element.into(), member: Some(member.into()) }
            }
        })
    }
}

/// Where a value came from.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The applicant (or who acts for him) gave it.
    Applicant,
    /// A shared source delivered it at that instant.
    Source { source: SourceId, at: Instant },
    /// The applicant confirmed what a source delivered.
    Confirmed { source: SourceId, at: Instant },
    /// An output of a service of the same case.
    Output { service: ServiceId },
    /// Found in a decision table from other values.
    Table { table: TableId },
}

/// A value and where it came from.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Fact {
    pub value: Value,
    pub origin: Origin,
}

/// What is known of one element stands together, in the order of the slots.
type ByElement = BTreeMap<DataElementId, Vec<(Slot, Fact)>>;

/// Everything known so far. State of an interview is in here only.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Facts {
    #[serde(with = "slots_as_text")]
    values: ByElement,
    groups: BTreeMap<GroupId, Vec<MemberId>>,
    #[serde(with = "slot_set_as_text")]
    declined: BTreeSet<Slot>,
    /// Slots whose source could not be reached (degraded), with the source.
    #[serde(with = "slot_sources_as_text")]
    unavailable: BTreeMap<Slot, SourceId>,
}

impl Facts {
    pub fn new() -> Self {
        Self::default()
    }

    /// `None` = unknown.
    pub fn get(&self, slot: &Slot) -> Option<&Fact> {
        self.fact(&slot.element, slot.member.as_ref())
    }

    /// `None` = unknown.
    pub fn value(&self, slot: &Slot) -> Option<&Value> {
        self.value_of(&slot.element, slot.member.as_ref())
    }

    /// The value of an element, for a member of its group if it has one; `None` = unknown.
    pub fn value_of(&self, element: &DataElementId, member: Option<&MemberId>) -> Option<&Value> {
        self.fact(element, member).map(|fact| &fact.value)
    }

    fn fact(&self, element: &DataElementId, member: Option<&MemberId>) -> Option<&Fact> {
        let facts = self.values.get(element)?;
        let place = facts.binary_search_by(|(slot, _)| slot.member.as_ref().cmp(&member)).ok()?;
        facts.get(place).map(|(_, fact)| fact)
    }

    pub fn set(&mut self, slot: Slot, fact: Fact) {
        self.declined.remove(&slot);
        self.unavailable.remove(&slot);
        let facts = self.values.entry(slot.element.clone()).or_default();
        match facts.binary_search_by(|(known, _)| known.cmp(&slot)) {
            Ok(place) => {
                if let Some((_, known)) = facts.get_mut(place) {
                    *known = fact;
                }
            }
            Err(place) => facts.insert(place, (slot, fact)),
        }
    }

    fn unset(&mut self, slot: &Slot) {
        if let Some(facts) = self.values.get_mut(&slot.element) {
            facts.retain(|(known, _)| known != slot);
            if facts.is_empty() {
                self.values.remove(&slot.element);
            }
        }
    }

    /// The applicant's own answer.
    pub fn answer(&mut self, slot: Slot, value: Value) {
        self.set(slot, Fact { value, origin: Origin::Applicant });
    }

    pub fn forget(&mut self, slot: &Slot) {
        self.unset(slot);
        self.declined.remove(slot);
    }

    /// 我不清楚: stays unknown, is not asked again.
    pub fn decline(&mut self, slot: Slot) {
        self.unset(&slot);
        self.declined.insert(slot);
    }

    pub fn is_declined(&self, slot: &Slot) -> bool {
        self.declined.contains(slot)
    }

    /// The source that should have delivered this could not be reached.
    pub fn mark_unavailable(&mut self, slot: Slot, source: SourceId) {
        self.unavailable.insert(slot, source);
    }

    pub fn unavailable(&self, slot: &Slot) -> Option<&SourceId> {
        self.unavailable.get(slot)
    }

    /// `None` = not yet known how many there are.
    pub fn members(&self, group: &GroupId) -> Option<&[MemberId]> {
        self.groups.get(group).map(Vec::as_slice)
    }

    pub fn set_members(&mut self, group: GroupId, members: Vec<MemberId>) {
        self.groups.insert(group, members);
    }

    pub fn forget_members(&mut self, group: &GroupId) {
        self.groups.remove(group);
    }

    pub fn iter(&self) -> impl Iterator<Item = (&Slot, &Fact)> {
        self.values.values().flatten().map(|(slot, fact)| (slot, fact))
    }

    pub fn groups(&self) -> impl Iterator<Item = (&GroupId, &[MemberId])> {
        self.groups.iter().map(|(group, members)| (group, members.as_slice()))
    }

    pub fn declined(&self) -> impl Iterator<Item = &Slot> {
        self.declined.iter()
    }
}

mod slots_as_text {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serializer};

    use super::{ByElement, Fact, Facts};

    pub(super) fn serialize<S: Serializer>(
        values: &ByElement,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let facts = values.values().flatten();
        serializer.collect_map(facts.map(|(slot, fact)| (slot.to_string(), fact)))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<ByElement, D::Error> {
        let map = BTreeMap::<String, Fact>::deserialize(deserializer)?;
        let mut facts = Facts::new();
        for (slot, fact) in map {
            let Ok(slot) = slot.parse();
            facts.set(slot, fact);
        }
        Ok(facts.values)
    }
}

mod slot_set_as_text {
    use std::collections::BTreeSet;

    use serde::{Deserialize, Deserializer, Serializer};

    use super::Slot;

    pub(super) fn serialize<S: Serializer>(
        slots: &BTreeSet<Slot>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(slots.iter().map(ToString::to_string))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeSet<Slot>, D::Error> {
        let texts = Vec::<String>::deserialize(deserializer)?;
        Ok(texts.iter().filter_map(|text| text.parse().ok()).collect())
    }
}

mod slot_sources_as_text {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serializer};

    use super::Slot;
    use crate::SourceId;

    pub(super) fn serialize<S: Serializer>(
        values: &BTreeMap<Slot, SourceId>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_map(values.iter().map(|(slot, source)| (slot.to_string(), source)))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<Slot, SourceId>, D::Error> {
        let map = BTreeMap::<String, SourceId>::deserialize(deserializer)?;
        Ok(map.into_iter().filter_map(|(k, source)| Some((k.parse().ok()?, source))).collect())
    }
}
