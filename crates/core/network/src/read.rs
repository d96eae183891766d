//! Files → as-written items. Every item is read by itself, so that a mistake in one hides no other; an item that
//! cannot be read leaves its id behind, so that those who name it are not blamed.

use std::collections::BTreeSet;

use catalogue::report::{Place, Report};
use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use crate::codes;
use crate::written::*;

/// Files larger than this are not read.
const FILE_BYTES_MAX: usize = 10 * 1024 * 1024;

/// An item and the index of the file that it stands in.
#[derive(Debug)]
pub(crate) struct Placed<T> {
    pub(crate) file: usize,
    /// Where the item begins.
    pub(crate) at: usize,
    pub(crate) item: T,
}

impl<T> Placed<T> {
    /// The place of something written in the same file.
    pub(crate) fn place<W>(&self, written: &Spanned<W>) -> Place {
        Place { file: self.file, at: written.span().start }
    }

    /// The place of the item itself.
    pub(crate) const fn own(&self) -> Place {
        Place { file: self.file, at: self.at }
    }
}

/// All items of all files, in the order of files and lines.
#[derive(Debug, Default)]
pub(crate) struct Written {
    pub(crate) networks: Vec<Placed<NetworkAsWritten>>,
    pub(crate) ratings: Vec<Placed<RatingAsWritten>>,
    pub(crate) areas: Vec<Placed<AreaAsWritten>>,
    pub(crate) outlets: Vec<Placed<OutletAsWritten>>,
    pub(crate) delegations: Vec<Placed<DelegationAsWritten>>,
    pub(crate) concentrations: Vec<Placed<ConcentrationAsWritten>>,
    pub(crate) doorplates: Vec<Placed<DoorplateAsWritten>>,
    /// Ids and area codes of items that could not be read.
    pub(crate) broken: BTreeSet<String>,
    /// Something could not be read at all, so that a name that seems to be missing may stand there.
    pub(crate) damaged: bool,
}

const SECTIONS: &str = "sections are `network`, `rating`, `area`, `outlet`, `delegation`, `concentration` and `doorplate`";

/// Reads all files; what is wrong with them goes to the report.
pub(crate) fn read(report: &mut Report<'_>) -> Written {
    let mut written = Written::default();
    for file in 0..report.files() {
        read_file(report, &mut written, file);
    }
    written
}

fn read_file(report: &mut Report<'_>, written: &mut Written, file: usize) {
    let text = report.text(file);
    if text.len() > FILE_BYTES_MAX {
        let hint = format!("at most {FILE_BYTES_MAX} bytes are read; divide it");
        report.error(codes::SYNTAX, Place { file, at: 0 }, "the file is too large", hint);
        written.damaged = true;
        return;
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
    // What was recovered from broken syntax may lack what stands in the broken part.
    let quiet = !errors.is_empty();
    written.damaged |= quiet;
    for (section, value) in root.into_inner() {
        let at = section.span().start;
        if let Some(name) = ["network", "rating"].into_iter().find(|it| section.get_ref() == it) {
            written.read_one(name, value, Place { file, at }, quiet, report);
            continue;
        }
        let name = section.get_ref().clone().into_owned();
        let span = value.span();
        match value.into_inner() {
            DeValue::Array(items) if is_list(&name) => {
                for item in items {
                    let at = item.span().start;
                    written.read_one(&name, item, Place { file, at }, quiet, report);
                }
            }
            other if is_list(&name) => {
                written.note_broken(&other);
                let message = format!("`{name}` is a list");
                let hint = format!("write `[[{name}]]`");
                report.error(codes::UNREADABLE, Place { file, at: span.start }, message, hint);
            }
            other => {
                written.note_broken(&other);
                let message = format!("no section is called `{name}`");
                report.error(codes::UNREADABLE, Place { file, at }, message, SECTIONS.to_owned());
            }
        }
    }
}

fn is_list(section: &str) -> bool {
    ["area", "outlet", "delegation", "concentration", "doorplate"].contains(&section)
}

impl Written {
    fn read_one(
        &mut self,
        section: &str,
        value: Spanned<DeValue<'_>>,
        place: Place,
        quiet: bool,
        report: &mut Report<'_>,
    ) {
        let Place { file, at } = place;
        let id = id_of(value.get_ref());
        let read = match section {
            "network" => put(&mut self.networks, value, file, at),
            "rating" => put(&mut self.ratings, value, file, at),
            "area" => put(&mut self.areas, value, file, at),
            "outlet" => put(&mut self.outlets, value, file, at),
            "delegation" => put(&mut self.delegations, value, file, at),
            "concentration" => put(&mut self.concentrations, value, file, at),
            _ => put(&mut self.doorplates, value, file, at),
        };
        if let Err(error) = read {
            match id {
                Some(id) => {
                    self.broken.insert(id);
                }
                None => self.damaged = true,
            }
            if !quiet {
                let at = error.span().map_or(at, |span| span.start);
                let message = format!("`{section}` cannot be read: {}", error.message());
                report.error(codes::UNREADABLE, Place { file, at }, message, None);
            }
        }
    }

    fn note_broken(&mut self, value: &DeValue<'_>) {
        match id_of(value) {
            Some(id) => {
                self.broken.insert(id);
            }
            None => self.damaged = true,
        }
    }
}

fn put<T: DeserializeOwned>(
    list: &mut Vec<Placed<T>>,
    value: Spanned<DeValue<'_>>,
    file: usize,
    at: usize,
) -> Result<(), toml::de::Error> {
    let item = T::deserialize(ValueDeserializer::from(value))?;
    list.push(Placed { file, at, item });
    Ok(())
}

fn id_of(value: &DeValue<'_>) -> Option<String> {
    let table = value.as_table()?;
    let id = table.get("id").or_else(|| table.get("code"))?;
    Some(id.get_ref().as_str()?.to_owned())
}
