//! `kill -9` of the real process under load, again and again. Nothing that was acknowledged is lost, nothing is
//! half there, and no sending goes out under a second id.
//!
//! The process is a whole hub: engine, store, worker, exchange. Departments live in this test and outlast it;
//! their ledgers say what really arrived. `YIJIANSHI_KILL_ROUNDS` changes how often it is killed.

#![expect(clippy::unwrap_used, clippy::panic, reason = "the helpers of tests fail as tests do")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::net::{IpAddr, Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use casework::CaseState;
use departments::Timing;
use store_port::fresh_id;
use vocabulary::{CaseId, CommandId};
use worker::Patience;
use yijianshi::demo::{Beginning, Town};
use yijianshi::wiring::{Definitions, Hub, HubPlan, Stop};

/// How often it is killed.
const ROUNDS: u32 = 50;
/// People who come in each round.
const PEOPLE: u32 = 6;
/// A node that does not get ready in this time never will.
const READY_WITHIN: Duration = Duration::from_secs(30);
/// Services of each case: a permit, a health card, a notice.
const SERVICES: usize = 3;

/// What a client remembers of one submission until it is acknowledged: it sends the same again.
#[derive(Clone, Debug)]
struct Submission {
    draft: String,
    command: CommandId,
}

/// All that clients know.
#[derive(Default, Debug)]
struct Clients {
    /// Submitted, and not acknowledged yet.
    unacknowledged: BTreeMap<String, Submission>,
    acknowledged: BTreeMap<String, CaseId>,
}

struct Node {
    child: Child,
    stdin: ChildStdin,
    lines: Receiver<String>,
}

impl Node {
    fn start(data: &Path, definitions: &Path, port: u16) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_yijianshi"))
            .arg("load-test-node")
            .arg("--data")
            .arg(data)
            .arg("--definitions")
            .arg(definitions)
            .args(["--port", &port.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let stdin = child.stdin.take().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        let node = Self { child, stdin, lines };
        let first = node.lines.recv_timeout(READY_WITHIN);
        assert_eq!(first.as_deref(), Ok("ready"));
        node
    }

    /// A node that was killed reads nothing: the client does not know that yet.
    fn say(&mut self, line: &str) {
        let _ = writeln!(self.stdin, "{line}").and_then(|()| self.stdin.flush());
    }

    fn kill(mut self) -> Receiver<String> {
        // SIGKILL: no handler, no flush, no goodbye.
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.lines
    }
}

impl Clients {
    /// Hears one line of a node and says what follows.
    fn hear(&mut self, line: &str) -> Option<String> {
        let words: Vec<&str> = line.split(' ').collect();
        match words.as_slice() {
            ["draft", key, draft] => {
                let submission =
                    Submission { draft: (*draft).to_owned(), command: CommandId(fresh_id()) };
                let said = submit(key, &submission);
                self.unacknowledged.insert((*key).to_owned(), submission);
                Some(said)
            }
            ["ack", key, case] => {
                let case: CaseId = case.parse().unwrap();
                self.unacknowledged.remove(*key);
                let before = self.acknowledged.insert((*key).to_owned(), case);
                assert!(before.is_none_or(|before| before == case), "{key} became two cases");
                None
            }
            _ => panic!("the node says: {line}"),
        }
    }

    /// Serves a node's lines until `until`, or until it has said what is waited for.
    fn serve(&mut self, node: &mut Node, until: Instant, enough: impl Fn(&Self) -> bool) {
        while !enough(self) {
            let left = until.saturating_duration_since(Instant::now());
            match node.lines.recv_timeout(left) {
                Ok(line) => {
                    if let Some(said) = self.hear(&line) {
                        node.say(&said);
                    }
                }
                Err(RecvTimeoutError::Timeout) => return,
                Err(RecvTimeoutError::Disconnected) => panic!("the node ended by itself"),
            }
        }
    }

    fn send_again(&self, node: &mut Node) {
        for (key, submission) in &self.unacknowledged {
            node.say(&submit(key, submission));
        }
    }
}

fn submit(key: &str, submission: &Submission) -> String {
    format!("submit {key} {} {}", submission.draft, submission.command)
}

fn rounds() -> u32 {
    let wished = std::env::var("YIJIANSHI_KILL_ROUNDS").ok();
    wished.and_then(|text| text.parse().ok()).unwrap_or(ROUNDS)
}

fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../definitions/sample")
}

/// Writes down for the node where the departments are.
fn write_partners(data: &Path, town: &Town) {
    use std::fmt::Write as _;
    let mut text = String::new();
    let mut entry = |head: &str, route: &worker::Route| {
        let secret = hex::encode(&route.secret);
        let (url, key) = (&route.base_url, &route.key_id);
        writeln!(text, "{head}\nbase_url = \"{url}\"\nkey_id = \"{key}\"\nsecret = \"{secret}\"")
            .unwrap();
    };
    entry("[sources]", town.partners.sources.as_ref().unwrap());
    for (id, route) in &town.partners.departments {
        entry(&format!("[[department]]\nid = \"{id}\""), route);
    }
    std::fs::write(data.join("exchange.toml"), text).unwrap();
}

#[test]
fn nothing_acknowledged_is_lost_and_nothing_goes_out_under_a_second_id() {
    let began = Instant::now();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    std::fs::create_dir_all(&data).unwrap();
    let key = [9u8; 32];
    std::fs::write(data.join("master.key"), hex::encode(key)).unwrap();
    let definitions = Definitions::load(Some(&sample())).unwrap().unwrap();
    let port = free_port();
    let town = runtime
        .block_on(Town::start(Beginning {
            definitions: &definitions,
            hub_url: &format!("http://127.0.0.1:{port}"),
            behaviours: &[],
            timing: Timing::quick(),
            journals: None,
        }))
        .unwrap();
    write_partners(&data, &town);

    let mut clients = Clients::default();
    for round in 0..rounds() {
        let mut node = Node::start(&data, &sample(), port);
        clients.send_again(&mut node);
        for person in 0..PEOPLE {
            node.say(&format!("prepare r{round}p{person}"));
        }
        // Killed at another moment each time: while drafts are made, submissions committed, sendings under
        // way, or replies coming in.
        let moment = Duration::from_millis(u64::from(round * 37 % 100) * 10);
        clients.serve(&mut node, Instant::now() + moment, |_| false);
        let lines = node.kill();
        // What it had said before it died was heard.
        for line in lines.try_iter() {
            clients.hear(&line);
        }
    }
    let mut node = Node::start(&data, &sample(), port);
    clients.send_again(&mut node);
    let until = Instant::now() + Duration::from_secs(30);
    clients.serve(&mut node, until, |clients| clients.unacknowledged.is_empty());
    for line in node.kill().try_iter() {
        clients.hear(&line);
    }
    assert!(clients.unacknowledged.is_empty(), "{:?}", clients.unacknowledged);
    let killed = began.elapsed();

    runtime.block_on(look(&definitions, &data, key, port, &town, &clients));
    println!(
        "{} rounds, {} cases acknowledged; killed after {:.1} s, looked at after {:.1} s",
        rounds(),
        clients.acknowledged.len(),
        killed.as_secs_f64(),
        began.elapsed().as_secs_f64(),
    );
    assert!(clients.acknowledged.len() as u32 >= rounds(), "there was a load");
}

/// Lets the hub finish what it owes, and looks at everything.
async fn look(
    definitions: &Definitions,
    data: &Path,
    master_key: [u8; 32],
    port: u16,
    town: &Town,
    clients: &Clients,
) {
    let address = (IpAddr::V4(Ipv4Addr::LOCALHOST), port);
    let listener = tokio::net::TcpListener::bind(address).await.unwrap();
    let hub = Hub::open(HubPlan {
        definitions,
        data,
        database: None,
        master_key,
        partners: town.partners.clone(),
        demo: None,
        clock: Arc::new(yijianshi::wiring::SystemClock),
        patience: Patience::short(),
        secure_cookies: false,
    })
    .await
    .unwrap();
    let (_trigger, stop) = Stop::by_hand();
    tokio::spawn({
        let (hub, stop) = (hub.clone(), stop.clone());
        async move { hub.serve(listener, stop).await.unwrap() }
    });
    tokio::spawn({
        let hub = hub.clone();
        async move { hub.work(stop).await }
    });

    let mut cases = Vec::new();
    while let page = hub.engine.store().list_case_ids(cases.last().copied(), 200).await.unwrap()
        && !page.is_empty()
    {
        cases.extend(page);
    }
    let known: BTreeSet<CaseId> = cases.iter().copied().collect();
    for (key, case) in &clients.acknowledged {
        assert!(known.contains(case), "{key} was acknowledged and is lost");
    }
    // A case that nobody heard of was sent again by its client until it was acknowledged.
    let acknowledged: BTreeSet<CaseId> = clients.acknowledged.values().copied().collect();
    assert_eq!(known, acknowledged, "one case for each submission");

    let until = Instant::now() + Duration::from_secs(60);
    let mut sent = BTreeSet::new();
    for id in cases {
        let case = loop {
            let case = hub.engine.case(id).await.unwrap().unwrap();
            if case.state() == CaseState::Done {
                break case;
            }
            let states: Vec<_> = case.services.iter().map(|service| service.state).collect();
            assert!(Instant::now() < until, "{id} does not end: {states:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        assert_eq!(case.services.len(), SERVICES);
        for service in &case.services {
            assert_eq!(service.sendings.len(), 1);
            sent.extend(service.sendings.iter().map(|sending| sending.dispatch));
        }
        let file = hub.engine.case_file(id).await.unwrap().unwrap();
        assert!(file.facts.iter().count() > SERVICES, "its values can be read");
        assert_eq!(file.evidence.len(), case.application.evidence.len());
        assert_eq!(file.licences.len(), 2, "each licence once");
    }
    let ledger = town.simulation.ledger();
    let arrived: BTreeSet<_> = ledger.iter().map(|(_, line)| line.dispatch).collect();
    assert_eq!(arrived, sent, "what was sent is what was committed");
    let mut ids: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for (_, line) in ledger {
        ids.entry((line.case_number, line.node, line.kind)).or_default().insert(line.dispatch);
    }
    assert!(ids.values().all(|ids| ids.len() == 1), "a service went out under two ids");
}
