//! Every data element: what it is, where its value comes from, which departments receive it and what for. What
//! nobody needs shows at once.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use catalogue::{Catalogue, DataElement, ElementType, Sensitivity};
use serde::Deserialize;

use super::service::uses;
use crate::errors::WebError;
use crate::naming;
use crate::page::Page;
use crate::state::App;
use crate::views::render;

/// A department that receives an element.
#[derive(Debug)]
struct Receiver {
    department: String,
    service: String,
    service_id: String,
    used: String,
}

#[derive(Debug)]
struct ElementRow {
    id: String,
    name: String,
    kind: String,
    sensitivity: String,
    sensitive: bool,
    origin: String,
    receivers: Vec<Receiver>,
}

#[derive(Template, Debug)]
#[template(path = "designer/elements.html")]
struct ElementsPage<'a> {
    p: &'a Page,
    wanted: String,
    total: usize,
    rows: Vec<ElementRow>,
    evidence: Vec<(String, String, String)>,
}

#[derive(Deserialize, Debug)]
pub struct Wanted {
    #[serde(default)]
    q: String,
}

pub async fn elements(
    State(app): State<App>,
    page: Page,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Response> {
    show(&app, &page, &wanted.q).map_err(|error| error.into_page(&page))
}

fn show(app: &App, page: &Page, wanted: &str) -> Result<Response, WebError> {
    let catalogue = app.engine.catalogue();
    let fits =
        |name: &str, id: &str| wanted.is_empty() || name.contains(wanted) || id.contains(wanted);
    let rows = catalogue
        .elements
        .values()
        .filter(|element| fits(page.text(&element.name), element.id.as_str()))
        .map(|element| row(catalogue, page, element))
        .collect();
    let evidence = catalogue
        .evidence_types
        .values()
        .filter(|ty| fits(page.text(&ty.name), ty.id.as_str()))
        .map(|ty| {
            let needs = |service: &&catalogue::PublicService| {
                service.evidence.iter().any(|need| need.ty == ty.id)
            };
            let users = catalogue.services.values().filter(needs);
            let users: Vec<&str> = users.map(|service| page.text(&service.name)).collect();
            let users = users.join(&page.t("list-separator"));
            (page.text(&ty.name).to_owned(), ty.id.to_string(), users)
        })
        .collect();
    let (wanted, total) = (wanted.to_owned(), catalogue.elements.len());
    render(&ElementsPage { p: page, wanted, total, rows, evidence })
}

fn row(catalogue: &Catalogue, page: &Page, element: &DataElement) -> ElementRow {
    let mut receivers = Vec::new();
    for service in catalogue.services.values() {
        if service.fields.iter().any(|need| need.element == element.id) {
            receivers.push(Receiver {
                department: naming::organisation_name(catalogue, page, &service.authority),
                service: page.text(&service.name).to_owned(),
                service_id: service.id.to_string(),
                used: uses(catalogue, page, service, &element.id).join(&page.t("list-separator")),
            });
        }
    }
    let made = catalogue.services.values().find(|service| service.produces_element(&element.id));
    let origin = match (&element.source, made) {
        (Some(source), _) => naming::source_name(catalogue, page, source),
        (None, Some(service)) => page.t1("origin-output", "service", page.text(&service.name)),
        (None, None) => page.t("origin-applicant"),
    };
    ElementRow {
        id: element.id.to_string(),
        name: page.text(&element.name).to_owned(),
        kind: page.t(kind(&element.ty)),
        sensitivity: page.t(match element.sensitivity {
            Sensitivity::Public => "sensitivity-public",
            Sensitivity::Personal => "sensitivity-personal",
            Sensitivity::Sensitive => "sensitivity-sensitive",
        }),
        sensitive: element.sensitivity == Sensitivity::Sensitive,
        origin,
        receivers,
    }
}

fn kind(ty: &ElementType) -> &'static str {
    match ty {
        ElementType::Bool => "type-bool",
        ElementType::Number => "type-number",
        ElementType::Text => "type-text",
        ElementType::LongText => "type-long-text",
        ElementType::Choice(_) => "type-choice",
        ElementType::Date => "type-date",
        ElementType::CitizenId => "type-citizen-id",
        ElementType::Uscc => "type-uscc",
        ElementType::Phone => "type-phone",
        ElementType::AreaCode => "type-area-code",
    }
}
