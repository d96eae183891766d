//! Opinions of other departments of the same case: asked of one of them, given by one of its officers, seen by both
//! and by nobody else. Neither sees more of the case for it.

use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use casework::ServiceCase;
use store_port::OpinionRow;
use vocabulary::{NodeKey, SealedId};

use super::assign::{self, Held};
use super::case::{Again, case_page};
use super::decide::locked;
use super::desk::{self, Desk, Typed};
use crate::access::Action;
use crate::applicant::case_view::{case_node_name, time_text};
use crate::applicant::interview::ErrorLine;
use crate::applicant::load;
use crate::errors::WebError;
use crate::naming;
use crate::page::Page;
use crate::state::App;

/// Question and answer may be so long.
const WORDS_CHARS_MAX: usize = 1000;
/// What an answer can be.
pub const VIEWS: [&str; 3] = ["agree", "object", "none"];

type Sent = Form<Vec<(String, String)>>;

/// A question, and its answer.
#[derive(Debug)]
pub struct OpinionView {
    pub id: String,
    pub from: String,
    pub to: String,
    /// We are asked.
    pub ours: bool,
    pub asked: String,
    pub question: String,
    /// Empty while it is open.
    pub view: String,
    pub class: &'static str,
    pub given: String,
    pub answer: String,
}

/// A department that can be asked, by its service.
#[derive(Debug)]
pub struct Askable {
    pub node: String,
    pub name: String,
}

const fn view_key(view: &str) -> (&'static str, &'static str) {
    match view.as_bytes() {
        b"agree" => ("opinion-agree", "ok"),
        b"object" => ("opinion-object", "seal"),
        _ => ("opinion-none", "grey"),
    }
}

/// What was asked and given about this service case.
///
/// # Errors
/// A fault.
pub async fn views(app: &App, page: &Page, desk: &Desk) -> Result<Vec<OpinionView>, WebError> {
    let node = desk.service()?.node.key.to_string();
    let mut rows = app.engine.store().list_opinions(&[desk.case().id]).await?;
    rows.retain(|row| row.from_node == node || row.to_node == node);
    let mut ids: Vec<SealedId> = rows.iter().map(|row| row.question).collect();
    ids.extend(rows.iter().filter_map(|row| row.given.as_ref()).map(|given| given.words));
    let words = app.engine.unseal_words(&ids).await?;
    let catalogue = &*desk.catalogue;
    let department = |id: &str| naming::organisation_name(catalogue, page, &id.into());
    let view = |row: &OpinionRow| {
        let (key, class) =
            row.given.as_ref().map_or(("", ""), |given| view_key(given.view.as_str()));
        OpinionView {
            id: row.opinion_id.to_string(),
            from: department(&row.from_department),
            to: department(&row.to_department),
            ours: row.to_node == node,
            asked: time_text(catalogue, page, row.asked_at),
            question: words.get(&row.question).cloned().unwrap_or_default(),
            view: if key.is_empty() { String::new() } else { page.t(key) },
            class,
            given: row
                .given
                .as_ref()
                .map_or_else(String::new, |given| time_text(catalogue, page, given.at)),
            answer: row
                .given
                .as_ref()
                .and_then(|given| words.get(&given.words).cloned())
                .unwrap_or_default(),
        }
    };
    Ok(rows.iter().map(view).collect())
}

/// The services of other departments that were handed over: theirs can be asked.
///
/// # Errors
/// Never for a desk that was loaded.
pub fn askable(page: &Page, desk: &Desk) -> Result<Vec<Askable>, WebError> {
    let own = &desk.service()?.node.department;
    let catalogue = &*desk.catalogue;
    let other = |it: &&ServiceCase| it.node.department != *own && !it.sendings.is_empty();
    Ok(desk
        .case()
        .services
        .iter()
        .filter(other)
        .map(|it| Askable {
            node: it.node.key.to_string(),
            name: page.t2(
                "opinion-askable",
                "department",
                naming::organisation_name(catalogue, page, &it.node.department),
                "service",
                case_node_name(catalogue, page, desk.case(), &it.node.key),
            ),
        })
        .collect())
}

/// POST …/opinions: asks another department.
pub async fn ask(
    State(app): State<App>,
    page: Page,
    Path((case, node)): Path<(String, String)>,
    Form(sent): Sent,
) -> Result<Response, Response> {
    let typed = Typed::new(sent);
    let done = async {
        let desk = desk::load(&app, &page, &case, &node, Action::DecideServiceCase).await?;
        let command = load::command(typed.get("command"))?;
        let words = typed.get("question").trim().to_owned();
        let known = askable(&page, &desk)?.into_iter().find(|it| it.node == typed.get("to-node"));
        let to: NodeKey = typed.get("to-node").parse().map_err(|_| WebError::NotFound)?;
        let wrong = if known.is_none() {
            Some(("opinion-to", "opinion-choose"))
        } else if words.is_empty() {
            Some(("opinion-question", "opinion-write"))
        } else if words.chars().count() > WORDS_CHARS_MAX {
            Some(("opinion-question", "opinion-too-long"))
        } else {
            None
        };
        if let Some((target, key)) = wrong {
            return shown_again(&app, &page, &desk, typed, target, key).await;
        }
        if let Held::ByAnother(row) = assign::hold(&app, &page, &desk, &typed).await? {
            let again = Again { from: typed.get("from").to_owned(), typed, ..Again::default() };
            return locked(&app, &page, (&case, &node), again, u64::MAX, &row).await;
        }
        let officer = page.who.account.ok_or(WebError::NotFound)?;
        let to = desk.case().service(&to).ok_or(WebError::NotFound)?;
        let (of, from) = (desk.case(), desk.service()?);
        app.engine.ask_opinion(of, from, to, command.0, officer, &words).await?;
        let to = format!("{}#opinions", assign::with_from(&desk, "asked", &typed)?);
        Ok(Redirect::to(&to).into_response())
    };
    done.await.map_err(|error: WebError| error.into_page(&page))
}

/// POST …/opinions/{opinion}: the asked department answers.
pub async fn give(
    State(app): State<App>,
    page: Page,
    Path((case, node, opinion)): Path<(String, String, String)>,
    Form(sent): Sent,
) -> Result<Response, Response> {
    let typed = Typed::new(sent);
    let done = async {
        let desk = desk::load(&app, &page, &case, &node, Action::DecideServiceCase).await?;
        let own = desk.service()?.node.key.to_string();
        let rows = app.engine.store().list_opinions(&[desk.case().id]).await?;
        // What another department is asked does not exist here.
        let row = rows
            .into_iter()
            .find(|row| row.opinion_id.to_string() == opinion && row.to_node == own)
            .ok_or(WebError::NotFound)?;
        let view = VIEWS.into_iter().find(|view| *view == typed.get("view"));
        let words = typed.get("answer").trim().to_owned();
        let (view, wrong) = match view {
            None => ("", Some(("opinion-view", "opinion-choose-view"))),
            Some(view) if words.is_empty() && view != "agree" => {
                (view, Some(("opinion-answer", "opinion-write-answer")))
            }
            Some(view) if words.chars().count() > WORDS_CHARS_MAX => {
                (view, Some(("opinion-answer", "opinion-too-long")))
            }
            Some(view) => (view, None),
        };
        if let Some((target, key)) = wrong {
            return shown_again(&app, &page, &desk, typed, target, key).await;
        }
        let officer = page.who.account.ok_or(WebError::NotFound)?;
        let given =
            app.engine.give_opinion(desk.case(), row.opinion_id, officer, view, &words).await?;
        let word = if given { "answered" } else { "answered-before" };
        let to = format!("{}#opinions", assign::with_from(&desk, word, &typed)?);
        Ok(Redirect::to(&to).into_response())
    };
    done.await.map_err(|error: WebError| error.into_page(&page))
}

async fn shown_again(
    app: &App,
    page: &Page,
    desk: &Desk,
    typed: Typed,
    target: &str,
    key: &str,
) -> Result<Response, WebError> {
    let errors = vec![ErrorLine { target: target.to_owned(), words: page.t(key) }];
    let from = typed.get("from").to_owned();
    case_page(app, page, desk, Again { typed, errors, from, ..Again::default() }, "").await
}
