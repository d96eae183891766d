//! Definition text → as-written types → checked, immutable, revisioned [`Catalogue`].
//!
//! `SourceFile`s in, `Compiled` out: all diagnostics, and a catalogue only when none is an error. Reads no
//! disk; decides nothing about any applicant.
//!
//! The way of a file: [`mod@written`] says what it looks like; it is parsed and checked value by value
//! (`read`, `shape`), its names are registered (`register`), every name, number and condition is resolved
//! (`resolve`), joined items are checked against each other (`check`), and what passes gets its revisions
//! (`revision`).
//!
//! ```
//! # use yijianshi_catalogue as catalogue;
//! use catalogue::{SourceFile, compile};
//!
//! let text = r#"
//! [jurisdiction]
//! id = "sample"
//! name = { en = "Sample" }
//! languages = ["en"]
//! time_zone = "Asia/Shanghai"
//!
//! [[life_cycle_class]]
//! id = "birth"
//! audience = "person"
//! name = { en = "Having a child" }
//! order = 1
//!
//! [[guide]]
//! id = "newborn"
//! name = { en = "A child is born" }
//! life_cycle = "brith"
//! services = [{ en = "Birth certificate" }]
//! "#;
//! let file = |text: String| [SourceFile { name: "sample.toml".to_owned(), text }];
//!
//! let compiled = compile(&file(text.to_owned()));
//! assert!(compiled.catalogue.is_none());
//! let finding = &compiled.diagnostics[1];
//! assert_eq!((finding.code, finding.line, finding.column), ("CAT0011", 17, 14));
//! assert_eq!(finding.message, "life-cycle class `brith` is not defined");
//!
//! let compiled = compile(&file(text.replace("brith", "birth")));
//! let catalogue = compiled.catalogue.unwrap();
//! assert_eq!(catalogue.guides.len(), 1);
//! ```

mod check;
mod codes;
mod derive;
pub mod diff;
pub mod lookup;
mod read;
mod register;
pub mod report;
mod resolve;
pub mod resolved;
mod revision;
mod schema;
mod shape;
pub mod stored;
mod suggest;
#[cfg(test)]
mod tests;
mod under;
pub mod written;

pub use codes::CODES;
pub use resolved::*;
pub use schema::json_schema;

use std::sync::Arc;

use read::read;
use register::{ConditionNames, Register};
use report::Report;

/// A definition file as text; the name is for messages only.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
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

/// Compiles all files of one jurisdiction; scenario tests are not among them. The order of `files` does not matter.
pub fn compile(files: &[SourceFile]) -> Compiled {
    compile_as(files, Judged::Now)
}

/// Compiles files that were right when they were kept: they only have to be read and resolved.
fn compile_stored(files: &[SourceFile]) -> Compiled {
    compile_as(files, Judged::Before)
}

/// When the joined items of some files are checked against each other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Judged {
    Now,
    /// When they were kept, by the checks of that time.
    Before,
}

fn compile_as(files: &[SourceFile], judged: Judged) -> Compiled {
    let source = stored::StoredSource::of(files);
    let mut files: Vec<&SourceFile> = files.iter().collect();
    files.sort_by(|a, b| (&a.name, &a.text).cmp(&(&b.name, &b.text)));
    let mut report = Report::new(&files);

    let mut written = read(&mut report, files.len());
    let register = Register::build(&mut report, &mut written);
    let names = ConditionNames::build(&mut report, &written, &register);
    let mut resolved = resolve::resolve(&mut report, &register, &names, &written);
    if judged == Judged::Now {
        check::check(&mut report, &written, &resolved);
    }

    let catalogue = if report.has_errors() {
        None
    } else {
        revision::assign(&mut resolved.catalogue);
        resolved.catalogue.source = Arc::new(source);
        Some(resolved.catalogue)
    };
    Compiled { catalogue, diagnostics: report.finish() }
}
