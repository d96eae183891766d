//! One service of a case as its department has it: files, fields, checklist, clocks, decisions, history.
//! Other departments' parts appear as states only.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use casework::{Case, ServiceCase};
use catalogue::Catalogue;
use serde::Deserialize;
use vocabulary::{ChecklistLineId, EvidenceId, NodeKey};

use super::desk::{self, Deed, Desk, Typed};
use super::history::{self, Line};
use super::outputs::{self, OutputView};
use super::received::{self, FieldRow, SlotView};
use super::worklist::remaining;
use crate::access::Action;
use crate::applicant::case_view::{
    DateView, Light, case_node_name, date_view, light, state_class, state_name, time_text,
};
use crate::applicant::evidence::file_answer;
use crate::applicant::interview::ErrorLine;
use crate::applicant::load;
use crate::checklist_view::{ChecklistView, Marks, OUTSIDE, checklist};
use crate::errors::WebError;
use crate::exchange::was_handed_to;
use crate::naming;
use crate::page::Page;
use crate::plan_view::period_text;
use crate::state::App;
use crate::views::render;

/// Another service of the same case: its state and nothing else.
#[derive(Debug)]
struct Other {
    name: String,
    department: String,
    state: String,
    class: &'static str,
}

/// One of several replies that contradict each other.
#[derive(Debug)]
struct Choice {
    value: String,
    words: String,
    time: String,
    details: Vec<String>,
    chosen: bool,
}

/// A correction as the applicant will see it.
#[derive(Debug)]
struct Preview {
    lines: Vec<String>,
    words: String,
    within: String,
}

/// What the applicant answered, while it is news.
#[derive(Debug)]
struct Answered {
    time: String,
    words: String,
    files: usize,
}

/// How the page is shown again when something was not right.
#[derive(Debug, Default)]
pub struct Again {
    pub deed: Option<Deed>,
    pub typed: Typed,
    pub errors: Vec<ErrorLine>,
    /// By the name of the input.
    pub wrong: BTreeMap<String, String>,
    pub preview: bool,
    /// What happened since the form was shown.
    pub news: Vec<Line>,
}

#[derive(Template, Debug)]
#[template(path = "officer/case.html")]
struct CasePage<'a> {
    p: &'a Page,
    address: String,
    version: u64,
    command: String,
    service: String,
    matter: String,
    number: String,
    applicant: String,
    received: String,
    state: String,
    class: &'static str,
    light: Light,
    remaining: String,
    promised: Option<DateView>,
    statutory: Option<DateView>,
    /// The statutory period begins with the acceptance, which is still to come.
    statutory_later: bool,
    correction_due: Option<DateView>,
    answered: Option<Answered>,
    fields: Vec<FieldRow>,
    granted: Vec<FieldRow>,
    evidence: Vec<SlotView>,
    checklist: ChecklistView,
    /// A ground outside the checklist was ticked.
    outside: bool,
    others: Vec<Other>,
    history: Vec<Line>,
    /// Words of deeds that are open now.
    deeds: Vec<&'static str>,
    /// The form to be shown open; empty = none.
    open: &'static str,
    outputs: Vec<OutputView>,
    choices: Vec<Choice>,
    remedies: String,
    regime: String,
    answer_within: String,
    words: String,
    ground: String,
    preview: Option<Preview>,
    news: Vec<Line>,
    errors: Vec<ErrorLine>,
    done: String,
}

impl CasePage<'_> {
    fn can(&self, deed: &str) -> bool {
        self.deeds.contains(&deed)
    }

    fn is_open(&self, deed: &str) -> bool {
        self.open == deed
    }

    fn has_error(&self, target: &str) -> bool {
        self.errors.iter().any(|error| error.target == target)
    }
}

#[derive(Deserialize, Debug)]
pub struct Done {
    #[serde(default)]
    done: String,
}

/// GET /officer/cases/{case}/{node}.
pub async fn case(
    State(app): State<App>,
    page: Page,
    Path((case, node)): Path<(String, String)>,
    Query(done): Query<Done>,
) -> Result<Response, Response> {
    let shown = async {
        let desk = desk::load(&app, &page, &case, &node, Action::SeeServiceCase).await?;
        case_page(&app, &page, &desk, Again::default(), Deed::parse(&done.done)).await
    };
    shown.await.map_err(|error: WebError| error.into_page(&page))
}

/// GET /officer/cases/{case}/{node}/evidence/{evidence}: a file that was handed to this service.
pub async fn file(
    State(app): State<App>,
    page: Page,
    Path((case, node, evidence)): Path<(String, String, String)>,
) -> Result<Response, Response> {
    let found = async {
        let desk = desk::load(&app, &page, &case, &node, Action::SeeEvidence).await?;
        let id: EvidenceId = evidence.parse().map_err(|_| WebError::NotFound)?;
        if !was_handed_to(desk.case(), desk.service()?, id) {
            return Err(WebError::NotFound);
        }
        let (file, bytes) = app.engine.evidence_bytes(id).await?.ok_or(WebError::NotFound)?;
        Ok(file_answer(&file, bytes))
    };
    found.await.map_err(|error: WebError| error.into_page(&page))
}

/// The page, for the first time or again with what was typed.
///
/// # Errors
/// A fault.
pub async fn case_page(
    app: &App,
    page: &Page,
    desk: &Desk,
    again: Again,
    done: Option<Deed>,
) -> Result<Response, WebError> {
    let catalogue = &*desk.catalogue;
    let (file, case, service) = (&desk.file, desk.case(), desk.service()?);
    let key = &service.node.key;
    let zone = &catalogue.jurisdiction.time_zone;
    let promised = case.promised(key, &catalogue.calendar, zone);
    let due = promised.as_ref().map(|explained| explained.due.on);
    let stopped = promised.as_ref().is_some_and(|explained| explained.stopped);
    let ended = service.state.is_final();
    let view = |explained| date_view(catalogue, page, &explained);
    let definition = catalogue.service(&key.service);
    let regime = definition.and_then(|found| catalogue.regimes.get(&found.regime));
    let names = history::names(app, file, key).await?;
    let typed = &again.typed;
    let deeds = Deed::open_in(service.state);
    let applicant = engine::applicant_name_id(case.id);
    render(&CasePage {
        p: page,
        address: desk.address()?,
        version: case.version,
        command: load::fresh_command(),
        service: case_node_name(catalogue, page, case, key),
        matter: catalogue
            .matter(case.application.matter.as_str())
            .map_or_else(String::new, |matter| page.text(&matter.name).to_owned()),
        number: case.application.case_number.to_string(),
        applicant: file.words.get(&applicant).cloned().unwrap_or_default(),
        received: service.started_at.map_or_else(String::new, |at| time_text(catalogue, page, at)),
        state: state_name(page, service.state),
        class: state_class(service.state),
        light: light(page, due, stopped, ended),
        remaining: match due {
            Some(due) if !ended && !stopped => remaining(catalogue, page, due),
            _ => String::new(),
        },
        promised: promised.map(view),
        statutory: case.statutory(key, &catalogue.calendar, zone).map(view),
        statutory_later: service.node.statutory.is_some() && service.accepted_at.is_none(),
        correction_due: case.correction_due(key, &catalogue.calendar, zone).map(view),
        answered: answered(catalogue, page, desk, service),
        fields: received::fields(catalogue, page, file, service),
        granted: received::granted(catalogue, page, file, service),
        evidence: received::evidence(catalogue, page, file, service),
        checklist: check_lines(catalogue, page, case, key, typed),
        outside: typed.all("line").any(|ticked| ticked == OUTSIDE),
        others: others(catalogue, page, desk, service),
        history: history::lines(catalogue, page, file, key, &names),
        deeds: deeds.iter().map(|deed| deed.as_str()).collect(),
        open: again.deed.filter(|deed| deeds.contains(deed)).map_or("", Deed::as_str),
        outputs: outputs::inputs(catalogue, page, file, service, typed, &again.wrong),
        choices: choices(catalogue, page, desk, service, typed),
        remedies: regime.map_or_else(String::new, |regime| page.text(&regime.remedies).to_owned()),
        regime: regime.map_or_else(String::new, |regime| page.text(&regime.name).to_owned()),
        answer_within: period_text(page, service.node.correction_answer),
        preview: again.preview.then(|| preview(page, service, definition, typed)),
        words: typed.get("words").to_owned(),
        ground: typed.get("ground").to_owned(),
        news: again.news,
        errors: again.errors,
        done: done.map_or_else(String::new, |deed| page.t(done_key(deed))),
    })
}

const fn done_key(deed: Deed) -> &'static str {
    match deed {
        Deed::Accept => "deed-done-accept",
        Deed::Correct => "deed-done-correct",
        Deed::Grant => "deed-done-grant",
        Deed::Refuse => "deed-done-refuse",
        Deed::NotAccept => "deed-done-not-accept",
        Deed::Withdrawal => "deed-done-withdrawal",
        Deed::Resolve => "deed-done-resolve",
    }
}

/// The checklist that the window had, with what was ticked there and what was asked for since.
fn check_lines(
    catalogue: &Catalogue,
    page: &Page,
    case: &Case,
    node: &NodeKey,
    typed: &Typed,
) -> ChecklistView {
    let mut marks = Marks::of_case(case, node);
    marks.ticked = typed.all("line").map(ChecklistLineId::new).collect();
    checklist(catalogue, page, node, &marks).unwrap_or_else(|| ChecklistView::empty(node))
}

fn others(catalogue: &Catalogue, page: &Page, desk: &Desk, own: &ServiceCase) -> Vec<Other> {
    let case = desk.case();
    case.services
        .iter()
        .filter(|service| service.node.key != own.node.key)
        .map(|service| Other {
            name: case_node_name(catalogue, page, case, &service.node.key),
            department: naming::organisation_name(catalogue, page, &service.node.department),
            state: state_name(page, service.state),
            class: state_class(service.state),
        })
        .collect()
}

/// The last answer to a correction, while the department has said nothing on it.
fn answered(
    catalogue: &Catalogue,
    page: &Page,
    desk: &Desk,
    service: &ServiceCase,
) -> Option<Answered> {
    if service.state.is_final() {
        return None;
    }
    let correction = service.corrections.iter().rev().find(|one| one.answered_at.is_some())?;
    let words = correction.answer.and_then(|id| desk.file.words.get(&id)).cloned();
    Some(Answered {
        time: time_text(catalogue, page, correction.answered_at?),
        words: words.unwrap_or_default(),
        files: correction.evidence.len(),
    })
}

fn choices(
    catalogue: &Catalogue,
    page: &Page,
    desk: &Desk,
    service: &ServiceCase,
    typed: &Typed,
) -> Vec<Choice> {
    service
        .contested()
        .map(|reply| {
            let value = format!("{}/{}", reply.dispatch, reply.department_seq);
            Choice {
                chosen: typed.get("choice") == value,
                value,
                words: page.t(desk::reply_key(&reply.reply)),
                time: time_text(catalogue, page, reply.decided_at),
                details: history::said(catalogue, page, &desk.file, &service.node.key, reply),
            }
        })
        .collect()
}

fn preview(
    page: &Page,
    service: &ServiceCase,
    definition: Option<&catalogue::PublicService>,
    typed: &Typed,
) -> Preview {
    let checklist = definition.map(|found| found.checklist.as_slice()).unwrap_or_default();
    Preview {
        lines: checklist
            .iter()
            .filter(|line| typed.all("line").any(|ticked| ticked == line.id.as_str()))
            .map(|line| page.text(&line.text).to_owned())
            .chain(typed.all("line").any(|ticked| ticked == OUTSIDE).then(|| page.t("checklist-outside")))
            .collect(),
        words: typed.get("words").trim().to_owned(),
        within: period_text(page, service.node.correction_answer),
    }
}
