//! Words of the interface, from `locales/<lang>/*.ftl`; words of services come from the catalogue.
//!
//! A key that has no words shows itself in brackets; `cargo xtask words` refuses to let that happen.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use rust_embed::RustEmbed;
use vocabulary::Lang;

#[derive(RustEmbed)]
#[folder = "../../../locales/"]
struct Locales;

/// All languages of the interface.
pub struct Words {
    bundles: BTreeMap<Lang, FluentBundle<FluentResource>>,
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
    /// Loads the embedded files of the languages that are offered.
    ///
    /// # Errors
    /// A file that does not parse or defines a key twice.
    pub fn load() -> Result<Arc<Self>, WordsFault> {
        let mut bundles = BTreeMap::new();
        for tag in OFFERED {
            let fault = |file: &str, problem: String| WordsFault { file: file.into(), problem };
            let id: unic_langid::LanguageIdentifier =
                tag.parse().map_err(|_| fault(tag, "not a language tag".into()))?;
            let mut bundle = FluentBundle::new_concurrent(vec![id]);
            bundle.set_use_isolating(false);
            for name in Locales::iter().filter(|name| name.starts_with(&format!("{tag}/"))) {
                let Some(file) = Locales::get(&name) else { continue };
                let text = String::from_utf8_lossy(&file.data).into_owned();
                let resource = FluentResource::try_new(text)
                    .map_err(|(_, errors)| fault(&name, format!("{errors:?}")))?;
                bundle
                    .add_resource(resource)
                    .map_err(|errors| fault(&name, format!("{errors:?}")))?;
            }
            bundles.insert(Lang::new(tag), bundle);
        }
        Ok(Arc::new(Self { bundles }))
    }

    /// The words of `key` in `lang`, with named values.
    pub fn say(&self, lang: &Lang, key: &str, args: &[(&str, FluentValue<'_>)]) -> String {
        let Some(bundle) = self.bundles.get(lang).or_else(|| self.bundles.values().next()) else {
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

/// Languages that are complete; others are not offered.
pub const OFFERED: [&str; 2] = ["zh", "en"];
