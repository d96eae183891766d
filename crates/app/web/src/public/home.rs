//! Home: search, the matters that can be done now, the whole life cycle, the national lists.

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use catalogue::Audience;

use crate::errors::WebError;
use crate::page::Page;
use crate::public::matters::{ClassView, ListView, classes, entries, lists};
use crate::public::parts::{self, Drawn, Part};
use crate::state::App;

/// A matter that can be done now, as a card.
#[derive(Debug)]
pub struct Card {
    pub id: String,
    pub title: String,
    pub name: String,
    pub summary: String,
    pub departments: usize,
    pub days: String,
    pub bring: usize,
    pub visits: u32,
}

#[derive(Template, Debug)]
#[template(path = "public/home.html")]
struct HomePage<'a> {
    p: &'a Page,
    cards: Vec<Card>,
    persons: Vec<ClassView>,
    enterprises: Vec<ClassView>,
    projects: Vec<ClassView>,
    lists: Vec<ListView>,
}

pub async fn home(
    State(app): State<App>,
    page: Page,
    asked: HeaderMap,
) -> Result<Response, Response> {
    let shown = parts::show(&app, &page, Part::Home, &asked).await;
    shown.map_err(|error| error.into_page(&page))
}

/// The inside of the page.
///
/// # Errors
/// The template failed.
pub(super) fn draw(app: &App, page: &Page) -> Result<Drawn, WebError> {
    let all = entries(app, page);
    let main = HomePage {
        p: page,
        cards: cards(app, page),
        persons: classes(app, page, &all, Audience::Person),
        enterprises: classes(app, page, &all, Audience::Enterprise),
        projects: classes(app, page, &all, Audience::Project),
        lists: lists(app, page, &all),
    };
    Drawn::of(page.t("home-title"), &main)
}

/// The matters that can be done, with the figures of their example scenario.
fn cards(app: &App, page: &Page) -> Vec<Card> {
    let catalogue = app.engine.catalogue();
    let mut cards = Vec::new();
    // Persons before companies, in the order of the life cycle.
    let mut matters: Vec<_> = catalogue.matters.values().collect();
    matters.sort_by_key(|matter| {
        let class = catalogue.life_cycle.iter().find(|class| class.id == matter.life_cycle);
        class.map(|class| (class.audience != Audience::Person, class.order))
    });
    for matter in matters {
        let Some(plan) = crate::public::matter::example_plan(app, matter, None) else { continue };
        cards.push(Card {
            id: matter.id.to_string(),
            title: page.text(&matter.title).to_owned(),
            name: page.text(&matter.name).to_owned(),
            summary: page.text(&matter.summary).to_owned(),
            departments: plan.1.departments.len(),
            days: plan.1.joint.promised.to_string(),
            bring: plan.1.missing_evidence().count(),
            visits: plan.1.visits,
        });
    }
    cards
}
