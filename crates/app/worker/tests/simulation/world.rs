//! The world of one run: everything that waits stands in one list, and chance alone says what goes on next. Time
//! passes only here. The same number gives the same run, to the byte.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::SignedDuration;
use tokio::sync::{Semaphore, oneshot};
use vocabulary::{DispatchId, Instant};

use crate::chance::Chance;
use crate::faults::{Fault, Faults};

/// How many nodes the hub has.
pub(crate) const NODES: usize = 2;

/// Who waits at the gate.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Who {
    /// A node in one of its lives.
    Node { node: usize, life: u64 },
    /// Applicants, departments, the network.
    Outside,
}

/// What the gate says to a call of the store.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Pass {
    On,
    /// Nothing was done, and the caller knows.
    Fails,
    DoneInDoubt,
    NotDoneInDoubt,
}

struct Ticket {
    who: Who,
    what: String,
    /// A call of the store, before or after it was done.
    store: Option<(&'static str, bool)>,
    not_before: Instant,
    go: oneshot::Sender<Pass>,
}

struct Node {
    life: u64,
    up: bool,
    paused_until: Option<Instant>,
    skew: SignedDuration,
    /// Closed when the life ends: whoever waits for an answer hears that the connection broke. All of them in the order
    /// in which they came, which `watch` would leave to tokio's own chance.
    ends: Arc<Semaphore>,
}

struct State {
    chance: Chance,
    faults: Faults,
    /// Nothing fails any more.
    calm: bool,
    next: u64,
    tickets: BTreeMap<u64, Ticket>,
    nodes: Vec<Node>,
    trace: Vec<String>,
    met: BTreeMap<&'static str, u64>,
    wrong: Option<String>,
    /// The last lease of each sending.
    fences: BTreeMap<DispatchId, u64>,
}

/// The world. Cheap to clone.
#[derive(Clone)]
pub(crate) struct World {
    state: Arc<Mutex<State>>,
    began: tokio::time::Instant,
    start: Instant,
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("World")
    }
}

/// Who goes on next.
enum Choice {
    Nobody,
    Wait(Duration),
    One(Ticket),
}

/// What one step of the world was.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Step {
    Done,
    /// A node died and comes back at this time.
    Crashed(usize),
    /// Nobody waits for anything.
    Nothing,
}

impl World {
    pub(crate) fn new(seed: u64, faults: Faults) -> Self {
        let node = |_| Node {
            life: 1,
            up: true,
            paused_until: None,
            skew: SignedDuration::ZERO,
            ends: Arc::new(Semaphore::new(0)),
        };
        let state = State {
            chance: Chance::of(seed),
            faults,
            calm: false,
            next: 0,
            tickets: BTreeMap::new(),
            nodes: (0..NODES).map(node).collect(),
            trace: Vec::new(),
            met: BTreeMap::new(),
            wrong: None,
            fences: BTreeMap::new(),
        };
        Self {
            state: Arc::new(Mutex::new(state)),
            began: tokio::time::Instant::now(),
            start: "2026-03-30T09:00:00+08:00".parse().unwrap(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn now(&self) -> Instant {
        let passed = SignedDuration::try_from(self.began.elapsed()).unwrap();
        self.start.checked_add(passed).unwrap()
    }

    /// So long since the run began.
    pub(crate) fn days(&self) -> u64 {
        self.began.elapsed().as_secs() / 86_400
    }

    /// Draws.
    pub(crate) fn draw<T>(&self, draw: impl FnOnce(&mut Chance) -> T) -> T {
        draw(&mut self.lock().chance)
    }

    pub(crate) fn below(&self, end: usize) -> usize {
        self.draw(|chance| chance.below(end))
    }

    pub(crate) fn once_in(&self, times: i64) -> bool {
        self.draw(|chance| chance.once_in(times))
    }

    /// From so many to so many seconds, more often short than long.
    pub(crate) fn seconds(&self, from: i64, to: i64) -> Duration {
        let drawn = self.draw(|chance| {
            let far = chance.within(from..to + 1);
            if chance.once_in(2) { chance.within(from..far + 1) } else { far }
        });
        Duration::from_secs(u64::try_from(drawn).unwrap())
    }

    /// Whether this fault happens here and now, once in so many times.
    pub(crate) fn strikes(&self, fault: Fault, times: i64) -> bool {
        let mut state = self.lock();
        // Drawn in any case: a fault that is switched off moves the others as little as possible.
        let drawn = state.chance.once_in(times);
        let strikes = drawn && !state.calm && state.faults.has(fault);
        if strikes {
            *state.met.entry(fault.as_str()).or_default() += 1;
        }
        strikes
    }

    pub(crate) fn note(&self, what: impl fmt::Display) {
        let now = self.now();
        self.lock().trace.push(format!("{now} {what}"));
    }

    pub(crate) fn met(&self, what: &'static str) {
        *self.lock().met.entry(what).or_default() += 1;
    }

    /// Something that must never be: the first is kept.
    pub(crate) fn wrong(&self, what: impl fmt::Display) {
        self.note(format!("WRONG: {what}"));
        let mut state = self.lock();
        if state.wrong.is_none() {
            state.wrong = Some(what.to_string());
        }
    }

    pub(crate) fn is_wrong(&self) -> bool {
        self.lock().wrong.is_some()
    }

    pub(crate) fn calm_down(&self) {
        let mut state = self.lock();
        state.calm = true;
        for node in &mut state.nodes {
            node.paused_until = None;
            node.skew = SignedDuration::ZERO;
        }
    }

    pub(crate) fn is_calm(&self) -> bool {
        self.lock().calm
    }

    /// What became of the run.
    pub(crate) fn report(&self) -> (Option<String>, Vec<String>, BTreeMap<&'static str, u64>) {
        let mut state = self.lock();
        (state.wrong.take(), std::mem::take(&mut state.trace), std::mem::take(&mut state.met))
    }

    async fn wait(
        &self,
        who: Who,
        what: String,
        store: Option<(&'static str, bool)>,
        not_before: Instant,
    ) -> Pass {
        let (go, gone) = oneshot::channel();
        if self.is_over(who) {
            // Of an earlier life: it does nothing any more.
            return std::future::pending().await;
        }
        self.line_up(Ticket { who, what, store, not_before, go });
        match gone.await {
            Ok(pass) => pass,
            Err(_) => std::future::pending().await,
        }
    }

    fn is_over(&self, who: Who) -> bool {
        match who {
            Who::Outside => false,
            Who::Node { node, life } => self.lock().nodes[node].life != life,
        }
    }

    fn line_up(&self, ticket: Ticket) {
        let mut state = self.lock();
        let number = state.next;
        state.next += 1;
        state.tickets.insert(number, ticket);
    }

    /// Somebody outside waits so long, and then for his turn.
    pub(crate) async fn pause(&self, what: impl fmt::Display, at_least: Duration) {
        let not_before = self.now().saturating_add(SignedDuration::try_from(at_least).unwrap());
        self.wait(Who::Outside, what.to_string(), None, not_before.unwrap()).await;
    }

    /// A node waits for its turn.
    pub(crate) async fn turn(&self, who: Who, what: impl fmt::Display, at_least: Duration) {
        let not_before = self.now().saturating_add(SignedDuration::try_from(at_least).unwrap());
        self.wait(who, what.to_string(), None, not_before.unwrap()).await;
    }

    pub(crate) fn life(&self, node: usize) -> Who {
        Who::Node { node, life: self.lock().nodes[node].life }
    }

    /// A node that is up, by chance.
    pub(crate) fn some_node(&self) -> Option<usize> {
        let mut state = self.lock();
        let up: Vec<usize> = (0..NODES).filter(|node| state.nodes[*node].up).collect();
        if up.is_empty() { None } else { Some(state.chance.one_of(&up)) }
    }

    /// Ends when the node's present life does.
    pub(crate) fn end_of(&self, node: usize) -> impl Future<Output = ()> + Send + 'static {
        let ends = Arc::clone(&self.lock().nodes[node].ends);
        async move { drop(ends.acquire().await) }
    }

    pub(crate) fn skew(&self, node: usize) -> SignedDuration {
        self.lock().nodes[node].skew
    }

    fn crash(&self, node: usize) {
        let dropped: Vec<Ticket>;
        {
            let mut state = self.lock();
            let life = state.nodes[node].life;
            let dead = Who::Node { node, life };
            let gone: Vec<u64> =
                state.tickets.iter().filter(|(_, it)| it.who == dead).map(|(at, _)| *at).collect();
            dropped = gone.iter().filter_map(|at| state.tickets.remove(at)).collect();
            let it = &mut state.nodes[node];
            it.life += 1;
            it.up = false;
            it.paused_until = None;
            std::mem::replace(&mut it.ends, Arc::new(Semaphore::new(0))).close();
        }
        self.note(format!("node {node} dies with {} things under way", dropped.len()));
    }

    /// The node lives again.
    pub(crate) fn revive(&self, node: usize) {
        self.lock().nodes[node].up = true;
        self.note(format!("node {node} is back"));
    }

    /// Everything that can go on without the world does so; then a thousandth of a second has passed.
    pub(crate) async fn settle(&self) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }

    /// Lets one of those that wait go on, or time pass until one may.
    pub(crate) async fn step(&self) -> Step {
        self.settle().await;
        loop {
            match self.choose() {
                Choice::Nobody => return Step::Nothing,
                Choice::One(ticket) => return self.release(ticket),
                Choice::Wait(by) => {
                    tokio::time::advance(by).await;
                    self.settle().await;
                }
            }
        }
    }

    fn choose(&self) -> Choice {
        let now = self.now();
        let mut state = self.lock();
        let free = |ticket: &Ticket| match ticket.who {
            Who::Outside => ticket.not_before,
            Who::Node { node, .. } => {
                let paused = state.nodes[node].paused_until.unwrap_or(Instant::MIN);
                ticket.not_before.max(paused)
            }
        };
        let Some(first) = state.tickets.values().map(free).min() else { return Choice::Nobody };
        let able: Vec<u64> =
            state.tickets.iter().filter(|(_, it)| free(it) <= now).map(|(at, _)| *at).collect();
        let later = state.tickets.values().map(free).filter(|at| *at > now).min();
        // Sometimes the world goes on although somebody could.
        let slow = state.chance.once_in(60) && !state.calm && state.faults.has(Fault::Slow);
        let wait = match (able.is_empty(), later) {
            (true, _) => Some(first),
            (false, Some(later)) if slow => Some(later),
            (false, _) => None,
        };
        if let Some(until) = wait {
            return Choice::Wait(Duration::try_from(until.duration_since(now)).unwrap());
        }
        let number = state.chance.one_of(&able);
        Choice::One(state.tickets.remove(&number).unwrap())
    }

    /// Lets it go on, unless something happens to it.
    fn release(&self, ticket: Ticket) -> Step {
        let Ticket { who, what, store, go, .. } = ticket;
        let mut pass = Pass::On;
        if let Who::Node { node, .. } = who {
            if self.strikes(Fault::Crash, 250) {
                self.note(format!("at `{what}`"));
                self.crash(node);
                return Step::Crashed(node);
            }
            if self.strikes(Fault::Zombie, 300) {
                let pause = self.seconds(1, 200_000);
                let pause = SignedDuration::try_from(pause).unwrap();
                let until = self.now().saturating_add(pause).unwrap();
                self.lock().nodes[node].paused_until = Some(until);
                self.note(format!("node {node} stands still until {until}"));
            }
            if self.strikes(Fault::Clock, 300) {
                let by = self.draw(|chance| {
                    let minutes = chance.one_of(&[0, 0, 1, 4, 10, 24 * 60]);
                    chance.one_of(&[1, -1]) * minutes
                });
                self.lock().nodes[node].skew = SignedDuration::from_mins(by);
                self.note(format!("the clock of node {node} is {by} minutes ahead"));
            }
            if let Some((name, false)) = store {
                pass = self.pass(name);
            }
        }
        if pass != Pass::On || !what.ends_with("-") {
            self.note(format!("{who} {what}{}", if pass == Pass::On { "" } else { " fails" }));
        }
        // Whoever waited may have gone.
        let _ = go.send(pass);
        Step::Done
    }

    fn pass(&self, name: &'static str) -> Pass {
        if self.strikes(Fault::Store, 80) {
            return Pass::Fails;
        }
        if name == "append" && self.strikes(Fault::Doubt, 20) {
            return if self.once_in(2) { Pass::DoneInDoubt } else { Pass::NotDoneInDoubt };
        }
        Pass::On
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Node { node, .. } => write!(f, "node {node}:"),
            Self::Outside => f.write_str("outside:"),
        }
    }
}

/// The way of one node's calls into the world; without a node nothing is stopped.
#[derive(Clone, Debug)]
pub(crate) struct Gate {
    pub(crate) world: World,
    pub(crate) who: Option<Who>,
}

impl Gate {
    /// For the trace.
    pub(crate) fn note(&self, what: impl fmt::Display) {
        if let Some(who) = self.who {
            self.world.note(format!("{who} {what}"));
        }
    }

    /// A lease was given.
    pub(crate) fn claimed(&self, dispatch: DispatchId, fence: u64) {
        self.world.lock().fences.insert(dispatch, fence);
    }

    /// Whoever has no lease any more changes nothing.
    pub(crate) fn written(&self, dispatch: DispatchId, fence: u64, written: bool) {
        let last = self.world.lock().fences.get(&dispatch).copied().unwrap_or_default();
        if written && fence != last {
            self.world.wrong(format!("lease {fence} wrote {dispatch}, but {last} holds"));
        }
        if fence != last {
            self.world.met("lease over");
        }
    }

    pub(crate) async fn before(&self, what: &'static str) -> Pass {
        let Some(who) = self.who else { return Pass::On };
        let now = self.world.now();
        self.world.wait(who, what.to_owned(), Some((what, false)), now).await
    }

    pub(crate) async fn after(&self, what: &'static str) {
        let Some(who) = self.who else { return };
        let changes = ["append", "claim", "retry", "delivered", "due_timers", "insert_sealed"];
        if changes.contains(&what) {
            let now = self.world.now();
            self.world.wait(who, format!("after {what}"), Some((what, true)), now).await;
        }
    }
}

/// A node's own clock.
#[derive(Debug)]
pub(crate) struct NodeClock {
    pub(crate) world: World,
    pub(crate) node: Option<usize>,
}

impl engine::Clock for NodeClock {
    fn now(&self) -> Instant {
        let skew = self.node.map_or(SignedDuration::ZERO, |node| self.world.skew(node));
        self.world.now().saturating_add(skew).unwrap()
    }
}
