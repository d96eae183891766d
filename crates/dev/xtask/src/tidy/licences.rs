//! Every crate we build on has a licence that `deny.toml` allows. The same list serves `cargo deny`.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use cargo_metadata::MetadataCommand;

use super::Finding;
use crate::repository::Repository;
use crate::shell;

const RULE: &str = "licence";

/// Checks all crates that are built on this kind of machine.
pub(crate) fn check(repository: &Repository, deny: &str) -> Result<Vec<Finding>> {
    let allowed = allowed(deny)?;
    let mut command = MetadataCommand::new();
    command.manifest_path(repository.root.join("Cargo.toml"));
    let version = shell::answer("rustc", &["-vV"]).unwrap_or_default();
    if let Some(host) = version.lines().find_map(|line| line.strip_prefix("host: ")) {
        command.other_options(vec!["--filter-platform".to_owned(), host.to_owned()]);
    }
    let metadata = command.exec().context("asking cargo for all crates we build on")?;
    let built: BTreeSet<_> =
        metadata.resolve.iter().flat_map(|r| &r.nodes).map(|n| &n.id).collect();
    Ok(metadata
        .packages
        .iter()
        .filter(|package| built.contains(&package.id))
        .filter_map(|package| {
            let licence = package.license.as_deref().unwrap_or("none");
            (!accepts(licence, &allowed)).then(|| {
                let message = format!("`{}` is under {licence}, not allowed", package.name);
                Finding::new("deny.toml", RULE, message)
            })
        })
        .collect())
}

/// The list `licenses.allow`.
fn allowed(deny: &str) -> Result<Vec<String>> {
    let table: toml::Table = deny.parse().context("reading `deny.toml`")?;
    let list = table.get("licenses").and_then(|licenses| licenses.get("allow"));
    Ok(list
        .and_then(|list| list.as_array())
        .into_iter()
        .flatten()
        .filter_map(|name| name.as_str().map(str::to_owned))
        .collect())
}

/// Whether an SPDX expression can be met: one side of each `OR`, both sides of each `AND`.
fn accepts(expression: &str, allowed: &[String]) -> bool {
    // Older manifests write `MIT/Apache-2.0`.
    let text = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let tokens: Vec<&str> = text.split_whitespace().collect();
    let mut reader = Reader { tokens: &tokens, allowed };
    reader.either()
}

/// Reads an SPDX expression; `AND` binds closer than `OR`.
struct Reader<'a> {
    tokens: &'a [&'a str],
    allowed: &'a [String],
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Option<&'a str> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(first)
    }

    fn skip(&mut self, word: &str) -> bool {
        let found = self.tokens.first() == Some(&word);
        if found {
            self.next();
        }
        found
    }

    fn either(&mut self) -> bool {
        let mut met = self.both();
        while self.skip("OR") {
            met |= self.both();
        }
        met
    }

    fn both(&mut self) -> bool {
        let mut met = self.one();
        while self.skip("AND") {
            met &= self.one();
        }
        met
    }

    fn one(&mut self) -> bool {
        if self.skip("(") {
            let met = self.either();
            self.skip(")");
            return met;
        }
        let Some(name) = self.next() else {
            return false;
        };
        let full = match self.skip("WITH").then(|| self.next()).flatten() {
            Some(exception) => format!("{name} WITH {exception}"),
            None => name.to_owned(),
        };
        self.allowed.iter().any(|one| *one == full || (one == name && full.starts_with(one)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_expression(expression: &str, expected: bool) {
        let allowed = ["MIT".to_owned(), "Apache-2.0".to_owned(), "Zlib".to_owned()];
        assert_eq!(accepts(expression, &allowed), expected, "{expression}");
    }

    #[test]
    fn expressions_are_understood() {
        check_expression("MIT", true);
        check_expression("GPL-3.0", false);
        check_expression("GPL-3.0 OR MIT", true);
        check_expression("GPL-3.0 AND MIT", false);
        check_expression("(GPL-3.0 OR MIT) AND Zlib", true);
        check_expression("GPL-3.0/Apache-2.0", true);
        check_expression("Apache-2.0 WITH LLVM-exception OR GPL-3.0", true);
        check_expression("none", false);
    }

    #[test]
    fn the_list_is_read_from_the_file_of_cargo_deny() {
        let list = allowed("[licenses]\nallow = [\"MIT\", \"Zlib\"]\n").unwrap();
        assert_eq!(list, ["MIT", "Zlib"]);
    }
}
