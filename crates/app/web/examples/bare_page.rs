//! The barest page that the server library and the templates give, about as heavy as home: what
//! `cargo xtask measure` holds our pages against. `bare_page PORT` serves it until it is killed.

use askama::Template;
use axum::Router;
use axum::response::Html;
use axum::routing::get;

#[derive(Template)]
#[template(
    source = "<!doctype html><html lang=\"zh-Hans\"><head><title>{{ title }}</title></head><body><ul>\
        {% for row in rows %}<li><a href=\"/{{ row.0 }}\">{{ row.1 }}</a></li>\n{% endfor %}</ul></body></html>",
    ext = "html"
)]
struct Bare {
    title: &'static str,
    rows: Vec<(u32, String)>,
}

const ROWS: u32 = 600;

async fn page() -> Result<Html<String>, axum::http::StatusCode> {
    let rows = (0..ROWS).map(|row| (row, format!("一件事 {row}"))).collect();
    let page = Bare { title: "一件事", rows };
    page.render().map(Html).map_err(|_| axum::http::StatusCode::INTERNAL_SERVER_ERROR)
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let port = std::env::args().nth(1).and_then(|port| port.parse().ok()).unwrap_or(0);
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    axum::serve(listener, Router::new().route("/", get(page))).await
}
