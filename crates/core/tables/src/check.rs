//! Gaps, overlaps, disagreements and dead rows, exact over all combinations of the inputs' classes and without
//! listing them: rows are boxes in the product of the classes, and boxes can be cut, counted and taken from each
//! other.

use crate::classes::{Classes, Set};
use crate::findings::{self, Findings};
use crate::{Gaps, Hit, Rules};

/// Boxes looked at in one question before it counts as too entangled.
const MOST_BOXES: usize = 200_000;
/// Pairs of rows that are told singly.
const PAIRS_TOLD: usize = 5;

/// For each input the classes it may be in.
type Region = Vec<Set>;

/// Runs all checks that the table's policy asks for.
pub(crate) fn check(rules: &Rules, findings: &mut Findings) {
    let boxes: Vec<Region> = (0..rules.rows.len()).map(|row| region_of(rules, row)).collect();
    let mut check = Check { rules, boxes, findings };
    check.empty_rows();
    match rules.hit {
        Hit::Unique => {
            let overlaps = check.pairs(findings::OVERLAP, |_, _| true);
            check.gaps(!overlaps);
        }
        Hit::Any => {
            check.pairs(findings::DISAGREEMENT, |a, b| a != b);
            check.gaps(false);
        }
        Hit::First => {
            check.dead_rows();
            check.gaps(false);
        }
        Hit::Collect(_) => {}
    }
}

/// Where a row holds, among what can be.
fn region_of(rules: &Rules, row: usize) -> Region {
    let sets = &rules.sets;
    let one = |input| {
        let (row, possible) = (sets.of_row(input, row), sets.possible(input));
        row.zip(possible).map_or_else(|| Set::none(0), |(row, possible)| row.and(possible))
    };
    (0..sets.inputs()).map(one).collect()
}

struct Check<'r> {
    rules: &'r Rules,
    boxes: Vec<Region>,
    findings: &'r mut Findings,
}

impl Check<'_> {
    fn number(&self, row: usize) -> usize {
        self.rules.rows.get(row).map_or(0, |row| row.number)
    }

    fn at(&self, row: usize) -> usize {
        self.rules.rows.get(row).map_or(0, |row| row.at)
    }

    /// A case in words: one class of each input that the region narrows.
    fn words(&self, region: &Region) -> String {
        let parts: Vec<String> = self
            .rules
            .inputs
            .iter()
            .zip(region)
            .filter_map(|(input, set)| {
                let class = set.iter().next()?;
                Some(format!("`{}` {}", input.element, input.classes.words(class)))
            })
            .collect();
        parts.join(" and ")
    }

    fn empty_rows(&mut self) {
        for row in 0..self.boxes.len() {
            let empty = self.boxes.get(row).is_some_and(|it| it.iter().any(Set::is_empty));
            if empty {
                let message = format!("row {} holds for nothing that can be", self.number(row));
                let hint = "one of its cells leaves no value; correct it or drop the row";
                self.findings.warn(findings::DEAD_ROW, self.at(row), message, hint.to_owned());
            }
        }
    }

    /// Tells rows that hold together where `clash` minds it; whether there were any.
    fn pairs(
        &mut self,
        code: &'static str,
        clash: impl Fn(&[vocabulary::Value], &[vocabulary::Value]) -> bool,
    ) -> bool {
        let mut told = Vec::new();
        let mut more = 0usize;
        for (second, b) in self.boxes.iter().enumerate() {
            for (first, a) in self.boxes.iter().enumerate().take(second) {
                let outputs = |row: usize| self.rules.rows.get(row).map(|row| &*row.outputs);
                let minds = outputs(first).zip(outputs(second)).is_some_and(|(a, b)| clash(a, b));
                if !minds || !a.iter().zip(b).all(|(a, b)| a.meets(b)) {
                    continue;
                }
                if told.len() < PAIRS_TOLD {
                    let both: Region = a.iter().zip(b).map(|(a, b)| a.and(b)).collect();
                    told.push((first, second, self.words(&both)));
                } else {
                    more = more.saturating_add(1);
                }
            }
        }
        let any = !told.is_empty();
        let last = told.len().saturating_sub(1);
        for (index, (first, second, case)) in told.into_iter().enumerate() {
            let (one, other) = (self.number(first), self.number(second));
            let clash =
                if code == findings::OVERLAP { "both hold" } else { "both hold and disagree" };
            let further = match (index == last, more) {
                (true, 1..) => format!(" ({more} more pairs of rows do)"),
                _ => String::new(),
            };
            let message = format!("rows {one} and {other} {clash} when {case}{further}");
            let hint = match code {
                findings::OVERLAP => {
                    "narrow one of them; `hit = \"first\"` would let the first count"
                }
                _ => "narrow one of them, or give both the same outputs",
            };
            self.findings.error(code, self.at(second), message, hint.to_owned());
        }
        any
    }

    /// Tells the cases for which no row holds. Disjoint rows need no taking apart: volumes add up.
    fn gaps(&mut self, disjoint: bool) {
        if self.rules.gaps == Gaps::Allowed {
            return;
        }
        let rules = self.rules;
        let all: Region = (0..rules.inputs.len())
            .filter_map(|input| rules.sets.possible(input).cloned())
            .collect();
        let absent = |input: usize, set: &Set, keep: bool| {
            let classes = rules.inputs.get(input).map(|it| &it.classes);
            let mut only = Set::none(classes.map_or(0, Classes::count));
            only.insert(classes.map_or(0, Classes::absent));
            if keep { set.and(&only) } else { set.without(&only) }
        };
        let known: Region =
            all.iter().enumerate().map(|(input, set)| absent(input, set, false)).collect();
        match self.uncovered(&known, disjoint) {
            Ok(None) => {}
            Ok(Some((count, case))) => self.tell_gap(count, &case),
            Err(()) => return self.tangled(),
        }
        if self.rules.gaps == Gaps::Absent {
            return;
        }
        for input in 0..all.len() {
            let mut region = all.clone();
            if let Some(set) = region.get_mut(input) {
                *set = absent(input, set, true);
            }
            match self.uncovered(&region, disjoint) {
                Ok(None) => {}
                Ok(Some((_, case))) => return self.tell_absent(input, &case),
                Err(()) => return self.tangled(),
            }
        }
    }

    fn tell_gap(&mut self, count: u128, case: &Region) {
        let words = self.words(case);
        let others = match count {
            0 | 1 => String::new(),
            2 => ", and in one other case".to_owned(),
            more => format!(", and in {} other cases", more.saturating_sub(1)),
        };
        let message = format!("no row holds when {words}{others}");
        let hint =
            "add a row, or write `gaps = \"allowed\"` in the definition if there is no value then";
        if self.rules.hit == Hit::Unique {
            self.findings.error(findings::GAP, 0, message, hint.to_owned());
        } else {
            self.findings.warn(findings::GAP, 0, message, hint.to_owned());
        }
    }

    fn tell_absent(&mut self, input: usize, case: &Region) {
        let Some(element) = self.rules.inputs.get(input).map(|it| it.element.clone()) else {
            return;
        };
        let words = self.words(case);
        let message =
            format!("`{element}` may be known to be absent, and no row holds when {words}");
        let hint = "write `gaps = \"absent\"` in the definition: where an input is absent the outputs are too; or add a row with `null`";
        if self.rules.hit == Hit::Unique {
            self.findings.error(findings::GAP_WHERE_ABSENT, 0, message, hint.to_owned());
        } else {
            self.findings.warn(findings::GAP_WHERE_ABSENT, 0, message, hint.to_owned());
        }
    }

    fn tangled(&mut self) {
        let message = "the rows overlap too much to say whether they leave a gap";
        let hint = "divide the table, or make its rows exclude each other with `hit = \"unique\"`";
        self.findings.warn(findings::TANGLED, 0, message, hint.to_owned());
    }

    /// The rows that earlier ones cover wholly.
    fn dead_rows(&mut self) {
        for row in 0..self.boxes.len() {
            let Some(region) = self.boxes.get(row).filter(|it| !it.iter().any(Set::is_empty))
            else {
                continue;
            };
            let earlier = self.boxes.get(..row).unwrap_or_default();
            let mut left = MOST_BOXES;
            if let Ok(None) = first_outside(region, earlier, &mut left) {
                let message =
                    format!("row {} is never reached: the rows before it hold", self.number(row));
                let hint = "move it up, narrow those before it, or drop it".to_owned();
                self.findings.warn(findings::DEAD_ROW, self.at(row), message, hint);
            }
        }
    }

    /// How many cases of the region no row covers, and one of them.
    fn uncovered(&self, region: &Region, disjoint: bool) -> Result<Option<(u128, Region)>, ()> {
        let all: Vec<&Region> = self.boxes.iter().collect();
        if disjoint {
            let covered = covered(region, &all);
            let total = volume(region);
            if covered >= total {
                return Ok(None);
            }
            return Ok(Some((total.saturating_sub(covered), descend(region, &all))));
        }
        let mut left = MOST_BOXES;
        let mut count = 0u128;
        let mut found = None;
        outside(region, &self.boxes, &mut left, &mut |piece| {
            count = count.saturating_add(volume(piece));
            found.get_or_insert_with(|| piece.clone());
        })?;
        Ok(found.map(|case| (count, case)))
    }
}

fn volume(region: &Region) -> u128 {
    region
        .iter()
        .fold(1, |all, set| all.saturating_mul(u128::try_from(set.count()).unwrap_or(u128::MAX)))
}

/// How many cases of the region disjoint boxes cover.
fn covered(region: &Region, boxes: &[&Region]) -> u128 {
    boxes.iter().fold(0, |sum, row| {
        let both: Region = region.iter().zip(row.iter()).map(|(a, b)| a.and(b)).collect();
        sum.saturating_add(volume(&both))
    })
}

/// A single case that disjoint boxes leave uncovered, found input by input: some class has more cases than the
/// boxes cover there.
fn descend(region: &Region, boxes: &[&Region]) -> Region {
    let mut case = region.clone();
    for input in 0..case.len() {
        let classes: Vec<usize> =
            case.get(input).map(|set| set.iter().collect()).unwrap_or_default();
        for class in classes {
            let mut narrowed = case.clone();
            if let (Some(set), Some(old)) = (narrowed.get_mut(input), case.get(input)) {
                let mut only = old.without(old);
                only.insert(class);
                *set = only;
            }
            if covered(&narrowed, boxes) < volume(&narrowed) {
                case = narrowed;
                break;
            }
        }
    }
    case
}

/// Shows the pieces of the region that no box covers; they are disjoint. `Err` = too many.
fn outside(
    region: &Region,
    boxes: &[Region],
    left: &mut usize,
    see: &mut dyn FnMut(&Region),
) -> Result<(), ()> {
    *left = left.checked_sub(1).ok_or(())?;
    if region.iter().any(Set::is_empty) {
        return Ok(());
    }
    let meets = |row: &Region| region.iter().zip(row).all(|(a, b)| a.meets(b));
    let Some(index) = boxes.iter().position(meets) else {
        see(region);
        return Ok(());
    };
    let rest = boxes.get(index.saturating_add(1)..).unwrap_or_default();
    let mut inside = region.clone();
    for input in 0..region.len() {
        let row = boxes.get(index).and_then(|row| row.get(input));
        let Some((set, row)) = inside.get(input).cloned().zip(row) else {
            continue;
        };
        let beyond = set.without(row);
        if !beyond.is_empty() {
            let mut piece = inside.clone();
            if let Some(it) = piece.get_mut(input) {
                *it = beyond;
            }
            outside(&piece, rest, left, see)?;
        }
        if let Some(it) = inside.get_mut(input) {
            *it = set.and(row);
        }
    }
    Ok(())
}

/// The first piece of the region that no box covers.
fn first_outside(
    region: &Region,
    boxes: &[Region],
    left: &mut usize,
) -> Result<Option<Region>, ()> {
    let mut found = None;
    // Once something is found the answer is known: the rest need not be looked at.
    let looked = outside(region, boxes, left, &mut |piece| {
        found.get_or_insert_with(|| piece.clone());
    });
    match (found, looked) {
        (Some(piece), _) => Ok(Some(piece)),
        (None, looked) => looked.map(|()| None),
    }
}
