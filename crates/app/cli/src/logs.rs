//! What is written about the work, to standard error: for people, or one JSON object per line.

use tracing_subscriber::EnvFilter;

use crate::settings::{Log, LogFormat};

/// Starts logging as the settings say; `RUST_LOG` goes before their filter.
pub(crate) fn start_logging_as(log: &Log) {
    let filter = EnvFilter::try_from_default_env()
        .or_else(|_| EnvFilter::try_new(&log.filter))
        .unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    let logging = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // Already started = somebody else in this process decides.
    let _ = match log.format {
        LogFormat::Text => logging.try_init(),
        LogFormat::Json => logging.json().flatten_event(true).with_current_span(true).try_init(),
    };
}

/// A panic is logged by its place only: what it says may hold what somebody typed.
pub(crate) fn watch_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(%place, "a fault of the program: a panic");
    }));
}
