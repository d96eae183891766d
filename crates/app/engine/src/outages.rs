//! Departments that cannot be reached just now, as the outbox knows it: their sendings fail and wait.
//!
//! Windows show it on every page, so it is read at most once in a few seconds for all of them. Nothing here repairs
//! or gives up: the worker goes on trying.

use std::collections::BTreeMap;
use std::sync::Arc;

use vocabulary::{Instant, OrganisationId};

use crate::{Engine, EngineError};

/// So long what was read counts as the present.
const FRESH_SECONDS: i64 = 5;
/// A single failure is not an outage.
const ATTEMPTS_MIN: u32 = 2;
/// So many open sendings are looked at, at most.
const LOOKED_AT: u32 = 500;

/// A department that does not take what is sent to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outage {
    pub department: OrganisationId,
    /// Sendings that wait for it, of those looked at.
    pub waiting: u64,
}

/// What was read last, and when.
pub(crate) type Outages = tokio::sync::Mutex<Option<(Instant, Arc<[Outage]>)>>;

impl Engine {
    /// The departments that are out of reach now, by their ids.
    ///
    /// # Errors
    /// A fault.
    pub async fn outages(&self) -> Result<Arc<[Outage]>, EngineError> {
        let now = self.clock().now();
        let mut known = self.outages.lock().await;
        if let Some((at, outages)) = &*known
            && (0..FRESH_SECONDS).contains(&now.duration_since(*at).as_secs())
        {
            return Ok(Arc::clone(outages));
        }
        let mut waiting: BTreeMap<String, (bool, u64)> = BTreeMap::new();
        for owed in self.store().list_owed(None, LOOKED_AT).await? {
            if owed.delivered {
                continue;
            }
            let (down, count) = waiting.entry(owed.row.department).or_default();
            *down |= owed.attempts >= ATTEMPTS_MIN && owed.why.is_some();
            *count += 1;
        }
        let down = waiting.into_iter().filter(|(_, (down, _))| *down);
        let outages: Arc<[Outage]> = down
            .map(|(id, (_, waiting))| Outage { department: id.as_str().into(), waiting })
            .collect();
        *known = Some((now, Arc::clone(&outages)));
        Ok(outages)
    }
}
