//! Files → as-written items. Every top-level item is read by itself, so that a mistake in one hides no
//! other; an item that cannot be read leaves its id behind, so that those who name it are not blamed.
//!
//! Does not resolve names.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use crate::codes;
use crate::report::{Place, Report};
use crate::schema::{Shape, file_shape};
use crate::shape::Walk;
use crate::suggest::{hint, listed, nearest};
use crate::written::*;

/// Files larger than this are not read.
const FILE_BYTES_MAX: usize = 10 * 1024 * 1024;

/// An item and the index of the file that it stands in.
#[derive(Debug)]
pub(crate) struct Placed<T> {
    pub(crate) file: usize,
    pub(crate) item: T,
}

impl<T> Placed<T> {
    /// The place of something written in the same file.
    pub(crate) fn place<W>(&self, written: &Spanned<W>) -> Place {
        Place { file: self.file, at: written.span().start }
    }
}

macro_rules! sections {
    ($($field:ident: $ty:ty = $section:literal;)*) => {
        /// All items of all files, in the order of files and lines.
        #[derive(Debug, Default)]
        pub(crate) struct Written {
            $(pub(crate) $field: Vec<Placed<$ty>>,)*
            /// Section → ids of items that could not be read.
            pub(crate) broken: BTreeMap<&'static str, BTreeSet<String>>,
            /// Sections with items that could not be read and whose ids are not known either.
            pub(crate) nameless: BTreeSet<&'static str>,
            /// Something could not be read and may be missed elsewhere.
            pub(crate) incomplete: bool,
            /// Some file's syntax is broken: whole items may be lost.
            pub(crate) damaged: bool,
        }

        impl Written {
            fn take(
                &mut self,
                section: &str,
                file: usize,
                value: Spanned<DeValue<'_>>,
            ) -> Result<(), toml::de::Error> {
                match section {
                    $($section => {
                        let item = read_item::<$ty>(value)?;
                        self.$field.push(Placed { file, item });
                    })*
                    _ => {}
                }
                Ok(())
            }

            fn note_broken(&mut self, section: &str, id: Option<String>) {
                self.incomplete = true;
                $(if section == $section {
                    if id.is_none() {
                        self.nameless.insert($section);
                    }
                    self.broken.entry($section).or_default().extend(id);
                    return;
                })*
            }
        }
    };
}

sections! {
    jurisdictions: JurisdictionAsWritten = "jurisdiction";
    organisations: OrganisationAsWritten = "organisation";
    groups: GroupAsWritten = "group";
    topics: TopicAsWritten = "topic";
    elements: DataElementAsWritten = "element";
    evidence_types: EvidenceTypeAsWritten = "evidence_type";
    sources: SourceAsWritten = "source";
    tables: TableAsWritten = "table";
    regimes: RegimeAsWritten = "regime";
    supervisions: SupervisionAsWritten = "supervision";
    calendars: CalendarAsWritten = "calendar";
    services: ServiceAsWritten = "service";
    matters: MatterAsWritten = "matter";
    life_cycle: LifeCycleClassAsWritten = "life_cycle_class";
    lists: MatterListAsWritten = "matter_list";
    guides: GuideAsWritten = "guide";
}

fn read_item<T: DeserializeOwned>(value: Spanned<DeValue<'_>>) -> Result<T, toml::de::Error> {
    T::deserialize(ValueDeserializer::from(value))
}

/// One parsed file.
struct Parsed<'a> {
    file: usize,
    root: DeTable<'a>,
    /// The syntax is broken somewhere: what was recovered may be incomplete.
    damaged: bool,
}

/// Reads all files; what is wrong with them goes to the report.
pub(crate) fn read(report: &mut Report<'_>, files: usize) -> Written {
    let mut parsed: Vec<_> = (0..files).filter_map(|file| parse(report, file)).collect();
    let languages = declared_languages(&parsed);
    let mut written = Written::default();
    for file in &mut parsed {
        let root = std::mem::take(&mut file.root);
        written.damaged |= file.damaged;
        written.incomplete |= file.damaged;
        for (section, value) in root {
            read_section(report, &mut written, file, &languages, &section, value);
        }
    }
    written
}

fn parse<'a>(report: &mut Report<'a>, file: usize) -> Option<Parsed<'a>> {
    if is_table(report.file_name(file)) {
        return None;
    }
    let text = report.text(file);
    if text.len() > FILE_BYTES_MAX {
        let message = format!("the file has {} bytes", text.len());
        let hint = format!("at most {FILE_BYTES_MAX} are read; divide it");
        report.error(codes::FILE_TOO_LARGE, Place { file, at: 0 }, message, hint);
        return None;
    }
    if let Some(at) = text.find(char::REPLACEMENT_CHARACTER) {
        let hint = "open it with its old encoding, e.g. GBK, and save it as UTF-8".to_owned();
        report.error(codes::NOT_UTF8, Place { file, at }, "the file is not UTF-8", hint);
    }
    let (root, errors) = DeTable::parse_recoverable(text);
    let mut last_line = None;
    for error in &errors {
        let at = error.span().map_or(0, |span| span.start);
        let line = text.as_bytes().iter().take(at).rposition(|byte| *byte == b'\n');
        // What follows on the same line is mostly an echo of the first mistake.
        if last_line.replace(line) != Some(line) {
            let message = format!("not valid TOML: {}", error.message());
            report.error(codes::SYNTAX, Place { file, at }, message, None);
        }
    }
    Some(Parsed { file, root: root.into_inner(), damaged: !errors.is_empty() })
}

/// Whether a file holds a decision table; `[[table]]` says which one.
pub(crate) fn is_table(name: &str) -> bool {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    extension.is_some_and(|it| ["csv", "dmn"].iter().any(|known| it.eq_ignore_ascii_case(known)))
}

/// The languages of the jurisdiction, as far as they can be read.
fn declared_languages(parsed: &[Parsed<'_>]) -> Vec<String> {
    let jurisdiction = parsed.iter().find_map(|file| file.root.get("jurisdiction"));
    let languages = jurisdiction
        .and_then(|value| value.get_ref().as_table())
        .and_then(|table| table.get("languages"))
        .and_then(|value| value.get_ref().as_array());
    let texts = languages.into_iter().flat_map(|languages| languages.iter());
    texts.filter_map(|lang| lang.get_ref().as_str()).map(str::to_owned).collect()
}

fn read_section(
    report: &mut Report<'_>,
    written: &mut Written,
    file: &Parsed<'_>,
    languages: &[String],
    section: &Spanned<Cow<'_, str>>,
    value: Spanned<DeValue<'_>>,
) {
    let mut walk = Walk { report, file: file.file, languages, quiet: file.damaged };
    let name = match file_shape().contains_key(section.get_ref().as_ref()) {
        true => Some(section.get_ref().as_ref()),
        false => unknown_section(&mut walk, section),
    };
    let Some((name, field)) = name.and_then(|name| Some((name, file_shape().get(name)?))) else {
        written.incomplete = true;
        return;
    };
    let Shape::List(item_shape) = &field.shape else {
        read_one(&mut walk, written, &field.shape, name, value);
        return;
    };
    let span = value.span();
    match value.into_inner() {
        DeValue::Array(items) => {
            for item in items {
                read_one(&mut walk, written, item_shape, name, item);
            }
        }
        other => {
            let id = id_of(&other);
            walk.check(&field.shape, name, &mut Spanned::new(span, other));
            written.note_broken(name, id);
        }
    }
}

/// Tells it and gives the section that was meant, if there is one.
fn unknown_section(
    walk: &mut Walk<'_, '_>,
    section: &Spanned<Cow<'_, str>>,
) -> Option<&'static str> {
    let sections = || file_shape().keys().map(String::as_str);
    let advice = format!("sections are {}", listed(sections()));
    let meant = nearest(section.get_ref(), sections());
    if !walk.quiet {
        let place = Place { file: walk.file, at: section.span().start };
        let message = format!("no section is called `{}`", section.get_ref());
        walk.report.error(codes::UNKNOWN_KEY, place, message, hint(meant, Some(advice)));
    }
    meant
}

fn read_one(
    walk: &mut Walk<'_, '_>,
    written: &mut Written,
    shape: &Shape,
    section: &str,
    mut value: Spanned<DeValue<'_>>,
) {
    let id = id_of(value.get_ref());
    let place = Place { file: walk.file, at: value.span().start };
    if !walk.check(shape, section, &mut value) {
        written.note_broken(section, id);
        return;
    }
    if let Err(error) = written.take(section, walk.file, value) {
        let at = error.span().map_or(place.at, |span| span.start);
        let message = format!("`{section}` cannot be read: {}", error.message());
        walk.report.error(codes::WRONG_KIND, Place { at, ..place }, message, None);
        written.note_broken(section, id);
    }
}

fn id_of(value: &DeValue<'_>) -> Option<String> {
    Some(value.as_table()?.get("id")?.get_ref().as_str()?.to_owned())
}
