//! For whoever watches the process: alive, and able to serve.

use axum::extract::State;
use axum::http::StatusCode;
use vocabulary::Instant;

use crate::state::App;

/// Clocks that are further apart are told.
const APART_S: i64 = 2;

/// The process answers.
pub async fn health() -> &'static str {
    "ok"
}

/// The store answers too. A machine with a wrong clock serves all the same, because the hub does not go by it; but its
/// operator wants to know.
pub async fn ready(State(app): State<App>) -> (StatusCode, String) {
    if app.engine.store().owed().await.is_err() {
        return (StatusCode::SERVICE_UNAVAILABLE, "the store does not answer".to_owned());
    }
    let apart = Instant::now().duration_since(app.wall.now()).as_secs();
    if apart.abs() > APART_S {
        let told = format!("ready; this machine's clock is {apart} s off the hub's time");
        return (StatusCode::OK, told);
    }
    (StatusCode::OK, "ready".to_owned())
}
