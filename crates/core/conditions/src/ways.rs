//! Sets of answers and clauses that decide something, and how such sets are joined.
//!
//! Deliberately knows no condition: only numbers of answers and of clauses.

/// So many ways of deciding one part are kept; with more, the best of them.
const MOST_WAYS: usize = 256;
/// So many pairs of ways are compared for one explanation; beyond, only the best way of each part is kept.
const MOST_WORK: usize = 100_000;

/// A set of small numbers.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Set(Vec<u64>);

impl Set {
    pub(crate) fn of(number: usize) -> Self {
        let mut set = Self::default();
        set.insert(number);
        set
    }

    pub(crate) fn insert(&mut self, number: usize) {
        let word = number / 64;
        if self.0.len() <= word {
            self.0.resize(word.saturating_add(1), 0);
        }
        if let Some(word) = self.0.get_mut(word) {
            *word |= 1 << (number % 64);
        }
    }

    pub(crate) fn contains(&self, number: usize) -> bool {
        self.0.get(number / 64).is_some_and(|word| word & (1 << (number % 64)) != 0)
    }

    fn join(&mut self, other: &Self) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (word, more) in self.0.iter_mut().zip(&other.0) {
            *word |= more;
        }
    }

    fn is_within(&self, other: &Self) -> bool {
        self.0.len() <= other.0.len()
            && self.0.iter().zip(&other.0).all(|(word, more)| word & !more == 0)
    }

    fn len(&self) -> u32 {
        self.0.iter().fold(0, |sum, word| sum.saturating_add(word.count_ones()))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
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
    pub(crate) fn both(&mut self, one: Vec<Way>, other: Vec<Way>) -> Vec<Way> {
        let (one, other) = (self.affordable(one), self.affordable(other));
        let pairs = one.len().saturating_mul(other.len());
        let mut ways = Vec::with_capacity(pairs);
        for left in &one {
            for right in &other {
                let mut way = left.clone();
                way.answers.join(&right.answers);
                way.clauses.join(&right.clauses);
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
