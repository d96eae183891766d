//! Loads drafts and cases for an applicant. What is not his does not exist.

use std::sync::Arc;

use casework::{Actor, ActorRole, Case};
use catalogue::{Catalogue, Matter};
use engine::{CaseFile, Draft};
use vocabulary::{CaseId, CommandId, DraftId};

use crate::access::{Action, Resource, may};
use crate::errors::WebError;
use crate::page::Page;
use crate::state::App;

/// The draft behind an address.
///
/// # Errors
/// Not found, or not this person's.
pub async fn draft(app: &App, page: &Page, id: &str, action: Action) -> Result<Draft, WebError> {
    let id: DraftId = id.parse().map_err(|_| WebError::NotFound)?;
    if page.is_agent() {
        return crate::agent::mandate::draft(app, page, id, action).await;
    }
    let owner = page.who.account.ok_or(WebError::NotFound)?;
    let draft = app.engine.find_draft(owner, id).await?.ok_or(WebError::NotFound)?;
    let resource = Resource::Owned { owner: Some(draft.owner) };
    if may(&page.who, action, resource, page.demo) { Ok(draft) } else { Err(WebError::NotFound) }
}

/// The matter of a draft.
///
/// # Errors
/// It is no longer offered.
pub fn matter<'a>(catalogue: &'a Catalogue, draft: &Draft) -> Result<&'a Matter, WebError> {
    catalogue.matters.get(&draft.matter).ok_or(WebError::Engine(engine::EngineError::NotOffered))
}

/// The case behind an address, with its personal values.
///
/// # Errors
/// Not found, or not this person's.
pub async fn case(app: &App, page: &Page, id: &str, action: Action) -> Result<CaseFile, WebError> {
    let id: CaseId = id.parse().map_err(|_| WebError::NotFound)?;
    // Ownership first, from the list row: nothing personal is opened for someone else.
    let row = app.engine.store().find_case(id).await?.ok_or(WebError::NotFound)?;
    let allowed = if page.is_agent() {
        crate::agent::mandate::may_see_case(app, page, id, action).await?
    } else {
        may(&page.who, action, Resource::Owned { owner: row.owner }, page.demo)
    };
    if !allowed {
        return Err(WebError::NotFound);
    }
    app.engine.case_file(id).await?.ok_or(WebError::NotFound)
}

/// The applicant as events keep him.
pub fn actor(page: &Page) -> Actor {
    Actor { role: ActorRole::Applicant, account: page.who.account, department: None }
}

/// The name under which shared sources know the person whom the draft is about.
///
/// # Errors
/// A fault.
pub async fn login(app: &App, page: &Page, draft: &Draft) -> Result<String, WebError> {
    if page.who.account == Some(draft.owner) {
        return Ok(page.who.login.clone());
    }
    match app.engine.store().find_account(draft.owner).await? {
        Some(account) => Ok(app.engine.source_key_of(&account).await?),
        None => Ok(String::new()),
    }
}

/// A fresh command id, put into a form when it is shown: pressing twice is one command.
pub fn fresh_command() -> String {
    CommandId(store_port::fresh_id()).to_string()
}

/// The command id of a form.
///
/// # Errors
/// It is no id.
pub fn command(text: &str) -> Result<CommandId, WebError> {
    text.parse().map_err(|_| WebError::Bad { code: "WEB0002", key: "error-bad" })
}

/// The catalogue that a case rests on.
///
/// # Errors
/// A fault.
pub async fn catalogue_of(app: &App, case: &Case) -> Result<Arc<Catalogue>, WebError> {
    Ok(app.engine.catalogue_of(case).await?)
}

/// For a line of a list: the catalogue in force as long as it has a name for the matter (and the service),
/// else that which the case rests on. Lists name things as they are called now.
///
/// # Errors
/// A fault.
pub async fn catalogue_naming(
    app: &App,
    case: CaseId,
    matter: &str,
    service: Option<&str>,
) -> Result<Arc<Catalogue>, WebError> {
    let current = app.engine.catalogue();
    if current.matters.contains_key(matter)
        && service.is_none_or(|service| current.services.contains_key(service))
    {
        return Ok(Arc::clone(current));
    }
    match app.engine.case(case).await? {
        Some(case) => catalogue_of(app, &case).await,
        None => Ok(Arc::clone(current)),
    }
}

/// The catalogue in force, shared.
pub fn catalogue(app: &App) -> Arc<Catalogue> {
    Arc::clone(app.engine.catalogue())
}
