//! One matter at a glance: its health card, what its proof says, what it saves in the best, the worst and the
//! usual case, beside what cities announced.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::health::{Patient, Score, Test, missing_for_start};
use super::problems::ProblemRow;
use super::proved::{self, SpreadRow};
use crate::errors::WebError;
use crate::naming;
use crate::page::Page;
use crate::picture;
use crate::plan_view::{AnnouncedView, announced};
use crate::public::matter::example_plan;
use crate::state::App;
use crate::views::render;

#[derive(Template, Debug)]
#[template(path = "designer/matter.html")]
struct MatterPage<'a> {
    p: &'a Page,
    id: String,
    title: String,
    name: String,
    summary: String,
    lead: String,
    scope: String,
    revision: String,
    proved: String,
    order: String,
    start: Vec<(String, bool)>,
    tests: Vec<Test>,
    scores: Vec<Score>,
    spread: Vec<SpreadRow>,
    announced: Vec<AnnouncedView>,
    problems: Vec<ProblemRow>,
    without_need: Vec<String>,
    services: Vec<(String, String)>,
    picture: String,
    example: String,
}

pub async fn matter(
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
    let problems = proved::problems(app, page, matter, &report);
    let shown = example_plan(app, matter, None);
    let patient = Patient {
        app,
        page,
        catalogue,
        matter,
        plan: shown.as_ref().map(|(_, plan)| plan),
        problems: &problems,
    };
    let (tests, scores, without_need) = (patient.tests(), patient.scores(), patient.without_need());
    render(&MatterPage {
        p: page,
        id: matter.id.to_string(),
        title: page.text(&matter.title).to_owned(),
        name: page.text(&matter.name).to_owned(),
        summary: page.text(&matter.summary).to_owned(),
        lead: naming::organisation_full_name(catalogue, page, &matter.lead),
        scope: page.text(&matter.scope).to_owned(),
        revision: matter.revision.to_string(),
        proved: proved::counted(page, &report),
        order: proved::order_words(page, matter, &report),
        start: missing_for_start(app, catalogue, matter)
            .into_iter()
            .map(|(key, there)| (page.t(key), there))
            .collect(),
        tests,
        scores,
        spread: proved::spread(page, matter, &report),
        announced: announced(page, matter, shown.as_ref().map(|(_, plan)| plan), &|figure| {
            proved::range(page, &report, figure)
        }),
        without_need,
        services: catalogue
            .services_of(matter)
            .map(|service| (service.id.to_string(), page.text(&service.name).to_owned()))
            .collect(),
        picture: shown.as_ref().map_or_else(String::new, |(_, plan)| {
            picture::draw(&picture::drawing(catalogue, page, plan))
        }),
        example: shown
            .as_ref()
            .map_or_else(String::new, |(example, _)| page.text(&example.name).to_owned()),
        problems,
    })
}
