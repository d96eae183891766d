//! The officer's page for what comes after a grant or beside the work: ending a grant, the applicant's change, fields
//! that could not be checked.

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::{Command, Reply, RevocationAct, ServiceState};
use engine::{EngineError, ToSeal};
use vocabulary::Date;

use super::record;
use super::view::{self, ActView, ChangeView, CheckView, HearingView, OtherView};
use crate::access::Action;
use crate::applicant::case_view::{case_node_name, state_class, state_name};
use crate::applicant::load;
use crate::errors::WebError;
use crate::officer::desk::{self, Deed, Desk, Typed};
use crate::page::Page;
use crate::plan_view::period_text;
use crate::state::App;
use crate::views::render;

/// An act that the procedure knows and that is possible now.
#[derive(Debug)]
struct Possible {
    act: String,
    name: String,
    /// The holder is heard first, for so long; empty = nobody has to be.
    heard: String,
}

#[derive(Template, Debug)]
#[template(path = "afterwards/officer.html")]
struct Shown<'a> {
    p: &'a Page,
    address: String,
    command: String,
    version: u64,
    service: String,
    number: String,
    state: String,
    class: &'static str,
    error: String,
    kept: record::Kept,
    today: String,
    acts: Vec<ActView>,
    hearing: Option<HearingView>,
    possible: Vec<Possible>,
    users: Vec<OtherView>,
    rests_on: Vec<String>,
    change: Option<ChangeView>,
    may_report: bool,
    may_terminate: bool,
    changes: Vec<(String, String)>,
    capacities: Vec<(String, String)>,
    checks: Vec<CheckView>,
}

impl Shown<'_> {
    /// Where the forms about the applicant go.
    fn base(&self) -> String {
        format!("{}/acts", self.address)
    }

    /// Where the form of a step goes.
    fn to(&self, step: &str) -> String {
        format!("{}/acts/{step}", self.address)
    }
}

/// GET /officer/cases/{case}/{node}/acts.
pub async fn show(
    State(app): State<App>,
    page: Page,
    Path((case, node)): Path<(String, String)>,
) -> Result<Response, Response> {
    let shown = async {
        let desk = desk::load(&app, &page, &case, &node, Action::SeeServiceCase).await?;
        acts_page(&app, &page, &desk, String::new(), record::Kept::default())
    };
    shown.await.map_err(|error: WebError| error.into_page(&page))
}

fn acts_page(
    app: &App,
    page: &Page,
    desk: &Desk,
    error: String,
    kept: record::Kept,
) -> Result<Response, WebError> {
    let service = desk.service()?;
    let (catalogue, file, case) = (&*desk.catalogue, &desk.file, desk.case());
    let granted = service.state == ServiceState::Granted;
    let possible = service.node.revocations.iter().filter(|known| {
        let struck_off = service.revocations.iter().any(|act| act.act == known.act);
        granted
            || (service.state == ServiceState::Revoked
                && known.act == RevocationAct::Deregistered
                && !struck_off)
    });
    render(&Shown {
        p: page,
        address: desk.address()?,
        command: load::fresh_command(),
        version: case.version,
        service: case_node_name(catalogue, page, case, &service.node.key),
        number: case.application.case_number.to_string(),
        state: state_name(page, service.state),
        class: state_class(service.state),
        error,
        kept,
        today: page.today.to_string(),
        acts: view::acts(catalogue, page, file, service),
        hearing: view::hearing(catalogue, page, file, service),
        possible: possible
            .map(|known| Possible {
                act: known.act.as_str().to_owned(),
                name: view::act_name(page, known.act),
                heard: known.heard.map_or_else(String::new, |period| period_text(page, period)),
            })
            .collect(),
        users: view::users(catalogue, page, case, service),
        rests_on: view::rests_on_ended(catalogue, page, case, service),
        change: view::change(catalogue, page, file),
        may_report: case.open_change().is_none()
            && case.services.iter().any(|service| !service.state.is_final()),
        may_terminate: service.state == ServiceState::Suspended,
        changes: record::changes(page),
        capacities: record::capacities(page),
        checks: view::checks(catalogue, page, file, service, app.now()),
    })
}

/// POST /officer/cases/{case}/{node}/acts/{step}.
pub async fn step(
    State(app): State<App>,
    page: Page,
    Path((case, node, step)): Path<(String, String, String)>,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<Response, Response> {
    let done = async {
        let desk = desk::load(&app, &page, &case, &node, Action::DecideServiceCase).await?;
        let typed = Typed::new(sent);
        let id = load::command(typed.get("command"))?;
        let version: u64 = typed
            .get("version")
            .parse()
            .map_err(|_| WebError::Bad { code: "WEB0002", key: "error-bad" })?;
        let made = match own_step(&app, &desk, &step, &typed, version).await? {
            Ok(Some(made)) => Ok(Some(made)),
            Ok(None) => record::step(&app.engine, &step, &typed).await?,
            Err(key) => Err(key),
        };
        let (command, seal) = match made {
            Ok(Some(made)) => made,
            Ok(None) => return Err(WebError::NotFound),
            Err(key) => {
                let kept = record::Kept::of(&step, typed);
                let mut response = acts_page(&app, &page, &desk, page.t(key), kept)?;
                *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
                return Ok(response);
            }
        };
        let actor = desk::actor(&page);
        let done = app
            .engine
            .execute(actor, "act", id, desk.case().id, Some(version), command, seal)
            .await;
        match done {
            Ok(_) => Ok(Redirect::to(&format!("{}/acts", desk.address()?)).into_response()),
            Err(error @ (EngineError::Refused(_) | EngineError::Stale { .. })) => {
                let told = WebError::Engine(error).told();
                let words =
                    page.t2("officer-error-code", "words", page.t(told.key), "code", told.code);
                let now = desk::load(&app, &page, &case, &node, Action::DecideServiceCase).await?;
                let kept = record::Kept::of(&step, typed);
                let mut response = acts_page(&app, &page, &now, words, kept)?;
                *response.status_mut() = told.status;
                Ok(response)
            }
            Err(error) => Err(error.into()),
        }
    };
    done.await.map_err(|error: WebError| error.into_page(&page))
}

/// A step about this service alone.
async fn own_step(
    app: &App,
    desk: &Desk,
    step: &str,
    typed: &Typed,
    version: u64,
) -> Result<Result<Option<(Command, Vec<ToSeal>)>, &'static str>, WebError> {
    let service = desk.service()?;
    let node = service.node.key.clone();
    let made = match step {
        "announce" => (|| {
            let act = RevocationAct::parse(typed.get("act")).ok_or("act-choose")?;
            let (reason, basis) = (record::words(typed, "reason")?, record::words(typed, "basis")?);
            let command =
                Command::AnnounceRevocation { node, act, reason: reason.id, basis: basis.id };
            Ok(Some((command, vec![reason, basis])))
        })(),
        "drop" => record::words(typed, "note").map(|reason| {
            Some((Command::DropRevocation { node, reason: reason.id }, vec![reason]))
        }),
        "terminate" => record::words(typed, "note")
            .map(|reason| Some((Command::Terminate { node, reason: reason.id }, vec![reason]))),
        "evidence" => record::words(typed, "note").and_then(|reason| {
            let slot = typed.get("slot").parse().map_err(|_| "error-bad")?;
            Ok(Some((Command::TakeOnEvidence { node, slot, reason: reason.id }, vec![reason])))
        }),
        "revoke" => return revoke(app, desk, typed, version).await,
        _ => Ok(None),
    };
    Ok(made)
}

/// The act itself is said like every other statement of the department, under its next number.
async fn revoke(
    app: &App,
    desk: &Desk,
    typed: &Typed,
    version: u64,
) -> Result<Result<Option<(Command, Vec<ToSeal>)>, &'static str>, WebError> {
    let service = desk.service()?;
    let Some(act) = RevocationAct::parse(typed.get("act")) else { return Ok(Err("act-choose")) };
    let Ok(effective_on) = typed.get("effective").parse::<Date>() else {
        return Ok(Err("act-effective-wrong"));
    };
    // What is wrong with the words is told before anything is sealed.
    if let Err(key) = record::words(typed, "reason").and(record::words(typed, "basis")) {
        return Ok(Err(key));
    }
    let Some(dispatch) = desk::sending_for(service, Deed::Grant) else {
        return Err(WebError::NotFound);
    };
    let seq = desk::seq_seen(desk, service, dispatch, version);
    let subject = desk.case().application.subject;
    let seal = |name: &'static str| {
        let words = typed.get(name).trim().to_owned();
        async move { app.engine.reply_words(subject, dispatch, seq, &words).await }
    };
    let (reason, basis) = (seal("reason").await?, seal("basis").await?);
    let command = Command::TakeReply {
        node: service.node.key.clone(),
        dispatch,
        department_seq: seq,
        decided_at: desk::decided_at(service, dispatch, seq, app.now()),
        reply: Reply::Revoked {
            act,
            reason: reason.id,
            basis: basis.id,
            effective_on,
            heard: false,
        },
    };
    let seal = if reason.id == basis.id { vec![reason] } else { vec![reason, basis] };
    Ok(Ok(Some((command, seal))))
}
