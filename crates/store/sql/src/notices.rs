//! Hears the warnings that a PostgreSQL server sends along with a success.
//!
//! When a commit's wait for its synchronous standby is cancelled, the server reports success and a WARNING: it is
//! committed here and perhaps nowhere else, and a fail-over may lose it. The driver hands notices to nobody but the
//! log, so this listens there, only while a commit is being polled, and lets everything through to whoever else
//! listens. The words of a warning are in the server's language; none of our statements warns of anything else, so
//! that any warning counts.

use std::cell::{Cell, RefCell};
use std::pin::pin;
use std::sync::OnceLock;
use std::task::Poll;

use tracing::dispatcher::{self, Dispatch};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Event, Level, Metadata, Subscriber};

/// Where the driver logs what servers send unasked.
const TARGET: &str = "sqlx::postgres::notice";

thread_local! {
    /// Whether a warning came during the current poll.
    static WARNED: Cell<bool> = const { Cell::new(false) };
    /// Who listens besides.
    static OTHERS: RefCell<Option<Dispatch>> = const { RefCell::new(None) };
}

/// What `future` comes to, and whether the server warned of something meanwhile.
pub(crate) async fn heard<F: Future>(future: F) -> (F::Output, bool) {
    static LISTENER: OnceLock<Dispatch> = OnceLock::new();
    let listener = LISTENER.get_or_init(|| Dispatch::new(Listener));
    let mut future = pin!(future);
    let mut warned = false;
    let output = std::future::poll_fn(|context| {
        let others = dispatcher::get_default(Dispatch::clone);
        let before = OTHERS.replace(Some(others));
        WARNED.set(false);
        let polled = dispatcher::with_default(listener, || future.as_mut().poll(context));
        warned |= WARNED.take();
        OTHERS.set(before);
        match polled {
            Poll::Ready(output) => Poll::Ready((output, warned)),
            Poll::Pending => Poll::Pending,
        }
    });
    output.await
}

/// Notes warnings of servers and hands everything on.
struct Listener;

fn is_warning(metadata: &Metadata<'_>) -> bool {
    metadata.target() == TARGET && *metadata.level() <= Level::WARN
}

/// Asks whoever listens besides; `otherwise` when nobody does.
fn others<T>(otherwise: T, ask: impl FnOnce(&Dispatch) -> T) -> T {
    OTHERS.with_borrow(|others| match others {
        Some(others) => ask(others),
        None => otherwise,
    })
}

impl Subscriber for Listener {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        // Of what others want they are asked each time, by `enabled`.
        if is_warning(metadata) { Interest::always() } else { Interest::never() }
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::WARN)
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        is_warning(metadata) || others(false, |others| others.enabled(metadata))
    }

    fn event(&self, event: &Event<'_>) {
        if is_warning(event.metadata()) {
            WARNED.set(true);
        }
        others((), |others| {
            if others.enabled(event.metadata()) {
                others.event(event);
            }
        });
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        others(Id::from_u64(1), |others| others.new_span(span))
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        others((), |others| others.record(span, values));
    }

    fn record_follows_from(&self, span: &Id, follows: &Id) {
        others((), |others| others.record_follows_from(span, follows));
    }

    fn enter(&self, span: &Id) {
        others((), |others| others.enter(span));
    }

    fn exit(&self, span: &Id) {
        others((), |others| others.exit(span));
    }

    fn clone_span(&self, id: &Id) -> Id {
        others(id.clone(), |others| others.clone_span(id))
    }

    fn try_close(&self, id: Id) -> bool {
        others(false, |others| others.try_close(id))
    }
}

#[cfg(test)]
mod tests {
    use super::heard;

    #[tokio::test]
    async fn only_warnings_of_servers_are_heard_and_only_while_one_listens() {
        let quiet = heard(async {
            tracing::info!(target: "sqlx::postgres::notice", "relation exists, skipping");
            tracing::error!("something else");
            1
        });
        assert_eq!(quiet.await, (1, false));
        let loud = heard(async {
            tracing::warn!(target: "sqlx::postgres::notice", "canceling wait");
            tokio::task::yield_now().await;
            2
        });
        assert_eq!(loud.await, (2, true));
        tracing::warn!(target: "sqlx::postgres::notice", "to nobody");
        assert_eq!(heard(async { 3 }).await, (3, false));
    }
}
