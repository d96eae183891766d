//! The API: what it says of matters, the plan it makes, and how it says no.

use axum::body::Body;
use axum::http::Method;
use serde_json::json;

use crate::town::{Answer, MATTER, Person, Town};

async fn plan(person: &Person<'_>, body: impl Into<Body>) -> Answer {
    let path = format!("/api/v1/matters/{MATTER}/plan");
    person.send(Method::POST, &path, Some("application/json"), body.into()).await
}

#[tokio::test]
async fn tells_which_matters_there_are() {
    let town = Town::open().await;
    let list = town.visitor().get("/api/v1/matters").await.is(200).json();
    let matters = list["matters"].as_array().unwrap();
    let told: Vec<(&str, &str, &str)> = matters
        .iter()
        .map(|matter| {
            let text = |name: &str| matter[name].as_str().unwrap();
            (text("id"), text("status"), text("status_text"))
        })
        .collect();
    assert_eq!(
        told,
        [
            ("open-a-tea-stall", "ready", "可办"),
            ("build-a-jetty", "guide_only", "仅指南"),
            ("move-a-boat", "guide_only", "仅指南"),
        ]
    );
    let english = town.visitor().with_header("accept-language", "fr, en-GB;q=0.9, zh;q=0.8");
    let one = english.get(&format!("/api/v1/matters/{MATTER}")).await.is(200);
    assert_eq!(one.headers["content-language"], "en");
    let one = one.json();
    assert_eq!(one["title"], "I am opening a tea stall");
    assert_eq!(one["services"][0]["id"], "stall-permit");
    assert_eq!(one["services"][0]["promised"], "3 working days");
    assert_eq!(one["questions"][3]["binds"], json!({ "count_of": "helper" }));
    let catalogue = town.hub.engine.catalogue();
    assert_eq!(one["revision"], catalogue.matter(MATTER).unwrap().revision.as_str());
    english.get("/api/v1/matters/move-a-boat").await.is(200).shows(&["guide_only"]);
    let missing = english.get("/api/v1/matters/no-such-matter").await;
    let told = missing.is_problem(404, "WEB0001");
    assert!(told["title"].as_str().unwrap().contains("does not exist"), "{told}");
    english.get("/api/v2/anything").await.is_problem(404, "WEB0001");
}

fn answers() -> serde_json::Value {
    json!({
        "as_of": "2026-03-02",
        "groups": { "helper": ["h1"] },
        "answers": {
            "owner.resident": true,
            "stall.place": "market",
            "stall.tables": 4,
            "helper.pours~h1": true,
            "helper.born_on~h1": "1999-01-01",
            "water.tested": false,
        },
    })
}

#[tokio::test]
async fn makes_the_same_plan_as_the_library() {
    let town = Town::open().await;
    let visitor = town.visitor();
    let made = plan(&visitor, answers().to_string()).await.is(200);
    assert_eq!(made.headers["content-type"], "application/json");
    let catalogue = town.hub.engine.catalogue();
    let written: plan::answers::AnswersAsWritten = serde_json::from_value(answers()).unwrap();
    let matter = catalogue.matter(MATTER).unwrap();
    let expected = written.resolve(catalogue, matter, None).unwrap().plan(catalogue, matter);
    assert_eq!(made.text(), expected.to_json());
    assert_eq!(made.text(), plan(&visitor, answers().to_string()).await.text(), "the same bytes");
    // Nothing but the answers is needed: without a date it is today's plan.
    plan(&visitor, "{}").await.is(200);
    let nowhere = "/api/v1/matters/no-such-matter/plan";
    visitor
        .send(Method::POST, nowhere, Some("application/json"), Body::from("{}"))
        .await
        .is_problem(404, "WEB0001");
}

#[tokio::test]
async fn says_everything_that_is_wrong_at_once() {
    let town = Town::open().await;
    let visitor = town.visitor();
    let body = json!({
        "as_of": "2026-03-02",
        "skip": ["stall-permit"],
        "answers": {
            "stall.tabels": 4,
            "stall.place": "moon",
            "owner.citizen_id": "110101198506150001",
            "helper.name": "Bo Reed",
        },
    });
    let told = plan(&visitor, body.to_string()).await.is_problem(422, "WEB0006");
    let findings = told["findings"].as_array().unwrap();
    let mut codes: Vec<(&str, &str)> = findings
        .iter()
        .map(|finding| (finding["code"].as_str().unwrap(), finding["place"].as_str().unwrap()))
        .collect();
    codes.sort_unstable();
    assert_eq!(
        codes,
        [
            ("ANS0002", "answers.\"stall.place\""),
            ("ANS0010", "answers.\"owner.citizen_id\""),
            ("ANS0021", "answers.\"stall.tabels\""),
            ("ANS0022", "answers.\"helper.name\""),
            ("ANS0024", "skip[0]"),
        ]
    );
    assert!(told["title"].as_str().unwrap().contains("5 处"), "{told}");
    assert!(told.to_string().contains("did you mean `stall.tables`?"), "{told}");
    let said = |code: &str, told: &serde_json::Value| {
        let findings = told["findings"].as_array().unwrap().clone();
        let found = findings.into_iter().find(|finding| finding["code"] == code).unwrap();
        found["message"].as_str().unwrap().to_owned()
    };
    let of_id = "“摊主身份号码”的校验位不对，请核对是否有一位填错";
    assert_eq!(said("ANS0010", &told), of_id);
    assert_eq!(said("ANS0021", &told), "answers.\"stall.tabels\"：没有这个数据元");
    let english = town.visitor().with_header("accept-language", "en");
    let told = plan(&english, body.to_string()).await.is_problem(422, "WEB0006");
    assert!(said("ANS0010", &told).contains("check"), "{told}");

    for garbage in
        ["", "{", "[1,2]", "{\"answers\":7}", "{\"anwsers\":{}}", "\u{0}\u{1}", "as_of = 2"]
    {
        let told = plan(&visitor, garbage).await.is_problem(400, "WEB0006");
        assert_eq!(told["findings"][0]["code"], "ANS0020", "{told}");
        assert!(!told.to_string().contains("anwsers"), "what was sent is not repeated: {told}");
    }
    let huge = vec![b' '; yijianshi_web::middleware::BODY_BYTES_MAX + 1];
    plan(&visitor, huge).await.is_problem(413, "WEB0004");
    // A wrong method, too, is answered in kind.
    let wrong = visitor.send(Method::PUT, "/api/v1/matters", None, Body::empty()).await;
    wrong.is_problem(405, "WEB0002");
    assert_eq!(wrong.headers["allow"], "GET,HEAD");
}
