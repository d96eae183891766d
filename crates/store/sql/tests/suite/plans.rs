//! How the databases answer lists of a table that is long enough to be worth an index: by the index that has the
//! order of the list, reading no more than a page and what a count counts.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "these are tests")]

use std::time::Duration;

use sqlx::Connection as _;
use store_port::{
    COUNTED_AT_MOST, CaseChange, CaseLog as _, CaseRow, Claimed, EventRow, LightWanted,
    Outbox as _, OutboxRow, ServiceFilter, ServiceRow, WatchedRow,
};
use testkit::store_suite::Place;
use uuid::Uuid;
use vocabulary::{AccountId, CaseId, DispatchId, Instant, SubjectId};
use yijianshi_store_sql::{PostgresStore, SqliteStore, fill::Filler};

const CASES: u32 = 4000;
const LIMIT: u32 = 51;
const STATES: [&str; 3] = ["received", "accepted", "granted"];

fn case(n: u32) -> CaseChange {
    let case_id =
        CaseId(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + u128::from(n)));
    let at = Instant::from_second(1_772_413_200 + i64::from(n)).unwrap();
    let number = format!("99010020260302{:010}", u64::from(n) * 7919 % 9_999_999_967);
    let service = |at: u32| {
        let ended = (n + at) % 3 == 2;
        let day = format!("2026-{:02}-{:02}", 1 + n % 12, 1 + (n * 5 + at) % 28);
        ServiceRow {
            case_id,
            case_number: number.clone(),
            node: format!("service-{at}"),
            service: format!("service-{at}"),
            matter: "newborn".to_owned(),
            department: if at.is_multiple_of(2) { "police" } else { "health" }.to_owned(),
            state: STATES[((n + at) % 3) as usize].to_owned(),
            started_at: None,
            promised_on: Some(day.clone()),
            statutory_on: None,
            clock_stopped: false,
            decided_at: None,
            applicant: None,
            area: Some("990101".to_owned()),
            watched: WatchedRow {
                stage: if ended { String::new() } else { "accept".to_owned() },
                yellow_on: Some(day.clone()),
                red_on: Some(day),
                running: true,
                notice: if n.is_multiple_of(50) { "open" } else { "" }.to_owned(),
                notices: u32::from(n.is_multiple_of(50)),
                ..WatchedRow::default()
            },
        }
    };
    let row = CaseRow {
        case_id,
        case_number: number.clone(),
        subject: SubjectId(Uuid::from_u128(1)),
        owner: Some(AccountId(Uuid::from_u128(u128::from(n % 9)))),
        matter: "newborn".to_owned(),
        state: "in-progress".to_owned(),
        submitted_at: at,
        promised_on: None,
        version: 1,
    };
    CaseChange {
        events: vec![EventRow { seq: 1, at, body: "{\"tab\":\"\\t\"}\tand\\more\n".to_owned() }],
        services: (0..4).map(service).collect(),
        ..CaseChange::of(row, 0)
    }
}

async fn filled(place: &Place) {
    let (store, filler) = Filler::open(place.url()).await.unwrap();
    let cases: Vec<CaseChange> = (1..=CASES).map(case).collect();
    filler.write(&cases).await.unwrap();
    filler.settle().await.unwrap();
    // What is copied in is what was handed over, signs of the format included.
    let events = store.load_events(&[cases[7].case_id]).await.unwrap();
    assert_eq!(events, [(cases[7].case_id, cases[7].events.clone())]);
    assert_eq!(store.find_case(cases[9].case_id).await.unwrap(), Some(cases[9].case.clone()));
    assert!(filler.write(&cases[..1]).await.is_err(), "a case is there once");
}

/// As tabs have them.
fn groups() -> Vec<Vec<&'static str>> {
    vec![vec!["received", "accepted"], vec!["granted"], STATES.to_vec()]
}

fn lists() -> Vec<(&'static str, ServiceFilter)> {
    let all = ServiceFilter { limit: LIMIT, ..ServiceFilter::default() };
    let states: Vec<String> = STATES.iter().map(|state| (*state).to_owned()).collect();
    let police = ServiceFilter { department: Some("police".to_owned()), states, ..all.clone() };
    let red = Some((LightWanted::Red, "2026-12-31".to_owned()));
    let middle = Some(("2026-06-15".to_owned(), case(1900).case_id, "service-2".to_owned()));
    let number = case(77).case.case_number;
    let end: String = number.chars().skip(number.len() - 6).collect();
    vec![
        ("an officer's first page", police.clone()),
        ("a following page", ServiceFilter { after: middle.clone(), ..police.clone() }),
        (
            "an officer's red ones",
            ServiceFilter {
                light: red.clone(),
                without_states: vec!["granted".to_owned()],
                ..police.clone()
            },
        ),
        ("by the whole number", ServiceFilter { number_part: Some(number), ..police.clone() }),
        ("by the end of a number", ServiceFilter { number_part: Some(end), ..police.clone() }),
        ("red ones everywhere", ServiceFilter { light: red.clone(), ..all.clone() }),
        ("the next red ones", ServiceFilter { light: red.clone(), after: middle, ..all.clone() }),
        (
            "red ones of a department",
            ServiceFilter { light: red, department: Some("health".to_owned()), ..all.clone() },
        ),
        ("open notices", ServiceFilter { notice: Some("open".to_owned()), ..all }),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_reads_no_more_than_a_page() {
    let Some(place) = Place::postgres() else { return };
    filled(&place).await;
    let store = PostgresStore::open(place.url()).await.unwrap();
    for (what, filter) in lists() {
        let [list, counts] = store.explained(&filter, &groups()).await.unwrap();
        let text = format!("{what}:\n{}\n{}", list.join("\n"), counts.join("\n"));
        assert!(!text.contains("Seq Scan"), "a whole table is read for {text}");
        // By states only a department's list is counted.
        let counts = if filter.states.is_empty() { Vec::new() } else { counts };
        for (steps, bound) in [(&list, u64::from(LIMIT) * 4), (&counts, COUNTED_AT_MOST)] {
            for step in steps.iter() {
                let read = rows_of(step);
                assert!(read <= bound, "{read} rows are more than {bound}: {step}\nin {text}");
            }
        }
    }
}

/// A case that asks a department for something.
fn asking(n: u32) -> CaseChange {
    let change = case(n);
    let row = OutboxRow {
        case_id: change.case_id,
        dispatch_id: DispatchId(Uuid::from_u128(u128::from(n))),
        node: "service-0".to_owned(),
        department: "police".to_owned(),
        kind: "referral".to_owned(),
        round: 0,
        due_at: Instant::from_second(1_772_413_200).unwrap(),
    };
    CaseChange { outbox: vec![row], ..change }
}

/// Rows of the outbox that were read by way of an index, as a server counts them when sessions end.
async fn outbox_rows_read(place: &Place) -> i64 {
    let mut connection = sqlx::PgConnection::connect(place.url()).await.unwrap();
    let counted = "SELECT idx_tup_fetch::bigint FROM pg_stat_user_tables WHERE relname = 'outbox'";
    let others = "SELECT count(*) FROM pg_stat_activity \
                  WHERE datname = current_database() AND pid <> pg_backend_pid()";
    while sqlx::query_scalar::<_, i64>(others).fetch_one(&mut connection).await.unwrap() > 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    sqlx::query_scalar(counted).fetch_one(&mut connection).await.unwrap()
}

/// Plans are made while few sendings are open and kept when very many are: they must not be read for each that is
/// claimed or done.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_claimed_and_done_is_found_without_the_others_that_are_open() {
    const OPEN: u32 = 3000;
    const AT_ONCE: u32 = 20;
    const CLAIMS: u32 = 10;
    let Some(place) = Place::postgres() else { return };
    let now = Instant::from_second(1_772_500_000).unwrap();
    let later = Instant::from_second(1_772_600_000).unwrap();
    let step = |claimed: &[Claimed]| -> Vec<CaseChange> {
        let done = |it: &Claimed| {
            let n = u32::try_from(it.row.dispatch_id.0.as_u128()).unwrap();
            let mut change = case(n);
            change.expected_version = 1;
            change.case.version = 2;
            change.events[0].seq = 2;
            change.outbox_done = vec![it.row.dispatch_id];
            change
        };
        claimed.iter().map(done).collect()
    };
    let store = PostgresStore::open(place.url()).await.unwrap();
    let mut connection = sqlx::PgConnection::connect(place.url()).await.unwrap();
    for n in 0..20 {
        let some: Vec<CaseChange> = (0..20).map(|at| asking(OPEN + n * 20 + at)).collect();
        store.append(&some).await.unwrap();
        let claimed = store.claim("warming", now, later, AT_ONCE).await.unwrap();
        store.append(&step(&claimed)).await.unwrap();
        if n == 10 {
            sqlx::query("VACUUM ANALYZE outbox").execute(&mut connection).await.unwrap();
        }
    }
    connection.close().await.unwrap();
    let cases: Vec<CaseChange> = (0..OPEN).map(asking).collect();
    for some in cases.chunks(250) {
        store.append(some).await.unwrap();
    }
    for _ in 0..CLAIMS {
        let claimed = store.claim("one", now, later, AT_ONCE).await.unwrap();
        assert_eq!(claimed.len(), 20);
        store.append(&step(&claimed)).await.unwrap();
    }
    drop(store);
    let read = outbox_rows_read(&place).await;
    println!("{read} rows were read");
    let bound = i64::from(AT_ONCE * CLAIMS * 20);
    assert!(read > 0 && read <= bound, "{read} rows were read for {}", AT_ONCE * CLAIMS);
}

/// What a step gave or threw away.
fn rows_of(step: &str) -> u64 {
    let number = |after: &str| {
        let (_, rest) = step.split_once(after)?;
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<u64>().ok()
    };
    let loops = number("loops=").unwrap_or(1);
    number("actual rows=").or_else(|| number("Rows Removed by Filter: ")).unwrap_or(0) * loops
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_answers_lists_by_their_index() {
    let place = Place::sqlite();
    filled(&place).await;
    let store = SqliteStore::open(place.url()).await.unwrap();
    for (what, filter) in lists() {
        let [list, counts] = store.explained(&filter, &groups()).await.unwrap();
        for step in list.iter().chain(&counts) {
            let whole = step.starts_with("SCAN service_cases") && !step.contains("INDEX")
                || step.starts_with("SCAN cases");
            assert!(!whole, "a whole table is read for {what}:\n{list:#?}\n{counts:#?}");
        }
    }
}
