//! Collects findings with their places and, at the end, turns byte offsets into lines and columns in one
//! sweep per file, so that many findings on a long line stay cheap.
//!
//! Decides nothing about what is wrong.

use crate::{Diagnostic, Severity, SourceFile};

/// A byte offset in one of the files, by the file's index.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub(crate) struct Place {
    pub(crate) file: usize,
    pub(crate) at: usize,
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
pub(crate) struct Report<'a> {
    /// Ordered by name.
    files: &'a [&'a SourceFile],
    findings: Vec<Finding>,
}

impl<'a> Report<'a> {
    pub(crate) fn new(files: &'a [&'a SourceFile]) -> Self {
        Self { files, findings: Vec::new() }
    }

    pub(crate) fn error(
        &mut self,
        code: &'static str,
        place: Place,
        message: impl Into<String>,
        hint: impl Into<Option<String>>,
    ) {
        self.add(Severity::Error, code, place, message.into(), hint.into());
    }

    pub(crate) fn warn(
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

    pub(crate) fn has_errors(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }

    /// How many files there are.
    pub(crate) fn files(&self) -> usize {
        self.files.len()
    }

    pub(crate) fn file_name(&self, file: usize) -> &'a str {
        self.files.get(file).map_or("", |file| file.name.as_str())
    }

    pub(crate) fn text(&self, file: usize) -> &'a str {
        self.files.get(file).map_or("", |file| file.text.as_str())
    }

    /// `file.toml, line 12`, for hints.
    pub(crate) fn describe(&self, place: Place) -> String {
        let before = self.text(place.file).as_bytes().iter().take(place.at);
        let line = before.filter(|byte| **byte == b'\n').count().saturating_add(1);
        format!("`{}`, line {line}", self.file_name(place.file))
    }

    /// All findings, ordered by file, line and column, none twice.
    pub(crate) fn finish(mut self) -> Vec<Diagnostic> {
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
