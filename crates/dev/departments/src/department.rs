//! One simulated department: a real HTTP server on loopback, its journal, its desk, and the tellers that
//! carry replies to the hub until it has heard them.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use casework::DispatchKind;
use exchange::signing::Message;
use exchange::{DepartmentRequest, PROBLEM_MEDIA_TYPE, Problem, REQUESTS, WireReply, wire};
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;
use vocabulary::{DispatchId, Instant};

use crate::behaviour::{Behaviour, Timing};
use crate::desk::Desk;
use crate::hub::{Heard, Hub};
use crate::journal::{Journal, JournalFault, LedgerLine, Told};
use crate::receiver::{self, Gate, NotTaken, lock};
use crate::spec::DepartmentSpec;

/// A server that is told to close has this long for what is under way.
const CLOSING: Duration = Duration::from_secs(2);

#[derive(Debug)]
pub(crate) struct Department {
    pub(crate) spec: DepartmentSpec,
    timing: Timing,
    time_zone: TimeZone,
    behaviour: watch::Sender<Behaviour>,
    gate: Gate,
    journal: Mutex<Journal>,
    /// Sendings that a teller is at work on.
    telling: Mutex<BTreeSet<DispatchId>>,
    hub: Hub,
    /// Seconds by which this department's calendar is ahead of the real time; signatures go by the real one.
    ahead_s: AtomicI64,
}

impl Department {
    pub(crate) fn new(
        spec: DepartmentSpec,
        behaviour: Behaviour,
        timing: Timing,
        time_zone: TimeZone,
        gate: Gate,
        hub: Hub,
        journal: Journal,
    ) -> Arc<Self> {
        Arc::new(Self {
            spec,
            timing,
            time_zone,
            behaviour: watch::Sender::new(behaviour),
            gate,
            journal: Mutex::new(journal),
            telling: Mutex::default(),
            hub,
            ahead_s: AtomicI64::new(0),
        })
    }

    pub(crate) fn behaviour(&self) -> Behaviour {
        *self.behaviour.borrow()
    }

    /// From now on; what was answered before stays as it is.
    pub(crate) fn set_behaviour(&self, behaviour: Behaviour) {
        self.behaviour.send_replace(behaviour);
    }

    /// Lives so far ahead of the real time from now on.
    pub(crate) fn set_ahead(&self, ahead: SignedDuration) {
        self.ahead_s.store(ahead.as_secs(), Ordering::SeqCst);
    }

    fn now(&self) -> Instant {
        let ahead = SignedDuration::from_secs(self.ahead_s.load(Ordering::SeqCst));
        let now = Instant::now();
        now.checked_add(ahead).unwrap_or(now)
    }

    pub(crate) fn ledger(&self) -> Vec<LedgerLine> {
        lock(&self.journal).lines().cloned().collect()
    }

    /// Goes on with what was not said when it was stopped.
    pub(crate) fn resume(self: &Arc<Self>) {
        let unfinished = lock(&self.journal).unfinished();
        for dispatch in unfinished {
            self.tell(dispatch);
        }
    }

    pub(crate) fn router(self: &Arc<Self>) -> Router {
        Router::new()
            .route(REQUESTS, post(requests))
            .layer(DefaultBodyLimit::max(wire::BODY_BYTES_MAX))
            .with_state(Arc::clone(self))
    }

    fn receive(
        self: &Arc<Self>,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<serde_json::Value, NotTaken> {
        let message = Message { method: "POST", path: REQUESTS, body };
        self.gate.verify(message, headers, Instant::now())?;
        let now = self.now();
        let mut journal = lock(&self.journal);
        let taken = receiver::take(&mut journal, body, now)?;
        let dispatch = taken.request.dispatch_id;
        if taken.first {
            self.decide(&mut journal, &taken.request, now)?;
        } else {
            journal.say_again(dispatch);
        }
        drop(journal);
        self.tell(dispatch);
        Ok(taken.answer)
    }

    /// Puts into the journal what will be said about a request.
    fn decide(
        &self,
        journal: &mut Journal,
        request: &DepartmentRequest,
        now: Instant,
    ) -> Result<(), JournalFault> {
        let decided = match request.kind {
            DispatchKind::Withdrawal => take_back(journal, request)?,
            _ => has_decided(journal, request),
        };
        let desk = Desk {
            spec: &self.spec,
            behaviour: self.behaviour(),
            timing: &self.timing,
            time_zone: &self.time_zone,
            now,
        };
        for (due_at, reply) in desk.answer(request, decided) {
            journal.plan(due_at, reply)?;
        }
        Ok(())
    }

    /// Says what is planned about a sending, one thing after the other, unless somebody is at it already.
    fn tell(self: &Arc<Self>, dispatch: DispatchId) {
        if !lock(&self.telling).insert(dispatch) {
            return;
        }
        let department = Arc::clone(self);
        tokio::spawn(async move { while department.tell_next(dispatch).await {} });
    }

    /// Says the next thing; false when all is said, which is decided under the lock that `tell` takes.
    async fn tell_next(&self, dispatch: DispatchId) -> bool {
        let next = {
            let mut telling = lock(&self.telling);
            let journal = lock(&self.journal);
            let next = journal
                .planned(dispatch)
                .iter()
                .find(|planned| matches!(planned.state, Told::Pending | Told::Sending))
                .cloned();
            if next.is_none() {
                telling.remove(&dispatch);
            }
            next
        };
        let Some(next) = next else { return false };
        let seq = next.reply.department_seq;
        let wait = next.due_at.duration_since(self.now());
        tokio::time::sleep(wait.try_into().unwrap_or(Duration::ZERO)).await;
        let mut pause = self.timing.retry_first;
        loop {
            self.while_down().await;
            if !lock(&self.journal).begin(dispatch, seq) {
                return true;
            }
            let kept = match self.hub.say(&next.reply).await {
                Heard::Yes => {
                    if self.behaviour() == Behaviour::Twice {
                        self.hub.say(&next.reply).await;
                    }
                    lock(&self.journal).told(dispatch, seq)
                }
                Heard::Disputed => lock(&self.journal).disputed(dispatch, seq),
                Heard::NotNow => {
                    tokio::time::sleep(pause).await;
                    pause = pause.saturating_mul(2).min(self.timing.retry_most);
                    continue;
                }
            };
            if let Err(fault) = kept {
                tracing::error!(error = %fault, department = %self.spec.id, "journal");
                tokio::time::sleep(self.timing.retry_most).await;
            }
            return true;
        }
    }

    async fn while_down(&self) {
        let mut behaviour = self.behaviour.subscribe();
        // The sender lives as long as `self`.
        let _ = behaviour.wait_for(|behaviour| *behaviour != Behaviour::Down).await;
    }
}

/// What else came about the same service of the same case.
fn others(journal: &Journal, request: &DepartmentRequest) -> Vec<DispatchId> {
    let same = |line: &&LedgerLine| {
        let member = request.member.as_ref().map(|member| format!("~{member}")).unwrap_or_default();
        line.case_number == request.case_number
            && line.node == format!("{}{member}", request.service)
            && line.dispatch != request.dispatch_id
    };
    journal.lines().filter(same).map(|line| line.dispatch).collect()
}

const fn decides(reply: &WireReply) -> bool {
    matches!(
        reply,
        WireReply::Granted { .. } | WireReply::Refused { .. } | WireReply::NotAccepted { .. }
    )
}

/// A yes or no to this service is said or about to be said.
fn has_decided(journal: &Journal, request: &DepartmentRequest) -> bool {
    let stands = |state: Told| matches!(state, Told::Pending | Told::Sending | Told::Heard);
    others(journal, request).into_iter().any(|dispatch| {
        let mut planned = journal.planned(dispatch).iter();
        planned.any(|planned| stands(planned.state) && decides(&planned.reply.reply))
    })
}

/// What has not been said about the service yet is not said any more, except receipts; true when the
/// decision may have been heard already.
fn take_back(journal: &mut Journal, request: &DepartmentRequest) -> Result<bool, JournalFault> {
    let mut unsaid = Vec::new();
    for dispatch in others(journal, request) {
        for planned in journal.planned(dispatch) {
            match planned.state {
                Told::Sending | Told::Heard if decides(&planned.reply.reply) => return Ok(true),
                Told::Pending if planned.reply.reply != WireReply::Received => {
                    unsaid.push((dispatch, planned.reply.department_seq));
                }
                _ => {}
            }
        }
    }
    for (dispatch, seq) in unsaid {
        journal.cancel(dispatch, seq)?;
    }
    Ok(false)
}

async fn requests(
    State(department): State<Arc<Department>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match department.receive(&headers, &body) {
        Ok(answer) => axum::Json(answer).into_response(),
        Err(fault) => problem(&fault),
    }
}

/// The fault as a problem document.
pub(crate) fn problem(fault: &NotTaken) -> Response {
    let (code, status) = fault.code_and_status();
    let problem = Problem::new(code, status, fault.to_string());
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let media_type = [(header::CONTENT_TYPE, PROBLEM_MEDIA_TYPE)];
    (status, media_type, serde_json::to_string(&problem).unwrap_or_default()).into_response()
}

/// A listening server that can really be closed: then connections are refused.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    router: Router,
    running: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
}

impl Server {
    /// Listens on a free port of this machine.
    pub(crate) async fn open(router: Router) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let mut server = Self { address, router, running: None };
        server.serve(listener);
        Ok(server)
    }

    pub(crate) fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Listens again, on the same port.
    pub(crate) async fn reopen(&mut self) -> std::io::Result<()> {
        if self.running.is_none() {
            let listener = TcpListener::bind(self.address).await?;
            self.serve(listener);
        }
        Ok(())
    }

    /// Stops listening and closes every connection.
    pub(crate) async fn close(&mut self) {
        let Some((stop, mut serving)) = self.running.take() else { return };
        // It may have ended by itself.
        let _ = stop.send(());
        if tokio::time::timeout(CLOSING, &mut serving).await.is_err() {
            serving.abort();
        }
    }

    fn serve(&mut self, listener: TcpListener) {
        let (stop, stopped) = oneshot::channel();
        let router = self.router.clone();
        let serving = tokio::spawn(async move {
            let stopped = async {
                // A dropped sender closes too.
                let _ = stopped.await;
            };
            if let Err(fault) = axum::serve(listener, router).with_graceful_shutdown(stopped).await
            {
                tracing::error!(error = %fault, "a simulated server ended");
            }
        });
        self.running = Some((stop, serving));
    }
}
