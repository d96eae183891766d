//! Collects findings with their places and, at the end, turns byte offsets into lines and columns in one
//! sweep per file, so that many findings on a long line stay cheap. Every compiler of definition files reports
//! through it.
//!
//! Decides nothing about what is wrong.

use crate::{Diagnostic, Severity, SourceFile};

/// A byte offset in one of the files, by the file's index.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Place {
    /// Which file of the report.
    pub file: usize,
    /// Bytes from its beginning.
    pub at: usize,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Finding {
    place: Place,
    code: &'static str,
    message: String,
    severity: Severity,
    hint: Option<String>,
}

/// All findings of one compilation.
#[derive(Debug)]
pub struct Report<'a> {
    /// Ordered by name.
    files: &'a [&'a SourceFile],
    findings: Vec<Finding>,
}

impl<'a> Report<'a> {
    /// Nothing found so far in these files.
    pub const fn new(files: &'a [&'a SourceFile]) -> Self {
        Self { files, findings: Vec::new() }
    }

    /// Adds what keeps the definitions from being used.
    pub fn error(
        &mut self,
        code: &'static str,
        place: Place,
        message: impl Into<String>,
        hint: impl Into<Option<String>>,
    ) {
        self.add(Severity::Error, code, place, message.into(), hint.into());
    }

    /// Adds what should be mended and hinders nothing.
    pub fn warn(
        &mut self,
        code: &'static str,
        place: Place,
        message: impl Into<String>,
        hint: impl Into<Option<String>>,
    ) {
        self.add(Severity::Warning, code, place, message.into(), hint.into());
    }

    fn add(
        &mut self,
        severity: Severity,
        code: &'static str,
        place: Place,
        message: String,
        hint: Option<String>,
    ) {
        self.findings.push(Finding { place, code, message, severity, hint });
    }

    /// Whether anything found is an error.
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }

    /// How many files there are.
    pub const fn files(&self) -> usize {
        self.files.len()
    }

    /// A file's name; nothing for a file that there is not.
    pub fn file_name(&self, file: usize) -> &'a str {
        self.files.get(file).map_or("", |file| file.name.as_str())
    }

    /// A file's text; nothing for a file that there is not.
    pub fn text(&self, file: usize) -> &'a str {
        self.files.get(file).map_or("", |file| file.text.as_str())
    }

    /// `file.toml, line 12`, for hints.
    pub fn describe(&self, place: Place) -> String {
        let before = self.text(place.file).as_bytes().iter().take(place.at);
        let line = before.filter(|byte| **byte == b'\n').count().saturating_add(1);
        format!("`{}`, line {line}", self.file_name(place.file))
    }

    /// All findings, ordered by file, line and column, none twice.
    pub fn finish(mut self) -> Vec<Diagnostic> {
        self.findings.sort();
        self.findings.dedup();
        let files = self.files;
        let mut sweep = Sweep::start(files, 0);
        let mut diagnostics = Vec::with_capacity(self.findings.len());
        for finding in self.findings {
            if finding.place.file != sweep.file {
                sweep = Sweep::start(files, finding.place.file);
            }
            sweep.advance(finding.place.at);
            diagnostics.push(Diagnostic {
                code: finding.code,
                severity: finding.severity,
                file: files.get(finding.place.file).map_or("", |file| &file.name).to_owned(),
                line: sweep.line,
                column: sweep.column,
                message: finding.message,
                hint: finding.hint,
            });
        }
        diagnostics
    }
}

/// Walks through a file's characters, counting lines and columns.
struct Sweep<'a> {
    file: usize,
    chars: std::iter::Peekable<std::str::CharIndices<'a>>,
    line: u32,
    column: u32,
}

impl<'a> Sweep<'a> {
    fn start(files: &[&'a SourceFile], file: usize) -> Self {
        let text = files.get(file).map_or("", |file| file.text.as_str());
        Self { file, chars: text.char_indices().peekable(), line: 1, column: 1 }
    }

    fn advance(&mut self, to: usize) {
        while let Some((_, character)) = self.chars.next_if(|(at, _)| *at < to) {
            if character == '\n' {
                self.line = self.line.saturating_add(1);
                self.column = 1;
            } else {
                self.column = self.column.saturating_add(1);
            }
        }
    }
}
