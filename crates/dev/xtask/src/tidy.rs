//! `cargo xtask tidy`: the rules of ARCHITECTURE.md that no compiler checks.
//!
//! Each rule is a small pure function over text in its own module, with a test that shows it refusing.
//! This module reads the repository, calls them all and prints what they found.

mod architecture;
mod arrows;
mod banned;
mod codes;
mod dry;
mod glossary;
mod licences;
mod links;
mod manifests;
mod marks;

use anyhow::Result;

use crate::repository::{Repository, SourceText};

/// Something a rule refuses.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    /// `path` or `path:line`.
    pub(crate) place: String,
    pub(crate) rule: &'static str,
    pub(crate) message: String,
}

impl Finding {
    pub(crate) fn new(place: impl Into<String>, rule: &'static str, message: String) -> Self {
        Self { place: place.into(), rule, message }
    }

    pub(crate) fn at(file: &SourceText, line: usize, rule: &'static str, message: String) -> Self {
        Self::new(format!("{}:{line}", file.path), rule, message)
    }
}

/// Checks the repository; `false` = there are findings.
pub(crate) fn run(repository: &Repository) -> Result<bool> {
    let texts = repository.texts()?;
    let paths = repository.paths()?;
    let named = |path: &str| texts.iter().find(|file| file.path == path);
    let text_of = |path: &str| named(path).map_or("", |file| file.text.as_str());

    let members = arrows::members(repository)?;
    let mut findings = arrows::check(&members);
    findings.extend(dry::manifests(&members));
    findings.extend(licences::check(repository, text_of("deny.toml"))?);
    let places: Vec<&str> = members.iter().map(|member| member.place.as_str()).collect();
    findings.extend(architecture::check(text_of("ARCHITECTURE.md"), &places));
    if let Some(file) = named("docs/glossary.md") {
        findings.extend(glossary::check(file, &texts));
    }
    findings.extend(codes::check(&texts));
    findings.extend(manifests::reasons(text_of("Cargo.toml")));
    let exists = |path: &str| {
        path.is_empty() || paths.contains(path) || {
            let folder = format!("{}/", path.trim_end_matches('/'));
            paths.range(folder.clone()..).next().is_some_and(|next| next.starts_with(&folder))
        }
    };
    for file in &texts {
        findings.extend(dry::sources(file));
        findings.extend(banned::check(file));
        findings.extend(marks::unnumbered_promises(file));
        findings.extend(marks::size(file));
        findings.extend(marks::machine_paths(file));
        findings.extend(manifests::inherited(file));
        findings.extend(links::check(file, &exists, &text_of));
    }
    findings.sort();
    for finding in &findings {
        println!("{}: {} [{}]", finding.place, finding.message, finding.rule);
    }
    if findings.is_empty() {
        println!("tidy: {} files, nothing found", paths.len());
    } else {
        println!("tidy: {} findings", findings.len());
    }
    Ok(findings.is_empty())
}
