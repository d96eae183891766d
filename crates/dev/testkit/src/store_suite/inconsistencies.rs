//! Standards that differ: written with the change that tells of them, listed and counted by the same words.

use store_port::{InconsistencyFilter, InconsistencyRow};

use super::{Place, at, case, change, number};

fn row(n: u32, seq: u64, line: &str, kind: &str, service: &str) -> InconsistencyRow {
    let at_window = kind == "unmet";
    InconsistencyRow {
        case_id: case(n),
        seq,
        line: line.to_owned(),
        kind: kind.to_owned(),
        case_number: number(case(n)),
        node: service.to_owned(),
        service: service.to_owned(),
        matter: "newborn".to_owned(),
        department: format!("{service}-office"),
        outlet: at_window.then(|| "hall".to_owned()),
        window: at_window.then(|| "hall-06".to_owned()),
        checklist: "r1".to_owned(),
        at: at(i64::from(n)),
    }
}

pub async fn inconsistencies_are_listed_and_counted_under_the_same_filter(place: &Place) {
    let store = place.open().await;
    let told = [
        row(1, 1, "photo", "unmet", "register"),
        row(2, 1, "photo", "unmet", "register"),
        row(2, 1, "stamp", "outside", "register"),
        row(3, 1, "outside-checklist", "outside", "card"),
    ];
    for n in 1..=3 {
        let mut change = change(case(n), 0);
        change.inconsistencies =
            told.iter().filter(|row| row.case_id == case(n)).cloned().collect();
        // One that is not carried out tells nothing.
        let mut stale = super::change(case(n), 7);
        stale.inconsistencies = vec![row(n, 8, "never", "outside", "card")];
        store.append(&[change, stale]).await.expect("appended");
    }

    let all = InconsistencyFilter { limit: 10, ..InconsistencyFilter::default() };
    let listed = store.list_inconsistencies(&all).await.expect("read");
    let [first, second, third, fourth] = &told;
    let latest_first = [fourth, second, third, first].map(Clone::clone).to_vec();
    assert_eq!(listed, latest_first);

    let filters = [
        all.clone(),
        InconsistencyFilter { service: Some("register".to_owned()), ..all.clone() },
        InconsistencyFilter { department: Some("card-office".to_owned()), ..all.clone() },
        InconsistencyFilter { kind: Some("unmet".to_owned()), ..all.clone() },
        InconsistencyFilter { service: Some("nothing".to_owned()), ..all.clone() },
    ];
    let mut sums = Vec::new();
    for filter in &filters {
        let rows = store.list_inconsistencies(filter).await.expect("read").len();
        let counts = store.count_inconsistencies(filter).await.expect("counted");
        let sum: u64 = counts.iter().map(|count| count.times).sum();
        assert_eq!(u64::try_from(rows).ok(), Some(sum), "{filter:?}");
        sums.push(sum);
    }
    assert_eq!(sums, [4, 3, 1, 2, 0]);
    let counts = store.count_inconsistencies(&all).await.expect("counted");
    let most = counts.first().expect("there are some");
    assert_eq!((most.line.as_str(), most.times), ("photo", 2));
}
