//! Numbered documents: who sees which, what each says in the language of the submission, and as a file.

use casework::{Actor, ActorRole, Command, Reply};
use engine::ToSeal;
use store_port::fresh_id;
use vocabulary::{CaseId, CommandId, NodeKey, SealedId};

use crate::office::desk;
use crate::town::{Answer, Person, Town};

const NODE: &str = "stall-permit";
/// Words that are markup for whoever takes them for it.
const WORDS: &str = "<script>alert(1)</script> #set page() *b* $x$";

/// The department's system says something, with words where there is room for them.
async fn says(town: &Town, case: CaseId, seq: u64, reply: impl FnOnce(SealedId) -> Reply) {
    let engine = &town.hub.engine;
    let node: NodeKey = NODE.parse().unwrap();
    let known = engine.case(case).await.unwrap().unwrap();
    let dispatch = known.service(&node).unwrap().latest_sending().unwrap().dispatch;
    let words = SealedId(fresh_id());
    let actor = Actor {
        role: ActorRole::Department,
        account: None,
        department: Some("market-office".into()),
    };
    let decided_at = engine.clock().now();
    let command =
        Command::TakeReply { node, dispatch, department_seq: seq, decided_at, reply: reply(words) };
    let seal = vec![ToSeal { id: words, clear: WORDS.as_bytes().to_vec() }];
    let id = CommandId(fresh_id());
    engine.execute(actor, "reply", id, case, None, command, seal).await.unwrap();
}

/// A line of the permit's checklist, or a ground.
fn line(town: &Town) -> vocabulary::ChecklistLineId {
    let service = town.hub.engine.catalogue().service(&NODE.into()).unwrap();
    service.checklist[0].id.clone()
}

fn address(case: CaseId, mark: &str) -> String {
    format!("/cases/{case}/documents/{mark}")
}

/// The mark of a document of the permit, whatever its place in the case.
async fn mark(town: &Town, case: CaseId, letters: &str) -> String {
    let case = town.hub.engine.case(case).await.unwrap().unwrap();
    let found = case.documents().iter().find(|it| it.id.kind.letters() == letters);
    case.document_mark(&found.unwrap().id)
}

async fn confirm(person: &Person<'_>, shown: &Answer, path: &str, way: &str) -> Answer {
    let form = [("command", shown.input("command")), ("way", way.to_owned())];
    person.post(&format!("{path}/served"), &form).await
}

#[tokio::test]
async fn every_document_says_what_it_has_to_and_is_a_file() {
    let town = Town::open().await;
    let mei = town.mei().await;
    let (case, _) = town.submitted(&mei).await;
    let asked = line(&town);
    says(&town, case, 1, |text| Reply::CorrectionRequested {
        lines: vec![asked.clone()],
        text: Some(text),
        reason: None,
    })
    .await;
    says(&town, case, 2, |_| Reply::Accepted).await;
    says(&town, case, 3, |text| Reply::Refused { ground: asked.clone(), text: Some(text) }).await;
    let list = mei.get(&format!("/cases/{case}")).await.is(200);
    list.shows(&["收件凭证", "一次性补正告知书", "受理通知书", "不予决定书"]);
    let expected = [
        ("RC", "收件不等于受理"),
        ("CR", "一次性告知"),
        ("AC", "决定予以受理"),
        ("RF", "决定不予办理"),
    ];
    // What the submission started has its date on the receipt.
    let receipt = mei.get(&address(case, "RC00-1")).await.is(200);
    receipt.shows(&["预计全部办结日期", "承诺办结时间：2026年"]);
    let number = town.hub.engine.case(case).await.unwrap().unwrap().application.case_number.clone();
    for (letters, words) in expected {
        let path = address(case, &mark(&town, case, letters).await);
        let shown = mei.get(&path).await.is(200);
        let shown = shown.shows(&[words, "Mei Bankside", &number, "盖章处", "核验码"]);
        // Words are words, on the page and in the file.
        shown.hides(&["<script>alert"]);
        let file = mei.get(&format!("{path}/pdf")).await.is(200);
        assert!(file.bytes.starts_with(b"%PDF-"), "{letters}");
    }
}

#[tokio::test]
async fn a_document_speaks_the_language_of_the_submission() {
    let town = Town::open().await;
    let mei = town.mei().await.in_english();
    let (case, _) = town.submitted(&mei).await;
    says(&town, case, 1, |_| Reply::Accepted).await;
    let mark = mark(&town, case, "AC").await;
    let market = town.officer("market-office").await;
    // The officer reads Chinese pages; the document stays as it was written.
    let path = format!("{}/documents/{mark}", desk(case, NODE));
    let shown = market.get(&path).await.is(200);
    shown
        .shows(&["返回办件", "lang=\"en\"", "We have decided to accept it"])
        .hides(&["决定予以受理"]);
}

#[tokio::test]
async fn nobody_sees_what_is_not_theirs() {
    let town = Town::open().await;
    let mei = town.mei().await;
    let (case, _) = town.submitted(&mei).await;
    says(&town, case, 1, |_| Reply::Accepted).await;
    let mark = mark(&town, case, "AC").await;
    let path = address(case, &mark);
    let stranger = town.stranger().await;
    for tail in ["", "/pdf"] {
        stranger.get(&format!("{path}{tail}")).await.is(404);
    }
    stranger.get(&format!("/api/v1/cases/{case}/documents")).await.is_problem(404, "WEB0001");
    mei.get(&address(case, "GR01-1")).await.is(404);
    mei.get(&address(case, "nonsense")).await.is(404);
    // Another department of the same case: neither by its own service nor by this one.
    let clinic = town.officer("tea-clinic").await;
    clinic.get(&format!("{}/documents/{mark}", desk(case, NODE))).await.is(404);
    clinic.get(&format!("{}/documents/{mark}", desk(case, "health-certificate"))).await.is(404);
}

#[tokio::test]
async fn serving_is_confirmed_once_and_proved() {
    let town = Town::open().await;
    let mei = town.mei().await;
    let (case, _) = town.submitted(&mei).await;
    says(&town, case, 1, |_| Reply::Accepted).await;
    let mark_of = mark(&town, case, "AC").await;
    let path = address(case, &mark_of);
    let shown = mei.get(&path).await.is(200).shows(&["确认已收到"]);
    // The way of others is refused.
    confirm(&mei, &shown, &path, "counter").await.is(409).shows(&["CASE0072"]);
    let shown = mei.get(&path).await;
    assert_eq!(confirm(&mei, &shown, &path, "online").await.leads_to(), path);
    mei.get(&path).await.shows(&["网上签收"]).hides(&["确认已收到"]);
    let proof = address(case, &mark(&town, case, "PS").await);
    mei.get(&proof).await.is(200).shows(&["送达回证", "网上签收", "受理通知书"]);
    // The department comes too late with another way.
    let market = town.officer("market-office").await;
    let theirs = format!("{}/documents/{mark_of}", desk(case, NODE));
    market.get(&theirs).await.is(200).hides(&["登记："]);
    confirm(&market, &shown, &theirs, "post").await.is(409).shows(&["CASE0071"]);
}

#[tokio::test]
async fn anyone_verifies_a_document_by_number_and_code() {
    let town = Town::open().await;
    let mei = town.mei().await;
    let (case, _) = town.submitted(&mei).await;
    says(&town, case, 1, |_| Reply::Accepted).await;
    let mark = mark(&town, case, "AC").await;
    let engine = &town.hub.engine;
    let known = engine.case(case).await.unwrap().unwrap();
    let number = format!("{}-{mark}", known.application.case_number);
    let check = engine.document_check(&known, &number).await.unwrap().unwrap();
    let anyone = town.visitor();
    let asked = format!("/verify/{number}?check={check}");
    anyone.get(&asked).await.is(200).shows(&["属实", "受理通知书"]).hides(&["Mei Bankside"]);
    for wrong in [
        format!("/verify/{number}?check=0000-0000-0000-0000"),
        format!("/verify/{number}9?check={check}"),
        format!("/verify/X{number}?check={check}"),
    ] {
        anyone.get(&wrong).await.is(200).shows(&["无法确认"]).hides(&["受理通知书"]);
    }
}

#[tokio::test]
async fn a_program_lists_and_reads_them() {
    let town = Town::open().await;
    let mei = town.mei().await;
    let (case, _) = town.submitted(&mei).await;
    says(&town, case, 1, |_| Reply::Accepted).await;
    let listed = mei.get(&format!("/api/v1/cases/{case}/documents")).await.is(200).json();
    let kinds: Vec<&str> = listed["documents"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["receipt", "acceptance"]);
    let one = mei.get(listed["documents"][1]["href"].as_str().unwrap()).await.is(200).json();
    assert_eq!(one["effect"], "stands");
    assert_eq!(one["service"], NODE);
    assert!(one["body"][0]["text"].as_str().unwrap().contains("予以受理"), "{one}");
}

#[tokio::test]
async fn without_fonts_the_page_says_so_and_offers_no_dead_link() {
    let mut town = Town::open().await;
    let folder = tempfile::tempdir().unwrap();
    town.app.fonts = std::sync::Arc::new(paper::Fonts::find(Some(folder.path())));
    let town = town.rewired();
    let mei = town.mei().await;
    let (case, _) = town.submitted(&mei).await;
    let path = address(case, "RC00-1");
    mei.get(&path).await.is(200).shows(&["暂时不能生成 PDF"]).hides(&["/pdf"]);
    mei.get(&format!("{path}/pdf")).await.is(503).shows(&["WEB0070"]);
}
