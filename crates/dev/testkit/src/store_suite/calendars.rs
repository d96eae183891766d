//! Loadings of working calendars.

use store_port::{CalendarChangeRow, CalendarLoadRow};
use vocabulary::{AccountId, CaseId};

use super::{Place, at, case, id, number};

fn load(seq: u64, version: &str) -> CalendarLoadRow {
    CalendarLoadRow {
        seq,
        at: at(0),
        account: Some(AccountId(id(7))),
        version: version.to_owned(),
        hash: format!("hash of {version}"),
        calendar: "{\"2026\":{}}".to_owned(),
        before_version: "older".to_owned(),
        before_hash: "hash of older".to_owned(),
        before: "{}".to_owned(),
        cursor: None,
        cases: 0,
        finished_at: None,
    }
}

fn change(of: CaseId, load: u64, clock: &str, is_on: &str) -> CalendarChangeRow {
    CalendarChangeRow {
        case_id: of,
        load,
        node: "birth".to_owned(),
        clock: clock.to_owned(),
        case_number: number(of),
        matter: "newborn".to_owned(),
        area: Some("north".to_owned()),
        was_on: "2027-01-04".to_owned(),
        was_provisional: true,
        is_on: is_on.to_owned(),
        is_provisional: false,
    }
}

/// Of several nodes that begin one loading one does; how far it came is there for whoever goes on.
pub async fn a_calendar_is_loaded_once_and_taken_up_where_it_stopped(place: &Place) {
    let store = place.open().await;
    assert_eq!(store.list_calendar_loads(9).await.expect("a list"), []);
    let first = load(1, "2026");
    assert!(store.insert_calendar_load(&first).await.expect("loaded"));
    let racers = (0..6).map(|racer| {
        let store = store.clone();
        let row = load(2, &format!("2027 of node {racer}"));
        tokio::spawn(async move { store.insert_calendar_load(&row).await.expect("an answer") })
    });
    let racers: Vec<_> = racers.collect();
    let mut won = 0;
    for racer in racers {
        won += u32::from(racer.await.expect("a racer"));
    }
    assert_eq!(won, 1);
    store.advance_calendar_load(2, Some(case(3)), 3, None).await.expect("written down");
    // Whoever opens it anew, after the node died.
    drop(store);
    let store = place.open().await;
    let loads = store.list_calendar_loads(9).await.expect("a list");
    let told: Vec<_> =
        loads.iter().map(|it| (it.seq, it.cursor, it.cases, it.finished_at)).collect();
    assert_eq!(told, [(2, Some(case(3)), 3, None), (1, None, 0, None)], "the latest first");
    assert_eq!(loads.last(), Some(&first), "as it was written");
    assert_eq!(store.list_calendar_loads(1).await.expect("a list").len(), 1);
    store.advance_calendar_load(2, Some(case(9)), 7, Some(at(5))).await.expect("written down");
    let last = store.list_calendar_loads(1).await.expect("a list").remove(0);
    assert_eq!((last.cursor, last.cases, last.finished_at), (Some(case(9)), 7, Some(at(5))));
}

/// A case that is looked at once more after an interruption adds nothing, and changes nothing that is written.
pub async fn a_moved_date_is_listed_once(place: &Place) {
    let store = place.open().await;
    let rows = [
        change(case(2), 2, "promised", "2027-01-06"),
        change(case(1), 2, "promised", "2027-01-06"),
        change(case(1), 2, "procedure.hearing", "2027-01-08"),
        change(case(1), 3, "promised", "2027-01-07"),
    ];
    store.put_calendar_changes(&[]).await.expect("nothing is nothing");
    store.put_calendar_changes(&rows[..2]).await.expect("kept");
    let other = change(case(1), 2, "promised", "2027-12-31");
    store.put_calendar_changes(&[other]).await.expect("kept before");
    store.put_calendar_changes(&rows).await.expect("kept");
    let listed = store.list_calendar_changes(2, 100).await.expect("a list");
    let told: Vec<_> =
        listed.iter().map(|it| (it.case_id, it.clock.as_str(), it.is_on.as_str())).collect();
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told.contains(&(case(1), "promised", "2027-01-06")), "the first word stays: {told:?}");
    assert_eq!(told.last().map(|it| it.0), Some(case(2)), "by case number");
    assert!(listed.iter().all(|row| rows.contains(row)), "as they were written");
    assert_eq!(store.list_calendar_changes(2, 2).await.expect("a list").len(), 2);
    assert_eq!(store.count_calendar_changes(2).await.expect("counts"), (3, 2), "dates, cases");
    assert_eq!(store.count_calendar_changes(9).await.expect("counts"), (0, 0));
}
