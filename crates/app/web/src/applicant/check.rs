//! Check answers and submit. The button says what it does; pressing it twice is one case.

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use engine::{Draft, EngineError};
use plan::{EvidenceGroup, FieldState, Plan};
use serde::Deserialize;
use vocabulary::Slot;

use crate::access::Action;
use crate::applicant::interview::ErrorLine;
use crate::applicant::load;
use crate::errors::WebError;
use crate::naming;
use crate::page::Page;
use crate::picture;
use crate::plan_view::evidence_key_name;
use crate::revising;
use crate::state::App;
use crate::views::render;

#[derive(Debug)]
struct Pair {
    name: String,
    value: String,
    note: String,
}

#[derive(Debug)]
struct Card {
    name: String,
    change: String,
    pairs: Vec<Pair>,
}

#[derive(Template, Debug)]
#[template(path = "applicant/check.html")]
struct CheckPage<'a> {
    p: &'a Page,
    draft: String,
    title: String,
    cards: Vec<Card>,
    departments: Vec<String>,
    joint: String,
    procedures_may_add: String,
    command: String,
    errors: Vec<ErrorLine>,
    ready: bool,
}

/// GET /drafts/{draft}/check.
pub async fn check(
    State(app): State<App>,
    page: Page,
    Path(draft): Path<String>,
) -> Result<Response, Response> {
    let shown = async {
        let draft = load::draft(&app, &page, &draft, Action::SeeDraft).await?;
        if let Some(case) = draft.submitted_as {
            return Ok(Redirect::to(&format!("/cases/{case}")).into_response());
        }
        if let Some(first) = revising::draft::first(&app, &draft).await? {
            return Ok(first);
        }
        let plan = app.engine.plan_of(&draft).await?;
        let errors = missing(&app, &page, &draft, &plan);
        check_page(&app, &page, &draft, &plan, errors, load::fresh_command())
    };
    shown.await.map_err(|error: WebError| error.into_page(&page))
}

/// What is still missing, each with the place where it is put right.
fn missing(app: &App, page: &Page, draft: &Draft, plan: &Plan) -> Vec<ErrorLine> {
    let catalogue = app.engine.catalogue();
    let fields = plan.missing_fields().map(|field| ErrorLine {
        target: format!(
            "/drafts/{}/form#f-{}",
            draft.id,
            field.slot.to_string().replace(['.', '~'], "-")
        ),
        words: page.t1("missing-field", "name", whose(app, page, draft, &field.slot)),
    });
    let evidence = plan.missing_evidence().map(|planned| ErrorLine {
        target: format!(
            "/drafts/{}/evidence#e-{}",
            draft.id,
            planned.key.to_string().replace('~', "-")
        ),
        words: page.t1(
            "missing-evidence",
            "name",
            evidence_key_name(catalogue, page, plan, &planned.key),
        ),
    });
    fields.chain(evidence).collect()
}

/// The field's name, with its member's when there are several: 股东② · 姓名.
fn whose(app: &App, page: &Page, draft: &Draft, slot: &Slot) -> String {
    let catalogue = app.engine.catalogue();
    let name = naming::slot_name(catalogue, page, slot);
    let group = catalogue.element(&slot.element).and_then(|element| element.group.as_ref());
    let count = group.and_then(|group| draft.facts.members(group)).map_or(0, <[_]>::len);
    match &slot.member {
        Some(member) if count > 1 => {
            let label = naming::member_label(catalogue, page, &slot.element, member, count);
            format!("{label} · {name}")
        }
        _ => name,
    }
}

fn check_page(
    app: &App,
    page: &Page,
    draft: &Draft,
    plan: &Plan,
    errors: Vec<ErrorLine>,
    command: String,
) -> Result<Response, WebError> {
    let catalogue = load::catalogue(app);
    let matter = load::matter(&catalogue, draft)?;
    let mut cards = form_cards(app, page, draft, plan);
    cards.push(evidence_card(app, page, draft, plan));
    render(&CheckPage {
        p: page,
        draft: draft.id.to_string(),
        title: page.text(&matter.title).to_owned(),
        cards,
        departments: plan
            .departments
            .iter()
            .map(|d| naming::organisation_name(&catalogue, page, &d.department))
            .collect(),
        joint: page.date(plan.joint.promised_on),
        procedures_may_add: crate::plan_view::procedures_may_add(page, plan),
        command,
        ready: errors.is_empty(),
        errors,
    })
}

fn form_cards(app: &App, page: &Page, draft: &Draft, plan: &Plan) -> Vec<Card> {
    let catalogue = app.engine.catalogue();
    plan.form
        .iter()
        .map(|topic| {
            let name =
                catalogue.topics.get(&topic.topic).map_or("", |topic| page.text(&topic.name));
            let several = plan
                .form
                .iter()
                .filter(|other| other.topic == topic.topic && other.member.is_some())
                .count()
                > 1;
            let name = match &topic.member {
                Some(member) if several => {
                    format!("{name} {}", naming::member_number(member))
                }
                _ => name.to_owned(),
            };
            let pairs = topic.fields.iter().map(|field| {
                let id = &field.slot.element;
                let (value, note) = match &field.state {
                    FieldState::Given { value } => {
                        (naming::value_text(catalogue, page, id, value), String::new())
                    }
                    FieldState::Fetched { value, source, .. }
                    | FieldState::Confirmed { value, source, .. } => (
                        naming::value_text(catalogue, page, id, value),
                        naming::source_name(catalogue, page, source),
                    ),
                    FieldState::Missing | FieldState::Unavailable { .. } => {
                        (page.t("not-given"), String::new())
                    }
                    FieldState::Computed { value: Some(value), table } => (
                        naming::value_text(catalogue, page, id, value),
                        naming::table_name(catalogue, page, table),
                    ),
                    FieldState::Computed { value: None, table } => {
                        (naming::computed_text(catalogue, page, id, (None, table)), String::new())
                    }
                    FieldState::FromOutput { node, .. } => (
                        page.t1(
                            "made-by",
                            "service",
                            picture::planned_name(catalogue, page, plan, node),
                        ),
                        String::new(),
                    ),
                };
                Pair { name: naming::element_name(catalogue, page, id), value, note }
            });
            Card { name, change: format!("/drafts/{}/form", draft.id), pairs: pairs.collect() }
        })
        .collect()
}

fn evidence_card(app: &App, page: &Page, draft: &Draft, plan: &Plan) -> Card {
    let catalogue = app.engine.catalogue();
    let pairs = plan
        .evidence
        .iter()
        .map(|planned| Pair {
            name: evidence_key_name(catalogue, page, plan, &planned.key),
            value: page.t(match planned.group {
                EvidenceGroup::WeFetch => "evidence-we-fetch",
                EvidenceGroup::YouGave => "evidence-you-gave",
                EvidenceGroup::YouBring => "not-given",
                EvidenceGroup::Produced => "evidence-made",
            }),
            note: String::new(),
        })
        .collect();
    Card { name: page.t("evidence-title"), change: format!("/drafts/{}/evidence", draft.id), pairs }
}

#[derive(Deserialize, Debug)]
pub struct Declared {
    #[serde(default)]
    command: String,
    #[serde(default)]
    declared: Option<String>,
}

/// POST /drafts/{draft}/submit.
pub async fn submit(
    State(app): State<App>,
    page: Page,
    Path(draft): Path<String>,
    Form(declared): Form<Declared>,
) -> Result<Response, Response> {
    send(&app, &page, &draft, declared).await.map_err(|error| error.into_page(&page))
}

async fn send(app: &App, page: &Page, id: &str, declared: Declared) -> Result<Response, WebError> {
    let draft = load::draft(app, page, id, Action::SubmitDraft).await?;
    let command = load::command(&declared.command)?;
    if declared.declared.is_none() && draft.submitted_as.is_none() {
        let plan = app.engine.plan_of(&draft).await?;
        let words = page.t("declare-first");
        let errors = vec![ErrorLine { target: "declared".to_owned(), words }];
        return check_page(app, page, &draft, &plan, errors, declared.command);
    }
    let done = match page.who.account.filter(|_| page.is_agent()) {
        Some(agent) => {
            let mut draft = draft.clone();
            draft.reception.lang = Some(page.lang.as_str().into());
            app.engine.submit_on_order(agent, command, draft).await
        }
        None => {
            let (actor, lang) = (load::actor(page), Some(page.lang.as_str()));
            app.engine.submit_in(actor, command, draft.id, "online", lang).await
        }
    };
    match done {
        Ok(done) => Ok(Redirect::to(&format!("/cases/{}/receipt", done.case)).into_response()),
        Err(EngineError::AlreadySubmitted { case }) => {
            Ok(Redirect::to(&format!("/cases/{case}")).into_response())
        }
        Err(EngineError::Incomplete(lacking)) => {
            if lacking.questions {
                let to = format!("/drafts/{}/question", draft.id);
                return Ok(Redirect::to(&to).into_response());
            }
            let plan = app.engine.plan_of(&draft).await?;
            let errors = missing(app, page, &draft, &plan);
            check_page(app, page, &draft, &plan, errors, declared.command)
        }
        // Published between this page and its button: what changed is shown first.
        Err(EngineError::Revision(_)) => {
            Ok(Redirect::to(&format!("/drafts/{}/changes", draft.id)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}
