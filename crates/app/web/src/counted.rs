//! Counts that are dear in a hub with very many cases: whoever asks next within a while gets what was counted just now.
//! A count over many rows may be as old as a fixed multiple of what it cost, so that counting takes a bounded share of
//! the database however many people look; a count over few is never kept, however slow the machine. Lists are never
//! kept. Pages whose numbers are the point say as of when they are.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant as Tick};

use indicators::Tally;
use store_port::{Fault, LightCount, ServiceFilter, SharedStore};

use crate::applicant::case_view::time_text;
use crate::manager::home;
use crate::page::Page;
use crate::state::App;

/// How long something counted is kept.
#[derive(Debug, Clone, Copy)]
struct Keeping {
    /// What is counted over fewer is counted every time.
    few: u64,
    /// A count is kept so many times as long as counting took …
    times: u32,
    /// … and never longer than this.
    longest: Duration,
    /// So many counts are kept at most.
    kept: usize,
}

/// Beside lists that somebody works through.
const OF_LISTS: Keeping =
    Keeping { few: 200, times: 50, longest: Duration::from_secs(30), kept: 4096 };

/// Over a period, all cases of which are looked at.
const OF_PERIODS: Keeping =
    Keeping { few: 20_000, times: 20, longest: Duration::from_secs(300), kept: 256 };

/// What was counted so long ago at most was counted now.
const JUST_NOW: Duration = Duration::from_secs(2);

/// One count, when it was begun, and until when it may be told to others.
#[derive(Debug)]
struct Kept<V> {
    began: Tick,
    until: Tick,
    value: V,
}

/// Whoever asks while somebody counts waits for him.
type Place<V> = Arc<tokio::sync::Mutex<Option<Kept<V>>>>;

#[derive(Debug)]
pub struct Shelf<V> {
    keeping: Keeping,
    places: Mutex<HashMap<String, Place<V>>>,
}

impl<V: Clone> Shelf<V> {
    fn new(keeping: Keeping) -> Self {
        Self { keeping, places: Mutex::default() }
    }

    fn place(&self, of: String) -> Place<V> {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        if places.len() >= self.keeping.kept && !places.contains_key(&of) {
            places.clear();
        }
        Arc::clone(places.entry(of).or_default())
    }

    fn forget(&self) {
        self.places.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The value and how long ago counting it was begun. `count` gives the value and over how many it was counted.
    ///
    /// # Errors
    /// Those of counting.
    pub async fn get<E>(
        &self,
        of: String,
        count: impl Future<Output = Result<(V, u64), E>>,
    ) -> Result<(V, Duration), E> {
        let place = self.place(of);
        let mut kept = place.lock().await;
        if let Some(kept) = kept.as_ref().filter(|kept| Tick::now() < kept.until) {
            return Ok((kept.value.clone(), kept.began.elapsed()));
        }
        let began = Tick::now();
        let (value, over) = count.await?;
        let Keeping { few, times, longest, .. } = self.keeping;
        let cost = began.elapsed();
        *kept = (over >= few).then(|| Kept {
            began,
            until: Tick::now() + cost.saturating_mul(times).min(longest),
            value: value.clone(),
        });
        Ok((value, cost))
    }
}

/// What was counted lately. Who may see what is part of every key, so that nobody is told what another may know.
#[derive(Debug)]
pub struct Counted {
    lights: Shelf<Vec<LightCount>>,
    rows: Shelf<u64>,
    /// What managers begin with, by scope.
    pub home: Shelf<Arc<home::Counts>>,
    /// All indicators, by scope.
    pub all: Shelf<Arc<Vec<Tally>>>,
    /// One indicator, by itself, division and scope.
    pub divided: Shelf<Arc<Tally>>,
}

impl Default for Counted {
    fn default() -> Self {
        Self {
            lights: Shelf::new(OF_LISTS),
            rows: Shelf::new(OF_LISTS),
            home: Shelf::new(OF_PERIODS),
            all: Shelf::new(OF_PERIODS),
            divided: Shelf::new(OF_PERIODS),
        }
    }
}

impl Counted {
    /// [`count_lights`](store_port::Worklists::count_lights), perhaps of a moment ago; and how long ago.
    ///
    /// # Errors
    /// A fault.
    pub async fn lights(
        &self,
        store: &SharedStore,
        filter: &ServiceFilter,
        today: &str,
    ) -> Result<(Vec<LightCount>, Duration), Fault> {
        let count = async {
            let counts = store.count_lights(filter, today).await?;
            let open = counts.iter().map(|count| count.open).sum();
            Ok((counts, open))
        };
        self.lights.get(format!("{today} {filter:?}"), count).await
    }

    /// [`count_rows`](store_port::Worklists::count_rows), perhaps of a moment ago.
    ///
    /// # Errors
    /// A fault.
    pub async fn rows(&self, store: &SharedStore, filter: &ServiceFilter) -> Result<u64, Fault> {
        let count = async { store.count_rows(filter).await.map(|rows| (rows, rows)) };
        Ok(self.rows.get(format!("{filter:?}"), count).await?.0)
    }

    /// Whoever has just given, answered or closed a notice sees it counted.
    pub fn forget_lists(&self) {
        self.lights.forget();
        self.rows.forget();
    }
}

/// In words, as of when something is that was counted so long ago; `None` = now.
pub fn as_of(app: &App, page: &Page, ago: Duration) -> Option<String> {
    let now = app.now();
    let at = now.checked_sub(ago).unwrap_or(now);
    let time = || time_text(app.engine.catalogue(), page, at);
    (ago >= JUST_NOW).then(|| page.t1("counted-as-of", "time", time()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEAR: Duration = Duration::from_millis(40);

    async fn ask(shelf: &Shelf<u64>, value: u64, over: u64) -> u64 {
        let count = async {
            tokio::time::sleep(DEAR).await;
            Ok((value, over))
        };
        let counted: Result<(u64, Duration), Fault> = shelf.get("all".to_owned(), count).await;
        counted.map(|(value, _)| value).unwrap_or_default()
    }

    #[tokio::test]
    async fn what_is_counted_over_few_is_counted_again_and_over_many_told_again_until_forgotten() {
        let shelf = Shelf::new(OF_LISTS);
        assert_eq!(ask(&shelf, 1, 199).await, 1);
        assert_eq!(ask(&shelf, 2, 200).await, 2, "one was over few, however long it took");
        assert_eq!(ask(&shelf, 3, 200).await, 2, "two is still told");
        shelf.forget();
        assert_eq!(ask(&shelf, 4, 200).await, 4);
    }

    #[tokio::test]
    async fn whoever_asks_meanwhile_waits_for_the_one_count_and_a_fault_is_not_kept() {
        let shelf = Shelf::new(OF_LISTS);
        let failing = async { Err::<(u64, u64), _>(Fault::Closed) };
        assert!(shelf.get("all".to_owned(), failing).await.is_err());
        let answers = tokio::join!(ask(&shelf, 5, 200), ask(&shelf, 6, 200), ask(&shelf, 7, 200));
        assert_eq!(answers, (5, 5, 5));
    }
}
