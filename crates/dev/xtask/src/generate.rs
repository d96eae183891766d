//! Writes the generated files again. Each of them is made and compared by a test whose name holds
//! `generated`; with `UPDATE=1` such a test writes instead of comparing.

use std::process::Command;

use anyhow::{Context, Result};

use crate::repository::Repository;
use crate::shell;

/// Runs the generators and shows which files they changed.
pub(crate) fn run(repository: &Repository) -> Result<bool> {
    let before = changed(repository)?;
    let mut cargo = shell::cargo(&repository.root);
    cargo.args(["test", "--workspace", "--quiet", "generated"]).env("UPDATE", "1");
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

fn changed(repository: &Repository) -> Result<Vec<String>> {
    let output = Command::new("git")
        .args(["status", "--porcelain"])
        .current_dir(&repository.root)
        .output()
        .context("asking git what changed")?;
    Ok(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect())
}
