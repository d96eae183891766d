//! Several equal nodes on one PostgreSQL against one: do they get in each other's way?
//!
//! Each node is an engine with connections, caches and a queue of its own; they run in one process, so that they are
//! given the same processors as the one is. A sending is answered by whichever node claims it, so that a case
//! goes from node to node.

use std::sync::Arc;

use anyhow::{Context, Result, bail};
use serde::Serialize;

use super::{Bench, Cases, Figures, Side, measure, median_ratio, rounds_table};

/// One node and many, by turns.
#[derive(Debug, Serialize)]
pub(super) struct Compared {
    nodes: u8,
    one: Vec<Figures>,
    many: Vec<Figures>,
    /// Of cases per second, many nodes by one: the median of the rounds.
    speed_ratio: f64,
    /// Of processor time of this process per case, many nodes by one: the median of the rounds.
    cpu_ratio: f64,
}

impl Compared {
    pub(super) fn table(&self) -> String {
        let many = format!("{} nodes", self.nodes);
        let mut text = rounds_table(("1 node", &self.one), (&many, &self.many));
        text.push_str(&format!(
            "{many} / 1 node: {:.2} of the cases per second, {:.2} times the CPU per case\n",
            self.speed_ratio, self.cpu_ratio
        ));
        text
    }
}

pub(super) async fn compare(arguments: &Cases, nodes: u8) -> Result<Compared> {
    if !arguments.database.starts_with("postgres") {
        bail!("several nodes need PostgreSQL: the embedded database has one process");
    }
    let master_key = rand::random();
    let mut benches: Vec<Bench> = Vec::new();
    for _ in 0..nodes {
        let store = store_sql::open(&arguments.database).await.context("opening the database")?;
        let mut bench = Bench::start_with(store, master_key).await?;
        if let Some(first) = benches.first() {
            bench.subjects.clone_from(&first.subjects);
            bench.under_way = Arc::clone(&first.under_way);
        }
        benches.push(bench);
    }
    let benches: Vec<Arc<Bench>> = benches.into_iter().map(Arc::new).collect();
    let one = Side::Engine(benches.iter().take(1).cloned().collect());
    let many = Side::Engine(benches);
    let (mut of_one, mut of_many) = (Vec::new(), Vec::new());
    for round in 0..arguments.rounds.max(1) {
        if round % 2 == 0 {
            of_one.push(measure(&one, &arguments.database, arguments).await?);
            of_many.push(measure(&many, &arguments.database, arguments).await?);
        } else {
            of_many.push(measure(&many, &arguments.database, arguments).await?);
            of_one.push(measure(&one, &arguments.database, arguments).await?);
        }
    }
    Ok(Compared {
        nodes,
        speed_ratio: median_ratio(&of_many, &of_one, |figures| figures.cases_per_s),
        cpu_ratio: median_ratio(&of_many, &of_one, |figures| figures.cpu_ms_per_case),
        one: of_one,
        many: of_many,
    })
}
