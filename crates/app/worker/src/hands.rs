//! What this process has in its hands, so that it can be handed back when the process is told to stop.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use store_port::Claimed;
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinHandle};
use vocabulary::DispatchId;

#[derive(Debug)]
pub(crate) struct Hands {
    held: Mutex<BTreeMap<DispatchId, (Claimed, AbortHandle)>>,
    stop: watch::Sender<bool>,
}

impl Default for Hands {
    fn default() -> Self {
        Self { held: Mutex::default(), stop: watch::Sender::new(false) }
    }
}

impl Hands {
    /// This one is being sent by that task.
    pub(crate) fn took(&self, claimed: Claimed, task: &JoinHandle<()>) {
        let mut held = self.lock();
        held.insert(claimed.row.dispatch_id, (claimed, task.abort_handle()));
        // One that ended before it was put down here has nobody left to take it out.
        held.retain(|_, (_, task)| !task.is_finished());
    }

    pub(crate) fn done(&self, dispatch: DispatchId) {
        self.lock().remove(&dispatch);
    }

    /// Work begins, for the first time or again.
    pub(crate) fn begin(&self) {
        self.stop.send_replace(false);
    }

    /// From now on nothing more is begun.
    pub(crate) fn stop(&self) {
        self.stop.send_replace(true);
    }

    /// Until nothing more is to be begun.
    pub(crate) async fn stopping(&self) {
        // The sender lives as long as this does.
        let _ = self.stop.subscribe().wait_for(|stop| *stop).await;
    }

    /// Cuts off what is still under way, and says what it was.
    pub(crate) fn let_go(&self) -> Vec<Claimed> {
        let held = std::mem::take(&mut *self.lock());
        let cut = held.into_values().map(|(claimed, task)| {
            task.abort();
            claimed
        });
        cut.collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<DispatchId, (Claimed, AbortHandle)>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
