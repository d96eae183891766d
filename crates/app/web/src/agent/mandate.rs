//! What an agent may open: drafts and cases that an order of his covers, while it is in force. What is over answers
//! like what never was, except to a form that was being sent: that is told why, and the draft stays the applicant's.

use engine::orders::{Mandate, OrderState, Power, gives, order_state};
use engine::{Draft, EngineError};
use uuid::Uuid;
use vocabulary::{CaseId, DraftId};

use crate::access::{Action, Resource, may};
use crate::errors::WebError;
use crate::page::Page;
use crate::state::App;

/// The applicant's draft behind an address, if an order covers it.
///
/// # Errors
/// Not found, or not covered (any more).
pub async fn draft(app: &App, page: &Page, id: DraftId, action: Action) -> Result<Draft, WebError> {
    let agent = page.who.account.ok_or(WebError::NotFound)?;
    let row = app.engine.store().find_draft(id).await?.ok_or(WebError::NotFound)?;
    let needed = match action {
        Action::ChangeDraft => Some(Power::Prepare),
        Action::SubmitDraft => Some(Power::Submit),
        _ => None,
    };
    let order = match app.engine.mandate(agent, row.owner, &row.matter).await? {
        Mandate::InForce(order) => order,
        Mandate::Over if needed.is_some() => return Err(EngineError::NoMandate.into()),
        Mandate::Over | Mandate::None => return Err(WebError::NotFound),
    };
    let covered = needed.is_none_or(|power| gives(&order, power));
    let resource = Resource::Entrusted { agent: order.agent, covered };
    if !may(&page.who, action, resource, page.demo) {
        return Err(EngineError::NoMandate.into());
    }
    if action == Action::ChangeDraft {
        app.engine.note_act(order.order_id, agent, "changed", Some(id), None).await?;
    }
    app.engine.find_draft(row.owner, id).await?.ok_or(WebError::NotFound)
}

/// Whether an agent may look at a case: one that he handed in on an order that lets him follow it.
///
/// # Errors
/// A fault.
pub async fn may_see_case(
    app: &App,
    page: &Page,
    id: CaseId,
    action: Action,
) -> Result<bool, WebError> {
    let Some(case) = app.engine.case(id).await? else { return Ok(false) };
    let order = case.application.reception.order.as_deref();
    let Some(order) = order.and_then(|it| Uuid::parse_str(it).ok()) else { return Ok(false) };
    let Some(row) = app.engine.store().find_order(order).await? else { return Ok(false) };
    let in_force = order_state(&row, page.today) == OrderState::InForce;
    let covered = in_force && gives(&row, Power::Follow);
    Ok(may(&page.who, action, Resource::Entrusted { agent: row.agent, covered }, page.demo))
}
