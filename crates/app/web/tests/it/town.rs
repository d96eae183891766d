//! Riverbend with its people: Mei who opens a tea stall, a stranger, officers of the offices, and the offices'
//! own systems. The words in which the stories are told.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use catalogue::{Catalogue, SourceFile};
use engine::Draft;
use plan::EvidenceKey;
use store_port::{AccountRow, fresh_id};
use testkit::engine_fixture::{EngineFixture, catalogue_of, catalogue_of_files};
use tower::ServiceExt as _;
use vocabulary::{AccountId, CaseId, EvidenceId, Localised, SubjectId, Value};
use yijianshi_web::state::Example;
use yijianshi_web::words::Words;
use yijianshi_web::{App, Behaviour, DemoControl, ExchangeKeys, Workshop};

pub(crate) const MATTER: &str = "open-a-tea-stall";
pub(crate) const SKETCH: &[u8] = b"%PDF-1.7 a sketch of four tables under a willow";
pub(crate) const PASSWORD: &str = "seven herons by the weir";
pub(crate) const MEI: &str = "Mei Bankside";
/// One whose story the role board knows.
pub(crate) const MEI_KEY: &str = "mother";

pub(crate) struct Town {
    pub(crate) hub: EngineFixture,
    pub(crate) app: App,
    router: Router,
}

/// Secrets of the offices' systems, and of one whose secret is too short.
#[derive(Debug)]
struct Keys;

impl ExchangeKeys for Keys {
    fn find(&self, key_id: &str) -> Option<(String, Vec<u8>)> {
        let department = key_id.strip_prefix("key-of-")?;
        Some((department.to_owned(), secret_of(department)))
    }
}

pub(crate) fn secret_of(department: &str) -> Vec<u8> {
    format!("a shared secret of {department}").into_bytes()
}

#[derive(Debug)]
struct Steering;

#[async_trait::async_trait]
impl DemoControl for Steering {
    async fn behaviours(&self) -> Vec<(String, Behaviour)> {
        vec![
            ("market-office".to_owned(), Behaviour::ByHand),
            ("sources".to_owned(), Behaviour::Prompt),
        ]
    }

    async fn set_behaviour(&self, department: &str, _: Behaviour) -> bool {
        department == "market-office"
    }
}

pub(crate) fn sample() -> Arc<Catalogue> {
    catalogue_of(&definitions("sample"))
}

fn definitions(folder: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../definitions").join(folder)
}

/// The sample's files, tests and code pages; every office but one is connected.
fn workshop() -> Workshop {
    let folder = definitions("sample");
    let files = testkit::engine_fixture::files_of(&folder);
    let compiled = catalogue::compile(&files);
    let text = std::fs::read_to_string(folder.join("scenarios/tea-stall.toml")).unwrap();
    let page = "# CAT0011: a name that nothing defines\n\n## Cure\n\nTake the suggested name.\n";
    Workshop::new(
        files,
        compiled.diagnostics,
        plan::scenario::parse(&text).unwrap(),
        ["market-office".into()].into(),
        vec![("CAT0011".to_owned(), page.to_owned())],
    )
}

fn examples(catalogue: &Catalogue) -> Vec<Example> {
    let text = std::fs::read_to_string(definitions("sample/scenarios/tea-stall.toml")).unwrap();
    let scenarios = plan::scenario::parse(&text).unwrap();
    scenarios
        .iter()
        .map(|scenario| {
            let matter = catalogue.matter(&scenario.matter).unwrap();
            let circumstances = scenario.answers().resolve(catalogue, matter, None).unwrap();
            Example {
                id: scenario.id.clone(),
                matter: matter.id.clone(),
                name: Localised::default(),
                facts: circumstances.facts,
                skip: circumstances.skip,
                unreachable: circumstances.unreachable,
                now: circumstances.now,
            }
        })
        .collect()
}

impl Town {
    /// In earnest: people sign in with a password.
    pub(crate) async fn open() -> Self {
        Self::with(None).await
    }

    /// As a demo: with a role board.
    pub(crate) async fn demo() -> Self {
        Self::with(Some(Arc::new(Steering))).await
    }

    /// In earnest, with the outlets of Riverbend.
    pub(crate) async fn at_counter() -> Self {
        const OUTLETS: &str = include_str!("../../../../core/network/src/tests/good.toml");
        let file = SourceFile { name: "outlets.toml".to_owned(), text: OUTLETS.to_owned() };
        let outlets = network::compile(&[file], &sample()).network.unwrap();
        Self::on(EngineFixture::fresh_with(sample(), outlets).await, None)
    }

    /// In earnest, where silence decides: what is not decided in time is granted, what is not answered is returned.
    pub(crate) async fn where_silence_decides() -> Self {
        const TACIT: &str = "deemed_acceptance = true\ncorrection_lapses = true\n\
            deemed_grant = { period = { count = \"4\", unit = \"working_day\" } }";
        let mut files = testkit::engine_fixture::files_of(&definitions("sample"));
        for file in &mut files {
            file.text = file.text.replacen("deemed_acceptance = true", TACIT, 1).replacen(
                ", when = 'stall.tables > 10', period = { count = \"2\"",
                ", period = { count = \"2\"",
                1,
            );
        }
        Self::on(EngineFixture::fresh(catalogue_of_files(&files)).await, None)
    }

    async fn with(demo: Option<Arc<dyn DemoControl>>) -> Self {
        Self::on(EngineFixture::fresh(sample()).await, demo)
    }

    fn on(hub: EngineFixture, demo: Option<Arc<dyn DemoControl>>) -> Self {
        hub.sources.knows(
            "resident-roll",
            MEI_KEY,
            &[
                ("owner.name", Value::text(MEI)),
                ("owner.citizen_id", Value::text("110101198506150000")),
            ],
        );
        hub.sources.knows("water-archive", MEI_KEY, &[("water.tested", Value::Bool(false))]);
        let app = App {
            engine: hub.engine.clone(),
            wall: hub.clock.clone(),
            words: Words::load().unwrap(),
            demo,
            exchange_keys: Arc::new(Keys),
            examples: Arc::new(examples(hub.engine.catalogue())),
            parts: Arc::default(),
            counted: Arc::default(),
            workshop: Arc::new(workshop()),
            hashing: Arc::new(tokio::sync::Semaphore::new(2)),
            devices: Arc::new(yijianshi_web::window::NoDevices),
            live: None,
            fonts: Arc::new(paper::Fonts::find(None)),
            secure_cookies: false,
        };
        let router = yijianshi_web::router(app.clone());
        Self { hub, app, router }
    }

    /// The router made anew, after something in `app` has changed.
    pub(crate) fn rewired(self) -> Self {
        let router = yijianshi_web::router(self.app.clone());
        Self { router, ..self }
    }

    /// Somebody without a session.
    pub(crate) fn visitor(&self) -> Person<'_> {
        Person { town: self, account: None, cookies: BTreeMap::new(), headers: HeaderMap::new() }
    }

    /// An account that is signed in.
    pub(crate) async fn signed_in(&self, row: &AccountRow) -> Person<'_> {
        let cookie = yijianshi_web::session::open(&self.app, row).await.unwrap();
        let mut person = self.visitor();
        person.cookies.insert(cookie.name().to_owned(), cookie.value().to_owned());
        person.account = Some(row.account_id);
        person
    }

    pub(crate) async fn account(
        &self,
        login: &str,
        role: &str,
        department: Option<&str>,
    ) -> AccountRow {
        let account_id = AccountId(fresh_id());
        let subject = (role == "applicant").then(|| SubjectId(fresh_id()));
        let name = if login == MEI_KEY { MEI } else { login };
        let display_name =
            self.hub.engine.seal_account_name(account_id, subject, name).await.unwrap();
        let row = AccountRow {
            account_id,
            login: login.to_owned(),
            role: role.to_owned(),
            department: department.map(str::to_owned),
            area: None,
            subject,
            password_hash: None,
            disabled: false,
            demo: self.app.demo.is_some(),
            display_name,
        };
        self.hub.store.upsert_account(&row).await.unwrap();
        row
    }

    /// Mei, who opens a stall.
    pub(crate) async fn mei(&self) -> Person<'_> {
        let row = self.account(MEI_KEY, "applicant", None).await;
        self.signed_in(&row).await
    }

    pub(crate) async fn stranger(&self) -> Person<'_> {
        let row = self.account("a-stranger", "applicant", None).await;
        self.signed_in(&row).await
    }

    pub(crate) async fn officer(&self, department: &str) -> Person<'_> {
        let login = format!("officer-of-{department}-{}", fresh_id().simple());
        let row = self.account(&login, "officer", Some(department)).await;
        self.signed_in(&row).await
    }

    pub(crate) async fn designer(&self) -> Person<'_> {
        let row = self.account("a-designer", "designer", None).await;
        self.signed_in(&row).await
    }

    /// Mei's draft, complete: every question answered, every field filled in, the sketch handed in.
    pub(crate) async fn complete_draft(&self, mei: &Person<'_>) -> (Draft, EvidenceId) {
        let engine = &self.hub.engine;
        let owner = mei.account.unwrap();
        let mut draft = engine.open_draft(owner, &MATTER.into()).await.unwrap();
        for (slot, value) in [
            ("owner.resident", Value::Bool(true)),
            ("stall.place", Value::text("market")),
            ("stall.tables", Value::Number(4.into())),
            ("helper.pours~h1", Value::Bool(true)),
            ("helper.born_on~h1", Value::Date("1999-01-01".parse().unwrap())),
        ] {
            draft.facts.answer(slot.parse().unwrap(), value);
        }
        draft.facts.set_members("helper".into(), vec!["h1".into()]);
        let mut draft = engine.fetch_sources(draft, MEI_KEY).await.unwrap();
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
        let draft = engine.fetch_sources(draft, MEI_KEY).await.unwrap();
        let slot = EvidenceKey { ty: "stall-sketch".into(), member: None };
        let file = engine
            .add_evidence(&draft, &slot, "four tables.pdf", "application/pdf", SKETCH.to_vec())
            .await
            .unwrap();
        (draft, file.id)
    }

    /// Mei's submitted case, and the sketch in it.
    pub(crate) async fn submitted(&self, mei: &Person<'_>) -> (CaseId, EvidenceId) {
        let (draft, sketch) = self.complete_draft(mei).await;
        let check = mei.get(&format!("/drafts/{}/check", draft.id)).await;
        let form = [("command", check.input("command")), ("declared", "1".to_owned())];
        let done = mei.post(&format!("/drafts/{}/submit", draft.id), &form).await;
        let receipt = done.leads_to();
        let case = receipt.strip_prefix("/cases/").unwrap().strip_suffix("/receipt").unwrap();
        (case.parse().unwrap(), sketch)
    }

    pub(crate) async fn state(&self, case: CaseId, node: &str) -> &'static str {
        let case = self.hub.engine.case(case).await.unwrap().unwrap();
        case.service(&node.parse().unwrap()).unwrap().state.as_str()
    }
}

/// Somebody at a browser; keeps cookies.
pub(crate) struct Person<'t> {
    town: &'t Town,
    pub(crate) account: Option<AccountId>,
    pub(crate) cookies: BTreeMap<String, String>,
    /// Sent with every request.
    pub(crate) headers: HeaderMap,
}

impl Person<'_> {
    pub(crate) fn in_english(mut self) -> Self {
        self.cookies.insert("yijianshi_lang".to_owned(), "en".to_owned());
        self
    }

    pub(crate) fn with_header(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.insert(name, value.parse().unwrap());
        self
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None, Body::empty()).await
    }

    pub(crate) async fn post(&self, path: &str, form: &[(&str, String)]) -> Answer {
        let encode = yijianshi_web::page::percent_encoded;
        let pairs: Vec<String> = form
            .iter()
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
            .collect();
        let media_type = "application/x-www-form-urlencoded";
        self.send(Method::POST, path, Some(media_type), pairs.join("&").into()).await
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        media_type: Option<&str>,
        body: Body,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(media_type) = media_type {
            request = request.header(header::CONTENT_TYPE, media_type);
        }
        let mut request = request.body(body).unwrap();
        request.headers_mut().extend(self.headers.clone());
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            request.headers_mut().insert(header::COOKIE, cookies.join("; ").parse().unwrap());
        }
        let response = self.town.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        Answer {
            path: path.to_owned(),
            status: parts.status,
            headers: parts.headers,
            bytes: body.to_vec(),
        }
    }
}

/// What came back.
pub(crate) struct Answer {
    path: String,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} → {}\n{}", self.path, self.status, self.text())
    }
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{self:?}");
        self
    }

    #[track_caller]
    pub(crate) fn shows(self, words: &[&str]) -> Self {
        for word in words {
            assert!(self.text().contains(word), "`{word}` is not on {self:?}");
        }
        self
    }

    #[track_caller]
    pub(crate) fn hides(self, words: &[&str]) -> Self {
        for word in words {
            assert!(!self.text().contains(word), "`{word}` is on {self:?}");
        }
        self
    }

    /// Where a redirection leads.
    #[track_caller]
    pub(crate) fn leads_to(&self) -> String {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{self:?}");
        self.headers[header::LOCATION].to_str().unwrap().to_owned()
    }

    /// The value of the first input of this name.
    #[track_caller]
    pub(crate) fn input(&self, name: &str) -> String {
        let text = self.text();
        let start = format!("name=\"{name}\" value=\"");
        let found = text.split_once(&start).and_then(|(_, rest)| rest.split_once('"'));
        found.unwrap_or_else(|| panic!("no input `{name}` on {self:?}")).0.to_owned()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// A problem document with this code.
    #[track_caller]
    pub(crate) fn is_problem(&self, status: u16, code: &str) -> serde_json::Value {
        assert_eq!(self.status.as_u16(), status, "{self:?}");
        assert_eq!(self.headers[header::CONTENT_TYPE], "application/problem+json", "{self:?}");
        let json = self.json();
        assert_eq!(json["code"], code, "{self:?}");
        assert_eq!(json["status"], status, "{self:?}");
        assert_eq!(json["type"], format!("urn:yijianshi:code:{code}"), "{self:?}");
        json
    }
}
