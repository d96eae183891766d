//! At the counter: what is received on whose authority, and who is called when.

use std::collections::BTreeSet;
use std::sync::Arc;

use casework::{Actor, ActorRole, Intake};
use catalogue::SourceFile;
use engine::desk::{AtWindow, DeskRefusal, Grant, TicketState, TicketWish, TransferTo};
use engine::{Draft, EngineError};
use futures::future::join_all;
use network::{Network, NoAuthority};
use store_port::{AccountRow, fresh_id};
use testkit::engine_fixture::EngineFixture;
use vocabulary::{AccountId, CommandId, Date, ServiceId};

use crate::desk::{Desk, MATTER, command, sample};

const OUTLETS: &str = include_str!("../../../../core/network/src/tests/good.toml");
const WATER: &str = r#"
[[delegation]]
id = "water-to-upper-hall"
from = "water-house"
to = "upper-hall"
powers = ["receive"]
basis = { en = "Notice 6 of 2026", zh = "2026年第6号通知" }
valid_from = "2026-01-01"
"#;
const SERVICES: [&str; 4] = ["health-card", "opening-notice", "stall-permit", "water-test"];

fn outlets() -> Network {
    let file = SourceFile { name: "outlets.toml".to_owned(), text: format!("{OUTLETS}{WATER}") };
    let compiled = network::compile(&[file], &sample());
    compiled.network.unwrap()
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// Mei's desk, a clerk at window 01 of the upper hall, and his manager.
struct Counter {
    desk: Desk,
    clerk: AccountId,
    manager: AccountId,
}

impl Counter {
    async fn open() -> Self {
        let hub = EngineFixture::fresh_with(sample(), outlets()).await;
        let desk = Desk::at(hub).await;
        let counter = Self { desk, clerk: AccountId(fresh_id()), manager: AccountId(fresh_id()) };
        for (id, login, role) in
            [(counter.clerk, "ann", "clerk"), (counter.manager, "bob", "manager")]
        {
            let engine = &counter.desk.hub.engine;
            let display_name = engine.seal_account_name(id, None, login).await.unwrap();
            let account = AccountRow {
                account_id: id,
                login: login.to_owned(),
                role: role.to_owned(),
                department: Some("upper-hall".to_owned()),
                area: Some("990101".to_owned()),
                subject: None,
                password_hash: None,
                disabled: false,
                demo: true,
                display_name,
            };
            counter.desk.hub.store.upsert_account(&account).await.unwrap();
        }
        counter
    }

    fn at(&self, window: &str) -> AtWindow {
        AtWindow { clerk: self.clerk, window: window.into() }
    }

    async fn grant(&self, services: &[&str]) {
        for service in services {
            let grant = Grant {
                clerk: self.clerk,
                service: ServiceId::new(*service),
                valid_from: day("2026-01-01"),
                valid_until: None,
                basis: "spring training".to_owned(),
            };
            let engine = &self.desk.hub.engine;
            engine.grant_capability(self.manager, command(), &grant).await.unwrap();
        }
    }

    /// A complete draft that the clerk takes in.
    async fn taken_in(&self) -> Draft {
        let draft = self.desk.complete_draft().await;
        let engine = &self.desk.hub.engine;
        let mut draft = engine.find_draft(draft.owner, draft.id).await.unwrap().unwrap();
        draft.reception.intake = Some(Intake {
            outlet: "upper-hall".into(),
            window: Some("upper-hall-01".into()),
            clerk: self.clerk,
            ticket: None,
            authority: Vec::new(),
            originals: Vec::new(),
            ticked: Vec::new(),
            left_open: casework::LeftOpen::default(),
        });
        let draft = engine.save_draft(draft).await.unwrap();
        let now = engine.clock().now();
        assert!(self.desk.hub.store.hold_draft(draft.id, self.clerk, now).await.unwrap());
        draft
    }

    async fn submit(&self, draft: &Draft) -> Result<engine::CarriedOut, EngineError> {
        let clerk = Actor { role: ActorRole::Clerk, account: Some(self.clerk), department: None };
        self.desk.hub.engine.submit(clerk, command(), draft.id, "window").await
    }
}

/// The services that were not received, with the codes of the reasons.
#[track_caller]
fn refused(answer: Result<engine::CarriedOut, EngineError>) -> Vec<String> {
    match answer.unwrap_err() {
        EngineError::NotReceived(refused) => {
            refused.refusals.iter().map(|(id, why)| format!("{id} {}", why.code())).collect()
        }
        other => unreachable!("{other:?}"),
    }
}

#[tokio::test]
async fn what_is_received_names_on_what_authority() {
    let counter = Counter::open().await;
    counter.grant(&SERVICES).await;
    let draft = counter.taken_in().await;
    let done = counter.submit(&draft).await.unwrap();
    let case = counter.desk.case(done.case).await;
    let intake = case.application.reception.intake.as_ref().unwrap();
    let authority: Vec<(String, Option<&str>)> = intake
        .authority
        .iter()
        .map(|it| (it.service.to_string(), it.delegation.as_deref()))
        .collect();
    let expected = [
        ("health-card", "cards-to-upper-hall"),
        ("opening-notice", "permits-to-upper-hall"),
        ("stall-permit", "permits-to-upper-hall"),
        ("water-test", "water-to-upper-hall"),
    ];
    assert_eq!(authority, expected.map(|(id, by)| (id.to_owned(), Some(by))));
    let records = counter.desk.hub.engine.capabilities_of(counter.clerk).await.unwrap();
    let of = |id: &str| records.iter().find(|it| it.service.as_str() == id).unwrap().id.clone();
    assert!(intake.authority.iter().all(|it| it.capability == of(it.service.as_str())));
}

#[tokio::test]
async fn without_a_record_nothing_is_received_and_nothing_is_lost() {
    let counter = Counter::open().await;
    counter.grant(&SERVICES[..2]).await;
    let draft = counter.taken_in().await;
    let expected = ["stall-permit NET0101", "water-test NET0101"];
    assert_eq!(refused(counter.submit(&draft).await), expected);
    // A record that comes later heals it: the draft is as it was.
    counter.grant(&SERVICES[2..]).await;
    assert!(counter.submit(&draft).await.is_ok());
}

#[tokio::test]
async fn a_delegation_revoked_meanwhile_stops_the_submission_and_keeps_the_draft() {
    let counter = Counter::open().await;
    counter.grant(&SERVICES).await;
    let engine = &counter.desk.hub.engine;
    let received = counter.taken_in().await;
    let done = counter.submit(&received).await.unwrap();

    let draft = counter.taken_in().await;
    let at = counter.at("upper-hall-01");
    let services = SERVICES.map(ServiceId::new);
    let before = engine.desk_authority(&at, &MATTER.into(), &services).await.unwrap();
    assert!(before.values().all(Result::is_ok), "{before:?}");
    let delegation = "permits-to-upper-hall".into();
    engine.revoke_delegation(counter.manager, &delegation, "moved to the city").await.unwrap();
    let after = engine.desk_authority(&at, &MATTER.into(), &services).await.unwrap();
    assert!(after[&services[0]].is_ok());
    assert!(matches!(after[&services[2]], Err(NoAuthority::DelegationRevoked { .. })), "{after:?}");

    let expected = ["opening-notice NET0108", "stall-permit NET0108"];
    assert_eq!(refused(counter.submit(&draft).await), expected);
    let kept = engine.find_draft(draft.owner, draft.id).await.unwrap().unwrap();
    assert_eq!((kept.facts, kept.submitted_as), (draft.facts.clone(), None));
    assert_eq!(counter.desk.hub.store.list_evidence_of_draft(draft.id).await.unwrap().len(), 1);
    // She hands it in herself: then nobody received it.
    let own = counter.desk.submit(command(), &draft).await.unwrap();
    assert!(counter.desk.case(own.case).await.application.reception.intake.is_none());
    // What was received before goes on; a second revocation is told.
    assert_eq!(counter.desk.case(done.case).await.services.len(), 4);
    let again = engine.revoke_delegation(counter.manager, &delegation, "again").await;
    assert!(matches!(again, Err(EngineError::Desk(DeskRefusal::UnknownDelegation))));
}

#[tokio::test]
async fn records_are_granted_once_and_revoked_once() {
    let counter = Counter::open().await;
    let engine = &counter.desk.hub.engine;
    let once = command();
    let mut grant = Grant {
        clerk: counter.clerk,
        service: "stall-permit".into(),
        valid_from: day("2026-03-01"),
        valid_until: Some(day("2026-02-01")),
        basis: "training".to_owned(),
    };
    let backwards = engine.grant_capability(counter.manager, once, &grant).await;
    assert!(matches!(backwards, Err(EngineError::Desk(DeskRefusal::BadDates))));
    grant.valid_until = None;
    for _ in 0..2 {
        engine.grant_capability(counter.manager, once, &grant).await.unwrap();
    }
    let clerks = engine.list_clerks().await.unwrap();
    assert_eq!(clerks.len(), 1, "managers are no clerks");
    assert_eq!((clerks[0].name.as_str(), clerks[0].records.len()), ("ann", 1));
    engine.revoke_capability(counter.manager, once.0, "moved").await.unwrap();
    let again = engine.revoke_capability(counter.manager, once.0, "again").await;
    assert!(matches!(again, Err(EngineError::Desk(DeskRefusal::UnknownRecord))));
    let records = engine.capabilities_of(counter.clerk).await.unwrap();
    assert_eq!(records[0].revoked_on, Some(day("2026-03-02")));
    let nobody = Grant { clerk: counter.manager, ..grant };
    let refused = engine.grant_capability(counter.manager, command(), &nobody).await;
    assert!(matches!(refused, Err(EngineError::Desk(DeskRefusal::UnknownRecord))));
}

// ---- the queue -------------------------------------------------------------------------------------

fn wish(priority: bool) -> TicketWish {
    TicketWish {
        outlet: "upper-hall".into(),
        zone: "general".to_owned(),
        priority,
        matter: None,
        subject: None,
    }
}

#[tokio::test]
async fn a_number_is_taken_called_held_resumed_and_done() {
    let counter = Counter::open().await;
    let engine = &counter.desk.hub.engine;
    let once = command();
    let first = engine.take_number(once, &wish(false)).await.unwrap();
    assert_eq!(engine.take_number(once, &wish(false)).await.unwrap(), first, "pressed twice");
    counter.desk.hub.clock.advance(jiff::SignedDuration::from_secs(240));
    let second = engine.take_number(command(), &wish(false)).await.unwrap();
    let urgent = engine.take_number(command(), &wish(true)).await.unwrap();
    assert_eq!([&first, &second, &urgent].map(|it| it.row.code.as_str()), ["A001", "A002", "A003"]);
    assert_eq!(engine.ahead_of(&second).await.unwrap(), 2);
    let queue = engine.queue(&"upper-hall".into()).await.unwrap();
    assert_eq!(queue.waiting_for("general"), 3);
    let now = engine.clock().now();
    assert_eq!(queue.longest_wait_minutes("general", now), Some(4));

    let (one, two) = (counter.at("upper-hall-01"), counter.at("upper-hall-02"));
    let called = engine.call_next(&one).await.unwrap().unwrap();
    assert_eq!(called.row.code, "A003", "priority first");
    let busy = engine.call_next(&one).await;
    assert!(matches!(busy, Err(EngineError::Desk(DeskRefusal::WindowBusy))), "{busy:?}");
    let id = called.row.ticket_id;
    assert_eq!(engine.recall(&one, id).await.unwrap().row.calls, 2);
    // Somebody else's ticket is not touched.
    let foreign = engine.start_serving(&two, id).await;
    assert!(matches!(foreign, Err(EngineError::Desk(DeskRefusal::TicketMoved))), "{foreign:?}");
    assert_eq!(engine.start_serving(&one, id).await.unwrap().state, TicketState::Serving);
    engine.hold_ticket(&one, id).await.unwrap();
    let next = engine.call_next(&one).await.unwrap().unwrap();
    assert_eq!(next.row.code, "A001");
    let both = engine.resume_ticket(&one, id).await;
    assert!(matches!(both, Err(EngineError::Desk(DeskRefusal::WindowBusy))), "{both:?}");
    assert_eq!(engine.no_show(&one, next.row.ticket_id).await.unwrap().state, TicketState::NoShow);
    assert_eq!(engine.resume_ticket(&one, id).await.unwrap().state, TicketState::Serving);
    let done = engine.finish_ticket(&one, id).await.unwrap();
    assert_eq!((done.state, done.row.ended_at), (TicketState::Done, Some(engine.clock().now())));
    let again = engine.finish_ticket(&one, id).await;
    assert!(matches!(again, Err(EngineError::Desk(DeskRefusal::TicketMoved))), "{again:?}");
}

#[tokio::test]
async fn a_transferred_person_keeps_his_place() {
    let counter = Counter::open().await;
    let engine = &counter.desk.hub.engine;
    for _ in 0..3 {
        engine.take_number(command(), &wish(false)).await.unwrap();
        counter.desk.hub.clock.advance(jiff::SignedDuration::from_secs(60));
    }
    let (one, two) = (counter.at("upper-hall-01"), counter.at("upper-hall-02"));
    let first = engine.call_next(&one).await.unwrap().unwrap();
    let to = TransferTo::Window("upper-hall-02".into());
    let moved = engine.transfer_ticket(&one, first.row.ticket_id, &to).await.unwrap();
    assert_eq!(moved.state, TicketState::Transferred);
    // Window 01 gets the next one, window 02 the one sent to it.
    assert_eq!(engine.call_next(&one).await.unwrap().unwrap().row.code, "A002");
    assert_eq!(engine.call_next(&two).await.unwrap().unwrap().row.code, "A001");
    let nowhere = TransferTo::Zone("property".to_owned());
    let refused = engine.transfer_ticket(&two, first.row.ticket_id, &nowhere).await;
    assert!(matches!(refused, Err(EngineError::Desk(DeskRefusal::UnknownPlace))), "{refused:?}");
    assert_eq!(
        engine.tickets_at(&"upper-hall-02".into()).await.unwrap().0.unwrap().row.code,
        "A001"
    );
}

/// Three windows of two nodes call at the same moment, again and again: nobody is called twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_clerks_never_get_the_same_person() {
    let counter = Counter::open().await;
    let engine = &counter.desk.hub.engine;
    let drawn = join_all((0..20).map(|_| async {
        engine.take_number(CommandId(fresh_id()), &wish(false)).await.unwrap().row.code
    }));
    assert_eq!(drawn.await.iter().collect::<BTreeSet<_>>().len(), 20, "each number once");
    let windows = ["upper-hall-01", "upper-hall-02", "upper-hall-03"].map(|id| counter.at(id));
    let mut called = Vec::new();
    while called.len() < 20 {
        let calls = windows.iter().map(|at| {
            let (engine, at) = (Arc::new(engine.clone()), at.clone());
            tokio::spawn(async move {
                let ticket = engine.call_next(&at).await.unwrap()?;
                engine.finish_ticket(&at, ticket.row.ticket_id).await.unwrap();
                Some(ticket.row.code)
            })
        });
        let before = called.len();
        called.extend(join_all(calls).await.into_iter().filter_map(Result::unwrap));
        assert!(called.len() > before, "somebody waits still");
    }
    assert_eq!(called.len(), 20);
    assert_eq!(called.iter().collect::<BTreeSet<_>>().len(), 20, "{called:?}");
}
