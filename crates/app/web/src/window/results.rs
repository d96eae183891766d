//! The result desk 出件: a receipt is scanned or its number typed, and one page says what of the case can be handed
//! over now and what is still to come. Printed, it is the slip on which the person signs for what he takes.
//!
//! Who holds the receipt may ask; nothing is changed here, and nothing of it stays at the window.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use engine::CaseFile;
use serde::Deserialize;

use crate::applicant::case_view::{case_node_name, date_view, state_name, time_text};
use crate::applicant::load;
use crate::documents::{self, DocumentRow};
use crate::errors::WebError;
use crate::page::Page;
use crate::state::App;
use crate::views::render;
use crate::window::screen::{self, Saying, department_name};
use crate::window::seat::{self, Seat};
use crate::window::{form, home};

/// What stands on a receipt.
#[derive(Deserialize, Debug)]
pub struct Scanned {
    #[serde(default)]
    number: String,
}

/// A service whose result can be taken now.
#[derive(Debug)]
struct Ready {
    service: String,
    department: String,
    state: String,
    /// Licences that were issued: name and number.
    papers: Vec<(String, String)>,
}

/// A service that is not done yet.
#[derive(Debug)]
struct Waiting {
    service: String,
    department: String,
    state: String,
    promised: String,
}

#[derive(Template, Debug)]
#[template(path = "window/results.html")]
struct ResultsPage<'a> {
    p: &'a Page,
    number: String,
    title: String,
    name: String,
    ready: Vec<Ready>,
    waiting: Vec<Waiting>,
    documents: Vec<DocumentRow>,
    outlet: String,
    window: String,
    clerk: String,
    at: String,
}

/// GET /window/results: what of a case can be handed over.
pub async fn show(
    State(app): State<App>,
    page: Page,
    Query(scanned): Query<Scanned>,
) -> Result<Response, Response> {
    let shown = async {
        let Some(seat) = seat::seat(&app, &page).await? else { return Ok(home()) };
        // A scanner may deliver the address that the square code holds.
        let number = scanned.number.trim().rsplit('/').next().unwrap_or_default().to_uppercase();
        let row = app.engine.store().find_case_by_number(&number).await?;
        let file = match row {
            Some(row) => app.engine.case_file(row.case_id).await?,
            None => None,
        };
        match file {
            Some(file) => results_page(&app, &page, &seat, &file).await,
            None => {
                let words = page.t1("window-results-unknown", "number", scanned.number);
                screen::show(&app, &page, &seat, Saying::warning(words)).await
            }
        }
    };
    shown.await.map_err(|error: WebError| error.into_page(&page))
}

async fn results_page(
    app: &App,
    page: &Page,
    seat: &Seat<'_>,
    file: &CaseFile,
) -> Result<Response, WebError> {
    let case = &file.case;
    let catalogue = load::catalogue_of(app, case).await?;
    let zone = &catalogue.jurisdiction.time_zone;
    let (mut ready, mut waiting) = (Vec::new(), Vec::new());
    for service in &case.services {
        let key = &service.node.key;
        let name = case_node_name(&catalogue, page, case, key);
        let department = department_name(&catalogue, page, &service.node.department);
        let state = state_name(page, service.state);
        if service.state.is_final() {
            let own = file.licences.iter().filter(|(_, licence)| licence.node == *key);
            let paper =
                |it: &(_, outputs::Licence)| (page.text(&it.1.name).to_owned(), it.1.code.clone());
            ready.push(Ready {
                service: name,
                department,
                state,
                papers: own.map(paper).collect(),
            });
        } else {
            let promised = case.promised(key, &catalogue.calendar, zone);
            let promised =
                promised.map(|explained| date_view(&catalogue, page, None, &explained).date);
            let promised = promised.unwrap_or_default();
            waiting.push(Waiting { service: name, department, state, promised });
        }
    }
    let name = match file.owner {
        Some(owner) => match app.engine.store().find_account(owner).await? {
            Some(account) => app.engine.account_name(&account).await?,
            None => String::new(),
        },
        None => String::new(),
    };
    render(&ResultsPage {
        p: page,
        number: case.application.case_number.to_string(),
        title: form::matter_title(&catalogue, page, case.application.matter.as_str()),
        name,
        ready,
        waiting,
        documents: documents::rows(
            &catalogue,
            page,
            file,
            "/window/documents",
            !app.fonts.is_empty(),
            |_| true,
        ),
        outlet: page.text(&seat.outlet.name).to_owned(),
        window: seat.window.number.to_string(),
        clerk: page.who.name.clone(),
        at: time_text(app.engine.catalogue(), page, app.now()),
    })
}
