//! What is different between two catalogues, item by item, and whether it asks more of people.
//!
//! Two catalogues in, a [`Diff`] out: ids, values and names, no sentences; whoever shows it makes them. What
//! differs and has no line of its own here still shows, as [`What::Other`]: an item whose content differs is
//! never missing. Texts for people are counted apart.
//!
//! Looks at definitions only. For whom a difference matters is said by plans of the same people under both
//! (`plan::compare`).

mod matter;
mod service;
mod shared;

use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::Arc;

use conditions::Condition;
use serde::Serialize;
use vocabulary::{Decimal, HalfDays, Localised, Period, PeriodUnit};

use crate::revision::{Canonical, shape_and_texts};
use crate::{Catalogue, Way};

/// Everything that differs between two catalogues.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Diff {
    /// Matters, services, then what they refer to.
    pub items: Vec<ItemDiff>,
    /// Texts that are new or worded otherwise, in items that are on both sides.
    pub texts: usize,
}

/// One item of the catalogue that is not the same on both sides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ItemDiff {
    pub kind: Kind,
    pub id: Arc<str>,
    /// The later name, or the earlier one of what is gone.
    pub name: Localised,
    pub how: How,
    pub changes: Vec<Change>,
    /// Texts that are new or worded otherwise.
    pub texts: usize,
}

/// What kind of item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Matter,
    Service,
    Element,
    EvidenceType,
    Source,
    Group,
    Topic,
    Regime,
    Supervision,
    Organisation,
    Calendar,
    Jurisdiction,
    Guide,
    List,
    LifeCycleClass,
    Table,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    Added,
    Removed,
    Changed,
}

/// One difference within an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    pub what: What,
    /// Which one, where there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Arc<str>>,
    /// Its name for people, where it has one.
    #[serde(skip_serializing_if = "Localised::is_empty")]
    pub name: Localised,
    pub how: How,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Shown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Shown>,
    pub asks: Asks,
}

/// What a difference is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// A service of a matter.
    Service,
    ServiceWhen,
    ServiceOptional,
    AlreadyDone,
    Question,
    QuestionOrder,
    MayDecline,
    Evidence,
    EvidenceWhen,
    Ways,
    CommitmentWhen,
    DeferralWhen,
    DeferralTerm,
    Field,
    FieldWhen,
    FieldOptional,
    AskAgain,
    Promised,
    PromisedWhen,
    Statutory,
    StatutoryWhen,
    Visits,
    VisitWhen,
    Fee,
    Signatory,
    SignatoryWhen,
    Requirement,
    RequirementWhen,
    Procedure,
    Channel,
    Output,
    Checklist,
    RefusalGround,
    Authority,
    Lead,
    Regime,
    Applicants,
    Baseline,
    JointProcedure,
    Announced,
    /// Elements, evidence types and sources.
    Type,
    Option,
    Formats,
    Size,
    MaxLength,
    SourceOf,
    Delivers,
    DeliversWhen,
    /// Groups.
    Members,
    /// Regimes.
    CorrectionLimit,
    CorrectionAnswer,
    DeemedAcceptance,
    CorrectionLapses,
    LapseMeans,
    ClockRules,
    DeemedGrant,
    Extension,
    /// By when a decision is to be served.
    Delivery,
    /// Anything that has no line of its own.
    Other,
}

/// A value before or after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "value")]
pub enum Shown {
    Condition(Arc<str>),
    Period(Period),
    Count(u64),
    Money { amount: Decimal, currency: String },
    Ways(Vec<Way>),
    Codes(Vec<String>),
    Words(Localised),
    Flag(bool),
}

/// What a difference asks of people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Asks {
    More,
    Less,
    /// Nothing else than before.
    Same,
    /// It depends on the person: plans of both sides tell.
    Depends,
}

/// Compares two catalogues, `after` with `before`.
pub fn diff(before: &Catalogue, after: &Catalogue) -> Diff {
    let mut items = matter::diff(before, after);
    items.extend(service::diff(before, after));
    items.extend(shared::diff(before, after));
    let changed = items.iter().filter(|item| item.how == How::Changed);
    let texts = changed.map(|item| item.texts).sum();
    Diff { items, texts }
}

impl Diff {
    /// Nothing differs, not even a text.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Whether some difference certainly asks more of somebody.
    pub fn asks_more(&self) -> bool {
        self.items.iter().any(ItemDiff::asks_more)
    }
}

impl ItemDiff {
    /// Whether one of its differences certainly asks more of somebody.
    pub fn asks_more(&self) -> bool {
        self.changes.iter().any(|change| change.asks == Asks::More)
    }
}

impl Asks {
    /// What its opposite asks.
    pub const fn reversed(self) -> Self {
        match self {
            Self::More => Self::Less,
            Self::Less => Self::More,
            Self::Same => Self::Same,
            Self::Depends => Self::Depends,
        }
    }

    fn of<T: Ord>(before: &T, after: &T) -> Self {
        match before.cmp(after) {
            std::cmp::Ordering::Less => Self::More,
            std::cmp::Ordering::Equal => Self::Same,
            std::cmp::Ordering::Greater => Self::Less,
        }
    }
}

/// Differences of one item, as they are found.
#[derive(Debug, Default)]
struct Changes(Vec<Change>);

/// What a difference is about, and which one.
#[derive(Debug, Clone)]
struct About {
    what: What,
    id: Option<Arc<str>>,
    name: Localised,
}

impl About {
    fn the(what: What) -> Self {
        Self { what, id: None, name: Localised::default() }
    }

    fn one(what: What, id: &str, name: Localised) -> Self {
        Self { what, id: Some(id.into()), name }
    }

    /// Something else about the same thing.
    fn but(&self, what: What) -> Self {
        Self { what, ..self.clone() }
    }
}

impl Changes {
    fn add(
        &mut self,
        about: About,
        how: How,
        (before, after): (Option<Shown>, Option<Shown>),
        asks: Asks,
    ) {
        let About { what, id, name } = about;
        self.0.push(Change { what, id, name, how, before, after, asks });
    }

    fn added(&mut self, about: About, after: Option<Shown>, asks: Asks) {
        self.add(about, How::Added, (None, after), asks);
    }

    /// `asks` is what the same thing would ask if it were added.
    fn removed(&mut self, about: About, before: Option<Shown>, asks: Asks) {
        self.add(about, How::Removed, (before, None), asks.reversed());
    }

    fn changed(&mut self, about: About, before: Shown, after: Shown, asks: Asks) {
        if before != after {
            self.add(about, How::Changed, (Some(before), Some(after)), asks);
        }
    }

    /// A condition under which something is asked.
    fn condition(&mut self, about: About, before: &Condition, after: &Condition) {
        let asks = match (before.is_always(), after.is_always()) {
            (false, true) => Asks::More,
            (true, false) => Asks::Less,
            _ => Asks::Depends,
        };
        let shown = |condition: &Condition| Shown::Condition(condition.source().into());
        self.changed(about, shown(before), shown(after), asks);
    }

    /// A period that people wait for.
    fn period(&mut self, about: About, before: Period, after: Period) {
        let asks = longer(before, after);
        self.changed(about, Shown::Period(before), Shown::Period(after), asks);
    }

    /// A period that may be missing.
    fn maybe_period(&mut self, about: About, before: Option<Period>, after: Option<Period>) {
        match (before, after) {
            (Some(before), Some(after)) => self.period(about, before, after),
            (None, Some(after)) => self.added(about, Some(Shown::Period(after)), Asks::Same),
            (Some(before), None) => self.removed(about, Some(Shown::Period(before)), Asks::Same),
            (None, None) => {}
        }
    }

    fn flag(&mut self, about: About, before: bool, after: bool, asks_if_set: Asks) {
        let asks = if after { asks_if_set } else { asks_if_set.reversed() };
        self.changed(about, Shown::Flag(before), Shown::Flag(after), asks);
    }

    /// Plain words of which only membership counts.
    fn codes(&mut self, about: About, before: &[String], after: &[String]) {
        let (mut was, mut is) = (before.to_vec(), after.to_vec());
        was.sort();
        is.sort();
        if was == is {
            return;
        }
        let gone = was.iter().any(|code| !is.contains(code));
        let new = is.iter().any(|code| !was.contains(code));
        let asks = match (gone, new) {
            (true, false) => Asks::More,
            (false, true) => Asks::Less,
            _ => Asks::Depends,
        };
        self.changed(about, Shown::Codes(was), Shown::Codes(is), asks);
    }
}

/// Whether `after` lasts longer than `before`, where that can be told.
fn longer(before: Period, after: Period) -> Asks {
    let ready = |period: Period| period.unit == PeriodUnit::Immediate;
    match (ready(before), ready(after)) {
        (true, true) => Asks::Same,
        (true, false) => Asks::More,
        (false, true) => Asks::Less,
        (false, false) if before.unit == after.unit => Asks::of(&before.halves, &after.halves),
        (false, false) => Asks::Depends,
    }
}

fn count(number: u32) -> Shown {
    Shown::Count(u64::from(number))
}

fn days(halves: HalfDays) -> Shown {
    Shown::Period(Period { halves, unit: PeriodUnit::WorkingDay })
}

/// A thing on both sides, or on one of them.
type Pair<'a, T> = (Option<&'a T>, Option<&'a T>);

/// Things of two lists by key: in the order of the later list, then what is gone. Where a key stands several
/// times, the first belongs to the first.
fn paired<'a, T, K: Ord + Clone>(
    before: &'a [T],
    after: &'a [T],
    key: impl Fn(&'a T) -> K,
) -> Vec<Pair<'a, T>> {
    let numbered = |list: &'a [T]| {
        let mut seen: BTreeMap<K, u32> = BTreeMap::new();
        let mut keyed = Vec::with_capacity(list.len());
        for item in list {
            let key = key(item);
            let count = seen.entry(key.clone()).or_default();
            *count = count.saturating_add(1);
            keyed.push(((key, *count), item));
        }
        keyed
    };
    let mut gone: BTreeMap<(K, u32), &T> = numbered(before).into_iter().collect();
    let mut pairs: Vec<Pair<'a, T>> = Vec::with_capacity(after.len());
    for (key, item) in numbered(after) {
        pairs.push((gone.remove(&key), Some(item)));
    }
    pairs.extend(gone.into_values().map(|item| (Some(item), None)));
    pairs
}

/// The items of one kind: what is new, gone, or differs. `compare` says in what.
fn items<'a, K: Ord + Display + 'a, T: Canonical + 'a>(
    kind: Kind,
    before: &'a BTreeMap<K, T>,
    after: &'a BTreeMap<K, T>,
    name: impl Fn(&T) -> Localised,
    compare: impl Fn(&T, &T) -> Vec<Change>,
) -> Vec<ItemDiff> {
    let mut diffs = Vec::new();
    let whole = |id: &K, item: &T, how| ItemDiff {
        kind,
        id: id.to_string().into(),
        name: name(item),
        how,
        changes: Vec::new(),
        texts: shape_and_texts(item).1.len(),
    };
    for (id, item) in after {
        match before.get(id) {
            None => diffs.push(whole(id, item, How::Added)),
            Some(was) => {
                diffs.extend(differing(kind, &id.to_string(), name(item), was, item, |was, is| {
                    compare(was, is)
                }))
            }
        }
    }
    let gone = before.iter().filter(|(id, _)| !after.contains_key(*id));
    diffs.extend(gone.map(|(id, item)| whole(id, item, How::Removed)));
    diffs
}

/// One item that is on both sides, if it differs.
fn differing<T: Canonical>(
    kind: Kind,
    id: &str,
    name: Localised,
    before: &T,
    after: &T,
    compare: impl FnOnce(&T, &T) -> Vec<Change>,
) -> Option<ItemDiff> {
    let ((shape_before, texts_before), (shape_after, texts_after)) =
        (shape_and_texts(before), shape_and_texts(after));
    let texts = new_texts(&texts_before, &texts_after);
    let mut changes = compare(before, after);
    if changes.is_empty() && shape_before != shape_after {
        let mut other = Changes::default();
        other.add(About::the(What::Other), How::Changed, (None, None), Asks::Depends);
        changes = other.0;
    }
    (texts > 0 || !changes.is_empty()).then(|| ItemDiff {
        kind,
        id: id.into(),
        name,
        how: How::Changed,
        changes,
        texts,
    })
}

/// How many texts are not among the earlier ones, and, where none is new, how many are gone.
fn new_texts(before: &[String], after: &[String]) -> usize {
    let missing = |these: &[String], those: &[String]| {
        let mut left: BTreeMap<&str, usize> = BTreeMap::new();
        for text in those {
            let count = left.entry(text).or_default();
            *count = count.saturating_add(1);
        }
        let found = |text: &&String| match left.get_mut(text.as_str()) {
            Some(count) if *count > 0 => {
                *count = count.saturating_sub(1);
                true
            }
            _ => false,
        };
        these.len().saturating_sub(these.iter().filter(found).count())
    };
    missing(after, before).max(missing(before, after))
}
