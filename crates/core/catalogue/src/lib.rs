//! Definition text → as-written types → checked, immutable, revisioned [`Catalogue`].
//!
//! `SourceFile`s in, `Compiled` out: all diagnostics, and a catalogue only when none is an error. Reads no
//! disk; decides nothing about any applicant.

pub mod lookup;
pub mod resolved;
pub mod written;

pub use resolved::*;

/// A definition file as text; the name is for messages only.
#[derive(Debug, Clone)]
pub struct SourceFile {
    pub name: String,
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Error,
    Warning,
}

/// Something wrong in a definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable code: `CAT0001` and up, or a condition's `CON0001` and up.
    pub code: &'static str,
    pub severity: Severity,
    pub file: String,
    /// 1-based; columns count characters.
    pub line: u32,
    pub column: u32,
    pub message: String,
    pub hint: Option<String>,
}

/// What compiling gives.
#[derive(Debug)]
pub struct Compiled {
    pub catalogue: Option<Catalogue>,
    /// Ordered by file, line, column.
    pub diagnostics: Vec<Diagnostic>,
}

/// Compiles all files of one jurisdiction.
pub fn compile(files: &[SourceFile]) -> Compiled {
    unimplemented!("{}", files.len())
}

/// The JSON Schema of a definition file.
pub fn json_schema() -> String {
    unimplemented!()
}
