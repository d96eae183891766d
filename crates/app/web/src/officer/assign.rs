//! Taking a service case, giving it to a colleague, letting it go — one, or many at once. Whoever acts has it; who
//! acts on what somebody else has is asked to take it over first.

use axum::extract::{Form, Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use casework::ServiceState;
use engine::Handed;
use store_port::AssignmentRow;
use vocabulary::{AccountId, CaseId, NodeKey};

use super::desk::{self, Desk, Typed};
use super::filter::{Filter, Wanted, keyset};
use super::worklist::own_department;
use crate::access::Action;
use crate::errors::WebError;
use crate::page::{Page, percent_encoded};
use crate::state::App;

type Sent = Form<Vec<(String, String)>>;

/// Most that one batch moves.
const BATCH_MAX: usize = 200;

/// Whether the officer may go on.
#[derive(Debug)]
pub enum Held {
    /// It is in his hands, now at the latest.
    Yes,
    /// Somebody else has it.
    ByAnother(AssignmentRow),
}

const fn bad() -> WebError {
    WebError::Bad { code: "WEB0002", key: "error-bad" }
}

/// Whom a form names: the officer himself, a colleague of the department, or nobody.
async fn target(
    app: &App,
    page: &Page,
    department: &str,
    typed: &Typed,
) -> Result<Option<AccountId>, WebError> {
    match typed.get("to") {
        "me" => Ok(Some(page.who.account.ok_or(WebError::NotFound)?)),
        "nobody" => Ok(None),
        "colleague" => {
            let account: AccountId = typed.get("colleague").parse().map_err(|_| bad())?;
            let known = app.engine.officers_of(department).await?.contains_key(&account);
            if known { Ok(Some(account)) } else { Err(bad()) }
        }
        _ => Err(bad()),
    }
}

/// POST /officer/assign: what is ticked in the worklist.
pub async fn batch(
    State(app): State<App>,
    page: Page,
    Form(sent): Sent,
) -> Result<Response, Response> {
    let done = batch_of(&app, &page, &Typed::new(sent)).await;
    done.map_err(|error| error.into_page(&page))
}

async fn batch_of(app: &App, page: &Page, typed: &Typed) -> Result<Response, WebError> {
    let department = own_department(app, page)?;
    let me = page.who.account.ok_or(WebError::NotFound)?;
    let to = target(app, page, &department, typed).await?;
    let (mut moved, mut left) = (0u32, 0u32);
    for value in typed.all("case").take(BATCH_MAX) {
        let mut parts = value.split('|');
        let (Some(case), Some(node), Some(seen)) = (parts.next(), parts.next(), parts.next())
        else {
            return Err(bad());
        };
        let case: CaseId = case.parse().map_err(|_| bad())?;
        let key: NodeKey = node.parse().map_err(|_| bad())?;
        let seen: u64 = seen.parse().map_err(|_| bad())?;
        let found = app.engine.case(case).await?;
        let service = found.as_ref().and_then(|case| case.service(&key));
        // What is not ours does not exist.
        let ours = |it: &&casework::ServiceCase| {
            it.node.department.as_str() == department && !it.sendings.is_empty()
        };
        let Some(service) = service.filter(ours) else { return Err(WebError::NotFound) };
        match app.engine.hand(case, service, to, me, seen).await? {
            Handed::Done => moved = moved.saturating_add(1),
            Handed::Overtaken(_) => left = left.saturating_add(1),
        }
    }
    let filter = Filter::parse(typed.get("from"));
    let to = format!("{}&moved={moved}&left={left}", filter.href());
    Ok(Redirect::to(&to).into_response())
}

/// POST …/assign: this one service case.
pub async fn one(
    State(app): State<App>,
    page: Page,
    Path((case, node)): Path<(String, String)>,
    Form(sent): Sent,
) -> Result<Response, Response> {
    let typed = Typed::new(sent);
    let done = async {
        let desk = desk::load(&app, &page, &case, &node, Action::DecideServiceCase).await?;
        let me = page.who.account.ok_or(WebError::NotFound)?;
        let service = desk.service()?;
        let department = service.node.department.to_string();
        let to = target(&app, &page, &department, &typed).await?;
        let seen: u64 = typed.get("seen").parse().map_err(|_| bad())?;
        let handed = app.engine.hand(desk.case().id, service, to, me, seen).await?;
        let word = match handed {
            Handed::Done if to == Some(me) => "taken",
            Handed::Done if to.is_none() => "released",
            Handed::Done => "given",
            Handed::Overtaken(_) => "faster",
        };
        if to.is_some() && handed == Handed::Done {
            let file = &desk.file;
            app.engine.keep_keys(&desk.catalogue, &file.case, service, &file.facts).await?;
        }
        Ok(Redirect::to(&with_from(&desk, word, &typed)?).into_response())
    };
    done.await.map_err(|error: WebError| error.into_page(&page))
}

/// The case's address with what was done and the list it came from.
///
/// # Errors
/// Never for a desk that was loaded.
pub fn with_from(desk: &Desk, done: &str, typed: &Typed) -> Result<String, WebError> {
    let mut to = format!("{}?done={done}", desk.address()?);
    let from = typed.get("from");
    if !from.is_empty() {
        to.push_str(&format!("&from={}", percent_encoded(&Filter::parse(from).query())));
    }
    Ok(to)
}

/// Whoever acts has it: what is free is taken; what somebody else has, only when the officer says that he takes
/// it over from how he saw it.
///
/// # Errors
/// A fault.
pub async fn hold(app: &App, page: &Page, desk: &Desk, typed: &Typed) -> Result<Held, WebError> {
    let me = page.who.account.ok_or(WebError::NotFound)?;
    let service = desk.service()?;
    let now = app.engine.hands_of(desk.case().id, &service.node.key).await?;
    let seen = now.as_ref().map_or(0, |row| row.version);
    if let Some(row) = now
        && row.officer.is_some_and(|officer| officer != me)
        && typed.get("over") != row.version.to_string()
    {
        return Ok(Held::ByAnother(row));
    }
    match app.engine.hand(desk.case().id, service, Some(me), me, seen).await? {
        Handed::Done => {
            let file = &desk.file;
            app.engine.keep_keys(&desk.catalogue, &file.case, service, &file.facts).await?;
            Ok(Held::Yes)
        }
        Handed::Overtaken(Some(row)) => Ok(Held::ByAnother(row)),
        Handed::Overtaken(None) => Ok(Held::Yes),
    }
}

/// Where "next case" begins: after this one.
#[derive(serde::Deserialize, Default, Debug)]
#[serde(default)]
pub struct Seen {
    /// The place of the case in its list.
    seen: String,
    case: String,
    node: String,
}

/// GET /officer/next: the next case of a filtered list that is nobody else's.
pub async fn next(
    State(app): State<App>,
    page: Page,
    Query(wanted): Query<Wanted>,
    Query(seen): Query<Seen>,
) -> Result<Response, Response> {
    let found = async {
        let department = own_department(&app, &page)?;
        let filter = Filter::of(&wanted);
        let to = match next_of(&app, &page, &department, &filter, &seen).await? {
            Some(to) => to,
            None => format!("{}&end=1", filter.href()),
        };
        Ok(Redirect::to(&to).into_response())
    };
    found.await.map_err(|error: WebError| error.into_page(&page))
}

/// From the place of the last one to the end of the list, then from its beginning.
async fn next_of(
    app: &App,
    page: &Page,
    department: &str,
    filter: &Filter,
    seen: &Seen,
) -> Result<Option<String>, WebError> {
    let me = page.who.account.ok_or(WebError::NotFound)?;
    let store = app.engine.store();
    let place = keyset(&seen.seen);
    let from = percent_encoded(&filter.query());
    for after in [place.clone(), None] {
        let mut asked = filter.of_store(department, Some(me), page.today);
        asked.after = after;
        let rows = store.list_services(&asked).await?;
        let cases: Vec<CaseId> = rows.iter().map(|row| row.case_id).collect();
        let hands = store.list_assignments(&cases).await?;
        let free = |row: &&store_port::ServiceRow| {
            let this = row.case_id.to_string() == seen.case && row.node == seen.node;
            let hands = hands.iter().find(|it| it.case_id == row.case_id && it.node == row.node);
            let officer = hands.and_then(|it| it.officer);
            let waiting = row.state == ServiceState::CorrectionRequested.as_str();
            let asked_for = filter.tab == super::filter::Tab::AwaitingApplicant;
            !this
                && row.started_at.is_some()
                && officer.is_none_or(|officer| officer == me)
                && (asked_for || !waiting)
        };
        if let Some(row) = rows.iter().find(free) {
            return Ok(Some(format!("/officer/cases/{}/{}?from={from}", row.case_id, row.node)));
        }
        if place.is_none() {
            break;
        }
    }
    Ok(None)
}
