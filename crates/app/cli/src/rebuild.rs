//! `yijianshi rebuild`: everything that lists, timers and figures live on, made again from the events.
//!
//! Case by case, each as a whole and only where a row is not as its events have it: so it may run beside nodes, be
//! stopped at any time and be begun again. The embedded database has one process: there it runs while no hub does.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant as Tick};

use anyhow::{Context, Result, bail};
use engine::{Engine, Rebuilding};
use serde::Serialize;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use vocabulary::CaseId;

use crate::output::Format;
use crate::serve::Node;
use crate::{End, output, serve};

/// Cases that are made in one go.
const AT_ONCE: u32 = 200;
/// How often it tells how far it is.
const TELLS: Duration = Duration::from_secs(2);

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    node: Node,
    /// Go on after this case: what an interrupted one said last.
    #[arg(long)]
    after: Option<CaseId>,
    /// How many groups of cases are made at the same time.
    #[arg(long, default_value_t = 4)]
    jobs: usize,
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// What came of it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Rebuilt {
    pub(crate) cases: u64,
    pub(crate) events: u64,
    /// Rows that were not as their events have them.
    pub(crate) mended: u64,
    pub(crate) wall_s: f64,
    pub(crate) events_per_s: f64,
}

pub(crate) fn run(arguments: &Arguments) -> Result<End> {
    if arguments.jobs == 0 {
        bail!("at least one job");
    }
    let settings = arguments.node.settings()?;
    settings.data()?;
    let Some(definitions) = serve::definitions(&settings)? else { return Ok(End::Findings) };
    let rebuilt = serve::runtime()?.block_on(async {
        let hub = serve::open(&settings, &definitions).await?;
        rebuild(&hub.engine, arguments.after, arguments.jobs, true).await
    })?;
    match arguments.format {
        Format::Json => output::write_json(&rebuilt)?,
        Format::Text => output::write(&format!(
            "{} cases, {} events in {:.1} s: {:.0} events per second; {} rows were mended\n",
            rebuilt.cases, rebuilt.events, rebuilt.wall_s, rebuilt.events_per_s, rebuilt.mended
        ))?,
    }
    Ok(End::Clean)
}

/// Makes everything again after a case.
pub(crate) async fn rebuild(
    engine: &Engine,
    after: Option<CaseId>,
    jobs: usize,
    tells: bool,
) -> Result<Rebuilt> {
    let began = Tick::now();
    let places = Arc::new(Semaphore::new(jobs));
    let mut running: JoinSet<Result<(CaseId, Rebuilding)>> = JoinSet::new();
    let mut sum = Rebuilding::default();
    let add = |sum: &mut Rebuilding, done: Rebuilding| {
        sum.cases += done.cases;
        sum.events += done.events;
        sum.mended += done.mended;
    };
    let mut told = Tick::now();
    // The last cases of groups that were begun, in order, and whether all of the group is made.
    let mut groups: VecDeque<(CaseId, bool)> = VecDeque::new();
    let mut safe = after;
    let mut next = after;
    loop {
        let cases = engine.store().list_cases_with_events(next, AT_ONCE).await?;
        let Some(last) = cases.last().copied() else { break };
        next = Some(last);
        let place = Arc::clone(&places).acquire_owned().await.context("waiting for a place")?;
        while let Some(done) = running.try_join_next() {
            let (end, done) = done.context("a group's task ended")??;
            add(&mut sum, done);
            if let Some(group) = groups.iter_mut().find(|group| group.0 == end) {
                group.1 = true;
            }
        }
        while let Some((end, true)) = groups.front().copied() {
            safe = Some(end);
            groups.pop_front();
        }
        let engine = engine.clone();
        running.spawn(async move {
            let done = engine.rebuild(&cases).await;
            drop(place);
            Ok((last, done?))
        });
        groups.push_back((last, false));
        if tells && told.elapsed() > TELLS {
            told = Tick::now();
            let rate = sum.events as f64 / began.elapsed().as_secs_f64();
            let from = safe.map_or_else(String::new, |case| format!("; go on with --after {case}"));
            eprintln!(
                "{} cases, {} events, {rate:.0} per second, {} rows mended{from}",
                sum.cases, sum.events, sum.mended
            );
        }
    }
    while let Some(done) = running.join_next().await {
        add(&mut sum, done.context("a group's task ended")??.1);
    }
    let wall = began.elapsed().as_secs_f64();
    Ok(Rebuilt {
        cases: sum.cases,
        events: sum.events,
        mended: sum.mended,
        wall_s: wall,
        events_per_s: sum.events as f64 / wall,
    })
}
