//! Backup and restore, drilled: a hub works, a copy is made, it goes on working, everything is lost, the copy is
//! put back. Nothing goes out that a department would take as new, its results come back, sessions are ended; and
//! nothing that somebody entered stands in the log of all that.

use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use casework::{Actor, ActorRole, CaseState};
use departments::Timing;
use store_port::{AccountRow, SessionRow, fresh_id};
use tokio::sync::watch;
use vocabulary::{AccountId, CaseId, CommandId, Value};
use worker::Patience;
use yijianshi::applying::complete_draft;
use yijianshi::demo::{Beginning, Town};
use yijianshi::wiring::{Definitions, Hub, HubPlan, Stop};

use crate::log::LOG;
use crate::node::{end, on, sample};

const PEOPLE: usize = 3;
const KEY: [u8; 32] = [9; 32];

/// A hub at work in its town.
struct Running {
    hub: Hub,
    stop: watch::Sender<bool>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

impl Running {
    async fn start(place: &Place, town: &Town, works: bool) -> Self {
        let listener =
            tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, place.port)).await.unwrap();
        let hub = Hub::open(HubPlan {
            definitions: &place.definitions,
            data: &place.data,
            database: place.url.as_deref(),
            master_key: KEY,
            partners: town.partners.clone(),
            demo: None,
            clock: Arc::new(yijianshi::wiring::SystemClock),
            patience: Patience::short(),
            secure_cookies: false,
        })
        .await
        .unwrap();
        let (trigger, stop) = Stop::by_hand();
        let mut tasks = Vec::new();
        let (serving, until) = (hub.clone(), stop.clone());
        tasks.push(tokio::spawn(async move { serving.serve(listener, until).await.unwrap() }));
        if works {
            let working = hub.clone();
            tasks.push(tokio::spawn(async move { working.work(stop).await }));
        }
        Self { hub, stop: trigger, tasks }
    }

    /// Stops it, and waits until the data folder is free.
    async fn end(self, place: &Place) {
        self.stop.send_replace(true);
        for task in self.tasks {
            task.await.unwrap();
        }
        drop(self.hub);
        let lock = std::fs::File::options().append(true).open(place.data.join("hub.db.lock"));
        let Ok(lock) = lock else { return };
        let until = Instant::now() + Duration::from_secs(20);
        while lock.try_lock().is_err() {
            assert!(Instant::now() < until, "somebody holds the store");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn all_done(&self, cases: &[CaseId]) {
        let until = Instant::now() + Duration::from_secs(60);
        for id in cases {
            while self.hub.engine.case(*id).await.unwrap().unwrap().state() != CaseState::Done {
                assert!(Instant::now() < until, "{id} does not end");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    }
}

struct Place {
    definitions: Definitions,
    data: PathBuf,
    url: Option<String>,
    port: u16,
}

/// A department's sending by what it is about, and how often it came.
fn books(town: &Town) -> Vec<(String, String, String, String)> {
    let mut books: Vec<_> = town
        .simulation
        .ledger()
        .into_iter()
        .map(|(_, line)| (line.case_number, line.node, line.kind, line.dispatch.to_string()))
        .collect();
    books.sort();
    books
}

async fn drill(url: Option<String>) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    std::fs::create_dir_all(&data).unwrap();
    std::fs::write(data.join("master.key"), hex::encode(KEY)).unwrap();
    let free = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let definitions = Definitions::load(Some(&sample())).unwrap().unwrap();
    let town = Town::start(Beginning {
        definitions: &definitions,
        hub_url: &format!("http://{}:{port}", IpAddr::V4(Ipv4Addr::LOCALHOST)),
        behaviours: &[],
        timing: Timing::quick(),
        journals: None,
    })
    .await
    .unwrap();
    let mut place = Place { definitions, data, url, port };

    // People apply; nothing has been sent when the copy is made.
    let running = Running::start(&place, &town, false).await;
    let (cases, values) = apply(&running.hub).await;
    sign_in(&running.hub).await;
    let copy = copy(&place, folder.path());
    running.end(&place).await;

    let running = Running::start(&place, &town, true).await;
    running.all_done(&cases).await;
    running.end(&place).await;
    let before = books(&town);
    assert_eq!(before.len(), 3 * PEOPLE);

    put_back(&mut place, &copy);
    let mut command = on(&place.data, &["after-restore"]);
    if let Some(url) = &place.url {
        command.arg("--database").arg(url);
    }
    let (status, said) = tokio::task::spawn_blocking(move || end(&mut command)).await.unwrap();
    assert_eq!(status, 0, "{said}");
    assert!(said.contains("1 sessions are ended"), "{said}");
    assert!(said.contains("sendings will go out"), "{said}");

    let running = Running::start(&place, &town, true).await;
    assert!(running.hub.engine.store().find_session("a-token").await.unwrap().is_none());
    running.all_done(&cases).await;
    for id in &cases {
        let file = running.hub.engine.case_file(*id).await.unwrap().unwrap();
        assert_eq!(file.licences.len(), 2, "each licence once");
        assert_eq!(file.evidence.len(), file.case.application.evidence.len());
        for evidence in &file.evidence {
            let read = running.hub.engine.evidence_bytes(evidence.id).await.unwrap();
            assert!(read.is_some_and(|(_, bytes)| !bytes.is_empty()), "files came back");
        }
    }
    running.end(&place).await;
    assert_eq!(books(&town), before, "no department was told anything new");
    let twice = town.simulation.ledger().into_iter().filter(|(_, line)| line.times > 1).count();
    assert_eq!(twice, before.len(), "each was told again, under the id that it knew");

    let log = LOG.text();
    assert!(log.contains("request"), "the log was kept: {} bytes", log.len());
    for value in values {
        assert!(!log.contains(&value), "`{value}` stands in the log");
    }
}

/// Complete applications; with everything personal that is in them.
async fn apply(hub: &Hub) -> (Vec<CaseId>, Vec<String>) {
    let example = hub.app.examples.first().unwrap();
    let (mut cases, mut values) = (Vec::new(), Vec::new());
    for person in 0..PEOPLE {
        let owner = AccountId(fresh_id());
        let key = format!("person-{person}");
        let draft = complete_draft(&hub.engine, owner, &key, &example.matter, &example.facts)
            .await
            .unwrap();
        let applicant =
            Actor { role: ActorRole::Applicant, account: Some(owner), department: None };
        let command = CommandId(fresh_id());
        let done = hub.engine.submit(applicant, command, draft.id, "online").await.unwrap();
        let file = hub.engine.case_file(done.case).await.unwrap().unwrap();
        let texts = file.facts.iter().filter_map(|(_, fact)| match &fact.value {
            Value::Text(text) => Some(text.to_string()),
            _ => None,
        });
        // A short word may stand anywhere, and an option's id in the names of files.
        let an_id = |text: &str| text.chars().all(|c| c.is_ascii_lowercase() || c == '-');
        values.extend(texts.filter(|text| text.chars().count() > 5 && !an_id(text)));
        cases.push(done.case);
    }
    values.sort();
    values.dedup();
    assert!(!values.is_empty(), "something was entered that would be seen");
    (cases, values)
}

async fn sign_in(hub: &Hub) {
    let account_id = AccountId(fresh_id());
    let store = hub.engine.store();
    let now = vocabulary::Instant::now();
    let account = AccountRow {
        account_id,
        login: "officer".to_owned(),
        role: "officer".to_owned(),
        department: None,
        area: None,
        subject: None,
        password_hash: None,
        disabled: false,
        demo: false,
        display_name: hub.engine.seal_account_name(account_id, None, "Officer").await.unwrap(),
    };
    store.upsert_account(&account).await.unwrap();
    let session = SessionRow {
        token_hash: "a-token".to_owned(),
        account_id,
        created_at: now,
        seen_at: now,
        expires_at: now.checked_add(jiff::SignedDuration::from_hours(1)).unwrap(),
    };
    store.insert_session(&session).await.unwrap();
}

/// A copy beside the running hub, as its operator makes one.
fn copy(place: &Place, folder: &Path) -> PathBuf {
    let into = folder.join("copies");
    if let Some(url) = &place.url {
        std::fs::create_dir_all(&into).unwrap();
        testkit::postgres::dump(url, &into.join("hub.dump"));
        copy_files(&place.data.join("files"), &into.join("files"));
        return into;
    }
    let mut command = crate::node::yijianshi();
    command.arg("backup").arg("--data").arg(&place.data).arg("--to").arg(&into);
    let (status, said) = end(&mut command);
    assert_eq!(status, 0, "{said}");
    let made: Vec<PathBuf> =
        std::fs::read_dir(&into).unwrap().map(|it| it.unwrap().path()).collect();
    assert_eq!(made.len(), 1, "{made:?}");
    let one = made.into_iter().next().unwrap();
    assert!(!one.join("master.key").exists(), "the key is kept elsewhere");
    one
}

fn put_back(place: &mut Place, copy: &Path) {
    std::fs::remove_dir_all(place.data.join("files")).unwrap();
    if place.url.is_some() {
        place.url = Some(testkit::postgres::restore(&copy.join("hub.dump")));
    } else {
        for tail in ["", "-wal", "-shm"] {
            // The last process that closed it may have taken the log away.
            let _ = std::fs::remove_file(place.data.join(format!("hub.db{tail}")));
        }
        std::fs::copy(copy.join("hub.db"), place.data.join("hub.db")).unwrap();
    }
    copy_files(&copy.join("files"), &place.data.join("files"));
}

fn copy_files(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            copy_files(&entry.path(), &to.join(entry.file_name()));
        } else {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_restored_embedded_hub_tells_departments_nothing_new() {
    LOG.start();
    drill(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_restored_postgres_tells_departments_nothing_new() {
    LOG.start();
    if let Some(url) = testkit::postgres::fresh_database() {
        drill(Some(url)).await;
    }
}
