//! Text in several languages.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A language tag, e.g. `zh`, `en`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Lang(Arc<str>);

impl Lang {
    pub fn new(tag: impl Into<Arc<str>>) -> Self {
        Self(tag.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The tags without their last subtags, longest first: `zh-Hant`, `zh` for `zh-Hant-HK`.
    pub fn wider(&self) -> impl Iterator<Item = &str> {
        std::iter::successors(self.0.rsplit_once('-'), |(wider, _)| wider.rsplit_once('-'))
            .map(|(wider, _)| wider)
    }

    /// Whether this is `tag` or a kind of it: `zh-Hant` is a `zh`.
    pub fn is_kind_of(&self, tag: &str) -> bool {
        self.as_str() == tag || self.wider().any(|wider| wider == tag)
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The same text in each declared language. A missing language is a diagnostic of the catalogue, so
/// `get` may fall back without surprise.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Localised(BTreeMap<Lang, Arc<str>>);

impl Localised {
    pub fn new(texts: impl IntoIterator<Item = (Lang, Arc<str>)>) -> Self {
        Self(texts.into_iter().collect())
    }

    /// The text in `lang`; else in the language that it is a kind of (`zh` for `zh-Hant`); else in the first
    /// language there is; else empty.
    pub fn get(&self, lang: &Lang) -> &str {
        self.0
            .get(lang)
            .or_else(|| lang.wider().find_map(|tag| self.of_tag(tag)))
            .or_else(|| self.0.values().next())
            .map_or("", |text| text)
    }

    fn of_tag(&self, tag: &str) -> Option<&Arc<str>> {
        self.0.iter().find_map(|(lang, text)| (lang.as_str() == tag).then_some(text))
    }

    pub fn has(&self, lang: &Lang) -> bool {
        self.0.contains_key(lang)
    }

    pub fn is_empty(&self) -> bool {
        self.0.values().all(|text| text.is_empty())
    }

    pub fn iter(&self) -> impl Iterator<Item = (&Lang, &str)> {
        self.0.iter().map(|(lang, text)| (lang, text.as_ref()))
    }
}
