//! For whoever watches the process: alive, and able to serve.

use axum::extract::State;
use axum::http::StatusCode;

use crate::state::App;

/// The process answers.
pub async fn health() -> &'static str {
    "ok"
}

/// The store answers too.
pub async fn ready(State(app): State<App>) -> (StatusCode, &'static str) {
    match app.engine.store().owed().await {
        Ok(_) => (StatusCode::OK, "ready"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the store does not answer"),
    }
}
