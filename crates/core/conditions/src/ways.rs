//! Sets of answers and clauses that decide something, and how such sets are joined.
//!
//! Deliberately knows no condition: only numbers of answers and of clauses.

/// So many ways of deciding one part are kept; with more, the best of them.
const MOST_WAYS: usize = 256;
/// So many pairs of ways are compared for one explanation; beyond, only the best way of each part is kept.
const MOST_WORK: usize = 100_000;

/// A set of small numbers. Most conditions have no more than 64, which need no room of their own.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Set {
    first: u64,
    more: Vec<u64>,
}

impl Set {
    pub(crate) fn of(number: usize) -> Self {
        let mut set = Self::default();
        set.insert(number);
        set
    }

    pub(crate) fn insert(&mut self, number: usize) {
        let bit = 1 << (number % 64);
        let Some(word) = (number / 64).checked_sub(1) else {
            self.first |= bit;
            return;
        };
        if self.more.len() <= word {
            self.more.resize(word.saturating_add(1), 0);
        }
        if let Some(word) = self.more.get_mut(word) {
            *word |= bit;
        }
    }

    pub(crate) fn contains(&self, number: usize) -> bool {
        let word = match (number / 64).checked_sub(1) {
            None => self.first,
            Some(word) => self.more.get(word).copied().unwrap_or_default(),
        };
        word & (1 << (number % 64)) != 0
    }

    fn join(&mut self, other: &Self) {
        self.first |= other.first;
        if self.more.len() < other.more.len() {
            self.more.resize(other.more.len(), 0);
        }
        for (word, more) in self.more.iter_mut().zip(&other.more) {
            *word |= more;
        }
    }

    fn is_within(&self, other: &Self) -> bool {
        self.first & !other.first == 0
            && self.more.len() <= other.more.len()
            && self.more.iter().zip(&other.more).all(|(word, more)| word & !more == 0)
    }

    fn len(&self) -> u32 {
        let first = self.first.count_ones();
        self.more.iter().fold(first, |sum, word| sum.saturating_add(word.count_ones()))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.first == 0 && self.more.is_empty()
    }
}

/// One way in which something is decided: what must be known, and the clauses that then decide.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Way {
    pub(crate) answers: Set,
    pub(crate) clauses: Set,
}

impl Way {
    fn cost(&self) -> (u32, u32) {
        (self.answers.len(), self.clauses.len())
    }

    fn join(&mut self, other: &Self) {
        self.answers.join(&other.answers);
        self.clauses.join(&other.clauses);
    }

    fn covers(&self, other: &Self) -> bool {
        self.answers.is_within(&other.answers) && self.clauses.is_within(&other.clauses)
    }
}

/// Joins ways, and remembers whether any had to be dropped that might have been better.
#[derive(Debug)]
pub(crate) struct Joiner {
    work: usize,
    /// Nothing was dropped.
    pub(crate) complete: bool,
}

impl Joiner {
    pub(crate) fn new() -> Self {
        Self { work: 0, complete: true }
    }

    /// Both are needed: every way of the one with every way of the other.
    pub(crate) fn both(&mut self, mut one: Vec<Way>, other: Vec<Way>) -> Vec<Way> {
        if let ([left], [right]) = (one.as_mut_slice(), other.as_slice()) {
            left.join(right);
            return one;
        }
        let (one, other) = (self.affordable(one), self.affordable(other));
        let pairs = one.len().saturating_mul(other.len());
        let mut ways = Vec::with_capacity(pairs);
        for left in &one {
            for right in &other {
                let mut way = left.clone();
                way.join(right);
                ways.push(way);
            }
        }
        if pairs > 1 { self.best(ways) } else { ways }
    }

    /// All are needed.
    pub(crate) fn all(&mut self, parts: impl IntoIterator<Item = Vec<Way>>) -> Vec<Way> {
        let mut joined = vec![Way::default()];
        for part in parts {
            joined = self.both(joined, part);
        }
        joined
    }

    /// One is enough.
    pub(crate) fn either(&mut self, one: Vec<Way>, other: Vec<Way>) -> Vec<Way> {
        if one.is_empty() {
            return other;
        }
        if other.is_empty() {
            return one;
        }
        self.best(one.into_iter().chain(other).collect())
    }

    fn affordable(&mut self, mut ways: Vec<Way>) -> Vec<Way> {
        if self.work > MOST_WORK && ways.len() > 1 {
            self.complete = false;
            ways.truncate(1);
        }
        ways
    }

    /// Without those that another makes needless, the cheapest first.
    fn best(&mut self, mut ways: Vec<Way>) -> Vec<Way> {
        ways.sort_by_cached_key(Way::cost);
        let mut kept: Vec<Way> = Vec::new();
        for way in ways {
            self.work = self.work.saturating_add(kept.len());
            if kept.iter().any(|better| better.covers(&way)) {
                continue;
            }
            if kept.len() == MOST_WAYS {
                self.complete = false;
                break;
            }
            kept.push(way);
        }
        kept
    }
}
