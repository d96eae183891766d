//! Lights of service cases, and publications of definitions.

use store_port::{LightWanted, PublicationRow, ServiceFilter, WatchedRow, fresh_id};
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
