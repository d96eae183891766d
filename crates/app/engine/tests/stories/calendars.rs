//! A new working calendar is taken over while cases run: one audited act, whoever does it and however often it is
//! interrupted.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use casework::{Actor, ActorRole, Command, Reply, ServiceState};
use catalogue::Catalogue;
use store_port::{CalendarLoadRow, LightWanted, ServiceFilter};
use testkit::engine_fixture::{EngineFixture, catalogue_of_files, files_of};
use uuid::Uuid;
use vocabulary::{AccountId, CaseId, CommandId};

use crate::desk::{Desk, command, sample};

const DAYS_OFF: &str = r#"days_off = ["2026-01-01", "2026-09-07..2026-09-09"]"#;
/// Wednesday to Friday of the week in which the stories begin are off.
const SPRING: &str =
    r#"days_off = ["2026-01-01", "2026-03-04..2026-03-06", "2026-09-07..2026-09-09"]"#;
const YEAR: &str = "[[calendar]]\nyear = 2026";
/// The year after is announced: its first two working days are off.
const NEXT_YEAR: &str = "[[calendar]]\nyear = 2027\ndays_off = [\"2027-01-01\", \"2027-01-04\"]\nwork_days = []\n\n[[calendar]]\nyear = 2026";

fn with(from: &str, to: &str) -> Arc<Catalogue> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../definitions/sample");
    let mut files = files_of(&folder);
    let found: usize = files.iter().map(|file| file.text.matches(from).count()).sum();
    assert_eq!(found, 1, "`{from}` must stand once in the sample");
    for file in &mut files {
        file.text = file.text.replace(from, to);
    }
    catalogue_of_files(&files)
}

/// A node that starts on the same store with other definitions.
fn node(desk: &Desk, definitions: &Arc<Catalogue>) -> EngineFixture {
    let node = EngineFixture::on(Arc::clone(&desk.hub.store), Arc::clone(definitions));
    node.clock.set(desk.hub.engine.clock().now() + jiff::SignedDuration::from_mins(5));
    node
}

/// The changes of a loading by case: what, from where to where.
async fn moved(desk: &Desk, load: u64) -> BTreeMap<CaseId, Vec<String>> {
    let rows = desk.hub.store.list_calendar_changes(load, 1_000).await.unwrap();
    let mut moved: BTreeMap<CaseId, Vec<String>> = BTreeMap::new();
    for row in rows {
        let date = |on: &str, guess: bool| format!("{on}{}", if guess { "?" } else { "" });
        let (was, is) =
            (date(&row.was_on, row.was_provisional), date(&row.is_on, row.is_provisional));
        let told = format!("{} {}: {was} -> {is}", row.node, row.clock);
        moved.entry(row.case_id).or_default().push(told);
    }
    moved
}

async fn times_taken(desk: &Desk, cases: &[CaseId], load: u64) -> Vec<usize> {
    let mut times = Vec::new();
    for id in cases {
        // From the store, as a node that starts now would.
        let other = EngineFixture::on(Arc::clone(&desk.hub.store), sample());
        let case = other.engine.case(*id).await.unwrap().unwrap();
        times.push(case.dates_moved.iter().filter(|it| it.load == load).count());
    }
    times
}

/// The row that a node writes when it begins: as another store saw it, and nothing done yet.
async fn begun(definitions: &Arc<Catalogue>) -> CalendarLoadRow {
    let rehearsal = EngineFixture::fresh(sample()).await;
    rehearsal.engine.take_calendar(None).await.unwrap();
    let other = EngineFixture::on(Arc::clone(&rehearsal.store), Arc::clone(definitions));
    other.clock.set(rehearsal.engine.clock().now() + jiff::SignedDuration::from_mins(5));
    let row = other.engine.take_calendar(None).await.unwrap().unwrap();
    CalendarLoadRow { cursor: None, cases: 0, finished_at: None, ..row }
}

fn hub() -> Actor {
    Actor { role: ActorRole::Hub, account: None, department: None }
}

/// What the node that died had done of one case: the event is there, the line in the list is not.
async fn half_done(node: &EngineFixture, case: CaseId, load: u64) {
    let id = CommandId(Uuid::new_v5(&case.0, format!("calendar-{load}").as_bytes()));
    let before = Arc::new(sample().calendar.clone());
    let command = Command::TakeCalendar { load, before };
    let done = node.engine.execute(hub(), "take-calendar", id, case, None, command, Vec::new());
    done.await.unwrap();
}

#[tokio::test]
async fn guesses_become_certain_in_one_audited_act() {
    let desk = Desk::open().await;
    let engine = &desk.hub.engine;
    assert!(engine.take_calendar(None).await.unwrap().unwrap().finished_at.is_some());
    desk.hub.clock.set("2026-12-30T01:00:00Z".parse().unwrap());
    let case = desk.submitted().await;
    assert!(engine.take_calendar(None).await.unwrap().is_none(), "nothing new");

    let newer = with(YEAR, NEXT_YEAR);
    let other = node(&desk, &newer);
    let who = AccountId(store_port::fresh_id());
    let load = other.engine.take_calendar(Some(who)).await.unwrap().unwrap();
    assert_eq!((load.seq, load.cases, load.account), (2, 1, Some(who)));
    assert_eq!(load.before_version, sample().calendar.version.to_string());
    assert_eq!(load.version, newer.calendar.version.to_string());
    assert!(load.finished_at.is_some());
    let moved = moved(&desk, 2).await.remove(&case).unwrap();
    // Three working days from Wednesday: Monday by guess; the 1st is off anyhow, the 4th too.
    let permit = moved.iter().find(|it| it.starts_with("stall-permit promised")).unwrap();
    assert_eq!(permit, "stall-permit promised: 2027-01-04? -> 2027-01-06", "{moved:?}");
    assert!(moved.iter().all(|it| it.contains("? -> ") && !it.ends_with('?')), "{moved:?}");
    let list = desk.hub.store.count_calendar_changes(2).await.unwrap();
    assert_eq!(list, (u64::try_from(moved.len()).unwrap(), 1));
    // Where it is looked up it is so, and only once.
    assert_eq!(times_taken(&desk, &[case], 2).await, [1]);
    assert!(other.engine.take_calendar(None).await.unwrap().is_none());
    let row = desk.hub.store.find_case(case).await.unwrap().unwrap();
    assert!(row.promised_on.as_deref() >= Some("2027-01-06"), "{row:?}");
}

#[tokio::test]
async fn whoever_comes_next_goes_on_where_it_was_interrupted() {
    let desk = Desk::open().await;
    desk.hub.engine.take_calendar(None).await.unwrap();
    let mut cases = Vec::new();
    for _ in 0..4 {
        cases.push(desk.submitted().await);
    }
    cases.sort_unstable();
    let newer = with(DAYS_OFF, SPRING);
    // A node began, did two cases, wrote down nothing of it and died.
    assert!(desk.hub.store.insert_calendar_load(&begun(&newer).await).await.unwrap());
    let dead = node(&desk, &newer);
    half_done(&dead, cases[0], 2).await;
    half_done(&dead, cases[2], 2).await;
    drop(dead);
    assert!(moved(&desk, 2).await.is_empty());
    // One of the two comes to its end before anybody goes on.
    let withdraw = Command::Withdraw { node: None };
    let engine = &desk.hub.engine;
    engine
        .execute(desk.mei(), "withdraw", command(), cases[0], None, withdraw, Vec::new())
        .await
        .unwrap();
    for service in &desk.case(cases[0]).await.services {
        if service.state == ServiceState::WithdrawalPending {
            let node = service.node.key.to_string();
            desk.reply(cases[0], &node, 1, Reply::WithdrawalConfirmed).await.unwrap();
        }
    }
    assert!(desk.case(cases[0]).await.state().is_final());

    let other = node(&desk, &newer);
    let load = other.engine.take_calendar(None).await.unwrap().unwrap();
    assert!(load.finished_at.is_some());
    assert_eq!(load.cases, 4);
    assert_eq!(times_taken(&desk, &cases, 2).await, [1, 1, 1, 1], "none twice, none missed");
    let moved = moved(&desk, 2).await;
    assert_eq!(moved.keys().copied().collect::<Vec<_>>(), cases, "every case is in the list");
    for case in &cases {
        assert_eq!(moved[case], moved[&cases[1]], "and says the same of each");
    }
    assert_eq!(desk.hub.store.list_calendar_loads(9).await.unwrap().len(), 2, "one act");
}

#[tokio::test]
async fn two_nodes_that_start_at_once_move_every_date_once() {
    let desk = Desk::open().await;
    desk.hub.engine.take_calendar(None).await.unwrap();
    let mut cases = Vec::new();
    for _ in 0..3 {
        cases.push(desk.submitted().await);
    }
    cases.sort_unstable();
    let newer = with(DAYS_OFF, SPRING);
    let nodes = [node(&desk, &newer), node(&desk, &newer), node(&desk, &newer)];
    let [a, b, c] = &nodes;
    let (a, b, c) = tokio::join!(
        a.engine.take_calendar(None),
        b.engine.take_calendar(None),
        c.engine.take_calendar(None)
    );
    let done = [a.unwrap(), b.unwrap(), c.unwrap()].into_iter().flatten().count();
    assert!(done >= 1);
    assert_eq!(times_taken(&desk, &cases, 2).await, [1, 1, 1]);
    let moved = moved(&desk, 2).await;
    assert_eq!(moved.keys().copied().collect::<Vec<_>>(), cases);
    let first = &moved[&cases[0]];
    assert!(first.iter().any(|it| it.contains("promised")), "{first:?}");
    let mut once = first.clone();
    once.dedup();
    assert_eq!(&once, first, "no line twice");
    let loads = desk.hub.store.list_calendar_loads(9).await.unwrap();
    assert_eq!(loads.iter().map(|it| it.seq).collect::<Vec<_>>(), [2, 1]);
    assert!(loads.iter().all(|it| it.finished_at.is_some()));
}

#[tokio::test]
async fn a_warning_that_rested_on_the_old_calendar_is_taken_back() {
    let desk = Desk::open().await;
    desk.hub.engine.take_calendar(None).await.unwrap();
    desk.submitted().await;
    let red = async |today: &str| {
        let filter = ServiceFilter {
            light: Some((LightWanted::Red, today.to_owned())),
            limit: 100,
            ..ServiceFilter::default()
        };
        let found = desk.hub.store.list_services(&filter).await.unwrap();
        found.into_iter().any(|it| it.node == "stall-permit")
    };
    assert!(red("2026-03-05").await, "received by nobody on the 3rd");
    let newer = with(
        DAYS_OFF,
        r#"days_off = ["2026-01-01", "2026-03-03..2026-03-06", "2026-09-07..2026-09-09"]"#,
    );
    node(&desk, &newer).engine.take_calendar(None).await.unwrap();
    assert!(!red("2026-03-05").await, "the office was closed");
    assert!(red("2026-03-12").await, "and after it opened again");
}
