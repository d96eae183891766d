//! One run from its number, and many of them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use vocabulary::CaseId;

use crate::faults::{Fault, Faults};
use crate::hub::Hub;
use crate::judge;
use crate::people::{self, Became};
use crate::world::{Step, World};

/// Faults stop after so many days …
const FAULTY_DAYS: u64 = 40;
/// … or so many steps; …
const FAULTY_STEPS: u64 = 8_000;
/// How often everything is looked at.
const LOOK_EVERY: u64 = 100;
/// … and then everything comes to rest within so many days.
const REST_DAYS: u64 = 120;

/// What a run came to.
struct Ran {
    wrong: Option<String>,
    trace: Vec<String>,
    met: BTreeMap<&'static str, u64>,
    /// Every stored event.
    history: String,
    steps: u64,
}

/// Runs one number with these faults.
fn run(seed: u64, faults: &Faults) -> Ran {
    store_port::chance::seed(seed);
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let world = World::new(seed, faults.clone());
        let hub = Hub::open(&world, &folder.path().join("hub.db")).await;
        let became = Became::default();
        let applicants = 1 + world.below(3);
        for number in 0..applicants {
            let tested = world.once_in(2);
            let (owner, draft) = people::with_draft(&hub, tested).await;
            let name = format!("applicant {number}");
            let life = people::apply(hub.clone(), Arc::clone(&became), name, owner, draft);
            tokio::spawn(life);
        }
        tokio::spawn(people::resolve(hub.clone(), Arc::clone(&became)));
        let steps = go_on(&hub, &became, applicants).await;
        if !world.is_wrong() {
            let again = tokio::spawn(judge::ask_again(hub.clone()));
            while !again.is_finished() && !world.is_wrong() {
                world.step().await;
            }
        }
        let cases: BTreeMap<_, _> = became.lock().unwrap().clone();
        if !world.is_wrong()
            && let Err(why) = judge::at_the_end(&hub, &cases).await
        {
            world.wrong(why);
        }
        let mut history = String::new();
        for case in cases.values() {
            for (_, rows) in hub.auditor().store().load_events(&[*case]).await.unwrap() {
                history.extend(rows.iter().map(|row| format!("{}\n", row.body)));
            }
        }
        let (wrong, trace, met) = world.report();
        Ran { wrong, trace, met, history, steps }
    })
}

/// Lets the world go on until all is done or something is wrong.
async fn go_on(hub: &Hub, became: &Became, applicants: usize) -> u64 {
    let world = hub.world();
    let mut steps = 0;
    let mut calm_since = 0;
    let mut looked_on = 0;
    while !world.is_wrong() {
        steps += 1;
        if let Step::Crashed(node) = world.step().await {
            hub.stop(node);
            let hub = hub.clone();
            tokio::spawn(async move {
                let away = hub.world().seconds(1, 20_000);
                hub.world().pause(format!("node {node} starts"), away).await;
                hub.world().revive(node);
                hub.start(node);
            });
        }
        if !world.is_calm() && (world.days() >= FAULTY_DAYS || steps >= FAULTY_STEPS) {
            world.note("faults stop");
            world.calm_down();
            calm_since = world.days();
        }
        if steps % LOOK_EVERY != 0 {
            continue;
        }
        let cases: Vec<CaseId> = became.lock().unwrap().values().copied().collect();
        let mut over = cases.len() == applicants;
        for case in &cases {
            if let Err(why) = judge::look(hub, *case).await {
                world.wrong(format!("{case}: {why}"));
            }
            over &= hub.case(*case).await.state().is_final();
        }
        if over && hub.offices().under_way() == 0 {
            world.calm_down();
            return steps;
        }
        if world.is_calm() && looked_on != world.days() {
            looked_on = world.days();
            for case in &cases {
                let case = hub.case(*case).await;
                hub.offices().clear_up(&case).await;
                if world.days() > calm_since + 3
                    && let Some(what) = judge::overdue(hub, case.id).await
                {
                    world.wrong(what);
                }
            }
            if world.days() > calm_since + REST_DAYS {
                return steps;
            }
        }
    }
    steps
}

/// Which faults it takes: one after the other is left out as long as it still goes wrong.
fn fewest(seed: u64, faults: &Faults) -> Faults {
    let mut fewest = faults.clone();
    for fault in Fault::ALL {
        let without = fewest.without(fault);
        if without != fewest && run(seed, &without).wrong.is_some() {
            fewest = without;
        }
    }
    fewest
}

fn tell(seed: u64, ran: &Ran, faults: &Faults) -> String {
    let last = ran.trace.len().saturating_sub(80);
    format!(
        "seed {seed}: {}\nafter {} steps; it takes {:?}\nthe last of the trace:\n{}\n\nreplay with\n  YIJIANSHI_SEED={seed} cargo test -p yijianshi-worker --test simulation",
        ran.wrong.as_deref().unwrap_or("nothing is wrong"),
        ran.steps,
        faults.all(),
        ran.trace[last..].join("\n"),
    )
}

fn set(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

#[test]
fn whatever_fails_nothing_is_lost_and_nothing_is_done_twice() {
    if let Some(seed) = set("YIJIANSHI_SEED") {
        let seed: u64 = seed.parse().expect("YIJIANSHI_SEED is a number");
        let faults = Faults::drawn(seed);
        let (ran, again) = (run(seed, &faults), run(seed, &faults));
        println!("{}", ran.trace.join("\n"));
        assert_eq!(ran.trace, again.trace, "the same number gives another run");
        assert!(ran.wrong.is_none(), "{}", tell(seed, &ran, &fewest(seed, &faults)));
        return;
    }
    let count = match (set("YIJIANSHI_SEEDS"), set("YIJIANSHI_LONG")) {
        (Some(count), _) => count.parse().expect("YIJIANSHI_SEEDS is a number"),
        (None, Some(_)) => 10_000,
        (None, None) => 500,
    };
    let next = AtomicU64::new(0);
    let stop = AtomicBool::new(false);
    let failures = Mutex::new(Vec::new());
    let met: Mutex<BTreeMap<&'static str, u64>> = Mutex::default();
    // Each waits for its database half of the time.
    let threads = 2 * std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while !stop.load(Ordering::SeqCst) {
                    let seed = next.fetch_add(1, Ordering::SeqCst);
                    if seed >= count {
                        return;
                    }
                    let faults = Faults::drawn(seed);
                    let ran = run(seed, &faults);
                    if ran.wrong.is_some() {
                        stop.store(true, Ordering::SeqCst);
                        failures.lock().unwrap().push((seed, ran, faults));
                        return;
                    }
                    if seed.is_multiple_of(16) {
                        let again = run(seed, &faults);
                        let same = (&again.trace, &again.history) == (&ran.trace, &ran.history);
                        assert!(same, "seed {seed} gives another run the second time");
                    }
                    let mut met = met.lock().unwrap();
                    for (what, times) in ran.met {
                        *met.entry(what).or_default() += times;
                    }
                }
            });
        }
    });
    let mut failures = failures.into_inner().unwrap();
    failures.sort_by_key(|(seed, ..)| *seed);
    if let Some((seed, ran, faults)) = failures.first() {
        panic!("{}", tell(*seed, ran, &fewest(*seed, faults)));
    }
    let met = met.into_inner().unwrap();
    println!("{count} seeds, met: {met:?}");
    if count >= 500 {
        for fault in Fault::ALL.iter().filter(|fault| **fault != Fault::Slow) {
            let times = met.get(fault.as_str()).copied().unwrap_or_default();
            assert!(times > 50, "{fault:?} happened {times} times only");
        }
    }
}
