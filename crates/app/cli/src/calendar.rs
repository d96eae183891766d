//! `yijianshi calendar load`: takes the working calendar of the definitions over now, as one audited act, and says what
//! it did. A node that starts with newer definitions does the same by itself.

use anyhow::Result;

use crate::serve::{self, Node};
use crate::{End, output};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Recompute the open cases under the calendar of these definitions; goes on after an interruption.
    Load(Load),
}

#[derive(Debug, clap::Args)]
struct Load {
    #[command(flatten)]
    node: Node,
}

pub(crate) fn run(arguments: &Arguments) -> Result<End> {
    let What::Load(load) = &arguments.what;
    let settings = load.node.settings()?;
    let Some(definitions) = serve::definitions(&settings)? else { return Ok(End::Findings) };
    serve::runtime()?.block_on(async {
        let hub = serve::open(&settings, &definitions).await?;
        let Some(row) = hub.engine.take_calendar(None).await? else {
            let version = &hub.engine.catalogue().calendar.version;
            output::write(&format!("calendar {version}: nothing new\n"))?;
            return Ok(End::Clean);
        };
        let store = hub.engine.store();
        let (dates, cases) = store.count_calendar_changes(row.seq).await?;
        output::write(&format!(
            "calendar {} instead of {}: {} open cases, {dates} dates of {cases} cases moved\n",
            row.version,
            if row.before_version.is_empty() { "none" } else { &row.before_version },
            row.cases,
        ))?;
        for change in store.list_calendar_changes(row.seq, u32::MAX).await? {
            let guess = |it: bool| if it { " (provisional)" } else { "" };
            output::write(&format!(
                "{} {} {}: {}{} -> {}{}\n",
                change.case_number,
                if change.node.is_empty() { "whole" } else { &change.node },
                change.clock,
                change.was_on,
                guess(change.was_provisional),
                change.is_on,
                guess(change.is_provisional),
            ))?;
        }
        Ok(End::Clean)
    })
}
