//! Worklists: complete pages, counts that agree, cases found again.

use store_port::{
    AssignedTo, AssignmentRow, COUNTED_AT_MOST, CaseChange, ServiceFilter, ServiceRow, SharedStore,
};
use vocabulary::AccountId;

use super::{Place, at, case, change, id, number, service};

const STATES: [&str; 4] = ["received", "accepted", "granted", "refused"];

/// Each state stands in one of them.
fn groups() -> Vec<Vec<&'static str>> {
    vec![vec!["accepted"], vec![], vec!["granted", "received"], vec!["refused"]]
}

/// Sixty service cases of three departments, four states, two matters, many with the same date or none.
async fn fill(store: &SharedStore) -> Vec<ServiceRow> {
    let batch: Vec<CaseChange> = (1..=20)
        .map(|n: u32| {
            let mut change = change(case(n), 0);
            for (at, department) in (0u32..).zip(["police", "health", "housing"]) {
                let mut row = service(case(n), &format!("service-{at}"));
                row.department = department.to_owned();
                row.state = STATES[((n + at) % 4) as usize].to_owned();
                row.matter = if n.is_multiple_of(3) { "start-up" } else { "newborn" }.to_owned();
                row.promised_on =
                    (!n.is_multiple_of(5)).then(|| format!("2026-03-{:02}", 1 + n % 7));
                row.area = (!n.is_multiple_of(4)).then(|| format!("99010{}", n % 4));
                row.clock_stopped = (n + at).is_multiple_of(6);
                change.services.push(row);
            }
            change
        })
        .collect();
    store.append(&batch).await.expect("appended");
    for row in batch.iter().flat_map(|change| &change.services) {
        for (version, officer) in (1u64..).zip(hands_of(row)) {
            let row = AssignmentRow {
                case_id: row.case_id,
                node: row.node.clone(),
                department: row.department.clone(),
                officer,
                by: AccountId(id(500)),
                at: at(1),
                version,
            };
            assert!(store.assign(&row).await.expect("assigned"));
        }
    }
    batch.into_iter().flat_map(|change| change.services).collect()
}

/// Through whose hands a service case goes: nobody's, one officer's, or let go again.
fn hands_of(row: &ServiceRow) -> Vec<Option<AccountId>> {
    match row.case_id.0.as_u128() % 5 {
        0 | 1 => vec![Some(AccountId(id(501)))],
        2 => vec![Some(AccountId(id(501))), None],
        3 => vec![Some(AccountId(id(501))), Some(AccountId(id(502)))],
        _ => Vec::new(),
    }
}

fn key(row: &ServiceRow) -> (String, vocabulary::CaseId, String) {
    (row.promised_on.clone().unwrap_or_default(), row.case_id, row.node.clone())
}

async fn all_pages(store: &SharedStore, filter: &ServiceFilter, limit: u32) -> Vec<ServiceRow> {
    let mut rows: Vec<ServiceRow> = Vec::new();
    loop {
        let after = rows.last().map(key);
        let page = ServiceFilter { after, limit, ..filter.clone() };
        let page = store.list_services(&page).await.expect("read");
        assert!(page.len() <= limit as usize);
        if page.is_empty() {
            return rows;
        }
        rows.extend(page);
    }
}

fn filters() -> Vec<ServiceFilter> {
    let all = ServiceFilter::default();
    let police = ServiceFilter { department: Some("police".to_owned()), ..all.clone() };
    let some = |states: &[&str]| states.iter().map(|state| (*state).to_owned()).collect();
    vec![
        all.clone(),
        police.clone(),
        ServiceFilter { states: some(&["received", "accepted"]), ..police.clone() },
        ServiceFilter { states: some(&["received", "received"]), ..police.clone() },
        ServiceFilter { states: some(&["refused"]), ..all.clone() },
        ServiceFilter { states: some(&["nowhere"]), ..all.clone() },
        ServiceFilter { matter: Some("start-up".to_owned()), ..police.clone() },
        ServiceFilter { case_number: Some(number(case(7))), ..all.clone() },
        ServiceFilter { case_number: Some("N'; --".to_owned()), ..all.clone() },
        ServiceFilter { service: Some("service-1".to_owned()), ..all.clone() },
        ServiceFilter { area: Some("990102".to_owned()), ..police.clone() },
        ServiceFilter {
            number_part: Some(number(case(1)).chars().skip(1).collect()),
            ..all.clone()
        },
        ServiceFilter { number_part: Some("N00000".to_owned()), ..police.clone() },
        ServiceFilter { number_part: Some("00001".to_owned()), ..all.clone() },
        ServiceFilter { number_part: Some("%".to_owned()), ..all.clone() },
        ServiceFilter { number_part: Some("_!".to_owned()), ..police.clone() },
        ServiceFilter { due_before: Some("2026-03-04".to_owned()), ..police.clone() },
        ServiceFilter {
            due_before: Some("2026-03-06".to_owned()),
            stopped: Some(false),
            without_states: some(&["granted", "refused"]),
            ..all.clone()
        },
        ServiceFilter { stopped: Some(true), ..all.clone() },
        ServiceFilter { assigned: Some(AssignedTo::Nobody), ..police.clone() },
        ServiceFilter { assigned: Some(AssignedTo::Officer(AccountId(id(501)))), ..all.clone() },
        ServiceFilter {
            assigned: Some(AssignedTo::Officer(AccountId(id(502)))),
            states: some(&["accepted", "granted"]),
            ..police.clone()
        },
        ServiceFilter { assigned: Some(AssignedTo::Officer(AccountId(id(9)))), ..all },
        ServiceFilter { department: Some("nobody".to_owned()), ..police },
    ]
}

/// What the filter means, said once more in Rust.
fn wanted(rows: &[ServiceRow], filter: &ServiceFilter, states: bool) -> Vec<ServiceRow> {
    let says = |wish: &Option<String>, value: &str| wish.as_deref().is_none_or(|w| w == value);
    let mut wanted: Vec<ServiceRow> = rows
        .iter()
        .filter(|row| {
            says(&filter.department, &row.department)
                && says(&filter.matter, &row.matter)
                && says(&filter.case_number, &row.case_number)
                && says(&filter.service, &row.service)
                && filter.area.as_ref().is_none_or(|area| row.area.as_ref() == Some(area))
                && filter.number_part.as_ref().is_none_or(|part| {
                    let number = &row.case_number;
                    number.starts_with(part) || (part.len() == 6 && number.ends_with(part))
                })
                && filter.due_before.as_ref().is_none_or(|date| {
                    row.promised_on.as_ref().is_some_and(|promised| promised < date)
                })
                && filter.stopped.is_none_or(|stopped| row.clock_stopped == stopped)
                && !filter.without_states.contains(&row.state)
                && filter.assigned.is_none_or(|wanted| {
                    let now = hands_of(row).last().copied().flatten();
                    match wanted {
                        AssignedTo::Officer(officer) => now == Some(officer),
                        AssignedTo::Nobody => now.is_none(),
                    }
                })
                && (!states || filter.states.is_empty() || filter.states.contains(&row.state))
        })
        .cloned()
        .collect();
    // Most urgent first, without a date last.
    wanted.sort_by_key(|row| (row.promised_on.is_none(), key(row)));
    wanted
}

pub async fn worklists_are_paged_completely_and_without_repeats(place: &Place) {
    let store = place.open().await;
    let rows = fill(&store).await;
    for filter in filters() {
        let expected = wanted(&rows, &filter, true);
        for limit in [1, 7, 1000] {
            let listed = all_pages(&store, &filter, limit).await;
            assert_eq!(listed, expected, "{filter:?} by {limit}");
        }
    }
}

pub async fn counts_agree_with_rows_under_every_filter(place: &Place) {
    let store = place.open().await;
    let rows = fill(&store).await;
    for filter in filters() {
        let counts = store.count_services(&filter, &groups()).await.expect("counted");
        let count = |group: &Vec<&str>| {
            let of_group = |row: &&ServiceRow| group.contains(&row.state.as_str());
            wanted(&rows, &filter, false).iter().filter(of_group).count() as u64
        };
        let expected: Vec<u64> = groups().iter().map(count).collect();
        assert_eq!(counts, expected, "{filter:?}");
        for (group, count) in groups().into_iter().zip(counts) {
            if group.is_empty() {
                continue;
            }
            let states = group.into_iter().map(str::to_owned).collect();
            let one = ServiceFilter { states, limit: 1000, ..filter.clone() };
            let listed = store.list_services(&one).await.expect("read");
            assert_eq!(listed.len() as u64, count, "{one:?}");
        }
    }
}

/// A list that is longer than anybody counts: its count stops, its pages do not.
pub async fn counts_stop_at_the_bound_and_pages_do_not(place: &Place) {
    let store = place.open().await;
    let bound = usize::try_from(COUNTED_AT_MOST).expect("a small number");
    let batch: Vec<CaseChange> = (1u32..)
        .take(bound / 4 + 5)
        .map(|n| {
            let mut change = change(case(n), 0);
            for at in 0..4 {
                let mut row = service(case(n), &format!("service-{at}"));
                row.watched.stage = "accept".to_owned();
                change.services.push(row);
            }
            change
        })
        .collect();
    store.append(&batch).await.expect("appended");
    let police =
        ServiceFilter { department: Some("police".to_owned()), ..ServiceFilter::default() };
    let counts = async || store.count_services(&police, &groups()).await.expect("counted");
    assert_eq!(counts().await.into_iter().max(), Some(COUNTED_AT_MOST));
    assert_eq!(store.count_rows(&police).await.expect("counted"), COUNTED_AT_MOST);
    let whole = all_pages(&store, &police, 301).await;
    assert_eq!(whole.len(), 4 * batch.len());

    // Ever more go on to other states, until none is counted short any more.
    for (round, part) in (0u64..).zip(batch.chunks(30)) {
        let going_on: Vec<CaseChange> = part
            .iter()
            .zip(0usize..)
            .map(|(before, n)| {
                let mut next = change(before.case_id, 1);
                for (row, at) in before.services.iter().zip(0usize..) {
                    let mut row = row.clone();
                    let turn = usize::try_from(round).expect("few rounds");
                    row.state = STATES[(n * 7 + at * 3 + turn) % STATES.len()].to_owned();
                    row.promised_on =
                        (!(n + at).is_multiple_of(3)).then(|| "2026-03-05".to_owned());
                    next.services.push(row);
                }
                next
            })
            .collect();
        store.append(&going_on).await.expect("appended");
        let mut sum = 0;
        for (group, count) in groups().into_iter().zip(counts().await) {
            if group.is_empty() {
                continue;
            }
            let states = group.iter().map(|state| (*state).to_owned()).collect();
            let one = ServiceFilter { states, ..police.clone() };
            let listed = all_pages(&store, &one, 400).await.len();
            assert_eq!(count, (listed as u64).min(COUNTED_AT_MOST), "{group:?} in round {round}");
            sum += listed;
        }
        assert_eq!(sum, whole.len());
    }
}

pub async fn cases_are_found_by_owner_and_number(place: &Place) {
    let store = place.open().await;
    let mut batch: Vec<CaseChange> = (1..=6).map(|n| change(case(n), 0)).collect();
    for (change, minutes) in batch.iter_mut().zip(0..) {
        change.case.submitted_at = at(minutes);
    }
    batch[1].case.owner = Some(AccountId(id(77)));
    batch[2].case.owner = None;
    store.append(&batch).await.expect("appended");
    let mine = store.list_cases_of(AccountId(id(900_002)), None, 3).await.expect("read");
    let expected: Vec<_> = [5, 4, 3].map(|n: usize| batch[n].case.clone()).to_vec();
    assert_eq!(mine, expected, "newest first");
    let oldest = mine.last().map(|row| (row.submitted_at, row.case_id));
    let rest = store.list_cases_of(AccountId(id(900_002)), oldest, 3).await.expect("read");
    assert_eq!(rest, [batch[0].case.clone()], "the page after it");
    let hers = store.list_cases_of(AccountId(id(77)), None, 3).await.expect("read");
    assert_eq!(hers, [batch[1].case.clone()]);
    let found = store.find_case_by_number(&number(case(3))).await.expect("read");
    assert_eq!(found, Some(batch[2].case.clone()));
    assert_eq!(store.find_case_by_number("N").await.expect("read"), None);
    assert_eq!(store.find_case(case(99)).await.expect("read"), None);
}
