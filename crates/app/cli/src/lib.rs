//! `yijianshi`: one command for designers, operators and newcomers. One file per subcommand; this one only
//! hands over. Exit code 1 = findings, 2 = fault.
//!
//! A library beside the binary, so that tests can put the same hub together in their own process.

mod account;
pub mod applying;
mod backup;
mod bench;
mod calendar;
mod check;
pub mod clock;
mod definitions;
pub mod demo;
pub mod demo_agents;
pub mod demo_clock;
pub mod demo_desk;
pub mod demo_elder;
pub mod demo_people;
pub mod demo_rider;
mod demo_supervision;
mod devices;
mod diff;
mod doctor;
mod embedded;
mod erase;
mod explain;
mod keys;
mod life;
mod live;
mod living;
mod load_node;
mod logs;
mod metering;
mod migrate;
mod networks;
mod offices;
mod opening;
mod output;
mod partners;
mod plan;
mod prove;
mod rebuild;
pub mod sample_page;
mod scenarios;
mod serve;
mod settings;
mod trouble;
pub mod wiring;

pub use offices::specs as department_specs;

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
    /// Show everything at once: real matters, sample people, simulated departments.
    Demo(demo::Arguments),
    /// Run the hub: pages, API and (unless told otherwise) the work on sendings and timers.
    Serve(serve::Serve),
    /// Work on sendings and timers only, beside other nodes on the same PostgreSQL.
    Work(serve::Work),
    /// The working calendar of a hub's open cases.
    Calendar(calendar::Arguments),
    /// Look at everything that a node needs, and say what to do. Ends with 1 when something is to be looked after,
    /// with 2 when something is broken.
    Doctor(doctor::Arguments),
    /// Bring the tables of the database up to date. Forward only.
    Migrate(migrate::Arguments),
    /// Make everything that lists, timers and figures live on again from the events of cases, also beside nodes.
    Rebuild(rebuild::Arguments),
    /// Copy what an embedded hub keeps, beside it.
    Backup(backup::Backup),
    /// Once, after a copy was put back and before it is served: end all sessions, say what will go out again.
    AfterRestore(backup::AfterRestore),
    /// Destroy the key of whom a case is about: nothing that they entered can be read again.
    Erase(erase::Arguments),
    /// The settings file: its schema, whether it is right, what is in force.
    Settings(settings::Arguments),
    /// Accounts of people who sign in.
    Account(account::Arguments),
    /// A hub that submits when told to, for the test that kills it.
    #[command(hide = true)]
    LoadTestNode(load_node::Arguments),
    /// Make one person's plan from a file of answers.
    Plan(plan::Arguments),
    /// Say what is different between two sets of definitions, and for whom. Ends with 1 when something is.
    Diff(diff::Arguments),
    /// Prove every scenario of a matter at once. Ends with 1 when somebody is stuck or promised what cannot be.
    Prove(prove::Arguments),
    /// Run the scenario tests beside the definitions.
    Scenarios(scenarios::Arguments),
    /// Measure how fast it is here.
    Bench(bench::Arguments),
    /// Explain a code such as CAT0012: cause, example, cure; or every date of a case by its number.
    Explain(explain::Arguments),
}

/// How a command ended that did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Clean,
    Findings,
    /// What is broken has been told already.
    Broken,
}

/// The program.
pub fn main() -> ExitCode {
    let ended = match Arguments::parse().command {
        Command::Demo(arguments) => demo::run(&arguments),
        Command::Serve(arguments) => serve::run(&arguments),
        Command::Work(arguments) => serve::work(&arguments),
        Command::Calendar(arguments) => calendar::run(&arguments),
        Command::Doctor(arguments) => doctor::run(&arguments),
        Command::Migrate(arguments) => migrate::run(&arguments),
        Command::Rebuild(arguments) => rebuild::run(&arguments),
        Command::Backup(arguments) => backup::run(&arguments),
        Command::AfterRestore(arguments) => backup::after_restore(&arguments),
        Command::Erase(arguments) => erase::run(&arguments),
        Command::Settings(arguments) => settings::run(&arguments),
        Command::Account(arguments) => account::run(&arguments),
        Command::LoadTestNode(arguments) => load_node::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Plan(arguments) => plan::run(&arguments),
        Command::Diff(arguments) => diff::run(&arguments),
        Command::Prove(arguments) => prove::run(&arguments),
        Command::Scenarios(arguments) => scenarios::run(&arguments),
        Command::Bench(arguments) => bench::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
    };
    match ended {
        Ok(End::Clean) => ExitCode::SUCCESS,
        Ok(End::Findings) => ExitCode::from(1),
        Ok(End::Broken) => ExitCode::from(2),
        Err(fault) => {
            eprintln!("fault: {fault:#}");
            ExitCode::from(2)
        }
    }
}
