//! 接续办理 for the applicant: what is done of a matter, what remains as of today and one button for it; or single
//! services of the matter alone.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use catalogue::Catalogue;
use engine::{Continuation, Draft, EngineError};
use vocabulary::{CaseId, MatterId, NodeKey, ServiceId};

use crate::access::Action;
use crate::applicant::load;
use crate::errors::WebError;
use crate::naming;
use crate::page::Page;
use crate::picture::{node_name, planned_name};
use crate::plan_view::evidence_key_name;
use crate::state::App;
use crate::views::render;

/// A service that counts as done.
#[derive(Debug)]
pub struct DoneRow {
    pub name: String,
    /// The number of its case and where it is looked at; empty when it was done elsewhere.
    pub number: String,
    pub link: String,
}

/// A service that remains.
#[derive(Debug)]
pub struct LeftRow {
    pub name: String,
    pub department: String,
    pub promised_on: String,
    /// In whatever is still answered.
    pub certain: bool,
}

/// What can follow, as pages show it.
#[derive(Debug)]
pub struct ContinuationView {
    pub case: String,
    pub matter: String,
    pub done: Vec<DoneRow>,
    pub left: Vec<LeftRow>,
    pub days: String,
    pub joint: String,
    /// What the applicant still has to bring.
    pub bring: Vec<String>,
    /// What nobody has to bring, because a service done before made it.
    pub at_hand: Vec<String>,
    /// Services that are on their way.
    pub under_way: String,
}

/// A continuation in words.
///
/// # Errors
/// A fault.
pub async fn view(
    app: &App,
    page: &Page,
    found: &Continuation,
) -> Result<ContinuationView, WebError> {
    let catalogue = load::catalogue(app);
    let plan = &found.plan;
    let nodes = found.done.iter().map(|done| (done.node.clone(), done.case));
    let done = done_rows(app, page, &catalogue, nodes.collect()).await?;
    let left = plan.services.iter().map(|planned| LeftRow {
        name: planned_name(&catalogue, page, plan, &planned.node),
        department: naming::organisation_name(&catalogue, page, &planned.department),
        promised_on: page.short_date(planned.promised_on),
        certain: planned.certain,
    });
    let names = |keep: &dyn Fn(&plan::PlannedEvidence) -> bool| -> Vec<String> {
        let pieces = plan.evidence.iter().filter(|piece| keep(piece));
        pieces.map(|piece| evidence_key_name(&catalogue, page, plan, &piece.key)).collect()
    };
    let done_before = |node: &NodeKey| found.done.iter().any(|done| done.node == *node);
    let under_way: Vec<String> =
        found.under_way.iter().map(|id| service_name(&catalogue, page, id)).collect();
    Ok(ContinuationView {
        case: found.case.to_string(),
        matter: catalogue
            .matter(found.matter.as_str())
            .map_or_else(String::new, |matter| page.text(&matter.title).to_owned()),
        done,
        left: left.collect(),
        days: plan.joint.promised.to_string(),
        joint: page.date(plan.joint.promised_on),
        bring: names(&|piece| piece.group == plan::EvidenceGroup::YouBring),
        at_hand: names(
            &|piece| matches!(&piece.way, plan::TakenWay::Output { node, .. } if done_before(node)),
        ),
        under_way: under_way.join(&page.t("list-separator")),
    })
}

/// Services that are done, with the numbers of their cases.
///
/// # Errors
/// A fault.
pub async fn done_rows(
    app: &App,
    page: &Page,
    catalogue: &Catalogue,
    done: Vec<(NodeKey, Option<CaseId>)>,
) -> Result<Vec<DoneRow>, WebError> {
    let mut numbers: BTreeMap<CaseId, String> = BTreeMap::new();
    let mut rows = Vec::with_capacity(done.len());
    for (node, case) in &done {
        let mut row = DoneRow {
            name: {
                let several =
                    done.iter().filter(|(other, _)| other.service == node.service).count() > 1;
                node_name(catalogue, page, node, several)
            },
            number: String::new(),
            link: String::new(),
        };
        if let Some(case) = case {
            if !numbers.contains_key(case)
                && let Some(found) = app.engine.store().find_case(*case).await?
                && found.owner == page.who.account
            {
                numbers.insert(*case, found.case_number);
            }
            if let Some(number) = numbers.get(case) {
                row.number.clone_from(number);
                row.link = format!("/cases/{case}");
            }
        }
        rows.push(row);
    }
    Ok(rows)
}

fn service_name(catalogue: &Catalogue, page: &Page, id: &ServiceId) -> String {
    catalogue.service(id).map_or_else(|| id.to_string(), |it| page.text(&it.name).to_owned())
}

/// A service that can be applied for alone.
#[derive(Debug)]
struct SingleRow {
    id: String,
    name: String,
    summary: String,
    department: String,
}

#[derive(Template, Debug)]
#[template(path = "applicant/continue.html")]
struct ContinuePage<'a> {
    p: &'a Page,
    id: String,
    title: String,
    found: Vec<ContinuationView>,
    singles: Vec<SingleRow>,
    error: String,
}

/// GET /matters/{matter}/continue: 已经办了其中一项？
pub async fn of_matter(
    State(app): State<App>,
    page: Page,
    Path(matter): Path<String>,
) -> Result<Response, Response> {
    let shown = continue_page(&app, &page, &matter, String::new()).await;
    shown.map_err(|error| error.into_page(&page))
}

async fn continue_page(
    app: &App,
    page: &Page,
    matter: &str,
    error: String,
) -> Result<Response, WebError> {
    let owner = page.who.account.ok_or(WebError::NotFound)?;
    let catalogue = load::catalogue(app);
    let matter = catalogue.matter(matter).ok_or(WebError::NotFound)?;
    let mut found = Vec::new();
    for continuation in app.engine.continuations(owner, Some(&matter.id)).await? {
        found.push(view(app, page, &continuation).await?);
    }
    let singles = catalogue.services_of(matter).map(|service| SingleRow {
        id: service.id.to_string(),
        name: page.text(&service.name).to_owned(),
        summary: page.text(&service.summary).to_owned(),
        department: naming::organisation_name(&catalogue, page, &service.authority),
    });
    render(&ContinuePage {
        p: page,
        id: matter.id.to_string(),
        title: page.text(&matter.title).to_owned(),
        found,
        singles: singles.collect(),
        error,
    })
}

/// POST /cases/{case}/continue: the rest of the case's matter, as a draft.
pub async fn from_case(
    State(app): State<App>,
    page: Page,
    Path(case): Path<String>,
    Form(sent): Form<BTreeMap<String, String>>,
) -> Result<Response, Response> {
    let begun = async {
        let file = load::case(&app, &page, &case, Action::ActOnCase).await?;
        let owner = page.who.account.ok_or(WebError::NotFound)?;
        let matter: MatterId = match sent.get("matter") {
            Some(matter) => matter.as_str().into(),
            None => file.case.application.matter.clone(),
        };
        let service = sent.get("service").map(|id| ServiceId::new(id.as_str()));
        let draft = app.engine.continue_from(owner, file.case.id, &matter, service).await?;
        on_the_way(&app, &page, draft).await
    };
    begun.await.map_err(|error: WebError| error.into_page(&page))
}

/// POST /matters/{matter}/single: the chosen services alone, as a draft.
pub async fn single(
    State(app): State<App>,
    page: Page,
    Path(matter): Path<String>,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<Response, Response> {
    let begun = async {
        let owner = page.who.account.ok_or(WebError::NotFound)?;
        let services = chosen(&sent);
        if services.is_empty() {
            return continue_page(&app, &page, &matter, page.t("single-none")).await;
        }
        let draft = app.engine.single_draft(owner, &matter.as_str().into(), services).await?;
        on_the_way(&app, &page, draft).await
    };
    begun.await.map_err(|error: WebError| error.into_page(&page))
}

/// POST /drafts/{draft}/along: services that could follow later are applied for now after all.
pub async fn along(
    State(app): State<App>,
    page: Page,
    Path(draft): Path<String>,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<Response, Response> {
    let widened = async {
        let mut draft = load::draft(&app, &page, &draft, Action::ChangeDraft).await?;
        let catalogue = load::catalogue(&app);
        let matter = load::matter(&catalogue, &draft)?;
        let inside = |id: &ServiceId| matter.services.iter().any(|it| it.service == *id);
        let more: BTreeSet<ServiceId> = chosen(&sent).into_iter().filter(inside).collect();
        let seen = sent.iter().find(|(name, _)| name == "version");
        if seen.and_then(|(_, version)| version.parse().ok()) != Some(draft.version) {
            return Err(EngineError::StaleDraft { current_version: draft.version }.into());
        }
        if let Some(only) = &mut draft.standing.only {
            only.extend(more);
            if matter.services.iter().all(|it| only.contains(&it.service)) {
                draft.standing.only = None;
            }
        }
        let draft = app.engine.save_draft(draft).await?;
        on_the_way(&app, &page, draft).await
    };
    widened.await.map_err(|error: WebError| error.into_page(&page))
}

fn chosen(sent: &[(String, String)]) -> BTreeSet<ServiceId> {
    let named = sent.iter().filter(|(name, _)| name == "service");
    named.map(|(_, id)| ServiceId::new(id.as_str())).collect()
}

/// To the first open question, or to the plan.
async fn on_the_way(app: &App, page: &Page, draft: Draft) -> Result<Response, WebError> {
    let login = load::login(app, page, &draft).await?;
    let draft = app.engine.fetch_sources(draft, &login).await?;
    let catalogue = load::catalogue(app);
    let matter = load::matter(&catalogue, &draft)?;
    let asks = app.engine.asks_on(&draft, matter, page.today).await;
    let part = if asks { "question" } else { "plan" };
    Ok(Redirect::to(&format!("/drafts/{}/{part}", draft.id)).into_response())
}
