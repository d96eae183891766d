//! Finds definition files on disk: every `*.toml`, and every `*.csv` and `*.dmn` of a decision table, below a folder, one jurisdiction at a time, scenario tests
//! apart.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use catalogue::{Catalogue, Compiled, Diagnostic, Severity, SourceFile};
use serde::Serialize;

/// Definitions and the decision tables that they name.
pub(crate) const EXTENSIONS: [&str; 3] = ["toml", "csv", "dmn"];

/// The code of a file or folder that cannot be read.
const UNREADABLE: &str = "SYS0006";

/// One jurisdiction's files.
#[derive(Debug)]
pub(crate) struct Jurisdiction {
    /// The folder that holds them.
    pub(crate) folder: PathBuf,
    pub(crate) files: Vec<SourceFile>,
    /// Those below a folder called `scenarios`.
    pub(crate) scenarios: Vec<SourceFile>,
}

/// The jurisdictions at or below `folder`. Where no file declares one, the folder itself is taken for one, so
/// that the compiler can say what is missing; a folder inside a jurisdiction leads to the whole of it.
pub(crate) fn find(folder: &Path) -> Result<Vec<Jurisdiction>> {
    if !folder.is_dir() {
        bail!("{UNREADABLE}: no folder `{}`", folder.display());
    }
    let files = read_all(folder)?;
    let mut roots: Vec<PathBuf> =
        files.iter().filter(|file| declares(file)).map(folder_of).collect();
    roots.sort();
    roots.dedup();
    if roots.is_empty() {
        return Ok(vec![match enclosing(folder)? {
            Some(root) => {
                let mut whole = gather(root.clone(), read_all(&root)?);
                // Only the scenarios asked for, of the whole jurisdiction's definitions.
                whole.scenarios.retain(|file| Path::new(&file.name).starts_with(folder));
                whole
            }
            None => gather(folder.to_owned(), files),
        }]);
    }
    let mut of_root: BTreeMap<PathBuf, Vec<SourceFile>> =
        roots.iter().map(|root| (root.clone(), Vec::new())).collect();
    for file in files {
        // The deepest enclosing jurisdiction; a file beside all of them belongs to none.
        let path = Path::new(&file.name);
        let deepest = roots
            .iter()
            .filter(|root| path.starts_with(root))
            .max_by_key(|r| r.components().count());
        if let Some(files) = deepest.and_then(|root| of_root.get_mut(root)) {
            files.push(file);
        }
    }
    Ok(of_root.into_iter().map(|(root, files)| gather(root, files)).collect())
}

fn gather(folder: PathBuf, files: Vec<SourceFile>) -> Jurisdiction {
    let in_scenarios = |file: &SourceFile| {
        let path = Path::new(&file.name);
        let inside = path.strip_prefix(&folder).unwrap_or(path);
        inside.components().any(|part| part.as_os_str() == "scenarios")
    };
    let (mut scenarios, files): (Vec<_>, _) = files.into_iter().partition(in_scenarios);
    scenarios.retain(|file| file.name.ends_with(".toml"));
    Jurisdiction { folder, files, scenarios }
}

/// The nearest folder above that declares a jurisdiction.
fn enclosing(folder: &Path) -> Result<Option<PathBuf>> {
    let absolute = std::path::absolute(folder)
        .with_context(|| format!("finding the folder `{}`", folder.display()))?;
    // Shown as the caller wrote it: as many steps up from the given folder.
    let mut shown = folder.to_owned();
    for above in absolute.ancestors().skip(1) {
        shown = match shown.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            _ => above.to_owned(),
        };
        let entries = std::fs::read_dir(above)
            .with_context(|| format!("{UNREADABLE}: reading the folder `{}`", above.display()))?;
        for entry in entries {
            let path = entry
                .with_context(|| format!("{UNREADABLE}: reading `{}`", above.display()))?
                .path();
            if is_definition(&path) && declares(&read(&path)?) {
                return Ok(Some(shown));
            }
        }
    }
    Ok(None)
}

fn folder_of(file: &SourceFile) -> PathBuf {
    Path::new(&file.name).parent().map(Path::to_owned).unwrap_or_default()
}

/// Whether the file declares the jurisdiction, as far as that can be told without reading it in full.
fn declares(file: &SourceFile) -> bool {
    file.text.lines().any(|line| line.trim_end() == "[jurisdiction]")
}

fn read_all(folder: &Path) -> Result<Vec<SourceFile>> {
    let mut paths = Vec::new();
    list(folder, &mut paths)?;
    paths.sort();
    paths.iter().map(|path| read(path)).collect()
}

/// All `*.toml` below a folder, for files that are not definitions of a jurisdiction.
pub(crate) fn toml_files(folder: &Path) -> Result<Vec<SourceFile>> {
    if !folder.is_dir() {
        bail!("{UNREADABLE}: no folder `{}`", folder.display());
    }
    let mut files = read_all(folder)?;
    files.retain(|file| file.name.ends_with(".toml"));
    Ok(files)
}

/// Whether a folder holds (or lies in) definitions of a jurisdiction.
pub(crate) fn has_jurisdiction(folder: &Path) -> Result<bool> {
    Ok(read_all(folder)?.iter().any(declares) || enclosing(folder)?.is_some())
}

fn list(folder: &Path, paths: &mut Vec<PathBuf>) -> Result<()> {
    let reading = || format!("{UNREADABLE}: reading the folder `{}`", folder.display());
    for entry in std::fs::read_dir(folder).with_context(reading)? {
        let entry = entry.with_context(reading)?;
        let path = entry.path();
        // A link is not followed: it may lead back up.
        if entry.file_type().with_context(reading)?.is_dir() {
            list(&path, paths)?;
        } else if is_definition(&path) {
            paths.push(path);
        }
    }
    Ok(())
}

fn is_definition(path: &Path) -> bool {
    let extension = path.extension().and_then(|it| it.to_str());
    extension.is_some_and(|it| EXTENSIONS.iter().any(|known| it.eq_ignore_ascii_case(known)))
}

fn read(path: &Path) -> Result<SourceFile> {
    let bytes = std::fs::read(path)
        .with_context(|| format!("{UNREADABLE}: reading `{}`", path.display()))?;
    // What is no UTF-8 shows as a replacement character; the compiler points at it.
    let text = String::from_utf8_lossy(&bytes).into_owned();
    Ok(SourceFile { name: path.display().to_string(), text })
}

/// A compiler's finding for programs.
#[derive(Debug, Serialize)]
pub(crate) struct FindingAsJson<'a> {
    code: &'a str,
    severity: &'static str,
    file: &'a str,
    line: u32,
    column: u32,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'a str>,
}

impl<'a> From<&'a Diagnostic> for FindingAsJson<'a> {
    fn from(diagnostic: &'a Diagnostic) -> Self {
        Self {
            code: diagnostic.code,
            severity: severity(diagnostic.severity),
            file: &diagnostic.file,
            line: diagnostic.line,
            column: diagnostic.column,
            message: &diagnostic.message,
            hint: diagnostic.hint.as_deref(),
        }
    }
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

/// A finding in the form of compilers: place, message, hint.
pub(crate) fn finding_as_text(diagnostic: &Diagnostic) -> String {
    let Diagnostic { code, file, line, column, message, hint, .. } = diagnostic;
    let severity = severity(diagnostic.severity);
    let mut text = format!("{code} {severity:<7}  {file}:{line}:{column}\n         {message}\n");
    if let Some(hint) = hint {
        text.push_str(&format!("         hint: {hint}\n"));
    }
    text
}

/// The catalogue of files that are expected to be right.
pub(crate) fn catalogue_of(files: &[SourceFile]) -> Result<Catalogue> {
    let Compiled { catalogue, diagnostics } = catalogue::compile(files);
    match catalogue {
        Some(catalogue) => Ok(catalogue),
        None => {
            let errors = diagnostics.iter().filter(|it| it.severity == Severity::Error);
            let texts: Vec<String> = errors.map(finding_as_text).collect();
            bail!("the definitions have errors\n{}", texts.concat())
        }
    }
}
