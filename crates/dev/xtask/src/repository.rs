//! The repository as text: which files belong to it and what they say.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

/// A text file of the repository. The path is relative to its root, with `/` on every machine.
#[derive(Debug, Clone)]
pub(crate) struct SourceText {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl SourceText {
    #[cfg(test)]
    pub(crate) fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    /// Whether the name ends in `.extension`.
    pub(crate) fn is(&self, extension: &str) -> bool {
        self.path.rsplit_once('.').is_some_and(|(_, e)| e == extension)
    }

    /// Whether the file holds tests only.
    pub(crate) fn is_test(&self) -> bool {
        self.path.contains("/tests/")
            || self.path.ends_with("/tests.rs")
            || self.path.ends_with("_tests.rs")
            || self.path.contains("/benches/")
    }
}

/// The working tree.
#[derive(Debug)]
pub(crate) struct Repository {
    pub(crate) root: PathBuf,
}

impl Repository {
    /// The workspace that this tool was built from, or that the current folder is in.
    pub(crate) fn find() -> Result<Self> {
        let start = match std::env::var_os("CARGO_MANIFEST_DIR") {
            Some(folder) => PathBuf::from(folder),
            None => std::env::current_dir().context("asking for the current folder")?,
        };
        let root = start
            .ancestors()
            .find(|folder| {
                folder.join("ARCHITECTURE.md").exists() || folder.join("Cargo.lock").exists()
            })
            .context("looking for the root of the workspace")?;
        Ok(Self { root: root.to_owned() })
    }

    /// All paths that git tracks or would track, sorted.
    pub(crate) fn paths(&self) -> Result<BTreeSet<String>> {
        let listed = Command::new("git")
            .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .current_dir(&self.root)
            .output();
        let mut paths = BTreeSet::new();
        match listed {
            Ok(output) if output.status.success() => {
                let text = String::from_utf8_lossy(&output.stdout).into_owned();
                paths.extend(text.split('\0').filter(|path| !path.is_empty()).map(str::to_owned));
            }
            _ => walk(&self.root, &self.root, &mut paths)?,
        }
        paths.retain(|path| self.root.join(path).is_file());
        Ok(paths)
    }

    /// All text files.
    pub(crate) fn texts(&self) -> Result<Vec<SourceText>> {
        let mut texts = Vec::new();
        for path in self.paths()? {
            let bytes = std::fs::read(self.root.join(&path))
                .with_context(|| format!("reading `{path}`"))?;
            if let Ok(text) = String::from_utf8(bytes)
                && !text.contains('\0')
            {
                texts.push(SourceText { path, text });
            }
        }
        Ok(texts)
    }
}

/// Every file below `folder`, for a tree without git.
fn walk(root: &Path, folder: &Path, paths: &mut BTreeSet<String>) -> Result<()> {
    for entry in
        std::fs::read_dir(folder).with_context(|| format!("listing `{}`", folder.display()))?
    {
        let path = entry.context("listing a folder")?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            if name != "target" && name != ".git" {
                walk(root, &path, paths)?;
            }
        } else if let Ok(relative) = path.strip_prefix(root) {
            paths.insert(relative.to_string_lossy().replace('\\', "/"));
        }
    }
    Ok(())
}
