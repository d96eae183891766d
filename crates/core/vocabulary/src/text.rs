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

    /// The text in `lang`; else in the first language there is; else empty.
    pub fn get(&self, lang: &Lang) -> &str {
        self.0.get(lang).or_else(|| self.0.values().next()).map_or("", |text| text)
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
