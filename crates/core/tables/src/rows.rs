//! For each input and each of its classes, the rows whose cell holds there, as bits: deciding a table is looking
//! up one set per input and cutting them.

use crate::classes::Set;
use crate::{Input, Row};

/// The sets of all inputs.
#[derive(Debug)]
pub(crate) struct RowSets {
    /// Words of 64 rows.
    pub(crate) words: usize,
    of_input: Vec<OfInput>,
}

#[derive(Debug)]
struct OfInput {
    /// For each class its words.
    by_class: Vec<u64>,
    /// For each row the classes in which its cell holds.
    by_row: Vec<Set>,
    /// The classes that can be at all.
    possible: Set,
    /// The rows that hold in some possible class.
    anywhere: Vec<u64>,
}

impl RowSets {
    pub(crate) fn of(inputs: &[Input], rows: &[Row]) -> Self {
        let words = rows.len().div_ceil(64);
        let of_input = inputs.iter().enumerate().map(|(index, input)| {
            let count = input.classes.count();
            let mut possible = match &input.domain {
                Some(domain) => input.classes.set(domain),
                None => Set::all(count),
            };
            if !input.may_be_absent {
                let mut absent = Set::none(count);
                absent.insert(input.classes.absent());
                possible = possible.without(&absent);
            } else {
                // What the file says about values says nothing about there being one.
                possible.insert(input.classes.absent());
            }
            let cells = rows.iter().filter_map(|row| row.tests.get(index));
            let by_row: Vec<Set> = cells.map(|cell| input.classes.set(cell)).collect();
            let mut by_class = vec![0u64; count.saturating_mul(words)];
            let mut anywhere = vec![0u64; words];
            for (row, set) in by_row.iter().enumerate() {
                let (word, bit) = (row / 64, 1u64 << (row % 64));
                for class in set.iter() {
                    let at = class.saturating_mul(words).saturating_add(word);
                    if let Some(it) = by_class.get_mut(at) {
                        *it |= bit;
                    }
                }
                if let (true, Some(it)) = (set.meets(&possible), anywhere.get_mut(word)) {
                    *it |= bit;
                }
            }
            OfInput { by_class, by_row, possible, anywhere }
        });
        Self { words, of_input: of_input.collect() }
    }

    pub(crate) fn inputs(&self) -> usize {
        self.of_input.len()
    }

    /// The rows that hold in the class of the input.
    pub(crate) fn in_class(&self, input: usize, class: usize) -> &[u64] {
        let from = class.saturating_mul(self.words);
        let of_input = self.of_input.get(input);
        of_input
            .and_then(|it| it.by_class.get(from..from.saturating_add(self.words)))
            .unwrap_or_default()
    }

    /// The rows that hold in some possible class of the input.
    pub(crate) fn anywhere(&self, input: usize) -> &[u64] {
        self.of_input.get(input).map_or(&[], |it| it.anywhere.as_slice())
    }

    /// The classes of the input in which the row holds.
    pub(crate) fn of_row(&self, input: usize, row: usize) -> Option<&Set> {
        self.of_input.get(input)?.by_row.get(row)
    }

    /// The classes that the input can be in at all.
    pub(crate) fn possible(&self, input: usize) -> Option<&Set> {
        self.of_input.get(input).map(|it| &it.possible)
    }
}
