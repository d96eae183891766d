//! Collects findings with their places; at the end byte offsets become lines and columns.

use catalogue::{Diagnostic, Severity, SourceFile};

/// A byte offset in one of the files, by the file's index.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub(crate) struct Place {
    pub(crate) file: usize,
    pub(crate) at: usize,
}

/// All findings of one compilation.
#[derive(Debug)]
pub(crate) struct Report<'a> {
    pub(crate) files: Vec<&'a SourceFile>,
    findings: Vec<(Place, Diagnostic)>,
}

impl<'a> Report<'a> {
    pub(crate) const fn new(files: Vec<&'a SourceFile>) -> Self {
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
        let file = self.files.get(place.file).map_or("", |file| &file.name).to_owned();
        let (line, column) = self.line_and_column(place);
        self.findings
            .push((place, Diagnostic { code, severity, file, line, column, message, hint }));
    }

    /// 1-based; columns count characters.
    fn line_and_column(&self, place: Place) -> (u32, u32) {
        let text = self.files.get(place.file).map_or("", |file| file.text.as_str());
        let (mut line, mut column) = (1u32, 1u32);
        for (_, character) in text.char_indices().take_while(|(at, _)| *at < place.at) {
            if character == '\n' {
                line = line.saturating_add(1);
                column = 1;
            } else {
                column = column.saturating_add(1);
            }
        }
        (line, column)
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.findings.iter().any(|(_, found)| found.severity == Severity::Error)
    }

    /// All findings, ordered by file, line and column.
    pub(crate) fn finish(mut self) -> Vec<Diagnostic> {
        self.findings.sort_by(|(a, one), (b, other)| {
            (a, one.code, &one.message).cmp(&(b, other.code, &other.message))
        });
        self.findings.dedup();
        self.findings.into_iter().map(|(_, found)| found).collect()
    }
}
