//! Writes the generated files again. Each of them is made and compared by a test that looks at `UPDATE`: when
//! it is set, the test writes instead of comparing. So nobody has to remember a list: the crates with such a
//! test are found by reading.

use std::collections::BTreeSet;
use std::process::Command;

use anyhow::{Context, Result};

use crate::repository::{Repository, SourceText};
use crate::shell;

/// Runs the tests of these crates and shows which files they changed.
pub(crate) fn run(repository: &Repository) -> Result<bool> {
    let packages = writers(&repository.texts()?);
    println!("generate: {}", packages.iter().cloned().collect::<Vec<_>>().join(", "));
    let before = changed(repository)?;
    let mut cargo = shell::cargo(&repository.root);
    cargo.args(["test", "--quiet", "--no-fail-fast"]).env("UPDATE", "1");
    for package in &packages {
        cargo.args(["--package", package]);
    }
    let ended = shell::run(cargo)?;
    let after = changed(repository)?;
    for line in after.iter().filter(|line| !before.contains(line)) {
        println!("generate: {line}");
    }
    if before == after {
        println!("generate: nothing changed");
    }
    Ok(ended.success)
}

/// The packages with a test that writes when `UPDATE` is set.
fn writers(texts: &[SourceText]) -> BTreeSet<String> {
    texts
        .iter()
        .filter(|file| file.path.starts_with("crates/") && file.is("rs"))
        .filter(|file| {
            ["var_os", "var"].iter().any(|f| file.text.contains(&format!("{f}(\"UPDATE\")")))
        })
        .filter_map(|file| {
            let folder: Vec<&str> = file.path.split('/').take(3).collect();
            let manifest = format!("{}/Cargo.toml", folder.join("/"));
            let manifest = texts.iter().find(|file| file.path == manifest)?;
            let line = manifest.text.lines().find(|line| line.starts_with("name = "))?;
            line.split('"').nth(1).map(str::to_owned)
        })
        .collect()
}

fn changed(repository: &Repository) -> Result<Vec<String>> {
    let output = Command::new("git")
        .args(["status", "--porcelain"])
        .current_dir(&repository.root)
        .output()
        .context("asking git what changed")?;
    Ok(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crates_that_write_are_found_by_reading() {
        let texts = [
            SourceText::new("crates/core/plan/Cargo.toml", "[package]\nname = \"our-plan\"\n"),
            SourceText::new("crates/core/plan/tests/schema.rs", "if var_os(\"UPDATE\").is_some()"),
            SourceText::new("crates/app/web/Cargo.toml", "[package]\nname = \"our-web\"\n"),
            SourceText::new("crates/app/web/src/lib.rs", "// UPDATE"),
        ];
        assert_eq!(writers(&texts), BTreeSet::from(["our-plan".to_owned()]));
    }
}
