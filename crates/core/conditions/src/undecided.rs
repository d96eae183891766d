//! What keeps a condition from being known.
//!
//! Walks the same expression as `evaluate`. Not the smallest set: everything unknown that can still matter.

use std::collections::BTreeSet;

use crate::evaluate::{Bound, Env, World};
use crate::expression::{ElementRead, Expression, Gather, Quantified, Term};
use crate::{Read, Truth};

impl<'a> World<'a> {
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
            Term::Call(call) => {
                for argument in &call.arguments {
                    self.undecided_term(argument, env, reads);
                }
            }
            Term::Gather(gather) => {
                let Some(members) = self.facts.members(&gather.group) else {
                    reads.insert(Read::Group(gather.group.clone()));
                    self.undecided_of_member(gather, &Bound { member: None, outer: env }, reads);
                    return;
                };
                for member in members {
                    let bound = Bound { member: Some(member), outer: env };
                    self.undecided_of_member(gather, &bound, reads);
                }
            }
        }
    }

    fn undecided_of_member(
        &self,
        gather: &'a Gather,
        bound: &Bound<'_>,
        reads: &mut BTreeSet<Read>,
    ) {
        let mut counts = Truth::True;
        if let Some(only) = &gather.only {
            counts = self.truth(only, Some(bound));
            self.undecided(only, Some(bound), reads);
        }
        if counts != Truth::False
            && let Some(value) = &gather.value
        {
            self.undecided_term(value, Some(bound), reads);
        }
    }
}
