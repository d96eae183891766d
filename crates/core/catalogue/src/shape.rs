//! Checks a parsed file's values against their [`Shape`]: every unknown key, missing key, wrong kind,
//! unknown word and missing language is told at its own place, before serde sees the value.
//!
//! Does not look at what names and numbers mean.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::{DeArray, DeInteger, DeString, DeTable, DeValue};

use crate::codes;
use crate::report::{Place, Report};
use crate::schema::{Field, Shape};
use crate::suggest::{hint, listed, nearest};

/// Walks through the values of one file.
pub(crate) struct Walk<'w, 'a> {
    pub(crate) report: &'w mut Report<'a>,
    pub(crate) file: usize,
    pub(crate) languages: &'w [String],
    /// Say nothing: the file's syntax is broken, so what is missing here may stand in the broken part.
    pub(crate) quiet: bool,
}

impl Walk<'_, '_> {
    /// Whether `value`, the value of `key`, can be read as `shape`. Unknown keys are told and taken out.
    pub(crate) fn check(
        &mut self,
        shape: &Shape,
        key: &str,
        value: &mut Spanned<DeValue<'_>>,
    ) -> bool {
        let at = value.span().start;
        match (shape, value.get_mut()) {
            (Shape::Any, _)
            | (Shape::Text, DeValue::String(_))
            | (Shape::Bool, DeValue::Boolean(_)) => true,
            (Shape::Word(words), DeValue::String(word)) => self.word(words, key, word, at),
            (Shape::Integer { min, max }, DeValue::Integer(integer)) => {
                self.integer(*min, *max, key, integer, at)
            }
            (Shape::Texts, DeValue::Table(texts)) => self.texts(key, texts, at),
            (Shape::List(shape), DeValue::Array(items)) => self.list(shape, key, items),
            (Shape::Map(values), DeValue::Table(table)) => self.map(values, table),
            (Shape::Table(fields), DeValue::Table(table)) => self.table(fields, key, table, at),
            (shape, found) => {
                let found_kind = match shape {
                    Shape::Texts if found.is_str() => "a single text",
                    _ => found_kind(found),
                };
                let message = format!("`{key}` must be {}, not {found_kind}", wanted(shape));
                let advice = self.advice(shape, found, key);
                self.say(codes::WRONG_KIND, at, message, advice);
                false
            }
        }
    }

    fn say(&mut self, code: &'static str, at: usize, message: String, hint: Option<String>) {
        if !self.quiet {
            self.report.error(code, Place { file: self.file, at }, message, hint);
        }
    }

    fn advice(&self, shape: &Shape, found: &DeValue<'_>, key: &str) -> Option<String> {
        match (shape, found) {
            (Shape::Text | Shape::Word(_), DeValue::Array(_) | DeValue::Table(_)) => None,
            (Shape::Text | Shape::Word(_), _) => Some("put it in quotes".to_owned()),
            (Shape::Integer { .. } | Shape::Bool, DeValue::String(_)) => {
                Some("write it without quotes".to_owned())
            }
            (Shape::Texts, DeValue::String(_)) => {
                let texts: Vec<_> =
                    self.languages.iter().map(|lang| format!("{lang} = \"…\"")).collect();
                Some(format!("write `{key} = {{ {} }}`", texts.join(", ")))
            }
            (Shape::List(items), DeValue::Table(_)) if matches!(**items, Shape::Table(_)) => {
                Some(format!("each one begins with its own line, in double brackets: `[[{key}]]`"))
            }
            (Shape::List(_), DeValue::String(_)) => Some(format!("write `{key} = [\"…\"]`")),
            _ => None,
        }
    }

    /// An unknown word is replaced by the one that was meant, so that the rest can be checked.
    fn word(&mut self, words: &[String], key: &str, word: &mut DeString<'_>, at: usize) -> bool {
        if words.iter().any(|one| one == word) {
            return true;
        }
        let names = || words.iter().map(String::as_str);
        let meant = nearest(word, names());
        let hint = hint(meant, Some(format!("possible are {}", listed(names()))));
        self.say(codes::UNKNOWN_WORD, at, format!("`{key}` cannot be `{word}`"), hint);
        if let Some(meant) = meant {
            *word = meant.to_owned().into();
        }
        meant.is_some()
    }

    fn integer(
        &mut self,
        min: i128,
        max: i128,
        key: &str,
        integer: &DeInteger<'_>,
        at: usize,
    ) -> bool {
        let value = i128::from_str_radix(integer.as_str(), integer.radix()).ok();
        let fits = value.is_some_and(|value| (min..=max).contains(&value));
        if !fits {
            let message = format!("`{key}` must be between {min} and {max}");
            self.say(codes::WRONG_KIND, at, message, None);
        }
        fits
    }

    fn texts(&mut self, key: &str, texts: &DeTable<'_>, at: usize) -> bool {
        let mut readable = true;
        for (lang, text) in texts {
            let lang_key = format!("{key}.{}", lang.get_ref());
            if text.get_ref().is_str() {
                if !self.languages.is_empty()
                    && !self.languages.iter().any(|one| one == lang.get_ref())
                {
                    self.undeclared_language(&lang_key, lang);
                }
            } else {
                let message =
                    format!("`{lang_key}` must be text, not {}", found_kind(text.get_ref()));
                self.say(codes::WRONG_KIND, text.span().start, message, None);
                readable = false;
            }
        }
        for lang in self.languages {
            let text = texts.get(lang.as_str());
            let blank = text.is_none_or(|text| {
                text.get_ref().as_str().is_some_and(|text| text.trim().is_empty())
            });
            if blank {
                let at = text.map_or(at, |text| text.span().start);
                self.say(
                    codes::MISSING_TEXT,
                    at,
                    format!("`{key}` has no text in `{lang}`"),
                    Some(format!("add `{lang} = \"…\"`")),
                );
            }
        }
        readable
    }

    fn undeclared_language(&mut self, key: &str, lang: &Spanned<std::borrow::Cow<'_, str>>) {
        if self.quiet {
            return;
        }
        let declared = || self.languages.iter().map(String::as_str);
        let advice = format!("declared are {}", listed(declared()));
        let hint = hint(nearest(lang.get_ref(), declared()), Some(advice));
        let place = Place { file: self.file, at: lang.span().start };
        let message = format!("the language of `{key}` is not declared");
        self.report.warn(codes::UNDECLARED_LANGUAGE, place, message, hint);
    }

    fn list(&mut self, shape: &Shape, key: &str, items: &mut DeArray<'_>) -> bool {
        let mut readable = true;
        for item in items.iter_mut() {
            readable &= self.check(shape, key, item);
        }
        readable
    }

    fn map(&mut self, shape: &Shape, table: &mut DeTable<'_>) -> bool {
        let mut readable = true;
        for (name, value) in table.iter_mut() {
            readable &= self.check(shape, name.get_ref(), value);
        }
        readable
    }

    fn table(
        &mut self,
        fields: &BTreeMap<String, Field>,
        key: &str,
        table: &mut DeTable<'_>,
        at: usize,
    ) -> bool {
        self.unknown_keys(fields, key, table);
        let mut readable = true;
        for (name, value) in table.iter_mut() {
            if let Some(field) = fields.get(name.get_ref().as_ref()) {
                readable &= self.check(&field.shape, name.get_ref(), value);
            }
        }
        for (name, field) in fields {
            if field.required && !table.contains_key(name.as_str()) {
                readable = false;
                let message = format!("`{key}` lacks the key `{name}`");
                let advice = format!("`{name}` is {}", wanted(&field.shape));
                self.say(codes::MISSING_KEY, at, message, Some(advice));
            }
        }
        readable
    }
}

impl Walk<'_, '_> {
    /// Tells unknown keys and takes them out, or puts in the key that was meant: what is told once
    /// should not be told again as a missing key.
    fn unknown_keys(
        &mut self,
        fields: &BTreeMap<String, Field>,
        key: &str,
        table: &mut DeTable<'_>,
    ) {
        let unknown = table.keys().map(|name| name.get_ref().to_string());
        let unknown: Vec<_> = unknown.filter(|name| !fields.contains_key(name)).collect();
        for name in unknown {
            let Some((written, value)) = table.remove_entry(name.as_str()) else {
                continue;
            };
            let free =
                fields.keys().map(String::as_str).filter(|field| !table.contains_key(*field));
            let meant = nearest(&name, free.clone());
            let advice = match (meant, free.clone().next()) {
                (Some(_), _) => None,
                (None, Some(_)) => Some(format!("free keys are {}", listed(free))),
                (None, None) => Some("it has every key that it can have; drop this one".to_owned()),
            };
            let message = format!("`{key}` has no key `{name}`");
            self.say(codes::UNKNOWN_KEY, written.span().start, message, hint(meant, advice));
            if let Some(meant) = meant {
                table.insert(Spanned::new(written.span(), meant.to_owned().into()), value);
            }
        }
    }
}

fn wanted(shape: &Shape) -> String {
    match shape {
        Shape::Text => "text in quotes".to_owned(),
        Shape::Integer { .. } => "a whole number".to_owned(),
        Shape::Bool => "`true` or `false`".to_owned(),
        Shape::Word(words) => format!("one of {}", listed(words.iter().map(String::as_str))),
        Shape::Texts => "a text in each language".to_owned(),
        Shape::List(_) => "a list".to_owned(),
        Shape::Map(_) | Shape::Table(_) | Shape::Any => "a table".to_owned(),
    }
}

fn found_kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a point",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date without quotes",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
