//! Values of inputs → outputs. What is not known of the inputs keeps an output unknown unless every completion
//! gives the same.
//!
//! Where no row holds: absent, as far as the table allows gaps or an input is absent; for values that the file
//! says cannot be, unknown.

use std::borrow::Cow;
use std::collections::BTreeSet;

use vocabulary::{Decimal, Value};

use crate::classes::Set;
use crate::{Aggregate, Gaps, Hit, Rules};

/// Completions looked at before an output counts as unknown.
const MOST: usize = 4096;

/// What is known of one input.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Given {
    Unknown,
    Class(usize),
}

/// What an output comes to over some completions.
#[derive(Clone, PartialEq)]
enum Seen<'a> {
    Nothing,
    Always(Cow<'a, Value>),
    Differs,
}

impl Rules {
    /// The outputs; `None` = not yet known. `inputs` are in the order of the columns.
    pub fn decide(&self, inputs: &[Option<&Value>]) -> Vec<Option<Value>> {
        let given = self.given(inputs);
        if given.iter().all(|it| *it == Given::Unknown) && self.outputs_differ() {
            return vec![None; self.outputs.len()];
        }
        let mut rows = vec![u64::MAX; self.sets.words];
        let mut open = Vec::new();
        for (input, given) in given.iter().enumerate() {
            match given {
                Given::Class(class) => cut(&mut rows, self.sets.in_class(input, *class)),
                Given::Unknown => {
                    cut(&mut rows, self.sets.anywhere(input));
                    open.push(input);
                }
            }
        }
        self.mask_tail(&mut rows);
        let absent = given.iter().enumerate().any(|(input, given)| {
            *given == Given::Class(self.inputs.get(input).map_or(0, |it| it.classes.absent()))
        });
        let mut seen = vec![Seen::Nothing; self.outputs.len()];
        match (open.as_slice(), self.hit) {
            ([], _) => self.see(&rows, absent, &mut seen),
            (_, Hit::Unique) => self.see_unique(&rows, &open, absent, &mut seen),
            _ => {
                let mut met = BTreeSet::new();
                self.see_all(&rows, &open, absent, &mut met, &mut seen);
            }
        }
        seen.into_iter()
            .map(|seen| match seen {
                Seen::Always(value) => Some(value.into_owned()),
                Seen::Nothing | Seen::Differs => None,
            })
            .collect()
    }

    /// The unknown inputs that can still change an output, as positions of columns.
    pub fn open_inputs(&self, inputs: &[Option<&Value>]) -> Vec<usize> {
        let given = self.given(inputs);
        let mut rows = vec![u64::MAX; self.sets.words];
        for (input, given) in given.iter().enumerate() {
            match given {
                Given::Class(class) => cut(&mut rows, self.sets.in_class(input, *class)),
                Given::Unknown => cut(&mut rows, self.sets.anywhere(input)),
            }
        }
        self.mask_tail(&mut rows);
        let unknown = (0..given.len()).filter(|at| given.get(*at) == Some(&Given::Unknown));
        unknown
            .filter(|input| {
                let mut kinds = self.possible(*input).map(|class| {
                    let mut rows = rows.clone();
                    cut(&mut rows, self.sets.in_class(*input, class));
                    rows
                });
                let first = kinds.next();
                kinds.any(|kind| Some(kind) != first)
            })
            .collect()
    }

    fn given(&self, inputs: &[Option<&Value>]) -> Vec<Given> {
        let class = |(at, input): (usize, &crate::Input)| {
            let value = inputs.get(at).copied().flatten();
            // What is stored wrongly is as good as unknown.
            value.and_then(|it| input.classes.class_of(it)).map_or(Given::Unknown, Given::Class)
        };
        self.inputs.iter().enumerate().map(class).collect()
    }

    fn outputs_differ(&self) -> bool {
        self.outputs.iter().all(|it| it.values.as_ref().is_none_or(|values| values.len() > 1))
    }

    fn mask_tail(&self, rows: &mut [u64]) {
        let tail = self.rows.len() % 64;
        if let (true, Some(last)) = (tail != 0, rows.last_mut()) {
            *last &= (1 << tail) - 1;
        }
    }

    fn possible(&self, input: usize) -> impl Iterator<Item = usize> {
        self.sets.possible(input).into_iter().flat_map(Set::iter)
    }

    /// What the outputs come to where exactly `rows` hold.
    fn see<'a>(&'a self, rows: &[u64], absent: bool, seen: &mut [Seen<'a>]) {
        let none = rows.iter().all(|word| *word == 0);
        for (output, seen) in seen.iter_mut().enumerate() {
            if *seen == Seen::Differs {
                continue;
            }
            let value = match self.hit {
                Hit::Collect(aggregate) => self.collected(rows, output, aggregate),
                _ if none => {
                    let told = absent || self.gaps == Gaps::Allowed;
                    told.then_some(Cow::Owned(Value::Null))
                }
                Hit::First => {
                    let first = bits(rows).next();
                    first.and_then(|row| self.output(row, output)).map(Cow::Borrowed)
                }
                Hit::Unique | Hit::Any => {
                    let mut values = bits(rows).filter_map(|row| self.output(row, output));
                    let first = values.next();
                    first.filter(|first| values.all(|it| it == *first)).map(Cow::Borrowed)
                }
            };
            add(seen, value);
        }
    }

    /// Rows never hold together, so each that is left holds in some completion; completions that no row covers
    /// are counted.
    fn see_unique<'a>(&'a self, rows: &[u64], open: &[usize], absent: bool, seen: &mut [Seen<'a>]) {
        for row in bits(rows) {
            for (output, seen) in seen.iter_mut().enumerate() {
                add(seen, self.output(row, output).map(Cow::Borrowed));
            }
            if seen.iter().all(|seen| *seen == Seen::Differs) {
                return;
            }
        }
        let volume = |of: &dyn Fn(usize) -> usize| {
            open.iter().fold(1u128, |all, input| all.saturating_mul(count(of(*input))))
        };
        let all = volume(&|input| self.sets.possible(input).map_or(0, Set::count));
        let covered = bits(rows).fold(0u128, |sum, row| {
            let held = volume(&|input| {
                let sets = self.sets.of_row(input, row).zip(self.sets.possible(input));
                sets.map_or(0, |(set, possible)| set.and(possible).count())
            });
            sum.saturating_add(held)
        });
        if covered < all {
            let told = absent || self.gaps != Gaps::Refused;
            for seen in seen {
                add(seen, told.then_some(Cow::Owned(Value::Null)));
            }
        }
    }

    /// Goes through the classes of the open inputs, each set of rows once.
    fn see_all<'a>(
        &'a self,
        rows: &[u64],
        open: &[usize],
        absent: bool,
        met: &mut BTreeSet<(usize, bool, Vec<u64>)>,
        seen: &mut [Seen<'a>],
    ) {
        let Some((input, rest)) = open.split_first() else {
            self.see(rows, absent, seen);
            return;
        };
        let none = self.inputs.get(*input).map_or(0, |input| input.classes.absent());
        for class in self.possible(*input) {
            let mut rows = rows.to_vec();
            cut(&mut rows, self.sets.in_class(*input, class));
            let absent = absent || class == none;
            if met.len() >= MOST {
                seen.fill(Seen::Differs);
            }
            if seen.iter().all(|seen| *seen == Seen::Differs) {
                return;
            }
            if met.insert((rest.len(), absent, rows.clone())) {
                self.see_all(&rows, rest, absent, met, seen);
            }
        }
    }

    fn output(&self, row: usize, output: usize) -> Option<&Value> {
        self.rows.get(row)?.outputs.get(output)
    }

    /// `None` when the sum is beyond 28 digits. Of nothing there is a count, but no sum and no least.
    fn collected<'a>(
        &'a self,
        rows: &[u64],
        output: usize,
        aggregate: Aggregate,
    ) -> Option<Cow<'a, Value>> {
        let mut values = bits(rows).filter_map(|row| self.output(row, output));
        let values = &mut values;
        let null = Cow::Owned(Value::Null);
        match aggregate {
            Aggregate::Count => Some(Cow::Owned(Value::Number(Decimal::from(values.count())))),
            Aggregate::Min => Some(values.min().map_or(null, Cow::Borrowed)),
            Aggregate::Max => Some(values.max().map_or(null, Cow::Borrowed)),
            Aggregate::Sum => {
                let mut sum: Option<Decimal> = None;
                for value in values {
                    if let Value::Number(value) = value {
                        sum = Some(sum.unwrap_or_default().checked_add(*value)?);
                    }
                }
                Some(sum.map_or(null, |sum| Cow::Owned(Value::Number(sum))))
            }
        }
    }
}

/// `None` = unknown even so.
fn add<'a>(seen: &mut Seen<'a>, value: Option<Cow<'a, Value>>) {
    *seen = match (std::mem::replace(seen, Seen::Differs), value) {
        (Seen::Nothing, Some(value)) => Seen::Always(value),
        (Seen::Always(one), Some(other)) if one == other => Seen::Always(one),
        _ => Seen::Differs,
    };
}

fn cut(rows: &mut [u64], with: &[u64]) {
    for (word, other) in rows.iter_mut().zip(with) {
        *word &= other;
    }
}

fn bits(rows: &[u64]) -> impl Iterator<Item = usize> {
    (0usize..).zip(rows).flat_map(|(index, word)| {
        let mut rest = *word;
        std::iter::from_fn(move || {
            let bit = usize::try_from(rest.trailing_zeros()).unwrap_or(64);
            rest &= rest.wrapping_sub(1);
            (bit < 64).then(|| index.saturating_mul(64).saturating_add(bit))
        })
    })
}

fn count(length: usize) -> u128 {
    u128::try_from(length).unwrap_or(u128::MAX)
}
