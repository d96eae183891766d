//! Style, script and pictures, from inside the binary. Pages name them by their content, so that a browser may
//! keep each for ever and asks for it again only when it has changed.

use std::borrow::Cow;

use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::public::parts::knows;

#[derive(RustEmbed)]
#[folder = "assets/"]
struct Assets;

/// Under its address by content.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// Under its plain name, or one that another version of this program gave it.
const ASK_EACH_TIME: HeaderValue = HeaderValue::from_static("public, no-cache");

/// Where a page finds an asset: `/assets/style.0123456789abcdef.css`.
pub fn address(name: &str) -> String {
    let content = Assets::get(name).map(|file| content(&file));
    match (name.rsplit_once('.'), content) {
        (Some((stem, ending)), Some(content)) => format!("/assets/{stem}.{content}.{ending}"),
        _ => format!("/assets/{name}"),
    }
}

fn content(file: &EmbeddedFile) -> String {
    let hash = file.metadata.sha256_hash();
    hex::encode(hash.first_chunk::<8>().unwrap_or(&[0; 8]))
}

/// The asset behind an address: by its plain name, or with its content named.
fn find(path: &str) -> Option<(EmbeddedFile, Option<&str>)> {
    if let Some(file) = Assets::get(path) {
        return Some((file, None));
    }
    let (rest, ending) = path.rsplit_once('.')?;
    let (stem, named) = rest.rsplit_once('.')?;
    Some((Assets::get(&format!("{stem}.{ending}"))?, Some(named)))
}

pub async fn asset(Path(path): Path<String>, asked: HeaderMap) -> Response {
    let Some((file, named)) = find(&path) else { return StatusCode::NOT_FOUND.into_response() };
    let content = content(&file);
    let tag = format!("W/\"{content}\"");
    let mut response = if knows(&asked, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let bytes = match file.data {
            Cow::Borrowed(bytes) => Bytes::from_static(bytes),
            Cow::Owned(bytes) => bytes.into(),
        };
        bytes.into_response()
    };
    let media_type = match path.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    let same = named == Some(content.as_str());
    headers.insert(header::CACHE_CONTROL, if same { FOR_EVER } else { ASK_EACH_TIME });
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}
