//! `yijianshi plan MATTER --answers FILE`: what one person needs, from a file of answers.

mod naming;
mod page;
pub(crate) mod words;

use std::path::{Path, PathBuf};

use ::plan::answers::{AnswersAsWritten, AnswersFinding};
use anyhow::{Context, Result, bail};
use catalogue::{Catalogue, Matter};
use jiff::Timestamp;
use jiff::civil::DateTime;
use serde::Serialize;
use vocabulary::Lang;

use crate::output::{self, Format};
use crate::{End, definitions, embedded};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The matter, e.g. newborn.
    matter: String,
    /// The answers, TOML or JSON: `as_of`, `groups`, `answers`, `skip`, `given`, `unavailable`.
    #[arg(long)]
    answers: PathBuf,
    /// The folder with the definitions; without it, those that come with the program.
    #[arg(long)]
    definitions: Option<PathBuf>,
    /// The language of the text, e.g. zh or en; without it, the jurisdiction's first.
    #[arg(long)]
    lang: Option<String>,
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// The plan's instant, `2026-11-23T10:00` in the jurisdiction's zone or with a `Z`; goes before the
    /// file's own.
    #[arg(long)]
    now: Option<String>,
}

#[derive(Debug, Serialize)]
struct FindingAsJson<'a> {
    code: &'a str,
    place: &'a str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'a str>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<End> {
    let catalogue = load(arguments.definitions.as_deref())?;
    let matter = find_matter(&catalogue, &arguments.matter)?;
    let file = &arguments.answers;
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("reading the answers `{}`", file.display()))?;
    let mut written = match AnswersAsWritten::parse(&text) {
        Ok(written) => written,
        Err(finding) => return report(&[finding], arguments.format),
    };
    let clock = match &arguments.now {
        Some(now) => {
            written.now = None;
            written.as_of = None;
            read_now(now, &catalogue)?
        }
        None => Timestamp::now(),
    };
    let circumstances = match written.resolve(&catalogue, matter, Some(clock)) {
        Ok(circumstances) => circumstances,
        Err(findings) => return report(&findings, arguments.format),
    };
    let plan = circumstances.plan(&catalogue, matter);
    match arguments.format {
        Format::Json => output::write(&format!("{}\n", plan.to_json()))?,
        Format::Text => {
            let lang = language(arguments.lang.as_deref(), &catalogue);
            output::write(&page::Page::new(&catalogue, matter, &plan, &lang).text())?;
        }
    }
    Ok(End::Clean)
}

/// The one jurisdiction below the folder, or that of the program.
pub(crate) fn load(folder: Option<&Path>) -> Result<Catalogue> {
    let Some(folder) = folder else {
        return definitions::catalogue_of(&embedded::national())
            .context("compiling the definitions that come with the program");
    };
    let found = definitions::find(folder)?;
    match found.as_slice() {
        [only] => definitions::catalogue_of(&only.files)
            .with_context(|| format!("compiling `{}`", folder.display())),
        several => {
            let folders: Vec<String> =
                several.iter().map(|it| format!("`{}`", it.folder.display())).collect();
            bail!(
                "`{}` holds several jurisdictions: name one of {}",
                folder.display(),
                folders.join(", ")
            )
        }
    }
}

/// The matter of that id.
pub(crate) fn find_matter<'c>(catalogue: &'c Catalogue, id: &str) -> Result<&'c Matter> {
    let known = || catalogue.matters.keys().map(|id| id.as_str()).collect::<Vec<_>>().join(", ");
    catalogue.matter(id).with_context(|| format!("no matter `{id}`; there are {}", known()))
}

fn read_now(text: &str, catalogue: &Catalogue) -> Result<Timestamp> {
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Ok(instant);
    }
    let local: DateTime = text.parse().with_context(|| format!("reading --now `{text}`"))?;
    let zoned = local
        .to_zoned(catalogue.jurisdiction.time_zone.clone())
        .with_context(|| format!("finding the instant of --now `{text}`"))?;
    Ok(zoned.timestamp())
}

/// The language of the text: as told, or the jurisdiction's first.
pub(crate) fn language(told: Option<&str>, catalogue: &Catalogue) -> Lang {
    match told {
        Some(tag) => Lang::new(tag),
        None => {
            let first = catalogue.jurisdiction.languages.first();
            first.cloned().unwrap_or_else(|| Lang::new("en"))
        }
    }
}

/// All that is wrong with the answers.
fn report(findings: &[AnswersFinding], format: Format) -> Result<End> {
    match format {
        Format::Json => {
            let findings: Vec<_> = findings
                .iter()
                .map(|finding| FindingAsJson {
                    code: finding.code,
                    place: &finding.place,
                    message: &finding.message,
                    hint: finding.hint.as_deref(),
                })
                .collect();
            output::write_json(&serde_json::json!({ "findings": findings }))?;
        }
        Format::Text => {
            let mut text = String::new();
            for finding in findings {
                text.push_str(&format!("{} error  {}\n", finding.code, finding.place));
                text.push_str(&format!(
                    "         {}\n",
                    finding.message.replace('\n', "\n         ")
                ));
                if let Some(hint) = &finding.hint {
                    text.push_str(&format!("         hint: {hint}\n"));
                }
            }
            let noun = if findings.len() == 1 { "finding" } else { "findings" };
            text.push_str(&format!(
                "{} {noun}; `yijianshi explain CODE` says more\n",
                findings.len()
            ));
            output::write(&text)?;
        }
    }
    Ok(End::Findings)
}
