//! Training cards: one card for each covering scenario, to be printed and practised with at the window.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::case::{PlanSheet, sheet};
use super::filled_in::{QuestionRow, questions};
use super::proved;
use crate::errors::WebError;
use crate::page::Page;
use crate::state::App;
use crate::views::render;

/// One card.
#[derive(Debug)]
struct Card {
    number: usize,
    name: String,
    answers: Vec<QuestionRow>,
    sheet: PlanSheet,
    link: String,
}

#[derive(Template, Debug)]
#[template(path = "designer/cards.html")]
struct CardsPage<'a> {
    p: &'a Page,
    id: String,
    title: String,
    cards: Vec<Card>,
}

pub async fn cards(
    State(app): State<App>,
    page: Page,
    Path(id): Path<String>,
) -> Result<Response, Response> {
    show(&app, &page, &id).await.map_err(|error| error.into_page(&page))
}

async fn show(app: &App, page: &Page, id: &str) -> Result<Response, WebError> {
    let catalogue = app.engine.catalogue();
    let matter = catalogue.matter(id).ok_or(WebError::NotFound)?;
    let report = proved::report(app, matter, page.today).await?;
    let mut cards = Vec::new();
    for covering in proved::cover(page, &report) {
        let plan = &covering.covered.plan;
        let circumstances = &covering.covered.circumstances;
        let rows = questions(catalogue, page, matter, circumstances, plan.as_of, None);
        cards.push(Card {
            number: cards.len().saturating_add(1),
            name: covering.name,
            answers: rows.into_iter().filter(QuestionRow::is_answered).collect(),
            sheet: sheet(catalogue, page, matter, plan),
            link: format!("/designer/matters/{}/case?{}", matter.id, covering.query),
        });
    }
    let (id, title) = (matter.id.to_string(), page.text(&matter.title).to_owned());
    render(&CardsPage { p: page, id, title, cards })
}
