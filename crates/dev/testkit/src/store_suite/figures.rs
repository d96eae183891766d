//! Facts for figures: written with their change, read by date, area and matter, paged by key.

use store_port::{
    AppendOutcome, CaseChange, CaseFactRow, DraftFactRow, FactFilter, OpenedFilter, ServiceFactRow,
};
use vocabulary::{CaseId, DraftId};

use super::{Place, at, case, change, id, sending};

fn fact(n: u32, area: &str, submitted_on: &str, ended_on: Option<&str>) -> CaseFactRow {
    CaseFactRow {
        case_id: case(n),
        draft_id: DraftId(id(500 + n)),
        matter: if n.is_multiple_of(2) { "newborn" } else { "tea-stall" }.to_owned(),
        area: area.to_owned(),
        channel: "online".to_owned(),
        outlet: String::new(),
        submitted_on: submitted_on.to_owned(),
        ended_on: ended_on.map(str::to_owned),
        rated_on: None,
        accepted_at_once: false,
        all_granted: ended_on.is_some(),
        body: format!("{{\"n\":{n}}}"),
    }
}

fn service_fact(row: &CaseFactRow, node: &str) -> ServiceFactRow {
    ServiceFactRow {
        case_id: row.case_id,
        node: node.to_owned(),
        matter: row.matter.clone(),
        service: node.to_owned(),
        department: "police".to_owned(),
        area: row.area.clone(),
        submitted_on: row.submitted_on.clone(),
        ended_on: row.ended_on.clone(),
        body: "{}".to_owned(),
    }
}

fn with_facts(n: u32, expected: u64, fact: CaseFactRow) -> CaseChange {
    CaseChange {
        service_facts: vec![service_fact(&fact, "b"), service_fact(&fact, "a~m1")],
        fact: Some(fact),
        ..change(case(n), expected)
    }
}

fn all() -> FactFilter {
    FactFilter { limit: 100, ..FactFilter::default() }
}

pub async fn facts_commit_with_their_change_and_the_last_word_stays(place: &Place) {
    let store = place.open().await;
    let first = with_facts(1, 0, fact(1, "990101", "2026-03-02", None));
    let stale = with_facts(2, 7, fact(2, "990101", "2026-03-02", None));
    let last = with_facts(1, 1, fact(1, "990101", "2026-03-02", Some("2026-03-05")));
    let outcomes = store.append(&[first, stale, last.clone()]).await.expect("appended");
    assert_eq!(outcomes[0], AppendOutcome::Committed);
    assert_eq!(outcomes[1], AppendOutcome::Conflict { current_version: 0 });
    assert_eq!(outcomes[2], AppendOutcome::Committed);
    let cases = store.list_case_facts(&all()).await.expect("read");
    assert_eq!(cases, [last.fact.clone().expect("it has one")], "nothing of a losing change");
    let services = store.list_service_facts(&all()).await.expect("read");
    let mut wanted = last.service_facts;
    wanted.sort_by(|one, other| one.node.cmp(&other.node));
    assert_eq!(services, wanted);
    // A change without facts leaves them.
    store.append(&[change(case(1), 2)]).await.expect("appended");
    assert_eq!(store.list_case_facts(&all()).await.expect("read"), cases);
}

pub async fn facts_are_read_by_their_dates_area_and_matter(place: &Place) {
    let store = place.open().await;
    let mut rated = fact(4, "990102", "2026-01-05", Some("2026-01-09"));
    rated.rated_on = Some("2026-03-03".to_owned());
    let facts = [
        fact(1, "990101", "2026-02-20", None),
        fact(2, "990101", "2026-03-02", Some("2026-03-31")),
        fact(3, "990102", "2026-02-01", Some("2026-02-28")),
        rated,
        fact(5, "880101", "2026-03-31", Some("2026-04-01")),
    ];
    let changes: Vec<CaseChange> =
        (1..).zip(&facts).map(|(n, fact)| with_facts(n, 0, fact.clone())).collect();
    store.append(&changes).await.expect("appended");
    let march = || Some(("2026-03-01".to_owned(), "2026-03-31".to_owned()));
    let table: [(&str, FactFilter, &[u32]); 9] = [
        ("all", all(), &[1, 2, 3, 4, 5]),
        ("open", FactFilter { open: true, ..all() }, &[1]),
        ("ended in March, both ends included", FactFilter { ended: march(), ..all() }, &[2]),
        ("handed in in March", FactFilter { submitted: march(), ..all() }, &[2, 5]),
        ("rated in March", FactFilter { rated: march(), ..all() }, &[4]),
        (
            "any of these",
            FactFilter { open: true, ended: march(), rated: march(), ..all() },
            &[1, 2, 4],
        ),
        ("a county", FactFilter { area: "990102".into(), ..all() }, &[3, 4]),
        ("a city", FactFilter { area: "99".into(), ..all() }, &[1, 2, 3, 4]),
        (
            "a matter of it",
            FactFilter { area: "99".into(), matter: Some("newborn".into()), ..all() },
            &[2, 4],
        ),
    ];
    for (what, filter, wanted) in table {
        let wanted: Vec<CaseId> = wanted.iter().map(|n| case(*n)).collect();
        let found = store.list_case_facts(&filter).await.expect("read");
        assert_eq!(found.iter().map(|row| row.case_id).collect::<Vec<_>>(), wanted, "{what}");
        if filter.rated.is_none() {
            let services = store.list_service_facts(&filter).await.expect("read");
            let twice: Vec<CaseId> = wanted.iter().flat_map(|case| [*case, *case]).collect();
            let found: Vec<CaseId> = services.iter().map(|row| row.case_id).collect();
            assert_eq!(found, twice, "services of {what}");
        }
    }
    // Pages: complete, without repeats.
    let mut after = None;
    let mut seen = Vec::new();
    loop {
        let filter = FactFilter { limit: 3, after: after.clone(), ..all() };
        let rows = store.list_service_facts(&filter).await.expect("read");
        let Some(last) = rows.last() else { break };
        after = Some((last.case_id, last.node.clone()));
        seen.extend(rows);
    }
    assert_eq!(seen, store.list_service_facts(&all()).await.expect("read"));
    assert_eq!(seen.len(), 10);
    let filter = FactFilter { after: Some((case(3), String::new())), limit: 1, ..all() };
    let rows = store.list_case_facts(&filter).await.expect("read");
    assert_eq!(rows.iter().map(|row| row.case_id).collect::<Vec<_>>(), [case(4)]);
}

pub async fn an_opened_interview_is_followed_to_its_case(place: &Place) {
    let store = place.open().await;
    let opened = |n: u32, place: &str| DraftFactRow {
        draft_id: DraftId(id(500 + n)),
        matter: "newborn".to_owned(),
        area: "990101".to_owned(),
        entry: "doorplate".to_owned(),
        place: place.to_owned(),
        opened_on: format!("2026-03-0{n}"),
        plan_seen_on: None,
    };
    for n in 1..=3 {
        store.note_opened(&opened(n, "ward")).await.expect("noted");
    }
    let later = DraftFactRow { opened_on: "2026-03-30".to_owned(), ..opened(1, "ward, bed 2") };
    store.note_opened(&later).await.expect("noted again");
    store.note_plan_seen(DraftId(id(502)), "2026-03-04").await.expect("noted");
    store.note_plan_seen(DraftId(id(502)), "2026-03-09").await.expect("noted again");
    store.note_plan_seen(DraftId(id(599)), "2026-03-09").await.expect("nobody's");
    let becomes = with_facts(3, 0, fact(3, "990101", "2026-03-05", Some("2026-03-06")));
    store.append(&[becomes]).await.expect("appended");
    let filter = OpenedFilter { limit: 10, ..OpenedFilter::default() };
    let rows = store.list_opened(&filter).await.expect("read");
    let told: Vec<_> = rows
        .iter()
        .map(|row| {
            let seen = row.draft.plan_seen_on.as_deref();
            (row.draft.place.as_str(), seen, row.case_id, row.all_granted, row.accepted_at_once)
        })
        .collect();
    assert_eq!(
        told,
        [
            ("ward, bed 2", None, None, false, false),
            ("ward", Some("2026-03-04"), None, false, false),
            ("ward", None, Some(case(3)), true, false),
        ]
    );
    assert_eq!(rows[0].draft.opened_on, "2026-03-01", "the first time stays");
    let days = Some(("2026-03-02".to_owned(), "2026-03-03".to_owned()));
    let filter = OpenedFilter { opened: days, area: "9901".into(), limit: 1, ..filter };
    let first = store.list_opened(&filter).await.expect("read");
    assert_eq!(first, rows[1..2]);
    let after = Some(first[0].draft.draft_id);
    let rest = store.list_opened(&OpenedFilter { after, ..filter.clone() }).await.expect("read");
    assert_eq!(rest, rows[2..]);
    let other = OpenedFilter { matter: Some("tea-stall".into()), ..filter };
    assert!(store.list_opened(&other).await.expect("read").is_empty());
}

pub async fn what_no_receipt_has_closed_is_listed(place: &Place) {
    let store = place.open().await;
    let mut one = change(case(1), 0);
    one.outbox = vec![sending(case(1), "a", 1, at(0)), sending(case(1), "b", 1, at(0))];
    let mut two = change(case(2), 0);
    two.outbox = vec![sending(case(2), "a", 1, at(0))];
    store.append(&[one, two]).await.expect("appended");
    let mut done = change(case(2), 1);
    done.outbox_done = vec![sending(case(2), "a", 1, at(0)).dispatch_id];
    store.append(&[done]).await.expect("appended");
    let claimed = store.claim("w", at(1), at(2), 10).await.expect("claimed");
    assert_eq!(claimed.len(), 2);
    for claim in &claimed {
        let dispatch = claim.row.dispatch_id;
        if claim.row.node == "a" {
            assert!(
                store
                    .delivered(claim.row.case_id, dispatch, claim.fence, at(60))
                    .await
                    .expect("written")
            );
        } else {
            assert!(
                store
                    .retry(claim.row.case_id, dispatch, claim.fence, at(3), "no answer")
                    .await
                    .expect("written")
            );
        }
    }
    let mut owed = store.list_owed(None, 10).await.expect("read");
    assert_eq!(owed.len(), 2);
    let last = &owed[1].row;
    let after = Some((owed[0].row.case_id, owed[0].row.dispatch_id));
    let rest = store.list_owed(after, 10).await.expect("read");
    assert_eq!(rest.iter().map(|row| &row.row).collect::<Vec<_>>(), [last]);
    owed.sort_by(|one, other| one.row.node.cmp(&other.row.node));
    let told: Vec<_> = owed
        .iter()
        .map(|owed| (owed.row.node.as_str(), owed.delivered, owed.attempts, owed.why.as_deref()))
        .collect();
    assert_eq!(told, [("a", true, 0, None), ("b", false, 1, Some("no answer"))]);
}

pub async fn cases_without_facts_are_found_and_made_good(place: &Place) {
    let store = place.open().await;
    let told = with_facts(2, 0, fact(2, "", "2026-03-02", None));
    store.append(&[change(case(1), 0), told, change(case(3), 0)]).await.expect("appended");
    assert_eq!(store.list_without_facts(None, 10).await.expect("read"), [case(1), case(3)]);
    assert_eq!(store.list_without_facts(Some(case(1)), 10).await.expect("read"), [case(3)]);
    let made = fact(3, "", "2026-03-04", None);
    let services = [service_fact(&made, "a")];
    store.put_facts(std::slice::from_ref(&made), &services).await.expect("written");
    assert_eq!(store.list_without_facts(None, 10).await.expect("read"), [case(1)]);
    let filter = FactFilter { after: Some((case(2), "z".to_owned())), ..all() };
    assert_eq!(store.list_case_facts(&filter).await.expect("read"), [made]);
    assert_eq!(store.list_service_facts(&filter).await.expect("read"), services);
}
