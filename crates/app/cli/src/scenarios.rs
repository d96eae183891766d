//! `yijianshi scenarios DIR`: runs every scenario test below a folder.

use std::path::PathBuf;

use ::plan::scenario::{self, Outcome};
use anyhow::{Context, Result, anyhow};
use serde::Serialize;

use crate::End;
use crate::definitions::{self, Jurisdiction};
use crate::output::{self, Format, columns, pad};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The folder with definitions and, below folders called `scenarios`, their tests.
    dir: PathBuf,
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Debug, Serialize)]
struct Ran {
    passed: usize,
    failed: usize,
    scenarios: Vec<Row>,
}

#[derive(Debug, Serialize)]
struct Row {
    file: String,
    passed: bool,
    #[serde(flatten)]
    outcome: Outcome,
}

pub(crate) fn run(arguments: &Arguments) -> Result<End> {
    let mut rows = Vec::new();
    for jurisdiction in definitions::find(&arguments.dir)? {
        rows.extend(run_all(&jurisdiction)?);
    }
    let passed = rows.iter().filter(|row| row.passed).count();
    let ran = Ran { passed, failed: rows.len().saturating_sub(passed), scenarios: rows };
    match arguments.format {
        Format::Json => output::write_json(&ran)?,
        Format::Text => output::write(&table(&ran))?,
    }
    Ok(if ran.failed == 0 { End::Clean } else { End::Findings })
}

fn run_all(jurisdiction: &Jurisdiction) -> Result<Vec<Row>> {
    if jurisdiction.scenarios.is_empty() {
        return Ok(Vec::new());
    }
    let catalogue = definitions::catalogue_of(&jurisdiction.files)
        .with_context(|| format!("compiling `{}`", jurisdiction.folder.display()))?;
    let mut rows = Vec::new();
    for file in &jurisdiction.scenarios {
        let scenarios = scenario::parse(&file.text)
            .map_err(|problem| anyhow!("{problem}"))
            .with_context(|| format!("reading the scenarios in `{}`", file.name))?;
        for scenario in &scenarios {
            let outcome = scenario::run(&catalogue, scenario);
            rows.push(Row { file: file.name.clone(), passed: outcome.passed(), outcome });
        }
    }
    Ok(rows)
}

fn table(ran: &Ran) -> String {
    let names = ran.scenarios.iter().map(|row| columns(&row.outcome.id));
    let width = names.chain([8]).max().unwrap_or_default();
    let mut text = format!("{}  services  bring  days\n", pad("scenario", width));
    let number = |number: Option<usize>| number.map_or_else(|| "-".to_owned(), |n| n.to_string());
    for Row { outcome, .. } in &ran.scenarios {
        let days = outcome.days.clone().unwrap_or_else(|| "-".to_owned());
        text.push_str(&format!(
            "{}  {:>8}  {:>5}  {days:>4}  {}\n",
            pad(&outcome.id, width),
            number(outcome.services),
            number(outcome.bring),
            if outcome.passed() { "ok" } else { "FAILED" },
        ));
        for difference in &outcome.differences {
            text.push_str(&format!("    {difference}\n"));
        }
    }
    text.push_str(&format!("{} passed, {} failed\n", ran.passed, ran.failed));
    text
}
