//! `cargo xtask test`: everything that CI runs, in phases, with a table of what each took and the line
//! `N passed, N failed` at the end.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use cargo_metadata::MetadataCommand;

use crate::repository::Repository;
use crate::shell::{self, Ended};
use crate::tally::Tally;
use crate::{planted, setup, tidy, words};

/// How a phase ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Passed,
    Failed,
    /// Not run, because the build failed.
    NotRun,
}

struct Phase {
    name: &'static str,
    outcome: Outcome,
    tally: Tally,
    took: Duration,
}

/// The phases so far. A phase that fails without a failing test of its own counts as one failure.
#[derive(Default)]
struct Suite {
    phases: Vec<Phase>,
    /// Nothing that needs the binaries can run any more.
    unbuilt: bool,
}

impl Suite {
    fn phase(&mut self, name: &'static str, act: impl FnOnce() -> Result<(bool, Tally)>) -> bool {
        println!("\n── {name} ──");
        let began = Instant::now();
        let (success, mut tally) = act().unwrap_or_else(|fault| {
            println!("fault: {fault:#}");
            (false, Tally::default())
        });
        let success = success && tally.failed == 0;
        if !success && tally.failed == 0 {
            tally.failed = 1;
        }
        let outcome = if success { Outcome::Passed } else { Outcome::Failed };
        self.phases.push(Phase { name, outcome, tally, took: began.elapsed() });
        success
    }

    /// A phase that needs the binaries.
    fn built(&mut self, name: &'static str, act: impl FnOnce() -> Result<(bool, Tally)>) {
        if self.unbuilt {
            let (tally, took) = (Tally::default(), Duration::ZERO);
            self.phases.push(Phase { name, outcome: Outcome::NotRun, tally, took });
        } else {
            self.phase(name, act);
        }
    }

    fn total(&self) -> Tally {
        let mut total = Tally::default();
        for phase in &self.phases {
            total.add(phase.tally);
        }
        total
    }

    /// The table and, alone on the last line, the sum.
    fn report(&self) -> String {
        let mut lines = vec![format!(
            "{:<24} {:<8} {:>7} {:>7} {:>10}",
            "phase", "result", "passed", "failed", "took"
        )];
        for phase in &self.phases {
            let word = match phase.outcome {
                Outcome::Passed => "ok",
                Outcome::Failed => "FAILED",
                Outcome::NotRun => "not run",
            };
            lines.push(format!(
                "{:<24} {:<8} {:>7} {:>7} {:>10}",
                phase.name,
                word,
                phase.tally.passed,
                phase.tally.failed,
                seconds(phase.took)
            ));
        }
        let took = self.phases.iter().map(|phase| phase.took).sum();
        let total = self.total();
        lines.push(format!("{:<24} {:<8} {:>7} {:>7} {:>10}", "all", "", "", "", seconds(took)));
        lines.push(String::new());
        lines.push(format!("{} passed, {} failed", total.passed, total.failed));
        lines.join("\n")
    }

    fn succeeded(&self) -> bool {
        self.phases.iter().all(|phase| phase.outcome == Outcome::Passed)
    }
}

fn seconds(took: Duration) -> String {
    let tenths = took.as_millis() / 100;
    format!("{}.{} s", tenths / 10, tenths % 10)
}

/// Runs everything. `long` adds the volumes; `skip_browser` leaves out tests named `browser`.
pub(crate) fn run(repository: &Repository, long: bool, skip_browser: bool) -> Result<bool> {
    let cargo = |arguments: &[&str]| {
        let mut command = shell::cargo(&repository.root);
        command.args(arguments);
        if long {
            command.env("YIJIANSHI_LONG", "1");
        }
        command
    };
    let ran = |command: Command| shell::run(command).map(|ended| (ended.success, Tally::default()));
    let counted = |command: Command| shell::run(command).map(|ended| judge_tests(&ended));
    let plain = |success: Result<bool>| success.map(|success| (success, Tally::default()));

    let mut suite = Suite::default();
    suite.phase("setup", || plain(setup::run(!skip_browser)));
    suite.phase("format", || ran(cargo(&["fmt", "--all", "--", "--check"])));
    suite.phase("tidy", || plain(tidy::run(repository)));
    suite.phase("words", || plain(words::run(repository)));
    suite.phase("lints", || {
        ran(cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))
    });
    suite.unbuilt =
        !suite.phase("build", || ran(cargo(&["build", "--workspace", "--all-targets"])));

    let nextest = shell::answer("cargo", &["nextest", "--version"]).is_some();
    let skip: &[&str] = if skip_browser { &["--", "--skip", "browser"] } else { &[] };
    if nextest {
        let run = ["nextest", "run", "--workspace", "--no-fail-fast", "--status-level", "slow"];
        suite.built("tests", || counted(cargo(&[&run, skip].concat())));
    } else {
        let run = ["test", "--workspace", "--all-targets", "--no-fail-fast", "--quiet"];
        suite.built("tests", || counted(cargo(&[&run, skip].concat())));
    }
    suite.built("examples in the docs", || {
        let doc = ["test", "--workspace", "--doc", "--no-fail-fast", "--quiet"];
        shell::run(cargo(&doc)).map(|ended| judge(&ended))
    });
    if long && nextest {
        suite.built("tests on PostgreSQL", || {
            let run = ["nextest", "run", "--workspace", "--no-fail-fast", "--status-level", "slow"];
            let mut tests = cargo(&[&run[..], &["--test", "it", "--test", "stories"]].concat());
            tests.env("YIJIANSHI_ON", "postgres");
            counted(tests)
        });
    }
    if long {
        suite.built("planted bugs", || plain(planted::run(repository, None)));
    }
    for (name, arguments) in DEFINITIONS {
        suite.built(name, || {
            let mut command = Command::new(binary(repository, "debug")?);
            command.args(arguments).current_dir(&repository.root);
            let judge = if name.starts_with("scenarios") { judge_tests } else { judge };
            shell::run(command).map(|ended| judge(&ended))
        });
    }
    println!("\n{}", suite.report());
    Ok(suite.succeeded())
}

/// The binary as the build phase left it. `cargo run` would resolve the features of this one package and
/// might build half of the world again.
pub(crate) fn binary(repository: &Repository, profile: &str) -> Result<PathBuf> {
    let metadata = MetadataCommand::new()
        .manifest_path(repository.root.join("Cargo.toml"))
        .no_deps()
        .exec()
        .context("asking cargo where it builds")?;
    let name = format!("yijianshi{}", std::env::consts::EXE_SUFFIX);
    Ok(metadata.target_directory.join(profile).join(name).into_std_path_buf())
}

/// What the binary itself must find in order.
const DEFINITIONS: [(&str, &[&str]); 6] = [
    ("check sample", &["check", "definitions/sample"]),
    ("check national", &["check", "definitions/cn/national"]),
    ("check demo city", &["check", "definitions/demo-city"]),
    ("scenarios sample", &["scenarios", "definitions/sample"]),
    ("scenarios national", &["scenarios", "definitions/cn/national"]),
    ("prove national", &["prove", "all", "--definitions", "definitions/cn/national"]),
];

fn judge(ended: &Ended) -> (bool, Tally) {
    (ended.success, Tally::of(&ended.lines))
}

/// A runner that ran nothing has not passed.
fn judge_tests(ended: &Ended) -> (bool, Tally) {
    let (success, tally) = judge(ended);
    (success && tally.passed > 0, tally)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(passed: u64, failed: u64) -> Tally {
        Tally { passed, failed }
    }

    #[test]
    fn the_sum_stands_alone_on_the_last_line() {
        let mut suite = Suite::default();
        suite.phase("a", || Ok((true, tally(3, 0))));
        suite.phase("b", || Ok((true, tally(4, 0))));
        assert!(suite.succeeded());
        assert_eq!(suite.report().lines().last(), Some("7 passed, 0 failed"));
    }

    #[test]
    fn no_failure_goes_uncounted() {
        let mut suite = Suite::default();
        // A lint that fails has no failing test; a runner may hide one behind a good exit code.
        suite.phase("lints", || Ok((false, tally(0, 0))));
        suite.phase("tests", || Ok((true, tally(5, 2))));
        suite.phase("broken", || anyhow::bail!("no such program"));
        assert!(!suite.succeeded());
        assert_eq!(suite.report().lines().last(), Some("5 passed, 4 failed"));
    }

    #[test]
    fn nothing_runs_on_a_broken_build() {
        let mut suite = Suite::default();
        suite.unbuilt = !suite.phase("build", || Ok((false, tally(0, 0))));
        suite.built("tests", || unreachable!("the build failed"));
        assert!(!suite.succeeded());
        assert!(suite.report().contains("not run"));
    }
}
