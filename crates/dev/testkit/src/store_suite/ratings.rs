//! Ratings: written with the change that tells of them, listed and counted by the same words. Visits of
//! doorplates, and orders of agents.

use store_port::{OrderActRow, OrderRow, RatingFilter, RatingRow};
use vocabulary::{AccountId, DraftId, SubjectId};

use super::{Place, at, case, change, id, number};

fn rating(n: u32, node: &str, grade: u8, state: &str, area: &str) -> RatingRow {
    let due = |day: u32| (grade >= 4).then(|| format!("2026-03-{day:02}"));
    RatingRow {
        case_id: case(n),
        node: node.to_owned(),
        case_number: number(case(n)),
        matter: "newborn".to_owned(),
        department: if node.is_empty() { "lead" } else { "office" }.to_owned(),
        area: area.to_owned(),
        outlet: String::new(),
        channel: "online".to_owned(),
        via: "mobile".to_owned(),
        grade,
        rated_at: at(i64::from(n)),
        rated_on: format!("2026-03-{n:02}"),
        state: state.to_owned(),
        appealed: false,
        contact_due_on: due(10 - n),
        due_on: due(20 - n),
        rectified_on: None,
    }
}

pub async fn ratings_are_listed_and_counted_under_the_same_filter(place: &Place) {
    let store = place.open().await;
    let given = [
        rating(1, "", 1, "thanked", "990101"),
        rating(1, "register", 4, "open", "990101"),
        rating(2, "", 5, "open", "990102"),
        rating(3, "card", 4, "contacted", "990102"),
    ];
    for n in 1..=3 {
        let mut one = change(case(n), 0);
        one.ratings = given.iter().filter(|row| row.case_id == case(n)).cloned().collect();
        // One that is not carried out rates nothing.
        let mut stale = change(case(n), 7);
        stale.ratings = vec![rating(n, "never", 5, "open", "990101")];
        store.append(&[one, stale]).await.expect("appended");
    }
    let all = RatingFilter { limit: 10, ..RatingFilter::default() };
    assert_eq!(store.list_ratings(&all).await.expect("read"), given);
    let first = store.list_ratings(&RatingFilter { limit: 1, ..all.clone() }).await.expect("read");
    let after = first.last().map(|row| (row.case_id, row.node.clone()));
    let rest = store.list_ratings(&RatingFilter { after, ..all.clone() }).await.expect("read");
    assert_eq!(rest, given[1..]);
    // What is owed first stands first: the later case is due earlier here.
    let urgent = RatingFilter { urgent_first: true, ..all.clone() };
    let order: Vec<u8> =
        store.list_ratings(&urgent).await.expect("read").iter().map(|row| row.grade).collect();
    assert_eq!(order, [5, 4, 4, 1]);

    let mut sums = Vec::new();
    for filter in [
        all.clone(),
        RatingFilter { bad: true, ..all.clone() },
        RatingFilter { services: true, ..all.clone() },
        RatingFilter { department: Some("office".to_owned()), ..all.clone() },
        RatingFilter { area: "990102".to_owned(), ..all.clone() },
        RatingFilter { area: "9901".to_owned(), ..all.clone() },
        RatingFilter { matter: Some("nothing".to_owned()), ..all.clone() },
        RatingFilter {
            rated: Some(("2026-03-02".to_owned(), "2026-03-03".to_owned())),
            ..all.clone()
        },
    ] {
        let rows = store.list_ratings(&filter).await.expect("read").len();
        let counts = store.count_ratings(&filter).await.expect("counted");
        let sum: u64 = counts.iter().map(|(_, _, n)| n).sum();
        assert_eq!(u64::try_from(rows).ok(), Some(sum), "{filter:?}");
        sums.push(sum);
    }
    assert_eq!(sums, [4, 3, 2, 2, 2, 4, 0, 2]);

    // An answer replaces the row.
    let mut answered = change(case(2), 1);
    let settled = RatingRow {
        state: "rectified".to_owned(),
        rectified_on: Some("2026-03-05".to_owned()),
        ..given[2].clone()
    };
    answered.ratings = vec![settled.clone()];
    store.append(&[answered]).await.expect("appended");
    let states = vec!["rectified".to_owned()];
    let found = store.list_ratings(&RatingFilter { states, ..all.clone() }).await.expect("read");
    assert_eq!(found, [settled]);
    let appealed = RatingRow { appealed: true, ..given[3].clone() };
    store.put_ratings(std::slice::from_ref(&appealed)).await.expect("put");
    let found = store.list_ratings(&RatingFilter { appealed: true, ..all }).await.expect("read");
    assert_eq!(found, [appealed]);
}

pub async fn visits_of_a_doorplate_are_counted_by_day(place: &Place) {
    let store = place.open().await;
    for (doorplate, day) in [
        ("ward", "2026-03-01"),
        ("gate", "2026-03-02"),
        ("ward", "2026-03-01"),
        ("ward", "2026-03-03"),
    ] {
        store.note_visit(doorplate, day).await.expect("counted");
    }
    let rows = store.list_visits("2026-03-01", "2026-03-02").await.expect("read");
    let told: Vec<(&str, &str, u64)> =
        rows.iter().map(|it| (it.doorplate.as_str(), it.day.as_str(), it.visits)).collect();
    assert_eq!(told, [("gate", "2026-03-02", 1), ("ward", "2026-03-01", 2)]);
}

fn order(n: u32, agent: Option<u32>) -> OrderRow {
    OrderRow {
        order_id: id(700 + n),
        applicant: AccountId(id(1)),
        subject: SubjectId(id(2)),
        agent: agent.map(|agent| AccountId(id(agent))),
        matter: "newborn".to_owned(),
        powers: "prepare submit".to_owned(),
        evidence: "online".to_owned(),
        granted_at: at(i64::from(n)),
        valid_from: "2026-03-01".to_owned(),
        valid_until: "2026-03-31".to_owned(),
        ended_at: None,
        note: Some(vec![1, 2, 3]),
    }
}

pub async fn an_order_is_taken_by_one_agent_and_ended_once(place: &Place) {
    let store = place.open().await;
    let (own, pool) = (order(1, Some(50)), order(2, None));
    for row in [&own, &pool] {
        assert!(store.insert_order(row).await.expect("written"));
        assert!(!store.insert_order(row).await.expect("written"), "twice");
    }
    let agent = |n: u32| AccountId(id(n));
    let ids = |rows: Vec<OrderRow>| rows.iter().map(|row| row.order_id).collect::<Vec<_>>();
    assert_eq!(ids(store.list_orders_of(own.applicant).await.expect("read")), [id(702), id(701)]);
    assert_eq!(ids(store.list_orders_for(agent(50)).await.expect("read")), [id(702), id(701)]);
    assert_eq!(ids(store.list_orders_for(agent(51)).await.expect("read")), [id(702)]);
    assert!(store.take_order(pool.order_id, agent(51)).await.expect("taken"));
    assert!(!store.take_order(pool.order_id, agent(50)).await.expect("too late"));
    assert_eq!(ids(store.list_orders_for(agent(50)).await.expect("read")), [id(701)]);
    assert!(store.end_order(own.order_id, at(9)).await.expect("ended"));
    assert!(!store.end_order(own.order_id, at(10)).await.expect("ended before"));
    let ended = store.find_order(own.order_id).await.expect("read");
    assert_eq!(ended, Some(OrderRow { ended_at: Some(at(9)), ..own.clone() }));
    for (n, what) in [(1, "opened"), (2, "submitted")] {
        let act = OrderActRow {
            order_id: own.order_id,
            act_id: id(800 + n),
            agent: agent(50),
            what: what.to_owned(),
            draft: Some(DraftId(id(5))),
            case: (n == 2).then(|| case(1)),
            at: at(i64::from(n)),
        };
        store.insert_act(&act).await.expect("kept");
    }
    let acts = store.list_acts(own.order_id).await.expect("read");
    assert_eq!(
        acts.iter().map(|act| act.what.as_str()).collect::<Vec<_>>(),
        ["opened", "submitted"]
    );
    assert!(store.list_agents().await.expect("read").is_empty());
}
