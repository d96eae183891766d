//! Departments' systems: every kind of reply, every way to be turned away.

use axum::body::Body;
use axum::http::{HeaderMap, Method};
use exchange::signing::{
    KEY_HEADER, Message, NONCE_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, sign,
};
use jiff::SignedDuration;
use serde_json::{Value, json};
use vocabulary::{CaseId, DispatchId};

use crate::town::{Answer, SKETCH, Town, secret_of};

const REPLIES: &str = "/exchange/v1/replies";

/// A department's system.
pub(crate) struct System<'t> {
    pub(crate) town: &'t Town,
    pub(crate) department: &'static str,
}

impl System<'_> {
    fn headers(&self, method: &str, path: &str, body: &[u8], nonce: &str) -> HeaderMap {
        let message = Message { method, path, body };
        let now = self.town.app.now();
        let signed = sign(&secret_of(self.department), message, now, nonce).unwrap();
        let mut headers = HeaderMap::new();
        headers.insert(KEY_HEADER, format!("key-of-{}", self.department).parse().unwrap());
        headers.insert(TIMESTAMP_HEADER, signed.timestamp.parse().unwrap());
        headers.insert(NONCE_HEADER, signed.nonce.parse().unwrap());
        headers.insert(SIGNATURE_HEADER, signed.signature.parse().unwrap());
        headers
    }

    async fn send(&self, headers: HeaderMap, method: Method, path: &str, body: Vec<u8>) -> Answer {
        let mut sender = self.town.visitor();
        sender.headers = headers;
        sender.send(method, path, Some("application/json"), Body::from(body)).await
    }

    async fn post(&self, body: impl Into<Vec<u8>>) -> Answer {
        let body = body.into();
        let nonce = store_port::fresh_id().simple().to_string();
        let headers = self.headers("POST", REPLIES, &body, &nonce);
        self.send(headers, Method::POST, REPLIES, body).await
    }

    async fn get(&self, path: &str) -> Answer {
        let nonce = store_port::fresh_id().simple().to_string();
        let headers = self.headers("GET", path, b"", &nonce);
        self.send(headers, Method::GET, path, Vec::new()).await
    }

    pub(crate) async fn says(&self, dispatch: DispatchId, seq: u64, reply: Value) -> Answer {
        self.post(self.statement(dispatch, seq, reply).to_string()).await
    }

    fn statement(&self, dispatch: DispatchId, seq: u64, reply: Value) -> Value {
        json!({
            "version": 1,
            "dispatch_id": dispatch,
            "department_seq": seq,
            "decided_at": self.town.app.now(),
            "reply": reply,
        })
    }
}

pub(crate) async fn dispatch_of(town: &Town, case: CaseId, node: &str) -> DispatchId {
    let case = town.hub.engine.case(case).await.unwrap().unwrap();
    case.service(&node.parse().unwrap()).unwrap().sendings.last().unwrap().dispatch
}

fn permit(number: &str) -> Value {
    let number = json!({ "type": "text", "value": number });
    json!({
        "kind": "granted",
        "outputs": [{ "id": "permit", "number": "M-7", "values": { "stall.permit_no": number } }],
    })
}

fn status(answer: Answer) -> String {
    answer.is(200).json()["status"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_department_says_each_thing_once() {
    let town = Town::open().await;
    let mei = town.mei().await;
    let (case, _) = town.submitted(&mei).await;
    let office = System { town: &town, department: "market-office" };
    let dispatch = dispatch_of(&town, case, "stall-permit").await;

    assert_eq!(status(office.says(dispatch, 1, json!({ "kind": "received" })).await), "recorded");
    assert_eq!(town.state(case, "stall-permit").await, "received");
    assert_eq!(status(office.says(dispatch, 1, json!({ "kind": "received" })).await), "repeated");

    let ask =
        json!({ "kind": "correction_requested", "lines": ["sp-place"], "text": "Which corner?" });
    assert_eq!(status(office.says(dispatch, 2, ask.clone()).await), "recorded");
    mei.get(&format!("/cases/{case}/correct/stall-permit")).await.is(200).shows(&["Which corner?"]);
    assert_eq!(status(office.says(dispatch, 2, ask).await), "repeated", "words and all");
    let other =
        json!({ "kind": "correction_requested", "lines": ["sp-place"], "text": "Which side?" });
    office.says(dispatch, 2, other).await.is_problem(409, "CASE0009");

    assert_eq!(status(office.says(dispatch, 4, permit("RB-0009")).await), "recorded");
    assert_eq!(town.state(case, "stall-permit").await, "granted");
    assert_eq!(status(office.says(dispatch, 4, permit("RB-0009")).await), "repeated");
    office.says(dispatch, 4, permit("RB-0010")).await.is_problem(409, "CASE0009");
    // An earlier stage told afterwards, and a contradiction.
    assert_eq!(status(office.says(dispatch, 3, json!({ "kind": "accepted" })).await), "recorded");
    let no = json!({ "kind": "refused", "ground": "sp-full", "text": "Full." });
    assert_eq!(status(office.says(dispatch, 5, no).await), "contradicts");
    assert_eq!(town.state(case, "stall-permit").await, "contested");
    let rows = town.hub.store.list_licences_of_case(case).await.unwrap();
    assert_eq!(rows.len(), 1, "what was issued stands, once");
}

#[tokio::test]
async fn the_same_statement_in_any_form_of_words_is_kept_as_it_was_said() {
    let town = Town::open().await;
    let mei = town.mei().await;
    let (case, _) = town.submitted(&mei).await;
    let office = System { town: &town, department: "tea-clinic" };
    let dispatch = dispatch_of(&town, case, "health-card~h1").await;
    let no =
        json!({ "kind": "not_accepted", "ground": "hc-ill", "text": "  Come back when well. " });
    assert_eq!(status(office.says(dispatch, 1, no).await), "recorded");
    mei.get(&format!("/cases/{case}")).await.is(200).shows(&[
        "不宜从业",
        "Come back when well.",
        "不予受理",
    ]);
    assert_eq!(town.state(case, "opening-notice").await, "stopped", "it needed the card");
}

#[tokio::test]
async fn whose_signature_does_not_hold_is_not_heard() {
    let town = Town::open().await;
    let mei = town.mei().await;
    let (case, _) = town.submitted(&mei).await;
    let dispatch = dispatch_of(&town, case, "stall-permit").await;
    let office = System { town: &town, department: "market-office" };
    let body =
        office.statement(dispatch, 1, json!({ "kind": "received" })).to_string().into_bytes();
    let nonce = "0123456789abcdef";
    let signed = || office.headers("POST", REPLIES, &body, nonce);
    let send = |headers, body: &[u8]| office.send(headers, Method::POST, REPLIES, body.to_vec());

    send(HeaderMap::new(), &body).await.is_problem(401, "EXC0006");
    for missing in [KEY_HEADER, TIMESTAMP_HEADER, NONCE_HEADER, SIGNATURE_HEADER] {
        let mut headers = signed();
        headers.remove(missing);
        send(headers, &body).await.is_problem(401, "EXC0006");
    }
    for (name, value, code) in [
        (KEY_HEADER, "key-nobody-has", "EXC0010"),
        (KEY_HEADER, "key-of-tea-clinic", "EXC0008"),
        (TIMESTAMP_HEADER, "yesterday", "EXC0006"),
        (TIMESTAMP_HEADER, "1709258400", "EXC0008"),
        (NONCE_HEADER, "short", "EXC0006"),
        (NONCE_HEADER, "fedcba9876543210", "EXC0008"),
        (SIGNATURE_HEADER, "v1=00", "EXC0008"),
        (SIGNATURE_HEADER, "nonsense", "EXC0006"),
    ] {
        let mut headers = signed();
        headers.insert(name, value.parse().unwrap());
        send(headers, &body).await.is_problem(401, code);
    }
    let mut changed = body.clone();
    *changed.last_mut().unwrap() = b' ';
    send(signed(), &changed).await.is_problem(401, "EXC0008");
    // Signed too long ago.
    let early = signed();
    town.hub.clock.advance(SignedDuration::from_secs(301));
    send(early, &body).await.is_problem(401, "EXC0007");
    assert_eq!(town.state(case, "stall-permit").await, "referred", "nothing was heard");
    // Good once, and only once.
    let headers = signed();
    send(headers.clone(), &body).await.is(200);
    send(headers, &body).await.is_problem(401, "EXC0009");
}

#[tokio::test]
async fn what_does_not_fit_the_contract_is_told_by_code() {
    let town = Town::open().await;
    let mei = town.mei().await;
    let (case, _) = town.submitted(&mei).await;
    let dispatch = dispatch_of(&town, case, "stall-permit").await;
    let office = System { town: &town, department: "market-office" };
    let statement = |reply| office.statement(dispatch, 1, reply).to_string();
    let with = |name: &str, value: Value| {
        let mut statement = office.statement(dispatch, 1, json!({ "kind": "received" }));
        statement[name] = value;
        statement.to_string()
    };
    let values = |values: Value| {
        statement(json!({ "kind": "granted", "outputs": [{ "id": "permit", "values": values }] }))
    };
    let long = "长".repeat(4001);
    for (body, status, code) in [
        ("garbage".to_owned(), 400, "EXC0001"),
        (String::new(), 400, "EXC0001"),
        (with("version", json!(2)), 400, "EXC0003"),
        (statement(json!({ "kind": "maybe" })), 400, "EXC0004"),
        (with("dispatch_id", json!("x")), 400, "EXC0005"),
        (with("sequence", json!(1)), 400, "EXC0005"),
        (statement(json!({ "kind": "refused" })), 400, "EXC0005"),
        (with("decided_at", json!("2030-01-01T00:00:00Z")), 422, "EXC0013"),
        (statement(json!({ "kind": "correction_requested", "lines": [] })), 422, "CASE0017"),
        (
            statement(json!({ "kind": "refused", "ground": "sp-full", "text": long })),
            422,
            "EXC0012",
        ),
        (statement(json!({ "kind": "granted", "outputs": [] })), 422, "CASE0008"),
        (values(json!({})), 422, "CASE0008"),
        (values(json!({ "owner.name": { "type": "text", "value": "X" } })), 422, "EXC0011"),
        (values(json!({ "stall.permit_no": { "type": "bool", "value": true } })), 422, "EXC0005"),
        (
            values(json!({ "stall.permit_no": { "type": "text", "value": "X".repeat(21) } })),
            422,
            "ANS0007",
        ),
        (statement(json!({ "kind": "withdrawal_confirmed" })), 404, "CASE0004"),
    ] {
        let told = office.post(body.clone()).await.is_problem(status, code);
        assert!(!told.to_string().contains("garbage"), "{told}");
    }
    let huge = vec![b' '; exchange::wire::BODY_BYTES_MAX + 1];
    office.post(huge).await.is_problem(413, "EXC0002");

    // Not there, or not theirs: the same.
    let nowhere = DispatchId(store_port::fresh_id());
    let clinic = System { town: &town, department: "tea-clinic" };
    let received = || json!({ "kind": "received" });
    let unknown = office.says(nowhere, 1, received()).await.is_problem(404, "CASE0004");
    let others = clinic.says(dispatch, 1, received()).await.is_problem(404, "CASE0004");
    assert_eq!(unknown, others);
    assert_eq!(town.state(case, "stall-permit").await, "referred", "nothing was taken");
}

#[tokio::test]
async fn a_department_fetches_its_own_files_and_no_others() {
    let town = Town::open().await;
    let mei = town.mei().await;
    let (case, sketch) = town.submitted(&mei).await;
    let permit = dispatch_of(&town, case, "stall-permit").await;
    let card = dispatch_of(&town, case, "health-card~h1").await;
    let office = System { town: &town, department: "market-office" };
    let clinic = System { town: &town, department: "tea-clinic" };
    let path = |dispatch, file| exchange::evidence(dispatch, file);

    let file = office.get(&path(permit, sketch)).await.is(200);
    assert_eq!(file.bytes, SKETCH);
    assert_eq!(file.headers["content-type"], "application/pdf");
    // Under its own sending the clinic has no such file; under the office's it has nothing at all.
    clinic.get(&path(card, sketch)).await.is_problem(404, "CASE0004");
    clinic.get(&path(permit, sketch)).await.is_problem(404, "CASE0004");
    office.get(&path(permit, vocabulary::EvidenceId(case.0))).await.is_problem(404, "CASE0004");
    office
        .get("/exchange/v1/dispatches/nonsense/evidence/nonsense")
        .await
        .is_problem(404, "CASE0004");
    // Signed for another address.
    let headers = office.headers("GET", &path(card, sketch), b"", "0123456789abcdef");
    let path = path(permit, sketch);
    office.send(headers, Method::GET, &path, vec![]).await.is_problem(401, "EXC0008");
}
