//! Processes that are hubs, and the people who talk to them: whoever gets no answer, or is told that it failed, sends
//! the same again.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use store_port::fresh_id;
use vocabulary::{CaseId, CommandId};

use crate::place::{Place, sample};

/// A node that does not get ready in this time never will.
const READY_WITHIN: Duration = Duration::from_secs(60);
/// Who was told that it failed waits this long.
const PAUSE: Duration = Duration::from_millis(100);

/// One process.
pub(crate) struct Node {
    child: Child,
    stdin: ChildStdin,
    name: usize,
}

impl Node {
    fn start(name: usize, command: &mut Command, said: &Sender<(usize, String)>) -> Self {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let stdin = child.stdin.take().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (ready, is_ready) = channel();
        let said = said.clone();
        std::thread::spawn(move || {
            // Nobody waits for one that was not ready in time.
            let _ = ready.send(lines.next().and_then(Result::ok));
            for line in lines.map_while(Result::ok) {
                if said.send((name, line)).is_err() {
                    return;
                }
            }
        });
        let node = Self { child, stdin, name };
        let first = is_ready.recv_timeout(READY_WITHIN).ok().flatten();
        assert_eq!(first.as_deref(), Some("ready"));
        node
    }

    /// A node that was killed reads nothing: whoever talks to it does not know that yet.
    pub(crate) fn say(&mut self, line: &str) {
        let _ = writeln!(self.stdin, "{line}").and_then(|()| self.stdin.flush());
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn signal(&self, signal: &str) {
        let pid = self.pid().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
    }

    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // SIGKILL: no handler, no flush, no goodbye. One that has ended cannot be killed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What somebody remembers of one submission until it is acknowledged.
#[derive(Clone, Debug)]
struct Submission {
    draft: String,
    command: CommandId,
}

/// All people, with the nodes that they talk to.
pub(crate) struct Crowd {
    said: Receiver<(usize, String)>,
    saying: Sender<(usize, String)>,
    pub(crate) nodes: Vec<Node>,
    begun: usize,
    /// Submitted, and not acknowledged yet.
    waiting: BTreeMap<String, Submission>,
    /// Told that it failed, since when.
    failed: BTreeMap<String, Instant>,
    pub(crate) acknowledged: BTreeMap<String, CaseId>,
    /// Codes that they were told.
    pub(crate) told: BTreeSet<String>,
}

impl Crowd {
    pub(crate) fn new() -> Self {
        let (saying, said) = channel();
        Self {
            said,
            saying,
            nodes: Vec::new(),
            begun: 0,
            waiting: BTreeMap::new(),
            failed: BTreeMap::new(),
            acknowledged: BTreeMap::new(),
            told: BTreeSet::new(),
        }
    }

    /// A node of the place on a port.
    pub(crate) fn node(&mut self, place: &Place, port: u16, more: &[&str]) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_yijianshi"));
        self.node_by(place, port, more, &mut command);
    }

    /// The same, started by another program.
    pub(crate) fn node_by(
        &mut self,
        place: &Place,
        port: u16,
        more: &[&str],
        command: &mut Command,
    ) {
        command.arg("load-test-node").arg("--data").arg(&place.data);
        command.arg("--definitions").arg(sample()).args(["--port", &port.to_string()]);
        if let Some(url) = &place.url {
            command.args(["--database", url]);
        }
        let log = std::fs::File::options().create(true).append(true).open(place.log()).unwrap();
        command.args(more).stderr(log);
        self.begun += 1;
        let node = Node::start(self.begun, command, &self.saying);
        self.nodes.push(node);
    }

    /// Kills the node at a place; what it said before was heard.
    pub(crate) fn kill(&mut self, at: usize) {
        drop(self.nodes.remove(at));
    }

    /// Talks to some node.
    pub(crate) fn say(&mut self, line: &str) {
        let at = line.len() % self.nodes.len().max(1);
        if let Some(node) = self.nodes.get_mut(at) {
            node.say(line);
        }
    }

    /// Talks to every node.
    pub(crate) fn say_to_all(&mut self, line: &str) {
        for node in &mut self.nodes {
            node.say(line);
        }
    }

    /// So many people come in.
    pub(crate) fn come(&mut self, round: u32, people: u32) {
        for person in 0..people {
            // Names of different lengths go to different nodes.
            let name = if person % 2 == 0 { "p" } else { "pp" };
            self.say(&format!("prepare r{round}{name}{person}"));
        }
    }

    fn hear(&mut self, from: usize, line: &str) {
        let words: Vec<&str> = line.split(' ').collect();
        match words.as_slice() {
            ["draft", key, draft] => {
                let submission =
                    Submission { draft: (*draft).to_owned(), command: CommandId(fresh_id()) };
                let said = submit(key, &submission);
                self.waiting.insert((*key).to_owned(), submission);
                match self.nodes.iter_mut().find(|node| node.name == from) {
                    Some(node) => node.say(&said),
                    None => self.say(&said),
                }
            }
            ["ack", key, case] => {
                let case: CaseId = case.parse().unwrap();
                self.waiting.remove(*key);
                self.failed.remove(*key);
                let before = self.acknowledged.insert((*key).to_owned(), case);
                assert!(before.is_none_or(|before| before == case), "{key} became two cases");
            }
            ["fault", key, code] => {
                self.told.insert((*code).to_owned());
                if self.waiting.contains_key(*key) {
                    self.failed.insert((*key).to_owned(), Instant::now());
                }
            }
            ["clock"] => {}
            _ => panic!("a node says: {line}"),
        }
    }

    /// Lets them talk for a while, or until something is so.
    pub(crate) fn talk(&mut self, within: Duration, enough: impl Fn(&Self) -> bool) {
        let until = Instant::now() + within;
        while !enough(self) {
            let now = Instant::now();
            if now >= until {
                return;
            }
            let due: Vec<String> = self
                .failed
                .iter()
                .filter(|(_, since)| now.duration_since(**since) >= PAUSE)
                .map(|(key, _)| key.clone())
                .collect();
            for key in due {
                self.failed.remove(&key);
                self.send_again(&key);
            }
            match self.said.recv_timeout((until - now).min(PAUSE)) {
                Ok((from, line)) => self.hear(from, &line),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => panic!("there is nobody to talk to"),
            }
        }
    }

    fn send_again(&mut self, key: &str) {
        if let Some(said) = self.waiting.get(key).map(|submission| submit(key, submission)) {
            self.say(&said);
        }
    }

    /// Whoever has no answer sends the same once more.
    pub(crate) fn all_send_again(&mut self) {
        let keys: Vec<String> = self.waiting.keys().cloned().collect();
        for key in keys {
            self.send_again(&key);
        }
    }

    /// Until everybody has been told his case number.
    pub(crate) fn all_are_answered(&mut self, within: Duration) {
        let until = Instant::now() + within;
        while !self.waiting.is_empty() {
            assert!(Instant::now() < until, "without an answer: {:?}", self.waiting);
            self.all_send_again();
            self.talk(Duration::from_secs(2), |crowd| crowd.waiting.is_empty());
        }
    }

    /// Until so many have been.
    pub(crate) fn so_many_are_answered(&mut self, count: usize, within: Duration) {
        self.talk(within, |crowd| crowd.acknowledged.len() >= count);
        let waiting = self.waiting.keys().collect::<Vec<_>>();
        assert!(self.acknowledged.len() >= count, "{:?}; {waiting:?}", self.told);
    }
}

fn submit(key: &str, submission: &Submission) -> String {
    format!("submit {key} {} {}", submission.draft, submission.command)
}

/// Whether a process stands where it was put, for tests that pause one.
pub(crate) fn is_stopped(pid: u32) -> bool {
    let stat = std::fs::read_to_string(Path::new("/proc").join(pid.to_string()).join("stat"));
    stat.is_ok_and(|stat| stat.rsplit_once(')').is_some_and(|(_, rest)| rest.starts_with(" T")))
}
