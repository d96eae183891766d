//! One person out of a set of cells.

use std::collections::{BTreeMap, BTreeSet};

use biodivine_lib_bdd::Bdd;
use vocabulary::{
    DataElementId, Fact, Facts, GroupId, Instant, MemberId, Origin, QuestionId, ServiceId, Slot,
    Value,
};

use crate::symbolic::{Symbolic, Told};
use crate::{Class, Subject};

/// What the person answers, or a source tells.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Said {
    Members(u32),
    Value(Value),
    /// Asked, and not known.
    Declined,
}

/// One answer of an example.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    /// `None` = told by a source, or entered in the form.
    pub question: Option<QuestionId>,
    /// The slot; for the number of members the group.
    pub about: About,
    pub said: Said,
    /// Without this answer the example would not show what it shows; the others are filled in.
    pub decisive: bool,
}

/// What an answer is about.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum About {
    Group(GroupId),
    Slot(Slot),
}

/// A person in a set of cells: as few decided answers as possible, the rest filled in with first options.
#[derive(Clone, Debug)]
pub struct Example {
    /// As an interview would have left them; `plan::make` runs on them.
    pub facts: Facts,
    /// Optional services left out.
    pub skip: BTreeSet<ServiceId>,
    /// In the order of the questions, then of the elements.
    pub answers: Vec<Answer>,
    /// The example rests on a clause that calculates with several unknowns: it is only possible.
    pub possible: bool,
}

/// Sets of up to so many decided variables are all tried; beyond, one is found by leaving out what can be.
const MOST_TRIED: usize = 3;
/// Only while so few variables come into question.
const MOST_CANDIDATES: usize = 16;

/// Finds people in sets of cells.
pub(crate) struct Finder<'p> {
    pub(crate) symbolic: &'p Symbolic,
    pub(crate) space: &'p Bdd,
    pub(crate) at: Instant,
}

impl Finder<'_> {
    /// The variables that decide alone, somewhere, whether a cell belongs to the set.
    pub(crate) fn deciding(&self, cells: &Bdd) -> BTreeSet<usize> {
        let sides = (cells.and(self.space), self.space.and_not(cells));
        let variables = 0..self.symbolic.model.coded.len();
        variables.filter(|variable| self.parts(*variable, &sides)).collect()
    }

    /// Whether the variable decides alone, somewhere, whether a cell belongs to the set.
    pub(crate) fn decides(&self, variable: usize, cells: &Bdd) -> bool {
        self.parts(variable, &(cells.and(self.space), self.space.and_not(cells)))
    }

    /// Whether a cell of one side becomes one of the other when the variable alone changes.
    fn parts(&self, variable: usize, sides: &(Bdd, Bdd)) -> bool {
        let bits = self.symbolic.model.coded.get(variable).map_or(&[][..], |coded| &coded.bits);
        let depends = |side: &Bdd| bits.iter().any(|bit| side.support_set_contains(bit));
        // A side that does not depend on the variable keeps its cells whatever the variable is.
        depends(&sides.0)
            && depends(&sides.1)
            && !sides.0.exists(bits).and(&sides.1.exists(bits)).is_false()
    }

    pub(crate) fn find(&self, cells: &Bdd) -> Option<Example> {
        let cells = cells.and(self.space);
        if cells.is_false() {
            return None;
        }
        let (decided, here) = self.decided(&cells);
        let mut cell = here;
        let mut classes: Vec<usize> = Vec::new();
        for (variable, it) in self.symbolic.model.variables.iter().enumerate() {
            let mut chosen = 0;
            for class in 0..it.classes.len() {
                let with = cell.and(&self.symbolic.model.is(variable, class));
                if !with.is_false() {
                    (chosen, cell) = (class, with);
                    break;
                }
            }
            classes.push(chosen);
        }
        Some(self.person(&decided, &classes, &cell))
    }

    /// Few variables and values of them that suffice, with the cells that have them.
    fn decided(&self, cells: &Bdd) -> (BTreeSet<usize>, Bdd) {
        let others = self.space.and_not(cells);
        let all: Vec<usize> = (0..self.symbolic.model.variables.len()).collect();
        let mut sides = (cells.clone(), others);
        let mut candidates = Vec::new();
        self.leave_out(&all, &mut sides, &mut candidates);
        candidates.sort_unstable();
        let most = if candidates.len() <= MOST_CANDIDATES { MOST_TRIED } else { 1 };
        for count in 0..=most.min(candidates.len()) {
            for chosen in choices(&candidates, count) {
                let left = candidates.iter().copied().filter(|it| !chosen.contains(it));
                let bits = self.symbolic.model.bits(left);
                let suffices = sides.0.exists(&bits).and_not(&sides.1.exists(&bits));
                if !suffices.is_false() {
                    return self.narrowed(&chosen, &cells.and(&suffices));
                }
            }
        }
        let fixed = self.by_leaving_out(&candidates, &sides);
        let here = fixed.values().fold(cells.clone(), |sum, is| sum.and(is));
        (fixed.into_keys().collect(), here)
    }

    /// Forgets variables, many at once where it can, as long as both sides stay apart; the others are needed.
    fn leave_out(&self, variables: &[usize], sides: &mut (Bdd, Bdd), needed: &mut Vec<usize>) {
        if variables.is_empty() {
            return;
        }
        let bits = self.symbolic.model.bits(variables.iter().copied());
        let without = (sides.0.exists(&bits), sides.1.exists(&bits));
        if without.0.and(&without.1).is_false() {
            *sides = without;
            return;
        }
        if let [one] = variables {
            needed.push(*one);
            return;
        }
        let (first, second) = variables.split_at(variables.len() / 2);
        self.leave_out(second, sides, needed);
        self.leave_out(first, sides, needed);
    }

    /// First classes of the chosen variables.
    fn narrowed(&self, chosen: &[usize], cells: &Bdd) -> (BTreeSet<usize>, Bdd) {
        let mut here = cells.clone();
        for variable in chosen {
            here = self.first_class(*variable, &here).0;
        }
        (chosen.iter().copied().collect(), here)
    }

    fn first_class(&self, variable: usize, cells: &Bdd) -> (Bdd, Bdd) {
        let model = &self.symbolic.model;
        let count = model.variables.get(variable).map_or(0, |it| it.classes.len());
        let classes = (0..count).map(|class| model.is(variable, class));
        let found = classes.map(|is| (cells.and(&is), is)).find(|(with, _)| !with.is_false());
        found.unwrap_or_else(|| (cells.clone(), model.everywhere()))
    }

    /// First classes of all candidates, without those that are not needed then.
    fn by_leaving_out(&self, candidates: &[usize], sides: &(Bdd, Bdd)) -> BTreeMap<usize, Bdd> {
        let mut here = sides.0.clone();
        let mut fixed: BTreeMap<usize, Bdd> = BTreeMap::new();
        for variable in candidates {
            let (with, is) = self.first_class(*variable, &here);
            here = with;
            fixed.insert(*variable, is);
        }
        for variable in candidates.iter().rev() {
            let Some(is) = fixed.remove(variable) else {
                continue;
            };
            let outside = fixed.values().fold(sides.1.clone(), |sum, is| sum.and(is));
            if !outside.is_false() {
                fixed.insert(*variable, is);
            }
        }
        fixed
    }

    /// The person of one cell.
    fn person(&self, decided: &BTreeSet<usize>, classes: &[usize], cell: &Bdd) -> Example {
        let model = &self.symbolic.model;
        let mut example = Example {
            facts: Facts::new(),
            skip: BTreeSet::new(),
            answers: Vec::new(),
            possible: false,
        };
        for ((variable, it), chosen) in model.variables.iter().enumerate().zip(classes) {
            let Some(class) = it.classes.get(*chosen) else {
                continue;
            };
            let decisive = decided.contains(&variable);
            if self.symbolic.is_there(variable).and(cell).is_false() {
                continue;
            }
            let question = it.question.clone();
            let (about, said) = match &it.subject {
                Subject::Opaque { .. } => {
                    example.possible |= decisive;
                    continue;
                }
                Subject::Skip(service) => {
                    if *class == Class::Flag(true) {
                        example.skip.insert(service.clone());
                    }
                    continue;
                }
                Subject::Size(group) => {
                    let said = self.size(group, class, &mut example.facts);
                    (About::Group(group.clone()), said)
                }
                Subject::Element(slot) => {
                    let told = self.symbolic.told.get(&variable);
                    let told = told.filter(|told| !told.pair.holds.and(cell).is_false());
                    match self.element(variable, slot, class, told, &mut example.facts) {
                        Some(said) => (About::Slot(slot.clone()), said),
                        None => continue,
                    }
                }
            };
            let told = self.symbolic.told.get(&variable);
            let told = told.is_some_and(|told| !told.pair.holds.and(cell).is_false());
            let question = question.filter(|_| !told);
            example.answers.push(Answer { question, about, said, decisive });
        }
        example
    }

    fn size(&self, group: &GroupId, class: &Class, facts: &mut Facts) -> Said {
        match class {
            Class::Members { example, .. } => {
                let members = (1..=*example).map(|at| MemberId::new(at.to_string())).collect();
                facts.set_members(group.clone(), members);
                Said::Members(*example)
            }
            _ => {
                facts.decline(Slot::single(DataElementId::new(group.as_str())));
                Said::Declined
            }
        }
    }

    fn element(
        &self,
        variable: usize,
        slot: &Slot,
        class: &Class,
        told: Option<&Told>,
        facts: &mut Facts,
    ) -> Option<Said> {
        let model = &self.symbolic.model;
        let asked = model.variables.get(variable).is_some_and(|it| it.question.is_some());
        let group = slot.member.as_ref().and_then(|_| model.bench.group_of.get(&slot.element));
        let members = group.and_then(|group| facts.members(group)).map(<[_]>::to_vec);
        let mut slots = model.bench.likewise(slot, group);
        slots.retain(|slot| match (&slot.member, &members) {
            (Some(member), Some(members)) => members.contains(member),
            _ => true,
        });
        match class.example() {
            Some(value) => {
                let origin = match told {
                    Some(told) => Origin::Source { source: told.source.clone(), at: self.at },
                    None => Origin::Applicant,
                };
                for slot in slots {
                    let (value, origin) = (value.clone(), origin.clone());
                    facts.set(slot, Fact { value, origin });
                }
                Some(Said::Value(value.clone()))
            }
            None if asked => {
                for slot in slots {
                    facts.decline(slot);
                }
                Some(Said::Declined)
            }
            None => None,
        }
    }
}

/// All choices of so many out of these, in order.
fn choices(of: &[usize], count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let mut found = Vec::new();
    for (at, first) in of.iter().enumerate() {
        for mut rest in choices(of.get(at + 1..).unwrap_or_default(), count - 1) {
            rest.insert(0, *first);
            found.push(rest);
        }
    }
    found
}
