//! A shared source is down when somebody applies, and for an hour more: the whole circle.

use casework::{Actor, ActorRole, Command, Reply, ServiceState, TimerKind};
use store_port::fresh_id;
use vocabulary::{CommandId, NodeKey, Value};

use crate::hub::{CLINIC, Hub, MARKET, WATER};
use crate::office::Office;

const ROLL: &str = "resident-roll";

impl Hub {
    /// The permit's department decides.
    async fn decides(&self, seq: u64, reply: Reply) -> Result<(), String> {
        let node = NodeKey::single("stall-permit");
        let case = self.case().await;
        let service = case.service(&node).unwrap();
        let department = Some(service.node.department.clone());
        let actor = Actor { role: ActorRole::Department, account: None, department };
        let dispatch = service.sendings.first().unwrap().dispatch;
        let decided_at = self.fixture.engine.clock().now();
        let command = Command::TakeReply { node, dispatch, department_seq: seq, decided_at, reply };
        let (engine, id) = (&self.fixture.engine, CommandId(fresh_id()));
        let done = engine.execute(actor, "reply", id, self.case, None, command, Vec::new()).await;
        done.map(drop).map_err(|error| error.code().to_owned())
    }

    async fn unanswered(&self) -> usize {
        self.case().await.unanswered_checks().count()
    }
}

#[test]
fn the_store_knows_which_timers_ask_again() {
    assert_eq!(TimerKind::SourceCheck.as_str(), store_port::ASKS_AGAIN);
}

#[tokio::test]
async fn a_source_that_was_down_is_asked_again_and_then_the_department_decides() {
    let mut hub = Hub::without(&[ROLL]).await;
    let (market, address) = Office::open().await;
    let (_clinic, clinic) = Office::open().await;
    let (_water, water) = Office::open().await;
    for (department, address) in [(MARKET, address), (CLINIC, clinic), (WATER, water)] {
        hub.route(department, address);
    }
    // The application went out all the same, with what was typed, and the department is told what nobody checked.
    let waiting = hub.unanswered().await;
    assert!(waiting >= 2, "name and number: {waiting}");
    hub.start();
    hub.until("the referral", || market.count() > 0).await;
    let referral = market.requests().remove(0);
    assert!(referral.unchecked.iter().any(|field| field.contains("owner.name")), "{referral:?}");
    hub.decides(1, Reply::Accepted).await.unwrap();
    let refused = Reply::Refused { ground: "sp-owner".into(), text: None };
    assert_eq!(hub.decides(2, refused.clone()).await, Err("CASE0055".to_owned()));
    let granted = Reply::Granted { outputs: Vec::new(), owed: Vec::new() };
    assert!(hub.decides(2, granted).await.is_err());

    // An hour goes by: it is asked again and again, and nothing else happens.
    hub.fixture.sources.take_asked();
    let version = hub.case().await.version;
    for _ in 0..60 {
        let now = hub.fixture.engine.clock().now();
        hub.fixture.clock.set(now + jiff::SignedDuration::from_mins(1));
        hub.fixture.bell.notify_one();
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let asked = hub.fixture.sources.take_asked();
    assert!(asked.iter().any(|(source, _)| source == ROLL), "asked again: {asked:?}");
    assert!(asked.len() < 60, "but it has its rest: {}", asked.len());
    assert_eq!(hub.unanswered().await, waiting);
    assert_eq!(hub.case().await.version, version, "silence is no event");

    // Back again: it says the same as the form, and the department hears so.
    let case = hub.case().await;
    let fields: Vec<_> = case.unanswered_checks().map(|check| check.field.slot.clone()).collect();
    let file = hub.fixture.engine.case_file(hub.case).await.unwrap().unwrap();
    let known: Vec<(String, Value)> = fields
        .iter()
        .map(|slot| (slot.to_string(), file.facts.value(slot).unwrap().clone()))
        .collect();
    let known: Vec<(&str, Value)> =
        known.iter().map(|(slot, value)| (slot.as_str(), value.clone())).collect();
    hub.fixture.sources.knows(ROLL, "mei", &known);
    hub.fixture.sources.set_down(ROLL, false);
    let before = market.count();
    hub.until("the department is told", || market.count() > before).await;
    assert_eq!(hub.unanswered().await, 0);
    let told = market.requests().pop().unwrap();
    assert!(told.dispatch_id != referral.dispatch_id && told.unchecked.is_empty(), "{told:?}");
    let timers = hub.fixture.engine.rebuilt(hub.case).await.unwrap().unwrap().timers;
    assert!(timers.iter().all(|timer| timer.kind != store_port::ASKS_AGAIN), "{timers:?}");

    // And now it may decide.
    hub.decides(3, refused).await.unwrap();
    let permit = NodeKey::single("stall-permit");
    let case = hub.case().await;
    assert_eq!(case.service(&permit).unwrap().state, ServiceState::Refused);
}
