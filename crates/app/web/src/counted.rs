//! Counts that are dear in a hub with very many open cases: whoever asks next within a while gets what was counted just
//! now. A count may be as old as a fixed multiple of what it cost, so that counting takes a bounded share of the
//! database however many people look; in a small hub nothing is kept at all. Lists are never kept. Figures of a
//! period say as of when they are.

use std::any::Any;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant as Tick};

use indicators::Scope;
use store_port::{Fault, LightCount, ServiceFilter, SharedStore};

use crate::errors::WebError;

/// How long something counted is kept.
#[derive(Debug, Clone, Copy)]
struct Keeping {
    /// What costs less than this is counted every time.
    cheap: Duration,
    /// A count is kept so many times as long as counting took …
    times: u32,
    /// … and never longer than this.
    longest: Duration,
    /// So many counts are kept at most.
    kept: usize,
}

/// Beside lists that somebody works through.
const OF_LISTS: Keeping = Keeping {
    cheap: Duration::from_millis(3),
    times: 50,
    longest: Duration::from_secs(30),
    kept: 4096,
};

/// Over a period, all cases of which are looked at.
const OF_PERIODS: Keeping = Keeping {
    cheap: Duration::from_millis(500),
    times: 20,
    longest: Duration::from_secs(300),
    kept: 256,
};

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
struct Shelf<V> {
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

    async fn get<E>(
        &self,
        of: String,
        count: impl Future<Output = Result<V, E>>,
    ) -> Result<(V, Duration), E> {
        let place = self.place(of);
        let mut kept = place.lock().await;
        if let Some(kept) = kept.as_ref().filter(|kept| Tick::now() < kept.until) {
            return Ok((kept.value.clone(), kept.began.elapsed()));
        }
        let began = Tick::now();
        let value = count.await?;
        let Keeping { cheap, times, longest, .. } = self.keeping;
        let cost = began.elapsed();
        *kept = (cost >= cheap).then(|| Kept {
            began,
            until: Tick::now() + cost.saturating_mul(times).min(longest),
            value: value.clone(),
        });
        Ok((value, cost))
    }
}

/// What was counted lately.
#[derive(Debug)]
pub struct Counted {
    lights: Shelf<Vec<LightCount>>,
    rows: Shelf<u64>,
    figures: Shelf<Arc<dyn Any + Send + Sync>>,
}

impl Default for Counted {
    fn default() -> Self {
        Self {
            lights: Shelf::new(OF_LISTS),
            rows: Shelf::new(OF_LISTS),
            figures: Shelf::new(OF_PERIODS),
        }
    }
}

impl Counted {
    /// [`count_lights`](store_port::Worklists::count_lights), perhaps of a moment ago.
    ///
    /// # Errors
    /// A fault.
    pub async fn lights(
        &self,
        store: &SharedStore,
        filter: &ServiceFilter,
        today: &str,
    ) -> Result<Vec<LightCount>, Fault> {
        // Who may see what is part of the filter, so that nobody is told what another may know.
        let of = format!("{today} {filter:?}");
        Ok(self.lights.get(of, store.count_lights(filter, today)).await?.0)
    }

    /// [`count_rows`](store_port::Worklists::count_rows), perhaps of a moment ago.
    ///
    /// # Errors
    /// A fault.
    pub async fn rows(&self, store: &SharedStore, filter: &ServiceFilter) -> Result<u64, Fault> {
        Ok(self.rows.get(format!("{filter:?}"), store.count_rows(filter)).await?.0)
    }

    /// Figures that are counted over a whole period, and how long ago that was begun. `what` and `scope` say which;
    /// a scope holds the area that whoever looks may see.
    ///
    /// # Errors
    /// Those of counting.
    pub async fn figures<V: Send + Sync + 'static>(
        &self,
        what: &str,
        scope: &Scope,
        count: impl Future<Output = Result<V, WebError>>,
    ) -> Result<(Arc<V>, Duration), WebError> {
        let any = async {
            let value: Arc<dyn Any + Send + Sync> = Arc::new(count.await?);
            Ok::<_, WebError>(value)
        };
        let (value, ago) = self.figures.get(format!("{what} {scope:?}"), any).await?;
        Ok((value.downcast::<V>().map_err(|_| WebError::NotFound)?, ago))
    }

    /// Whoever has just changed something sees it counted.
    pub fn forget(&self) {
        self.lights.forget();
        self.rows.forget();
        self.figures.forget();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn ask(shelf: &Shelf<u64>, value: u64, cost: Duration) -> u64 {
        let count = async {
            tokio::time::sleep(cost).await;
            Ok(value)
        };
        let counted: Result<(u64, Duration), Fault> = shelf.get("all".to_owned(), count).await;
        counted.map(|(value, _)| value).unwrap_or_default()
    }

    #[tokio::test]
    async fn what_is_cheap_is_counted_again_and_what_is_dear_is_told_again_until_it_is_forgotten() {
        let shelf = Shelf::new(OF_LISTS);
        assert_eq!(ask(&shelf, 1, Duration::ZERO).await, 1);
        let dear = Duration::from_millis(40);
        assert_eq!(ask(&shelf, 2, dear).await, 2, "one was cheap");
        assert_eq!(ask(&shelf, 3, dear).await, 2, "two is still told");
        shelf.forget();
        assert_eq!(ask(&shelf, 4, dear).await, 4);
    }

    #[tokio::test]
    async fn whoever_asks_meanwhile_waits_for_the_one_count_and_a_fault_is_not_kept() {
        let shelf = Shelf::new(OF_LISTS);
        let failing = async { Err::<u64, _>(Fault::Closed) };
        assert!(shelf.get("all".to_owned(), failing).await.is_err());
        let dear = Duration::from_millis(40);
        let answers =
            tokio::join!(ask(&shelf, 5, dear), ask(&shelf, 6, dear), ask(&shelf, 7, dear));
        assert_eq!(answers, (5, 5, 5));
    }
}
