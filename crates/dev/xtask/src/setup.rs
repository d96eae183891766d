//! What the tests need from the machine: a browser with its driver, a font for Chinese, PostgreSQL, and
//! rustfmt and clippy. Installs what is missing where it may, and otherwise says exactly what to type.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::shell;

/// Something needed, and the Debian package that brings it.
struct Need {
    what: &'static str,
    package: &'static str,
    /// Only the browser journeys need it.
    browser: bool,
    present: fn() -> bool,
}

const NEEDS: [Need; 4] = [
    Need {
        what: "chromium",
        package: "chromium",
        browser: true,
        present: || shell::answer("chromium", &["--version"]).is_some(),
    },
    Need {
        what: "chromedriver",
        package: "chromium-driver",
        browser: true,
        present: || shell::answer("chromedriver", &["--version"]).is_some(),
    },
    Need {
        what: "a font for Chinese",
        package: "fonts-noto-cjk",
        browser: true,
        present: has_chinese_font,
    },
    Need {
        what: "PostgreSQL (initdb, postgres)",
        package: "postgresql",
        browser: false,
        present: || postgres_programs().is_some(),
    },
];

/// Installs or names what is missing; `false` = something is still missing.
pub(crate) fn run(browser: bool) -> Result<bool> {
    let components = rust_components()?;
    let missing = missing(browser);
    if missing.is_empty() {
        println!("setup: everything is there");
        return Ok(components);
    }
    for need in &missing {
        println!("setup: {} is missing (Debian package `{}`)", need.what, need.package);
    }
    let packages: Vec<&str> = missing.iter().map(|need| need.package).collect();
    if !may_install() {
        println!("{}", advice(&packages));
        return Ok(false);
    }
    install(&packages)?;
    let still = self::missing(browser);
    for need in &still {
        println!("setup: {} is still missing", need.what);
    }
    if !still.is_empty() {
        println!("{}", advice(&still.iter().map(|need| need.package).collect::<Vec<_>>()));
    }
    Ok(still.is_empty() && components)
}

fn missing(browser: bool) -> Vec<&'static Need> {
    NEEDS.iter().filter(|need| (browser || !need.browser) && !(need.present)()).collect()
}

/// What a person has to type where we may not install.
fn advice(packages: &[&str]) -> String {
    format!(
        "setup: on Debian or Ubuntu, type\n  sudo apt-get update && sudo apt-get install \
         --no-install-recommends {}\nand on another system install what these packages hold",
        packages.join(" ")
    )
}

/// Root on a system with apt.
fn may_install() -> bool {
    shell::answer("id", &["-u"]).as_deref() == Some("0")
        && shell::answer("apt-get", &["--version"]).is_some()
}

fn install(packages: &[&str]) -> Result<()> {
    let mut update = Command::new("apt-get");
    update.args(["update", "-q"]);
    shell::run(update)?;
    let mut install = Command::new("apt-get");
    install
        .args(["install", "-y", "-q", "--no-install-recommends"])
        .args(packages)
        .env("DEBIAN_FRONTEND", "noninteractive");
    shell::run(install)?;
    Ok(())
}

/// rustfmt and clippy come with rustup, not with apt.
fn rust_components() -> Result<bool> {
    let has = || {
        shell::answer("cargo", &["fmt", "--version"]).is_some()
            && shell::answer("cargo", &["clippy", "--version"]).is_some()
    };
    if has() {
        return Ok(true);
    }
    if shell::answer("rustup", &["--version"]).is_some() {
        let mut add = Command::new("rustup");
        add.args(["component", "add", "rustfmt", "clippy"]);
        shell::run(add)?;
    }
    let there = has();
    if !there {
        println!(
            "setup: rustfmt and clippy are missing; type `rustup component add rustfmt clippy`"
        );
    }
    Ok(there)
}

fn has_chinese_font() -> bool {
    let listed = shell::answer("fc-list", &[":lang=zh", "family"]);
    listed.is_some_and(|families| !families.is_empty())
        || Path::new("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc").exists()
}

/// The folder with the server's programs, which Debian does not put on the path.
fn postgres_programs() -> Option<PathBuf> {
    let told = shell::answer("pg_config", &["--bindir"]).map(PathBuf::from);
    let debian = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")));
    told.into_iter()
        .chain(debian)
        .find(|folder| folder.join("initdb").exists() && folder.join("postgres").exists())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advice_can_be_typed() {
        let advice = advice(&["chromium", "postgresql"]);
        assert!(advice.contains("apt-get install --no-install-recommends chromium postgresql\n"));
    }

    #[test]
    fn without_a_browser_only_the_database_is_needed() {
        let needed: Vec<&str> =
            NEEDS.iter().filter(|need| !need.browser).map(|need| need.package).collect();
        assert_eq!(needed, ["postgresql"]);
    }
}
