//! Names to elements and groups, with "did you mean" for those that nothing has.
//!
//! A name is, in this order: a member bound by a quantifier, an element of the member that is filtered, a
//! data element, a repeat group.

use std::cell::OnceCell;

use vocabulary::GroupId;

use crate::expression::Holder;
use crate::findings::{self, Findings};
use crate::functions::FUNCTIONS;
use crate::lexer::{Name, WORDS};
use crate::{NamedElement, Names, Span, Type};

/// A member that a quantifier binds, or that stands for each while they are filtered.
#[derive(Debug)]
pub(crate) struct Variable {
    pub(crate) name: String,
    /// Its elements may be named without it: in a filter.
    pub(crate) implicit: bool,
    pub(crate) group: GroupId,
    /// The group's name as the author wrote it, an alias perhaps.
    pub(crate) group_as_written: String,
}

/// Longer names are not compared for likeness: the work grows with the square of the length.
const LONGEST_COMPARED: usize = 80;

/// The names a condition may use, with what its quantifiers bind.
pub(crate) struct Resolver<'n> {
    names: &'n dyn Names,
    scope: Option<&'n GroupId>,
    pub(crate) variables: Vec<Variable>,
    all: OnceCell<Vec<String>>,
}

impl<'n> Resolver<'n> {
    pub(crate) fn new(names: &'n dyn Names, scope: Option<&'n GroupId>) -> Self {
        Self { names, scope, variables: Vec::new(), all: OnceCell::new() }
    }

    fn all(&self) -> &[String] {
        self.all.get_or_init(|| self.names.all())
    }

    /// The element that is read and whose it is; a finding otherwise.
    pub(crate) fn element(
        &self,
        name: &Name,
        span: Span,
        findings: &mut Findings,
    ) -> Option<(NamedElement, Holder)> {
        let bound = self.variables.iter().rev().enumerate().find(|(_, v)| v.name == name.head);
        if let Some((outwards, variable)) = bound {
            return self.element_of(variable, outwards, name, span, findings);
        }
        let full = name.full();
        if let Some(found) = self.element_filtered(&full) {
            return Some(found);
        }
        if let Some(element) = self.names.element(&full) {
            return match &element.group {
                None => Some((element, Holder::Single)),
                Some(group) if Some(group) == self.scope => {
                    let holder = Holder::InScope(group.clone());
                    Some((element, holder))
                }
                Some(group) => {
                    self.refuse_memberless(&full, group, span, findings);
                    None
                }
            };
        }
        if self.names.group(&full).is_some() {
            findings.add(
                findings::NOT_A_VALUE,
                span,
                format!("`{full}` is a group and has no value of its own"),
                format!("write `count({full})`, or `some x in {full} satisfies …`"),
            );
        } else {
            let hint = self.hint_for_name(&full);
            let message = format!("there is no data element `{}`", brief(&full));
            findings.add(findings::UNKNOWN_NAME, span, message, hint);
        }
        None
    }

    /// An element of a member that is being filtered, the innermost that has it.
    fn element_filtered(&self, full: &str) -> Option<(NamedElement, Holder)> {
        let filtered = self.variables.iter().rev().enumerate().filter(|(_, v)| v.implicit);
        filtered
            .filter_map(|(outwards, variable)| {
                let element = self.element_of_group(variable, full)?;
                let holder = Holder::Bound { group: variable.group.clone(), outwards };
                Some((element, holder))
            })
            .next()
    }

    /// The element that is called `rest` behind a member, or by its whole name.
    fn element_of_group(&self, variable: &Variable, rest: &str) -> Option<NamedElement> {
        let candidates = [
            format!("{}.{rest}", variable.group),
            format!("{}.{rest}", variable.group_as_written),
            rest.to_owned(),
        ];
        candidates
            .iter()
            .filter_map(|candidate| self.names.element(candidate))
            .find(|element| element.group.as_ref() == Some(&variable.group))
    }

    /// Whether the name can be read as a value, without a finding.
    pub(crate) fn has_element(&self, name: &Name) -> bool {
        let bound = self.variables.iter().rev().find(|variable| variable.name == name.head);
        match (bound, &name.rest) {
            (Some(variable), Some(rest)) => self.element_of_group(variable, rest).is_some(),
            (Some(_), None) => false,
            (None, _) => {
                let full = name.full();
                self.element_filtered(&full).is_some() || self.names.element(&full).is_some()
            }
        }
    }

    /// The element of a group, named whole and without a member: all members' values.
    pub(crate) fn element_of_all(&self, name: &Name) -> Option<(NamedElement, GroupId)> {
        if self.variables.iter().any(|variable| variable.name == name.head) {
            return None;
        }
        let full = name.full();
        if self.element_filtered(&full).is_some() {
            return None;
        }
        let element = self.names.element(&full)?;
        let group = element.group.clone()?;
        Some((element, group))
    }

    pub(crate) fn calendar(&self) -> Option<std::sync::Arc<vocabulary::WorkCalendar>> {
        self.names.calendar()
    }

    /// `x.sex` where `x` is a member of a group.
    fn element_of(
        &self,
        variable: &Variable,
        outwards: usize,
        name: &Name,
        span: Span,
        findings: &mut Findings,
    ) -> Option<(NamedElement, Holder)> {
        let group = &variable.group;
        let Some(rest) = &name.rest else {
            findings.add(
                findings::NOT_A_VALUE,
                span,
                format!("`{}` is a member of `{group}` and has no value of its own", name.head),
                format!("write one of its elements, e.g. `{}.name`", name.head),
            );
            return None;
        };
        if let Some(element) = self.element_of_group(variable, rest) {
            return Some((element, Holder::Bound { group: group.clone(), outwards }));
        }
        let prefix = format!("{group}.");
        let known: Vec<String> = self
            .all()
            .iter()
            .filter_map(|known| known.strip_prefix(&prefix))
            .map(|known| format!("{}.{known}", name.head))
            .collect();
        findings.add(
            findings::UNKNOWN_NAME,
            span,
            format!("a member of `{group}` has no data element `{}`", brief(rest)),
            did_you_mean(&name.full(), known.iter().map(String::as_str)),
        );
        None
    }

    fn refuse_memberless(&self, full: &str, group: &GroupId, span: Span, findings: &mut Findings) {
        let last = full.rsplit('.').next().unwrap_or(full);
        let bound = self.variables.iter().rev().find(|variable| variable.group == *group);
        let hint = match bound {
            Some(variable) => format!("write `{}.{last}`", variable.name),
            None => format!(
                "write `some x in {group} satisfies x.{last} …` or `every x in {group} satisfies …`"
            ),
        };
        findings.add(
            findings::NO_MEMBER,
            span,
            format!("`{full}` belongs to each member of `{group}`, and none is in scope"),
            hint,
        );
    }

    /// The group of that name; a finding otherwise.
    pub(crate) fn group(
        &self,
        name: &Name,
        span: Span,
        findings: &mut Findings,
    ) -> Option<GroupId> {
        let full = name.full();
        let group = self.names.group(&full);
        if group.is_none() {
            let groups = self.all().iter().filter(|known| self.names.group(known).is_some());
            findings.add(
                findings::UNKNOWN_GROUP,
                span,
                format!("there is no group `{}`", brief(&full)),
                did_you_mean(&full, groups.map(String::as_str)),
            );
        }
        group
    }

    fn hint_for_name(&self, full: &str) -> Option<String> {
        let glued = WORDS.iter().find_map(|(word, _)| {
            let before = full.strip_suffix(word).filter(|rest| self.is_known(rest));
            let after = full.strip_prefix(word).filter(|rest| self.is_known(rest));
            match (before, after) {
                (Some(rest), _) => Some(format!("{rest} {word}")),
                (None, Some(rest)) => Some(format!("{word} {rest}")),
                (None, None) => None,
            }
        });
        if let Some(apart) = glued {
            return Some(format!("write a space beside the keyword: `{apart}`"));
        }
        if let Some((_, usage)) = FUNCTIONS.iter().find(|(function, _)| *function == full) {
            return Some(format!("write `{usage}` to call the function"));
        }
        did_you_mean(full, self.all().iter().map(String::as_str))
    }

    fn is_known(&self, name: &str) -> bool {
        self.names.element(name).is_some() || self.names.group(name).is_some()
    }
}

/// A name for a message: never longer than a line.
fn brief(name: &str) -> String {
    if name.chars().count() <= LONGEST_COMPARED {
        return name.to_owned();
    }
    name.chars().take(LONGEST_COMPARED).chain(['…']).collect()
}

/// "did you mean …" with the most alike of the known words, if one is alike enough.
pub(crate) fn did_you_mean<'k>(
    written: &str,
    known: impl Iterator<Item = &'k str>,
) -> Option<String> {
    nearest(written, known).map(|word| format!("did you mean `{word}`?"))
}

/// The most alike of the known words, if one is alike enough; the first of equals.
pub(crate) fn nearest<'k>(written: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    if written.chars().count() > LONGEST_COMPARED {
        return None;
    }
    let mut best: Option<(&str, usize)> = None;
    for word in known.filter(|word| word.chars().count() <= LONGEST_COMPARED) {
        // A path without its first part is meant more often than a slip of the pen.
        let tail = word.split_once('.').map_or(word, |(_, tail)| tail);
        let likeness =
            per_mille_alike(written, word).max(per_mille_alike(written, tail) * 95 / 100);
        if likeness >= 600 && best.is_none_or(|(_, known)| likeness > known) {
            best = Some((word, likeness));
        }
    }
    best.map(|(word, _)| word)
}

/// 1000 for equal words, less for each slip, in proportion to the longer word.
fn per_mille_alike(one: &str, other: &str) -> usize {
    let longest = one.chars().count().max(other.chars().count()).max(1);
    1000 - strsim::damerau_levenshtein(one, other) * 1000 / longest
}

/// What a type is called in a message.
pub(crate) fn type_name(ty: &Type) -> &'static str {
    match ty {
        Type::Bool => "a truth value",
        Type::Number => "a number",
        Type::Text => "a text",
        Type::Choice(_) => "a choice",
        Type::Date => "a date",
        Type::Duration => "a duration",
        Type::List(_) => "a list",
        Type::Null => "null",
    }
}
