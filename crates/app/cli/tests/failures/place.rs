//! Where hubs work: a data folder, departments that live in this test and outlast every hub, and a look at everything
//! when it is over.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use casework::{Actor, ActorRole, CaseState};
use departments::Timing;
use engine::Draft;
use jiff::SignedDuration;
use store_port::{AccountRow, fresh_id};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use vocabulary::{AccountId, CaseId};
use web::Behaviour;
use worker::Patience;
use yijianshi::applying::complete_draft;
use yijianshi::demo::{Beginning, Town};
use yijianshi::wiring::{Definitions, Hub, HubPlan, Stop};

use crate::crowd::Crowd;

/// So far two nodes may be apart that both go by the database's clock.
const AGREED: SignedDuration = SignedDuration::from_millis(500);
/// Services of each case: a permit, a health card, a notice.
const SERVICES: usize = 3;
pub(crate) const KEY: [u8; 32] = [9; 32];

pub(crate) struct Place {
    pub(crate) runtime: Runtime,
    folder: TempDir,
    pub(crate) data: PathBuf,
    /// A PostgreSQL; `None` = the embedded database.
    pub(crate) url: Option<String>,
    pub(crate) definitions: Definitions,
    /// Where departments reply to.
    pub(crate) port: u16,
    pub(crate) town: Town,
    began: vocabulary::Instant,
}

impl Drop for Place {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = std::fs::read_to_string(self.log()).unwrap_or_default();
            let last: Vec<&str> = log.lines().rev().take(40).collect();
            println!("what nodes said last, the newest first:\n{}", last.join("\n"));
        }
    }
}

impl Place {
    pub(crate) fn new(url: Option<String>, behaviours: &[(String, Behaviour)]) -> Self {
        let runtime = Runtime::new().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        std::fs::create_dir_all(&data).unwrap();
        std::fs::write(data.join("master.key"), hex::encode(KEY)).unwrap();
        let definitions = Definitions::load(Some(&sample())).unwrap().unwrap();
        let port = free_port();
        let town = runtime
            .block_on(Town::start(Beginning {
                definitions: &definitions,
                hub_url: &format!("http://127.0.0.1:{port}"),
                behaviours,
                timing: Timing::quick(),
                journals: None,
            }))
            .unwrap();
        write_partners(&data, &town);
        let began = vocabulary::Instant::now();
        Self { runtime, folder, data, url, definitions, port, town, began }
    }

    /// What its nodes say for their operator.
    pub(crate) fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// A hub in this process, ready to serve and to work.
    pub(crate) async fn hub(&self) -> Hub {
        Hub::open(HubPlan {
            definitions: &self.definitions,
            data: &self.data,
            database: self.url.as_deref(),
            master_key: KEY,
            partners: self.town.partners.clone(),
            demo: None,
            clock: Arc::new(yijianshi::wiring::SystemClock),
            patience: Patience::short(),
            secure_cookies: false,
        })
        .await
        .unwrap()
    }

    /// Lets a hub finish what is owed, and looks at everything: no other node may be running.
    pub(crate) fn look(&self, crowd: &Crowd) {
        assert!(crowd.nodes.is_empty());
        self.runtime.block_on(async {
            let address = (IpAddr::V4(Ipv4Addr::LOCALHOST), self.port);
            let listener = tokio::net::TcpListener::bind(address).await.unwrap();
            let hub = self.hub().await;
            let (trigger, stop) = Stop::by_hand();
            let (serving, until) = (hub.clone(), stop.clone());
            let served = tokio::spawn(async move { serving.serve(listener, until).await.unwrap() });
            let working = hub.clone();
            let worked = tokio::spawn(async move { working.work(stop).await });
            self.look_at_everything(&hub, crowd).await;
            trigger.send_replace(true);
            served.await.unwrap();
            worked.await.unwrap();
        });
    }

    async fn look_at_everything(&self, hub: &Hub, crowd: &Crowd) {
        let mut cases = Vec::new();
        while let page = hub.engine.store().list_case_ids(cases.last().copied(), 200).await.unwrap()
            && !page.is_empty()
        {
            cases.extend(page);
        }
        let known: BTreeSet<CaseId> = cases.iter().copied().collect();
        for (key, case) in &crowd.acknowledged {
            assert!(known.contains(case), "{key} was acknowledged and is lost");
        }
        // A case that nobody heard of was sent again by its client until it was acknowledged.
        let acknowledged: BTreeSet<CaseId> = crowd.acknowledged.values().copied().collect();
        assert_eq!(known, acknowledged, "one case for each submission");

        let until = Instant::now() + Duration::from_secs(90);
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
            let row = hub.engine.store().find_case(id).await.unwrap().unwrap();
            assert_eq!(row.version, case.version, "what lists show is what happened");
            // At times that this test has lived through, in order as far as nodes agree on the time.
            let mut before = self.began;
            for event in &file.events {
                let apart = before.duration_since(event.at);
                assert!(apart < AGREED, "{id} event {}: {apart} before the last", event.seq);
                before = event.at;
            }
            assert!(before <= vocabulary::Instant::now() + AGREED, "{id} ends at {before}");
        }
        let ledger = self.town.simulation.ledger();
        let arrived: BTreeSet<_> = ledger.iter().map(|(_, line)| line.dispatch).collect();
        assert_eq!(arrived, sent, "what was sent is what was committed");
        let mut ids: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for (_, line) in ledger {
            ids.entry((line.case_number, line.node, line.kind)).or_default().insert(line.dispatch);
        }
        assert!(ids.values().all(|ids| ids.len() == 1), "a service went out under two ids");
    }

    /// How often departments got something once more.
    pub(crate) fn repeated(&self) -> u64 {
        self.town.simulation.ledger().iter().map(|(_, line)| line.times.saturating_sub(1)).sum()
    }
}

/// Somebody who applies on her own account.
pub(crate) async fn somebody(hub: &Hub, name: &str) -> AccountRow {
    let account_id = AccountId(fresh_id());
    let account = AccountRow {
        account_id,
        login: "person".to_owned(),
        role: "applicant".to_owned(),
        department: None,
        area: None,
        subject: None,
        password_hash: None,
        disabled: false,
        demo: false,
        display_name: hub.engine.seal_account_name(account_id, None, name).await.unwrap(),
    };
    hub.engine.store().upsert_account(&account).await.unwrap();
    account
}

/// A draft of hers in which everything is answered, and who she is to the engine.
pub(crate) async fn complete(hub: &Hub, owner: AccountId) -> (Draft, Actor) {
    let example = hub.app.examples.first().unwrap();
    let draft = complete_draft(&hub.engine, owner, "person", &example.matter, &example.facts);
    let actor = Actor { role: ActorRole::Applicant, account: Some(owner), department: None };
    (draft.await.unwrap(), actor)
}

pub(crate) fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

pub(crate) fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../definitions/sample")
}

/// Writes down for nodes where the departments are.
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
