//! Keeping a copy of every change that is committed, for benchmarks that write the same rows by hand.

use std::sync::{Arc, Mutex, PoisonError};

use store_port::{AppendOutcome, CaseChange, SharedStore};

use crate::{OpenFault, SqliteStore};

/// What an embedded store has committed since it was opened by [`open_recorded`].
#[derive(Debug, Clone, Default)]
pub struct Recording(Arc<Mutex<Vec<CaseChange>>>);

impl Recording {
    /// All changes so far, in the order of their commits.
    pub fn changes(&self) -> Vec<CaseChange> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn add(&self, changes: &[CaseChange], outcomes: &[AppendOutcome]) {
        let committed = changes
            .iter()
            .zip(outcomes)
            .filter(|(_, outcome)| **outcome == AppendOutcome::Committed)
            .map(|(change, _)| change.clone());
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(committed);
    }
}

/// Opens an embedded store that keeps a copy of what it commits, in memory.
///
/// # Errors
/// See [`open`](crate::open).
pub async fn open_recorded(url: &str) -> Result<(SharedStore, Recording), OpenFault> {
    let recording = Recording::default();
    let store = SqliteStore::open(url).await?.recorded(recording.clone());
    Ok((Arc::new(store), recording))
}
