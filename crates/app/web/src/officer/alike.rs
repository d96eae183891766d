//! Two service cases of the department that may be the same asked for twice: side by side, with what differs
//! marked, and what the officer finds on record.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use casework::ServiceState;
use store_port::LikenessRow;

use super::assign;
use super::desk::{self, Desk, Typed};
use super::received;
use crate::access::Action;
use crate::applicant::case_view::{case_node_name, state_class, state_name, time_text};
use crate::errors::WebError;
use crate::page::Page;
use crate::state::App;
use crate::views::render;

type Sent = Form<Vec<(String, String)>>;
type Address = Path<(String, String, String, String)>;

/// One that looks alike, in the notice of the case page.
#[derive(Debug)]
pub struct AlikeView {
    pub href: String,
    pub number: String,
    pub state: String,
    pub class: &'static str,
    pub started: String,
    /// What was found; empty = nothing yet.
    pub found: String,
}

/// What looks like this service case.
///
/// # Errors
/// A fault.
pub async fn views(app: &App, page: &Page, desk: &Desk) -> Result<Vec<AlikeView>, WebError> {
    let service = desk.service()?;
    let file = &desk.file;
    let address = desk.address()?;
    let rows = app.engine.alike(&desk.catalogue, &file.case, service, &file.facts).await?;
    let view = |(row, found): (store_port::AlikeRow, Option<LikenessRow>)| {
        let state = ServiceState::ALL.into_iter().find(|state| state.as_str() == row.state);
        let state = state.unwrap_or(ServiceState::Referred);
        AlikeView {
            href: format!("{address}/alike/{}/{}", row.case_id, row.node),
            number: row.case_number,
            state: state_name(page, state),
            class: state_class(state),
            started: row
                .started_at
                .map_or_else(String::new, |at| time_text(&desk.catalogue, page, at)),
            found: match found.map(|it| it.same) {
                Some(true) => page.t("alike-same"),
                Some(false) => page.t("alike-not-same"),
                None => String::new(),
            },
        }
    };
    Ok(rows.into_iter().map(view).collect())
}

/// A line of the comparison.
#[derive(Debug)]
struct Pair {
    name: String,
    left: String,
    right: String,
    differs: bool,
}

#[derive(Debug)]
struct Side {
    number: String,
    service: String,
    applicant: String,
    received: String,
    state: String,
    class: &'static str,
    href: String,
}

#[derive(Template, Debug)]
#[template(path = "officer/alike.html")]
struct AlikePage<'a> {
    p: &'a Page,
    address: String,
    action: String,
    left: Side,
    right: Side,
    pairs: Vec<Pair>,
    differing: usize,
    /// What was found before.
    found: String,
    by: String,
}

fn side(page: &Page, desk: &Desk) -> Result<Side, WebError> {
    let service = desk.service()?;
    let case = desk.case();
    let name = engine::applicant_name_id(case.id);
    Ok(Side {
        number: case.application.case_number.to_string(),
        service: case_node_name(&desk.catalogue, page, case, &service.node.key),
        applicant: desk.file.words.get(&name).cloned().unwrap_or_default(),
        received: service
            .started_at
            .map_or_else(String::new, |at| time_text(&desk.catalogue, page, at)),
        state: state_name(page, service.state),
        class: state_class(service.state),
        href: desk.address()?,
    })
}

/// Fields by name, files by kind with their size.
fn values(page: &Page, desk: &Desk) -> Result<Vec<(String, String)>, WebError> {
    let service = desk.service()?;
    let fields = received::fields(&desk.catalogue, page, &desk.file, service);
    let evidence = received::evidence(&desk.catalogue, page, &desk.file, service);
    let mut values: Vec<(String, String)> =
        fields.into_iter().map(|field| (field.name, field.value)).collect();
    values.extend(evidence.into_iter().map(|slot| {
        let files: Vec<String> =
            slot.files.iter().map(|file| format!("{} {}", file.name, file.size)).collect();
        (slot.name, files.join(&page.t("list-separator")))
    }));
    Ok(values)
}

async fn both(
    app: &App,
    page: &Page,
    (case, node, other_case, other_node): (&str, &str, &str, &str),
    action: Action,
) -> Result<(Desk, Desk), WebError> {
    let left = desk::load(app, page, case, node, action).await?;
    let right = desk::load(app, page, other_case, other_node, action).await?;
    let same_service = left.service()?.node.key.service == right.service()?.node.key.service;
    if left.case().id == right.case().id || !same_service {
        return Err(WebError::NotFound);
    }
    Ok((left, right))
}

/// GET …/alike/{other case}/{other node}.
pub async fn compare(
    State(app): State<App>,
    page: Page,
    Path((case, node, other_case, other_node)): Address,
) -> Result<Response, Response> {
    let shown = async {
        let places = (case.as_str(), node.as_str(), other_case.as_str(), other_node.as_str());
        let (left, right) = both(&app, &page, places, Action::SeeServiceCase).await?;
        let mut others: BTreeMap<String, String> = values(&page, &right)?.into_iter().collect();
        let mut pairs: Vec<Pair> = values(&page, &left)?
            .into_iter()
            .map(|(name, left)| {
                let right = others.remove(&name).unwrap_or_default();
                Pair { differs: left != right, name, left, right }
            })
            .collect();
        pairs.extend(others.into_iter().map(|(name, right)| Pair {
            differs: true,
            name,
            left: String::new(),
            right,
        }));
        let own = left.service()?.node.key.to_string();
        let found = app.engine.store().list_likenesses(left.case().id, &own).await?;
        let found = found
            .into_iter()
            .find(|it| it.other_case == right.case().id && it.other_node == places.3);
        let department = left.service()?.node.department.to_string();
        let officers = app.engine.officers_of(&department).await?;
        render(&AlikePage {
            p: &page,
            address: left.address()?,
            action: format!("{}/alike/{other_case}/{other_node}", left.address()?),
            differing: pairs.iter().filter(|pair| pair.differs).count(),
            left: side(&page, &left)?,
            right: side(&page, &right)?,
            pairs,
            by: found.as_ref().map_or_else(String::new, |it| {
                page.t2(
                    "alike-by",
                    "name",
                    officers.get(&it.officer).cloned().unwrap_or_else(|| page.t("by-officer")),
                    "time",
                    time_text(&left.catalogue, &page, it.at),
                )
            }),
            found: match found.map(|it| it.same) {
                Some(true) => page.t("alike-same"),
                Some(false) => page.t("alike-not-same"),
                None => String::new(),
            },
        })
    };
    shown.await.map_err(|error: WebError| error.into_page(&page))
}

/// POST …/alike/{other case}/{other node}: the same, or not.
pub async fn judge(
    State(app): State<App>,
    page: Page,
    Path((case, node, other_case, other_node)): Address,
    Form(sent): Sent,
) -> Result<Response, Response> {
    let typed = Typed::new(sent);
    let done = async {
        let places = (case.as_str(), node.as_str(), other_case.as_str(), other_node.as_str());
        let (left, right) = both(&app, &page, places, Action::DecideServiceCase).await?;
        let same = match typed.get("found") {
            "same" => true,
            "not-same" => false,
            _ => return Err(WebError::Bad { code: "WEB0002", key: "error-bad" }),
        };
        let officer = page.who.account.ok_or(WebError::NotFound)?;
        // What is said of the one holds of the other.
        for (one, other) in [(&left, &right), (&right, &left)] {
            let row = LikenessRow {
                case_id: one.case().id,
                node: one.service()?.node.key.to_string(),
                other_case: other.case().id,
                other_node: other.service()?.node.key.to_string(),
                same,
                officer,
                at: app.now(),
            };
            app.engine.store().put_likeness(&row).await?;
        }
        Ok(Redirect::to(&assign::with_from(&left, "judged", &typed)?).into_response())
    };
    done.await.map_err(|error: WebError| error.into_page(&page))
}
