//! Ratings: the whole and services, once each; who answers a bad one, and what the applicant sees of it.

use std::collections::BTreeMap;

use casework::{Actor, ActorRole};
use store_port::AccountRow;
use vocabulary::{CaseId, CommandId, NodeKey};

use crate::town::{Person, Town};

/// The permit is refused and the others withdrawn, so that the case is over.
async fn ended(town: &Town, mei: &Person<'_>) -> CaseId {
    let (case, _) = town.submitted(mei).await;
    let engine = &town.hub.engine;
    let known = engine.case(case).await.unwrap().unwrap();
    for service in &known.services {
        let Some(sending) = service.sendings.first() else { continue };
        let node: NodeKey = service.node.key.clone();
        let actor = Actor {
            role: ActorRole::Department,
            account: None,
            department: Some(service.node.department.clone()),
        };
        let command = casework::Command::TakeReply {
            node,
            dispatch: sending.dispatch,
            department_seq: 1,
            decided_at: engine.clock().now(),
            reply: casework::Reply::Refused { ground: "sketch-unclear".into(), text: None },
        };
        let id = CommandId(store_port::fresh_id());
        engine.execute(actor, "reply", id, case, None, command, Vec::new()).await.unwrap();
    }
    case
}

async fn manager<'t>(town: &'t Town, login: &str) -> Person<'t> {
    let row = town.account(login, "manager", None).await;
    let row = AccountRow { area: None, ..row };
    town.hub.store.upsert_account(&row).await.unwrap();
    town.signed_in(&row).await.in_english()
}

fn form(command: String, more: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    let mut form = vec![("command", command)];
    form.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
    form
}

#[tokio::test]
async fn nothing_is_rated_before_a_decision_and_everything_once() {
    let town = Town::at_counter().await;
    let mei = town.mei().await.in_english();
    let (early, _) = town.submitted(&mei).await;
    let fresh = || store_port::fresh_id().to_string();
    let rate = format!("/cases/{early}/rate");
    let refused = mei.post(&rate, &form(fresh(), &[("grade", "1")])).await.is(409);
    refused.shows(&["CASE0013"]);

    let other = Town::at_counter().await;
    let mei = other.mei().await.in_english();
    let case = ended(&other, &mei).await;
    let page = mei.get(&format!("/cases/{case}")).await.is(200);
    // Nothing is chosen beforehand.
    let page = page.shows(&["id=\"rate\"", "name=\"grade\" value=\"5\""]);
    assert!(!page.text().contains("name=\"grade\" value=\"1\" checked"));
    let rate = format!("/cases/{case}/rate");
    mei.post(&rate, &form(fresh(), &[])).await.is(409).shows(&["CASE0012"]);
    let words = [("grade", "5"), ("words", "nobody called"), ("tag", "slow"), ("tag", "never")];
    mei.post(&rate, &form(fresh(), &words)).await.is(303);
    mei.post(&rate, &form(fresh(), &[("grade", "1")])).await.is(409).shows(&["CASE0011"]);
    let service = [("grade", "4"), ("node", "stall-permit")];
    mei.post(&rate, &form(fresh(), &service)).await.is(303);
    mei.post(&rate, &form(fresh(), &service)).await.is(409).shows(&["CASE0011"]);
    let known = other.hub.engine.case(case).await.unwrap().unwrap();
    let tags: BTreeMap<String, usize> = known
        .ratings
        .iter()
        .map(|it| (format!("{:?}", it.node.is_some()), it.tags.len()))
        .collect();
    // Only words that there are were kept.
    assert_eq!(tags, BTreeMap::from([("false".to_owned(), 1), ("true".to_owned(), 0)]));
    mei.get(&format!("/cases/{case}")).await.is(200).shows(&["nobody called", "Slow"]);
}

#[tokio::test]
async fn a_bad_rating_is_answered_and_the_rater_sees_it() {
    let town = Town::at_counter().await;
    let mei = town.mei().await.in_english();
    let case = ended(&town, &mei).await;
    let fresh = || store_port::fresh_id().to_string();
    let rate = format!("/cases/{case}/rate");
    mei.post(&rate, &form(fresh(), &[("grade", "5"), ("words", "slow as resin")])).await.is(303);
    let service = [("grade", "4"), ("node", "stall-permit")];
    mei.post(&rate, &form(fresh(), &service)).await.is(303);

    let boss = manager(&town, "boss").await;
    let second = manager(&town, "second").await;
    let list = boss.get("/manager/ratings").await.is(200);
    list.shows(&["To be called <span class=\"count\">2</span>", "The whole matter"]);
    let whole = format!("/manager/ratings/{case}/whole");
    boss.get(&whole).await.is(200).shows(&["slow as resin", "Call the rater back"]);
    let settle = form(fresh(), &[("choice", "corrected"), ("note", "a window is open")]);
    let early = boss.post(&format!("{whole}/rectify"), &settle).await.is(409);
    early.shows(&["CASE0023", "a window is open", "Call the rater back"]);
    let long = "长".repeat(501);
    let wordy = form(fresh(), &[("note", &long)]);
    let wordy = boss.post(&format!("{whole}/contact"), &wordy).await.is(200);
    wordy.shows(&["At most 500 characters", "href=\"#contact-note\"", &long]);
    let call = form(fresh(), &[("note", "we spoke")]);
    boss.post(&format!("{whole}/contact"), &call).await.is(303);
    let which = form(fresh(), &[("note", "a second window is open")]);
    let which = boss.post(&format!("{whole}/rectify"), &which).await.is(200);
    which.shows(&["Choose one of the two", "a second window is open</textarea>"]);
    let done = form(fresh(), &[("choice", "corrected"), ("note", "a second window is open")]);
    let rectify = format!("{whole}/rectify");
    let (one, two) = tokio::join!(boss.post(&rectify, &done), boss.post(&rectify, &done));
    assert_eq!(one.leads_to(), two.leads_to(), "pressed twice is once");
    // Somebody who was slower is told so, and keeps what he wrote.
    let slower = form(fresh(), &[("choice", "explained"), ("note", "nothing was wrong")]);
    let slower = second.post(&rectify, &slower).await.is(409);
    slower.shows(&["CASE0022", "nothing was wrong", "Nothing was recorded"]);
    mei.get(&format!("/cases/{case}"))
        .await
        .is(200)
        .shows(&["we spoke", "a second window is open"]);

    // The service is its department's, and nobody else's.
    let of_service = format!("/officer/ratings/{case}/stall-permit");
    let officer = town.officer("market-office").await.in_english();
    officer
        .get("/officer/ratings")
        .await
        .is(200)
        .shows(&["To be called <span class=\"count\">1</span>"]);
    officer.get(&format!("/officer/ratings/{case}/whole")).await.is(404);
    town.officer("tea-clinic").await.get(&of_service).await.is(404);
    boss.post(&format!("/manager/ratings/{case}/stall-permit/contact"), &form(fresh(), &[]))
        .await
        .is(409)
        .shows(&["CASE0026"]);
    officer
        .post(&format!("{of_service}/appeal"), &form(fresh(), &[("choice", "mistake")]))
        .await
        .is(303);
    let decide = format!("/manager/ratings/{case}/stall-permit/decide");
    second.post(&decide, &form(fresh(), &[("choice", "uphold")])).await.is(303);
    second
        .post(&decide, &form(fresh(), &[("choice", "uphold")]))
        .await
        .is(409)
        .shows(&["CASE0024"]);
    officer
        .get("/officer/ratings")
        .await
        .is(200)
        .shows(&["Not counted <span class=\"count\">1</span>"]);
    mei.get(&whole).await.is(404);
}
