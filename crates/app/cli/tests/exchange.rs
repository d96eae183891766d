//! The whole thread over real HTTP in one process: engine, pages, worker, simulated departments and register
//! of the national definitions, on free ports. Applications are handed in through the engine.

#![expect(clippy::unwrap_used, clippy::panic, reason = "the helpers of tests fail as tests do")]

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use casework::{Actor, ActorRole, Case, CaseState, Command, ServiceState};
use departments::{SOURCES, Timing};
use engine::{CaseFile, CorrectionAnswer, ToSeal};
use store_port::fresh_id;
use tempfile::TempDir;
use tokio::sync::watch;
use vocabulary::codes::{citizen_id, uscc};
use vocabulary::{CaseId, CommandId, Facts, NodeKey, SealedId, Slot, Value};
use web::Behaviour;
use worker::Patience;
use yijianshi::applying::complete_draft;
use yijianshi::demo::{Beginning, Town};
use yijianshi::demo_people::{self, FOUNDER, MOTHER, SINGLE_MOTHER};
use yijianshi::wiring::{Definitions, Hub, HubPlan, Stop, listen};

const POLICE: &str = "public-security";

/// A hub in its town. Everything ends when it is dropped.
struct Place {
    hub: Hub,
    town: Town,
    _stop: watch::Sender<bool>,
    _folder: TempDir,
}

impl Place {
    /// Everybody is prompt, except who is named.
    async fn open(behaviours: &[(&str, Behaviour)]) -> Self {
        let definitions = Definitions::load(None).unwrap().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let listener = listen(IpAddr::V4(Ipv4Addr::LOCALHOST), 0).await.unwrap();
        let hub_url = format!("http://{}", listener.local_addr().unwrap());
        let behaviours: Vec<(String, Behaviour)> =
            behaviours.iter().map(|(id, behaviour)| ((*id).to_owned(), *behaviour)).collect();
        let town = Town::start(Beginning {
            definitions: &definitions,
            hub_url: &hub_url,
            behaviours: &behaviours,
            timing: Timing::quick(),
            journals: None,
        })
        .await
        .unwrap();
        let hub = Hub::open(HubPlan {
            definitions: &definitions,
            data: folder.path(),
            database: None,
            master_key: [7; 32],
            partners: town.partners.clone(),
            demo: Some(Arc::new(town.clone())),
            clock: Arc::new(yijianshi::wiring::SystemClock),
            patience: Patience::short(),
            secure_cookies: false,
        })
        .await
        .unwrap();
        demo_people::ensure_accounts(&hub.engine).await.unwrap();
        let (trigger, stop) = Stop::by_hand();
        tokio::spawn({
            let (hub, stop) = (hub.clone(), stop.clone());
            async move { hub.serve(listener, stop).await.unwrap() }
        });
        tokio::spawn({
            let hub = hub.clone();
            async move { hub.work(stop).await }
        });
        Self { hub, town, _stop: trigger, _folder: folder }
    }

    async fn submit(&self, login: &str, matter: &str, answers: &Facts) -> CaseId {
        let engine = &self.hub.engine;
        let owner = demo_people::account_id(login);
        let draft = complete_draft(engine, owner, login, &matter.into(), answers).await.unwrap();
        let command = CommandId(fresh_id());
        engine.submit(applicant(login), command, draft.id, "online").await.unwrap().case
    }

    async fn case(&self, case: CaseId) -> Arc<Case> {
        self.hub.engine.case(case).await.unwrap().unwrap()
    }

    async fn file(&self, case: CaseId) -> CaseFile {
        self.hub.engine.case_file(case).await.unwrap().unwrap()
    }

    /// Waits until it is so, and tells how the services stand if it never is.
    async fn until(&self, case: CaseId, what: &str, so: impl Fn(&Case) -> bool) -> Arc<Case> {
        for _ in 0..1500 {
            let now = self.case(case).await;
            if so(&now) {
                return now;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("never: {what}\n{:#?}", states(&*self.case(case).await));
    }

    async fn done(&self, case: CaseId) -> Arc<Case> {
        self.until(case, "done", |case| case.state() == CaseState::Done).await
    }

    /// An officer of each department goes by evidence where its register says otherwise.
    async fn officers_go_by_papers(&self, id: CaseId) {
        let case = self.case(id).await;
        for service in &case.services {
            for check in case.unsettled_fields(service) {
                let department = Some(service.node.department.clone());
                let actor = Actor { role: ActorRole::Officer, account: None, department };
                let reason = ToSeal { id: SealedId(fresh_id()), clear: b"paper seen".into() };
                let (node, slot) = (service.node.key.clone(), check.field.slot.clone());
                let command = Command::TakeOnEvidence { node, slot, reason: reason.id };
                let (action, told) = ("take-on-evidence", CommandId(fresh_id()));
                let engine = &self.hub.engine;
                engine.execute(actor, action, told, id, None, command, vec![reason]).await.unwrap();
            }
        }
    }

    async fn set(&self, department: &str, behaviour: Behaviour) {
        use web::DemoControl as _;
        assert!(self.town.set_behaviour(department, behaviour).await, "{department}");
    }

    /// What every department received is what the case sent: each sending under its one id, and no other.
    async fn each_sending_arrived_under_one_id(&self, case: &Case) {
        let sent: BTreeSet<_> = case
            .services
            .iter()
            .flat_map(|service| &service.sendings)
            .map(|s| s.dispatch)
            .collect();
        let ledger = self.town.simulation.ledger();
        let arrived: BTreeSet<_> = ledger.iter().map(|(_, line)| line.dispatch).collect();
        assert_eq!(arrived, sent);
        let mut once = BTreeMap::new();
        for (department, line) in ledger {
            let what = (line.case_number, line.node, line.kind, department);
            *once.entry(what).or_insert(0) += 1;
        }
        assert!(once.values().all(|ids| *ids == 1), "{once:?}");
    }
}

fn applicant(login: &str) -> Actor {
    let account = Some(demo_people::account_id(login));
    Actor { role: ActorRole::Applicant, account, department: None }
}

fn states(case: &Case) -> BTreeMap<String, &'static str> {
    let state =
        |service: &casework::ServiceCase| (service.node.key.to_string(), service.state.as_str());
    case.services.iter().map(state).collect()
}

fn answers(child: bool, said: &[(&str, Value)]) -> Facts {
    let mut facts = Facts::new();
    if child {
        facts.set_members("child".into(), vec!["c1".into()]);
    }
    for (slot, value) in said {
        facts.answer(slot.parse::<Slot>().unwrap(), value.clone());
    }
    facts
}

/// What the married mother answers; everything else the registers know.
fn mothers_answers() -> Facts {
    answers(
        true,
        &[
            ("birth.place", Value::text("city_hospital")),
            ("mother.id_type", Value::text("resident_id")),
            ("father.id_type", Value::text("resident_id")),
            ("household.follow", Value::text("mother")),
            ("agent.used", Value::Bool(false)),
            ("benefits.now", Value::Bool(false)),
            ("child.surname_from~c1", Value::text("father")),
            ("child.name~c1", Value::text("陈乐安")),
        ],
    )
}

async fn mothers_case(place: &Place) -> CaseId {
    place.submit(MOTHER, "newborn", &mothers_answers()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_married_mothers_application_becomes_five_licences() {
    let place = Place::open(&[]).await;
    let case = mothers_case(&place).await;
    let done = place.done(case).await;
    assert_eq!(done.services.len(), 5);
    assert!(done.application.evidence.is_empty(), "nothing had to be brought");
    let file = place.file(case).await;
    let told = |slot: &str| file.facts.value(&slot.parse().unwrap()).unwrap().to_string();
    assert_eq!(told("mother.name"), "王小梅");
    let child = citizen_id::validate(&told("child.citizen_id~c1")).unwrap();
    assert_eq!(child.birth_date.to_string(), told("child.birth_date~c1"));
    assert_eq!(child.sex, citizen_id::Sex::Female);

    assert_eq!(file.licences.len(), 5);
    for (_, licence) in &file.licences {
        assert_eq!(licence.holder, "陈乐安");
        let found =
            place.hub.engine.verify_licence(&licence.code, &licence.verification_code).await;
        assert!(found.unwrap().is_some(), "{} can be verified", licence.output);
    }
    place.each_sending_arrived_under_one_id(&done).await;
    assert!(place.hub.engine.store().owed().await.unwrap().is_empty(), "nothing is owed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_department_that_is_down_holds_up_only_what_needs_it_and_catches_up() {
    let place = Place::open(&[(POLICE, Behaviour::Down)]).await;
    let case = mothers_case(&place).await;
    let household: NodeKey = "household-registration~c1".parse().unwrap();
    let waiting = place
        .until(case, "the others are done", |case| {
            let state = |node: &str| case.service(&node.parse().unwrap()).unwrap().state;
            state("vaccination-record~c1") == ServiceState::Granted
                && case.service(&household).unwrap().state == ServiceState::Referred
        })
        .await;
    let dispatch = waiting.service(&household).unwrap().sendings[0].dispatch;
    assert_eq!(waiting.state(), CaseState::PartlyDone);
    assert_eq!(place.hub.engine.store().owed().await.unwrap(), [(POLICE.to_owned(), 1, 0)]);
    tokio::time::sleep(Duration::from_secs(1)).await;
    place.set(POLICE, Behaviour::Prompt).await;
    let done = place.done(case).await;
    let sendings = &done.service(&household).unwrap().sendings;
    assert_eq!((sendings.len(), sendings[0].dispatch), (1, dispatch), "the same sending");
    place.each_sending_arrived_under_one_id(&done).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn departments_that_say_everything_twice_or_backwards_change_nothing() {
    let place = Place::open(&[
        (POLICE, Behaviour::Twice),
        ("hospital", Behaviour::OutOfOrder),
        ("vaccination-clinic", Behaviour::Twice),
        ("healthcare-security", Behaviour::OutOfOrder),
        ("human-resources", Behaviour::Twice),
    ])
    .await;
    let case = mothers_case(&place).await;
    place.done(case).await;
    // What comes late has come by now.
    let case = place
        .until(case, "all was said", |case| case.services.iter().all(|it| it.replies.len() == 3))
        .await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    let file = place.file(case.id).await;
    assert_eq!(file.licences.len(), 5, "no licence twice");
    for service in &file.case.services {
        let said: Vec<u64> = service.history().iter().map(|reply| reply.department_seq).collect();
        assert_eq!(said, [1, 2, 3], "the visible history of {}", service.node.key);
        assert!(service.accepted_at.is_some());
    }
    place.each_sending_arrived_under_one_id(&file.case).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_refusal_leaves_the_rest_granted() {
    let place = Place::open(&[("human-resources", Behaviour::Refusing)]).await;
    let case = mothers_case(&place).await;
    let ended = place.until(case, "ended", |case| case.state().is_final()).await;
    assert_eq!(ended.state(), CaseState::PartlyRefused);
    let file = place.file(case).await;
    assert_eq!(file.licences.len(), 4);
    let refused = file.case.service(&"social-security-card~c1".parse().unwrap()).unwrap();
    assert_eq!(refused.state, ServiceState::Refused);
    let (ground, words) = refused.refused_for.clone().unwrap();
    let service = place.hub.engine.catalogue().service(&"social-security-card".into()).unwrap();
    assert_eq!(ground, service.refusal_grounds[0].id);
    assert!(!file.words[&words.unwrap()].is_empty(), "and says why in words");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_at_the_root_stops_what_needs_it() {
    let place = Place::open(&[("hospital", Behaviour::Refusing)]).await;
    let case = mothers_case(&place).await;
    let ended = place.until(case, "ended", |case| case.state().is_final()).await;
    assert_eq!(ended.state(), CaseState::Refused);
    let stopped = ended.services.iter().filter(|it| it.state == ServiceState::Stopped).count();
    assert_eq!(stopped, 4);
    place.each_sending_arrived_under_one_id(&ended).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_goes_to_the_mother_and_back() {
    let place = Place::open(&[("vaccination-clinic", Behaviour::Correcting)]).await;
    let case = mothers_case(&place).await;
    let asked = place
        .until(case, "a correction", |case| case.state() == CaseState::AwaitingApplicant)
        .await;
    let node = asked.awaiting_applicant().pop_first().unwrap();
    let service = asked.service(&node).unwrap();
    let wanted = service.open_correction().unwrap().clone();
    assert!(place.file(case).await.words[&wanted.text.unwrap()].contains("补正"));

    let answer = CorrectionAnswer {
        values: answers(false, &[("vaccination.clinic", Value::text("柳荫街道社区卫生服务中心"))]),
        words: "已经改好".to_owned(),
    };
    let sealed = ToSeal { id: SealedId(fresh_id()), clear: answer.to_bytes().unwrap() };
    let command =
        Command::AnswerCorrection { node: node.clone(), answer: Some(sealed.id), evidence: vec![] };
    let id = CommandId(fresh_id());
    place
        .hub
        .engine
        .execute(applicant(MOTHER), "correct", id, case, None, command, vec![sealed])
        .await
        .unwrap();
    let done = place.done(case).await;
    let service = done.service(&node).unwrap();
    assert_eq!((service.sendings.len(), service.corrections.len()), (2, 1));
    assert!(service.corrections[0].answered_at.is_some());
    place.each_sending_arrived_under_one_id(&done).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_decides_what_his_department_leaves_to_him() {
    let place = Place::open(&[(POLICE, Behaviour::ByHand)]).await;
    let case = mothers_case(&place).await;
    let node: NodeKey = "household-registration~c1".parse().unwrap();
    let received = place
        .until(case, "received", |case| {
            case.service(&node).unwrap().state == ServiceState::Received
        })
        .await;
    let officer = Actor {
        role: ActorRole::Officer,
        account: Some(demo_people::account_id(POLICE)),
        department: Some(POLICE.into()),
    };
    let dispatch = received.service(&node).unwrap().sendings[0].dispatch;
    let first = "99000020260302004";
    let number = format!("{first}{}", citizen_id::check_char(first).unwrap());
    let values = answers(false, &[("child.citizen_id~c1", Value::text(number))]);
    let values = BTreeMap::from([("page".to_owned(), values)]);
    let engine = &place.hub.engine;
    let now = engine.clock().now();
    let command = CommandId(fresh_id());
    engine.grant(officer, command, case, None, &node, dispatch, 2, now, values).await.unwrap();
    place.done(case).await;
    assert_eq!(place.file(case).await.licences.len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_is_withdrawn_after_it_was_sent() {
    let place = Place::open(&[("human-resources", Behaviour::ByHand)]).await;
    let case = mothers_case(&place).await;
    let node: NodeKey = "social-security-card~c1".parse().unwrap();
    place
        .until(case, "received", |case| {
            case.service(&node).unwrap().state == ServiceState::Received
        })
        .await;
    let command = Command::Withdraw { node: Some(node.clone()) };
    let id = CommandId(fresh_id());
    let engine = &place.hub.engine;
    let mother = applicant(MOTHER);
    engine.execute(mother, "withdraw", id, case, None, command, Vec::new()).await.unwrap();
    let done = place.done(case).await;
    assert_eq!(done.service(&node).unwrap().state, ServiceState::Withdrawn);
    place.each_sending_arrived_under_one_id(&done).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unmarried_mother_brings_one_paper_which_the_police_may_fetch() {
    let place = Place::open(&[]).await;
    let said = answers(
        true,
        &[
            ("birth.place", Value::text("city_hospital")),
            ("mother.id_type", Value::text("resident_id")),
            ("father.on_certificate", Value::Bool(false)),
            ("household.follow", Value::text("mother")),
            ("agent.used", Value::Bool(false)),
            ("benefits.now", Value::Bool(false)),
            ("child.surname_from~c1", Value::text("mother")),
        ],
    );
    let case = place.submit(SINGLE_MOTHER, "newborn", &said).await;
    let done = place.done(case).await;
    let brought: Vec<&str> =
        done.application.evidence.iter().map(|file| file.slot.ty.as_str()).collect();
    assert_eq!(brought, ["unmarried-birth-statement"]);
    assert_eq!(place.file(case).await.licences.len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_registers_everything_is_typed_and_brought_and_decided_when_they_are_back() {
    let place = Place::open(&[(SOURCES, Behaviour::Down)]).await;
    let mut said = mothers_answers();
    let engine = &place.hub.engine;
    let today = engine.catalogue().civil_date(engine.clock().now());
    for (slot, value) in [
        ("parents.married", Value::Bool(true)),
        ("birth.registered", Value::Bool(true)),
        ("child.birth_date~c1", Value::Date(today.yesterday().unwrap())),
    ] {
        said.answer(slot.parse().unwrap(), value);
    }
    let case = place.submit(MOTHER, "newborn", &said).await;
    let began = |case: &Case| case.services[0].state == ServiceState::Accepted;
    let held = place.until(case, "the first is looked at", began).await;
    assert!(held.application.evidence.len() >= 5, "papers instead of registers");
    let waits_for = held.unsettled_fields(&held.services[0]).count();
    assert!(waits_for > 0, "nobody decides on what no register has told");

    // What the registers say is another thing than what she typed: officers go by the papers.
    place.set(SOURCES, Behaviour::Prompt).await;
    let answered = |case: &Case| case.unanswered_checks().count() == 0;
    place.until(case, "the registers are asked again", answered).await;
    place.officers_go_by_papers(case).await;
    let done = place.done(case).await;
    assert!(done.checks.iter().any(|check| !check.taken.is_empty()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_company_is_started() {
    let place = Place::open(&[]).await;
    let mut said = answers(
        false,
        &[
            ("company.form", Value::text("limited")),
            ("company.name_reserved", Value::Bool(false)),
            ("company.prior_permit", Value::Bool(false)),
            ("premises.tenure", Value::text("lease")),
            ("premises.dwelling", Value::Bool(false)),
            ("agent.used", Value::Bool(false)),
            ("shareholder.kind~s1", Value::text("natural")),
            ("shareholder.kind~s2", Value::text("natural")),
            ("company.trade_name", Value::text("望舒")),
            ("company.industry", Value::text("软件")),
        ],
    );
    said.set_members("shareholder".into(), vec!["s1".into(), "s2".into()]);
    said.set_members("employee".into(), Vec::new());
    let case = place.submit(FOUNDER, "enterprise-start-up", &said).await;
    let done = place.done(case).await;
    assert_eq!(done.services.len(), 5, "with the bank appointment");
    let file = place.file(case).await;
    let told = |slot: &str| file.facts.value(&slot.parse().unwrap()).unwrap().to_string();
    assert_eq!(told("company.name"), "望舒软件有限公司");
    assert_eq!(uscc::validate(&told("company.uscc")), Ok(told("company.uscc")));
    assert_eq!(told("legal.name"), "赵一鸣");
}
