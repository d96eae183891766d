//! One rating, and how it is answered: the call, the settling, an appeal and its decision. What is not this
//! person's to see does not exist; who may do what is decided by the case.

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use casework::{Actor, ActorRole, AppealGround, Command, Rating, Rectification};
use engine::{CaseFile, EngineError};
use serde::Deserialize;
use store_port::{RatingFilter, RatingRow};
use vocabulary::{NodeKey, SealedId};

use crate::access::{Action, Resource, may};
use crate::applicant::interview::ErrorLine;
use crate::applicant::load;
use crate::errors::WebError;
use crate::naming;
use crate::page::Page;
use crate::ratings::give::{WORDS_MAX, node_of, sealed};
use crate::ratings::list::{Side, scope, via_words};
use crate::ratings::{RatedView, rated_view};
use crate::state::App;
use crate::views::render;

#[derive(Template, Debug)]
#[template(path = "ratings/rating.html")]
struct RatingPage<'a> {
    p: &'a Page,
    here: String,
    list: &'static str,
    number: String,
    matter: String,
    department: String,
    via: String,
    applicant: String,
    it: RatedView,
    contact_due: String,
    contact_late: bool,
    due: String,
    late: bool,
    can_contact: bool,
    can_rectify: bool,
    can_appeal: bool,
    can_decide: bool,
    /// He appealed himself: somebody else decides.
    own_appeal: bool,
    command: String,
    /// What was sent and not done, as it was typed.
    again: Again,
}

/// A step that was not taken: why, and what was typed.
#[derive(Default)]
struct Again {
    step: String,
    note: String,
    choice: String,
    complex: bool,
    errors: Vec<ErrorLine>,
}

impl std::fmt::Debug for Again {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Again").field("step", &self.step).finish_non_exhaustive()
    }
}

impl RatingPage<'_> {
    /// The words that were typed for a step.
    fn note_of(&self, step: &str) -> &str {
        if self.again.step == step { &self.again.note } else { "" }
    }

    fn chose(&self, step: &str, choice: &str) -> bool {
        self.again.step == step && self.again.choice == choice
    }

    /// What is wrong with an input; empty = nothing.
    fn wrong(&self, target: &str) -> &str {
        let found = self.again.errors.iter().find(|error| error.target == target);
        found.map_or("", |error| error.words.as_str())
    }

    /// What was typed for a step that cannot be taken any more.
    fn left_over(&self) -> &str {
        let open = match self.again.step.as_str() {
            "contact" => self.can_contact,
            "rectify" => self.can_rectify,
            "appeal" => self.can_appeal,
            _ => self.can_decide,
        };
        if open { "" } else { &self.again.note }
    }
}

#[derive(Deserialize)]
pub struct Answered {
    command: String,
    #[serde(default)]
    note: String,
    #[serde(default)]
    complex: Option<String>,
    #[serde(default)]
    choice: String,
}

impl std::fmt::Debug for Answered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answered").finish_non_exhaustive()
    }
}

/// GET /manager/ratings/{case}/{node}.
pub async fn for_manager(
    State(app): State<App>,
    page: Page,
    Path((case, node)): Path<(String, String)>,
) -> Result<Response, Response> {
    let shown = show(&app, &page, Side::Manager, (&case, &node), Again::default()).await;
    shown.map_err(|error| error.into_page(&page))
}

/// GET /officer/ratings/{case}/{node}.
pub async fn for_officer(
    State(app): State<App>,
    page: Page,
    Path((case, node)): Path<(String, String)>,
) -> Result<Response, Response> {
    let shown = show(&app, &page, Side::Officer, (&case, &node), Again::default()).await;
    shown.map_err(|error| error.into_page(&page))
}

/// POST /manager/ratings/{case}/{node}/{step}.
pub async fn by_manager(
    State(app): State<App>,
    page: Page,
    Path((case, node, step)): Path<(String, String, String)>,
    Form(answered): Form<Answered>,
) -> Result<Response, Response> {
    let done = answer(&app, &page, Side::Manager, (&case, &node, &step), answered).await;
    done.map_err(|error| error.into_page(&page))
}

/// POST /officer/ratings/{case}/{node}/{step}.
pub async fn by_officer(
    State(app): State<App>,
    page: Page,
    Path((case, node, step)): Path<(String, String, String)>,
    Form(answered): Form<Answered>,
) -> Result<Response, Response> {
    let done = answer(&app, &page, Side::Officer, (&case, &node, &step), answered).await;
    done.map_err(|error| error.into_page(&page))
}

/// The rating behind an address, if it is within what this person may see.
async fn load_rating(
    app: &App,
    page: &Page,
    side: Side,
    (case, node): (&str, &str),
) -> Result<(RatingRow, CaseFile, Rating), WebError> {
    let case = case.parse().map_err(|_| WebError::NotFound)?;
    let node = node_of(node);
    let filter = RatingFilter { case: Some(case), ..scope(page, side) };
    let text = node.as_ref().map(ToString::to_string).unwrap_or_default();
    let rows = app.engine.store().list_ratings(&filter).await?;
    let row = rows.into_iter().find(|row| row.node == text).ok_or(WebError::NotFound)?;
    let area = Some(row.area.as_str()).filter(|area| !area.is_empty());
    let (action, resource) = match side {
        Side::Manager => (Action::SeeFigures, Resource::Area { area: &row.area }),
        Side::Officer => {
            (Action::SeeServiceCase, Resource::Department { department: &row.department, area })
        }
    };
    if !may(&page.who, action, resource, page.demo) {
        return Err(WebError::NotFound);
    }
    let file = app.engine.case_file(case).await?.ok_or(WebError::NotFound)?;
    let rating = file.case.rating_of(node.as_ref()).cloned().ok_or(WebError::NotFound)?;
    Ok((row, file, rating))
}

async fn show(
    app: &App,
    page: &Page,
    side: Side,
    (case, node): (&str, &str),
    again: Again,
) -> Result<Response, WebError> {
    let (row, file, rating) = load_rating(app, page, side, (case, node)).await?;
    let catalogue = load::catalogue_of(app, &file.case).await?;
    let answerable = rating.is_bad()
        && !rating.is_excluded()
        && match side {
            Side::Manager => rating.node.is_none(),
            Side::Officer => rating.node.is_some(),
        };
    let appeal = rating.open_appeal().filter(|_| side == Side::Manager);
    let own = appeal.is_some_and(|it| it.by.is_some() && it.by == page.who.account);
    let matter = catalogue.matters.get(&file.case.application.matter);
    let open = rating.rectified.is_none() && answerable;
    let date = |text: &Option<String>| text.as_deref().map(|it| page.iso_date(it));
    let late = |text: &Option<String>| {
        text.as_deref()
            .and_then(|it| it.parse::<vocabulary::Date>().ok())
            .is_some_and(|on| on < page.today)
    };
    // Whoever has to call back must know whom; nobody else is told.
    let applicant = if open { applicant_name(app, &file).await? } else { String::new() };
    render(&RatingPage {
        p: page,
        here: format!("{}/{case}/{node}", side.base()),
        list: side.base(),
        number: row.case_number.clone(),
        matter: matter.map_or_else(String::new, |it| page.text(&it.title).to_owned()),
        department: if row.department.is_empty() {
            String::new()
        } else {
            naming::organisation_full_name(&catalogue, page, &row.department.as_str().into())
        },
        via: via_words(page, &row.via),
        applicant,
        it: rated_view(app, &catalogue, page, &file, &rating),
        contact_late: rating.contact.is_none() && late(&row.contact_due_on),
        contact_due: date(&row.contact_due_on).filter(|_| rating.is_bad()).unwrap_or_default(),
        late: rating.rectified.is_none() && late(&row.due_on),
        due: date(&row.due_on).filter(|_| rating.is_bad()).unwrap_or_default(),
        can_contact: open && rating.contact.is_none(),
        can_rectify: open && rating.contact.is_some(),
        can_appeal: answerable && rating.appeal.is_none(),
        can_decide: appeal.is_some() && !own,
        own_appeal: own,
        command: load::fresh_command(),
        again,
    })
}

async fn applicant_name(app: &App, file: &CaseFile) -> Result<String, WebError> {
    let Some(owner) = file.owner else { return Ok(String::new()) };
    match app.engine.store().find_account(owner).await? {
        Some(account) => Ok(app.engine.account_name(&account).await?),
        None => Ok(String::new()),
    }
}

async fn answer(
    app: &App,
    page: &Page,
    side: Side,
    (case, node, step): (&str, &str, &str),
    answered: Answered,
) -> Result<Response, WebError> {
    let (_, file, rating) = load_rating(app, page, side, (case, node)).await?;
    let words = sealed(&answered.note);
    let note = words.as_ref().map(|words| words.id);
    let (action, command) = match command_of(page, step, rating.node, &answered, note) {
        Ok(found) => found,
        Err(Refused::NoSuchStep) => return Err(WebError::NotFound),
        Err(Refused::Wrong(error)) => {
            let again = again(step, answered, error);
            return show(app, page, side, (case, node), again).await;
        }
    };
    let role = match side {
        Side::Manager => ActorRole::Manager,
        Side::Officer => ActorRole::Officer,
    };
    let actor = Actor {
        role,
        account: page.who.account,
        department: page.who.department.as_deref().map(Into::into),
    };
    let id = load::command(&answered.command)?;
    let seal = words.into_iter().collect();
    let done = app.engine.execute(actor, action, id, file.case.id, None, command, seal).await;
    match done.map_err(WebError::from) {
        Ok(_) => Ok(Redirect::to(&format!("{}/{case}/{node}", side.base())).into_response()),
        // Somebody was faster, or it is not his: the page as it is now, and what he typed.
        Err(error @ WebError::Engine(EngineError::Refused(_) | EngineError::CommandReused)) => {
            let told = error.told();
            let words = page.t2("officer-error-code", "words", page.t(told.key), "code", told.code);
            let error = ErrorLine { target: "now".to_owned(), words };
            let again = again(step, answered, error);
            let mut shown = show(app, page, side, (case, node), again).await?;
            *shown.status_mut() = told.status;
            Ok(shown)
        }
        Err(error) => Err(error),
    }
}

fn again(step: &str, answered: Answered, error: ErrorLine) -> Again {
    Again {
        step: step.to_owned(),
        note: answered.note,
        choice: answered.choice,
        complex: answered.complex.is_some(),
        errors: vec![error],
    }
}

/// Why a form is no command.
enum Refused {
    NoSuchStep,
    Wrong(ErrorLine),
}

/// The command that a form means, with its action's word.
fn command_of(
    page: &Page,
    step: &str,
    node: Option<NodeKey>,
    answered: &Answered,
    note: Option<SealedId>,
) -> Result<(&'static str, Command), Refused> {
    let wrong = |input: &str, key: &str| {
        Refused::Wrong(ErrorLine { target: format!("{step}-{input}"), words: page.t(key) })
    };
    let unchosen = || wrong("choice", "answer-choose");
    let choice = answered.choice.as_str();
    let found = match step {
        "contact" => {
            let complex = answered.complex.is_some();
            ("contact-rater", Command::ContactRater { node, complex, note })
        }
        "rectify" => {
            let how = Rectification::ALL.into_iter().find(|it| it.as_str() == choice);
            let how = how.ok_or_else(unchosen)?;
            ("rectify-rating", Command::RectifyRating { node, how, note })
        }
        "appeal" => {
            let ground = AppealGround::ALL.into_iter().find(|it| it.as_str() == choice);
            let ground = ground.ok_or_else(unchosen)?;
            ("appeal-rating", Command::AppealRating { node, ground, note })
        }
        "decide" => {
            let upheld = match choice {
                "uphold" => true,
                "dismiss" => false,
                _ => return Err(unchosen()),
            };
            ("decide-appeal", Command::DecideAppeal { node, upheld, note })
        }
        _ => return Err(Refused::NoSuchStep),
    };
    if answered.note.trim().chars().count() > WORDS_MAX {
        return Err(wrong("note", "answer-note-too-long"));
    }
    Ok(found)
}
