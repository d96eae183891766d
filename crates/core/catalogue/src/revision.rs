//! Revisions: content hashes of resolved items and of all they refer to (semantics 8).
//!
//! The hashed bytes are our own canonical form: every part with its length, in the order of the types'
//! fields, nothing of the files' formatting or order. Texts for people are left out of a service's and a
//! matter's revision, so that a better wording makes no new one; the catalogue's revision has them.

mod items;
mod referred;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{Debug, Display};
use std::sync::Arc;

use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};
use vocabulary::{
    CalendarYear, Decimal, Localised, MatterId, MatterRevision, ServiceId, ServiceRevision,
};

use crate::{Catalogue, LargerUnit};
use referred::Referred;

/// Changes when the canonical form does.
pub(crate) const FORM: &str = "yijianshi-catalogue-4";
/// Bytes of a hash that a revision shows, as twice as many hexadecimal digits.
const SHOWN_BYTES: usize = 8;

/// Takes the canonical form of items into a hash.
pub(crate) struct Canon {
    hash: Sha256,
    with_texts: bool,
    /// Texts that are left out of the hash, if somebody wants them.
    texts: Option<Vec<String>>,
}

/// Something that has a canonical form.
pub(crate) trait Canonical {
    fn write(&self, canon: &mut Canon);
}

impl Canon {
    fn new(kind: &str, with_texts: bool) -> Self {
        let mut canon = Self { hash: Sha256::new(), with_texts, texts: None };
        canon.text(FORM);
        canon.text(kind);
        canon
    }

    fn finish(self) -> String {
        let hash = self.hash.finalize();
        hex::encode(hash.iter().copied().take(SHOWN_BYTES).collect::<Vec<_>>())
    }

    fn integer(&mut self, number: u64) {
        self.hash.update(number.to_be_bytes());
    }

    fn length(&mut self, length: usize) {
        self.integer(u64::try_from(length).unwrap_or(u64::MAX));
    }

    fn text(&mut self, text: &str) {
        self.length(text.len());
        self.hash.update(text.as_bytes());
    }

    // Below: the ways in which a field is taken in, named as in `items`.

    fn flag(&mut self, flag: &bool) {
        self.integer(u64::from(*flag));
    }

    fn number<N: Copy + Into<u64>>(&mut self, number: &N) {
        self.integer((*number).into());
    }

    /// An id, a code, or another value by its text.
    fn shown(&mut self, value: &impl Display) {
        self.text(&value.to_string());
    }

    /// A plain variant by its name.
    fn named(&mut self, value: &impl Debug) {
        self.text(&format!("{value:?}"));
    }

    fn names(&mut self, values: &[impl Debug]) {
        self.list(values.iter().map(|value| format!("{value:?}")));
    }

    fn maybe(&mut self, value: &Option<impl Display>) {
        self.list(value);
    }

    /// Values in an order that says something.
    fn list<T: Display>(&mut self, values: impl IntoIterator<Item = T>) {
        for value in values {
            self.flag(&true);
            self.shown(&value);
        }
        self.flag(&false);
    }

    /// Values in an order that says nothing.
    fn set<T: Display + Ord>(&mut self, values: &[T]) {
        self.list(values.iter().collect::<BTreeSet<_>>());
    }

    fn decimal(&mut self, value: &Decimal) {
        self.shown(&value.normalize());
    }

    fn maybe_decimal(&mut self, value: &Option<Decimal>) {
        self.maybe(&value.map(|value| value.normalize()));
    }

    fn time_zone(&mut self, zone: &TimeZone) {
        self.maybe(&zone.iana_name());
    }

    fn item(&mut self, item: &impl Canonical) {
        item.write(self);
    }

    fn optional(&mut self, item: &Option<impl Canonical>) {
        self.items(item);
    }

    fn items<'t, T: Canonical + 't>(&mut self, items: impl IntoIterator<Item = &'t T>) {
        for item in items {
            self.flag(&true);
            item.write(self);
        }
        self.flag(&false);
    }

    fn conditions<I: Display>(&mut self, conditions: &BTreeMap<I, conditions::Condition>) {
        self.length(conditions.len());
        for (id, condition) in conditions {
            self.shown(id);
            self.item(condition);
        }
    }

    /// Texts for people.
    fn words(&mut self, words: &Localised) {
        if self.with_texts {
            self.list(words.iter().flat_map(|(lang, text)| [lang.as_str(), text]));
        }
        if let Some(texts) = &mut self.texts {
            texts.extend(words.iter().map(|(lang, text)| format!("{lang} {text}")));
        }
    }

    /// Texts for people that have no languages.
    fn plain_words(&mut self, words: &[String]) {
        if self.with_texts {
            self.list(words);
        }
        if let Some(texts) = &mut self.texts {
            texts.extend(words.iter().cloned());
        }
    }

    /// How many texts there are counts; how they are worded does not.
    fn counted_words(&mut self, texts: &[Localised]) {
        self.length(texts.len());
        for words in texts {
            self.words(words);
        }
    }

    /// Rules by the stage that they are about.
    fn by_stage(&mut self, stages: &BTreeMap<crate::Stage, crate::StageRule>) {
        self.length(stages.len());
        for (stage, rule) in stages {
            self.named(stage);
            self.item(rule);
        }
    }

    /// In which unit people read a number: wording only.
    fn larger_unit(&mut self, larger: &Option<LargerUnit>) {
        if let Some(LargerUnit { count, unit }) = larger {
            if self.with_texts {
                self.shown(count);
            }
            self.words(unit);
        }
    }

    /// That there is a reason counts; how it is worded does not.
    fn reason(&mut self, reason: &Localised) {
        self.flag(&!reason.is_empty());
        self.words(reason);
    }

    /// Answers with their shares.
    fn shares(&mut self, shares: &BTreeMap<Arc<str>, u32>) {
        for (answer, share) in shares {
            self.flag(&true);
            self.text(answer);
            self.number(share);
        }
        self.flag(&false);
    }

    /// Revisions themselves.
    fn left_out<T>(&mut self, _: &T) {}
}

/// Gives every service, every matter and the catalogue their revisions.
pub(crate) fn assign(catalogue: &mut Catalogue) {
    let services: BTreeMap<ServiceId, ServiceRevision> = catalogue
        .services
        .iter()
        .map(|(id, service)| {
            let mut canon = Canon::new("service", false);
            service.write(&mut canon);
            Referred::by_service(catalogue, service).write(&mut canon);
            (id.clone(), ServiceRevision::new(canon.finish()))
        })
        .collect();
    for (id, revision) in services {
        if let Some(service) = catalogue.services.get_mut(&id) {
            service.revision = revision;
        }
    }
    let matters: BTreeMap<MatterId, MatterRevision> = catalogue
        .matters
        .iter()
        .map(|(id, matter)| {
            let mut canon = Canon::new("matter", false);
            matter.write(&mut canon);
            Referred::by_matter(catalogue, matter).write(&mut canon);
            canon.list(catalogue.services_of(matter).map(|service| &service.revision));
            (id.clone(), MatterRevision::new(canon.finish()))
        })
        .collect();
    for (id, revision) in matters {
        if let Some(matter) = catalogue.matters.get_mut(&id) {
            matter.revision = revision;
        }
    }
    let mut canon = Canon::new("catalogue", true);
    catalogue.write(&mut canon);
    catalogue.revision = canon.finish().into();
}

/// A hash of what an item is without its texts, and its texts: for comparing two of them.
pub(crate) fn shape_and_texts(item: &impl Canonical) -> (String, Vec<String>) {
    let mut canon = Canon::new("shape", false);
    canon.texts = Some(Vec::new());
    item.write(&mut canon);
    let texts = canon.texts.take().unwrap_or_default();
    (canon.finish(), texts)
}

/// The version of a calendar's data, e.g. `2024-2026/0f3a…`.
pub(crate) fn calendar_version(years: &BTreeMap<i16, CalendarYear>) -> Arc<str> {
    let mut canon = Canon::new("calendar", false);
    for (year, days) in years {
        canon.shown(year);
        canon.list(&days.days_off);
        canon.list(&days.work_days);
    }
    let hash = canon.finish();
    match (years.keys().next(), years.keys().next_back()) {
        (Some(first), Some(last)) if first != last => format!("{first}-{last}/{hash}").into(),
        (Some(only), _) => format!("{only}/{hash}").into(),
        _ => format!("none/{hash}").into(),
    }
}
