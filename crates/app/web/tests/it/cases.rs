//! Cases for programs: what pages show, who may read it, and commands on the version that was seen.

use axum::body::Body;
use axum::http::Method;
use casework::{Actor, ActorRole, Command, DocumentKind, Reply};
use engine::ToSeal;
use serde_json::{Value, json};
use store_port::fresh_id;
use vocabulary::{CaseId, CommandId, NodeKey, SealedId};

use crate::office::{decide, desk};
use crate::town::{Answer, Person, Town};

const NODE: &str = "stall-permit";
const CONTRACT: &str = include_str!("../../../../../docs/protocol/cases-v1.md");

async fn does(person: &Person<'_>, case: CaseId, body: &Value) -> Answer {
    let path = format!("/api/v1/cases/{case}/commands");
    person.send(Method::POST, &path, Some("application/json"), Body::from(body.to_string())).await
}

async fn says(town: &Town, case: CaseId, seq: u64, reply: Reply, words: Vec<ToSeal>) {
    let engine = &town.hub.engine;
    let node: NodeKey = NODE.parse().unwrap();
    let known = engine.case(case).await.unwrap().unwrap();
    let dispatch = known.service(&node).unwrap().latest_sending().unwrap().dispatch;
    let actor = Actor {
        role: ActorRole::Department,
        account: None,
        department: Some("market-office".into()),
    };
    let decided_at = engine.clock().now();
    let command = Command::TakeReply { node, dispatch, department_seq: seq, decided_at, reply };
    let id = CommandId(fresh_id());
    engine.execute(actor, "reply", id, case, None, command, words).await.unwrap();
}

/// The names of a JSON object, and of those in it, as paths.
fn names(of: &Value, below: &str, found: &mut Vec<String>) {
    match of {
        Value::Object(object) => {
            for (name, value) in object {
                let path = format!("{below}{name}");
                names(value, &format!("{path}."), found);
                found.push(path);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| names(value, below, found)),
        _ => {}
    }
}

#[tokio::test]
async fn a_case_says_what_the_contract_shows() {
    let town = Town::open().await;
    let mei = town.mei().await;
    let (case, _) = town.submitted(&mei).await;
    says(&town, case, 1, Reply::Accepted, Vec::new()).await;
    let told = mei.get(&format!("/api/v1/cases/{case}")).await.is(200).json();
    assert_eq!(told["services"][0]["department_name"].as_str().map(str::is_empty), Some(false));
    let service = told["services"].as_array().unwrap().iter().find(|it| it["node"] == NODE);
    let service = service.unwrap();
    assert_eq!(service["state"], "accepted");
    assert_eq!(service["light"], "green");
    // What the contract's example names is there, and nothing else at the top and in a service.
    let example = CONTRACT.split("```json").nth(1).unwrap().split("```").next().unwrap();
    let example: Value = serde_json::from_str(example).unwrap();
    let keys = |of: &Value| {
        of.as_object().unwrap().keys().cloned().collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(keys(&told), keys(&example));
    assert_eq!(keys(service), keys(&example["services"][0]));
    let mut paths = Vec::new();
    names(&told, "", &mut paths);
    assert!(paths.iter().all(|path| !path.contains("light_rule")), "{paths:?}");
    for address in ["dates", "documents"] {
        mei.get(told[address].as_str().unwrap()).await.is(200);
    }
}

#[tokio::test]
async fn programs_see_what_their_persons_see() {
    let town = Town::open().await;
    let mei = town.mei().await;
    let (case, _) = town.submitted(&mei).await;
    says(&town, case, 1, Reply::Accepted, Vec::new()).await;
    let whole = format!("/api/v1/cases/{case}");
    let own = format!("/api/v1/officer/cases/{case}/{NODE}");
    let stranger = town.stranger().await;
    stranger.get(&whole).await.is_problem(404, "WEB0001");
    town.visitor().get(&whole).await.is_problem(401, "WEB0003");
    let market = town.officer("market-office").await;
    market.get(&whole).await.is_problem(404, "WEB0001");
    let told = market.get(&own).await.is(200).json();
    assert_eq!(told["service"]["node"], NODE);
    assert_eq!(told["service"]["reminders"], 0);
    assert!(told.get("services").is_none(), "{told}");
    let dates = market.get(&format!("{own}/dates")).await.is(200).json();
    let foreign = |it: &&Value| !it["service"].is_null() && it["service"] != NODE;
    assert_eq!(dates["dates"].as_array().unwrap().iter().find(foreign), None);
    let listed = market.get(&format!("{own}/documents")).await.is(200).json();
    let one = listed["documents"][1]["href"].as_str().unwrap();
    market.get(one).await.is(200).shows(&["予以受理"]);
    // Another department: not by its own service, and not by this one.
    let clinic = town.officer("tea-clinic").await;
    for tail in ["", "/dates", "/documents"] {
        clinic.get(&format!("{own}{tail}")).await.is_problem(404, "WEB0001");
    }
    mei.get(&own).await.is_problem(404, "WEB0001");
}

#[tokio::test]
async fn a_command_on_what_was_overtaken_says_what_happened_since() {
    let town = Town::open().await;
    let mei = town.mei().await;
    let (case, _) = town.submitted(&mei).await;
    let seen = mei.get(&format!("/api/v1/cases/{case}")).await.json()["version"].clone();
    says(&town, case, 1, Reply::Accepted, Vec::new()).await;
    let id = fresh_id().to_string();
    let command = json!({ "command_id": id, "version": seen, "do": "withdraw", "service": NODE });
    let stale = does(&mei, case, &command).await.is_problem(409, "ENG0001");
    assert!(stale["current_version"].as_u64() > seen.as_u64(), "{stale}");
    let since = stale["since"].as_array().unwrap();
    assert!(since.iter().any(|it| it["words"].as_str().unwrap().contains("受理")), "{stale}");
    // The page says the same.
    let page = [("command", fresh_id().to_string()), ("version", seen.to_string())];
    let page = mei.post(&format!("/cases/{case}/withdraw"), &page).await;
    page.is(409).shows(&["其间发生了", "ENG0001"]);
    // So does a holder's hearing, which keeps what she wrote.
    let said = [
        ("command", fresh_id().to_string()),
        ("version", seen.to_string()),
        ("words", "我有话说".to_owned()),
    ];
    let page = mei.post(&format!("/cases/{case}/hearing/{NODE}"), &said).await;
    let news = since[0]["words"].as_str().unwrap();
    let told = page.is(409);
    let page = String::from_utf8_lossy(&told.bytes);
    let list = page.split("class=\"errors\"").nth(1).unwrap().split("</ul>").next().unwrap();
    assert!(list.contains("ENG0001") && list.contains(news), "{list}");
    // On the version that stands it is done, and once.
    let current = json!({
        "command_id": fresh_id().to_string(),
        "version": stale["current_version"],
        "do": "withdraw",
        "service": NODE,
    });
    let done = does(&mei, case, &current).await.is(200).json();
    assert_eq!(done["repeated"], false);
    assert_eq!(does(&mei, case, &current).await.is(200).json()["repeated"], true);
    assert_eq!(town.state(case, NODE).await, "withdrawal-pending");
}

#[tokio::test]
async fn a_refusal_has_its_code_its_words_and_what_would_be_accepted() {
    let town = Town::open().await;
    let mei = town.mei().await;
    let (case, _) = town.submitted(&mei).await;
    let version = town.hub.engine.case(case).await.unwrap().unwrap().version;
    let sent = |what: Value| {
        let mut body = json!({ "command_id": fresh_id().to_string(), "version": version });
        let all = what.as_object().unwrap().clone();
        body.as_object_mut().unwrap().extend(all);
        body
    };
    let unknown = does(&mei, case, &sent(json!({ "do": "burn" }))).await;
    let unknown = unknown.is_problem(400, "WEB0002");
    let accepted = unknown["accepted"]["do"].as_array().unwrap();
    for word in accepted {
        assert!(CONTRACT.contains(&format!("`{}`", word.as_str().unwrap())), "{word}");
    }
    let spoken = json!({ "do": "speak", "service": NODE, "words": "我有话说" });
    let refused = does(&mei, case, &sent(spoken)).await.is_problem(409, "CASE0053");
    assert!(!refused["title"].as_str().unwrap().is_empty());
    let receipt = json!({ "do": "confirm-document", "document": "RC00-1" });
    does(&mei, case, &sent(receipt)).await.is_problem(409, "CASE0073");
    let stranger = town.stranger().await;
    let withdraw = sent(json!({ "do": "withdraw" }));
    does(&stranger, case, &withdraw).await.is_problem(404, "WEB0001");
}

#[tokio::test]
async fn an_act_after_a_grant_is_announced_and_pronounced_in_writing() {
    let town = Town::open().await;
    let mei = town.mei().await;
    let (case, _) = town.submitted(&mei).await;
    let known = town.hub.engine.case(case).await.unwrap().unwrap();
    let node: NodeKey = NODE.parse().unwrap();
    let Some(known) = known.service(&node).unwrap().node.revocations.first().cloned() else {
        panic!("the sample's stall permit knows an act");
    };
    let market = town.officer("market-office").await;
    let at = desk(case, NODE);
    for deed in ["accept", "grant"] {
        let page = market.get(&at).await;
        let number = [("output.permit.stall.permit_no", "RB-0021")];
        decide(&market, &page, &format!("{at}/{deed}"), &number).await.leads_to();
    }
    let (reason, basis) = (SealedId(fresh_id()), SealedId(fresh_id()));
    let clear = |id, words: &str| ToSeal { id, clear: words.as_bytes().to_vec() };
    let words = vec![clear(reason, "材料是假的"), clear(basis, "《摆摊规矩》")];
    let effective_on = "2026-12-01".parse().unwrap();
    let reply = Reply::Revoked { act: known.act, reason, basis, effective_on, heard: true };
    says(&town, case, 90, reply, words).await;
    let case_now = town.hub.engine.case(case).await.unwrap().unwrap();
    let document = case_now.documents().last().unwrap();
    assert_eq!(document.id.kind, DocumentKind::Revocation);
    let path = format!("/cases/{case}/documents/{}", case_now.document_mark(&document.id));
    let shown = mei.get(&path).await.is(200);
    shown.shows(&["材料是假的", "《摆摊规矩》", "生效日期", "盖章处", "原准予", "长老会"]);
    let file = mei.get(&format!("{path}/pdf")).await.is(200);
    assert!(file.bytes.starts_with(b"%PDF-"));
    let told = mei.get(&format!("/api/v1/cases/{case}")).await.json();
    let service = told["services"].as_array().unwrap().iter().find(|it| it["node"] == NODE);
    assert_eq!(service.unwrap()["revocations"][0]["reason"], "材料是假的");
    // The page of the case shows it at once, and the grant as overtaken.
    mei.get(&format!("/cases/{case}")).await.shows(&["材料是假的", "不再有效"]);
    let own = format!("{at}/documents/{}", case_now.document_mark(&document.id));
    market.get(&own).await.is(200);
    // Nothing is left to take in hand or to mark.
    market.get(&at).await.is(200).hides(&["name=\"to\" value=\"me\"", "class=\"marks\""]);
}
