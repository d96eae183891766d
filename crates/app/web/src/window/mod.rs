//! The window workstation 综窗: one screen for a clerk with one person in hand. Every step is a form that works
//! without script; `window.js` adds keys and keeps the page still.

pub mod devices;
pub mod finish;
mod form;
mod papers;
pub mod people;
pub mod queue;
pub mod results;
mod screen;
mod search;
pub(crate) mod seat;
mod tray;
pub mod trays;
pub mod work;

pub use devices::{CardRead, DeviceTrouble, Devices, NoDevices, Scanned};
pub use papers::{notice, receipt};

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};

use crate::errors::WebError;
use crate::page::Page;
use crate::state::App;

/// Where every step leads back to.
const HOME: &str = "/window";

/// GET /window: the workstation as it stands.
pub async fn show(
    axum::extract::State(app): axum::extract::State<App>,
    page: Page,
    axum::extract::Query(sought): axum::extract::Query<Sought>,
) -> Result<Response, Response> {
    let shown = async {
        match seat::seat(&app, &page).await? {
            Some(seat) => {
                let saying = screen::Saying { sought: sought.q, ..screen::Saying::default() };
                screen::show(&app, &page, &seat, saying).await
            }
            None => screen::choose(&app, &page),
        }
    };
    shown.await.map_err(|error: WebError| error.into_page(&page))
}

/// What is looked for among matters and services.
#[derive(serde::Deserialize, Debug)]
pub struct Sought {
    #[serde(default)]
    q: String,
}

/// Back to the workstation.
pub(crate) fn home() -> Response {
    Redirect::to(HOME).into_response()
}

/// Back to the workstation, and nothing of what was shown stays in the browser.
fn wiped() -> Response {
    let mut response = home();
    response.headers_mut().insert(
        header::HeaderName::from_static("clear-site-data"),
        HeaderValue::from_static("\"cache\""),
    );
    response
}
