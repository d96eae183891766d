//! What this is, what it promises about data, accessibility, and whose words are whose.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::page::Page;
use crate::state::App;
use crate::views::render;

#[derive(Template, Debug)]
#[template(path = "public/about.html")]
struct AboutPage<'a> {
    p: &'a Page,
    jurisdiction: String,
    revision: String,
    calendar: String,
    languages: String,
}

pub async fn about(State(app): State<App>, page: Page) -> Result<Response, Response> {
    let catalogue = app.engine.catalogue();
    let languages: Vec<&str> =
        catalogue.jurisdiction.languages.iter().map(vocabulary::Lang::as_str).collect();
    render(&AboutPage {
        p: &page,
        jurisdiction: page.text(&catalogue.jurisdiction.name).to_owned(),
        revision: catalogue.revision.to_string(),
        calendar: catalogue.calendar.version.to_string(),
        languages: languages.join(", "),
    })
    .map_err(|error| error.into_page(&page))
}
