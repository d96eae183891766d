//! Why a condition came out as it did, and what keeps it from being known.
//!
//! Walks the same expression as `evaluate`, slower and with words. The clauses of an explanation suffice:
//! whoever knows only the values that they read gets the same result.

use std::collections::BTreeSet;

use vocabulary::{GroupId, Slot, Value};

use crate::evaluate::{Bound, Env, World};
use crate::expression::{Clause, ElementRead, Expression, Quantified, Term};
use crate::{Because, Read, Truth};

impl<'a> World<'a> {
    /// The result with clauses that suffice for it.
    pub(crate) fn because(
        &self,
        expression: &'a Expression,
        env: Env<'_>,
    ) -> (Truth, Vec<Because>) {
        match expression {
            Expression::Constant(value) => (Truth::from(*value), Vec::new()),
            Expression::Not(inner) => {
                let (truth, because) = self.because(inner, env);
                (truth.not(), because)
            }
            Expression::All(parts) => {
                because_of(Truth::False, parts.iter().map(|part| self.because(part, env)))
            }
            Expression::Any(parts) => {
                because_of(Truth::True, parts.iter().map(|part| self.because(part, env)))
            }
            Expression::If { condition, then, otherwise } => {
                let (decided, mut because) = self.because(condition, env);
                let (then, otherwise) = match decided {
                    Truth::True => (Some(self.because(then, env)), None),
                    Truth::False => (None, Some(self.because(otherwise, env))),
                    Truth::Unknown => {
                        (Some(self.because(then, env)), Some(self.because(otherwise, env)))
                    }
                };
                match (then, otherwise) {
                    (Some((then, reasons)), Some((otherwise, others))) => {
                        let alike = then == otherwise && then != Truth::Unknown;
                        if alike {
                            because.clear();
                        }
                        append(&mut because, reasons);
                        append(&mut because, others);
                        (if alike { then } else { Truth::Unknown }, because)
                    }
                    (Some((truth, reasons)), None) | (None, Some((truth, reasons))) => {
                        append(&mut because, reasons);
                        (truth, because)
                    }
                    (None, None) => (decided, because),
                }
            }
            Expression::Quantified(quantified) => self.because_of_members(quantified, env),
            Expression::Clause(clause) => {
                let because = self.because_of_clause(clause, env);
                (because.truth, vec![because])
            }
        }
    }

    fn because_of_members(
        &self,
        quantified: &'a Quantified,
        env: Env<'_>,
    ) -> (Truth, Vec<Because>) {
        let body = |member| self.because(&quantified.body, Some(&Bound { member, outer: env }));
        let deciding = Truth::from(!quantified.every);
        let (truth, mut because) = match self.facts.members(&quantified.group) {
            Some(members) => because_of(deciding, members.iter().map(|member| body(Some(member)))),
            None => {
                let (truth, because) = body(None);
                if truth == deciding.not() {
                    // Whoever the members are, they change nothing.
                    return (truth, because);
                }
                (Truth::Unknown, Vec::new())
            }
        };
        let group = &quantified.group;
        for reason in &mut because {
            add_group(&mut reason.groups, group);
        }
        if because.is_empty() {
            because.push(Because {
                clause: quantified.text.clone(),
                span: quantified.span,
                truth,
                read: Vec::new(),
                groups: vec![group.clone()],
            });
        }
        (truth, because)
    }

    fn because_of_clause(&self, clause: &'a Clause, env: Env<'_>) -> Because {
        let mut because = Because {
            clause: clause.text.clone(),
            span: clause.span,
            truth: self.test(&clause.test, env),
            read: Vec::new(),
            groups: Vec::new(),
        };
        clause.test.terms(&mut |term| self.reads_of(term, env, &mut because));
        because
    }

    /// Adds what the term reads on the way that its value took.
    fn reads_of(&self, term: &'a Term, env: Env<'_>, because: &mut Because) {
        match term {
            Term::Constant(_) | Term::Today => {}
            Term::Element(read) => {
                let slot = self.slot(read, env).unwrap_or_else(|| read.slot().clone());
                let value = self.read(read, env).and_then(|_| self.facts.value(&slot).cloned());
                add_read(&mut because.read, slot, value);
            }
            Term::Count(group) => add_group(&mut because.groups, group),
            Term::Arithmetic { left, right, .. } => {
                self.reads_of(left, env, because);
                self.reads_of(right, env, because);
            }
            Term::If { condition, then, otherwise } => {
                let decided = self.truth(condition, env);
                self.reads_inside(condition, env, because);
                if decided != Truth::False {
                    self.reads_of(then, env, because);
                }
                if decided != Truth::True {
                    self.reads_of(otherwise, env, because);
                }
            }
            Term::Truth(expression) => self.reads_inside(expression, env, because),
        }
    }

    /// A condition inside a term: what its own explanation reads.
    fn reads_inside(&self, expression: &'a Expression, env: Env<'_>, because: &mut Because) {
        for reason in self.because(expression, env).1 {
            for (slot, value) in reason.read {
                add_read(&mut because.read, slot, value);
            }
            for group in &reason.groups {
                add_group(&mut because.groups, group);
            }
        }
    }

    /// Adds what is unknown and can still change the expression's result; nothing when it is known.
    pub(crate) fn undecided(
        &self,
        expression: &'a Expression,
        env: Env<'_>,
        reads: &mut BTreeSet<Read>,
    ) {
        if self.truth(expression, env) != Truth::Unknown {
            return;
        }
        match expression {
            Expression::Constant(_) => {}
            Expression::Not(inner) => self.undecided(inner, env, reads),
            Expression::All(parts) | Expression::Any(parts) => {
                for part in parts {
                    self.undecided(part, env, reads);
                }
            }
            Expression::If { condition, then, otherwise } => {
                let decided = self.truth(condition, env);
                self.undecided(condition, env, reads);
                if decided != Truth::False {
                    self.undecided(then, env, reads);
                }
                if decided != Truth::True {
                    self.undecided(otherwise, env, reads);
                }
            }
            Expression::Quantified(Quantified { group, body, .. }) => {
                match self.facts.members(group) {
                    Some(members) => {
                        for member in members {
                            let bound = Bound { member: Some(member), outer: env };
                            self.undecided(body, Some(&bound), reads);
                        }
                    }
                    None => {
                        reads.insert(Read::Group(group.clone()));
                        self.undecided(body, Some(&Bound { member: None, outer: env }), reads);
                    }
                }
            }
            Expression::Clause(clause) => {
                clause.test.terms(&mut |term| self.undecided_term(term, env, reads));
            }
        }
    }

    fn undecided_term(&self, term: &'a Term, env: Env<'_>, reads: &mut BTreeSet<Read>) {
        if self.term(term, env).is_some() {
            return;
        }
        match term {
            Term::Constant(_) | Term::Today => {}
            Term::Element(read) => {
                reads.insert(Read::Element(ElementRead::element(read).clone()));
            }
            Term::Count(group) => {
                reads.insert(Read::Group(group.clone()));
            }
            Term::Arithmetic { left, right, .. } => {
                self.undecided_term(left, env, reads);
                self.undecided_term(right, env, reads);
            }
            Term::If { condition, then, otherwise } => {
                let decided = self.truth(condition, env);
                self.undecided(condition, env, reads);
                if decided != Truth::False {
                    self.undecided_term(then, env, reads);
                }
                if decided != Truth::True {
                    self.undecided_term(otherwise, env, reads);
                }
            }
            Term::Truth(expression) => self.undecided(expression, env, reads),
        }
    }
}

/// A row of parts of which one that is `deciding` decides: then the part with the fewest reasons; else
/// all that are unknown; else all.
fn because_of(
    deciding: Truth,
    parts: impl Iterator<Item = (Truth, Vec<Because>)>,
) -> (Truth, Vec<Because>) {
    let mut shortest: Option<Vec<Because>> = None;
    let (mut unknown, mut rest) = (Vec::new(), Vec::new());
    let mut any_unknown = false;
    for (truth, because) in parts {
        if truth == deciding {
            if shortest.as_ref().is_none_or(|known| because.len() < known.len()) {
                shortest = Some(because);
            }
        } else if truth == Truth::Unknown {
            any_unknown = true;
            append(&mut unknown, because);
        } else {
            append(&mut rest, because);
        }
    }
    match shortest {
        Some(because) => (deciding, because),
        None if any_unknown => (Truth::Unknown, unknown),
        None => (deciding.not(), rest),
    }
}

/// Adds reasons that are not there yet.
fn append(because: &mut Vec<Because>, more: Vec<Because>) {
    for reason in more {
        if !because.contains(&reason) {
            because.push(reason);
        }
    }
}

fn add_read(read: &mut Vec<(Slot, Option<Value>)>, slot: Slot, value: Option<Value>) {
    if !read.iter().any(|(known, _)| *known == slot) {
        read.push((slot, value));
    }
}

fn add_group(groups: &mut Vec<GroupId>, group: &GroupId) {
    if !groups.contains(group) {
        groups.push(group.clone());
    }
}
