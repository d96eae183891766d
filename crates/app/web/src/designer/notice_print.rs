//! 一次告知单: one sheet for one scenario: everything that this applicant needs, once.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use plan::FieldState;
use vocabulary::Date;

use super::case::{PlanSheet, sheet};
use super::filled_in::{FilledIn, QuestionRow, questions};
use crate::errors::WebError;
use crate::naming;
use crate::page::Page;
use crate::public::matter::example_plan;
use crate::state::App;
use crate::views::render;

/// One date of one department.
#[derive(Debug)]
struct DateRow {
    department: String,
    services: String,
    date: String,
}

#[derive(Template, Debug)]
#[template(path = "designer/notice.html")]
struct NoticePage<'a> {
    p: &'a Page,
    id: String,
    title: String,
    name: String,
    case: String,
    answers: Vec<QuestionRow>,
    sheet: PlanSheet,
    joint: String,
    dates: Vec<DateRow>,
    fields: Vec<String>,
    signatories: Vec<String>,
    fees: Vec<String>,
    channels: String,
    lead: String,
    phone: String,
    query: String,
    examples: Vec<(String, String)>,
    made_on: String,
    revision: String,
}

pub async fn notice(
    State(app): State<App>,
    page: Page,
    Path(id): Path<String>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Response, Response> {
    show(&app, &page, &id, pairs).map_err(|error| error.into_page(&page))
}

fn show(
    app: &App,
    page: &Page,
    id: &str,
    pairs: Vec<(String, String)>,
) -> Result<Response, WebError> {
    let catalogue = app.engine.catalogue();
    let matter = catalogue.matter(id).ok_or(WebError::NotFound)?;
    let mut filled_in = FilledIn::read(pairs);
    let mut case = String::new();
    if filled_in.is_empty() {
        // Without a case in the address, the matter's first scenario.
        if let Some((example, plan)) = example_plan(app, matter, None) {
            filled_in = FilledIn::of(&example.facts, plan.as_of);
            case = page.text(&example.name).to_owned();
        }
    }
    let circumstances = filled_in
        .resolve(catalogue, matter, app.now())
        .map_err(|_| WebError::Bad { code: "WEB0002", key: "error-bad" })?;
    let plan = circumstances.plan(catalogue, matter);
    let day: Date = plan.as_of;
    let answers = questions(catalogue, page, matter, &circumstances, day, None)
        .into_iter()
        .filter(QuestionRow::is_answered)
        .collect();
    let open =
        |state: &FieldState| matches!(state, FieldState::Missing | FieldState::Unavailable { .. });
    let missing = plan.form.iter().flat_map(|topic| &topic.fields).filter(|it| open(&it.state));
    let fields = missing.map(|field| naming::slot_name(catalogue, page, &field.slot)).collect();
    let shared = |channel: &&str| {
        plan.services.iter().all(|planned| {
            let service = catalogue.service(&planned.node.service);
            service.is_some_and(|service| service.channels.iter().any(|it| it == channel))
        })
    };
    let channels = ["online", "mobile", "window", "kiosk", "mail"].into_iter().filter(shared);
    let organisation = catalogue.organisations.get(&matter.lead);
    let examples = app.examples.iter().filter(|example| example.matter == matter.id);
    render(&NoticePage {
        p: page,
        id: matter.id.to_string(),
        title: page.text(&matter.title).to_owned(),
        name: page.text(&matter.name).to_owned(),
        case,
        answers,
        sheet: sheet(catalogue, page, matter, &plan),
        joint: page.date(plan.joint.promised_on),
        dates: plan
            .departments
            .iter()
            .map(|it| DateRow {
                department: naming::organisation_full_name(catalogue, page, &it.department),
                services: it
                    .nodes
                    .iter()
                    .map(|node| crate::picture::planned_name(catalogue, page, &plan, node))
                    .collect::<Vec<_>>()
                    .join(&page.t("list-separator")),
                date: page.date(it.promised_on),
            })
            .collect(),
        fields,
        signatories: crate::applicant::plan::signatories(catalogue, page, &plan),
        fees: crate::applicant::plan::fees(catalogue, page, &plan),
        channels: channels
            .map(|channel| page.t(&format!("channel-{channel}")))
            .collect::<Vec<_>>()
            .join(&page.t("list-separator")),
        lead: naming::organisation_full_name(catalogue, page, &matter.lead),
        phone: organisation.and_then(|it| it.phone.clone()).unwrap_or_default(),
        query: filled_in.query(),
        examples: examples
            .map(|it| {
                let query = FilledIn::of(&it.facts, catalogue.civil_date(it.now)).query();
                (page.text(&it.name).to_owned(), query)
            })
            .collect(),
        made_on: page.date(page.today),
        revision: matter.revision.to_string(),
    })
}
