//! Which crate may use which. The order of the core crates is one constant here and one picture in
//! ARCHITECTURE.md.

use anyhow::{Context, Result};
use cargo_metadata::{DependencyKind, MetadataCommand};

use super::Finding;
use crate::repository::Repository;

/// The core crates, left to right: each may use only those before it.
const CORE: [&str; 12] = [
    "core/vocabulary",
    "core/conditions",
    "core/tables",
    "core/catalogue",
    "core/network",
    "core/proof",
    "core/interview",
    "core/plan",
    "core/casework",
    "core/exchange",
    "core/outputs",
    "core/indicators",
];

const RULE: &str = "arrow";

/// A crate of the workspace with what it uses.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    /// Its folder below `crates/`, e.g. `core/plan`.
    pub(crate) place: String,
    pub(crate) uses: Vec<Use>,
}

/// A dependency as a manifest states it.
#[derive(Debug, Clone)]
pub(crate) struct Use {
    /// The place of one of our crates, or the name of a crate of others.
    pub(crate) what: String,
    /// For tests only.
    pub(crate) dev: bool,
    pub(crate) ours: bool,
}

/// Reads the workspace from `cargo metadata`.
pub(crate) fn members(repository: &Repository) -> Result<Vec<Member>> {
    let metadata = MetadataCommand::new()
        .manifest_path(repository.root.join("Cargo.toml"))
        .no_deps()
        .exec()
        .context("asking cargo for the crates of the workspace")?;
    let place = |path: &cargo_metadata::camino::Utf8Path| -> String {
        let parts: Vec<&str> = path.as_str().split(['/', '\\']).collect();
        parts.split(|part| *part == "crates").next_back().unwrap_or_default().join("/")
    };
    Ok(metadata
        .packages
        .iter()
        .map(|package| Member {
            place: package.manifest_path.parent().map(place).unwrap_or_default(),
            uses: package
                .dependencies
                .iter()
                .map(|dependency| Use {
                    what: match &dependency.path {
                        Some(path) => place(path),
                        None => dependency.name.clone(),
                    },
                    dev: dependency.kind == DependencyKind::Development,
                    ours: dependency.path.is_some(),
                })
                .collect(),
        })
        .collect())
}

/// Every wrong arrow, and every crate that the order does not know.
pub(crate) fn check(members: &[Member]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for member in members {
        let manifest = format!("crates/{}/Cargo.toml", member.place);
        if member.place.starts_with("core/") && !CORE.contains(&member.place.as_str()) {
            let message = format!("`{}` has no place in the order of core crates", member.place);
            findings.push(Finding::new(manifest.clone(), RULE, message));
        }
        for used in member.uses.iter().filter(|used| used.ours) {
            if let Some(reason) = refusal(&member.place, &used.what, used.dev) {
                let message = format!("`{}` must not use `{}`: {reason}", member.place, used.what);
                findings.push(Finding::new(manifest.clone(), RULE, message));
            }
        }
    }
    findings
}

/// Why `user` may not use `used`; `None` = it may.
fn refusal(user: &str, used: &str, dev: bool) -> Option<&'static str> {
    let rim = |reason| (!matches!(user, "app/cli" | "dev/testkit")).then_some(reason);
    match used {
        "dev/xtask" => return Some("xtask stands alone"),
        "app/cli" => return Some("the binary is the end of every arrow"),
        "store/sql" => return rim("only cli and testkit name a backend"),
        "dev/departments" => return rim("only cli and testkit know the simulated departments"),
        "dev/testkit" => {
            return if user.starts_with("core/") {
                Some("tests of core need nothing outside core")
            } else if dev {
                None
            } else {
                Some("testkit is for tests only")
            };
        }
        _ => {}
    }
    let core = used.starts_with("core/");
    let allowed = |more: &[&str], reason| (!core && !more.contains(&used)).then_some(reason);
    match user {
        "dev/xtask" => Some("xtask stands alone"),
        "store/port" => allowed(&[], "the port uses core only"),
        "store/sql" => allowed(&["store/port"], "a backend uses the port and core only"),
        "app/engine" => allowed(&["store/port"], "the engine uses core and the port only"),
        "app/web" => allowed(
            &["store/port", "app/engine", "app/paper"],
            "web uses core, the port, the engine and paper; web and worker never each other",
        ),
        "app/worker" => allowed(
            &["store/port", "app/engine"],
            "the worker uses core, the port and the engine; web and worker never each other",
        ),
        "dev/departments" => allowed(&[], "departments are outsiders: they know core's wire only"),
        "dev/oracle" => allowed(&[], "the oracle compares core with another engine, nothing else"),
        "app/cli" | "dev/testkit" => None,
        _ => left_of(user, used, dev),
    }
}

/// Tests of a core crate may look to the right: what is proved is compared with what is planned.
fn left_of(user: &str, used: &str, dev: bool) -> Option<&'static str> {
    let place = |name| CORE.iter().position(|other| *other == name);
    match (place(user), place(used)) {
        (Some(user), Some(used)) if used < user || dev => None,
        (Some(_), Some(_)) => Some("core goes from left to right"),
        _ => Some("a core crate uses core crates only"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines `user -> used`, with `dev` behind it for tests.
    fn check_arrows(lines: &str, refused: &[&str]) {
        let members: Vec<Member> = lines
            .trim()
            .lines()
            .map(|line| {
                let words: Vec<&str> = line.split_whitespace().collect();
                let used = Use { what: words[2].to_owned(), dev: words.len() > 3, ours: true };
                Member { place: words[0].to_owned(), uses: vec![used] }
            })
            .collect();
        let found: Vec<String> = check(&members).into_iter().map(|f| f.message).collect();
        assert_eq!(found.len(), refused.len(), "{found:#?}");
        for (message, part) in found.iter().zip(refused) {
            assert!(message.contains(part), "{message} does not contain {part}");
        }
    }

    #[test]
    fn right_arrows_pass() {
        check_arrows(
            "core/catalogue -> core/conditions
             core/casework -> core/plan
             core/proof -> core/plan dev
             store/port -> core/outputs
             store/sql -> store/port
             store/sql -> dev/testkit dev
             app/engine -> store/port
             app/web -> app/engine
             app/web -> dev/testkit dev
             app/worker -> core/exchange
             app/cli -> store/sql
             app/cli -> dev/departments
             dev/testkit -> store/sql
             dev/departments -> core/exchange",
            &[],
        );
    }

    #[test]
    fn wrong_arrows_are_refused() {
        check_arrows(
            "core/conditions -> core/catalogue
             core/plan -> core/casework
             core/plan -> store/port
             core/plan -> dev/testkit dev
             store/port -> store/sql
             store/sql -> app/engine
             app/engine -> store/sql
             app/web -> app/worker
             app/worker -> app/web
             app/web -> dev/testkit
             app/web -> dev/departments
             app/engine -> app/cli
             app/cli -> dev/xtask
             dev/departments -> app/engine",
            &[
                "left to right",
                "left to right",
                "core crates only",
                "nothing outside core",
                "name a backend",
                "the port and core only",
                "name a backend",
                "never each other",
                "never each other",
                "for tests only",
                "simulated departments",
                "end of every arrow",
                "stands alone",
                "outsiders",
            ],
        );
    }

    #[test]
    fn a_new_core_crate_must_take_its_place() {
        check_arrows("core/novelty -> core/vocabulary", &["no place", "core crates only"]);
    }
}
