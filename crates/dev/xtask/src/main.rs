//! The one tool of the workspace: `cargo xtask tidy | test | setup | words | traditional | measure |
//! planted | generate`.
//!
//! Reads the repository and runs cargo; prints findings and a table of phases. It deliberately knows no
//! crate of ours: everything it checks it reads as text or from `cargo metadata`, so that a broken crate
//! cannot keep it from saying so.
#![expect(clippy::print_stdout, reason = "a command-line tool answers on standard output")]

mod generate;
mod lexer;
mod measure;
mod planted;
mod repository;
mod setup;
mod shell;
mod suite;
mod tally;
mod tidy;
mod traditional;
mod words;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use repository::Repository;

/// Tasks of this workspace.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Check what no compiler checks: arrows between crates, purity of core, banned words, links, map.
    Tidy,
    /// Everything that CI runs: setup, format, tidy, words, lints, build, tests, definitions.
    Test {
        /// Run the volumes too: long seeds, many kills, a million cases.
        #[arg(long)]
        long: bool,
        /// Leave out the tests that drive a real browser.
        #[arg(long)]
        skip_browser: bool,
    },
    /// Install what the tests need, or say what to install.
    Setup,
    /// Check the words of the interface: every key that is used exists, every key is used.
    Words,
    /// Make the words in traditional characters from those in simplified ones (needs `opencc`).
    Traditional,
    /// Figures of the whole program: start to first page, resident memory under load, what pages weigh, how
    /// long they take with 64 connections.
    Measure {
        /// Connections that ask at the same time.
        #[arg(long, default_value_t = 16)]
        connections: u32,
        #[arg(long, default_value_t = 10)]
        seconds: u64,
    },
    /// Plant bugs in a copy of casework, one after the other, and expect its tests to catch each.
    Planted {
        /// Those only whose name or file holds this.
        only: Option<String>,
    },
    /// Write the generated files again (schema, permission table) and show what changed.
    Generate,
}

fn main() -> ExitCode {
    match run(Arguments::parse().task) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(fault) => {
            eprintln!("fault: {fault:#}");
            ExitCode::from(2)
        }
    }
}

/// Runs a task; `false` = it has findings.
fn run(task: Task) -> Result<bool> {
    let repository = Repository::find()?;
    match task {
        Task::Tidy => tidy::run(&repository),
        Task::Test { long, skip_browser } => suite::run(&repository, long, skip_browser),
        Task::Setup => setup::run(true),
        Task::Words => words::run(&repository),
        Task::Traditional => traditional::run(&repository),
        Task::Measure { connections, seconds } => measure::run(&repository, connections, seconds),
        Task::Planted { only } => planted::run(&repository, only.as_deref()),
        Task::Generate => generate::run(&repository),
    }
}
