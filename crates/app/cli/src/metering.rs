//! `/metrics` for a Prometheus server, on a port of its own that is closed unless the settings open it. Figures
//! are counted where things happen; what has to be asked of the store is asked when somebody asks for them.
//!
//! Labels are routes as templates, words of the program, codes, and ids of departments: nothing of a case or a
//! person.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use engine::Engine;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;
use vocabulary::{CaseId, DispatchId, Instant};

use crate::settings::{Metrics, Secret};
use crate::wiring::Hub;

/// From a page out of memory to an upload over a slow line.
const SECONDS: [f64; 12] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];
const COMMANDS: [f64; 9] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];
/// Of each department so many of its oldest cases' sendings are looked at for the oldest one.
const OLDEST_OF: u32 = 16;
/// A store that has not answered by then is down, and the figures say so.
const STORE_ANSWERS_WITHIN: Duration = Duration::from_secs(5);
/// The format of what is answered.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The port of the figures, not answering yet.
#[derive(Debug)]
pub(crate) struct Figures(Option<Open>);

#[derive(Debug)]
struct Open {
    listener: TcpListener,
    handle: PrometheusHandle,
    token: Option<Secret>,
}

impl Figures {
    /// Starts counting and takes the port, if there is one.
    pub(crate) async fn start(settings: &Metrics) -> Result<Self> {
        let Some(port) = settings.port else { return Ok(Self(None)) };
        let listener = crate::serve::listen(settings.host, port).await?;
        let handle = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)
            .and_then(|it| {
                let batches = Matcher::Full("yijianshi_batch_commands".to_owned());
                it.set_buckets_for_metric(batches, &COMMANDS)
            })
            .and_then(PrometheusBuilder::install_recorder)
            .context("starting to count figures")?;
        describe();
        metrics::gauge!("yijianshi_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
        let address = listener.local_addr().context("asking for the port of the figures")?;
        tracing::info!(%address, "figures are at /metrics");
        Ok(Self(Some(Open { listener, handle, token: settings.token.clone() })))
    }

    /// Answers from now on, beside the hub.
    pub(crate) fn serve(self, hub: &Hub) {
        let Some(Open { listener, handle, token }) = self.0 else { return };
        let asked = Asked {
            engine: hub.engine.clone(),
            handle,
            token: token.map(Arc::new),
            departments: Arc::default(),
        };
        let router = Router::new().route("/metrics", get(answer)).with_state(asked);
        tokio::spawn(async move {
            if let Err(fault) = axum::serve(listener, router).await {
                tracing::error!(%fault, "answering for figures");
            }
        });
    }
}

#[derive(Clone)]
struct Asked {
    engine: Engine,
    handle: PrometheusHandle,
    token: Option<Arc<Secret>>,
    /// Those that owed something once: they are told as 0 afterwards.
    departments: Arc<Mutex<BTreeSet<String>>>,
}

async fn answer(State(asked): State<Asked>, headers: HeaderMap) -> Response {
    if let Some(token) = &asked.token {
        let sent = headers.get(header::AUTHORIZATION).map(|value| value.as_bytes());
        let sent = sent.and_then(|value| value.strip_prefix(b"Bearer ")).unwrap_or_default();
        if !same(sent, token.reveal().as_bytes()) {
            return StatusCode::UNAUTHORIZED.into_response();
        }
    }
    let looked = tokio::time::timeout(STORE_ANSWERS_WITHIN, look(&asked)).await;
    let up = matches!(looked, Ok(Ok(())));
    metrics::gauge!("yijianshi_store_up").set(if up { 1.0 } else { 0.0 });
    asked.handle.run_upkeep();
    ([(header::CONTENT_TYPE, TEXT)], asked.handle.render()).into_response()
}

/// Compares in a time that says nothing about where the difference is.
fn same(left: &[u8], right: &[u8]) -> bool {
    let differs = left.iter().zip(right).fold(0, |differs, (left, right)| differs | (left ^ right));
    left.len() == right.len() && differs == 0
}

/// What only the store knows.
async fn look(asked: &Asked) -> Result<()> {
    let engine = &asked.engine;
    let store = engine.store();
    let connections = store.connections();
    metrics::gauge!("yijianshi_store_connections", "state" => "open")
        .set(f64::from(connections.open));
    metrics::gauge!("yijianshi_store_connections", "state" => "idle")
        .set(f64::from(connections.idle));
    metrics::gauge!("yijianshi_store_connections", "state" => "most")
        .set(f64::from(connections.most));

    let now = engine.clock().now();
    let (timers, first) = store.timers_due_before(now).await?;
    metrics::gauge!("yijianshi_timers_due").set(as_figure(timers));
    metrics::gauge!("yijianshi_timers_late_seconds").set(seconds_since(first, now));
    let off = store.database_time().await?.duration_since(Instant::now());
    metrics::gauge!("yijianshi_clock_behind_database_seconds").set(off.as_secs_f64());

    let owed = store.owed().await?;
    let oldest = oldest_owed(engine).await?;
    let mut departments = {
        let mut known = asked.departments.lock().unwrap_or_else(PoisonError::into_inner);
        known.extend(owed.iter().map(|(department, ..)| department.clone()));
        known.clone()
    };
    for (department, waiting, delivered) in owed {
        departments.remove(&department);
        let since = oldest.iter().find(|(owes, _)| *owes == department).map(|(_, since)| *since);
        tell(&department, waiting, delivered, seconds_since(since, now));
    }
    for department in departments {
        tell(&department, 0, 0, 0.0);
    }
    Ok(())
}

fn tell(department: &str, waiting: u64, delivered: u64, oldest_s: f64) {
    let department = department.to_owned();
    for (state, count) in [("waiting", waiting), ("delivered", delivered)] {
        metrics::gauge!(
            "yijianshi_outbox_owed", "department" => department.clone(), "state" => state
        )
        .set(as_figure(count));
    }
    metrics::gauge!("yijianshi_outbox_oldest_seconds", "department" => department).set(oldest_s);
}

/// Since when each department owes the receipt of its oldest sending.
async fn oldest_owed(engine: &Engine) -> Result<Vec<(String, Instant)>> {
    let mut oldest: Vec<(String, Instant)> = Vec::new();
    for owed in engine.store().oldest_owed(OLDEST_OF).await? {
        let Some(at) = sent_at(engine, owed.case_id, owed.dispatch_id).await else { continue };
        match oldest.last_mut() {
            Some((department, since)) if *department == owed.department => *since = at.min(*since),
            _ => oldest.push((owed.department, at)),
        }
    }
    Ok(oldest)
}

async fn sent_at(engine: &Engine, case: CaseId, dispatch: DispatchId) -> Option<Instant> {
    let case = engine.case(case).await.ok()??;
    Some(case.service_of(dispatch)?.sending(dispatch)?.dispatched_at)
}

fn seconds_since(since: Option<Instant>, now: Instant) -> f64 {
    since.map_or(0.0, |since| now.duration_since(since).as_secs_f64().max(0.0))
}

fn as_figure(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

fn describe() {
    use metrics::{describe_counter, describe_gauge, describe_histogram};
    describe_counter!("yijianshi_requests_total", "Requests by route template, method and status.");
    describe_histogram!("yijianshi_request_seconds", "How long an answer took, by route template.");
    describe_counter!("yijianshi_commands_total", "Commands on cases by action and outcome.");
    describe_histogram!("yijianshi_command_seconds", "From a command's arrival to its commit.");
    describe_histogram!("yijianshi_batch_commands", "Commands that shared a transaction.");
    describe_counter!("yijianshi_sendings_total", "Attempts to send, by department and outcome.");
    describe_counter!("yijianshi_sealed_errors_total", "Sealed values or keys that did not open.");
    describe_gauge!("yijianshi_outbox_owed", "Sendings that no receipt has closed, by department.");
    describe_gauge!("yijianshi_outbox_oldest_seconds", "Age of the oldest of them.");
    describe_gauge!("yijianshi_timers_due", "Timers that are due and in nobody's hands.");
    describe_gauge!("yijianshi_timers_late_seconds", "How late the first of them is.");
    describe_gauge!("yijianshi_store_connections", "Connections of this node to its database.");
    describe_gauge!("yijianshi_store_up", "1 when the store answered just now.");
    describe_gauge!(
        "yijianshi_clock_behind_database_seconds",
        "How far this node's clock is behind the database's."
    );
    describe_gauge!("yijianshi_build_info", "Always 1; its label says which version this is.");
}

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn only_the_whole_token_is_the_token() {
        assert!(same(b"0123456789abcdef", b"0123456789abcdef"));
        for other in [b"0123456789abcdee".as_slice(), b"0123456789abcde", b"", b"0123456789abcdeff"]
        {
            assert!(!same(other, b"0123456789abcdef"), "{other:?}");
        }
    }
}
