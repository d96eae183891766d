//! A hub with one submitted case of the sample jurisdiction, and a worker on it.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use casework::{Actor, ActorRole, Case};
use store_port::{AccountRow, fresh_id};
use testkit::engine_fixture::{EngineFixture, catalogue_of};
use tokio::sync::oneshot;
use vocabulary::{AccountId, CaseId, CommandId, SubjectId, Value};
use worker::{Patience, Route, Routes, SignedClient, Worker};

use crate::office::SECRET;

/// The offices of the sample jurisdiction.
pub(crate) const MARKET: &str = "market-office";
pub(crate) const CLINIC: &str = "tea-clinic";
pub(crate) const WATER: &str = "water-house";

pub(crate) struct Hub {
    pub(crate) fixture: EngineFixture,
    pub(crate) case: CaseId,
    routes: Routes,
    stop: Option<oneshot::Sender<()>>,
}

impl Hub {
    /// With a submitted case: stall permit, a health card and a water test can begin at once.
    pub(crate) async fn open() -> Self {
        Self::without(&[]).await
    }

    /// The same, submitted while these sources are out of reach.
    pub(crate) async fn without(sources: &[&str]) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../definitions/sample");
        let fixture = EngineFixture::fresh(catalogue_of(&folder)).await;
        for source in sources {
            fixture.sources.set_down(source, true);
        }
        let case = submit(&fixture).await;
        Self { fixture, case, routes: Routes::new(), stop: None }
    }

    pub(crate) fn route(&mut self, department: &str, address: SocketAddr) {
        let route = Route::new(&format!("http://{address}/"), "key-1", SECRET.to_vec());
        self.routes.insert(department.to_owned(), route);
    }

    pub(crate) fn worker(&self) -> Worker {
        Worker::new(
            self.fixture.engine.clone(),
            self.routes.clone(),
            SignedClient::new().unwrap(),
            Arc::clone(&self.fixture.bell),
            Patience::short(),
        )
    }

    pub(crate) fn start(&mut self) {
        let worker = self.worker();
        let (stop, stopped) = oneshot::channel();
        tokio::spawn(async move {
            worker.run(async { drop(stopped.await) }).await;
        });
        self.stop = Some(stop);
    }

    /// Lets the hub's clock run, ten times as fast as ours, until it is so.
    pub(crate) async fn until(&self, what: &str, mut so: impl FnMut() -> bool) {
        for _ in 0..1000 {
            if so() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
            let now = engine::Clock::now(self.fixture.clock.as_ref());
            self.fixture.clock.set(now + jiff::SignedDuration::from_millis(100));
            self.fixture.bell.notify_one();
        }
        panic!("never: {what}");
    }

    pub(crate) async fn case(&self) -> Arc<Case> {
        self.fixture.engine.case(self.case).await.unwrap().unwrap()
    }
}

async fn submit(fixture: &EngineFixture) -> CaseId {
    let engine = &fixture.engine;
    let owner = AccountId(fresh_id());
    let subject = Some(SubjectId(fresh_id()));
    let account = AccountRow {
        account_id: owner,
        login: "mei".to_owned(),
        role: "applicant".to_owned(),
        department: None,
        area: None,
        subject,
        password_hash: None,
        disabled: false,
        demo: true,
        display_name: engine.seal_account_name(owner, subject, "Mei Bankside").await.unwrap(),
    };
    fixture.store.upsert_account(&account).await.unwrap();
    let known = [
        ("owner.name", Value::text("Mei Bankside")),
        ("owner.citizen_id", Value::text("110101198506150000")),
    ];
    fixture.sources.knows("resident-roll", "mei", &known);
    fixture.sources.knows("water-archive", "mei", &[("water.tested", Value::Bool(false))]);

    let mut draft = engine.open_draft(owner, &"open-a-tea-stall".into()).await.unwrap();
    draft.facts.set_members("helper".into(), vec!["h1".into()]);
    for (slot, value) in [
        ("owner.resident", Value::Bool(true)),
        ("stall.place", Value::text("market")),
        ("stall.tables", Value::Number(2.into())),
        ("helper.pours~h1", Value::Bool(true)),
        ("helper.born_on~h1", Value::Date("1999-01-01".parse().unwrap())),
    ] {
        draft.facts.answer(slot.parse().unwrap(), value);
    }
    let mut draft = engine.fetch_sources(draft, "mei").await.unwrap();
    let plan = engine.plan_of(&draft).await.unwrap();
    let missing: Vec<_> = plan.missing_fields().map(|field| field.slot.clone()).collect();
    for slot in missing {
        let element = engine.catalogue().element(&slot.element).unwrap();
        let example = element.example.clone().unwrap();
        let as_of = engine.catalogue().civil_date(engine.clock().now());
        let value = interview::accept_value(element, &slot, &example, as_of).unwrap();
        draft.facts.answer(slot, value);
    }
    let draft = engine.save_draft(draft).await.unwrap();
    let draft = engine.fetch_sources(draft, "mei").await.unwrap();
    // What no source vouches for has to be shown.
    for missing in engine.plan_of(&draft).await.unwrap().missing_evidence() {
        let missing = &missing.key;
        let scan = b"%PDF-1.7 a scan".to_vec();
        let kept = engine.add_evidence(&draft, missing, "scan.pdf", "application/pdf", scan);
        kept.await.unwrap();
    }
    let mei = Actor { role: ActorRole::Applicant, account: Some(owner), department: None };
    engine.submit(mei, CommandId(fresh_id()), draft.id, "online").await.unwrap().case
}
