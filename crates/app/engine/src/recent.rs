//! A bounded map of what was used lately: two generations, the older of which is dropped as a whole.
//!
//! Constant time per call, at most twice the limit in memory; it knows nothing of what it holds.

use std::collections::HashMap;
use std::hash::Hash;

/// Keeps at least the last `limit` entries, and at most twice as many.
pub(crate) struct Recent<K, V> {
    young: HashMap<K, V>,
    old: HashMap<K, V>,
    limit: usize,
}

impl<K: Eq + Hash + Clone, V: Clone> Recent<K, V> {
    pub(crate) fn new(limit: usize) -> Self {
        Self { young: HashMap::new(), old: HashMap::new(), limit: limit.max(1) }
    }

    /// Finds an entry and keeps it for another generation.
    pub(crate) fn get(&mut self, key: &K) -> Option<V> {
        if let Some(value) = self.young.get(key) {
            return Some(value.clone());
        }
        let value = self.old.remove(key)?;
        self.insert(key.clone(), value.clone());
        Some(value)
    }

    pub(crate) fn insert(&mut self, key: K, value: V) {
        if self.young.len() >= self.limit && !self.young.contains_key(&key) {
            self.old = std::mem::take(&mut self.young);
        }
        self.old.remove(&key);
        self.young.insert(key, value);
    }

    /// Takes an entry out.
    pub(crate) fn take(&mut self, key: &K) -> Option<V> {
        self.young.remove(key).or_else(|| self.old.remove(key))
    }
}

#[cfg(test)]
mod tests {
    use super::Recent;

    #[test]
    fn keeps_what_is_used_and_stays_bounded() {
        let mut recent = Recent::new(10);
        recent.insert(0, "first");
        for key in 1..1_000 {
            recent.insert(key, "other");
            assert_eq!(recent.get(&0), Some("first"), "used after each insert");
            assert!(recent.young.len() + recent.old.len() <= 20);
        }
        assert_eq!(recent.get(&1), None, "not used, so gone");
        assert_eq!(recent.take(&0), Some("first"));
        assert_eq!(recent.get(&0), None);
    }
}
