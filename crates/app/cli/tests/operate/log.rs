//! The log of everything in this process, kept in memory to be searched.

use std::io::Write;
use std::sync::{Mutex, Once, PoisonError};

/// The one log of this process.
pub(crate) static LOG: Log = Log { text: Mutex::new(Vec::new()), started: Once::new() };

pub(crate) struct Log {
    text: Mutex<Vec<u8>>,
    started: Once,
}

impl Log {
    /// From now on everything that the program would say at its most talkative is kept.
    pub(crate) fn start(&'static self) {
        self.started.call_once(|| {
            let filter =
                "debug,sqlx=debug,yijianshi=trace,yijianshi_engine=trace,yijianshi_worker=trace";
            tracing_subscriber::fmt()
                .json()
                .with_env_filter(filter)
                .with_writer(|| Kept)
                .try_init()
                .unwrap();
        });
    }

    pub(crate) fn text(&self) -> String {
        let text = self.text.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&text).into_owned()
    }
}

struct Kept;

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LOG.text.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
