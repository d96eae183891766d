//! One service case under supervision: why its light is on, who was told when, and the notices 督办 with their
//! answers. A manager gives and closes a notice; an officer of the department answers it.

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use casework::supervision::{self, Notice, Reminder, Watch};
use casework::{Actor, ActorRole, Command, ServiceCase, SupervisionAct};
use engine::supervising::{VacantPost, vacant_posts};
use engine::{CaseFile, EngineError};
use serde::Deserialize;
use store_port::{ServiceFilter, ServiceRow};
use vocabulary::{Date, NodeKey, SealedId};

use super::list::{Side, scope, sees};
use super::{ClockLines, addressee_key, explained, is_vacant, of_service, watch};
use crate::access::{Action, Resource, may};
use crate::applicant::case_view::{Light, case_node_name, state_class, state_name, time_text};
use crate::applicant::interview::ErrorLine;
use crate::applicant::load;
use crate::errors::WebError;
use crate::naming;
use crate::page::Page;
use crate::ratings::give::{WORDS_MAX, sealed};
use crate::state::App;
use crate::views::render;

#[derive(Debug)]
struct NoticeView {
    number: usize,
    given: String,
    words: String,
    due: String,
    late: bool,
    answered: String,
    answer: String,
    closed: String,
    closing: String,
}

#[derive(Template, Debug)]
#[template(path = "supervision/one.html")]
struct OnePage<'a> {
    p: &'a Page,
    here: String,
    list: &'static str,
    case_link: String,
    number: String,
    service: String,
    matter: String,
    department: String,
    state: String,
    class: &'static str,
    light: Light,
    clocks: Vec<ClockLines>,
    told: Vec<String>,
    /// Who is told next, and when, unless something happens before.
    coming: Vec<String>,
    notices: Vec<NoticeView>,
    can_notice: bool,
    can_answer: bool,
    can_close: bool,
    command: String,
    words: String,
    errors: Vec<ErrorLine>,
}

impl OnePage<'_> {
    fn wrong(&self, target: &str) -> &str {
        let found = self.errors.iter().find(|error| error.target == target);
        found.map_or("", |error| error.words.as_str())
    }
}

#[derive(Deserialize)]
pub struct Sent {
    command: String,
    #[serde(default)]
    words: String,
}

impl std::fmt::Debug for Sent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sent").finish_non_exhaustive()
    }
}

/// GET /manager/supervision/{case}/{node}.
pub async fn for_manager(
    State(app): State<App>,
    page: Page,
    Path((case, node)): Path<(String, String)>,
) -> Result<Response, Response> {
    let shown = show(&app, &page, Side::Manager, (&case, &node), String::new(), Vec::new()).await;
    shown.map_err(|error| error.into_page(&page))
}

/// GET /officer/supervision/{case}/{node}.
pub async fn for_officer(
    State(app): State<App>,
    page: Page,
    Path((case, node)): Path<(String, String)>,
) -> Result<Response, Response> {
    let shown = show(&app, &page, Side::Officer, (&case, &node), String::new(), Vec::new()).await;
    shown.map_err(|error| error.into_page(&page))
}

/// GET /supervision/{case}/{node}.
pub async fn for_supervisor(
    State(app): State<App>,
    page: Page,
    Path((case, node)): Path<(String, String)>,
) -> Result<Response, Response> {
    let shown = async {
        let side = Side::of(page.who.role).ok_or(WebError::NotFound)?;
        show(&app, &page, side, (&case, &node), String::new(), Vec::new()).await
    };
    shown.await.map_err(|error: WebError| error.into_page(&page))
}

/// POST /supervision/{case}/{node}/answer, for the department.
pub async fn answer_by_head(
    State(app): State<App>,
    page: Page,
    Path((case, node)): Path<(String, String)>,
    Form(sent): Form<Sent>,
) -> Result<Response, Response> {
    by_supervisor(&app, &page, (&case, &node, "answer"), sent).await
}

/// POST /supervision/{case}/{node}/notice.
pub async fn notice_by_inspector(
    State(app): State<App>,
    page: Page,
    Path((case, node)): Path<(String, String)>,
    Form(sent): Form<Sent>,
) -> Result<Response, Response> {
    by_supervisor(&app, &page, (&case, &node, "notice"), sent).await
}

/// POST /supervision/{case}/{node}/close.
pub async fn close_by_inspector(
    State(app): State<App>,
    page: Page,
    Path((case, node)): Path<(String, String)>,
    Form(sent): Form<Sent>,
) -> Result<Response, Response> {
    by_supervisor(&app, &page, (&case, &node, "close"), sent).await
}

async fn by_supervisor(
    app: &App,
    page: &Page,
    step: (&str, &str, &str),
    sent: Sent,
) -> Result<Response, Response> {
    let done = async {
        let side = Side::of(page.who.role).filter(|_| page.is_supervisor());
        act(app, page, side.ok_or(WebError::NotFound)?, step, sent).await
    };
    done.await.map_err(|error: WebError| error.into_page(page))
}

/// POST /manager/supervision/{case}/{node}/{step}: `notice` or `close`.
pub async fn by_manager(
    State(app): State<App>,
    page: Page,
    Path((case, node, step)): Path<(String, String, String)>,
    Form(sent): Form<Sent>,
) -> Result<Response, Response> {
    let done = act(&app, &page, Side::Manager, (&case, &node, &step), sent).await;
    done.map_err(|error| error.into_page(&page))
}

/// POST /officer/supervision/{case}/{node}/{step}: `answer`.
pub async fn by_officer(
    State(app): State<App>,
    page: Page,
    Path((case, node, step)): Path<(String, String, String)>,
    Form(sent): Form<Sent>,
) -> Result<Response, Response> {
    let done = act(&app, &page, Side::Officer, (&case, &node, &step), sent).await;
    done.map_err(|error| error.into_page(&page))
}

/// What is behind an address, if it is within what this person may see.
async fn load_one(
    app: &App,
    page: &Page,
    side: Side,
    (case, node): (&str, &str),
) -> Result<(ServiceRow, CaseFile, NodeKey), WebError> {
    let case: vocabulary::CaseId = case.parse().map_err(|_| WebError::NotFound)?;
    let known = app.engine.store().find_case(case).await?.ok_or(WebError::NotFound)?;
    let number = Some(known.case_number);
    let filter = ServiceFilter { case_number: number, limit: 1000, ..scope(app, page, side) };
    let rows = app.engine.store().list_services(&filter).await?;
    let row = rows.into_iter().find(|row| row.case_id == case && row.node == node);
    let row = row.filter(|row| sees(app, page, side, row)).ok_or(WebError::NotFound)?;
    let file = app.engine.case_file(case).await?.ok_or(WebError::NotFound)?;
    let node: NodeKey = node.parse().unwrap_or_else(|never| match never {});
    Ok((row, file, node))
}

async fn show(
    app: &App,
    page: &Page,
    side: Side,
    (case, node): (&str, &str),
    words: String,
    errors: Vec<ErrorLine>,
) -> Result<Response, WebError> {
    let (row, file, key) = load_one(app, page, side, (case, node)).await?;
    let catalogue = load::catalogue_of(app, &file.case).await?;
    let service = file.case.service(&key).ok_or(WebError::NotFound)?;
    let watched = watch(page, &catalogue, &file.case, service);
    let open = service.supervised.open();
    let gives = may(&page.who, Action::GiveNotice, Resource::Route, page.demo);
    let answers = may(&page.who, Action::AnswerNotice, Resource::Route, page.demo);
    let case_link = match side {
        Side::Officer => format!("/officer/cases/{case}/{node}"),
        _ => String::new(),
    };
    let today = page.today;
    let vacant = vacant_posts(app.engine.store(), app.engine.catalogue(), today).await?;
    render(&OnePage {
        p: page,
        here: format!("{}/{case}/{node}", side.base()),
        list: side.base(),
        case_link,
        number: row.case_number.clone(),
        service: case_node_name(&catalogue, page, &file.case, &key),
        matter: catalogue
            .matters
            .get(&file.case.application.matter)
            .map_or_else(String::new, |matter| page.text(&matter.title).to_owned()),
        department: naming::organisation_full_name(
            &catalogue,
            page,
            &row.department.as_str().into(),
        ),
        state: state_name(page, service.state),
        class: state_class(service.state),
        light: of_service(page, &catalogue, &file.case, service),
        clocks: explained(page, &catalogue, service, &watched),
        told: told(page, &catalogue, service, &vacant),
        coming: coming(app, page, &catalogue, service, &watched, &vacant),
        notices: notices(page, &catalogue, &file, service),
        can_notice: gives
            && open.is_none()
            && service.started_at.is_some()
            && !service.state.is_final(),
        can_answer: answers && open.is_some_and(|notice| notice.answered.is_none()),
        can_close: gives
            && open.is_some_and(|it| it.answered.is_some() || service.state.is_final()),
        command: load::fresh_command(),
        words,
        errors,
    })
}

/// Whom a reminder is for, in words, and that nobody holds the post.
fn whom(
    page: &Page,
    catalogue: &catalogue::Catalogue,
    reminder: &Reminder,
    vacant: &[VacantPost],
) -> String {
    let organisation = reminder.organisation.as_ref();
    let name = organisation.map(|id| naming::organisation_name(catalogue, page, id));
    let whom = page.t1(addressee_key(reminder.to), "department", name.unwrap_or_default());
    if is_vacant(vacant, reminder.to, organisation) {
        page.t1("told-vacant", "whom", whom)
    } else {
        whom
    }
}

fn coming(
    app: &App,
    page: &Page,
    catalogue: &catalogue::Catalogue,
    service: &ServiceCase,
    watched: &Watch,
    vacant: &[VacantPost],
) -> Vec<String> {
    let in_force = app.engine.catalogue();
    let Some(rules) = in_force.supervision(page.today) else { return Vec::new() };
    let steps = supervision::coming(service, watched, rules, &in_force.calendar);
    let line = |(on, reminder): &(Date, Reminder)| {
        let rule = super::rule_name(page, catalogue, &reminder.mark);
        let rule = rule.unwrap_or_else(|| reminder.mark.rule.to_string());
        let whom = whom(page, catalogue, reminder, vacant);
        page.tn("coming-line", &[("date", page.date(*on)), ("whom", whom), ("rule", rule)])
    };
    steps.iter().map(line).collect()
}

fn told(
    page: &Page,
    catalogue: &catalogue::Catalogue,
    service: &ServiceCase,
    vacant: &[VacantPost],
) -> Vec<String> {
    let line = |(at, reminder): &(vocabulary::Instant, Reminder)| {
        let whom = whom(page, catalogue, reminder, vacant);
        let rule = super::rule_name(page, catalogue, &reminder.mark);
        let rule = rule.unwrap_or_else(|| reminder.mark.rule.to_string());
        page.tn(
            "told-line",
            &[("time", time_text(catalogue, page, *at)), ("whom", whom), ("rule", rule)],
        )
    };
    service.supervised.reminders.iter().map(line).collect()
}

fn notices(
    page: &Page,
    catalogue: &catalogue::Catalogue,
    file: &CaseFile,
    service: &ServiceCase,
) -> Vec<NoticeView> {
    let words =
        |id: Option<SealedId>| id.and_then(|id| file.words.get(&id)).cloned().unwrap_or_default();
    let rules = catalogue.supervision(page.today);
    let view = |(number, notice): (usize, &Notice)| {
        let due = rules.map(|rules| {
            let day = catalogue.civil_date(notice.at);
            catalogue.calendar.due(day, rules.answer.period).on
        });
        NoticeView {
            number,
            given: time_text(catalogue, page, notice.at),
            words: words(Some(notice.text)),
            due: due.map_or_else(String::new, |due| page.date(due)),
            late: notice.answered.is_none()
                && notice.closed_at.is_none()
                && due.is_some_and(|due| due < page.today),
            answered: notice
                .answered
                .map_or_else(String::new, |(at, _)| time_text(catalogue, page, at)),
            answer: words(notice.answered.map(|(_, text)| text)),
            closed: notice.closed_at.map_or_else(String::new, |at| time_text(catalogue, page, at)),
            closing: words(notice.closing),
        }
    };
    (1..).zip(&service.supervised.notices).map(view).collect()
}

async fn act(
    app: &App,
    page: &Page,
    side: Side,
    (case, node, step): (&str, &str, &str),
    sent: Sent,
) -> Result<Response, WebError> {
    let (_, file, key) = load_one(app, page, side, (case, node)).await?;
    let words = sealed(&sent.words);
    let text = words.as_ref().map(|words| words.id);
    let wrong = |key: &str| vec![ErrorLine { target: format!("{step}-words"), words: page.t(key) }];
    if sent.words.trim().chars().count() > WORDS_MAX {
        let errors = wrong("answer-note-too-long");
        return show(app, page, side, (case, node), sent.words, errors).await;
    }
    let gives = may(&page.who, Action::GiveNotice, Resource::Route, page.demo);
    let answers = may(&page.who, Action::AnswerNotice, Resource::Route, page.demo);
    let (action, act) = match (step, text) {
        ("notice", Some(text)) if gives => ("supervise", SupervisionAct::Notice { text }),
        ("close", text) if gives => ("close-supervision", SupervisionAct::Close { text }),
        ("answer", Some(text)) if answers => {
            ("answer-supervision", SupervisionAct::Answer { text })
        }
        ("notice" | "answer", None) => {
            let errors = wrong("notice-words-first");
            return show(app, page, side, (case, node), sent.words, errors).await;
        }
        _ => return Err(WebError::NotFound),
    };
    let role = match side {
        Side::Manager => ActorRole::Manager,
        Side::Officer => ActorRole::Officer,
        Side::Head => ActorRole::UnitHead,
        Side::Inspector => ActorRole::Inspector,
        Side::Leader => return Err(WebError::NotFound),
    };
    let actor = Actor {
        role,
        account: page.who.account,
        department: page.who.department.as_deref().map(Into::into),
    };
    let id = load::command(&sent.command)?;
    let command = Command::Supervise { node: key, acts: vec![act] };
    let seal = words.into_iter().collect();
    let done = app.engine.execute(actor, action, id, file.case.id, None, command, seal).await;
    app.counted.forget_lists();
    match done.map_err(WebError::from) {
        Ok(_) => Ok(Redirect::to(&format!("{}/{case}/{node}", side.base())).into_response()),
        // Somebody was faster: the page as it is now, and what was typed.
        Err(error @ WebError::Engine(EngineError::Refused(_) | EngineError::CommandReused)) => {
            let told = error.told();
            let words = page.t2("officer-error-code", "words", page.t(told.key), "code", told.code);
            let errors = vec![ErrorLine { target: "now".to_owned(), words }];
            let mut shown = show(app, page, side, (case, node), sent.words, errors).await?;
            *shown.status_mut() = told.status;
            Ok(shown)
        }
        Err(error) => Err(error),
    }
}
