//! A hub of the test: it sends signed requests and writes down what departments say.

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use casework::DispatchKind;
use departments::{
    Behaviour, DepartmentSpec, ElementSpec, Line, OutputSpec, RegisterTable, ServiceSpec,
    SharedKey, Simulation, SimulationPlan, Timing, ValueKind,
};
use exchange::signing::{self, Message, SignatureHeaders};
use exchange::{DepartmentReply, DepartmentRequest, REPLIES, REQUESTS, VERSION, WireValue, wire};
use tokio::net::TcpListener;
use uuid::Uuid;
use vocabulary::{DispatchId, Instant, Value};

pub(crate) const POLICE: &str = "public-security";

pub(crate) fn key(id: &str) -> SharedKey {
    SharedKey { id: id.to_owned(), secret: format!("the secret of {id}").into_bytes() }
}

/// What departments have said, and how the next words are answered.
#[derive(Clone, Default)]
struct Ears {
    heard: Arc<Mutex<Vec<DepartmentReply>>>,
    answers: Arc<Mutex<VecDeque<u16>>>,
}

pub(crate) struct Hub {
    ears: Ears,
    url: String,
    pub(crate) town: Simulation,
    client: reqwest::Client,
}

impl Hub {
    /// With one department that behaves like this, and a register.
    pub(crate) async fn open(behaviour: Behaviour) -> Self {
        Self::open_with(behaviour, None).await
    }

    pub(crate) async fn open_with(behaviour: Behaviour, journals: Option<&Path>) -> Self {
        let ears = Ears::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().route(REPLIES, post(hear)).with_state(ears.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let town = start(&url, behaviour, journals).await;
        Self { ears, url, town, client: reqwest::Client::new() }
    }

    /// The departments' process ends and another begins.
    pub(crate) async fn restart(&mut self, behaviour: Behaviour, journals: &Path) {
        self.town.close().await;
        self.town.set_behaviour(POLICE, Behaviour::Down).await;
        self.town = start(&self.url, behaviour, Some(journals)).await;
    }

    pub(crate) fn will_answer(&self, statuses: impl IntoIterator<Item = u16>) {
        self.ears.answers.lock().unwrap().extend(statuses);
    }

    /// Sends a request; the status and what the department answers. `Err` = no connection.
    pub(crate) async fn send(&self, request: &DepartmentRequest) -> Result<(u16, String), ()> {
        let body = serde_json::to_vec(request).unwrap();
        self.send_signed(&key(POLICE), Instant::now(), &Uuid::now_v7().to_string(), body).await
    }

    pub(crate) async fn send_signed(
        &self,
        key: &SharedKey,
        at: Instant,
        nonce: &str,
        body: Vec<u8>,
    ) -> Result<(u16, String), ()> {
        let (_, base_url) = self.town.addresses().remove(0);
        self.post(&format!("{base_url}{REQUESTS}"), REQUESTS, key, at, nonce, body).await
    }

    pub(crate) async fn post(
        &self,
        url: &str,
        path: &str,
        key: &SharedKey,
        at: Instant,
        nonce: &str,
        body: Vec<u8>,
    ) -> Result<(u16, String), ()> {
        let message = Message { method: "POST", path, body: &body };
        let signed = signing::sign(&key.secret, message, at, nonce).unwrap();
        let answer = self
            .client
            .post(url)
            .header(signing::KEY_HEADER, &key.id)
            .header(signing::TIMESTAMP_HEADER, signed.timestamp)
            .header(signing::NONCE_HEADER, signed.nonce)
            .header(signing::SIGNATURE_HEADER, signed.signature)
            .body(body)
            .send()
            .await
            .map_err(|error| assert!(error.is_connect(), "{error}"))?;
        Ok((answer.status().as_u16(), answer.text().await.unwrap()))
    }

    /// What was said so far: number and kind.
    pub(crate) fn heard(&self) -> Vec<String> {
        let heard = self.ears.heard.lock().unwrap();
        let line =
            |reply: &DepartmentReply| format!("{} {}", reply.department_seq, reply.reply.kind());
        heard.iter().map(line).collect()
    }

    pub(crate) fn replies(&self) -> Vec<DepartmentReply> {
        self.ears.heard.lock().unwrap().clone()
    }

    /// Waits until exactly this was said, and that nothing more comes.
    pub(crate) async fn hears(&self, expected: &[&str]) {
        for _ in 0..500 {
            if self.heard().len() >= expected.len() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        tokio::time::sleep(Duration::from_millis(60)).await;
        assert_eq!(self.heard(), expected);
    }
}

async fn start(url: &str, behaviour: Behaviour, journals: Option<&Path>) -> Simulation {
    let mut register = RegisterTable::default();
    register.knows("mother", "records", &[("child.sex", Value::text("female"))]);
    Simulation::start(SimulationPlan {
        hub_url: url.to_owned(),
        departments: vec![(spec(), key(POLICE), behaviour)],
        register,
        register_key: key("sources"),
        timing: Timing::quick(),
        time_zone: jiff::tz::TimeZone::UTC,
        journals: journals.map(Path::to_owned),
    })
    .await
    .unwrap()
}

fn spec() -> DepartmentSpec {
    let element = ElementSpec {
        element: "child.citizen_id".to_owned(),
        grouped: true,
        kind: ValueKind::CitizenId { birth_date: Some("child.birth_date".to_owned()), sex: None },
    };
    DepartmentSpec {
        id: POLICE.to_owned(),
        area: "990000".to_owned(),
        services: vec![ServiceSpec {
            service: "household-registration".to_owned(),
            outputs: vec![OutputSpec { id: "page".to_owned(), elements: vec![element] }],
            first_line: Line { id: "b3-name".to_owned(), text: "姓名用字规范".to_owned() },
            refusal_ground: Line { id: "b3-refuse".to_owned(), text: "已经登记".to_owned() },
        }],
    }
}

/// A request for one child; `number` tells the sendings apart.
pub(crate) fn request(number: u128, kind: DispatchKind) -> DepartmentRequest {
    let born = WireValue::Date(jiff::civil::date(2026, 2, 27));
    DepartmentRequest {
        version: VERSION,
        dispatch_id: DispatchId(Uuid::from_u128(number)),
        kind,
        case_number: "990000260302000001".to_owned(),
        service: "household-registration".into(),
        member: Some("c1".into()),
        service_revision: vocabulary::ServiceRevision::new("r1"),
        fields: BTreeMap::from([("child.birth_date~c1".to_owned(), born)]),
        evidence: Vec::new(),
        received_at: Instant::now(),
        promised_on: None,
        statutory_on: None,
        correction: None,
        visit: None,
        notice: None,
        unchecked: Vec::new(),
    }
}

async fn hear(State(ears): State<Ears>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let header = |name: &str| headers[name].to_str().unwrap().to_owned();
    assert_eq!(header(signing::KEY_HEADER), POLICE);
    let signed = SignatureHeaders {
        timestamp: header(signing::TIMESTAMP_HEADER),
        nonce: header(signing::NONCE_HEADER),
        signature: header(signing::SIGNATURE_HEADER),
    };
    let message = Message { method: "POST", path: REPLIES, body: &body };
    signing::verify(&key(POLICE).secret, message, &signed, Instant::now(), 300).unwrap();
    let status = ears.answers.lock().unwrap().pop_front().unwrap_or(200);
    if status == 200 {
        ears.heard.lock().unwrap().push(wire::parse_reply(&body).unwrap());
    }
    StatusCode::from_u16(status).unwrap()
}
