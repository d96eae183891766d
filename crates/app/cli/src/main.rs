//! `yijianshi`: one command for designers, operators and newcomers. One file per subcommand; this one only
//! hands over. Exit code 1 = findings, 2 = fault.

mod bench;
mod check;
mod definitions;
mod embedded;
mod explain;
mod output;
mod plan;
mod scenarios;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// 一件事：one matter instead of ten errands.
#[derive(Debug, Parser)]
#[command(name = "yijianshi", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Compile the definitions below a folder and show everything that is wrong with them.
    Check(check::Arguments),
    /// Make one person's plan from a file of answers.
    Plan(plan::Arguments),
    /// Run the scenario tests beside the definitions.
    Scenarios(scenarios::Arguments),
    /// Measure how fast it is here.
    Bench(bench::Arguments),
    /// Explain a code such as CAT0012: cause, example, cure.
    Explain(explain::Arguments),
}

/// How a command ended that did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Clean,
    Findings,
}

fn main() -> ExitCode {
    let ended = match Arguments::parse().command {
        Command::Check(arguments) => check::run(&arguments),
        Command::Plan(arguments) => plan::run(&arguments),
        Command::Scenarios(arguments) => scenarios::run(&arguments),
        Command::Bench(arguments) => bench::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
    };
    match ended {
        Ok(End::Clean) => ExitCode::SUCCESS,
        Ok(End::Findings) => ExitCode::from(1),
        Err(fault) => {
            eprintln!("fault: {fault:#}");
            ExitCode::from(2)
        }
    }
}
