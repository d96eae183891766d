//! `yijianshi check DIR`: all findings in the definitions below a folder.

use std::path::PathBuf;

use anyhow::Result;
use catalogue::Severity;
use serde::Serialize;

use crate::End;
use crate::definitions::{self, FindingAsJson, finding_as_text};
use crate::output::{self, Format};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The folder with the definitions; every jurisdiction below it is checked.
    dir: PathBuf,
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Debug, Serialize)]
struct Checked<'a> {
    jurisdictions: usize,
    files: usize,
    errors: usize,
    warnings: usize,
    findings: Vec<FindingAsJson<'a>>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<End> {
    let jurisdictions = definitions::find(&arguments.dir)?;
    let mut diagnostics = Vec::new();
    for jurisdiction in &jurisdictions {
        diagnostics.extend(catalogue::compile(&jurisdiction.files).diagnostics);
    }
    let files = jurisdictions.iter().map(|it| it.files.len()).sum();
    let errors = diagnostics.iter().filter(|it| it.severity == Severity::Error).count();
    let checked = Checked {
        jurisdictions: jurisdictions.len(),
        files,
        errors,
        warnings: diagnostics.len().saturating_sub(errors),
        findings: diagnostics.iter().map(FindingAsJson::from).collect(),
    };
    match arguments.format {
        Format::Json => output::write_json(&checked)?,
        Format::Text => {
            let mut text: String = diagnostics.iter().map(finding_as_text).collect();
            text.push_str(&format!(
                "{}, {}, {}\n",
                counted(files, "file"),
                counted(checked.errors, "error"),
                counted(checked.warnings, "warning"),
            ));
            output::write(&text)?;
        }
    }
    Ok(if errors == 0 { End::Clean } else { End::Findings })
}

fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
