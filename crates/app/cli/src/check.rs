//! `yijianshi check DIR`: all findings in the definitions and networks of outlets below a folder.

use std::path::PathBuf;

use ::plan::scenario;
use anyhow::Result;
use catalogue::{Catalogue, Severity};
use serde::Serialize;

use crate::definitions::{self, FindingAsJson, finding_as_text};
use crate::output::{self, Format};
use crate::{End, embedded, networks};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The folder with the definitions; every jurisdiction below it is checked.
    dir: PathBuf,
    /// The definitions that networks of outlets speak of; else those that come with the program.
    #[arg(long)]
    definitions: Option<PathBuf>,
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Debug, Serialize)]
struct Checked<'a> {
    jurisdictions: usize,
    networks: usize,
    files: usize,
    #[serde(flatten)]
    counts: Counts,
    errors: usize,
    warnings: usize,
    findings: Vec<FindingAsJson<'a>>,
}

/// What the definitions hold; nothing of a jurisdiction with errors.
#[derive(Debug, Default, Serialize)]
struct Counts {
    matters: usize,
    services: usize,
    evidence_types: usize,
    data_elements: usize,
    scenario_tests: usize,
}

impl Counts {
    fn add(&mut self, catalogue: &Catalogue) {
        let Self { matters, services, evidence_types, data_elements, scenario_tests: _ } = self;
        *matters = matters.saturating_add(catalogue.matters.len());
        *services = services.saturating_add(catalogue.services.len());
        *evidence_types = evidence_types.saturating_add(catalogue.evidence_types.len());
        *data_elements = data_elements.saturating_add(catalogue.elements.len());
    }
}

pub(crate) fn run(arguments: &Arguments) -> Result<End> {
    let networks = networks::find(&arguments.dir)?;
    // A folder that holds networks only is no jurisdiction with everything missing.
    let only_networks = !networks.is_empty() && !definitions::has_jurisdiction(&arguments.dir)?;
    let jurisdictions = match only_networks {
        true => Vec::new(),
        false => definitions::find(&arguments.dir)?,
    };
    let mut diagnostics = Vec::new();
    let mut counts = Counts::default();
    for jurisdiction in &jurisdictions {
        let compiled = catalogue::compile(&jurisdiction.files);
        diagnostics.extend(compiled.diagnostics);
        compiled.catalogue.iter().for_each(|catalogue| counts.add(catalogue));
        for file in &jurisdiction.scenarios {
            // A file that cannot be read is told when its scenarios are run.
            let scenarios = scenario::parse(&file.text).map_or(0, |scenarios| scenarios.len());
            counts.scenario_tests = counts.scenario_tests.saturating_add(scenarios);
        }
    }
    let mut counted_outlets = 0usize;
    if !networks.is_empty() {
        let catalogue = of_networks(arguments.definitions.as_deref())?;
        for files in &networks {
            let compiled = network::compile(files, &catalogue);
            diagnostics.extend(compiled.diagnostics);
            let outlets = compiled.network.map_or(0, |network| network.outlets.len());
            counted_outlets = counted_outlets.saturating_add(outlets);
        }
    }
    let of_jurisdictions: usize = jurisdictions.iter().map(|it| it.files.len()).sum();
    let of_networks: usize = networks.iter().map(Vec::len).sum();
    let files = of_jurisdictions.saturating_add(of_networks);
    let errors = diagnostics.iter().filter(|it| it.severity == Severity::Error).count();
    let checked = Checked {
        jurisdictions: jurisdictions.len(),
        networks: networks.len(),
        files,
        counts,
        errors,
        warnings: diagnostics.len().saturating_sub(errors),
        findings: diagnostics.iter().map(FindingAsJson::from).collect(),
    };
    match arguments.format {
        Format::Json => output::write_json(&checked)?,
        Format::Text => {
            let mut text: String = diagnostics.iter().map(finding_as_text).collect();
            if counted_outlets > 0 {
                text.push_str(&format!("{}\n", counted(counted_outlets, "outlet")));
            }
            text.push_str(&format!(
                "{}: {}, {}, {}, {}, {}; {}, {}\n",
                counted(files, "file"),
                counted(checked.counts.matters, "matter"),
                counted(checked.counts.services, "service"),
                counted(checked.counts.evidence_types, "evidence type"),
                counted(checked.counts.data_elements, "data element"),
                counted(checked.counts.scenario_tests, "scenario test"),
                counted(checked.errors, "error"),
                counted(checked.warnings, "warning"),
            ));
            output::write(&text)?;
        }
    }
    Ok(if errors == 0 { End::Clean } else { End::Findings })
}

/// The definitions that networks are checked against.
fn of_networks(folder: Option<&std::path::Path>) -> Result<Catalogue> {
    let files = match folder {
        None => embedded::national(),
        Some(folder) => {
            let found = definitions::find(folder)?.into_iter().next();
            found.map(|jurisdiction| jurisdiction.files).unwrap_or_default()
        }
    };
    definitions::catalogue_of(&files)
}

fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
