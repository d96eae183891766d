//! What supervision has done in the demonstration city when it opens: reminders that were due, and notices 督办 about
//! what is red — one that waits for its answer, one that is answered, one that is closed. Through the real engine.

use anyhow::Result;
use casework::{Actor, ActorRole, Command, ServiceState, SupervisionAct};
use engine::{Engine, ToSeal};
use store_port::{LightWanted, ServiceFilter, ServiceRow, fresh_id};
use vocabulary::{AccountId, CommandId, NodeKey, SealedId};

use crate::demo_desk::CITY_MANAGER;
use crate::demo_people::account_id;

/// Red services that are written to.
const NOTICES: usize = 3;

/// Gives the notices, once.
///
/// # Errors
/// The store failed, or the engine refused.
pub(crate) async fn ensure_notices(engine: &Engine) -> Result<()> {
    let today = engine.catalogue().civil_date(engine.clock().now()).to_string();
    let given = engine.store().count_lights(&ServiceFilter::default(), &today).await?;
    if given.iter().any(|count| count.notices > 0) {
        return Ok(());
    }
    let filter = ServiceFilter {
        light: Some((LightWanted::Red, today)),
        area_below: "99".to_owned(),
        limit: 200,
        ..ServiceFilter::default()
    };
    let red = engine.store().list_services(&filter).await?;
    // What waits to be served is red as well, and decided: nobody asks when it will be done.
    let undecided = |row: &&ServiceRow| {
        let state = ServiceState::ALL.into_iter().find(|state| state.as_str() == row.state);
        state.is_some_and(|state| !state.is_final())
    };
    let manager = Actor {
        role: ActorRole::Manager,
        account: Some(account_id(CITY_MANAGER)),
        department: None,
    };
    for (number, row) in red.iter().filter(undecided).take(NOTICES).enumerate() {
        engine.remind(row.case_id).await?;
        let notice = words("该事项已亮红灯，请说明原因和预计办结时间。");
        let act = SupervisionAct::Notice { text: notice.id };
        carry_out(engine, &manager, "supervise", row, act, Some(notice)).await?;
        if number > 0 {
            let answer = words("经办人外出核查耽误了两天，已补派人手，后天办结。");
            let officer = Actor {
                role: ActorRole::Officer,
                account: None::<AccountId>,
                department: Some(row.department.as_str().into()),
            };
            let act = SupervisionAct::Answer { text: answer.id };
            carry_out(engine, &officer, "answer-supervision", row, act, Some(answer)).await?;
        }
        if number > 1 {
            let act = SupervisionAct::Close { text: None };
            carry_out(engine, &manager, "close-supervision", row, act, None).await?;
        }
    }
    Ok(())
}

fn words(text: &str) -> ToSeal {
    ToSeal { id: SealedId(fresh_id()), clear: text.as_bytes().to_vec() }
}

async fn carry_out(
    engine: &Engine,
    actor: &Actor,
    action: &'static str,
    row: &ServiceRow,
    act: SupervisionAct,
    seal: Option<ToSeal>,
) -> Result<()> {
    let node: NodeKey = row.node.parse().unwrap_or_else(|never| match never {});
    let command = Command::Supervise { node, acts: vec![act] };
    let id = CommandId(fresh_id());
    let seal = seal.into_iter().collect();
    engine.execute(actor.clone(), action, id, row.case_id, None, command, seal).await?;
    Ok(())
}
