//! What supervision addresses to whoever looks: steps of the chain that still stand, and notices 督办 that he is to
//! answer, to close or to watch. Everyone whom the chain names has this list, with its length beside the link to it.
//!
//! What is addressed to a post that nobody holds is not lost: it comes to the manager, who sees whose it was.

use askama::Template;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use casework::supervision::{Mark, Told};
use engine::supervising::{VacantPost, vacant_posts};
use serde_json::{Value, json};
use store_port::{Addressed, ServiceFilter, ServiceRow, ToldTo};
use vocabulary::OrganisationId;

use super::list::{ROWS, Row, Side, row_view, scope, sees};
use super::{addressee_key, is_vacant, of_columns};
use crate::applicant::load;
use crate::errors::WebError;
use crate::naming;
use crate::page::Page;
use crate::state::App;
use crate::views::render;

/// A service case with why it stands here.
#[derive(Debug)]
struct Line {
    row: Row,
    /// What of it is addressed to whoever looks.
    mine: Vec<String>,
    /// Who was told, each since when.
    chain: Vec<String>,
}

/// A post that nobody holds.
#[derive(Debug)]
struct Vacant {
    post: String,
    departments: Vec<String>,
}

#[derive(Template, Debug)]
#[template(path = "supervision/addressed.html")]
struct AddressedPage<'a> {
    p: &'a Page,
    lead: String,
    base: &'static str,
    of_department: bool,
    lines: Vec<Line>,
    more: bool,
    vacant: Vec<Vacant>,
}

/// Whose list it is, what is on it, and the posts that nobody holds.
struct Wanted {
    side: Side,
    filter: ServiceFilter,
    /// Only of interest to managers.
    vacant: Vec<VacantPost>,
}

/// What is addressed to whoever looks; `None` = nothing ever is.
async fn wanted(app: &App, page: &Page) -> Result<Option<Wanted>, WebError> {
    let Some(side) = Side::of(page.who.role) else { return Ok(None) };
    let mut told = vec![ToldTo { to: side.post().as_str().to_owned(), departments: None }];
    let mut vacant = Vec::new();
    if side == Side::Manager {
        vacant = vacant_posts(app.engine.store(), app.engine.catalogue(), page.today).await?;
        told.extend(vacant.iter().map(|post| ToldTo {
            to: post.to.as_str().to_owned(),
            departments:
                post.departments.as_ref().map(|them| {
                    them.iter().map(|department| department.as_str().to_owned()).collect()
                }),
        }));
    }
    // A department answers, its leader watches that it does; whoever gives notices closes what is answered.
    let notice = if side.is_of_department() { "open" } else { "answered" };
    let addressed = Some(Addressed { told, notices: vec![notice.to_owned()] });
    let filter = ServiceFilter { addressed, ..scope(app, page, side) };
    Ok(Some(Wanted { side, filter, vacant }))
}

/// How many service cases are on the list of whoever looks, up to what is counted.
///
/// # Errors
/// A fault.
pub async fn count(app: &App, page: &Page) -> Result<u64, WebError> {
    let Some(wanted) = wanted(app, page).await? else { return Ok(0) };
    Ok(app.counted.rows(app.engine.store(), &wanted.filter).await?)
}

/// GET /addressed.
pub async fn show(State(app): State<App>, page: Page) -> Result<Response, Response> {
    shown(&app, &page).await.map_err(|error| error.into_page(&page))
}

async fn shown(app: &App, page: &Page) -> Result<Response, WebError> {
    let wanted = wanted(app, page).await?.ok_or(WebError::NotFound)?;
    let side = wanted.side;
    let (rows, more) = listed(app, page, &wanted).await?;
    let in_force = app.engine.catalogue();
    let mut lines = Vec::with_capacity(rows.len());
    for row in &rows {
        let of = load::catalogue_naming(app, row.case_id, &row.matter, Some(&row.service)).await?;
        lines.push(Line {
            mine: mine(page, in_force, row, &wanted),
            chain: chain(page, in_force, row),
            row: row_view(&of, in_force, page, side, row),
        });
    }
    let department = page.who.department.as_deref().map(OrganisationId::new);
    let department = department.filter(|_| side.is_of_department());
    let name = department.map(|id| naming::organisation_name(in_force, page, &id));
    let whom = page.t1(addressee_key(side.post()), "department", name.unwrap_or_default());
    render(&AddressedPage {
        p: page,
        lead: page.t1("addressed-lead", "whom", whom),
        base: side.base(),
        of_department: side.is_of_department(),
        lines,
        more,
        vacant: vacancies(page, in_force, &wanted.vacant),
    })
}

/// The rows of the list, and whether there are more of them.
async fn listed(
    app: &App,
    page: &Page,
    wanted: &Wanted,
) -> Result<(Vec<ServiceRow>, bool), WebError> {
    let mut rows = app.engine.store().list_services(&wanted.filter).await?;
    let whole = usize::try_from(ROWS).unwrap_or(usize::MAX);
    let more = rows.len() > whole;
    rows.truncate(whole);
    rows.retain(|row| sees(app, page, wanted.side, row));
    Ok((rows, more))
}

fn steps(row: &ServiceRow) -> Vec<Told> {
    serde_json::from_str(&row.watched.told).unwrap_or_default()
}

/// Why a row is on the list of whoever looks.
fn mine(
    page: &Page,
    catalogue: &catalogue::Catalogue,
    row: &ServiceRow,
    wanted: &Wanted,
) -> Vec<String> {
    let department = OrganisationId::new(row.department.as_str());
    let mut lines = Vec::new();
    for step in steps(row) {
        let date = page.short_date(catalogue.civil_date(step.at));
        if step.to == wanted.side.post() {
            lines.push(page.t1("addressed-reminded", "date", date));
        } else if is_vacant(&wanted.vacant, step.to, Some(&department)) {
            let post = page.t(post_key(step.to));
            lines.push(page.t2("addressed-vacant", "date", date, "post", post));
        }
    }
    let key = match (row.watched.notice.as_str(), wanted.side) {
        ("open", Side::Officer | Side::Head) => Some("addressed-answer"),
        ("open", Side::Leader) => Some("addressed-watch"),
        ("answered", Side::Manager | Side::Inspector) => Some("addressed-close"),
        _ => None,
    };
    lines.extend(key.map(|key| page.t(key)));
    lines
}

/// Who was told, each since when.
fn chain(page: &Page, catalogue: &catalogue::Catalogue, row: &ServiceRow) -> Vec<String> {
    let line = |step: Told| {
        let date = page.short_date(catalogue.civil_date(step.at));
        page.t2("addressed-step", "date", date, "post", page.t(post_key(step.to)))
    };
    steps(row).into_iter().map(line).collect()
}

fn vacancies(page: &Page, catalogue: &catalogue::Catalogue, vacant: &[VacantPost]) -> Vec<Vacant> {
    let line = |post: &VacantPost| Vacant {
        post: page.t(post_key(post.to)),
        departments: post
            .departments
            .iter()
            .flatten()
            .map(|id| naming::organisation_name(catalogue, page, id))
            .collect(),
    };
    vacant.iter().map(line).collect()
}

const fn post_key(to: catalogue::Addressee) -> &'static str {
    match to {
        catalogue::Addressee::Officer => "post-officer",
        catalogue::Addressee::UnitHead => "post-unit-head",
        catalogue::Addressee::DepartmentLeader => "post-department-leader",
        catalogue::Addressee::HallManager => "post-hall-manager",
        catalogue::Addressee::SupervisionOffice => "post-supervision-office",
    }
}

/// GET /api/v1/addressed: the rows of the page, for programs. No personal data.
pub async fn for_machines(State(app): State<App>, page: Page) -> Response {
    let told = async {
        let wanted = wanted(&app, &page).await?.ok_or(WebError::NotFound)?;
        let (rows, more) = listed(&app, &page, &wanted).await?;
        let lines: Vec<Value> = rows.iter().map(|row| line(&page, &wanted, row)).collect();
        let body = json!({
            "post": wanted.side.post().as_str(),
            "count": count(&app, &page).await?,
            "more": more,
            "addressed": lines,
        });
        Ok(Json(body).into_response())
    };
    told.await.unwrap_or_else(|error: WebError| error.into_problem(&page))
}

fn line(page: &Page, wanted: &Wanted, row: &ServiceRow) -> Value {
    let marks: Vec<Mark> = serde_json::from_str(&row.watched.marks).unwrap_or_default();
    let (lamp, mark) = of_columns(row, &marks, page.today);
    json!({
        "case": row.case_id.to_string(),
        "case_number": row.case_number,
        "node": row.node,
        "matter": row.matter,
        "department": row.department,
        "stage": row.watched.stage,
        "light": lamp.as_str(),
        "rule": mark.map(|mark| mark.rule.to_string()),
        "since": mark.map(|mark| mark.on.to_string()),
        "due": mark.map(|mark| mark.due.to_string()),
        "promised_on": row.promised_on,
        "told": steps(row),
        "notice": row.watched.notice,
        "page": format!("{}/{}/{}", wanted.side.base(), row.case_id, row.node),
    })
}
