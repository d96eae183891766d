//! What is worked out once for a day and kept: proofs of matters, reports on them, parts of pages.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OnceCell;
use vocabulary::Date;

/// Days that are kept: today, and the day before for those who began then.
const DAYS: usize = 2;
/// Most values of one day; with more the day begins anew, for everything here can be made again.
const KEPT_A_DAY: usize = 128;

type Cell<T> = Arc<OnceCell<Arc<T>>>;
type Days<K, T> = BTreeMap<Date, BTreeMap<K, Cell<T>>>;

/// Values by key and civil day, each made when it is first asked for. Whoever asks while it is being made waits
/// for it; one that could not be made is tried again by the next who asks.
#[derive(Debug)]
pub struct PerDay<K, T>(Mutex<Days<K, T>>);

impl<K, T> Default for PerDay<K, T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Ord, T> PerDay<K, T> {
    /// The value if it is there already.
    pub fn find(&self, key: &K, day: Date) -> Option<Arc<T>> {
        let days = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        days.get(&day)?.get(key)?.get().cloned()
    }

    /// The value, made by `make` when it is new.
    ///
    /// # Errors
    /// What `make` says.
    pub async fn get<E>(
        &self,
        key: K,
        day: Date,
        make: impl Future<Output = Result<T, E>>,
    ) -> Result<Arc<T>, E> {
        let cell = self.cell(key, day);
        let made = cell.get_or_try_init(async || make.await.map(Arc::new)).await?;
        Ok(Arc::clone(made))
    }

    fn cell(&self, key: K, day: Date) -> Cell<T> {
        let mut days = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !days.contains_key(&day) && days.len() >= DAYS {
            days.pop_first();
        }
        let of_day = days.entry(day).or_default();
        if of_day.len() >= KEPT_A_DAY && !of_day.contains_key(&key) {
            of_day.clear();
        }
        Arc::clone(of_day.entry(key).or_default())
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::convert::Infallible;

    use super::*;

    fn day(day: i8) -> Date {
        vocabulary::Date::constant(2026, 11, day)
    }

    /// How often values are made.
    #[derive(Default)]
    struct Maker(Cell<u32>);

    impl Maker {
        async fn ask(&self, kept: &PerDay<u32, u32>, key: u32, day: Date) -> u32 {
            let make = async {
                self.0.set(self.0.get() + 1);
                // Others may ask meanwhile.
                tokio::task::yield_now().await;
                Ok::<_, Infallible>(key * 10)
            };
            kept.get(key, day, make).await.map_or(0, |value| *value)
        }
    }

    #[tokio::test]
    async fn a_value_is_made_once_for_a_day_however_many_ask() {
        let (kept, maker) = (PerDay::default(), Maker::default());
        assert_eq!(kept.find(&1, day(1)), None);
        let asked = tokio::join!(maker.ask(&kept, 1, day(1)), maker.ask(&kept, 1, day(1)));
        assert_eq!((asked, maker.0.get()), ((10, 10), 1));
        assert_eq!(kept.find(&1, day(1)).as_deref(), Some(&10));
        maker.ask(&kept, 1, day(2)).await;
        assert_eq!(maker.0.get(), 2, "the next day has its own");
    }

    #[tokio::test]
    async fn two_days_are_kept_and_no_more_than_so_much_of_one() {
        let (kept, maker) = (PerDay::default(), Maker::default());
        for at in 1..=3 {
            maker.ask(&kept, 1, day(at)).await;
        }
        let there = [1, 2, 3].map(|at| kept.find(&1, day(at)).is_some());
        assert_eq!(there, [false, true, true]);
        for key in 0..500 {
            maker.ask(&kept, key, day(3)).await;
            let days = kept.0.lock().unwrap_or_else(PoisonError::into_inner);
            assert!(days.values().all(|of_day| of_day.len() <= KEPT_A_DAY));
        }
        assert_eq!(kept.find(&499, day(3)).as_deref(), Some(&4990));
    }

    #[tokio::test]
    async fn what_could_not_be_made_is_tried_again() {
        let kept: PerDay<u32, u32> = PerDay::default();
        assert_eq!(kept.get(1, day(1), async { Err("no") }).await, Err("no"));
        assert_eq!(kept.get(1, day(1), async { Ok::<_, &str>(7) }).await.as_deref(), Ok(&7));
    }
}
