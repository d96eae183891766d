//! Matters and their plans as JSON. Texts are in the language asked for by cookie or `Accept-Language`; ids,
//! codes and dates are for machines.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use catalogue::{Binds, Catalogue, Guide, Matter, PublicService};
use interview::answer;
use plan::answers::{AnswerAsWritten, AnswersAsWritten, AnswersFinding};
use serde_json::{Value, json};
use vocabulary::Slot;

use crate::applicant::field_view::finding_text;
use crate::errors::WebError;
use crate::page::Page;
use crate::state::App;

/// GET /api/v1/matters.
pub async fn list(State(app): State<App>, page: Page) -> Response {
    let catalogue = app.engine.catalogue();
    let ready = catalogue.matters.values().map(|matter| brief(&page, matter));
    let guides = catalogue.guides.values().map(|found| guide(&page, found));
    let matters: Vec<Value> = ready.chain(guides).collect();
    told(&page, json!({ "catalogue_revision": catalogue.revision, "matters": matters }))
}

/// GET /api/v1/matters/{matter}.
pub async fn one(State(app): State<App>, page: Page, Path(id): Path<String>) -> Response {
    let catalogue = app.engine.catalogue();
    if let Some(matter) = catalogue.matter(&id) {
        return told(&page, whole(&app, &page, matter));
    }
    match catalogue.guides.get(id.as_str()) {
        Some(found) => told(&page, guide(&page, found)),
        None => WebError::NotFound.into_problem(&page),
    }
}

/// POST /api/v1/matters/{matter}/plan: answers in, the plan out. Nothing is kept.
pub async fn plan(
    State(app): State<App>,
    page: Page,
    Path(id): Path<String>,
    body: Bytes,
) -> Response {
    let catalogue = app.engine.catalogue();
    let Some(matter) = catalogue.matter(&id) else {
        return WebError::NotFound.into_problem(&page);
    };
    let written: AnswersAsWritten = match serde_json::from_slice(&body) {
        Ok(written) => written,
        Err(error) => return unreadable(&page, &error),
    };
    match written.resolve(catalogue, matter, Some(app.now())) {
        Ok(circumstances) => {
            let plan = circumstances.plan(catalogue, matter);
            let mut response = plan.to_json().into_response();
            response
                .headers_mut()
                .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            response
        }
        Err(findings) => not_right(catalogue, &page, &written, &findings),
    }
}

/// The body is no answers file. The place is told, never what stands there.
pub(super) fn unreadable(page: &Page, error: &serde_json::Error) -> Response {
    let place = format!("{}:{}", error.line(), error.column());
    let finding = json!({
        "code": answer::FILE,
        "place": place,
        "message": page.t1("api-answers-unreadable", "place", &place),
    });
    problem(page, StatusCode::BAD_REQUEST, vec![finding])
}

/// All that is wrong with the answers, each with its code: `message` in the language asked for, `detail`
/// for who wrote the request.
pub(super) fn not_right(
    catalogue: &Catalogue,
    page: &Page,
    written: &AnswersAsWritten,
    findings: &[AnswersFinding],
) -> Response {
    let findings = findings
        .iter()
        .map(|finding| {
            let mut told = json!({
                "code": finding.code,
                "place": finding.place,
                "message": message(catalogue, page, written, finding),
                "detail": finding.message,
            });
            if let (Some(hint), Some(told)) = (&finding.hint, told.as_object_mut()) {
                told.insert("hint".to_owned(), json!(hint));
            }
            told
        })
        .collect();
    problem(page, StatusCode::UNPROCESSABLE_ENTITY, findings)
}

/// The finding in the words of the form's own pages, or by its kind.
fn message(
    catalogue: &Catalogue,
    page: &Page,
    written: &AnswersAsWritten,
    finding: &AnswersFinding,
) -> String {
    value_message(catalogue, page, written, finding)
        .unwrap_or_else(|| page.t1(kind_key(finding.code), "place", &finding.place))
}

/// What is wrong with one value: it is checked once more, because the finding has words in one language only.
fn value_message(
    catalogue: &Catalogue,
    page: &Page,
    written: &AnswersAsWritten,
    finding: &AnswersFinding,
) -> Option<String> {
    let name = finding.place.strip_prefix("answers.\"")?.strip_suffix('"')?;
    let AnswerAsWritten::Text(text) = written.answers.get(name)? else { return None };
    let slot: Slot = name.parse().ok()?;
    let element = catalogue.element(&slot.element)?;
    let wrong = interview::accept_value(element, &slot, text, page.today).err()?;
    (wrong.code == finding.code).then(|| finding_text(catalogue, page, &wrong))
}

/// The words of a finding about names.
fn kind_key(code: &str) -> &'static str {
    match code {
        answer::UNKNOWN_ELEMENT => "api-unknown-element",
        answer::MEMBER => "api-member",
        answer::GROUP => "api-group",
        answer::SKIP => "api-skip",
        answer::UNKNOWN_SOURCE => "api-unknown-source",
        answer::TIME => "api-time",
        answer::UNKNOWN_EVIDENCE => "api-unknown-evidence",
        _ => "api-value",
    }
}

fn problem(page: &Page, status: StatusCode, findings: Vec<Value>) -> Response {
    let told = WebError::Answers { status, count: findings.len() };
    told.into_problem_with(page, Some(("findings", Value::Array(findings))))
}

pub(super) fn told(page: &Page, body: Value) -> Response {
    let mut response = Json(body).into_response();
    if let Ok(language) = HeaderValue::from_str(&page.html_lang()) {
        response.headers_mut().insert(header::CONTENT_LANGUAGE, language);
    }
    response
}

fn brief(page: &Page, matter: &Matter) -> Value {
    json!({
        "id": matter.id,
        "status": "ready",
        "status_text": page.t("ready"),
        "name": page.text(&matter.name),
        "title": page.text(&matter.title),
        "summary": page.text(&matter.summary),
        "life_cycle": matter.life_cycle,
        "lists": matter.lists,
        "lead": matter.lead,
        "revision": matter.revision,
    })
}

fn guide(page: &Page, guide: &Guide) -> Value {
    let services: Vec<&str> = guide.services.iter().map(|name| page.text(name)).collect();
    json!({
        "id": guide.id,
        "status": "guide_only",
        "status_text": page.t("guide-only"),
        "name": page.text(&guide.name),
        "title": page.text(&guide.name),
        "life_cycle": guide.life_cycle,
        "lead_text": page.text(&guide.lead),
        "service_names": services,
        "unverified": page.text(&guide.basis.unverified),
    })
}

fn whole(app: &App, page: &Page, matter: &Matter) -> Value {
    let catalogue = app.engine.catalogue();
    let mut told = brief(page, matter);
    let services: Vec<Value> = matter
        .services
        .iter()
        .filter_map(|inside| {
            let found = catalogue.service(&inside.service)?;
            Some(service(page, found, inside.optional))
        })
        .collect();
    let questions: Vec<Value> = matter
        .questions
        .iter()
        .map(|question| {
            let binds = match &question.binds {
                Binds::Element(element) => json!({ "element": element }),
                Binds::CountOf(group) => json!({ "count_of": group }),
            };
            json!({
                "id": question.id,
                "binds": binds,
                "ask": page.text(&question.ask),
                "hint": page.text(&question.hint),
                "why": page.text(&question.why),
                "may_decline": question.may_decline,
            })
        })
        .collect();
    if let Some(told) = told.as_object_mut() {
        told.insert("audience".to_owned(), json!(page.text(&matter.audience)));
        told.insert("services".to_owned(), json!(services));
        told.insert("questions".to_owned(), json!(questions));
    }
    told
}

fn service(page: &Page, service: &PublicService, optional: bool) -> Value {
    let outputs: Vec<Value> = service
        .outputs
        .iter()
        .map(|output| json!({ "id": output.id, "name": page.text(&output.name) }))
        .collect();
    json!({
        "id": service.id,
        "revision": service.revision,
        "name": page.text(&service.name),
        "summary": page.text(&service.summary),
        "authority": service.authority,
        "optional": optional,
        "per": service.per,
        "promised": crate::plan_view::period_text(page, service.promised.period),
        "statutory":
            service.statutory.as_ref().map(|dated| crate::plan_view::period_text(page, dated.period)),
        "visits": service.visits,
        "outputs": outputs,
    })
}
