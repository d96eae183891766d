//! Agents 帮代办员 of the demonstration city, and an order that somebody gave one of them. All of them are invented.

use anyhow::Result;
use engine::Engine;
use engine::orders::{OrderWish, Power};
use jiff::ToSpan as _;
use store_port::AccountRow;
use vocabulary::{AccountId, CommandId};
use web::access::Role;

use crate::demo_elder::ELDER;
use crate::demo_people::account_id;

/// Two agents of the district's helper team.
pub const AGENTS: [(&str, &str); 2] = [("agent-ruan", "阮明溪"), ("agent-kang", "康乐山")];
/// What the demo's orders are about: one is an agent's, the other waits for whoever takes it.
const MATTERS: [&str; 2] = ["retirement", "home-transfer"];

/// Makes (or finds again) the agents.
///
/// # Errors
/// The store failed.
pub async fn ensure_agents(engine: &Engine) -> Result<()> {
    for (login, name) in AGENTS {
        ensure(engine, login, name).await?;
    }
    Ok(())
}

/// Makes (or finds again) the orders of the demo, as of today.
///
/// # Errors
/// The store failed.
pub async fn ensure_orders(engine: &Engine) -> Result<()> {
    let elder = account_id(ELDER);
    if !engine.store().list_orders_of(elder).await?.is_empty() {
        return Ok(());
    }
    let today = engine.catalogue().civil_date(engine.clock().now());
    let until = today.saturating_add(60.days());
    let (login, _) = AGENTS[0];
    for (matter, agent) in MATTERS.into_iter().zip([Some(account_id(login)), None]) {
        if engine.catalogue().matters.contains_key(matter) {
            order(engine, elder, agent, matter, until).await?;
        }
    }
    Ok(())
}

async fn order(
    engine: &Engine,
    applicant: AccountId,
    agent: Option<AccountId>,
    matter: &str,
    until: vocabulary::Date,
) -> Result<()> {
    let wish = OrderWish {
        agent,
        matter: matter.into(),
        powers: Power::ALL.to_vec(),
        until,
        note: "我眼睛不太好，请帮我填表和上传材料，提交前打电话跟我说一声。".to_owned(),
    };
    let made = engine.grant_order(applicant, CommandId(store_port::fresh_id()), wish).await?;
    made.map(|_| ()).map_err(|why| anyhow::anyhow!("the demo's order: {why:?}"))
}

async fn ensure(engine: &Engine, login: &str, name: &str) -> Result<()> {
    let account_id = account_id(login);
    let display_name = engine.seal_account_name(account_id, None, name).await?;
    let account = AccountRow {
        account_id,
        login: login.to_owned(),
        role: Role::Agent.as_str().to_owned(),
        department: None,
        area: None,
        subject: None,
        password_hash: None,
        disabled: false,
        demo: true,
        display_name,
    };
    Ok(engine.store().upsert_account(&account).await?)
}
