//! Many at the same moment: one wins, nobody fails, nothing is lost.

use std::sync::Arc;

use store_port::{AppendOutcome, CaseChange, SharedStore};
use tokio::sync::Barrier;
use vocabulary::DraftId;

use super::{Place, case, change, command, id};

const RACERS: u32 = 16;

/// Appends every batch in a task of its own, all let go together.
async fn race(store: &SharedStore, batches: Vec<Vec<CaseChange>>) -> Vec<Vec<AppendOutcome>> {
    let start = Arc::new(Barrier::new(batches.len()));
    let racers: Vec<_> = batches
        .into_iter()
        .map(|batch| {
            let (store, start) = (store.clone(), start.clone());
            tokio::spawn(async move {
                start.wait().await;
                store.append(&batch).await.expect("appended")
            })
        })
        .collect();
    let mut outcomes = Vec::new();
    for racer in racers {
        outcomes.push(racer.await.expect("the racer ends well"));
    }
    outcomes
}

fn winners(outcomes: &[Vec<AppendOutcome>]) -> usize {
    outcomes.iter().flatten().filter(|outcome| **outcome == AppendOutcome::Committed).count()
}

pub async fn racers_on_one_case_have_one_winner(place: &Place) {
    let store = place.open().await;
    for expected in 0..3 {
        let batches = (0..RACERS).map(|_| vec![change(case(1), expected)]).collect();
        let outcomes = race(&store, batches).await;
        assert_eq!(winners(&outcomes), 1);
        let lost = AppendOutcome::Conflict { current_version: expected + 1 };
        assert_eq!(outcomes.iter().flatten().filter(|outcome| **outcome == lost).count(), 15);
    }
    let events = store.load_events(&[case(1)]).await.expect("loaded");
    assert_eq!(events[0].1.iter().map(|event| event.seq).collect::<Vec<_>>(), [1, 2, 3]);
}

pub async fn racers_for_one_draft_make_one_case(place: &Place) {
    let store = place.open().await;
    let batches = (1..=RACERS)
        .map(|n| {
            let mut change = change(case(n), 0);
            change.draft = Some(DraftId(id(500)));
            change.command = Some(command(600 + n, "d"));
            vec![change]
        })
        .collect();
    let outcomes = race(&store, batches).await;
    assert_eq!(winners(&outcomes), 1);
    let cases = store.list_case_ids(None, 100).await.expect("read");
    assert_eq!(cases.len(), 1);
    let lost = AppendOutcome::DraftTaken { case_id: cases[0] };
    assert_eq!(outcomes.iter().flatten().filter(|outcome| **outcome == lost).count(), 15);
}

pub async fn racers_with_one_command_carry_it_out_once(place: &Place) {
    let store = place.open().await;
    let batches = (1..=RACERS)
        .map(|n| {
            let mut change = change(case(n), 0);
            change.command = Some(command(600, &format!("d{n}")));
            vec![change]
        })
        .collect();
    let outcomes = race(&store, batches).await;
    assert_eq!(winners(&outcomes), 1);
    let kept = command(600, "");
    let kept = store
        .find_command(&kept.actor, &kept.action, kept.command_id)
        .await
        .expect("read")
        .expect("the winner's");
    let lost = AppendOutcome::Repeated { digest: kept.digest, answer: kept.answer };
    assert_eq!(outcomes.iter().flatten().filter(|outcome| **outcome == lost).count(), 15);
}

/// Batches that take the same cases, drafts and commands in different orders.
pub async fn crossing_batches_neither_fail_nor_lose(place: &Place) {
    let store = place.open().await;
    const CASES: u32 = 8;
    let begun: Vec<_> = (0..CASES).map(|n| change(case(n), 0)).collect();
    store.append(&begun).await.expect("appended");
    for round in 1..=4u64 {
        let batches: Vec<Vec<CaseChange>> = (0..RACERS)
            .map(|racer| {
                let mut batch: Vec<_> = (0..CASES)
                    .map(|n| {
                        let mut change = change(case((n * 3 + racer) % CASES), round);
                        let claim = 1000 * u32::try_from(round).expect("few rounds") + n;
                        change.command = Some(command(claim, "d"));
                        change.draft = Some(DraftId(id(100_000 + claim)));
                        change
                    })
                    .collect();
                // And one that opens a new case each time.
                batch.push(change(case(100_000 * racer + 1_000 + n_of(round)), 0));
                if racer % 2 == 0 {
                    batch.reverse();
                }
                batch
            })
            .collect();
        let outcomes = race(&store, batches).await;
        // Each of the cases is changed at most once in a round, and every racer opened its own.
        let won = winners(&outcomes);
        let opened = usize::try_from(RACERS).expect("fits");
        assert!(won > opened, "somebody wins the crossing cases: {won}");
        assert!(won <= opened + 8, "each case is changed once: {won}");
        // Bring the cases that were left behind to the same version.
        for n in 0..CASES {
            let row = store.find_case(case(n)).await.expect("read").expect("there");
            assert!(row.version == round || row.version == round + 1);
            if row.version == round {
                store.append(&[change(case(n), round)]).await.expect("appended");
            }
        }
    }
    for n in 0..CASES {
        let events = store.load_events(&[case(n)]).await.expect("loaded");
        let seqs: Vec<_> = events[0].1.iter().map(|event| event.seq).collect();
        assert_eq!(seqs, [1, 2, 3, 4, 5]);
    }
}

fn n_of(round: u64) -> u32 {
    u32::try_from(round).expect("few rounds")
}
