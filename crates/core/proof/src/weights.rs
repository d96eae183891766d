//! How likely a set of cells is, answers weighted as the matter says and independent of each other.

use std::collections::HashMap;

use biodivine_lib_bdd::{Bdd, BddPointer};
use catalogue::Question;
use num_bigint::BigUint;

use crate::Class;
use crate::model::Model;
use crate::{Subject, Variable};
use vocabulary::Value;

/// Weights of the classes of every variable, in the order of their bits.
#[derive(Debug)]
pub(crate) struct Weights {
    /// First bit, number of bits, weight of each class.
    variables: Vec<(usize, usize, Vec<u32>)>,
    /// Product of the sums from each variable to the last.
    rest: Vec<BigUint>,
}

impl Weights {
    pub(crate) fn of(model: &Model, questions: &[Question]) -> Self {
        let mut variables: Vec<(usize, usize, Vec<u32>)> = Vec::new();
        for (variable, coded) in model.variables.iter().zip(&model.coded) {
            let Some(first) = coded.bits.first() else {
                continue;
            };
            let mut weights = weights(variable, questions);
            if weights.iter().all(|weight| *weight == 0) {
                weights.fill(1);
            }
            variables.push((first.to_index(), coded.bits.len(), weights));
        }
        variables.sort_unstable();
        let mut rest = vec![BigUint::from(1u32)];
        for (_, _, weights) in variables.iter().rev() {
            let sum: BigUint = weights.iter().map(|weight| BigUint::from(*weight)).sum();
            let before = rest.last().cloned().unwrap_or_default();
            rest.push(before * sum);
        }
        rest.reverse();
        Self { variables, rest }
    }

    /// The weight of the set; of everything it is the product of all sums.
    pub(crate) fn weigh(&self, cells: &Bdd) -> BigUint {
        self.from(cells, cells.root_pointer(), 0, &mut HashMap::new())
    }

    fn from(
        &self,
        cells: &Bdd,
        at: BddPointer,
        position: usize,
        known: &mut HashMap<(usize, usize), BigUint>,
    ) -> BigUint {
        if at.is_zero() {
            return BigUint::from(0u32);
        }
        let whole = || self.rest.get(position).cloned().unwrap_or_default();
        let Some((first, width, weights)) = self.variables.get(position) else {
            return BigUint::from(1u32);
        };
        if at.is_one() {
            return whole();
        }
        let key = (at.to_index(), position);
        if let Some(weight) = known.get(&key) {
            return weight.clone();
        }
        let mut sum = BigUint::from(0u32);
        for (code, weight) in weights.iter().enumerate().filter(|(_, weight)| **weight > 0) {
            let mut next = at;
            for place in 0..*width {
                let bit = first + place;
                if !next.is_terminal() && cells.var_of(next).to_index() == bit {
                    let high = (code >> (width - place - 1)) & 1 == 1;
                    next = if high { cells.high_link_of(next) } else { cells.low_link_of(next) };
                }
            }
            sum += self.from(cells, next, position + 1, known) * BigUint::from(*weight);
        }
        known.insert(key, sum.clone());
        sum
    }
}

fn weights(variable: &Variable, questions: &[Question]) -> Vec<u32> {
    let question =
        questions.iter().find(|question| Some(&question.id) == variable.question.as_ref());
    let Some(shares) = question.map(|question| &question.weights).filter(|it| !it.is_empty())
    else {
        return vec![1; variable.classes.len()];
    };
    // Numbers and dates have no shares: only what is told apart by name.
    let named = |class: &Class| match class {
        Class::Values { example: Value::Bool(_) | Value::Text(_), .. } => true,
        Class::Members { .. } => matches!(variable.subject, Subject::Size(_)),
        Class::Unknown => true,
        _ => false,
    };
    let share = |class: &Class| -> u32 {
        let of = |name: &str| shares.get(name).copied().unwrap_or_default();
        match class {
            Class::Values { example, .. } if named(class) => of(&example.to_string()),
            Class::Members { from, to, .. } => {
                let in_class = shares.iter().filter(|(name, _)| {
                    name.parse::<u32>().is_ok_and(|count| (*from..=*to).contains(&count))
                });
                in_class.map(|(_, share)| *share).fold(0, u32::saturating_add)
            }
            Class::Unknown => of("declined"),
            Class::Values { .. } | Class::Flag(_) => 1,
            Class::Null => 0,
        }
    };
    variable.classes.iter().map(share).collect()
}
