//! 接续办理, 预审 and 标准不一致 as people meet them.

use casework::{Command, Reply};
use serde_json::json;
use vocabulary::{CaseId, CommandId};

use crate::office::decide;
use crate::town::{MATTER, MEI_KEY, Person, Town};

/// Mei's permit alone, granted.
async fn permit_alone(town: &Town, mei: &Person<'_>) -> CaseId {
    let begun = mei
        .post(&format!("/matters/{MATTER}/single"), &[("service", "stall-permit".to_owned())])
        .await
        .leads_to();
    let id = begun.split('/').nth(2).unwrap().to_owned();
    let engine = &town.hub.engine;
    let owner = mei.account.unwrap();
    let mut draft = engine.find_draft(owner, id.parse().unwrap()).await.unwrap().unwrap();
    for (slot, value) in [
        ("owner.resident", vocabulary::Value::Bool(true)),
        ("stall.place", vocabulary::Value::text("market")),
        ("stall.tables", vocabulary::Value::Number(2.into())),
    ] {
        draft.facts.answer(slot.parse().unwrap(), value);
    }
    let mut draft = engine.fetch_sources(draft, MEI_KEY).await.unwrap();
    let plan = engine.plan_of(&draft).await.unwrap();
    for slot in plan.missing_fields().map(|field| field.slot.clone()).collect::<Vec<_>>() {
        let element = engine.catalogue().element(&slot.element).unwrap();
        let example = element.example.clone().unwrap();
        let value = interview::accept_value(element, &slot, &example, plan.as_of).unwrap();
        draft.facts.answer(slot, value);
    }
    let draft = engine.save_draft(draft).await.unwrap();
    mei.get(&format!("/drafts/{}/precheck", draft.id)).await.is(200).shows(&["可提交"]);
    let check = mei.get(&format!("/drafts/{}/check", draft.id)).await.is(200);
    let form = [("command", check.input("command")), ("declared", "1".to_owned())];
    let receipt = mei.post(&format!("/drafts/{}/submit", draft.id), &form).await.leads_to();
    let case = receipt.strip_prefix("/cases/").unwrap().strip_suffix("/receipt").unwrap();
    let case: CaseId = case.parse().unwrap();
    crate::verify::granted_permit(town, mei, case).await;
    case
}

#[tokio::test]
async fn one_service_is_done_and_the_rest_is_one_button() {
    let town = Town::open().await;
    let mei = town.mei().await;
    mei.get(&format!("/matters/{MATTER}"))
        .await
        .is(200)
        .shows(&[&format!("/matters/{MATTER}/continue"), "已经办了其中一项？"]);
    mei.get(&format!("/matters/{MATTER}/continue")).await.is(200).shows(&[
        "还没有已办结的服务",
        "摊位许可",
        "只办其中几项",
    ]);
    mei.post(&format!("/matters/{MATTER}/single"), &[]).await.is(200).shows(&["请至少选择一项"]);

    let case = permit_alone(&town, &mei).await;
    let track = mei.get(&format!("/cases/{case}")).await.is(200).shows(&[
        "还可以接着办",
        "开张告知",
        "接着办其余事项",
        "审查要点",
        "位置空闲",
    ]);
    assert!(track.text().contains(&format!("/cases/{case}/continue")));
    mei.get(&format!("/matters/{MATTER}/continue")).await.is(200).shows(&["已办结", "开张告知"]);
    town.stranger()
        .await
        .post(&format!("/cases/{case}/continue"), &[])
        .await
        .is(404)
        .shows(&["WEB0001"]);

    let question = mei.post(&format!("/cases/{case}/continue"), &[]).await.leads_to();
    let draft = question.strip_suffix("/question").expect("a question is open").to_owned();
    let again = mei.post(&format!("/cases/{case}/continue"), &[]).await.leads_to();
    assert_eq!(again, question, "pressing twice is one draft");
    mei.get(&question).await.is(200).shows(&["几位帮手"]).hides(&["您住在河湾吗"]);
    let id = draft.strip_prefix("/drafts/").unwrap();
    let engine = &town.hub.engine;
    let owner = mei.account.unwrap();
    let mut kept = engine.find_draft(owner, id.parse().unwrap()).await.unwrap().unwrap();
    kept.facts.set_members("helper".into(), Vec::new());
    engine.save_draft(kept).await.unwrap();
    let number = {
        let case = engine.case(case).await.unwrap().unwrap();
        case.application.case_number.to_string()
    };
    mei.get(&format!("{draft}/plan")).await.is(200).shows(&[
        "以前已经办结，这次直接算数",
        "摊位许可",
        &number,
        "开张告知",
    ]);
    // What an office decided is shown, and nobody types over it.
    let form = mei.get(&format!("{draft}/form")).await.is(200).shows(&["由已办结的“摊位许可”产生"]);
    assert!(!form.text().contains("name=\"stall.permit_no\""));
    let typed = [
        ("version", form.input("version")),
        ("later", "1".to_owned()),
        ("stall.permit_no", "RB-9999".to_owned()),
    ];
    mei.post(&format!("{draft}/form"), &typed).await.leads_to();
    let kept = engine.find_draft(owner, id.parse().unwrap()).await.unwrap().unwrap();
    let number = kept.facts.value(&"stall.permit_no".parse().unwrap()).unwrap().to_string();
    assert_eq!(number, "RB-0007");
}

#[tokio::test]
async fn a_part_can_be_widened_to_what_can_follow() {
    let town = Town::open().await;
    let mei = town.mei().await;
    let begun = mei
        .post(&format!("/matters/{MATTER}/single"), &[("service", "water-test".to_owned())])
        .await
        .leads_to();
    let draft = begun.rsplit_once('/').unwrap().0.to_owned();
    let plan =
        mei.get(&format!("{draft}/plan")).await.is(200).shows(&["以后可以接着办的", "摊位许可"]);
    let more = [("version", plan.input("version")), ("service", "stall-permit".to_owned())];
    mei.post(&format!("{draft}/along"), &more).await.leads_to();
    let stale = mei.post(&format!("{draft}/along"), &more).await;
    stale.is(409).shows(&["ENG0005"]);
}

#[tokio::test]
async fn the_check_before_submission_lists_all_and_leads_to_each() {
    let town = Town::open().await;
    let mei = town.mei().await;
    let started = mei.post(&format!("/matters/{MATTER}/start"), &[]).await.leads_to();
    let draft = started.rsplit_once('/').unwrap().0.to_owned();
    mei.get(&draft).await.is(200).shows(&[&format!("{draft}/precheck")]);
    let page = mei.get(&format!("{draft}/precheck")).await.is(200).shows(&[
        "处需要处理",
        "还没有回答：您住在河湾吗？",
        "/question?q=resident",
        "还没有填写",
        "对应审查要点",
        "要点版本",
    ]);
    page.hides(&["可提交"]);
    town.stranger().await.get(&format!("{draft}/precheck")).await.is(404);
    mei.in_english()
        .get(&format!("{draft}/precheck"))
        .await
        .is(200)
        .shows(&["things are to be mended", "Not answered yet"])
        .hides(&["还没有"]);
}

#[tokio::test]
async fn machines_get_every_fault_with_its_place() {
    let town = Town::open().await;
    let ask = async |body: serde_json::Value| {
        let path = format!("/api/v1/matters/{MATTER}/precheck");
        let visitor = town.visitor();
        visitor
            .send(
                axum::http::Method::POST,
                &path,
                Some("application/json"),
                body.to_string().into(),
            )
            .await
    };
    let empty = ask(json!({ "as_of": "2026-03-02" })).await.is(200).json();
    assert_eq!(empty["ready"], false);
    let faults = empty["faults"].as_array().unwrap();
    let kinds: Vec<&str> = faults.iter().map(|fault| fault["kind"].as_str().unwrap()).collect();
    for kind in ["question", "field-missing"] {
        assert!(kinds.contains(&kind), "{kinds:?}");
    }
    let asked = faults.iter().find(|fault| fault["kind"] == "question").unwrap();
    assert!(asked["message"].as_str().unwrap().starts_with("还没有回答"), "{asked}");
    let field = faults.iter().find(|fault| fault["field"] == "owner.phone").unwrap();
    assert_eq!(field["checked_by"][0], json!({ "service": "stall-permit", "line": "sp-owner" }));
    ask(json!({ "answers": { "no.such": 1 } })).await.is_problem(422, "WEB0006");
}

#[tokio::test]
async fn a_reason_outside_the_checklist_needs_words_and_is_reported() {
    let town = Town::open().await;
    let mei = town.mei().await;
    let (case, _) = town.submitted(&mei).await;
    let market = town.officer("market-office").await;
    let at = format!("/officer/cases/{case}/stall-permit");
    let page = market.get(&at).await.is(200).shows(&["清单以外的理由", "要点版本"]);
    let path = format!("{at}/correct");
    let bare = decide(&market, &page, &path, &[("line", "outside-checklist")]).await;
    bare.is(200).shows(&["选了清单以外的理由，请写明是什么理由"]);
    let words = "河边风大，请补一张防风说明";
    let said = [("line", "outside-checklist"), ("words", words)];
    decide(&market, &page, &path, &said).await.leads_to();
    mei.get(&format!("/cases/{case}/correct/stall-permit"))
        .await
        .is(200)
        .shows(&["清单以外的理由", words]);

    let designer = town.designer().await;
    let report = designer.get("/designer/inconsistencies").await.is(200).shows(&[
        "标准不一致",
        "摊位许可",
        "清单以外的理由",
        "共 1 次",
        "网上",
    ]);
    report.hides(&[words, "Mei Bankside", &case.to_string()]);
    designer
        .get("/designer/inconsistencies?kind=unmet")
        .await
        .is(200)
        .shows(&["没有标准不一致的记录"]);
    let row = town.account("a-manager", "manager", None).await;
    let manager = town.signed_in(&row).await;
    manager.get("/manager/inconsistencies").await.is(200).shows(&["摊位许可"]);
    manager.get("/designer/inconsistencies").await.is(404);
    market.get("/manager/inconsistencies").await.is(404);
    mei.get("/manager/inconsistencies").await.is(404);
}

#[tokio::test]
async fn a_refusal_may_cite_what_stands_on_no_list() {
    let town = Town::open().await;
    let mei = town.mei().await;
    let (case, _) = town.submitted(&mei).await;
    let market = town.officer("market-office").await;
    let at = format!("/officer/cases/{case}/stall-permit");
    let page = market.get(&at).await.is(200);
    let said = [("ground", "outside-checklist"), ("words", "本街今年不再增设摊位")];
    decide(&market, &page, &format!("{at}/not-accept"), &said).await.leads_to();
    mei.get(&format!("/cases/{case}")).await.is(200).shows(&["清单以外的理由"]);
}

#[tokio::test]
async fn a_system_s_own_line_is_taken_recorded_and_flagged() {
    let town = Town::open().await;
    let mei = town.mei().await;
    let (case, _) = town.submitted(&mei).await;
    let office = crate::exchange::System { town: &town, department: "market-office" };
    let dispatch = crate::exchange::dispatch_of(&town, case, "stall-permit").await;
    let ask = json!({ "kind": "correction_requested", "lines": ["sp-place", "lucky-number"], "text": "?" });
    let answer = office.says(dispatch, 1, ask).await.is(200).json();
    assert_eq!(answer["status"], "recorded");
    mei.get(&format!("/cases/{case}/correct/stall-permit"))
        .await
        .is(200)
        .shows(&["位置空闲", "清单以外的理由（部门编号：lucky-number）"]);
    let designer = town.designer().await;
    designer
        .get("/designer/inconsistencies?service=stall-permit&kind=outside")
        .await
        .is(200)
        .shows(&["lucky-number", "共 1 次"]);
}

#[tokio::test]
async fn what_the_window_found_met_stands_on_every_page() {
    let town = Town::open().await;
    let mei = town.mei().await;
    let (mut draft, _) = town.complete_draft(&mei).await;
    let engine = &town.hub.engine;
    let clerk = mei.account.unwrap();
    // As a frozen application keeps it; the right to receive is not what this is about.
    draft.reception.intake = None;
    let draft = engine.save_draft(draft).await.unwrap();
    let command = CommandId(store_port::fresh_id());
    let actor = casework::Actor {
        role: casework::ActorRole::Applicant,
        account: mei.account,
        department: None,
    };
    let case = engine.submit(actor, command, draft.id, "online").await.unwrap().case;
    let mut application = (*engine.case(case).await.unwrap().unwrap().application).clone();
    application.case = CaseId(store_port::fresh_id());
    application.draft = vocabulary::DraftId(store_port::fresh_id());
    application.reception.intake = Some(casework::Intake {
        outlet: "hall".into(),
        window: Some("hall-06".into()),
        clerk,
        ticket: None,
        authority: Vec::new(),
        originals: Vec::new(),
        ticked: vec![casework::TickedLine {
            node: "stall-permit".parse().unwrap(),
            line: "sp-place".into(),
        }],
        left_open: casework::LeftOpen::default(),
    });
    let at_window = application.case;
    let actor = casework::Actor {
        role: casework::ActorRole::Applicant,
        account: mei.account,
        department: None,
    };
    let submit = Command::Submit(Box::new(application));
    let command = CommandId(store_port::fresh_id());
    engine.execute(actor, "submit", command, at_window, None, submit, Vec::new()).await.unwrap();
    let market = town.officer("market-office").await;
    let page = market.get(&format!("/officer/cases/{at_window}/stall-permit")).await.is(200);
    page.shows(&["窗口已核"]);
    mei.get(&format!("/cases/{at_window}")).await.is(200).shows(&["窗口已核"]);
    let dispatch = crate::exchange::dispatch_of(&town, at_window, "stall-permit").await;
    let reply =
        Reply::CorrectionRequested { lines: vec!["sp-place".into()], text: None, reason: None };
    let command = Command::TakeReply {
        node: "stall-permit".parse().unwrap(),
        dispatch,
        department_seq: 1,
        decided_at: engine.clock().now(),
        reply,
    };
    let actor = casework::Actor {
        role: casework::ActorRole::Department,
        account: None,
        department: Some("market-office".into()),
    };
    engine
        .execute(
            actor,
            "reply",
            CommandId(store_port::fresh_id()),
            at_window,
            None,
            command,
            Vec::new(),
        )
        .await
        .unwrap();
    let designer = town.designer().await;
    designer.get("/designer/inconsistencies?kind=unmet").await.is(200).shows(&[
        "窗口已核，部门认为不符合",
        "位置空闲",
        "hall",
        "hall-06",
    ]);
}
