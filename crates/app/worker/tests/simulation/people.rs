//! Applicants and officers of a run: they submit, answer, withdraw and resolve; impatient ones press twice, see old
//! versions and ask for what cannot be.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use casework::{Actor, ActorRole, Command, ServiceState};
use engine::{CorrectionAnswer, EngineError, ToSeal};
use store_port::{AccountRow, fresh_id};
use vocabulary::{AccountId, CaseId, CommandId, DraftId, NodeKey, SealedId, SubjectId, Value};

use crate::faults::Fault;
use crate::hub::{Asked, Hub};

/// Which case each draft became.
pub(crate) type Became = Arc<Mutex<BTreeMap<DraftId, CaseId>>>;

/// A person with a complete draft; nothing fails while it is written.
pub(crate) async fn with_draft(hub: &Hub, tested: bool) -> (AccountId, DraftId) {
    let engine = hub.auditor();
    let owner = AccountId(fresh_id());
    let subject = Some(SubjectId(fresh_id()));
    let account = AccountRow {
        account_id: owner,
        login: owner.to_string(),
        role: "applicant".to_owned(),
        department: None,
        area: None,
        subject,
        password_hash: None,
        disabled: false,
        demo: false,
        display_name: engine.seal_account_name(owner, subject, "Mei").await.unwrap(),
    };
    engine.store().upsert_account(&account).await.unwrap();
    let mut draft = engine.open_draft(owner, &"open-a-shop".into()).await.unwrap();
    draft.facts.answer("shop.tested".parse().unwrap(), Value::Bool(tested));
    for (slot, value) in [
        ("owner.name", "Mei"),
        ("shop.place", "place-of-the-permit"),
        ("shop.photo", "photo-of-the-card"),
        ("shop.sample", "sample-of-the-test"),
        ("shop.day", "day-of-the-notice"),
    ] {
        draft.facts.answer(slot.parse().unwrap(), Value::text(value));
    }
    let draft = engine.save_draft(draft).await.unwrap();
    (owner, draft.id)
}

/// Submits in one tab; what it became is the same in every tab.
async fn submit(
    hub: Hub,
    became: Became,
    what: String,
    owner: AccountId,
    draft: DraftId,
) -> CaseId {
    let actor = Actor { role: ActorRole::Applicant, account: Some(owner), department: None };
    let asked = Asked::Submit { draft, command: CommandId(fresh_id()) };
    let case = match hub.insist(&what, &actor, &asked).await {
        Ok(done) => done.case,
        Err(EngineError::AlreadySubmitted { case }) => case,
        Err(error) => {
            hub.world().wrong(format!("{what}: {}", error.code()));
            return std::future::pending().await;
        }
    };
    let first = *became.lock().unwrap().entry(draft).or_insert(case);
    if first != case {
        hub.world().wrong(format!("{what}: one draft became two cases"));
    }
    case
}

/// One applicant from the first press; what has ended may be opened again, so that he looks for ever.
pub(crate) async fn apply(
    hub: Hub,
    became: Became,
    name: String,
    owner: AccountId,
    draft: DraftId,
) {
    let world = hub.world().clone();
    let wait = world.seconds(1, 3 * 86_400);
    world.pause(format!("{name} comes"), wait).await;
    if world.strikes(Fault::People, 2) {
        let what = format!("{name} submits in another tab");
        tokio::spawn(submit(hub.clone(), Arc::clone(&became), what, owner, draft));
    }
    let case = submit(hub.clone(), became, format!("{name} submits"), owner, draft).await;
    let actor = Actor { role: ActorRole::Applicant, account: Some(owner), department: None };
    let mut seen = 1;
    loop {
        let wait = world.seconds(3_600, 5 * 86_400);
        world.pause(format!("{name} looks"), wait).await;
        let now = hub.case(case).await;
        let over = now.state().is_final();
        let Some((action, body, words)) = wish(&hub, &now, over) else {
            continue;
        };
        let old = world.strikes(Fault::People, 6);
        let expected = match (action, old) {
            ("rate", _) => None,
            (_, true) => Some(seen),
            (_, false) => Some(now.version),
        };
        seen = now.version;
        let what = format!("{name}: {action} {}", about(&body));
        let asked =
            Asked::Command { action, command: CommandId(fresh_id()), case, expected, body, words };
        let done = hub.insist(&what, &actor, &asked).await;
        match &done {
            Err(EngineError::Refused(_) | EngineError::Stale { .. }) => world.met("refused"),
            Err(error) => world.wrong(format!("{what}: {}", error.code())),
            Ok(_) => {
                world.met(action);
                if world.strikes(Fault::People, 4) {
                    let again = hub.insist(&format!("{what} once more"), &actor, &asked).await;
                    if again.as_ref().ok().map(|it| it.version) != done.ok().map(|it| it.version) {
                        world.wrong(format!("{what}: the same again has another answer"));
                    }
                }
            }
        }
    }
}

fn about(command: &Command) -> String {
    match command {
        Command::AnswerCorrection { node, .. } => node.to_string(),
        Command::Withdraw { node: Some(node) } => node.to_string(),
        Command::Withdraw { node: None } => "all".to_owned(),
        _ => String::new(),
    }
}

type Wish = (&'static str, Command, Option<ToSeal>);

/// What an applicant wants now.
fn wish(hub: &Hub, case: &casework::Case, over: bool) -> Option<Wish> {
    let world = hub.world();
    if over {
        let rated = case.ratings.iter().any(|rating| rating.node.is_none());
        let rate =
            Command::Rate { node: None, grade: 2, words: None, channel: None, tags: Vec::new() };
        return (!rated && world.once_in(2)).then_some(("rate", rate, None));
    }
    let keys: Vec<&NodeKey> = case.services.iter().map(|service| &service.node.key).collect();
    if world.once_in(25) {
        return Some(("withdraw", Command::Withdraw { node: None }, None));
    }
    if world.once_in(12) {
        let node = Some(keys[world.below(keys.len())].clone());
        return Some(("withdraw", Command::Withdraw { node }, None));
    }
    let asked = case.services.iter().find(|it| it.state == ServiceState::CorrectionRequested);
    let node = match asked {
        // Some forget, and may find that it is too late.
        Some(_) if !world.is_calm() && world.once_in(3) => return None,
        Some(service) => service.node.key.clone(),
        None if world.strikes(Fault::People, 10) => keys[world.below(keys.len())].clone(),
        None => return None,
    };
    let answer = SealedId(fresh_id());
    let words = CorrectionAnswer { words: "here it is".to_owned(), ..CorrectionAnswer::default() };
    let words = ToSeal { id: answer, clear: words.to_bytes().unwrap() };
    let body = Command::AnswerCorrection { node, answer: Some(answer), evidence: Vec::new() };
    Some(("answer-correction", body, Some(words)))
}

/// The officers: they resolve what departments contest.
pub(crate) async fn resolve(hub: Hub, became: Became) {
    let world = hub.world().clone();
    loop {
        world.pause("officers look", Duration::from_secs(20 * 3_600)).await;
        let cases: Vec<CaseId> = became.lock().unwrap().values().copied().collect();
        for id in cases {
            let case = hub.case(id).await;
            for service in &case.services {
                let sides: Vec<_> = service.contested().collect();
                if sides.is_empty() || (!world.is_calm() && world.once_in(3)) {
                    continue;
                }
                let side = sides[world.below(sides.len())];
                let node = service.node.key.clone();
                let what = format!("an officer resolves {node}");
                let actor = Actor {
                    role: ActorRole::Officer,
                    account: None,
                    department: Some(service.node.department.clone()),
                };
                let body = Command::ResolveContest {
                    node,
                    dispatch: side.dispatch,
                    department_seq: side.department_seq,
                };
                let (command, expected) = (CommandId(fresh_id()), Some(case.version));
                let asked = Asked::Command {
                    action: "resolve",
                    command,
                    case: id,
                    expected,
                    body,
                    words: None,
                };
                match hub.insist(&what, &actor, &asked).await {
                    Ok(_) => world.met("resolved"),
                    Err(EngineError::Refused(_) | EngineError::Stale { .. }) => {}
                    Err(error) => world.wrong(format!("{what}: {}", error.code())),
                }
                // What was seen is old now.
                break;
            }
        }
    }
}
