//! Rows that are made from events again: put where they differ, whole cases, never over somebody's head.

use store_port::{
    CaseChange, FactFilter, InconsistencyFilter, RatingFilter, ServiceFilter, SharedStore, TimerRow,
};

use super::{Place, at, case, change, id, service};

/// Cases with everything that follows from events, as their last change left them.
fn cases() -> Vec<CaseChange> {
    (1..=3u32)
        .map(|n| {
            let mut change = change(case(n), 0);
            for (at, node) in (0u32..).zip(["one", "two"]) {
                let mut row = service(case(n), node);
                row.area = (n + at).is_multiple_of(2).then(|| "990101".to_owned());
                change.services.push(row);
                change.service_facts.push(store_port::ServiceFactRow {
                    case_id: case(n),
                    node: node.to_owned(),
                    matter: "newborn".to_owned(),
                    service: node.to_owned(),
                    department: "police".to_owned(),
                    area: "990101".to_owned(),
                    submitted_on: "2026-03-02".to_owned(),
                    ended_on: (at == 1).then(|| "2026-03-09".to_owned()),
                    body: "{}".to_owned(),
                });
            }
            change.fact = Some(store_port::CaseFactRow {
                case_id: case(n),
                draft_id: vocabulary::DraftId(id(700 + n)),
                matter: "newborn".to_owned(),
                area: "990101".to_owned(),
                channel: "online".to_owned(),
                outlet: String::new(),
                submitted_on: "2026-03-02".to_owned(),
                ended_on: None,
                rated_on: None,
                accepted_at_once: true,
                all_granted: false,
                body: "{}".to_owned(),
            });
            change.timers.push(TimerRow {
                case_id: case(n),
                node: "one".to_owned(),
                kind: "deemed".to_owned(),
                due_at: at(90),
            });
            change
        })
        .collect()
}

/// All that is kept, as text.
async fn kept(store: &SharedStore) -> String {
    let all = ServiceFilter { limit: 100, ..ServiceFilter::default() };
    let facts = FactFilter { limit: 100, ..FactFilter::default() };
    let mut cases = Vec::new();
    for n in 1..=3 {
        cases.push(store.find_case(case(n)).await.expect("read"));
    }
    format!(
        "{cases:#?} {:#?} {:#?} {:#?} {:#?} {:#?}",
        store.list_services(&all).await.expect("read"),
        store.list_case_facts(&facts).await.expect("read"),
        store.list_service_facts(&facts).await.expect("read"),
        store
            .list_ratings(&RatingFilter { limit: 100, ..RatingFilter::default() })
            .await
            .expect("read"),
        store
            .list_inconsistencies(&InconsistencyFilter {
                limit: 100,
                ..InconsistencyFilter::default()
            })
            .await
            .expect("read"),
    )
}

pub async fn rows_made_again_are_put_where_they_differ(place: &Place) {
    let store = place.open().await;
    let right = cases();
    store.append(&right).await.expect("appended");
    let before = kept(&store).await;
    assert_eq!(store.put_projections(&right).await.expect("put").mended, 0, "nothing to mend");

    let mut wrong = right.clone();
    wrong[0].case.state = "nowhere".to_owned();
    wrong[0].services[0].department = "health".to_owned();
    wrong[0].services[0].watched.red_on = Some("2026-01-01".to_owned());
    wrong[1].services.truncate(1);
    wrong[1].service_facts[0].ended_on = None;
    wrong[1].service_facts.truncate(1);
    wrong[2].services.push(service(case(3), "three"));
    wrong[2].timers[0].due_at = at(1);
    if let Some(fact) = &mut wrong[2].fact {
        fact.accepted_at_once = false;
    }
    let damaged = store.put_projections(&wrong).await.expect("put").mended;
    assert!(damaged >= 8, "{damaged} rows are other than they were");
    assert_ne!(kept(&store).await, before);
    let due = store.due_timers(at(2), 10).await.expect("read");
    assert_eq!(due.len(), 1, "one timer is early: {due:?}");

    let put = store.put_projections(&right).await.expect("put");
    assert!(put.mended >= 8 && put.gone_on.is_empty(), "{put:?}");
    assert_eq!(kept(&store).await, before, "all is as it was");
    assert_eq!(store.due_timers(at(2), 10).await.expect("read"), []);
    assert_eq!(store.due_timers(at(90), 10).await.expect("read").len(), 3);
    assert_eq!(store.put_projections(&right).await.expect("put").mended, 0);
}

pub async fn a_case_that_goes_on_is_not_put_back(place: &Place) {
    let store = place.open().await;
    let old = cases();
    store.append(&old).await.expect("appended");
    let mut next = change(case(2), 1);
    let mut row = old[1].services[0].clone();
    row.state = "granted".to_owned();
    next.services.push(row);
    store.append(std::slice::from_ref(&next)).await.expect("appended");
    let before = kept(&store).await;

    let put = store.put_projections(&old).await.expect("put");
    assert_eq!(put.gone_on, [case(2)], "its rows were made of what is old now");
    assert_eq!(put.mended, 0);
    assert_eq!(kept(&store).await, before);

    let ids = store.list_cases_with_events(None, 2).await.expect("read");
    assert_eq!(ids, [case(1), case(2)]);
    assert_eq!(store.list_cases_with_events(Some(case(2)), 2).await.expect("read"), [case(3)]);
}
