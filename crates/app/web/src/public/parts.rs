//! What public pages show everyone alike: drawn once a day in each language, and kept. Plans of examples, their
//! pictures and lists are in it; who looks, and from where, is not.

use askama::Template;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use engine::PerDay;
use sha2::{Digest as _, Sha256};
use vocabulary::{Lang, MatterId};

use crate::errors::WebError;
use crate::page::Page;
use crate::public::{home, matter, matters};
use crate::state::App;
use crate::views::render;

/// Which part.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Part {
    Home,
    Matters,
    /// A matter as one of its scenarios shows it.
    Matter {
        matter: MatterId,
        scenario: String,
    },
}

/// The inside of a page, and its title.
#[derive(Debug)]
pub struct Drawn {
    title: String,
    main: String,
}

impl Drawn {
    /// The inside as its template has it.
    ///
    /// # Errors
    /// The template failed.
    pub fn of(title: impl Into<String>, main: &impl Template) -> Result<Self, WebError> {
        Ok(Self { title: title.into(), main: main.render()? })
    }
}

/// The parts of today and yesterday.
pub type Parts = PerDay<(Lang, Part), Drawn>;

#[derive(Template, Debug)]
#[template(path = "public/drawn.html")]
struct DrawnPage<'a> {
    p: &'a Page,
    drawn: &'a Drawn,
}

/// The page around a part, which is drawn when it is new.
///
/// # Errors
/// There is no such thing, or a template failed.
pub async fn show(
    app: &App,
    page: &Page,
    part: Part,
    asked: &HeaderMap,
) -> Result<Response, WebError> {
    let key = (page.lang.clone(), part.clone());
    let drawn = app.parts.get(key, page.today, draw(app, page.of_everyone(), part)).await?;
    around(page, &drawn, asked)
}

async fn draw(app: &App, page: Page, part: Part) -> Result<Drawn, WebError> {
    match part {
        Part::Home => home::draw(app, &page),
        Part::Matters => matters::draw(app, &page, ""),
        Part::Matter { matter, scenario } => matter::draw(app, &page, &matter, &scenario).await,
    }
}

/// The page around something drawn. A visitor's page holds nothing personal: the browser may keep it, and asks
/// each time whether it is still the same.
///
/// # Errors
/// A template failed.
pub fn around(page: &Page, drawn: &Drawn, asked: &HeaderMap) -> Result<Response, WebError> {
    let whole = DrawnPage { p: page, drawn };
    if !page.who.is_visitor() {
        return render(&whole);
    }
    let text = whole.render()?;
    let tag = tag_of(text.as_bytes());
    let mut response = if knows(asked, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        axum::response::Html(text).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    Ok(response)
}

/// A weak tag, for what is sent may be compressed.
fn tag_of(bytes: &[u8]) -> String {
    format!("W/\"{}\"", hex::encode(Sha256::digest(bytes)))
}

/// Whether the asker has what the tag names.
pub(super) fn knows(asked: &HeaderMap, tag: &str) -> bool {
    let known = asked.get_all(header::IF_NONE_MATCH).into_iter().filter_map(|it| it.to_str().ok());
    known.flat_map(|it| it.split(',')).any(|it| it.trim() == tag)
}
