//! Documents before they are sent: exactly what the applicant will get, made of what is typed.

use casework::{GrantedOutput, RecordedReply, Reply, ServiceCase, ServiceState, Standing};
use paper::Sheet;

use super::decide::{Order, read, sealed, ticked};
use super::desk::{self, Deed, Desk, Typed};
use crate::documents;
use crate::errors::WebError;
use crate::page::Page;
use crate::state::App;

/// The document that this form would send; `None` when it sends none, or is not complete.
///
/// # Errors
/// A fault.
pub async fn sheet(
    app: &App,
    page: &Page,
    desk: &Desk,
    deed: Deed,
    typed: &Typed,
) -> Result<Option<Sheet>, WebError> {
    let service = desk.service()?;
    let order = match read(&desk.catalogue, page, service, deed, typed) {
        Ok(order) => order,
        // What was composed from the review may still lack a reason.
        Err(_) if deed == Deed::Correct => {
            let lines = ticked(&desk.catalogue, service, typed);
            if lines.is_empty() {
                return Ok(None);
            }
            let said = |name| typed.get(name).trim().to_owned();
            Order::Correct { lines, words: said("words"), reason: said("reason") }
        }
        Err(_) => return Ok(None),
    };
    let Some(dispatch) = desk::sending_for(service, deed) else { return Ok(None) };
    let seq = desk::seq_seen(desk, service, dispatch, desk.case().version);
    let (reply, words) = match &order {
        Order::Resolve { .. } => return Ok(None),
        Order::Grant(_) => {
            let granted = service.node.outputs.iter().map(|output| GrantedOutput {
                id: output.id.clone(),
                licence: None,
                values: None,
            });
            (Reply::Granted { outputs: granted.collect(), owed: Vec::new() }, Vec::new())
        }
        Order::Say { .. } | Order::Correct { .. } | Order::Extend { .. } => {
            sealed(app, desk, dispatch, seq, &order).await?
        }
    };
    let recorded = RecordedReply {
        dispatch,
        department_seq: seq,
        decided_at: app.now(),
        reply,
        standing: Standing::Counted,
    };
    let (file, node) = (&desk.file, &service.node.key);
    let actor = desk::actor(page);
    Ok(documents::before_sending(page, &desk.catalogue, file, &actor, node, recorded, words))
}

/// What the deed does to the clocks.
pub fn clock_effect(page: &Page, deed: Deed, service: &ServiceCase, within: &str) -> String {
    match deed {
        Deed::Correct => page.t1("correct-clock", "period", within),
        Deed::Accept if service.node.statutory.is_some() => page.t("deed-accept-hint"),
        Deed::Grant | Deed::Refuse | Deed::NotAccept
            if service.state != ServiceState::Contested =>
        {
            page.t("clock-ends")
        }
        _ => String::new(),
    }
}
