//! Words of the interface, from `locales/<lang>/*.ftl`; words of services come from the catalogue.
//!
//! A key that has no words shows itself in brackets; `cargo xtask words` refuses to let that happen.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use rust_embed::RustEmbed;
use vocabulary::Lang;

#[derive(RustEmbed)]
#[folder = "../../../locales/"]
struct Locales;

/// The language that the interface is written in first: what has words in it has words, and a language that
/// lacks one of them is not offered.
pub const FIRST: &str = "zh";

/// All languages of the interface.
pub struct Words {
    bundles: BTreeMap<Lang, FluentBundle<FluentResource>>,
    offered: Vec<Offered>,
}

/// A language that is complete, with its name in itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Offered {
    pub lang: Lang,
    pub own_name: String,
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.bundles.keys()).finish()
    }
}

/// A locale file cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("words file `{file}`: {problem}")]
pub struct WordsFault {
    file: String,
    problem: String,
}

impl Words {
    /// Loads the embedded files.
    ///
    /// # Errors
    /// A file that does not parse or defines a key twice.
    pub fn load() -> Result<Arc<Self>, WordsFault> {
        let files = Locales::iter().filter_map(|name| {
            let file = Locales::get(&name)?;
            Some((name.into_owned(), String::from_utf8_lossy(&file.data).into_owned()))
        });
        Self::of_files(files).map(Arc::new)
    }

    /// The words of files named `<language>/<any>.ftl`. Only languages that have every key of the first one
    /// are kept, so that nobody meets a page with holes.
    ///
    /// # Errors
    /// A file that does not parse or defines a key twice.
    pub fn of_files(files: impl IntoIterator<Item = (String, String)>) -> Result<Self, WordsFault> {
        let mut bundles = BTreeMap::new();
        let mut keys: BTreeMap<Lang, BTreeSet<String>> = BTreeMap::new();
        for (file, text) in files {
            let fault = |problem: String| WordsFault { file: file.clone(), problem };
            let Some((tag, _)) = file.split_once('/').filter(|_| file.ends_with(".ftl")) else {
                continue;
            };
            let lang = Lang::new(tag);
            let bundle = match bundles.entry(lang.clone()) {
                Entry::Occupied(there) => there.into_mut(),
                Entry::Vacant(place) => {
                    let id: unic_langid::LanguageIdentifier =
                        tag.parse().map_err(|_| fault("not a language tag".into()))?;
                    let mut bundle = FluentBundle::new_concurrent(vec![id]);
                    bundle.set_use_isolating(false);
                    place.insert(bundle)
                }
            };
            keys.entry(lang).or_default().extend(text.lines().filter_map(key_of));
            let resource = FluentResource::try_new(text)
                .map_err(|(_, errors)| fault(format!("{errors:?}")))?;
            bundle.add_resource(resource).map_err(|errors| fault(format!("{errors:?}")))?;
        }
        let wanted = keys.get(&Lang::new(FIRST)).cloned().unwrap_or_default();
        bundles.retain(|lang, _| keys.get(lang).is_some_and(|there| there.is_superset(&wanted)));
        let mut words = Self { bundles, offered: Vec::new() };
        let mut langs: Vec<Lang> = words.bundles.keys().cloned().collect();
        // The first language, its kinds, then the others.
        langs.sort_by_key(|lang| (!lang.is_kind_of(FIRST), lang.clone()));
        words.offered = langs
            .into_iter()
            .map(|lang| Offered { own_name: words.say(&lang, "language-name", &[]), lang })
            .collect();
        Ok(words)
    }

    /// The languages that are complete, the first one first.
    pub fn offered(&self) -> &[Offered] {
        &self.offered
    }

    /// The offered language of this tag.
    pub fn offers(&self, tag: &str) -> Option<&Lang> {
        self.offered.iter().map(|one| &one.lang).find(|lang| lang.as_str() == tag)
    }

    /// The offered language for a tag as browsers send it: `zh-TW` is written in traditional characters,
    /// `en-GB` is English.
    pub fn offers_for(&self, tag: &str) -> Option<&Lang> {
        let traditional =
            ["zh-TW", "zh-HK", "zh-MO"].iter().any(|one| one.eq_ignore_ascii_case(tag));
        let wanted = Lang::new(if traditional { "zh-Hant" } else { tag });
        self.offers(wanted.as_str()).or_else(|| wanted.wider().find_map(|wider| self.offers(wider)))
    }

    /// The words of `key` in `lang`, with named values.
    pub fn say(&self, lang: &Lang, key: &str, args: &[(&str, FluentValue<'_>)]) -> String {
        let first = || self.bundles.get(&Lang::new(FIRST));
        let Some(bundle) = self.bundles.get(lang).or_else(first) else {
            return format!("[{key}]");
        };
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
            return format!("[{key}]");
        };
        let mut named = FluentArgs::new();
        for (name, value) in args {
            named.set(*name, value.clone());
        }
        let mut errors = Vec::new();
        bundle.format_pattern(pattern, Some(&named), &mut errors).into_owned()
    }

    pub fn has(&self, lang: &Lang, key: &str) -> bool {
        self.bundles.get(lang).is_some_and(|bundle| bundle.has_message(key))
    }
}

/// The message that begins in this line of a file; what belongs to one is indented.
fn key_of(line: &str) -> Option<String> {
    let (key, _) = line.split_once('=')?;
    let key = key.trim_end();
    let is_key = key.starts_with(|c: char| c.is_ascii_lowercase())
        && key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    is_key.then(|| key.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offered_of(files: &[(&str, &str)]) -> Vec<String> {
        let files = files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        let words = Words::of_files(files).expect("readable words");
        words.offered().iter().map(|one| one.lang.to_string()).collect()
    }

    #[test]
    fn a_language_that_lacks_a_word_is_not_offered() {
        let complete = [
            ("en/a.ftl", "language-name = English\ngo = Go\n"),
            ("zh/a.ftl", "language-name = 简体\n"),
            ("zh/b.ftl", "go = 走\n"),
            ("zh-Hant/a.ftl", "language-name = 繁體\ngo = 走\nmore = 多\n"),
        ];
        assert_eq!(offered_of(&complete), ["zh", "zh-Hant", "en"]);
        let mut short = complete;
        short[3].1 = "language-name = 繁體\n";
        assert_eq!(offered_of(&short), ["zh", "en"]);
    }

    #[test]
    fn dropping_any_one_key_takes_the_language_out_of_the_offer() {
        let files: Vec<(String, String)> = Locales::iter()
            .filter_map(|name| Some((name.to_string(), Locales::get(&name)?)))
            .map(|(name, file)| (name, String::from_utf8_lossy(&file.data).into_owned()))
            .collect();
        let all = Words::of_files(files.clone()).expect("readable words");
        let tags: Vec<&str> = all.offered().iter().map(|one| one.lang.as_str()).collect();
        assert_eq!(tags, ["zh", "zh-Hant", "en"]);
        for tag in ["zh-Hant", "en"] {
            let dropped = files.iter().cloned().map(|(name, text)| {
                let text = if name == format!("{tag}/shell.ftl") {
                    text.lines()
                        .filter(|line| !line.starts_with("sign-in ="))
                        .fold(String::new(), |text, line| text + line + "\n")
                } else {
                    text
                };
                (name, text)
            });
            let words = Words::of_files(dropped).expect("readable words");
            assert_eq!(words.offers(tag), None, "{tag} is complete without `sign-in`");
            assert_eq!(words.offered().len(), 2);
        }
    }

    #[test]
    fn browsers_name_languages_in_their_own_way() {
        let words = Words::load().expect("readable words");
        for (tag, expected) in [
            ("zh-TW", Some("zh-Hant")),
            ("zh-Hant-HK", Some("zh-Hant")),
            ("zh-CN", Some("zh")),
            ("en-GB", Some("en")),
            ("fr", None),
        ] {
            assert_eq!(words.offers_for(tag).map(Lang::as_str), expected, "{tag}");
        }
    }
}
