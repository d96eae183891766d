//! An officer's decisions. Each form carries the version that was seen, a command id and the number of the
//! statement, so that pressing twice is once; a page that has been overtaken says by what, and keeps what
//! was typed.

use std::collections::BTreeMap;

use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::{Command, Refusal, Reply, ServiceCase, ServiceState};
use catalogue::Catalogue;
use engine::{EngineError, ToSeal};
use vocabulary::{ChecklistLineId, DispatchId, Facts, SealedId};

use super::assign::{self, Held};
use super::case::{Again, case_page};
use super::desk::{self, Deed, Desk, Typed};
use super::history;
use super::outputs::{self, Wrong};
use super::procedures;
use crate::access::Action;
use crate::applicant::interview::ErrorLine;
use crate::applicant::load;
use crate::checklist_view::OUTSIDE;
use crate::errors::WebError;
use crate::overtaken::{TRIES, version_seen};
use crate::page::Page;
use crate::state::App;

/// Words of a decision or correction may be so long.
const WORDS_CHARS_MAX: usize = 2000;
/// Name and office of whoever gave leave.
const LEAVE_CHARS_MAX: usize = 80;

type Sent = Form<Vec<(String, String)>>;
type Address = Path<(String, String)>;

macro_rules! deeds {
    ($($(#[$doc:meta])* $name:ident => $deed:ident;)*) => {$(
        $(#[$doc])*
        pub async fn $name(
            State(app): State<App>,
            page: Page,
            Path((case, node)): Address,
            Form(sent): Sent,
        ) -> Result<Response, Response> {
            let typed = Typed::new(sent);
            let done = carry_out(&app, &page, &case, &node, Deed::$deed, typed).await;
            done.map_err(|error| error.into_page(&page))
        }
    )*};
}

deeds! {
    /// POST …/accept: 受理.
    accept => Accept;
    /// POST …/not-accept: 不予受理, with its ground.
    not_accept => NotAccept;
    /// POST …/correct: asks the applicant to correct, once and completely; `preview` shows it only.
    correct => Correct;
    /// POST …/grant: with every promised output.
    grant => Grant;
    /// POST …/refuse: with its ground.
    refuse => Refuse;
    /// POST …/procedure: a special procedure begins 特别程序.
    begin_procedure => BeginProcedure;
    /// POST …/procedure-end: it has ended.
    end_procedure => EndProcedure;
    /// POST …/extend: 延期, once, with its reason and who gave leave.
    extend => Extend;
    /// POST …/settle: the correction was made good at the department.
    settle => Settle;
    /// POST …/withdrawal: confirms a withdrawal, or says too late.
    withdrawal => Withdrawal;
    /// POST …/resolve: chooses among replies that contradict each other.
    resolve => Resolve;
}

/// What is to be carried out.
pub(super) enum Order {
    /// A reply, and words to be sealed beside it.
    Say {
        reply: Reply,
        words: String,
    },
    /// What has to be corrected, and why it is asked for again.
    Correct {
        lines: Vec<ChecklistLineId>,
        words: String,
        reason: String,
    },
    Grant(BTreeMap<String, Facts>),
    Extend {
        reason: String,
        leave: String,
    },
    Resolve {
        dispatch: DispatchId,
        seq: u64,
    },
}

/// One thing that is wrong with a form.
pub(super) fn wrong(page: &Page, target: &str, key: &str) -> Wrong {
    let line = ErrorLine { target: target.to_owned(), words: page.t(key) };
    Wrong { lines: vec![line], inputs: BTreeMap::new() }
}

async fn carry_out(
    app: &App,
    page: &Page,
    case: &str,
    node: &str,
    deed: Deed,
    typed: Typed,
) -> Result<Response, WebError> {
    let desk = desk::load(app, page, case, node, Action::DecideServiceCase).await?;
    let bad = || WebError::Bad { code: "WEB0002", key: "error-bad" };
    let command = load::command(typed.get("command"))?;
    let version: u64 = typed.get("version").parse().map_err(|_| bad())?;
    // What could not be sent is not shown as a letter either.
    let order = match read(&desk.catalogue, page, desk.service()?, deed, &typed) {
        Ok(order) => order,
        Err(wrong) => {
            let again =
                Again { errors: wrong.lines, wrong: wrong.inputs, ..Again::of(deed, typed) };
            return case_page(app, page, &desk, again, "").await;
        }
    };
    if typed.find("preview").is_some() {
        let again = Again { preview: true, ..Again::of(deed, typed) };
        return case_page(app, page, &desk, again, "").await;
    }
    let version = version_seen(&desk.file, &desk.service()?.node.key, version);
    // Whoever acts has it; on a page that was overtaken nothing is taken.
    if version == desk.case().version
        || app.engine.hands_of(desk.case().id, &desk.service()?.node.key).await?.is_some()
    {
        let held = assign::hold(app, page, &desk, &typed).await?;
        if let Held::ByAnother(row) = held {
            return locked(app, page, (case, node), Again::of(deed, typed), version, &row).await;
        }
    }
    let mut sent = SentForm { deed, command, version };
    let mut done = execute(app, page, &desk, &sent, &order).await;
    for _ in 0..TRIES {
        if !matches!(done, Err(WebError::Engine(EngineError::Stale { .. }))) {
            break;
        }
        // Another department was faster by a moment: its service is not this one.
        let now = desk::load(app, page, case, node, Action::DecideServiceCase).await?;
        let version = version_seen(&now.file, &now.service()?.node.key, sent.version);
        if version == sent.version {
            break;
        }
        sent.version = version;
        done = execute(app, page, &now, &sent, &order).await;
    }
    if matches!(
        done,
        Err(WebError::Engine(
            EngineError::CommandReused | EngineError::Refused(Refusal::ReplyChanged { .. })
        ))
    ) {
        // Pressed twice at the same moment: the first has been recorded by now, with its own time.
        let now = desk::load(app, page, case, node, Action::DecideServiceCase).await?;
        done = execute(app, page, &now, &sent, &order).await;
    }
    match done {
        Ok(()) => {
            let to = assign::with_from(&desk, deed.as_str(), &typed)?;
            Ok(Redirect::to(&to).into_response())
        }
        Err(WebError::Engine(error @ (EngineError::Stale { .. } | EngineError::Refused(_)))) => {
            overtaken(app, page, (case, node), deed, typed, version, error).await
        }
        Err(error) => Err(error),
    }
}

/// The page with who has the case, what happened since it was seen, and what was typed: he may take it over.
///
/// # Errors
/// A fault.
pub async fn locked(
    app: &App,
    page: &Page,
    (case, node): (&str, &str),
    again: Again,
    version: u64,
    row: &store_port::AssignmentRow,
) -> Result<Response, WebError> {
    let desk = desk::load(app, page, case, node, Action::DecideServiceCase).await?;
    let key = &desk.service()?.node.key;
    let officers = app.engine.officers_of(&row.department).await?;
    let name = row.officer.and_then(|officer| officers.get(&officer).cloned());
    let words = page.t2(
        "officer-error-code",
        "words",
        page.t1("officer-locked", "name", name.unwrap_or_else(|| page.t("by-officer"))),
        "code",
        "WEB0020",
    );
    let names = history::names(app, &desk.file, key).await?;
    let mut news = history::lines(&desk.catalogue, page, &desk.file, key, &names);
    news.retain(|line| line.seq > version);
    let errors = vec![ErrorLine { target: "hands".to_owned(), words }];
    let again = Again { errors, news, ..again };
    let mut response = case_page(app, page, &desk, again, "").await?;
    *response.status_mut() = StatusCode::CONFLICT;
    Ok(response)
}

/// The page as it is now, with why nothing was done, what has happened since, and what was typed.
async fn overtaken(
    app: &App,
    page: &Page,
    (case, node): (&str, &str),
    deed: Deed,
    typed: Typed,
    version: u64,
    error: EngineError,
) -> Result<Response, WebError> {
    let desk = desk::load(app, page, case, node, Action::DecideServiceCase).await?;
    let key = &desk.service()?.node.key;
    let names = history::names(app, &desk.file, key).await?;
    let mut news = history::lines(&desk.catalogue, page, &desk.file, key, &names);
    news.retain(|line| line.seq > version);
    let stale = matches!(error, EngineError::Stale { .. });
    let told = WebError::Engine(error).told();
    let words = if stale { page.t("officer-stale") } else { page.t(told.key) };
    let words = page.t2("officer-error-code", "words", words, "code", told.code);
    let errors = vec![ErrorLine { target: "now".to_owned(), words }];
    let again = Again { errors, news, ..Again::of(deed, typed) };
    let mut response = case_page(app, page, &desk, again, "").await?;
    *response.status_mut() = told.status;
    Ok(response)
}

/// What a form asks for.
///
/// # Errors
/// What is wrong with it.
pub(super) fn read(
    catalogue: &Catalogue,
    page: &Page,
    service: &ServiceCase,
    deed: Deed,
    typed: &Typed,
) -> Result<Order, Wrong> {
    let words = typed.get("words").trim().to_owned();
    if words.chars().count() > WORDS_CHARS_MAX {
        return Err(wrong(page, &input_id(deed, "words"), "officer-words-too-long"));
    }
    let definition = catalogue.service(&service.node.key.service);
    let checklist = definition.map(|found| found.checklist.as_slice()).unwrap_or_default();
    let say = |reply: Reply, words: String| Ok(Order::Say { reply, words });
    match deed {
        Deed::Accept => say(Reply::Accepted, String::new()),
        Deed::Correct => {
            let lines = ticked(catalogue, service, typed);
            let outside = lines.iter().any(|line| line.as_str() == OUTSIDE);
            if lines.is_empty() {
                return Err(wrong(page, "lines", "officer-choose-lines"));
            }
            if outside && words.is_empty() {
                return Err(wrong(page, &input_id(deed, "words"), "checklist-outside-words"));
            }
            let reason = typed.get("reason").trim().to_owned();
            let target = input_id(deed, "reason");
            if reason.is_empty() && !service.not_first_asked(&lines).is_empty() {
                return Err(wrong(page, &target, "again-reason-missing"));
            }
            if reason.chars().count() > WORDS_CHARS_MAX {
                return Err(wrong(page, &target, "officer-words-too-long"));
            }
            Ok(Order::Correct { lines, words, reason })
        }
        Deed::Refuse | Deed::NotAccept => {
            let grounds = definition.map(|found| found.refusal_grounds.as_slice());
            let outside = ChecklistLineId::new(OUTSIDE);
            let ground = checklist
                .iter()
                .chain(grounds.unwrap_or_default())
                .map(|line| &line.id)
                .chain(std::iter::once(&outside))
                .find(|id| id.as_str() == typed.get("ground"))
                .cloned();
            let mut missing = Wrong::default();
            if ground.is_none() {
                let target = &input_id(deed, "ground");
                missing.lines.extend(wrong(page, target, "officer-choose-ground").lines);
            }
            if words.is_empty() {
                let target = &input_id(deed, "words");
                missing.lines.extend(wrong(page, target, "officer-give-reason").lines);
            }
            match ground {
                Some(ground) if missing.lines.is_empty() => say(
                    if deed == Deed::Refuse {
                        Reply::Refused { ground, text: None }
                    } else {
                        Reply::NotAccepted { ground, text: None }
                    },
                    words,
                ),
                _ => Err(missing),
            }
        }
        Deed::BeginProcedure | Deed::EndProcedure => {
            procedures::read(page, service, deed, typed, words.is_empty())
                .and_then(|reply| say(reply, words))
        }
        Deed::Extend => extension(page, typed, words),
        Deed::Settle => say(Reply::CorrectionSettled, String::new()),
        Deed::Grant => outputs::read(catalogue, page, service, typed).map(Order::Grant),
        Deed::Withdrawal => match typed.get("answer") {
            "confirm" => say(Reply::WithdrawalConfirmed, String::new()),
            "too-late" => say(Reply::TooLateToWithdraw, String::new()),
            _ => Err(wrong(page, "answer", "officer-choose-answer")),
        },
        Deed::Resolve => {
            let chosen = typed
                .get("choice")
                .split_once('/')
                .and_then(|(dispatch, seq)| Some((dispatch.parse().ok()?, seq.parse().ok()?)));
            chosen
                .map(|(dispatch, seq)| Order::Resolve { dispatch, seq })
                .ok_or_else(|| wrong(page, "choice", "officer-choose-reply"))
        }
    }
}

/// An extension wants its reason, and whose leave there is.
fn extension(page: &Page, typed: &Typed, reason: String) -> Result<Order, Wrong> {
    let leave = typed.get("leave").trim().to_owned();
    let mut missing = Wrong::default();
    let mut lacks = |input: &str, key: &str| {
        missing.lines.extend(wrong(page, &input_id(Deed::Extend, input), key).lines);
    };
    if reason.is_empty() {
        lacks("words", "officer-give-reason");
    }
    if leave.is_empty() {
        lacks("leave", "extend-leave-missing");
    } else if leave.chars().count() > LEAVE_CHARS_MAX {
        lacks("leave", "extend-leave-long");
    }
    if missing.lines.is_empty() { Ok(Order::Extend { reason, leave }) } else { Err(missing) }
}

/// The ticked lines in the order of the checklist.
pub(super) fn ticked(
    catalogue: &Catalogue,
    service: &ServiceCase,
    typed: &Typed,
) -> Vec<ChecklistLineId> {
    let definition = catalogue.service(&service.node.key.service);
    let checklist = definition.map(|found| found.checklist.as_slice()).unwrap_or_default();
    let is_ticked = |id: &str| typed.all("line").any(|ticked| ticked == id);
    let lines = checklist.iter().filter(|line| is_ticked(line.id.as_str()));
    lines
        .map(|line| line.id.clone())
        .chain(is_ticked(OUTSIDE).then(|| ChecklistLineId::new(OUTSIDE)))
        .collect()
}

/// The `id` of an input that several forms of the page have.
pub(super) fn input_id(deed: Deed, name: &str) -> String {
    format!("{}-{name}", deed.as_str())
}

/// What every form carries.
struct SentForm {
    deed: Deed,
    command: vocabulary::CommandId,
    version: u64,
}

async fn execute(
    app: &App,
    page: &Page,
    desk: &Desk,
    sent: &SentForm,
    order: &Order,
) -> Result<(), WebError> {
    let SentForm { deed, command, version } = sent;
    let service = desk.service()?;
    let (case, key) = (desk.case().id, &service.node.key);
    let actor = desk::actor(page);
    if let Order::Resolve { dispatch, seq } = order {
        let resolve = Command::ResolveContest {
            node: key.clone(),
            dispatch: *dispatch,
            department_seq: *seq,
        };
        app.engine
            .execute(actor, "resolve", *command, case, Some(*version), resolve, Vec::new())
            .await?;
        return Ok(());
    }
    let Some(dispatch) = desk::sending_for(service, *deed) else {
        return Err(EngineError::Refused(Refusal::NotStarted(key.clone())).into());
    };
    // The number follows from what was seen, so that the same form always has the same one.
    let seq = desk::seq_seen(desk, service, dispatch, *version);
    let decided_at = desk::decided_at(service, dispatch, seq, app.now());
    let known = service.replies.contains_key(&(dispatch, seq));
    if !known && *version == desk.case().version && !Deed::open_for(service).contains(deed) {
        return Err(EngineError::Refused(closed(service, *deed)).into());
    }
    match order {
        Order::Grant(values) => {
            app.engine
                .grant(
                    actor,
                    *command,
                    case,
                    Some(*version),
                    key,
                    dispatch,
                    seq,
                    decided_at,
                    values.clone(),
                )
                .await?;
        }
        Order::Say { .. } | Order::Correct { .. } | Order::Extend { .. } => {
            let (reply, seal) = sealed(app, desk, dispatch, seq, order).await?;
            let command_ = Command::TakeReply {
                node: key.clone(),
                dispatch,
                department_seq: seq,
                decided_at,
                reply,
            };
            app.engine
                .execute(actor, deed.as_str(), *command, case, Some(*version), command_, seal)
                .await?;
        }
        Order::Resolve { .. } => {}
    }
    Ok(())
}

/// Why this cannot be done in this state.
fn closed(service: &ServiceCase, deed: Deed) -> Refusal {
    let node = service.node.key.clone();
    if deed == Deed::Extend && service.extension.is_some() {
        return Refusal::AlreadyExtended(node);
    }
    if matches!(deed, Deed::Extend | Deed::BeginProcedure) && service.accepted_at.is_none() {
        return Refusal::NotYetAccepted(node);
    }
    match service.state {
        ServiceState::Lapsed => return Refusal::CorrectionLapsed(node),
        ServiceState::Suspended => return Refusal::Suspended(node),
        ServiceState::Terminated => return Refusal::Terminated(node),
        _ => {}
    }
    if service.withdrawn_at.is_some() || service.withdrawal_requested_at.is_some() {
        Refusal::AlreadyWithdrawn(node)
    } else if let Some(open) = service.open_correction() {
        Refusal::CorrectionOpen(node, open.lines.clone())
    } else {
        Refusal::AlreadyDecided(node)
    }
}

/// The reply of an order with its words under ids derived from them.
/// The reply of an order, with its words to be sealed.
///
/// # Errors
/// A fault; an order that is no reply in words.
pub(super) async fn sealed(
    app: &App,
    desk: &Desk,
    dispatch: DispatchId,
    seq: u64,
    order: &Order,
) -> Result<(Reply, Vec<ToSeal>), WebError> {
    let subject = desk.case().application.subject;
    let seal = |words| app.engine.reply_words(subject, dispatch, seq, words);
    match order {
        Order::Say { reply, words } if !words.is_empty() => {
            let words = seal(words).await?;
            Ok((with_text(reply.clone(), words.id), vec![words]))
        }
        Order::Say { reply, .. } => Ok((reply.clone(), Vec::new())),
        Order::Correct { lines, words, reason } => {
            let mut seals: Vec<ToSeal> = Vec::new();
            let mut ids = [None, None];
            for (text, id) in [words, reason].into_iter().zip(&mut ids) {
                if !text.is_empty() {
                    let sealed = seal(text).await?;
                    *id = Some(sealed.id);
                    if seals.iter().all(|known| known.id != sealed.id) {
                        seals.push(sealed);
                    }
                }
            }
            let [text, reason] = ids;
            Ok((Reply::CorrectionRequested { lines: lines.clone(), text, reason }, seals))
        }
        Order::Extend { reason, leave } => {
            let (reason, leave) = (seal(reason).await?, seal(leave).await?);
            let reply = Reply::Extended { reason: reason.id, approved_by: leave.id };
            let seals = if reason.id == leave.id { vec![reason] } else { vec![reason, leave] };
            Ok((reply, seals))
        }
        Order::Grant(_) | Order::Resolve { .. } => Err(WebError::NotFound),
    }
}

fn with_text(reply: Reply, id: SealedId) -> Reply {
    let text = Some(id);
    match reply {
        Reply::NotAccepted { ground, .. } => Reply::NotAccepted { ground, text },
        Reply::CorrectionRequested { lines, reason, .. } => {
            Reply::CorrectionRequested { lines, text, reason }
        }
        Reply::VisitHeld { visit, result, .. } => Reply::VisitHeld { visit, result, text },
        Reply::Refused { ground, .. } => Reply::Refused { ground, text },
        Reply::ProcedureBegan { procedure, .. } => Reply::ProcedureBegan { procedure, text },
        Reply::ProcedureEnded { procedure, .. } => Reply::ProcedureEnded { procedure, text },
        other @ (Reply::Received
        | Reply::Accepted
        | Reply::Began
        | Reply::CorrectionSettled
        | Reply::Extended { .. }
        | Reply::VisitJoined { .. }
        | Reply::Granted { .. }
        | Reply::Revoked { .. }
        | Reply::WithdrawalConfirmed
        | Reply::TooLateToWithdraw) => other,
    }
}
