//! Tracking: a light, the one thing to do, lanes per department with their own explained dates, the running
//! picture, what happened, the licences as they arrive, and the rating.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use casework::{Case, CaseState};
use catalogue::Catalogue;
use engine::CaseFile;

use crate::access::Action;
use crate::afterwards::{self, HearingView};
use crate::applicant::case_view::{
    DateView, Happening, LaneView, Light, case_node_name, case_state_name, date_view, drawing,
    lanes, timeline,
};
use crate::applicant::load;
use crate::applicant::standing::{self, ContinuationView};
use crate::checklist_view::{ChecklistView, Marks, checklist};
use crate::documents::{self, Brief, DocumentRow};
use crate::errors::WebError;
use crate::officer::visits::VisitView;
use crate::page::Page;
use crate::picture;
use crate::ratings::{self, RatingPart};
use crate::state::App;
use crate::supervision;
use crate::views::render;

#[derive(Debug)]
struct LicenceRow {
    id: String,
    name: String,
    holder: String,
}

#[derive(Template, Debug)]
#[template(path = "applicant/track.html")]
struct TrackPage<'a> {
    p: &'a Page,
    case: String,
    version: u64,
    number: String,
    title: String,
    state: String,
    class: &'static str,
    light: Light,
    joint: Option<DateView>,
    lanes: Vec<LaneView>,
    picture: String,
    happenings: Vec<Happening>,
    licences: Vec<LicenceRow>,
    documents: Vec<DocumentRow>,
    /// What was told of each service and still holds.
    briefs: Vec<Brief>,
    can_withdraw: bool,
    rating: RatingPart,
    open: bool,
    /// What can follow on what is done.
    next: Option<ContinuationView>,
    checklists: Vec<ChecklistView>,
    /// Services that are to be corrected, by name, when it is more than one: they are answered together.
    together: Vec<String>,
    goes_on: String,
    visits: Vec<VisitView>,
    /// Acts that were announced, on which she may speak.
    hearings: Vec<HearingView>,
    /// It waits for somebody to take the applicant's place; empty = it does not.
    suspended: String,
    command: String,
    mine: bool,
    /// What she said on an act and was not taken, of which service, and why not.
    spoken: Spoken,
}

/// Words on an act that was announced, which were not taken: nothing of them is lost.
#[derive(Debug, Default)]
pub struct Spoken {
    pub node: String,
    pub words: String,
    pub error: String,
    /// What has happened since the page on which it was said.
    pub since: Vec<String>,
}

/// The page again, with what she had said.
///
/// # Errors
/// A fault.
pub async fn spoken_again(
    app: &App,
    page: &Page,
    file: &CaseFile,
    spoken: Spoken,
) -> Result<Response, WebError> {
    track_page(app, page, file, spoken).await
}

/// GET /cases/{case}.
pub async fn track(
    State(app): State<App>,
    page: Page,
    Path(case): Path<String>,
) -> Result<Response, Response> {
    let shown = async {
        let file = load::case(&app, &page, &case, Action::SeeCase).await?;
        track_page(&app, &page, &file, Spoken::default()).await
    };
    shown.await.map_err(|error: WebError| error.into_page(&page))
}

async fn track_page(
    app: &App,
    page: &Page,
    file: &CaseFile,
    spoken: Spoken,
) -> Result<Response, WebError> {
    let catalogue = load::catalogue_of(app, &file.case).await?;
    let case = &file.case;
    let state = case.state();
    let (state_words, class) = case_state_name(page, state);
    let zone = &catalogue.jurisdiction.time_zone;
    let joint = case.joint_promised(&catalogue.calendar, zone);
    let mut lanes = lanes(&catalogue, page, file);
    if page.is_agent() {
        // He looks on; what is the applicant's own to do is not offered to him.
        for lane in &mut lanes {
            (lane.can_withdraw, lane.needs_correction) = (false, false);
        }
    }
    let summary = if state == CaseState::AwaitingApplicant {
        Light { class: "red", words: page.t("light-yours") }
    } else {
        supervision::of_case(page, &catalogue, case)
    };
    let next = match file.owner.filter(|_| !page.is_agent()) {
        Some(owner) => app.engine.continuation_of(owner, case).await?,
        None => None,
    };
    let next = match &next {
        Some(found) => Some(standing::view(app, page, found).await?),
        None => None,
    };
    render(&TrackPage {
        p: page,
        case: case.id.to_string(),
        version: case.version,
        number: format!("{}{}", case.application.case_number, page.era(case.submitted_at)),
        title: catalogue
            .matters
            .get(&case.application.matter)
            .map_or_else(String::new, |matter| page.text(&matter.title).to_owned()),
        state: state_words,
        class,
        light: summary,
        joint: joint
            .filter(|_| !state.is_final())
            .map(|explained| date_view(&catalogue, page, None, &explained)),
        picture: picture::draw(&drawing(&catalogue, page, case)),
        happenings: timeline(&catalogue, page, file),
        licences: licences(page, file),
        documents: documents::rows(
            &catalogue,
            page,
            file,
            &format!("/cases/{}/documents", case.id),
            !app.fonts.is_empty(),
            |_| true,
        ),
        briefs: documents::briefs(&catalogue, page, file),
        can_withdraw: lanes.iter().filter(|lane| lane.can_withdraw).count() > 1,
        together: if lanes.iter().filter(|lane| lane.needs_correction).count() > 1 {
            let owed = lanes.iter().filter(|lane| lane.needs_correction);
            owed.map(|lane| lane.name.clone()).collect()
        } else {
            Vec::new()
        },
        goes_on: if case.awaiting_applicant().is_empty() {
            String::new()
        } else {
            let names: Vec<String> = case
                .meanwhile()
                .0
                .iter()
                .map(|node| case_node_name(&catalogue, page, case, node))
                .collect();
            names.join(&page.t("list-separator"))
        },
        lanes,
        visits: super::visit::views(app, page, file).await?,
        rating: ratings::part(app, &catalogue, page, file),
        open: !state.is_final(),
        next,
        checklists: checklists_of(&catalogue, page, case),
        hearings: case
            .services
            .iter()
            .filter_map(|service| afterwards::hearing(&catalogue, page, file, service))
            .collect(),
        suspended: case.open_change().map_or_else(String::new, |_| page.t("case-suspended")),
        command: load::fresh_command(),
        mine: !page.is_agent(),
        spoken,
    })
}

/// By what each service is looked at, of the definitions that the case rests on.
fn checklists_of(catalogue: &Catalogue, page: &Page, case: &Case) -> Vec<ChecklistView> {
    let nodes = case.services.iter().map(|service| &service.node.key);
    nodes.filter_map(|node| checklist(catalogue, page, node, &Marks::of_case(case, node))).collect()
}

/// The licences in the order of their services, which is the order in which they came to be.
fn licences(page: &Page, file: &CaseFile) -> Vec<LicenceRow> {
    let mut licences: Vec<_> = file.licences.iter().collect();
    licences.sort_by_key(|(_, licence)| {
        file.case.services.iter().position(|service| service.node.key == licence.node)
    });
    let row = |(id, licence): &(_, outputs::Licence)| LicenceRow {
        id: ToString::to_string(id),
        name: page.text(&licence.name).to_owned(),
        holder: licence.holder.clone(),
    };
    licences.into_iter().map(row).collect()
}

/// GET /cases/{case}/version: the case's version as text; the page asks again when it has changed.
pub async fn version(
    State(app): State<App>,
    page: Page,
    Path(case): Path<String>,
) -> Result<Response, Response> {
    let found = async {
        let id = case.parse().map_err(|_| WebError::NotFound)?;
        let row = app.engine.store().find_case(id).await?.ok_or(WebError::NotFound)?;
        let resource = crate::access::Resource::Owned { owner: row.owner };
        if crate::access::may(&page.who, Action::SeeCase, resource, page.demo) {
            Ok(row.version.to_string().into_response())
        } else {
            Err(WebError::NotFound)
        }
    };
    found.await.map_err(|error: WebError| error.into_page(&page))
}
