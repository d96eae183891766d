//! What people enter, walked through the whole hub over HTTP, and looked for afterwards wherever bytes are kept: the
//! database with its log, evidence files, what nodes tell their operator, backups and dumps. Then one of them is erased,
//! also from a backup that was made before.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use axum::body::{Body, to_bytes};
use axum::http::{HeaderName, Request, Response, header};
use store_port::{AccountRow, fresh_id};
use testkit::servers::Servers;
use tokio::net::TcpListener;
use tower::ServiceExt as _;
use vocabulary::{AccountId, CaseId, CommandId, NodeKey, Value};
use web::{Behaviour, DemoControl as _};
use yijianshi::applying::complete_draft;
use yijianshi::wiring::{Hub, Stop};

use crate::place::{Place, complete, sample, somebody};

const NAME: &str = "王小梅花儿";
const PHONE: &str = "13987654321";
const FILE: &str = "%PDF-1.7 a sketch under the seventh willow";
const ANSWER: &str = "第七棵柳树旁的那一排";
const RATING: &str = "苔藓般缓慢的答复";
const REASON: &str = "小梅家的井去年就枯了";
const NOTICE: &str = "为何让小梅花儿等这么久";
const REPLY: &str = "小梅花儿的水样昨天才到";
/// Whose officer answers in the hub, what he refuses, and on which ground.
const BY_HAND: &str = "tea-clinic";
const REFUSED: &str = "health-card~h1";
const GROUND: &str = "hc-ill";
/// What is looked for; `FILE` in part, as it may be cut anywhere.
const PLANTED: [&str; 8] =
    [NAME, PHONE, "under the seventh willow", ANSWER, RATING, REASON, NOTICE, REPLY];

/// Every way in which a value may stand in bytes.
fn disguises(value: &str) -> Vec<Vec<u8>> {
    use base64::Engine as _;
    let bytes = value.as_bytes();
    let utf16: Vec<u16> = value.encode_utf16().collect();
    let percent: String = bytes.iter().map(|byte| format!("%{byte:02X}")).collect();
    let json: String = utf16.iter().map(|unit| format!("\\u{unit:04x}")).collect();
    let mut all = vec![
        bytes.to_vec(),
        hex::encode(bytes).into_bytes(),
        hex::encode_upper(bytes).into_bytes(),
        utf16.iter().flat_map(|unit| unit.to_le_bytes()).collect(),
        utf16.iter().flat_map(|unit| unit.to_be_bytes()).collect(),
        percent.into_bytes(),
        json.into_bytes(),
    ];
    // Base64 at each of its three phases; what depends on neighbours is cut off.
    for phase in 0..3 {
        let padded: Vec<u8> = [vec![0; phase], bytes.to_vec()].concat();
        let text = base64::engine::general_purpose::STANDARD_NO_PAD.encode(padded);
        let whole = text.len().saturating_sub(2);
        all.push(text.as_bytes()[if phase == 0 { 0 } else { 4 }..whole].to_vec());
    }
    all
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    if folder.is_file() {
        files.push(folder.to_owned());
    }
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            files.extend(files_below(&entry.path()));
        } else if kind.is_file() {
            files.push(entry.path());
        }
    }
    files
}

/// Where something planted stands in clear, or thinly disguised.
fn found_below(folders: &[&Path]) -> (Vec<String>, usize, usize) {
    let needles: Vec<(&str, Vec<u8>)> = PLANTED
        .iter()
        .flat_map(|value| disguises(value).into_iter().map(move |bytes| (*value, bytes)))
        .collect();
    let (mut found, mut files, mut size) = (Vec::new(), 0, 0);
    for path in folders.iter().flat_map(|folder| files_below(folder)) {
        // One that a server has just put away is not there any more.
        let Ok(bytes) = std::fs::read(&path) else { continue };
        files += 1;
        size += bytes.len();
        for (value, needle) in &needles {
            if memchr::memmem::find(&bytes, needle).is_some() {
                found.push(format!("`{value}` in {}", path.display()));
            }
        }
    }
    (found, files, size)
}

/// A person at a browser.
struct Person<'a> {
    hub: &'a Hub,
    cookie: String,
}

impl<'a> Person<'a> {
    async fn signed_in(hub: &'a Hub, account: &AccountRow) -> Self {
        let cookie = web::session::open(&hub.app, account).await.unwrap();
        Self { hub, cookie: format!("{}={}", cookie.name(), cookie.value()) }
    }

    async fn send(&self, request: axum::http::request::Builder, body: String) -> Response<Body> {
        let request = request
            .header(header::COOKIE, &self.cookie)
            .header(header::HOST, "hub")
            .header(HeaderName::from_static("sec-fetch-site"), "same-origin")
            .header(header::CONTENT_LENGTH, body.len())
            .body(Body::from(body))
            .unwrap();
        self.hub.current.router().oneshot(request).await.unwrap()
    }

    async fn get(&self, path: &str) -> String {
        let answer = self.send(Request::get(path), String::new()).await;
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        let bytes = to_bytes(answer.into_body(), 1 << 22).await.unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    async fn post(&self, path: &str, kind: &str, body: String) {
        let request = Request::post(path).header(header::CONTENT_TYPE, kind);
        let answer = self.send(request, body).await;
        let status = answer.status();
        let bytes = to_bytes(answer.into_body(), 1 << 22).await.unwrap();
        assert!(status.is_redirection(), "{path}: {status} {}", String::from_utf8_lossy(&bytes));
    }
}

/// What stands in a hidden field of a page.
fn hidden(page: &str, name: &str) -> String {
    let at = page.find(&format!("name=\"{name}\"")).unwrap();
    let value = page[at..].split("value=\"").nth(1).unwrap();
    value.split('"').next().unwrap().to_owned()
}

fn part(name: &str, value: &str) -> String {
    format!("--XX\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
}

async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let limit = Instant::now() + Duration::from_secs(60);
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < limit, "{what} never comes");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A service whose correction has to be answered; nothing inside when the case is over, `None` while it goes on.
async fn next_asked(hub: &Hub, case: CaseId) -> Option<Option<NodeKey>> {
    let case = hub.engine.case(case).await.unwrap()?;
    if case.state() == casework::CaseState::Done {
        return Some(None);
    }
    let asked = case.services.iter().find(|it| {
        it.corrections.iter().any(|it| it.answer.is_none())
            && it.state == casework::ServiceState::CorrectionRequested
    })?;
    Some(Some(asked.node.key.clone()))
}

/// One person's whole way: form, file, submission, correction, licences, rating.
async fn live(hub: &Hub) -> (CaseId, AccountId) {
    let engine = &hub.engine;
    let account = somebody(hub, NAME).await;
    let owner = account.account_id;
    let person = Person::signed_in(hub, &account).await;

    // One who has to bring papers.
    let newcomer = |it: &&web::state::Example| it.id == "newcomer-on-the-riverside";
    let example = hub.app.examples.iter().find(newcomer).unwrap().clone();
    let mut facts = example.facts.clone();
    facts.answer("owner.name".parse().unwrap(), Value::text(NAME));
    facts.answer("owner.phone".parse().unwrap(), Value::text(PHONE));
    let draft = complete_draft(engine, owner, "person", &example.matter, &facts).await.unwrap();
    let files = engine.evidence_of(&draft).await.unwrap();
    assert!(!files.is_empty(), "she hands papers in");
    for file in files {
        let name = format!("{NAME}.pdf");
        engine
            .add_evidence(&draft, &file.slot, &name, "application/pdf", FILE.into())
            .await
            .unwrap();
    }
    let check = format!("/drafts/{}/check", draft.id);
    assert!(person.get(&check).await.contains(PHONE), "she sees what she has entered");
    let form = format!("command={}&declared=on", fresh_id());
    let form_kind = "application/x-www-form-urlencoded";
    person.post(&format!("/drafts/{}/submit", draft.id), form_kind, form).await;
    let case = until("the case", async || {
        let draft = engine.find_draft(owner, draft.id).await.unwrap()?;
        draft.submitted_as
    })
    .await;
    // Whatever a department asks for is answered, until it is over.
    let mut answered = 0;
    while let Some(node) = until("the end", async || next_asked(hub, case).await).await {
        let correct = format!("/cases/{case}/correct/{node}");
        let page = person.get(&correct).await;
        let body = part("command", &hidden(&page, "command"))
            + &part("version", &hidden(&page, "version"))
            + &part("words", ANSWER)
            + "--XX--\r\n";
        person.post(&correct, "multipart/form-data; boundary=XX", body).await;
        answered += 1;
    }
    assert!(answered > 0, "something had to be corrected");
    let words: String = RATING.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let form = format!("command={}&grade=2&words={words}", fresh_id());
    person.post(&format!("/cases/{case}/rate"), form_kind, form).await;
    let page = person.get(&format!("/cases/{case}")).await;
    assert!(page.contains(NAME) || page.contains(ANSWER), "she sees what is hers");
    (case, owner)
}

/// Somebody who works here.
async fn staff<'a>(hub: &'a Hub, role: &str, department: Option<&str>) -> Person<'a> {
    let account_id = AccountId(fresh_id());
    let login = format!("a-{role}");
    let account = AccountRow {
        account_id,
        role: role.to_owned(),
        department: department.map(str::to_owned),
        area: None,
        subject: None,
        password_hash: None,
        disabled: false,
        demo: false,
        display_name: hub.engine.seal_account_name(account_id, None, &login).await.unwrap(),
        login,
    };
    hub.engine.store().upsert_account(&account).await.unwrap();
    Person::signed_in(hub, &account).await
}

/// What she applies for once more is supervised, and one service of it refused by hand: words of three desks about her.
async fn live_again(hub: &Hub, owner: AccountId) -> CaseId {
    let (draft, actor) = complete(hub, owner).await;
    let command = CommandId(fresh_id());
    let case = hub.engine.submit(actor, command, draft.id, "online").await.unwrap().case;
    let officer = staff(hub, "officer", Some(BY_HAND)).await;
    let manager = staff(hub, "manager", None).await;
    let form_kind = "application/x-www-form-urlencoded";
    let percent = |words: &str| words.bytes().map(|it| format!("%{it:02X}")).collect::<String>();
    let send = async |who: &Person<'_>, at: &str, deed: &str, more: &str| {
        let page = who.get(at).await;
        let mut form = format!("command={}{more}", hidden(&page, "command"));
        if page.contains("name=\"version\"") {
            form.push_str(&format!("&version={}", hidden(&page, "version")));
        }
        who.post(&format!("{at}/{deed}"), form_kind, form).await;
    };
    let desk = format!("/officer/cases/{case}/{REFUSED}");
    let supervised = format!("/manager/supervision/{case}/{REFUSED}");
    let answered = format!("/officer/supervision/{case}/{REFUSED}");
    send(&manager, &supervised, "notice", &format!("&words={}", percent(NOTICE))).await;
    send(&officer, &answered, "answer", &format!("&words={}", percent(REPLY))).await;
    assert!(manager.get(&supervised).await.contains(REPLY), "it is read");
    send(&officer, &desk, "accept", "").await;
    let reason = format!("&ground={GROUND}&words={}", percent(REASON));
    send(&officer, &desk, "refuse", &reason).await;
    assert!(officer.get(&desk).await.contains(REASON), "it is read");
    case
}

/// Works while something else happens.
async fn at_work<T>(place: &Place, then: impl AsyncFnOnce(&Hub) -> T) -> T {
    let listener = TcpListener::bind(("127.0.0.1", place.port)).await.unwrap();
    let hub = place.hub().await;
    let (trigger, stop) = Stop::by_hand();
    let (serving, until) = (hub.clone(), stop.clone());
    let served = tokio::spawn(async move { serving.serve(listener, until).await.unwrap() });
    let working = hub.clone();
    let worked = tokio::spawn(async move { working.work(stop).await });
    let came = then(&hub).await;
    trigger.send_replace(true);
    served.await.unwrap();
    worked.await.unwrap();
    drop(hub);
    // The last of its lanes lets go of an embedded database a moment later.
    if let Ok(lock) = std::fs::File::options().append(true).open(place.data.join("hub.db.lock")) {
        let limit = Instant::now() + Duration::from_secs(20);
        while lock.try_lock().is_err() {
            assert!(Instant::now() < limit, "somebody holds the store");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
    came
}

/// A command of the program on the place; what it said.
fn run(place: &Place, words: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_yijianshi"));
    command.args(words).arg("--data").arg(&place.data);
    if let Some(url) = &place.url {
        command.args(["--database", url]);
    }
    let said = command.output().unwrap();
    let text =
        String::from_utf8_lossy(&said.stdout).into_owned() + &String::from_utf8_lossy(&said.stderr);
    assert!(said.status.success(), "{words:?}: {text}");
    text
}

/// Everything that a node can say for its operator, at every level, goes to the file of the place.
fn say_everything(place: &Place) {
    let log = std::fs::File::create(place.log()).unwrap();
    tracing_subscriber::fmt().json().with_max_level(tracing::Level::TRACE).with_writer(log).init();
}

fn story(place: &mut Place, server_data: Option<&Path>, copies: &Path) {
    say_everything(place);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    std::fs::create_dir_all(copies).unwrap();
    let (case, number, before) = runtime.block_on(at_work(place, async |hub: &Hub| {
        let (case, owner) = live(hub).await;
        assert!(place.town.set_behaviour(BY_HAND, Behaviour::ByHand).await);
        live_again(hub, owner).await;
        let now = hub.engine.case(case).await.unwrap().unwrap();
        let number = now.application.case_number.to_string();
        // While it runs: log and journal are as full as they get.
        let log = place.log();
        let folders: Vec<&Path> =
            [place.data.as_path(), &log].into_iter().chain(server_data).collect();
        let (found, files, size) = found_below(&folders);
        assert!(found.is_empty(), "{found:#?}");
        assert!(std::fs::metadata(&log).unwrap().len() > 100_000, "nodes said something");
        assert!(files > 5 && size > 100_000, "there was something to look at: {files}, {size}");
        println!("{files} files, {size} bytes: nothing of {} planted values", PLANTED.len());
        (case, number, now)
    }));
    // A copy, in every form that operators make.
    match &place.url {
        None => drop(run(place, &["backup", "--to", copies.to_str().unwrap()])),
        Some(url) => {
            testkit::postgres::dump(url, &copies.join("hub.dump"));
            testkit::postgres::dump_as_text(url, &copies.join("hub.sql"));
        }
    }
    let (found, files, _) = found_below(&[copies, &place.data]);
    assert!(found.is_empty() && files > 0, "{found:#?}");

    // She is erased: values are gone, and the case is what it was.
    assert!(run(place, &["erase", "--case", &number]).contains("erased"));
    let gone = async |hub: &Hub| {
        let engine = &hub.engine;
        let after = engine.case(case).await.unwrap().unwrap();
        assert_eq!(after, before, "the fold is the same");
        let file = engine.case_file(case).await.unwrap().unwrap();
        let left = format!("{:?} {:?}", file.facts, file.words);
        assert!(PLANTED.iter().all(|value| !left.contains(value)), "{left}");
        assert!(file.licences.is_empty() && file.words.is_empty());
        let rows = engine.store().load_events(&[case]).await.unwrap();
        let events = engine::projection::read_events(&rows[0].1).unwrap();
        assert_eq!(casework::Case::fold(&events).as_ref(), Some(&*after), "replay is state");
        let subject = after.application.subject;
        assert!(engine.store().find_subject_key(subject).await.unwrap().is_none());
        assert!(engine.vault().key_for(subject).await.is_err(), "no new key is made");
    };
    runtime.block_on(at_work(place, gone));

    // An older copy is put back: she is in it, and is erased again.
    match &place.url {
        None => {
            let copy = std::fs::read_dir(copies).unwrap().next().unwrap().unwrap().path();
            for tail in ["-wal", "-shm"] {
                // The last process that closed it may have taken them away.
                let _ = std::fs::remove_file(place.data.join(format!("hub.db{tail}")));
            }
            std::fs::copy(copy.join("hub.db"), place.data.join("hub.db")).unwrap();
        }
        Some(_) => place.url = Some(testkit::postgres::restore(&copies.join("hub.dump"))),
    }
    let said = run(place, &["after-restore"]);
    assert!(said.contains("1 people are erased again"), "{said}");
    runtime.block_on(at_work(place, gone));
}

fn place(url: Option<String>) -> Place {
    let _ = sample();
    Place::new(url, &[("market-office".to_owned(), Behaviour::Correcting)])
}

#[test]
fn an_embedded_hub_keeps_nothing_in_clear_and_forgets_whom_it_has_to() {
    let folder = tempfile::tempdir().unwrap();
    story(&mut place(None), None, &folder.path().join("copies"));
}

#[test]
fn a_postgres_keeps_nothing_in_clear_and_forgets_whom_it_has_to() {
    let Some(servers) = Servers::begin() else { return };
    let server = servers.primary("only", "-c wal_level=replica -c wal_compression=off");
    let folder = tempfile::tempdir().unwrap();
    let data = server.data_folder();
    story(&mut place(Some(server.url())), Some(&data), &folder.path().join("copies"));
}

#[test]
fn what_is_looked_for_would_be_found() {
    let folder = tempfile::tempdir().unwrap();
    for (at, bytes) in disguises(NAME).into_iter().enumerate() {
        std::fs::write(folder.path().join(at.to_string()), bytes).unwrap();
    }
    let (found, files, _) = found_below(&[folder.path()]);
    assert_eq!((found.len() >= files, files), (true, 10), "{found:?}");
}
