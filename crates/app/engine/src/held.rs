//! Cases held in memory, bounded, so that the next command need not read them again.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use casework::Application;
use vocabulary::CaseId;

use crate::projection::Known;
use crate::recent::Recent;

/// Folded cases held in memory.
const CASES_HELD: usize = 1024;

/// What is held in memory of cases.
#[derive(Clone)]
pub(crate) struct Cache(Arc<Mutex<Cached>>);

pub(crate) struct Cached {
    /// As of the last commit here; another node may have gone on since. A case that a batch works on is not
    /// in here meanwhile.
    pub(crate) cases: Recent<CaseId, Known>,
    /// What never changes once a case is submitted.
    pub(crate) applications: Recent<CaseId, Arc<Application>>,
}

impl Cache {
    pub(crate) fn new() -> Self {
        let cached =
            Cached { cases: Recent::new(CASES_HELD), applications: Recent::new(CASES_HELD) };
        Self(Arc::new(Mutex::new(cached)))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Cached> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
