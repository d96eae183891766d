//! Lights of service cases, and publications of definitions.

use store_port::{
    Addressed, LightWanted, PublicationRow, ServiceFilter, ToldTo, WatchedRow, fresh_id,
};
use vocabulary::{AccountId, CaseId};

use super::{Place, at, change, service};

fn watched(yellow_on: Option<&str>, red_on: Option<&str>, running: bool) -> WatchedRow {
    WatchedRow {
        stage: "accept".to_owned(),
        yellow_on: yellow_on.map(str::to_owned),
        red_on: red_on.map(str::to_owned),
        running,
        marks: "[{}]".to_owned(),
        reminders: 2,
        notices: 1,
        answered: u32::from(running),
        notice: if running { "answered" } else { "open" }.to_owned(),
        told: "[]".to_owned(),
    }
}

/// Counts by light are the lengths of the lists under the same filter, on every day.
pub async fn lights_are_counted_as_they_are_listed(place: &Place) {
    let store = place.open().await;
    let rows = [
        ("a", watched(Some("2026-03-04"), Some("2026-03-06"), true)),
        ("b", watched(None, Some("2026-03-05"), true)),
        ("c", watched(None, None, false)),
        ("d", watched(Some("2026-03-09"), None, true)),
        // Red before it was yellow: a stage is over.
        ("e", watched(Some("2026-03-08"), Some("2026-03-03"), true)),
        ("f", WatchedRow::default()),
    ];
    for (name, watched) in rows {
        let case = CaseId(fresh_id());
        let mut row = service(case, name);
        row.area = Some(if name == "a" { "110101" } else { "330100" }.to_owned());
        row.watched = watched;
        let change = store_port::CaseChange { services: vec![row], ..change(case, 0) };
        store.append(&[change]).await.expect("committed");
    }
    for (today, red, yellow, stopped, green) in [
        ("2026-03-02", "", "", "c", "abde"),
        ("2026-03-04", "e", "a", "c", "bd"),
        ("2026-03-05", "be", "a", "c", "d"),
        ("2026-03-09", "abe", "d", "c", ""),
    ] {
        for (light, expected) in [
            (LightWanted::Red, red),
            (LightWanted::Yellow, yellow),
            (LightWanted::Stopped, stopped),
            (LightWanted::Green, green),
        ] {
            let filter = ServiceFilter {
                light: Some((light, today.to_owned())),
                limit: 100,
                ..ServiceFilter::default()
            };
            let found = store.list_services(&filter).await.expect("a list");
            let mut nodes: Vec<&str> = found.iter().map(|row| row.node.as_str()).collect();
            nodes.sort_unstable();
            assert_eq!(nodes.concat(), expected, "{light:?} on {today}");
        }
        let counts = store.count_lights(&ServiceFilter::default(), today).await.expect("counts");
        let of = |of: fn(&store_port::LightCount) -> u64| counts.iter().map(of).sum::<u64>();
        let length = |text: &str| u64::try_from(text.len()).unwrap_or(u64::MAX);
        assert_eq!(of(|it| it.open), 5, "what has ended or not begun has no light");
        assert_eq!(of(|it| it.red), length(red), "{today}");
        assert_eq!(of(|it| it.yellow), length(yellow), "{today}");
        assert_eq!(of(|it| it.stopped), length(stopped), "{today}");
        assert_eq!((of(|it| it.notices), of(|it| it.answered)), (5, 4));
    }
    let filter = ServiceFilter {
        area_below: "3301".to_owned(),
        notice: Some("open".to_owned()),
        limit: 9,
        ..ServiceFilter::default()
    };
    let found = store.list_services(&filter).await.expect("a list");
    assert_eq!(found.len(), 1);
    assert_eq!(found.first().map(|row| row.watched.clone()), Some(watched(None, None, false)));
}

/// Everyone's list is what was told to him and still stands, and the notices that he is to see; its length is its
/// count. A post of one department is not that of another.
pub async fn what_is_addressed_is_listed_and_counted(place: &Place) {
    let store = place.open().await;
    let told = |to: &[&str]| {
        let one = |to: &&str| format!("{{\"to\":\"{to}\",\"at\":\"2026-03-04T01:00:00Z\"}}");
        format!("[{}]", to.iter().map(one).collect::<Vec<_>>().join(","))
    };
    for (name, department, to, notice) in [
        ("a", "one", told(&["officer"]), ""),
        ("b", "one", told(&["officer", "unit_head"]), ""),
        ("c", "two", told(&["unit_head", "hall_manager"]), "open"),
        ("d", "two", "[]".to_owned(), "answered"),
        ("e", "one", "[]".to_owned(), ""),
    ] {
        let case = CaseId(fresh_id());
        let mut row = service(case, name);
        row.department = department.to_owned();
        row.watched = WatchedRow { told: to, notice: notice.to_owned(), ..WatchedRow::default() };
        let change = store_port::CaseChange { services: vec![row], ..change(case, 0) };
        store.append(&[change]).await.expect("committed");
    }
    let to = |to: &str, departments: Option<&[&str]>| ToldTo {
        to: to.to_owned(),
        departments: departments.map(|them| them.iter().map(|it| (*it).to_owned()).collect()),
    };
    for (told, notices, expected) in [
        (vec![to("officer", None)], "", "ab"),
        (vec![to("unit_head", None)], "", "bc"),
        // What matches any letter in a pattern is a letter here.
        (vec![to("unit%head", None), to("unit?head", None)], "", ""),
        (vec![to("unit_head", Some(&["one"]))], "", "b"),
        (vec![to("unit_head", Some(&[]))], "", ""),
        (vec![to("hall_manager", None), to("unit_head", Some(&["one"]))], "", "bc"),
        (vec![to("hall_manager", None)], "answered", "cd"),
        (Vec::new(), "open", "c"),
        (Vec::new(), "", ""),
    ] {
        let notices = (!notices.is_empty()).then(|| notices.to_owned()).into_iter().collect();
        let addressed = Some(Addressed { told, notices });
        let filter = ServiceFilter { addressed, limit: 100, ..ServiceFilter::default() };
        let found = store.list_services(&filter).await.expect("a list");
        let mut nodes: Vec<&str> = found.iter().map(|row| row.node.as_str()).collect();
        nodes.sort_unstable();
        assert_eq!(nodes.concat(), expected, "{:?}", filter.addressed);
        let counted = store.count_rows(&filter).await.expect("counts");
        assert_eq!(counted, u64::try_from(nodes.len()).unwrap_or(u64::MAX));
    }
}

fn publication(seq: u64, from: &str, to: &str) -> PublicationRow {
    PublicationRow {
        seq,
        at: at(1),
        account: seq.is_multiple_of(2).then(|| AccountId(super::id(7))),
        reason: "why".to_owned(),
        from_catalogue: from.to_owned(),
        to_catalogue: to.to_owned(),
        base_catalogue: "aa".to_owned(),
        impact: "{}".to_owned(),
    }
}

/// A number is given once; the latest says what is in force.
pub async fn definitions_are_published_one_after_the_other(place: &Place) {
    let store = place.open().await;
    assert_eq!(store.latest_publication().await.expect("an answer"), None);
    let (first, second) = (publication(1, "", "aa"), publication(2, "aa", "bb"));
    assert!(store.insert_publication(&first).await.expect("published"));
    assert!(store.insert_publication(&second).await.expect("published"));
    let late = publication(2, "aa", "cc");
    assert!(!store.insert_publication(&late).await.expect("an answer"), "the number is taken");
    assert_eq!(store.latest_publication().await.expect("an answer"), Some(second.clone()));
    let all = store.list_publications(9).await.expect("a list");
    assert_eq!(all, [second, first]);
    assert!(store.was_published("bb").await.expect("an answer"));
    assert!(!store.was_published("cc").await.expect("an answer"));
    assert!(store.count_open_drafts().await.expect("counts").is_empty());
    let case = CaseId(fresh_id());
    let row = change(case, 0);
    let state = row.case.state.clone();
    store.append(&[row]).await.expect("committed");
    assert_eq!(store.count_cases_not_in(&[]).await.expect("counts").len(), 1);
    assert!(store.count_cases_not_in(&[state]).await.expect("counts").is_empty());
}
