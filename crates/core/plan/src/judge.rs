//! Evaluates conditions over the facts, remembers what they were undecided on, and tells who the members
//! of a group are.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use catalogue::Catalogue;
use conditions::{Condition, InScope, Read, Truth};
use vocabulary::{DataElementId, Date, Facts, GroupId, MemberId};

use crate::{Known, Reason};

/// Conditions over one applicant's facts at one date.
pub(crate) struct Judge<'a> {
    catalogue: &'a Catalogue,
    facts: &'a Facts,
    as_of: Date,
    members: BTreeMap<&'a GroupId, Members>,
    undecided: RefCell<Undecided>,
}

/// What the plan could still change with.
#[derive(Default)]
pub(crate) struct Undecided {
    pub(crate) elements: BTreeSet<DataElementId>,
    pub(crate) groups: BTreeSet<GroupId>,
}

/// The members that a group is planned for.
pub(crate) struct Members {
    /// Never empty while the size is unknown: what is undecided counts in.
    pub(crate) ids: Vec<Option<MemberId>>,
    pub(crate) known: bool,
    /// There is at least this many, whatever is answered.
    pub(crate) certain: usize,
}

const NO_GROUP: &[Option<MemberId>] = &[None];

impl<'a> Judge<'a> {
    pub(crate) fn new(catalogue: &'a Catalogue, facts: &'a Facts, as_of: Date) -> Self {
        let members = catalogue.groups.values().map(|group| {
            let members = match facts.members(&group.id) {
                Some(ids) => Members {
                    ids: ids.iter().cloned().map(Some).collect(),
                    known: true,
                    certain: ids.len(),
                },
                None => Members {
                    ids: (1..=group.min.max(1)).map(stand_in).map(Some).collect(),
                    known: false,
                    certain: usize::try_from(group.min).unwrap_or(usize::MAX),
                },
            };
            (&group.id, members)
        });
        Self { catalogue, facts, as_of, members: members.collect(), undecided: RefCell::default() }
    }

    pub(crate) fn into_undecided(self) -> Undecided {
        self.undecided.into_inner()
    }

    pub(crate) fn members(&self, group: &GroupId) -> Option<&Members> {
        self.members.get(group)
    }

    /// For whom something of `group` is needed by a service for the member at a place of its own group: for that
    /// member, for every member, or once (`None`) when it is not repeated. With the member's place in the group.
    pub(crate) fn each(
        &self,
        group: Option<&GroupId>,
        own: Option<(&GroupId, usize)>,
    ) -> impl Iterator<Item = (usize, &Option<MemberId>)> {
        let mut first = 0;
        let members = match group {
            None => NO_GROUP,
            Some(group) => {
                let members = self.members.get(group);
                let ids = members.map(|it| it.ids.as_slice()).unwrap_or_default();
                if let Some((_, place)) = own.filter(|(per, _)| *per == group) {
                    first = place;
                    ids.get(place..).and_then(|ids| ids.get(..1)).unwrap_or_default()
                } else {
                    if members.is_some_and(|it| !it.known) {
                        self.undecided.borrow_mut().groups.insert(group.clone());
                    }
                    ids
                }
            }
        };
        (first..).zip(members)
    }

    pub(crate) fn note_unknown_size(&self, group: &GroupId) {
        self.undecided.borrow_mut().groups.insert(group.clone());
    }

    /// Whether the condition certainly fails; nothing is remembered.
    pub(crate) fn is_false(&self, condition: &Condition, scope: InScope<'_>) -> bool {
        !condition.is_always() && condition.evaluate(self.facts, scope, self.as_of) == Truth::False
    }

    pub(crate) fn as_of(&self) -> Date {
        self.as_of
    }

    /// Whether the condition holds; what keeps it undecided is remembered.
    pub(crate) fn truth(&self, condition: &Condition, scope: InScope<'_>) -> Truth {
        if condition.is_always() {
            return Truth::True;
        }
        let truth = condition.evaluate(self.facts, scope, self.as_of);
        if truth == Truth::Unknown {
            let mut undecided = self.undecided.borrow_mut();
            for read in condition.undecided_on(self.facts, scope, self.as_of) {
                match read {
                    Read::Element(id) => undecided.elements.extend(self.behind(&id, scope)),
                    Read::Group(id) => drop(undecided.groups.insert(id)),
                }
            }
        }
        truth
    }

    /// What an undecided element waits for: itself, or what its table still has to know.
    fn behind(&self, id: &DataElementId, scope: InScope<'_>) -> BTreeSet<DataElementId> {
        let Some(element) = self.catalogue.element(id).filter(|it| it.table.is_some()) else {
            return [id.clone()].into();
        };
        let own = scope.filter(|(group, _)| element.group.as_ref() == Some(*group));
        let member = own.map(|(_, member)| member);
        self.catalogue.waits_for(element, member, self.facts, self.as_of)
    }

    /// The reason for something that hangs on a condition which came out as `truth`.
    pub(crate) fn reason(&self, condition: &Condition, scope: InScope<'_>, truth: Truth) -> Reason {
        if condition.is_always() {
            return Reason::Always;
        }
        let explanation = condition.explain(self.facts, scope, self.as_of);
        let mut because: Vec<Known> = Vec::new();
        for (slot, value) in explanation.because.iter().flat_map(|reason| &reason.read) {
            if !because.iter().any(|known| known.slot == *slot) {
                because.push(Known { slot: slot.clone(), value: value.clone() });
            }
        }
        let clause = match explanation.because.as_slice() {
            [only] => only.clause.clone(),
            _ => condition.source().into(),
        };
        match truth {
            Truth::Unknown => Reason::Undecided { clause, because },
            _ => {
                // A single clause may have decided by failing: say how that clause itself came out.
                let holds = match explanation.because.as_slice() {
                    [only] => only.truth == Truth::True,
                    _ => truth == Truth::True,
                };
                Reason::Condition { clause, holds, because }
            }
        }
    }
}

/// The id of a member nobody has named yet.
fn stand_in(position: u32) -> MemberId {
    MemberId::new(position.to_string())
}
